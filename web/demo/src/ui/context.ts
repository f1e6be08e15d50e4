import { type ComponentType, createContext, createElement, type VNode } from 'preact'
import { useContext, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks'
import type { Chat } from '../chat.ts'
import type { State } from '../model.ts'
import { type Say, sayIn } from '../words.ts'

export const ChatContext = createContext<Chat | undefined>(undefined)

/** useChat is what does things. */
export function useChat(): Chat {
  const chat = useContext(ChatContext)
  if (chat === undefined) throw new Error('outside of the page')
  return chat
}

/** usePart is a part of the state; the component is drawn again when it is another one. */
export function usePart<T>(select: (state: State) => T): T {
  const { store } = useChat()
  const [, draw] = useReducer((n: number) => n + 1, 0)
  const value = select(store.value)
  const last = useRef({ select, value })
  last.current = { select, value }
  useLayoutEffect(() => {
    const look = (): void => {
      if (last.current.select(store.value) !== last.current.value) draw(undefined)
    }
    look()
    return store.watch(look)
  }, [store])
  return value
}

/** useSay speaks the language of the page. */
export function useSay(): Say {
  const language = usePart((state) => state.language)
  return useMemo(() => sayIn(language), [language])
}

/** steady draws component only when one of its properties is another one. Each use must give the same properties. */
export function steady<P extends object>(component: ComponentType<P>): (props: P) => VNode {
  return (props) => useMemo(() => createElement(component as ComponentType<object>, props), Object.values(props))
}

/** useLatest keeps a value for listeners that outlive a drawing. */
export function useLatest<T>(value: T): { readonly current: T } {
  const ref = useRef(value)
  ref.current = value
  return ref
}
