// The golden vectors are the ones that the server is held to: testdata/wire/README.md.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import {
  decodeFrame,
  encodePingreq,
  encodePuback,
  encodePublish,
  encodeQuery,
  encodeQuerycon,
  type ProtocolVersion,
  type ServerFrame,
} from '../src/wire/frame.ts'
import { Malformed, Reader } from '../src/wire/protobuf.ts'

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
    assert.throws(() => readAll(unhex(v.hex)), Malformed, v.name)
  }
})

function load<T>(file: string): Vector<T>[] {
  return JSON.parse(readFileSync(new URL(`../../../../testdata/wire/${file}.json`, import.meta.url), 'utf8')) as Vector<T>[]
}

function serverFrame(f: Frame): ServerFrame {
  const { id = 0, qos = 0, seconds = 0, status = 0, dup = false, topic = '', target = '' } = f
  const payload = unhex(f.payload ?? '')
  switch (f.type) {
    case 'connack': {
      const { user = '', session = '', time = 0, firstId = 0 } = f.connack ?? {}
      return { type: 'connack', status: f.connack?.status ?? 0, userId: user, sessionId: session, time, firstId }
    }
    case 'publish':
      return { type: 'publish', qos, dup, seconds, topic, target, id, payload }
    case 'puback':
      return { type: 'puback', id, sentTime: seconds * 1000 + (f.millis ?? 0), status, uid: f.uid ?? '' }
    case 'queryack':
      return { type: 'queryack', qos, id, seconds, status, payload }
    case 'disconnect':
      return { type: 'disconnect', status }
    default:
      return { type: 'pingresp' }
  }
}

/** The frame as this client writes it; undefined for frames that it never writes. */
function clientFrame(f: Frame): Uint8Array | undefined {
  const { id = 0, qos = 0, topic = '', target = '' } = f
  const payload = unhex(f.payload ?? '')
  switch (f.type) {
    case 'publish':
      return qos === 1 && !f.dup ? encodePublish(topic, target, id, payload) : undefined
    case 'query':
      return qos === 0 ? encodeQuery(topic, target, id, payload) : undefined
    case 'puback':
      return encodePuback(id)
    case 'querycon':
      return encodeQuerycon(id)
    case 'pingreq':
      return encodePingreq()
    default:
      return undefined
  }
}

function readAll(b: Uint8Array): void {
  const r = new Reader(b)
  while (r.next()) {
    if (r.field === 1) r.int()
    else if (r.field === 2 || r.field === 3) r.bytes()
    else r.skip()
  }
}

function hex(b: Uint8Array): string {
  return [...b].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function unhex(s: string): Uint8Array {
  return Uint8Array.from(s.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}
