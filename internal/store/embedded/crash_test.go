package embedded_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/embedded"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
)

// A power failure is a copy of a file system that has what was synced and, of
// the rest, some blocks. It is taken in front of a random write, sync, rename
// or deletion, by any goroutine of the store, its background work included.

// TestCrashLosesNothingCommitted commits until the power fails and looks at
// what the disk has then.
func TestCrashLosesNothingCommitted(t *testing.T) {
	for _, unsynced := range []int{0, 40, 100} { // percent of the blocks never synced that are there all the same
		t.Run(fmt.Sprintf("%d%%OfTheUnsynced", unsynced), func(t *testing.T) {
			whole := newPower(1<<62, 0, 1)
			runUntilTheEnd(t, whole, 1)
			operations := whole.operations.Load()
			t.Logf("%d file operations", operations)
			for seed := range uint64(16) {
				rng := rand.New(rand.NewPCG(seed, uint64(unsynced)))
				p := newPower(1+rng.Int64N(operations), unsynced, seed)
				checkAfterCrash(t, p, runUntilTheEnd(t, p, seed))
			}
		})
	}
}

// power fails at one of the operations of a file system.
type power struct {
	disk       *vfs.MemFS
	failsAt    int64
	clone      vfs.CrashCloneCfg
	linking    sync.Mutex // held while a file is linked or disk is copied
	operations atomic.Int64
	committed  atomic.Int64 // the newest tick whose Commit returned

	// Both are set when the power has failed.
	left *vfs.MemFS
	last chat.Tick // what committed was, before left was copied
	off  atomic.Bool
}

func newPower(failsAt int64, unsynced int, seed uint64) *power {
	return &power{
		disk:    vfs.NewCrashableMem(),
		failsAt: failsAt,
		clone:   vfs.CrashCloneCfg{UnsyncedDataPercent: unsynced, RNG: rand.New(rand.NewPCG(seed, 0))},
	}
}

func (p *power) fs() vfs.FS {
	return errorfs.Wrap(linker{p.disk, &p.linking}, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() == errorfs.OpIsWrite && p.operations.Add(1) == p.failsAt {
			p.fail()
		}
		return nil
	}))
}

// linker links while nobody copies the file system, which could wait for the
// other for ever.
type linker struct {
	vfs.FS
	linking *sync.Mutex
}

func (l linker) Link(from, to string) error {
	l.linking.Lock()
	defer l.linking.Unlock()
	return l.FS.Link(from, to)
}

func (p *power) fail() {
	p.linking.Lock()
	defer p.linking.Unlock()
	p.last = chat.Tick(p.committed.Load())
	p.left = p.disk.CrashClone(p.clone)
	p.off.Store(true)
}

