RongIMLib.RongIMEmoji.init();
