/** What the server is asked about files: tickets to upload them, and where they are. */

import type { Client } from '../client.ts'
import type { FileType, UploadMethod } from '../enums.ts'
import { DownloadAnswer, DownloadRequest, UploadAnswer, UploadRequest } from '../generated/wire.ts'

/** By UploadMethod. Any of them finds a file. */
const topics: Readonly<Record<number, string>> = { 1: 'qnUrl', 2: 'aliUrl', 3: 's3Url', 4: 'stcUrl', 5: 'minioUrl' }

/** ticket is the right to do one request of an upload. */
export function ticket(client: Client, request: UploadRequest): Promise<UploadAnswer> {
  return client.query('qnTkn', client.userId, UploadRequest, request, UploadAnswer)
}

/** locate is the URL of an uploaded file, which ends with name. */
export async function locate(client: Client, type: FileType, key: string, name: string | undefined, method: UploadMethod): Promise<string> {
  const topic = topics[method] ?? 'minioUrl'
  const answer = await client.query(topic, client.userId, DownloadRequest, { type, key, fileName: name }, DownloadAnswer)
  return answer.downloadUrl
}

/** newKey is a name for a new file: 32 random hexadecimal digits. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Places is where files are uploaded: to storage, and by a form for who cannot reach that. */
export interface Places {
  readonly storage: string | undefined
  readonly form: string | undefined
}

/** placesOf is where navigation, of which settings are the answer, tells clients to upload. */
export function placesOf(settings: Readonly<Record<string, unknown>>): Places {
  let list: Record<string, string>[] = []
  try {
    list = JSON.parse(String(settings['ossConfig'] ?? '[]')) as typeof list
  } catch {
    // A server that says it wrong may still name an upload server.
  }
  const find = (kind: string): string | undefined => list.find((entry) => kind in entry)?.[kind]
  return { storage: absolute(find('minio')), form: absolute(find('qiniu') ?? (settings['uploadServer'] as string | undefined)) }
}

/** absolute is url with a protocol, which servers may leave to the page's own. */
export function absolute(url: string | undefined): string | undefined {
  if (!url) return undefined
  return url.includes('://') ? url : `${globalThis.location?.protocol ?? 'https:'}//${url.replace(/^\/\//, '')}`
}
