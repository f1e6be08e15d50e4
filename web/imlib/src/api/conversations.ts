import { check, checkConversation, everyKind, integer, listed, listedOrUltra, listOf, oneOf, optional, privateGroupOrUltra, text } from '../arguments.ts'
import { ask } from '../ask.ts'
import { checkChannel, checkMany, checkOrder, checkTime, checkTypes, demand, loggedIn, setting } from '../checks.ts'
import type { Client } from '../client.ts'
import type { IAReceivedConversation } from '../conversation.ts'
import { conversations, identify } from '../conversations.ts'
import { call } from '../current.ts'
import { type ConversationType, NotificationLevel } from '../enums.ts'
import { type RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_NAMED } from '../generated/limits.ts'
import {
  ConversationBatch,
  ConversationCounts,
  ConversationsFilter,
  ConversationsRequest,
  TotalsAnswer,
  TotalsRequest,
} from '../generated/wire.ts'
import { facts, type Item, muted, reach, view, type Viewed } from '../item.ts'
import { about, known, newest, total } from '../known.ts'
import type { IConversationIdentifier, IConversationOption } from '../received.ts'
import type { Sending } from '../wire/schema.ts'

/** IGetConversationListByTimestampParams says which page of the list is wanted. */
export interface IGetConversationListByTimestampParams {
  /** Conversations whose newest message is older than this with order 0, newer with order 1; 0 is the present, or the beginning. */
  startTime: number
  /** At most 1000. */
  count: number
  /** 0, if absent: newest first. 1: oldest first. */
  order?: 0 | 1
  channelId?: string
  topPriority?: boolean
  conversationTypes?: ConversationType[]
}

/** IGetConversationListOptions says the same; absent are the newest 300. */
export interface IGetConversationListOptions {
  count?: number
  startTime?: number
  order?: 0 | 1
}

/** ConversationBatchDeletionParams names conversations to remove from the list. */
export interface ConversationBatchDeletionParams {
  /** 1 to 100. */
  identifiers: IConversationOption[]
  /** What is removed is removed on all devices, whatever this says. */
  deleteRemotely: boolean
  /** Whether the user's copies of their messages are deleted too. */
  deleteMessages: boolean
}

/** IGetUnreadMentionMeConversationListParams says which conversations with unread mentions of the user are wanted. */
export interface IGetUnreadMentionMeConversationListParams {
  /** Those whose newest message is older than this; 0 is the present. */
  timestamp: number
  /** 1 to 100. */
  count: number
  topPriority?: boolean
  conversationTypes: ConversationType[]
}

/** IConversationTagFilter is tags, of which a conversation has one: up to 20. topPriority puts first what is on top in one. */
export interface IConversationTagFilter {
  tagIds?: string[]
  topPriority?: boolean
  strategy?: number
}

/** IConversationListLoaderOptions says what a ConversationListLoader loads. */
export interface IConversationListLoaderOptions {
  conversationTypes?: ConversationType[]
  tagFilter?: IConversationTagFilter
  order?: 0 | 1
  channelId?: string
  topPriority?: boolean
  hasUnreadMessage?: boolean
  muted?: boolean
}

/** ConversationListLoader loads the list page by page. */
export interface ConversationListLoader {
  /** Whether there may be more. */
  readonly hasMore: boolean
  readonly isLoading: boolean
  /** load resolves with the next 1 to 100 conversations. One call at a time. */
  load(count: number): Promise<RCResult<IAReceivedConversation[]>>
}

/**
 * getConversationList resolves with the user's conversations, newest first.
 * getConversationListByTimestamp is newer.
 */
export function getConversationList(
  options?: IGetConversationListOptions,
  channelId?: string,
): Promise<RCResult<IAReceivedConversation[]>> {
  const { count, startTime, order } = options ?? {}
  const params = { count: count || 300, startTime: startTime || 0, order, channelId }
  return getConversationListByTimestamp(params as IGetConversationListByTimestampParams)
}

/** getConversationListByTimestamp resolves with a page of the user's conversations. */
export function getConversationListByTimestamp(
  params: IGetConversationListByTimestampParams,
): Promise<RCResult<IAReceivedConversation[]>> {
  const { startTime, count, order, channelId, conversationTypes } = params ?? {}
  return page('qryRelationR', { startTime, count, order, channelType: conversationTypes }, () => {
    check('startTime', startTime, integer(-Infinity), codes.INVALID_PARAMETER_START_TIME)
    check('count', count, integer(-Infinity), codes.INVALID_PARAMETER_COUNT)
    checkOrder(order)
    checkChannel(channelId)
    checkTypes(conversationTypes)
  })
}

