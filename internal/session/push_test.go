package session

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// wires is a Conn that shows what went over it, in words. While it is full it
// refuses offers.
type wires struct {
	t    *testing.T
	full bool
	sent []string
	raw  []byte // the last frame
}

func (w *wires) Send(frame []byte) {
	w.sent = append(w.sent, describe(w.t, frame))
	w.raw = append(w.raw[:0], frame...)
}

func (w *wires) Ack(frame []byte) { w.Send(frame) }

func (w *wires) Offer(frame []byte) bool {
	if !w.full {
		w.Send(frame)
	}
	return !w.full
}

func (w *wires) Close(reason error) { w.sent = append(w.sent, fmt.Sprint("close: ", reason)) }

// last is the frame that was sent last.
func (w *wires) last(t *testing.T) wire.ServerFrame {
	t.Helper()
	var f wire.ServerFrame
	if err := f.Decode(w.raw, 3); err != nil {
		t.Fatal(err)
	}
	return f
}

// take is what was sent since the last call.
func (w *wires) take() []string {
	sent := w.sent
	w.sent = nil
	return sent
}

func describe(t *testing.T, frame []byte) string {
	t.Helper()
	var f wire.ServerFrame
	if err := f.Decode(frame, 3); err != nil {
		t.Fatal(err)
	}
	switch topic := string(f.Topic); topic {
	case wire.TopicTick:
		var down pb.DownMessages
		if err := down.UnmarshalVT(f.Payload); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("tick %d after %d: %d messages", down.GetSyncTime(), down.GetPreviousTick(), len(down.List))
	case wire.TopicNotify:
		var n pb.Notify
		if err := n.UnmarshalVT(f.Payload); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("hint %d at %d", n.GetType(), n.GetTime())
	case wire.TopicMessage:
		return "status"
	default:
		if f.Type == wire.TypeDisconnect {
			return fmt.Sprintf("disconnect %d", f.Status)
		}
		return f.Type.String()
	}
}

func newSession(t *testing.T, c Client) (*Session, *wires) {
	t.Helper()
	conn := &wires{t: t}
	return New(t.Context(), conn, c, &Services{
		Rates: NewRates(Limits{}), Metrics: NewMetrics(prometheus.NewRegistry()), Log: slog.New(slog.DiscardHandler),
	}), conn
}

// offer gives s a tick with messages, as the hub does.
func offer(s *Session, tick chat.Tick, messages ...*chat.Message) {
	touched := false
	for i, m := range messages {
		m.ID = chat.ID{Tick: tick, Index: uint16(i)}
		if s.Offer(m, wire.AppendListed(nil, m, s.User())) {
			touched = true
		}
	}
	if touched {
		s.Seal(tick)
	}
}

func (w *wires) want(what string, want ...string) {
	w.t.Helper()
	if got := w.take(); !slices.Equal(got, want) {
		w.t.Errorf("%s: sent %q, not %q", what, got, want)
	}
}

func message(t *testing.T, origin uint64) *chat.Message {
	t.Helper()
	content := `{"content":"hello"}`
	m, err := wire.NewMessage(chat.Private, "bob", "alice", &pb.UpMessage{Flags: new(int32), ClassName: new("RC:TxtMsg"), Content: []byte(content)})
	if err != nil {
		t.Fatal(err)
	}
	m.Origin = origin
	return m
}

func TestPush(t *testing.T) {
	s, conn := newSession(t, Client{User: "alice", Device: fanout.Device{ID: "phone"}, Direct: true})
	theirs := func() *chat.Message { return message(t, 0) }
	mine := func() *chat.Message { return message(t, s.Origin()) }
	s.Attached(5)
	offer(s, 6, theirs())
	conn.want("the first tick continues where the session began", "tick 6 after 5: 1 messages")
	offer(s, 9, theirs(), mine(), theirs())
	conn.want("a tick is one frame, without what the client sent itself", "tick 9 after 6: 2 messages")
	offer(s, 10, mine())
	conn.want("nothing is pushed for what the client sent itself")
	offer(s, 11, theirs())
	conn.want("and the chain goes on", "tick 11 after 9: 1 messages")

	conn.full = true
	offer(s, 12, theirs())
	offer(s, 13, theirs())
	conn.want("a client that is full is sent nothing")
	conn.full = false
	s.Drained()
	conn.want("when it took everything it is told to pull", "hint 1 at 13")
	s.Drained()
	conn.want("once")
	offer(s, 14, theirs())
	conn.want("and the chain shows what was left out", "tick 14 after 13: 1 messages")
}

