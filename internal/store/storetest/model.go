package storetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Model is a store in plain maps and slices that forgets everything when the
// process ends. Every read walks over everything there is: it is there to be
// obviously right, as an oracle for drivers and as a store for small tests.
type Model struct {
	dedupe  chat.Tick
	offline chat.Tick

	mu       sync.RWMutex // guards the following
	failed   error        // of every Commit from now on
	closed   bool
	last     chat.Tick
	messages []*chat.Message // in (Tick, Index) order
	sent     map[chat.SendKey]chat.ID
	groups   map[string]string // id to name
	stays    map[chat.UserID][]store.Membership
	refused  map[[2]chat.UserID]bool // who, whom
	read     map[readMark]chat.Tick
	rooms    map[string]store.Room
	users    map[chat.UserID]store.User
	entries  map[entryName]store.Entry
}

type entryName struct {
	space      store.Space
	owner, key string
}

type readMark struct {
	user chat.UserID
	log  chat.Log
}

var _ store.Store = (*Model)(nil)

// NewModel is an empty store.
func NewModel(o store.Options) *Model {
	const week = 7 * 24 * time.Hour
	if o.DedupeWindow == 0 {
		o.DedupeWindow = week
	}
	if o.OfflineWindow == 0 {
		o.OfflineWindow = week
	}
	return &Model{
		dedupe:  chat.Tick(o.DedupeWindow.Milliseconds()),
		offline: chat.Tick(o.OfflineWindow.Milliseconds()),
		sent:    map[chat.SendKey]chat.ID{},
		groups:  map[string]string{},
		stays:   map[chat.UserID][]store.Membership{},
		refused: map[[2]chat.UserID]bool{},
		read:    map[readMark]chat.Tick{},
		rooms:   map[string]store.Room{},
		users:   map[chat.UserID]store.User{},
		entries: map[entryName]store.Entry{},
	}
}

// Close implements store.Store.
func (s *Model) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// begin begins a read: the caller must RUnlock s.mu when err is nil.
func (s *Model) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	if s.closed {
		s.mu.RUnlock()
		return chat.Errorf(chat.StoreUnavailable, "the store is closed")
	}
	return nil
}

// Last implements store.Committer.
func (s *Model) Last() chat.Tick {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.last
}

// Commit implements store.Committer.
func (s *Model) Commit(ctx context.Context, b *store.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = s.refuse(ctx, b)
	}
	if s.failed != nil {
		return s.failed
	}
	for _, m := range b.Messages {
		m := *m
		m.Origin = 0
		s.messages = append(s.messages, &m)
		if m.Key != (chat.SendKey{}) {
			s.sent[m.Key] = m.ID
		}
	}
	s.last = b.Tick
	for _, c := range b.Changes {
		s.change(c)
	}
	return nil
}

func (s *Model) refuse(ctx context.Context, b *store.Batch) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case s.closed:
		return chat.Errorf(chat.StoreUnavailable, "the store is closed")
	case b.Prev != s.last || b.Tick <= s.last:
		return chat.Errorf(chat.StoreUnavailable, "batch %d after %d, but the last tick is %d", b.Tick, b.Prev, s.last)
	case len(b.Messages) > chat.MaxPerTick:
		return chat.Errorf(chat.StoreUnavailable, "%d messages in one tick", len(b.Messages))
	}
	for i, m := range b.Messages {
		if (m.ID != chat.ID{Tick: b.Tick, Index: uint16(i)}) {
			return chat.Errorf(chat.StoreUnavailable, "message %d of tick %d has id %v", i, b.Tick, m.ID)
		}
	}
	return nil
}

