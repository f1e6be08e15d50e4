// Package roster knows who is in a conversation and whether they may speak.
//
// # Concurrency
//
// Warm and the questions may be asked from any goroutine. Apply is called by
// the writer only, after each commit and before the next batch is formed, so
// what the roster answers the writer is exact: the state after the last
// committed tick.
package roster

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Source is where the roster learns what it does not remember.
type Source interface {
	store.Groups
	store.Blacklists
	store.Entries
}

// Config bounds the roster.
type Config struct {
	// Remembered is how many groups and how many blacklists are kept in
	// memory, the rest is read again when needed. 0 means 100,000.
	Remembered int
	// Whitelist makes the whitelist count for every user who did not choose.
	Whitelist bool
	// Now is the clock in milliseconds since 1970, by which mutes end. nil
	// means the system's.
	Now func() int64
}

// Check says which rules a message has to pass.
type Check uint8

// The rules of Admit.
const (
	// Member: only a member of a group may send to it.
	Member Check = 1 << iota
	// Blacklist: a private message does not reach who refuses its sender, by
	// the blacklist or the whitelist, whichever counts for the receiver.
	Blacklist
	// Mutes: who is muted in private conversations or in the group cannot send.
	Mutes

	// Sender is every rule, for what users send.
	Sender = Member | Blacklist | Mutes
)

// Roster answers from memory and reads the store when it has to.
type Roster struct {
	source Source
	groups *cache[string, chat.UserID]
	blocks *cache[chat.UserID, chat.UserID]
	ultra  ultra

	whitelist bool
	allowed   *cache[chat.UserID, chat.UserID]
	mutes     mutes
	now       func() int64
}

// New is a roster that reads from source.
func New(source Source, cfg Config) *Roster {
	n := cfg.Remembered
	if n == 0 {
		n = 100_000
	}
	if cfg.Now == nil {
		cfg.Now = func() int64 { return time.Now().UnixMilli() }
	}
	return &Roster{
		source: source, whitelist: cfg.Whitelist, now: cfg.Now, mutes: mutes{source: source},
		groups: newCache(n, func(ctx context.Context, id string) ([]chat.UserID, error) {
			g, err := source.Group(ctx, id)
			if errors.Is(err, store.ErrNotFound) {
				return nil, nil // a group that is not there has no members
			}
			return g.Members, err
		}),
		blocks:  newCache(n, source.Blacklist),
		allowed: newCache(n, readWhitelist(source)),
		ultra:   newUltra(source, n),
	}
}

// Warm reads what Admit will need for m, so that the writer does not have to
// wait for the store. An error is not final: Admit tries again.
func (r *Roster) Warm(ctx context.Context, m *chat.Message) error {
	err := r.mutes.load(ctx)
	switch {
	case err != nil:
	case m.Type == chat.Group:
		_, err = r.groups.get(ctx, m.Target)
	case m.Type == chat.UltraGroup:
		err = r.ultra.warm(ctx, m)
	case m.Type == chat.Private:
		if _, err = r.allowed.get(ctx, chat.UserID(m.Target)); err == nil {
			_, err = r.blocks.get(ctx, chat.UserID(m.Target))
		}
	}
	return err
}

// Admit returns nil when m may be sent, else a *chat.Error that says why not.
// From a directional message it strikes those who are not in the group.
func (r *Roster) Admit(ctx context.Context, m *chat.Message, check Check) error {
	if check&Mutes != 0 && (m.Type == chat.Private || m.Type == chat.Group) {
		if err := r.mutes.check(ctx, m, r.now); err != nil {
			return err
		}
	}
	switch {
	case m.Type == chat.Group && check&Member != 0:
		in, err := r.groups.has(ctx, m.Target, m.Sender)
		if err != nil {
			return err
		}
		if !in {
			return chat.Errorf(chat.NotInGroup, "the sender is not in the group")
		}
		return r.narrow(ctx, m)
	case m.Type == chat.Group:
		return r.narrow(ctx, m)
	case m.Type == chat.UltraGroup:
		return r.ultra.admit(ctx, m, check)
	case m.Type == chat.Private && check&Blacklist != 0:
		return r.lists(ctx, m)
	}
	return nil
}

// narrow leaves in m.To the members of the group. The sender stands in when
// nobody is left, because an empty To would be everyone.
func (r *Roster) narrow(ctx context.Context, m *chat.Message) error {
	return narrow(m, func(user chat.UserID) (bool, error) { return r.groups.has(ctx, m.Target, user) })
}

func narrow(m *chat.Message, has func(chat.UserID) (bool, error)) error {
	if len(m.To) == 0 {
		return nil
	}
	to := make([]chat.UserID, 0, len(m.To))
	for _, user := range m.To {
		in, err := has(user)
		if err != nil {
			return err
		}
		if in {
			to = append(to, user)
		}
	}
	if len(to) == 0 {
		to = append(to, m.Sender)
	}
	m.To = to
	return nil
}

