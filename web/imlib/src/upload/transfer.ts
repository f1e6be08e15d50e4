import { backoff } from '../backoff.ts'
import { ATTEMPTS, AT_ONCE, FIRST_ATTEMPTS, ROUNDS } from '../bounds.ts'
import type { Client } from '../client.ts'
import { isTransient } from '../corecodes.ts'
import { type FileType, RCConnectionStatus } from '../enums.ts'
import { codeOf, Refused } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import type { UploadAnswer } from '../generated/wire.ts'
import { randomName } from '../random.ts'
import { locate, placesFor, ticket } from './files.ts'
import { http as browserHttp, type Http, type HttpRequest } from './http.ts'
import { type Begun, recalled, remember } from './memory.ts'
import { completion, field, identity, lacking, listed, split } from './parts.ts'

/** Upload is a file and how to upload it. */
export interface Upload {
  readonly file: File
  readonly fileType: FileType
  readonly contentDisposition?: 'inline' | 'attachment' | undefined
  /** Gives the upload up when it is aborted. */
  readonly signal?: AbortSignal | undefined
  /** Called with how many of the file's bytes have gone: never less than before, and all of them once the file is stored. */
  readonly onProgress?: ((loaded: number, total: number) => void) | undefined
}

/** Uploaded is where a file is. */
export interface Uploaded {
  readonly key: string
  readonly url: string
  /** To be called when a message with the file has been sent: until then the same file is not uploaded again. */
  readonly forget: () => void
}

/** shared is what the uploads of a client share. active is the identities of the files that are on their way. */
const shared = (): { gate: Gate; active: Set<string> } => ({ gate: gate(AT_ONCE), active: new Set() })

/** Answered is a refusal by storage, with the status of its answer; 0 is none. */
class Answered extends Refused {
  readonly status: number

  constructor(status: number) {
    super(codes.UPLOAD_FAIL, status === 0 ? 'storage does not answer' : `storage answered ${status}`)
    this.status = status
  }
}

/**
 * transfer uploads a file, a small one in one piece, a big one in parts. What is lost
 * on the way is sent again, and an upload in parts that was begun before, also
 * by an earlier page, goes on where it stopped. It throws Refused: UPLOAD_FAIL
 * for what storage or the network did, and when signal was aborted.
 */
export async function transfer(client: Client, upload: Upload, http: Http = browserHttp): Promise<Uploaded> {
  if (client.userId === '') throw new Refused(codes.RC_NET_UNAVAILABLE)
  const { file, fileType, contentDisposition, signal } = upload
  const { active } = client.use(shared)
  let name = ''
  if (split(file).length > 1) {
    name = await identity(file, `${fileType} ${contentDisposition}`).catch(() => {
      throw failed('the file cannot be read')
    })
  }
  // Of a file that is uploaded twice at once, one upload is remembered.
  if (active.has(name)) name = ''
  active.add(name)
  const note = (begun?: Begun): void => {
    if (name) remember(client, name, begun)
  }
  let reported = -1
  const onProgress = (loaded: number): void => {
    if (loaded > reported) upload.onProgress?.((reported = loaded), file.size)
  }
  const once = (begun?: Begun): Promise<Uploaded> => attempt(client, { ...upload, onProgress }, http, note, begun)
  try {
    return await once(recalled(client).get(name)).catch((error) => {
      const status = statusOf(error)
      if (status !== 404 && status !== 409) throw error
      note() // storage does not know the file, or has sent it
      return once()
    })
  } catch (error) {
    throw signal?.aborted ? failed('cancelled') : error
  } finally {
    active.delete(name)
  }
}

