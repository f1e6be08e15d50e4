import { typing } from './api/typing.ts'
import { ErrorCode } from './allcodes.ts'
import type { IInitOption } from './client.ts'
import { speak } from './codes.ts'
import { begin } from './current.ts'
import { codeTexts } from './generated/codes.ts'
import { unsent } from './api/unsent.ts'

export { type GetHistoryMessageOption, type GetHistoryMessageResult, getHistoryMessages } from './api/history.ts'
export { ConnectionStatus, ConnectType, LogLevel } from './enums.ts'
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
  speak(ErrorCode, codeTexts)
  begin(options, [typing, unsent])
}
