import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'

import {
  ConversationType,
  ErrorCode,
  Events,
  MessageDirection,
  MessageType,
  RCConnectionStatus,
  type IAReceivedMessage,
  type RCResult,
  SentStatus,
  TextMessage,
} from '../src/index.ts'
import { encode } from '../src/wire/schema.ts'
import { App } from './app.ts'
import { FakeServer, idle } from './fakeserver.ts'
import { DownMessage, Notify } from './wire.ts'

const version4 = { status: 200, text: '{"openAnti":1,"serverAddr":[{"addr":"fake:1","protocol":5}]}' }
const toBob = { conversationType: ConversationType.PRIVATE, targetId: 'bob' }

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }))
afterEach(() => mock.timers.reset())

/** Seat is a client at a server, and what it told its application. */
interface Seat {
  client: App
  server: FakeServer
  texts: string[]
  events: string[]
}

function seat(server: FakeServer = new FakeServer()): Seat {
  const client = new App(server)
  const texts: string[] = []
  const events: string[] = []
  client.addEventListener(Events.MESSAGES, ({ messages }) => texts.push(...messages.map(textOf)))
  client.addEventListener(Events.CONNECTING, () => events.push('connecting'))
  client.addEventListener(Events.CONNECTED, () => events.push('connected'))
  client.addEventListener(Events.SUSPEND, (code) => events.push(`suspend ${code}`))
  client.addEventListener(Events.DISCONNECT, (code) => events.push(`disconnect ${code}`))
  client.addEventListener(Events.PULL_OFFLINE_MESSAGE_FINISHED, () => events.push('caught up'))
  return { client, server, texts, events }
}

async function connected(server?: FakeServer, user = 'alice'): Promise<Seat> {
  const s = seat(server)
  const result = await s.client.connect(user)
  assert.equal(result.code, ErrorCode.SUCCESS)
  await idle()
  return s
}

function textOf(message: IAReceivedMessage): string {
  return String(message.content['content'])
}

function say(client: App, content: string, options = {}): Promise<RCResult<IAReceivedMessage>> {
  return client.sendMessage(toBob, new TextMessage({ content }), options)
}

function hear(server: FakeServer, content: string): void {
  server.store({ sender: 'bob', type: 1, target: 'alice', objectName: 'RC:TxtMsg', content: JSON.stringify({ content }), clientUniqueId: 0 })
}

/** reconnect lets the wait before the next attempt pass. */
async function reconnect(): Promise<void> {
  await idle()
  mock.timers.tick(15_000)
  await idle()
}

test('connecting asks the navigator, opens a socket and pulls', async () => {
  const { client, server, events } = await connected()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.CONNECTED)
  assert.equal(client.getCurrentUserId(), 'alice')
  assert.deepEqual(events, ['connecting', 'connected', 'caught up'])
  assert.equal(server.urls[0], 'http://fake/v2/navi.json?cloud=0')
  const query = new URL(server.urls[1] ?? '').searchParams
  assert.equal(query.get('appId'), 'app')
  assert.equal(query.get('token'), 'alice')
  assert.equal(query.get('protocolVer'), '3')
  assert.equal(query.get('hongyan'), '1')
  assert.match(query.get('deviceId') ?? '', /^\d+(-\d+){3}$/)
  assert.equal(server.sent('pullMsg'), 1)
})

test('version 4 of the handshake continues the ids of the server', async () => {
  const server = new FakeServer()
  server.navigation = version4
  server.firstId = 0xfffe
  const { client } = await connected(server)
  await client.sendTypingStatusMessage(toBob, MessageType.TEXT)
  assert.equal(server.requests.find((r) => r.topic === 'pullMsg')?.id, 0xffff)
  assert.equal(server.requests.find((r) => r.topic === 'ppMsgS')?.id, 1, 'and wraps around')
})

