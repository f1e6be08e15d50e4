package gateway

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/chatroom"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/session"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/wire"
)

// door is a gateway that admits every token but "bad" as the user it names.
type door struct {
	*Gateway
	t         *testing.T
	url       string
	hub       *fanout.Hub
	connected *watched
	drain     func()
}

func openDoor(t *testing.T, devices fanout.Devices) *door {
	t.Helper()
	model := storetest.NewModel(store.Options{})
	rooms, err := chatroom.New(t.Context(), model, nil, 0, chatroom.Config{})
	if err != nil {
		t.Fatal(err)
	}
	metrics := session.NewMetrics(prometheus.NewRegistry())
	connected := &watched{Gauge: metrics.Connections, changed: make(chan struct{})}
	metrics.Connections = connected
	d := &door{t: t, hub: fanout.New(model, 0, devices), connected: connected}
	log := slog.New(slog.DiscardHandler)
	d.Gateway = New(map[string]App{"app": {
		Admit: func(_ context.Context, token string) (chat.UserID, error) {
			if token == "bad" {
				return "", chat.Errorf(chat.TokenIncorrect, "no good")
			}
			return chat.UserID(token), nil
		},
		Services: &session.Services{
			Hub: d.hub, Rooms: rooms, Rates: session.NewRates(session.Limits{}), Metrics: metrics, Log: log,
		},
	}}, Config{Log: log, Metrics: prometheus.NewRegistry()})
	server := httptest.NewServer(d.Gateway)
	d.url = strings.Replace(server.URL, "http", "ws", 1)
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- d.Run(ctx) }()
	drained := false
	d.drain = func() {
		drained = true
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		d.Drain(ctx)
		if ctx.Err() != nil {
			t.Error("connections had to be cut")
		}
	}
	t.Cleanup(func() {
		if !drained {
			d.drain()
		}
		server.Close()
		stop()
		<-ran
	})
	return d
}

// sessions waits until this many are connected.
func (d *door) sessions(want int) {
	d.t.Helper()
	late := time.After(10 * time.Second)
	for {
		n, changed := d.connected.now()
		if n == want {
			return
		}
		select {
		case <-changed:
		case <-late:
			d.t.Fatalf("%d sessions, want %d", n, want)
		}
	}
}

// watched is a gauge that tells when it changes.
type watched struct {
	prometheus.Gauge
	mu      sync.Mutex
	n       int
	changed chan struct{} // closed at the next change
}

func (w *watched) now() (int, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.n, w.changed
}

func (w *watched) move(by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n += by
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *watched) Inc() { w.move(1) }
func (w *watched) Dec() { w.move(-1) }

// connecting is what a client connects by.
func connecting(token, device string) string {
	return "?" + url.Values{"appId": {"app"}, "token": {token}, "deviceId": {device}, "hongyan": {"1"}}.Encode()
}

// trunk is the client's end of a shared connection.
type trunk struct {
	t *testing.T
	io.Reader
	io.WriteCloser
}

func (d *door) trunk(first string) *trunk {
	d.t.Helper()
	c, early, _, err := ws.Dial(d.t.Context(), d.url+"/websocket"+first+"&shared=1")
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = c.Close() })
	if early == nil {
		return &trunk{d.t, c, c}
	}
	return &trunk{d.t, early, c} // with what came right after the upgrade
}

func (c *trunk) write(lane uint16, frame []byte) {
	c.t.Helper()
	if err := wsutil.WriteClientBinary(c, append(binary.BigEndian.AppendUint16(nil, lane), frame...)); err != nil {
		c.t.Fatal(err)
	}
}

// read says what comes next, in words.
func (c *trunk) read() string {
	c.t.Helper()
	b, err := wsutil.ReadServerBinary(c)
	if err != nil {
		if closed := (wsutil.ClosedError{}); errors.As(err, &closed) || errors.Is(err, io.EOF) {
			return "end"
		}
		c.t.Fatal(err)
	}
	lane, frame := binary.BigEndian.Uint16(b), b[2:]
	if len(frame) == 0 {
		return fmt.Sprintf("%d: closed", lane)
	}
	var f wire.ServerFrame
	if err := f.Decode(frame, 3); err != nil {
		c.t.Fatal(err)
	}
	switch f.Type {
	case wire.TypeConnack:
		return fmt.Sprintf("%d: %d %s", lane, f.Connack.Status, f.Connack.User)
	case wire.TypePublish:
		return fmt.Sprintf("%d: %s", lane, f.Topic)
	}
	return fmt.Sprintf("%d: %v", lane, f.Type)
}

func (c *trunk) wants(words ...string) {
	c.t.Helper()
	for _, want := range words {
		if got := c.read(); got != want {
			c.t.Fatalf("read %q, want %q", got, want)
		}
	}
}

