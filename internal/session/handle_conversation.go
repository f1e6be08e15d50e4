package session

import (
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What a client asks and tells about its list of conversations.
var (
	conversationQueries = handlers{}

	conversationPublishes = handlers{
		wire.TopicReadTime:     (*Session).handleReadMark,
		wire.TopicRealtimeRead: (*Session).handleReadMark,
	}
)

// handleReadMark moves a read cursor. It is a write like a message, and shares
// the rate of messages.
func (s *Session) handleReadMark(f *wire.ClientFrame) {
	if s.sends != nil && !s.sends.Allow() {
		s.refuse(f, chat.Errorf(chat.TooFrequent, "over %v read marks a second", s.sends.Limit()))
		return
	}
	var mark pb.ReadMark
	if err := mark.UnmarshalVT(f.Payload); err != nil {
		s.refuse(f, undecodable(err))
		return
	}
	c, err := conversation(mark.GetType(), mark.GetChannelId(), mark.GetBusChannel())
	if err == nil {
		through := min(chat.Tick(mark.GetMsgTime()), s.Hub.Tick())
		err = s.Inbox.MarkRead(s.ctx, s.client.User, c, through)
	}
	if err != nil {
		s.refuse(f, err)
		return
	}
	s.puback(f.ID, chat.OK, chat.Tick(time.Now().UnixMilli()), nil)
}
