package session

import (
	"encoding/json"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/ultragroup"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What a client asks and tells about messages it sent.
var (
	amendQueries = handlers{
		wire.TopicModify:   (*Session).handleEdit,
		wire.TopicModified: (*Session).handleEdits,
	}
	amendPublishes = handlers{wire.TopicRecall: (*Session).handleRecall}
)

// who is this session's user, asking for a change of a message.
func (s *Session) who(c chat.Conversation, uid string) amend.Who {
	return amend.Who{User: s.client.User, Conversation: c, UID: chat.UID(uid), Origin: s.origin}
}

// recallContent is what the content of a client's RC:RcCmd says.
type recallContent struct {
	ConversationType int32  `json:"conversationType"`
	TargetID         string `json:"targetId"`
	ChannelID        string `json:"channelId"`
	MessageUID       string `json:"messageUId"`
	IsAdmin          bool   `json:"isAdmin"`
	IsDelete         bool   `json:"isDelete"`
	Extra            string `json:"extra"`
}

// handleRecall takes a message back. It is a write like a message, and shares
// the rate of messages. PROTOCOL.md#recall
func (s *Session) handleRecall(f *wire.ClientFrame) {
	if !s.mayPublish(f) {
		return
	}
	r, err := s.parseRecall(f.Payload)
	if err != nil {
		s.refuse(f, err)
		return
	}
	id, err := s.Editor.Recall(s.ctx, r)
	if err != nil {
		s.refuse(f, err)
		return
	}
	s.Metrics.Recalled.Inc()
	// The client keeps the time to know its own command by, so it is the
	// command's, not the message's.
	s.accept(f, id, r.Conversation)
}

// accept answers a PUBLISH that put a message into a conversation.
func (s *Session) accept(f *wire.ClientFrame, id chat.ID, c chat.Conversation) {
	var uid [19]byte
	s.puback(f.ID, chat.OK, id.Tick, chat.AppendUID(uid[:0], id, c.Log(s.client.User)))
}

func (s *Session) parseRecall(payload []byte) (amend.Recall, error) {
	up := new(pb.UpMessage)
	if err := up.UnmarshalVT(payload); err != nil {
		return amend.Recall{}, undecodable(err)
	}
	var c recallContent
	if err := json.Unmarshal(up.GetContent(), &c); err != nil {
		return amend.Recall{}, &chat.Error{Code: chat.BadParameter, Reason: "content is not that of a recall", Err: err}
	}
	conv, err := conversation(c.ConversationType, c.TargetID, c.ChannelID)
	return amend.Recall{Who: s.tells(s.who(conv, c.MessageUID), ultragroup.Change{Kind: ultragroup.Recalled, Admin: c.IsAdmin, Delete: c.IsDelete}), Admin: c.IsAdmin, Delete: c.IsDelete, Extra: c.Extra, Command: up}, err
}

// handleExpansion changes the expansion of a message, which m, a message of
// the client, asks for and tells receivers of. PROTOCOL.md#expansion
func (s *Session) handleExpansion(f *wire.ClientFrame, m *chat.Message) {
	var p amend.Pairs
	if err := json.Unmarshal(wire.Content(m), &p); err != nil {
		s.refuse(f, chat.Errorf(chat.ExpansionFormat, `content is not JSON {"mid":…,"put":{…}} or {"mid":…,"del":[…]}`))
		return
	}
	id, err := s.Editor.Expand(s.ctx, amend.Expansion{Who: s.who(m.Conversation(), string(p.Message)), Pairs: p, Notice: m})
	if err != nil {
		s.refuse(f, err)
		return
	}
	s.Metrics.Expanded.Inc()
	s.accept(f, id, m.Conversation())
}

// handleEdit gives a message another content. It is a write like a message,
// and shares the rate of messages. PROTOCOL.md#edit
func (s *Session) handleEdit(f *wire.ClientFrame) {
	if s.sends != nil && !s.sends.Allow() {
		s.refuseQuery(f, chat.Errorf(chat.TooFast, "over %v messages a second", s.sends.Limit()))
		return
	}
	var q pb.ModifyRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	c, err := conversation(q.GetType(), q.GetTargetId(), q.GetBusChannel())
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	m, tick, err := s.Editor.Edit(s.ctx, amend.Edit{Who: s.tells(s.who(c, q.GetMsgUid()), ultragroup.Change{Kind: ultragroup.Edited}), Content: q.Content})
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.Metrics.Edited.Inc()
	at := int64(tick)
	s.send(f, &pb.ModifyAnswer{ModifyTime: &at, Msg: s.down(m)})
}

// handleEdits answers with what was edited since the version of the request.
func (s *Session) handleEdits(f *wire.ClientFrame) {
	var q pb.ModifiedRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	after := chat.Tick(max(0, q.GetPullVersion()))
	edits, err := s.Editor.Edits(s.ctx, s.client.User, s.origin, after, s.newest(&s.ofEdits))
	if err != nil {
		s.answerNone(f, &s.ofEdits, err)
		return
	}
	next, finished, edit := int64(edits.Through), !edits.More, int32(1)
	a := &pb.ModifiedAnswer{NextVersion: &next, Finished: &finished}
	for _, m := range edits.Messages {
		a.Msg = append(a.Msg, &pb.Modified{ModifyType: &edit, Msg: s.down(m)})
	}
	s.answerNews(f, a, &s.ofEdits, edits.Through, wire.CommandModified)
}

// newest is how far an answer about what a signal tells of may reach.
func (s *Session) newest(of *signal) chat.Tick {
	tick := s.Hub.Tick()
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(tick, of.latest)
}

// answerNews sends an answer that reaches through, and a signal after it when
// there is more by now.
func (s *Session) answerNews(f *wire.ClientFrame, p payload, of *signal, through chat.Tick, command int) {
	s.mu.Lock()
	s.send(f, p) // under the lock, so that no signal for what it holds goes after it
	again, latest := of.answer(through), of.latest
	s.mu.Unlock()
	if again {
		s.notify(command, wire.TopicCommand, latest, "")
	}
}

func (s *Session) answerNone(f *wire.ClientFrame, of *signal, err error) {
	s.mu.Lock()
	of.refuse()
	s.mu.Unlock()
	s.refuseQuery(f, err)
}

// firstPulled is called when the client has pulled all there is. A client that
// is back after its connection broke does not ask by itself for what was
// edited meanwhile, so it is told to, once.
func (s *Session) firstPulled() {
	if s.client.Direct || s.pulled {
		return
	}
	s.pulled = true
	s.notify(wire.CommandModified, wire.TopicCommand, s.newest(&s.ofEdits), "")
}
