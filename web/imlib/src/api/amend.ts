/** Recalling, editing, expanding and deleting messages. */

import {
  check,
  checkConversation,
  flag,
  id,
  integer,
  listedOrUltra,
  listedUltraOrRoom,
  listOf,
  object,
  optional,
  privateGroupOrUltra,
  type Rule,
} from '../arguments.ts'
import { expand } from '../amendments.ts'
import { ask } from '../ask.ts'
import { checkTime, checkUId } from '../checks.ts'
import type { IUserProfile } from '../content.ts'
import { conversations, identify } from '../conversations.ts'
import { call } from '../current.ts'
import { ConversationType, MessageDirection } from '../enums.ts'
import { type RCResult, Refused } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_CLEARED, MAX_CONTENT, MAX_DIRECTED, MAX_NAMED, MAX_PAIRS_CHANGED } from '../generated/limits.ts'
import {
  ClearBatchRequest,
  ClearRequest,
  DeleteRequest,
  ModifyAnswer,
  ModifyRequest,
} from '../generated/wire.ts'
import { BaseMessage, MessageType } from '../messages.ts'
import type { IPushConfig } from '../push.ts'
import type { IAReceivedMessage, IConversationIdentifier, IConversationOption } from '../received.ts'
import { checkExpansion } from '../upward.ts'
import { encodeUtf8 } from '../wire/protobuf.ts'
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
    check('options', options, object, codes.BIZ_ERROR_INVALID_PARAMETER)
    const { messageUId, sentTime, user, extra, isDelete = false, isAdmin = false, directionalUserIdList, ...how } = options
    checkUId(messageUId)
    checkTime(sentTime, -Infinity)
    check('disableNotification', how.disableNotification, optional(flag), codes.INVALID_PARAMETER_DISABLE_NOTIFICATION)
    check('pushConfig', how.pushConfig, optional(object), codes.INVALID_PARAMETER_PUSH_CONFIG)
    check('disableUpdateLastMessage', how.disableUpdateLastMessage, optional(flag), codes.INVALID_DISABLE_UPDATE_LAST_MESSAGE)
    check('directionalUserIdList', directionalUserIdList, optional(listOf(id, 0, MAX_DIRECTED)), codes.INVALID_PARAMETER_USERIDLIST)
    const of = identify(conversation)
    const content = { ...of, messageUId, sentTime, isDelete, isAdmin, ...(user && { user }), ...(extra && { extra }) }
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
    const content = JSON.stringify(messageContent)
    if (encodeUtf8(content).length > MAX_CONTENT) throw new Refused(codes.RC_MSG_CONTENT_EXCEED_LIMIT)
    const { conversationType: type, targetId, channelId } = identify(conversation)
    const request = { fromUserId: '', targetId, type, msgUid: messageUId, msgTime: 0, busChannel: channelId || undefined, content }
    const { msg } = await ask(client, 'modifyMsg', ModifyRequest, request, ModifyAnswer)
    if (msg) client.use(conversations).edited(client.received(msg))
  })
}

/** modifyMessage is the old form of modifyMessageWithParams. */
export function modifyMessage(content: Record<string, any>, message: IAReceivedMessage): Promise<RCResult> {
  return modifyMessageWithParams({ messageUId: message?.messageUId, messageContent: content, conversation: message })
}

const key: Rule = {
  holds: (value) => typeof value === 'string' && /^[A-Za-z0-9_=+-]+$/.test(value),
  en: 'a key of letters, digits and _ = + -',
  zh: '由字母、数字和 _ = + - 组成的键',
}

function checkExpandable(message: IAReceivedMessage): void {
  checkConversation(message, privateGroupOrUltra)
  check('message.canIncludeExpansion', message.canIncludeExpansion, { ...flag, holds: Boolean, en: 'true', zh: ' true' }, codes.INVALID_PARAMETER_CAN_INCLUDE_EXPANSION)
  checkUId(message.messageUId)
  checkTime(message.sentTime)
}

/**
 * updateMessageExpansion puts up to 20 pairs into the expansion of a message.
 * The others in the conversation are told by EXPANSION.
 */
