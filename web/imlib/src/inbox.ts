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
  return decide(onPullFailed(inbox), false, true)
}

/** onPush is for a pushed tick and the tick before it. */
export function onPush(inbox: Inbox, previous: number, tick: number): Decision {
  const news = tick > inbox.cursor
  const next = news && previous <= inbox.cursor
  return decide({ ...inbox, cursor: next ? tick : inbox.cursor, known: Math.max(inbox.known, tick) }, next, news && !next)
}

/** onHint is for a notice that there is something up to time; 0 stands for an unknown time. */
export function onHint(inbox: Inbox, time: number): Decision {
  return onPush(inbox, Infinity, time || inbox.cursor + 1)
}

/**
 * onPage is for the answer to a pull. Another pull follows while there is more,
 * and when a tick was mentioned that this answer came too early for. An answer
 * that neither moved the cursor nor came too early ends it, whatever it says:
 * asking the same again would not help.
 */
export function onPage(inbox: Inbox, syncTime: number, finished: boolean): Decision {
  const cursor = Math.max(inbox.cursor, syncTime)
  const known = Math.max(inbox.known, cursor)
  const helps = cursor > inbox.cursor || inbox.known > inbox.asked
  return decide({ ...inbox, cursor, known, pulling: false }, true, helps && (!finished || known > cursor))
}

/** onPullFailed is for a pull that got no answer. The next push or hint starts another. */
export function onPullFailed(inbox: Inbox): Inbox {
  return { ...inbox, pulling: false }
}

/** decide starts a pull where one is wanted and none is under way. */
function decide(inbox: Inbox, deliver: boolean, wanted: boolean): Decision {
  const pull = wanted && !inbox.pulling
  return { inbox: pull ? { ...inbox, pulling: true, asked: inbox.known } : inbox, deliver, pull }
}
