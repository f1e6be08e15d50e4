package bench

import (
	"context"
	"fmt"
	"net"
	"time"
)

// protocol is how a kind of server is spoken to. Its methods are called by the
// goroutine of the load; they answer through the methods of load.
type protocol interface {
	// prepare makes the users and the group of l exist.
	prepare(ctx context.Context, l *load) error
	// path is what c asks for in its WebSocket handshake.
	path(l *load, c *client) string
	// begin sends what c has to say on its open socket. When c can send and
	// receive, at once or later, the protocol calls load.ready.
	begin(l *load, c *client)
	// receive handles one WebSocket message, which it must not keep.
	receive(l *load, c *client, b []byte) error
	// publish sends content as message seq of the conversation of c.
	publish(l *load, c *client, seq uint32, content []byte)
	// ping shows the server that c is alive. It is called now and then.
	ping(l *load, c *client)
}

// client is one user with one connection.
type client struct {
	index int
	user  string
	talk  *conversation // the one it sends to, or nil
	hears *conversation // the one it receives from, or nil
	order order         // what it received of hears
	ready bool

	fd      int
	rest    []byte // the begun frame at the end of what was read
	out     []byte // frames that are not written yet
	queued  bool   // load.dirty holds it
	blocked bool   // the socket took no more: the poller tells when it does
}

// load drives the clients of one workload. Only one goroutine touches it.
type load struct {
	workload Workload
	protocol protocol
	addr     *net.TCPAddr
	patience time.Duration // give up on what is missing when nothing happened for so long
	progress func(l *load)

	clients []*client
	talks   []*conversation
	dirty   []*client
	poller  *poller
	buf     []byte
	scratch []byte // protocols encode into it
	content []byte
	mask    uint32

	start time.Time
	now   time.Duration // since start, taken whenever something was read
	turns int           // of the timer

	waiting     int // clients not ready
	unacked     int
	undelivered int
	stopped     bool          // no new messages in this phase
	active      time.Duration // when the last ack or delivery came

	tally  tally
	faults Faults
}

// tally is what one phase counted.
type tally struct {
	began, lastAck, lastDelivery time.Duration
	acked, delivered, pulls      int64
	ack, delivery                histogram
}

// turn is how often the timer does what time asks for.
const turn = 100 * time.Millisecond

// pingEvery is how many turns pass between two pings of a client: 15 seconds,
// as the official SDK does.
const pingEvery = 150

func newLoad(w Workload, p protocol, addr *net.TCPAddr, id uint32) (*load, error) {
	poller, err := newPoller()
	if err != nil {
		return nil, err
	}
	l := &load{
		workload: w, protocol: p, addr: addr, poller: poller,
		buf: make([]byte, 256<<10), content: newContent(id), mask: id | 1,
		start: time.Now(),
	}
	l.assign()
	return l, nil
}

// assign makes the clients and says who talks to whom.
func (l *load) assign() {
	w := l.workload
	for i := range w.clients() {
		l.clients = append(l.clients, &client{index: i, user: userName(i), fd: -1})
	}
	for i := range w.Pairs {
		sender, receiver := l.clients[2*i], l.clients[2*i+1]
		t := &conversation{index: uint32(i), target: receiver.user, sender: sender, receivers: 1}
		sender.talk, receiver.hears = t, t
		l.talks = append(l.talks, t)
	}
	if w.Members > 0 {
		l.gather(&conversation{kind: group, target: groupName})
	}
	if w.Visitors > 0 {
		l.gather(&conversation{kind: room, target: roomName})
	}
}

// gather makes all clients part of t: the first sends.
func (l *load) gather(t *conversation) {
	t.sender, t.receivers = l.clients[0], uint16(len(l.clients)-1)
	t.sender.talk = t
	for _, c := range l.clients[1:] {
		c.hears = t
	}
	l.talks = append(l.talks, t)
}

// userName, groupName and roomName are the ids of the bench: the same in every run, so
// that a store can hold messages of these very users before the run.
func userName(i int) string { return fmt.Sprintf("bench%05d", i) }

