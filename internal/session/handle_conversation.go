package session

import (
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	lists "github.com/hongyan-im/hongyan/internal/conversation"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What a client asks and tells about its list of conversations.
var (
	conversationQueries = handlers{
		wire.TopicConversations:       (*Session).handleList,
		wire.TopicConversationsFilter: (*Session).handleFilter,
		wire.TopicConversationsBatch:  (*Session).handleBatch,
		wire.TopicConversationsDelete: (*Session).handleRemove,
		wire.TopicConversationDelete:  (*Session).handleRemoveOne,
		wire.TopicUnread:              (*Session).handleUnread,
		wire.TopicRealtime:            (*Session).handleList,
		wire.TopicRealtimeTotals:      (*Session).handleTotals,
		wire.TopicRealtimeUnread:      (*Session).handleCounts,
		wire.TopicRealtimeDelete:      (*Session).handleRemoveCounts,
	}

	conversationPublishes = handlers{
		wire.TopicReadTime:     (*Session).handleReadMark,
		wire.TopicRealtimeRead: (*Session).handleReadMark,
	}
)

// mayChange takes from the rate of changes of the session's user.
func (s *Session) mayChange() error {
	if s.edits != nil && !s.edits.Allow() {
		return chat.Errorf(chat.TooFrequent, "over %v changes a second", s.edits.Limit())
	}
	return nil
}

// ask decodes a query into q, and answers it with what do makes of it.
func (s *Session) ask(f *wire.ClientFrame, q payload, do func() (payload, error)) {
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	p, err := do()
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.send(f, p)
}

// change decodes a query into q, does what it asks to change, and answers it.
// Most changes are answered by nothing.
func (s *Session) change(f *wire.ClientFrame, q payload, do func() (payload, error)) {
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	err := s.mayChange()
	var p payload
	if err == nil {
		p, err = do()
	}
	switch {
	case err != nil:
		s.refuseQuery(f, err)
	case p == nil:
		s.conn.Send(s.queryack(nil, f.ID, chat.OK))
	default:
		s.send(f, p)
	}
}

// handleReadMark moves a read cursor. PROTOCOL.md#read-marks
func (s *Session) handleReadMark(f *wire.ClientFrame) {
	if err := s.mayChange(); err != nil {
		s.refuse(f, err)
		return
	}
	var mark pb.ReadMark
	if err := mark.UnmarshalVT(f.Payload); err != nil {
		s.refuse(f, undecodable(err))
		return
	}
	c, err := conversation(mark.GetType(), mark.GetChannelId(), mark.GetBusChannel())
	if err == nil && c.Type == chat.UltraGroup {
		err = s.seesUltra(c.Target, c.Channel)
	}
	if err == nil {
		through := min(chat.Tick(mark.GetMsgTime()), s.Hub.Tick())
		s.mu.Lock()
		s.unread.made(store.MarkedRead{User: s.client.User, Log: c.Log(s.client.User), Through: through})
		s.mu.Unlock()
		err = s.Lists.MarkRead(s.ctx, s.client.User, c, through)
	}
	if err != nil {
		s.refuse(f, err)
		return
	}
	s.puback(f.ID, chat.OK, chat.Tick(time.Now().UnixMilli()), nil)
}

// handleList answers with a part of the list. PROTOCOL.md#conversations
func (s *Session) handleList(f *wire.ClientFrame) {
	var q pb.ConversationsRequest
	s.ask(f, &q, func() (payload, error) {
		if q.GetBotType() == botsOnly {
			return s.listAnswer(lists.List{}), nil
		}
		list, err := s.Lists.List(s.ctx, s.client.User, lists.Query{
			Types: types(q.GetChannelType()), Count: int(q.GetCount()), Start: chat.Tick(max(0, q.GetStartTime())),
			Oldest: q.GetOrder() == 1, Until: s.reached(),
		})
		return s.listAnswer(list), err
	})
}

// botsOnly, of ConversationsRequest.bot_type, asks for conversations with bots.
const botsOnly = 2

func (s *Session) handleFilter(f *wire.ClientFrame) {
	var q pb.ConversationsFilter
	s.ask(f, &q, func() (payload, error) {
		list, err := s.Lists.List(s.ctx, s.client.User, lists.Query{
			Types: types(q.GetType()), Tags: q.GetTags(), TopFirst: q.GetIsTagTop(), Count: int(q.GetCount()),
			Oldest: q.GetOrder() == 1, Token: q.GetPageToken(), Until: s.reached(),
		})
		return s.listAnswer(list), err
	})
}

func types(numbers []int32) (all []chat.ConversationType) {
	for _, n := range numbers {
		all = append(all, chat.ConversationType(n))
	}
	return all
}

// handleBatch answers with the latest messages of the conversations named.
func (s *Session) handleBatch(f *wire.ClientFrame) {
	var q pb.ConversationBatch
	s.ask(f, &q, func() (payload, error) {
		cs, err := conversations(q.GetRelation())
		if err != nil {
			return nil, err
		}
		items, err := s.Lists.Get(s.ctx, s.client.User, cs, s.reached())
		return s.listAnswer(lists.List{Items: items}), err
	})
}

func conversations(refs []*pb.ConversationRef) (cs []chat.Conversation, err error) {
	for _, r := range refs {
		c, err := conversation(r.GetConversationType(), r.GetConversationId(), r.GetBusChannel())
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	return cs, nil
}

func (s *Session) handleRemove(f *wire.ClientFrame) {
	var q pb.ConversationBatch
	s.change(f, &q, func() (payload, error) {
		cs, err := conversations(q.GetRelation())
		if err != nil {
			return nil, err
		}
		return nil, s.Lists.Remove(s.ctx, s.client.User, cs, q.GetCleanMsg(), s.reached())
	})
}

// handleRemoveOne is the same as clients of 5.7 ask it: the frame names the
// conversation.
func (s *Session) handleRemoveOne(f *wire.ClientFrame) {
	var q pb.ConversationsRequest
	s.change(f, &q, func() (payload, error) {
		c, err := conversation(q.GetType(), string(f.Target), "")
		if err != nil {
			return nil, err
		}
		return nil, s.Lists.Remove(s.ctx, s.client.User, []chat.Conversation{c}, false, s.reached())
	})
}

func countedOf(counts []*pb.ConversationCount) (cs []chat.Conversation, err error) {
	for _, n := range counts {
		c, err := conversation(n.GetType(), n.GetChannelId(), n.GetBusChannel())
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	if len(cs) > lists.MaxRemoved {
		return nil, chat.Errorf(chat.BadParameter, "sessions names %d conversations, over %d", len(cs), lists.MaxRemoved)
	}
	return cs, nil
}

func (s *Session) handleRemoveCounts(f *wire.ClientFrame) {
	var q pb.ConversationCounts
	s.change(f, &q, func() (payload, error) {
		cs, err := countedOf(q.GetSessions())
		if err != nil {
			return nil, err
		}
		return nil, s.Lists.Remove(s.ctx, s.client.User, cs, false, s.reached())
	})
}

// handleCounts answers with how many messages of conversations are unread.
func (s *Session) handleCounts(f *wire.ClientFrame) {
	var q pb.ConversationCounts
	s.ask(f, &q, func() (payload, error) {
		cs, err := countedOf(q.GetSessions())
		if err != nil {
			return nil, err
		}
		items, err := s.Lists.UnreadOf(s.ctx, s.client.User, cs, s.reached())
		answer := new(pb.ConversationCounts)
		for _, item := range items {
			typ, target, channel, count := int32(item.Type), item.Target, item.Channel, int64(item.Unread.Count)
			answer.Sessions = append(answer.Sessions, &pb.ConversationCount{Type: &typ, ChannelId: &target, BusChannel: &channel, UnreadCount: &count})
		}
		return answer, err
	})
}

func (s *Session) handleTotals(f *wire.ClientFrame) {
	var q pb.TotalsRequest
	s.ask(f, &q, func() (payload, error) {
		until := s.reached()
		total, err := s.Lists.Total(s.ctx, s.client.User, until)
		time, count := int64(until), int64(total)
		return &pb.TotalsAnswer{InboxTime: &time, SendboxTime: &time, TotalUnreadCount: &count}, err
	})
}

func (s *Session) listAnswer(list lists.List) payload {
	finished := !list.More
	answer := &pb.ConversationsAnswer{IsFinished: &finished, PageToken: &list.Token}
	for _, item := range list.Items {
		answer.Info = append(answer.Info, s.info(item))
	}
	if n := len(list.Items); n > 0 {
		time := int64(list.Items[n-1].Time)
		answer.PullTime = &time
	}
	return answer
}

func (s *Session) info(item lists.Item) *pb.ConversationInfo {
	typ, target, time := int32(item.Type), item.Target, int64(item.Time)
	u := item.Unread
	read, count, mentions, me := int64(u.Read), int64(u.Count), int64(u.Mentions), int32(u.MentionsMe)
	info := &pb.ConversationInfo{
		Type: &typ, UserId: &target, VersionTime: &time, ReadMsgTime: &read, UnreadCount: &count, RemindCount: &mentions,
		RemindMeCount: &me, MsgInfo: s.named(u.First),
	}
	if item.Channel != "" {
		info.BusChannel = &item.Channel
	}
	if item.Latest != nil {
		down := new(pb.DownMessage)
		if err := down.UnmarshalVT(wire.AppendMessage(nil, item.Latest, s.client.User)); err == nil {
			info.Msg = down
		}
	}
	return info
}

// named names an unread message; nil names none.
func (s *Session) named(m *chat.Message) *pb.UnreadMessage {
	if m == nil {
		return nil
	}
	uid, time, name := string(m.UID()), int64(m.ID.Tick), m.ObjectName
	u := &pb.UnreadMessage{MsgId: &uid, MsgTime: &time, ClassName: &name}
	if how := int32(inbox.MentionType(m, s.client.User)); how != 0 {
		u.RemindType = &how
	}
	return u
}

// handleUnread answers with what is unread: of everything when the client
// begins to ask, else of what it was told of since it last asked. A client of
// ours that is back is answered what was read on other devices meanwhile.
// PROTOCOL.md#unread
func (s *Session) handleUnread(f *wire.ClientFrame) {
	var q pb.UnreadRequest
	s.ask(f, &q, func() (payload, error) {
		until, token := s.reached(), q.GetPageToken()
		everything, first := token != "" || q.GetVersion() == 0, false
		var cs []chat.Conversation
		if token == "" {
			s.mu.Lock()
			all, logs, tick := s.unread.take()
			first, s.unread.asked = !s.unread.asked, true
			s.mu.Unlock()
			everything, until = everything || all, max(until, tick)
			for log := range logs {
				cs = append(cs, log.Conversation(s.client.User))
			}
		}
		if !everything {
			if first && s.client.Direct {
				since, err := s.Lists.ReadSince(s.ctx, s.client.User, chat.Tick(q.GetVersion()), until)
				if err != nil {
					return nil, err
				}
				for _, item := range since {
					if !slices.Contains(cs, item.Conversation) {
						cs = append(cs, item.Conversation)
					}
				}
			}
			items, err := s.Lists.UnreadOf(s.ctx, s.client.User, cs, until)
			return s.unreadAnswer(items, "", until), err
		}
		items, next, err := s.Lists.Unread(s.ctx, s.client.User, token, until)
		return s.unreadAnswer(items, next, until), err
	})
}

func (s *Session) unreadAnswer(items []lists.Item, token string, until chat.Tick) payload {
	answer := &pb.UnreadAnswer{PageToken: &token}
	through := int64(until)
	for _, item := range items {
		typ, target, channel, u := int32(item.Type), item.Target, item.Channel, item.Unread
		count, mentions, me, read := int32(u.Count), int32(u.Mentions), int32(u.MentionsMe), int64(u.Read)
		answer.Session = append(answer.Session, &pb.ConversationUnread{
			TargetId: &target, BusChannel: &channel, Type: &typ, Version: &through,
			Unread: &pb.Unread{
				Count: &count, MentionCount: &mentions, MentionMeCount: &me, ClearTime: &read, CutOffTime: &through, FirstUnreadMsg: s.named(u.First),
			},
		})
	}
	return answer
}
