import { check, checkConversation, groupOnly, id, integer, listed, listOf, name, object, optional, privateOrGroup, text } from '../arguments.ts'
import { checkTime, checkUId, demand, setting } from '../checks.ts'
import type { Client } from '../client.ts'
import { identify } from '../conversations.ts'
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
  ReadersAnswer,
  ReadersRequest,
  ReadRange,
  Receipt,
  ReceiptsAnswer,
  ReceiptsBatchAnswer,
  ReceiptsBatchRequest,
  type ReceiptsQuery,
  ReceiptsRequest,
} from '../generated/wire.ts'
import { FIFTH, FIRST, FOURTH, SECOND } from '../kinds.ts'
import { BaseMessage, MessageType } from '../messages.ts'
import type { IGroupReadReceiptData, ReadReceiptInfoV5, ReadReceiptUser } from '../notices.ts'
import type { IConversationIdentifier, IConversationOption } from '../received.ts'
import type { Sending } from '../wire/schema.ts'
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

/** generation is which read receipts the app has. It refuses with code unless they are of one of wanted. */
function generation(client: Client, code: number, ...wanted: number[]): number {
  const found = setting(client, 'grpRRVer')
  demand(wanted.includes(found), code)
  return found
}

/** tell sends a message that says something of others. */
async function tell(client: Client, of: IConversationOption, type: string, content: object): Promise<void> {
  await send(client, of, new BaseMessage(type, content))
}

/** checked is a conversation whose parts are as they must be. */
function checked(conversationType: ConversationType, targetId: string, channelId: string | undefined): IConversationOption {
  const conversation = { conversationType, targetId, channelId } as IConversationOption
  checkConversation(conversation, [conversationType])
  return conversation
}

/** sendReadReceiptMessage tells the peer that their messages were read up to one, and timestamp, its sentTime. */
export function sendReadReceiptMessage(targetId: string, messageUId: string, timestamp: number, channelId?: string): Promise<RCResult> {
  return call((client) => {
    const peer = checked(ConversationType.PRIVATE, targetId, channelId)
    checkUId(messageUId)
    checkTime(timestamp, 1)
    return tell(client, peer, MessageType.READ_RECEIPT, { messageUId, lastMessageSendTime: timestamp, type: 1 })
  })
}

/** sendReadReceiptRequest asks a group who has read a message. */
export function sendReadReceiptRequest(targetId: string, messageUId: string, channelId?: string): Promise<RCResult> {
  return call((client) => {
    const group = checked(ConversationType.GROUP, targetId, channelId)
    checkUId(messageUId)
    return tell(client, group, MessageType.READ_RECEIPT_REQUEST, { messageUId })
  })
}

/** sendReadReceiptResponseV2 answers that: messageList has the messages that were read, by sender. */
export function sendReadReceiptResponseV2(targetId: string, messageList: Record<string, string[]>, channelId?: string): Promise<RCResult> {
  return call((client) => {
    const group = checked(ConversationType.GROUP, targetId, channelId)
    check('messageList', messageList, object, codes.MSG_LIMIT_ERROR)
    for (const uids of Object.values(messageList)) check('messageList', uids, listOf(name), codes.MSG_LIMIT_ERROR)
    const kept = generation(client, codes.READ_RECEIPT_ERROR, FIRST, SECOND)
    if (kept === FIRST) return tell(client, group, MessageType.READ_RECEIPT_RESPONSE, { receiptMessageDic: messageList })
    return client.query('rrMsg', targetId, GroupReceipt, { messageUIds: Object.values(messageList).flat(), channelId })
  })
}

/** getMessageReader resolves with who has read a message of the user's own, in apps with receipts of the second generation. */
export function getMessageReader(targetId: string, messageUId: string, channelId?: string): Promise<RCResult<IMessageReaderResponse>> {
  return call((client) => {
    checked(ConversationType.GROUP, targetId, channelId)
    checkUId(messageUId)
    generation(client, codes.READ_RECEIPT_ERROR, SECOND)
    return client.query('rrList', targetId, GroupReceipt, { messageUIds: [messageUId], channelId }, GroupReceiptAnswer)
  })
}

/** sendReadReceiptMessageV4 says that all from one message to another was read, in apps with receipts of the fourth generation. */
export function sendReadReceiptMessageV4(conversation: IConversationOption, endMsgUId: string, startMsgUId?: string): Promise<RCResult> {
  return call(async (client) => {
    checkConversation(conversation, listed)
    check('endMsgUId', endMsgUId, name, codes.INVALID_PARAMETER_END_MESSAGE_UID)
    check('startMsgUId', startMsgUId, optional(name), codes.INVALID_PARAMETER_START_MESSAGE_UID)
    generation(client, codes.READ_RECEIPT_V4_NOT_SUPPORT, FOURTH)
    await client.publish('sendMsgRead', conversation.targetId, ReadRange, { ...conversation, startMsgUId, endMsgUId })
  })
}

/** getMessageReadReceiptV4 resolves with who has read a message of a group, in such apps. */
export function getMessageReadReceiptV4(conversation: IConversationIdentifier, messageUId: string): Promise<RCResult<IMessageReadReceiptV4Response>> {
  return call(async (client) => {
    checkConversation(conversation, groupOnly)
    checkUId(messageUId)
    generation(client, codes.READ_RECEIPT_V4_NOT_SUPPORT, FOURTH)
    const answer = await client.query('qryMsgRead', conversation.targetId, ReadersRequest, { ...conversation, messageUId }, ReadersAnswer)
    const list = answer.list.map(({ timestamp: readTime, userId }) => ({ readTime, userId }))
    return { ...answer, list } as IMessageReadReceiptV4Response
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
    generation(client, codes.READ_RECEIPT_V4_NOT_SUPPORT, FOURTH)
    const asked = { ...conversation, messageUIds }
    const { result } = await client.query('qryMsgReadCntBatch', conversation.targetId, ReadCountsRequest, asked, ReadCountsAnswer)
    return result.map((counts) => ({ ...identify(conversation), ...counts }) as IGroupReadReceiptData)
  })
}

