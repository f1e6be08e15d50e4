package imlib

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// play runs a test against a fake server in a bubble of its own time. When it
// is over, no goroutine of the client or the server may be left.
func play(t *testing.T, f func(t *testing.T, s *fakeServer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newFakeServer(t)
		defer s.close()
		f(t, s)
	})
}

// read reads n messages and returns their texts.
func read(t *testing.T, c *Client, n int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	var texts []string
	for m, err := range c.Messages(ctx) {
		if err != nil {
			t.Fatalf("after %q: %v", texts, err)
		}
		texts = append(texts, m.Content.(TextMessage).Content)
		if len(texts) == n {
			break
		}
	}
	return texts
}

// nothing makes sure that no message waits.
func nothing(t *testing.T, c *Client) {
	t.Helper()
	synctest.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	for m, err := range c.Messages(ctx) {
		if err == nil {
			t.Errorf("unexpected message %s %s", m.UID, m.JSON)
		}
	}
}

// numbers are the texts from first to last.
func numbers(first, last int) (texts []string) {
	for n := first; n <= last; n++ {
		texts = append(texts, strconv.Itoa(n))
	}
	return texts
}

func wantTexts(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}

func wantCode(t *testing.T, err error, want chat.Code) {
	t.Helper()
	var coded *chat.Error
	if !errors.As(err, &coded) || coded.Code != want {
		t.Errorf("error is %v, want code %d", err, want)
	}
}

func TestConnect(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		if c.User() != "alice" {
			t.Errorf("connected as %s", c.User())
		}
		c.Close()
		c.Close()
		if !errors.Is(c.Err(), ErrClosed) {
			t.Errorf("ended with %v", c.Err())
		}
	})
}

func TestConnectIsRefused(t *testing.T) {
	for status, code := range map[uint8]chat.Code{
		1: chat.ProtocolVersion, 3: chat.ServerUnavailable, 4: chat.TokenIncorrect, 5: chat.NotAuthorized,
		6: chat.Redirected, 8: chat.AppBlocked, 9: chat.UserBlocked, 10: chat.TokenExpired, 19: chat.AccountCancelled,
		20: chat.LicenceExpired, 99: chat.ServerUnavailable,
	} {
		play(t, func(t *testing.T, s *fakeServer) {
			s.connackStatus = []uint8{status}
			_, err := s.connect(nil)
			wantCode(t, err, code)
		})
	}
}

func TestConnectNeedsOptions(t *testing.T) {
	full := Options{AppKey: "app", Token: "token", Navigators: []string{"http://navigator"}}
	for name, change := range map[string]func(*Options){
		"app key":    func(o *Options) { o.AppKey = "" },
		"token":      func(o *Options) { o.Token = "" },
		"navigators": func(o *Options) { o.Navigators = nil },
	} {
		o := full
		change(&o)
		if _, err := Connect(t.Context(), o); err == nil {
			t.Errorf("connected without %s", name)
		}
	}
}

func TestConnectGivesUpWithItsContext(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := Connect(ctx, Options{AppKey: "app", Token: "token", Navigators: []string{"http://n"}, Dial: s.listen.dial})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestNavigation(t *testing.T) {
	t.Run("refused token", func(t *testing.T) {
		play(t, func(t *testing.T, s *fakeServer) {
			s.navigationStatus = []int{401}
			_, err := s.connect(func(o *Options) { o.Navigators = []string{"http://a", "http://b"} })
			wantCode(t, err, chat.TokenIncorrect)
			if s.navigations != 1 {
				t.Errorf("asked %d navigators about a bad token", s.navigations)
			}
		})
	})
	t.Run("next navigator", func(t *testing.T) {
		play(t, func(t *testing.T, s *fakeServer) {
			s.navigationStatus = []int{500}
			c := s.mustConnect(func(o *Options) { o.Navigators = []string{"http://a", "http://b/"} })
			c.Close()
		})
	})
	t.Run("all fail", func(t *testing.T) {
		play(t, func(t *testing.T, s *fakeServer) {
			s.navigationStatus = []int{500}
			if _, err := s.connect(nil); err == nil {
				t.Error("connected")
			}
		})
	})
}

func TestSend(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		sent, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "hi"}, Silent(), MessageID(7))
		if err != nil {
			t.Fatal(err)
		}
		want := s.accepted[7]
		if string(sent.UID) != want.GetMsgId() || sent.Time.UnixMilli() != want.GetDataTime() || sent.MessageID != 7 {
			t.Errorf("sent %+v, stored %v", sent, want)
		}
		nothing(t, c)
	})
}

