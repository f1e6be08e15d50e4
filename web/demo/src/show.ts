import { ConversationType, MessageType, type ReceivedMessage } from './im.ts'
import { field, number, textOf } from './log.ts'
import { identify, type Key, type State } from './model.ts'
import type { Name } from './host.ts'
import { type Language, sayIn, type Word } from './words.ts'

/** nameOf is what somebody or something is called; the id when nobody said. */
export function nameOf(name: Name | undefined, id: string, language: Language): string {
  return (language === 'zh' ? name?.zh : undefined) ?? name?.name ?? id
}

type Names = Pick<State, 'people' | 'groups' | 'rooms' | 'language'>

/** titleOf is what a conversation is called. */
export function titleOf(key: Key, { people, groups, rooms, language }: Names): string {
  const { conversationType, targetId } = identify(key)
  const names = { [ConversationType.GROUP]: groups, [ConversationType.CHATROOM]: rooms }[conversationType as number] ?? people
  return nameOf(names.get(targetId), targetId, language)
}

/** preview is message in one line, without its sender. */
export function preview(message: ReceivedMessage, state: Names & Pick<State, 'me'>): string {
  const say = sayIn(state.language)
  switch (message.messageType) {
    case MessageType.TEXT:
    case MessageType.REFERENCE:
      return textOf(message).replace(/\s+/g, ' ')
    case MessageType.IMAGE:
      return `[${say('photo')}]`
    case MessageType.GIF:
      return `[${say('gif')}]`
    case MessageType.VOICE:
      return `[${say('voice')}] ${number(message, 'duration')}″`
    case MessageType.VIDEO:
      return `[${say('video')}]`
    case MessageType.FILE:
      return `[${say('file')}] ${field(message, 'name')}`
    case MessageType.COMBINED:
      return `[${say('combined')}]`
    case MessageType.LOCATION:
      return `[${say('location')}] ${field(message, 'poi')}`
    case MessageType.NOTICE:
      return field(message, 'message')
    case MessageType.GROUP_NOTICE:
    case MessageType.RECALLED:
      return notice(message, state)
    default:
      return `[${say('unknownTag')}]`
  }
}

/** notice is what happened, as a line between the messages. */
export function notice(message: ReceivedMessage, state: Names & Pick<State, 'me'>): string {
  const say = sayIn(state.language)
  const called = (id: string): string => nameOf(state.people.get(id), id, state.language)
  if (message.messageType === MessageType.RECALLED) {
    const by = field(message, 'operatorId') || message.senderUserId
    return by === state.me ? say('recalledByYou') : say('recalledBy', { name: called(by) })
  }
  if (message.messageType === MessageType.NOTICE) return field(message, 'message')
  const names = { name: called(field(message, 'operatorUserId')), group: field(message, 'message') }
  const word = { Create: 'groupCreated', Add: 'groupJoined' }[field(message, 'operation')] as Word | undefined
  return say(word ?? 'groupChanged', names)
}

/** isNotice reports whether message is a line between the messages. */
export function isNotice({ messageType }: ReceivedMessage): boolean {
  return messageType === MessageType.NOTICE || messageType === MessageType.GROUP_NOTICE || messageType === MessageType.RECALLED
}

export function clock(time: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time)
}

/** dayOf is the day of time: today, yesterday, or its date. */
export function dayOf(time: number, language: Language): string {
  const say = sayIn(language)
  if (isToday(time)) return say('today')
  if (new Date(time).toDateString() === new Date(Date.now() - 86_400_000).toDateString()) return say('yesterday')
  return new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(time)
}

/** whenOf is time as short as it may be: the clock for today, else the day. */
export function whenOf(time: number, language: Language): string {
  if (time === 0) return ''
  if (isToday(time)) return clock(time, language)
  const sameYear = new Date(time).getFullYear() === new Date().getFullYear()
  return new Intl.DateTimeFormat(language, { month: 'numeric', day: 'numeric', ...(sameYear ? {} : { year: 'numeric' }) }).format(time)
}

function isToday(time: number): boolean {
  return new Date(time).toDateString() === new Date().toDateString()
}

/** lasting is a duration in seconds as minutes and seconds. */
export function lasting(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** sizeOf is a number of bytes in the largest unit that leaves at least one. */
export function sizeOf(bytes: number, language: Language): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  let at = 0
  let value = bytes
  while (value >= 1024 && at < units.length - 1) [value, at] = [value / 1024, at + 1]
  const unit = units[at] ?? 'byte'
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
}
