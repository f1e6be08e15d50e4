package imlib

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// An app has read receipts of one generation, the fifth unless it says
// otherwise. How to say that messages were read depends on it:
//
//	fifth    SendReceipts, for messages sent with WantReceipt
//	fourth   ReadThrough
//	second   ReadInGroup
//	first    RequestReceipt and AnswerReceiptRequests, between clients
//	any      TellRead, in private conversations
//
// Who has read a message its sender is told by an event, and may ask by
// ReceiptCounts, Readers and ReceiptsOf in any generation but the first.

// SendReceipts says that this user has read 1 to 100 messages of a private
// conversation or a group. Those that ask for no receipt are passed over. The
// sender is told by [ReceiptChanged], once for each message and reader.
//
// Codes: ReceiptV5Off, ReceiptTooMany, ReceiptType, ReceiptNeedless when none of
// the messages asks for a receipt of this user, ReceiptMissing, TooFrequent.
func (c *Client) SendReceipts(ctx context.Context, in chat.Conversation, uids ...chat.UID) error {
	if err := checkReceipts(in, uids); err != nil {
		return err
	}
	q := &pb.Receipt{TargetId: &in.Target, Type: new(int32(in.Type)), ChannelId: &in.Channel, MsgIds: textsOf(uids)}
	return c.request(ctx, wire.TopicReadReceipt, string(uids[0]), q, nil)
}

func checkReceipts(in chat.Conversation, uids []chat.UID) error {
	if err := checkReceiptType(in); err != nil {
		return err
	}
	if err := checkNumber(chat.ReceiptTooMany, "messages", len(uids), chat.MaxReceipts); err != nil {
		return err
	}
	for _, uid := range uids {
		if _, err := checkUID(chat.BadUID, uid); err != nil {
			return err
		}
	}
	return nil
}

func checkReceiptType(in chat.Conversation) error {
	if in.Type != chat.Private && in.Type != chat.Group && slices.Contains(allTypes, in.Type) {
		return chat.Errorf(chat.ReceiptType, "a %s conversation has no receipts", in.Type)
	}
	return checkConversation(in, amendedTypes)
}

func textsOf[T ~string](ids []T) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return all
}

// ReceiptCount is how many have read a message, of those who count for it: of a
// private conversation the other user, of a group its present members who had
// joined when it was sent and whoever else has read it; never the sender.
type ReceiptCount struct {
	UID         chat.UID
	Time        time.Time // when the message was sent
	Total, Read int
}

// ReceiptCounts returns how many have read 1 to 100 messages of a conversation,
// oldest first. Messages that are not there are left out.
//
// Codes: ReceiptTooMany, ReceiptType, NotInGroup.
func (c *Client) ReceiptCounts(ctx context.Context, in chat.Conversation, uids ...chat.UID) (counts []ReceiptCount, err error) {
	if err := checkReceipts(in, uids); err != nil {
		return nil, err
	}
	q := &pb.ReceiptsBatchRequest{Items: []*pb.ReceiptsQuery{{
		TargetId: &in.Target, Type: new(int32(in.Type)), BusChannel: &in.Channel, MsgIds: textsOf(uids),
	}}}
	var a pb.ReceiptsBatchAnswer
	if err := c.request(ctx, wire.TopicReceiptsBatch, string(uids[0]), q, &a); err != nil {
		return nil, err
	}
	for _, item := range a.Item {
		for _, m := range item.Msg {
			counts = append(counts, ReceiptCount{chat.UID(m.GetMsgId()), timeOf(m.GetMsgTime()), int(m.GetTotalCount()), int(m.GetReadCount())})
		}
	}
	return counts, nil
}

// Numbers of a ReceiptsRequest.
const (
	receiptsByPage  = 1 // query_type
	receiptsOfUsers = 2
	receiptsRead    = 1 // read_type
	receiptsUnread  = 2
	receiptsOldest  = 0 // order
)

