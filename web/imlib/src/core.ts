/**
 * The core of the client: connecting, sending and receiving messages, and
 * typing. index.ts has everything, and texts for all codes: here
 * RCResult.msg has the name of the code, and words about arguments only.
 */

import type { IInitOption } from './client.ts'
import { begin } from './current.ts'
import { typing } from './api/typing.ts'

export * from './p0.ts'

/** init says which app of which server the page belongs to. It comes before every other call. */
export function init(options: IInitOption): void {
  begin(options, [typing])
}
