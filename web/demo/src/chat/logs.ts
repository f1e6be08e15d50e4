import type { ReceivedMessage } from '../im.ts'
import { change, recalled } from '../log.ts'
import { emptyLog, type Entry, type Key, type Log, type State } from '../model.ts'
import type { Store } from '../store.ts'

/** Logs is what is loaded of the messages of each conversation. log.ts says how they change. */
export class Logs {
  readonly #store: Store<State>

  constructor(store: Store<State>) {
    this.#store = store
  }

  of(key: Key): Log {
    return this.#store.value.logs[key] ?? emptyLog
  }

  /** find is the entry of that id. */
  find(key: Key, id: string): Entry | undefined {
    return this.of(key).entries.find((entry) => entry.id === id)
  }

  set(key: Key, make: (log: Log) => Log): void {
    this.#store.set(({ logs }) => ({ logs: { ...logs, [key]: make(logs[key] ?? emptyLog) } }))
  }

  /** modify gives a message the content that it has been edited to. */
  modify(key: Key, { messageUId, content }: ReceivedMessage): void {
    this.set(key, (log) =>
      change(log, new Set([messageUId]), (entry) => ({ ...entry, message: { ...entry.message, content }, edited: true })),
    )
  }

  /** recall makes a notice of a message that somebody recalled. */
  recall(key: Key, uid: string, by: string): void {
    this.set(key, (log) => change(log, new Set([uid]), (entry) => (entry.again === undefined ? recalled(entry, by) : entry)))
  }
}
