import type { VNode } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { emptyLog, type Entry, type Key } from '../model.ts'
import { dayOf, isNotice } from '../show.ts'
import { Bubble } from './bubble.tsx'
import { useChat, useLatest, usePart, useSay } from './context.ts'
import { Icon } from './icon.tsx'
import { EntryMenu } from './entrymenu.tsx'
import type { Place } from './parts.tsx'

/** At most so many messages are in the document, and so many of them change when it moves on. */
const WINDOW = 160
const STEP = 60

/** How near to an end of what is drawn more is drawn, and how near to its end a conversation counts as read, in pixels. */
const NEAR = 500
const AT_END = 80

/** Messages of one sender within this time stand together, in milliseconds. */
const TOGETHER = 180_000

interface Props {
  of: Key
  title: string
  query: string
}

/** LogView is the messages of a conversation, of which it draws those around the place that is looked at. */
export function LogView({ of, title, query }: Props): VNode {
  const chat = useChat()
  const say = useSay()
  const log = usePart((state) => state.logs[of] ?? emptyLog)
  const reveal = usePart((state) => state.reveal)
  const chosen = usePart((state) => state.chosen)
  const language = usePart((state) => state.language)
  const [first, setFirst] = useState<string>() // undefined draws the newest
  const [atEnd, setAtEnd] = useState(true)
  const [menu, setMenu] = useState<{ entry: Entry; at: Place }>()
  const onMenu = useCallback((entry: Entry, at: Place) => setMenu({ entry, at }), [])
  const scroll = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const keep = useRef<{ element: Element; top: number } | undefined>(undefined)
  const following = useRef(true)
  /** The entry that is to come into sight as soon as it is drawn. */
  const seek = useRef<string | undefined>(undefined)
  /** Whether the end is to come into sight as soon as it is drawn. */
  const ending = useRef(false)

  const { entries } = log
  const at = first === undefined ? -1 : entries.findIndex(({ id }) => id === first)
  const from = at < 0 ? Math.max(0, entries.length - WINDOW) : at
  const shown = entries.slice(from, from + WINDOW)
  const isNewest = from + WINDOW >= entries.length

  /** note remembers what is in sight, to keep it there when something changes above it. */
  const note = (): void => {
    const top = scroll.current?.getBoundingClientRect().top ?? 0
    const element = [...(list.current?.children ?? [])].find((child) => child.getBoundingClientRect().bottom > top)
    keep.current = element && { element, top: element.getBoundingClientRect().top }
  }
  const hold = (): void => {
    const box = scroll.current
    if (box === null) return
    if (seek.current !== undefined) {
      const to = entries.findIndex(({ id }) => id === seek.current)
      const wanted = list.current?.querySelector(`[data-id="${CSS.escape(seek.current)}"]`)
      if (!wanted && to >= 0) return setFirst(entries[Math.max(0, to - WINDOW / 2)]?.id)
      seek.current = undefined
      wanted?.scrollIntoView({ block: 'center' })
    } else if (ending.current && isNewest) {
      ending.current = false
      following.current = true
      box.scrollTop = box.scrollHeight
    } else if (following.current) box.scrollTop = box.scrollHeight
    else if (keep.current?.element.isConnected) box.scrollTop += keep.current.element.getBoundingClientRect().top - keep.current.top
    note()
  }
  const look = (): void => {
    const box = scroll.current
    if (box === null || box.clientHeight === 0 || seek.current !== undefined || ending.current) return
    note()
    const below = box.scrollHeight - box.scrollTop - box.clientHeight
    following.current = isNewest && below < AT_END
    if (following.current !== atEnd) setAtEnd(following.current)
    chat.reading.looking(following.current)
    if (box.scrollTop < NEAR && from > 0) setFirst(entries[Math.max(0, from - STEP)]?.id)
    else if (box.scrollTop < NEAR && log.loaded && log.hasEarlier && !log.loading) void chat.reading.loadEarlier(of)
    else if (below < NEAR && !isNewest) setFirst(from + STEP + WINDOW >= entries.length ? undefined : entries[from + STEP]?.id)
  }
  const toEnd = (): void => {
    seek.current = undefined
    ending.current = true
    setFirst(undefined)
    requestAnimationFrame(() => {
      now.current.hold()
      now.current.look()
    })
  }
  const now = useLatest({ hold, look })

  useLayoutEffect(hold, [entries, from])
  useEffect(look, [entries, from])
  useEffect(() => {
    const watch = new ResizeObserver(() => now.current.hold())
    for (const element of [scroll.current, list.current]) if (element) watch.observe(element)
    return () => watch.disconnect()
  }, [])
  // What the user sends is at the end, wherever the user looked before.
  const last = entries.at(-1)
  useEffect(() => {
    if (last?.own && last.status === 'sending') toEnd()
  }, [last?.id])
  const [lit, setLit] = useState<string>()
  useLayoutEffect(() => {
    const to = reveal === undefined ? -1 : entries.findIndex(({ id }) => id === reveal.id)
    if (reveal === undefined || to < 0) return
    following.current = false
    seek.current = reveal.id
    setLit(reveal.id)
    ending.current = false
    hold()
  }, [reveal])

  return (
    <div class="log-box">
      <div
        class={`log ${chosen ? 'choosing' : ''}`}
        ref={scroll}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={say('messagesWith', { name: title })}
        aria-busy={log.loading}
        onScroll={look}
        onKeyDown={(event) => walk(event, list.current)}
      >
        {log.loaded && !log.hasEarlier && entries.length > 0 && from === 0 && <p class="edge">{say('beginning')}</p>}
        {log.loading && <p class="edge">{say('loadingEarlier')}</p>}
        {log.loaded && entries.length === 0 && (
          <div class="nothing">
            <p class="strong">{say('empty')}</p>
            <p>{say('emptyText', { name: title })}</p>
          </div>
        )}
        <ol ref={list}>
          {shown.map((entry, place) => {
            const before = shown[place - 1]
            const day = dayOf(entry.message.sentTime, language)
            return (
              <Bubble
                key={entry.id}
                entry={entry}
                of={of}
                day={before && dayOf(before.message.sentTime, language) === day ? '' : day}
                joined={stands(before, entry)}
                query={query}
                lit={entry.id === lit}
                chosen={chosen?.has(entry.id)}
                onMenu={onMenu}
              />
            )
          })}
        </ol>
      </div>
      {!atEnd && (
        <button type="button" class="to-end" aria-label={say('toEnd')} onClick={toEnd}>
          {log.fresh > 0 && <span>{say('newMessages', { count: log.fresh })}</span>}
          <Icon name="down" />
        </button>
      )}
      {menu && <EntryMenu of={of} entry={menu.entry} at={menu.at} onClose={() => setMenu(undefined)} />}
    </div>
  )
}

