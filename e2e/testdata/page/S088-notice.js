new RongIMLib.InformationNotificationMessage({
message: '提示条消息内容',
extra: '提示条附加信息',
})