// IsMember reports whether user is in the group now.
func (r *Roster) IsMember(ctx context.Context, group string, user chat.UserID) (bool, error) {
	return r.groups.has(ctx, group, user)
}

// Apply takes note of what a commit changed.
func (r *Roster) Apply(changes []store.Change) {
	for _, change := range changes {
		if r.ultra.apply(change) {
			continue
		}
		switch c := change.(type) {
		case store.GroupJoined:
			r.groups.change(c.Group, edit[chat.UserID]{add: c.Users})
		case store.GroupLeft:
			r.groups.change(c.Group, edit[chat.UserID]{remove: c.Users})
		case store.GroupDismissed:
			r.groups.change(c.Group, edit[chat.UserID]{clear: true})
		case store.BlacklistAdded:
			r.blocks.change(c.User, edit[chat.UserID]{add: c.Others})
		case store.BlacklistRemoved:
			r.blocks.change(c.User, edit[chat.UserID]{remove: c.Others})
		default:
			r.applyEntry(change)
		}
	}
}

func (r *Roster) applyEntry(change store.Change) {
	var space store.Space
	switch c := change.(type) {
	case store.EntrySet:
		space = c.Space
	case store.EntryDeleted:
		space = c.Space
	case store.EntriesDeleted:
		space = c.Space
	}
	switch space {
	case store.Whitelist:
		r.applyWhitelist(change)
	case store.Muted:
		r.mutes.apply(change)
	}
}

// cache keeps sets, mostly of users, each read once and then kept up to date by edits.
type cache[K, V comparable] struct {
	load func(context.Context, K) ([]V, error)
	max  int

	mu   sync.RWMutex // guards the following, and every set in it
	sets map[K]*set[V]
}

// set is what is known of one key, such as its users. While it is being read, the edits that happen
// meanwhile are kept and made again on what was read: making one twice does
// no harm, and none is missed.
type set[V comparable] struct {
	ready   chan struct{} // closed when members or err is there
	members map[V]struct{}
	err     error
	reading bool
	edits   []edit[V]
}

type edit[V comparable] struct {
	add, remove []V
	clear       bool
}

func newCache[K, V comparable](limit int, load func(context.Context, K) ([]V, error)) *cache[K, V] {
	return &cache[K, V]{load: load, max: limit, sets: map[K]*set[V]{}}
}

func (c *cache[K, V]) has(ctx context.Context, key K, v V) (bool, error) {
	c.mu.RLock()
	if s := c.sets[key]; s != nil && !s.reading {
		_, in := s.members[v]
		c.mu.RUnlock()
		return in, nil
	}
	c.mu.RUnlock()
	s, err := c.get(ctx, key)
	if err != nil {
		return false, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	_, in := s.members[v]
	return in, nil
}

// get returns the set of key, read from the store when it is not in memory.
func (c *cache[K, V]) get(ctx context.Context, key K) (*set[V], error) {
	c.mu.RLock()
	s := c.sets[key]
	known := s != nil && !s.reading
	c.mu.RUnlock()
	if known {
		return s, nil
	}
	c.mu.Lock()
	s = c.sets[key]
	if s == nil {
		c.makeRoom()
		s = &set[V]{ready: make(chan struct{}), reading: true}
		c.sets[key] = s
		c.mu.Unlock()
		c.read(ctx, key, s)
		return s, s.err
	}
	c.mu.Unlock()
	select {
	case <-s.ready:
		return s, s.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (c *cache[K, V]) read(ctx context.Context, key K, s *set[V]) {
	// Others wait for this read too, so it does not end with the one who asked first.
	members, err := c.load(context.WithoutCancel(ctx), key)
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(s.ready)
	s.reading = false
	if err != nil {
		s.err = err
		if c.sets[key] == s {
			delete(c.sets, key)
		}
		return
	}
	s.members = make(map[V]struct{}, len(members))
	for _, v := range members {
		s.members[v] = struct{}{}
	}
	for _, e := range s.edits {
		s.make(e)
	}
	s.edits = nil
}

// makeRoom forgets some set that nobody is reading; which one does not matter
// much, since a set costs one read to get back.
func (c *cache[K, V]) makeRoom() {
	if len(c.sets) < c.max {
		return
	}
	for key, s := range c.sets {
		if !s.reading {
			delete(c.sets, key)
			return
		}
	}
}

func (c *cache[K, V]) change(key K, e edit[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.sets[key]; s != nil {
		s.note(e)
	}
}

// changeAll makes an edit on every set.
func (c *cache[K, V]) changeAll(e edit[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sets {
		s.note(e)
	}
}

func (s *set[V]) note(e edit[V]) {
	if s.reading {
		s.edits = append(s.edits, e)
		return
	}
	s.make(e)
}

func (s *set[V]) make(e edit[V]) {
	if e.clear {
		clear(s.members)
	}
	for _, v := range e.add {
		s.members[v] = struct{}{}
	}
	for _, v := range e.remove {
		delete(s.members, v)
	}
}
