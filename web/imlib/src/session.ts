import { ANSWER, DAY, DOUBT, HANDSHAKE, MISSED, PING } from './bounds.ts'
import { connackCode, disconnectCode } from './corecodes.ts'
import { Refused } from './errors.ts'
import * as codes from './generated/codes.ts'
import type { Socket, Transport } from './transport.ts'
import type { Answer, ProtocolVersion, Puback, Queryack, ServerFrame } from './wire/frame.ts'
import { decodeFrame, encodeAck, encodeDisconnect, encodePingreq, encodeRequest } from './wire/frame.ts'
import { CONNACK, DISCONNECT, PUBACK, PUBLISH, QUERY, QUERYACK, QUERYCON } from './wire/numbers.ts'
import { Malformed } from './wire/protobuf.ts'

/** Ack is the server's word that a message is stored. */
export interface Ack {
  readonly messageUId: string
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
  leave(): void
  /** close ends the session for the reason code. The first reason wins. */
  close(code: number): void
}

/** SessionEvents is what the owner of a session hears. */
export interface SessionEvents {
  publish(session: Session, topic: string, payload: Uint8Array): void
  /** ended is called once, when an accepted session is over for the reason code. Everything pending has failed by then. */
  ended(session: Session, code: number): void
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
  /** What takes the answer to a request, by id. */
  readonly #pending = new Map<number, (answer: Answer | Refused) => void>()
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
    return this.#exchange<Puback>(PUBLISH, PUBACK, topic, target, payload)
  }

  tell(topic: string, target: string, payload: Uint8Array): void {
    if (this.over === undefined) this.#socket.send(encodeRequest(PUBLISH, topic, target, this.#nextId(), payload))
  }

  async query(topic: string, target: string, payload: Uint8Array): Promise<Uint8Array> {
    return (await this.#exchange<Queryack>(QUERY, QUERYACK, topic, target, payload)).payload
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
    this.#socket.close(code)
    for (const settle of this.#pending.values()) settle(new Refused(code))
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
      case CONNACK:
        return this.#accepted(frame)
      case PUBLISH:
        if (frame.qos !== 0 && !frame.dup) this.#socket.send(encodeAck(PUBACK, frame.id))
        return this.#events.publish(this, frame.topic, frame.payload)
      case QUERYACK:
        if (frame.qos !== 0) this.#socket.send(encodeAck(QUERYCON, frame.id))
        return this.#pending.get(frame.id)?.(frame)
      case PUBACK:
        return this.#pending.get(frame.id)?.(frame)
      case DISCONNECT:
        return this.close(disconnectCode(frame.status))
    }
  }

  #accepted(frame: ServerFrame & { type: typeof CONNACK }): void {
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

  #exchange<T extends Answer>(type: number, wanted: T['type'], topic: string, target: string, payload: Uint8Array): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.over !== undefined) return reject(new Refused(this.over))
      const id = this.#nextId()
      const settle = (answer: Answer | Refused): void => {
        clearTimeout(late)
        this.#pending.delete(id)
        if (answer instanceof Refused) reject(answer)
        else if (answer.type !== wanted) reject(new Refused(codes.RC_MSG_DATA_INCOMPLETE))
        else if (answer.status !== 0) reject(new Refused(answer.status, undefined, undefined, retryAfter(answer)))
        else resolve(answer as T)
      }
      const late = setTimeout(() => settle(new Refused(codes.TIMEOUT)), ANSWER)
      this.#pending.set(id, settle)
      this.#socket.send(encodeRequest(type, topic, target, id, payload))
    })
  }

  // Ids wrap around at 16 bits; one that still waits for its answer is passed over.
  #nextId(): number {
    do {
      this.#lastId = (this.#lastId % 0xffff) + 1
    } while (this.#pending.has(this.#lastId))
    return this.#lastId
  }
}

/** retryAfter is for how long the server lets wait before sending again what it refuses, where it tells. */
function retryAfter(answer: Answer): number | undefined {
  return answer.status === codes.SEND_FREQUENCY_TOO_FAST && answer.type === PUBACK && answer.sentTime <= DAY ? answer.sentTime : undefined
}
