package chatroom

import (
	"context"
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
)

// Sizes of a room.
const (
	ringSize    = 50  // messages kept in memory
	defaultPage = 10  // messages a joining client gets when it does not say
	catchUp     = 500 // messages a client that was away may get from the store
)

// room is a chatroom that somebody is in, or about to be.
type room struct {
	id    string
	ready chan struct{} // closed when what the store keeps of it is loaded
	err   error

	ring     []kept    // oldest first, whole of what is newer than floor
	floor    chat.Tick // the ring has nothing of this tick and before
	restored chat.Tick // messages up to this tick come from the store and have lost their Origin

	stays       map[Session]*stay
	order       []*stay // the same, to go through them fast
	members     map[chat.UserID]*member
	first, last *member // by the time they joined
	entries     entries
	rules       rules
	burst       burst
	setting     pace // of changes to the entries
	news        news
	edits       []edit // what Apply changed while the room was being loaded
}

// edit is a change that Apply saw.
type edit struct {
	tick   chat.Tick
	change store.Change
}

// kept is a message in a ring. listed is how everybody but its sender gets it,
// made when the first one asks.
type kept struct {
	m      *chat.Message
	listed []byte
}

// stay is a session in a room.
type stay struct {
	session  Session
	place    int       // in room.order
	from     chat.Tick // what was the last tick when it joined
	answered chat.Tick // how far its pulls reached
	hinted   chat.Tick // the newest hint; outstanding while larger than answered

	entriesAnswered, entriesHinted chat.Tick // the same for entries
	doubtful                       bool      // the client may have forgotten entries that are there
}

func newRoom(id string) *room {
	return &room{
		id: id, ready: make(chan struct{}), stays: map[Session]*stay{}, members: map[chat.UserID]*member{},
		entries: entries{now: map[string]Entry{}}, rules: rules{},
	}
}

// memory is what the store keeps of a room.
type memory struct {
	newest  store.Page
	entries []store.Entry
	rules   []store.Entry
}

func (r *Rooms) read(ctx context.Context, id string, until chat.Tick) (m memory, err error) {
	m.newest, err = r.store.History(ctx, store.Range{
		Log: logOf(id), Before: until + 1, Backward: true, Limit: ringSize, All: true,
	})
	if err != nil {
		return m, err
	}
	m.entries, err = r.store.Entries(ctx, store.EntryRange{Space: store.RoomEntries, Owner: id, Limit: 2 * chat.MaxRoomEntries})
	if err != nil {
		return m, err
	}
	m.rules, err = r.store.Entries(ctx, store.EntryRange{Space: store.RoomRules, Owner: id, Limit: maxRules})
	return m, err
}

// fill puts into o what was read, and makes again what was changed meanwhile:
// that may be in what was read, which does no harm, and is not missed.
func (o *room) fill(m memory, until chat.Tick) {
	for _, e := range m.rules {
		o.rules.set(e.Key, e.Value)
	}
	o.entries.fill(m.entries, until)
	for _, e := range o.edits {
		o.make(e)
	}
	o.edits = nil
	o.restored = until
	if o.floor > 0 {
		return // so much came meanwhile that the ring is full without the page
	}
	older := make([]kept, 0, len(m.newest.Messages)+len(o.ring))
	for _, m := range slices.Backward(m.newest.Messages) {
		if m.Flags&chat.Hidden == 0 {
			older = append(older, kept{m: m})
		}
	}
	o.ring = append(older, o.ring...)
	if m.newest.More {
		o.floor = m.newest.Through - 1
	}
	o.trim()
}

// make makes a change of an entry or a rule.
func (o *room) make(e edit) {
	switch c := e.change.(type) {
	case store.EntrySet:
		if c.Space == store.RoomRules {
			o.rules.set(c.Key, c.Value)
		} else {
			o.entries.set(c.Key, c.Value, e.tick)
		}
	case store.EntryDeleted:
		if c.Space == store.RoomRules {
			delete(o.rules, c.Key)
		} else {
			o.entries.remove(c.Key, e.tick)
		}
	}
}

// loaded reports whether o is what the store keeps of it.
func (o *room) loaded() bool {
	select {
	case <-o.ready:
		return true
	default:
		return false
	}
}

func logOf(id string) chat.Log {
	return chat.Conversation{Type: chat.Chatroom, Target: id}.Log("")
}

