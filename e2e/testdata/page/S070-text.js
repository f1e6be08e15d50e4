new RongIMLib.TextMessage({ content: '' })
