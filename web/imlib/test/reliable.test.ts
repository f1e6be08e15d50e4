import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'

import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'

import { broadcast, forward } from '../src/api/forward.ts'
import { attempt } from '../src/current.ts'
import { durable } from '../src/durable.ts'
import {
  ConversationType,
  ErrorCode,
  Events,
  type IAReceivedMessage,
  type IInitOption,
  type IForwardOptions,
  type IConversationOption,
  RCConnectionStatus,
  type RCResult,
  SentStatus,
  TextMessage,
} from '../src/index.ts'
import type { Transport } from '../src/transport.ts'
import { App } from './app.ts'
import { FakeBrowser, type FakePage } from './fakebrowser.ts'
import { FakeServer, idle } from './fakeserver.ts'

const toBob = { conversationType: ConversationType.PRIVATE, targetId: 'bob' }

Object.assign(globalThis, { IDBKeyRange })

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }))
afterEach(() => mock.timers.reset())

/** Page is one page of alice's browser, and what it told its application. */
interface Page {
  client: App
  page: FakePage
  finished: RCResult<IAReceivedMessage>[]
  texts: string[]
}

function open(server: FakeServer, browser: FakeBrowser, options: Partial<IInitOption> = {}): Page {
  const page = browser.page()
  const client = new App(transportOf(server, page), options, (c) => {
    const keeper = durable(page)
    if (keeper) c.keep(keeper)
  })
  const opened: Page = { client, page, finished: [], texts: [] }
  client.addEventListener(Events.SEND_FINISHED, (result) => opened.finished.push(result))
  client.addEventListener(Events.MESSAGES, ({ messages }) => opened.texts.push(...messages.map(textOf)))
  return opened
}

/** transportOf reaches server until page is closed. */
function transportOf(server: FakeServer, page: FakePage): Transport {
  return {
    post: (url) => (page.frozen ? new Promise(() => {}) : server.post(url)),
    open: (url, events) => server.open(page.frozen ? 'ws://nowhere/' : url, events),
    onWake: (wake) => server.onWake(wake),
    load: (key) => server.load(key),
    save: (key, value) => server.save(key, value),
  }
}

async function online(server: FakeServer, browser: FakeBrowser, options?: Partial<IInitOption>): Promise<Page> {
  const page = open(server, browser, options)
  assert.equal((await page.client.connect('alice')).code, ErrorCode.SUCCESS)
  await settled()
  return page
}

/** settled waits for storage, which takes a few turns of its own. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await idle()
}

/** close ends a page as closing its tab does. */
function close({ page }: Page, server: FakeServer): void {
  page.close()
  server.dead.add('nowhere')
  server.drop()
}

function textOf(message: IAReceivedMessage): string {
  return String(message.content['content'])
}

function say(client: App, content: string, options = {}): Promise<RCResult<IAReceivedMessage>> {
  return client.sendMessage(toBob, new TextMessage({ content }), options)
}

function stored(server: FakeServer): string[] {
  return server.messages.map((m) => (JSON.parse(m.content) as { content: string }).content)
}

// Shows S173.
test('what a page could not get accepted, the next page sends in order, as the same messages', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser(new IDBFactory())
  const first = await online(server, browser)
  const ids: number[] = []
  const onSendBefore = ({ messageId = 0 }: IAReceivedMessage): unknown => ids.push(messageId)
  server.swallowAcks = true
  void say(first.client, 'accepted, but nobody knows', { onSendBefore })
  await settled()
  server.dead.add('fake:1')
  server.drop()
  void say(first.client, 'one', { onSendBefore })
  void say(first.client, 'two', { onSendBefore })
  await settled()
  close(first, server)

  server.dead.delete('fake:1')
  server.swallowAcks = false
  const second = await online(server, browser)
  assert.deepEqual(stored(server), ['accepted, but nobody knows', 'one', 'two'])
  assert.deepEqual(server.messages.map((m) => m.clientUniqueId), ids)
  assert.deepEqual(second.finished.map(({ code, data }) => [code, data?.messageId, data?.sentStatus]), [
    [0, ids[0], SentStatus.SENT],
    [0, ids[1], SentStatus.SENT],
    [0, ids[2], SentStatus.SENT],
  ])
  assert.deepEqual(second.texts, [], 'the event tells of them, so the stream does not')
  assert.deepEqual(await second.client.client.unsent(), [])
})

