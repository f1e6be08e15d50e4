package imlib

import (
	"testing"

	"github.com/hongyan-im/hongyan/chat"
)

func TestStreamPushed(t *testing.T) {
	for _, c := range []struct {
		name           string
		cursor         chat.Tick
		previous, tick chat.Tick
		room           bool
		take           bool
		pull           bool // afterwards, when there is room
	}{
		{"the next one", 10, 10, 11, true, true, false},
		{"the next one after ticks that were not ours", 10, 10, 20, true, true, false},
		{"the next one after our own sends", 10, 8, 11, true, true, false},
		{"the first of all", 0, 0, 5, true, true, false},
		{"a repetition", 10, 9, 10, true, false, false},
		{"an old one", 10, 2, 3, true, false, false},
		{"after a gap", 10, 12, 13, true, false, true},
		{"the next one, without room", 10, 10, 11, false, false, true},
		{"after a gap, without room", 10, 12, 13, false, false, true},
		{"an old one, without room", 10, 2, 3, false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stream{cursor: c.cursor}
			if got := s.pushed(c.previous, c.tick, c.room); got != c.take {
				t.Errorf("take is %v", got)
			}
			want := c.cursor
			if c.take {
				want = c.tick
			}
			if s.cursor != want {
				t.Errorf("cursor is %d, want %d", s.cursor, want)
			}
			if s.startPull(false) {
				t.Error("pulls without room")
			}
			if got := s.startPull(true); got != c.pull {
				t.Errorf("pull is %v", got)
			}
		})
	}
}

func TestStreamPulls(t *testing.T) {
	s := stream{cursor: 10}
	if s.startPull(true) {
		t.Error("pulls without a reason")
	}
	s.heard(9)
	if s.startPull(true) {
		t.Error("pulls what it has")
	}
	s.heard(15)
	if !s.startPull(true) || s.startPull(true) {
		t.Error("does not pull once")
	}
	s.heard(15)
	s.heard(17) // while pulling
	if after, ok := s.pulled(15, true); after != 10 || !ok || s.cursor != 15 {
		t.Errorf("after %d, cursor %d", after, s.cursor)
	}
	if !s.startPull(true) {
		t.Error("forgot what it heard while pulling")
	}
	s.pulled(17, true)
	if s.startPull(true) {
		t.Error("pulls once more for nothing")
	}
}

// A hint that the server's answer does not reach must not make us pull for ever.
func TestStreamPullsOnceForAWrongHint(t *testing.T) {
	s := stream{cursor: 10}
	s.heard(1000)
	for pulls := 0; s.startPull(true); pulls++ {
		if pulls > 1 {
			t.Fatal("pulls for ever")
		}
		s.pulled(11, true)
	}
}

func TestStreamPages(t *testing.T) {
	s := stream{cursor: 10}
	s.suspect()
	s.startPull(true)
	if after, ok := s.pulled(20, false); after != 10 || !ok {
		t.Errorf("after %d, %v", after, ok)
	}
	if !s.startPull(true) {
		t.Error("does not ask for the next page")
	}
	if _, ok := s.pulled(20, false); ok {
		t.Error("an unfinished page that leads nowhere is taken")
	}
}

// Pushes go on while a pull is under way; its answer must not bring them again.
func TestStreamPushesWhilePulling(t *testing.T) {
	s := stream{cursor: 10}
	s.suspect()
	s.startPull(true)
	if !s.pushed(10, 11, true) {
		t.Error("does not take what follows the cursor")
	}
	if s.pushed(12, 13, true) {
		t.Error("takes what follows a gap")
	}
	if after, _ := s.pulled(12, true); after != 11 {
		t.Errorf("takes from the answer what is after %d", after)
	}
	if !s.startPull(true) {
		t.Error("forgot the push after the gap")
	}
	if after, _ := s.pulled(13, true); after != 12 || s.cursor != 13 {
		t.Errorf("after %d, cursor %d", after, s.cursor)
	}
}

func TestStreamInterrupted(t *testing.T) {
	s := stream{cursor: 10}
	s.suspect()
	s.startPull(true)
	s.interrupted()
	if !s.startPull(true) {
		t.Error("does not pull again")
	}
	// An answer that is older than the cursor moves nothing back.
	if after, _ := s.pulled(3, true); after != 10 || s.cursor != 10 {
		t.Errorf("after %d, cursor %d", after, s.cursor)
	}
}

func uidAt(tick chat.Tick) chat.UID { return chat.NewUID(chat.ID{Tick: tick}, "\x01a\x00b") }

func TestStreamOwnSends(t *testing.T) {
	s := stream{cursor: 10}
	s.sent(uidAt(10)) // a pull had it already
	s.sent(uidAt(11))
	s.sent(uidAt(12))
	s.sent(uidAt(12)) // a resend
	s.sent("nonsense")
	for tick, want := range map[chat.Tick]bool{10: false, 11: true, 12: true, 13: false} {
		if got := s.isOwn(uidAt(tick)); got != want {
			t.Errorf("the message of %d is own: %v", tick, got)
		}
	}
	if s.startPull(true) {
		t.Error("pulls because of two sends")
	}
	s.pushed(10, 12, true)
	if !s.isOwn(uidAt(12)) {
		t.Error("forgot an own message before it was looked for")
	}
	s.taken()
	if s.isOwn(uidAt(12)) || len(s.own.uids)+len(s.own.order) != 0 {
		t.Error("keeps own messages that are behind the cursor")
	}
}

func TestStreamOwnSendsAreBounded(t *testing.T) {
	var s stream
	for tick := chat.Tick(1); tick <= 2*maxOwn; tick++ {
		s.sent(uidAt(tick))
		if len(s.own.uids) > maxOwn || len(s.own.order) > maxOwn {
			t.Fatalf("keeps %d own messages", len(s.own.uids))
		}
	}
	if !s.startPull(true) {
		t.Error("does not pull to forget them")
	}
	s.pulled(2*maxOwn, true)
	s.taken()
	if len(s.own.uids) != 0 {
		t.Errorf("keeps %d own messages", len(s.own.uids))
	}
}
