/**
 * Every call of the SDK that the page makes is here. What the server or the SDK
 * refuses is thrown as a Failure.
 */

import * as im from '@hongyan/imlib'
import type { IAReceivedConversation, IAReceivedMessage, IConversationOption, RCResult } from '@hongyan/imlib'
import type { Grant } from './host.ts'
import type { Language } from './words.ts'

export type ConversationIdentifier = IConversationOption
export type ReceivedMessage = IAReceivedMessage
export type Conversation = IAReceivedConversation
export { ConversationType } from '@hongyan/imlib'

/** Failure is a result that is not ok. */
export class Failure extends Error {
  readonly code: number

  constructor(code: number, msg: string) {
    super(msg)
    this.code = code
  }
}

/** codeOf is the code of a failure, and 0 of any other error. */
export function codeOf(error: unknown): number {
  return error instanceof Failure ? error.code : 0
}

async function done<T>(result: Promise<RCResult<T>>): Promise<T> {
  const { isOk, code, msg, data } = await result
  if (!isOk) throw new Failure(code, msg)
  return data as T
}

/** Listeners are told what happens by itself. */
export interface Listeners {
  connection(kind: 'connecting' | 'online' | 'waiting' | 'closed', code: number): void
  messages(messages: readonly ReceivedMessage[]): void
  /** sent tells what became of a message of an earlier visit. */
  sent(message: ReceivedMessage, code: number): void
  modified(messages: readonly ReceivedMessage[]): void
  caughtUp(): void
  conversations(): void
  typing(conversation: ConversationIdentifier, userId: string): void
  receipts(receipts: readonly Receipt[]): void
  room(id: string): void
  roomGone(id: string): void
}

/** Receipt says how many have read a message, of how many. */
export interface Receipt {
  readonly messageUId: string
  readonly readCount: number
  readonly totalCount: number
}

/** begin makes the SDK ready for a user, until leave. refresh gives a new token when one has expired. */
export function begin(server: string, { appKey }: Grant, language: Language, refresh: () => Promise<string>, to: Listeners): void {
  im.init({ appkey: appKey, navigators: [server], language, refreshToken: refresh, pace: true })
  const { Events } = im
  im.addEventListener(Events.CONNECTING, () => to.connection('connecting', 0))
  im.addEventListener(Events.CONNECTED, () => to.connection('online', 0))
  im.addEventListener(Events.SUSPEND, (code) => to.connection('waiting', code))
  im.addEventListener(Events.DISCONNECT, (code) => to.connection('closed', code))
  im.addEventListener(Events.MESSAGES, ({ messages }) => to.messages(messages))
  im.addEventListener(Events.SEND_FINISHED, ({ code, data }) => data && to.sent(data, code))
  im.addEventListener(Events.MESSAGE_MODIFIED, (messages) => to.modified(messages))
  im.addEventListener(Events.PULL_OFFLINE_MESSAGE_FINISHED, () => to.caughtUp())
  im.addEventListener(Events.CONVERSATION, () => to.conversations())
  im.addEventListener(Events.TYPING_STATUS, ({ status }) => {
    for (const one of status) for (const { userId } of one.list) to.typing(one, userId)
  })
  im.addEventListener(Events.MESSAGE_RECEIPT_RESPONSE_V5, (receipts) => to.receipts(receipts))
  im.addEventListener(Events.CHATROOM, ({ rejoinedRoom, userChange, chatroomDestroyed }) => {
    const changed = rejoinedRoom?.chatroomId ?? userChange?.chatroomId
    if (changed) to.room(changed)
    if (chatroomDestroyed) to.roomGone(chatroomDestroyed)
  })
}

/** connect resolves when the server has accepted the user, whose connection then comes back by itself. */
export async function connect({ token }: Grant): Promise<void> {
  await done(im.connect(token))
}

const { ErrorCode } = im

/** After these the next attempt to connect may do better. */
const unreachable: ReadonlySet<number> = new Set([
  ErrorCode.TIMEOUT,
  ErrorCode.RC_NAVI_REQ_FAILED,
  ErrorCode.RC_SOCKET_NOT_CREATED,
  ErrorCode.RC_SOCKET_DISCONNECTED,
  ErrorCode.RC_PING_EXCEED_LIMIT,
  ErrorCode.RC_CONN_ACK_TIMEOUT,
  ErrorCode.RC_CONN_SERVER_UNAVAILABLE,
  ErrorCode.RC_CONN_REDIRECTED,
  ErrorCode.SERVER_UNAVAILABLE,
])

