import { check, checkConversation, name, object, oneOf, optional, type Rule, text } from '../arguments.ts'
import type { Client } from '../client.ts'
import type { IAuditInfoKeyInMessage, IExtraDataKeyInMessage, IMentionedInfoKeyInMessage, IUserExtraKeyInMessage } from '../content.ts'
import { call } from '../current.ts'
import { FileType, UploadMethod } from '../enums.ts'
import { type RCResult, Refused } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import type { UploadAnswer } from '../generated/wire.ts'
import { type BaseMessage, FileMessage, GIFMessage, HQVoiceMessage, ImageMessage, SightMessage } from '../messages.ts'
import type { IAReceivedMessage, IConversationOption } from '../received.ts'
import { randomName } from '../random.ts'
import { locate, placesFor, ticket } from '../upload/files.ts'
import { film, type IThumbnailConfig, picture, size, sound } from '../upload/media.ts'
import { transfer, type Upload } from '../upload/transfer.ts'
import type { ISendMessageOptions } from '../upward.ts'
import { send } from './send.ts'

export type { IThumbnailConfig }

/** ISendBody is a file, and what its message says beside it. */
export interface ISendBody extends IUserExtraKeyInMessage, IExtraDataKeyInMessage, IMentionedInfoKeyInMessage, IAuditInfoKeyInMessage {
  file: File
}

/** ISendFileMessageOptions is what sendFileMessage sends. */
export type ISendFileMessageOptions = ISendBody
/** ISendImageMessageOptions is what sendImageMessage sends. */
export type ISendImageMessageOptions = ISendBody

/** ISendSightMessageOptions is what sendSightMessage sends. What is absent is found out. */
export interface ISendSightMessageOptions extends ISendBody {
  /** In seconds. */
  duration?: number
  /** Base64 of a picture, without a prefix. */
  thumbnail?: string
  /** The name of the file if it is to be another one. */
  name?: string
}

/** IUploadResult is what is known of an uploaded file; of a picture, a sound or a film more. */
export interface IUploadResult {
  downloadUrl: string
  /** The server's name of the file. */
  uniqueName: string
  name: string
  /** In bytes. */
  size: number
  type: string
  /** Of a sound or a film, in seconds. */
  duration?: number
  numberOfChannels?: number
  sampleRate?: number
  /** Of a sound, in samples. */
  length?: number
  /** Of an image or a film: base64 of a JPEG, without a prefix. */
  thumbnail?: string
  /** Of a GIF; of another picture as large as it was drawn for the thumbnail. */
  width?: number
  height?: number
}

/** IUploadHooks is how an application follows an upload. */
export interface IUploadHooks {
  /** Called with how much of the file is uploaded, in whole percent. It grows, and ends with 100. */
  onProgress?: (progress: number) => void
  /** Called before the message is sent. A message that it returns, or resolves with, is sent instead. */
  onComplete?: (fileInfo: IUploadResult & { url: string }) => BaseMessage | void | Promise<BaseMessage | void>
}

/** IUploadMessageOption says how to upload a file and how to send its message. */
export interface IUploadMessageOption extends ISendMessageOptions {
  /** Whether browsers show the file or save it. If absent they show pages of HTML and save all others. */
  readonly contentDisposition?: 'inline' | 'attachment'
  /** Gives up the upload when it is aborted before the message is sent: the result is UPLOAD_FAIL. */
  readonly signal?: AbortSignal
}

/** IImageMessageOption says how an image is sent. */
export interface IImageMessageOption extends IUploadMessageOption {
  readonly thumbnailConfig?: IThumbnailConfig
}

/** IUploadInfo says what to upload without a message. */
export interface IUploadInfo {
  file: File
  fileType: FileType
  /** Called with how many bytes of the file have gone. */
  onProgress?: (loaded: number, total: number) => void
  contentDisposition?: 'inline' | 'attachment'
  thumbnailConfig?: IThumbnailConfig
  /** Gives up the upload when it is aborted. */
  signal?: AbortSignal
}

/**
 * sendFileMessage uploads a file and sends a message with its URL. An upload
 * that broke off goes on where it stopped when the same file is sent again, also by
 * a page that was loaded anew.
 */
export function sendFileMessage(
  conversation: IConversationOption,
  msgBody: ISendFileMessageOptions,
  hooks?: IUploadHooks,
  sendOptions?: IUploadMessageOption,
): Promise<RCResult<IAReceivedMessage>> {
  return sendMedia(file, conversation, msgBody, hooks, sendOptions)
}

