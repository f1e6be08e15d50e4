import type { Host, Name } from './host.ts'
import * as im from './im.ts'
import { codeOf, ConversationType, type Listeners, MessageType, type ReceivedMessage } from './im.ts'
import { change, counted, drop, entryOf, isShown, merge, put, recalled, recallOf, settle, textOf } from './log.ts'
import {
  type Connection,
  type Dialog,
  type Draft,
  emptyDraft,
  emptyLog,
  type Entry,
  identify,
  type Key,
  keyOf,
  type Log,
  type Row,
  type State,
  type Theme,
} from './model.ts'
import { Store } from './store.ts'
import { remember, remembered } from './memory.ts'
import { nameOf, preview } from './show.ts'
import { type Language, type Say, sayIn, sayWhy, type Word } from './words.ts'

/** Options says where the page is at home. */
export interface ChatOptions {
  /** The origin of the chat server. */
  readonly server: string
  readonly host: Host
  readonly language: Language
  readonly theme: Theme
  /** Called with the number of unread messages. */
  readonly onUnread: (count: number) => void
}

const PAGE = 40

/** How long to believe that somebody is typing, and at most how often to tell it, in milliseconds. */
const BELIEVE_TYPING = 6_000
const TELL_TYPING = 3_000

/** How long messages of the page itself stay, in milliseconds. */
const NOTICE = 4_000

/** How many pages to read in search of one message. */
const REACH = 25

/** How many lines of a combined message are shown, and how long they are. */
const SUMMARY = 4
const SUMMARY_LENGTH = 80

/** At most so many messages are in memory for each conversation; what is older is read again. */
const KEPT = 2_000

/** Chat is the user's side of everything: it does what the user asks, and follows the SDK's events. */
export class Chat {
  readonly store: Store<State>
  readonly #options: ChatOptions
  /** Whether the end of the open conversation is in sight. */
  #atEnd = true
  #toldTyping = 0
  readonly #typing = new Map<Key, ReturnType<typeof setTimeout>>()
  #noticeEnds: ReturnType<typeof setTimeout> | undefined
  #reading = false

  constructor(options: ChatOptions) {
    this.#options = options
    this.store = new Store<State>({
      phase: 'signed-out',
      problem: '',
      me: '',
      people: new Map(),
      groups: new Map(),
      rooms: new Map(),
      connection: { kind: 'connecting', since: Date.now(), code: 0 },
      rows: [],
      listed: false,
      open: undefined,
      logs: {},
      drafts: {},
      typing: {},
      joined: {},
      reveal: undefined,
      chosen: undefined,
      dialog: undefined,
      notice: undefined,
      said: '',
      language: options.language,
      theme: options.theme,
    })
  }

  get say(): Say {
    return sayIn(this.store.value.language)
  }

  get canMakeGroups(): boolean {
    return this.#options.host.createGroup !== undefined
  }

  // Signing in and out

  /** meet reads who there is. */
  async meet(user: string): Promise<void> {
    try {
      const { people, groups, rooms } = await this.#options.host.directory(user)
      this.store.set(({ people: known }) => ({
        people: new Map([...known, ...byId(people)]),
        groups: byId(groups),
        rooms: byId(rooms),
        problem: '',
      }))
    } catch (error) {
      this.store.set({ problem: this.say('noPeople', { reason: message(error) }) })
    }
  }

