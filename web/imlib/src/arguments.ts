import { ErrorCode } from './codes.ts'
import { Refused } from './errors.ts'
import { say, type Text } from './language.ts'
import { ConversationType, type IConversationOption } from './messages.ts'

/** Rule says what an argument must be. Its text goes on from "must be". */
export interface Rule extends Text {
  readonly holds: (value: unknown) => boolean
}

/** check throws Refused with code and a text that names the argument, unless rule holds for value. */
export function check(name: string, value: unknown, rule: Rule, code: number = ErrorCode.BIZ_ERROR_INVALID_PARAMETER): void {
  if (rule.holds(value)) return
  throw new Refused(code, say({ en: `${name} must be ${rule.en}`, zh: `${name} 必须是${rule.zh}` }))
}

export const text: Rule = {
  holds: (value) => typeof value === 'string',
  en: 'a string',
  zh: '字符串',
}

/** name is a string that stands for something: it is not empty. */
export const name: Rule = {
  holds: (value) => typeof value === 'string' && value !== '',
  en: 'a string that is not empty',
  zh: '非空字符串',
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

/** oneOf is any of values, or of the values of an enumeration. */
export function oneOf(values: readonly unknown[] | Readonly<Record<string, unknown>>): Rule {
  const all = Object.values(values)
  return { holds: (value) => all.includes(value), en: `one of ${all.join(', ')}`, zh: `${all.join('、')} 之一` }
}

/** listOf is an array of least to most values for each of which rule holds. */
export function listOf(rule: Rule, least: number = 0, most: number = Infinity): Rule {
  const bound = most === Infinity ? least : `${least} – ${most}`
  return {
    holds: (value) => Array.isArray(value) && value.length >= least && value.length <= most && value.every(rule.holds),
    en: `a list${bound === 0 ? '' : ` of ${bound}`}, each ${rule.en}`,
    zh: `列表${bound === 0 ? '' : `（${bound} 项）`}，每项为${rule.zh}`,
  }
}

/** optional is a value for which rule holds, or none. */
export function optional(rule: Rule): Rule {
  return { ...rule, holds: (value) => value === undefined || value === null || rule.holds(value) }
}

/** checkConversation checks the parts of a conversation; types are the ones that the function is for. */
export function checkConversation(
  conversation: IConversationOption,
  types: readonly ConversationType[] = Object.values(ConversationType),
): void {
  check('conversation', conversation, object, ErrorCode.INVALID_PARAMETER_CONVERSATION_TYPE)
  const { conversationType, targetId, channelId } = conversation
  check('conversationType', conversationType, oneOf(ConversationType), ErrorCode.INVALID_PARAMETER_CONVERSATION_TYPE)
  check('targetId', targetId, name, ErrorCode.INVALID_PARAMETER_TARGET_ID)
  check('channelId', channelId, optional(text), ErrorCode.INVALID_PARAMETER_CHANNEL_ID)
  check('conversationType', conversationType, oneOf(types), ErrorCode.CONVERSATION_TYPE_NOT_SUPPORT)
}
