package receipt

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
)

// Counts says how many have read a message.
type Counts struct {
	Message *chat.Message
	Total   int // who could see it, without the sender
	Read    int
}

// Reader is a user who could see a message.
type Reader struct {
	User      chat.UserID
	Read      chat.Tick // 0 when they have not
	Mentioned bool
}

// Counts returns the counts of those of the messages that user sees, in their
// order in the conversation.
func (l *Ledger) Counts(ctx context.Context, user chat.UserID, in chat.Conversation, uids []string) ([]Counts, error) {
	found, err := l.messages(ctx, user, in, uids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b *chat.Message) int { return cmp.Compare(a.ID.Tick, b.ID.Tick) })
	return l.counts(ctx, found)
}

// counts counts for messages of one conversation.
func (l *Ledger) counts(ctx context.Context, messages []*chat.Message) ([]Counts, error) {
	var counts []Counts
	var g store.Group
	for i, m := range messages {
		if i == 0 {
			var err error
			if g, err = l.group(ctx, m); err != nil {
				return nil, err
			}
		}
		readers, err := l.readers(ctx, m, g)
		if err != nil {
			return nil, err
		}
		c := Counts{Message: m, Total: len(readers)}
		for _, r := range readers {
			if r.Read != 0 {
				c.Read++
			}
		}
		counts = append(counts, c)
	}
	return counts, nil
}

// group is the group that m is in, if it is in one and that is still there.
func (l *Ledger) group(ctx context.Context, m *chat.Message) (store.Group, error) {
	if m.Type != chat.Group {
		return store.Group{}, nil
	}
	g, err := l.store.Group(ctx, m.Target)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return g, err
}

// readers are those who count for m, in the order of their ids.
func (l *Ledger) readers(ctx context.Context, m *chat.Message, g store.Group) ([]Reader, error) {
	read := map[chat.UserID]chat.Tick{}
	if m.Type == chat.Private {
		read[chat.UserID(m.Target)] = 0
	}
	for i, user := range g.Members {
		if g.Joined[i] < m.ID.Tick && user != m.Sender && m.VisibleTo(user) {
			read[user] = 0
		}
	}
	const page = 1000
	for q := (store.EntryRange{Space: store.Receipts, Owner: string(m.UID()), Limit: page}); ; {
		entries, err := l.store.Entries(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			read[chat.UserID(e.Key)] = e.Tick
			q.After = e.Key
		}
		if len(entries) < page {
			break
		}
	}
	mentioned := mentions(m)
	readers := make([]Reader, 0, len(read))
	for user, tick := range read {
		readers = append(readers, Reader{User: user, Read: tick, Mentioned: mentioned(user)})
	}
	slices.SortFunc(readers, func(a, b Reader) int { return cmp.Compare(a.User, b.User) })
	return readers, nil
}

// mentions says whom m mentions.
func mentions(m *chat.Message) func(chat.UserID) bool {
	if m.Flags&chat.Mentioned == 0 {
		return func(chat.UserID) bool { return false }
	}
	var content struct {
		MentionedInfo struct {
			Type       int           `json:"type"`
			UserIDList []chat.UserID `json:"userIdList"`
		} `json:"mentionedInfo"`
	}
	if json.Unmarshal(wire.Content(m), &content) != nil {
		content.MentionedInfo.UserIDList = nil // clients cannot read it either
	}
	const all = 1
	return func(user chat.UserID) bool {
		return content.MentionedInfo.Type == all || slices.Contains(content.MentionedInfo.UserIDList, user)
	}
}

// Query asks who has read a message, or who has not.
type Query struct {
	UID      string
	Unread   bool // who has not
	Backward bool // by the time of reading, newest first; who has not is in the order of ids
	Token    string
	Limit    int // 1 to chat.MaxReceipts; 0 means chat.MaxReceipts
}

// chat.MaxReceipts is how many users an answer names.

// Readers is a page of users.
type Readers struct {
	Counts
	Users []Reader
	Token string // for the next page; empty when there is none
}

