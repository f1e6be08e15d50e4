package imlib

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// UltraChannel is a channel of an ultra group in a list.
type UltraChannel struct {
	ConversationSummary
	Private bool // only its members see it
}

// UltraChannels returns the channels of the user's ultra groups, or of one,
// that the user sees and in which there are messages, the one with the newest
// first, with what is unread in each.
//
// Of ultra groups the server delivers nothing to who was away, so this is how a
// program learns what was before; what comes while it is connected, and over
// lost connections, it is told with [Options].UltraGroups.
func (c *Client) UltraChannels(ctx context.Context, group string) (list []UltraChannel, err error) {
	set, err := c.settings(ctx)
	if err != nil {
		return nil, err
	}
	for after := int64(0); ; {
		from := after
		var a pb.ConversationsAnswer
		q := &pb.UltraConversationsRequest{SyncTime: new(after)}
		if err := c.request(ctx, wire.TopicUltraConversations, string(c.user), q, &a); err != nil {
			return nil, err
		}
		for _, info := range a.Info {
			after = max(after, info.GetVersionTime())
			if group == "" || info.GetUserId() == group {
				list = append(list, UltraChannel{c.summary(info, set), info.GetBusChannelType() == privateChannel})
			}
		}
		if a.GetIsFinished() || after == from {
			slices.Reverse(list) // the server answers from the oldest on
			return list, nil
		}
	}
}

const privateChannel = 1

// UltraMentions names up to count (1 to 50) unread messages of a channel after
// a time that mention the user or everybody, oldest first.
//
// Codes: BadCount, NotInUltraGroup, ChannelMissing, NotInChannel.
func (c *Client) UltraMentions(ctx context.Context, in chat.Conversation, after time.Time, count int) (list []UnreadMessage, err error) {
	if err := checkConversation(in, ultraType); err != nil {
		return nil, err
	}
	if err := checkCount(count, maxUltraMentions); err != nil {
		return nil, err
	}
	var a pb.MentionsAnswer
	q := &pb.MentionsRequest{GroupId: &in.Target, BusChannel: channelOf(in), MsgTime: new(millisOf(after)), Size: new(int32(count))}
	if err := c.request(ctx, wire.TopicUltraMentions, string(c.user), q, &a); err != nil {
		return nil, err
	}
	for _, m := range a.MsgInfo {
		list = append(list, *unreadMessage(m))
	}
	return list, nil
}

const maxUltraMentions = 50

// channelOf is the channel that a conversation in an ultra group is.
func channelOf(in chat.Conversation) *string {
	if in.Channel == "" {
		return new(chat.DefaultChannel)
	}
	return &in.Channel
}

// UltraLevel returns of which messages of a channel, or of the whole ultra
// group where the channel is empty, those members are notified who have not set
// a level of their own.
func (c *Client) UltraLevel(ctx context.Context, group, channel string) (Level, error) {
	if err := checkUltra(group, channel); err != nil {
		return 0, err
	}
	var a pb.GroupLevelAnswer
	q := &pb.GroupLevelRequest{}
	if channel != "" {
		q.BusChannel = &channel
	}
	err := c.request(ctx, wire.TopicUltraLevel, group, q, &a)
	return Level(a.GetUnpushLevel()), err
}

// SetUltraLevel sets what UltraLevel returns, for everybody.
//
// Codes: BadLevel, NotInUltraGroup, ChannelMissing, NotInChannel.
func (c *Client) SetUltraLevel(ctx context.Context, group, channel string, level Level) error {
	if err := checkUltra(group, channel); err != nil {
		return err
	}
	if err := level.check(); err != nil {
		return err
	}
	q := &pb.GroupLevelChange{UnpushLevel: new(int32(level))}
	if channel != "" {
		q.BusChannel = &channel
	}
	return c.request(ctx, wire.TopicUltraLevelChange, group, q, nil)
}

func checkUltra(group, channel string) error {
	if err := checkID(chat.BadTarget, "the ultra group's id", group); err != nil {
		return err
	}
	return checkChannel(channel)
}

