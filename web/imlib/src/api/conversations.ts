import { check, checkConversation, everyKind, integer, listed, listedOrUltra, listOf, oneOf, optional, privateGroupOrUltra, text } from '../arguments.ts'
import { ask } from '../ask.ts'
import { checkChannel, checkMany, checkOrder, checkTime, checkTypes, demand, loggedIn, setting } from '../checks.ts'
import type { Client } from '../client.ts'
import type { IAReceivedConversation } from '../conversation.ts'
import { conversations, type Item, reach, reference, view } from '../conversations.ts'
import { call } from '../current.ts'
import { type ConversationType, NotificationLevel } from '../enums.ts'
import { type RCResult, Refused } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_NAMED } from '../generated/limits.ts'
import {
  ConversationBatch,
  ConversationCounts,
  ConversationsAnswer,
  ConversationsFilter,
  ConversationsRequest,
  TotalsAnswer,
  TotalsRequest,
} from '../generated/wire.ts'
import type { IConversationIdentifier, IConversationOption } from '../received.ts'

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

/** IConversationListLoaderOptions says what a ConversationListLoader loads. */
export interface IConversationListLoaderOptions {
  conversationTypes?: ConversationType[]
  /** Only what has one of up to 20 tags; topPriority puts first what is on top in one. */
  tagFilter?: { tagIds?: string[]; topPriority?: boolean; strategy?: number }
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

/** known calls work with what is known of conversations, once that is up to date. */
async function known<T>(client: Client, work: (all: ReturnType<typeof conversations>) => T): Promise<Awaited<T>> {
  loggedIn(client)
  const all = client.use(conversations)
  await all.settled()
  return await work(all)
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
  return getConversationListByTimestamp({
    count: count || 300,
    startTime: startTime || 0,
    ...(order !== undefined && { order }),
    ...(channelId !== undefined && { channelId }),
  })
}

/** getConversationListByTimestamp resolves with a page of the user's conversations. */
export function getConversationListByTimestamp(
  params: IGetConversationListByTimestampParams,
): Promise<RCResult<IAReceivedConversation[]>> {
  return call((client) => {
    const { startTime, count, order, channelId, conversationTypes } = params ?? {}
    check('startTime', startTime, integer(-Infinity), codes.INVALID_PARAMETER_START_TIME)
    check('count', count, integer(-Infinity), codes.INVALID_PARAMETER_COUNT)
    checkOrder(order)
    checkChannel(channelId)
    checkTypes(conversationTypes)
    return list(client, 'qryRelationR', { startTime, count, order, channelType: conversationTypes })
  })
}

/** getAllConversationList resolves with the newest 1000 of the user's conversations. */
export function getAllConversationList(channelId?: string): Promise<RCResult<IAReceivedConversation[]>> {
  return call(async (client) => {
    checkChannel(channelId)
    const all = await list(client, 'qryRelationR', { startTime: 0, count: 1000, order: 0 })
    return all.filter((c) => channelId === undefined || c.channelId === channelId)
  })
}

type Page = Pick<ConversationsRequest, 'startTime' | 'count' | 'order'> & { channelType?: number[] | undefined }

function list(client: Client, topic: string, page: Page): Promise<IAReceivedConversation[]> {
  return known(client, async (all) => {
    const { info } = await ask(client, topic, ConversationsRequest, { ...page, channelType: page.channelType ?? [] }, ConversationsAnswer)
    return info.map((i) => all.listed(i))
  })
}

/** createConversationListLoader resolves with a loader of the list, or of a part of it. */
export function createConversationListLoader(options: IConversationListLoaderOptions = {}): Promise<RCResult<ConversationListLoader>> {
  return call((client) => {
    const { conversationTypes, order, channelId, tagFilter } = options ?? {}
    checkTypes(conversationTypes, listed)
    checkOrder(order)
    checkChannel(channelId)
    check('tagIds', tagFilter?.tagIds, optional(listOf(text, 0, 20)), codes.INVALID_PARAMETER_TAG_ID)
    return loader(client, options ?? {})
  })
}

function loader(client: Client, { conversationTypes = [], order = 0, tagFilter = {} }: IConversationListLoaderOptions): ConversationListLoader {
  const state = { hasMore: true, isLoading: false, pageToken: '' }
  const next = async (count: number): Promise<IAReceivedConversation[]> => {
    check('count', count, integer(1, 100), codes.INVALID_PARAMETER_COUNT)
    return known(client, async (all) => {
      const { tagIds: tags = [], topPriority: isTagTop } = tagFilter
      const filter = { type: conversationTypes, order, count, tags, isTagTop, pageToken: state.pageToken }
      const page = await ask(client, 'qryRelationFilter', ConversationsFilter, filter, ConversationsAnswer)
      state.pageToken = page.pageToken ?? ''
      state.hasMore = page.isFinished === false
      return page.info.map((i) => all.listed(i))
    })
  }
  return {
    get hasMore() {
      return state.hasMore
    },
    get isLoading() {
      return state.isLoading
    },
    load: (count) =>
      call(async () => {
        demand(!state.isLoading, codes.METHOD_BUSY)
        state.isLoading = true
        try {
          return await next(count)
        } finally {
          state.isLoading = false
        }
      }),
  }
}

/** getConversation resolves with one conversation, also with one that has no messages. */
export function getConversation(options: IConversationOption): Promise<RCResult<IAReceivedConversation>> {
  return call((client) => {
    checkConversation(options, listedOrUltra)
    return known(client, async (all) => (await all.named([options]))[0] ?? view(all.item(options)))
  })
}

/** select resolves with the conversations that are wanted, newest first. */
function select(client: Client, types: number[] | undefined, wanted: (c: IAReceivedConversation) => boolean): Promise<IAReceivedConversation[]> {
  checkTypes(types)
  return known(client, async (all) => {
    const found = await all.named(all.all(types).filter((item) => wanted(view(item))))
    return found.sort((a, b) => (b.operationTime ?? 0) - (a.operationTime ?? 0))
  })
}

/** getUnreadConversationList resolves with the conversations that have unread messages. */
export function getUnreadConversationList(conversationTypes?: ConversationType[]): Promise<RCResult<IAReceivedConversation[]>> {
  return call((client) => select(client, conversationTypes, (c) => (c.unreadMessageCount ?? 0) > 0))
}

/** getTopConversationList resolves with the conversations that are on top. */
export function getTopConversationList(
  conversationTypes?: ConversationType[],
  channelId?: string,
): Promise<RCResult<IAReceivedConversation[]>> {
  return call((client) => {
    checkChannel(channelId)
    return select(client, conversationTypes, (c) => c.isTop === true && (!channelId || c.channelId === channelId))
  })
}

/** getBlockedConversationList resolves with the conversations that notify of some messages only, or of none. */
export function getBlockedConversationList(): Promise<RCResult<IAReceivedConversation[]>> {
  return call((client) => select(client, undefined, (c) => (c.notificationLevel ?? 0) > NotificationLevel.NOT_SET))
}

/** getUnreadMentionMeConversationList resolves with the conversations in which an unread message mentions the user. */
export function getUnreadMentionMeConversationList(
  params: IGetUnreadMentionMeConversationListParams,
): Promise<RCResult<IAReceivedConversation[]>> {
  return call(async (client) => {
    const { timestamp, count, conversationTypes } = params ?? {}
    checkTime(timestamp)
    check('count', count, integer(1, 100), codes.INVALID_PARAMETER_COUNT)
    const found = await select(client, conversationTypes, (c) => (c.unreadMentionedMeCount ?? 0) > 0)
    return found.filter((c) => timestamp === 0 || (c.operationTime ?? 0) < timestamp).slice(0, count)
  })
}

/** removeConversation removes a conversation from the list, on all devices, until its next message. */
export function removeConversation(options: IConversationOption, deleteRemotely: boolean = false): Promise<RCResult> {
  return call((client) => {
    checkConversation(options, listed)
    return remove(client, { identifiers: [options], deleteRemotely, deleteMessages: false })
  })
}

/** batchRemoveConversation is removeConversation for 1 to 100. */
export function batchRemoveConversation(identifiers: IConversationOption[]): Promise<RCResult> {
  return batchDeleteConversations({ identifiers, deleteRemotely: false, deleteMessages: false })
}

/** batchDeleteConversations removes 1 to 100 conversations, with their messages if wanted. */
export function batchDeleteConversations(params: ConversationBatchDeletionParams): Promise<RCResult> {
  return call((client) => {
    checkMany(params?.identifiers, listedOrUltra, MAX_NAMED)
    return remove(client, params)
  })
}

async function remove(client: Client, { identifiers, deleteMessages }: ConversationBatchDeletionParams): Promise<void> {
  await ask(client, 'delRelationBatch', ConversationBatch, { relation: identifiers.map(reference), cleanMsg: deleteMessages })
  const all = client.use(conversations)
  for (const item of identifiers.map((c) => all.item(c))) {
    all.update(item, 0, () => Object.assign(item, { latestMessage: null, counted: {}, arrived: [], until: reach(item) }))
  }
}

/** sum adds up what count says of each conversation. */
function sum(items: readonly Item[], count: (c: IAReceivedConversation) => number | undefined): number {
  return items.reduce((total, item) => total + (count(view(item)) ?? 0), 0)
}

/** getUnreadCount is how many messages of a conversation are unread. */
export function getUnreadCount(options: IConversationOption): Promise<RCResult<number>> {
  return call((client) => {
    checkConversation(options, everyKind)
    return known(client, (all) => sum([all.item(options)], (c) => c.unreadMessageCount))
  })
}

/** getTotalUnreadCount is how many messages are unread in all; muted conversations count if wanted. */
export function getTotalUnreadCount(includeMuted?: boolean, conversationTypes?: ConversationType[]): Promise<RCResult<number>> {
  return call((client) => {
    checkTypes(conversationTypes)
    const counts = (item: Item): boolean => includeMuted === true || item.notificationLevel <= NotificationLevel.NOT_SET
    return known(client, (all) => sum(all.all(conversationTypes).filter(counts), (c) => c.unreadMessageCount))
  })
}

/** getTotalUnreadCountByLevels is the same of the conversations with one of the notification levels. */
export function getTotalUnreadCountByLevels(conversationTypes: ConversationType[], levels: NotificationLevel[]): Promise<RCResult<number>> {
  return byLevels(conversationTypes, levels, (c) => c.unreadMessageCount)
}

/** getTotalUnreadMentionedCountByLevels is how many of those mention the user or everybody. */
export function getTotalUnreadMentionedCountByLevels(
  conversationTypes: ConversationType[],
  levels: NotificationLevel[],
): Promise<RCResult<number>> {
  return byLevels(conversationTypes, levels, (c) => c.unreadMentionedCount)
}

function byLevels(types: number[], levels: number[], count: (c: IAReceivedConversation) => number | undefined): Promise<RCResult<number>> {
  return call((client) => {
    check('conversationTypes', types, listOf(oneOf(listedOrUltra), 0, 20), codes.CONVERSATION_TYPE_NOT_SUPPORT)
    check('levels', levels, listOf(oneOf(NotificationLevel)), codes.INVALID_PARAMETER_NOTIFICATION_LEVEL)
    return known(client, (all) => sum(all.all(types).filter((item) => levels.includes(item.notificationLevel)), count))
  })
}

/** getUnreadMentionedCount is how many unread messages of a conversation mention the user or everybody. */
export function getUnreadMentionedCount(options: IConversationIdentifier): Promise<RCResult<number>> {
  return call((client) => {
    checkConversation(options, privateGroupOrUltra)
    return known(client, (all) => sum([all.item(options)], (c) => c.unreadMentionedCount))
  })
}

/** getAllUnreadMentionedCount is the same of all conversations. */
export function getAllUnreadMentionedCount(): Promise<RCResult<number>> {
  return call((client) => known(client, (all) => sum(all.all(), (c) => c.unreadMentionedCount)))
}

/** counting refuses unless the devices count what is unread, or with byServer the server does. */
function counting(client: Client, byServer: boolean): void {
  if (byServer === (setting(client, 'serverSaveUnread') === 1)) return
  throw new Refused(byServer ? codes.SERVER_RECORD_UNREAD_COUNT_DISABLED : codes.SERVER_RECORD_UNREAD_COUNT_ENABLED_FORBIDDEN)
}

/** clearMessagesUnreadStatus marks a conversation as read, on the user's other devices too. */
export function clearMessagesUnreadStatus(options: IConversationOption): Promise<RCResult> {
  return call((client) => {
    checkConversation(options, everyKind)
    loggedIn(client)
    counting(client, false)
    return known(client, (all) => all.read([all.item(options)]))
  })
}

/** clearAllMessagesUnreadStatus marks all conversations as read, on the user's other devices too. */
export function clearAllMessagesUnreadStatus(): Promise<RCResult> {
  return call((client) => {
    loggedIn(client)
    counting(client, false)
    return known(client, (all) => all.read(all.all().filter((item) => view(item).unreadMessageCount !== 0)))
  })
}

/** markRemoteConversationAsRead marks a conversation as read where the server counts what is unread. */
export function markRemoteConversationAsRead(identifier: IConversationIdentifier): Promise<RCResult> {
  return call((client) => {
    checkConversation(identifier, listedOrUltra)
    counting(client, true)
    return known(client, (all) => all.mark(identifier, reach(all.item(identifier)) || client.serverTime()))
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
  return call((client) => {
    checkConversation(options, everyKind)
    loggedIn(client)
    return client.use(conversations).item(options).draft
  })
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
  return call((client) => {
    realtime(client)
    const { startTime = 0, count = 30, order = 0 } = options ?? {}
    return list(client, 'qrySessions', { startTime, count, order })
  })
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
    const { sessions } = await ask(client, 'qrySessionsUnread', ConversationCounts, counted(identifiers), ConversationCounts)
    return sessions.map(({ type, channelId: targetId, busChannel: channelId = '', unreadCount = 0 }) => {
      return { conversationType: type, targetId, channelId, unreadCount }
    })
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
    return ask(client, 'delSessions', ConversationCounts, counted(identifiers))
  })
}

function counted(identifiers: IConversationOption[]): ConversationCounts {
  return { sessions: identifiers.map(({ conversationType: type, targetId: channelId }) => ({ type, channelId })) }
}