test('an id that waits for its answer is passed over', async () => {
  const server = new FakeServer()
  server.held = []
  const { client } = await connected(server)
  for (let id = 2; id <= 0xffff + 1; id++) void client.sendTypingStatusMessage(toBob, MessageType.TEXT)
  const ids = server.requests.filter((r) => r.kind !== 'pingreq').map((r) => r.id)
  assert.equal(ids[0], 1)
  assert.deepEqual(ids.slice(-2), [0xffff, 2])
})

test('addresses are tried best first until one answers', async () => {
  const server = new FakeServer()
  server.dead.add('dead:1')
  server.navigation = {
    status: 200,
    text: '{"serverAddr":[{"addr":"fake:1","protocol":6,"weight":1},{"addr":"dead:1","protocol":5,"weight":9}]}',
  }
  await connected(server)
  assert.deepEqual(server.urls.slice(1).map((url) => new URL(url).origin), ['ws://dead:1', 'wss://fake:1'])
})

test('a refused connect resolves with its code and is not repeated', async () => {
  const cases: [Partial<FakeServer>, number][] = [
    [{ connack: 4 }, 31004],
    [{ connack: 9 }, 31009],
    [{ connack: 10 }, 31020],
    [{ navigation: { status: 401, text: '' } }, 31004],
    [{ navigation: { status: 200, text: '{"code":500}' } }, 30007],
    [{ navigation: { status: 200, text: 'no json' } }, 30007],
    [{ navigation: { status: 200, text: '{"code":200}' } }, 35008],
  ]
  for (const [wrong, code] of cases) {
    const { client, events } = seat(Object.assign(new FakeServer(), wrong))
    assert.equal((await client.connect('alice')).code, code)
    await reconnect()
    assert.deepEqual(events, ['connecting', `disconnect ${code}`])
    assert.equal(client.getConnectionStatus(), RCConnectionStatus.DISCONNECTED)
  }
})

test('a handshake that nobody answers ends', async () => {
  const server = new FakeServer()
  server.open = (_, events) => {
    queueMicrotask(() => events.open())
    return { send: () => {}, close: () => {} }
  }
  const { client } = seat(server)
  const result = client.connect('alice')
  await idle()
  mock.timers.tick(10_000)
  assert.equal((await result).code, ErrorCode.RC_CONN_ACK_TIMEOUT)
})

test('a session that ends as it begins is none', async () => {
  const server = new FakeServer()
  server.abrupt = true
  const { client } = seat(server)
  assert.equal((await client.connect('alice')).code, ErrorCode.RC_SOCKET_DISCONNECTED)
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.DISCONNECTED)
})

test('a message is acknowledged with its names and its time', async () => {
  const { client, server } = await connected()
  let before: IAReceivedMessage | undefined
  const result = await say(client, 'hello 你好 😀', { onSendBefore: (m: IAReceivedMessage) => (before = m) })
  assert.equal(result.code, ErrorCode.SUCCESS)
  assert.equal(before?.sentStatus, SentStatus.SENDING)
  assert.equal(result.data?.messageId, before?.messageId)
  assert.equal(result.data?.messageUId, server.messages[0]?.uid)
  assert.equal(result.data?.sentTime, server.messages[0]?.tick)
  assert.equal(result.data?.sentStatus, SentStatus.SENT)
  assert.equal(server.messages[0]?.content, '{"content":"hello 你好 😀"}')
  assert.equal(server.messages[0]?.clientUniqueId, before?.messageId)
})

test('a refused message resolves with the code and the message to send again', async () => {
  const { client, server } = await connected()
  server.refusals = [405]
  const failed = await say(client, 'hi')
  assert.equal(failed.code, ErrorCode.REJECTED_BY_BLACKLIST)
  assert.equal(failed.msg, 'REJECTED_BY_BLACKLIST')
  assert.equal(failed.data?.sentStatus, SentStatus.FAILED)
  const messageId = failed.data?.messageId
  const again = await say(client, 'hi', { messageId })
  assert.equal(again.code, ErrorCode.SUCCESS)
  assert.equal(again.data?.messageId, messageId)
})

