// Package imtest is a node inside a test, and what a test needs to be its
// users' app: tokens, groups, addresses.
package imtest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/internal/session"
)

// The app that Start serves.
const (
	AppKey    = "test-app"
	AppSecret = "test-app-secret"
)

// Node is a running server that ends with its test.
type Node struct {
	*node.Node
	t    testing.TB
	stop context.CancelFunc
	done chan error
}

// Option changes how a node is started.
type Option func(*node.Config)

// SendRate limits users to n messages a second; without it there is no limit.
func SendRate(n float64) Option {
	return func(c *node.Config) { c.Limits = session.Limits{SendRate: n} }
}

// Data keeps the node's data in dir instead of a directory of the test.
func Data(dir string) Option { return func(c *node.Config) { c.Data = dir } }

// Clock gives the ticks' time in milliseconds since 1970.
func Clock(now func() int64) Option { return func(c *node.Config) { c.Now = now } }

// Start runs a node on a free loopback port.
func Start(t testing.TB, options ...Option) *Node {
	t.Helper()
	cfg := node.Config{
		Listen: "127.0.0.1:0",
		Data:   t.TempDir(),
		Apps:   []node.App{{Key: AppKey, Secret: AppSecret}},
		Log:    slog.New(slog.DiscardHandler),
	}
	for _, o := range options {
		o(&cfg)
	}
	inner, err := node.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	n := &Node{Node: inner, t: t, stop: stop, done: make(chan error, 1)}
	go func() { n.done <- inner.Run(ctx) }()
	t.Cleanup(n.Stop)
	return n
}

// Stop drains the node. Stopping twice does no harm.
func (n *Node) Stop() {
	n.t.Helper()
	n.stop()
	if n.done == nil {
		return
	}
	if err := <-n.done; err != nil {
		n.t.Errorf("the node ended with: %v", err)
	}
	n.done = nil
}

// Token is a token of user that does not expire.
func (n *Node) Token(user chat.UserID) string {
	n.t.Helper()
	tokens, err := auth.NewTokens(auth.App{Key: AppKey, Secret: AppSecret})
	if err != nil {
		n.t.Fatal(err)
	}
	token, err := tokens.Issue(user, time.Now(), 0)
	if err != nil {
		n.t.Fatal(err)
	}
	return token
}
