/** What is known of a conversation, and what of it the application gets. */

import type { MentionedInfo } from './content.ts'
import type { IAReceivedConversation, IConversationTag, IUltraUnreadMsg, TranslateStrategy } from './conversation.ts'
import { ConversationType, MentionedType, NotificationLevel, NotificationStatus } from './enums.ts'
import type { StateItem, Unread } from './generated/wire.ts'
import { LEVEL, TAGS, TOP, TRANSLATE } from './kinds.ts'
import type { IAReceivedMessage, IBaseConversationInfo } from './received.ts'

/** Settings is what the user has set for a conversation. */
export interface Settings {
  isTop: boolean
  notificationLevel: NotificationLevel
  translateStrategy: TranslateStrategy
  tags: IConversationTag[]
}

/** Item is what is known of a conversation. */
export interface Item extends IBaseConversationInfo {
  latestMessage: IAReceivedMessage | null
  operationTime: number
  draft: string
  set: Settings
  /** What the server counted up to the tick until: of messages after the tick read. */
  counted: Unread
  until: number
  read: number
  /** The unread messages that came since. */
  arrived: IUltraUnreadMsg[]
  mentionedInfo: MentionedInfo | undefined
}

/** Facts is what an event tells of when it changes, beside the latest message. */
export interface Facts extends Settings {
  unreadMessageCount: number
  unreadMentionedCount: number
  unreadMentionedMeCount: number
  hasMentioned: boolean
  mentionedInfo: MentionedInfo | undefined
  notificationStatus: NotificationStatus
}

/** Viewed is a conversation as the application gets it from here, where everything is known. */
export type Viewed = IAReceivedConversation & Omit<Facts, 'mentionedInfo' | 'tags'> & Pick<Item, 'operationTime' | 'draft'>

/** reach is the newest that is known of item. */
export function reach(item: Item): number {
  return Math.max(item.until, item.operationTime, ...item.arrived.map((m) => m.sentTime))
}

/** muted reports whether not every message of item notifies the user. */
export function muted(item: Item): boolean {
  return item.set.notificationLevel > NotificationLevel.NOT_SET
}

/** view is item as the application gets it. */
export function view(item: Item): Viewed {
  const { set, counted, until, read, arrived, ...rest } = item
  const { tags, mentionedInfo, ...shown } = { ...rest, ...facts(item) }
  return {
    ...shown,
    ...(mentionedInfo && { mentionedInfo }),
    lastUnreadTime: 0,
    firstUnreadMessage: (counted.firstUnreadMessage as IUltraUnreadMsg | undefined) ?? arrived[0] ?? null,
    ...(item.conversationType === ConversationType.ULTRA_GROUP && { channelType: 0, versionTime: item.operationTime }),
  }
}

export function facts(item: Item): Facts {
  const { set, counted, arrived, mentionedInfo } = item
  const unreadMentionedCount = (counted.mentionCount ?? 0) + arrived.filter((m) => m.mentionedType).length
  return {
    ...set,
    notificationStatus: muted(item) ? NotificationStatus.OPEN : NotificationStatus.CLOSE,
    unreadMessageCount: (counted.count ?? 0) + arrived.length,
    unreadMentionedCount,
    unreadMentionedMeCount: (counted.mentionMeCount ?? 0) + arrived.filter((m) => m.mentionedType === MentionedType.SINGAL).length,
    hasMentioned: unreadMentionedCount > 0,
    mentionedInfo,
  }
}

/** settingOf is what the server's state of a conversation says. */
export function settingOf({ type, value, tags }: StateItem): Partial<Settings> {
  switch (type) {
    case LEVEL:
      return { notificationLevel: Number(value) }
    case TOP:
      return { isTop: value === '1' }
    case TAGS:
      return { tags: tags as IConversationTag[] }
    case TRANSLATE:
      return { translateStrategy: Number(value) as TranslateStrategy }
    default:
      return {}
  }
}

/** mentionOf is how a message mentions the user; 0 if it does not. */
export function mentionOf({ conversationType, content }: IAReceivedMessage, userId: string): MentionedType {
  const { type = 0, userIdList } = content.mentionedInfo ?? {}
  const grouped = conversationType === ConversationType.GROUP || conversationType === ConversationType.ULTRA_GROUP
  const named = type === MentionedType.SINGAL && Array.isArray(userIdList) && userIdList.includes(userId)
  return grouped && (named || type === MentionedType.ALL) ? type : 0
}
