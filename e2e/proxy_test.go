package e2e

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/gobwas/ws"

	"github.com/hongyan-im/hongyan/wire"
)

// proxy is the network between a browser and a server: it passes on what both
// say, frame by frame, except where a test has it fail.
type proxy struct {
	t        *testing.T
	listener net.Listener
	target   string // of the server, host:port
	all      sync.WaitGroup

	mu    sync.Mutex // guards the following
	fault fault
	links map[net.Conn]struct{}
}

// fault says what becomes of one frame. up is a frame of the client.
type fault func(up bool, frame []byte) fate

// fate is what becomes of a frame.
type fate int

const (
	pass fate = iota
	drop
	cut     // the connection ends instead
	tear    // half of it passes, and the connection ends
	passCut // it passes, and the connection ends
)

// throughProxy starts a server that clients reach through a proxy.
func throughProxy(t *testing.T, settings []string, flags ...string) (*server, *proxy) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, listener: l, links: map[net.Conn]struct{}{}}
	t.Cleanup(p.close)
	s := startWith(t, settings, append([]string{"--public-address", l.Addr().String(), "--send-rate", "0"}, flags...)...)
	p.target = strings.TrimPrefix(s.url, "http://")
	p.all.Go(p.accept)
	return s, p
}

// fail has f decide from now on. nil ends that.
func (p *proxy) fail(f fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
}

func (p *proxy) fate(up bool, frame []byte) fate {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault == nil {
		return pass
	}
	return p.fault(up, frame)
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close() // as when the server is down
			continue
		}
		p.mu.Lock()
		p.links[client], p.links[server] = struct{}{}, struct{}{}
		p.mu.Unlock()
		end := func() {
			_, _ = client.Close(), server.Close()
		}
		p.all.Go(func() { defer end(); p.pump(client, server, true) })
		p.all.Go(func() { defer end(); p.pump(server, client, false) })
	}
}

// pump carries what one side says to the other, until something ends.
func (p *proxy) pump(from, to net.Conn, up bool) {
	in := bufio.NewReader(from)
	if !handshake(in, to) {
		return
	}
	for {
		h, err := ws.ReadHeader(in)
		if err != nil || h.Length > 1<<20 {
			return
		}
		body := make([]byte, h.Length)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		var whole bytes.Buffer
		_ = ws.WriteHeader(&whole, h) // memory takes everything
		whole.Write(body)
		if h.Masked {
			ws.Cipher(body, h.Mask, 0)
		}
		then := pass
		if h.OpCode == ws.OpBinary {
			then = p.fate(up, body)
		}
		out := whole.Bytes()
		switch then {
		case drop:
			continue
		case cut:
			return
		case tear:
			out = out[:len(out)/2]
		}
		if _, err := to.Write(out); err != nil || then != pass {
			return
		}
	}
}

// handshake carries the HTTP that comes before the frames.
func handshake(in *bufio.Reader, to net.Conn) bool {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return false
		}
		if _, err := to.Write(line); err != nil {
			return false
		}
		if len(bytes.TrimSpace(line)) == 0 {
			return true
		}
	}
}

func (p *proxy) close() {
	_ = p.listener.Close() // twice does no harm
	p.mu.Lock()
	for c := range p.links {
		_ = c.Close() // most are closed
	}
	p.mu.Unlock()
	p.all.Wait()
}

// sending reports whether a client's frame sends a message to a person or a group.
func sending(up bool, frame []byte) bool {
	var f wire.ClientFrame
	return up && f.Decode(frame) == nil && f.Type == wire.TypePublish &&
		(string(f.Topic) == wire.TopicPrivateSend || string(f.Topic) == wire.TopicGroupSend)
}

// acking reports whether a server's frame acks a PUBLISH.
func acking(up bool, frame []byte) bool {
	var f wire.ServerFrame
	return !up && f.Decode(frame, wire.ProtocolVer3) == nil && f.Type == wire.TypePuback
}

// once has a fate befall the first frame for which is holds, and no other.
func once(is func(bool, []byte) bool, then fate) fault {
	done := false
	return func(up bool, frame []byte) fate {
		if done || !is(up, frame) {
			return pass
		}
		done = true
		return then
	}
}
