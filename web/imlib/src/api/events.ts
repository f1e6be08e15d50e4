import { emitter } from '../current.ts'
import type { EventListeners, Events } from '../events.ts'

/** addEventListener calls listener with every event of the kind. The same listener is added once. */
export function addEventListener<E extends Events>(eventType: E, listener: EventListeners[E], target?: unknown): void {
  emitter.add(eventType, listener, target)
}

/** onceEventListener calls listener with the next event of the kind only. */
export function onceEventListener<E extends Events>(eventType: E, listener: EventListeners[E], target?: unknown): void {
  emitter.add(eventType, listener, target, true)
}

/** removeEventListener undoes addEventListener with the same arguments. */
export function removeEventListener<E extends Events>(eventType: E, listener: EventListeners[E], target?: unknown): void {
  emitter.remove(eventType, listener, target)
}

/** removeEventListeners removes every listener of the kind. */
export function removeEventListeners(eventType: string): void {
  emitter.clear(eventType as Events)
}

/** clearEventListeners removes every listener. */
export function clearEventListeners(): void {
  emitter.clear()
}
