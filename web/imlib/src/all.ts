/** All that the package exports but init, which is where the texts of codes come from. */

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
export { ErrorCode } from './codes.ts'
export {
  broadcastMessage,
  forwardMessages,
  type IBroadcastOptions,
  type IForwardOptions,
  type ISendProgress,
  type ITargetReport,
} from './api/forward.ts'
export { getUnsentMessages, removeUnsentMessages, resendMessage } from './api/unsent.ts'