test('what cannot be sent is refused without asking the server', async () => {
  const { client, server } = await connected()
  const text = new TextMessage({ content: 'hi' })
  const service = { conversationType: ConversationType.CUSTOMER_SERVICE, targetId: 's' }
  assert.equal((await client.sendMessage(service, text)).code, ErrorCode.CONVERSATION_TYPE_NOT_SUPPORT)
  assert.equal((await client.sendMessage({ ...toBob, targetId: '' }, text)).code, ErrorCode.INVALID_PARAMETER_TARGET_ID)
  assert.equal((await say(client, 'x'.repeat(131_072))).code, ErrorCode.RC_MSG_CONTENT_EXCEED_LIMIT)
  await client.disconnect()
  assert.equal((await say(client, 'hi')).code, ErrorCode.RC_NET_UNAVAILABLE)
  assert.equal(server.messages.length, 0)
})

test('pushed messages are delivered without a pull', async () => {
  const { server, texts } = await connected()
  hear(server, 'one')
  hear(server, 'two')
  await idle()
  assert.deepEqual(texts, ['one', 'two'])
  assert.equal(server.sent('pullMsg'), 1)
})

test('own messages in between leave no gap', async () => {
  const { client, server, texts } = await connected()
  hear(server, 'one')
  await say(client, 'mine')
  hear(server, 'two')
  await idle()
  assert.deepEqual(texts, ['one', 'two'])
  assert.equal(server.sent('pullMsg'), 1)
})

test('a tick that was not pushed is pulled when the next one shows the gap', async () => {
  const { server, texts } = await connected()
  server.pushes = false
  hear(server, 'lost')
  server.pushes = true
  hear(server, 'next')
  hear(server, 'last')
  await idle()
  assert.deepEqual(texts, ['lost', 'next', 'last'])
})

test('a hint is followed by a pull, page by page', async () => {
  const { server, texts } = await connected()
  server.pushes = false
  server.pageSize = 2
  for (const text of ['1', '2', '3', '4', '5']) hear(server, text)
  server.sessions[0]?.push('s_ntf', encode(Notify, { type: 1, time: server.tick }))
  await idle()
  assert.deepEqual(texts, ['1', '2', '3', '4', '5'])
})

test('what a server sends with a QoS is acknowledged', async () => {
  const server = new FakeServer()
  server.queryackHeader = 0x62
  await connected(server)
  const hint = encode(Notify, { type: 2 })
  server.sessions[0]?.push('s_ntf', hint, 0x32)
  server.sessions[0]?.push('s_ntf', hint, 0x3a) // another device's, repeated: not ours to acknowledge
  await idle()
  assert.deepEqual(server.requests.filter((r) => r.kind === 'querycon').map((r) => r.id), [1])
  assert.deepEqual(server.requests.filter((r) => r.kind === 'puback').map((r) => r.id), [9])
})

test('a message that is both pushed and pulled is delivered once', async () => {
  const { server, texts } = await connected()
  server.held = []
  server.sessions[0]?.push('s_ntf', encode(Notify, { type: 1 }))
  await idle()
  hear(server, 'once')
  await idle()
  for (const answer of server.held) answer()
  await idle()
  assert.deepEqual(texts, ['once'])
})

test('a pull that is refused is tried again', async () => {
  const server = new FakeServer()
  hear(server, 'offline')
  server.queryRefusals = [25102]
  const { texts } = await connected(server)
  assert.deepEqual(texts, [])
  mock.timers.tick(5_000)
  await idle()
  assert.deepEqual(texts, ['offline'])
})

test('a client that hears nothing for long asks', async () => {
  const { server, texts } = await connected()
  server.pushes = false
  hear(server, 'never announced')
  for (let passed = 0; passed < 180; passed += 15) {
    mock.timers.tick(15_000)
    await idle()
  }
  assert.deepEqual(texts, ['never announced'])
})

test('a second handshake changes nothing', async () => {
  const { client, server, texts } = await connected()
  server.sessions[0]?.write([0x20, 0, 4])
  hear(server, 'hi')
  await idle()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.CONNECTED)
  assert.deepEqual(texts, ['hi'])
})

