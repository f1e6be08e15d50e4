package imlib

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// lastSlot is the upper 43 bits of the newest message id: 32 bits of
// milliseconds and 11 bits of count.
var lastSlot atomic.Uint64

// NewMessageID returns an id for a message, by which the server recognises a
// resend: the low 32 bits of the time in milliseconds, 11 bits of count and 8
// random bits. No two ids of this process are equal within 49 days. An id is
// below 2^51, so that JavaScript can hold it.
func NewMessageID() int64 {
	for {
		last := lastSlot.Load()
		slot := nextSlot(last, time.Now().UnixMilli())
		if lastSlot.CompareAndSwap(last, slot) {
			return int64(slot<<8 | uint64(rand.N(256)))
		}
	}
}

// nextSlot is the first slot of the millisecond, or the one after last when
// that is taken: more than 2,048 ids in a millisecond use up later ones.
func nextSlot(last uint64, millis int64) uint64 {
	now := uint64(uint32(millis)) << 11
	ahead := (last - now) & slotMask
	if last == 0 || ahead >= 1<<42 { // last is in the past, also where the 32 bits started over
		return now
	}
	return (last + 1) & slotMask
}

const slotMask = 1<<43 - 1
