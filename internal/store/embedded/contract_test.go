package embedded_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/embedded"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
)

func open(t testing.TB, dir string, o embedded.Options) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The tests of the contract run with indexes in memory alone, mostly on disk,
// and now and then on disk.
var indexEvery = []int{0, 1, 7}

func TestContract(t *testing.T) {
	for _, every := range indexEvery {
		t.Run(fmt.Sprint("IndexEvery", every), func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store {
				return open(t, "db", embedded.Options{FS: vfs.NewMem(), IndexEvery: every})
			})
		})
	}
}

func TestReopen(t *testing.T) {
	for _, every := range indexEvery {
		t.Run(fmt.Sprint("IndexEvery", every), func(t *testing.T) {
			storetest.Reopen(t, func(*testing.T) func(*testing.T) store.Store {
				fs := vfs.NewMem()
				return func(t *testing.T) store.Store {
					return open(t, "db", embedded.Options{FS: fs, IndexEvery: every})
				}
			})
		})
	}
}

// TestRealDirectory opens a directory of the machine again and again, one store at a time.
func TestRealDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "on the way")
	for last := range chat.Tick(3) {
		s := open(t, dir, embedded.Options{})
		if s.Last() != last {
			t.Fatalf("last is %d, not %d", s.Last(), last)
		}
		commit(t, s, hello(last))
		if _, err := embedded.Open(dir, embedded.Options{}); err == nil {
			t.Error("a store that is open opened again")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestABatchLargerThanTheMemtable goes another way through Pebble.
func TestABatchLargerThanTheMemtable(t *testing.T) {
	fs := vfs.NewMem()
	s := open(t, "db", embedded.Options{FS: fs})
	b := &store.Batch{Tick: 1}
	body := fill(rand.New(rand.NewPCG(1, 2)), 128<<10)
	for i := range 300 {
		b.Messages = append(b.Messages, &chat.Message{
			ID: chat.ID{Tick: 1, Index: uint16(i)}, Type: chat.Private, Sender: "a", Target: "b", Body: body,
		})
	}
	commit(t, s, b)
	for range 2 {
		page, err := s.Pull(t.Context(), store.Pull{User: "b", Limit: 1})
		if err != nil || len(page.Messages) != 300 || !bytes.Equal(page.Messages[299].Body, body) {
			t.Fatal(len(page.Messages), err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, "db", embedded.Options{FS: fs})
	}
	commit(t, s, hello(1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
