/** A message on its way up: the checks of what the application gave, and the payload. */

import { check, checkConversation, everyKind, flag, id, listOf, name, number, object, oneOf, optional, type Rule, sized, spelled, text } from './arguments.ts'
import * as DownFlags from './flags/down.ts'
import * as OptionBits from './flags/option.ts'
import * as PushBits from './flags/push.ts'
import * as TypeFlags from './flags/type.ts'
import * as UpFlags from './flags/up.ts'
import * as codes from './generated/codes.ts'
import { demand } from './checks.ts'
import type { IAuditInfoKeyInMessage, MentionedInfo } from './content.ts'
import { type ConversationType, MentionedType } from './enums.ts'
import { MAX_CONTENT, MAX_DIRECTED, MAX_PAIR_KEY, MAX_PAIR_VALUE, MAX_PAIRS_CHANGED } from './generated/limits.ts'
import type { DownMessage, UpMessage } from './generated/wire.ts'
import { type BaseMessage, MessageType } from './messages.ts'
import { type IPushConfig, pushExtra } from './push.ts'
import type { IAReceivedMessage, IConversationOption, IQuoteInfo } from './received.ts'
import { APP_PUBLIC_SERVICE, GROUP, PRIVATE, PUBLIC_SERVICE, SEND, SENDING, SYSTEM, ULTRA_GROUP } from './wire/numbers.ts'
import { encodeUtf8 } from './wire/protobuf.ts'

/** ISendMessageOptions says how to send a message. */
export interface ISendMessageOptions {
  /**
   * Whether the message goes only to who is online, in private conversations
   * and groups. A type can be registered as such (registerMessageType).
   */
  isStatusMessage?: boolean
  /** No notification for devices that have no session. */
  disableNotification?: boolean
  /** What the notification says; without it, types of the app's own are not notified of. Up to 8,192 bytes. */
  pushContent?: string
  /** What the app on the device gets with the notification. Up to 8,192 bytes. */
  pushData?: string
  /** Whether the mentionedInfo of the content counts. Groups and ultra groups only. */
  isMentioned?: boolean
  /** The older place of mentionedInfo.type and mentionedInfo.userIdList. */
  mentionedType?: 1 | 2
  mentionedUserIdList?: string[]
  /** The members who alone get the message, up to 300. Groups and ultra groups only. */
  directionalUserIdList?: string[]
  isVoipPush?: boolean
  /** Whether keys can be added to the message later (updateMessageExpansion). */
  canIncludeExpansion?: boolean
  /** Its first keys: up to 20, of 32 letters, digits and "_=+-", with values of up to 4,096 characters. */
  expansion?: { [key: string]: string }
  /** Asks to pass over the receiver's lists, which the app may allow. */
  isFilerWhiteBlacklist?: boolean
  pushConfig?: IPushConfig
  /** Called before anything is sent, with the message as a list would show it. */
  onSendBefore?: (message: IAReceivedMessage) => void
  /** The messageId of an earlier attempt: sending it again is then the same message, not a second one. */
  messageId?: number
  /** Without effect: the content's audit counts. */
  auditInfo?: IAuditInfoKeyInMessage
  /** The message does not become the latest of its conversation. Not in ultra groups. */
  disableUpdateLastMessage?: boolean
  /** Asks for read receipts. Left out where there are none: for messages that are not stored, or directed at members. */
  needReceipt?: boolean
  quoteInfo?: IQuoteInfo
}

/** checkMessage throws Refused, with the code of the first argument that is not as it must be. */
export function checkMessage(conversation: IConversationOption, message: BaseMessage, options: ISendMessageOptions): void {
  checkConversation(conversation, everyKind)
  check('message', message, object, codes.INVALID_PARAMETER_MESSAGE)
  check('message.content', message.content, object, codes.INVALID_PARAMETER_MESSAGE_CONTENT)
  check('message.messageType', message.messageType, text, codes.INVALID_PARAMETER_MESSAGE_TYPE)
  for (const [option, rule, code] of optionRules) check(option, options[option], optional(rule), code)
  if (options.canIncludeExpansion && options.expansion) checkExpansion(options.expansion)
  checkPlace(conversation.conversationType, message.messageType, options)
  if (options.isMentioned) checkMention(mention(message, options))
  if (options.quoteInfo) checkQuote(options.quoteInfo)
}

