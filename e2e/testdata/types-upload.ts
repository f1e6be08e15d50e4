// The names of the page about sending files, as a TypeScript application uses them.
import * as RongIMLib from '@rongcloud/imlib-next'
import type {
  IImageMessageOption, ISendBody, ISendFileMessageOptions, ISendImageMessageOptions, ISendSightMessageOptions, IUploadHooks, IUploadMessageOption,
} from '@rongcloud/imlib-next'

const to = { conversationType: RongIMLib.ConversationType.PRIVATE, targetId: 'bob' }
export function send(hooks: IUploadHooks, f: File, body: ISendBody): void {
  const file: ISendFileMessageOptions = { file: f }
  const image: ISendImageMessageOptions = body
  const sight: ISendSightMessageOptions = { file: f, duration: 1, thumbnail: 't' }
  const inline: IUploadMessageOption = { contentDisposition: 'inline' }
  const small: IImageMessageOption = { thumbnailConfig: { maxHeight: 1, maxWidth: 1, quality: 1, scale: 1 } }
  void RongIMLib.sendFileMessage(to, file, hooks, inline)
  void RongIMLib.sendImageMessage(to, image, hooks, small)
  void RongIMLib.sendSightMessage(to, sight, hooks, inline)
}
