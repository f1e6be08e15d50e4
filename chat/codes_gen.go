// Code generated from chat/words/codes.tsv by go generate ./chat. DO NOT EDIT.

package chat

// The codes that a server of ours gives, and those that a client meets beside
// them. The numbers are the protocol's and never change.
const (
	OK                   Code = 0     // done
	Blacklisted          Code = 405   // the sender is on the receiver's blacklist
	NotWhitelisted       Code = 407   // the sender is not on the receiver's whitelist
	MutedInPrivate       Code = 20106 // the user is muted in private conversations
	SystemReadOnly       Code = 20109 // messages to system conversations cannot be sent
	EditTooLate          Code = 20114 // it is too late to edit the message
	TooBig               Code = 20115 // the content is over 131,072 bytes
	EditUnsupported      Code = 20116 // there is no such message to edit
	TooFast              Code = 20604 // sending too often
	Blocked              Code = 20605 // this is not open to the user
	NotSupported         Code = 20606 // the server does not support this
	TooFrequent          Code = 20607 // asking too often
	ExpansionMissing     Code = 22201 // there is no such message to expand
	ExpansionDenied      Code = 22202 // the message cannot be expanded, or was recalled
	ExpansionFormat      Code = 22203 // the expansion is over a limit
	ExpansionNotYours    Code = 22204 // the user was not in the group when it was sent
	NotInGroup           Code = 22406 // the user is not in the group
	MutedInGroup         Code = 22408 // the user is muted in the group
	NotInChatroom        Code = 23406 // the user is not in the chatroom
	ChatroomMuted        Code = 23408 // the user is muted in the chatroom
	ChatroomBlocked      Code = 23409 // the user is banned from the chatroom
	ChatroomMissing      Code = 23410 // there is no such chatroom
	ChatroomFull         Code = 23411 // the chatroom is full
	ChatroomParameter    Code = 23412 // a parameter of the chatroom is not valid
	TooManyEntries       Code = 23423 // too many keys in the chatroom
	EntryNotYours        Code = 23424 // somebody else owns the key
	EntriesTooFast       Code = 23425 // changing keys of the chatroom too often
	EntryMissing         Code = 23427 // there is no such key in the chatroom
	EntriesFailed        Code = 23428 // some keys were not changed
	EntriesTooMany       Code = 23429 // too many keys in a request
	ProfilesOff          Code = 24369 // the server keeps no profiles and friends
	NotInUltraGroup      Code = 24406 // the user is not in the ultra group
	UltraGroupMuted      Code = 24408 // the user is muted in the ultra group or channel
	UltraGroupMissing    Code = 24410 // there is no such ultra group
	UltraGroupsFull      Code = 24412 // too many ultra groups
	ChannelsFull         Code = 24413 // too many channels in the ultra group
	ChannelMissing       Code = 24414 // there is no such channel in the ultra group
	NotInChannel         Code = 24416 // the user is not in the private channel
	RecallMissing        Code = 25101 // there is no such message to recall
	StoreUnavailable     Code = 25102 // the store did not answer in time; it may have been done
	Internal             Code = 25104 // the server failed, see its log
	RecallNotYours       Code = 25107 // only the sender can recall the message
	GroupByServerOnly    Code = 25413 // only the app's server can change groups
	TooManyTags          Code = 26004 // too many tags
	ReceiptV4Off         Code = 26005 // the app does not have read receipts of generation 4
	BadParameter         Code = 26010 // a field is missing or not valid
	SubscriptionsOff     Code = 26020 // nobody can subscribe to users
	FileTooBig           Code = 26106 // files are over a limit
	SizeMissing          Code = 26107 // the size of the file is missing
	ReceiptV5Off         Code = 26314 // the app does not have read receipts of generation 5
	ReceiptTooMany       Code = 26316 // too many messages or users
	ReceiptType          Code = 26317 // conversations of this type have no receipts
	ReceiptNotYours      Code = 26320 // only the sender can ask for receipts
	ReceiptNeedless      Code = 26321 // the message asks for no receipt
	ReceiptMissing       Code = 26322 // there is no such message to the user
	TranslationOff       Code = 28400 // the server translates nothing
	ContentTooBig        Code = 30016 // the content is over 131,072 bytes
	NotSendable          Code = 30017 // messages of this type cannot be sent
	ProtocolVersion      Code = 31001 // the server does not support this protocolVer
	ServerUnavailable    Code = 31003 // the server is not ready or full
	TokenIncorrect       Code = 31004 // the token is not valid
	NotAuthorized        Code = 31005 // the token is not for this
	Redirected           Code = 31006 // connect to another server
	AppBlocked           Code = 31008 // the app is blocked
	UserBlocked          Code = 31009 // the user is blocked
	Kicked               Code = 31010 // the user connected on another device
	EndedByServer        Code = 31011 // the app's server ended the connection
	TokenExpired         Code = 31020 // the token has expired
	AccountCancelled     Code = 31029 // the account was cancelled
	LicenceExpired       Code = 31030 // the licence has expired
	BadMessage           Code = 32002 // the message cannot be read
	BadArgument          Code = 33003 // an argument is not valid
	TagMissing           Code = 33100 // there is no such tag
	TagExists            Code = 33101 // there is such a tag already
	BadQuote             Code = 33404 // the message to quote is not named in full
	ExpansionLimit       Code = 34010 // the expansion is over a limit
	UploadFailed         Code = 34011 // the file could not be uploaded
	NotMedia             Code = 34018 // there is no file, or not of this kind
	UnsupportedType      Code = 34201 // not for conversations of this type
	BadTime              Code = 34202 // the time is not valid
	BadUID               Code = 34203 // that is no messageUId
	TooManyMessages      Code = 34206 // too many messages
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
	NotDirectable        Code = 34296 // only for groups and ultra groups
	BadGroup             Code = 34319 // the id of a group is 1 to 64 of A-Z a-z 0-9 + = - _ | :
	BadGroups            Code = 34321 // too many groups, none, or an id that is not valid
	BadPage              Code = 34328 // the options of a page are not valid
	BadMessageType       Code = 35024 // the type of the message is not valid
	BadContent           Code = 35029 // what is sent is not a message
	BadSendOptions       Code = 35031 // the options of a send are not valid
	BadDisposition       Code = 35032 // contentDisposition is inline or attachment
	NotExpandable        Code = 35036 // the message cannot be expanded
	BadPush              Code = 35049 // the push configuration is not valid
	KeepLatestElsewhere  Code = 35054 // in an ultra group a message cannot keep the latest one
	ReceiptUnwanted      Code = 35056 // the message can have no receipts
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
	Blacklisted:          {"REJECTED_BY_BLACKLIST", "the sender is on the receiver's blacklist", "你在对方的黑名单中"},
	NotWhitelisted:       {"NOT_IN_WHITELIST", "the sender is not on the receiver's whitelist", "你不在对方的白名单中"},
	MutedInPrivate:       {"FORBIDDEN_IN_PRIVATE", "the user is muted in private conversations", "你在单聊中被禁言"},
	SystemReadOnly:       {"SYS_CONVERSATION_NOT_SUPPORT_MESSAGE", "messages to system conversations cannot be sent", "不能发送系统会话消息"},
	EditTooLate:          {"MESSAGE_OVER_MODIFY_TIME_FAIL", "it is too late to edit the message", "消息已超过可编辑时间"},
	TooBig:               {"MESSAGE_SIZE_EXCEEDED", "the content is over 131,072 bytes", "消息内容超过 131072 字节"},
	EditUnsupported:      {"MESSAGE_UNSUPPORTED_MODIFY", "there is no such message to edit", "要编辑的消息不存在或不可编辑"},
	TooFast:              {"SEND_FREQUENCY_TOO_FAST", "sending too often", "发送过于频繁"},
	Blocked:              {"OPERATION_BLOCKED", "this is not open to the user", "用户无权执行此操作"},
	NotSupported:         {"OPERATION_NOT_SUPPORT", "the server does not support this", "服务器不支持此操作"},
	TooFrequent:          {"REQUEST_OVER_FREQUENCY", "asking too often", "请求过于频繁"},
	ExpansionMissing:     {"MESSAGE_EXPAND_NOT_EXIST", "there is no such message to expand", "要扩展的消息不存在"},
	ExpansionDenied:      {"MESSAGE_EXPAND_NOT_SUPPORT", "the message cannot be expanded, or was recalled", "消息不支持扩展，或已被撤回"},
	ExpansionFormat:      {"MESSAGE_EXPAND_FORMAT_ERROR", "the expansion is over a limit", "消息扩展超出上限"},
	ExpansionNotYours:    {"MESSAGE_EXPAND_NOT_AUTHORIZED", "the user was not in the group when it was sent", "消息发送时你不在群组中"},
	NotInGroup:           {"NOT_IN_GROUP", "the user is not in the group", "你不在群组中"},
	MutedInGroup:         {"FORBIDDEN_IN_GROUP", "the user is muted in the group", "你在群组中被禁言"},
	NotInChatroom:        {"NOT_IN_CHATROOM", "the user is not in the chatroom", "你不在聊天室中"},
	ChatroomMuted:        {"FORBIDDEN_IN_CHATROOM", "the user is muted in the chatroom", "你在聊天室中被禁言"},
	ChatroomBlocked:      {"RC_CHATROOM_USER_KICKED", "the user is banned from the chatroom", "你已被移出聊天室"},
	ChatroomMissing:      {"RC_CHATROOM_NOT_EXIST", "there is no such chatroom", "聊天室不存在"},
	ChatroomFull:         {"RC_CHATROOM_IS_FULL", "the chatroom is full", "聊天室人数过多"},
	ChatroomParameter:    {"RC_CHATROOM_PATAMETER_INVALID", "a parameter of the chatroom is not valid", "聊天室参数无效"},
	TooManyEntries:       {"CHATROOM_KV_EXCEED", "too many keys in the chatroom", "聊天室属性过多"},
	EntryNotYours:        {"CHATROOM_KV_OVERWRITE_INVALID", "somebody else owns the key", "聊天室属性由他人设置"},
	EntriesTooFast:       {"CHATROOM_SET_PROPERTY_OVER_FREQUENCY", "changing keys of the chatroom too often", "聊天室属性修改过于频繁"},
	EntryMissing:         {"CHATROOM_KEY_NOT_EXIST", "there is no such key in the chatroom", "聊天室属性不存在"},
	EntriesFailed:        {"CHATROOM_KV_STORE_NOT_ALL_SUCCESS", "some keys were not changed", "部分聊天室属性未修改"},
	EntriesTooMany:       {"CHATROOM_KV_STORE_OUT_LIMIT", "too many keys in a request", "请求的属性过多"},
	ProfilesOff:          {"RC_USER_PROFILE_SERVICE_UNAVAILABLE", "the server keeps no profiles and friends", "服务器未开启资料与好友"},
	NotInUltraGroup:      {"NOT_IN_ULTRA_GROUP", "the user is not in the ultra group", "你不在超级群中"},
	UltraGroupMuted:      {"FORBIDDEN_IN_ULTRA_GROUP", "the user is muted in the ultra group or channel", "你在超级群或频道中被禁言"},
	UltraGroupMissing:    {"ULTRA_GROUP_NOT_EXIST", "there is no such ultra group", "超级群不存在"},
	UltraGroupsFull:      {"ULTRA_GROUP_JOINED_OVERSIZE", "too many ultra groups", "超级群过多"},
	ChannelsFull:         {"ULTRA_GROUP_CHANNELS_OVERSIZE", "too many channels in the ultra group", "超级群频道过多"},
	ChannelMissing:       {"ULTRA_GROUP_CHANNEL_ID_NOT_EXIST", "there is no such channel in the ultra group", "超级群频道不存在"},
	NotInChannel:         {"ULTRA_GROUP_USER_NOT_IN_PRIVATE_CHANNEL", "the user is not in the private channel", "你不在私有频道中"},
	RecallMissing:        {"RECALL_MESSAGE", "there is no such message to recall", "要撤回的消息不存在"},
	StoreUnavailable:     {"MESSAGE_STORAGE_SERVICE_UNAVAILABLE", "the store did not answer in time; it may have been done", "存储服务应答超时，操作可能已完成"},
	Internal:             {"RC_SERVER_UNKOWN_ERROR", "the server failed, see its log", "服务器内部错误"},
	RecallNotYours:       {"RECALL_MESSAGE_USER_INVALID", "only the sender can recall the message", "只有发送者可以撤回消息"},
	GroupByServerOnly:    {"RC_GROUP_NOT_ALLOW_SDK_OPERATION", "only the app's server can change groups", "只有应用服务器可以修改群组"},
	TooManyTags:          {"CONVERSATION_TAG_OVERSIZE", "too many tags", "标签过多"},
	ReceiptV4Off:         {"RC_READ_RECEIPT_V4_INVALID", "the app does not have read receipts of generation 4", "应用未开启第四代已读回执"},
	BadParameter:         {"RC_SERVER_PARAMETER_INVALID", "a field is missing or not valid", "参数缺失或无效"},
	SubscriptionsOff:     {"RC_SUBSCRIBE_ONLINE_SERVICE_UNAVAILABLE", "nobody can subscribe to users", "不能订阅用户"},
	FileTooBig:           {"RC_FILE_SIZE_EXCEED_LIMIT", "files are over a limit", "文件超出上限"},
	SizeMissing:          {"INVALID_PARAMETER_SIZE_NOT_FOUND", "the size of the file is missing", "缺少文件大小"},
	ReceiptV5Off:         {"SERVICE_RRSV5_UNAVAILABLE", "the app does not have read receipts of generation 5", "应用未开启第五代已读回执"},
	ReceiptTooMany:       {"SERVICE_RRSV5_PARAM_LENGTH_EXCEED", "too many messages or users", "消息或用户过多"},
	ReceiptType:          {"SERVICE_RRSV5_CONVERSATION_NOT_SUPPORT", "conversations of this type have no receipts", "会话类型不支持已读回执"},
	ReceiptNotYours:      {"SERVICE_RRSV5_MESSAGE_SENDER_MISMATCH", "only the sender can ask for receipts", "只有发送者可以查询回执"},
	ReceiptNeedless:      {"SERVICE_RRSV5_MESSAGE_RECEIPT_NEEDLESS", "the message asks for no receipt", "消息不需要回执"},
	ReceiptMissing:       {"SERVICE_RRSV5_MESSAGE_NOT_EXIST", "there is no such message to the user", "消息不存在或不可见"},
	TranslationOff:       {"TRANS_SERVICE_NOT_OPEN", "the server translates nothing", "服务器不支持翻译"},
	ContentTooBig:        {"RC_MSG_CONTENT_EXCEED_LIMIT", "the content is over 131,072 bytes", "消息内容超过 131072 字节"},
	NotSendable:          {"MESSAGE_NOT_SUPPORT_SENDING", "messages of this type cannot be sent", "不能发送此类消息"},
	ProtocolVersion:      {"RC_CONN_PROTO_VERSION_ERROR", "the server does not support this protocolVer", "服务器不支持此协议版本"},
	ServerUnavailable:    {"RC_CONN_SERVER_UNAVAILABLE", "the server is not ready or full", "服务器暂不可用"},
	TokenIncorrect:       {"RC_CONN_TOKEN_INCORRECT", "the token is not valid", "Token 无效"},
	NotAuthorized:        {"RC_CONN_NOT_AUTHRORIZED", "the token is not for this", "Token 无权执行此操作"},
	Redirected:           {"RC_CONN_REDIRECTED", "connect to another server", "请连接另一台服务器"},
	AppBlocked:           {"RC_CONN_APP_BLOCKED_OR_DELETED", "the app is blocked", "应用已被封禁"},
	UserBlocked:          {"RC_CONN_USER_BLOCKED", "the user is blocked", "用户已被封禁"},
	Kicked:               {"RC_DISCONN_KICK", "the user connected on another device", "用户连接了另一台设备"},
	EndedByServer:        {"RC_DISCONN_EXCEPTION", "the app's server ended the connection", "应用服务器断开连接"},
	TokenExpired:         {"RC_CONN_TOKEN_EXPIRED", "the token has expired", "Token 已过期"},
	AccountCancelled:     {"RC_ACCOUNT_CANCELLATION", "the account was cancelled", "账号已注销"},
	LicenceExpired:       {"RC_LICENSE_EXPIRED", "the licence has expired", "许可已过期"},
	BadMessage:           {"RC_MSG_DATA_INCOMPLETE", "the message cannot be read", "消息无法解析"},
	BadArgument:          {"BIZ_ERROR_INVALID_PARAMETER", "an argument is not valid", "参数无效"},
	TagMissing:           {"TAG_NOT_EXIST", "there is no such tag", "标签不存在"},
	TagExists:            {"TAG_EXISTS", "there is such a tag already", "标签已存在"},
	BadQuote:             {"INVALID_PARAMETER_QUOTE_INFO", "the message to quote is not named in full", "被引用的消息信息不完整"},
	ExpansionLimit:       {"EXPANSION_LIMIT_EXCEET", "the expansion is over a limit", "消息扩展超出上限"},
	UploadFailed:         {"UPLOAD_FAIL", "the file could not be uploaded", "文件上传失败"},
	NotMedia:             {"MEDIA_EXCEPTION", "there is no file, or not of this kind", "文件缺失或类型不符"},
	UnsupportedType:      {"CONVERSATION_TYPE_NOT_SUPPORT", "not for conversations of this type", "会话类型不支持此操作"},
	BadTime:              {"INVALID_PARAMETER_TIMESTAMP", "the time is not valid", "时间戳无效"},
	BadUID:               {"INVALID_PARAMETER_MESSAGE_UID", "that is no messageUId", "messageUId 无效"},
	TooManyMessages:      {"MSG_LIMIT_ERROR", "too many messages", "消息过多"},
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
	NotDirectable:        {"RC_DIRECTIONAL_MESSAGE_INVALID_CONVERSATION_TYPE", "only for groups and ultra groups", "仅支持群组和超级群"},
	BadGroup:             {"INVALID_PARAMETER_GROUP_ID", "the id of a group is 1 to 64 of A-Z a-z 0-9 + = - _ | :", "群组 ID 无效"},
	BadGroups:            {"INVALID_PARAMETER_GROUP_IDS", "too many groups, none, or an id that is not valid", "群组列表为空、过长或含有无效 ID"},
	BadPage:              {"INVALID_PARAMETER_PAGING_QUERY_OPTION", "the options of a page are not valid", "分页参数无效"},
	BadMessageType:       {"INVALID_PARAMETER_MESSAGE_TYPE", "the type of the message is not valid", "消息类型无效"},
	BadContent:           {"INVALID_PARAMETER_MESSAGE", "what is sent is not a message", "消息无效"},
	BadSendOptions:       {"INVALID_PARAMETER_SENDOPTIONS", "the options of a send are not valid", "发送选项无效"},
	BadDisposition:       {"INVALID_PARAMETER_CONTENT_DISPOSITION", "contentDisposition is inline or attachment", "contentDisposition 只能是 inline 或 attachment"},
	NotExpandable:        {"INVALID_PARAMETER_CAN_INCLUDE_EXPANSION", "the message cannot be expanded", "消息不支持扩展"},
	BadPush:              {"INVALID_PARAMETER_PUSH_CONFIG", "the push configuration is not valid", "推送配置无效"},
	KeepLatestElsewhere:  {"INVALID_DISABLE_UPDATE_LAST_MESSAGE", "in an ultra group a message cannot keep the latest one", "超级群消息不支持不更新最后一条消息"},
	ReceiptUnwanted:      {"SEND_READ_RECEIPT_CONF_ERROR", "the message can have no receipts", "消息不支持已读回执"},
}
