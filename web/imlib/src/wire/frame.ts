/**
 * The frames of the protocol, one to a binary WebSocket message. A frame is a
 * header byte (type in bits 7-4, dup in 3, QoS in 2-1), then the fields of its
 * type, then a payload that runs to the end. Integers are big-endian, texts are
 * UTF-8 behind a 16-bit length.
 */

import { CONNACK, DISCONNECT, PINGREQ, PINGRESP, PUBACK, PUBLISH, QUERYACK } from './numbers.ts'
import { DUP, HAS_FIRST_ID, HAS_SESSION, HAS_TIME, HAS_USER, QOS } from './numbers.ts'
import { Cursor, encodeUtf8, must } from './protobuf.ts'

/** ServerFrame is what a server sends, as far as a client needs it. Payloads alias the received frame. */
export type ServerFrame =
  | { type: typeof CONNACK; status: number; userId: string; time: number; firstId: number }
  | { type: typeof PUBLISH; qos: number; dup: boolean; topic: string; id: number; payload: Uint8Array }
  | Answer
  | { type: typeof PINGRESP }
  | { type: typeof DISCONNECT; status: number }

/** Answer is what a server answers a request with. */
export type Answer = Puback | Queryack
export type Puback = { type: typeof PUBACK; id: number; status: number; sentTime: number; messageUId: string }
export type Queryack = { type: typeof QUERYACK; qos: number; id: number; status: number; payload: Uint8Array }

/** ProtocolVersion is the layout of CONNACK: 4 marks which of its fields are present. */
export type ProtocolVersion = 3 | 4

/** decodeFrame reads a frame from the server. It throws Malformed when the bytes are not exactly one. */
export function decodeFrame(bytes: Uint8Array, version: ProtocolVersion): ServerFrame {
  const cursor = new Cursor(bytes)
  const header = cursor.int(1)
  const type = header >> 4
  const flags = type === PUBLISH ? QOS | DUP : type === QUERYACK ? QOS : 0
  must((header & 15 & ~flags) === 0, `flags ${header}`)
  const frame = decodeBody(cursor, type, header, version)
  must(cursor.left === 0, 'too long')
  return frame
}

function decodeBody(cursor: Cursor, type: number, header: number, version: ProtocolVersion): ServerFrame {
  const qos = (header & QOS) >> 1
  switch (type) {
    case CONNACK:
      return decodeConnack(cursor, version)
    case PUBLISH: {
      cursor.int(4) // seconds
      const topic = cursor.text()
      cursor.text() // the target, which is the user
      return { type, qos, dup: (header & DUP) !== 0, topic, id: cursor.int(2), payload: cursor.take(cursor.left) }
    }
    case PUBACK:
      return decodePuback(cursor)
    case QUERYACK: {
      const id = cursor.int(2)
      cursor.int(4) // seconds
      return { type, qos, id, status: cursor.int(2), payload: cursor.take(cursor.left) }
    }
    case DISCONNECT:
      return { type, status: decodeStatus(cursor) }
    default:
      must(type === PINGRESP, `type ${type}`)
      return { type: PINGRESP }
  }
}

/** decodeStatus reads a status behind a byte that is reserved. */
function decodeStatus(cursor: Cursor): number {
  const status = cursor.int(2)
  must(status < 256, 'reserved')
  return status
}

function decodeConnack(cursor: Cursor, version: ProtocolVersion): ServerFrame {
  const status = decodeStatus(cursor)
  const fields = status !== 0 ? 0 : version === 4 ? cursor.int(1) : HAS_USER | HAS_SESSION | HAS_TIME
  must(fields < 16, `fields ${fields}`)
  const userId = fields & HAS_USER ? cursor.text() : ''
  if (fields & HAS_SESSION) cursor.text()
  const time = fields & HAS_TIME ? cursor.int(8) : 0
  must(time < 2 ** 63, 'time')
  return { type: CONNACK, status, userId, time, firstId: fields & HAS_FIRST_ID ? cursor.int(2) : 0 }
}

function decodePuback(cursor: Cursor): ServerFrame {
  const id = cursor.int(2)
  const seconds = cursor.int(4)
  const status = cursor.int(2)
  const millis = cursor.int(2)
  must(millis < 1000, `milliseconds ${millis}`)
  return { type: PUBACK, id, status, sentTime: seconds * 1000 + millis, messageUId: cursor.text() }
}

/**
 * encodeRequest is what the server answers under id: a PUBLISH that asks for a
 * PUBACK, except on the topics of status messages, or a QUERY.
 */
export function encodeRequest(type: number, topic: string, target: string, id: number, payload: Uint8Array): Uint8Array {
  const header = (type << 4) | (type === PUBLISH ? QOS : 0)
  return Uint8Array.from([header, ...text(topic), ...text(target), id >> 8, id, ...payload])
}

/** encodeAck acknowledges what came with a QoS under id: a PUBACK of a PUBLISH, a QUERYCON of a QUERYACK. */
export function encodeAck(type: number, id: number): Uint8Array {
  return Uint8Array.of(type << 4, id >> 8, id)
}

/** encodeDisconnect says that the user leaves for good. */
export function encodeDisconnect(): Uint8Array {
  return Uint8Array.of(DISCONNECT << 4, 0, 4)
}

/** encodePingreq asks whether the server is still there. */
export function encodePingreq(): Uint8Array {
  return Uint8Array.of(PINGREQ << 4)
}

function text(s: string): number[] {
  const bytes = encodeUtf8(s)
  return [bytes.length >> 8, bytes.length, ...bytes]
}
