package conversation

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
)

// Bounds of a list.
const (
	DefaultCount = 300
	maxListBytes = 4 << 20 // of latest messages
)

// Query asks for a part of a user's list.
type Query struct {
	Types []chat.ConversationType // only these; none is all
	Tags  []string                // only conversations with one of these tags; none is all
	Count int                     // 0 means DefaultCount, more than chat.MaxListed is chat.MaxListed
	Until chat.Tick               // as it was then

	Start    chat.Tick // 0, or the part begins next to this time, which is not part of it
	Oldest   bool      // oldest first, newer than Start; else newest first, older than Start
	TopFirst bool      // those that are on top in one of Tags come first
	Token    string    // of the part before; replaces Start
}

// List is a part of a user's list.
type List struct {
	Items []Item
	More  bool
	Token string // asks for the next part; empty when there is no more
}

// place is where in the order of a list a conversation stands.
type place struct {
	top  bool
	time chat.Tick
}

// List returns the part of user's list that q asks for. Conversations whose
// newest messages have one tick are in one part. It may hold fewer than asked
// for when their latest messages are large.
func (l *Lists) List(ctx context.Context, user chat.UserID, q Query) (List, error) {
	if q.Count <= 0 {
		q.Count = DefaultCount
	}
	q.Count = min(q.Count, chat.MaxListed)
	start, started, err := q.start()
	if err != nil {
		return List{}, err
	}
	all, err := l.all(ctx, user)
	if err != nil {
		return List{}, err
	}
	all = slices.DeleteFunc(all, func(k known) bool { return len(q.Types) > 0 && !slices.Contains(q.Types, k.Type) })
	top := map[chat.Log]bool{}
	if len(q.Tags) > 0 {
		if top, err = l.taggedWith(ctx, user, q.Tags); err != nil {
			return List{}, err
		}
		all = slices.DeleteFunc(all, func(k known) bool { _, tagged := top[k.log]; return !tagged })
	}
	before := func(a, b place) bool {
		if q.TopFirst && a.top != b.top {
			return a.top
		}
		return a.time != b.time && (a.time > b.time) != q.Oldest
	}
	placed, err := l.placed(ctx, user, all, q, func(k known, time chat.Tick) (place, bool) {
		p := place{top[k.log], time}
		return p, !started || before(start, p)
	}, before)
	if err != nil {
		return List{}, err
	}
	return l.cut(ctx, user, placed, q, before)
}

// start is the place after which q begins, if it says one.
func (q Query) start() (p place, started bool, err error) {
	if q.Token == "" {
		return place{time: q.Start}, q.Start > 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(q.Token)
	if err != nil || len(b) != 9 {
		return place{}, false, chat.Errorf(chat.BadParameter, "pageToken is not one of ours")
	}
	return place{top: b[0] != 0, time: chat.Tick(binary.BigEndian.Uint64(b[1:]))}, true, nil
}

func (p place) token() string {
	b := make([]byte, 1, 9)
	if p.top {
		b[0] = 1
	}
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(b, uint64(p.time)))
}

type placed struct {
	known
	place
}

// placed finds the places of all, in order, as far as the first q.Count of them
// and those at the same place need.
func (l *Lists) placed(ctx context.Context, user chat.UserID, all []known, q Query,
	at func(known, chat.Tick) (place, bool), before func(a, b place) bool) ([]placed, error) {
	// Newest first, whoever cannot be in a full page is not looked at, once it
	// is known that there is more.
	slices.SortStableFunc(all, func(a, b known) int { return int(b.bound - a.bound) })
	var found []placed
	for _, k := range all {
		if n := len(found); n > q.Count && !q.Oldest && !q.TopFirst && found[q.Count-1].time > k.bound && before(found[q.Count-1].place, found[n-1].place) {
			break
		}
		m, err := l.newest(ctx, user, k, q.Until)
		if err != nil {
			return nil, err
		}
		if m == nil || m.ID.Tick <= k.hidden {
			continue
		}
		p, wanted := at(k, m.ID.Tick)
		if !wanted {
			continue
		}
		i, _ := slices.BinarySearchFunc(found, p, func(a placed, b place) int {
			if before(b, a.place) {
				return 1
			}
			return -1
		})
		found = slices.Insert(found, i, placed{k, p})
	}
	return found, nil
}

