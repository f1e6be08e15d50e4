//go:build !js

package imlib

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/gobwas/ws"
)

// socket is a WebSocket that carries frames. One goroutine reads and any may
// write. After an error it is of no more use.
type socket struct {
	conn   net.Conn
	silent time.Duration // after which a server that says nothing is gone
	r      *bufio.Reader
	head   []byte
	frame  []byte

	mu  sync.Mutex // guards writing and the following
	buf bytes.Buffer
}

// transport makes the connections of HTTP.
func transport(o *Options) http.RoundTripper {
	// A navigation every few hours is no reason to keep a connection open.
	return &http.Transport{DialContext: o.Dial, DisableKeepAlives: true}
}

// openSocket connects to the server at u.
func openSocket(ctx context.Context, u url.URL, o *Options) (*socket, error) {
	d := ws.Dialer{Timeout: openTimeout, NetDial: o.Dial}
	conn, r, _, err := d.Dial(ctx, u.String())
	if err != nil {
		return nil, fmt.Errorf("cannot connect to %s: %w", u.Host, err)
	}
	if r == nil {
		r = bufio.NewReader(conn)
	}
	return &socket{conn: conn, silent: patience * o.PingEvery, r: r, head: make([]byte, 0, ws.MaxHeaderSize)}, nil
}

// read returns the next frame, which is valid until the next read. It fails
// when nothing at all comes for s.silent.
func (s *socket) read() ([]byte, error) {
	s.frame = s.frame[:0]
	state := ws.StateClientSide
	for {
		h, err := s.readHeader(state)
		if err != nil {
			return nil, err
		}
		if h.OpCode.IsControl() {
			if err := s.control(h); err != nil {
				return nil, err
			}
			continue
		}
		if h.Length > int64(maxFrame-len(s.frame)) {
			return nil, fmt.Errorf("%w: over %d bytes", errFrame, maxFrame)
		}
		if err := s.readPayload(int(h.Length)); err != nil {
			return nil, err
		}
		if h.Fin {
			return s.frame, nil
		}
		state = state.Set(ws.StateFragmented)
	}
}

func (s *socket) readHeader(state ws.State) (ws.Header, error) {
	if err := s.conn.SetReadDeadline(time.Now().Add(s.silent)); err != nil {
		return ws.Header{}, err
	}
	h, err := ws.ReadHeaderBuffer(s.r, s.head)
	if err != nil {
		return h, s.readError(err)
	}
	return h, ws.CheckHeader(h, state)
}

func (s *socket) readPayload(n int) error {
	start := len(s.frame)
	s.frame = append(s.frame, make([]byte, n)...)
	_, err := io.ReadFull(s.r, s.frame[start:])
	return s.readError(err)
}

func (s *socket) readError(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("nothing came from the server for %s", s.silent)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the server closed the connection")
	}
	return err
}

// control handles a control frame of the WebSocket itself.
func (s *socket) control(h ws.Header) error {
	body := make([]byte, h.Length) // 125 bytes at most, which CheckHeader made sure of
	if _, err := io.ReadFull(s.r, body); err != nil {
		return s.readError(err)
	}
	switch h.OpCode {
	case ws.OpPing:
		return s.send(ws.OpPong, body)
	case ws.OpClose:
		code, reason := ws.ParseCloseFrameData(body)
		return fmt.Errorf("the server closed the connection: %d %s", code, reason)
	}
	return nil
}

// write sends frames.
func (s *socket) write(frames ...[]byte) error { return s.send(ws.OpBinary, frames...) }

func (s *socket) send(op ws.OpCode, payloads ...[]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf.Reset()
	for _, p := range payloads {
		h := ws.Header{Fin: true, OpCode: op, Masked: true, Mask: ws.NewMask(), Length: int64(len(p))}
		if err := ws.WriteHeader(&s.buf, h); err != nil {
			return err
		}
		s.buf.Write(p)
		ws.Cipher(s.buf.Bytes()[s.buf.Len()-len(p):], h.Mask, 0)
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := s.conn.Write(s.buf.Bytes())
	return err
}

// close ends the connection; a read or a write under way fails.
func (s *socket) close() { _ = s.conn.Close() } // there is nobody to tell
