package writer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/internal/writer"
)

// desk is a writer at work in a bubble of its own time, and a log of what it
// answered and published, in that order.
type desk struct {
	*writer.Writer
	t     *testing.T
	store store.Store
	stop  context.CancelFunc
	ended chan error

	mu        sync.Mutex // guards the following
	log       []string
	answered  []*writer.Request
	published []*store.Batch
}

// Publish implements writer.Publisher.
func (d *desk) Publish(_ context.Context, b *store.Batch) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log = append(d.log, fmt.Sprintf("published %d", len(b.Messages)))
	d.published = append(d.published, b)
	return nil
}

// Answer implements writer.Owner.
func (d *desk) Answer(r *writer.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log = append(d.log, fmt.Sprintf("answered %d", r.Reference))
	d.answered = append(d.answered, r)
}

// open runs a writer on s until the test ends.
func open(t *testing.T, s store.Store, cfg writer.Config) *desk {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	d := &desk{t: t, store: s, stop: stop, ended: make(chan error, 1)}
	d.Writer = writer.New(s, roster.New(s, roster.Config{}), d, cfg)
	go func() { d.ended <- d.Run(ctx) }()
	t.Cleanup(stop)
	return d
}

// submit gives the writer requests, with their places as references.
func (d *desk) submit(requests ...*writer.Request) {
	for i, r := range requests {
		r.Owner, r.Reference = d, uint16(i)
		d.Submit(r)
	}
}

// answers are those there are once nothing moves any more.
func (d *desk) answers() []*writer.Request {
	time.Sleep(time.Second) // of the bubble: the writer waits for the next millisecond
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.answered)
}

func model() *storetest.Model { return storetest.NewModel(store.Options{}) }

// numbered is a message with a key, so that two with one number are a resend.
func numbered(n int) *writer.Request {
	r := message(chat.Private, "bob")
	r.Message.Key = chat.SendKey{1, byte(n), byte(n >> 8)}
	r.Message.Body = make([]byte, 100)
	return r
}

func repeat(n int, request func(int) *writer.Request) (all []*writer.Request) {
	for i := range n {
		all = append(all, request(i))
	}
	return all
}

// Those who wait while the disk is busy share the next commit, in their order.
// Nobody is acked before.
func TestGroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := storetest.NewSlow(model())
		d := open(t, slow, writer.Config{})
		d.submit(numbered(0))
		must(t, slow.Entered(t.Context()))
		d.submit(repeat(1000, func(i int) *writer.Request { return numbered(i + 1) })...)
		if got := d.answers(); len(got) != 0 {
			t.Errorf("%d were acked before their commit", len(got))
		}
		must(t, slow.Pass(t.Context()))
		must(t, slow.Entered(t.Context()))
		if got := d.answers(); len(got) != 1 {
			t.Errorf("%d were acked by the first commit", len(got))
		}
		must(t, slow.Pass(t.Context()))
		all := d.answers()
		if len(all) != 1001 || len(d.published) != 2 {
			t.Fatalf("%d were acked, in %d batches", len(all), len(d.published))
		}
		for i, r := range all[1:] {
			want := chat.ID{Tick: all[1].ID.Tick, Index: uint16(i)}
			if r.Err != nil || r.ID != want || r.Message.ID != want || int(r.Reference) != i {
				t.Fatalf("request %d at place %d got %v, %v", r.Reference, i, r.ID, r.Err)
			}
		}
		if b := d.published[1]; b.Prev != all[0].ID.Tick || b.Tick != all[1].ID.Tick || b.Tick <= b.Prev {
			t.Errorf("batch %d after %d", b.Tick, b.Prev)
		}
		d.finish()
	})
}

// finish ends the writer, which must end well.
func (d *desk) finish() {
	d.t.Helper()
	d.stop()
	if err := <-d.ended; err != nil {
		d.t.Errorf("the writer ended with %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// An official client knows its own message by the ack, so the ack goes first.
func TestAckBeforeTail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := storetest.NewSlow(model())
		d := open(t, slow, writer.Config{})
		d.submit(numbered(0))
		must(t, slow.Entered(t.Context()))
		d.submit(numbered(1), numbered(2))
		must(t, slow.Pass(t.Context()))
		must(t, slow.Entered(t.Context()))
		must(t, slow.Pass(t.Context()))
		d.answers()
		if want := []string{"answered 0", "published 1", "answered 0", "answered 1", "published 2"}; !slices.Equal(d.log, want) {
			t.Errorf("%q, not %q", d.log, want)
		}
		d.finish()
	})
}

