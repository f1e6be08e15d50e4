import * as im from '../im.ts'
import { ConversationType } from '../im.ts'
import { identify, type Key, keyOf, type State } from '../model.ts'
import type { Store } from '../store.ts'
import type { List } from './list.ts'
import type { Page } from './page.ts'

/** Rooms is the chatrooms that the user is in. */
export class Rooms {
  readonly #store: Store<State>
  readonly #page: Page
  readonly #list: List

  constructor(store: Store<State>, page: Page, list: List) {
    this.#store = store
    this.#page = page
    this.#list = list
  }

  async join(key: Key): Promise<void> {
    const { targetId } = identify(key)
    await this.#page.attempt(async () => {
      await im.joinRoom(targetId)
      this.#store.set(({ joined }) => ({ joined: { ...joined, [targetId]: { joined: true, members: 0 } } }))
      this.#list.add(key, im.serverTime())
      await this.count(targetId)
    })
  }

  async leave(key: Key): Promise<void> {
    const { targetId } = identify(key)
    await this.#page.attempt(async () => {
      await im.leaveRoom(targetId)
      this.#forget(targetId)
    })
  }

  /** gone is for when a chatroom was destroyed while the user was in it. */
  gone(id: string): void {
    if (!this.#store.value.joined[id]) return
    this.#forget(id)
    this.#page.notify('roomGone')
  }

  /** count asks how many are in a chatroom that the user is in. */
  async count(id: string): Promise<void> {
    try {
      const members = await im.membersOfRoom(id)
      this.#store.set(({ joined }) => (joined[id] ? { joined: { ...joined, [id]: { joined: true, members } } } : {}))
    } catch {
      return // asked again at the next change
    }
  }

  #forget(id: string): void {
    this.#store.set(({ joined: { [id]: _, ...joined } }) => ({ joined }))
    this.#list.drop(keyOf({ conversationType: ConversationType.CHATROOM, targetId: id }))
  }
}
