package bench

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestQuantilesAreWithinOnePercent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h histogram
	var all []time.Duration
	for range 100_000 {
		d := time.Duration(math.Exp(random.Float64() * 25))
		all = append(all, d)
		h.add(d)
	}
	slices.Sort(all)
	for _, q := range []float64{.5, .9, .99, .999, 1} {
		exact := all[int(q*float64(len(all)-1))]
		if got := h.quantile(q); math.Abs(float64(got-exact)) > 1+.01*float64(exact) {
			t.Errorf("quantile %v is %v, want %v", q, got, exact)
		}
	}
	if h.max != all[len(all)-1] {
		t.Errorf("max %v, want %v", h.max, all[len(all)-1])
	}
}

func TestBucketsHaveNoGap(t *testing.T) {
	for i := range len(new(histogram).buckets) {
		if end := uint64(bucketEnd(i)); bucketOf(end) != i || end < math.MaxInt64 && bucketOf(end+1) != i+1 {
			t.Fatalf("bucket %d ends at %d, which is in bucket %d", i, end, bucketOf(end))
		}
		if bucketEnd(i) == math.MaxInt64 {
			break // no duration is longer
		}
	}
}

func TestAnEmptyHistogramIsZero(t *testing.T) {
	var h histogram
	if h.quantile(.5) != 0 || h.latency() != (Latency{}) {
		t.Error("an empty histogram has a value")
	}
}
