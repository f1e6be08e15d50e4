package imlib

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

const (
	// firstPause and longestPause bound the pause before a reconnect, which
	// doubles with each attempt.
	firstPause   = 500 * time.Millisecond
	longestPause = 30 * time.Second
	// steady is how long a connection has to live until the pauses start small
	// again. A server that accepts us only to drop us is not worth a storm.
	steady = 10 * time.Second
)

// retry decides what follows the end of a connection, or of an attempt at one.
type retry struct{ attempt int }

// plan is such a decision.
type plan struct {
	final    bool          // do not come back
	pause    time.Duration // wait a random time up to this
	navigate bool          // ask navigation again for an address
}

// after decides about a connection that lived this long, 0 for a failed
// attempt, and ended for this reason.
func (r *retry) after(reason error, lived time.Duration) plan {
	if lived >= steady {
		r.attempt = 0
	}
	var coded *chat.Error
	if errors.As(reason, &coded) && coded.Code != chat.ServerUnavailable && coded.Code != chat.Redirected {
		return plan{final: true}
	}
	p := plan{pause: pause(r.attempt), navigate: coded != nil || lived == 0}
	if coded != nil && coded.Code == chat.Redirected && r.attempt == 0 {
		p.pause = 0 // the server said to come back at once
	}
	r.attempt++
	return p
}

func pause(attempt int) time.Duration {
	if attempt >= 6 { // 500 ms << 6 is over the longest
		return longestPause
	}
	return firstPause << attempt
}

// jitter is a random part of longest. All of it is random, so that the clients
// of a server that restarts do not come back together.
func jitter(longest time.Duration) time.Duration {
	if longest <= 0 {
		return 0
	}
	return rand.N(longest)
}
