package chatroom

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Rule is a list that decides who and what has a place in rooms.
type Rule string

// The rules. Those of the app hold in all rooms.
const (
	Muted     Rule = "mute"    // users who may not speak in the room
	Blocked   Rule = "block"   // users who may not be in the room
	Speaker   Rule = "speak"   // users who may speak though the room is muted
	Protected Rule = "protect" // users who stay in the room when their connection ends, and whose messages come before others

	MutedEverywhere Rule = "muteall"  // of the app: users who may not speak in any room
	MutedRoom       Rule = "muteroom" // of the app: rooms in which nobody may speak
	KeptAlive       Rule = "keep"     // of the app: rooms that are not destroyed for their age
	LowPriority     Rule = "low"      // of the app: object names whose messages make way for others
	HighPriority    Rule = "high"     // of the app: object names whose messages come before others
)

// The keys of what is no rule but kept beside them: that a room exists, and
// how long it lives.
const (
	existing = "room"
	lifetime = "life"
)

// limits are how many names are under a rule of one room, or of the app.
var limits = map[Rule]int{
	Muted: 1000, Blocked: 1000, Speaker: 200, Protected: 20,
	MutedEverywhere: 10_000, MutedRoom: 10_000, KeptAlive: 100, LowPriority: 20, HighPriority: 20,
}

// maxRules is more than all rules of a room.
const maxRules = 2500

func (rule Rule) ofApp() bool {
	switch rule {
	case Muted, Blocked, Speaker, Protected:
		return false
	}
	return true
}

// ofRooms reports whether the names under the rule are rooms.
func (rule Rule) ofRooms() bool { return rule == MutedRoom || rule == KeptAlive }

func (rule Rule) key(name string) string { return string(rule) + "\x00" + name }

// rules are the keys of rules and until when they hold, in milliseconds since
// 1970; 0 is for ever.
type rules map[string]int64

// term is the value of a rule.
type term struct {
	Until int64 `json:"until,omitempty"`
}

func (t term) over(now time.Time) bool { return t.Until != 0 && t.Until <= now.UnixMilli() }

func termOf(value []byte) (t term) {
	_ = json.Unmarshal(value, &t) // we wrote it; what we cannot read holds for ever
	return t
}

func (rs rules) set(key string, value []byte) { rs[key] = termOf(value).Until }

// holds reports whether name is under the rule.
func (rs rules) holds(rule Rule, name string, now time.Time) bool {
	if len(rs) == 0 {
		return false
	}
	until, ok := rs[rule.key(name)]
	return ok && !term{until}.over(now)
}

// makeOfApp makes a change of a rule of the app, or of the rooms there are.
func (r *Rooms) makeOfApp(e edit) {
	switch c := e.change.(type) {
	case store.EntrySet:
		kind, name, _ := strings.Cut(c.Key, "\x00")
		switch kind {
		case existing:
			r.begin(name, e.tick)
		case lifetime:
			r.setLife(name, c.Value)
		default:
			r.rules.set(c.Key, c.Value)
		}
	case store.EntryDeleted:
		delete(r.rules, c.Key)
	}
}

// Ruled is a name under a rule.
type Ruled struct {
	Name  string
	Until time.Time // zero is for ever
}

// Rules returns who or what is under a rule, in byte order of the names. room
// is empty for a rule of the app.
func (r *Rooms) Rules(ctx context.Context, rule Rule, room string) ([]Ruled, error) {
	entries, err := r.ruled(ctx, rule, room)
	if err != nil {
		return nil, err
	}
	var list []Ruled
	for _, e := range entries {
		t := termOf(e.Value)
		if t.over(time.Now()) {
			continue
		}
		one := Ruled{Name: e.Key[len(rule)+1:]}
		if t.Until != 0 {
			one.Until = time.UnixMilli(t.Until)
		}
		list = append(list, one)
	}
	return list, nil
}

func (r *Rooms) ruled(ctx context.Context, rule Rule, room string) ([]store.Entry, error) {
	return r.store.Entries(ctx, store.EntryRange{
		Space: store.RoomRules, Owner: room, Prefix: rule.key(""), Limit: limits[rule] + 1,
	})
}

// SetRule puts names under a rule, for the time life, or for ever when that is
// 0. A rule that holds already is renewed. Who is blocked is put out of the room.
func (r *Rooms) SetRule(ctx context.Context, rule Rule, room string, names []string, life time.Duration) error {
	defer r.alone(room)()
	if err := r.mustExist(ctx, rule, room, names); err != nil {
		return err
	}
	entries, err := r.ruled(ctx, rule, room)
	if err != nil {
		return err
	}
	now, left := time.Now(), map[string]bool{}
	var changes []store.Change
	for _, e := range entries {
		if termOf(e.Value).over(now) {
			changes = append(changes, store.EntryDeleted{Space: store.RoomRules, Owner: room, Key: e.Key})
		} else {
			left[e.Key] = true
		}
	}
	var t term
	if life > 0 {
		t.Until = now.Add(life).UnixMilli()
	}
	value, err := json.Marshal(t)
	if err != nil {
		return err
	}
	for _, name := range names {
		left[rule.key(name)] = true
		changes = append(changes, store.EntrySet{Space: store.RoomRules, Owner: room, Key: rule.key(name), Value: value})
	}
	if len(left) > limits[rule] {
		return chat.Errorf(chat.BadParameter, "the list would have %d entries, over %d", len(left), limits[rule])
	}
	_, err = r.change(ctx, changes...)
	return err
}

