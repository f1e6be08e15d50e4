/**
 * The enumerations of the API. As with an enum of TypeScript, the names of
 * numbers can be looked up: ConversationType[1] is 'PRIVATE'.
 */

import { type Enumeration, enumeration, type Value } from './enumeration.ts'

const conversationTypes = {
  NONE: 0,
  PRIVATE: 1,
  DISCUSSION: 2,
  GROUP: 3,
  CHATROOM: 4,
  CUSTOMER_SERVICE: 5,
  SYSTEM: 6,
  APP_PUBLIC_SERVICE: 7,
  PUBLIC_SERVICE: 8,
  ULTRA_GROUP: 10,
  RTC_ROOM: 12,
} as const
/** ConversationType is the kind of a conversation. */
export const ConversationType: Enumeration<typeof conversationTypes> = /* @__PURE__ */ enumeration<typeof conversationTypes>(conversationTypes)
export type ConversationType = Value<typeof conversationTypes>

const mentionedTypes = { ALL: 1, SINGAL: 2 } as const
/** MentionedType says whom a message mentions: everybody, or the users it names. */
export const MentionedType: Enumeration<typeof mentionedTypes> = /* @__PURE__ */ enumeration<typeof mentionedTypes>(mentionedTypes)
export type MentionedType = Value<typeof mentionedTypes>

const messageDirections = { SEND: 1, RECEIVE: 2 } as const
/** MessageDirection says whose message it is: the user's own, or another's. */
export const MessageDirection: Enumeration<typeof messageDirections> = /* @__PURE__ */ enumeration<typeof messageDirections>(messageDirections)
export type MessageDirection = Value<typeof messageDirections>

const sentStatuses = { SENDING: 10, FAILED: 20, SENT: 30, RECEIVED: 40, READ: 50, DESTROYED: 60 } as const
/** SentStatus is how far a message of the user's own has come. */
export const SentStatus: Enumeration<typeof sentStatuses> = /* @__PURE__ */ enumeration<typeof sentStatuses>(sentStatuses)
export type SentStatus = Value<typeof sentStatuses>

const receivedStatuses = { READ: 1, LISTENED: 2, DOWNLOADED: 4, RETRIEVED: 8, UNREAD: 0 } as const
/** ReceivedStatus is bits that say what became of a message that came. */
export const ReceivedStatus: Enumeration<typeof receivedStatuses> = /* @__PURE__ */ enumeration<typeof receivedStatuses>(receivedStatuses)
export type ReceivedStatus = Value<typeof receivedStatuses>

const notificationLevels = {
  ALL_MESSAGE: -1,
  NOT_SET: 0,
  AT_MESSAGE_NOTIFICATION: 1,
  AT_USER_NOTIFICATION: 2,
  AT_GROUP_ALL_USER_NOTIFICATION: 4,
  NOT_MESSAGE_NOTIFICATION: 5,
} as const
/** NotificationLevel says which messages of a conversation notify the user. */
export const NotificationLevel: Enumeration<typeof notificationLevels> = /* @__PURE__ */ enumeration<typeof notificationLevels>(notificationLevels)
export type NotificationLevel = Value<typeof notificationLevels>

const notificationStatuses = { OPEN: 1, CLOSE: 2 } as const
/** NotificationStatus is what came before NotificationLevel: OPEN is its level 1, CLOSE its level 0. */
export const NotificationStatus: Enumeration<typeof notificationStatuses> = /* @__PURE__ */ enumeration<typeof notificationStatuses>(notificationStatuses)
export type NotificationStatus = Value<typeof notificationStatuses>

const connectionStatuses = { CONNECTED: 0, CONNECTING: 1, DISCONNECTED: 2, SUSPENDED: 3 } as const
/** RCConnectionStatus is the state of the connection; SUSPENDED comes back by itself. */
export const RCConnectionStatus: Enumeration<typeof connectionStatuses> = /* @__PURE__ */ enumeration<typeof connectionStatuses>(connectionStatuses)
export type RCConnectionStatus = Value<typeof connectionStatuses>

const channelTypes = { PUBLIC: 0, PRIVATE: 1 } as const
/** UltraGroupChannelType says who sees a channel of an ultra group: every member, or who is in the channel. */
export const UltraGroupChannelType: Enumeration<typeof channelTypes> = /* @__PURE__ */ enumeration<typeof channelTypes>(channelTypes)
export type UltraGroupChannelType = Value<typeof channelTypes>

