package chatroom

import (
	"context"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/writer"
)

// EntryNotice is the object name of the message that tells a room of a changed entry.
const EntryNotice = "RC:chrmKVNotiMsg"

// Limits of the entries of a room.
const (
	entryRate  = 100 // changes a second by the members of a room
	maxDeleted = 2 * chat.MaxRoomEntries
)

// Entry is a key with a value that the members of a room share. Who set it
// owns it.
type Entry struct {
	Key, Value string
	Owner      chat.UserID
	Auto       bool      // it goes when its owner leaves the room
	Tick       chat.Tick // when it was set last, or deleted
	Deleted    bool
}

// entryValue is the value of a stored entry.
type entryValue struct {
	Value string      `json:"value"`
	Owner chat.UserID `json:"owner"`
	Auto  bool        `json:"auto,omitempty"`
}

func entryOf(key string, value []byte, tick chat.Tick) Entry {
	var v entryValue
	_ = json.Unmarshal(value, &v) // we wrote it
	return Entry{Key: key, Value: v.Value, Owner: v.Owner, Auto: v.Auto, Tick: tick}
}

// entries are those of a room in memory.
type entries struct {
	now     map[string]Entry
	deleted []Entry   // the newest ones, by tick
	known   chat.Tick // everything deleted after this tick is in deleted
}

func (es *entries) fill(stored []store.Entry, until chat.Tick) {
	for _, e := range stored {
		es.now[e.Key] = entryOf(e.Key, e.Value, e.Tick)
	}
	es.known = until
}

func (es *entries) set(key string, value []byte, tick chat.Tick) {
	es.now[key] = entryOf(key, value, tick)
	es.deleted = slices.DeleteFunc(es.deleted, func(e Entry) bool { return e.Key == key })
}

func (es *entries) remove(key string, tick chat.Tick) {
	delete(es.now, key)
	if len(es.deleted) == maxDeleted {
		es.known = es.deleted[0].Tick
		es.deleted = slices.Delete(es.deleted, 0, 1)
	}
	es.deleted = append(es.deleted, Entry{Key: key, Tick: tick, Deleted: true})
}

// owned reports whether entries go when user leaves.
func (es *entries) owned(user chat.UserID) bool {
	for _, e := range es.now {
		if e.Auto && e.Owner == user {
			return true
		}
	}
	return false
}

// tellEntries tells the members that entries changed, unless they were told
// and have not asked yet.
func (r *Rooms) tellEntries(o *room, tick chat.Tick) {
	r.tell(o, tellEntries, 0, func(at *stay) bool {
		if at.entriesHinted > at.entriesAnswered {
			return false
		}
		at.entriesHinted = tick
		return true
	})
}

// Shared is what a session gets when it asks for entries.
type Shared struct {
	Entries []Entry
	Full    bool      // they are all there are, not what changed
	Through chat.Tick // the cursor to ask with next time, never 0
}

// Entries returns what changed in the entries of a room after a tick, for 0
// all of them. s need not be in the room.
func (r *Rooms) Entries(ctx context.Context, s Session, id string, after chat.Tick) (Shared, error) {
	r.mu.Lock()
	through := r.tick
	if at, o := r.at(s, id); at != nil {
		defer r.mu.Unlock()
		at.entriesAnswered = through
		if at.doubtful {
			at.doubtful, after = false, 0
		}
		return o.entries.since(after, through), nil
	}
	r.mu.Unlock()
	if _, err := r.exists(ctx, id); err != nil {
		return Shared{}, err
	}
	list, err := r.AllEntries(ctx, id)
	return Shared{Entries: list, Full: true, Through: through}, err
}

