package imtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// pages numbers the devices of a test run.
var pages atomic.Int64

// link is one connection of a Client. Everything but the socket is guarded by
// the client's lock.
type link struct {
	conn net.Conn
	in   *bufio.Reader

	writing sync.Mutex // one frame at a time

	stopped    bool // the test wants nothing to be read
	greeted    bool
	connack    wire.Connack
	id         uint16 // the newest of a PUBLISH or QUERY
	acks       map[uint16]Ack
	asked      map[uint16]*answer // queries of the test; nil until answered
	pulls      map[uint16]pulled  // queries that the client made by itself
	pongs      int
	disconnect uint16
	ended      error
	cutting    atomic.Bool
}

type answer struct {
	code    chat.Code
	payload []byte
}

// pulled takes the answer of a query that the client made by itself.
type pulled func(code chat.Code, payload []byte)

// open connects a WebSocket whose socket takes about buffer bytes unread, or
// what is usual for 0.
func open(ctx context.Context, url string, buffer int) (*link, error) {
	dialer := ws.Dialer{TLSConfig: trusting}
	dialer.NetDial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if tcp, ok := conn.(*net.TCPConn); ok && buffer > 0 {
			err = errors.Join(err, tcp.SetReadBuffer(buffer))
		}
		return conn, err
	}
	conn, in, _, err := dialer.Dial(ctx, url)
	if err != nil {
		return nil, err
	}
	if in == nil {
		in = bufio.NewReader(conn)
	}
	return &link{
		conn: conn, in: in, acks: map[uint16]Ack{}, asked: map[uint16]*answer{}, pulls: map[uint16]pulled{},
	}, nil
}

// next is the id of the next PUBLISH or QUERY. The caller holds the client's lock.
func (l *link) next() uint16 {
	if l.id++; l.id == 0 {
		l.id = 1
	}
	return l.id
}

func (l *link) write(frame []byte) error {
	return l.writeMessage(ws.MaskFrameInPlace(ws.NewBinaryFrame(append([]byte(nil), frame...))))
}

func (l *link) writeMessage(f ws.Frame) error {
	b, err := ws.CompileFrame(f)
	if err != nil {
		return err
	}
	return l.writeRaw(b)
}

func (l *link) writeRaw(b []byte) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := l.conn.Write(b)
	return err
}

// read takes frames until the connection ends.
func (c *Client) read(l *link) {
	err := c.take(l)
	if l.cutting.Load() {
		err = errCut
	}
	_ = l.conn.Close() // the server closed it
	c.mu.Lock()
	defer c.mu.Unlock()
	l.ended = err
	c.tell()
}

// pause returns once the test wants the client to read.
func (c *Client) pause(l *link) {
	for {
		c.mu.Lock()
		stopped, changed := l.stopped, c.changed
		c.mu.Unlock()
		if !stopped {
			return
		}
		<-changed
	}
}

// maxMessage is more than any frame a server sends: a page is at most what one
// tick holds.
const maxMessage = 64 << 20

func (c *Client) take(l *link) error {
	for {
		c.pause(l)
		h, err := ws.ReadHeader(l.in)
		switch {
		case err != nil:
			return err
		case h.Masked || !h.Fin || h.Length > maxMessage:
			return fmt.Errorf("a server's WebSocket frame with header %+v", h)
		}
		payload := make([]byte, h.Length)
		if _, err := io.ReadFull(l.in, payload); err != nil {
			return err
		}
		switch h.OpCode {
		case ws.OpBinary:
			c.handle(l, payload)
		case ws.OpClose:
			return fmt.Errorf("closed by the server")
		case ws.OpPing, ws.OpPong:
		default:
			return fmt.Errorf("a server's WebSocket frame with header %+v", h)
		}
	}
}

