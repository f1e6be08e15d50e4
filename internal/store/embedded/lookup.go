package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Messages implements store.Sends.
func (s *Store) Messages(ctx context.Context, ids []chat.ID) ([]*chat.Message, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(v)
	found, err := v.messages(ctx, ids)
	return found, failure("reading messages", err)
}

// Group implements store.Groups.
func (s *Store) Group(ctx context.Context, id string) (store.Group, error) {
	v, err := s.view(ctx)
	if err != nil {
		return store.Group{}, err
	}
	defer s.release(v)
	name, err := v.find(idKey(tableGroup, id))
	if err != nil {
		return store.Group{}, err
	}
	g := store.Group{ID: id, Name: string(name)}
	members := pairPrefix(tableMember, id)
	err = scan(ctx, v.snap, members, after(members), func(key, joined []byte) (bool, error) {
		d := decoder{rest: joined}
		g.Members, g.Joined = append(g.Members, chat.UserID(key[len(members):])), append(g.Joined, d.tick())
		return true, nil
	})
	return g, failure("reading the members of a group", err)
}

// Memberships implements store.Groups.
func (s *Store) Memberships(ctx context.Context, user chat.UserID) ([]store.Membership, chat.Tick, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer s.release(v)
	stays, err := v.stays(ctx, user, s.options.oldestStay(v.last))
	if err != nil {
		return nil, 0, failure("reading memberships", err)
	}
	return stays, v.last, nil
}

// stays lists the stays of user that have not ended before oldest.
func (v *view) stays(ctx context.Context, user chat.UserID, oldest chat.Tick) ([]store.Membership, error) {
	var stays []store.Membership
	prefix := pairPrefix(tableStay, user)
	err := scan(ctx, v.snap, prefix, after(prefix), func(key, value []byte) (bool, error) {
		d := decoder{rest: value}
		left := d.tick()
		group := key[len(prefix):]
		if d.bad || len(group) < 1+tickLen {
			return false, fmt.Errorf("%w: a stay of user %q", errRecord, user)
		}
		if left == 0 || left >= oldest {
			group = group[:len(group)-tickLen-1]
			stays = append(stays, store.Membership{Group: string(group), Joined: tickAtEnd(key), Left: left})
		}
		return true, nil
	})
	return stays, err
}

// GroupLogs implements store.Inbox.
func (s *Store) GroupLogs(ctx context.Context, group string) ([]store.LogEnd, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(v)
	ends, err := v.groupLogs(ctx, group)
	return ends, failure("reading the logs of a group", err)
}

