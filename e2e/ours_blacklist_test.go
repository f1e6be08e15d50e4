package e2e

import (
	"slices"
	"testing"
)

// TestOursBlacklist: a user of our SDK says whom they refuse, which the
// official SDK does not let a browser do; who is refused is told so, whichever
// SDK they have.
func TestOursBlacklist(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t)
		bob := s.connect(t, "bob")
		t.Run(hongyan.name, func(t *testing.T) {
			alice := s.connect(t, "alice")
			do[any](alice, "addToBlacklist", "bob")
			if got := do[[]string](alice, "getBlacklist"); !slices.Equal(got, []string{"bob"}) {
				t.Errorf("the list is %q", got)
			}
			if !do[bool](alice, "getBlacklistStatus", "bob") || do[bool](alice, "getBlacklistStatus", "carol") {
				t.Error("not bob alone is refused")
			}
			if r := bob.send(private("alice"), "TextMessage", map[string]any{"content": "hello?"}, nil); r.Code != 405 {
				t.Errorf("bob's message: code %d", r.Code)
			}
			do[any](alice, "removeFromBlacklist", "bob")
			bob.say(private("alice"), "hello!")
			alice.hears("hello!")
			if r := try[any](alice, "addToBlacklist", ""); r.Code != 34214 {
				t.Errorf("nobody: code %d", r.Code)
			}
		})
	})
}
