new RongIMLib.LocationMessage({
latitude: '<位置的经度>',
longitude: '<位置的纬度>',
poi: '位置信息',
content: '<base64>'
})