func TestSendIsRefused(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		synctest.Wait()
		s.set(func() { s.refuse = chat.NotInGroup })
		sent, err := c.Send(t.Context(), Group("g"), TextMessage{Content: "hi"})
		wantCode(t, err, chat.NotInGroup)
		if sent.MessageID == 0 {
			t.Error("no message id to try again with")
		}
	})
}

// The message is stored and its answer lost with the connection: it is sent
// again with the same id, and Send returns the name of the one message.
func TestSendAgainAfterLostConnection(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		s.set(func() { s.ignore = true })
		sent := make(chan Sent)
		go func() {
			r, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "hi"})
			if err != nil {
				t.Error(err)
			}
			sent <- r
		}()
		synctest.Wait()
		s.set(func() { s.ignore = false })
		s.cut()
		r := <-sent
		synctest.Wait()
		if len(s.log) != 1 || string(r.UID) != s.log[0].GetMsgId() {
			t.Errorf("sent %v, stored %v", r, s.log)
		}
		for _, up := range s.sends {
			if up.GetClientUniqueId() != r.MessageID {
				t.Errorf("sent with id %d, then %d", r.MessageID, up.GetClientUniqueId())
			}
		}
		nothing(t, c)
	})
}

// The connection lives but the answer never comes: after a while the client
// asks on another connection.
func TestSendAgainWithoutAnswer(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		var states []State
		c := s.mustConnect(func(o *Options) { o.OnStatus = func(s Status) { states = append(states, s.State) } })
		s.set(func() { s.ignore = true })
		time.AfterFunc(40*time.Second, func() { s.set(func() { s.ignore = false }) })
		began := time.Now()
		if _, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "hi"}); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < 30*time.Second || took > 2*time.Minute {
			t.Errorf("answered after %s", took)
		}
		if len(s.log) != 1 {
			t.Errorf("stored %v", s.log)
		}
		c.Close()
		if states[0] != Connected || states[1] != Suspended || states[len(states)-1] != Closed {
			t.Errorf("was %v", states)
		}
	})
}

func TestSendEndsWithItsContext(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		synctest.Wait()
		s.set(func() { s.ignore = true })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.Send(ctx, Private("bob"), TextMessage{Content: "hi"})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		// It was accepted all the same, and so turns up.
		s.set(func() { s.ignore = false })
		s.cut()
		wantTexts(t, read(t, c, 1), []string{"hi"})
	})
}

func TestCloseEndsCalls(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		s.set(func() { s.ignore = true })
		errs := make(chan error)
		go func() {
			_, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "hi"})
			errs <- err
		}()
		go func() {
			for _, err := range c.Messages(t.Context()) {
				errs <- err
			}
		}()
		synctest.Wait()
		c.Close()
		for range 2 {
			if err := <-errs; !errors.Is(err, ErrClosed) {
				t.Errorf("ended with %v", err)
			}
		}
		if _, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "hi"}); !errors.Is(err, ErrClosed) {
			t.Errorf("sent with %v", err)
		}
	})
}

