package node_test

import (
	"context"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

func connect(t *testing.T, n *imtest.Node, user chat.UserID) *imlib.Client {
	t.Helper()
	c, err := imlib.Connect(context.Background(), imlib.Options{
		AppKey: imtest.AppKey, Token: n.Token(user), Navigators: []string{n.URL()},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// receive returns the next n messages that c gets.
func receive(t *testing.T, c *imlib.Client, n int) (got []imlib.Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for m, err := range c.Messages(ctx) {
		if err != nil {
			t.Fatalf("after %d of %d messages: %v", len(got), n, err)
		}
		if got = append(got, m); len(got) == n {
			break
		}
	}
	return got
}

func TestTwoUsersChat(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	sent, err := alice.Send(context.Background(), imlib.Private("bob"), imlib.TextMessage{Content: "hello 鸿雁"})
	if err != nil {
		t.Fatal(err)
	}
	m := receive(t, bob, 1)[0]
	text, ok := m.Content.(imlib.TextMessage)
	if !ok || text.Content != "hello 鸿雁" || m.UID != sent.UID || !m.Time.Equal(sent.Time) || m.Sender != "alice" {
		t.Fatalf("sent %+v, received %+v", sent, m)
	}
}
