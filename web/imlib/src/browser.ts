/** Channel is the part of a BroadcastChannel that pages need. */
export interface Channel {
  postMessage(message: unknown): void
  addEventListener(type: 'message', hear: (event: { data: unknown }) => void): void
  close(): void
}

/** Locks is the part of a LockManager that pages need. */
export interface Locks {
  request(name: string, hold: () => Promise<unknown> | unknown): Promise<unknown>
  request(name: string, options: { signal?: AbortSignal; steal?: boolean }, hold: () => Promise<unknown> | unknown): Promise<unknown>
  query(): Promise<{ held?: { name?: string }[] }>
}

/** Browser is what a page shares with the other pages of its origin. What a browser lacks or forbids is undefined. */
export interface Browser {
  readonly indexedDB?: IDBFactory | undefined
  readonly locks?: Locks | undefined
  readonly channel?: ((name: string) => Channel) | undefined
}

/** browser is the one that the page is in. Web Locks are in secure contexts only. */
export function browser(): Browser {
  return {
    indexedDB: globalThis.indexedDB,
    locks: globalThis.navigator?.locks as Locks | undefined,
    channel: globalThis.BroadcastChannel && ((name) => new BroadcastChannel(name) as Channel),
  }
}
