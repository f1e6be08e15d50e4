package inbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/internal/writer"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// desk is an inbox over a store in memory, with a real writer and a clock of
// the test's.
type desk struct {
	*inbox.Inbox
	t      *testing.T
	store  store.Store
	writer *writer.Writer
	clock  atomic.Int64
}

// unheard is a tail that nobody follows.
type unheard struct{}

func (unheard) Publish(context.Context, *store.Batch) error { return nil }

const start = 1_800_000_000_000

func open(t *testing.T, cfg inbox.Config) *desk {
	return openOn(t, storetest.NewModel(store.Options{}), cfg)
}

func openOn(t *testing.T, s store.Store, cfg inbox.Config) *desk {
	t.Helper()
	d := &desk{t: t, store: s}
	d.clock.Store(start)
	d.writer = writer.New(s, roster.New(s, roster.Config{}), unheard{}, writer.Config{Now: d.clock.Load})
	cfg.Now = d.clock.Load
	d.Inbox = inbox.New(s, d.writer, cfg)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.writer.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the writer ended with %v", err)
		}
	})
	return d
}

func message(typ chat.ConversationType, sender chat.UserID, target, text string) *chat.Message {
	m, err := wire.NewMessage(typ, sender, target, &pb.UpMessage{
		Flags: new(wire.UpFlags(chat.Persisted | chat.Counted)), ClassName: new("RC:TxtMsg"), Content: fmt.Appendf(nil, `{"content":%q}`, text),
	})
	if err != nil {
		panic(err)
	}
	return m
}

// send has a message accepted and returns it.
func (d *desk) send(typ chat.ConversationType, sender chat.UserID, target, text string) *chat.Message {
	d.t.Helper()
	m := message(typ, sender, target, text)
	if errs := d.writer.Send(d.t.Context(), 0, m); errs[0] != nil {
		d.t.Fatal(errs[0])
	}
	return m
}

func (d *desk) change(changes ...store.Change) chat.Tick {
	d.t.Helper()
	tick, err := d.writer.Change(d.t.Context(), changes...)
	if err != nil {
		d.t.Fatal(err)
	}
	return tick
}

// pull is what user gets from the beginning.
func (d *desk) pull(user chat.UserID) []*chat.Message {
	d.t.Helper()
	page, err := d.Pull(d.t.Context(), store.Pull{User: user, Limit: 1000})
	if err != nil || page.More {
		d.t.Fatalf("more %v, %v", page.More, err)
	}
	return page.Messages
}

func (d *desk) history(user chat.UserID, c chat.Conversation) []*chat.Message {
	d.t.Helper()
	page, err := d.History(d.t.Context(), user, inbox.Query{Conversation: c, Count: 100, Newer: true, Until: d.store.Last()})
	if err != nil || page.More {
		d.t.Fatalf("more %v, %v", page.More, err)
	}
	return page.Messages
}

// unread is how many messages of a conversation user has not read.
func (d *desk) unread(user chat.UserID, c chat.Conversation) int {
	d.t.Helper()
	begin, err := d.Begin(d.t.Context(), user, c)
	if err != nil {
		d.t.Fatal(err)
	}
	u, err := d.Unread(d.t.Context(), user, c, begin, d.store.Last())
	if err != nil {
		d.t.Fatal(err)
	}
	return u.Count
}

func private(peer string) chat.Conversation {
	return chat.Conversation{Type: chat.Private, Target: peer}
}

// A group's history begins for a member when they joined.
func TestGroupHistory(t *testing.T) {
	d := open(t, inbox.Config{})
	group := chat.Conversation{Type: chat.Group, Target: "group"}
	d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"alice"}})
	d.send(chat.Group, "alice", "group", "before")
	d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"bob"}})
	after := d.send(chat.Group, "alice", "group", "after")
	if got := d.history("alice", group); len(got) != 2 {
		t.Errorf("alice reads %d messages", len(got))
	}
	if got := d.history("bob", group); len(got) != 1 || got[0].ID != after.ID {
		t.Errorf("bob reads %d messages", len(got))
	}
	if n := d.unread("bob", group); n != 1 {
		t.Errorf("bob has %d unread", n)
	}
	d.change(store.MarkedRead{User: "bob", Log: group.Log("bob"), Through: after.ID.Tick})
	if n := d.unread("bob", group); n != 0 {
		t.Errorf("bob has %d unread", n)
	}
	for _, who := range []chat.UserID{"carol", "dave"} {
		if _, err := d.History(t.Context(), who, inbox.Query{Conversation: group}); chat.CodeOf(err) != chat.NotInGroup {
			t.Errorf("%s reads the history: %v", who, err)
		}
		if _, err := d.Begin(t.Context(), who, group); chat.CodeOf(err) != chat.NotInGroup {
			t.Errorf("%s is in the group: %v", who, err)
		}
		d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"dave"}}, store.GroupLeft{Group: "group", Users: []chat.UserID{"dave"}})
	}
}

