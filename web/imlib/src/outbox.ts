/** Send is a message that the server has not acknowledged yet. */
export interface Send {
  readonly messageId: number
  /** Names everything that makes a message what it is, so that a resend is told from another message. */
  readonly key: string
}

/**
 * Outbox is the line of unacknowledged sends, in the order of the application's
 * calls. A session gets them as they come. A new session first gets what the
 * last one left behind, one at a time, so that a refusal of one (too fast, say)
 * does not let the next overtake it.
 */
export class Outbox<S extends Send> {
  #line: { send: S; written: boolean }[] = []
  #recovering = false

  get size(): number {
    return this.#line.length
  }

  add(send: S): void {
    this.#line.push({ send, written: false })
  }

  /** restart forgets what was written: the session it was written to is gone. */
  restart(): void {
    for (const place of this.#line) place.written = false
    this.#recovering = this.#line.length > 0
  }

  /** take returns the sends to write now, and counts them as written. */
  take(): S[] {
    const waiting = this.#line.filter((place) => !place.written)
    const held = this.#recovering && waiting.length < this.#line.length
    const now = held ? [] : this.#recovering ? waiting.slice(0, 1) : waiting
    for (const place of now) place.written = true
    return now.map((place) => place.send)
  }

  /** recovering reports whether the line is still that of an earlier session. */
  get recovering(): boolean {
    return this.#recovering
  }

  /** again puts a written send back to be written another time, in its place. */
  again(send: S): void {
    const place = this.#line.find((p) => p.send === send)
    if (place) place.written = false
  }

  /** remove takes send out of the line. It reports whether it was there. */
  remove(send: S): boolean {
    const at = this.#line.findIndex((place) => place.send === send)
    if (at < 0) return false
    this.#line.splice(at, 1)
    if (this.#line.length === 0) this.#recovering = false
    return true
  }

  /** find returns the send that the server knows by messageId and key. */
  find(messageId: number, key: string): S | undefined {
    return this.#line.find(({ send }) => send.messageId === messageId && send.key === key)?.send
  }

  /** drain empties the line. */
  drain(): S[] {
    const all = this.#line.map((place) => place.send)
    this.#line = []
    this.#recovering = false
    return all
  }
}
