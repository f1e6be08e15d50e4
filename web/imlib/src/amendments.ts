/** What changes of messages: their expansion and their content. */

import { ask, onCommand, puller } from './ask.ts'
import { MAX_NOTICED } from './bounds.ts'
import type { Client } from './client.ts'
import * as Command from './commands.ts'
import { conversations, identify } from './conversations.ts'
import { MessageDirection } from './enums.ts'
import { type DownMessage, ModifiedAnswer, ModifiedRequest } from './generated/wire.ts'
import { MessageType } from './messages.ts'

/** expansions makes EXPANSION of the messages that tell it. */
export function expansions(client: Client): void {
  client.onMessage((message) => {
    if (message.messageType !== MessageType.EXPANSION_NOTIFY) return false
    const { put: expansion, del: deletedKeys, mid: messageUId } = message.content
    const of = { ...identify(message), messageUId }
    if (expansion) client.emit('EXPANSION', { updatedExpansion: { ...of, expansion } })
    if (deletedKeys) client.emit('EXPANSION', { deletedExpansion: { ...of, deletedKeys } })
    return true
  })
}

/** recalls leaves out the command of a recall whose message came as recalled already: there is nothing to take back. */
export function recalls(client: Client): void {
  const noticed = new Set<string>()
  client.onMessage(({ messageType, messageUId, messageDirection, content }) => {
    if (messageType === MessageType.RECALL) return noticed.delete(String(content['messageUId']))
    // One of the user's own is known here by its ack, perhaps as it was.
    if (messageType !== MessageType.RECALL_NOTIFICATION_MESSAGE || messageDirection === MessageDirection.SEND) return false
    if (noticed.size === MAX_NOTICED) noticed.clear()
    noticed.add(messageUId)
    return false
  })
}

/** edits makes MESSAGE_MODIFIED of what others, and the user's other devices, edited, also while this one was away. */
export function edits(client: Client): void {
  let user = ''
  let version = 0
  const pull = puller(client, async () => {
    const { msg, version: next = version, finished } = await ask(client, 'pullModifyMsg', ModifiedRequest, { version }, ModifiedAnswer)
    version = next
    client.save('edits', String(version))
    const messages = msg.map((m) => client.received(m.msg as DownMessage))
    for (const message of messages) client.use(conversations).edited(message)
    if (messages.length > 0) client.emit('MESSAGE_MODIFIED', messages)
    return finished === false
  })
  client.onSession(() => {
    // A page that knows no version has no message to change yet.
    if (user !== client.userId) version = Number(client.load('edits')) || client.serverTime()
    user = client.userId
    void pull()
  })
  onCommand(client, Command.edits, () => void pull())
}
