import type { IAReceivedMessage, IConversationOption } from './messages.ts'

/** Events names what a client tells its application. */
export const Events = {
  CONNECTING: 'CONNECTING',
  CONNECTED: 'CONNECTED',
  /** The connection ended and stays so: the application must act. */
  DISCONNECT: 'DISCONNECT',
  /** The connection was lost; the client is trying again by itself. */
  SUSPEND: 'SUSPEND',
  MESSAGES: 'MESSAGES',
  TYPING_STATUS: 'TYPING_STATUS',
  /** Everything that was sent while this client was away has been delivered. */
  PULL_OFFLINE_MESSAGE_FINISHED: 'PULL_OFFLINE_MESSAGE_FINISHED',
} as const
export type Events = (typeof Events)[keyof typeof Events]

/** TypingStatus says who is typing in a conversation. */
export interface TypingStatus extends IConversationOption {
  list: { userId: string; timestamp: number; messageType: string }[]
}

/** EventListeners is what is called with each event. */
export interface EventListeners {
  CONNECTING: () => void
  CONNECTED: () => void
  /** code is why. */
  DISCONNECT: (code: number) => void
  SUSPEND: (code: number) => void
  MESSAGES: (event: { messages: IAReceivedMessage[] }) => void
  TYPING_STATUS: (event: { status: TypingStatus[] }) => void
  PULL_OFFLINE_MESSAGE_FINISHED: () => void
}

type Listener = (...args: never[]) => void

interface Entry {
  readonly listener: Listener
  readonly target: unknown
  readonly once: boolean
}

/** Emitter calls listeners in the order they were added. */
export class Emitter {
  readonly #entries = new Map<Events, Entry[]>()

  /** add calls listener on target; the same pair is added once. */
  add<E extends Events>(event: E, listener: EventListeners[E], target?: unknown, once: boolean = false): void {
    const entries = this.#entries.get(event) ?? []
    if (entries.some((e) => e.listener === listener && e.target === target)) return
    this.#entries.set(event, [...entries, { listener, target, once }])
  }

  remove<E extends Events>(event: E, listener: EventListeners[E], target?: unknown): void {
    const entries = this.#entries.get(event) ?? []
    this.#entries.set(event, entries.filter((e) => e.listener !== listener || e.target !== target))
  }

  clear(event?: Events): void {
    if (event === undefined) this.#entries.clear()
    else this.#entries.delete(event)
  }

  /** emit calls every listener. One that throws is reported and does not disturb the others. */
  emit<E extends Events>(event: E, ...args: Parameters<EventListeners[E]>): void {
    for (const { listener, target, once } of this.#entries.get(event) ?? []) {
      if (once) this.remove(event, listener as EventListeners[E], target)
      try {
        ;(listener as (...args: unknown[]) => void).apply(target, args)
      } catch (error) {
        console.error(`a listener of ${event} failed`, error)
      }
    }
  }
}
