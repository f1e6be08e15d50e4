package chatroom

import (
	"context"
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// Away is how long a user whose last connection ended stays in a room: who
// reconnects within it was never gone for the others. Protected users stay
// until they leave.
const Away = 30 * time.Second

// member is a user in a room, on one session or more, or away.
type member struct {
	user       chat.UserID
	joined     time.Time
	sessions   int
	away       time.Time // until when it is awaited, when it has no session
	prev, next *member   // by the time they joined
}

// Joined is what a joining client is told.
type Joined struct {
	Joined  time.Time
	Created chat.Tick
	Members int
	Silence Silence
}

// Join puts s into a room. A room that does not exist is created when create
// is set; otherwise Join fails with chat.ChatroomMissing. Joining twice does
// no harm. extra is told to the others.
func (r *Rooms) Join(ctx context.Context, s Session, id, extra string, create bool) (Joined, error) {
	made, err := r.exists(ctx, id)
	if chat.CodeOf(err) == chat.ChatroomMissing && create {
		if err = r.Create(ctx, Spec{ID: id}); err == nil {
			made, err = r.exists(ctx, id)
		}
	}
	if err != nil {
		return Joined{}, err
	}
	for {
		o, err := r.open(ctx, id)
		if err != nil {
			return Joined{}, err
		}
		j, left, in, err := r.join(s, o, extra)
		if !in && err == nil {
			continue // the last one left and the room was forgotten meanwhile
		}
		for _, gone := range left {
			r.dropOwned(ctx, gone)
		}
		if err == nil {
			j.Created = made
			r.mu.Lock()
			if r.lives[id] == nil {
				r.begin(id, made) // a room older than this notion
			}
			r.mu.Unlock()
		}
		return j, err
	}
}

// join puts s into o. left are those whose entries go because they left
// another room by that.
func (r *Rooms) join(s Session, o *room, extra string) (j Joined, left []owner, in bool, err error) {
	var notices []notice
	r.mu.Lock()
	defer func() {
		r.mu.Unlock()
		tellNotices(notices)
	}()
	if r.rooms[o.id] != o {
		return j, nil, false, nil
	}
	now := time.Now()
	if o.stays[s] == nil {
		if err := r.mayJoin(s, o, now); err != nil {
			r.forget(o)
			return j, nil, false, err
		}
		if !r.cfg.Many {
			notices, left = r.leaveOthers(s, o)
		}
		r.enter(s, o, extra, now)
		notices = append(notices, r.otherDevices(s, o, deviceJoined, 0, extra)...)
	}
	return Joined{
		Joined: o.members[s.User()].joined, Members: len(o.members), Silence: r.silence(o, s.User(), now),
	}, left, true, nil
}

func (r *Rooms) mayJoin(s Session, o *room, now time.Time) error {
	if o.rules.holds(Blocked, string(s.User()), now) {
		return chat.Errorf(chat.ChatroomBlocked, "the user may not be in the chatroom")
	}
	if o.members[s.User()] == nil && r.cfg.Members > 0 && len(o.members) >= r.cfg.Members {
		return chat.Errorf(chat.ChatroomFull, "the chatroom has %d members, the most it takes", len(o.members))
	}
	if p := r.present[s.User()]; p != nil && r.cfg.Many && len(p.sessions[s]) >= MaxRooms {
		return chat.Errorf(chat.TooFrequent, "the session is in %d chatrooms, the most it may be in", MaxRooms)
	}
	return nil
}

// enter makes s part of o.
func (r *Rooms) enter(s Session, o *room, extra string, now time.Time) {
	at := &stay{session: s, place: len(o.order), from: r.tick}
	o.stays[s] = at
	o.order = append(o.order, at)
	p := r.present[s.User()]
	if p == nil {
		p = &presence{sessions: map[Session][]*room{}}
		r.present[s.User()] = p
	}
	p.sessions[s] = append(p.sessions[s], o)
	m := o.members[s.User()]
	if m == nil {
		m = &member{user: s.User(), joined: now, prev: o.last}
		o.members[m.user] = m
		if o.last != nil {
			o.last.next = m
		} else {
			o.first = m
		}
		o.last = m
		r.cameOrWent(o, m.user, true, extra)
		r.active(o.id)
	}
	m.sessions++
}

// leaveOthers takes the user of s out of every room but o.
func (r *Rooms) leaveOthers(s Session, o *room) (notices []notice, left []owner) {
	p := r.present[s.User()]
	if p == nil {
		return nil, nil
	}
	now := time.Now()
	for other, rooms := range p.sessions {
		for _, from := range slices.Clone(rooms) {
			if from == o {
				continue
			}
			if other != s {
				notices = append(notices, deviceNotice(other, from.id, deviceLeft, leftByOther, now, ""))
			}
			if r.leaves(other, from) && r.removed(from, s.User(), "") {
				left = append(left, owner{from.id, s.User()})
			}
		}
	}
	return notices, left
}

// Leave takes s out of a room. Leaving a room one is not in does no harm.
func (r *Rooms) Leave(ctx context.Context, s Session, id, extra string) {
	r.mu.Lock()
	at, o := r.at(s, id)
	if at == nil {
		r.mu.Unlock()
		return
	}
	owns := r.leaves(s, o) && r.removed(o, s.User(), extra)
	notices := r.otherDevices(s, o, deviceLeft, leftByItself, extra)
	r.mu.Unlock()
	tellNotices(notices)
	if owns {
		r.dropOwned(ctx, owner{id, s.User()})
	}
}

// LeaveAll takes s out of its rooms because its user went away for good.
func (r *Rooms) LeaveAll(ctx context.Context, s Session) {
	r.mu.Lock()
	var ids []string
	if p := r.present[s.User()]; p != nil {
		for _, o := range p.sessions[s] {
			ids = append(ids, o.id)
		}
	}
	r.mu.Unlock()
	for _, id := range ids {
		r.Leave(ctx, s, id, "")
	}
}

// Close takes s out of its rooms because its connection ended. The user stays
// a member for a while.
func (r *Rooms) Close(s Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.present[s.User()]
	if p == nil {
		return
	}
	until := time.Now().Add(Away)
	for _, o := range slices.Clone(p.sessions[s]) {
		if r.leaves(s, o) {
			o.members[s.User()].away = until
			r.expect(deadline{at: until, kind: endOfAway, room: o.id, user: s.User()})
		}
	}
}

// leaves takes s out of o and reports whether it was the last session of its
// user there, who is a member still.
func (r *Rooms) leaves(s Session, o *room) (last bool) {
	at := o.stays[s]
	delete(o.stays, s)
	end := len(o.order) - 1
	o.order[at.place] = o.order[end]
	o.order[at.place].place = at.place
	o.order[end] = nil
	o.order = o.order[:end]

	p := r.present[s.User()]
	p.sessions[s] = slices.DeleteFunc(p.sessions[s], func(in *room) bool { return in == o })
	if len(p.sessions[s]) == 0 {
		delete(p.sessions, s)
	}
	if len(p.sessions) == 0 {
		delete(r.present, s.User())
	}
	m := o.members[s.User()]
	m.sessions--
	return m.sessions == 0
}

// removed makes a user no member any more, and reports whether entries of the
// user go with them.
func (r *Rooms) removed(o *room, user chat.UserID, extra string) (owns bool) {
	m := o.members[user]
	delete(o.members, user)
	if m.prev != nil {
		m.prev.next = m.next
	} else {
		o.first = m.next
	}
	if m.next != nil {
		m.next.prev = m.prev
	} else {
		o.last = m.prev
	}
	owns = o.entries.owned(user)
	r.cameOrWent(o, user, false, extra)
	r.active(o.id)
	r.forget(o)
	return owns
}

// staysAway takes a user out of a room who did not come back, and reports
// whether entries of the user go.
func (r *Rooms) staysAway(id string, user chat.UserID, now time.Time) (owns bool) {
	o := r.rooms[id]
	if o == nil || !o.loaded() {
		return false
	}
	m := o.members[user]
	switch {
	case m == nil:
		return o.entries.owned(user)
	case m.sessions > 0, m.away.After(now), o.rules.holds(Protected, string(user), now):
		return false
	}
	return r.removed(o, user, "")
}

// awaitOwners gives those whose entries go when they leave the time to come
// back after a restart.
func (r *Rooms) awaitOwners(o *room) {
	until := time.Now().Add(Away)
	for _, e := range o.entries.now {
		if e.Auto {
			r.expect(deadline{at: until, kind: endOfAway, room: o.id, user: e.Owner})
		}
	}
}

// evict puts users out of a room and tells everybody there, or only them, by
// the notice down.
func (r *Rooms) evict(ctx context.Context, id string, users []string, down []byte, everybody bool) {
	r.mu.Lock()
	o := r.rooms[id]
	if o == nil {
		r.mu.Unlock()
		return
	}
	var out, others []Session
	var left []owner
	for _, name := range users {
		user := chat.UserID(name)
		m := o.members[user]
		if m == nil {
			continue
		}
		if p := r.present[user]; p != nil {
			for s := range p.sessions {
				if o.stays[s] != nil {
					out = append(out, s)
				}
			}
		}
		for _, s := range out[len(out)-m.sessions:] {
			r.leaves(s, o)
		}
		if r.removed(o, user, "") {
			left = append(left, owner{id, user})
		}
	}
	if everybody {
		others = o.sessions()
	}
	tick := r.tick
	r.mu.Unlock()
	for _, s := range out {
		s.RoomClosed(id, tick, down)
	}
	for _, s := range others {
		s.RoomNotice(down)
	}
	for _, gone := range left {
		r.dropOwned(ctx, gone)
	}
}

func (o *room) sessions() []Session {
	all := make([]Session, len(o.order))
	for i, at := range o.order {
		all[i] = at.session
	}
	return all
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
	m := o.first
	if newestFirst {
		m = o.last
	}
	for m != nil && len(members) < limit {
		members = append(members, Member{m.user, m.joined})
		if newestFirst {
			m = m.prev
		} else {
			m = m.next
		}
	}
	return len(o.members), members
}

// Has reports whether a user is in a room.
func (r *Rooms) Has(id string, user chat.UserID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.rooms[id]
	return o != nil && o.members[user] != nil
}
