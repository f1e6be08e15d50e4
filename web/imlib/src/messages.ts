import * as TypeFlags from './flags/type.ts'
import type {
  CombineV2MessageContent,
  ICombineMessageBody,
  ICommandMessageBody,
  IFileMessageBody,
  IGIFMessageBody,
  IGroupNotificationMessageBody,
  IHQVoiceMessageBody,
  IImageMessageBody,
  IInformationNotificationMessageBody,
  ILocationMessageBody,
  IReferenceMessageBody,
  IRichContentMessageBody,
  ISightMessageBody,
  ITextMessageBody,
  IVoiceMessageBody,
} from './content.ts'
import { MessageType, typeFlags } from './generated/types.ts'

export { MessageType }

/** BaseMessage is a message to be sent. Its content is what arrives, as JSON. */
export class BaseMessage<T = any> {
  readonly messageType: string
  content: T
  /** Whether it is kept, and delivered to who is offline. */
  readonly isPersited: boolean
  /** Whether it adds one to unread. */
  readonly isCounted: boolean

  constructor(messageType: string, content: T, isPersited: boolean = true, isCounted: boolean = true) {
    this.messageType = messageType
    this.content = content
    this.isPersited = isPersited
    this.isCounted = isCounted
  }
}

/** MessageConstructor is a class of messages. */
export type MessageConstructor<T> = new (content: T) => BaseMessage<T>

/** messageClass is the class of the messages of one type. */
export function messageClass<T>(type: string, flags: number = typeFlags[type] ?? 0): MessageConstructor<T> {
  return class extends BaseMessage<T> {
    constructor(content: T) {
      super(type, content, (flags & TypeFlags.persisted) !== 0, (flags & TypeFlags.counted) !== 0)
    }
  }
}

/** TextMessage is plain text. */
export const TextMessage: MessageConstructor<ITextMessageBody> = /* @__PURE__ */ messageClass('RC:TxtMsg')
export type TextMessage = BaseMessage<ITextMessageBody>

/** ImageMessage is an image. */
export const ImageMessage: MessageConstructor<IImageMessageBody> = /* @__PURE__ */ messageClass('RC:ImgMsg')
export type ImageMessage = BaseMessage<IImageMessageBody>

/** GIFMessage is an animated image. */
export const GIFMessage: MessageConstructor<IGIFMessageBody> = /* @__PURE__ */ messageClass('RC:GIFMsg')
export type GIFMessage = BaseMessage<IGIFMessageBody>

/** VoiceMessage is a voice recording inside the message; HQVoiceMessage is newer. */
export const VoiceMessage: MessageConstructor<IVoiceMessageBody> = /* @__PURE__ */ messageClass('RC:VcMsg')
export type VoiceMessage = BaseMessage<IVoiceMessageBody>

/** HQVoiceMessage is a voice recording in a file. */
export const HQVoiceMessage: MessageConstructor<IHQVoiceMessageBody> = /* @__PURE__ */ messageClass('RC:HQVCMsg')
export type HQVoiceMessage = BaseMessage<IHQVoiceMessageBody>

/** FileMessage is a file. */
export const FileMessage: MessageConstructor<IFileMessageBody> = /* @__PURE__ */ messageClass('RC:FileMsg')
export type FileMessage = BaseMessage<IFileMessageBody>

/** SightMessage is a short video. */
export const SightMessage: MessageConstructor<ISightMessageBody> = /* @__PURE__ */ messageClass('RC:SightMsg')
export type SightMessage = BaseMessage<ISightMessageBody>

/** LocationMessage is a place. */
export const LocationMessage: MessageConstructor<ILocationMessageBody> = /* @__PURE__ */ messageClass('RC:LBSMsg')
export type LocationMessage = BaseMessage<ILocationMessageBody>

/** RichContentMessage is a link with a title and a picture. */
export const RichContentMessage: MessageConstructor<IRichContentMessageBody> = /* @__PURE__ */ messageClass('RC:ImgTextMsg')
export type RichContentMessage = BaseMessage<IRichContentMessageBody>

/** ReferenceMessage is an answer that shows what it answers. */
export const ReferenceMessage: MessageConstructor<IReferenceMessageBody> = /* @__PURE__ */ messageClass('RC:ReferenceMsg')
export type ReferenceMessage = BaseMessage<IReferenceMessageBody>

/** CombineMessage is forwarded messages as a page. */
export const CombineMessage: MessageConstructor<ICombineMessageBody> = /* @__PURE__ */ messageClass('RC:CombineMsg')
export type CombineMessage = BaseMessage<ICombineMessageBody>

/** CombineV2Message is forwarded messages. */
export const CombineV2Message: MessageConstructor<CombineV2MessageContent> = /* @__PURE__ */ messageClass('RC:CombineV2Msg')
export type CombineV2Message = BaseMessage<CombineV2MessageContent>

/** InformationNotificationMessage is a line between the messages. */
export const InformationNotificationMessage: MessageConstructor<IInformationNotificationMessageBody> = /* @__PURE__ */ messageClass('RC:InfoNtf')
export type InformationNotificationMessage = BaseMessage<IInformationNotificationMessageBody>

/** GroupNotificationMessage is what happened to the group. */
export const GroupNotificationMessage: MessageConstructor<IGroupNotificationMessageBody> = /* @__PURE__ */ messageClass('RC:GrpNtf')
export type GroupNotificationMessage = BaseMessage<IGroupNotificationMessageBody>

/** CommandMessage is an instruction for the application of the receivers, which is not kept. */
export const CommandMessage: MessageConstructor<ICommandMessageBody> = /* @__PURE__ */ messageClass('RC:CmdMsg')
export type CommandMessage = BaseMessage<ICommandMessageBody>

