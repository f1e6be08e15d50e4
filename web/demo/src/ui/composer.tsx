import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { ConversationType } from '../im.ts'
import { emptyDraft, identify, type Key } from '../model.ts'
import { nameOf, preview } from '../show.ts'
import { useChat, usePart, useSay } from './context.ts'
import { EmojiPicker } from './emoji.tsx'
import { Icon } from './icon.tsx'
import { IconButton, type Place } from './parts.tsx'
import { Recorder } from './recorder.tsx'

/** At most so many people are offered to be mentioned. */
const OFFERED = 8

interface Candidate {
  readonly id: string
  readonly name: string
}

/** Composer is where messages are written. */
export function Composer({ of, title }: { of: Key; title: string }): VNode {
  const chat = useChat()
  const say = useSay()
  const draft = usePart((state) => state.drafts[of] ?? emptyDraft)
  const chosen = usePart((state) => state.chosen)
  const input = useRef<HTMLTextAreaElement>(null)
  const [picker, setPicker] = useState<Place>()
  const [caret, setCaret] = useState(0)
  const [recording, setRecording] = useState(false)
  const candidates = useCandidates(of, draft.text, caret)
  const [pick, setPick] = useState(0)
  const offered = Math.min(pick, candidates.length - 1)

  // The input is as high as its text, within the limits of the style.
  useLayoutEffect(() => {
    const area = input.current
    if (area === null) return
    area.style.height = 'auto'
    area.style.height = `${area.scrollHeight}px`
  }, [draft.text, chosen, recording])
  const quoting = useRef([draft.reply, draft.editing])
  useEffect(() => {
    const [reply, editing] = quoting.current
    quoting.current = [draft.reply, draft.editing]
    if (reply !== draft.reply || editing !== draft.editing) input.current?.focus()
  }, [draft.reply, draft.editing])

  const insert = (text: string, from: number, to: number): void => {
    chat.writing.setDraft(of, { text: draft.text.slice(0, from) + text + draft.text.slice(to) })
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(from + text.length, from + text.length)
      setCaret(from + text.length)
    })
  }
  const mention = ({ id, name }: Candidate): void => {
    const from = draft.text.lastIndexOf('@', caret - 1)
    chat.writing.setDraft(of, { mentions: [...draft.mentions, { id, name }] })
    insert(`@${name} `, from, caret)
    setPick(0)
  }
  const key = (event: KeyboardEvent): void => {
    // Enter that ends the composition of a Chinese word is not for us.
    if (event.isComposing) return
    const candidate = candidates[offered]
    if (candidate && (event.key === 'Enter' || event.key === 'Tab')) mention(candidate)
    else if (candidate && event.key === 'ArrowDown') setPick((offered + 1) % candidates.length)
    else if (candidate && event.key === 'ArrowUp') setPick((offered + candidates.length - 1) % candidates.length)
    else if (candidate && event.key === 'Escape') setCaret(-1)
    else if (event.key === 'Escape' && (draft.reply || draft.editing)) chat.writing.cancelQuote(of)
    else if (event.key === 'Enter' && !event.shiftKey) chat.writing.submit(of)
    else return
    event.preventDefault()
  }
  if (chosen) return <ChosenBar of={of} count={chosen.size} />
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        chat.writing.submit(of)
        input.current?.focus()
      }}
    >
      <Quoted of={of} />
      {candidates.length > 0 && (
        <ul class="candidates" role="listbox" id="hy-candidates" aria-label={say('mentionSomebody')}>
          {candidates.map((candidate, at) => (
            <li key={candidate.id} id={`hy-candidate-${at}`} role="option" aria-selected={at === offered} onMouseDown={(event) => event.preventDefault()} onClick={() => mention(candidate)}>
              {candidate.name}
            </li>
          ))}
        </ul>
      )}
      <div class="write">
        {!recording && (
          <>
            <AttachButton of={of} />
            <textarea
              ref={input}
              rows={1}
              dir="auto"
              maxLength={8000}
              enterkeyhint="send"
              autocomplete="off"
              aria-label={say('messageTo', { name: title })}
              placeholder={say('message')}
              aria-controls={candidates.length > 0 ? 'hy-candidates' : undefined}
              aria-activedescendant={candidates.length > 0 ? `hy-candidate-${offered}` : undefined}
              value={draft.text}
              onInput={(event) => {
                chat.writing.setDraft(of, { text: event.currentTarget.value })
                setCaret(event.currentTarget.selectionStart)
                if (event.currentTarget.value !== '' && !draft.editing) chat.writing.typing(of)
              }}
              onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
              onKeyDown={key}
              onPaste={(event) => {
                const files = [...(event.clipboardData?.files ?? [])]
                if (files.length === 0) return
                event.preventDefault()
                chat.files.send(of, files)
              }}
            />
            <IconButton
              icon="emoji"
              label={say('emoji')}
              expanded={picker !== undefined}
              onClick={(event) => {
                const { right, top } = (event.currentTarget as Element).getBoundingClientRect()
                setPicker({ x: right, y: top - 8, above: true })
              }}
            />
          </>
        )}
        {draft.text.trim() === '' && !draft.editing ? (
          <Recorder of={of} onRecording={setRecording} />
        ) : (
          <button type="submit" class="send" aria-label={say('send')} title={say('send')} disabled={draft.text.trim() === ''}>
            <Icon name={draft.editing ? 'check' : 'send'} />
          </button>
        )}
      </div>
      {picker && (
        <EmojiPicker
          at={picker}
          onClose={() => setPicker(undefined)}
          onPick={(emoji) => {
            const at = input.current?.selectionStart ?? draft.text.length
            insert(emoji, at, input.current?.selectionEnd ?? at)
          }}
        />
      )}
    </form>
  )
}

