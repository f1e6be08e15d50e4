package amend_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/internal/writer"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// desk is an editor over a store in memory, with a real writer, a clock of the
// test's, and an inbox that shows what became of the messages.
type desk struct {
	*amend.Editor
	*inbox.Inbox
	t      *testing.T
	store  store.Store
	roster *roster.Roster
	writer *writer.Writer
	clock  atomic.Int64
}

// unheard is a tail that nobody follows.
type unheard struct{}

func (unheard) Publish(context.Context, *store.Batch) error { return nil }

const start = 1_800_000_000_000

func open(t *testing.T, cfg amend.Config) *desk {
	t.Helper()
	s := storetest.NewModel(store.Options{})
	d := &desk{t: t, store: s}
	d.clock.Store(start)
	d.roster = roster.New(s, roster.Config{})
	d.writer = writer.New(s, d.roster, unheard{}, writer.Config{Now: d.clock.Load})
	cfg.Now = d.clock.Load
	d.Editor = amend.New(s, d.roster, d.writer, cfg)
	d.Inbox = inbox.New(s, d.writer, inbox.Config{Now: d.clock.Load})
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

// content is the JSON of a message's content.
func content(t *testing.T, m *chat.Message) (fields map[string]any) {
	t.Helper()
	var down pb.DownMessage
	if err := down.UnmarshalVT(wire.AppendMessage(nil, m, "")); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(down.Content, &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

func names(messages []*chat.Message) (names []string) {
	for _, m := range messages {
		names = append(names, m.ObjectName)
	}
	return names
}

func private(peer string) chat.Conversation {
	return chat.Conversation{Type: chat.Private, Target: peer}
}
