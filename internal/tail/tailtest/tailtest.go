// Package tailtest states the contract of a tail case by case.
package tailtest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/tail"
)

// Run checks that the tails of open fulfil the contract. Each case gets a tail
// of its own, in a bubble of synctest.
func Run(t *testing.T, open func(t *testing.T) tail.Tail) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, link tail.Tail)
	}{
		{"BatchesComeInOrder", inOrder},
		{"OneAtATime", oneAtATime},
		{"PublishWaitsForASlowFollower", slowFollower},
		{"PublishEndsWithItsContext", publishEnds},
		{"FollowEndsWithItsContext", followEnds},
		{"WhatWasPublishedIsApplied", leftOver},
		{"BatchesAreTheSame", same},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { c.run(t, open(t)) })
		})
	}
}

func batch(tick chat.Tick) *store.Batch { return &store.Batch{Prev: tick - 1, Tick: tick} }

// follow applies batches until the returned function ends it.
func follow(t *testing.T, link tail.Tail, apply func(*store.Batch)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- link.Follow(ctx, apply) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Follow ended with %v", err)
		}
	}
}

func publish(t *testing.T, link tail.Tail, b *store.Batch) {
	t.Helper()
	if err := link.Publish(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func inOrder(t *testing.T, link tail.Tail) {
	const batches = 10_000
	last := chat.Tick(0)
	done := make(chan struct{})
	stop := follow(t, link, func(b *store.Batch) {
		if b.Prev != last || b.Tick != last+1 {
			t.Errorf("batch %d after %d comes after %d", b.Tick, b.Prev, last)
		}
		if last = b.Tick; last == batches {
			close(done)
		}
	})
	for tick := chat.Tick(1); tick <= batches; tick++ {
		publish(t, link, batch(tick))
	}
	<-done
	stop()
}

func oneAtATime(t *testing.T, link tail.Tail) {
	applying := make(chan struct{}, 1)
	stop := follow(t, link, func(*store.Batch) {
		select {
		case applying <- struct{}{}:
		default:
			t.Error("two batches are applied at once")
		}
		synctest.Wait()
		<-applying
	})
	for tick := chat.Tick(1); tick <= 20; tick++ {
		publish(t, link, batch(tick))
	}
	stop()
}

// published counts batches that a tail takes while nobody applies any.
func published(t *testing.T, ctx context.Context, link tail.Tail) (count *int, ended chan error) {
	t.Helper()
	count, ended = new(int), make(chan error, 1)
	go func() {
		for tick := chat.Tick(1); ; tick++ {
			if err := link.Publish(ctx, batch(tick)); err != nil {
				ended <- err
				return
			}
			*count++
		}
	}()
	return count, ended
}

func slowFollower(t *testing.T, link tail.Tail) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pass := make(chan struct{})
	applied := 0
	stop := follow(t, link, func(*store.Batch) {
		<-pass
		applied++
	})
	count, ended := published(t, ctx, link)
	synctest.Wait()
	taken := *count
	if taken > 1_000_000 {
		t.Errorf("%d batches are kept for a follower that takes none", taken)
	}
	pass <- struct{}{}
	synctest.Wait()
	if *count != taken+1 {
		t.Errorf("a follower that took one made room for %d", *count-taken)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Publish ended with %v", err)
	}
	close(pass)
	stop()
	if applied != *count {
		t.Errorf("%d batches were published and %d applied", *count, applied)
	}
}

func publishEnds(t *testing.T, link tail.Tail) {
	ctx, cancel := context.WithCancel(t.Context())
	_, ended := published(t, ctx, link)
	synctest.Wait()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Publish ended with %v", err)
	}
}

func followEnds(t *testing.T, link tail.Tail) {
	reason := errors.New("that is enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- link.Follow(ctx, func(*store.Batch) {}) }()
	synctest.Wait()
	cancel(reason)
	if err := <-ended; !errors.Is(err, reason) {
		t.Errorf("Follow ended with %v", err)
	}
}

func leftOver(t *testing.T, link tail.Tail) {
	pass := make(chan struct{})
	var applied []chat.Tick
	stop := follow(t, link, func(b *store.Batch) {
		<-pass
		applied = append(applied, b.Tick)
	})
	const batches = 10
	for tick := chat.Tick(1); tick <= batches; tick++ {
		publish(t, link, batch(tick))
	}
	synctest.Wait()
	go close(pass)
	stop()
	if len(applied) != batches {
		t.Errorf("of %d batches published before the end %v were applied", batches, applied)
	}
}

func same(t *testing.T, link tail.Tail) {
	m := &chat.Message{
		ID: chat.ID{Tick: 7}, Type: chat.Group, Sender: "alice", Target: "g", To: []chat.UserID{"bob"}, Flags: chat.Persisted,
		ObjectName: "RC:TxtMsg", ClientID: 5, Key: chat.SendKey{1}, Origin: 9, Body: []byte("body"),
	}
	changes := []store.Change{store.GroupJoined{Group: "g", Users: []chat.UserID{"carol"}}, store.RoomDestroyed{Room: "r"}}
	got := make(chan *store.Batch, 1)
	stop := follow(t, link, func(b *store.Batch) { got <- b })
	publish(t, link, &store.Batch{Prev: 3, Tick: 7, Messages: []*chat.Message{m}, Changes: changes})
	b := <-got
	stop()
	if b.Prev != 3 || b.Tick != 7 || len(b.Messages) != 1 || len(b.Changes) != 2 {
		t.Fatalf("%+v", b)
	}
	if r := b.Messages[0]; r.ID != m.ID || r.Type != m.Type || r.Sender != m.Sender || r.Target != m.Target || len(r.To) != 1 || r.To[0] != "bob" ||
		r.Flags != m.Flags || r.ObjectName != m.ObjectName || r.ClientID != m.ClientID || r.Key != m.Key || r.Origin != m.Origin || string(r.Body) != "body" {
		t.Errorf("%+v, not %+v", r, m)
	}
	if joined, ok := b.Changes[0].(store.GroupJoined); !ok || joined.Group != "g" || len(joined.Users) != 1 {
		t.Errorf("%+v", b.Changes[0])
	}
}
