package embedded

import (
	"strconv"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// TestSentWithoutRoomForTheFilter finds keys that no filter has.
func TestSentWithoutRoomForTheFilter(t *testing.T) {
	for _, bytes := range []int64{1, bloomBytes(leastKeys)} {
		s, err := Open("db", Options{FS: vfs.NewMem(), FilterBytes: bytes, IndexEvery: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		const keys = leastKeys + 10_000
		err = Preload(t.Context(), s, keys, func(i int) *chat.Message {
			return &chat.Message{Type: chat.Private, Sender: "a", Target: "b", Key: numbered(i + 1)}
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < keys; i += 100 {
			id, ok, err := s.Sent(t.Context(), numbered(i+1))
			if err != nil {
				t.Fatal(err)
			}
			if want := (chat.ID{Tick: chat.Tick(i/chat.MaxPerTick + 1), Index: uint16(i % chat.MaxPerTick)}); !ok || id != want {
				t.Fatalf("key %d: %v %t, not %v", i, id, ok, want)
			}
			if _, ok, err := s.Sent(t.Context(), numbered(keys+i+1)); ok || err != nil {
				t.Fatalf("a key that nobody sent: %t %v", ok, err)
			}
		}
		if !s.sent.days[0].spilled {
			t.Error("the filter had room for all")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSentFilterForgetsDays keeps as many days as the window has, and gives
// their memory back.
func TestSentFilterForgetsDays(t *testing.T) {
	s, err := Open("db", Options{FS: vfs.NewMem()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	last := chat.Tick(0)
	for range 40 {
		b := &store.Batch{Prev: last, Tick: last + chat.Tick(millisPerDay)}
		last = b.Tick
		m := &chat.Message{ID: chat.ID{Tick: last}, Type: chat.Private, Sender: "a", Target: "b", Key: numbered(int(last))}
		b.Messages = []*chat.Message{m}
		if err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	<-s.sent.loaded
	if n := len(s.sent.days); n != 8 {
		t.Errorf("%d days have a filter, not 8", n)
	}
	used := int64(0)
	for _, d := range s.sent.days {
		for _, part := range d.parts {
			used += part.size()
		}
	}
	if s.sent.free+used != s.options.FilterBytes {
		t.Errorf("of %d bytes %d are used and %d free", s.options.FilterBytes, used, s.sent.free)
	}
}

func TestNewestTicks(t *testing.T) {
	var n newestTicks
	want := func(group string, tick chat.Tick, known bool) {
		t.Helper()
		if got, ok := n.of(group); ok != known || got != tick {
			t.Fatalf("newest of %q: %d %t, not %d %t", group, got, ok, tick, known)
		}
	}
	want("a", 0, false)
	n.learn("a", 3, 10)
	want("a", 3, true)
	n.note([]string{"a", "b"}, 11)
	want("a", 11, true)
	n.learn("a", 3, 10) // read before the commit of 11
	n.learn("c", 3, 10)
	want("a", 11, true)
	want("c", 3, true)

	// What is asked for stays, the rest is forgotten in time.
	for i := range 2*newestRoom + 2 {
		n.note([]string{strconv.Itoa(i)}, chat.Tick(i+12))
		want("a", 11, true)
	}
	want("b", 0, false)
	n.learn("b", 3, 10)
	want("b", 0, false)
	n.learn("b", 11, n.noted-1)
	want("b", 11, true)
	if held := len(n.current) + len(n.past); held > 2*newestRoom {
		t.Fatalf("%d groups are held", held)
	}
}
