// Code generated from chat/words/types.tsv by go generate ./chat. DO NOT EDIT.

/** MessageType names the kinds of messages that the protocol knows. */
export const MessageType = {
  /** text */
  TextMessage: 'RC:TxtMsg',
  /** text */
  TEXT: 'RC:TxtMsg',
  /** an image */
  IMAGE: 'RC:ImgMsg',
  /** a GIF */
  GIF: 'RC:GIFMsg',
  /** a voice recording inside the message */
  VOICE: 'RC:VcMsg',
  /** a voice recording in a file */
  HQ_VOICE: 'RC:HQVCMsg',
  /** a file */
  FILE: 'RC:FileMsg',
  /** a short video */
  SIGHT: 'RC:SightMsg',
  /** a place */
  LOCATION: 'RC:LBSMsg',
  /** a link with a title and a picture */
  RICH_CONTENT: 'RC:ImgTextMsg',
  /** an answer that shows what it answers */
  REFERENCE: 'RC:ReferenceMsg',
  /** forwarded messages as a page */
  COMBINE: 'RC:CombineMsg',
  /** forwarded messages */
  COMBINE_V2: 'RC:CombineV2Msg',
  /** text that grows */
  STREAM_MESSAGE: 'RC:StreamMsg',
  /** what is left of a recalled message */
  RECALL_NOTIFICATION_MESSAGE: 'RC:RcNtf',
  /** a message was recalled */
  RECALL: 'RC:RcCmd',
  /** a message was recalled */
  RECALL_MESSAGE_TYPE: 'RC:RcCmd',
  /** the expansion of a message changed */
  EXPANSION_NOTIFY: 'RC:MsgExMsg',
  /** an entry of a chatroom changed */
  CHRM_KV_NOTIFY: 'RC:chrmKVNotiMsg',
  /** a log is asked for */
  LOG_COMMAND: 'RC:LogCmdMsg',
  /** settings are to be read again */
  CLOUD_CONTROL: 'RC:CCConfigChangeRequestMsg',
  /** read up to a time */
  READ_RECEIPT: 'RC:ReadNtf',
  /** read on another device */
  SYNC_READ_STATUS: 'RC:SRSMsg',
  /** asks who has read a message */
  READ_RECEIPT_REQUEST: 'RC:RRReqMsg',
  /** says who has read messages */
  READ_RECEIPT_RESPONSE: 'RC:RRRspMsg',
  /** asks who has read a message of a group */
  GROUP_READ_RECEIPT_REQUEST: 'RC:RRMsg',
  /** arrived */
  DELIVERED: 'RC:Delivered',
  /** somebody types */
  TYPING_STATUS: 'RC:TypSts',
  /** a message was intercepted */
  INTERCEPT: 'RC:InterceptMsg',
  /** how far messages were read, inside the official SDK */
  READ_STATE: 'RC:RSMsg',
  /** arrival, inside the official SDK */
  DELIVERED_MSG: 'RC:DRMsg',
  /** who came to and left a chatroom */
  CHATROOM_MERGE_CHANGE: 'RC:ChrmMemChange',
  /** what another device of the user did in a chatroom */
  CHATROOM_SYNC_MSG: 'RC:ChrmSyncMsg',
  /** who was put out of a chatroom */
  CHATROOM_MERGE_BLOCK: 'RC:ChrmBlockMsg',
  /** who was muted in a chatroom */
  CHATROOM_MERGE_BAN: 'RC:ChrmBanMsg',
} as const
export type MessageType = (typeof MessageType)[keyof typeof MessageType]

/** typeFlags says of types whether their messages are stored (1), counted as unread (2), only for who is online (4). Others have none. */
export const typeFlags: { readonly [type: string]: number } = {
  'RC:TxtMsg': 3,
  'RC:ImgMsg': 3,
  'RC:GIFMsg': 3,
  'RC:VcMsg': 3,
  'RC:HQVCMsg': 3,
  'RC:FileMsg': 3,
  'RC:SightMsg': 3,
  'RC:LBSMsg': 3,
  'RC:ImgTextMsg': 3,
  'RC:PSImgTxtMsg': 3,
  'RC:PSMultiImgTxtMsg': 3,
  'RC:ReferenceMsg': 3,
  'RC:CombineMsg': 3,
  'RC:CombineV2Msg': 3,
  'RC:StreamMsg': 3,
  'RC:RLStart': 3,
  'RC:RLEnd': 3,
  'RC:InfoNtf': 1,
  'RC:ContactNtf': 1,
  'RC:ProfileNtf': 1,
  'RC:CmdNtf': 1,
  'RC:GrpNtf': 1,
  'RC:RcNtf': 1,
  'RC:RcCmd': 1,
  'RC:TypSts': 4,
  'RC:InterceptMsg': 4,
  'RC:RL': 4,
}
