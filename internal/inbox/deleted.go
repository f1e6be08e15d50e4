package inbox

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// What a user deleted is kept as entries of store.Deleted:
//
//	(empty)          → nothing; its tick is that of the user's last deletion
//	len log          → the tick through which the user cleared log
//	len log tick index → nothing: the user deleted this message of log
//
// A message of a later tick than the last deletion was not deleted, so whoever
// reads newer ones need not look.

// MaxDeleted is how many messages of one conversation a user can delete one by
// one. Clearing its history makes room again.
const MaxDeleted = 10_000

const idLen = 10

func logKey(log chat.Log) string {
	return string(append(binary.BigEndian.AppendUint16(nil, uint16(len(log))), log...))
}

func idKey(log chat.Log, id chat.ID) string {
	key := binary.BigEndian.AppendUint64([]byte(logKey(log)), uint64(id.Tick))
	return string(binary.BigEndian.AppendUint16(key, id.Index))
}

// idOf reads the end of a key that idKey made.
func idOf(key string) chat.ID {
	end := []byte(key[len(key)-idLen:])
	return chat.ID{Tick: chat.Tick(binary.BigEndian.Uint64(end)), Index: binary.BigEndian.Uint16(end[8:])}
}

func tickValue(t chat.Tick) []byte { return binary.BigEndian.AppendUint64(nil, uint64(t)) }

func tickOf(value []byte) chat.Tick {
	if len(value) != 8 {
		return 0
	}
	return chat.Tick(binary.BigEndian.Uint64(value))
}

// DeletedLog is the log of which key, of an entry of store.Deleted, says
// something; false when of none.
func DeletedLog(key string) (chat.Log, bool) {
	if len(key) < 2 || len(key)-2 < int(binary.BigEndian.Uint16([]byte(key))) {
		return "", false
	}
	return chat.Log(key[2 : 2+int(binary.BigEndian.Uint16([]byte(key)))]), true
}

// gone is what a user deleted of a log.
type gone struct {
	through chat.Tick // everything up to this
	ids     []chat.ID // and these, in order
}

func (g gone) has(id chat.ID) bool {
	if id.Tick <= g.through {
		return true
	}
	_, is := slices.BinarySearchFunc(g.ids, id, compareIDs)
	return is
}

func compareIDs(a, b chat.ID) int {
	switch {
	case a.Less(b):
		return -1
	case b.Less(a):
		return 1
	}
	return 0
}

// gone is what user deleted of log with a tick larger than after.
func (x *Inbox) gone(ctx context.Context, user chat.UserID, log chat.Log, after chat.Tick) (gone, error) {
	last, err := x.lastDeletion(ctx, user)
	if err != nil || last <= after {
		return gone{}, err
	}
	return x.readGone(ctx, user, log, after)
}

func (x *Inbox) readGone(ctx context.Context, user chat.UserID, log chat.Log, after chat.Tick) (g gone, err error) {
	cleared, err := x.store.Entry(ctx, store.Deleted, string(user), logKey(log))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return gone{}, err
	}
	g.through = tickOf(cleared.Value)
	entries, err := x.store.Entries(ctx, store.EntryRange{
		Space: store.Deleted, Owner: string(user), Prefix: logKey(log),
		After: idKey(log, chat.ID{Tick: max(after, g.through), Index: 1<<16 - 1}), Limit: MaxDeleted + 1,
	})
	if err != nil {
		return gone{}, err
	}
	for _, e := range entries {
		g.ids = append(g.ids, idOf(e.Key))
	}
	return g, nil
}

// withoutDeleted leaves out of messages, all of ticks larger than after, what
// user deleted. What is hidden is not for the user and stays.
func (x *Inbox) withoutDeleted(ctx context.Context, user chat.UserID, after chat.Tick, messages []*chat.Message) ([]*chat.Message, error) {
	last, err := x.lastDeletion(ctx, user)
	if err != nil || last <= after {
		return messages, err
	}
	known := map[chat.Log]gone{}
	kept := messages[:0]
	for _, m := range messages {
		g, read := known[m.Log()]
		if !read && m.ID.Tick <= last {
			if g, err = x.readGone(ctx, user, m.Log(), after); err != nil {
				return nil, err
			}
			known[m.Log()] = g
		}
		if m.Flags&chat.Hidden != 0 || !g.has(m.ID) {
			kept = append(kept, m)
		}
	}
	return kept, nil
}

