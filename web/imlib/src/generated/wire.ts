// Generated from wire/pb/hongyan.proto by go generate ./wire/pb. Do not edit.

import type { Schema } from '../wire/schema.ts'

// How to notify devices that have no session.
export interface PushExtra {
  title?: string | undefined
  templateNumber?: number | undefined
  pushId?: string | undefined
  pushConfigs?: string | undefined
  templateId?: string | undefined
}
export const PushExtra: Schema<PushExtra> = { title: 34, templateNumber: 64, pushId: 98, pushConfigs: 130, templateId: 162 }

// The place of a part in a streamed message.
export interface ExtMsgData {
  seqId?: number | undefined
  sendTime?: number | undefined
}
export const ExtMsgData: Schema<ExtMsgData> = { seqId: 32, sendTime: 64 }

// The message that another one answers.
export interface ReferenceData {
  msgId?: string | undefined
  fromUserId?: string | undefined
  className?: string | undefined
}
export const ReferenceData: Schema<ReferenceData> = { msgId: 34, fromUserId: 66, className: 98 }

// A message on its way up: the payload of every send and of recallMsg.
export interface UpMessage {
  flags: number // 1 persisted, 2 counted, 4 mentioned, 32 silent, 64 expandable
  className: string // the object name, such as RC:TxtMsg
  content: string // JSON text, 131072 bytes at most
  pushText?: string | undefined
  appData?: string | undefined
  toUserIds: string[]
  delMsgTime?: number | undefined
  delMsgId?: string | undefined
  configFlag?: number | undefined // 1 VoIP push, 2 see PROTOCOL.md#flags, 4 no push title, 8 show details
  clientUniqueId?: number | undefined // names this send for resends
  extraContent?: string | undefined // expansion: JSON {"key":{"v":"value"}}
  pushExt?: PushExtra | undefined
  busChannel?: string | undefined
  systemId?: string | undefined
  senderPortrait?: string | undefined
  optionBits?: number | undefined // 1 keep the latest message, 2 wants a receipt
  extMsgData?: ExtMsgData | undefined
  metadata?: string | undefined
  refData?: ReferenceData | undefined
}
export const UpMessage: Schema<UpMessage> = { flags: 48, className: 82, content: 114, pushText: 130, appData: 162, toUserIds: 202, delMsgTime: 224, delMsgId: 258, configFlag: 288, clientUniqueId: 320, extraContent: 354, pushExt: [388, PushExtra], busChannel: 418, systemId: 514, senderPortrait: 674, optionBits: 704, extMsgData: [740, ExtMsgData], metadata: 770, refData: [804, ReferenceData] }

// A message on its way down. Which user it goes to decides fields 1, 3 and 10;
// all other fields are the same for everyone.
export interface DownMessage {
  fromUserId: string // private and system: the peer, whoever sent; else the sender
  type: number // the conversation type
  groupId?: string | undefined // the conversation, unless private or system
  className: string
  content: string
  dataTime: number // the tick
  status: number // 2 retrieved, 16 persisted, 32 counted, 64 mentioned, 512 silent, 1024 expandable
  extra?: number | undefined
  msgId?: string | undefined // the messageUId
  direction?: number | undefined // 1 sent by whoever receives this, 2 or absent: received
  platform?: number | undefined
  isRemoved?: number | undefined
  source?: string | undefined
  clientUniqueId?: number | undefined
  extraContent?: string | undefined
  pushContent?: string | undefined
  configFlag?: number | undefined
  pushExt?: PushExtra | undefined
  busChannel?: string | undefined
  extStatus?: number | undefined // 2 interrupted, 4 modified, 8 private channel, 64 status message
  toUserIds: string[]
  groupUnpush?: number | undefined
  optionBits?: number | undefined // 1 keep the latest message, 2 wants a receipt, 4 receipt sent, 16 recall changes unread
  convertExt?: string | undefined
  extMsgData?: ExtMsgData | undefined
  metadata?: string | undefined
  refData?: ReferenceData | undefined
  pushData?: string | undefined // ours: the app_data of the UpMessage
}
export const DownMessage: Schema<DownMessage> = { fromUserId: 50, type: 80, groupId: 98, className: 146, content: 178, dataTime: 208, status: 240, extra: 256, msgId: 290, direction: 320, platform: 352, isRemoved: 384, source: 418, clientUniqueId: 448, extraContent: 482, pushContent: 514, configFlag: 544, pushExt: [580, PushExtra], busChannel: 610, extStatus: 640, toUserIds: 682, groupUnpush: 704, optionBits: 736, convertExt: 770, extMsgData: [804, ExtMsgData], metadata: 834, refData: [868, ReferenceData], pushData: 32034 }

// The answer to pullMsg and pullUgMsg, and the payload of s_tick.
export interface DownMessages {
  list: DownMessage[]
  syncTime: number // the new cursor, never below the one asked with
  finished?: boolean | undefined // absent means: pull again
  broadcastSyncTime?: number | undefined
  systemTime?: number | undefined
  credibleStartTime?: number | undefined
  credibleEndTime?: number | undefined
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined // gzip or zlib of a DownMessages
  previousTick?: number | undefined // ours: the tick before this one in the user's stream (s_tick)
}
export const DownMessages: Schema<DownMessages> = { list: [44, DownMessage], syncTime: 80, finished: 97, broadcastSyncTime: 128, systemTime: 160, credibleStartTime: 192, credibleEndTime: 224, compressed: 257, compressedData: 291, previousTick: 32000 }

// The answer to chrmPull. Each element of list is an encoded DownMessage, so
// that a room encodes a message once for all who pull it; on the wire this is
// the same as a repeated DownMessage.
export interface RoomMessages {
  list: Uint8Array[]
  syncTime: number
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
}
export const RoomMessages: Schema<RoomMessages> = { list: 43, syncTime: 80, compressed: 97, compressedData: 131 }

