package amend

import (
	"context"
	"encoding/json"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/wire"
)

// ExpansionCommand is the object name of the message that tells receivers of a
// changed expansion. Its content is a Pairs.
const ExpansionCommand = "RC:MsgExMsg"

// Pairs says what changes in an expansion.
type Pairs struct {
	Put     map[string]string `json:"put,omitempty"`
	Delete  []string          `json:"del,omitempty"`
	Clear   bool              `json:"clear,omitempty"` // all that was there goes first
	Message chat.UID          `json:"mid"`
}

// Expansion asks to change the key-value pairs of a message.
type Expansion struct {
	Who
	Pairs
	// Notice is the message that tells receivers, as the user sent it; nil
	// means one made from Pairs.
	Notice *chat.Message
	Silent bool // the user's own devices are not told
}

// How many keys one change may name: of a user, and of the app's server.
const (
	maxPairsTrusted = 100
)

// Value is a value in an expansion.
type Value struct {
	V  string `json:"v"`
	TS int64  `json:"ts,omitempty"` // when it was set, in milliseconds since 1970
}

// Expand changes the expansion of a message. Everyone who got the message is
// told by a message whose id is returned; from the same tick on every read
// shows it so. Keys that are not there are deleted without an error. It fails
// with chat.ExpansionMissing, chat.ExpansionDenied when the message was not
// sent as one that may be expanded or was recalled, chat.ExpansionFormat when
// a limit would be passed, and chat.ExpansionNotYours when the user is not in
// the conversation.
func (e *Editor) Expand(ctx context.Context, x Expansion) (chat.ID, error) {
	if err := x.check(); err != nil {
		return chat.ID{}, err
	}
	defer e.lock(x.UID)()
	m, err := e.expandable(ctx, x.Who)
	if err != nil {
		return chat.ID{}, err
	}
	text, err := e.expanded(x.Pairs, m)
	if err != nil {
		return chat.ID{}, err
	}
	notice, err := x.notice(m)
	if err != nil {
		return chat.ID{}, err
	}
	check := noCheck
	if !x.Trusted {
		check = roster.Sender
	}
	return e.commit(notice, check, wire.Expanded(m, text))
}

func (x *Expansion) check() error {
	limit := chat.MaxPairsChanged
	if x.Trusted {
		limit = maxPairsTrusted
	}
	if n := len(x.Put) + len(x.Delete); n > limit || n == 0 && !x.Clear {
		return chat.Errorf(chat.ExpansionFormat, "the expansion changes %d keys, not 1 to %d", n, limit)
	}
	for k, v := range x.Put {
		if err := wire.CheckPair(k, v); err != nil {
			return err
		}
	}
	for _, k := range x.Delete {
		if err := wire.CheckPair(k, ""); err != nil {
			return err
		}
	}
	return nil
}

// expandable returns the message, which can have an expansion.
func (e *Editor) expandable(ctx context.Context, w Who) (*chat.Message, error) {
	switch w.Conversation.Type {
	case chat.Private, chat.Group, chat.UltraGroup:
	default:
		return nil, chat.Errorf(chat.ExpansionDenied, "messages of a %s conversation have no expansion", w.Conversation.Type)
	}
	m, err := e.find(ctx, w, chat.ExpansionMissing)
	if err != nil {
		return nil, err
	}
	if gone(m) || m.Flags&chat.Expandable == 0 {
		return nil, chat.Errorf(chat.ExpansionDenied, "the message was recalled, or sent without canIncludeExpansion")
	}
	if w.Trusted {
		return m, nil
	}
	if in, err := e.received(ctx, w.User, m); err != nil || !in {
		return nil, or(err, chat.Errorf(chat.ExpansionNotYours, "the user was not in the group when the message was sent"))
	}
	return m, nil
}

// expanded is the expansion of m after the change, as it is stored and sent.
func (e *Editor) expanded(x Pairs, m *chat.Message) ([]byte, error) {
	pairs, err := ExpansionOf(m)
	if err != nil {
		return nil, err
	}
	if x.Clear {
		clear(pairs)
	}
	for _, k := range x.Delete {
		delete(pairs, k)
	}
	now := e.cfg.Now()
	for k, v := range x.Put {
		pairs[k] = Value{V: v, TS: now}
	}
	if len(pairs) > chat.MaxPairs {
		return nil, chat.Errorf(chat.ExpansionFormat, "the message would have %d keys, over %d", len(pairs), chat.MaxPairs)
	}
	return json.Marshal(pairs)
}

// ExpansionOf is the expansion of m by key. The map is the caller's own.
func ExpansionOf(m *chat.Message) (map[string]Value, error) {
	pairs := map[string]Value{}
	if text := wire.Expansion(m); len(text) > 0 {
		if err := json.Unmarshal(text, &pairs); err != nil {
			return nil, &chat.Error{Code: chat.Internal, Reason: "an expansion does not decode", Err: err}
		}
	}
	return pairs, nil
}

// notice is the message that tells everyone who got m.
func (x *Expansion) notice(m *chat.Message) (*chat.Message, error) {
	if x.Tell != nil {
		return x.Tell(m)
	}
	n := x.Notice
	if n == nil {
		flags := chat.Flags(0)
		if x.Silent {
			flags = chat.NotToSender
		}
		x.Message = m.UID()
		var err error
		if n, err = newMessage(x.User, x.Conversation, ExpansionCommand, x.Pairs, flags); err != nil {
			return nil, err
		}
	}
	n.To = among(m, x.User)
	return n, nil
}
