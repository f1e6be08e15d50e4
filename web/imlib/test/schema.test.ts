// Every golden payload is read and written by its schema: testdata/wire/README.md.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { Malformed } from '../src/wire/protobuf.ts'
import { decode, encode, type Schema, type Sending } from '../src/wire/schema.ts'
import * as payloads from './wire.ts'

type Fields = Record<string, unknown>

interface Vector {
  name: string
  hex: string
  message: string
  fields?: Fields
  encoded?: string
}

const schemas = payloads as unknown as Record<string, Schema<Fields>>

test('every golden payload is read as Go reads it', () => {
  const read = new Set<string>()
  for (const v of load('payload')) {
    if (v.fields === undefined || !exact(v)) continue
    assert.deepEqual(present(decode(schemaOf(v), unhex(v.hex))), renamed(v.message, v.fields), v.name)
    read.add(v.message)
  }
  assert(read.size > 40, `only ${read.size} kinds of payloads`)
})

test('every golden payload is written as Go writes it', () => {
  for (const v of load('payload')) {
    if (v.fields === undefined || !exact(v) || v.name.includes('unknown field')) continue
    const schema = schemaOf(v)
    const value = decode(schema, unhex(v.hex))
    assert.deepEqual(decode(schema, encode(schema, value as Sending<Fields>)), value, v.name)
    assert.equal(hex(encode(schema, value as Sending<Fields>)), v.encoded ?? v.hex, v.name)
  }
})

test('malformed payloads are refused', () => {
  for (const v of load('payload-malformed')) {
    assert.throws(() => decode(schemaOf(v), unhex(v.hex)), Malformed, v.name)
  }
})

test('lists that are absent are empty, and not written', () => {
  const bytes = encode(payloads.DownMessages, { syncTime: 7 })
  assert.equal(hex(bytes), '1007')
  assert.deepEqual(decode(payloads.DownMessages, bytes).list, [])
})

function schemaOf(v: Vector): Schema<Fields> {
  const schema = schemas[v.message]
  assert(schema, v.message)
  return schema
}

/** Text that is not UTF-8, and numbers that JavaScript rounds, cannot be written again. */
function exact(v: Vector): boolean {
  const text = JSON.stringify(v.fields)
  return !text.includes('\ufffd') && (text.match(/"-?\d{16,}"/g) ?? []).every((n) => Number.isSafeInteger(Number(n.slice(1, -1))))
}

/** The fields of messages in the .proto: what each holds, and its name in TypeScript. */
const protocol = new Map(
  [...readText('wire/pb/hongyan.proto').matchAll(/^message (\w+) \{(.*?)^\}/gms)].map(([, message, body]) => {
    const fields = [...(body as string).matchAll(/^ +\w+ (\w+) (\w+) = \d+(?: \[json_name = "(\w+)"\])?;/gm)]
    return [message, new Map(fields.map(([, type, name, said]) => [name, { type: type as string, said: said ?? camel(name as string) }]))]
  }),
)

function camel(name: string): string {
  return name.replace(/_(\w)/g, (_, c: string) => c.toUpperCase())
}

/** The fields of a vector under the names of TypeScript, numbers as text as its 64-bit numbers are. */
function renamed(message: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((v) => renamed(message, v))
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, v]) => {
      const field = protocol.get(message)?.get(name)
      assert(field, `${message}.${name}`)
      return [field.said, renamed(field.type, v)]
    }),
  )
}

/** What a decoded payload says, as a vector has it. */
function present(value: unknown): unknown {
  if (value instanceof Uint8Array) return hex(value)
  if (Array.isArray(value)) return value.map(present)
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== undefined && !(Array.isArray(v) && v.length === 0))
      .map(([k, v]) => [k, present(v)]),
  )
}

function load(file: string): Vector[] {
  return JSON.parse(readText(`testdata/wire/${file}.json`)) as Vector[]
}

/** The text of a file, by its path in the repository. */
function readText(path: string): string {
  return readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')
}

function hex(b: Uint8Array): string {
  return [...b].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function unhex(s: string): Uint8Array {
  return Uint8Array.from(s.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}