/** mayPass reports whether the server could not be reached, rather than that it refused. */
export function mayPass(error: unknown): boolean {
  return error instanceof TypeError || unreachable.has(codeOf(error))
}

/** leave ends the connection, for another user to begin one. */
export async function leave(): Promise<void> {
  await im.destroy()
}

/** serverTime is the server's clock. */
export function serverTime(): number {
  return im.getServerTime()
}

/** conversations is the user's list, the newest first. */
export function conversations(): Promise<readonly Conversation[]> {
  return done(im.getConversationList({ count: 200, startTime: 0, order: 0 }))
}

export async function markRead(conversation: ConversationIdentifier): Promise<void> {
  await done(im.clearMessagesUnreadStatus(conversation))
}

export async function pin(conversation: ConversationIdentifier, on: boolean): Promise<void> {
  await done(im.setConversationToTop(conversation, on))
}

export async function mute(conversation: ConversationIdentifier, on: boolean): Promise<void> {
  const { NOT_MESSAGE_NOTIFICATION, NOT_SET } = im.NotificationLevel
  await done(im.setConversationNotificationLevel(conversation, on ? NOT_MESSAGE_NOTIFICATION : NOT_SET))
}

/** isMuted reports whether level tells nobody of new messages. */
export function isMuted({ notificationLevel }: Conversation): boolean {
  return notificationLevel === im.NotificationLevel.NOT_MESSAGE_NOTIFICATION
}

export async function remove(conversation: ConversationIdentifier): Promise<void> {
  await done(im.removeConversation(conversation))
}

/** Page is a part of a conversation, oldest message first. */
export interface Page {
  readonly list: readonly ReceivedMessage[]
  readonly hasMore: boolean
}

/** history is the page before a time, or the newest one when that is 0. */
export function history(conversation: ConversationIdentifier, before: number, count: number): Promise<Page> {
  const options = { timestamp: before, count, order: 0 } as const
  if (conversation.conversationType !== im.ConversationType.CHATROOM) return done(im.getHistoryMessages(conversation, options))
  return done(im.getChatroomHistoryMessages(conversation.targetId, options))
}

/** Sending says how to send a message. */
export interface Sending {
  /** The messageId of an earlier attempt. */
  readonly messageId?: number
  /** Called before anything is sent, with the message as a list would show it. */
  readonly before: (message: ReceivedMessage) => void
}

/** User goes with each message, for those who do not know its sender. */
export interface User {
  readonly id: string
  readonly name: string
}

/** Mention is what a text says of whom it mentions. */
export interface Mention {
  readonly everyone: boolean
  readonly userIds: readonly string[]
}

/** send sends content as a message of that type, and asks for read receipts where there are any. */
export function send(
  conversation: ConversationIdentifier,
  type: string,
  content: object,
  { messageId, before }: Sending,
  mentions = false,
): Promise<ReceivedMessage> {
  return done(
    im.sendMessage(conversation, new im.BaseMessage(type, content, true, true), {
      needReceipt: conversation.conversationType !== im.ConversationType.CHATROOM,
      isMentioned: mentions,
      onSendBefore: before,
      ...(messageId === undefined ? {} : { messageId }),
    }),
  )
}

export const MessageType = {
  TEXT: 'RC:TxtMsg',
  IMAGE: 'RC:ImgMsg',
  GIF: 'RC:GIFMsg',
  VOICE: 'RC:HQVCMsg',
  VIDEO: 'RC:SightMsg',
  FILE: 'RC:FileMsg',
  REFERENCE: 'RC:ReferenceMsg',
  COMBINED: 'RC:CombineV2Msg',
  LOCATION: 'RC:LBSMsg',
  NOTICE: 'RC:InfoNtf',
  GROUP_NOTICE: 'RC:GrpNtf',
  RECALLED: 'RC:RcNtf',
} as const

