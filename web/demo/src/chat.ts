import { Arrivals } from './chat/arrivals.ts'
import { Changes } from './chat/changes.ts'
import { Files } from './chat/files.ts'
import { List } from './chat/list.ts'
import { Logs } from './chat/logs.ts'
import { Page } from './chat/page.ts'
import { People } from './chat/people.ts'
import { Reading } from './chat/reading.ts'
import { Rooms } from './chat/rooms.ts'
import { Unsent } from './chat/unsent.ts'
import { Writing } from './chat/writing.ts'
import type { Host } from './host.ts'
import * as im from './im.ts'
import { remember } from './memory.ts'
import type { State, Theme } from './model.ts'
import { Store } from './store.ts'
import type { Language } from './words.ts'

/** Options says where the page is at home. */
export interface ChatOptions {
  /** The origin of the chat server. */
  readonly server: string
  readonly host: Host
  readonly language: Language
  readonly theme: Theme
  /** Called with the number of unread messages. */
  readonly onUnread: (count: number) => void
}

/** How long the page waits before it tries again to connect for the first time, in milliseconds. It doubles up to the longest. */
const FIRST_WAIT = 1_000
const LONGEST_WAIT = 15_000

/**
 * Chat is the user's side of everything: who is signed in, and a part for each
 * subject. The components show the state and call the parts; the parts call
 * the SDK and those before them, and change the state. What the SDK tells by
 * itself goes through arrivals.
 */
export class Chat {
  readonly store: Store<State>
  readonly page: Page
  readonly people: People
  readonly list: List
  readonly rooms: Rooms
  readonly reading: Reading
  readonly files: Files
  readonly changes: Changes
  readonly writing: Writing
  readonly #unsent: Unsent
  readonly #arrivals: Arrivals
  readonly #options: ChatOptions
  /** Aborted when the user who is signed in leaves. */
  #visit = new AbortController()
  #begun = false

  constructor(options: ChatOptions) {
    this.#options = options
    const store = new Store<State>({
      phase: 'signed-out',
      problem: '',
      me: '',
      people: new Map(),
      groups: new Map(),
      rooms: new Map(),
      connection: { kind: 'connecting', since: Date.now(), code: 0 },
      rows: [],
      listed: false,
      open: undefined,
      logs: {},
      drafts: {},
      typing: {},
      joined: {},
      reveal: undefined,
      chosen: undefined,
      dialog: undefined,
      notice: undefined,
      said: '',
      language: options.language,
      theme: options.theme,
    })
    const page = new Page(store)
    const people = new People(store, page, options.host)
    const list = new List(store, page, people, options.onUnread)
    const logs = new Logs(store)
    const rooms = new Rooms(store, page, list)
    const reading = new Reading(store, page, people, list, logs, rooms)
    const files = new Files(store, people, list, logs)
    const unsent = new Unsent(store, list, logs)
    const changes = new Changes(store, page, people, list, logs, unsent)
    const writing = new Writing(store, page, people, list, logs, files, unsent, changes)
    this.store = store
    this.page = page
    this.people = people
    this.list = list
    this.rooms = rooms
    this.reading = reading
    this.files = files
    this.changes = changes
    this.writing = writing
    this.#unsent = unsent
    this.#arrivals = new Arrivals(store, page, people, list, logs, rooms, reading, changes, unsent)
  }

  /** signIn lets user in once the server has. */
  async signIn(user: string): Promise<void> {
    this.store.set({ phase: 'signing-in', problem: '' })
    try {
      await this.#connect(user)
      this.#enter(user)
      await this.#catchUp()
    } catch (error) {
      await this.#turnAway(error)
    }
  }

  /** resume lets in a user whom the page knows, and connects as soon as the server can be reached. */
  async resume(user: string): Promise<void> {
    this.#enter(user)
    const { signal } = this.#visit
    void this.people.meet(user)
    try {
      await this.#reach(user, signal)
      if (!signal.aborted) await this.#catchUp()
    } catch (error) {
      if (!signal.aborted) await this.#turnAway(error)
    }
  }

  /** reconnect tries again after the connection was given up. */
  async reconnect(): Promise<void> {
    await this.page.attempt(() => this.#connect(this.store.value.me))
  }

  async signOut(): Promise<void> {
    remember('user', undefined)
    await this.leave()
    this.store.set({
      phase: 'signed-out', me: '', rows: [], listed: false, open: undefined, logs: {}, drafts: {}, typing: {}, joined: {},
      chosen: undefined, dialog: undefined, groups: new Map(),
    })
    this.#options.onUnread(0)
  }

  /** leave ends the connection. */
  async leave(): Promise<void> {
    this.#visit.abort()
    this.#begun = false
    await im.leave()
  }

  /** enter shows the page to user, with what this browser remembers. */
  #enter(user: string): void {
    remember('user', user)
    this.#visit = new AbortController()
    this.store.set({ phase: 'signed-in', me: user, problem: '' })
    this.writing.recollect()
    this.#unsent.recollect()
  }

  async #turnAway(error: unknown): Promise<void> {
    const problem = this.page.why(error)
    await this.signOut()
    this.store.set({ problem })
  }

  /** catchUp reads what there is, after the first connection. */
  async #catchUp(): Promise<void> {
    await this.people.meet(this.store.value.me)
    await this.#arrivals.refresh()
    await this.#unsent.recover()
  }

  async #connect(user: string): Promise<void> {
    const { host, server } = this.#options
    const grant = await host.grant(user)
    if (!this.#begun) {
      const refresh = async (): Promise<string> => (await host.grant(user)).token
      im.begin(server, grant, this.store.value.language, refresh, this.#arrivals.listeners())
      this.#begun = true
    }
    await im.connect(grant)
  }

  /** reach connects, again and again for as long as the server cannot be reached. The SDK does so after the first time. */
  async #reach(user: string, signal: AbortSignal): Promise<void> {
    for (let wait = FIRST_WAIT; !signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      try {
        return await this.#connect(user)
      } catch (error) {
        if (!im.mayPass(error)) throw error
        this.#arrivals.connection('waiting', im.codeOf(error))
      }
      await network(wait)
    }
  }
}

/** network resolves when the browser says that the network is back, or after wait milliseconds. */
function network(wait: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      removeEventListener('online', done)
      resolve()
    }
    const timer = setTimeout(done, wait)
    addEventListener('online', done)
  })
}
