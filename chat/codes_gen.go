// Code generated from chat/words/codes.tsv by go generate ./chat. DO NOT EDIT.

package chat

// The codes that a server of ours gives, and those that a client meets beside
// them. The numbers are the protocol's and never change.
const (
	OK                   Code = 0     // done
	Blacklisted          Code = 405   // the receiver's blacklist holds the sender
	NotWhitelisted       Code = 407   // the receiver's whitelist lacks the sender
	MutedInPrivate       Code = 20106 // the sender may not send private messages
	SystemReadOnly       Code = 20109 // nobody may send to a system conversation
	EditTooLate          Code = 20114 // the message is older than the app lets it be edited
	TooBig               Code = 20115 // the content is over 131,072 bytes
	EditUnsupported      Code = 20116 // there is no such message, or it is not one to edit
	TooFast              Code = 20604 // over the send rate of the app
	Blocked              Code = 20605 // this is not open to this user, or not any more
	NotSupported         Code = 20606 // this server does not do that
	TooFrequent          Code = 20607 // over another limit than the send rate
	ExpansionMissing     Code = 22201 // there is no such message to expand
	ExpansionDenied      Code = 22202 // the message was not sent as one that may be expanded, or was recalled
	ExpansionFormat      Code = 22203 // a key, a value or their number is over a limit
	ExpansionNotYours    Code = 22204 // the user was not in the group when the message was sent
	NotInGroup           Code = 22406 // the user is not in the group
	MutedInGroup         Code = 22408 // the sender may not send to the group now
	NotInChatroom        Code = 23406 // the session is not in the chatroom
	ChatroomMuted        Code = 23408 // the user may not speak in the chatroom
	ChatroomBlocked      Code = 23409 // the user may not be in the chatroom
	ChatroomMissing      Code = 23410 // there is no such chatroom
	ChatroomFull         Code = 23411 // the chatroom takes no more users
	ChatroomParameter    Code = 23412 // a parameter of a chatroom request is wrong
	TooManyEntries       Code = 23423 // the chatroom takes no more keys
	EntryNotYours        Code = 23424 // somebody else owns the key
	EntriesTooFast       Code = 23425 // over the rate of changes of a chatroom's entries
	EntryMissing         Code = 23427 // the chatroom has no such key
	EntriesFailed        Code = 23428 // some of several keys were not changed
	EntriesTooMany       Code = 23429 // over the number of keys in a request
	ProfilesOff          Code = 24369 // this server keeps no profiles or friends that users change
	NotInUltraGroup      Code = 24406 // the user is not in the ultra group
	UltraGroupMuted      Code = 24408 // the user, or everybody, may not send in the ultra group or channel
	UltraGroupMissing    Code = 24410 // there is no such ultra group
	UltraGroupsFull      Code = 24412 // the user is in as many ultra groups as one may be in
	ChannelsFull         Code = 24413 // the ultra group has as many channels as it may have
	ChannelMissing       Code = 24414 // the ultra group has no such channel
	NotInChannel         Code = 24416 // the channel is private and the user is not in it
	RecallMissing        Code = 25101 // there is no such message to recall
	StoreUnavailable     Code = 25102 // the store did not answer; what was asked may have been done
	Internal             Code = 25104 // our fault; the reason is in the server's log
	RecallNotYours       Code = 25107 // only the sender may recall this message
	GroupByServerOnly    Code = 25413 // only the app's server makes and changes groups
	TooManyTags          Code = 26004 // the user has 20 tags already
	ReceiptV4Off         Code = 26005 // the app has read receipts of another generation than the fourth
	BadParameter         Code = 26010 // a field is missing, out of range or malformed
	SubscriptionsOff     Code = 26020 // nobody can subscribe to a user's status or profile
	FileTooBig           Code = 26106 // the file is over the limit, or all files of the app are over theirs
	SizeMissing          Code = 26107 // the size of the file is missing
	ReceiptV5Off         Code = 26314 // the app has read receipts of another generation than the fifth
	ReceiptTooMany       Code = 26316 // too many messages or users are named
	ReceiptType          Code = 26317 // conversations of this type have no receipts
	ReceiptNotYours      Code = 26320 // only the sender may ask who has read the message
	ReceiptNeedless      Code = 26321 // the message asks for no receipt of this user
	ReceiptMissing       Code = 26322 // there is no such message, or the user does not see it
	TranslationOff       Code = 28400 // this server translates nothing, neither text nor speech
	ContentTooBig        Code = 30016 // the content is over 131072 bytes
	NotSendable          Code = 30017 // a client cannot send a message of this type
	ProtocolVersion      Code = 31001 // this protocolVer is not spoken here
	ServerUnavailable    Code = 31003 // starting, draining or full
	TokenIncorrect       Code = 31004 // the token is not one of ours
	NotAuthorized        Code = 31005 // the token is not for this
	Redirected           Code = 31006 // connect to another server
	AppBlocked           Code = 31008 // the app is blocked
	UserBlocked          Code = 31009 // the user is blocked
	Kicked               Code = 31010 // another device of the user took this one's place, as the app has it
	EndedByServer        Code = 31011 // the app's server ended the connection
	TokenExpired         Code = 31020 // the token has expired
	AccountCancelled     Code = 31029 // the account was cancelled
	LicenceExpired       Code = 31030 // the licence expired
	BadMessage           Code = 32002 // the payload does not decode
	BadArgument          Code = 33003 // an argument is not valid
	TagMissing           Code = 33100 // there is no such tag
	TagExists            Code = 33101 // there is such a tag already
	BadQuote             Code = 33404 // the message to quote is not named in full
	ExpansionLimit       Code = 34010 // over 300 keys of an expansion, or over 20 in one change
	UploadFailed         Code = 34011 // the file could not be uploaded
	NotMedia             Code = 34018 // there is no file, or not one of this kind
	UnsupportedType      Code = 34201 // the conversation type is not one for this operation
	BadTime              Code = 34202 // the time is not valid
	BadUID               Code = 34203 // that is no messageUId
	TooManyMessages      Code = 34206 // over the number of messages
	BadConversationType  Code = 34209 // there is no such type of conversation
	BadTarget            Code = 34210 // the target is empty or over 64 characters
	BadChannel           Code = 34211 // the channel is over 20 characters or has a _
	BadTag               Code = 34212 // a tag is 1 to 10 characters
	BadTagName           Code = 34213 // the name of a tag is 1 to 15 characters
	BadUser              Code = 34214 // the id of a user is 1 to 64 characters
	BadUsers             Code = 34215 // too many users, none, or an id that is not valid
	BadExpansion         Code = 34220 // a key of an expansion is 1 to 32 of A-Z a-z 0-9 _ = + -
	BadTimeOfDay         Code = 34224 // the time of day is not HH:MM:SS
	BadLevel             Code = 34228 // there is no such notification level
	BadCount             Code = 34232 // the count is out of range
	BadKey               Code = 34260 // a key is 1 to 128 of A-Z a-z 0-9 + = - _
	BadKeys              Code = 34261 // too many keys, none, or one that is not valid
	BadValue             Code = 34262 // a value is 1 to 4096 characters
	BadEntries           Code = 34263 // an entry is not valid
	BadNotificationExtra Code = 34264 // what goes with a notification is over 2048 characters
	BadSpan              Code = 34283 // the hours are 1 to 1439 minutes long
	BadConversationTypes Code = 34284 // a conversation type is not valid
	BadConversations     Code = 34287 // too many conversations, none, or one that is not valid
	BadClear             Code = 34288 // too many conversations to clear, none, or one that is not valid
	BadStartUID          Code = 34289 // that is no messageUId to begin with
	BadEndUID            Code = 34290 // that is no messageUId to end with
	NotDirectable        Code = 34296 // only a message to a group or an ultra group can be directed to some of its members
	BadGroup             Code = 34319 // the id of a group is 1 to 64 of A-Z a-z 0-9 + = - _ | :
	BadGroups            Code = 34321 // too many groups, none, or an id that is not valid
	BadPage              Code = 34328 // the options of a page are not valid
	BadMessageType       Code = 35024 // the type of the message is not valid
	BadContent           Code = 35029 // what is sent is not a message
	BadSendOptions       Code = 35031 // the options of a send are not valid
	BadDisposition       Code = 35032 // contentDisposition is inline or attachment
	NotExpandable        Code = 35036 // the message was not sent as one that may be expanded
	BadPush              Code = 35049 // the push configuration is not valid
	KeepLatestElsewhere  Code = 35054 // in an ultra group a message cannot keep the latest one
	ReceiptUnwanted      Code = 35056 // a receipt can be asked for stored messages to a person or a group only
)

