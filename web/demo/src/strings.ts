import { ErrorCode } from '@hongyan/imlib'

const en = {
  tagline: 'Two people, two connections, one server. Stop the server and start it again: nothing gets lost.',
  otherLanguage: '中文',
  people: 'People',
  peer: 'Chat with {name}',
  connecting: 'Connecting…',
  online: 'Online',
  reconnecting: 'Reconnecting…',
  offline: 'Offline',
  failed: 'Not connected ({reason})',
  goOffline: 'Go offline',
  goOnline: 'Connect',
  earlier: 'Earlier messages',
  empty: 'No messages yet. Say hello!',
  newMessages: 'New messages ↓',
  isTyping: '{name} is typing',
  placeholder: 'Write a message',
  write: 'Message to {name}',
  send: 'Send',
  you: 'You',
  sending: 'sending',
  sent: 'sent',
  notSent: 'not sent ({reason})',
  resend: 'Send again',
  today: 'Today',
  yesterday: 'Yesterday',
  unread: '{count} unread',
  tooFast: 'too many at once',
  noAnswer: 'no answer',
  noServer: 'the server does not answer',
  kicked: 'logged in elsewhere',
  badToken: 'the token is not valid',
  code: 'code {code}',
}

/** Word names a text of the page. */
export type Word = keyof typeof en

const zh: Record<Word, string> = {
  tagline: '两个人，两条连接，一台服务器。停掉服务器再启动，消息一条不丢。',
  otherLanguage: 'English',
  people: '用户',
  peer: '与{name}聊天',
  connecting: '连接中…',
  online: '在线',
  reconnecting: '重新连接中…',
  offline: '离线',
  failed: '未连接（{reason}）',
  goOffline: '下线',
  goOnline: '连接',
  earlier: '更早的消息',
  empty: '还没有消息，打个招呼吧！',
  newMessages: '有新消息 ↓',
  isTyping: '{name}正在输入',
  placeholder: '输入消息',
  write: '发给{name}的消息',
  send: '发送',
  you: '我',
  sending: '发送中',
  sent: '已发送',
  notSent: '未发送（{reason}）',
  resend: '重新发送',
  today: '今天',
  yesterday: '昨天',
  unread: '{count} 条未读',
  tooFast: '发送太快',
  noAnswer: '没有回应',
  noServer: '服务器没有回应',
  kicked: '已在别处登录',
  badToken: '令牌无效',
  code: '错误码 {code}',
}

/** Language is one that the page speaks. */
export type Language = 'en' | 'zh'

const KEY = 'hongyan:demo:language'

let current: Language = chosen() ?? (navigator.language.startsWith('zh') ? 'zh' : 'en')

/** language is the one in use: the one chosen before, else the browser's. */
export function language(): Language {
  return current
}

/** choose changes the language, for later visits as well. */
export function choose(to: Language): void {
  current = to
  try {
    localStorage.setItem(KEY, to)
  } catch {
    return // without storage the choice lasts as long as the page
  }
}

/** say is the text of word, with each {name} in it replaced by the value of that name. */
export function say(word: Word, values: Readonly<Record<string, string>> = {}): string {
  const text = (current === 'zh' ? zh : en)[word]
  return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}

const reasons: ReadonlyMap<number, Word> = new Map([
  [ErrorCode.TIMEOUT, 'noAnswer'],
  [ErrorCode.SEND_FREQUENCY_TOO_FAST, 'tooFast'],
  [ErrorCode.RC_NET_CHANNEL_INVALID, 'offline'],
  [ErrorCode.RC_NAVI_REQ_FAILED, 'noServer'],
  [ErrorCode.RC_SOCKET_DISCONNECTED, 'noServer'],
  [ErrorCode.RC_CONN_TOKEN_INCORRECT, 'badToken'],
  [ErrorCode.RC_CONN_TOKEN_EXPIRED, 'badToken'],
  [ErrorCode.RC_DISCONN_KICK, 'kicked'],
])

/** sayWhy is what the result code means to a person. */
export function sayWhy(code: number): string {
  return say(reasons.get(code) ?? 'code', { code: String(code) })
}

/** translate writes the texts of everything in root that names a word. */
export function translate(root: ParentNode): void {
  for (const e of root.querySelectorAll<HTMLElement>('[data-text]')) e.textContent = say(e.dataset['text'] as Word)
  for (const e of root.querySelectorAll<HTMLElement>('[data-label]')) e.ariaLabel = say(e.dataset['label'] as Word)
  for (const e of root.querySelectorAll<HTMLTextAreaElement>('[data-placeholder]')) {
    e.placeholder = say(e.dataset['placeholder'] as Word)
  }
}

function chosen(): Language | undefined {
  try {
    const stored = localStorage.getItem(KEY)
    return stored === 'en' || stored === 'zh' ? stored : undefined
  } catch {
    return undefined
  }
}
