import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'

import { Client } from '../src/client.ts'
import type { IAReceivedConversation, IConversationState } from '../src/conversation.ts'
import { type Conversations, conversations } from '../src/conversations.ts'
import { Emitter, Events } from '../src/events.ts'
import { ConversationState, ConversationStates, Notify, ReadMark, type Unread, UnreadAnswer } from './wire.ts'
import { view } from '../src/item.ts'
import { encode } from '../src/wire/schema.ts'
import { FakeServer, idle } from './fakeserver.ts'

const bob = { conversationType: 1, targetId: 'bob' }

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }))
afterEach(() => mock.timers.reset())

/** Desk is alice's client at a server that counts as counts says, and what it told of conversations. */
interface Desk {
  server: FakeServer
  all: Conversations
  counts: Unread
  /** What the settings of bob's conversation are. */
  states: ConversationState[]
  told: IConversationState[]
  bob(): IAReceivedConversation
}

async function desk(): Promise<Desk> {
  const server = new FakeServer()
  const emitter = new Emitter()
  const client = new Client({ appkey: 'app', navigators: ['http://fake'] }, server, emitter)
  const all = client.use(conversations)
  const told: IConversationState[] = []
  const d: Desk = { server, all, counts: {}, states: [], told, bob: () => view(all.item(bob)) }
  server.answers.set('pullSe', () => {
    const unread = { cutOffTime: server.tick, ...d.counts }
    return encode(UnreadAnswer, { session: [{ targetId: 'bob', conversationType: 1, unread }], pageToken: '' })
  })
  server.answers.set('pullSeAtts', () => encode(ConversationStates, { version: server.tick, state: d.states }))
  emitter.add(Events.CONVERSATION, ({ conversationList }) => told.push(...conversationList))
  await client.connect('alice')
  await idle()
  await all.settled()
  return d
}

function hear(server: FakeServer, content: object, objectName = 'RC:TxtMsg'): void {
  server.store({ sender: 'bob', type: 1, target: 'alice', objectName, content: JSON.stringify(content), clientUniqueId: 0 })
}

function hint(server: FakeServer, type: number): void {
  for (const session of server.sessions) session.push('s_cmd', encode(Notify, { type, time: server.tick }))
}

test('what came is added to what the server counted', async () => {
  const d = await desk()
  d.counts = { count: 3, mentionCount: 0 }
  hint(d.server, 13)
  await idle()
  assert.equal(d.bob().unreadMessageCount, 3)
  hear(d.server, { content: 'four' })
  await idle()
  assert.equal(d.bob().unreadMessageCount, 4)
  assert.equal(d.bob().latestMessage?.content.content, 'four')
  assert.equal(d.told.at(-1)?.updatedItems?.unreadMessageCount?.val, 4)
})

test('what the server counts anew is not counted twice', async () => {
  const d = await desk()
  hear(d.server, { content: 'one' })
  hear(d.server, { content: 'two' })
  await idle()
  assert.equal(d.bob().unreadMessageCount, 2)
  d.counts = { count: 2 }
  hint(d.server, 13)
  await idle()
  assert.equal(d.bob().unreadMessageCount, 2)
})

test('a message that is recalled before it was read is unread no more', async () => {
  const d = await desk()
  hear(d.server, { content: 'secret' })
  await idle()
  hear(d.server, { messageUId: d.bob().latestMessage?.messageUId }, 'RC:RcCmd')
  await idle()
  assert.equal(d.bob().unreadMessageCount, 0)
})

test('another device reads up to a time', async () => {
  const d = await desk()
  hear(d.server, { content: 'one' })
  const read = d.server.tick
  hear(d.server, { content: 'two' })
  await idle()
  const mark = encode(ReadMark, { conversationType: 1, targetId: 'bob', timestamp: read })
  for (const session of d.server.sessions) session.push('updRTime', mark, 0x38)
  await idle()
  assert.equal(d.bob().unreadMessageCount, 1)
})

test('reading tells the server, and outlasts a count from before it', async () => {
  const d = await desk()
  hear(d.server, { content: 'one' })
  await idle()
  const reading = d.all.read([d.all.item(bob)])
  assert.equal(d.bob().unreadMessageCount, 0)
  d.counts = { count: 1, cutOffTime: d.server.tick, clearTime: 0 }
  hint(d.server, 13)
  await idle()
  assert.equal(d.bob().unreadMessageCount, 0)
  assert.equal(d.server.sent('updRTime'), 1)
  await reading
})

test('settings that another device changed are told, once', async () => {
  const d = await desk()
  const stateItem = [{ type: 2, value: '1', tags: [] }, { type: 1, value: '5', tags: [] }]
  d.states = [{ conversationType: 1, targetId: 'bob', time: 7, stateItem }]
  hint(d.server, 3)
  await idle()
  hint(d.server, 3)
  await idle()
  assert.equal(d.told.length, 1)
  const { isTop, notificationLevel, notificationStatus } = d.told[0]?.updatedItems ?? {}
  assert.deepEqual([isTop, notificationLevel?.val, notificationStatus?.val], [{ time: 7, val: true }, 5, 1])
  assert.equal(d.told[0]?.conversation.isTop, true)
})

test('a count that is refused is asked for again', async () => {
  const d = await desk()
  d.counts = { count: 2 }
  d.server.queryRefusals = [25102]
  hint(d.server, 13)
  await idle()
  assert.equal(d.bob().unreadMessageCount, 0)
  mock.timers.tick(5_000)
  await idle()
  assert.equal(d.bob().unreadMessageCount, 2)
})

test('what is not counted, and what one says oneself, is not unread', async () => {
  const d = await desk()
  hear(d.server, { message: 'bob is here' }, 'RC:InfoNtf')
  d.server.store({ sender: 'alice', type: 1, target: 'bob', objectName: 'RC:TxtMsg', content: '{"content":"hi"}', clientUniqueId: 0 })
  await idle()
  assert.equal(d.bob().unreadMessageCount, 0)
  assert.equal(d.bob().latestMessage?.content.content, 'hi')
})
