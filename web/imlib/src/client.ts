import { backoff } from './backoff.ts'
import { codeOf, type RCResult, Refused } from './errors.ts'
import type { AreaCode, EnableLogL, RCConnectionStatus } from './enums.ts'
import { Emitter, type EventListeners, Events } from './events.ts'
import * as TypeFlags from './flags/type.ts'
import * as codes from './generated/codes.ts'
import { typeFlags } from './generated/types.ts'
import type { Language } from './language.ts'
import { DownMessage } from './generated/wire.ts'
import type { BaseMessage } from './messages.ts'
import { navigate, type Route } from './navigation.ts'
import { randomName } from './random.ts'
import { type IAReceivedMessage, receivedMessage } from './received.ts'
import { Receiver } from './receiver.ts'
import type { Keeper, Outgoing } from './keeper.ts'
import { seen } from './seen.ts'
import { Sender } from './sender.ts'
import { type Ack, type Session, type SessionEvents, SocketSession } from './session.ts'
import { next, type Input, type State, statusOf } from './state.ts'
import { STATUS } from './topics.ts'
import type { Transport } from './transport.ts'
import { sendKey } from './upward.ts'
import { browserTransport } from './websocket.ts'
import { DISCONNECTED_BY_APPLICATION } from './wire/numbers.ts'
import { decode, encode, type Schema, type Sending } from './wire/schema.ts'

/** The version that this client tells the server, which reads some flags as those of clients up to 5.7 (PROTOCOL.md#flags). */
const VERSION = '0.1.0'

/** IConversationCachePolicy says what the official SDK keeps in memory. */
export interface IConversationCachePolicy {
  limit?: number
  ultraGroupLimit?: number
  customEviction?: (conversations: any[]) => any[]
}

/**
 * IInitOption says which app of which server the page belongs to. Options of
 * the official SDK that are about its vendor's servers, logs and caches are
 * accepted and have no effect.
 */
export interface IInitOption {
  appkey: string
  /** Where to ask for the address of a server: http(s) origins, tried in order. */
  navigators?: string[]
  /** The language of RCResult.msg; that of the browser if absent. */
  language?: Language
  /**
   * Makes a new token for the user, when the server says that the one of
   * connect has expired (31020) or is no good (31004). The connection then goes
   * on with it; it ends if the new one is refused, too. While the promise
   * rejects it is asked again and again, as for a server that does not answer.
   */
  refreshToken?: () => string | Promise<string>
  /** Whether to hold messages back rather than to send too fast, so that no send is refused with 20604. False if absent. */
  pace?: boolean
  /**
   * Whether the tabs of this browser share one connection, where the browser
   * has Web Locks and BroadcastChannel; to the server each tab is a device of
   * its own all the same. True if absent. The core has connections of its own.
   */
  tabs?: boolean
  /** For how long a message is sent again until it is acknowledged, in milliseconds; 24 hours if absent. Then it has failed with TIMEOUT. */
  giveUpAfter?: number
  /** The origin that files are uploaded to; what the server says if absent. */
  uploadDomain?: string
  logOutputLevel?: EnableLogL
  logLevel?: number
  logStdout?: (logLevel: any, content: string) => void
  logServerUrl?: string
  logExpireTime?: number
  loggerProxy?: unknown
  connectType?: 'websocket' | 'comet'
  customCMP?: string[]
  indexDBSwitch?: boolean
  checkCA?: boolean
  httpInMainProcess?: boolean
  areaCode?: AreaCode
  environment?: string
  eventLoopBlockingCheck?: boolean
  enableReadReceiptStorage?: boolean
  useNaviV2?: boolean
  conversationCachePolicy?: IConversationCachePolicy
}

/**
 * Feature is a part of the client with a state of its own. It listens to what
 * it needs to know as it is made, which happens once a client (Client.use).
 */
export type Feature<T> = (client: Client) => T

/** MessageHook reports whether it took the message: the application then does not get it as a message. */
export type MessageHook = (message: IAReceivedMessage, down: DownMessage) => boolean

/**
 * Client is one user's connection to a server. It connects again by itself
 * whenever a connection is lost for a reason that may pass, sends again what
 * was not acknowledged, and delivers every message once, in order. It knows no
 * function of the API: those are built on query, publish, tell and send, and on
 * the hooks. What it cannot do it throws as Refused.
 */
