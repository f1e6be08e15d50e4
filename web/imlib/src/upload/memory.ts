/** What is remembered of uploads in parts, so that a later page can go on with them. */

import { LIFE, MAX_REMEMBERED } from '../bounds.ts'
import type { Client } from '../client.ts'
import { mapOf } from '../storage.ts'

/** Begun is an upload in parts that storage knows. */
export interface Begun {
  /** The client's name of the file. */
  readonly key: string
  /** What names the upload to storage, in a URL. Without it the file is whole, and only its message was not sent. */
  readonly query?: string
}

const NAME = 'uploads'

/** recalled is what is remembered, by the identities of the files, and when it was noted, in milliseconds since 1970. */
export function recalled(client: Client): Map<string, Begun & { at: number }> {
  const all = mapOf<Begun & { at: number }>(client.load(NAME))
  for (const [name, begun] of all) if (!(begun?.at > Date.now() - LIFE)) all.delete(name)
  return all
}

/** remember keeps begun, or forgets what there is when it is absent. */
export function remember(client: Client, identity: string, begun?: Begun): void {
  const all = recalled(client)
  all.delete(identity)
  if (begun) all.set(identity, { ...begun, at: Date.now() })
  client.save(NAME, JSON.stringify([...all].slice(-MAX_REMEMBERED)))
}
