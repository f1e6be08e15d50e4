import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ConversationType, MessageType, type ReceivedMessage } from '../im.ts'
import { type Dialog, type Entry, identify, type Key, keyOf } from '../model.ts'
import { nameOf, preview, titleOf } from '../show.ts'
import { useChat, usePart, useSay } from './context.ts'
import { Icon } from './icon.tsx'
import { Avatar, ConversationAvatar, Modal, PersonAvatar } from './parts.tsx'

/** Dialogs is what lies over the page, if anything does. */
export function Dialogs(): VNode | null {
  const dialog = usePart((state) => state.dialog)
  switch (dialog?.kind) {
    case 'new':
      return <New />
    case 'info':
      return <Info />
    case 'forward':
      return <Forward entries={dialog.entries} />
    case 'view':
      return <Viewer {...dialog} />
    case 'combined':
      return <History entry={dialog.entry} />
    default:
      return null
  }
}

const { PRIVATE, GROUP, CHATROOM } = ConversationType

/** New begins a conversation, or a group. */
function New(): VNode {
  const chat = useChat()
  const say = useSay()
  const { people, groups, rooms, me, language } = usePart((state) => state)
  const [query, setQuery] = useState('')
  const [members, setMembers] = useState<readonly string[]>()
  const [name, setName] = useState('')
  const close = (): void => chat.page.show(undefined)
  const wanted = query.trim().toLowerCase()
  const matching = <T extends { id: string; name: string; zh?: string }>(list: Iterable<T>): T[] =>
    [...list].filter((one) => one.id !== me && `${nameOf(one, one.id, language)} ${one.id}`.toLowerCase().includes(wanted))
  const others = matching(people.values())
  const known = others.some(({ id }) => id.toLowerCase() === wanted)
  const start = (conversationType: ConversationType, targetId: string): void => void chat.reading.open(keyOf({ conversationType, targetId }))
  const toggle = (id: string): void => setMembers(members?.includes(id) ? members.filter((one) => one !== id) : [...(members ?? []), id])
  return (
    <Modal title={say(members ? 'newGroup' : 'newConversation')} onClose={close}>
      {members && (
        <input type="text" maxLength={40} aria-label={say('groupName')} placeholder={say('groupName')} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      )}
      <input type="search" autofocus aria-label={say('nameOrId')} placeholder={say('nameOrId')} value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
      <div class="choices">
        {!members && chat.people.canMakeGroups && (
          <button type="button" class="choice" onClick={() => setMembers([])}>
            <span class="avatar group plain">
              <Icon name="group" />
            </span>
            {say('newGroup')}
          </button>
        )}
        {!members && wanted !== '' && !known && (
          <button type="button" class="choice" onClick={() => start(PRIVATE, query.trim())}>
            <Avatar id={query.trim()} name={query.trim()} />
            {say('startWith', { text: query.trim() })}
          </button>
        )}
        {others.length > 0 && <h3>{say('people')}</h3>}
        {others.map(({ id }) => (
          <button key={id} type="button" class="choice" aria-pressed={members?.includes(id)} onClick={() => (members ? toggle(id) : start(PRIVATE, id))}>
            <PersonAvatar id={id} />
            {nameOf(people.get(id), id, language)}
            {members?.includes(id) && <Icon name="check" />}
          </button>
        ))}
        {!members && <Choices title={say('groups')} names={matching(groups.values())} type={GROUP} onPick={start} />}
        {!members && <Choices title={say('rooms')} names={matching(rooms.values())} type={CHATROOM} onPick={start} />}
      </div>
      {members && (
        <footer>
          <button type="button" onClick={() => setMembers(undefined)}>
            {say('cancel')}
          </button>
          <button
            type="button"
            class="primary"
            disabled={name.trim() === '' || members.length === 0}
            onClick={() => {
              close()
              void chat.people.createGroup(name.trim(), members).then((key) => {
                if (key) void chat.reading.open(key)
              })
            }}
          >
            {say('create')}
          </button>
        </footer>
      )}
    </Modal>
  )
}

interface ChoicesProps {
  title: string
  names: readonly { id: string }[]
  type: ConversationType
  onPick: (type: ConversationType, id: string) => void
}

function Choices({ title, names, type, onPick }: ChoicesProps): VNode | null {
  const state = usePart((s) => s)
  if (names.length === 0) return null
  return (
    <>
      <h3>{title}</h3>
      {names.map(({ id }) => {
        const key = keyOf({ conversationType: type, targetId: id })
        return (
          <button key={id} type="button" class="choice" onClick={() => onPick(type, id)}>
            <ConversationAvatar of={key} />
            {titleOf(key, state)}
          </button>
        )
      })}
    </>
  )
}

