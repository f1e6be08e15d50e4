import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { brotliCompressSync } from 'node:zlib'

/** What the whole client may weigh on the way to a browser, in bytes. */
const LIMIT = 12 * 1024

test('the client is small', () => {
  const bundle = readFileSync(new URL('../../../dist/imlib.js', import.meta.url))
  const size = brotliCompressSync(bundle).length
  console.log(`imlib.js: ${bundle.length} bytes, ${size} with brotli`)
  assert(size <= LIMIT, `${size} bytes with brotli, at most ${LIMIT}`)
})
