package embedded

import (
	"maps"
	"slices"
	"sort"
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
	traitMentioned
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
	if m.Flags&chat.Mentioned != 0 {
		t |= traitMentioned
	}
	return t
}

// traitsFor are the traits of a message that has flags, as far as they are traits.
func traitsFor(flags chat.Flags) traits { return traitsOf(&chat.Message{Flags: flags}) }

func (t traits) has(want traits) bool { return t&want != 0 }

// packed is a message's id and what an index knows of it in one word: from the
// top 1 that is 0, 42 of tick, 12 of index, 8 of traits and 1 of own. Words of
// one log or inbox order as the ids do.
type packed uint64

const (
	packedTraits = 1
	packedIndex  = packedTraits + 8
	packedTick   = packedIndex + 12
)

func pack(id chat.ID, t traits, own bool) packed {
	p := packed(id.Tick)<<packedTick | packed(id.Index)<<packedIndex | packed(t)<<packedTraits
	if own {
		p |= 1
	}
	return p
}

func (p packed) tick() chat.Tick { return chat.Tick(p >> packedTick) }

func (p packed) entry() entry {
	return entry{
		id:     chat.ID{Tick: p.tick(), Index: uint16(p>>packedIndex) & (chat.MaxPerTick - 1)},
		traits: traits(p >> packedTraits),
		own:    p&1 != 0,
	}
}

// recent is the index of a run of messages, in memory. Commit adds to it
// before the messages are on disk, so a reader must leave out ticks that its
// view does not reach.
type recent struct {
	mu       sync.RWMutex // guards the following
	through  chat.Tick    // the newest tick in it
	messages int
	logs     map[chat.Log][]logged
	inboxes  map[chat.UserID]*inbox
	sent     map[chat.SendKey]packed
	retraits map[chat.Log]map[chat.ID][]retrait // those of a log are never changed, but replaced
}

// logged is a message in a log. Whose it is depends on who asks, so own is
// not set.
type logged struct {
	packed
	sender *inbox
}

// inbox is a user's inbox, or only the user's name when that is empty.
type inbox struct {
	user    chat.UserID
	entries []packed   // without traits
	logs    []chat.Log // private and system ones with a message in this run
}

// retrait says that a message has other traits from a tick on.
type retrait struct {
	from   chat.Tick
	traits traits
}

// newRecent is an empty index with room for some messages.
func newRecent(messages int) *recent {
	return &recent{
		logs:     map[chat.Log][]logged{},
		inboxes:  map[chat.UserID]*inbox{},
		sent:     make(map[chat.SendKey]packed, messages),
		retraits: map[chat.Log]map[chat.ID][]retrait{},
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
	log, logs := m.Log(), len(r.logs)
	r.logs[log] = append(r.logs[log], logged{pack(m.ID, traitsOf(m), false), sender})
	if len(r.logs) > logs && m.Type.TwoSided() {
		sender.logs = append(sender.logs, log)
		if target := chat.UserID(m.Target); target != m.Sender {
			peer := r.inbox(target)
			peer.logs = append(peer.logs, log)
		}
	}
	if m.Key != (chat.SendKey{}) {
		r.sent[m.Key] = pack(m.ID, 0, false)
	}
	if !m.Inboxed() {
		return
	}
	// Receivers first: who is one as well as the sender counts as one.
	notToSender := m.Flags&chat.NotToSender != 0
	deliver := func(user chat.UserID) {
		if user != m.Sender {
			r.inbox(user).put(pack(m.ID, 0, false))
		} else if !notToSender {
			sender.put(pack(m.ID, 0, false))
		}
	}
	if !m.Type.TwoSided() {
		for _, user := range m.To {
			deliver(user)
		}
	} else if target := chat.UserID(m.Target); m.VisibleTo(target) {
		deliver(target)
	}
	if !notToSender {
		sender.put(pack(m.ID, 0, true))
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

// put adds p, unless its message is there already.
func (b *inbox) put(p packed) {
	if n := len(b.entries); n == 0 || b.entries[n-1]|1 != p|1 {
		b.entries = append(b.entries, p)
	}
}

// change notes that m has other traits in every view of tick from or later.
func (r *recent) change(m *chat.Message, from chat.Tick) {
	r.mu.Lock()
	defer r.mu.Unlock()
	log := m.Log()
	changed := maps.Clone(r.retraits[log])
	if changed == nil {
		changed = map[chat.ID][]retrait{}
	}
	changed[m.ID] = append(slices.Clip(changed[m.ID]), retrait{from: from, traits: traitsOf(m)})
	r.retraits[log] = changed
}

// log lists what log has, in order, and its retraits. Neither is to be changed.
func (r *recent) log(log chat.Log) ([]logged, map[chat.ID][]retrait) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.logs[log], r.retraits[log]
}

// in is e as it is in the view of tick last.
func (e logged) in(last chat.Tick, changed map[chat.ID][]retrait) entry {
	n := e.entry()
	if changed == nil {
		return n
	}
	for _, c := range changed[n.id] {
		if c.from <= last {
			n.traits = c.traits
		}
	}
	return n
}

// inboxOf lists what the inbox of user has, in order. It is not to be changed.
func (r *recent) inboxOf(user chat.UserID) []packed {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if box := r.inboxes[user]; box != nil {
		return box.entries
	}
	return nil
}

// logsOf lists the private and system logs of user in this run, each with the
// tick of its newest message up to last.
func (r *recent) logsOf(user chat.UserID, last chat.Tick, visit func(chat.Log, chat.Tick)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	box := r.inboxes[user]
	if box == nil {
		return
	}
	for _, log := range box.logs {
		entries := r.logs[log]
		if n := sort.Search(len(entries), func(i int) bool { return entries[i].tick() > last }); n > 0 {
			visit(log, entries[n-1].tick())
		}
	}
}

// idOf is the id of the message that was sent with key.
func (r *recent) idOf(key chat.SendKey) (chat.ID, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	p, ok := r.sent[key]
	return p.entry().id, ok
}