// codeWords are the codes of the server.
var codeWords = map[Code]string{
	OK:                "ok",
	Blacklisted:       "blacklisted",
	NotWhitelisted:    "not-whitelisted",
	MutedInPrivate:    "muted-in-private",
	SystemReadOnly:    "system-read-only",
	EditTooLate:       "edit-too-late",
	TooBig:            "too-big",
	EditUnsupported:   "edit-unsupported",
	TooFast:           "too-fast",
	Blocked:           "blocked",
	NotSupported:      "not-supported",
	TooFrequent:       "too-frequent",
	ExpansionMissing:  "expansion-missing",
	ExpansionDenied:   "expansion-denied",
	ExpansionFormat:   "expansion-format",
	ExpansionNotYours: "expansion-not-yours",
	NotInGroup:        "not-in-group",
	MutedInGroup:      "muted-in-group",
	NotInChatroom:     "not-in-chatroom",
	ChatroomMuted:     "chatroom-muted",
	ChatroomBlocked:   "chatroom-blocked",
	ChatroomMissing:   "chatroom-missing",
	ChatroomFull:      "chatroom-full",
	ChatroomParameter: "chatroom-parameter",
	TooManyEntries:    "too-many-entries",
	EntryNotYours:     "entry-not-yours",
	EntriesTooFast:    "entries-too-fast",
	EntryMissing:      "entry-missing",
	EntriesFailed:     "entries-failed",
	EntriesTooMany:    "entries-too-many",
	ProfilesOff:       "profiles-off",
	NotInUltraGroup:   "not-in-ultra-group",
	UltraGroupMuted:   "ultra-group-muted",
	UltraGroupMissing: "ultra-group-missing",
	UltraGroupsFull:   "ultra-groups-full",
	ChannelsFull:      "channels-full",
	ChannelMissing:    "channel-missing",
	NotInChannel:      "not-in-channel",
	RecallMissing:     "recall-missing",
	StoreUnavailable:  "store-unavailable",
	Internal:          "internal",
	RecallNotYours:    "recall-not-yours",
	GroupByServerOnly: "group-by-server-only",
	TooManyTags:       "too-many-tags",
	ReceiptV4Off:      "receipt-v4-off",
	BadParameter:      "bad-parameter",
	SubscriptionsOff:  "subscriptions-off",
	FileTooBig:        "file-too-big",
	ReceiptV5Off:      "receipt-v5-off",
	ReceiptTooMany:    "receipt-too-many",
	ReceiptType:       "receipt-type",
	ReceiptNotYours:   "receipt-not-yours",
	ReceiptNeedless:   "receipt-needless",
	ReceiptMissing:    "receipt-missing",
	TranslationOff:    "translation-off",
	ProtocolVersion:   "protocol-version",
	ServerUnavailable: "server-unavailable",
	TokenIncorrect:    "token-incorrect",
	NotAuthorized:     "not-authorized",
	AppBlocked:        "app-blocked",
	UserBlocked:       "user-blocked",
	Kicked:            "kicked",
	TokenExpired:      "token-expired",
	BadMessage:        "bad-message",
	UnsupportedType:   "unsupported-type",
}