// handle takes one frame.
func (c *Client) handle(l *link, frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != l {
		return
	}
	defer c.tell()
	var f wire.ServerFrame
	if err := f.Decode(frame, c.version); err != nil {
		c.t.Errorf("%s was sent %x: %v", c.user, frame, err)
		return
	}
	if c.blind && f.Type != wire.TypeConnack && f.Type != wire.TypePingresp {
		return
	}
	switch f.Type {
	case wire.TypeConnack:
		l.greeted, l.connack = true, f.Connack
		if f.Connack.Status == 0 && !c.manual {
			c.startPull(l)
		}
	case wire.TypePuback:
		ack := Ack{Code: chat.Code(f.Status), Tick: chat.Tick(f.SentTime()), UID: chat.UID(f.UID)}
		l.acks[f.ID] = ack
		if ack.Code == chat.OK && ack.UID != "" {
			c.own[ack.UID] = ack.Tick
		}
	case wire.TypeQueryack:
		c.answered(l, &f)
	case wire.TypePublish:
		c.published(l, &f)
	case wire.TypePingresp:
		l.pongs++
	case wire.TypeDisconnect:
		l.disconnect = f.Status
	}
}

func (c *Client) answered(l *link, f *wire.ServerFrame) {
	code := chat.Code(f.Status)
	if take, ok := l.pulls[f.ID]; ok {
		delete(l.pulls, f.ID)
		take(code, f.Payload)
	} else if _, ok := l.asked[f.ID]; ok {
		l.asked[f.ID] = &answer{code, f.Payload}
	} else {
		c.t.Errorf("%s was sent an answer to a query %d that nobody asked", c.user, f.ID)
	}
}

func (c *Client) published(l *link, f *wire.ServerFrame) {
	switch topic := string(f.Topic); topic {
	case wire.TopicNotify, wire.TopicCommand:
		var n pb.Notify
		if err := n.UnmarshalVT(f.Payload); err != nil {
			c.t.Errorf("%s was sent a bad %s: %v", c.user, topic, err)
			return
		}
		s := Signal{topic, n.GetType(), chat.Tick(n.GetTime()), n.GetRoomId()}
		c.signals = append(c.signals, s)
		c.hinted(l, s)
	case wire.TopicMessage:
		var d pb.DownMessage
		if err := d.UnmarshalVT(f.Payload); err != nil {
			c.t.Errorf("%s was sent a bad status message: %v", c.user, err)
			return
		}
		c.statuses = append(c.statuses, Message{
			Type: chat.ConversationType(d.GetType()), Target: d.GetGroupId(), Sender: chat.UserID(d.GetFromUserId()),
			ObjectName: d.GetClassName(), Content: string(d.GetContent()),
		})
	case wire.TopicTick:
		c.pushed(l, f.Payload)
	case wire.TopicReadTime, wire.TopicUltraReadTime:
		var mark pb.ReadMark
		if err := mark.UnmarshalVT(f.Payload); err != nil || !f.Dup {
			c.t.Errorf("%s was sent a bad %s: dup %t, %v", c.user, topic, f.Dup, err)
			return
		}
		c.signals = append(c.signals, Signal{topic, mark.GetType(), chat.Tick(mark.GetMsgTime()), mark.GetChannelId()})
	case wire.TopicSettingsNtf:
		var n pb.SettingsNotify
		if err := n.UnmarshalVT(f.Payload); err != nil {
			c.t.Errorf("%s was sent a bad %s: %v", c.user, topic, err)
			return
		}
		c.signals = append(c.signals, Signal{Topic: topic, Tick: chat.Tick(n.GetVersion())})
	default:
		c.t.Errorf("%s was sent a PUBLISH to topic %q", c.user, topic)
	}
}

func (c *Client) hinted(l *link, s Signal) {
	if c.manual || s.Topic != wire.TopicNotify {
		return
	}
	switch s.Type {
	case wire.NotifyMessages:
		if c.pull.hint(s.Tick) {
			c.sendPull(l)
		}
	case wire.NotifyRoom:
		if r := c.rooms[s.Room]; r != nil && r.pull.hint(s.Tick) {
			c.sendRoomPull(l, r)
		}
	}
}

