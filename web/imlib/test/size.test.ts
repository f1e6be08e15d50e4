import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

/**
 * What each may weigh on the way to a browser, in bytes. 20 KB for the
 * core and 40 KB for everything is what was promised; below that nothing may
 * grow unseen. The script has in it what the module loads later.
 */
const limits = { 'imlib-core.js': 17 * 1024, 'imlib.js': 38 * 1024, 'imlib-texts.js': 3 * 1024, 'RongIMLib.js': 41 * 1024 }

for (const [name, limit] of Object.entries(limits)) {
  test(`${name} is small`, () => {
    const bundle = readFileSync(new URL(`../../../dist/${name}`, import.meta.url))
    const size = gzipSync(bundle, { level: 9 }).length
    console.log(`${name}: ${bundle.length} bytes, ${size} with gzip, at most ${limit}`)
    assert(size <= limit)
  })
}
