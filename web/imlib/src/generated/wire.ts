// Generated from wire/pb/hongyan.proto by go generate ./wire/pb. Do not edit.

import type { Schema } from '../wire/schema.ts'

// How to notify devices that have no session.
export interface PushExtra {
  pushTitle?: string | undefined
  notificationId?: string | undefined
  pushConfigs?: string | undefined
  templateId?: string | undefined
}
export const PushExtra: Schema<PushExtra> = ['pushTitle$ 3notificationId$ pushConfigs$ templateId$']

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
  configFlag?: number | undefined // 1 VoIP push, 2 see PROTOCOL.md#flags, 4 no push title, 8 show details
  messageId?: number | undefined // names this send for resends
  extraContent?: string | undefined // expansion: JSON {"key":{"v":"value"}}
  pushExt?: PushExtra | undefined
  channelId?: string | undefined
  systemId?: string | undefined
  optionBits?: number | undefined // 1 keep the latest message, 2 wants a receipt
  quoteInfo?: ReferenceData | undefined
}
export const UpMessage: Schema<UpMessage> = ['flags! messageType$! content$! pushContent$ pushData$ directedUserIds$* 9configFlag messageId extraContent$ pushExt@ channelId$ 16systemId$ 22optionBits 25quoteInfo@', PushExtra, ReferenceData]

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
  messageId?: number | undefined
  extraContent?: string | undefined
  pushContent?: string | undefined
  configFlag?: number | undefined
  pushExt?: PushExtra | undefined
  channelId?: string | undefined
  extStatus?: number | undefined // 2 interrupted, 4 modified, 8 private channel, 64 status message
  directedUserIds: string[]
  optionBits?: number | undefined // 1 keep the latest message, 2 wants a receipt, 4 receipt sent, 16 recall changes unread
  convertExt?: string | undefined
  quoteInfo?: ReferenceData | undefined
  pushData?: string | undefined // ours: the app_data of the UpMessage
}
export const DownMessage: Schema<DownMessage> = ['fromUserId$! conversationType! groupId$ messageType$! content$! sentTime! status! extra messageUId$ messageDirection platform 14messageId extraContent$ pushContent$ configFlag pushExt@ channelId$ extStatus directedUserIds$* 23optionBits convertExt$ 27quoteInfo@ 1001pushData$', PushExtra, ReferenceData]

// The answer to pullMsg and pullUgMsg, and the payload of s_tick.
export interface DownMessages {
  list: DownMessage[]
  syncTime: number // the new cursor, never below the one asked with
  finished?: boolean | undefined // absent means: pull again
  previousTick?: number | undefined // ours: the tick before this one in the user's stream (s_tick)
}
export const DownMessages: Schema<DownMessages> = ['list@* syncTime! finished? 1000previousTick', DownMessage]

// Asks for what came after the cursors (pullMsg).
export interface PullRequest {
  syncTime: number // cursor of received messages
  isPolling: boolean
  isPullSend?: boolean | undefined // own messages too
  sendBoxSyncTime?: number | undefined // cursor of own messages
}
export const PullRequest: Schema<PullRequest> = ['syncTime! isPolling?! 4isPullSend? 6sendBoxSyncTime']

// Tells a client that something waits (s_ntf, s_cmd). time is a hint: the tick
// of the newest thing that waits.
export interface Notify {
  type: number // PROTOCOL.md#notify
  time?: number | undefined
  roomId?: string | undefined
  destroyType?: number | undefined
}
export const Notify: Schema<Notify> = ['type! time roomId$ destroyType']

// Asks for changes after sync_time (pullEventChange, qryMsgChange).
export interface ChangesRequest {
  syncTime: number
  targetId?: string | undefined
}
export const ChangesRequest: Schema<ChangesRequest> = ['syncTime! 4targetId$']

// One thing that happened to a message or conversation.
export interface EventChange {
  targetId?: string | undefined
  conversationType?: number | undefined
  time?: number | undefined
  changeType?: number | undefined
  channelId?: string | undefined
  isAdmin?: boolean | undefined
  subChangeType?: number | undefined
  eventData?: Uint8Array | undefined
}

// The answer to pullEventChange.
export interface EventChanges {
  list: EventChange[]
  syncTime: number
  hasNext?: boolean | undefined
  targetId?: string | undefined
}
export const EventChanges: Schema<EventChanges> = ['list@* syncTime! hasNext? targetId$', ['targetId$ conversationType time changeType 7channelId$ isAdmin? 11subChangeType 16eventData%']]

// Asks for user settings newer than version (pullUS).
export interface SettingsRequest {
  version: number
}
export const SettingsRequest: Schema<SettingsRequest> = ['version!']

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

