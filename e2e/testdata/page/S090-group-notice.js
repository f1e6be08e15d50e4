new RongIMLib.GroupNotificationMessage({
operatorUserId: '操作人用户 ID',
operation: '群组中各种通知的操作名称',
data: '操作数据',
message: '消息内容'
})