func (s *Model) change(c store.Change) {
	switch c := c.(type) {
	case store.GroupJoined:
		if _, exists := s.groups[c.Group]; !exists || c.Name != "" {
			s.groups[c.Group] = c.Name
		}
		for _, user := range c.Users {
			if s.present(user, c.Group) < 0 {
				s.stays[user] = append(s.stays[user], store.Membership{Group: c.Group, Joined: s.last})
			}
		}
	case store.GroupLeft:
		for _, user := range c.Users {
			s.leave(user, c.Group)
		}
	case store.GroupDismissed:
		for user := range s.stays {
			s.leave(user, c.Group)
		}
		delete(s.groups, c.Group)
	case store.BlacklistAdded:
		for _, other := range c.Others {
			s.refused[[2]chat.UserID{c.User, other}] = true
		}
	case store.BlacklistRemoved:
		for _, other := range c.Others {
			delete(s.refused, [2]chat.UserID{c.User, other})
		}
	case store.MarkedRead:
		mark := readMark{c.User, c.Log}
		s.read[mark] = max(s.read[mark], c.Through)
	case store.Replaced:
		s.replace(c.Message)
	case store.RoomCreated:
		room, exists := s.rooms[c.Room]
		if !exists {
			room = store.Room{ID: c.Room, Created: s.last}
		}
		room.Name = c.Name
		s.rooms[c.Room] = room
	case store.RoomDestroyed:
		delete(s.rooms, c.Room)
	case store.UserSaved:
		s.users[c.User.ID] = c.User
	case store.EntrySet:
		s.entries[entryName{c.Space, c.Owner, c.Key}] = store.Entry{
			Space: c.Space, Owner: c.Owner, Key: c.Key, Value: slices.Clone(c.Value), Tick: s.last,
		}
	case store.EntryDeleted:
		delete(s.entries, entryName{c.Space, c.Owner, c.Key})
	case store.EntriesDeleted:
		maps.DeleteFunc(s.entries, func(n entryName, _ store.Entry) bool { return n.space == c.Space && n.owner == c.Owner })
	default:
		panic(fmt.Sprintf("unknown change %T", c))
	}
}

// present is the place in s.stays[user] of the stay in group that goes on, or -1.
func (s *Model) present(user chat.UserID, group string) int {
	return slices.IndexFunc(s.stays[user], func(m store.Membership) bool { return m.Group == group && m.Left == 0 })
}

func (s *Model) leave(user chat.UserID, group string) {
	i := s.present(user, group)
	if i < 0 {
		return
	}
	stays := s.stays[user]
	if stays[i].Left = s.last; stays[i].Joined == s.last { // it reached nothing
		s.stays[user] = slices.Delete(stays, i, i+1)
	}
}

func (s *Model) replace(m *chat.Message) {
	i := slices.IndexFunc(s.messages, func(old *chat.Message) bool { return old.ID == m.ID })
	if i < 0 {
		return
	}
	old := s.messages[i]
	renewed := *old
	renewed.ObjectName, renewed.ClientID, renewed.Body = m.ObjectName, m.ClientID, m.Body
	renewed.Flags = m.Flags&^chat.NotToSender | old.Flags&chat.NotToSender
	s.messages[i] = &renewed
}

// Sent implements store.Sends.
func (s *Model) Sent(ctx context.Context, key chat.SendKey) (chat.ID, bool, error) {
	if err := s.begin(ctx); err != nil {
		return chat.ID{}, false, err
	}
	defer s.mu.RUnlock()
	id, ok := s.sent[key]
	if !ok || id.Tick < s.last-s.dedupe {
		return chat.ID{}, false, nil
	}
	return id, true, nil
}

// Messages implements store.Sends.
func (s *Model) Messages(ctx context.Context, ids []chat.ID) ([]*chat.Message, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	var found []*chat.Message
	for _, id := range ids {
		for _, m := range s.messages {
			if m.ID == id {
				found = append(found, m)
			}
		}
	}
	return found, nil
}

// Pull implements store.Inbox.
func (s *Model) Pull(ctx context.Context, q store.Pull) (store.Page, error) {
	if err := s.begin(ctx); err != nil {
		return store.Page{}, err
	}
	defer s.mu.RUnlock()
	until := s.last
	if q.Until != 0 {
		until = min(until, q.Until)
	}
	var wanted []*chat.Message
	for _, m := range s.messages {
		received, sent := s.inStream(m, q.User)
		if m.ID.Tick <= until && (received && m.ID.Tick > q.Received || sent && m.ID.Tick > q.Sent) {
			wanted = append(wanted, m)
		}
	}
	return page(wanted, q.Limit, q.Bytes, until), nil
}

// Logs implements store.Inbox.
func (s *Model) Logs(ctx context.Context, user chat.UserID) ([]store.LogEnd, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	newest := map[chat.Log]chat.Tick{}
	for _, m := range s.messages {
		if m.Type.TwoSided() && (m.Sender == user || m.Target == string(user)) {
			newest[m.Log()] = m.ID.Tick
		}
	}
	var logs []store.LogEnd
	for _, log := range slices.Sorted(maps.Keys(newest)) {
		logs = append(logs, store.LogEnd{Log: log, Tick: newest[log]})
	}
	return logs, nil
}

