package storetest

import (
	"context"
	"sync/atomic"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Failing is a store whose Commits fail from one on, as the contract has it:
// nobody sees the batch that failed, and none succeeds afterwards.
type Failing struct {
	store.Store
	nth     int64
	commits atomic.Int64
}

// NewFailing is s with the nth Commit from now, 1 being the next, and all
// after it failing.
func NewFailing(s store.Store, nth int) *Failing {
	return &Failing{Store: s, nth: int64(nth)}
}

// Commit implements store.Committer.
func (f *Failing) Commit(ctx context.Context, b *store.Batch) error {
	if f.commits.Add(1) >= f.nth {
		return chat.Errorf(chat.StoreUnavailable, "commit %d was told to fail", f.nth)
	}
	return f.Store.Commit(ctx, b)
}

// Slow is a store each of whose Commits waits to be let through.
type Slow struct {
	store.Store
	entered chan struct{}
	pass    chan struct{}
}

// NewSlow is s with every Commit waiting for a call of Pass.
func NewSlow(s store.Store) *Slow {
	return &Slow{Store: s, entered: make(chan struct{}), pass: make(chan struct{})}
}

// Entered returns once a Commit waits, and counts each Commit once.
func (s *Slow) Entered(ctx context.Context) error { return receive(ctx, s.entered) }

// Pass lets one waiting Commit through, which Entered has announced.
func (s *Slow) Pass(ctx context.Context) error { return send(ctx, s.pass) }

// Commit implements store.Committer. It fails with the error of ctx when that
// ends before it was let through.
func (s *Slow) Commit(ctx context.Context, b *store.Batch) error {
	if err := send(ctx, s.entered); err != nil {
		return err
	}
	if err := receive(ctx, s.pass); err != nil {
		return err
	}
	return s.Store.Commit(ctx, b)
}

func send(ctx context.Context, to chan<- struct{}) error {
	select {
	case to <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func receive(ctx context.Context, from <-chan struct{}) error {
	select {
	case <-from:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
