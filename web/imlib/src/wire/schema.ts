import { BYTES, VARINT } from './numbers.ts'
import { Cursor, encodeUtf8, Malformed, must, varint } from './protobuf.ts'

/**
 * Schema says how the fields of a payload are written, as one text and the
 * schemas of the messages that fields hold, in order. Each field is its name
 * with marks: $ text, % bytes, @ a message, ? true or false, none of these a
 * number; * a list, ! required. Its number is one more than that of the field
 * before, unless it stands in front of the name. Schemas are generated from the
 * .proto file; as texts they cost a page little.
 */
export type Schema<T> = AnySchema & { readonly [said]?: T }
declare const said: unique symbol

type AnySchema = readonly [fields: string, ...held: AnySchema[]]

/** Sending is T as it is given to encode: lists that are empty may be absent. */
export type Sending<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer E)[]
    ? readonly Sending<E>[]
    : T extends object
      ? { readonly [K in keyof T as T[K] extends readonly unknown[] ? never : K]: Sending<T[K]> } & {
          readonly [K in keyof T as T[K] extends readonly unknown[] ? K : never]?: Sending<T[K]> | undefined
        }
      : T

type Fields = Record<string, unknown>
type Field = readonly [name: string, number: number, marks: string, held: AnySchema | undefined]

/** What the others are long, to pass over them. */
const lengths: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

const known = new Map<AnySchema, Field[]>()

function fieldsOf(schema: AnySchema): Field[] {
  let fields = known.get(schema)
  if (fields) return fields
  const [text, ...held] = schema
  let last = 0
  fields = Array.from(text.matchAll(/(\d*)(\w+)(\S*)/g), ([, number, name = '', marks = '']) => {
    last = Number(number) || last + 1
    return [name, last, marks, marks[0] === '@' ? held.shift() : undefined]
  })
  known.set(schema, fields)
  return fields
}

/** encode is the payload that says value. Fields that are undefined are left out. */
export function encode<T>(schema: Schema<T>, value: Sending<T>): Uint8Array {
  return Uint8Array.from(write(schema, value as Fields))
}

function write(schema: AnySchema, value: Fields): number[] {
  const bytes: number[] = []
  for (const [name, number, , held] of fieldsOf(schema)) {
    for (const one of [value[name] ?? []].flat()) {
      const content = held ? write(held, one as Fields) : typeof one === 'string' ? encodeUtf8(one) : one
      if (typeof content === 'object') {
        bytes.push(...varint(number * 8 + BYTES), ...varint((content as Uint8Array).length))
        for (const byte of content as Uint8Array) bytes.push(byte)
      } else bytes.push(...varint(number * 8 + VARINT), ...varint(Number(content)))
    }
  }
  return bytes
}

/**
 * decode is what a payload says: absent optional fields are undefined, lists
 * are there, empty or not. Text that is not UTF-8 has replacement characters:
 * one sender's broken text must not stop a whole page. It throws Malformed when
 * b is not such a payload.
 */
export function decode<T>(schema: Schema<T>, b: Uint8Array): T {
  return read(schema, b) as T
}

function read(schema: AnySchema, b: Uint8Array): Fields {
  const fields = fieldsOf(schema)
  const value: Fields = {}
  for (const [name, , marks] of fields) if (marks.includes('*')) value[name] = []
  const cursor = new Cursor(b)
  while (cursor.left > 0) {
    const tag = cursor.varint()
    const number = Math.floor(tag / 8)
    const wire = tag & 7
    must(number > 0 && number < 2 ** 29, `field ${number}`)
    const content = wire === VARINT ? cursor.varint() : cursor.take(wire === BYTES ? cursor.varint() : (lengths[wire] ?? -1))
    const field = fields.find(([, its]) => its === number)
    if (field === undefined) continue
    const said = contentOf(field, wire, content)
    const [name, , marks] = field
    if (marks.includes('*')) (value[name] as unknown[]).push(...said)
    else [value[name]] = said
  }
  for (const [name, , marks] of fields) {
    must(!marks.includes('!') || value[name] !== undefined, `no field ${name}`)
  }
  return value
}

/** contentOf is what a field holds: one value, or any number of numbers, which a list may have packed. */
function contentOf([name, , [kind], held]: Field, wire: number, content: number | Uint8Array): unknown[] {
  if (typeof content === 'number') {
    if (kind === '?') return [content !== 0]
    if (kind !== '$' && kind !== '%' && kind !== '@') return [content]
  } else if (wire === BYTES) {
    if (held) return [read(held, content)]
    if (kind === '$') return [lenient.decode(content)]
    if (kind === '%') return [content]
    if (kind === '*') return packed(content)
  }
  throw new Malformed(`field ${name} has wire type ${wire}`)
}

function packed(content: Uint8Array): number[] {
  const cursor = new Cursor(content)
  const numbers: number[] = []
  while (cursor.left > 0) numbers.push(cursor.varint())
  return numbers
}
