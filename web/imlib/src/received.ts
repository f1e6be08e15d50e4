import type { ConversationType, MessageDirection, QuoteMessageStatus, ReceivedStatus, SentStatus, UltraGroupChannelType } from './enums.ts'
import * as DownFlags from './flags/down.ts'
import * as ExtFlags from './flags/extra.ts'
import * as OptionBits from './flags/option.ts'
import * as TypeFlags from './flags/type.ts'
import * as UpFlags from './flags/up.ts'
import { typeFlags } from './generated/types.ts'
import type { DownMessage } from './generated/wire.ts'
import { type IPushConfig, pushConfig } from './push.ts'
import { RECEIVE, RETRIEVED, SEND, SENT, UNREAD } from './wire/numbers.ts'

/** IConversationOption names a conversation: by the peer, the group, the chatroom or the ultra group. */
export interface IConversationOption {
  conversationType: ConversationType
  targetId: string
  /** A channel of an ultra group: up to 20 characters, none of them "_". */
  channelId?: string
}
export type IConversationIdentifier = IConversationOption

/** IBaseConversationInfo is a conversation as events name it. */
export interface IBaseConversationInfo extends IConversationIdentifier {
  channelId: string
}

/** IReceivedStatusInfo is ReceivedStatus by its bits. */
export interface IReceivedStatusInfo {
  isRead?: boolean
  isListened?: boolean
  isDownload?: boolean
  isRetrieved?: boolean
}

/** IQuoteInfo names the message that another one answers. */
export interface IQuoteInfo {
  objectName: string
  messageUId: string
  senderId: string
  quoteMessageStatus?: QuoteMessageStatus
}

/** MessageModifyInfo says when a message was edited. */
export interface MessageModifyInfo {
  timestamp: number
  content: any
  status: number
}

/** IReadReceiptInfo says who has read a message of a group, where the app has the older read receipts. */
export interface IReadReceiptInfo {
  hasRespond?: boolean
  readerList?: { readTime: number; userId: string }[]
  readCount?: number
  totalCount?: number
}

/** IAReceivedMessage is a message that came, or one of the user's own. */
export interface IAReceivedMessage extends IBaseConversationInfo {
  messageType: string
  /** The sender's content. One that is no JSON object is found under the key content. */
  content: any
  senderUserId: string
  /** The server's name of the message; empty until it was accepted, and for status messages. */
  messageUId: string
  /** The sender's name of the message, 0 if it gave none. */
  messageId?: number
  messageDirection: MessageDirection
  /** By the server's clock, in milliseconds since 1970. */
  sentTime: number
  /** By the clock of this device. */
  receivedTime: number
  /** Whether it was sent before this session began. */
  isOffLineMessage: boolean
  isPersited: boolean
  isCounted: boolean
  isMentioned?: boolean
  disableNotification?: boolean
  /** Whether it went only to who is online. */
  isStatusMessage?: boolean
  canIncludeExpansion: boolean
  expansion?: { [key: string]: any } | null
  receivedStatus: ReceivedStatus
  receivedStatusInfo?: IReceivedStatusInfo
  sentStatus?: SentStatus
  readReceiptInfo?: IReadReceiptInfo
  pushConfig?: IPushConfig
  /** Of an ultra group: messages before this one were not received. */
  isInterrupt?: boolean
  channelType?: UltraGroupChannelType
  hasMore?: boolean
  /** The members who alone got it; empty if everybody did. */
  directedUserIds?: string[]
  disableUpdateLastMessage?: boolean
  /** Whether the sender wants read receipts for it, and whether this user has sent one. */
  needReceipt?: boolean
  sendReceipt?: boolean
  isModifyMessage?: boolean
  modifyInfo?: MessageModifyInfo
  quoteInfo?: IQuoteInfo
}
export type IReceivedMessage = IAReceivedMessage

