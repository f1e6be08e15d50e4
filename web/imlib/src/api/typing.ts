import { check, checkConversation, listed, text } from '../arguments.ts'
import { TYPING_LASTS } from '../bounds.ts'
import type { Client } from '../client.ts'
import * as codes from '../generated/codes.ts'
import { call } from '../current.ts'
import type { RCResult } from '../errors.ts'
import { type ITypingUser } from '../events.ts'
import { BaseMessage, MessageType } from '../messages.ts'
import type { IAReceivedMessage, IConversationOption } from '../received.ts'
import { send } from './send.ts'

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
  /** Who types where. */
  let typists: Typist[] = []
  client.onMessage(({ conversationType, targetId, channelId, senderUserId: userId, messageType, content }) => {
    const place = JSON.stringify([conversationType, targetId, channelId])
    const change = (now?: Typist): void => {
      const before = typists.find((typist) => typist.place === place && typist.userId === userId)
      typists = typists.filter((typist) => typist !== before)
      if (now) typists.push(now)
      if (before?.messageType === now?.messageType) return
      const list = typists.filter((typist) => typist.place === place).map(({ place: _, ...user }) => user)
      client.emit('TYPING_STATUS', { status: [{ conversationType, targetId, channelId, list }] })
    }
    if (messageType !== MessageType.TYPING_STATUS) {
      change()
      return false
    }
    const now = { place, userId, timestamp: Date.now(), messageType: String(content.typingContentType) }
    change(now)
    setTimeout(() => {
      if (typists.includes(now)) change()
    }, TYPING_LASTS)
    return true
  })
}

interface Typist extends ITypingUser {
  place: string
}