// Asks for what came after the cursors (pullMsg).
export interface PullRequest {
  syncTime: number // cursor of received messages
  isPolling: boolean
  isWeb?: boolean | undefined
  isPullSend?: boolean | undefined // own messages too
  isKeeping?: boolean | undefined
  sendBoxSyncTime?: number | undefined // cursor of own messages
  broadcastSyncTime?: number | undefined
  endTime?: number | undefined
  compressed?: boolean | undefined
}
export const PullRequest: Schema<PullRequest> = { syncTime: 48, isPolling: 81, isWeb: 97, isPullSend: 129, isKeeping: 161, sendBoxSyncTime: 192, broadcastSyncTime: 224, endTime: 256, compressed: 289 }

// Tells a client that something waits (s_ntf, s_cmd). time is a hint: the tick
// of the newest thing that waits.
export interface Notify {
  type: number // PROTOCOL.md#notify
  time?: number | undefined
  roomId?: string | undefined
  destroyType?: number | undefined
}
export const Notify: Schema<Notify> = { type: 48, time: 64, roomId: 98, destroyType: 128 }

// The versions a client is made of, as JSON (reportsdk).
export interface SDKReport {
  sdkInfo: string
}
export const SDKReport: Schema<SDKReport> = { sdkInfo: 50 }

// Asks for changes after sync_time (pullEventChange, qryMsgChange).
export interface ChangesRequest {
  syncTime: number
  needCompress?: number | undefined
  onlineTime?: number | undefined
  targetId?: string | undefined
}
export const ChangesRequest: Schema<ChangesRequest> = { syncTime: 48, needCompress: 64, onlineTime: 96, targetId: 130 }

// One thing that happened to a message or conversation.
export interface EventChange {
  businessId?: string | undefined
  channelType?: number | undefined
  time?: number | undefined
  changeType?: number | undefined
  originalId?: string | undefined
  originalTime?: number | undefined
  secondaryId?: string | undefined
  isAdmin?: boolean | undefined
  additionalMark?: boolean | undefined
  operatorId?: string | undefined
  subChangeType?: number | undefined
  secondaryType?: number | undefined
  isRemindMe?: boolean | undefined
  extIds: string[]
  remindType?: number | undefined
  eventData?: Uint8Array | undefined
}
export const EventChange: Schema<EventChange> = { businessId: 34, channelType: 64, time: 96, changeType: 128, originalId: 162, originalTime: 192, secondaryId: 226, isAdmin: 257, additionalMark: 289, operatorId: 322, subChangeType: 352, secondaryType: 384, isRemindMe: 417, extIds: 458, remindType: 480, eventData: 515 }

// The answer to pullEventChange.
export interface EventChanges {
  list: EventChange[]
  syncTime: number
  hasNext?: boolean | undefined
  targetId?: string | undefined
  compressed?: boolean | undefined
}
export const EventChanges: Schema<EventChanges> = { list: [44, EventChange], syncTime: 80, hasNext: 97, targetId: 130, compressed: 161 }

// One change of an ultra group message.
export interface MessageChange {
  targetId: string
  type: number
  time: number
  changeType: number
  msgUid: string
  msgTime: number
  busChannel?: string | undefined
  isAdmin?: boolean | undefined
  isDel?: boolean | undefined
  operatorId?: string | undefined
  subChangeType?: number | undefined
  busChannelType?: number | undefined
  isRemindMe?: boolean | undefined
  userGroupIds: string[]
  remindType?: number | undefined
}
export const MessageChange: Schema<MessageChange> = { targetId: 50, type: 80, time: 112, changeType: 144, msgUid: 178, msgTime: 208, busChannel: 226, isAdmin: 257, isDel: 289, operatorId: 322, subChangeType: 352, busChannelType: 384, isRemindMe: 417, userGroupIds: 458, remindType: 480 }

// The answer to qryMsgChange.
export interface MessageChanges {
  list: MessageChange[]
  syncTime: number
  hasNext?: boolean | undefined
}
export const MessageChanges: Schema<MessageChanges> = { list: [44, MessageChange], syncTime: 80, hasNext: 97 }

// Asks for user settings newer than version (pullUS).
export interface SettingsRequest {
  version: number
  reserve?: boolean | undefined
  ipType?: number | undefined
}
export const SettingsRequest: Schema<SettingsRequest> = { version: 48, reserve: 65, ipType: 96 }

// A user's own label for conversations.
export interface Tag {
  tagId: string
  name?: string | undefined
  createdTime?: number | undefined
  isTop?: boolean | undefined
}
export const Tag: Schema<Tag> = { tagId: 50, name: 66, createdTime: 96, isTop: 129 }

// One user setting.
export interface Setting {
  targetId: string
  type: number
  key: string
  value: Uint8Array
  version: number
  status: number
  tags: Tag[]
}
export const Setting: Schema<Setting> = { targetId: 50, type: 80, key: 146, value: 179, version: 208, status: 240, tags: [268, Tag] }

// The answer to pullUS.
export interface SettingsAnswer {
  items: Setting[]
  version: number
}
export const SettingsAnswer: Schema<SettingsAnswer> = { items: [44, Setting], version: 80 }

// Tells a client to pull its settings (s_us).
export interface SettingsNotify {
  version: number
  reserve: boolean
}
export const SettingsNotify: Schema<SettingsNotify> = { version: 48, reserve: 81 }

// Asks for conversation settings newer than time (pullSeAtts).
export interface ConversationStatesRequest {
  time: number
}
export const ConversationStatesRequest: Schema<ConversationStatesRequest> = { time: 48 }

// One setting of a conversation.
export interface StateItem {
  sessionStateType: number
  value: string
  tags: Tag[]
  time?: number | undefined
}
export const StateItem: Schema<StateItem> = { sessionStateType: 48, value: 82, tags: [108, Tag], time: 128 }

// The settings of one conversation.
export interface ConversationState {
  type: number
  channelId: string
  time?: number | undefined
  stateItem: StateItem[]
  busChannel?: string | undefined
}
export const ConversationState: Schema<ConversationState> = { type: 48, channelId: 82, time: 96, stateItem: [140, StateItem], busChannel: 162 }