const (
	groupName = "benchgroup"
	roomName  = "benchroom"
)

func (l *load) close() {
	for _, c := range l.clients {
		if c.fd >= 0 {
			closeSocket(c.fd)
		}
	}
	l.poller.close()
}

// connect opens the socket of every client and returns when all are ready.
func (l *load) connect(ctx context.Context) error {
	l.waiting = len(l.clients)
	l.active = l.clock()
	for _, c := range l.clients {
		if err := l.open(c); err != nil {
			return fmt.Errorf("client %d: %w", c.index, err)
		}
		if err := l.step(ctx, 0); err != nil { // answers must not pile up
			return err
		}
	}
	for l.waiting > 0 {
		if l.clock()-l.active > l.patience {
			return fmt.Errorf("%d of %d clients got no answer to their connect", l.waiting, len(l.clients))
		}
		if err := l.step(ctx, turn); err != nil {
			return err
		}
	}
	return nil
}

func (l *load) open(c *client) error {
	fd, rest, err := openSocket(l.addr, l.protocol.path(l, c))
	if err != nil {
		return err
	}
	c.fd = fd
	if err := l.poller.watch(fd, c.index); err != nil {
		return err
	}
	l.protocol.begin(l, c)
	if len(rest) > 0 {
		if err := l.take(c, rest); err != nil {
			return err
		}
	}
	return l.flushAll()
}

// ready is told by the protocol once per client.
func (l *load) ready(c *client) {
	if !c.ready {
		c.ready = true
		l.waiting--
		l.active = l.now
	}
}

// run sends for duration, or until each sender sent messages more (0 for no
// such bound), then waits for what is under way. Counting starts anew.
func (l *load) run(ctx context.Context, duration time.Duration, messages uint32) error {
	now := l.clock()
	l.tally = tally{began: now, lastAck: now, lastDelivery: now}
	l.stopped, l.active = false, now
	for _, t := range l.talks {
		t.limit = ^uint32(0)
		if messages > 0 {
			t.limit = uint32(len(t.messages)) + messages
		}
		t.due = now
		l.fill(t)
	}
	if err := l.flushAll(); err != nil {
		return err
	}
	for !l.settled(now + duration) {
		if err := l.step(ctx, l.untilDue()); err != nil {
			return err
		}
	}
	return l.linger(ctx)
}

// settled reports whether the phase is over: nothing is under way, or nothing
// more comes of it.
func (l *load) settled(end time.Duration) bool {
	now := l.clock()
	l.stopped = l.stopped || now >= end || l.exhausted()
	if !l.stopped {
		return false
	}
	return !l.underWay() || now-l.active > l.patience
}

// underWay reports whether an ack or a delivery is still to come.
func (l *load) underWay() bool { return l.unacked > 0 || l.undelivered > 0 }

func (l *load) exhausted() bool {
	for _, t := range l.talks {
		if uint32(len(t.messages)) < t.limit {
			return false
		}
	}
	return true
}

// linger listens a little longer: a message that comes twice comes late.
func (l *load) linger(ctx context.Context) error {
	for end := l.clock() + turn; l.clock() < end; {
		if err := l.step(ctx, turn/4); err != nil {
			return err
		}
	}
	return nil
}

// idle keeps the connections for duration and sends nothing but pings.
func (l *load) idle(ctx context.Context, duration time.Duration) error {
	for end := l.clock() + duration; l.clock() < end; {
		if err := l.step(ctx, turn); err != nil {
			return err
		}
	}
	return nil
}

func (l *load) clock() time.Duration { return time.Since(l.start) }

// step handles what the sockets have, waiting for it up to timeout.
func (l *load) step(ctx context.Context, timeout time.Duration) error {
	if err := l.poller.wait(timeout, l.readable, l.writable); err != nil {
		return err
	}
	if l.workload.Every > 0 {
		for _, t := range l.talks {
			l.fill(t)
		}
		if err := l.flushAll(); err != nil {
			return err
		}
	}
	if due := int(l.clock() / turn); due != l.turns {
		l.turns = due
		return l.tick(ctx)
	}
	return nil
}

