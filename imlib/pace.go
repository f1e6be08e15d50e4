package imlib

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// pace spaces out what is sent evenly, which a server that counts by the
// second never finds too fast. The zero value does not wait.
type pace struct {
	every time.Duration

	mu   sync.Mutex // guards the following
	next time.Time  // when the next one may go
}

func newPace(perSecond float64) *pace {
	if perSecond <= 0 {
		return new(pace)
	}
	return &pace{every: time.Duration(float64(time.Second) / perSecond)}
}

// wait returns when it is the caller's turn, or with ctx's error.
func (p *pace) wait(ctx context.Context) error {
	if p.every == 0 {
		return nil
	}
	if turn := time.Until(p.take()); turn > 0 {
		return sleep(ctx, turn)
	}
	return nil
}

// take is the next turn.
func (p *pace) take() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	turn := time.Now()
	if p.next.After(turn) {
		turn = p.next
	}
	p.next = turn.Add(p.every)
	return turn
}

// usualRetry is how long to wait when a server that was asked too much does
// not say how long.
const usualRetry = time.Second

// retryAfter is how long to wait before what was refused by err may succeed.
func retryAfter(err error) time.Duration {
	var coded *chat.Error
	if errors.As(err, &coded) && coded.RetryAfter > 0 {
		return coded.RetryAfter
	}
	return usualRetry
}
