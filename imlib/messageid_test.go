package imlib

import (
	"sync"
	"testing"
)

func TestMessageIDsAreUnique(t *testing.T) {
	const each, goroutines = 20_000, 4
	var mu sync.Mutex
	seen := make(map[int64]bool, each*goroutines)
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			ids := make([]int64, each)
			for i := range ids {
				ids[i] = NewMessageID()
			}
			mu.Lock()
			defer mu.Unlock()
			for _, id := range ids {
				if seen[id] || id <= 0 || id >= 1<<51 {
					t.Errorf("id %d is repeated or out of range", id)
				}
				seen[id] = true
			}
		})
	}
	all.Wait()
}

func TestNextSlot(t *testing.T) {
	const ms = 1_800_000_000_000
	slot := func(millis int64, count uint64) uint64 { return uint64(uint32(millis))<<11 | count }
	for _, c := range []struct {
		name   string
		last   uint64
		millis int64
		want   uint64
	}{
		{"the first", 0, ms, slot(ms, 0)},
		{"later", slot(ms-5, 9), ms, slot(ms, 0)},
		{"the same millisecond", slot(ms, 9), ms, slot(ms, 10)},
		{"a full millisecond", slot(ms, 2047), ms, slot(ms+1, 0)},
		{"the clock went back", slot(ms, 9), ms - 3_600_000, slot(ms, 10)},
		{"the 32 bits started over", slot(1<<32-1, 2047), 1 << 32, slot(1<<32, 0)},
		{"after they did", slot(1<<32-1, 3), 1<<32 + 7, slot(1<<32+7, 0)},
	} {
		if got := nextSlot(c.last, c.millis); got != c.want {
			t.Errorf("%s: slot %x, want %x", c.name, got, c.want)
		}
	}
}
