import { type Listeners, MessageType, type ReceivedMessage } from '../im.ts'
import { isShown, merge, recallOf } from '../log.ts'
import { type Connection, isRoom, type Key, keyOf, type Log, type State } from '../model.ts'
import { preview } from '../show.ts'
import type { Store } from '../store.ts'
import type { Changes } from './changes.ts'
import type { List } from './list.ts'
import type { Logs } from './logs.ts'
import type { Page } from './page.ts'
import type { People } from './people.ts'
import type { Reading } from './reading.ts'
import type { Rooms } from './rooms.ts'
import type { Unsent } from './unsent.ts'

/** At most so many messages are in memory for each conversation; what is older is read again. */
const KEPT = 2_000

/** How long to believe that somebody is typing, in milliseconds. */
const BELIEVE_TYPING = 6_000

/** How long changes of the list are gathered before it is read, in milliseconds. */
const GATHER = 300

/** Arrivals is what comes by itself: messages, and what else the SDK tells. */
export class Arrivals {
  readonly #store: Store<State>
  readonly #page: Page
  readonly #people: People
  readonly #list: List
  readonly #logs: Logs
  readonly #rooms: Rooms
  readonly #reading: Reading
  readonly #changes: Changes
  readonly #unsent: Unsent
  readonly #typing = new Map<Key, ReturnType<typeof setTimeout>>()
  #listLater: ReturnType<typeof setTimeout> | undefined

  constructor(store: Store<State>, page: Page, people: People, list: List, logs: Logs, rooms: Rooms, reading: Reading, changes: Changes, unsent: Unsent) {
    this.#store = store
    this.#page = page
    this.#people = people
    this.#list = list
    this.#logs = logs
    this.#rooms = rooms
    this.#reading = reading
    this.#changes = changes
    this.#unsent = unsent
  }

  /** listeners is what the SDK is to call. */
  listeners(): Listeners {
    return {
      connection: (kind, code) => this.connection(kind, code),
      messages: (messages) => this.#messages(messages),
      sent: (message, code) => this.#unsent.finished(message, code),
      modified: (messages) => messages.forEach((message) => this.#changes.modified(message)),
      caughtUp: () => void this.refresh(),
      conversations: () => this.#listChanged(),
      typing: (conversation, userId) => this.#setTyping(keyOf(conversation), userId),
      receipts: (receipts) => {
        for (const key of Object.keys(this.#store.value.logs)) this.#reading.receive(key, receipts)
      },
      room: (id) => void this.#rooms.count(id),
      roomGone: (id) => this.#rooms.gone(id),
    }
  }

  /** refresh brings the list and the open conversation up to date. */
  async refresh(): Promise<void> {
    await this.#list.refresh()
    await this.#reading.catchUp()
  }

  /** connection shows how the user is connected. */
  connection(kind: Connection['kind'], code: number): void {
    this.#store.set(({ connection }) => {
      // Between two attempts the time since it was lost goes on.
      const same = kind === connection.kind || (kind !== 'online' && (connection.kind === 'waiting' || connection.kind === 'closed'))
      const shown = kind === 'connecting' && connection.kind === 'waiting' ? 'waiting' : kind
      return { connection: { kind: shown, since: same ? connection.since : Date.now(), code } }
    })
  }

  /** listChanged reads the list soon, once for all the changes until then. */
  #listChanged(): void {
    this.#listLater ??= setTimeout(() => {
      this.#listLater = undefined
      void this.refresh()
    }, GATHER)
  }

  #messages(messages: readonly ReceivedMessage[]): void {
    const byKey = new Map<Key, ReceivedMessage[]>()
    for (const message of messages) {
      this.#people.learn(message)
      const key = keyOf(message)
      const uid = recallOf(message)
      if (uid !== '') this.#changes.recalled(key, uid, message.senderUserId)
      else if (isShown(message)) byKey.set(key, [...(byKey.get(key) ?? []), message])
    }
    for (const [key, list] of byKey) this.#messagesOf(key, list)
    if (messages.some(({ messageType }) => messageType === MessageType.GROUP_NOTICE)) void this.#people.meet(this.#store.value.me)
    this.#reading.read()
    this.#list.count()
  }

  #messagesOf(key: Key, list: readonly ReceivedMessage[]): void {
    const { open, me } = this.#store.value
    const { log, news } = merge(this.#logs.of(key), list)
    const isOpen = open === key
    const live = news.filter(({ message }) => !message.isOffLineMessage)
    this.#logs.set(key, () => trimmed({ ...log, fresh: isOpen && !this.#reading.sees(key) ? log.fresh + live.length : 0 }, isOpen))
    for (const message of list) {
      const counts = message.senderUserId !== me && message.isCounted && !message.isOffLineMessage && !isRoom(key)
      this.#list.touch(message, counts && news.some((entry) => entry.message === message) ? 1 : 0)
    }
    if (news.length > 0) this.#setTyping(key, '')
    const last = live.at(-1)
    if (last) this.#announce(key, last.message)
  }

  /** announce tells screen readers of a message. */
  #announce(key: Key, message: ReceivedMessage): void {
    if (this.#store.value.rows.find((row) => row.key === key)?.muted) return
    const text = preview(message, this.#store.value)
    this.#page.announce(this.#page.say('newMessageFrom', { name: this.#people.called(message.senderUserId), text }))
  }

  #setTyping(key: Key, user: string): void {
    clearTimeout(this.#typing.get(key))
    if (user !== '') this.#typing.set(key, setTimeout(() => this.#setTyping(key, ''), BELIEVE_TYPING))
    if ((this.#store.value.typing[key] ?? '') === user) return
    this.#store.set(({ typing }) => ({ typing: { ...typing, [key]: user } }))
  }
}

/** trimmed forgets the oldest of a log that nobody looks at the beginning of. */
function trimmed(log: Log, open: boolean): Log {
  if (open || log.entries.length <= KEPT) return log
  return { ...log, entries: log.entries.slice(-KEPT), hasEarlier: true }
}
