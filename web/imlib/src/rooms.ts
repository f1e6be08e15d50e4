import { Command, onCommand, puller } from './ask.ts'
import type { Client } from './client.ts'
import { ErrorCode } from './codes.ts'
import { ChatroomEntryType, ChrmMemOperateType, ConversationType } from './enums.ts'
import { codeOf, Refused } from './errors.ts'
import { Events } from './events.ts'
import {
  DownMessage,
  Notify,
  RoomAnswer,
  RoomEntries,
  RoomEntriesRequest,
  type RoomEntry,
  RoomMessages,
  RoomPullRequest,
  RoomRequest,
} from './generated/wire.ts'
import { MessageType } from './messages.ts'
import type { IChatroomEntryListenerData, IChatroomJoinResponse, IChatroomListenerData } from './notices.ts'
import type { IAReceivedMessage } from './received.ts'
import { decode } from './wire/schema.ts'

/** Status is bits of an entry: it goes with its owner, takes the key from whoever owns it, or is gone. */
export const Status = { autoDelete: 1, force: 2, gone: 4 } as const

/** The hint that there are messages in a room. */
const ROOM_HINT = 2

/** Room is a chatroom that the user is in, and what is known of it. */
export interface Room {
  readonly entries: Map<string, string>
  /** readEntries resolves when the entries are as the server last said. */
  readonly readEntries: () => Promise<void>
  readonly readMessages: () => Promise<void>
  readonly count: number
  readonly extra: string | undefined
  /** Whether the server has been told of the room in this session. */
  joined: boolean
}

/** Rooms is the chatrooms that the user is in. A reconnect joins them again. */
export class Rooms {
  readonly #client: Client
  readonly #rooms = new Map<string, Room>()

