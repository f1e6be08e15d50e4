import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'

import {
  ConversationType,
  ErrorCode,
  Events,
  type IAReceivedMessage,
  RCConnectionStatus,
  type RCResult,
  TextMessage,
} from '../src/index.ts'
import { shared, userOf } from '../src/tabs.ts'
import type { Transport } from '../src/transport.ts'
import { App } from './app.ts'
import { FakeBrowser, type FakePage } from './fakebrowser.ts'
import { FakeServer, idle } from './fakeserver.ts'

const toBob = { conversationType: ConversationType.PRIVATE, targetId: 'bob' }

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }))
afterEach(async () => {
  await settled() // what is under way would set real timers
  mock.timers.reset()
})

/** Tab is one tab of a browser, and what it told its application. */
interface Tab {
  client: App
  page: FakePage
  texts: string[]
  events: string[]
}

function tokenOf(user: string): string {
  return `h.${btoa(JSON.stringify({ sub: user })).replace(/=+$/, '')}.s`
}

function open(server: FakeServer, browser: FakeBrowser): Tab {
  const page = browser.page()
  // What a page does without a server that it shares with others: its own copies of what it saved.
  const saved = new Map<string, string>()
  const transport: Transport = {
    post: (url) => (page.frozen ? new Promise(() => {}) : server.post(url)),
    open: (url, events) => server.open(page.frozen ? 'ws://nowhere/' : url, events),
    onWake: (wake) => server.onWake(wake),
    load: (key) => saved.get(key),
    save: (key, value) => void saved.set(key, value),
  }
  const client = new App(transport, {}, (c) =>
    c.openBy(shared(page, { appkey: 'app', device: c.deviceId, wake: () => c.wake() })),
  )
  const tab: Tab = { client, page, texts: [], events: [] }
  client.addEventListener(Events.MESSAGES, ({ messages }) => tab.texts.push(...messages.map(textOf)))
  client.addEventListener(Events.CONNECTED, () => tab.events.push('connected'))
  client.addEventListener(Events.SUSPEND, (code) => tab.events.push(`suspend ${code}`))
  client.addEventListener(Events.DISCONNECT, (code) => tab.events.push(`disconnect ${code}`))
  return tab
}

async function connected(server: FakeServer, browser: FakeBrowser, user = 'alice'): Promise<Tab> {
  const tab = open(server, browser)
  assert.equal((await tab.client.connect(tokenOf(user))).data?.userId, user)
  await settled()
  return tab
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await idle()
}

