"use strict";
(() => {
  // emoji/src/generated/table.ts
  var table = [
    ["😃", "笑脸", "Smiley Face", -75],
    ["😀", "笑嘻嘻", "Grinning Face", 0],
    ["😊", "微笑", "Smiley", -1725],
    ["☺", "萌萌哒", "Cute", -2950],
    ["😉", "眨眼", "Winking Face", -200],
    ["😍", "色迷迷", "Heart Eyes", -1800],
    ["😘", "飞吻", "Blowing Kiss", -375],
    ["😚", "么么哒", "Kiss Face", -1875],
    ["😜", "调皮", "Crazy Face", -1900],
    ["😝", "吐舌头", "Tongue Out", -1925],
    ["😳", "脸红", "Flushed Face", -625],
    ["😁", "露齿而笑", "Grinning With Smiling", -25],
    ["😔", "沉思", "Pensive", -300],
    ["😌", "满意", "Pleased", -1775],
    ["😒", "不满", "Dissatisfied", -250],
    ["😟", "苦瓜脸", "Worried Face", -1975],
    ["😞", "失望", "Disappointed Face", -1950],
    ["😣", "无助", "Helpless Face", -450],
    ["😢", "伤心", "Crying", -425],
    ["😂", "喜极而泣", "Laughing Tears", -50],
    ["😭", "哭泣", "Sobbing", -2075],
    ["😪", "困", "Sleepy Face", -2e3],
    ["😰", "冷汗", "Cold Sweat", -550],
    ["😅", "尴尬", "Happy Sweat", -100],
    ["😓", "汗", "Sweat", -275],
    ["😫", "抓狂", "Tired Face", -2025],
    ["😩", "疲惫", "Weary Face", -525],
    ["😨", "可怕", "Fearful Face", -500],
    ["😱", "尖叫", "Scream", -575],
    ["😡", "生气", "Angry Face", -400],
    ["😤", "怒气冲冲", "Mad Face", -475],
    ["😖", "蒙羞", "Confounded Face", -350],
    ["😆", "大笑", "Big Grin", -125],
    ["😋", "馋", "Hungry", -1750],
    ["😷", "口罩", "Mask Face", -725],
    ["😎", "墨镜", "Sunglasses", -1825],
    ["😴", "睡眠", "Sleeping", -650],
    ["😵", "头晕眼花", "Dizzy Face", -675],
    ["😲", "震惊", "Shocked Face", -600],
    ["😈", "小恶魔", "Purple Devil", -175],
    ["👿", "恶魔", "Devil", -1600],
    ["😯", "惊呆", "Surprised Face", -2100],
    ["😬", "扮鬼脸", "Grimacing Face", -2050],
    ["😕", "困惑", "Confused", -325],
    ["😶", "无口", "Mouthless", -700],
    ["😇", "天使光环", "Halo", -150],
    ["😏", "傻笑", "Smirking Face", -1850],
    ["😑", "面无表情", "Expressionless Face", -225],
    ["🙈", "不看", "See No Monkey", -2675],
    ["🙉", "不听", "Hear No Monkey", -2700],
    ["🙊", "闭嘴", "No Speaking", -2125],
    ["👽", "外星人", "Alien", -1575],
    ["💩", "便便", "Pile Of Poo", -1025],
    ["💔", "心碎", "Broken Heart", -2600],
    ["🔥", "火", "Fire", -2625],
    ["💢", "愤怒", "Anger", -950],
    ["💤", "ZZZ", "Zzz", -1e3],
    ["🚫", "禁止", "Prohibited", -1175],
    ["⭐", "星星", "Star", -2750],
    ["⚡", "闪电", "Lightning Bolt", -2825],
    ["🌙", "弯月", "Drescent Moon", -2175],
    ["☀", "晴朗", "Sunny", -3075],
    ["⛅", "多云", "Cloudy", -2900],
    ["☁", "云彩", "Cloud", -3100],
    ["❄", "雪花", "Snowflake", -3175],
    ["☔", "雨伞", "Umbrella", -3125],
    ["⛄", "雪人", "Snowman", -2875],
    ["👍", "赞", "Thumbs Up", -1400],
    ["👎", "喝倒彩", "Thumbs Down", -1425],
    ["🤝", "握手", "Handshake", -3200],
    ["👌", "没问题", "Ok Hand", -1375],
    ["✊", "举起拳头", "Raised Fist", -2975],
    ["👊", "击拳", "Oncoming Fist", -1350],
    ["✌", "耶", "Victory Hand", -3025],
    ["✋", "举手", "Raised Hand", -3e3],
    ["🙏", "祈祷", "Folded Hands", -2150],
    ["☝", "第一", "Pointing Up", -2925],
    ["👏", "鼓掌", "Clapping Hands", -1450],
    ["💪", "肌肉", "Flexed Biceps", -1050],
    ["👪", "家庭", "Family", -1475],
    ["👫", "情侣", "Couple", -1500],
    ["👼", "宝贝天使", "Baby Angel", -1550],
    ["🐴", "马", "Horse", -2475],
    ["🐶", "狗", "Dog", -2500],
    ["🐷", "猪", "Pig", -2525],
    ["👻", "鬼", "Ghost", -1525],
    ["🌹", "玫瑰", "Rose", -2225],
    ["🌻", "向日葵", "Sunflower", -1250],
    ["🌲", "松树", "Pine Tree", -2200],
    ["🎄", "圣诞树", "Christmas Tree", -2400],
    ["🎁", "礼物", "Wrapped Gift", -2350],
    ["🎉", "聚会礼花", "Party Popper", -2425],
    ["💰", "钱袋", "Money Bag", -1075],
    ["🎂", "生日蛋糕", "Birthday Cake", -2375],
    ["🍖", "BBQ", "Barbecue", -2275],
    ["🍚", "米饭", "Cooked Rice", -1275],
    ["🍦", "冰淇淋", "Ice Cream", -2300],
    ["🍫", "巧克力", "Chocolate Bar", -1300],
    ["🍉", "西瓜", "Watermelon", -2250],
    ["🍷", "红酒", "Wine Glass", -2325],
    ["🍻", "干杯", "Cheers", -1325],
    ["☕", "咖啡", "Coffee", -3150],
    ["🏀", "篮球", "Basketball", -825],
    ["⚽", "足球", "Soccer Ball", -2850],
    ["🏂", "单板滑雪", "Snowboarder", -850],
    ["🎤", "麦克风", "Microphone", -750],
    ["🎵", "音乐", "Musical Note", -800],
    ["🎲", "骰子", "Game Die", -775],
    ["🀄", "麻将", "Mahjong Red Dragon", -900],
    ["👑", "王冠", "Crown", -2550],
    ["💄", "口红", "Lipstick", -2575],
    ["💋", "吻", "Kiss", -1650],
    ["💍", "戒指", "Ring", -1675],
    ["📚", "书籍", "Books", -1100],
    ["🎓", "毕业帽", "Graduation Cap", -2450],
    ["✏", "铅笔", "Pencil", -3050],
    ["🏡", "房子", "House With Garden", -875],
    ["🚿", "淋浴", "Shower", -1200],
    ["💡", "灯泡", "Light Bulb", -925],
    ["📞", "电话听筒", "Telephone Receiver", -1125],
    ["📢", "扩音器", "Loudspeaker", -1150],
    ["🕖", "表", "Clock", -2650],
    ["⏰", "闹钟", "Alarm Clock", -2775],
    ["⏳", "沙漏", "Hourglass", -2800],
    ["💣", "炸弹", "Bomb", -975],
    ["🔫", "手枪", "Pistol", -1700],
    ["💊", "药", "Capsule", -1625],
    ["🚀", "火箭", "Rocket", -2725],
    ["🌏", "地球", "Globe", -1225]
  ];
  var legacyPrivate = "----------------------------------";
  var legacyCJK = "奈-鷺祿-聾磊-刺";

  // emoji/src/index.ts
  var SIZE = 24;
  var CELL = 25;
  function createEmoji(given = {}) {
    var _a2;
    let options = {};
    const entries = /* @__PURE__ */ new Map();
    let derived;
    const symbolOf = (entry) => `[${options.lang === "en" ? entry.en : entry.zh}]`;
    const init = (changes = {}) => {
      var _a3, _b, _c;
      options = { ...options, ...changes };
      for (const [key, entry] of Object.entries((_b = (_a3 = changes.extension) == null ? void 0 : _a3.dataSource) != null ? _b : {})) {
        entries.set(key, added(key, entry, (_c = changes.extension) == null ? void 0 : _c.url));
      }
      derived = void 0;
    };
    const derive = () => {
      if (derived !== void 0) return derived;
      const all = [...entries.values()];
      const tags = all.map((entry) => entry.emoji).sort((a, b) => b.length - a.length);
      derived = {
        byEmoji: new Map(all.map((entry) => [entry.emoji, entry])),
        bySymbol: new Map(all.map((entry) => [symbolOf(entry), entry])),
        pattern: new RegExp(`(${tags.map((tag) => tag.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|")})️?`, "g"),
        list: all.map((entry) => ({ unicode: entry.key, emoji: entry.emoji, node: nodeOf(entry), symbol: symbolOf(entry) }))
      };
      return derived;
    };
    const nodeOf = (entry) => {
      var _a3;
      if (typeof document === "undefined") return void 0;
      const node = document.createElement("span");
      node.className = "rong-emoji-content";
      node.setAttribute("name", symbolOf(entry));
      node.style.cssText = styleOf(entry, (_a3 = options.size) != null ? _a3 : SIZE);
      node.textContent = entry.emoji;
      return node;
    };
    const styleOf = (entry, size) => {
      const picture = pictureOf(entry);
      if (size === void 0 && picture === "") return "";
      const px = Number(size != null ? size : SIZE);
      const box = `display:inline-block;width:${px}px;height:${px}px;line-height:${px}px;vertical-align:middle;text-align:center;overflow:hidden;`;
      if (picture === "") return `${box}font-size:${Math.round(px * 0.8)}px`;
      const shown = `${box}font-size:0;background-repeat:no-repeat;background-image:url(${picture});`;
      if (entry.url === void 0 && options.images !== void 0) return `${shown}background-size:contain`;
      return `${shown}background-size:auto ${px}px;background-position:${entry.x / CELL * px}px ${entry.y / CELL * px}px`;
    };
    const pictureOf = (entry) => {
      var _a3, _b, _c, _d;
      const code = Array.from(entry.emoji, (character) => {
        var _a4;
        return (_a4 = character.codePointAt(0)) == null ? void 0 : _a4.toString(16);
      }).join("-");
      const address = (_d = (_c = (_b = entry.url) != null ? _b : (_a3 = options.images) == null ? void 0 : _a3.replace(/\{code\}/g, code).replace(/\{CODE\}/g, code.toUpperCase())) != null ? _c : options.url) != null ? _d : "";
      return address.replace(/[\0-\x20"'()\\<>]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0"));
    };
    const spanOf = (entry, size) => {
      const style = styleOf(entry, size != null ? size : options.size);
      return `<span class='rong-emoji-content' name='${escaped(symbolOf(entry))}'${style && ` style='${escaped(style)}'`}>${escaped(entry.emoji)}</span>`;
    };
    const plain = (text) => options.escape === false ? text : escaped(text);
    const native = (text) => text.replace(options.legacyCJK === true ? LEGACY_ALL : LEGACY, (c) => String.fromCodePoint(c.charCodeAt(0) + 65536));
    const replaceEmoji = (text, write, between) => {
      var _a3;
      const { pattern, byEmoji } = derive();
      const whole = native(text);
      let result = "";
      let from = 0;
      for (const match of whole.matchAll(pattern)) {
        const end = match.index + match[0].length;
        const entry = byEmoji.get((_a3 = match[1]) != null ? _a3 : "");
        if (entry === void 0 || whole[match.index - 1] === "‍" || LONGER.test(whole.slice(end, end + 2))) continue;
        result += between(whole.slice(from, match.index)) + write(entry);
        from = end;
      }
      return result + between(whole.slice(from));
    };
    for (const [emoji, zh, en, x] of table) {
      const key = "u" + ((_a2 = emoji.codePointAt(0)) == null ? void 0 : _a2.toString(16).toUpperCase());
      entries.set(key, { key, emoji, zh, en, x, y: 0, url: void 0 });
    }
    init(given);
    return {
      init,
      get list() {
        return derive().list;
      },
      isSupportEmoji,
      emojiToSymbol: (text) => replaceEmoji(text, symbolOf, (between) => between),
      symbolToEmoji: (text) => native(text).replace(SYMBOL, (symbol) => {
        var _a3, _b;
        return (_b = (_a3 = derive().bySymbol.get(symbol)) == null ? void 0 : _a3.emoji) != null ? _b : symbol;
      }),
      emojiToHTML: (text, size) => replaceEmoji(text, (entry) => spanOf(entry, size), plain),
      symbolToHTML(text, size) {
        const { bySymbol } = derive();
        let result = "";
        let from = 0;
        for (const match of text.matchAll(SYMBOL)) {
          const entry = bySymbol.get(match[0]);
          if (entry === void 0) continue;
          result += plain(text.slice(from, match.index)) + spanOf(entry, size);
          from = match.index + match[0].length;
        }
        return result + plain(text.slice(from));
      }
    };
  }
  var LEGACY = /* @__PURE__ */ new RegExp(`[${legacyPrivate}]`, "g");
  var LEGACY_ALL = /* @__PURE__ */ new RegExp(`[${legacyPrivate}${legacyCJK}]`, "g");
  var SYMBOL = /\[[^[\]]+\]/g;
  var LONGER = /^(?:[\u200d\ufe0e\u20e3]|\ud83c[\udffb-\udfff])/;
  var ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };
  var escaped = (text) => text.replace(/[&<>"']/g, (c) => {
    var _a2;
    return (_a2 = ENTITIES[c]) != null ? _a2 : c;
  });
  function added(key, entry, url) {
    var _a2;
    for (const field of ["tag", "zh", "en"]) {
      if (typeof entry[field] !== "string" || entry[field] === "") throw new TypeError(`extension.dataSource.${key}.${field}: a string that is not empty, please`);
    }
    const [x = 0, y = 0] = ((_a2 = entry.position) != null ? _a2 : "").split(/\s+/).map((number) => parseFloat(number) || 0);
    return { key, emoji: entry.tag, zh: entry.zh, en: entry.en, x, y, url };
  }
  function isSupportEmoji() {
    if (typeof document === "undefined") return false;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 24;
    const pen = canvas.getContext("2d");
    if (pen === null) return false;
    pen.textBaseline = "top";
    pen.font = "20px sans-serif";
    pen.fillText("😃", 0, 0);
    const { data } = pen.getImageData(0, 0, 24, 24);
    return data.some((value, i) => i % 4 !== 3 && value !== 0);
  }

  // emoji/src/script.ts
  var RongIMEmoji = createEmoji();
  function joined(library2) {
    if (!Object.isExtensible(library2)) return { ...library2, RongIMEmoji };
    library2["RongIMEmoji"] = RongIMEmoji;
    return library2;
  }
  var global = globalThis;
  var _a;
  var library = joined((_a = global["RongIMLib"]) != null ? _a : {});
  var there = Object.getOwnPropertyDescriptor(global, "RongIMLib");
  if (there === void 0 || there.configurable === true) {
    Object.defineProperty(global, "RongIMLib", {
      configurable: true,
      enumerable: true,
      get: () => library,
      set: (value) => library = joined(value)
    });
  } else {
    global["RongIMLib"] = library;
  }
})();
