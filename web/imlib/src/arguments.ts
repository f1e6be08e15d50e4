import * as codes from './generated/codes.ts'
import { Refused } from './errors.ts'
import { say, type Text } from './language.ts'
import type { ConversationType } from './enums.ts'
import { MAX_CHANNEL_ID, MAX_ID } from './generated/limits.ts'
import type { IConversationOption } from './received.ts'
import { APP_PUBLIC_SERVICE, CHATROOM, GROUP, PRIVATE, PUBLIC_SERVICE, SYSTEM, ULTRA_GROUP } from './wire/numbers.ts'

/** Rule says what an argument must be. Its text goes on from "must be". */
export interface Rule extends Text {
  readonly holds: (value: unknown) => boolean
}

/** check throws Refused with code and a text that names the argument, unless rule holds for value. */
export function check(name: string, value: unknown, rule: Rule, code: number = codes.BIZ_ERROR_INVALID_PARAMETER): void {
  if (rule.holds(value)) return
  throw new Refused(code, say({ en: `${name} must be ${rule.en}`, zh: `${name} 必须是${rule.zh}` }))
}

export const text: Rule = {
  holds: (value) => typeof value === 'string',
  en: 'a string',
  zh: '字符串',
}

/** name is a string that stands for something: it is more than blanks. */
export const name: Rule = {
  holds: (value) => typeof value === 'string' && value.trim() !== '',
  en: 'a string that is not empty',
  zh: '非空字符串',
}

/** sized is a text of least to most characters. */
export function sized(least: number, most: number): Rule {
  return {
    holds: (value) => typeof value === 'string' && value.length >= least && value.length <= most,
    en: `a string of ${least} to ${most} characters`,
    zh: `长度为 ${least} 至 ${most} 的字符串`,
  }
}

/** id is the name of a user, group, chatroom or ultra group. */
export const id: Rule = /* @__PURE__ */ sized(1, MAX_ID)

/** channel is the name of a channel of an ultra group, which may be empty. */
export const channel: Rule = {
  holds: (value) => typeof value === 'string' && value.length <= MAX_CHANNEL_ID && !value.includes('_'),
  en: `a string of up to ${MAX_CHANNEL_ID} characters without "_"`,
  zh: `长度不超过 ${MAX_CHANNEL_ID} 且不含“_”的字符串`,
}

/** spelled is a text for which rule holds, of letters, digits and marks. A "-" comes last. */
export function spelled(rule: Rule, marks: string): Rule {
  const pattern = new RegExp(`^[\\w${marks}]+$`)
  return {
    holds: (value) => rule.holds(value) && pattern.test(value as string),
    en: `${rule.en} of letters, digits and ${marks}`,
    zh: `${rule.zh}，由字母、数字和 ${marks} 组成`,
  }
}

/** url is the address of something that speaks HTTP. */
export const url: Rule = {
  holds: (value) => typeof value === 'string' && /^https?:\/\/./.test(value),
  en: 'an http or https URL',
  zh: 'http 或 https 地址',
}

/** number is any number but NaN. */
export const number: Rule = {
  holds: (value) => typeof value === 'number' && !Number.isNaN(value),
  en: 'a number',
  zh: '数字',
}

export const flag: Rule = {
  holds: (value) => typeof value === 'boolean',
  en: 'true or false',
  zh: '布尔值',
}

export const callback: Rule = {
  holds: (value) => typeof value === 'function',
  en: 'a function',
  zh: '函数',
}

export const object: Rule = {
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  en: 'an object',
  zh: '对象',
}

/** integer is a whole number within limits, which are allowed themselves. */
export function integer(least: number = 0, most: number = Infinity): Rule {
  const upTo = most === Infinity ? { en: ` from ${least}`, zh: `不小于 ${least} 的` } : { en: ` from ${least} to ${most}`, zh: ` ${least} 至 ${most} 的` }
  return {
    holds: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
    en: `a whole number${upTo.en}`,
    zh: `${upTo.zh}整数`,
  }
}

/** oneOf is any of values; of an enumeration, any of its numbers. */
export function oneOf(values: readonly unknown[] | Readonly<Record<string, unknown>>): Rule {
  const all = Array.isArray(values) ? values : Object.values(values).filter((value) => typeof value === 'number')
  return { holds: (value) => all.includes(value), en: `one of ${all.join(', ')}`, zh: `${all.join('、')} 之一` }
}

/** listOf is an array of least to most values for each of which rule holds. */
export function listOf(rule: Rule, least: number = 0, most: number = Infinity): Rule {
  const bound = most === Infinity ? `${least}` : `${least}–${most}`
  const bounded = least > 0 || most < Infinity
  return {
    holds: (value) => Array.isArray(value) && value.length >= least && value.length <= most && value.every(rule.holds),
    en: `a list${bounded ? ` of ${bound}` : ''}, each ${rule.en}`,
    zh: `列表${bounded ? `（${bound} 项）` : ''}，每项为${rule.zh}`,
  }
}

/** optional is a value for which rule holds, or none. */
export function optional(rule: Rule): Rule {
  return { ...rule, holds: (value) => value === undefined || value === null || rule.holds(value) }
}

/** The kinds of conversations that functions are for, from few to many. */
export const privateOnly: readonly ConversationType[] = [PRIVATE]
export const groupOnly: readonly ConversationType[] = [GROUP]
export const privateOrGroup: readonly ConversationType[] = [PRIVATE, GROUP]
export const privateGroupOrUltra: readonly ConversationType[] = [PRIVATE, GROUP, ULTRA_GROUP]
export const listed: readonly ConversationType[] = [PRIVATE, GROUP, SYSTEM, PUBLIC_SERVICE, APP_PUBLIC_SERVICE]
export const listedOrUltra: readonly ConversationType[] = [...listed, ULTRA_GROUP]
export const listedUltraOrRoom: readonly ConversationType[] = [...listedOrUltra, CHATROOM]
export const everyKind: readonly ConversationType[] = [...listedUltraOrRoom, 2, 5, 12]

/** checkConversation checks the parts of a conversation; kinds are those that the function is for. */
export function checkConversation(conversation: IConversationOption, kinds: readonly ConversationType[] = everyKind): void {
  check('conversation', conversation, object, codes.INVALID_PARAMETER_CONVERSATION)
  const { conversationType, targetId, channelId } = conversation
  check('conversationType', conversationType, oneOf(kinds), codes.INVALID_PARAMETER_CONVERSATION_TYPE)
  check('targetId', targetId, id, codes.INVALID_PARAMETER_TARGET_ID)
  check('channelId', channelId, optional(channel), codes.INVALID_PARAMETER_CHANNEL_ID)
}
