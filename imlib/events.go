package imlib

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// Event is something that happened to the user: a [Message] or one of the
// types below.
type Event interface{ event() }

// Typing says that a user writes a message in a conversation. It is told every
// few seconds while they write, and means nothing some seconds later.
type Typing struct {
	Conversation chat.Conversation
	User         chat.UserID
	ObjectName   string // of the message being written, such as RC:TxtMsg; empty in an ultra group
}

// Recalled says that a message was taken back: what shows it shows, instead,
// that it is gone, or nothing when Delete is set.
type Recalled struct {
	Conversation chat.Conversation
	UID          chat.UID    // of the message
	Time         time.Time   // when it was sent
	Sender       chat.UserID // who sent it, where another recalled it; else empty
	By           chat.UserID // who took it back
	Admin        bool        // as an administrator
	Delete       bool
	User         *User // By, as they want to be shown; may be nil
	Extra        string
}

// Edited is a message whose content changed, as it is now.
type Edited struct{ Message Message }

// ExpansionChanged says what changed in the key-value pairs of a message.
type ExpansionChanged struct {
	Conversation chat.Conversation
	UID          chat.UID
	By           chat.UserID       // empty in an ultra group
	Clear        bool              // all that was there is gone, before Put; always in an ultra group
	Put          map[string]string // set
	Removed      []string
}

// PeerRead says that the other user has read a private conversation up to a
// message and a time.
type PeerRead struct {
	Conversation chat.Conversation
	UID          chat.UID // may be empty
	Through      time.Time
}

// ReceiptRequested says that a member of a group asks who has read a message
// of theirs. Answer with [Client.AnswerReceiptRequests] once it was read.
type ReceiptRequested struct {
	Conversation chat.Conversation
	UID          chat.UID
	By           chat.UserID
}

// GroupRead says that a member of a group has read messages of this user.
type GroupRead struct {
	Conversation chat.Conversation
	UIDs         []chat.UID
	By           chat.UserID
}

// ReceiptChanged says how many have read a message of this user.
type ReceiptChanged struct {
	Conversation chat.Conversation
	UID          chat.UID
	Total, Read  int
	Readers      []Reader // who read it since this was last told; receipts of the fourth generation do not say
}

// Reader is a user and when they read a message.
type Reader struct {
	User      chat.UserID
	Time      time.Time // zero: has not read it
	Mentioned bool      // the message addresses them by @
}

// ConversationChanged says which settings of a conversation changed, on
// whichever device: those that are not nil.
type ConversationChanged struct {
	Conversation chat.Conversation
	Top          *bool
	Level        *Level
	Tags         []ConversationTag // all of them now; nil says that they did not change
}

// TypeLevelChanged says that the notification level of all conversations of a
// type changed, on whichever device.
type TypeLevelChanged struct {
	Type  chat.ConversationType
	Level Level
}

// UnreadChanged says how many messages of a conversation are unread, after
// something happened that cannot be counted from messages: on some device, this
// one too, it was read or removed or messages of it were deleted, or a message
// was recalled. A Message that has chat.Counted and is not Own adds one by
// itself, and is in the count of an UnreadChanged that comes after it.
type UnreadChanged struct {
	Conversation chat.Conversation
	Unread       Unread
}

// ReadElsewhere says that another device of the user read a conversation. What
// was read while this client was away UnreadChanged says.
type ReadElsewhere struct {
	Conversation chat.Conversation
	Through      time.Time
}

// TagsChanged is all tags of the user, after they changed on whichever device.
type TagsChanged struct{ Tags []Tag }

// ConnectionChanged says what became of the connection. It is told of each
// change after Connect returned.
type ConnectionChanged struct{ Status }

// CaughtUp says that all messages were yielded that came before the client
// connected, or while it was not. It is told once for each connection.
type CaughtUp struct{}

// Missed says that the program read too slowly and how many events were let go
// by since the last Missed: those that happen now or never, such as Typing and
// what is told of chatrooms and of the connection. Nothing else is missed.
type Missed struct{ Count int }

func (Message) event()             {}
func (Typing) event()              {}
func (Recalled) event()            {}
func (Edited) event()              {}
func (ExpansionChanged) event()    {}
func (PeerRead) event()            {}
func (ReceiptRequested) event()    {}
func (GroupRead) event()           {}
func (ReceiptChanged) event()      {}
func (ConversationChanged) event() {}
func (TypeLevelChanged) event()    {}
func (UnreadChanged) event()       {}
func (ReadElsewhere) event()       {}
func (TagsChanged) event()         {}
func (ConnectionChanged) event()   {}
func (CaughtUp) event()            {}
func (Missed) event()              {}

// errEvents is what ends a loop over Messages.
var errEvents = errors.New("the messages of this client come through Events")

// Events yields everything that happens to the user, in one order, for as long
// as the loop over it runs: messages, and what happens to messages,
// conversations and chatrooms. A program reads either Messages or Events: once
// Events was called, a loop over Messages ends with an error, so that no
// message can go to a loop that does not look at messages.
//
// What it yields:
//
//   - [Message] for what people and apps say, exactly as Messages yields it;
//   - an event of its own instead for what SDKs tell each other by messages:
//     a recall, a changed expansion, a receipt, typing, news of a chatroom.
//     Messages yields those as the messages that carry them;
//   - the other events of this package, of which Messages knows nothing.
//
// There is one queue, so what happens to a message comes after the message.
// When the queue is full (see [Options].Queue), messages, recalls and
// expansions go by and are pulled once there is room; edits, receipts,
// settings and unread counts are asked for only then. What happens now or never
// goes by, and Missed says so. Until Events is called, only messages wait.
//
// Events of edits, receipts and settings begin where the messages do that
// [Options].Cursors knows of, or else when the client connected, and go on over
// lost connections. After a crash a few may come again; each says how things
// are, so that does no harm.
//
// Loops end, and go on, as those over Messages do.
func (c *Client) Events(ctx context.Context) iter.Seq2[Event, error] {
	c.watch()
	return func(yield func(Event, error) bool) {
		for {
			r, err := c.next(ctx, c.popEvent, nil)
			if err != nil {
				yield(nil, err)
				return
			}
			e := r.event
			if e == nil {
				e = c.eventOf(&r.message)
			}
			more := e == nil || yield(e, nil)
			if err := c.save(ctx, r.cursor); err != nil {
				if more {
					yield(nil, err)
				}
				return
			}
			if !more {
				return
			}
		}
	}
}

// watch begins with everything that only Events tells.
func (c *Client) watch() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watching || c.options.SendOnly {
		return
	}
	c.watching = true
	close(c.watched) // loops over Messages end
	if c.caughtUp {
		c.tellCaughtUp()
	}
	c.news.connected(c)
	if c.ultra.there {
		c.hearNews(&c.ultra.changes)
	}
	for _, r := range c.rooms {
		c.hearNews(&r.entries)
	}
}

// popEvent takes the first event out of the queue. With c.mu held.
func (c *Client) popEvent() (received, bool) {
	if c.missed > 0 && c.hasRoom() {
		n := c.missed
		c.missed = 0
		return received{event: Missed{n}}, true
	}
	return c.pop()
}

// happened queues an event that nobody can ask for later. With c.mu held.
func (c *Client) happened(e Event) {
	switch {
	case !c.watching:
	case !c.hasRoom():
		c.missed++
	default:
		c.push(received{event: e})
	}
}

// push queues what there is room for. With c.mu held.
func (c *Client) push(r received) {
	c.queue = append(c.queue, r)
	signal(c.fed)
}
