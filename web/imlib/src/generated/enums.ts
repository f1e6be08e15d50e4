// Code generated from chat/words/enums.tsv by go generate ./chat. DO NOT EDIT.

import { type Enumeration, enumeration, type Value } from '../enumeration.ts'

type ConversationTypeValues = {
  readonly NONE: 0
  readonly PRIVATE: 1
  readonly DISCUSSION: 2
  readonly GROUP: 3
  readonly CHATROOM: 4
  readonly CUSTOMER_SERVICE: 5
  readonly SYSTEM: 6
  readonly APP_PUBLIC_SERVICE: 7
  readonly PUBLIC_SERVICE: 8
  readonly ULTRA_GROUP: 10
  readonly RTC_ROOM: 12
}
/** ConversationType is the kind of a conversation. */
export const ConversationType: Enumeration<ConversationTypeValues> =
  /* @__PURE__ */ enumeration<ConversationTypeValues>('none0,private,discussion,group,chatroom,customer service,system,app public service,public service,ultra group2,rtc room2')
export type ConversationType = Value<ConversationTypeValues>

type MentionedTypeValues = {
  readonly ALL: 1
  readonly SINGAL: 2
}
/** MentionedType says whom a message mentions: everybody, or the users it names. */
export const MentionedType: Enumeration<MentionedTypeValues> =
  /* @__PURE__ */ enumeration<MentionedTypeValues>('all,singal')
export type MentionedType = Value<MentionedTypeValues>

type MessageDirectionValues = {
  readonly SEND: 1
  readonly RECEIVE: 2
}
/** MessageDirection says whose message it is: the user's own, or another's. */
export const MessageDirection: Enumeration<MessageDirectionValues> =
  /* @__PURE__ */ enumeration<MessageDirectionValues>('send,receive')
export type MessageDirection = Value<MessageDirectionValues>

type SentStatusValues = {
  readonly SENDING: 10
  readonly FAILED: 20
  readonly SENT: 30
  readonly RECEIVED: 40
  readonly READ: 50
  readonly DESTROYED: 60
}
/** SentStatus is how far a message of the user's own has come. */
export const SentStatus: Enumeration<SentStatusValues> =
  /* @__PURE__ */ enumeration<SentStatusValues>('sending10,failed10,sent10,received10,read10,destroyed10')
export type SentStatus = Value<SentStatusValues>

type ReceivedStatusValues = {
  readonly READ: 1
  readonly LISTENED: 2
  readonly DOWNLOADED: 4
  readonly RETRIEVED: 8
  readonly UNREAD: 0
}
/** ReceivedStatus is bits that say what became of a message that came. */
export const ReceivedStatus: Enumeration<ReceivedStatusValues> =
  /* @__PURE__ */ enumeration<ReceivedStatusValues>('read,listened,downloaded2,retrieved4,unread-8')
export type ReceivedStatus = Value<ReceivedStatusValues>

type NotificationLevelValues = {
  readonly ALL_MESSAGE: -1
  readonly NOT_SET: 0
  readonly AT_MESSAGE_NOTIFICATION: 1
  readonly AT_USER_NOTIFICATION: 2
  readonly AT_GROUP_ALL_USER_NOTIFICATION: 4
  readonly NOT_MESSAGE_NOTIFICATION: 5
}
/** NotificationLevel says which messages of a conversation notify the user. */
export const NotificationLevel: Enumeration<NotificationLevelValues> =
  /* @__PURE__ */ enumeration<NotificationLevelValues>('all message-1,not set,at message notification,at user notification,at group all user notification2,not message notification')
export type NotificationLevel = Value<NotificationLevelValues>

type NotificationStatusValues = {
  readonly OPEN: 1
  readonly CLOSE: 2
}
/** NotificationStatus is what came before NotificationLevel: OPEN is its level 1, CLOSE its level 0. */
export const NotificationStatus: Enumeration<NotificationStatusValues> =
  /* @__PURE__ */ enumeration<NotificationStatusValues>('open,close')
export type NotificationStatus = Value<NotificationStatusValues>

type RCConnectionStatusValues = {
  readonly CONNECTED: 0
  readonly CONNECTING: 1
  readonly DISCONNECTED: 2
  readonly SUSPENDED: 3
}
/** RCConnectionStatus is the state of the connection; SUSPENDED comes back by itself. */
export const RCConnectionStatus: Enumeration<RCConnectionStatusValues> =
  /* @__PURE__ */ enumeration<RCConnectionStatusValues>('connected0,connecting,disconnected,suspended')
export type RCConnectionStatus = Value<RCConnectionStatusValues>

type UltraGroupChannelTypeValues = {
  readonly PUBLIC: 0
  readonly PRIVATE: 1
}
/** UltraGroupChannelType says who sees a channel of an ultra group: every member, or who is in the channel. */
export const UltraGroupChannelType: Enumeration<UltraGroupChannelTypeValues> =
  /* @__PURE__ */ enumeration<UltraGroupChannelTypeValues>('public0,private')
export type UltraGroupChannelType = Value<UltraGroupChannelTypeValues>

