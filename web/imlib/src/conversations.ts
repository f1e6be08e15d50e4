import { ask, Command, onCommand, puller } from './ask.ts'
import type { Client } from './client.ts'
import type { MentionedInfo } from './content.ts'
import type { IAReceivedConversation, IConversationTag, IUltraUnreadMsg, IUpdateItem, TranslateStrategy } from './conversation.ts'
import { ConversationType, MentionedType, MessageDirection, NotificationLevel, NotificationStatus } from './enums.ts'
import { codeOf } from './errors.ts'
import { Events } from './events.ts'
import { MAX_NAMED } from './generated/limits.ts'
import {
  ConversationBatch,
  type ConversationInfo,
  ConversationsAnswer,
  ConversationStates,
  ConversationStatesRequest,
  ReadMark,
  type StateItem,
  StatesChangeRequest,
  type Tag,
  type Unread,
  UnreadAnswer,
  UnreadRequest,
} from './generated/wire.ts'
import { MessageType } from './messages.ts'
import type { IAReceivedMessage, IBaseConversationInfo, IConversationOption } from './received.ts'
import { channelOf } from './upward.ts'
import type { Schema, Sending } from './wire/schema.ts'

/** Item is what is known of a conversation. */
export interface Item extends IBaseConversationInfo {
  latestMessage: IAReceivedMessage | null
  operationTime: number
  draft: string
  /** What the server counted up to the tick until: of messages after the tick read. */
  counted: Unread
  until: number
  read: number
  /** The unread messages that came since. */
  arrived: IUltraUnreadMsg[]
  mentionedInfo: MentionedInfo | undefined
  isTop: boolean
  notificationLevel: NotificationLevel
  translateStrategy: TranslateStrategy
  tags: IConversationTag[]
}

/** Facts is what an event tells of when it changes, beside the latest message. */
interface Facts extends Pick<Item, 'mentionedInfo' | 'isTop' | 'notificationLevel' | 'translateStrategy' | 'tags'> {
  unreadMessageCount: number
  unreadMentionedCount: number
  unreadMentionedMeCount: number
  hasMentioned: boolean
  notificationStatus: NotificationStatus
}

/** Viewed is a conversation as the application gets it from here, where everything is known. */
export type Viewed = IAReceivedConversation & Omit<Facts, 'mentionedInfo' | 'tags'> & Pick<Item, 'operationTime' | 'draft'>

/** Listed is an answer that lists conversations, and they as the application gets them. */
export type Listed = ConversationsAnswer & { list: Viewed[] }

/** How many arrivals of a conversation are kept one by one. What is older is asked for again when it matters. */
const MAX_ARRIVED = 1000

/** The kinds of settings of a conversation. */
export const LEVEL = 1
export const TOP = 2
export const TAGS = 3
export const TRANSLATE = 4

/**
 * Conversations knows what is unread and what is set, of all conversations of
 * the user. The server counts, and says where something happened that changes
 * its count; what comes in between is added to it. So all devices of the user
 * show the same.
 */
export interface Conversations {
  /** settled resolves when what the server said it has news of is known. */
  settled(): Promise<unknown>
  /** all is every conversation of types that something is known of; without types, all but channels of ultra groups. */
  all(types?: readonly number[]): Item[]
  /** item is what is known of a conversation. Without a target it is what is set for all conversations of its type. */
  item(conversation: IConversationOption): Item
  /** list asks the server for conversations. */
  list<Q>(topic: string, schema: Schema<Q>, request: Sending<Q>): Promise<Listed>
  /** named is conversations by name, with their latest messages. */
  named(wanted: readonly IConversationOption[]): Promise<Viewed[]>
  /** readTo makes item read up to time on this page. */
  readTo(item: Item, time: number): void
  /**
   * read marks items as read as far as they are known, here at once and on the
   * user's other devices when the server is told, which is tried until it is.
   */
  read(items: readonly Item[]): Promise<void>
  /** mark tells the server, and so the user's other devices, that a conversation was read up to time. */
  mark(conversation: IConversationOption, time: number): Promise<void>
  /** edited shows message where it is the latest one, as it is now. */
  edited(message: IAReceivedMessage): void
  /** draft keeps text as the draft of a conversation, also for the next page. */
  draft(conversation: IConversationOption, text: string): void
}

