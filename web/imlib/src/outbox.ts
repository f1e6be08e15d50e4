/** Send is a message that the server has not acknowledged yet. */
export interface Send {
  readonly messageId: number
  /** Names everything that makes a message what it is, so that a resend is told from another message. */
  readonly key: string
  /** The conversation, whose messages keep their order. */
  readonly lane: string
  /** How much it takes of the outbox, in bytes. */
  readonly size: number
  /** Whether to hold it back rather than to send too fast. */
  readonly paced: boolean
}

interface Place<S> {
  readonly send: S
  /** It was written to the present session. */
  written: boolean
  /** It is kept for the next page, or will not be. */
  kept: boolean
  /** It goes alone: a refusal of it (too fast, say) must not let the next overtake it. */
  alone: boolean
}

/**
 * Outbox is the line of unacknowledged sends, in the order of the application's
 * calls. A session gets them as they come. What was written to an earlier
 * session, and what is paced, goes one at a time, and whatever is behind it in
 * its conversation waits for it.
 */
export class Outbox<S extends Send> {
  #line: Place<S>[] = []
  #bytes = 0

  get size(): number {
    return this.#line.length
  }

  get bytes(): number {
    return this.#bytes
  }

  /** add puts sends at the end of the line. They are not taken until they are kept. */
  add(...sends: S[]): void {
    for (const send of sends) {
      this.#line.push({ send, written: false, kept: false, alone: send.paced })
      this.#bytes += send.size
    }
  }

  /** restore puts sends of an earlier page at the head of the line. */
  restore(sends: readonly S[]): void {
    const line = this.#line
    this.#line = []
    this.add(...sends)
    for (const place of this.#line) place.kept = place.alone = true
    this.#line.push(...line)
  }

  /** kept lets send be taken. */
  kept(send: S): void {
    const place = this.#place(send)
    if (place) place.kept = true
  }

  /** restart forgets what was written: the session it was written to is gone. */
  restart(): void {
    for (const place of this.#line) {
      place.written = false
      place.alone = true
    }
  }

  /** take returns the sends to write now, and counts them as written. When it is to hold, those that go alone wait. */
  take(hold: boolean): S[] {
    const taken: S[] = []
    const blocked = new Set<string>()
    let busy = hold || this.#line.some((place) => place.alone && place.written)
    for (const place of this.#line) {
      const { lane } = place.send
      if (!place.written && place.kept && !blocked.has(lane) && !(place.alone && busy)) {
        place.written = true
        busy ||= place.alone
        taken.push(place.send)
      }
      if (place.alone || !place.written) blocked.add(lane)
    }
    return taken
  }

  /** alone reports whether send goes alone. */
  alone(send: S): boolean {
    return this.#place(send)?.alone ?? false
  }

  /** again puts a written send back to be written another time, in its place, alone. */
  again(send: S): void {
    const place = this.#place(send)
    if (place === undefined) return
    place.written = false
    place.alone = true
  }

  /** remove takes send out of the line. It reports whether it was there. */
  remove(send: S): boolean {
    const at = this.#line.findIndex((place) => place.send === send)
    if (at < 0) return false
    this.#line.splice(at, 1)
    this.#bytes -= send.size
    return true
  }

  /** find returns the send that the server knows by messageId and key. */
  find(messageId: number, key: string): S | undefined {
    return this.#line.find(({ send }) => send.messageId === messageId && send.key === key)?.send
  }

  /** all is the line. */
  all(): S[] {
    return this.#line.map((place) => place.send)
  }

  #place(send: S): Place<S> | undefined {
    return this.#line.find((place) => place.send === send)
  }
}
