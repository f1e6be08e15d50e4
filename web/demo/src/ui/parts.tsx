import type { ComponentChildren, RefObject, VNode } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { ConversationType } from '../im.ts'
import { identify, type Key } from '../model.ts'
import { nameOf, titleOf } from '../show.ts'
import { useChat, useLatest, usePart, useSay } from './context.ts'
import { Icon, type IconName } from './icon.tsx'

/** Avatar is the first letter of a name on a colour that follows from the id. */
export function Avatar({ id, name, shape = 'person' }: { id: string; name: string; shape?: 'person' | 'group' | 'room' }): VNode {
  let sum = 7
  for (const letter of id) sum = (sum * 19 + (letter.codePointAt(0) ?? 0)) % 997
  return (
    <span class={`avatar ${shape}`} data-tone={sum % 8} aria-hidden="true">
      {shape === 'room' ? <Icon name="room" /> : initial(name)}
    </span>
  )
}

/** initial is the letters that stand for a name: of Chinese names the last character, which is the one that differs. */
function initial(name: string): string {
  const letters = [...name.trim()]
  const chinese = /^\p{Script=Han}+$/u.test(name)
  const second = name.trim().split(/\s+/)[1]?.[0] ?? ''
  return chinese ? (letters.at(-1) ?? '') : ((letters[0] ?? '?') + second).toUpperCase()
}

/** PersonAvatar is that of a user. */
export function PersonAvatar({ id }: { id: string }): VNode {
  const name = usePart((state) => nameOf(state.people.get(id), id, state.language))
  return <Avatar id={id} name={name} />
}

/** ConversationAvatar is that of the peer, the group or the chatroom. */
export function ConversationAvatar({ of }: { of: Key }): VNode {
  const name = usePart((state) => titleOf(of, state))
  const { conversationType, targetId } = identify(of)
  const shape = conversationType === ConversationType.GROUP ? 'group' : conversationType === ConversationType.CHATROOM ? 'room' : 'person'
  return <Avatar id={targetId} name={name} shape={shape} />
}

interface ButtonProps {
  icon: IconName
  label: string
  onClick: (event: MouseEvent) => void
  class?: string
  pressed?: boolean
  expanded?: boolean
  disabled?: boolean
  tabIndex?: number
}

/** IconButton is a button that shows a picture and says its label. */
export function IconButton({ icon, label, onClick, class: name = '', pressed, expanded, disabled, tabIndex }: ButtonProps): VNode {
  return (
    <button
      type="button"
      class={`icon-button ${name}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      disabled={disabled}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}

/** Place is where something opens: beside an element, or at the pointer. */
export type Place = { readonly x: number; readonly y: number; readonly above?: boolean }

/** beside is the place below an element, at its end. */
export function beside(element: Element): Place {
  const { right, bottom } = element.getBoundingClientRect()
  return { x: right, y: bottom + 4 }
}

/** How long a finger has to stay for a menu, in milliseconds. */
const LONG_PRESS = 500

interface MenuHandlers {
  onContextMenu: (event: MouseEvent) => void
  onTouchStart: (event: TouchEvent) => void
  onTouchMove: () => void
  onTouchEnd: (event: TouchEvent) => void
  onTouchCancel: () => void
}

/** What the one finger does that may open a menu, whatever is drawn anew under it. */
let timer: ReturnType<typeof setTimeout> | undefined
let opened = false

/** menuHandlers open a menu by the right button, or by a finger that stays: not every browser makes the one of the other. */
export function menuHandlers(open: (at: Place) => void): MenuHandlers {
  const stop = (): void => clearTimeout(timer)
  return {
    onContextMenu: (event) => {
      stop()
      event.preventDefault()
      open({ x: event.clientX, y: event.clientY })
    },
    onTouchStart: ({ touches }) => {
      stop()
      opened = false
      const touch = touches[0]
      if (!touch || touches.length > 1) return
      timer = setTimeout(() => {
        opened = true
        open({ x: touch.clientX, y: touch.clientY })
      }, LONG_PRESS)
    },
    onTouchMove: stop,
    onTouchEnd: (event) => {
      stop()
      // The finger that opened the menu does not choose of it as well.
      if (opened) event.preventDefault()
    },
    onTouchCancel: stop,
  }
}

interface FloatProps {
  at: Place
  class: string
  onClose: () => void
  children: ComponentChildren
}

/**
 * Float lies over everything at a place, moved so that it fits into the
 * window. A click elsewhere, Escape or Tab closes it, and the focus returns to
 * where it was.
 */
export function Float({ at, class: name, onClose, children }: FloatProps): VNode {
  const ref = useRef<HTMLDivElement>(null)
  const close = useLatest(onClose)
  useLayoutEffect(() => {
    const float = ref.current
    if (float === null) return
    const before = document.activeElement
    float.popover = 'manual'
    float.showPopover()
    const { offsetWidth: width, offsetHeight: height } = float
    const top = at.above || at.y + height > innerHeight - 8 ? at.y - height - (at.above ? 0 : 8) : at.y
    float.style.left = `${Math.max(8, Math.min(at.x - (at.x > innerWidth / 2 ? width : 0), innerWidth - width - 8))}px`
    float.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`
    const outside = (event: Event): void => {
      if (!float.contains(event.target as Node)) close.current()
    }
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      event.preventDefault()
      close.current()
    }
    document.addEventListener('pointerdown', outside, true)
    float.addEventListener('keydown', escape)
    return () => {
      document.removeEventListener('pointerdown', outside, true)
      if (float.contains(document.activeElement) || document.activeElement === document.body) (before as HTMLElement | null)?.focus()
    }
  }, [])
  return (
    <div ref={ref} class={`float ${name}`}>
      {children}
    </div>
  )
}