// typeInUltra tells the others who see a channel that the user types there.
func (c *Client) typeInUltra(in chat.Conversation) error {
	if err := checkConversation(in, ultraType); err != nil {
		return err
	}
	body, err := (&pb.TypingStatus{
		TargetId: &in.Target, Type: new(int32(in.Type)), OpType: new(int32), BusChannel: channelOf(in),
	}).MarshalVT()
	if err != nil {
		return &chat.Error{Code: chat.BadArgument, Reason: "the status does not encode", Err: err}
	}
	return c.enqueueStatus(&request{kind: wire.TypePublish, topic: wire.TopicUltraTyping, target: in.Target, payload: body, fleeting: true})
}

// UltraChannelChanged says that something of a channel changed.
type UltraChannelChanged struct {
	Conversation chat.Conversation
	Change       ChannelChange
	User         chat.UserID // who was removed, of ChannelUserRemoved
	Private      bool        // the channel is private now
}

// ChannelChange is what changed of a channel.
type ChannelChange int

// The changes of a channel, numbered as on the wire.
const (
	ChannelDeleted     ChannelChange = 1
	ChannelPrivate     ChannelChange = 2 // only its members see it now
	ChannelPublic      ChannelChange = 3 // everybody in the ultra group sees it now
	ChannelUserRemoved ChannelChange = 5 // a user was removed from the private channel
	ChannelHidden      ChannelChange = 6 // it became private, and this user is not in it
)

func (UltraChannelChanged) event() {}

// ultra is what the client hears of the user's ultra groups.
type ultra struct {
	messages stream
	changes  feed
	there    bool // the server knows, on this connection, that the client is there
	asking   bool
}

// The kinds of changes, MessageChange.change_type.
const (
	changeExpansion = 1
	changeContent   = 2
	changeRecall    = 3
	changeChannel   = 4
)

func (c *Client) newUltra() *ultra {
	u := new(ultra)
	u.changes = feed{topic: wire.TopicMessageChanges, target: string(c.user), take: c.takeChanges,
		question: func() payload { return &pb.ChangesRequest{SyncTime: new(int64(u.changes.cursor))} }}
	return u
}

// The functions below run with c.mu held.

// enterUltra tells the server that the client is there for ultra groups. What
// came since the last connection is pulled then.
func (c *Client) enterUltra() {
	if !c.options.UltraGroups || c.options.SendOnly || !c.online || c.ultra.there || c.ultra.asking {
		return
	}
	c.ultra.asking = true
	c.query(wire.TopicUltraPull, string(c.user), &pb.UltraPullRequest{SyncTime: new(int64)}, func(a answer) error {
		c.ultra.asking = false
		if a.status != chat.OK {
			c.options.Log.Warn("entering the ultra groups failed", "code", a.status)
			return nil
		}
		var p pb.DownMessages
		if err := p.UnmarshalVT(a.payload); err != nil {
			return malformed(wire.TopicUltraPull, err)
		}
		c.ultra.there = true
		if c.ultra.messages.cursor == 0 {
			c.ultra.messages.cursor = chat.Tick(p.GetSyncTime())
			c.ultra.changes.cursor = c.ultra.messages.cursor
		}
		c.ultra.messages.suspect()
		c.pullUltra()
		c.hearNews(&c.ultra.changes)
		return nil
	})
}

func (c *Client) leaveUltra() {
	c.ultra.there, c.ultra.asking, c.ultra.changes.asking = false, false, false
	c.ultra.messages.interrupted()
}

// pullUltra asks for what the stream of ultra groups has after its cursor.
func (c *Client) pullUltra() {
	if !c.online || !c.ultra.there || !c.ultra.messages.startPull(c.hasRoom()) {
		return
	}
	q := &pb.UltraPullRequest{SyncTime: new(int64(c.ultra.messages.cursor))}
	c.query(wire.TopicUltraPull, string(c.user), q, c.ultraPulled)
}

var errNoFurther = errors.New("the answer led no further")

