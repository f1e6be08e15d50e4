import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ConversationType } from '../im.ts'
import { identify, type Key, type State } from '../model.ts'
import { lasting, nameOf, titleOf } from '../show.ts'
import { type Say, sayWhy } from '../words.ts'
import { Composer } from './composer.tsx'
import { useChat, usePart, useSay } from './context.ts'
import { Icon } from './icon.tsx'
import { LogView } from './log.tsx'
import { ConversationAvatar, IconButton } from './parts.tsx'
import { Search } from './search.tsx'

/** Pane is the open conversation. */
export function Pane(): VNode {
  const say = useSay()
  const open = usePart((state) => state.open)
  return (
    <main class="pane">
      <Banner />
      {open === undefined ? (
        <div class="nothing">
          <Icon name="chats" />
          <p class="strong">{say('pickOne')}</p>
          <p>{say('pickOneText')}</p>
        </div>
      ) : (
        <Conversation key={open} of={open} />
      )}
    </main>
  )
}

function Conversation({ of }: { of: Key }): VNode {
  const chat = useChat()
  const say = useSay()
  const title = usePart((state) => titleOf(of, state))
  const chosen = usePart((state) => state.chosen)
  const outside = usePart((state) => {
    const { conversationType, targetId } = identify(of)
    return conversationType === ConversationType.CHATROOM && !state.joined[targetId]?.joined
  })
  const [query, setQuery] = useState<string>()
  const head = useRef<HTMLElement>(null)
  // On a phone the keyboard waits until somebody touches the input.
  useEffect(() => {
    const narrow = head.current !== null && getComputedStyle(head.current).getPropertyValue('--narrow').trim() === '1'
    const target = narrow ? head.current?.querySelector<HTMLElement>('h2') : head.current?.parentElement?.querySelector('textarea')
    ;(target ?? head.current?.querySelector<HTMLElement>('h2'))?.focus()
  }, [outside])
  return (
    <section
      class="conversation"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        if (query !== undefined) setQuery(undefined)
        else if (chosen) chat.page.choose(undefined)
        else back(chat.store.value.open, () => chat.reading.close())
      }}
    >
      <header class="head" ref={head}>
        <IconButton icon="back" class="narrow-only" label={say('back')} onClick={() => back(of, () => chat.reading.close())} />
        <ConversationAvatar of={of} />
        <div class="who">
          <h2 tabIndex={-1} dir="auto">{title}</h2>
          <Subtitle of={of} />
        </div>
        <IconButton icon="search" label={say('search')} pressed={query !== undefined} onClick={() => setQuery(query === undefined ? '' : undefined)} />
        <IconButton icon="info" label={say('details')} onClick={() => chat.page.show({ kind: 'info' })} />
      </header>
      {query !== undefined && <Search of={of} query={query} onQuery={setQuery} />}
      <LogView of={of} title={title} query={query?.trim() ?? ''} />
      {outside ? (
        <div class="outside">
          <p>{say('notInRoom')}</p>
          <button type="button" class="primary" onClick={() => void chat.rooms.join(of)}>
            {say('join')}
          </button>
        </div>
      ) : (
        <Composer of={of} title={title} />
      )}
    </section>
  )
}

/** back closes the conversation and gives the focus to its row. */
function back(key: Key | undefined, close: () => void): void {
  close()
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`.row > button[data-key="${CSS.escape(key ?? '')}"]`)?.focus())
}

function Subtitle({ of }: { of: Key }): VNode {
  const say = useSay()
  const text = usePart((state) => subtitle(of, state, say))
  const typing = usePart((state) => (state.typing[of] ?? '') !== '')
  return (
    <p class={typing ? 'typing' : ''} aria-live="polite">
      {text}
    </p>
  )
}

function subtitle(key: Key, { typing, people, groups, joined, language }: State, say: Say): string {
  const who = typing[key]
  if (who) return say('isTyping', { name: nameOf(people.get(who), who, language) })
  const { conversationType, targetId } = identify(key)
  switch (conversationType) {
    case ConversationType.GROUP:
      return say('members', { count: groups.get(targetId)?.members.length ?? 0 })
    case ConversationType.CHATROOM:
      return joined[targetId] ? say('inRoom', { count: joined[targetId].members }) : say('chatroom')
    default:
      return say('privateChat')
  }
}

/** Banner says that the connection is not there, and for how long. */
function Banner(): VNode | null {
  const chat = useChat()
  const say = useSay()
  const { kind, since, code } = usePart((state) => state.connection)
  const [now, setNow] = useState(Date.now())
  const away = kind === 'waiting' || kind === 'closed'
  useEffect(() => {
    setNow(Date.now())
    if (kind !== 'waiting') return
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [kind])
  if (!away) return null
  return (
    <div class="banner" role="alert">
      <Icon name="alert" />
      <p>{kind === 'closed' ? say('closed', { reason: sayWhy(say, code) }) : say('offlineFor', { time: lasting((now - since) / 1_000) })}</p>
      {/* The SDK listens to the browser for the network to come back. */}
      <button type="button" onClick={() => (kind === 'closed' ? void chat.reconnect() : dispatchEvent(new Event('online')))}>
        {say(kind === 'closed' ? 'reconnect' : 'tryAgain')}
      </button>
    </div>
  )
}
