new RongIMLib.CommandMessage({
name: '命令名称',
data: '命令内容',
})
