// Package chatroom keeps the chatrooms of an app: who is in them, their newest
// messages in memory, what their members share, and who may speak.
//
// A room, its entries and its rules are in the store; its members are the
// sessions that joined it, and are forgotten with the process. Messages of a
// room are committed like all others. They are announced by one outstanding
// hint a session and pulled from the room's ring, which holds them encoded.
//
// # Concurrency
//
// Apply is called by the follower of the tail only, everything else from any
// goroutine. One lock guards what is in memory; it is never held over a read
// of the store, a commit or a call of a session. Changes that depend on what a
// room holds are made one after the other (Rooms.alone), and return when Apply
// has seen them, so whoever made one finds it in force.
package chatroom

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/writer"
)

// MaxRooms is how many chatrooms a session may be in.
const MaxRooms = 100

// Session is a connection that can be in rooms. Its methods never wait.
type Session interface {
	User() chat.UserID
	// Origin is what messages from this session carry as their Origin.
	Origin() uint64
	// RoomHint tells the client that room has something newer than it pulled.
	RoomHint(room string, tick chat.Tick)
	// RoomEntriesHint tells the client that entries of room have changed.
	RoomEntriesHint(room string, tick chat.Tick)
	// RoomGone tells the client that room was destroyed.
	RoomGone(room string, tick chat.Tick, why Destruction)
	// RoomNotice gives the client news of a room that nobody keeps. down is an
	// encoded DownMessage.
	RoomNotice(down []byte)
	// RoomClosed tells the client, by the notice down, that it was put out of room.
	RoomClosed(room string, tick chat.Tick, down []byte)
}

// Store is what chatrooms read.
type Store interface {
	store.Rooms
	store.History
	store.Entries
}

// Writer makes changes durable, alone or together with a message.
type Writer interface {
	Submit(*writer.Request)
	Change(ctx context.Context, changes ...store.Change) (chat.Tick, error)
}

// Config is what an app may decide about its rooms. The zero value is ready to use.
type Config struct {
	// Many lets a user be in many rooms at once. Otherwise who joins a room
	// leaves the one before, on all devices.
	Many bool
	// Members is how many users a room takes. 0 is no limit.
	Members int
	// Idle is after how long without a join, a leave or a message a room is
	// destroyed, unless it was created with a time of its own. 0 means an hour.
	Idle time.Duration
	// Burst is how many messages a room takes in 200 ms: half of them of any
	// kind, half only of those that are not of low priority, and half as many
	// more from who and what is protected. 0 means 40, below 0 is no limit.
	Burst int
	// LowPriority are object names whose messages make way for others, beside
	// those that the Server API named.
	LowPriority []string
	// Dropped, when not nil, is told of each message that a room had no room
	// for: "low", "high" or "protected".
	Dropped func(priority string)
}

// Rooms are the chatrooms of an app.
type Rooms struct {
	store  Store
	writer Writer
	cfg    Config
	low    map[string]bool // of cfg

	seed    maphash.Seed
	stripes [64]sync.Mutex // alone

	mu      sync.Mutex // guards the following and every room
	tick    chat.Tick  // the last tick applied
	passed  chan struct{}
	rooms   map[string]*room
	present map[chat.UserID]*presence
	rules   rules // of the app
	lives   map[string]*life
	due     deadlines
	wake    chan struct{}

	out []telling // of the tick being applied; only Apply touches it
	to  []Session // whom out is for
}

// presence is the sessions of a user that are in rooms.
type presence struct {
	sessions map[Session][]*room
}

// New are the rooms in s; the tail will continue after tick. It reads which
// rooms there are and the rules of the app.
func New(ctx context.Context, s Store, w Writer, tick chat.Tick, cfg Config) (*Rooms, error) {
	if cfg.Idle == 0 {
		cfg.Idle = time.Hour
	}
	if cfg.Burst == 0 {
		cfg.Burst = 40
	}
	if cfg.Dropped == nil {
		cfg.Dropped = func(string) {}
	}
	r := &Rooms{
		store: s, writer: w, cfg: cfg, low: map[string]bool{}, seed: maphash.MakeSeed(),
		tick: max(tick, 1), rooms: map[string]*room{}, present: map[chat.UserID]*presence{},
		rules: rules{}, lives: map[string]*life{}, wake: make(chan struct{}, 1),
	}
	for _, name := range cfg.LowPriority {
		r.low[name] = true
	}
	return r, r.load(ctx)
}

// load reads what is known of the app's rooms before anybody is in one.
func (r *Rooms) load(ctx context.Context) error {
	const page = 1000
	q := store.EntryRange{Space: store.RoomRules, Limit: page}
	for {
		entries, err := r.store.Entries(ctx, q)
		if err != nil {
			return fmt.Errorf("chatroom: reading the rules of the app: %w", err)
		}
		r.mu.Lock()
		for _, e := range entries {
			r.makeOfApp(edit{e.Tick, store.EntrySet{Space: e.Space, Owner: e.Owner, Key: e.Key, Value: e.Value}})
		}
		r.mu.Unlock()
		if len(entries) < page {
			return nil
		}
		q.After = entries[len(entries)-1].Key
	}
}

// alone has the changes of rooms made one after the other: what the caller
// reads from the store before unlock is what it changes.
func (r *Rooms) alone(ids ...string) (unlock func()) {
	var locks []int
	for _, id := range ids {
		locks = append(locks, int(maphash.String(r.seed, id)%uint64(len(r.stripes))))
	}
	slices.Sort(locks) // everybody locks in the same order
	locks = slices.Compact(locks)
	for _, i := range locks {
		r.stripes[i].Lock()
	}
	return func() {
		for _, i := range locks {
			r.stripes[i].Unlock()
		}
	}
}

