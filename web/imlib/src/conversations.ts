import { ask, onCommand, puller } from './ask.ts'
import { MAX_ARRIVED } from './bounds.ts'
import type { Client } from './client.ts'
import * as Command from './commands.ts'
import type { IUpdateItem } from './conversation.ts'
import { ConversationType, MessageDirection, NotificationLevel } from './enums.ts'
import { codeOf } from './errors.ts'
import { MAX_NAMED } from './generated/limits.ts'
import {
  ConversationBatch,
  type ConversationInfo,
  ConversationsAnswer,
  ConversationStates,
  ConversationStatesRequest,
  ReadMark,
  SettingsAnswer,
  SettingsNotify,
  SettingsRequest,
  type StateItem,
  StatesChangeRequest,
  type Tag,
  type Unread,
  UnreadAnswer,
  UnreadRequest,
} from './generated/wire.ts'
import { type Facts, facts, type Item, mentionOf, reach, settingOf, view, type Viewed } from './item.ts'
import { MessageType } from './messages.ts'
import type { IAReceivedMessage, IBaseConversationInfo, IConversationOption } from './received.ts'
import { channelOf } from './upward.ts'
import type { Schema, Sending } from './wire/schema.ts'

/** Listed is an answer that lists conversations, and they as the application gets them. */
export type Listed = ConversationsAnswer & { list: Viewed[] }

/**
 * Conversations knows what is unread and what is set, of all conversations of
 * the user, and the tags that there are for them. The server counts, and says where something happened that changes
 * its count; what comes in between is added to it. So all devices of the user
 * show the same.
 */
export interface Conversations {
  /** settled resolves when what the server said it has news of is known. */
  settled(): Promise<unknown>
  /** The user's tags, by their ids. */
  readonly tags: Map<string, Tag>
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
  const tags = new Map<string, Tag>()
  const changes = new Map<Item, IUpdateItem>()
  /** What was read here and the server does not know. */
  const unmarked = new Set<Item>()
  let user = ''
  /** The version of the settings that are known. */
  let states = 0
  /** The version of the tags that are known; -1 before any are. */
  let version = -1
  /** Whether the server's counts of all conversations are needed, not only where it says so. */
  let everything = true
  /** The last run of what asks for news. */
  const news = new Map<unknown, Promise<void>>()

  const item: Conversations['item'] = (conversation) => {
    const named = identify(conversation)
    const key = keyOf(named)
    const found: Item = items.get(key) ?? {
      ...named,
      latestMessage: null,
      operationTime: 0,
      draft: client.load(key) ?? '',
      set: { isTop: false, notificationLevel: NotificationLevel.NOT_SET, translateStrategy: 0, tags: [] },
      counted: {},
      until: 0,
      read: 0,
      arrived: [],
      mentionedInfo: undefined,
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
    if (conversationList.some((c) => c.updatedItems.tags)) client.emit('CONVERSATION_TAG')
    client.emit('CONVERSATION', { conversationList })
  }

  /** update makes a change of an item, and tells the application of it when there is something to tell. */
  const update = (of: Item, time: number, change: () => void): void => {
    const before = facts(of)
    change()
    of.arrived = of.arrived.filter((m) => isNews(of, m))
    if (of.read >= of.until) of.counted = {} // read here, which the server is being told
    if (!facts(of).hasMentioned) of.mentionedInfo = undefined
    const after = facts(of)
    for (const name of Object.keys(after) as (keyof Facts)[]) {
      if (JSON.stringify(before[name]) !== JSON.stringify(after[name]) && of.targetId) tell(of, name, time, after[name])
    }
  }

  const readTo: Conversations['readTo'] = (of, time) => update(of, time, () => (of.read = Math.max(of.read, time)))

  const follow = (pull: () => Promise<void>): void => void news.set(pull, pull())

  const countAll = (): void => {
    everything = true
    follow(countAgain)
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

  const readStates = puller(client, async () => {
    const { state, version } = await ask(client, 'pullSeAtts', ConversationStatesRequest, { time: states }, ConversationStates)
    states = Math.max(states, version)
    for (const { time = 0, stateItem, ...named } of state) {
      const of = item(named as IConversationOption)
      update(of, time, () => Object.assign(of.set, ...stateItem.map(settingOf)))
    }
  })

  const readTags = puller(client, async () => {
    const answer = await ask(client, 'pullUS', SettingsRequest, { version: Math.max(version, 0) }, SettingsAnswer)
    const first = version < 0
    version = Math.max(version, answer.version)
    const setting = answer.items.find(({ key }) => key === 'Tag')
    if (setting === undefined) return
    tags.clear()
    for (const tag of setting.tags) tags.set(tag.tagId, tag)
    if (!first) client.emit('TAG')
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
    if (!isNews(of, message)) return
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
    void named([of]).then(([latest]) => {
      if (latest?.latestMessage) show(of, latest.latestMessage)
    }, codeOf) // the next list has it
  }

  const show = (of: Item, message: IAReceivedMessage): void => {
    of.latestMessage = message
    tell(of, 'latestMessage', message.sentTime, message)
  }

  client.onSession(() => {
    if (user !== client.userId) {
      user = client.userId
      items.clear()
      tags.clear()
      unmarked.clear()
      states = 0
      version = -1
    }
    void tellMarks()
    countAll()
    follow(readStates)
    follow(readTags)
  })
  client.onMessage((message) => {
    receive(message)
    return false
  })
  client.onSent((message) => void note(message))
  onCommand(client, Command.unread, () => follow(countAgain))
  onCommand(client, Command.states, () => follow(readStates))
  client.onPublish('s_us', SettingsNotify, () => follow(readTags))
  for (const topic of ['updRTime', 'updUgRTime']) {
    client.onPublish(topic, ReadMark, ({ timestamp, ...named }) => {
      const of = identify(named as IConversationOption)
      readTo(item(of), timestamp)
      client.emit('SYNC_READ_STATUS', { ...of, timestamp })
    })
  }
  return {
    settled: () => Promise.all(news.values()),
    tags,
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

/** isNews reports whether the server's count of item, and what was read, leave out a message. */
function isNews(item: Item, { sentTime }: { sentTime: number }): boolean {
  return sentTime > item.until && sentTime > item.read
}

/**
 * change has the server change a setting of conversations, or tags that they
 * have, on all devices of the user. It resolves with what is known of them,
 * for the change to be made here: no event tells the application of it.
 */
export async function change(client: Client, topic: string, list: readonly IConversationOption[], stateItem: Sending<StateItem>): Promise<Item[]> {
  const state = list.map((of) => ({ ...identify(of), stateItem: [stateItem] }))
  await ask(client, topic, StatesChangeRequest, { version: 0, state })
  return list.map(client.use(conversations).item)
}
