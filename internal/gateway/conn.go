package gateway

import (
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/gobwas/ws"

	"github.com/hongyan-im/hongyan/internal/session"
)

// Bounds of what waits for one client to take it.
const (
	// offerLimit is where pushes stop: the client is behind and will pull.
	offerLimit = 256 << 10
	// readLimit is where the server stops reading from the client, which gets
	// no more answers than it takes.
	readLimit = 256 << 10
	// hardLimit ends the connection: acks and signals of a client that takes nothing.
	hardLimit = 16 << 20
	// writeTimeout is how long the client may take for pieceSize of what waits.
	writeTimeout = 10 * time.Second
	pieceSize    = 16 << 10
)

var (
	errSlow   = errors.New("the client does not take what it is sent")
	errFrame  = errors.New("not a WebSocket frame that a client may send")
	errTooBig = errors.New("the frame is over the limit")
)

// handler is what a connection is for: a session, or several that share it.
type handler interface {
	// Handle is called by the reader, one message at a time.
	Handle(message []byte) error
	// Drained is called when the client took everything after an offer was refused.
	Drained()
	// Idle reports whether the client was silent since the last call.
	Idle() bool
	// Drain sends the client elsewhere, and ends the connection.
	Drain()
}

// conn is a WebSocket connection: it reads frames for its handler and writes
// what that sends. While nothing happens it holds no buffer, and no goroutine
// but its reader.
type conn struct {
	net     net.Conn
	raw     syscall.RawConn // nil when the operating system's socket cannot be used directly
	pump    *pump
	handler handler
	limits  limits

	// Of the reader only.
	in      []byte // what is being read; nil while nothing is there
	have    int    // how much of in is filled
	message []byte // the parts so far of a message that comes in parts
	parts   bool

	mu      sync.Mutex // guards the following
	out     []byte     // frames to write
	pending int        // bytes of frames not written yet, in out and by the one who writes
	queued  bool       // the pump knows that out is not empty
	urgent  bool       // and that it holds an ack
	writing bool       // somebody is writing
	refused bool       // an Offer was refused; the handler wants to know when all is taken
	reason  error      // why it is ending; nil while it is not
	closed  bool
	room    chan struct{} // closed when the reader may go on; nil while it need not wait
}

// limits are what a gateway lets a client do.
type limits struct{ maxFrame int }

func newConn(c net.Conn, p *pump, l limits) *conn {
	n := &conn{net: c, pump: p, limits: l}
	if s, ok := c.(syscall.Conn); ok {
		if raw, err := s.SyscallConn(); err == nil {
			n.raw = raw
		}
	}
	return n
}

// Send implements session.Conn.
func (c *conn) Send(frame []byte) { c.send(nil, frame, false) }

// Ack implements session.Conn.
func (c *conn) Ack(frame []byte) { c.send(nil, frame, true) }

// send queues head and frame as one message.
func (c *conn) send(head, frame []byte, urgent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pending > hardLimit {
		c.end(errSlow)
		return
	}
	c.append(ws.OpBinary, head, frame, urgent)
}

// Offer implements session.Conn.
func (c *conn) Offer(frame []byte) bool { return c.offer(nil, frame) }

func (c *conn) offer(head, frame []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pending > offerLimit {
		c.refused = true
		return false
	}
	c.append(ws.OpBinary, head, frame, false)
	return true
}

// Close implements session.Conn.
func (c *conn) Close(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end(reason)
}

// end lets what waits be written, then closes. The caller holds mu.
func (c *conn) end(reason error) {
	if c.reason != nil || c.closed {
		return
	}
	c.append(ws.OpClose, nil, closeNormal, true)
	c.reason = reason
}

var closeNormal = ws.NewCloseFrameBody(ws.StatusNormalClosure, "")

// append queues a frame of head and payload for the pump. The caller holds mu.
func (c *conn) append(op ws.OpCode, head, payload []byte, urgent bool) {
	if c.closed || c.reason != nil {
		return
	}
	if c.out == nil {
		c.out = (*outBuffers.Get().(*[]byte))[:0]
	}
	before := len(c.out)
	c.out = appendHeader(c.out, op, len(head)+len(payload))
	c.out = append(append(c.out, head...), payload...)
	c.pending += len(c.out) - before
	if c.writing {
		c.urgent = c.urgent || urgent // whoever writes looks again
		return
	}
	if !c.queued || urgent && !c.urgent {
		c.queued, c.urgent = true, urgent
		c.pump.add(c, urgent)
	}
}

// appendHeader begins a WebSocket frame of a server: final, not masked.
func appendHeader(dst []byte, op ws.OpCode, size int) []byte {
	dst = append(dst, 0x80|byte(op))
	switch {
	case size < 126:
		return append(dst, byte(size))
	case size < 1<<16:
		return append(dst, 126, byte(size>>8), byte(size))
	}
	return append(dst, 127, 0, 0, 0, 0, byte(size>>24), byte(size>>16), byte(size>>8), byte(size))
}

