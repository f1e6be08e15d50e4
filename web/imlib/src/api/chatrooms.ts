import { check, flag, id, integer, listOf, number, optional, type Rule, text } from '../arguments.ts'
import { readHistory } from '../archive.ts'
import { demand, sized } from '../checks.ts'
import { type Client } from '../client.ts'
import { call } from '../current.ts'
import { ChatroomEntryType, ConversationType } from '../enums.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_ENTRIES_CHANGED, MAX_ENTRY_KEY, MAX_ENTRY_VALUE, MAX_ROOM_MEMBERS } from '../generated/limits.ts'
import {
  RoomEntries,
  RoomEntriesAnswer,
  RoomEntriesChange,
  RoomEntriesRequest,
  RoomEntryChange,
  RoomInfoAnswer,
  RoomInfoRequest,
} from '../generated/wire.ts'
import { MessageType } from '../messages.ts'
import type { IChatroomJoinResponse } from '../notices.ts'
import { type Room, rooms, Status } from '../rooms.ts'
import type { GetHistoryMessageOption, GetHistoryMessageResult } from './history.ts'

/** IChatroomJoinOpts says how to join a chatroom. */
export interface IChatroomJoinOpts {
  /** How many of the newest messages to get: up to 50, 0 is 10, -1 none. */
  count: number
  /** What the others are told with it. */
  extra?: string
}

/** IGetChatroomInfoOptions says which members of a chatroom are wanted. */
export interface IGetChatroomInfoOptions {
  /** 0 to 20. */
  count?: number
  /** 1: who joined first; 2: who joined last. */
  order?: 0 | 1 | 2
}

/** IChatroomInfo is how many are in a chatroom, and some of them. */
export interface IChatroomInfo {
  userInfos: { id: string; time: number }[]
  userCount: number
}

/** IChatroomEntry is an entry of a chatroom, to be set. */
export interface IChatroomEntry {
  /** 1 to 128 of A-Z a-z 0-9 + = - _. */
  key: string
  /** 1 to 4096 characters. */
  value: string
  /** Whether the room gets a message that tells of it, with notificationExtra. */
  isSendNotification?: boolean
  notificationExtra?: string
  /** Whether it goes when its owner leaves. */
  isAutoDelete?: boolean
}

/** IChatroomEntries is up to 10 of them. */
export interface IChatroomEntries {
  entries: { key: string; value: string }[]
  isAutoDelete?: boolean
  /** Whether to take keys from whoever owns them. */
  isForce?: boolean
}

/** IRemoveChatroomEntry is an entry to be removed. */
export interface IRemoveChatroomEntry {
  key: string
  isSendNotification?: boolean
  notificationExtra?: string
}

const key: Rule = {
  holds: (value) => typeof value === 'string' && value.length <= MAX_ENTRY_KEY && /^[\w=+-]+$/.test(value),
  en: `1 to ${MAX_ENTRY_KEY} letters, digits and _ = + -`,
  zh: `1 至 ${MAX_ENTRY_KEY} 个字母、数字或 _ = + -`,
}
const value: Rule = sized(1, MAX_ENTRY_VALUE)

function checkRoom(targetId: string): void {
  check('targetId', targetId, id, codes.INVALID_PARAMETER_TARGET_ID)
}

function join(targetId: string, options: IChatroomJoinOpts, create: boolean): Promise<RCResult<IChatroomJoinResponse>> {
  return call((client) => {
    checkRoom(targetId)
    const { count, extra } = options ?? {}
    check('count', count, number, codes.INVALID_PARAMETER_COUNT)
    check('extra', extra, optional(text), codes.INVALID_PARAMETER_EXTRA)
    return client.use(rooms).join(targetId, count, create, extra)
  })
}

/** joinExistChatRoom joins a chatroom. After a reconnect the user is in it again, which CHATROOM tells. */
export function joinExistChatRoom(targetId: string, options: IChatroomJoinOpts): Promise<RCResult<IChatroomJoinResponse>> {
  return join(targetId, options, false)
}

/** joinChatRoom joins a chatroom, which is made if there is none. */
export async function joinChatRoom(roomId: string, options: IChatroomJoinOpts): Promise<RCResult> {
  const { data: _, ...result } = await join(roomId, options, true)
  return result
}