test('a page that comes back shows what is being sent and what failed', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser(new IDBFactory())
  const first = await online(server, browser)
  server.refusals = [ErrorCode.REJECTED_BY_BLACKLIST]
  const refused = await say(first.client, 'refused')
  server.deaf = true
  void say(first.client, 'on its way')
  await settled()
  close(first, server)

  const second = await online(server, browser)
  const rows = (await second.client.client.unsent()).map((m) => [textOf(m), m.sentStatus])
  assert.deepEqual(rows, [['refused', SentStatus.FAILED], ['on its way', SentStatus.SENDING]])

  server.deaf = false
  server.drop()
  await idle()
  server.wake()
  const messageId = refused.data?.messageId ?? 0
  const again = await attempt(() => second.client.client.resend(messageId))
  assert.equal(again.data?.messageId, messageId)
  assert.equal(again.code, ErrorCode.SUCCESS)
  assert.equal((await attempt(() => second.client.client.resend(1))).code, ErrorCode.INVALID_PARAMETER_MESSAGE_ID)
})

test('what is discarded is not sent again', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser(new IDBFactory())
  const first = await online(server, browser)
  server.dead.add('fake:1')
  server.drop()
  let messageId = 0
  const result = say(first.client, 'never mind', { onSendBefore: (m: IAReceivedMessage) => (messageId = m.messageId ?? 0) })
  await settled()
  await first.client.client.discard([messageId])
  assert.equal((await result).code, ErrorCode.RC_MSG_SEND_FAIL)
  assert.deepEqual(await first.client.client.unsent(), [])
  close(first, server)
  server.dead.delete('fake:1')
  await online(server, browser)
  assert.deepEqual(server.messages, [])
})

test('what is too old is given up, and forgotten once it is as old again', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser(new IDBFactory())
  const first = await online(server, browser)
  server.deaf = true
  void say(first.client, 'late')
  await settled()
  close(first, server)
  mock.timers.tick(2_000)
  const second = await online(server, browser, { giveUpAfter: 1_000 })
  mock.timers.tick(1)
  await settled()
  assert.deepEqual(second.finished.map(({ code }) => code), [ErrorCode.TIMEOUT])
  assert.deepEqual((await second.client.client.unsent()).map((m) => m.sentStatus), [SentStatus.FAILED])
  await settled()
  close(second, server)
  const third = await online(server, browser, { giveUpAfter: 1_000 })
  assert.deepEqual(await third.client.client.unsent(), [])
})

test('a page that lives keeps its messages to itself; one that closes leaves them to another', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser(new IDBFactory())
  const first = await online(server, browser)
  server.deaf = true
  void say(first.client, 'from the first tab')
  await settled()
  server.deaf = false
  const second = await online(server, browser)
  const third = await online(server, browser)
  assert.equal(server.sent('ppMsgP'), 1, 'nobody sends it beside the first tab')
  first.page.close()
  await settled()
  assert.equal(server.sent('ppMsgP'), 2, 'one of the others does when it is gone')
  for (const { finished } of [second, third]) assert.deepEqual(finished.map(({ data }) => data && textOf(data)), ['from the first tab'])
})

test('what another page left goes before what this one waits to send', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser(new IDBFactory())
  const first = await online(server, browser)
  const second = await online(server, browser)
  server.deaf = true
  void say(first.client, 'one')
  void say(first.client, 'two')
  void say(second.client, 'three')
  await settled()
  close(first, server)
  await settled()
  server.deaf = false
  server.wake()
  await settled()
  assert.deepEqual(stored(server), ['one', 'two', 'three'])
})

test('the messages of one user are not sent as those of the next', async () => {
  const server = new FakeServer()
  const browser = new FakeBrowser(new IDBFactory())
  const first = await online(server, browser)
  const second = await online(server, browser)
  server.deaf = true
  void say(first.client, 'from alice')
  await settled()
  second.client.disconnect()
  assert.equal((await attempt(() => second.client.client.resend(1))).code, ErrorCode.RC_NET_UNAVAILABLE)
  first.page.close()
  await settled()
  server.deaf = false
  await second.client.connect('carol')
  await settled()
  assert.deepEqual(server.messages, [])
  assert.deepEqual(await second.client.client.unsent(), [])
  second.client.disconnect()
  await second.client.connect('alice')
  await settled()
  assert.deepEqual(stored(server), ['from alice'])
})

test('a full outbox says so', async () => {
  const server = new FakeServer()
  const { client } = await online(server, new FakeBrowser())
  server.deaf = true
  for (let n = 0; n < 1_000; n++) void say(client, String(n))
  const refused = await say(client, 'one too many')
  assert.equal(refused.code, ErrorCode.MSG_LIMIT_ERROR)
  assert.match(refused.msg, /1000 messages/)
  assert.equal(refused.data?.sentStatus, SentStatus.FAILED)
  assert.equal((await client.client.unsent()).length, 1_000)
})

