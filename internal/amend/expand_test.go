package amend_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/store"
)

// expandable sends a message that may be expanded.
func (d *desk) expandable(typ chat.ConversationType, sender chat.UserID, target string) *chat.Message {
	d.t.Helper()
	m := message(typ, sender, target, "hi")
	m.Flags |= chat.Expandable
	if errs := d.writer.Send(d.t.Context(), 0, m); errs[0] != nil {
		d.t.Fatal(errs[0])
	}
	return m
}

func (d *desk) put(w amend.Who, pairs ...string) error {
	x := amend.Expansion{Who: w}
	x.Put = map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		x.Put[pairs[i]] = pairs[i+1]
	}
	_, err := d.Expand(d.t.Context(), x)
	return err
}

// pairs is the expansion of m as it is stored.
func (d *desk) pairs(m *chat.Message) map[string]amend.Value {
	d.t.Helper()
	found, err := d.store.Messages(d.t.Context(), []chat.ID{m.ID})
	if err != nil || len(found) != 1 {
		d.t.Fatalf("%d messages, %v", len(found), err)
	}
	pairs, err := amend.ExpansionOf(found[0])
	if err != nil {
		d.t.Fatal(err)
	}
	return pairs
}

// Whoever sees a message changes its expansion, and all are told.
func TestExpand(t *testing.T) {
	d := open(t, amend.Config{})
	m := d.expandable(chat.Private, "alice", "bob")
	if err := d.put(who("bob", m), "a", "1", "b", "2"); err != nil {
		t.Fatal(err)
	}
	gone := amend.Expansion{Who: who("alice", m)}
	gone.Delete = []string{"a", "nothing"}
	if _, err := d.Expand(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	if got := d.pairs(m); len(got) != 1 || got["b"].V != "2" || got["b"].TS != start {
		t.Errorf("the message has %v", got)
	}
	told := d.pull("alice")
	if got := names(told); !slices.Equal(got, []string{"RC:TxtMsg", "RC:MsgExMsg", "RC:MsgExMsg"}) {
		t.Fatalf("alice pulls %v", got)
	}
	if c := content(t, told[1]); c["mid"] != string(m.UID()) || fmt.Sprint(c["put"]) != "map[a:1 b:2]" {
		t.Errorf("alice is told %v", c)
	}
	gone.Delete, gone.Clear = nil, true
	if _, err := d.Expand(t.Context(), gone); err != nil || len(d.pairs(m)) != 0 {
		t.Errorf("cleared: %v, %v", d.pairs(m), err)
	}
}

// Of what is put at the same time nothing is lost.
func TestExpandAtOnce(t *testing.T) {
	d := open(t, amend.Config{})
	m := d.expandable(chat.Private, "alice", "bob")
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			if err := d.put(who([]chat.UserID{"alice", "bob"}[i%2], m), fmt.Sprint("k", i), "v"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := d.pairs(m); len(got) != 100 {
		t.Errorf("the message has %d of 100 pairs", len(got))
	}
}

func TestExpandRefused(t *testing.T) {
	d := open(t, amend.Config{})
	d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"alice", "bob"}})
	m, g, room := d.expandable(chat.Private, "alice", "bob"), d.expandable(chat.Group, "alice", "group"), d.expandable(chat.Chatroom, "alice", "room")
	plain, recalled := d.send(chat.Private, "alice", "bob", "plain"), d.expandable(chat.Private, "alice", "bob")
	if _, err := d.Recall(t.Context(), amend.Recall{Who: who("alice", recalled)}); err != nil {
		t.Fatal(err)
	}
	d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"late"}})
	for i := range 15 {
		var pairs []string
		for k := range 20 {
			pairs = append(pairs, fmt.Sprint(i, "-", k), "v")
		}
		if err := d.put(who("alice", m), pairs...); err != nil {
			t.Fatal(err)
		}
	}
	missing := who("alice", m)
	missing.UID = chat.NewUID(chat.ID{Tick: m.ID.Tick, Index: 9}, m.Log())
	var many []string
	for i := range 21 {
		many = append(many, fmt.Sprint(i), "v")
	}
	for name, c := range map[string]struct {
		w     amend.Who
		pairs []string
		code  chat.Code
	}{
		"of none":               {missing, []string{"k", "v"}, chat.ExpansionMissing},
		"not sent so":           {who("alice", plain), []string{"k", "v"}, chat.ExpansionDenied},
		"recalled":              {who("alice", recalled), []string{"k", "v"}, chat.ExpansionDenied},
		"of a room":             {who("alice", room), []string{"k", "v"}, chat.ExpansionDenied},
		"by a stranger":         {who("carol", g), []string{"k", "v"}, chat.ExpansionNotYours},
		"by one who came later": {who("late", g), []string{"k", "v"}, chat.ExpansionNotYours},
		"the 301st key":         {who("alice", m), []string{"k", "v"}, chat.ExpansionFormat},
		"21 keys":               {who("alice", g), many, chat.ExpansionFormat},
		"nothing":               {who("alice", g), nil, chat.ExpansionFormat},
		"an empty key":          {who("alice", g), []string{"", "v"}, chat.ExpansionFormat},
		"a long key":            {who("alice", g), []string{strings.Repeat("k", 33), "v"}, chat.ExpansionFormat},
		"a key with a space":    {who("alice", g), []string{"a b", "v"}, chat.ExpansionFormat},
		"a long value":          {who("alice", g), []string{"k", strings.Repeat("v", 4097)}, chat.ExpansionFormat},
	} {
		before := d.store.Last()
		if err := d.put(c.w, c.pairs...); chat.CodeOf(err) != c.code {
			t.Errorf("%s: %v, not %v", name, err, c.code)
		}
		if d.store.Last() != before {
			t.Errorf("%s: something was committed", name)
		}
	}
	if err := d.put(who("alice", g), strings.Repeat("k", 32), strings.Repeat("鸿", 4096), "A-z_0=+", ""); err != nil {
		t.Errorf("at the limits: %v", err)
	}
	if err := d.put(who("alice", m), "0-0", "other"); err != nil || d.pairs(m)["0-0"].V != "other" {
		t.Errorf("a key of a full message: %v", err)
	}
}
