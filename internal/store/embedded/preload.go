package embedded

import (
	"context"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Preload commits n messages to s as fast as it takes them: in full batches,
// one tick apart, from the tick after Last on. It calls message for each with
// its place from 0 to n-1 and sets the ID of what it gets. It is how a
// benchmark fills a store.
func Preload(ctx context.Context, s store.Committer, n int, message func(i int) *chat.Message) error {
	b := store.Batch{Messages: make([]*chat.Message, 0, chat.MaxPerTick)}
	for done := 0; done < n; done += len(b.Messages) {
		b.Prev = s.Last()
		b.Tick = b.Prev + 1
		b.Messages = b.Messages[:0]
		for i := range min(chat.MaxPerTick, n-done) {
			m := message(done + i)
			m.ID = chat.ID{Tick: b.Tick, Index: uint16(i)}
			b.Messages = append(b.Messages, m)
		}
		if err := s.Commit(ctx, &b); err != nil {
			return err
		}
	}
	return nil
}
