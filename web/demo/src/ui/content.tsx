import type { ComponentChildren, VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { MessageType, type ReceivedMessage } from '../im.ts'
import { field, number, textOf } from '../log.ts'
import type { Entry, Key } from '../model.ts'
import { lasting, nameOf, preview, sizeOf } from '../show.ts'
import { useChat, usePart, useSay } from './context.ts'
import { Icon } from './icon.tsx'

interface Props {
  entry: Entry
  of: Key
  query: string
}

/** Content is what a message says. */
export function Content({ entry, of, query }: Props): VNode {
  const { message } = entry
  switch (message.messageType) {
    case MessageType.TEXT:
      return <Text text={textOf(message)} query={query} />
    case MessageType.REFERENCE:
      return (
        <>
          <Quote message={message} of={of} />
          <Text text={textOf(message)} query={query} />
        </>
      )
    case MessageType.IMAGE:
    case MessageType.GIF:
    case MessageType.VIDEO:
      return <Picture entry={entry} />
    case MessageType.VOICE:
      return <Voice entry={entry} />
    case MessageType.FILE:
      return <FileCard entry={entry} />
    case MessageType.COMBINED:
      return <Combined entry={entry} />
    case MessageType.LOCATION:
      return <p class="text">{`📍 ${field(message, 'poi')}`}</p>
    default:
      return <Unknown />
  }
}

function Unknown(): VNode {
  return <p class="text faint">{useSay()('unknownKind')}</p>
}

/** Of an Emoji alone there is more to see when it is large. */
const fewEmoji = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D|\p{Emoji_Modifier}|\p{Extended_Pictographic})*\s*){1,3}$/u

const link = /https?:\/\/[^\s<>"'，。！？、）】》]+[^\s<>"'，。！？、）】》.,!?:;)\]]/g

function Text({ text, query }: { text: string; query: string }): VNode {
  const parts: ComponentChildren[] = []
  let at = 0
  for (const found of text.matchAll(link)) {
    parts.push(
      <Marked text={text.slice(at, found.index)} query={query} />,
      <a href={found[0]} target="_blank" rel="noopener noreferrer">
        <Marked text={found[0]} query={query} />
      </a>,
    )
    at = found.index + found[0].length
  }
  return (
    <p class={`text ${fewEmoji.test(text) ? 'large' : ''}`} dir="auto">
      {parts}
      <Marked text={text.slice(at)} query={query} />
    </p>
  )
}

/** Marked is text with what is searched for made plain. */
function Marked({ text, query }: { text: string; query: string }): VNode {
  const lower = text.toLowerCase()
  if (query === '' || lower.length !== text.length) return <>{text}</>
  const wanted = query.toLowerCase()
  const parts: ComponentChildren[] = []
  let at = 0
  for (let to = lower.indexOf(wanted); to >= 0; to = lower.indexOf(wanted, at)) {
    parts.push(text.slice(at, to), <mark>{text.slice(to, to + wanted.length)}</mark>)
    at = to + wanted.length
  }
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  )
}

/** quoted is the message that message refers to, as far as it tells. */
export function quoted(message: ReceivedMessage): ReceivedMessage {
  const content = (message.content as Record<string, unknown>)['referMsg']
  return {
    ...message,
    senderUserId: field(message, 'referMsgUserId'),
    messageType: field(message, 'objName'),
    messageUId: field(message, 'referMsgUid'),
    content: typeof content === 'object' && content !== null ? content : { content: String(content ?? '') },
  } as ReceivedMessage
}

function Quote({ message, of }: { message: ReceivedMessage; of: Key }): VNode {
  const chat = useChat()
  const original = quoted(message)
  const name = usePart((state) => nameOf(state.people.get(original.senderUserId), original.senderUserId, state.language))
  const text = usePart((state) => preview(original, state))
  return (
    <button type="button" class="quote" onClick={() => void chat.reading.revealMessage(of, original.messageUId)}>
      <strong dir="auto">{name}</strong>
      <span dir="auto">{text}</span>
    </button>
  )
}

/** thumbnail is the small picture that a message carries; empty if it has none. */
function thumbnail(message: ReceivedMessage): string {
  const data = field(message, 'content')
  return data === '' ? '' : data.startsWith('data:') ? data : `data:image/jpeg;base64,${data}`
}

