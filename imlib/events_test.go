package imlib_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

// watcher reads the events of a client, each once.
type watcher struct {
	*imlib.Client
	t      testing.TB
	events chan imlib.Event
}

// watch connects a user whose events the test reads. It is there before it
// returns.
func watch(t testing.TB, n *imtest.Node, user chat.UserID, change ...func(*imlib.Options)) *watcher {
	t.Helper()
	w := &watcher{connect(t, n, user, change...), t, make(chan imlib.Event, 1000)}
	events := w.Events(context.Background())
	go func() {
		for e, err := range events {
			if err != nil {
				break // the test is over, and closes the client
			}
			w.events <- e
		}
		close(w.events)
	}()
	return w
}

// until returns the next event of type E of which is reports true. Events
// before it are passed over.
func until[E imlib.Event](w *watcher, is func(E) bool) E {
	w.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	var passed []string
	for {
		select {
		case e, ok := <-w.events:
			if !ok {
				w.t.Fatalf("%s ended without %T; there were %v", w.User(), *new(E), passed)
			}
			if it, ok := e.(E); ok && is(it) {
				return it
			}
			passed = append(passed, fmt.Sprintf("%T", e))
		case <-late.C:
			w.t.Fatalf("%s waited in vain for %T; there were %v", w.User(), *new(E), passed)
		}
	}
}

// next returns the next event of type E.
func next[E imlib.Event](w *watcher) E {
	w.t.Helper()
	return until(w, func(E) bool { return true })
}

// hears returns the message with this text, once it is there.
func (w *watcher) hears(content string) imlib.Message {
	w.t.Helper()
	return until(w, func(m imlib.Message) bool { return text(m) == content })
}

// Shows S165, S166.
func TestEventsTellWhatHappensToMessagesInOrder(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), watch(t, n, "bob")
	next[imlib.CaughtUp](bob)
	if err := alice.Typing(imlib.Private("bob"), "RC:TxtMsg"); err != nil {
		t.Fatal(err)
	}
	if got, want := next[imlib.Event](bob), (imlib.Typing{Conversation: imlib.Private("alice"), User: "alice", ObjectName: "RC:TxtMsg"}); got != want {
		t.Errorf("bob was told %+v", got)
	}
	sent := send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "oops"})
	if m, ok := next[imlib.Event](bob).(imlib.Message); !ok || m.UID != sent.UID {
		t.Errorf("bob was told %+v", m)
	}
	if err := alice.Recall(t.Context(), imlib.Private("bob"), sent.UID); err != nil {
		t.Fatal(err)
	}
	want := imlib.Recalled{Conversation: imlib.Private("alice"), UID: sent.UID, Time: sent.Time, By: "alice"}
	if got := next[imlib.Event](bob); got != want {
		t.Errorf("bob was told %+v, not %+v", got, want)
	}
}

func TestMessagesEndOnceEventsAreRead(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "before"})
	receive(t, bob, 1)
	ended := make(chan error)
	go func() {
		for _, err := range bob.Messages(context.Background()) {
			ended <- err
		}
	}()
	events := bob.Events(t.Context())
	if err := <-ended; err == nil || errors.Is(err, imlib.ErrClosed) {
		t.Errorf("a loop over Messages ended with %v", err)
	}
	send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "after"})
	for e, err := range events {
		if _, is := e.(imlib.CaughtUp); is {
			continue
		}
		if m, is := e.(imlib.Message); err != nil || !is || text(m) != "after" {
			t.Errorf("bob was told %+v, %v", e, err)
		}
		break
	}
}

// Who reads slowly misses what is of use now or never, is told how much, and
// misses no message.
func TestSlowReaderIsToldWhatItMissed(t *testing.T) {
	n := imtest.Start(t)
	alice := connect(t, n, "alice")
	bob := connect(t, n, "bob", func(o *imlib.Options) { o.Queue = 4 })
	events := bob.Events(t.Context())
	for i := range 10 {
		send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: fmt.Sprint(i)})
		if err := alice.Typing(imlib.Private("bob"), "RC:TxtMsg"); err != nil {
			t.Fatal(err)
		}
	}
	send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "end"})
	messages, rest := 0, 10 // typing that was told, or is counted
	for e, err := range events {
		if err != nil {
			t.Fatal(err)
		}
		switch e := e.(type) {
		case imlib.Message:
			if messages++; text(e) != "end" && text(e) != fmt.Sprint(messages-1) {
				t.Errorf("message %d is %q", messages, text(e))
			}
		case imlib.Typing:
			rest--
		case imlib.Missed:
			rest -= e.Count
		case imlib.CaughtUp:
		default:
			t.Errorf("bob was told %+v", e)
		}
		if messages == 11 && rest == 0 {
			break
		}
	}
}

