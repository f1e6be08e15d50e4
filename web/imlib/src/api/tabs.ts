import { browser } from '../browser.ts'
import type { Client } from '../client.ts'
import { shared } from '../tabs.ts'

/** tabs has the tabs of a user share a connection, where the application wants that. */
export function tabs(client: Client): void {
  const { appkey, tabs } = client.options
  if (tabs) client.openBy(shared(browser(), { appkey, device: client.deviceId, wake: () => client.wake() }))
}
