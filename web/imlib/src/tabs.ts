import { SILENCE } from './bounds.ts'
import type { Browser, Channel, Locks } from './browser.ts'
import * as codes from './generated/codes.ts'
import type { Socket, SocketEvents, Transport } from './transport.ts'
import { encodeUtf8 } from './wire/protobuf.ts'

/** A socket that is closed for these is not the only one: nothing comes through the connection. */
const dead: readonly unknown[] = [codes.RC_PING_EXCEED_LIMIT, codes.RC_CONN_ACK_TIMEOUT]

type Open = Transport['open']

/**
 * shared is transport with sockets that the tabs of a browser share: those to
 * one address go through one connection, each as a lane of it. The tab that
 * holds the address's lock has the connection. When that tab closes, or stands
 * still, another one gets the lock, and all connect again. A browser that
 * forbids or lacks what that takes shares nothing.
 */
export function shared(transport: Transport, { locks, channel }: Browser): Transport {
  if (!locks || !channel) return transport
  const tabs = new Map<string, Open>()
  const open: Open = (url, events) => {
    const name = `hongyan ${url.split('?')[0]}`
    if (!tabs.has(name)) tabs.set(name, tab(name, transport.open, locks, channel(name)))
    return (tabs.get(name) as Open)(url, events)
  }
  return { ...transport, open }
}

/** Through is a socket of this tab's, in the hands of the owner. */
interface Through {
  readonly url: string
  readonly events: SocketEvents
  /** Whether the owner has it. */
  taken: boolean
  /** Gives up the lock that shows the owner that the socket is wanted; undefined before it is held. */
  free?: () => void
}

/** tab is Transport.open for one address, as one tab among others. */
function tab(name: string, open: Open, locks: Locks, channel: Channel): Open {
  const sockets = new Map<string, Through>()
  /** While this tab is the owner: the lanes of all tabs' sockets, and what gives the lock up. */
  const lanes = new Map<string, Socket>()
  let trunk: Trunk | undefined
  let release: (() => void) | undefined
  let queue = new AbortController()
  let silence: ReturnType<typeof setTimeout> | undefined

  /** What is said of the socket with a key: first the three things that its tab says to the owner. */
  const words = {
    dial(key: string, url: string): void {
      if (!release || lanes.has(key)) return
      say('taken', key)
      if (!trunk || trunk.over) trunk = new Trunk(open, url)
      const lane = trunk.open(url, {
        open: () => say('open', key),
        frame: (bytes) => say('frame', key, bytes),
        close: () => {
          lanes.delete(key)
          say('close', key)
        },
      })
      lanes.set(key, lane)
      void locks.request(key, () => lane.close()) // its tab is gone, or wants it no more
    },
    send(key: string, bytes: Uint8Array): void {
      lanes.get(key)?.send(bytes)
    },
    end(key: string, code: number): void {
      lanes.get(key)?.close(code)
    },
    taken(key: string): void {
      const socket = sockets.get(key)
      if (!socket) return
      socket.taken = true
      clearTimeout(silence)
    },
    open(key: string): void {
      sockets.get(key)?.events.open()
    },
    frame(key: string, bytes: Uint8Array): void {
      sockets.get(key)?.events.frame(bytes)
    },
    close(key: string): void {
      const socket = sockets.get(key)
      if (!socket) return
      sockets.delete(key)
      clearTimeout(silence)
      socket.free?.()
      socket.events.close()
    },
    /** There is another owner, who knows of no socket. */
    fresh(): void {
      for (const [key, { taken }] of sockets) {
        if (taken) words.close(key)
        else ask(key)
      }
    },
  }

  const hear = (kind: keyof typeof words, key: string, data: unknown): void => words[kind](key, data as never)

  /** say says something to whom it is for. What is for this tab itself comes to it as what others say does: later. */
  const say = (kind: keyof typeof words, key: string, data?: unknown): void => {
    if (sockets.has(key) && (release || !toOwner.includes(kind))) queueMicrotask(() => hear(kind, key, data))
    else channel.postMessage([kind, key, data])
  }

  /** ask has the owner take a socket. One who says nothing loses the lock. */
  const ask = (key: string): void => {
    const socket = sockets.get(key)
    if (!socket?.free) return
    say('dial', key, socket.url)
    clearTimeout(silence)
    silence = setTimeout(() => void own(true), SILENCE)
  }

  /** own waits for the lock, or takes it. With it, this tab is the owner until it gives it up. */
  const own = async (steal?: true): Promise<void> => {
    queue.abort()
    queue = new AbortController()
    let held = false
    try {
      await locks.request(name, steal ? { steal } : { signal: queue.signal }, () => {
        held = true
        channel.postMessage(['fresh'])
        return new Promise<void>((resolve) => {
          release = resolve
          words.fresh()
        })
      })
    } catch {
      if (!held) return // it waits no more
    }
    giveUp() // perhaps another tab took it
    void own()
  }

  const giveUp = (): void => {
    release?.()
    release = undefined
    trunk?.end()
  }

  channel.addEventListener('message', ({ data }) => hear(...(data as [keyof typeof words, string, unknown])))
  globalThis.document?.addEventListener('freeze', giveUp)
  void own()

  return (url, events) => {
    const key = crypto.randomUUID()
    const through: Through = { url, events, taken: false }
    let socket: Socket = {
      send: (bytes) => say('send', key, bytes),
      close: (code) => (through.taken ? say('end', key, code) : words.close(key)),
    }
    sockets.set(key, through)
    const hold = (): Promise<void> =>
      new Promise((free) => {
        through.free = free
        if (sockets.has(key)) ask(key)
        else free()
      })
    locks.request(key, hold).catch(() => {
      if (sockets.delete(key)) socket = open(url, events) // locks are forbidden here
    })
    return { send: (bytes) => socket.send(bytes), close: (code) => socket.close(code) }
  }
}