// A resend is the first one, whether that is on disk or in the same batch.
func TestResend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, model(), writer.Config{})
		d.submit(numbered(1), numbered(2), numbered(1))
		first := d.answers()
		d.submit(numbered(2), numbered(1), numbered(3))
		second := d.answers()[3:]
		if first[2].ID != first[0].ID || second[0].ID != first[1].ID || second[1].ID != first[0].ID {
			t.Errorf("resends got %v, %v and %v, the first were %v and %v", first[2].ID, second[0].ID, second[1].ID, first[0].ID, first[1].ID)
		}
		published := 0
		for _, b := range d.published {
			published += len(b.Messages)
		}
		if published != 3 {
			t.Errorf("%d messages were published, not 3", published)
		}
		d.finish()
	})
}

// A message that was refused is not remembered, and costs no place in the tick.
func TestRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, model(), writer.Config{})
		to := func() *writer.Request {
			r := message(chat.Group, "group")
			r.Message.Key = chat.SendKey{9}
			return r
		}
		d.submit(to(), numbered(1))
		d.answers()
		d.submit(change(store.GroupJoined{Group: "group", Users: []chat.UserID{"alice"}}), to())
		all := d.answers()
		if chat.CodeOf(all[0].Err) != chat.NotInGroup || all[1].Err != nil || all[1].ID.Index != 0 {
			t.Errorf("the first got %v, the second %v and %v", all[0].Err, all[1].ID, all[1].Err)
		}
		if all[3].Err != nil || all[3].ID.Tick <= all[2].ID.Tick {
			t.Errorf("after the join in %d: %v, %v", all[2].ID.Tick, all[3].ID, all[3].Err)
		}
		d.finish()
	})
}

// Changes that come with a message are made with it, or not at all.
func TestMessageWithChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, model(), writer.Config{})
		allowed, refused := numbered(1), message(chat.Group, "no such group")
		allowed.Changes = []store.Change{store.RoomCreated{Room: "made"}}
		refused.Changes = []store.Change{store.RoomCreated{Room: "not made"}}
		again := numbered(1)
		again.Changes = []store.Change{store.RoomCreated{Room: "not made again"}}
		d.submit(allowed, refused, again)
		d.answers()
		if room, err := d.store.Room(t.Context(), "made"); err != nil || room.Created != allowed.ID.Tick {
			t.Errorf("%+v, %v: not made in tick %d", room, err, allowed.ID.Tick)
		}
		for _, id := range []string{"not made", "not made again"} {
			if _, err := d.store.Room(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", id, err)
			}
		}
		d.finish()
	})
}

// A tick holds what an index and a page can carry, the next takes the rest.
func TestBatchBounds(t *testing.T) {
	for name, c := range map[string]struct {
		cfg   writer.Config
		sizes []int
	}{
		"messages": {writer.Config{}, []int{1, chat.MaxPerTick, 1000}},
		"bytes":    {writer.Config{BatchBytes: 250_000}, []int{1, 2500, 2500, chat.MaxPerTick + 1000 - 5000}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slow := storetest.NewSlow(model())
				d := open(t, slow, c.cfg)
				d.submit(numbered(0))
				must(t, slow.Entered(t.Context()))
				d.submit(repeat(chat.MaxPerTick+1000, func(i int) *writer.Request { return numbered(i + 1) })...)
				must(t, slow.Pass(t.Context()))
				for range c.sizes[1:] {
					must(t, slow.Entered(t.Context()))
					must(t, slow.Pass(t.Context()))
				}
				d.answers()
				var sizes []int
				for _, b := range d.published {
					sizes = append(sizes, len(b.Messages))
				}
				if !slices.Equal(sizes, c.sizes) {
					t.Errorf("batches of %d, not %d", sizes, c.sizes)
				}
				d.finish()
			})
		})
	}
}

// A clock that stands still, goes back and jumps ahead gives ticks that grow.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var clock atomic.Int64
		d := open(t, model(), writer.Config{Now: clock.Load})
		last := chat.Tick(0)
		for i, now := range []int64{1000, 1000, 1000, 500, 501, 2000, 1999, 0, 3000} {
			clock.Store(now)
			d.submit(numbered(i))
			got := d.answers()[i].ID.Tick
			if want := max(last+1, chat.Tick(now)); got != want {
				t.Errorf("at %d after tick %d: tick %d, not %d", now, last, got, want)
			}
			last = got
		}
		d.finish()
	})
}

