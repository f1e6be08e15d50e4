import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createContext, runInContext } from 'node:vm'

/** The names in the global RongIMLib after these scripts of a page, and what its plugin says. */
function load(...scripts: string[]): { names: string[]; symbol: string } {
  const page = createContext({})
  for (const script of scripts) runInContext(script, page)
  const found = runInContext('JSON.stringify({ names: Object.keys(RongIMLib).sort(), symbol: RongIMLib.RongIMEmoji.emojiToSymbol("😀") })', page)
  return JSON.parse(found as string) as { names: string[]; symbol: string }
}

const sdks = {
  'a script that makes a variable': 'var RongIMLib = { init: () => 1 }',
  'a script that assigns the global': 'globalThis.RongIMLib = { init: () => 1 }',
  'a script that adds to the global': 'globalThis.RongIMLib = Object.assign(globalThis.RongIMLib ?? {}, { init: () => 1 })',
  "a module's namespace": 'globalThis.RongIMLib = Object.freeze({ init: () => 1 })',
}

for (const file of ['RongEmoji.js', 'RongEmoji.min.js']) {
  const plugin = readFileSync(new URL(`../../../dist/${file}`, import.meta.url), 'utf8')
  test(`${file} without an SDK`, () => {
    assert.deepEqual(load(plugin), { names: ['RongIMEmoji'], symbol: '[笑嘻嘻]' })
  })
  for (const [name, sdk] of Object.entries(sdks)) {
    test(`${file} and ${name}, in both orders`, () => {
      const both = { names: ['RongIMEmoji', 'init'], symbol: '[笑嘻嘻]' }
      assert.deepEqual(load(sdk, plugin), both)
      assert.deepEqual(load(plugin, sdk), both)
      assert.deepEqual(load(plugin, sdk, plugin), both)
    })
  }
}