const fileTypes = { IMAGE: 1, AUDIO: 2, VIDEO: 3, FILE: 4, SIGHT: 5, COMBINE_HTML: 6 } as const
/** FileType is what an uploaded file is. */
export const FileType: Enumeration<typeof fileTypes> = /* @__PURE__ */ enumeration<typeof fileTypes>(fileTypes)
export type FileType = Value<typeof fileTypes>

const uploadMethods = { QINIU: 1, ALI: 2, AWS: 3, STC: 4, MINIO: 5 } as const
/** UploadMethod is the kind of storage that a file went to. */
export const UploadMethod: Enumeration<typeof uploadMethods> = /* @__PURE__ */ enumeration<typeof uploadMethods>(uploadMethods)
export type UploadMethod = Value<typeof uploadMethods>

/** InterruptionLevel is how much a notification of iOS may disturb. */
export const InterruptionLevel = {
  PASSIVE: 'passive',
  ACTIVE: 'active',
  TIME_SENSITIVE: 'time-sensitive',
  CRITICAL: 'critical',
} as const
export type InterruptionLevel = Value<typeof InterruptionLevel>

/** PushImportanceHonor is the importance of a notification of Honor devices. */
export const PushImportanceHonor = { NORMAL: 'NORMAL', LOW: 'LOW' } as const
export type PushImportanceHonor = Value<typeof PushImportanceHonor>

const areaCodes = { BJ: 1, SG: 2, NA: 3, SG_A: 4, SG_B: 4, SA: 5, OM: 6 } as const
/** AreaCode names data centres elsewhere; navigators say where the server of this package is. */
export const AreaCode: Enumeration<typeof areaCodes> = /* @__PURE__ */ enumeration<typeof areaCodes>(areaCodes)
export type AreaCode = Value<typeof areaCodes>

const logLevels = { STATISTICS: -2, RECORD: -1, FATAL: 0, ERROR: 1, WARN: 2, INFO: 3, DEBUG: 4 } as const
/** LogL is how much is logged. This package logs errors of the page's own callbacks only. */
export const LogL: Enumeration<typeof logLevels> = /* @__PURE__ */ enumeration<typeof logLevels>(logLevels)
export type LogL = Value<typeof logLevels>
export type EnableLogL = LogL

const oldLogLevels = { LOG: 0, DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3, FATAL: 4, STATISTICS: 6, NONE: 1000 } as const
/** LogLevel is what came before LogL. */
export const LogLevel: Enumeration<typeof oldLogLevels> = /* @__PURE__ */ enumeration<typeof oldLogLevels>(oldLogLevels)
export type LogLevel = Value<typeof oldLogLevels>

/** ConnectType named transports; there is one, WebSocket. */
export const ConnectType = { COMET: '_', WEBSOCKET: '_' } as const

const oldConnectionStatuses = {
  CONNECTED: 0,
  CONNECTING: 1,
  DISCONNECTED: 2,
  NETWORK_UNAVAILABLE: 3,
  CONNECTION_CLOSED: 4,
  KICKED_OFFLINE_BY_OTHER_CLIENT: 6,
  WEBSOCKET_UNAVAILABLE: 7,
  WEBSOCKET_ERROR: 8,
  BLOCKED: 9,
  DOMAIN_INCORRECT: 12,
  DISCONNECT_BY_SERVER: 13,
  REDIRECT: 14,
  USER_LOGOUT: 19,
  APPKEY_IS_FAKE: 20,
  REQUEST_NAVI: 201,
  RESPONSE_NAVI: 202,
  RESPONSE_NAVI_ERROR: 203,
  RESPONSE_NAVI_TIMEOUT: 204,
  ULTRALIMIT: 1101,
  RC_CONN_USER_OR_PASSWD_ERROR: 31004,
  FORBID_RECONNECT_BY_OTHER_SAME_CLIENT: 31023,
  RC_LICENSE_EXPIRED: 31030,
} as const
/** ConnectionStatus is what came before RCConnectionStatus and the codes of DISCONNECT. */
export const ConnectionStatus: Enumeration<typeof oldConnectionStatuses> =
  /* @__PURE__ */ enumeration<typeof oldConnectionStatuses>(oldConnectionStatuses)
export type ConnectionStatus = Value<typeof oldConnectionStatuses>

