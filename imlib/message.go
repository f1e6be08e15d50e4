package imlib

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Message is a message as its receiver sees it.
type Message struct {
	UID          chat.UID // empty for status messages
	ID           int64    // the sender's message id, 0 when the sender gave none
	Conversation chat.Conversation
	Sender       chat.UserID
	Time         time.Time // when the server accepted it

	Content Content
	JSON    []byte // Content as it came
	User    *User  // how the sender wants to be shown; nil when the content does not say

	// Own says that the user sent it, from another device or before this
	// client connected.
	Own bool
	// Offline says that it was sent before the client connected.
	Offline bool
	// Status says that it is a status message, such as TypingStatus.
	Status bool

	// Edited is when the content was last changed; zero is never. A message
	// that was recalled has RecallNotification for content.
	Edited time.Time

	// Flags are what the sender's options say, such as chat.Silent, and
	// chat.Receipt when the sender wants to know who reads it.
	Flags       chat.Flags
	ReceiptSent bool              // of a message with chat.Receipt: this user has said that it was read
	Mentions    *Mentions         // whom it addresses by @; nil is nobody
	To          []chat.UserID     // the only members of the group who see it; empty is all
	Expansion   map[string]string // of a message with chat.Expandable
	Quote       *Quote            // the message that it answers; nil is none
}

// Quote names a message that another one answers.
type Quote struct {
	UID        chat.UID
	Sender     chat.UserID
	ObjectName string
}

// Recalled reports whether the message was recalled, so that this one stands in
// its place.
func (m *Message) Recalled() bool {
	_, is := m.Content.(RecallNotification)
	return is
}

// Private is the conversation with one user.
func Private(user chat.UserID) chat.Conversation {
	return chat.Conversation{Type: chat.Private, Target: string(user)}
}

// Group is the conversation in a group.
func Group(id string) chat.Conversation {
	return chat.Conversation{Type: chat.Group, Target: id}
}

// Chatroom is the conversation in a chatroom.
func Chatroom(id string) chat.Conversation {
	return chat.Conversation{Type: chat.Chatroom, Target: id}
}

// UltraGroup is the conversation in a channel of an ultra group. No channel is
// chat.DefaultChannel.
func UltraGroup(id, channel string) chat.Conversation {
	if channel == "" {
		channel = chat.DefaultChannel
	}
	return chat.Conversation{Type: chat.UltraGroup, Target: id, Channel: channel}
}

// flagBits pairs flags with the bits that carry them up (UpMessage.flags) and
// down (DownMessage.status).
var flagBits = [...]struct {
	flag chat.Flags
	up   int32
	down int64
}{
	{chat.Persisted, 1, 16},
	{chat.Counted, 2, 32},
	{chat.Mentioned, 4, 64},
	{chat.Silent, 32, 512},
	{chat.Expandable, 64, 1024},
}

const (
	keepLatestBit     = 1 // of option_bits, both ways
	receiptBit        = 2
	receiptSentBit    = 4 // down only
	ownDirection      = 1
	editedExtBit      = 4 // of ext_status
	privateChannelBit = 8
	statusExtBit      = 64 // a status message
)

// message is d as the user of the client sees it.
func (c *Client) message(d *pb.DownMessage) Message { return decodeMessage(d, c.user, c.options.Types) }

// decodeMessage is d as user sees it, in an app with these types.
func decodeMessage(d *pb.DownMessage, user chat.UserID, types *MessageTypes) Message {
	m := Message{
		UID:    chat.UID(d.GetMsgId()),
		ID:     d.GetClientUniqueId(),
		Sender: chat.UserID(d.GetFromUserId()),
		Time:   time.UnixMilli(d.GetDataTime()),
		JSON:   d.GetContent(),
		Own:    d.GetDirection() == ownDirection,
		Status: d.GetExtStatus()&statusExtBit != 0,
	}
	m.Conversation = chat.Conversation{
		Type: chat.ConversationType(d.GetType()), Target: d.GetGroupId(), Channel: d.GetBusChannel(),
	}
	if m.Conversation.Type.TwoSided() {
		m.Conversation.Target = d.GetFromUserId() // the peer, whoever sent it
		if m.Own {
			m.Sender = user
		}
	}
	m.Flags = decodeFlags(d)
	if m.Status {
		m.Flags &^= chat.Persisted | chat.Counted // whatever its type
	}
	m.ReceiptSent = d.GetOptionBits()&receiptSentBit != 0
	m.Content = types.decode(Kind{d.GetClassName(), m.Flags&chat.Persisted != 0, m.Flags&chat.Counted != 0}, m.JSON)
	m.User = senderOf(m.Content, m.JSON)
	if d.GetExtStatus()&editedExtBit != 0 {
		m.Edited = decodeEdited(d.GetConvertExt(), m.Time)
	}
	if q := d.RefData; q != nil {
		m.Quote = &Quote{chat.UID(q.GetMsgId()), chat.UserID(q.GetFromUserId()), q.GetClassName()}
	}
	if m.Flags&chat.Mentioned != 0 {
		m.Mentions = decodeMentions(m.JSON)
	}
	if text := d.GetExtraContent(); text != "" {
		m.Expansion = decodeExpansion(text)
	}
	for _, id := range d.GetToUserIds() {
		m.To = append(m.To, chat.UserID(id))
	}
	return m
}

func decodeFlags(d *pb.DownMessage) (f chat.Flags) {
	for _, b := range flagBits {
		if d.GetStatus()&b.down != 0 {
			f |= b.flag
		}
	}
	if d.GetOptionBits()&keepLatestBit != 0 {
		f |= chat.KeepLatest
	}
	if d.GetOptionBits()&receiptBit != 0 {
		f |= chat.Receipt
	}
	if d.GetExtStatus()&privateChannelBit != 0 {
		f |= chat.PrivateChannel
	}
	return f
}

// senderOf is how a content says that its sender wants to be shown.
func senderOf(c Content, text []byte) *User {
	if common, ok := c.(interface{ sender() *User }); ok {
		return common.sender()
	}
	var u struct {
		User *User `json:"user"`
	}
	if !bytes.Contains(text, []byte(`"user"`)) || json.Unmarshal(text, &u) != nil {
		return nil
	}
	return u.User
}

// decodeEdited is when a message was edited, by the field that says so: after
// it was sent, whatever the field holds.
func decodeEdited(text string, sent time.Time) time.Time {
	var e struct {
		Modify struct {
			Time int64 `json:"time"`
		} `json:"modify"`
	}
	if json.Unmarshal([]byte(text), &e) != nil || e.Modify.Time == 0 {
		return sent
	}
	return time.UnixMilli(e.Modify.Time)
}

// An expansion is {"key":{"v":"value"}} on the wire.
type expansionValue struct {
	Value string `json:"v"`
}

func encodeExpansion(m map[string]string) (string, error) {
	values := make(map[string]expansionValue, len(m))
	for k, v := range m {
		values[k] = expansionValue{v}
	}
	text, err := encodeJSON(values)
	return string(text), err
}

func decodeExpansion(text string) map[string]string {
	var values map[string]expansionValue
	if json.Unmarshal([]byte(text), &values) != nil {
		return nil
	}
	m := make(map[string]string, len(values))
	for k, v := range values {
		m[k] = v.Value
	}
	return m
}
