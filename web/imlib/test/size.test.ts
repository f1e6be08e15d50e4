import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

/**
 * What files may weigh together on the way to a browser, in bytes: 20 KB for
 * the core and 40 KB for everything is what was promised, and the core may not
 * grow unseen below that. The script has in it what the module loads later.
 */
const limits: readonly (readonly [limit: number, ...files: string[]])[] = [
  [16 * 1024, 'imlib-core.js'],
  [40 * 1024, 'imlib.js', 'imlib-texts.js'],
  [40 * 1024, 'RongIMLib.js'],
]

for (const [limit, ...files] of limits) {
  const name = files.join(' with ')
  test(`${name} is small`, () => {
    const bundles = files.map((file) => readFileSync(new URL(`../../../dist/${file}`, import.meta.url)))
    const sizes = bundles.map((bundle) => gzipSync(bundle, { level: 9 }).length)
    const size = sizes.reduce((sum, one) => sum + one)
    console.log(`${name}: ${size} bytes with gzip, at most ${limit}`)
    assert(size <= limit)
  })
}
