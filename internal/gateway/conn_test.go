package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/chatroom"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/session"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/wire"
)

// line is a connection over a pipe, which holds nothing: what the client does
// not read the server has not written. It lives in a bubble of its own time.
type line struct {
	*conn
	t       *testing.T
	session *session.Session
	client  net.Conn
	ended   chan error
}

func dial(t *testing.T) *line {
	t.Helper()
	server, client := net.Pipe()
	l := &line{t: t, client: client, ended: make(chan error, 1)}
	p, stop := newPump(), make(chan struct{})
	go p.run(stop)
	l.conn = newConn(server, p, limits{maxFrame: 1000})
	model := storetest.NewModel(store.Options{})
	rooms, err := chatroom.New(t.Context(), model, nil, 0, chatroom.Config{})
	if err != nil {
		t.Fatal(err)
	}
	l.session = session.New(context.Background(), l.conn, session.Client{User: "alice", Direct: true}, &session.Services{
		Hub: fanout.New(model, 0, fanout.Devices{}), Rooms: rooms, Rates: session.NewRates(session.Limits{}),
		Metrics: session.NewMetrics(prometheus.NewRegistry()), Log: slog.New(slog.DiscardHandler),
	})
	l.conn.handler = l.session
	go func() { l.ended <- l.serve() }()
	t.Cleanup(func() {
		_ = client.Close() // a pipe's Close cannot fail
		synctest.Wait()
		close(stop)
	})
	return l
}

// write sends bytes as the client does, in pieces of n.
func (l *line) write(b []byte, n int) {
	l.t.Helper()
	for piece := range slices.Chunk(b, n) {
		if _, err := l.client.Write(piece); err != nil {
			l.t.Fatal(err)
		}
	}
}

// read takes the next frame off the wire.
func (l *line) read() ws.Frame {
	l.t.Helper()
	h, err := ws.ReadHeader(l.client)
	if err != nil {
		l.t.Fatal(err)
	}
	payload := make([]byte, h.Length)
	if _, err := io.ReadFull(l.client, payload); err != nil {
		l.t.Fatal(err)
	}
	return ws.Frame{Header: h, Payload: payload}
}

// badFrames is how many frames the session could not make sense of.
func (l *line) badFrames() float64 {
	l.t.Helper()
	var m dto.Metric
	if err := l.session.Metrics.BadFrames.Write(&m); err != nil {
		l.t.Fatal(err)
	}
	return m.GetCounter().GetValue()
}

// wants reads one frame, which must be this.
func (l *line) wants(op ws.OpCode, payload []byte) {
	l.t.Helper()
	if f := l.read(); f.Header.OpCode != op || !bytes.Equal(f.Payload, payload) || f.Header.Masked || !f.Header.Fin {
		l.t.Errorf("read %+v %.40x, not opcode %d %.40x", f.Header, f.Payload, op, payload)
	}
}

func (l *line) wantsEnd(want error) {
	l.t.Helper()
	if err := <-l.ended; !errors.Is(err, want) {
		l.t.Errorf("ended with %v, not %v", err, want)
	}
}

func masked(f ws.Frame) []byte { return ws.MustCompileFrame(ws.MaskFrame(f)) }

var (
	ping = masked(ws.NewBinaryFrame(wire.AppendPingreq(nil)))
	pong = wire.AppendPingresp(nil)
)

// Frames arrive in any pieces and are handled one by one.
func TestPieces(t *testing.T) {
	long := wire.AppendClientPublish(nil, 1, "no such topic", string(make([]byte, 300)), 7)
	many := slices.Concat(ping, masked(ws.NewPingFrame([]byte("are you there"))), masked(ws.NewBinaryFrame(long)), ping)
	for _, size := range []int{1, 2, 3, 7, 13, 100, len(many)} {
		synctest.Test(t, func(t *testing.T) {
			l := dial(t)
			go l.write(many, size)
			l.wants(ws.OpBinary, pong)
			l.wants(ws.OpPong, []byte("are you there"))
			var f wire.ServerFrame
			if err := f.Decode(l.read().Payload, 3); err != nil || f.Type != wire.TypePuback || f.ID != 7 || chat.Code(f.Status) != chat.NotSupported {
				t.Errorf("in pieces of %d: %+v, %v", size, f, err)
			}
			l.wants(ws.OpBinary, pong)
			l.client.Close()
			l.wantsEnd(io.EOF)
		})
	}
}