  constructor(client: Client) {
    this.#client = client
    client.onSession(() => this.#rooms.forEach((room, id) => void this.#rejoin(id, room)))
    client.onEnd(() => this.#rooms.clear())
    client.onPublish('s_ntf', Notify, ({ type, roomId = '' }) => {
      if (type === ROOM_HINT) void this.#joined(roomId)?.readMessages()
    })
    onCommand(client, Command.entries, ({ roomId = '' }) => void this.#joined(roomId)?.readEntries())
    onCommand(client, Command.roomGone, ({ roomId = '', destroyType = 0 }) => {
      if (this.#rooms.delete(roomId)) this.#tell({ chatroomDestroyed: roomId, chatroomDestroyedType: destroyType })
    })
    client.onMessage((message) => message.conversationType === ConversationType.CHATROOM && this.#notice(message))
  }

  get(id: string): Room | undefined {
    return this.#rooms.get(id)
  }

  /** join puts the user into a room, which is made if create says so and it is not there. */
  async join(id: string, count: number, create: boolean, extra?: string): Promise<IChatroomJoinResponse> {
    const answer = await this.#ask(id, create, extra)
    const room = this.#rooms.get(id) ?? this.#make(id, count, extra)
    room.joined = true
    this.#rooms.set(id, room)
    // Where a user may be in one room only, the others say so when they are asked.
    for (const { readMessages } of this.#rooms.values()) void readMessages()
    void room.readEntries()
    return answer
  }

  async quit(id: string, extra?: string): Promise<void> {
    if (this.#rooms.delete(id)) await this.#client.query('exitChrm', id, RoomRequest, { nothing: 1, extra })
  }

  #joined(id: string): Room | undefined {
    const room = this.#rooms.get(id)
    return room?.joined ? room : undefined
  }

  async #ask(id: string, create: boolean, extra?: string): Promise<IChatroomJoinResponse> {
    const topic = create ? 'joinChrm' : 'joinChrmR'
    const answer = await this.#client.query(topic, id, RoomRequest, { nothing: 1, extra }, RoomAnswer)
    const { createTime = 0, memberCount = 0, joinTime = 0, chatroomBanState: bans = 0, whiteListState = 0 } = answer
    return {
      createTime,
      memberCount,
      joinTime,
      isAllChatroomBanned: (bans & 1) !== 0,
      isCurrentUserBanned: (bans & 2) !== 0,
      isCurrentChatroomBanned: (bans & 4) !== 0,
      isCurrentChatroomInWhitelist: whiteListState === 1,
    }
  }

  async #rejoin(chatroomId: string, room: Room): Promise<void> {
    room.joined = false
    try {
      const answer = await this.#ask(chatroomId, false, room.extra)
      if (this.#rooms.get(chatroomId) !== room) return
      room.joined = true
      void room.readMessages()
      void room.readEntries()
      this.#tell({ rejoinedRoom: { chatroomId, ...answer, count: room.count } })
    } catch (error) {
      const errorCode = codeOf(error)
      if (!refusals.has(errorCode)) return // the session is gone, and the next one tries again
      this.#rooms.delete(chatroomId)
      this.#tell({ rejoinedRoom: { chatroomId, errorCode } })
    }
  }

  #make(id: string, count: number, extra: string | undefined): Room {
    const client = this.#client
    const entries = new Map<string, string>()
    let cursor = 0
    let version = 0
    let synced = false
    const inRoom = (pull: () => Promise<void>): (() => Promise<void>) =>
      puller(client, async () => {
        if (this.#rooms.get(id) !== room || !room.joined) return
        try {
          await pull()
        } catch (error) {
          if (!(error instanceof Refused) || !refusals.has(error.code)) throw error
          if (this.#rooms.get(id) === room) this.#rooms.delete(id)
        }
      })
    const readMessages = inRoom(async () => {
      const page = await client.query('chrmPull', id, RoomPullRequest, { syncTime: cursor, count }, RoomMessages)
      cursor = Math.max(cursor, page.syncTime)
      client.offer(page.list.map((m) => decode(DownMessage, m)))
    })
    const readEntries = inRoom(async () => {
      const page = await client.query('pullKV', id, RoomEntriesRequest, { timestamp: version }, RoomEntries)
      version = Math.max(version, page.syncTime ?? 0)
      if (page.fullUpdate) entries.clear()
      const updatedEntries = page.entries.map((entry) => update(id, entries, entry))
      if (updatedEntries.length > 0) this.#tell({ updatedEntries })
      if (!synced) this.#tell({ entriesSynced: id })
      synced = true
    })
    const room: Room = { entries, readEntries, readMessages, count, extra, joined: false }
    return room
  }

  /** notice makes an event of a message that tells of the room. It reports whether message is one. */
  #notice({ messageType, targetId, content }: IAReceivedMessage): boolean {
    const { chatroomId = targetId, operateType, durationTime, operateTime, userList = [], extra = '' } = content
    if (messageType === MessageType.CHATROOM_MERGE_CHANGE) {
      const users = Object.fromEntries(userList.map((u: Change) => [u.userId, u.status]))
      const list = userList.map(({ userId, status: action, extra }: Change) => ({ userId, action, extra }))
      this.#tell({ userChange: { users, chatroomId, memberCount: content.memberCount ?? 0, userList: list } })
    } else if (messageType === MessageType.CHATROOM_SYNC_MSG) {
      const { status, reason, time } = content
      this.#tell({ chatroomNotifyMultiLoginSync: { chatroomId, status, reason, time, extra } })
    } else if (messageType === MessageType.CHATROOM_MERGE_BAN) {
      this.#tell({ chatroomNotifyBan: { chatroomId, banType: operateType, durationTime, operateTime, userIdList: userList, extra } })
    } else if (messageType === MessageType.CHATROOM_MERGE_BLOCK) {
      const put = operateType === ChrmMemOperateType.Blocked && userList.includes(this.#client.userId)
      if (put) this.#rooms.delete(chatroomId)
      this.#tell({ chatroomNotifyBlock: { chatroomId, operateType, durationTime, operateTime, userIdList: userList, extra } })
    } else return false
    return true
  }

  #tell(data: IChatroomListenerData): void {
    this.#client.emit(Events.CHATROOM, data)
  }
}

interface Change {
  userId: string
  status: 0 | 1
  extra?: string
}

/** Why a user is in a room no more. */
const refusals: ReadonlySet<number> = new Set([
  ErrorCode.NOT_IN_CHATROOM,
  ErrorCode.RC_CHATROOM_USER_KICKED,
  ErrorCode.RC_CHATROOM_NOT_EXIST,
  ErrorCode.RC_CHATROOM_IS_FULL,
])

function update(chatroomId: string, entries: Map<string, string>, entry: RoomEntry): IChatroomEntryListenerData {
  const { key, value, status = 0, version: timestamp = 0 } = entry
  const gone = (status & Status.gone) !== 0
  if (gone) entries.delete(key)
  else entries.set(key, value)
  return { chatroomId, key, value, timestamp, type: gone ? ChatroomEntryType.DELETE : ChatroomEntryType.UPDATE }
}

/** rooms is the feature that knows them. */
export function rooms(client: Client): Rooms {
  return new Rooms(client)
}
