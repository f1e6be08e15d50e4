import type { VNode } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { textOf } from '../log.ts'
import { emptyLog, type Key } from '../model.ts'
import { useChat, usePart, useSay } from './context.ts'
import { Icon } from './icon.tsx'
import { IconButton } from './parts.tsx'

/** Search finds text in what is loaded of a conversation, and reads more when asked. */
export function Search({ of, query, onQuery }: { of: Key; query: string; onQuery: (query: string | undefined) => void }): VNode {
  const chat = useChat()
  const say = useSay()
  const { entries, hasEarlier, loading } = usePart((state) => state.logs[of] ?? emptyLog)
  const input = useRef<HTMLInputElement>(null)
  const wanted = query.trim().toLowerCase()
  const found = useMemo(
    () => (wanted === '' ? [] : entries.filter(({ message }) => textOf(message).toLowerCase().includes(wanted))),
    [entries, wanted],
  )
  const [at, setAt] = useState<string>()
  const place = found.findIndex(({ id }) => id === at)
  useEffect(() => {
    input.current?.focus()
    return () => document.querySelector<HTMLElement>('.composer textarea')?.focus()
  }, [])
  const go = (to: number): void => {
    const entry = found[(to + found.length) % found.length]
    if (entry === undefined) return
    setAt(entry.id)
    chat.reading.reveal(entry.id)
  }
  // The newest match is the first one shown.
  useEffect(() => go(found.length - 1), [wanted, found.length])
  return (
    <div class="search" role="search">
      <div class="find">
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          aria-label={say('searchPlaceholder')}
          placeholder={say('searchPlaceholder')}
          value={query}
          onInput={(event) => onQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') go(place + (event.shiftKey ? 1 : -1))
          }}
        />
      </div>
      <span class="count" role="status">
        {wanted !== '' && (found.length === 0 ? say('searchNone') : say('searchCount', { at: found.length - Math.max(place, 0), count: found.length }))}
      </span>
      {wanted !== '' && hasEarlier && (
        <button type="button" class="link" disabled={loading} onClick={() => void chat.reading.loadEarlier(of)}>
          {say('searchMore')}
        </button>
      )}
      <IconButton icon="up" label={say('searchPrevious')} disabled={found.length === 0} onClick={() => go(place - 1)} />
      <IconButton icon="low" label={say('searchNext')} disabled={found.length === 0} onClick={() => go(place + 1)} />
      <IconButton icon="close" label={say('close')} onClick={() => onQuery(undefined)} />
    </div>
  )
}