// The answer to pullSeAtts. A client takes its next cursor from the newest
// state, not from version.
export interface ConversationStates {
  version: number
  state: ConversationState[]
}
export const ConversationStates: Schema<ConversationStates> = { version: 48, state: [76, ConversationState] }

// Asks for modified messages after pull_version (pullModifyMsg).
export interface ModifiedRequest {
  pullVersion?: number | undefined
  compressed?: boolean | undefined
  modifyType: number[]
}
export const ModifiedRequest: Schema<ModifiedRequest> = { pullVersion: 32, compressed: 65, modifyType: 104 }

// One modified message.
export interface Modified {
  modifyType?: number | undefined
  msg?: DownMessage | undefined
}
export const Modified: Schema<Modified> = { modifyType: 32, msg: [68, DownMessage] }

// The answer to pullModifyMsg.
export interface ModifiedAnswer {
  msg: Modified[]
  nextVersion?: number | undefined
  finished?: boolean | undefined
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
}
export const ModifiedAnswer: Schema<ModifiedAnswer> = { msg: [44, Modified], nextVersion: 64, finished: 97, compressed: 129, compressedData: 163 }

// Asks for the ultra group channels of the user (pullUgSes); answered by
// ConversationsAnswer.
export interface UltraConversationsRequest {
  syncTime: number
  eraseContent?: boolean | undefined
}
export const UltraConversationsRequest: Schema<UltraConversationsRequest> = { syncTime: 48, eraseContent: 65 }

// Asks for ultra group messages after sync_time (pullUgMsg).
export interface UltraPullRequest {
  syncTime: number
  compressed?: boolean | undefined
}
export const UltraPullRequest: Schema<UltraPullRequest> = { syncTime: 48, compressed: 65 }

// Asks for the bots of the app, all of them when ids is empty (qAppBot).
export interface BotsRequest {
  ids: string[]
}
export const BotsRequest: Schema<BotsRequest> = { ids: 42 }

// One property of a bot.
export interface BotMetadata {
  key?: string | undefined
  value?: string | undefined
}
export const BotMetadata: Schema<BotMetadata> = { key: 34, value: 66 }

// A bot of the app.
export interface Bot {
  id?: string | undefined
  name?: string | undefined
  portraitUrl?: string | undefined
  type?: string | undefined
  metadata: BotMetadata[]
  createTime?: number | undefined
  updateTime?: number | undefined
}
export const Bot: Schema<Bot> = { id: 34, name: 66, portraitUrl: 98, type: 130, metadata: [172, BotMetadata], createTime: 192, updateTime: 224 }

// The answer to qAppBot.
export interface BotsAnswer {
  bots: Bot[]
}
export const BotsAnswer: Schema<BotsAnswer> = { bots: [44, Bot] }

// Asks for the unread counts that the server keeps (pullSe).
export interface UnreadRequest {
  version?: number | undefined
  count?: number | undefined
  compressed?: boolean | undefined
  pageToken?: string | undefined
}
export const UnreadRequest: Schema<UnreadRequest> = { version: 32, count: 64, compressed: 97, pageToken: 130 }

// Names an unread message.
export interface UnreadMessage {
  msgId: string
  msgTime: number
  remindType?: number | undefined
  className?: string | undefined
}
export const UnreadMessage: Schema<UnreadMessage> = { msgId: 50, msgTime: 80, remindType: 96, className: 130 }

// What is unread since the read cursor.
export interface Unread {
  count?: number | undefined
  mentionCount?: number | undefined
  mentionMeCount?: number | undefined
  clearTime?: number | undefined
  cutOffTime?: number | undefined
  firstUnreadMsg?: UnreadMessage | undefined
}
export const Unread: Schema<Unread> = { count: 32, mentionCount: 64, mentionMeCount: 96, clearTime: 128, cutOffTime: 160, firstUnreadMsg: [196, UnreadMessage] }

// The unread state of one conversation.
export interface ConversationUnread {
  targetId?: string | undefined
  busChannel?: string | undefined
  type?: number | undefined
  version?: number | undefined
  unread?: Unread | undefined
}
export const ConversationUnread: Schema<ConversationUnread> = { targetId: 34, busChannel: 66, type: 96, version: 128, unread: [164, Unread] }

// The answer to pullSe.
export interface UnreadAnswer {
  session: ConversationUnread[]
  pageToken?: string | undefined
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
}
export const UnreadAnswer: Schema<UnreadAnswer> = { session: [44, ConversationUnread], pageToken: 66, compressed: 97, compressedData: 131 }

// Asks for a ticket to upload one file (qnTkn).
export interface UploadRequest {
  type: number
  key?: string | undefined
  httpMethod?: string | undefined
  queryString?: string | undefined
  url?: string | undefined
  ext?: string | undefined
  size?: number | undefined
  ipType?: number | undefined
}
export const UploadRequest: Schema<UploadRequest> = { type: 48, key: 66, httpMethod: 98, queryString: 130, url: 162, ext: 194, size: 224, ipType: 256 }

// The ticket; a back end uses only the fields of its kind.
export interface UploadAnswer {
  deadline: number
  token: string
  bosToken?: string | undefined
  bosDate?: string | undefined
  path?: string | undefined
  ossKeyId?: string | undefined
  ossPolicy?: string | undefined
  ossSign?: string | undefined
  ossBucketName?: string | undefined
  s3Credential?: string | undefined
  s3Algorithm?: string | undefined
  s3Date?: string | undefined
  s3Policy?: string | undefined
  s3Signature?: string | undefined
  s3BucketName?: string | undefined
  stcAuthorization?: string | undefined
  stcContentSha256?: string | undefined
  stcDate?: string | undefined
  stcBucketName?: string | undefined
  minioAuthorization?: string | undefined
  minioContentSha256?: string | undefined
  minioDate?: string | undefined
  minioBucketName?: string | undefined
  downloadAuthInfo?: string | undefined
  ossConfig?: string | undefined
}
export const UploadAnswer: Schema<UploadAnswer> = { deadline: 48, token: 82, bosToken: 98, bosDate: 130, path: 162, ossKeyId: 194, ossPolicy: 226, ossSign: 258, ossBucketName: 290, s3Credential: 322, s3Algorithm: 354, s3Date: 386, s3Policy: 418, s3Signature: 450, s3BucketName: 482, stcAuthorization: 514, stcContentSha256: 546, stcDate: 578, stcBucketName: 610, minioAuthorization: 642, minioContentSha256: 674, minioDate: 706, minioBucketName: 738, downloadAuthInfo: 770, ossConfig: 802 }

