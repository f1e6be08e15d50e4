package embedded

import (
	"context"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Commit implements store.Committer. It looks at ctx once, before it starts.
func (s *Store) Commit(ctx context.Context, b *store.Batch) error {
	s.commitMu.Lock()
	defer s.commitMu.Unlock()
	if s.failed != nil {
		return unavailable("committing after a failure", s.failed)
	}
	if err := s.commit(ctx, b); err != nil {
		s.failed = err
		return failure("committing", err)
	}
	return nil
}

func (s *Store) commit(ctx context.Context, b *store.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	last := s.current.last // only Commit and Close change current
	if err := validate(b, last); err != nil {
		return err
	}
	started := time.Now()
	late, err := s.indexer.collect()
	if err != nil {
		return err
	}
	if err := s.batch.build(s, b, late); err != nil {
		return err
	}
	built := time.Now()
	// The batch is in the memtable when the first call returns and on disk when
	// SyncWait does. Waiting apart from applying (Pebble calls it experimental)
	// gives a failed fsync back as an error, where DB.Apply ends the process,
	// and time to index.
	if err := s.db.ApplyNoSyncWait(s.batch.out, pebble.Sync); err != nil {
		return err
	}
	applied := time.Now()
	s.index(b.Tick)
	if err := s.batch.out.SyncWait(); err != nil {
		return err
	}
	synced := time.Now()
	s.show(&view{
		snap: s.db.NewSnapshot(), last: b.Tick, indexed: s.indexer.indexed, recent: s.indexer.recent(), uses: 1,
	})
	s.indexer.freeze()
	s.batch.forget()
	if s.options.OnCommit != nil {
		s.options.OnCommit(CommitStats{
			Messages: len(b.Messages),
			Changes:  len(b.Changes),
			Bytes:    s.batch.size,
			Build:    built.Sub(started),
			Apply:    applied.Sub(built),
			Sync:     synced.Sub(applied),
		})
	}
	return nil
}

// index puts what was built into the indexes in memory. No view reaches it
// before the sync.
func (s *Store) index(tick chat.Tick) {
	oldest, _ := s.liveDays(tick)
	s.sent.forget(oldest)
	s.sent.add(tick, s.batch.messages)
	s.newest.note(s.batch.groups, tick)
	for _, m := range s.batch.changed {
		s.indexer.change(m, tick)
	}
	s.indexer.active.add(s.batch.messages)
}

// validate checks what a batch must be for its ticks and ids to be what
// readers rely on.
func validate(b *store.Batch, last chat.Tick) error {
	switch {
	case b.Prev != last:
		return fmt.Errorf("batch %d follows tick %d, but the last tick is %d", b.Tick, b.Prev, last)
	case b.Tick <= last || b.Tick > chat.MaxTick:
		return fmt.Errorf("tick %d after tick %d", b.Tick, last)
	case len(b.Messages) > chat.MaxPerTick:
		return fmt.Errorf("%d messages in one tick", len(b.Messages))
	}
	for i, m := range b.Messages {
		if (m.ID != chat.ID{Tick: b.Tick, Index: uint16(i)}) {
			return fmt.Errorf("message %d of tick %d has id %v", i, b.Tick, m.ID)
		}
	}
	return nil
}

// batchBuilder turns a batch into one of Pebble and notes what is to be
// indexed in memory. It keeps its memory from one commit to the next.
type batchBuilder struct {
	out     *pebble.Batch
	size    int // bytes of the batch last built
	expired uint32
	settled chat.Tick

	messages []*chat.Message // as the changes of their own tick left them
	groups   []string        // that got a message
	changed  []*chat.Message // that are indexed in memory and got other traits
}

// keptBytes is the largest batch whose memory is kept for the next one: 4,096
// messages of some 200 bytes with their indexes.
const keptBytes = 4 << 20

func (w *batchBuilder) init(db *pebble.DB) {
	w.out = db.NewBatch(pebble.WithInitialSizeBytes(64<<10), pebble.WithMaxRetainedSizeBytes(keptBytes))
}

func (w *batchBuilder) close() { _ = w.out.Close() }

// build fills w.out with all of b, and with the traits of late as they are to
// be on disk.
func (w *batchBuilder) build(s *Store, b *store.Batch, late []*chat.Message) error {
	w.out.Reset()
	w.messages = b.Messages
	if len(b.Changes) > 0 {
		w.messages = replacedWithin(b)
	}
	// In the order of their keys and before anything else: the memtable finds
	// the place of a key that follows the one before at once.
	for _, m := range w.messages {
		if err := w.addMessage(m); err != nil {
			return err
		}
	}
	for _, m := range w.messages {
		if err := w.addGroup(m); err != nil {
			return err
		}
	}
	if len(b.Changes) > 0 || len(late) > 0 {
		if err := w.addChanges(s, b, late); err != nil {
			return err
		}
	}
	if err := w.expireSent(s, b.Tick); err != nil {
		return err
	}
	if err := w.settleLate(s.indexer.indexed); err != nil {
		return err
	}
	if err := w.out.Set(lastKey, appendTick(nil, b.Tick), nil); err != nil {
		return err
	}
	w.size = w.out.Len()
	return nil
}

// forget drops the references to what was built, so that messages are not
// kept alive until the next commit.
func (w *batchBuilder) forget() {
	w.messages = nil
	clear(w.groups)
	clear(w.changed)
	w.groups, w.changed = w.groups[:0], w.changed[:0]
}

func (w *batchBuilder) addMessage(m *chat.Message) error {
	op := w.out.SetDeferred(messageKeyLen, messageLen(m))
	putMessageKey(op.Key, m.ID)
	appendMessage(op.Value[:0], m)
	return op.Finish()
}

// addGroup notes what a pull must know of a group that gets m.
func (w *batchBuilder) addGroup(m *chat.Message) error {
	if m.Type == chat.UltraGroup {
		w.groups = append(w.groups, string(m.Log()))
		return nil
	}
	if m.Type != chat.Group {
		return nil
	}
	w.groups = append(w.groups, m.Target)
	if m.Channel == "" {
		return nil
	}
	return w.out.Set(pairKey(tableChannel, m.Target, m.Channel), nil, nil)
}

// expireSent deletes the keys of the days that Sent does not look at any more.
func (w *batchBuilder) expireSent(s *Store, tick chat.Tick) error {
	oldest, _ := s.liveDays(tick)
	if oldest == w.expired {
		return nil
	}
	w.expired = oldest
	return w.out.DeleteRange(sentDayPrefix(0), sentDayPrefix(oldest), nil)
}

// settleLate deletes the notes on messages whose rows have their traits now.
func (w *batchBuilder) settleLate(indexed chat.Tick) error {
	if indexed == w.settled {
		return nil
	}
	w.settled = indexed
	return w.out.DeleteRange(lateKey(chat.ID{}), lateKey(chat.ID{Tick: indexed + 1}), nil)
}
