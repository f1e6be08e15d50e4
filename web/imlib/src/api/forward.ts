import { callback, check, listOf, name, object, optional, text } from '../arguments.ts'
import { MAX_LIST, MAX_SENDS, MAX_SHOWN, MAX_SUMMARY } from '../bounds.ts'
import type { Client } from '../client.ts'
import { attempt, call } from '../current.ts'
import { ConversationType, FileType } from '../enums.ts'
import { type RCResult, Refused } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { say } from '../language.ts'
import { BaseMessage } from '../messages.ts'
import { MessageType } from '../generated/types.ts'
import type { IAReceivedMessage, IConversationOption } from '../received.ts'
import type { ISendMessageOptions } from '../upward.ts'
import { transfer } from '../upload/transfer.ts'
import { send } from './send.ts'

/** ITargetReport is what became of the messages for one conversation. */
export interface ITargetReport {
  conversation: IConversationOption
  /** 0 when all were accepted, else why the first was not. */
  code: number
  msg: string
  /** As accepted or failed, in order. One that was refused before it was a message is missing. */
  messages: IAReceivedMessage[]
}

/** ISendProgress tells how far a call with several conversations has come. */
export interface ISendProgress {
  /** How many conversations are through, and of how many. */
  done: number
  total: number
  /** The one that is through now. */
  report: ITargetReport
}

/** IBroadcastOptions says how to send a message to several conversations. */
export interface IBroadcastOptions extends Omit<ISendMessageOptions, 'messageId'> {
  readonly onProgress?: (progress: ISendProgress) => void
}

/** IForwardOptions says how to forward. */
export interface IForwardOptions extends IBroadcastOptions {
  /** Whether to make one message of all (RC:CombineV2Msg). Their list, as JSON, is uploaded when it has 120 KB or more. */
  readonly combine?: boolean
  /**
   * For combine: what the combined message is called by, at most 4: the names
   * of both users of a private conversation, or that of the group. Ids if absent.
   */
  readonly nameList?: readonly string[]
  /** For combine: a line for each of the first 4 messages. Their text if absent, or what kind of message it is. */
  readonly summaryList?: readonly string[]
}

/**
 * broadcastMessage sends message to each of up to 500 conversations, one after
 * the other and no faster than the server takes them, so none is refused with
 * 20604. Its data is a report for each conversation, in order; its code is that
 * of the first that failed.
 */
export function broadcastMessage(
  conversations: readonly IConversationOption[],
  message: BaseMessage,
  options: IBroadcastOptions = {},
): Promise<RCResult<ITargetReport[]>> {
  return call((client) => broadcast(client, conversations, message, options))
}

/** broadcast does it as client's user. */
export function broadcast(
  client: Client,
  conversations: readonly IConversationOption[],
  message: BaseMessage,
  options: IBroadcastOptions = {},
): Promise<ITargetReport[]> {
  check('message', message, object, codes.INVALID_PARAMETER_MESSAGE_CONTENT)
  return deliver(client, [message], conversations, options)
}

/**
 * forwardMessages sends messages that came, or that the user sent, to other
 * conversations: one by one or combined into one, and no faster than the server
 * takes them. Messages times conversations are up to 500. The result is as that
 * of broadcastMessage.
 */
export function forwardMessages(
  messages: readonly IAReceivedMessage[],
  conversations: readonly IConversationOption[],
  options: IForwardOptions = {},
): Promise<RCResult<ITargetReport[]>> {
  return call((client) => forward(client, messages, conversations, options))
}

/** forward does it as client's user. */
export async function forward(
  client: Client,
  messages: readonly IAReceivedMessage[],
  conversations: readonly IConversationOption[],
  options: IForwardOptions = {},
): Promise<ITargetReport[]> {
  check('messages', messages, listOf(object, 1, MAX_SENDS), codes.MSG_LIMIT_ERROR)
  for (const { messageType } of messages) check('messageType', messageType, name)
  const out = options.combine ? [await combined(client, messages, options)] : messages.map(copyOf)
  return deliver(client, out, conversations, options)
}

