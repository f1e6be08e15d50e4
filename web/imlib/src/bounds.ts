/**
 * The times, sizes and counts that this package has decided on; what the server
 * decides is in generated/limits.ts. Times are in milliseconds. They stand alone
 * here so that bundles have the numbers, not the names.
 */

/** For how long a message is sent again, unless the application says otherwise. */
export const GIVE_UP_AFTER: number = 24 * 60 * 60 * 1000

/** How many messages may wait, and how many bytes of payload. One more is refused. */
export const MAX_WAITING = 1_000
export const MAX_WAITING_BYTES: number = 10 * 1024 * 1024

/** How long to wait before a repetition, where the server does not tell. */
export const PAUSE = 1_000

/** The longest that paced messages are held apart. */
export const MAX_GAP = 10_000

/** How long a socket may take to open, and then the server to answer. */
export const HANDSHAKE = 10_000

/** How long the server may take to answer a request. */
export const ANSWER = 30_000

/** How often to ask whether the server is there, and how many unanswered times are too many. */
export const PING = 15_000
export const MISSED = 2

/** How long the server may take to answer when there is a reason to doubt that it is there. */
export const DOUBT = 5_000

/** No server lets a sender wait for longer: one that says so means the time, not a wait. */
export const DAY: number = 24 * 60 * 60 * 1000

/** How long after a failed pull to try again, and how often to pull unasked. */
export const RETRY = 5_000
export const POLL = 180_000

/** How long a navigator may take to answer. */
export const NAVIGATION = 10_000

/** How long the owner of the connection may take to say that it is there. */
export const SILENCE = 3_000

/** How long storage may take. Then the page does without it. */
export const PATIENCE = 3_000

/** How many messages that came as recalled are remembered; then all are forgotten, and a recall too many is told. */
export const MAX_NOTICED = 2000

/** How many arrivals of a conversation are kept one by one. What is older is asked for again when it matters. */
export const MAX_ARRIVED = 1000

/** How long after the last word of it a user counts as typing. */
export const TYPING_LASTS = 2_000

/** How many sends one call may make: messages times conversations. */
export const MAX_SENDS = 500

/** How many names and summaries a combined message shows, and how long a summary is, in characters. */
export const MAX_SHOWN = 4
export const MAX_SUMMARY = 100

/** A list of combined messages is in the message itself while its JSON is shorter, in bytes. */
export const MAX_LIST: number = 120 * 1024

/** Requests of uploads that are under way at once. Others wait. */
export const AT_ONCE = 4

/** How often a request is tried while the client is connected: the first ones, after which another way may be tried, and those of an upload in parts. */
export const FIRST_ATTEMPTS = 5
export const ATTEMPTS = 8

/** How often an upload in parts looks which parts are still lacking. */
export const ROUNDS = 4

/** How many broken uploads are remembered. The oldest is forgotten for another one. */
export const MAX_REMEMBERED = 20

/** How long a broken upload is remembered: servers keep what was not sent for a day unless they are told otherwise. */
export const LIFE: number = 20 * 3_600_000

/** How long a browser may take to read a file. */
export const READING = 20_000

/** The rate at which sound is decoded, in samples a second: enough for speech. */
export const SAMPLE_RATE = 16_000

/** Sound over this many bytes is not decoded but played to be measured, as it would not fit into memory. */
export const MAX_DECODED: number = 8 * 2 ** 20