// Ticks, one a commit, do not outrun the clock.
func TestOneCommitAMillisecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, model(), writer.Config{})
		for i := range 50 {
			if errs := d.Send(t.Context(), 0, numbered(i).Message); errs[0] != nil {
				t.Fatal(errs[0])
			}
			if last := d.store.Last(); last > chat.Tick(time.Now().UnixMilli()) {
				t.Fatalf("tick %d is ahead of the clock", last)
			}
		}
		d.finish()
	})
}

// When the disk fails, whoever was not acked is told so, and so is everyone
// who comes later or waited to be let in.
func TestStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := storetest.NewSlow(storetest.NewFailing(model(), 2))
		d := open(t, slow, writer.Config{Queue: 3})
		d.submit(numbered(0))
		must(t, slow.Entered(t.Context()))
		d.submit(numbered(1), numbered(2), message(chat.Group, "no such group"))
		must(t, slow.Pass(t.Context()))
		must(t, slow.Entered(t.Context())) // the queue is empty again
		d.submit(numbered(3), numbered(4), numbered(5))
		go d.submit(numbered(6)) // waits
		synctest.Wait()
		must(t, slow.Pass(t.Context()))
		if err := <-d.ended; chat.CodeOf(err) != chat.StoreUnavailable {
			t.Errorf("the writer ended with %v", err)
		}
		d.submit(numbered(7))
		all := d.answers()
		if len(all) != 9 || all[0].Err != nil {
			t.Fatalf("%d were answered, the first with %v", len(all), all[0].Err)
		}
		for _, r := range all[1:] {
			if code := chat.CodeOf(r.Err); code != chat.StoreUnavailable && code != chat.ServerUnavailable {
				t.Errorf("one was answered with %v", r.Err)
			}
		}
		if len(d.published) != 1 {
			t.Errorf("%d batches were published", len(d.published))
		}
	})
}

// A full queue makes the next one wait, which is what slows clients down.
func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := storetest.NewSlow(model())
		d := open(t, slow, writer.Config{Queue: 2})
		d.submit(numbered(0))
		must(t, slow.Entered(t.Context()))
		var let atomic.Int64
		go func() {
			for i := range 5 {
				d.submit(numbered(i + 1))
				let.Add(1)
			}
		}()
		synctest.Wait()
		if let.Load() != 2 {
			t.Errorf("%d were let in, not 2", let.Load())
		}
		for range 3 {
			must(t, slow.Pass(t.Context()))
			must(t, slow.Entered(t.Context()))
		}
		must(t, slow.Pass(t.Context()))
		if got := len(d.answers()); got != 6 || let.Load() != 5 {
			t.Errorf("%d were answered, %d let in", got, let.Load())
		}
		d.finish()
	})
}

// Shutting down commits what was accepted, and refuses the rest.
func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := storetest.NewSlow(model())
		d := open(t, slow, writer.Config{})
		d.submit(numbered(0))
		must(t, slow.Entered(t.Context()))
		d.submit(numbered(1), numbered(2))
		d.stop()
		synctest.Wait()
		d.submit(numbered(3))
		must(t, slow.Pass(t.Context()))
		must(t, slow.Entered(t.Context()))
		must(t, slow.Pass(t.Context()))
		if err := <-d.ended; err != nil {
			t.Errorf("the writer ended with %v", err)
		}
		codes := map[chat.Code]int{}
		for _, r := range d.answers() {
			codes[chat.CodeOf(r.Err)]++
		}
		if codes[chat.OK] != 3 || codes[chat.ServerUnavailable] != 1 || len(d.published) != 2 {
			t.Errorf("answered with %v, %d batches", codes, len(d.published))
		}
	})
}

// Send and Change wait for the outcome.
func TestSendAndChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, model(), writer.Config{})
		a, b, twin := numbered(1).Message, message(chat.Group, "none").Message, numbered(1).Message
		errs := d.Send(t.Context(), roster.Member, a, b, twin)
		if errs[0] != nil || chat.CodeOf(errs[1]) != chat.NotInGroup || errs[2] != nil || twin.ID != a.ID || a.ID.Tick == 0 {
			t.Errorf("%v; %v and %v", errs, a.ID, twin.ID)
		}
		tick, err := d.Change(t.Context(), store.RoomCreated{Room: "room"})
		if err != nil || tick != d.store.Last() {
			t.Errorf("%d, %v", tick, err)
		}
		d.finish()
	})
}
