package imtest

import (
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// room is a chatroom that a client is in.
type room struct {
	id      string
	count   int32
	pull    official // with one cursor
	leaving bool     // a pull may be too late

	received []Message
	last     chat.ID
}

// JoinRoom joins a chatroom, as joinExistChatRoom when it must exist, and asks
// for its newest count messages, which it waits for: 0 is 10, -1 none. A client
// that is in the room already goes on from its cursor.
func (c *Client) JoinRoom(id string, count int32, mustExist bool) chat.Code {
	c.t.Helper()
	topic := wire.TopicRoomJoin
	if mustExist {
		topic = wire.TopicRoomRejoin
	}
	c.mu.Lock()
	r := c.rooms[id]
	if r != nil {
		r.pull.connected() // a hint before its pull shall not make another
	}
	c.mu.Unlock()
	code, _, err := c.Query(topic, id, must((&pb.RoomRequest{Nothing: new(int32(1))}).MarshalVT()))
	if err != nil {
		c.t.Fatalf("%s joins %s: %v", c.user, id, err)
	}
	if code != chat.OK {
		return code
	}
	c.mu.Lock()
	l := c.link
	if r == nil {
		r = &room{id: id, count: count}
		r.pull.connected()
		c.rooms[id] = r
	}
	c.sendRoomPull(l, r)
	c.mu.Unlock()
	c.wait("the messages of room "+id, func() bool { return r.pull.inbox > 0 || l.ended != nil })
	return code
}

// LeaveRoom leaves a chatroom.
func (c *Client) LeaveRoom(id string) {
	c.t.Helper()
	c.mu.Lock()
	if r := c.rooms[id]; r != nil {
		r.leaving = true
	}
	c.mu.Unlock()
	code, _, err := c.Query(wire.TopicRoomExit, id, must((&pb.RoomRequest{Nothing: new(int32(1))}).MarshalVT()))
	if err != nil || code != chat.OK {
		c.t.Fatalf("%s leaves %s: code %d, %v", c.user, id, code, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.rooms, id)
}

func (c *Client) sendRoomPull(l *link, r *room) {
	after := r.pull.inbox
	q := &pb.RoomPullRequest{SyncTime: new(int64(after)), Count: &r.count}
	c.ask(l, wire.TopicRoomPull, r.id, must(q.MarshalVT()), func(code chat.Code, payload []byte) {
		if r.leaving && code == chat.NotInChatroom {
			return
		}
		var down pb.RoomMessages
		if err := down.UnmarshalVT(payload); err != nil || code != chat.OK {
			c.t.Errorf("%s pulled room %s from %d: code %d, %v", c.user, r.id, after, code, err)
			return
		}
		if down.GetSyncTime() == 0 {
			c.t.Errorf("%s pulled room %s and was told the cursor 0", c.user, r.id)
		}
		_, again, err := r.pull.answered(chat.Tick(down.GetSyncTime()), 0, true)
		if err != nil {
			c.t.Errorf("%s pulled room %s from %d: %v", c.user, r.id, after, err)
		}
		for _, entry := range down.List {
			c.giveRoom(r, entry)
		}
		if again {
			c.sendRoomPull(l, r)
		}
	})
}

func (c *Client) giveRoom(r *room, entry []byte) {
	var d pb.DownMessage
	if err := d.UnmarshalVT(entry); err != nil {
		c.t.Errorf("%s was given a bad message in room %s: %v", c.user, r.id, err)
		return
	}
	m, err := read(&d, c.user)
	if err != nil {
		c.t.Errorf("%s was given a bad message in room %s: %v", c.user, r.id, err)
		return
	}
	if !r.last.Less(m.ID) {
		c.t.Errorf("%s was given %s (%.60q) in room %s after %v", c.user, m.UID, m.Text, r.id, r.last)
	}
	r.last = m.ID
	r.received = append(r.received, m)
}

// AwaitInRoom waits until the client was given a text in a room, and returns
// the texts it was given there so far.
func (c *Client) AwaitInRoom(id, text string) (texts []string) {
	c.t.Helper()
	c.wait("the text "+text+" in room "+id, func() bool {
		r := c.rooms[id]
		return r != nil && slices.ContainsFunc(r.received, func(m Message) bool { return m.Text == text })
	})
	for _, m := range c.ReceivedInRoom(id) {
		texts = append(texts, m.Text)
	}
	return texts
}

// ReceivedInRoom is what the client was given so far in a room it is in, since
// it joined.
func (c *Client) ReceivedInRoom(id string) []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.rooms[id]; r != nil {
		return slices.Clone(r.received)
	}
	return nil
}
