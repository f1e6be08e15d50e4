package conversation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Bounds of tags.
const ()

// Tag is a user's own label for conversations.
type Tag struct {
	ID, Name string
	Created  chat.Tick
}

// Tagged says that a conversation has a tag.
type Tagged struct {
	Tag string
	Top bool // on top of those with the tag
}

// tagsKey is the key of store.Preferences whose tick is when the tags changed.
const tagsKey = "tags"

// IsTags reports whether key, of an entry of store.Preferences, tells of tags.
func IsTags(key string) bool { return key == tagsKey }

// Tags returns the tags of user in the order of their ids, and the tick in
// which they changed last.
func (l *Lists) Tags(ctx context.Context, user chat.UserID) ([]Tag, chat.Tick, error) {
	mark, err := l.store.Entry(ctx, store.Preferences, string(user), tagsKey)
	if errors.Is(err, store.ErrNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	entries, err := l.entries(ctx, store.Tags, user, "")
	var tags []Tag
	for _, e := range entries {
		tags = append(tags, Tag{ID: e.Key, Name: string(e.Value[min(8, len(e.Value)):]), Created: tickOf(e.Value[:min(8, len(e.Value))])})
	}
	return tags, mark.Tick, err
}

// SaveTags makes tags, or renames those that exist, and returns the tick of the
// change. now is when they were made.
func (l *Lists) SaveTags(ctx context.Context, user chat.UserID, tags []Tag, now chat.Tick) (chat.Tick, error) {
	existing, _, err := l.Tags(ctx, user)
	if err != nil {
		return 0, err
	}
	changes := []store.Change{store.EntrySet{Space: store.Preferences, Owner: string(user), Key: tagsKey}}
	total := len(existing)
	for _, t := range tags {
		if err := checkTag(t.ID); err != nil {
			return 0, err
		}
		if n := utf8.RuneCountInString(t.Name); n == 0 || n > chat.MaxTagName || !utf8.ValidString(t.Name) {
			return 0, chat.Errorf(chat.BadParameter, "the name of a tag is %d characters, not 1 to %d", n, chat.MaxTagName)
		}
		created := now
		if i := slices.IndexFunc(existing, func(e Tag) bool { return e.ID == t.ID }); i >= 0 {
			created = existing[i].Created
		} else if total++; total > chat.MaxTags {
			return 0, chat.Errorf(chat.TooManyTags, "the user has %d tags already", chat.MaxTags)
		}
		changes = append(changes, store.EntrySet{
			Space: store.Tags, Owner: string(user), Key: t.ID, Value: append(tickValue(created), t.Name...),
		})
	}
	return l.writer.Change(ctx, changes...)
}

func checkTag(id string) error {
	n := utf8.RuneCountInString(id)
	if n == 0 || n > chat.MaxTagID || !utf8.ValidString(id) || strings.Contains(id, "\x00") {
		return chat.Errorf(chat.BadParameter, "the id of a tag is %d characters, not 1 to %d", n, chat.MaxTagID)
	}
	return nil
}

// DeleteTags ends tags, also where conversations have them.
func (l *Lists) DeleteTags(ctx context.Context, user chat.UserID, ids []string) (chat.Tick, error) {
	if len(ids) > chat.MaxTags {
		return 0, chat.Errorf(chat.BadParameter, "tags names %d tags, over %d", len(ids), chat.MaxTags)
	}
	changes := []store.Change{store.EntrySet{Space: store.Preferences, Owner: string(user), Key: tagsKey}}
	for _, id := range ids {
		if err := checkTag(id); err != nil {
			return 0, err
		}
		changes = append(changes, store.EntryDeleted{Space: store.Tags, Owner: string(user), Key: id})
		entries, err := l.entries(ctx, store.Tagged, user, id+"\x00")
		if err != nil {
			return 0, err
		}
		for _, e := range entries {
			changes = append(changes, untag(user, id, logOf(e.Key))...)
		}
	}
	return l.writer.Change(ctx, changes...)
}

// taggedEntry is the key of store.Tagged that says that log has the tag id.
func taggedEntry(id string, log chat.Log) string { return id + "\x00" + string(log) }

func logOf(key string) chat.Log {
	_, log, _ := strings.Cut(key, "\x00")
	return chat.Log(log)
}

func untag(user chat.UserID, id string, log chat.Log) []store.Change {
	return []store.Change{
		store.EntryDeleted{Space: store.Tagged, Owner: string(user), Key: taggedEntry(id, log)},
		retagged(user, log),
	}
}

func retagged(user chat.UserID, log chat.Log) store.Change {
	return store.EntrySet{Space: store.Settings, Owner: string(user), Key: string(taggedKey) + string(log)}
}

// Tagging names tags of a conversation.
type Tagging struct {
	chat.Conversation
	Tags []Tagged
}

// Tag gives conversations tags, or puts them on top where they have them, and
// returns the tick of the change.
func (l *Lists) Tag(ctx context.Context, user chat.UserID, all []Tagging) (chat.Tick, error) {
	if len(all) == 0 || len(all) > chat.MaxTagged {
		return 0, chat.Errorf(chat.BadParameter, "state names %d conversations, not 1 to %d", len(all), chat.MaxTagged)
	}
	added := map[string]map[chat.Log]bool{}
	var changes []store.Change
	for _, t := range all {
		for _, tag := range t.Tags {
			log := t.Log(user)
			if added[tag.Tag] == nil {
				if _, err := l.store.Entry(ctx, store.Tags, string(user), tag.Tag); errors.Is(err, store.ErrNotFound) {
					return 0, chat.Errorf(chat.BadParameter, "the user has no tag %.20q", tag.Tag)
				} else if err != nil {
					return 0, err
				}
				added[tag.Tag] = map[chat.Log]bool{}
			}
			added[tag.Tag][log] = true
			value := []byte{0}
			if tag.Top {
				value[0] = 1
			}
			changes = append(changes, retagged(user, log),
				store.EntrySet{Space: store.Tagged, Owner: string(user), Key: taggedEntry(tag.Tag, log), Value: value})
		}
	}
	if len(changes) == 0 || len(changes) > 4*chat.MaxTagged {
		return 0, chat.Errorf(chat.BadParameter, "state has no tags, or over %d", 2*chat.MaxTagged)
	}
	for id, logs := range added {
		dropped, err := l.crowded(ctx, user, id, logs)
		if err != nil {
			return 0, err
		}
		changes = append(dropped, changes...)
	}
	if err := l.room(ctx, user, taggedKey); err != nil {
		return 0, err
	}
	return l.writer.Change(ctx, changes...)
}

// crowded are the changes that make room for logs among the conversations of
// a tag: the ones that have it longest lose it.
func (l *Lists) crowded(ctx context.Context, user chat.UserID, id string, logs map[chat.Log]bool) ([]store.Change, error) {
	entries, err := l.entries(ctx, store.Tagged, user, id+"\x00")
	if err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e store.Entry) bool { return logs[logOf(e.Key)] })
	slices.SortFunc(entries, func(a, b store.Entry) int { return cmp.Compare(a.Tick, b.Tick) })
	var changes []store.Change
	for i := range min(len(entries), max(0, len(entries)+len(logs)-chat.MaxTagged)) {
		changes = append(changes, untag(user, id, logOf(entries[i].Key))...)
	}
	return changes, nil
}