// Delete takes the messages that names name from user's copy of a
// conversation; who else has them keeps them. Names of no message of the
// conversation are passed over.
func (x *Inbox) Delete(ctx context.Context, user chat.UserID, c chat.Conversation, names []chat.UID) error {
	if len(names) == 0 || len(names) > chat.MaxNamed {
		return chat.Errorf(chat.BadParameter, "msgs names %d messages, not 1 to %d", len(names), chat.MaxNamed)
	}
	log := c.Log(user)
	defer x.lock(user)()
	messages, err := x.find(ctx, log, names)
	if err != nil {
		return err
	}
	g, err := x.readGone(ctx, user, log, 0)
	if err != nil {
		return err
	}
	var changes []store.Change
	for _, m := range messages {
		if !g.has(m.ID) && m.VisibleTo(user) {
			changes = append(changes, store.EntrySet{Space: store.Deleted, Owner: string(user), Key: idKey(log, m.ID)})
		}
	}
	if len(changes) == 0 {
		return nil
	}
	if n := len(g.ids) + len(changes); n > MaxDeleted {
		return chat.Errorf(chat.BadParameter, "the user would have deleted %d messages of the conversation one by one, over %d: clear its history", n, MaxDeleted)
	}
	return x.delete(ctx, user, changes)
}

// Clearing asks to delete a user's copy of a conversation up to a tick.
type Clearing struct {
	Conversation chat.Conversation
	Through      chat.Tick
}

// Clear takes everything up to a tick from user's copies of conversations.
func (x *Inbox) Clear(ctx context.Context, user chat.UserID, all ...Clearing) error {
	defer x.lock(user)()
	var changes []store.Change
	for _, c := range all {
		log := c.Conversation.Log(user)
		g, err := x.readGone(ctx, user, log, 0)
		if err != nil {
			return err
		}
		if g.through >= c.Through {
			continue
		}
		changes = append(changes, store.EntrySet{Space: store.Deleted, Owner: string(user), Key: logKey(log), Value: tickValue(c.Through)})
		for _, id := range g.ids {
			if id.Tick <= c.Through {
				changes = append(changes, store.EntryDeleted{Space: store.Deleted, Owner: string(user), Key: idKey(log, id)})
			}
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return x.delete(ctx, user, changes)
}

func (x *Inbox) delete(ctx context.Context, user chat.UserID, changes []store.Change) error {
	// From before the commit until its tick is known, everyone has to look.
	x.deleters.note(user, chat.MaxTick)
	changes = append(changes, store.EntrySet{Space: store.Deleted, Owner: string(user)})
	tick, err := x.writer.Change(ctx, changes...)
	if err != nil {
		return err
	}
	x.deleters.note(user, tick)
	return nil
}

var lockSeed = maphash.MakeSeed()

// lock keeps out other deletions of user.
func (x *Inbox) lock(user chat.UserID) (unlock func()) {
	mu := &x.deleting[maphash.String(lockSeed, string(user))%uint64(len(x.deleting))]
	mu.Lock()
	return mu.Unlock
}

// deleters remembers when users deleted something last: the tick of the
// commit, 0 for never. Most never did, and must not pay a read for each pull.
type deleters struct {
	mu   sync.RWMutex // guards the following
	last map[chat.UserID]chat.Tick
}

// maxDeleters bounds the memory; who is forgotten costs a read.
const maxDeleters = 100_000

func (d *deleters) note(user chat.UserID, tick chat.Tick) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last == nil {
		d.last = map[chat.UserID]chat.Tick{}
	}
	if _, known := d.last[user]; !known && len(d.last) >= maxDeleters {
		for other := range d.last {
			delete(d.last, other)
			break
		}
	}
	d.last[user] = tick
}

// lastDeletion is the tick of user's last deletion, or a later one, or 0.
func (x *Inbox) lastDeletion(ctx context.Context, user chat.UserID) (chat.Tick, error) {
	x.deleters.mu.RLock()
	tick, known := x.deleters.last[user]
	x.deleters.mu.RUnlock()
	if known {
		return tick, nil
	}
	defer x.lock(user)() // no deletion meanwhile
	e, err := x.store.Entry(ctx, store.Deleted, string(user), "")
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, err
	}
	x.deleters.note(user, e.Tick)
	return e.Tick, nil
}
