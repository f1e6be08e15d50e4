// Package imtest is a node inside a test or in a process of its own, and what
// a test needs beside it: the app's server that makes tokens and groups, and
// clients that speak the protocol frame by frame.
package imtest

import (
	"context"
	"log/slog"
	"testing"

	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/internal/receipt"
	"github.com/hongyan-im/hongyan/internal/session"
)

// Server is a running server that a Client connects to and an App gives orders.
type Server interface {
	URL() string  // http:// or https:// and the address
	Addr() string // host:port
}

// Node is a server inside the test's process. It ends with its test.
type Node struct {
	*node.Node
	App
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

// RoomsTakeAll lets a chatroom take any number of messages at once.
func RoomsTakeAll() Option { return func(c *node.Config) { c.Apps[0].Rooms = boundless } }

// ManyRooms lets a user be in many chatrooms at once.
func ManyRooms() Option { return func(c *node.Config) { c.Apps[0].Rooms.Many = true } }

// Data keeps the node's data in dir instead of a directory of the test.
func Data(dir string) Option { return func(c *node.Config) { c.Data = dir } }

// Listen makes the node listen on address instead of on a free port.
func Listen(address string) Option { return func(c *node.Config) { c.Listen = address } }

// Clock gives the ticks' time in milliseconds since 1970.
func Clock(now func() int64) Option { return func(c *node.Config) { c.Now = now } }

// TLS makes the node speak https and wss with a certificate of two files.
func TLS(cert, key string) Option {
	return func(c *node.Config) { c.TLSCert, c.TLSKey = cert, key }
}

// Strict makes the app refuse requests of the Server API that come twice.
func Strict() Option {
	return func(c *node.Config) { c.Apps[0].Strict = auth.Strict{On: true} }
}

// Unread says who counts what is unread.
func Unread(who session.Counting) Option {
	return func(c *node.Config) { c.Apps[0].Unread = who }
}

// Receipts says of which generation the app's read receipts are.
func Receipts(generation receipt.Version) Option {
	return func(c *node.Config) { c.Apps[0].Receipts = generation }
}

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
	n := &Node{Node: inner, App: App{t: t, url: inner.URL()}, t: t, stop: stop, done: make(chan error, 1)}
	go func() { n.done <- inner.Run(ctx) }()
	t.Cleanup(n.Stop)
	return n
}

// URL is where the node is reached from this machine.
func (n *Node) URL() string { return n.Node.URL() }

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
