// Package store says what Hongyan asks of a database. It holds the contract
// and no driver: storetest states the contract case by case, embedded and
// postgres fulfil it.
//
// A store belongs to one app, so no key and no method names an app. One writer
// commits to it; any number of goroutines read.
//
// # Ticks
//
// Everything is written in batches, one tick each, with ticks strictly
// increasing. A batch is visible whole or not at all, to every reader at once,
// and only after it is on stable storage. Within a batch the messages come
// before the changes: a user who joins in tick t receives what has a tick
// larger than t, one who leaves in tick t still receives the messages of t.
//
// # Errors
//
// What is not there is ErrNotFound where a single thing was asked for, and an
// empty list where a list was. Any other failure is an *chat.Error with code
// StoreUnavailable; the driver's own error is its cause. A cancelled context
// ends a read early with the context's error. Returned slices and messages
// belong to the caller, but messages must not be changed.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// ErrNotFound is returned when the one thing asked for does not exist.
var ErrNotFound = errors.New("not found")

// Store is everything one app keeps.
type Store interface {
	Committer
	Sends
	Inbox
	History
	Reads
	Groups
	Blacklists
	Rooms
	Users
	Entries
	Close() error
}

// Batch is what one tick commits.
type Batch struct {
	Prev chat.Tick // the tick committed before this one, 0 for the first
	Tick chat.Tick

	// Messages have ID {Tick, i} for their place i in this slice. Storing a
	// message also puts it into the inboxes of its users (when
	// Message.Inboxed) and makes its Key findable by Sends.
	Messages []*chat.Message

	// Changes take effect after the messages, in order.
	Changes []Change
}

// Committer makes batches durable.
type Committer interface {
	// Last is the tick of the newest committed batch, 0 for an empty store.
	Last() chat.Tick

	// Commit stores b and returns once it is on stable storage; from then on
	// every reader sees it. b.Prev must be Last() and b.Tick larger, else
	// nothing is stored and an error is returned. After an error the batch may
	// or may not survive a restart, but no reader of this process sees it, and
	// every later Commit fails as well: the owner must close and reopen the
	// store. Only one Commit runs at a time.
	Commit(ctx context.Context, b *Batch) error
}

// Sends finds messages by the key of their send.
type Sends interface {
	// Sent returns the id of the message that was committed with key within
	// the dedupe window (see Options), and whether there is one. It is cheap
	// when there is none. The zero key is never found.
	Sent(ctx context.Context, key chat.SendKey) (chat.ID, bool, error)

	// Messages returns the messages with the given ids in the order asked for,
	// leaving out those that do not exist.
	Messages(ctx context.Context, ids []chat.ID) ([]*chat.Message, error)
}

// Pull asks for a part of a user's stream: what the user is to receive and
// what the user sent, from every device and the server API.
type Pull struct {
	User     chat.UserID
	Received chat.Tick // messages of others with a larger tick are wanted
	Sent     chat.Tick // messages of the user's own with a larger tick are wanted
	Until    chat.Tick // and no tick larger than this; 0 means Last()
	Limit    int       // stop after the tick in which this many messages are reached; at least 1
	Bytes    int       // or in which their bodies have this many bytes; 0 means no bound
}

// Page is a run of messages, whole ticks only.
type Page struct {
	Messages []*chat.Message // in (Tick, Index) order, or its reverse when asked backward

	// Through is how far the page reaches: every wanted message up to and
	// including it is in the page. When More is false it is the end that was
	// asked for (Until, or Last() as it was when the read began if that is
	// smaller), whether or not a message has that tick.
	Through chat.Tick
	More    bool // there is at least one more wanted message beyond Through
}

// Inbox reads the streams of users.
type Inbox interface {
	// Pull returns the next page of a user's stream, oldest first: private,
	// system and directional messages from the user's inbox, and those of the
	// logs, one for each channel, of the groups the user was a member of at
	// their tick, as far as Memberships reports that. Chatroom messages are not
	// part of it. No page splits a tick, so a page may hold
	// more than Limit messages. A message the user sent to themselves is in it
	// once, and counts as received; one with chat.NotToSender is not in the
	// sender's stream.
	Pull(ctx context.Context, q Pull) (Page, error)

	// Logs returns the logs of private and system conversations that hold a
	// message user sent or is to receive, in byte order.
	Logs(ctx context.Context, user chat.UserID) ([]LogEnd, error)

	// GroupLogs returns the logs of a group that hold a message, one for each
	// channel, in byte order.
	GroupLogs(ctx context.Context, group string) ([]LogEnd, error)
}

// LogEnd is a log and the tick of its newest message, whatever kind that is.
type LogEnd struct {
	Log  chat.Log
	Tick chat.Tick
}

// Range asks for a part of one log.
type Range struct {
	Log      chat.Log
	Viewer   chat.UserID // leaves out directional messages this user may not see; empty sees all
	After    chat.Tick   // ticks larger than this
	Before   chat.Tick   // and smaller than this; 0 means no bound
	Backward bool        // newest first
	Limit    int         // stop after the tick in which this many messages are reached; at least 1
	Bytes    int         // or in which their bodies have this many bytes; 0 means no bound
	All      bool        // also messages without chat.Persisted, which history leaves out
	Flags    chat.Flags  // only messages that have all of these, of chat.Counted and chat.Mentioned
	Except   []chat.ID   // but not these, which are in order
}