// The answer to pullUS.
export interface SettingsAnswer {
  items: Setting[]
  version: number
}
export const SettingsAnswer: Schema<SettingsAnswer> = ['items@* version!', ['targetId$! type! 4key$! value%! version! status! tags@*', Tag]]

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
}
export const ModifiedRequest: Schema<ModifiedRequest> = ['version']

// One modified message.
export interface Modified {
  msg?: DownMessage | undefined
}

// The answer to pullModifyMsg.
export interface ModifiedAnswer {
  msg: Modified[]
  version?: number | undefined
  finished?: boolean | undefined
}
export const ModifiedAnswer: Schema<ModifiedAnswer> = ['msg@* version finished?', ['2msg@', DownMessage]]

// Asks for the unread counts that the server keeps (pullSe).
export interface UnreadRequest {
  version?: number | undefined
  count?: number | undefined
  pageToken?: string | undefined
}
export const UnreadRequest: Schema<UnreadRequest> = ['version count 4pageToken$']

// Names an unread message.
export interface UnreadMessage {
  messageUId: string
  sentTime: number
  mentionedType?: number | undefined
  messageType?: string | undefined
}

// What is unread since the read cursor.
export interface Unread {
  count?: number | undefined
  mentionCount?: number | undefined
  mentionMeCount?: number | undefined
  clearTime?: number | undefined
  cutOffTime?: number | undefined
  firstUnreadMessage?: UnreadMessage | undefined
}
export const Unread: Schema<Unread> = ['count mentionCount mentionMeCount clearTime cutOffTime firstUnreadMessage@', ['messageUId$! sentTime! mentionedType messageType$']]

// The unread state of one conversation.
export interface ConversationUnread {
  targetId?: string | undefined
  channelId?: string | undefined
  conversationType?: number | undefined
  version?: number | undefined
  unread?: Unread | undefined
}

// The answer to pullSe.
export interface UnreadAnswer {
  session: ConversationUnread[]
  pageToken?: string | undefined
}
export const UnreadAnswer: Schema<UnreadAnswer> = ['session@* pageToken$', ['targetId$ channelId$ conversationType version unread@', Unread]]

// Asks for a ticket to upload one file (qnTkn).
export interface UploadRequest {
  type: number
  key?: string | undefined
  httpMethod?: string | undefined
  queryString?: string | undefined
  url?: string | undefined
  ext?: string | undefined
  size?: number | undefined
}
export const UploadRequest: Schema<UploadRequest> = ['type! key$ httpMethod$ queryString$ url$ ext$ size']

// The ticket; a back end uses only the fields of its kind.
export interface UploadAnswer {
  deadline: number
  token: string
  minioAuthorization?: string | undefined
  minioContentSha256?: string | undefined
  minioDate?: string | undefined
  minioBucketName?: string | undefined
  ossConfig?: string | undefined
}
export const UploadAnswer: Schema<UploadAnswer> = ['deadline! token$! 20minioAuthorization$ minioContentSha256$ minioDate$ minioBucketName$ 25ossConfig$']

// Asks where an uploaded file is read (qnUrl, minioUrl, s3Url, aliUrl, stcUrl).
export interface DownloadRequest {
  type: number
  key: string
  fileName?: string | undefined
  ext?: string | undefined
  size?: number | undefined
}
export const DownloadRequest: Schema<DownloadRequest> = ['type! key$! fileName$ ext$ size']

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
  ignoreCmd?: boolean | undefined
}
export const HistoryRequest: Schema<HistoryRequest> = ['targetId$ timestamp count order channelId$ 10ignoreCmd?']

// A page of history; has_msg 1 says that there is more.
export interface HistoryAnswer {
  list: DownMessage[]
  syncTime: number
  hasMsg: number
}
export const HistoryAnswer: Schema<HistoryAnswer> = ['list@* syncTime! hasMsg!', DownMessage]

// Names a message to hide.
export interface DeleteItem {
  messageUId?: string | undefined
  sentTime?: number | undefined
  messageDirection?: number | undefined
}

// Hides messages from one user's history (delMsg, delUgMsg).
export interface DeleteRequest {
  conversationType?: number | undefined
  targetId?: string | undefined
  messages: DeleteItem[]
  channelId?: string | undefined
}
export const DeleteRequest: Schema<DeleteRequest> = ['conversationType targetId$ messages@* channelId$', ['messageUId$ sentTime messageDirection']]

// Hides history up to data_time from one user (cleanPMsg, cleanGMsg, …).
export interface ClearRequest {
  targetId: string
  timestamp: number
  conversationType?: number | undefined
  channelId?: string | undefined
}

// Several clears at once (cleanMsgBatch).
export interface ClearBatchRequest {
  input: ClearRequest[]
}
export const ClearBatchRequest: Schema<ClearBatchRequest> = ['input@*', ['targetId$! timestamp! conversationType channelId$']]

