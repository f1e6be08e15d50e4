import type { Browser, Channel, Locks } from './browser.ts'
import type { Opener } from './client.ts'
import { isTransient } from './corecodes.ts'
import { codeOf, Refused } from './errors.ts'
import * as codes from './generated/codes.ts'
import { Notify } from './generated/wire.ts'
import type { Ack, Session, SessionEvents } from './session.ts'
import { HINT, STREAM_HINT } from './topics.ts'
import { encode } from './wire/schema.ts'

/** How long the owner may take to say that it is there, in milliseconds. */
const SILENCE = 3_000

/** How long it may take to connect, and to answer what the server answers. */
const CONNECTING = 60_000
const ANSWER = 35_000

/** How often a tab asks whether the owner is there. */
const PING = 15_000

/** How long the lock is kept after an end that is everybody's, so that nobody connects before hearing of it. */
const LAST_WORD = 1_000

/** An end for these is not everybody's: the tokens of other tabs may be better. */
const staleToken: ReadonlySet<number> = new Set([codes.RC_CONN_TOKEN_INCORRECT, codes.RC_CONN_TOKEN_EXPIRED])

/** OWNER is whichever tab holds the lock, ALL is every other tab. */
const OWNER = 'owner'
const ALL = ''

/** Word is what tabs say to one another. */
type Word =
  /** To the owner: is anybody there, and connected? */
  | { readonly kind: 'hello'; readonly from: string }
  /** From the owner. A fresh one knows nothing of the sessions through the one before. */
  | { readonly kind: 'here'; readonly device: string; readonly fresh?: true }
  | { readonly kind: 'up'; readonly userId: string; readonly serverTime: number }
  | { readonly kind: 'down'; readonly code: number }
  /** The server published something. */
  | { readonly kind: 'push'; readonly topic: string; readonly payload: Uint8Array; readonly except?: string }
  | Ask
  | Answer

interface Ask {
  readonly kind: 'ask'
  readonly from: string
  readonly id: number
  readonly way: 'publish' | 'query' | 'tell'
  readonly topic: string
  readonly target: string
  readonly payload: Uint8Array
}

interface Answer {
  readonly kind: 'answer'
  readonly id: number
  readonly value?: Ack | Uint8Array
  readonly code?: number
  readonly retryAfter?: number | undefined
}

type Connect = Parameters<Opener>[0]

/** Life is what a tab needs of its client. */
export interface Life {
  readonly appkey: string
  /** The server's name of this page. */
  readonly device: string
  /** wake has the client open a session soon, if it is waiting to. */
  wake(): void
}

/**
 * shared is the Opener of tabs that share one connection for each user: the tab
 * that holds the user's lock has the socket, and the others speak through it.
 * When it closes, or stands still, another one gets the lock and connects; to
 * every client that is a connection that was lost and came back, so what was
 * not answered is sent again and what was missed is pulled. A token that does
 * not say whose it is, and a browser without locks, share nothing.
 */
export function shared({ locks, channel }: Browser, life: Life): Opener {
  if (!locks || !channel) return (connect, events) => connect(events)
  let tab: Tab | undefined
  return (connect, events, signal, token) => {
    const user = userOf(token)
    if (user === undefined) return connect(events)
    const name = JSON.stringify(['hongyan', life.appkey, user])
    if (tab === undefined || tab.name !== name || tab.left) tab = new Tab(name, locks, channel(name), life)
    return tab.open(connect, events, signal)
  }
}

/** userOf is the user whose token this is, as it says itself. The server checks that; here it chooses company. */
export function userOf(token: string): string | undefined {
  try {
    const body = atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/'))
    const bytes = Uint8Array.from(body, (c) => c.charCodeAt(0))
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown }
    return typeof sub === 'string' && sub !== '' ? sub : undefined
  } catch {
    return undefined
  }
}

/** Turn is a wait for the lock or for the owner, whichever comes first. */
interface Turn {
  own(): void
  through(session: { userId: string; serverTime: number }): void
  fail(code: number): void
}