// Merge asks for the messages of several logs as one stream.
type Merge struct {
	Logs   []LogSince  // each log once
	Viewer chat.UserID // leaves out directional messages this user may not see
	Until  chat.Tick   // no tick larger than this; 0 means Last()
	Limit  int         // as in Pull
	Bytes  int         // as in Pull
}

// LogSince is a log and the tick after which its messages are wanted.
type LogSince struct {
	Log   chat.Log
	After chat.Tick
}

// History reads the logs of conversations.
type History interface {
	// History returns a page of a log, whole ticks only. Through is the tick of
	// the last message of the page when there is More, and otherwise the bound
	// the read ran up to: Before-1 (or Last()) forward, After+1 backward.
	History(ctx context.Context, q Range) (Page, error)

	// Merge returns the next page of several logs, oldest first, persisted or
	// not, whoever sent them; More and Through are as for Pull. A log that is
	// silent since After costs no read of the disk most of the time.
	Merge(ctx context.Context, q Merge) (Page, error)
}

// Reads answers what a user has read.
type Reads interface {
	// ReadThrough is the tick up to which user has read log, 0 if never marked.
	ReadThrough(ctx context.Context, user chat.UserID, log chat.Log) (chat.Tick, error)

	// Unread tells what of a log a user has not read. It is computed from the
	// log each time, never kept.
	Unread(ctx context.Context, q UnreadRange) (Unread, error)
}

// UnreadRange asks what of a log a user has not read: the messages that are
// chat.Counted, visible to the user and not sent by the user.
type UnreadRange struct {
	User   chat.UserID
	Log    chat.Log
	After  chat.Tick // ticks larger than this, and than ReadThrough
	Until  chat.Tick // and not larger than this; 0 means Last()
	Except []chat.ID // but not these, which are in order
	Limit  int       // stop when so many were counted; 0 means no bound
}

// Unread is what a user has not read of a log.
type Unread struct {
	Count     int
	First     chat.ID   // the oldest; zero when Count is 0
	Mentioned []chat.ID // those that are chat.Mentioned, oldest first, the first MaxMentioned
	Read      chat.Tick // what ReadThrough is
}

// MaxMentioned is how many mentions Unread lists.
const MaxMentioned = 1000

// UltraGroup is the id under which an ultra group's members are kept: ultra
// groups and groups may have the same ids. No id of a group begins like it.
// Pull does not read the logs of ultra groups.
func UltraGroup(id string) string { return string(rune(chat.UltraGroup)) + id }

// UltraChannel is the id under which the members of a channel of an ultra group
// are kept: those who see the channel while it is private. They are members of
// the ultra group as well.
func UltraChannel(group, channel string) string { return UltraGroup(group) + "\x01" + channel }

// Group is a group with its present members, in byte order.
type Group struct {
	ID      string
	Name    string
	Members []chat.UserID
	Joined  []chat.Tick // when each of Members joined
}

// Membership is one stay of a user in a group.
type Membership struct {
	Group  string
	Joined chat.Tick // the tick of the join: larger ticks are received
	Left   chat.Tick // the tick of the leave: ticks up to it are received; 0 while a member
}

// Groups reads who is in which group.
type Groups interface {
	// Group returns the group, or ErrNotFound when it was never created or was dismissed.
	Group(ctx context.Context, id string) (Group, error)

	// Memberships returns the stays of user, including ended ones that the
	// offline window (see Options) still reaches, ordered by group, then
	// Joined. asOf is a tick up to and including which every change is
	// contained in the answer.
	Memberships(ctx context.Context, user chat.UserID) (stays []Membership, asOf chat.Tick, err error)
}

// Blacklists reads whom users refuse private messages from.
type Blacklists interface {
	// Blacklist returns the users that user refuses, in byte order.
	Blacklist(ctx context.Context, user chat.UserID) ([]chat.UserID, error)
}

// Room is a chatroom that was created and not destroyed.
type Room struct {
	ID      string
	Name    string
	Created chat.Tick
}

// Rooms reads which chatrooms exist.
type Rooms interface {
	// Room returns the chatroom, or ErrNotFound.
	Room(ctx context.Context, id string) (Room, error)
}

// User is what the app's server told about a user.
type User struct {
	ID       chat.UserID
	Name     string
	Portrait string
	// TokensAfter revokes: tokens issued at or before this time are refused. Zero revokes none.
	TokensAfter time.Time
	// BlockedUntil refuses every connect before this time. Zero is not blocked.
	BlockedUntil time.Time
}

// Users reads what is known of users. A user need not be known to chat.
type Users interface {
	// User returns the user, or ErrNotFound.
	User(ctx context.Context, id chat.UserID) (User, error)
}

// Space is a kind of entries. Each belongs to one room, which says what its
// keys and values mean.
type Space byte

