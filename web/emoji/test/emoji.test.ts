import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createEmoji, RongIMEmoji, type EmojiOptions } from '../src/index.ts'

interface Vector {
  name: string
  options?: EmojiOptions
  call: 'emojiToSymbol' | 'symbolToEmoji' | 'emojiToHTML' | 'symbolToHTML'
  text: string
  want: string
}

const vectors = JSON.parse(readFileSync(new URL('../../../../imlib/emoji/testdata/vectors.json', import.meta.url), 'utf8')) as Vector[]

for (const { name, options, call, text, want } of vectors) {
  test(`vector: ${name}`, () => {
    const plugin = createEmoji(options)
    assert.equal(plugin[call](text), want)
  })
}

/** What the plugin may weigh on the way to a browser, in bytes. */
const LIMIT = 8 * 1024

test('the plugin is small', () => {
  const bundle = readFileSync(new URL('../../../dist/RongEmoji.min.js', import.meta.url))
  const size = gzipSync(bundle).length
  console.log(`RongEmoji.min.js: ${bundle.length} bytes, ${size} with gzip`)
  assert(size <= LIMIT, `${size} bytes with gzip, at most ${LIMIT}`)
})

test('the list has an item for each Emoji, in order', () => {
  const { list } = RongIMEmoji
  assert.equal(list.length, 129)
  assert.deepEqual(list[1], { unicode: 'u1F600', emoji: '😀', node: undefined, symbol: '[笑嘻嘻]' })
  assert.equal(new Set(list.flatMap(({ unicode, emoji, symbol }) => [unicode, emoji, symbol])).size, 3 * 129)
  for (const { unicode, emoji } of list) assert.equal(unicode, 'u' + emoji.codePointAt(0)?.toString(16).toUpperCase())
})

test('every Emoji has its name back and forth', () => {
  for (const lang of ['zh', 'en'] as const) {
    const plugin = createEmoji({ lang })
    for (const { emoji, symbol } of plugin.list) {
      assert.equal(plugin.emojiToSymbol(emoji), symbol)
      assert.equal(plugin.symbolToEmoji(symbol), emoji)
    }
  }
})

test('no character of a language is taken for an Emoji', () => {
  const plugin = createEmoji()
  for (let code = 0x20; code < 0x10000; code++) {
    const isPrivate = code >= 0xe000 && code <= 0xf8ff
    const character = String.fromCharCode(code)
    if (isPrivate || plugin.list.some(({ emoji }) => emoji === character)) continue
    assert.equal(plugin.emojiToSymbol(character), character, code.toString(16))
    assert.equal(plugin.symbolToEmoji(character), character, code.toString(16))
  }
})

test('init can be called again, and keeps what it is not told', () => {
  const plugin = createEmoji()
  plugin.init()
  assert.equal(plugin.emojiToSymbol('😀'), '[笑嘻嘻]')
  plugin.init({ lang: 'en' })
  plugin.init({ size: 30 })
  assert.equal(plugin.emojiToSymbol('😀'), '[Grinning Face]')
  plugin.init({ extension: { dataSource: { u1F914: { en: 'thinking face', zh: '思考', tag: '🤔', position: '0 0' } } } })
  plugin.init({ extension: { dataSource: { u1F984: { en: 'unicorn', zh: '独角兽', tag: '🦄' } } } })
  assert.equal(plugin.symbolToEmoji('[thinking face][unicorn]'), '🤔🦄')
  assert.equal(plugin.list.length, 131)
  assert.equal(plugin.list.at(-1)?.symbol, '[unicorn]')
  assert.equal(RongIMEmoji.list.length, 129, 'another plugin learned it too')
})

test('the size of one text', () => {
  const html = createEmoji({ size: 30 }).emojiToHTML('😀', 40)
  assert(html.includes('width:40px;height:40px'), html)
})

test('text that is HTML already', () => {
  const plugin = createEmoji({ escape: false })
  assert.equal(plugin.symbolToHTML('<b>[笑嘻嘻]</b>'), "<b><span class='rong-emoji-content' name='[笑嘻嘻]'>😀</span></b>")
})

test('an extension without a name is refused, and the field named', () => {
  const dataSource = { u1F914: { en: 'thinking face', zh: '', tag: '🤔' } }
  assert.throws(() => createEmoji({ extension: { dataSource } }), /extension\.dataSource\.u1F914\.zh/)
})