var codeTexts = map[Code]codeText{
	OK:                   {"SUCCESS", "done", "成功"},
	Blacklisted:          {"REJECTED_BY_BLACKLIST", "the receiver's blacklist holds the sender", "对方已将你加入黑名单"},
	NotWhitelisted:       {"NOT_IN_WHITELIST", "the receiver's whitelist lacks the sender", "你不在对方的白名单中"},
	MutedInPrivate:       {"FORBIDDEN_IN_PRIVATE", "the sender may not send private messages", "你被禁止发送单聊消息"},
	SystemReadOnly:       {"SYS_CONVERSATION_NOT_SUPPORT_MESSAGE", "nobody may send to a system conversation", "不能向系统会话发送消息"},
	EditTooLate:          {"MESSAGE_OVER_MODIFY_TIME_FAIL", "the message is older than the app lets it be edited", "消息已超过可编辑的时间"},
	TooBig:               {"MESSAGE_SIZE_EXCEEDED", "the content is over 131,072 bytes", "消息内容超过 131072 字节"},
	EditUnsupported:      {"MESSAGE_UNSUPPORTED_MODIFY", "there is no such message, or it is not one to edit", "没有这条消息，或该消息不能编辑"},
	TooFast:              {"SEND_FREQUENCY_TOO_FAST", "over the send rate of the app", "发送过快，超过应用的发送频率"},
	Blocked:              {"OPERATION_BLOCKED", "this is not open to this user, or not any more", "当前用户不能执行此操作"},
	NotSupported:         {"OPERATION_NOT_SUPPORT", "this server does not do that", "服务器不支持此操作"},
	TooFrequent:          {"REQUEST_OVER_FREQUENCY", "over another limit than the send rate", "请求过于频繁"},
	ExpansionMissing:     {"MESSAGE_EXPAND_NOT_EXIST", "there is no such message to expand", "要扩展的消息不存在"},
	ExpansionDenied:      {"MESSAGE_EXPAND_NOT_SUPPORT", "the message was not sent as one that may be expanded, or was recalled", "该消息发送时未允许扩展，或已被撤回"},
	ExpansionFormat:      {"MESSAGE_EXPAND_FORMAT_ERROR", "a key, a value or their number is over a limit", "扩展的键、值或数量超过限制"},
	ExpansionNotYours:    {"MESSAGE_EXPAND_NOT_AUTHORIZED", "the user was not in the group when the message was sent", "消息发送时你不在该群组中"},
	NotInGroup:           {"NOT_IN_GROUP", "the user is not in the group", "你不在该群组中"},
	MutedInGroup:         {"FORBIDDEN_IN_GROUP", "the sender may not send to the group now", "你在该群组中被禁言"},
	NotInChatroom:        {"NOT_IN_CHATROOM", "the session is not in the chatroom", "你不在该聊天室中"},
	ChatroomMuted:        {"FORBIDDEN_IN_CHATROOM", "the user may not speak in the chatroom", "你在该聊天室中被禁言"},
	ChatroomBlocked:      {"RC_CHATROOM_USER_KICKED", "the user may not be in the chatroom", "你已被移出或封禁于该聊天室"},
	ChatroomMissing:      {"RC_CHATROOM_NOT_EXIST", "there is no such chatroom", "聊天室不存在"},
	ChatroomFull:         {"RC_CHATROOM_IS_FULL", "the chatroom takes no more users", "聊天室人数已满"},
	ChatroomParameter:    {"RC_CHATROOM_PATAMETER_INVALID", "a parameter of a chatroom request is wrong", "聊天室请求的参数不正确"},
	TooManyEntries:       {"CHATROOM_KV_EXCEED", "the chatroom takes no more keys", "聊天室属性数量已达上限"},
	EntryNotYours:        {"CHATROOM_KV_OVERWRITE_INVALID", "somebody else owns the key", "该属性由其他人设置，不能覆盖"},
	EntriesTooFast:       {"CHATROOM_SET_PROPERTY_OVER_FREQUENCY", "over the rate of changes of a chatroom's entries", "聊天室属性修改过于频繁"},
	EntryMissing:         {"CHATROOM_KEY_NOT_EXIST", "the chatroom has no such key", "聊天室没有这个属性"},
	EntriesFailed:        {"CHATROOM_KV_STORE_NOT_ALL_SUCCESS", "some of several keys were not changed", "部分聊天室属性未能修改"},
	EntriesTooMany:       {"CHATROOM_KV_STORE_OUT_LIMIT", "over the number of keys in a request", "单次请求的属性数量超过限制"},
	ProfilesOff:          {"RC_USER_PROFILE_SERVICE_UNAVAILABLE", "this server keeps no profiles or friends that users change", "服务器不保存可由用户修改的资料与好友"},
	NotInUltraGroup:      {"NOT_IN_ULTRA_GROUP", "the user is not in the ultra group", "你不在该超级群中"},
	UltraGroupMuted:      {"FORBIDDEN_IN_ULTRA_GROUP", "the user, or everybody, may not send in the ultra group or channel", "你在该超级群或频道中被禁言"},
	UltraGroupMissing:    {"ULTRA_GROUP_NOT_EXIST", "there is no such ultra group", "超级群不存在"},
	UltraGroupsFull:      {"ULTRA_GROUP_JOINED_OVERSIZE", "the user is in as many ultra groups as one may be in", "加入的超级群数量已达上限"},
	ChannelsFull:         {"ULTRA_GROUP_CHANNELS_OVERSIZE", "the ultra group has as many channels as it may have", "超级群的频道数量已达上限"},
	ChannelMissing:       {"ULTRA_GROUP_CHANNEL_ID_NOT_EXIST", "the ultra group has no such channel", "超级群频道不存在"},
	NotInChannel:         {"ULTRA_GROUP_USER_NOT_IN_PRIVATE_CHANNEL", "the channel is private and the user is not in it", "该频道是私有频道，你不在其中"},
	RecallMissing:        {"RECALL_MESSAGE", "there is no such message to recall", "要撤回的消息不存在"},
	StoreUnavailable:     {"MESSAGE_STORAGE_SERVICE_UNAVAILABLE", "the store did not answer; what was asked may have been done", "存储服务暂时不可用，请重试"},
	Internal:             {"RC_SERVER_UNKOWN_ERROR", "our fault; the reason is in the server's log", "服务器内部错误"},
	RecallNotYours:       {"RECALL_MESSAGE_USER_INVALID", "only the sender may recall this message", "只有发送者可以撤回该消息"},
	GroupByServerOnly:    {"RC_GROUP_NOT_ALLOW_SDK_OPERATION", "only the app's server makes and changes groups", "只有应用服务器可以创建和修改群组"},
	TooManyTags:          {"CONVERSATION_TAG_OVERSIZE", "the user has 20 tags already", "标签数量已达上限"},
	ReceiptV4Off:         {"RC_READ_RECEIPT_V4_INVALID", "the app has read receipts of another generation than the fourth", "应用未启用第四代已读回执"},
	BadParameter:         {"RC_SERVER_PARAMETER_INVALID", "a field is missing, out of range or malformed", "参数缺失、超出范围或格式不正确"},
	SubscriptionsOff:     {"RC_SUBSCRIBE_ONLINE_SERVICE_UNAVAILABLE", "nobody can subscribe to a user's status or profile", "不能订阅用户状态或资料"},
	FileTooBig:           {"RC_FILE_SIZE_EXCEED_LIMIT", "the file is over the limit, or all files of the app are over theirs", "文件大小超过限制"},
	SizeMissing:          {"INVALID_PARAMETER_SIZE_NOT_FOUND", "the size of the file is missing", "缺少文件大小"},
	ReceiptV5Off:         {"SERVICE_RRSV5_UNAVAILABLE", "the app has read receipts of another generation than the fifth", "应用未启用第五代已读回执"},
	ReceiptTooMany:       {"SERVICE_RRSV5_PARAM_LENGTH_EXCEED", "too many messages or users are named", "指定的消息或用户数量超过限制"},
	ReceiptType:          {"SERVICE_RRSV5_CONVERSATION_NOT_SUPPORT", "conversations of this type have no receipts", "该类型的会话没有已读回执"},
	ReceiptNotYours:      {"SERVICE_RRSV5_MESSAGE_SENDER_MISMATCH", "only the sender may ask who has read the message", "只有发送者可以查询谁已读"},
	ReceiptNeedless:      {"SERVICE_RRSV5_MESSAGE_RECEIPT_NEEDLESS", "the message asks for no receipt of this user", "该消息不需要此用户的回执"},
	ReceiptMissing:       {"SERVICE_RRSV5_MESSAGE_NOT_EXIST", "there is no such message, or the user does not see it", "没有这条消息，或你看不到它"},
	TranslationOff:       {"TRANS_SERVICE_NOT_OPEN", "this server translates nothing, neither text nor speech", "服务器不提供翻译与语音转文字"},
	ContentTooBig:        {"RC_MSG_CONTENT_EXCEED_LIMIT", "the content is over 131072 bytes", "消息内容超过 131072 字节"},
	NotSendable:          {"MESSAGE_NOT_SUPPORT_SENDING", "a client cannot send a message of this type", "客户端不能发送该类型的消息"},
	ProtocolVersion:      {"RC_CONN_PROTO_VERSION_ERROR", "this protocolVer is not spoken here", "不支持该协议版本"},
	ServerUnavailable:    {"RC_CONN_SERVER_UNAVAILABLE", "starting, draining or full", "服务器正在启动、停止或已满"},
	TokenIncorrect:       {"RC_CONN_TOKEN_INCORRECT", "the token is not one of ours", "Token 不正确"},
	NotAuthorized:        {"RC_CONN_NOT_AUTHRORIZED", "the token is not for this", "Token 无权执行此操作"},
	Redirected:           {"RC_CONN_REDIRECTED", "connect to another server", "需要连接到另一台服务器"},
	AppBlocked:           {"RC_CONN_APP_BLOCKED_OR_DELETED", "the app is blocked", "应用已被封禁或不存在"},
	UserBlocked:          {"RC_CONN_USER_BLOCKED", "the user is blocked", "用户已被封禁"},
	Kicked:               {"RC_DISCONN_KICK", "another device of the user took this one's place, as the app has it", "用户在其他设备登录"},
	EndedByServer:        {"RC_DISCONN_EXCEPTION", "the app's server ended the connection", "应用服务器断开了连接"},
	TokenExpired:         {"RC_CONN_TOKEN_EXPIRED", "the token has expired", "Token 已过期"},
	AccountCancelled:     {"RC_ACCOUNT_CANCELLATION", "the account was cancelled", "账号已注销"},
	LicenceExpired:       {"RC_LICENSE_EXPIRED", "the licence expired", "许可已过期"},
	BadMessage:           {"RC_MSG_DATA_INCOMPLETE", "the payload does not decode", "消息数据无法解析"},
	BadArgument:          {"BIZ_ERROR_INVALID_PARAMETER", "an argument is not valid", "参数无效"},
	TagMissing:           {"TAG_NOT_EXIST", "there is no such tag", "标签不存在"},
	TagExists:            {"TAG_EXISTS", "there is such a tag already", "标签已存在"},
	BadQuote:             {"INVALID_PARAMETER_QUOTE_INFO", "the message to quote is not named in full", "被引用的消息信息不完整"},
	ExpansionLimit:       {"EXPANSION_LIMIT_EXCEET", "over 300 keys of an expansion, or over 20 in one change", "消息扩展超过 300 个，或单次超过 20 个"},
	UploadFailed:         {"UPLOAD_FAIL", "the file could not be uploaded", "文件上传失败"},
	NotMedia:             {"MEDIA_EXCEPTION", "there is no file, or not one of this kind", "文件缺失或类型不符"},
	UnsupportedType:      {"CONVERSATION_TYPE_NOT_SUPPORT", "the conversation type is not one for this operation", "该会话类型不支持此操作"},
	BadTime:              {"INVALID_PARAMETER_TIMESTAMP", "the time is not valid", "时间戳无效"},
	BadUID:               {"INVALID_PARAMETER_MESSAGE_UID", "that is no messageUId", "messageUId 无效"},
	TooManyMessages:      {"MSG_LIMIT_ERROR", "over the number of messages", "消息数量超过限制"},
	BadConversationType:  {"INVALID_PARAMETER_CONVERSATION_TYPE", "there is no such type of conversation", "会话类型无效"},
	BadTarget:            {"INVALID_PARAMETER_TARGET_ID", "the target is empty or over 64 characters", "目标 ID 为空或超过 64 个字符"},
	BadChannel:           {"INVALID_PARAMETER_CHANNEL_ID", "the channel is over 20 characters or has a _", "频道 ID 超过 20 个字符或含有下划线"},
	BadTag:               {"INVALID_PARAMETER_TAG_ID", "a tag is 1 to 10 characters", "标签 ID 应为 1 到 10 个字符"},
	BadTagName:           {"INVALID_PARAMETER_TAG_NAME", "the name of a tag is 1 to 15 characters", "标签名称应为 1 到 15 个字符"},
	BadUser:              {"INVALID_PARAMETER_USER_ID", "the id of a user is 1 to 64 characters", "用户 ID 应为 1 到 64 个字符"},
	BadUsers:             {"INVALID_PARAMETER_USERIDLIST", "too many users, none, or an id that is not valid", "用户列表为空、过长或含有无效 ID"},
	BadExpansion:         {"INVALID_PARAMETER_MESSAGE_EXPANSION", "a key of an expansion is 1 to 32 of A-Z a-z 0-9 _ = + -", "消息扩展的 key 只能包含字母、数字和 _=+-，最长 32 个字符"},
	BadTimeOfDay:         {"INVALID_PARAMETER_TIMESTRING", "the time of day is not HH:MM:SS", "时间格式应为 HH:MM:SS"},
	BadLevel:             {"INVALID_PARAMETER_NOTIFICATION_LEVEL", "there is no such notification level", "免打扰级别无效"},
	BadCount:             {"INVALID_PARAMETER_COUNT", "the count is out of range", "数量超出范围"},
	BadKey:               {"INVALID_PARAMETER_KEY", "a key is 1 to 128 of A-Z a-z 0-9 + = - _", "key 只能包含字母、数字和 +=-_，长度 1 到 128"},
	BadKeys:              {"INVALID_PARAMETER_KEYS", "too many keys, none, or one that is not valid", "key 列表为空、过长或含有无效 key"},
	BadValue:             {"INVALID_PARAMETER_VALUE", "a value is 1 to 4096 characters", "value 长度应为 1 到 4096 个字符"},
	BadEntries:           {"INVALID_PARAMETER_ENTRIES", "an entry is not valid", "属性列表中有无效的 key 或 value"},
	BadNotificationExtra: {"INVALID_PARAMETER_NOTIFICATION_EXTRA", "what goes with a notification is over 2048 characters", "通知的附加信息超过 2048 个字符"},
	BadSpan:              {"INVALID_PARAMETER_SPAN_MINUTES", "the hours are 1 to 1439 minutes long", "时长应为 1 到 1439 分钟"},
	BadConversationTypes: {"INVALID_PARAMETER_CONVERSATION_TYPE_LIST", "a conversation type is not valid", "会话类型列表无效"},
	BadConversations:     {"INVALID_PARAMETER_CONVERSATION_LIST", "too many conversations, none, or one that is not valid", "会话列表为空、过长或含有无效会话"},
	BadClear:             {"INVALID_PARAMETER_CLEAR_MESSAGE_OPTION_LIST", "too many conversations to clear, none, or one that is not valid", "清除列表为空、过长或含有无效会话"},
	BadStartUID:          {"INVALID_PARAMETER_START_MESSAGE_UID", "that is no messageUId to begin with", "起始消息的 messageUId 无效"},
	BadEndUID:            {"INVALID_PARAMETER_END_MESSAGE_UID", "that is no messageUId to end with", "结束消息的 messageUId 无效"},
	NotDirectable:        {"RC_DIRECTIONAL_MESSAGE_INVALID_CONVERSATION_TYPE", "only a message to a group or an ultra group can be directed to some of its members", "只有群组和超级群可以发送定向消息"},
	BadGroup:             {"INVALID_PARAMETER_GROUP_ID", "the id of a group is 1 to 64 of A-Z a-z 0-9 + = - _ | :", "群组 ID 无效"},
	BadGroups:            {"INVALID_PARAMETER_GROUP_IDS", "too many groups, none, or an id that is not valid", "群组列表为空、过长或含有无效 ID"},
	BadPage:              {"INVALID_PARAMETER_PAGING_QUERY_OPTION", "the options of a page are not valid", "分页参数无效"},
	BadMessageType:       {"INVALID_PARAMETER_MESSAGE_TYPE", "the type of the message is not valid", "消息类型无效"},
	BadContent:           {"INVALID_PARAMETER_MESSAGE", "what is sent is not a message", "消息无效"},
	BadSendOptions:       {"INVALID_PARAMETER_SENDOPTIONS", "the options of a send are not valid", "发送选项无效"},
	BadDisposition:       {"INVALID_PARAMETER_CONTENT_DISPOSITION", "contentDisposition is inline or attachment", "contentDisposition 只能是 inline 或 attachment"},
	NotExpandable:        {"INVALID_PARAMETER_CAN_INCLUDE_EXPANSION", "the message was not sent as one that may be expanded", "该消息不支持扩展"},
	BadPush:              {"INVALID_PARAMETER_PUSH_CONFIG", "the push configuration is not valid", "推送配置无效"},
	KeepLatestElsewhere:  {"INVALID_DISABLE_UPDATE_LAST_MESSAGE", "in an ultra group a message cannot keep the latest one", "超级群消息不支持不更新最后一条消息"},
	ReceiptUnwanted:      {"SEND_READ_RECEIPT_CONF_ERROR", "a receipt can be asked for stored messages to a person or a group only", "只有单聊和群聊中会存储的消息可以请求已读回执"},
}
