/**
 * The decisions that make delivery exactly once and in order, without I/O.
 *
 * A user's stream is a row of ticks. The server pushes each tick together with
 * the tick before it, so a client knows whether it missed one; whatever is
 * missing is pulled. The cursor is the tick up to which everything was
 * delivered to the application, and it never goes back.
 */
export interface Inbox {
  readonly cursor: number
  /** The newest tick that the server has mentioned. */
  readonly known: number
  /** A pull is under way. It was asked for when known was what asked is now. */
  readonly pulling: boolean
  readonly asked: number
}

/** Decision is the inbox after something happened, and what to do about it. */
export interface Decision {
  readonly inbox: Inbox
  /** Deliver what came, except messages that are not newer than the cursor was. */
  readonly deliver: boolean
  /** Start a pull from the cursor. */
  readonly pull: boolean
}

/** inboxAt is the inbox of a session that has not begun, whose user was served up to cursor. */
export function inboxAt(cursor: number): Inbox {
  return { cursor, known: cursor, pulling: false, asked: 0 }
}

/** onSession is for the start of a session: whatever came in the meantime is pulled. */
export function onSession(inbox: Inbox): Decision {
  return pullFrom({ ...inbox, pulling: false }, false)
}

/** onPush is for a pushed tick and the tick before it. */
export function onPush(inbox: Inbox, previous: number, tick: number): Decision {
  if (tick <= inbox.cursor) return nothing(inbox)
  const known = Math.max(inbox.known, tick)
  if (previous <= inbox.cursor) return { inbox: { ...inbox, cursor: tick, known }, deliver: true, pull: false }
  return pullFrom({ ...inbox, known }, false)
}

/** onHint is for a notice that there is something up to time; 0 stands for an unknown time. */
export function onHint(inbox: Inbox, time: number): Decision {
  const tick = time || inbox.cursor + 1
  if (tick <= inbox.cursor) return nothing(inbox)
  return pullFrom({ ...inbox, known: Math.max(inbox.known, tick) }, false)
}

/**
 * onPage is for the answer to a pull. Another pull follows while there is more,
 * and when a tick was mentioned that this answer came too early for. An answer
 * that neither moved the cursor nor came too early ends it, whatever it says:
 * asking the same again would not help.
 */
export function onPage(inbox: Inbox, syncTime: number, finished: boolean): Decision {
  const moved = syncTime > inbox.cursor
  const cursor = Math.max(inbox.cursor, syncTime)
  const incomplete = !finished || inbox.known > cursor
  const idle: Inbox = { ...inbox, cursor, known: Math.max(inbox.known, cursor), pulling: false }
  if (incomplete && (moved || inbox.known > inbox.asked)) return pullFrom(idle, true)
  return { inbox: idle, deliver: true, pull: false }
}

/** onPullFailed is for a pull that got no answer. The next push or hint starts another. */
export function onPullFailed(inbox: Inbox): Inbox {
  return { ...inbox, pulling: false }
}

function nothing(inbox: Inbox): Decision {
  return { inbox, deliver: false, pull: false }
}

function pullFrom(inbox: Inbox, deliver: boolean): Decision {
  if (inbox.pulling) return { inbox, deliver, pull: false }
  return { inbox: { ...inbox, pulling: true, asked: inbox.known }, deliver, pull: true }
}
