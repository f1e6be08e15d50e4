import type { VNode } from 'preact'
import { MessageType } from '../im.ts'
import { textOf } from '../log.ts'
import type { Entry, Key } from '../model.ts'
import { isNotice } from '../show.ts'
import type { Chat } from '../chat.ts'
import { type Say } from '../words.ts'
import { useChat, useSay } from './context.ts'
import { Menu, type MenuItem, type Place } from './parts.tsx'

/** EntryMenu is what can be done with a message. */
export function EntryMenu({ of, entry, at, onClose }: { of: Key; entry: Entry; at: Place; onClose: () => void }): VNode {
  const chat = useChat()
  const say = useSay()
  return <Menu at={at} label={say('actions')} items={itemsFor(chat, say, of, entry)} onClose={onClose} />
}

function itemsFor(chat: Chat, say: Say, of: Key, entry: Entry): readonly MenuItem[] {
  const { message, own, status } = entry
  const sent = status === 'sent' && message.messageUId !== ''
  const usual = sent && !isNotice(message)
  const items: (MenuItem | false)[] = [
    usual && { icon: 'reply', label: say('reply'), act: () => chat.writing.reply(of, entry) },
    usual && { icon: 'forward', label: say('forward'), act: () => chat.page.show({ kind: 'forward', entries: [entry] }) },
    textOf(message) !== '' && { icon: 'copy', label: say('copy'), act: () => void chat.changes.copy([entry]) },
    usual && { icon: 'select', label: say('choose'), act: () => chat.page.choose(new Set([entry.id])) },
    usual && own && message.messageType === MessageType.TEXT && { icon: 'edit', label: say('edit'), act: () => chat.writing.edit(of, entry) },
    usual && own && { icon: 'undo', label: say('recall'), act: () => void chat.changes.recall(of, entry) },
    status === 'failed' && { icon: 'send', label: say('resend'), act: () => chat.writing.resend(of, entry) },
    status !== 'sending' && { icon: 'trash', label: say('delete'), act: () => void chat.changes.erase(of, [entry]), danger: true },
  ]
  return items.filter((item) => item !== false)
}