const optionRules = [
  ['messageId', number, codes.INVALID_PARAMETER_MESSAGE_ID],
  ['isStatusMessage', flag, codes.INVALID_PARAMETER_IS_STATUS_MESSAGE],
  ['disableNotification', flag, codes.INVALID_PARAMETER_DISABLE_NOTIFICATION],
  ['pushContent', text, codes.INVALID_PARAMETER_PUSH_CONTENT],
  ['pushData', text, codes.INVALID_PARAMETER_PUSH_DATA],
  ['pushConfig', object, codes.INVALID_PARAMETER_PUSH_CONFIG],
  ['isVoipPush', flag, codes.INVALID_PARAMETER_IS_VOIP_PUSH],
  ['canIncludeExpansion', flag, codes.INVALID_PARAMETER_CAN_INCLUDE_EXPANSION],
  ['disableUpdateLastMessage', flag, codes.INVALID_DISABLE_UPDATE_LAST_MESSAGE],
  ['directionalUserIdList', listOf(id, 0, MAX_DIRECTED), codes.INVALID_PARAMETER_USERIDLIST],
  ['isMentioned', flag, codes.INVALID_PARAMETER_IS_MENTIONED],
] as const

/** checkExpansion checks the keys that a message starts with or gets. */
export function checkExpansion(expansion: { [key: string]: string }): void {
  check('expansion', expansion, object, codes.INVALID_PARAMETER_MESSAGE_EXPANSION)
  const pairs = Object.entries(expansion)
  check('expansion', pairs, fewPairs, codes.EXPANSION_LIMIT_EXCEET)
  for (const [key, value] of pairs) {
    check(`the expansion key ${key}`, key, pairKey, codes.INVALID_PARAMETER_MESSAGE_EXPANSION)
    check(`expansion.${key}`, value, text, codes.INVALID_PARAMETER_MESSAGE_EXPANSION)
    check(`the expansion key ${key}`, key, sized(1, MAX_PAIR_KEY), codes.EXPANSION_LIMIT_EXCEET)
    check(`expansion.${key}`, value, sized(0, MAX_PAIR_VALUE), codes.EXPANSION_LIMIT_EXCEET)
  }
}

const fewPairs: Rule = {
  holds: (pairs) => (pairs as unknown[]).length > 0 && (pairs as unknown[]).length <= MAX_PAIRS_CHANGED,
  en: `1 to ${MAX_PAIRS_CHANGED} keys`,
  zh: ` 1 至 ${MAX_PAIRS_CHANGED} 个键`,
}

/** pairKey is a key of an expansion. */
export const pairKey: Rule = spelled(text, '_=+-')

/** checkPlace checks what a message may be in a kind of conversation. */
function checkPlace(type: ConversationType, messageType: string, options: ISendMessageOptions): void {
  if (type === ULTRA_GROUP) {
    const { disableUpdateLastMessage } = options
    check('disableUpdateLastMessage', disableUpdateLastMessage, optional(oneOf([false])), codes.INVALID_DISABLE_UPDATE_LAST_MESSAGE)
  }
  if (options.directionalUserIdList?.length) {
    check('conversationType with directionalUserIdList', type, oneOf(directed), codes.RC_DIRECTIONAL_MESSAGE_INVALID_CONVERSATION_TYPE)
  }
  demand(type !== SYSTEM || messageType === MessageType.SYNC_READ_STATUS, codes.SYS_CONVERSATION_NOT_SUPPORT_MESSAGE)
  demand(messageType !== MessageType.STREAM_MESSAGE, codes.MESSAGE_NOT_SUPPORT_SENDING)
}

/** The kinds of conversations in which a message can be for some members only. */
const directed = [GROUP, ULTRA_GROUP, PUBLIC_SERVICE, APP_PUBLIC_SERVICE]

function checkMention(info: MentionedInfo): void {
  const users = listOf(id)
  const named = info?.type === MentionedType.SINGAL
  check('mentionedInfo.type', info?.type, oneOf(MentionedType), codes.INVALID_PARAMETER_MENTIONED_TYPE)
  check('mentionedInfo.userIdList', info.userIdList, named ? users : optional(users), codes.INVALID_PARAMETER_USERIDLIST)
  check('mentionedInfo.mentionedContent', info.mentionedContent, optional(text), codes.INVALID_PARAMETER_MESSAGE_CONTENT)
}

function checkQuote(quote: IQuoteInfo): void {
  check('quoteInfo', quote, object, codes.INVALID_PARAMETER_QUOTE_INFO)
  for (const part of ['messageUId', 'senderId', 'objectName'] as const) {
    check(`quoteInfo.${part}`, quote[part], name, codes.INVALID_PARAMETER_QUOTE_INFO)
  }
}

function mention(message: BaseMessage, options: ISendMessageOptions): MentionedInfo {
  const { mentionedType: type, mentionedUserIdList: userIdList } = options
  return message.content.mentionedInfo || { type, userIdList }
}

