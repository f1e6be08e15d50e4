package amend_test

import (
	"slices"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/store"
)

// A recall tells everyone by a command, and from then on the content is gone.
func TestRecall(t *testing.T) {
	d := open(t, amend.Config{})
	secret := d.send(chat.Private, "alice", "bob", "secret")
	d.send(chat.Private, "bob", "alice", "what?")
	id, err := d.Recall(t.Context(), amend.Recall{Who: amend.Who{User: "alice", Conversation: private("bob"), UID: secret.UID()}, Extra: "sorry"})
	if err != nil || id.Tick != d.store.Last() {
		t.Fatalf("recalled as %v, %v", id, err)
	}
	for _, user := range []chat.UserID{"alice", "bob"} {
		pulled := d.pull(user)
		if got := names(pulled); !slices.Equal(got, []string{"RC:RcNtf", "RC:TxtMsg", "RC:RcCmd"}) {
			t.Errorf("%s pulls %v", user, got)
		}
		if pulled[0].UID() != secret.UID() {
			t.Errorf("%s is in the place of %s", pulled[0].UID(), secret.UID())
		}
		command := content(t, pulled[2])
		if command["messageUId"] != string(secret.UID()) || command["targetId"] != "bob" || command["conversationType"] != 1.0 || command["extra"] != "sorry" {
			t.Errorf("the command says %v", command)
		}
	}
	notice := d.history("bob", private("alice"))
	if got := names(notice); !slices.Equal(got, []string{"RC:RcNtf", "RC:TxtMsg"}) {
		t.Fatalf("history has %v", got)
	}
	if c := content(t, notice[0]); c["operatorId"] != "alice" || c["recallTime"] != float64(secret.ID.Tick) || c["extra"] != "sorry" {
		t.Errorf("the notice says %v", c)
	}
	if u, err := d.Unread(t.Context(), "bob", private("alice"), 0, d.store.Last()); err != nil || u.Count != 0 {
		t.Errorf("bob has %d unread, %v", u.Count, err)
	}
}

func TestRecallTwice(t *testing.T) {
	d := open(t, amend.Config{})
	m := d.send(chat.Private, "alice", "bob", "secret")
	for range 2 {
		if _, err := d.Recall(t.Context(), amend.Recall{Who: amend.Who{User: "alice", Conversation: private("bob"), UID: m.UID()}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(d.pull("bob")); !slices.Equal(got, []string{"RC:RcNtf", "RC:RcCmd"}) {
		t.Errorf("bob pulls %v", got)
	}
}

// With Delete nothing is left to see.
func TestRecallDelete(t *testing.T) {
	d := open(t, amend.Config{})
	m := d.send(chat.Private, "alice", "bob", "secret")
	if _, err := d.Recall(t.Context(), amend.Recall{Who: amend.Who{User: "alice", Conversation: private("bob"), UID: m.UID()}, Delete: true}); err != nil {
		t.Fatal(err)
	}
	if got := d.history("bob", private("alice")); len(got) != 0 {
		t.Errorf("history has %v", names(got))
	}
	for _, m := range d.pull("bob") {
		if m.ObjectName == "RC:TxtMsg" {
			t.Error("bob still pulls the message")
		}
	}
}

func TestRecallRefused(t *testing.T) {
	d := open(t, amend.Config{RecallWindow: time.Minute})
	d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"alice", "bob"}})
	m := d.send(chat.Private, "alice", "bob", "hi")
	g := d.send(chat.Group, "alice", "group", "hi")
	group := chat.Conversation{Type: chat.Group, Target: "group"}
	other := chat.NewUID(chat.ID{Tick: m.ID.Tick, Index: 7}, m.Log())
	for name, c := range map[string]struct {
		r    amend.Recall
		code chat.Code
	}{
		"another's":             {amend.Recall{Who: amend.Who{User: "bob", Conversation: private("alice"), UID: m.UID()}}, chat.RecallNotYours},
		"another's in a group":  {amend.Recall{Who: amend.Who{User: "bob", Conversation: group, UID: g.UID()}}, chat.RecallNotYours},
		"of another's pair":     {amend.Recall{Who: amend.Who{User: "carol", Conversation: private("alice"), UID: m.UID()}}, chat.RecallMissing},
		"of other conversation": {amend.Recall{Who: amend.Who{User: "alice", Conversation: group, UID: m.UID()}}, chat.RecallMissing},
		"of none":               {amend.Recall{Who: amend.Who{User: "alice", Conversation: private("bob"), UID: other}}, chat.RecallMissing},
		"with a forged hash":    {amend.Recall{Who: amend.Who{User: "alice", Conversation: private("bob"), UID: m.UID()[:18] + "0"}}, chat.RecallMissing},
		"of no name":            {amend.Recall{Who: amend.Who{User: "alice", Conversation: private("bob"), UID: "hello"}}, chat.RecallMissing},
	} {
		t.Run(name, func(t *testing.T) {
			before := d.store.Last()
			if _, err := d.Recall(t.Context(), c.r); chat.CodeOf(err) != c.code {
				t.Errorf("%v, not %v", err, c.code)
			}
			if d.store.Last() != before {
				t.Error("something was committed")
			}
		})
	}
	d.clock.Add(61_000)
	late := amend.Recall{Who: amend.Who{User: "alice", Conversation: private("bob"), UID: m.UID()}}
	if _, err := d.Recall(t.Context(), late); chat.CodeOf(err) != chat.Blocked {
		t.Errorf("after the window: %v", err)
	}
	late.Trusted = true
	if _, err := d.Recall(t.Context(), late); err != nil {
		t.Errorf("by the app: %v", err)
	}
}

// Who left a group may take back what they said in it.
func TestRecallAfterLeaving(t *testing.T) {
	d := open(t, amend.Config{})
	d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"alice", "bob"}})
	m := d.send(chat.Group, "alice", "group", "hi")
	d.change(store.GroupLeft{Group: "group", Users: []chat.UserID{"alice"}})
	if _, err := d.Recall(t.Context(), amend.Recall{Who: amend.Who{User: "alice", Conversation: m.Conversation(), UID: m.UID()}}); err != nil {
		t.Fatal(err)
	}
	if got := names(d.pull("bob")); !slices.Equal(got, []string{"RC:RcNtf", "RC:RcCmd"}) {
		t.Errorf("bob pulls %v", got)
	}
}

// A directional message is taken back from those who got it, and nobody hears
// of it who did not.
func TestRecallDirectional(t *testing.T) {
	d := open(t, amend.Config{})
	d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"alice", "bob", "carol"}})
	m := message(chat.Group, "alice", "group", "for bob")
	m.To = []chat.UserID{"bob"}
	if errs := d.writer.Send(t.Context(), 0, m); errs[0] != nil {
		t.Fatal(errs[0])
	}
	if _, err := d.Recall(t.Context(), amend.Recall{Who: amend.Who{User: "alice", Conversation: m.Conversation(), UID: m.UID()}}); err != nil {
		t.Fatal(err)
	}
	if got := names(d.pull("bob")); !slices.Equal(got, []string{"RC:RcNtf", "RC:RcCmd"}) {
		t.Errorf("bob pulls %v", got)
	}
	if got := d.pull("carol"); len(got) != 0 {
		t.Errorf("carol pulls %v", names(got))
	}
}
