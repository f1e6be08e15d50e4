//go:build js

package imlib

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"syscall/js"
	"time"
)

// transport is the browser's fetch, which http.Transport uses when it is told
// of no other way.
func transport(*Options) http.RoundTripper { return new(http.Transport) }

// socket is a WebSocket of the browser that carries frames. One goroutine
// reads and any may write. After an error it is of no more use.
type socket struct {
	ws     js.Value
	silent time.Duration // after which a server that says nothing is gone
	events []js.Func     // in the order of eventNames
	came   chan struct{} // 1 element: there is something to read
	opened chan struct{} // closed when it is open
	ended  chan struct{} // closed when it has ended; reason does not change afterwards

	mu     sync.Mutex // guards the following
	frames [][]byte
	size   int // of frames, in bytes
	reason error
}

var eventNames = [...]string{"open", "message", "close"}

// openSocket connects to the server at u.
func openSocket(ctx context.Context, u url.URL, o *Options) (*socket, error) {
	s := &socket{
		silent: patience * o.PingEvery,
		came:   make(chan struct{}, 1), opened: make(chan struct{}), ended: make(chan struct{}),
	}
	s.ws = js.Global().Get("WebSocket").New(u.String())
	s.ws.Set("binaryType", "arraybuffer")
	for i, handle := range []func(js.Value){s.onOpen, s.onMessage, s.onClose} {
		f := js.FuncOf(func(_ js.Value, args []js.Value) any {
			handle(args[0])
			return nil
		})
		s.events = append(s.events, f)
		s.ws.Call("addEventListener", eventNames[i], f)
	}
	late := time.NewTimer(openTimeout)
	defer late.Stop()
	var err error
	select {
	case <-s.opened:
		return s, nil
	case <-s.ended:
		err = s.why()
	case <-ctx.Done():
		err = ctx.Err()
	case <-late.C:
		err = context.DeadlineExceeded
	}
	s.close()
	return nil, fmt.Errorf("cannot connect to %s: %w", u.Host, err)
}

func (s *socket) onOpen(js.Value) { close(s.opened) }

func (s *socket) onMessage(event js.Value) {
	data := event.Get("data")
	if data.Type() == js.TypeString {
		return // text messages mean nothing
	}
	bytes := js.Global().Get("Uint8Array").New(data)
	frame := make([]byte, bytes.Length())
	js.CopyBytesToGo(frame, bytes)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size += len(frame); s.size > maxFrame {
		s.end(fmt.Errorf("over %d bytes came from the server and were not read", maxFrame))
		return
	}
	s.frames = append(s.frames, frame)
	signal(s.came)
}

func (s *socket) onClose(event js.Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(fmt.Errorf("the server closed the connection: %d %s", event.Get("code").Int(), event.Get("reason").String()))
}

// end notes the first reason. With s.mu held.
func (s *socket) end(reason error) {
	if s.reason == nil {
		s.reason = reason
		close(s.ended)
	}
}

func (s *socket) why() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reason
}

// read returns the next frame. It fails when nothing at all comes for s.silent.
func (s *socket) read() ([]byte, error) {
	silent := time.NewTimer(s.silent)
	defer silent.Stop()
	for {
		if frame := s.next(); frame != nil {
			return frame, nil
		}
		select {
		case <-s.came:
		case <-s.ended:
			if frame := s.next(); frame != nil {
				return frame, nil // it came before the end
			}
			return nil, s.why()
		case <-silent.C:
			return nil, fmt.Errorf("nothing came from the server for %s", s.silent)
		}
	}
}

func (s *socket) next() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.frames) == 0 {
		return nil
	}
	frame := s.frames[0]
	s.frames[0] = nil
	s.frames = s.frames[1:]
	s.size -= len(frame)
	return frame
}

// How much may wait in the browser, and how often to look whether it went.
const (
	maxBuffered  = 4 << 20
	bufferedPoll = 20 * time.Millisecond
)

// write sends frames. It waits while the browser has much of them to send.
func (s *socket) write(frames ...[]byte) error {
	for _, f := range frames {
		for waited := time.Duration(0); s.ws.Get("bufferedAmount").Int() > maxBuffered; waited += bufferedPoll {
			if waited > writeTimeout {
				return fmt.Errorf("the server took nothing for %s", writeTimeout)
			}
			select {
			case <-time.After(bufferedPoll):
			case <-s.ended:
				return s.why()
			}
		}
		const open = 1
		if s.ws.Get("readyState").Int() != open {
			return errors.New("the connection is closed")
		}
		bytes := js.Global().Get("Uint8Array").New(len(f))
		js.CopyBytesToJS(bytes, f)
		s.ws.Call("send", bytes)
	}
	return nil
}

// close ends the connection; a read or a write under way fails.
func (s *socket) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(errors.New("the connection is closed"))
	for i, f := range s.events {
		s.ws.Call("removeEventListener", eventNames[i], f)
		f.Release()
	}
	s.events = nil
	s.ws.Call("close")
}
