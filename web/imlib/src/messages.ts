import { ErrorCode } from './codes.ts'
import { Refused } from './errors.ts'
import { MAX_CONTENT } from './generated/limits.ts'
import { MessageType } from './generated/types.ts'
import { DownFlags, type DownMessage, SENT, type UpMessage, UpFlags } from './wire/message.ts'
import { encodeUtf8 } from './wire/protobuf.ts'

/** ConversationType is the kind of a conversation. */
export const ConversationType = { PRIVATE: 1, GROUP: 3, CHATROOM: 4, SYSTEM: 6, ULTRA_GROUP: 10 } as const
export type ConversationType = (typeof ConversationType)[keyof typeof ConversationType]

/** IConversationOption names a conversation: by the peer, or by the group. */
export interface IConversationOption {
  readonly conversationType: ConversationType
  readonly targetId: string
  readonly channelId?: string
}

export { MessageType }

/** MessageDirection says whose message it is. */
export const MessageDirection = { SEND: 1, RECEIVE: 2 } as const
export type MessageDirection = (typeof MessageDirection)[keyof typeof MessageDirection]

/** SentStatus is how far a message of the user's own has come. */
export const SentStatus = { SENDING: 10, FAILED: 20, SENT: 30 } as const
export type SentStatus = (typeof SentStatus)[keyof typeof SentStatus]

/** BaseMessage is a message to be sent. Its content is what arrives, as JSON. */
export class BaseMessage<T extends object = object> {
  readonly messageType: string
  readonly content: T
  readonly isPersited: boolean
  readonly isCounted: boolean

  constructor(messageType: string, content: T, isPersited = true, isCounted = true) {
    this.messageType = messageType
    this.content = content
    this.isPersited = isPersited
    this.isCounted = isCounted
  }
}

/** ITextMessageBody is the content of a text message. */
export interface ITextMessageBody {
  content: string
  extra?: string
  user?: { id?: string; name?: string; portraitUri?: string; extra?: string }
}

/** TextMessage is a message of plain text. */
export class TextMessage extends BaseMessage<ITextMessageBody> {
  constructor(content: ITextMessageBody) {
    super(MessageType.TEXT, content)
  }
}

/** ISendMessageOptions says how to send a message. */
export interface ISendMessageOptions {
  readonly disableNotification?: boolean
  readonly pushContent?: string
  readonly pushData?: string
  readonly directionalUserIdList?: readonly string[]
  /** The messageId of an earlier attempt: sending it again is then the same message, not a second one. */
  readonly messageId?: number
  /** Called before anything is sent, with the message as a list would show it. */
  readonly onSendBefore?: (message: IAReceivedMessage) => void
}

/** IAReceivedMessage is a message that came, or one of the user's own. */
export interface IAReceivedMessage extends IConversationOption {
  readonly channelId: string
  readonly senderUserId: string
  readonly messageType: string
  /** The sender's content. One that is not a JSON object is found under the key content. */
  readonly content: Readonly<Record<string, unknown>>
  /** The server's name of the message; empty until it was accepted. */
  readonly messageUId: string
  /** The sender's name of the message, 0 if it gave none. */
  readonly messageId: number
  readonly messageDirection: MessageDirection
  readonly sentTime: number
  readonly receivedTime: number
  readonly isOffLineMessage: boolean
  readonly isPersited: boolean
  readonly isCounted: boolean
  readonly isMentioned: boolean
  readonly disableNotification: boolean
  readonly canIncludeExpansion: boolean
  readonly directedUserIds: readonly string[]
  readonly sentStatus?: SentStatus
}

/** newMessageId is a name for a new message. It is random, so no two devices of a user make the same one. */
export function newMessageId(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return (high % 2 ** 20) * 2 ** 32 + low + 1
}

/** upMessage is message as it is sent. It throws Refused when the content is too big. */
export function upMessage(message: BaseMessage, options: ISendMessageOptions, messageId: number, channelId?: string): UpMessage {
  const content = JSON.stringify(message.content)
  if (encodeUtf8(content).length > MAX_CONTENT) throw new Refused(ErrorCode.RC_MSG_CONTENT_EXCEED_LIMIT)
  return {
    flags:
      (message.isPersited ? UpFlags.persisted : 0) |
      (message.isCounted ? UpFlags.counted : 0) |
      (options.disableNotification ? UpFlags.silent : 0),
    objectName: message.messageType,
    content,
    pushContent: options.pushContent,
    pushData: options.pushData,
    toUserIds: options.directionalUserIdList,
    clientUniqueId: messageId,
    channelId: channelId || undefined,
  }
}

/** sendingMessage is message as its sender's list shows it before the server has it. */
export function sendingMessage(
  conversation: IConversationOption,
  up: UpMessage,
  senderUserId: string,
  now: number,
): IAReceivedMessage {
  return {
    ...conversation,
    channelId: conversation.channelId ?? '',
    senderUserId,
    messageType: up.objectName,
    content: parseContent(up.content),
    messageUId: '',
    messageId: up.clientUniqueId ?? 0,
    messageDirection: MessageDirection.SEND,
    sentTime: now,
    receivedTime: now,
    isOffLineMessage: false,
    isPersited: (up.flags & UpFlags.persisted) !== 0,
    isCounted: (up.flags & UpFlags.counted) !== 0,
    isMentioned: (up.flags & UpFlags.mentioned) !== 0,
    disableNotification: (up.flags & UpFlags.silent) !== 0,
    canIncludeExpansion: (up.flags & UpFlags.expandable) !== 0,
    directedUserIds: up.toUserIds ?? [],
    sentStatus: SentStatus.SENDING,
  }
}

/** Viewer is who looks at a message, and when. */
export interface Viewer {
  readonly userId: string
  /** Messages from before this server time came while the user was away. */
  readonly onlineSince: number
  readonly now: number
}

/** receivedMessage is down as viewer sees it. */
export function receivedMessage(down: DownMessage, viewer: Viewer): IAReceivedMessage {
  const grouped = down.groupId !== ''
  const own = grouped ? down.fromUserId === viewer.userId : down.direction === SENT
  return {
    conversationType: down.type as ConversationType,
    targetId: grouped ? down.groupId : down.fromUserId,
    channelId: down.channelId,
    senderUserId: own ? viewer.userId : down.fromUserId,
    messageType: down.objectName,
    content: parseContent(down.content),
    messageUId: down.uid,
    messageId: down.clientUniqueId,
    messageDirection: own ? MessageDirection.SEND : MessageDirection.RECEIVE,
    sentTime: down.sentTime,
    receivedTime: viewer.now,
    isOffLineMessage: down.sentTime < viewer.onlineSince,
    isPersited: (down.flags & DownFlags.persisted) !== 0,
    isCounted: (down.flags & DownFlags.counted) !== 0,
    isMentioned: (down.flags & DownFlags.mentioned) !== 0,
    disableNotification: (down.flags & DownFlags.silent) !== 0,
    canIncludeExpansion: (down.flags & DownFlags.expandable) !== 0,
    directedUserIds: down.toUserIds,
    ...(own ? { sentStatus: SentStatus.SENT } : {}),
  }
}

function parseContent(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    return { content: json }
  }
  return { content: json }
}

/** sendKey names everything that makes a message of the user's own what it is. */
export function sendKey(conversation: IConversationOption, objectName: string, content: string): string {
  const { conversationType, targetId, channelId = '' } = conversation
  return JSON.stringify([conversationType, targetId, channelId, objectName, content])
}
