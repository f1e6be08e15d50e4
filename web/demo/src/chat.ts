import {
  ConversationType,
  ErrorCode,
  Events,
  MessageDirection,
  MessageType,
  type IAReceivedMessage,
  type RCResult,
  SentStatus,
  TextMessage,
} from '@hongyan/imlib'
import type { Person } from './people.ts'
import { User } from './user.ts'

/** Entry is a line of the conversation. */
export interface Entry {
  readonly own: boolean
  readonly text: string
  readonly messageId: number
  time: number
  /** The server's name of the message; empty until it has one. */
  uid: string
  status: SentStatus
  /** The result of the last attempt to send it. */
  code: number
}

/** Connection is how the user is connected. */
export type Connection = 'offline' | 'connecting' | 'online' | 'reconnecting' | 'failed'

/** ChatEvents is told what to show. */
export interface ChatEvents {
  connection(): void
  entries(): void
  /** arrived is called after entries, with how many messages of the peer's came since the page was up to date. */
  arrived(count: number): void
  typing(): void
}

/** At most how often the peer is told of typing, and how long to believe what the peer tells, in milliseconds. */
const TELL_TYPING = 3_000
const BELIEVE_TYPING = 6_000

const PAGE = 30

/** Chat is one user's side of the conversation of two. */
export class Chat {
  connection: Connection = 'offline'
  /** Why the connection failed. */
  code: number = ErrorCode.SUCCESS
  entries: Entry[] = []
  hasEarlier = false
  peerTyping = false

  readonly #me: Person
  readonly #peer: Person
  readonly #events: ChatEvents
  #client: User | undefined
  #upToDate = false
  #toldTyping = 0
  #typingEnds: ReturnType<typeof setTimeout> | undefined

  constructor(me: Person, peer: Person, events: ChatEvents) {
    this.#me = me
    this.#peer = peer
    this.#events = events
  }

