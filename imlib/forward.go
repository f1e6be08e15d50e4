package imlib

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

// Delivery is what became of one message of a Broadcast or a Forward.
type Delivery struct {
	To     chat.Conversation
	Number int // from 1 to Of
	Of     int
	Sent   Sent
	Err    error // why it was not sent, nil when it was
}

// Broadcast sends a content to many conversations, one after the other, and
// yields what became of each: S181. It sends while the loop over it runs, so a
// loop that is left sends no more. A refusal of one does not keep it from the
// next; what comes too fast for the server waits as long as it says and is sent
// again, whatever Options.Pace is. When ctx ends, the rest have its error.
//
//	for d := range client.Broadcast(ctx, everybody, imlib.TextMessage{Content: "hi"}) {
//		fmt.Println(d.Number, "of", d.Of, d.To.Target, d.Err)
//	}
//
// A program of the app's own server reaches many by one call of the Server API.
func (c *Client) Broadcast(ctx context.Context, to []chat.Conversation, content Content, options ...SendOption) iter.Seq[Delivery] {
	return c.sendAll(ctx, to, []Content{content}, nil, options)
}

// Forward sends messages on to conversations, to each all of them in their
// order, and yields what became of each as Broadcast does: S180. A message goes
// as it is, but without whom it mentions and how its first sender is shown;
// options are for all. What was recalled, and what nobody said, such as a
// GroupNotificationMessage, is not sent on: its Err is chat.BadContent.
//
// To send them on as one message, broadcast what [Client.Combine] makes.
func (c *Client) Forward(ctx context.Context, messages []Message, to []chat.Conversation, options ...SendOption) iter.Seq[Delivery] {
	contents, reasons := make([]Content, len(messages)), make([]error, len(messages))
	for i := range messages {
		contents[i], reasons[i] = forwarded(&messages[i])
	}
	return c.sendAll(ctx, to, contents, reasons, options)
}

// sendAll sends every content, unless there is a reason not to, to everybody.
func (c *Client) sendAll(ctx context.Context, to []chat.Conversation, contents []Content, reasons []error, options []SendOption) iter.Seq[Delivery] {
	options = append(slices.Clone(options), func(o *outgoing) { o.patient = true })
	return func(yield func(Delivery) bool) {
		d := Delivery{Of: len(to) * len(contents)}
		for _, d.To = range to {
			for i, content := range contents {
				d.Number++
				d.Sent, d.Err = Sent{}, ctx.Err()
				if d.Err == nil && reasons != nil {
					d.Err = reasons[i]
				}
				if d.Err == nil {
					d.Sent, d.Err = c.Send(ctx, d.To, content, options...)
				}
				if !yield(d) {
					return
				}
			}
		}
	}
}

// forwarded is m as content to send on.
func forwarded(m *Message) (Content, error) {
	kind := Kind{}
	if m.Content != nil {
		kind = m.Content.Kind()
	}
	known := chat.TypeNamed(kind.ObjectName)
	if !kind.Persisted || known != nil && known.Flags&chat.Counted == 0 {
		return nil, chat.Errorf(chat.BadContent, "the message %s is a %q, which is not sent on", m.UID, kind.ObjectName)
	}
	return Custom{ObjectName: kind.ObjectName, Persisted: kind.Persisted, Counted: kind.Counted, JSON: passedOn(m)}, nil
}

// passedOn is what m says, without what was between its sender and those who
// got it.
func passedOn(m *Message) json.RawMessage {
	return wire.Without(wire.WithoutMention(m.JSON), "user")
}

const (
	// MaxCombined is how many messages one may hold.
	MaxCombined = 100

	// maxCombinedBytes is how much JSON of them is in the message itself; more
	// is in a file.
	maxCombinedBytes = 120 << 10
	summarized       = 3 // messages
	maxSummary       = 100
)

// Combine makes one message of 1 to MaxCombined messages of one conversation,
// to be sent or broadcast. What they say is in it, and when that is over 120 KB
// in a file that Combine uploads. Names and Summaries are what a list shows of
// it: names as far as the messages say them, and may be replaced by better ones.
func (c *Client) Combine(ctx context.Context, messages []Message) (CombineV2Message, error) {
	m, err := combine(c.user, messages)
	if err != nil {
		return CombineV2Message{}, err
	}
	text, err := encodeJSON(m.Messages)
	if err != nil {
		return CombineV2Message{}, &chat.Error{Code: chat.BadContent, Reason: "the messages do not encode to JSON", Err: err}
	}
	if len(text) < maxCombinedBytes {
		return m, nil
	}
	m.FileKey = fmt.Sprintf("combined-%d.json", NewMessageID())
	done, err := c.Upload(ctx, FileOther, Upload{Name: m.FileKey, Body: bytes.NewReader(text), Type: "application/json"})
	if err != nil {
		return CombineV2Message{}, err
	}
	m.Messages, m.URL = nil, done.URL
	return m, nil
}

func combine(user chat.UserID, messages []Message) (m CombineV2Message, err error) {
	if len(messages) == 0 || len(messages) > MaxCombined {
		return m, chat.Errorf(chat.TooManyMessages, "%d messages are to be combined, not 1 to %d", len(messages), MaxCombined)
	}
	in := messages[0].Conversation
	m = CombineV2Message{Type: in.Type, Count: len(messages)}
	for i := range messages {
		one := &messages[i]
		if _, err := forwarded(one); err != nil {
			return m, err
		}
		if one.Conversation != in {
			return m, chat.Errorf(chat.BadContent, "the messages to be combined are of more than one conversation")
		}
		m.Messages = append(m.Messages, CombinedMessage{
			Sender: one.Sender, Target: one.Conversation.Target, Time: one.Time.UnixMilli(),
			ObjectName: one.Content.Kind().ObjectName, Content: passedOn(one),
		})
		if i < summarized {
			m.Summaries = append(m.Summaries, nameOf(one)+": "+summary(one.Content))
		}
	}
	m.Names = names(user, messages)
	return m, nil
}

// names are those of both users of a private conversation, or that of a group.
func names(user chat.UserID, messages []Message) []string {
	in := messages[0].Conversation
	if in.Type != chat.Private {
		return []string{in.Target}
	}
	both := []string{string(user), in.Target}
	for i := range messages {
		if messages[i].Sender == user {
			both[0] = nameOf(&messages[i])
		} else {
			both[1] = nameOf(&messages[i])
		}
	}
	return both
}

func nameOf(m *Message) string {
	if m.User != nil && m.User.Name != "" {
		return m.User.Name
	}
	return string(m.Sender)
}

// summary is what a list shows of a message.
func summary(c Content) string {
	text := ""
	switch c := c.(type) {
	case TextMessage:
		text = c.Content
	case ReferenceMessage:
		text = c.Content
	case RichContentMessage:
		text = c.Title
	case FileMessage:
		text = "[file] " + c.Name
	case LocationMessage:
		text = "[place] " + c.Name
	case ImageMessage, GIFMessage:
		return "[image]"
	case HQVoiceMessage, VoiceMessage:
		return "[voice]"
	case SightMessage:
		return "[video]"
	case CombineMessage, CombineV2Message:
		return "[messages]"
	default:
		return "[" + c.Kind().ObjectName + "]"
	}
	if short := []rune(text); len(short) > maxSummary {
		return string(short[:maxSummary]) + "…"
	}
	return text
}
