package receipt_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/receipt"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/internal/writer"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// book is a ledger over a store in memory, with a real writer and a clock of
// the test's.
type book struct {
	*receipt.Ledger
	t      *testing.T
	store  store.Store
	writer *writer.Writer
	clock  atomic.Int64
}

// unheard is a tail that nobody follows.
type unheard struct{}

func (unheard) Publish(context.Context, *store.Batch) error { return nil }

const start = 1_800_000_000_000

func open(t *testing.T, v receipt.Version) *book {
	t.Helper()
	s := storetest.NewModel(store.Options{})
	b := &book{t: t, store: s}
	b.clock.Store(start)
	b.writer = writer.New(s, roster.New(s, roster.Config{}), unheard{}, writer.Config{Now: b.clock.Load})
	b.Ledger = receipt.New(s, b.writer, receipt.Config{Version: v, Now: b.clock.Load})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.writer.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the writer ended with %v", err)
		}
	})
	return b
}

// send has a text accepted that asks for receipts, unless it is plain.
func (b *book) send(typ chat.ConversationType, sender chat.UserID, target string, plain bool) *chat.Message {
	b.t.Helper()
	up := &pb.UpMessage{Flags: new(wire.UpFlags(chat.Persisted | chat.Counted)), ClassName: new("RC:TxtMsg"), Content: []byte(`{"content":"hi"}`)}
	if !plain {
		up.OptionBits = new(int64(2))
	}
	m, err := wire.NewMessage(typ, sender, target, up)
	if err != nil {
		b.t.Fatal(err)
	}
	if errs := b.writer.Send(b.t.Context(), 0, m); errs[0] != nil {
		b.t.Fatal(errs[0])
	}
	return m
}

