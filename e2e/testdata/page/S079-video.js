new RongIMLib.SightMessage({
sightUrl: "<视频资源的远程地址>",
content: "<缩略图base64>",
duration: 10,
size: 100,
name: "视频名称"
})
