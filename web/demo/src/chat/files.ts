import * as im from '../im.ts'
import { codeOf, MessageType } from '../im.ts'
import { drop, put, settle } from '../log.ts'
import { type Attachment, type Entry, identify, type Key, type State } from '../model.ts'
import type { Store } from '../store.ts'
import type { List } from './list.ts'
import type { Logs } from './logs.ts'
import type { People } from './people.ts'

/** Files is the photos, videos, recordings and other files that are being sent. */
export class Files {
  readonly #store: Store<State>
  readonly #people: People
  readonly #list: List
  readonly #logs: Logs
  readonly #uploads = new Map<string, AbortController>()
  #begun = 0

  constructor(store: Store<State>, people: People, list: List, logs: Logs) {
    this.#store = store
    this.#people = people
    this.#list = list
    this.#logs = logs
  }

  /** send sends each file as what it is: a photo, a video or a file. */
  send(key: Key, files: readonly File[]): void {
    for (const file of files) void this.#upload(key, kindOf(file), file)
  }

  sendVoice(key: Key, file: File, duration: number): void {
    void this.#upload(key, MessageType.VOICE, file, { duration })
  }

  /** resend sends a file that was not sent. */
  resend(key: Key, entry: Entry, { file }: Attachment): void {
    const { messageType, content } = entry.message
    void this.#upload(key, messageType, file, content, entry)
  }

  /** stop takes back a file that is still being sent. */
  stop(id: string): void {
    this.#uploads.get(id)?.abort()
  }

  async #upload(key: Key, type: string, file: File, content: object = {}, again?: Entry): Promise<void> {
    const id = again?.id ?? `file-${++this.#begun}`
    const stop = new AbortController()
    this.#uploads.set(id, stop)
    const attachment = { file, url: again?.attachment?.url ?? URL.createObjectURL(file), progress: 0 }
    const message = im.outgoing(identify(key), this.#store.value.me, type, { name: file.name, size: file.size, ...content })
    const entry: Entry = { id, message, own: true, status: 'sending', code: 0, edited: false, attachment }
    this.#logs.set(key, (log) => put(log, entry))
    try {
      const body = { user: this.#people.me(), ...content }
      const sent = await im.sendFile(identify(key), type, file, body, stop.signal, (progress) => this.#progress(key, id, progress))
      this.#logs.set(key, (log) => settle(log, id, sent))
      this.#list.touch(sent, 0)
      URL.revokeObjectURL(attachment.url)
    } catch (error) {
      if (stop.signal.aborted) {
        this.#logs.set(key, (log) => drop(log, new Set([id])))
        URL.revokeObjectURL(attachment.url)
      } else {
        this.#logs.set(key, (log) => put(log, { ...entry, status: 'failed', code: codeOf(error) }))
      }
    } finally {
      this.#uploads.delete(id)
    }
  }

  #progress(key: Key, id: string, progress: number): void {
    this.#logs.set(key, (log) => ({
      ...log,
      entries: log.entries.map((e) => (e.id === id && e.attachment ? { ...e, attachment: { ...e.attachment, progress } } : e)),
    }))
  }
}

/** kindOf is the type of message that carries a file of that type. */
function kindOf({ type }: File): string {
  if (type === 'image/gif') return MessageType.GIF
  if (/^image\/(jpeg|png|webp|bmp|avif)$/.test(type)) return MessageType.IMAGE
  return type === 'video/mp4' ? MessageType.VIDEO : MessageType.FILE
}