// change makes changes durable and returns when Apply has seen them.
func (r *Rooms) change(ctx context.Context, changes ...store.Change) (chat.Tick, error) {
	tick, err := r.writer.Change(ctx, changes...)
	if err != nil {
		return 0, err
	}
	return tick, r.applied(ctx, tick)
}

// applied waits until tick was applied.
func (r *Rooms) applied(ctx context.Context, tick chat.Tick) error {
	for {
		r.mu.Lock()
		if r.tick >= tick {
			r.mu.Unlock()
			return nil
		}
		if r.passed == nil {
			r.passed = make(chan struct{})
		}
		passed := r.passed
		r.mu.Unlock()
		select {
		case <-passed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// telling is something that sessions are told once the lock is released.
type telling struct {
	kind        tellingKind
	room        string
	first, last int // whom, in Rooms.to
	why         Destruction
}

type tellingKind byte

const (
	tellMessages tellingKind = iota
	tellEntries
	tellGone
)

// Apply adds the messages of a committed batch to their rooms, makes its
// changes, and tells the members. Batches must come in the order of their ticks.
func (r *Rooms) Apply(b *store.Batch) {
	r.mu.Lock()
	for _, m := range b.Messages {
		if m.Type == chat.Chatroom && m.Flags&chat.Hidden == 0 {
			r.say(m)
		}
	}
	for _, change := range b.Changes {
		r.apply(b.Tick, change)
	}
	r.tick = b.Tick
	if r.passed != nil {
		close(r.passed)
		r.passed = nil
	}
	r.mu.Unlock()

	for _, t := range r.out {
		for _, s := range r.to[t.first:t.last] {
			switch t.kind {
			case tellMessages:
				s.RoomHint(t.room, b.Tick)
			case tellEntries:
				s.RoomEntriesHint(t.room, b.Tick)
			case tellGone:
				s.RoomGone(t.room, b.Tick, t.why)
			}
		}
	}
	clear(r.to)
	r.out, r.to = r.out[:0], r.to[:0]
}

// tell notes whom of o to tell something: those for whom pick holds.
func (r *Rooms) tell(o *room, kind tellingKind, why Destruction, pick func(*stay) bool) {
	first := len(r.to)
	for _, at := range o.order {
		if pick(at) {
			r.to = append(r.to, at.session)
		}
	}
	if len(r.to) > first {
		r.out = append(r.out, telling{kind: kind, room: o.id, first: first, last: len(r.to), why: why})
	}
}

// say adds a message to its room.
func (r *Rooms) say(m *chat.Message) {
	r.active(m.Target)
	o := r.rooms[m.Target]
	if o == nil {
		return
	}
	o.ring = append(o.ring, kept{m: m})
	o.trim()
	r.tell(o, tellMessages, 0, func(at *stay) bool {
		if m.Origin == at.session.Origin() || at.hinted > at.answered {
			return false
		}
		at.hinted = m.ID.Tick
		return true
	})
}

func (r *Rooms) apply(tick chat.Tick, change store.Change) {
	switch c := change.(type) {
	case store.RoomDestroyed:
		r.destroyed(c.Room)
	case store.Replaced:
		if o := r.rooms[c.Message.Target]; o != nil && c.Message.Type == chat.Chatroom {
			o.replace(c.Message)
		}
	case store.EntrySet:
		r.edit(c.Space, c.Owner, edit{tick, change})
	case store.EntryDeleted:
		r.edit(c.Space, c.Owner, edit{tick, change})
	}
}

// edit makes a change of an entry or a rule in memory.
func (r *Rooms) edit(space store.Space, owner string, e edit) {
	switch {
	case space == store.RoomRules && owner == "":
		r.makeOfApp(e)
	case space == store.RoomRules || space == store.RoomEntries:
		o := r.rooms[owner]
		if o == nil {
			return
		}
		if !o.loaded() {
			o.edits = append(o.edits, e)
			return
		}
		o.make(e)
		if space == store.RoomEntries {
			r.tellEntries(o, e.tick)
		}
	}
}

// open returns a room with its newest messages, entries and rules loaded.
func (r *Rooms) open(ctx context.Context, id string) (*room, error) {
	r.mu.Lock()
	o := r.rooms[id]
	if o != nil {
		r.mu.Unlock()
		select {
		case <-o.ready:
			return o, o.err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	o = newRoom(id)
	r.rooms[id] = o
	until := r.tick
	r.mu.Unlock()

	// What is committed from here on comes by Apply. Others wait for this read,
	// too, so it does not end with the one who asked first.
	kept, err := r.read(context.WithoutCancel(ctx), id, until)
	r.mu.Lock()
	defer r.mu.Unlock()
	defer close(o.ready)
	if err != nil {
		o.err = err
		if r.rooms[id] == o {
			delete(r.rooms, id)
		}
		return nil, err
	}
	o.fill(kept, until)
	r.awaitOwners(o)
	return o, nil
}

// forget drops a room that nobody is in any more: the store remembers it.
func (r *Rooms) forget(o *room) {
	if len(o.members) > 0 || r.rooms[o.id] != o {
		return
	}
	select {
	case <-o.ready:
		delete(r.rooms, o.id)
	default: // somebody is about to join
	}
}

// In reports whether s is in the room.
func (r *Rooms) In(s Session, id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.rooms[id]
	return o != nil && o.stays[s] != nil
}

// exists returns the tick at which a room was created.
func (r *Rooms) exists(ctx context.Context, id string) (chat.Tick, error) {
	known, err := r.store.Room(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return 0, chat.Errorf(chat.ChatroomMissing, "there is no such chatroom")
	}
	return known.Created, err
}
