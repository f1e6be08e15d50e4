package e2e

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// link is a way to the server that can be cut: who connects through it is away
// while it is, and comes back by itself.
type link struct {
	t  *testing.T
	to string // host:port
	at net.Listener

	mu    sync.Mutex // guards the following
	cut   bool
	conns map[net.Conn]struct{}
	work  sync.WaitGroup
}

// link opens a way to s.
func (s *server) link(t *testing.T) *link {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &link{t: t, to: strings.TrimPrefix(s.url, "http://"), at: at, conns: map[net.Conn]struct{}{}}
	l.work.Go(l.accept)
	t.Cleanup(func() {
		_ = at.Close()
		l.Cut()
		l.work.Wait()
	})
	return l
}

// connect is server.connect through the link.
func (l *link) connect(s *server, name string) *user {
	l.t.Helper()
	there := *s
	there.url = "http://" + l.at.Addr().String()
	u := there.connect(l.t, name)
	u.expect("WebSocket connection to") // while the link is cut
	u.expect("ERR_")
	return u
}

// Cut ends what goes through the link and lets nothing through.
func (l *link) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for c := range l.conns {
		_ = c.Close()
	}
}

// Mend lets everything through again.
func (l *link) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = false
}

func (l *link) accept() {
	for {
		c, err := l.at.Accept()
		if err != nil {
			return // the test is over
		}
		l.work.Go(func() { l.carry(c) })
	}
}

// carry connects c with the server until either is closed.
func (l *link) carry(c net.Conn) {
	s, err := net.Dial("tcp", l.to)
	if err != nil {
		_ = c.Close()
		return
	}
	if !l.hold(c, s) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(s, c); _ = s.Close(); _ = c.Close() })
	both.Go(func() { _, _ = io.Copy(c, s); _ = s.Close(); _ = c.Close() })
	both.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
	delete(l.conns, s)
}

// hold reports whether the connections may go through; else it closes them.
func (l *link) hold(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		if l.cut {
			_ = c.Close()
		} else {
			l.conns[c] = struct{}{}
		}
	}
	return !l.cut
}
