/** Calls that work with what is known of conversations. */

import { checkConversation } from './arguments.ts'
import { loggedIn } from './checks.ts'
import type { Client } from './client.ts'
import { conversations, type Conversations } from './conversations.ts'
import { call } from './current.ts'
import type { ConversationType } from './enums.ts'
import type { RCResult } from './errors.ts'
import { facts, type Item, type Viewed } from './item.ts'
import type { IConversationOption } from './received.ts'

/** known is call for work with conversations and tags, once check has passed and they are up to date. */
export function known<T>(work: (all: Conversations, client: Client) => T | Promise<T>, check?: (client: Client) => void): Promise<RCResult<T>> {
  return call(async (client) => {
    check?.(client)
    loggedIn(client)
    const all = client.use(conversations)
    await all.settled()
    return work(all, client)
  })
}

/** about is known for one conversation of kinds. */
export function about<T>(
  conversation: IConversationOption,
  kinds: readonly ConversationType[],
  work: (item: Item, all: Conversations, client: Client) => T | Promise<T>,
): Promise<RCResult<T>> {
  return known(
    (all, client) => work(all.item(conversation), all, client),
    () => checkConversation(conversation, kinds),
  )
}

/** newest is items with their latest messages, newest first: up to count, of before a time if it is not 0. */
export async function newest(all: Conversations, items: readonly Item[], before: number = 0, count?: number): Promise<Viewed[]> {
  const found = await all.named(items)
  return found
    .filter((c) => before === 0 || c.operationTime < before)
    .sort((a, b) => b.operationTime - a.operationTime)
    .slice(0, count)
}

/** total adds up what is unread in items. */
export function total(items: readonly Item[], count: 'unreadMessageCount' | 'unreadMentionedCount' = 'unreadMessageCount'): number {
  return items.reduce((sum, item) => sum + facts(item)[count], 0)
}