func TestHistoryPages(t *testing.T) {
	d := open(t, inbox.Config{})
	var ticks []chat.Tick
	for i := range 150 {
		ticks = append(ticks, d.send(chat.Private, "alice", "bob", fmt.Sprint(i)).ID.Tick)
	}
	last := ticks[149]
	for name, c := range map[string]struct {
		q    inbox.Query
		want []chat.Tick // newest first unless Newer
	}{
		"the newest":             {inbox.Query{Until: last}, reversed(ticks[130:])},
		"as many as asked":       {inbox.Query{Count: 3, Until: last}, reversed(ticks[147:])},
		"a hundred at most":      {inbox.Query{Count: 1000, Until: last}, reversed(ticks[50:])},
		"older than a time":      {inbox.Query{Time: ticks[10], Count: 4, Until: last}, reversed(ticks[6:10])},
		"newer than a time":      {inbox.Query{Time: ticks[10], Newer: true, Count: 4, Until: last}, ticks[11:15]},
		"the oldest":             {inbox.Query{Newer: true, Count: 2, Until: last}, ticks[:2]},
		"nothing newer than now": {inbox.Query{Newer: true, Time: ticks[140], Until: ticks[143]}, ticks[141:144]},
		"as old as now":          {inbox.Query{Count: 2, Until: ticks[143]}, reversed(ticks[142:144])},
		"a time in the future":   {inbox.Query{Time: last + 60_000, Count: 2, Until: last}, reversed(ticks[148:])},
	} {
		t.Run(name, func(t *testing.T) {
			c.q.Conversation = private("alice")
			page, err := d.History(t.Context(), "bob", c.q)
			if err != nil {
				t.Fatal(err)
			}
			var got []chat.Tick
			for _, m := range page.Messages {
				got = append(got, m.ID.Tick)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, not %v", got, c.want)
			}
		})
	}
}

func reversed(ticks []chat.Tick) []chat.Tick {
	r := slices.Clone(ticks)
	slices.Reverse(r)
	return r
}

// Pulls reach as far back as messages are kept for who is offline, and a
// cursor never goes back.
func TestPullWindow(t *testing.T) {
	d := open(t, inbox.Config{OfflineWindow: time.Hour})
	d.send(chat.Private, "alice", "bob", "old")
	d.clock.Add(time.Hour.Milliseconds() + 1)
	recent := d.send(chat.Private, "alice", "bob", "recent")
	if got := d.pull("bob"); len(got) != 1 || got[0].ID != recent.ID {
		t.Errorf("bob pulls %d messages", len(got))
	}
	if got := d.pull("alice"); len(got) != 1 || got[0].ID != recent.ID {
		t.Errorf("alice pulls %d messages of her own", len(got))
	}
	future := recent.ID.Tick + 1_000_000
	page, err := d.Pull(t.Context(), store.Pull{User: "bob", Received: future, Until: recent.ID.Tick, Limit: 10})
	if err != nil || page.Through != future || page.More {
		t.Errorf("a cursor from the future: up to %d, more %v, %v", page.Through, page.More, err)
	}
}

// Pages of 20 neither miss nor repeat what 1,000 messages in one tick hold.
func TestThousandInOneTick(t *testing.T) {
	model := storetest.NewModel(store.Options{})
	joined := &store.Batch{Tick: start - 1, Changes: []store.Change{store.GroupJoined{Group: "group", Users: []chat.UserID{"alice", "bob"}}}}
	if err := model.Commit(t.Context(), joined); err != nil {
		t.Fatal(err)
	}
	slow := storetest.NewSlow(model)
	d := openOn(t, slow, inbox.Config{})
	answered := make(owner, 2100)
	want := map[chat.ConversationType][]chat.ID{}
	submit := func(n int) {
		for i := range n {
			d.writer.Submit(&writer.Request{Message: message(chat.Private, "alice", "bob", fmt.Sprint(i)), Owner: answered})
			d.writer.Submit(&writer.Request{Message: message(chat.Group, "alice", "group", fmt.Sprint(i)), Owner: answered})
		}
	}
	commit := func(while func()) {
		if err := slow.Entered(t.Context()); err != nil {
			t.Fatal(err)
		}
		while()
		if err := slow.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// While one commit goes on, what the next one holds gathers.
	submit(1)
	commit(func() { submit(1000) })
	commit(func() { submit(1) })
	commit(func() {})
	ticks := map[chat.Tick]int{}
	for range 2 * 1002 {
		r := <-answered
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		ticks[r.ID.Tick]++
		want[r.Message.Type] = append(want[r.Message.Type], r.ID)
	}
	if len(ticks) > 4 {
		t.Fatalf("the messages are in %d ticks", len(ticks))
	}

	pulled := map[chat.ConversationType][]chat.ID{}
	for q, more := (store.Pull{User: "bob", Limit: 20}), true; more; {
		page, err := d.Pull(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			pulled[m.Type] = append(pulled[m.Type], m.ID)
		}
		q.Received, more = page.Through, page.More
	}
	for typ, ids := range want {
		if !slices.Equal(pulled[typ], ids) {
			t.Errorf("pulls bring %d %s messages, not the %d there are", len(pulled[typ]), typ, len(ids))
		}
		for _, newer := range []bool{true, false} {
			q := inbox.Query{Conversation: chat.Conversation{Type: typ, Target: "group"}, Newer: newer, Count: 20, Until: d.store.Last()}
			if typ == chat.Private {
				q.Conversation.Target = "alice"
			}
			var read []chat.ID
			for more := true; more; {
				page, err := d.History(t.Context(), "bob", q)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range page.Messages {
					read = append(read, m.ID)
				}
				q.Time, more = page.Through, page.More
			}
			if !newer {
				slices.Reverse(read)
			}
			if !slices.Equal(read, ids) {
				t.Errorf("history, newer %v, brings %d %s messages, not the %d there are", newer, len(read), typ, len(ids))
			}
		}
	}
}

type owner chan *writer.Request

func (o owner) Answer(r *writer.Request) { o <- r }
