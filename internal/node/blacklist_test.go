package node_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// refusing asks about the blacklist of c's user and returns it with the code.
func refusing(t *testing.T, c *imtest.Client, topic string, users ...string) ([]string, chat.Code) {
	t.Helper()
	payload, err := (&pb.Blacklist{UserId: users}).MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	code, answer, err := c.Query(topic, string(c.User()), payload)
	if err != nil {
		t.Fatal(err)
	}
	var list pb.Blacklist
	if err := list.UnmarshalVT(answer); err != nil {
		t.Fatal(err)
	}
	return list.GetUserId(), code
}

// A user says by themselves whom they refuse, and the refused are told so.
func TestUserBlacklist(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob")
	says := func(want chat.Code) {
		t.Helper()
		if ack := bob.Send(chat.Private, "alice", "hello", 0); ack.Code != want {
			t.Errorf("bob is answered %d, not %d", ack.Code, want)
		}
	}
	says(chat.OK)
	if _, code := refusing(t, alice, wire.TopicBlacklistAdd, "mallory", "bob", "bob"); code != chat.OK {
		t.Fatalf("adding: code %d", code)
	}
	says(chat.Blacklisted)
	if list, code := refusing(t, alice, wire.TopicBlacklist); code != chat.OK || !slices.Equal(list, []string{"bob", "mallory"}) {
		t.Errorf("the list is %q, code %d", list, code)
	}
	if list, _ := refusing(t, bob, wire.TopicBlacklist); len(list) != 0 {
		t.Errorf("bob's is %q", list)
	}
	if _, code := refusing(t, alice, wire.TopicBlacklistRemove, "bob", "nobody"); code != chat.OK {
		t.Fatalf("removing: code %d", code)
	}
	says(chat.OK)
}

// What would not be a blacklist is refused.
func TestUserBlacklistRefused(t *testing.T) {
	n := imtest.Start(t, func(c *node.Config) { c.Blacklist = 3 })
	alice := imtest.Dial(t, n, "alice")
	var many []string
	for i := range 21 {
		many = append(many, fmt.Sprint("user", i))
	}
	for name, users := range map[string][]string{
		"nobody": nil, "the user": {"alice"}, "no user": {""}, "21 users": many, "more than may be": many[:4],
	} {
		if _, code := refusing(t, alice, wire.TopicBlacklistAdd, users...); code != chat.BadParameter {
			t.Errorf("%s: code %d", name, code)
		}
	}
	if _, code := refusing(t, alice, wire.TopicBlacklistAdd, many[:3]...); code != chat.OK {
		t.Errorf("as many as may be: code %d", code)
	}
	if _, code := refusing(t, alice, wire.TopicBlacklistAdd, many[:2]...); code != chat.OK {
		t.Errorf("again: code %d", code)
	}
}
