package imlib

import (
	"github.com/hongyan-im/hongyan/chat"
)

// stream decides what to take of one ordered stream of messages, the user's
// own or that of a chatroom. It does no I/O: the client tells it what arrived
// and does what it says.
type stream struct {
	cursor  chat.Tick // everything up to here was taken
	wanted  chat.Tick // the stream is known to reach up to here; there is nothing to want up to the cursor
	pulling bool      // a pull is under way
	own     ownSends
}

// pushed decides about messages that came unasked: those of tick, where the
// message before them in the stream has tick previous. It reports whether to
// take them, after which taken must be called. If not, they are old, or will
// be pulled. room says whether the application can be given more.
func (s *stream) pushed(previous, tick chat.Tick, room bool) bool {
	switch {
	case tick <= s.cursor:
		return false
	case previous > s.cursor || !room:
		s.heard(tick)
		return false
	}
	s.cursor = tick
	return true
}

// heard notes that the stream reaches up to tick.
func (s *stream) heard(tick chat.Tick) { s.wanted = max(s.wanted, tick) }

// suspect notes that there may be messages after the cursor, nobody knows how far.
func (s *stream) suspect() { s.heard(s.cursor + 1) }

// startPull reports whether to pull now from the cursor. If so, pulled or
// interrupted must follow.
func (s *stream) startPull(room bool) bool {
	if s.pulling || !room || s.wanted <= s.cursor {
		return false
	}
	// The answer will hold all that is wanted by now. What is heard of from
	// here on may be newer than the answer, and is then pulled once more.
	s.pulling, s.wanted = true, 0
	return true
}

// pulled takes the answer of a pull, which reaches up to through. The messages
// to take from it are those with a tick larger than after; then taken must be
// called. ok is false for an answer after which we would pull the same again
// for ever.
func (s *stream) pulled(through chat.Tick, finished bool) (after chat.Tick, ok bool) {
	after = s.cursor
	s.pulling = false
	s.cursor = max(s.cursor, through)
	if finished {
		return after, true
	}
	s.suspect()
	return after, through > after
}

// interrupted notes that a pull will not be answered, or that messages may
// have been missed because there was no connection.
func (s *stream) interrupted() {
	s.pulling = false
	s.suspect()
}

// isOwn reports whether this client sent the message.
func (s *stream) isOwn(uid chat.UID) bool { return s.own.has(uid) }

// taken notes that everything up to the cursor was looked at.
func (s *stream) taken() { s.own.forget(s.cursor) }

// sent notes that the server accepted our own message uid, so that it is
// recognised when a pull returns it.
func (s *stream) sent(uid chat.UID) {
	id, err := uid.ID()
	if err != nil || id.Tick <= s.cursor {
		return
	}
	s.own.add(uid, id.Tick)
	if s.own.many() {
		s.suspect() // a pull moves the cursor past them
	}
}

// ownSends remembers which messages behind the cursor this client sent itself.
// The server does not push them to us, so a cursor that only pushes move stays
// behind them, and a pull returns them.
type ownSends struct {
	uids  map[chat.UID]struct{}
	order []ownSend // as they were acknowledged, which is nearly by tick
}

type ownSend struct {
	uid  chat.UID
	tick chat.Tick
}

const (
	// manyOwn own messages are reason enough to pull, only to forget them.
	manyOwn = 1024
	// maxOwn bounds the memory of a client that sends and never reads: pulling
	// needs room in its queue.
	maxOwn = 16 * manyOwn
)

func (o *ownSends) has(uid chat.UID) bool {
	_, ok := o.uids[uid]
	return ok
}

func (o *ownSends) many() bool { return len(o.order)%manyOwn == 0 && len(o.order) > 0 }

func (o *ownSends) add(uid chat.UID, tick chat.Tick) {
	if o.has(uid) {
		return // a resend, acknowledged like the first
	}
	if len(o.order) == maxOwn {
		delete(o.uids, o.order[0].uid)
		o.order = o.order[1:]
	}
	if o.uids == nil {
		o.uids = make(map[chat.UID]struct{})
	}
	o.uids[uid] = struct{}{}
	o.order = append(o.order, ownSend{uid, tick})
}

// forget drops what was sent up to tick: nothing that old is taken any more.
// A message acknowledged out of order may be kept a little longer.
func (o *ownSends) forget(tick chat.Tick) {
	n := 0
	for n < len(o.order) && o.order[n].tick <= tick {
		delete(o.uids, o.order[n].uid)
		n++
	}
	if o.order = o.order[n:]; len(o.order) == 0 {
		o.order = nil
	}
}
