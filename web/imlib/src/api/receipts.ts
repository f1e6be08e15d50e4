import { check, checkConversation, groupOnly, id, integer, listed, listOf, name, object, optional, privateOnly, privateOrGroup, text } from '../arguments.ts'
import { checkTime, checkUId, demand, setting } from '../checks.ts'
import type { Client } from '../client.ts'
import { call } from '../current.ts'
import { ConversationType } from '../enums.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_RECEIPTS } from '../generated/limits.ts'
import {
  GroupReceipt,
  GroupReceiptAnswer,
  ReadCountsAnswer,
  ReadCountsRequest,
  type Reader,
  ReadersAnswer,
  ReadersRequest,
  ReadRange,
  Receipt,
  ReceiptsAnswer,
  ReceiptsBatchAnswer,
  ReceiptsBatchRequest,
  ReceiptsRequest,
} from '../generated/wire.ts'
import { BaseMessage, MessageType } from '../messages.ts'
import type { IGroupReadReceiptData, ReadReceiptInfoV5, ReadReceiptUser } from '../notices.ts'
import { Generation, readerOf } from '../receipts.ts'
import type { IConversationIdentifier, IConversationOption } from '../received.ts'
import { send } from './send.ts'

/** IMessageReader is somebody who has read a message, and when. */
export interface IMessageReader {
  readTime: number
  userId: string
}

/** IMessageReaderResponse is who has read a message, of how many. */
export interface IMessageReaderResponse {
  totalMemberCount: number
  list: IMessageReader[]
}

/** IMessageReadReceiptV4Response is the same in apps with receipts of the fourth generation. */
export interface IMessageReadReceiptV4Response {
  list: IMessageReader[]
  readCount: number
  totalCount: number
}

/** IMessageIdentifier names a message of a conversation. */
export interface IMessageIdentifier {
  identifier: IConversationIdentifier
  messageUId: string
}

/** ReadReceiptUsersOption says which users are wanted. */
export interface ReadReceiptUsersOption {
  /** Where the page before this one ended. */
  pageToken?: string
  /** 1 to 100. */
  pageCount: number
  /** 0: who has read; 1: who has not. */
  readStatus: 0 | 1
  /** 0: who has read last comes first. */
  order: 0 | 1
}

/** ReadReceiptUsersResult is a page of users. */
export interface ReadReceiptUsersResult {
  /** Where the next page begins; empty after the last one. */
  pageToken: string
  totalCount: number
  users: ReadReceiptUser[]
}

/** demandGeneration refuses with code unless the app has read receipts of one of wanted. */
function generation(client: Client, code: number, ...wanted: number[]): number {
  const found = setting(client, 'grpRRVer')
  demand(wanted.includes(found), code)
  return found
}

/** tell sends a message that says something of others. */
async function tell(client: Client, of: IConversationOption, type: string, content: object): Promise<void> {
  await send(client, of, new BaseMessage(type, content))
}

function of(conversationType: ConversationType, targetId: string, channelId: string | undefined): IConversationOption {
  return { conversationType, targetId, ...(channelId !== undefined && { channelId }) }
}

/** sendReadReceiptMessage tells the peer that their messages were read up to one, and timestamp, its sentTime. */
export function sendReadReceiptMessage(targetId: string, messageUId: string, timestamp: number, channelId?: string): Promise<RCResult> {
  return call((client) => {
    const peer = of(ConversationType.PRIVATE, targetId, channelId)
    checkConversation(peer, privateOnly)
    checkUId(messageUId)
    checkTime(timestamp, 1)
    return tell(client, peer, MessageType.READ_RECEIPT, { messageUId, lastMessageSendTime: timestamp, type: 1 })
  })
}

/** sendReadReceiptRequest asks a group who has read a message. */
export function sendReadReceiptRequest(targetId: string, messageUId: string, channelId?: string): Promise<RCResult> {
  return call((client) => {
    const group = of(ConversationType.GROUP, targetId, channelId)
    checkConversation(group, groupOnly)
    checkUId(messageUId)
    return tell(client, group, MessageType.READ_RECEIPT_REQUEST, { messageUId })
  })
}

/** sendReadReceiptResponseV2 answers that: messageList has the messages that were read, by sender. */
export function sendReadReceiptResponseV2(targetId: string, messageList: Record<string, string[]>, channelId?: string): Promise<RCResult> {
  return call((client) => {
    const group = of(ConversationType.GROUP, targetId, channelId)
    checkConversation(group, groupOnly)
    check('messageList', messageList, object, codes.MSG_LIMIT_ERROR)
    for (const uids of Object.values(messageList)) check('messageList', uids, listOf(name), codes.MSG_LIMIT_ERROR)
    const kept = generation(client, codes.READ_RECEIPT_ERROR, Generation.first, Generation.second)
    if (kept === Generation.first) return tell(client, group, MessageType.READ_RECEIPT_RESPONSE, { receiptMessageDic: messageList })
    return client.query('rrMsg', targetId, GroupReceipt, { msgId: Object.values(messageList).flat(), channelId })
  })
}

