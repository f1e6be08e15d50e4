import { MessageType, type Receipt, type ReceivedMessage } from './im.ts'
import type { Entry, Log } from './model.ts'

/** MessageDirection.SEND */
const SEND = 1

/** The types that are lines of a conversation. The rest are signals of one kind or another. */
const shown: ReadonlySet<string> = new Set(Object.values(MessageType))

/** isShown reports whether message is a line of its conversation. */
export function isShown({ messageType, isPersited }: ReceivedMessage): boolean {
  return shown.has(messageType) || (isPersited && !messageType.startsWith('RC:'))
}

/** field is a text in the content of message; empty if there is none. */
export function field(message: ReceivedMessage, name: string): string {
  const value: unknown = (message.content as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : ''
}

/** number is one in the content of message; 0 if there is none. */
export function number(message: ReceivedMessage, name: string): number {
  const value: unknown = (message.content as Record<string, unknown>)[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

/** recallOf is the messageUId that a recall command names. */
export function recallOf(message: ReceivedMessage): string {
  return message.messageType === 'RC:RcCmd' ? field(message, 'messageUId') : ''
}

export function entryOf(message: ReceivedMessage): Entry {
  return {
    id: message.messageUId || `own-${message.messageId}`,
    message,
    own: message.messageDirection === SEND,
    status: 'sent',
    code: 0,
    edited: message.isModifyMessage === true,
  }
}

/**
 * merge puts messages into log and counts those that are new and of others.
 * History and what comes by itself overlap, and an own message may come back
 * from the server before its send is settled.
 */
export function merge(log: Log, messages: readonly ReceivedMessage[]): { log: Log; news: readonly Entry[] } {
  const entries = [...log.entries]
  const news: Entry[] = []
  for (const message of messages) {
    if (!isShown(message)) continue
    const entry = entryOf(message)
    const at = entries.findIndex(({ message: known, own }) =>
      known.messageUId === ''
        ? own && entry.own && known.messageId !== 0 && known.messageId === message.messageId
        : known.messageUId === message.messageUId,
    )
    const known = entries[at]
    if (known === undefined) {
      entries.push(entry)
      if (!entry.own) news.push(entry)
    } else if (known.message.messageType !== MessageType.RECALLED) {
      entries[at] = { ...known, message, status: 'sent', code: 0, edited: known.edited || entry.edited }
    }
  }
  return { log: { ...log, entries: sorted(entries) }, news }
}

/** put replaces the entry of that id, or adds it. */
export function put(log: Log, entry: Entry): Log {
  const known = log.entries.some(({ id }) => id === entry.id)
  const entries = known ? log.entries.map((e) => (e.id === entry.id ? entry : e)) : [...log.entries, entry]
  return { ...log, entries: sorted(entries) }
}

/** settle makes a sent entry of the message that the server accepted. The stream may have brought it already. */
export function settle(log: Log, id: string, message: ReceivedMessage): Log {
  const entries = log.entries
    .filter((e) => e.id === id || e.message.messageUId !== message.messageUId)
    .map((e) => (e.id === id ? withoutAttachment({ ...e, message, status: 'sent', code: 0 }) : e))
  return { ...log, entries: sorted(entries) }
}

function withoutAttachment({ attachment: _, ...entry }: Entry): Entry {
  return entry
}

/** change replaces the entries of these messages by what make makes of them. */
export function change(log: Log, uids: ReadonlySet<string>, make: (entry: Entry) => Entry): Log {
  return { ...log, entries: log.entries.map((e) => (uids.has(e.message.messageUId) ? make(e) : e)) }
}

/** drop takes entries out. */
export function drop(log: Log, ids: ReadonlySet<string>): Log {
  return { ...log, entries: log.entries.filter(({ id }) => !ids.has(id)) }
}

/** recalled is entry after the message was recalled by that user. */
export function recalled(entry: Entry, by: string): Entry {
  const { message } = entry
  const text = entry.own ? textOf(message) : ''
  return {
    ...withoutAttachment(entry),
    message: { ...message, messageType: MessageType.RECALLED, content: { operatorId: by } },
    ...(text === '' ? {} : { again: text }),
  }
}

/** counted is entry with what a receipt says. Receipts may come out of order, and readers only become more. */
export function counted(entry: Entry, { readCount, totalCount }: Receipt): Entry {
  return { ...entry, readBy: Math.max(readCount, entry.readBy ?? 0), readers: totalCount }
}

/** textOf is what can be copied, searched and edited of message. */
export function textOf(message: ReceivedMessage): string {
  const { messageType } = message
  return messageType === MessageType.TEXT || messageType === MessageType.REFERENCE ? field(message, 'content') : ''
}

// The server's names of messages sort in its order; what has none yet comes last, as it was sent.
function sorted(entries: Entry[]): Entry[] {
  return entries.sort(({ message: { messageUId: a } }, { message: { messageUId: b } }) => {
    if (a === '' || b === '') return Number(a === '') - Number(b === '')
    return a < b ? -1 : Number(a > b)
  })
}
