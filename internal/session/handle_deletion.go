package session

import (
	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What a client asks for by name, and what it deletes of its user's copies.
// PROTOCOL.md#deleting
var deletionQueries = handlers{
	wire.TopicMessages:     (*Session).handleMessages,
	wire.TopicDelete:       (*Session).handleDelete,
	wire.TopicUltraDelete:  (*Session).handleDelete,
	wire.TopicPrivateClear: func(s *Session, f *wire.ClientFrame) { s.handleClear(f, chat.Private) },
	wire.TopicGroupClear:   func(s *Session, f *wire.ClientFrame) { s.handleClear(f, chat.Group) },
	wire.TopicSystemClear:  func(s *Session, f *wire.ClientFrame) { s.handleClear(f, chat.System) },
	wire.TopicClearBatch:   (*Session).handleClearBatch,
}

func (s *Session) handleMessages(f *wire.ClientFrame) {
	var q pb.MessagesRequest
	s.ask(f, &q, func() (payload, error) {
		var names []chat.UID
		channel := ""
		for _, ref := range q.GetQuery() {
			names, channel = append(names, chat.UID(ref.GetMsgUid())), ref.GetBusChannel()
		}
		c, err := conversation(q.GetType(), q.GetTargetId(), channel)
		if err != nil {
			return nil, err
		}
		found, missing, err := s.Inbox.Named(s.ctx, s.client.User, c, names)
		if err != nil {
			return nil, err
		}
		answer := new(pb.MessagesAnswer)
		for _, m := range found {
			down := new(pb.DownMessage)
			if err := down.UnmarshalVT(wire.AppendMessage(nil, m, s.client.User)); err != nil {
				return nil, err
			}
			answer.List = append(answer.List, down)
		}
		for _, name := range missing {
			answer.NotExistMsgId = append(answer.NotExistMsgId, string(name))
		}
		return answer, nil
	})
}

func (s *Session) handleDelete(f *wire.ClientFrame) {
	var q pb.DeleteRequest
	s.change(f, &q, func() (payload, error) {
		c, err := conversation(q.GetType(), q.GetConversationId(), q.GetBusChannel())
		if err != nil {
			return nil, err
		}
		var names []chat.UID
		for _, m := range q.GetMsgs() {
			names = append(names, chat.UID(m.GetMsgId()))
		}
		return nil, s.Inbox.Delete(s.ctx, s.client.User, c, names)
	})
}

// chat.MaxCleared is how many conversations a client may clear at once.

// clearing reads one; a time of 0 means everything so far.
func (s *Session) clearing(typ int32, q *pb.ClearRequest) (inbox.Clearing, error) {
	c, err := conversation(typ, q.GetTargetId(), q.GetBusChannel())
	through := s.reached()
	if time := chat.Tick(q.GetDataTime()); time > 0 {
		through = min(through, time)
	}
	return inbox.Clearing{Conversation: c, Through: through}, err
}

func (s *Session) handleClear(f *wire.ClientFrame, typ chat.ConversationType) {
	var q pb.ClearRequest
	s.change(f, &q, func() (payload, error) {
		if typ == chat.Group && q.GetConversationType() == int32(chat.UltraGroup) {
			typ = chat.UltraGroup // these have no topic of their own
		}
		c, err := s.clearing(int32(typ), &q)
		if err != nil {
			return nil, err
		}
		return nil, s.Inbox.Clear(s.ctx, s.client.User, c)
	})
}

func (s *Session) handleClearBatch(f *wire.ClientFrame) {
	var q pb.ClearBatchRequest
	s.change(f, &q, func() (payload, error) {
		if len(q.GetInput()) > chat.MaxCleared {
			return nil, chat.Errorf(chat.BadParameter, "input names %d conversations, over %d", len(q.GetInput()), chat.MaxCleared)
		}
		var all []inbox.Clearing
		for _, input := range q.GetInput() {
			c, err := s.clearing(input.GetConversationType(), input)
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
		return nil, s.Inbox.Clear(s.ctx, s.client.User, all...)
	})
}