/** sendImageMessage uploads an image and sends it with a thumbnail that it makes. */
export function sendImageMessage(
  conversation: IConversationOption,
  msgBody: ISendImageMessageOptions,
  hooks?: IUploadHooks,
  sendOptions?: IImageMessageOption,
): Promise<RCResult<IAReceivedMessage>> {
  return sendMedia(image, conversation, msgBody, hooks, sendOptions)
}

/** sendGIFMessage uploads a GIF and sends it with its size. */
export function sendGIFMessage(
  conversation: IConversationOption,
  msgBody: ISendBody,
  hooks?: IUploadHooks,
  sendOptions?: IUploadMessageOption,
): Promise<RCResult<IAReceivedMessage>> {
  return sendMedia(gif, conversation, msgBody, hooks, sendOptions)
}

/** sendHQVoiceMessage uploads a voice recording and sends it with its duration. Phones play AAC. */
export function sendHQVoiceMessage(
  conversation: IConversationOption,
  msgBody: ISendBody,
  hooks?: IUploadHooks,
  sendOptions?: IUploadMessageOption,
): Promise<RCResult<IAReceivedMessage>> {
  return sendMedia(voice, conversation, msgBody, hooks, sendOptions)
}

/** sendSightMessage uploads a short video and sends it, with its first picture and its duration unless they are given. Phones play MP4 with H.264 and AAC. */
export function sendSightMessage(
  conversation: IConversationOption,
  msgBody: ISendSightMessageOptions,
  hooks?: IUploadHooks,
  sendOptions?: IUploadMessageOption,
): Promise<RCResult<IAReceivedMessage>> {
  return sendMedia(sight, conversation, msgBody, hooks, sendOptions)
}

/** upload uploads a file without sending anything. The server deletes it after a day unless a message names it. */
export function upload(uploadInfo: IUploadInfo): Promise<RCResult<IUploadResult>> {
  return call(async (client) => {
    check('uploadInfo', uploadInfo, object)
    check('contentDisposition', uploadInfo.contentDisposition, optional(disposition), codes.INVALID_PARAMETER_CONTENT_DISPOSITION)
    check('fileType', uploadInfo.fileType, oneOf(FileType), codes.INVALID_PARAMETER_MEDIA_TYPE)
    const [result] = await store(client, [image, voice].find(({ type }) => type === uploadInfo.fileType) ?? file, uploadInfo, uploadInfo)
    return result
  })
}

/** IUploadAuth is the right to upload a file: what the kind of storage takes that the server has. */
export interface IUploadAuth extends UploadAnswer {
  /** The name to upload it by. */
  fileName: string
}

/** getFileToken is the right to upload a file by hand; httpMethod and queryString name a request of an upload in parts. */
export function getFileToken(
  fileType: FileType,
  fileName?: string,
  httpMethod?: 'POST' | 'PUT',
  queryString?: string,
): Promise<RCResult<IUploadAuth & { qiniu: string; ossConfig: string }>> {
  return call(async (client) => {
    check('fileType', fileType, oneOf(FileType), codes.INVALID_PARAMETER_MEDIA_TYPE)
    check('fileName', fileName, optional(text))
    const key = fileName || randomName()
    const right = await ticket(client, { type: fileType, key, httpMethod, queryString })
    const { form = '' } = await placesFor(client)
    return { ...right, fileName: key, qiniu: form, ossConfig: right.ossConfig ?? String(client.settings?.['ossConfig'] ?? '') }
  })
}

/** getFileUrl is where an uploaded file is read. saveName is the name that it is saved by. */
export function getFileUrl(
  fileType: FileType,
  fileName: string,
  saveName?: string,
  _?: unknown,
  serverType: UploadMethod = UploadMethod.MINIO,
): Promise<RCResult<{ downloadUrl: string }>> {
  return call(async (client) => {
    check('fileType', fileType, oneOf(FileType), codes.INVALID_PARAMETER_MEDIA_TYPE)
    check('fileName', fileName, name)
    check('saveName', saveName, optional(text), codes.INVALID_PARAMETER_SAVE_NAME)
    check('serverType', serverType, oneOf(UploadMethod), codes.INVALID_PARAMETER_SERVER_TYPE)
    return { downloadUrl: await locate(client, fileType, fileName, saveName) }
  })
}

/** Kind is a kind of file that is sent: what is found out about it, and the message it is sent by. */
interface Kind {
  readonly type: FileType
  /** What the type of the file begins with. */
  readonly begins: string
  look?(body: ISendSightMessageOptions, options: IImageMessageOption): Promise<Partial<IUploadResult>>
  /** message may go without what look did not find. */
  message(result: Required<IUploadResult>, body: ISendSightMessageOptions): BaseMessage
}

const file: Kind = {
  type: FileType.FILE,
  begins: '',
  message: ({ downloadUrl, name, size }) => new FileMessage({ name, size, type: /\.(\w+)$/.exec(name)?.[1] ?? 'bin', fileUrl: downloadUrl }),
}