// Asks where an uploaded file is read (qnUrl, minioUrl, s3Url, aliUrl, stcUrl).
export interface DownloadRequest {
  type: number
  key: string
  fileName?: string | undefined
  ext?: string | undefined
  size?: number | undefined
  ipType?: number | undefined
}
export const DownloadRequest: Schema<DownloadRequest> = { type: 48, key: 82, fileName: 98, ext: 130, size: 160, ipType: 192 }

// The URL that goes into the message as it is.
export interface DownloadAnswer {
  downloadUrl: string
}
export const DownloadAnswer: Schema<DownloadAnswer> = { downloadUrl: 50 }

// Asks for a page of history (qryPMsg, qryGMsg, …). order 0 is older than time
// and answered newest first, order 1 is newer and answered oldest first.
export interface HistoryRequest {
  targetId?: string | undefined
  time?: number | undefined
  count?: number | undefined
  order?: number | undefined
  busChannel?: string | undefined
  compressed?: boolean | undefined
  ignoreCmd?: boolean | undefined
}
export const HistoryRequest: Schema<HistoryRequest> = { targetId: 34, time: 64, count: 96, order: 128, busChannel: 162, compressed: 193, ignoreCmd: 321 }

// A page of history; has_msg 1 says that there is more.
export interface HistoryAnswer {
  list: DownMessage[]
  syncTime: number
  hasMsg: number
  credibleStartTime?: number | undefined
  credibleEndTime?: number | undefined
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
}
export const HistoryAnswer: Schema<HistoryAnswer> = { list: [44, DownMessage], syncTime: 80, hasMsg: 112, credibleStartTime: 128, credibleEndTime: 160, compressed: 193, compressedData: 227 }

// Names a message to hide.
export interface DeleteItem {
  msgId?: string | undefined
  msgDataTime?: number | undefined
  direct?: number | undefined
}
export const DeleteItem: Schema<DeleteItem> = { msgId: 34, msgDataTime: 64, direct: 96 }

// Hides messages from one user's history (delMsg, delUgMsg).
export interface DeleteRequest {
  type?: number | undefined
  conversationId?: string | undefined
  msgs: DeleteItem[]
  busChannel?: string | undefined
}
export const DeleteRequest: Schema<DeleteRequest> = { type: 32, conversationId: 66, msgs: [108, DeleteItem], busChannel: 130 }

// Hides history up to data_time from one user (cleanPMsg, cleanGMsg, …).
export interface ClearRequest {
  targetId: string
  dataTime: number
  conversationType?: number | undefined
  busChannel?: string | undefined
}
export const ClearRequest: Schema<ClearRequest> = { targetId: 50, dataTime: 80, conversationType: 96, busChannel: 130 }

// Several clears at once (cleanMsgBatch).
export interface ClearBatchRequest {
  input: ClearRequest[]
}
export const ClearBatchRequest: Schema<ClearBatchRequest> = { input: [44, ClearRequest] }

// Names a message.
export interface MessageRef {
  msgTime: number
  msgUid: string
  busChannel?: string | undefined
}
export const MessageRef: Schema<MessageRef> = { msgTime: 48, msgUid: 82, busChannel: 98 }

// Asks for messages by name (qryMsg).
export interface MessagesRequest {
  targetId: string
  type: number
  query: MessageRef[]
}
export const MessagesRequest: Schema<MessagesRequest> = { targetId: 50, type: 80, query: [108, MessageRef] }

// The answer to qryMsg.
export interface MessagesAnswer {
  list: DownMessage[]
  notExistMsgId: string[]
}
export const MessagesAnswer: Schema<MessagesAnswer> = { list: [44, DownMessage], notExistMsgId: 74 }

// Asks for a page of the conversation list (qryRelationR).
export interface ConversationsRequest {
  type?: number | undefined
  count?: number | undefined
  startTime?: number | undefined
  order?: number | undefined
  eraseContent?: boolean | undefined
  endTime?: number | undefined
  compressed?: boolean | undefined
  queryType?: number | undefined
  channelType: number[]
  botType?: number | undefined
}
export const ConversationsRequest: Schema<ConversationsRequest> = { type: 32, count: 64, startTime: 96, order: 128, eraseContent: 161, endTime: 192, compressed: 225, queryType: 256, channelType: 296, botType: 320 }

// Asks for a filtered page of the conversation list (qryRelationFilter).
export interface ConversationsFilter {
  type: number[]
  count?: number | undefined
  order?: number | undefined
  tags: string[]
  isTagTop?: boolean | undefined
  pageToken?: string | undefined
  compressed?: boolean | undefined
}
export const ConversationsFilter: Schema<ConversationsFilter> = { type: 40, count: 64, order: 96, tags: 138, isTagTop: 161, pageToken: 194, compressed: 225 }

// A conversation in the list. user_id is its target, whatever the type;
// version_time is when it last changed.
export interface ConversationInfo {
  type: number
  userId: string
  msg?: DownMessage | undefined
  readMsgTime?: number | undefined
  unreadCount?: number | undefined
  busChannel?: string | undefined
  versionTime?: number | undefined
  remindCount?: number | undefined
  busChannelType?: number | undefined
  msgInfo?: UnreadMessage | undefined
  remindMeCount?: number | undefined
  isBot?: boolean | undefined
}
export const ConversationInfo: Schema<ConversationInfo> = { type: 48, userId: 82, msg: [100, DownMessage], readMsgTime: 128, unreadCount: 160, busChannel: 194, versionTime: 224, remindCount: 256, busChannelType: 288, msgInfo: [324, UnreadMessage], remindMeCount: 352, isBot: 385 }

