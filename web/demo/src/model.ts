import { type ConversationIdentifier, ConversationType, type ReceivedMessage } from './im.ts'
import type { Group, Name } from './host.ts'
import type { Language } from './words.ts'

/** Key names a conversation: its type and target. */
export type Key = string

export function keyOf({ conversationType, targetId }: ConversationIdentifier): Key {
  return `${conversationType}:${targetId}`
}

/** identify is the conversation that key names. */
export function identify(key: Key): ConversationIdentifier {
  const at = key.indexOf(':')
  return { conversationType: Number(key.slice(0, at)), targetId: key.slice(at + 1) } as ConversationIdentifier
}

/** isRoom reports whether key is that of a chatroom, which is no part of the list that the server keeps. */
export function isRoom(key: Key): boolean {
  return identify(key).conversationType === ConversationType.CHATROOM
}

export type Status = 'sending' | 'sent' | 'failed'

/** Attachment is the file of a message that is being sent. */
export interface Attachment {
  readonly file: File
  /** A blob: URL of the file, or of what stands for it. */
  readonly url: string
  /** How much of it has been uploaded, in percent. */
  readonly progress: number
}

/** Entry is a line of a conversation. It is replaced, never changed, so that what shows it knows when to. */
export interface Entry {
  /** The same from the first moment on, whatever names the message gets. */
  readonly id: string
  readonly message: ReceivedMessage
  readonly own: boolean
  readonly status: Status
  /** Why it failed; 0 if it did not. */
  readonly code: number
  readonly edited: boolean
  /** How many have read it, of how many. */
  readonly readBy?: number
  readonly readers?: number
  readonly attachment?: Attachment
  /** The text that the user may edit again after the recall. */
  readonly again?: string
}

/** Draft is what is being written, and what it replies to or changes. */
export interface Draft {
  readonly text: string
  readonly reply?: Entry | undefined
  readonly editing?: Entry | undefined
  /** Whom the text mentions, by the name it uses. */
  readonly mentions: readonly { readonly id: string; readonly name: string }[]
}

export const emptyDraft: Draft = { text: '', mentions: [] }

/** Log is what is loaded of a conversation, oldest entry first. */
export interface Log {
  readonly entries: readonly Entry[]
  /** Whether its newest page has been read. */
  readonly loaded: boolean
  readonly loading: boolean
  readonly hasEarlier: boolean
  /** Messages that came while the end was out of sight. */
  readonly fresh: number
}

export const emptyLog: Log = { entries: [], loaded: false, loading: false, hasEarlier: false, fresh: 0 }

/** Row is a conversation in the list. */
export interface Row {
  readonly key: Key
  readonly latest: ReceivedMessage | undefined
  readonly time: number
  readonly unread: number
  readonly mentioned: boolean
  readonly pinned: boolean
  readonly muted: boolean
}

/** Connection is how the user is connected. since is when that began. */
export interface Connection {
  readonly kind: 'connecting' | 'online' | 'waiting' | 'closed'
  readonly since: number
  readonly code: number
}

/** Room is the chatroom that the user is in. */
export interface Room {
  readonly joined: boolean
  readonly members: number
}

/** Dialog is what lies over the page. */
export type Dialog =
  | { readonly kind: 'new' }
  | { readonly kind: 'info' }
  | { readonly kind: 'forward'; readonly entries: readonly Entry[] }
  | { readonly kind: 'view'; readonly url: string; readonly name: string; readonly video: boolean }
  | { readonly kind: 'combined'; readonly entry: Entry }

export type Theme = 'auto' | 'light' | 'dark'

/** State is everything that the page shows. */
export interface State {
  readonly phase: 'signed-out' | 'signing-in' | 'signed-in'
  /** Why signing in failed. */
  readonly problem: string
  readonly me: string
  readonly people: ReadonlyMap<string, Name>
  readonly groups: ReadonlyMap<string, Group>
  readonly rooms: ReadonlyMap<string, Name>
  readonly connection: Connection
  readonly rows: readonly Row[]
  readonly listed: boolean
  readonly open: Key | undefined
  readonly logs: Readonly<Record<Key, Log>>
  readonly drafts: Readonly<Record<Key, Draft>>
  /** Who is typing where. */
  readonly typing: Readonly<Record<Key, string>>
  readonly joined: Readonly<Record<string, Room>>
  /** The entry to be brought into sight, anew for each time it is asked for. */
  readonly reveal: { readonly id: string } | undefined
  /** The messages that are marked to be forwarded; undefined when none are being chosen. */
  readonly chosen: ReadonlySet<string> | undefined
  readonly dialog: Dialog | undefined
  readonly notice: { readonly text: string; readonly bad: boolean } | undefined
  /** What screen readers are told. */
  readonly said: string
  readonly language: Language
  readonly theme: Theme
}