func (es *entries) since(after, through chat.Tick) Shared {
	// A cursor from before what is known to be deleted gets everything.
	sh := Shared{Full: after < es.known, Through: max(through, after)}
	for _, e := range es.now {
		if sh.Full || e.Tick > after {
			sh.Entries = append(sh.Entries, e)
		}
	}
	if !sh.Full {
		for _, e := range es.deleted {
			if e.Tick > after {
				sh.Entries = append(sh.Entries, e)
			}
		}
	}
	slices.SortFunc(sh.Entries, func(a, b Entry) int { return int(a.Tick - b.Tick) })
	return sh
}

// AllEntries returns the entries of a room, in byte order of their keys.
func (r *Rooms) AllEntries(ctx context.Context, id string) ([]Entry, error) {
	stored, err := r.store.Entries(ctx, store.EntryRange{Space: store.RoomEntries, Owner: id, Limit: chat.MaxRoomEntries})
	if err != nil {
		return nil, err
	}
	list := make([]Entry, len(stored))
	for i, e := range stored {
		list[i] = entryOf(e.Key, e.Value, e.Tick)
	}
	return list, nil
}

// EntryChange sets or deletes one entry.
type EntryChange struct {
	Key, Value string
	Delete     bool
	Auto       bool // the entry goes when its owner leaves
	Force      bool // also when somebody else owns it
}

func (c EntryChange) check() error {
	if len(c.Key) == 0 || len(c.Key) > chat.MaxEntryKey {
		return chat.Errorf(chat.ChatroomParameter, "key is %d bytes, not 1 to %d", len(c.Key), chat.MaxEntryKey)
	}
	for _, b := range []byte(c.Key) {
		switch {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', b == '+', b == '=', b == '-', b == '_':
		default:
			return chat.Errorf(chat.ChatroomParameter, "key %.40q has other characters than A-Z a-z 0-9 + = - _", c.Key)
		}
	}
	if n := utf8.RuneCountInString(c.Value); n > chat.MaxEntryValue || !utf8.ValidString(c.Value) {
		return chat.Errorf(chat.ChatroomParameter, "value of key %s is %d characters, over %d, or not UTF-8", c.Key, n, chat.MaxEntryValue)
	}
	return nil
}

// change is c as a change of the store.
func (c EntryChange) change(room string, owner chat.UserID) (store.Change, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Delete {
		return store.EntryDeleted{Space: store.RoomEntries, Owner: room, Key: c.Key}, nil
	}
	value, err := json.Marshal(entryValue{c.Value, owner, c.Auto})
	return store.EntrySet{Space: store.RoomEntries, Owner: room, Key: c.Key, Value: value}, err
}

// Changed is what became of changes of entries.
type Changed struct {
	Tick   chat.Tick // of those that were made
	Failed map[string]error
}

// ChangeEntriesAs is ChangeEntries by a session, which has to be in the room.
func (r *Rooms) ChangeEntriesAs(ctx context.Context, s Session, id string, changes []EntryChange, notice *chat.Message) (Changed, error) {
	r.mu.Lock()
	at, o := r.at(s, id)
	if at == nil {
		r.mu.Unlock()
		return Changed{}, notIn()
	}
	enough := o.setting.take(len(changes), time.Now())
	r.mu.Unlock()
	if !enough {
		return Changed{}, chat.Errorf(chat.EntriesTooFast, "over %d changes of entries a second in the chatroom", entryRate)
	}
	done, err := r.ChangeEntries(ctx, id, s.User(), changes, notice)
	if err == nil && len(changes) > 1 {
		r.correct(s, id, changes, done)
	}
	return done, err
}

// correct has a client pull all entries that was to delete several and could
// not delete one that is there: official clients forget that, too.
func (r *Rooms) correct(s Session, id string, changes []EntryChange, done Changed) {
	if !slices.ContainsFunc(changes, func(c EntryChange) bool {
		return c.Delete && chat.CodeOf(done.Failed[c.Key]) == chat.EntryNotYours
	}) {
		return
	}
	r.mu.Lock()
	at, _ := r.at(s, id)
	if at != nil {
		at.doubtful = true
	}
	tick := r.tick
	r.mu.Unlock()
	s.RoomEntriesHint(id, tick)
}

