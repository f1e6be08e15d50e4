import { connackCode, disconnectCode } from './corecodes.ts'
import { Refused } from './errors.ts'
import * as codes from './generated/codes.ts'
import type { Socket, Transport } from './transport.ts'
import {
  decodeFrame,
  encodeDisconnect,
  encodePingreq,
  encodePuback,
  encodePublish,
  encodeQuery,
  encodeQuerycon,
  type ProtocolVersion,
  type ServerFrame,
} from './wire/frame.ts'
import { Malformed } from './wire/protobuf.ts'

/** How long a socket may take to open, and then the server to answer, in milliseconds. */
const HANDSHAKE = 10_000

/** How long the server may take to answer. */
const ANSWER = 30_000

/** How often to ask whether the server is there, and how many unanswered times are too many. */
const PING = 15_000
const MISSED = 2

/** How long the server may take to answer when there is a reason to doubt that it is there. */
const DOUBT = 5_000

/** No server lets a sender wait for longer: one that says so means the time, not a wait. */
const DAY = 24 * 60 * 60 * 1000

/** Ack is the server's word that a message is stored. */
export interface Ack {
  readonly uid: string
  readonly sentTime: number
}

/** Session is one accepted connection. Everything it promises fails with Refused. */
export interface Session {
  readonly userId: string
  /** The server's clock when it accepted. */
  readonly serverTime: number
  /** The reason why the session is over; undefined while it lasts. */
  readonly over: number | undefined
  /** publish resolves once the server has acknowledged. */
  publish(topic: string, target: string, payload: Uint8Array): Promise<Ack>
  /** tell publishes what the server does not acknowledge. */
  tell(topic: string, target: string, payload: Uint8Array): void
  /** query resolves with the payload of the answer. */
  query(topic: string, target: string, payload: Uint8Array): Promise<Uint8Array>
  /** doubt ends the session soon unless the server shows that it is there. */
  doubt(): void
  /** leave tells the server that the user leaves for good: chatrooms at once, and without a push. */
  leave?(): void
  /** close ends the session for the reason code. The first reason wins. */
  close(code: number): void
}

/** SessionEvents is what the owner of a session hears. */
export interface SessionEvents {
  publish(session: Session, topic: string, payload: Uint8Array): void
  /** ended is called once, when an accepted session is over for the reason code. Everything pending has failed by then. */
  ended(session: Session, code: number): void
}

interface Pending {
  resolve(frame: ServerFrame): void
  reject(reason: Refused): void
}

interface Handshake {
  resolve(session: Session): void
  reject(reason: Refused): void
}

/** SocketSession is a Session over a socket of its own. */
export class SocketSession implements Session {
  /**
   * open resolves once the server has accepted, and rejects with Refused when
   * it does not. Aborting signal ends the session at any time.
   */
  static open(
    transport: Transport,
    url: string,
    version: ProtocolVersion,
    events: SessionEvents,
    signal: AbortSignal,
  ): Promise<Session> {
    return new Promise((resolve, reject) => {
      const session = new SocketSession(transport, url, version, events, { resolve, reject })
      const abort = (): void => session.close(codes.RC_SOCKET_DISCONNECTED)
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
    })
  }

  userId = ''
  serverTime = 0
  over: number | undefined

  readonly #socket: Socket
  readonly #version: ProtocolVersion
  readonly #events: SessionEvents
  readonly #pending = new Map<number, Pending>()
  #handshake: Handshake | undefined
  #timer: ReturnType<typeof setTimeout>
  #doubt: ReturnType<typeof setTimeout> | undefined
  #missed = 0
  #pinged = Date.now()
  #lastId = 0