/** conversations is the feature that knows them. */
export function conversations(client: Client): Conversations {
  const items = new Map<string, Item>()
  const changes = new Map<Item, IUpdateItem>()
  /** What was read here and the server does not know. */
  const unmarked = new Set<Item>()
  let user = ''
  /** The version of the settings that are known. */
  let states = 0
  /** Whether the server's counts of all conversations are needed, not only where it says so. */
  let everything = true
  let counting: Promise<void> | undefined
  let reading: Promise<void> | undefined

  const item: Conversations['item'] = (conversation) => {
    const named = identify(conversation)
    const key = keyOf(named)
    const found: Item = items.get(key) ?? {
      ...named,
      latestMessage: null,
      operationTime: 0,
      draft: client.load(key) ?? '',
      counted: {},
      until: 0,
      read: 0,
      arrived: [],
      mentionedInfo: undefined,
      isTop: false,
      notificationLevel: NotificationLevel.NOT_SET,
      translateStrategy: 0,
      tags: [],
    }
    items.set(key, found)
    return found
  }

  const all: Conversations['all'] = (types = []) =>
    [...items.values()].filter(({ conversationType, targetId }) => {
      return targetId && (types.length > 0 ? types.includes(conversationType) : conversationType !== ConversationType.ULTRA_GROUP)
    })

  const list: Conversations['list'] = async (topic, schema, request) => {
    const answer = await ask(client, topic, schema, request, ConversationsAnswer)
    return { ...answer, list: answer.info.map(listed) }
  }

  const listed = (info: ConversationInfo): Viewed => {
    const of = item(info as IConversationOption)
    of.latestMessage = info.msg ? client.received(info.msg) : null
    of.operationTime = info.versionTime ?? of.operationTime
    return view(of)
  }

  const named: Conversations['named'] = async (wanted) => {
    const found: Viewed[] = []
    for (let from = 0; from < wanted.length; from += MAX_NAMED) {
      const relation = wanted.slice(from, from + MAX_NAMED).map(identify)
      found.push(...(await list('qryRLBatch', ConversationBatch, { relation })).list)
    }
    return found
  }

  /** tell gathers what changes at once into one event. */
  const tell = (of: Item, name: keyof IUpdateItem, time: number, val: unknown): void => {
    if (changes.size === 0) queueMicrotask(flush)
    changes.set(of, { ...changes.get(of), [name]: { time, val } })
  }

  const flush = (): void => {
    const conversationList = [...changes].map(([of, updatedItems]) => ({ conversation: view(of), updatedItems }))
    changes.clear()
    client.emit(Events.CONVERSATION, { conversationList })
  }

  /** update makes a change of an item, and tells the application of it when there is something to tell. */
  const update = (of: Item, time: number, change: () => void): void => {
    const before = facts(of)
    change()
    of.arrived = of.arrived.filter((m) => m.sentTime > of.until && m.sentTime > of.read)
    if (of.read >= of.until) of.counted = {} // read here, which the server is being told
    if (!facts(of).hasMentioned) of.mentionedInfo = undefined
    const after = facts(of)
    for (const name of Object.keys(after) as (keyof Facts)[]) {
      if (before[name] !== after[name] && of.targetId) tell(of, name, time, after[name])
    }
  }

  const readTo: Conversations['readTo'] = (of, time) => update(of, time, () => (of.read = Math.max(of.read, time)))

  const count = (): void => void (counting = countAgain())

  const countAll = (): void => {
    everything = true
    count()
  }

  const countAgain = puller(client, async () => {
    const version = everything ? 0 : 1 // only where the server said so
    everything = false
    let pageToken: string | undefined = ''
    try {
      do {
        const answer: UnreadAnswer = await ask(client, 'pullSe', UnreadRequest, { version, pageToken }, UnreadAnswer)
        for (const { unread = {}, ...of } of answer.session) counted(item(of as IConversationOption), unread)
        pageToken = answer.pageToken
      } while (pageToken)
    } catch (error) {
      everything = true // what the server answered and nobody read is not told again
      throw error
    }
  })

  const counted = (of: Item, unread: Unread): void => {
    const { clearTime = 0, cutOffTime = 0 } = unread
    update(of, cutOffTime, () => {
      of.counted = unread
      of.until = cutOffTime
      of.read = Math.max(of.read, clearTime)
    })
  }

  const follow = (): void => void (reading = readStates())

  const readStates = puller(client, async () => {
    const { state, version } = await ask(client, 'pullSeAtts', ConversationStatesRequest, { time: states }, ConversationStates)
    states = Math.max(states, version)
    let tagged = false
    for (const { time = 0, stateItem, ...named } of state) {
      const of = item(named as IConversationOption)
      const { tags } = of
      update(of, time, () => stateItem.forEach((s) => setState(of, s)))
      tagged ||= of.tags !== tags
    }
    if (tagged) client.emit(Events.CONVERSATION_TAG)
  })

  const mark: Conversations['mark'] = async (conversation, timestamp) => {
    const named = identify(conversation)
    const topic = named.conversationType === ConversationType.ULTRA_GROUP ? 'updUgRTime' : 'updRTime'
    await client.publish(topic, client.userId, ReadMark, { ...named, timestamp })
    readTo(item(named), timestamp)
  }

  const tellMarks = puller(client, async () => {
    for (const of of unmarked) {
      if (of.read > 0) await mark(of, of.read)
      unmarked.delete(of)
    }
  })

  /** receive counts what came. What the server counted before may come too, and is known by its tick. */
  const receive = (message: IAReceivedMessage): void => {
    const { messageType, messageUId, content, sentTime } = message
    const of = note(message)
    if (of === undefined || !message.isCounted || message.messageDirection === MessageDirection.SEND) return
    if (sentTime <= of.until || sentTime <= of.read) return
    if (of.arrived.length >= MAX_ARRIVED) return countAll()
    update(of, sentTime, () => {
      const mentionedType = mentionOf(message, client.userId)
      if (mentionedType) of.mentionedInfo = content.mentionedInfo
      of.arrived = [...of.arrived, { messageUId, sentTime, messageType, mentionedType }]
    })
  }

  /** note makes message the latest of its conversation, if it is one that is kept. */
  const note = (message: IAReceivedMessage): Item | undefined => {
    const { conversationType, messageType, sentTime } = message
    if (conversationType === ConversationType.CHATROOM || message.isStatusMessage) return undefined
    const of = item(message)
    if (messageType === MessageType.RECALL) recalled(of, message)
    else if (message.isPersited && !message.disableUpdateLastMessage && sentTime >= of.operationTime) {
      of.operationTime = sentTime
      show(of, message)
    }
    return of
  }

  const recalled = (of: Item, { content: { messageUId }, isOffLineMessage, sentTime }: IAReceivedMessage): void => {
    update(of, sentTime, () => (of.arrived = of.arrived.filter((m) => m.messageUId !== messageUId)))
    if (isOffLineMessage) countAll() // else the server says that its count changed
    if (of.latestMessage?.messageUId !== messageUId) return
    const refresh = async (): Promise<void> => {
      const [latest] = await named([of])
      if (latest?.latestMessage) show(of, latest.latestMessage)
    }
    refresh().catch(codeOf) // the next list has it
  }

  const show = (of: Item, message: IAReceivedMessage): void => {
    of.latestMessage = message
    tell(of, 'latestMessage', message.sentTime, message)
  }

  client.onSession(() => {
    if (user !== client.userId) {
      user = client.userId
      items.clear()
      unmarked.clear()
      states = 0
    }
    void tellMarks()
    countAll()
    follow()
  })
  client.onMessage((message) => {
    receive(message)
    return false
  })
  client.onSent((message) => void note(message))
  onCommand(client, Command.unread, count)
  onCommand(client, Command.states, follow)
  for (const topic of ['updRTime', 'updUgRTime']) {
    client.onPublish(topic, ReadMark, ({ timestamp, ...named }) => {
      const of = identify(named as IConversationOption)
      readTo(item(of), timestamp)
      client.emit(Events.SYNC_READ_STATUS, { ...of, timestamp })
    })
  }
  return {
    settled: () => Promise.all([counting, reading]),
    all,
    item,
    list,
    named,
    readTo,
    read: (items) => {
      for (const of of items) {
        readTo(of, reach(of))
        unmarked.add(of)
      }
      return tellMarks()
    },
    mark,
    edited: (message) => {
      const of = item(message)
      if (of.latestMessage?.messageUId === message.messageUId) show(of, message)
    },
    draft: (conversation, text) => {
      const of = item(conversation)
      of.draft = text
      client.save(keyOf(of), text)
    },
  }
}

