import { check, checkConversation, flag, integer, listed, listOf } from '../arguments.ts'
import { ask } from '../ask.ts'
import { checkMany, demand, loggedIn, sized } from '../checks.ts'
import type { Client } from '../client.ts'
import type { IAReceivedConversation, IConversationTag } from '../conversation.ts'
import { conversations, type Conversations, type Item, StateType, tagOf, view } from '../conversations.ts'
import { call } from '../current.ts'
import { NotificationLevel } from '../enums.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_TAG_ID, MAX_TAG_NAME, MAX_TAGGED } from '../generated/limits.ts'
import {
  SettingsChangeAnswer,
  StatesChangeAnswer,
  StatesChangeRequest,
  type Tag,
  TagsChange,
} from '../generated/wire.ts'
import type { IConversationOption } from '../received.ts'
import { tags } from '../tags.ts'

/** ITagParam is a tag to be made, or renamed. */
export interface ITagParam {
  /** 1 to 10 characters. */
  tagId: string
  /** 1 to 15 characters. */
  tagName: string
}

/** ITagInfo is a tag of the user. */
export interface ITagInfo extends ITagParam {
  conversationCount: number
  createdTime?: number
}

/** IAReceivedConversationByTag is a conversation that has a tag. */
export interface IAReceivedConversationByTag extends IAReceivedConversation {
  /** Whether it is on top of those with the tag. */
  isTopInTag: boolean
}

function checkTagId(tagId: string): void {
  check('tagId', tagId, sized(1, MAX_TAG_ID), codes.INVALID_PARAMETER_TAG_ID)
}

async function save(client: Client, tag: ITagParam): Promise<void> {
  const { tagId, tagName: name } = tag ?? {}
  checkTagId(tagId)
  check('tagName', name, sized(1, MAX_TAG_NAME), codes.INVALID_PARAMETER_TAG_NAME)
  await ask(client, 'addSeTag', TagsChange, { version: 0, tags: [{ tagId, name }], ignoreVersion: true }, SettingsChangeAnswer)
  const { list } = client.use(tags)
  list.set(tagId, { createdTime: client.serverTime(), ...list.get(tagId), tagId, name })
}

/** addTag makes a tag. A user has at most 20. */
export function addTag(tag: ITagParam): Promise<RCResult> {
  return call((client) => save(client, tag))
}

/** updateTag gives a tag another name. */
export function updateTag(tag: ITagParam): Promise<RCResult> {
  return call(async (client) => {
    checkTagId(tag?.tagId)
    await exists(client, tag.tagId)
    return save(client, tag)
  })
}

/** removeTag deletes a tag; conversations have it no more. */
export function removeTag(tagId: string): Promise<RCResult> {
  return call(async (client) => {
    checkTagId(tagId)
    await ask(client, 'delSeTag', TagsChange, { version: 0, tags: [{ tagId }], ignoreVersion: true }, SettingsChangeAnswer)
    client.use(tags).list.delete(tagId)
  })
}

async function exists(client: Client, tagId: string): Promise<void> {
  const all = client.use(tags)
  await all.settled()
  demand(all.list.has(tagId), codes.TAG_NOT_EXIST)
}

/** known is the conversations and tags, once they are up to date. */
async function known(client: Client): Promise<{ all: Conversations; list: Map<string, Tag> }> {
  loggedIn(client)
  const all = client.use(conversations)
  const { settled, list } = client.use(tags)
  await Promise.all([all.settled(), settled()])
  return { all, list }
}

function has(item: Item, tagId: string): boolean {
  return item.tags.some((tag) => tag.tagId === tagId)
}

/** getTags resolves with the user's tags, and how many conversations have each. */
export function getTags(): Promise<RCResult<ITagInfo[]>> {
  return call(async (client) => {
    const { all, list } = await known(client)
    return [...list.values()].map(({ tagId, name: tagName = '', createdTime = 0 }) => {
      return { tagId, tagName, createdTime, conversationCount: all.all().filter((item) => has(item, tagId)).length }
    })
  })
}

/** getTagsFromConversation resolves with the tags of a conversation. */
export function getTagsFromConversation(conversation: IConversationOption): Promise<RCResult<IConversationTag[]>> {
  return call(async (client) => {
    checkConversation(conversation, listed)
    const { all, list } = await known(client)
    return all.item(conversation).tags.flatMap((tag) => {
      const { name = '', createdTime = 0 } = list.get(tag.tagId) ?? {}
      return list.has(tag.tagId) ? [{ ...tag, tagName: name, createdTime }] : []
    })
  })
}