// trim forgets the oldest ticks of a ring that is too long, whole ticks only.
func (o *room) trim() {
	excess := len(o.ring) - ringSize
	if excess <= 0 {
		return
	}
	tick := o.ring[excess-1].m.ID.Tick
	for excess < len(o.ring) && o.ring[excess].m.ID.Tick == tick {
		excess++
	}
	if excess == len(o.ring) {
		return // one tick alone is longer than the ring: it stays whole
	}
	o.ring = slices.Delete(o.ring, 0, excess)
	o.floor = tick
}

// replace puts m in the place of the message with the same id.
func (o *room) replace(m *chat.Message) {
	for i, k := range o.ring {
		if k.m.ID == m.ID {
			replaced := *m
			replaced.Origin = k.m.Origin
			o.ring[i] = kept{m: &replaced}
		}
	}
}

// Pulled is what a session gets when it asks for messages: an appended list.
type Pulled struct {
	Frame    []byte
	Messages int
	Through  chat.Tick // the cursor to ask with next time, never 0
}

// Pull appends to frame what s gets when it asks for messages of a room it is
// in, as the list of a RoomMessages: those newer than after, or for after 0 the
// newest count (0 means 10, below 0 none, 50 at most). Its own messages are
// left out, except older ones in the answer to after 0.
func (r *Rooms) Pull(ctx context.Context, frame []byte, s Session, id string, after chat.Tick, count int) (Pulled, error) {
	r.mu.Lock()
	at, o := r.at(s, id)
	if at == nil {
		r.mu.Unlock()
		return Pulled{}, notIn()
	}
	p := Pulled{Frame: frame, Through: max(r.tick, after)}
	at.answered = p.Through
	floor, restored, from := o.floor, max(o.restored, o.floor), at.from
	var space [2 * ringSize]kept
	ring := append(space[:0], o.listed(after)...)
	r.mu.Unlock()

	// What is read from the store has lost its Origin, too.
	own := func(m *chat.Message) bool {
		if m.Sender != s.User() {
			return false
		}
		return m.Origin == s.Origin() || m.ID.Tick <= restored || m.Flags&chat.NotToSender != 0
	}
	if after == 0 {
		ring = slices.DeleteFunc(ring, func(k kept) bool { return k.m.ID.Tick > from && own(k.m) })
		ring = newest(ring, count)
		own = func(*chat.Message) bool { return false }
	} else if after < floor {
		older, err := r.store.History(ctx, store.Range{Log: logOf(id), After: after, Before: floor + 1, Backward: true, Limit: catchUp, All: true})
		if err != nil {
			return Pulled{}, err
		}
		for _, m := range slices.Backward(older.Messages) {
			p.add(s, kept{m: m}, own)
		}
	}
	for _, k := range ring {
		p.add(s, k, own)
	}
	return p, nil
}

// Ready reports whether Pull would answer s from memory.
func (r *Rooms) Ready(s Session, id string, after chat.Tick) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, o := r.at(s, id)
	return at != nil && (after == 0 || after >= o.floor)
}

func (p *Pulled) add(s Session, k kept, own func(*chat.Message) bool) {
	switch {
	case own(k.m), k.m.Flags&chat.Hidden != 0:
		return
	case k.listed == nil || k.m.Sender == s.User():
		p.Frame = wire.AppendListed(p.Frame, k.m, s.User())
	default:
		p.Frame = append(p.Frame, k.listed...)
	}
	p.Messages++
}

// listed returns what the ring has after a tick, encoded.
func (o *room) listed(after chat.Tick) []kept {
	first, _ := slices.BinarySearchFunc(o.ring, after, func(k kept, after chat.Tick) int {
		if k.m.ID.Tick <= after {
			return -1
		}
		return 1
	})
	for i := first; i < len(o.ring); i++ {
		if o.ring[i].listed == nil {
			o.ring[i].listed = wire.AppendListed(nil, o.ring[i].m, "")
		}
	}
	return o.ring[first:]
}

func newest(ring []kept, count int) []kept {
	if count == 0 {
		count = defaultPage
	}
	return ring[len(ring)-max(0, min(count, ringSize, len(ring))):]
}

// at returns the stay of s in a room, or nil.
func (r *Rooms) at(s Session, id string) (*stay, *room) {
	o := r.rooms[id]
	if o == nil {
		return nil, nil
	}
	return o.stays[s], o
}

func notIn() error { return chat.Errorf(chat.NotInChatroom, "the user is not in the chatroom") }

// active notes that something happened in a room.
func (r *Rooms) active(id string) {
	if l := r.lives[id]; l != nil {
		l.active = time.Now()
	}
}
