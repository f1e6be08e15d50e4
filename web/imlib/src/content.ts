/** The contents of the messages that the protocol knows. Each may name its sender (user) and carry text of the app's own (extra). */

import type { ConversationType, MentionedType, MessageAuditType, ReferenceMessageStatus, UserType } from './enums.ts'

/** IUserProfile is how the sender of a message is shown. */
export interface IUserProfile {
  id?: string
  userType?: UserType
  name?: string
  /** The older name of portrait; each has the value of the other where one is absent. */
  portraitUri?: string
  portrait?: string
  extra?: string
  alias?: string
}
export type IUserExtraValueInMessage = IUserProfile

/** MentionedInfo says whom a message mentions. */
export interface MentionedInfo {
  type: MentionedType
  /** Whom, unless type is ALL. */
  userIdList?: string[]
  /** What the notification says instead of the text. */
  mentionedContent?: string
}
export type MentionedInfoBody = MentionedInfo

/** IAuditInfoValueInMessage says how a message is reviewed. */
export interface IAuditInfoValueInMessage {
  auditType?: MessageAuditType
  project?: string
  strategy?: string
}

export interface IUserExtraKeyInMessage {
  user?: IUserProfile
}
export interface IExtraDataKeyInMessage {
  extra?: string
}
export interface IMentionedInfoKeyInMessage {
  mentionedInfo?: MentionedInfo
}
export interface IAuditInfoKeyInMessage {
  audit?: IAuditInfoValueInMessage
}
export type IUserInfo = IUserExtraKeyInMessage
export type IExtraData = IExtraDataKeyInMessage
export type IAuditInfo = IAuditInfoKeyInMessage

/** Common is what every content may have. */
interface Common extends IUserExtraKeyInMessage, IExtraDataKeyInMessage, IMentionedInfoKeyInMessage, IAuditInfoKeyInMessage {}

export interface ITextMessageBody extends Common {
  content: string
}
export type ITextMessageContent = ITextMessageBody

export interface IImageMessageBody extends Common {
  /** A small JPEG in base64, without "data:" in front, at most 80 KB. */
  content: string
  imageUri: string
  thumWidth?: number
  thumHeight?: number
}
export type IImageMessageContent = IImageMessageBody

export interface IGIFMessageBody extends Common {
  /** In bytes. */
  gifDataSize: number
  remoteUrl: string
  width: number
  height: number
}
export type IGIFMessageContent = IGIFMessageBody

export interface IFileMessageBody extends Common {
  name: string
  /** In bytes. */
  size: number
  /** The ending of the name. */
  type: string
  fileUrl: string
}
export type IFileMessageContent = IFileMessageBody

export interface IHQVoiceMessageBody extends Common {
  remoteUrl: string
  /** In seconds, at most 60. */
  duration: number
  type?: string
  numberOfChannels?: number
  sampleRate?: number
  format?: string
}
export type IHQVoiceMessageContent = IHQVoiceMessageBody

export interface IVoiceMessageBody extends Common {
  /** AMR in base64. */
  content: string
  /** In seconds, at most 60. */
  duration: number
}
export type IVoiceMessageContent = IVoiceMessageBody

export interface ISightMessageBody extends Common {
  sightUrl: string
  /** The first frame, a JPEG in base64 without line breaks, at most 80 KB. */
  content: string
  /** In seconds, at most 120 unless the app says otherwise. */
  duration: number
  /** In bytes. */
  size: number
  name: string
}
export type ISightMessageContent = ISightMessageBody

export interface IReferenceMessageBody extends Common {
  referMsgUserId: string
  /** The content of the message that is answered. */
  referMsg: any
  referMsgUid: string
  content: string
  /** The type of the message that is answered. */
  objName: string
  referMsgStatus?: ReferenceMessageStatus
}
export type IReferenceMessageContent = IReferenceMessageBody

export interface ILocationMessageBody extends Common {
  longitude: number
  latitude: number
  /** The name of the place. */
  poi: string
  /** A small JPEG in base64, at most 80 KB. */
  content: string
}
export type ILocationMessageContent = ILocationMessageBody

export interface IRichContentMessageBody extends Common {
  title: string
  content: string
  imageUri: string
  url: string
}
export type IRichContentMessageContent = IRichContentMessageBody

export interface IInformationNotificationMessageBody extends Common {
  message: string
}
export type IInformationNotificationMessageContent = IInformationNotificationMessageBody

export interface ICommandMessageBody extends Common {
  name: string
  data: string
}
export type ICommandMessageContent = ICommandMessageBody

export interface IGroupNotificationMessageBody extends Common {
  operatorUserId: string
  operation: string
  data: string
  message: string
}
export type IGroupNotificationMessageContent = IGroupNotificationMessageBody

export interface ICombineMessageBody extends Common {
  remoteUrl: string
  /** Who wrote, at most 4. */
  nameList: string[]
  /** The first messages as text, at most 4. */
  summaryList: string[]
  conversationType: ConversationType
}
export type ICombineMessageContent = ICombineMessageBody

/** ICombinedMessage is one message that was forwarded among others. */
export interface ICombinedMessage {
  fromUserId: string
  targetId: string
  timestamp: number
  objectName: string
  content: any
}

export interface CombineV2MessageContent extends Common {
  conversationType: ConversationType
  summaryList: string[]
  nameList: string[]
  msgNum: number
  /** The messages, as long as they are few: 120 KB as JSON. */
  msgList?: ICombinedMessage[]
  jsonMsgKey?: string
  /** Where the messages are, when they are too many. */
  remoteUrl?: string
}
export type ICombineV2MessageContent = CombineV2MessageContent