/** identify is a conversation with the channel that it means. */
export function identify(conversation: IConversationOption): IBaseConversationInfo {
  const { conversationType, targetId } = conversation
  return { conversationType, targetId, channelId: channelOf(conversation) ?? '' }
}

/** keyOf is what the draft of a conversation is kept under. */
function keyOf(conversation: IBaseConversationInfo): string {
  return `draft:${JSON.stringify(identify(conversation))}`
}

/** reach is the newest that is known of item. */
export function reach(item: Item): number {
  return Math.max(item.until, item.operationTime, ...item.arrived.map((m) => m.sentTime))
}

/** view is item as the application gets it. */
export function view(item: Item): Viewed {
  const { counted, until, read, arrived, tags, mentionedInfo, ...shown } = { ...item, ...facts(item) }
  return {
    ...shown,
    ...(mentionedInfo && { mentionedInfo }),
    lastUnreadTime: 0,
    firstUnreadMessage: (counted.firstUnreadMessage as IUltraUnreadMsg | undefined) ?? arrived[0] ?? null,
    ...(item.conversationType === ConversationType.ULTRA_GROUP && { channelType: 0, versionTime: item.operationTime }),
  }
}

function facts({ counted, arrived, mentionedInfo, isTop, notificationLevel, translateStrategy, tags }: Item): Facts {
  const unreadMentionedCount = (counted.mentionCount ?? 0) + arrived.filter((m) => m.mentionedType).length
  return {
    unreadMessageCount: (counted.count ?? 0) + arrived.length,
    unreadMentionedCount,
    unreadMentionedMeCount: (counted.mentionMeCount ?? 0) + arrived.filter((m) => m.mentionedType === MentionedType.SINGAL).length,
    hasMentioned: unreadMentionedCount > 0,
    mentionedInfo,
    isTop,
    notificationLevel,
    notificationStatus: notificationLevel > NotificationLevel.NOT_SET ? NotificationStatus.OPEN : NotificationStatus.CLOSE,
    translateStrategy,
    tags,
  }
}

