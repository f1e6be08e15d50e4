package embedded

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hongyan-im/hongyan/chat"
)

// entry is what an index knows of a message: enough to count unread ones and
// to leave out most that are not wanted without reading them.
type entry struct {
	id     chat.ID
	traits traits // in a log only
	own    bool   // the user who asks sent it and is not among its receivers
}

// traits are the facts about a message that its log is searched by.
type traits byte

const (
	traitPersisted traits = 1 << iota
	traitCounted
	traitNotToSender
	traitDirectional // has To: only the message says who may see it
)

func traitsOf(m *chat.Message) traits {
	var t traits
	if m.Flags&chat.Persisted != 0 {
		t |= traitPersisted
	}
	if m.Flags&chat.Counted != 0 {
		t |= traitCounted
	}
	if m.Flags&chat.NotToSender != 0 {
		t |= traitNotToSender
	}
	if len(m.To) > 0 {
		t |= traitDirectional
	}
	return t
}

func (t traits) has(want traits) bool { return t&want != 0 }

// recent is the index of a run of messages, in memory. Commit adds to it
// before the messages are on disk, so a reader must leave out ticks that its
// view does not reach.
type recent struct {
	mu       sync.RWMutex // guards the following
	through  chat.Tick    // the newest tick in it
	messages int
	logs     map[chat.Log][]logged // each in (Tick, Index) order, as are the entries of inboxes
	inboxes  map[chat.UserID]*inbox
	sent     map[chat.SendKey]chat.ID
	retraits map[chat.ID][]retrait // never changed, but replaced
}

// logged is a message in a log.
type logged struct {
	id     chat.ID
	sender chat.UserID
	traits traits
}

// inbox is a user's inbox, or only the user's name when that is empty.
type inbox struct {
	user    chat.UserID
	entries []inboxed
}

// inboxed is a message in an inbox.
type inboxed struct {
	id  chat.ID
	own bool // the user sent it and is not among its receivers
}

// retrait says that a message has other traits from a tick on.
type retrait struct {
	from   chat.Tick
	traits traits
}

func newRecent() *recent {
	return &recent{
		logs:    map[chat.Log][]logged{},
		inboxes: map[chat.UserID]*inbox{},
		sent:    map[chat.SendKey]chat.ID{},
	}
}

// add indexes messages, which come after all that are in r.
func (r *recent) add(messages []*chat.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range messages {
		r.addOne(m)
	}
}

func (r *recent) addOne(m *chat.Message) {
	r.messages++
	r.through = m.ID.Tick
	sender := r.inbox(m.Sender)
	log := m.Log()
	r.logs[log] = append(r.logs[log], logged{id: m.ID, sender: sender.user, traits: traitsOf(m)})
	if m.Key != (chat.SendKey{}) {
		r.sent[m.Key] = m.ID
	}
	if !m.Inboxed() {
		return
	}
	// Receivers first: who is one as well as the sender counts as one.
	skip := m.Flags&chat.NotToSender != 0
	if m.Type.TwoSided() {
		r.deliver(m, chat.UserID(m.Target), skip)
	} else {
		for _, user := range m.To {
			r.deliver(m, user, skip)
		}
	}
	if !skip {
		sender.put(inboxed{id: m.ID, own: true})
	}
}

func (r *recent) deliver(m *chat.Message, user chat.UserID, skipSender bool) {
	if user != m.Sender || !skipSender {
		r.inbox(user).put(inboxed{id: m.ID})
	}
}

// inbox is the inbox of user. Its name does not keep the memory alive that
// user is part of.
func (r *recent) inbox(user chat.UserID) *inbox {
	box := r.inboxes[user]
	if box == nil {
		box = &inbox{user: chat.UserID(strings.Clone(string(user)))}
		r.inboxes[box.user] = box
	}
	return box
}

// put adds e, unless its message is there already.
func (b *inbox) put(e inboxed) {
	if n := len(b.entries); n == 0 || b.entries[n-1].id != e.id {
		b.entries = append(b.entries, e)
	}
}

// change notes that the message with the given id has other traits in every
// view of tick from or later.
func (r *recent) change(id chat.ID, from chat.Tick, t traits) {
	r.mu.Lock()
	defer r.mu.Unlock()
	changed := maps.Clone(r.retraits)
	if changed == nil {
		changed = map[chat.ID][]retrait{}
	}
	changed[id] = append(slices.Clip(changed[id]), retrait{from: from, traits: t})
	r.retraits = changed
}

// log lists what log has, for the view of tick last. The slice is not to be changed.
func (r *recent) log(log chat.Log) ([]logged, map[chat.ID][]retrait) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.logs[log], r.retraits
}

// traitsAt are the traits of e in the view of tick last.
func traitsAt(e logged, changed map[chat.ID][]retrait, last chat.Tick) traits {
	t := e.traits
	if changed == nil {
		return t
	}
	for _, c := range changed[e.id] {
		if c.from <= last {
			t = c.traits
		}
	}
	return t
}

// inboxOf lists what the inbox of user has. The slice is not to be changed.
func (r *recent) inboxOf(user chat.UserID) []inboxed {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if box := r.inboxes[user]; box != nil {
		return box.entries
	}
	return nil
}

// idOf is the id of the message that was sent with key.
func (r *recent) idOf(key chat.SendKey) (chat.ID, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	id, ok := r.sent[key]
	return id, ok
}