func (b *book) change(changes ...store.Change) {
	b.t.Helper()
	if _, err := b.writer.Change(b.t.Context(), changes...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *book) joins(users ...chat.UserID) {
	b.t.Helper()
	b.change(store.GroupJoined{Group: "group", Users: users})
}

func in(m *chat.Message, user chat.UserID) chat.Conversation { return m.Log().Conversation(user) }

func uids(messages ...*chat.Message) (uids []string) {
	for _, m := range messages {
		uids = append(uids, string(m.UID()))
	}
	return uids
}

func (b *book) read(user chat.UserID, messages ...*chat.Message) {
	b.t.Helper()
	if err := b.Read(b.t.Context(), user, in(messages[0], user), uids(messages...)); err != nil {
		b.t.Fatalf("%s reads: %v", user, err)
	}
}

// counted is "read of total" of a message.
func (b *book) counted(user chat.UserID, m *chat.Message) string {
	b.t.Helper()
	counts, err := b.Counts(b.t.Context(), user, in(m, user), uids(m))
	if err != nil || len(counts) != 1 {
		b.t.Fatalf("%d counts, %v", len(counts), err)
	}
	return fmt.Sprintf("%d of %d", counts[0].Read, counts[0].Total)
}

// told lists what a sender is told after a tick, as "message: readers".
func (b *book) told(user chat.UserID, after chat.Tick) (told []string, through chat.Tick) {
	b.t.Helper()
	events, err := b.Events(b.t.Context(), user, after, b.store.Last())
	if err != nil || events.More {
		b.t.Fatalf("more %v, %v", events.More, err)
	}
	for _, e := range events.Events {
		line := fmt.Sprintf("%s %d of %d:", e.Conversation.Target, e.Read, e.Total)
		for _, r := range e.Readers {
			line += " " + string(r.User)
		}
		told = append(told, line)
	}
	return told, events.Through
}

// Only those count who could see the message, and each reading is told once.
func TestRead(t *testing.T) {
	b := open(t, receipt.V5)
	b.joins("alice", "bob", "carol", "dave")
	m := b.send(chat.Group, "alice", "group", false)
	p := b.send(chat.Private, "alice", "bob", false)
	b.joins("late")
	b.read("bob", p)
	for range 3 {
		b.read("bob", m)
	}
	b.read("carol", m)
	if got := b.counted("alice", m); got != "2 of 3" {
		t.Errorf("%s", got)
	}
	if got := b.counted("alice", p); got != "1 of 1" {
		t.Errorf("%s", got)
	}
	told, through := b.told("alice", 0)
	if want := []string{"bob 1 of 1: bob", "group 2 of 3: bob carol"}; !slices.Equal(told, want) {
		t.Errorf("alice is told %q, not %q", told, want)
	}
	if through != b.store.Last() {
		t.Errorf("up to %d", through)
	}
	b.read("dave", m)
	if told, _ := b.told("alice", through); !slices.Equal(told, []string{"group 3 of 3: dave"}) {
		t.Errorf("alice is told %q", told)
	}
	if told, _ := b.told("bob", 0); len(told) != 0 {
		t.Errorf("bob is told %q", told)
	}

	// Who leaves counts only when they have read.
	b.change(store.GroupLeft{Group: "group", Users: []chat.UserID{"bob", "alice"}})
	if err := b.Read(t.Context(), "bob", in(m, "bob"), uids(m)); chat.CodeOf(err) != chat.NotInGroup {
		t.Errorf("after leaving: %v", err)
	}
	if told, _ := b.told("alice", through); !slices.Equal(told, []string{"group 3 of 3: dave"}) {
		t.Errorf("a sender who left is told %q", told)
	}
	b.joins("alice")
	next := b.send(chat.Group, "alice", "group", false)
	if got := b.counted("alice", next); got != "0 of 3" {
		t.Errorf("%s", got)
	}
	b.change(store.GroupLeft{Group: "group", Users: []chat.UserID{"late"}})
	if got := b.counted("alice", next); got != "0 of 2" {
		t.Errorf("%s", got)
	}
}

// However many devices of a user read at the same time, it is told once.
func TestReadAtOnce(t *testing.T) {
	b := open(t, receipt.V5)
	m := b.send(chat.Private, "alice", "bob", false)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { b.read("bob", m) })
	}
	all.Wait()
	events, err := b.Events(t.Context(), "alice", 0, b.store.Last())
	if err != nil || len(events.Events) != 1 || len(events.Events[0].Readers) != 1 {
		t.Errorf("%+v, %v", events, err)
	}
}

func TestReadRefused(t *testing.T) {
	b := open(t, receipt.V5)
	b.joins("alice", "bob")
	m, plain := b.send(chat.Private, "alice", "bob", false), b.send(chat.Private, "alice", "bob", true)
	g, gone := b.send(chat.Group, "alice", "group", false), b.send(chat.Private, "alice", "bob", false)
	recalled := *gone
	recalled.ObjectName, recalled.Flags = "RC:RcNtf", chat.Persisted
	b.change(store.Replaced{Message: &recalled})
	b.joins("late")
	room := chat.Conversation{Type: chat.Chatroom, Target: "room"}
	many := slices.Repeat(uids(m), 101)
	for name, c := range map[string]struct {
		user chat.UserID
		in   chat.Conversation
		uids []string
		code chat.Code
	}{
		"one's own":               {"alice", in(m, "alice"), uids(m), chat.ReceiptNeedless},
		"what asks for none":      {"bob", in(plain, "bob"), uids(plain), chat.ReceiptNeedless},
		"what is not there":       {"bob", in(m, "bob"), []string{"0000-0000-0000-0000", "x"}, chat.ReceiptMissing},
		"what is elsewhere":       {"bob", in(g, "bob"), uids(m), chat.ReceiptMissing},
		"what was recalled":       {"bob", in(m, "bob"), uids(gone), chat.ReceiptMissing},
		"what came before":        {"late", in(g, "late"), uids(g), chat.ReceiptMissing},
		"of a group of others":    {"carol", in(g, "carol"), uids(g), chat.NotInGroup},
		"of two others":           {"carol", chat.Conversation{Type: chat.Private, Target: "bob"}, uids(m), chat.ReceiptMissing},
		"of a room":               {"bob", room, uids(m), chat.ReceiptType},
		"nothing":                 {"bob", in(m, "bob"), nil, chat.ReceiptTooMany},
		"more than can be looked": {"bob", in(m, "bob"), many, chat.ReceiptTooMany},
	} {
		before := b.store.Last()
		if err := b.Read(t.Context(), c.user, c.in, c.uids); chat.CodeOf(err) != c.code {
			t.Errorf("%s: %v, not %v", name, err, c.code)
		}
		if b.store.Last() != before {
			t.Errorf("%s: something was committed", name)
		}
	}
	for v, code := range map[receipt.Version]chat.Code{receipt.V1: chat.ReceiptV5Off, receipt.V2: chat.ReceiptV5Off, receipt.V4: chat.ReceiptV5Off} {
		if err := open(t, v).Read(t.Context(), "bob", in(m, "bob"), uids(m)); chat.CodeOf(err) != code {
			t.Errorf("in generation %d: %v", v, err)
		}
	}
	if err := b.ReadGroup(t.Context(), "bob", in(g, "bob"), uids(g)); chat.CodeOf(err) != chat.NotSupported {
		t.Errorf("the second generation: %v", err)
	}
	if err := b.ReadRange(t.Context(), "bob", in(m, "bob"), "", uids(m)[0]); chat.CodeOf(err) != chat.ReceiptV4Off {
		t.Errorf("the fourth generation: %v", err)
	}
}

