import type { VNode } from 'preact'
import { ConversationType } from '../im.ts'
import { type Entry, identify, type Key } from '../model.ts'
import { clock, isNotice, nameOf, notice } from '../show.ts'
import { type Say, sayWhy } from '../words.ts'
import { Content } from './content.tsx'
import { steady, useChat, usePart, useSay } from './context.ts'
import { Icon } from './icon.tsx'
import { beside, IconButton, menuHandlers, PersonAvatar, type Place } from './parts.tsx'

interface Props {
  entry: Entry
  of: Key
  /** The day that begins with this entry; empty if none does. */
  day: string
  /** Whether it continues what the entry before it began. */
  joined: boolean
  query: string
  lit: boolean
  chosen: boolean | undefined
  onMenu: (entry: Entry, at: Place) => void
}

/** Bubble is a message, or a line that tells what happened. */
export const Bubble = steady<Props>(({ entry, of, day, joined, query, lit, chosen, onMenu }) => {
  const chat = useChat()
  const say = useSay()
  const choosing = usePart((state) => state.chosen !== undefined)
  const { message, own, status } = entry
  const pick = (): void => {
    const ids = new Set(chat.store.value.chosen)
    if (!ids.delete(entry.id)) ids.add(entry.id)
    chat.page.choose(ids)
  }
  return (
    <li
      class={`entry ${own ? 'own' : ''} ${joined ? 'joined' : ''} ${lit ? 'lit' : ''} ${chosen ? 'chosen' : ''}`}
      data-id={entry.id}
      data-status={status}
      tabIndex={-1}
      {...menuHandlers((at) => onMenu(entry, at))}
      onClick={choosing && !isNotice(message) ? pick : undefined}
    >
      {day !== '' && (
        <h3 class="day">
          <span>{day}</span>
        </h3>
      )}
      {isNotice(message) ? (
        <Happened entry={entry} of={of} />
      ) : (
        <div class="line">
          {choosing && <input type="checkbox" checked={chosen} aria-label={say('choose')} onClick={(event) => event.stopPropagation()} onChange={pick} />}
          {!own && <span class="face">{!joined && <PersonAvatar id={message.senderUserId} />}</span>}
          <div class="bubble">
            <Sender entry={entry} of={of} hidden={joined} />
            <Content entry={entry} of={of} query={query} />
            <p class="meta">
              {entry.edited && <span>{say('edited')}</span>}
              <time dateTime={new Date(message.sentTime).toISOString()}>
                <Clock time={message.sentTime} />
              </time>
              {own && <Mark entry={entry} of={of} />}
            </p>
          </div>
          <div class="tools">
            {status === 'sent' && <IconButton icon="reply" label={say('reply')} tabIndex={-1} onClick={() => chat.writing.reply(of, entry)} />}
            <IconButton icon="more" label={say('actions')} tabIndex={-1} onClick={(event) => onMenu(entry, beside(event.currentTarget as Element))} />
          </div>
        </div>
      )}
      {status === 'failed' && (
        <p class="failure" role="alert">
          <Icon name="alert" />
          {say('failed', { reason: sayWhy(say, entry.code) })}
          <button type="button" class="link" onClick={() => chat.writing.resend(of, entry)}>
            {say('resend')}
          </button>
        </p>
      )}
    </li>
  )
})

function Clock({ time }: { time: number }): VNode {
  const language = usePart((state) => state.language)
  return <>{clock(time, language)}</>
}

/** Sender is named where it is not plain who it is; screen readers are always told. */
function Sender({ entry: { own, message }, of, hidden }: { entry: Entry; of: Key; hidden: boolean }): VNode {
  const say = useSay()
  const name = usePart((state) => nameOf(state.people.get(message.senderUserId), message.senderUserId, state.language))
  const plain = own || hidden || identify(of).conversationType === ConversationType.PRIVATE
  return <p class={plain ? 'hidden' : 'from'}>{own ? say('you') : name}</p>
}

function Happened({ entry, of }: { entry: Entry; of: Key }): VNode {
  const chat = useChat()
  const say = useSay()
  const text = usePart((state) => notice(entry.message, state))
  return (
    <p class="happened">
      {text}
      {entry.again !== undefined && (
        <button
          type="button"
          class="link"
          onClick={() => {
            chat.writing.setDraft(of, { text: entry.again ?? '' })
            document.querySelector<HTMLElement>('.composer textarea')?.focus()
          }}
        >
          {say('editAgain')}
        </button>
      )}
    </p>
  )
}

/** Mark says how far an own message has come. */
function Mark({ entry, of }: { entry: Entry; of: Key }): VNode {
  const say = useSay()
  const { status, readBy = 0, readers = 0 } = entry
  const [icon, text] = markOf(entry, of, say)
  const grouped = identify(of).conversationType === ConversationType.GROUP
  return (
    <span class={`mark ${status} ${readBy > 0 ? 'read' : ''}`} title={text}>
      {grouped && status === 'sent' && readers > 0 && readBy > 0 && readBy < readers && <span aria-hidden="true">{`${readBy}/${readers}`}</span>}
      <Icon name={icon} />
      <span class="hidden">{text}</span>
    </span>
  )
}

function markOf({ status, readBy = 0, readers = 0 }: Entry, of: Key, say: Say): ['clock' | 'alert' | 'check' | 'checks', string] {
  if (status === 'sending') return ['clock', say('sending')]
  if (status === 'failed') return ['alert', say('failed', { reason: '' })]
  if (readBy === 0) return ['check', say('sent')]
  if (identify(of).conversationType !== ConversationType.GROUP) return ['checks', say('read')]
  return ['checks', readBy >= readers ? say('readByAll') : say('readBy', { count: readBy, total: readers })]
}
