package chat

import (
	"context"
	"errors"
	"fmt"
)

// Code is the result of an operation as a client sees it. The numbers are the
// protocol's, so an official client shows the name it always showed.
//
// A Code is an error only to be compared with: errors.Is(err, NotInGroup) says
// whether err is, or wraps, an *Error of that code. Errors that are returned
// are always *Error, which says more.
type Code uint16

// The codes this server answers with. They are never renumbered.
const (
	OK                Code = 0
	Blacklisted       Code = 405   // the receiver's blacklist holds the sender
	NotWhitelisted    Code = 407   // the receiver's whitelist lacks the sender
	MutedInPrivate    Code = 20106 // the sender may not send private messages
	SystemReadOnly    Code = 20109 // nobody may send to a system conversation
	EditTooLate       Code = 20114 // the message is older than the app lets it be edited
	EditUnsupported   Code = 20116 // there is no such message, or it is not one to edit
	TooBig            Code = 20115 // the content is over 131072 bytes
	TooFast           Code = 20604 // over the send rate; try again in a second
	Blocked           Code = 20605 // this operation is not open to this user
	NotSupported      Code = 20606 // this server does not do that
	TooFrequent       Code = 20607 // over another rate than that of sending
	ExpansionMissing  Code = 22201 // there is no such message to expand
	ExpansionDenied   Code = 22202 // the message was not sent as one that may be expanded
	ExpansionFormat   Code = 22203 // a key, a value or their number is over a limit
	ExpansionNotYours Code = 22204 // the user is not in the conversation of the message
	NotInGroup        Code = 22406
	MutedInGroup      Code = 22408
	NotInChatroom     Code = 23406
	ChatroomMuted     Code = 23408 // the user may not speak in the chatroom
	ChatroomBlocked   Code = 23409 // the user may not be in the chatroom
	ChatroomMissing   Code = 23410
	ChatroomFull      Code = 23411
	ChatroomParameter Code = 23412
	TooManyEntries    Code = 23423 // the chatroom takes no more keys
	EntryNotYours     Code = 23424 // somebody else owns the key
	EntriesTooFast    Code = 23425 // over the rate of changes of entries
	EntryMissing      Code = 23427 // the chatroom has no such key
	EntriesFailed     Code = 23428 // some keys of several were not changed
	EntriesTooMany    Code = 23429 // over the number of keys of one request
	NotInUltraGroup   Code = 24406
	UltraGroupMuted   Code = 24408 // the user, or everybody, may not send in the ultra group or channel
	UltraGroupMissing Code = 24410
	UltraGroupsFull   Code = 24412 // the user is in as many ultra groups as one may be in
	ChannelsFull      Code = 24413 // the ultra group has as many channels as it may have
	ChannelMissing    Code = 24414
	NotInChannel      Code = 24416 // the channel is private, and the user is not in it
	Internal          Code = 25104 // our fault; the message is withheld from the peer
	RecallMissing     Code = 25101 // there is no such message to recall
	RecallNotYours    Code = 25107 // only the sender may recall this message
	StoreUnavailable  Code = 25102 // the store did not answer; try again
	TooManyTags       Code = 26004 // the user has as many tags as there may be
	FileTooBig        Code = 26106 // a file is over the limit, or all of the app's are over theirs
	ReceiptV4Off      Code = 26005 // the app has read receipts of another generation than the fourth
	ReceiptV5Off      Code = 26314 // the app has read receipts of another generation than the fifth
	ReceiptTooMany    Code = 26316 // too many messages or users are named
	ReceiptType       Code = 26317 // conversations of this type have no receipts
	ReceiptNotYours   Code = 26320 // only the sender may ask who has read the message
	ReceiptNeedless   Code = 26321 // the message asks for no receipt of this user
	ReceiptMissing    Code = 26322 // there is no such message, or the user does not see it
	BadParameter      Code = 26010 // a field is missing, out of range or malformed
	ProfilesOff       Code = 24369 // no profiles or friends kept for users here
	GroupByServerOnly Code = 25413 // only the app's server makes and changes groups
	SubscriptionsOff  Code = 26020 // nobody can subscribe to a user here
	TranslationOff    Code = 28400 // no translation here
	BadMessage        Code = 32002 // the payload does not decode
	ServerUnavailable Code = 31003 // draining or starting: try again elsewhere
	TokenIncorrect    Code = 31004
	NotAuthorized     Code = 31005
	AppBlocked        Code = 31008
	UserBlocked       Code = 31009
	Kicked            Code = 31010 // another device of the user took this one's place
	TokenExpired      Code = 31020
	ProtocolVersion   Code = 31001
	UnsupportedType   Code = 34201 // the conversation type is not one for this operation
)