test('a browser that forbids storage is no reason not to send', async () => {
  const server = new FakeServer()
  const forbidden = { open: () => { throw new DOMException('forbidden', 'SecurityError') } } as unknown as IDBFactory
  const { client } = await online(server, new FakeBrowser(forbidden))
  assert.equal((await say(client, 'hi')).code, ErrorCode.SUCCESS)
})

test('the same message is not sent beside itself', async () => {
  const server = new FakeServer()
  const { client } = await online(server, new FakeBrowser())
  server.deaf = true
  const first = say(client, 'hi', { messageId: 7 })
  const second = say(client, 'hi', { messageId: 7 })
  await idle()
  assert.equal(server.sent('ppMsgP'), 1)
  void say(client, 'another one', { messageId: 7 })
  await idle()
  assert.equal(server.sent('ppMsgP'), 2, 'it has the same id and is not the same')
  server.deaf = false
  server.drop()
  await idle()
  server.wake()
  assert.deepEqual((await first).data, (await second).data)
})

// Shows S002.
test('a refusal of what is sent too fast tells when to send again', async () => {
  const server = new FakeServer()
  const { client } = await online(server, new FakeBrowser())
  server.refusals = [ErrorCode.SEND_FREQUENCY_TOO_FAST]
  server.retryAfter = 1_350
  const result = await say(client, 'hi')
  assert.equal(result.code, ErrorCode.SEND_FREQUENCY_TOO_FAST)
  assert.equal(result.retryAfter, 1_350)
})

// Shows S002, S181.
test('paced sends are held back until the server takes them, in order', async () => {
  const server = new FakeServer()
  server.rate = 5
  const { client } = await online(server, new FakeBrowser(), { pace: true })
  const texts = Array.from({ length: 12 }, (_, n) => String(n))
  const results = Promise.all(texts.map((text) => say(client, text)))
  for (let passed = 0; passed < 3_000; passed += 10) {
    mock.timers.tick(10)
    await idle()
  }
  assert.deepEqual((await results).map(({ code }) => code), texts.map(() => 0))
  assert.deepEqual(stored(server), texts)
  const tries = server.sent('ppMsgP')
  assert(tries < 16, `${tries} tries of 12 messages: the first refusals teach the rate`)
})

// Shows S181.
test('a broadcast is paced and reports each target', async () => {
  const server = new FakeServer()
  server.rate = 5
  const { client } = await online(server, new FakeBrowser())
  const targets = Array.from({ length: 8 }, (_, n) => ({ ...toBob, targetId: `u${n}` }))
  const done: number[] = []
  const bad = { ...toBob, targetId: '' }
  const result = attempt(() =>
    broadcast(client.client, [...targets, bad], new TextMessage({ content: 'news' }), { onProgress: (p) => done.push(p.done) }),
  )
  for (let passed = 0; passed < 3_000; passed += 10) {
    mock.timers.tick(10)
    await idle()
  }
  const { code, data } = await result
  assert.equal(code, ErrorCode.INVALID_PARAMETER_TARGET_ID)
  assert.deepEqual(data?.map((report) => report.code), [...targets.map(() => 0), ErrorCode.INVALID_PARAMETER_TARGET_ID])
  assert.deepEqual(server.messages.map((m) => m.target), targets.map((t) => t.targetId))
  assert.deepEqual(done, [1, 2, 3, 4, 5, 6, 7, 8, 9])
})

async function forwarded(messages: IAReceivedMessage[], to: IConversationOption[], options?: IForwardOptions): Promise<[FakeServer, RCResult<unknown>]> {
  const server = new FakeServer()
  const { client } = await online(server, new FakeBrowser())
  return [server, await attempt(() => forward(client.client, messages, to, options))]
}

async function received(...contents: object[]): Promise<IAReceivedMessage[]> {
  const server = new FakeServer()
  const { client } = await online(server, new FakeBrowser())
  const messages: IAReceivedMessage[] = []
  client.addEventListener(Events.MESSAGES, (event) => messages.push(...event.messages))
  for (const content of contents) {
    server.store({ sender: 'bob', type: 1, target: 'alice', objectName: 'RC:TxtMsg', content: JSON.stringify(content), clientUniqueId: 0 })
  }
  await idle()
  return messages
}

test('messages are forwarded one by one, without who wrote them and whom they mention', async () => {
  const messages = await received({ content: 'a', user: { id: 'bob' }, mentionedInfo: { type: 1 } }, { content: 'b' })
  const [server, result] = await forwarded(messages, [toBob, { ...toBob, targetId: 'carol' }])
  assert.equal(result.code, ErrorCode.SUCCESS)
  assert.deepEqual(server.messages.map((m) => [m.target, m.content]), [
    ['bob', '{"content":"a"}'],
    ['bob', '{"content":"b"}'],
    ['carol', '{"content":"a"}'],
    ['carol', '{"content":"b"}'],
  ])
})