const toOwner: readonly string[] = ['dial', 'send', 'end']

/** Trunk is a connection whose lanes are sockets. PROTOCOL.md#shared-connections */
class Trunk {
  over = false
  readonly #socket: Socket
  readonly #lanes = new Map<number, SocketEvents>()
  readonly #opened: Promise<void>
  #last = -1

  /** url is that of the first lane. */
  constructor(open: Open, url: string) {
    let opened: () => void
    this.#opened = new Promise((resolve) => (opened = resolve))
    this.#socket = open(`${url}&shared=1`, {
      open: () => opened(),
      frame: (bytes) => this.#frame(bytes),
      close: () => this.end(),
    })
  }

  open(url: string, events: SocketEvents): Socket {
    const lane = ++this.#last
    this.#lanes.set(lane, events)
    void this.#opened.then(() => {
      if (lane > 0) this.#send(lane, encodeUtf8(url))
      this.#lanes.get(lane)?.open()
    })
    return {
      send: (bytes) => this.#send(lane, bytes),
      close: (code) => {
        if (!this.#lanes.has(lane)) return
        if (dead.includes(code)) this.end()
        else void this.#opened.then(() => this.#send(lane, new Uint8Array()))
        this.#closed(lane)
      },
    }
  }

  end(): void {
    if (this.over) return
    this.over = true
    this.#socket.close()
    for (const lane of this.#lanes.keys()) this.#closed(lane)
  }

  #send(lane: number, bytes: Uint8Array): void {
    if (this.over) return
    const message = new Uint8Array(2 + bytes.length)
    message.set([lane >> 8, lane])
    message.set(bytes, 2)
    this.#socket.send(message)
  }

  #frame(message: Uint8Array): void {
    const [high = 0, low = 0] = message
    const lane = (high << 8) | low
    if (message.length > 2) this.#lanes.get(lane)?.frame(message.slice(2))
    else this.#closed(lane)
  }

  #closed(lane: number): void {
    const events = this.#lanes.get(lane)
    this.#lanes.delete(lane)
    if (this.#lanes.size === 0) this.end()
    events?.close()
  }
}
