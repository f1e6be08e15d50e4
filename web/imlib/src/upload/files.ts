/** What the server is asked about files: tickets to upload them, and where they are. */

import type { Client } from '../client.ts'
import type { FileType } from '../enums.ts'
import { Refused } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { DownloadAnswer, DownloadRequest, UploadAnswer, UploadRequest } from '../generated/wire.ts'

/** ticket is the right to do one request of an upload. */
export function ticket(client: Client, request: UploadRequest): Promise<UploadAnswer> {
  return client.query('qnTkn', client.userId, UploadRequest, request, UploadAnswer)
}

/** locate is the URL of an uploaded file, which ends with name. The server finds it by this topic in any kind of storage. */
export async function locate(client: Client, type: FileType, key: string, name: string | undefined): Promise<string> {
  const answer = await client.query('minioUrl', client.userId, DownloadRequest, { type, key, fileName: name }, DownloadAnswer)
  return answer.downloadUrl
}

/** Places is where files are uploaded: to storage, and by a form for who cannot reach that. */
export interface Places {
  readonly storage: string | undefined
  readonly form: string | undefined
}

/** placesFor is where client uploads to. While it connects it does not know, and throws Refused. */
export async function placesFor({ options, settings }: Client): Promise<Places> {
  const domain = absolute(options.uploadDomain)
  if (domain) return { storage: domain, form: domain }
  if (settings === undefined) throw new Refused(codes.RC_NET_UNAVAILABLE)
  return placesOf(settings)
}

/** placesOf is where navigation, of which settings are the answer, tells clients to upload. */
export function placesOf({ ossConfig = '[]', uploadServer }: Readonly<Record<string, unknown>>): Places {
  const urls: Record<string, string> = {}
  try {
    Object.assign(urls, ...(JSON.parse(String(ossConfig)) as object[]))
  } catch {
    // A server that says it wrong may still name an upload server.
  }
  return { storage: absolute(urls['minio']), form: absolute(urls['qiniu'] ?? (uploadServer as string | undefined)) }
}

/** absolute is url with a protocol, which servers may leave to the page's own. */
function absolute(url: string | undefined): string | undefined {
  return url ? url.replace(/^(?!\w+:\/\/)(\/\/)?/, `${globalThis.location?.protocol ?? 'https:'}//`) : undefined
}