// Untag takes tags from conversations and returns the tick of the change.
func (l *Lists) Untag(ctx context.Context, user chat.UserID, all []Tagging) (chat.Tick, error) {
	var changes []store.Change
	for _, t := range all {
		for _, tag := range t.Tags {
			if err := checkTag(tag.Tag); err != nil {
				return 0, err
			}
			changes = append(changes, untag(user, tag.Tag, t.Log(user))...)
		}
	}
	if len(changes) == 0 || len(changes) > 4*chat.MaxTagged {
		return 0, chat.Errorf(chat.BadParameter, "state names no tags, or over %d", 2*chat.MaxTagged)
	}
	if err := l.room(ctx, user, taggedKey); err != nil {
		return 0, err
	}
	return l.writer.Change(ctx, changes...)
}

// addTags fills in the tags of the states whose tags changed.
func (l *Lists) addTags(ctx context.Context, user chat.UserID, states map[chat.Log]*State) error {
	entries, err := l.entries(ctx, store.Tagged, user, "")
	if err != nil {
		return err
	}
	for _, e := range entries {
		id, log, _ := strings.Cut(e.Key, "\x00")
		s := states[chat.Log(log)]
		if s == nil {
			continue
		}
		if i := slices.IndexFunc(s.Settings, func(set Setting) bool { return set.Kind == Tags }); i >= 0 {
			s.Settings[i].Tags = append(s.Settings[i].Tags, Tagged{Tag: id, Top: isTop(e)})
		}
	}
	return nil
}

func isTop(e store.Entry) bool { return len(e.Value) > 0 && e.Value[0] == 1 }

// taggedWith are the logs that have one of the tags, and whether they are on
// top in one.
func (l *Lists) taggedWith(ctx context.Context, user chat.UserID, tags []string) (map[chat.Log]bool, error) {
	if len(tags) > chat.MaxTags {
		return nil, chat.Errorf(chat.BadParameter, "tags names %d tags, over %d", len(tags), chat.MaxTags)
	}
	top := map[chat.Log]bool{}
	for _, id := range tags {
		entries, err := l.entries(ctx, store.Tagged, user, id+"\x00")
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			log := logOf(e.Key)
			top[log] = top[log] || isTop(e)
		}
	}
	return top, nil
}