/** pass lets time go by, so that whoever waits tries again. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 500) {
    mock.timers.tick(500)
    await settled()
  }
}

function textOf(message: IAReceivedMessage): string {
  return String(message.content.content)
}

function say(client: App, content: string): Promise<RCResult<IAReceivedMessage>> {
  return client.sendMessage(toBob, new TextMessage({ content }))
}

function hear(server: FakeServer, content: string): void {
  server.store({ sender: 'bob', type: 1, target: 'alice', objectName: 'RC:TxtMsg', content: JSON.stringify({ content }), clientUniqueId: 0 })
}

function stored(server: FakeServer): string[] {
  return server.messages.map((m) => (JSON.parse(m.content) as { content: string }).content)
}

test('the tabs of a user have one connection; every message reaches every tab once', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const tabs = [await connected(server, browser), await connected(server, browser), await connected(server, browser)]
  assert.equal(server.sessions.length, 1)
  hear(server, 'hi')
  await settled()
  for (const [n, { client }] of tabs.entries()) assert.equal((await say(client, `from ${n}`)).code, ErrorCode.SUCCESS)
  await settled()
  assert.deepEqual(tabs.map(({ texts }) => texts), [
    ['hi', 'from 1', 'from 2'],
    ['hi', 'from 0', 'from 2'],
    ['hi', 'from 0', 'from 1'],
  ])
})

test('tabs that start together share, too', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const tabs = [open(server, browser), open(server, browser), open(server, browser)]
  const results = await Promise.all(tabs.map(({ client }) => client.connect(tokenOf('alice'))))
  assert.deepEqual(results.map(({ code }) => code), [0, 0, 0])
  assert.equal(server.sessions.length, 1)
})

test('different users, and tokens that do not say whose they are, share nothing', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  await connected(server, browser, 'alice')
  await connected(server, browser, 'bob')
  assert.equal(server.sessions.length, 2)
  await open(server, browser).client.connect('carol')
  await open(server, browser).client.connect('carol')
  assert.equal(server.sessions.length, 4)
  assert.equal(userOf('x.e30.x'), undefined)
  assert.equal(userOf(''), undefined)
})

test('when the tab with the connection closes, another one connects, and nothing is lost or doubled', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const [owner, second, third] = [await connected(server, browser), await connected(server, browser), await connected(server, browser)]
  const device = server.sessions[0]?.url.searchParams.get('deviceId')
  server.swallowAcks = true
  const pending = [say(second.client, 'a'), say(third.client, 'b')]
  await settled()
  server.dead.add('nowhere')
  owner.page.close()
  server.swallowAcks = false
  server.drop()
  hear(server, 'meanwhile')
  pending.push(say(second.client, 'c'))
  await pass(2_000)
  assert.deepEqual((await Promise.all(pending)).map(({ code }) => code), [0, 0, 0])
  assert.equal(server.sessions.length, 1)
  assert.equal(server.sessions[0]?.url.searchParams.get('deviceId'), device, 'to the server it is the same device')
  assert.deepEqual(stored(server).sort(), ['a', 'b', 'c', 'meanwhile'])
  assert.deepEqual(second.texts.sort(), ['b', 'meanwhile'])
  assert.deepEqual(third.texts.sort(), ['a', 'c', 'meanwhile'])
})

test('a tab that stands still loses the connection to one that does not', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const [owner, second] = [await connected(server, browser), await connected(server, browser)]
  owner.page.frozen = true
  const again = (): boolean => second.events.filter((event) => event === 'connected').length === 2
  for (let waits = 0; !again() && waits < 60; waits++) await pass(500)
  owner.page.frozen = false
  assert(again(), 'the other tab has the connection within 30 s')
  assert.equal((await say(second.client, 'still here')).code, ErrorCode.SUCCESS)
  await pass(30_000)
  assert.equal(owner.client.getConnectionStatus(), RCConnectionStatus.CONNECTED)
  assert.equal(server.sessions.length, 1)
  assert.deepEqual(owner.texts, ['still here'])
})

test('disconnecting one tab leaves the others connected', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const [owner, second, third] = [await connected(server, browser), await connected(server, browser), await connected(server, browser)]
  second.client.disconnect()
  hear(server, 'one')
  await settled()
  owner.client.disconnect()
  await pass(2_000)
  hear(server, 'two')
  await settled()
  assert.equal(third.client.getConnectionStatus(), RCConnectionStatus.CONNECTED)
  assert.equal(server.sessions.length, 1)
  assert.deepEqual([owner.texts, second.texts, third.texts], [['one'], [], ['one', 'two']])
  assert.equal((await owner.client.connect(tokenOf('alice'))).code, ErrorCode.SUCCESS)
  assert.equal(server.sessions.length, 1)
})

test('what ends the session for good ends it for every tab, and none comes back', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const tabs = [await connected(server, browser), await connected(server, browser)]
  server.sessions[0]?.write([0xe0, 0, 1])
  await pass(5_000)
  for (const { events } of tabs) assert.deepEqual(events, ['connected', 'disconnect 31010'])
  assert.equal(server.sessions.length, 0)
})

test('a lost connection is made again by the tab that had it, and a token that is refused is only its own', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const [owner, second] = [await connected(server, browser), await connected(server, browser)]
  server.drop()
  await pass(2_000)
  for (const { events } of [owner, second]) assert.deepEqual(events, ['connected', 'suspend 30011', 'connected'])
  server.expired.add(tokenOf('alice'))
  const bad = open(server, browser)
  assert.equal((await bad.client.connect(tokenOf('alice'))).code, ErrorCode.SUCCESS, 'there is a connection already')
})

test('refusals of the server reach the tab they are for', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  await connected(server, browser)
  const { client } = await connected(server, browser)
  server.refusals = [ErrorCode.SEND_FREQUENCY_TOO_FAST]
  server.retryAfter = 900
  const refused = await say(client, 'hi')
  assert.deepEqual([refused.code, refused.retryAfter], [ErrorCode.SEND_FREQUENCY_TOO_FAST, 900])
  server.queryRefusals = [ErrorCode.NOT_IN_GROUP]
  assert.equal((await client.getHistoryMessages(toBob)).code, ErrorCode.NOT_IN_GROUP)
})

test('a browser without locks shares nothing', async () => {
  const server = new FakeServer()
  for (let n = 0; n < 2; n++) {
    const client = new App(server, {}, (c) => c.openBy(shared({}, { appkey: 'app', device: c.deviceId, wake: () => {} })))
    assert.equal((await client.connect(tokenOf('alice'))).code, ErrorCode.SUCCESS)
  }
  assert.equal(server.sessions.length, 2)
})