type FileTypeValues = {
  readonly IMAGE: 1
  readonly AUDIO: 2
  readonly VIDEO: 3
  readonly FILE: 4
  readonly SIGHT: 5
  readonly COMBINE_HTML: 6
}
/** FileType is what an uploaded file is. */
export const FileType: Enumeration<FileTypeValues> =
  /* @__PURE__ */ enumeration<FileTypeValues>('image,audio,video,file,sight,combine html')
export type FileType = Value<FileTypeValues>

type UploadMethodValues = {
  readonly QINIU: 1
  readonly ALI: 2
  readonly AWS: 3
  readonly STC: 4
  readonly MINIO: 5
}
/** UploadMethod is the kind of storage that a file went to. */
export const UploadMethod: Enumeration<UploadMethodValues> =
  /* @__PURE__ */ enumeration<UploadMethodValues>('qiniu,ali,aws,stc,minio')
export type UploadMethod = Value<UploadMethodValues>

type AreaCodeValues = {
  readonly BJ: 1
  readonly SG: 2
  readonly NA: 3
  readonly SG_A: 4
  readonly SG_B: 4
  readonly SA: 5
  readonly OM: 6
}
/** AreaCode names data centres elsewhere; navigators say where the server of this package is. */
export const AreaCode: Enumeration<AreaCodeValues> =
  /* @__PURE__ */ enumeration<AreaCodeValues>('bj,sg,na,sg a,sg b0,sa,om')
export type AreaCode = Value<AreaCodeValues>

type LogLValues = {
  readonly STATISTICS: -2
  readonly RECORD: -1
  readonly FATAL: 0
  readonly ERROR: 1
  readonly WARN: 2
  readonly INFO: 3
  readonly DEBUG: 4
}
/** LogL is how much is logged. This package logs errors of the page's own callbacks only. */
export const LogL: Enumeration<LogLValues> =
  /* @__PURE__ */ enumeration<LogLValues>('statistics-2,record,fatal,error,warn,info,debug')
export type LogL = Value<LogLValues>

type LogLevelValues = {
  readonly LOG: 0
  readonly DEBUG: 0
  readonly INFO: 1
  readonly WARN: 2
  readonly ERROR: 3
  readonly FATAL: 4
  readonly STATISTICS: 6
  readonly NONE: 1000
}
/** LogLevel is what came before LogL. */
export const LogLevel: Enumeration<LogLevelValues> =
  /* @__PURE__ */ enumeration<LogLevelValues>('log0,debug0,info,warn,error,fatal,statistics2,none994')
export type LogLevel = Value<LogLevelValues>

type ConnectionStatusValues = {
  readonly CONNECTED: 0
  readonly CONNECTING: 1
  readonly DISCONNECTED: 2
  readonly NETWORK_UNAVAILABLE: 3
  readonly CONNECTION_CLOSED: 4
  readonly KICKED_OFFLINE_BY_OTHER_CLIENT: 6
  readonly WEBSOCKET_UNAVAILABLE: 7
  readonly WEBSOCKET_ERROR: 8
  readonly BLOCKED: 9
  readonly DOMAIN_INCORRECT: 12
  readonly DISCONNECT_BY_SERVER: 13
  readonly REDIRECT: 14
  readonly USER_LOGOUT: 19
  readonly APPKEY_IS_FAKE: 20
  readonly REQUEST_NAVI: 201
  readonly RESPONSE_NAVI: 202
  readonly RESPONSE_NAVI_ERROR: 203
  readonly RESPONSE_NAVI_TIMEOUT: 204
  readonly ULTRALIMIT: 1101
  readonly RC_CONN_USER_OR_PASSWD_ERROR: 31004
  readonly FORBID_RECONNECT_BY_OTHER_SAME_CLIENT: 31023
  readonly RC_LICENSE_EXPIRED: 31030
}
/** ConnectionStatus is what came before RCConnectionStatus and the codes of DISCONNECT. */
export const ConnectionStatus: Enumeration<ConnectionStatusValues> =
  /* @__PURE__ */ enumeration<ConnectionStatusValues>('connected0,connecting,disconnected,network unavailable,connection closed,kicked offline by other client2,websocket unavailable,websocket error,blocked,domain incorrect3,disconnect by server,redirect,user logout5,appkey is fake,request navi181,response navi,response navi error,response navi timeout,ultralimit897,rc conn user or passwd error29903,forbid reconnect by other same client19,rc license expired7')
export type ConnectionStatus = Value<ConnectionStatusValues>

type MessageBlockTypeValues = {
  readonly GLOBAL: 1
  readonly CUSTOM: 2
  readonly THIRD_PARTY: 3
}
/** MessageBlockType says what blocked a message. */
export const MessageBlockType: Enumeration<MessageBlockTypeValues> =
  /* @__PURE__ */ enumeration<MessageBlockTypeValues>('global,custom,third party')
export type MessageBlockType = Value<MessageBlockTypeValues>