/** outgoing is a message of the user's own as its list shows it before there is one. */
export function outgoing(conversation: ConversationIdentifier, me: string, messageType: string, content: object): ReceivedMessage {
  return {
    ...conversation,
    channelId: '',
    senderUserId: me,
    messageType,
    content: content as Record<string, unknown>,
    messageUId: '',
    messageId: 0,
    messageDirection: im.MessageDirection.SEND,
    sentTime: serverTime(),
    receivedTime: serverTime(),
    isOffLineMessage: false,
    isPersited: true,
    isCounted: true,
    isMentioned: false,
    disableNotification: false,
    canIncludeExpansion: false,
    directedUserIds: [],
  } as unknown as ReceivedMessage
}

/** sendFile uploads file and sends it as a message of that type. */
export function sendFile(
  conversation: ConversationIdentifier,
  type: string,
  file: File,
  content: object,
  signal: AbortSignal,
  onProgress: (percent: number) => void,
): Promise<ReceivedMessage> {
  const body = { ...content, file } as never
  const hooks = { onProgress }
  const options = { needReceipt: conversation.conversationType !== im.ConversationType.CHATROOM, signal }
  const send = {
    [MessageType.IMAGE]: im.sendImageMessage,
    [MessageType.GIF]: im.sendGIFMessage,
    [MessageType.VOICE]: im.sendHQVoiceMessage,
    [MessageType.VIDEO]: im.sendSightMessage,
  }[type] ?? im.sendFileMessage
  return done(send(conversation, body, hooks, options))
}

/** forward sends messages to conversations, one by one or as one message with a summary, and returns what was sent. */
export async function forward(
  messages: readonly ReceivedMessage[],
  to: readonly ConversationIdentifier[],
  summary: readonly string[] | undefined,
): Promise<readonly ReceivedMessage[]> {
  const combined = summary === undefined ? {} : { combine: true, summaryList: summary }
  const reports = await done(im.forwardMessages(messages, to, { needReceipt: true, ...combined }))
  return reports.flatMap((report) => report.messages)
}

/** unsent is what the server has not accepted of the user's messages, also of earlier visits. */
export function unsent(): Promise<readonly ReceivedMessage[]> {
  return done(im.getUnsentMessages())
}

/** isFailed reports whether an unsent message was given up. */
export function isFailed({ sentStatus }: ReceivedMessage): boolean {
  return sentStatus === im.SentStatus.FAILED
}

/** forget ends unsent messages that failed. */
export async function forget(messageIds: readonly number[]): Promise<void> {
  await done(im.removeUnsentMessages(messageIds))
}

/** typing tells whoever is online in the conversation that the user is typing. */
export function typing(conversation: ConversationIdentifier): void {
  void im.sendTypingStatusMessage(conversation, MessageType.TEXT)
}

export async function recall(message: ReceivedMessage, user: User): Promise<void> {
  const { messageUId, sentTime } = message
  await done(im.recallMessage(message, { messageUId, sentTime, user }))
}

export async function edit(message: ReceivedMessage, content: object): Promise<void> {
  const { conversationType, targetId, messageUId } = message
  await done(im.modifyMessageWithParams({ messageUId, messageContent: content, conversation: { conversationType, targetId } }))
}

/** erase deletes messages for this user alone. */
export async function erase(conversation: ConversationIdentifier, messages: readonly ReceivedMessage[]): Promise<void> {
  await done(
    im.deleteMessages(
      conversation,
      messages.map(({ messageUId, sentTime, messageDirection }) => ({ messageUId, sentTime, messageDirection })),
    ),
  )
}

/** sawMessages tells the senders that these were read: those among them that ask for it. */
export async function sawMessages(conversation: ConversationIdentifier, messageUIds: readonly string[]): Promise<void> {
  await done(im.sendReadReceiptResponseV5(conversation, [...messageUIds]))
}

/** receiptsOf asks who has read messages, 100 at most. */
export function receiptsOf(conversation: ConversationIdentifier, messageUIds: readonly string[]): Promise<readonly Receipt[]> {
  return done(im.getMessageReadReceiptInfoV5(conversation, [...messageUIds]))
}

/** joinRoom joins a chatroom, whose newest messages then come as others do. */
export async function joinRoom(id: string): Promise<void> {
  await done(im.joinChatRoom(id, { count: 50 }))
}

export async function leaveRoom(id: string): Promise<void> {
  await done(im.quitChatRoom(id))
}

export async function membersOfRoom(id: string): Promise<number> {
  return (await done(im.getChatRoomInfo(id, { count: 0, order: 0 }))).userCount
}
