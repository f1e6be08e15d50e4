import { check, checkConversation, flag, integer, listed, listOf, sized } from '../arguments.ts'
import { ask } from '../ask.ts'
import { checkMany, demand } from '../checks.ts'
import type { Client } from '../client.ts'
import type { IAReceivedConversation, IConversationTag } from '../conversation.ts'
import { change, conversations, type Conversations } from '../conversations.ts'
import { call } from '../current.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_TAG_ID, MAX_TAG_NAME, MAX_TAGGED } from '../generated/limits.ts'
import { type Tag, TagsChange } from '../generated/wire.ts'
import { type Item, muted } from '../item.ts'
import { TAGS } from '../kinds.ts'
import { about, known, newest, total } from '../known.ts'
import type { IConversationOption } from '../received.ts'

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

const id = /* @__PURE__ */ sized(1, MAX_TAG_ID)

function checkTagId(tagId: string): void {
  check('tagId', tagId, id, codes.INVALID_PARAMETER_TAG_ID)
}

async function exists(client: Client, tagId: string): Promise<void> {
  const all = client.use(conversations)
  await all.settled()
  demand(all.tags.has(tagId), codes.TAG_NOT_EXIST)
}

function save(client: Client, topic: string, tag: Tag): Promise<void> {
  return ask(client, topic, TagsChange, { version: 0, tags: [tag] })
}

/** addTag makes a tag. A user has at most 20. */
export function addTag(tag: ITagParam): Promise<RCResult> {
  return put(tag)
}

/** updateTag gives a tag another name. */
export function updateTag(tag: ITagParam): Promise<RCResult> {
  return put(tag, exists)
}

function put(tag: ITagParam, may?: typeof exists): Promise<RCResult> {
  return call(async (client) => {
    const { tagId, tagName } = tag ?? {}
    checkTagId(tagId)
    await may?.(client, tagId)
    check('tagName', tagName, sized(1, MAX_TAG_NAME), codes.INVALID_PARAMETER_TAG_NAME)
    await save(client, 'addSeTag', { tagId, tagName })
    const { tags } = client.use(conversations)
    tags.set(tagId, { createdTime: client.serverTime(), ...tags.get(tagId), tagId, tagName })
  })
}

/** removeTag deletes a tag; conversations have it no more. */
export function removeTag(tagId: string): Promise<RCResult> {
  return call(async (client) => {
    checkTagId(tagId)
    await save(client, 'delSeTag', { tagId })
    client.use(conversations).tags.delete(tagId)
  })
}

/** tagIn is the tag of item with an id, if it has it. */
function tagIn(item: Item, tagId: string): IConversationTag | undefined {
  return item.set.tags.find((tag) => tag.tagId === tagId)
}

/** getTags resolves with the user's tags, and how many conversations have each. */
export function getTags(): Promise<RCResult<ITagInfo[]>> {
  return known((all) =>
    [...all.tags.values()].map(({ tagId, tagName = '', createdTime = 0 }) => {
      return { tagId, tagName, createdTime, conversationCount: all.all().filter((item) => tagIn(item, tagId)).length }
    }),
  )
}

/** getTagsFromConversation resolves with the tags of a conversation. */
export function getTagsFromConversation(conversation: IConversationOption): Promise<RCResult<IConversationTag[]>> {
  return about(conversation, listed, (item, { tags }) =>
    item.set.tags.flatMap((tag) => {
      const found = tags.get(tag.tagId)
      return found ? [{ ...found, ...tag } as IConversationTag] : []
    }),
  )
}

/** retag gives tags to conversations, or takes them, and makes the change here. */
async function retag(client: Client, topic: 'addTag' | 'delTag', list: readonly IConversationOption[], given: IConversationTag[]): Promise<void> {
  for (const item of await change(client, topic, list, { type: TAGS, value: '', tags: given })) {
    const others = item.set.tags.filter(({ tagId }) => !given.some((tag) => tag.tagId === tagId))
    item.set.tags = topic === 'addTag' ? [...others, ...given] : others
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
    check('tagIds', tagIds, listOf(id, 1), codes.INVALID_PARAMETER_TAG_ID)
    return retag(client, 'delTag', [conversation], tagIds.map((tagId) => ({ tagId })))
  })
}

/** setConversationToTopInTag puts a conversation on top of those with a tag, or back. */
export function setConversationToTopInTag(tagId: string, conversation: IConversationOption, isTop: boolean): Promise<RCResult> {
  const give = (all: Conversations, client: Client): Promise<void> => {
    demand(tagIn(all.item(conversation), tagId) !== undefined, codes.NO_TAG_IN_CONVER)
    return retag(client, 'addTag', [conversation], [{ tagId, isTop }])
  }
  return known(give, () => {
    checkConversation(conversation, listed)
    checkTagId(tagId)
    check('isTop', isTop, flag, codes.INVALID_PARAMETER_IS_TOP)
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
  const page = async (all: Conversations): Promise<IAReceivedConversationByTag[]> => {
    const found = await newest(all, tagged(all, tagId), startTime, count > 0 ? Math.min(count, MAX_TAGGED) : 20)
    return found.map((c) => ({ ...c, isTopInTag: tagIn(all.item(c), tagId)?.isTop === true }))
  }
  return known(page, () => {
    checkTagId(tagId)
    check('count', count, integer(-Infinity), codes.CONVER_OUT_LIMIT_ERROR)
    check('startTime', startTime, integer(), codes.INVALID_PARAMETER_START_TIME)
  })
}

/** tagged is the conversations that have a tag, if there is such a tag. */
function tagged(all: Conversations, tagId: string): Item[] {
  return all.tags.has(tagId) ? all.all().filter((item) => tagIn(item, tagId)) : []
}

/** getUnreadCountByTag is how many messages are unread in the conversations with a tag; muted ones count if wanted. */
export function getUnreadCountByTag(tagId: string, containMuted: boolean): Promise<RCResult<number>> {
  const counts = (item: Item): boolean => containMuted || !muted(item)
  return known((all) => total(tagged(all, tagId).filter(counts)), () => {
    checkTagId(tagId)
    check('containMuted', containMuted, flag, codes.INVALID_PARAMETER_CONTAIN_MUTED)
  })
}
