package imtest

import (
	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// UltraPull asks for the messages of ultra groups after a cursor; 0 says that
// the client is there from now on.
func (c *Client) UltraPull(after chat.Tick) (page []Message, through chat.Tick, finished bool) {
	c.t.Helper()
	var answer pb.DownMessages
	c.mustQuery(wire.TopicUltraPull, &pb.UltraPullRequest{SyncTime: new(int64(after))}, &answer)
	page, err := c.messages(answer.List)
	if err != nil {
		c.t.Fatalf("ultra groups of %s: %v", c.user, err)
	}
	if answer.GetSyncTime() < int64(after) {
		c.t.Fatalf("ultra groups of %s: the cursor went back from %d to %d", c.user, after, answer.GetSyncTime())
	}
	return page, chat.Tick(answer.GetSyncTime()), answer.GetFinished()
}

// UltraChanges asks for what changed in ultra groups after a cursor.
func (c *Client) UltraChanges(after chat.Tick) (list []*pb.MessageChange, through chat.Tick, more bool) {
	c.t.Helper()
	var answer pb.MessageChanges
	c.mustQuery(wire.TopicMessageChanges, &pb.ChangesRequest{SyncTime: new(int64(after))}, &answer)
	return answer.List, chat.Tick(answer.GetSyncTime()), answer.GetHasNext()
}

// UltraChannels asks for the channels with messages whose newest is after a tick.
func (c *Client) UltraChannels(after chat.Tick) (list []*pb.ConversationInfo, finished bool) {
	c.t.Helper()
	var answer pb.ConversationsAnswer
	c.mustQuery(wire.TopicUltraConversations, &pb.UltraConversationsRequest{SyncTime: new(int64(after))}, &answer)
	return answer.Info, answer.GetIsFinished()
}

type encoder interface{ MarshalVT() ([]byte, error) }

type decoder interface{ UnmarshalVT([]byte) error }

// mustQuery asks about the user and decodes the answer, which must be one.
func (c *Client) mustQuery(topic string, q encoder, answer decoder) {
	c.t.Helper()
	code, payload, err := c.Query(topic, string(c.user), must(q.MarshalVT()))
	if err != nil || code != chat.OK {
		c.t.Fatalf("%s asks %s: code %d, %v", c.user, topic, code, err)
	}
	if err := answer.UnmarshalVT(payload); err != nil {
		c.t.Fatalf("%s asks %s: %v", c.user, topic, err)
	}
}
