import assert from 'node:assert/strict'
import { test } from 'node:test'

import { codeOf } from '../src/errors.ts'
import { navigate, readRoute } from '../src/navigation.ts'
import type { Reply } from '../src/transport.ts'
import { FakeServer } from './fakeserver.ts'

/** Navigators that give these replies, one each; undefined is one that is not there. */
async function ask(...replies: (Reply | undefined)[]): Promise<{ asked: number; origins: readonly string[]; code: number }> {
  const transport = new FakeServer()
  let asked = 0
  transport.post = async () => {
    const reply = replies[asked++]
    if (reply === undefined) throw new TypeError('fetch failed')
    return reply
  }
  const navigators = replies.map((_, i) => `http://navigator${i}/`)
  try {
    const { origins } = await navigate(transport, navigators, 'app', 'token', '1', new AbortController().signal)
    return { asked, origins, code: 0 }
  } catch (error) {
    return { asked, origins: [], code: codeOf(error) }
  }
}

const good: Reply = { status: 200, text: '{"serverAddr":[{"addr":"a:1","protocol":6}]}' }

test('navigators are asked in order until one tells', async () => {
  assert.deepEqual(await ask(undefined, { status: 500, text: '' }, good, good), { asked: 3, origins: ['wss://a:1'], code: 0 })
})

test('a token that is refused is not offered to the next navigator', async () => {
  assert.deepEqual(await ask({ status: 401, text: '' }, good), { asked: 1, origins: [], code: 31004 })
  assert.deepEqual(await ask({ status: 200, text: '{"code":416}' }, good), { asked: 1, origins: [], code: 31030 })
})

test('the last failure is the one that is told', async () => {
  assert.deepEqual(await ask(undefined, { status: 200, text: '{"code":200}' }), { asked: 2, origins: [], code: 35008 })
  assert.deepEqual(await ask(), { asked: 0, origins: [], code: 30007 })
})

test('addresses are sorted by weight, without repeats', () => {
  const addr = (name: string, protocol: number, weight: number): object => ({ addr: name, protocol, weight })
  const serverAddr = [addr('low', 5, 1), addr('high', 6, 9), addr('low', 5, 1), addr('middle', 5, 5)]
  const route = readRoute({ status: 200, text: JSON.stringify({ serverAddr, openAnti: 1 }) })
  assert.deepEqual(route.origins, ['wss://high', 'ws://middle', 'ws://low'])
  assert.equal(route.version, 4)
  assert.deepEqual(route.settings, { serverAddr, openAnti: 1 })
})