// The spaces. The first of the two things named is the owner, the second the key.
const (
	Settings    Space = iota + 1 // user, kind and log: how the user keeps a conversation (conversation)
	Preferences                  // user, name: what holds for all conversations of the user (conversation)
	Tags                         // user, tag: a tag the user made (conversation)
	Tagged                       // user, tag NUL log: that the conversation has the tag (conversation)
	Deleted                      // user, log and id: that the user deleted their copy of a message (inbox)
	Whitelist                    // user, other: that user takes messages from other (roster)
	Muted                        // log, user: until when the user may not send there (roster)
	Receipts                     // message, user: that the user has read it (receipt)
	RoomEntries                  // chatroom, key: what its members share (chatroom)
	RoomRules                    // chatroom or nothing, rule NUL user or name (chatroom)
	Channels                     // ultra group, channel or nothing: what holds for the channel, or for all of the group (roster)
	Files                        // nothing or a list, file: what is known of it (media)
)

// OfUser reports whether the owners of the space are users. Every session of
// a user hears of changes to the user's entries.
func (s Space) OfUser() bool { return s >= Settings && s <= Deleted }

// Rules reports whether the entries of the space decide who may send what.
func (s Space) Rules() bool { return s == Whitelist || s == Muted || s == Channels }

// Entry is a small fact: in a space, of an owner, under a key. Owner and key
// are at most 1024 bytes and may hold any.
type Entry struct {
	Space      Space
	Owner, Key string
	Value      []byte
	Tick       chat.Tick // of the commit that set it last
}

// EntryRange asks for entries of one owner.
type EntryRange struct {
	Space  Space
	Owner  string
	Prefix string // of the keys
	After  string // keys larger than this; empty is no bound
	Limit  int    // at most so many; at least 1
}

// Entries reads entries.
type Entries interface {
	// Entry returns one, or ErrNotFound.
	Entry(ctx context.Context, space Space, owner, key string) (Entry, error)

	// Entries lists them in the order of their keys. Fewer than Limit means
	// that there are no more.
	Entries(ctx context.Context, q EntryRange) ([]Entry, error)
}

// Change is one thing, other than a new message, that a batch makes durable.
type Change interface{ change() }

type (
	// GroupJoined makes users members of a group, which it creates when it
	// does not exist. Who is a member already stays one, with the old Joined.
	// A Name that is not empty replaces the group's.
	GroupJoined struct {
		Group, Name string
		Users       []chat.UserID
	}
	// GroupLeft ends the membership of users; who is none is left alone. A stay
	// that ends in the tick it began in leaves no trace.
	GroupLeft struct {
		Group string
		Users []chat.UserID
	}
	// GroupDismissed ends every membership and the group itself. Its log stays readable.
	GroupDismissed struct{ Group string }

	// BlacklistAdded and BlacklistRemoved change whom User refuses.
	BlacklistAdded struct {
		User   chat.UserID
		Others []chat.UserID
	}
	BlacklistRemoved struct {
		User   chat.UserID
		Others []chat.UserID
	}

	// MarkedRead moves a read cursor forward; a smaller Through changes nothing.
	MarkedRead struct {
		User    chat.UserID
		Log     chat.Log
		Through chat.Tick
	}

	// Replaced puts Message in the place of the message with the same ID, whose
	// content is then gone from every read. Type, sender, target, channel, To,
	// Key and chat.NotToSender stay what they were.
	Replaced struct{ Message *chat.Message }

	// RoomCreated makes a chatroom exist; an existing one gets the name.
	RoomCreated struct{ Room, Name string }
	// RoomDestroyed ends a chatroom. Its log stays readable.
	RoomDestroyed struct{ Room string }

	// UserSaved replaces what is known of a user.
	UserSaved struct{ User User }

	// EntrySet makes an entry, or gives the one with the same key its value and tick.
	EntrySet struct {
		Space      Space
		Owner, Key string
		Value      []byte
	}
	// EntryDeleted ends an entry; one that does not exist is left alone.
	EntryDeleted struct {
		Space      Space
		Owner, Key string
	}
	// EntriesDeleted ends all entries of an owner in a space.
	EntriesDeleted struct {
		Space Space
		Owner string
	}
)

func (GroupJoined) change()      {}
func (GroupLeft) change()        {}
func (GroupDismissed) change()   {}
func (BlacklistAdded) change()   {}
func (BlacklistRemoved) change() {}
func (MarkedRead) change()       {}
func (Replaced) change()         {}
func (RoomCreated) change()      {}
func (RoomDestroyed) change()    {}
func (UserSaved) change()        {}
func (EntrySet) change()         {}
func (EntryDeleted) change()     {}
func (EntriesDeleted) change()   {}

// Options are the promises of a store that its owner chooses. Every driver
// takes them when it opens. Windows reach back from Last, not from the clock.
type Options struct {
	// DedupeWindow is how long Sends finds a key after its commit; it may be
	// found up to a day longer. 0 means 7 days.
	DedupeWindow time.Duration
	// OfflineWindow is how far back Memberships reports ended stays. 0 means 7 days.
	OfflineWindow time.Duration
}
