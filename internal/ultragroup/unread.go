package ultragroup

import (
	"cmp"
	"context"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Conversation is a channel as one of its users finds it.
type Conversation struct {
	Group, Channel string
	Type           int
	Latest         *chat.Message
	Read           chat.Tick // everything up to it was read
	Unread         int
	Mentions       int           // of Unread, up to maxMentions: those that mention the user or everybody
	MentionsMe     int           // of Mentions, those that mention the user
	First          *chat.Message // of Unread, the oldest
}

// Bounds of what is read for one answer.
const (
	maxConversations = 200
	maxMentions      = 1000 // that are counted in a channel
	maxNamed         = 50   // mentions that one answer names
	pageUnread       = 100
)

// open is a channel and its newest message.
type open struct {
	channel
	latest *chat.Message
}

// Conversations lists, by the tick of the newest message, the channels that
// user sees in which there is one newer than after, as that was at tick until.
// More says that there are others to ask for, after the last one's tick.
func (g *Groups) Conversations(ctx context.Context, user chat.UserID, after, until chat.Tick) (list []Conversation, more bool, err error) {
	all, err := g.channels(ctx, user)
	if err != nil {
		return nil, false, err
	}
	var found []open
	for _, c := range all {
		if !c.now() {
			continue
		}
		page, err := g.store.History(ctx, store.Range{
			Log: c.Log(""), Viewer: user, After: max(c.since(), after), Before: until + 1, Backward: true, Limit: 1,
		})
		if err != nil {
			return nil, false, err
		}
		if len(page.Messages) > 0 {
			found = append(found, open{channel: c, latest: page.Messages[0]})
		}
	}
	slices.SortFunc(found, func(a, b open) int { return cmp.Compare(a.latest.ID.Tick, b.latest.ID.Tick) })
	n := min(len(found), maxConversations)
	for n < len(found) && found[n].latest.ID.Tick == found[n-1].latest.ID.Tick {
		n++
	}
	for _, o := range found[:n] {
		c, err := g.conversation(ctx, user, o, until)
		if err != nil {
			return nil, false, err
		}
		list = append(list, c)
	}
	return list, n < len(found), nil
}

func (g *Groups) conversation(ctx context.Context, user chat.UserID, o open, until chat.Tick) (Conversation, error) {
	c := Conversation{Group: o.Target, Channel: o.Channel, Latest: o.latest}
	if o.private {
		c.Type = Private
	}
	var err error
	if c.Read, err = g.store.ReadThrough(ctx, user, o.Log("")); err != nil {
		return c, err
	}
	unread := store.Range{
		Log: o.Log(""), Viewer: user, After: max(o.since(), c.Read), Before: until + 1, All: true, Flags: chat.Counted, Limit: pageUnread,
	}
	if unread.After >= until {
		return c, nil
	}
	if c.Unread, err = g.count(ctx, user, unread); err != nil || c.Unread == 0 {
		return c, err
	}
	c.First, err = g.first(ctx, unread)
	if err != nil {
		return c, err
	}
	mentions, err := g.mentions(ctx, unread, maxMentions)
	c.Mentions = len(mentions)
	for _, m := range mentions {
		if m.Remind == remindYou {
			c.MentionsMe++
		}
	}
	return c, err
}

// count is how many messages of others q has: those there are by now without
// those that came after.
func (g *Groups) count(ctx context.Context, user chat.UserID, q store.Range) (int, error) {
	n, err := g.store.Unread(ctx, user, q.Log, q.After)
	if err != nil || n == 0 {
		return 0, err
	}
	later := q
	later.After, later.Before = q.Before-1, 0
	for more := true; more; {
		page, err := g.store.History(ctx, later)
		if err != nil {
			return 0, err
		}
		for _, m := range page.Messages {
			if m.Sender != user {
				n--
			}
		}
		later.After, more = page.Through, page.More
	}
	return max(n, 0), nil
}

// first is the oldest message of others that q has.
func (g *Groups) first(ctx context.Context, q store.Range) (*chat.Message, error) {
	for more := true; more; {
		page, err := g.store.History(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			if m.Sender != q.Viewer {
				return m, nil
			}
		}
		q.After, more = page.Through, page.More
	}
	return nil, nil
}

// Mention is a message that mentions a user, and how.
type Mention struct {
	*chat.Message
	Remind int
}

// mentions are the messages of others that mention q.Viewer, oldest first.
func (g *Groups) mentions(ctx context.Context, q store.Range, limit int) (found []Mention, err error) {
	q.Flags |= chat.Mentioned
	for more := true; more && len(found) < limit; {
		page, err := g.store.History(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			if remind := mentionIn(m).of(q.Viewer); remind != 0 && m.Sender != q.Viewer {
				found = append(found, Mention{m, remind})
			}
		}
		q.After, more = page.Through, page.More
	}
	return found[:min(limit, len(found))], nil
}

// Mentions returns up to limit unread messages newer than after that mention
// user, oldest first.
func (g *Groups) Mentions(ctx context.Context, user chat.UserID, c chat.Conversation, after chat.Tick, limit int) ([]Mention, error) {
	since, err := g.SeenSince(ctx, user, c)
	if err != nil {
		return nil, err
	}
	read, err := g.store.ReadThrough(ctx, user, c.Log(user))
	if err != nil {
		return nil, err
	}
	if limit <= 0 || limit > maxNamed {
		limit = maxNamed
	}
	q := store.Range{Log: c.Log(user), Viewer: user, After: max(since, read, after), All: true, Flags: chat.Counted, Limit: pageUnread}
	return g.mentions(ctx, q, limit)
}

// SeenSince is the tick after which user sees the messages of a channel. It
// fails when they do not see the channel.
func (g *Groups) SeenSince(ctx context.Context, user chat.UserID, c chat.Conversation) (chat.Tick, error) {
	if _, err := g.roster.UltraAudience(ctx, c.Target, c.Channel, user); err != nil {
		return 0, err
	}
	all, err := g.channels(ctx, user)
	for _, seen := range all {
		if seen.Conversation == c {
			return seen.since(), err
		}
	}
	return 0, err
}
