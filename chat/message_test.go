package chat_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
)

func TestMessage(t *testing.T) {
	m := &chat.Message{ID: chat.ID{Tick: 5, Index: 1}, Type: chat.Group, Sender: "alice", Target: "g", Channel: "c"}
	if m.Conversation() != (chat.Conversation{Type: chat.Group, Target: "g", Channel: "c"}) {
		t.Errorf("%+v", m.Conversation())
	}
	log := m.Log()
	m.Prepare()
	if m.Log() != log || m.UID() != chat.NewUID(m.ID, log) {
		t.Error("preparing a message changes its log")
	}
	if allocs := testing.AllocsPerRun(100, func() { _ = m.Log() }); allocs != 0 {
		t.Errorf("the log of a prepared message costs %v allocations", allocs)
	}
}

func TestVisibleTo(t *testing.T) {
	everyone := &chat.Message{Type: chat.Group, Sender: "alice"}
	some := &chat.Message{Type: chat.Group, Sender: "alice", To: []chat.UserID{"bob"}}
	for user, want := range map[chat.UserID]bool{"alice": true, "bob": true, "carol": false} {
		if some.VisibleTo(user) != want || !everyone.VisibleTo(user) {
			t.Errorf("%s: %v and %v", user, some.VisibleTo(user), everyone.VisibleTo(user))
		}
	}
	for typ, want := range map[chat.ConversationType]bool{chat.Private: true, chat.System: true, chat.Group: false, chat.Chatroom: false} {
		if m := (&chat.Message{Type: typ}); m.Inboxed() != want {
			t.Errorf("%v goes to inboxes: %v", typ, m.Inboxed())
		}
	}
	if !some.Inboxed() {
		t.Error("a directional message does not go to inboxes")
	}
}

func TestCodeOf(t *testing.T) {
	cause := errors.New("disk")
	coded := &chat.Error{Code: chat.StoreUnavailable, Reason: "the store failed", Err: cause}
	for want, errs := range map[chat.Code][]error{
		chat.OK:                {nil},
		chat.StoreUnavailable:  {coded, fmt.Errorf("pull: %w", coded), errors.Join(cause, coded)},
		chat.ServerUnavailable: {context.Canceled, context.DeadlineExceeded, fmt.Errorf("read: %w", context.Canceled)},
		chat.Internal:          {cause},
		chat.TooBig:            {chat.Errorf(chat.TooBig, "content is %d bytes", 5)},
	} {
		for _, err := range errs {
			if got := chat.CodeOf(err); got != want {
				t.Errorf("%v has code %v, not %v", err, got, want)
			}
		}
	}
	if coded.Error() != "the store failed: disk" || !errors.Is(coded, cause) || (&chat.Error{Code: chat.TooBig}).Error() != "too-big" {
		t.Errorf("%q", coded)
	}
}

// Every code has a word of its own, and every type.
func TestWords(t *testing.T) {
	seen := map[string]chat.Code{}
	for _, c := range chat.Codes() {
		if other, ok := seen[c.String()]; ok || c.String() == "" {
			t.Errorf("%d and %d are both called %q", c, other, c)
		}
		seen[c.String()] = c
	}
	if len(seen) < 20 || chat.Code(9999).String() != "code-9999" {
		t.Errorf("%d codes; 9999 is %q", len(seen), chat.Code(9999))
	}
	for typ, want := range map[chat.ConversationType]string{
		chat.Private: "private", chat.Group: "group", chat.Chatroom: "chatroom", chat.System: "system", chat.UltraGroup: "ultragroup", 99: "unknown",
	} {
		if typ.String() != want {
			t.Errorf("%d is called %q", typ, typ)
		}
	}
}
