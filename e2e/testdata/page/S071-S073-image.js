new RongIMLib.ImageMessage({
content: '', // 图片缩略图,应为 Base64 字符串,且不可超过 80KB
imageUri: '' // 图片的远程访问地址
})
