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
  type ConversationRef,
  ConversationsAnswer,
  ConversationStates,
  ConversationStatesRequest,
  ReadMark,
  type StateItem,
  type Tag,
  type Unread,
  UnreadAnswer,
  UnreadRequest,
} from './generated/wire.ts'
import { MessageType } from './messages.ts'
import type { IAReceivedMessage, IBaseConversationInfo, IConversationOption } from './received.ts'
import { channelOf } from './upward.ts'

/** Facts is what an event tells of when it changes, beside the latest message. */
interface Facts {
  unreadMessageCount: number
  unreadMentionedCount: number
  unreadMentionedMeCount: number
  hasMentioned: boolean
  mentionedInfo: MentionedInfo | undefined
  isTop: boolean
  notificationLevel: NotificationLevel
  notificationStatus: NotificationStatus
  translateStrategy: TranslateStrategy
  tags: IConversationTag[]
}

/** Arrival is an unread message that came after the server counted. */
interface Arrival extends IUltraUnreadMsg {
  mentions: boolean
  mentionsMe: boolean
}

/** Item is what is known of a conversation. */
export interface Item extends IBaseConversationInfo {
  latestMessage: IAReceivedMessage | null
  operationTime: number
  /** What the server counted up to the tick until: of messages after the tick read. */
  counted: Unread
  until: number
  read: number
  /** What came since. */
  arrived: Arrival[]
  mentionedInfo: MentionedInfo | undefined
  isTop: boolean
  notificationLevel: NotificationLevel
  translateStrategy: TranslateStrategy
  tags: IConversationTag[]
  draft: string
  channelType: number
}

/** How many arrivals of a conversation are kept one by one. What is older is asked for again when it matters. */
const MAX_ARRIVED = 1000

/** StateType is a kind of setting of a conversation. */
export const StateType = { level: 1, top: 2, tags: 3, translate: 4 } as const

/**
 * Conversations knows what is unread and what is set, of all conversations of
 * the user. The server counts, and says where something happened that changes
 * its count; what comes in between is added to it. So all devices of the user
 * show the same.
 */
export class Conversations {
  readonly #client: Client
  readonly #items = new Map<string, Item>()
  readonly #levels = new Map<number, NotificationLevel>()
  readonly #changes = new Map<Item, IUpdateItem>()
  readonly #countAgain: () => Promise<void>
  readonly #readStates: () => Promise<void>
  readonly #tellMarks: () => Promise<void>
  /** What was read here and the server does not know. */
  readonly #unmarked = new Set<Item>()
  #user = ''
  #drafts: Record<string, string> = {}
  /** The version of the settings that are known. */
  #states = 0
  /** Whether the server's counts of all conversations are needed, not only where it says so. */
  #all = true
  #counting: Promise<void> = Promise.resolve()
  #reading: Promise<void> = Promise.resolve()