// Names a message.
export interface MessageRef {
  sentTime: number
  messageUId: string
  channelId?: string | undefined
}

// Asks for messages by name (qryMsg).
export interface MessagesRequest {
  targetId: string
  conversationType: number
  query: MessageRef[]
}
export const MessagesRequest: Schema<MessagesRequest> = ['targetId$! conversationType! query@*', ['sentTime! messageUId$! channelId$']]

// The answer to qryMsg.
export interface MessagesAnswer {
  list: DownMessage[]
}
export const MessagesAnswer: Schema<MessagesAnswer> = ['list@*', DownMessage]

// Asks for a page of the conversation list (qryRelationR).
export interface ConversationsRequest {
  type?: number | undefined
  count?: number | undefined
  startTime?: number | undefined
  order?: number | undefined
  queryType?: number | undefined
  channelType: number[]
}
export const ConversationsRequest: Schema<ConversationsRequest> = ['type count startTime order 8queryType channelType*']

// Asks for a filtered page of the conversation list (qryRelationFilter).
export interface ConversationsFilter {
  type: number[]
  count?: number | undefined
  order?: number | undefined
  tags: string[]
  isTagTop?: boolean | undefined
  pageToken?: string | undefined
}
export const ConversationsFilter: Schema<ConversationsFilter> = ['type* count order tags$* isTagTop? pageToken$']

// A conversation in the list. user_id is its target, whatever the type;
// version_time is when it last changed.
export interface ConversationInfo {
  conversationType: number
  targetId: string
  msg?: DownMessage | undefined
  unreadCount?: number | undefined
  channelId?: string | undefined
  versionTime?: number | undefined
}
export const ConversationInfo: Schema<ConversationInfo> = ['conversationType! targetId$! msg@ 5unreadCount channelId$ versionTime', DownMessage]

// A page of the conversation list.
export interface ConversationsAnswer {
  info: ConversationInfo[]
  isFinished?: boolean | undefined
  pageToken?: string | undefined
}
export const ConversationsAnswer: Schema<ConversationsAnswer> = ['info@* isFinished? 6pageToken$', ConversationInfo]

// Names a conversation.
export interface ConversationRef {
  targetId: string
  conversationType: number
  channelId?: string | undefined
}

// Names conversations: to remove them (delRelationBatch) or to ask for their
// latest messages (qryRLBatch).
export interface ConversationBatch {
  relation: ConversationRef[]
  cleanMsg?: boolean | undefined
}
export const ConversationBatch: Schema<ConversationBatch> = ['relation@* cleanMsg?', ['targetId$! conversationType! channelId$']]

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

// The payload of qrySessionsUnread, both ways, and of delSessions.
export interface ConversationCounts {
  sessions: ConversationCount[]
}
export const ConversationCounts: Schema<ConversationCounts> = ['sessions@*', ['conversationType! targetId$! unreadCount channelId$']]

// Changes conversation settings (setSeAtt).
export interface StatesChangeRequest {
  version: number
  state: ConversationState[]
}
export const StatesChangeRequest: Schema<StatesChangeRequest> = ['version! state@*', ConversationState]

// Sets the notification level of a conversation type (setTypeUnpush).
export interface TypeLevelRequest {
  conversationType: number
  version: number
  notificationLevel: number
}
export const TypeLevelRequest: Schema<TypeLevelRequest> = ['conversationType! version! notificationLevel!']

// Makes, renames or deletes tags of the user (addSeTag, delSeTag).
export interface TagsChange {
  version: number
  tags: Tag[]
}
export const TagsChange: Schema<TagsChange> = ['version! tags@*', Tag]

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

// Joins or leaves a room (joinChrm, joinChrmR, exitChrm).
export interface RoomRequest {
  nothing: number // required, ignored
  extra?: string | undefined
}
export const RoomRequest: Schema<RoomRequest> = ['nothing! extra$']

// The answer to a join.
export interface RoomAnswer {
  ignored: number // required, ignored
  joinTime?: number | undefined
  createTime?: number | undefined
  memberCount?: number | undefined
  chatroomBanState?: number | undefined
  whiteListState?: number | undefined
}
export const RoomAnswer: Schema<RoomAnswer> = ['ignored! 3joinTime createTime memberCount chatroomBanState whiteListState']

// Asks for the newest count messages of a room after sync_time (chrmPull).
export interface RoomPullRequest {
  syncTime: number
  count: number
}
export const RoomPullRequest: Schema<RoomPullRequest> = ['syncTime! count!']

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

