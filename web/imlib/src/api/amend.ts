/** Recalling, editing, expanding and deleting messages. */

import {
  check,
  checkConversation,
  id,
  integer,
  listedOrUltra,
  listedUltraOrRoom,
  listOf,
  name,
  object,
  oneOf,
  optional,
  privateGroupOrUltra,
} from '../arguments.ts'
import { ask } from '../ask.ts'
import { checkTime, checkUId, demand } from '../checks.ts'
import type { Client } from '../client.ts'
import type { IUserProfile } from '../content.ts'
import { conversations, identify } from '../conversations.ts'
import { call } from '../current.ts'
import { ConversationType, MessageDirection } from '../enums.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_CLEARED, MAX_DIRECTED, MAX_NAMED, MAX_PAIRS_CHANGED } from '../generated/limits.ts'
import { ClearBatchRequest, DeleteRequest, ModifyAnswer, ModifyRequest } from '../generated/wire.ts'
import { BaseMessage, MessageType } from '../messages.ts'
import type { IPushConfig } from '../push.ts'
import type { IAReceivedMessage, IConversationIdentifier, IConversationOption } from '../received.ts'
import { checkExpansion, jsonOf, pairKey } from '../upward.ts'
import { send } from './send.ts'

/** IRecallMessageOptions says which message to take back, and how its receivers are told. */
export interface IRecallMessageOptions {
  messageUId: string
  sentTime: number
  user?: IUserProfile
  disableNotification?: boolean
  pushConfig?: IPushConfig
  extra?: string
  /** Whether nothing is left in the place of the message. */
  isDelete?: boolean
  directionalUserIdList?: string[]
  disableUpdateLastMessage?: boolean
  /** Whether an administrator does it. */
  isAdmin?: boolean
}

/** IModifyMessageParams says how to edit a message. */
export interface IModifyMessageParams {
  messageUId: string
  messageContent: Record<string, any>
  conversation: IConversationIdentifier
}

/** IClearMessageOption says up to when the messages of a conversation are deleted: all of them, if absent. */
export interface IClearMessageOption extends IConversationIdentifier {
  timestamp?: number
}

/**
 * recallMessage takes a message of the user's back. Who got it has a notice in
 * its place. It resolves with the command that tells them.
 */
export function recallMessage(conversation: IConversationOption, options: IRecallMessageOptions): Promise<RCResult<IAReceivedMessage>> {
  return call((client) => {
    checkConversation(conversation, listedUltraOrRoom)
    check('options', options, object)
    const { messageUId, sentTime, user, extra, isDelete = false, isAdmin = false, directionalUserIdList, ...how } = options
    checkUId(messageUId)
    checkTime(sentTime, -Infinity)
    check('directionalUserIdList', directionalUserIdList, optional(listOf(id, 0, MAX_DIRECTED)), codes.INVALID_PARAMETER_USERIDLIST)
    const of = identify(conversation)
    const content = { ...of, messageUId, sentTime, isDelete, isAdmin, user, extra }
    return send(client, of, new BaseMessage(MessageType.RECALL, content), how, { topic: 'recallMsg', target: client.userId })
  })
}

/** modifyMessageWithParams gives a message of the user's another content. Others are told by MESSAGE_MODIFIED. */
export function modifyMessageWithParams(params: IModifyMessageParams): Promise<RCResult> {
  return call(async (client) => {
    const { messageUId, messageContent, conversation } = params ?? {}
    checkConversation(conversation, privateGroupOrUltra)
    checkUId(messageUId)
    check('messageContent', messageContent, object, codes.INVALID_PARAMETER_MESSAGE_CONTENT)
    const { msg } = await ask(client, 'modifyMsg', ModifyRequest, changing(conversation, messageUId, jsonOf(messageContent)), ModifyAnswer)
    if (msg) client.use(conversations).edited(client.received(msg))
  })
}

/** modifyMessage is the old form of modifyMessageWithParams. */
export function modifyMessage(content: Record<string, any>, message: IAReceivedMessage): Promise<RCResult> {
  return modifyMessageWithParams({ messageUId: message?.messageUId, messageContent: content, conversation: message })
}

