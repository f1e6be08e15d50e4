import { GIVE_UP_AFTER, MAX_GAP, MAX_WAITING, MAX_WAITING_BYTES, PAUSE } from './bounds.ts'
import * as codes from './generated/codes.ts'
import { ok, type RCResult, Refused } from './errors.ts'
import type { Keeper, Kept, Outgoing } from './keeper.ts'
import type { IAReceivedMessage } from './received.ts'
import { again, type Send, take } from './outbox.ts'
import type { Ack, Session } from './session.ts'
import { mapOf } from './storage.ts'
import type { Transport } from './transport.ts'
import { FAILED, SENT } from './wire/numbers.ts'

/** After these the same message may be accepted. */
const repeatable: readonly number[] = [codes.TIMEOUT, codes.MESSAGE_STORAGE_SERVICE_UNAVAILABLE]

/** SenderOptions are those of the application. */
export interface SenderOptions {
  readonly pace?: boolean
  readonly giveUpAfter?: number
}

type Result = RCResult<IAReceivedMessage>

interface PendingSend extends Send {
  readonly kept: Kept
  /** Whether to hold it back rather than to send too fast. */
  readonly paced: boolean
  readonly timer: ReturnType<typeof setTimeout>
  /** Who wants to know what becomes of it. */
  readonly waiting: ((result: Result) => void)[]
}

/** Sender gets messages accepted, each once, over any number of sessions and pages. */
export class Sender {
  /** Keeps messages for the next page; without it they end with this one. It is set before the first start. */
  keeper: Keeper | undefined
  readonly #transport: Transport
  readonly #options: SenderOptions
  readonly #finished: (result: Result, own: boolean) => void
  /** What the server has not acknowledged yet, in the order of the application's calls. */
  #line = new Set<PendingSend>()
  /** The accepted messages that a pull might still bring, by name, with their ticks. */
  #accepted = new Map<string, number>()
  #key = ''
  #session: Session | undefined
  #pause: ReturnType<typeof setTimeout> | undefined
  #lastSince = 0
  /** How far paced messages are held apart, which a refusal teaches, and when the last one was accepted. */
  #gap = 0
  #lastAccepted = 0

  /** finished is told what became of a message whose page is gone; own says whether this page sent it in the end. */
  constructor(transport: Transport, options: SenderOptions, finished: (result: Result, own: boolean) => void) {
    this.#transport = transport
    this.#options = options
    this.#finished = finished
  }

  /** keep makes keeper the one that keeps messages for the next page. */
  keep(keeper: Keeper): void {
    this.keeper = keeper
    keeper.listen(
      () => void this.#claim(),
      (name, result) => name === this.#key && this.#finished(result, false),
    )
  }

