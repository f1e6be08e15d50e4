/** What the server keeps of conversations. */

import type { GetHistoryMessageOption, GetHistoryMessageResult } from './api/history.ts'
import { check, checkConversation, integer, listedUltraOrRoom, listOf, name, optional } from './arguments.ts'
import { ask } from './ask.ts'
import { checkOrder } from './checks.ts'
import type { Client } from './client.ts'
import { ConversationType } from './enums.ts'
import * as codes from './generated/codes.ts'
import { HistoryAnswer, HistoryRequest, MessagesAnswer, MessagesRequest } from './generated/wire.ts'
import type { IAReceivedMessage, IConversationOption } from './received.ts'
import { topicsOf } from './topics.ts'

/** readHistory reads a page of a conversation, oldest message first. */
export async function readHistory(
  client: Client,
  conversation: IConversationOption,
  options: GetHistoryMessageOption = {},
): Promise<GetHistoryMessageResult> {
  checkConversation(conversation, listedUltraOrRoom)
  check('timestamp', options.timestamp, optional(integer()), codes.INVALID_PARAMETER_TIMESTAMP)
  check('count', options.count, optional(integer(1, 100)), codes.INVALID_PARAMETER_COUNT)
  checkOrder(options.order)
  const { timestamp = 0, count = 20, order = 0 } = options
  const { conversationType, targetId } = conversation
  const asked = conversationType === ConversationType.CHATROOM ? targetId : client.userId
  const from = timestamp || (order === 0 ? client.serverTime() + 60_000 : 1)
  const request = { ...conversation, timestamp: from, count, order, ignoreCmd: true }
  const page = await client.query(topicsOf(conversationType).history, asked, HistoryRequest, request, HistoryAnswer)
  const list = page.list.map((m) => client.received(m))
  return { list: order === 0 ? list.reverse() : list, hasMore: page.hasMsg !== 0 }
}

/** readMessages is those of 1 to 20 messages that the user could find in the history of a conversation. */
export async function readMessages(
  client: Client,
  conversation: IConversationOption,
  messageUIds: readonly string[],
): Promise<Map<string, IAReceivedMessage>> {
  check('messageUIds', messageUIds, listOf(name), codes.INVALID_PARAMETER_MESSAGE_UID)
  check('messageUIds', messageUIds, listOf(name, 1, 20), codes.MSG_LIMIT_ERROR)
  const query = messageUIds.map((messageUId) => ({ ...conversation, messageUId, sentTime: 0 }))
  const { list } = await ask(client, 'qryMsg', MessagesRequest, { ...conversation, query }, MessagesAnswer)
  return new Map(list.map((m) => [m.messageUId ?? '', client.received(m)]))
}
