// Package chatroom keeps the chatrooms of an app: who is in them, and their
// newest messages in memory.
//
// A room exists in the store from its creation on; its members are the
// sessions that joined it, and are forgotten with them. Messages of a room are
// committed like all others. They are announced by one outstanding hint a
// session and pulled from the room's ring.
//
// # Concurrency
//
// Apply is called by the follower of the tail only, everything else from any
// goroutine. Sessions are called with the rooms' lock held, so they must not
// block and must not call back.
package chatroom

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Sizes of a room.
const (
	ringSize    = 50  // messages kept in memory
	defaultPage = 10  // messages a joining client gets when it does not say
	catchUp     = 500 // messages a client that was away may get from the store
)

// Session is a connection that can be in rooms.
type Session interface {
	User() chat.UserID
	// Origin is what messages from this session carry as their Origin.
	Origin() uint64
	// RoomHint tells the client that room has something newer than it pulled.
	RoomHint(room string, tick chat.Tick)
	// RoomGone tells the client that room was destroyed.
	RoomGone(room string, tick chat.Tick)
}

// Store is what chatrooms read.
type Store interface {
	store.Rooms
	store.History
}

// Changer makes a new room durable.
type Changer interface {
	Change(ctx context.Context, changes ...store.Change) (chat.Tick, error)
}

// Rooms are the chatrooms of an app.
type Rooms struct {
	store  Store
	writer Changer

	mu    sync.Mutex // guards the following and every room
	tick  chat.Tick  // the last tick applied
	rooms map[string]*room
}

type room struct {
	id       string
	ready    chan struct{} // closed when the ring is loaded
	err      error
	ring     []*chat.Message // oldest first, whole of what is newer than floor
	floor    chat.Tick
	restored chat.Tick // messages up to this tick come from the store and have lost their Origin
	stays    map[Session]*stay
}

// stay is a session in a room.
type stay struct {
	joined   time.Time
	from     chat.Tick // what was the last tick when it joined
	answered chat.Tick // how far its pulls reached
	hinted   chat.Tick // the newest hint; outstanding while larger than answered
}

// New are the rooms in s; the tail will continue after tick.
func New(s Store, w Changer, tick chat.Tick) *Rooms {
	return &Rooms{store: s, writer: w, tick: max(tick, 1), rooms: map[string]*room{}}
}

// Joined is what a joining client is told.
type Joined struct {
	Joined  time.Time
	Created chat.Tick
	Members int
}

// Join puts s into a room. A room that does not exist is created when create
// is set; otherwise Join fails with chat.ChatroomMissing. Joining twice does
// no harm.
func (r *Rooms) Join(ctx context.Context, s Session, id string, create bool) (Joined, error) {
	made, err := r.exists(ctx, id, create)
	if err != nil {
		return Joined{}, err
	}
	for {
		o, err := r.open(ctx, id)
		if err != nil {
			return Joined{}, err
		}
		if j, in := r.join(s, o); in {
			j.Created = made
			return j, nil
		}
	}
}

// join fails when the last one left and the room was forgotten meanwhile.
func (r *Rooms) join(s Session, o *room) (Joined, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rooms[o.id] != o {
		return Joined{}, false
	}
	at := o.stays[s]
	if at == nil {
		at = &stay{joined: time.Now(), from: r.tick}
		o.stays[s] = at
	}
	return Joined{Joined: at.joined, Members: o.users()}, true
}

func (r *Rooms) exists(ctx context.Context, id string, create bool) (chat.Tick, error) {
	known, err := r.store.Room(ctx, id)
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return known.Created, err
	}
	if !create {
		return 0, chat.Errorf(chat.ChatroomMissing, "there is no such chatroom")
	}
	return r.writer.Change(ctx, store.RoomCreated{Room: id})
}

