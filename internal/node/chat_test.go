package node_test

import (
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

// kinds are the two kinds of client.
var kinds = map[string][]imtest.DialOption{
	"official": nil,
	"direct":   {imtest.Direct()},
}

func TestPrivate(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			n := imtest.Start(t)
			alice, bob := imtest.Dial(t, n, "alice", kind...), imtest.Dial(t, n, "bob", kind...)
			tablet := imtest.Dial(t, n, "alice", kind...)
			ack := alice.Send(chat.Private, "bob", "hello 鸿雁", 1)
			for who, m := range map[string]imtest.Message{"bob": bob.AwaitText("hello 鸿雁"), "alice's tablet": tablet.AwaitText("hello 鸿雁")} {
				if m.UID != ack.UID || m.ID.Tick != ack.Tick || m.Sender != "alice" || m.ClientID != 1 {
					t.Errorf("%s was given %+v, alice was acked %+v", who, m, ack)
				}
			}
			if again := alice.Send(chat.Private, "bob", "hello 鸿雁", 1); again != ack {
				t.Errorf("a resend is acked %+v, the first was %+v", again, ack)
			}
			bob.Send(chat.Private, "alice", "and you", 0)
			alice.AwaitText("and you")
			if got := len(bob.Received()); got != 1 {
				t.Errorf("bob was given %d messages, not 1", got)
			}
		})
	}
}
