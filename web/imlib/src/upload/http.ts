/** HttpRequest is one request of an upload. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Blob | FormData | string
  readonly signal: AbortSignal
  /** Called with how many bytes of the body have gone. */
  readonly onSent?: (bytes: number) => void
}

/** HttpAnswer is what came back. Status 0: nothing did, or signal was aborted. */
export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/** Http does one request. It does not reject. */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>

/** How long a body may stand still, and how long its answer may take, in milliseconds, until the request counts as lost: a big file takes its time to be put together. */
const STALL = 60_000
const ANSWER = 300_000

/** http is by XMLHttpRequest, because fetch does not tell how much of a body has gone. */
export const http: Http = ({ method, url, headers = {}, body, signal, onSent }) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest()
    const stop = (): void => request.abort()
    let stalled: ReturnType<typeof setTimeout>
    const wait = (milliseconds: number): void => {
      clearTimeout(stalled)
      stalled = setTimeout(stop, milliseconds)
    }
    request.upload.onprogress = ({ loaded }) => {
      wait(STALL)
      onSent?.(loaded)
    }
    request.upload.onload = () => wait(ANSWER)
    request.onloadend = () => {
      clearTimeout(stalled)
      resolve({ status: request.status, text: request.responseText })
    }
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    signal.addEventListener('abort', stop)
    wait(body === undefined ? ANSWER : STALL)
    request.send(body ?? null)
    if (signal.aborted) stop()
  })
