/**
 * Emoji for a chat: a list for pickers, names such as [笑嘻嘻] for what cannot show them, and HTML. The package imlib/emoji answers the same in Go.
 *
 * @module
 */
import { legacyCJK, legacyPrivate, table } from './generated/table.ts'

/** An Emoji that an app adds, or puts in the place of one that is there. */
export interface EmojiEntry {
  /** The English name, without brackets. */
  en: string
  /** The Chinese name, without brackets. */
  zh: string
  /** The Emoji itself. */
  tag: string
  /** Where it is in its picture: "x y" in pixels, where an Emoji is 25 pixels high. Default "0 0". */
  position?: string
}

/** Emoji that an app adds. */
export interface EmojiExtension {
  /** Entries by their name in `unicode` of the list, such as "u1F914". */
  dataSource: Readonly<Record<string, EmojiEntry>>
  /** The picture that has them. Default: `url` of the options. */
  url?: string
}

/** How Emoji are named and shown. */
export interface EmojiOptions {
  /**
   * Height of an Emoji in pixels, 18 to 58 look well. Default 24 for the nodes of the list; in HTML an Emoji without a picture is as high as its text when no
   * size is given.
   */
  size?: number
  /** A picture with all Emoji, for readers whose system has none. Default: none, the characters themselves are shown. */
  url?: string
  /** A picture for each Emoji: an address in which {code} stands for its code points, "1f600", and {CODE} for them in capitals. It comes before `url`. */
  images?: string
  /** Language of the names. Default 'zh'. */
  lang?: 'zh' | 'en'
  /** Emoji to add. */
  extension?: EmojiExtension
  /** Whether HTML escapes what is between the Emoji. Default true; false is for text that is HTML already, never for what a user wrote. */
  escape?: boolean
  /**
   * Whether U+F90C to U+F9FF, which old clients sent for Emoji from U+1F90C on, become Emoji. Default false: they are Chinese and Korean characters as well,
   * which would be lost.
   */
  legacyCJK?: boolean
}

/** An Emoji of the list. */
export interface EmojiItem {
  /** Its key: "u1F600". */
  unicode: string
  /** The Emoji: "😀". */
  emoji: string
  /** An element that shows it; undefined where there is no document. */
  node: HTMLSpanElement | undefined
  /** Its name: "[笑嘻嘻]". */
  symbol: string
}

/** The functions of the plugin. */
export interface EmojiPlugin {
  /** All Emoji, in the order in which a picker offers them. */
  readonly list: readonly EmojiItem[]
  /** Sets options, which may be done again: what is not given stays as it was, and extensions add up. No function needs it to have been called. */
  init(options?: EmojiOptions): void
  /** Whether this browser draws Emoji in colour. */
  isSupportEmoji(): boolean
  /** Writes the name of each Emoji in its place. What has no name stays, and so does what is part of a longer Emoji (a skin tone, a family). */
  emojiToSymbol(text: string): string
  /** Writes the Emoji in the place of each name in brackets. Names that are not known stay. */
  symbolToEmoji(text: string): string
  /** Text as HTML in which each Emoji is a span of the class rong-emoji-content. Everything else is escaped. `size` is in pixels, for this text. */
  emojiToHTML(text: string, size?: number): string
  /** As emojiToHTML, of the names in brackets. */
  symbolToHTML(text: string, size?: number): string
}

/** The height of a picture when nobody says, and of the Emoji in pictures that positions refer to. */
const SIZE = 24
const CELL = 25

interface Entry {
  key: string
  emoji: string
  zh: string
  en: string
  x: number
  y: number
  /** The picture of an extension. */
  url: string | undefined
}

/** What follows from the options. */
interface Derived {
  byEmoji: Map<string, Entry>
  bySymbol: Map<string, Entry>
  pattern: RegExp
  list: EmojiItem[]
}

