package imlib

import (
	"context"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// MaxRoomHistory is how many messages a chatroom keeps for those who join.
const MaxRoomHistory = chat.MaxRoomHistory

// room is a chatroom that the client is in.
type room struct {
	id      string
	stream  stream
	count   int32 // how many messages the next pull asks for
	entries feed
	there   bool // the client is in it by this connection
}

// Joined is what the server said about a chatroom, and who may not speak there.
type Joined struct {
	Created time.Time
	Joined  time.Time
	Members int

	RoomMuted       bool // nobody may speak in the room
	Excepted        bool // but this user may
	Muted           bool // this user may not speak in the room
	MutedEverywhere bool // this user may not speak in any room
}

// ChatroomOption is a choice about joining or leaving a chatroom.
type ChatroomOption func(*roomChoice)

type roomChoice struct {
	exists bool
	extra  string
}

// MustExist refuses to make a chatroom by joining it.
func MustExist() ChatroomOption { return func(c *roomChoice) { c.exists = true } }

// ChatroomExtra hands a text of up to 1,024 bytes to those who are told that
// the user came or left.
func ChatroomExtra(extra string) ChatroomOption { return func(c *roomChoice) { c.extra = extra } }

// JoinChatroom enters a chatroom, which is made if there is none, unless
// MustExist. Its messages then come as all others do, first its newest ones up
// to history (0 to 50). The client stays in the room over lost connections,
// until QuitChatroom. Where the app does not allow many at once, a user who
// joins a chatroom leaves the one before, on all devices: [ChatroomLost].
//
// Codes: BadCount, BadTarget, ChatroomMissing, ChatroomBlocked, ChatroomFull,
// ChatroomParameter, TooFrequent for too many new rooms, or in 100 rooms.
func (c *Client) JoinChatroom(ctx context.Context, id string, history int, options ...ChatroomOption) (Joined, error) {
	if history < 0 || history > MaxRoomHistory {
		return Joined{}, chat.Errorf(chat.BadCount, "history is %d messages, not 0 to %d", history, MaxRoomHistory)
	}
	topic := wire.TopicRoomJoin
	choice := chosen(options)
	if choice.exists {
		topic = wire.TopicRoomRejoin
	}
	var joined Joined
	err := c.askRoom(ctx, topic, id, choice, func(a answer) (err error) {
		joined, err = c.enter(id, history, a)
		return err
	})
	if err != nil {
		return Joined{}, err
	}
	return joined, nil
}

// QuitChatroom leaves a chatroom; that the client is not in it is no error.
// Messages of it that were received and not yet read are still yielded.
func (c *Client) QuitChatroom(ctx context.Context, id string, options ...ChatroomOption) error {
	c.mu.Lock()
	delete(c.rooms, id) // before asking: a reconnect meanwhile must not join again
	c.mu.Unlock()
	return c.askRoom(ctx, wire.TopicRoomExit, id, chosen(options), nil)
}

func chosen(options []ChatroomOption) (c roomChoice) {
	for _, option := range options {
		option(&c)
	}
	return c
}

func (c *Client) askRoom(ctx context.Context, topic, id string, choice roomChoice, done func(answer) error) error {
	if err := checkRoom(id); err != nil {
		return err
	}
	q := &pb.RoomRequest{Nothing: new(int32(1))}
	if choice.extra != "" {
		q.Extra = &choice.extra
	}
	body, err := q.MarshalVT()
	if err != nil {
		return &chat.Error{Code: chat.BadArgument, Reason: "the question does not encode", Err: err}
	}
	a, err := c.ask(ctx, &request{kind: wire.TypeQuery, topic: topic, target: id, payload: body, done: done})
	if err == nil && a.status != chat.OK {
		err = a.refused("the server refused")
	}
	return err
}

func checkRoom(id string) error { return checkID(chat.BadTarget, "the chatroom's id", id) }

// ChatroomInfo is who is in a chatroom.
type ChatroomInfo struct {
	Members int // how many there are
	Named   []ChatroomMember
}

// ChatroomMember is a user in a chatroom.
type ChatroomMember struct {
	User   chat.UserID
	Joined time.Time
}

// ChatroomInfo returns how many users are in a chatroom that the client is
// in, and names up to count of them (0 to 20): those who joined first, or if
// newest is true last. A device may ask once a second and 20 times a minute.
//
// Codes: BadCount, NotInChatroom, TooFrequent.
func (c *Client) ChatroomInfo(ctx context.Context, id string, count int, newest bool) (ChatroomInfo, error) {
	if err := checkRoom(id); err != nil {
		return ChatroomInfo{}, err
	}
	if count < 0 || count > chat.MaxRoomMembers {
		return ChatroomInfo{}, chat.Errorf(chat.BadCount, "the count is %d, not 0 to %d", count, chat.MaxRoomMembers)
	}
	q := &pb.RoomInfoRequest{Count: new(int32(count)), Order: new(int32(1))}
	if newest {
		q.Order = new(int32(2))
	}
	var a pb.RoomInfoAnswer
	if err := c.request(ctx, wire.TopicRoomInfo, id, q, &a); err != nil {
		return ChatroomInfo{}, err
	}
	info := ChatroomInfo{Members: int(a.GetUserTotalNums())}
	for _, m := range a.UserInfos {
		info.Named = append(info.Named, ChatroomMember{chat.UserID(m.GetId()), timeOf(m.GetTime())})
	}
	return info, nil
}

// Bits of the answer to a join.
const (
	banRoom = 1 << iota
	banEverywhere
	banUser
)

// roomRequest is what is asked about a room when there is nothing to say.
var roomRequest = func() []byte {
	b, err := (&pb.RoomRequest{Nothing: new(int32(1))}).MarshalVT()
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
		r := &room{id: id, count: int32(history), there: true}
		if history == 0 {
			r.stream.cursor = chat.Tick(j.GetJoinTime()) - 1 // a message of this very millisecond may be new
			r.count = MaxRoomHistory
		}
		r.entries = c.entriesFeed(r)
		c.rooms[id] = r
		r.stream.suspect()
		c.pullRoom(r)
		c.hearNews(&r.entries)
		c.checkRooms(id)
	}
	ban := j.GetChatroomBanState()
	return Joined{
		Created:         time.UnixMilli(j.GetCreateTime()),
		Joined:          time.UnixMilli(j.GetJoinTime()),
		Members:         int(j.GetMemberCount()),
		RoomMuted:       ban&banRoom != 0,
		Excepted:        j.GetWhiteListState() != 0,
		Muted:           ban&banUser != 0,
		MutedEverywhere: ban&banEverywhere != 0,
	}, nil
}

// checkRooms pulls every room but the one that was joined: where the app allows
// one at a time, the answer is that the client is not in it any more.
func (c *Client) checkRooms(joined string) {
	for id, r := range c.rooms {
		if id != joined {
			r.stream.suspect()
			c.pullRoom(r)
		}
	}
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
			r.there = true
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
	if !c.online || !r.there || !r.stream.startPull(c.hasRoom()) {
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
	if a.status == chat.NotInChatroom {
		c.loseRoom(r.id, a.refused("the user left the chatroom by joining another"))
		return nil
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