  async signIn(user: string): Promise<void> {
    this.store.set({ phase: 'signing-in', problem: '' })
    try {
      const { host, server } = this.#options
      const refresh = async (): Promise<string> => (await host.grant(user)).token
      const me = await im.connect(server, await host.grant(user), this.store.value.language, refresh, this.#listeners())
      remember('user', me)
      this.store.set({ phase: 'signed-in', me, drafts: savedDrafts(me) })
      await this.meet(me)
      await this.refresh()
      await this.#recover()
    } catch (error) {
      await im.leave()
      this.store.set({ phase: 'signed-out', problem: this.why(error) })
    }
  }

  async signOut(): Promise<void> {
    remember('user', undefined)
    await im.leave()
    const { people, rooms } = this.store.value
    this.store.set({
      phase: 'signed-out', me: '', rows: [], listed: false, open: undefined, logs: {}, drafts: {}, typing: {}, joined: {},
      chosen: undefined, dialog: undefined, groups: new Map(), people, rooms,
    })
    this.#options.onUnread(0)
  }

  /** reconnect tries again after the connection was given up. */
  reconnect(): Promise<void> {
    return this.#attempt(async () => im.reconnect(await this.#options.host.grant(this.store.value.me)))
  }

  /** recover shows what earlier visits left unsent: the SDK goes on sending it. */
  async #recover(): Promise<void> {
    for (const message of await im.unsent()) {
      const id = `own-${message.messageId}`
      const failed = im.isFailed(message)
      this.#setLog(keyOf(message), (log) =>
        log.entries.some((entry) => entry.id === id) ? log : put(log, { ...entryOf(message), id, status: failed ? 'failed' : 'sending' }),
      )
    }
  }

  // The list of conversations

  /** refresh reads the list anew. */
  async refresh(): Promise<void> {
    try {
      const list = await im.conversations()
      this.store.set(({ rows, joined }) => {
        const read = list.map(rowOf).filter((row) => !isRoom(row.key))
        const rooms = rows.filter((row) => isRoom(row.key) && joined[identify(row.key).targetId])
        return { rows: ordered([...read, ...rooms]), listed: true }
      })
      this.read()
      this.#countUnread()
      await this.#learnGroups()
    } catch (error) {
      if (this.store.value.connection.kind === 'online') this.#complain(error)
    }
  }

  async #learnGroups(): Promise<void> {
    const { rows, groups, me } = this.store.value
    const isUnknown = ({ key }: Row): boolean => {
      const { conversationType, targetId } = identify(key)
      return conversationType === ConversationType.GROUP && !groups.has(targetId)
    }
    if (rows.some(isUnknown)) await this.meet(me)
  }

  pin(key: Key, on: boolean): Promise<void> {
    this.#changeRow(key, (row) => ({ ...row, pinned: on }))
    return this.#attempt(() => im.pin(identify(key), on))
  }

  mute(key: Key, on: boolean): Promise<void> {
    this.#changeRow(key, (row) => ({ ...row, muted: on }))
    return this.#attempt(() => im.mute(identify(key), on))
  }

  remove(key: Key): Promise<void> {
    this.store.set(({ rows }) => ({ rows: rows.filter((row) => row.key !== key) }))
    if (this.store.value.open === key) this.close()
    return this.#attempt(async () => {
      await im.remove(identify(key))
      this.notify('removed')
    })
  }

  #changeRow(key: Key, make: (row: Row) => Row): void {
    this.store.set(({ rows }) => ({ rows: ordered(rows.map((row) => (row.key === key ? make(row) : row))) }))
  }

  /** touch makes message the latest of its conversation, which is in the list from then on. */
  #touch(message: ReceivedMessage, unread: number): void {
    const key = keyOf(message)
    this.store.set(({ rows, me }) => {
      const known = rows.find((row) => row.key === key) ?? emptyRow(key)
      const newest = message.sentTime >= known.time
      const row = {
        ...known,
        latest: newest ? message : known.latest,
        time: Math.max(known.time, message.sentTime),
        unread: known.unread + unread,
        mentioned: known.mentioned || (unread > 0 && mentions(message, me)),
      }
      return { rows: ordered([...rows.filter((r) => r.key !== key), row]) }
    })
  }

  #countUnread(): void {
    this.#options.onUnread(this.store.value.rows.reduce((sum, row) => sum + (row.muted ? 0 : row.unread), 0))
  }

  // The open conversation

  /** open shows a conversation. Nobody else needs to have written in it before. */
  async open(key: Key): Promise<void> {
    this.store.set({ open: key, dialog: undefined, chosen: undefined })
    this.#atEnd = true
    const { conversationType, targetId } = identify(key)
    if (conversationType === ConversationType.CHATROOM && !this.store.value.joined[targetId]?.joined) await this.join(key)
    if (!this.#log(key).loaded) await this.loadEarlier(key)
    this.read()
  }

  close(): void {
    this.store.set({ open: undefined, chosen: undefined })
  }

  /** loadEarlier reads the page before the oldest entry, or the newest page. It reports whether anything came. */
  async loadEarlier(key: Key): Promise<boolean> {
    const { loading, loaded, hasEarlier, entries } = this.#log(key)
    if (loading || (loaded && !hasEarlier)) return false
    this.#setLog(key, (log) => ({ ...log, loading: true }))
    const oldest = loaded ? (entries.find(({ message }) => message.messageUId !== '')?.message.sentTime ?? 0) : 0
    try {
      const { list, hasMore } = await im.history(identify(key), oldest, PAGE)
      for (const message of list) this.#learn(message)
      this.#setLog(key, (log) => ({ ...merge(log, list).log, loaded: true, loading: false, hasEarlier: hasMore && list.length > 0 }))
      void this.#askReceipts(key, list)
      return list.length > 0
    } catch (error) {
      this.#setLog(key, (log) => ({ ...log, loading: false }))
      if (this.store.value.connection.kind === 'online') this.#complain(error)
      return false
    }
  }

  /** reveal brings the message of that name into sight, reading earlier pages until it is there. */
  async reveal(key: Key, uid: string): Promise<void> {
    for (let pages = 0; pages < REACH; pages++) {
      const found = this.#log(key).entries.find((entry) => entry.message.messageUId === uid)
      if (found) return this.store.set({ reveal: { id: found.id } })
      if (!(await this.loadEarlier(key))) return
    }
  }

  /** looking says whether the end of the open conversation is in sight. */
  looking(atEnd: boolean): void {
    this.#atEnd = atEnd
    if (atEnd) this.read()
  }

  /** read marks what is in sight as read, when somebody is there to see it. */
  read(): void {
    const { open, rows } = this.store.value
    if (open === undefined || !this.#atEnd || !isSeen()) return
    if (this.#log(open).fresh > 0) this.#setLog(open, (log) => ({ ...log, fresh: 0 }))
    void this.#confirm(open)
    const row = rows.find(({ key }) => key === open)
    if (row === undefined || (row.unread === 0 && !row.mentioned)) return
    this.#changeRow(open, (r) => ({ ...r, unread: 0, mentioned: false }))
    this.#countUnread()
    if (!isRoom(open)) void im.markRead(identify(open)).catch(() => {}) // the next look at it tries again
  }

  readonly #confirmed = new Set<string>()

  /** confirm tells senders who ask for it that their messages were read, one call at a time. */
  async #confirm(key: Key): Promise<void> {
    if (this.#reading || isRoom(key)) return
    const uids = this.#log(key).entries
      .filter(({ own, message }) => !own && message.needReceipt === true && !this.#confirmed.has(message.messageUId))
      .map(({ message }) => message.messageUId)
      .slice(-100)
    if (uids.length === 0) return
    this.#reading = true
    try {
      await im.sawMessages(identify(key), uids)
      for (const uid of uids) this.#confirmed.add(uid)
    } catch {
      return // the next look tries again
    } finally {
      this.#reading = false
    }
  }

  async #askReceipts(key: Key, list: readonly ReceivedMessage[]): Promise<void> {
    const mine = list.filter((m) => m.senderUserId === this.store.value.me && m.needReceipt === true && m.messageUId !== '')
    if (mine.length === 0 || isRoom(key)) return
    try {
      this.#receive(key, await im.receiptsOf(identify(key), mine.map((m) => m.messageUId)))
    } catch {
      return // the page shows that it was sent
    }
  }

  #receive(key: Key, receipts: readonly im.Receipt[]): void {
    const byUid = new Map(receipts.map((receipt) => [receipt.messageUId, receipt]))
    this.#setLog(key, (log) =>
      change(log, new Set(byUid.keys()), (entry) => {
        const receipt = byUid.get(entry.message.messageUId)
        return receipt ? counted(entry, receipt) : entry
      }),
    )
  }

  #log(key: Key): Log {
    return this.store.value.logs[key] ?? emptyLog
  }

  #setLog(key: Key, make: (log: Log) => Log): void {
    this.store.set(({ logs }) => ({ logs: { ...logs, [key]: make(logs[key] ?? emptyLog) } }))
  }

  // Chatrooms

  join(key: Key): Promise<void> {
    const { targetId } = identify(key)
    return this.#attempt(async () => {
      await im.joinRoom(targetId)
      this.store.set(({ rows, joined }) => ({
        joined: { ...joined, [targetId]: { joined: true, members: 0 } },
        rows: rows.some((row) => row.key === key) ? rows : ordered([...rows, { ...emptyRow(key), time: im.serverTime() }]),
      }))
      await this.#countRoom(targetId)
    })
  }

  leaveRoom(key: Key): Promise<void> {
    const { targetId } = identify(key)
    return this.#attempt(async () => {
      await im.leaveRoom(targetId)
      this.#forgetRoom(targetId)
    })
  }

  #forgetRoom(id: string): void {
    const key = keyOf({ conversationType: ConversationType.CHATROOM, targetId: id })
    this.store.set(({ joined: { [id]: _, ...joined }, rows }) => ({ joined, rows: rows.filter((row) => row.key !== key) }))
  }

  async #countRoom(id: string): Promise<void> {
    try {
      const members = await im.membersOfRoom(id)
      this.store.set(({ joined }) => (joined[id] ? { joined: { ...joined, [id]: { joined: true, members } } } : {}))
    } catch {
      return // asked again at the next change
    }
  }

  // Sending

  draft(key: Key): Draft {
    return this.store.value.drafts[key] ?? emptyDraft
  }

  setDraft(key: Key, patch: Partial<Draft>): void {
    this.store.set(({ drafts, me }) => {
      const next = { ...drafts, [key]: { ...(drafts[key] ?? emptyDraft), ...patch } }
      remember(`drafts:${me}`, textsOf(next))
      return { drafts: next }
    })
  }

  /** submit sends the draft, or the edit that it is. */
  submit(key: Key): void {
    const draft = this.draft(key)
    const text = draft.text.trim()
    if (text === '') return
    this.store.set(({ drafts: { [key]: _, ...drafts }, me }) => {
      remember(`drafts:${me}`, textsOf(drafts))
      return { drafts }
    })
    this.#toldTyping = 0
    if (draft.editing) return void this.#edit(key, draft.editing, text)
    const mentioned = draft.mentions.filter(({ name }) => text.includes(`@${name}`))
    const content = { ...this.#quote(draft.reply), content: text, user: this.#user(), ...mentionedInfo(mentioned) }
    void this.#deliver(key, draft.reply ? MessageType.REFERENCE : MessageType.TEXT, content)
  }

  reply(key: Key, reply: Entry): void {
    this.setDraft(key, { reply, ...(this.draft(key).editing ? emptyDraft : {}), editing: undefined })
  }

  /** edit puts the text of a message into the draft. */
  edit(key: Key, editing: Entry): void {
    this.setDraft(key, { text: textOf(editing.message), editing, reply: undefined })
  }

  /** cancelQuote takes back that the draft is a reply or an edit. */
  cancelQuote(key: Key): void {
    this.setDraft(key, { ...(this.draft(key).editing ? { text: '' } : {}), reply: undefined, editing: undefined })
  }

  #quote(reply: Entry | undefined): object {
    if (reply === undefined) return {}
    const { senderUserId, messageUId, messageType, content } = reply.message
    return { referMsgUserId: senderUserId, referMsg: content, referMsgUid: messageUId, objName: messageType }
  }

  #user(): im.User {
    const { me, people } = this.store.value
    return { id: me, name: people.get(me)?.name ?? me }
  }

  /** resend sends a failed entry again, as the same message. */
  resend(key: Key, entry: Entry): void {
    const { attachment, message } = entry
    if (attachment) return void this.#upload(key, message.messageType, attachment.file, message.content, entry)
    void this.#deliver(key, entry.message.messageType, entry.message.content, entry)
  }

  async #deliver(key: Key, type: string, content: object, again?: Entry): Promise<boolean> {
    let id = again?.id ?? ''
    const messageId = again?.message.messageId
    try {
      const sent = await im.send(
        identify(key),
        type,
        content,
        {
          ...(messageId === undefined ? {} : { messageId }),
          before: (message) => {
            id ||= `own-${message.messageId}`
            this.#setLog(key, (log) => put(log, { id, message, own: true, status: 'sending', code: 0, edited: false }))
            this.#touch(message, 0)
          },
        },
        'mentionedInfo' in content,
      )
      this.#setLog(key, (log) => settle(log, id, sent))
      this.#touch(sent, 0)
      return true
    } catch (error) {
      const failed = this.#log(key).entries.find((entry) => entry.id === id)
      if (failed === undefined) this.#complain(error)
      else if (failed.status === 'sending') {
        this.#setLog(key, (log) => put(log, { ...failed, status: 'failed', code: codeOf(error) }))
      }
      return false
    }
  }

  typing(key: Key): void {
    const { connection } = this.store.value
    if (connection.kind !== 'online' || Date.now() - this.#toldTyping < TELL_TYPING || isRoom(key)) return
    this.#toldTyping = Date.now()
    im.typing(identify(key))
  }

  // What can be done with messages

  recall(key: Key, entry: Entry): Promise<void> {
    return this.#attempt(async () => {
      await im.recall(entry.message, this.#user())
      this.#recalled(key, entry.message.messageUId, this.store.value.me)
    })
  }

  #recalled(key: Key, uid: string, by: string): void {
    this.#setLog(key, (log) => change(log, new Set([uid]), (entry) => (entry.again === undefined ? recalled(entry, by) : entry)))
    this.#changeRow(key, (row) =>
      row.latest?.messageUId === uid
        ? { ...row, latest: { ...row.latest, messageType: MessageType.RECALLED, content: { operatorId: by } } }
        : row,
    )
  }

  async #edit(key: Key, { message }: Entry, text: string): Promise<void> {
    await this.#attempt(async () => {
      const content = { ...message.content, content: text }
      await im.edit(message, content)
      this.#modified({ ...message, content })
    }, () => this.setDraft(key, { text, editing: this.#log(key).entries.find((e) => e.message.messageUId === message.messageUId) }))
  }

  #modified(message: ReceivedMessage): void {
    const key = keyOf(message)
    this.#setLog(key, (log) =>
      change(log, new Set([message.messageUId]), (entry) => ({ ...entry, message: { ...entry.message, content: message.content }, edited: true })),
    )
    this.#changeRow(key, (row) => (row.latest?.messageUId === message.messageUId ? { ...row, latest: message } : row))
  }

  erase(key: Key, entries: readonly Entry[]): Promise<void> {
    this.store.set({ chosen: undefined })
    return this.#attempt(async () => {
      const known = entries.filter(({ message }) => message.messageUId !== '').map(({ message }) => message)
      if (known.length > 0) await im.erase(identify(key), known)
      this.#setLog(key, (log) => drop(log, new Set(entries.map(({ id }) => id))))
      this.notify('deleted')
    })
  }

  async copy(entry: Entry): Promise<void> {
    await navigator.clipboard.writeText(textOf(entry.message))
    this.notify('copied')
  }

  /** chosenEntries is what was chosen, in its order. */
  chosenEntries(key: Key): readonly Entry[] {
    return this.#log(key).entries.filter(({ id }) => this.store.value.chosen?.has(id))
  }

  /** forward sends messages to other conversations, one by one or as one message. */
  forward(entries: readonly Entry[], to: readonly Key[], combine: boolean): Promise<void> {
    this.choose(undefined)
    return this.#attempt(async () => {
      const summary = entries.slice(0, SUMMARY).map(({ message }) => {
        const { people, language } = this.store.value
        const name = nameOf(people.get(message.senderUserId), message.senderUserId, language)
        return this.say('newMessageFrom', { name, text: preview(message, this.store.value) }).slice(0, SUMMARY_LENGTH)
      })
      const messages = entries.map(({ message }) => message)
      const sent = await im.forward(messages, to.map(identify), combine ? summary : undefined)
      this.#arrived(sent)
      this.notify('forwarded')
    })
  }

  // Files

  readonly #uploads = new Map<string, AbortController>()

  /** sendFiles sends each file as what it is: a photo, a video or a file. */
  sendFiles(key: Key, files: readonly File[]): void {
    for (const file of files) void this.#upload(key, kindOf(file), file)
  }

  sendVoice(key: Key, file: File, duration: number): void {
    void this.#upload(key, MessageType.VOICE, file, { duration })
  }

  /** stopUpload takes back a file that is still being sent. */
  stopUpload(id: string): void {
    this.#uploads.get(id)?.abort()
  }

  async #upload(key: Key, type: string, file: File, content: object = {}, again?: Entry): Promise<void> {
    const id = again?.id ?? `file-${crypto.randomUUID()}`
    const stop = new AbortController()
    this.#uploads.set(id, stop)
    const attachment = { file, url: again?.attachment?.url ?? URL.createObjectURL(file), progress: 0 }
    const { me } = this.store.value
    const message = im.outgoing(identify(key), me, type, { name: file.name, size: file.size, ...content })
    this.#setLog(key, (log) => put(log, { id, message, own: true, status: 'sending', code: 0, edited: false, attachment }))
    try {
      const sent = await im.sendFile(identify(key), type, file, { user: this.#user(), ...content }, stop.signal, (progress) =>
        this.#setLog(key, (log) => ({
          ...log,
          entries: log.entries.map((e) => (e.id === id && e.attachment ? { ...e, attachment: { ...e.attachment, progress } } : e)),
        })),
      )
      this.#setLog(key, (log) => settle(log, id, sent))
      this.#touch(sent, 0)
      URL.revokeObjectURL(attachment.url)
    } catch (error) {
      if (stop.signal.aborted) {
        this.#setLog(key, (log) => drop(log, new Set([id])))
        URL.revokeObjectURL(attachment.url)
      } else {
        this.#setLog(key, (log) => put(log, { id, message, own: true, status: 'failed', code: codeOf(error), edited: false, attachment }))
      }
    } finally {
      this.#uploads.delete(id)
    }
  }

  // The page itself

  show(dialog: Dialog | undefined): void {
    this.store.set({ dialog })
  }

  /** choose begins or ends choosing messages, or changes which are chosen. */
  choose(ids: ReadonlySet<string> | undefined): void {
    this.store.set({ chosen: ids })
  }

  setLanguage(language: Language): void {
    remember('language', language)
    this.store.set({ language })
  }

  setTheme(theme: Theme): void {
    remember('theme', theme)
    this.store.set({ theme })
  }

  async createGroup(name: string, members: readonly string[]): Promise<void> {
    const { createGroup } = this.#options.host
    if (createGroup === undefined) return
    const { me } = this.store.value
    await this.#attempt(async () => {
      const id = await createGroup(name, [me, ...members])
      await this.meet(me)
      await this.open(keyOf({ conversationType: ConversationType.GROUP, targetId: id }))
    })
  }

  /** notify tells the user that something was done. */
  notify(word: Word): void {
    this.#notice(this.say(word), false)
  }

  /** why is what went wrong, in words. */
  why(error: unknown): string {
    const code = codeOf(error)
    return code === 0 ? message(error) : sayWhy(this.say, code, message(error))
  }

  complain(text: string): void {
    this.#notice(text, true)
  }

  #complain(error: unknown): void {
    this.complain(this.why(error))
  }

  #notice(text: string, bad: boolean): void {
    clearTimeout(this.#noticeEnds)
    this.store.set({ notice: { text, bad } })
    this.#noticeEnds = setTimeout(() => this.store.set({ notice: undefined }), bad ? 2 * NOTICE : NOTICE)
  }

  /** attempt does work, and tells the user when it fails. */
  async #attempt(work: () => Promise<void>, undo?: () => void): Promise<void> {
    try {
      await work()
    } catch (error) {
      undo?.()
      this.#complain(error)
    }
  }

  // What the SDK tells

  #listeners(): Listeners {
    return {
      connection: (kind, code) => this.#connection(kind, code),
      messages: (messages) => this.#arrived(messages),
      sent: (message, code) => this.#sent(message, code),
      modified: (messages) => messages.forEach((message) => this.#modified(message)),
      caughtUp: () => void this.refresh(),
      conversations: () => this.#listChanged(),
      typing: (conversation, userId) => this.#setTyping(keyOf(conversation), userId),
      receipts: (receipts) => {
        for (const key of Object.keys(this.store.value.logs)) this.#receive(key, receipts)
      },
      room: (id) => void this.#countRoom(id),
      roomGone: (id) => this.#forgetRoom(id),
    }
  }

  /** sent settles a message of an earlier visit. */
  #sent(message: ReceivedMessage, code: number): void {
    const key = keyOf(message)
    const id = `own-${message.messageId}`
    const entry = this.#log(key).entries.find((one) => one.id === id)
    if (entry?.status !== 'sending') return
    this.#setLog(key, (log) => (code === 0 ? settle(log, id, message) : put(log, { ...entry, status: 'failed', code })))
  }

  #connection(kind: Connection['kind'], code: number): void {
    this.store.set(({ connection }) => {
      // Between two attempts the time since it was lost goes on.
      const same = kind === connection.kind || (kind !== 'online' && connection.kind === 'waiting')
      const shown = kind === 'connecting' && connection.kind === 'waiting' ? 'waiting' : kind
      return { connection: { kind: shown, since: same ? connection.since : Date.now(), code } }
    })
  }

  #listLater: ReturnType<typeof setTimeout> | undefined

  /** listChanged reads the list soon, once for all the changes until then. */
  #listChanged(): void {
    this.#listLater ??= setTimeout(() => {
      this.#listLater = undefined
      void this.refresh()
    }, 300)
  }

  #arrived(messages: readonly ReceivedMessage[]): void {
    const byKey = new Map<Key, ReceivedMessage[]>()
    for (const message of messages) {
      this.#learn(message)
      const uid = recallOf(message)
      if (uid !== '') this.#recalled(keyOf(message), uid, message.senderUserId)
      else if (isShown(message)) byKey.set(keyOf(message), [...(byKey.get(keyOf(message)) ?? []), message])
    }
    for (const [key, list] of byKey) this.#arrivedIn(key, list)
    if (messages.some(({ messageType }) => messageType === MessageType.GROUP_NOTICE)) void this.meet(this.store.value.me)
    this.read()
    this.#countUnread()
  }

  #arrivedIn(key: Key, list: readonly ReceivedMessage[]): void {
    const { open, me } = this.store.value
    const { log, news } = merge(this.#log(key), list)
    const seen = open === key && this.#atEnd && isSeen()
    const live = news.filter(({ message }) => !message.isOffLineMessage)
    this.#setLog(key, () => trimmed({ ...log, fresh: open === key && !seen ? log.fresh + live.length : 0 }, open === key))
    for (const message of list) {
      const counts = message.senderUserId !== me && message.isCounted && !message.isOffLineMessage && !isRoom(key)
      this.#touch(message, counts && news.some((entry) => entry.message === message) ? 1 : 0)
    }
    if (news.length > 0) this.#setTyping(key, '')
    const last = live.at(-1)
    if (last) this.#announce(key, last.message)
  }

  /** announce tells screen readers of a message. */
  #announce(key: Key, message: ReceivedMessage): void {
    const { rows, people, language } = this.store.value
    if (rows.find((row) => row.key === key)?.muted) return
    const name = nameOf(people.get(message.senderUserId), message.senderUserId, language)
    this.store.set({ said: this.say('newMessageFrom', { name, text: preview(message, this.store.value) }) })
  }

  /** learn remembers the name that a message gives for its sender. */
  #learn(message: ReceivedMessage): void {
    const { people } = this.store.value
    const user: unknown = (message.content as Record<string, unknown>)['user']
    if (people.has(message.senderUserId) || typeof user !== 'object' || user === null) return
    const name: unknown = (user as Record<string, unknown>)['name']
    if (typeof name !== 'string' || name === '') return
    this.store.set({ people: new Map(people).set(message.senderUserId, { id: message.senderUserId, name }) })
  }

  #setTyping(key: Key, user: string): void {
    clearTimeout(this.#typing.get(key))
    if (user !== '') this.#typing.set(key, setTimeout(() => this.#setTyping(key, ''), BELIEVE_TYPING))
    if ((this.store.value.typing[key] ?? '') === user) return
    this.store.set(({ typing }) => ({ typing: { ...typing, [key]: user } }))
  }
}

