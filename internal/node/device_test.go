package node_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/wire"
)

func devices(d fanout.Devices) imtest.Option {
	return func(c *node.Config) { c.Apps[0].Devices = d }
}

func platform(name string) imtest.DialOption { return imtest.Parameter("platform", name) }

// Without a policy a user has as many devices as they like, and each gets everything.
func TestManyDevices(t *testing.T) {
	n := imtest.Start(t)
	var all []*imtest.Client
	for range 12 {
		all = append(all, imtest.Dial(t, n, "alice"))
	}
	imtest.Dial(t, n, "bob").Send(chat.Private, "alice", "to all of you", 0)
	for _, c := range all {
		c.AwaitText("to all of you")
	}
}

// One device on each platform: the older one is told why it has to go, the
// devices on other platforms and other users do not notice.
func TestOneDevicePerPlatform(t *testing.T) {
	n := imtest.Start(t, devices(fanout.Devices{PerPlatform: 1}))
	bob := imtest.Dial(t, n, "bob")
	tab, phone := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "alice", platform("android"))
	laptop := imtest.Dial(t, n, "alice", platform("windows"), imtest.Direct())
	mini := imtest.Dial(t, n, "alice", platform("MiniProgram"))
	other := imtest.Dial(t, n, "alice", platform("ios"))
	if status := phone.Ended(); status != wire.DisconnectKicked {
		t.Errorf("the older phone was sent away with status %d", status)
	}
	newer := imtest.Dial(t, n, "alice", platform("macos"), imtest.Direct())
	if status := laptop.Ended(); status != wire.DisconnectKicked {
		t.Errorf("the older laptop was sent away with status %d", status)
	}
	bob.Send(chat.Private, "alice", "who is there?", 0)
	for _, c := range []*imtest.Client{tab, mini, other, newer} {
		c.AwaitText("who is there?")
	}
	if err := bob.Ping(); err != nil {
		t.Errorf("bob is out: %v", err)
	}
}

// Of several that connect at once, where one is allowed, exactly one is left.
func TestOneDeviceRace(t *testing.T) {
	n := imtest.Start(t, devices(fanout.Devices{Total: 1}))
	var all [8]*imtest.Client
	var dials sync.WaitGroup
	for i := range all {
		all[i] = imtest.NewClient(t, n, "alice")
		dials.Go(func() {
			if err := all[i].Connect(); err != nil {
				t.Error(err)
			}
		})
	}
	dials.Wait()
	// A PINGRESP says that its session hears, so after a first round all came
	// and who has to go was told.
	var left int
	for range 2 {
		left = 0
		for _, c := range all {
			if c.Ping() == nil {
				left++
			}
		}
	}
	if left != 1 {
		t.Errorf("%d of %d are left", left, len(all))
	}
}

// A device whose connection was lost without the server noticing comes back as
// the same one: its old session is gone, without a word about other devices.
func TestSameDeviceReturns(t *testing.T) {
	for _, policy := range []fanout.Devices{{}, {PerPlatform: 1}} {
		n := imtest.Start(t, devices(policy))
		lost := imtest.Dial(t, n, "alice", imtest.Parameter("deviceId", "tab"))
		if err := lost.Ping(); err != nil { // its session hears, so it is the older one
			t.Fatal(err)
		}
		back := imtest.Dial(t, n, "alice", imtest.Parameter("deviceId", "tab"))
		if status := lost.Ended(); status != 0 {
			t.Errorf("the lost connection was sent a DISCONNECT of status %d", status)
		}
		if err := back.Ping(); err != nil {
			t.Errorf("the new connection is out: %v", err)
		}
		if !n.Online("alice") {
			t.Error("alice is offline")
		}
	}
}

// A user is online from the first session to the end of the last one, however
// that ends.
func TestPresence(t *testing.T) {
	n := imtest.Start(t, func(c *node.Config) { c.IdleTimeout = 300 * time.Millisecond })
	if n.Online("alice") {
		t.Error("alice is online before she came")
	}
	phone, tab := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "alice")
	silent := imtest.Dial(t, n, "bob") // whose machine fell asleep: no ping, no end
	if !n.Online("alice") || !n.Online("bob") {
		t.Error("somebody who connected is not online")
	}
	n.AwaitOffline("bob", func() {
		for _, c := range []*imtest.Client{phone, tab} {
			if err := c.Ping(); err != nil {
				t.Fatalf("a client that pings is out: %v", err)
			}
		}
	})
	if status := silent.Ended(); status != 0 {
		t.Errorf("the silent client was sent away with status %d", status)
	}
	phone.Cut()
	if !n.Online("alice") {
		t.Error("alice is offline with a tab open")
	}
	tab.Cut()
	n.AwaitOffline("alice", nil)
	_, page := n.Get("/metrics")
	for _, line := range []string{"hongyan_users_online{app=%q} 0", "hongyan_presence_missed_total{app=%q} 0"} {
		if line = fmt.Sprintf(line, imtest.AppKey); !strings.Contains(page, line+"\n") {
			t.Errorf("the metrics do not say %s", line)
		}
	}
}

// A user who is blocked is offline when the call is answered.
func TestBlockedUserIsOffline(t *testing.T) {
	n := imtest.Start(t)
	alice := imtest.Dial(t, n, "alice")
	alice.StopReading() // so that her end takes a while
	n.Post("/user/block.json", url.Values{"userId": {"alice"}, "minute": {"1"}})
	if n.Online("alice") {
		t.Error("alice is online after she was blocked")
	}
}

// Nobody is online after a crash until they come back.
func TestPresenceAfterACrash(t *testing.T) {
	p := imtest.StartProcess(t)
	alice := imtest.Dial(t, p, "alice")
	if !p.Online("alice") {
		t.Error("alice is not online")
	}
	p.Kill()
	p.Start()
	if p.Online("alice") {
		t.Error("alice is online after the crash")
	}
	if err := alice.Connect(); err != nil {
		t.Fatal(err)
	}
	if !p.Online("alice") {
		t.Error("alice is not online again")
	}
}