/**
 * upMessage is message, whose type has the given flags, as it is sent. It
 * throws Refused when the content is too big. The content is a copy: what the
 * application gave stays as it is.
 */
export function upMessage(
  conversation: IConversationOption,
  message: BaseMessage,
  options: ISendMessageOptions,
  messageId: number,
  flags: number,
): UpMessage {
  const { conversationType, targetId } = conversation
  const { pushConfig, isMentioned, canIncludeExpansion, expansion, directionalUserIdList = [], quoteInfo } = options
  const kept = flags & TypeFlags.status ? 0 : flags
  const receipts = conversationType === GROUP ? directionalUserIdList.length === 0 : conversationType === PRIVATE
  return {
    flags:
      (kept & (TypeFlags.persisted | TypeFlags.counted)) |
      (isMentioned ? UpFlags.mentioned : 0) |
      (options.disableNotification ? UpFlags.silent : 0) |
      (canIncludeExpansion ? UpFlags.expandable : 0),
    messageType: message.messageType,
    content: contentOf(message, options),
    pushContent: pushConfig?.pushContent || options.pushContent,
    pushData: pushConfig?.pushData || options.pushData,
    directedUserIds: [...directionalUserIdList],
    configFlag:
      (options.isVoipPush ? PushBits.voip : 0) |
      (options.isFilerWhiteBlacklist ? PushBits.skipLists : 0) |
      (pushConfig?.disablePushTitle ? PushBits.untitled : 0) |
      (pushConfig?.forceShowDetailContent ? PushBits.detailed : 0),
    messageId,
    extraContent: canIncludeExpansion && expansion ? pairsOf(expansion) : undefined,
    pushExt: pushConfig && pushExtra(pushConfig),
    channelId: channelOf(conversation),
    systemId: conversationType === SYSTEM ? targetId : undefined,
    optionBits:
      (kept & TypeFlags.persisted && options.disableUpdateLastMessage ? OptionBits.notLatest : 0) |
      (kept & TypeFlags.persisted && receipts && options.needReceipt ? OptionBits.wantsReceipt : 0),
    quoteInfo,
  }
}

/** channelOf is the channel that conversation is about; every ultra group has one that need not be named. */
export function channelOf({ conversationType, channelId }: IConversationOption): string | undefined {
  return channelId || (conversationType === ULTRA_GROUP ? 'RCDefault' : undefined)
}

/** pairsOf is expansion as the protocol writes it. */
export function pairsOf(expansion: { [key: string]: string }): string {
  return JSON.stringify(Object.fromEntries(Object.entries(expansion).map(([key, v]) => [key, { v }])))
}

function contentOf(message: BaseMessage, options: ISendMessageOptions): string {
  const { mentionedInfo: _, ...content } = message.content
  const { user } = content
  if (user?.portraitUri) content.user = { ...user, portrait: user.portraitUri }
  if (options.isMentioned) content.mentionedInfo = mention(message, options)
  return jsonOf(content)
}

/** jsonOf is content as it is sent. It throws Refused when that is too big. */
export function jsonOf(content: object): string {
  const json = JSON.stringify(content)
  check('message.content', json, shortJson, codes.RC_MSG_CONTENT_EXCEED_LIMIT)
  return json
}

const shortJson: Rule = {
  holds: (json) => encodeUtf8(json as string).length <= MAX_CONTENT,
  en: `up to ${MAX_CONTENT} bytes as JSON`,
  zh: `不超过 ${MAX_CONTENT} 字节的 JSON`,
}

/** downMessage is up as its sender will read it, sent at time. */
export function downMessage({ conversationType, targetId }: IConversationOption, up: UpMessage, userId: string, time: number): DownMessage {
  const alone = conversationType === PRIVATE || conversationType === SYSTEM
  return {
    ...up,
    fromUserId: alone ? targetId : userId,
    groupId: alone ? '' : targetId,
    conversationType,
    sentTime: time,
    messageDirection: SEND,
    status: up.flags << DownFlags.shift,
  }
}

/** sending is message as its sender's list shows it before the server has it. */
export function sending(message: IAReceivedMessage): IAReceivedMessage {
  return { ...message, isOffLineMessage: false, sentStatus: SENDING }
}

/** newMessageId is a name for a new message. It is random, so no two devices of a user make the same one. */
export function newMessageId(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return (high % 2 ** 20) * 2 ** 32 + low + 1
}

/** sendKey names everything that makes a message of the user's own what it is, with its content as JSON. */
export function sendKey({ conversationType, targetId, channelId, messageType }: IAReceivedMessage, content: string): string {
  return JSON.stringify([conversationType, targetId, channelId, messageType, content])
}
