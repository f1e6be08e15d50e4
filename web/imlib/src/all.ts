/**
 * All that the package exports but init, which is where the texts of codes come
 * from. Bundles have modules in the order of imports, and compressors look back
 * 32 KB: what is alike is near here, and in start.ts, which saves 300 bytes.
 */

export * from './api/amend.ts'
export * from './enums.ts'
export * from './p0.ts'
export * from './api/upload.ts'
export {
  broadcastMessage,
  forwardMessages,
  type IBroadcastOptions,
  type IForwardOptions,
  type ISendProgress,
  type ITargetReport,
} from './api/forward.ts'
export * from './api/receipts.ts'
export * from './api/history.ts'
export * from './api/chatrooms.ts'
export * from './api/tags.ts'
export { ErrorCode } from './codes.ts'
export * from './api/conversations.ts'
export * from './api/groups.ts'
export { getUnsentMessages, removeUnsentMessages, resendMessage } from './api/unsent.ts'
export * from './api/settings.ts'
export * from './api/blacklist.ts'