/** Picture is a photo, a moving picture or a video. */
function Picture({ entry }: { entry: Entry }): VNode {
  const chat = useChat()
  const say = useSay()
  const { message, attachment } = entry
  const isVideo = message.messageType === MessageType.VIDEO
  const full = attachment?.url ?? (field(message, 'imageUri') || field(message, 'remoteUrl') || field(message, 'sightUrl'))
  const small = isVideo ? thumbnail(message) : attachment?.url || thumbnail(message) || full
  const name = field(message, 'name') || attachment?.file.name || ''
  return (
    <>
      <button
        type="button"
        class="picture"
        aria-label={isVideo ? `${say('play')} ${name}` : say('openPhoto', { name })}
        disabled={full === ''}
        onClick={() => chat.page.show({ kind: 'view', url: full, name, video: isVideo })}
      >
        {small !== '' ? (
          <img src={small} alt={say(isVideo ? 'video' : 'photo')} draggable={false} />
        ) : attachment ? (
          <video src={attachment.url} muted playsInline preload="metadata" />
        ) : (
          <span class="blank" />
        )}
        {isVideo && (
          <span class="play">
            <Icon name="play" />
            {message.messageUId !== '' && lasting(number(message, 'duration'))}
          </span>
        )}
      </button>
      <Progress entry={entry} />
    </>
  )
}

/** Progress is how much of an attachment has been sent, and the way to stop it. */
function Progress({ entry: { id, attachment, status } }: { entry: Entry }): VNode | null {
  const chat = useChat()
  const say = useSay()
  if (attachment === undefined || status !== 'sending') return null
  const text = say('uploading', { percent: attachment.progress })
  return (
    <div class="progress">
      <progress max={100} value={attachment.progress} aria-label={text} />
      <span aria-hidden="true">{`${attachment.progress} %`}</span>
      <button type="button" class="link" onClick={() => chat.files.stop(id)}>
        {say('cancel')}
      </button>
    </div>
  )
}

function Voice({ entry }: { entry: Entry }): VNode {
  const say = useSay()
  const { message, attachment } = entry
  const [playing, setPlaying] = useState(false)
  const [done, setDone] = useState(0)
  const audio = useRef<HTMLAudioElement>(null)
  const duration = number(message, 'duration')
  const toggle = (): void => {
    const player = audio.current
    if (player === null) return
    if (playing) player.pause()
    else void player.play().catch(() => setPlaying(false))
  }
  return (
    <div class="voice">
      <button type="button" class="icon-button" aria-label={say(playing ? 'pause' : 'play')} onClick={toggle}>
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <progress max={Math.max(1, duration)} value={done} aria-label={say('voice')} />
      <span class="length">{lasting(playing ? done : duration)}</span>
      <audio
        ref={audio}
        preload="none"
        src={attachment?.url ?? field(message, 'remoteUrl')}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => {
          setPlaying(false)
          setDone(0)
        }}
        onTimeUpdate={(event) => setDone(event.currentTarget.currentTime)}
      />
      <Progress entry={entry} />
    </div>
  )
}

function FileCard({ entry }: { entry: Entry }): VNode {
  const say = useSay()
  const language = usePart((state) => state.language)
  const { message, attachment } = entry
  const name = field(message, 'name') || attachment?.file.name || say('file')
  const url = field(message, 'fileUrl')
  const body = (
    <>
      <Icon name="file" />
      <span class="name" dir="auto" title={name}>
        {name}
      </span>
      <span class="size">{sizeOf(number(message, 'size') || (attachment?.file.size ?? 0), language)}</span>
    </>
  )
  return (
    <>
      {url === '' ? (
        <div class="file">{body}</div>
      ) : (
        <a class="file" href={url} download={name} target="_blank" rel="noopener" aria-label={say('download', { name })}>
          {body}
        </a>
      )}
      <Progress entry={entry} />
    </>
  )
}

function Combined({ entry }: { entry: Entry }): VNode {
  const chat = useChat()
  const say = useSay()
  const content = entry.message.content as { summaryList?: unknown; nameList?: unknown; msgNum?: unknown }
  const summary = Array.isArray(content.summaryList) ? content.summaryList.map(String).slice(0, 4) : []
  return (
    <button type="button" class="combined" onClick={() => chat.page.show({ kind: 'combined', entry })}>
      <strong>{say('combined')}</strong>
      {summary.map((line, at) => (
        <span key={at} dir="auto">{line}</span>
      ))}
      <small>{say('combinedCount', { count: number(entry.message, 'msgNum') || summary.length })}</small>
    </button>
  )
}
