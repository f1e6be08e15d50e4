package imlib

import (
	"bytes"
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Sent is what the server said to a message.
type Sent struct {
	UID  chat.UID  // the message's public name
	Time time.Time // when the server accepted it

	// MessageID is the id under which the message was sent, also when Send
	// failed: give it to the [MessageID] option to try the same message again.
	MessageID int64
}

// SendOption is a choice about one message.
type SendOption func(*outgoing)

// outgoing is a message on its way to the server.
type outgoing struct {
	to       chat.Conversation
	up       pb.UpMessage
	mentions *Mentions
	err      error
}

// Mention addresses users by @. It is for groups.
func Mention(m Mentions) SendOption { return func(o *outgoing) { o.mentions = &m } }

// Directed shows the message to these members of the group only.
func Directed(users ...chat.UserID) SendOption {
	return func(o *outgoing) {
		for _, u := range users {
			o.up.ToUserIds = append(o.up.ToUserIds, string(u))
		}
	}
}

// Silent makes no notification on the receivers' devices.
func Silent() SendOption { return withFlags(chat.Silent) }

// Push is what a receiver's device shows while the app does not run.
type Push struct {
	Title    string // empty is the sender's or the group's name
	Text     string // empty is the usual text of the message type
	Data     string // for the app that is woken
	Template string // id of a template in the app's settings, instead of Title and Text
}

// WithPush says how devices that are not connected show the message.
func WithPush(p Push) SendOption {
	return func(o *outgoing) {
		if p.Text != "" {
			o.up.PushText = proto.String(p.Text)
		}
		if p.Data != "" {
			o.up.AppData = proto.String(p.Data)
		}
		if p.Title != "" || p.Template != "" {
			o.up.PushExt = &pb.PushExtra{Title: proto.String(p.Title), TemplateId: proto.String(p.Template)}
		}
	}
}

// Expandable lets keys and values be put on the message later, and puts these
// on it now; initial may be nil.
func Expandable(initial map[string]string) SendOption {
	return func(o *outgoing) {
		withFlags(chat.Expandable)(o)
		if len(initial) == 0 {
			return
		}
		text, err := encodeExpansion(initial)
		if err != nil {
			o.err = &chat.Error{Code: chat.BadParameter, Reason: "the expansion does not encode to JSON", Err: err}
		}
		o.up.ExtraContent = proto.String(text)
	}
}

// KeepLatest leaves the conversation's latest message what it was.
func KeepLatest() SendOption { return withFlags(chat.KeepLatest) }

// MessageID sends the message under an id of the caller, from [NewMessageID]
// or a [Sent]. A message with an id, conversation and content that the server
// has seen is not stored again: Send returns what it returned the first time.
func MessageID(id int64) SendOption {
	return func(o *outgoing) { o.up.ClientUniqueId = proto.Int64(id) }
}

func withFlags(f chat.Flags) SendOption {
	return func(o *outgoing) {
		for _, b := range flagBits {
			if f&b.flag != 0 {
				o.up.Flags = proto.Int32(o.up.GetFlags() | b.up)
			}
		}
		if f&chat.KeepLatest != 0 {
			o.up.OptionBits = proto.Int64(o.up.GetOptionBits() | keepLatestBit)
		}
	}
}

// Send sends a message and returns once the server has it on disk. While the
// connection is lost it waits for the next one, so give ctx a deadline; when
// ctx ends first the message may have been accepted all the same, and then
// turns up in Messages as one's own.
//
// A refusal is a *chat.Error whose code says why, such as chat.NotInGroup.
func (c *Client) Send(ctx context.Context, to chat.Conversation, content Content, options ...SendOption) (Sent, error) {
	out, err := compose(to, content, options)
	if err != nil {
		return Sent{}, err
	}
	sent := Sent{MessageID: out.up.GetClientUniqueId()}
	topic, err := sendTopic(to.Type)
	if err != nil {
		return sent, err
	}
	a, err := c.publish(ctx, topic, to.Target, out)
	if err != nil {
		return sent, err
	}
	sent.UID, sent.Time = a.uid, time.UnixMilli(a.millis)
	return sent, nil
}

// Recall takes back a message of this user: everyone's copy of it goes. The
// others receive a RecallCommand.
func (c *Client) Recall(ctx context.Context, in chat.Conversation, uid chat.UID) error {
	id, err := uid.ID()
	if err != nil {
		return &chat.Error{Code: chat.BadParameter, Reason: "cannot recall", Err: err}
	}
	out, err := compose(in, RecallCommand{
		Type: in.Type, Target: in.Target, Channel: in.Channel, UID: uid, Time: int64(id.Tick),
	}, nil)
	if err != nil {
		return err
	}
	_, err = c.publish(ctx, wire.TopicRecall, string(c.user), out)
	return err
}

// Typing tells whoever is in the conversation right now that the user writes a
// message with this object name. It does not wait: while the connection is
// lost or busy, nobody is told.
func (c *Client) Typing(to chat.Conversation, objectName string) error {
	topic := wire.TopicPrivateStatus
	switch to.Type {
	case chat.Private:
	case chat.Group:
		topic = wire.TopicGroupStatus
	default:
		return chat.Errorf(chat.UnsupportedType, "a %s conversation has no typing status", to.Type)
	}
	out, err := compose(to, TypingStatus{ObjectName: objectName}, nil)
	if err != nil {
		return err
	}
	payload, err := out.up.MarshalVT()
	if err != nil {
		return &chat.Error{Code: chat.BadParameter, Reason: "the status does not encode", Err: err}
	}
	return c.enqueueStatus(&request{kind: wire.TypePublish, topic: topic, target: to.Target, payload: payload, unanswered: true})
}

func sendTopic(t chat.ConversationType) (string, error) {
	switch t {
	case chat.Private:
		return wire.TopicPrivateSend, nil
	case chat.Group:
		return wire.TopicGroupSend, nil
	case chat.Chatroom:
		return wire.TopicRoomSend, nil
	}
	return "", chat.Errorf(chat.UnsupportedType, "a user cannot send to a %s conversation", t)
}

// usualConfig is the config_flag of a message that asks for nothing unusual, as
// sdkVersion spells it: the receiver's white and black lists count.
const usualConfig = 2

// compose makes the message that Send is asked for.
func compose(to chat.Conversation, content Content, options []SendOption) (*outgoing, error) {
	kind := content.Kind()
	o := &outgoing{to: to, up: pb.UpMessage{
		Flags: proto.Int32(0), ClassName: proto.String(kind.ObjectName), ConfigFlag: proto.Int32(usualConfig),
	}}
	if kind.Persisted {
		withFlags(chat.Persisted)(o)
	}
	if kind.Counted {
		withFlags(chat.Counted)(o)
	}
	for _, option := range options {
		option(o)
	}
	if o.mentions != nil {
		withFlags(chat.Mentioned)(o)
	}
	if to.Channel != "" {
		o.up.BusChannel = proto.String(to.Channel)
	}
	if o.up.ClientUniqueId == nil {
		o.up.ClientUniqueId = proto.Int64(NewMessageID())
	}
	text, err := encodeContent(content, o.mentions)
	if err != nil {
		return nil, err
	}
	o.up.Content = text
	return o, o.check()
}

// check refuses what the server would refuse too, with fewer words.
func (o *outgoing) check() error {
	switch {
	case o.err != nil:
		return o.err
	case len(o.up.Content) > chat.MaxContent:
		return chat.Errorf(chat.TooBig, "the content is %d bytes, over %d", len(o.up.Content), chat.MaxContent)
	case len(o.up.ToUserIds) > 0 && o.to.Type != chat.Group:
		return chat.Errorf(chat.BadParameter, "only a message to a group can be directed to some of its members")
	case len(o.up.ToUserIds) > chat.MaxDirected:
		return chat.Errorf(chat.BadParameter, "a message is directed to at most %d members", chat.MaxDirected)
	}
	return wire.CheckID("the target of the conversation", o.to.Target)
}

// is reports whether m, which the server returned, is the message o.
func (o *outgoing) is(m *Message) bool {
	return m.Own && m.ID == o.up.GetClientUniqueId() && m.Conversation == o.to &&
		m.Content.Kind().ObjectName == o.up.GetClassName() && bytes.Equal(m.JSON, o.up.Content)
}

// publish sends out and returns the answer to it; a refusal is an error.
func (c *Client) publish(ctx context.Context, topic, target string, out *outgoing) (answer, error) {
	payload, err := out.up.MarshalVT()
	if err != nil {
		return answer{}, &chat.Error{Code: chat.BadParameter, Reason: "the message does not encode", Err: err}
	}
	a, err := c.ask(ctx, &request{kind: wire.TypePublish, topic: topic, target: target, payload: payload, send: out})
	if err == nil && a.status != chat.OK {
		err = refusal(a.status, "the server refused the message")
	}
	return a, err
}
