package ultragroup

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Since asks for what came after a cursor.
type Since struct {
	After, Until chat.Tick
	Limit, Bytes int // as in store.Pull
}

// span is a time in which a user saw a channel: ticks larger than from, and up
// to through, unless that is 0.
type span struct{ from, through chat.Tick }

func (s span) holds(t chat.Tick) bool { return t > s.from && (s.through == 0 || t <= s.through) }

// both is the time in which both s and o are.
func (s span) both(o span) (span, bool) {
	b := span{max(s.from, o.from), cmp.Or(min(s.through, o.through), max(s.through, o.through))}
	return b, b.through == 0 || b.from < b.through
}

// channel is one that a user sees or saw.
type channel struct {
	chat.Conversation
	private bool
	spans   []span // at least one
}

func (c *channel) kind() int {
	if c.private {
		return Private
	}
	return Public
}

func (c *channel) now() bool {
	return slices.ContainsFunc(c.spans, func(s span) bool { return s.through == 0 })
}

// since is the tick of the last join.
func (c *channel) since() (tick chat.Tick) {
	for _, s := range c.spans {
		tick = max(tick, s.from)
	}
	return tick
}

// channels lists the channels of the ultra groups that user is in, or was not
// long ago.
func (g *Groups) channels(ctx context.Context, user chat.UserID) ([]channel, error) {
	stays, _, err := g.store.Memberships(ctx, user)
	if err != nil {
		return nil, err
	}
	spans := map[string][]span{} // by member list
	var groups []string
	for _, s := range stays {
		list, ok := strings.CutPrefix(s.Group, store.UltraGroup(""))
		if !ok {
			continue
		}
		if !strings.Contains(list, "\x01") && len(spans[s.Group]) == 0 {
			groups = append(groups, list)
		}
		spans[s.Group] = append(spans[s.Group], span{s.Joined, s.Left})
	}
	var all []channel
	for _, group := range groups {
		if all, err = g.channelsOf(ctx, all, group, spans); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// channelsOf appends the channels of a group that are seen.
func (g *Groups) channelsOf(ctx context.Context, all []channel, group string, spans map[string][]span) ([]channel, error) {
	entries, err := g.store.Entries(ctx, store.EntryRange{Space: store.Channels, Owner: group, Limit: roster.MaxChannels + 1})
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	member := spans[store.UltraGroup(group)]
	for _, e := range entries {
		if e.Key == "" {
			continue
		}
		kind, err := roster.ReadChannel(e.Value)
		if err != nil {
			return nil, err
		}
		known[e.Key] = true
		c := channel{Conversation: chat.Conversation{Type: chat.UltraGroup, Target: group, Channel: e.Key}, private: kind.Private, spans: member}
		if kind.Private {
			c.spans = overlap(member, spans[store.UltraChannel(group, e.Key)])
		}
		if len(c.spans) > 0 {
			all = append(all, c)
		}
	}
	// A private channel that was deleted: what came before, and that it was.
	prefix := store.UltraChannel(group, "")
	for list, seen := range spans {
		if name, ok := strings.CutPrefix(list, prefix); ok && !known[name] {
			c := channel{Conversation: chat.Conversation{Type: chat.UltraGroup, Target: group, Channel: name}, private: true}
			if c.spans = overlap(member, seen); len(c.spans) > 0 {
				all = append(all, c)
			}
		}
	}
	return all, nil
}

func overlap(a, b []span) (both []span) {
	for _, x := range a {
		for _, y := range b {
			if s, ok := x.both(y); ok {
				both = append(both, s)
			}
		}
	}
	return both
}

// Messages returns the next page of what user is to receive of their ultra
// groups, and sent there, oldest first. Through is never below After.
func (g *Groups) Messages(ctx context.Context, user chat.UserID, q Since) (store.Page, error) {
	return g.pull(ctx, user, q, false)
}

// Changes returns the messages that tell what changed (see ReadChange), as
// Messages does. A page may hold none although there are more.
func (g *Groups) Changes(ctx context.Context, user chat.UserID, q Since) (store.Page, error) {
	return g.pull(ctx, user, q, true)
}

func (g *Groups) pull(ctx context.Context, user chat.UserID, q Since, changes bool) (store.Page, error) {
	all, err := g.channels(ctx, user)
	if err != nil {
		return store.Page{}, err
	}
	merge := store.Merge{Viewer: user, Until: max(q.Until, 1), Limit: q.Limit, Bytes: q.Bytes}
	spans := make(map[chat.Log][]span, len(all))
	for _, c := range all {
		first := slices.MinFunc(c.spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
		log := c.Log("")
		merge.Logs = append(merge.Logs, store.LogSince{Log: log, After: max(q.After, first.from)})
		spans[log] = c.spans
	}
	page, err := g.store.Merge(ctx, merge)
	page.Through = max(page.Through, q.After)
	page.Messages = slices.DeleteFunc(page.Messages, func(m *chat.Message) bool {
		seen := slices.ContainsFunc(spans[m.Log()], func(s span) bool { return s.holds(m.ID.Tick) })
		return !seen || m.Flags&chat.Hidden != 0 != changes
	})
	return page, err
}

// ReadChange reads a message of Changes as it concerns user.
func (g *Groups) ReadChange(ctx context.Context, user chat.UserID, m *chat.Message) (Change, error) {
	c, err := readChange(m)
	if err != nil {
		return c, err
	}
	if c.Kind == ChannelChanged && c.What == MadePrivate {
		_, err := g.roster.UltraAudience(ctx, m.Target, c.Channel, user)
		switch chat.CodeOf(err) {
		case chat.OK:
		case chat.NotInChannel:
			c.What = MadeInvisible
		case chat.ChannelMissing, chat.UltraGroupMissing, chat.NotInUltraGroup:
		default:
			return c, err
		}
	}
	return c, nil
}
