package node_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"go.uber.org/goleak"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/wire"
)

// patience is how long anything may take on a busy machine.
const patience = 60 * time.Second

// bystanders chat with each other until the returned function is called. It
// fails the test when they noticed anything of what went on meanwhile.
func bystanders(t *testing.T, n imtest.Server) (stop func()) {
	t.Helper()
	dave, erin := imtest.Dial(t, n, "dave"), imtest.Dial(t, n, "erin", imtest.Direct())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	rounds, worst := 0, time.Duration(0)
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			start := time.Now()
			for _, way := range [][2]*imtest.Client{{dave, erin}, {erin, dave}} {
				text := fmt.Sprintf("%s %d", way[0].User(), rounds)
				way[0].Send(chat.Private, string(way[1].User()), text, 0)
				way[1].AwaitText(text)
			}
			rounds++
			worst = max(worst, time.Since(start))
		}
	}()
	return func() {
		t.Helper()
		cancel()
		<-done
		t.Logf("the bystanders exchanged %d messages, two of them took %v at most", 2*rounds, worst)
		if rounds == 0 || worst > 10*time.Second {
			t.Errorf("the bystanders noticed: %d rounds, the longest took %v", rounds, worst)
		}
	}
}

// seeds are the frames of the golden vectors that a client sends, good and bad.
func seeds(t testing.TB) (frames [][]byte) {
	t.Helper()
	for _, name := range []string{"client.json", "client-malformed.json"} {
		text, err := os.ReadFile("../../testdata/wire/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var vectors []struct{ Hex string }
		if err := json.Unmarshal(text, &vectors); err != nil {
			t.Fatal(err)
		}
		for _, v := range vectors {
			frame, err := hex.DecodeString(strings.ReplaceAll(v.Hex, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			frames = append(frames, frame)
		}
	}
	return frames
}

// mutator makes frames that no client would send.
type mutator struct {
	rnd   *rand.Rand
	seeds [][]byte
}

var topics = []string{
	wire.TopicPrivateSend, wire.TopicGroupSend, wire.TopicRoomSend, wire.TopicPrivateStatus, wire.TopicRecall, wire.TopicReadTime,
	wire.TopicPull, wire.TopicPrivateHistory, wire.TopicGroupHistory, wire.TopicRoomHistory, wire.TopicRoomJoin, wire.TopicRoomExit,
	wire.TopicRoomPull, wire.TopicRoomInfo, wire.TopicSettings, wire.TopicModified, wire.TopicEventChanges, "nonsense",
}

func (m *mutator) bytes(most int) []byte {
	b := make([]byte, m.rnd.IntN(most+1))
	for i := range b {
		b[i] = byte(m.rnd.Uint32())
	}
	return b
}

// frame is random bytes, a seed with bytes changed, cut or added, or a good
// head with a payload of one of these kinds.
func (m *mutator) frame() []byte {
	switch m.rnd.IntN(8) {
	case 0:
		return m.bytes(64)
	case 1, 2:
		return m.mutate(m.seeds[m.rnd.IntN(len(m.seeds))])
	case 3, 4:
		payload := imtest.Text(string(m.bytes(20)), m.rnd.Int64())
		return append(m.head(), m.mutate(payload)...)
	case 5:
		return append(m.head(), m.varints()...)
	default:
		return append(m.head(), m.bytes(64)...)
	}
}

func (m *mutator) head() []byte {
	topic := topics[m.rnd.IntN(len(topics))]
	target := []string{"dave", "erin", "mallory", "room", "group", "", "\x00", strings.Repeat("x", 300)}[m.rnd.IntN(8)]
	if m.rnd.IntN(2) == 0 {
		return wire.AppendQuery(nil, topic, target, uint16(m.rnd.Uint32()))
	}
	return wire.AppendClientPublish(nil, uint8(m.rnd.IntN(2)), topic, target, uint16(m.rnd.Uint32()))
}

// varints are number fields with values at the edges, which many payloads have.
func (m *mutator) varints() (payload []byte) {
	for field := range 1 + m.rnd.IntN(10) {
		value := []uint64{0, 1, 1<<31 - 1, 1 << 31, 1<<42 - 1, 1<<63 - 1, 1 << 63, 1<<64 - 1, m.rnd.Uint64()}[m.rnd.IntN(9)]
		payload = append(payload, byte(field+1)<<3)
		for ; value >= 0x80; value >>= 7 {
			payload = append(payload, byte(value)|0x80)
		}
		payload = append(payload, byte(value))
	}
	return payload
}

func (m *mutator) mutate(seed []byte) []byte {
	b := bytes.Clone(seed)
	for range 1 + m.rnd.IntN(3) {
		if len(b) == 0 {
			return m.bytes(8)
		}
		at := m.rnd.IntN(len(b))
		switch m.rnd.IntN(4) {
		case 0:
			b[at] = byte(m.rnd.Uint32())
		case 1:
			b[at] ^= 1 << m.rnd.IntN(8)
		case 2:
			b = b[:at]
		case 3:
			b = append(b[:at], append(m.bytes(8), b[at:]...)...)
		}
	}
	return b
}

// frames is how many bad frames each state is given.
const badFrames = 10_000

// abuse runs several abusers at once, each with a random source of its own,
// until they have sent badFrames together.
func abuse(t *testing.T, n *imtest.Node, one func(t *testing.T, m *mutator, name chat.UserID) (sent int)) {
	seed, good := rand.Uint64(), seeds(t)
	t.Logf("seed %d", seed)
	const abusers = 4
	var all sync.WaitGroup
	for i := range abusers {
		all.Go(func() {
			m := &mutator{rnd: rand.New(rand.NewPCG(seed, uint64(i))), seeds: good}
			for sent := 0; sent < badFrames/abusers && !t.Failed(); {
				sent += one(t, m, chat.UserID(fmt.Sprintf("mallory%d", i)))
			}
		})
	}
	all.Wait()
}

func TestRandomFrames(t *testing.T) {
	n := imtest.Start(t)
	n.Join("group", "dave", "erin", "mallory0", "mallory1")
	n.Publish(chat.Group, "dave", "a backlog", "group")
	stop := bystanders(t, n)
	states := []struct {
		name string
		one  func(t *testing.T, m *mutator, name chat.UserID) int
	}{
		{"before the upgrade", func(t *testing.T, m *mutator, _ chat.UserID) int { return sendRaw(t, n, m, m.bytes(40)) }},
		{"before CONNACK", func(t *testing.T, m *mutator, name chat.UserID) int {
			return sendRaw(t, n, m, []byte("GET /websocket?appId="+imtest.AppKey+"&token="+n.Token(name)+" HTTP/1.1\r\nHost: x\r\n"+
				"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"))
		}},
		{"connected", func(t *testing.T, m *mutator, name chat.UserID) int { return sendFrames(t, n, m, name, nil) }},
		{"in the middle of a pull", func(t *testing.T, m *mutator, name chat.UserID) int {
			return sendFrames(t, n, m, name, wire.AppendQuery(nil, wire.TopicPull, string(name), 1))
		}},
	}
	for _, state := range states {
		t.Run(state.name, func(t *testing.T) { abuse(t, n, state.one) })
	}
	stop()
}

// sendRaw opens a socket and writes head and bad frames after it, in one go.
func sendRaw(t *testing.T, n *imtest.Node, m *mutator, head []byte) (sent int) {
	conn, err := net.Dial("tcp", n.Addr())
	if err != nil {
		t.Error(err)
		return badFrames
	}
	defer conn.Close()
	for range 25 {
		frame := m.frame()
		if m.rnd.IntN(2) == 0 {
			frame = ws.MustCompileFrame(ws.MaskFrame(ws.NewBinaryFrame(frame)))
		}
		head = append(head, frame...)
		sent++
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Error(err)
	}
	_, _ = conn.Write(head) // the server may have had enough
	if tcp, ok := conn.(*net.TCPConn); ok && m.rnd.IntN(2) == 0 {
		_ = tcp.CloseWrite() // or be gone
		// It answers or hangs up. It does not hang.
		if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("the server waits for ever")
		}
	}
	return sent
}

// sendFrames connects and sends bad frames until the server had enough. It
// waits for the server to be done with each.
func sendFrames(t *testing.T, n *imtest.Node, m *mutator, name chat.UserID, first []byte) (sent int) {
	options := []imtest.DialOption{imtest.Blind()}
	if m.rnd.IntN(2) == 0 {
		options = append(options, imtest.Direct())
	}
	c := imtest.NewClient(t, n, name, options...)
	if err := c.Connect(); err != nil {
		t.Error(err)
		return badFrames
	}
	defer c.Cut()
	for sent < 100 {
		if first != nil && c.WriteFrame(first) != nil || c.WriteFrame(m.frame()) != nil {
			return sent
		}
		sent++
		if c.Ping() != nil {
			return sent
		}
	}
	return sent
}

// What no client may send ends its connection, and only that.
func TestForbiddenFrames(t *testing.T) {
	n := imtest.Start(t)
	stop := bystanders(t, n)
	ping := wire.AppendPingreq(nil)
	masked := func(f ws.Frame) []byte { return ws.MustCompileFrame(ws.MaskFrame(f)) }
	binary := func(fin bool, op ws.OpCode, payload []byte) []byte { return masked(ws.NewFrame(op, fin, payload)) }
	reserved := ws.NewBinaryFrame(ping)
	reserved.Header.Rsv = ws.Rsv(true, false, false)
	for name, raw := range map[string][]byte{
		"text":                           masked(ws.NewTextFrame([]byte("hello"))),
		"not masked":                     ws.MustCompileFrame(ws.NewBinaryFrame(ping)),
		"reserved bits":                  masked(reserved),
		"unknown opcode":                 binary(true, 7, ping),
		"a part of nothing":              binary(true, ws.OpContinuation, ping),
		"a message inside another":       append(binary(false, ws.OpBinary, ping), binary(true, ws.OpBinary, ping)...),
		"a ping in parts":                binary(false, ws.OpPing, ping),
		"a ping of 126 bytes":            binary(true, ws.OpPing, make([]byte, 126)),
		"over the limit":                 {0x82, 0xff, 0, 0, 0, 0, 0, 8, 0, 1, 1, 2, 3, 4},
		"a length below zero":            {0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4},
		"over the limit in parts":        append(binary(false, ws.OpBinary, make([]byte, 400<<10)), binary(true, ws.OpContinuation, make([]byte, 400<<10))...),
		"an empty message":               binary(true, ws.OpBinary, nil),
		"a frame of the server":          binary(true, ws.OpBinary, wire.AppendConnack(nil, 3, wire.Connack{Status: 1})),
		"a query that is cut":            binary(true, ws.OpBinary, wire.AppendQuery(nil, "pullMsg", "x", 1)[:7]),
		"the frame that says one leaves": binary(true, ws.OpBinary, wire.AppendDisconnect(nil, 4)),
		"the WebSocket's close":          masked(ws.NewCloseFrame(nil)),
	} {
		t.Run(name, func(t *testing.T) {
			mallory, other := imtest.Dial(t, n, "mallory"), imtest.Dial(t, n, "mallory")
			_ = mallory.WriteRaw(raw) // the server may hang up in the middle
			mallory.Ended()
			if err := other.Ping(); err != nil {
				t.Errorf("another session of the user: %v", err)
			}
		})
	}
	t.Run("allowed", func(t *testing.T) {
		alice, bob := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob")
		text := append(wire.AppendClientPublish(nil, 1, wire.TopicPrivateSend, "bob", 999), imtest.Text("in parts", 0)...)
		for _, raw := range [][]byte{
			masked(ws.NewPingFrame([]byte("hello"))), masked(ws.NewPongFrame(nil)),
			binary(false, ws.OpBinary, text[:10]), masked(ws.NewPingFrame(nil)), binary(false, ws.OpContinuation, nil), binary(true, ws.OpContinuation, text[10:]),
		} {
			if err := alice.WriteRaw(raw); err != nil {
				t.Fatal(err)
			}
		}
		bob.AwaitText("in parts")
	})
	stop()
}

// A client that floods is slowed down, refused or cut off, and alone notices.
func TestFlood(t *testing.T) {
	n := imtest.Start(t, imtest.SendRate(1000))
	stop := bystanders(t, n)
	t.Run("messages", func(t *testing.T) {
		slow := imtest.Start(t, imtest.SendRate(5))
		mallory := imtest.Dial(t, slow, "mallory")
		tooFast := 0
		for i := range 500 {
			if ack := mallory.Send(chat.Private, "bob", fmt.Sprint(i), 0); ack.Code == chat.TooFast {
				tooFast++
			} else if ack.Code != chat.OK {
				t.Fatalf("code %d", ack.Code)
			}
		}
		if tooFast < 400 {
			t.Errorf("only %d of 500 messages were too fast", tooFast)
		}
		if ack := imtest.Dial(t, slow, "alice").Send(chat.Private, "bob", "slowly", 0); ack.Code != chat.OK {
			t.Errorf("another user is refused with code %d", ack.Code)
		}
	})
	floods := map[string][]byte{
		"frames":             ws.MustCompileFrame(ws.MaskFrame(ws.NewBinaryFrame(wire.AppendPingreq(nil)))),
		"pings of WebSocket": ws.MustCompileFrame(ws.MaskFrame(ws.NewPingFrame(make([]byte, 100)))),
		"pulls":              ws.MustCompileFrame(ws.MaskFrame(ws.NewBinaryFrame(wire.AppendQuery(nil, wire.TopicPull, "mallory", 1)))),
	}
	for name, one := range floods {
		t.Run(name, func(t *testing.T) {
			mallory := imtest.Dial(t, n, "mallory", imtest.Blind())
			// What the server does not read, the sockets between us hold.
			for range 50 {
				if mallory.WriteRaw(bytes.Repeat(one, 100)) != nil {
					return // it had enough
				}
			}
		})
	}
	stop()
}

// A client that does not read is left behind, alone, and is given everything
// once it reads again.
func TestSlowReaders(t *testing.T) {
	n := imtest.Start(t)
	n.Join("all", "alice", "bob", "carol", "chris")
	alice, bob := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob", imtest.Direct())
	slow := []*imtest.Client{
		imtest.Dial(t, n, "carol", imtest.Direct(), imtest.ReadBuffer(64<<10)),
		imtest.Dial(t, n, "chris", imtest.ReadBuffer(64<<10)),
	}
	stop := bystanders(t, n)
	for _, c := range slow {
		c.StopReading()
	}
	// Together more than sockets and queues hold.
	const messages = 350
	padding := strings.Repeat("x", 20<<10)
	var sent []imtest.Sent
	for i := range messages {
		sent = append(sent, alice.Publish(wire.TopicGroupSend, "all", imtest.Text(fmt.Sprint(i, padding), 0)))
	}
	for i, s := range sent {
		if ack, err := alice.Ack(s); err != nil || ack.Code != chat.OK {
			t.Fatalf("message %d: %+v, %v", i, ack, err)
		}
	}
	final := fmt.Sprint(messages-1, padding)
	bob.AwaitText(final)
	stop()
	if _, metrics := n.Get("/metrics"); !behind.MatchString(metrics) {
		t.Error("the metrics tell of nobody who was left behind")
	}
	for _, c := range slow {
		c.ResumeReading()
		c.AwaitText(final)
		if got := len(c.Received()); got != messages {
			t.Errorf("%s was given %d messages, not %d", c.User(), got, messages)
		}
	}
}

var behind = regexp.MustCompile(`hongyan_drops_total{[^}]*reason="push-behind"} [1-9]`)

// Nothing is left of those who came and went, in goroutines and in memory.
func TestNothingIsLeft(t *testing.T) {
	before := goleak.IgnoreCurrent()
	n := imtest.Start(t)
	heap := func() uint64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	visit := func(user chat.UserID) {
		c := imtest.Dial(t, n, user, imtest.Manual())
		c.JoinRoom(string("room of "+user), 0, false)
		c.Send(chat.Private, string(user), "note to self", 0)
		c.Cut()
	}
	for i := range 50 {
		visit(chat.UserID(fmt.Sprint("early ", i)))
	}
	start := heap()
	for i := range 500 {
		visit(chat.UserID(fmt.Sprint("late ", i)))
	}
	if grown := int64(heap()) - int64(start); grown > 16<<20 {
		t.Errorf("500 visits left %d KB of memory", grown>>10)
	}
	n.Stop()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}
