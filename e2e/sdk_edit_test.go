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
func TestSDKEdit(t *testing.T) { withEach(t, sdkEdit) }

func sdkEdit(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
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

// TestSDKEditRefused: who may not edit, what, and when.
func TestSDKEditRefused(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.group("team", "alice", "bob")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	m, gone := alice.say(private("bob"), "mine"), alice.say(private("bob"), "gone")
	bob.hears("gone")
	alice.mustRecall(private("bob"), gone, nil)
	for name, c := range map[string]struct {
		u    *user
		of   conversation
		uid  string
		code int
	}{
		"another's":        {bob, private("alice"), m.UID, 20605},
		"recalled":         {alice, private("bob"), gone.UID, 20116},
		"not there":        {alice, private("bob"), "0000-0000-0000-0000", 20116},
		"of another place": {alice, group("team"), m.UID, 20116},
	} {
		if code := c.u.edit(c.of, c.uid, "else"); code != c.code {
			t.Errorf("%s: code %d, not %d", name, code, c.code)
		}
	}
	late := startWith(t, []string{"edit-window: 1ms"})
	alice = late.connect(t, "alice")
	m = alice.say(private("bob"), "for ever")
	if code := alice.edit(private("bob"), m.UID, "else"); code != 20114 {
		t.Errorf("too late: code %d", code)
	}
	if minutes := call[int](alice.page, `async () => (await RongIMLib.getAppSettings()).messageModifiableMinutes`); minutes != 1 {
		t.Errorf("the app is told %d minutes", minutes)
	}
}

// TestSDKEditResend: a message that was edited is known when its sender, whose
// ack was lost, sends it again; and an edit says anew whom it mentions.
func TestSDKEditResend(t *testing.T) { withEach(t, sdkEditResend) }

func sdkEditResend(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.group("team", "alice", "bob")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	content := map[string]any{"content": "first"}
	first := alice.send(group("team"), "TextMessage", content, nil)
	bob.hears("first")
	do[any](alice, "modifyMessageWithParams", map[string]any{
		"conversation": group("team"), "messageUId": first.Data.UID,
		"messageContent": map[string]any{"content": "for bob", "mentionedInfo": map[string]any{"type": 2, "userIdList": []string{"bob"}}},
	})
	if !bob.edited("for bob").Mentioned {
		t.Error("bob is not mentioned")
	}
	again := alice.send(group("team"), "TextMessage", content, map[string]any{"messageId": first.Before.ID})
	if again.Code != 0 || again.Data.UID != first.Data.UID {
		t.Errorf("sent again: code %d, %s", again.Code, again.Data.UID)
	}
	if got := textsOf(bob.history(group("team"), 0, 20, 0).List); len(got) != 1 || got[0] != "for bob" {
		t.Errorf("history holds %q", got)
	}
}
