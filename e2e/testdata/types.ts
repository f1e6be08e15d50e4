// The names of the page, as a TypeScript application uses them. It compiles
// with the official package and with ours, where only the import is another.
import * as RongIMLib from '@rongcloud/imlib-next'
import type {
  EventListeners, GetHistoryMessageOption, GetHistoryMessageResult, IAReceivedConversation, IAReceivedMessage, IAndroidPushConfig,
  IBaseConversationInfo, ICombineMessageBody, ICommandMessageBody, IConversationEvent, IConversationIdentifier, IConversationOption,
  IConversationState, IFileMessageBody, IGIFMessageBody, IGroupNotificationMessageBody, IHQVoiceMessageBody, IHarmonyOSPushConfig,
  IImageMessageBody, IInformationNotificationMessageBody, IInitOption, ILocationMessageBody, IMessagesEvent, IPushConfig, IQuoteInfo,
  IReferenceMessageBody, IRichContentMessageBody, ISendMessageOptions, ISightMessageBody, ITextMessageBody, ITypingStatusEvent,
  IUserProfile, IVoiceMessageBody, IiOSPushConfig, MentionedInfo, MessageConstructor, RCResult,
} from '@rongcloud/imlib-next'

const user: IUserProfile = { id: 'alice', name: 'Alice', portraitUri: 'https://a/b.png', extra: '' }
const mentionedInfo: MentionedInfo = { type: RongIMLib.MentionedType.SINGAL, userIdList: ['bob'], mentionedContent: '' }
const text: ITextMessageBody = { content: 'hi', user, extra: 'e', mentionedInfo, audit: { auditType: RongIMLib.MessageAuditType.ALLOW } }
const image: IImageMessageBody = { content: '/9j/', imageUri: 'x' }
const file: IFileMessageBody = { name: 'n', size: 1, type: 'pdf', fileUrl: 'x' }
const voice: IHQVoiceMessageBody = { remoteUrl: 'x', duration: 60 }
const short: IVoiceMessageBody = { content: 'x', duration: 60 }
const sight: ISightMessageBody = { sightUrl: 'x', content: '/9j/', duration: 10, size: 100, name: 'n' }
const gif: IGIFMessageBody = { gifDataSize: 30, remoteUrl: 'x', width: 300, height: 200 }
const reference: IReferenceMessageBody = {
  referMsgUserId: 'bob', referMsg: { content: 'x' }, referMsgUid: 'u', content: 'x', objName: RongIMLib.MessageType.TEXT,
}
const location: ILocationMessageBody = { longitude: 1, latitude: 1, poi: 'p', content: '/9j/' }
const rich: IRichContentMessageBody = { title: 't', content: 'c', imageUri: 'x', url: 'x' }
const notice: IInformationNotificationMessageBody = { message: 'm', extra: 'e' }
const command: ICommandMessageBody = { name: 'n', data: 'd' }
const group: IGroupNotificationMessageBody = { operatorUserId: 'u', operation: 'o', data: 'd', message: 'm' }
const combine: ICombineMessageBody = {
  remoteUrl: 'x', nameList: ['a'], summaryList: ['a: x'], conversationType: RongIMLib.ConversationType.PRIVATE,
}

const Own: MessageConstructor<{ text: string }> = RongIMLib.registerMessageType<{ text: string }>('app:own', true, true, ['text'], false)

export const messages: RongIMLib.BaseMessage<any>[] = [
  new RongIMLib.TextMessage(text), new RongIMLib.ImageMessage(image), new RongIMLib.FileMessage(file),
  new RongIMLib.HQVoiceMessage(voice), new RongIMLib.SightMessage(sight), new RongIMLib.GIFMessage(gif),
  new RongIMLib.ReferenceMessage(reference), new RongIMLib.LocationMessage(location), new RongIMLib.RichContentMessage(rich),
  new RongIMLib.InformationNotificationMessage(notice), new RongIMLib.CommandMessage(command),
  new RongIMLib.GroupNotificationMessage(group), new RongIMLib.VoiceMessage(short), new RongIMLib.CombineMessage(combine),
  new RongIMLib.CombineV2Message({ conversationType: RongIMLib.ConversationType.GROUP, summaryList: [], nameList: [], msgNum: 0 }),
  new RongIMLib.BaseMessage('app:plain', { any: 'thing' }, true, false), new Own({ text: 'x' }),
]
export const words: RongIMLib.TextMessage = new RongIMLib.TextMessage({ content: 'x' })

const iOSConfig: IiOSPushConfig = { threadId: 't', interruptionLevel: RongIMLib.InterruptionLevel.TIME_SENSITIVE }
const androidConfig: IAndroidPushConfig = {
  notificationId: 'n', importanceHW: 'LOW', importanceHonor: RongIMLib.PushImportanceHonor.LOW, googleConfig: { priority: 'high' },
}
const harmonyOSConfig: IHarmonyOSPushConfig = { image: 'https://a/b.png' }
const pushConfig: IPushConfig = { pushTitle: 't', pushContent: 'c', pushData: 'd', iOSConfig, androidConfig, harmonyOSConfig, templateId: '1' }
const quoteInfo: IQuoteInfo = { objectName: 'RC:TxtMsg', messageUId: 'u', senderId: 'bob' }
export const options: ISendMessageOptions = {
  isStatusMessage: false, disableNotification: true, pushContent: 'c', pushData: 'd', isMentioned: true, mentionedType: 2,
  mentionedUserIdList: ['bob'], directionalUserIdList: ['bob'], isVoipPush: false, canIncludeExpansion: true, expansion: { a: '1' },
  isFilerWhiteBlacklist: false, pushConfig, messageId: 1, disableUpdateLastMessage: false, needReceipt: true, quoteInfo,
  onSendBefore: (message: IAReceivedMessage) => console.log(message.messageId, message.sentStatus === RongIMLib.SentStatus.SENDING),
}

