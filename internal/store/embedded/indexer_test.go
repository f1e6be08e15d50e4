package embedded_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/embedded"
)

// tables hands each operation of a kind on a new table of the index to a test:
// the test receives from asked, then says on answer whether it succeeds. Once
// free is closed all succeed.
type tables struct {
	kind   errorfs.OpKind
	disk   *vfs.MemFS
	asked  chan struct{}
	answer chan error
	free   chan struct{}
}

func newTables(kind errorfs.OpKind) *tables {
	return &tables{kind: kind, disk: vfs.NewMem(), asked: make(chan struct{}), answer: make(chan error), free: make(chan struct{})}
}

func (b *tables) fs() vfs.FS {
	return errorfs.Wrap(b.disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind != b.kind || !strings.HasSuffix(op.Path, "index.new") {
			return nil
		}
		select {
		case b.asked <- struct{}{}:
			return <-b.answer
		case <-b.free:
			return nil
		}
	}))
}

// groupMessage is a batch of one message to group g and some changes.
func groupMessage(last chat.Tick, changes ...store.Change) *store.Batch {
	return &store.Batch{
		Prev: last, Tick: last + 1,
		Messages: []*chat.Message{{
			ID: chat.ID{Tick: last + 1}, Type: chat.Group, Sender: "a", Target: "g",
			Flags: chat.Persisted | chat.Counted, Body: []byte("hello"),
		}},
		Changes: changes,
	}
}

// recalled replaces the message of tick by one that counts no more.
func recalled(tick chat.Tick) store.Replaced {
	return store.Replaced{Message: &chat.Message{ID: chat.ID{Tick: tick}, Flags: chat.Persisted, Body: []byte("recalled")}}
}

func wantUnread(t *testing.T, s store.Store, want int) {
	t.Helper()
	u, err := s.Unread(t.Context(), store.UnreadRange{User: "b", Log: groupLog})
	if err != nil {
		t.Fatal(err)
	}
	if u.Count != want {
		t.Fatalf("%d messages are unread, not %d", u.Count, want)
	}
}

func TestAMessageReplacedWhileItsIndexIsWritten(t *testing.T) {
	b := newTables(errorfs.OpLink) // made part of the store
	s := open(t, "db", embedded.Options{FS: b.fs(), IndexEvery: 3})
	for last := range chat.Tick(3) {
		commit(t, s, groupMessage(last))
	}
	<-b.asked // the table of messages 1 to 3 is written
	commit(t, s, groupMessage(3, recalled(2)))
	wantUnread(t, s, 3)
	commit(t, s, groupMessage(4, recalled(4)))
	wantUnread(t, s, 3)
	b.answer <- nil
	close(b.free)

	// Somewhere on the way the table is there and readers turn to it.
	for last := chat.Tick(5); last < 50; last++ {
		commit(t, s, groupMessage(last))
		wantUnread(t, s, int(last+1)-2)
	}
	commit(t, s, groupMessage(50, recalled(1)))
	wantUnread(t, s, 51-3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, "db", embedded.Options{FS: b.disk})
	defer s.Close()
	wantUnread(t, s, 51-3)
}

func TestAStoreThatClosesWhileItsIndexIsWritten(t *testing.T) {
	b := newTables(errorfs.OpLink)
	s := open(t, "db", embedded.Options{FS: b.fs(), IndexEvery: 3})
	for last := range chat.Tick(3) {
		commit(t, s, groupMessage(last))
	}
	<-b.asked // its rows are as the messages were
	commit(t, s, groupMessage(3, recalled(2), recalled(4)))
	b.answer <- nil
	close(b.free)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, "db", embedded.Options{FS: b.disk, IndexEvery: 1})
	wantUnread(t, s, 2)
	for last := chat.Tick(4); last < 30; last++ {
		commit(t, s, groupMessage(last))
		wantUnread(t, s, int(last+1)-2)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, "db", embedded.Options{FS: b.disk})
	defer s.Close()
	wantUnread(t, s, 28)
}

func TestATableThatCannotBeWrittenFailsTheCommits(t *testing.T) {
	b := newTables(errorfs.OpCreate)
	s := open(t, "db", embedded.Options{FS: b.fs(), IndexEvery: 1, Logger: slog.New(slog.DiscardHandler)})
	full := errors.New("the disk is full")
	commit(t, s, groupMessage(0))
	<-b.asked
	b.answer <- full
	for last := chat.Tick(1); ; last++ {
		err := s.Commit(t.Context(), groupMessage(last))
		if err == nil {
			wantUnread(t, s, int(last)+1)
			continue
		}
		if chat.CodeOf(err) != chat.StoreUnavailable || !errors.Is(err, full) {
			t.Fatal(err)
		}
		wantUnread(t, s, int(last))
		break
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOnCommitTellsWhatWasCommitted(t *testing.T) {
	var all []embedded.CommitStats
	s := open(t, "db", embedded.Options{FS: vfs.NewMem(), OnCommit: func(c embedded.CommitStats) { all = append(all, c) }})
	defer s.Close()
	commit(t, s, hello(0))
	if err := s.Commit(t.Context(), hello(5)); err == nil {
		t.Fatal("a commit after a tick that is not there succeeded")
	}
	if len(all) != 1 || all[0].Messages != 1 || all[0].Changes != 1 || all[0].Bytes == 0 {
		t.Fatalf("%+v", all)
	}
}
