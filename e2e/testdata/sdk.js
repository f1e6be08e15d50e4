// What the Go tests drive: the official SDK as an application uses it, with
// everything it tells kept in lists that a test can wait on.
import * as RongIMLib from '@rongcloud/imlib-next'

window.RongIMLib = RongIMLib

const { Events, ErrorCode } = RongIMLib

const heard = {
  messages: [], // as the MESSAGES event gave them, in order
  typing: [], // statuses of TYPING_STATUS that name somebody
  states: [], // names of the connection events
  pulled: [], // one entry per PULL_OFFLINE_MESSAGE_FINISHED
  rejoined: [], // rooms of the CHATROOM event that were joined again
  events: [], // every event as {name, event}
  logs: [], // what the page logged, as lists of arguments
}
const waiting = new Set()

function note(list, ...items) {
  heard[list].push(...items)
  for (const ask of [...waiting]) ask()
}

// until resolves with the first truthy answer of find, which is asked now and
// after every event.
function until(find) {
  return new Promise((resolve) => {
    const ask = () => {
      const found = find()
      if (!found) return
      waiting.delete(ask)
      resolve(found)
    }
    waiting.add(ask)
    ask()
  })
}

const log = console.log
console.log = (...args) => {
  log(...args)
  note('logs', args)
}

function listen() {
  const on = RongIMLib.addEventListener
  on(Events.MESSAGES, (event) => note('messages', ...event.messages))
  on(Events.TYPING_STATUS, (event) => note('typing', ...event.status.filter((s) => s.list.length > 0)))
  on(Events.PULL_OFFLINE_MESSAGE_FINISHED, () => note('pulled', true))
  on(Events.CHATROOM, (event) => event.rejoinedRoom && note('rejoined', event.rejoinedRoom))
  for (const name of new Set(Object.values(Events))) on(name, (event) => note('events', { name, event }))
  for (const state of ['CONNECTING', 'CONNECTED', 'SUSPEND', 'DISCONNECT']) {
    on(Events[state], () => note('states', state))
  }
}

const online = () => heard.states.at(-1) === 'CONNECTED'

// sendUntilAcked sends one text, and sends it again with the same messageId
// until the server takes it, as the page tells an application to do.
async function sendUntilAcked(conversation, content) {
  let messageId
  for (;;) {
    const options = { messageId, onSendBefore: (m) => (messageId = m.messageId) }
    const result = await RongIMLib.sendMessage(conversation, new RongIMLib.TextMessage({ content }), options)
    if (result.code === ErrorCode.SUCCESS) return result.data
    await until(online)
  }
}

window.im = {
  heard,
  until,

  // connect resolves once the SDK also finished its first pull.
  async connect(appkey, navigator, token, options = {}) {
    RongIMLib.init({ appkey, navigators: [navigator], ...options })
    listen()
    const result = await RongIMLib.connect(token)
    if (result.code === ErrorCode.SUCCESS) await until(() => heard.pulled.length > 0)
    return result
  },

  disconnect: () => RongIMLib.disconnect(),

  // send returns what sendMessage resolved with, and the message that
  // onSendBefore was given.
  async send(conversation, type, content, options = {}) {
    let before = null
    const onSendBefore = (m) => (before = structuredClone(m))
    const result = await RongIMLib.sendMessage(conversation, new RongIMLib[type](content), { ...options, onSendBefore })
    return { ...result, before }
  },

  // register makes a type known that is kept and counted.
  register(type) {
    this.types ??= {}
    this.types[type] = RongIMLib.registerMessageType(type, true, true)
    return true
  },
  sendRegistered(conversation, type, content) {
    return RongIMLib.sendMessage(conversation, new this.types[type](content))
  },

  // sendStatus sends a message of a type that only this page registers, as one
  // for those who are there.
  async sendStatus(conversation, type, content) {
    const Status = RongIMLib.registerMessageType(type, false, false, [], true)
    return RongIMLib.sendMessage(conversation, new Status(content))
  },

  // burst sends count texts in one go and returns their codes in order.
  async burst(conversation, count) {
    const texts = Array.from({ length: count }, (_, i) => new RongIMLib.TextMessage({ content: `burst ${i}` }))
    const results = await Promise.all(texts.map((text) => RongIMLib.sendMessage(conversation, text)))
    return results.map((r) => r.code)
  },

  sendUntilAcked,

  // talk sends the texts one after the other in the background; talked
  // resolves with what was acked.
  talk(conversation, texts) {
    this.acked = []
    this.talking = (async () => {
      for (const text of texts) {
        this.acked.push(await sendUntilAcked(conversation, text))
        for (const ask of [...waiting]) ask()
      }
    })()
    return true
  },
  untilAcked: (count) => until(() => window.im.acked.length >= count),
  async talked() {
    await this.talking
    return this.acked
  },

  // call calls any function of the SDK.
  call: (name, ...args) => RongIMLib[name](...args),
  // untilEvent resolves with the first event of Events[name] for which
  // condition, an expression about the event e, holds.
  untilEvent(name, condition) {
    const holds = new Function('e', `return (${condition})`)
    return until(() => {
      const found = heard.events.find((e) => e.name === Events[name] && holds(e.event))
      return found && (found.event ?? true) // some events say nothing more
    })
  },

  untilOnline: () => until(online),
  untilText: (text) => until(() => heard.messages.find((m) => m.content?.content === text)),
  untilMessage: (uid) => until(() => heard.messages.find((m) => m.messageUId === uid)),
  untilType: (type) => until(() => heard.messages.find((m) => m.messageType === type)),
  untilState: (state) => until(() => heard.states.at(-1) === state),
  untilTyping: () => until(() => heard.typing[0]),
  untilLogged: (first) => until(() => heard.logs.find((args) => args[0] === first)),
  untilRejoined: (room) => until(() => heard.rejoined.find((r) => r.chatroomId === room)),

  joinRoom: (room, count) => RongIMLib.joinChatRoom(room, { count }),
  recall: (conversation, message) => RongIMLib.recallMessage(conversation, message),
  type: (conversation, kind) => RongIMLib.sendTypingStatusMessage(conversation, kind),
  history: (conversation, timestamp, count, order) => RongIMLib.getHistoryMessages(conversation, { timestamp, count, order }),

  // run executes page code in a function of its own.
  run(code) {
    new Function(code)()
    return true
  },
}
