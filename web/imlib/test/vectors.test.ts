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
import {
  decodeDownMessage,
  decodeDownMessages,
  decodeHistoryAnswer,
  decodeNotify,
  type DownMessage,
  encodeHistoryRequest,
  encodePullRequest,
  encodeUpMessage,
} from '../src/wire/message.ts'
import { Malformed, Reader } from '../src/wire/protobuf.ts'

interface Vector<T> {
  name: string
  hex: string
  protocolVer?: ProtocolVersion
  frame?: T
  message?: string
  fields?: Fields
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

type Fields = Readonly<Record<string, unknown>>

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

test('payloads of a server are read', () => {
  const read = new Set<string>()
  for (const v of load('payload')) {
    const check = readers.get(v.message ?? '')
    if (check === undefined || v.fields === undefined || v.fields['compressed']) continue
    check(unhex(v.hex), v.fields, v.name)
    read.add(v.message ?? '')
  }
  assert.deepEqual([...read].sort(), [...readers.keys()].sort())
})

test('malformed payloads of a server are refused', () => {
  const refused = new Set<string>()
  for (const v of load('payload-malformed')) {
    const decode = decoders.get(v.message ?? '')
    if (decode === undefined) continue
    assert.throws(() => decode(unhex(v.hex)), Malformed, v.name)
    refused.add(v.message ?? '')
  }
  assert(refused.size > 0)
})

test('malformed protobuf is refused, whatever the message', () => {
  for (const v of load<{ error: string }>('payload-malformed') as (Vector<unknown> & { error?: string })[]) {
    if (v.error !== 'malformed' || v.name.includes('nested')) continue
    assert.throws(() => readAll(unhex(v.hex)), Malformed, v.name)
  }
})

test('payloads of a client are written as the official client writes the same fields', () => {
  const written = new Set<string>()
  for (const v of load('payload')) {
    const encode = encoders.get(v.message ?? '')
    if (encode === undefined || v.fields === undefined) continue
    if (text(v.fields, 'content').includes('\ufffd')) continue // not text, so no client of ours can write it
    const theirs = fieldsOf(unhex(v.encoded ?? v.hex))
    for (const field of fieldsOf(encode(v.fields))) assert(theirs.includes(field), `${v.name}: ${field}`)
    written.add(v.message ?? '')
  }
  assert.deepEqual([...written].sort(), [...encoders.keys()].sort())
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

const decoders: ReadonlyMap<string, (b: Uint8Array) => unknown> = new Map<string, (b: Uint8Array) => unknown>([
  ['DownMessage', decodeDownMessage],
  ['DownMessages', decodeDownMessages],
  ['HistoryAnswer', decodeHistoryAnswer],
  ['Notify', decodeNotify],
])

const readers: ReadonlyMap<string, (b: Uint8Array, want: Fields, name: string) => void> = new Map([
  ['DownMessage', (b, want, name) => assert.deepEqual(decodeDownMessage(b), downMessage(want), name)],
  [
    'DownMessages',
    (b, want, name) => {
      const page = decodeDownMessages(b)
      assert.equal(page.syncTime, number(want, 'sync_time'), name)
      assert.equal(page.finished, want['finished'] ?? false, name)
      assert.equal(page.previousTick, want['previous_tick'] === undefined ? undefined : number(want, 'previous_tick'), name)
      assert.deepEqual(page.messages, list(want), name)
    },
  ],
  [
    'HistoryAnswer',
    (b, want, name) => {
      const more = number(want, 'has_msg') !== 0
      assert.deepEqual(decodeHistoryAnswer(b), { messages: list(want), syncTime: number(want, 'sync_time'), more }, name)
    },
  ],
  [
    'Notify',
    (b, want, name) => assert.deepEqual(decodeNotify(b), { type: number(want, 'type'), time: number(want, 'time') }, name),
  ],
])

const encoders: ReadonlyMap<string, (f: Fields) => Uint8Array> = new Map([
  [
    'UpMessage',
    (f) =>
      encodeUpMessage({
        flags: number(f, 'flags'),
        objectName: text(f, 'class_name'),
        content: text(f, 'content'),
        toUserIds: f['to_user_ids'] as string[] | undefined,
        clientUniqueId: f['client_unique_id'] === undefined ? undefined : number(f, 'client_unique_id'),
        channelId: f['bus_channel'] as string | undefined,
      }),
  ],
  ['PullRequest', (f) => encodePullRequest(number(f, 'sync_time'))],
  [
    'HistoryRequest',
    (f) =>
      encodeHistoryRequest({
        targetId: text(f, 'target_id'),
        time: number(f, 'time'),
        count: number(f, 'count'),
        order: number(f, 'order') as 0 | 1,
      }),
  ],
])

function list(f: Fields): DownMessage[] {
  return ((f['list'] as Fields[] | undefined) ?? []).map(downMessage)
}

function downMessage(f: Fields): DownMessage {
  return {
    fromUserId: text(f, 'from_user_id'),
    type: number(f, 'type'),
    groupId: text(f, 'group_id'),
    objectName: text(f, 'class_name'),
    content: text(f, 'content'),
    sentTime: number(f, 'data_time'),
    flags: number(f, 'status'),
    uid: text(f, 'msg_id'),
    direction: number(f, 'direction'),
    clientUniqueId: number(f, 'client_unique_id'),
    channelId: text(f, 'bus_channel'),
    toUserIds: (f['to_user_ids'] as string[] | undefined) ?? [],
  }
}

/** 64-bit numbers are text in the vectors. */
function number(f: Fields, name: string): number {
  return Number(f[name] ?? 0)
}

function text(f: Fields, name: string): string {
  return String(f[name] ?? '')
}

/** The fields of a message one by one, as number and bytes. */
function fieldsOf(b: Uint8Array): string[] {
  const fields: string[] = []
  const r = new Reader(b)
  while (r.next()) {
    let value: string
    try {
      value = hex(r.bytes())
    } catch {
      value = String(r.int())
    }
    fields.push(`${r.field}: ${value}`)
  }
  return fields
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
