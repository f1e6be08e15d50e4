package session

import (
	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

var pullQueries = handlers{
	wire.TopicPull:           (*Session).handlePull,
	wire.TopicPrivateHistory: func(s *Session, f *wire.ClientFrame) { s.handleHistory(f, chat.Private) },
	wire.TopicGroupHistory:   func(s *Session, f *wire.ClientFrame) { s.handleHistory(f, chat.Group) },
	wire.TopicSystemHistory:  func(s *Session, f *wire.ClientFrame) { s.handleHistory(f, chat.System) },
	wire.TopicRoomHistory:    func(s *Session, f *wire.ClientFrame) { s.handleHistory(f, chat.Chatroom) },
}

// Bounds of the answer to a pull: so many messages, or bytes of their bodies.
// A tick is never split, so an answer may be larger by what one tick holds.
const (
	pageMessages = 200
	maxPageBytes = 512 << 10
)

// handlePull answers with what the user is to receive, or sent from another
// device, since the cursors of the request. PROTOCOL.md#pull
func (s *Session) handlePull(f *wire.ClientFrame) {
	var q pb.PullRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	received := chat.Tick(max(0, q.GetSyncTime()))
	sent := chat.Tick(max(0, q.GetSendBoxSyncTime()))
	if !q.GetIsPullSend() {
		sent = chat.MaxTick
	}
	page, err := s.Inbox.Pull(s.ctx, store.Pull{
		User: s.client.User, Received: received, Sent: sent, Until: s.reached(), Limit: pageMessages, Bytes: maxPageBytes,
	})
	if err != nil {
		s.mu.Lock()
		s.stream.refuse()
		s.mu.Unlock()
		s.refuseQuery(f, err)
		return
	}
	last, cursor := s.firstPull(received, page.More)
	s.sendPage(f, page)
	if last {
		s.caughtUp(cursor)
	}
}

// firstPull takes note of a pull from cursor, and reports whether it was the
// last of those by which the client catches up after it connected, and from
// where they began.
func (s *Session) firstPull(cursor chat.Tick, more bool) (last bool, began chat.Tick) {
	if s.client.Direct {
		return false, 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unread.pulled {
		return false, 0
	}
	if !s.unread.pulling {
		s.unread.pulling, s.unread.cursor = true, cursor
	}
	s.unread.pulled = !more
	return s.unread.pulled, s.unread.cursor
}

// reached is how far an answer may reach: everything up to it was offered to
// this session. The hub may be in the middle of a tick that this session was
// given already and hinted at; an answer that stopped short of the hint would
// leave the client without one.
func (s *Session) reached() chat.Tick {
	tick := s.Hub.Tick()
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(tick, s.stream.sealed, s.push.previous)
}

// pullWaiting answers a pull from what the session itself keeps, and reports
// whether it could.
func (s *Session) pullWaiting(f *wire.ClientFrame) bool {
	if s.client.Direct || string(f.Topic) != wire.TopicPull {
		return false
	}
	var q pb.PullRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		return false // handlePull says so
	}
	cursor, through := chat.Tick(q.GetSyncTime()), s.reached()
	s.mu.Lock()
	messages, complete := s.stream.take(cursor, through)
	s.mu.Unlock()
	if !complete {
		return false
	}
	s.sendPage(f, store.Page{Messages: messages, Through: through})
	return true
}

func (s *Session) sendPage(f *wire.ClientFrame, page store.Page) {
	if !s.client.Direct {
		page.Messages = s.uncounted(page.Messages)
	}
	buffer := frames.Get().(*[]byte)
	frame := s.appendList(s.queryack(*buffer, f.ID, chat.OK), page.Messages)
	frame = wire.AppendPulled(frame, page.Through, !page.More)

	s.mu.Lock()
	hint := s.stream.answer(page.Through)
	latest := s.stream.latest
	s.conn.Send(frame) // under the lock, so that no hint for what it holds goes after it
	s.mu.Unlock()
	if hint {
		s.notify(wire.NotifyMessages, wire.TopicNotify, latest, "")
	}
	if !page.More {
		s.firstPulled()
	}
	s.Metrics.PullSize.Observe(float64(len(page.Messages)))
	recycle(buffer, frame)
}

// appendList appends messages as the list of an answer.
func (s *Session) appendList(frame []byte, messages []*chat.Message) []byte {
	for _, m := range messages {
		if m.Flags&chat.Hidden != 0 {
			continue
		}
		frame = wire.AppendListed(frame, m, s.client.User)
	}
	return frame
}

// handleHistory answers with a page of a conversation's past. PROTOCOL.md#history
func (s *Session) handleHistory(f *wire.ClientFrame, typ chat.ConversationType) {
	var q pb.HistoryRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	target := q.GetTargetId()
	if typ == chat.Chatroom {
		target = string(f.Target) // a room is named by the frame
	}
	c, err := conversation(int32(typ), target, q.GetBusChannel())
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	if typ == chat.Chatroom && !s.Rooms.In(s, target) {
		s.refuseQuery(f, chat.Errorf(chat.NotInChatroom, "the user is not in the chatroom"))
		return
	}
	page, err := s.Inbox.History(s.ctx, s.client.User, inbox.Query{
		Conversation: c, Time: chat.Tick(max(0, q.GetTime())), Newer: q.GetOrder() == 1, Count: int(q.GetCount()), Until: s.Hub.Tick(),
	})
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	frame := s.appendList(s.queryack(nil, f.ID, chat.OK), page.Messages)
	s.conn.Send(wire.AppendHistory(frame, page.Through, page.More))
}
