package session

import "github.com/hongyan-im/hongyan/chat"

// signal decides when to tell an official client that there is something to
// ask for, beside messages. It does no I/O.
//
// A client asks by itself after it connected, so nothing is told before the
// first answer. After that one signal is enough until it is answered: a client
// that is busy asking keeps it for later when it is newer than the answer.
type signal struct {
	latest   chat.Tick // of what there is
	told     chat.Tick
	answered chat.Tick // 0 before the first answer
}

// add notes that there is something of tick and returns whether to tell it.
func (s *signal) add(tick chat.Tick) bool {
	s.latest = max(s.latest, tick)
	return s.tell()
}

func (s *signal) tell() bool {
	if s.answered == 0 || s.latest <= s.answered || s.told > s.answered {
		return false
	}
	s.told = s.latest
	return true
}

// answer notes that the client was told everything up to through, and returns
// whether to tell it of what came meanwhile.
func (s *signal) answer(through chat.Tick) bool {
	s.answered = max(s.answered, through, 1)
	return s.tell()
}

// refuse notes that the client was answered nothing, and forgot why it asked.
func (s *signal) refuse() { s.told = 0 }
