// The names of the page, as a TypeScript application uses them.
import * as RongIMLib from '@rongcloud/imlib-next'
import type {
  ITextMessageBody, IImageMessageBody, IFileMessageBody, IHQVoiceMessageBody, ISightMessageBody, IGIFMessageBody,
  IReferenceMessageBody, ILocationMessageBody, IRichContentMessageBody, IInformationNotificationMessageBody,
  ICommandMessageBody, IGroupNotificationMessageBody, ISendMessageOptions, ISendFileMessageOptions,
  ISendImageMessageOptions, ISendSightMessageOptions, ISendBody, IUploadMessageOption, IImageMessageOption, IUploadHooks,
} from '@rongcloud/imlib-next'

const text: ITextMessageBody = { content: 'hi' }
const image: IImageMessageBody = { content: '/9j/', imageUri: 'x' }
const file: IFileMessageBody = { name: 'n', size: 1, type: 'pdf', fileUrl: 'x' }
const voice: IHQVoiceMessageBody = { remoteUrl: 'x', duration: 60 }
const sight: ISightMessageBody = { sightUrl: 'x', content: '/9j/', duration: 10, size: 100, name: 'n' }
const gif: IGIFMessageBody = { gifDataSize: 30, remoteUrl: 'x', width: 300, height: 200 }
const reference: IReferenceMessageBody = {
  referMsgUserId: 'bob', referMsg: { content: 'x' }, referMsgUid: 'u', content: 'x', objName: RongIMLib.MessageType.TEXT,
}
const location: ILocationMessageBody = { longitude: 1, latitude: 1, poi: 'p', content: '/9j/' }
const rich: IRichContentMessageBody = { title: 't', content: 'c', imageUri: 'x', url: 'x' }
const notice: IInformationNotificationMessageBody = { message: 'm' }
const command: ICommandMessageBody = { name: 'n', data: 'd' }
const group: IGroupNotificationMessageBody = { operatorUserId: 'u', operation: 'o', data: 'd', message: 'm' }

export const messages: RongIMLib.BaseMessage<any>[] = [
  new RongIMLib.TextMessage(text), new RongIMLib.ImageMessage(image), new RongIMLib.FileMessage(file),
  new RongIMLib.HQVoiceMessage(voice), new RongIMLib.SightMessage(sight), new RongIMLib.GIFMessage(gif),
  new RongIMLib.ReferenceMessage(reference), new RongIMLib.LocationMessage(location), new RongIMLib.RichContentMessage(rich),
  new RongIMLib.InformationNotificationMessage(notice), new RongIMLib.CommandMessage(command),
  new RongIMLib.GroupNotificationMessage(group),
]

const to = { conversationType: RongIMLib.ConversationType.PRIVATE, targetId: 'bob' }
export function send(options: ISendMessageOptions, hooks: IUploadHooks, f: File, body: ISendBody): void {
  void RongIMLib.sendMessage(to, messages[0]!, options)
  const file: ISendFileMessageOptions = { file: f }
  const image: ISendImageMessageOptions = body
  const sight: ISendSightMessageOptions = { file: f, duration: 1, thumbnail: 't' }
  const inline: IUploadMessageOption = { contentDisposition: 'inline' }
  const small: IImageMessageOption = { thumbnailConfig: { maxHeight: 1, maxWidth: 1, quality: 1, scale: 1 } }
  void RongIMLib.sendFileMessage(to, file, hooks, inline)
  void RongIMLib.sendImageMessage(to, image, hooks, small)
  void RongIMLib.sendSightMessage(to, sight, hooks, inline)
}
