import { type Browser, browser } from './browser.ts'
import type { RCResult } from './errors.ts'
import type { Keeper, Kept } from './keeper.ts'
import type { IAReceivedMessage } from './received.ts'

const ROWS = 'unsent'

/** How long storage may take. Then the page does without it. */
const PATIENCE = 3_000

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
  const page = crypto.getRandomValues(new Uint32Array(4)).join('-')
  const channel = open?.('hongyan:outbox')
  const watched = new Set([page])
  let database: Promise<IDBDatabase> | undefined
  let orphaned = (): void => {}

  void locks?.request(lock(page), () => new Promise(() => {}))

  /** run resolves with the result of what work asks, once it is all done. */
  const run = async <T>(mode: IDBTransactionMode, work: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const transaction = (await (database ??= openDatabase(indexedDB))).transaction(ROWS, mode)
    const request = work(transaction.objectStore(ROWS))
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error)
    })
  }

  /** soon is run, unless that takes too long. */
  const soon: typeof run = (mode, work) => {
    let timer: ReturnType<typeof setTimeout>
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('storage does not answer')), PATIENCE)
    })
    return Promise.race([run(mode, work), late]).finally(() => clearTimeout(timer))
  }

  /** watch waits for the end of another page. Its messages are claimed then, when nobody holds its lock. */
  const watch = (other: string): void => {
    if (watched.has(other)) return
    watched.add(other)
    void locks?.request(lock(other), () => {}).then(() => orphaned())
  }

  return {
    async claim(name, oldest) {
      channel?.postMessage({ page } satisfies Told)
      const held = await locks?.query()
      const living = new Set(held?.held?.map((lock) => lock.name))
      const mine: Row[] = []
      await soon('readwrite', (rows) => {
        const all = rows.getAll(under(name)) as IDBRequest<Row[]>
        all.onsuccess = () => {
          for (const row of all.result) {
            const key = [name, row.messageId]
            if (row.code !== 0) row.since < oldest && rows.delete(key)
            else if (row.page !== page && living.has(lock(row.page))) watch(row.page)
            else {
              mine.push(row)
              if (row.page !== page) rows.put({ ...row, page }, key)
            }
          }
        }
        return all
      })
      return mine.sort(byTime)
    },
    async list(name) {
      return (await soon('readonly', (rows) => rows.getAll(under(name)) as IDBRequest<Row[]>)).sort(byTime)
    },
    async put(name, kept) {
      await soon('readwrite', (rows) => rows.put({ ...kept, page }, [name, kept.messageId]))
    },
    async drop(name, messageIds) {
      for (const id of messageIds) await soon('readwrite', (rows) => rows.delete([name, id]))
    },
    tell(name, result) {
      channel?.postMessage({ name, result } satisfies Told)
    },
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

function lock(page: string): string {
  return `hongyan:page:${page}`
}

/** under is the keys of everything under name: a list is larger than any number. */
function under(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name], [name, []])
}

function byTime(a: Kept, b: Kept): number {
  return a.since - b.since
}

function openDatabase(indexedDB: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('hongyan-outbox', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(ROWS)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
