import { check, checkConversation, integer, oneOf, optional } from '../arguments.ts'
import type { Client } from '../client.ts'
import { ErrorCode } from '../codes.ts'
import { call } from '../current.ts'
import type { RCResult } from '../errors.ts'
import { ConversationType } from '../enums.ts'
import { HistoryAnswer, HistoryRequest } from '../generated/wire.ts'
import type { IAReceivedMessage, IConversationOption } from '../received.ts'
import { topicsOf } from '../topics.ts'
import { channelOf } from '../upward.ts'

/** GetHistoryMessageOption says which page of a conversation is wanted. */
export interface GetHistoryMessageOption {
  /** Before this time with order 0, after it with order 1. 0 is the present, or the beginning. */
  timestamp?: number
  /** 1 to 100; 20 if absent. */
  count?: number
  /** 0, if absent: older messages. 1: newer ones. */
  order?: 0 | 1
}

/** GetHistoryMessageResult is a page of a conversation, oldest message first. */
export interface GetHistoryMessageResult {
  list: IAReceivedMessage[]
  hasMore: boolean
}

/** getHistoryMessages reads a page of what the server keeps of a conversation. */
export function getHistoryMessages(
  conversation: IConversationOption,
  options: GetHistoryMessageOption = {},
): Promise<RCResult<GetHistoryMessageResult>> {
  return call((client) => readHistory(client, conversation, options))
}

/** readHistory reads it as client's user. */
export async function readHistory(
  client: Client,
  conversation: IConversationOption,
  options: GetHistoryMessageOption = {},
): Promise<GetHistoryMessageResult> {
  checkConversation(conversation)
  check('timestamp', options.timestamp, optional(integer()), ErrorCode.INVALID_PARAMETER_TIMESTAMP)
  check('count', options.count, optional(integer(1, 100)), ErrorCode.INVALID_PARAMETER_COUNT)
  check('order', options.order, optional(oneOf([0, 1])), ErrorCode.INVALID_PARAMETER_ORDER)
  const { timestamp = 0, count = 20, order = 0 } = options
  const { conversationType, targetId } = conversation
  const asked = conversationType === ConversationType.CHATROOM ? targetId : client.userId
  const request = {
    targetId,
    time: timestamp || (order === 0 ? client.serverTime() + 60_000 : 1),
    count,
    order,
    busChannel: channelOf(conversation),
    ignoreCmd: true,
  }
  const page = await client.query(topicsOf(conversationType).history, asked, HistoryRequest, request, HistoryAnswer)
  const list = page.list.map((m) => client.received(m))
  return { list: order === 0 ? list.reverse() : list, hasMore: page.hasMsg !== 0 }
}
