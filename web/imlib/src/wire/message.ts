/**
 * The payloads of the frames: a function for each that this client sends, and
 * one for each that it reads. Field numbers are the protocol's. Fields that
 * this client does not use are left out when writing and skipped when reading.
 */

import { Reader, Writer } from './protobuf.ts'

/** UpFlags are the bits of UpMessage.flags. */
export const UpFlags = { persisted: 1, counted: 2, mentioned: 4, silent: 32, expandable: 64 } as const

/** DownFlags are the bits of DownMessage.flags. */
export const DownFlags = { persisted: 16, counted: 32, mentioned: 64, silent: 512, expandable: 1024 } as const

/** SENT is the DownMessage.direction of the reading user's own messages. */
export const SENT = 1

/** UpMessage is a message on its way to the server. */
export interface UpMessage {
  flags: number
  objectName: string
  content: string
  pushContent?: string | undefined
  pushData?: string | undefined
  toUserIds?: readonly string[] | undefined
  clientUniqueId?: number | undefined
  channelId?: string | undefined
}

/** encodeUpMessage is the payload of a PUBLISH that sends m. */
export function encodeUpMessage(m: UpMessage): Uint8Array {
  const w = new Writer()
    .int(1, m.flags)
    .string(2, m.objectName)
    .string(3, m.content)
    .string(4, m.pushContent)
    .string(5, m.pushData)
  for (const user of m.toUserIds ?? []) w.string(6, user)
  return w.int(10, m.clientUniqueId).string(13, m.channelId).finish()
}

/** DownMessage is a message as the server delivers it. */
export interface DownMessage {
  fromUserId: string
  type: number
  groupId: string
  objectName: string
  content: string
  sentTime: number
  flags: number
  uid: string
  direction: number
  clientUniqueId: number
  channelId: string
  toUserIds: string[]
}

/** decodeDownMessage throws Malformed when b is not a message. */
export function decodeDownMessage(b: Uint8Array): DownMessage {
  const m: DownMessage = {
    fromUserId: '',
    type: 0,
    groupId: '',
    objectName: '',
    content: '',
    sentTime: 0,
    flags: 0,
    uid: '',
    direction: 0,
    clientUniqueId: 0,
    channelId: '',
    toUserIds: [],
  }
  const r = new Reader(b)
  while (r.next()) {
    switch (r.field) {
      case 1: m.fromUserId = r.string(); break
      case 2: m.type = r.int(); break
      case 3: m.groupId = r.string(); break
      case 4: m.objectName = r.string(); break
      case 5: m.content = r.string(); break
      case 6: m.sentTime = r.int(); break
      case 7: m.flags = r.int(); break
      case 9: m.uid = r.string(); break
      case 10: m.direction = r.int(); break
      case 14: m.clientUniqueId = r.int(); break
      case 19: m.channelId = r.string(); break
      case 21: m.toUserIds.push(r.string()); break
      default: r.skip()
    }
  }
  r.require(1, 2, 4, 5, 6, 7)
  return m
}

/** DownMessages is a page of a pull, or a tick that the server pushed. */
export interface DownMessages {
  messages: DownMessage[]
  /** The tick up to which the stream of the user is known with these messages. */
  syncTime: number
  finished: boolean
  /** The tick before syncTime in this session's stream. Only pushed ticks have it. */
  previousTick: number | undefined
}

/** decodeDownMessages throws Malformed when b is not a list of messages. */
export function decodeDownMessages(b: Uint8Array): DownMessages {
  const page: DownMessages = { messages: [], syncTime: 0, finished: false, previousTick: undefined }
  const r = new Reader(b)
  while (r.next()) {
    switch (r.field) {
      case 1: page.messages.push(decodeDownMessage(r.bytes())); break
      case 2: page.syncTime = r.int(); break
      case 3: page.finished = r.bool(); break
      case 1000: page.previousTick = r.int(); break
      default: r.skip()
    }
  }
  r.require(2)
  return page
}

/** encodePullRequest asks for everything after cursor, what the user sent included. */
export function encodePullRequest(cursor: number): Uint8Array {
  return new Writer()
    .int(1, cursor)
    .bool(2, false)
    .bool(4, true)
    .int(6, cursor)
    .finish()
}

/** Notify is a hint that something happened. */
export interface Notify {
  type: number
  time: number
}

/** decodeNotify throws Malformed when b is not a hint. */
export function decodeNotify(b: Uint8Array): Notify {
  const n: Notify = { type: 0, time: 0 }
  const r = new Reader(b)
  while (r.next()) {
    switch (r.field) {
      case 1: n.type = r.int(); break
      case 2: n.time = r.int(); break
      default: r.skip()
    }
  }
  r.require(1)
  return n
}

/** HistoryRequest asks for a page of a conversation. */
export interface HistoryRequest {
  targetId: string
  time: number
  count: number
  /** 0: older than time, newest first. 1: newer than time, oldest first. */
  order: 0 | 1
  channelId?: string | undefined
}

/** encodeHistoryRequest is the payload of a history query. */
export function encodeHistoryRequest(q: HistoryRequest): Uint8Array {
  return new Writer()
    .string(1, q.targetId)
    .int(2, q.time)
    .int(3, q.count)
    .int(4, q.order)
    .string(5, q.channelId)
    .finish()
}

/** HistoryAnswer is a page of a conversation, in the order that was asked for. */
export interface HistoryAnswer {
  messages: DownMessage[]
  syncTime: number
  more: boolean
}

/** decodeHistoryAnswer throws Malformed when b is not a page. */
export function decodeHistoryAnswer(b: Uint8Array): HistoryAnswer {
  const page: HistoryAnswer = { messages: [], syncTime: 0, more: false }
  const r = new Reader(b)
  while (r.next()) {
    switch (r.field) {
      case 1: page.messages.push(decodeDownMessage(r.bytes())); break
      case 2: page.syncTime = r.int(); break
      case 3: page.more = r.int() !== 0; break
      default: r.skip()
    }
  }
  r.require(2, 3)
  return page
}