/** Viewer is who looks at a message, and when. */
export interface Viewer {
  readonly userId: string
  /** Messages from before this server time came while the user was away. */
  readonly onlineSince: number
  readonly now: number
  /** What the application registered of its own types, as typeFlags has it. */
  readonly types: ReadonlyMap<string, number>
}

/** receivedMessage is down as viewer sees it. */
export function receivedMessage(down: DownMessage, viewer: Viewer): IAReceivedMessage {
  const { conversationType, groupId, fromUserId, messageType, messageUId = '', messageId = 0, channelId = '', sentTime } = down
  const { status, extStatus = 0, optionBits = 0, directedUserIds, quoteInfo } = down
  const own = down.messageDirection === SEND || (!!groupId && fromUserId === viewer.userId)
  const content = parseContent(down.content)
  const said = status >> DownFlags.shift
  const flags = viewer.types.get(messageType) ?? typeFlags[messageType] ?? said & (TypeFlags.persisted | TypeFlags.counted)
  const isRetrieved = (status & DownFlags.retrieved) !== 0
  return {
    conversationType,
    targetId: groupId || fromUserId,
    channelId,
    senderUserId: own ? viewer.userId : fromUserId,
    messageType,
    content,
    messageUId,
    messageId,
    messageDirection: own ? SEND : RECEIVE,
    sentTime,
    receivedTime: viewer.now,
    isOffLineMessage: sentTime < viewer.onlineSince,
    isPersited: (flags & TypeFlags.persisted) !== 0,
    isCounted: (flags & TypeFlags.counted) !== 0,
    isMentioned: content['mentionedInfo'] !== undefined && content['mentionedInfo'] !== null,
    disableNotification: (said & UpFlags.silent) !== 0,
    isStatusMessage: (extStatus & ExtFlags.status) !== 0 || (flags & TypeFlags.status) !== 0,
    canIncludeExpansion: (said & UpFlags.expandable) !== 0,
    expansion: parseExpansion(down.extraContent),
    receivedStatus: isRetrieved ? RETRIEVED : UNREAD,
    receivedStatusInfo: { isRead: false, isListened: false, isDownload: false, isRetrieved },
    sentStatus: SENT,
    pushConfig: pushConfig(down),
    isInterrupt: (extStatus & ExtFlags.interrupted) !== 0,
    channelType: extStatus & ExtFlags.privateChannel ? 1 : 0,
    directedUserIds,
    disableUpdateLastMessage: (optionBits & OptionBits.notLatest) !== 0,
    needReceipt: (optionBits & OptionBits.wantsReceipt) !== 0,
    ...(optionBits & OptionBits.receiptSent && { sendReceipt: true }),
    isModifyMessage: (extStatus & ExtFlags.modified) !== 0,
    ...modifyInfo(down.convertExt),
    ...(quoteInfo && { quoteInfo: { messageUId: '', senderId: '', objectName: '', ...quoteInfo, quoteMessageStatus: 0 } }),
  } as IAReceivedMessage
}

/** parseContent is json as an object in which the sender's portrait has both of its names. */
function parseContent(json: string): Record<string, any> {
  const value = parse(json)
  if (!isRecord(value)) return { content: json }
  const { user } = value
  if (isRecord(user)) {
    const portrait = user['portrait'] || user['portraitUri']
    if (portrait) Object.assign(user, { portrait, portraitUri: portrait })
  }
  return value
}

/** parseExpansion is the expansion in json; null where there is none. */
export function parseExpansion(json: string | undefined): Record<string, any> | null {
  const value = json ? parse(json) : undefined
  if (!isRecord(value)) return null
  return Object.fromEntries(Object.entries(value).map(([key, pair]) => [key, isRecord(pair) ? pair['v'] : undefined]))
}

function modifyInfo(json = ''): { modifyInfo?: MessageModifyInfo } {
  const value = parse(json)
  const modify = isRecord(value) && isRecord(value['modify']) ? value['modify'] : {}
  return modify['time'] ? { modifyInfo: { timestamp: modify['time'], content: {}, status: 0 } } : {}
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, any> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
