import type { IBlockedMessageInfo, IChatroomListenerData, IExpansionListenerData, IReadReceiptData, ISyncReadStatusData, ReadReceiptResponseV5 } from './notices.ts'
import type { IConversationEvent } from './conversation.ts'
import type { ErrorCode } from './corecodes.ts'
import type { IAReceivedMessage, IConversationOption } from './received.ts'
import type { RCResult } from './errors.ts'

interface EventNames {
  readonly CONNECTING: 'CONNECTING'
  readonly CONNECTED: 'CONNECTED'
  /** The connection ended and stays so: the application must act. */
  readonly DISCONNECT: 'DISCONNECT'
  /** The connection was lost; the client is trying again by itself. */
  readonly SUSPEND: 'SUSPEND'
  readonly MESSAGES: 'MESSAGES'
  readonly TYPING_STATUS: 'TYPING_STATUS'
  /** A message was accepted or given up that an earlier page, or another one, had sent: this is what its send would have resolved with. */
  readonly SEND_FINISHED: 'SEND_FINISHED'
  /** Everything that was sent while this client was away has been delivered. */
  readonly PULL_OFFLINE_MESSAGE_FINISHED: 'PULL_OFFLINE_MESSAGE_FINISHED'
  readonly CONVERSATION: 'CONVERSATION'
  readonly READ_RECEIPT_RECEIVED: 'READ_RECEIPT_RECEIVED'
  readonly MESSAGE_RECEIPT_REQUEST: 'MESSAGE_RECEIPT_REQUEST'
  readonly MESSAGE_RECEIPT_RESPONSE: 'MESSAGE_RECEIPT_RESPONSE'
  readonly MESSAGE_RECEIPT_RESPONSE_V5: 'MESSAGE_RECEIPT_RESPONSE_V5'
  readonly MESSAGE_READ_RECEIPT_V4: 'MESSAGE_READ_RECEIPT_V4'
  readonly EXPANSION: 'EXPANSION'
  readonly CHATROOM: 'CHATROOM'
  /** Another device of the user has read. */
  readonly SYNC_READ_STATUS: 'SYNC_READ_STATUS'
  readonly TAG: 'TAG'
  readonly CONVERSATION_TAG: 'CONVERSATION_TAG'
  readonly MESSAGE_BLOCKED: 'MESSAGE_BLOCKED'
  readonly MESSAGE_MODIFIED: 'MESSAGE_MODIFIED'
  /** The older name of MESSAGE_MODIFIED. */
  readonly ULTRA_GROUP_MESSAGE_MODIFIED: 'MESSAGE_MODIFIED'
  readonly ULTRA_GROUP_MESSAGE_RECALLED: 'ULTRA_GROUP_MESSAGE_RECALLED'
  readonly ULTRA_GROUP_MESSAGE_EXPANSION_UPDATED: 'ULTRA_GROUP_MESSAGE_EXPANSION_UPDATED'
}
/** Events names what a client tells its application. */
export const Events: EventNames = /* @__PURE__ */ Object.fromEntries(
  'CONNECTING CONNECTED DISCONNECT SUSPEND MESSAGES TYPING_STATUS SEND_FINISHED PULL_OFFLINE_MESSAGE_FINISHED CONVERSATION READ_RECEIPT_RECEIVED MESSAGE_RECEIPT_REQUEST MESSAGE_RECEIPT_RESPONSE MESSAGE_RECEIPT_RESPONSE_V5 MESSAGE_READ_RECEIPT_V4 EXPANSION CHATROOM SYNC_READ_STATUS TAG CONVERSATION_TAG MESSAGE_BLOCKED MESSAGE_MODIFIED ULTRA_GROUP_MESSAGE_RECALLED ULTRA_GROUP_MESSAGE_EXPANSION_UPDATED'
    .split(' ')
    .map((event) => [event, event])
    .concat([['ULTRA_GROUP_MESSAGE_MODIFIED', 'MESSAGE_MODIFIED']]),
) as unknown as EventNames
export type Events = keyof EventListeners

/** IMessagesEvent is what came, in order. */
export interface IMessagesEvent {
  messages: IAReceivedMessage[]
}

/** ITypingUser is somebody who is typing. */
export interface ITypingUser {
  userId: string
  timestamp: number
  /** The type of the message that it will be. */
  messageType: string
}