// A message may come in parts, with control frames between them.
func TestParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t)
		query := wire.AppendQuery(nil, "no such topic", "alice", 9)
		go l.write(slices.Concat(
			masked(ws.NewFrame(ws.OpBinary, false, query[:5])),
			masked(ws.NewPingFrame(nil)),
			masked(ws.NewFrame(ws.OpContinuation, false, nil)),
			masked(ws.NewFrame(ws.OpContinuation, true, query[5:])),
			ping,
		), 10)
		l.wants(ws.OpPong, nil)
		var f wire.ServerFrame
		if err := f.Decode(l.read().Payload, 3); err != nil || f.Type != wire.TypeQueryack || f.ID != 9 {
			t.Errorf("%+v, %v", f, err)
		}
		l.wants(ws.OpBinary, pong)
	})
}

func TestFramesThatEndIt(t *testing.T) {
	half := make([]byte, 600)
	for name, c := range map[string]struct {
		raw    []byte
		reason error
	}{
		"text":                   {masked(ws.NewTextFrame([]byte("x"))), errFrame},
		"not masked":             {ws.MustCompileFrame(ws.NewBinaryFrame([]byte("x"))), errFrame},
		"over the limit":         {masked(ws.NewBinaryFrame(make([]byte, 1001))), errTooBig},
		"parts over the limit":   {slices.Concat(masked(ws.NewFrame(ws.OpBinary, false, half)), masked(ws.NewFrame(ws.OpContinuation, true, half))), errTooBig},
		"a part of nothing":      {masked(ws.NewFrame(ws.OpContinuation, true, nil)), errFrame},
		"two beginnings":         {slices.Concat(masked(ws.NewFrame(ws.OpBinary, false, half)), masked(ws.NewFrame(ws.OpBinary, true, half))), errFrame},
		"the WebSocket's close":  {masked(ws.NewCloseFrame(nil)), session.ErrDisconnect},
		"the protocol's":         {masked(ws.NewBinaryFrame(wire.AppendDisconnect(nil, 4))), session.ErrDisconnect},
		"half a frame, then end": {ping[:3], io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := dial(t)
				go func() {
					_, _ = l.client.Write(c.raw) // it may be closed before all is written
					if c.reason == io.EOF {
						l.client.Close()
					}
				}()
				l.wantsEnd(c.reason)
			})
		})
	}
}

// Whoever takes nothing is offered no more than so much, and is cut off after
// a while.
func TestNeverReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t)
		start, taken := time.Now(), 0
		for l.Offer(make([]byte, 10_000)) {
			taken++
		}
		if taken < 26 || taken > 28 {
			t.Errorf("%d frames of 10,000 bytes were taken, not the %d bytes of the limit", taken, offerLimit)
		}
		l.Send(make([]byte, 10)) // acks and signals have more room
		l.wantsEnd(errSlow)
		if waited := time.Since(start); waited != writeTimeout {
			t.Errorf("cut off after %v", waited)
		}
		if l.pending != 0 || l.out != nil {
			t.Errorf("%d bytes are kept", l.pending)
		}
		if l.Offer([]byte("x")); l.out != nil {
			t.Error("a closed connection keeps what it is offered")
		}
	})
}

// Who reads slowly, but reads, is not cut off. Once all is taken the session
// is told, so that it can make up for what was refused.
func TestReadsSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t)
		frame := make([]byte, 10_000)
		taken := 0
		for ; l.Offer(frame); taken++ {
			synctest.Wait()
		}
		l.session.Attached(1)
		m := &chat.Message{ID: chat.ID{Tick: 2}, Type: chat.Private, Sender: "bob", Target: "alice"}
		l.session.Offer(m, wire.AppendListed(nil, m, "alice"))
		l.session.Seal(2) // is refused, too
		for range taken {
			l.wants(ws.OpBinary, frame)
			time.Sleep(writeTimeout / 10) // of the bubble
		}
		var f wire.ServerFrame
		if err := f.Decode(l.read().Payload, 3); err != nil || string(f.Topic) != wire.TopicNotify {
			t.Errorf("told of %+v, %v", f, err)
		}
		if !l.Offer(frame) {
			t.Error("there is no room, though all was taken")
		}
		l.wants(ws.OpBinary, frame)
	})
}

