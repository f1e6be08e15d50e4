package node_test

import (
	"net/url"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Where an app wants resends to be messages of their own, that holds for
// official clients; ours send again by themselves, and theirs stay one.
func TestResendTwice(t *testing.T) {
	for _, twice := range []bool{false, true} {
		n := imtest.Start(t, func(c *node.Config) { c.Apps[0].Sending.ResendTwice = twice })
		for _, c := range []struct {
			client *imtest.Client
			same   bool
		}{{imtest.Dial(t, n, "alice"), !twice}, {imtest.Dial(t, n, "carol", imtest.Direct()), true}} {
			first := c.client.Send(chat.Private, "bob", "hello", 7)
			again := c.client.Send(chat.Private, "bob", "hello", 7)
			if first.Code != chat.OK || again.Code != chat.OK || (first.UID == again.UID) != c.same {
				t.Errorf("twice %t: %s is acked %+v, then %+v", twice, c.client.User(), first, again)
			}
		}
	}
}

// Clients of each version ask in their own way to pass over the receiver's
// lists, and only an app that trusts its clients does it.
func TestSkipLists(t *testing.T) {
	for _, trusting := range []bool{false, true} {
		n := imtest.Start(t, func(c *node.Config) { c.Apps[0].Sending.SkipLists = trusting })
		n.Post("/user/blacklist/add.json", url.Values{"userId": {"bob"}, "blackUserId": {"alice"}})
		for _, c := range []struct {
			version string
			flag    int32
			asks    bool
		}{{"5.7.3", 0, false}, {"5.7.3", 2, true}, {"5.38.0", 2, false}, {"5.38.0", 0, true}, {"5.20.0", 0, false}, {"5.20.0", 2, false}} {
			alice := imtest.Dial(t, n, "alice", imtest.Parameter("sdkVer", c.version))
			up := &pb.UpMessage{Flags: new(int32(3)), ClassName: new("RC:TxtMsg"), Content: []byte(`{"content":"hi"}`), ConfigFlag: &c.flag}
			payload, err := up.MarshalVT()
			if err != nil {
				t.Fatal(err)
			}
			ack, err := alice.Ack(alice.Publish(wire.TopicPrivateSend, "bob", payload))
			want := chat.Blacklisted
			if trusting && c.asks {
				want = chat.OK
			}
			if err != nil || ack.Code != want {
				t.Errorf("trusting %t: version %s with configFlag %d is answered %v, %v; not %v", trusting, c.version, c.flag, ack.Code, err, want)
			}
			alice.Cut()
		}
	}
}
