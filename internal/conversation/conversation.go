// Package conversation is a user's list of conversations: the latest message of
// each, what is unread, and how the user keeps them: settings and tags.
package conversation

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Store is what the lists are computed from.
type Store interface {
	store.History
	store.Groups
	store.Entries
	Logs(ctx context.Context, user chat.UserID) ([]store.LogEnd, error)
	GroupLogs(ctx context.Context, group string) ([]store.LogEnd, error)
}

// Inbox knows what of a conversation a user has not read and what they deleted.
type Inbox interface {
	HistorySince(ctx context.Context, viewer chat.UserID, begin chat.Tick, q inbox.Query) (store.Page, error)
	Unread(ctx context.Context, user chat.UserID, c chat.Conversation, after, until chat.Tick) (inbox.Unread, error)
	Clear(ctx context.Context, user chat.UserID, all ...inbox.Clearing) error
}

// Writer is how settings and tags change.
type Writer interface {
	Change(ctx context.Context, changes ...store.Change) (chat.Tick, error)
}

// Lists answers for all users of an app.
type Lists struct {
	store  Store
	inbox  Inbox
	writer Writer
}

// New is the lists of an app.
func New(s Store, in Inbox, w Writer) *Lists { return &Lists{store: s, inbox: in, writer: w} }

// Item is a conversation in a user's list.
type Item struct {
	chat.Conversation
	Time   chat.Tick     // of its newest message, by which the list is ordered
	Latest *chat.Message // the newest that shows in the list; nil when the user deleted them
	Unread inbox.Unread
}

// known is a conversation that a user has.
type known struct {
	chat.Conversation
	log    chat.Log
	begin  chat.Tick // messages with larger ticks are the user's
	bound  chat.Tick // no message is newer
	hidden chat.Tick // through which the user removed it from the list
}

// all are the conversations of user that have a message: the private and system
// ones, and the groups the user is in, one for each channel, in the order of
// their logs.
func (l *Lists) all(ctx context.Context, user chat.UserID) ([]known, error) {
	ends, err := l.store.Logs(ctx, user)
	if err != nil {
		return nil, err
	}
	var all []known
	for _, e := range ends {
		all = append(all, known{Conversation: e.Log.Conversation(user), log: e.Log, bound: e.Tick})
	}
	stays, _, err := l.store.Memberships(ctx, user)
	if err != nil {
		return nil, err
	}
	for _, s := range stays {
		if s.Left == 0 && !strings.HasPrefix(s.Group, store.UltraGroup("")) {
			ends, err := l.store.GroupLogs(ctx, s.Group)
			if err != nil {
				return nil, err
			}
			for _, e := range ends {
				all = append(all, known{Conversation: e.Log.Conversation(user), log: e.Log, begin: s.Joined, bound: e.Tick})
			}
		}
	}
	if err := l.hide(ctx, user, all); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b known) int { return strings.Compare(string(a.log), string(b.log)) })
	return all, nil
}

// hide fills in which of all were removed from the list.
func (l *Lists) hide(ctx context.Context, user chat.UserID, all []known) error {
	entries, err := l.entries(ctx, store.Settings, user, string(hiddenKey))
	if err != nil || len(entries) == 0 {
		return err
	}
	through := make(map[chat.Log]chat.Tick, len(entries))
	for _, e := range entries {
		through[chat.Log(e.Key[1:])] = tickOf(e.Value)
	}
	for i := range all {
		all[i].hidden = through[all[i].log]
	}
	return nil
}

// some are those of all that cs name; the others do not exist for the user.
func some(user chat.UserID, all []known, cs []chat.Conversation) []known {
	wanted := make(map[chat.Log]bool, len(cs))
	for _, c := range cs {
		wanted[c.Log(user)] = true
	}
	return slices.DeleteFunc(all, func(k known) bool { return !wanted[k.log] })
}

// pageEntries is how many entries are read at once.
const pageEntries = 1000

// entries are all of a user's in space whose keys begin with prefix.
func (l *Lists) entries(ctx context.Context, space store.Space, user chat.UserID, prefix string) ([]store.Entry, error) {
	var all []store.Entry
	q := store.EntryRange{Space: space, Owner: string(user), Prefix: prefix, Limit: pageEntries}
	for {
		page, err := l.store.Entries(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < pageEntries {
			return all, nil
		}
		q.After = page[len(page)-1].Key
	}
}

// newest is the newest message of k that is kept, whether or not the user
// deleted it; nil when there is none up to until.
func (l *Lists) newest(ctx context.Context, user chat.UserID, k known, until chat.Tick) (*chat.Message, error) {
	page, err := l.store.History(ctx, store.Range{
		Log: k.log, Viewer: user, After: k.begin, Before: until + 1, Backward: true, Limit: 1,
	})
	if err != nil || len(page.Messages) == 0 {
		return nil, err
	}
	return page.Messages[0], nil
}

// maxPassedOver bounds the search for a message that shows in the list.
const maxPassedOver = 200

// fill completes an item of the list but for its time.
func (l *Lists) fill(ctx context.Context, user chat.UserID, k known, until chat.Tick) (latest *chat.Message, unread inbox.Unread, err error) {
	q := inbox.Query{Conversation: k.Conversation, Count: 1, Until: until}
	for passed := 0; passed < maxPassedOver && latest == nil; q.Count = inbox.DefaultPage {
		page, err := l.inbox.HistorySince(ctx, user, k.begin, q)
		if err != nil {
			return nil, unread, err
		}
		for _, m := range page.Messages {
			if m.Flags&chat.KeepLatest == 0 {
				latest = m
				break
			}
		}
		if passed += len(page.Messages); !page.More {
			break
		}
		q.Time = page.Through
	}
	unread, err = l.inbox.Unread(ctx, user, k.Conversation, max(k.begin, k.hidden), until)
	return latest, unread, err
}

// Remove takes conversations from user's list until a message newer than
// through comes. With clear, the user's copies of their messages go too.
func (l *Lists) Remove(ctx context.Context, user chat.UserID, cs []chat.Conversation, clear bool, through chat.Tick) error {
	if len(cs) == 0 || len(cs) > MaxRemoved {
		return chat.Errorf(chat.BadParameter, "relation names %d conversations, not 1 to %d", len(cs), MaxRemoved)
	}
	if clear {
		var all []inbox.Clearing
		for _, c := range cs {
			all = append(all, inbox.Clearing{Conversation: c, Through: through})
		}
		if err := l.inbox.Clear(ctx, user, all...); err != nil {
			return err
		}
	}
	existing, err := l.all(ctx, user)
	if err != nil {
		return err
	}
	var changes []store.Change
	for _, k := range some(user, existing, cs) {
		changes = append(changes, store.EntrySet{
			Space: store.Settings, Owner: string(user), Key: string(hiddenKey) + string(k.log), Value: tickValue(through),
		})
	}
	if len(changes) == 0 {
		return nil
	}
	_, err = l.writer.Change(ctx, changes...)
	return err
}

// MaxRemoved is how many conversations Remove and Get take.
const MaxRemoved = 100

func sorted[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