// Pages of readers neither miss nor repeat anybody, in either order.
func TestReaders(t *testing.T) {
	b := open(t, receipt.V5)
	var all []chat.UserID
	for i := range 25 {
		all = append(all, chat.UserID("u"+strconv.Itoa(100+i)))
	}
	b.joins(append(all, "alice")...)
	m := b.send(chat.Group, "alice", "group", false)
	for _, user := range all[:15] {
		b.read(user, m)
	}
	pages := func(q receipt.Query) (users []chat.UserID) {
		t.Helper()
		q.UID, q.Limit = string(m.UID()), 4
		for {
			page, err := b.Readers(t.Context(), "alice", in(m, "alice"), q)
			if err != nil || page.Read != 15 || page.Total != 25 {
				t.Fatalf("%d of %d, %v", page.Read, page.Total, err)
			}
			for _, r := range page.Users {
				users = append(users, r.User)
			}
			if q.Token = page.Token; q.Token == "" {
				return users
			}
		}
	}
	backward := slices.Clone(all[:15])
	slices.Reverse(backward)
	if got := pages(receipt.Query{}); !slices.Equal(got, all[:15]) {
		t.Errorf("who has read: %v", got)
	}
	if got := pages(receipt.Query{Backward: true}); !slices.Equal(got, backward) {
		t.Errorf("who has read, newest first: %v", got)
	}
	if got := pages(receipt.Query{Unread: true}); !slices.Equal(got, all[15:]) {
		t.Errorf("who has not: %v", got)
	}
	some, err := b.Among(t.Context(), "alice", in(m, "alice"), string(m.UID()), []string{"u100", "u120", "nobody"})
	if err != nil || len(some.Users) != 2 || some.Users[0].Read == 0 || some.Users[1].Read != 0 {
		t.Errorf("%+v, %v", some.Users, err)
	}
	if _, err := b.Readers(t.Context(), "u100", in(m, "u100"), receipt.Query{UID: string(m.UID())}); chat.CodeOf(err) != chat.ReceiptNotYours {
		t.Errorf("another's: %v", err)
	}
	if _, err := b.Readers(t.Context(), "alice", in(m, "alice"), receipt.Query{UID: string(m.UID()), Limit: 101}); chat.CodeOf(err) != chat.ReceiptTooMany {
		t.Errorf("101 a page: %v", err)
	}
}