func (l *load) tick(ctx context.Context) error {
	if l.progress != nil && l.turns%5 == 0 {
		l.progress(l)
	}
	for i := l.turns % pingEvery; i < len(l.clients); i += pingEvery {
		if c := l.clients[i]; c.ready {
			l.protocol.ping(l, c)
		}
	}
	if err := l.flushAll(); err != nil {
		return err
	}
	return ctx.Err()
}

func (l *load) readable(index int) error {
	c := l.clients[index]
	have := copy(l.buf, c.rest)
	n, err := readSocket(c.fd, l.buf[have:])
	if err != nil {
		return fmt.Errorf("client %d (%s) was cut off: %w", index, c.user, err)
	}
	if n == 0 {
		return nil
	}
	l.now = l.clock()
	c.rest = c.rest[:0]
	if err := l.take(c, l.buf[:have+n]); err != nil {
		return fmt.Errorf("client %d (%s): %w", index, c.user, err)
	}
	return l.flushAll()
}

// take handles the frames in b and keeps the begun one at its end.
func (l *load) take(c *client, b []byte) error {
	for len(b) > 0 {
		op, payload, size, err := nextFrame(b)
		if err != nil {
			return err
		}
		if size == 0 {
			break
		}
		if err := l.frame(c, op, payload); err != nil {
			return err
		}
		b = b[size:]
	}
	c.rest = append(c.rest, b...)
	if 2*len(c.rest) > len(l.buf) {
		l.buf = make([]byte, 4*len(l.buf))
	}
	return nil
}

func (l *load) frame(c *client, op byte, payload []byte) error {
	switch op {
	case opBinary:
		return l.protocol.receive(l, c, payload)
	case opPing:
		l.sendFrame(c, opPong, payload)
	case opClose:
		return fmt.Errorf("the server closed the connection: % x %q", payload[:min(2, len(payload))], payload[min(2, len(payload)):])
	}
	return nil
}

// send queues b as one WebSocket message of c.
func (l *load) send(c *client, b []byte) { l.sendFrame(c, opBinary, b) }

func (l *load) sendFrame(c *client, op byte, b []byte) {
	l.mask = l.mask*1664525 + 1013904223 // any mask will do, as long as there is one
	c.out = appendFrame(c.out, op, b, l.mask)
	if !c.queued {
		c.queued = true
		l.dirty = append(l.dirty, c)
	}
}

// flushAll writes what was queued since the last time, one write a client.
func (l *load) flushAll() error {
	for _, c := range l.dirty {
		c.queued = false
		if c.blocked {
			continue
		}
		if err := l.flush(c); err != nil {
			return err
		}
	}
	l.dirty = l.dirty[:0]
	return nil
}

func (l *load) flush(c *client) error {
	n, err := writeSocket(c.fd, c.out)
	if err != nil {
		return fmt.Errorf("client %d (%s) was cut off: %w", c.index, c.user, err)
	}
	c.out = c.out[:copy(c.out, c.out[n:])]
	if blocked := len(c.out) > 0; blocked != c.blocked {
		c.blocked = blocked
		return l.poller.watchWrites(c.fd, c.index, blocked)
	}
	return nil
}

func (l *load) writable(index int) error { return l.flush(l.clients[index]) }

// untilDue is how long the load may wait for its sockets: until a message is to
// be sent, and no longer than a turn.
func (l *load) untilDue() time.Duration {
	wait := turn
	for _, t := range l.talks {
		if l.workload.Every > 0 && !l.stopped {
			wait = min(wait, max(t.due-l.clock(), 0))
		}
	}
	return wait
}

