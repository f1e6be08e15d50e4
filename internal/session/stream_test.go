package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hongyan-im/hongyan/chat"
)

const own = "own"

func isOwn(m *chat.Message) bool { return m.Sender == own }

func said(sender string, tick chat.Tick, size int) *chat.Message {
	return &chat.Message{ID: chat.ID{Tick: tick}, Sender: chat.UserID(sender), Body: make([]byte, size)}
}

// Each line is what happens to a session, and what it decides:
//
//	start 5          it begins after tick 5
//	tick 6           somebody said something in tick 6
//	own 6            this very client did
//	both 6           both
//	many 6           somebody said more than a session keeps
//	long 6           somebody said something longer than a session keeps
//	pull 5 to 6      the client pulls from 5 when the tail is at 6
//	refuse 5         the client pulls from 5, and the store does not answer
//
// A pull is answered from the queue, with the ticks in it, or from the store.
// Everything may end in a hint.
func TestStream(t *testing.T) {
	for name, script := range map[string]string{
		"one hint is enough until it is answered": `
			start 5      -> quiet
			pull 0 to 5  -> store
			tick 6       -> hint 6
			tick 7       -> quiet
			tick 8       -> quiet
			pull 5 to 8  -> queue 6 7 8
			tick 9       -> hint 9`,
		"a hint that the answer overtook is dropped by the client, so it does not count": `
			start 5      -> quiet
			pull 0 to 5  -> store
			tick 6       -> hint 6
			tick 7       -> quiet
			pull 5 to 6  -> queue 6, hint 7
			pull 6 to 7  -> queue 7
			tick 8       -> hint 8`,
		"a hint newer than the answer makes the client pull again by itself": `
			start 5      -> quiet
			pull 0 to 5  -> store
			tick 9       -> hint 9
			pull 5 to 7  -> queue
			tick 10      -> quiet
			pull 7 to 10 -> queue 9 10`,
		"hinted at before the first pull": `
			start 5      -> quiet
			tick 6       -> hint 6
			pull 0 to 6  -> store
			tick 7       -> hint 7
			pull 6 to 7  -> queue 7`,
		"what the client sent itself is no reason to pull": `
			start 5      -> quiet
			pull 0 to 5  -> store
			own 6        -> quiet
			own 7        -> quiet
			both 8       -> hint 8
			own 9        -> quiet
			pull 5 to 9  -> queue 6 7 8 8 9
			own 10       -> quiet
			pull 9 to 10 -> queue 10`,
		"another cursor than the last answer's is for the store": `
			start 5      -> quiet
			pull 0 to 5  -> store
			tick 6       -> hint 6
			pull 4 to 6  -> store
			pull 5 to 6  -> store
			pull 6 to 6  -> queue
			pull 0 to 6  -> store`,
		"what is too much is for the store": `
			start 5      -> quiet
			pull 0 to 5  -> store
			many 6       -> hint 6
			tick 7       -> quiet
			pull 5 to 7  -> store
			long 8       -> hint 8
			pull 7 to 8  -> store
			tick 9       -> hint 9
			pull 8 to 9  -> queue 9`,
		"a pull that was refused leaves no hint": `
			start 5      -> quiet
			pull 0 to 5  -> store
			tick 6       -> hint 6
			refuse 5     -> quiet
			tick 7       -> hint 7
			tick 8       -> quiet
			pull 5 to 8  -> queue 6 7 8`,
		"a cursor from the future hears nothing old": `
			start 5      -> quiet
			pull 100 to 5 -> store
			tick 6       -> quiet
			tick 101     -> hint 101
			pull 100 to 101 -> queue 101`,
	} {
		t.Run(name, func(t *testing.T) {
			var s stream
			for line := range strings.SplitSeq(strings.TrimSpace(script), "\n") {
				happens, want, _ := strings.Cut(line, "->")
				if got := happen(t, &s, strings.TrimSpace(happens)); got != strings.TrimSpace(want) {
					t.Errorf("%s -> %s, not %s", strings.TrimSpace(happens), got, strings.TrimSpace(want))
				}
			}
		})
	}
}

