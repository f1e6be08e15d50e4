package e2e

import (
	"net/url"
	"slices"
	"testing"
)

// TestSDKRate: the sixth message of a second is refused and reaches nobody;
// soon after, sending works again.
// Shows S002.
func TestSDKRate(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		codes := call[[]int](alice.page, "im.burst", private("bob"), 6)
		if want := []int{0, 0, 0, 0, 0, 20604}; !slices.Equal(codes, want) {
			t.Errorf("codes %v, want %v", codes, want)
		}
		call[message](alice.page, "im.sendUntilAcked", private("bob"), "patience helps")
		bob.hears("patience helps")
		want := []string{"burst 0", "burst 1", "burst 2", "burst 3", "burst 4", "patience helps"}
		if got := bob.texts(received); !slices.Equal(got, want) {
			t.Errorf("bob hears %q, want %q", got, want)
		}
	})
}

// TestSDKRefusals: who may not send is told why, by the code of the page's
// failure case, and still gets the message with its messageId to mark.
// Shows S008, S028, S029.
func TestSDKRefusals(t *testing.T) {
	s := startServer(t)
	s.group("team", "bob")
	s.call("/user/blacklist/add.json", url.Values{"userId": {"bob"}, "blackUserId": {"alice"}})
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")

	for _, c := range []struct {
		why  string
		to   conversation
		code int
	}{
		{"not in the group", group("team"), 22406},
		{"blacklisted by the peer", private("bob"), 405},
	} {
		got := alice.send(c.to, "TextMessage", map[string]any{"content": c.why}, nil)
		if got.Code != c.code {
			t.Errorf("%s: code %d, want %d", c.why, got.Code, c.code)
		}
		if got.Data.ID == 0 || got.Data.ID != got.Before.ID || got.Data.SentStatus != 20 {
			t.Errorf("%s: the result is %+v, want the failed message", c.why, got.Data)
		}
	}
	bob.say(private("alice"), "I may write to you")
	alice.hears("I may write to you")
	if got := bob.texts(received); len(got) > 0 {
		t.Errorf("bob hears %q", got)
	}
	if got := bob.pages(private("alice"), 0, 20, 0); !slices.Equal(got, []string{"I may write to you"}) {
		t.Errorf("history holds %q", got)
	}
}