// runUntilTheEnd commits batches until there are enough or the power failed.
// It returns all that it tried to commit.
func runUntilTheEnd(t *testing.T, p *power, seed uint64) []*store.Batch {
	s := open(t, "db", embedded.Options{FS: p.fs(), IndexEvery: 20})
	rng := rand.New(rand.NewPCG(seed, 1))
	var tried []*store.Batch
	for len(tried) < 60 && !p.off.Load() {
		b := eventful(rng, s.Last())
		tried = append(tried, b)
		if err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		p.committed.Store(int64(b.Tick))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !p.off.Load() {
		p.fail()
	}
	return tried
}

// eventful is a batch of everything, of a size now and then that fills the
// memtable, so that logs and tables come and go.
func eventful(rng *rand.Rand, last chat.Tick) *store.Batch {
	b := &store.Batch{Prev: last, Tick: last + 1 + chat.Tick(rng.IntN(1000))}
	size := 20
	if rng.IntN(4) == 0 {
		size = 16 << 10
	}
	for i := range 1 + rng.IntN(12) {
		m := &chat.Message{
			ID: chat.ID{Tick: b.Tick, Index: uint16(i)}, Type: chat.Private, Sender: someone(rng), Target: string(someone(rng)),
			Flags: chat.Persisted | chat.Counted, Body: fill(rng, size),
		}
		switch rng.IntN(4) {
		case 0, 1:
			m.Type, m.Target = chat.Group, "g"
		case 2:
			m.Type, m.Target, m.Channel = chat.UltraGroup, "g", fmt.Sprint(rng.IntN(2))
		}
		m.Key = chat.SendKey{byte(b.Tick), byte(b.Tick >> 8), byte(b.Tick >> 16), byte(i), 1}
		b.Messages = append(b.Messages, m)
	}
	b.Changes = append(b.Changes,
		store.GroupJoined{Group: "g", Name: fmt.Sprint(b.Tick), Users: []chat.UserID{someone(rng)}},
		store.GroupLeft{Group: "g", Users: []chat.UserID{someone(rng)}},
		store.MarkedRead{User: someone(rng), Log: groupLog, Through: last},
		store.EntrySet{Space: store.Tags, Owner: string(someone(rng)), Key: string(someone(rng)), Value: fmt.Append(nil, b.Tick)},
		store.EntryDeleted{Space: store.Tags, Owner: string(someone(rng)), Key: string(someone(rng))})
	return b
}

var (
	everyone = []chat.UserID{"a", "b", "c"}
	groupLog = chat.Conversation{Type: chat.Group, Target: "g"}.Log("")
	channels = []store.LogSince{
		{Log: chat.Conversation{Type: chat.UltraGroup, Target: "g", Channel: "0"}.Log("")},
		{Log: chat.Conversation{Type: chat.UltraGroup, Target: "g", Channel: "1"}.Log("")},
	}
	pairLog = chat.Conversation{Type: chat.Private, Target: "a"}.Log("b")
)

func someone(rng *rand.Rand) chat.UserID { return everyone[rng.IntN(len(everyone))] }

func fill(rng *rand.Rand, n int) []byte {
	text := make([]byte, n)
	for i := 0; i+8 <= n; i += 8 {
		binary.LittleEndian.PutUint64(text[i:], rng.Uint64())
	}
	return text
}

// checkAfterCrash opens what the crash left, wants all that was committed and
// nothing by halves, and goes on with it.
func checkAfterCrash(t *testing.T, p *power, tried []*store.Batch) {
	t.Helper()
	s := open(t, "db", embedded.Options{FS: p.left, IndexEvery: 5})
	defer s.Close()
	last := s.Last()
	if last < p.last {
		t.Fatalf("tick %d was committed, but the last after the crash at operation %d is %d", p.last, p.failsAt, last)
	}
	model := storetest.NewModel(store.Options{})
	for _, b := range tried {
		if b.Tick <= last {
			commit(t, model, b)
		}
	}
	if model.Last() != last {
		t.Fatalf("the last tick after the crash is %d, which nobody committed", last)
	}
	sameAnswers(t, s, model, tried)

	next := eventful(rand.New(rand.NewPCG(9, 9)), last)
	commit(t, s, next)
	commit(t, model, next)
	sameAnswers(t, s, model, append(tried, next))
}

func commit(t *testing.T, s store.Store, b *store.Batch) {
	t.Helper()
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// sameAnswers wants the same answers of both stores to everything that the
// batches can have changed.
func sameAnswers(t *testing.T, got, want store.Store, batches []*store.Batch) {
	t.Helper()
	if g, w := answers(t, got, batches), answers(t, want, batches); !slices.Equal(g, w) {
		for i := range g {
			if g[i] != w[i] {
				t.Fatalf("got %.200s, want %.200s", g[i], w[i])
			}
		}
	}
}

func answers(t *testing.T, s store.Store, batches []*store.Batch) []string {
	t.Helper()
	ctx := context.Background()
	var all []string
	say := func(answer ...any) { all = append(all, fmt.Sprintln(answer...)) }
	page := func(name string, p store.Page, err error) {
		var all strings.Builder
		for _, m := range p.Messages {
			fmt.Fprintf(&all, "%v %x, ", m.ID, sha256.Sum256(m.Body))
		}
		say(name, p.Through, p.More, err, all.String())
	}
	for _, user := range everyone {
		p, err := s.Pull(ctx, store.Pull{User: user, Limit: 1 << 20})
		page("stream of "+string(user), p, err)
		logs, err := s.Logs(ctx, user)
		say("logs of", user, logs, err)
		entries, err := s.Entries(ctx, store.EntryRange{Space: store.Tags, Owner: string(user), Limit: 9})
		say("tags of", user, entries, err)
		stays, asOf, err := s.Memberships(ctx, user)
		say("stays of", user, stays, asOf, err)
		unread, err := s.Unread(ctx, store.UnreadRange{User: user, Log: groupLog})
		say("unread of", user, unread, err)
		unread, err = s.Unread(ctx, store.UnreadRange{User: user, Log: pairLog})
		say("unread of a and b for", user, unread, err)
	}
	h, err := s.History(ctx, store.Range{Log: groupLog, Limit: 1 << 20})
	page("history", h, err)
	u, err := s.Merge(ctx, store.Merge{Logs: channels, Limit: 1 << 20})
	page("ultra group", u, err)
	g, err := s.Group(ctx, "g")
	say("group", g, err)
	for _, b := range batches {
		for _, m := range b.Messages {
			id, ok, err := s.Sent(ctx, m.Key)
			say("sent", m.ID, id, ok, err)
		}
	}
	return all
}
