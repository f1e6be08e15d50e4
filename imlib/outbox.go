package imlib

import (
	"cmp"
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

// request is a frame to the server and what to do with its answer.
type request struct {
	kind          wire.Type // TypePublish or TypeQuery
	topic, target string
	payload       []byte

	// unanswered says that the server answers nothing: the request is done
	// once it is written.
	unanswered bool
	// fleeting says that the request makes no sense on another connection.
	fleeting bool
	// send describes a message, so that it is known when it comes back; nil
	// for any other request.
	send *outgoing

	// done gets the answer. It is called at most once, with the client's lock
	// held; its error ends the connection. Nil wants no answer.
	done func(answer) error

	place   uint64 // where it stands in the order of sending
	written time.Time
}

// answer is what the server said to a request.
type answer struct {
	status  chat.Code
	millis  int64         // Puback: the tick of the message
	uid     chat.UID      // Puback
	retry   time.Duration // Puback: how long to wait before sending it again; 0 is not said
	payload []byte        // Queryack; valid during done only
}

// refused is the status of a as an error. What says what was refused.
func (a answer) refused(what string) error {
	err := refusal(a.status, what)
	err.RetryAfter = a.retry
	return err
}

// outbox keeps the requests that were not answered and decides what to write.
// It does no I/O. A request is in it from add until it is answered or removed,
// over any number of connections.
type outbox struct {
	waiting []*request          // to be written on this connection, in order
	flying  map[uint16]*request // written on this connection, by message id
	places  uint64
	lastID  uint16
}

// maxUnanswered bounds the outbox. It is far below the 65,535 message ids, so
// a free one is found at once.
const maxUnanswered = 1024

func (o *outbox) add(r *request) {
	o.places++
	r.place = o.places
	o.waiting = append(o.waiting, r)
}

// next appends the frame of the next request to dst; it returns false and dst
// when there is none.
func (o *outbox) next(dst []byte, now time.Time) ([]byte, bool) {
	if len(o.waiting) == 0 {
		return dst, false
	}
	r := o.waiting[0]
	o.waiting[0] = nil
	o.waiting = o.waiting[1:]
	id := o.freeID()
	if !r.unanswered {
		if o.flying == nil {
			o.flying = make(map[uint16]*request)
		}
		r.written = now
		o.flying[id] = r
	}
	if r.kind == wire.TypeQuery {
		dst = wire.AppendQuery(dst, r.topic, r.target, id)
	} else {
		dst = wire.AppendClientPublish(dst, 1, r.topic, r.target, id)
	}
	return append(dst, r.payload...), true
}

// freeID is the next message id that no unanswered request of this connection has.
func (o *outbox) freeID() uint16 {
	for {
		if o.lastID++; o.lastID == 0 {
			continue // the protocol counts from 1
		}
		if _, taken := o.flying[o.lastID]; !taken {
			return o.lastID
		}
	}
}

// answered removes the request with this message id and returns it, nil when
// there is none.
func (o *outbox) answered(id uint16) *request {
	r := o.flying[id]
	delete(o.flying, id)
	return r
}

// remove gives r up.
func (o *outbox) remove(r *request) {
	o.waiting = slices.DeleteFunc(o.waiting, func(w *request) bool { return w == r })
	for id, f := range o.flying {
		if f == r {
			delete(o.flying, id)
		}
	}
}

// sending returns the unanswered send that m is, nil when m is none: the
// server has a message of ours before we have its answer.
func (o *outbox) sending(m *Message) *request {
	for _, r := range o.flying {
		if r.send != nil && r.send.is(m) {
			return r
		}
	}
	for _, r := range o.waiting {
		if r.send != nil && r.send.is(m) {
			return r
		}
	}
	return nil
}

// overdue reports whether a request was written longer than limit ago and has
// no answer.
func (o *outbox) overdue(now time.Time, limit time.Duration) bool {
	for _, r := range o.flying {
		if now.Sub(r.written) >= limit {
			return true
		}
	}
	return false
}

// disconnected prepares for another connection: what was not answered is to be
// written again, in the order it was first added.
func (o *outbox) disconnected() {
	for _, r := range o.flying {
		o.waiting = append(o.waiting, r)
	}
	clear(o.flying)
	o.waiting = slices.DeleteFunc(o.waiting, func(r *request) bool { return r.fleeting || r.unanswered })
	slices.SortFunc(o.waiting, func(a, b *request) int { return cmp.Compare(a.place, b.place) })
}
