import { checkConversation, everyKind, listedOrUltra } from '../arguments.ts'
import { readHistory, readMessages } from '../archive.ts'
import { call } from '../current.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { view } from '../item.ts'
import { about } from '../known.ts'
import type { IAReceivedMessage, IConversationIdentifier, IConversationOption } from '../received.ts'

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

/** getRemoteHistoryMessages is getHistoryMessages: nothing but the server keeps any. */
export const getRemoteHistoryMessages: typeof getHistoryMessages = getHistoryMessages

/** IGetMessagesByUIdsParams names messages of a conversation. */
export interface IGetMessagesByUIdsParams {
  conversationIdentifier: IConversationIdentifier
  /** 1 to 20. */
  messageUIds: string[]
}

/** IMessageResult is one of them; code says why there is no message. */
export interface IMessageResult {
  code: number
  messageUId: string
  message?: IAReceivedMessage
}

/** getMessagesByUIds resolves with messages by name, in the order asked for. */
export function getMessagesByUIds(params: IGetMessagesByUIdsParams): Promise<RCResult<IMessageResult[]>> {
  return call(async (client) => {
    const { conversationIdentifier, messageUIds } = params ?? {}
    checkConversation(conversationIdentifier, listedOrUltra)
    const found = await readMessages(client, conversationIdentifier, messageUIds)
    return messageUIds.map((messageUId) => {
      const message = found.get(messageUId)
      return message ? { messageUId, message, code: codes.SUCCESS } : { messageUId, code: codes.RC_DB_DATA_NOT_FOUND }
    })
  })
}

/** IFirstUnreadMessageInfo names the oldest unread message of a conversation. */
export interface IFirstUnreadMessageInfo {
  messageUId: string
  sentTime: number
}

/** getFirstUnreadMessageInfo resolves with it; with null if everything is read. */
export function getFirstUnreadMessageInfo(conversation: IConversationOption): Promise<RCResult<IFirstUnreadMessageInfo | null>> {
  return about(conversation, everyKind, (item) => {
    const { firstUnreadMessage: first } = view(item)
    return first ? { messageUId: first.messageUId ?? '', sentTime: first.sentTime } : null
  })
}
