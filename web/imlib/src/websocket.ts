import type { Transport } from './transport.ts'

/** browserTransport is the Transport of web pages and workers. */
export function browserTransport(): Transport {
  return { post, open, onWake, load, save }
}

const post: Transport['post'] = async (url, headers, body, signal) => {
  const response = await fetch(url, { method: 'POST', headers, body, signal })
  return { status: response.status, text: await response.text() }
}

const open: Transport['open'] = (url, events) => {
  let socket: WebSocket
  try {
    socket = new WebSocket(url)
  } catch {
    queueMicrotask(() => events.close()) // an address that makes no URL is one where nobody answers
    return { send: () => {}, close: () => {} }
  }
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => events.open()
  socket.onclose = () => events.close()
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) events.frame(new Uint8Array(data))
  }
  return {
    // A fresh copy: the DOM's types allow no view of memory that might be shared.
    send: (bytes) => socket.send(new Uint8Array(bytes)),
    close: () => socket.close(),
  }
}

const onWake: Transport['onWake'] = (wake) => {
  const life = new AbortController()
  const options = { signal: life.signal }
  const seen = (): void => {
    if (document.visibilityState === 'visible') wake()
  }
  globalThis.addEventListener?.('online', wake, options)
  globalThis.addEventListener?.('pageshow', wake, options) // perhaps from a cache of pages
  globalThis.document?.addEventListener('visibilitychange', seen, options)
  return () => life.abort()
}

// Storage may be missing, forbidden or full. The client then starts from the
// server's own idea of what is undelivered, so losing a text loses no message.
const load: Transport['load'] = (key) => {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

const save: Transport['save'] = (key, value) => {
  try {
    localStorage.setItem(key, value)
  } catch {
    return
  }
}
