package conversation

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// The settings of a conversation are entries of store.Settings. A key is the
// kind of the setting and the log; so two devices that change two settings at
// once do not undo each other, and the tick of an entry says when its setting
// changed. What the clients know of a setting is its text.
const (
	levelKey     = 'l' // the notification level
	topKey       = 't' // on top of the list
	translateKey = 'a' // what to translate without being asked
	taggedKey    = 'g' // nothing; its tick is when the tags changed
	hiddenKey    = 'h' // the tick through which it was removed from the list
	readKey      = 'r' // nothing; its tick is when the read mark moved
)

// Kind is a setting of a conversation, numbered as on the wire.
type Kind int32

// The settings. Tags are changed by Tag and Untag.
const (
	Level     Kind = 1 // -1 to 5
	Top       Kind = 2 // 0 or 1
	Tags      Kind = 3
	Translate Kind = 4 // 0 to 2
)

var kinds = map[Kind]struct {
	key      byte
	min, max int
}{
	Level:     {levelKey, -1, 5},
	Top:       {topKey, 0, 1},
	Translate: {translateKey, 0, 2},
}

// Setting is one setting and its text.
type Setting struct {
	Kind  Kind
	Value string
	Time  chat.Tick // when it changed
	Tags  []Tagged  // of Tags
}

// State is the settings of a conversation. One whose target is empty is of all
// conversations of its type.
type State struct {
	chat.Conversation
	Time     chat.Tick // when it changed last
	Settings []Setting
}

// Bounds of settings.
const (
	MaxSettings = 10_000 // conversations for which a user has one kind of setting
)

// Set changes settings of conversations and returns the tick of the change.
func (l *Lists) Set(ctx context.Context, user chat.UserID, states []State) (chat.Tick, error) {
	if len(states) == 0 || len(states) > chat.MaxChanged {
		return 0, chat.Errorf(chat.BadParameter, "state names %d conversations, not 1 to %d", len(states), chat.MaxChanged)
	}
	var changes []store.Change
	for _, s := range states {
		for _, set := range s.Settings {
			kind, known := kinds[set.Kind]
			n, err := strconv.Atoi(set.Value)
			if !known || err != nil || n < kind.min || n > kind.max {
				return 0, chat.Errorf(chat.BadParameter, "stateItem %d is %.20q, not %d to %d", set.Kind, set.Value, kind.min, kind.max)
			}
			changes = append(changes, store.EntrySet{
				Space: store.Settings, Owner: string(user), Key: string(kind.key) + string(s.Log(user)), Value: []byte(strconv.Itoa(n)),
			})
		}
	}
	if len(changes) == 0 {
		return 0, chat.Errorf(chat.BadParameter, "state has no stateItem")
	}
	for _, kind := range kinds {
		if err := l.room(ctx, user, kind.key); err != nil {
			return 0, err
		}
	}
	return l.writer.Change(ctx, changes...)
}

// room fails when user has as many settings of a kind as there may be.
func (l *Lists) room(ctx context.Context, user chat.UserID, kind byte) error {
	entries, err := l.store.Entries(ctx, store.EntryRange{
		Space: store.Settings, Owner: string(user), Prefix: string(kind), Limit: MaxSettings + 1,
	})
	if err == nil && len(entries) > MaxSettings {
		return chat.Errorf(chat.BadParameter, "the user keeps a setting for %d conversations already", MaxSettings)
	}
	return err
}

// typeLevelKey begins the key of store.Preferences that holds the level of a
// type of conversations; its number follows.
const typeLevelKey = "level "

// SetTypeLevel sets the notification level of all conversations of a type that
// have none of their own.
func (l *Lists) SetTypeLevel(ctx context.Context, user chat.UserID, t chat.ConversationType, level int) (chat.Tick, error) {
	if limits := kinds[Level]; level < limits.min || level > limits.max {
		return 0, chat.Errorf(chat.BadParameter, "unpushLevel is %d, not %d to %d", level, limits.min, limits.max)
	}
	return l.writer.Change(ctx, store.EntrySet{
		Space: store.Preferences, Owner: string(user), Key: typeLevelKey + strconv.Itoa(int(t)), Value: []byte(strconv.Itoa(level)),
	})
}

