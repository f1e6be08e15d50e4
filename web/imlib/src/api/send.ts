import { check, flag, listOf, name, optional, text } from '../arguments.ts'
import { loggedIn } from '../checks.ts'
import type { Client } from '../client.ts'
import * as TypeFlags from '../flags/type.ts'
import * as codes from '../generated/codes.ts'
import type { ITextMessageBody } from '../content.ts'
import { call, client } from '../current.ts'
import type { RCResult } from '../errors.ts'
import { UpMessage } from '../generated/wire.ts'
import { type BaseMessage, messageClass, type MessageConstructor, TextMessage } from '../messages.ts'
import type { IAReceivedMessage, IConversationOption } from '../received.ts'
import type { Outgoing } from '../keeper.ts'
import { topicsOf } from '../topics.ts'
import { checkMessage, downMessage, type ISendMessageOptions, newMessageId, sending, sendKey, upMessage } from '../upward.ts'
import { encode } from '../wire/schema.ts'

/**
 * sendMessage resolves with the message as the server accepted it. While the
 * connection is being restored the message waits, and is sent again with the
 * same messageId if its fate is unknown: the server knows it by that, so it
 * arrives once.
 */
export function sendMessage(
  conversation: IConversationOption,
  message: BaseMessage,
  options?: ISendMessageOptions,
): Promise<RCResult<IAReceivedMessage>> {
  return call((client) => send(client, conversation, message, options))
}

/** sendTextMessage is sendMessage with a TextMessage. */
export function sendTextMessage(
  conversation: IConversationOption,
  messageBody: ITextMessageBody,
  options?: ISendMessageOptions,
): Promise<RCResult<IAReceivedMessage>> {
  return sendMessage(conversation, new TextMessage(messageBody), options)
}

/**
 * registerMessageType is the class of the messages of a type of the app's own.
 * The type has the same name at every end, which does not begin with "RC:".
 * isStatusMessage says that its messages go only to who is online. It throws
 * when an argument is not as it must be, and before init.
 */
export function registerMessageType<T>(
  messageType: string,
  isPersited: boolean,
  isCounted: boolean,
  searchProps?: string[],
  isStatusMessage?: boolean,
): MessageConstructor<T> {
  check('messageType', messageType, name, codes.INVALID_PARAMETER_MESSAGE_TYPE)
  check('isPersited', isPersited, flag)
  check('isCounted', isCounted, flag)
  check('searchProps', searchProps, optional(listOf(text)))
  check('isStatusMessage', isStatusMessage, optional(flag))
  const flags =
    (isPersited ? TypeFlags.persisted : 0) | (isCounted ? TypeFlags.counted : 0) | (isStatusMessage ? TypeFlags.status : 0)
  client().types.set(messageType, flags)
  return messageClass<T>(messageType, flags)
}

/**
 * send sends message as client's user, on the topic of its conversation unless
 * how names another. It throws Refused, with the failed message as its data.
 * What is paced is held back rather than sent too fast.
 */
export async function send(
  client: Client,
  conversation: IConversationOption,
  message: BaseMessage,
  given?: ISendMessageOptions,
  how: Partial<Pick<Outgoing, 'topic' | 'target' | 'paced'>> = {},
): Promise<IAReceivedMessage> {
  const options = given ?? {}
  checkMessage(conversation, message, options)
  loggedIn(client)
  const { conversationType, targetId } = conversation
  const topics = topicsOf(conversationType)
  const messageId = options.messageId || newMessageId()
  const flags = client.typeFlags(message) | (options.isStatusMessage && topics.status ? TypeFlags.status : 0)
  const up = upMessage(conversation, message, options, messageId, flags)
  const payload = encode(UpMessage, up)
  const ours = client.received(downMessage(conversation, up, client.userId, client.serverTime()))
  if (flags & TypeFlags.status && topics.status) {
    client.tell(topics.status, targetId, payload)
    return ours
  }
  try {
    options.onSendBefore?.(sending(ours))
  } catch (error) {
    // The application's callback is its own: that it fails keeps nothing from being sent.
    console.error('onSendBefore failed', error)
  }
  const key = sendKey(ours, up.content)
  return client.send({ topic: topics.send, target: targetId, ...how, payload, message: sending(ours), messageId, key })
}