/**
 * change has the server change a setting of conversations, or tags that they
 * have, on all devices of the user. It resolves with what is known of them,
 * for the change to be made here: no event tells the application of it.
 */
export async function change(client: Client, topic: string, list: readonly IConversationOption[], stateItem: Sending<StateItem>): Promise<Item[]> {
  const state = list.map((of) => ({ ...identify(of), stateItem: [stateItem] }))
  await ask(client, topic, StatesChangeRequest, { version: 0, state, ignoreVersion: true })
  return list.map(client.use(conversations).item)
}

/** setState takes over a setting of item. */
export function setState(item: Item, { type, value, tags }: StateItem): void {
  if (type === TOP) item.isTop = value === '1'
  else if (type === LEVEL) item.notificationLevel = Number(value)
  else if (type === TRANSLATE) item.translateStrategy = Number(value) as TranslateStrategy
  else if (type === TAGS && JSON.stringify(item.tags) !== JSON.stringify(tags.map(tagOf))) item.tags = tags.map(tagOf)
}

/** tagOf is what a conversation knows of a tag that it has. */
export function tagOf({ tagId, isTop = false }: Tag): IConversationTag {
  return { tagId, isTop }
}

/** mentionOf is how a message mentions the user; 0 if it does not. */
function mentionOf({ conversationType, content }: IAReceivedMessage, userId: string): MentionedType {
  const { type = 0, userIdList } = content.mentionedInfo ?? {}
  const grouped = conversationType === ConversationType.GROUP || conversationType === ConversationType.ULTRA_GROUP
  const named = type === MentionedType.SINGAL && Array.isArray(userIdList) && userIdList.includes(userId)
  return grouped && (named || type === MentionedType.ALL) ? type : 0
}
