package imlib

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf16"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// RecallOption is a choice about a recall.
type RecallOption func(*recall)

type recall struct {
	command RecallCommand
	send    []SendOption
}

// RecallAsAdmin shows that an administrator took the message back.
func RecallAsAdmin() RecallOption { return func(r *recall) { r.command.Admin = true } }

// RecallWithoutTrace leaves nothing in the place of the message, not even that
// it was recalled.
func RecallWithoutTrace() RecallOption { return func(r *recall) { r.command.Delete = true } }

// RecallExtra hands text of the app to whoever is told of the recall.
func RecallExtra(extra string) RecallOption { return func(r *recall) { r.command.Extra = extra } }

// RecallUser says how the one who recalls wants to be shown.
func RecallUser(u User) RecallOption { return func(r *recall) { r.command.User = &u } }

// RecallSend says how receivers are notified of the recall: by Silent,
// WithPush and KeepLatest. Whom the message went to is told, whatever Directed
// says.
func RecallSend(options ...SendOption) RecallOption {
	return func(r *recall) { r.send = append(r.send, options...) }
}

// Recall takes back a message of this user, or of anybody where the app allows
// that: everyone's copy of it goes. Whoever got it is told by [Recalled]; the
// history has a message RC:RcNtf in its place. Recalling once more does nothing.
//
// Codes: RecallMissing, RecallNotYours, Blocked when it is later than the app
// allows, TooFast.
func (c *Client) Recall(ctx context.Context, in chat.Conversation, uid chat.UID, options ...RecallOption) error {
	if err := checkConversation(in, allTypes); err != nil {
		return err
	}
	tick, err := checkUID(chat.BadUID, uid)
	if err != nil {
		return err
	}
	var r recall
	for _, option := range options {
		option(&r)
	}
	r.command.Type, r.command.Target, r.command.Channel = in.Type, in.Target, in.Channel
	r.command.UID, r.command.Time = uid, int64(tick)
	out, err := compose(in, r.command, r.send)
	if err != nil {
		return err
	}
	_, err = c.publish(ctx, wire.TopicRecall, string(c.user), out)
	return err
}

// Edit gives a message of this user another content and returns it as it is
// now. The type of a message stays what it is, and so do its UID, its time and
// its place. Whom the new content mentions is what the option Mention says;
// other options have no effect. The others are told by [Edited]; this client is
// not. It is for private conversations, groups and ultra groups.
//
// Codes: EditUnsupported when there is no such message, or not one to edit;
// Blocked when another sent it; EditTooLate; and those of Send.
func (c *Client) Edit(ctx context.Context, in chat.Conversation, uid chat.UID, content Content, options ...SendOption) (Message, error) {
	if err := checkConversation(in, amendedTypes); err != nil {
		return Message{}, err
	}
	tick, err := checkUID(chat.BadUID, uid)
	if err != nil {
		return Message{}, err
	}
	out, err := compose(in, content, options)
	if err != nil {
		return Message{}, err
	}
	q := c.modify(in, uid, tick)
	q.Content = out.up.Content
	var a pb.ModifyAnswer
	if err := c.request(ctx, wire.TopicModify, string(c.user), q, &a); err != nil {
		return Message{}, err
	}
	if a.Msg == nil {
		return Message{}, malformed(wire.TopicModify, fmt.Errorf("the answer has no message"))
	}
	return c.message(a.Msg), nil
}

// modify is what asks to change a message.
func (c *Client) modify(in chat.Conversation, uid chat.UID, tick chat.Tick) *pb.ModifyRequest {
	q := &pb.ModifyRequest{
		FromUserId: new(string(c.user)), TargetId: &in.Target, Type: new(int32(in.Type)), MsgUid: new(string(uid)), MsgTime: new(int64(tick)),
	}
	if in.Channel != "" {
		q.BusChannel = &in.Channel
	}
	return q
}