// Whoever does not take its answers is not listened to, until it does.
func TestReaderWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t)
		big := make([]byte, readLimit+1)
		l.Send(big)
		synctest.Wait()
		heard := 0
		go func() {
			for range 5 {
				l.write(ping, len(ping))
				heard++
			}
		}()
		synctest.Wait()
		if heard > 1 {
			t.Errorf("%d frames were read from a client that takes nothing", heard)
		}
		l.wants(ws.OpBinary, big)
		for range 5 {
			l.wants(ws.OpBinary, pong)
		}
	})
}

// Answers are not kept without end for somebody who takes none.
func TestHardLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t)
		frame := make([]byte, 1<<20)
		for range hardLimit>>20 + 3 {
			l.Send(frame)
		}
		l.mu.Lock()
		if l.pending > hardLimit+2<<20 {
			t.Errorf("%d bytes are kept", l.pending)
		}
		l.mu.Unlock()
		l.wantsEnd(errSlow)
	})
}

// Close lets what waits go out, says goodbye, and listens to nothing more. The
// first reason counts.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t)
		first := errors.New("first")
		l.Send([]byte("before"))
		l.Close(first)
		l.Close(errors.New("second"))
		l.Send([]byte("after"))
		synctest.Wait()
		bad := masked(ws.NewBinaryFrame([]byte("no frame")))
		l.write(slices.Concat(ping, bad), len(ping))
		synctest.Wait()
		if heard := l.badFrames(); heard != 0 {
			t.Errorf("%v frames were handled after the end", heard)
		}
		l.wants(ws.OpBinary, []byte("before"))
		l.wants(ws.OpClose, closeNormal)
		if _, err := ws.ReadHeader(l.client); err == nil {
			t.Error("there is more after the goodbye")
		}
		l.wantsEnd(first)
	})
}

// A bug of ours ends the session that met it, and not the server.
func TestPanic(t *testing.T) {
	content := []byte("\x08\x00\x12\x01x\x1a\x02{}")
	pull := []byte("\x08\x00\x10\x00")
	for name, frame := range map[string][]byte{
		"in a publish": append(wire.AppendClientPublish(nil, 1, wire.TopicPrivateSend, "bob", 1), content...),
		"in a query":   append(wire.AppendQuery(nil, wire.TopicPull, "alice", 1), pull...),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := dial(t) // its session has no roster and no inbox
				l.write(masked(ws.NewBinaryFrame(frame)), 100)
				l.wantsEnd(errPanic)
			})
		})
	}
}

// A header says the length in as few bytes as there are for it.
func TestHeader(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 127, 1<<16 - 1, 1 << 16, 1 << 24} {
		b := appendHeader(nil, ws.OpBinary, size)
		if want := ws.HeaderSize(ws.Header{Length: int64(size)}); len(b) != want {
			t.Errorf("%d: %d bytes, not %d", size, len(b), want)
		}
		if h, err := ws.ReadHeader(bytes.NewReader(b)); err != nil || h.Length != int64(size) || !h.Fin || h.OpCode != ws.OpBinary || h.Masked {
			t.Errorf("%d: %+v, %v", size, h, err)
		}
	}
}

// The two ways to read a header agree on what a client may send.
func FuzzHeader(f *testing.F) {
	f.Add(ping)
	f.Add(masked(ws.NewBinaryFrame(make([]byte, 300)))[:10])
	f.Add([]byte{0x82, 0xff, 0, 0, 0, 0, 0, 0, 3, 0xe8, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, size, err := parseHeader(b, 1000)
		rest := bytes.NewReader(b)
		want, wantErr := ws.ReadHeader(rest)
		switch {
		case err != nil:
			if h.length > 1000 && !errors.Is(err, errTooBig) {
				t.Errorf("%x: %v", b, err)
			}
		case size == 0:
			if wantErr == nil {
				t.Errorf("%x is short, yet it is %+v", b, want)
			}
		case wantErr != nil || want.Length != int64(h.length) || want.Fin != h.fin || want.OpCode != h.op || want.Mask != h.mask ||
			!want.Masked || want.Rsv != 0 || len(b)-rest.Len() != size:
			t.Errorf("%x is %+v in %d bytes, not %+v, %v", b, h, size, want, wantErr)
		}
	})
}
