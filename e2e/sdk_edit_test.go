package e2e

import (
	"testing"
)

// edit gives a message of the user another text and returns the code.
func (u *user) edit(of conversation, uid, text string) int {
	u.t.Helper()
	return try[any](u, "modifyMessageWithParams", map[string]any{
		"conversation": of, "messageUId": uid, "messageContent": map[string]any{"content": text},
	}).Code
}

// edited waits for the MESSAGE_MODIFIED that brings text.
func (u *user) edited(text string) message {
	u.t.Helper()
	all := event[[]message](u, "MESSAGE_MODIFIED", `e.some(m => m.content.content === "`+text+`")`)
	for _, m := range all {
		if m.text() == text {
			return m
		}
	}
	u.t.Fatalf("no edit to %q in %v", text, all)
	return message{}
}

// TestSDKEdit: an edit reaches the other one and the sender's other device,
// now or when they are back, and history shows it.
func TestSDKEdit(t *testing.T) {
	s := startServer(t)
	s.group("team", "alice", "bob", "carol")
	way := s.link(t)
	alice, tablet, bob, carol := s.connect(t, "alice"), s.connect(t, "alice"), s.connect(t, "bob"), way.connect(s, "carol")
	for _, c := range []conversation{private("bob"), group("team")} {
		m := alice.say(c, "before")
		if code := alice.edit(c, m.UID, "after in "+c.Target); code != 0 {
			t.Fatalf("edit: code %d", code)
		}
		for _, u := range []*user{bob, tablet} {
			if got := u.edited("after in " + c.Target); got.UID != m.UID || got.Sender != "alice" || got.Sent != m.Sent {
				t.Errorf("%s hears %+v", u.name, got)
			}
		}
	}
	carol.edited("after in team")

	way.Cut()
	call[any](carol.page, "im.untilState", "SUSPEND")
	m := alice.say(group("team"), "secret")
	if code := alice.edit(group("team"), m.UID, "better"); code != 0 {
		t.Fatalf("edit: code %d", code)
	}
	old := alice.history(group("team"), 0, 20, 0).List[0]
	if code := alice.edit(group("team"), old.UID, "again"); code != 0 {
		t.Fatalf("edit: code %d", code)
	}
	way.Mend()
	if got := carol.hears("better"); got.UID != m.UID {
		t.Errorf("carol hears %+v", got)
	}
	carol.edited("again")
	if got := textsOf(carol.history(group("team"), 0, 20, 0).List); len(got) != 2 || got[0] != "again" || got[1] != "better" {
		t.Errorf("history holds %q", got)
	}
}