  private constructor(
    transport: Transport,
    url: string,
    version: ProtocolVersion,
    events: SessionEvents,
    handshake: Handshake,
  ) {
    this.#version = version
    this.#events = events
    this.#handshake = handshake
    this.#timer = setTimeout(() => this.close(codes.RC_SOCKET_NOT_CREATED), HANDSHAKE)
    this.#socket = transport.open(url, {
      open: () => this.#opened(),
      frame: (bytes) => this.#receive(bytes),
      close: () => this.close(codes.RC_SOCKET_DISCONNECTED),
    })
  }

  async publish(topic: string, target: string, payload: Uint8Array): Promise<Ack> {
    const id = this.#nextId()
    const frame = await this.#exchange(id, encodePublish(topic, target, id, payload))
    if (frame.type !== 'puback') throw new Refused(codes.RC_MSG_DATA_INCOMPLETE)
    if (frame.status !== 0) throw new Refused(frame.status, undefined, undefined, retryAfter(frame))
    return { uid: frame.uid, sentTime: frame.sentTime }
  }

  tell(topic: string, target: string, payload: Uint8Array): void {
    if (this.over === undefined) this.#socket.send(encodePublish(topic, target, this.#nextId(), payload))
  }

  async query(topic: string, target: string, payload: Uint8Array): Promise<Uint8Array> {
    const id = this.#nextId()
    const frame = await this.#exchange(id, encodeQuery(topic, target, id, payload))
    if (frame.type !== 'queryack') throw new Refused(codes.RC_MSG_DATA_INCOMPLETE)
    if (frame.status !== 0) throw new Refused(frame.status)
    return frame.payload
  }

  doubt(): void {
    if (this.over !== undefined || this.#doubt !== undefined) return
    this.#doubt = setTimeout(() => this.close(codes.RC_PING_EXCEED_LIMIT), DOUBT)
    this.#socket.send(encodePingreq())
  }

  leave(): void {
    if (this.over === undefined) this.#socket.send(encodeDisconnect())
  }

  close(code: number): void {
    if (this.over !== undefined) return
    this.over = code
    clearTimeout(this.#timer)
    clearTimeout(this.#doubt)
    this.#socket.close()
    for (const pending of this.#pending.values()) pending.reject(new Refused(code))
    this.#pending.clear()
    if (this.#handshake) this.#handshake.reject(new Refused(code))
    else this.#events.ended(this, code)
  }

  #opened(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.close(codes.RC_CONN_ACK_TIMEOUT), HANDSHAKE)
  }

  #receive(bytes: Uint8Array): void {
    if (this.over !== undefined) return
    this.#missed = 0
    clearTimeout(this.#doubt)
    this.#doubt = undefined
    try {
      this.#handle(decodeFrame(bytes, this.#version))
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      this.close(codes.RC_SOCKET_DISCONNECTED)
    }
  }

  #handle(frame: ServerFrame): void {
    switch (frame.type) {
      case 'connack':
        return this.#accepted(frame)
      case 'publish':
        if (frame.qos !== 0 && !frame.dup) this.#socket.send(encodePuback(frame.id))
        return this.#events.publish(this, frame.topic, frame.payload)
      case 'puback':
        return this.#settle(frame.id, (p) => p.resolve(frame))
      case 'queryack':
        if (frame.qos !== 0) this.#socket.send(encodeQuerycon(frame.id))
        return this.#settle(frame.id, (p) => p.resolve(frame))
      case 'disconnect':
        return this.close(disconnectCode(frame.status))
      case 'pingresp':
        return
    }
  }

  #accepted(frame: ServerFrame & { type: 'connack' }): void {
    if (this.#handshake === undefined) return
    if (frame.status !== 0) return this.close(connackCode(frame.status))
    this.userId = frame.userId
    this.serverTime = frame.time
    this.#lastId = frame.firstId
    const { resolve } = this.#handshake
    this.#handshake = undefined
    clearTimeout(this.#timer)
    this.#ping()
    resolve(this)
  }

  // Unanswered pings are counted, not time: a page in the background has its
  // timers slowed down, which must not look like a lost server. It may also be
  // a machine that slept, and whose server gave it up.
  #ping(): void {
    const slept = Date.now() - this.#pinged > 2 * PING
    this.#pinged = Date.now()
    if (slept) this.doubt()
    if (this.#missed === MISSED) return this.close(codes.RC_PING_EXCEED_LIMIT)
    this.#missed++
    this.#socket.send(encodePingreq())
    this.#timer = setTimeout(() => this.#ping(), PING)
  }

  #exchange(id: number, frame: Uint8Array): Promise<ServerFrame> {
    if (this.over !== undefined) return Promise.reject(new Refused(this.over))
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.#settle(id, (p) => p.reject(new Refused(codes.TIMEOUT))), ANSWER)
      this.#pending.set(id, {
        resolve: (frame) => (clearTimeout(late), resolve(frame)),
        reject: (reason) => (clearTimeout(late), reject(reason)),
      })
      this.#socket.send(frame)
    })
  }

  #settle(id: number, settle: (pending: Pending) => void): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    settle(pending)
  }

  // Ids wrap around at 16 bits; one that still waits for its answer is passed over.
  #nextId(): number {
    do {
      this.#lastId = (this.#lastId % 0xffff) + 1
    } while (this.#pending.has(this.#lastId))
    return this.#lastId
  }
}

/** retryAfter is for how long the server lets wait before sending again what frame refuses, where it tells. */
function retryAfter(frame: ServerFrame & { type: 'puback' }): number | undefined {
  return frame.status === codes.SEND_FREQUENCY_TOO_FAST && frame.sentTime <= DAY ? frame.sentTime : undefined
}
