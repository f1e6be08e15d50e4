import type { VNode } from 'preact'
import { useCallback, useRef, useState } from 'preact/hooks'
import { ConversationType } from '../im.ts'
import { identify, type Row, type State, type Theme } from '../model.ts'
import { nameOf, preview, titleOf, whenOf } from '../show.ts'
import type { Say, Word } from '../words.ts'
import { steady, useChat, usePart, useSay } from './context.ts'
import { Icon } from './icon.tsx'
import { Avatar, beside, ConversationAvatar, IconButton, Menu, menuHandlers, type MenuItem, moveFocus, type Place } from './parts.tsx'

/** Side is the list of conversations, with the user on top. */
export function Side(): VNode {
  const chat = useChat()
  const say = useSay()
  const [filter, setFilter] = useState('')
  return (
    <nav class="side" aria-label={say('conversations')}>
      <Me />
      <div class="find">
        <Icon name="search" />
        <input
          type="search"
          aria-label={say('filter')}
          placeholder={say('filter')}
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setFilter('')
            if (event.key === 'ArrowDown') event.currentTarget.closest('.side')?.querySelector<HTMLElement>('.row > button')?.focus()
          }}
        />
        <IconButton icon="plus" class="new" label={say('newConversation')} onClick={() => chat.page.show({ kind: 'new' })} />
      </div>
      <Rows filter={filter} />
    </nav>
  )
}

const themes: readonly Theme[] = ['auto', 'light', 'dark']
const themeWords: Record<Theme, Word> = { auto: 'themeAuto', light: 'themeLight', dark: 'themeDark' }

function Me(): VNode {
  const chat = useChat()
  const say = useSay()
  const { me, people, language, theme, connection } = usePart((state) => state)
  const [menu, setMenu] = useState<Place>()
  const name = nameOf(people.get(me), me, language)
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto'
  const items: MenuItem[] = [
    { icon: 'window', label: say('asOther'), act: () => void open('?as=', '_blank', 'noopener') },
    { icon: 'sun', label: say('theme', { name: say(themeWords[next]) }), act: () => chat.page.setTheme(next) },
    { icon: 'globe', label: say('otherLanguage'), act: () => chat.page.setLanguage(language === 'zh' ? 'en' : 'zh') },
    { icon: 'exit', label: say('signOut'), act: () => void chat.signOut() },
  ]
  return (
    <header class="me">
      <Avatar id={me} name={name} />
      <div class="who">
        <h1>{name}</h1>
        <p class={`state ${connection.kind}`}>{say(connection.kind === 'online' ? 'online' : 'connecting')}</p>
      </div>
      <IconButton icon="more" label={say('menu')} expanded={menu !== undefined} onClick={(event) => setMenu(beside(event.currentTarget as Element))} />
      {menu && <Menu at={menu} label={say('menu')} items={items} onClose={() => setMenu(undefined)} />}
    </header>
  )
}

function Rows({ filter }: { filter: string }): VNode {
  const say = useSay()
  const { rows, open, drafts, listed, ...state } = usePart((s) => s)
  const ref = useRef<HTMLUListElement>(null)
  const [menu, setMenu] = useState<{ row: Row; at: Place }>()
  const onMenu = useCallback((row: Row, at: Place) => setMenu({ row, at }), [])
  const wanted = filter.trim().toLowerCase()
  const shown = wanted === '' ? rows : rows.filter(({ key }) => titleOf(key, state).toLowerCase().includes(wanted))
  if (shown.length === 0) {
    return (
      <div class="nothing">
        {wanted !== '' && <p>{say('noneFound', { text: filter.trim() })}</p>}
        {wanted === '' && listed && (
          <>
            <p class="strong">{say('noConversations')}</p>
            <p>{say('noConversationsText')}</p>
          </>
        )}
      </div>
    )
  }
  const reachable = shown.some(({ key }) => key === open) ? open : shown[0]?.key
  return (
    <>
    <ul class="rows" ref={ref} onKeyDown={(event) => moveFocus(event, ref, '.row > button.main')}>
      {shown.map((row) => (
        <Line
          key={row.key}
          row={row}
          isOpen={row.key === open}
          title={titleOf(row.key, state)}
          text={summary(row, state, say)}
          draft={row.key === open ? '' : (drafts[row.key]?.text ?? '')}
          when={whenOf(row.time, state.language)}
          say={say}
          reachable={row.key === reachable}
          onMenu={onMenu}
        />
      ))}
    </ul>
      {menu && <RowMenu row={menu.row} at={menu.at} onClose={() => setMenu(undefined)} />}
    </>
  )
}

