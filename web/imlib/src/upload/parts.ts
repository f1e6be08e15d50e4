/** What of an upload in parts needs no network: which parts there are, and what is said of them. */

/** The least size of a part in bytes. Storage wants 5 MiB. */
const PART = 8 * 2 ** 20

/** The most parts of a file: storage lists so many at once. */
const MAX_PARTS = 1000

/** Part is a piece of a file, its end excluded. Parts are counted from 1. */
export interface Part {
  readonly number: number
  readonly from: number
  readonly to: number
}

/** Stored is a part that storage has. Its tag is as XML has it. */
export interface Stored {
  readonly number: number
  readonly size: number
  readonly tag: string
}

/** split is the parts of a file of size bytes: one for a small file, an empty one for an empty file. */
export function split(size: number): Part[] {
  const length = Math.max(PART, Math.ceil(size / MAX_PARTS))
  const parts = [{ number: 1, from: 0, to: Math.min(length, size) }]
  for (let from = length; from < size; from += length) {
    parts.push({ number: parts.length + 1, from, to: Math.min(from + length, size) })
  }
  return parts
}

/** uploadId is the name that storage gave an upload in parts; undefined when xml has none. */
export function uploadId(xml: string): string | undefined {
  return field(xml, 'UploadId')
}

/** listed is the parts that storage says it has. */
export function listed(xml: string): Stored[] {
  return [...xml.matchAll(/<Part>([^]*?)<\/Part>/g)].map(([, part = '']) => ({
    number: Number(field(part, 'PartNumber')),
    size: Number(field(part, 'Size')),
    tag: field(part, 'ETag') ?? '',
  }))
}

/** lacking is those of parts that are not stored whole. */
export function lacking(parts: readonly Part[], stored: readonly Stored[]): Part[] {
  const sizes = new Map(stored.map(({ number, size }) => [number, size]))
  return parts.filter(({ number, from, to }) => sizes.get(number) !== to - from)
}

/** completion asks storage to make the file of stored, which is in order. */
export function completion(stored: readonly Stored[]): string {
  const parts = stored.map(({ number, tag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${tag}</ETag></Part>`)
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`
}

function field(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
}

/** How much of each end of a file is looked at to know it again, in bytes. */
const END = 64 * 2 ** 10

/** identity is a short name by which the same file is known again, also by a later page: of what is known of it, about, and its ends. It rejects when the file cannot be read any more. */
export async function identity(file: File, about: string): Promise<string> {
  const ends = new Blob([file.slice(0, END), file.slice(Math.max(0, file.size - END))])
  const known = JSON.stringify([file.name, file.size, file.lastModified, file.type, about])
  const bytes = new Uint8Array(await new Blob([known, ends]).arrayBuffer())
  return [0x811c9dc5, 0x9e3779b9].map((seed) => hash(bytes, seed).toString(36)).join('-')
}

/** hash is FNV-1a, from a seed: quick, and without the secure context that SubtleCrypto needs. */
function hash(bytes: Uint8Array, seed: number): number {
  let sum = seed
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193)
  return sum >>> 0
}