// States returns the settings that changed in a tick larger than since, and the
// tick of the newest of all.
func (l *Lists) States(ctx context.Context, user chat.UserID, since chat.Tick) (states []State, version chat.Tick, err error) {
	version = since
	types, err := l.entries(ctx, store.Preferences, user, typeLevelKey)
	if err != nil {
		return nil, 0, err
	}
	for _, e := range types {
		if t, err := strconv.Atoi(strings.TrimPrefix(e.Key, typeLevelKey)); err == nil && e.Tick > since {
			version = max(version, e.Tick)
			states = append(states, State{
				Conversation: chat.Conversation{Type: chat.ConversationType(t)}, Time: e.Tick,
				Settings: []Setting{{Kind: Level, Value: string(e.Value), Time: e.Tick}},
			})
		}
	}
	changed, retagged, err := l.changed(ctx, user, since)
	if err != nil {
		return nil, 0, err
	}
	if retagged {
		if err := l.addTags(ctx, user, changed); err != nil {
			return nil, 0, err
		}
	}
	for _, log := range sorted(changed) {
		states = append(states, *changed[log])
		version = max(version, changed[log].Time)
	}
	return states, version, nil
}

// changed are the conversations with settings newer than since. The tags of
// those that retagged speaks of are not filled in.
func (l *Lists) changed(ctx context.Context, user chat.UserID, since chat.Tick) (changed map[chat.Log]*State, retagged bool, err error) {
	entries, err := l.entries(ctx, store.Settings, user, "")
	if err != nil {
		return nil, false, err
	}
	changed = map[chat.Log]*State{}
	for _, e := range entries {
		kind := kindOf(e.Key)
		if e.Tick <= since || kind == 0 {
			continue
		}
		log := chat.Log(e.Key[1:])
		s := changed[log]
		if s == nil {
			s = &State{Conversation: log.Conversation(user)}
			changed[log] = s
		}
		s.Time = max(s.Time, e.Tick)
		s.Settings = append(s.Settings, Setting{Kind: kind, Value: string(e.Value), Time: e.Tick})
		retagged = retagged || kind == Tags
	}
	return changed, retagged, nil
}

func kindOf(key string) Kind {
	if key == "" {
		return 0
	}
	if key[0] == taggedKey {
		return Tags
	}
	for kind, k := range kinds {
		if key[0] == k.key {
			return kind
		}
	}
	return 0
}

// IsState reports whether key, of an entry of store.Settings, is part of what
// States returns.
func IsState(key string) bool { return kindOf(key) != 0 }

// HiddenLog is the log that key, of an entry of store.Settings, says to be
// removed from the list; false when it says something else.
func HiddenLog(key string) (chat.Log, bool) {
	if key == "" || key[0] != hiddenKey {
		return "", false
	}
	return chat.Log(key[1:]), true
}

// IsTypeLevel reports whether key, of an entry of store.Preferences, is the
// notification level of a type of conversations.
func IsTypeLevel(key string) bool { return strings.HasPrefix(key, typeLevelKey) }

// Quiet are the hours of a day in which a user does not want to be disturbed.
type Quiet struct {
	Start    string // HH:MM:SS
	Minutes  int
	Level    int
	Timezone string
}

const quietKey = "quiet"

// SetQuiet sets the user's quiet hours.
func (l *Lists) SetQuiet(ctx context.Context, user chat.UserID, q Quiet) error {
	if len(q.Start) != len("00:00:00") || q.Minutes < 1 || q.Minutes > 24*60 || len(q.Timezone) > 64 {
		return chat.Errorf(chat.BadParameter, "startTime is HH:MM:SS, spanMinutes 1 to 1440 and timezone at most 64 bytes")
	}
	value := strings.Join([]string{q.Start, strconv.Itoa(q.Minutes), strconv.Itoa(q.Level), q.Timezone}, "\n")
	_, err := l.writer.Change(ctx, store.EntrySet{Space: store.Preferences, Owner: string(user), Key: quietKey, Value: []byte(value)})
	return err
}

// EndQuiet ends the user's quiet hours.
func (l *Lists) EndQuiet(ctx context.Context, user chat.UserID) error {
	_, err := l.writer.Change(ctx, store.EntryDeleted{Space: store.Preferences, Owner: string(user), Key: quietKey})
	return err
}

// Quiet returns the user's quiet hours; false when there are none.
func (l *Lists) Quiet(ctx context.Context, user chat.UserID) (Quiet, bool, error) {
	e, err := l.store.Entry(ctx, store.Preferences, string(user), quietKey)
	if errors.Is(err, store.ErrNotFound) {
		return Quiet{}, false, nil
	}
	parts := slices.Concat(strings.Split(string(e.Value), "\n"), make([]string, 4))
	minutes, _ := strconv.Atoi(parts[1]) // SetQuiet wrote a number
	level, _ := strconv.Atoi(parts[2])
	return Quiet{Start: parts[0], Minutes: minutes, Level: level, Timezone: parts[3]}, err == nil, err
}

func tickValue(t chat.Tick) []byte { return binary.BigEndian.AppendUint64(nil, uint64(t)) }

func tickOf(value []byte) chat.Tick {
	if len(value) != 8 {
		return 0
	}
	return chat.Tick(binary.BigEndian.Uint64(value))
}
