package session

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/chat"
	lists "github.com/hongyan-im/hongyan/internal/conversation"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// counted is a store that counts pulls.
type counted struct {
	*storetest.Model
	pulls int
}

func (c *counted) Pull(ctx context.Context, q store.Pull) (store.Page, error) {
	c.pulls++
	return c.Model.Pull(ctx, q)
}

// answers is a Conn that keeps what the last query was answered.
type answers struct {
	wires
	last wire.ServerFrame
}

func (a *answers) Send(frame []byte) {
	if wire.Type(frame[0]>>4) == wire.TypeQueryack {
		if err := a.last.Decode(slices.Clone(frame), 3); err != nil {
			a.t.Fatal(err)
		}
	}
	a.wires.Send(frame)
}

func (a *answers) Ack(frame []byte) { a.Send(frame) }

// reader is alice with a store behind her that holds n messages of bob.
func reader(t *testing.T, c Client, n int) (*Session, *answers, *counted) {
	t.Helper()
	s := &counted{Model: storetest.NewModel(store.Options{})}
	conn := &answers{wires: wires{t: t}}
	in := inbox.New(s, nil, inbox.Config{Now: func() int64 { return 1 }})
	session := New(t.Context(), conn, c, &Services{
		Hub: fanout.New(s, 0, fanout.Devices{}), Inbox: in, Lists: lists.New(s, in, nil),
		Rates: NewRates(Limits{}), Metrics: NewMetrics(prometheus.NewRegistry()), Log: slog.New(slog.DiscardHandler),
	})
	if err := session.Start(); err != nil {
		t.Fatal(err)
	}
	for range n {
		session.Hub.Apply(commit(t, s, message(t, 0)))
	}
	conn.take()
	return session, conn, s
}

func commit(t *testing.T, s *counted, messages ...*chat.Message) *store.Batch {
	t.Helper()
	b := &store.Batch{Prev: s.Last(), Tick: s.Last() + 1, Messages: messages}
	for i, m := range messages {
		m.ID = chat.ID{Tick: b.Tick, Index: uint16(i)}
	}
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	return b
}

// pull asks from a cursor and returns the ticks that come, and the new cursor.
func pull(t *testing.T, s *Session, conn *answers, cursor chat.Tick) (ticks []chat.Tick, through chat.Tick, finished bool) {
	t.Helper()
	q := &pb.PullRequest{SyncTime: new(int64(cursor)), IsPolling: new(bool), IsPullSend: new(true), SendBoxSyncTime: new(int64(cursor))}
	payload, err := q.MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Handle(append(wire.AppendQuery(nil, wire.TopicPull, "alice", 1), payload...)); err != nil {
		t.Fatal(err)
	}
	var down pb.DownMessages
	if err := down.UnmarshalVT(conn.last.Payload); err != nil || conn.last.Status != 0 {
		t.Fatalf("status %d, %v", conn.last.Status, err)
	}
	for _, d := range down.List {
		ticks = append(ticks, chat.Tick(d.GetDataTime()))
	}
	return ticks, chat.Tick(down.GetSyncTime()), down.GetFinished()
}

// The hub tells one session after the other. One that was told of a tick before
// the hub is done with it may pull at once, and is given it: its client used
// up the hint for this pull.
func TestPullInTheMiddleOfATick(t *testing.T) {
	for name, client := range map[string]Client{"official": {User: "alice"}, "direct": {User: "alice", Direct: true}} {
		t.Run(name, func(t *testing.T) {
			s, conn, stored := reader(t, client, 3)
			if got, through, _ := pull(t, s, conn, 0); len(got) != 3 || through != 3 {
				t.Fatalf("the first pull brings %v up to %d", got, through)
			}
			m := message(t, 0)
			commit(t, stored, m)
			offer(s, 4, m)
			if got, through, _ := pull(t, s, conn, 3); !slices.Equal(got, []chat.Tick{4}) || through != 4 {
				t.Errorf("told of 4, the client pulls %v up to %d", got, through)
			}
		})
	}
}

// What a session still has is not read from the store.
func TestPullWithoutTheStore(t *testing.T) {
	s, conn, stored := reader(t, Client{User: "alice"}, 3)
	_, cursor, _ := pull(t, s, conn, 0)
	for range 10 {
		s.Hub.Apply(commit(t, stored, message(t, 0), message(t, 0)))
		got, through, finished := pull(t, s, conn, cursor)
		if len(got) != 2 || through != cursor+1 || !finished {
			t.Errorf("after %d: %v up to %d", cursor, got, through)
		}
		cursor = through
	}
	if stored.pulls != 1 {
		t.Errorf("the store was asked %d times", stored.pulls)
	}
	if got, _, _ := pull(t, s, conn, 5); len(got) != 2*8 || stored.pulls != 2 {
		t.Errorf("from an old cursor: %d messages, the store was asked %d times", len(got), stored.pulls)
	}
}

// An answer holds so many messages and bytes, and says that there is more.
func TestPullPages(t *testing.T) {
	s, conn, _ := reader(t, Client{User: "alice"}, 2*pageMessages+1)
	var all []chat.Tick
	for cursor, page := chat.Tick(0), 1; page <= 3; page++ {
		got, through, finished := pull(t, s, conn, cursor)
		if finished != (page == 3) || through < cursor {
			t.Errorf("page %d reaches %d, finished %v", page, through, finished)
		}
		all, cursor = append(all, got...), through
	}
	if len(all) != 2*pageMessages+1 || !slices.IsSorted(all) {
		t.Errorf("the pages hold %d messages", len(all))
	}
}
