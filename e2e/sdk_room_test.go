package e2e

import (
	"slices"
	"testing"
)

// TestSDKChatroom: those in a room hear each other, once, with every field
// intact; who has not joined may not speak; who comes late gets the newest.
// Shows S001.
func TestSDKChatroom(t *testing.T) {
	s := startServer(t)
	alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
	alice.join("hall", 10)
	bob.join("hall", -1)

	result := alice.send(chatroom("hall"), "TextMessage", rich, nil)
	mustBeSent(t, result)
	checkMessage(t, bob.hears("hello bob, 你好 😀"), message{
		Type: 4, Target: "hall", Sender: "alice", ObjectName: "RC:TxtMsg",
		UID: result.Data.UID, ID: result.Before.ID, Sent: result.Data.Sent,
		Direction: 2, SentStatus: 30,
		Content:   richContent(t, nil),
		Persisted: true, Counted: true,
	})
	bob.say(chatroom("hall"), "hello hall")
	alice.hears("hello hall")
	if got := alice.texts(func(message) bool { return true }); !slices.Equal(got, []string{"hello hall"}) {
		t.Errorf("alice hears %q", got)
	}

	if got := carol.send(chatroom("hall"), "TextMessage", map[string]any{"content": "let me in"}, nil); got.Code != 23406 {
		t.Errorf("who has not joined: code %d, want 23406", got.Code)
	}
	carol.join("hall", 1)
	carol.hears("hello hall")
	if got := carol.texts(received); !slices.Equal(got, []string{"hello hall"}) {
		t.Errorf("carol, who asked for the newest one, hears %q", got)
	}
}

// TestSDKChatroomDevices: what one device says in a room, the user's other
// device in that room hears, once.
func TestSDKChatroomDevices(t *testing.T) {
	s := startServer(t)
	phone, laptop, bob := s.connect(t, "alice"), s.connect(t, "alice"), s.connect(t, "bob")
	for _, u := range []*user{phone, laptop, bob} {
		u.join("hall", 10)
	}
	phone.say(chatroom("hall"), "from the phone")
	if own := laptop.hears("from the phone"); received(own) || own.Sender != "alice" {
		t.Errorf("direction %d from %s, want alice's own", own.Direction, own.Sender)
	}
	bob.say(chatroom("hall"), "seen")
	phone.hears("seen")
	laptop.hears("seen")
	all := func(message) bool { return true }
	if got := laptop.texts(all); !slices.Equal(got, []string{"from the phone", "seen"}) {
		t.Errorf("the laptop hears %q", got)
	}
	if got := phone.texts(all); !slices.Equal(got, []string{"seen"}) {
		t.Errorf("the phone hears %q", got)
	}
}

// join joins a chatroom and asks for its newest messages.
func (u *user) join(room string, newest int) {
	u.t.Helper()
	result := call[struct {
		Code int
		Msg  string
	}](u.page, "im.joinRoom", room, newest)
	if result.Code != 0 {
		u.t.Fatalf("%s joins %s: code %d %s", u.name, room, result.Code, result.Msg)
	}
}
