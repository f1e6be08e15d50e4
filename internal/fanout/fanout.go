// Package fanout carries what was committed from the tail to the sessions
// that should hear it.
//
// # Concurrency
//
// Apply is called from one goroutine, the follower of the tail. Everything
// else may be called from any goroutine. Sessions are called with the hub's
// lock held, so their methods must not block and must not call the hub.
package fanout

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
)

// Session is one live connection of a user.
type Session interface {
	ID() uint64
	User() chat.UserID
	Device() Device

	// Attached says that the session is offered everything with a tick larger
	// than tick, and nothing else.
	Attached(tick chat.Tick)

	// Offer gives the session a message of its user's stream, and reports
	// whether it is the first of its tick. listed is the message as an entry of
	// the list of a DownMessages, as this user sees it; it may be read until
	// Seal returns, and must not be changed.
	Offer(m *chat.Message, listed []byte) (first bool)

	// Seal says that all messages of tick for this session were offered. It is
	// called once for each tick in which there was one.
	Seal(tick chat.Tick)

	// Status gives the session a status message, which is not part of any
	// stream. down is an encoded DownMessage.
	Status(down []byte)

	// Typing tells the session who is typing in an ultra group. typing is an
	// encoded TypingNotify.
	Typing(typing []byte)

	// Changed tells the session of a change to what its user keeps: a read mark
	// or an entry. The changes of a tick come after its messages.
	Changed(tick chat.Tick, change store.Change)

	// Amended tells the session that a message of its user's stream, of this
	// tick or an older one, is now m. What the client is given from now on has
	// to show it so.
	Amended(m *chat.Message)

	// Kick ends the session with code as the reason, which the client is told.
	Kick(code chat.Code)

	// Replaced ends the session because its device has another one now.
	Replaced()
}

// Hub knows who is online here and in which groups, in step with the tail.
type Hub struct {
	groups  store.Groups
	devices Devices
	tick    atomic.Int64 // the last tick applied

	mu        sync.Mutex // guards the following
	online    map[chat.UserID]*presence
	audiences map[string]map[*presence]struct{}
	touched   []Session // of the tick being applied
	encoder   encoder
	watchers  []*Watcher
}

// presence is a user who has at least one session here.
type presence struct {
	user     chat.UserID
	sessions []Session
	groups   []string
}

// New is a hub whose tail will continue after tick. devices says which sessions
// of a user may be live at once.
func New(groups store.Groups, tick chat.Tick, devices Devices) *Hub {
	h := &Hub{groups: groups, devices: devices, online: map[chat.UserID]*presence{}, audiences: map[string]map[*presence]struct{}{}}
	h.tick.Store(int64(tick))
	return h
}

// Tick is the last tick that was applied: every session was offered all of it
// and of those before.
func (h *Hub) Tick() chat.Tick { return chat.Tick(h.tick.Load()) }

// Attach makes s hear what is committed from now on, and ends the sessions of
// its user that may not be live beside it. It fails only when the user's groups
// cannot be read; then s is not attached.
func (h *Hub) Attach(ctx context.Context, s Session) error {
	for {
		stays, asOf, err := h.stays(ctx, s.User())
		if err != nil {
			return err
		}
		if h.attach(s, stays, asOf) {
			return nil
		}
		// The tail went past what was read: read again.
		if err := context.Cause(ctx); err != nil {
			return err
		}
	}
}

// stays reads the user's groups, unless the hub knows them already.
func (h *Hub) stays(ctx context.Context, user chat.UserID) ([]store.Membership, chat.Tick, error) {
	h.mu.Lock()
	known := h.online[user] != nil
	h.mu.Unlock()
	if known {
		return nil, 0, nil
	}
	return h.groups.Memberships(ctx, user)
}

