import { backoff } from '../backoff.ts'
import type { Client } from '../client.ts'
import { isTransient } from '../corecodes.ts'
import { type FileType, RCConnectionStatus, UploadMethod } from '../enums.ts'
import { codeOf, Refused } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import type { UploadAnswer } from '../generated/wire.ts'
import { absolute, locate, newKey, type Places, placesOf, ticket } from './files.ts'
import { http as browserHttp, type Http, type HttpAnswer, type HttpRequest } from './http.ts'
import { type Begun, recall, remember } from './memory.ts'
import { completion, identity, lacking, listed, type Part, split, type Stored, uploadId } from './parts.ts'

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

/** Requests of uploads that are under way at once. Others wait. */
const AT_ONCE = 4

/** How often a request is tried while the client is connected: the first ones, after which another way may be tried, and those of an upload in parts. */
const FIRST_ATTEMPTS = 5
const ATTEMPTS = 8

/** How often an upload in parts looks which parts are still lacking. */
const ROUNDS = 4

/** Shared is what the uploads of a client share. */
interface Shared {
  readonly gate: Gate
  /** The identities of the files that are on their way. */
  readonly active: Set<string>
  /** Where to upload. The client forgets what it was told while it connects again. */
  places: Places | undefined
}

function shared(): Shared {
  return { gate: gate(AT_ONCE), active: new Set(), places: undefined }
}

/** placesFor is where client uploads to. */
export function placesFor(client: Client): Places {
  const { uploadDomain } = client.options
  if (uploadDomain) return { storage: absolute(uploadDomain), form: absolute(uploadDomain) }
  const state = client.use(shared)
  if (client.settings !== undefined) state.places = placesOf(client.settings)
  return state.places ?? { storage: undefined, form: undefined }
}

/**
 * transfer uploads a file, a small one in one piece, a big one in parts. What is lost
 * on the way is sent again, and an upload in parts that was begun before, also
 * by an earlier page, goes on where it stopped. It throws Refused: UPLOAD_FAIL
 * for what storage or the network did, and when signal was aborted.
 */
export async function transfer(client: Client, upload: Upload, http: Http = browserHttp): Promise<Uploaded> {
  if (client.userId === '') throw new Refused(codes.RC_NET_UNAVAILABLE)
  const { active } = client.use(shared)
  const parts = split(upload.file.size)
  const known = parts.length === 1 ? '' : await identity(upload.file, `${upload.fileType} ${upload.contentDisposition}`).catch(unreadable)
  // Of a file that is uploaded twice at once, one upload is remembered.
  const name = active.has(known) ? '' : known
  if (name !== '') active.add(name)
  try {
    return await new Transfer(client, upload, http, parts, name).run()
  } finally {
    active.delete(name)
  }
}

/** Gone says that storage does not know the upload any more. */
class Gone extends Refused {
  constructor() {
    super(codes.UPLOAD_FAIL, 'storage does not know the file')
  }
}

/** Unreachable says that storage did not do what it was asked, which another way to it may. */
class Unreachable extends Refused {
  constructor(status: number) {
    super(codes.UPLOAD_FAIL, status === 0 ? 'storage does not answer' : `storage answered ${status}`)
  }
}

class Transfer {
  readonly #client: Client
  readonly #upload: Upload
  readonly #http: Http
  readonly #parts: readonly Part[]
  /** What the upload is remembered by; empty if it is not. */
  readonly #name: string
  /** Aborted when the application gives up, or one of the parts failed, which is then the failure. */
  #end = new AbortController()
  #failure: unknown
  /** Whether storage has begun an upload in parts, which no other way goes on with. */
  #begun = false
  /** How much of each part has gone, and the most that was ever reported. */
  readonly #gone = new Map<number, number>()
  #reported = -1

  constructor(client: Client, upload: Upload, http: Http, parts: readonly Part[], name: string) {
    this.#client = client
    this.#upload = upload
    this.#http = http
    this.#parts = parts
    this.#name = name
  }

