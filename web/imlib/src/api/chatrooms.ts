import { check, flag, id, integer, listOf, number, object, optional, type Rule, sized, spelled, text } from '../arguments.ts'
import { readHistory } from '../archive.ts'
import { demand } from '../checks.ts'
import { type Client } from '../client.ts'
import { call } from '../current.ts'
import { ChatroomEntryType, ConversationType } from '../enums.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { MAX_ENTRIES_CHANGED, MAX_ENTRY_KEY, MAX_ENTRY_VALUE, MAX_ROOM_MEMBERS } from '../generated/limits.ts'
import { RoomEntries, RoomEntriesChange, RoomEntriesRequest, RoomInfoAnswer, RoomInfoRequest } from '../generated/wire.ts'
import { MessageType } from '../messages.ts'
import type { IChatroomJoinResponse } from '../notices.ts'
import { AUTO_DELETE, FORCE, GONE } from '../kinds.ts'
import { rooms } from '../rooms.ts'
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

/** IChatroomUser is somebody in a chatroom, and since when. */
export interface IChatroomUser {
  id: string
  time: number
}

/** IChatroomInfo is how many are in a chatroom, and some of them. */
export interface IChatroomInfo {
  userInfos: IChatroomUser[]
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

const roomKey: Rule = spelled(sized(1, MAX_ENTRY_KEY), '_=+-')
const roomValue: Rule = sized(1, MAX_ENTRY_VALUE)

/** about is the body of a function about a chatroom. */
function about<T>(targetId: string, work: (client: Client) => T | Promise<T>): Promise<RCResult<T>> {
  return call((client) => {
    check('targetId', targetId, id, codes.INVALID_PARAMETER_TARGET_ID)
    return work(client)
  })
}

function checkExtra(extra: unknown): void {
  check('extra', extra, optional(text), codes.INVALID_PARAMETER_EXTRA)
}

function join(client: Client, targetId: string, options: IChatroomJoinOpts, create: boolean): Promise<IChatroomJoinResponse> {
  const { count, extra } = options ?? {}
  check('count', count, number, codes.INVALID_PARAMETER_COUNT)
  checkExtra(extra)
  return client.use(rooms).join(targetId, count, create, extra)
}

/** joinExistChatRoom joins a chatroom. After a reconnect the user is in it again, which CHATROOM tells. */
export function joinExistChatRoom(targetId: string, options: IChatroomJoinOpts): Promise<RCResult<IChatroomJoinResponse>> {
  return about(targetId, (client) => join(client, targetId, options, false))
}

/** joinChatRoom joins a chatroom, which is made if there is none. */
export function joinChatRoom(roomId: string, options: IChatroomJoinOpts): Promise<RCResult> {
  return about(roomId, async (client) => void (await join(client, roomId, options, true)))
}

/** quitChatRoom leaves a chatroom. */
export function quitChatRoom(targetId: string, extra?: string): Promise<RCResult> {
  return about(targetId, (client) => {
    checkExtra(extra)
    return client.use(rooms).quit(targetId, extra)
  })
}

/** getChatRoomInfo resolves with how many are in a chatroom, and up to 20 of them. Once a second, 20 times a minute. */
export function getChatRoomInfo(targetId: string, options: IGetChatroomInfoOptions = {}): Promise<RCResult<IChatroomInfo>> {
  return about(targetId, async (client) => {
    const { count = 0, order = 0 } = options ?? {}
    check('count', count, integer(0, MAX_ROOM_MEMBERS), codes.INVALID_PARAMETER_COUNT)
    check('order', order, integer(0, 2), codes.INVALID_PARAMETER_ORDER)
    return (await client.query('queryChrmI', targetId, RoomInfoRequest, { count, order }, RoomInfoAnswer)) as IChatroomInfo
  })
}

/** getChatroomHistoryMessages reads a page of what is kept of a chatroom: with order 0 the newest first. */
export function getChatroomHistoryMessages(
  targetId: string,
  options: GetHistoryMessageOption = {},
): Promise<RCResult<GetHistoryMessageResult>> {
  return call(async (client) => {
    const page = await readHistory(client, { conversationType: ConversationType.CHATROOM, targetId }, options)
    if (options.order !== 1) page.list.reverse()
    return page
  })
}

/** change sets or removes entries: those of a status with GONE. Who is not in the room is refused. */
function change(
  client: Client,
  targetId: string,
  topic: string,
  entries: readonly { key: string; value: string }[],
  status: number,
  notice?: object,
): Promise<void> {
  const entry = entries.map((each) => ({ ...each, status }))
  return client.query(topic, targetId, RoomEntriesChange, { entry, ...notice })
}

function withAuto(status: number, isAutoDelete: unknown): number {
  check('isAutoDelete', isAutoDelete, optional(flag), codes.INVALID_PARAMETER_IS_AUTO_DELETE)
  return isAutoDelete ? status | AUTO_DELETE : status
}

function checkNote(extra: unknown): void {
  check('notificationExtra', extra, optional(sized(0, 2048)), codes.INVALID_PARAMETER_NOTIFICATION_EXTRA)
}

/** changeEntry changes one entry, and has the room told by a message, if that is wanted. */
function changeEntry(targetId: string, options: IChatroomEntry | IRemoveChatroomEntry, status: number): Promise<RCResult> {
  return about(targetId, (client) => {
    const { key, value: given, isAutoDelete, isSendNotification, notificationExtra: extra } = (options ?? {}) as IChatroomEntry
    const remove = status & GONE
    check('key', key, roomKey, codes.INVALID_PARAMETER_KEY)
    if (!remove) check('value', given, roomValue, codes.INVALID_PARAMETER_VALUE)
    checkNote(extra)
    const bits = withAuto(status, isAutoDelete)
    check('isSendNotification', isSendNotification, optional(flag), codes.INVALID_PARAMETER_IS_SEND_NOTIFICATION)
    const value = remove ? '' : given
    const content = JSON.stringify({ key, value, extra, type: remove ? ChatroomEntryType.DELETE : ChatroomEntryType.UPDATE })
    const notification = { flags: 0, messageType: MessageType.CHRM_KV_NOTIFY, content }
    return change(client, targetId, remove ? 'delKV' : 'setKV', [{ key, value }], bits, { isSendNotification, notification })
  })
}

/** setChatRoomEntry sets an entry of a chatroom. Who set a key owns it: others cannot change it. */
export function setChatRoomEntry(targetId: string, options: IChatroomEntry): Promise<RCResult> {
  return changeEntry(targetId, options, 0)
}

/** forceSetChatRoomEntry sets an entry, whoever owns it. */
export function forceSetChatRoomEntry(targetId: string, options: IChatroomEntry): Promise<RCResult> {
  return changeEntry(targetId, options, FORCE)
}

/** removeChatRoomEntry removes an entry that the user owns. */
export function removeChatRoomEntry(targetId: string, options: IRemoveChatroomEntry): Promise<RCResult> {
  return changeEntry(targetId, options, GONE)
}

/** forceRemoveChatRoomEntry removes an entry, whoever owns it. */
export function forceRemoveChatRoomEntry(targetId: string, options: IRemoveChatroomEntry): Promise<RCResult> {
  return changeEntry(targetId, options, FORCE | GONE)
}

/** setChatRoomEntries sets up to 10 entries. Each is judged by itself: 23428 says that some failed. CHATROOM tells what became of them. */
export function setChatRoomEntries(targetId: string, options: IChatroomEntries): Promise<RCResult> {
  return about(targetId, (client) => {
    const { entries, isAutoDelete, isForce } = options ?? {}
    const pair: Rule = { ...object, holds: (entry) => roomKey.holds((entry as IChatroomEntry)?.key) && roomValue.holds((entry as IChatroomEntry)?.value) }
    check('entries', entries, listOf(pair), codes.INVALID_PARAMETER_ENTRIES)
    check('entries', entries, listOf(pair, 0, MAX_ENTRIES_CHANGED), codes.CHATROOM_KV_STORE_OUT_LIMIT)
    check('isForce', isForce, optional(flag), codes.INVALID_PARAMETER_IS_FORCE)
    return change(client, targetId, 'setKVS', entries, withAuto(isForce ? FORCE : 0, isAutoDelete))
  })
}

/** removeChatRoomEntries removes up to 10 entries that the user owns, in the same way. */
export function removeChatRoomEntries(targetId: string, options: { entries: string[]; notificationExtra?: string }): Promise<RCResult> {
  return about(targetId, (client) => {
    const { entries, notificationExtra } = options ?? {}
    check('entries', entries, listOf(roomKey, 0, MAX_ENTRIES_CHANGED), codes.INVALID_PARAMETER_KEYS)
    checkNote(notificationExtra)
    return change(client, targetId, 'delKVS', entries.map((key) => ({ key, value: '' })), GONE)
  })
}

async function readEntries(client: Client, targetId: string): Promise<Map<string, string>> {
  const room = client.use(rooms).get(targetId)
  if (room) {
    await room.readEntries()
    return room.entries
  }
  const { entries } = await client.query('pullKV', targetId, RoomEntriesRequest, { timestamp: 0 }, RoomEntries)
  return new Map(entries.map(({ key, value }) => [key, value]))
}

/** getChatRoomEntry resolves with the value of a key, also for who is not in the chatroom. */
export function getChatRoomEntry(targetId: string, entryKey: string): Promise<RCResult<string>> {
  return about(targetId, async (client) => {
    check('key', entryKey, roomKey, codes.INVALID_PARAMETER_KEY)
    const value = (await readEntries(client, targetId)).get(entryKey)
    demand(value !== undefined, codes.CHATROOM_KEY_NOT_EXIST)
    return value as string
  })
}

/** getAllChatRoomEntries resolves with all entries of a chatroom. */
export function getAllChatRoomEntries(targetId: string): Promise<RCResult<Record<string, string>>> {
  return about(targetId, async (client) => Object.fromEntries(await readEntries(client, targetId)))
}
