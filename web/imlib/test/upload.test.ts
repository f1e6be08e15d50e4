import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { Client } from '../src/client.ts'
import { ErrorCode } from '../src/codes.ts'
import { FileType, RCConnectionStatus } from '../src/enums.ts'
import { codeOf, Refused } from '../src/errors.ts'
import type { DownloadAnswer, DownloadRequest, UploadAnswer, UploadRequest } from './wire.ts'
import { placesOf } from '../src/upload/files.ts'
import type { Http, HttpAnswer, HttpRequest } from '../src/upload/http.ts'
import { fit } from '../src/upload/media.ts'
import { completion, field, identity, lacking, listed, split } from '../src/upload/parts.ts'
import { transfer, type Upload } from '../src/upload/transfer.ts'

const MB = 2 ** 20

test('a file is split into parts that storage takes', () => {
  for (const size of [0, 1, 8 * MB, 8 * MB + 1, 200 * MB, 50_000 * MB + 7]) {
    const slice = (from = 0, to = 0): { from: number; to: number } => ({ from, to: Math.min(to, size) })
    const parts = split({ size, slice } as unknown as Blob) as unknown as ReturnType<typeof slice>[]
    assert(parts.length >= 1 && parts.length <= 1000, `${size}: ${parts.length} parts`)
    let end = 0
    for (const [i, { from, to }] of parts.entries()) {
      assert.equal(from, end)
      assert(to > from || size === 0, `${size}: part ${i} is empty`)
      assert(i === parts.length - 1 || to - from >= 5 * MB, `${size}: part ${i} has ${to - from} bytes`)
      end = to
    }
    assert.equal(end, size)
  }
})

