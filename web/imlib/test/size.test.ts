import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

/**
 * What each may weigh on the way to a browser, in bytes. The script has in it
 * what the module loads later.
 */
const limits = { 'imlib-core.js': 20 * 1024, 'imlib.js': 40 * 1024, 'imlib-texts.js': 5 * 1024, 'RongIMLib.js': 45 * 1024 }

for (const [name, limit] of Object.entries(limits)) {
  test(`${name} is small`, () => {
    const bundle = readFileSync(new URL(`../../../dist/${name}`, import.meta.url))
    const size = gzipSync(bundle, { level: 9 }).length
    console.log(`${name}: ${bundle.length} bytes, ${size} with gzip, at most ${limit}`)
    assert(size <= limit)
  })
}