func TestReceivePushed(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		s.store(textFrom(0, "bob", 1))
		c := s.mustConnect(nil)
		defer c.Close()
		wantTexts(t, read(t, c, 1), numbers(1, 1))
		synctest.Wait()
		pulls := s.askedFor(wire.TopicPull)
		s.push(textFrom(0, "bob", 2), textFrom(0, "carol", 3))
		s.push(textFrom(0, "bob", 4))
		wantTexts(t, read(t, c, 3), numbers(2, 4))
		nothing(t, c)
		if s.askedFor(wire.TopicPull) != pulls {
			t.Error("pulled although every push fitted")
		}
	})
}

func TestReceiveAfterGapAndRepetition(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		synctest.Wait()
		first := textFrom(0, "bob", 1)
		s.push(first)
		s.pushAgain(first)
		s.store(textFrom(0, "bob", 2))
		s.set(func() { s.pushedTick = s.tick }) // the push of 2 is lost
		s.push(textFrom(0, "bob", 3))
		s.pushAgain(first)
		wantTexts(t, read(t, c, 3), numbers(1, 3))
		nothing(t, c)
	})
}

func TestReceiveSignalled(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		synctest.Wait()
		s.store(textFrom(0, "bob", 1))
		s.notify(wire.TopicNotify, &pb.Notify{Type: proto.Int32(1), Time: proto.Int64(int64(s.tick))})
		wantTexts(t, read(t, c, 1), numbers(1, 1))
		s.store(textFrom(0, "bob", 2))
		s.notify(wire.TopicNotify, &pb.Notify{Type: proto.Int32(1)}) // which does not say how far
		wantTexts(t, read(t, c, 1), numbers(2, 2))
	})
}

// A thousand messages in one tick and a page size of 20: pages hold whole ticks.
func TestReceivePages(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		var tick []*pb.DownMessage
		for n := range 1000 {
			tick = append(tick, textFrom(0, "bob", n))
		}
		s.store(textFrom(0, "bob", -1))
		s.store(tick...)
		for n := range 100 {
			s.store(textFrom(0, "bob", 1000+n))
		}
		c := s.mustConnect(nil)
		defer c.Close()
		wantTexts(t, read(t, c, 1101), numbers(-1, 1099))
		nothing(t, c)
	})
}

func TestReceiveAcrossLostConnections(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		synctest.Wait()
		for n := range 50 {
			s.push(textFrom(0, "bob", n))
			if n%5 == 0 {
				s.cut()
			}
		}
		wantTexts(t, read(t, c, 50), numbers(0, 49))
		nothing(t, c)
	})
}

// What the user sent from another device arrives, marked as one's own.
func TestReceiveFromOwnOtherDevice(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		synctest.Wait()
		d := textFrom(0, "bob", 1)
		d.Direction = proto.Int32(1)
		s.push(d)
		for m, err := range c.Messages(t.Context()) {
			if err != nil || !m.Own || m.Sender != "alice" || m.Conversation != Private("bob") {
				t.Errorf("got %+v, %v", m, err)
			}
			break
		}
	})
}

// An application that does not read costs a bounded amount of memory, can
// still send, and loses nothing when it reads at last.
func TestReceiveSlowly(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(func(o *Options) { o.Queue = 10 })
		defer c.Close()
		synctest.Wait()
		for n := range 1000 {
			s.push(textFrom(0, "bob", n))
		}
		synctest.Wait()
		c.mu.Lock()
		waiting := len(c.queue)
		c.mu.Unlock()
		if waiting > 10+s.pageSize {
			t.Errorf("%d messages wait", waiting)
		}
		if _, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "busy"}); err != nil {
			t.Error(err)
		}
		began := time.Now()
		wantTexts(t, read(t, c, 1000), numbers(0, 999))
		if d := time.Since(began); d > 0 {
			t.Errorf("waited %s for what the server had", d)
		}
		nothing(t, c)
	})
}