/** quitChatRoom leaves a chatroom. */
export function quitChatRoom(targetId: string, extra?: string): Promise<RCResult> {
  return call((client) => {
    checkRoom(targetId)
    check('extra', extra, optional(text), codes.INVALID_PARAMETER_EXTRA)
    return client.use(rooms).quit(targetId, extra)
  })
}

/** getChatRoomInfo resolves with how many are in a chatroom, and up to 20 of them. Once a second, 20 times a minute. */
export function getChatRoomInfo(targetId: string, options: IGetChatroomInfoOptions = {}): Promise<RCResult<IChatroomInfo>> {
  return call(async (client) => {
    checkRoom(targetId)
    const { count = 0, order = 0 } = options ?? {}
    check('count', count, integer(0, MAX_ROOM_MEMBERS), codes.INVALID_PARAMETER_COUNT)
    check('order', order, integer(0, 2), codes.INVALID_PARAMETER_ORDER)
    const info = await client.query('queryChrmI', targetId, RoomInfoRequest, { count, order }, RoomInfoAnswer)
    return { userCount: info.userTotalNums ?? 0, userInfos: info.userInfos.map(({ id, time }) => ({ id, time })) }
  })
}

/** getChatroomHistoryMessages reads a page of what is kept of a chatroom: with order 0 the newest first. */
export function getChatroomHistoryMessages(
  targetId: string,
  options: GetHistoryMessageOption = {},
): Promise<RCResult<GetHistoryMessageResult>> {
  return call(async (client) => {
    const page = await readHistory(client, { conversationType: ConversationType.CHATROOM, targetId }, options)
    return options?.order === 1 ? page : { ...page, list: page.list.reverse() }
  })
}

/** inRoom is the room, when the user is in it. */
function inRoom(client: Client, targetId: string): Room {
  const room = client.use(rooms).get(targetId)
  demand(room !== undefined, codes.NOT_IN_CHATROOM)
  return room as Room
}

/** changeEntry sets an entry, or without a value removes it. */
function changeEntry(targetId: string, entry: IChatroomEntry | IRemoveChatroomEntry, force: boolean, remove: boolean): Promise<RCResult> {
  return call(async (client) => {
    checkRoom(targetId)
    const given = (entry ?? {}) as IChatroomEntry
    const { isSendNotification: notify, notificationExtra: extra, isAutoDelete } = given
    check('key', given.key, key, codes.INVALID_PARAMETER_KEY)
    if (!remove) check('value', given.value, value, codes.INVALID_PARAMETER_VALUE)
    check('notificationExtra', extra, optional(sized(0, 2048)), codes.INVALID_PARAMETER_NOTIFICATION_EXTRA)
    check('isAutoDelete', isAutoDelete, optional(flag), codes.INVALID_PARAMETER_IS_AUTO_DELETE)
    check('isSendNotification', notify, optional(flag), codes.INVALID_PARAMETER_IS_SEND_NOTIFICATION)
    const room = inRoom(client, targetId)
    const change = { key: given.key, value: remove ? '' : given.value }
    const content = JSON.stringify({ ...change, extra, type: remove ? ChatroomEntryType.DELETE : ChatroomEntryType.UPDATE })
    await client.query(remove ? 'delKV' : 'setKV', targetId, RoomEntryChange, {
      entry: { ...change, uid: client.userId, status: status(isAutoDelete, force, remove) },
      ...(notify && {
        type: ConversationType.CHATROOM,
        notify,
        notification: { flags: 0, className: MessageType.CHRM_KV_NOTIFY, content },
      }),
    })
    if (remove) room.entries.delete(given.key)
    else room.entries.set(given.key, given.value)
  })
}

function status(autoDelete = false, force = false, remove = false): number {
  return (autoDelete ? Status.autoDelete : 0) | (force ? Status.force : 0) | (remove ? Status.gone : 0)
}

/** setChatRoomEntry sets an entry of a chatroom. Who set a key owns it: others cannot change it. */
export function setChatRoomEntry(targetId: string, options: IChatroomEntry): Promise<RCResult> {
  return changeEntry(targetId, options, false, false)
}