// UpdateExpansion puts 1 to 20 keys and values on a message that was sent
// Expandable, in place of what those keys had. Everyone who sees the message
// may; of what two put at the same time nothing is lost. A key is 1 to 32 of
// A-Z a-z 0-9 _ = + -, a value up to 4,096 UTF-16 units; a message has up to
// 300. The others are told by [ExpansionChanged]. It is for private
// conversations, groups and ultra groups.
//
// Codes: ExpansionMissing, ExpansionDenied when it was not sent Expandable or
// was recalled, ExpansionFormat, ExpansionNotYours, and those of Send.
func (c *Client) UpdateExpansion(ctx context.Context, in chat.Conversation, uid chat.UID, pairs map[string]string) error {
	if err := checkKeys(slices.Collect(maps.Keys(pairs))); err != nil {
		return err
	}
	for k, v := range pairs {
		if n := len(utf16.Encode([]rune(v))); n > chat.MaxPairValue {
			return chat.Errorf(chat.ExpansionLimit, "the value of %q is %d UTF-16 units, over %d", k, n, chat.MaxPairValue)
		}
	}
	return c.expand(ctx, in, expansionChange{UID: uid, Put: pairs})
}

// RemoveExpansion removes 1 to 20 keys from a message; one that is not there is
// no error. See UpdateExpansion.
func (c *Client) RemoveExpansion(ctx context.Context, in chat.Conversation, uid chat.UID, keys ...string) error {
	if err := checkKeys(keys); err != nil {
		return err
	}
	return c.expand(ctx, in, expansionChange{UID: uid, Delete: keys})
}

// ClearExpansion removes every key from a message of an ultra group.
func (c *Client) ClearExpansion(ctx context.Context, in chat.Conversation, uid chat.UID) error {
	if in.Type != chat.UltraGroup {
		return chat.Errorf(chat.UnsupportedType, "only in an ultra group all keys can be removed at once, not in a %s conversation", in.Type)
	}
	return c.expand(ctx, in, expansionChange{UID: uid, Clear: true})
}

func checkKeys(keys []string) error {
	if err := checkNumber(chat.ExpansionLimit, "keys", len(keys), chat.MaxPairsChanged); err != nil {
		return err
	}
	for _, k := range keys {
		if !pairKey.MatchString(k) {
			return chat.Errorf(chat.BadExpansion, "the key %.60q is not of A-Z a-z 0-9 _ = + -", k)
		}
		if len(k) > chat.MaxPairKey {
			return chat.Errorf(chat.ExpansionLimit, "the key %.60q is %d characters, over %d", k, len(k), chat.MaxPairKey)
		}
	}
	return nil
}

// expand asks for the change: by a message that the receivers get too, or in
// an ultra group by a question.
func (c *Client) expand(ctx context.Context, in chat.Conversation, change expansionChange) error {
	if err := checkConversation(in, amendedTypes); err != nil {
		return err
	}
	tick, err := checkUID(chat.BadUID, change.UID)
	if err != nil {
		return err
	}
	if in.Type == chat.UltraGroup {
		return c.expandUltra(ctx, in, change, tick)
	}
	return c.sendService(ctx, in, expansionType, change)
}

func (c *Client) expandUltra(ctx context.Context, in chat.Conversation, change expansionChange, tick chat.Tick) error {
	says := map[string]any{}
	switch {
	case change.Clear:
		says["clear"] = 1
	case change.Put != nil:
		says["put"] = change.Put
	default:
		says["del"] = change.Delete
	}
	content, err := encodeJSON(says)
	if err != nil {
		return &chat.Error{Code: chat.BadExpansion, Reason: "the expansion does not encode to JSON", Err: err}
	}
	q := c.modify(in, change.UID, tick)
	q.Content = content
	return c.request(ctx, wire.TopicUltraExpand, in.Target, q, nil)
}

