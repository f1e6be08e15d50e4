new RongIMLib.GIFMessage({
gifDataSize: 30,
remoteUrl: '<图片地址>',
width: 300,
height: 200
})
