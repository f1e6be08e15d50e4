package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/cockroachdb/pebble/v2"

	"github.com/hongyan-im/hongyan/chat"
)

// indexes reads the indexes of one view, those on disk and those in memory as
// if they were one.
type indexes struct {
	ctx  context.Context
	v    *view
	it   *pebble.Iterator
	row  []entry // memory for the entries of a row
	seen int     // entries, so that the context is asked now and then
}

// indexes is for the caller to close.
func (v *view) indexes(ctx context.Context) (*indexes, error) {
	it, err := v.snap.NewIterWithContext(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &indexes{ctx: ctx, v: v, it: it}, nil
}

func (x *indexes) close() error { return x.it.Close() }

// span is a part of an index.
type span struct {
	since, until chat.Tick // since < tick <= until
	backward     bool      // newest first
}

// visitor takes the entries of an index one by one. It returns false when it
// wants no more.
type visitor func(entry) (more bool, err error)

// log visits the part s of log. own is what user sent.
func (x *indexes) log(log chat.Log, user chat.UserID, s span, visit visitor) error {
	return x.visit(s, visit,
		func(visit visitor) (bool, error) {
			return x.disk(appendLogPrefix(nil, log), s, visit, func(d *decoder) entry {
				e := entry{id: chat.ID{Index: uint16(d.uvarint())}, traits: traits(d.byte())}
				e.own = string(d.bytes(d.count())) == string(user)
				return e
			})
		},
		func(r *recent, visit visitor) (bool, error) {
			all, changed := r.log(log)
			return memory(all, s, func(e logged) (bool, error) {
				n := e.in(x.v.last, changed)
				n.own = e.sender.user == user
				return visit(n)
			})
		})
}

// inbox visits the part s of the inbox of user.
func (x *indexes) inbox(user chat.UserID, s span, visit visitor) error {
	return x.visit(s, visit,
		func(visit visitor) (bool, error) {
			return x.disk(appendInboxPrefix(nil, user), s, visit, func(d *decoder) entry {
				n := d.uvarint()
				return entry{id: chat.ID{Index: uint16(n >> 1)}, own: n&1 != 0}
			})
		},
		func(r *recent, visit visitor) (bool, error) {
			return memory(r.inboxOf(user), s, func(p packed) (bool, error) { return visit(p.entry()) })
		})
}

// visit reads disk and then memory, or the other way round when s is backward.
func (x *indexes) visit(s span, visit visitor, disk func(visitor) (bool, error), memory func(*recent, visitor) (bool, error)) error {
	asking := func(e entry) (bool, error) {
		if x.seen++; x.seen%256 == 0 {
			if err := x.ctx.Err(); err != nil {
				return false, err
			}
		}
		return visit(e)
	}
	parts := []func() (bool, error){func() (bool, error) { return disk(asking) }}
	for _, r := range x.v.recent {
		parts = append(parts, func() (bool, error) { return memory(r, asking) })
	}
	if s.backward {
		slices.Reverse(parts)
	}
	for _, part := range parts {
		if more, err := part(); err != nil || !more {
			return err
		}
	}
	return nil
}

// disk visits the rows whose keys are prefix and a tick. decode takes an entry
// but for its tick.
func (x *indexes) disk(prefix []byte, s span, visit visitor, decode func(*decoder) entry) (more bool, err error) {
	// Rows of later ticks may be there already, but memory has them too.
	until := min(s.until, x.v.indexed)
	if s.since >= until {
		return true, nil
	}
	prefix = slices.Clip(prefix)
	x.it.SetBounds(appendTick(prefix, s.since+1), after(prefix))
	ok, next := false, x.it.Next
	if !s.backward {
		ok = x.it.First()
	} else {
		// The row of until may go on beyond it, and then is named by a later tick.
		ok, next = x.it.SeekGE(appendTick(prefix, until)) || x.it.Last(), x.it.Prev
	}
	for ; ok; ok = next() {
		if err := x.load(decode); err != nil {
			return false, err
		}
		if s.backward {
			slices.Reverse(x.row)
		} else if x.row[0].id.Tick > until {
			break
		}
		for _, e := range x.row {
			if e.id.Tick <= s.since || e.id.Tick > until {
				continue
			}
			if more, err := visit(e); err != nil || !more {
				return false, err
			}
		}
	}
	return true, x.it.Error()
}

// load decodes the row at hand into x.row.
func (x *indexes) load(decode func(*decoder) entry) error {
	value, err := x.it.ValueAndErr()
	if err != nil {
		return err
	}
	x.row, err = decodeRow(x.row[:0], x.it.Key(), value, decode)
	return err
}

// A row of the indexes c and e is the distance from the tick of its first
// entry to the one in its key, then its entries in order, each after the
// distance to its tick from that of the entry before it.

func decodeRow(row []entry, key, value []byte, decode func(*decoder) entry) ([]entry, error) {
	d := decoder{rest: value}
	tick := tickAtEnd(key) - chat.Tick(d.uvarint())
	for len(d.rest) > 0 {
		tick += chat.Tick(d.uvarint())
		e := decode(&d)
		e.id.Tick = tick
		row = append(row, e)
	}
	if d.bad || len(row) == 0 {
		return nil, fmt.Errorf("%w: row %x of an index", errRecord, key)
	}
	return row, nil
}

func appendLogEntry(dst []byte, e entry, sender chat.UserID) []byte {
	dst = binary.AppendUvarint(dst, uint64(e.id.Index))
	dst = append(dst, byte(e.traits))
	return appendText(dst, string(sender))
}

func appendInboxEntry(dst []byte, e entry) []byte {
	n := uint64(e.id.Index) << 1
	if e.own {
		n |= 1
	}
	return binary.AppendUvarint(dst, n)
}

// memory visits the part s of entries.
func memory[E interface{ tick() chat.Tick }](entries []E, s span, visit func(E) (bool, error)) (more bool, err error) {
	from := sort.Search(len(entries), func(i int) bool { return entries[i].tick() > s.since })
	to := sort.Search(len(entries), func(i int) bool { return entries[i].tick() > s.until })
	for i := range max(to-from, 0) {
		at := from + i
		if s.backward {
			at = to - 1 - i
		}
		if more, err := visit(entries[at]); err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// newest is the tick of the newest message of log in this view, 0 when it has none.
func (x *indexes) newest(log chat.Log) (tick chat.Tick, err error) {
	s := span{until: x.v.last, backward: true}
	err = x.log(log, "", s, func(e entry) (bool, error) {
		tick = e.id.Tick
		return false, nil
	})
	return tick, err
}

// correctLate gives the rows on disk the traits that their messages got while
// the rows were being written: the process may have ended before it could.
func (s *Store) correctLate() (err error) {
	batch := s.db.NewIndexedBatch()
	defer func() { err = errors.Join(err, batch.Close()) }()
	c := changes{Batch: batch}
	indexed, err := readTick(s.db, indexedKey)
	if err != nil {
		return err
	}
	from, to := lateKey(chat.ID{}), lateKey(chat.ID{Tick: indexed + 1})
	err = scan(context.Background(), s.db, from, to, func(key, _ []byte) (bool, error) {
		m, err := message(s.db, messageID(key))
		if err != nil || m == nil {
			return false, errors.Join(fmt.Errorf("%w: late message %x", errRecord, key), err)
		}
		return true, c.retrait(m)
	})
	if err != nil || batch.Empty() {
		return err
	}
	return batch.Commit(pebble.Sync)
}

// retrait writes other traits of a message into its row on disk.
func (c *changes) retrait(m *chat.Message) (err error) {
	log := m.Log()
	prefix := appendLogPrefix(nil, log)
	it, err := c.NewIter(&pebble.IterOptions{LowerBound: appendTick(slices.Clip(prefix), m.ID.Tick), UpperBound: after(prefix)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	if !it.First() {
		return errors.Join(fmt.Errorf("%w: message %v is not in its log", errRecord, m.ID), it.Error())
	}
	value, err := it.ValueAndErr()
	if err != nil {
		return err
	}
	var traitsAt []int // their place in the value, for each entry
	row, err := decodeRow(nil, it.Key(), value, func(d *decoder) entry {
		e := entry{id: chat.ID{Index: uint16(d.uvarint())}}
		traitsAt = append(traitsAt, len(value)-len(d.rest))
		d.byte()
		d.bytes(d.count())
		return e
	})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(row, func(e entry) bool { return e.id == m.ID })
	if i < 0 {
		return fmt.Errorf("%w: message %v is not in its log", errRecord, m.ID)
	}
	renewed := slices.Clone(value)
	renewed[traitsAt[i]] = byte(traitsOf(m))
	return c.Set(slices.Clone(it.Key()), renewed, nil)
}
