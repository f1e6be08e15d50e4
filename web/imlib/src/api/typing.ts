import { check, checkConversation, listed, text } from '../arguments.ts'
import type { Client } from '../client.ts'
import * as codes from '../generated/codes.ts'
import { call } from '../current.ts'
import type { RCResult } from '../errors.ts'
import { Events, type ITypingMessage } from '../events.ts'
import { BaseMessage, MessageType } from '../messages.ts'
import type { IAReceivedMessage, IConversationOption } from '../received.ts'
import { send } from './send.ts'

/** How long after the last word of it a user counts as typing, in milliseconds. */
const LASTS = 2_000

/** sendTypingStatusMessage tells whoever is online in the conversation that the user is typing what will be a message of the type. */
export function sendTypingStatusMessage(
  conversation: IConversationOption,
  typingContentType: string,
): Promise<RCResult<IAReceivedMessage>> {
  return call((client) => sendTyping(client, conversation, typingContentType))
}

/** sendTyping tells it as client's user. */
export function sendTyping(
  client: Client,
  conversation: IConversationOption,
  typingContentType: string,
): Promise<IAReceivedMessage> {
  checkConversation(conversation, listed)
  check('typingContentType', typingContentType, text, codes.INVALID_PARAMETER_MESSAGE_TYPE)
  return send(client, conversation, new BaseMessage(MessageType.TYPING_STATUS, { typingContentType }))
}

/**
 * typing makes TYPING_STATUS of the messages that tell it: who types in a
 * conversation, whenever that changes. Somebody who is not heard of any more
 * stops typing, and so does who has sent a message.
 */
export function typing(client: Client): void {
  const conversations = new Map<string, ITypingMessage>()
  const timers = new Map<string, ReturnType<typeof setTimeout>>()

  const show = (key: string, message: IAReceivedMessage, types: string | undefined): void => {
    const { conversationType, targetId, channelId, senderUserId: userId } = message
    const before = conversations.get(key)?.list ?? []
    const others = before.filter((user) => user.userId !== userId)
    const list = types === undefined ? others : [...others, { userId, timestamp: Date.now(), messageType: types }]
    const changed = before.length !== list.length || !before.some((u) => u.userId === userId && u.messageType === types)
    if (list.length === 0) conversations.delete(key)
    else conversations.set(key, { conversationType, targetId, channelId, list })
    if (changed) client.emit(Events.TYPING_STATUS, { status: [{ conversationType, targetId, channelId, list }] })
  }

  client.onMessage((message) => {
    const { conversationType, targetId, channelId, senderUserId, messageType } = message
    const key = `${conversationType}#${targetId}#${channelId}`
    const timer = `${key}#${senderUserId}`
    const isTyping = messageType === MessageType.TYPING_STATUS
    if (!isTyping && !timers.has(timer)) return false
    clearTimeout(timers.get(timer))
    timers.delete(timer)
    if (isTyping) {
      timers.set(timer, setTimeout(() => {
        timers.delete(timer)
        show(key, message, undefined)
      }, LASTS))
    }
    show(key, message, isTyping ? String(message.content.typingContentType) : undefined)
    return isTyping
  })
}
