package wire

// What a client sends with PUBLISH. The payload is an UpMessage unless the line
// says otherwise. PROTOCOL.md#topics
const (
	TopicPrivateSend     = "ppMsgP"      // to a user
	TopicGroupSend       = "pgMsgP"      // to a group
	TopicPrivateStatus   = "ppMsgS"      // the same, not kept and not answered
	TopicGroupStatus     = "pgMsgS"      //
	TopicRoomSend        = "chatMsg"     // to a chatroom
	TopicUltraSend       = "ugMsg"       // to an ultra group
	TopicServiceSend     = "pcMsgP"      // to customer service
	TopicSystemSend      = "pbMsgP"      // to a system conversation: RC:SRSMsg only
	TopicRTCStatus       = "prMsgS"      // to an RTC room
	TopicRecall          = "recallMsg"   // RC:RcCmd; the target is the sender
	TopicUltraTyping     = "operate"     // TypingStatus
	TopicReadTime        = "updRTime"    // ReadMark
	TopicRealtimeRead    = "updRRTime"   // ReadMark
	TopicUltraReadTime   = "updUgRTime"  // ReadMark
	TopicSendMessageRead = "sendMsgRead" // ReadRange
)

// What a client asks with QUERY after it connected and when a signal tells it to.
const (
	TopicPull               = "pullMsg"         // PullRequest → DownMessages
	TopicUltraPull          = "pullUgMsg"       // UltraPullRequest → DownMessages
	TopicUltraConversations = "pullUgSes"       // UltraConversationsRequest → ConversationsAnswer
	TopicMessageChanges     = "qryMsgChange"    // ChangesRequest → MessageChanges
	TopicEventChanges       = "pullEventChange" // ChangesRequest → EventChanges
	TopicSettings           = "pullUS"          // SettingsRequest → SettingsAnswer
	TopicConversationStates = "pullSeAtts"      // ConversationStatesRequest → ConversationStates
	TopicModified           = "pullModifyMsg"   // ModifiedRequest → ModifiedAnswer
	TopicBots               = "qAppBot"         // BotsRequest → BotsAnswer
	TopicReportSDK          = "reportsdk"       // SDKReport → nothing
	TopicUnread             = "pullSe"          // UnreadRequest → UnreadAnswer
)

// Media.
const (
	TopicUpload        = "qnTkn"    // UploadRequest → UploadAnswer
	TopicDownload      = "qnUrl"    // DownloadRequest → DownloadAnswer
	TopicDownloadMinio = "minioUrl" // the same for other kinds of storage
	TopicDownloadS3    = "s3Url"
	TopicDownloadAli   = "aliUrl"
	TopicDownloadSTC   = "stcUrl"
)

// History: HistoryRequest → HistoryAnswer, by conversation type.
const (
	TopicPrivateHistory   = "qryPMsg"
	TopicGroupHistory     = "qryGMsg"
	TopicSystemHistory    = "qrySMsg"
	TopicServiceHistory   = "qryCMsg"
	TopicMCHistory        = "qryMCMsg"
	TopicMPHistory        = "qryMPMsg"
	TopicUltraHistory     = "qryUgMsg"
	TopicRoomHistory      = "qryCHMsg"
	TopicMessages         = "qryMsg"        // MessagesRequest → MessagesAnswer
	TopicDelete           = "delMsg"        // DeleteRequest → nothing
	TopicUltraDelete      = "delUgMsg"      // DeleteRequest → nothing
	TopicPrivateClear     = "cleanPMsg"     // ClearRequest → nothing
	TopicGroupClear       = "cleanGMsg"     // also ultra groups
	TopicServiceClear     = "cleanCMsg"     //
	TopicSystemClear      = "cleanSMsg"     //
	TopicMCClear          = "cleanMCMsg"    //
	TopicMPClear          = "cleanMPMsg"    //
	TopicClearBatch       = "cleanMsgBatch" // ClearBatchRequest → nothing
	TopicModify           = "modifyMsg"     // ModifyRequest → ModifyAnswer
	TopicUltraExpand      = "upMsgEx"       // ModifyRequest → nothing
	TopicUltraMentions    = "qryUgUal"      // MentionsRequest → MentionsAnswer
	TopicUltraLevel       = "ugUnpushQuery" // GroupLevelRequest → GroupLevelAnswer
	TopicUltraLevelChange = "ugUnpushSet"   // GroupLevelChange → nothing
)

