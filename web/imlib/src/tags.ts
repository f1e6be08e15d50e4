import { ask, puller } from './ask.ts'
import type { Client } from './client.ts'
import { Events } from './events.ts'
import { SettingsAnswer, SettingsNotify, SettingsRequest, type Tag } from './generated/wire.ts'

/** Tags knows the tags of the user. */
export interface Tags {
  /** settled resolves when what the server said it has news of is known. */
  settled(): Promise<void>
  readonly list: Map<string, Tag>
}

/** tags is the feature that knows them. */
export function tags(client: Client): Tags {
  const known = new Map<string, Tag>()
  let user = ''
  /** Of the settings that are known; -1 before any are. */
  let version = -1
  let reading: Promise<void> = Promise.resolve()
  const pull = puller(client, async () => {
    const answer = await ask(client, 'pullUS', SettingsRequest, { version: Math.max(version, 0) }, SettingsAnswer)
    const first = version < 0
    version = Math.max(version, answer.version)
    const setting = answer.items.find((item) => item.key === 'Tag')
    if (setting === undefined) return
    known.clear()
    for (const tag of setting.tags) known.set(tag.tagId, tag)
    if (!first) client.emit(Events.TAG)
  })
  const read = (): void => void (reading = pull())
  client.onSession(() => {
    if (user !== client.userId) {
      version = -1
      known.clear()
    }
    user = client.userId
    read()
  })
  client.onPublish('s_us', SettingsNotify, read)
  return { settled: () => reading, list: known }
}
