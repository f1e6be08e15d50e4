package roster

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// How mutes are kept, in store.Muted. The owner is the log of a group, or a
// type byte alone for all conversations of that type. Beside users, whose ids
// hold no control characters, there are keys of three more kinds.
const (
	closedKey    = ""     // of a group: nobody may send
	exemptPrefix = "\x01" // before a user: who may send all the same
	ruledPrefix  = "\x02" // of all groups, before a group: that it has entries of its own
)

// everywhere stands for all conversations of a type.
func everywhere(typ chat.ConversationType) string { return string(rune(typ)) }

func groupLog(group string) string {
	return string(chat.Conversation{Type: chat.Group, Target: group}.Log(""))
}

// forever is the end of a mute that has none.
const forever = math.MaxInt64

// MutePrivate makes users unable to send private messages, and UnmutePrivate
// able again.
func MutePrivate(users ...chat.UserID) []store.Change {
	return setEnds(everywhere(chat.Private), keys("", users), forever)
}

// UnmutePrivate ends MutePrivate.
func UnmutePrivate(users ...chat.UserID) []store.Change {
	return dropEnds(everywhere(chat.Private), keys("", users))
}

// MuteInGroup makes users unable to send to a group, or to any group when it
// is "", until a time; the zero time is for ever.
func MuteInGroup(group string, until time.Time, users ...chat.UserID) []store.Change {
	end := int64(forever)
	if !until.IsZero() {
		end = until.UnixMilli()
	}
	if group == "" {
		return setEnds(everywhere(chat.Group), keys("", users), end)
	}
	return append(ruled(group), setEnds(groupLog(group), keys("", users), end)...)
}

// UnmuteInGroup ends MuteInGroup.
func UnmuteInGroup(group string, users ...chat.UserID) []store.Change {
	if group == "" {
		return dropEnds(everywhere(chat.Group), keys("", users))
	}
	return dropEnds(groupLog(group), keys("", users))
}

// CloseGroup makes everybody unable to send to a group who is not exempt.
func CloseGroup(group string) []store.Change {
	return append(ruled(group), setEnds(groupLog(group), []string{closedKey}, forever)...)
}

// OpenGroup ends CloseGroup.
func OpenGroup(group string) []store.Change { return dropEnds(groupLog(group), []string{closedKey}) }

// Exempt makes users able to send to a group that is closed.
func Exempt(group string, users ...chat.UserID) []store.Change {
	return append(ruled(group), setEnds(groupLog(group), keys(exemptPrefix, users), forever)...)
}

// NoExempt ends Exempt.
func NoExempt(group string, users ...chat.UserID) []store.Change {
	return dropEnds(groupLog(group), keys(exemptPrefix, users))
}

// ForgetMutes ends all mutes of a group.
func ForgetMutes(group string) []store.Change {
	return append(dropEnds(everywhere(chat.Group), []string{ruledPrefix + group}),
		store.EntriesDeleted{Space: store.Muted, Owner: groupLog(group)})
}

func ruled(group string) []store.Change {
	return setEnds(everywhere(chat.Group), []string{ruledPrefix + group}, forever)
}

func keys(prefix string, users []chat.UserID) []string {
	keys := make([]string, len(users))
	for i, u := range users {
		keys[i] = prefix + string(u)
	}
	return keys
}

func setEnds(owner string, keys []string, until int64) []store.Change {
	changes := make([]store.Change, len(keys))
	for i, key := range keys {
		changes[i] = store.EntrySet{Space: store.Muted, Owner: owner, Key: key, Value: binary.BigEndian.AppendUint64(nil, uint64(until))}
	}
	return changes
}

func dropEnds(owner string, keys []string) []store.Change {
	changes := make([]store.Change, len(keys))
	for i, key := range keys {
		changes[i] = store.EntryDeleted{Space: store.Muted, Owner: owner, Key: key}
	}
	return changes
}

// mutes is every mute of an app, in memory: they are few, and a message to a
// conversation without any must cost nothing.
type mutes struct {
	source store.Entries

	mu     sync.RWMutex // guards the following
	loaded bool
	ends   map[string]map[string]int64 // by owner and key
}

// load reads them at the first question.
func (m *mutes) load(ctx context.Context) error {
	m.mu.RLock()
	loaded := m.loaded
	m.mu.RUnlock()
	if loaded {
		return nil
	}
	m.mu.Lock() // also against Apply, which must not come in between
	defer m.mu.Unlock()
	if m.loaded {
		return nil
	}
	ends := map[string]map[string]int64{}
	owners := []string{everywhere(chat.Private), everywhere(chat.Group)}
	for len(owners) > 0 {
		owner := owners[0]
		owners = owners[1:]
		all := store.EntryRange{Space: store.Muted, Owner: owner}
		err := eachEntry(context.WithoutCancel(ctx), m.source, all, func(e store.Entry) {
			if group, ok := strings.CutPrefix(e.Key, ruledPrefix); ok {
				owners = append(owners, groupLog(group))
			}
			note(ends, owner, e.Key, end(e.Value))
		})
		if err != nil {
			return err
		}
	}
	m.ends, m.loaded = ends, true
	return nil
}

func note(ends map[string]map[string]int64, owner, key string, end int64) {
	if ends[owner] == nil {
		ends[owner] = map[string]int64{}
	}
	ends[owner][key] = end
}

func end(value []byte) int64 {
	if len(value) != 8 {
		return forever
	}
	return int64(binary.BigEndian.Uint64(value))
}