// Buffers that connections share: most have nothing to write or read.
const (
	outSize = 4 << 10
	inSize  = 16 << 10
	keepOut = 64 << 10 // a larger one is left to the garbage collector
)

var (
	outBuffers = sync.Pool{New: func() any { b := make([]byte, 0, outSize); return &b }}
	inBuffers  = sync.Pool{New: func() any { b := make([]byte, inSize); return &b }}
)

func recycle(out []byte) {
	if cap(out) <= keepOut {
		outBuffers.Put(&out)
	}
}

// flush writes what waits, as far as the client takes it at once. Only the
// pump calls it.
func (c *conn) flush() {
	out := c.take()
	if out == nil {
		return
	}
	n, err := c.tryWrite(out)
	switch {
	case err != nil:
		c.written(n)
		c.abort(err)
		recycle(out)
	case n < len(out):
		// The pump serves others; somebody else waits for this client.
		go c.drain(out, n)
	default:
		recycle(out)
		c.finish(n)
	}
}

// take returns what waits and makes the caller the one who writes; nil when
// there is nothing or another writes already.
func (c *conn) take() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queued, c.urgent = false, false
	if c.writing || len(c.out) == 0 || c.closed {
		return nil
	}
	out := c.out
	c.out, c.writing = nil, true
	return out
}

// tryWrite writes without waiting.
func (c *conn) tryWrite(out []byte) (n int, err error) {
	if c.raw == nil {
		return 0, nil
	}
	callErr := c.raw.Write(func(fd uintptr) bool {
		n, err = syscall.Write(int(fd), out)
		if n < 0 {
			n = 0
		}
		if err == syscall.EAGAIN || err == syscall.EINTR {
			err = nil
		}
		return true
	})
	if callErr != nil {
		return 0, callErr
	}
	return n, err
}

// drain goes on writing out after its first n bytes, waiting for the client,
// and then what has come meanwhile.
func (c *conn) drain(out []byte, n int) {
	c.written(n)
	rest := out[n:]
	for {
		n, err := c.writeAll(rest)
		recycle(out)
		if err != nil {
			c.written(n)
			if errors.Is(err, syscall.ETIMEDOUT) || isTimeout(err) {
				err = errSlow
			}
			c.abort(err)
			return
		}
		if out = c.more(n); out == nil {
			return
		}
		rest = out
	}
}

// writeAll writes b in pieces. The client has writeTimeout for each, so a slow
// one is given time for all of a large answer, and one that takes nothing is not.
func (c *conn) writeAll(b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		// A failing deadline means a closed connection, which Write tells too.
		_ = c.net.SetWriteDeadline(time.Now().Add(writeTimeout))
		var piece int
		piece, err = c.net.Write(b[n:min(n+pieceSize, len(b))])
		n += piece
	}
	return n, err
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// written notes n bytes taken by the client.
func (c *conn) written(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrote(n)
}

func (c *conn) wrote(n int) {
	c.pending -= n
	if c.room != nil && c.pending <= readLimit/2 {
		close(c.room)
		c.room = nil
	}
}

// more returns what came while n bytes were written, for the same writer to
// go on with; nil when there is nothing.
func (c *conn) more(n int) []byte {
	c.mu.Lock()
	if len(c.out) > 0 && !c.closed {
		c.wrote(n)
		out := c.out
		c.out = nil
		c.mu.Unlock()
		return out
	}
	c.mu.Unlock()
	c.finish(n)
	return nil
}

// finish ends a turn of writing that got everything out.
func (c *conn) finish(n int) {
	c.mu.Lock()
	c.wrote(n)
	c.writing = false
	ended := false
	drained := false
	switch {
	case len(c.out) > 0: // came in the meantime
		if !c.queued {
			c.queued = true
			c.pump.add(c, c.urgent)
		}
	case c.reason != nil:
		ended = !c.closed
		c.closed = true
	default:
		drained = c.refused
		c.refused = false
	}
	c.mu.Unlock()
	if ended {
		_ = c.net.Close() // the reader returns with the reason
	}
	if drained {
		c.handler.Drained()
	}
}

// abort closes at once; what waits is lost, which the client learns from its cursor.
func (c *conn) abort(reason error) {
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	if c.reason == nil {
		c.reason = reason
	}
	c.writing = false
	if c.out != nil {
		recycle(c.out)
		c.out = nil
	}
	c.pending = 0
	c.wrote(0)
	c.mu.Unlock()
	if first {
		_ = c.net.Close() // nothing more to do about a connection that fails to close
	}
}

// serve reads until the connection ends and returns why.
func (c *conn) serve() error {
	err := c.readSafely()
	c.mu.Lock()
	if c.reason != nil {
		err = c.reason
	}
	c.mu.Unlock()
	c.abort(err)
	c.release()
	return err
}

// errPanic is a bug of ours, met while doing what one client asked.
var errPanic = errors.New("panic")

// readSafely ends one connection, and not the server, when a frame meets a bug.
func (c *conn) readSafely() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())
		}
	}()
	return c.read()
}