class Tab {
  readonly name: string
  /** The client needs no connection any more. */
  left = false
  readonly #id = String(crypto.getRandomValues(new Uint32Array(2)))
  readonly #locks: Locks
  readonly #channel: Channel
  readonly #life: Life
  /** The server's name of all tabs, which is that of the first owner. */
  #device: string
  #queue = new AbortController()
  /** Gives the lock up; undefined while another tab has it. */
  #release: (() => void) | undefined
  /** The session over this tab's own socket, or the one through the owner. */
  #owned: OwnSession | undefined
  #through: ThroughSession | undefined
  #turn: Turn | undefined
  #silence: ReturnType<typeof setTimeout> | undefined
  /** Why the last session was over. */
  #over = 0
  #closed = false

  constructor(name: string, locks: Locks, channel: Channel, life: Life) {
    this.name = name
    this.#locks = locks
    this.#channel = channel
    this.#life = life
    this.#device = life.device
    channel.addEventListener('message', ({ data }) => this.#hear(data as Word & { to: string }))
    globalThis.document?.addEventListener('freeze', () => this.#giveUp())
    void this.#lock(false)
  }

  open(connect: Connect, events: SessionEvents, signal: AbortSignal): Promise<Session> {
    signal.addEventListener('abort', () => this.#leave(), { once: true })
    if (this.#release) return this.#own(connect, events)
    return new Promise((resolve, reject) => {
      this.#turn = {
        own: () => void this.#own(connect, events).then(resolve, reject),
        through: ({ userId, serverTime }) => {
          const say = (word: Word): void => this.#say(OWNER, word)
          resolve((this.#through = new ThroughSession(this.#id, userId, serverTime, say, events)))
        },
        fail: (code) => reject(new Refused(code)),
      }
      this.#within(SILENCE, () => void this.#lock(true))
      this.#say(OWNER, { kind: 'hello', from: this.#id })
    })
  }

  /** lock waits for the lock, or takes it from an owner that stands still. With it, this tab is the owner until it gives it up. */
  async #lock(steal: boolean): Promise<void> {
    this.#queue.abort()
    this.#queue = new AbortController()
    let held = false
    const hold = (): Promise<void> =>
      new Promise((resolve) => {
        held = true
        this.#release = resolve
        this.#became()
      })
    try {
      await this.#locks.request(this.name, steal ? { steal } : { signal: this.#queue.signal }, hold)
    } catch {
      if (!held) return // it waits no more
      this.#giveUp() // another tab took the lock
    }
    if (!this.left) void this.#lock(false)
  }

  #became(): void {
    this.#say(ALL, { kind: 'here', device: this.#device, fresh: true })
    this.#through?.close(codes.RC_SOCKET_DISCONNECTED)
    if (this.#turn) this.#take()?.own()
    else this.#life.wake()
  }

  async #own(connect: Connect, events: SessionEvents): Promise<Session> {
    const relayed: SessionEvents = {
      publish: (_, topic, payload) => {
        this.#say(ALL, { kind: 'push', topic, payload })
        this.#owned?.heard(topic, payload)
      },
      ended: (_, code) => {
        const owned = this.#owned
        this.#owned = undefined
        this.#down(code)
        if (owned) events.ended(owned, code)
      },
    }
    try {
      const socket = await connect(relayed, this.#device)
      this.#owned = new OwnSession(socket, events, (ack) => this.#sent(ack, this.#id))
      this.#say(ALL, { kind: 'up', userId: socket.userId, serverTime: socket.serverTime })
      return this.#owned
    } catch (error) {
      this.#down(codeOf(error))
      throw error
    }
  }

  /** down tells the others that there is no connection. */
  #down(code: number): void {
    this.#over = staleToken.has(code) ? codes.RC_SOCKET_DISCONNECTED : code
    if (this.#release) this.#say(ALL, { kind: 'down', code: this.#over })
  }

  #hear(word: Word & { to: string }): void {
    if (word.to !== ALL && word.to !== (this.#release ? OWNER : this.#id)) return
    switch (word.kind) {
      case 'hello':
        return this.#greet(word.from)
      case 'ask':
        return void this.#relay(word)
      case 'here':
        this.#device = word.device
        if (word.fresh) this.#through?.close(codes.RC_SOCKET_DISCONNECTED)
        this.#through?.here()
        if (this.#turn) this.#within(CONNECTING, () => this.#take()?.fail(codes.RC_CONN_ACK_TIMEOUT))
        return
      case 'up':
        if (this.#turn) this.#take()?.through(word)
        else if (this.#through?.over !== undefined) this.#life.wake()
        return
      case 'down':
        this.#through?.close(word.code)
        return this.#take()?.fail(word.code)
      case 'push':
        if (word.except !== this.#id) this.#through?.heard(word.topic, word.payload)
        return
      case 'answer':
        return this.#through?.answered(word)
    }
  }

  /** greet answers a hello. */
  #greet(to: string): void {
    this.#say(to, { kind: 'here', device: this.#device })
    if (this.#owned === undefined) this.#life.wake() // somebody wants a connection now
    else this.#say(to, { kind: 'up', userId: this.#owned.userId, serverTime: this.#owned.serverTime })
  }

  /** relay does for another tab what it asks. */
  async #relay({ from, id, way, topic, target, payload }: Ask): Promise<void> {
    const session = this.#owned
    if (session === undefined) return this.#say(from, { kind: 'down', code: codes.RC_SOCKET_DISCONNECTED })
    if (way === 'tell') return session.tell(topic, target, payload)
    try {
      const value = await session.socket[way](topic, target, payload)
      if (!(value instanceof Uint8Array)) this.#sent(value, from)
      this.#say(from, { kind: 'answer', id, value })
    } catch (error) {
      if (session.over !== undefined) return // all were told
      const { code, retryAfter } = error as Refused
      this.#say(from, { kind: 'answer', id, code, retryAfter })
    }
  }

  /** sent has every tab but the sender pull: the server does not tell a session what it sent itself. */
  #sent({ uid, sentTime }: Ack, sender: string): void {
    if (uid === '') return
    const payload = encode(Notify, { type: STREAM_HINT, time: sentTime })
    this.#say(ALL, { kind: 'push', topic: HINT, payload, except: sender })
    if (sender !== this.#id) this.#owned?.heard(HINT, payload)
  }

  #say(to: string, word: Word): void {
    if (!this.#closed) this.#channel.postMessage({ to, ...word })
  }

  /** within does late unless the wait ends, or goes on, before so many milliseconds. */
  #within(milliseconds: number, late: () => void): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(late, milliseconds)
  }

  /** take ends the wait. */
  #take(): Turn | undefined {
    clearTimeout(this.#silence)
    const turn = this.#turn
    this.#turn = undefined
    return turn
  }

  /** giveUp lets another tab have the connection. */
  #giveUp(): void {
    const release = this.#release
    this.#release = undefined
    this.#owned?.close(codes.RC_SOCKET_DISCONNECTED)
    release?.()
  }

  /** leave is for a client that needs no connection any more. */
  #leave(): void {
    if (this.left) return
    this.left = true
    this.#queue.abort()
    this.#take()?.fail(codes.RC_SOCKET_DISCONNECTED)
    this.#through?.close(codes.RC_SOCKET_DISCONNECTED)
    const end = (): void => {
      this.#giveUp()
      this.#closed = true
      this.#channel.close()
    }
    if (this.#release && this.#over !== 0 && !isTransient(this.#over)) setTimeout(end, LAST_WORD)
    else end()
  }
}

/** OwnSession is the owner's: what it sends, the other tabs pull. */
class OwnSession implements Session {
  readonly socket: Session
  readonly #events: SessionEvents
  readonly #sent: (ack: Ack) => void

  constructor(socket: Session, events: SessionEvents, sent: (ack: Ack) => void) {
    this.socket = socket
    this.#events = events
    this.#sent = sent
  }

  get userId(): string {
    return this.socket.userId
  }

  get serverTime(): number {
    return this.socket.serverTime
  }

  get over(): number | undefined {
    return this.socket.over
  }

  async publish(topic: string, target: string, payload: Uint8Array): Promise<Ack> {
    const ack = await this.socket.publish(topic, target, payload)
    this.#sent(ack)
    return ack
  }

  query(topic: string, target: string, payload: Uint8Array): Promise<Uint8Array> {
    return this.socket.query(topic, target, payload)
  }

  tell(topic: string, target: string, payload: Uint8Array): void {
    this.socket.tell(topic, target, payload)
  }

  doubt(): void {
    this.socket.doubt()
  }

  close(code: number): void {
    this.socket.close(code)
  }

  heard(topic: string, payload: Uint8Array): void {
    this.#events.publish(this, topic, payload)
  }
}

interface Asked {
  resolve(value: Ack | Uint8Array): void
  reject(reason: Refused): void
}

/** ThroughSession is that of a tab that speaks through the owner. */
class ThroughSession implements Session {
  readonly userId: string
  readonly serverTime: number
  over: number | undefined
  readonly #from: string
  readonly #say: (word: Word) => void
  readonly #events: SessionEvents
  readonly #asked = new Map<number, Asked>()
  #lastId = 0
  #ping: ReturnType<typeof setTimeout>
  #silence: ReturnType<typeof setTimeout> | undefined

  constructor(from: string, userId: string, serverTime: number, say: (word: Word) => void, events: SessionEvents) {
    this.#from = from
    this.userId = userId
    this.serverTime = serverTime
    this.#say = say
    this.#events = events
    this.#ping = setTimeout(() => this.doubt(), PING)
  }

  publish(topic: string, target: string, payload: Uint8Array): Promise<Ack> {
    return this.#ask('publish', topic, target, payload) as Promise<Ack>
  }

  query(topic: string, target: string, payload: Uint8Array): Promise<Uint8Array> {
    return this.#ask('query', topic, target, payload) as Promise<Uint8Array>
  }

  tell(topic: string, target: string, payload: Uint8Array): void {
    if (this.over === undefined) this.#say({ kind: 'ask', from: this.#from, id: 0, way: 'tell', topic, target, payload })
  }

  doubt(): void {
    if (this.over !== undefined || this.#silence !== undefined) return
    this.#silence = setTimeout(() => this.close(codes.RC_PING_EXCEED_LIMIT), SILENCE)
    this.#say({ kind: 'hello', from: this.#from })
  }

  /** here is the owner showing that it is there. */
  here(): void {
    if (this.over !== undefined) return
    clearTimeout(this.#silence)
    this.#silence = undefined
    clearTimeout(this.#ping)
    this.#ping = setTimeout(() => this.doubt(), PING)
  }

  close(code: number): void {
    if (this.over !== undefined) return
    this.over = code
    clearTimeout(this.#ping)
    clearTimeout(this.#silence)
    for (const asked of this.#asked.values()) asked.reject(new Refused(code))
    this.#asked.clear()
    this.#events.ended(this, code)
  }

  heard(topic: string, payload: Uint8Array): void {
    if (this.over === undefined) this.#events.publish(this, topic, payload)
  }

  answered({ id, value, code, retryAfter }: Answer): void {
    const asked = this.#asked.get(id)
    if (value !== undefined) asked?.resolve(value)
    else asked?.reject(new Refused(code ?? codes.TIMEOUT, undefined, undefined, retryAfter))
  }

  async #ask(way: 'publish' | 'query', topic: string, target: string, payload: Uint8Array): Promise<Ack | Uint8Array> {
    if (this.over !== undefined) throw new Refused(this.over)
    const id = ++this.#lastId
    const late = setTimeout(() => this.answered({ kind: 'answer', id }), ANSWER)
    try {
      return await new Promise((resolve, reject) => {
        this.#asked.set(id, { resolve, reject })
        this.#say({ kind: 'ask', from: this.#from, id, way, topic, target, payload })
      })
    } finally {
      clearTimeout(late)
      this.#asked.delete(id)
    }
  }
}
