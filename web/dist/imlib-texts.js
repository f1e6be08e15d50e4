var e=[`no answer in time
done
the application disconnected
the receiver's blacklist holds the sender
the receiver's whitelist lacks the sender
the sender may not send private messages
nobody may send to a system conversation
the message is older than the app lets it be edited
the content is over 131,072 bytes
there is no such message, or it is not one to edit
over the send rate of the app
this is not open to this user, or not any more
this server does not do that
over another limit than the send rate
the message holds a word that is not allowed
a word of the message was replaced
there is no such message to expand
the message was not sent as one that may be expanded, or was recalled
a key, a value or their number is over a limit
the user was not in the group when the message was sent
the user is not in the group
the sender may not send to the group now
the session is not in the chatroom
the user may not speak in the chatroom
the user may not be in the chatroom
there is no such chatroom
the chatroom takes no more users
a parameter of a chatroom request is wrong
the server keeps no history of chatrooms
the chatroom takes no more keys
somebody else owns the key
over the rate of changes of a chatroom's entries
the chatroom has no such key
some of several keys were not changed
over the number of keys in a request
this server keeps no profiles or friends that users change
the user is not in the ultra group
the user, or everybody, may not send in the ultra group or channel
there is no such ultra group
the user is in as many ultra groups as one may be in
the ultra group has as many channels as it may have
the ultra group has no such channel
the channel is private and the user is not in it
there is no such message to recall
the store did not answer; what was asked may have been done
our fault; the reason is in the server's log
only the sender may recall this message
only the app's server makes and changes groups
the user has 20 tags already
the app has read receipts of another generation than the fourth
a field is missing, out of range or malformed
nobody can subscribe to a user's status or profile
the file is over the limit, or all files of the app are over theirs
the app has read receipts of another generation than the fifth
too many messages or users are named
conversations of this type have no receipts
only the sender may ask who has read the message
the message asks for no receipt of this user
there is no such message, or the user does not see it
this server translates nothing, neither text nor speech
there is no connection
the network is not available
the server did not answer in time
no navigator answered
no connection could be opened
the connection was lost
the server did not answer pings
the message could not be sent
connecting too often
the content is over 131072 bytes
a client cannot send a message of this type
the server did not accept the connection in time
this protocolVer is not spoken here
the server refused the connection
starting, draining or full
the token is not one of ours
the token is not for this
connect to another server
the app is blocked
the user is blocked
another device of the user took this one's place, as the app has it
the app's server ended the connection
the token has expired
the account was cancelled
the licence expired
the payload does not decode
init must be called first
an argument is not valid
a connection is being made already
the server keeps no history
there is no such tag
there is such a tag already
the conversation does not have this tag
the call before this one is not finished
there is a connection already
the message was not sent as one that may be expanded
the expansion is not valid
over 300 keys of an expansion, or over 20 in one change
the file could not be uploaded
over the number of conversations
the app has read receipts of another generation
there is no file, or not one of this kind
the message type was not registered
not supported
the conversation type is not one for this operation
over the number of messages
the app has read receipts of another generation than the fourth
only a message to a group or an ultra group can be directed to some of its members
there is no such message
the app keeps its list of conversations
the server did not say
the server counts what is unread, so a client cannot clear it this way
the server does not count what is unread
not supported here
no server could be reached
not available yet
only for ultra groups
only the default channel can be put on top
a receipt can be asked for stored messages to a person or a group only
the chatroom has no such entry`,`等待超时，没有应答
成功
应用主动断开连接
对方已将你加入黑名单
你不在对方的白名单中
你被禁止发送单聊消息
不能向系统会话发送消息
消息已超过可编辑的时间
消息内容超过 131072 字节
没有这条消息，或该消息不能编辑
发送过快，超过应用的发送频率
当前用户不能执行此操作
服务器不支持此操作
请求过于频繁
消息含有敏感词
消息中的敏感词已被替换
要扩展的消息不存在
该消息发送时未允许扩展，或已被撤回
扩展的键、值或数量超过限制
消息发送时你不在该群组中
你不在该群组中
你在该群组中被禁言
你不在该聊天室中
你在该聊天室中被禁言
你已被移出或封禁于该聊天室
聊天室不存在
聊天室人数已满
聊天室请求的参数不正确
聊天室未开启历史消息
聊天室属性数量已达上限
该属性由其他人设置，不能覆盖
聊天室属性修改过于频繁
聊天室没有这个属性
部分聊天室属性未能修改
单次请求的属性数量超过限制
服务器不保存可由用户修改的资料与好友
你不在该超级群中
你在该超级群或频道中被禁言
超级群不存在
加入的超级群数量已达上限
超级群的频道数量已达上限
超级群频道不存在
该频道是私有频道，你不在其中
要撤回的消息不存在
存储服务暂时不可用，请重试
服务器内部错误
只有发送者可以撤回该消息
只有应用服务器可以创建和修改群组
标签数量已达上限
应用未启用第四代已读回执
参数缺失、超出范围或格式不正确
不能订阅用户状态或资料
文件大小超过限制
应用未启用第五代已读回执
指定的消息或用户数量超过限制
该类型的会话没有已读回执
只有发送者可以查询谁已读
该消息不需要此用户的回执
没有这条消息，或你看不到它
服务器不提供翻译与语音转文字
当前没有连接
网络不可用
服务器未在规定时间内应答
导航服务请求失败
无法建立连接
连接已断开
服务器未应答心跳
消息发送失败
连接过于频繁
消息内容超过 131072 字节
客户端不能发送该类型的消息
服务器未及时接受连接
不支持该协议版本
服务器拒绝连接
服务器正在启动、停止或已满
Token 不正确
Token 无权执行此操作
需要连接到另一台服务器
应用已被封禁或不存在
用户已被封禁
用户在其他设备登录
应用服务器断开了连接
Token 已过期
账号已注销
许可已过期
消息数据无法解析
请先调用 init
参数无效
正在连接中
服务器未开启历史消息
标签不存在
标签已存在
会话没有该标签
上一次调用尚未完成
连接已存在
该消息发送时未允许扩展
消息扩展内容无效
消息扩展超过 300 个，或单次超过 20 个
文件上传失败
会话数量超过限制
应用未开启该版本的已读回执
文件缺失或类型不符
消息类型未注册
不支持此操作
该会话类型不支持此操作
消息数量超过限制
应用未开启第四版已读回执
只有群组和超级群可以发送定向消息
没有该消息
应用未开启实时会话列表
服务器没有返回该数据
已由服务器统计未读数，不能用此方法清除
服务器未开启未读数统计
当前环境不支持
没有可用的服务器
暂不可用
仅支持超级群
只有默认频道可以置顶
只有单聊和群聊中会存储的消息可以请求已读回执
聊天室没有这个属性`];export{e as codeTexts};
//# sourceMappingURL=imlib-texts.js.map
