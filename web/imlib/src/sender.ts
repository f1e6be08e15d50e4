import { ErrorCode } from './codes.ts'
import { codeOf, fail, ok, type RCResult } from './errors.ts'
import { SentStatus } from './enums.ts'
import type { IAReceivedMessage } from './received.ts'
import { Outbox, type Send } from './outbox.ts'
import type { Ack, Session } from './session.ts'
import type { Transport } from './transport.ts'

/**
 * How long a message may take to be accepted, in milliseconds. It is longer
 * than it takes to notice a dead connection and to replace it.
 */
const DEADLINE = 60_000

/** How long to wait before repeating a resend that came too fast. */
const PAUSE = 1_000

/** Outgoing is a message and where it goes. */
export interface Outgoing {
  readonly topic: string
  readonly target: string
  readonly payload: Uint8Array
  readonly message: IAReceivedMessage
  /** Names everything that makes the message what it is. */
  readonly key: string
}

interface PendingSend extends Send, Outgoing {
  settle(result: RCResult<IAReceivedMessage>): void
}

/** Sender gets messages accepted, each once, over any number of sessions. */
export class Sender {
  readonly #transport: Transport
  readonly #outbox = new Outbox<PendingSend>()
  /** The accepted messages that a pull might still bring, by name, with their ticks. */
  #accepted = new Map<string, number>()
  #key = ''
  #session: Session | undefined
  #pause: ReturnType<typeof setTimeout> | undefined

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** send resolves when the server accepted or refused the message, or did neither in time. */
  send(outgoing: Outgoing): Promise<RCResult<IAReceivedMessage>> {
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#fail(pending, ErrorCode.TIMEOUT), DEADLINE)
      const settle = (result: RCResult<IAReceivedMessage>): void => {
        clearTimeout(late)
        resolve(result)
      }
      const pending: PendingSend = { ...outgoing, messageId: outgoing.message.messageId ?? 0, settle }
      this.#outbox.add(pending)
      this.#flush()
    })
  }

  /**
   * start sends on session, first what earlier sessions left behind. What was
   * accepted under a key is remembered under it, also by the next page.
   */
  start(session: Session, key: string): void {
    if (key !== this.#key) {
      this.#key = key
      this.#accepted = readAccepted(this.#transport.load(key))
    }
    this.#session = session
    this.#outbox.restart()
    this.#flush()
  }

  /** stop forgets the session; what it did not acknowledge waits for the next one. */
  stop(): void {
    clearTimeout(this.#pause)
    this.#pause = undefined
    this.#session = undefined
  }

  /** abandon fails everything that waits: there will be no next session. */
  abandon(code: number): void {
    for (const pending of this.#outbox.drain()) this.#refuse(pending, code)
  }

  /**
   * knows reports whether the application learns of message through the result
   * of its own send. The stream may bring a message before its ack, or in place
   * of an ack that was lost; the send is then settled by it.
   */
  knows(message: IAReceivedMessage, key: string): boolean {
    if (this.#accepted.has(message.messageUId)) return true
    const pending = this.#outbox.find(message.messageId ?? 0, key)
    if (pending === undefined) return false
    this.#accept(pending, { uid: message.messageUId, sentTime: message.sentTime })
    return true
  }

  /** forget drops what the stream has passed. */
  forget(cursor: number): void {
    const before = this.#accepted.size
    for (const [uid, tick] of this.#accepted) if (tick <= cursor) this.#accepted.delete(uid)
    if (this.#accepted.size !== before) this.#remember()
  }

  #remember(): void {
    this.#transport.save(this.#key, JSON.stringify([...this.#accepted]))
  }

  #flush(): void {
    if (this.#session === undefined || this.#pause !== undefined) return
    for (const pending of this.#outbox.take()) void this.#write(this.#session, pending)
  }

  async #write(session: Session, pending: PendingSend): Promise<void> {
    try {
      this.#accept(pending, await session.publish(pending.topic, pending.target, pending.payload))
    } catch (error) {
      const code = codeOf(error)
      if (session !== this.#session) return // the next session sends it again
      if (code === ErrorCode.SEND_FREQUENCY_TOO_FAST && this.#outbox.recovering) return this.#repeat(pending)
      this.#fail(pending, code)
    }
    this.#flush()
  }

  // The application did not send too fast, we did.
  #repeat(pending: PendingSend): void {
    this.#outbox.again(pending)
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      this.#flush()
    }, PAUSE)
  }

  #accept(pending: PendingSend, ack: Ack): void {
    if (!this.#outbox.remove(pending)) return
    this.#accepted.set(ack.uid, ack.sentTime)
    this.#remember()
    pending.settle(
      ok({ ...pending.message, messageUId: ack.uid, sentTime: ack.sentTime, sentStatus: SentStatus.SENT }),
    )
  }

  #fail(pending: PendingSend, code: number): void {
    if (this.#outbox.remove(pending)) this.#refuse(pending, code)
  }

  #refuse(pending: PendingSend, code: number): void {
    pending.settle(fail(code, undefined, { ...pending.message, sentStatus: SentStatus.FAILED }))
  }
}

/** Storage is shared with whatever else runs on the page, so its text may be anything. */
function readAccepted(text = '[]'): Map<string, number> {
  try {
    return new Map(JSON.parse(text) as [string, number][])
  } catch {
    return new Map()
  }
}
