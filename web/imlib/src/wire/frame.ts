/**
 * The frames of the protocol, one to a binary WebSocket message. A frame is a
 * header byte (type in bits 7-4, dup in 3, QoS in 2-1), then the fields of its
 * type, then a payload that runs to the end. Integers are big-endian, strings
 * are UTF-8 behind a 16-bit length.
 */

import { decodeUtf8, encodeUtf8, Malformed } from './protobuf.ts'

const CONNACK = 2
const PUBLISH = 3
const PUBACK = 4
const QUERY = 5
const QUERYACK = 6
const QUERYCON = 7
const PINGREQ = 12
const PINGRESP = 13
const DISCONNECT = 14

// Header bits below the type.
const DUP = 8
const QOS = 2

/** ServerFrame is what a server sends. Byte fields alias the received frame. */
export type ServerFrame =
  | { type: 'connack'; status: number; userId: string; sessionId: string; time: number; firstId: number }
  | { type: 'publish'; qos: number; dup: boolean; seconds: number; topic: string; target: string; id: number; payload: Uint8Array }
  | { type: 'puback'; id: number; sentTime: number; status: number; uid: string }
  | { type: 'queryack'; qos: number; id: number; seconds: number; status: number; payload: Uint8Array }
  | { type: 'pingresp' }
  | { type: 'disconnect'; status: number }

/** ProtocolVersion is the layout of CONNACK: 4 marks which of its fields are present. */
export type ProtocolVersion = 3 | 4

// The bits of a version 4 CONNACK.
const HAS_USER = 1
const HAS_SESSION = 2
const HAS_TIME = 4
const HAS_FIRST_ID = 8

/** The header bits, besides the type, that each frame of a server may have. */
const allowedFlags: ReadonlyMap<number, number> = new Map([
  [CONNACK, 0],
  [PUBLISH, QOS | DUP],
  [PUBACK, 0],
  [QUERYACK, QOS],
  [PINGRESP, 0],
  [DISCONNECT, 0],
])

/** decodeFrame reads a frame from the server. It throws Malformed when the bytes are not exactly one. */
export function decodeFrame(bytes: Uint8Array, version: ProtocolVersion): ServerFrame {
  const cursor = new Cursor(bytes)
  const header = cursor.u8()
  const type = header >> 4
  const allowed = allowedFlags.get(type)
  if (allowed === undefined) throw new Malformed(`a server sends no frame of type ${type}`)
  if (header & 15 & ~allowed) throw new Malformed(`a frame of type ${type} has flags ${header & 15}`)
  const frame = decodeBody(cursor, type, header, version)
  cursor.end()
  return frame
}

function decodeBody(cursor: Cursor, type: number, header: number, version: ProtocolVersion): ServerFrame {
  const qos = (header & QOS) >> 1
  switch (type) {
    case CONNACK:
      return decodeConnack(cursor, version)
    case PUBLISH:
      return {
        type: 'publish',
        qos,
        dup: (header & DUP) !== 0,
        seconds: cursor.u32(),
        topic: cursor.string(),
        target: cursor.string(),
        id: cursor.u16(),
        payload: cursor.rest(),
      }
    case PUBACK:
      return decodePuback(cursor)
    case QUERYACK:
      return { type: 'queryack', qos, id: cursor.u16(), seconds: cursor.u32(), status: cursor.u16(), payload: cursor.rest() }
    case DISCONNECT:
      cursor.zero()
      return { type: 'disconnect', status: cursor.u8() }
    default:
      return { type: 'pingresp' }
  }
}

function decodeConnack(cursor: Cursor, version: ProtocolVersion): ServerFrame {
  cursor.zero()
  const status = cursor.u8()
  if (status !== 0) return { type: 'connack', status, userId: '', sessionId: '', time: 0, firstId: 0 }
  const fields = version === 4 ? cursor.u8() : HAS_USER | HAS_SESSION | HAS_TIME
  if (fields > 15) throw new Malformed(`a CONNACK has unknown fields ${fields}`)
  return {
    type: 'connack',
    status,
    userId: fields & HAS_USER ? cursor.string() : '',
    sessionId: fields & HAS_SESSION ? cursor.string() : '',
    time: fields & HAS_TIME ? cursor.u63() : 0,
    firstId: fields & HAS_FIRST_ID ? cursor.u16() : 0,
  }
}

function decodePuback(cursor: Cursor): ServerFrame {
  const id = cursor.u16()
  const seconds = cursor.u32()
  const status = cursor.u16()
  const millis = cursor.u16()
  if (millis > 999) throw new Malformed(`a PUBACK has ${millis} milliseconds`)
  return { type: 'puback', id, sentTime: seconds * 1000 + millis, status, uid: cursor.string() }
}

/** encodePublish is a PUBLISH that asks for a PUBACK, except on the topics of status messages. */
export function encodePublish(topic: string, target: string, id: number, payload: Uint8Array): Uint8Array {
  return frame((PUBLISH << 4) | QOS, topic, target, id, payload)
}

/** encodeQuery is a QUERY, which the server answers with a QUERYACK of the same id. */
export function encodeQuery(topic: string, target: string, id: number, payload: Uint8Array): Uint8Array {
  return frame(QUERY << 4, topic, target, id, payload)
}

/** encodePuback acknowledges a PUBLISH that came with a QoS. */
export function encodePuback(id: number): Uint8Array {
  return Uint8Array.of(PUBACK << 4, id >> 8, id)
}

/** encodeQuerycon acknowledges a QUERYACK that came with a QoS. */
export function encodeQuerycon(id: number): Uint8Array {
  return Uint8Array.of(QUERYCON << 4, id >> 8, id)
}

/** encodeDisconnect says that the user leaves for good. */
export function encodeDisconnect(): Uint8Array {
  return Uint8Array.of(14 << 4, 0, 4)
}

/** encodePingreq asks whether the server is still there. */
export function encodePingreq(): Uint8Array {
  return Uint8Array.of(PINGREQ << 4)
}

function frame(header: number, topic: string, target: string, id: number, payload: Uint8Array): Uint8Array {
  const parts = [Uint8Array.of(header), string(topic), string(target), Uint8Array.of(id >> 8, id), payload]
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function string(s: string): Uint8Array {
  const bytes = encodeUtf8(s)
  return Uint8Array.of(bytes.length >> 8, bytes.length, ...bytes)
}

class Cursor {
  #at = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2))
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4))
  }

  u63(): number {
    const value = Number(this.#view.getBigInt64(this.#advance(8)))
    if (value < 0) throw new Malformed('a time is negative')
    return value
  }

  /** zero reads the byte that is reserved. */
  zero(): void {
    if (this.u8() !== 0) throw new Malformed('the reserved byte is not zero')
  }

  string(): string {
    const length = this.u16()
    const start = this.#advance(length)
    return decodeUtf8(this.#bytes.subarray(start, start + length))
  }

  rest(): Uint8Array {
    const start = this.#at
    this.#at = this.#bytes.length
    return this.#bytes.subarray(start)
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new Malformed('the frame is too long')
  }

  #advance(length: number): number {
    const start = this.#at
    if (start + length > this.#bytes.length) throw new Malformed('the frame is cut short')
    this.#at += length
    return start
  }
}
