package session

import (
	"cmp"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/writer"
	"github.com/hongyan-im/hongyan/wire"
)

// handlePublish is every frame that a client sends to be acted upon. All but
// status messages are answered by a PUBACK. PROTOCOL.md#publish
func (s *Session) handlePublish(f *wire.ClientFrame) {
	switch string(f.Topic) {
	case wire.TopicPrivateSend:
		s.handleSend(f, chat.Private)
	case wire.TopicGroupSend:
		s.handleSend(f, chat.Group)
	case wire.TopicRoomSend:
		s.handleSend(f, chat.Chatroom)
	case wire.TopicPrivateStatus:
		s.handleStatus(f, chat.Private)
	case wire.TopicGroupStatus:
		s.handleStatus(f, chat.Group)
	case wire.TopicSystemSend:
		s.handleSend(f, chat.System)
	default:
		if handle := publishes[string(f.Topic)]; handle != nil {
			handle(s, f)
			return
		}
		s.refuse(f, chat.Errorf(chat.NotSupported, "topic %.40q is not supported", f.Topic))
	}
}

// handleSend gives a message to the writer, whose answer is Answer.
func (s *Session) handleSend(f *wire.ClientFrame, typ chat.ConversationType) {
	if !s.mayPublish(f) {
		return
	}
	m, err := s.parse(f, typ)
	if err != nil {
		s.refuse(f, err)
		return
	}
	if m.ObjectName == amend.RecallCommand || m.ObjectName == amend.RecallNotice {
		// Receivers would take it for a recall, whose ever the message is.
		s.refuse(f, chat.Errorf(chat.Blocked, "%s is sent by a recall only", m.ObjectName))
		return
	}
	if typ == chat.Chatroom {
		if err := s.Rooms.Admit(s, m); err != nil {
			s.refuse(f, err)
			return
		}
	}
	if typ == chat.System && m.ObjectName != readSync {
		s.refuse(f, chat.Errorf(chat.SystemReadOnly, "a system conversation takes no messages from users"))
		return
	}
	m.Origin = s.origin
	if err := s.Roster.Warm(s.ctx, m); err != nil {
		s.refuse(f, err)
		return
	}
	if m.ObjectName == amend.ExpansionCommand {
		s.handleExpansion(f, m)
		return
	}
	if s.Sending.ResendTwice && !s.client.Direct {
		m.Key = chat.SendKey{}
	}
	r := &writer.Request{Message: m, Check: s.rules(m), Changes: media.Sent(m.Body), Owner: s, Reference: f.ID}
	s.markRead(r)
	s.Writer.Submit(r)
}

// parse reads the message that a frame asks to send.
func (s *Session) parse(f *wire.ClientFrame, typ chat.ConversationType) (*chat.Message, error) {
	m, err := s.speaks.ParseMessage(typ, s.client.User, string(f.Target), f.Payload)
	if err != nil {
		return nil, err
	}
	return m, s.Sending.Content.Check(m)
}

// rules are those that a message of the session's user has to fulfil.
func (s *Session) rules(m *chat.Message) roster.Check {
	if s.Sending.SkipLists && m.Flags&chat.SkipLists != 0 {
		return roster.Sender &^ roster.Blacklist
	}
	return roster.Sender
}

// Answer implements writer.Owner: it acks what handleSend submitted.
func (s *Session) Answer(r *writer.Request) {
	m := r.Message
	if r.Err != nil {
		s.refuseID(r.Reference, r.Err)
		return
	}
	if r.ID == m.ID {
		s.Metrics.accepted(m.Type)
	} else {
		s.Metrics.Resent.Inc()
	}
	var uid [19]byte
	s.puback(r.Reference, chat.OK, r.ID.Tick, chat.AppendUID(uid[:0], r.ID, m.Log()))
}

// handleStatus hands a status message to those who are online now. The client
// does not wait for an answer, so one that may not be sent is dropped.
func (s *Session) handleStatus(f *wire.ClientFrame, typ chat.ConversationType) {
	if s.status != nil && !s.status.Allow() {
		s.Metrics.StatusDropped.Inc()
		return
	}
	m, err := s.parse(f, typ)
	if err == nil {
		err = s.Roster.Admit(s.ctx, m, s.rules(m))
	}
	if err != nil {
		code := chat.CodeOf(err)
		s.Metrics.refused(code)
		s.logRefusal(code, err)
		return
	}
	m.ID.Tick = chat.Tick(time.Now().UnixMilli())
	wire.MarkStatus(m)
	s.Hub.Status(m)
}

// conversation reads a conversation that a client names.
func conversation(typ int32, target, channel string) (chat.Conversation, error) {
	c := chat.Conversation{Type: chat.ConversationType(typ), Target: target, Channel: channel}
	switch c.Type {
	case chat.Private, chat.Group, chat.Chatroom, chat.System:
	case chat.UltraGroup:
		c.Channel = cmp.Or(channel, chat.DefaultChannel)
	default:
		return c, chat.Errorf(chat.UnsupportedType, "conversationType %d is not supported", typ)
	}
	if channel != "" {
		if err := wire.CheckID("channelId", channel); err != nil {
			return c, err
		}
	}
	return c, wire.CheckID("targetId", target)
}

func undecodable(err error) error {
	return &chat.Error{Code: chat.BadMessage, Reason: "the payload does not decode", Err: err}
}