/** forceSetChatRoomEntry sets an entry, whoever owns it. */
export function forceSetChatRoomEntry(targetId: string, options: IChatroomEntry): Promise<RCResult> {
  return changeEntry(targetId, options, true, false)
}

/** removeChatRoomEntry removes an entry that the user owns. */
export function removeChatRoomEntry(targetId: string, options: IRemoveChatroomEntry): Promise<RCResult> {
  return changeEntry(targetId, options, false, true)
}

/** forceRemoveChatRoomEntry removes an entry, whoever owns it. */
export function forceRemoveChatRoomEntry(targetId: string, options: IRemoveChatroomEntry): Promise<RCResult> {
  return changeEntry(targetId, options, true, true)
}

/** changeEntries sets or removes several; CHATROOM tells what became of them. */
async function changeEntries(client: Client, targetId: string, topic: string, entries: { key: string; value: string }[], bits: number): Promise<void> {
  inRoom(client, targetId)
  const entry = entries.map(({ key, value }) => ({ key, value, uid: client.userId, status: bits }))
  await client.query(topic, targetId, RoomEntriesChange, { entry }, RoomEntriesAnswer)
}

/** setChatRoomEntries sets up to 10 entries. Each is judged by itself: 23428 says that some failed. */
export function setChatRoomEntries(targetId: string, options: IChatroomEntries): Promise<RCResult> {
  return call((client) => {
    checkRoom(targetId)
    const { entries, isAutoDelete, isForce } = options ?? {}
    const pair: Rule = { ...value, holds: (e) => key.holds((e as IChatroomEntry)?.key) && value.holds((e as IChatroomEntry)?.value) }
    check('entries', entries, listOf(pair), codes.INVALID_PARAMETER_ENTRIES)
    check('entries', entries, listOf(pair, 0, MAX_ENTRIES_CHANGED), codes.CHATROOM_KV_STORE_OUT_LIMIT)
    check('isForce', isForce, optional(flag), codes.INVALID_PARAMETER_IS_FORCE)
    check('isAutoDelete', isAutoDelete, optional(flag), codes.INVALID_PARAMETER_IS_AUTO_DELETE)
    return changeEntries(client, targetId, 'setKVS', entries, status(isAutoDelete, isForce))
  })
}

/** removeChatRoomEntries removes up to 10 entries that the user owns, in the same way. */
export function removeChatRoomEntries(targetId: string, options: { entries: string[]; notificationExtra?: string }): Promise<RCResult> {
  return call((client) => {
    checkRoom(targetId)
    const { entries, notificationExtra } = options ?? {}
    check('entries', entries, listOf(key, 0, MAX_ENTRIES_CHANGED), codes.INVALID_PARAMETER_KEYS)
    check('notificationExtra', notificationExtra, optional(sized(0, 2048)), codes.INVALID_PARAMETER_NOTIFICATION_EXTRA)
    return changeEntries(client, targetId, 'delKVS', entries.map((key) => ({ key, value: '' })), Status.gone)
  })
}

async function readEntries(client: Client, targetId: string): Promise<Record<string, string>> {
  checkRoom(targetId)
  const room = client.use(rooms).get(targetId)
  if (room !== undefined) {
    await room.readEntries()
    return Object.fromEntries(room.entries)
  }
  const { entries } = await client.query('pullKV', targetId, RoomEntriesRequest, { timestamp: 0 }, RoomEntries)
  return Object.fromEntries(entries.map((entry) => [entry.key, entry.value]))
}

/** getChatRoomEntry resolves with the value of a key, also for who is not in the chatroom. */
export function getChatRoomEntry(targetId: string, entryKey: string): Promise<RCResult<string>> {
  return call(async (client) => {
    check('key', entryKey, key, codes.INVALID_PARAMETER_KEY)
    const entries = await readEntries(client, targetId)
    demand(Object.hasOwn(entries, entryKey), codes.CHATROOM_KEY_NOT_EXIST)
    return entries[entryKey] as string
  })
}

/** getAllChatRoomEntries resolves with all entries of a chatroom. */
export function getAllChatRoomEntries(targetId: string): Promise<RCResult<Record<string, string>>> {
  return call((client) => readEntries(client, targetId))
}
