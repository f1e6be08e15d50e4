package bench

import (
	"math/bits"
	"time"
)

// subBits sets the precision of a histogram: 2^subBits buckets for every power
// of two, so a value is known to better than one percent.
const subBits = 7

// histogram counts durations. The zero value is empty and ready.
type histogram struct {
	buckets [(64 - subBits + 1) << subBits]uint32
	count   uint64
	max     time.Duration
}

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.buckets[bucketOf(uint64(d))]++
	h.count++
	h.max = max(h.max, d)
}

// quantile is the duration that the fraction q of what was added does not
// exceed; 0 for an empty histogram.
func (h *histogram) quantile(q float64) time.Duration {
	if h.count == 0 {
		return 0
	}
	rank := max(uint64(q*float64(h.count)+0.5), 1)
	var seen uint64
	for i, n := range h.buckets {
		seen += uint64(n)
		if seen >= rank {
			return min(bucketEnd(i), h.max)
		}
	}
	return h.max
}

// bucketOf numbers the buckets without a gap: values below 2^subBits have one
// each, then every power of two is divided evenly.
func bucketOf(v uint64) int {
	shift := max(bits.Len64(v)-subBits-1, 0)
	return shift<<subBits + int(v>>shift)
}

// bucketEnd is the largest value of bucket i.
func bucketEnd(i int) time.Duration {
	shift := max(i>>subBits-1, 0)
	base := uint64(i - shift<<subBits)
	return time.Duration((base+1)<<shift - 1)
}
