package imlib

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// HistoryQuery asks for a part of a conversation.
type HistoryQuery struct {
	// Before and After are ticks, which are times in milliseconds. Before asks
	// for the messages right before it, After for those right after it; if
	// both are 0, the newest are asked for. At most one may be set.
	Before, After chat.Tick

	Count int // how many messages, 1 to 100; 0 is 20
}

const (
	usualHistory = 20
	maxHistory   = 100

	olderFirst = 0 // orders of HistoryRequest
	newerFirst = 1
)

// HistoryPage is a part of a conversation.
type HistoryPage struct {
	// Messages are in order, the oldest first. Messages of one tick are never
	// split, so they may be more than were asked for.
	Messages []Message

	More bool      // there are more in the direction that was asked for
	Next chat.Tick // Before or After of the query for them
}

// History returns a part of what was said in a conversation.
func (c *Client) History(ctx context.Context, in chat.Conversation, q HistoryQuery) (HistoryPage, error) {
	topic, target, err := c.historyTopic(in)
	if err != nil {
		return HistoryPage{}, err
	}
	payload, err := encodeHistory(in, q)
	if err != nil {
		return HistoryPage{}, err
	}
	a, err := c.ask(ctx, &request{kind: wire.TypeQuery, topic: topic, target: target, payload: payload})
	if err != nil {
		return HistoryPage{}, err
	}
	if a.status != chat.OK {
		return HistoryPage{}, refusal(a.status, "the server refused")
	}
	return c.decodeHistory(topic, a.payload, q.After == 0)
}

func (c *Client) historyTopic(in chat.Conversation) (topic, target string, err error) {
	switch in.Type {
	case chat.Private:
		return wire.TopicPrivateHistory, string(c.user), nil
	case chat.Group:
		return wire.TopicGroupHistory, string(c.user), nil
	case chat.System:
		return wire.TopicSystemHistory, string(c.user), nil
	case chat.Chatroom:
		return wire.TopicRoomHistory, in.Target, nil
	}
	return "", "", chat.Errorf(chat.UnsupportedType, "a %s conversation has no history", in.Type)
}

func encodeHistory(in chat.Conversation, q HistoryQuery) ([]byte, error) {
	if q.Count == 0 {
		q.Count = usualHistory
	}
	switch {
	case q.Count < 1 || q.Count > maxHistory:
		return nil, chat.Errorf(chat.BadParameter, "the count is %d messages, not 1 to %d", q.Count, maxHistory)
	case q.Before < 0 || q.After < 0 || q.Before > 0 && q.After > 0:
		return nil, chat.Errorf(chat.BadParameter, "history is asked for before a tick or after one")
	}
	from, order := q.Before, int32(olderFirst)
	if q.After > 0 {
		from, order = q.After, newerFirst
	}
	if order == olderFirst && from == 0 {
		from = chat.MaxTick // the newest
	}
	h := pb.HistoryRequest{
		TargetId: &in.Target, Time: proto.Int64(int64(from)), Count: proto.Int32(int32(q.Count)), Order: &order,
	}
	if in.Channel != "" {
		h.BusChannel = &in.Channel
	}
	payload, err := h.MarshalVT()
	if err != nil {
		return nil, &chat.Error{Code: chat.BadParameter, Reason: "the question does not encode", Err: err}
	}
	return payload, nil
}

func (c *Client) decodeHistory(topic string, payload []byte, backward bool) (HistoryPage, error) {
	var h pb.HistoryAnswer
	if err := h.UnmarshalVT(payload); err != nil {
		return HistoryPage{}, malformed(topic, err)
	}
	page := HistoryPage{More: h.GetHasMsg() != 0, Next: chat.Tick(h.GetSyncTime())}
	for _, d := range h.List {
		page.Messages = append(page.Messages, c.message(d))
	}
	if backward {
		slices.Reverse(page.Messages) // the server answers from the asked tick on
	}
	return page, nil
}
