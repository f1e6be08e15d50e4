import * as im from '../im.ts'
import { ConversationType, type ReceivedMessage } from '../im.ts'
import { change, counted, merge } from '../log.ts'
import { identify, isRoom, type Key, type State } from '../model.ts'
import type { Store } from '../store.ts'
import type { List } from './list.ts'
import type { Logs } from './logs.ts'
import type { Page } from './page.ts'
import type { People } from './people.ts'
import type { Rooms } from './rooms.ts'

const PAGE = 40

/** How many pages to read in search of one message. */
const REACH = 25

/** How many messages are said to be read at once. */
const CONFIRMED = 100

/** Reading is the conversation that is open: its earlier messages, and what is told of those that were read. */
export class Reading {
  readonly #store: Store<State>
  readonly #page: Page
  readonly #people: People
  readonly #list: List
  readonly #logs: Logs
  readonly #rooms: Rooms
  /** Whether the end of the open conversation is in sight. */
  #atEnd = true
  #confirming = false
  readonly #confirmed = new Set<string>()

  constructor(store: Store<State>, page: Page, people: People, list: List, logs: Logs, rooms: Rooms) {
    this.#store = store
    this.#page = page
    this.#people = people
    this.#list = list
    this.#logs = logs
    this.#rooms = rooms
  }

  /** open shows a conversation. Nobody else needs to have written in it before. */
  async open(key: Key): Promise<void> {
    this.#store.set({ open: key, dialog: undefined, chosen: undefined })
    this.#atEnd = true
    const { conversationType, targetId } = identify(key)
    if (conversationType === ConversationType.CHATROOM && !this.#store.value.joined[targetId]?.joined) await this.#rooms.join(key)
    await this.catchUp()
  }

  close(): void {
    this.#store.set({ open: undefined, chosen: undefined })
  }

  /** catchUp reads the newest page of the open conversation, if that was not possible before, and marks what is in sight as read. */
  async catchUp(): Promise<void> {
    const { open } = this.#store.value
    if (open !== undefined && !this.#logs.of(open).loaded) await this.loadEarlier(open)
    this.read()
  }

  /** loadEarlier reads the page before the oldest entry, or the newest page. It reports whether anything came. */
  async loadEarlier(key: Key): Promise<boolean> {
    const { loading, loaded, hasEarlier, entries } = this.#logs.of(key)
    if (loading || (loaded && !hasEarlier)) return false
    this.#logs.set(key, (log) => ({ ...log, loading: true }))
    const oldest = loaded ? (entries.find(({ message }) => message.messageUId !== '')?.message.sentTime ?? 0) : 0
    try {
      const { list, hasMore } = await im.history(identify(key), oldest, PAGE)
      for (const message of list) this.#people.learn(message)
      this.#logs.set(key, (log) => ({ ...merge(log, list).log, loaded: true, loading: false, hasEarlier: hasMore && list.length > 0 }))
      void this.#askReceipts(key, list)
      return list.length > 0
    } catch (error) {
      this.#logs.set(key, (log) => ({ ...log, loading: false }))
      if (this.#store.value.connection.kind === 'online') this.#page.complain(error)
      return false
    }
  }

  /** reveal brings an entry into sight. */
  reveal(id: string): void {
    this.#store.set({ reveal: { id } })
  }

  /** revealMessage brings the message of that name into sight, reading earlier pages until it is there. */
  async revealMessage(key: Key, uid: string): Promise<void> {
    for (let pages = 0; pages < REACH; pages++) {
      const found = this.#logs.of(key).entries.find((entry) => entry.message.messageUId === uid)
      if (found) return this.reveal(found.id)
      if (!(await this.loadEarlier(key))) return
    }
  }

  /** looking says whether the end of the open conversation is in sight. */
  looking(atEnd: boolean): void {
    this.#atEnd = atEnd
    if (atEnd) this.read()
  }

  /** sees reports whether somebody is looking at the end of a conversation. */
  sees(key: Key): boolean {
    return this.#store.value.open === key && this.#atEnd && document.visibilityState === 'visible' && document.hasFocus()
  }

  /** read marks what is in sight as read, when somebody is there to see it. */
  read(): void {
    const { open, rows } = this.#store.value
    if (open === undefined || !this.sees(open)) return
    if (this.#logs.of(open).fresh > 0) this.#logs.set(open, (log) => ({ ...log, fresh: 0 }))
    void this.#confirm(open)
    const row = rows.find(({ key }) => key === open)
    if (row === undefined || (row.unread === 0 && !row.mentioned)) return
    this.#list.change(open, (r) => ({ ...r, unread: 0, mentioned: false }))
    this.#list.count()
    if (!isRoom(open)) void im.markRead(identify(open)).catch(() => {}) // the next look at it tries again
  }

  /** receive takes in who has read messages. */
  receive(key: Key, receipts: readonly im.Receipt[]): void {
    const byUid = new Map(receipts.map((receipt) => [receipt.messageUId, receipt]))
    this.#logs.set(key, (log) =>
      change(log, new Set(byUid.keys()), (entry) => {
        const receipt = byUid.get(entry.message.messageUId)
        return receipt ? counted(entry, receipt) : entry
      }),
    )
  }

  /** confirm tells senders who ask for it that their messages were read, one call at a time. */
  async #confirm(key: Key): Promise<void> {
    if (this.#confirming || isRoom(key)) return
    const uids = this.#logs
      .of(key)
      .entries.filter(({ own, message }) => !own && message.needReceipt === true && !this.#confirmed.has(message.messageUId))
      .map(({ message }) => message.messageUId)
      .slice(-CONFIRMED)
    if (uids.length === 0) return
    this.#confirming = true
    try {
      await im.sawMessages(identify(key), uids)
      for (const uid of uids) this.#confirmed.add(uid)
    } catch {
      return // the next look tries again
    } finally {
      this.#confirming = false
    }
  }

  async #askReceipts(key: Key, list: readonly ReceivedMessage[]): Promise<void> {
    const { me } = this.#store.value
    const mine = list.filter((m) => m.senderUserId === me && m.needReceipt === true && m.messageUId !== '')
    if (mine.length === 0 || isRoom(key)) return
    try {
      this.receive(key, await im.receiptsOf(identify(key), mine.map((m) => m.messageUId)))
    } catch {
      return // the page shows that it was sent
    }
  }
}