// A client that knows of nothing is told of the newest readings only.
func TestRecent(t *testing.T) {
	b := open(t, receipt.V5)
	if from, more, err := b.Recent(t.Context(), "alice", b.store.Last()); err != nil || more || from != b.store.Last() {
		t.Errorf("of none: from %d, %v, %v", from, more, err)
	}
	for range 250 {
		b.read("bob", b.send(chat.Private, "alice", "bob", false))
	}
	from, more, err := b.Recent(t.Context(), "alice", b.store.Last())
	if err != nil || !more {
		t.Fatalf("more %v, %v", more, err)
	}
	told := 0
	for more {
		events, err := b.Events(t.Context(), "alice", from, b.store.Last())
		if err != nil {
			t.Fatal(err)
		}
		told += len(events.Events)
		from, more = events.Through, events.More
	}
	if told != 200 {
		t.Errorf("told of %d readings", told)
	}
}

// In the second generation the senders get one message for what was read.
func TestReadGroup(t *testing.T) {
	b := open(t, receipt.V2)
	b.joins("alice", "bob", "carol")
	a, c := b.send(chat.Group, "alice", "group", true), b.send(chat.Group, "carol", "group", true)
	for range 2 {
		if err := b.ReadGroup(t.Context(), "bob", in(a, "bob"), uids(a, c)); err != nil {
			t.Fatal(err)
		}
	}
	page, err := b.store.History(t.Context(), store.Range{Log: a.Log(), Limit: 100, All: true})
	if err != nil || len(page.Messages) != 3 {
		t.Fatalf("%d messages, %v", len(page.Messages), err)
	}
	m := page.Messages[2]
	want := fmt.Sprintf(`{"receiptMessageDic":{"alice":[%q],"carol":[%q]}}`, a.UID(), c.UID())
	if m.ObjectName != "RC:RRRspMsg" || string(wire.Content(m)) != want || !slices.Equal(m.To, []chat.UserID{"alice", "carol"}) {
		t.Errorf("%s %s to %v", m.ObjectName, wire.Content(m), m.To)
	}
	all, counts, err := b.All(t.Context(), "alice", in(a, "alice"), uids(a)[0])
	if err != nil || counts.Total != 2 || len(all) != 1 || all[0].User != "bob" {
		t.Errorf("%+v of %d, %v", all, counts.Total, err)
	}
}

// In the fourth generation a range is read, and only what is new is told.
func TestReadRange(t *testing.T) {
	b := open(t, receipt.V4)
	b.joins("alice", "bob", "carol")
	p := b.send(chat.Private, "alice", "bob", true)
	one, own, two := b.send(chat.Group, "alice", "group", true), b.send(chat.Group, "bob", "group", true), b.send(chat.Group, "alice", "group", true)
	for range 2 {
		if err := b.ReadRange(t.Context(), "bob", in(p, "bob"), "", uids(p)[0]); err != nil {
			t.Fatal(err)
		}
		if err := b.ReadRange(t.Context(), "bob", in(two, "bob"), uids(one)[0], uids(two)[0]); err != nil {
			t.Fatal(err)
		}
	}
	said := func(log chat.Log) (said []string) {
		page, err := b.store.History(t.Context(), store.Range{Log: log, Limit: 100, All: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			if m.ObjectName == "RC:RSMsg" {
				said = append(said, string(wire.Content(m)))
			}
		}
		return said
	}
	if got, want := said(p.Log()), []string{fmt.Sprintf(`{"endMsgTime":%d}`, p.ID.Tick)}; !slices.Equal(got, want) {
		t.Errorf("alice is told %q, not %q", got, want)
	}
	got, want := said(one.Log()), []string{fmt.Sprintf(`{"msgId":%q,"rrn":1,"tmn":2}`, one.UID()), fmt.Sprintf(`{"msgId":%q,"rrn":1,"tmn":2}`, two.UID())}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("alice is told %q, not %q", got, want)
	}
	if got := b.counted("bob", own); got != "0 of 2" {
		t.Errorf("one's own: %s", got)
	}
}