// Merge implements store.History.
func (s *Model) Merge(ctx context.Context, q store.Merge) (store.Page, error) {
	if err := s.begin(ctx); err != nil {
		return store.Page{}, err
	}
	defer s.mu.RUnlock()
	until := s.last
	if q.Until != 0 {
		until = min(until, q.Until)
	}
	var wanted []*chat.Message
	for _, m := range s.messages {
		i := slices.IndexFunc(q.Logs, func(l store.LogSince) bool { return l.Log == m.Log() })
		if i >= 0 && m.ID.Tick > q.Logs[i].After && m.ID.Tick <= until && m.VisibleTo(q.Viewer) {
			wanted = append(wanted, m)
		}
	}
	return page(wanted, q.Limit, q.Bytes, until), nil
}

// Entry implements store.Entries.
func (s *Model) Entry(ctx context.Context, space store.Space, owner, key string) (store.Entry, error) {
	if err := s.begin(ctx); err != nil {
		return store.Entry{}, err
	}
	defer s.mu.RUnlock()
	e, exists := s.entries[entryName{space, owner, key}]
	if !exists {
		return store.Entry{}, store.ErrNotFound
	}
	return e, nil
}

// Entries implements store.Entries.
func (s *Model) Entries(ctx context.Context, q store.EntryRange) ([]store.Entry, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	var all []store.Entry
	for n, e := range s.entries {
		if n.space == q.Space && n.owner == q.Owner && strings.HasPrefix(n.key, q.Prefix) && (q.After == "" || n.key > q.After) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b store.Entry) int { return strings.Compare(a.Key, b.Key) })
	return all[:min(len(all), q.Limit)], nil
}

// inStream says whether m is in user's stream as one they received, or else as
// one of their own.
func (s *Model) inStream(m *chat.Message, user chat.UserID) (received, sent bool) {
	own := m.Sender == user
	if own && m.Flags&chat.NotToSender != 0 {
		return false, false
	}
	switch {
	case m.Type.TwoSided():
		received = m.Target == string(user) && m.VisibleTo(user)
	case m.Type == chat.Group && len(m.To) > 0:
		received = slices.Contains(m.To, user)
	case m.Type == chat.Group:
		in := s.memberAt(user, m.Target, m.ID.Tick)
		return in && !own, in && own
	default:
		return false, false
	}
	return received, own && !received
}

func (s *Model) memberAt(user chat.UserID, group string, tick chat.Tick) bool {
	return slices.ContainsFunc(s.keptStays(user), func(m store.Membership) bool {
		return m.Group == group && m.Joined < tick && (m.Left == 0 || tick <= m.Left)
	})
}

// keptStays are the stays that the offline window still reaches.
func (s *Model) keptStays(user chat.UserID) []store.Membership {
	var kept []store.Membership
	for _, m := range s.stays[user] {
		if m.Left == 0 || m.Left >= s.last-s.offline {
			kept = append(kept, m)
		}
	}
	return kept
}

// page is the first ticks of wanted until limit messages, or so many bytes of
// them, are reached.
func page(wanted []*chat.Message, limit, bytes int, end chat.Tick) store.Page {
	held := 0
	for i, m := range wanted {
		full := i >= limit || bytes > 0 && held >= bytes
		if full && wanted[i-1].ID.Tick != m.ID.Tick {
			return store.Page{Messages: wanted[:i:i], Through: wanted[i-1].ID.Tick, More: true}
		}
		held += len(m.Body)
	}
	return store.Page{Messages: wanted, Through: end}
}

// History implements store.History.
func (s *Model) History(ctx context.Context, q store.Range) (store.Page, error) {
	if err := s.begin(ctx); err != nil {
		return store.Page{}, err
	}
	defer s.mu.RUnlock()
	newest := s.last
	if q.Before != 0 {
		newest = min(newest, q.Before-1)
	}
	var wanted []*chat.Message
	for _, m := range s.messages {
		if m.Log() == q.Log && m.ID.Tick > q.After && m.ID.Tick <= newest &&
			(q.All || m.Flags&chat.Persisted != 0) && m.Flags&q.Flags == q.Flags && (q.Viewer == "" || m.VisibleTo(q.Viewer)) &&
			!slices.Contains(q.Except, m.ID) {
			wanted = append(wanted, m)
		}
	}
	if q.Backward {
		slices.Reverse(wanted)
		return page(wanted, q.Limit, q.Bytes, q.After+1), nil
	}
	return page(wanted, q.Limit, q.Bytes, newest), nil
}

