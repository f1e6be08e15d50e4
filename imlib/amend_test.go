package imlib_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

// must is the value, of which the test goes on.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused says that err has to be a refusal with this code, which a caller can
// see in both ways there are.
func refused(t testing.TB, code chat.Code, err error) {
	t.Helper()
	var coded *chat.Error
	if !errors.As(err, &coded) || coded.Code != code || !errors.Is(err, code) {
		t.Errorf("it says %v (%d), not %d", err, chat.CodeOf(err), code)
	}
}

// texts are what text messages say.
func texts(list []imlib.Message) (all []string) {
	for _, m := range list {
		all = append(all, text(m))
	}
	return all
}

// say sends a text.
func say(t testing.TB, c *imlib.Client, to chat.Conversation, content string, options ...imlib.SendOption) imlib.Sent {
	t.Helper()
	return send(t, c, to, imlib.TextMessage{Content: content}, options...)
}

// said is everything in the history of a conversation, the newest first.
func said(t testing.TB, c *imlib.Client, in chat.Conversation) (all []imlib.Message) {
	t.Helper()
	for m, err := range c.Scroll(t.Context(), in, imlib.HistoryQuery{Count: 2}) {
		ok(t, err)
		all = append(all, m)
	}
	return all
}

// Shows S174.
func TestRecallSaysWhatItsOptionsSay(t *testing.T) {
	n := imtest.Start(t)
	n.Join("team", "alice", "bob", "carol")
	team := imlib.Group("team")
	alice, phone := connect(t, n, "alice"), watch(t, n, "alice")
	bob, carol := watch(t, n, "bob"), watch(t, n, "carol")

	sent := say(t, alice, team, "in the group", imlib.MessageID(7))
	if again := say(t, alice, team, "in the group", imlib.MessageID(7)); again.UID != sent.UID {
		t.Errorf("sent again it is %s, not %s", again.UID, sent.UID)
	}
	bob.hears("in the group")
	ok(t, alice.Recall(t.Context(), team, sent.UID, imlib.RecallAsAdmin(), imlib.RecallExtra("oops"),
		imlib.RecallUser(imlib.User{ID: "alice", Name: "Alice"}), imlib.RecallSend(imlib.Silent(), imlib.KeepLatest(), imlib.WithPush(imlib.Push{Text: "taken back"}))))
	for _, w := range []*watcher{bob, carol, phone} {
		e := next[imlib.Recalled](w)
		if e.UID != sent.UID || e.Conversation != team || e.By != "alice" || !e.Time.Equal(sent.Time) || !e.Admin || e.Delete ||
			e.Extra != "oops" || e.User == nil || e.User.Name != "Alice" {
			t.Errorf("%s is told %+v", w.User(), e)
		}
	}
	ok(t, alice.Recall(t.Context(), team, sent.UID)) // once more does nothing

	gone := say(t, alice, team, "no trace")
	ok(t, alice.Recall(t.Context(), team, gone.UID, imlib.RecallWithoutTrace()))
	if e := next[imlib.Recalled](bob); e.UID != gone.UID || !e.Delete || e.Admin {
		t.Errorf("bob is told %+v", e)
	}
	if left := said(t, bob.Client, team); len(left) != 1 || left[0].UID != sent.UID || left[0].Content.Kind().ObjectName != "RC:RcNtf" {
		t.Errorf("history holds %+v", left)
	}

	directed := say(t, alice, team, "for bob", imlib.Directed("bob"))
	ok(t, alice.Recall(t.Context(), team, directed.UID))
	if e := next[imlib.Recalled](bob); e.UID != directed.UID {
		t.Errorf("bob is told %+v", e)
	}
	say(t, alice, team, "the end")
	until(carol, func(e imlib.Event) bool {
		if r, is := e.(imlib.Recalled); is && r.UID == directed.UID {
			t.Errorf("carol is told of what was not for her: %+v", r)
		}
		m, is := e.(imlib.Message)
		return is && text(m) == "the end"
	})

	yours := say(t, bob.Client, team, "bob's")
	refused(t, chat.RecallNotYours, alice.Recall(t.Context(), team, yours.UID))
	refused(t, chat.RecallMissing, alice.Recall(t.Context(), imlib.Private("bob"), yours.UID))
	refused(t, chat.BadUID, alice.Recall(t.Context(), team, "not a UID"))
	refused(t, chat.BadTarget, alice.Recall(t.Context(), imlib.Group(""), yours.UID))
	refused(t, chat.BadConversationType, alice.Recall(t.Context(), chat.Conversation{Type: 5, Target: "x"}, yours.UID))
}

