// A server inside the test process, behind the client's own Transport.
//
// It keeps one stream for all users and answers navigation, handshakes, pings,
// sends, pulls and history as the protocol says; what a test needs it to do
// wrong is a field. To teach it another request, add a case to #publish or
// #query. Every frame takes a microtask, so `await idle()` waits for all that
// follows from what a test did.

import type { Reply, Socket, SocketEvents, Transport } from '../src/transport.ts'
import { decode, encode, type Sending } from '../src/wire/schema.ts'
import { DownMessage, DownMessages, HistoryAnswer, HistoryRequest, PullRequest, UpMessage } from './wire.ts'

/** idle resolves when everything that is under way without a timer has happened. */
export function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Stored is a message that the server accepted. */
export interface Stored {
  tick: number
  uid: string
  sender: string
  type: number
  target: string
  objectName: string
  content: string
  clientUniqueId: number
}

/** Request is what a client sent. */
export interface Request {
  kind: 'publish' | 'query' | 'puback' | 'querycon' | 'pingreq'
  topic: string
  target: string
  id: number
  payload: Uint8Array
}

export class FakeServer implements Transport {
  /** What navigation answers. */
  navigation: Reply = { status: 200, text: '{"code":200,"serverAddr":[{"addr":"fake:1","protocol":5,"weight":1}]}' }
  /** Origins where nothing listens. */
  dead: Set<string> = new Set()
  /** What the next handshakes are answered with. */
  connack = 0
  /** Whether messages vanish on their way here. */
  deaf = false
  /** Whether messages are stored but not acknowledged. */
  swallowAcks = false
  /** Refusals for the next messages; 0 lets one pass. */
  refusals: number[] = []
  /** How many messages a second the server takes, and as many at once; 0 is no limit. */
  rate = 0
  #tokens = 0
  #filled = 0
  /** Whether what comes twice is stored twice. */
  twice = false
  /** For how long the server lets wait whom it refuses, in milliseconds. */
  retryAfter = 0
  /** Tokens that have expired. */
  readonly expired: Set<string> = new Set()
  /** Refusals for the next queries; 0 lets one pass. */
  queryRefusals: number[] = []
  /** What queries of a topic are answered with, beside those of messages. */
  readonly answers: Map<string, () => Uint8Array> = new Map()
  /** When there is a list, answers to queries are put on it, to be made by calling them. */
  held: (() => void)[] | undefined
  /** The header byte of answers to queries; 0x62 asks for a QUERYCON. */
  queryackHeader = 0x60
  /** The first id that version 4 of the handshake tells clients to continue from. */
  firstId = 0
  /** Whether sessions end right after their handshake. */
  abrupt = false
  /** Whether ticks are pushed to sessions. */
  pushes = true
  /** Whether pings and queries stay unanswered. */
  silent = false
  pageSize = 20

  readonly messages: Stored[] = []
  readonly requests: Request[] = []
  readonly urls: string[] = []
  readonly sessions: FakeSession[] = []
  /** The connections, each of one session or shared by several. */
  readonly connections: Set<Socket> = new Set()
  readonly #saved = new Map<string, string>()
  readonly #wakes = new Set<() => void>()
  #tick = 1000

  async post(url: string): Promise<Reply> {
    this.urls.push(url)
    return this.navigation
  }

  open(url: string, events: SocketEvents): Socket {
    this.urls.push(url)
    const begin = new URL(url).searchParams.has('shared') ? FakeTrunk : FakeSession
    const connection = new begin(this, new URL(url), {
      ...events,
      close: () => {
        this.connections.delete(connection)
        events.close()
      },
    })
    this.connections.add(connection)
    queueMicrotask(() => connection.begin())
    return connection
  }

  onWake(wake: () => void): () => void {
    this.#wakes.add(wake)
    return () => this.#wakes.delete(wake)
  }

  load(key: string): string | undefined {
    return this.#saved.get(key)
  }

  save(key: string, value: string): void {
    this.#saved.set(key, value)
  }

  /** wake is the network coming back. */
  wake(): void {
    for (const wake of [...this.#wakes]) wake()
  }

  /** drop ends every connection without a word. */
  drop(): void {
    for (const connection of this.connections) connection.close()
  }

  /** store accepts a message, once, and pushes it to the sessions of its users, except origin. */
  store(message: Omit<Stored, 'tick' | 'uid'>, origin?: FakeSession): Stored {
    const known = this.messages.find(
      (m) => !this.twice && m.clientUniqueId !== 0 && m.clientUniqueId === message.clientUniqueId && m.content === message.content,
    )
    if (known) return known
    const tick = ++this.#tick
    const stored = { ...message, tick, uid: `UID-${tick}` }
    this.messages.push(stored)
    for (const session of this.sessions) if (session !== origin) session.offer(stored)
    return stored
  }

  /** limit takes a message from the rate, and is for how long to wait when there is none left. */
  limit(): number {
    if (this.rate === 0) return 0
    const now = Date.now()
    this.#tokens = this.#filled === 0 ? this.rate : Math.min(this.rate, this.#tokens + ((now - this.#filled) / 1000) * this.rate)
    this.#filled = now
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / this.rate) * 1000)
    this.#tokens--
    return 0
  }