func (h *Hub) attach(s Session, stays []store.Membership, asOf chat.Tick) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.Tick()
	p := h.online[s.User()]
	if p == nil {
		// The stays are exact for the hub's tick as long as they were read at
		// or after it, since they say when each began and ended.
		if asOf < now {
			return false
		}
		p = &presence{user: s.User()}
		h.online[p.user] = p
		for _, stay := range stays {
			if stay.Joined <= now && (stay.Left == 0 || stay.Left > now) {
				h.join(p, stay.Group)
			}
		}
	}
	p.sessions = append(p.sessions, s)
	s.Attached(now)
	h.tell(p, s, true)
	h.makeRoom(p, s)
	return true
}

// Detach makes s hear nothing any more. Detaching twice does no harm.
func (h *Hub) Detach(s Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.online[s.User()]; p != nil {
		h.remove(p, s)
	}
}

// remove takes s from p. A session that was told to go is removed at once,
// however long its client takes to read that.
func (h *Hub) remove(p *presence, s Session) {
	i := slices.Index(p.sessions, s)
	if i < 0 {
		return
	}
	p.sessions = slices.Delete(p.sessions, i, i+1)
	h.tell(p, s, false)
	if len(p.sessions) > 0 {
		return
	}
	delete(h.online, p.user)
	for _, group := range p.groups {
		h.leaveAudience(p, group)
	}
}

// Kick ends every session of user.
func (h *Hub) Kick(user chat.UserID, code chat.Code) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.online[user]
	for p != nil && len(p.sessions) > 0 {
		s := p.sessions[0]
		h.remove(p, s)
		s.Kick(code)
	}
}

// Apply offers a committed batch to the sessions it concerns, then takes note
// of its changes. Batches must come in the order of their ticks.
func (h *Hub) Apply(b *store.Batch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.encoder.reset()
	for _, m := range b.Messages {
		h.deliver(&h.encoder, m)
	}
	for i, s := range h.touched {
		s.Seal(b.Tick)
		h.touched[i] = nil
	}
	h.touched = h.touched[:0]
	for _, change := range b.Changes {
		h.apply(b.Tick, change)
	}
	h.tick.Store(int64(b.Tick))
}

// Status hands a status message to whoever is online and meant by it, except
// its own session. members are those of its group, ignored otherwise.
func (h *Hub) Status(m *chat.Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	down := wire.AppendMessage(nil, m, "") // nobody's own view: all receivers see the same
	to := func(p *presence) {
		if p == nil || p.user == m.Sender || !m.VisibleTo(p.user) {
			return
		}
		for _, s := range p.sessions {
			s.Status(down)
		}
	}
	if m.Type == chat.Group {
		for p := range h.audiences[m.Target] {
			to(p)
		}
		return
	}
	to(h.online[chat.UserID(m.Target)])
}

// Typing hands an encoded TypingNotify to the members of a list who are
// online, except those of who is typing.
func (h *Hub) Typing(list string, who chat.UserID, typing []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.audiences[list] {
		if p.user == who {
			continue
		}
		for _, s := range p.sessions {
			s.Typing(typing)
		}
	}
}

// audience is the member list of those whom a message concerns.
func audience(m *chat.Message) string {
	switch {
	case m.Type != chat.UltraGroup:
		return m.Target
	case m.Flags&chat.PrivateChannel != 0:
		return store.UltraChannel(m.Target, m.Channel)
	}
	return store.UltraGroup(m.Target)
}

func (h *Hub) deliver(e *encoder, m *chat.Message) {
	e.next(m)
	switch {
	case m.Type == chat.Chatroom:
	case m.Type == chat.News && m.Channel != chat.GroupEditNews("").Channel:
		h.offer(e, h.online[chat.UserID(m.Target)])
	case m.Type.TwoSided():
		if m.VisibleTo(chat.UserID(m.Target)) {
			h.offer(e, h.online[chat.UserID(m.Target)])
		}
		if m.Target != string(m.Sender) {
			h.offer(e, h.online[m.Sender])
		}
	case len(m.To) > 0:
		if !slices.Contains(m.To, m.Sender) {
			h.offer(e, h.online[m.Sender])
		}
		for _, user := range m.To {
			h.offer(e, h.online[user])
		}
	default:
		for p := range h.audiences[audience(m)] {
			h.offer(e, p)
		}
	}
}

