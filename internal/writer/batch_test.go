package writer_test

import (
	"context"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/internal/writer"
)

// unheard is a tail that nobody follows.
type unheard struct{}

func (unheard) Publish(context.Context, *store.Batch) error { return nil }

// answers are the owner of requests and say when all of n are answered.
type answers chan *writer.Request

func (a answers) Answer(r *writer.Request) { a <- r }

// write has a new writer accept requests that all waited for it, and returns
// them once they are answered.
func write(t *testing.T, requests ...*writer.Request) []*writer.Request {
	t.Helper()
	s := storetest.NewModel(store.Options{})
	w := writer.New(s, roster.New(s, roster.Config{}), unheard{}, writer.Config{})
	done := make(answers, len(requests))
	for _, r := range requests {
		r.Owner = done
		w.Submit(r)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	for range requests {
		<-done
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	return requests
}

func message(typ chat.ConversationType, target string) *writer.Request {
	m := &chat.Message{Type: typ, Sender: "alice", Target: target, ObjectName: "RC:TxtMsg"}
	return &writer.Request{Message: m, Check: roster.Member | roster.Blacklist}
}

func change(c store.Change) *writer.Request { return &writer.Request{Changes: []store.Change{c}} }

// Clients mark read as often as they send. If each mark ended a batch, each
// would cost everyone an fsync.
func TestReadMarksDoNotCutABatchShort(t *testing.T) {
	mark := func() *writer.Request {
		return change(store.MarkedRead{User: "bob", Log: chat.Conversation{Type: chat.Private, Target: "alice"}.Log("bob"), Through: 1})
	}
	all := write(t, message(chat.Private, "bob"), mark(), message(chat.Private, "bob"), mark(), message(chat.Private, "bob"))
	for i, r := range all {
		if r.Err != nil || r.ID.Tick != all[0].ID.Tick {
			t.Errorf("request %d has tick %d and error %v, the first has tick %d", i, r.ID.Tick, r.Err, all[0].ID.Tick)
		}
	}
}

// Whoever joined before sending is let through, and who left is not.
func TestAMessageMeetsTheChangesBeforeIt(t *testing.T) {
	alice := []chat.UserID{"alice"}
	all := write(t,
		message(chat.Group, "team"),
		change(store.GroupJoined{Group: "team", Users: alice}),
		message(chat.Group, "team"),
		change(store.GroupLeft{Group: "team", Users: alice}),
		message(chat.Group, "team"),
		message(chat.Private, "bob"),
		change(store.BlacklistAdded{User: "bob", Others: alice}),
		message(chat.Private, "bob"),
	)
	want := []chat.Code{chat.NotInGroup, chat.OK, chat.OK, chat.OK, chat.NotInGroup, chat.OK, chat.OK, chat.Blacklisted}
	for i, r := range all {
		if code := chat.CodeOf(r.Err); code != want[i] {
			t.Errorf("request %d: %v, want %v", i, code, want[i])
		}
	}
	if joined, sent := all[1].ID.Tick, all[2].ID.Tick; joined >= sent {
		t.Errorf("joined in tick %d and sent in tick %d: the sender would not receive their own message elsewhere", joined, sent)
	}
}
