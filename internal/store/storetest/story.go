package storetest

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// story is a store with what happened in it so far, and a test that ends when
// the store fails.
type story struct {
	store.Store
	t   *testing.T
	ctx context.Context
}

// tell commits messages and changes as the tick after the last one, and
// returns that tick.
func (s *story) tell(parts ...any) chat.Tick {
	s.t.Helper()
	return s.tellAt(s.Last()+1, parts...)
}

// tellAt commits messages and changes as tick.
func (s *story) tellAt(tick chat.Tick, parts ...any) chat.Tick {
	s.t.Helper()
	if err := s.Commit(s.ctx, batch(s.Last(), tick, parts...)); err != nil {
		s.t.Fatalf("commit of tick %d: %v", tick, err)
	}
	return tick
}

// batch is a batch of messages and changes. It gives the messages their ids.
func batch(prev, tick chat.Tick, parts ...any) *store.Batch {
	b := &store.Batch{Prev: prev, Tick: tick}
	for _, part := range parts {
		switch part := part.(type) {
		case *chat.Message:
			part.ID = chat.ID{Tick: tick, Index: uint16(len(b.Messages))}
			b.Messages = append(b.Messages, part)
		case []*chat.Message:
			for _, m := range part {
				m.ID = chat.ID{Tick: tick, Index: uint16(len(b.Messages))}
				b.Messages = append(b.Messages, m)
			}
		case store.Change:
			b.Changes = append(b.Changes, part)
		default:
			panic(fmt.Sprintf("a batch has messages and changes, not %T", part))
		}
	}
	return b
}

const normal = chat.Persisted | chat.Counted

func private(from, to chat.UserID, text string) *chat.Message {
	return message(chat.Private, from, string(to), text)
}

// group is a message to a group, or to some of its members.
func group(from chat.UserID, id, text string, to ...chat.UserID) *chat.Message {
	m := message(chat.Group, from, id, text)
	m.To = to
	return m
}

func message(typ chat.ConversationType, from chat.UserID, target, text string) *chat.Message {
	return &chat.Message{
		Type: typ, Sender: from, Target: target, Flags: normal,
		ObjectName: "RC:TxtMsg", Body: []byte(text),
	}
}

// flagged is m with other flags.
func flagged(m *chat.Message, f chat.Flags) *chat.Message {
	m.Flags = f
	return m
}

// keyed is m with a key.
func keyed(m *chat.Message, key chat.SendKey) *chat.Message {
	m.Key = key
	return m
}

func joined(id string, users ...chat.UserID) store.GroupJoined {
	return store.GroupJoined{Group: id, Users: users}
}

func left(id string, users ...chat.UserID) store.GroupLeft {
	return store.GroupLeft{Group: id, Users: users}
}

func privateLog(a, b chat.UserID) chat.Log {
	return chat.Conversation{Type: chat.Private, Target: string(b)}.Log(a)
}

func groupLog(id string) chat.Log {
	return chat.Conversation{Type: chat.Group, Target: id}.Log("")
}

// pulls asks for user's whole stream and checks the texts it gets.
func (s *story) pulls(user chat.UserID, texts ...string) {
	s.t.Helper()
	s.pullsSince(user, 0, texts...)
}

func (s *story) pullsSince(user chat.UserID, since chat.Tick, texts ...string) {
	s.t.Helper()
	p := s.pull(store.Pull{User: user, Received: since, Sent: since, Limit: 1 << 20})
	s.equal(fmt.Sprintf("%q's stream after tick %d", user, since), textsOf(p), texts)
	s.equal("the end of a whole stream", p.Through, s.Last())
	s.equal("more of a whole stream", p.More, false)
}

func (s *story) pull(q store.Pull) store.Page {
	s.t.Helper()
	p, err := s.Pull(s.ctx, q)
	s.must(err)
	return p
}

// shows asks for a page of history and checks it.
func (s *story) shows(q store.Range, through chat.Tick, more bool, texts ...string) {
	s.t.Helper()
	p, err := s.History(s.ctx, q)
	s.must(err)
	what := fmt.Sprintf("history %+v", q)
	s.equal(what, textsOf(p), texts)
	s.equal("through of "+what, p.Through, through)
	s.equal("more of "+what, p.More, more)
}

func (s *story) unread(want int, user chat.UserID, log chat.Log, after chat.Tick) {
	s.t.Helper()
	u, err := s.Unread(s.ctx, store.UnreadRange{User: user, Log: log, After: after})
	s.must(err)
	s.equal(fmt.Sprintf("unread messages of %q after %d", user, after), u.Count, want)
}

func textsOf(p store.Page) []string {
	var texts []string
	for _, m := range p.Messages {
		texts = append(texts, string(m.Body))
	}
	return texts
}

func (s *story) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// equal fails the test when got is not want. A nil slice equals an empty one.
func (s *story) equal(what string, got, want any) {
	s.t.Helper()
	if !same(got, want) {
		s.t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func same(a, b any) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	if x.Kind() == reflect.Slice && x.Len() == 0 && y.Kind() == reflect.Slice {
		return y.Len() == 0
	}
	return reflect.DeepEqual(a, b)
}

// sameMessages is what differs between two lists of messages, "" when nothing does.
func sameMessages(got, want []*chat.Message) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d messages, not %d", len(got), len(want))
	}
	for i := range got {
		if a, b := plain(got[i]), plain(want[i]); !reflect.DeepEqual(a, b) {
			return fmt.Sprintf("message %d is %+v, not %+v", i, a, b)
		}
	}
	return ""
}

// plain is m, prepared, with nil for empty slices and without what is not stored.
func plain(m *chat.Message) chat.Message {
	p := *m
	p.Origin = 0
	p.Prepare()
	if len(p.To) == 0 {
		p.To = nil
	}
	if len(p.Body) == 0 {
		p.Body = nil
	}
	return p
}