func TestEditedMessageIsToldAndKept(t *testing.T) {
	n := imtest.Start(t)
	n.Join("team", "alice", "bob", "carol")
	team := imlib.Group("team")
	alice, phone, bob := connect(t, n, "alice"), watch(t, n, "alice"), watch(t, n, "bob")
	sent := say(t, alice, team, "helo")
	bob.hears("helo")
	edited := must[imlib.Message](t)(alice.Edit(t.Context(), team, sent.UID, imlib.TextMessage{Content: "hello"},
		imlib.Mention(imlib.Mentions{Users: []chat.UserID{"bob"}})))
	if text(edited) != "hello" || edited.UID != sent.UID || !edited.Time.Equal(sent.Time) || !edited.Own {
		t.Errorf("it is now %+v", edited)
	}
	for _, w := range []*watcher{bob, phone} {
		e := next[imlib.Edited](w)
		if text(e.Message) != "hello" || e.Message.UID != sent.UID || e.Message.Conversation != team || e.Message.Sender != "alice" ||
			e.Message.Mentions == nil || !slices.Equal(e.Message.Mentions.Users, []chat.UserID{"bob"}) {
			t.Errorf("%s is told %+v", w.User(), e)
		}
	}
	if got := texts(said(t, bob.Client, team)); !slices.Equal(got, []string{"hello"}) {
		t.Errorf("history holds %q", got)
	}
	_, err := bob.Edit(t.Context(), team, sent.UID, imlib.TextMessage{Content: "mine"})
	refused(t, chat.Blocked, err)
	_, err = alice.Edit(t.Context(), team, "0000-0000-0000-0000", imlib.TextMessage{Content: "none"})
	refused(t, chat.EditUnsupported, err)
	_, err = alice.Edit(t.Context(), imlib.Chatroom("hall"), sent.UID, imlib.TextMessage{Content: "none"})
	refused(t, chat.BadConversationType, err)
}

// Who was away is told, once connected again, how messages are now.
func TestEditsWhileAwayAreTold(t *testing.T) {
	n := imtest.Start(t)
	alice := connect(t, n, "alice")
	var net cutter
	bob := watch(t, n, "bob", func(o *imlib.Options) { o.Dial = net.dial })
	first, second := say(t, alice, imlib.Private("bob"), "one"), say(t, alice, imlib.Private("bob"), "two")
	bob.hears("two")
	net.cut()
	for _, content := range []string{"first", "uno"} {
		must[imlib.Message](t)(alice.Edit(t.Context(), imlib.Private("bob"), first.UID, imlib.TextMessage{Content: content}))
	}
	must[imlib.Message](t)(alice.Edit(t.Context(), imlib.Private("bob"), second.UID, imlib.TextMessage{Content: "due"}))
	last := map[chat.UID]string{}
	for last[first.UID] != "uno" || last[second.UID] != "due" {
		e := next[imlib.Edited](bob)
		last[e.Message.UID] = text(e.Message)
	}
}

// Shows S051.
func TestExpansionChangesReachEveryone(t *testing.T) {
	n := imtest.Start(t)
	n.Join("team", "alice", "bob")
	for _, in := range []struct{ ofAlice, ofBob chat.Conversation }{
		{imlib.Private("bob"), imlib.Private("alice")}, {imlib.Group("team"), imlib.Group("team")},
	} {
		now := func(o *imlib.Options) { o.Backlog = -1 }
		alice, bob := watch(t, n, "alice", now), watch(t, n, "bob", now)
		sent := say(t, alice.Client, in.ofAlice, "vote", imlib.Expandable(map[string]string{"yes": "0"}))
		bob.hears("vote")
		ok(t, bob.UpdateExpansion(t.Context(), in.ofBob, sent.UID, map[string]string{"yes": "1", "no": "2"}))
		if e := next[imlib.ExpansionChanged](alice); e.UID != sent.UID || e.Conversation != in.ofAlice || e.By != "bob" || !maps.Equal(e.Put, map[string]string{"yes": "1", "no": "2"}) {
			t.Errorf("alice is told %+v", e)
		}
		ok(t, alice.RemoveExpansion(t.Context(), in.ofAlice, sent.UID, "no", "maybe"))
		if e := next[imlib.ExpansionChanged](bob); e.UID != sent.UID || !slices.Equal(e.Removed, []string{"no", "maybe"}) {
			t.Errorf("bob is told %+v", e)
		}
		if m := said(t, bob.Client, in.ofBob)[0]; !maps.Equal(m.Expansion, map[string]string{"yes": "1"}) {
			t.Errorf("history holds %+v", m)
		}
		plain := say(t, alice.Client, in.ofAlice, "plain")
		refused(t, chat.ExpansionDenied, alice.UpdateExpansion(t.Context(), in.ofAlice, plain.UID, map[string]string{"k": "v"}))
		refused(t, chat.BadExpansion, alice.UpdateExpansion(t.Context(), in.ofAlice, sent.UID, map[string]string{"ключ": "v"}))
		refused(t, chat.ExpansionLimit, alice.UpdateExpansion(t.Context(), in.ofAlice, sent.UID, nil))
		refused(t, chat.ExpansionLimit, alice.RemoveExpansion(t.Context(), in.ofAlice, sent.UID, make([]string, 21)...))
		refused(t, chat.UnsupportedType, alice.ClearExpansion(t.Context(), in.ofAlice, sent.UID))
		alice.Close()
		bob.Close()
	}
}