// fill sends as many messages of t as may be in flight, or as are due.
func (l *load) fill(t *conversation) {
	for !l.stopped && uint32(len(t.messages)) < t.limit {
		sent := l.clock()
		switch {
		case l.workload.Every == 0 && t.inFlight >= l.workload.Window, sent < t.due:
			return
		case l.workload.Every > 0:
			sent = t.due // also when the load is late: receivers waited since then
			t.due += l.workload.Every
		}
		seq := uint32(len(t.messages))
		t.messages = append(t.messages, message{sent: sent, left: t.receivers})
		t.inFlight++
		l.unacked++
		l.undelivered += int(t.receivers)
		putHex(l.content[talkAt:], t.index)
		putHex(l.content[seqAt:], seq)
		l.protocol.publish(l, t.sender, seq, l.content)
	}
}

// acked is told by the protocol: the server answered message seq of c with the
// name uid (empty when it has no names) and a status, 0 for success.
func (l *load) acked(c *client, seq uint32, uid []byte, status int) {
	t := c.talk
	if t == nil || seq >= uint32(len(t.messages)) || t.messages[seq].acked {
		l.faults.note(&l.faults.Damaged, "an ack for message %d, which waits for none", seq)
		return
	}
	m := &t.messages[seq]
	m.acked = true
	l.unacked--
	l.active = l.now
	if status != 0 {
		l.faults.note(&l.faults.Refused, "message %d of %s was refused with status %d", seq, c.user, status)
		l.undelivered -= int(m.left)
		m.left = 0
	} else {
		l.tally.acked++
		l.tally.lastAck = l.now
		l.tally.ack.add(l.now - m.sent)
		l.checkName(m, uid, t, seq)
	}
	if !l.workload.Together || m.left == 0 {
		t.inFlight--
	}
	l.fill(t)
}

// delivered is told by the protocol: c received content under the name uid.
func (l *load) delivered(c *client, content, uid []byte) {
	talk, seq, ok := numbersOf(l.content, content)
	if !ok || int(talk) >= len(l.talks) || seq >= uint32(len(l.talks[talk].messages)) {
		l.faults.note(&l.faults.Damaged, "%s received %.80q", c.user, content)
		return
	}
	t := l.talks[talk]
	if t == c.talk {
		return // its own message, on the way of another device
	}
	if t != c.hears {
		l.faults.note(&l.faults.Misrouted, "%s received message %d of %s", c.user, seq, t.sender.user)
		return
	}
	m := &t.messages[seq]
	l.checkName(m, uid, t, seq)
	if !l.checkOrder(c, seq) {
		return
	}
	l.active = l.now
	l.tally.delivered++
	l.tally.lastDelivery = l.now
	l.tally.delivery.add(l.now - m.sent)
	l.undelivered--
	if m.left--; m.left == 0 && l.workload.Together && m.acked {
		t.inFlight--
		l.fill(t)
	}
}

func (l *load) checkName(m *message, uid []byte, t *conversation, seq uint32) {
	if !m.named(uid) {
		l.faults.note(&l.faults.WrongUID, "message %d of %s is also called %q", seq, t.sender.user, uid)
	}
}

// checkOrder reports whether this is the first time that c gets the message.
func (l *load) checkOrder(c *client, seq uint32) bool {
	switch c.order.take(seq) {
	case late:
		l.faults.note(&l.faults.Reordered, "%s received message %d of %s after a later one", c.user, seq, c.hears.sender.user)
	case again:
		l.faults.note(&l.faults.Repeated, "%s received message %d of %s again", c.user, seq, c.hears.sender.user)
		return false
	}
	return true
}

// checkMissing counts what never came. It is called once, after the last phase.
func (l *load) checkMissing() {
	for _, t := range l.talks {
		for seq := range t.messages {
			m := &t.messages[seq]
			switch {
			case !m.acked:
				l.faults.note(&l.faults.Unanswered, "message %d of %s got no ack", seq, t.sender.user)
			case m.left > 0:
				l.faults.note(&l.faults.Lost, "message %d of %s was acked and missed %d of its receivers", seq, t.sender.user, m.left)
				l.faults.Lost += int(m.left) - 1
			}
		}
	}
}