// pushed takes a tick that the server pushed.
func (c *Client) pushed(l *link, payload []byte) {
	p, ok := c.pull.(*direct)
	var down pb.DownMessages
	if err := down.UnmarshalVT(payload); err != nil || !ok {
		c.t.Errorf("%s was pushed %x: %v", c.user, payload, err)
		return
	}
	tick := chat.Tick(down.GetSyncTime())
	for _, d := range down.List {
		if chat.Tick(d.GetDataTime()) != tick {
			c.t.Errorf("%s was pushed a message of tick %d in tick %d", c.user, d.GetDataTime(), tick)
		}
	}
	if c.manual {
		return
	}
	take, pull := p.pushed(chat.Tick(down.GetPreviousTick()), tick)
	if take {
		c.give(down.List, 0)
	}
	if pull {
		c.sendPull(l)
	}
}

// startPull sends the pull that follows every CONNACK.
func (c *Client) startPull(l *link) { c.sendPull(l) }

// ask sends a query of the client's own.
func (c *Client) ask(l *link, topic, target string, payload []byte, take pulled) {
	id := l.next()
	l.pulls[id] = take
	// Nobody may wait for a server that does not read while it holds the lock
	// that the test needs. A broken connection shows where it is read.
	c.readers.Go(func() { _ = l.write(append(wire.AppendQuery(nil, topic, target, id), payload...)) })
}

func (c *Client) sendPull(l *link) {
	received, sent := c.pull.cursors()
	c.ask(l, wire.TopicPull, string(c.user), pullRequest(received, sent), func(code chat.Code, payload []byte) {
		var down pb.DownMessages
		if err := down.UnmarshalVT(payload); err != nil || code != chat.OK {
			c.t.Errorf("%s pulled from %d: code %d, %v", c.user, received, code, err)
			return
		}
		through, newestOwn := chat.Tick(down.GetSyncTime()), chat.Tick(0)
		for _, d := range down.List {
			if chat.Tick(d.GetDataTime()) > through {
				c.t.Errorf("%s pulled a message of tick %d in an answer up to %d", c.user, d.GetDataTime(), through)
			}
			if d.GetDirection() == 1 {
				newestOwn = max(newestOwn, chat.Tick(d.GetDataTime()))
			}
		}
		if down.Finished == nil {
			c.t.Errorf("%s pulled an answer that does not say whether it is finished", c.user)
		}
		after, again, err := c.pull.answered(through, newestOwn, down.GetFinished())
		if err != nil {
			c.t.Errorf("%s pulled from %d: %v", c.user, received, err)
		}
		c.give(down.List, after)
		if again {
			c.sendPull(l)
		}
	})
}

// give adds messages newer than after to what the client was given, without
// those that it knows by its own acks.
func (c *Client) give(list []*pb.DownMessage, after chat.Tick) {
	for _, d := range list {
		m, err := read(d, c.user)
		if err != nil {
			c.t.Errorf("%s was given a bad message: %v", c.user, err)
			continue
		}
		_, own := c.own[m.UID]
		if m.ID.Tick <= after || own && m.Sender == c.user {
			continue
		}
		if _, twice := c.names[m.UID]; twice {
			c.t.Errorf("%s was given %s (%.60q) twice", c.user, m.UID, m.Text)
		}
		if !c.last.Less(m.ID) {
			c.t.Errorf("%s was given %s (%s %.60q) after %v", c.user, m.UID, m.ObjectName, m.Text, c.last)
		}
		c.names[m.UID] = struct{}{}
		c.last = m.ID
		c.received = append(c.received, m)
	}
	_, outbox := c.pull.cursors()
	for uid, tick := range c.own {
		if tick <= outbox {
			delete(c.own, uid)
		}
	}
}