// Sessions that share a connection are sessions like others, each with its own end.
func TestSharedConnection(t *testing.T) {
	d := openDoor(t, fanout.Devices{})
	c := d.trunk(connecting("alice", "a"))
	c.wants("0: 0 alice")
	c.write(1, []byte(connecting("alice", "b")))
	c.wants("1: 0 alice")
	c.write(2, []byte("wss://elsewhere/websocket"+connecting("bob", "c")))
	c.wants("2: 0 bob")
	d.sessions(3)
	for lane := range uint16(3) {
		c.write(lane, wire.AppendPingreq(nil))
		c.wants(fmt.Sprintf("%d: pingresp", lane))
	}

	c.write(1, nil)
	c.wants("1: closed")
	c.write(1, wire.AppendPingreq(nil)) // was on its way
	c.write(2, []byte{0xff})            // is not of the protocol
	c.wants("2: closed")
	d.sessions(1)
	c.write(3, []byte(connecting("alice", "b")))
	c.wants("3: 0 alice")
	c.write(0, wire.AppendDisconnect(nil, 4))
	c.wants("0: closed")
	d.sessions(1)
	_ = c.Close()
	d.sessions(0)
}

// A session that is refused is told why, as on a connection of its own, and the others go on.
func TestSharedRefusals(t *testing.T) {
	d := openDoor(t, fanout.Devices{})
	c := d.trunk(connecting("bad", "a"))
	c.wants("0: 4 ", "0: closed")
	c.write(1, []byte(connecting("alice", "a")))
	c.wants("1: 0 alice")
	for lane, address := range []string{"?appId=another&token=alice", "?appId=app&token=alice&protocolVer=7", "nonsense", ""} {
		c.write(uint16(lane)+2, []byte(address))
		status := []int{4, 1, 4, 4}[lane]
		c.wants(fmt.Sprintf("%d: %d ", lane+2, status), fmt.Sprintf("%d: closed", lane+2))
	}
	for lane := uint16(6); lane < 6+maxLanes-1; lane++ {
		c.write(lane, []byte(connecting("alice", fmt.Sprint(lane))))
		c.wants(fmt.Sprintf("%d: 0 alice", lane))
	}
	c.write(200, []byte(connecting("alice", "one too many")))
	c.wants("200: 3 ", "200: closed")
	d.sessions(maxLanes)
	c.write(1, wire.AppendPingreq(nil))
	c.wants("1: pingresp")
}

// What is no message of a shared connection ends it.
func TestSharedMalformed(t *testing.T) {
	for name, message := range map[string][]byte{"no lane": {7}, "an address that is none": []byte("\x00\x01:")} {
		t.Run(name, func(t *testing.T) {
			d := openDoor(t, fanout.Devices{})
			c := d.trunk(connecting("alice", "a"))
			c.wants("0: 0 alice")
			if err := wsutil.WriteClientBinary(c, message); err != nil {
				t.Fatal(err)
			}
			c.wants("end")
			d.sessions(0)
		})
	}
}

// Where a user may have one device, tabs that share a connection are one.
func TestSharedDevices(t *testing.T) {
	d := openDoor(t, fanout.Devices{Total: 1})
	first := d.trunk(connecting("alice", "a"))
	first.wants("0: 0 alice")
	first.write(1, []byte(connecting("alice", "b")))
	first.wants("1: 0 alice")
	first.write(2, []byte(connecting("bob", "c")))
	first.wants("2: 0 bob")
	second := d.trunk(connecting("alice", "d"))
	second.wants("0: 0 alice")
	first.wants("1: disconnect", "1: closed", "0: disconnect", "0: closed")
	first.write(2, wire.AppendPingreq(nil))
	first.wants("2: pingresp")
	// The same tab on another connection is the same device, which nobody needs to tell.
	third := d.trunk(connecting("alice", "d"))
	third.wants("0: 0 alice")
	second.wants("0: closed")
	d.sessions(2)
}

// A server that stops sends every session elsewhere.
func TestSharedDrain(t *testing.T) {
	d := openDoor(t, fanout.Devices{})
	c := d.trunk(connecting("alice", "a"))
	c.wants("0: 0 alice")
	go d.drain()
	c.wants("0: disconnect", "0: closed", "end")
	d.sessions(0)
}

// Sessions of which nothing is heard end, each by itself, and then the connection.
func TestSharedIdle(t *testing.T) {
	d := openDoor(t, fanout.Devices{})
	c := d.trunk(connecting("alice", "a"))
	c.wants("0: 0 alice")
	c.write(1, []byte(connecting("alice", "b")))
	c.wants("1: 0 alice")
	d.sweep() // both connected since the last time
	c.write(1, wire.AppendPingreq(nil))
	c.wants("1: pingresp")
	d.sweep()
	c.wants("0: closed")
	d.sessions(1)
	d.sweep()
	c.wants("1: closed")
	d.sweep()
	c.write(2, []byte(connecting("alice", "c")))
	c.wants("2: 0 alice")
	c.write(2, nil)
	c.wants("2: closed")
	d.sweep()
	d.sweep()
	c.wants("end")
}