/** stands reports whether entry continues what the one before it began. */
function stands(before: Entry | undefined, entry: Entry): boolean {
  return (
    before !== undefined &&
    !isNotice(before.message) &&
    !isNotice(entry.message) &&
    before.message.senderUserId === entry.message.senderUserId &&
    entry.message.sentTime - before.message.sentTime < TOGETHER &&
    new Date(before.message.sentTime).toDateString() === new Date(entry.message.sentTime).toDateString()
  )
}

/** walk moves the focus among the messages by the arrow keys; Enter opens what can be done with one. */
function walk(event: KeyboardEvent, list: HTMLElement | null): void {
  const all = [...(list?.children ?? [])] as HTMLElement[]
  const here = (event.target as HTMLElement).closest<HTMLElement>('li.entry')
  const focused = document.activeElement === here || here === null
  if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
    const at = here ? all.indexOf(here) + (event.key === 'ArrowUp' ? -1 : 1) : all.length - 1
    if (!all[at]) return
    event.preventDefault()
    all[at].focus()
    all[at].scrollIntoView({ block: 'nearest' })
  } else if (event.key === 'Enter' && focused && here) {
    event.preventDefault()
    const { left, bottom } = here.getBoundingClientRect()
    here.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: left + 80, clientY: Math.min(bottom, innerHeight - 80) }))
  }
}