// Readers yields who has read a message of this user, in the order in which
// they did, or if unread is true who has not. It asks for pages as the loop
// goes on, and ends with an error, if there is one.
//
// Codes: ReceiptType, ReceiptNotYours of another's message, ReceiptMissing,
// NotInGroup.
func (c *Client) Readers(ctx context.Context, in chat.Conversation, uid chat.UID, unread bool) iter.Seq2[Reader, error] {
	return func(yield func(Reader, error) bool) {
		q := receiptsRequest(in, uid, receiptsByPage)
		q.PageType, q.PageSize, q.Order, q.ReadType = new(int32(1)), new(int32(chat.MaxReceipts)), new(int32(receiptsOldest)), new(int32(receiptsRead))
		if unread {
			q.ReadType = new(int32(receiptsUnread))
		}
		for {
			page, next, err := c.receipts(ctx, in, uid, q)
			if err != nil {
				yield(Reader{}, err)
				return
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
			if next == "" || len(page) == 0 {
				return
			}
			q.PageToken = &next
		}
	}
}

// ReceiptsOf returns which of 1 to 100 users have read a message of this user,
// and when; who has not has the zero time. Users who do not count are left out.
// Its codes are those of Readers.
func (c *Client) ReceiptsOf(ctx context.Context, in chat.Conversation, uid chat.UID, users ...chat.UserID) ([]Reader, error) {
	if err := checkIDs(chat.BadUsers, "users", users, chat.MaxReceipts); err != nil {
		return nil, err
	}
	q := receiptsRequest(in, uid, receiptsOfUsers)
	q.Users = textsOf(users)
	all, _, err := c.receipts(ctx, in, uid, q)
	return all, err
}

func receiptsRequest(in chat.Conversation, uid chat.UID, kind int32) *pb.ReceiptsRequest {
	return &pb.ReceiptsRequest{
		TargetId: &in.Target, BusChannel: &in.Channel, Type: new(int32(in.Type)), MsgIds: []string{string(uid)}, QueryType: &kind,
	}
}

func (c *Client) receipts(ctx context.Context, in chat.Conversation, uid chat.UID, q *pb.ReceiptsRequest) (all []Reader, next string, err error) {
	if err := checkReceipts(in, []chat.UID{uid}); err != nil {
		return nil, "", err
	}
	var a pb.ReceiptsAnswer
	if err := c.request(ctx, wire.TopicReceipts, string(uid), q, &a); err != nil {
		return nil, "", err
	}
	for _, m := range a.Resp {
		all = append(all, readers(m.ReadUser)...)
		all = append(all, readers(m.UnreadUser)...)
	}
	return all, a.GetPageToken(), nil
}

// ReadThrough says that this user has read everything of a private conversation
// or a group from a message, which may be empty, to another; of a group the
// newest 100. Senders are told by [PeerRead] or [ReceiptChanged].
//
// Codes: ReceiptV4Off, ReceiptMissing, BadStartUID, BadEndUID, TooFrequent.
func (c *Client) ReadThrough(ctx context.Context, in chat.Conversation, first, last chat.UID) error {
	if err := checkReceiptType(in); err != nil {
		return err
	}
	if _, err := checkUID(chat.BadEndUID, last); err != nil {
		return err
	}
	q := &pb.ReadRange{TargetId: &in.Target, Type: new(int32(in.Type)), BusChannel: &in.Channel, EndMsgId: new(string(last))}
	if first != "" {
		if _, err := checkUID(chat.BadStartUID, first); err != nil {
			return err
		}
		q.StartMsgId = new(string(first))
	}
	return c.report(ctx, wire.TopicSendMessageRead, in.Target, q)
}

// ReadInGroup says that this user has read 1 to 100 messages of a group. The
// senders are told by [GroupRead].
//
// Codes: NotSupported where receipts are not of the second generation,
// ReceiptTooMany, NotInGroup, TooFrequent.
func (c *Client) ReadInGroup(ctx context.Context, in chat.Conversation, uids ...chat.UID) error {
	if err := checkConversation(in, groupType); err != nil {
		return err
	}
	if err := checkReceipts(in, uids); err != nil {
		return err
	}
	return c.request(ctx, wire.TopicGroupRead, in.Target, &pb.GroupReceipt{MsgId: textsOf(uids), ChannelId: &in.Channel}, nil)
}

// TellRead tells the other user of a private conversation that it was read up
// to a message: [PeerRead]. It moves this user's read mark there, too.
func (c *Client) TellRead(ctx context.Context, in chat.Conversation, uid chat.UID) error {
	if err := checkConversation(in, privateType); err != nil {
		return err
	}
	tick, err := checkUID(chat.BadUID, uid)
	if err != nil {
		return err
	}
	return c.sendService(ctx, in, readType, readNotice{UID: uid, Through: int64(tick), Type: 1})
}

// RequestReceipt asks the members of a group who has read a message of this
// user. They are told by [ReceiptRequested], and may answer.
func (c *Client) RequestReceipt(ctx context.Context, in chat.Conversation, uid chat.UID) error {
	if err := checkConversation(in, groupType); err != nil {
		return err
	}
	if _, err := checkUID(chat.BadUID, uid); err != nil {
		return err
	}
	return c.sendService(ctx, in, receiptRequestType, receiptRequest{uid})
}

// AnswerReceiptRequests tells members of a group which of their messages, for
// which they asked, this user has read: [GroupRead].
func (c *Client) AnswerReceiptRequests(ctx context.Context, in chat.Conversation, bySender map[chat.UserID][]chat.UID) error {
	if err := checkConversation(in, groupType); err != nil {
		return err
	}
	var senders []chat.UserID
	for sender, uids := range bySender {
		senders = append(senders, sender)
		if err := checkReceipts(in, uids); err != nil {
			return err
		}
	}
	if err := checkIDs(chat.BadUsers, "senders", senders, chat.MaxReceipts); err != nil {
		return err
	}
	return c.sendService(ctx, in, receiptAnswerType, receiptAnswer{bySender}, Directed(senders...))
}

// sendService sends a message by which SDKs tell each other things.
func (c *Client) sendService(ctx context.Context, in chat.Conversation, objectName string, says any, options ...SendOption) error {
	content, err := encodeJSON(says)
	if err != nil {
		return &chat.Error{Code: chat.BadContent, Reason: "the message does not encode to JSON", Err: err}
	}
	out, err := compose(in, Custom{ObjectName: objectName, JSON: content}, options)
	if err != nil {
		return err
	}
	_, err = c.publish(ctx, sendTopics[in.Type], in.Target, out)
	return err
}
