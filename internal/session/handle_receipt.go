package session

import (
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/receipt"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What a client asks and tells about read receipts. PROTOCOL.md#read-receipts
var (
	receiptQueries = handlers{
		wire.TopicEventChanges:  (*Session).handleEvents,
		wire.TopicReadReceipt:   (*Session).handleRead,
		wire.TopicReceipts:      (*Session).handleReceipts,
		wire.TopicReceiptsBatch: (*Session).handleReceiptsBatch,
		wire.TopicGroupRead:     (*Session).handleGroupRead,
		wire.TopicGroupReaders:  (*Session).handleGroupReaders,
		wire.TopicReaders:       (*Session).handleReaders,
		wire.TopicReadCounts:    (*Session).handleReadCounts,
	}
	receiptPublishes = handlers{wire.TopicSendMessageRead: (*Session).handleReadRange}
)

// done answers a query that has no payload.
func (s *Session) done(f *wire.ClientFrame, err error) {
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.conn.Send(s.queryack(nil, f.ID, chat.OK))
}

// handleRead takes note of what the user read, fifth generation.
func (s *Session) handleRead(f *wire.ClientFrame) {
	var q pb.Receipt
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	c, err := conversation(q.GetType(), q.GetTargetId(), q.GetChannelId())
	if err == nil {
		err = s.mayChange()
	}
	if err == nil {
		err = s.Ledger.Read(s.ctx, s.client.User, c, q.MsgIds)
	}
	s.done(f, err)
}

// handleEvents answers with who read the user's messages since the version of
// the request. A client that knows no version is told one.
func (s *Session) handleEvents(f *wire.ClientFrame) {
	var q pb.ChangesRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	after, until := chat.Tick(max(0, q.GetSyncTime())), s.newest(&s.ofReads)
	if after == 0 {
		from, more, err := s.Ledger.Recent(s.ctx, s.client.User, until)
		if err != nil {
			s.answerNone(f, &s.ofReads, err)
			return
		}
		version := int64(from)
		s.answerNews(f, &pb.EventChanges{SyncTime: &version, HasNext: &more}, &s.ofReads, from, wire.CommandEventChanges)
		return
	}
	events, err := s.Ledger.Events(s.ctx, s.client.User, after, until)
	if err != nil {
		s.answerNone(f, &s.ofReads, err)
		return
	}
	version := int64(events.Through)
	a := &pb.EventChanges{SyncTime: &version, HasNext: &events.More}
	for i := range events.Events {
		change, err := eventChange(&events.Events[i])
		if err != nil {
			s.answerNone(f, &s.ofReads, err)
			return
		}
		a.List = append(a.List, change)
	}
	s.answerNews(f, a, &s.ofReads, events.Through, wire.CommandEventChanges)
}

// eventChange is an event as clients know it.
func eventChange(e *receipt.Event) (*pb.EventChange, error) {
	uid, at := string(e.Message.UID()), int64(e.Message.ID.Tick)
	total, read, unread := int32(e.Total), int32(e.Read), int32(e.Total-e.Read)
	data, err := (&pb.ReadEvent{
		MsgId: &uid, MsgTime: &at, TotalCount: &total, ReadCount: &read, UnreadCount: &unread, ReadList: readers(e.Readers),
	}).MarshalVT()
	typ, kind, sub, last := int32(e.Conversation.Type), int32(wire.EventRead), int32(0), int64(e.Readers[len(e.Readers)-1].Read)
	return &pb.EventChange{
		BusinessId: &e.Conversation.Target, ChannelType: &typ, SecondaryId: new(string), Time: &last,
		ChangeType: &kind, SubChangeType: &sub, EventData: data,
	}, err
}

func readers(list []receipt.Reader) []*pb.Reader {
	var all []*pb.Reader
	for _, r := range list {
		user, read, mentioned := string(r.User), int64(r.Read), r.Mentioned
		all = append(all, &pb.Reader{UserId: &user, ReceiptTime: &read, Mentioned: &mentioned})
	}
	return all
}

// Fields of a ReceiptsRequest.
const (
	receiptsOfUsers  = 2 // query_type: of the users named; any other is a page
	receiptsUnread   = 2 // read_type: who has not read; any other is who has
	receiptsBackward = 1 // order: newest first
)

// handleReceipts answers who of the other users read a message, fifth generation.
func (s *Session) handleReceipts(f *wire.ClientFrame) {
	var q pb.ReceiptsRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	c, err := conversation(q.GetType(), q.GetTargetId(), q.GetBusChannel())
	if err == nil && len(q.MsgIds) != 1 {
		err = chat.Errorf(chat.ReceiptTooMany, "%d messages are named, not one", len(q.MsgIds))
	}
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	var page receipt.Readers
	if q.GetQueryType() == receiptsOfUsers {
		page, err = s.Ledger.Among(s.ctx, s.client.User, c, q.MsgIds[0], q.Users)
	} else {
		page, err = s.Ledger.Readers(s.ctx, s.client.User, c, receipt.Query{
			UID: q.MsgIds[0], Unread: q.GetReadType() == receiptsUnread, Backward: q.GetOrder() == receiptsBackward,
			Token: q.GetPageToken(), Limit: int(q.GetPageSize()),
		})
	}
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	item := messageReceipt(page.Counts)
	for _, r := range page.Users {
		one := readers([]receipt.Reader{r})
		if r.Read != 0 {
			item.ReadUser = append(item.ReadUser, one...)
		} else {
			item.UnreadUser = append(item.UnreadUser, one...)
		}
	}
	s.send(f, &pb.ReceiptsAnswer{Resp: []*pb.MessageReceipt{item}, PageToken: &page.Token})
}

func messageReceipt(c receipt.Counts) *pb.MessageReceipt {
	uid, at, total, read, unread := string(c.Message.UID()), int64(c.Message.ID.Tick), int32(c.Total), int64(c.Read), int64(c.Total-c.Read)
	return &pb.MessageReceipt{MsgId: &uid, MsgTime: &at, TotalCount: &total, ReadCount: &read, UnreadCount: &unread}
}

// handleReceiptsBatch answers how many read some messages, fifth generation.
func (s *Session) handleReceiptsBatch(f *wire.ClientFrame) {
	var q pb.ReceiptsBatchRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	named := 0
	for _, item := range q.Items {
		named += len(item.MsgIds)
	}
	if named == 0 || named > chat.MaxReceipts {
		s.refuseQuery(f, chat.Errorf(chat.ReceiptTooMany, "%d messages are named, not 1 to %d", named, chat.MaxReceipts))
		return
	}
	a := new(pb.ReceiptsBatchAnswer)
	for _, item := range q.Items {
		c, err := conversation(item.GetType(), item.GetTargetId(), item.GetBusChannel())
		if err != nil {
			s.refuseQuery(f, err)
			return
		}
		counts, err := s.Ledger.Counts(s.ctx, s.client.User, c, item.MsgIds)
		if err != nil {
			s.refuseQuery(f, err)
			return
		}
		of := &pb.ConversationReceipts{TargetId: item.TargetId, BusChannel: item.BusChannel, Type: item.Type}
		for _, n := range counts {
			of.Msg = append(of.Msg, messageReceipt(n))
		}
		a.Item = append(a.Item, of)
	}
	s.send(f, a)
}

// handleGroupRead takes note of what the user read in a group, second generation.
func (s *Session) handleGroupRead(f *wire.ClientFrame) {
	var q pb.GroupReceipt
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	err := s.mayChange()
	if err == nil {
		err = s.Ledger.ReadGroup(s.ctx, s.client.User, inGroup(f), q.MsgId)
	}
	s.done(f, err)
}

// inGroup is the group that the target of a frame names.
func inGroup(f *wire.ClientFrame) chat.Conversation {
	return chat.Conversation{Type: chat.Group, Target: string(f.Target)}
}

// handleGroupReaders answers who read a message of a group, second generation.
func (s *Session) handleGroupReaders(f *wire.ClientFrame) {
	var q pb.GroupReceipt
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	if len(q.MsgId) != 1 {
		s.refuseQuery(f, chat.Errorf(chat.ReceiptTooMany, "%d messages are named, not one", len(q.MsgId)))
		return
	}
	c := inGroup(f)
	c.Channel = q.GetChannelId()
	read, counts, err := s.Ledger.All(s.ctx, s.client.User, c, q.MsgId[0])
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	total := int32(counts.Total)
	a := &pb.GroupReceiptAnswer{TotalMemberNum: &total}
	for _, r := range read {
		user, at := string(r.User), int64(r.Read)
		a.List = append(a.List, &pb.GroupReader{UserId: &user, ReadTime: &at})
	}
	s.send(f, a)
}

// handleReadRange takes note of how far the user read, fourth generation.
func (s *Session) handleReadRange(f *wire.ClientFrame) {
	var q pb.ReadRange
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuse(f, undecodable(err))
		return
	}
	c, err := conversation(q.GetType(), q.GetTargetId(), q.GetBusChannel())
	if err == nil {
		err = s.mayChange()
	}
	if err == nil {
		err = s.Ledger.ReadRange(s.ctx, s.client.User, c, q.GetStartMsgId(), q.GetEndMsgId())
	}
	if err != nil {
		s.refuse(f, err)
		return
	}
	s.puback(f.ID, chat.OK, chat.Tick(time.Now().UnixMilli()), nil)
}

// handleReaders answers who read a message of a group, fourth generation.
func (s *Session) handleReaders(f *wire.ClientFrame) {
	var q pb.ReadersRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	c := chat.Conversation{Type: chat.Group, Target: q.GetTargetId(), Channel: q.GetBusChannel()}
	read, counts, err := s.Ledger.All(s.ctx, s.client.User, c, q.GetMsgId())
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	total, count := int32(counts.Total), int32(counts.Read)
	s.send(f, &pb.ReadersAnswer{Num: &total, ReadCount: &count, List: readers(read)})
}

// handleReadCounts answers how many read messages of a group, fourth generation.
func (s *Session) handleReadCounts(f *wire.ClientFrame) {
	var q pb.ReadCountsRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	c := inGroup(f)
	c.Channel = q.GetBusChannel()
	counts, err := s.Ledger.Counts(s.ctx, s.client.User, c, q.MsgId)
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	a := new(pb.ReadCountsAnswer)
	for _, n := range counts {
		uid, read, total := string(n.Message.UID()), int32(n.Read), int32(n.Total)
		a.Result = append(a.Result, &pb.ReadCount{MsgId: &uid, Count: &read, Total: &total})
	}
	s.send(f, a)
}
