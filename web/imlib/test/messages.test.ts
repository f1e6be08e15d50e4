import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ConversationType, MessageDirection, SentStatus } from '../src/enums.ts'
import type { DownMessage } from './wire.ts'
import * as TypeFlags from '../src/flags/type.ts'
import * as UpFlags from '../src/flags/up.ts'
import { BaseMessage, TextMessage } from '../src/messages.ts'
import { receivedMessage } from '../src/received.ts'
import { downMessage, newMessageId, upMessage } from '../src/upward.ts'

const viewer = { userId: 'alice', onlineSince: 1000, now: 5000, types: new Map<string, number>() }
const toBob = { conversationType: ConversationType.PRIVATE, targetId: 'bob' }
const toTeam = { conversationType: ConversationType.GROUP, targetId: 'team' }

function down(fields: Partial<DownMessage>): DownMessage {
  return {
    fromUserId: 'bob',
    conversationType: 1,
    messageType: 'RC:TxtMsg',
    content: '{"content":"hi"}',
    sentTime: 1000,
    status: 0,
    messageUId: 'UID',
    messageDirection: 2,
    messageId: 7,
    directedUserIds: [],
    ...fields,
  }
}

test('a private message names its peer, whoever sent it', () => {
  const theirs = receivedMessage(down({}), viewer)
  assert.deepEqual([theirs.targetId, theirs.senderUserId, theirs.messageDirection], ['bob', 'bob', MessageDirection.RECEIVE])
  const own = receivedMessage(down({ messageDirection: 1 }), viewer)
  assert.deepEqual([own.targetId, own.senderUserId, own.messageDirection], ['bob', 'alice', MessageDirection.SEND])
  assert.equal(own.sentStatus, SentStatus.SENT)
})

test('a group message names its group and its sender', () => {
  const group = { conversationType: ConversationType.GROUP, groupId: 'g', messageDirection: 0 }
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
  const names = ['isPersited', 'isCounted', 'disableNotification', 'canIncludeExpansion'] as const
  for (const [at, status] of [16, 32, 512, 1024].entries()) {
    const message = receivedMessage(down({ messageType: 'app:own', status }), viewer)
    assert.deepEqual(names.filter((name) => message[name]), [names[at]])
  }
})

test('a type decides whether its messages are kept and counted, whatever a message says', () => {
  const text = receivedMessage(down({}), viewer)
  assert.deepEqual([text.isPersited, text.isCounted], [true, true])
  const own = receivedMessage(down({ messageType: 'app:own', status: 48 }), { ...viewer, types: new Map([['app:own', 1]]) })
  assert.deepEqual([own.isPersited, own.isCounted], [true, false])
})

test('a mention and the expansion are found, and a portrait has both of its names', () => {
  const content = JSON.stringify({ mentionedInfo: { type: 1 }, user: { id: 'bob', portraitUri: 'p' } })
  const message = receivedMessage(down({ content, extraContent: '{"a":{"v":"1"}}' }), viewer)
  assert.equal(message.isMentioned, true)
  assert.deepEqual(message.content.user, { id: 'bob', portraitUri: 'p', portrait: 'p' })
  assert.deepEqual(message.expansion, { a: '1' })
  assert.equal(receivedMessage(down({ extraContent: '{broken' }), viewer).expansion, null)
})

test('content that is not an object is still shown', () => {
  for (const content of ['plain', '"text"', '[1]', 'null', '5', '{broken']) {
    assert.deepEqual(receivedMessage(down({ content }), viewer).content, { content })
  }
})

test('a message goes up with the flags of its kind and its options', () => {
  const text = upMessage(toBob, new TextMessage({ content: 'hi' }), { disableNotification: true }, 5, 3)
  assert.equal(text.flags, TypeFlags.persisted | TypeFlags.counted | UpFlags.silent)
  assert.equal(text.messageId, 5)
  assert.equal(upMessage(toBob, new BaseMessage('app:cmd', {}), {}, 5, 0).flags, 0)
  assert.equal(upMessage({ ...toTeam, channelId: 'channel' }, new BaseMessage('app:note', {}), {}, 5, 1).channelId, 'channel')
})

test('the content that the application gave stays as it is', () => {
  const mentionedInfo = { type: 2, userIdList: ['bob'] }
  const given = { content: 'hi', mentionedInfo, user: { id: 'alice', portraitUri: 'p' } }
  const before = JSON.stringify(given)
  const plain = upMessage(toTeam, new TextMessage(given), {}, 1, 3)
  assert.deepEqual(JSON.parse(plain.content), { content: 'hi', user: { id: 'alice', portraitUri: 'p', portrait: 'p' } })
  const mentioning = upMessage(toTeam, new TextMessage(given), { isMentioned: true }, 1, 3)
  assert.deepEqual((JSON.parse(mentioning.content) as typeof given).mentionedInfo, mentionedInfo)
  assert.equal(JSON.stringify(given), before)
})

test('the sender sees a message as its receivers will', () => {
  const options = { canIncludeExpansion: true, expansion: { a: '1' }, directionalUserIdList: ['bob'], needReceipt: true }
  const up = upMessage(toTeam, new TextMessage({ content: 'hi' }), options, 5, 3)
  const own = receivedMessage(downMessage(toTeam, up, 'alice', 2000), viewer)
  assert.deepEqual(
    [own.conversationType, own.targetId, own.senderUserId, own.messageDirection, own.messageId, own.sentTime],
    [ConversationType.GROUP, 'team', 'alice', MessageDirection.SEND, 5, 2000],
  )
  assert.deepEqual([own.expansion, own.directedUserIds, own.canIncludeExpansion], [{ a: '1' }, ['bob'], true])
  assert.equal(own.needReceipt, false, 'nobody gives receipts for a directed message')
})

test('what a notification says comes back as it was given', () => {
  const pushConfig = {
    pushTitle: 'T',
    pushContent: 'C',
    pushData: 'D',
    templateId: '7',
    forceShowDetailContent: true,
    iOSConfig: { threadId: 't', interruptionLevel: 'critical' },
    androidConfig: { notificationId: 'n', channelIdHW: 'hw', googleConfig: { collapseKey: 'c', priority: 'high' } },
  } as const
  const up = upMessage(toBob, new TextMessage({ content: 'hi' }), { pushConfig, pushContent: 'other' }, 5, 3)
  assert.deepEqual([up.pushContent, up.pushData, up.configFlag], ['C', 'D', 8])
  const back = receivedMessage(downMessage(toBob, up, 'alice', 2000), viewer).pushConfig
  assert.deepEqual([back?.pushTitle, back?.pushContent, back?.templateId, back?.forceShowDetailContent], ['T', 'C', '7', true])
  assert.equal(back?.iOSConfig?.interruptionLevel, 'critical')
  assert.equal(back?.androidConfig?.notificationId, 'n')
  assert.equal(back?.androidConfig?.channelIdHW, 'hw')
})

test('message ids are exact numbers and differ', () => {
  const ids = Array.from({ length: 1000 }, newMessageId)
  assert(ids.every((id) => Number.isSafeInteger(id) && id > 0))
  assert.equal(new Set(ids).size, ids.length)
})
