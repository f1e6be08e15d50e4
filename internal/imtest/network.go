package imtest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// Network lies between clients that dial through it and their servers. It
// carries what they say, WebSocket frames as a whole, and is as bad as a test
// makes it.
type Network struct {
	all sync.WaitGroup

	mu      sync.Mutex // guards the following
	rnd     *rand.Rand
	faults  Faults
	links   map[*wired]struct{}
	changed chan struct{} // closed at the next change of what a link may do
	closed  bool
}

// Faults say how bad a network is. The first three are of a thousand frames.
type Faults struct {
	Drop int // are lost
	Cut  int // do not arrive, and the connection ends
	Tear int // arrive in part, and the connection ends

	Delay  time.Duration // every frame waits a random time up to this
	Down   bool          // nobody can be reached
	Silent bool          // connections can be made, but pass nothing until Release
}

// NewNetwork is a network without faults. It is closed at the end of the test.
func NewNetwork(t testing.TB, seed uint64) *Network {
	n := &Network{rnd: rand.New(rand.NewPCG(seed, 0)), links: map[*wired]struct{}{}, changed: make(chan struct{})}
	t.Cleanup(n.Close)
	return n
}

// wired is a connection through a network.
type wired struct {
	client, server net.Conn
	stranded       bool // nothing passes
}

// Set makes the network as bad as f says, for frames and connections to come.
func (n *Network) Set(f Faults) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults = f
}

// Cut ends every connection, except those that Strand left.
func (n *Network) Cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for l := range n.links {
		if !l.stranded {
			l.close()
		}
	}
}

// Strand leaves the present connections open and silent: nothing passes, not
// even that one side closes it, until Release.
func (n *Network) Strand() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for l := range n.links {
		l.stranded = true
	}
}

// Release passes on what stranded connections held back, perhaps long after
// the client opened others.
func (n *Network) Release() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for l := range n.links {
		l.stranded = false
	}
	close(n.changed)
	n.changed = make(chan struct{})
}

// Close ends every connection and waits until nothing of them is left.
func (n *Network) Close() {
	n.mu.Lock()
	n.closed = true
	for l := range n.links {
		l.close()
	}
	n.mu.Unlock()
	n.Release()
	n.all.Wait()
}

var errDown = errors.New("the network is down")

// Dial connects to an address through the network, for imlib.Options.Dial.
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	faults, closed := n.faults, n.closed
	n.mu.Unlock()
	if faults.Down || closed {
		return nil, errDown
	}
	server, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	near, far, err := pair(ctx)
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	l := &wired{client: far, server: server, stranded: faults.Silent}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		l.close()
		return near, nil
	}
	n.links[l] = struct{}{}
	var both sync.WaitGroup
	both.Go(func() { n.pump(l, far, server) })
	both.Go(func() { n.pump(l, server, far) })
	n.all.Go(func() {
		both.Wait()
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.links, l)
	})
	return near, nil
}

// pair is a TCP connection with itself.
func pair(ctx context.Context) (near, far net.Conn, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	if near, err = new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String()); err != nil {
		return nil, nil, err
	}
	far, err = l.Accept()
	return near, far, err
}

func (l *wired) close() { _, _ = l.client.Close(), l.server.Close() } // twice does no harm

// pump carries what one side says to the other, until something ends. Then
// both end, unless the connection is stranded.
func (n *Network) pump(l *wired, from, to net.Conn) {
	in := bufio.NewReader(from)
	framed, err := n.passHead(l, in, to)
	for err == nil {
		err = n.pass(l, in, to, framed)
	}
	n.await(l)
	l.close()
}

// passHead carries the head of a request or an answer, and reports whether
// WebSocket frames follow.
func (n *Network) passHead(l *wired, in *bufio.Reader, to net.Conn) (framed bool, err error) {
	var head bytes.Buffer
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return false, err
		}
		head.Write(line)
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
	}
	n.await(l)
	framed = bytes.HasPrefix(head.Bytes(), []byte("GET /websocket")) || bytes.HasPrefix(head.Bytes(), []byte("HTTP/1.1 101 "))
	_, err = to.Write(head.Bytes())
	return framed, err
}

var errFault = errors.New("the network failed")

// pass carries one frame, or some bytes of what is not in frames.
func (n *Network) pass(l *wired, in *bufio.Reader, to net.Conn, framed bool) error {
	if !framed {
		if _, err := in.Peek(1); err != nil {
			return err
		}
		n.await(l)
		b, _ := in.Peek(in.Buffered()) // they are there
		_, err := to.Write(b)
		_, _ = in.Discard(len(b))
		return err
	}
	frame, err := readFrame(in)
	if err != nil {
		return err
	}
	fate, delay := n.fate()
	if delay > 0 {
		time.Sleep(delay) // this is what the network does
	}
	n.await(l)
	switch {
	case fate.Drop > 0:
		return nil
	case fate.Cut > 0:
		return errFault
	case fate.Tear > 0:
		_, err := to.Write(frame[:len(frame)/2])
		return errors.Join(err, errFault)
	}
	_, err = to.Write(frame)
	return err
}

// readFrame reads a frame of a WebSocket as it is.
func readFrame(in *bufio.Reader) ([]byte, error) {
	h, err := ws.ReadHeader(in)
	if err != nil {
		return nil, err
	}
	if h.Length > maxMessage {
		return nil, errFault
	}
	var frame bytes.Buffer
	_ = ws.WriteHeader(&frame, h) // memory takes everything
	_, err = io.CopyN(&frame, in, h.Length)
	return frame.Bytes(), err
}

// fate decides what becomes of a frame: at most one fault is set.
func (n *Network) fate() (fate Faults, delay time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f := n.faults
	if f.Delay > 0 {
		delay = rand.N(f.Delay)
	}
	switch dice := n.rnd.IntN(1000); {
	case dice < f.Drop:
		fate.Drop = 1
	case dice < f.Drop+f.Cut:
		fate.Cut = 1
	case dice < f.Drop+f.Cut+f.Tear:
		fate.Tear = 1
	}
	return fate, delay
}

// await waits while l is stranded.
func (n *Network) await(l *wired) {
	for {
		n.mu.Lock()
		waits, changed := l.stranded && !n.closed, n.changed
		n.mu.Unlock()
		if !waits {
			return
		}
		<-changed
	}
}
