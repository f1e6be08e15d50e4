// The browser that several pages of one origin share.

import type { Browser, Channel, Locks } from '../src/browser.ts'

interface Held {
  name: string
  page: FakePage
  lose(): void
}

interface Waiting {
  name: string
  page: FakePage
  grant(): void
}

/** FakeBrowser has the locks and channels of its pages. Storage is theirs to bring. */
export class FakeBrowser {
  readonly indexedDB: IDBFactory | undefined
  held: Held[] = []
  waiting: Waiting[] = []
  readonly channels: FakeChannel[] = []

  constructor(indexedDB?: IDBFactory) {
    this.indexedDB = indexedDB
  }

  page(): FakePage {
    return new FakePage(this)
  }

  settle(): void {
    for (const next of [...this.waiting]) {
      if (this.held.some(({ name }) => name === next.name)) continue
      this.waiting.splice(this.waiting.indexOf(next), 1)
      next.grant()
    }
  }
}

/** FakePage is the Browser as one page sees it, until it is closed or stands still. */
export class FakePage implements Browser {
  readonly indexedDB: IDBFactory | undefined
  readonly locks: Locks
  readonly channel: (name: string) => Channel
  /** A page that is frozen keeps its locks and hears nothing. */
  frozen = false
  readonly #browser: FakeBrowser

  constructor(browser: FakeBrowser) {
    this.#browser = browser
    this.indexedDB = browser.indexedDB
    this.channel = (name) => new FakeChannel(browser, name, this)
    this.locks = { request: this.#request.bind(this) as Locks['request'], query: async () => ({ held: [...browser.held] }) }
  }

  /** close ends the page, as a crash does, too: its locks are free, and it hears nothing more. */
  close(): void {
    const browser = this.#browser
    this.frozen = true
    browser.held = browser.held.filter(({ page }) => page !== this)
    browser.waiting = browser.waiting.filter(({ page }) => page !== this)
    queueMicrotask(() => browser.settle())
  }

  #request(name: string, ...rest: [unknown, unknown?]): Promise<unknown> {
    const hold = rest.at(-1) as () => unknown
    const { signal, steal } = (rest.length > 1 ? rest[0] : {}) as { signal?: AbortSignal; steal?: boolean }
    const browser = this.#browser
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        name,
        page: this,
        grant: () => {
          const held: Held = { name, page: this, lose: () => reject(new DOMException('stolen', 'AbortError')) }
          browser.held.push(held)
          void Promise.resolve(hold()).then((value) => {
            if (browser.held.includes(held)) browser.held.splice(browser.held.indexOf(held), 1)
            resolve(value)
            browser.settle()
          })
        },
      }
      if (steal) {
        for (const held of browser.held.filter((h) => h.name === name)) {
          browser.held.splice(browser.held.indexOf(held), 1)
          held.lose()
        }
        return queueMicrotask(entry.grant)
      }
      signal?.addEventListener('abort', () => {
        const at = browser.waiting.indexOf(entry)
        if (at < 0) return
        browser.waiting.splice(at, 1)
        reject(new DOMException('aborted', 'AbortError'))
      })
      browser.waiting.push(entry)
      queueMicrotask(() => browser.settle())
    })
  }
}

class FakeChannel implements Channel {
  readonly #browser: FakeBrowser
  readonly #page: FakePage
  readonly name: string
  readonly #hears: ((event: { data: unknown }) => void)[] = []

  constructor(browser: FakeBrowser, name: string, page: FakePage) {
    this.#browser = browser
    this.#page = page
    this.name = name
    browser.channels.push(this)
  }

  postMessage(message: unknown): void {
    if (this.#page.frozen) return
    const data: unknown = structuredClone(message)
    for (const other of this.#browser.channels) {
      if (other === this || other.name !== this.name) continue
      queueMicrotask(() => {
        if (!other.#page.frozen) for (const hear of other.#hears) hear({ data })
      })
    }
  }

  addEventListener(_: 'message', hear: (event: { data: unknown }) => void): void {
    this.#hears.push(hear)
  }

  close(): void {
    const at = this.#browser.channels.indexOf(this)
    if (at >= 0) this.#browser.channels.splice(at, 1)
  }
}
