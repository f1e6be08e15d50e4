package e2e

import (
	"fmt"
	"slices"
	"testing"
)

// TestSDKServerRestarts ends the server in the middle of a conversation, with
// kill -9 or as an operator does, and starts it again. Both sides reconnect by
// themselves and send again what was not acked, and each text is there exactly
// once, in order.
func TestSDKServerRestarts(t *testing.T) {
	t.Run("killed", func(t *testing.T) { restartAmidTalk(t, (*server).kill) })
	t.Run("drained", func(t *testing.T) { restartAmidTalk(t, (*server).stop) })
}

func restartAmidTalk(t *testing.T, end func(*server)) {
	const lines = 60
	s := startServer(t, "--send-rate", "0")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, u := range []*user{alice, bob} {
		u.expect("WebSocket connection to") // while the server is down
		u.expect("ERR_CONNECTION_REFUSED")
		u.join("hall", -1)
	}

	fromAlice, fromBob := script("alice", lines), script("bob", lines)
	call[any](alice.page, "im.talk", private("bob"), fromAlice)
	call[any](bob.page, "im.talk", private("alice"), fromBob)
	call[any](alice.page, "im.untilAcked", lines/3)
	end(s)
	s.start()

	ackedByAlice := call[[]message](alice.page, "im.talked")
	ackedByBob := call[[]message](bob.page, "im.talked")
	alice.hears(fromBob[lines-1])
	bob.hears(fromAlice[lines-1])
	if got := alice.texts(received); !slices.Equal(got, fromBob) {
		t.Errorf("alice hears %q", got)
	}
	if got := bob.texts(received); !slices.Equal(got, fromAlice) {
		t.Errorf("bob hears %q", got)
	}
	alice.mustOwn(ackedByAlice)
	bob.mustOwn(ackedByBob)

	all := append(slices.Clone(fromAlice), fromBob...)
	kept := alice.pages(private("bob"), 1, 100, 1)
	slices.Sort(all)
	slices.Sort(kept)
	if !slices.Equal(kept, all) {
		t.Errorf("history holds %q, want %q", kept, all)
	}

	// The SDK joined its room again, and the room still works both ways.
	for _, u := range []*user{alice, bob} {
		call[any](u.page, "im.untilRejoined", "hall")
	}
	alice.say(chatroom("hall"), "still here")
	bob.hears("still here")
}

// script is what name says.
func script(name string, lines int) []string {
	var texts []string
	for i := range lines {
		texts = append(texts, fmt.Sprintf("%s %d", name, i))
	}
	return texts
}

// mustOwn requires that what u was told of its own messages (a message that
// was stored, but whose ack was lost, is told after the reconnect) are the very
// messages that were acked in the end.
func (u *user) mustOwn(acked []message) {
	u.t.Helper()
	uids := map[int64]string{}
	for _, m := range acked {
		uids[m.ID] = m.UID
	}
	seen := map[string]bool{}
	for _, m := range u.heard() {
		if received(m) {
			continue
		}
		if uids[m.ID] != m.UID || seen[m.UID] {
			u.t.Errorf("%s is told of its own %q (%s), acked as %s", u.name, m.text(), m.UID, uids[m.ID])
		}
		seen[m.UID] = true
	}
}
