new RongIMLib.RichContentMessage({
title: '标题',
content: '内容简介',
imageUri: '<图片地址>',
url: '<文章链接地址>'
})
