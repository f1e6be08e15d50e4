/**
 * Reads and writes the protobuf encoding, as much of it as our messages use:
 * varints and length-delimited fields. Fields of the other wire types are
 * skipped when met.
 *
 * 64-bit integers become JavaScript numbers. Times, ticks and the ids that
 * this client makes are exact; an id beyond 2^53 from another client is
 * rounded, and a negative one keeps its sign.
 */

const utf8 = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

const TWO_32 = 2 ** 32

/** Malformed says that bytes from the server are not what the protocol allows. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

/** encodeUtf8 is s in UTF-8. */
export function encodeUtf8(s: string): Uint8Array {
  return utf8.encode(s)
}

/** decodeUtf8 fails with Malformed on bytes that are not UTF-8. */
export function decodeUtf8(b: Uint8Array): string {
  try {
    return strict.decode(b)
  } catch {
    throw new Malformed('text is not UTF-8')
  }
}

/** Writer appends fields to a growing buffer. Zero values are written, absent ones are not. */
export class Writer {
  #bytes: number[] = []

  int(field: number, value: number | undefined): this {
    if (value === undefined) return this
    this.#varint(field * 8 + VARINT)
    this.#varint(value)
    return this
  }

  bool(field: number, value: boolean | undefined): this {
    return this.int(field, value === undefined ? undefined : Number(value))
  }

  string(field: number, value: string | undefined): this {
    return this.bytes(field, value === undefined ? undefined : encodeUtf8(value))
  }

  bytes(field: number, value: Uint8Array | undefined): this {
    if (value === undefined) return this
    this.#varint(field * 8 + BYTES)
    this.#varint(value.length)
    for (const byte of value) this.#bytes.push(byte)
    return this
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  // A negative number is written as its 64-bit two's complement, ten bytes long.
  #varint(value: number): void {
    let low = value % TWO_32
    let high = Math.floor(value / TWO_32)
    if (low < 0) low += TWO_32
    low >>>= 0
    high >>>= 0
    while (high !== 0 || low > 127) {
      this.#bytes.push((low & 127) | 128)
      low = ((high << 25) | (low >>> 7)) >>> 0
      high >>>= 7
    }
    this.#bytes.push(low)
  }
}

/**
 * Reader walks the fields of one message:
 *
 *   while (r.next()) {
 *     if (r.field === 1) name = r.string()
 *     else r.skip()
 *   }
 *
 * Each field must be read or skipped exactly once. Anything malformed throws
 * Malformed. Byte fields alias the input.
 */
export class Reader {
  field = 0
  #wire = 0
  #at = 0
  readonly #seen = new Set<number>()
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  next(): boolean {
    if (this.#at === this.#bytes.length) return false
    const tag = this.#varint()
    this.field = Math.floor(tag / 8)
    this.#wire = tag & 7
    if (this.field < 1 || this.field >= 2 ** 29) throw new Malformed(`field number ${this.field}`)
    this.#seen.add(this.field)
    return true
  }

  /** require throws Malformed unless every one of fields was met. */
  require(...fields: number[]): void {
    for (const field of fields) if (!this.#seen.has(field)) throw new Malformed(`field ${field} is missing`)
  }

  int(): number {
    this.#expect(VARINT)
    return this.#varint()
  }

  /** ints is one element of a list of numbers, or several where they are packed. */
  ints(): number[] {
    if (this.#wire !== BYTES) return [this.int()]
    const packed = new Reader(this.bytes())
    const all: number[] = []
    while (packed.#at < packed.#bytes.length) all.push(packed.#varint())
    return all
  }

  bool(): boolean {
    return this.int() !== 0
  }

  /** string replaces what is not UTF-8: one sender's broken text must not stop a whole page. */
  string(): string {
    return lenient.decode(this.bytes())
  }

  bytes(): Uint8Array {
    this.#expect(BYTES)
    return this.#take(this.#varint())
  }

  skip(): void {
    switch (this.#wire) {
      case VARINT:
        this.#varint()
        return
      case FIXED64:
        this.#take(8)
        return
      case BYTES:
        this.#take(this.#varint())
        return
      case FIXED32:
        this.#take(4)
        return
      default:
        throw new Malformed(`field ${this.field} has wire type ${this.#wire}`)
    }
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) throw new Malformed(`field ${this.field} has wire type ${this.#wire}, not ${wire}`)
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length
    if (length < 0 || end > this.#bytes.length) throw new Malformed(`field ${this.field} is cut short`)
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }

  #varint(): number {
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new Malformed('a number is cut short')
      const bits = byte & 127
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (shift - 32)
      if (byte < 128) return (high | 0) * TWO_32 + (low >>> 0)
    }
    throw new Malformed('a number is longer than ten bytes')
  }
}
