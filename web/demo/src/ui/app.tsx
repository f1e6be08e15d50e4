import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useChat, usePart, useSay } from './context.ts'
import { Dialogs } from './dialogs.tsx'
import { Icon } from './icon.tsx'
import { Pane } from './pane.tsx'
import { Live, Notice } from './parts.tsx'
import { Side } from './side.tsx'
import { SignIn } from './signin.tsx'

/** App is the whole page. */
export function App(): VNode {
  const chat = useChat()
  const phase = usePart((state) => state.phase)
  const theme = usePart((state) => state.theme)
  const language = usePart((state) => state.language)
  const open = usePart((state) => state.open)
  useEffect(() => {
    const look = (): void => chat.reading.read()
    addEventListener('focus', look)
    document.addEventListener('visibilitychange', look)
    return () => {
      removeEventListener('focus', look)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
  return (
    <div class={`hy-chat ${theme}`} lang={language}>
      {phase === 'signed-in' ? (
        <div class={`frame ${open === undefined ? '' : 'has-open'}`}>
          <Side />
          <DropArea>
            <Pane />
          </DropArea>
        </div>
      ) : (
        <SignIn />
      )}
      <Dialogs />
      <Notice />
      <Live />
    </div>
  )
}

/** DropArea sends the files that are dropped on it. */
function DropArea({ children }: { children: VNode }): VNode {
  const chat = useChat()
  const say = useSay()
  const open = usePart((state) => state.open)
  const [over, setOver] = useState(false)
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true && open !== undefined
  return (
    <div
      class="drop-area"
      onDragOver={(event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={(event) => {
        setOver(false)
        if (!hasFiles(event) || open === undefined) return
        event.preventDefault()
        chat.files.send(open, [...(event.dataTransfer?.files ?? [])])
      }}
    >
      {children}
      {over && (
        <div class="drop-hint">
          <Icon name="attach" />
          {say('uploadHint')}
        </div>
      )}
    </div>
  )
}