// A page of the conversation list.
export interface ConversationsAnswer {
  info: ConversationInfo[]
  isFinished?: boolean | undefined
  pullTime?: number | undefined
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
  pageToken?: string | undefined
}
export const ConversationsAnswer: Schema<ConversationsAnswer> = { info: [44, ConversationInfo], isFinished: 65, pullTime: 96, compressed: 129, compressedData: 163, pageToken: 194 }

// Names a conversation.
export interface ConversationRef {
  conversationId: string
  conversationType: number
  busChannel?: string | undefined
}
export const ConversationRef: Schema<ConversationRef> = { conversationId: 50, conversationType: 80, busChannel: 98 }

// Names conversations: to remove them (delRelationBatch) or to ask for their
// latest messages (qryRLBatch).
export interface ConversationBatch {
  relation: ConversationRef[]
  cleanMsg?: boolean | undefined
}
export const ConversationBatch: Schema<ConversationBatch> = { relation: [44, ConversationRef], cleanMsg: 65 }

// Moves a read cursor (updRTime, updRRTime, updUgRTime); a dup of it tells the
// user's other devices.
export interface ReadMark {
  type: number
  msgTime: number
  channelId: string
  busChannel?: string | undefined
}
export const ReadMark: Schema<ReadMark> = { type: 48, msgTime: 80, channelId: 114, busChannel: 130 }

// Asks for cursors and the total unread count (qrySessionsAtt).
export interface TotalsRequest {
  nothing: number // required, ignored
}
export const TotalsRequest: Schema<TotalsRequest> = { nothing: 48 }

// The answer to qrySessionsAtt.
export interface TotalsAnswer {
  inboxTime: number
  sendboxTime: number
  totalUnreadCount: number
}
export const TotalsAnswer: Schema<TotalsAnswer> = { inboxTime: 48, sendboxTime: 80, totalUnreadCount: 112 }

// A conversation and its unread count.
export interface ConversationCount {
  type: number
  channelId: string
  unreadCount?: number | undefined // a string (bus_channel) in clients before 5.8
  busChannel?: string | undefined
}
export const ConversationCount: Schema<ConversationCount> = { type: 48, channelId: 82, unreadCount: 96, busChannel: 130 }

// The payload of qrySessionsUnread, both ways, and of delSessions.
export interface ConversationCounts {
  sessions: ConversationCount[]
}
export const ConversationCounts: Schema<ConversationCounts> = { sessions: [44, ConversationCount] }

// Changes conversation settings (setSeAtt).
export interface StatesChangeRequest {
  version: number
  state: ConversationState[]
  ignoreVersion?: boolean | undefined
}
export const StatesChangeRequest: Schema<StatesChangeRequest> = { version: 48, state: [76, ConversationState], ignoreVersion: 97 }

// The answer to setSeAtt.
export interface StatesChangeAnswer {
  version: number
  updateVersion?: boolean | undefined
}
export const StatesChangeAnswer: Schema<StatesChangeAnswer> = { version: 48, updateVersion: 65 }

// Asks for the default notification level of an ultra group (ugUnpushQuery).
export interface GroupLevelRequest {
  busChannel?: string | undefined
}
export const GroupLevelRequest: Schema<GroupLevelRequest> = { busChannel: 34 }

// Sets it (ugUnpushSet).
export interface GroupLevelChange {
  busChannel?: string | undefined
  unpushLevel: number
}
export const GroupLevelChange: Schema<GroupLevelChange> = { busChannel: 34, unpushLevel: 80 }

// The answer to ugUnpushQuery.
export interface GroupLevelAnswer {
  groupId: string
  busChannel?: string | undefined
  unpushLevel: number
}
export const GroupLevelAnswer: Schema<GroupLevelAnswer> = { groupId: 50, busChannel: 66, unpushLevel: 112 }

// Sets the notification level of a conversation type (setTypeUnpush).
export interface TypeLevelRequest {
  type: number
  version: number
  unpushLevel: number
  ignoreVersion?: boolean | undefined
}
export const TypeLevelRequest: Schema<TypeLevelRequest> = { type: 48, version: 80, unpushLevel: 112, ignoreVersion: 129 }

// The answer to setTypeUnpush.
export interface TypeLevelAnswer {
  version: number
  updateVersion?: boolean | undefined
}
export const TypeLevelAnswer: Schema<TypeLevelAnswer> = { version: 48, updateVersion: 65 }

// Makes, renames or deletes tags of the user (addSeTag, delSeTag).
export interface TagsChange {
  version: number
  tags: Tag[]
  ignoreVersion?: boolean | undefined
}
export const TagsChange: Schema<TagsChange> = { version: 48, tags: [76, Tag], ignoreVersion: 97 }

// The answer to a change of user settings.
export interface SettingsChangeAnswer {
  version: number
  reserve: boolean // required, ignored
  updateVersion?: boolean | undefined
}
export const SettingsChangeAnswer: Schema<SettingsChangeAnswer> = { version: 48, reserve: 81, updateVersion: 97 }

// Sets the hours of a day in which the user is not to be disturbed (addUnpush).
export interface QuietHours {
  startTime: string // HH:MM:SS
  spanMinutes: number
  level?: number | undefined
  timezone?: string | undefined
}
export const QuietHours: Schema<QuietHours> = { startTime: 50, spanMinutes: 80, level: 96, timezone: 130 }

// Asks for the quiet hours, or ends them (qryUnpush, delUnpush).
export interface QuietHoursRequest {
  nothing: number // required, ignored
}
export const QuietHoursRequest: Schema<QuietHoursRequest> = { nothing: 48 }

// The answer to qryUnpush.
export interface QuietHoursAnswer {
  isQuiet: number // 1 when there are any
  startTime?: string | undefined
  spanMinutes?: number | undefined
  level?: number | undefined
  timezone?: string | undefined
}
export const QuietHoursAnswer: Schema<QuietHoursAnswer> = { isQuiet: 48, startTime: 66, spanMinutes: 96, level: 128, timezone: 162 }