/** useCandidates is who may be meant by the @ before the caret, in a group. */
function useCandidates(of: Key, text: string, caret: number): readonly Candidate[] {
  const say = useSay()
  const { groups, people, me, language } = usePart((state) => state)
  return useMemo(() => {
    const { conversationType, targetId } = identify(of)
    const begun = caret < 0 ? null : /@([^@\s]*)$/.exec(text.slice(0, caret))
    if (conversationType !== ConversationType.GROUP || begun === null) return []
    const wanted = (begun[1] ?? '').toLowerCase()
    const members = (groups.get(targetId)?.members ?? []).filter((id) => id !== me)
    return [{ id: '', name: say('everyone') }, ...members.map((id) => ({ id, name: nameOf(people.get(id), id, language) }))]
      .filter(({ id, name }) => name.toLowerCase().startsWith(wanted) || id.toLowerCase().startsWith(wanted || '\0'))
      .slice(0, OFFERED)
  }, [of, text, caret, groups, people, me, say])
}

/** Quoted is the message that is replied to or edited. */
function Quoted({ of }: { of: Key }): VNode | null {
  const chat = useChat()
  const say = useSay()
  const { reply, editing } = usePart((state) => state.drafts[of] ?? emptyDraft)
  const entry = editing ?? reply
  const sender = entry?.message.senderUserId ?? ''
  const name = usePart((state) => (sender === state.me ? say('you') : nameOf(state.people.get(sender), sender, state.language)))
  const text = usePart((state) => (entry ? preview(entry.message, state) : ''))
  if (entry === undefined) return null
  return (
    <div class="quoted">
      <Icon name={editing ? 'edit' : 'reply'} />
      <p>
        <strong>{editing ? say('editing') : say('replyingTo', { name })}</strong>
        <span dir="auto">{text}</span>
      </p>
      <IconButton icon="close" label={say('cancel')} onClick={() => chat.writing.cancelQuote(of)} />
    </div>
  )
}

function AttachButton({ of }: { of: Key }): VNode {
  const chat = useChat()
  const say = useSay()
  const file = useRef<HTMLInputElement>(null)
  return (
    <>
      <IconButton icon="attach" label={say('attach')} onClick={() => file.current?.click()} />
      <input
        ref={file}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        aria-label={say('attach')}
        onChange={(event) => {
          chat.files.send(of, [...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}

/** ChosenBar is what can be done with the messages that are chosen. */
function ChosenBar({ of, count }: { of: Key; count: number }): VNode {
  const chat = useChat()
  const say = useSay()
  const ref = useRef<HTMLButtonElement>(null)
  useEffect(() => ref.current?.focus(), [])
  const entries = (): ReturnType<typeof chat.changes.chosen> => chat.changes.chosen(of)
  return (
    <div class="chosen-bar" role="toolbar" aria-label={say('actions')}>
      <span role="status">{say('chosen', { count })}</span>
      <button ref={ref} type="button" disabled={count === 0} onClick={() => chat.page.show({ kind: 'forward', entries: entries() })}>
        <Icon name="forward" />
        {say('forward')}
      </button>
      <button type="button" disabled={count === 0} onClick={() => void chat.changes.copy(entries())}>
        <Icon name="copy" />
        {say('copy')}
      </button>
      <button type="button" class="danger" disabled={count === 0} onClick={() => void chat.changes.erase(of, entries())}>
        <Icon name="trash" />
        {say('delete')}
      </button>
      <IconButton icon="close" label={say('cancel')} onClick={() => chat.page.choose(undefined)} />
    </div>
  )
}