/** attempt goes on with what was begun, or begins anew. note remembers how far it came. */
async function attempt(client: Client, upload: Upload, http: Http, note: (begun?: Begun) => void, begun?: Begun): Promise<Uploaded> {
  const { file, fileType, signal: cancel, onProgress } = upload
  const { gate } = client.use(shared)
  const end = new AbortController()
  const signal = cancel ? AbortSignal.any([cancel, end.signal]) : end.signal
  const parts = split(file)
  /** How many bytes of each part have gone. */
  const gone: number[] = []

  /**
   * persist does work until it succeeds, or fails in a way that another attempt
   * would not change. While the client is connected it gives up after some
   * attempts; while the connection is being restored it waits for that.
   */
  const persist = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let failures = 0; ; ) {
      signal.throwIfAborted()
      try {
        return await work()
      } catch (error) {
        const status = statusOf(error)
        if (status !== 0 && status !== 429 && status < 500) throw error
        if (client.status === RCConnectionStatus.DISCONNECTED) throw new Refused(codes.RC_NET_CHANNEL_INVALID)
        if (client.status === RCConnectionStatus.CONNECTED && ++failures >= (begun ? ATTEMPTS : FIRST_ATTEMPTS)) throw error
      }
      if (!signal.aborted) await pause(backoff(failures), signal)
    }
  }

  const { storage, form } = await persist(() => placesFor(client))
  if (!storage && !form) throw new Refused(codes.INVALID_PARAMETER_MEDIA_URL, 'the server names no place to upload to')

  /** request does one request, for which there is a ticket, and resolves with what storage says. */
  const request = (key: string, method: string, query: string, more?: (right: UploadAnswer) => Partial<HttpRequest>): Promise<string> =>
    gate(async () => {
      const right = await ticket(client, { type: fileType, key, httpMethod: query && method, queryString: query, size: Math.ceil(file.size / 1024) })
      const url = `${storage}/${right.minioBucketName}/${key}?${query}`
      const { status, text } = await http({ method, url, headers: headersOf(upload, right), signal, ...more?.(right) })
      if (status === 413) throw new Refused(codes.RC_FILE_SIZE_EXCEED_LIMIT)
      if (status < 200 || status >= 300) throw new Answered(status)
      return text
    })
  const ask: typeof request = (...args) => persist(() => request(...args))

  const sent = (part: number, bytes: number): void => {
    gone[part] = bytes
    // All of it is said when it is stored. A form has more bytes than its file.
    onProgress?.(Math.min(gone.reduce((sum, bytes) => sum + bytes), file.size - 1), file.size)
  }

  /** byForm stores the file by a form, which has its own URL and says who may. */
  const byForm = async (): Promise<Begun> => {
    const key = randomName()
    await ask(key, 'POST', '', ({ token }) => {
      const body = new FormData()
      body.set('token', token)
      body.set('key', key)
      body.set('file', file)
      return { url: form as string, headers: {}, body, onSent: (bytes) => sent(0, bytes) }
    })
    return { key }
  }

  /** toStorage stores a small file, or begins to store parts. */
  const toStorage = async (): Promise<Begun> => {
    const key = randomName()
    if (parts.length === 1) {
      await ask(key, 'PUT', '', () => ({ body: file, onSent: (bytes) => sent(0, bytes) }))
      return { key }
    }
    const id = field(await ask(key, 'POST', 'uploads'), 'UploadId')
    if (id === undefined) throw failed('storage did not begin the upload')
    return { key, query: `uploadId=${encodeURIComponent(id)}` }
  }

  /** begin goes by the way that the server prefers, and by a form when storage does not do what it is asked. */
  const begin = (): Promise<Begun> => {
    if (!storage) return byForm()
    return toStorage().catch((error) => {
      const status = statusOf(error)
      if (form && (status === 0 || status === 403 || status >= 500)) return byForm()
      throw error
    })
  }

  /** fill uploads what is lacking of an upload in parts, some at once. */
  const fill = async (key: string, query: string): Promise<void> => {
    for (let round = 0; round < ROUNDS; round++) {
      const stored = listed(await ask(key, 'GET', query))
      const lack = lacking(parts, stored)
      parts.forEach(({ size }, i) => sent(i, lack.includes(i) ? 0 : size))
      if (lack.length === 0) {
        await ask(key, 'POST', query, () => ({ body: completion(stored) }))
        return
      }
      const next = lack.values()
      const upload = async (): Promise<void> => {
        for (const i of next) {
          await ask(key, 'PUT', `partNumber=${i + 1}&${query}`, () => ({ body: parts[i] as Blob, onSent: (bytes) => sent(i, bytes) }))
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, upload))
    }
    throw failed('parts of the file were lost')
  }

  try {
    begun ??= await begin()
    note(begun)
    const { key, query } = begun
    if (query) {
      await fill(key, query).catch((error) => {
        // Storage may have made the file of the parts without this page having learned of it.
        if (statusOf(error) !== 404) throw error
      })
      note((begun = { key }))
    }
    const url = await persist(() => locate(client, fileType, key, file.name)).catch((error) => {
      throw codeOf(error) === codes.RC_SERVER_PARAMETER_INVALID ? new Answered(404) : error
    })
    onProgress?.(file.size, file.size)
    return { key, url, forget: note }
  } catch (error) {
    if (cancel?.aborted && begun?.query) {
      note()
      request(begun.key, 'DELETE', begun.query, () => ({ signal: new AbortController().signal })).catch(() => {})
    }
    throw error
  } finally {
    end.abort()
  }
}

/** What storage is to know of the file, and that there is a ticket. */
function headersOf({ file, contentDisposition }: Upload, right: UploadAnswer): Record<string, string> {
  const disposition = contentDisposition ?? (file.type === 'text/html' ? 'inline' : 'attachment')
  return {
    Authorization: right.minioAuthorization ?? '',
    'x-amz-content-sha256': right.minioContentSha256 ?? '',
    'x-amz-date': right.minioDate ?? '',
    'Content-Type': file.type || 'application/octet-stream',
    'Content-Disposition': `${disposition}; filename=${encodeURIComponent(file.name)};`,
  }
}

const failed = (text: string): Refused => new Refused(codes.UPLOAD_FAIL, text)

const lost: readonly number[] = [codes.RC_NET_UNAVAILABLE, codes.RC_NET_CHANNEL_INVALID, codes.REQUEST_OVER_FREQUENCY]

/** statusOf is the status that storage answered; for a refusal by the server, 0 if it may pass, else 400. */
function statusOf(error: unknown): number {
  if (error instanceof Answered) return error.status
  const code = codeOf(error)
  return isTransient(code) || lost.includes(code) ? 0 : 400
}

/** pause waits, until signal aborts or the network is back. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', over)
      globalThis.removeEventListener?.('online', over)
      resolve()
    }
    const timer = setTimeout(over, milliseconds)
    signal.addEventListener('abort', over)
    globalThis.addEventListener?.('online', over)
  })
}

/** Gate lets some work at a time go on, in order. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>

/** gate lets width works go on at once. */
export function gate(width: number): Gate {
  let free = width
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free-- <= 0) await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      free++
      waiting.shift()?.()
    }
  }
}
