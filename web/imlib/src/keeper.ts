import type { RCResult } from './errors.ts'
import type { IAReceivedMessage } from './received.ts'

/** Outgoing is a message and where it goes. */
export interface Outgoing {
  readonly topic: string
  readonly target: string
  readonly payload: Uint8Array
  readonly message: IAReceivedMessage
  readonly messageId: number
  /** Names everything that makes the message what it is. */
  readonly key: string
  /** Whether to hold it back rather than to send too fast; by the option pace if absent. */
  readonly paced?: boolean | undefined
}

/** Kept is a message that outlives its page. */
export interface Kept extends Outgoing {
  /** When it was to be sent first. A message that was sent later has a larger time. */
  readonly since: number
  /** Why it was given up; 0 while it is being sent. */
  readonly code: number
}

/** Keeper keeps what the server has not acknowledged, under the name of an app and its user. */
export interface Keeper {
  /**
   * claim resolves with the messages that are to be sent and that no other
   * living page sends, oldest first. From then on they are this page's. What
   * was given up before the time oldest is forgotten.
   */
  claim(name: string, oldest: number): Promise<Kept[]>
  /** list is everything under name, other pages' too, oldest first. */
  list(name: string): Promise<Kept[]>
  put(name: string, kept: Kept): Promise<void>
  drop(name: string, messageIds: readonly number[]): Promise<void>
  /** tell says to the other pages what became of a message that was claimed. */
  tell(name: string, result: RCResult<IAReceivedMessage>): void
  /** listen is called once: orphans when there is something to claim, told with what other pages tell. */
  listen(orphans: () => void, told: (name: string, result: RCResult<IAReceivedMessage>) => void): void
}
