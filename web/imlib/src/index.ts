export { Client, type History, type HistoryOptions, type InitOptions } from './client.ts'
export { ErrorCode } from './codes.ts'
export type { Result } from './errors.ts'
export { type EventArguments, Events, type Listener, type TypingStatus } from './events.ts'
export {
  BaseMessage,
  type ConversationIdentifier,
  ConversationType,
  MessageDirection,
  MessageType,
  type ReceivedMessage,
  type SendOptions,
  SentStatus,
  type TextContent,
  TextMessage,
} from './messages.ts'
export { RCConnectionStatus } from './state.ts'
export type { Reply, Socket, SocketEvents, Transport } from './transport.ts'
