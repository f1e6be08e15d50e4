package session

import (
	"time"

	"golang.org/x/time/rate"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/chatroom"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

var roomQueries = handlers{
	wire.TopicRoomJoin:          func(s *Session, f *wire.ClientFrame) { s.handleRoomJoin(f, true) },
	wire.TopicRoomRejoin:        func(s *Session, f *wire.ClientFrame) { s.handleRoomJoin(f, false) },
	wire.TopicRoomExit:          (*Session).handleRoomExit,
	wire.TopicRoomPull:          (*Session).handleRoomPull,
	wire.TopicRoomInfo:          (*Session).handleRoomInfo,
	wire.TopicRoomEntrySet:      func(s *Session, f *wire.ClientFrame) { s.handleRoomEntry(f, false) },
	wire.TopicRoomEntryDelete:   func(s *Session, f *wire.ClientFrame) { s.handleRoomEntry(f, true) },
	wire.TopicRoomEntriesSet:    func(s *Session, f *wire.ClientFrame) { s.handleRoomEntries(f, false) },
	wire.TopicRoomEntriesDelete: func(s *Session, f *wire.ClientFrame) { s.handleRoomEntries(f, true) },
	wire.TopicRoomEntriesPull:   (*Session).handleRoomEntriesPull,
}

// Bounds of what a client may ask about rooms.
const (
	maxRoomExtra = 1024 // bytes of what a user says to joining or leaving
)

// infoPace bounds how often a device asks who is in a room: once a second and
// 20 times a minute.
type infoPace struct{ second, minute *rate.Limiter }

func newInfoPace() infoPace {
	return infoPace{rate.NewLimiter(1, 1), rate.NewLimiter(rate.Every(time.Minute/20), 20)}
}

func (p infoPace) allow() bool { return p.second.Allow() && p.minute.Allow() }

// roomRequest decodes what comes with a join or an exit.
func roomRequest(f *wire.ClientFrame) (extra string, err error) {
	var q pb.RoomRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		return "", undecodable(err)
	}
	if n := len(q.GetExtra()); n > maxRoomExtra {
		return "", chat.Errorf(chat.ChatroomParameter, "extra is %d bytes, over %d", n, maxRoomExtra)
	}
	return q.GetExtra(), wire.CheckID("chatroomId", string(f.Target))
}

// handleRoomJoin puts the session into a chatroom. PROTOCOL.md#chatrooms
func (s *Session) handleRoomJoin(f *wire.ClientFrame, create bool) {
	extra, err := roomRequest(f)
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	joined, err := s.Rooms.Join(s.ctx, s, string(f.Target), extra, false)
	if create && chat.CodeOf(err) == chat.ChatroomMissing {
		// To make a room is a write like a message, and shares the rate of messages.
		if s.sends != nil && !s.sends.Allow() {
			err = chat.Errorf(chat.TooFrequent, "over %v new chatrooms a second", s.sends.Limit())
		} else {
			joined, err = s.Rooms.Join(s.ctx, s, string(f.Target), extra, true)
		}
	}
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	nothing, join, made, members := int32(1), joined.Joined.UnixMilli(), int64(joined.Created), int32(joined.Members)
	answer := &pb.RoomAnswer{Nothing: &nothing, JoinTime: &join, CreateTime: &made, MemberCount: &members}
	answer.ChatroomBanState, answer.WhiteListState = new(banState(joined.Silence)), new(int32)
	if joined.Silence.Speaker {
		*answer.WhiteListState = 1
	}
	s.send(f, answer)
}

// banState is how the answer to a join says who may not speak.
func banState(q chatroom.Silence) (bits int32) {
	for i, on := range []bool{q.Room, q.Everywhere, q.User} {
		if on {
			bits |= 1 << i
		}
	}
	return bits
}

func (s *Session) handleRoomExit(f *wire.ClientFrame) {
	extra, err := roomRequest(f)
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.Rooms.Leave(s.ctx, s, string(f.Target), extra)
	s.conn.Send(s.queryack(nil, f.ID, chat.OK))
}