func (c *conn) read() error {
	for {
		c.wait()
		if err := c.fill(); err != nil {
			return err
		}
		if c.ending() {
			c.have = 0 // whoever was shown the door has no say any more
			continue
		}
		rest := c.in[:c.have]
		for {
			used, err := c.frame(rest)
			if err != nil {
				return err
			}
			if used == 0 {
				break
			}
			rest = rest[used:]
		}
		if c.have = copy(c.in, rest); c.have == 0 {
			c.release()
		}
	}
}

// wait holds the reader back while the client does not take its answers.
func (c *conn) wait() {
	c.mu.Lock()
	if c.pending <= readLimit || c.reason != nil || c.closed {
		c.mu.Unlock()
		return
	}
	if c.room == nil {
		c.room = make(chan struct{})
	}
	room := c.room
	c.mu.Unlock()
	<-room
}

func (c *conn) ending() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason != nil
}

// fill reads at least one byte more into in.
func (c *conn) fill() error {
	if c.raw == nil {
		c.acquire()
		n, err := c.net.Read(c.in[c.have:])
		c.have += n
		if n > 0 {
			return nil
		}
		return err
	}
	var n int
	var err error
	callErr := c.raw.Read(func(fd uintptr) bool {
		// A buffer is needed only once there is something to read.
		c.acquire()
		for {
			n, err = syscall.Read(int(fd), c.in[c.have:])
			if err != syscall.EINTR {
				break
			}
		}
		if err == syscall.EAGAIN {
			if c.have == 0 {
				c.release()
			}
			return false
		}
		return true
	})
	switch {
	case callErr != nil:
		return callErr
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return io.EOF
	}
	c.have += n
	return nil
}

// acquire makes sure that there is space to read into.
func (c *conn) acquire() {
	switch {
	case c.in == nil:
		c.in = *inBuffers.Get().(*[]byte)
	case c.have == len(c.in):
		larger := make([]byte, 2*len(c.in))
		copy(larger, c.in)
		c.in = larger
	}
}

func (c *conn) release() {
	if cap(c.in) == inSize {
		in := c.in
		inBuffers.Put(&in)
	}
	c.in, c.have = nil, 0
}

// frame handles the WebSocket frame at the start of b and returns its length,
// 0 when b does not hold all of it.
func (c *conn) frame(b []byte) (int, error) {
	h, size, err := parseHeader(b, c.limits.maxFrame)
	if err != nil || size == 0 || len(b) < size+h.length {
		return 0, err
	}
	payload := b[size : size+h.length]
	ws.Cipher(payload, h.mask, 0)
	return size + h.length, c.handle(h, payload)
}

func (c *conn) handle(h header, payload []byte) error {
	switch h.op {
	case ws.OpBinary:
		if c.parts {
			return errFrame
		}
		if h.fin {
			return c.handler.Handle(payload)
		}
		c.parts = true
		c.message = append(c.message[:0], payload...)
		return nil
	case ws.OpContinuation:
		return c.part(h, payload)
	case ws.OpPing:
		c.mu.Lock()
		c.append(ws.OpPong, nil, payload, true)
		c.mu.Unlock()
		return nil
	case ws.OpPong:
		return nil
	case ws.OpClose:
		return session.ErrDisconnect
	}
	return errFrame // text: the protocol has binary frames only
}

func (c *conn) part(h header, payload []byte) error {
	if !c.parts {
		return errFrame
	}
	if len(c.message)+len(payload) > c.limits.maxFrame {
		return errTooBig
	}
	c.message = append(c.message, payload...)
	if !h.fin {
		return nil
	}
	message := c.message
	c.parts, c.message = false, nil
	return c.handler.Handle(message)
}

// header is what stands before the payload of a client's WebSocket frame.
type header struct {
	fin    bool
	op     ws.OpCode
	mask   [4]byte
	length int
}

// parseHeader reads a header and returns its size, 0 when b is too short.
func parseHeader(b []byte, maxFrame int) (h header, size int, err error) {
	if len(b) < 2 {
		return h, 0, nil
	}
	h.fin, h.op = b[0]&0x80 != 0, ws.OpCode(b[0]&0x0f)
	if b[0]&0x70 != 0 || b[1]&0x80 == 0 {
		return h, 0, errFrame // reserved bits, or not masked
	}
	size = 2
	h.length = int(b[1] & 0x7f)
	if h.op.IsControl() && (h.length > 125 || !h.fin) {
		return h, 0, errFrame
	}
	switch h.length {
	case 126:
		size = 4
	case 127:
		size = 10
	}
	if len(b) < size+4 {
		return h, 0, nil
	}
	if size > 2 {
		length := uint64(0)
		for _, v := range b[2:size] {
			length = length<<8 | uint64(v)
		}
		if length > uint64(maxFrame) {
			return h, 0, errTooBig
		}
		h.length = int(length)
	}
	copy(h.mask[:], b[size:])
	return h, size + 4, nil
}