// The answer to queryChrmI.
export interface RoomInfoAnswer {
  userCount?: number | undefined
  userInfos: RoomMember[]
}
export const RoomInfoAnswer: Schema<RoomInfoAnswer> = ['userCount userInfos@*', ['time! id$!']]

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
}
export const RoomEntriesRequest: Schema<RoomEntriesRequest> = ['timestamp!']

// The answer to pullKV.
export interface RoomEntries {
  entries: RoomEntry[]
  fullUpdate?: boolean | undefined
  syncTime?: number | undefined
}
export const RoomEntries: Schema<RoomEntries> = ['entries@* fullUpdate? syncTime', RoomEntry]

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

// The answer to rrList.
export interface GroupReceiptAnswer {
  totalMemberCount: number
  list: GroupReader[]
}
export const GroupReceiptAnswer: Schema<GroupReceiptAnswer> = ['totalMemberCount! list@*', ['readTime! userId$!']]

// Says that messages were read, fifth generation (readReceipt).
export interface Receipt {
  targetId?: string | undefined
  conversationType?: number | undefined
  channelId?: string | undefined
  readType?: number | undefined
  messageUIds: string[]
}
export const Receipt: Schema<Receipt> = ['targetId$ conversationType channelId$ readType messageUIds$*']

// Asks for the receipts of messages, fifth generation (qryReceipt).
export interface ReceiptsRequest {
  targetId?: string | undefined
  channelId?: string | undefined
  conversationType?: number | undefined
  messageUIds: string[]
  queryType?: number | undefined
  order?: number | undefined
  readType?: number | undefined
  pageSize?: number | undefined
  pageToken?: string | undefined
  users: string[]
}
export const ReceiptsRequest: Schema<ReceiptsRequest> = ['targetId$ channelId$ conversationType messageUIds$* queryType order 8readType 10pageSize pageToken$ users$*']

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
  unreadCount?: number | undefined
  unreadUser: Reader[]
}
export const MessageReceipt: Schema<MessageReceipt> = ['messageUId$ msgTime totalCount readCount readUser@* 7unreadCount unreadUser@*', Reader, Reader]

// The answer to qryReceipt.
export interface ReceiptsAnswer {
  resp: MessageReceipt[]
  pageToken?: string | undefined
}
export const ReceiptsAnswer: Schema<ReceiptsAnswer> = ['resp@* 4pageToken$', MessageReceipt]

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
}
export const ReceiptsBatchRequest: Schema<ReceiptsBatchRequest> = ['items@*', ReceiptsQuery]

// The receipts of one conversation.
export interface ConversationReceipts {
  targetId?: string | undefined
  channelId?: string | undefined
  conversationType?: number | undefined
  msg: MessageReceipt[]
}

// The answer to qryReceiptBatch.
export interface ReceiptsBatchAnswer {
  item: ConversationReceipts[]
}
export const ReceiptsBatchAnswer: Schema<ReceiptsBatchAnswer> = ['item@*', ['targetId$ channelId$ conversationType msg@*', MessageReceipt]]

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

// The answer to qryMsgReadCntBatch.
export interface ReadCountsAnswer {
  result: ReadCount[]
}
export const ReadCountsAnswer: Schema<ReadCountsAnswer> = ['result@*', ['messageUId$ readedCount totalCount']]

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
  msg?: DownMessage | undefined
}
export const ModifyAnswer: Schema<ModifyAnswer> = ['2msg@', DownMessage]

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
  result?: Uint8Array | undefined
  page?: DirectoryPage | undefined
}
export const DirectoryAnswer: Schema<DirectoryAnswer> = ['2result% page@', DirectoryPage]

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

// What is known of a group, and what the asking user is in it.
export interface DirectoryGroupInfo {
  groupId?: string | undefined
  profile: ProfileEntry[]
  baseInfo?: DirectoryGroupBase | undefined
  userInfo?: DirectoryMembership | undefined
}
export const DirectoryGroupInfo: Schema<DirectoryGroupInfo> = ['groupId$ profile@* 4baseInfo@ userInfo@', ProfileEntry, ['4membersCount'], DirectoryMembership]

// What is known of groups.
export interface DirectoryGroupInfos {
  list: DirectoryGroupInfo[]
}
export const DirectoryGroupInfos: Schema<DirectoryGroupInfos> = ['list@*', DirectoryGroupInfo]

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

// The answer to pullUserProfile.
export interface Profiles {
  list: Profile[]
}
export const Profiles: Schema<Profiles> = ['list@*', ['version userId$ userProfile@*', ProfileEntry]]

// Users that the user refuses, or not any more (addBlacklist, delBlacklist),
// and all of them (the answer to qryBlacklist, which is asked with none). Ours.
export interface Blacklist {
  userId: string[]
}
export const Blacklist: Schema<Blacklist> = ['userId$*']
