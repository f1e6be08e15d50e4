import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Key } from '../model.ts'
import { lasting } from '../show.ts'
import { useChat, useLatest, useSay } from './context.ts'
import { Icon } from './icon.tsx'
import { IconButton } from './parts.tsx'

/** The longest voice message, in seconds. */
const LONGEST = 60

/** What browsers record, the best one first. */
const formats = ['audio/mp4', 'audio/webm;codecs=opus', 'audio/ogg;codecs=opus']

/** Recorder records a voice message. */
export function Recorder({ of, onRecording }: { of: Key; onRecording: (recording: boolean) => void }): VNode {
  const chat = useChat()
  const say = useSay()
  const [since, setSince] = useState<number>()
  const [now, setNow] = useState(0)
  const recorder = useRef<MediaRecorder | undefined>(undefined)
  const keep = useRef(false)
  const told = useLatest(onRecording)
  const recording = since !== undefined
  const seconds = recording ? (now - since) / 1_000 : 0

  const start = async (): Promise<void> => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      const type = formats.find((format) => MediaRecorder.isTypeSupported(format)) ?? ''
      const made = new MediaRecorder(stream, { mimeType: type })
      const parts: Blob[] = []
      const began = Date.now()
      made.ondataavailable = ({ data }) => parts.push(data)
      made.onstop = () => {
        for (const track of stream.getTracks()) track.stop()
        setSince(undefined)
        told.current(false)
        const duration = Math.min(LONGEST, Math.max(1, Math.round((Date.now() - began) / 1_000)))
        const extension = type.startsWith('audio/mp4') ? 'm4a' : type.startsWith('audio/webm') ? 'webm' : 'ogg'
        if (keep.current) chat.files.sendVoice(of, new File(parts, `voice.${extension}`, { type: type.split(';')[0] ?? '' }), duration)
      }
      recorder.current = made
      keep.current = false
      made.start()
      setSince(began)
      setNow(began)
      told.current(true)
    } catch {
      chat.page.complain(say('noMicrophone'))
    }
  }
  const stop = (send: boolean): void => {
    keep.current = send
    recorder.current?.stop()
  }
  useEffect(() => {
    if (!recording) return
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [recording])
  useEffect(() => {
    if (seconds >= LONGEST) stop(true)
  }, [seconds >= LONGEST])
  useEffect(() => () => recorder.current?.state === 'recording' && recorder.current.stop(), [])

  if (!recording) return <IconButton icon="mic" label={say('record')} onClick={() => void start()} />
  return (
    <div class="recording">
      <IconButton icon="trash" label={say('cancelRecording')} onClick={() => stop(false)} />
      <span class="pulse" aria-hidden="true" />
      <span role="timer">{say('recording', { time: lasting(seconds) })}</span>
      <button type="button" class="send" aria-label={say('stopRecording')} title={say('stopRecording')} onClick={() => stop(true)}>
        <Icon name="send" />
      </button>
    </div>
  )
}