export function updateMessageExpansion(expansion: Record<string, string>, message: IAReceivedMessage): Promise<RCResult> {
  return call((client) => {
    checkExpandable(message)
    checkExpansion(expansion)
    return expand(client, message, { put: expansion })
  })
}

/** removeMessageExpansionForKey removes up to 20 keys from the expansion of a message. */
export function removeMessageExpansionForKey(keys: string[], message: IAReceivedMessage): Promise<RCResult> {
  return call((client) => {
    check('keys', keys, listOf(key, 0, MAX_PAIRS_CHANGED), codes.INVALID_PARAMETER_KEYS)
    checkExpandable(message)
    return expand(client, message, { del: keys })
  })
}

/** deleteMessages deletes up to 100 messages of the user's own copy of a conversation, on all devices. */
export function deleteMessages(
  conversation: IConversationOption,
  messages: { messageUId: string; sentTime: number; messageDirection: MessageDirection }[],
): Promise<RCResult> {
  return call((client) => {
    checkConversation(conversation, listedOrUltra)
    check('messages', messages, listOf(deletable, 0, MAX_NAMED), codes.MSG_LIMIT_ERROR)
    const { conversationType: type, targetId: conversationId, channelId } = identify(conversation)
    const msgs = messages.map(({ messageUId: msgId, sentTime, messageDirection: direct }) => ({ msgId, msgDataTime: sentTime, direct }))
    const topic = type === ConversationType.ULTRA_GROUP ? 'delUgMsg' : 'delMsg'
    return ask(client, topic, DeleteRequest, { type, conversationId, msgs, busChannel: channelId || undefined })
  })
}

const deletable: Rule = {
  holds: (value) => {
    const { messageUId, sentTime, messageDirection } = (value ?? {}) as Record<string, unknown>
    const { SEND, RECEIVE } = MessageDirection
    return typeof messageUId === 'string' && messageUId !== '' && integer().holds(sentTime) && (messageDirection === SEND || messageDirection === RECEIVE)
  },
  en: 'a messageUId, sentTime and messageDirection',
  zh: '含 messageUId、sentTime 和 messageDirection 的对象',
}

/** The topics that clear a conversation, by its type. */
const CLEAR: Readonly<Record<number, string>> = {
  [ConversationType.PRIVATE]: 'cleanPMsg',
  [ConversationType.GROUP]: 'cleanGMsg',
  [ConversationType.SYSTEM]: 'cleanSMsg',
  [ConversationType.ULTRA_GROUP]: 'cleanGMsg',
}

/** clearHistoryMessages deletes the user's own copy of a conversation up to timestamp, that too; 0 is all of it. */
export function clearHistoryMessages(conversation: IConversationOption, timestamp: number): Promise<RCResult> {
  return call((client) => {
    checkConversation(conversation, listedUltraOrRoom)
    checkTime(timestamp, -Infinity)
    const topic = CLEAR[conversation.conversationType]
    if (topic === undefined) throw new Refused(codes.CONVERSATION_TYPE_NOT_SUPPORT)
    return ask(client, topic, ClearRequest, clearing({ ...conversation, timestamp }))
  })
}

/** batchClearRemoteHistoryMessages is clearHistoryMessages for 1 to 20 conversations. */
export function batchClearRemoteHistoryMessages(clearMessageOption: IClearMessageOption[], _isDeleteLocal?: boolean): Promise<RCResult> {
  return call((client) => {
    const code = codes.INVALID_PARAMETER_CLEAR_MESSAGE_OPTION_LIST
    check('clearMessageOption', clearMessageOption, listOf(object, 1, MAX_CLEARED), code)
    for (const option of clearMessageOption) {
      checkConversation(option, listedOrUltra)
      checkTime(option.timestamp ?? 0)
    }
    return ask(client, 'cleanMsgBatch', ClearBatchRequest, { input: clearMessageOption.map(clearing) })
  })
}

function clearing(option: IClearMessageOption): ClearRequest {
  const { conversationType, targetId, channelId } = identify(option)
  return { conversationType, targetId, busChannel: channelId || undefined, dataTime: option.timestamp ?? 0 }
}