/** changing asks for a change of a message. The server knows who asks, and when the message was sent. */
function changing(conversation: IConversationOption, messageUId: string, content: string): ModifyRequest {
  return { ...conversation, fromUserId: '', messageUId, sentTime: 0, content }
}

/**
 * updateMessageExpansion puts up to 20 pairs into the expansion of a message.
 * The others in the conversation are told by EXPANSION.
 */
export function updateMessageExpansion(expansion: Record<string, string>, message: IAReceivedMessage): Promise<RCResult> {
  return call((client) => {
    checkExpansion(expansion)
    return expand(client, message, { put: expansion })
  })
}

/** removeMessageExpansionForKey removes up to 20 keys from the expansion of a message. */
export function removeMessageExpansionForKey(keys: string[], message: IAReceivedMessage): Promise<RCResult> {
  return call((client) => {
    check('keys', keys, listOf(pairKey, 0, MAX_PAIRS_CHANGED), codes.INVALID_PARAMETER_KEYS)
    return expand(client, message, { del: keys })
  })
}

/** expand changes the expansion of message. In an ultra group that is a request, elsewhere a message. */
async function expand(client: Client, message: IAReceivedMessage, change: object): Promise<void> {
  checkConversation(message, privateGroupOrUltra)
  const { conversationType, targetId, messageUId, canIncludeExpansion } = message
  check('message.canIncludeExpansion', canIncludeExpansion, oneOf([true]), codes.INVALID_PARAMETER_CAN_INCLUDE_EXPANSION)
  checkUId(messageUId)
  checkTime(message.sentTime)
  const content = { ...change, mid: messageUId }
  if (conversationType === ConversationType.ULTRA_GROUP) {
    return client.query('upMsgEx', targetId, ModifyRequest, changing(message, messageUId, JSON.stringify(content)))
  }
  await send(client, message, new BaseMessage(MessageType.EXPANSION_NOTIFY, content))
}

/** deleteMessages deletes up to 100 messages of the user's own copy of a conversation, on all devices. */
export function deleteMessages(
  conversation: IConversationOption,
  messages: { messageUId: string; sentTime: number; messageDirection: MessageDirection }[],
): Promise<RCResult> {
  return call((client) => {
    checkConversation(conversation, listedOrUltra)
    check('messages', messages, listOf(object, 0, MAX_NAMED), codes.MSG_LIMIT_ERROR)
    for (const { messageUId, sentTime, messageDirection } of messages) {
      check('messageUId', messageUId, name, codes.MSG_LIMIT_ERROR)
      check('sentTime', sentTime, integer(), codes.MSG_LIMIT_ERROR)
      check('messageDirection', messageDirection, oneOf(MessageDirection), codes.MSG_LIMIT_ERROR)
    }
    return ask(client, 'delMsg', DeleteRequest, { ...conversation, messages })
  })
}

/** clearHistoryMessages deletes the user's own copy of a conversation up to timestamp, that too; 0 is all of it. */
export function clearHistoryMessages(conversation: IConversationOption, timestamp: number): Promise<RCResult> {
  return call((client) => {
    checkConversation(conversation, listedUltraOrRoom)
    checkTime(timestamp, -Infinity)
    demand(conversation.conversationType !== ConversationType.CHATROOM, codes.CONVERSATION_TYPE_NOT_SUPPORT)
    return clear(client, [{ ...conversation, timestamp }])
  })
}

/** batchClearRemoteHistoryMessages is clearHistoryMessages for 1 to 20 conversations. */
export function batchClearRemoteHistoryMessages(clearMessageOption: IClearMessageOption[], _isDeleteLocal?: boolean): Promise<RCResult> {
  return call((client) => {
    check('clearMessageOption', clearMessageOption, listOf(object, 1, MAX_CLEARED), codes.INVALID_PARAMETER_CLEAR_MESSAGE_OPTION_LIST)
    for (const option of clearMessageOption) {
      checkConversation(option, listedOrUltra)
      checkTime(option.timestamp ?? 0)
    }
    return clear(client, clearMessageOption)
  })
}

function clear(client: Client, options: readonly IClearMessageOption[]): Promise<void> {
  const input = options.map((option) => ({ ...option, timestamp: option.timestamp ?? 0 }))
  return ask(client, 'cleanMsgBatch', ClearBatchRequest, { input })
}