/** getAllConversationList resolves with the newest 1000 of the user's conversations. */
export function getAllConversationList(channelId?: string): Promise<RCResult<IAReceivedConversation[]>> {
  const wanted = (c: Viewed): boolean => channelId === undefined || c.channelId === channelId
  return page('qryRelationR', { startTime: 0, count: 1000, order: 0 }, () => checkChannel(channelId), wanted)
}

/** page resolves with those that are wanted of the conversations that the server lists. */
function page(
  topic: string,
  request: Sending<ConversationsRequest>,
  checks: (client: Client) => void,
  wanted: (c: Viewed) => boolean = () => true,
): Promise<RCResult<IAReceivedConversation[]>> {
  return known(async (all) => (await all.list(topic, ConversationsRequest, request)).list.filter(wanted), checks)
}

/** createConversationListLoader resolves with a loader of the list, or of a part of it. */
export function createConversationListLoader(options: IConversationListLoaderOptions = {}): Promise<RCResult<ConversationListLoader>> {
  return call(() => {
    const { conversationTypes: type = [], order = 0, channelId, tagFilter } = options ?? {}
    const { tagIds: tags, topPriority: isTagTop } = tagFilter ?? {}
    checkTypes(type, listed)
    checkOrder(order)
    checkChannel(channelId)
    check('tagIds', tags, optional(listOf(text, 0, 20)), codes.INVALID_PARAMETER_TAG_ID)
    let pageToken: string | undefined
    const loader = {
      hasMore: true,
      isLoading: false,
      load: async (count: number): Promise<RCResult<IAReceivedConversation[]>> => {
        const busy = loader.isLoading
        loader.isLoading = true
        const result = await known(
          async (all) => {
            const filter = { type, order, count, tags, isTagTop, pageToken }
            const answer = await all.list('qryRelationFilter', ConversationsFilter, filter)
            pageToken = answer.pageToken
            loader.hasMore = answer.isFinished === false
            return answer.list
          },
          () => {
            demand(!busy, codes.METHOD_BUSY)
            check('count', count, integer(1, 100), codes.INVALID_PARAMETER_COUNT)
          },
        )
        if (!busy) loader.isLoading = false
        return result
      },
    }
    return loader
  })
}

/** getConversation resolves with one conversation, also with one that has no messages. */
export function getConversation(options: IConversationOption): Promise<RCResult<IAReceivedConversation>> {
  return about(options, listedOrUltra, async (item, all) => (await all.named([item]))[0] ?? view(item))
}

/** getUnreadConversationList resolves with the conversations that have unread messages. */
export function getUnreadConversationList(conversationTypes?: ConversationType[]): Promise<RCResult<IAReceivedConversation[]>> {
  return select(conversationTypes, (item) => facts(item).unreadMessageCount > 0)
}

/** getTopConversationList resolves with the conversations that are on top. */
export function getTopConversationList(
  conversationTypes?: ConversationType[],
  channelId?: string,
): Promise<RCResult<IAReceivedConversation[]>> {
  return select(conversationTypes, (item) => item.set.isTop && (!channelId || item.channelId === channelId), () => checkChannel(channelId))
}

/** getBlockedConversationList resolves with the conversations that notify of some messages only, or of none. */
export function getBlockedConversationList(): Promise<RCResult<IAReceivedConversation[]>> {
  return select(undefined, muted)
}

/** getUnreadMentionMeConversationList resolves with the conversations in which an unread message mentions the user. */
export function getUnreadMentionMeConversationList(
  params: IGetUnreadMentionMeConversationListParams,
): Promise<RCResult<IAReceivedConversation[]>> {
  const { timestamp, count, conversationTypes } = params ?? {}
  const checks = (): void => {
    checkTime(timestamp)
    check('count', count, integer(1, 100), codes.INVALID_PARAMETER_COUNT)
  }
  return select(conversationTypes, (item) => facts(item).unreadMentionedMeCount > 0, checks, timestamp, count)
}

/** select resolves with the conversations of types that are wanted, as newest orders them. */
function select(
  types: ConversationType[] | undefined,
  wanted: (item: Item) => boolean,
  checks?: () => void,
  before?: number,
  count?: number,
): Promise<RCResult<IAReceivedConversation[]>> {
  return known(
    (all) => newest(all, all.all(types).filter(wanted), before, count),
    () => {
      checks?.()
      checkTypes(types)
    },
  )
}

