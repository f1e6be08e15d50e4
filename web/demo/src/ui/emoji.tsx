import { createEmoji, type EmojiItem } from '@hongyan/emoji'
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { remember, remembered } from '../memory.ts'
import { useLatest, usePart, useSay } from './context.ts'
import { Float, moveFocus, type Place } from './parts.tsx'

const RECENT = 16
const COLUMNS = 8

/** EmojiPicker offers Emoji by picture and by name. Arrows move, Enter picks. */
export function EmojiPicker({ at, onPick, onClose }: { at: Place; onPick: (emoji: string) => void; onClose: () => void }): VNode {
  const say = useSay()
  const language = usePart((state) => state.language)
  const [query, setQuery] = useState('')
  const grid = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const close = useLatest(onClose)
  useEffect(() => input.current?.focus(), [])
  const all = useMemo(() => {
    const recent = remembered<string[]>('emoji') ?? []
    const { list } = createEmoji({ lang: language })
    const used = (item: EmojiItem): number => (recent.includes(item.emoji) ? recent.indexOf(item.emoji) : RECENT)
    return [...list].sort((a, b) => used(a) - used(b))
  }, [language])
  const wanted = query.trim().toLowerCase()
  const shown = all.filter(({ symbol, emoji }) => symbol.toLowerCase().includes(wanted) || emoji === wanted)
  const pick = (emoji: string): void => {
    remember('emoji', [emoji, ...(remembered<string[]>('emoji') ?? []).filter((one) => one !== emoji)].slice(0, RECENT))
    close.current()
    onPick(emoji)
  }
  return (
    <Float at={at} class="emoji-picker" onClose={onClose}>
      <div role="dialog" aria-label={say('emoji')} onKeyDown={(event) => {
        if (event.target !== input.current || event.key === 'ArrowDown') moveFocus(event, grid, 'button', event.target === input.current ? 1 : COLUMNS)
      }}>
        <input
          ref={input}
          type="search"
          aria-label={say('findEmoji')}
          placeholder={say('findEmoji')}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && shown[0]) {
              event.preventDefault()
              pick(shown[0].emoji)
            }
          }}
        />
        <div class="grid" ref={grid}>
          {shown.map(({ unicode, emoji, symbol }, place) => (
            <button key={unicode} type="button" tabIndex={place === 0 ? 0 : -1} aria-label={symbol.slice(1, -1)} title={symbol.slice(1, -1)} onClick={() => pick(emoji)}>
              {emoji}
            </button>
          ))}
        </div>
      </div>
    </Float>
  )
}