test('what storage says of parts is understood, and said back', () => {
  const xml =
    '<?xml version="1.0"?>\n<ListPartsResult xmlns="x"><UploadId>u~1</UploadId>' +
    '<Part><PartNumber>1</PartNumber><LastModified>now</LastModified><ETag>&#34;ab&#34;</ETag><Size>10</Size></Part>\n' +
    '<Part><PartNumber>3</PartNumber><ETag>"cd"</ETag><Size>4</Size></Part></ListPartsResult>'
  const stored = listed(xml)
  assert.deepEqual(stored, [
    ['1', '10', '&#34;ab&#34;'],
    ['3', '4', '"cd"'],
  ])
  assert.equal(field(xml, 'UploadId'), 'u~1')
  assert.equal(field('<html>', 'UploadId'), undefined)
  assert.deepEqual(listed('<ListPartsResult></ListPartsResult>'), [])
  const parts = ['0123456789', '0123456789', '0123456789'].map((text) => new Blob([text]))
  assert.deepEqual(lacking(parts, stored), [1, 2], 'the third is not whole')
  assert.match(completion(stored), /<Part><PartNumber>1<\/PartNumber><ETag>&#34;ab&#34;<\/ETag><\/Part><Part><PartNumber>3/)
})

test('a file is known again, and another one is not taken for it', async () => {
  const file = (bytes: Uint8Array, name = 'a.bin', lastModified = 1): File => new File([bytes as BlobPart], name, { lastModified })
  const bytes = new Uint8Array(MB)
  const known = await identity(file(bytes), '')
  assert.equal(await identity(file(bytes.slice()), ''), known)
  const end = bytes.slice()
  end[end.length - 1] = 1
  const begin = bytes.slice()
  begin[0] = 1
  for (const other of [file(end), file(begin), file(bytes.slice(1)), file(bytes, 'b.bin'), file(bytes, 'a.bin', 2)]) {
    assert((await identity(other, '')) !== known)
  }
  assert((await identity(file(bytes), 'another type')) !== known)
})

test('a thumbnail is the middle of a picture, or all of it', () => {
  const size = (...args: Parameters<typeof fit>): number[] => {
    const { width, height, left, top } = fit(...args)
    return [width, height, left, top, width - 2 * left, height - 2 * top].map(Math.round)
  }
  assert.deepEqual(size(640, 400), [256, 160, 48, 0, 160, 160])
  assert.deepEqual(size(400, 640), [160, 256, 0, 48, 160, 160])
  assert.deepEqual(size(50, 50), [160, 160, 0, 0, 160, 160])
  assert.deepEqual(size(640, 400, { scale: 2 }), [160, 100, 0, 0, 160, 100])
  assert.deepEqual(size(400, 640, { scale: 2 }), [100, 160, 0, 0, 100, 160])
  assert.deepEqual(size(640, 400, { maxWidth: 40, maxHeight: 40, scale: 2 }), [40, 25, 0, 0, 40, 25])
  assert.deepEqual(size(10_000, 1, { scale: 1e9 }), [160, 0, 0, 0, 160, 0])
})

test('where to upload', () => {
  assert.deepEqual(placesOf({ ossConfig: '[{"minio":"http://a/files","p":"1"},{"qiniu":"http://b/files","p":"2"}]' }), {
    storage: 'http://a/files',
    form: 'http://b/files',
  })
  assert.deepEqual(placesOf({ uploadServer: '//b/files' }), { storage: undefined, form: 'https://b/files' })
  assert.deepEqual(placesOf({ ossConfig: 'nonsense', uploadServer: '' }), { storage: undefined, form: undefined })
})

// FakeStorage is storage and the server's answers about it, as a client that
// only uploads sees them. What a test needs it to do wrong is a field.
class FakeStorage {
  status: RCConnectionStatus = RCConnectionStatus.CONNECTED
  /** Asked before each request: a status to refuse it with, or undefined. */
  refuse: (request: HttpRequest) => number | undefined = () => undefined
  /** Codes that the next queries are refused with. */
  refusals: number[] = []
  /** How many requests were under way at once, at most. */
  most = 0
  /** Waits in front of each request. */
  before: () => Promise<void> = async () => {}
  readonly seen: string[] = []
  readonly files = new Map<string, number>()
  readonly uploads = new Map<string, Map<number, number>>()
  readonly saved = new Map<string, string>()
  readonly #features = new Map<unknown, unknown>()
  #now = 0

  readonly client: Client = {
    userId: 'alice',
    options: {},
    settings: { ossConfig: '[{"minio":"http://s/files","p":"1"},{"qiniu":"http://f/files","p":"2"}]' },
    status: 0,
    use: (feature: (client: Client) => unknown) => {
      if (!this.#features.has(feature)) this.#features.set(feature, feature(this.client))
      return this.#features.get(feature)
    },
    load: (name: string) => this.saved.get(name),
    save: (name: string, value: string) => this.saved.set(name, value),
    query: async (topic: string, _target: string, _schema: unknown, request: UploadRequest & DownloadRequest) => this.#answer(topic, request),
  } as unknown as Client

  constructor() {
    Object.defineProperty(this.client, 'status', { get: () => this.status })
  }

  /** reload is the same storage with a page that was loaded anew. */
  reload(): void {
    this.#features.clear()
    this.seen.length = 0
    this.refuse = () => undefined
  }

  #answer(topic: string, { key = '', size = 0 }: UploadRequest & DownloadRequest): UploadAnswer | DownloadAnswer {
    const refusal = this.refusals.shift()
    if (refusal) throw new Refused(refusal)
    if (topic === 'qnTkn') {
      if (size > 100 * 1024) throw new Refused(ErrorCode.RC_FILE_SIZE_EXCEED_LIMIT)
      return { deadline: 1, token: `t-${key}`, minioAuthorization: `a-${key}`, minioBucketName: 'app/id' }
    }
    if (!this.files.has(key)) throw new Refused(ErrorCode.RC_SERVER_PARAMETER_INVALID)
    return { downloadUrl: `http://s/${key}` }
  }

  readonly http: Http = async (request) => {
    this.#now++
    this.most = Math.max(this.most, this.#now)
    await this.before()
    const answer = this.#serve(request)
    this.#now--
    this.seen.push(`${request.method} ${kindOf(request.url)} ${answer.status}`)
    return answer
  }

  #serve(request: HttpRequest): HttpAnswer {
    const refused = request.signal.aborted ? 0 : this.refuse(request)
    if (refused !== undefined) return { status: refused, text: '' }
    const { method, url, body } = request
    const size = body instanceof Blob ? body.size : 0
    request.onSent?.(size)
    if (body instanceof FormData) {
      this.files.set(String(body.get('key')), (body.get('file') as File).size)
      return fine()
    }
    const { pathname, searchParams } = new URL(url)
    const key = pathname.split('/').at(-1) ?? ''
    if (searchParams.has('uploads')) {
      const id = `u+/${this.uploads.size}`
      this.uploads.set(id, new Map())
      return fine(`<UploadId>${id}</UploadId>`)
    }
    const id = searchParams.get('uploadId')
    if (id === null) {
      this.files.set(key, size)
      return fine()
    }
    const parts = this.uploads.get(id)
    if (parts === undefined) return { status: 404, text: '' }
    if (method === 'DELETE') this.uploads.delete(id)
    if (method === 'PUT') parts.set(Number(searchParams.get('partNumber')), size)
    if (method === 'GET') {
      return fine([...parts].map(([n, size]) => `<Part><PartNumber>${n}</PartNumber><ETag>"${n}"</ETag><Size>${size}</Size></Part>`).join(''))
    }
    if (method === 'POST') {
      this.files.set(key, [...parts.values()].reduce((a, b) => a + b))
      this.uploads.delete(id)
    }
    return fine()
  }

  count(kind: string): number {
    return this.seen.filter((line) => line === kind).length
  }
}

const fine = (text = ''): HttpAnswer => ({ status: 200, text })

/** kindOf names what a request of an upload is for. */
const kindOf = (url: string): string => (url.includes('partNumber') ? 'part' : url.includes('uploadId') ? 'upload' : url.includes('uploads') ? 'uploads' : 'file')

const big = 45 * MB // six parts
const PARTS = 6

const bytes = new Uint8Array(big)

const fileOf = (size: number): File => new File([bytes.subarray(0, size) as BlobPart], 'a.bin', { lastModified: 1 })

/** run uploads, and tells the code it was refused with and what was reported. */
async function run(storage: FakeStorage, size: number, more: Partial<Upload> = {}): Promise<{ code: number; progress: number[]; forget: () => void }> {
  const progress: number[] = []
  const upload: Upload = { file: fileOf(size), fileType: FileType.FILE, onProgress: (loaded) => progress.push(loaded), ...more }
  try {
    const { key, url, forget } = await transfer(storage.client, upload, storage.http)
    assert.equal(url, `http://s/${key}`)
    assert.equal(storage.files.get(key), size)
    assert.equal(progress.at(-1), size)
    return { code: 0, progress, forget }
  } catch (error) {
    return { code: codeOf(error), progress, forget: () => {} }
  } finally {
    assert.deepEqual(progress, [...progress].sort((a, b) => a - b))
  }
}

beforeEach(() => {
  Math.random = () => 0 // nothing waits before it tries again
})

test('a small file goes in one piece, also an empty one', async () => {
  for (const size of [0, 1, 8 * MB]) {
    const storage = new FakeStorage()
    assert.equal((await run(storage, size)).code, 0)
    assert.deepEqual(storage.seen, ['PUT file 200'])
  }
})

test('a big file goes in parts, some at once', async () => {
  const storage = new FakeStorage()
  storage.before = () => new Promise((resolve) => setImmediate(resolve))
  const uploads = await Promise.all([run(storage, big), run(storage, big - 1)])
  assert.deepEqual(uploads.map(({ code }) => code), [0, 0])
  assert.equal(storage.count('PUT part 200'), 2 * PARTS)
  assert(storage.most > 1 && storage.most <= 4, `${storage.most} at once`)
})

test('what is lost on the way is sent again', async () => {
  const storage = new FakeStorage()
  let count = 0
  storage.refuse = () => (++count % 3 === 0 ? undefined : [0, 503, 429][count % 2])
  assert.equal((await run(storage, big)).code, 0)
})

test('an upload that broke off goes on where it stopped, also on a page that was loaded anew', async () => {
  const storage = new FakeStorage()
  storage.refuse = ({ url }) => (/partNumber=[456]&/.test(url) ? 503 : undefined)
  assert.equal((await run(storage, big)).code, ErrorCode.UPLOAD_FAIL)
  assert.equal(storage.count('PUT part 200'), 3)
  storage.reload()
  const { code, progress } = await run(storage, big)
  assert.equal(code, 0)
  assert.equal(storage.count('PUT part 200'), PARTS - 3, 'parts were sent twice')
  assert(progress.find((loaded) => loaded > 0) === 8 * MB && progress.includes(24 * MB), `it began with ${progress}`)
  assert.equal(storage.uploads.size, 0)
})

test('while the connection comes back an upload waits, however long', async () => {
  const storage = new FakeStorage()
  let left = 50
  storage.refuse = () => {
    storage.status = --left > 0 ? RCConnectionStatus.SUSPENDED : RCConnectionStatus.CONNECTED
    return left > 0 ? 0 : undefined
  }
  assert.equal((await run(storage, 10)).code, 0)
  storage.refusals = Array<number>(20).fill(ErrorCode.RC_NET_UNAVAILABLE)
  storage.status = RCConnectionStatus.CONNECTING
  assert.equal((await run(storage, 10)).code, 0)
})

test('without a connection an upload ends', async () => {
  const storage = new FakeStorage()
  storage.refuse = () => {
    storage.status = RCConnectionStatus.DISCONNECTED
    return 0
  }
  assert.equal((await run(storage, big)).code, ErrorCode.RC_NET_CHANNEL_INVALID)
})

test('an upload that storage forgot begins anew', async () => {
  const storage = new FakeStorage()
  storage.refuse = ({ url }) => (url.includes('partNumber=6') ? 503 : undefined)
  assert.equal((await run(storage, big)).code, ErrorCode.UPLOAD_FAIL)
  storage.uploads.clear()
  storage.reload()
  assert.equal((await run(storage, big)).code, 0)
  assert.equal(storage.count('PUT part 200'), PARTS)
})

test('an upload that storage forgets under way begins anew, once', async () => {
  const storage = new FakeStorage()
  let begun = 0
  storage.refuse = ({ url, method }) => {
    if (url.includes('uploads')) begun++
    return method === 'PUT' && url.includes('partNumber=3&') && begun === 1 ? 404 : undefined
  }
  assert.equal((await run(storage, big)).code, 0)
  assert.equal(begun, 2)
  storage.refuse = ({ url }) => (url.includes('partNumber=3&') ? 404 : undefined)
  assert.equal((await run(storage, big - 1)).code, ErrorCode.UPLOAD_FAIL)
})

test('a file that storage put together as the page went is not sent again', async () => {
  const storage = new FakeStorage()
  storage.refuse = ({ method, url }) => {
    if (method !== 'POST' || !url.includes('uploadId')) return undefined
    storage.files.set(new URL(url).pathname.split('/').at(-1) ?? '', big)
    storage.uploads.clear()
    storage.status = RCConnectionStatus.DISCONNECTED
    return 0
  }
  assert.equal((await run(storage, big)).code, ErrorCode.RC_NET_CHANNEL_INVALID)
  storage.status = RCConnectionStatus.CONNECTED
  storage.reload()
  assert.equal((await run(storage, big)).code, 0)
  assert.equal(storage.count('PUT part 200'), 0)
})

test('parts that storage lost are sent again', async () => {
  const storage = new FakeStorage()
  let lose = true
  storage.refuse = ({ method }) => {
    if (method === 'GET' && lose) {
      for (const parts of storage.uploads.values()) lose = !parts.delete(2)
    }
    return undefined
  }
  assert.equal((await run(storage, big)).code, 0)
  assert.equal(storage.count('PUT part 200'), PARTS + 1)
})

test('the file of a message that was not sent is not uploaded again, until it is sent', async () => {
  const storage = new FakeStorage()
  assert.equal((await run(storage, big)).code, 0)
  storage.reload()
  const second = await run(storage, big)
  assert.deepEqual(storage.seen, [])
  second.forget()
  assert.equal((await run(storage, big)).code, 0)
  assert.equal(storage.count('PUT part 200'), PARTS)
  storage.reload()
  storage.files.clear() // nobody sent it for a day
  assert.equal((await run(storage, big)).code, 0)
  assert.equal(storage.count('PUT part 200'), PARTS)
})

test('an upload can be cancelled, and then leaves nothing', async () => {
  const storage = new FakeStorage()
  const given = new AbortController()
  storage.refuse = ({ url }) => {
    if (url.includes('partNumber=3&')) given.abort()
    return undefined
  }
  assert.equal((await run(storage, big, { signal: given.signal })).code, ErrorCode.UPLOAD_FAIL)
  await new Promise((resolve) => setTimeout(resolve, 0))
  assert.equal(storage.count('DELETE upload 200'), 1)
  assert.equal(storage.files.size + storage.uploads.size, 0)
  assert.equal(storage.saved.get('uploads'), '[]')
  storage.reload()
  assert.equal((await run(storage, 10, { signal: AbortSignal.abort() })).code, ErrorCode.UPLOAD_FAIL)
  assert.deepEqual(storage.seen, [])
})

test('refusals have their codes', async () => {
  const storage = new FakeStorage()
  storage.refuse = () => 413
  assert.equal((await run(storage, 10)).code, ErrorCode.RC_FILE_SIZE_EXCEED_LIMIT)
  storage.refuse = () => 403
  assert.equal((await run(storage, big)).code, ErrorCode.UPLOAD_FAIL)
  storage.refuse = () => undefined
  storage.refusals = [ErrorCode.RC_FILE_SIZE_EXCEED_LIMIT]
  assert.equal((await run(storage, 10)).code, ErrorCode.RC_FILE_SIZE_EXCEED_LIMIT)
})

test('who cannot reach storage uploads by the form', async () => {
  for (const size of [10, big]) {
    const storage = new FakeStorage()
    storage.refuse = ({ url }) => (url.startsWith('http://s/') ? 0 : undefined)
    const { code, forget } = await run(storage, size)
    assert.equal(code, 0)
    assert.equal(storage.count('POST file 200'), 1)
    forget()
    storage.refuse = () => 0
    assert.equal((await run(storage, size)).code, ErrorCode.UPLOAD_FAIL)
  }
})

test('storage of the page that holds anything else is no harm', async () => {
  for (const text of ['nonsense', '{}', '[1]', '[["x",null]]', '[["x",{}]]']) {
    const storage = new FakeStorage()
    storage.saved.set('uploads', text)
    assert.equal((await run(storage, big)).code, 0, text)
  }
})
