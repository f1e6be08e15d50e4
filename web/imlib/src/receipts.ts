import { ask, Command, onCommand, puller } from './ask.ts'
import type { Client } from './client.ts'
import { identify } from './conversations.ts'
import { ConversationType } from './enums.ts'
import { Events } from './events.ts'
import { ChangesRequest, EventChanges, ReadEvent, type Reader } from './generated/wire.ts'
import { MessageType } from './messages.ts'
import type { ReadReceiptResponseV5, ReadReceiptUser } from './notices.ts'
import { decode } from './wire/schema.ts'

/** Generation is which read receipts an app has, as navigation tells it. */
export const Generation = { first: 0, second: 1, fourth: 3, fifth: 4 } as const

/** The change of the user's stream of events that says that somebody has read. */
const READ = 36

/** receipts makes events of what tells that messages were read. */
export function receipts(client: Client): void {
  client.onMessage((message) => {
    const { messageType, content, senderUserId, conversationType, targetId, channelId, messageUId } = message
    const conversation = { conversationType, targetId, channelId }
    const own = senderUserId === client.userId
    switch (messageType) {
      case MessageType.READ_RECEIPT: {
        const { messageUId, lastMessageSendTime: sentTime } = content
        if (!own) client.emit(Events.READ_RECEIPT_RECEIVED, { conversation, messageUId, sentTime, sendUserId: senderUserId })
        return true
      }
      case MessageType.READ_RECEIPT_REQUEST:
        client.emit(Events.MESSAGE_RECEIPT_REQUEST, { conversation, messageUId: content.messageUId, senderUserId })
        return true
      case MessageType.READ_RECEIPT_RESPONSE: {
        const messageUIdList = content.receiptMessageDic?.[client.userId]
        if (Array.isArray(messageUIdList)) client.emit(Events.MESSAGE_RECEIPT_RESPONSE, { conversation, receivedUserId: senderUserId, messageUIdList })
        return true
      }
      case MessageType.READ_STATE: {
        const { endMsgTime, msgId = messageUId, tmn: totalCount, rrn: readedCount } = content
        const read =
          conversationType === ConversationType.GROUP
            ? { groupReadReceipt: { ...conversation, messageUId: msgId, readedCount, totalCount } }
            : { privateReadReceipt: { ...conversation, endMsgTime } }
        client.emit(Events.MESSAGE_READ_RECEIPT_V4, read)
        return true
      }
      case MessageType.SYNC_READ_STATUS:
        return true
      default:
        return false
    }
  })

  let user = ''
  let cursor = 0
  const pull = puller(client, async () => {
    const before = cursor
    const { list, syncTime, hasNext } = await ask(client, 'pullEventChange', ChangesRequest, { syncTime: before }, EventChanges)
    cursor = Math.max(cursor, syncTime)
    client.save('events', String(cursor))
    // Asked with 0, the answer says from where to go on.
    const news = list.flatMap((change) => {
      if (change.changeType !== READ || change.subChangeType || !change.eventData) return []
      const { channelType: conversationType = 0, businessId: targetId = '', secondaryId: channelId = '' } = change
      return [readEvent(identify({ conversationType, targetId, channelId }), decode(ReadEvent, change.eventData))]
    })
    if (news.length > 0) client.emit(Events.MESSAGE_RECEIPT_RESPONSE_V5, news)
    return hasNext === true || (before === 0 && cursor > 0)
  })
  client.onSession(() => {
    if (user !== client.userId) cursor = Number(client.load('events')) || 0
    user = client.userId
    void pull()
  })
  onCommand(client, Command.events, () => void pull())
}

function readEvent(identifier: ReadReceiptResponseV5['identifier'], event: ReadEvent): ReadReceiptResponseV5 {
  const { msgId: messageUId = '', unreadCount = 0, readCount = 0, totalCount = 0, readList } = event
  return { identifier, messageUId, unreadCount, readCount, totalCount, users: readList.map(readerOf) }
}

/** readerOf is somebody who has read, or has not. */
export function readerOf({ userId = '', receiptTime: timestamp = 0, mentioned: isMentioned = false }: Reader): ReadReceiptUser {
  return { userId, timestamp, isMentioned }
}
