export * from './api/connection.ts'
export * from './api/events.ts'
export { registerMessageType, sendMessage, sendTextMessage } from './api/send.ts'
export { sendTypingStatusMessage } from './api/typing.ts'
export type { IConversationCachePolicy, IInitOption } from './client.ts'
export { ErrorCode } from './corecodes.ts'
export type * from './content.ts'
export type * from './conversation.ts'
export {
  ConversationType,
  InterruptionLevel,
  MentionedType,
  MessageAuditType,
  MessageDirection,
  PushImportanceHonor,
  RCConnectionStatus,
  ReceivedStatus,
  SentStatus,
} from './enums.ts'
export type { RCResult } from './errors.ts'
export {
  type EventListeners,
  Events,
  type IMessageReceiptRequestEvent,
  type IMessageReceiptResponseEvent,
  type IMessagesEvent,
  type IReadReceiptReceivedEvent,
  type ITypingMessage,
  type ITypingStatusEvent,
  type ITypingUser,
} from './events.ts'
export type { Language } from './language.ts'
export {
  BaseMessage,
  CombineMessage,
  CombineV2Message,
  CommandMessage,
  FileMessage,
  GIFMessage,
  GroupNotificationMessage,
  HQVoiceMessage,
  ImageMessage,
  InformationNotificationMessage,
  LocationMessage,
  type MessageConstructor,
  MessageType,
  ReferenceMessage,
  RichContentMessage,
  SightMessage,
  TextMessage,
  VoiceMessage,
} from './messages.ts'
export type * from './notices.ts'
export type { IAndroidPushConfig, IGooglePushConfig, IHarmonyOSPushConfig, IiOSPushConfig, IPushConfig } from './push.ts'
export type {
  IAReceivedMessage,
  IBaseConversationInfo,
  IConversationIdentifier,
  IConversationOption,
  IQuoteInfo,
  IReadReceiptInfo,
  IReceivedMessage,
  IReceivedStatusInfo,
  MessageModifyInfo,
} from './received.ts'
export type { ISendMessageOptions } from './upward.ts'
