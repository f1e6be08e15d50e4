package receipt

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
)

// Event says who read a message lately, and how many have by now.
type Event struct {
	Counts
	Conversation chat.Conversation // as the sender sees it
	Readers      []Reader
}

// Events are a page of what a sender's sessions have to tell.
type Events struct {
	Events  []Event
	Through chat.Tick // every reading up to it is in the page
	More    bool
}

// How many readings, each of up to chat.MaxReceipts messages, are read for a page,
// and reach back for a client that asks for the first time.
const (
	maxEvents = 100
	maxRecent = 200
)

// Events returns who read messages of user after one tick and until another,
// each reading of a message once.
func (l *Ledger) Events(ctx context.Context, user chat.UserID, after, until chat.Tick) (Events, error) {
	page, err := l.store.History(ctx, store.Range{
		Log: chat.ReadNews(user).Log(""), After: after, Before: until + 1, Limit: maxEvents, All: true,
	})
	if err != nil {
		return Events{}, err
	}
	events := Events{Through: max(page.Through, after), More: page.More}
	for _, m := range page.Messages {
		var says readNews
		if json.Unmarshal(wire.Content(m), &says) != nil {
			continue
		}
		if err := l.addEvents(ctx, user, &events, says, m.ID.Tick); err != nil {
			return Events{}, err
		}
	}
	for i := range events.Events {
		e := &events.Events[i]
		counts, err := l.counts(ctx, []*chat.Message{e.Message})
		if err != nil {
			return Events{}, err
		}
		e.Counts = counts[0]
	}
	return events, nil
}

// addEvents adds one reader of some messages. What was recalled since is left out.
func (l *Ledger) addEvents(ctx context.Context, user chat.UserID, events *Events, says readNews, read chat.Tick) error {
	in := chat.Conversation{Type: says.Type, Target: says.Target}
	uids := make([]string, len(says.UIDs))
	for i, uid := range says.UIDs {
		uids[i] = string(uid)
	}
	found, err := l.find(ctx, user, in, uids)
	if err != nil {
		return err
	}
	for _, m := range found {
		i := slices.IndexFunc(events.Events, func(e Event) bool { return e.Message.ID == m.ID })
		if i < 0 {
			i = len(events.Events)
			events.Events = append(events.Events, Event{Counts: Counts{Message: m}, Conversation: in})
		}
		reader := Reader{User: says.Reader, Read: read, Mentioned: mentions(m)(says.Reader)}
		events.Events[i].Readers = append(events.Events[i].Readers, reader)
	}
	return nil
}

// Recent is a tick from which on user is told of the newest readings, as many
// as a client needs that knows of none, and whether there is one.
func (l *Ledger) Recent(ctx context.Context, user chat.UserID, until chat.Tick) (chat.Tick, bool, error) {
	page, err := l.store.History(ctx, store.Range{
		Log: chat.ReadNews(user).Log(""), After: chat.Tick(l.cfg.Now() - l.cfg.Window.Milliseconds()), Before: until + 1,
		Backward: true, Limit: maxRecent, All: true,
	})
	if err != nil || len(page.Messages) == 0 {
		return until, false, err
	}
	return page.Messages[len(page.Messages)-1].ID.Tick - 1, true, nil
}
