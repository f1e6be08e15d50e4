// Generated from wire/pb/hongyan.proto by go generate ./wire/pb. Do not edit.

import type { Schema } from '../src/wire/schema.ts'

// How to notify devices that have no session.
export interface PushExtra {
  pushTitle?: string | undefined
  templateNumber?: number | undefined
  notificationId?: string | undefined
  pushConfigs?: string | undefined
  templateId?: string | undefined
}
export const PushExtra: Schema<PushExtra> = ['pushTitle$ templateNumber notificationId$ pushConfigs$ templateId$']

// The place of a part in a streamed message.
export interface ExtMsgData {
  seqId?: number | undefined
  sendTime?: number | undefined
}
export const ExtMsgData: Schema<ExtMsgData> = ['seqId sendTime']

// The message that another one answers.
export interface ReferenceData {
  messageUId?: string | undefined
  senderId?: string | undefined
  objectName?: string | undefined
}
export const ReferenceData: Schema<ReferenceData> = ['messageUId$ senderId$ objectName$']

// A message on its way up: the payload of every send and of recallMsg.
export interface UpMessage {
  flags: number // 1 persisted, 2 counted, 4 mentioned, 32 silent, 64 expandable
  messageType: string // the object name, such as RC:TxtMsg
  content: string // JSON text, 131072 bytes at most
  pushContent?: string | undefined
  pushData?: string | undefined
  directedUserIds: string[]
  delMsgTime?: number | undefined
  delMsgId?: string | undefined
  configFlag?: number | undefined // 1 VoIP push, 2 see PROTOCOL.md#flags, 4 no push title, 8 show details
  messageId?: number | undefined // names this send for resends
  extraContent?: string | undefined // expansion: JSON {"key":{"v":"value"}}
  pushExt?: PushExtra | undefined
  channelId?: string | undefined
  systemId?: string | undefined
  senderPortrait?: string | undefined
  optionBits?: number | undefined // 1 keep the latest message, 2 wants a receipt
  extMsgData?: ExtMsgData | undefined
  metadata?: string | undefined
  quoteInfo?: ReferenceData | undefined
}
export const UpMessage: Schema<UpMessage> = ['flags! messageType$! content$! pushContent$ pushData$ directedUserIds$* delMsgTime delMsgId$ configFlag messageId extraContent$ pushExt@ channelId$ 16systemId$ 21senderPortrait$ optionBits extMsgData@ metadata$ quoteInfo@', PushExtra, ExtMsgData, ReferenceData]

// A message on its way down. Which user it goes to decides fields 1, 3 and 10;
// all other fields are the same for everyone.
export interface DownMessage {
  fromUserId: string // private and system: the peer, whoever sent; else the sender
  conversationType: number // the conversation type
  groupId?: string | undefined // the conversation, unless private or system
  messageType: string
  content: string
  sentTime: number // the tick
  status: number // 2 retrieved, 16 persisted, 32 counted, 64 mentioned, 512 silent, 1024 expandable
  extra?: number | undefined
  messageUId?: string | undefined // the messageUId
  messageDirection?: number | undefined // 1 sent by whoever receives this, 2 or absent: received
  platform?: number | undefined
  isRemoved?: number | undefined
  source?: string | undefined
  messageId?: number | undefined
  extraContent?: string | undefined
  pushContent?: string | undefined
  configFlag?: number | undefined
  pushExt?: PushExtra | undefined
  channelId?: string | undefined
  extStatus?: number | undefined // 2 interrupted, 4 modified, 8 private channel, 64 status message
  directedUserIds: string[]
  groupUnpush?: number | undefined
  optionBits?: number | undefined // 1 keep the latest message, 2 wants a receipt, 4 receipt sent, 16 recall changes unread
  convertExt?: string | undefined
  extMsgData?: ExtMsgData | undefined
  metadata?: string | undefined
  quoteInfo?: ReferenceData | undefined
  pushData?: string | undefined // ours: the app_data of the UpMessage
}
export const DownMessage: Schema<DownMessage> = ['fromUserId$! conversationType! groupId$ messageType$! content$! sentTime! status! extra messageUId$ messageDirection platform isRemoved source$ messageId extraContent$ pushContent$ configFlag pushExt@ channelId$ extStatus directedUserIds$* groupUnpush optionBits convertExt$ extMsgData@ metadata$ quoteInfo@ 1001pushData$', PushExtra, ExtMsgData, ReferenceData]

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
export const DownMessages: Schema<DownMessages> = ['list@* syncTime! finished? broadcastSyncTime systemTime credibleStartTime credibleEndTime compressed? compressedData% 1000previousTick', DownMessage]

// The answer to chrmPull. Each element of list is an encoded DownMessage, so
// that a room encodes a message once for all who pull it; on the wire this is
// the same as a repeated DownMessage.
export interface RoomMessages {
  list: Uint8Array[]
  syncTime: number
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
}
export const RoomMessages: Schema<RoomMessages> = ['list%* syncTime! compressed? compressedData%']

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
export const PullRequest: Schema<PullRequest> = ['syncTime! isPolling?! isWeb? isPullSend? isKeeping? sendBoxSyncTime broadcastSyncTime endTime compressed?']

