import { PATIENCE } from './bounds.ts'
import { type Browser, browser } from './browser.ts'
import type { RCResult } from './errors.ts'
import type { Keeper, Kept } from './keeper.ts'
import { randomName } from './random.ts'
import type { IAReceivedMessage } from './received.ts'

const ROWS = 'unsent'

type Row = Kept & { page: string }

/** Told is what pages say to one another: that one is there, or what became of a message. */
interface Told {
  readonly page?: string
  readonly name?: string
  readonly result?: RCResult<IAReceivedMessage>
}

/**
 * durable is the Keeper of a browser: messages are in IndexedDB. A page holds a
 * Web Lock for as long as it lives, so that others know whose messages are
 * nobody's any more. Without Web Locks a page claims everything: the server
 * knows what it gets twice. Its promises reject where a browser forbids it to
 * keep anything; undefined is a browser that cannot.
 */
export function durable({ indexedDB, locks, channel: open }: Browser = browser()): Keeper | undefined {
  if (!indexedDB) return undefined
  const page = `hongyan:page:${randomName()}`
  const channel = open?.('hongyan:outbox')
  const tell = (told: Told): void => channel?.postMessage(told)
  const watched = new Set([page])
  let database: Promise<IDBDatabase> | undefined
  let orphaned = (): void => {}

  void locks?.request(page, () => new Promise(() => {}))

  /** run resolves with the result of what work asks, once it is all done. */
  const run = async <T>(work: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const transaction = (await (database ??= openDatabase(indexedDB))).transaction(ROWS, 'readwrite')
    const request = work(transaction.objectStore(ROWS))
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error)
    })
  }

  /** soon is run, unless that takes too long. */
  const soon: typeof run = (work) => {
    const late = new Promise<never>((_, reject) => setTimeout(reject, PATIENCE, new Error('storage does not answer')))
    return Promise.race([run(work), late])
  }

  /** list is everything under name, oldest first. visit is called with each row, before anybody else changes it. */
  const list = async (name: string, visit?: (row: Row, rows: IDBObjectStore) => void): Promise<Row[]> => {
    const all = await soon<Row[]>((rows) => {
      // A list is larger than any number, as keys go.
      const request = rows.getAll(IDBKeyRange.bound([name], [name, []]))
      request.onsuccess = () => visit && request.result.forEach((row) => visit(row, rows))
      return request
    })
    return all.sort((a, b) => a.since - b.since)
  }

  /** watch waits for the end of another page. Its messages are claimed then, when nobody holds its lock. */
  const watch = (other: string): void => {
    if (watched.has(other)) return
    watched.add(other)
    void locks?.request(other, () => {}).then(() => orphaned())
  }

  return {
    async claim(name, oldest) {
      tell({ page })
      const held = await locks?.query()
      const living = new Set(held?.held?.map((lock) => lock.name))
      const all = await list(name, (row, rows) => {
        const key = [name, row.messageId]
        if (row.code !== 0) row.since < oldest && rows.delete(key)
        else if (row.page !== page && living.has(row.page)) watch(row.page)
        else rows.put(Object.assign(row, { page }), key)
      })
      return all.filter((row) => row.code === 0 && row.page === page)
    },
    list,
    async put(name, kept) {
      await soon((rows) => rows.put({ ...kept, page }, [name, kept.messageId]))
    },
    async drop(name, messageIds) {
      for (const id of messageIds) await soon((rows) => rows.delete([name, id]))
    },
    tell: (name, result) => tell({ name, result }),
    listen(orphans, told) {
      orphaned = orphans
      channel?.addEventListener('message', ({ data }) => {
        const { page, name, result } = data as Told
        if (page) watch(page)
        if (name && result) told(name, result)
      })
    },
  }
}

function openDatabase(indexedDB: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('hongyan-outbox', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(ROWS)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