  async run(): Promise<Uploaded> {
    const { signal, file } = this.#upload
    const cancel = (): void => this.#end.abort()
    signal?.addEventListener('abort', cancel)
    try {
      this.#check()
      const uploaded = await this.#toStorage()
      this.#report(file.size)
      return uploaded
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  /** toStorage uploads by the way that the server prefers, and by a form when storage cannot be reached. */
  async #toStorage(): Promise<Uploaded> {
    const { storage, form } = placesFor(this.#client)
    if (storage === undefined && form === undefined) throw new Refused(codes.INVALID_PARAMETER_MEDIA_URL, 'the server names no place to upload to')
    try {
      if (storage !== undefined) return await (this.#parts.length > 1 ? this.#inParts(storage) : this.#whole((key) => this.#put(storage, key)))
    } catch (error) {
      if (!(error instanceof Unreachable) || this.#begun || form === undefined) throw error
    }
    return this.#whole((key) => this.#post(form as string, key))
  }

  /** whole uploads the file by one request. */
  async #whole(request: (key: string) => Promise<HttpAnswer>): Promise<Uploaded> {
    const key = newKey()
    const { gate } = this.#client.use(shared)
    mustBeFine(await gate(() => this.#persist(() => request(key))))
    return this.#found(key)
  }

  async #put(storage: string, key: string): Promise<HttpAnswer> {
    const right = await this.#ticket(key)
    return this.#send(right, { method: 'PUT', url: `${storage}/${right.minioBucketName}/${key}`, body: this.#upload.file, onSent: (bytes) => this.#sent(1, bytes) })
  }

  async #post(url: string, key: string): Promise<HttpAnswer> {
    const body = new FormData()
    body.set('token', (await this.#ticket(key)).token)
    body.set('key', key)
    body.set('file', this.#upload.file)
    return this.#http({ method: 'POST', url, body, signal: this.#end.signal, onSent: (bytes) => this.#sent(1, bytes) })
  }

  /** inParts goes on with what was begun before, or begins anew when storage has forgotten that. */
  async #inParts(storage: string): Promise<Uploaded> {
    const before = this.#name === '' ? undefined : recall(this.#client, this.#name)
    try {
      return before === undefined ? await this.#begin(storage) : await this.#goOn(before)
    } catch (error) {
      if (!(error instanceof Gone)) throw error
      this.#remember(undefined)
      this.#end = new AbortController()
      this.#failure = undefined
      this.#check()
      return this.#begin(storage)
    }
  }

  async #begin(storage: string): Promise<Uploaded> {
    const key = newKey()
    let url = ''
    const { text } = mustBeFine(
      await this.#persist(async () => {
        const right = await this.#ticket(key, 'POST', 'uploads')
        url = `${storage}/${right.minioBucketName}/${key}`
        return this.#send(right, { method: 'POST', url: `${url}?uploads` })
      }),
    )
    const id = uploadId(text)
    if (id === undefined) throw failed('storage did not begin the upload')
    return this.#goOn({ key, id, url, at: Date.now() }, [])
  }

  /** goOn uploads what is lacking of begun, of which stored is known. */
  async #goOn(begun: Begun, stored?: Stored[]): Promise<Uploaded> {
    if (begun.done) return this.#found(begun.key)
    this.#begun = true
    this.#remember(begun)
    try {
      for (let round = 0; round < ROUNDS; round++) {
        stored ??= await this.#list(begun)
        const lack = lacking(this.#parts, stored)
        this.#gone.clear()
        for (const part of this.#parts) if (!lack.includes(part)) this.#sent(part.number, part.to - part.from)
        if (lack.length === 0) return await this.#complete(begun, stored)
        await this.#all(begun, lack)
        stored = undefined
      }
    } catch (error) {
      if (this.#upload.signal?.aborted) void this.#drop(begun)
      throw error
    }
    throw failed('parts of the file were lost')
  }

  /** all uploads parts, some at once. One that fails ends the others. */
  async #all(begun: Begun, parts: readonly Part[]): Promise<void> {
    const { gate } = this.#client.use(shared)
    const one = async (part: Part): Promise<void> => {
      try {
        this.#check()
        mustBeFine(await this.#persist(() => this.#putPart(begun, part)))
      } catch (error) {
        this.#failure ??= error
        this.#end.abort()
      }
    }
    await Promise.all(parts.map((part) => gate(() => one(part))))
    if (this.#failure !== undefined) throw this.#failure
  }

  async #putPart(begun: Begun, { number, from, to }: Part): Promise<HttpAnswer> {
    return this.#ask(begun, 'PUT', `partNumber=${number}&`, {
      body: this.#upload.file.slice(from, to),
      onSent: (bytes) => this.#sent(number, Math.min(bytes, to - from)),
    })
  }

  async #list(begun: Begun): Promise<Stored[]> {
    return listed(mustBeFine(await this.#persist(() => this.#ask(begun, 'GET'))).text)
  }

  async #complete(begun: Begun, stored: readonly Stored[]): Promise<Uploaded> {
    mustBeFine(await this.#persist(() => this.#ask(begun, 'POST', '', { body: completion(stored) })))
    this.#remember({ ...begun, done: true })
    return this.#found(begun.key)
  }

  /** drop forgets begun, which the application gave up, and tells storage so. It ends it anyway after a day. */
  async #drop(begun: Begun): Promise<void> {
    this.#remember(undefined)
    const right = await this.#ticket(begun.key, 'DELETE', query(begun)).catch(() => undefined)
    if (right === undefined) return
    void this.#http({ method: 'DELETE', url: `${begun.url}?${query(begun)}`, headers: this.#headers(right), signal: new AbortController().signal })
  }

  /** found is where the file with a key is, now that it is stored. */
  async #found(key: string): Promise<Uploaded> {
    const { file, fileType } = this.#upload
    let url = ''
    const ask = async (): Promise<HttpAnswer> => {
      url = await locate(this.#client, fileType, key, file.name, UploadMethod.MINIO)
      return { status: 200, text: '' }
    }
    try {
      mustBeFine(await this.#persist(ask))
    } catch (error) {
      if (codeOf(error) === codes.RC_SERVER_PARAMETER_INVALID) throw new Gone() // deleted, because no message named it
      throw error
    }
    return { key, url, forget: () => this.#remember(undefined) }
  }

  #remember(begun: Begun | undefined): void {
    if (this.#name !== '') remember(this.#client, this.#name, begun)
  }

  #ask(begun: Begun, method: string, before = '', more: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
    const asked = before + query(begun)
    return this.#ticket(begun.key, method, asked).then((right) => this.#send(right, { method, url: `${begun.url}?${asked}`, ...more }))
  }

  /** ticket is the right to do one request; without method and query, to upload the whole file. */
  #ticket(key: string, httpMethod?: string, queryString?: string): Promise<UploadAnswer> {
    const { file, fileType } = this.#upload
    return ticket(this.#client, { type: fileType, key, httpMethod, queryString, size: Math.ceil(file.size / 1024) })
  }

  #send(right: UploadAnswer, request: Omit<HttpRequest, 'signal' | 'headers'>): Promise<HttpAnswer> {
    return this.#http({ ...request, headers: this.#headers(right), signal: this.#end.signal })
  }

  #headers(right: UploadAnswer): Record<string, string> {
    const { file, contentDisposition = file.type === 'text/html' ? 'inline' : 'attachment' } = this.#upload
    return {
      Authorization: right.minioAuthorization ?? '',
      'x-amz-content-sha256': right.minioContentSha256 ?? '',
      'x-amz-date': right.minioDate ?? '',
      'Content-Type': file.type || 'application/octet-stream',
      'Content-Disposition': `${contentDisposition}; filename=${encodeURIComponent(file.name)};`,
    }
  }

  /**
   * persist does request until it has an answer that another attempt would not
   * change. While the client is connected it gives up after some attempts;
   * while the connection is being restored it waits for that.
   */
  async #persist(request: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
    for (let failures = 0; ; ) {
      const answer = await request().catch(passing)
      this.#check()
      if (answer.status !== 0 && answer.status !== 429 && answer.status < 500) return answer
      const { status } = this.#client
      if (status === RCConnectionStatus.DISCONNECTED) throw new Refused(codes.RC_NET_CHANNEL_INVALID)
      if (status === RCConnectionStatus.CONNECTED && ++failures >= (this.#begun ? ATTEMPTS : FIRST_ATTEMPTS)) return answer
      await pause(backoff(failures), this.#end.signal)
      this.#check()
    }
  }

  /** check throws when the upload was given up. */
  #check(): void {
    if (this.#upload.signal?.aborted) throw failed('cancelled')
    if (this.#end.signal.aborted) throw failed('another part failed')
  }

  /** sent notes how much of a part has gone. */
  #sent(part: number, bytes: number): void {
    this.#gone.set(part, bytes)
    let sum = 0
    for (const gone of this.#gone.values()) sum += gone
    // All of it is said when it is stored. A form has more bytes than its file.
    this.#report(Math.min(sum, this.#upload.file.size - 1))
  }

  #report(loaded: number): void {
    if (loaded <= this.#reported) return
    this.#reported = loaded
    this.#upload.onProgress?.(loaded, this.#upload.file.size)
  }
}

const query = ({ id }: Begun): string => `uploadId=${encodeURIComponent(id)}`

const failed = (text: string): Refused => new Refused(codes.UPLOAD_FAIL, text)

const unreadable = (): never => {
  throw failed('the file cannot be read')
}

const fine = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300

/** mustBeFine throws what answer means unless it is a success. */
function mustBeFine(answer: HttpAnswer): HttpAnswer {
  if (fine(answer)) return answer
  if (answer.status === 404 || answer.status === 409) throw new Gone()
  if (answer.status === 413) throw new Refused(codes.RC_FILE_SIZE_EXCEED_LIMIT)
  if (answer.status === 0 || answer.status === 403 || answer.status >= 500) throw new Unreachable(answer.status)
  throw failed(`storage answered ${answer.status}`)
}

/** passing is no answer, for an error that may pass; others are thrown on. */
function passing(error: unknown): HttpAnswer {
  const code = codeOf(error)
  if (isTransient(code) || lost.has(code)) return { status: 0, text: '' }
  throw error
}

const lost: ReadonlySet<number> = new Set([codes.RC_NET_UNAVAILABLE, codes.RC_NET_CHANNEL_INVALID, codes.REQUEST_OVER_FREQUENCY])

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
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve))
    else free--
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
