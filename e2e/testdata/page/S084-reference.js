new RongIMLib.ReferenceMessage({
referMsgUserId: '<引用消息的用户ID>',
referMsg: {
content: '引用消息文本'
},
referMsgUid: '引用消息的 messageUId',
content: '发送的消息内容',
objName: RongIMLib.MessageType.TEXT
})