function byId<T extends Name>(list: readonly T[]): Map<string, T> {
  return new Map(list.map((one) => [one.id, one]))
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** isRoom reports whether key is that of a chatroom, which is no part of the list that the server keeps. */
export function isRoom(key: Key): boolean {
  return identify(key).conversationType === ConversationType.CHATROOM
}

function isSeen(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus()
}

/** kindOf is the type of message that carries a file of that type. */
function kindOf({ type }: File): string {
  if (type === 'image/gif') return MessageType.GIF
  if (/^image\/(jpeg|png|webp|bmp|avif)$/.test(type)) return MessageType.IMAGE
  return type === 'video/mp4' ? MessageType.VIDEO : MessageType.FILE
}

function emptyRow(key: Key): Row {
  return { key, latest: undefined, time: 0, unread: 0, mentioned: false, pinned: false, muted: false }
}

function rowOf(conversation: im.Conversation): Row {
  const { latestMessage, unreadMessageCount, hasMentioned, isTop } = conversation
  return {
    key: keyOf(conversation),
    latest: latestMessage ?? undefined,
    time: latestMessage?.sentTime ?? 0,
    unread: unreadMessageCount ?? 0,
    mentioned: (hasMentioned ?? false) && (unreadMessageCount ?? 0) > 0,
    pinned: isTop ?? false,
    muted: im.isMuted(conversation),
  }
}

function ordered(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.time - a.time)
}

