import { ErrorCode } from './codes.ts'
import { conversations } from './conversations.ts'
import { rooms } from './rooms.ts'
import { edits, expansions, recalls } from './amendments.ts'
import { browser } from './browser.ts'
import type { IInitOption } from './client.ts'
import { speak } from './corecodes.ts'
import { typing } from './api/typing.ts'
import { begin } from './current.ts'
import { unsent } from './api/unsent.ts'
import { browserTransport } from './websocket.ts'
import { shared } from './tabs.ts'
import { receipts } from './receipts.ts'

/** start makes the page's client with all features that listen, and names all codes. */
export function start(options: IInitOption): void {
  speak(ErrorCode)
  const transport = options?.tabs === false ? browserTransport() : shared(browserTransport(), browser())
  begin(options, [typing, unsent, expansions, recalls, conversations, edits, rooms, receipts], transport)
}
