const conversation = {
conversationType: RongIMLib.ConversationType.PRIVATE,
targetId: ''
}
const msgBody = {
file, // 待上传文件
user: { id: '', name: '', portraitUri: '', extra: '' }, // 消息中携带的用户信息,非必填
extra: '' // 消息中携带的透传信息,非必填
}
const hooks = {
onProgress (progress) {}, // 上传进度监听,可选
onComplete (fileInfo) { // 上传完成时的回调钩子,可选
console.log(fileInfo.url) // 文件存储地址
// 如果需要构建自定义消息,return new ABCMesssage('')
// ABCMesssage 定义通过自定义消息实现 `const ABCMesssage = RongIMLib.registerMessageType(...)`
// 无 return 返回值的情况下,SDK 默认发送 FileMessage
}
}
const options = {
contentDisposition: 'attachment' // 文件链接在浏览器中展示形式(仅 aws、stc 上传有效) 'inline': 在浏览器中预览, 'attachment': 直接下载。如果不传,html 类型文件会预览,其他类型为直接下载
// ... 其他配置项,可选
}

RongIMLib.sendHQVoiceMessage(
conversation,
msgBody,
hooks,
options
).then(({ code, data: message }) => {
if (code === 0) {
// 发送成功
}
})