export class Client {
  readonly options: IInitOption
  /** The server's name of this page. */
  readonly deviceId: string = randomName()
  /** What the application registered of its own message types, as typeFlags has it. */
  readonly types: Map<string, number> = new Map()
  readonly #transport: Transport
  readonly #emitter: Emitter
  readonly #receiver: Receiver
  readonly #sender: Sender
  readonly #features = new Map<Feature<unknown>, unknown>()
  readonly #publishHooks = new Map<string, ((payload: Uint8Array) => void)[]>()
  readonly #messageHooks: MessageHook[] = []
  readonly #sentHooks: ((message: IAReceivedMessage) => void)[] = []
  readonly #sessionHooks: (() => void)[] = []
  readonly #endHooks: (() => void)[] = []
  readonly #repeats = seen()
  #state: State = { kind: 'idle' }
  #token = ''
  /** The token must be replaced before it is used again. */
  #stale = false
  #route: Route | undefined
  #session: Session | undefined
  #userId = ''
  /** The server's clock less ours, and the server's clock when this session began. */
  #clock = 0
  #onlineSince = 0
  /** Aborted when the application disconnects or the connection is given up. */
  #life = new AbortController()
  #connecting: { resolve(user: { userId: string }): void; reject(reason: Refused): void } | undefined
  #stopWaiting: () => void = () => {}
  #stopWaking: () => void = () => {}