/** MessageAuditType says whether a message is reviewed. */
export const MessageAuditType = { DISALLOW: 0, ALLOW: 1 } as const
export type MessageAuditType = Value<typeof MessageAuditType>

/** UserType tells people from robots. */
export const UserType = { NORMAL: 0, ROBOT: 1 } as const
export type UserType = Value<typeof UserType>

/** ReferenceMessageStatus is what became of the message that a ReferenceMessage shows. */
export const ReferenceMessageStatus = { DEFAULT: 0, MODIFIED: 1, RECALLED: 2, DELETE: 3 } as const
export type ReferenceMessageStatus = Value<typeof ReferenceMessageStatus>

/** QuoteMessageStatus is what became of a quoted message. */
export const QuoteMessageStatus = { DEFAULT: 0, DELETED: 1, RECALLED: 2 } as const
export type QuoteMessageStatus = Value<typeof QuoteMessageStatus>

const blockTypes = { GLOBAL: 1, CUSTOM: 2, THIRD_PARTY: 3 } as const
/** MessageBlockType says what blocked a message. */
export const MessageBlockType: Enumeration<typeof blockTypes> = /* @__PURE__ */ enumeration<typeof blockTypes>(blockTypes)
export type MessageBlockType = Value<typeof blockTypes>

const blockSources = { MSG_ORIGINAL: 0, MSG_EXPANSION: 1, MSG_MODIFY: 2 } as const
/** MessageBlockSourceType says what of a message was blocked. */
export const MessageBlockSourceType: Enumeration<typeof blockSources> = /* @__PURE__ */ enumeration<typeof blockSources>(blockSources)
export type MessageBlockSourceType = Value<typeof blockSources>

const entryTypes = { UPDATE: 1, DELETE: 2 } as const
/** ChatroomEntryType is what became of an entry of a chatroom. */
export const ChatroomEntryType: Enumeration<typeof entryTypes> = /* @__PURE__ */ enumeration<typeof entryTypes>(entryTypes)
export type ChatroomEntryType = Value<typeof entryTypes>

const roomChanges = { QUIT: 0, JOIN: 1 } as const
/** ChatroomUserChangeType says that a user came to a chatroom, or left it. */
export const ChatroomUserChangeType: Enumeration<typeof roomChanges> = /* @__PURE__ */ enumeration<typeof roomChanges>(roomChanges)
export type ChatroomUserChangeType = Value<typeof roomChanges>

/** ChrmSyncStatus is the same of the user's own other device. */
export const ChrmSyncStatus: Enumeration<typeof roomChanges> = /* @__PURE__ */ enumeration<typeof roomChanges>(roomChanges)
export type ChrmSyncStatus = Value<typeof roomChanges>

const roomReasons = { LeaveOnMyOwn: 1, OtherDeviceLogin: 2 } as const
/** ChatroomSyncStatusReason is why the other device is out of the chatroom. */
export const ChatroomSyncStatusReason: Enumeration<typeof roomReasons> = /* @__PURE__ */ enumeration<typeof roomReasons>(roomReasons)
export type ChatroomSyncStatusReason = Value<typeof roomReasons>

const roomBans = {
  UnmuteUsers: 0,
  MuteUsers: 1,
  UnmuteAll: 2,
  MuteAll: 3,
  RemoveWhitelist: 4,
  AddWhitelist: 5,
  UnmuteGloble: 6,
  MuteGloble: 7,
} as const
/** ChrmMemBanType is how who may speak in a chatroom changed. */
export const ChrmMemBanType: Enumeration<typeof roomBans> = /* @__PURE__ */ enumeration<typeof roomBans>(roomBans)
export type ChrmMemBanType = Value<typeof roomBans>

const roomBlocks = { Deblock: 0, Blocked: 1 } as const
/** ChrmMemOperateType says whether users were put out of a chatroom or let in again. */
export const ChrmMemOperateType: Enumeration<typeof roomBlocks> = /* @__PURE__ */ enumeration<typeof roomBlocks>(roomBlocks)
export type ChrmMemOperateType = Value<typeof roomBlocks>

const roles = { UNDEF: 0, NORMAL: 1, MANAGER: 2, OWNER: 3 } as const
/** GroupMemberRole is what a user is in a group. */
export const GroupMemberRole: Enumeration<typeof roles> = /* @__PURE__ */ enumeration<typeof roles>(roles)
export type GroupMemberRole = Value<typeof roles>
