package bench

import (
	"context"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// ledger is a store that only looks at what is committed.
type ledger struct {
	t        *testing.T
	last     chat.Tick
	messages []*chat.Message
	keys     map[chat.SendKey]bool
}

func (l *ledger) Last() chat.Tick { return l.last }

func (l *ledger) Commit(_ context.Context, b *store.Batch) error {
	if b.Prev != l.last || b.Tick <= b.Prev {
		l.t.Errorf("batch %d follows %d, and the last is %d", b.Tick, b.Prev, l.last)
	}
	for i, m := range b.Messages {
		if m.ID != (chat.ID{Tick: b.Tick, Index: uint16(i)}) || l.keys[m.Key] {
			l.t.Errorf("message %d of tick %d has id %v and a key that was seen: %t", i, b.Tick, m.ID, l.keys[m.Key])
		}
		l.keys[m.Key] = true
	}
	l.last = b.Tick
	l.messages = append(l.messages, b.Messages...)
	return nil
}

func TestPreloadFillsAStoreOnce(t *testing.T) {
	const n = 10_000
	l := &ledger{t: t, keys: map[chat.SendKey]bool{}}
	for range 2 { // the second time it is full
		if err := Preload(context.Background(), l, n, nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.messages) != n || l.last.Time().After(time.Now()) {
		t.Errorf("%d messages until %v", len(l.messages), l.last.Time())
	}
	count := map[chat.ConversationType]int{}
	for _, m := range l.messages {
		count[m.Type]++
	}
	if count[chat.Private] < n*7/10 || count[chat.Group] < n*15/100 {
		t.Errorf("of each type: %v", count)
	}
}
