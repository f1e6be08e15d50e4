package e2e

import (
	"context"
	"net/url"
	"testing"
	"time"
)

// TestSDKManyDevices: by default every tab of a user is a device of its own,
// and each hears what comes and what the others send.
func TestSDKManyDevices(t *testing.T) {
	s := startServer(t)
	bob := s.connect(t, "bob")
	tabs := []*user{s.connect(t, "alice"), s.connect(t, "alice"), s.connect(t, "alice")}
	bob.say(private("alice"), "to all of you")
	tabs[0].say(private("bob"), "from one of us")
	for i, tab := range tabs {
		tab.hears("to all of you")
		if i > 0 {
			tab.hears("from one of us")
		}
	}
}

// TestSDKOnePerPlatform: where the app allows one device on each platform, the
// newer tab makes the older one go, which is told 31010 and stays away. The
// newer one goes on as if nothing were.
func TestSDKOnePerPlatform(t *testing.T) {
	s := startWith(t, []string{"devices: one-per-platform"})
	bob := s.connect(t, "bob")
	first := s.connect(t, "alice")
	second := s.connect(t, "alice")
	if code := event[int](first, "DISCONNECT", "true"); code != 31010 {
		t.Errorf("the older tab is told %d, want 31010", code)
	}
	bob.say(private("alice"), "who is there?")
	second.hears("who is there?")
	// Nobody pushed the older one out and back in again: it is out for good.
	if states := call[[]string](first.page, "() => im.heard.states"); states[len(states)-1] != "DISCONNECT" {
		t.Errorf("the older tab goes through %q", states)
	}
	if states := call[[]string](second.page, "() => im.heard.states"); states[len(states)-1] != "CONNECTED" {
		t.Errorf("the newer tab goes through %q", states)
	}
	if got := first.texts(received); len(got) > 0 {
		t.Errorf("the older tab hears %q", got)
	}
	// Whoever wants to be here again says so.
	first.reload()
	if code := event[int](second, "DISCONNECT", "true"); code != 31010 {
		t.Errorf("the tab that was newer is told %d, want 31010", code)
	}
}

// TestSDKBlockedWhileConnected: the tab of a user whom the app blocks is told
// that the server ends it, and connecting again says why.
func TestSDKBlockedWhileConnected(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	s.call("/user/block.json", url.Values{"userId": {"alice"}, "minute": {"1"}})
	if code := event[int](alice, "DISCONNECT", "true"); code != 31011 {
		t.Errorf("told %d, want 31011", code)
	}
	if code := s.open(t, "alice").tryConnect(alice.token); code != 31009 {
		t.Errorf("connecting again is answered with %d, want 31009", code)
	}
}

// TestSDKPresence: the Server API calls a user online from the first tab to the
// end of the last one: a logout, a closed tab, or a server that was killed,
// until the SDK is back.
func TestSDKPresence(t *testing.T) {
	s := startServer(t)
	s.mustBe("alice", "0")
	first, second := s.connect(t, "alice"), s.connect(t, "alice")
	s.mustBe("alice", "1")
	first.leave()
	s.mustBe("alice", "1")

	second.expect("WebSocket")
	s.kill()
	s.start()
	s.becomes("alice", "1") // the second tab came back by itself
	second.close()
	s.becomes("alice", "0")
}

// online is the status of a user in the Server API.
func (s *server) online(name string) string {
	s.t.Helper()
	status, _ := s.call("/user/checkOnline.json", url.Values{"userId": {name}})["status"].(string)
	return status
}

func (s *server) mustBe(name, status string) {
	s.t.Helper()
	if got := s.online(name); got != status {
		s.t.Errorf("%s has the status %s, want %s", name, got, status)
	}
}

// becomes asks until a user has a status, which nothing else tells.
func (s *server) becomes(name, status string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for s.online(name) != status {
		select {
		case <-again.C:
		case <-ctx.Done():
			s.t.Fatalf("%s never has the status %s", name, status)
		}
	}
}
