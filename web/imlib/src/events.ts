import type { ConversationIdentifier, ReceivedMessage } from './messages.ts'

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
export interface TypingStatus extends ConversationIdentifier {
  readonly list: readonly { userId: string; timestamp: number; messageType: string }[]
}

/** EventArguments is what the listeners of each event get. */
export interface EventArguments {
  CONNECTING: []
  CONNECTED: []
  DISCONNECT: [code: number]
  SUSPEND: [code: number]
  MESSAGES: [event: { messages: ReceivedMessage[] }]
  TYPING_STATUS: [event: { status: TypingStatus[] }]
  PULL_OFFLINE_MESSAGE_FINISHED: []
}

/** Listener is called with what its event tells. */
export type Listener<E extends Events> = (...args: EventArguments[E]) => void

/** Emitter calls listeners in the order they were added. */
export class Emitter {
  readonly #listeners = new Map<Events, Set<Listener<never>>>()

  add<E extends Events>(event: E, listener: Listener<E>): void {
    const set = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, set.add(listener))
  }

  remove<E extends Events>(event: E, listener: Listener<E>): void {
    this.#listeners.get(event)?.delete(listener)
  }

  clear(event?: Events): void {
    if (event === undefined) this.#listeners.clear()
    else this.#listeners.delete(event)
  }

  /** emit calls every listener. One that throws is reported and does not disturb the others. */
  emit<E extends Events>(event: E, ...args: EventArguments[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        ;(listener as Listener<E>)(...args)
      } catch (error) {
        console.error(`a listener of ${event} failed`, error)
      }
    }
  }
}
