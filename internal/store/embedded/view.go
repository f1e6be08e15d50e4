package embedded

import (
	"context"
	"errors"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// view is the store as it was after the commit of tick last. Every read of
// one question goes to one view, so its answer is of one moment.
type view struct {
	snap    *pebble.Snapshot
	last    chat.Tick
	indexed chat.Tick // of the indexes on disk, ticks up to it count
	recent  []*recent // has the index of the ticks after it, oldest first
	uses    int       // guarded by Store.mu: the store's own while current, and one of each reader
}

// readTick is the tick in the record of key, 0 when there is none.
func readTick(r pebble.Reader, key []byte) (chat.Tick, error) {
	record, err := get(r, key)
	if err != nil || record == nil {
		return 0, err
	}
	d := decoder{rest: record}
	tick := d.tick()
	return tick, d.err()
}

// Last implements store.Committer. After Close it is 0.
func (s *Store) Last() chat.Tick {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return 0
	}
	return s.current.last
}

// view is the newest view, for the caller to release.
func (s *Store) view(ctx context.Context) (*view, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return nil, unavailable("reading", errClosed)
	}
	s.current.uses++
	s.readers.Add(1)
	return s.current, nil
}

// release ends a reader's use of v.
func (s *Store) release(v *view) {
	s.unuse(v)
	s.readers.Done()
}

// show makes v what readers see from now on.
func (s *Store) show(v *view) {
	s.mu.Lock()
	old := s.current
	s.current = v
	s.mu.Unlock()
	s.unuse(old)
}

func (s *Store) unuse(v *view) {
	s.mu.Lock()
	v.uses--
	unused := v.uses == 0 && v != s.current
	s.mu.Unlock()
	if unused {
		_ = v.snap.Close() // it only unlinks the snapshot and cannot fail
	}
}

// get returns a copy of the record of key, nil when there is none.
func (v *view) get(key []byte) ([]byte, error) { return get(v.snap, key) }

// get returns a copy of the record of key, nil when there is none.
func get(r pebble.Reader, key []byte) ([]byte, error) {
	value, closer, err := r.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	return append(make([]byte, 0, len(value)), value...), nil
}

// message returns the message with the given id, nil when there is none.
func (v *view) message(id chat.ID) (*chat.Message, error) { return message(v.snap, id) }

func message(r pebble.Reader, id chat.ID) (*chat.Message, error) {
	var key [messageKeyLen]byte
	putMessageKey(key[:], id)
	value, closer, err := r.Get(key[:])
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	return decodeMessage(id, value)
}

// messages returns the messages with the given ids, leaving out those that
// do not exist.
func (v *view) messages(ctx context.Context, ids []chat.ID) ([]*chat.Message, error) {
	var p store.Page
	err := v.fill(ctx, &p, ids, 0)
	return p.Messages, err
}

// fill puts the messages that exist of ids into p, and ends the page after the
// tick in which their bodies reach maxBytes, unless that is 0.
func (v *view) fill(ctx context.Context, p *store.Page, ids []chat.ID, maxBytes int) error {
	found, bytes := make([]*chat.Message, 0, len(ids)), 0
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n := len(found); maxBytes > 0 && bytes >= maxBytes && found[n-1].ID.Tick != id.Tick {
			p.More, p.Through = true, found[n-1].ID.Tick
			break
		}
		m, err := v.message(id)
		if err != nil {
			return err
		}
		if m != nil {
			found = append(found, m)
			bytes += len(m.Body)
		}
	}
	p.Messages = found
	return nil
}

// scan calls visit for each record with from <= key < to, in order, until it
// returns false. The key and the value are lent for the call.
func scan(ctx context.Context, r pebble.Reader, from, to []byte, visit func(key, value []byte) (bool, error)) (err error) {
	it, err := r.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: from, UpperBound: to})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for ok := it.First(); ok; ok = it.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		value, err := it.ValueAndErr()
		if err != nil {
			return err
		}
		if more, err := visit(it.Key(), value); err != nil || !more {
			return err
		}
	}
	return it.Error()
}

// suffixes lists what the keys with the given prefix end with, in byte order.
func suffixes[T ~string](ctx context.Context, r pebble.Reader, prefix []byte) ([]T, error) {
	var all []T
	err := scan(ctx, r, prefix, after(prefix), func(key, _ []byte) (bool, error) {
		all = append(all, T(key[len(prefix):]))
		return true, nil
	})
	return slices.Clip(all), err
}

// failure is err as the contract wants it: the context's own error, or ours
// with err as the cause. Nil stays nil.
func failure(doing string, err error) error {
	var ours *chat.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &ours):
		return err
	}
	return unavailable(doing, err)
}
