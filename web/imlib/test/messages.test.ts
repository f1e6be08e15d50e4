import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  BaseMessage,
  ConversationType,
  MessageDirection,
  newMessageId,
  receivedMessage,
  SentStatus,
  TextMessage,
  upMessage,
} from '../src/messages.ts'
import { type DownMessage, UpFlags } from '../src/wire/message.ts'

const viewer = { userId: 'alice', onlineSince: 1000, now: 5000 }

function down(fields: Partial<DownMessage>): DownMessage {
  return {
    fromUserId: 'bob',
    type: 1,
    groupId: '',
    objectName: 'RC:TxtMsg',
    content: '{"content":"hi"}',
    sentTime: 1000,
    flags: 0,
    uid: 'UID',
    direction: 2,
    clientUniqueId: 7,
    channelId: '',
    toUserIds: [],
    ...fields,
  }
}

test('a private message names its peer, whoever sent it', () => {
  const theirs = receivedMessage(down({}), viewer)
  assert.deepEqual([theirs.targetId, theirs.senderUserId, theirs.messageDirection], ['bob', 'bob', MessageDirection.RECEIVE])
  assert.equal(theirs.sentStatus, undefined)
  const own = receivedMessage(down({ direction: 1 }), viewer)
  assert.deepEqual([own.targetId, own.senderUserId, own.messageDirection], ['bob', 'alice', MessageDirection.SEND])
  assert.equal(own.sentStatus, SentStatus.SENT)
})

test('a group message names its group and its sender', () => {
  const group = { type: ConversationType.GROUP, groupId: 'g', direction: 0 }
  const theirs = receivedMessage(down(group), viewer)
  assert.deepEqual([theirs.targetId, theirs.senderUserId, theirs.messageDirection], ['g', 'bob', MessageDirection.RECEIVE])
  const own = receivedMessage(down({ ...group, fromUserId: 'alice' }), viewer)
  assert.deepEqual([own.targetId, own.senderUserId, own.messageDirection], ['g', 'alice', MessageDirection.SEND])
})

test('what was sent before the session is from offline', () => {
  assert.equal(receivedMessage(down({ sentTime: 999 }), viewer).isOffLineMessage, true)
  assert.equal(receivedMessage(down({ sentTime: 1000 }), viewer).isOffLineMessage, false)
})

test('flags are told apart', () => {
  const names = ['isPersited', 'isCounted', 'isMentioned', 'disableNotification', 'canIncludeExpansion'] as const
  for (const [at, flags] of [16, 32, 64, 512, 1024].entries()) {
    const message = receivedMessage(down({ flags }), viewer)
    assert.deepEqual(names.filter((name) => message[name]), [names[at]])
  }
})

test('content that is not an object is still shown', () => {
  for (const content of ['plain', '"text"', '[1]', 'null', '5', '{broken']) {
    assert.deepEqual(receivedMessage(down({ content }), viewer).content, { content })
  }
})

test('a message goes up with the flags of its kind and its options', () => {
  const text = upMessage(new TextMessage({ content: 'hi' }), { disableNotification: true }, 5)
  assert.equal(text.flags, UpFlags.persisted | UpFlags.counted | UpFlags.silent)
  assert.equal(text.clientUniqueId, 5)
  assert.equal(upMessage(new BaseMessage('app:cmd', {}, false, false), {}, 5).flags, 0)
  assert.equal(upMessage(new BaseMessage('app:note', {}, true, false), {}, 5, 'channel').channelId, 'channel')
})

test('message ids are exact numbers and differ', () => {
  const ids = Array.from({ length: 1000 }, newMessageId)
  assert(ids.every((id) => Number.isSafeInteger(id) && id > 0))
  assert.equal(new Set(ids).size, ids.length)
})
