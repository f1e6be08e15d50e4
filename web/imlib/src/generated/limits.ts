// Code generated from chat/words/limits.tsv by go generate ./chat. DO NOT EDIT.

/** bytes of a message's content as JSON text */
export const MAX_CONTENT = 131072
/** characters of the id of a user, group or chatroom */
export const MAX_ID = 64
/** characters of a message type's name */
export const MAX_OBJECT_NAME = 64
/** bytes of pushContent, and of pushData */
export const MAX_PUSH_TEXT = 8192
/** users that a directional message names */
export const MAX_DIRECTED = 300
/** bytes of base64 in the content of an image, a video or a place */
export const MAX_THUMBNAIL = 81920
/** seconds of a voice recording */
export const MAX_VOICE_SECONDS = 60
/** seconds of a short video, unless the app says otherwise */
export const MAX_VIDEO_SECONDS = 120
/** keys of a message's expansion */
export const MAX_PAIRS = 300
/** keys of an expansion that one change names */
export const MAX_PAIRS_CHANGED = 20
/** bytes of a key of an expansion */
export const MAX_PAIR_KEY = 32
/** UTF-16 units of a value of an expansion */
export const MAX_PAIR_VALUE = 4096
/** messages of a page of history */
export const MAX_HISTORY = 100
/** messages that are asked for by their ids */
export const MAX_NAMED = 100
/** conversations whose history one request clears */
export const MAX_CLEARED = 20
/** conversations of a page */
export const MAX_LISTED = 1000
/** conversations whose settings one request changes */
export const MAX_CHANGED = 20
/** tags of a user */
export const MAX_TAGS = 20
/** characters of a tag's id */
export const MAX_TAG_ID = 10
/** characters of a tag's name */
export const MAX_TAG_NAME = 15
/** conversations of a tag, of which the oldest gives way */
export const MAX_TAGGED = 1000
/** messages that a read receipt names, and readers of a page */
export const MAX_RECEIPTS = 100
/** messages that a chatroom gives to who joins */
export const MAX_ROOM_HISTORY = 50
/** members that are named with a chatroom */
export const MAX_ROOM_MEMBERS = 20
/** entries of a chatroom */
export const MAX_ROOM_ENTRIES = 100
/** entries of a chatroom that one request changes */
export const MAX_ENTRIES_CHANGED = 10
/** bytes of a key of a chatroom entry */
export const MAX_ENTRY_KEY = 128
/** characters of a value of a chatroom entry */
export const MAX_ENTRY_VALUE = 4096
/** groups that are asked for by their ids */
export const MAX_ASKED_GROUPS = 20
/** users that are asked for by their ids */
export const MAX_ASKED_USERS = 100
/** members, or groups, of a page */
export const MAX_MEMBERS_PAGE = 100
/** characters of a channel's id */
export const MAX_CHANNEL_ID = 20
