package embedded

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
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
	if err := s.batch.build(s, b, last); err != nil {
		return err
	}
	built := time.Now()
	// The batch is in the memtable when the first call returns and on disk
	// when the second does. Waiting apart from applying gives a failed fsync
	// back as an error, where DB.Apply ends the process.
	if err := s.db.ApplyNoSyncWait(s.batch.out, pebble.Sync); err != nil {
		return err
	}
	applied := time.Now()
	if err := s.batch.out.SyncWait(); err != nil {
		return err
	}
	synced := time.Now()

	oldest, _ := s.liveDays(b.Tick)
	s.sent.add(b, oldest)
	s.newest.note(s.batch.groups, b.Tick)
	s.show(&view{snap: s.db.NewSnapshot(), last: b.Tick, uses: 1})
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

// batchBuilder turns a batch into one of Pebble. It keeps its memory from one
// commit to the next.
type batchBuilder struct {
	out     *pebble.Batch
	size    int // bytes of the batch last built
	expired uint32

	logs    []pointer
	inboxes []pointer
	groups  []string // whose logs got a message
	key     []byte
	value   []byte
}

// pointer is a message's place in an index.
type pointer struct {
	owner string // a log or a user
	index uint16
	own   bool // in an inbox: see inboxEntry
}

// keptBytes is the largest batch whose memory is kept for the next one: 4,096
// messages of some 200 bytes with their indexes.
const keptBytes = 4 << 20

func (w *batchBuilder) init(db *pebble.DB) {
	w.out = db.NewBatch(pebble.WithInitialSizeBytes(64<<10), pebble.WithMaxRetainedSizeBytes(keptBytes))
}

func (w *batchBuilder) close() { _ = w.out.Close() }

// build fills w.out with all of b.
func (w *batchBuilder) build(s *Store, b *store.Batch, last chat.Tick) error {
	w.out.Reset()
	w.logs, w.inboxes, w.groups = w.logs[:0], w.inboxes[:0], w.groups[:0]
	defer w.forget()

	messages := b.Messages
	if len(b.Changes) > 0 {
		messages = replacedWithin(b)
	}
	// In the order of their keys and before anything else: the memtable finds
	// the place of a key that follows the one before at once.
	for i, m := range messages {
		if err := w.addMessage(m); err != nil {
			return err
		}
		w.point(uint16(i), m)
	}
	if err := w.addLogs(b.Tick, messages); err != nil {
		return err
	}
	if err := w.addInboxes(b.Tick); err != nil {
		return err
	}
	if err := w.addSent(b); err != nil {
		return err
	}
	if len(b.Changes) > 0 {
		if err := w.addChanges(s, b); err != nil {
			return err
		}
	}
	if err := w.expireSent(s, b.Tick); err != nil {
		return err
	}
	w.value = appendTick(w.value[:0], b.Tick)
	if err := w.out.Set(lastKey, w.value, nil); err != nil {
		return err
	}
	w.size = w.out.Len()
	return nil
}

// forget drops the references to what was built, so that messages are not
// kept alive until the next commit.
func (w *batchBuilder) forget() {
	clear(w.logs)
	clear(w.inboxes)
}

func (w *batchBuilder) addMessage(m *chat.Message) error {
	op := w.out.SetDeferred(messageKeyLen, messageLen(m))
	putMessageKey(op.Key, m.ID)
	appendMessage(op.Value[:0], m)
	return op.Finish()
}

// point notes where the indexes must point to m.
func (w *batchBuilder) point(index uint16, m *chat.Message) {
	w.logs = append(w.logs, pointer{owner: string(m.Log()), index: index})
	if !m.Inboxed() {
		return
	}
	if m.Type.TwoSided() {
		w.deliver(index, m, chat.UserID(m.Target), false)
	} else {
		for _, user := range m.To {
			w.deliver(index, m, user, false)
		}
	}
	w.deliver(index, m, m.Sender, true)
}

func (w *batchBuilder) deliver(index uint16, m *chat.Message, user chat.UserID, own bool) {
	if user == m.Sender && m.Flags&chat.NotToSender != 0 {
		return
	}
	w.inboxes = append(w.inboxes, pointer{owner: string(user), index: index, own: own})
}

func comparePointers(a, b pointer) int {
	return cmp.Or(strings.Compare(a.owner, b.owner), cmp.Compare(a.index, b.index))
}

func (w *batchBuilder) addLogs(tick chat.Tick, messages []*chat.Message) error {
	slices.SortFunc(w.logs, comparePointers)
	for rest := w.logs; len(rest) > 0; {
		owner, first := rest[0].owner, messages[rest[0].index]
		w.value = w.value[:0]
		for ; len(rest) > 0 && rest[0].owner == owner; rest = rest[1:] {
			m := messages[rest[0].index]
			w.value = appendLogEntry(w.value, rest[0].index, traitsOf(m), m.Sender)
		}
		w.key = appendTick(appendLogPrefix(w.key[:0], owner), tick)
		if err := w.out.Set(w.key, w.value, nil); err != nil {
			return err
		}
		if first.Type == chat.Group {
			if err := w.addGroup(first); err != nil {
				return err
			}
		}
	}
	return nil
}

// addGroup notes what a pull must know of a group whose log got m.
func (w *batchBuilder) addGroup(m *chat.Message) error {
	w.groups = append(w.groups, m.Target)
	if m.Channel == "" {
		return nil
	}
	w.key = append(append(append(append(w.key[:0], tableChannel), m.Target...), 0), m.Channel...)
	return w.out.Set(w.key, nil, nil)
}

func (w *batchBuilder) addInboxes(tick chat.Tick) error {
	// Stable, so that what makes a user a receiver, noted first, comes before
	// what makes them the sender.
	slices.SortStableFunc(w.inboxes, comparePointers)
	for rest := w.inboxes; len(rest) > 0; {
		owner, last := rest[0].owner, -1
		w.value = w.value[:0]
		for ; len(rest) > 0 && rest[0].owner == owner; rest = rest[1:] {
			if int(rest[0].index) != last { // a message is in an inbox once
				w.value = appendInboxEntry(w.value, inboxEntry{index: rest[0].index, own: rest[0].own})
				last = int(rest[0].index)
			}
		}
		w.key = appendTick(appendInboxPrefix(w.key[:0], owner), tick)
		if err := w.out.Set(w.key, w.value, nil); err != nil {
			return err
		}
	}
	return nil
}

func (w *batchBuilder) addSent(b *store.Batch) error {
	today := day(b.Tick)
	for _, m := range b.Messages {
		if m.Key == (chat.SendKey{}) {
			continue
		}
		op := w.out.SetDeferred(sentKeyLen, sentValueLen)
		appendSentKey(op.Key[:0], today, m.Key)
		binary.BigEndian.PutUint64(op.Value, uint64(m.ID.Tick))
		binary.BigEndian.PutUint16(op.Value[tickLen:], m.ID.Index)
		if err := op.Finish(); err != nil {
			return err
		}
	}
	return nil
}

// expireSent deletes the keys of the days that Sent does not look at any more.
func (w *batchBuilder) expireSent(s *Store, tick chat.Tick) error {
	oldest, _ := s.liveDays(tick)
	if oldest == w.expired {
		return nil
	}
	w.expired = oldest
	return w.out.DeleteRange(sentDayKey(0), sentDayKey(oldest), nil)
}
