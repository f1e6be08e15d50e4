// Package local is the tail inside one process: the writer and the one
// follower are goroutines of the same node.
package local

import (
	"context"

	"github.com/hongyan-im/hongyan/internal/store"
)

// depth is how many batches may wait for the follower before Publish waits
// too. A batch is at most a few megabytes and usually a few kilobytes.
const depth = 64

// Tail is a tail.Tail for one follower.
type Tail struct{ batches chan *store.Batch }

// New is an empty tail.
func New() *Tail { return &Tail{batches: make(chan *store.Batch, depth)} }

// Publish implements tail.Tail.
func (t *Tail) Publish(ctx context.Context, b *store.Batch) error {
	select {
	case t.batches <- b:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Follow implements tail.Tail. Only one goroutine may follow.
func (t *Tail) Follow(ctx context.Context, apply func(*store.Batch)) error {
	for {
		select {
		case b := <-t.batches:
			apply(b)
		case <-ctx.Done():
			t.drain(apply)
			return context.Cause(ctx)
		}
	}
}

func (t *Tail) drain(apply func(*store.Batch)) {
	for {
		select {
		case b := <-t.batches:
			apply(b)
		default:
			return
		}
	}
}
