/** Checks that the functions about conversations and their messages share. */

import { channel, check, checkConversation, integer, listedOrUltra, listOf, name, oneOf, optional } from './arguments.ts'
import type { Client } from './client.ts'
import type { ConversationType } from './enums.ts'
import { Refused } from './errors.ts'
import * as codes from './generated/codes.ts'
import type { IConversationOption } from './received.ts'

/** checkMany checks a list of 1 to most conversations. */
export function checkMany(
  list: readonly IConversationOption[],
  kinds: readonly ConversationType[],
  most: number,
  code: number = codes.INVALID_PARAMETER_CONVERSATION_LIST,
): void {
  const holds = (value: unknown): boolean => {
    try {
      checkConversation(value as IConversationOption, kinds)
      return true
    } catch {
      return false
    }
  }
  check('conversations', list, listOf({ holds, en: 'a conversation that this is for', zh: '支持该操作的会话' }, 1, most), code)
}

export function checkChannel(channelId: unknown): void {
  check('channelId', channelId, optional(channel), codes.INVALID_PARAMETER_CHANNEL_ID)
}

/** checkTypes checks an optional list of kinds of conversations. */
export function checkTypes(list: unknown, kinds: readonly ConversationType[] = listedOrUltra): void {
  check('conversationTypes', list, optional(listOf(oneOf(kinds))), codes.INVALID_PARAMETER_CONVERSATION_TYPE_LIST)
}

export function checkOrder(order: unknown): void {
  check('order', order, optional(oneOf([0, 1])), codes.INVALID_PARAMETER_ORDER)
}

/** checkUId checks the messageUId of a message. */
export function checkUId(messageUId: unknown): void {
  check('messageUId', messageUId, name, codes.INVALID_PARAMETER_MESSAGE_UID)
}

/** checkTime checks a time in milliseconds since 1970. */
export function checkTime(timestamp: unknown, least: number = 0): void {
  check('timestamp', timestamp, integer(least), codes.INVALID_PARAMETER_TIMESTAMP)
}

/** demand refuses with code unless holds. */
export function demand(holds: boolean, code: number): void {
  if (!holds) throw new Refused(code)
}

/** loggedIn refuses before the first connect, and after disconnect. */
export function loggedIn(client: Client): void {
  demand(client.userId !== '', codes.RC_NET_UNAVAILABLE)
}

/** setting is what the server told of the app in navigation; 0 where it told nothing. */
export function setting(client: Client, name: string): number {
  return Number(client.settings?.[name] ?? 0)
}