async function deliver(
  client: Client,
  messages: readonly BaseMessage[],
  conversations: readonly IConversationOption[],
  options: IBroadcastOptions,
): Promise<ITargetReport[]> {
  check('conversations', conversations, listOf(object, 1, Math.floor(MAX_SENDS / messages.length)), codes.CONVER_OUT_LIMIT_ERROR)
  check('onProgress', options.onProgress, optional(callback))
  let done = 0
  const reports = await Promise.all(
    conversations.map(async (conversation) => {
      const sends = messages.map((message) => attempt(() => send(client, conversation, message, options, { paced: true })))
      const results = await Promise.all(sends)
      const { code, msg } = results.find(({ isOk }) => !isOk) ?? (results[0] as RCResult<IAReceivedMessage>)
      const report = { conversation, code, msg, messages: results.flatMap(({ data }) => data ?? []) }
      options.onProgress?.({ done: ++done, total: conversations.length, report })
      return report
    }),
  )
  const failed = reports.find(({ code }) => code)
  if (failed) throw new Refused(failed.code, undefined, reports)
  return reports
}

/** copyOf is message without what is about its sender, and without mentioning anybody again. */
function copyOf({ messageType, content, isPersited, isCounted }: IAReceivedMessage): BaseMessage {
  const { user, mentionedInfo, ...rest } = content
  return new BaseMessage(messageType, rest, isPersited, isCounted)
}

async function combined(client: Client, messages: readonly IAReceivedMessage[], options: IForwardOptions): Promise<BaseMessage> {
  const [{ conversationType, senderUserId, targetId, sentTime }] = messages as [IAReceivedMessage]
  if (messages.some((message) => message.conversationType !== conversationType)) {
    throw new Refused(codes.CONVERSATION_TYPE_NOT_SUPPORT)
  }
  const names = conversationType === ConversationType.PRIVATE ? [...new Set([senderUserId, targetId])] : [targetId]
  const { nameList = names, summaryList = messages.slice(0, MAX_SHOWN).map(summary) } = options
  check('nameList', nameList, listOf(text, 0, MAX_SHOWN))
  check('summaryList', summaryList, listOf(text, 0, MAX_SHOWN))
  const msgList = messages.map(({ senderUserId, targetId, sentTime, messageType, content }) => ({
    fromUserId: senderUserId,
    targetId,
    timestamp: sentTime,
    objectName: messageType,
    content,
  }))
  const shown = { conversationType, summaryList, nameList, msgNum: messages.length }
  // The times tell lists of messages apart.
  const jsonMsgKey = `combine_${sentTime}_${messages.at(-1)?.sentTime}.json`
  const file = new File([JSON.stringify(msgList)], jsonMsgKey, { type: 'application/json' })
  if (file.size < MAX_LIST) return new BaseMessage(MessageType.COMBINE_V2, { ...shown, msgList })
  const { url: remoteUrl, forget } = await transfer(client, { file, fileType: FileType.COMBINE_HTML })
  forget()
  return new BaseMessage(MessageType.COMBINE_V2, { ...shown, jsonMsgKey, remoteUrl })
}

function summary({ messageType, content }: IAReceivedMessage): string {
  const { content: words, title } = content
  if (messageType === MessageType.TEXT || messageType === MessageType.REFERENCE) return String(words).slice(0, MAX_SUMMARY)
  const [en = 'Message', zh = '消息'] = kinds[messageType] ?? []
  return `[${say({ en, zh })}]${typeof title === 'string' ? ` ${title.slice(0, MAX_SUMMARY)}` : ''}`
}

const kinds: { readonly [messageType: string]: readonly [english: string, chinese: string] } = {
  [MessageType.IMAGE]: ['Image', '图片'],
  [MessageType.GIF]: ['GIF', '动图'],
  [MessageType.SIGHT]: ['Video', '视频'],
  [MessageType.HQ_VOICE]: ['Voice', '语音'],
  [MessageType.FILE]: ['File', '文件'],
  [MessageType.LOCATION]: ['Location', '位置'],
  [MessageType.COMBINE_V2]: ['Chat history', '聊天记录'],
}
