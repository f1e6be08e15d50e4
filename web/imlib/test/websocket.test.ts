import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'

import { browserTransport } from '../src/websocket.ts'
import { idle } from './fakeserver.ts'

/** What of a browser's WebSocket the transport uses. */
class BrowserSocket {
  static last: BrowserSocket
  binaryType = 'blob'
  sent: Uint8Array[] = []
  onopen: () => void = () => {}
  onclose: () => void = () => {}
  onmessage: (event: { data: unknown }) => void = () => {}

  constructor(url: string) {
    if (!url.startsWith('ws')) throw new SyntaxError('not a WebSocket address')
    BrowserSocket.last = this
  }

  send(bytes: Uint8Array): void {
    this.sent.push(bytes)
  }

  close(): void {
    this.onclose()
  }
}

const globals = globalThis as unknown as { WebSocket: unknown; localStorage: unknown }
const before = { ...globals }
afterEach(() => {
  globals.WebSocket = before.WebSocket
  globals.localStorage = before.localStorage
})

function open(url: string): { heard: unknown[]; socket: ReturnType<ReturnType<typeof browserTransport>['open']> } {
  globals.WebSocket = BrowserSocket
  const heard: unknown[] = []
  const socket = browserTransport().open(url, {
    open: () => heard.push('open'),
    frame: (bytes) => heard.push([...bytes]),
    close: () => heard.push('close'),
  })
  return { heard, socket }
}

test('a socket carries binary messages and ignores text', () => {
  const { heard, socket } = open('ws://server')
  const browser = BrowserSocket.last
  assert.equal(browser.binaryType, 'arraybuffer')
  browser.onopen()
  browser.onmessage({ data: 'text' })
  browser.onmessage({ data: Uint8Array.of(1, 2).buffer })
  socket.send(Uint8Array.of(3))
  socket.close()
  assert.deepEqual(heard, ['open', [1, 2], 'close'])
  assert.deepEqual(browser.sent, [Uint8Array.of(3)])
})

test('an address that is none is closed at once, but not before the caller has its socket', async () => {
  const { heard } = open('nonsense')
  assert.deepEqual(heard, [])
  await idle()
  assert.deepEqual(heard, ['close'])
})

test('without storage nothing is kept, and nothing breaks', () => {
  globals.localStorage = undefined
  const transport = browserTransport()
  transport.save('key', 'value')
  assert.equal(transport.load('key'), undefined)
})