/** removeConversation removes a conversation from the list, on all devices, until its next message. */
export function removeConversation(options: IConversationOption, _deleteRemotely: boolean = false): Promise<RCResult> {
  return remove([options], () => checkConversation(options, listed))
}

/** batchRemoveConversation is removeConversation for 1 to 100. */
export function batchRemoveConversation(identifiers: IConversationOption[]): Promise<RCResult> {
  return remove(identifiers)
}

/** batchDeleteConversations removes 1 to 100 conversations, with their messages if wanted. */
export function batchDeleteConversations(params: ConversationBatchDeletionParams): Promise<RCResult> {
  const { identifiers, deleteMessages } = params ?? {}
  return remove(identifiers, undefined, deleteMessages)
}

function remove(
  identifiers: readonly IConversationOption[],
  checks = () => checkMany(identifiers, listedOrUltra, MAX_NAMED),
  cleanMsg = false,
): Promise<RCResult> {
  return call(async (client) => {
    checks()
    await ask(client, 'delRelationBatch', ConversationBatch, { relation: identifiers.map(identify), cleanMsg })
    const all = client.use(conversations)
    for (const item of identifiers.map(all.item)) {
      item.latestMessage = null
      all.readTo(item, reach(item))
    }
  })
}

/** getUnreadCount is how many messages of a conversation are unread. */
export function getUnreadCount(options: IConversationOption): Promise<RCResult<number>> {
  return about(options, everyKind, (item) => total([item]))
}

/** getTotalUnreadCount is how many messages are unread in all; muted conversations count if wanted. */
export function getTotalUnreadCount(includeMuted?: boolean, conversationTypes?: ConversationType[]): Promise<RCResult<number>> {
  const counts = (item: Item): boolean => includeMuted === true || !muted(item)
  return known((all) => total(all.all(conversationTypes).filter(counts)), () => checkTypes(conversationTypes))
}

/** getTotalUnreadCountByLevels is the same of the conversations with one of the notification levels. */
export function getTotalUnreadCountByLevels(conversationTypes: ConversationType[], levels: NotificationLevel[]): Promise<RCResult<number>> {
  return byLevels(conversationTypes, levels)
}

function byLevels(conversationTypes: ConversationType[], levels: NotificationLevel[], of?: 'unreadMentionedCount'): Promise<RCResult<number>> {
  const counts = (item: Item): boolean => levels.includes(item.set.notificationLevel)
  return known((all) => total(all.all(conversationTypes).filter(counts), of), () => {
    check('conversationTypes', conversationTypes, listOf(oneOf(listedOrUltra), 0, 20), codes.CONVERSATION_TYPE_NOT_SUPPORT)
    check('levels', levels, listOf(oneOf(NotificationLevel)), codes.INVALID_PARAMETER_NOTIFICATION_LEVEL)
  })
}

/** getTotalUnreadMentionedCountByLevels is how many of those mention the user or everybody. */
export function getTotalUnreadMentionedCountByLevels(
  conversationTypes: ConversationType[],
  levels: NotificationLevel[],
): Promise<RCResult<number>> {
  return byLevels(conversationTypes, levels, 'unreadMentionedCount')
}

/** getUnreadMentionedCount is how many unread messages of a conversation mention the user or everybody. */
export function getUnreadMentionedCount(options: IConversationIdentifier): Promise<RCResult<number>> {
  return about(options, privateGroupOrUltra, (item) => total([item], 'unreadMentionedCount'))
}

/** getAllUnreadMentionedCount is the same of all conversations. */
export function getAllUnreadMentionedCount(): Promise<RCResult<number>> {
  return known((all) => total(all.all(), 'unreadMentionedCount'))
}

/** counting refuses unless the devices count what is unread, or with byServer the server does. */
function counting(client: Client, byServer: boolean): void {
  const code = byServer ? codes.SERVER_RECORD_UNREAD_COUNT_DISABLED : codes.SERVER_RECORD_UNREAD_COUNT_ENABLED_FORBIDDEN
  demand(byServer === (setting(client, 'serverSaveUnread') === 1), code)
}