const image: Kind = {
  type: FileType.IMAGE,
  begins: 'image/',
  look: ({ file }, { thumbnailConfig }) => picture(file, thumbnailConfig),
  message: ({ downloadUrl, thumbnail, width, height }) =>
    new ImageMessage({ content: thumbnail, imageUri: downloadUrl, thumWidth: width, thumHeight: height }),
}

const gif: Kind = {
  type: FileType.IMAGE,
  begins: 'image/',
  look: ({ file }) => size(file),
  message: ({ downloadUrl, size, width, height }) => new GIFMessage({ gifDataSize: size, remoteUrl: downloadUrl, width, height }),
}

const voice: Kind = {
  type: FileType.AUDIO,
  begins: 'audio/',
  look: ({ file }) => sound(file),
  message: ({ downloadUrl, duration = 0, sampleRate, numberOfChannels }) =>
    new HQVoiceMessage({ remoteUrl: downloadUrl, duration: Math.floor(duration), sampleRate, numberOfChannels }),
}

const sight: Kind = {
  type: FileType.SIGHT,
  begins: '',
  // A video that the browser cannot play can be sent all the same by who says what it is.
  look: async ({ file, duration, thumbnail }) => (duration === undefined || thumbnail === undefined ? film(file) : {}),
  message: ({ downloadUrl, name, size, duration = 0, thumbnail }, body) =>
    new SightMessage({
      sightUrl: downloadUrl,
      content: body.thumbnail ?? thumbnail,
      duration: body.duration ?? Math.floor(duration),
      size,
      name: body.name || name,
    }),
}

const disposition: Rule = oneOf(['inline', 'attachment'])

const number: Rule = { holds: (value) => typeof value === 'number' && value >= 0, en: 'a number from 0', zh: '不小于 0 的数字' }

function sendMedia(
  kind: Kind,
  conversation: IConversationOption,
  msgBody: ISendSightMessageOptions,
  hooks: IUploadHooks = {},
  options: IImageMessageOption = {},
): Promise<RCResult<IAReceivedMessage>> {
  return call(async (client) => {
    checkConversation(conversation)
    checkOptions(options)
    check('msgBody', msgBody, object, codes.MEDIA_EXCEPTION)
    let percent = -1
    const onProgress = (loaded: number, total: number): void => {
      const now = total === 0 ? 100 : Math.floor((loaded / total) * 100)
      if (now > percent) hooks.onProgress?.((percent = now))
    }
    const [result, forget] = await store(client, kind, msgBody, { ...options, onProgress })
    const { user, extra, mentionedInfo, audit } = msgBody
    const message = kind.message(result as Required<IUploadResult>, msgBody)
    Object.assign(message.content, { user, extra, mentionedInfo, audit })
    const custom = await hooks.onComplete?.({ url: result.downloadUrl, ...result })
    if (options.signal?.aborted) throw new Refused(codes.UPLOAD_FAIL, 'cancelled')
    const sent = await send(client, conversation, custom || message, options)
    forget()
    return sent
  })
}

/** store uploads a file of a kind, after a look at it. */
async function store(
  client: Client,
  kind: Kind,
  body: ISendBody,
  options: IImageMessageOption & Partial<Upload>,
): Promise<[result: IUploadResult, forget: () => void]> {
  const { file } = body
  check('file', file, {
    holds: (value) => value instanceof File && value.type.startsWith(kind.begins),
    en: `a File${kind.begins && ` whose type begins with ${kind.begins}`}`,
    zh: ` File${kind.begins && `，其类型以 ${kind.begins} 开头`}`,
  }, codes.MEDIA_EXCEPTION)
  const known = await kind.look?.(body, options).catch((error: Error) => {
    throw new Refused(codes.UPLOAD_FAIL, `msgBody.file ${file.name}: ${error.message}`)
  })
  const { key, url, forget } = await transfer(client, { fileType: kind.type, ...options, file })
  return [{ downloadUrl: url, uniqueName: key, name: file.name, size: file.size, type: file.type, ...known }, forget]
}

function checkOptions(options: IImageMessageOption): void {
  const code = codes.INVALID_PARAMETER_SENDOPTIONS
  check('sendOptions', options, object, code)
  check('sendOptions.contentDisposition', options.contentDisposition, optional(disposition), code)
  check('sendOptions.thumbnailConfig', options.thumbnailConfig, optional(object), code)
  for (const key of ['maxHeight', 'maxWidth', 'quality', 'scale'] as const) {
    check(`sendOptions.thumbnailConfig.${key}`, options.thumbnailConfig?.[key], optional(number), code)
  }
}
