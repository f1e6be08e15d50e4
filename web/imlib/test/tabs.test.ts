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
import type { Browser } from '../src/browser.ts'
import { shared } from '../src/tabs.ts'
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

function open(server: FakeServer, browser: FakeBrowser): Tab {
  const page = browser.page()
  // What a page does without a server that it shares with others: its own copies of what it saved.
  const saved = new Map<string, string>()
  const transport: Transport = {
    post: (url) => (page.frozen ? Promise.reject(new TypeError('no network')) : server.post(url)),
    open: (url, events) => {
      if (page.frozen) return { send: () => {}, close: () => {} }
      const { open, frame, close } = events
      return server.open(url, {
        open: () => page.frozen || open(),
        frame: (bytes) => page.frozen || frame(bytes),
        close: () => page.frozen || close(),
      })
    },
    onWake: (wake) => server.onWake(wake),
    load: (key) => saved.get(key),
    save: (key, value) => void saved.set(key, value),
  }
  const client = new App(shared(transport, page))
  const tab: Tab = { client, page, texts: [], events: [] }
  client.addEventListener(Events.MESSAGES, ({ messages }) => tab.texts.push(...messages.map(textOf)))
  client.addEventListener(Events.CONNECTED, () => tab.events.push('connected'))
  client.addEventListener(Events.SUSPEND, (code) => tab.events.push(`suspend ${code}`))
  client.addEventListener(Events.DISCONNECT, (code) => tab.events.push(`disconnect ${code}`))
  return tab
}

async function connected(server: FakeServer, browser: FakeBrowser, user = 'alice'): Promise<Tab> {
  const tab = open(server, browser)
  assert.equal((await tab.client.connect(user)).data?.userId, user)
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

test('tabs have one connection; every message reaches every tab once', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const tabs = [await connected(server, browser), await connected(server, browser), await connected(server, browser)]
  assert.equal(server.connections.size, 1)
  const devices = server.sessions.map(({ url }) => url.searchParams.get('deviceId'))
  assert.equal(new Set(devices).size, 3, 'to the server each tab is a device of its own')
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

test('tabs that start together share, too, whoever their users are', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const tabs = [open(server, browser), open(server, browser), open(server, browser)]
  const results = await Promise.all(tabs.map(({ client }, n) => client.connect(n === 2 ? 'bob' : 'alice')))
  assert.deepEqual(results.map(({ data }) => data?.userId), ['alice', 'alice', 'bob'])
  assert.equal(server.connections.size, 1)
})

test('when the tab with the connection closes, another one connects, and nothing is lost or doubled', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const [owner, second, third] = [await connected(server, browser), await connected(server, browser), await connected(server, browser)]
  server.swallowAcks = true
  const pending = [say(second.client, 'a'), say(third.client, 'b')]
  await settled()
  owner.page.close()
  server.swallowAcks = false
  server.drop()
  hear(server, 'meanwhile')
  pending.push(say(second.client, 'c'))
  await pass(2_000)
  assert.deepEqual((await Promise.all(pending)).map(({ code }) => code), [0, 0, 0])
  assert.equal(server.connections.size, 1)
  assert.deepEqual(stored(server).sort(), ['a', 'b', 'c', 'meanwhile'])
  assert.deepEqual(second.texts.sort(), ['b', 'meanwhile'])
  assert.deepEqual(third.texts.sort(), ['a', 'c', 'meanwhile'])
})

test('a tab that closes, or crashes, ends its own session only', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const [owner, second, third] = [await connected(server, browser), await connected(server, browser), await connected(server, browser)]
  second.page.close()
  await settled()
  assert.equal(server.sessions.length, 2)
  assert.deepEqual([owner.events, third.events], [['connected'], ['connected']])
})