// Tells a client that something waits (s_ntf, s_cmd). time is a hint: the tick
// of the newest thing that waits.
export interface Notify {
  type: number // PROTOCOL.md#notify
  time?: number | undefined
  roomId?: string | undefined
  destroyType?: number | undefined
}
export const Notify: Schema<Notify> = ['type! time roomId$ destroyType']

// The versions a client is made of, as JSON (reportsdk).
export interface SDKReport {
  sdkInfo: string
}
export const SDKReport: Schema<SDKReport> = ['sdkInfo$!']

// Asks for changes after sync_time (pullEventChange, qryMsgChange).
export interface ChangesRequest {
  syncTime: number
  needCompress?: number | undefined
  onlineTime?: number | undefined
  targetId?: string | undefined
}
export const ChangesRequest: Schema<ChangesRequest> = ['syncTime! needCompress onlineTime targetId$']

// One thing that happened to a message or conversation.
export interface EventChange {
  targetId?: string | undefined
  conversationType?: number | undefined
  time?: number | undefined
  changeType?: number | undefined
  originalId?: string | undefined
  originalTime?: number | undefined
  channelId?: string | undefined
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
export const EventChange: Schema<EventChange> = ['targetId$ conversationType time changeType originalId$ originalTime channelId$ isAdmin? additionalMark? operatorId$ subChangeType secondaryType isRemindMe? extIds$* remindType eventData%']

// The answer to pullEventChange.
export interface EventChanges {
  list: EventChange[]
  syncTime: number
  hasNext?: boolean | undefined
  targetId?: string | undefined
  compressed?: boolean | undefined
}
export const EventChanges: Schema<EventChanges> = ['list@* syncTime! hasNext? targetId$ compressed?', EventChange]

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
export const MessageChange: Schema<MessageChange> = ['targetId$! type! time! changeType! msgUid$! msgTime! busChannel$ isAdmin? isDel? operatorId$ subChangeType busChannelType isRemindMe? userGroupIds$* remindType']

// The answer to qryMsgChange.
export interface MessageChanges {
  list: MessageChange[]
  syncTime: number
  hasNext?: boolean | undefined
}
export const MessageChanges: Schema<MessageChanges> = ['list@* syncTime! hasNext?', MessageChange]

// Asks for user settings newer than version (pullUS).
export interface SettingsRequest {
  version: number
  reserve?: boolean | undefined
  ipType?: number | undefined
}
export const SettingsRequest: Schema<SettingsRequest> = ['version! reserve? ipType']

// A user's own label for conversations.
export interface Tag {
  tagId: string
  tagName?: string | undefined
  createdTime?: number | undefined
  isTop?: boolean | undefined
}
export const Tag: Schema<Tag> = ['tagId$! tagName$ createdTime isTop?']

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
export const Setting: Schema<Setting> = ['targetId$! type! 4key$! value%! version! status! tags@*', Tag]

// The answer to pullUS.
export interface SettingsAnswer {
  items: Setting[]
  version: number
}
export const SettingsAnswer: Schema<SettingsAnswer> = ['items@* version!', Setting]

// Tells a client to pull its settings (s_us).
export interface SettingsNotify {
  version: number
  reserve: boolean
}
export const SettingsNotify: Schema<SettingsNotify> = ['version! reserve?!']

// Asks for conversation settings newer than time (pullSeAtts).
export interface ConversationStatesRequest {
  time: number
}
export const ConversationStatesRequest: Schema<ConversationStatesRequest> = ['time!']

// One setting of a conversation.
export interface StateItem {
  type: number
  value: string
  tags: Tag[]
  time?: number | undefined
}
export const StateItem: Schema<StateItem> = ['type! value$! tags@* time', Tag]

// The settings of one conversation.
export interface ConversationState {
  conversationType: number
  targetId: string
  time?: number | undefined
  stateItem: StateItem[]
  channelId?: string | undefined
}
export const ConversationState: Schema<ConversationState> = ['conversationType! targetId$! time stateItem@* channelId$', StateItem]

// The answer to pullSeAtts. A client takes its next cursor from the newest
// state, not from version.
export interface ConversationStates {
  version: number
  state: ConversationState[]
}
export const ConversationStates: Schema<ConversationStates> = ['version! state@*', ConversationState]

// Asks for modified messages after pull_version (pullModifyMsg).
export interface ModifiedRequest {
  version?: number | undefined
  compressed?: boolean | undefined
  modifyType: number[]
}
export const ModifiedRequest: Schema<ModifiedRequest> = ['version compressed? modifyType*']

// One modified message.
export interface Modified {
  modifyType?: number | undefined
  msg?: DownMessage | undefined
}
export const Modified: Schema<Modified> = ['modifyType msg@', DownMessage]

// The answer to pullModifyMsg.
export interface ModifiedAnswer {
  msg: Modified[]
  version?: number | undefined
  finished?: boolean | undefined
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
}
export const ModifiedAnswer: Schema<ModifiedAnswer> = ['msg@* version finished? compressed? compressedData%', Modified]

// Asks for the ultra group channels of the user (pullUgSes); answered by
// ConversationsAnswer.
export interface UltraConversationsRequest {
  syncTime: number
  eraseContent?: boolean | undefined
}
export const UltraConversationsRequest: Schema<UltraConversationsRequest> = ['syncTime! eraseContent?']

// Asks for ultra group messages after sync_time (pullUgMsg).
export interface UltraPullRequest {
  syncTime: number
  compressed?: boolean | undefined
}
export const UltraPullRequest: Schema<UltraPullRequest> = ['syncTime! compressed?']

// Asks for the bots of the app, all of them when ids is empty (qAppBot).
export interface BotsRequest {
  ids: string[]
}
export const BotsRequest: Schema<BotsRequest> = ['ids$*']

// One property of a bot.
export interface BotMetadata {
  key?: string | undefined
  value?: string | undefined
}
export const BotMetadata: Schema<BotMetadata> = ['key$ value$']

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
export const Bot: Schema<Bot> = ['id$ name$ portraitUrl$ type$ metadata@* createTime updateTime', BotMetadata]

// The answer to qAppBot.
export interface BotsAnswer {
  bots: Bot[]
}
export const BotsAnswer: Schema<BotsAnswer> = ['bots@*', Bot]

// Asks for the unread counts that the server keeps (pullSe).
export interface UnreadRequest {
  version?: number | undefined
  count?: number | undefined
  compressed?: boolean | undefined
  pageToken?: string | undefined
}
export const UnreadRequest: Schema<UnreadRequest> = ['version count compressed? pageToken$']

// Names an unread message.
export interface UnreadMessage {
  messageUId: string
  sentTime: number
  mentionedType?: number | undefined
  messageType?: string | undefined
}
export const UnreadMessage: Schema<UnreadMessage> = ['messageUId$! sentTime! mentionedType messageType$']

// What is unread since the read cursor.
export interface Unread {
  count?: number | undefined
  mentionCount?: number | undefined
  mentionMeCount?: number | undefined
  clearTime?: number | undefined
  cutOffTime?: number | undefined
  firstUnreadMessage?: UnreadMessage | undefined
}
export const Unread: Schema<Unread> = ['count mentionCount mentionMeCount clearTime cutOffTime firstUnreadMessage@', UnreadMessage]

// The unread state of one conversation.
export interface ConversationUnread {
  targetId?: string | undefined
  channelId?: string | undefined
  conversationType?: number | undefined
  version?: number | undefined
  unread?: Unread | undefined
}
export const ConversationUnread: Schema<ConversationUnread> = ['targetId$ channelId$ conversationType version unread@', Unread]

// The answer to pullSe.
export interface UnreadAnswer {
  session: ConversationUnread[]
  pageToken?: string | undefined
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
}
export const UnreadAnswer: Schema<UnreadAnswer> = ['session@* pageToken$ compressed? compressedData%', ConversationUnread]

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
export const UploadRequest: Schema<UploadRequest> = ['type! key$ httpMethod$ queryString$ url$ ext$ size ipType']

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
export const UploadAnswer: Schema<UploadAnswer> = ['deadline! token$! bosToken$ bosDate$ path$ ossKeyId$ ossPolicy$ ossSign$ ossBucketName$ s3Credential$ s3Algorithm$ s3Date$ s3Policy$ s3Signature$ s3BucketName$ stcAuthorization$ stcContentSha256$ stcDate$ stcBucketName$ minioAuthorization$ minioContentSha256$ minioDate$ minioBucketName$ downloadAuthInfo$ ossConfig$']

// Asks where an uploaded file is read (qnUrl, minioUrl, s3Url, aliUrl, stcUrl).
export interface DownloadRequest {
  type: number
  key: string
  fileName?: string | undefined
  ext?: string | undefined
  size?: number | undefined
  ipType?: number | undefined
}
export const DownloadRequest: Schema<DownloadRequest> = ['type! key$! fileName$ ext$ size ipType']

// The URL that goes into the message as it is.
export interface DownloadAnswer {
  downloadUrl: string
}
export const DownloadAnswer: Schema<DownloadAnswer> = ['downloadUrl$!']

// Asks for a page of history (qryPMsg, qryGMsg, …). order 0 is older than time
// and answered newest first, order 1 is newer and answered oldest first.
export interface HistoryRequest {
  targetId?: string | undefined
  timestamp?: number | undefined
  count?: number | undefined
  order?: number | undefined
  channelId?: string | undefined
  compressed?: boolean | undefined
  ignoreCmd?: boolean | undefined
}
export const HistoryRequest: Schema<HistoryRequest> = ['targetId$ timestamp count order channelId$ compressed? 10ignoreCmd?']

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
export const HistoryAnswer: Schema<HistoryAnswer> = ['list@* syncTime! hasMsg! credibleStartTime credibleEndTime compressed? compressedData%', DownMessage]

// Names a message to hide.
export interface DeleteItem {
  messageUId?: string | undefined
  sentTime?: number | undefined
  messageDirection?: number | undefined
}
export const DeleteItem: Schema<DeleteItem> = ['messageUId$ sentTime messageDirection']

// Hides messages from one user's history (delMsg, delUgMsg).
export interface DeleteRequest {
  conversationType?: number | undefined
  targetId?: string | undefined
  messages: DeleteItem[]
  channelId?: string | undefined
}
export const DeleteRequest: Schema<DeleteRequest> = ['conversationType targetId$ messages@* channelId$', DeleteItem]

// Hides history up to data_time from one user (cleanPMsg, cleanGMsg, …).
export interface ClearRequest {
  targetId: string
  timestamp: number
  conversationType?: number | undefined
  channelId?: string | undefined
}
export const ClearRequest: Schema<ClearRequest> = ['targetId$! timestamp! conversationType channelId$']

// Several clears at once (cleanMsgBatch).
export interface ClearBatchRequest {
  input: ClearRequest[]
}
export const ClearBatchRequest: Schema<ClearBatchRequest> = ['input@*', ClearRequest]

// Names a message.
export interface MessageRef {
  sentTime: number
  messageUId: string
  channelId?: string | undefined
}
export const MessageRef: Schema<MessageRef> = ['sentTime! messageUId$! channelId$']

// Asks for messages by name (qryMsg).
export interface MessagesRequest {
  targetId: string
  conversationType: number
  query: MessageRef[]
}
export const MessagesRequest: Schema<MessagesRequest> = ['targetId$! conversationType! query@*', MessageRef]

// The answer to qryMsg.
export interface MessagesAnswer {
  list: DownMessage[]
  notExistMsgId: string[]
}
export const MessagesAnswer: Schema<MessagesAnswer> = ['list@* notExistMsgId$*', DownMessage]

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
export const ConversationsRequest: Schema<ConversationsRequest> = ['type count startTime order eraseContent? endTime compressed? queryType channelType* botType']

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
export const ConversationsFilter: Schema<ConversationsFilter> = ['type* count order tags$* isTagTop? pageToken$ compressed?']

// A conversation in the list. user_id is its target, whatever the type;
// version_time is when it last changed.
export interface ConversationInfo {
  conversationType: number
  targetId: string
  msg?: DownMessage | undefined
  readMsgTime?: number | undefined
  unreadCount?: number | undefined
  channelId?: string | undefined
  versionTime?: number | undefined
  remindCount?: number | undefined
  busChannelType?: number | undefined
  msgInfo?: UnreadMessage | undefined
  remindMeCount?: number | undefined
  isBot?: boolean | undefined
}
export const ConversationInfo: Schema<ConversationInfo> = ['conversationType! targetId$! msg@ readMsgTime unreadCount channelId$ versionTime remindCount busChannelType msgInfo@ remindMeCount isBot?', DownMessage, UnreadMessage]

// A page of the conversation list.
export interface ConversationsAnswer {
  info: ConversationInfo[]
  isFinished?: boolean | undefined
  pullTime?: number | undefined
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
  pageToken?: string | undefined
}
export const ConversationsAnswer: Schema<ConversationsAnswer> = ['info@* isFinished? pullTime compressed? compressedData% pageToken$', ConversationInfo]

// Names a conversation.
export interface ConversationRef {
  targetId: string
  conversationType: number
  channelId?: string | undefined
}
export const ConversationRef: Schema<ConversationRef> = ['targetId$! conversationType! channelId$']

// Names conversations: to remove them (delRelationBatch) or to ask for their
// latest messages (qryRLBatch).
export interface ConversationBatch {
  relation: ConversationRef[]
  cleanMsg?: boolean | undefined
}
export const ConversationBatch: Schema<ConversationBatch> = ['relation@* cleanMsg?', ConversationRef]

// Moves a read cursor (updRTime, updRRTime, updUgRTime); a dup of it tells the
// user's other devices.
export interface ReadMark {
  conversationType: number
  timestamp: number
  targetId: string
  channelId?: string | undefined
}
export const ReadMark: Schema<ReadMark> = ['conversationType! timestamp! targetId$! channelId$']

// Asks for cursors and the total unread count (qrySessionsAtt).
export interface TotalsRequest {
  nothing: number // required, ignored
}
export const TotalsRequest: Schema<TotalsRequest> = ['nothing!']

// The answer to qrySessionsAtt.
export interface TotalsAnswer {
  inboxTime: number
  sendboxTime: number
  totalUnreadCount: number
}
export const TotalsAnswer: Schema<TotalsAnswer> = ['inboxTime! sendboxTime! totalUnreadCount!']

// A conversation and its unread count.
export interface ConversationCount {
  conversationType: number
  targetId: string
  unreadCount?: number | undefined // a string (bus_channel) in clients before 5.8
  channelId?: string | undefined
}
export const ConversationCount: Schema<ConversationCount> = ['conversationType! targetId$! unreadCount channelId$']

// The payload of qrySessionsUnread, both ways, and of delSessions.
export interface ConversationCounts {
  sessions: ConversationCount[]
}
export const ConversationCounts: Schema<ConversationCounts> = ['sessions@*', ConversationCount]

// Changes conversation settings (setSeAtt).
export interface StatesChangeRequest {
  version: number
  state: ConversationState[]
  ignoreVersion?: boolean | undefined
}
export const StatesChangeRequest: Schema<StatesChangeRequest> = ['version! state@* ignoreVersion?', ConversationState]

// The answer to setSeAtt.
export interface StatesChangeAnswer {
  version: number
  updateVersion?: boolean | undefined
}
export const StatesChangeAnswer: Schema<StatesChangeAnswer> = ['version! updateVersion?']

// Asks for the default notification level of an ultra group (ugUnpushQuery).
export interface GroupLevelRequest {
  busChannel?: string | undefined
}
export const GroupLevelRequest: Schema<GroupLevelRequest> = ['busChannel$']

// Sets it (ugUnpushSet).
export interface GroupLevelChange {
  busChannel?: string | undefined
  unpushLevel: number
}
export const GroupLevelChange: Schema<GroupLevelChange> = ['busChannel$ unpushLevel!']

// The answer to ugUnpushQuery.
export interface GroupLevelAnswer {
  groupId: string
  busChannel?: string | undefined
  unpushLevel: number
}
export const GroupLevelAnswer: Schema<GroupLevelAnswer> = ['groupId$! busChannel$ unpushLevel!']

// Sets the notification level of a conversation type (setTypeUnpush).
export interface TypeLevelRequest {
  conversationType: number
  version: number
  notificationLevel: number
  ignoreVersion?: boolean | undefined
}
export const TypeLevelRequest: Schema<TypeLevelRequest> = ['conversationType! version! notificationLevel! ignoreVersion?']

// The answer to setTypeUnpush.
export interface TypeLevelAnswer {
  version: number
  updateVersion?: boolean | undefined
}
export const TypeLevelAnswer: Schema<TypeLevelAnswer> = ['version! updateVersion?']

// Makes, renames or deletes tags of the user (addSeTag, delSeTag).
export interface TagsChange {
  version: number
  tags: Tag[]
  ignoreVersion?: boolean | undefined
}
export const TagsChange: Schema<TagsChange> = ['version! tags@* ignoreVersion?', Tag]

// The answer to a change of user settings.
export interface SettingsChangeAnswer {
  version: number
  reserve: boolean // required, ignored
  updateVersion?: boolean | undefined
}
export const SettingsChangeAnswer: Schema<SettingsChangeAnswer> = ['version! reserve?! updateVersion?']

// Sets the hours of a day in which the user is not to be disturbed (addUnpush).
export interface QuietHours {
  startTime: string // HH:MM:SS
  spanMinutes: number
  level?: number | undefined
  timezone?: string | undefined
}
export const QuietHours: Schema<QuietHours> = ['startTime$! spanMinutes! level timezone$']

// Asks for the quiet hours, or ends them (qryUnpush, delUnpush).
export interface QuietHoursRequest {
  nothing: number // required, ignored
}
export const QuietHoursRequest: Schema<QuietHoursRequest> = ['nothing!']

// The answer to qryUnpush.
export interface QuietHoursAnswer {
  isQuiet: number // 1 when there are any
  startTime?: string | undefined
  spanMinutes?: number | undefined
  level?: number | undefined
  timezone?: string | undefined
}
export const QuietHoursAnswer: Schema<QuietHoursAnswer> = ['isQuiet! startTime$ spanMinutes level timezone$']

// Asks for unread mentions in an ultra group (qryUgUal).
export interface MentionsRequest {
  groupId: string
  busChannel?: string | undefined
  msgTime?: number | undefined
  size?: number | undefined
}
export const MentionsRequest: Schema<MentionsRequest> = ['groupId$! busChannel$ msgTime size']

// The answer to qryUgUal.
export interface MentionsAnswer {
  msgInfo: UnreadMessage[]
}
export const MentionsAnswer: Schema<MentionsAnswer> = ['msgInfo@*', UnreadMessage]

// Joins or leaves a room (joinChrm, joinChrmR, exitChrm).
export interface RoomRequest {
  nothing: number // required, ignored
  extra?: string | undefined
}
export const RoomRequest: Schema<RoomRequest> = ['nothing! extra$']

// The answer to a join.
export interface RoomAnswer {
  ignored: number // required, ignored
  sessionId?: string | undefined
  joinTime?: number | undefined
  createTime?: number | undefined
  memberCount?: number | undefined
  chatroomBanState?: number | undefined
  whiteListState?: number | undefined
}
export const RoomAnswer: Schema<RoomAnswer> = ['ignored! sessionId$ joinTime createTime memberCount chatroomBanState whiteListState']

// Asks for the newest count messages of a room after sync_time (chrmPull).
export interface RoomPullRequest {
  syncTime: number
  count: number
  pullMsgType?: number | undefined
  compressed?: boolean | undefined
}
export const RoomPullRequest: Schema<RoomPullRequest> = ['syncTime! count! pullMsgType compressed?']

// Asks for the size of a room and count of its members (queryChrmI).
export interface RoomInfoRequest {
  count: number
  order?: number | undefined
}
export const RoomInfoRequest: Schema<RoomInfoRequest> = ['count! order']

// A member and when it joined.
export interface RoomMember {
  time: number
  id: string
}
export const RoomMember: Schema<RoomMember> = ['time! id$!']

// The answer to queryChrmI.
export interface RoomInfoAnswer {
  userCount?: number | undefined
  userInfos: RoomMember[]
}
export const RoomInfoAnswer: Schema<RoomInfoAnswer> = ['userCount userInfos@*', RoomMember]

// A key and its value in a room. status: 1 auto delete, 2 overwrite, 4 delete.
export interface RoomEntry {
  key: string
  value: string
  status?: number | undefined
  timestamp?: number | undefined
  uid?: string | undefined
  version?: number | undefined
}
export const RoomEntry: Schema<RoomEntry> = ['key$! value$! status timestamp uid$ version']

// Sets or deletes one entry (setKV, delKV); notification, if any, is sent to
// the room.
export interface RoomEntryChange {
  entry: RoomEntry
  isSendNotification?: boolean | undefined
  notification?: UpMessage | undefined
  type?: number | undefined
}
export const RoomEntryChange: Schema<RoomEntryChange> = ['entry@! isSendNotification? notification@ type', RoomEntry, UpMessage]

// Sets or deletes several entries (setKVS, delKVS).
export interface RoomEntriesChange {
  entry: RoomEntry[]
  isSendNotification?: boolean | undefined
  notification?: UpMessage | undefined
  type?: number | undefined
}
export const RoomEntriesChange: Schema<RoomEntriesChange> = ['entry@* isSendNotification? notification@ type', RoomEntry, UpMessage]

// Asks for entries changed after timestamp (pullKV).
export interface RoomEntriesRequest {
  timestamp: number
  compressed?: boolean | undefined
}
export const RoomEntriesRequest: Schema<RoomEntriesRequest> = ['timestamp! compressed?']

// The answer to pullKV.
export interface RoomEntries {
  entries: RoomEntry[]
  fullUpdate?: boolean | undefined
  syncTime?: number | undefined
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
}
export const RoomEntries: Schema<RoomEntries> = ['entries@* fullUpdate? syncTime compressed? compressedData%', RoomEntry]

// Why a key failed.
export interface RoomEntryError {
  key?: string | undefined
  errorCode?: number | undefined
}
export const RoomEntryError: Schema<RoomEntryError> = ['key$ errorCode']

// The new version of a key.
export interface RoomEntryVersion {
  version?: number | undefined
  key?: string | undefined
}
export const RoomEntryVersion: Schema<RoomEntryVersion> = ['version key$']

// The answer to setKVS and delKVS: which keys failed, and the rest.
export interface RoomEntriesAnswer {
  errorKeys: RoomEntryError[]
  keysVersion: RoomEntryVersion[]
}
export const RoomEntriesAnswer: Schema<RoomEntriesAnswer> = ['errorKeys@* keysVersion@*', RoomEntryError, RoomEntryVersion]

// Says that messages of a group were read (rrMsg) or asks who read one (rrList).
export interface GroupReceipt {
  messageUIds: string[]
  channelId?: string | undefined
}
export const GroupReceipt: Schema<GroupReceipt> = ['messageUIds$* channelId$']

// Who read, and when.
export interface GroupReader {
  readTime: number
  userId: string
}
export const GroupReader: Schema<GroupReader> = ['readTime! userId$!']

// The answer to rrList.
export interface GroupReceiptAnswer {
  totalMemberCount: number
  list: GroupReader[]
}
export const GroupReceiptAnswer: Schema<GroupReceiptAnswer> = ['totalMemberCount! list@*', GroupReader]

// Says that messages were read, fifth generation (readReceipt).
export interface Receipt {
  targetId?: string | undefined
  conversationType?: number | undefined
  channelId?: string | undefined
  readType?: number | undefined
  messageUIds: string[]
  fromId?: string | undefined
}
export const Receipt: Schema<Receipt> = ['targetId$ conversationType channelId$ readType messageUIds$* fromId$']

// Asks for the receipts of messages, fifth generation (qryReceipt).
export interface ReceiptsRequest {
  targetId?: string | undefined
  channelId?: string | undefined
  conversationType?: number | undefined
  messageUIds: string[]
  queryType?: number | undefined
  order?: number | undefined
  compressed?: boolean | undefined
  readType?: number | undefined
  pageType?: number | undefined
  pageSize?: number | undefined
  pageToken?: string | undefined
  users: string[]
}
export const ReceiptsRequest: Schema<ReceiptsRequest> = ['targetId$ channelId$ conversationType messageUIds$* queryType order compressed? readType pageType pageSize pageToken$ users$*']

// A user who read, or did not.
export interface Reader {
  timestamp?: number | undefined
  userId?: string | undefined
  name?: string | undefined
  portrait?: string | undefined
  isMentioned?: boolean | undefined
}
export const Reader: Schema<Reader> = ['timestamp userId$ name$ portrait$ isMentioned?']

// Who read a message and who did not.
export interface MessageReceipt {
  messageUId?: string | undefined
  msgTime?: number | undefined
  totalCount?: number | undefined
  readCount?: number | undefined
  readUser: Reader[]
  unreadList: string[]
  unreadCount?: number | undefined
  unreadUser: Reader[]
}
export const MessageReceipt: Schema<MessageReceipt> = ['messageUId$ msgTime totalCount readCount readUser@* unreadList$* unreadCount unreadUser@*', Reader, Reader]

// The answer to qryReceipt.
export interface ReceiptsAnswer {
  resp: MessageReceipt[]
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
  pageToken?: string | undefined
}
export const ReceiptsAnswer: Schema<ReceiptsAnswer> = ['resp@* compressed? compressedData% pageToken$', MessageReceipt]

// Messages of one conversation.
export interface ReceiptsQuery {
  targetId?: string | undefined
  channelId?: string | undefined
  conversationType?: number | undefined
  messageUIds: string[]
}
export const ReceiptsQuery: Schema<ReceiptsQuery> = ['targetId$ channelId$ conversationType messageUIds$*']

// The same for several conversations (qryReceiptBatch).
export interface ReceiptsBatchRequest {
  items: ReceiptsQuery[]
  compressed?: boolean | undefined
}
export const ReceiptsBatchRequest: Schema<ReceiptsBatchRequest> = ['items@* compressed?', ReceiptsQuery]

// The receipts of one conversation.
export interface ConversationReceipts {
  targetId?: string | undefined
  channelId?: string | undefined
  conversationType?: number | undefined
  msg: MessageReceipt[]
}
export const ConversationReceipts: Schema<ConversationReceipts> = ['targetId$ channelId$ conversationType msg@*', MessageReceipt]

// The answer to qryReceiptBatch.
export interface ReceiptsBatchAnswer {
  item: ConversationReceipts[]
  compressed?: boolean | undefined
  compressedData?: Uint8Array | undefined
}
export const ReceiptsBatchAnswer: Schema<ReceiptsBatchAnswer> = ['item@* compressed? compressedData%', ConversationReceipts]

// The event_data of an EventChange of type 36: someone read a message.
export interface ReadEvent {
  messageUId?: string | undefined
  msgTime?: number | undefined
  totalCount?: number | undefined
  readCount?: number | undefined
  unreadCount?: number | undefined
  users: Reader[]
}
export const ReadEvent: Schema<ReadEvent> = ['messageUId$ msgTime totalCount readCount unreadCount users@*', Reader]

// Says that a range was read, fourth generation (sendMsgRead).
export interface ReadRange {
  targetId: string
  conversationType: number
  channelId?: string | undefined
  startMsgUId?: string | undefined
  endMsgUId?: string | undefined
}
export const ReadRange: Schema<ReadRange> = ['targetId$! conversationType! channelId$ startMsgUId$ endMsgUId$']

// Asks who read a message, fourth generation (qryMsgRead).
export interface ReadersRequest {
  messageUId: string
  channelId?: string | undefined
  targetId: string
}
export const ReadersRequest: Schema<ReadersRequest> = ['messageUId$! channelId$ targetId$!']

// The answer to qryMsgRead.
export interface ReadersAnswer {
  totalCount?: number | undefined
  list: Reader[]
  readCount?: number | undefined
}
export const ReadersAnswer: Schema<ReadersAnswer> = ['totalCount list@* readCount', Reader]

// Asks how many read some messages (qryMsgReadCntBatch).
export interface ReadCountsRequest {
  conversationType?: number | undefined
  targetId?: string | undefined
  channelId?: string | undefined
  messageUIds: string[]
}
export const ReadCountsRequest: Schema<ReadCountsRequest> = ['conversationType targetId$ channelId$ messageUIds$*']

// How many of total read a message.
export interface ReadCount {
  messageUId?: string | undefined
  readedCount?: number | undefined
  totalCount?: number | undefined
}
export const ReadCount: Schema<ReadCount> = ['messageUId$ readedCount totalCount']

// The answer to qryMsgReadCntBatch.
export interface ReadCountsAnswer {
  result: ReadCount[]
}
export const ReadCountsAnswer: Schema<ReadCountsAnswer> = ['result@*', ReadCount]

// Changes a sent message (modifyMsg) or its expansion (upMsgEx).
export interface ModifyRequest {
  fromUserId: string
  targetId: string
  conversationType: number
  messageUId: string
  sentTime: number
  channelId?: string | undefined
  content?: string | undefined
}
export const ModifyRequest: Schema<ModifyRequest> = ['fromUserId$! targetId$! conversationType! messageUId$! sentTime! channelId$ content$']

// The answer to modifyMsg.
export interface ModifyAnswer {
  modifyTime?: number | undefined
  msg?: DownMessage | undefined
}
export const ModifyAnswer: Schema<ModifyAnswer> = ['modifyTime msg@', DownMessage]

// Says that the user is typing (operate).
export interface TypingStatus {
  targetId?: string | undefined
  type?: number | undefined
  opType?: number | undefined
  busChannel?: string | undefined
}
export const TypingStatus: Schema<TypingStatus> = ['targetId$ type opType busChannel$']

// One user who is typing.
export interface TypingUser {
  targetId?: string | undefined
  busChannel?: string | undefined
  userId?: string | undefined
  opType?: number | undefined
  opTime?: number | undefined
}
export const TypingUser: Schema<TypingUser> = ['targetId$ busChannel$ userId$ opType opTime']

// How many are typing.
export interface TypingSummary {
  targetId?: string | undefined
  busChannel?: string | undefined
  count?: number | undefined
  opType?: number | undefined
}
export const TypingSummary: Schema<TypingSummary> = ['targetId$ busChannel$ count opType']

// Tells who is typing (s_opNtf).
export interface TypingNotify {
  type?: number | undefined
  notifyType?: number | undefined
  info: TypingUser[]
  summary: TypingSummary[]
}
export const TypingNotify: Schema<TypingNotify> = ['type notifyType info@* summary@*', TypingUser, TypingSummary]

// The id of a group.
export interface DirectoryTarget {
  targetId?: string | undefined
}
export const DirectoryTarget: Schema<DirectoryTarget> = ['targetId$']

// Groups by their ids (qChannelInfo).
export interface DirectoryGroups {
  type?: number | undefined
  list: DirectoryTarget[]
}
export const DirectoryGroups: Schema<DirectoryGroups> = ['type list@*', DirectoryTarget]

// A page: what is asked for, and where the next one begins.
export interface DirectoryPage {
  count?: number | undefined
  pageToken?: string | undefined
  hasNext?: boolean | undefined
  totalCount?: number | undefined
  order?: number | undefined
}
export const DirectoryPage: Schema<DirectoryPage> = ['count pageToken$ hasNext? totalCount order']

// Asks for members of a group (qChannelMem, qChannelSpeMem) or for groups of
// the user (qChannelMemJoin, qChannelMemSpeJoin), by their ids or by pages.
export interface DirectoryRequest {
  targetId?: string | undefined
  type?: number | undefined
  page?: DirectoryPage | undefined
  ids: string[]
  role?: number | undefined
}
export const DirectoryRequest: Schema<DirectoryRequest> = ['targetId$ type page@ ids$* role', DirectoryPage]

// The answer: result is a DirectoryMembers when list_type is 1, and
// DirectoryGroupInfos when it is 3.
export interface DirectoryAnswer {
  listType?: number | undefined
  result?: Uint8Array | undefined
  page?: DirectoryPage | undefined
}
export const DirectoryAnswer: Schema<DirectoryAnswer> = ['listType result% page@', DirectoryPage]

// What a user is in a group.
export interface DirectoryMembership {
  role?: number | undefined
  joinedTime?: number | undefined
}
export const DirectoryMembership: Schema<DirectoryMembership> = ['role joinedTime']

// A user in a group.
export interface DirectoryMember {
  userId?: string | undefined
  ext?: DirectoryMembership | undefined
  name?: string | undefined
  portraitUri?: string | undefined
}
export const DirectoryMember: Schema<DirectoryMember> = ['userId$ ext@ 4name$ portraitUri$', DirectoryMembership]

// Members of a group.
export interface DirectoryMembers {
  list: DirectoryMember[]
}
export const DirectoryMembers: Schema<DirectoryMembers> = ['list@*', DirectoryMember]

// A text of a profile under its key.
export interface ProfileEntry {
  key?: string | undefined
  value?: string | undefined
}
export const ProfileEntry: Schema<ProfileEntry> = ['key$ value$']

// The part of it that is not text.
export interface DirectoryGroupBase {
  membersCount?: number | undefined
}
export const DirectoryGroupBase: Schema<DirectoryGroupBase> = ['4membersCount']

// What is known of a group, and what the asking user is in it.
export interface DirectoryGroupInfo {
  groupId?: string | undefined
  profile: ProfileEntry[]
  baseInfo?: DirectoryGroupBase | undefined
  userInfo?: DirectoryMembership | undefined
}
export const DirectoryGroupInfo: Schema<DirectoryGroupInfo> = ['groupId$ profile@* 4baseInfo@ userInfo@', ProfileEntry, DirectoryGroupBase, DirectoryMembership]

// What is known of groups.
export interface DirectoryGroupInfos {
  list: DirectoryGroupInfo[]
}
export const DirectoryGroupInfos: Schema<DirectoryGroupInfos> = ['list@*', DirectoryGroupInfo]

// Asks for the user's own profile (pullOwnProfile).
export interface ProfileRequest {
  nothing: number
}
export const ProfileRequest: Schema<ProfileRequest> = ['nothing!']

// Asks for profiles of users (pullUserProfile).
export interface ProfilesRequest {
  userIds: string[]
}
export const ProfilesRequest: Schema<ProfilesRequest> = ['userIds$*']

// What is known of a user; also the answer to pullOwnProfile.
export interface Profile {
  version?: number | undefined
  userId?: string | undefined
  userProfile: ProfileEntry[]
}
export const Profile: Schema<Profile> = ['version userId$ userProfile@*', ProfileEntry]

// The answer to pullUserProfile.
export interface Profiles {
  list: Profile[]
}
export const Profiles: Schema<Profiles> = ['list@*', Profile]

// Users that the user refuses, or not any more (addBlacklist, delBlacklist),
// and all of them (the answer to qryBlacklist, which is asked with none). Ours.
export interface Blacklist {
  userId: string[]
}
export const Blacklist: Schema<Blacklist> = ['userId$*']
