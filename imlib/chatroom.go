package imlib

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// MaxRoomHistory is how many messages a chatroom keeps for those who join.
const MaxRoomHistory = 50

// room is a chatroom that the client is in.
type room struct {
	id      string
	stream  stream
	count   int32 // how many messages the next pull asks for
	entries feed
}

// Joined is what the server said about a chatroom.
type Joined struct {
	Created time.Time
	Joined  time.Time
	Members int
}

// JoinChatroom enters a chatroom, whose messages then come through Messages,
// first its newest ones up to history (0 to MaxRoomHistory). The client stays
// in the room over lost connections, until QuitChatroom.
func (c *Client) JoinChatroom(ctx context.Context, id string, history int) (Joined, error) {
	if history < 0 || history > MaxRoomHistory {
		return Joined{}, chat.Errorf(chat.BadParameter, "history is %d messages, not 0 to %d", history, MaxRoomHistory)
	}
	var joined Joined
	_, err := c.askRoom(ctx, wire.TopicRoomJoin, id, func(a answer) (err error) {
		joined, err = c.enter(id, history, a)
		return err
	})
	if err != nil {
		return Joined{}, err
	}
	return joined, nil
}

// QuitChatroom leaves a chatroom. Messages of it that were received and not
// yet read are still yielded.
func (c *Client) QuitChatroom(ctx context.Context, id string) error {
	c.mu.Lock()
	delete(c.rooms, id) // before asking: a reconnect meanwhile must not join again
	c.mu.Unlock()
	_, err := c.askRoom(ctx, wire.TopicRoomExit, id, nil)
	return err
}

func (c *Client) askRoom(ctx context.Context, topic, id string, done func(answer) error) (answer, error) {
	if err := wire.CheckID("the chatroom's id", id); err != nil {
		return answer{}, err
	}
	a, err := c.ask(ctx, &request{kind: wire.TypeQuery, topic: topic, target: id, payload: roomRequest, done: done})
	if err == nil && a.status != chat.OK {
		err = refusal(a.status, "the server refused")
	}
	return a, err
}

// roomRequest is the payload of what is asked about a room; it says nothing.
var roomRequest = func() []byte {
	b, err := (&pb.RoomRequest{Nothing: proto.Int32(1)}).MarshalVT()
	if err != nil {
		panic(err) // its one required field is there
	}
	return b
}()

// The functions below run with c.mu held.

// enter takes the answer to a join and begins the stream of the room.
func (c *Client) enter(id string, history int, a answer) (Joined, error) {
	if a.status != chat.OK {
		return Joined{}, nil
	}
	var j pb.RoomAnswer
	if err := j.UnmarshalVT(a.payload); err != nil {
		return Joined{}, malformed(wire.TopicRoomJoin, err)
	}
	if c.rooms[id] == nil { // else it is joined once more, and its stream goes on
		r := &room{id: id, count: int32(history)}
		if history == 0 {
			r.stream.cursor = chat.Tick(j.GetJoinTime()) - 1 // a message of this very millisecond may be new
			r.count = MaxRoomHistory
		}
		r.entries = c.entriesFeed(r)
		c.rooms[id] = r
		r.stream.suspect()
		c.pullRoom(r)
		c.hearNews(&r.entries)
	}
	return Joined{
		Created: time.UnixMilli(j.GetCreateTime()),
		Joined:  time.UnixMilli(j.GetJoinTime()),
		Members: int(j.GetMemberCount()),
	}, nil
}

// rejoin enters a room again on a new connection and asks for what it missed.
func (c *Client) rejoin(r *room) {
	c.outbox.add(&request{
		kind: wire.TypeQuery, topic: wire.TopicRoomRejoin, target: r.id, payload: roomRequest, fleeting: true,
		done: func(a answer) error {
			if a.status != chat.OK {
				c.loseRoom(r.id, refusal(a.status, "the server refused to join the chatroom again"))
				return nil
			}
			c.happened(ChatroomRejoined{r.id})
			r.stream.suspect()
			c.pullRoom(r)
			c.hearNews(&r.entries)
			return nil
		},
	})
}

// lostRoom is a room that the application has to be told about.
type lostRoom struct {
	id     string
	reason error
}

// loseRoom forgets a room that the client cannot be in any more.
func (c *Client) loseRoom(id string, reason error) {
	if c.rooms[id] == nil {
		return
	}
	delete(c.rooms, id)
	c.options.Log.Warn("chatroom lost", "room", id, "reason", reason)
	c.lost = append(c.lost, lostRoom{id, reason})
	c.happened(ChatroomLost{id, reason})
}

// tellLost tells the application about lost rooms. It must be called without
// c.mu, so that the application may use the client.
func (c *Client) tellLost() {
	c.mu.Lock()
	lost := c.lost
	c.lost = nil
	c.mu.Unlock()
	if c.options.OnChatroomLost == nil {
		return
	}
	for _, l := range lost {
		c.options.OnChatroomLost(l.id, l.reason)
	}
}

func (c *Client) pullRoom(r *room) {
	if !c.online || !r.stream.startPull(c.hasRoom()) {
		return
	}
	cursor := int64(r.stream.cursor)
	q := pb.RoomPullRequest{SyncTime: &cursor, Count: &r.count}
	c.query(wire.TopicRoomPull, r.id, &q, func(a answer) error { return c.roomPulled(r, a) })
}

func (c *Client) roomPulled(r *room, a answer) error {
	if c.rooms[r.id] != r {
		return nil // the room was left meanwhile
	}
	if a.status != chat.OK {
		r.stream.interrupted()
		c.options.Log.Warn("pull of a chatroom failed", "room", r.id, "code", a.status)
		return nil
	}
	var p pb.RoomMessages
	if err := p.UnmarshalVT(a.payload); err != nil {
		return malformed(wire.TopicRoomPull, err)
	}
	list, err := decodeRoom(p.List)
	if err != nil {
		return err
	}
	through := chat.Tick(p.GetSyncTime())
	after, _ := r.stream.pulled(through, true)
	r.count = MaxRoomHistory // from now on all that is new
	c.take(&r.stream, list, after, through)
	c.pullRoom(r)
	return nil
}

func decodeRoom(list [][]byte) ([]*pb.DownMessage, error) {
	messages := make([]*pb.DownMessage, len(list))
	for i, b := range list {
		messages[i] = new(pb.DownMessage)
		if err := messages[i].UnmarshalVT(b); err != nil {
			return nil, malformed(wire.TopicRoomPull, err)
		}
	}
	return messages, nil
}