func (c *Client) ultraPulled(a answer) error {
	s := &c.ultra.messages
	if a.status != chat.OK {
		s.interrupted()
		c.options.Log.Warn("pull of ultra groups failed", "code", a.status)
		return nil
	}
	var p pb.DownMessages
	if err := p.UnmarshalVT(a.payload); err != nil {
		return malformed(wire.TopicUltraPull, err)
	}
	through := chat.Tick(p.GetSyncTime())
	after, going := s.pulled(through, p.GetFinished())
	if !going {
		return malformed(wire.TopicUltraPull, errNoFurther)
	}
	c.take(s, p.List, after, through)
	c.pullUltra()
	return nil
}

func (c *Client) takeChanges(b []byte) (more bool, err error) {
	var a pb.MessageChanges
	if err := a.UnmarshalVT(b); err != nil {
		return false, err
	}
	for _, change := range a.List {
		c.takeChange(change)
	}
	return c.ultra.changes.told(a.GetSyncTime(), a.GetHasNext()), nil
}

func (c *Client) takeChange(p *pb.MessageChange) {
	in := chat.Conversation{Type: chat.ConversationType(p.GetType()), Target: p.GetTargetId(), Channel: p.GetBusChannel()}
	uid := chat.UID(p.GetMsgUid())
	switch p.GetChangeType() {
	case changeExpansion:
		c.fetchChanged(in, uid, p.GetMsgTime(), func(m Message) Event {
			return ExpansionChanged{Conversation: in, UID: uid, Clear: true, Put: m.Expansion}
		})
	case changeContent:
		c.fetchChanged(in, uid, p.GetMsgTime(), func(m Message) Event { return Edited{m} })
	case changeRecall:
		c.push(received{event: Recalled{
			Conversation: in, UID: uid, Time: timeOf(p.GetMsgTime()), By: chat.UserID(p.GetOperatorId()), Admin: p.GetIsAdmin(), Delete: p.GetIsDel(),
		}})
	case changeChannel:
		e := UltraChannelChanged{Conversation: in, Change: ChannelChange(p.GetSubChangeType()), Private: p.GetBusChannelType() == privateChannel}
		if e.Change == ChannelUserRemoved {
			e.User = chat.UserID(p.GetOperatorId())
		}
		c.push(received{event: e})
	}
}

// fetchChanged asks for a message of which is known only that it changed, over
// lost connections, and queues what is to be told of it.
func (c *Client) fetchChanged(in chat.Conversation, uid chat.UID, sent int64, tell func(Message) Event) {
	q := &pb.MessagesRequest{TargetId: &in.Target, Type: new(int32(in.Type)), Query: []*pb.MessageRef{{
		MsgUid: new(string(uid)), MsgTime: &sent, BusChannel: &in.Channel,
	}}}
	body, err := q.MarshalVT()
	if err != nil {
		panic(err) // every required field is set
	}
	c.outbox.add(&request{kind: wire.TypeQuery, topic: wire.TopicMessages, target: string(c.user), payload: body, done: func(a answer) error {
		if a.status != chat.OK {
			c.options.Log.Warn("a changed message is not to be had", "uid", uid, "code", a.status)
			return nil
		}
		var found pb.MessagesAnswer
		if err := found.UnmarshalVT(a.payload); err != nil {
			return malformed(wire.TopicMessages, err)
		}
		for _, d := range found.List {
			c.push(received{event: tell(c.message(d))})
		}
		return nil
	}})
	signal(c.wake)
}

// handleUltraTyping takes who types in ultra groups.
func (c *Client) handleUltraTyping(payload []byte) error {
	var n pb.TypingNotify
	if err := n.UnmarshalVT(payload); err != nil {
		return malformed(wire.TopicUltraTypingTo, err)
	}
	for _, u := range n.Info {
		c.happened(Typing{
			Conversation: chat.Conversation{Type: chat.UltraGroup, Target: u.GetTargetId(), Channel: u.GetBusChannel()}, User: chat.UserID(u.GetUserId()),
		})
	}
	return nil
}
