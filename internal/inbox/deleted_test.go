package inbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/wire"
)

// texts are what the messages say.
func texts(t *testing.T, messages []*chat.Message) []string {
	t.Helper()
	var all []string
	for _, m := range messages {
		all = append(all, string(wire.Content(m)))
	}
	return all
}

func said(numbers ...int) []string {
	var all []string
	for _, n := range numbers {
		all = append(all, fmt.Sprintf(`{"content":"%d"}`, n))
	}
	return all
}

// five sends the texts 1 to 5 from alice to bob.
func (d *desk) five() (all []*chat.Message) {
	d.t.Helper()
	for i := range 5 {
		all = append(all, d.send(chat.Private, "alice", "bob", fmt.Sprint(i+1)))
	}
	return all
}

func (d *desk) delete(user chat.UserID, c chat.Conversation, messages ...*chat.Message) {
	d.t.Helper()
	var names []chat.UID
	for _, m := range messages {
		names = append(names, m.UID())
	}
	if err := d.Delete(d.t.Context(), user, c, names); err != nil {
		d.t.Fatal(err)
	}
}

// What a user deleted is gone from every read of theirs, and of nobody else's.
func TestDelete(t *testing.T) {
	d := open(t, inbox.Config{})
	m := d.five()
	d.delete("bob", private("alice"), m[1], m[3])
	d.delete("bob", private("alice"), m[1]) // again: nothing more happens
	if got := texts(t, d.pull("bob")); !slices.Equal(got, said(1, 3, 5)) {
		t.Errorf("bob pulls %v", got)
	}
	if got := texts(t, d.history("bob", private("alice"))); !slices.Equal(got, said(1, 3, 5)) {
		t.Errorf("bob reads %v", got)
	}
	if n := d.unread("bob", private("alice")); n != 3 {
		t.Errorf("bob has %d unread", n)
	}
	found, missing, err := d.Named(t.Context(), "bob", private("alice"), []chat.UID{m[0].UID(), m[1].UID(), "0000-0000-0000-0000", "nothing"})
	if err != nil || !slices.Equal(texts(t, found), said(1)) || !slices.Equal(missing, []chat.UID{m[1].UID(), "0000-0000-0000-0000", "nothing"}) {
		t.Errorf("bob finds %v, not %v, %v", texts(t, found), missing, err)
	}
	if got := texts(t, d.history("alice", private("bob"))); !slices.Equal(got, said(1, 2, 3, 4, 5)) {
		t.Errorf("alice reads %v", got)
	}
	if got := texts(t, d.pull("alice")); len(got) != 5 {
		t.Errorf("alice pulls %v", got)
	}
}

// Clearing reaches up to its tick, that one too, and never back.
func TestClear(t *testing.T) {
	d := open(t, inbox.Config{})
	m := d.five()
	d.delete("bob", private("alice"), m[0], m[4])
	for _, at := range []int{2, 1} {
		if err := d.Clear(t.Context(), "bob", inbox.Clearing{Conversation: private("alice"), Through: m[at].ID.Tick}); err != nil {
			t.Fatal(err)
		}
	}
	if got := texts(t, d.history("bob", private("alice"))); !slices.Equal(got, said(4)) {
		t.Errorf("bob reads %v", got)
	}
	if got := texts(t, d.pull("bob")); !slices.Equal(got, said(4)) {
		t.Errorf("bob pulls %v", got)
	}
	if n := d.unread("bob", private("alice")); n != 1 {
		t.Errorf("bob has %d unread", n)
	}
	entries, err := d.store.Entries(t.Context(), store.EntryRange{Space: store.Deleted, Owner: "bob", Limit: 100})
	if err != nil || len(entries) != 3 {
		t.Errorf("%d entries are left of what clearing made superfluous, %v", len(entries), err)
	}
}

// Pages of history are full although much was deleted in between.
func TestHistoryPagesAroundDeleted(t *testing.T) {
	d := open(t, inbox.Config{})
	var all []*chat.Message
	for i := range 60 {
		all = append(all, d.send(chat.Private, "alice", "bob", fmt.Sprint(i)))
	}
	d.delete("bob", private("alice"), all[5:55]...)
	q := inbox.Query{Conversation: private("alice"), Count: 4, Until: d.store.Last()}
	var got []string
	for {
		page, err := d.History(t.Context(), "bob", q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Messages) == 0 {
			t.Fatalf("an empty page after %v", got)
		}
		got = append(got, texts(t, page.Messages)...)
		if !page.More {
			break
		}
		q.Time = page.Through
	}
	if want := said(59, 58, 57, 56, 55, 4, 3, 2, 1, 0); !slices.Equal(got, want) {
		t.Errorf("the pages have %v", got)
	}
}

func TestDeleteBounds(t *testing.T) {
	d := open(t, inbox.Config{})
	for _, n := range []int{0, chat.MaxNamed + 1} {
		if err := d.Delete(t.Context(), "bob", private("alice"), make([]chat.UID, n)); chat.CodeOf(err) != chat.BadParameter {
			t.Errorf("%d names: %v", n, err)
		}
	}
	if _, _, err := d.Named(t.Context(), "bob", private("alice"), make([]chat.UID, chat.MaxNamed+1)); chat.CodeOf(err) != chat.BadParameter {
		t.Errorf("too many names: %v", err)
	}
}

// counting counts the reads of entries.
type counting struct {
	store.Store
	reads atomic.Int64
}

func (c *counting) Entry(ctx context.Context, space store.Space, owner, key string) (store.Entry, error) {
	c.reads.Add(1)
	return c.Store.Entry(ctx, space, owner, key)
}

func (c *counting) Entries(ctx context.Context, q store.EntryRange) ([]store.Entry, error) {
	c.reads.Add(1)
	return c.Store.Entries(ctx, q)
}

// Who deleted nothing pays for it once, and who did pays for old messages only.
func TestPullsOfMostReadNothingMore(t *testing.T) {
	s := &counting{Store: storetest.NewModel(store.Options{})}
	d := openOn(t, s, inbox.Config{})
	m := d.five()
	for range 3 {
		d.pull("bob")
	}
	if n := s.reads.Load(); n != 1 {
		t.Errorf("three pulls read %d entries", n)
	}
	d.delete("bob", private("alice"), m[4])
	later := d.send(chat.Private, "alice", "bob", "6")
	before := s.reads.Load()
	page, err := d.Pull(t.Context(), store.Pull{User: "bob", Received: later.ID.Tick - 1, Sent: chat.MaxTick, Limit: 9})
	if err != nil || len(page.Messages) != 1 {
		t.Fatalf("%d messages, %v", len(page.Messages), err)
	}
	if n := s.reads.Load() - before; n != 0 {
		t.Errorf("a pull after the last deletion reads %d entries", n)
	}
	reopened := openOn(t, s, inbox.Config{})
	if got := texts(t, reopened.pull("bob")); len(got) != 5 {
		t.Errorf("after a start bob pulls %v", got)
	}
}