// eachEntry reads a range from its beginning to its end.
func eachEntry(ctx context.Context, s store.Entries, q store.EntryRange, do func(store.Entry)) error {
	q.Limit = 1000
	for {
		page, err := s.Entries(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range page {
			do(e)
		}
		if len(page) < q.Limit {
			return nil
		}
		q.After = page[len(page)-1].Key
	}
}

func (m *mutes) apply(change store.Change) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.loaded {
		return
	}
	switch c := change.(type) {
	case store.EntrySet:
		if typ := chat.Log(c.Owner).Type(); typ == chat.Private || typ == chat.Group {
			note(m.ends, c.Owner, c.Key, end(c.Value))
		}
	case store.EntryDeleted:
		delete(m.ends[c.Owner], c.Key)
	case store.EntriesDeleted:
		delete(m.ends, c.Owner)
	}
}

// check returns a *chat.Error when the sender of m is muted. What an SDK sends
// by itself passes.
func (m *mutes) check(ctx context.Context, msg *chat.Message, now func() int64) error {
	m.mu.RLock()
	loaded := m.loaded
	until, closed := m.ofSender(msg)
	m.mu.RUnlock()
	if !loaded {
		if err := m.load(ctx); err != nil {
			return err
		}
		return m.check(ctx, msg, now)
	}
	if until == 0 && !closed {
		return nil
	}
	if t := chat.TypeNamed(msg.ObjectName); t != nil && t.Service {
		return nil
	}
	switch {
	case until <= now() && !closed:
		return nil
	case msg.Type == chat.Private:
		return chat.Errorf(chat.MutedInPrivate, "the sender may not send private messages")
	case closed:
		return chat.Errorf(chat.MutedInGroup, "nobody may send to the group but who is exempt")
	case until == forever:
		return chat.Errorf(chat.MutedInGroup, "the sender may not send to the group")
	}
	return chat.Errorf(chat.MutedInGroup, "the sender may not send to the group until %s", time.UnixMilli(until).UTC().Format(time.DateTime))
}

// ofSender is until when the sender is muted, and whether the group is closed
// to the sender.
func (m *mutes) ofSender(msg *chat.Message) (until int64, closed bool) {
	sender := string(msg.Sender)
	if msg.Type == chat.Private {
		return m.ends[privateOwner][sender], false
	}
	until = m.ends[groupOwner][sender]
	if of := m.ends[string(msg.Log())]; len(of) > 0 {
		until = max(until, of[sender])
		if _, closed = of[closedKey]; closed {
			_, exempt := of[exemptPrefix+sender]
			closed = !exempt
		}
	}
	return until, closed
}

var privateOwner, groupOwner = everywhere(chat.Private), everywhere(chat.Group)

// MutedUser is a user who may not send, and until when; the zero time is for ever.
type MutedUser struct {
	User  chat.UserID
	Until time.Time
}

// MutedInPrivate lists who may not send private messages, by their ids.
func (r *Roster) MutedInPrivate(ctx context.Context) ([]MutedUser, error) {
	return r.mutes.users(ctx, privateOwner, r.now())
}

// MutedInGroup lists who may not send to a group, or to any group when it is
// "", by their ids. Members of a closed group are not listed for that.
func (r *Roster) MutedInGroup(ctx context.Context, group string) ([]MutedUser, error) {
	if group == "" {
		return r.mutes.users(ctx, groupOwner, r.now())
	}
	return r.mutes.users(ctx, groupLog(group), r.now())
}

// Exempt lists who may send to a group that is closed.
func (r *Roster) Exempt(ctx context.Context, group string) ([]chat.UserID, error) {
	var users []chat.UserID
	err := r.mutes.each(ctx, groupLog(group), func(key string, _ int64) {
		if user, ok := strings.CutPrefix(key, exemptPrefix); ok {
			users = append(users, chat.UserID(user))
		}
	})
	slices.Sort(users)
	return users, err
}

// ClosedGroups lists the groups that are closed, by their ids.
func (r *Roster) ClosedGroups(ctx context.Context) ([]string, error) {
	if err := r.mutes.load(ctx); err != nil {
		return nil, err
	}
	r.mutes.mu.RLock()
	defer r.mutes.mu.RUnlock()
	var groups []string
	for key := range r.mutes.ends[groupOwner] {
		group, ok := strings.CutPrefix(key, ruledPrefix)
		if !ok {
			continue
		}
		if _, closed := r.mutes.ends[groupLog(group)][closedKey]; closed {
			groups = append(groups, group)
		}
	}
	slices.Sort(groups)
	return groups, nil
}

func (m *mutes) users(ctx context.Context, owner string, now int64) ([]MutedUser, error) {
	var users []MutedUser
	err := m.each(ctx, owner, func(key string, until int64) {
		switch {
		case key == "" || key[0] < ' ' || until <= now:
		case until == forever:
			users = append(users, MutedUser{User: chat.UserID(key)})
		default:
			users = append(users, MutedUser{chat.UserID(key), time.UnixMilli(until)})
		}
	})
	slices.SortFunc(users, func(a, b MutedUser) int { return strings.Compare(string(a.User), string(b.User)) })
	return users, err
}

func (m *mutes) each(ctx context.Context, owner string, do func(key string, until int64)) error {
	if err := m.load(ctx); err != nil {
		return err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	for key, until := range m.ends[owner] {
		do(key, until)
	}
	return nil
}
