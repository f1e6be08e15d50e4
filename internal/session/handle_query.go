package session

import (
	"maps"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// handler does what a frame asks and answers it.
type handler func(*Session, *wire.ClientFrame)

// handlers are the handlers of one subject, by topic. The file of a subject
// has its tables.
type handlers map[string]handler

func merge(tables ...handlers) handlers {
	all := handlers{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// queries are what a client may ask, and publishes what it may tell, beside
// messages.
var (
	queries = merge(bootstrapQueries, pullQueries, deletionQueries, conversationQueries, tagQueries, amendQueries, receiptQueries, roomQueries, ultraQueries, fileQueries,
		directoryQueries, blacklistQueries, absentQueries)

	publishes = merge(amendPublishes, conversationPublishes, receiptPublishes, ultraPublishes)
)

// handleQuery is every frame that a client sends to get an answer. An official
// client decodes the payload of an answer with status 0 strictly, so what is
// not supported is refused and never answered by nothing. PROTOCOL.md#query
func (s *Session) handleQuery(f *wire.ClientFrame) {
	if handle := queries[string(f.Topic)]; handle != nil {
		handle(s, f)
		return
	}
	s.refuseQuery(f, chat.Errorf(chat.NotSupported, "topic %.40q is not supported", f.Topic))
}

// payload is a generated message that can be decoded and encoded.
type payload interface {
	UnmarshalVT([]byte) error
	MarshalVT() ([]byte, error)
}

// bootstrapQueries are what every official client asks right after it
// connected, about things this server keeps nothing of: nothing newer.
var bootstrapQueries = handlers{
	wire.TopicReportSDK: func(s *Session, f *wire.ClientFrame) { s.conn.Send(s.queryack(nil, f.ID, chat.OK)) },
	wire.TopicBots: func(s *Session, f *wire.ClientFrame) {
		answer(s, f, func(*pb.BotsRequest) payload { return &pb.BotsAnswer{} })
	},
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
