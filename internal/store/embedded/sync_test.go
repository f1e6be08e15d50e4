package embedded_test

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/embedded"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
)

// syncs hands every sync of the write-ahead log to a test once it is armed:
// the test receives from asked, then says on answer how it ends.
type syncs struct {
	disk   *vfs.MemFS
	armed  chan struct{} // closed when armed
	asked  chan struct{}
	answer chan error
}

func newSyncs() *syncs {
	return &syncs{disk: vfs.NewMem(), armed: make(chan struct{}), asked: make(chan struct{}), answer: make(chan error)}
}

func (y *syncs) fs() vfs.FS {
	return errorfs.Wrap(y.disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind != errorfs.OpFileSyncData && op.Kind != errorfs.OpFileSync {
			return nil
		}
		select {
		case <-y.armed:
			y.asked <- struct{}{}
			return <-y.answer
		default:
			return nil
		}
	}))
}

// hello is a batch that every kind of read shows.
func hello(last chat.Tick) *store.Batch {
	return &store.Batch{
		Prev: last, Tick: last + 1,
		Messages: []*chat.Message{{
			ID: chat.ID{Tick: last + 1}, Type: chat.Private, Sender: "a", Target: "b",
			Flags: chat.Persisted | chat.Counted, Key: chat.SendKey{byte(last + 1), 0, 0, 0, 1}, Body: []byte("hello"),
		}},
		Changes: []store.Change{store.GroupJoined{Group: "g", Users: []chat.UserID{chat.UserID(rune('a' + last))}}},
	}
}

func TestNobodySeesABatchBeforeItsSync(t *testing.T) {
	y := newSyncs()
	s := open(t, "db", embedded.Options{FS: y.fs()})
	model := storetest.NewModel(store.Options{})
	first, second := hello(0), hello(1)
	second.Changes = append(second.Changes, store.Replaced{Message: &chat.Message{ID: chat.ID{Tick: 1}, Body: []byte("recalled")}})
	both := []*store.Batch{first, second}
	commit(t, s, first)
	commit(t, model, first)

	close(y.armed)
	committed := make(chan error)
	go func() { committed <- s.Commit(t.Context(), second) }()
	<-y.asked
	sameAnswers(t, s, model, both)
	if s.Last() != first.Tick {
		t.Errorf("last is %d during the commit of %d", s.Last(), second.Tick)
	}
	y.answer <- nil
	if err := <-committed; err != nil {
		t.Fatal(err)
	}
	commit(t, model, second)
	sameAnswers(t, s, model, both)
	y.closeStore(t, s)
}

// closeStore closes s and lets every sync of that succeed.
func (y *syncs) closeStore(t *testing.T, s *embedded.Store) {
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	for {
		select {
		case <-y.asked:
			y.answer <- nil
		case err := <-closed:
			if err != nil {
				t.Log("close: ", err)
			}
			return
		}
	}
}

func TestAFailedSyncFailsTheCommitAndAllAfterIt(t *testing.T) {
	y := newSyncs()
	quiet := slog.New(slog.DiscardHandler)
	s := open(t, "db", embedded.Options{FS: y.fs(), Logger: quiet})
	model := storetest.NewModel(store.Options{})
	first, second := hello(0), hello(1)
	second.Changes = append(second.Changes, store.Replaced{Message: &chat.Message{ID: chat.ID{Tick: 1}, Body: []byte("recalled")}})
	both := []*store.Batch{first, second}
	commit(t, s, first)
	commit(t, model, first)

	broken := errors.New("the disk is gone")
	close(y.armed)
	committed := make(chan error)
	go func() { committed <- s.Commit(t.Context(), second) }()
	<-y.asked
	y.answer <- broken
	err := <-committed
	if chat.CodeOf(err) != chat.StoreUnavailable || !errors.Is(err, broken) {
		t.Fatalf("commit with a failed sync: %v", err)
	}
	sameAnswers(t, s, model, both)
	if err := s.Commit(t.Context(), second); chat.CodeOf(err) != chat.StoreUnavailable {
		t.Errorf("commit after a failed one: %v", err)
	}
	sameAnswers(t, s, model, both)
	y.closeStore(t, s)

	// The batch may have survived, but only whole, and the store goes on.
	s = open(t, "db", embedded.Options{FS: y.disk})
	defer s.Close()
	if s.Last() == second.Tick {
		commit(t, model, second)
	}
	sameAnswers(t, s, model, both)
	third := hello(s.Last())
	commit(t, s, third)
	commit(t, model, third)
	sameAnswers(t, s, model, append(both, third))
}
