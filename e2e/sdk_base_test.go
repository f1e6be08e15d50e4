package e2e

import (
	"testing"
	"time"
)

// TestSDKBase: what the SDK says of itself and of the server while it is
// connected, and after it left.
func TestSDKBase(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	for function, want := range map[string]any{"getConnectionStatus": float64(0), "getCurrentUserId": "alice"} {
		if got := call[any](alice.page, "im.call", function); got != want {
			t.Errorf("%s: %v, want %v", function, got, want)
		}
	}
	if id := call[string](alice.page, "im.call", "getDeviceId"); len(id) != 22 {
		t.Errorf("the device is %q", id)
	}
	at := time.UnixMilli(call[int64](alice.page, "im.call", "getServerTime"))
	if off := time.Since(at).Abs(); off > time.Minute {
		t.Errorf("the server's time is off by %s", off)
	}
	if settings := call[map[string]any](alice.page, "im.call", "getAppSettings"); settings == nil {
		t.Error("no settings of the app while connected")
	}
	alice.leave()
	if status := call[int](alice.page, "im.call", "getConnectionStatus"); status != 2 {
		t.Errorf("status %d after leaving, want 2", status)
	}
}

// TestSDKListeners: a listener hears until it is removed, one that listens once
// hears once.
func TestSDKListeners(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		call[any](bob.page, `() => {
		const { Events } = RongIMLib
		const count = (name) => ({ messages }) => (window.counts[name] += messages.length)
		window.counts = { always: 0, once: 0, removed: 0 }
		const removed = count('removed')
		RongIMLib.addEventListener(Events.MESSAGES, count('always'))
		RongIMLib.onceEventListener(Events.MESSAGES, count('once'))
		RongIMLib.addEventListener(Events.MESSAGES, removed)
		RongIMLib.removeEventListener(Events.MESSAGES, removed)
		return true
	}`)
		for _, text := range []string{"one", "two"} {
			alice.say(private("bob"), text)
			bob.hears(text)
		}
		type counts struct{ Always, Once, Removed int }
		if got := call[counts](bob.page, "() => counts"); got != (counts{2, 1, 0}) {
			t.Errorf("heard %+v", got)
		}
		call[any](bob.page, "() => { RongIMLib.removeEventListeners(RongIMLib.Events.MESSAGES); RongIMLib.clearEventListeners(); return true }")
		alice.say(private("bob"), "nobody listens")
		do[any](bob, "getHistoryMessages", private("alice"))
		if got := call[counts](bob.page, "() => counts"); got.Always != 2 {
			t.Errorf("heard %+v after all listeners were removed", got)
		}
	})
}

// TestSDKSendText: the short form of sending a text.
func TestSDKSendText(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	m := do[message](alice, "sendTextMessage", private("bob"), map[string]any{"content": "in short"})
	if got := bob.hears("in short"); got.UID != m.UID || got.ObjectName != "RC:TxtMsg" {
		t.Errorf("bob hears %+v, sent was %s", got, m.UID)
	}
}

// TestSDKStartsAnew: after destroy the same page may begin with another user.
func TestSDKStartsAnew(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.leave()
	call[any](alice.page, "im.call", "destroy")
	alice.name = "carol"
	alice.connect(s.token("carol"))
	bob.say(private("carol"), "are you carol?")
	alice.hears("are you carol?")
}