// pullRoomWaiting answers a pull of a room from memory, and reports whether it
// could.
func (s *Session) pullRoomWaiting(f *wire.ClientFrame) bool {
	if string(f.Topic) != wire.TopicRoomPull {
		return false
	}
	var q pb.RoomPullRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		return false // handleRoomPull says so
	}
	if !s.Rooms.Ready(s, string(f.Target), chat.Tick(max(0, q.GetSyncTime()))) {
		return false
	}
	s.pullRoom(f, &q)
	return true
}

func (s *Session) handleRoomPull(f *wire.ClientFrame) {
	var q pb.RoomPullRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	s.pullRoom(f, &q)
}

func (s *Session) pullRoom(f *wire.ClientFrame, q *pb.RoomPullRequest) {
	buffer := frames.Get().(*[]byte)
	frame := s.queryack(*buffer, f.ID, chat.OK)
	pulled, err := s.Rooms.Pull(s.ctx, frame, s, string(f.Target), chat.Tick(max(0, q.GetSyncTime())), int(q.GetCount()))
	if err != nil {
		frames.Put(buffer)
		s.refuseQuery(f, err)
		return
	}
	frame = wire.AppendRoomPulled(pulled.Frame, pulled.Through)
	s.conn.Send(frame)
	s.Metrics.PullSize.Observe(float64(pulled.Messages))
	recycle(buffer, frame)
}

func (s *Session) handleRoomInfo(f *wire.ClientFrame) {
	var q pb.RoomInfoRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	if s.infos == (infoPace{}) {
		s.infos = newInfoPace()
	}
	if !s.infos.allow() {
		s.refuseQuery(f, chat.Errorf(chat.TooFrequent, "over 1 question about a chatroom in a second, or 20 in a minute"))
		return
	}
	room := string(f.Target)
	if !s.Rooms.In(s, room) {
		s.refuseQuery(f, chat.Errorf(chat.NotInChatroom, "the user is not in the chatroom"))
		return
	}
	const newest = 2
	total, members := s.Rooms.Members(room, min(max(0, int(q.GetCount())), chat.MaxRoomMembers), q.GetOrder() == newest)
	count := int32(total)
	answer := &pb.RoomInfoAnswer{UserTotalNums: &count}
	for _, m := range members {
		id, joined := string(m.User), m.Joined.UnixMilli()
		answer.UserInfos = append(answer.UserInfos, &pb.RoomMember{Id: &id, Time: &joined})
	}
	s.send(f, answer)
}

// The bits of RoomEntry.status.
const (
	entryAuto  = 1
	entryForce = 2
	entryGone  = 4
)

func entryChange(e *pb.RoomEntry, remove bool) chatroom.EntryChange {
	return chatroom.EntryChange{
		Key: e.GetKey(), Value: e.GetValue(), Delete: remove,
		Auto: e.GetStatus()&entryAuto != 0, Force: e.GetStatus()&entryForce != 0,
	}
}

// handleRoomEntry sets or deletes one entry.
func (s *Session) handleRoomEntry(f *wire.ClientFrame, remove bool) {
	var q pb.RoomEntryChange
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	notice, err := s.roomNotice(f, &q)
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	c := entryChange(q.Entry, remove)
	done, err := s.Rooms.ChangeEntriesAs(s.ctx, s, string(f.Target), []chatroom.EntryChange{c}, notice)
	if err == nil {
		err = done.Failed[c.Key]
	}
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.conn.Send(s.queryack(nil, f.ID, chat.OK))
}

// roomNotice is the message that goes to the room with a change of an entry,
// nil when none was asked for.
func (s *Session) roomNotice(f *wire.ClientFrame, q *pb.RoomEntryChange) (*chat.Message, error) {
	if !q.GetNotify() || q.Notification == nil {
		return nil, nil
	}
	if name := q.Notification.GetClassName(); name != chatroom.EntryNotice {
		return nil, chat.Errorf(chat.ChatroomParameter, "notification is %.40q, not %s", name, chatroom.EntryNotice)
	}
	m, err := wire.NewMessage(chat.Chatroom, s.client.User, string(f.Target), q.Notification)
	if err != nil {
		return nil, err
	}
	m.Origin = s.origin
	return m, nil
}

