import { edits, expansions, recalls } from './amendments.ts'
import { typing } from './api/typing.ts'
import type { IInitOption } from './client.ts'
import { ErrorCode } from './codes.ts'
import { speak } from './corecodes.ts'
import { conversations } from './conversations.ts'
import { begin } from './current.ts'
import { receipts } from './receipts.ts'
import { rooms } from './rooms.ts'
import { tags } from './tags.ts'
import { tabs } from './api/tabs.ts'
import { unsent } from './api/unsent.ts'

export * from './api/amend.ts'
export * from './api/blacklist.ts'
export * from './api/chatrooms.ts'
export * from './api/conversations.ts'
export * from './api/groups.ts'
export * from './api/history.ts'
export * from './api/receipts.ts'
export * from './api/settings.ts'
export * from './api/tags.ts'
export * from './api/upload.ts'
export * from './enums.ts'
export * from './p0.ts'
export { ErrorCode }
export {
  broadcastMessage,
  forwardMessages,
  type IBroadcastOptions,
  type IForwardOptions,
  type ISendProgress,
  type ITargetReport,
} from './api/forward.ts'
export { getUnsentMessages, removeUnsentMessages, resendMessage } from './api/unsent.ts'

/** init says which app of which server the page belongs to. It comes before every other call. */
export function init(options: IInitOption): void {
  speak(ErrorCode, () => import('./generated/texts.ts'))
  begin(options, [typing, unsent, tabs, expansions, recalls, conversations, tags, edits, rooms, receipts])
}
