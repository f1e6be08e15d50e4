package imlib

import (
	"context"
	"errors"
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

	// Resume goes on with an upload that broke off: it is for Upload.Resume.
	Resume string
}

// SendOption is a choice about one message.
type SendOption func(*outgoing)

// outgoing is a message on its way to the server.
type outgoing struct {
	to       chat.Conversation
	content  Content
	up       pb.UpMessage
	flags    chat.Flags // all that up says of them
	mentions *Mentions
	quote    *Quote
	push     *Push
	status   bool
	before   func(Message)
	patient  bool              // sends again what came too fast
	initial  map[string]string // the first pairs of an expansion
	life     *time.Duration    // in the outbox on disk; nil is MaxLife
}

// Mention addresses users by @: S020 to S025. It is for groups and ultra
// groups; elsewhere nobody can be mentioned, and the option does nothing: S044.
func Mention(m Mentions) SendOption { return func(o *outgoing) { o.mentions = &m } }

// Directed shows the message to these members of the group or ultra group
// only, 300 at most: S047 to S049. Elsewhere Send fails with chat.NotDirectable.
func Directed(users ...chat.UserID) SendOption {
	return func(o *outgoing) {
		for _, u := range users {
			o.up.ToUserIds = append(o.up.ToUserIds, string(u))
		}
	}
}

// Silent makes no notification on the receivers' devices: S041.
func Silent() SendOption { return withFlags(chat.Silent) }

// AsStatus sends a status message, in a private conversation or a group: who is
// online now gets it, nobody else ever does, and it is neither kept nor
// counted: S040. The server does not answer, so Send returns once the message
// waits to be written, without UID; while the connection is lost, nobody gets it.
func AsStatus() SendOption { return func(o *outgoing) { o.status = true } }

// Expandable lets keys and values be put on the message later, and puts these
// on it now; initial may be nil: S051, S052. A key is 1 to 32 of A-Z a-z 0-9 _
// = + -, a value at most 4,096 characters, and there are at most 20 at first.
func Expandable(initial map[string]string) SendOption {
	return func(o *outgoing) {
		withFlags(chat.Expandable)(o)
		o.initial = initial
	}
}

// SkipLists asks the server to pass over the receiver's black- and whitelist:
// S053. It does so only in an app that is set up to.
func SkipLists() SendOption { return withFlags(chat.SkipLists) }

// KeepLatest leaves the conversation's latest message what it was. In ultra
// groups Send fails with chat.KeepLatestElsewhere.
func KeepLatest() SendOption { return withFlags(chat.KeepLatest) }

// WantReceipt asks who reads the message. It is for messages that are kept, in
// private conversations and groups, and not directed to some members; for
// others Send fails with chat.ReceiptUnwanted.
func WantReceipt() SendOption { return withFlags(chat.Receipt) }

// Quoting names the message that this one answers. Receivers find it in
// Message.Quote; see [Refer] for an answer that also shows it.
func Quoting(m Message) SendOption {
	return func(o *outgoing) { o.quote = &Quote{m.UID, m.Sender, m.Content.Kind().ObjectName} }
}

// MessageID sends the message under an id of the caller, from [NewMessageID]
// or a [Sent]: S032, S056. A message with an id, conversation and content that
// the server has seen is not stored again: Send returns what it returned the
// first time. 0 is no id: one is made.
func MessageID(id int64) SendOption {
	return func(o *outgoing) { o.up.ClientUniqueId = proto.Int64(id) }
}

// BeforeSend is called once, before the message is sent and after it was found
// to be right, with the message as a list would show it: S026. Its ID is the
// one that Sent has later, also of a send that fails, so a row that was made of
// it is found again; it has no UID yet, and its Time is this machine's.
func BeforeSend(show func(Message)) SendOption { return func(o *outgoing) { o.before = show } }

func withFlags(f chat.Flags) SendOption { return func(o *outgoing) { o.flags |= f } }

// Send sends a message and returns once the server has it on disk. While the
// connection is lost it waits for the next one, so give ctx a deadline; when
// ctx ends first the message may have been accepted all the same, and then
// turns up in Messages as one's own. Sending it again with [MessageID] of the
// same Sent.MessageID is safe: there is one message. With [Options].Dir it
// stays in the outbox and is sent later, and the error matches [ErrKept].
//
// The error is a *chat.Error when something is wrong with an argument, which
// it names, or when the server refuses: errors.Is(err, chat.NotInGroup).
func (c *Client) Send(ctx context.Context, to chat.Conversation, content Content, options ...SendOption) (Sent, error) {
	out, err := compose(to, content, options)
	if err != nil {
		return Sent{}, err
	}
	sent := Sent{MessageID: out.up.GetClientUniqueId()}
	if out.before != nil {
		out.before(out.message(c.user))
	}
	if out.status {
		return sent, c.sendStatus(out)
	}
	a, err := c.deliver(ctx, out)
	if err != nil {
		return sent, err
	}
	sent.UID, sent.Time = a.uid, time.UnixMilli(a.millis)
	return sent, nil
}

// Typing tells whoever is in the conversation right now, private, a group or a
// channel of an ultra group, that the user writes a message with this object
// name: S165 to S167. It does
// not wait: while the connection is lost or busy, nobody is told.
func (c *Client) Typing(to chat.Conversation, objectName string) error {
	if to.Type == chat.UltraGroup {
		return c.typeInUltra(to)
	}
	out, err := compose(to, TypingStatus{ObjectName: objectName}, []SendOption{AsStatus()})
	if err != nil {
		return err
	}
	return c.sendStatus(out)
}

func (c *Client) sendStatus(out *outgoing) error {
	payload, err := out.up.MarshalVT()
	if err != nil {
		return &chat.Error{Code: chat.BadContent, Reason: "the message does not encode", Err: err}
	}
	return c.enqueueStatus(&request{
		kind: wire.TypePublish, topic: statusTopics[out.to.Type], target: out.to.Target, payload: payload, unanswered: true,
	})
}

// sendTopics and statusTopics are the topics of messages, by conversation type.
var (
	sendTopics = map[chat.ConversationType]string{
		chat.Private: wire.TopicPrivateSend, chat.Group: wire.TopicGroupSend,
		chat.Chatroom: wire.TopicRoomSend, chat.UltraGroup: wire.TopicUltraSend,
	}
	statusTopics = map[chat.ConversationType]string{
		chat.Private: wire.TopicPrivateStatus, chat.Group: wire.TopicGroupStatus,
	}
)

// publish sends out and returns the answer to it; a refusal is an error. With a
// pace, or to many, one that came too fast is sent again when the server says.
func (c *Client) publish(ctx context.Context, topic, target string, out *outgoing) (answer, error) {
	payload, err := out.up.MarshalVT()
	if err != nil {
		return answer{}, &chat.Error{Code: chat.BadContent, Reason: "the message does not encode", Err: err}
	}
	for {
		if err := c.pace.wait(ctx); err != nil {
			return answer{}, err
		}
		a, err := c.ask(ctx, &request{kind: wire.TypePublish, topic: topic, target: target, payload: payload, send: out})
		if err == nil && a.status != chat.OK {
			err = a.refused("the server refused the message")
		}
		patient := c.options.Pace > 0 || out.patient
		if !patient || !errors.Is(err, chat.TooFast) || sleep(ctx, retryAfter(err)) != nil {
			return a, err
		}
	}
}
