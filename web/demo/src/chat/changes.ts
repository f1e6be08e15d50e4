import * as im from '../im.ts'
import { MessageType, type ReceivedMessage } from '../im.ts'
import { drop, merge, textOf } from '../log.ts'
import { type Entry, identify, type Key, keyOf, type State } from '../model.ts'
import { preview } from '../show.ts'
import type { Store } from '../store.ts'
import type { List } from './list.ts'
import type { Logs } from './logs.ts'
import type { Page } from './page.ts'
import type { People } from './people.ts'
import type { Unsent } from './unsent.ts'

/** How many lines of a combined message are shown, and how long they are. */
const SUMMARY = 4
const SUMMARY_LENGTH = 80

/** Changes is what is done with messages that were sent: recall, edit, deletion, copies and forwarding. */
export class Changes {
  readonly #store: Store<State>
  readonly #page: Page
  readonly #people: People
  readonly #list: List
  readonly #logs: Logs
  readonly #unsent: Unsent

  constructor(store: Store<State>, page: Page, people: People, list: List, logs: Logs, unsent: Unsent) {
    this.#store = store
    this.#page = page
    this.#people = people
    this.#list = list
    this.#logs = logs
    this.#unsent = unsent
  }

  async recall(key: Key, { message }: Entry): Promise<void> {
    await this.#page.attempt(async () => {
      await im.recall(message, this.#people.me())
      this.recalled(key, message.messageUId, this.#store.value.me)
    })
  }

  /** recalled shows that somebody recalled a message. */
  recalled(key: Key, uid: string, by: string): void {
    this.#logs.recall(key, uid, by)
    this.#list.change(key, (row) =>
      row.latest?.messageUId === uid
        ? { ...row, latest: { ...row.latest, messageType: MessageType.RECALLED, content: { operatorId: by } } }
        : row,
    )
  }

  /** edit gives a message another text, and reports whether that was accepted. */
  edit({ message }: Entry, text: string): Promise<boolean> {
    return this.#page.attempt(async () => {
      const content = { ...message.content, content: text }
      await im.edit(message, content)
      this.modified({ ...message, content })
    })
  }

  /** modified shows that a message was edited. */
  modified(message: ReceivedMessage): void {
    const key = keyOf(message)
    this.#logs.modify(key, message)
    this.#list.change(key, (row) => (row.latest?.messageUId === message.messageUId ? { ...row, latest: message } : row))
  }

  /** erase deletes messages for this user alone. */
  async erase(key: Key, entries: readonly Entry[]): Promise<void> {
    this.#page.choose(undefined)
    await this.#page.attempt(async () => {
      const known = entries.filter(({ message }) => message.messageUId !== '').map(({ message }) => message)
      if (known.length > 0) await im.erase(identify(key), known)
      await this.#unsent.forget(entries.filter(({ status }) => status === 'failed').map(({ message }) => message))
      this.#logs.set(key, (log) => drop(log, new Set(entries.map(({ id }) => id))))
      this.#page.notify('deleted')
    })
  }

  /** copy puts the text of messages into the clipboard. */
  async copy(entries: readonly Entry[]): Promise<void> {
    await this.#page.attempt(async () => {
      await toClipboard(entries.map(({ message }) => textOf(message)).filter(Boolean).join('\n'))
      this.#page.notify('copied')
    })
  }

  /** chosen is the messages that were chosen, in their order. */
  chosen(key: Key): readonly Entry[] {
    return this.#logs.of(key).entries.filter(({ id }) => this.#store.value.chosen?.has(id))
  }

  /** forward sends messages to other conversations, one by one or as one message. */
  async forward(entries: readonly Entry[], to: readonly Key[], combine: boolean): Promise<void> {
    this.#page.choose(undefined)
    await this.#page.attempt(async () => {
      const messages = entries.map(({ message }) => message)
      const summary = messages.slice(0, SUMMARY).map((message) => {
        const name = this.#people.called(message.senderUserId)
        return this.#page.say('newMessageFrom', { name, text: preview(message, this.#store.value) }).slice(0, SUMMARY_LENGTH)
      })
      const sent = await im.forward(messages, to.map(identify), combine ? summary : undefined)
      for (const message of sent) {
        this.#logs.set(keyOf(message), (log) => merge(log, [message]).log)
        this.#list.touch(message, 0)
      }
      this.#page.notify('forwarded')
    })
  }
}

async function toClipboard(text: string): Promise<void> {
  // A page that came over plain HTTP from another machine has no other way than that of old.
  if ((navigator.clipboard as Clipboard | undefined) !== undefined) return navigator.clipboard.writeText(text)
  const put = (event: ClipboardEvent): void => {
    event.preventDefault()
    event.clipboardData?.setData('text/plain', text)
  }
  document.addEventListener('copy', put)
  const done = document.execCommand('copy')
  document.removeEventListener('copy', put)
  if (!done) throw new Error('the browser does not let the page copy')
}