// cut makes a part of the first of found.
func (l *Lists) cut(ctx context.Context, user chat.UserID, found []placed, q Query, before func(a, b place) bool) (List, error) {
	var part List
	held := 0
	for i, f := range found {
		if full := i >= q.Count || held >= maxListBytes; full && before(found[i-1].place, f.place) {
			part.More, part.Token = true, found[i-1].token()
			break
		}
		latest, unread, err := l.fill(ctx, user, f.known, q.Until)
		if err != nil {
			return List{}, err
		}
		if latest != nil {
			held += len(latest.Body)
		}
		part.Items = append(part.Items, Item{Conversation: f.Conversation, Time: f.time, Latest: latest, Unread: unread})
	}
	return part, nil
}

// Get returns those of cs that user has, whether or not they were removed from
// the list.
func (l *Lists) Get(ctx context.Context, user chat.UserID, cs []chat.Conversation, until chat.Tick) ([]Item, error) {
	if len(cs) > MaxRemoved {
		return nil, chat.Errorf(chat.BadParameter, "relation names %d conversations, over %d", len(cs), MaxRemoved)
	}
	all, err := l.all(ctx, user)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, k := range some(user, all, cs) {
		m, err := l.newest(ctx, user, k, until)
		if err != nil {
			return nil, err
		}
		item := Item{Conversation: k.Conversation}
		if m != nil {
			item.Time = m.ID.Tick
		}
		if item.Latest, item.Unread, err = l.fill(ctx, user, k, until); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// UnreadPage is how many conversations Unread tells of at once.
const UnreadPage = 200

// Unread tells what user has not read of each conversation, the next UnreadPage
// after the one that token names, and the token of the next; it is empty when
// there are no more.
func (l *Lists) Unread(ctx context.Context, user chat.UserID, token string, until chat.Tick) ([]Item, string, error) {
	after, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, "", chat.Errorf(chat.BadParameter, "pageToken is not one of ours")
	}
	all, err := l.all(ctx, user)
	if err != nil {
		return nil, "", err
	}
	all = slices.DeleteFunc(all, func(k known) bool { return string(k.log) <= string(after) })
	token = ""
	if len(all) > UnreadPage {
		all = all[:UnreadPage]
		token = base64.RawURLEncoding.EncodeToString([]byte(all[UnreadPage-1].log))
	}
	items, err := l.unread(ctx, user, all, until)
	return items, token, err
}

// UnreadOf tells what user has not read of cs.
func (l *Lists) UnreadOf(ctx context.Context, user chat.UserID, cs []chat.Conversation, until chat.Tick) ([]Item, error) {
	all, err := l.all(ctx, user)
	if err != nil {
		return nil, err
	}
	return l.unread(ctx, user, some(user, all, cs), until)
}

// Total is how many messages user has not read.
func (l *Lists) Total(ctx context.Context, user chat.UserID, until chat.Tick) (total int, err error) {
	all, err := l.all(ctx, user)
	if err != nil {
		return 0, err
	}
	items, err := l.unread(ctx, user, all, until)
	for _, item := range items {
		total += item.Unread.Count
	}
	return total, err
}

func (l *Lists) unread(ctx context.Context, user chat.UserID, all []known, until chat.Tick) ([]Item, error) {
	items := make([]Item, 0, len(all))
	for _, k := range all {
		u, err := l.inbox.Unread(ctx, user, k.Conversation, max(k.begin, k.hidden), until)
		if err != nil {
			return nil, err
		}
		items = append(items, Item{Conversation: k.Conversation, Unread: u})
	}
	return items, nil
}
