package ultragroup

import (
	"cmp"
	"context"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Conversation is a channel as one of its users finds it.
type Conversation struct {
	chat.Conversation
	Type   int // Public or Private
	Latest *chat.Message
	inbox.Unread
}

// maxConversations is how many channels one answer lists.
const maxConversations = 200

// Conversations lists, by the tick of the newest message, the channels that
// user sees in which there is one newer than after, as that was at tick until.
// More says that there are others to ask for, after the last one's tick.
func (g *Groups) Conversations(ctx context.Context, user chat.UserID, after, until chat.Tick) (list []Conversation, more bool, err error) {
	all, err := g.channels(ctx, user)
	if err != nil {
		return nil, false, err
	}
	begins := map[chat.Conversation]chat.Tick{}
	for _, c := range all {
		if !c.now() {
			continue
		}
		page, err := g.inbox.HistorySince(ctx, user, max(c.since(), after), inbox.Query{Conversation: c.Conversation, Count: 1, Until: until})
		if err != nil {
			return nil, false, err
		}
		if len(page.Messages) > 0 {
			list = append(list, Conversation{Conversation: c.Conversation, Type: c.kind(), Latest: page.Messages[0]})
			begins[c.Conversation] = c.since()
		}
	}
	slices.SortFunc(list, func(a, b Conversation) int { return cmp.Compare(a.Latest.ID.Tick, b.Latest.ID.Tick) })
	n := min(len(list), maxConversations)
	for n < len(list) && list[n].Latest.ID.Tick == list[n-1].Latest.ID.Tick {
		n++
	}
	for i := range list[:n] {
		c := &list[i]
		if c.Unread, err = g.inbox.Unread(ctx, user, c.Conversation, begins[c.Conversation], until); err != nil {
			return nil, false, err
		}
	}
	return list[:n], n < len(list), nil
}

// MaxMentions is how many messages Mentions names.
const MaxMentions = 50

// Mentions returns up to limit unread messages newer than after that mention
// user, oldest first; of a channel's unread mentions, those among the first
// store.MaxMentioned.
func (g *Groups) Mentions(ctx context.Context, user chat.UserID, c chat.Conversation, after, until chat.Tick, limit int) ([]*chat.Message, error) {
	begin, err := g.inbox.Begin(ctx, user, c)
	if err != nil {
		return nil, err
	}
	if limit <= 0 || limit > MaxMentions {
		limit = MaxMentions
	}
	unread, err := g.store.Unread(ctx, store.UnreadRange{User: user, Log: c.Log(user), After: max(begin, after), Until: until})
	if err != nil {
		return nil, err
	}
	found, err := g.store.Messages(ctx, unread.Mentioned)
	found = slices.DeleteFunc(found, func(m *chat.Message) bool { return inbox.MentionType(m, user) == 0 })
	return found[:min(limit, len(found))], err
}
