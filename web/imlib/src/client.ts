import { backoff } from './backoff.ts'
import { ErrorCode } from './codes.ts'
import { codeOf, fail, ok, Refused, type Result } from './errors.ts'
import { Emitter, Events, type Listener } from './events.ts'
import {
  type BaseMessage,
  type ConversationIdentifier,
  MessageType,
  newMessageId,
  type ReceivedMessage,
  receivedMessage,
  type SendOptions,
  sendingMessage,
  type TextContent,
  TextMessage,
  upMessage,
} from './messages.ts'
import { navigate, type Route } from './navigation.ts'
import { Receiver } from './receiver.ts'
import { Sender } from './sender.ts'
import { Session } from './session.ts'
import { next, type Input, RCConnectionStatus, type State, statusOf } from './state.ts'
import { STATUS, topicsOf } from './topics.ts'
import type { Transport } from './transport.ts'
import { browserTransport } from './websocket.ts'
import { decodeDownMessage, decodeHistoryAnswer, type DownMessage, encodeHistoryRequest, encodeUpMessage } from './wire/message.ts'

/** The version that this client tells the server. */
const VERSION = '0.1.0'

/** InitOptions says which app of which server a client belongs to. */
export interface InitOptions {
  readonly appkey: string
  /** Where to ask for the address of a server: http(s) origins, tried in order. */
  readonly navigators: readonly string[]
}

/** HistoryOptions says which page of a conversation is wanted. */
export interface HistoryOptions {
  /** Before this time with order 0, after it with order 1. 0 is the present, or the beginning. */
  readonly timestamp?: number
  /** 1 to 100; 20 if absent. */
  readonly count?: number
  readonly order?: 0 | 1
}

/** History is a page of a conversation, oldest message first. */
export interface History {
  readonly list: ReceivedMessage[]
  readonly hasMore: boolean
}

/**
 * Client is one user's connection to a server. It connects again by itself
 * whenever a connection is lost for a reason that may pass, sends again what
 * was not acknowledged, and delivers every message once, in order.
 */
export class Client {
  readonly #options: InitOptions
  readonly #transport: Transport
  readonly #emitter = new Emitter()
  readonly #receiver: Receiver
  readonly #sender: Sender
  readonly #deviceId = deviceId()
  #state: State = { kind: 'idle' }
  #token = ''
  #route: Route | undefined
  #session: Session | undefined
  #userId = ''
  /** The server's clock less ours, and the server's clock when this session began. */
  #clock = 0
  #onlineSince = 0
  /** Aborted when the application disconnects or the connection is given up. */
  #life = new AbortController()
  #connected: ((result: Result<{ userId: string }>) => void) | undefined
  #stopWaiting: () => void = () => {}