// Asks for unread mentions in an ultra group (qryUgUal).
export interface MentionsRequest {
  groupId: string
  busChannel?: string | undefined
  msgTime?: number | undefined
  size?: number | undefined
}
export const MentionsRequest: Schema<MentionsRequest> = { groupId: 50, busChannel: 66, msgTime: 96, size: 128 }

// The answer to qryUgUal.
export interface MentionsAnswer {
  msgInfo: UnreadMessage[]
}
export const MentionsAnswer: Schema<MentionsAnswer> = { msgInfo: [44, UnreadMessage] }

// Joins or leaves a room (joinChrm, joinChrmR, exitChrm).
export interface RoomRequest {
  nothing: number // required, ignored
  extra?: string | undefined
}
export const RoomRequest: Schema<RoomRequest> = { nothing: 48, extra: 66 }

// The answer to a join.
export interface RoomAnswer {
  nothing: number // required, ignored
  sessionId?: string | undefined
  joinTime?: number | undefined
  createTime?: number | undefined
  memberCount?: number | undefined
  chatroomBanState?: number | undefined
  whiteListState?: number | undefined
}
export const RoomAnswer: Schema<RoomAnswer> = { nothing: 48, sessionId: 66, joinTime: 96, createTime: 128, memberCount: 160, chatroomBanState: 192, whiteListState: 224 }

// Asks for the newest count messages of a room after sync_time (chrmPull).
export interface RoomPullRequest {
  syncTime: number
  count: number
  pullMsgType?: number | undefined
  compressed?: boolean | undefined
}
export const RoomPullRequest: Schema<RoomPullRequest> = { syncTime: 48, count: 80, pullMsgType: 96, compressed: 129 }

// Asks for the size of a room and count of its members (queryChrmI).
export interface RoomInfoRequest {
  count: number
  order?: number | undefined
}
export const RoomInfoRequest: Schema<RoomInfoRequest> = { count: 48, order: 64 }

// A member and when it joined.
export interface RoomMember {
  time: number
  id: string
}
export const RoomMember: Schema<RoomMember> = { time: 48, id: 82 }

// The answer to queryChrmI.
export interface RoomInfoAnswer {
  userTotalNums?: number | undefined
  userInfos: RoomMember[]
}
export const RoomInfoAnswer: Schema<RoomInfoAnswer> = { userTotalNums: 32, userInfos: [76, RoomMember] }

// A key and its value in a room. status: 1 auto delete, 2 overwrite, 4 delete.
export interface RoomEntry {
  key: string
  value: string
  status?: number | undefined
  timestamp?: number | undefined
  uid?: string | undefined
  version?: number | undefined
}
export const RoomEntry: Schema<RoomEntry> = { key: 50, value: 82, status: 96, timestamp: 128, uid: 162, version: 192 }

// Sets or deletes one entry (setKV, delKV); notification, if any, is sent to
// the room.
export interface RoomEntryChange {
  entry: RoomEntry
  notify?: boolean | undefined
  notification?: UpMessage | undefined
  type?: number | undefined
}
export const RoomEntryChange: Schema<RoomEntryChange> = { entry: [52, RoomEntry], notify: 65, notification: [100, UpMessage], type: 128 }

// Sets or deletes several entries (setKVS, delKVS).
export interface RoomEntriesChange {
  entry: RoomEntry[]
  notify?: boolean | undefined
  notification?: UpMessage | undefined
  type?: number | undefined
}
export const RoomEntriesChange: Schema<RoomEntriesChange> = { entry: [44, RoomEntry], notify: 65, notification: [100, UpMessage], type: 128 }

// Asks for entries changed after timestamp (pullKV).
export interface RoomEntriesRequest {
  timestamp: number
  compressed?: boolean | undefined
}
export const RoomEntriesRequest: Schema<RoomEntriesRequest> = { timestamp: 48, compressed: 65 }

// The answer to pullKV.
export interface RoomEntries {
  entries: RoomEntry[]
  fullUpdate?: boolean | undefined
  syncTime?: number | undefined
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
}
export const RoomEntries: Schema<RoomEntries> = { entries: [44, RoomEntry], fullUpdate: 65, syncTime: 96, compressed: 129, compressedData: 163 }

// Why a key failed.
export interface RoomEntryError {
  key?: string | undefined
  errorCode?: number | undefined
}
export const RoomEntryError: Schema<RoomEntryError> = { key: 34, errorCode: 64 }

// The new version of a key.
export interface RoomEntryVersion {
  version?: number | undefined
  key?: string | undefined
}
export const RoomEntryVersion: Schema<RoomEntryVersion> = { version: 32, key: 66 }

// The answer to setKVS and delKVS: which keys failed, and the rest.
export interface RoomEntriesAnswer {
  errorKeys: RoomEntryError[]
  keysVersion: RoomEntryVersion[]
}
export const RoomEntriesAnswer: Schema<RoomEntriesAnswer> = { errorKeys: [44, RoomEntryError], keysVersion: [76, RoomEntryVersion] }

// Says that messages of a group were read (rrMsg) or asks who read one (rrList).
export interface GroupReceipt {
  msgId: string[]
  channelId?: string | undefined
}
export const GroupReceipt: Schema<GroupReceipt> = { msgId: 42, channelId: 66 }

// Who read, and when.
export interface GroupReader {
  readTime: number
  userId: string
}
export const GroupReader: Schema<GroupReader> = { readTime: 48, userId: 82 }

// The answer to rrList.
export interface GroupReceiptAnswer {
  totalMemberNum: number
  list: GroupReader[]
}
export const GroupReceiptAnswer: Schema<GroupReceiptAnswer> = { totalMemberNum: 48, list: [76, GroupReader] }

// Says that messages were read, fifth generation (readReceipt).
export interface Receipt {
  targetId?: string | undefined
  type?: number | undefined
  channelId?: string | undefined
  readType?: number | undefined
  msgIds: string[]
  fromId?: string | undefined
}
export const Receipt: Schema<Receipt> = { targetId: 34, type: 64, channelId: 98, readType: 128, msgIds: 170, fromId: 194 }

