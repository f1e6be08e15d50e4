import * as im from '../im.ts'
import type { ReceivedMessage } from '../im.ts'
import { identify, isRoom, type Key, keyOf, type Row, type State } from '../model.ts'
import type { Store } from '../store.ts'
import type { Page } from './page.ts'
import type { People } from './people.ts'

/** MentionedType.ALL */
const EVERYONE = 1

/** List is the list of conversations: what is unread in them, and what is done with them as a whole. */
export class List {
  readonly #store: Store<State>
  readonly #page: Page
  readonly #people: People
  readonly #onUnread: (count: number) => void

  /** onUnread is called with the number of unread messages. */
  constructor(store: Store<State>, page: Page, people: People, onUnread: (count: number) => void) {
    this.#store = store
    this.#page = page
    this.#people = people
    this.#onUnread = onUnread
  }

  /** refresh reads the list anew. */
  async refresh(): Promise<void> {
    try {
      const list = await im.conversations()
      this.#store.set(({ rows, joined }) => {
        const read = list.map(rowOf).filter((row) => !isRoom(row.key))
        const rooms = rows.filter((row) => isRoom(row.key) && joined[identify(row.key).targetId])
        return { rows: ordered([...read, ...rooms]), listed: true }
      })
      this.count()
      await this.#people.meetAll(this.#store.value.rows.map(({ key }) => key))
    } catch (error) {
      if (this.#store.value.connection.kind === 'online') this.#page.complain(error)
    }
  }

  async pin(key: Key, on: boolean): Promise<void> {
    this.change(key, (row) => ({ ...row, pinned: on }))
    await this.#page.attempt(() => im.pin(identify(key), on))
  }

  async mute(key: Key, on: boolean): Promise<void> {
    this.change(key, (row) => ({ ...row, muted: on }))
    await this.#page.attempt(() => im.mute(identify(key), on))
  }

  /** remove takes a conversation out of the list; its messages stay. */
  async remove(key: Key): Promise<void> {
    this.drop(key)
    this.#store.set(({ open }) => (open === key ? { open: undefined, chosen: undefined } : {}))
    await this.#page.attempt(async () => {
      await im.remove(identify(key))
      this.#page.notify('removed')
    })
  }

  /** change replaces the row of a conversation, if there is one. */
  change(key: Key, make: (row: Row) => Row): void {
    this.#store.set(({ rows }) => ({ rows: ordered(rows.map((row) => (row.key === key ? make(row) : row))) }))
  }

  /** add puts a conversation into the list, unless it is there. */
  add(key: Key, time: number): void {
    this.#store.set(({ rows }) => (rows.some((row) => row.key === key) ? {} : { rows: ordered([...rows, { ...emptyRow(key), time }]) }))
  }

  drop(key: Key): void {
    this.#store.set(({ rows }) => ({ rows: rows.filter((row) => row.key !== key) }))
  }

  /** touch makes message the latest of its conversation, which is in the list from then on. */
  touch(message: ReceivedMessage, unread: number): void {
    const key = keyOf(message)
    this.#store.set(({ rows, me }) => {
      const known = rows.find((row) => row.key === key) ?? emptyRow(key)
      const newest = message.sentTime >= known.time
      const row = {
        ...known,
        latest: newest ? message : known.latest,
        time: Math.max(known.time, message.sentTime),
        unread: known.unread + unread,
        mentioned: known.mentioned || (unread > 0 && mentions(message, me)),
      }
      return { rows: ordered([...rows.filter((r) => r.key !== key), row]) }
    })
  }

  /** count tells how many messages are unread. */
  count(): void {
    this.#onUnread(this.#store.value.rows.reduce((sum, row) => sum + (row.muted ? 0 : row.unread), 0))
  }
}

function emptyRow(key: Key): Row {
  return { key, latest: undefined, time: 0, unread: 0, mentioned: false, pinned: false, muted: false }
}

function rowOf(conversation: im.Conversation): Row {
  const { latestMessage, unreadMessageCount, hasMentioned, isTop } = conversation
  return {
    key: keyOf(conversation),
    latest: latestMessage ?? undefined,
    time: latestMessage?.sentTime ?? 0,
    unread: unreadMessageCount ?? 0,
    mentioned: (hasMentioned ?? false) && (unreadMessageCount ?? 0) > 0,
    pinned: isTop ?? false,
    muted: im.isMuted(conversation),
  }
}

function ordered(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.time - a.time)
}

function mentions(message: ReceivedMessage, me: string): boolean {
  const info = (message.content as { mentionedInfo?: { type?: number; userIdList?: readonly string[] } }).mentionedInfo
  return info?.type === EVERYONE || (info?.userIdList?.includes(me) ?? false)
}