test('a tab that stands still loses the connection to one that does not', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const [owner, second] = [await connected(server, browser), await connected(server, browser)]
  owner.page.frozen = true
  const again = (): boolean => second.events.filter((event) => event === 'connected').length === 2
  for (let waits = 0; !again() && waits < 60; waits++) await pass(1_000)
  assert(again(), 'the other tab has a connection within a minute')
  assert.equal((await say(second.client, 'still here')).code, ErrorCode.SUCCESS)
  owner.page.frozen = false
  await pass(60_000)
  assert.equal(owner.client.getConnectionStatus(), RCConnectionStatus.CONNECTED)
  assert.equal(server.connections.size, 1)
  assert.deepEqual(owner.texts, ['still here'])
})

test('a tab that begins while the owner stands still takes the connection', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const owner = await connected(server, browser)
  owner.page.frozen = true
  const second = open(server, browser)
  const connecting = second.client.connect('alice')
  await pass(4_000)
  assert.equal((await connecting).code, ErrorCode.SUCCESS)
})

test('a connection through which nothing comes is given up for all tabs by the first that notices', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const [owner, second] = [await connected(server, browser), await connected(server, browser)]
  server.silent = true
  second.client.client.wake()
  await pass(5_000)
  server.silent = false
  await pass(2_000)
  for (const { events } of [owner, second]) assert.deepEqual([events.length, events.at(-1)], [3, 'connected'])
  assert.equal(server.connections.size, 1)
})

test('disconnecting one tab leaves the others connected', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const [owner, second, third] = [await connected(server, browser), await connected(server, browser), await connected(server, browser)]
  second.client.disconnect()
  await settled()
  hear(server, 'one')
  await settled()
  owner.client.disconnect()
  await settled()
  hear(server, 'two')
  await settled()
  assert.deepEqual(third.events, ['connected'])
  assert.equal(server.sessions.length, 1)
  assert.deepEqual([owner.texts, second.texts, third.texts], [['one'], [], ['one', 'two']])
  assert.equal((await owner.client.connect('alice')).code, ErrorCode.SUCCESS)
  assert.equal(server.connections.size, 1)
  for (const { client } of [owner, third]) client.disconnect()
  await settled()
  assert.equal(server.connections.size, 0, 'nobody needs one')
})

test('what ends one session for good, such as its token, ends no other', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const tabs = [await connected(server, browser), await connected(server, browser)]
  server.sessions[0]?.write([0xe0, 0, 1])
  await pass(5_000)
  assert.deepEqual(tabs.map(({ events }) => events), [['connected', 'disconnect 31010'], ['connected']])
  server.expired.add('alice old')
  const stale = open(server, browser)
  assert.equal((await stale.client.connect('alice old')).code, ErrorCode.RC_CONN_TOKEN_EXPIRED)
  await settled()
  assert.deepEqual(tabs[1]?.events, ['connected'])
  assert.equal(server.connections.size, 1)
})

test('a lost connection is lost to all tabs, and they share the next one', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser()
  const [owner, second] = [await connected(server, browser), await connected(server, browser)]
  server.drop()
  await pass(2_000)
  for (const { events } of [owner, second]) assert.deepEqual(events, ['connected', 'suspend 30011', 'connected'])
  assert.equal(server.connections.size, 1)
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

test('tabs of a browser that lacks locks, or forbids them, have connections of their own', async () => {
  const forbidden: Browser = {
    locks: { request: () => Promise.reject(new DOMException('denied', 'SecurityError')), query: async () => ({}) },
    channel: new FakeBrowser().page().channel,
  }
  for (const browser of [{}, forbidden]) {
    const server = new FakeServer()
    for (let n = 0; n < 2; n++) assert.equal((await new App(shared(clone(server), browser)).connect('alice')).code, ErrorCode.SUCCESS)
    assert.equal(server.connections.size, 2)
  }
})

/** clone is server as an object of functions, as transports are. */
function clone(server: FakeServer): Transport {
  const { post, open, onWake, load, save } = FakeServer.prototype
  return Object.fromEntries(Object.entries({ post, open, onWake, load, save }).map(([name, f]) => [name, f.bind(server as never)])) as unknown as Transport
}