/** fifth checks messages of a conversation, in an app that must have receipts of the fifth generation. */
function fifth(client: Client, conversation: IConversationOption, messageUIds: readonly string[]): void {
  checkConversation(conversation, privateOrGroup)
  check('messageUIds', messageUIds, listOf(name), codes.MSG_LIMIT_ERROR)
  check('messageUIds', messageUIds, listOf(name, 1, MAX_RECEIPTS), codes.INVALID_PARAMETER_COUNT)
  generation(client, codes.READ_RECEIPT_ERROR, FIFTH)
}

/** sendReadReceiptResponseV5 says that 1 to 100 messages that want receipts were read. */
export function sendReadReceiptResponseV5(conversation: IConversationOption, messageUIds: string[]): Promise<RCResult> {
  return call((client) => {
    fifth(client, conversation, messageUIds)
    return client.query('readReceipt', messageUIds[0] as string, Receipt, { ...conversation, messageUIds })
  })
}

/** getMessageReadReceiptInfoV5 resolves with how many have read 1 to 100 messages of a conversation. */
export function getMessageReadReceiptInfoV5(conversation: IConversationOption, messageUIds: string[]): Promise<RCResult<ReadReceiptInfoV5[]>> {
  return call((client) => {
    fifth(client, conversation, messageUIds)
    return counts(client, messageUIds[0], [{ ...conversation, messageUIds }])
  })
}

/** getMessageReadReceiptInfoV5ByIdentifiers is the same for messages of several conversations. */
export function getMessageReadReceiptInfoV5ByIdentifiers(messageIds: IMessageIdentifier[]): Promise<RCResult<ReadReceiptInfoV5[]>> {
  return call((client) => {
    check('messageIds', messageIds, listOf(object, 1, MAX_RECEIPTS), codes.MSG_LIMIT_ERROR)
    for (const { identifier, messageUId } of messageIds) fifth(client, identifier, [messageUId])
    const items = messageIds.map(({ identifier, messageUId }) => ({ ...identifier, messageUIds: [messageUId] }))
    return counts(client, messageIds[0]?.messageUId, items)
  })
}

async function counts(client: Client, uid: string = '', items: Sending<ReceiptsQuery>[]): Promise<ReadReceiptInfoV5[]> {
  const { item } = await client.query('qryReceiptBatch', uid, ReceiptsBatchRequest, { items }, ReceiptsBatchAnswer)
  return item.flatMap(({ msg, ...of }) => {
    const identifier = identify(of as IConversationOption)
    return msg.map(({ messageUId, unreadCount, readCount, totalCount }) => {
      return { identifier, messageUId, unreadCount, readCount, totalCount } as ReadReceiptInfoV5
    })
  })
}

/** readers resolves with the users that are asked for; count names what answers how many there are. */
function readers(
  conversation: IConversationOption,
  messageUId: string,
  checks: () => void,
  asked: Sending<ReceiptsRequest>,
  count?: 'readCount' | 'unreadCount',
): Promise<RCResult<ReadReceiptUsersResult>> {
  return call(async (client) => {
    checkConversation(conversation, privateOrGroup)
    checkUId(messageUId)
    checks()
    generation(client, codes.READ_RECEIPT_ERROR, FIFTH)
    const request = { ...conversation, messageUIds: [messageUId], ...asked }
    const { resp, pageToken = '' } = await client.query('qryReceipt', messageUId, ReceiptsRequest, request, ReceiptsAnswer)
    const users = resp.flatMap(({ readUser, unreadUser }) => [...readUser, ...unreadUser]) as ReadReceiptUser[]
    return { pageToken, totalCount: (count && resp[0]?.[count]) ?? 0, users }
  })
}

/** getMessagesReadReceiptUsersByPageV5 resolves with a page of who has read a message of the user's own, or has not. */
export function getMessagesReadReceiptUsersByPageV5(
  conversation: IConversationOption,
  messageUId: string,
  option: ReadReceiptUsersOption,
): Promise<RCResult<ReadReceiptUsersResult>> {
  const { pageToken, pageCount: pageSize, readStatus, order } = option ?? {}
  const checks = (): void => {
    check('option', option, object)
    check('pageToken', pageToken, optional(text), codes.INVALID_PARAMETER_PAGING_QUERY_OPTION)
    check('pageCount', pageSize, integer(1, MAX_RECEIPTS), codes.INVALID_PARAMETER_COUNT)
  }
  const read = readStatus === 0
  const asked = { pageToken, pageSize, readType: read ? 1 : 2, order: order ? 0 : 1 }
  return readers(conversation, messageUId, checks, asked, read ? 'readCount' : 'unreadCount')
}

/** getMessagesReadReceiptByUsersV5 resolves with whether 1 to 100 users have read a message of the user's own: timestamp 0 is not. */
export function getMessagesReadReceiptByUsersV5(
  conversation: IConversationOption,
  messageUId: string,
  userIds: string[],
): Promise<RCResult<ReadReceiptUsersResult>> {
  const checks = (): void => {
    check('userIds', userIds, listOf(id), codes.INVALID_PARAMETER_USER_ID)
    check('userIds', userIds, listOf(id, 1, MAX_RECEIPTS), codes.INVALID_PARAMETER_COUNT)
  }
  return readers(conversation, messageUId, checks, { queryType: 2, users: userIds })
}
