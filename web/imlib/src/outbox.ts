/** Send is a message that the server has not acknowledged yet. */
export interface Send {
  /** The conversation, whose messages keep their order. */
  readonly lane: string
  /** It is kept for the next page, or will not be. */
  ready: boolean
  /** It was written to the present session. */
  written: boolean
  /** It goes alone: a refusal of it (too fast, say) must not let the next overtake it. */
  alone: boolean
}

/**
 * take returns the sends of line to write now, and counts them as written. Line
 * is in the order of the application's calls. A session gets the sends as they
 * come. What goes alone (what was written to an earlier session, and what is
 * paced) goes one at a time, and whatever is behind it in its conversation
 * waits for it. When it is to hold, all that go alone wait.
 */
export function take<S extends Send>(line: Iterable<S>, hold: boolean): S[] {
  const taken: S[] = []
  const blocked = new Set<string>()
  let busy = hold
  for (const send of line) busy ||= send.alone && send.written
  for (const send of line) {
    if (!send.written && send.ready && !blocked.has(send.lane) && !(send.alone && busy)) {
      send.written = true
      busy ||= send.alone
      taken.push(send)
    }
    if (send.alone || !send.written) blocked.add(send.lane)
  }
  return taken
}

/** again lets send be written another time, in its place, alone. */
export function again(send: Send): void {
  send.written = false
  send.alone = true
}
