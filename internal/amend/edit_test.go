package amend_test

import (
	"slices"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/store"
)

func who(user chat.UserID, m *chat.Message) amend.Who {
	return amend.Who{User: user, Conversation: m.Log().Conversation(user), UID: m.UID()}
}

func (d *desk) edit(w amend.Who, text string) error {
	_, _, err := d.Edit(d.t.Context(), amend.Edit{Who: w, Content: []byte(`{"content":"` + text + `"}`)})
	return err
}

// edits are the texts that user's sessions are told of.
func (d *desk) edits(user chat.UserID, origin uint64, after chat.Tick) (texts []string, through chat.Tick) {
	d.t.Helper()
	page, err := d.Edits(d.t.Context(), user, origin, after, d.store.Last())
	if err != nil || page.More {
		d.t.Fatalf("more %v, %v", page.More, err)
	}
	for _, m := range page.Messages {
		texts = append(texts, content(d.t, m)["content"].(string))
	}
	return texts, page.Through
}

// An edit is what everyone reads from then on, and all but the device that
// made it are told once.
func TestEdit(t *testing.T) {
	d := open(t, amend.Config{})
	d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"alice", "bob", "carol"}})
	private, group := d.send(chat.Private, "alice", "bob", "one"), d.send(chat.Group, "alice", "group", "two")
	for _, m := range []*chat.Message{private, group} {
		w := who("alice", m)
		w.Origin = 7
		if err := d.edit(w, "draft"); err != nil {
			t.Fatal(err)
		}
		if err := d.edit(w, "better"); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		user   chat.UserID
		origin uint64
		want   []string
	}{
		{"alice", 7, nil}, {"alice", 8, []string{"better", "better"}}, {"bob", 9, []string{"better", "better"}},
		{"carol", 9, []string{"better"}}, {"dave", 9, nil},
	} {
		got, through := d.edits(c.user, c.origin, 0)
		if !slices.Equal(got, c.want) || through != d.store.Last() {
			t.Errorf("%s is told %q up to %d", c.user, got, through)
		}
		if again, _ := d.edits(c.user, c.origin, through); len(again) != 0 {
			t.Errorf("%s is told again of %q", c.user, again)
		}
	}
	read := d.history("bob", private.Log().Conversation("bob"))
	if len(read) != 1 || content(t, read[0])["content"] != "better" || read[0].ID != private.ID {
		t.Errorf("bob reads %v", names(read))
	}
	if u, err := d.Unread(t.Context(), "bob", private.Log().Conversation("bob"), 0, d.store.Last()); err != nil || u.Count != 1 {
		t.Errorf("bob has %d unread, %v", u.Count, err)
	}
	if got := names(d.pull("bob")); !slices.Equal(got, []string{"RC:TxtMsg", "RC:TxtMsg"}) {
		t.Errorf("bob pulls %v", got)
	}
	if _, err := d.Recall(t.Context(), amend.Recall{Who: who("alice", private)}); err != nil {
		t.Fatal(err)
	}
	if got, _ := d.edits("bob", 9, 0); !slices.Equal(got, []string{"better"}) {
		t.Errorf("after the recall bob is told %q", got)
	}
}

// An edit of a directional message is told to those who got it, and one from
// before a member came is not told to that member.
func TestEditIsToldToWhoGotTheMessage(t *testing.T) {
	d := open(t, amend.Config{})
	d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"alice", "bob", "carol"}})
	m := message(chat.Group, "alice", "group", "for bob")
	m.To = []chat.UserID{"bob"}
	if errs := d.writer.Send(t.Context(), 0, m); errs[0] != nil {
		t.Fatal(errs[0])
	}
	if err := d.edit(who("alice", m), "better"); err != nil {
		t.Fatal(err)
	}
	d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"dave"}})
	for user, want := range map[chat.UserID]int{"bob": 1, "carol": 0, "dave": 0} {
		if got, _ := d.edits(user, 9, 0); len(got) != want {
			t.Errorf("%s is told %q", user, got)
		}
	}
}

func TestEditRefused(t *testing.T) {
	d := open(t, amend.Config{EditWindow: time.Minute})
	d.change(store.GroupJoined{Group: "group", Users: []chat.UserID{"alice", "bob"}})
	m, g, room := d.send(chat.Private, "alice", "bob", "hi"), d.send(chat.Group, "alice", "group", "hi"), d.send(chat.Chatroom, "alice", "room", "hi")
	left := d.send(chat.Group, "bob", "group", "hi")
	d.change(store.GroupLeft{Group: "group", Users: []chat.UserID{"bob"}}, store.BlacklistAdded{User: "carol", Others: []chat.UserID{"alice"}})
	refused := d.send(chat.Private, "alice", "carol", "hi")
	lost := who("alice", m)
	lost.UID = chat.NewUID(chat.ID{Tick: m.ID.Tick, Index: 7}, m.Log())
	for name, c := range map[string]struct {
		w    amend.Who
		code chat.Code
	}{
		"another's":              {who("bob", m), chat.Blocked},
		"of none":                {lost, chat.EditUnsupported},
		"of a room":              {who("alice", room), chat.EditUnsupported},
		"after leaving":          {who("bob", left), chat.NotInGroup},
		"of one who is refused":  {who("alice", refused), chat.Blacklisted},
		"of another's group":     {who("carol", g), chat.Blocked},
		"of another's two alone": {amend.Who{User: "carol", Conversation: m.Conversation(), UID: m.UID()}, chat.EditUnsupported},
	} {
		before := d.store.Last()
		if err := d.edit(c.w, "else"); chat.CodeOf(err) != c.code {
			t.Errorf("%s: %v, not %v", name, err, c.code)
		}
		if d.store.Last() != before {
			t.Errorf("%s: something was committed", name)
		}
	}
	for content, code := range map[string]chat.Code{"not JSON": chat.BadParameter, `"` + string(make([]byte, chat.MaxContent)) + `"`: chat.TooBig} {
		if _, _, err := d.Edit(t.Context(), amend.Edit{Who: who("alice", m), Content: []byte(content)}); chat.CodeOf(err) != code {
			t.Errorf("%.10q: %v, not %v", content, err, code)
		}
	}
	if _, _, err := d.Edit(t.Context(), amend.Edit{Who: who("alice", m), Content: []byte(`{}`), ObjectName: "RC:ImgMsg"}); chat.CodeOf(err) != chat.EditUnsupported {
		t.Errorf("as another type: %v", err)
	}
	d.clock.Add(61_000)
	if err := d.edit(who("alice", m), "late"); chat.CodeOf(err) != chat.EditTooLate {
		t.Errorf("after the window: %v", err)
	}
	trusted := who("alice", m)
	trusted.Trusted = true
	if err := d.edit(trusted, "late"); err != nil {
		t.Errorf("by the app: %v", err)
	}
}