// Readers returns a page of those who have read a message of the user's own,
// or have not. Of another's it is refused with chat.ReceiptNotYours.
func (l *Ledger) Readers(ctx context.Context, user chat.UserID, in chat.Conversation, q Query) (Readers, error) {
	if q.Limit < 0 || q.Limit > chat.MaxReceipts {
		return Readers{}, chat.Errorf(chat.ReceiptTooMany, "pageSize is %d, not 1 to %d", q.Limit, chat.MaxReceipts)
	}
	all, counts, err := l.own(ctx, user, in, q.UID)
	if err != nil {
		return Readers{}, err
	}
	wanted := slices.DeleteFunc(all, func(r Reader) bool { return (r.Read == 0) != q.Unread })
	slices.SortStableFunc(wanted, func(a, b Reader) int { return q.compare(a, b) })
	if q.Token != "" {
		from := q.position()
		wanted = slices.DeleteFunc(wanted, func(r Reader) bool { return cmp.Or(q.compare(r, from), cmp.Compare(r.User, from.User)) <= 0 })
	}
	page := Readers{Counts: counts, Users: wanted}
	if limit := cmp.Or(q.Limit, chat.MaxReceipts); len(wanted) > limit {
		page.Users = wanted[:limit]
		last := page.Users[limit-1]
		page.Token = strconv.FormatInt(int64(last.Read), 10) + "." + string(last.User)
	}
	return page, nil
}

// compare orders by the time of reading.
func (q *Query) compare(a, b Reader) int {
	if q.Backward {
		a, b = b, a
	}
	return cmp.Compare(a.Read, b.Read)
}

// position is where the page that gave the token ended.
func (q *Query) position() Reader {
	tick, user, _ := strings.Cut(q.Token, ".")
	read, _ := strconv.ParseInt(tick, 10, 64)
	return Reader{User: chat.UserID(user), Read: chat.Tick(read)}
}

// Among returns which of some users have read a message of the user's own.
// Those who do not count for it are left out.
func (l *Ledger) Among(ctx context.Context, user chat.UserID, in chat.Conversation, uid string, users []string) (Readers, error) {
	if len(users) > chat.MaxReceipts {
		return Readers{}, chat.Errorf(chat.ReceiptTooMany, "users names %d users, over %d", len(users), chat.MaxReceipts)
	}
	all, counts, err := l.own(ctx, user, in, uid)
	all = slices.DeleteFunc(all, func(r Reader) bool { return !slices.Contains(users, string(r.User)) })
	return Readers{Counts: counts, Users: all}, err
}

// All returns everybody who has read a message of the user's own, in the order
// in which they did. Of another's it is refused with chat.ReceiptNotYours.
func (l *Ledger) All(ctx context.Context, user chat.UserID, in chat.Conversation, uid string) ([]Reader, Counts, error) {
	all, counts, err := l.own(ctx, user, in, uid)
	all = slices.DeleteFunc(all, func(r Reader) bool { return r.Read == 0 })
	slices.SortStableFunc(all, func(a, b Reader) int { return cmp.Compare(a.Read, b.Read) })
	return all, counts, err
}

// own are those who count for a message that user sent.
func (l *Ledger) own(ctx context.Context, user chat.UserID, in chat.Conversation, uid string) ([]Reader, Counts, error) {
	found, err := l.messages(ctx, user, in, []string{uid})
	if err != nil {
		return nil, Counts{}, err
	}
	if len(found) == 0 {
		return nil, Counts{}, chat.Errorf(chat.ReceiptMissing, "the conversation has no message with this messageUId")
	}
	m := found[0]
	if m.Sender != user {
		return nil, Counts{}, chat.Errorf(chat.ReceiptNotYours, "only the sender may ask who has read a message")
	}
	g, err := l.group(ctx, m)
	if err != nil {
		return nil, Counts{}, err
	}
	all, err := l.readers(ctx, m, g)
	counts := Counts{Message: m, Total: len(all)}
	for _, r := range all {
		if r.Read != 0 {
			counts.Read++
		}
	}
	return all, counts, err
}
