/** Numbers by which the server tells things apart. They stand alone here so that bundles have the numbers, not the names. */

/** The kinds of settings of a conversation. */
export const LEVEL = 1
export const TOP = 2
export const TAGS = 3
export const TRANSLATE = 4

/** The generations of read receipts that an app may have, as navigation tells them. */
export const FIRST = 0
export const SECOND = 1
export const FOURTH = 3
export const FIFTH = 4

/** The change of the user's stream of events that says that somebody has read. */
export const READ = 36

/** The bits of an entry's status: it goes with its owner, takes the key from whoever owns it, or is gone. */
export const AUTO_DELETE = 1
export const FORCE = 2
export const GONE = 4
