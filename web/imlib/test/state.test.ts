import assert from 'node:assert/strict'
import { test } from 'node:test'

import { backoff } from '../src/backoff.ts'
import { connackCode, disconnectCode, ErrorCode } from '../src/corecodes.ts'
import { RCConnectionStatus } from '../src/enums.ts'
import { next, type Input, type State, statusOf } from '../src/state.ts'

const idle: State = { kind: 'idle' }
const online: State = { kind: 'online', userId: 'alice' }
const dropped: Input = { kind: 'lost', code: ErrorCode.RC_SOCKET_DISCONNECTED }
const kicked: Input = { kind: 'lost', code: ErrorCode.RC_DISCONN_KICK }
const retry: Input = { kind: 'retry' }

function after(state: State, ...inputs: Input[]): State {
  return inputs.reduce(next, state)
}

test('a connection that is accepted is online', () => {
  const state = after(idle, { kind: 'connect' }, { kind: 'accepted', userId: 'alice' })
  assert.deepEqual(state, online)
  assert.equal(statusOf(state), RCConnectionStatus.CONNECTED)
})

test('the failure of the first attempt is final', () => {
  assert.deepEqual(after(idle, { kind: 'connect' }, dropped), { kind: 'closed', code: dropped.code })
})

test('a lost connection is tried again, each time later', () => {
  const first = after(online, dropped)
  assert.deepEqual(first, { kind: 'waiting', attempt: 0, code: dropped.code })
  assert.deepEqual(after(first, retry, dropped), { kind: 'waiting', attempt: 1, code: dropped.code })
  assert.deepEqual(after(first, retry, dropped, retry), { kind: 'connecting', attempt: 2 })
})

test('being online starts the count anew', () => {
  const again = after(online, dropped, retry, dropped, retry, { kind: 'accepted', userId: 'alice' }, dropped)
  assert.deepEqual(again, { kind: 'waiting', attempt: 0, code: dropped.code })
})

test('a reason that stays ends the connection', () => {
  assert.deepEqual(after(online, kicked), { kind: 'closed', code: ErrorCode.RC_DISCONN_KICK })
  const refused: Input = { kind: 'lost', code: ErrorCode.RC_CONN_TOKEN_EXPIRED }
  assert.deepEqual(after(online, dropped, retry, refused), { kind: 'closed', code: ErrorCode.RC_CONN_TOKEN_EXPIRED })
})

test('the application may disconnect in every state, and connect after an end', () => {
  for (const state of [online, after(online, dropped), after(online, kicked), after(online, dropped, retry)]) {
    assert.deepEqual(after(state, { kind: 'disconnect' }), idle)
  }
  assert.deepEqual(after(online, kicked, { kind: 'connect' }), { kind: 'connecting', attempt: 0 })
})

test('an input that does not fit changes nothing', () => {
  assert.equal(next(online, retry), online)
  assert.equal(next(online, { kind: 'connect' }), online)
  assert.equal(next(idle, dropped), idle)
  assert.equal(next(idle, { kind: 'disconnect' }), idle)
  assert.equal(next(idle, { kind: 'accepted', userId: 'alice' }), idle)
})

test('the wait grows to a limit and is spread over all of it', () => {
  const longest = (attempt: number): number => backoff(attempt, () => 1)
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 60].map(longest), [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000])
  assert.equal(backoff(9, () => 0), 0)
  assert.equal(backoff(9, () => 0.5), 7500)
})

test('the statuses of the wire have the codes of the application', () => {
  assert.deepEqual([0, 3, 4, 6, 9, 10, 19, 20, 99].map(connackCode), [0, 31003, 31004, 31006, 31009, 31020, 31029, 31030, 31003])
  assert.deepEqual([1, 2, 5, 6, 7, 8, 9].map(disconnectCode), [31010, 31011, 31011, 31006, 31020, 31001, 31029])
})