func TestSilentServer(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		lost := make(chan Status, 10)
		c := s.mustConnect(func(o *Options) { o.OnStatus = func(s Status) { lost <- s } })
		defer c.Close()
		<-lost // connected
		time.Sleep(10 * time.Minute)
		if len(lost) > 0 {
			t.Fatalf("lost %v a server that answers pings", <-lost)
		}
		s.set(func() { s.silent = true })
		began := time.Now()
		if st := <-lost; st.State != Suspended {
			t.Errorf("is %v", st)
		}
		if d := time.Since(began); d > 45*time.Second {
			t.Errorf("noticed after %s", d)
		}
		s.set(func() { s.silent = false })
		if st := <-lost; st.State != Connected {
			t.Errorf("is %v", st)
		}
	})
}

func TestEndedForGood(t *testing.T) {
	for status, code := range map[uint8]chat.Code{
		1: chat.Kicked, 2: chat.EndedByServer, 5: chat.EndedByServer, 7: chat.TokenExpired, 9: chat.AccountCancelled,
	} {
		play(t, func(t *testing.T, s *fakeServer) {
			c := s.mustConnect(nil)
			synctest.Wait()
			s.push(textFrom(0, "bob", 1))
			s.disconnect(status)
			wantTexts(t, read(t, c, 1), numbers(1, 1)) // what came before the end is not lost
			for _, err := range c.Messages(t.Context()) {
				wantCode(t, err, code)
			}
			_, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "hi"})
			wantCode(t, err, code)
			wantCode(t, c.Err(), code)
			c.Close()
		})
	}
}

func TestBlockedWhileAway(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		s.set(func() { s.connackStatus = []uint8{3, 9} }) // starting, then: blocked
		s.cut()
		for _, err := range c.Messages(t.Context()) {
			wantCode(t, err, chat.UserBlocked)
		}
		c.Close()
	})
}

func TestRedirect(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		connected := make(chan Status, 10)
		c := s.mustConnect(func(o *Options) { o.OnStatus = func(s Status) { connected <- s } })
		defer c.Close()
		time.Sleep(time.Minute)
		began := time.Now()
		s.disconnect(6)
		for _, want := range []State{Connected, Suspended, Connected} {
			if st := <-connected; st.State != want {
				t.Errorf("is %v, want %v", st, want)
			}
		}
		if d := time.Since(began); d > 0 {
			t.Errorf("reconnected after %s", d)
		}
		if s.navigations != 2 {
			t.Errorf("asked navigation %d times", s.navigations)
		}
	})
}

// diary is a cursor store that a test looks into.
type diary struct {
	memoryCursors
	saved []chat.Tick
}

func (d *diary) Save(ctx context.Context, user chat.UserID, cursor chat.Tick) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d.saved = append(d.saved, cursor)
	return d.memoryCursors.Save(ctx, user, cursor)
}

func TestCursors(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		cursors := new(diary)
		withCursors := func(o *Options) { o.Cursors = cursors }
		s.store(textFrom(0, "bob", 1), textFrom(0, "bob", 2))
		s.store(textFrom(0, "bob", 3))
		c := s.mustConnect(withCursors)
		for m, err := range c.Messages(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			text := m.Content.(TextMessage).Content
			if len(cursors.saved) != 0 {
				t.Errorf("saved %v while reading %s", cursors.saved, text)
			}
			if text == "2" {
				break // the loop is done with the first tick
			}
		}
		if !slices.Equal(cursors.saved, []chat.Tick{firstTick + 1}) {
			t.Errorf("saved %v", cursors.saved)
		}
		c.Close()

		c = s.mustConnect(withCursors)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for m, err := range c.Messages(ctx) {
			cancel() // while reading; what was read stays read
			if err == nil {
				wantTexts(t, []string{m.Content.(TextMessage).Content}, numbers(3, 3))
			}
		}
		c.Close()
		c = s.mustConnect(withCursors)
		nothing(t, c)
		c.Close()
	})
}

type brokenCursors struct{ load, save error }

func (b brokenCursors) Load(context.Context, chat.UserID) (chat.Tick, error) { return 0, b.load }

func (b brokenCursors) Save(context.Context, chat.UserID, chat.Tick) error { return b.save }

