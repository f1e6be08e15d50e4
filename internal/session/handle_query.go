package session

import (
	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// handleQuery is every frame that a client sends to get an answer. An official
// client decodes the payload of an answer with status 0 strictly, so what is
// not supported is refused and never answered by nothing. PROTOCOL.md#query
func (s *Session) handleQuery(f *wire.ClientFrame) {
	switch string(f.Topic) {
	case wire.TopicPull:
		s.handlePull(f)
	case wire.TopicPrivateHistory:
		s.handleHistory(f, chat.Private)
	case wire.TopicGroupHistory:
		s.handleHistory(f, chat.Group)
	case wire.TopicSystemHistory:
		s.handleHistory(f, chat.System)
	case wire.TopicRoomHistory:
		s.handleHistory(f, chat.Chatroom)
	case wire.TopicRoomJoin:
		s.handleRoomJoin(f, true)
	case wire.TopicRoomRejoin:
		s.handleRoomJoin(f, false)
	case wire.TopicRoomExit:
		s.handleRoomExit(f)
	case wire.TopicRoomPull:
		s.handleRoomPull(f)
	case wire.TopicRoomInfo:
		s.handleRoomInfo(f)
	default:
		s.handleBootstrap(f)
	}
}

// payload is a generated message that can be decoded and encoded.
type payload interface {
	UnmarshalVT([]byte) error
	MarshalVT() ([]byte, error)
}

// handleBootstrap answers what every official client asks right after it
// connected, about things this server keeps nothing of: nothing newer.
func (s *Session) handleBootstrap(f *wire.ClientFrame) {
	switch string(f.Topic) {
	case wire.TopicReportSDK:
		s.conn.Send(s.queryack(nil, f.ID, chat.OK))
	case wire.TopicBots:
		answer(s, f, func(*pb.BotsRequest) payload { return &pb.BotsAnswer{} })
	case wire.TopicEventChanges:
		answer(s, f, func(q *pb.ChangesRequest) payload {
			return &pb.EventChanges{SyncTime: q.SyncTime, HasNext: new(bool)}
		})
	case wire.TopicSettings:
		answer(s, f, func(q *pb.SettingsRequest) payload { return &pb.SettingsAnswer{Version: q.Version} })
	case wire.TopicConversationStates:
		answer(s, f, func(q *pb.ConversationStatesRequest) payload { return &pb.ConversationStates{Version: q.Time} })
	case wire.TopicModified:
		answer(s, f, func(q *pb.ModifiedRequest) payload {
			finished, next := true, q.GetPullVersion()
			return &pb.ModifiedAnswer{NextVersion: &next, Finished: &finished}
		})
	default:
		s.refuseQuery(f, chat.Errorf(chat.NotSupported, "topic %.40q is not supported", f.Topic))
	}
}

// answer decodes a query, and sends what to makes of it.
func answer[Q any, PQ interface {
	*Q
	payload
}](s *Session, f *wire.ClientFrame, to func(PQ) payload) {
	q := PQ(new(Q))
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	s.send(f, to(q))
}

// send answers a query with a payload.
func (s *Session) send(f *wire.ClientFrame, p payload) {
	body, err := p.MarshalVT()
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.conn.Send(append(s.queryack(nil, f.ID, chat.OK), body...))
}
