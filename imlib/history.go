package imlib

import (
	"context"
	"iter"
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

// History returns a part of what was said in a conversation, without what this
// user deleted. Of a group, a user sees what came since joining; of a chatroom,
// who is in it.
//
// Codes: BadCount, BadTime, NotInGroup, NotInChatroom, NotInUltraGroup,
// NotInChannel.
func (c *Client) History(ctx context.Context, in chat.Conversation, q HistoryQuery) (HistoryPage, error) {
	if err := checkConversation(in, allTypes); err != nil {
		return HistoryPage{}, err
	}
	ask, err := historyRequest(in, q)
	if err != nil {
		return HistoryPage{}, err
	}
	topic, target := wire.TopicPrivateHistory, string(c.user)
	switch in.Type {
	case chat.Group:
		topic = wire.TopicGroupHistory
	case chat.System:
		topic = wire.TopicSystemHistory
	case chat.UltraGroup:
		topic = wire.TopicUltraHistory
	case chat.Chatroom:
		topic, target = wire.TopicRoomHistory, in.Target
	}
	var a pb.HistoryAnswer
	if err := c.request(ctx, topic, target, ask, &a); err != nil {
		return HistoryPage{}, err
	}
	page := HistoryPage{More: a.GetHasMsg() != 0, Next: chat.Tick(a.GetSyncTime())}
	for _, d := range a.List {
		page.Messages = append(page.Messages, c.message(d))
	}
	if q.After == 0 {
		slices.Reverse(page.Messages) // the server answers from the asked tick on
	}
	return page, nil
}

// Scroll yields what was said in a conversation, message by message, from where
// q says on: from the newest back to the first, or from q.After on. It asks for
// pages of q.Count as the loop goes on, and ends with an error, if there is one.
func (c *Client) Scroll(ctx context.Context, in chat.Conversation, q HistoryQuery) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		for q := q; ; {
			page, err := c.History(ctx, in, q)
			if err != nil {
				yield(Message{}, err)
				return
			}
			if q.After == 0 {
				slices.Reverse(page.Messages)
			}
			for _, m := range page.Messages {
				if !yield(m, nil) {
					return
				}
			}
			if !page.More || len(page.Messages) == 0 {
				return
			}
			if q.After != 0 {
				q.After = page.Next
			} else {
				q.Before = page.Next
			}
		}
	}
}

func historyRequest(in chat.Conversation, q HistoryQuery) (*pb.HistoryRequest, error) {
	if q.Count == 0 {
		q.Count = usualHistory
	}
	if err := checkCount(q.Count, chat.MaxHistory); err != nil {
		return nil, err
	}
	if q.Before < 0 || q.After < 0 || q.Before > 0 && q.After > 0 {
		return nil, chat.Errorf(chat.BadTime, "history is asked for before a tick or after one, not before %d and after %d", q.Before, q.After)
	}
	from, order := q.Before, int32(olderFirst)
	if q.After > 0 {
		from, order = q.After, newerFirst
	}
	if order == olderFirst && from == 0 {
		from = chat.MaxTick // the newest
	}
	h := &pb.HistoryRequest{
		TargetId: &in.Target, Time: proto.Int64(int64(from)), Count: proto.Int32(int32(q.Count)), Order: &order,
	}
	if in.Channel != "" {
		h.BusChannel = &in.Channel
	}
	return h, nil
}