func TestBrokenCursors(t *testing.T) {
	broken := errors.New("the disk is full")
	play(t, func(t *testing.T, s *fakeServer) {
		if _, err := s.connect(func(o *Options) { o.Cursors = brokenCursors{load: broken} }); !errors.Is(err, broken) {
			t.Errorf("connected with %v", err)
		}
		c := s.mustConnect(func(o *Options) { o.Cursors = brokenCursors{save: broken} })
		defer c.Close()
		s.push(textFrom(0, "bob", 1))
		var errs []error
		for _, err := range c.Messages(t.Context()) {
			errs = append(errs, err)
		}
		if len(errs) != 2 || errs[0] != nil || !errors.Is(errs[1], broken) {
			t.Errorf("read with %v", errs)
		}
	})
}

func TestBacklog(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		s.store(textFrom(0, "bob", 1))
		s.set(func() { s.tick += 60_000 })
		s.store(textFrom(0, "bob", 2))
		s.set(func() { s.tick += 60_000 })
		for backlog, want := range map[time.Duration][]string{
			0: numbers(1, 3), 90 * time.Second: numbers(2, 3), -1: numbers(3, 3),
		} {
			c := s.mustConnect(func(o *Options) { o.Backlog = backlog })
			synctest.Wait()
			s.push(textFrom(0, "bob", 3))
			wantTexts(t, read(t, c, len(want)), want)
			nothing(t, c)
			c.Close()
			s.set(func() { s.log = s.log[:2]; s.tick = firstTick + 120_002 })
		}
	})
}

func TestSendOnly(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		s.store(textFrom(0, "bob", 1))
		c := s.mustConnect(func(o *Options) { o.SendOnly = true })
		defer c.Close()
		s.push(textFrom(0, "bob", 2))
		if _, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "hi"}); err != nil {
			t.Error(err)
		}
		for _, err := range c.Messages(t.Context()) {
			if err == nil {
				t.Error("received")
			}
		}
		if n := s.askedFor(wire.TopicPull); n != 0 {
			t.Errorf("pulled %d times", n)
		}
	})
}

func TestTyping(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		if err := c.Typing(Private("bob"), "RC:TxtMsg"); err != nil {
			t.Error(err)
		}
		wantCode(t, c.Typing(Chatroom("room"), "RC:TxtMsg"), chat.BadConversationType)
		synctest.Wait()
		if s.askedFor(wire.TopicPrivateStatus) != 1 || string(s.sends[0].Content) != `{"typingContentType":"RC:TxtMsg"}` {
			t.Errorf("sent %v", s.sends)
		}
		d := message(0, "bob", `{"typingContentType":"RC:TxtMsg"}`)
		d.ClassName, d.Status, d.ExtStatus = proto.String("RC:TypSts"), proto.Int64(0), proto.Int64(64)
		s.sendStatus(d)
		for m, err := range c.Messages(t.Context()) {
			if err != nil || !m.Status || m.Content != (TypingStatus{ObjectName: "RC:TxtMsg"}) || m.Sender != "bob" {
				t.Errorf("got %+v, %v", m, err)
			}
			break
		}
	})
}

func TestChatroom(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		lost := make(chan error, 1)
		c := s.mustConnect(func(o *Options) { o.OnChatroomLost = func(_ string, err error) { lost <- err } })
		defer c.Close()
		for n := range 5 {
			s.storeRoom("room", n)
		}
		joined, err := c.JoinChatroom(t.Context(), "room", 2)
		if err != nil || joined.Members != 2 || joined.Joined.UnixMilli() != int64(s.tick) {
			t.Errorf("joined %+v, %v", joined, err)
		}
		wantTexts(t, read(t, c, 2), numbers(3, 4))

		if _, err := c.Send(t.Context(), Chatroom("room"), TextMessage{Content: "hi"}); err != nil {
			t.Error(err)
		}
		tick := s.storeRoom("room", 5)
		s.notify(wire.TopicNotify, &pb.Notify{Type: proto.Int32(2), Time: &tick, RoomId: proto.String("room")})
		wantTexts(t, read(t, c, 1), numbers(5, 5)) // not one's own, which is before it

		s.storeRoom("room", 6)
		s.cut()
		wantTexts(t, read(t, c, 1), numbers(6, 6))
		if s.askedFor(wire.TopicRoomRejoin) != 1 {
			t.Error("did not join again")
		}

		s.notify(wire.TopicCommand, &pb.Notify{Type: proto.Int32(4), RoomId: proto.String("room")})
		wantCode(t, <-lost, chat.ChatroomMissing)
		if err := c.QuitChatroom(t.Context(), "room"); err != nil {
			t.Error(err)
		}
		nothing(t, c)
	})
}

