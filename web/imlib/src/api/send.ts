import { checkConversation } from '../arguments.ts'
import type { Client } from '../client.ts'
import { ErrorCode } from '../codes.ts'
import { call } from '../current.ts'
import { type RCResult, Refused } from '../errors.ts'
import {
  type BaseMessage,
  type IAReceivedMessage,
  type IConversationOption,
  type ISendMessageOptions,
  type ITextMessageBody,
  newMessageId,
  sendingMessage,
  sendKey,
  TextMessage,
  upMessage,
} from '../messages.ts'
import { topicsOf } from '../topics.ts'
import { encodeUpMessage } from '../wire/message.ts'

/**
 * sendMessage resolves with the message as the server accepted it. While the
 * connection is being restored the message waits, and is sent again with the
 * same messageId if its fate is unknown: the server knows it by that, so it
 * arrives once.
 */
export function sendMessage(
  conversation: IConversationOption,
  message: BaseMessage,
  options: ISendMessageOptions = {},
): Promise<RCResult<IAReceivedMessage>> {
  return call((client) => send(client, conversation, message, options))
}

/** sendTextMessage is sendMessage with a TextMessage. */
export function sendTextMessage(
  conversation: IConversationOption,
  messageBody: ITextMessageBody,
  options: ISendMessageOptions = {},
): Promise<RCResult<IAReceivedMessage>> {
  return sendMessage(conversation, new TextMessage(messageBody), options)
}

/** send sends message as client's user. It throws Refused, with the failed message as its data. */
export function send(
  client: Client,
  conversation: IConversationOption,
  message: BaseMessage,
  options: ISendMessageOptions = {},
): Promise<IAReceivedMessage> {
  if (client.userId === '') throw new Refused(ErrorCode.RC_NET_CHANNEL_INVALID)
  checkConversation(conversation)
  const up = upMessage(message, options, options.messageId || newMessageId(), conversation.channelId)
  const sending = sendingMessage(conversation, up, client.userId, client.serverTime())
  const topic = topicsOf(conversation.conversationType).send
  options.onSendBefore?.(sending)
  return client.send({
    topic,
    target: conversation.targetId,
    payload: encodeUpMessage(up),
    message: sending,
    key: sendKey(conversation, up.objectName, up.content),
  })
}