  constructor(options: IInitOption, transport: Transport = browserTransport(), emitter: Emitter = new Emitter()) {
    this.options = options
    this.#transport = transport
    this.#emitter = emitter
    this.#sender = new Sender(transport, options, (result, own) => this.#finished(result, own))
    this.#receiver = new Receiver(transport, {
      deliver: (messages) => this.#deliver(messages),
      caughtUp: () => this.emit('PULL_OFFLINE_MESSAGE_FINISHED'),
    })
  }

  /** connect resolves once the server has accepted the token, and rejects with Refused when it does not. */
  connect(token: string): Promise<{ userId: string }> {
    switch (this.#state.kind) {
      case 'connecting':
        return Promise.reject(new Refused(codes.BIZ_ERROR_CONNECTING))
      case 'online':
      case 'waiting':
        return Promise.reject(new Refused(codes.RC_CONNECTION_EXIST))
    }
    return new Promise((resolve, reject) => {
      this.#token = token
      this.#stale = false
      this.#route = undefined
      this.#stopWaking = this.#transport.onWake(() => this.wake())
      this.#connecting = { resolve, reject }
      this.#step({ kind: 'connect' })
    })
  }

  /** disconnect ends the connection. What was not acknowledged fails. For good, the user leaves chatrooms at once. */
  disconnect(forGood: boolean = false): void {
    if (forGood) this.#session?.leave()
    this.#step({ kind: 'disconnect' })
  }

  /** wake is for when a connection may be had, or may have been lost unnoticed. */
  wake(): void {
    this.#session?.doubt()
    this.#step({ kind: 'retry' })
  }

  get status(): RCConnectionStatus {
    return statusOf(this.#state)
  }

  /** userId is empty unless connected or about to be again. */
  get userId(): string {
    return this.#userId
  }

  /** serverTime is the server's clock as this client reckons it, in milliseconds since 1970. */
  serverTime(): number {
    return Date.now() + this.#clock
  }

  /** settings is what the server told about the app before the connection; undefined before the first. */
  get settings(): Route['settings'] | undefined {
    return this.#route?.settings
  }

  /** use is the feature of this client, made at its first use. */
  use<T>(feature: Feature<T>): T {
    if (!this.#features.has(feature)) this.#features.set(feature, feature(this))
    return this.#features.get(feature) as T
  }

  /** query resolves with the server's answer to request. An answer that is not wanted has no schema. */
  async query<Q, A = void>(
    topic: string,
    target: string,
    requestSchema: Schema<Q>,
    request: Sending<Q>,
    answerSchema?: Schema<A>,
  ): Promise<A> {
    const answer = await this.#online().query(topic, target, encode(requestSchema, request))
    return (answerSchema && decode(answerSchema, answer)) as A
  }

  /** publish resolves once the server has acknowledged. Unlike send it does not outlive the session. */
  async publish<P>(topic: string, target: string, schema: Schema<P>, payload: Sending<P>): Promise<Ack> {
    return this.#online().publish(topic, target, encode(schema, payload))
  }

  /** tell publishes what the server does not acknowledge. */
  tell(topic: string, target: string, payload: Uint8Array): void {
    this.#online().tell(topic, target, payload)
  }

  /**
   * send resolves with the message as the server accepted it, over any number
   * of sessions. Refused has the failed message as its data.
   */
  async send(outgoing: Outgoing): Promise<IAReceivedMessage> {
    return this.#sent(await this.#sender.send(outgoing))
  }

  /** resend sends what was given up, as it was. */
  async resend(messageId: number): Promise<IAReceivedMessage> {
    if (this.#userId === '') throw new Refused(codes.RC_NET_UNAVAILABLE)
    return this.#sent(await this.#sender.resend(messageId))
  }

  /** unsent is what was not accepted, oldest first. */
  unsent(): Promise<IAReceivedMessage[]> {
    return this.#sender.unsent()
  }

  /** discard forgets unsent messages. */
  discard(messageIds: readonly number[]): Promise<void> {
    return this.#sender.discard(messageIds)
  }

  /** keep makes keeper the one that keeps unsent messages for the next page. */
  keep(keeper: Keeper): void {
    this.#sender.keep(keeper)
  }

  /** onPublish calls hook with what the server sends by itself on topic. */
  onPublish<P>(topic: string, schema: Schema<P>, hook: (payload: P) => void): void {
    const hooks = this.#publishHooks.get(topic) ?? []
    this.#publishHooks.set(topic, [...hooks, (payload) => hook(decode(schema, payload))])
  }

  /** onMessage shows hook each message that came, in order, before the application gets it. */
  onMessage(hook: MessageHook): void {
    this.#messageHooks.push(hook)
  }

  /** onSent shows hook each message that this client sent, once the server has accepted it. */
  onSent(hook: (message: IAReceivedMessage) => void): void {
    this.#sentHooks.push(hook)
  }

  /** onSession calls hook whenever a session has begun, before the application hears CONNECTED. */
  onSession(hook: () => void): void {
    this.#sessionHooks.push(hook)
  }

  /** onEnd calls hook when the connection has ended for good: the application ended it, or must act. */
  onEnd(hook: () => void): void {
    this.#endHooks.push(hook)
  }

  emit<E extends Events>(event: E, ...args: Parameters<EventListeners[E]>): void {
    this.#emitter.emit(event, ...args)
  }

  /** received is down as the user of this client sees it. */
  received(down: DownMessage): IAReceivedMessage {
    return receivedMessage(down, { userId: this.#userId, onlineSince: this.#onlineSince, now: Date.now(), types: this.types })
  }

  /** typeFlags is what is known of message's type; of one that nobody registered, what message says. */
  typeFlags({ messageType, isPersited, isCounted }: BaseMessage): number {
    const said = (isPersited ? TypeFlags.persisted : 0) | (isCounted ? TypeFlags.counted : 0)
    return this.types.get(messageType) ?? typeFlags[messageType] ?? (messageType.startsWith('RC:') ? 0 : said)
  }

  /** load is what save kept under name for this app and user, also by an earlier page. */
  load(name: string): string | undefined {
    return this.#transport.load(this.#key(name))
  }

  save(name: string, value: string): void {
    this.#transport.save(this.#key(name), value)
  }

  #sent({ isOk, code, data, retryAfter }: RCResult<IAReceivedMessage>): IAReceivedMessage {
    if (!isOk || data === undefined) throw new Refused(code, undefined, data, retryAfter)
    for (const hook of this.#sentHooks) hook(data)
    return data
  }

  /** finished tells what became of a message whose page is gone; own says whether this page sent it in the end. */
  #finished(result: RCResult<IAReceivedMessage>, own: boolean): void {
    if (own && result.data && result.isOk) for (const hook of this.#sentHooks) hook(result.data)
    this.emit('SEND_FINISHED', result)
  }

  #key(name: string): string {
    return `hongyan:${this.options.appkey}:${this.#userId}:${name}`
  }

  #online(): Session {
    if (this.#session === undefined) throw new Refused(codes.RC_NET_UNAVAILABLE)
    return this.#session
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
        this.emit('CONNECTING')
        return
      case 'online':
        this.#connecting?.resolve({ userId: state.userId })
        this.#connecting = undefined
        for (const hook of this.#sessionHooks) hook()
        this.emit('CONNECTED')
        return
      case 'waiting':
        this.#wait(backoff(state.attempt))
        this.emit('SUSPEND', state.code)
        return
      case 'closed':
        this.#leave(state.code, state.code)
        return
      case 'idle':
        this.#leave(DISCONNECTED_BY_APPLICATION, codes.RC_NET_CHANNEL_INVALID)
        return
    }
  }

  /** leave ends everything: the event tells the reason, whatever waits fails with code. */
  #leave(reason: number, code: number): void {
    this.#life.abort()
    this.#stopWaking()
    this.#userId = ''
    this.#sender.abandon(code)
    this.#connecting?.reject(new Refused(code))
    this.#connecting = undefined
    for (const hook of this.#endHooks) hook()
    this.emit('DISCONNECT', reason)
  }

  #wait(delay: number): void {
    const timer = setTimeout(() => this.#step({ kind: 'retry' }), delay)
    this.#stopWaiting = () => clearTimeout(timer)
  }

  async #open(signal: AbortSignal, renewed = false): Promise<void> {
    try {
      if (this.#stale) {
        this.#token = await this.#renew()
        this.#stale = false
        renewed = true
      }
      if (signal.aborted) return
      const session = await this.#connectSomewhere(signal)
      // What an earlier page sent must be known before the stream brings it.
      this.#userId = session.userId
      await this.#sender.prepare(this.#key('sent'))
      this.#begin(session)
    } catch (error) {
      const code = codeOf(error)
      if (signal.aborted) return
      this.#route = undefined // what it says may be out of date
      const again = !renewed && !this.#stale && this.#renewable(code)
      this.#stale ||= again
      if (again) return this.#open(signal)
      this.#step({ kind: 'lost', code, passing: this.#stale })
    }
  }

  /** renewable reports whether another token may help against code. */
  #renewable(code: number): boolean {
    return staleToken.includes(code) && this.options.refreshToken !== undefined
  }

  async #renew(): Promise<string> {
    try {
      const token = await this.options.refreshToken?.()
      if (typeof token === 'string' && token !== '') return token
    } catch (error) {
      console.error('refreshToken failed', error)
    }
    throw new Refused(codes.RC_CONN_TOKEN_EXPIRED)
  }

  async #connectSomewhere(signal: AbortSignal): Promise<Session> {
    const { appkey, navigators = [] } = this.options
    this.#route ??= await navigate(this.#transport, navigators, appkey, this.#token, VERSION, signal)
    let failure = new Refused(codes.SERVER_UNAVAILABLE)
    for (const origin of this.#route.origins) {
      try {
        return await this.#openSession(origin, this.#route, signal)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        failure = error
        // Only an address that does not answer is a reason to try the next.
        if (signal.aborted || !unreachable.includes(error.result.code)) break
      }
    }
    throw failure
  }

  #openSession(origin: string, route: Route, signal: AbortSignal): Promise<Session> {
    const query = new URLSearchParams({
      appId: this.options.appkey,
      token: this.#token,
      sdkVer: VERSION,
      pid: '',
      deviceId: this.deviceId,
      apiVer: 'browser',
      protocolVer: String(route.version),
      hongyan: '1', // asks for ticks to be pushed, instead of hints
    })
    const events: SessionEvents = {
      publish: (session, topic, payload) => this.#handle(session, topic, payload),
      ended: (session, code) => this.#ended(session, code),
    }
    return SocketSession.open(this.#transport, `${origin}/websocket?${query}`, route.version, events, signal)
  }

  #begin(session: Session): void {
    if (session.over !== undefined) throw new Refused(session.over)
    this.#session = session
    this.#clock = session.serverTime - Date.now()
    this.#onlineSince = session.serverTime
    this.#receiver.start(session, this.#key('cursor'))
    this.#step({ kind: 'accepted', userId: session.userId })
    // After what begins with the session, such as joining chatrooms that a message may be for.
    if (session === this.#session) this.#sender.start(session)
  }

  #ended(session: Session, code: number): void {
    if (session !== this.#session) return
    this.#session = undefined
    this.#receiver.stop()
    this.#sender.stop()
    if (code === codes.RC_CONN_REDIRECTED) this.#route = undefined
    this.#stale = this.#renewable(code)
    this.#step({ kind: 'lost', code, passing: this.#stale })
  }

  #handle(session: Session, topic: string, payload: Uint8Array): void {
    if (session !== this.#session) return // the pull that begins a session brings it
    if (topic === STATUS) this.offer([decode(DownMessage, payload)])
    else this.#receiver.handle(topic, payload)
    for (const hook of this.#publishHooks.get(topic) ?? []) hook(payload)
  }

  #deliver(downs: DownMessage[]): void {
    this.offer(downs)
    this.#sender.forget(this.#receiver.cursor)
  }

  /** offer gives the application, of messages that came, what it does not know yet and no hook takes. */
  offer(downs: DownMessage[]): void {
    const messages = downs.flatMap((down) => {
      const message = this.received(down)
      const key = sendKey(message, down.content)
      if (this.#sender.knows(message, key) || this.#repeats(message, key)) return []
      return this.#messageHooks.some((hook) => hook(message, down)) ? [] : [message]
    })
    if (messages.length > 0) this.emit('MESSAGES', { messages })
  }
}

/** What a new token may help against. */
const staleToken: readonly number[] = [codes.RC_CONN_TOKEN_INCORRECT, codes.RC_CONN_TOKEN_EXPIRED]

const unreachable: readonly number[] = [codes.RC_SOCKET_NOT_CREATED, codes.RC_SOCKET_DISCONNECTED]

