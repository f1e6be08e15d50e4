import * as im from '../im.ts'
import { codeOf, MessageType, type ReceivedMessage } from '../im.ts'
import { put, settle, textOf } from '../log.ts'
import { remember, remembered } from '../memory.ts'
import { type Draft, emptyDraft, type Entry, identify, isRoom, type Key, type State } from '../model.ts'
import type { Store } from '../store.ts'
import type { Changes } from './changes.ts'
import type { Files } from './files.ts'
import type { List } from './list.ts'
import type { Logs } from './logs.ts'
import type { Page } from './page.ts'
import type { People } from './people.ts'
import { idOf, type Unsent } from './unsent.ts'

/** At most how often to tell others that the user is typing, in milliseconds. */
const TELL_TYPING = 3_000

/** MentionedType.ALL and SINGAL */
const EVERYONE = 1
const SOME = 2

/** Writing is drafts, and the messages that are made of them until the server has them. */
export class Writing {
  readonly #store: Store<State>
  readonly #page: Page
  readonly #people: People
  readonly #list: List
  readonly #logs: Logs
  readonly #files: Files
  readonly #unsent: Unsent
  readonly #changes: Changes
  #toldTyping = 0

  constructor(store: Store<State>, page: Page, people: People, list: List, logs: Logs, files: Files, unsent: Unsent, changes: Changes) {
    this.#store = store
    this.#page = page
    this.#people = people
    this.#list = list
    this.#logs = logs
    this.#files = files
    this.#unsent = unsent
    this.#changes = changes
  }

  draft(key: Key): Draft {
    return this.#store.value.drafts[key] ?? emptyDraft
  }

  setDraft(key: Key, patch: Partial<Draft>): void {
    this.#setDrafts((drafts) => ({ ...drafts, [key]: { ...(drafts[key] ?? emptyDraft), ...patch } }))
  }

  /** reply makes the draft an answer. */
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

  /** typing tells others that the user is typing. */
  typing(key: Key): void {
    const { connection } = this.#store.value
    if (connection.kind !== 'online' || Date.now() - this.#toldTyping < TELL_TYPING || isRoom(key)) return
    this.#toldTyping = Date.now()
    im.typing(identify(key))
  }

  /** submit sends the draft, or the edit that it is. */
  submit(key: Key): void {
    const draft = this.draft(key)
    const text = draft.text.trim()
    if (text === '') return
    this.#setDrafts(({ [key]: _, ...drafts }) => drafts)
    this.#toldTyping = 0
    if (draft.editing) return void this.#submitEdit(key, draft.editing, text)
    const mentioned = draft.mentions.filter(({ name }) => text.includes(`@${name}`))
    const content = { ...quote(draft.reply), content: text, user: this.#people.me(), ...mentionedInfo(mentioned) }
    void this.#deliver(key, draft.reply ? MessageType.REFERENCE : MessageType.TEXT, content).then((taken) => {
      if (!taken) this.setDraft(key, draft)
    })
  }

  /** resend sends a failed entry again, as the same message. */
  resend(key: Key, entry: Entry): void {
    if (entry.attachment) this.#files.resend(key, entry, entry.attachment)
    else void this.#deliver(key, entry.message.messageType, entry.message.content, entry)
  }

  /** recollect shows the drafts that the user left. */
  recollect(): void {
    const texts = remembered<Record<Key, string>>(`drafts:${this.#store.value.me}`) ?? {}
    this.#store.set({ drafts: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, { ...emptyDraft, text }])) })
  }

  async #submitEdit(key: Key, editing: Entry, text: string): Promise<void> {
    if (!(await this.#changes.edit(editing, text))) this.setDraft(key, { text, editing })
  }

  /** deliver sends a message, and reports whether it became an entry at all: it does not before the first connection. */
  async #deliver(key: Key, type: string, content: object, again?: Entry): Promise<boolean> {
    let id = again?.id ?? ''
    const messageId = again?.message.messageId
    const before = (message: ReceivedMessage): void => {
      id ||= idOf(message)
      this.#unsent.keep(message)
      this.#logs.set(key, (log) => put(log, { id, message, own: true, status: 'sending', code: 0, edited: false }))
      this.#list.touch(message, 0)
    }
    try {
      const sending = { ...(messageId === undefined ? {} : { messageId }), before }
      const sent = await im.send(identify(key), type, content, sending, 'mentionedInfo' in content)
      this.#unsent.sent(sent)
      this.#logs.set(key, (log) => settle(log, id, sent))
      this.#list.touch(sent, 0)
      return true
    } catch (error) {
      const failed = this.#logs.find(key, id)
      if (failed === undefined) {
        this.#page.complain(this.#store.value.connection.kind === 'online' ? error : this.#page.say('notYet'))
        return false
      }
      if (failed.status !== 'sending') return true
      this.#unsent.keep(failed.message, codeOf(error))
      this.#logs.set(key, (log) => put(log, { ...failed, status: 'failed', code: codeOf(error) }))
      return true
    }
  }

  #setDrafts(make: (drafts: State['drafts']) => State['drafts']): void {
    this.#store.set(({ drafts, me }) => {
      const next = make(drafts)
      remember(`drafts:${me}`, textsOf(next))
      return { drafts: next }
    })
  }
}

function quote(reply: Entry | undefined): object {
  if (reply === undefined) return {}
  const { senderUserId, messageUId, messageType, content } = reply.message
  return { referMsgUserId: senderUserId, referMsg: content, referMsgUid: messageUId, objName: messageType }
}

function mentionedInfo(mentioned: Draft['mentions']): object {
  if (mentioned.length === 0) return {}
  if (mentioned.some(({ id }) => id === '')) return { mentionedInfo: { type: EVERYONE } }
  return { mentionedInfo: { type: SOME, userIdList: mentioned.map(({ id }) => id) } }
}

function textsOf(drafts: State['drafts']): Record<Key, string> {
  return Object.fromEntries(Object.entries(drafts).filter(([, { text, editing }]) => text !== '' && !editing).map(([key, { text }]) => [key, text]))
}