// DropRule takes names out of a rule. Who is not under it is left alone.
func (r *Rooms) DropRule(ctx context.Context, rule Rule, room string, names []string) error {
	defer r.alone(room)()
	changes := make([]store.Change, len(names))
	for i, name := range names {
		changes[i] = store.EntryDeleted{Space: store.RoomRules, Owner: room, Key: rule.key(name)}
	}
	_, err := r.change(ctx, changes...)
	if err == nil && rule == Protected {
		r.lookAfter(room, names)
	}
	return err
}

// lookAfter has users who are protected no more leave the room if they are away.
func (r *Rooms) lookAfter(room string, users []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, user := range users {
		r.expect(deadline{at: time.Now(), kind: endOfAway, room: room, user: chat.UserID(user)})
	}
}

// mustExist refuses rules about rooms that are not there: nobody would end them.
func (r *Rooms) mustExist(ctx context.Context, rule Rule, room string, names []string) error {
	switch {
	case rule.ofRooms():
	case rule.ofApp():
		return nil
	default:
		names = []string{room}
	}
	for _, id := range names {
		_, err := r.store.Room(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return chat.Errorf(chat.BadParameter, "chatroomId %.80q is no chatroom", id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Silence is why a user may not speak in a room.
type Silence struct {
	Room       bool // nobody may speak there
	Everywhere bool // the user may not speak in any room
	User       bool // the user may not speak there
	Speaker    bool // the user may speak though nobody else may
}

func (s Silence) mute() bool { return s.Everywhere || s.User || s.Room && !s.Speaker }

func (r *Rooms) silence(o *room, user chat.UserID, now time.Time) Silence {
	return Silence{
		Room:       r.rules.holds(MutedRoom, o.id, now),
		Everywhere: r.rules.holds(MutedEverywhere, string(user), now),
		User:       o.rules.holds(Muted, string(user), now),
		Speaker:    o.rules.holds(Speaker, string(user), now),
	}
}

// Admit returns nil when m may be sent to its room by s now.
func (r *Rooms) Admit(s Session, m *chat.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, o := r.at(s, m.Target)
	if at == nil {
		return notIn()
	}
	now := time.Now()
	if r.silence(o, m.Sender, now).mute() {
		return chat.Errorf(chat.ChatroomMuted, "the user may not speak in the chatroom")
	}
	return r.take(o, r.weigh(o, m, now), now)
}

// AdmitServer returns nil when the app's server may send m to its room now.
// Only a room that somebody is in has a limit.
func (r *Rooms) AdmitServer(m *chat.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.rooms[m.Target]
	if o == nil {
		return nil
	}
	now := time.Now()
	return r.take(o, r.weigh(o, m, now), now)
}

// The priorities of messages.
const (
	low = iota
	high
	protected
)

var priorities = [...]string{low: "low", high: "high", protected: "protected"}

func (r *Rooms) weigh(o *room, m *chat.Message, now time.Time) int {
	switch {
	case r.rules.holds(HighPriority, m.ObjectName, now), o.rules.holds(Protected, string(m.Sender), now):
		return protected
	case r.low[m.ObjectName], r.rules.holds(LowPriority, m.ObjectName, now):
		return low
	}
	return high
}

// burst counts the messages of a room in a window of time.
type burst struct {
	since                   time.Time
	shared, reserved, extra int
}

// window is how long a burst is counted.
const window = 200 * time.Millisecond

// take counts a message, or refuses it when the room has no room for it.
func (r *Rooms) take(o *room, priority int, now time.Time) error {
	if r.cfg.Burst < 0 {
		return nil
	}
	b := &o.burst
	if now.Sub(b.since) >= window {
		*b = burst{since: now}
	}
	half := (r.cfg.Burst + 1) / 2
	switch {
	case priority >= high && b.reserved < r.cfg.Burst-half:
		b.reserved++
	case b.shared < half:
		b.shared++
	case priority == protected && b.extra < half:
		b.extra++
	default:
		r.cfg.Dropped(priorities[priority])
		return chat.Errorf(chat.TooFast, "the chatroom takes %d messages in %v, %d of low priority", r.cfg.Burst, window, half)
	}
	return nil
}