/** ITypingMessage is everybody who is typing in a conversation. */
export interface ITypingMessage extends IConversationOption {
  list: ITypingUser[]
}

/** ITypingStatusEvent has the conversations in which who is typing has changed. */
export interface ITypingStatusEvent {
  status: ITypingMessage[]
}

/** IReadReceiptReceivedEvent says that the peer has read up to a message. */
export interface IReadReceiptReceivedEvent {
  conversation: IConversationOption
  messageUId: string
  sentTime: number
  sendUserId: string
}

/** IMessageReceiptRequestEvent asks whether this user has read a message of a group. */
export interface IMessageReceiptRequestEvent {
  conversation: IConversationOption
  messageUId: string
  senderUserId: string
}

/** IMessageReceiptResponseEvent says that a member has read messages of this user's. */
export interface IMessageReceiptResponseEvent {
  conversation: IConversationOption
  receivedUserId: string
  messageUIdList: string[]
}

/** EventListeners is what is called with each event. */
export interface EventListeners {
  CONNECTING: () => void
  CONNECTED: () => void
  /** code is why. */
  DISCONNECT: (code: ErrorCode) => void
  SUSPEND: (code: ErrorCode) => void
  MESSAGES: (event: IMessagesEvent) => void
  TYPING_STATUS: (event: ITypingStatusEvent) => void
  SEND_FINISHED: (result: RCResult<IAReceivedMessage>) => void
  PULL_OFFLINE_MESSAGE_FINISHED: () => void
  CONVERSATION: (event: IConversationEvent) => void
  READ_RECEIPT_RECEIVED: (event: IReadReceiptReceivedEvent) => void
  MESSAGE_RECEIPT_REQUEST: (event: IMessageReceiptRequestEvent) => void
  MESSAGE_RECEIPT_RESPONSE: (event: IMessageReceiptResponseEvent) => void
  MESSAGE_RECEIPT_RESPONSE_V5: (data: ReadReceiptResponseV5[]) => void
  MESSAGE_READ_RECEIPT_V4: (data: IReadReceiptData) => void
  EXPANSION: (event: IExpansionListenerData) => void
  CHATROOM: (event: IChatroomListenerData) => void
  SYNC_READ_STATUS: (data: ISyncReadStatusData) => void
  TAG: () => void
  CONVERSATION_TAG: () => void
  MESSAGE_BLOCKED: (data: IBlockedMessageInfo) => void
  MESSAGE_MODIFIED: (messages: IAReceivedMessage[]) => void
  ULTRA_GROUP_MESSAGE_RECALLED: (messages: IAReceivedMessage[]) => void
  ULTRA_GROUP_MESSAGE_EXPANSION_UPDATED: (messages: IAReceivedMessage[]) => void
}

type Listener = (...args: never[]) => void

interface Entry {
  readonly listener: Listener
  readonly target: unknown
  readonly once: boolean
}

/** Emitter calls listeners in the order they were added. */
export class Emitter {
  readonly #entries = new Map<Events, Entry[]>()

  /** add calls listener on target; the same pair is added once. */
  add<E extends Events>(event: E, listener: EventListeners[E], target?: unknown, once: boolean = false): void {
    const entries = this.#entries.get(event) ?? []
    if (entries.some((e) => e.listener === listener && e.target === target)) return
    this.#entries.set(event, [...entries, { listener, target, once }])
  }

  remove<E extends Events>(event: E, listener: EventListeners[E], target?: unknown): void {
    const entries = this.#entries.get(event) ?? []
    this.#entries.set(event, entries.filter((e) => e.listener !== listener || e.target !== target))
  }

  clear(event?: Events): void {
    if (event === undefined) this.#entries.clear()
    else this.#entries.delete(event)
  }

  /** emit calls every listener. One that throws is reported and does not disturb the others. */
  emit<E extends Events>(event: E, ...args: Parameters<EventListeners[E]>): void {
    for (const { listener, target, once } of this.#entries.get(event) ?? []) {
      if (once) this.remove(event, listener as EventListeners[E], target)
      try {
        ;(listener as (...args: unknown[]) => void).apply(target, args)
      } catch (error) {
        console.error(`a listener of ${event} failed`, error)
      }
    }
  }
}
