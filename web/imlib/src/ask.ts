import { RETRY } from './bounds.ts'
import type { Client } from './client.ts'
import { Refused } from './errors.ts'
import { Notify } from './generated/wire.ts'
import { RCConnectionStatus } from './enums.ts'
import type { Schema, Sending } from './wire/schema.ts'
import { Malformed } from './wire/protobuf.ts'

/** ask asks the user's own topics: it resolves with the answer, if answer says how to read it. */
export function ask<Q, A = void>(client: Client, topic: string, request: Schema<Q>, value: Sending<Q>, answer?: Schema<A>): Promise<A> {
  return client.query(topic, client.userId, request, value, answer)
}

/** onCommand calls hook with each hint of a kind. */
export function onCommand(client: Client, command: number, hook: (hint: Notify) => void): void {
  client.onPublish('s_cmd', Notify, (hint) => {
    if (hint.type === command) hook(hint)
  })
}

/**
 * puller makes pull, which asks for what is new, run once at a time: who wants
 * it while it runs gets another run after this one. A pull that returns true
 * has more to ask for. One that fails is tried again, as long as there is a
 * session; the promise resolves all the same.
 */
export function puller(client: Client, pull: () => Promise<unknown>): () => Promise<void> {
  let wanted = false
  let running: Promise<void> | undefined
  const run = async (): Promise<void> => {
    while (wanted) {
      wanted = false
      try {
        if ((await pull()) === true) wanted = true
      } catch (error) {
        if (!(error instanceof Refused || error instanceof Malformed)) console.error(error)
        if (!wanted && client.status === RCConnectionStatus.CONNECTED) setTimeout(() => void want(), RETRY)
      }
    }
    running = undefined
  }
  const want = (): Promise<void> => {
    wanted = true
    return (running ??= run())
  }
  return want
}
