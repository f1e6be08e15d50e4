import { onCommand, puller } from './ask.ts'
import type { Client } from './client.ts'
import * as Command from './commands.ts'
import { ChatroomEntryType, ChrmMemOperateType, ConversationType } from './enums.ts'
import { codeOf } from './errors.ts'
import * as codes from './generated/codes.ts'
import { DownMessages, Notify, RoomAnswer, RoomEntries, RoomEntriesRequest, RoomPullRequest, RoomRequest } from './generated/wire.ts'
import { MessageType } from './messages.ts'
import { GONE } from './kinds.ts'
import type { IChatroomJoinResponse, IChatroomListenerData } from './notices.ts'
import type { IAReceivedMessage } from './received.ts'

/** Why a user is in a room no more. */
const refusals: readonly number[] = [
  codes.NOT_IN_CHATROOM,
  codes.RC_CHATROOM_USER_KICKED,
  codes.RC_CHATROOM_NOT_EXIST,
  codes.RC_CHATROOM_IS_FULL,
]

/** Room is a chatroom that the user is in, and what is known of it. */
interface Room {
  readonly entries: Map<string, string>
  /** readEntries resolves when the entries are as the server last said. */
  readonly readEntries: () => Promise<void>
  readonly readMessages: () => Promise<void>
  readonly rejoin: () => Promise<void>
  /** Whether the server has been told of the room in this session. */
  joined: boolean
}

/** Rooms is the chatrooms that the user is in. A reconnect joins them again. */
export interface Rooms {
  get(id: string): Room | undefined
  /** join puts the user into a room, which is made if create says so and it is not there. */
  join(id: string, count: number, create: boolean, extra?: string): Promise<IChatroomJoinResponse>
  quit(id: string, extra?: string): Promise<void>
}

/** rooms is the feature that knows them. */
export function rooms(client: Client): Rooms {
  const rooms = new Map<string, Room>()
  const tell = (data: IChatroomListenerData): void => client.emit('CHATROOM', data)

  const enter = async (id: string, topic: string, extra?: string): Promise<IChatroomJoinResponse> => {
    const answer = await client.query(topic, id, RoomRequest, { nothing: 1, extra }, RoomAnswer)
    const { ignored: _, chatroomBanState: bans = 0, whiteListState, ...room } = answer
    return {
      ...room,
      isAllChatroomBanned: (bans & 1) !== 0,
      isCurrentUserBanned: (bans & 2) !== 0,
      isCurrentChatroomBanned: (bans & 4) !== 0,
      isCurrentChatroomInWhitelist: whiteListState === 1,
    } as IChatroomJoinResponse
  }

  const make = (id: string, count: number, extra: string | undefined): Room => {
    const entries = new Map<string, string>()
    let cursor = 0
    let version = 0
    /** puller of what may be asked in the room, or in order to be in it again. */
    const inRoom = (joined: boolean, pull: () => Promise<void>): (() => Promise<void>) =>
      puller(client, async () => {
        if (room.joined !== joined || rooms.get(id) !== room) return
        try {
          await pull()
        } catch (error) {
          const errorCode = codeOf(error)
          if (!refusals.includes(errorCode)) throw error
          rooms.delete(id)
          if (!joined) tell({ rejoinedRoom: { chatroomId: id, errorCode } })
        }
      })
    const room: Room = {
      joined: false,
      entries,
      readMessages: inRoom(true, async () => {
        const page = await client.query('chrmPull', id, RoomPullRequest, { syncTime: cursor, count }, DownMessages)
        cursor = page.syncTime
        client.offer(page.list)
      }),
      readEntries: inRoom(true, async () => {
        const page = await client.query('pullKV', id, RoomEntriesRequest, { timestamp: version }, RoomEntries)
        if (page.fullUpdate) entries.clear()
        const updatedEntries = page.entries.map(({ key, value, timestamp = 0, status = 0 }) => {
          const gone = status & GONE
          if (gone) entries.delete(key)
          else entries.set(key, value)
          return { chatroomId: id, key, value, timestamp, type: gone ? ChatroomEntryType.DELETE : ChatroomEntryType.UPDATE }
        })
        if (updatedEntries.length > 0) tell({ updatedEntries })
        if (version === 0) tell({ entriesSynced: id })
        version = page.syncTime ?? 0
      }),
      rejoin: inRoom(false, async () => {
        const answer = await enter(id, 'joinChrmR', extra)
        if (rooms.get(id) !== room) return
        room.joined = true
        void room.readMessages()
        void room.readEntries()
        tell({ rejoinedRoom: { chatroomId: id, ...answer, count } })
      }),
    }
    return room
  }

  /** notice makes an event of a message that tells of a room. It reports whether message is one. */
  const notice = ({ conversationType, messageType, targetId, content }: IAReceivedMessage): boolean => {
    if (conversationType !== ConversationType.CHATROOM) return false
    const said = { chatroomId: targetId, extra: '', ...content }
    const { chatroomId, memberCount, operateType, userList = [], ...change } = said
    if (messageType === MessageType.CHATROOM_MERGE_CHANGE) {
      const users = Object.fromEntries(userList.map((user: Change) => [user.userId, user.status]))
      const list = userList.map(({ status: action, ...user }: Change) => ({ ...user, action }))
      tell({ userChange: { users, chatroomId, memberCount, userList: list } })
    } else if (messageType === MessageType.CHATROOM_SYNC_MSG) {
      tell({ chatroomNotifyMultiLoginSync: said })
    } else if (messageType === MessageType.CHATROOM_MERGE_BAN) {
      tell({ chatroomNotifyBan: { ...change, chatroomId, banType: operateType, userIdList: userList } })
    } else if (messageType === MessageType.CHATROOM_MERGE_BLOCK) {
      if (operateType === ChrmMemOperateType.Blocked && userList.includes(client.userId)) rooms.delete(chatroomId)
      tell({ chatroomNotifyBlock: { ...change, chatroomId, operateType, userIdList: userList } })
    } else return false
    return true
  }

  client.onSession(() => {
    for (const room of rooms.values()) {
      room.joined = false
      void room.rejoin()
    }
  })
  client.onEnd(() => rooms.clear())
  client.onPublish('s_ntf', Notify, ({ roomId = '' }) => void rooms.get(roomId)?.readMessages())
  onCommand(client, Command.entries, ({ roomId = '' }) => void rooms.get(roomId)?.readEntries())
  onCommand(client, Command.roomGone, ({ roomId = '', destroyType = 0 }) => {
    if (rooms.delete(roomId)) tell({ chatroomDestroyed: roomId, chatroomDestroyedType: destroyType })
  })
  client.onMessage(notice)

  return {
    get: (id) => rooms.get(id),
    join: async (id, count, create, extra) => {
      const answer = await enter(id, create ? 'joinChrm' : 'joinChrmR', extra)
      const room = rooms.get(id) ?? make(id, count, extra)
      room.joined = true
      rooms.set(id, room)
      // Where a user may be in one room only, the others say so when they are asked.
      for (const { readMessages } of rooms.values()) void readMessages()
      void room.readEntries()
      return answer
    },
    quit: async (id, extra) => {
      if (rooms.delete(id)) await client.query('exitChrm', id, RoomRequest, { nothing: 1, extra })
    },
  }
}

/** Change is a user who came, with status 1, or left. */
interface Change {
  userId: string
  status: 0 | 1
  extra?: string
}