// Asks for the receipts of messages, fifth generation (qryReceipt).
export interface ReceiptsRequest {
  targetId?: string | undefined
  busChannel?: string | undefined
  type?: number | undefined
  msgIds: string[]
  queryType?: number | undefined
  order?: number | undefined
  compressed?: boolean | undefined
  readType?: number | undefined
  pageType?: number | undefined
  pageSize?: number | undefined
  pageToken?: string | undefined
  users: string[]
}
export const ReceiptsRequest: Schema<ReceiptsRequest> = { targetId: 34, busChannel: 66, type: 96, msgIds: 138, queryType: 160, order: 192, compressed: 225, readType: 256, pageType: 288, pageSize: 320, pageToken: 354, users: 394 }

// A user who read, or did not.
export interface Reader {
  receiptTime?: number | undefined
  userId?: string | undefined
  name?: string | undefined
  portrait?: string | undefined
  mentioned?: boolean | undefined
}
export const Reader: Schema<Reader> = { receiptTime: 32, userId: 66, name: 98, portrait: 130, mentioned: 161 }

// Who read a message and who did not.
export interface MessageReceipt {
  msgId?: string | undefined
  msgTime?: number | undefined
  totalCount?: number | undefined
  readCount?: number | undefined
  readUser: Reader[]
  unreadList: string[]
  unreadCount?: number | undefined
  unreadUser: Reader[]
}
export const MessageReceipt: Schema<MessageReceipt> = { msgId: 34, msgTime: 64, totalCount: 96, readCount: 128, readUser: [172, Reader], unreadList: 202, unreadCount: 224, unreadUser: [268, Reader] }

// The answer to qryReceipt.
export interface ReceiptsAnswer {
  resp: MessageReceipt[]
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
  pageToken?: string | undefined
}
export const ReceiptsAnswer: Schema<ReceiptsAnswer> = { resp: [44, MessageReceipt], compressed: 65, compressedData: 99, pageToken: 130 }

// Messages of one conversation.
export interface ReceiptsQuery {
  targetId?: string | undefined
  busChannel?: string | undefined
  type?: number | undefined
  msgIds: string[]
}
export const ReceiptsQuery: Schema<ReceiptsQuery> = { targetId: 34, busChannel: 66, type: 96, msgIds: 138 }

// The same for several conversations (qryReceiptBatch).
export interface ReceiptsBatchRequest {
  items: ReceiptsQuery[]
  compressed?: boolean | undefined
}
export const ReceiptsBatchRequest: Schema<ReceiptsBatchRequest> = { items: [44, ReceiptsQuery], compressed: 65 }

// The receipts of one conversation.
export interface ConversationReceipts {
  targetId?: string | undefined
  busChannel?: string | undefined
  type?: number | undefined
  msg: MessageReceipt[]
}
export const ConversationReceipts: Schema<ConversationReceipts> = { targetId: 34, busChannel: 66, type: 96, msg: [140, MessageReceipt] }

// The answer to qryReceiptBatch.
export interface ReceiptsBatchAnswer {
  item: ConversationReceipts[]
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
}
export const ReceiptsBatchAnswer: Schema<ReceiptsBatchAnswer> = { item: [44, ConversationReceipts], compressed: 65, compressedData: 99 }

// The event_data of an EventChange of type 36: someone read a message.
export interface ReadEvent {
  msgId?: string | undefined
  msgTime?: number | undefined
  totalCount?: number | undefined
  readCount?: number | undefined
  unreadCount?: number | undefined
  readList: Reader[]
}
export const ReadEvent: Schema<ReadEvent> = { msgId: 34, msgTime: 64, totalCount: 96, readCount: 128, unreadCount: 160, readList: [204, Reader] }

// Says that a range was read, fourth generation (sendMsgRead).
export interface ReadRange {
  targetId: string
  type: number
  busChannel?: string | undefined
  startMsgId?: string | undefined
  endMsgId?: string | undefined
}
export const ReadRange: Schema<ReadRange> = { targetId: 50, type: 80, busChannel: 98, startMsgId: 130, endMsgId: 162 }

// Asks who read a message, fourth generation (qryMsgRead).
export interface ReadersRequest {
  msgId: string
  busChannel?: string | undefined
  targetId: string
}
export const ReadersRequest: Schema<ReadersRequest> = { msgId: 50, busChannel: 66, targetId: 114 }

// The answer to qryMsgRead.
export interface ReadersAnswer {
  num?: number | undefined
  list: Reader[]
  readCount?: number | undefined
}
export const ReadersAnswer: Schema<ReadersAnswer> = { num: 32, list: [76, Reader], readCount: 96 }

// Asks how many read some messages (qryMsgReadCntBatch).
export interface ReadCountsRequest {
  type?: number | undefined
  channelId?: string | undefined
  busChannel?: string | undefined
  msgId: string[]
}
export const ReadCountsRequest: Schema<ReadCountsRequest> = { type: 32, channelId: 66, busChannel: 98, msgId: 138 }

// How many of total read a message.
export interface ReadCount {
  msgId?: string | undefined
  count?: number | undefined
  total?: number | undefined
}
export const ReadCount: Schema<ReadCount> = { msgId: 34, count: 64, total: 96 }

// The answer to qryMsgReadCntBatch.
export interface ReadCountsAnswer {
  result: ReadCount[]
}
export const ReadCountsAnswer: Schema<ReadCountsAnswer> = { result: [44, ReadCount] }

// Changes a sent message (modifyMsg) or its expansion (upMsgEx).
export interface ModifyRequest {
  fromUserId: string
  targetId: string
  type: number
  msgUid: string
  msgTime: number
  busChannel?: string | undefined
  content?: string | undefined
}
export const ModifyRequest: Schema<ModifyRequest> = { fromUserId: 50, targetId: 82, type: 112, msgUid: 146, msgTime: 176, busChannel: 194, content: 226 }

// The answer to modifyMsg.
export interface ModifyAnswer {
  modifyTime?: number | undefined
  msg?: DownMessage | undefined
}
export const ModifyAnswer: Schema<ModifyAnswer> = { modifyTime: 32, msg: [68, DownMessage] }

