package session

import (
	"encoding/json"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What a client asks and tells about messages it sent.
var (
	amendQueries   = handlers{}
	amendPublishes = handlers{wire.TopicRecall: (*Session).handleRecall}
)

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

// handleRecall takes a message back. PROTOCOL.md#recall
func (s *Session) handleRecall(f *wire.ClientFrame) {
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
	var uid [19]byte
	s.puback(f.ID, chat.OK, id.Tick, chat.AppendUID(uid[:0], id, r.Conversation.Log(s.client.User)))
}

func (s *Session) parseRecall(payload []byte) (amend.Recall, error) {
	var up pb.UpMessage
	if err := up.UnmarshalVT(payload); err != nil {
		return amend.Recall{}, undecodable(err)
	}
	var c recallContent
	if err := json.Unmarshal(up.GetContent(), &c); err != nil {
		return amend.Recall{}, &chat.Error{Code: chat.BadParameter, Reason: "content is not that of a recall", Err: err}
	}
	conv, err := conversation(c.ConversationType, c.TargetID, c.ChannelID)
	return amend.Recall{
		Operator: s.client.User, Conversation: conv, UID: chat.UID(c.MessageUID), Content: up.GetContent(),
		Admin: c.IsAdmin, Delete: c.IsDelete, Extra: c.Extra, Origin: s.origin,
	}, err
}
