package embedded

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// replacedWithin is b.Messages after those of b's changes that replace one of
// them.
func replacedWithin(b *store.Batch) []*chat.Message {
	messages := b.Messages
	for _, c := range b.Changes {
		r, ok := c.(store.Replaced)
		if !ok || r.Message.ID.Tick != b.Tick || int(r.Message.ID.Index) >= len(messages) {
			continue
		}
		if &messages[0] == &b.Messages[0] {
			messages = slices.Clone(messages)
		}
		i := r.Message.ID.Index
		messages[i] = inPlaceOf(messages[i], r.Message)
	}
	return messages
}

// inPlaceOf is m in the place of the message old, which keeps all that it is
// found by and that decides who gets it.
func inPlaceOf(old, m *chat.Message) *chat.Message {
	n := *old
	n.ObjectName, n.ClientID, n.Body = m.ObjectName, m.ClientID, m.Body
	n.Flags = m.Flags&^chat.NotToSender | old.Flags&chat.NotToSender
	return &n
}

// addChanges adds the effect of b.Changes and the traits of late to w.out.
func (w *batchBuilder) addChanges(s *Store, b *store.Batch, late []*chat.Message) error {
	// Changes read what they change, so they are built in a batch that reads
	// through to the database. Messages are not: such a batch is slow.
	indexed := s.db.NewIndexedBatch()
	defer indexed.Close()
	c := changes{Batch: indexed, tick: b.Tick, keepStays: s.options.oldestStay(b.Tick), indexed: s.indexer.indexed}
	for _, m := range late {
		if err := c.retrait(m); err != nil {
			return err
		}
	}
	for _, change := range b.Changes {
		if err := c.apply(change); err != nil {
			return err
		}
	}
	w.changed = append(w.changed, c.changed...)
	if c.Empty() {
		return nil
	}
	return w.out.Apply(indexed, nil)
}

// oldestStay is the smallest tick of a leave that Memberships still reports
// when last is the newest tick.
func (o *Options) oldestStay(last chat.Tick) chat.Tick {
	return last - chat.Tick(o.OfflineWindow.Milliseconds())
}

// changes applies the changes of one tick, each seeing those before it.
type changes struct {
	*pebble.Batch
	tick      chat.Tick
	keepStays chat.Tick       // stays that ended before it are forgotten
	indexed   chat.Tick       // up to it, indexes are on disk
	changed   []*chat.Message // whose index is in memory, with their new traits
}

func (c *changes) apply(change store.Change) error {
	switch change := change.(type) {
	case store.GroupJoined:
		return c.joinGroup(change)
	case store.GroupLeft:
		return c.each(change.Users, func(user chat.UserID) error { return c.leaveGroup(change.Group, user) })
	case store.GroupDismissed:
		return c.dismissGroup(change.Group)
	case store.BlacklistAdded:
		return c.each(change.Others, func(other chat.UserID) error {
			return c.Set(pairKey(tableBlacklist, change.User, other), nil, nil)
		})
	case store.BlacklistRemoved:
		return c.each(change.Others, func(other chat.UserID) error {
			return c.Delete(pairKey(tableBlacklist, change.User, other), nil)
		})
	case store.MarkedRead:
		return c.markRead(change)
	case store.Replaced:
		return c.replace(change.Message)
	case store.RoomCreated:
		return c.createRoom(change)
	case store.RoomDestroyed:
		return c.Delete(idKey(tableRoom, change.Room), nil)
	case store.UserSaved:
		return c.Set(idKey(tableUser, change.User.ID), appendUser(nil, change.User), nil)
	case store.EntrySet:
		return c.Set(entryKey(change.Space, change.Owner, change.Key), append(appendTick(nil, c.tick), change.Value...), nil)
	case store.EntryDeleted:
		return c.Delete(entryKey(change.Space, change.Owner, change.Key), nil)
	case store.EntriesDeleted:
		return c.deleteEntries(change)
	}
	return fmt.Errorf("unknown change %T", change)
}

func (c *changes) each(users []chat.UserID, do func(chat.UserID) error) error {
	for _, user := range users {
		if err := do(user); err != nil {
			return err
		}
	}
	return nil
}