test('messages are combined as official clients combine them', async () => {
  const messages = await received(...['1', '2', '3', '4', '5'].map((content) => ({ content })))
  const [server] = await forwarded(messages, [toBob], { combine: true, nameList: ['Bob', 'Alice'] })
  const [sent] = server.messages
  assert.equal(sent?.objectName, 'RC:CombineV2Msg')
  const { msgList, ...shown } = JSON.parse(sent?.content ?? '') as { msgList: unknown[] }
  assert.deepEqual(shown, { conversationType: 1, summaryList: ['1', '2', '3', '4'], nameList: ['Bob', 'Alice'], msgNum: 5 })
  assert.deepEqual(msgList[0], {
    fromUserId: 'bob',
    targetId: 'bob',
    timestamp: messages[0]?.sentTime,
    objectName: 'RC:TxtMsg',
    content: { content: '1' },
  })
})

test('what cannot be forwarded is refused with a name', async () => {
  const messages = await received({ content: 'a' })
  assert.equal((await forwarded([], [toBob]))[1].code, ErrorCode.MSG_LIMIT_ERROR)
  assert.equal((await forwarded(messages, []))[1].code, ErrorCode.CONVER_OUT_LIMIT_ERROR)
  const other = { ...messages[0], conversationType: ConversationType.GROUP } as IAReceivedMessage
  const mixed = await forwarded([...messages, other], [toBob], { combine: true })
  assert.equal(mixed[1].code, ErrorCode.CONVERSATION_TYPE_NOT_SUPPORT)
  const names = { combine: true, nameList: ['a', 'b', 'c', 'd', 'e'] }
  assert.match((await forwarded(messages, [toBob], names))[1].msg, /nameList/)
})

// Shows S173.
test('a copy that a server made of a resend is shown once', async () => {
  const server = new FakeServer()
  server.twice = true
  const { texts } = await online(server, new FakeBrowser())
  const hear = (clientUniqueId: number, content: string): void => {
    server.store({ sender: 'bob', type: 1, target: 'alice', objectName: 'RC:TxtMsg', content: JSON.stringify({ content }), clientUniqueId })
  }
  hear(5, 'hi')
  hear(5, 'hi')
  hear(5, 'the same name by chance')
  hear(0, 'nameless')
  hear(0, 'nameless')
  await idle()
  assert.deepEqual(texts, ['hi', 'the same name by chance', 'nameless', 'nameless'])
})

test('a token that has expired is replaced, and the connection goes on', async () => {
  const server = new FakeServer()
  server.expired.add('alice old')
  let asked = 0
  const { client } = open(server, new FakeBrowser(), { refreshToken: async () => `alice new ${++asked}` })
  assert.equal((await client.connect('alice old')).code, ErrorCode.SUCCESS)
  assert.equal(asked, 1)
  server.sessions[0]?.write([0xe0, 0, 7])
  await idle()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.SUSPENDED)
  server.wake()
  await idle()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.CONNECTED)
  assert.equal(asked, 2)
})

test('a new token that is refused, too, ends the connection; one that does not come is asked for again', async () => {
  const server = new FakeServer()
  server.connack = 4
  const { client } = open(server, new FakeBrowser(), { refreshToken: () => 'alice' })
  assert.equal((await client.connect('alice')).code, ErrorCode.RC_CONN_TOKEN_INCORRECT)
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.DISCONNECTED)

  server.connack = 0
  const { error } = console
  console.error = () => {}
  let broken = true
  const other = open(server, new FakeBrowser(), {
    refreshToken: async () => {
      if (broken) throw new Error('no network')
      return 'alice'
    },
  }).client
  await other.connect('alice')
  server.sessions.at(-1)?.write([0xe0, 0, 7])
  await idle()
  server.wake()
  await idle()
  assert.equal(other.getConnectionStatus(), RCConnectionStatus.SUSPENDED)
  broken = false
  server.wake()
  await idle()
  console.error = error
  assert.equal(other.getConnectionStatus(), RCConnectionStatus.CONNECTED)
})

test('a server that is gone is noticed soon after somebody looks at the page', async () => {
  const server = new FakeServer()
  const { client } = await online(server, new FakeBrowser())
  server.wake()
  await idle()
  mock.timers.tick(5_000)
  await idle()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.CONNECTED, 'it answered')
  server.silent = true
  server.wake()
  await idle()
  mock.timers.tick(5_000)
  await idle()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.SUSPENDED)
})