// ReadThrough implements store.Reads.
func (s *Model) ReadThrough(ctx context.Context, user chat.UserID, log chat.Log) (chat.Tick, error) {
	if err := s.begin(ctx); err != nil {
		return 0, err
	}
	defer s.mu.RUnlock()
	return s.read[readMark{user, log}], nil
}

// Unread implements store.Reads.
func (s *Model) Unread(ctx context.Context, q store.UnreadRange) (store.Unread, error) {
	if err := s.begin(ctx); err != nil {
		return store.Unread{}, err
	}
	defer s.mu.RUnlock()
	u := store.Unread{Read: s.read[readMark{q.User, q.Log}]}
	for _, m := range s.messages {
		if m.Log() != q.Log || m.ID.Tick <= max(q.After, u.Read) || q.Until != 0 && m.ID.Tick > q.Until ||
			m.Flags&chat.Counted == 0 || m.Sender == q.User || !m.VisibleTo(q.User) || slices.Contains(q.Except, m.ID) {
			continue
		}
		if u.Count++; u.Count == 1 {
			u.First = m.ID
		}
		if m.Flags&chat.Mentioned != 0 && len(u.Mentioned) < store.MaxMentioned {
			u.Mentioned = append(u.Mentioned, m.ID)
		}
		if u.Count == q.Limit {
			break
		}
	}
	return u, nil
}

// Group implements store.Groups.
func (s *Model) Group(ctx context.Context, id string) (store.Group, error) {
	if err := s.begin(ctx); err != nil {
		return store.Group{}, err
	}
	defer s.mu.RUnlock()
	name, exists := s.groups[id]
	if !exists {
		return store.Group{}, store.ErrNotFound
	}
	g := store.Group{ID: id, Name: name}
	for _, user := range slices.Sorted(maps.Keys(s.stays)) {
		if i := s.present(user, id); i >= 0 {
			g.Members, g.Joined = append(g.Members, user), append(g.Joined, s.stays[user][i].Joined)
		}
	}
	return g, nil
}

// Memberships implements store.Groups.
func (s *Model) Memberships(ctx context.Context, user chat.UserID) ([]store.Membership, chat.Tick, error) {
	if err := s.begin(ctx); err != nil {
		return nil, 0, err
	}
	defer s.mu.RUnlock()
	stays := s.keptStays(user) // in order of Joined: they were appended
	slices.SortStableFunc(stays, func(a, b store.Membership) int { return strings.Compare(a.Group, b.Group) })
	return stays, s.last, nil
}

// GroupLogs implements store.Inbox.
func (s *Model) GroupLogs(ctx context.Context, group string) ([]store.LogEnd, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	newest := map[chat.Log]chat.Tick{}
	for _, m := range s.messages {
		if m.Type == chat.Group && m.Target == group {
			newest[m.Log()] = m.ID.Tick
		}
	}
	var ends []store.LogEnd
	for _, log := range slices.Sorted(maps.Keys(newest)) {
		ends = append(ends, store.LogEnd{Log: log, Tick: newest[log]})
	}
	return ends, nil
}

// Blacklist implements store.Blacklists.
func (s *Model) Blacklist(ctx context.Context, user chat.UserID) ([]chat.UserID, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	var others []chat.UserID
	for pair := range s.refused {
		if pair[0] == user {
			others = append(others, pair[1])
		}
	}
	slices.Sort(others)
	return others, nil
}

// Room implements store.Rooms.
func (s *Model) Room(ctx context.Context, id string) (store.Room, error) {
	if err := s.begin(ctx); err != nil {
		return store.Room{}, err
	}
	defer s.mu.RUnlock()
	room, exists := s.rooms[id]
	if !exists {
		return store.Room{}, store.ErrNotFound
	}
	return room, nil
}

// User implements store.Users.
func (s *Model) User(ctx context.Context, id chat.UserID) (store.User, error) {
	if err := s.begin(ctx); err != nil {
		return store.User{}, err
	}
	defer s.mu.RUnlock()
	user, known := s.users[id]
	if !known {
		return store.User{}, store.ErrNotFound
	}
	return user, nil
}