  /** stream is what user is to see, oldest first. */
  stream(user: string): Stored[] {
    return this.messages.filter((m) => m.sender === user || m.target === user || m.type === 3)
  }

  get tick(): number {
    return this.#tick
  }

  /** sent counts the requests on topic. */
  sent(topic: string): number {
    return this.requests.filter((r) => r.topic === topic).length
  }
}

/** FakeTrunk is a connection whose lanes are sessions. */
class FakeTrunk implements Socket {
  readonly #server: FakeServer
  readonly #url: URL
  readonly #events: SocketEvents
  readonly #lanes: FakeSession[] = []

  constructor(server: FakeServer, url: URL, events: SocketEvents) {
    this.#server = server
    this.#url = url
    this.#events = events
  }

  begin(): void {
    if (this.#server.dead.has(this.#url.host)) return this.close()
    this.#events.open()
    this.#open(this.#url)
  }

  send(message: Uint8Array): void {
    const [high = 0, low = 0, ...frame] = message
    const lane = this.#lanes[high * 256 + low]
    if (!lane) this.#open(new URL(new TextDecoder().decode(Uint8Array.from(frame))))
    else if (frame.length === 0) lane.close()
    else lane.send(Uint8Array.from(frame))
  }

  close(): void {
    for (const lane of this.#lanes) lane.close()
    queueMicrotask(() => this.#events.close())
  }

  #open(url: URL): void {
    const head = u16(this.#lanes.length)
    const session = new FakeSession(this.#server, url, {
      open: () => {},
      frame: (bytes) => this.#events.frame(Uint8Array.from([...head, ...bytes])),
      close: () => this.#events.frame(Uint8Array.from(head)),
    })
    this.#lanes.push(session)
    session.begin()
  }
}

export class FakeSession implements Socket {
  readonly user: string
  readonly url: URL
  #told: number
  #open = true
  readonly #server: FakeServer
  readonly #events: SocketEvents

  constructor(server: FakeServer, url: URL, events: SocketEvents) {
    this.#server = server
    this.#events = events
    this.url = url
    const token = url.searchParams.get('token') ?? ''
    this.user = token.split(' ')[0] ?? ''
    this.#told = server.tick
  }

  begin(): void {
    if (this.#server.dead.has(this.url.host)) return this.close()
    if (!this.#open) return
    this.#events.open()
    const expired = this.#server.expired.has(this.url.searchParams.get('token') ?? '')
    const status = expired ? 10 : this.#server.connack
    const version = this.url.searchParams.get('protocolVer')
    if (status === 0) this.#server.sessions.push(this)
    const rest = [...string(this.user), ...string('session'), ...u32(0), ...u32(this.#server.tick)]
    const fields = version === '4' ? [15, ...rest, ...u16(this.#server.firstId)] : rest
    this.write([0x20, 0, status, ...(status === 0 ? fields : [])])
    if (this.#server.abrupt) queueMicrotask(() => this.close())
  }

  /** offer pushes a tick, or only remembers nothing when pushes are off: the client then sees a gap. */
  offer(message: Stored): void {
    if (!this.#server.stream(this.user).includes(message)) return
    const previous = this.#told
    this.#told = message.tick
    if (!this.#server.pushes) return
    const list = [down(message, this.user)]
    this.push('s_tick', encode(DownMessages, { list, syncTime: message.tick, finished: true, previousTick: previous }))
  }

  push(topic: string, payload: Uint8Array, header = 0x30): void {
    this.write([header, ...u32(1), ...string(topic), ...string(this.user), 0, 9, ...payload])
  }

  write(frame: readonly number[]): void {
    const bytes = Uint8Array.from(frame)
    queueMicrotask(() => {
      if (this.#open) this.#events.frame(bytes)
    })
  }

  send(bytes: Uint8Array): void {
    const request = decodeRequest(bytes)
    if (request === undefined) return
    this.#server.requests.push(request)
    if (request.kind === 'publish') return this.#publish(request)
    if (this.#server.silent) return
    if (request.kind === 'pingreq') return this.write([0xd0])
    if (request.kind !== 'query') return
    if (this.#server.held) this.#server.held.push(() => this.#query(request))
    else this.#query(request)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    const at = this.#server.sessions.indexOf(this)
    if (at >= 0) this.#server.sessions.splice(at, 1)
    queueMicrotask(() => this.#events.close())
  }

  #refuse(id: number, code: number, wait: number): void {
    this.write([0x40, ...u16(id), ...u32(Math.floor(wait / 1000)), ...u16(code), ...u16(wait % 1000), 0, 0])
  }

  #publish({ topic, target, id, payload }: Request): void {
    if (topic.endsWith('MsgS')) return
    if (this.#server.deaf) return
    const wait = this.#server.limit()
    const refusal = this.#server.refusals.shift() ?? (wait === 0 ? 0 : 20604)
    if (refusal !== 0) return this.#refuse(id, refusal, wait || this.#server.retryAfter)
    if (topic.startsWith('upd')) return this.write([0x40, ...u16(id), ...u32(1), 0, 0, 0, 0, 0, 0])
    const { messageType: objectName, content, messageId: clientUniqueId = 0 } = decode(UpMessage, payload)
    const type = topic === 'pgMsgP' ? 3 : 1
    const stored = this.#server.store({ objectName, content, clientUniqueId, sender: this.user, type, target }, this)
    if (this.#server.swallowAcks) return
    const seconds = Math.floor(stored.tick / 1000)
    this.write([0x40, ...u16(id), ...u32(seconds), 0, 0, ...u16(stored.tick % 1000), ...string(stored.uid)])
  }

  #query({ topic, id, payload }: Request): void {
    const refusal = this.#server.queryRefusals.shift() ?? 0
    if (refusal !== 0) return this.write([0x60, ...u16(id), ...u32(1), ...u16(refusal)])
    const answer = this.#server.answers.get(topic)
    if (answer !== undefined) return this.#answer(id, answer())
    const stream = this.#server.stream(this.user)
    if (topic === 'pullMsg') {
      const { syncTime } = decode(PullRequest, payload)
      const wanted = stream.filter((m) => m.tick > syncTime)
      const page = wanted.slice(0, this.#server.pageSize)
      const finished = page.length === wanted.length
      const through = finished ? this.#server.tick : (page.at(-1)?.tick ?? 0)
      const list = page.map((m) => down(m, this.user))
      return this.#answer(id, encode(DownMessages, { list, syncTime: through, finished }))
    }
    const { timestamp = 0, count = 0 } = decode(HistoryRequest, payload)
    const page = stream.filter((m) => m.tick < timestamp).slice(-count)
    const list = page.reverse().map((m) => down(m, this.user))
    this.#answer(id, encode(HistoryAnswer, { list, syncTime: 0, hasMsg: Number(page.length < stream.length) }))
  }

  #answer(id: number, payload: Uint8Array): void {
    this.write([this.#server.queryackHeader, ...u16(id), ...u32(1), 0, 0, ...payload])
  }
}

function down(m: Stored, viewer: string): Sending<DownMessage> {
  const own = m.sender === viewer
  return {
    fromUserId: m.type === 3 ? m.sender : own ? m.target : m.sender,
    conversationType: m.type,
    groupId: m.type === 3 ? m.target : undefined,
    messageType: m.objectName,
    content: m.content,
    sentTime: m.tick,
    status: 48,
    messageUId: m.uid,
    messageDirection: own ? 1 : 2,
    messageId: m.clientUniqueId,
  }
}

const kinds: ReadonlyMap<number, Request['kind']> = new Map([
  [3, 'publish'],
  [4, 'puback'],
  [5, 'query'],
  [7, 'querycon'],
  [12, 'pingreq'],
])

function decodeRequest(bytes: Uint8Array): Request | undefined {
  const kind = kinds.get((bytes[0] ?? 0) >> 4)
  if (kind === undefined) return undefined
  let at = 1
  const number = (): number => ((bytes[at++] ?? 0) << 8) | (bytes[at++] ?? 0)
  const text = (): string => {
    const length = number()
    at += length
    return new TextDecoder().decode(bytes.subarray(at - length, at))
  }
  if (kind === 'pingreq') return { kind, topic: '', target: '', id: 0, payload: bytes.subarray(at) }
  if (kind !== 'publish' && kind !== 'query') return { kind, topic: '', target: '', id: number(), payload: bytes.subarray(at) }
  return { kind, topic: text(), target: text(), id: number(), payload: bytes.subarray(at) }
}

function string(s: string): number[] {
  const bytes = new TextEncoder().encode(s)
  return [...u16(bytes.length), ...bytes]
}

function u16(n: number): number[] {
  return [(n >> 8) & 255, n & 255]
}

function u32(n: number): number[] {
  return [...u16(Math.floor(n / 0x10000)), ...u16(n)]
}
