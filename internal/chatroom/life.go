package chatroom

import (
	"cmp"
	"container/heap"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Destruction is why a room was destroyed, as clients are told.
type Destruction int

// The reasons.
const (
	ByServer Destruction = 0 // the app's server destroyed it
	ByTime   Destruction = 3 // nobody came, left or spoke for long, or its time was over
)

// life is how long a room exists. There is one for every room of the app, with
// or without members.
type life struct {
	created time.Time
	active  time.Time     // the last join, leave or message, or the start of this process
	fixed   bool          // it ends a time after created, not after active
	last    time.Duration // that time; 0 is that of the app
	next    time.Time     // its deadline; earlier made ones are void
	over    bool          // it is being destroyed because its time is over
}

// lifeValue is the value of a lifetime entry.
type lifeValue struct {
	Fixed   bool  `json:"fixed,omitempty"`
	Minutes int64 `json:"minutes,omitempty"`
}

// Spec is a room to be created.
type Spec struct {
	ID, Name string
	Lifetime *Lifetime // nil leaves it as it is, or as the app has it
	Muted    bool      // only speakers may speak
	Speakers []chat.UserID
	Entries  []EntryChange
	Owner    chat.UserID // of the entries
}

// Lifetime is how long a room lives.
type Lifetime struct {
	Fixed   bool  // counted from its creation, not from the last thing that happened
	Minutes int64 // 0 is the time of the app
}

// Create makes rooms exist. One that does gets the name, when there is one,
// and what else the Spec says.
func (r *Rooms) Create(ctx context.Context, specs ...Spec) error {
	ids := make([]string, len(specs))
	for i, s := range specs {
		ids[i] = s.ID
	}
	defer r.alone(ids...)()
	var changes []store.Change
	for _, s := range specs {
		c, err := r.creation(ctx, s)
		if err != nil {
			return err
		}
		changes = append(changes, c...)
	}
	if len(changes) == 0 {
		return nil
	}
	_, err := r.change(ctx, changes...)
	return err
}

func (r *Rooms) creation(ctx context.Context, s Spec) (changes []store.Change, err error) {
	set := func(key string, value []byte) {
		changes = append(changes, store.EntrySet{Space: store.RoomRules, Key: key, Value: value})
	}
	known, err := r.store.Room(ctx, s.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		changes = append(changes, store.RoomCreated{Room: s.ID, Name: s.Name})
		set(Rule(existing).key(s.ID), nil)
	case err != nil:
		return nil, err
	case s.Name != "" && s.Name != known.Name:
		changes = append(changes, store.RoomCreated{Room: s.ID, Name: s.Name})
	}
	if s.Lifetime != nil {
		value, err := json.Marshal(lifeValue(*s.Lifetime))
		if err != nil {
			return nil, err
		}
		set(Rule(lifetime).key(s.ID), value)
	}
	if s.Muted {
		set(MutedRoom.key(s.ID), []byte("{}"))
	}
	for _, user := range s.Speakers {
		changes = append(changes, store.EntrySet{
			Space: store.RoomRules, Owner: s.ID, Key: Speaker.key(string(user)), Value: []byte("{}"),
		})
	}
	for _, e := range s.Entries {
		change, err := e.change(s.ID, s.Owner)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// Destroy ends rooms and all that is kept of them but their messages. Their
// members are told.
func (r *Rooms) Destroy(ctx context.Context, ids ...string) error {
	defer r.alone(ids...)()
	var changes []store.Change
	for _, id := range ids {
		changes = append(changes,
			store.RoomDestroyed{Room: id},
			store.EntriesDeleted{Space: store.RoomEntries, Owner: id},
			store.EntriesDeleted{Space: store.RoomRules, Owner: id})
		for _, kind := range []Rule{existing, lifetime, MutedRoom, KeptAlive} {
			changes = append(changes, store.EntryDeleted{Space: store.RoomRules, Key: kind.key(id)})
		}
	}
	_, err := r.change(ctx, changes...)
	return err
}

// Info is what is known of a room.
type Info struct {
	store.Room
	Members  int
	Lifetime Lifetime
	Muted    bool
}

// Info returns what is known of a room; chat.ChatroomMissing when it does not exist.
func (r *Rooms) Info(ctx context.Context, id string) (Info, error) {
	known, err := r.store.Room(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Info{}, chat.Errorf(chat.ChatroomMissing, "there is no such chatroom")
	}
	if err != nil {
		return Info{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	i := Info{Room: known, Muted: r.rules.holds(MutedRoom, id, time.Now())}
	if o := r.rooms[id]; o != nil {
		i.Members = len(o.members)
	}
	l := r.lives[id]
	if l == nil {
		l = &life{}
	}
	i.Lifetime = Lifetime{Fixed: l.fixed, Minutes: int64(cmp.Or(l.last, r.cfg.Idle) / time.Minute)}
	return i, nil
}

// begin notes that a room exists since tick.
func (r *Rooms) begin(id string, tick chat.Tick) {
	l := r.lives[id]
	if l == nil {
		l = &life{}
		r.lives[id] = l
	}
	l.created, l.active = time.UnixMilli(int64(tick)), time.Now()
	r.await(id, l)
}

func (r *Rooms) setLife(id string, value []byte) {
	var v lifeValue
	_ = json.Unmarshal(value, &v) // we wrote it
	l := r.lives[id]
	if l == nil {
		l = &life{active: time.Now()} // its creation comes next
		r.lives[id] = l
	}
	l.fixed, l.last = v.Fixed, time.Duration(v.Minutes)*time.Minute
	r.await(id, l)
}

// await has the end of a room looked after.
func (r *Rooms) await(id string, l *life) {
	r.awaitAt(id, l, r.end(l))
}

func (r *Rooms) awaitAt(id string, l *life, at time.Time) {
	l.next = at
	r.expect(deadline{at: at, kind: endOfLife, room: id})
}

// end is when a room is to be destroyed as things are.
func (r *Rooms) end(l *life) time.Time {
	since := l.active
	if l.fixed {
		since = l.created
	}
	return since.Add(cmp.Or(l.last, r.cfg.Idle))
}

// destroyed forgets a room and has its members told.
func (r *Rooms) destroyed(id string) {
	why := ByServer
	if l := r.lives[id]; l != nil && l.over {
		why = ByTime
	}
	delete(r.lives, id)
	o := r.rooms[id]
	if o == nil {
		return
	}
	r.tell(o, tellGone, why, func(*stay) bool { return true })
	for s := range o.stays {
		r.leaves(s, o)
	}
	delete(r.rooms, id)
}

// deadline is a moment at which something about a room is looked at again.
type deadline struct {
	at   time.Time
	kind deadlineKind
	room string
	user chat.UserID
}

type deadlineKind byte

const (
	endOfLife deadlineKind = iota
	endOfAway
	newsDue
)

// deadlines are a heap, the earliest first.
type deadlines []deadline

func (d deadlines) Len() int           { return len(d) }
func (d deadlines) Less(i, j int) bool { return d[i].at.Before(d[j].at) }
func (d deadlines) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }
func (d *deadlines) Push(x any)        { *d = append(*d, x.(deadline)) }

// Pop implements heap.Interface.
func (d *deadlines) Pop() any {
	last := len(*d) - 1
	x := (*d)[last]
	(*d)[last] = deadline{}
	*d = (*d)[:last]
	return x
}

// expect adds a deadline.
func (r *Rooms) expect(d deadline) {
	heap.Push(&r.due, d)
	if r.due[0] == d {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
}

// Run does what time brings, until ctx ends: it destroys rooms whose time is
// over, takes out members who do not come back, and tells of those who came
// and went.
func (r *Rooms) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.wake:
		case <-timer.C:
		}
		todo, next := r.dueNow(time.Now())
		todo.do(ctx, r)
		timer.Reset(next)
	}
}

// todo is what is due.
type todo struct {
	over []string // rooms
	away []owner
	news []deadline
}

// owner is a user in a room whose entries go.
type owner struct {
	room string
	user chat.UserID
}

// dueNow takes what is due, and returns how long it is until something else is.
func (r *Rooms) dueNow(now time.Time) (t todo, next time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.due) > 0 && !r.due[0].at.After(now) {
		d := heap.Pop(&r.due).(deadline)
		switch d.kind {
		case endOfLife:
			if r.isOver(d, now) {
				t.over = append(t.over, d.room)
			}
		case endOfAway:
			if r.staysAway(d.room, d.user, now) {
				t.away = append(t.away, owner{d.room, d.user})
			}
		case newsDue:
			t.news = append(t.news, d)
		}
	}
	if len(r.due) == 0 {
		return t, time.Hour
	}
	return t, max(0, r.due[0].at.Sub(now))
}

// isOver reports whether a room's time is over; if not, it is looked at again.
func (r *Rooms) isOver(d deadline, now time.Time) bool {
	l := r.lives[d.room]
	if l == nil || !l.next.Equal(d.at) {
		return false
	}
	if r.rules.holds(KeptAlive, d.room, now) {
		r.awaitAt(d.room, l, now.Add(cmp.Or(l.last, r.cfg.Idle)))
		return false
	}
	if r.end(l).After(now) {
		r.await(d.room, l)
		return false
	}
	l.over = true
	return true
}

// do does it. What fails, because the server is shutting down or the store
// does not answer, is done after the next start.
func (t todo) do(ctx context.Context, r *Rooms) {
	const atOnce = 100
	for len(t.over) > 0 {
		n := min(atOnce, len(t.over))
		if err := r.Destroy(ctx, t.over[:n]...); err != nil {
			return
		}
		t.over = t.over[n:]
	}
	for _, gone := range t.away {
		r.dropOwned(ctx, gone)
	}
	for _, d := range t.news {
		r.announce(d.room)
	}
}