func (c *changes) joinGroup(j store.GroupJoined) error {
	name, err := get(c, idKey(tableGroup, j.Group))
	if err != nil {
		return err
	}
	if name == nil || j.Name != "" {
		if err := c.Set(idKey(tableGroup, j.Group), []byte(j.Name), nil); err != nil {
			return err
		}
	}
	return c.each(j.Users, func(user chat.UserID) error {
		member := pairKey(tableMember, j.Group, user)
		joined, err := get(c, member)
		if err != nil || joined != nil {
			return err
		}
		if err := c.forgetStays(user); err != nil {
			return err
		}
		return errors.Join(
			c.Set(member, appendTick(nil, c.tick), nil),
			c.Set(stayKey(user, j.Group, c.tick), appendTick(nil, 0), nil))
	})
}

func (c *changes) leaveGroup(group string, user chat.UserID) error {
	member := pairKey(tableMember, group, user)
	record, err := get(c, member)
	if err != nil || record == nil {
		return err
	}
	d := decoder{rest: record}
	joined := d.tick()
	if d.bad {
		return fmt.Errorf("%w: member %q of group %q", errRecord, user, group)
	}
	if err := c.Delete(member, nil); err != nil {
		return err
	}
	if joined == c.tick { // the stay reaches no message
		return c.Delete(stayKey(user, group, joined), nil)
	}
	return c.Set(stayKey(user, group, joined), appendTick(nil, c.tick), nil)
}

func (c *changes) dismissGroup(group string) error {
	members, err := suffixes[chat.UserID](context.Background(), c, pairPrefix(tableMember, group))
	if err != nil {
		return err
	}
	if err := c.each(members, func(user chat.UserID) error { return c.leaveGroup(group, user) }); err != nil {
		return err
	}
	return c.Delete(idKey(tableGroup, group), nil)
}

// forgetStays deletes the stays of user that are not reported any more. Doing
// it when the user joins keeps the stays of a user bounded by the joins within
// the offline window, without a sweep over all users.
func (c *changes) forgetStays(user chat.UserID) error {
	var old [][]byte
	prefix := pairPrefix(tableStay, user)
	err := scan(context.Background(), c, prefix, after(prefix), func(key, value []byte) (bool, error) {
		d := decoder{rest: value}
		if left := d.tick(); left != 0 && left < c.keepStays {
			old = append(old, slices.Clone(key))
		}
		return true, nil
	})
	for _, key := range old {
		err = errors.Join(err, c.Delete(key, nil))
	}
	return err
}

func (c *changes) markRead(mark store.MarkedRead) error {
	key := pairKey(tableReadMark, mark.User, mark.Log)
	through, err := readTick(c, key)
	if err != nil || mark.Through <= through {
		return err
	}
	return c.Set(key, appendTick(nil, mark.Through), nil)
}

func (c *changes) replace(m *chat.Message) error {
	if m.ID.Tick == c.tick {
		return nil // replacedWithin did it
	}
	old, err := message(c, m.ID)
	if err != nil || old == nil {
		return err
	}
	m = inPlaceOf(old, m)
	if err := c.Set(messageKey(m.ID), appendMessage(nil, m), nil); err != nil {
		return err
	}
	if traitsOf(m) == traitsOf(old) {
		return nil
	}
	if m.ID.Tick > c.indexed {
		c.changed = append(c.changed, m)
		return c.Set(lateKey(m.ID), nil, nil)
	}
	return c.retrait(m)
}

// deleteEntries deletes them one by one: an owner has few, and a range would
// slow down every later read near it.
func (c *changes) deleteEntries(d store.EntriesDeleted) error {
	var keys [][]byte
	prefix := entryPrefix(d.Space, d.Owner)
	err := scan(context.Background(), c, prefix, after(prefix), func(key, _ []byte) (bool, error) {
		keys = append(keys, slices.Clone(key))
		return true, nil
	})
	for _, key := range keys {
		err = errors.Join(err, c.Delete(key, nil))
	}
	return err
}

func (c *changes) createRoom(r store.RoomCreated) error {
	key := idKey(tableRoom, r.Room)
	room := store.Room{ID: r.Room, Created: c.tick}
	record, err := get(c, key)
	if err == nil && record != nil {
		room, err = decodeRoom(r.Room, record)
	}
	if err != nil {
		return err
	}
	room.Name = r.Name
	return c.Set(key, appendRoom(nil, room), nil)
}
