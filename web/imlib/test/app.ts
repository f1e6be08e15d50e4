// The API as the functions of one user, so that a test can have several. The
// module's own functions are all about the page's one client.

import type { GetHistoryMessageOption, GetHistoryMessageResult } from '../src/api/history.ts'
import { send } from '../src/api/send.ts'
import { readHistory } from '../src/archive.ts'
import { sendTyping, typing } from '../src/api/typing.ts'
import { Client, type Feature, type IInitOption } from '../src/client.ts'
import { attempt } from '../src/current.ts'
import type { RCResult } from '../src/errors.ts'
import { Emitter, type EventListeners, type Events } from '../src/events.ts'
import type { RCConnectionStatus } from '../src/enums.ts'
import type { BaseMessage } from '../src/messages.ts'
import type { IAReceivedMessage, IConversationOption } from '../src/received.ts'
import type { Transport } from '../src/transport.ts'
import type { ISendMessageOptions } from '../src/upward.ts'

export class App {
  readonly #emitter = new Emitter()
  readonly client: Client

  constructor(transport: Transport, options: Partial<IInitOption> = {}, ...features: Feature<unknown>[]) {
    this.client = new Client({ appkey: 'app', navigators: ['http://fake'], ...options }, transport, this.#emitter)
    for (const feature of [typing, ...features]) this.client.use(feature)
  }

  connect(token: string): Promise<RCResult<{ userId: string }>> {
    return attempt(() => this.client.connect(token))
  }

  disconnect(): void {
    this.client.disconnect()
  }

  getConnectionStatus(): RCConnectionStatus {
    return this.client.status
  }

  getCurrentUserId(): string {
    return this.client.userId
  }

  addEventListener<E extends Events>(event: E, listener: EventListeners[E]): void {
    this.#emitter.add(event, listener)
  }

  clearEventListeners(): void {
    this.#emitter.clear()
  }

  sendMessage(to: IConversationOption, message: BaseMessage, options?: ISendMessageOptions): Promise<RCResult<IAReceivedMessage>> {
    return attempt(() => send(this.client, to, message, options))
  }

  sendTypingStatusMessage(to: IConversationOption, type: string): Promise<RCResult<IAReceivedMessage>> {
    return attempt(() => sendTyping(this.client, to, type))
  }

  getHistoryMessages(of: IConversationOption, options?: GetHistoryMessageOption): Promise<RCResult<GetHistoryMessageResult>> {
    return attempt(() => readHistory(this.client, of, options))
  }
}
