package imlib

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Whatever the network and the server do, every message is received exactly
// once and in order, every send is stored once, and Send returns its name.
func TestFaults(t *testing.T) {
	steps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
		return step{rapid.SampledFrom(kinds).Draw(rt, "kind"), rapid.IntRange(1, 60).Draw(rt, "n")}
	}), 0, 60)
	rapid.Check(t, func(rt *rapid.T) {
		// Drawn before it is played: what is random must not depend on a
		// bubble, which rapid could not leave.
		script := steps.Draw(rt, "script")
		pageSize, queue := rapid.IntRange(1, 5).Draw(rt, "page size"), rapid.IntRange(1, 8).Draw(rt, "queue")
		var wrong []string
		synctest.Test(t, func(t *testing.T) { wrong = playFaults(t, script, pageSize, queue) })
		if len(wrong) > 0 {
			rt.Fatal(strings.Join(wrong, "\n"))
		}
	})
}

// step is one thing that happens; what n means depends on the kind.
type step struct {
	kind string
	n    int
}

var kinds = []string{"push", "lose a push", "repeat a push", "signal", "from another device", "cut",
	"forget to answer or not", "be silent or not", "send", "read", "wait"}

func playFaults(t *testing.T, script []step, pageSize, queue int) (wrong []string) {
	s := newFakeServer(t)
	defer s.close()
	s.pageSize = pageSize
	c := s.mustConnect(func(o *Options) { o.Queue = queue })
	defer c.Close()
	f := &faults{server: s, client: c, sent: map[string]chat.UID{}}
	for _, step := range script {
		f.play(step)
	}
	f.heal()
	return f.compare()
}

// faults is a script that is being played.
type faults struct {
	server *fakeServer
	client *Client
	count  int
	last   []*pb.DownMessage // of the newest push
	got    []Message
	sends  sync.WaitGroup

	mu    sync.Mutex // guards the following
	sent  map[string]chat.UID
	wrong []string
}

func (f *faults) play(p step) {
	s := f.server
	switch p.kind {
	case "push":
		f.push(1 + p.n%3)
	case "lose a push":
		s.store(f.message())
		s.set(func() { s.pushedTick = s.tick })
	case "repeat a push":
		if f.connected() && len(f.last) > 0 {
			s.pushAgain(f.last...)
		}
	case "signal":
		if f.connected() {
			s.notify(wire.TopicNotify, &pb.Notify{Type: proto.Int32(wire.NotifyMessages), Time: proto.Int64(int64(firstTick) + int64(p.n))})
		}
	case "from another device":
		d := f.message()
		d.Direction = proto.Int32(ownDirection)
		s.push(d)
	case "cut":
		s.cut()
	case "forget to answer or not":
		s.set(func() { s.ignore = !s.ignore })
	case "be silent or not":
		s.set(func() { s.silent = !s.silent })
	case "send":
		f.send()
	case "read":
		f.receive(1+p.n%10, time.Second)
	case "wait":
		time.Sleep(time.Duration(p.n) * time.Second)
	}
}

func (f *faults) connected() bool {
	f.server.mu.Lock()
	defer f.server.mu.Unlock()
	return f.server.conn != nil
}

func (f *faults) message() *pb.DownMessage {
	f.count++
	return textFrom(0, "bob", f.count)
}

func (f *faults) push(n int) {
	f.last = nil
	for range n {
		f.last = append(f.last, f.message())
	}
	f.server.push(f.last...)
}

// send sends and goes on; the answer may take many faults to come.
func (f *faults) send() {
	f.count++
	text := "sent " + strconv.Itoa(f.count)
	f.sends.Go(func() {
		r, err := f.client.Send(context.Background(), Private("bob"), TextMessage{Content: text})
		f.mu.Lock()
		defer f.mu.Unlock()
		if err != nil {
			f.wrong = append(f.wrong, fmt.Sprintf("send: %v", err))
		}
		f.sent[text] = r.UID
	})
	synctest.Wait()
}

// receive reads up to n messages, and waits this long for each.
func (f *faults) receive(n int, patience time.Duration) (read int) {
	for range n {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		ok := false
		for m, err := range f.client.Messages(ctx) {
			if ok = err == nil; ok {
				f.got = append(f.got, m)
				read++
			}
			break
		}
		cancel()
		if !ok {
			break
		}
	}
	return read
}

// heal ends all faults and reads what there is to read.
func (f *faults) heal() {
	f.server.set(func() { f.server.ignore, f.server.silent = false, false })
	for f.receive(100, 10*time.Minute) > 0 {
	}
	f.sends.Wait()
}

// compare says where what was received and sent differs from what the server has.
func (f *faults) compare() []string {
	var want, got []string
	stored := map[string]chat.UID{}
	for _, d := range f.server.log {
		m := decodeMessage(d, "alice", nil)
		text := m.Content.(TextMessage).Content
		if _, sent := f.sent[text]; !sent {
			want = append(want, string(m.UID)+" "+text)
			continue
		}
		if stored[text] != "" {
			f.wrong = append(f.wrong, text+" is stored twice")
		}
		stored[text] = m.UID
	}
	for _, m := range f.got {
		got = append(got, string(m.UID)+" "+m.Content.(TextMessage).Content)
	}
	if !slices.Equal(got, want) {
		f.wrong = append(f.wrong, fmt.Sprintf("received %q, want %q", got, want))
	}
	for text, uid := range f.sent {
		if stored[text] != uid {
			f.wrong = append(f.wrong, fmt.Sprintf("%s is %s, Send said %s", text, stored[text], uid))
		}
	}
	return f.wrong
}