// A page that connects again is still the one that sent its messages.
func TestOriginOutlivesTheConnection(t *testing.T) {
	first, _ := newSession(t, Client{User: "alice", Device: fanout.Device{ID: "phone"}})
	second, _ := newSession(t, Client{User: "alice", Device: fanout.Device{ID: "phone"}})
	if first.Origin() != second.Origin() {
		t.Error("the same device has two origins")
	}
	for _, c := range []Client{{User: "alice", Device: fanout.Device{ID: "tablet"}}, {User: "bob", Device: fanout.Device{ID: "phone"}}, {User: "alice"}, {User: "alice"}} {
		if other, _ := newSession(t, c); other.Origin() == first.Origin() {
			t.Errorf("%+v has the origin of alice's phone", c)
		}
	}
	a, _ := newSession(t, Client{User: "alice"})
	b, _ := newSession(t, Client{User: "alice"})
	if a.Origin() == b.Origin() {
		t.Error("two devices without a name have one origin")
	}
}

func TestHint(t *testing.T) {
	s, conn := newSession(t, Client{User: "alice"})
	s.Attached(5)
	offer(s, 6, message(t, 0))
	offer(s, 7, message(t, 0))
	conn.want("an official client is told to pull, once", "hint 1 at 6")
	s.RoomHint("room", 8)
	conn.want("and told of rooms", "hint 2 at 8")
	conn.full = true
	s.Status(wire.AppendMessage(nil, message(t, 0), "alice"))
	conn.want("a status message may be lost")
	conn.full = false
	s.Status(wire.AppendMessage(nil, message(t, 0), "alice"))
	conn.want("and may not", "status")
}

func TestLastWords(t *testing.T) {
	s, conn := newSession(t, Client{User: "alice"})
	s.Drain()
	conn.want("drained", "disconnect 6", "close: "+ErrDraining.Error())
	s.Kick(chat.UserBlocked)
	conn.want("told to go", "disconnect 2", "close: kicked: kicked")
	s.Kick(chat.Kicked)
	conn.want("kicked by another device", "disconnect 1", "close: kicked: kicked")
	s.Replaced()
	conn.want("replaced by itself", "close: "+ErrReplaced.Error())
}

// The rate of a user is one for all their sessions, and is forgotten with the
// last of them.
func TestRates(t *testing.T) {
	r := NewRates(Limits{SendRate: 2.5})
	phone, statuses, edits, _ := r.acquire("alice")
	tablet, _, _, _ := r.acquire("alice")
	other, _, _, _ := r.acquire("bob")
	if phone != tablet || phone == other || phone == statuses || phone == edits || phone.Burst() != 3 {
		t.Errorf("phone %p, tablet %p, bob %p, status messages %p, burst %d", phone, tablet, other, statuses, phone.Burst())
	}
	r.release("alice")
	if again, _, _, _ := r.acquire("alice"); again != phone {
		t.Error("the rate is forgotten while a session is left")
	}
	r.release("alice")
	r.release("alice")
	r.release("bob")
	if len(r.users) != 0 {
		t.Errorf("%d rates are kept for nobody", len(r.users))
	}
	if sends, _, _, frames := NewRates(Limits{FrameRate: 10}).acquire("alice"); sends != nil || frames == nil {
		t.Errorf("no send rate gives %v, a frame rate %v", sends, frames)
	}
}
