package gateway

import (
	"encoding/binary"
	"maps"
	"net/url"
	"slices"
	"sync"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/session"
)

const (
	// laneHead is the size of the number before each message.
	laneHead = 2
	// maxLanes is how many sessions may share a connection.
	maxLanes = 100
)

// shared is the handler of a connection that sessions share, such as those of
// the tabs of a browser. PROTOCOL.md#shared-connections
type shared struct {
	gateway *Gateway
	conn    *conn
	from    place
	next    int  // number that no lane had yet; only the reader touches it
	bare    bool // it had no lane when the gateway last looked; only the gateway's sweep touches it

	mu     sync.Mutex // guards the following
	lanes  map[uint16]*lane
	ending sync.WaitGroup // lanes that are closed and whose sessions are not
}

// serveShared opens the first lane of c by q, and serves c.
func (g *Gateway) serveShared(c *conn, q url.Values, from place) {
	s := &shared{gateway: g, conn: c, from: from, lanes: map[uint16]*lane{}, next: 1}
	c.handler = s
	if err := g.add(c); err != nil {
		c.abort(err)
		return
	}
	s.open(0, q)
	go func() {
		reason := c.serve()
		for _, l := range s.list() {
			l.Close(reason)
		}
		s.ending.Wait()
		g.remove(c)
	}()
}

// Handle implements handler.
func (s *shared) Handle(message []byte) error {
	if len(message) < laneHead {
		return errFrame
	}
	number, frame := binary.BigEndian.Uint16(message), message[laneHead:]
	if int(number) >= s.next {
		s.next = int(number) + 1
		u, err := url.Parse(string(frame))
		if err != nil {
			return errFrame
		}
		s.open(number, u.Query())
		return nil
	}
	s.mu.Lock()
	l := s.lanes[number]
	s.mu.Unlock()
	switch {
	case l == nil: // closed, which the client does not know yet
	case len(frame) == 0:
		l.Close(session.ErrDisconnect)
	default:
		l.handle(frame)
	}
	return nil
}

// open opens a lane for the session that q asks for.
func (s *shared) open(number uint16, q url.Values) {
	l := &lane{shared: s, number: number}
	binary.BigEndian.PutUint16(l.head[:], number)
	l.busy.Lock()
	defer l.busy.Unlock()
	a, err := s.gateway.admit(s.gateway.ctx, q)
	if err == nil && len(s.list()) == maxLanes {
		err = chat.Errorf(chat.ServerUnavailable, "%d sessions share the connection already", maxLanes)
	}
	if err != nil {
		l.Send(s.gateway.refusal(q, s.from, a.version, err))
		l.Send(nil)
		return
	}
	l.session = session.New(s.gateway.ctx, l, client(q, a.user, s.from), a.app.Services)
	s.mu.Lock()
	s.lanes[number] = l
	s.mu.Unlock()
	if err := s.gateway.begin(s.gateway.ctx, l.session, l, q, a); err != nil {
		l.Close(err)
	}
}

func (s *shared) list() []*lane {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.lanes))
}

// Drained implements handler.
func (s *shared) Drained() {
	for _, l := range s.list() {
		l.session.Drained()
	}
}

// Idle implements handler. Each session must be heard of, as it would be on a
// connection of its own; one without sessions is not kept.
func (s *shared) Idle() bool {
	lanes := s.list()
	for _, l := range lanes {
		if l.session.Idle() {
			l.Close(session.ErrIdle)
		}
	}
	was := s.bare
	s.bare = len(lanes) == 0
	return was && s.bare
}

// Drain implements handler.
func (s *shared) Drain() {
	for _, l := range s.list() {
		l.session.Drain()
	}
	s.conn.Close(session.ErrDraining)
}

// lane is the part of a shared connection that is one session's.
type lane struct {
	shared  *shared
	number  uint16
	head    [laneHead]byte
	session *session.Session
	busy    sync.Mutex // held while session begins, handles a frame, or ends
	closed  bool       // guarded by shared.mu
}

// Send implements session.Conn. An empty frame says that the lane is closed.
func (l *lane) Send(frame []byte) { l.shared.conn.send(l.head[:], frame, false) }

// Ack implements session.Conn.
func (l *lane) Ack(frame []byte) { l.shared.conn.send(l.head[:], frame, true) }

// Offer implements session.Conn.
func (l *lane) Offer(frame []byte) bool { return l.shared.conn.offer(l.head[:], frame) }

// Close implements session.Conn. It may be called by whatever holds on to the
// session, so the session ends a moment later.
func (l *lane) Close(reason error) {
	s := l.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.closed {
		return
	}
	l.closed = true
	delete(s.lanes, l.number)
	l.Send(nil)
	s.ending.Go(func() {
		l.busy.Lock()
		defer l.busy.Unlock()
		s.gateway.end(l.session, reason)
	})
}

func (l *lane) handle(frame []byte) {
	l.busy.Lock()
	defer l.busy.Unlock()
	l.shared.mu.Lock()
	closed := l.closed
	l.shared.mu.Unlock()
	if closed {
		return
	}
	if err := l.session.Handle(frame); err != nil {
		l.Close(err)
	}
}
