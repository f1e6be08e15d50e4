// One plausible call of every function that the official SDK exports, and of
// every function of its Electron module, in the order in which they are made.
// docs/compatibility.md says how each ends; the Go test compares.
import * as RongIMLib from '@rongcloud/imlib-next'

const { ConversationType, MessageDirection, Events } = RongIMLib

// What the calls are about. world is filled by begin.
const world = {}
const bob = { conversationType: ConversationType.PRIVATE, targetId: 'bob' }
const team = { conversationType: ConversationType.GROUP, targetId: 'team' }
const lobby = { conversationType: ConversationType.CHATROOM, targetId: 'lobby' }
const ultra = { conversationType: ConversationType.ULTRA_GROUP, targetId: 'world', channelId: 'news' }
const page = { count: 20, pageToken: '', order: false }
const quit = { removeMuteStatus: true, removeWhiteList: true, removeFollow: true }
const hours = { startTime: '23:00:00', spanMinutes: 60, level: 1, timezone: 'Asia/Shanghai' }
const proxy = { socksHost: '127.0.0.1', socksPort: 1080 }
const listener = () => {}

const uid = (name) => world[name].messageUId
const desc = (m) => ({ messageUId: m.messageUId, sentTime: m.sentTime, messageDirection: MessageDirection.SEND })
const named = (name, text) => new File([text], name)

async function image(name, type) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 })
  canvas.getContext('2d').fillRect(0, 0, 4, 4)
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, type))
  return new File([blob], name, { type })
}

// sound is a second of silence that a browser can decode.
function sound() {
  const samples = 8000
  const b = new DataView(new ArrayBuffer(44 + samples))
  const text = (at, s) => [...s].forEach((c, i) => b.setUint8(at + i, c.charCodeAt(0)))
  text(0, 'RIFF'), b.setUint32(4, 36 + samples, true), text(8, 'WAVEfmt ')
  b.setUint32(16, 16, true), b.setUint16(20, 1, true), b.setUint16(22, 1, true)
  b.setUint32(24, 8000, true), b.setUint32(28, 8000, true), b.setUint16(32, 1, true), b.setUint16(34, 8, true)
  text(36, 'data'), b.setUint32(40, samples, true)
  for (let i = 0; i < samples; i++) b.setUint8(44 + i, 128)
  return new File([b.buffer], 'sound.aac', { type: 'audio/aac' })
}

// begin makes what the calls are about.
export async function begin(token, navigator, appkey) {
  Object.assign(world, { token, navigator, appkey })
  const text = (name, to, options) => {
    return RongIMLib.sendMessage(to, new RongIMLib.TextMessage({ content: name }), options).then((r) => (world[name] = r.data))
  }
  await text('plain', bob, { canIncludeExpansion: true, expansion: { a: '1' } })
  await text('grouped', team)
  await text('wanted', team, { needReceipt: true })
  await text('taken back', bob)
  await text('edited', bob)
  await text('deleted', bob)
  await text('ultra', ultra, { canIncludeExpansion: true, expansion: { a: '1' } })
  return true
}