test('after a drop the client comes back, and nothing is missed or repeated', async () => {
  const { client, server, texts, events } = await connected()
  hear(server, 'before')
  await idle()
  server.drop()
  await idle()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.SUSPENDED)
  hear(server, 'meanwhile')
  await reconnect()
  hear(server, 'after')
  await idle()
  assert.deepEqual(texts, ['before', 'meanwhile', 'after'])
  assert.deepEqual(events.slice(3), ['suspend 30011', 'connecting', 'connected', 'caught up'])
})

test('the network coming back ends the wait', async () => {
  const { client, server } = await connected()
  server.drop()
  await idle()
  server.wake()
  await idle()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.CONNECTED)
})

test('a server that is away for long is tried until it is back', async () => {
  const { client, server } = await connected()
  server.dead.add('fake:1')
  server.drop()
  for (let attempt = 0; attempt < 5; attempt++) await reconnect()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.SUSPENDED)
  server.dead.clear()
  await reconnect()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.CONNECTED)
})

test('a server that comes back elsewhere is found', async () => {
  const { client, server } = await connected()
  server.dead.add('fake:1')
  server.navigation = { status: 200, text: '{"serverAddr":[{"addr":"fake:2","protocol":5}]}' }
  server.drop()
  await reconnect()
  await reconnect()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.CONNECTED)
  assert.equal(server.sessions[0]?.url.host, 'fake:2')
})

test('messages of the time without a connection are sent in order when it is back', async () => {
  const { client, server } = await connected()
  server.drop()
  await idle()
  const results = ['one', 'two', 'three'].map((text) => say(client, text))
  await reconnect()
  for (const result of await Promise.all(results)) assert.equal(result.code, ErrorCode.SUCCESS)
  assert.deepEqual(server.messages.map((m) => m.content), ['{"content":"one"}', '{"content":"two"}', '{"content":"three"}'])
})

test('a resend that comes too fast waits and keeps its place', async () => {
  const { client, server } = await connected()
  server.drop()
  await idle()
  const results = ['one', 'two'].map((text) => say(client, text))
  server.refusals = [ErrorCode.SEND_FREQUENCY_TOO_FAST]
  await reconnect()
  results.push(say(client, 'three'))
  await idle()
  assert.equal(server.sent('ppMsgP'), 1)
  mock.timers.tick(1_000)
  for (const result of await Promise.all(results)) assert.equal(result.code, ErrorCode.SUCCESS)
  assert.deepEqual(server.messages.map((m) => m.content), ['{"content":"one"}', '{"content":"two"}', '{"content":"three"}'])
})

test('an application that sends too fast is told', async () => {
  const { client, server } = await connected()
  server.refusals = [ErrorCode.SEND_FREQUENCY_TOO_FAST]
  assert.equal((await say(client, 'hi')).code, ErrorCode.SEND_FREQUENCY_TOO_FAST)
})

test('a message whose ack was lost is one message, and its sender does not receive it', async () => {
  const { client, server, texts } = await connected()
  server.swallowAcks = true
  const result = say(client, 'once')
  await idle()
  server.swallowAcks = false
  server.drop()
  await reconnect()
  const { code, data } = await result
  assert.equal(code, ErrorCode.SUCCESS)
  assert.equal(server.messages.length, 1)
  assert.equal(data?.messageUId, server.messages[0]?.uid)
  assert.equal(data?.sentTime, server.messages[0]?.tick)
  assert.deepEqual(texts, [])
})

test('the stream stands in for an ack that never comes', async () => {
  const { client, server, texts } = await connected()
  server.swallowAcks = true
  const result = say(client, 'once')
  await idle()
  server.drop()
  await reconnect()
  const { code, data } = await result
  assert.equal(code, ErrorCode.SUCCESS)
  assert.equal(data?.messageUId, server.messages[0]?.uid)
  assert.deepEqual(texts, [])
})

