import type { MentionedInfo } from './content.ts'
import type { NotificationLevel, NotificationStatus, UltraGroupChannelType } from './enums.ts'
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
  /** When the conversation last changed, in milliseconds since 1970. */
  operationTime?: number
  draft?: string
  channelType?: UltraGroupChannelType
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