// The calls, in their order. What a call needs, an earlier one has made.
const calls = {
  // Base
  __addSDKVersion: () => RongIMLib.__addSDKVersion('test', '1.0.0'),
  addEventListener: () => RongIMLib.addEventListener(Events.MESSAGES, listener),
  onceEventListener: () => RongIMLib.onceEventListener(Events.TAG, listener),
  removeEventListener: () => RongIMLib.removeEventListener(Events.MESSAGES, listener),
  removeEventListeners: () => RongIMLib.removeEventListeners(Events.TAG),
  getConnectionStatus: () => RongIMLib.getConnectionStatus(),
  getCurrentUserId: () => RongIMLib.getCurrentUserId(),
  getDeviceId: () => RongIMLib.getDeviceId(),
  getServerTime: () => RongIMLib.getServerTime(),
  getAppSettings: () => RongIMLib.getAppSettings(),
  installPlugin: () => RongIMLib.installPlugin({ tag: 'test', verify: () => true, setup: () => ({}) }, {}),
  addMonitor: () => (world.monitor = RongIMLib.addMonitor(RongIMLib.sendMessage, { onBefore() {}, onAfter() {} })),
  removeMonitor: () => RongIMLib.removeMonitor(world.monitor),
  setProxy: () => RongIMLib.setProxy(proxy),
  getProxy: () => RongIMLib.getProxy(),
  testProxy: () => RongIMLib.testProxy(proxy, 'http://127.0.0.1'),
  createLogDBProxy: () => RongIMLib.createLogDBProxy(),
  ok: () => RongIMLib.ok(),
  fail: () => RongIMLib.fail(RongIMLib.ErrorCode.TIMEOUT),

  // Send
  registerMessageType: () => RongIMLib.registerMessageType('test:Own', true, true, ['content'], false),
  sendMessage: () => RongIMLib.sendMessage(bob, new RongIMLib.TextMessage({ content: 'hello' })),
  sendTextMessage: () => RongIMLib.sendTextMessage(bob, { content: 'hello' }),
  sendTypingStatusMessage: () => RongIMLib.sendTypingStatusMessage(bob, 'RC:TxtMsg'),
  sendFileMessage: () => RongIMLib.sendFileMessage(bob, { file: named('notes.txt', 'some notes') }),
  sendImageMessage: async () => RongIMLib.sendImageMessage(bob, { file: await image('dot.png', 'image/png') }),
  sendGIFMessage: async () => RongIMLib.sendGIFMessage(bob, { file: await image('dot.gif', 'image/png') }),
  sendHQVoiceMessage: () => RongIMLib.sendHQVoiceMessage(bob, { file: sound() }),
  sendSightMessage: () => RongIMLib.sendSightMessage(bob, { file: named('clip.mp4', 'a clip'), duration: 1, thumbnail: 'aGk=' }),
  createUploadTask: async () => {
    const result = await RongIMLib.createUploadTask({ file: named('task.txt', 'a task'), fileType: 4 })
    world.task = result.data
    return result
  },
  stopUploadTask: () => RongIMLib.stopUploadTask(world.task?.id ?? 1),
  upload: () => RongIMLib.upload({ file: named('more.txt', 'more'), fileType: 4 }),
  getFileToken: async () => {
    const result = await RongIMLib.getFileToken(4, 'name.txt')
    world.file = result.data
    return result
  },
  getFileUrl: async () => {
    const form = new FormData()
    for (const [name, value] of Object.entries({ token: world.file.token, key: world.file.fileName })) form.append(name, value)
    form.append('file', named('name.txt', 'something'))
    await fetch(world.file.qiniu, { method: 'POST', body: form })
    return RongIMLib.getFileUrl(4, world.file.fileName, 'name.txt', undefined, RongIMLib.UploadMethod.QINIU)
  },
  getDownloadAuth: () => RongIMLib.getDownloadAuth(`${world.navigator}/files/name.txt`),

  // Expansion
  updateMessageExpansion: () => RongIMLib.updateMessageExpansion({ b: '2' }, world.plain),
  removeMessageExpansionForKey: () => RongIMLib.removeMessageExpansionForKey(['a'], world.plain),

  // Read receipts
  sendReadReceiptMessage: () => RongIMLib.sendReadReceiptMessage('bob', uid('plain'), world.plain.sentTime),
  sendReadReceiptRequest: () => RongIMLib.sendReadReceiptRequest('team', uid('grouped')),
  sendReadReceiptResponse: () => RongIMLib.sendReadReceiptResponse('team', [uid('grouped')]),
  sendReadReceiptResponseV2: () => RongIMLib.sendReadReceiptResponseV2('team', { bob: [uid('grouped')] }),
  getMessageReader: () => RongIMLib.getMessageReader('team', uid('grouped')),
  sendSyncReadStatusMessage: () => RongIMLib.sendSyncReadStatusMessage(bob, world.plain.sentTime),
  sendReadReceiptMessageV4: () => RongIMLib.sendReadReceiptMessageV4(team, uid('grouped')),
  getMessageReadReceiptV4: () => RongIMLib.getMessageReadReceiptV4(team, uid('grouped')),
  batchGetMessageReadReceiptInfoV4: () => RongIMLib.batchGetMessageReadReceiptInfoV4(team, [uid('grouped')]),
  sendReadReceiptResponseV5: () => RongIMLib.sendReadReceiptResponseV5(bob, [world.fromBob]),
  getMessageReadReceiptInfoV5: () => RongIMLib.getMessageReadReceiptInfoV5(team, [uid('wanted')]),
  getMessageReadReceiptInfoV5ByIdentifiers: () =>
    RongIMLib.getMessageReadReceiptInfoV5ByIdentifiers([{ identifier: team, messageUId: uid('wanted') }]),
  getMessagesReadReceiptUsersByPageV5: () =>
    RongIMLib.getMessagesReadReceiptUsersByPageV5(team, uid('wanted'), { pageCount: 20, readStatus: 0, order: 0 }),
  getMessagesReadReceiptByUsersV5: () => RongIMLib.getMessagesReadReceiptByUsersV5(team, uid('wanted'), ['bob']),

  // History, edit, delete
  getHistoryMessages: () => RongIMLib.getHistoryMessages(bob, { timestamp: 0, count: 20, order: 0 }),
  getRemoteHistoryMessages: () => RongIMLib.getRemoteHistoryMessages(bob, { timestamp: 0, count: 20, order: 0 }),
  getMessagesByUIds: () => RongIMLib.getMessagesByUIds({ conversationIdentifier: bob, messageUIds: [uid('plain')] }),
  modifyMessageWithParams: () =>
    RongIMLib.modifyMessageWithParams({ messageUId: uid('edited'), messageContent: { content: 'better' }, conversation: bob }),
  modifyMessage: () => RongIMLib.modifyMessage({ content: 'best' }, world.ultra ?? world.edited),
  refreshReferenceMessageWithParams: () =>
    RongIMLib.refreshReferenceMessageWithParams({
      messageUIds: [uid('plain')], conversationIdentifier: bob, remoteMessageBlock: listener, localMessageBlock: listener,
      messageInfoMap: { [uid('plain')]: uid('edited') },
    }),
  recallMessage: () => RongIMLib.recallMessage(bob, desc(world['taken back'])),
  deleteMessages: () => RongIMLib.deleteMessages(bob, [desc(world.deleted)]),
  getFirstUnreadMessage: () => RongIMLib.getFirstUnreadMessage(bob),
  getFirstUnreadMessageInfo: () => RongIMLib.getFirstUnreadMessageInfo(bob),
  getMessage: () => RongIMLib.getMessage(1),
  insertMessage: () => RongIMLib.insertMessage(bob, { senderUserId: 'bob', messageType: 'RC:TxtMsg', content: { content: 'x' }, messageDirection: 2 }),
  searchMessages: () => RongIMLib.searchMessages(bob, 'hello', 0, 10),
  clearMessages: () => RongIMLib.clearMessages(bob),
  searchConversationByContent: () => RongIMLib.searchConversationByContent('hello'),
  deleteLocalMessagesByTimestamp: () => RongIMLib.deleteLocalMessagesByTimestamp(bob, 1, false),
  getUnreadMentionedMessages: () => RongIMLib.getUnreadMentionedMessages(team),
  clearUnreadCountByTimestamp: () => RongIMLib.clearUnreadCountByTimestamp(bob, Date.now()),
  setMessageReceivedStatus: () => RongIMLib.setMessageReceivedStatus(1, 1),

  // Conversations
  getConversationList: () => RongIMLib.getConversationList({ startTime: 0, count: 20, order: 0 }),
  getConversation: () => RongIMLib.getConversation(bob),
  getConversationListByTimestamp: () => RongIMLib.getConversationListByTimestamp({ startTime: 0, count: 20 }),
  getAllConversationList: () => RongIMLib.getAllConversationList(),
  createConversationListLoader: () => RongIMLib.createConversationListLoader({ conversationTypes: [1, 3] }),
  getUnreadConversationList: () => RongIMLib.getUnreadConversationList(),
  getTopConversationList: () => RongIMLib.getTopConversationList(),
  getBlockedConversationList: () => RongIMLib.getBlockedConversationList(),
  getTotalUnreadCount: () => RongIMLib.getTotalUnreadCount(),
  getUnreadCount: () => RongIMLib.getUnreadCount(bob),
  getUnreadMentionedCount: () => RongIMLib.getUnreadMentionedCount(team),
  getAllUnreadMentionedCount: () => RongIMLib.getAllUnreadMentionedCount(),
  getUnreadMentionMeConversationList: () =>
    RongIMLib.getUnreadMentionMeConversationList({ timestamp: 0, count: 20, conversationTypes: [3] }),
  getTotalUnreadCountByLevels: () => RongIMLib.getTotalUnreadCountByLevels([1, 3], [0]),
  getTotalUnreadMentionedCountByLevels: () => RongIMLib.getTotalUnreadMentionedCountByLevels([1, 3], [0]),
  clearMessagesUnreadStatus: () => RongIMLib.clearMessagesUnreadStatus(bob),
  clearAllMessagesUnreadStatus: () => RongIMLib.clearAllMessagesUnreadStatus(),
  markRemoteConversationAsRead: () => RongIMLib.markRemoteConversationAsRead(bob),
  setConversationNotificationLevel: () => RongIMLib.setConversationNotificationLevel(bob, 5),
  getConversationNotificationLevel: () => RongIMLib.getConversationNotificationLevel(bob),
  batchSetConversationNotificationLevel: () => RongIMLib.batchSetConversationNotificationLevel([bob, team], 5),
  setConversationNotificationStatus: () => RongIMLib.setConversationNotificationStatus(bob, 1),
  getConversationNotificationStatus: () => RongIMLib.getConversationNotificationStatus(bob),
  setConversationTypeNotificationLevel: () => RongIMLib.setConversationTypeNotificationLevel(1, 5),
  getConversationTypeNotificationLevel: () => RongIMLib.getConversationTypeNotificationLevel(1),
  setNotificationQuietHoursWithSetting: () => RongIMLib.setNotificationQuietHoursWithSetting(hours),
  getNotificationQuietHoursSetting: () => RongIMLib.getNotificationQuietHoursSetting(),
  removeNotificationQuietHoursSetting: () => RongIMLib.removeNotificationQuietHoursSetting(),
  setConversationToTop: () => RongIMLib.setConversationToTop(bob, true),
  batchSetConversationToTop: () => RongIMLib.batchSetConversationToTop([bob, team], true),
  saveTextMessageDraft: () => RongIMLib.saveTextMessageDraft(bob, 'a draft'),
  getTextMessageDraft: () => RongIMLib.getTextMessageDraft(bob),
  clearTextMessageDraft: () => RongIMLib.clearTextMessageDraft(bob),
  getRealtimeConversations: () => RongIMLib.getRealtimeConversations({ count: 20 }),
  getRealtimeConTotalUnreadCount: () => RongIMLib.getRealtimeConTotalUnreadCount(),
  clearRealtimeConUnreadCount: () => RongIMLib.clearRealtimeConUnreadCount(bob),
  getRealtimeConUnreadCounts: () => RongIMLib.getRealtimeConUnreadCounts([bob]),
  removeRealtimeConversations: () => RongIMLib.removeRealtimeConversations([bob]),
  getConversationsIncludingRobots: () =>
    RongIMLib.getConversationsIncludingRobots({ conversationTypes: [1], count: 20, timestamp: 0 }),
  batchSetConversationTranslateStrategy: () => RongIMLib.batchSetConversationTranslateStrategy([bob], 1),

  // Tags
  addTag: () => RongIMLib.addTag({ tagId: 'work', tagName: 'work' }),
  updateTag: () => RongIMLib.updateTag({ tagId: 'work', tagName: 'Work' }),
  getTags: () => RongIMLib.getTags(),
  addConversationsToTag: () => RongIMLib.addConversationsToTag('work', [bob, team]),
  setConversationToTopInTag: () => RongIMLib.setConversationToTopInTag('work', bob, true),
  getTagsFromConversation: () => RongIMLib.getTagsFromConversation(bob),
  getConversationsFromTagByPage: () => RongIMLib.getConversationsFromTagByPage('work', 20, 0),
  getUnreadCountByTag: () => RongIMLib.getUnreadCountByTag('work', true),
  removeConversationsFromTag: () => RongIMLib.removeConversationsFromTag('work', [team]),
  removeTagsFromConversation: () => RongIMLib.removeTagsFromConversation(bob, ['work']),
  removeTagFromConversations: () => RongIMLib.removeTagFromConversations('work', [bob]),
  removeTag: () => RongIMLib.removeTag('work'),

  // Chatrooms
  joinChatRoom: () => RongIMLib.joinChatRoom('lobby', { count: 10 }),
  joinExistChatRoom: () => RongIMLib.joinExistChatRoom('lobby', { count: 10 }),
  getChatRoomInfo: () => RongIMLib.getChatRoomInfo('lobby', { count: 10, order: 1 }),
  getChatroomHistoryMessages: () => RongIMLib.getChatroomHistoryMessages('lobby', { timestamp: 0, count: 20, order: 0 }),
  setChatRoomEntry: () => RongIMLib.setChatRoomEntry('lobby', { key: 'a', value: '1' }),
  setChatRoomEntries: () => RongIMLib.setChatRoomEntries('lobby', { entries: [{ key: 'b', value: '2' }, { key: 'c', value: '3' }] }),
  forceSetChatRoomEntry: () => RongIMLib.forceSetChatRoomEntry('lobby', { key: 'a', value: '2' }),
  getChatRoomEntry: () => RongIMLib.getChatRoomEntry('lobby', 'a'),
  getAllChatRoomEntries: () => RongIMLib.getAllChatRoomEntries('lobby'),
  removeChatRoomEntry: () => RongIMLib.removeChatRoomEntry('lobby', { key: 'a' }),
  forceRemoveChatRoomEntry: () => RongIMLib.forceRemoveChatRoomEntry('lobby', { key: 'b' }),
  removeChatRoomEntries: () => RongIMLib.removeChatRoomEntries('lobby', { entries: ['c'] }),
  bindRTCRoomForChatroom: () => RongIMLib.bindRTCRoomForChatroom({ chatRoomId: 'lobby', rtcRoomId: 'rtc' }),
  quitChatRoom: () => RongIMLib.quitChatRoom('lobby'),

  // Block list
  addToBlacklist: () => RongIMLib.addToBlacklist('mallory'),
  getBlacklist: () => RongIMLib.getBlacklist(),
  getBlacklistStatus: () => RongIMLib.getBlacklistStatus('mallory'),
  removeFromBlacklist: () => RongIMLib.removeFromBlacklist('mallory'),

  // Presence and profiles
  subscribeUserStatus: () => RongIMLib.subscribeUserStatus(['bob'], 1, 3600),
  getSubscribeUserList: () => RongIMLib.getSubscribeUserList(1, 20, 0),
  getSubscribeUserStatus: () => RongIMLib.getSubscribeUserStatus(1, ['bob']),
  getSubscribeUsersOnlineStatus: () => RongIMLib.getSubscribeUsersOnlineStatus(['bob']),
  unSubscribeUserStatus: () => RongIMLib.unSubscribeUserStatus(['bob'], 1),
  updateMyUserProfile: () => RongIMLib.updateMyUserProfile({ name: 'Alice' }),
  getUserProfiles: () => RongIMLib.getUserProfiles(['bob']),
  getMyUserProfile: () => RongIMLib.getMyUserProfile(),
  updateMyUserProfileVisibility: () => RongIMLib.updateMyUserProfileVisibility(1),
  getMyUserProfileVisibility: () => RongIMLib.getMyUserProfileVisibility(),
  searchUserProfileByUniqueId: () => RongIMLib.searchUserProfileByUniqueId('bob'),

  // Hosted groups
  createGroup: () => RongIMLib.createGroup({ groupId: 'hosted', groupName: 'hosted' }, ['bob']),
  updateGroupInfo: () => RongIMLib.updateGroupInfo({ groupId: 'team', groupName: 'team' }),
  getGroupsInfo: () => RongIMLib.getGroupsInfo(['team']),
  kickGroupMembers: () => RongIMLib.kickGroupMembers('team', ['bob'], quit),
  transferGroupOwner: () => RongIMLib.transferGroupOwner('team', 'bob', false, quit),
  addGroupManagers: () => RongIMLib.addGroupManagers('team', ['bob']),
  removeGroupManagers: () => RongIMLib.removeGroupManagers('team', ['bob']),
  getGroupMembersByRole: () => RongIMLib.getGroupMembersByRole('team', 0, page),
  getGroupMembers: () => RongIMLib.getGroupMembers('team', ['bob']),
  setGroupMemberInfo: () => RongIMLib.setGroupMemberInfo('team', 'bob', 'Bobby'),
  searchGroupMembers: () => RongIMLib.searchGroupMembers('team', 'bo', page),
  joinGroup: () => RongIMLib.joinGroup('team'),
  inviteUsersToGroup: () => RongIMLib.inviteUsersToGroup('team', ['carol']),
  acceptGroupInvite: () => RongIMLib.acceptGroupInvite('team', 'bob'),
  refuseGroupInvite: () => RongIMLib.refuseGroupInvite('team', 'bob', 'no'),
  acceptGroupApplication: () => RongIMLib.acceptGroupApplication('team', 'carol', 'bob'),
  refuseGroupApplication: () => RongIMLib.refuseGroupApplication('team', 'carol', 'bob', 'no'),
  getGroupApplications: () => RongIMLib.getGroupApplications(page),
  getJoinedGroupsByRole: () => RongIMLib.getJoinedGroupsByRole(page, 0),
  searchJoinedGroups: () => RongIMLib.searchJoinedGroups('te', page),
  getJoinedGroups: () => RongIMLib.getJoinedGroups(['team']),
  setGroupRemark: () => RongIMLib.setGroupRemark('team', 'ours'),
  addGroupFollows: () => RongIMLib.addGroupFollows('team', ['bob']),
  removeGroupFollows: () => RongIMLib.removeGroupFollows('team', ['bob']),
  getGroupFollows: () => RongIMLib.getGroupFollows('team'),
  quitGroup: () => RongIMLib.quitGroup('team', quit),
  dismissGroup: () => RongIMLib.dismissGroup('team'),

  // Friends
  addFriend: () => RongIMLib.addFriend('bob', 2, 'hi'),
  acceptFriendApplication: () => RongIMLib.acceptFriendApplication('bob'),
  refuseFriendApplication: () => RongIMLib.refuseFriendApplication('bob'),
  setFriendInfo: () => RongIMLib.setFriendInfo('bob', 'Bobby'),
  checkFriends: () => RongIMLib.checkFriends(['bob'], 2),
  getFriends: () => RongIMLib.getFriends(2, page),
  getFriendApplications: () => RongIMLib.getFriendApplications(page),
  getFriendsInfo: () => RongIMLib.getFriendsInfo(['bob']),
  searchFriendsInfo: () => RongIMLib.searchFriendsInfo('bo'),
  setFriendAddPermission: () => RongIMLib.setFriendAddPermission(1),
  getFriendAddPermission: () => RongIMLib.getFriendAddPermission(),
  deleteFriends: () => RongIMLib.deleteFriends(['bob'], 2),

  // Ultra groups
  getUltraGroupList: () => RongIMLib.getUltraGroupList(),
  getBlockUltraGroupList: () => RongIMLib.getBlockUltraGroupList(),
  sendUltraGroupTypingStatus: () => RongIMLib.sendUltraGroupTypingStatus(ultra),
  getUltraGroupMessageListByMessageUId: () =>
    RongIMLib.getUltraGroupMessageListByMessageUId(ultra, [{ messageUId: world.ultra?.messageUId ?? uid('plain'), sendTime: Date.now() }]),
  updateExpansionForUltraGroupMessage: () => RongIMLib.updateExpansionForUltraGroupMessage({ b: '2' }, world.ultra),
  removeExpansionForUltraGroupMessage: () => RongIMLib.removeExpansionForUltraGroupMessage(['b'], world.ultra),
  removeAllExpansionForUltraGroupMessage: () => RongIMLib.removeAllExpansionForUltraGroupMessage(world.ultra),
  getUltraGroupUnreadMentionedCountByTargetId: () => RongIMLib.getUltraGroupUnreadMentionedCountByTargetId('world'),
  setUltraGroupDefaultNotificationLevel: () => RongIMLib.setUltraGroupDefaultNotificationLevel({ targetId: 'world', channelId: 'news' }, 5),
  getUltraGroupDefaultNotificationLevel: () => RongIMLib.getUltraGroupDefaultNotificationLevel({ targetId: 'world', channelId: 'news' }),
  getUltraGroupUnreadCountByTargetId: () => RongIMLib.getUltraGroupUnreadCountByTargetId('world'),
  getAllUltraGroupUnreadCount: () => RongIMLib.getAllUltraGroupUnreadCount(),
  getAllUltraGroupUnreadMentionedCount: () => RongIMLib.getAllUltraGroupUnreadMentionedCount(),
  getUltraGroupUnreadMentionedMessages: () =>
    RongIMLib.getUltraGroupUnreadMentionedMessages({ targetId: 'world', channelId: 'news', sentTime: 0, count: 20 }),
  getUltraGroupFirstUnreadMessageTimestamp: () => RongIMLib.getUltraGroupFirstUnreadMessageTimestamp({ targetId: 'world', channelId: 'news' }),
  getUltraGroupUnreadInfoList: () => RongIMLib.getUltraGroupUnreadInfoList(['world']),

  // Translation, speech, streams, bots
  requestStreamMessageContent: () => RongIMLib.requestStreamMessageContent(uid('plain')),
  requestSpeechToTextForMessage: () => RongIMLib.requestSpeechToTextForMessage(uid('plain')),
  translateMessagesWithParams: () =>
    RongIMLib.translateMessagesWithParams({ list: [new RongIMLib.TranslateMessageParam(uid('plain'), 'en', 'zh', 'hello')] }),
  translateTextsWithParams: () => RongIMLib.translateTextsWithParams({ list: [new RongIMLib.TranslateTextParam('hello', 'en', 'zh')] }),
  setTranslationLanguage: () => RongIMLib.setTranslationLanguage('zh_CN'),
  getTranslationLanguage: () => RongIMLib.getTranslationLanguage(),
  setAutoTranslateEnabled: () => RongIMLib.setAutoTranslateEnabled(true),
  getAutoTranslateEnabled: () => RongIMLib.getAutoTranslateEnabled(),
  getAllRobots: () => RongIMLib.getAllRobots(),
  getRobotById: () => RongIMLib.getRobotById('robot'),

  // What takes away what the others need
  clearHistoryMessages: () => RongIMLib.clearHistoryMessages(bob, world.plain.sentTime),
  batchClearRemoteHistoryMessages: () => RongIMLib.batchClearRemoteHistoryMessages([{ ...team, timestamp: world.grouped.sentTime }]),
  removeConversation: () => RongIMLib.removeConversation(bob),
  batchRemoveConversation: () => RongIMLib.batchRemoveConversation([team]),
  batchDeleteConversations: () =>
    RongIMLib.batchDeleteConversations({ identifiers: [bob], deleteRemotely: true, deleteMessages: false }),
}

