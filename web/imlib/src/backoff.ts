/** The longest wait of the first retry, in milliseconds. It doubles with each further one. */
const BASE = 500

/** No retry waits longer than this many milliseconds. */
const CAP = 15_000

/**
 * backoff is how many milliseconds to wait before retry number attempt, which
 * counts from 0. It is anywhere between nothing and the limit of that attempt
 * (full jitter), so the clients of a server that restarts do not return at once.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return Math.floor(random() * Math.min(CAP, BASE * 2 ** attempt))
}
