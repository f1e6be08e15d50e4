package node_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/embedded"
	"github.com/hongyan-im/hongyan/wire"
)

// filled is a data directory whose store holds some messages alone in their
// ticks, and per messages of each conversation together in one tick between
// them. alice sent all; bob and the members of the group "all" got them.
func filled(t *testing.T, per int) (dir string, private, group []chat.UID) {
	t.Helper()
	dir = t.TempDir()
	s, err := embedded.Open(filepath.Join(dir, imtest.AppKey), embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tick := chat.Tick(time.Now().Add(-time.Minute).UnixMilli())
	commit := func(b *store.Batch) {
		b.Prev, b.Tick = s.Last(), tick
		tick++
		for i, m := range b.Messages {
			m.ID = chat.ID{Tick: b.Tick, Index: uint16(i)}
			if m.Type == chat.Group {
				group = append(group, m.UID())
			} else {
				private = append(private, m.UID())
			}
		}
		if err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	message := func(typ chat.ConversationType, target string, n int) *chat.Message {
		m, err := wire.ParseMessage(typ, "alice", target, imtest.Text(fmt.Sprintf("%s %d", typ, n), 0))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	commit(&store.Batch{Changes: []store.Change{store.GroupJoined{Group: "all", Users: []chat.UserID{"alice", "bob"}}}})
	for _, size := range []int{1, 1, per, 1, per, 1} {
		b := &store.Batch{}
		for n := range size {
			b.Messages = append(b.Messages, message(chat.Private, "bob", n), message(chat.Group, "all", n))
		}
		commit(b)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, private, group
}

// No page splits a tick, so pages neither miss nor repeat what it holds.
func TestThousandMessagesInOneTick(t *testing.T) {
	dir, private, group := filled(t, 1000)
	n := imtest.Start(t, imtest.Data(dir))
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			bob := imtest.Dial(t, n, "bob", kind...)
			bob.Await("all", func(m imtest.Message) bool { return m.UID == group[len(group)-1] })
			var gotPrivate, gotGroup []chat.UID
			for _, m := range bob.Received() {
				if m.Type == chat.Group {
					gotGroup = append(gotGroup, m.UID)
				} else {
					gotPrivate = append(gotPrivate, m.UID)
				}
			}
			if !slices.Equal(gotPrivate, private) || !slices.Equal(gotGroup, group) {
				t.Errorf("bob pulled %d private and %d group messages, not the %d and %d there are",
					len(gotPrivate), len(gotGroup), len(private), len(group))
			}
		})
	}
	bob := imtest.Dial(t, n, "bob", imtest.Manual())
	for _, newer := range []bool{true, false} {
		for typ, want := range map[chat.ConversationType][]chat.UID{chat.Private: private, chat.Group: group} {
			target := map[chat.ConversationType]string{chat.Private: "alice", chat.Group: "all"}[typ]
			var got []chat.UID
			for _, m := range history(bob, typ, target, newer, 20) {
				got = append(got, m.UID)
			}
			if !newer {
				slices.Reverse(got)
			}
			if !slices.Equal(got, want) {
				t.Errorf("history of %s, newer %v: %d messages, not the %d there are in their order", typ, newer, len(got), len(want))
			}
		}
	}
}

// What a client sends in one breath shares ticks, and arrives in the order sent.
func TestBurst(t *testing.T) {
	n := imtest.Start(t)
	n.Join("all", "alice", "bob", "carol")
	alice := imtest.Dial(t, n, "alice")
	readers := []*imtest.Client{imtest.Dial(t, n, "bob"), imtest.Dial(t, n, "carol", imtest.Direct()), imtest.Dial(t, n, "alice")}
	var sent []imtest.Sent
	for i := range 2000 {
		sent = append(sent, alice.Publish(wire.TopicGroupSend, "all", imtest.Text(fmt.Sprint(i), int64(i+1))))
	}
	for i, s := range sent {
		if ack, err := alice.Ack(s); err != nil || ack.Code != chat.OK {
			t.Fatalf("message %d: %+v, %v", i, ack, err)
		}
	}
	for _, r := range readers {
		r.AwaitText("1999")
		got := r.Received()
		ticks := map[chat.Tick]bool{}
		for i, m := range got {
			ticks[m.ID.Tick] = true
			if m.Text != fmt.Sprint(i) {
				t.Fatalf("%s was given %q at place %d", r.User(), m.Text, i)
			}
		}
		if len(got) != 2000 || len(ticks) > 1000 {
			t.Errorf("%s was given %d messages of %d ticks", r.User(), len(got), len(ticks))
		}
	}
}
