package session

import (
	"slices"

	"github.com/hongyan-im/hongyan/chat"
)

// How much of its user's stream a session keeps for the next pull. What does
// not fit is read from the store again.
const (
	maxWaiting      = 128
	maxWaitingBytes = 64 << 10
)

// stream decides, for an official client, when to hint at new messages and
// which of its pulls can be answered without the store. It does no I/O.
//
// A hint is outstanding only while its tick is newer than the last answer:
// such a hint makes the client pull again, whatever it is doing, so no second
// one is needed. A hint that is not newer may have been dropped by the client,
// so it does not count.
type stream struct {
	waiting []*chat.Message // not answered yet; whole of what is newer than floor
	bytes   int
	floor   chat.Tick

	sealed   chat.Tick // the newest tick that was added
	latest   chat.Tick // of the newest message of others
	hinted   chat.Tick
	answered chat.Tick // the syncTime of the last answer
}

// start begins after tick: the client is told of nothing older unless it asks.
func (s *stream) start(tick chat.Tick) { s.floor = tick }

// add takes the messages of one tick and returns whether to hint at it. own
// are messages that this very client sent: they wait for its next pull, which
// moves its cursor, but are no reason to pull.
func (s *stream) add(tick chat.Tick, messages []*chat.Message, own func(*chat.Message) bool) (hint bool) {
	s.sealed = tick
	if tick <= s.answered {
		return false // a pull from the store was ahead of us
	}
	for _, m := range messages {
		s.waiting = append(s.waiting, m)
		s.bytes += len(m.Body)
		if !own(m) {
			s.latest = tick
		}
	}
	if len(s.waiting) > maxWaiting || s.bytes > maxWaitingBytes {
		s.forget(tick)
	}
	return s.hint()
}

// forget drops what waits up to tick: the store has it.
func (s *stream) forget(tick chat.Tick) {
	s.waiting, s.bytes, s.floor = nil, 0, tick
}

// hint reports whether a hint at latest has to be sent, and counts on it.
func (s *stream) hint() bool {
	if s.latest <= s.answered || s.hinted > s.answered {
		return false
	}
	s.hinted = s.latest
	return true
}

// replace puts m in the place of the message with its id, if that waits.
func (s *stream) replace(m *chat.Message) {
	i, _ := slices.BinarySearchFunc(s.waiting, m.ID.Tick, func(w *chat.Message, t chat.Tick) int {
		return int(w.ID.Tick - t)
	})
	for ; i < len(s.waiting) && s.waiting[i].ID.Tick == m.ID.Tick; i++ {
		if s.waiting[i].ID == m.ID {
			n := *m
			n.Origin = s.waiting[i].Origin
			s.bytes += len(n.Body) - len(s.waiting[i].Body)
			s.waiting[i] = &n
		}
	}
}

// take answers a pull from cursor with what waits up to tick through. It
// reports false when the store has to be asked.
func (s *stream) take(cursor, through chat.Tick) ([]*chat.Message, bool) {
	if cursor == 0 || cursor != s.answered || cursor < s.floor || through < cursor {
		return nil, false
	}
	n, _ := slices.BinarySearchFunc(s.waiting, through+1, func(m *chat.Message, t chat.Tick) int {
		return int(m.ID.Tick - t)
	})
	return slices.Clone(s.waiting[:n]), true
}

// answer notes that the client was given everything up to through, and
// returns whether a hint has to follow for what came meanwhile.
func (s *stream) answer(through chat.Tick) (hint bool) {
	s.answered = max(s.answered, through)
	keep := s.waiting[:0]
	s.bytes = 0
	for _, m := range s.waiting {
		if m.ID.Tick > through {
			keep = append(keep, m)
			s.bytes += len(m.Body)
		}
	}
	clear(s.waiting[len(keep):])
	s.waiting = keep
	if len(keep) == 0 {
		s.waiting = nil // an idle session keeps nothing
	}
	return s.hint()
}

// refuse notes that a pull got no answer: an official client forgets then that
// it was hinted at, so the next tick has to hint again.
func (s *stream) refuse() { s.hinted = 0 }

// push decides, for one of our own clients, what a frame has to say about the
// frame before it.
type push struct {
	previous chat.Tick // the newest tick of the stream, pushed or not
	behind   bool      // at least one was not pushed, and the client was not told yet
}
