package auth

import (
	"crypto/sha1"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// replays remembers signatures for as long as their timestamps are within the
// window, in spans of time that are forgotten whole.
type replays struct {
	window time.Duration
	limit  int

	mu    sync.Mutex // guards the following
	count int
	spans map[int64]map[[sha1.Size]byte]struct{} // by timestamp / window

	// forgotten is the end of the newest span that was dropped. Nothing older
	// is let in again, even when the clock is set back.
	forgotten time.Time
}

func newReplays(window time.Duration, limit int, now time.Time) *replays {
	return &replays{
		window:    window,
		limit:     limit,
		spans:     map[int64]map[[sha1.Size]byte]struct{}{},
		forgotten: now.Truncate(time.Second), // as coarse as timestamps in seconds
	}
}

// use marks a signature as used, or says why it must not be.
func (r *replays) use(signature [sha1.Size]byte, signed, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now.Add(-r.window))
	if signed.Before(r.forgotten) {
		return chat.Errorf(chat.NotAuthorized, "timestamp is before what the server remembers")
	}
	span := signed.UnixNano() / int64(r.window)
	used := r.spans[span]
	if _, again := used[signature]; again {
		return chat.Errorf(chat.NotAuthorized, "signature was used before")
	}
	if r.count >= r.limit {
		return chat.Errorf(chat.TooFrequent, "over %d requests within %s", r.limit, 2*r.window)
	}
	if used == nil {
		used = map[[sha1.Size]byte]struct{}{}
		r.spans[span] = used
	}
	used[signature] = struct{}{}
	r.count++
	return nil
}

// forget drops the spans that end before oldest. There are at most four.
func (r *replays) forget(oldest time.Time) {
	for span, used := range r.spans {
		end := time.Unix(0, (span+1)*int64(r.window))
		if end.After(oldest) {
			continue
		}
		r.count -= len(used)
		delete(r.spans, span)
		if end.After(r.forgotten) {
			r.forgotten = end
		}
	}
}