function summary({ key, latest }: Row, state: Omit<State, 'rows' | 'open' | 'drafts' | 'listed'>, say: Say): string {
  const typing = state.typing[key]
  if (typing) return say('isTyping', { name: nameOf(state.people.get(typing), typing, state.language) })
  if (latest === undefined) return ''
  const text = preview(latest, state)
  const grouped = identify(key).conversationType !== ConversationType.PRIVATE
  if (!grouped || latest.messageType.endsWith('Ntf')) return text
  const sender = latest.senderUserId === state.me ? say('you') : nameOf(state.people.get(latest.senderUserId), latest.senderUserId, state.language)
  return say('newMessageFrom', { name: sender, text })
}

interface LineProps {
  row: Row
  isOpen: boolean
  title: string
  text: string
  draft: string
  when: string
  say: Say
  reachable: boolean
  onMenu: (row: Row, at: Place) => void
}

const Line = steady<LineProps>(({ row, isOpen, title, text, draft, when, say, reachable, onMenu }) => {
  const chat = useChat()
  return (
    <li
      class={`row ${isOpen ? 'open' : ''} ${row.pinned ? 'pinned' : ''}`}
      {...menuHandlers((at) => onMenu(row, at))}
    >
      <button type="button" class="main" data-key={row.key} aria-current={isOpen} tabIndex={reachable ? 0 : -1} onClick={() => void chat.reading.open(row.key)}>
        <ConversationAvatar of={row.key} />
        <span class="title" dir="auto">{title}</span>
        <time>{when}</time>
        <span class="text" dir="auto">
          {row.mentioned && <span class="mention">{say('mentionsYou')} </span>}
          {draft !== '' && <span class="mention">{say('draft')} </span>}
          {draft || text}
        </span>
        <span class="marks">
          {row.muted && (
            <span class="mark" title={say('muted')}>
              <Icon name="mute" />
              <span class="hidden">{say('muted')}</span>
            </span>
          )}
          {row.pinned && (
            <span class="mark" title={say('pinned')}>
              <Icon name="pin" />
              <span class="hidden">{say('pinned')}</span>
            </span>
          )}
          {row.unread > 0 && (
            <span class={`badge ${row.muted ? 'quiet' : ''}`}>
              <span aria-hidden="true">{row.unread > 99 ? '99+' : row.unread}</span>
              <span class="hidden">{say('unread', { count: row.unread })}</span>
            </span>
          )}
        </span>
      </button>
      <IconButton
        icon="more"
        class="options"
        tabIndex={reachable ? 0 : -1}
        label={say('options', { name: title })}
        onClick={(event) => onMenu(row, beside(event.currentTarget as Element))}
      />
    </li>
  )
})

function RowMenu({ row: { key, pinned, muted }, at, onClose }: { row: Row; at: Place; onClose: () => void }): VNode {
  const chat = useChat()
  const say = useSay()
  const name = usePart((state) => titleOf(key, state))
  const items: MenuItem[] =
    identify(key).conversationType === ConversationType.CHATROOM
      ? [{ icon: 'exit', label: say('leave'), act: () => void chat.rooms.leave(key) }]
      : [
          { icon: 'pin', label: say(pinned ? 'unpin' : 'pin'), act: () => void chat.list.pin(key, !pinned) },
          { icon: 'mute', label: say(muted ? 'unmute' : 'mute'), act: () => void chat.list.mute(key, !muted) },
          { icon: 'trash', label: say('remove'), act: () => void chat.list.remove(key), danger: true },
        ]
  return <Menu at={at} label={say('options', { name })} items={items} onClose={onClose} />
}