// open returns a room with its newest messages loaded.
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
	o = &room{id: id, ready: make(chan struct{}), stays: map[Session]*stay{}}
	r.rooms[id] = o
	until := r.tick
	r.mu.Unlock()

	// What is committed from here on comes by Apply.
	page, err := r.store.History(context.WithoutCancel(ctx), store.Range{
		Log: logOf(id), Before: until + 1, Backward: true, Limit: ringSize, All: true,
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	defer close(o.ready)
	if err != nil {
		o.err = err
		delete(r.rooms, id)
		return nil, err
	}
	o.restored = until
	if o.floor > 0 {
		return o, nil // so much came meanwhile that the ring is full without the page
	}
	slices.Reverse(page.Messages)
	o.ring = append(page.Messages, o.ring...)
	if page.More {
		o.floor = page.Through - 1
	}
	o.trim()
	return o, nil
}

func logOf(id string) chat.Log {
	return chat.Conversation{Type: chat.Chatroom, Target: id}.Log("")
}

// Leave takes s out of a room. Leaving a room one is not in does no harm.
func (r *Rooms) Leave(s Session, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.rooms[id]
	if o == nil {
		return
	}
	delete(o.stays, s)
	select {
	case <-o.ready:
		if len(o.stays) == 0 {
			delete(r.rooms, id) // the store remembers it
		}
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

// Pull returns what s gets when it asks for messages of a room it is in:
// those newer than after, or for after 0 the newest count (0 means 10, below 0
// none, 50 at most). Its own messages are left out, except older ones in the
// answer to after 0. through is the cursor to ask with next time, never 0.
func (r *Rooms) Pull(ctx context.Context, s Session, id string, after chat.Tick, count int) (messages []*chat.Message, through chat.Tick, err error) {
	r.mu.Lock()
	o := r.rooms[id]
	if o == nil || o.stays[s] == nil {
		r.mu.Unlock()
		return nil, 0, chat.Errorf(chat.NotInChatroom, "the user is not in the chatroom")
	}
	at := o.stays[s]
	through = max(r.tick, after)
	at.answered = through
	floor, restored := o.floor, max(o.restored, o.floor) // what is read from the store has lost its Origin, too
	messages = slices.Clone(o.ring)
	r.mu.Unlock()

	own := func(m *chat.Message) bool {
		if m.Sender != s.User() {
			return false
		}
		return m.Origin == s.Origin() || m.ID.Tick <= restored || m.Flags&chat.NotToSender != 0
	}
	if after == 0 {
		messages = slices.DeleteFunc(messages, func(m *chat.Message) bool { return m.ID.Tick > at.from && own(m) })
		return newest(messages, count), through, nil
	}
	if after < floor {
		older, err := r.store.History(ctx, store.Range{Log: logOf(id), After: after, Before: floor + 1, Backward: true, Limit: catchUp, All: true})
		if err != nil {
			return nil, 0, err
		}
		slices.Reverse(older.Messages)
		messages = append(older.Messages, messages...)
	}
	return slices.DeleteFunc(messages, func(m *chat.Message) bool { return m.ID.Tick <= after || own(m) }), through, nil
}

func newest(messages []*chat.Message, count int) []*chat.Message {
	if count == 0 {
		count = defaultPage
	}
	return messages[len(messages)-max(0, min(count, len(messages))):]
}

// Member is a user in a room.
type Member struct {
	User   chat.UserID
	Joined time.Time
}

// Members returns how many users are in a room and up to limit of them, by
// the time they joined, oldest or newest first.
func (r *Rooms) Members(id string, limit int, newestFirst bool) (total int, members []Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.rooms[id]
	if o == nil {
		return 0, nil
	}
	first := map[chat.UserID]time.Time{}
	for s, at := range o.stays {
		if t, ok := first[s.User()]; !ok || at.joined.Before(t) {
			first[s.User()] = at.joined
		}
	}
	for user, joined := range first {
		members = append(members, Member{user, joined})
	}
	slices.SortFunc(members, func(a, b Member) int {
		return cmp.Or(a.Joined.Compare(b.Joined), cmp.Compare(a.User, b.User))
	})
	if newestFirst {
		slices.Reverse(members)
	}
	return len(first), members[:min(limit, len(members))]
}

// Apply adds the messages of a committed batch to their rooms and hints their
// members at them. Batches must come in the order of their ticks.
func (r *Rooms) Apply(b *store.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tick = b.Tick
	for _, m := range b.Messages {
		if m.Type != chat.Chatroom {
			continue
		}
		if o := r.rooms[m.Target]; o != nil {
			o.add(m)
		}
	}
	for _, change := range b.Changes {
		if c, ok := change.(store.RoomDestroyed); ok {
			r.destroy(c.Room)
		}
	}
}

func (r *Rooms) destroy(id string) {
	o := r.rooms[id]
	if o == nil {
		return
	}
	for s := range o.stays {
		s.RoomGone(id, r.tick)
	}
	delete(r.rooms, id)
}

func (o *room) add(m *chat.Message) {
	o.ring = append(o.ring, m)
	o.trim()
	for s, at := range o.stays {
		if m.Origin == s.Origin() || at.hinted > at.answered {
			continue
		}
		at.hinted = m.ID.Tick
		s.RoomHint(o.id, m.ID.Tick)
	}
}

// trim forgets the oldest ticks of a ring that is too long, whole ticks only.
func (o *room) trim() {
	excess := len(o.ring) - ringSize
	if excess <= 0 {
		return
	}
	tick := o.ring[excess-1].ID.Tick
	for excess < len(o.ring) && o.ring[excess].ID.Tick == tick {
		excess++
	}
	if excess == len(o.ring) {
		return // one tick alone is longer than the ring: it stays whole
	}
	o.ring = slices.Delete(o.ring, 0, excess)
	o.floor = tick
}

func (o *room) users() int {
	users := map[chat.UserID]struct{}{}
	for s := range o.stays {
		users[s.User()] = struct{}{}
	}
	return len(users)
}
