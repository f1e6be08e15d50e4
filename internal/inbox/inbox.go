// Package inbox answers what a user asks of the past: pulls, history, unread
// and read marks.
package inbox

import (
	"context"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Config bounds an inbox. The zero value is ready to use.
type Config struct {
	// OfflineWindow is how far back a pull reaches, whatever its cursor: the
	// time messages are kept for who is offline. 0 means 7 days.
	OfflineWindow time.Duration
	// Now is the clock in milliseconds since 1970; nil means the system's.
	Now func() int64
}

// Store is what an inbox reads.
type Store interface {
	store.Inbox
	store.History
	store.Reads
	store.Groups
}

// Writer is how an inbox changes what it reads.
type Writer interface {
	Change(ctx context.Context, changes ...store.Change) (chat.Tick, error)
}

// Inbox answers for all users of an app.
type Inbox struct {
	store  Store
	writer Writer
	cfg    Config
}

// New is an inbox over s that writes through w.
func New(s Store, w Writer, cfg Config) *Inbox {
	if cfg.OfflineWindow == 0 {
		cfg.OfflineWindow = 7 * 24 * time.Hour
	}
	if cfg.Now == nil {
		cfg.Now = func() int64 { return time.Now().UnixMilli() }
	}
	return &Inbox{store: s, writer: w, cfg: cfg}
}

// Pull returns the next page of a user's stream (see store.Inbox), not older
// than the offline window. Page.Through is never smaller than q.Received.
func (x *Inbox) Pull(ctx context.Context, q store.Pull) (store.Page, error) {
	oldest := chat.Tick(x.cfg.Now() - x.cfg.OfflineWindow.Milliseconds())
	asked := q.Received
	q.Received, q.Sent = max(q.Received, oldest), max(q.Sent, oldest)
	page, err := x.store.Pull(ctx, q)
	// A cursor from before a restored backup may be ahead of us; it must not go back.
	page.Through = max(page.Through, asked)
	return page, err
}

// Page sizes of History.
const (
	DefaultPage  = 20
	MaxPage      = 100
	maxPageBytes = 512 << 10 // of message bodies, beside the rest of a tick
)

// Query asks for a page of a conversation's history.
type Query struct {
	Conversation chat.Conversation
	Time         chat.Tick // the page begins next to this time, which is not part of it
	Newer        bool      // oldest first and newer than Time; otherwise newest first and older
	Count        int       // 0 means DefaultPage; more than MaxPage is MaxPage
	Until        chat.Tick // nothing newer than this
}

// History returns a page of what viewer may see of a conversation: for a
// group, since they joined; it fails with chat.NotInGroup when they are not in.
func (x *Inbox) History(ctx context.Context, viewer chat.UserID, q Query) (store.Page, error) {
	if q.Count <= 0 {
		q.Count = DefaultPage
	}
	r := store.Range{
		Log:      q.Conversation.Log(viewer),
		Viewer:   viewer,
		Before:   q.Until + 1,
		Backward: !q.Newer,
		Limit:    min(q.Count, MaxPage),
		Bytes:    maxPageBytes,
	}
	if q.Newer {
		r.After = q.Time
	} else if q.Time > 0 {
		r.Before = min(q.Time, r.Before)
	}
	if q.Conversation.Type == chat.Group {
		joined, err := x.joined(ctx, viewer, q.Conversation.Target)
		if err != nil {
			return store.Page{}, err
		}
		r.After = max(r.After, joined)
	}
	return x.store.History(ctx, r)
}

func (x *Inbox) joined(ctx context.Context, user chat.UserID, group string) (chat.Tick, error) {
	stays, _, err := x.store.Memberships(ctx, user)
	if err != nil {
		return 0, err
	}
	for _, s := range stays {
		if s.Group == group && s.Left == 0 {
			return s.Joined, nil
		}
	}
	return 0, chat.Errorf(chat.NotInGroup, "the user is not in the group")
}

// MarkRead moves user's read cursor of a conversation forward to through. It
// returns when that is durable.
func (x *Inbox) MarkRead(ctx context.Context, user chat.UserID, c chat.Conversation, through chat.Tick) error {
	_, err := x.writer.Change(ctx, store.MarkedRead{User: user, Log: c.Log(user), Through: through})
	return err
}

// Unread counts what user has not read of a conversation.
func (x *Inbox) Unread(ctx context.Context, user chat.UserID, c chat.Conversation) (int, error) {
	var joined chat.Tick
	if c.Type == chat.Group {
		var err error
		if joined, err = x.joined(ctx, user, c.Target); err != nil {
			return 0, err
		}
	}
	return x.store.Unread(ctx, user, c.Log(user), joined)
}
