package e2e

import (
	"net/url"
	"testing"
)

// TestSDKServerAPI: what the app's own server publishes arrives at the SDK in
// the conversation it was published to.
// Shows S182.
func TestSDKServerAPI(t *testing.T) {
	s := startServer(t)
	s.group("team", "alice", "bob")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.join("hall", -1)
	bob.join("hall", -1)

	for _, c := range []struct {
		path, to string
		targets  []string
		typ      int
		target   string // of the conversation, as the receivers see it
	}{
		{"/message/private/publish.json", "toUserId", []string{"alice", "bob"}, 1, "shop"},
		{"/message/system/publish.json", "toUserId", []string{"alice", "bob"}, 6, "shop"},
		{"/message/group/publish.json", "toGroupId", []string{"team"}, 3, "team"},
		{"/message/chatroom/publish.json", "toChatroomId", []string{"hall"}, 4, "hall"},
	} {
		text := "by " + c.path
		s.call(c.path, url.Values{
			"fromUserId": {"shop"}, c.to: c.targets,
			"objectName": {"RC:TxtMsg"}, "content": {`{"content":"` + text + `"}`},
		})
		for _, u := range []*user{alice, bob} {
			if m := u.hears(text); m.Type != c.typ || m.Target != c.target || m.Sender != "shop" || !received(m) {
				t.Errorf("%s hears %+v", u.name, m)
			}
		}
	}
}

// TestSDKServerRecall: the app's server takes a message back.
func TestSDKServerRecall(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	m := alice.say(private("bob"), "rude words")
	bob.hears("rude words")
	s.call("/message/recall.json", url.Values{
		"fromUserId": {"alice"}, "conversationType": {"1"}, "targetId": {"bob"},
		"messageUID": {m.UID}, "sentTime": {"0"}, "isAdmin": {"1"},
	})
	call[message](bob.page, "im.untilType", "RC:RcCmd")
	list := bob.history(private("alice"), 0, 20, 0).List
	if len(list) != 1 || list[0].ObjectName != "RC:RcNtf" {
		t.Errorf("history holds %+v", list)
	}
}
