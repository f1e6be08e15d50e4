// Each pane is a user of its own, while the functions of the API are all about
// the page's one client. So this page builds on what they are built on.

import type { GetHistoryMessageOption, GetHistoryMessageResult } from '@hongyan/imlib/api/history'
import { readHistory } from '@hongyan/imlib/archive'
import { send } from '@hongyan/imlib/api/send'
import { sendTyping, typing } from '@hongyan/imlib/api/typing'
import { Client } from '@hongyan/imlib/client'
import { attempt } from '@hongyan/imlib/current'
import { Emitter, type EventListeners, type Events } from '@hongyan/imlib/events'
import type { BaseMessage, IAReceivedMessage, IConversationOption, ISendMessageOptions, RCResult } from '@hongyan/imlib'

/** User is the API for one user. */
export class User {
  readonly #emitter = new Emitter()
  readonly #client: Client

  constructor(appkey: string) {
    this.#client = new Client({ appkey, navigators: [location.origin] }, undefined, this.#emitter)
    this.#client.use(typing)
  }

  connect(token: string): Promise<RCResult<{ userId: string }>> {
    return attempt(() => this.#client.connect(token))
  }

  disconnect(): void {
    this.#client.disconnect()
  }

  addEventListener<E extends Events>(event: E, listener: EventListeners[E]): void {
    this.#emitter.add(event, listener)
  }

  sendMessage(to: IConversationOption, message: BaseMessage, options: ISendMessageOptions): Promise<RCResult<IAReceivedMessage>> {
    return attempt(() => send(this.#client, to, message, options))
  }

  sendTypingStatusMessage(to: IConversationOption, type: string): Promise<RCResult<IAReceivedMessage>> {
    return attempt(() => sendTyping(this.#client, to, type))
  }

  getHistoryMessages(of: IConversationOption, options: GetHistoryMessageOption): Promise<RCResult<GetHistoryMessageResult>> {
    return attempt(() => readHistory(this.#client, of, options))
  }
}