/** getMessageReader resolves with who has read a message of the user's own, in apps with receipts of the second generation. */
export function getMessageReader(targetId: string, messageUId: string, channelId?: string): Promise<RCResult<IMessageReaderResponse>> {
  return call(async (client) => {
    checkConversation(of(ConversationType.GROUP, targetId, channelId), groupOnly)
    checkUId(messageUId)
    generation(client, codes.READ_RECEIPT_ERROR, Generation.second)
    const answer = await client.query('rrList', targetId, GroupReceipt, { msgId: [messageUId], channelId }, GroupReceiptAnswer)
    return { totalMemberCount: answer.totalMemberNum, list: answer.list.map(({ readTime, userId }) => ({ readTime, userId })) }
  })
}

/** sendReadReceiptMessageV4 says that all from one message to another was read, in apps with receipts of the fourth generation. */
export function sendReadReceiptMessageV4(conversation: IConversationOption, endMsgUId: string, startMsgUId?: string): Promise<RCResult> {
  return call(async (client) => {
    checkConversation(conversation, listed)
    check('endMsgUId', endMsgUId, name, codes.INVALID_PARAMETER_END_MESSAGE_UID)
    check('startMsgUId', startMsgUId, optional(name), codes.INVALID_PARAMETER_START_MESSAGE_UID)
    generation(client, codes.READ_RECEIPT_V4_NOT_SUPPORT, Generation.fourth)
    const { conversationType: type, targetId, channelId: busChannel } = conversation
    const range = { targetId, type, busChannel, startMsgId: startMsgUId ?? '', endMsgId: endMsgUId }
    await client.publish('sendMsgRead', targetId, ReadRange, range)
  })
}

/** getMessageReadReceiptV4 resolves with who has read a message of a group, in such apps. */
export function getMessageReadReceiptV4(conversation: IConversationIdentifier, messageUId: string): Promise<RCResult<IMessageReadReceiptV4Response>> {
  return call(async (client) => {
    checkConversation(conversation, groupOnly)
    checkUId(messageUId)
    generation(client, codes.READ_RECEIPT_V4_NOT_SUPPORT, Generation.fourth)
    const { targetId, channelId: busChannel = '' } = conversation
    const answer = await client.query('qryMsgRead', targetId, ReadersRequest, { msgId: messageUId, busChannel, targetId }, ReadersAnswer)
    const list = answer.list.map(({ receiptTime: readTime = 0, userId = '' }) => ({ readTime, userId }))
    return { list, readCount: answer.readCount ?? 0, totalCount: answer.num ?? 0 }
  })
}

/** batchGetMessageReadReceiptInfoV4 resolves with how many have read messages of a group, in such apps. */
export function batchGetMessageReadReceiptInfoV4(
  conversation: IConversationIdentifier,
  messageUIds: string[],
): Promise<RCResult<IGroupReadReceiptData[]>> {
  return call(async (client) => {
    checkConversation(conversation, groupOnly)
    check('messageUIds', messageUIds, listOf(name), codes.INVALID_PARAMETER_MESSAGE_UID)
    generation(client, codes.READ_RECEIPT_V4_NOT_SUPPORT, Generation.fourth)
    const { conversationType, targetId, channelId } = conversation
    const request = { type: conversationType, busChannel: channelId, msgId: messageUIds }
    const { result } = await client.query('qryMsgReadCntBatch', targetId, ReadCountsRequest, request, ReadCountsAnswer)
    return result.map(({ msgId = '', count = 0, total = 0 }) => {
      return { conversationType, targetId, channelId: channelId ?? '', messageUId: msgId, readedCount: count, totalCount: total }
    })
  })
}

/** fifth checks messages of a conversation, in an app that must have receipts of the fifth generation. */
function fifth(client: Client, conversation: IConversationOption, messageUIds: readonly string[]): void {
  checkConversation(conversation, privateOrGroup)
  check('messageUIds', messageUIds, listOf(name), codes.MSG_LIMIT_ERROR)
  check('messageUIds.length', messageUIds.length, integer(1, MAX_RECEIPTS), codes.INVALID_PARAMETER_COUNT)
  generation(client, codes.READ_RECEIPT_ERROR, Generation.fifth)
}

/** sendReadReceiptResponseV5 says that 1 to 100 messages that want receipts were read. */
export function sendReadReceiptResponseV5(conversation: IConversationOption, messageUIds: string[]): Promise<RCResult> {
  return call((client) => {
    fifth(client, conversation, messageUIds)
    const { conversationType: type, targetId, channelId } = conversation
    return client.query('readReceipt', messageUIds[0] as string, Receipt, { targetId, type, channelId, readType: 0, msgIds: messageUIds })
  })
}