func TestChatroomWithoutHistory(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		s.storeRoom("room", 1)
		s.set(func() { s.tick += 1000 }) // time passes
		if _, err := c.JoinChatroom(t.Context(), "room", 0); err != nil {
			t.Error(err)
		}
		s.storeRoom("room", 2)
		s.notify(wire.TopicNotify, &pb.Notify{Type: proto.Int32(2), RoomId: proto.String("room")})
		wantTexts(t, read(t, c, 1), numbers(2, 2))
		nothing(t, c)
	})
}

func TestChatroomIsRefused(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		synctest.Wait()
		s.set(func() { s.refuse = chat.ChatroomMissing })
		_, err := c.JoinChatroom(t.Context(), "room", 0)
		wantCode(t, err, chat.ChatroomMissing)
		_, err = c.JoinChatroom(t.Context(), "room", 51)
		wantCode(t, err, chat.BadCount)
		_, err = c.JoinChatroom(t.Context(), "", 0)
		wantCode(t, err, chat.BadTarget)
		if len(c.rooms) != 0 {
			t.Errorf("is in %v", c.rooms)
		}
	})
}

func TestHistory(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		for n := range 5 {
			s.store(textFrom(0, "bob", n))
		}
		c := s.mustConnect(nil)
		defer c.Close()
		texts := func(q HistoryQuery) (texts []string, page HistoryPage) {
			page, err := c.History(t.Context(), Private("bob"), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page.Messages {
				texts = append(texts, m.Content.(TextMessage).Content)
			}
			return texts, page
		}
		got, page := texts(HistoryQuery{Count: 2})
		wantTexts(t, got, numbers(3, 4))
		got, page = texts(HistoryQuery{Count: 2, Before: page.Next})
		wantTexts(t, got, numbers(1, 2))
		if !page.More {
			t.Error("the first one is missing")
		}
		got, page = texts(HistoryQuery{Count: 3, After: page.Next})
		wantTexts(t, got, numbers(2, 4))
		if page.More {
			t.Error("more than there is")
		}
		_, err := c.History(t.Context(), Private("bob"), HistoryQuery{Count: 101})
		wantCode(t, err, chat.BadCount)
		_, err = c.History(t.Context(), Private("bob"), HistoryQuery{Before: 1, After: 1})
		wantCode(t, err, chat.BadTime)
	})
}

func TestRecall(t *testing.T) {
	play(t, func(t *testing.T, s *fakeServer) {
		c := s.mustConnect(nil)
		defer c.Close()
		sent, err := c.Send(t.Context(), Private("bob"), TextMessage{Content: "oops"})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Recall(t.Context(), Private("bob"), sent.UID); err != nil {
			t.Error(err)
		}
		want := fmt.Sprintf(`{"conversationType":1,"targetId":"bob","messageUId":"%s","sentTime":%d}`, sent.UID, sent.Time.UnixMilli())
		if got := string(s.sends[1].Content); got != want || s.askedFor(wire.TopicRecall) != 1 {
			t.Errorf("sent %s, want %s", got, want)
		}
		wantCode(t, c.Recall(t.Context(), Private("bob"), "nonsense"), chat.BadUID)
	})
}