  /**
   * send resolves when the server accepted or refused the message, or did
   * neither in time. What is being sent already is not sent beside itself. It
   * throws Refused when too much is waiting.
   */
  send(outgoing: Outgoing): Promise<Result> {
    return new Promise((resolve, reject) => {
      const same = this.#find(outgoing.messageId, outgoing.key)
      if (same) return same.waiting.push(resolve)
      const { size } = this.#line
      let bytes = 0
      for (const { kept } of this.#line) bytes += kept.payload.length
      if (size >= MAX_WAITING || bytes + outgoing.payload.length > MAX_WAITING_BYTES) {
        const text = `${size} messages of ${bytes} bytes wait to be sent, and ${MAX_WAITING} of ${MAX_WAITING_BYTES} may`
        return reject(new Refused(codes.MSG_LIMIT_ERROR, text, failed(outgoing.message)))
      }
      if (size === 0 && Date.now() - this.#lastAccepted > 10 * this.#gap) this.#gap = 0
      this.#lastSince = Math.max(this.#lastSince + 1, Date.now())
      const pending = this.#pending({ ...outgoing, since: this.#lastSince, code: 0 }, false, resolve)
      this.#line.add(pending)
      this.#keep(pending)
    })
  }

  /**
   * prepare takes over what earlier pages left under key. What is accepted
   * under a key is remembered under it, also by the next page.
   */
  async prepare(key: string): Promise<void> {
    if (key !== this.#key) {
      this.#key = key
      this.#accepted = mapOf(this.#transport.load(key))
    }
    await this.#claim()
  }

  /** start sends on session, first what earlier sessions and pages left behind. */
  start(session: Session): void {
    this.#session = session
    for (const pending of this.#line) again(pending)
    this.#flush()
  }

  /** stop forgets the session; what it did not acknowledge waits for the next one. */
  stop(): void {
    clearTimeout(this.#pause)
    this.#pause = undefined
    this.#session = undefined
  }

  /** abandon fails everything that waits: there will be no next session, and the next user may be another one. */
  abandon(code: number): void {
    for (const pending of this.#line) this.#fail(pending, new Refused(code))
    this.#key = ''
  }

  /** unsent is what was not accepted, of all pages, oldest first. */
  async unsent(): Promise<IAReceivedMessage[]> {
    return (await this.#list()).map(({ code, message }) => (code === 0 ? message : failed(message)))
  }

  /** resend sends what was given up again, as it was. */
  async resend(messageId: number): Promise<Result> {
    const kept = (await this.#list()).find((kept) => kept.messageId === messageId)
    if (kept === undefined) throw new Refused(codes.INVALID_PARAMETER_MESSAGE_ID)
    return this.send(kept)
  }

  /** discard forgets messages. One that is on its way may be accepted all the same. */
  async discard(messageIds: readonly number[]): Promise<void> {
    for (const pending of this.#line) {
      if (messageIds.includes(pending.kept.messageId)) this.#fail(pending, new Refused(codes.RC_MSG_SEND_FAIL))
    }
    await this.keeper?.drop(this.#key, messageIds)
  }

  /**
   * knows reports whether the application learns of message through the result
   * of its own send. The stream may bring a message before its ack, or in place
   * of an ack that was lost; the send is then settled by it.
   */
  knows(message: IAReceivedMessage, key: string): boolean {
    if (this.#accepted.has(message.messageUId)) return true
    const pending = this.#find(message.messageId, key)
    if (pending === undefined) return false
    this.#accept(pending, message)
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

  /** find returns the send that the server knows by messageId and key. */
  #find(messageId: number | undefined, key: string): PendingSend | undefined {
    return [...this.#line].find(({ kept }) => kept.messageId === messageId && kept.key === key)
  }

  /** pending is what is sent of kept, which an earlier page left or which is new. */
  #pending(kept: Kept, left: boolean, waiting: (result: Result) => void): PendingSend {
    const { message, paced = this.#options.pace ?? false } = kept
    const { giveUpAfter = GIVE_UP_AFTER } = this.#options
    const time = Math.max(0, kept.since + giveUpAfter - Date.now())
    const pending: PendingSend = {
      kept,
      lane: JSON.stringify([message.conversationType, message.targetId, message.channelId]),
      ready: left,
      written: false,
      alone: left || paced,
      paced,
      timer: setTimeout(() => this.#fail(pending, new Refused(codes.TIMEOUT)), Math.min(time, 2 ** 31 - 1)),
      waiting: [waiting],
    }
    return pending
  }

  #keep(pending: PendingSend): void {
    const ready = (): void => {
      pending.ready = true
      this.#flush()
    }
    // What cannot be kept for the next page is sent all the same.
    if (this.keeper) void this.keeper.put(this.#key, pending.kept).then(ready, ready)
    else ready()
  }

  /** claim takes over what pages that are gone did not get accepted. */
  async #claim(): Promise<void> {
    const name = this.#key
    if (this.keeper === undefined || name === '') return
    const { giveUpAfter = GIVE_UP_AFTER } = this.#options
    const rows = await this.keeper.claim(name, Date.now() - giveUpAfter).catch(() => [])
    if (name !== this.#key) return
    const fresh = rows.filter(({ messageId, key }) => !this.#find(messageId, key))
    const told = (result: Result): void => {
      this.#finished(result, true)
      this.keeper?.tell(name, result)
    }
    this.#line = new Set([...fresh.map((kept) => this.#pending(kept, true, told)), ...this.#line])
    this.#flush()
  }

  async #list(): Promise<readonly Kept[]> {
    const mine = Array.from(this.#line, ({ kept }) => kept)
    return (await this.keeper?.list(this.#key).catch(() => mine)) ?? mine
  }

  #flush(): void {
    if (this.#session === undefined) return
    for (const pending of take(this.#line, this.#pause !== undefined)) void this.#write(this.#session, pending)
  }

  async #write(session: Session, pending: PendingSend): Promise<void> {
    const { topic, target, payload } = pending.kept
    try {
      const ack = await session.publish(topic, target, payload)
      if (pending.paced && session === this.#session) this.#space()
      this.#accept(pending, ack)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (session !== this.#session) return // the next session sends it again
      this.#refused(pending, error)
    }
    this.#flush()
  }

  #refused(pending: PendingSend, refusal: Refused): void {
    const { code, retryAfter: wait = PAUSE } = refusal.result
    const tooFast = code === codes.SEND_FREQUENCY_TOO_FAST && pending.alone
    if (!tooFast && !repeatable.includes(code)) return this.#fail(pending, refusal)
    if (tooFast) this.#gap = Math.min(MAX_GAP, wait + Date.now() - Math.max(this.#lastAccepted, Date.now() - PAUSE))
    again(pending)
    this.#rest(wait)
  }

  /** space holds the next paced message back for as long as a refusal has taught, and a little less each time. */
  #space(): void {
    this.#lastAccepted = Date.now()
    this.#gap = Math.floor(this.#gap * 0.99)
    if (this.#gap > 0) this.#rest(this.#gap)
  }

  #rest(milliseconds: number): void {
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      this.#flush()
    }, milliseconds)
  }

  #accept(pending: PendingSend, { messageUId, sentTime }: Ack): void {
    if (!this.#remove(pending)) return
    this.#accepted.set(messageUId, sentTime)
    this.#remember()
    const { message, messageId } = pending.kept
    void this.keeper?.drop(this.#key, [messageId]).catch(() => {})
    const sent = ok({ ...message, messageUId, sentTime, sentStatus: SENT })
    for (const tell of pending.waiting) tell(sent)
  }

  #fail(pending: PendingSend, { result }: Refused): void {
    if (!this.#remove(pending)) return
    const { kept } = pending
    void this.keeper?.put(this.#key, { ...kept, code: result.code }).catch(() => {})
    for (const tell of pending.waiting) tell({ ...result, data: failed(kept.message) })
  }

  #remove(pending: PendingSend): boolean {
    clearTimeout(pending.timer)
    return this.#line.delete(pending)
  }
}

function failed(message: IAReceivedMessage): IAReceivedMessage {
  return { ...message, sentStatus: FAILED }
}
