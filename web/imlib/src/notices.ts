/** What events beside messages tell. */

import type {
  ChatroomEntryType,
  ChatroomSyncStatusReason,
  ChatroomUserChangeType,
  ChrmMemBanType,
  ChrmMemOperateType,
  ChrmSyncStatus,
  ConversationType,
  MessageBlockSourceType,
  MessageBlockType,
} from './enums.ts'
import type { IConversationIdentifier } from './received.ts'

/** IUpdatedExpansion has the keys of a message that were set. */
export interface IUpdatedExpansion {
  expansion: Record<string, any>
  messageUId: string
  conversationType: ConversationType
  targetId: string
  channelId: string
}

/** IDeletedExpansion has the keys of a message that were deleted. */
export interface IDeletedExpansion {
  deletedKeys: string[]
  messageUId: string
  conversationType: ConversationType
  targetId: string
  channelId: string
}

export interface IExpansionListenerData {
  updatedExpansion?: IUpdatedExpansion
  deletedExpansion?: IDeletedExpansion
}

/** ISyncReadStatusData says that another device of the user has read a conversation up to a time. */
export interface ISyncReadStatusData extends IConversationIdentifier {
  timestamp: number
}

/** IBlockedMessageInfo says that a message was not delivered for what it says. */
export interface IBlockedMessageInfo {
  blockedMessageUId: string
  conversationType: number
  targetId: string
  channelId: string
  blockType: MessageBlockType
  extra: any
  sourceType?: MessageBlockSourceType
  sourceContent?: { [key: string]: any }
}

/** ReadReceiptInfoV5 is how many have read a message. */
export interface ReadReceiptInfoV5 {
  identifier: IConversationIdentifier
  messageUId: string
  unreadCount: number
  readCount: number
  totalCount: number
}

export interface ReadReceiptUser {
  userId: string
  timestamp: number
  isMentioned: boolean
}

/** ReadReceiptResponseV5 adds who has read it since the last time. */
export interface ReadReceiptResponseV5 extends ReadReceiptInfoV5 {
  users: ReadReceiptUser[]
}

/** IGroupReadReceiptData is how many have read a message of a group, in apps with receipts of the fourth generation. */
export interface IGroupReadReceiptData extends IConversationIdentifier {
  readedCount?: number
  totalCount?: number
  messageUId?: string
}

/** IPrivateReadReceiptData is up to when the peer has read. */
export interface IPrivateReadReceiptData extends IConversationIdentifier {
  endMsgTime?: number
}

/** IReadReceiptData says what was read, in such apps: of the peer, up to a time. */
export interface IReadReceiptData {
  privateReadReceipt?: IPrivateReadReceiptData
  groupReadReceipt?: IGroupReadReceiptData
}

/** IChatroomJoinResponse is what a chatroom says of itself to who joins. */
export interface IChatroomJoinResponse {
  createTime: number
  memberCount: number
  isAllChatroomBanned: boolean
  isCurrentUserBanned: boolean
  isCurrentChatroomBanned: boolean
  isCurrentChatroomInWhitelist: boolean
  joinTime: number
}

export interface IChatroomRejoinedFailed {
  chatroomId: string
  errorCode: number
}

export interface IChatroomRejoinedSuccessed extends IChatroomJoinResponse {
  chatroomId: string
  count: number
}

/** IChatroomRejoinedInfo says how it went to join a chatroom again after a reconnect. */
export type IChatroomRejoinedInfo = IChatroomRejoinedFailed | IChatroomRejoinedSuccessed

export interface IChatroomEntryListenerData {
  key: string
  value: string
  timestamp: number
  chatroomId: string
  type: ChatroomEntryType
}

export interface IChatroomUserChangeInfo {
  users: { [userId: string]: ChatroomUserChangeType }
  chatroomId: string
  memberCount: number
  userList: { userId: string; action: ChatroomUserChangeType; extra?: string }[]
}

export interface IChatroomNotifyMultiLoginSync {
  chatroomId: string
  status: ChrmSyncStatus
  reason: ChatroomSyncStatusReason
  time: number
  extra: string
}

export interface IChatroomNotifyBlock {
  chatroomId: string
  operateType: ChrmMemOperateType
  /** In milliseconds. */
  durationTime: number
  operateTime: number
  userIdList: string[]
  extra: string
}

export interface IChatroomNotifyBan {
  chatroomId: string
  banType: ChrmMemBanType
  /** In milliseconds. */
  durationTime: number
  operateTime: number
  userIdList: string[]
  extra: string
}

/** IChatroomListenerData is one thing that happened in a chatroom. */
export interface IChatroomListenerData {
  rejoinedRoom?: IChatroomRejoinedInfo
  updatedEntries?: IChatroomEntryListenerData[]
  /** The chatroom whose entries are all known now. */
  entriesSynced?: string
  userChange?: IChatroomUserChangeInfo
  chatroomDestroyed?: string
  /** 0: by the app's server, 3: its time was over. */
  chatroomDestroyedType?: number
  chatroomNotifyMultiLoginSync?: IChatroomNotifyMultiLoginSync
  chatroomNotifyBlock?: IChatroomNotifyBlock
  chatroomNotifyBan?: IChatroomNotifyBan
}
