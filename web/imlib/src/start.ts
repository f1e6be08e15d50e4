import { edits, expansions, recalls } from './amendments.ts'
import { typing } from './api/typing.ts'
import type { IInitOption } from './client.ts'
import { ErrorCode } from './codes.ts'
import { speak } from './corecodes.ts'
import { conversations } from './conversations.ts'
import { begin } from './current.ts'
import { receipts } from './receipts.ts'
import { rooms } from './rooms.ts'
import { tabs } from './api/tabs.ts'
import { unsent } from './api/unsent.ts'

/** start makes the page's client with all features that listen, and names all codes. */
export function start(options: IInitOption): void {
  speak(ErrorCode)
  begin(options, [typing, unsent, tabs, expansions, recalls, conversations, edits, rooms, receipts])
}