export interface MenuItem {
  readonly icon: IconName
  readonly label: string
  readonly act: () => void
  readonly danger?: boolean
}

/** Menu offers what can be done. Arrows move, as in the menus of the system. */
export function Menu({ at, label, items, onClose }: { at: Place; label: string; items: readonly MenuItem[]; onClose: () => void }): VNode {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => ref.current?.querySelector('button')?.focus(), [])
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'Tab') {
      event.preventDefault()
      onClose()
    }
    moveFocus(event, ref, '[role=menuitem]')
  }
  return (
    <Float at={at} class="menu" onClose={onClose}>
      <div ref={ref} role="menu" aria-label={label} onKeyDown={key}>
        {items.map(({ icon, label, act, danger }) => (
          <button
            key={label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            class={danger ? 'danger' : ''}
            onClick={() => {
              onClose()
              act()
            }}
          >
            <Icon name={icon} />
            {label}
          </button>
        ))}
      </div>
    </Float>
  )
}

/** moveFocus moves the focus among the elements of a list by the arrow keys, Home and End. It reports whether it did. */
export function moveFocus(event: KeyboardEvent, within: RefObject<HTMLElement | null>, selector: string, columns = 1): boolean {
  const all = [...(within.current?.querySelectorAll<HTMLElement>(selector) ?? [])]
  const at = all.indexOf(document.activeElement as HTMLElement)
  const steps: Record<string, number> = { ArrowDown: columns, ArrowUp: -columns, Home: -all.length, End: all.length }
  if (columns > 1) Object.assign(steps, { ArrowRight: 1, ArrowLeft: -1 })
  const step = steps[event.key]
  if (step === undefined || all.length === 0) return false
  event.preventDefault()
  const to = Math.max(0, Math.min(all.length - 1, at + step))
  all[to]?.focus()
  return true
}

/** Modal is a dialog over the page. Escape and a click beside it close it, and the focus returns. */
export function Modal({ title, class: name = '', onClose, children }: { title: string; class?: string; onClose: () => void; children: ComponentChildren }): VNode {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  const say = useSay()
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null
    const dialog = ref.current
    dialog?.showModal()
    return () => {
      dialog?.close()
      before?.focus()
    }
  }, [])
  return (
    <dialog
      ref={ref}
      class={`modal ${name}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div class="modal-body">
        <header>
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label={say('close')} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  )
}

/** Live tells screen readers what happens. */
export function Live(): VNode {
  const said = usePart((state) => state.said)
  return (
    <div class="hidden" role="status" aria-live="polite">
      {said}
    </div>
  )
}

/** Notice shows for a moment that something was done, or was not. */
export function Notice(): VNode | null {
  const notice = usePart((state) => state.notice)
  const chat = useChat()
  if (notice === undefined) return null
  return (
    <div class={`notice ${notice.bad ? 'bad' : ''}`} role={notice.bad ? 'alert' : 'status'} onClick={() => chat.page.dismiss()}>
      {notice.text}
    </div>
  )
}
