export * from './api/connection.ts'
export * from './api/events.ts'
export { type GetHistoryMessageOption, type GetHistoryMessageResult, getHistoryMessages } from './api/history.ts'
export { sendMessage, sendTextMessage } from './api/send.ts'
export { sendTypingStatusMessage } from './api/typing.ts'
export type { IInitOption } from './client.ts'
export { ErrorCode } from './codes.ts'
export type { RCResult } from './errors.ts'
export { type EventListeners, Events, type TypingStatus } from './events.ts'
export type { Language } from './language.ts'
export {
  BaseMessage,
  ConversationType,
  type IAReceivedMessage,
  type IConversationOption,
  type ISendMessageOptions,
  type ITextMessageBody,
  MessageDirection,
  MessageType,
  SentStatus,
  TextMessage,
} from './messages.ts'
export { RCConnectionStatus } from './state.ts'
