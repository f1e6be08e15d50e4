import * as im from '../im.ts'
import type { ReceivedMessage } from '../im.ts'
import { drop, entryOf, put, settle } from '../log.ts'
import { remember, remembered } from '../memory.ts'
import { type Entry, keyOf, type State } from '../model.ts'
import type { Store } from '../store.ts'
import type { List } from './list.ts'
import type { Logs } from './logs.ts'

/** How many messages that were not sent a tab remembers. */
const REMEMBERED = 50

/** Waiting is a message that the server has not accepted, and why not; undefined while it is being sent. */
interface Waiting {
  readonly message: ReceivedMessage
  readonly code?: number | undefined
}

/**
 * Unsent is what the server has not accepted. The SDK keeps and sends it, also
 * after a reload, but knows whose it is only when it is connected. Until then
 * the page shows what the tab remembers.
 */
export class Unsent {
  readonly #store: Store<State>
  readonly #list: List
  readonly #logs: Logs
  readonly #waiting = new Map<number, Waiting>()
  /** What has ended since the page was loaded, which a list that was asked for before may still have. */
  readonly #done = new Set<number>()

  constructor(store: Store<State>, list: List, logs: Logs) {
    this.#store = store
    this.#list = list
    this.#logs = logs
  }

  /** recollect shows what this tab had not sent when it was loaded again. */
  recollect(): void {
    this.#waiting.clear()
    for (const waiting of remembered<Waiting[]>(this.#name()) ?? []) this.#show(waiting)
  }

  /** recover shows what the SDK has, also of other tabs, and nothing else. */
  async recover(): Promise<void> {
    const before = [...this.#waiting]
    const list = await im.unsent()
    for (const message of list) {
      const code = im.isFailed(message) ? (this.#waiting.get(messageIdOf(message))?.code ?? 0) : undefined
      if (code !== undefined || !this.#done.has(messageIdOf(message))) this.#show({ message, code })
    }
    // What it has no more was sent, and comes as other messages do.
    for (const [id, { message }] of before) {
      if (list.some((one) => messageIdOf(one) === id) || !this.#waiting.has(id)) continue
      this.sent(message)
      this.#logs.set(keyOf(message), (log) => drop(log, new Set([idOf(message)])))
    }
  }

  /** finished settles a message of an earlier page or another tab. */
  finished(message: ReceivedMessage, code: number): void {
    this.#done.add(messageIdOf(message))
    if (code === 0) this.sent(message)
    else this.keep(message, code)
    const key = keyOf(message)
    const entry = this.#logs.find(key, idOf(message))
    if (entry?.status !== 'sending') return
    this.#logs.set(key, (log) => (code === 0 ? settle(log, entry.id, message) : put(log, { ...entry, status: 'failed', code })))
  }

  /** keep remembers message: one that is being sent, or failed with code. */
  keep(message: ReceivedMessage, code?: number): void {
    this.#waiting.set(messageIdOf(message), { message, code })
    this.#remember()
  }

  sent(message: ReceivedMessage): void {
    if (this.#waiting.delete(messageIdOf(message))) this.#remember()
  }

  /** forget makes the SDK forget messages that failed. */
  async forget(messages: readonly ReceivedMessage[]): Promise<void> {
    const ids = messages.map(messageIdOf).filter((id) => id !== 0) // 0 is a file that was never uploaded
    if (ids.length > 0) await im.forget(ids)
    for (const message of messages) this.sent(message)
  }

  #show({ message, code }: Waiting): void {
    this.keep(message, code)
    const key = keyOf(message)
    const entry: Entry = { ...entryOf(message), id: idOf(message), status: code === undefined ? 'sending' : 'failed', code: code ?? 0 }
    this.#logs.set(key, (log) => put(log, entry))
    this.#list.touch(message, 0)
  }

  #name(): string {
    return `unsent:${this.#store.value.me}`
  }

  #remember(): void {
    remember(this.#name(), [...this.#waiting.values()].slice(-REMEMBERED))
  }
}

/** idOf is the id of the entry of an own message, from before it has a name of the server's. */
export function idOf(message: ReceivedMessage): string {
  return `own-${message.messageId}`
}

function messageIdOf({ messageId }: ReceivedMessage): number {
  return messageId ?? 0
}
