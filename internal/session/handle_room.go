package session

import (
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

var roomQueries = handlers{
	wire.TopicRoomJoin:   func(s *Session, f *wire.ClientFrame) { s.handleRoomJoin(f, true) },
	wire.TopicRoomRejoin: func(s *Session, f *wire.ClientFrame) { s.handleRoomJoin(f, false) },
	wire.TopicRoomExit:   (*Session).handleRoomExit,
	wire.TopicRoomPull:   (*Session).handleRoomPull,
	wire.TopicRoomInfo:   (*Session).handleRoomInfo,
}

// Bounds of what a client may ask about rooms.
const (
	maxRooms       = 100 // rooms a session may be in
	maxRoomMembers = 20  // members named by getChatRoomInfo
)

// handleRoomJoin puts the session into a chatroom. PROTOCOL.md#chatrooms
func (s *Session) handleRoomJoin(f *wire.ClientFrame, create bool) {
	room := string(f.Target)
	if err := wire.CheckID("chatroomId", room); err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.mu.Lock()
	in := slices.Contains(s.rooms, room)
	full := !in && len(s.rooms) >= maxRooms
	if !in && !full {
		s.rooms = append(s.rooms, room)
	}
	s.mu.Unlock()
	if full {
		s.refuseQuery(f, chat.Errorf(chat.TooFrequent, "the session is in %d chatrooms, the most it may be in", maxRooms))
		return
	}
	joined, err := s.Rooms.Join(s.ctx, s, room, create)
	if err != nil {
		s.forgetRoom(room)
		s.refuseQuery(f, err)
		return
	}
	nothing, join, made, members := int32(1), joined.Joined.UnixMilli(), int64(joined.Created), int32(joined.Members)
	s.send(f, &pb.RoomAnswer{Nothing: &nothing, JoinTime: &join, CreateTime: &made, MemberCount: &members})
}

func (s *Session) forgetRoom(room string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rooms = slices.DeleteFunc(s.rooms, func(r string) bool { return r == room })
}

func (s *Session) handleRoomExit(f *wire.ClientFrame) {
	room := string(f.Target)
	s.forgetRoom(room)
	s.Rooms.Leave(s, room)
	s.conn.Send(s.queryack(nil, f.ID, chat.OK))
}

func (s *Session) handleRoomPull(f *wire.ClientFrame) {
	var q pb.RoomPullRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	messages, through, err := s.Rooms.Pull(s.ctx, s, string(f.Target), chat.Tick(max(0, q.GetSyncTime())), int(q.GetCount()))
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	frame := s.appendList(s.queryack(nil, f.ID, chat.OK), messages)
	s.conn.Send(wire.AppendRoomPulled(frame, through))
	s.Metrics.PullSize.Observe(float64(len(messages)))
}

func (s *Session) handleRoomInfo(f *wire.ClientFrame) {
	var q pb.RoomInfoRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	room := string(f.Target)
	if !s.Rooms.In(s, room) {
		s.refuseQuery(f, chat.Errorf(chat.NotInChatroom, "the user is not in the chatroom"))
		return
	}
	const newest = 2
	total, members := s.Rooms.Members(room, min(max(0, int(q.GetCount())), maxRoomMembers), q.GetOrder() == newest)
	count := int32(total)
	answer := &pb.RoomInfoAnswer{UserTotalNums: &count}
	for _, m := range members {
		id, joined := string(m.User), m.Joined.UnixMilli()
		answer.UserInfos = append(answer.UserInfos, &pb.RoomMember{Id: &id, Time: &joined})
	}
	s.send(f, answer)
}
