import { ask, onCommand, puller } from './ask.ts'
import type { Client } from './client.ts'
import * as Command from './commands.ts'
import { identify } from './conversations.ts'
import { ConversationType } from './enums.ts'
import { ChangesRequest, EventChanges, ReadEvent } from './generated/wire.ts'
import { READ } from './kinds.ts'
import { MessageType } from './messages.ts'
import type { ReadReceiptResponseV5 } from './notices.ts'
import type { IConversationOption } from './received.ts'
import { decode } from './wire/schema.ts'

/** receipts makes events of what tells that messages were read. */
export function receipts(client: Client): void {
  client.onMessage((message) => {
    const { messageType, content, senderUserId, messageUId } = message
    const conversation = identify(message)
    if (messageType === MessageType.READ_RECEIPT) {
      const { messageUId, lastMessageSendTime: sentTime } = content
      if (senderUserId !== client.userId) client.emit('READ_RECEIPT_RECEIVED', { conversation, messageUId, sentTime, sendUserId: senderUserId })
    } else if (messageType === MessageType.READ_RECEIPT_REQUEST) {
      client.emit('MESSAGE_RECEIPT_REQUEST', { conversation, messageUId: content.messageUId, senderUserId })
    } else if (messageType === MessageType.READ_RECEIPT_RESPONSE) {
      const messageUIdList = content.receiptMessageDic?.[client.userId]
      if (Array.isArray(messageUIdList)) client.emit('MESSAGE_RECEIPT_RESPONSE', { conversation, receivedUserId: senderUserId, messageUIdList })
    } else if (messageType === MessageType.READ_STATE) {
      const { endMsgTime, msgId = messageUId, tmn: totalCount, rrn: readedCount } = content
      const read =
        conversation.conversationType === ConversationType.GROUP
          ? { groupReadReceipt: { ...conversation, messageUId: msgId, readedCount, totalCount } }
          : { privateReadReceipt: { ...conversation, endMsgTime } }
      client.emit('MESSAGE_READ_RECEIPT_V4', read)
    } else return messageType === MessageType.SYNC_READ_STATUS
    return true
  })

  let user = ''
  let cursor = 0
  const pull = puller(client, async () => {
    const before = cursor
    const { list, syncTime, hasNext } = await ask(client, 'pullEventChange', ChangesRequest, { syncTime: before }, EventChanges)
    cursor = Math.max(cursor, syncTime)
    client.save('events', String(cursor))
    // Asked with 0, the answer says from where to go on.
    const news = list.flatMap(({ changeType, subChangeType, eventData, ...of }) => {
      if (changeType !== READ || subChangeType || !eventData) return []
      const { msgTime, ...read } = decode(ReadEvent, eventData)
      return [{ identifier: identify(of as IConversationOption), ...read } as ReadReceiptResponseV5]
    })
    if (news.length > 0) client.emit('MESSAGE_RECEIPT_RESPONSE_V5', news)
    return hasNext === true || (before === 0 && cursor > 0)
  })
  client.onSession(() => {
    if (user !== client.userId) cursor = Number(client.load('events')) || 0
    user = client.userId
    void pull()
  })
  onCommand(client, Command.events, () => void pull())
}
