package embedded

import (
	"encoding/binary"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
)

// numbered is the nth of a row of keys as bad as keys can be: all but a few
// bits are the same.
func numbered(n int) (key chat.SendKey) {
	binary.LittleEndian.PutUint64(key[8:], uint64(n))
	return key
}

func TestBloomFilterHasWhatWasPutIn(t *testing.T) {
	const keys = 100_000
	f := newBloomFilter(keys)
	for n := range keys {
		f.insert(hashKey(numbered(n)))
	}
	for n := range keys {
		if !f.has(hashKey(numbered(n))) {
			t.Fatalf("key %d is not in it", n)
		}
	}
	if !f.full() {
		t.Error("it has room for more keys than it was made for")
	}
	wrong := 0
	for n := keys; n < 2*keys; n++ {
		if f.has(hashKey(numbered(n))) {
			wrong++
		}
	}
	t.Logf("%d of %d absent keys seem present", wrong, keys)
	if wrong > keys/100 {
		t.Errorf("%d of %d absent keys seem present, which is over one in 100", wrong, keys)
	}
}
