// Package receipt knows who has read a message.
//
// A reading is one entry for each message and reader, and is counted and told
// once. Only who could see a message counts: of a private conversation the
// other one, of a group the members who had joined when the message was sent,
// and never the sender. Who has left the group since counts only if they read.
//
// # Concurrency
//
// Everything may be called from any goroutine. What one reader reads is taken
// note of one after the other.
package receipt

import (
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/writer"
)

// Version is a generation of receipts, as the documents of the SDK count them.
type Version int

// The generations. In the first, clients tell each other by messages and the
// server keeps nothing. Navigation tells a client which one its app has.
const (
	V1 Version = 1
	V2 Version = 2
	V4 Version = 4
	V5 Version = 5
)

// Navigation is how the navigation of official clients numbers the generation.
func (v Version) Navigation() int {
	switch v {
	case V1:
		return 0
	case V2:
		return 1
	case V4:
		return 3
	}
	return 4
}

// Config is what an app chooses. The zero value is ready to use.
type Config struct {
	// Version is the generation; 0 means V5.
	Version Version
	// Window is how far back a client that asks for the first time is told who
	// read. 0 means 7 days.
	Window time.Duration
	// Now is the clock in milliseconds since 1970; nil means the system's.
	Now func() int64
}

// Store is what a ledger reads.
type Store interface {
	store.Sends
	store.History
	store.Groups
	store.Entries
}

// Writer is how a ledger writes.
type Writer interface{ Submit(*writer.Request) }

// Ledger keeps the readings of an app.
type Ledger struct {
	store  Store
	writer Writer
	cfg    Config
	locks  [256]sync.Mutex // one for all readers who fall on it
	seed   maphash.Seed
}

// New is the ledger in s, written through w.
func New(s Store, w Writer, cfg Config) *Ledger {
	if cfg.Version == 0 {
		cfg.Version = V5
	}
	if cfg.Window == 0 {
		cfg.Window = 7 * 24 * time.Hour
	}
	if cfg.Now == nil {
		cfg.Now = func() int64 { return time.Now().UnixMilli() }
	}
	return &Ledger{store: s, writer: w, cfg: cfg, seed: maphash.MakeSeed()}
}

// chat.MaxReceipts is how many messages a call may name.

// lock makes the caller the only one to take note of what reader reads.
func (l *Ledger) lock(reader chat.UserID) (unlock func()) {
	m := &l.locks[maphash.String(l.seed, string(reader))%uint64(len(l.locks))]
	m.Lock()
	return m.Unlock
}

// messages finds the messages with the given names in a conversation, each
// once, leaving out those that are not there, that user does not see, and that
// were recalled. Of a group that user is not in it fails with chat.NotInGroup.
func (l *Ledger) messages(ctx context.Context, user chat.UserID, in chat.Conversation, uids []string) ([]*chat.Message, error) {
	if len(uids) == 0 || len(uids) > chat.MaxReceipts {
		return nil, chat.Errorf(chat.ReceiptTooMany, "%d messages are named, not 1 to %d", len(uids), chat.MaxReceipts)
	}
	if in.Type != chat.Private && in.Type != chat.Group {
		return nil, chat.Errorf(chat.ReceiptType, "messages of a %s conversation have no receipts", in.Type)
	}
	joined, err := l.joined(ctx, user, in)
	if err != nil {
		return nil, err
	}
	found, err := l.find(ctx, user, in, uids)
	return slices.DeleteFunc(found, func(m *chat.Message) bool { return m.ID.Tick <= joined && m.Sender != user }), err
}

// find is messages for a user who is known to see them.
func (l *Ledger) find(ctx context.Context, user chat.UserID, in chat.Conversation, uids []string) ([]*chat.Message, error) {
	named := map[chat.UID]bool{}
	var ids []chat.ID
	for _, uid := range uids {
		if id, err := chat.UID(uid).ID(); err == nil && !named[chat.UID(uid)] {
			named[chat.UID(uid)] = true
			ids = append(ids, id)
		}
	}
	found, err := l.store.Messages(ctx, ids)
	log := in.Log(user)
	return slices.DeleteFunc(found, func(m *chat.Message) bool {
		return m.Log() != log || !named[m.UID()] || m.ObjectName == amend.RecallNotice || m.Flags&chat.Persisted == 0 || !m.VisibleTo(user)
	}), err
}

// joined is when user joined the group in, 0 for a private conversation.
func (l *Ledger) joined(ctx context.Context, user chat.UserID, in chat.Conversation) (chat.Tick, error) {
	if in.Type != chat.Group {
		return 0, nil
	}
	stays, _, err := l.store.Memberships(ctx, user)
	if err != nil {
		return 0, err
	}
	for _, s := range stays {
		if s.Group == in.Target && s.Left == 0 {
			return s.Joined, nil
		}
	}
	return 0, chat.Errorf(chat.NotInGroup, "the user is not in the group")
}

// unread are the messages of others among found that reader has not read.
func (l *Ledger) unread(ctx context.Context, reader chat.UserID, found []*chat.Message) ([]*chat.Message, error) {
	var unread []*chat.Message
	for _, m := range found {
		if m.Sender == reader {
			continue
		}
		_, err := l.store.Entry(ctx, store.Receipts, string(m.UID()), string(reader))
		switch {
		case errors.Is(err, store.ErrNotFound):
			unread = append(unread, m)
		case err != nil:
			return nil, err
		}
	}
	return unread, nil
}

// record commits that reader read the messages, together with the message that
// tells of it.
func (l *Ledger) record(tells *chat.Message, check roster.Check, reader chat.UserID, read []*chat.Message) error {
	var changes []store.Change
	for _, m := range read {
		changes = append(changes, store.EntrySet{Space: store.Receipts, Owner: string(m.UID()), Key: string(reader)})
	}
	return l.commit(tells, check, changes)
}

func (l *Ledger) commit(tells *chat.Message, check roster.Check, changes []store.Change) error {
	done := make(answer, 1)
	l.writer.Submit(&writer.Request{Message: tells, Check: check, Changes: changes, Owner: done})
	return (<-done).Err
}

// answer is an owner that waits.
type answer chan *writer.Request

func (a answer) Answer(r *writer.Request) { a <- r }

// bySender parts messages by who sent them, in the order of the first of each.
func bySender(messages []*chat.Message) [][]*chat.Message {
	var parts [][]*chat.Message
	for _, m := range messages {
		i := slices.IndexFunc(parts, func(p []*chat.Message) bool { return p[0].Sender == m.Sender })
		if i < 0 {
			i = len(parts)
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], m)
	}
	return parts
}
