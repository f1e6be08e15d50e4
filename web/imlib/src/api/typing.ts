import { checkConversation } from '../arguments.ts'
import type { Client } from '../client.ts'
import { call } from '../current.ts'
import type { RCResult } from '../errors.ts'
import { Events } from '../events.ts'
import { type IAReceivedMessage, type IConversationOption, MessageType } from '../messages.ts'
import { topicsOf } from '../topics.ts'
import { encodeUpMessage } from '../wire/message.ts'

/** sendTypingStatusMessage tells whoever is online in the conversation that the user is typing. */
export function sendTypingStatusMessage(conversation: IConversationOption, typingContentType: string): Promise<RCResult> {
  return call((client) => tellTyping(client, conversation, typingContentType))
}

/** tellTyping tells it as client's user. */
export function tellTyping(client: Client, conversation: IConversationOption, typingContentType: string): void {
  checkConversation(conversation)
  const payload = encodeUpMessage({
    flags: 0,
    objectName: MessageType.TYPING_STATUS,
    content: JSON.stringify({ typingContentType }),
    channelId: conversation.channelId || undefined,
  })
  client.tell(topicsOf(conversation.conversationType).status, conversation.targetId, payload)
}

/** typing makes TYPING_STATUS of the messages that tell it. */
export function typing(client: Client): void {
  client.onMessage((message) => {
    if (message.messageType !== MessageType.TYPING_STATUS) return false
    tell(client, message)
    return true
  })
}

function tell(client: Client, message: IAReceivedMessage): void {
  const { conversationType, targetId, channelId, senderUserId, sentTime } = message
  const one = { userId: senderUserId, timestamp: sentTime, messageType: String(message.content['typingContentType']) }
  client.emit(Events.TYPING_STATUS, { status: [{ conversationType, targetId, channelId, list: [one] }] })
}
