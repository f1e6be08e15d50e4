import type { Host, Name } from '../host.ts'
import { ConversationType, type ReceivedMessage, type User } from '../im.ts'
import { identify, type Key, keyOf, type State } from '../model.ts'
import { nameOf } from '../show.ts'
import type { Store } from '../store.ts'
import type { Page } from './page.ts'

/** People is who and what there is to talk to, and what they are called. */
export class People {
  readonly #store: Store<State>
  readonly #page: Page
  readonly #host: Host

  constructor(store: Store<State>, page: Page, host: Host) {
    this.#store = store
    this.#page = page
    this.#host = host
  }

  get canMakeGroups(): boolean {
    return this.#host.createGroup !== undefined
  }

  /** meet reads whom user can find; for nobody, who may sign in. */
  async meet(user: string): Promise<void> {
    try {
      const { people, groups, rooms } = await this.#host.directory(user)
      this.#store.set(({ people: known }) => ({
        people: new Map([...known, ...byId(people)]),
        groups: byId(groups),
        rooms: byId(rooms),
        problem: '',
      }))
    } catch (error) {
      this.#store.set({ problem: this.#page.say('noPeople', { reason: this.#page.why(error) }) })
    }
  }

  /** meetAll reads again whom the user can find, if a group of these conversations is not known. */
  async meetAll(keys: readonly Key[]): Promise<void> {
    const { groups, me } = this.#store.value
    const isUnknown = (key: Key): boolean => {
      const { conversationType, targetId } = identify(key)
      return conversationType === ConversationType.GROUP && !groups.has(targetId)
    }
    if (keys.some(isUnknown)) await this.meet(me)
  }

  /** learn remembers the name that a message gives for its sender. */
  learn(message: ReceivedMessage): void {
    const { people } = this.#store.value
    const user: unknown = (message.content as Record<string, unknown>)['user']
    if (people.has(message.senderUserId) || typeof user !== 'object' || user === null) return
    const name: unknown = (user as Record<string, unknown>)['name']
    if (typeof name !== 'string' || name === '') return
    this.#store.set({ people: new Map(people).set(message.senderUserId, { id: message.senderUserId, name }) })
  }

  /** me is the user, as messages name their sender. */
  me(): User {
    const { me, people } = this.#store.value
    return { id: me, name: people.get(me)?.name ?? me }
  }

  /** called is what the page calls somebody. */
  called(id: string): string {
    const { people, language } = this.#store.value
    return nameOf(people.get(id), id, language)
  }

  /** createGroup makes a group of the user and members; undefined when it could not. */
  async createGroup(name: string, members: readonly string[]): Promise<Key | undefined> {
    const { me } = this.#store.value
    let key: Key | undefined
    await this.#page.attempt(async () => {
      const id = await this.#host.createGroup?.(name, [me, ...members])
      if (id === undefined) return
      await this.meet(me)
      key = keyOf({ conversationType: ConversationType.GROUP, targetId: id })
    })
    return key
  }
}

function byId<T extends Name>(list: readonly T[]): Map<string, T> {
  return new Map(list.map((one) => [one.id, one]))
}