// Delete deletes this user's copies of 1 to 100 messages, on all devices and
// for good; everyone else keeps theirs. A message that is not in the
// conversation is passed over.
//
// Codes: TooManyMessages, TooFrequent, and BadParameter when the user has
// deleted 10,000 messages one by one in the conversation: clearing it makes room.
func (c *Client) Delete(ctx context.Context, in chat.Conversation, uids ...chat.UID) error {
	if err := checkConversation(in, keptTypes); err != nil {
		return err
	}
	if err := checkNumber(chat.TooManyMessages, "messages", len(uids), chat.MaxNamed); err != nil {
		return err
	}
	q := pb.DeleteRequest{Type: new(int32(in.Type)), ConversationId: &in.Target}
	for _, uid := range uids {
		tick, err := checkUID(chat.TooManyMessages, uid)
		if err != nil {
			return err
		}
		q.Msgs = append(q.Msgs, &pb.DeleteItem{MsgId: new(string(uid)), MsgDataTime: new(int64(tick))})
	}
	topic := wire.TopicDelete
	if in.Type == chat.UltraGroup {
		topic = wire.TopicUltraDelete
	}
	if in.Channel != "" {
		q.BusChannel = &in.Channel
	}
	return c.request(ctx, topic, string(c.user), &q, nil)
}

// ClearHistory deletes this user's copies of all messages of a conversation up
// to a time, that too, on all devices and for good; everyone else keeps theirs.
// The zero time deletes everything so far.
func (c *Client) ClearHistory(ctx context.Context, in chat.Conversation, through time.Time) error {
	if err := checkConversation(in, keptTypes); err != nil {
		return err
	}
	topic := wire.TopicPrivateClear
	switch in.Type {
	case chat.Group, chat.UltraGroup:
		topic = wire.TopicGroupClear
	case chat.System:
		topic = wire.TopicSystemClear
	}
	return c.request(ctx, topic, string(c.user), clearing(in, through), nil)
}

// ClearHistories is ClearHistory for 1 to 20 private conversations, groups and
// system conversations at once.
func (c *Client) ClearHistories(ctx context.Context, through time.Time, all ...chat.Conversation) error {
	if err := checkNumber(chat.BadClear, "conversations", len(all), chat.MaxCleared); err != nil {
		return err
	}
	var q pb.ClearBatchRequest
	for _, in := range all {
		if in.Type == chat.UltraGroup {
			return chat.Errorf(chat.UnsupportedType, "the history of an ultra group is cleared by itself")
		}
		if err := checkConversation(in, listedTypes); err != nil {
			return err
		}
		q.Input = append(q.Input, clearing(in, through))
	}
	return c.request(ctx, wire.TopicClearBatch, string(c.user), &q, nil)
}

func clearing(in chat.Conversation, through time.Time) *pb.ClearRequest {
	q := &pb.ClearRequest{TargetId: &in.Target, DataTime: new(millisOf(through)), ConversationType: new(int32(in.Type))}
	if in.Channel != "" {
		q.BusChannel = &in.Channel
	}
	return q
}

// millisOf is the tick of a time, 0 of the zero time.
func millisOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// MessagesByUID returns 1 to 100 messages of a conversation as they are now, in
// the order asked for, and the UIDs of those that are not there: unknown,
// deleted by this user, recalled without a trace, or not for this user to see.
//
// Codes: BadUID, TooManyMessages, NotInGroup.
func (c *Client) MessagesByUID(ctx context.Context, in chat.Conversation, uids ...chat.UID) (found []Message, missing []chat.UID, err error) {
	if err := checkConversation(in, keptTypes); err != nil {
		return nil, nil, err
	}
	if err := checkNumber(chat.TooManyMessages, "messages", len(uids), chat.MaxNamed); err != nil {
		return nil, nil, err
	}
	q := pb.MessagesRequest{TargetId: &in.Target, Type: new(int32(in.Type))}
	for _, uid := range uids {
		tick, err := checkUID(chat.BadUID, uid)
		if err != nil {
			return nil, nil, err
		}
		q.Query = append(q.Query, &pb.MessageRef{MsgUid: new(string(uid)), MsgTime: new(int64(tick)), BusChannel: &in.Channel})
	}
	var a pb.MessagesAnswer
	if err := c.request(ctx, wire.TopicMessages, string(c.user), &q, &a); err != nil {
		return nil, nil, err
	}
	for _, d := range a.List {
		found = append(found, c.message(d))
	}
	for _, uid := range a.NotExistMsgId {
		missing = append(missing, chat.UID(uid))
	}
	return found, missing, nil
}
