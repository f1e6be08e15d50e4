/** What of an upload in parts needs no network: which parts there are, and what is said of them. */

/** The least size of a part in bytes. Storage wants 5 MiB. */
const PART = 8 * 2 ** 20

/** The most parts of a file: storage lists so many at once. */
const MAX_PARTS = 1000

/** How much of each end of a file is looked at to know it again, in bytes. */
const END = 64 * 2 ** 10

/** Stored is a part that storage has, as XML has it. Parts are counted from 1. */
export type Stored = readonly [number: string, size: string, tag: string]

/** split is the parts of file: one for a small file, an empty one for an empty file. */
export function split(file: Blob): Blob[] {
  const length = Math.max(PART, Math.ceil(file.size / MAX_PARTS))
  const parts: Blob[] = []
  let from = 0
  do parts.push(file.slice(from, (from += length)))
  while (from < file.size)
  return parts
}

/** listed is the parts that storage says it has. */
export function listed(xml: string): Stored[] {
  const names = ['PartNumber', 'Size', 'ETag']
  return Array.from(xml.matchAll(/<Part>[^]*?<\/Part>/g), ([part]) => names.map((name) => field(part, name)) as unknown as Stored)
}

/** lacking is which of parts are not stored whole, counted from 0. */
export function lacking(parts: readonly Blob[], stored: readonly Stored[]): number[] {
  const whole = new Set(stored.map(([number, size]) => `${number} ${size}`))
  return [...parts.keys()].filter((i) => !whole.has(`${i + 1} ${parts[i]?.size}`))
}

/** completion asks storage to make the file of stored, which is in order. */
export function completion(stored: readonly Stored[]): string {
  const parts = stored.map(([number, , tag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${tag}</ETag></Part>`)
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`
}

/** field is what the first element of a name has in xml; undefined when there is none. */
export function field(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
}

/**
 * identity is a name by which the same file is known again, also by a later
 * page: what is known of it, about, and a sum of its ends (FNV-1a, as SubtleCrypto
 * needs a secure context). It rejects when the file cannot be read any more.
 */
export async function identity(file: File, about: string): Promise<string> {
  const ends = new Uint8Array(await new Blob([file.slice(0, END), file.slice(-END)]).arrayBuffer())
  const sum = ends.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5)
  return JSON.stringify([file.name, file.size, file.lastModified, file.type, about, sum])
}