/** retag gives tags to conversations, or takes them, and makes the change here. */
async function retag(client: Client, topic: 'addTag' | 'delTag', list: readonly IConversationOption[], given: IConversationTag[]): Promise<void> {
  const items = list.map((c) => client.use(conversations).item(c))
  const stateItem = [{ sessionStateType: StateType.tags, value: '', tags: given }]
  const state = items.map(({ conversationType, targetId, channelId }) => {
    return { type: conversationType, channelId: targetId, busChannel: channelId || undefined, stateItem }
  })
  await ask(client, topic, StatesChangeRequest, { version: 0, state, ignoreVersion: true }, StatesChangeAnswer)
  for (const item of items) {
    const others = item.tags.filter(({ tagId }) => !given.some((tag) => tag.tagId === tagId))
    item.tags = topic === 'addTag' ? [...others, ...given.map(tagOf)] : others
  }
}

function checkTagging(tagId: string, list: readonly IConversationOption[]): void {
  checkTagId(tagId)
  checkMany(list, listed, Infinity, codes.INVALID_PARAMETER_CONVERSATIONS)
  check('conversations', list.length, integer(1, MAX_TAGGED), codes.CONVER_OUT_LIMIT_ERROR)
}

/** addConversationsToTag gives a tag to 1 to 1000 conversations. Over 1000 have it, those that have it longest lose it. */
export function addConversationsToTag(tagId: string, list: IConversationOption[]): Promise<RCResult> {
  return call(async (client) => {
    checkTagging(tagId, list)
    await exists(client, tagId)
    return retag(client, 'addTag', list, [{ tagId, isTop: false }])
  })
}

/** removeConversationsFromTag takes a tag from 1 to 1000 conversations. */
export function removeConversationsFromTag(tagId: string, list: IConversationOption[]): Promise<RCResult> {
  return call((client) => {
    checkTagging(tagId, list)
    return retag(client, 'delTag', list, [{ tagId }])
  })
}

/** removeTagFromConversations is removeConversationsFromTag. */
export const removeTagFromConversations: typeof removeConversationsFromTag = removeConversationsFromTag

/** removeTagsFromConversation takes tags from a conversation. */
export function removeTagsFromConversation(conversation: IConversationOption, tagIds: string[]): Promise<RCResult> {
  return call((client) => {
    checkConversation(conversation, listed)
    check('tagIds', tagIds, listOf(sized(1, MAX_TAG_ID), 1), codes.INVALID_PARAMETER_TAG_ID)
    return retag(client, 'delTag', [conversation], tagIds.map((tagId) => ({ tagId })))
  })
}

/** setConversationToTopInTag puts a conversation on top of those with a tag, or back. */
export function setConversationToTopInTag(tagId: string, conversation: IConversationOption, isTop: boolean): Promise<RCResult> {
  return call(async (client) => {
    checkConversation(conversation, listed)
    checkTagId(tagId)
    check('isTop', isTop, flag, codes.INVALID_PARAMETER_IS_TOP)
    const { all } = await known(client)
    demand(has(all.item(conversation), tagId), codes.NO_TAG_IN_CONVER)
    return retag(client, 'addTag', [conversation], [{ tagId, isTop }])
  })
}

/**
 * getConversationsFromTagByPage resolves with conversations that have a tag,
 * newest first: count of those whose newest message is older than startTime,
 * or with 0 of all.
 */
export function getConversationsFromTagByPage(
  tagId: string,
  count: number,
  startTime: number,
): Promise<RCResult<IAReceivedConversationByTag[]>> {
  return call(async (client) => {
    checkTagId(tagId)
    check('count', count, integer(-Infinity), codes.CONVER_OUT_LIMIT_ERROR)
    check('startTime', startTime, integer(), codes.INVALID_PARAMETER_START_TIME)
    const { all, list } = await known(client)
    if (!list.has(tagId)) return []
    const found = await all.named(all.all().filter((item) => has(item, tagId)))
    return found
      .filter(({ operationTime = 0 }) => startTime === 0 || operationTime < startTime)
      .sort((a, b) => (b.operationTime ?? 0) - (a.operationTime ?? 0))
      .slice(0, count > 0 ? Math.min(count, MAX_TAGGED) : 20)
      .map((c) => ({ ...c, isTopInTag: all.item(c).tags.some((tag) => tag.tagId === tagId && tag.isTop === true) }))
  })
}

/** getUnreadCountByTag is how many messages are unread in the conversations with a tag; muted ones count if wanted. */
export function getUnreadCountByTag(tagId: string, containMuted: boolean): Promise<RCResult<number>> {
  return call(async (client) => {
    checkTagId(tagId)
    check('containMuted', containMuted, flag, codes.INVALID_PARAMETER_CONTAIN_MUTED)
    const { all, list } = await known(client)
    const counts = (item: Item): boolean => has(item, tagId) && (containMuted || item.notificationLevel <= NotificationLevel.NOT_SET)
    const items = list.has(tagId) ? all.all().filter(counts) : []
    return items.reduce((total, item) => total + (view(item).unreadMessageCount ?? 0), 0)
  })
}