  constructor(options: InitOptions, transport: Transport = browserTransport()) {
    this.#options = options
    this.#transport = transport
    this.#sender = new Sender(transport)
    this.#receiver = new Receiver(transport, {
      deliver: (messages) => this.#deliver(messages),
      caughtUp: () => this.#emitter.emit(Events.PULL_OFFLINE_MESSAGE_FINISHED),
    })
  }

  /** connect resolves once the server has accepted or refused the token. */
  connect(token: string): Promise<Result<{ userId: string }>> {
    switch (this.#state.kind) {
      case 'connecting':
        return Promise.resolve(fail(ErrorCode.BIZ_ERROR_CONNECTING))
      case 'online':
      case 'waiting':
        return Promise.resolve(fail(ErrorCode.RC_CONNECTION_EXIST))
    }
    return new Promise((resolve) => {
      this.#token = token
      this.#route = undefined
      this.#connected = resolve
      this.#step({ kind: 'connect' })
    })
  }

  /** disconnect ends the connection. What was not acknowledged has failed when it resolves. */
  async disconnect(): Promise<void> {
    this.#step({ kind: 'disconnect' })
  }

  getConnectionStatus(): RCConnectionStatus {
    return statusOf(this.#state)
  }

  /** getCurrentUserId is empty unless connected or about to be again. */
  getCurrentUserId(): string {
    return this.#userId
  }

  /** getServerTime is the server's clock as this client reckons it, in milliseconds since 1970. */
  getServerTime(): number {
    return Date.now() + this.#clock
  }

  addEventListener<E extends Events>(event: E, listener: Listener<E>): void {
    this.#emitter.add(event, listener)
  }

  removeEventListener<E extends Events>(event: E, listener: Listener<E>): void {
    this.#emitter.remove(event, listener)
  }

  removeEventListeners(event: Events): void {
    this.#emitter.clear(event)
  }

  clearEventListeners(): void {
    this.#emitter.clear()
  }

  /**
   * sendMessage resolves with the message as the server accepted it. While the
   * connection is being restored the message waits, and is sent again with the
   * same messageId if its fate is unknown: the server knows it by that, so it
   * arrives once.
   */
  async sendMessage(
    conversation: ConversationIdentifier,
    message: BaseMessage,
    options: SendOptions = {},
  ): Promise<Result<ReceivedMessage>> {
    if (this.#userId === '') return fail(ErrorCode.RC_NET_CHANNEL_INVALID)
    if (conversation.targetId === '') return fail(ErrorCode.INVALID_PARAMETER_TARGET_ID)
    try {
      const up = upMessage(message, options, options.messageId || newMessageId(), conversation.channelId)
      const sending = sendingMessage(conversation, up, this.#userId, this.getServerTime())
      const topic = topicsOf(conversation.conversationType).send
      options.onSendBefore?.(sending)
      return await this.#sender.send({
        topic,
        target: conversation.targetId,
        payload: encodeUpMessage(up),
        message: sending,
        key: sendKey(conversation, up.objectName, up.content),
      })
    } catch (error) {
      return fail(codeOf(error))
    }
  }

  sendTextMessage(
    conversation: ConversationIdentifier,
    content: TextContent,
    options?: SendOptions,
  ): Promise<Result<ReceivedMessage>> {
    return this.sendMessage(conversation, new TextMessage(content), options)
  }

  /** sendTypingStatusMessage tells whoever is online in the conversation that the user is typing. */
  async sendTypingStatusMessage(conversation: ConversationIdentifier, typingContentType: string): Promise<Result> {
    if (this.#session === undefined) return fail(ErrorCode.RC_NET_CHANNEL_INVALID)
    try {
      const payload = encodeUpMessage({
        flags: 0,
        objectName: MessageType.TYPING_STATUS,
        content: JSON.stringify({ typingContentType }),
        channelId: conversation.channelId || undefined,
      })
      this.#session.tell(topicsOf(conversation.conversationType).status, conversation.targetId, payload)
      return ok(undefined)
    } catch (error) {
      return fail(codeOf(error))
    }
  }

  /** getHistoryMessages reads a page of what the server keeps of a conversation. */
  async getHistoryMessages(conversation: ConversationIdentifier, options: HistoryOptions = {}): Promise<Result<History>> {
    const { timestamp = 0, count = 20, order = 0 } = options
    if (this.#session === undefined) return fail(ErrorCode.RC_NET_CHANNEL_INVALID)
    if (!Number.isInteger(count) || count < 1 || count > 100) return fail(ErrorCode.INVALID_PARAMETER_COUNT)
    try {
      const request = encodeHistoryRequest({
        targetId: conversation.targetId,
        time: timestamp || (order === 0 ? this.getServerTime() + 60_000 : 1),
        count,
        order,
        channelId: conversation.channelId || undefined,
      })
      const topic = topicsOf(conversation.conversationType).history
      const page = decodeHistoryAnswer(await this.#session.query(topic, this.#userId, request))
      const list = page.messages.map((m) => this.#received(m))
      return ok({ list: order === 0 ? list.reverse() : list, hasMore: page.more })
    } catch (error) {
      return fail(codeOf(error))
    }
  }

  #step(input: Input): void {
    const before = this.#state
    this.#state = next(before, input)
    if (this.#state !== before) this.#enter(this.#state)
  }

  #enter(state: State): void {
    this.#stopWaiting()
    switch (state.kind) {
      case 'connecting':
        this.#life = new AbortController()
        void this.#open(this.#life.signal)
        this.#emitter.emit(Events.CONNECTING)
        return
      case 'online':
        this.#answer(ok({ userId: state.userId }))
        this.#emitter.emit(Events.CONNECTED)
        return
      case 'waiting':
        this.#wait(backoff(state.attempt))
        this.#emitter.emit(Events.SUSPEND, state.code)
        return
      case 'closed':
        this.#leave(state.code, state.code)
        return
      case 'idle':
        this.#leave(DISCONNECTED_BY_APPLICATION, ErrorCode.RC_NET_CHANNEL_INVALID)
        return
    }
  }

  /** leave ends everything: the event tells the reason, whatever waits fails with code. */
  #leave(reason: number, code: number): void {
    this.#life.abort()
    this.#userId = ''
    this.#sender.abandon(code)
    this.#answer(fail(code))
    this.#emitter.emit(Events.DISCONNECT, reason)
  }

  #answer(result: Result<{ userId: string }>): void {
    this.#connected?.(result)
    this.#connected = undefined
  }

  #wait(delay: number): void {
    const retry = (): void => this.#step({ kind: 'retry' })
    const timer = setTimeout(retry, delay)
    const stopWake = this.#transport.onWake(retry)
    this.#stopWaiting = () => {
      clearTimeout(timer)
      stopWake()
    }
  }

  async #open(signal: AbortSignal): Promise<void> {
    try {
      this.#begin(await this.#connectSomewhere(signal))
    } catch (error) {
      const code = codeOf(error)
      if (signal.aborted) return
      this.#route = undefined // what it says may be out of date
      this.#step({ kind: 'lost', code })
    }
  }

  async #connectSomewhere(signal: AbortSignal): Promise<Session> {
    const { appkey, navigators } = this.#options
    this.#route ??= await navigate(this.#transport, navigators, appkey, this.#token, VERSION, signal)
    let failure = new Refused(ErrorCode.SERVER_UNAVAILABLE)
    for (const origin of this.#route.origins) {
      try {
        return await this.#openSession(origin, this.#route, signal)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        failure = error
        // Only an address that does not answer is a reason to try the next.
        if (signal.aborted || !unreachable.has(error.code)) break
      }
    }
    throw failure
  }

  #openSession(origin: string, route: Route, signal: AbortSignal): Promise<Session> {
    const query = new URLSearchParams({
      appId: this.#options.appkey,
      token: this.#token,
      sdkVer: VERSION,
      pid: '',
      deviceId: this.#deviceId,
      apiVer: 'browser',
      protocolVer: String(route.version),
      hongyan: '1', // asks for ticks to be pushed, instead of hints
    })
    const events = {
      publish: (session: Session, topic: string, payload: Uint8Array) => this.#handle(session, topic, payload),
      ended: (session: Session, code: number) => this.#ended(session, code),
    }
    return Session.open(this.#transport, `${origin}/websocket?${query}`, route.version, events, signal)
  }

  #begin(session: Session): void {
    if (session.over !== undefined) throw new Refused(session.over)
    this.#session = session
    this.#userId = session.userId
    this.#clock = session.serverTime - Date.now()
    this.#onlineSince = session.serverTime
    const key = `hongyan:${this.#options.appkey}:${session.userId}`
    this.#receiver.start(session, `${key}:cursor`)
    this.#sender.start(session, `${key}:sent`)
    this.#step({ kind: 'accepted', userId: session.userId })
  }

  #ended(session: Session, code: number): void {
    if (session !== this.#session) return
    this.#session = undefined
    this.#receiver.stop()
    this.#sender.stop()
    if (code === ErrorCode.RC_CONN_REDIRECTED) this.#route = undefined
    this.#step({ kind: 'lost', code })
  }

  #handle(session: Session, topic: string, payload: Uint8Array): void {
    if (session !== this.#session) return // the pull that begins a session brings it
    if (topic === STATUS) this.#hearStatus(decodeDownMessage(payload))
    else this.#receiver.handle(topic, payload)
  }

  #hearStatus(down: DownMessage): void {
    const message = this.#received(down)
    if (message.messageType !== MessageType.TYPING_STATUS) {
      this.#emitter.emit(Events.MESSAGES, { messages: [message] })
      return
    }
    const { conversationType, targetId, channelId, senderUserId, sentTime } = message
    const typing = { userId: senderUserId, timestamp: sentTime, messageType: String(message.content['typingContentType']) }
    this.#emitter.emit(Events.TYPING_STATUS, { status: [{ conversationType, targetId, channelId, list: [typing] }] })
  }

  #deliver(downs: DownMessage[]): void {
    const messages = downs
      .map((down) => ({ down, message: this.#received(down) }))
      .filter(({ down, message }) => !this.#sender.knows(message, sendKey(message, down.objectName, down.content)))
      .map(({ message }) => message)
    this.#sender.forget(this.#receiver.cursor)
    if (messages.length > 0) this.#emitter.emit(Events.MESSAGES, { messages })
  }

  #received(down: DownMessage): ReceivedMessage {
    return receivedMessage(down, { userId: this.#userId, onlineSince: this.#onlineSince, now: Date.now() })
  }
}

/** What DISCONNECT tells when the application itself asked for it. */
const DISCONNECTED_BY_APPLICATION = 2

const unreachable: ReadonlySet<number> = new Set([ErrorCode.RC_SOCKET_NOT_CREATED, ErrorCode.RC_SOCKET_DISCONNECTED])

function sendKey(conversation: ConversationIdentifier, objectName: string, content: string): string {
  const { conversationType, targetId, channelId = '' } = conversation
  return JSON.stringify([conversationType, targetId, channelId, objectName, content])
}

/** deviceId is new for every page: 22 characters, as the server expects them. */
function deviceId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').slice(0, 22)
}
