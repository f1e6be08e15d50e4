package receipt

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// The object names of what tells senders that they were read.
const (
	ReadNews   = "HY:Read"     // the fifth generation: news for the sender's sessions
	readState  = "RC:RSMsg"    // the fourth: a message to the sender
	readAnswer = "RC:RRRspMsg" // the second: the message that readers send in the first
)

// readNews is the content of ReadNews. Its tick is the time of the reading.
type readNews struct {
	Reader chat.UserID           `json:"reader"`
	Type   chat.ConversationType `json:"type"`
	Target string                `json:"target"` // of the conversation, as the sender sees it
	UIDs   []chat.UID            `json:"uids"`
}

// Read takes note that reader has read messages that ask for a receipt, of the
// fifth generation. It fails when none of them does: with chat.ReceiptMissing
// or chat.ReceiptNeedless. What was read before is read already.
func (l *Ledger) Read(ctx context.Context, reader chat.UserID, in chat.Conversation, uids []string) error {
	if l.cfg.Version != V5 {
		return chat.Errorf(chat.ReceiptV5Off, "the app has read receipts of generation %d", l.cfg.Version)
	}
	defer l.lock(reader)()
	found, err := l.messages(ctx, reader, in, uids)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return chat.Errorf(chat.ReceiptMissing, "the conversation has none of the messages")
	}
	asked := found[:0]
	for _, m := range found {
		if m.Flags&chat.Receipt != 0 && m.Sender != reader {
			asked = append(asked, m)
		}
	}
	if len(asked) == 0 {
		return chat.Errorf(chat.ReceiptNeedless, "none of the messages asks for a receipt of this user")
	}
	unread, err := l.unread(ctx, reader, asked)
	if err != nil {
		return err
	}
	for _, part := range bySender(unread) {
		news, err := newsOf(reader, part)
		if err != nil {
			return err
		}
		if err := l.record(news, noCheck, reader, part); err != nil {
			return err
		}
	}
	return nil
}

// noCheck: what is written for a sender's own sessions passes no rule.
const noCheck = roster.Check(0)

// newsOf tells the one sender of messages who read them.
func newsOf(reader chat.UserID, read []*chat.Message) (*chat.Message, error) {
	m := read[0]
	says := readNews{Reader: reader, Type: m.Type, Target: m.Target}
	if m.Type == chat.Private {
		says.Target = string(reader)
	}
	for _, m := range read {
		says.UIDs = append(says.UIDs, m.UID())
	}
	news, err := message(reader, chat.ReadNews(m.Sender), ReadNews, says)
	if err == nil {
		news.Flags = chat.Hidden
	}
	return news, err
}

// ReadGroup takes note that reader has read messages of a group, of the second
// generation. Each sender is told by a message that only the senders get.
func (l *Ledger) ReadGroup(ctx context.Context, reader chat.UserID, in chat.Conversation, uids []string) error {
	if l.cfg.Version != V2 {
		return chat.Errorf(chat.NotSupported, "the app has read receipts of generation %d", l.cfg.Version)
	}
	defer l.lock(reader)()
	found, err := l.messages(ctx, reader, in, uids)
	if err != nil {
		return err
	}
	unread, err := l.unread(ctx, reader, found)
	if err != nil || len(unread) == 0 {
		return err
	}
	says := map[chat.UserID][]chat.UID{}
	var to []chat.UserID
	for _, part := range bySender(unread) {
		to = append(to, part[0].Sender)
		for _, m := range part {
			says[m.Sender] = append(says[m.Sender], m.UID())
		}
	}
	tells, err := message(reader, in, readAnswer, map[string]any{"receiptMessageDic": says})
	if err != nil {
		return err
	}
	tells.To = to
	return l.record(tells, roster.Member, reader, unread)
}

// ReadRange takes note that reader has read a conversation up to a message,
// of the fourth generation: of a group its newest chat.MaxReceipts messages between
// first, which may be empty, and last, each sender being told for each message.
// In a private conversation the other one is told how far it was read.
func (l *Ledger) ReadRange(ctx context.Context, reader chat.UserID, in chat.Conversation, first, last string) error {
	if l.cfg.Version != V4 {
		return chat.Errorf(chat.ReceiptV4Off, "the app has read receipts of generation %d", l.cfg.Version)
	}
	defer l.lock(reader)()
	ends, err := l.messages(ctx, reader, in, []string{last})
	if err != nil {
		return err
	}
	if len(ends) == 0 {
		return chat.Errorf(chat.ReceiptMissing, "endMsgId names no message of the conversation")
	}
	if in.Type == chat.Private {
		return l.readPrivate(ctx, reader, in, ends[0].ID.Tick)
	}
	after := chat.Tick(0)
	if first != "" {
		id, err := chat.UID(first).ID()
		if err != nil {
			return &chat.Error{Code: chat.ReceiptMissing, Reason: "startMsgId: " + err.Error()}
		}
		after = id.Tick - 1
	}
	joined, err := l.joined(ctx, reader, in)
	if err != nil {
		return err
	}
	page, err := l.store.History(ctx, store.Range{
		Log: in.Log(reader), Viewer: reader, After: max(after, joined), Before: ends[0].ID.Tick + 1, Backward: true, Limit: chat.MaxReceipts,
	})
	if err != nil {
		return err
	}
	unread, err := l.unread(ctx, reader, page.Messages)
	if err != nil {
		return err
	}
	for _, m := range unread {
		if err := l.readOne(ctx, reader, in, m); err != nil {
			return err
		}
	}
	return nil
}

// readOne tells the sender of a group's message how many have read it now.
func (l *Ledger) readOne(ctx context.Context, reader chat.UserID, in chat.Conversation, m *chat.Message) error {
	counts, err := l.counts(ctx, []*chat.Message{m})
	if err != nil {
		return err
	}
	tells, err := message(reader, in, readState, map[string]any{
		"msgId": m.UID(), "tmn": counts[0].Total, "rrn": counts[0].Read + 1,
	})
	if err != nil {
		return err
	}
	tells.To = []chat.UserID{m.Sender}
	tells.Flags |= chat.NotToSender // the reader's own devices would take it for their message's
	return l.record(tells, roster.Member, reader, []*chat.Message{m})
}

// readPrivate tells the other one up to when a private conversation was read,
// once: the entry says how far it was told.
func (l *Ledger) readPrivate(ctx context.Context, reader chat.UserID, in chat.Conversation, through chat.Tick) error {
	log := string(in.Log(reader))
	known, err := l.store.Entry(ctx, store.Receipts, log, string(reader))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if told, _ := strconv.ParseInt(string(known.Value), 10, 64); chat.Tick(told) >= through {
		return nil
	}
	tells, err := message(reader, in, readState, map[string]any{"endMsgTime": through})
	if err != nil {
		return err
	}
	tells.Flags |= chat.NotToSender
	return l.commit(tells, roster.Blacklist, []store.Change{store.EntrySet{
		Space: store.Receipts, Owner: log, Key: string(reader), Value: strconv.AppendInt(nil, int64(through), 10),
	}})
}

// message makes a message of ours that is neither kept in history nor counted.
func message(from chat.UserID, to chat.Conversation, objectName string, content any) (*chat.Message, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	up := &pb.UpMessage{Flags: new(int32(0)), ClassName: &objectName, Content: text}
	if to.Channel != "" {
		up.BusChannel = &to.Channel
	}
	return wire.NewMessage(to.Type, from, to.Target, up)
}
