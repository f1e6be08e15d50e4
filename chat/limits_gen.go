// Code generated from chat/words/limits.tsv by go generate ./chat. DO NOT EDIT.

package chat

// What there is at most, in servers and clients.
const (
	MaxContent        = 131072 // bytes of a message's content as JSON text
	MaxID             = 64     // characters of the id of a user, group or chatroom
	MaxObjectName     = 64     // characters of a message type's name
	MaxPushText       = 8192   // bytes of pushContent, and of pushData
	MaxDirected       = 300    // users that a directional message names
	MaxThumbnail      = 81920  // bytes of base64 in the content of an image, a video or a place
	MaxVoiceSeconds   = 60     // seconds of a voice recording
	MaxVideoSeconds   = 120    // seconds of a short video, unless the app says otherwise
	MaxPairs          = 300    // keys of a message's expansion
	MaxPairsChanged   = 20     // keys of an expansion that one change names
	MaxPairKey        = 32     // bytes of a key of an expansion
	MaxPairValue      = 4096   // UTF-16 units of a value of an expansion
	MaxHistory        = 100    // messages of a page of history
	MaxNamed          = 100    // messages that are asked for by their ids
	MaxCleared        = 20     // conversations whose history one request clears
	MaxListed         = 1000   // conversations of a page
	MaxChanged        = 20     // conversations whose settings one request changes
	MaxTags           = 20     // tags of a user
	MaxTagID          = 10     // characters of a tag's id
	MaxTagName        = 15     // characters of a tag's name
	MaxTagged         = 1000   // conversations of a tag, of which the oldest gives way
	MaxReceipts       = 100    // messages that a read receipt names, and readers of a page
	MaxRoomHistory    = 50     // messages that a chatroom gives to who joins
	MaxRoomMembers    = 20     // members that are named with a chatroom
	MaxRoomEntries    = 100    // entries of a chatroom
	MaxEntriesChanged = 10     // entries of a chatroom that one request changes
	MaxEntryKey       = 128    // bytes of a key of a chatroom entry
	MaxEntryValue     = 4096   // characters of a value of a chatroom entry
	MaxAskedGroups    = 20     // groups that are asked for by their ids
	MaxAskedUsers     = 100    // users that are asked for by their ids
	MaxMembersPage    = 100    // members, or groups, of a page
	MaxChannelID      = 20     // characters of a channel's id
)
