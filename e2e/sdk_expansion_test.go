package e2e

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// expandable sends a text that may be expanded, with expansion as it is at first.
func (u *user) expandable(to conversation, text string, expansion map[string]string) message {
	u.t.Helper()
	r := u.send(to, "TextMessage", map[string]any{"content": text}, map[string]any{"canIncludeExpansion": true, "expansion": expansion})
	if r.Code != 0 {
		u.t.Fatalf("%s says %q: code %d %s", u.name, text, r.Code, r.Msg)
	}
	return r.Data
}

// expansionEvent is what the EXPANSION event tells.
type expansionEvent struct {
	Updated struct {
		UID       string            `json:"messageUId"`
		Target    string            `json:"targetId"`
		Expansion map[string]string `json:"expansion"`
	} `json:"updatedExpansion"`
	Deleted struct {
		UID  string   `json:"messageUId"`
		Keys []string `json:"deletedKeys"`
	} `json:"deletedExpansion"`
}

// TestSDKExpansion: what is put and removed in an expansion reaches everybody
// else, and stays with the message.
// Shows S051, S052.
func TestSDKExpansion(t *testing.T) { withEach(t, sdkExpansion) }

func sdkExpansion(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.group("team", "alice", "bob")
	alice, tablet, bob := s.connect(t, "alice"), s.connect(t, "alice"), s.connect(t, "bob")
	for _, c := range []conversation{private("bob"), group("team")} {
		text := "in " + c.Target
		m := alice.expandable(c, text, map[string]string{"mood": "fine"})
		heard := bob.hears(text)
		if !heard.CanIncludeExpansion || heard.Expansion["mood"] != "fine" {
			t.Errorf("bob hears %+v", heard)
		}
		do[any](bob, "updateMessageExpansion", map[string]any{"seen": "yes", "mood": "good"}, heard)
		for _, u := range []*user{alice, tablet} {
			got := event[expansionEvent](u, "EXPANSION", fmt.Sprintf(`e.updatedExpansion?.messageUId === %q`, m.UID)).Updated
			if want := map[string]string{"seen": "yes", "mood": "good"}; !maps.Equal(got.Expansion, want) {
				t.Errorf("%s is told %v, not %v", u.name, got.Expansion, want)
			}
		}
		do[any](alice, "removeMessageExpansionForKey", []string{"mood", "nothing"}, m)
		removed := event[expansionEvent](bob, "EXPANSION", fmt.Sprintf(`e.deletedExpansion?.messageUId === %q`, m.UID)).Deleted
		if !slices.Equal(removed.Keys, []string{"mood", "nothing"}) {
			t.Errorf("bob is told that %v are gone", removed.Keys)
		}
		of := c
		if c.Type == 1 {
			of = private("alice")
		}
		list := bob.history(of, 0, 20, 0).List
		if len(list) != 1 || !maps.Equal(list[0].Expansion, map[string]string{"seen": "yes"}) {
			t.Errorf("history holds %+v", list)
		}
	}
	if got := bob.texts(received); len(got) != 2 {
		t.Errorf("bob hears %q", got)
	}
}

// TestSDKExpansionAtOnce: of what several put at once nothing is lost, and
// nobody gets past the limits.
func TestSDKExpansionAtOnce(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	m := alice.expandable(private("bob"), "count", nil)
	heard := bob.hears("count")
	puts := func(u *user, of message, prefix string) {
		u.t.Helper()
		call[any](u.page, `(m, prefix) => { im.putting = Promise.all(Array.from({ length: 8 }, (_, i) => {
			const more = Object.fromEntries(Array.from({ length: 19 }, (_, k) => [prefix + i + '-' + k, 'x']))
			return RongIMLib.updateMessageExpansion(more, m)
		})); return true }`, of, prefix)
	}
	puts(alice, m, "a")
	puts(bob, heard, "b")
	done := 0
	for _, u := range []*user{alice, bob} {
		for _, r := range call[[]result[any]](u.page, "() => im.putting") {
			switch r.Code {
			case 0:
				done++
			case 22203: // over 300 keys
			default:
				t.Errorf("code %d %s", r.Code, r.Msg)
			}
		}
	}
	list := bob.history(private("alice"), 0, 20, 0).List
	if len(list) != 1 || len(list[0].Expansion) != done*19 || done != 300/19 {
		t.Errorf("after %d of 16 changes history holds %d keys", done, len(list[0].Expansion))
	}
}

// TestSDKExpansionRefused: what may not be expanded is not.
func TestSDKExpansionRefused(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.group("team", "alice", "bob", "carol")
	alice, dave := s.connect(t, "alice"), s.connect(t, "dave")
	plain := alice.say(private("bob"), "plain")
	claimed := plain
	claimed.CanIncludeExpansion = true
	m := alice.expandable(group("team"), "for the team", nil)
	gone := alice.expandable(private("bob"), "gone", nil)
	do[any](alice, "recallMessage", private("bob"), map[string]any{"messageUId": gone.UID, "sentTime": gone.Sent})
	missing := m
	missing.UID = "0000-0000-0000-0000"
	more := map[string]any{"k": "v"}
	for name, c := range map[string]struct {
		u    *user
		m    message
		code int
	}{
		"not sent so, as the SDK knows":    {alice, plain, 35036},
		"not sent so, as the server knows": {alice, claimed, 22202},
		"recalled":                         {alice, gone, 22202},
		"not there":                        {alice, missing, 22201},
		"of a group one is not in":         {dave, m, 22204},
	} {
		if got := try[any](c.u, "updateMessageExpansion", more, c.m).Code; got != c.code {
			t.Errorf("%s: code %d, not %d", name, got, c.code)
		}
	}
}
