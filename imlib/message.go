package imlib

import (
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

	// Own says that the user sent it, from another device or before this
	// client connected.
	Own bool
	// Offline says that it was sent before the client connected.
	Offline bool
	// Status says that it is a status message, such as TypingStatus.
	Status bool

	Flags     chat.Flags
	Mentions  *Mentions         // whom it addresses by @; nil is nobody
	To        []chat.UserID     // the only members of the group who see it; empty is all
	Expansion map[string]string // of a message with chat.Expandable
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
	keepLatestBit = 1 // of option_bits, both ways
	receiptBit    = 2
	ownDirection  = 1
	statusExtBit  = 64 // of ext_status: a status message
)

// decodeMessage is d as user sees it.
func decodeMessage(d *pb.DownMessage, user chat.UserID) Message {
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
	m.Content = decodeContent(Kind{d.GetClassName(), m.Flags&chat.Persisted != 0, m.Flags&chat.Counted != 0}, m.JSON)
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
	return f
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