test('what one user sent is news to the next user of the same client', async () => {
  const { client, server, texts } = await connected()
  await say(client, 'hi bob')
  await client.disconnect()
  await client.connect('bob')
  await idle()
  assert.deepEqual(texts, ['hi bob'])
  assert.equal(server.urls.filter((url) => url.includes('navi')).length, 2, 'the route is that of the new token')
})

test('what was sent and acknowledged before a drop does not come back in the pull', async () => {
  const { client, server, texts } = await connected()
  await say(client, 'mine')
  server.drop()
  await reconnect()
  hear(server, 'theirs')
  await idle()
  assert.deepEqual(texts, ['theirs'])
})

test('what another device of the user sent is received as sent', async () => {
  const server = new FakeServer()
  const desk = await connected(server)
  const phone = await connected(server)
  const received: IAReceivedMessage[] = []
  desk.client.addEventListener(Events.MESSAGES, ({ messages }) => received.push(...messages))
  await say(phone.client, 'from the phone')
  await idle()
  assert.deepEqual(received.map((m) => [textOf(m), m.messageDirection, m.targetId, m.senderUserId]), [
    ['from the phone', MessageDirection.SEND, 'bob', 'alice'],
  ])
  assert.deepEqual(phone.texts, [])
})

test('a message that nobody acknowledges is sent again and again, fails in the end, and may be sent again as the same', async () => {
  const { client, server } = await connected()
  server.swallowAcks = true
  const result = say(client, 'hi')
  await idle()
  assert.equal(server.sent('ppMsgP'), 1)
  mock.timers.tick(30_000)
  await idle()
  mock.timers.tick(1_000)
  await idle()
  assert.equal(server.sent('ppMsgP'), 2)
  mock.timers.tick(24 * 60 * 60 * 1000)
  const failed = await result
  assert.equal(failed.code, ErrorCode.TIMEOUT)
  server.swallowAcks = false
  await reconnect()
  const again = await say(client, 'hi', { messageId: failed.data?.messageId })
  assert.equal(again.code, ErrorCode.SUCCESS)
  assert.equal(server.messages.length, 1)
})

test('a server that answers no pings is left', async () => {
  const { server, events } = await connected()
  server.silent = true
  mock.timers.tick(15_000)
  await idle()
  mock.timers.tick(15_000)
  await idle()
  assert(!events.includes('suspend 30012'))
  mock.timers.tick(15_000)
  await idle()
  assert(events.includes('suspend 30012'))
})

test('the server ends sessions for reasons that pass or stay', async () => {
  for (const [status, event] of [[1, 'disconnect 31010'], [6, 'suspend 31006'], [7, 'disconnect 31020'], [9, 'disconnect 31029']] as const) {
    const { server, events } = await connected()
    server.sessions[0]?.write([0xe0, 0, status])
    await idle()
    assert.equal(events.at(-1), event)
  }
})

test('a redirected client asks the navigator again', async () => {
  const { client, server } = await connected()
  server.sessions[0]?.write([0xe0, 0, 6])
  await reconnect()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.CONNECTED)
  assert.equal(server.urls.filter((url) => url.includes('navi')).length, 2)
})

test('a malformed frame ends the session, and the next one goes on', async () => {
  const { client, server, texts } = await connected()
  server.sessions[0]?.write([0xff, 1, 2])
  await reconnect()
  hear(server, 'still here')
  await idle()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.CONNECTED)
  assert.deepEqual(texts, ['still here'])
})

test('disconnecting fails what waits and stays disconnected', async () => {
  const { client, server, events } = await connected()
  server.swallowAcks = true
  const result = say(client, 'hi')
  await idle()
  await client.disconnect()
  assert.equal((await result).code, ErrorCode.RC_NET_CHANNEL_INVALID)
  await reconnect()
  assert.equal(client.getConnectionStatus(), RCConnectionStatus.DISCONNECTED)
  assert.equal(events.at(-1), 'disconnect 2')
  assert.equal(server.sessions.length, 0)
})

