new RongIMLib.FileMessage({
name: '',
size: 1000,
type: '',
fileUrl: ''
})