  constructor(client: Client) {
    this.#client = client
    this.#countAgain = puller(client, () => this.#pullCounts())
    this.#readStates = puller(client, () => this.#pullStates())
    this.#tellMarks = puller(client, () => this.#pushMarks())
    client.onSession(() => this.#begin())
    client.onMessage((message) => {
      this.#receive(message)
      return false
    })
    client.onSent((message) => void this.#note(message))
    onCommand(client, Command.unread, () => this.#count())
    onCommand(client, Command.states, () => this.#follow())
    for (const topic of ['updRTime', 'updUgRTime']) {
      client.onPublish(topic, ReadMark, (mark) => this.#marked(mark))
    }
  }

  /** settled resolves when what the server said it has news of is known. */
  async settled(): Promise<void> {
    await Promise.all([this.#counting, this.#reading])
  }

  /** all is every conversation that something is known of, except channels of ultra groups. */
  all(types: readonly number[] = []): Item[] {
    const wanted = (item: Item): boolean =>
      types.length > 0 ? types.includes(item.conversationType) : item.conversationType !== ConversationType.ULTRA_GROUP
    return [...this.#items.values()].filter(wanted)
  }

  /** item is what is known of a conversation. */
  item(conversation: IConversationOption): Item {
    const { conversationType, targetId, channelId } = identify(conversation)
    const key = `${conversationType}/${channelId}/${targetId}`
    let item = this.#items.get(key)
    if (item === undefined) {
      item = {
        conversationType,
        targetId,
        channelId,
        latestMessage: null,
        operationTime: 0,
        counted: {},
        until: 0,
        read: 0,
        arrived: [],
        mentionedInfo: undefined,
        isTop: false,
        notificationLevel: NotificationLevel.NOT_SET,
        translateStrategy: 0,
        tags: [],
        draft: this.#drafts[key] ?? '',
        channelType: 0,
      }
      this.#items.set(key, item)
    }
    return item
  }

  /** listed is a conversation that the server listed, as the application gets it. */
  listed(info: ConversationInfo): IAReceivedConversation {
    const item = this.item({ conversationType: info.type, targetId: info.userId, channelId: info.busChannel ?? '' })
    item.latestMessage = info.msg ? this.#client.received(info.msg) : null
    item.operationTime = info.versionTime ?? item.operationTime
    return view(item)
  }

  /** level is the notification level of a type of conversations. */
  level(type: number): NotificationLevel {
    return this.#levels.get(type) ?? NotificationLevel.NOT_SET
  }

  setLevel(type: number, level: NotificationLevel): void {
    this.#levels.set(type, level)
  }

  /** draft keeps text as the draft of a conversation, also for the next page; an empty one is none. */
  draft(conversation: IConversationOption, text: string): void {
    const item = this.item(conversation)
    const key = `${item.conversationType}/${item.channelId}/${item.targetId}`
    item.draft = text
    if (text === '') delete this.#drafts[key]
    else this.#drafts[key] = text
    this.#client.save('drafts', JSON.stringify(this.#drafts))
  }

  /** update makes a change of item, and tells the application of it when there is something to tell. */
  update(item: Item, time: number, change: () => void): void {
    const before = facts(item)
    change()
    const after = facts(item)
    const updated: Record<string, { time: number; val: unknown }> = {}
    for (const name of Object.keys(after) as (keyof Facts)[]) {
      if (before[name] !== after[name]) updated[name] = { time, val: after[name] }
    }
    if (Object.keys(updated).length > 0) this.#tell(item, updated as IUpdateItem)
  }

  /**
   * read marks items as read as far as they are known, here at once and on the
   * user's other devices when the server is told, which is tried until it is.
   */
  async read(items: readonly Item[]): Promise<void> {
    for (const item of items) {
      this.#readTo(item, reach(item))
      this.#unmarked.add(item)
    }
    await this.#tellMarks()
  }

  #readTo(item: Item, time: number): void {
    this.update(item, time, () => {
      item.read = Math.max(item.read, time)
      item.arrived = item.arrived.filter((m) => m.sentTime > item.read)
      if (item.read >= item.until) item.counted = {}
    })
  }

  /** mark tells the server, and so the user's other devices, that a conversation was read up to time. */
  async mark(conversation: IConversationOption, time: number): Promise<void> {
    const { conversationType: type, targetId: channelId, channelId: busChannel } = identify(conversation)
    const topic = type === ConversationType.ULTRA_GROUP ? 'updUgRTime' : 'updRTime'
    const mark = { type, msgTime: time, channelId, busChannel: busChannel || undefined }
    await this.#client.publish(topic, this.#client.userId, ReadMark, mark)
    this.#readTo(this.item(conversation), time)
  }

  async #pushMarks(): Promise<void> {
    for (const item of this.#unmarked) {
      if (item.read > 0) await this.mark(item, item.read)
      this.#unmarked.delete(item)
    }
  }

  #begin(): void {
    if (this.#user !== this.#client.userId) {
      this.#user = this.#client.userId
      this.#items.clear()
      this.#levels.clear()
      this.#unmarked.clear()
      this.#states = 0
      this.#drafts = readDrafts(this.#client.load('drafts'))
    }
    this.#all = true
    if (this.#unmarked.size > 0) void this.#tellMarks()
    this.#count()
    this.#follow()
  }

  #count(): void {
    this.#counting = this.#countAgain()
  }

  #follow(): void {
    this.#reading = this.#readStates()
  }

  async #pullCounts(): Promise<void> {
    const version = this.#all ? 0 : 1 // only where the server said so
    this.#all = false
    let pageToken: string | undefined = ''
    try {
      do {
        const answer: UnreadAnswer = await ask(this.#client, 'pullSe', UnreadRequest, { version, pageToken }, UnreadAnswer)
        for (const { type = 0, targetId = '', busChannel = '', unread } of answer.session) {
          if (unread) this.counted(this.item({ conversationType: type, targetId, channelId: busChannel }), unread)
        }
        pageToken = answer.pageToken
      } while (pageToken)
    } catch (error) {
      this.#all = true // what the server answered and nobody read is not told again
      throw error
    }
  }

  /** counted takes over what the server counted. */
  counted(item: Item, unread: Unread): void {
    const { clearTime = 0, cutOffTime = 0 } = unread
    this.update(item, cutOffTime, () => {
      item.counted = unread
      item.until = cutOffTime
      item.read = Math.max(item.read, clearTime)
      if (item.read >= cutOffTime) item.counted = {} // read here, which the server is being told
      item.arrived = item.arrived.filter((m) => m.sentTime > item.until && m.sentTime > item.read)
      if (!facts(item).hasMentioned) item.mentionedInfo = undefined
    })
  }

  async #pullStates(): Promise<void> {
    const { state, version } = await ask(this.#client, 'pullSeAtts', ConversationStatesRequest, { time: this.#states }, ConversationStates)
    this.#states = Math.max(this.#states, version)
    let tagged = false
    for (const { type, channelId: targetId, busChannel = '', time = 0, stateItem } of state) {
      if (targetId === '') {
        for (const s of stateItem) if (s.sessionStateType === StateType.level) this.#levels.set(type, Number(s.value))
        continue
      }
      const item = this.item({ conversationType: type, targetId, channelId: busChannel })
      const before = item.tags
      this.update(item, time, () => stateItem.forEach((s) => setState(item, s)))
      tagged ||= item.tags !== before
    }
    if (tagged) this.#client.emit(Events.CONVERSATION_TAG)
  }

  #marked({ type, channelId: targetId, busChannel: channelId = '', msgTime }: ReadMark): void {
    const conversation = { conversationType: type, targetId, channelId }
    this.#readTo(this.item(conversation), msgTime)
    this.#client.emit(Events.SYNC_READ_STATUS, { ...conversation, timestamp: msgTime })
  }

  /** receive counts what came. What the server counted before may come too, and is known by its tick. */
  #receive(message: IAReceivedMessage): void {
    const { messageType, content, sentTime, messageUId } = message
    const item = this.#note(message)
    if (item === undefined || !message.isCounted || message.messageDirection === MessageDirection.SEND) return
    if (sentTime <= item.until || sentTime <= item.read) return
    if (item.arrived.length >= MAX_ARRIVED) return this.#countAll()
    this.update(item, sentTime, () => {
      const mention = mentionOf(message, this.#client.userId)
      if (mention.mentions) item.mentionedInfo = content.mentionedInfo
      item.arrived = [...item.arrived, { messageUId, sentTime, messageType, ...mention }]
    })
  }

  /** note makes message the latest of its conversation, if it is one that is kept. */
  #note(message: IAReceivedMessage): Item | undefined {
    const { conversationType, messageType, sentTime } = message
    if (conversationType === ConversationType.CHATROOM || message.isStatusMessage) return undefined
    const item = this.item(message)
    if (messageType === MessageType.RECALL) this.#recalled(item, message)
    else if (message.isPersited && !message.disableUpdateLastMessage && sentTime >= item.operationTime) {
      item.operationTime = sentTime
      this.#show(item, message)
    }
    return item
  }

  #recalled(item: Item, { content, isOffLineMessage, sentTime }: IAReceivedMessage): void {
    const { messageUId } = content
    this.update(item, sentTime, () => (item.arrived = item.arrived.filter((m) => m.messageUId !== messageUId)))
    if (isOffLineMessage) this.#countAll() // else the server says that its count changed
    if (item.latestMessage?.messageUId === messageUId) void this.#refresh(item)
  }

  /** edited shows message where it is the latest one, as it is now. */
  edited(message: IAReceivedMessage): void {
    const item = this.item(message)
    if (item.latestMessage?.messageUId === message.messageUId) this.#show(item, message)
  }

  /** refresh asks what the latest message is now. */
  async #refresh(item: Item): Promise<void> {
    try {
      const [latest] = await this.named([item])
      if (latest?.latestMessage) this.#show(item, latest.latestMessage)
    } catch (error) {
      codeOf(error) // the next list has it
    }
  }

