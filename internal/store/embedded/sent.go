package embedded

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
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
	for _, day := range days {
		if day < oldest {
			continue
		}
		id, ok, err := v.sentOn(ctx, day, key)
		if err != nil || ok {
			return id, ok, failure("looking for a send", err)
		}
	}
	return chat.ID{}, false, nil
}

// sentOn looks for key among those committed on day.
func (v *view) sentOn(ctx context.Context, day uint32, key chat.SendKey) (id chat.ID, ok bool, err error) {
	// Not Get: that leaves out the filters of the lowest level, which is where
	// most keys are, and most keys asked for do not exist.
	it, err := v.snap.NewIterWithContext(ctx, &pebble.IterOptions{UseL6Filters: true})
	if err != nil {
		return chat.ID{}, false, err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	if !it.SeekPrefixGE(appendSentKey(make([]byte, 0, sentKeyLen), day, key)) {
		return chat.ID{}, false, it.Error()
	}
	record, err := it.ValueAndErr()
	if err != nil {
		return chat.ID{}, false, err
	}
	d := decoder{rest: record}
	id = chat.ID{Tick: d.tick(), Index: d.uint16()}
	if d.bad {
		return chat.ID{}, false, fmt.Errorf("%w: a send", errRecord)
	}
	return id, true, nil
}

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
		count := 0
		if err := sentKeys(ctx, snap, d.day, func(chat.SendKey) { count++ }); err != nil {
			return err
		}
		f.mu.Lock()
		f.grow(d, count)
		f.mu.Unlock()

		chunk := make([]chat.SendKey, 0, 1024)
		flush := func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			for _, key := range chunk {
				f.insert(d, key)
			}
			chunk = chunk[:0]
		}
		err := sentKeys(ctx, snap, d.day, func(key chat.SendKey) {
			if chunk = append(chunk, key); len(chunk) == cap(chunk) {
				flush()
			}
		})
		if err != nil {
			return err
		}
		flush()
		f.mu.Lock()
		d.loading = false
		f.mu.Unlock()
	}
	return nil
}

func sentKeys(ctx context.Context, r pebble.Reader, day uint32, visit func(chat.SendKey)) error {
	return scan(ctx, r, sentDayKey(day), sentDayKey(day+1), func(key, _ []byte) (bool, error) {
		visit(chat.SendKey(key[len(key)-len(chat.SendKey{}):]))
		return true, nil
	})
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

// add puts the keys of a committed batch in, and drops days before oldest.
func (f *sentFilter) add(b *store.Batch, oldest uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	today := f.today(day(b.Tick))
	for _, m := range b.Messages {
		if m.Key != (chat.SendKey{}) {
			f.insert(today, m.Key)
		}
	}
	for n := len(f.days); f.days[n-1].day < oldest; n-- {
		for _, part := range f.days[n-1].parts {
			f.free += part.size()
		}
		f.days = f.days[:n-1]
	}
}

// today is the filter of day, which is none before the newest there is.
func (f *sentFilter) today(day uint32) *dayFilter {
	if newest := f.days[0]; newest.day != day {
		d := &dayFilter{day: day}
		f.days = slices.Insert(f.days, 0, d)
		f.grow(d, newest.keys) // it will likely be a day like the last
	}
	return f.days[0]
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

// grow gives d room for n more keys while there is memory for that.
func (f *sentFilter) grow(d *dayFilter, n int) {
	n = max(n, leastKeys)
	if bytes := bloomBytes(n); bytes <= f.free {
		f.free -= bytes
		d.parts = append(d.parts, newBloomFilter(n))
	}
}