// happen lets one line of a script happen and says what the session decided.
func happen(t *testing.T, s *stream, line string) string {
	t.Helper()
	var what string
	var tick, through chat.Tick
	if n, err := fmt.Sscanf(line, "%s %d to %d", &what, &tick, &through); n < 2 {
		t.Fatalf("%q: %v", line, err)
	}
	switch what {
	case "start":
		s.start(tick)
		return "quiet"
	case "refuse":
		s.refuse()
		return "quiet"
	case "pull":
		return pulled(s, tick, through)
	}
	said := map[string][]*chat.Message{
		"tick": {said("bob", tick, 1)},
		own:    {said(own, tick, 1)},
		"both": {said("bob", tick, 1), said(own, tick, 1)},
		"many": slices.Repeat([]*chat.Message{said("bob", tick, 1)}, maxWaiting+1),
		"long": {said("bob", tick, maxWaitingBytes+1)},
	}[what]
	if s.add(tick, said, isOwn) {
		return fmt.Sprint("hint ", s.latest)
	}
	return "quiet"
}

func pulled(s *stream, cursor, through chat.Tick) string {
	decided := "store"
	if messages, ok := s.take(cursor, through); ok {
		decided = "queue"
		for _, m := range messages {
			decided += fmt.Sprint(" ", m.ID.Tick)
		}
	}
	if s.answer(max(cursor, through)) {
		decided += fmt.Sprint(", hint ", s.latest)
	}
	return decided
}

// page is an official SDK: what it knows and the hints it has not looked at.
type page struct {
	cursor  chat.Tick
	hints   []chat.Tick
	pulling bool
}

func (p *page) hint(tick chat.Tick) {
	p.hints = append(p.hints, tick)
	p.pulling = true
}

func (p *page) answered(through chat.Tick) {
	p.cursor = through
	p.hints = slices.DeleteFunc(p.hints, func(t chat.Tick) bool { return t <= through })
	p.pulling = len(p.hints) > 0
	p.hints = nil
}

// However hints, pulls and commits overtake each other: when nothing is on its
// way any more, the page knows all that others said, and what was answered from
// the queue is what the store would have answered.
func TestStreamLeavesNobodyBehind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s stream
		var log []*chat.Message
		sealed, applied := chat.Tick(10), chat.Tick(10)
		s.start(sealed)
		p := page{cursor: 0, pulling: true}
		var underway []chat.Tick // hints on their way
		answer := func() {
			through := rapid.SampledFrom([]chat.Tick{sealed, max(applied, s.sealed)}).Draw(t, "through")
			through = max(through, p.cursor)
			want := slices.DeleteFunc(slices.Clone(log), func(m *chat.Message) bool { return m.ID.Tick <= p.cursor || m.ID.Tick > through })
			if got, ok := s.take(p.cursor, through); ok && !slices.Equal(got, want) {
				t.Fatalf("a pull from %d to %d is answered with %d messages, not %d", p.cursor, through, len(got), len(want))
			}
			again := s.answer(through)
			for _, hint := range underway { // they are before the answer on the wire
				p.hint(hint)
			}
			underway = nil
			p.answered(through)
			if again {
				underway = append(underway, s.latest)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"commit": func(t *rapid.T) {
				applied = sealed
				sealed += chat.Tick(rapid.IntRange(1, 3).Draw(t, "step"))
				var said []*chat.Message
				for range rapid.IntRange(0, 60).Draw(t, "messages") {
					sender := rapid.SampledFrom([]string{own, "bob"}).Draw(t, "sender")
					said = append(said, &chat.Message{ID: chat.ID{Tick: sealed}, Sender: chat.UserID(sender), Body: make([]byte, 800)})
				}
				log = append(log, said...)
				if len(said) > 0 && s.add(sealed, said, isOwn) {
					underway = append(underway, s.latest)
				}
			},
			"hint arrives": func(*rapid.T) {
				if len(underway) > 0 {
					p.hint(underway[0])
					underway = underway[1:]
				}
			},
			"pull": func(*rapid.T) {
				if p.pulling {
					answer()
				}
			},
		})
		for p.pulling || len(underway) > 0 {
			for _, hint := range underway {
				p.hint(hint)
			}
			underway = nil
			answer()
		}
		for _, m := range log {
			if !isOwn(m) && m.ID.Tick > p.cursor {
				t.Fatalf("the page is at %d and is not told of tick %d", p.cursor, m.ID.Tick)
			}
		}
	})
}
