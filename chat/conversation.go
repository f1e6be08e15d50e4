package chat

import "strings"

// UserID names a user inside an app: 1 to 64 bytes of UTF-8 without control characters.
type UserID string

// ConversationType is the kind of a conversation, numbered as on the wire.
type ConversationType uint8

// The conversation types this server knows.
const (
	Private    ConversationType = 1
	Group      ConversationType = 3
	Chatroom   ConversationType = 4
	System     ConversationType = 6
	UltraGroup ConversationType = 10

	// News is no conversation that a client knows: in its logs is what the
	// sessions of a user, or of a group's members, have to tell by signals.
	News ConversationType = 15
)

// String is the word used in logs, metrics and the command line.
func (t ConversationType) String() string {
	switch t {
	case Private:
		return "private"
	case Group:
		return "group"
	case Chatroom:
		return "chatroom"
	case System:
		return "system"
	case UltraGroup:
		return "ultragroup"
	case News:
		return "news"
	}
	return "unknown"
}

// DefaultChannel is the channel of an ultra group that every ultra group has. A
// message that names no channel is in it.
const DefaultChannel = "RCDefault"

// TwoSided reports whether a conversation of this type has exactly two users,
// each of whom names it by the other.
func (t ConversationType) TwoSided() bool { return t == Private || t == System }

// Conversation is a conversation as one of its users sees it: Target is the
// peer, the group or the room. Channel is empty except where an app divides a
// conversation into channels.
type Conversation struct {
	Type    ConversationType
	Target  string
	Channel string
}

// EditNews is where a user's sessions learn of edits of private messages.
func EditNews(user UserID) Conversation { return Conversation{Type: News, Target: string(user)} }

// GroupEditNews is where the sessions of a group's members learn of edits.
func GroupEditNews(group string) Conversation {
	return Conversation{Type: News, Target: group, Channel: "group"}
}

// ReadNews is where a user's sessions learn who read what the user sent.
func ReadNews(user UserID) Conversation {
	return Conversation{Type: News, Target: string(user), Channel: "reads"}
}

// Log names the one log of messages that a conversation has, whoever looks at
// it. It is a type byte and the parts, NUL between them, so logs can be map
// keys and sort by type; no id contains NUL.
type Log string

// Log is the log of c as viewer sees it. Both users of a private conversation
// get the same one.
func (c Conversation) Log(viewer UserID) Log {
	var b strings.Builder
	b.Grow(4 + len(c.Target) + len(viewer) + len(c.Channel))
	b.WriteByte(byte(c.Type))
	if c.Type.TwoSided() {
		lo, hi := string(viewer), c.Target
		if hi < lo {
			lo, hi = hi, lo
		}
		b.WriteString(lo)
		b.WriteByte(0)
		b.WriteString(hi)
	} else {
		b.WriteString(c.Target)
	}
	if c.Channel != "" {
		b.WriteByte(0)
		if !c.Type.TwoSided() {
			b.WriteByte(0) // keeps a channel apart from the second user of a pair
		}
		b.WriteString(c.Channel)
	}
	return Log(b.String())
}

// Type is the conversation type the log belongs to; 0 for the empty log.
func (l Log) Type() ConversationType {
	if l == "" {
		return 0
	}
	return ConversationType(l[0])
}

// Conversation is the conversation of l as viewer names it; the zero
// Conversation when l is no log. Of a pair that viewer is not part of, it
// names the second user.
func (l Log) Conversation(viewer UserID) Conversation {
	if l == "" {
		return Conversation{}
	}
	c := Conversation{Type: l.Type()}
	parts := strings.Split(string(l[1:]), "\x00")
	if !c.Type.TwoSided() {
		c.Target = parts[0]
		if len(parts) == 3 {
			c.Channel = parts[2]
		}
		return c
	}
	if len(parts) < 2 {
		return Conversation{}
	}
	c.Target = parts[1]
	if parts[1] == string(viewer) {
		c.Target = parts[0]
	}
	if len(parts) == 3 {
		c.Channel = parts[2]
	}
	return c
}