/** clearMessagesUnreadStatus marks a conversation as read, on the user's other devices too. */
export function clearMessagesUnreadStatus(options: IConversationOption): Promise<RCResult> {
  return about(options, everyKind, (item, all, client) => {
    counting(client, false)
    return all.read([item])
  })
}

/** clearAllMessagesUnreadStatus marks all conversations as read, on the user's other devices too. */
export function clearAllMessagesUnreadStatus(): Promise<RCResult> {
  return known((all, client) => {
    counting(client, false)
    return all.read(all.all().filter((item) => facts(item).unreadMessageCount > 0))
  })
}

/** markRemoteConversationAsRead marks a conversation as read where the server counts what is unread. */
export function markRemoteConversationAsRead(identifier: IConversationIdentifier): Promise<RCResult> {
  return about(identifier, listedOrUltra, (item, all, client) => {
    counting(client, true)
    return all.mark(item, reach(item) || client.serverTime())
  })
}

/** sendSyncReadStatusMessage tells the user's other devices that a conversation was read up to timestamp. */
export function sendSyncReadStatusMessage(conversation: IConversationIdentifier, timestamp: number): Promise<RCResult> {
  return call((client) => {
    checkConversation(conversation, listed)
    checkTime(timestamp)
    counting(client, false)
    return client.use(conversations).mark(conversation, timestamp)
  })
}

/** saveTextMessageDraft keeps what the user has written so far, on this device, also for the next page. */
export function saveTextMessageDraft(options: IConversationOption, draft: string): Promise<RCResult> {
  return call((client) => {
    checkConversation(options, everyKind)
    check('draft', draft, text, codes.INVALID_PARAMETER_DRAFT)
    loggedIn(client)
    client.use(conversations).draft(options, draft)
  })
}

/** getTextMessageDraft resolves with it; with an empty text if there is none. */
export function getTextMessageDraft(options: IConversationOption): Promise<RCResult<string>> {
  return about(options, everyKind, (item) => item.draft)
}

/** clearTextMessageDraft forgets it. */
export function clearTextMessageDraft(options: IConversationOption): Promise<RCResult> {
  return saveTextMessageDraft(options, '')
}

/** realtime refuses unless the app has no list of conversations but asks for it each time. */
function realtime(client: Client): void {
  demand((setting(client, 'sessionMode') & 1) === 1, codes.RC_REAL_TIME_CONVERSATION_UNAVAILABLE)
}

/** getRealtimeConversations resolves with a page of the conversations, in apps that ask for it each time. */
export function getRealtimeConversations(
  options: { startTime?: number; count?: number; order?: 0 | 1 } = {},
): Promise<RCResult<IAReceivedConversation[]>> {
  const { startTime = 0, count = 30, order = 0 } = options ?? {}
  return page('qrySessions', { startTime, count, order }, realtime)
}

/** getRealtimeConTotalUnreadCount is how many messages are unread in all, in such apps. */
export function getRealtimeConTotalUnreadCount(): Promise<RCResult<number>> {
  return call(async (client) => {
    realtime(client)
    return (await ask(client, 'qrySessionsAtt', TotalsRequest, { nothing: 0 }, TotalsAnswer)).totalUnreadCount
  })
}

/** getRealtimeConUnreadCounts is how many messages of 1 to 10 conversations are unread, in such apps. */
export function getRealtimeConUnreadCounts(
  identifiers: IConversationOption[],
): Promise<RCResult<(IConversationIdentifier & { unreadCount: number })[]>> {
  return call(async (client) => {
    checkMany(identifiers, everyKind, 10)
    realtime(client)
    const answer = await ask(client, 'qrySessionsUnread', ConversationCounts, { sessions: identifiers }, ConversationCounts)
    return answer.sessions as (IConversationIdentifier & { unreadCount: number })[]
  })
}

/** clearRealtimeConUnreadCount marks a conversation as read, in such apps. */
export function clearRealtimeConUnreadCount(identifier: IConversationOption): Promise<RCResult> {
  return call((client) => {
    checkConversation(identifier, listed)
    realtime(client)
    return client.use(conversations).mark(identifier, client.serverTime())
  })
}

/** removeRealtimeConversations removes 1 to 100 conversations from the list, in such apps. */
export function removeRealtimeConversations(identifiers: IConversationOption[]): Promise<RCResult> {
  return call((client) => {
    checkMany(identifiers, listed, MAX_NAMED)
    realtime(client)
    return ask(client, 'delSessions', ConversationCounts, { sessions: identifiers })
  })
}