  /** named is conversations by name, with their latest messages. */
  async named(wanted: readonly IConversationOption[]): Promise<IAReceivedConversation[]> {
    const found: IAReceivedConversation[] = []
    for (let from = 0; from < wanted.length; from += MAX_NAMED) {
      const relation = wanted.slice(from, from + MAX_NAMED).map(reference)
      const { info } = await ask(this.#client, 'qryRLBatch', ConversationBatch, { relation }, ConversationsAnswer)
      found.push(...info.map((i) => this.listed(i)))
    }
    return found
  }

  #countAll(): void {
    this.#all = true
    this.#count()
  }

  #show(item: Item, message: IAReceivedMessage): void {
    item.latestMessage = message
    this.#tell(item, { latestMessage: { time: message.sentTime, val: message } })
  }

  /** tell gathers what changes at once into one event. */
  #tell(item: Item, updated: IUpdateItem): void {
    if (this.#changes.size === 0) queueMicrotask(() => this.#flush())
    this.#changes.set(item, { ...this.#changes.get(item), ...updated })
  }

  #flush(): void {
    const conversationList = [...this.#changes].map(([item, updatedItems]) => ({ conversation: view(item), updatedItems }))
    this.#changes.clear()
    this.#client.emit(Events.CONVERSATION, { conversationList })
  }
}