func TestEventsOfAConnectionThatIsLost(t *testing.T) {
	n := imtest.Start(t)
	var net cutter
	bob := watch(t, n, "bob", func(o *imlib.Options) { o.Dial = net.dial })
	if _, err := bob.JoinChatroom(t.Context(), "lobby", 0); err != nil {
		t.Fatal(err)
	}
	net.cut()
	if e := next[imlib.ConnectionChanged](bob); e.State != imlib.Suspended || e.Err == nil {
		t.Errorf("told %+v", e)
	}
	if e := next[imlib.ConnectionChanged](bob); e.State != imlib.Connected {
		t.Errorf("told %+v", e)
	}
	if e := next[imlib.ChatroomRejoined](bob); e.Room != "lobby" {
		t.Errorf("told %+v", e)
	}
	n.Post("/chatroom/destroy.json", url.Values{"chatroomId": {"lobby"}})
	if e := next[imlib.ChatroomLost](bob); e.Room != "lobby" || chat.CodeOf(e.Reason) != chat.ChatroomMissing {
		t.Errorf("told %+v", e)
	}
}

// A program that keeps its cursor is told, after a restart, what happened
// meanwhile to the messages it has.
func TestEventsGoOnAfterARestart(t *testing.T) {
	n := imtest.Start(t)
	alice := connect(t, n, "alice")
	dir := t.TempDir()
	kept := func(o *imlib.Options) { o.Dir = dir }
	bob := watch(t, n, "bob", kept)
	first, second := say(t, alice, imlib.Private("bob"), "helo"), say(t, alice, imlib.Private("bob"), "oops")
	bob.hears("oops")
	bob.Close()
	must[imlib.Message](t)(alice.Edit(t.Context(), imlib.Private("bob"), first.UID, imlib.TextMessage{Content: "hello"}))
	ok(t, alice.Recall(t.Context(), imlib.Private("bob"), second.UID))

	bob = watch(t, n, "bob", kept)
	told := map[string]chat.UID{}
	for len(told) < 2 {
		until(bob, func(e imlib.Event) bool {
			switch e := e.(type) {
			case imlib.Message:
				t.Errorf("bob has %q a second time", text(e))
			case imlib.Edited:
				told["edited"] = e.Message.UID
			case imlib.Recalled:
				told["recalled"] = e.UID
			default:
				return false
			}
			return true
		})
	}
	if told["edited"] != first.UID || told["recalled"] != second.UID {
		t.Errorf("bob is told %v", told)
	}
}

// However slowly a program reads, over however bad a connection, it learns how
// each message is in the end.
func TestSlowReaderOverBadConnections(t *testing.T) {
	const messages = 30
	n := imtest.Start(t)
	var net cutter
	alice := connect(t, n, "alice", func(o *imlib.Options) { o.Dial = net.dial })
	bob := connect(t, n, "bob", func(o *imlib.Options) { o.Dial, o.Queue = net.dial, 3 })
	events := bob.Events(t.Context())
	var sender sync.WaitGroup
	defer sender.Wait()
	sender.Go(func() {
		for i := range messages {
			sent := say(t, alice, imlib.Private("bob"), fmt.Sprint("draft ", i), imlib.Expandable(nil))
			if i%15 == 5 {
				net.cut()
			}
			switch i % 3 {
			case 0:
				if _, err := alice.Edit(t.Context(), imlib.Private("bob"), sent.UID, imlib.TextMessage{Content: fmt.Sprint("final ", i)}); err != nil {
					t.Error(err)
				}
			case 1:
				if err := alice.Recall(t.Context(), imlib.Private("bob"), sent.UID); err != nil {
					t.Error(err)
				}
			}
		}
		say(t, alice, imlib.Private("bob"), "end")
	})
	shown, order, ended := map[chat.UID]string{}, []chat.UID{}, false
	left := func() (wrong int) {
		for i, uid := range order {
			if want := []string{fmt.Sprint("final ", i), "gone", fmt.Sprint("draft ", i)}[i%3]; shown[uid] != want {
				wrong++
			}
		}
		return wrong + messages - len(order)
	}
	for e, err := range events {
		if err != nil {
			t.Fatalf("%v; %d messages are not as they should be", err, left())
		}
		switch e := e.(type) {
		case imlib.Message:
			if text(e) == "end" {
				ended = true
				break
			}
			if _, twice := shown[e.UID]; twice {
				t.Errorf("%s came twice", e.UID)
			}
			order = append(order, e.UID)
			if shown[e.UID] = text(e); e.Recalled() {
				shown[e.UID] = "gone"
			}
		case imlib.Edited:
			shown[e.Message.UID] = text(e.Message)
		case imlib.Recalled:
			shown[e.UID] = "gone"
		}
		if ended && left() == 0 {
			break
		}
	}
}

func TestCaughtUpComesAfterWhatWasMissed(t *testing.T) {
	n := imtest.Start(t)
	alice := connect(t, n, "alice")
	witness := watch(t, n, "bob")
	for i := range 150 { // more than a page
		say(t, alice, imlib.Private("bob"), fmt.Sprint(i))
	}
	witness.hears("149")
	var net cutter
	bob := watch(t, n, "bob", func(o *imlib.Options) { o.Dial = net.dial })
	messages := 0
	until(bob, func(e imlib.Event) bool {
		if _, is := e.(imlib.Message); is {
			messages++
		}
		_, is := e.(imlib.CaughtUp)
		return is
	})
	if messages != 150 {
		t.Errorf("after %d messages bob has caught up", messages)
	}
	net.cut()
	say(t, alice, imlib.Private("bob"), "while away")
	bob.hears("while away")
	next[imlib.CaughtUp](bob)
}
