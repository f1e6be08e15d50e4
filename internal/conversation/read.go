package conversation

import (
	"context"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Read are the changes that move user's read cursor of a log to through.
func Read(user chat.UserID, log chat.Log, through chat.Tick) []store.Change {
	return []store.Change{
		store.MarkedRead{User: user, Log: log, Through: through},
		store.EntrySet{Space: store.Settings, Owner: string(user), Key: string(readKey) + string(log)},
	}
}

// MarkRead moves user's read cursor of a conversation forward to through. It
// returns when that is durable. Where the user has no such conversation there
// is nothing to read.
func (l *Lists) MarkRead(ctx context.Context, user chat.UserID, c chat.Conversation, through chat.Tick) error {
	log := c.Log(user)
	page, err := l.store.History(ctx, store.Range{Log: log, Viewer: user, Before: through + 1, Backward: true, Limit: 1, All: true})
	if err != nil || len(page.Messages) == 0 {
		return err
	}
	_, err = l.writer.Change(ctx, Read(user, log, through)...)
	return err
}

// ReadSince are the conversations of which user's read cursor moved in a tick
// larger than since, as items with the unread of until.
func (l *Lists) ReadSince(ctx context.Context, user chat.UserID, since, until chat.Tick) ([]Item, error) {
	entries, err := l.entries(ctx, store.Settings, user, string(readKey))
	if err != nil {
		return nil, err
	}
	var cs []chat.Conversation
	for _, e := range entries {
		if e.Tick > since {
			cs = append(cs, chat.Log(e.Key[1:]).Conversation(user))
		}
	}
	if len(cs) == 0 {
		return nil, nil
	}
	return l.UnreadOf(ctx, user, cs, until)
}