// The functions of the Electron module check what they are given before they
// say that this is no Electron.
const electron = {
  batchClearMessagesByTimestamp: [[{ ...bob, timestamp: 1 }]],
  batchInsertMessage: [[{ ...bob, senderUserId: 'bob', messageType: 'RC:TxtMsg', content: { content: 'x' }, messageDirection: 2 }], true],
  clearEditedMessageDraft: [bob],
  clearMessages: [bob],
  deleteMessages: [[1]],
  deleteMessagesByTimestamp: [bob, 1, false],
  deleteUltraGroupMessagesForAllChannel: ['world', 1],
  getAllConversationList: [''],
  getContinuousMessages: [bob, { timestamp: 0, count: 10, order: 0 }],
  getConversationList: [0, 10, ''],
  getConversations: [[bob]],
  getEditedMessageDraft: [bob],
  getHistoryMessagesByMessageTypes: [bob, ['RC:TxtMsg'], 0, 10, 0],
  getLocalMessage: [1],
  getMessageCount: [bob],
  getMessagesAroundTimestamp: [bob, { timestamp: 1, beforeCount: 1, afterCount: 1 }],
  getUnreadMentionedMessages: [bob],
  getUntaggedConversationListByPage: [1, 10, true],
  insertMessage: [bob, { senderUserId: 'bob', messageType: 'RC:TxtMsg', content: { content: 'x' }, messageDirection: 2 }],
  saveEditedMessageDraft: [{ content: 'x', messageUId: 'x' }, bob],
  searchConversationByContent: ['x', ['RC:TxtMsg'], ''],
  searchMessageInTimeRange: [bob, { keyword: 'x', startTime: 0, endTime: 1, offset: 0, limit: 10 }],
  searchMessages: [bob, 'x', 0, 10],
  searchMessagesByUser: [bob, 'bob', 0, 10],
  searchMessagesWithParams: [{ keyword: 'x', conversation: bob, limit: 10, order: 0 }],
  setMessageContent: [1, { content: 'x' }, 'RC:TxtMsg'],
  setMessageReceivedStatus: [1, 1],
  setMessageReceivedStatusInfo: [1, { isRead: true }],
  setMessageSentStatus: [1, 30],
  setMessageSpeechToTextVisible: [1, true],
  setMessageStatusToRead: [bob, 1],
}
for (const name of Object.keys(RongIMLib.electronExtension).sort()) {
  calls[`electronExtension.${name}`] = () => RongIMLib.electronExtension[name](...(electron[name] ?? []))
}

