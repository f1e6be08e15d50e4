// Package tail says what we ask of a cluster link: the ordered stream of what
// was committed, from the writer to every node that delivers.
package tail

import (
	"context"

	"github.com/hongyan-im/hongyan/internal/store"
)

// Tail carries committed batches in the order of their ticks. Each batch names
// the tick before it, so a follower that missed one knows.
type Tail interface {
	// Publish hands b to every follower. It may wait for a slow one, which is
	// how a node that cannot keep up slows the writer instead of losing
	// batches. It returns early, with the context's error, only when ctx ends.
	Publish(ctx context.Context, b *store.Batch) error

	// Follow calls apply with each batch published from now on, one at a time
	// and in order, until ctx ends; then it returns the context's error.
	// Batches published before that and not yet applied are still applied.
	Follow(ctx context.Context, apply func(*store.Batch)) error
}