// offer gives the encoder's message to the sessions of p, who may be nobody.
func (h *Hub) offer(e *encoder, p *presence) {
	if p == nil || p.user == e.m.Sender && e.m.Flags&chat.NotToSender != 0 && e.m.Target != string(p.user) {
		return
	}
	listed := e.listed(p.user)
	for _, s := range p.sessions {
		if s.Offer(e.m, listed) {
			h.touched = append(h.touched, s)
		}
	}
}

func (h *Hub) apply(tick chat.Tick, change store.Change) {
	switch c := change.(type) {
	case store.MarkedRead:
		h.changed(c.User, tick, change)
	case store.Replaced:
		h.amended(c.Message)
	case store.EntrySet:
		h.changedEntry(c.Space, c.Owner, tick, change)
	case store.EntryDeleted:
		h.changedEntry(c.Space, c.Owner, tick, change)
	case store.EntriesDeleted:
		h.changedEntry(c.Space, c.Owner, tick, change)
	case store.GroupJoined:
		for _, user := range c.Users {
			if p := h.online[user]; p != nil && !slices.Contains(p.groups, c.Group) {
				h.join(p, c.Group)
			}
		}
	case store.GroupLeft:
		for _, user := range c.Users {
			if p := h.online[user]; p != nil {
				h.leave(p, c.Group)
			}
		}
	case store.GroupDismissed:
		for p := range h.audiences[c.Group] {
			h.leave(p, c.Group)
		}
	}
}

// amended tells those who may still have m to give as it was. It may tell more.
func (h *Hub) amended(m *chat.Message) {
	tell := func(p *presence) {
		if p != nil {
			for _, s := range p.sessions {
				s.Amended(m)
			}
		}
	}
	switch {
	case m.Type.TwoSided():
		tell(h.online[m.Sender])
		tell(h.online[chat.UserID(m.Target)])
	case m.Type == chat.Group:
		tell(h.online[m.Sender])
		for p := range h.audiences[m.Target] {
			tell(p)
		}
	}
}

func (h *Hub) changedEntry(space store.Space, owner string, tick chat.Tick, change store.Change) {
	if space.OfUser() {
		h.changed(chat.UserID(owner), tick, change)
	}
}

func (h *Hub) changed(user chat.UserID, tick chat.Tick, change store.Change) {
	if p := h.online[user]; p != nil {
		for _, s := range p.sessions {
			s.Changed(tick, change)
		}
	}
}

func (h *Hub) join(p *presence, group string) {
	p.groups = append(p.groups, group)
	audience := h.audiences[group]
	if audience == nil {
		audience = map[*presence]struct{}{}
		h.audiences[group] = audience
	}
	audience[p] = struct{}{}
}

func (h *Hub) leave(p *presence, group string) {
	if i := slices.Index(p.groups, group); i >= 0 {
		p.groups = slices.Delete(p.groups, i, i+1)
		h.leaveAudience(p, group)
	}
}

func (h *Hub) leaveAudience(p *presence, group string) {
	audience := h.audiences[group]
	delete(audience, p)
	if len(audience) == 0 {
		delete(h.audiences, group)
	}
}

// encoder encodes a message once for its sender and once for everyone else,
// and only when somebody is there to hear it. What it encoded stays valid
// until the next reset.
type encoder struct {
	m           *chat.Message
	own, others []byte
	arena       []byte
}

// maxArena is how much memory is kept from one tick to the next.
const maxArena = 4 << 20

func (e *encoder) reset() {
	if cap(e.arena) > maxArena {
		e.arena = nil
	}
	e.arena = e.arena[:0]
}

func (e *encoder) next(m *chat.Message) { e.m, e.own, e.others = m, nil, nil }

func (e *encoder) listed(viewer chat.UserID) []byte {
	view := &e.others
	if viewer == e.m.Sender {
		view = &e.own
	}
	if *view == nil {
		start := len(e.arena)
		e.arena = wire.AppendListed(e.arena, e.m, viewer)
		*view = e.arena[start:len(e.arena):len(e.arena)]
	}
	return *view
}
