package embedded

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"github.com/hongyan-im/hongyan/chat"
)

// Sent implements store.Sends. The window is measured in ticks, back from Last.
func (s *Store) Sent(ctx context.Context, key chat.SendKey) (chat.ID, bool, error) {
	if err := ctx.Err(); err != nil {
		return chat.ID{}, false, err
	}
	if key == (chat.SendKey{}) {
		return chat.ID{}, false, nil
	}
	var room [16]uint32
	days, err := s.sent.candidates(key, room[:0])
	if len(days) == 0 {
		return chat.ID{}, false, failure("looking for a send", err)
	}
	v, err := s.view(ctx)
	if err != nil {
		return chat.ID{}, false, err
	}
	defer s.release(v)
	oldest, _ := s.liveDays(v.last)
	id, ok, err := v.sent(ctx, key, days)
	if err != nil || !ok || day(id.Tick) < oldest {
		return chat.ID{}, false, failure("looking for a send", err)
	}
	return id, true, nil
}

// sent looks for the newest message with key, on disk among those of days,
// which are newest first.
func (v *view) sent(ctx context.Context, key chat.SendKey, days []uint32) (chat.ID, bool, error) {
	for _, r := range slices.Backward(v.recent) {
		if id, ok := r.idOf(key); ok && id.Tick <= v.last {
			return id, true, nil
		}
	}
	for _, day := range days {
		if id, ok, err := v.sentOn(ctx, day, key); err != nil || ok {
			return id, ok, err
		}
	}
	return chat.ID{}, false, nil
}

// sentOn looks for key on disk among those committed on day.
func (v *view) sentOn(ctx context.Context, day uint32, key chat.SendKey) (newest chat.ID, ok bool, err error) {
	prefix := appendSentPrefix(nil, day, bucketOf(key))
	err = scan(ctx, v.snap, prefix, after(prefix), func(_, row []byte) (bool, error) {
		if id, found := findSent(row, key); found && newest.Less(id) {
			newest, ok = id, true
		}
		return true, nil
	})
	return newest, ok, err
}

// bucketOf is the part of table d where key is, one of 4,096 in a day. A table
// of an index then has a row for some sixteen keys, not for each.
func bucketOf(key chat.SendKey) uint16 { return uint16(hashKey(key) >> 52) }

// sentFilter knows of most keys that they were never committed, without a
// read. It has a Bloom filter for each day within the dedupe window.
type sentFilter struct {
	stop   context.CancelFunc
	loaded chan struct{} // closed when load has ended

	mu     sync.RWMutex // guards the following
	closed bool
	days   []*dayFilter // newest first
	free   int64        // bytes that the filters may still take
}

// dayFilter is the filter of one day. While it loads, and once a key found no
// room in it, any key may be of that day.
type dayFilter struct {
	day     uint32
	loading bool
	spilled bool
	gone    bool // while it loaded, maybe: it takes no memory any more
	keys    int
	parts   []bloomFilter // all but the last are full
}

// openSentFilter makes a filter for the keys of the given days and starts to
// load them from snap, which it closes, in the background.
func openSentFilter(snap *pebble.Snapshot, from, through uint32, o Options) *sentFilter {
	ctx, stop := context.WithCancel(context.Background())
	f := &sentFilter{stop: stop, loaded: make(chan struct{}), free: o.FilterBytes}
	for day := from; day <= through; day++ {
		f.days = append(f.days, &dayFilter{day: day, loading: true})
	}
	slices.Reverse(f.days)
	days := slices.Clone(f.days)
	go func() {
		defer close(f.loaded)
		err := errors.Join(f.load(ctx, snap, days), snap.Close())
		if err != nil && ctx.Err() == nil {
			o.Logger.Error("store: the filter of sends did not load, so each send costs a read", "err", err)
		}
	}()
	return f
}

// close ends the loading and every later question.
func (f *sentFilter) close() {
	f.stop()
	<-f.loaded
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
}

// load fills the filters of days with the keys that snap has.
func (f *sentFilter) load(ctx context.Context, snap *pebble.Snapshot, days []*dayFilter) error {
	for _, d := range days {
		prefix := sentDayPrefix(d.day)
		count := 0
		err := scan(ctx, snap, prefix, after(prefix), func(_, row []byte) (bool, error) {
			count += len(row) / sentLen
			return true, nil
		})
		if err != nil {
			return err
		}
		f.mu.Lock()
		f.grow(d, count)
		f.mu.Unlock()
		err = scan(ctx, snap, prefix, after(prefix), func(_, row []byte) (bool, error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			for ; len(row) >= sentLen; row = row[sentLen:] {
				f.insert(d, chat.SendKey(row[:len(chat.SendKey{})]))
			}
			return true, nil
		})
		if err != nil {
			return err
		}
		f.mu.Lock()
		d.loading = false
		f.mu.Unlock()
	}
	return nil
}

// candidates appends the days that key may have been committed on, newest
// first. It fails when the filter is closed.
func (f *sentFilter) candidates(key chat.SendKey, days []uint32) ([]uint32, error) {
	h := hashKey(key)
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.closed {
		return nil, errClosed
	}
	for _, d := range f.days {
		if d.mayHave(h) {
			days = append(days, d.day)
		}
	}
	return days, nil
}

func (d *dayFilter) mayHave(hash uint64) bool {
	if d.loading || d.spilled {
		return true
	}
	for i := range d.parts {
		if d.parts[i].has(hash) {
			return true
		}
	}
	return false
}

// add puts the keys of messages of one tick in.
func (f *sentFilter) add(tick chat.Tick, messages []*chat.Message) {
	f.mu.Lock()
	defer f.mu.Unlock()
	today := f.of(day(tick))
	if today == nil {
		return
	}
	for _, m := range messages {
		if m.Key != (chat.SendKey{}) {
			f.insert(today, m.Key)
		}
	}
}

// forget drops the days before oldest.
func (f *sentFilter) forget(oldest uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.days)
	for ; n > 1 && f.days[n-1].day < oldest; n-- {
		f.days[n-1].gone = true
		for _, part := range f.days[n-1].parts {
			f.free += part.size()
		}
	}
	f.days = f.days[:n]
}

// of is the filter of day, made if day is after the newest there is, and nil
// if day is not within the window.
func (f *sentFilter) of(day uint32) *dayFilter {
	for _, d := range f.days {
		if d.day == day {
			return d
		}
	}
	newest := f.days[0]
	if day < newest.day {
		return nil
	}
	d := &dayFilter{day: day}
	f.days = slices.Insert(f.days, 0, d)
	f.grow(d, newest.keys) // it will likely be a day like the last
	return d
}

// leastKeys is the size of the smallest filter, in keys.
const leastKeys = 32 << 10

// insert puts key into d, which gets four times the room when it is full: few
// parts make a quick look-up.
func (f *sentFilter) insert(d *dayFilter, key chat.SendKey) {
	d.keys++
	if d.spilled {
		return
	}
	n := len(d.parts)
	if n == 0 || d.parts[n-1].full() {
		f.grow(d, 3*d.keys)
	}
	if len(d.parts) == n && (n == 0 || d.parts[n-1].full()) {
		d.spilled = true
		return
	}
	d.parts[len(d.parts)-1].insert(hashKey(key))
}

// grow gives d room for n more keys while there is memory for that and d is
// not forgotten.
func (f *sentFilter) grow(d *dayFilter, n int) {
	n = max(n, leastKeys)
	if bytes := bloomBytes(n); bytes <= f.free && !d.gone {
		f.free -= bytes
		d.parts = append(d.parts, newBloomFilter(n))
	}
}