/** getMessageReadReceiptInfoV5 resolves with how many have read 1 to 100 messages of a conversation. */
export function getMessageReadReceiptInfoV5(conversation: IConversationOption, messageUIds: string[]): Promise<RCResult<ReadReceiptInfoV5[]>> {
  return call((client) => {
    fifth(client, conversation, messageUIds)
    return counts(client, messageUIds.map((messageUId) => ({ identifier: conversation, messageUId })))
  })
}

/** getMessageReadReceiptInfoV5ByIdentifiers is the same for messages of several conversations. */
export function getMessageReadReceiptInfoV5ByIdentifiers(messageIds: IMessageIdentifier[]): Promise<RCResult<ReadReceiptInfoV5[]>> {
  return call((client) => {
    check('messageIds', messageIds, listOf(object, 1, MAX_RECEIPTS), codes.MSG_LIMIT_ERROR)
    for (const { identifier, messageUId } of messageIds) fifth(client, identifier, [messageUId])
    return counts(client, messageIds)
  })
}

async function counts(client: Client, messages: readonly IMessageIdentifier[]): Promise<ReadReceiptInfoV5[]> {
  const items = messages.map(({ identifier: { conversationType: type, targetId, channelId }, messageUId }) => {
    return { type, targetId, busChannel: channelId || '', msgIds: [messageUId] }
  })
  const uid = messages[0]?.messageUId ?? ''
  const { item } = await client.query('qryReceiptBatch', uid, ReceiptsBatchRequest, { items }, ReceiptsBatchAnswer)
  return item.flatMap(({ type = 0, targetId = '', busChannel: channelId = '', msg }) =>
    msg.map(({ msgId: messageUId = '', unreadCount = 0, readCount = 0, totalCount = 0 }) => {
      return { identifier: { conversationType: type, targetId, channelId }, messageUId, unreadCount, readCount, totalCount }
    }),
  )
}

type Asked = Pick<ReceiptsRequest, 'queryType' | 'order' | 'readType' | 'pageType' | 'pageSize' | 'pageToken'> & { users?: string[] }

async function readers(client: Client, of: IConversationOption, messageUId: string, asked: Asked): Promise<ReceiptsAnswer> {
  const request = { type: of.conversationType, targetId: of.targetId, busChannel: of.channelId, msgIds: [messageUId], ...asked }
  return client.query('qryReceipt', messageUId, ReceiptsRequest, request, ReceiptsAnswer)
}

/** getMessagesReadReceiptUsersByPageV5 resolves with a page of who has read a message of the user's own, or has not. */
export function getMessagesReadReceiptUsersByPageV5(
  conversation: IConversationOption,
  messageUId: string,
  option: ReadReceiptUsersOption,
): Promise<RCResult<ReadReceiptUsersResult>> {
  return call(async (client) => {
    checkConversation(conversation, privateOrGroup)
    checkUId(messageUId)
    check('option', option, object)
    const { pageToken, pageCount, readStatus, order } = option
    check('pageToken', pageToken, optional(text), codes.INVALID_PARAMETER_PAGING_QUERY_OPTION)
    check('pageCount', pageCount, integer(1, MAX_RECEIPTS), codes.INVALID_PARAMETER_COUNT)
    generation(client, codes.READ_RECEIPT_ERROR, Generation.fifth)
    const read = readStatus === 0
    const asked = { queryType: 1, pageType: 1, pageToken, pageSize: pageCount, readType: read ? 1 : 2, order: order ? 0 : 1 }
    const answer = await readers(client, conversation, messageUId, asked)
    const { readCount = 0, unreadCount = 0, readUser = [], unreadUser = [] } = answer.resp[0] ?? {}
    return { pageToken: answer.pageToken ?? '', totalCount: read ? readCount : unreadCount, users: usersOf(read ? readUser : unreadUser) }
  })
}

/** getMessagesReadReceiptByUsersV5 resolves with whether 1 to 100 users have read a message of the user's own: timestamp 0 is not. */
export function getMessagesReadReceiptByUsersV5(
  conversation: IConversationOption,
  messageUId: string,
  userIds: string[],
): Promise<RCResult<ReadReceiptUsersResult>> {
  return call(async (client) => {
    checkConversation(conversation, privateOrGroup)
    checkUId(messageUId)
    check('userIds', userIds, listOf(id), codes.INVALID_PARAMETER_USER_ID)
    check('userIds.length', userIds.length, integer(1, MAX_RECEIPTS), codes.INVALID_PARAMETER_COUNT)
    generation(client, codes.READ_RECEIPT_ERROR, Generation.fifth)
    const { resp } = await readers(client, conversation, messageUId, { queryType: 2, users: userIds })
    const { readUser = [], unreadUser = [] } = resp[0] ?? {}
    return { pageToken: '', totalCount: 0, users: usersOf([...readUser, ...unreadUser]) }
  })
}

function usersOf(found: readonly Reader[]): ReadReceiptUser[] {
  return found.map(readerOf)
}
