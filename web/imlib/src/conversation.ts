import type { MentionedInfo } from './content.ts'
import type { MentionedType, NotificationLevel, NotificationStatus, UltraGroupChannelType } from './enums.ts'
import type { IAReceivedMessage, IConversationOption } from './received.ts'

/** IAReceivedConversation is a conversation as the list shows it. */
export interface IAReceivedConversation extends IConversationOption {
  latestMessage: IAReceivedMessage | null
  unreadMessageCount?: number
  hasMentioned?: boolean
  mentionedInfo?: MentionedInfo
  lastUnreadTime?: number
  notificationStatus?: NotificationStatus
  notificationLevel?: NotificationLevel
  isTop?: boolean
  unreadMentionedCount?: number
  /** How many of the unread name this user. */
  unreadMentionedMeCount?: number
  translateStrategy?: TranslateStrategy
  /** When the newest message came, in milliseconds since 1970; lists are in its order. */
  operationTime?: number
  /** The same, of ultra groups. */
  versionTime?: number
  draft?: string
  /** The oldest unread message. */
  firstUnreadMessage?: IUltraUnreadMsg | null
  channelType?: UltraGroupChannelType
}

/** TranslateStrategy says whether messages are to be translated: 0 as the user has it, 1 by themselves, 2 not. */
export type TranslateStrategy = 0 | 1 | 2

/** IUltraUnreadMsg names an unread message. */
export interface IUltraUnreadMsg {
  messageUId?: string
  sentTime: number
  mentionedType?: MentionedType
  messageType: string
}

/** Update is a value that changed, and when. */
export interface Update<T> {
  time: number
  val: T
}

/** IUpdateItem is what changed of a conversation. */
export interface IUpdateItem {
  isTop?: Update<boolean>
  notificationStatus?: Update<NotificationStatus>
  notificationLevel?: Update<NotificationLevel>
  translateStrategy?: Update<TranslateStrategy>
  hasMentioned?: Update<boolean>
  mentionedInfo?: Update<MentionedInfo | undefined>
  unreadMessageCount?: Update<number>
  unreadMentionedCount?: Update<number>
  unreadMentionedMeCount?: Update<number>
  tags?: Update<IConversationTag[]>
  latestMessage?: Update<IAReceivedMessage>
}

/** IConversationTag is a tag that a conversation has, and whether the conversation is on top there. */
export interface IConversationTag {
  tagId: string
  tagName?: string
  createdTime?: number
  isTop?: boolean
}

/** IConversationState is a conversation that changed. */
export interface IConversationState {
  conversation: IAReceivedConversation
  updatedItems?: IUpdateItem
}

/** IConversationEvent has the conversations that changed. */
export interface IConversationEvent {
  conversationList: IConversationState[]
}
