package e2e

import "testing"

// An app of dev mode takes settings from the file: here, that nobody can
// recall a message that is older than a millisecond.
func TestDevAppWithSettings(t *testing.T) {
	s := startWith(t, []string{"recall-window: 1ms"})
	alice := s.connect(t, "alice")
	m := alice.say(private("bob"), "for ever")
	bob := s.connect(t, "bob")
	bob.hears("for ever")
	r := try[any](alice, "recallMessage", private("bob"), map[string]any{"messageUId": m.UID, "sentTime": m.Sent})
	if r.Code == 0 {
		t.Fatal("the message was recalled")
	}
	if got := event[struct{ Messages []message }](bob, "MESSAGES", `e.messages.length > 0`); got.Messages[0].text() != "for ever" {
		t.Fatalf("%+v", got)
	}
	if id := call[string](alice.page, "im.call", "getCurrentUserId"); id != "alice" {
		t.Fatalf("the user is %q", id)
	}
}
