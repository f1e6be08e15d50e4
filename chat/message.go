package chat

import "slices"

// Flags are what the sender's options say about a message.
type Flags uint16

// The flags of a message.
const (
	Persisted      Flags = 1 << iota // kept in history and delivered to whoever is offline
	Counted                          // adds one to the unread count of its receivers
	Mentioned                        // names users in mentionedInfo
	Silent                           // no notification on the receiver's device
	Expandable                       // may get key-value expansions later
	KeepLatest                       // does not become the conversation's latest message
	Receipt                          // the sender wants read receipts
	NotToSender                      // the sender's own devices do not get it (server API without isIncludeSender)
	Hidden                           // listed to no client: news for the server's sessions, or what stands in the place of a message that left no trace
	SkipLists                        // the sender asks to pass over the receiver's black- or whitelist
	PrivateChannel                   // in a channel of an ultra group that only its members see (set when it is accepted)
)

// SendKey is a hash of sender, log, clientUniqueId, object name and content.
// The content is part of it because a clientUniqueId has few random bits: the
// same id with another content is another message.
type SendKey [16]byte

// Message is a message that was or is to be accepted. It is stored once and
// shared by everyone who delivers it, so nobody may change it after it was
// given to the writer, except the writer, which sets ID.
type Message struct {
	ID      ID // set by the writer
	Type    ConversationType
	Sender  UserID
	Target  string // the receiver's UserID, the group or the room
	Channel string

	// To, when not empty, are the only members of a group, or the only ones of
	// a conversation's two users, who may see the message, besides its sender.
	To []UserID

	Flags      Flags
	ObjectName string // such as RC:TxtMsg
	ClientID   int64  // the sender's clientUniqueId; 0 is none

	// Key names this very send: a second message with the same key is a resend
	// of the first and is the first. The zero key is no key: such a message is
	// always a new one.
	Key SendKey

	// Origin is the session that sent the message, 0 when it came another way.
	// It is not stored: it only spares that session its own message.
	Origin uint64

	// Body is the rest of the message, encoded as it is sent (package wire).
	// It does not depend on who looks at it.
	Body []byte

	log Log // what Log returns, when Prepare was called
}

// Conversation is the conversation of m as its sender sees it.
func (m *Message) Conversation() Conversation {
	return Conversation{Type: m.Type, Target: m.Target, Channel: m.Channel}
}

// Log is the log that m is part of.
func (m *Message) Log() Log {
	if m.log != "" {
		return m.log
	}
	return m.Conversation().Log(m.Sender)
}

// Prepare makes Log free of cost from now on. Whoever makes a message calls it
// once, after Type, Sender, Target and Channel are set.
func (m *Message) Prepare() { m.log = m.Conversation().Log(m.Sender) }

// UID is the public name of m. It is meaningful once the writer set ID.
func (m *Message) UID() UID { return NewUID(m.ID, m.Log()) }

// VisibleTo reports whether user may see m, given that user is in its conversation.
func (m *Message) VisibleTo(user UserID) bool {
	return len(m.To) == 0 || user == m.Sender || slices.Contains(m.To, user)
}

// Inboxed reports whether m is delivered through the inbox of each of its
// users rather than through the log of its group.
func (m *Message) Inboxed() bool {
	return m.Type.TwoSided() || m.Type == Group && len(m.To) > 0
}