// What an application has from elsewhere is a number, not one of the enumeration.
const kind: number = JSON.parse('1')
const to: IConversationOption = { conversationType: RongIMLib.ConversationType.PRIVATE, targetId: 'bob' }
export const same: IConversationIdentifier = { conversationType: kind, targetId: 'bob', channelId: 'c' }

export function begin(init: IInitOption): void {
  RongIMLib.init({ appkey: 'a', navigators: ['https://im.example'], logOutputLevel: RongIMLib.LogL.WARN, areaCode: RongIMLib.AreaCode.BJ })
  RongIMLib.init(init)
  const onMessages: EventListeners[typeof RongIMLib.Events.MESSAGES] = ({ messages }) => messages.forEach(show)
  RongIMLib.addEventListener(RongIMLib.Events.MESSAGES, onMessages)
  RongIMLib.onceEventListener(RongIMLib.Events.CONNECTED, () => {})
  RongIMLib.addEventListener(RongIMLib.Events.SUSPEND, (code) => console.log(RongIMLib.ErrorCode[code]))
  RongIMLib.addEventListener(RongIMLib.Events.DISCONNECT, (code) => {
    if (code === RongIMLib.ErrorCode.RC_DISCONN_KICK) console.log('kicked')
  })
  RongIMLib.addEventListener(RongIMLib.Events.TYPING_STATUS, (event: ITypingStatusEvent) => {
    for (const { targetId, list } of event.status) console.log(targetId, list.map((user) => user.userId.length + user.timestamp))
  })
  RongIMLib.addEventListener(RongIMLib.Events.CONVERSATION, ({ conversationList }: IConversationEvent) => {
    conversationList.forEach(({ conversation, updatedItems }: IConversationState) => {
      console.log(conversation.unreadMessageCount ?? 0, updatedItems?.unreadMessageCount?.val)
      console.log((conversation as IAReceivedConversation).latestMessage?.content.content)
    })
  })
  RongIMLib.addEventListener(RongIMLib.Events.EXPANSION, ({ updatedExpansion, deletedExpansion }) => {
    console.log(updatedExpansion?.expansion['a'], deletedExpansion?.deletedKeys.length)
  })
  RongIMLib.addEventListener(RongIMLib.Events.CHATROOM, (event) => {
    if (event.updatedEntries?.[0]?.type === RongIMLib.ChatroomEntryType.DELETE) console.log(event.updatedEntries[0].key)
    if (event.chatroomNotifyBan?.banType === RongIMLib.ChrmMemBanType.MuteAll) console.log(event.chatroomNotifyBan.chatroomId)
  })
  RongIMLib.addEventListener(RongIMLib.Events.READ_RECEIPT_RECEIVED, ({ conversation, messageUId, sentTime, sendUserId }) => {
    console.log(conversation.targetId, messageUId, sentTime, sendUserId)
  })
  RongIMLib.addEventListener(RongIMLib.Events.MESSAGE_RECEIPT_RESPONSE_V5, (list) => {
    for (const { identifier, readCount, users } of list) console.log(identifier.targetId, readCount, users[0]?.userId)
  })
  RongIMLib.addEventListener(RongIMLib.Events.MESSAGE_MODIFIED, (list: IAReceivedMessage[]) => list.forEach(show))
  RongIMLib.addEventListener(RongIMLib.Events.MESSAGE_BLOCKED, ({ blockType }) => {
    console.log(blockType === RongIMLib.MessageBlockType.GLOBAL)
  })
  RongIMLib.removeEventListener(RongIMLib.Events.MESSAGES, onMessages)
  RongIMLib.removeEventListeners(RongIMLib.Events.MESSAGES)
  RongIMLib.clearEventListeners()
}

function show(message: IAReceivedMessage): void {
  const conversation: IBaseConversationInfo = message
  const mine: boolean = message.messageDirection === RongIMLib.MessageDirection.SEND
  const at: number = message.sentTime
  console.log(conversation.channelId, mine, at, message.content.content, message.isMentioned, message.pushConfig?.pushTitle.length)
}

export async function talk(token: string): Promise<string> {
  const { code, data, msg } = await RongIMLib.connect(token)
  if (code !== RongIMLib.ErrorCode.SUCCESS) return msg
  const sent: RCResult<IAReceivedMessage> = await RongIMLib.sendMessage(to, messages[0]!, options)
  await RongIMLib.sendMessage(to, words)
  await RongIMLib.sendTextMessage(to, text, { messageId: sent.data?.messageId ?? 0 })
  await RongIMLib.sendTypingStatusMessage(to, RongIMLib.MessageType.TEXT)
  const asked: GetHistoryMessageOption = { timestamp: RongIMLib.getServerTime(), count: 20, order: 0 }
  const page: RCResult<GetHistoryMessageResult> = await RongIMLib.getHistoryMessages(to, asked)
  page.data?.list.forEach(show)
  const status: RongIMLib.RCConnectionStatus = RongIMLib.getConnectionStatus()
  if (status === RongIMLib.RCConnectionStatus.SUSPENDED) await RongIMLib.disconnect()
  await RongIMLib.destroy()
  const event: IMessagesEvent = { messages: sent.data ? [sent.data] : [] }
  return [data?.userId, RongIMLib.getCurrentUserId(), RongIMLib.getDeviceId(), event.messages.length].join()
}