// pace counts in seconds.
type pace struct {
	since time.Time
	n     int
}

func (p *pace) take(n int, now time.Time) bool {
	if now.Sub(p.since) >= time.Second {
		*p = pace{since: now}
	}
	if p.n+n > entryRate {
		return false
	}
	p.n += n
	return true
}

// ChangeEntries changes entries of a room together; owner owns those that are
// set. Those that may not be changed are in Failed, with a code of chat. With
// them goes notice, a message to the room, unless it is nil or nothing changes.
func (r *Rooms) ChangeEntries(ctx context.Context, id string, owner chat.UserID, changes []EntryChange, notice *chat.Message) (Changed, error) {
	defer r.alone(id)()
	if _, err := r.exists(ctx, id); err != nil {
		return Changed{}, err
	}
	list, err := r.AllEntries(ctx, id)
	if err != nil {
		return Changed{}, err
	}
	now := map[string]Entry{}
	for _, e := range list {
		now[e.Key] = e
	}
	done := Changed{Failed: map[string]error{}}
	var commit []store.Change
	for _, c := range changes {
		change, err := c.allowed(now, id, owner)
		if err != nil {
			done.Failed[c.Key] = err
			continue
		}
		commit = append(commit, change)
	}
	if len(commit) == 0 {
		return done, nil
	}
	done.Tick, err = r.commit(ctx, notice, commit)
	return done, err
}

// allowed returns c as a change when owner may make it, and makes it in now.
func (c EntryChange) allowed(now map[string]Entry, room string, owner chat.UserID) (store.Change, error) {
	change, err := c.change(room, owner)
	if err != nil {
		return nil, err
	}
	e, there := now[c.Key]
	switch {
	case c.Delete && !there:
		return nil, chat.Errorf(chat.EntryMissing, "there is no key %s", c.Key)
	case there && e.Owner != owner && !c.Force:
		return nil, chat.Errorf(chat.EntryNotYours, "key %s was set by somebody else", c.Key)
	case !there && len(now) >= chat.MaxRoomEntries:
		return nil, chat.Errorf(chat.TooManyEntries, "the chatroom has %d keys, the most it takes", len(now))
	case c.Delete:
		delete(now, c.Key)
	default:
		now[c.Key] = Entry{Key: c.Key, Owner: owner}
	}
	return change, nil
}

// commit makes changes, together with a message if it is not nil, and returns
// when Apply has seen them.
func (r *Rooms) commit(ctx context.Context, m *chat.Message, changes []store.Change) (chat.Tick, error) {
	if m == nil {
		return r.change(ctx, changes...)
	}
	m.Key = chat.SendKey{} // as the answer to a resend the changes would not be made
	done := make(answered, 1)
	r.writer.Submit(&writer.Request{Message: m, Changes: changes, Owner: done})
	answer := <-done
	if answer.Err != nil {
		return 0, answer.Err
	}
	return answer.ID.Tick, r.applied(ctx, answer.ID.Tick)
}

// answered is the owner of a request that somebody waits for.
type answered chan *writer.Request

// Answer implements writer.Owner.
func (a answered) Answer(r *writer.Request) { a <- r }

// dropOwned deletes what goes with a user who left a room.
func (r *Rooms) dropOwned(ctx context.Context, gone owner) {
	defer r.alone(gone.room)()
	if r.Has(gone.room, gone.user) {
		return // and came back
	}
	list, err := r.AllEntries(ctx, gone.room)
	if err != nil {
		return // they go when the room is loaded next
	}
	var changes []store.Change
	for _, e := range list {
		if e.Auto && e.Owner == gone.user {
			changes = append(changes, store.EntryDeleted{Space: store.RoomEntries, Owner: gone.room, Key: e.Key})
		}
	}
	if len(changes) > 0 {
		_, _ = r.change(ctx, changes...) // the same
	}
}
