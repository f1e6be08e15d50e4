new RongIMLib.HQVoiceMessage({
remoteUrl: '<aac 文件地址>',
duration: 60,
})