/** conversations is the feature that knows them. */
export function conversations(client: Client): Conversations {
  return new Conversations(client)
}

/** reference is a conversation as requests name it. */
export function reference(conversation: IConversationOption): ConversationRef {
  const { conversationType, targetId, channelId } = identify(conversation)
  return { conversationType, conversationId: targetId, busChannel: channelId || undefined }
}

/** identify is a conversation with the channel that it means. */
export function identify(conversation: IConversationOption): IBaseConversationInfo {
  const { conversationType, targetId } = conversation
  return { conversationType, targetId, channelId: channelOf(conversation) ?? '' }
}

/** reach is the newest that is known of item. */
export function reach(item: Item): number {
  return Math.max(item.until, item.operationTime, ...item.arrived.map((m) => m.sentTime))
}

/** view is item as the application gets it. */
export function view(item: Item): IAReceivedConversation {
  const { conversationType, targetId, channelId, latestMessage, operationTime, draft, counted, channelType } = item
  const { tags: _, mentionedInfo, ...rest } = facts(item)
  const { msgId = '', msgTime, className = '' } = counted.firstUnreadMsg ?? {}
  const first = msgTime ? { messageUId: msgId, sentTime: msgTime, messageType: className } : item.arrived[0]
  return {
    conversationType,
    targetId,
    channelId,
    latestMessage,
    ...rest,
    ...(mentionedInfo && { mentionedInfo }),
    lastUnreadTime: 0,
    operationTime,
    draft,
    firstUnreadMessage: first ?? null,
    ...(conversationType === ConversationType.ULTRA_GROUP && { channelType, versionTime: operationTime }),
  }
}

function facts(item: Item): Facts {
  const { counted, arrived, isTop, notificationLevel, translateStrategy, tags } = item
  const unreadMentionedCount = (counted.mentionCount ?? 0) + arrived.filter((m) => m.mentions).length
  const hasMentioned = unreadMentionedCount > 0
  return {
    unreadMessageCount: (counted.count ?? 0) + arrived.length,
    unreadMentionedCount,
    unreadMentionedMeCount: (counted.mentionMeCount ?? 0) + arrived.filter((m) => m.mentionsMe).length,
    hasMentioned,
    mentionedInfo: hasMentioned ? item.mentionedInfo : undefined,
    isTop,
    notificationLevel,
    notificationStatus: notificationLevel > NotificationLevel.NOT_SET ? NotificationStatus.OPEN : NotificationStatus.CLOSE,
    translateStrategy,
    tags,
  }
}

function setState(item: Item, { sessionStateType, value, tags }: StateItem): void {
  if (sessionStateType === StateType.level) item.notificationLevel = Number(value)
  else if (sessionStateType === StateType.top) item.isTop = value === '1'
  else if (sessionStateType === StateType.translate) item.translateStrategy = Number(value) as TranslateStrategy
  else if (sessionStateType === StateType.tags && JSON.stringify(item.tags) !== JSON.stringify(tags.map(tagOf))) item.tags = tags.map(tagOf)
}

/** tagOf is what a conversation knows of a tag that it has. */
export function tagOf({ tagId, isTop = false }: Tag): IConversationTag {
  return { tagId, isTop }
}

function mentionOf({ conversationType, content }: IAReceivedMessage, userId: string): { mentions: boolean; mentionsMe: boolean } {
  const { type = 0, userIdList = [] } = content?.mentionedInfo ?? {}
  const grouped = conversationType === ConversationType.GROUP || conversationType === ConversationType.ULTRA_GROUP
  const mentionsMe = grouped && type === MentionedType.SINGAL && Array.isArray(userIdList) && userIdList.includes(userId)
  return { mentions: mentionsMe || (grouped && type === MentionedType.ALL), mentionsMe }
}

/** Storage is shared with whatever else runs on the page, so its text may be anything. */
function readDrafts(text = '{}'): Record<string, string> {
  try {
    return Object.assign({}, JSON.parse(text))
  } catch {
    return {}
  }
}