Object.assign(calls, {
  clearEventListeners: () => RongIMLib.clearEventListeners(),
  disconnect: () => RongIMLib.disconnect(),
  destroy: () => RongIMLib.destroy(),
  init: () => RongIMLib.init({ appkey: world.appkey, navigators: [world.navigator] }),
  connect: () => RongIMLib.connect(world.token),
})

// exported are the names of the functions that the SDK exports, of its
// classes' and of the values of its enumeration of events.
export const exported = {
  functions: Object.entries(RongIMLib)
    .filter(([name, value]) => typeof value === 'function' && /^[a-z_]/.test(name))
    .map(([name]) => name)
    .concat(Object.keys(RongIMLib.electronExtension).map((name) => `electronExtension.${name}`)),
  events: [...new Set(Object.values(Events))],
}

export const names = Object.keys(calls)

// run makes a call and says how it ended: with the code of its result, with
// "value" when it returns something else, with "throws", or with "silent" when
// nothing came within limit milliseconds; and how long that took.
export async function run(name, limit) {
  const begun = performance.now()
  let timer
  const silence = new Promise((resolve) => (timer = setTimeout(resolve, limit, 'silent')))
  const outcome = (async () => {
    try {
      const result = await calls[name]()
      return typeof result?.code === 'number' ? String(result.code) : 'value'
    } catch (error) {
      return `throws: ${error.message ?? error}`
    }
  })()
  const how = await Promise.race([outcome, silence])
  clearTimeout(timer)
  return { how, took: Math.round(performance.now() - begun) }
}

export const setWorld = (name, value) => {
  world[name] = value
  return true
}
