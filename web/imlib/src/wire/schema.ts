import { Malformed, Reader, Writer } from './protobuf.ts'

/**
 * Schema says how the fields of a payload are written: for each name a number
 * that holds the field's number, kind and marks, together with the schema of
 * what the field holds when that is a message. Schemas are data, so that a
 * payload costs a bundle one line, and are generated from the .proto file.
 */
export type Schema<T> = { readonly [K in keyof T]-?: number | readonly [number, object] } & { readonly [said]?: T }
declare const said: unique symbol

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

const INT = 0
const BOOL = 1
const TEXT = 2
const BYTES = 3
const REPEATED = 8
const REQUIRED = 16
const PER_FIELD = 32

type Fields = Record<string, unknown>
type AnySchema = Readonly<Record<string, number | readonly [number, AnySchema]>>

/** encode is the payload that says value. Fields that are undefined are left out. */
export function encode<T>(schema: Schema<T>, value: Sending<T>): Uint8Array {
  return write(schema as AnySchema, value as Fields)
}

function write(schema: AnySchema, value: Fields): Uint8Array {
  const w = new Writer()
  for (const [name, entry] of Object.entries(schema)) {
    const [code, sub] = typeof entry === 'number' ? [entry] : entry
    const field = value[name]
    const values = code & REPEATED ? ((field as unknown[] | undefined) ?? []) : [field]
    for (const v of values) if (v !== undefined) writeField(w, Math.floor(code / PER_FIELD), code & 7, v, sub)
  }
  return w.finish()
}

function writeField(w: Writer, field: number, kind: number, value: unknown, sub?: AnySchema): void {
  if (kind === INT) w.int(field, value as number)
  else if (kind === BOOL) w.bool(field, value as boolean)
  else if (kind === TEXT) w.string(field, value as string)
  else if (kind === BYTES) w.bytes(field, value as Uint8Array)
  else w.bytes(field, write(sub as AnySchema, value as Fields))
}

/**
 * decode is what a payload says: absent optional fields are undefined, lists
 * are there, empty or not. It throws Malformed when b is not such a payload.
 */
export function decode<T>(schema: Schema<T>, b: Uint8Array): T {
  return read(schema as AnySchema, b) as T
}

function read(schema: AnySchema, b: Uint8Array): Fields {
  const { value, fields } = blank(schema)
  const r = new Reader(b)
  while (r.next()) {
    const found = fields.get(r.field)
    if (found === undefined) {
      r.skip()
      continue
    }
    const [name, code, sub] = found
    const kind = code & 7
    if (!(code & REPEATED)) value[name] = readField(r, kind, sub)
    else (value[name] as unknown[]).push(...(kind === INT ? r.ints() : [readField(r, kind, sub)]))
  }
  for (const [name, code] of fields.values()) {
    if (code & REQUIRED && value[name] === undefined) throw new Malformed(`field ${name} is missing`)
  }
  return value
}

/** blank is the value of a payload that says nothing, and its fields by number. */
function blank(schema: AnySchema): { value: Fields; fields: Map<number, readonly [string, number, AnySchema?]> } {
  const value: Fields = {}
  const fields = new Map<number, readonly [string, number, AnySchema?]>()
  for (const [name, entry] of Object.entries(schema)) {
    const [code, sub] = typeof entry === 'number' ? [entry] : entry
    fields.set(Math.floor(code / PER_FIELD), sub ? [name, code, sub] : [name, code])
    if (code & REPEATED) value[name] = []
  }
  return { value, fields }
}

function readField(r: Reader, kind: number, sub?: AnySchema): unknown {
  if (kind === INT) return r.int()
  if (kind === BOOL) return r.bool()
  if (kind === TEXT) return r.string()
  const bytes = r.bytes()
  return kind === BYTES ? bytes : read(sub as AnySchema, bytes)
}
