/** What frames and payloads have in common: text, numbers, and bytes that may be cut short. */

const utf8 = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Malformed says that bytes from the server are not what the protocol allows. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

/** must throws Malformed, which says what is wrong, unless holds. */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Malformed(what)
}

/** encodeUtf8 is s in UTF-8. */
export function encodeUtf8(s: string): Uint8Array {
  return utf8.encode(s)
}

/**
 * varint is value as protobuf writes it: seven bits a byte, the lowest first. A
 * negative number is written as its 64-bit two's complement, ten bytes long.
 */
export function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)))
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return [...bytes, Number(rest)]
}

/** Cursor reads bytes from the first to the last. What is not there throws Malformed. */
export class Cursor {
  #at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** left is how many bytes are not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** take is the next bytes. They alias the input. */
  take(length: number): Uint8Array {
    must(length >= 0 && length <= this.left, 'cut short')
    return this.#bytes.subarray(this.#at, (this.#at += length))
  }

  /** int is a big-endian number of so many bytes. */
  int(size: number): number {
    return this.take(size).reduce((value, byte) => value * 256 + byte, 0)
  }

  /** text is UTF-8 behind its length. */
  text(): string {
    try {
      return strict.decode(this.take(this.int(2)))
    } catch {
      throw new Malformed('not a text')
    }
  }

  /**
   * varint is the next number of a payload. Times, ticks and the ids that this
   * client makes are exact; an id beyond 2^53 from another client is rounded.
   */
  varint(): number {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.int(1)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return Number(BigInt.asIntN(64, value))
      must(shift < 63n, 'a number is longer than ten bytes')
    }
  }
}
