import { POLL, RETRY } from './bounds.ts'
import { codeOf } from './errors.ts'
import { type Decision, inboxAt, onHint, onPage, onPullFailed, onPush, onSession } from './inbox.ts'
import { type DownMessage, DownMessages, Notify, PullRequest } from './generated/wire.ts'
import type { Session } from './session.ts'
import { HINT, PULL, TICK } from './topics.ts'
import type { Transport } from './transport.ts'
import { Malformed } from './wire/protobuf.ts'
import { STREAM_HINT } from './wire/numbers.ts'
import { decode, encode } from './wire/schema.ts'

/** ReceiverEvents is what becomes of the stream. */
export interface ReceiverEvents {
  /** deliver gets each message of the stream once, in order. */
  deliver(messages: DownMessage[]): void
  /** caughtUp is called when everything from before the session has been delivered. */
  caughtUp(): void
}

/** Receiver follows the stream of a user over any number of sessions. */
export class Receiver {
  readonly #transport: Transport
  readonly #events: ReceiverEvents
  #key = ''
  #inbox = inboxAt(0)
  #session: Session | undefined
  #behind = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(transport: Transport, events: ReceiverEvents) {
    this.#transport = transport
    this.#events = events
  }

  /** cursor is the tick up to which everything was delivered. */
  get cursor(): number {
    return this.#inbox.cursor
  }

  /** start follows the stream on session. The cursor is kept under key, also for the next page. */
  start(session: Session, key: string): void {
    if (key !== this.#key) {
      this.#key = key
      this.#inbox = inboxAt(Number(this.#transport.load(key)) || 0)
    }
    this.#session = session
    this.#behind = true
    this.#do(onSession(this.#inbox))
  }

  /** stop forgets the session. What it still answers is not delivered. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#session = undefined
  }

  /** handle is for what the server publishes; topics that are not about the stream are not for it. */
  handle(topic: string, payload: Uint8Array): void {
    if (topic === TICK) {
      const page = decode(DownMessages, payload)
      this.#do(onPush(this.#inbox, page.previousTick ?? Infinity, page.syncTime), page)
    } else if (topic === HINT) {
      const hint = decode(Notify, payload)
      if (hint.type === STREAM_HINT) this.#do(onHint(this.#inbox, hint.time ?? 0))
    }
  }

  #do(decision: Decision, page?: DownMessages): void {
    const before = this.#inbox.cursor
    this.#inbox = decision.inbox
    const fresh = decision.deliver ? (page?.list ?? []).filter((m) => m.sentTime > before) : []
    if (fresh.length > 0) this.#events.deliver(fresh)
    if (this.#inbox.cursor !== before) this.#transport.save(this.#key, String(this.#inbox.cursor))
    if (decision.pull && this.#session) void this.#pull(this.#session)
  }

  async #pull(session: Session): Promise<void> {
    clearTimeout(this.#timer)
    const page = await this.#ask(session)
    if (session !== this.#session) return
    if (page === undefined) {
      this.#inbox = onPullFailed(this.#inbox)
      this.#timer = setTimeout(() => this.#poll(), RETRY)
      return
    }
    this.#do(onPage(this.#inbox, page.syncTime, page.finished ?? false), page)
    if (!this.#inbox.pulling) this.#rest()
  }

  /** The answer to a pull; undefined when there is none that makes sense. */
  async #ask(session: Session): Promise<DownMessages | undefined> {
    try {
      const cursor = this.#inbox.cursor
      const request = { syncTime: cursor, isPolling: false, isPullSend: true, sendBoxSyncTime: cursor }
      return decode(DownMessages, await session.query(PULL, session.userId, encode(PullRequest, request)))
    } catch (error) {
      if (!(error instanceof Malformed)) codeOf(error)
      return undefined
    }
  }

  #rest(): void {
    this.#timer = setTimeout(() => this.#poll(), POLL)
    if (!this.#behind) return
    this.#behind = false
    this.#events.caughtUp()
  }

  #poll(): void {
    this.#do(onHint(this.#inbox, 0))
  }
}
