package imlib

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// handlePublish handles what the server sends without being asked. What this
// client has no use for is left alone: newer servers say more.
func (c *Client) handlePublish(s *socket, f *wire.ServerFrame) error {
	if f.QoS > 0 && !f.Dup {
		if err := s.write(wire.AppendClientPuback(nil, f.ID)); err != nil {
			return err
		}
	}
	if c.options.SendOnly {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch string(f.Topic) {
	case wire.TopicTick:
		return c.handleTick(f.Payload)
	case wire.TopicMessage:
		return c.handleStatus(f.Payload)
	case wire.TopicNotify, wire.TopicCommand:
		return c.handleNotify(string(f.Topic), f.Payload)
	case wire.TopicSettingsNtf:
		c.hearNews(&c.news.tags)
	case wire.TopicUltraTypingTo:
		return c.handleUltraTyping(f.Payload)
	case wire.TopicReadTime, wire.TopicUltraReadTime:
		return c.handleReadElsewhere(f.Payload)
	}
	return nil
}

// The handlers below run with c.mu held.

// handleTick takes a tick of the user's stream that came by direct push.
func (c *Client) handleTick(payload []byte) error {
	var t pb.DownMessages
	if err := t.UnmarshalVT(payload); err != nil {
		return malformed(wire.TopicTick, err)
	}
	tick := chat.Tick(t.GetSyncTime())
	if c.inbox.pushed(chat.Tick(t.GetPreviousTick()), tick, c.hasRoom()) {
		c.take(&c.inbox, t.List, 0, tick)
	}
	c.pull()
	return nil
}

// handleStatus takes a status message, unless the application is busy.
func (c *Client) handleStatus(payload []byte) error {
	var d pb.DownMessage
	if err := d.UnmarshalVT(payload); err != nil {
		return malformed(wire.TopicMessage, err)
	}
	if c.handleNotice(&d) {
		return nil
	}
	m := c.message(&d)
	if !m.Status && m.Flags&chat.Persisted != 0 {
		c.inbox.heard(chat.Tick(d.GetDataTime())) // it is in the inbox, in its place
		c.pull()
		return nil
	}
	m.Status = true
	if c.hasRoom() {
		c.push(received{message: m})
	} else if c.watching {
		c.missed++
	}
	return nil
}

// handleReadElsewhere takes a read mark that another device moved.
func (c *Client) handleReadElsewhere(payload []byte) error {
	var m pb.ReadMark
	if err := m.UnmarshalVT(payload); err != nil {
		return malformed(wire.TopicReadTime, err)
	}
	in := chat.Conversation{Type: chat.ConversationType(m.GetType()), Target: m.GetChannelId(), Channel: m.GetBusChannel()}
	c.happened(ReadElsewhere{in, timeOf(m.GetMsgTime())})
	return nil
}

func (c *Client) handleNotify(topic string, payload []byte) error {
	var n pb.Notify
	if err := n.UnmarshalVT(payload); err != nil {
		return malformed(topic, err)
	}
	switch {
	case topic == wire.TopicNotify && n.GetType() == wire.NotifyMessages:
		hear(&c.inbox, n.Time)
		c.pull()
	case topic == wire.TopicNotify && n.GetType() == wire.NotifyRoom:
		if r := c.rooms[n.GetRoomId()]; r != nil {
			hear(&r.stream, n.Time)
			c.pullRoom(r)
		}
	case topic == wire.TopicCommand && n.GetType() == wire.CommandRoomDestroyed:
		c.loseRoom(n.GetRoomId(), chat.Errorf(chat.ChatroomMissing, "the chatroom was destroyed"))
	case topic == wire.TopicCommand && n.GetType() == wire.CommandRoomEntries:
		if r := c.rooms[n.GetRoomId()]; r != nil {
			c.hearNews(&r.entries)
		}
	case topic == wire.TopicCommand && n.GetType() == wire.CommandUltraMessages:
		hear(&c.ultra.messages, n.Time)
		c.pullUltra()
	case topic == wire.TopicCommand && n.GetType() == wire.CommandMessageChanges:
		if c.ultra.there {
			c.hearNews(&c.ultra.changes)
		}
	case topic == wire.TopicCommand:
		if f := c.news.commanded(n.GetType()); f != nil {
			c.hearNews(f)
		}
	}
	return nil
}

// hear notes a signal whose time, if there, says how far the stream reaches.
func hear(s *stream, time *int64) {
	if time == nil {
		s.suspect()
		return
	}
	s.heard(chat.Tick(*time))
}

func malformed(topic string, err error) error {
	return fmt.Errorf("%w: %s: %v", errFrame, topic, err)
}

// pull asks for what the user's stream has after the cursor, if that is due.
func (c *Client) pull() {
	if !c.online || c.options.SendOnly || !c.inbox.startPull(c.hasRoom()) {
		return
	}
	cursor := int64(c.inbox.cursor)
	q := pb.PullRequest{
		SyncTime: &cursor, SendBoxSyncTime: &cursor,
		IsPolling: proto.Bool(false), IsPullSend: proto.Bool(true),
	}
	c.query(wire.TopicPull, string(c.user), &q, c.pulled)
}

// pullAll pulls every stream that is due, and asks for the news that are.
func (c *Client) pullAll() {
	c.pull()
	for _, f := range c.news.all() {
		c.askNews(f)
	}
	c.enterUltra()
	c.pullUltra()
	if c.ultra.there {
		c.askNews(&c.ultra.changes)
	}
	for _, r := range c.rooms {
		c.pullRoom(r)
		c.askNews(&r.entries)
	}
}

func (c *Client) pulled(a answer) error {
	if a.status != chat.OK {
		// The stream stays suspect; the next signal or ping tries again.
		c.inbox.interrupted()
		c.options.Log.Warn("pull failed", "code", a.status)
		return nil
	}
	var p pb.DownMessages
	if err := p.UnmarshalVT(a.payload); err != nil {
		return malformed(wire.TopicPull, err)
	}
	through := chat.Tick(p.GetSyncTime())
	after, ok := c.inbox.pulled(through, p.GetFinished())
	if !ok {
		return fmt.Errorf("%w: a pull after %d led no further", errFrame, after)
	}
	c.take(&c.inbox, p.List, after, through)
	if p.GetFinished() && !c.caughtUp {
		c.caughtUp = true
		c.tellCaughtUp()
	}
	c.pull()
	return nil
}

// tellCaughtUp queues that event even where there is no room: there is one of a
// connection.
func (c *Client) tellCaughtUp() {
	if c.watching {
		c.push(received{event: CaughtUp{}})
	}
}

// query sends a question that dies with the connection.
func (c *Client) query(topic, target string, q payload, done func(answer) error) {
	payload, err := q.MarshalVT()
	if err != nil {
		panic(err) // every required field is set where the question is made
	}
	c.outbox.add(&request{kind: wire.TypeQuery, topic: topic, target: target, payload: payload, fleeting: true, done: done})
	signal(c.wake)
}

// take queues the messages of list that have a tick larger than after and are
// not our own sends. The list reaches up to through.
func (c *Client) take(s *stream, list []*pb.DownMessage, after, through chat.Tick) {
	first := len(c.queue)
	for _, d := range list {
		if chat.Tick(d.GetDataTime()) <= after || s.isOwn(chat.UID(d.GetMsgId())) {
			continue
		}
		m := c.message(d)
		if c.settle(&m) {
			continue
		}
		m.Offline = m.Time.Before(c.connected)
		c.queue = append(c.queue, received{message: m})
	}
	s.taken()
	if s == &c.inbox {
		markTicks(c.queue[first:], through)
	}
	if len(c.queue) > first {
		signal(c.fed)
	}
}

// settle reports whether m is one that we are still sending. The server's
// answer to it is late or lost, and m is as good an answer.
func (c *Client) settle(m *Message) bool {
	if !m.Own {
		return false
	}
	if c.settleKept(m) {
		return true
	}
	r := c.outbox.sending(m)
	if r == nil {
		return false
	}
	c.outbox.remove(r)
	_ = r.done(answer{uid: m.UID, millis: m.Time.UnixMilli()}) // that of a send does not fail
	return true
}

// markTicks notes on the last message of each tick that the cursor moves there.
func markTicks(q []received, through chat.Tick) {
	for i := range q {
		if i == len(q)-1 {
			q[i].cursor = through
		} else if !q[i].message.Time.Equal(q[i+1].message.Time) {
			q[i].cursor = chat.Tick(q[i].message.Time.UnixMilli())
		}
	}
}
