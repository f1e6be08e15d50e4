package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

func TestFailing(t *testing.T) {
	s := &story{Store: NewFailing(NewModel(store.Options{}), 3), t: t, ctx: t.Context()}
	s.tell(private("a", "b", "1"))
	s.tell(private("a", "b", "2"))
	s.refuses(batch(2, 3, private("a", "b", "3")))
	s.refuses(batch(2, 3, private("a", "b", "3")))
	s.equal("last", s.Last(), chat.Tick(2))
	s.pulls("b", "1", "2")
}

func TestSlow(t *testing.T) {
	slow := NewSlow(NewModel(store.Options{}))
	s := &story{Store: slow, t: t, ctx: t.Context()}
	done := make(chan error)
	go func() { done <- slow.Commit(s.ctx, batch(0, 1, private("a", "b", "1"))) }()
	s.must(slow.Entered(s.ctx))
	s.pulls("b")
	s.must(slow.Pass(s.ctx))
	s.must(<-done)
	s.pulls("b", "1")

	ctx, cancel := context.WithCancel(s.ctx)
	go func() { done <- slow.Commit(ctx, batch(1, 2, private("a", "b", "2"))) }()
	s.must(slow.Entered(s.ctx))
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	s.pulls("b", "1")
}