// Says that the user is typing (operate).
export interface TypingStatus {
  targetId?: string | undefined
  type?: number | undefined
  opType?: number | undefined
  busChannel?: string | undefined
}
export const TypingStatus: Schema<TypingStatus> = { targetId: 34, type: 64, opType: 96, busChannel: 130 }

// One user who is typing.
export interface TypingUser {
  targetId?: string | undefined
  busChannel?: string | undefined
  userId?: string | undefined
  opType?: number | undefined
  opTime?: number | undefined
}
export const TypingUser: Schema<TypingUser> = { targetId: 34, busChannel: 66, userId: 98, opType: 128, opTime: 160 }

// How many are typing.
export interface TypingSummary {
  targetId?: string | undefined
  busChannel?: string | undefined
  count?: number | undefined
  opType?: number | undefined
}
export const TypingSummary: Schema<TypingSummary> = { targetId: 34, busChannel: 66, count: 96, opType: 128 }

// Tells who is typing (s_opNtf).
export interface TypingNotify {
  type?: number | undefined
  notifyType?: number | undefined
  info: TypingUser[]
  summary: TypingSummary[]
}
export const TypingNotify: Schema<TypingNotify> = { type: 32, notifyType: 64, info: [108, TypingUser], summary: [140, TypingSummary] }

// The id of a group.
export interface DirectoryTarget {
  targetId?: string | undefined
}
export const DirectoryTarget: Schema<DirectoryTarget> = { targetId: 34 }

// Groups by their ids (qChannelInfo).
export interface DirectoryGroups {
  type?: number | undefined
  list: DirectoryTarget[]
}
export const DirectoryGroups: Schema<DirectoryGroups> = { type: 32, list: [76, DirectoryTarget] }

// A page: what is asked for, and where the next one begins.
export interface DirectoryPage {
  size?: number | undefined
  pageToken?: string | undefined
  hasNext?: boolean | undefined
  total?: number | undefined
  order?: number | undefined
}
export const DirectoryPage: Schema<DirectoryPage> = { size: 32, pageToken: 66, hasNext: 97, total: 128, order: 160 }

// Asks for members of a group (qChannelMem, qChannelSpeMem) or for groups of
// the user (qChannelMemJoin, qChannelMemSpeJoin), by their ids or by pages.
export interface DirectoryRequest {
  targetId?: string | undefined
  type?: number | undefined
  page?: DirectoryPage | undefined
  ids: string[]
  role?: number | undefined
}
export const DirectoryRequest: Schema<DirectoryRequest> = { targetId: 34, type: 64, page: [100, DirectoryPage], ids: 138, role: 160 }

// The answer: result is a DirectoryMembers when list_type is 1, and
// DirectoryGroupInfos when it is 3.
export interface DirectoryAnswer {
  listType?: number | undefined
  result?: Uint8Array | undefined
  page?: DirectoryPage | undefined
}
export const DirectoryAnswer: Schema<DirectoryAnswer> = { listType: 32, result: 67, page: [100, DirectoryPage] }

// What a user is in a group.
export interface DirectoryMembership {
  role?: number | undefined
  joinTime?: number | undefined
}
export const DirectoryMembership: Schema<DirectoryMembership> = { role: 32, joinTime: 64 }

// A user in a group.
export interface DirectoryMember {
  userId?: string | undefined
  ext?: DirectoryMembership | undefined
  name?: string | undefined
  portraitUrl?: string | undefined
}
export const DirectoryMember: Schema<DirectoryMember> = { userId: 34, ext: [68, DirectoryMembership], name: 130, portraitUrl: 162 }

// Members of a group.
export interface DirectoryMembers {
  list: DirectoryMember[]
}
export const DirectoryMembers: Schema<DirectoryMembers> = { list: [44, DirectoryMember] }

// A text of a profile under its key.
export interface ProfileEntry {
  key?: string | undefined
  value?: string | undefined
}
export const ProfileEntry: Schema<ProfileEntry> = { key: 34, value: 66 }

// The part of it that is not text.
export interface DirectoryGroupBase {
  memberCount?: number | undefined
}
export const DirectoryGroupBase: Schema<DirectoryGroupBase> = { memberCount: 128 }

// What is known of a group, and what the asking user is in it.
export interface DirectoryGroupInfo {
  targetId?: string | undefined
  profile: ProfileEntry[]
  baseInfo?: DirectoryGroupBase | undefined
  userInfo?: DirectoryMembership | undefined
}
export const DirectoryGroupInfo: Schema<DirectoryGroupInfo> = { targetId: 34, profile: [76, ProfileEntry], baseInfo: [132, DirectoryGroupBase], userInfo: [164, DirectoryMembership] }

// What is known of groups.
export interface DirectoryGroupInfos {
  list: DirectoryGroupInfo[]
}
export const DirectoryGroupInfos: Schema<DirectoryGroupInfos> = { list: [44, DirectoryGroupInfo] }

// Asks for the user's own profile (pullOwnProfile).
export interface ProfileRequest {
  nothing: number
}
export const ProfileRequest: Schema<ProfileRequest> = { nothing: 48 }

// Asks for profiles of users (pullUserProfile).
export interface ProfilesRequest {
  userId: string[]
}
export const ProfilesRequest: Schema<ProfilesRequest> = { userId: 42 }

// What is known of a user; also the answer to pullOwnProfile.
export interface Profile {
  version?: number | undefined
  userId?: string | undefined
  userProfile: ProfileEntry[]
}
export const Profile: Schema<Profile> = { version: 32, userId: 66, userProfile: [108, ProfileEntry] }

// The answer to pullUserProfile.
export interface Profiles {
  list: Profile[]
}
export const Profiles: Schema<Profiles> = { list: [44, Profile] }

// Users that the user refuses, or not any more (addBlacklist, delBlacklist),
// and all of them (the answer to qryBlacklist, which is asked with none). Ours.
export interface Blacklist {
  userId: string[]
}
export const Blacklist: Schema<Blacklist> = { userId: 42 }