test('disconnecting in the middle of a connect leaves no session behind', async () => {
  const { client, server } = seat()
  const result = client.connect('alice')
  assert.equal((await client.connect('alice')).code, ErrorCode.BIZ_ERROR_CONNECTING)
  await client.disconnect()
  assert.equal((await result).isOk, false)
  assert.equal((await client.connect('alice')).code, ErrorCode.SUCCESS)
  await idle()
  assert.equal(server.sessions.length, 1)
  assert.equal((await client.connect('alice')).code, ErrorCode.RC_CONNECTION_EXIST)
})

test('the next page load goes on where the last one stopped', async () => {
  const server = new FakeServer()
  const first = await connected(server)
  hear(server, 'before')
  await idle()
  await first.client.disconnect()
  hear(server, 'offline')
  const second = await connected(server)
  assert.deepEqual(second.texts, ['offline'])
})

test('the next page load is not told what the last one sent', async () => {
  const server = new FakeServer()
  const first = await connected(server)
  await say(first.client, 'mine')
  await first.client.disconnect()
  const second = await connected(server)
  assert.deepEqual(second.texts, [])
  hear(server, 'theirs')
  await idle()
  assert.equal(server.load('hongyan:app:alice:sent'), '[]', 'and it is forgotten when it is past')
})

test('a record that something else wrote is no record', async () => {
  const server = new FakeServer()
  server.save('hongyan:app:alice:sent', '{broken')
  server.save('hongyan:app:alice:cursor', 'nonsense')
  hear(server, 'offline')
  const { texts } = await connected(server)
  assert.deepEqual(texts, ['offline'])
})

test('typing is told and heard', async () => {
  const { client, server } = await connected()
  assert.equal((await client.sendTypingStatusMessage(toBob, MessageType.TEXT)).code, ErrorCode.SUCCESS)
  assert.equal(server.sent('ppMsgS'), 1)
  const heard: unknown[] = []
  client.addEventListener(Events.TYPING_STATUS, ({ status }) => heard.push(...status))
  const content = '{"typingContentType":"RC:TxtMsg"}'
  const typing = encode(DownMessage, { fromUserId: 'bob', conversationType: 1, messageType: 'RC:TypSts', content, sentTime: 5, status: 0 })
  server.sessions[0]?.push('s_msg', typing)
  await idle()
  const of = { conversationType: 1, targetId: 'bob', channelId: '' }
  const list = [{ userId: 'bob', timestamp: Date.now(), messageType: 'RC:TxtMsg' }]
  assert.deepEqual(heard, [{ ...of, list }])
  mock.timers.tick(2_000)
  assert.deepEqual(heard.slice(1), [{ ...of, list: [] }], 'who is not heard of any more stops typing')
})

test('history comes oldest first, with what there is before it', async () => {
  const { client, server } = await connected()
  for (const text of ['1', '2', '3']) hear(server, text)
  const page = await client.getHistoryMessages(toBob, { count: 2 })
  assert.deepEqual(page.data?.list.map(textOf), ['2', '3'])
  assert.equal(page.data?.hasMore, true)
  assert.equal((await client.getHistoryMessages(toBob, { count: 101 })).code, ErrorCode.INVALID_PARAMETER_COUNT)
})

test('a query that nobody answers fails', async () => {
  const { client, server } = await connected()
  server.silent = true
  const result = client.getHistoryMessages(toBob)
  mock.timers.tick(30_000)
  assert.equal((await result).code, ErrorCode.TIMEOUT)
})

test('a failing listener does not disturb the others', async () => {
  const { client, server, texts } = await connected()
  const { error } = console
  const reported: unknown[] = []
  console.error = (...args: unknown[]) => reported.push(args)
  client.clearEventListeners()
  client.addEventListener(Events.MESSAGES, () => {
    throw new Error('oops')
  })
  client.addEventListener(Events.MESSAGES, ({ messages }) => texts.push(...messages.map(textOf)))
  hear(server, 'hi')
  await idle()
  console.error = error
  assert.deepEqual(texts, ['hi'])
  assert.equal(reported.length, 1)
})