var codeText = map[Code]string{
	OK: "ok", Blacklisted: "blacklisted", NotWhitelisted: "not-whitelisted",
	SystemReadOnly: "system-read-only", TooBig: "too-big", TooFast: "too-fast", Blocked: "blocked",
	MutedInPrivate: "muted-in-private", MutedInGroup: "muted-in-group",
	NotSupported: "not-supported", TooFrequent: "too-frequent", NotInGroup: "not-in-group",
	ChatroomMuted: "chatroom-muted", ChatroomBlocked: "chatroom-blocked",
	TooManyEntries: "too-many-entries", EntryNotYours: "entry-not-yours", EntriesTooFast: "entries-too-fast",
	EntryMissing: "entry-missing", EntriesFailed: "entries-failed", EntriesTooMany: "entries-too-many",
	NotInChatroom: "not-in-chatroom", ChatroomMissing: "chatroom-missing",
	ChatroomFull: "chatroom-full", ChatroomParameter: "chatroom-parameter",
	NotInUltraGroup: "not-in-ultra-group", UltraGroupMuted: "ultra-group-muted", UltraGroupMissing: "ultra-group-missing",
	UltraGroupsFull: "ultra-groups-full", ChannelsFull: "channels-full", ChannelMissing: "channel-missing",
	NotInChannel: "not-in-channel", Internal: "internal",
	RecallMissing: "recall-missing", RecallNotYours: "recall-not-yours",
	TranslationOff: "translation-off", ProfilesOff: "profiles-off", SubscriptionsOff: "subscriptions-off",
	GroupByServerOnly: "group-by-server-only",
	StoreUnavailable:  "store-unavailable", TooManyTags: "too-many-tags", BadParameter: "bad-parameter", BadMessage: "bad-message",
	ServerUnavailable: "server-unavailable", TokenIncorrect: "token-incorrect",
	NotAuthorized: "not-authorized", AppBlocked: "app-blocked", UserBlocked: "user-blocked", Kicked: "kicked",
	TokenExpired: "token-expired", ProtocolVersion: "protocol-version",
	UnsupportedType: "unsupported-type", FileTooBig: "file-too-big",
	EditTooLate: "edit-too-late", EditUnsupported: "edit-unsupported",
	ExpansionMissing: "expansion-missing", ExpansionDenied: "expansion-denied",
	ExpansionFormat: "expansion-format", ExpansionNotYours: "expansion-not-yours",
	ReceiptV4Off: "receipt-v4-off", ReceiptV5Off: "receipt-v5-off", ReceiptTooMany: "receipt-too-many",
	ReceiptType: "receipt-type", ReceiptNotYours: "receipt-not-yours", ReceiptNeedless: "receipt-needless", ReceiptMissing: "receipt-missing",
}

// String is the word of the code, used in logs and metric labels.
func (c Code) String() string {
	if s, ok := codeText[c]; ok {
		return s
	}
	return fmt.Sprintf("code-%d", uint16(c))
}

// Error is String.
func (c Code) Error() string { return c.String() }

// Codes lists every code of this server, in no particular order.
func Codes() []Code {
	all := make([]Code, 0, len(codeText))
	for c := range codeText {
		all = append(all, c)
	}
	return all
}

// Error is a refusal with the code that tells the peer why. Reason is for the
// peer and names the field and the limit; Err is for our log only.
type Error struct {
	Code   Code
	Reason string
	Err    error
}

// Errorf is an Error whose reason is formatted.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Reason: fmt.Sprintf(format, args...)}
}

// Error is the reason, with the cause behind it where there is one.
func (e *Error) Error() string {
	text := e.Reason
	if text == "" {
		text = e.Code.String()
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Is reports whether target is the code of e.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code that err carries: OK for nil, that of the first *Error
// in its chain, ServerUnavailable for a context that ended, else Internal.
func CodeOf(err error) Code {
	var coded *Error
	switch {
	case err == nil:
		return OK
	case errors.As(err, &coded):
		return coded.Code
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ServerUnavailable
	}
	return Internal
}