  /** connect gets a token, connects and loads the newest page of the conversation. */
  async connect(): Promise<void> {
    this.#show('connecting')
    const grant = await requestToken(this.#me.id)
    if (grant === undefined) return this.#show('failed', ErrorCode.RC_NAVI_REQ_FAILED)
    const client = this.#client ?? this.#newClient(grant.appKey)
    const { isOk } = await client.connect(grant.token)
    if (isOk) await this.#load(0)
  }

  disconnect(): void {
    this.#client?.disconnect()
  }

  /** send puts text at the end of the conversation, whatever becomes of it. */
  async send(text: string): Promise<void> {
    this.#toldTyping = 0
    await this.#deliver(text)
  }

  /** resend sends a failed entry again, as the same message. */
  async resend(entry: Entry): Promise<void> {
    await this.#deliver(entry.text, entry)
  }

  /** typing tells the peer that something is being typed. */
  typing(): void {
    if (this.connection !== 'online' || Date.now() - this.#toldTyping < TELL_TYPING) return
    this.#toldTyping = Date.now()
    void this.#client?.sendTypingStatusMessage(this.#conversation(), MessageType.TEXT)
  }

  /** loadEarlier gets the page before the oldest entry. */
  async loadEarlier(): Promise<void> {
    const oldest = this.entries.find((entry) => entry.uid !== '')
    await this.#load(oldest?.time ?? 0)
  }

  #newClient(appkey: string): User {
    const client = new User(appkey)
    client.addEventListener(Events.CONNECTED, () => this.#show('online'))
    client.addEventListener(Events.SUSPEND, () => this.#show('reconnecting'))
    client.addEventListener(Events.DISCONNECT, (code) => {
      this.#show(code === DISCONNECTED_BY_US ? 'offline' : 'failed', code)
    })
    client.addEventListener(Events.PULL_OFFLINE_MESSAGE_FINISHED, () => (this.#upToDate = true))
    client.addEventListener(Events.MESSAGES, ({ messages }) => this.#receive(messages))
    client.addEventListener(Events.TYPING_STATUS, ({ status }) => {
      if (status.some(({ list }) => list.some(({ userId }) => userId === this.#peer.id))) this.#setTyping(true)
    })
    this.#client = client
    return client
  }

  async #load(before: number): Promise<void> {
    const page = await this.#client?.getHistoryMessages(this.#conversation(), { timestamp: before, count: PAGE })
    if (!page?.isOk || page.data === undefined) return
    this.hasEarlier = page.data.hasMore
    for (const message of page.data.list) this.#merge(message)
    this.#sorted()
  }

  #receive(messages: IAReceivedMessage[]): void {
    const ours = messages.filter((m) => m.conversationType === ConversationType.PRIVATE && m.targetId === this.#peer.id)
    const news = ours.filter((m) => this.#merge(m) && m.messageDirection === MessageDirection.RECEIVE)
    this.#sorted()
    if (news.length === 0) return
    this.#setTyping(false)
    if (this.#upToDate) this.#events.arrived(news.length)
  }

  /**
   * merge makes message an entry, and reports whether it is a new one. History
   * and the stream overlap, and the stream may bring an own message whose send
   * had been given up.
   */
  #merge(message: IAReceivedMessage): boolean {
    if (message.messageType !== MessageType.TEXT) return false
    const own = message.messageDirection === MessageDirection.SEND
    const known = this.entries.find(
      (e) => e.uid === message.messageUId || (own && e.uid === '' && e.own && e.messageId === message.messageId),
    )
    if (known === undefined) {
      const { messageId = 0, sentTime: time, messageUId: uid } = message
      this.entries.push({ own, text: textOf(message), messageId, time, uid, status: SentStatus.SENT, code: ErrorCode.SUCCESS })
      return true
    }
    known.uid = message.messageUId
    known.time = message.sentTime
    known.status = SentStatus.SENT
    return false
  }

  async #deliver(text: string, again?: Entry): Promise<void> {
    const { messageId } = again ?? {}
    let entry = again
    const result = await this.#client?.sendMessage(this.#conversation(), new TextMessage({ content: text }), {
      ...(messageId === undefined ? {} : { messageId }),
      onSendBefore: (message) => {
        entry ??= this.#append(message, text)
        entry.status = SentStatus.SENDING
        this.#sorted()
      },
    })
    if (entry !== undefined && result !== undefined) this.#settle(entry, result)
  }

  #append(message: IAReceivedMessage, text: string): Entry {
    const { messageId = 0, sentTime: time } = message
    const entry: Entry = { own: true, text, messageId, time, uid: '', status: SentStatus.SENDING, code: ErrorCode.SUCCESS }
    this.entries.push(entry)
    return entry
  }

  #settle(entry: Entry, result: RCResult<IAReceivedMessage>): void {
    if (entry.uid !== '') return // the stream was faster
    if (result.isOk && result.data) this.#merge(result.data)
    else {
      entry.status = SentStatus.FAILED
      entry.code = result.code
    }
    this.#sorted()
  }

  // The names of messages sort as the server ordered them; what has none yet comes last.
  #sorted(): void {
    this.entries.sort((a, b) => {
      if (a.uid === '' || b.uid === '') return Number(a.uid === '') - Number(b.uid === '')
      return a.uid < b.uid ? -1 : Number(a.uid > b.uid)
    })
    this.#events.entries()
  }

  #setTyping(typing: boolean): void {
    clearTimeout(this.#typingEnds)
    if (typing) this.#typingEnds = setTimeout(() => this.#setTyping(false), BELIEVE_TYPING)
    this.peerTyping = typing
    this.#events.typing()
  }

  #show(connection: Connection, code: number = ErrorCode.SUCCESS): void {
    this.connection = connection
    this.code = code
    if (connection !== 'online') this.#setTyping(false)
    this.#events.connection()
  }

  #conversation(): { conversationType: ConversationType; targetId: string } {
    return { conversationType: ConversationType.PRIVATE, targetId: this.#peer.id }
  }
}

/** What DISCONNECT tells when we asked for it. */
const DISCONNECTED_BY_US = 2

interface Grant {
  appKey: string
  token: string
}

/** requestToken is the server's grant; undefined when the server gives none. */
async function requestToken(user: string): Promise<Grant | undefined> {
  try {
    const response = await fetch('/demo/token', { method: 'POST', body: new URLSearchParams({ user }) })
    return response.ok ? ((await response.json()) as Grant) : undefined
  } catch {
    return undefined
  }
}

function textOf(message: IAReceivedMessage): string {
  const { content } = message.content
  return typeof content === 'string' ? content : ''
}
