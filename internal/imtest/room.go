package imtest

import (
	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// room is a chatroom that a client is in.
type room struct {
	id    string
	count int32
	pull  official // with one cursor

	received []Message
	last     chat.ID
}

// JoinRoom joins a chatroom, as joinExistChatRoom when it must exist, and asks
// for its newest count messages: 0 is 10, -1 none. A client that is in the
// room already goes on from its cursor.
func (c *Client) JoinRoom(id string, count int32, mustExist bool) chat.Code {
	c.t.Helper()
	topic := wire.TopicRoomJoin
	if mustExist {
		topic = wire.TopicRoomRejoin
	}
	code, _, err := c.Query(topic, id, must((&pb.RoomRequest{Nothing: new(int32(1))}).MarshalVT()))
	if err != nil {
		c.t.Fatalf("%s joins %s: %v", c.user, id, err)
	}
	if code != chat.OK {
		return code
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.rooms[id]
	if r == nil {
		r = &room{id: id, count: count}
		c.rooms[id] = r
	}
	r.pull.connected()
	c.sendRoomPull(c.link, r)
	return code
}

// LeaveRoom leaves a chatroom.
func (c *Client) LeaveRoom(id string) {
	c.t.Helper()
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
		if r == nil || len(r.received) == 0 || r.received[len(r.received)-1].Text != text {
			return false
		}
		texts = texts[:0]
		for _, m := range r.received {
			texts = append(texts, m.Text)
		}
		return true
	})
	return texts
}
