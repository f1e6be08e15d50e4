/** What is remembered of uploads in parts, so that a later page can go on with them. */

import type { Client } from '../client.ts'

/** Begun is an upload in parts that storage knows. */
export interface Begun {
  /** The client's name of the file. */
  readonly key: string
  /** The storage's name of the upload. */
  readonly id: string
  /** Where it is, without a query. */
  readonly url: string
  /** When it was begun, in milliseconds since 1970. */
  readonly at: number
  /** Whether the file is whole and only its message was not sent. */
  readonly done?: boolean
}

/** How many are remembered. The oldest is forgotten for another one. */
const MOST = 20

/** How long, in milliseconds: servers keep what was not sent for a day unless they are told otherwise. */
const LIFE = 20 * 3_600_000

const NAME = 'uploads'

/** recall is what is remembered of the upload of the file with an identity. */
export function recall(client: Client, identity: string): Begun | undefined {
  return all(client)[identity]
}

/** remember keeps begun, or forgets what there is when it is undefined. */
export function remember(client: Client, identity: string, begun: Begun | undefined): void {
  const others = Object.entries(all(client)).filter(([name]) => name !== identity)
  const kept = begun === undefined ? others : [...others, [identity, begun] as const].slice(-MOST)
  client.save(NAME, JSON.stringify(Object.fromEntries(kept)))
}

/** Storage is shared with whatever else runs on the page, so its text may be anything. */
function all(client: Client): Record<string, Begun> {
  try {
    const entries = Object.entries(JSON.parse(client.load(NAME) ?? '{}') as Record<string, Begun>)
    return Object.fromEntries(entries.filter(([, { at }]) => at > Date.now() - LIFE))
  } catch {
    return {}
  }
}
