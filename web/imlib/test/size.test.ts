import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

/**
 * What each may weigh on the way to a browser, in bytes. The aim is 20 KB for
 * the core and 40 KB for everything; everything is above it by uploads, tabs
 * and functions that few need, and may not grow. The script has in it what the
 * module loads later.
 */
const limits = { 'imlib-core.js': 20 * 1024, 'imlib.js': 49 * 1024, 'imlib-texts.js': 4 * 1024, 'RongIMLib.js': 53 * 1024 }

for (const [name, limit] of Object.entries(limits)) {
  test(`${name} is small`, () => {
    const bundle = readFileSync(new URL(`../../../dist/${name}`, import.meta.url))
    const size = gzipSync(bundle, { level: 9 }).length
    console.log(`${name}: ${bundle.length} bytes, ${size} with gzip, at most ${limit}`)
    assert(size <= limit)
  })
}