// handleRoomEntries sets or deletes several entries. Those that fail do not
// stop the others.
func (s *Session) handleRoomEntries(f *wire.ClientFrame, remove bool) {
	var q pb.RoomEntriesChange
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	if n := len(q.Entry); n == 0 || n > chat.MaxEntriesChanged {
		s.refuseQuery(f, chat.Errorf(chat.EntriesTooMany, "entry is there %d times, not 1 to %d", n, chat.MaxEntriesChanged))
		return
	}
	changes := make([]chatroom.EntryChange, len(q.Entry))
	for i, e := range q.Entry {
		changes[i] = entryChange(e, remove)
	}
	done, err := s.Rooms.ChangeEntriesAs(s.ctx, s, string(f.Target), changes, nil)
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	answer := &pb.RoomEntriesAnswer{}
	for _, c := range changes {
		if err := done.Failed[c.Key]; err != nil {
			answer.ErrorKeys = append(answer.ErrorKeys, &pb.RoomEntryError{Key: new(c.Key), ErrorCode: new(int32(chat.CodeOf(err)))})
		} else {
			answer.KeysVersion = append(answer.KeysVersion, &pb.RoomEntryVersion{Key: new(c.Key), Version: new(int64(done.Tick))})
		}
	}
	code := chat.OK
	if len(done.Failed) > 0 {
		code = chat.EntriesFailed
		s.Metrics.refused(code)
	}
	body, err := answer.MarshalVT()
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.conn.Send(append(s.queryack(nil, f.ID, code), body...))
}

// handleRoomEntriesPull answers with the entries that changed.
func (s *Session) handleRoomEntriesPull(f *wire.ClientFrame) {
	var q pb.RoomEntriesRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	room := string(f.Target)
	if err := wire.CheckID("chatroomId", room); err != nil {
		s.refuseQuery(f, err)
		return
	}
	shared, err := s.Rooms.Entries(s.ctx, s, room, chat.Tick(max(0, q.GetTimestamp())))
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	answer := &pb.RoomEntries{FullUpdate: &shared.Full, SyncTime: new(int64(shared.Through))}
	for _, e := range shared.Entries {
		answer.Entries = append(answer.Entries, entryAnswer(e))
	}
	s.send(f, answer)
}

func entryAnswer(e chatroom.Entry) *pb.RoomEntry {
	status := int32(0)
	if e.Auto {
		status |= entryAuto
	}
	if e.Deleted {
		status |= entryGone
	}
	tick := int64(e.Tick)
	return &pb.RoomEntry{Key: &e.Key, Value: &e.Value, Status: &status, Timestamp: &tick, Version: &tick, Uid: new(string(e.Owner))}
}

// RoomHint implements chatroom.Session.
func (s *Session) RoomHint(room string, tick chat.Tick) {
	s.notify(wire.NotifyRoom, wire.TopicNotify, tick, room)
}

// RoomEntriesHint implements chatroom.Session.
func (s *Session) RoomEntriesHint(room string, tick chat.Tick) {
	s.notify(wire.CommandRoomEntries, wire.TopicCommand, tick, room)
}

// RoomGone implements chatroom.Session.
func (s *Session) RoomGone(room string, tick chat.Tick, why chatroom.Destruction) {
	var frame [256]byte
	s.conn.Send(wire.AppendRoomGone(s.publish(frame[:0], wire.TopicCommand, tick), tick, room, int(why)))
}

// RoomNotice implements chatroom.Session.
func (s *Session) RoomNotice(down []byte) { s.Status(down) }

// RoomClosed implements chatroom.Session.
func (s *Session) RoomClosed(_ string, tick chat.Tick, down []byte) {
	s.conn.Send(append(s.publish(nil, wire.TopicMessage, tick), down...))
}
