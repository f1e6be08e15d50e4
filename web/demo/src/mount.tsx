/**
 * The chat page as a part of any page:
 *
 *     import { mount } from './chat.js'
 *     const unmount = mount(document.querySelector('#chat'), { server: 'https://im.example.com', host })
 *
 * The element gives it its size; chat.css its looks.
 *
 * @module
 */

import { render } from 'preact'
import { Chat } from './chat.ts'
import { devHost, type Host } from './host.ts'
import type { Theme } from './model.ts'
import { remembered } from './memory.ts'
import { App } from './ui/app.tsx'
import { ChatContext } from './ui/context.ts'
import type { Language } from './words.ts'

export type { Directory, Grant, Group, Host, Name } from './host.ts'
export { devHost } from './host.ts'
export type { Theme } from './model.ts'
export type { Language } from './words.ts'

/** MountOptions says whose chat it is. Everything may be left out of a page that "hongyan serve --dev" serves. */
export interface MountOptions {
  /** The origin of the chat server. Default: that of the page. */
  server?: string
  /** What the app knows: who there is, and tokens. Default: what a server in dev mode says. */
  host?: Host
  /** Who the user is. Default: the page asks, and remembers it for as long as the tab is open. */
  user?: string
  /** Default: what the user chose before, else the browser's. */
  language?: Language
  /** Light, dark or as the system has it. Default: what the user chose before, else auto. */
  theme?: Theme
  /** Called with the number of unread messages whenever it changes. */
  onUnread?: (count: number) => void
}

/** mount draws the page into element, and returns what takes it away again. There can be one at a time. */
export function mount(element: Element, options: MountOptions = {}): () => void {
  const { server = location.origin, host = devHost(server) } = options
  const language = options.language ?? remembered<Language>('language') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en')
  const chat = new Chat({
    server,
    host,
    language,
    theme: options.theme ?? remembered<Theme>('theme') ?? 'auto',
    onUnread: options.onUnread ?? (() => {}),
  })
  render(
    <ChatContext.Provider value={chat}>
      <App />
    </ChatContext.Provider>,
    element,
  )
  const user = options.user ?? remembered<string>('user')
  if (user) void chat.resume(user)
  return () => {
    render(null, element)
    void chat.leave()
  }
}
