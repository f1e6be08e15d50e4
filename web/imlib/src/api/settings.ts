import { check, integer, listedOrUltra, object, oneOf, optional, type Rule, text } from '../arguments.ts'
import { ask } from '../ask.ts'
import { checkMany } from '../checks.ts'
import type { TranslateStrategy } from '../conversation.ts'
import { change, conversations } from '../conversations.ts'
import { call } from '../current.ts'
import { type ConversationType, NotificationLevel, NotificationStatus, PushNotificationQuietHoursLevel } from '../enums.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_CHANGED } from '../generated/limits.ts'
import { QuietHours, QuietHoursAnswer, QuietHoursRequest, TypeLevelRequest } from '../generated/wire.ts'
import { facts, settingOf } from '../item.ts'
import { LEVEL, TOP, TRANSLATE } from '../kinds.ts'
import { about, known } from '../known.ts'
import type { IConversationOption } from '../received.ts'

/** INotificationQuietHoursSetting is the hours of the day in which the user is not to be disturbed. */
export interface INotificationQuietHoursSetting {
  /** HH:MM:SS. */
  startTime: string
  /** 1 to 1439. */
  spanMinutes: number
  /** 1: only mentions notify. 5: nothing does. */
  level: PushNotificationQuietHoursLevel
  /** Such as Asia/Shanghai. */
  timezone?: string
}

/** set gives 1 to 20 conversations a setting. */
function set(list: IConversationOption[], type: number, value: number, checks?: () => void): Promise<RCResult> {
  return call(async (client) => {
    checks?.()
    checkMany(list, listedOrUltra, MAX_CHANGED)
    const state = { type, value: String(value), tags: [] }
    for (const item of await change(client, 'setSeAtt', list, state)) Object.assign(item.set, settingOf(state))
  })
}

/** setConversationToTop puts a conversation on top of the list, or back. */
export function setConversationToTop(
  options: IConversationOption,
  isTop: boolean = true,
  _isUpdateTime?: boolean,
  _isCreateConversation?: boolean,
): Promise<RCResult> {
  return batchSetConversationToTop([options], isTop)
}

/** batchSetConversationToTop is setConversationToTop for 1 to 20. The last two arguments change nothing in browsers. */
export function batchSetConversationToTop(
  list: IConversationOption[],
  isTop: boolean,
  _isUpdateTime?: boolean,
  _isCreateConversation?: boolean,
): Promise<RCResult> {
  return set(list, TOP, isTop ? 1 : 0)
}

/** setConversationNotificationLevel says which messages of a conversation notify the user. */
export function setConversationNotificationLevel(options: IConversationOption, notificationLevel: NotificationLevel): Promise<RCResult> {
  return batchSetConversationNotificationLevel([options], notificationLevel)
}

/** batchSetConversationNotificationLevel is the same for 1 to 20. */
export function batchSetConversationNotificationLevel(list: IConversationOption[], level: NotificationLevel): Promise<RCResult> {
  return set(list, LEVEL, level, () => checkLevel(level))
}

/** setConversationNotificationStatus is the old form of setConversationNotificationLevel. */
export function setConversationNotificationStatus(options: IConversationOption, status: NotificationStatus): Promise<RCResult> {
  const { OPEN, CLOSE } = NotificationStatus
  const level = status === OPEN ? NotificationLevel.AT_MESSAGE_NOTIFICATION : NotificationLevel.NOT_SET
  return set([options], LEVEL, level, () => {
    check('notificationStatus', status, oneOf([OPEN, CLOSE]), codes.INVALID_PARAMETER_NOTIFICATION_LEVEL)
  })
}

/** batchSetConversationTranslateStrategy says whether the messages of 1 to 20 conversations are to be translated. */
export function batchSetConversationTranslateStrategy(list: IConversationOption[], strategy: TranslateStrategy): Promise<RCResult> {
  return set(list, TRANSLATE, strategy, () => {
    check('strategy', strategy, oneOf([0, 1, 2]), codes.INVALID_PARAMETER_TRANSLATE_STRATEGY)
  })
}

function checkLevel(level: NotificationLevel): void {
  check('notificationLevel', level, oneOf([-1, 0, 1, 2, 4, 5]), codes.INVALID_PARAMETER_NOTIFICATION_LEVEL)
}

/** getConversationNotificationLevel resolves with what setConversationNotificationLevel said, 0 if nothing. */
export function getConversationNotificationLevel(options: IConversationOption): Promise<RCResult<NotificationLevel>> {
  return about(options, listedOrUltra, (item) => item.set.notificationLevel)
}

/** getConversationNotificationStatus is the old form of getConversationNotificationLevel. */
export function getConversationNotificationStatus(options: IConversationOption): Promise<RCResult<NotificationStatus>> {
  return about(options, listedOrUltra, (item) => facts(item).notificationStatus)
}

/** setConversationTypeNotificationLevel says it for all conversations of a type that say nothing themselves. */
export function setConversationTypeNotificationLevel(conversationType: ConversationType, notificationLevel: NotificationLevel): Promise<RCResult> {
  return call(async (client) => {
    checkType(conversationType)
    checkLevel(notificationLevel)
    await ask(client, 'setTypeUnpush', TypeLevelRequest, { conversationType, version: 0, notificationLevel })
    client.use(conversations).item({ conversationType, targetId: '' }).set.notificationLevel = notificationLevel
  })
}

/** getConversationTypeNotificationLevel resolves with it. */
export function getConversationTypeNotificationLevel(conversationType: ConversationType): Promise<RCResult<NotificationLevel>> {
  return known((all) => all.item({ conversationType, targetId: '' }).set.notificationLevel, () => checkType(conversationType))
}

function checkType(type: ConversationType): void {
  check('conversationType', type, oneOf(listedOrUltra), codes.INVALID_PARAMETER_CONVERSATION_TYPE)
}

const clock: Rule = {
  holds: (value) => typeof value === 'string' && /^\d{2}(:\d{2}){2}$/.test(value),
  en: 'a time of day as HH:MM:SS',
  zh: '形如 HH:MM:SS 的时间',
}

/** setNotificationQuietHoursWithSetting sets the user's quiet hours. */
export function setNotificationQuietHoursWithSetting(setting: INotificationQuietHoursSetting): Promise<RCResult> {
  return call((client) => {
    check('setting', setting, object)
    const { startTime, spanMinutes, level, timezone } = setting
    check('timezone', timezone, optional(text))
    check('startTime', startTime, clock, codes.INVALID_PARAMETER_TIMESTRING)
    check('spanMinutes', spanMinutes, integer(1, 1439), codes.INVALID_PARAMETER_SPAN_MINUTES)
    check('level', level, oneOf(PushNotificationQuietHoursLevel), codes.INVALID_PARAMETER_NOTIFICATION_LEVEL)
    return ask(client, 'addUnpush', QuietHours, setting)
  })
}

/** removeNotificationQuietHoursSetting ends them. */
export function removeNotificationQuietHoursSetting(): Promise<RCResult> {
  return call((client) => ask(client, 'delUnpush', QuietHoursRequest, { nothing: 0 }))
}

/** getNotificationQuietHoursSetting resolves with them; with 0 minutes if there are none. */
export function getNotificationQuietHoursSetting(): Promise<RCResult<INotificationQuietHoursSetting>> {
  return call(async (client) => {
    const { isQuiet, ...hours } = await ask(client, 'qryUnpush', QuietHoursRequest, { nothing: 0 }, QuietHoursAnswer)
    return { startTime: '', spanMinutes: 0, level: 0, ...hours } as INotificationQuietHoursSetting
  })
}