func TestDeletingIsForOneUserOnAllDevices(t *testing.T) {
	n := imtest.Start(t)
	alice, bob, laptop := connect(t, n, "alice"), watch(t, n, "bob"), watch(t, n, "bob")
	var sent []imlib.Sent
	for i := range 5 {
		sent = append(sent, say(t, alice, imlib.Private("bob"), fmt.Sprint(i)))
	}
	bob.hears("4")
	laptop.hears("4")
	ok(t, bob.Delete(t.Context(), imlib.Private("alice"), sent[1].UID, sent[3].UID))
	if got := texts(said(t, laptop.Client, imlib.Private("alice"))); !slices.Equal(got, []string{"4", "2", "0"}) {
		t.Errorf("bob has %q", got)
	}
	found, missing, err := bob.MessagesByUID(t.Context(), imlib.Private("alice"), sent[4].UID, sent[3].UID, sent[0].UID)
	if err != nil || !slices.Equal(texts(found), []string{"4", "0"}) || !slices.Equal(missing, []chat.UID{sent[3].UID}) {
		t.Errorf("found %q, missing %q, %v", texts(found), missing, err)
	}
	ok(t, bob.ClearHistory(t.Context(), imlib.Private("alice"), sent[2].Time))
	if got := texts(said(t, bob.Client, imlib.Private("alice"))); !slices.Equal(got, []string{"4"}) {
		t.Errorf("bob has %q", got)
	}
	ok(t, bob.ClearHistories(t.Context(), time.Time{}, imlib.Private("alice"), imlib.Private("carol")))
	if got := said(t, bob.Client, imlib.Private("alice")); len(got) != 0 {
		t.Errorf("bob has %q", texts(got))
	}
	if got := texts(said(t, alice, imlib.Private("bob"))); !slices.Equal(got, []string{"4", "3", "2", "1", "0"}) {
		t.Errorf("alice has %q", got)
	}
	refused(t, chat.TooManyMessages, bob.Delete(t.Context(), imlib.Private("alice")))
	refused(t, chat.TooManyMessages, bob.Delete(t.Context(), imlib.Private("alice"), make([]chat.UID, 101)...))
	refused(t, chat.BadConversationType, bob.ClearHistory(t.Context(), imlib.Chatroom("hall"), time.Time{}))
	refused(t, chat.BadClear, bob.ClearHistories(t.Context(), time.Time{}))
	_, _, err = bob.MessagesByUID(t.Context(), imlib.Private("alice"), "x")
	refused(t, chat.BadUID, err)
}

func TestHistoryGoesBothWays(t *testing.T) {
	n := imtest.Start(t)
	n.Join("team", "alice", "bob")
	alice, bob := connect(t, n, "alice"), watch(t, n, "bob")
	say(t, alice, imlib.Group("team"), "start")
	bob.hears("start")
	first := must[imlib.HistoryPage](t)(bob.History(t.Context(), imlib.Group("team"), imlib.HistoryQuery{})).Messages[0]
	for i := range 5 {
		say(t, alice, imlib.Group("team"), fmt.Sprint(i))
	}
	bob.hears("4")
	if got := texts(said(t, bob.Client, imlib.Group("team"))); !slices.Equal(got, []string{"4", "3", "2", "1", "0", "start"}) {
		t.Errorf("back: %q", got)
	}
	var on []string
	for m, err := range bob.Scroll(t.Context(), imlib.Group("team"), imlib.HistoryQuery{After: chat.Tick(first.Time.UnixMilli()), Count: 2}) {
		ok(t, err)
		if on = append(on, text(m)); len(on) == 4 {
			break
		}
	}
	if !slices.Equal(on, []string{"0", "1", "2", "3"}) {
		t.Errorf("on: %q", on)
	}
	_, err := bob.History(t.Context(), imlib.Group("team"), imlib.HistoryQuery{Count: 101})
	refused(t, chat.BadCount, err)
	_, err = bob.History(t.Context(), imlib.Group("team"), imlib.HistoryQuery{Before: 1, After: 1})
	refused(t, chat.BadTime, err)
	for _, err := range bob.Scroll(t.Context(), imlib.Group("elsewhere"), imlib.HistoryQuery{}) {
		refused(t, chat.NotInGroup, err)
	}
}
