// Package inbox answers what a user asks of the past: pulls, history, unread
// and read marks, and it keeps what the user deleted.
package inbox

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
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
	store.Sends
	store.Inbox
	store.History
	store.Reads
	store.Groups
	store.Entries
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

	deleting [64]sync.Mutex // by user: what was deleted is read and then written
	deleters deleters
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

// Pull returns the next page of a user's stream (see store.Inbox) without what
// the user deleted, not older than the offline window. Page.Through is never
// smaller than q.Received.
func (x *Inbox) Pull(ctx context.Context, q store.Pull) (store.Page, error) {
	oldest := chat.Tick(x.cfg.Now() - x.cfg.OfflineWindow.Milliseconds())
	asked := q.Received
	q.Received, q.Sent = max(q.Received, oldest), max(q.Sent, oldest)
	page, err := x.store.Pull(ctx, q)
	if err != nil {
		return page, err
	}
	page.Messages, err = x.withoutDeleted(ctx, q.User, min(q.Received, q.Sent), page.Messages)
	// A cursor from before a restored backup may be ahead of us; it must not go back.
	page.Through = max(page.Through, asked)
	return page, err
}

// Page sizes of History.
const (
	DefaultPage  = 20
	maxPageBytes = 512 << 10 // of message bodies, beside the rest of a tick
)

// Query asks for a page of a conversation's history.
type Query struct {
	Conversation chat.Conversation
	Time         chat.Tick // the page begins next to this time, which is not part of it
	Newer        bool      // oldest first and newer than Time; otherwise newest first and older
	Count        int       // 0 means DefaultPage; more than chat.MaxHistory is chat.MaxHistory
	Until        chat.Tick // nothing newer than this
}

// History returns a page of what viewer may see of a conversation and did not
// delete: for a group, since they joined; it fails with chat.NotInGroup when
// they are not in. A page is not empty while there is more.
func (x *Inbox) History(ctx context.Context, viewer chat.UserID, q Query) (store.Page, error) {
	begin, err := x.Begin(ctx, viewer, q.Conversation)
	if err != nil {
		return store.Page{}, err
	}
	return x.HistorySince(ctx, viewer, begin, q)
}

// HistorySince is History for who knows what Begin returns.
func (x *Inbox) HistorySince(ctx context.Context, viewer chat.UserID, begin chat.Tick, q Query) (store.Page, error) {
	if q.Count <= 0 {
		q.Count = DefaultPage
	}
	r := store.Range{
		Log:      q.Conversation.Log(viewer),
		Viewer:   viewer,
		Before:   q.Until + 1,
		Backward: !q.Newer,
		Limit:    min(q.Count, chat.MaxHistory),
		Bytes:    maxPageBytes,
	}
	if q.Newer {
		r.After = q.Time
	} else if q.Time > 0 {
		r.Before = min(q.Time, r.Before)
	}
	gone, err := x.gone(ctx, viewer, r.Log, max(r.After, begin))
	if err != nil {
		return store.Page{}, err
	}
	r.After, r.Except = max(r.After, begin, gone.through), gone.ids
	return x.store.History(ctx, r)
}

// Begin is the tick after which a conversation begins for user: for a group or
// an ultra group the one in which they joined, for a private channel of it the
// one in which they joined that. It fails with a *chat.Error when they are not in.
func (x *Inbox) Begin(ctx context.Context, user chat.UserID, c chat.Conversation) (chat.Tick, error) {
	switch c.Type {
	case chat.Group:
		return x.joined(ctx, user, c.Target, chat.Errorf(chat.NotInGroup, "the user is not in the group"))
	case chat.UltraGroup:
		return x.beginUltra(ctx, user, c)
	}
	return 0, nil
}

func (x *Inbox) beginUltra(ctx context.Context, user chat.UserID, c chat.Conversation) (chat.Tick, error) {
	tick, err := x.joined(ctx, user, store.UltraGroup(c.Target), chat.Errorf(chat.NotInUltraGroup, "the user is not in the ultra group"))
	if err != nil {
		return 0, err
	}
	e, err := x.store.Entry(ctx, store.Channels, c.Target, c.Channel)
	if errors.Is(err, store.ErrNotFound) {
		return 0, chat.Errorf(chat.ChannelMissing, "the ultra group has no such channel")
	}
	if err != nil {
		return 0, err
	}
	channel, err := roster.ReadChannel(e.Value)
	if err != nil || !channel.Private {
		return tick, err
	}
	return x.joined(ctx, user, store.UltraChannel(c.Target, c.Channel), chat.Errorf(chat.NotInChannel, "the channel is private and the user is not in it"))
}

// joined is when user joined a member list, and fails with no when they are not in it.
func (x *Inbox) joined(ctx context.Context, user chat.UserID, list string, no error) (chat.Tick, error) {
	stays, _, err := x.store.Memberships(ctx, user)
	if err != nil {
		return 0, err
	}
	for _, s := range stays {
		if s.Group == list && s.Left == 0 {
			return s.Joined, nil
		}
	}
	return 0, no
}

// chat.MaxNamed is how many messages Named and Delete take.

// Named returns the messages of a conversation that names name and viewer
// could find in its history, in that order, and the names of no such message.
func (x *Inbox) Named(ctx context.Context, viewer chat.UserID, c chat.Conversation, names []chat.UID) (found []*chat.Message, missing []chat.UID, err error) {
	if len(names) > chat.MaxNamed {
		return nil, nil, chat.Errorf(chat.BadParameter, "messageUIds names %d messages, over %d", len(names), chat.MaxNamed)
	}
	begin, err := x.Begin(ctx, viewer, c)
	if err != nil {
		return nil, nil, err
	}
	log := c.Log(viewer)
	gone, err := x.gone(ctx, viewer, log, begin)
	if err != nil {
		return nil, nil, err
	}
	messages, err := x.find(ctx, log, names)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		m := messages[name]
		if m == nil || m.Flags&chat.Persisted == 0 || !m.VisibleTo(viewer) || m.ID.Tick <= begin || gone.has(m.ID) {
			missing = append(missing, name)
			continue
		}
		found = append(found, m)
	}
	return found, missing, nil
}

// find returns the messages of log that names name.
func (x *Inbox) find(ctx context.Context, log chat.Log, names []chat.UID) (map[chat.UID]*chat.Message, error) {
	var ids []chat.ID
	for _, name := range names {
		if id, err := name.ID(); err == nil {
			ids = append(ids, id)
		}
	}
	messages, err := x.store.Messages(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[chat.UID]*chat.Message, len(messages))
	for _, m := range messages {
		if m.Log() == log {
			found[m.UID()] = m
		}
	}
	return found, nil
}