// Conversations.
const (
	TopicConversations       = "qryRelationR"      // ConversationsRequest → ConversationsAnswer
	TopicConversationsBatch  = "qryRLBatch"        // ConversationBatch → ConversationsAnswer
	TopicConversationsFilter = "qryRelationFilter" // ConversationsFilter → ConversationsAnswer
	TopicConversationsDelete = "delRelationBatch"  // ConversationBatch → nothing
	TopicStatesChange        = "setSeAtt"          // StatesChangeRequest → StatesChangeAnswer
	TopicTypeLevel           = "setTypeUnpush"     // TypeLevelRequest → TypeLevelAnswer
	TopicTagsSave            = "addSeTag"          // TagsChange → SettingsChangeAnswer
	TopicTagsDelete          = "delSeTag"          // TagsChange → SettingsChangeAnswer
	TopicTag                 = "addTag"            // StatesChangeRequest → StatesChangeAnswer
	TopicUntag               = "delTag"            // StatesChangeRequest → StatesChangeAnswer
	TopicQuietHours          = "qryUnpush"         // QuietHoursRequest → QuietHoursAnswer
	TopicQuietHoursSet       = "addUnpush"         // QuietHours → nothing
	TopicQuietHoursEnd       = "delUnpush"         // QuietHoursRequest → nothing
	TopicConversationDelete  = "delRelation"       // ConversationsRequest → nothing; the target is the conversation
	TopicRealtime            = "qrySessions"       // ConversationsRequest → ConversationsAnswer
	TopicRealtimeTotals      = "qrySessionsAtt"    // TotalsRequest → TotalsAnswer
	TopicRealtimeUnread      = "qrySessionsUnread" // ConversationCounts → ConversationCounts
	TopicRealtimeDelete      = "delSessions"       // ConversationCounts → nothing
)

// Chatrooms. The target is the room.
const (
	TopicRoomJoin          = "joinChrm"   // RoomRequest → RoomAnswer
	TopicRoomRejoin        = "joinChrmR"  // the same after a reconnect, or for a room that must exist
	TopicRoomExit          = "exitChrm"   // RoomRequest → nothing
	TopicRoomPull          = "chrmPull"   // RoomPullRequest → RoomMessages
	TopicRoomInfo          = "queryChrmI" // RoomInfoRequest → RoomInfoAnswer
	TopicRoomEntrySet      = "setKV"      // RoomEntryChange → nothing
	TopicRoomEntryDelete   = "delKV"      // RoomEntryChange → nothing
	TopicRoomEntriesSet    = "setKVS"     // RoomEntriesChange → RoomEntriesAnswer
	TopicRoomEntriesDelete = "delKVS"     // RoomEntriesChange → RoomEntriesAnswer
	TopicRoomEntriesPull   = "pullKV"     // RoomEntriesRequest → RoomEntries
)

// Read receipts.
const (
	TopicGroupRead     = "rrMsg"              // GroupReceipt → nothing
	TopicGroupReaders  = "rrList"             // GroupReceipt → GroupReceiptAnswer
	TopicReadReceipt   = "readReceipt"        // Receipt → nothing
	TopicReceipts      = "qryReceipt"         // ReceiptsRequest → ReceiptsAnswer
	TopicReceiptsBatch = "qryReceiptBatch"    // ReceiptsBatchRequest → ReceiptsBatchAnswer
	TopicReaders       = "qryMsgRead"         // ReadersRequest → ReadersAnswer
	TopicReadCounts    = "qryMsgReadCntBatch" // ReadCountsRequest → ReadCountsAnswer
)

// Users and groups, as the app's server made them.
const (
	TopicOwnProfile   = "pullOwnProfile"     // ProfileRequest → Profile
	TopicProfiles     = "pullUserProfile"    // ProfilesRequest → Profiles
	TopicGroups       = "qChannelInfo"       // DirectoryGroups → DirectoryAnswer
	TopicMembers      = "qChannelMem"        // DirectoryRequest → DirectoryAnswer
	TopicSomeMembers  = "qChannelSpeMem"     // the same
	TopicJoinedGroups = "qChannelMemJoin"    // the same
	TopicSomeGroups   = "qChannelMemSpeJoin" // the same
)

