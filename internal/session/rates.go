package session

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/hongyan-im/hongyan/chat"
)

// Limits bound what clients may do. Zero rates mean no limit.
type Limits struct {
	// SendRate is how many messages a second a user may send, over all
	// devices; SendBurst how many at once, 0 meaning SendRate rounded up. A
	// message over it is answered by chat.TooFast. As many status messages may
	// be sent beside them; one over it is dropped, as nobody waits for it. And
	// ChangesPerSend times as many read marks, deletions and changes of
	// settings; one over it is answered by chat.TooFrequent.
	SendRate  float64
	SendBurst int
	// FrameRate is how many frames of any kind a second a session may send;
	// one that sends more is read more slowly.
	FrameRate float64
}

// ChangesPerSend is how many changes a user may make for each message they may
// send: an application marks a whole list of conversations as read at once.
const ChangesPerSend = 10

// Rates keeps the send rate of every user who is online.
type Rates struct {
	limits Limits

	mu    sync.Mutex // guards the following
	users map[chat.UserID]*userRate
}

type userRate struct {
	sends, statuses, edits *rate.Limiter
	sessions               int
}

// NewRates is the rates of an app.
func NewRates(l Limits) *Rates {
	if l.SendBurst == 0 {
		l.SendBurst = max(1, int(l.SendRate+0.999))
	}
	return &Rates{limits: l, users: map[chat.UserID]*userRate{}}
}

// acquire returns the limiters of the user's messages, status messages and
// changes, which all sessions of the user share, and one for the session's
// frames; nil where there is no limit.
func (r *Rates) acquire(user chat.UserID) (sends, statuses, edits, frames *rate.Limiter) {
	if r.limits.FrameRate > 0 {
		frames = rate.NewLimiter(rate.Limit(r.limits.FrameRate), int(2*r.limits.FrameRate)+1)
	}
	if r.limits.SendRate <= 0 {
		return nil, nil, nil, frames
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	u := r.users[user]
	if u == nil {
		u = &userRate{sends: r.limits.sends(), statuses: r.limits.sends(), edits: r.limits.changes()}
		r.users[user] = u
	}
	u.sessions++
	return u.sends, u.statuses, u.edits, frames
}

func (l Limits) sends() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(l.SendRate), l.SendBurst)
}

func (l Limits) changes() *rate.Limiter {
	return rate.NewLimiter(ChangesPerSend*rate.Limit(l.SendRate), ChangesPerSend*l.SendBurst)
}

// retryAfter is how long until sends has room for one more, in whole
// milliseconds, at least one.
func retryAfter(sends *rate.Limiter) time.Duration {
	missing := max(0, 1-sends.Tokens())
	seconds := missing / float64(sends.Limit())
	return time.Duration(max(1, math.Ceil(seconds*1000))) * time.Millisecond
}

func (r *Rates) release(user chat.UserID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if u := r.users[user]; u != nil {
		if u.sessions--; u.sessions == 0 {
			delete(r.users, user)
		}
	}
}
