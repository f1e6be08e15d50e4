// The golden vectors are the ones that the server is held to: testdata/wire/README.md.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import {
  decodeFrame,
  encodeAck,
  encodePingreq,
  encodeRequest,
  type ProtocolVersion,
  type ServerFrame,
} from '../src/wire/frame.ts'
import { CONNACK, DISCONNECT, PINGRESP, PUBACK, PUBLISH, QUERY, QUERYACK, QUERYCON } from '../src/wire/numbers.ts'
import { Malformed } from '../src/wire/protobuf.ts'
import { decode, type Schema } from '../src/wire/schema.ts'

interface Vector<T> {
  name: string
  hex: string
  protocolVer?: ProtocolVersion
  frame?: T
  encoded?: string
}

interface Frame {
  type: string
  qos?: number
  dup?: boolean
  topic?: string
  target?: string
  id?: number
  seconds?: number
  millis?: number
  status?: number
  uid?: string
  payload?: string
  connack?: { status: number; user?: string; session?: string; time?: number; firstId?: number }
}

test('frames of a server are read', () => {
  for (const v of load<Frame>('server')) {
    assert(v.frame)
    assert.deepEqual(decodeFrame(unhex(v.hex), v.protocolVer ?? 3), serverFrame(v.frame), v.name)
  }
})

test('malformed frames of a server are refused', () => {
  for (const v of load('server-malformed')) {
    assert.throws(() => decodeFrame(unhex(v.hex), v.protocolVer ?? 3), Malformed, v.name)
  }
})

test('frames of a client are written', () => {
  const written = new Set<string>()
  for (const v of load<Frame>('client')) {
    const bytes = v.frame && clientFrame(v.frame)
    if (bytes === undefined) continue
    assert.equal(hex(bytes), v.encoded ?? v.hex, v.name)
    written.add(v.frame?.type ?? '')
  }
  assert.deepEqual([...written].sort(), ['pingreq', 'puback', 'publish', 'query', 'querycon'])
})

test('malformed protobuf is refused, whatever the message', () => {
  for (const v of load<{ error: string }>('payload-malformed') as (Vector<unknown> & { error?: string })[]) {
    if (v.error !== 'malformed' || v.name.includes('nested')) continue
    assert.throws(() => decode(any, unhex(v.hex)), Malformed, v.name)
  }
})

function load<T>(file: string): Vector<T>[] {
  return JSON.parse(readFileSync(new URL(`../../../../testdata/wire/${file}.json`, import.meta.url), 'utf8')) as Vector<T>[]
}

/** The frame as this client reads it: what it has no use for is read over. */
function serverFrame(f: Frame): ServerFrame {
  const { id = 0, qos = 0, seconds = 0, status = 0, dup = false, topic = '' } = f
  const payload = unhex(f.payload ?? '')
  switch (f.type) {
    case 'connack': {
      const { user = '', time = 0, firstId = 0, status = 0 } = f.connack ?? {}
      return { type: CONNACK, status, userId: user, time, firstId }
    }
    case 'publish':
      return { type: PUBLISH, qos, dup, topic, id, payload }
    case 'puback':
      return { type: PUBACK, id, sentTime: seconds * 1000 + (f.millis ?? 0), status, messageUId: f.uid ?? '' }
    case 'queryack':
      return { type: QUERYACK, qos, id, status, payload }
    case 'disconnect':
      return { type: DISCONNECT, status }
    default:
      return { type: PINGRESP }
  }
}

/** The frame as this client writes it; undefined for frames that it never writes. */
function clientFrame(f: Frame): Uint8Array | undefined {
  const { id = 0, qos = 0, topic = '', target = '' } = f
  const payload = unhex(f.payload ?? '')
  switch (f.type) {
    case 'publish':
      return qos === 1 && !f.dup ? encodeRequest(PUBLISH, topic, target, id, payload) : undefined
    case 'query':
      return qos === 0 ? encodeRequest(QUERY, topic, target, id, payload) : undefined
    case 'puback':
      return encodeAck(PUBACK, id)
    case 'querycon':
      return encodeAck(QUERYCON, id)
    case 'pingreq':
      return encodePingreq()
    default:
      return undefined
  }
}

/** The kinds of fields that the vectors have, of no message in particular. */
const any: Schema<object> = ['number bytes% more%']

function hex(b: Uint8Array): string {
  return [...b].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function unhex(s: string): Uint8Array {
  return Uint8Array.from(s.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}
