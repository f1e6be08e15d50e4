package bench

import (
	"bytes"
	"io"
	"testing"

	"github.com/gobwas/ws"

	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// wired is one receiving client of Hongyan without a socket: a test hands it
// frames and looks what it would send.
func wired(push bool) (*load, *hongyan, *client) {
	h := newHongyan(serverAPI{}, push)
	h.sessions = make([]session, 2)
	l := &load{workload: Workload{Pairs: 1, Window: 1}, protocol: h, content: newContent(1)}
	l.assign()
	l.talks[0].messages = make([]message, 100)
	for i := range l.talks[0].messages {
		l.talks[0].messages[i].left = 1
	}
	c := l.clients[1]
	c.ready = true
	h.sessions[1].cursor = 1000
	return l, h, c
}

// sent takes what the client queued and returns how many frames that is.
func sent(t *testing.T, c *client) (frames int) {
	t.Helper()
	for out := bytes.NewReader(c.out); out.Len() > 0; frames++ {
		h, err := ws.ReadHeader(out)
		if err == nil {
			_, err = out.Seek(h.Length, io.SeekCurrent)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c.out = c.out[:0]
	return frames
}

func notify(t *testing.T, l *load, h *hongyan, c *client, tick int64) {
	t.Helper()
	payload, _ := (&pb.Notify{Type: new(int32(1)), Time: &tick}).MarshalVT()
	if err := h.receive(l, c, append(wire.AppendServerPublish(nil, 0, false, 0, wire.TopicNotify, c.user, 0), payload...)); err != nil {
		t.Fatal(err)
	}
}

func answer(t *testing.T, l *load, h *hongyan, c *client, sync int64, finished bool) {
	t.Helper()
	payload, _ := (&pb.DownMessages{SyncTime: &sync, Finished: &finished}).MarshalVT()
	if err := h.receive(l, c, append(wire.AppendQueryack(nil, h.sessions[c.index].query, 0, 0), payload...)); err != nil {
		t.Fatal(err)
	}
}

func TestPullRule(t *testing.T) {
	l, h, c := wired(false)
	expect := func(what string, want int) {
		t.Helper()
		if got := sent(t, c); got != want {
			t.Errorf("%s: %d pulls, want %d", what, got, want)
		}
	}
	notify(t, l, h, c, 900)
	expect("a stale hint to an idle client", 1)
	notify(t, l, h, c, 1500)
	notify(t, l, h, c, 1600)
	expect("hints while a pull runs", 0)
	answer(t, l, h, c, 1400, true)
	expect("the end of a pull that missed both", 1)
	notify(t, l, h, c, 1550)
	answer(t, l, h, c, 1600, true)
	expect("the end of a pull that reached the hint", 0)
	notify(t, l, h, c, 1700)
	answer(t, l, h, c, 1650, false)
	expect("a hint, then an answer that is not finished", 2)
	answer(t, l, h, c, 1700, true)
	expect("the end of all", 0)

	payload, _ := (&pb.DownMessages{SyncTime: new(int64(1699)), Finished: new(true)}).MarshalVT()
	notify(t, l, h, c, 1800)
	if err := h.receive(l, c, append(wire.AppendQueryack(nil, h.sessions[1].query, 0, 0), payload...)); err == nil {
		t.Error("a cursor that goes back is not refused")
	}
}

// tickFrame pushes message seq.
func tickFrame(l *load, c *client, previous, tick int64, seq uint32) []byte {
	putHex(l.content[talkAt:], 0)
	putHex(l.content[seqAt:], seq)
	m := entry{tick: tick, uid: "UID", from: userName(0), content: l.content}
	payload, _ := (&pb.DownMessages{
		List: []*pb.DownMessage{m.down()}, SyncTime: &tick, Finished: new(true), PreviousTick: &previous,
	}).MarshalVT()
	return append(wire.AppendServerPublish(nil, 0, false, 0, wire.TopicTick, c.user, 0), payload...)
}

func TestPushRule(t *testing.T) {
	l, h, c := wired(true)
	push := func(previous, tick int64, seq uint32) {
		t.Helper()
		if err := h.receive(l, c, tickFrame(l, c, previous, tick, seq)); err != nil {
			t.Fatal(err)
		}
	}
	push(900, 1100, 0)
	push(1100, 1200, 1)
	push(1100, 1200, 1) // reached already: dropped
	if l.tally.delivered != 2 || l.faults.Any() || sent(t, c) != 0 {
		t.Errorf("delivered %d, faults %s", l.tally.delivered, l.faults)
	}
	push(1300, 1400, 3) // 1300 is missing
	push(1400, 1500, 4)
	if l.tally.delivered != 2 || sent(t, c) != 1 {
		t.Error("a gap is not pulled once")
	}
	answer(t, l, h, c, 1400, true)
	if sent(t, c) != 1 {
		t.Error("a tick that was dropped behind the gap is not pulled")
	}
	answer(t, l, h, c, 1500, true)
	if h.sessions[1].cursor != 1500 || sent(t, c) != 0 {
		t.Error("the client did not catch up")
	}
}

func TestAnAckFindsItsMessage(t *testing.T) {
	l, h, _ := wired(true)
	c := l.clients[0]
	c.talk.messages = make([]message, 3*idSpace)
	c.talk.inFlight = 64
	l.stopped = true
	for back := range 64 {
		seq := uint32(len(c.talk.messages) - 1 - back)
		id := uint16(seq%(idSpace-1) + 1)
		if err := h.receive(l, c, wire.AppendPuback(nil, id, 0, 5, []byte("UID"))); err != nil {
			t.Fatal(err)
		}
		if !c.talk.messages[seq].acked || l.faults.Any() {
			t.Fatalf("the ack of message %d went elsewhere: %s", seq, l.faults)
		}
	}
}

func TestAMessageCostsNoAllocation(t *testing.T) {
	l, h, c := wired(true)
	l.talks[0].messages = make([]message, 2000)
	for i := range l.talks[0].messages {
		l.talks[0].messages[i].left = 1
	}
	seq, frame := uint32(0), tickFrame(l, c, 0, 2000, 0)
	inFrame := frame[bytes.Index(frame, l.content):]
	if n := testing.AllocsPerRun(1000, func() {
		putHex(inFrame[seqAt:], seq)
		h.sessions[1].cursor = 1000
		if err := h.receive(l, c, frame); err != nil {
			t.Fatal(err)
		}
		seq++
	}); n != 0 {
		t.Errorf("%v allocations for a delivery", n)
	}
}