func (v *view) groupLogs(ctx context.Context, group string) (ends []store.LogEnd, err error) {
	x, err := v.indexes(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	logs, err := x.logsOf(group)
	if err != nil {
		return nil, err
	}
	for _, log := range logs {
		tick, err := x.newest(log)
		if err != nil {
			return nil, err
		}
		if tick > 0 {
			ends = append(ends, store.LogEnd{Log: log, Tick: tick})
		}
	}
	return ends, nil
}

// Blacklist implements store.Blacklists.
func (s *Store) Blacklist(ctx context.Context, user chat.UserID) ([]chat.UserID, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(v)
	others, err := suffixes[chat.UserID](ctx, v.snap, pairPrefix(tableBlacklist, user))
	if err != nil {
		return nil, failure("reading a blacklist", err)
	}
	return others, nil
}

// ReadThrough implements store.Reads.
func (s *Store) ReadThrough(ctx context.Context, user chat.UserID, log chat.Log) (chat.Tick, error) {
	v, err := s.view(ctx)
	if err != nil {
		return 0, err
	}
	defer s.release(v)
	through, err := readTick(v.snap, pairKey(tableReadMark, user, log))
	return through, failure("reading a read mark", err)
}

// Unread implements store.Reads.
func (s *Store) Unread(ctx context.Context, q store.UnreadRange) (store.Unread, error) {
	v, err := s.view(ctx)
	if err != nil {
		return store.Unread{}, err
	}
	defer s.release(v)
	u, err := v.unread(ctx, q)
	return u, failure("counting unread messages", err)
}

func (v *view) unread(ctx context.Context, q store.UnreadRange) (u store.Unread, err error) {
	u.Read, err = readTick(v.snap, pairKey(tableReadMark, q.User, q.Log))
	if err != nil {
		return store.Unread{}, err
	}
	x, err := v.indexes(ctx)
	if err != nil {
		return store.Unread{}, err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	part := span{since: max(u.Read, q.After, 0), until: v.last}
	if q.Until != 0 {
		part.until = min(part.until, q.Until)
	}
	err = x.log(q.Log, q.User, part, func(e entry) (bool, error) {
		if e.own || !e.traits.has(traitCounted) || excepted(q.Except, e.id) {
			return true, nil
		}
		if visible, err := v.visible(e, q.User); err != nil || !visible {
			return true, err
		}
		if u.Count++; u.Count == 1 {
			u.First = e.id
		}
		if e.traits.has(traitMentioned) && len(u.Mentioned) < store.MaxMentioned {
			u.Mentioned = append(u.Mentioned, e.id)
		}
		return q.Limit == 0 || u.Count < q.Limit, nil
	})
	return u, err
}

// excepted reports whether id is one of ids, which are in order.
func excepted(ids []chat.ID, id chat.ID) bool {
	_, is := slices.BinarySearchFunc(ids, id, compareIDs)
	return is
}

// visible reports whether user may see the message of e, an entry of a log.
func (v *view) visible(e entry, user chat.UserID) (bool, error) {
	if !e.traits.has(traitDirectional) {
		return true, nil
	}
	m, err := v.message(e.id)
	if err != nil || m == nil {
		return false, err
	}
	return m.VisibleTo(user), nil
}

// Room implements store.Rooms.
func (s *Store) Room(ctx context.Context, id string) (store.Room, error) {
	v, err := s.view(ctx)
	if err != nil {
		return store.Room{}, err
	}
	defer s.release(v)
	record, err := v.find(idKey(tableRoom, id))
	if err != nil {
		return store.Room{}, err
	}
	room, err := decodeRoom(id, record)
	return room, failure("reading a chatroom", err)
}

// User implements store.Users.
func (s *Store) User(ctx context.Context, id chat.UserID) (store.User, error) {
	v, err := s.view(ctx)
	if err != nil {
		return store.User{}, err
	}
	defer s.release(v)
	record, err := v.find(idKey(tableUser, id))
	if err != nil {
		return store.User{}, err
	}
	user, err := decodeUser(id, record)
	return user, failure("reading a user", err)
}

// find returns the record of key, or store.ErrNotFound.
func (v *view) find(key []byte) ([]byte, error) {
	record, err := v.get(key)
	if err == nil && record == nil {
		return nil, store.ErrNotFound
	}
	return record, failure("reading a record", err)
}

// Logs implements store.Inbox.
func (s *Store) Logs(ctx context.Context, user chat.UserID) ([]store.LogEnd, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(v)
	logs, err := v.logs(ctx, user)
	return logs, failure("reading the logs of a user", err)
}

func (v *view) logs(ctx context.Context, user chat.UserID) (logs []store.LogEnd, err error) {
	newest := map[chat.Log]chat.Tick{} // 0 where only the disk knows
	stored, err := suffixes[chat.Log](ctx, v.snap, pairPrefix(tableLogs, user))
	if err != nil {
		return nil, err
	}
	for _, log := range stored {
		newest[log] = 0
	}
	for _, r := range v.recent {
		r.logsOf(user, v.last, func(log chat.Log, tick chat.Tick) { newest[log] = max(newest[log], tick) })
	}
	x, err := v.indexes(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	for _, log := range slices.Sorted(maps.Keys(newest)) {
		tick := newest[log]
		if tick == 0 {
			if tick, err = x.newest(log); err != nil {
				return nil, err
			}
		}
		logs = append(logs, store.LogEnd{Log: log, Tick: tick})
	}
	return logs, nil
}

// Entry implements store.Entries.
func (s *Store) Entry(ctx context.Context, space store.Space, owner, key string) (store.Entry, error) {
	v, err := s.view(ctx)
	if err != nil {
		return store.Entry{}, err
	}
	defer s.release(v)
	record, err := v.find(entryKey(space, owner, key))
	if err != nil {
		return store.Entry{}, err
	}
	e, err := decodeEntry(space, owner, key, record)
	return e, failure("reading an entry", err)
}

// Entries implements store.Entries.
func (s *Store) Entries(ctx context.Context, q store.EntryRange) ([]store.Entry, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(v)
	prefix := entryPrefix(q.Space, q.Owner)
	names := len(prefix)
	prefix = append(prefix, q.Prefix...)
	from := prefix
	if q.After != "" {
		// The smallest key larger than After.
		from = append(entryKey(q.Space, q.Owner, q.After), 0)
		if bytes.Compare(from, prefix) < 0 {
			from = prefix
		}
	}
	var all []store.Entry
	to := after(prefix)
	if bytes.Compare(from, to) >= 0 {
		return nil, nil
	}
	err = scan(ctx, v.snap, from, to, func(key, record []byte) (bool, error) {
		e, err := decodeEntry(q.Space, q.Owner, string(key[names:]), record)
		all = append(all, e)
		return len(all) < q.Limit, err
	})
	return all, failure("reading entries", err)
}

func decodeEntry(space store.Space, owner, key string, record []byte) (store.Entry, error) {
	d := decoder{rest: record}
	e := store.Entry{Space: space, Owner: owner, Key: key, Tick: d.tick()}
	if d.bad {
		return store.Entry{}, fmt.Errorf("%w: entry %q of %q", errRecord, key, owner)
	}
	if len(d.rest) > 0 {
		e.Value = append(make([]byte, 0, len(d.rest)), d.rest...)
	}
	return e, nil
}