/** Info is what there is to know about the open conversation. */
function Info(): VNode | null {
  const chat = useChat()
  const say = useSay()
  const state = usePart((s) => s)
  const key = state.open
  if (key === undefined) return null
  const { conversationType, targetId } = identify(key)
  const row = state.rows.find((one) => one.key === key)
  const members = conversationType === GROUP ? (state.groups.get(targetId)?.members ?? []) : []
  const close = (): void => chat.page.show(undefined)
  return (
    <Modal title={say('details')} class="info" onClose={close}>
      <div class="about">
        <ConversationAvatar of={key} />
        <strong>{titleOf(key, state)}</strong>
        <small>{targetId}</small>
      </div>
      {row && conversationType !== CHATROOM && (
        <div class="switches">
          <label>
            {say('pin')}
            <input type="checkbox" role="switch" checked={row.pinned} onChange={() => void chat.list.pin(key, !row.pinned)} />
          </label>
          <label>
            {say('mute')}
            <input type="checkbox" role="switch" checked={row.muted} onChange={() => void chat.list.mute(key, !row.muted)} />
          </label>
        </div>
      )}
      {conversationType === CHATROOM && state.joined[targetId] && (
        <>
          <p>{say('inRoom', { count: state.joined[targetId].members })}</p>
          <button
            type="button"
            class="danger"
            onClick={() => {
              close()
              void chat.rooms.leave(key)
            }}
          >
            {say('leave')}
          </button>
        </>
      )}
      {members.length > 0 && (
        <div class="choices">
          <h3>{say('members', { count: members.length })}</h3>
          {members.map((id) => (
            <button key={id} type="button" class="choice" disabled={id === state.me} onClick={() => void chat.reading.open(keyOf({ conversationType: PRIVATE, targetId: id }))}>
              <PersonAvatar id={id} />
              {nameOf(state.people.get(id), id, state.language)}
              {id === state.me && <small>{say('you')}</small>}
            </button>
          ))}
        </div>
      )}
    </Modal>
  )
}

/** Forward asks where messages are to go, and how. */
function Forward({ entries }: { entries: readonly Entry[] }): VNode {
  const chat = useChat()
  const say = useSay()
  const state = usePart((s) => s)
  const [to, setTo] = useState<readonly Key[]>([])
  const close = (): void => chat.page.show(undefined)
  const people = [...state.people.keys()].filter((id) => id !== state.me).map((targetId) => keyOf({ conversationType: PRIVATE, targetId }))
  const keys = [...new Set([...state.rows.map(({ key }) => key), ...people])]
  const go = (combine: boolean): void => {
    close()
    void chat.changes.forward(entries, to, combine)
  }
  return (
    <Modal title={say('forwardTo')} onClose={close}>
      <div class="choices">
        {keys.map((key) => (
          <button key={key} type="button" class="choice" aria-pressed={to.includes(key)} onClick={() => setTo(to.includes(key) ? to.filter((one) => one !== key) : [...to, key])}>
            <ConversationAvatar of={key} />
            {titleOf(key, state)}
            {to.includes(key) && <Icon name="check" />}
          </button>
        ))}
      </div>
      <footer>
        {entries.length > 1 && (
          <button type="button" disabled={to.length === 0} onClick={() => go(true)}>
            {say('forwardCombined')}
          </button>
        )}
        <button type="button" class="primary" disabled={to.length === 0} onClick={() => go(false)}>
          {say(entries.length > 1 ? 'forwardOne' : 'forward')}
        </button>
      </footer>
    </Modal>
  )
}

/** Viewer is a photo or a video, as large as it fits. */
function Viewer({ url, name, video }: Extract<Dialog, { kind: 'view' }>): VNode {
  const chat = useChat()
  const say = useSay()
  return (
    <Modal title={name || say(video ? 'video' : 'photo')} class="viewer" onClose={() => chat.page.show(undefined)}>
      {video ? <video src={url} controls autoplay playsInline /> : <img src={url} alt={name || say('photo')} />}
    </Modal>
  )
}

/** Combination is several messages as one. A list that is too long for a message is in a file. */
interface Combination {
  readonly msgList?: readonly Forwarded[]
  readonly remoteUrl?: string
  readonly summaryList?: readonly string[]
}

interface Forwarded {
  readonly fromUserId?: string
  readonly timestamp?: number
  readonly objectName?: string
  readonly content?: unknown
}

/** History is the messages that were forwarded as one. */
function History({ entry }: { entry: Entry }): VNode {
  const chat = useChat()
  const say = useSay()
  const state = usePart((s) => s)
  const { msgList, remoteUrl, summaryList } = entry.message.content as Combination
  const [list, setList] = useState(msgList)
  useEffect(() => {
    if (list || !remoteUrl) return
    const load = async (): Promise<unknown> => (await fetch(remoteUrl)).json()
    load().then(
      (loaded) => Array.isArray(loaded) && setList(loaded),
      () => {}, // the summary stands
    )
  }, [])
  return (
    <Modal title={say('combined')} class="history" onClose={() => chat.page.show(undefined)}>
      <ol class="lines">
        {list?.map((one, at) => {
          const message = { ...entry.message, messageType: one.objectName ?? MessageType.TEXT, content: contentOf(one.content) } as ReceivedMessage
          const sender = one.fromUserId ?? ''
          return (
            <li key={at}>
              <strong>{nameOf(state.people.get(sender), sender, state.language)}</strong>
              <p>{preview(message, state)}</p>
            </li>
          )
        }) ?? summaryList?.map((line, at) => <li key={at}>{line}</li>)}
      </ol>
    </Modal>
  )
}

/** contentOf is the content of a forwarded message, which some clients send as text. */
function contentOf(content: unknown): object {
  if (typeof content === 'object' && content !== null) return content
  try {
    const value: unknown = JSON.parse(String(content))
    return typeof value === 'object' && value !== null ? value : { content }
  } catch {
    return { content }
  }
}