/** A plugin with options of its own. {@link RongIMEmoji} is one that is there already. */
export function createEmoji(given: EmojiOptions = {}): EmojiPlugin {
  let options: EmojiOptions = {}
  const entries = new Map<string, Entry>()
  let derived: Derived | undefined

  const symbolOf = (entry: Entry): string => `[${options.lang === 'en' ? entry.en : entry.zh}]`

  const init = (changes: EmojiOptions = {}): void => {
    options = { ...options, ...changes }
    for (const [key, entry] of Object.entries(changes.extension?.dataSource ?? {})) {
      entries.set(key, added(key, entry, changes.extension?.url))
    }
    derived = undefined // made when somebody asks
  }

  const derive = (): Derived => {
    if (derived !== undefined) return derived
    const all = [...entries.values()]
    const tags = all.map((entry) => entry.emoji).sort((a, b) => b.length - a.length)
    derived = {
      byEmoji: new Map(all.map((entry) => [entry.emoji, entry])),
      bySymbol: new Map(all.map((entry) => [symbolOf(entry), entry])),
      pattern: new RegExp(`(${tags.map((tag) => tag.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')})\ufe0f?`, 'g'),
      list: all.map((entry) => ({ unicode: entry.key, emoji: entry.emoji, node: nodeOf(entry), symbol: symbolOf(entry) })),
    }
    return derived
  }

  const nodeOf = (entry: Entry): HTMLSpanElement | undefined => {
    if (typeof document === 'undefined') return undefined
    const node = document.createElement('span')
    node.className = 'rong-emoji-content'
    node.setAttribute('name', symbolOf(entry))
    node.style.cssText = styleOf(entry, options.size ?? SIZE)
    node.textContent = entry.emoji
    return node
  }

  /** The style of an Emoji; empty when it is as its text. */
  const styleOf = (entry: Entry, size: number | undefined): string => {
    const picture = pictureOf(entry)
    if (size === undefined && picture === '') return ''
    const px = Number(size ?? SIZE)
    const box = `display:inline-block;width:${px}px;height:${px}px;line-height:${px}px;vertical-align:middle;text-align:center;overflow:hidden;`
    if (picture === '') return `${box}font-size:${Math.round(px * 0.8)}px`
    const shown = `${box}font-size:0;background-repeat:no-repeat;background-image:url(${picture});`
    if (entry.url === undefined && options.images !== undefined) return `${shown}background-size:contain`
    return `${shown}background-size:auto ${px}px;background-position:${(entry.x / CELL) * px}px ${(entry.y / CELL) * px}px`
  }

  /** The address of an Emoji's picture, such that it can end neither the url() nor the attribute it is in. */
  const pictureOf = (entry: Entry): string => {
    const code = Array.from(entry.emoji, (character) => character.codePointAt(0)?.toString(16)).join('-')
    const address = entry.url ?? options.images?.replace(/\{code\}/g, code).replace(/\{CODE\}/g, code.toUpperCase()) ?? options.url ?? ''
    return address.replace(/[\0-\x20"'()\\<>]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0'))
  }

  const spanOf = (entry: Entry, size: number | undefined): string => {
    const style = styleOf(entry, size ?? options.size)
    return `<span class='rong-emoji-content' name='${escaped(symbolOf(entry))}'${style && ` style='${escaped(style)}'`}>${escaped(entry.emoji)}</span>`
  }

  /** What is between the Emoji, as HTML. */
  const plain = (text: string): string => (options.escape === false ? text : escaped(text))

  /** Text with what old clients sent for Emoji replaced by the Emoji. */
  const native = (text: string): string =>
    text.replace(options.legacyCJK === true ? LEGACY_ALL : LEGACY, (c) => String.fromCodePoint(c.charCodeAt(0) + 0x10000))

  /** Text made of what `write` says of its Emoji that are no part of a longer one, and `between` of the rest. */
  const replaceEmoji = (text: string, write: (entry: Entry) => string, between: (text: string) => string): string => {
    const { pattern, byEmoji } = derive()
    const whole = native(text)
    let result = ''
    let from = 0
    for (const match of whole.matchAll(pattern)) {
      const end = match.index + match[0].length
      const entry = byEmoji.get(match[1] ?? '')
      if (entry === undefined || whole[match.index - 1] === '\u200d' || LONGER.test(whole.slice(end, end + 2))) continue
      result += between(whole.slice(from, match.index)) + write(entry)
      from = end
    }
    return result + between(whole.slice(from))
  }

  for (const [emoji, zh, en, x] of table) {
    const key = 'u' + emoji.codePointAt(0)?.toString(16).toUpperCase()
    entries.set(key, { key, emoji, zh, en, x, y: 0, url: undefined })
  }
  init(given)
  return {
    init,
    get list() {
      return derive().list
    },
    isSupportEmoji,
    emojiToSymbol: (text) => replaceEmoji(text, symbolOf, (between) => between),
    symbolToEmoji: (text) => native(text).replace(SYMBOL, (symbol) => derive().bySymbol.get(symbol)?.emoji ?? symbol),
    emojiToHTML: (text, size) => replaceEmoji(text, (entry) => spanOf(entry, size), plain),
    symbolToHTML(text, size) {
      const { bySymbol } = derive()
      let result = ''
      let from = 0
      for (const match of text.matchAll(SYMBOL)) {
        const entry = bySymbol.get(match[0])
        if (entry === undefined) continue
        result += plain(text.slice(from, match.index)) + spanOf(entry, size)
        from = match.index + match[0].length
      }
      return result + plain(text.slice(from))
    },
  }
}

const LEGACY = /* @__PURE__ */ new RegExp(`[${legacyPrivate}]`, 'g')
const LEGACY_ALL = /* @__PURE__ */ new RegExp(`[${legacyPrivate}${legacyCJK}]`, 'g')
const SYMBOL = /\[[^[\]]+\]/g

/** What follows an Emoji that is part of a longer one, or that is to be shown as text: joiner, text style, keycap, skin tone. */
const LONGER = /^(?:[\u200d\ufe0e\u20e3]|\ud83c[\udffb-\udfff])/

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c)

/** An entry of an extension, which is what an app wrote and may be wrong. */
function added(key: string, entry: EmojiEntry, url: string | undefined): Entry {
  for (const field of ['tag', 'zh', 'en'] as const) {
    if (typeof entry[field] !== 'string' || entry[field] === '') throw new TypeError(`extension.dataSource.${key}.${field}: a string that is not empty, please`)
  }
  const [x = 0, y = 0] = (entry.position ?? '').split(/\s+/).map((number) => parseFloat(number) || 0)
  return { key, emoji: entry.tag, zh: entry.zh, en: entry.en, x, y, url }
}

/** Whether what the system draws for an Emoji has a colour other than that of the pen. */
function isSupportEmoji(): boolean {
  if (typeof document === 'undefined') return false
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 24
  const pen = canvas.getContext('2d')
  if (pen === null) return false
  pen.textBaseline = 'top'
  pen.font = '20px sans-serif'
  pen.fillText('😃', 0, 0)
  const { data } = pen.getImageData(0, 0, 24, 24)
  return data.some((value, i) => i % 4 !== 3 && value !== 0)
}

/** The plugin that a page uses, as `RongIMLib.RongIMEmoji` where it is loaded by a script tag. */
export const RongIMEmoji: EmojiPlugin = /* @__PURE__ */ createEmoji()