// Whom a user refuses. Ours: official clients have it on phones and desktops
// only, by topics that nobody knows.
const (
	TopicBlacklistAdd    = "addBlacklist" // Blacklist → nothing
	TopicBlacklistRemove = "delBlacklist" // Blacklist → nothing
	TopicBlacklist       = "qryBlacklist" // Blacklist → Blacklist
)

// Groups as users would make and change them, which is always refused.
const (
	TopicGroupCreate       = "channelCreate"
	TopicGroupChange       = "upChannelInfo"
	TopicGroupKick         = "channelMemKick"
	TopicGroupQuit         = "channelMemQuit"
	TopicGroupDismiss      = "channelDismiss"
	TopicGroupTransfer     = "channelTransfer"
	TopicGroupManagers     = "upChannelManager"
	TopicGroupMember       = "upChannelMem"
	TopicGroupJoin         = "channelMemJoin"
	TopicGroupInvite       = "channelMemInvite"
	TopicGroupApplication  = "channelApplyResp"
	TopicGroupApplications = "qChannelApplyList"
	TopicGroupRemark       = "upChannelRemark"
	TopicGroupFollow       = "upChannelFollow"
	TopicGroupFollows      = "qChannelFollow"
)

// Profiles and friends that the server would keep for users, always refused.
const (
	TopicProfileChange      = "updUserProfile"
	TopicProfileRightChange = "updProfilePermiss"
	TopicProfileRight       = "qProfilePermiss"
	TopicProfileSearch      = "searchUserProfile"
	TopicFriendAdd          = "friendAdd"
	TopicFriendDelete       = "friendDel"
	TopicFriendHandle       = "friendHandle"
	TopicFriendChange       = "friendSetPf"
	TopicFriendCheck        = "friendCheck"
	TopicFriends            = "friendsQuery"
	TopicFriendsInfo        = "friendsInfoQry"
	TopicFriendRightChange  = "friendAuthSet"
	TopicFriendRight        = "friendAuthGet"
)

// Subscriptions to what users are and do, always refused.
const (
	TopicSubscribe          = "updUserSub"
	TopicSubscriptions      = "pullUserSub"
	TopicSubscribed         = "pullSubData"
	TopicSubscribedStatuses = "qrySubData"
)

// Translation, which is always refused, with a code of its own.
const (
	TopicTranslate         = "upConvertMsg" // also speech to text
	TopicTranslateLanguage = "transLan"
	TopicTranslateSwitch   = "autoTrans"
)

// What a server sends with PUBLISH. PROTOCOL.md#signals
const (
	TopicNotify        = "s_ntf"   // Notify: new messages
	TopicCommand       = "s_cmd"   // Notify: something else changed
	TopicMessage       = "s_msg"   // DownMessage: a status message
	TopicTick          = "s_tick"  // DownMessages: direct push, ours
	TopicSettingsNtf   = "s_us"    // SettingsNotify
	TopicUltraTypingTo = "s_opNtf" // TypingNotify
)

// Notify.type under TopicNotify: where the client finds what is new.
const (
	NotifyMessages = 1 // TopicPull
	NotifyRoom     = 2 // TopicRoomPull of the room in the signal
)

// Notify.type under TopicCommand: what the client pulls.
const (
	CommandRoomEntries    = 2  // TopicRoomEntriesPull
	CommandStates         = 3  // TopicConversationStates
	CommandRoomDestroyed  = 4  // nothing: the room in the signal is gone
	CommandUltraMessages  = 6  // TopicUltraPull
	CommandMessageChanges = 7  // TopicMessageChanges
	CommandEventChanges   = 11 // TopicEventChanges
	CommandModified       = 12 // TopicModified
	CommandUnread         = 13 // TopicUnread
)

// EventRead is the EventChange.change_type of a ReadEvent.
const EventRead = 36

// The status of a DISCONNECT. A server sends no other: a client has no meaning for them.
const (
	DisconnectKicked     = 1 // another login of the user; final
	DisconnectError      = 2 // the server gives up on the connection; final
	DisconnectByClient   = 4 // from a client: it leaves and wants no push
	DisconnectElsewhere  = 6 // ask the navigation again and reconnect at once
	DisconnectExpired    = 7 // the token expired; final
	DisconnectVersion    = 8 // this protocol version is not spoken here; final
	DisconnectNoMoreUser = 9 // the account is gone; final
)