type MessageBlockSourceTypeValues = {
  readonly MSG_ORIGINAL: 0
  readonly MSG_EXPANSION: 1
  readonly MSG_MODIFY: 2
}
/** MessageBlockSourceType says what of a message was blocked. */
export const MessageBlockSourceType: Enumeration<MessageBlockSourceTypeValues> =
  /* @__PURE__ */ enumeration<MessageBlockSourceTypeValues>('msg original0,msg expansion,msg modify')
export type MessageBlockSourceType = Value<MessageBlockSourceTypeValues>

type ChatroomEntryTypeValues = {
  readonly UPDATE: 1
  readonly DELETE: 2
}
/** ChatroomEntryType is what became of an entry of a chatroom. */
export const ChatroomEntryType: Enumeration<ChatroomEntryTypeValues> =
  /* @__PURE__ */ enumeration<ChatroomEntryTypeValues>('update,delete')
export type ChatroomEntryType = Value<ChatroomEntryTypeValues>

type ChatroomUserChangeTypeValues = {
  readonly QUIT: 0
  readonly JOIN: 1
}
/** ChatroomUserChangeType says that a user came to a chatroom, or left it. */
export const ChatroomUserChangeType: Enumeration<ChatroomUserChangeTypeValues> =
  /* @__PURE__ */ enumeration<ChatroomUserChangeTypeValues>('quit0,join')
export type ChatroomUserChangeType = Value<ChatroomUserChangeTypeValues>

type ChrmSyncStatusValues = {
  readonly QUIT: 0
  readonly JOIN: 1
}
/** ChrmSyncStatus says that another device of the user came to a chatroom, or left it. */
export const ChrmSyncStatus: Enumeration<ChrmSyncStatusValues> =
  /* @__PURE__ */ enumeration<ChrmSyncStatusValues>('quit0,join')
export type ChrmSyncStatus = Value<ChrmSyncStatusValues>

type ChatroomSyncStatusReasonValues = {
  readonly LeaveOnMyOwn: 1
  readonly OtherDeviceLogin: 2
}
/** ChatroomSyncStatusReason is why the other device is out of the chatroom. */
export const ChatroomSyncStatusReason: Enumeration<ChatroomSyncStatusReasonValues> =
  /* @__PURE__ */ enumeration<ChatroomSyncStatusReasonValues>('LeaveOnMyOwn,OtherDeviceLogin')
export type ChatroomSyncStatusReason = Value<ChatroomSyncStatusReasonValues>

type ChrmMemBanTypeValues = {
  readonly UnmuteUsers: 0
  readonly MuteUsers: 1
  readonly UnmuteAll: 2
  readonly MuteAll: 3
  readonly RemoveWhitelist: 4
  readonly AddWhitelist: 5
  readonly UnmuteGloble: 6
  readonly MuteGloble: 7
}
/** ChrmMemBanType is how who may speak in a chatroom changed. */
export const ChrmMemBanType: Enumeration<ChrmMemBanTypeValues> =
  /* @__PURE__ */ enumeration<ChrmMemBanTypeValues>('UnmuteUsers0,MuteUsers,UnmuteAll,MuteAll,RemoveWhitelist,AddWhitelist,UnmuteGloble,MuteGloble')
export type ChrmMemBanType = Value<ChrmMemBanTypeValues>

type ChrmMemOperateTypeValues = {
  readonly Deblock: 0
  readonly Blocked: 1
}
/** ChrmMemOperateType says whether users were put out of a chatroom or let in again. */
export const ChrmMemOperateType: Enumeration<ChrmMemOperateTypeValues> =
  /* @__PURE__ */ enumeration<ChrmMemOperateTypeValues>('Deblock0,Blocked')
export type ChrmMemOperateType = Value<ChrmMemOperateTypeValues>

type GroupMemberRoleValues = {
  readonly UNDEF: 0
  readonly NORMAL: 1
  readonly MANAGER: 2
  readonly OWNER: 3
}
/** GroupMemberRole is what a user is in a group. */
export const GroupMemberRole: Enumeration<GroupMemberRoleValues> =
  /* @__PURE__ */ enumeration<GroupMemberRoleValues>('undef0,normal,manager,owner')
export type GroupMemberRole = Value<GroupMemberRoleValues>

type PushNotificationQuietHoursLevelValues = {
  readonly PUSH_NOTIFICATION_QUIET_HOURS_LEVEL_DEFAULT: 0
  readonly PUSH_NOTIFICATION_QUIET_HOURS_LEVEL_MENTION_MESSAGE: 1
  readonly PUSH_NOTIFICATION_QUIET_HOURS_LEVEL_BLOCKED: 5
}
/** PushNotificationQuietHoursLevel says what notifies in quiet hours. */
export const PushNotificationQuietHoursLevel: Enumeration<PushNotificationQuietHoursLevelValues> =
  /* @__PURE__ */ enumeration<PushNotificationQuietHoursLevelValues>('push notification quiet hours level default0,push notification quiet hours level mention message,push notification quiet hours level blocked4')
export type PushNotificationQuietHoursLevel = Value<PushNotificationQuietHoursLevelValues>