/** trimmed forgets the oldest of a log that nobody looks at the beginning of. */
function trimmed(log: Log, open: boolean): Log {
  if (open || log.entries.length <= KEPT) return log
  return { ...log, entries: log.entries.slice(-KEPT), hasEarlier: true }
}

function mentions(message: ReceivedMessage, me: string): boolean {
  const info = (message.content as { mentionedInfo?: { type?: number; userIdList?: readonly string[] } }).mentionedInfo
  return info?.type === EVERYONE || (info?.userIdList?.includes(me) ?? false)
}

/** MentionedType.ALL and SINGAL */
const EVERYONE = 1
const SOME = 2

function mentionedInfo(mentioned: Draft['mentions']): object {
  if (mentioned.length === 0) return {}
  if (mentioned.some(({ id }) => id === '')) return { mentionedInfo: { type: EVERYONE } }
  return { mentionedInfo: { type: SOME, userIdList: mentioned.map(({ id }) => id) } }
}

function textsOf(drafts: State['drafts']): Record<Key, string> {
  return Object.fromEntries(Object.entries(drafts).filter(([, { text, editing }]) => text !== '' && !editing).map(([key, { text }]) => [key, text]))
}

function savedDrafts(me: string): State['drafts'] {
  const texts = remembered<Record<Key, string>>(`drafts:${me}`) ?? {}
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, { ...emptyDraft, text }]))
}
