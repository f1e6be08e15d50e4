var n=[`no answer in time
done
the application disconnected
the sender is on the receiver's blacklist
the sender is not on the receiver's whitelist
the user is muted in private conversations
messages to system conversations cannot be sent
it is too late to edit the message
the content is over 131,072 bytes
there is no such message to edit
sending too often
this is not open to the user
the server does not support this
asking too often
the message has a forbidden word
a forbidden word was replaced
there is no such message to expand
the message cannot be expanded, or was recalled
the expansion is over a limit
the user was not in the group when it was sent
the user is not in the group
the user is muted in the group
the user is not in the chatroom
the user is muted in the chatroom
the user is banned from the chatroom
there is no such chatroom
the chatroom is full
a parameter of the chatroom is not valid
the server keeps no history of chatrooms
too many keys in the chatroom
somebody else owns the key
changing keys of the chatroom too often
there is no such key in the chatroom
some keys were not changed
too many keys in a request
the server keeps no profiles and friends
the user is not in the ultra group
the user is muted in the ultra group or channel
there is no such ultra group
too many ultra groups
too many channels in the ultra group
there is no such channel in the ultra group
the user is not in the private channel
there is no such message to recall
the store did not answer in time; it may have been done
the server failed, see its log
only the sender can recall the message
only the app's server can change groups
too many tags
the app does not have read receipts of generation 4
a field is missing or not valid
nobody can subscribe to users
files are over a limit
the app does not have read receipts of generation 5
too many messages or users
conversations of this type have no receipts
only the sender can ask for receipts
the message asks for no receipt
there is no such message to the user
the server translates nothing
there is no connection
the network is not available
the server did not answer in time
no navigator answered
no connection could be opened
the connection was lost
the server did not answer pings
the message could not be sent
connecting too often
the content is over 131,072 bytes
messages of this type cannot be sent
the server did not accept in time
the server does not support this protocolVer
the server refused the connection
the server is not ready or full
the token is not valid
the token is not for this
connect to another server
the app is blocked
the user is blocked
the user connected on another device
the app's server ended the connection
the token has expired
the account was cancelled
the licence has expired
the message cannot be read
init must be called first
an argument is not valid
connecting already
the server keeps no history
there is no such tag
there is such a tag already
the conversation does not have the tag
the call before is not finished
there is a connection already
the message cannot be expanded
the expansion is not valid
the expansion is over a limit
the file could not be uploaded
too many conversations
the app does not have read receipts of this generation
there is no file, or not of this kind
the message type is not registered
not supported
not for conversations of this type
too many messages
the app does not have read receipts of generation 4
only for groups and ultra groups
there is no such message
the server keeps no list of conversations
the server did not say
the server counts unread messages
the server does not count unread messages
not supported here
no server could be reached
not available yet
only for ultra groups
only the default channel can be put on top
the message can have no receipts
there is no such key in the chatroom`,`应答超时
成功
应用断开连接
你在对方的黑名单中
你不在对方的白名单中
你在单聊中被禁言
不能发送系统会话消息
消息已超过可编辑时间
消息内容超过 131072 字节
要编辑的消息不存在或不可编辑
发送过于频繁
用户无权执行此操作
服务器不支持此操作
请求过于频繁
消息含有敏感词
敏感词已被替换
要扩展的消息不存在
消息不支持扩展，或已被撤回
消息扩展超出上限
消息发送时你不在群组中
你不在群组中
你在群组中被禁言
你不在聊天室中
你在聊天室中被禁言
你已被移出聊天室
聊天室不存在
聊天室人数过多
聊天室参数无效
服务器未开启聊天室历史消息
聊天室属性过多
聊天室属性由他人设置
聊天室属性修改过于频繁
聊天室属性不存在
部分聊天室属性未修改
请求的属性过多
服务器未开启资料与好友
你不在超级群中
你在超级群或频道中被禁言
超级群不存在
超级群过多
超级群频道过多
超级群频道不存在
你不在私有频道中
要撤回的消息不存在
存储服务应答超时，操作可能已完成
服务器内部错误
只有发送者可以撤回消息
只有应用服务器可以修改群组
标签过多
应用未开启第四代已读回执
参数缺失或无效
不能订阅用户
文件超出上限
应用未开启第五代已读回执
消息或用户过多
会话类型不支持已读回执
只有发送者可以查询回执
消息不需要回执
消息不存在或不可见
服务器不支持翻译
没有连接
网络不可用
服务器应答超时
导航服务未应答
无法建立连接
连接已断开
服务器未应答心跳
消息发送失败
连接过于频繁
消息内容超过 131072 字节
不能发送此类消息
服务器接受连接超时
服务器不支持此协议版本
服务器拒绝连接
服务器暂不可用
Token 无效
Token 无权执行此操作
请连接另一台服务器
应用已被封禁
用户已被封禁
用户连接了另一台设备
应用服务器断开连接
Token 已过期
账号已注销
许可已过期
消息无法解析
请先调用 init
参数无效
正在连接
服务器未开启历史消息
标签不存在
标签已存在
会话没有该标签
上次请求未完成
连接已存在
消息不支持扩展
消息扩展无效
消息扩展超出上限
文件上传失败
会话过多
应用未开启该代已读回执
文件缺失或类型不符
消息类型未注册
不支持此操作
会话类型不支持此操作
消息过多
应用未开启第四代已读回执
仅支持群组和超级群
消息不存在
服务器未开启会话列表
服务器没有返回数据
服务器已开启未读数统计
服务器未开启未读数统计
此处不支持此操作
服务器不可用
暂不可用
仅支持超级群
只有默认频道可以置顶
消息不支持已读回执
聊天室属性不存在`];export{n as codeTexts};
//# sourceMappingURL=imlib-texts.js.map
