package imlib

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

// decoder is what decodes itself from the payload of an answer.
type decoder interface{ UnmarshalVT([]byte) error }

// request asks the server with a QUERY, waits for the answer and decodes it
// into a, which is nil where the answer says nothing. A refusal is a
// *chat.Error.
func (c *Client) request(ctx context.Context, topic, target string, q payload, a decoder) error {
	got, err := c.askFor(ctx, wire.TypeQuery, topic, target, q)
	if err != nil || a == nil {
		return err
	}
	if err := a.UnmarshalVT(got.payload); err != nil {
		return malformed(topic, err)
	}
	return nil
}

// report tells the server with a PUBLISH that is no message, and waits for its
// PUBACK.
func (c *Client) report(ctx context.Context, topic, target string, p payload) error {
	_, err := c.askFor(ctx, wire.TypePublish, topic, target, p)
	return err
}

// askFor returns the answer beside the error of a refusal, too.
func (c *Client) askFor(ctx context.Context, kind wire.Type, topic, target string, p payload) (answer, error) {
	body, err := p.MarshalVT()
	if err != nil {
		return answer{}, &chat.Error{Code: chat.BadArgument, Reason: "the question does not encode", Err: err}
	}
	a, err := c.ask(ctx, &request{kind: kind, topic: topic, target: target, payload: body})
	if err == nil && a.status != chat.OK {
		err = a.refused("the server refused")
	}
	return a, err
}

// The conversation types that functions are for.
var (
	listedTypes  = []chat.ConversationType{chat.Private, chat.Group, chat.System}
	keptTypes    = []chat.ConversationType{chat.Private, chat.Group, chat.System, chat.UltraGroup}
	allTypes     = []chat.ConversationType{chat.Private, chat.Group, chat.Chatroom, chat.System, chat.UltraGroup}
	amendedTypes = []chat.ConversationType{chat.Private, chat.Group, chat.UltraGroup}
	groupType    = []chat.ConversationType{chat.Group}
	privateType  = []chat.ConversationType{chat.Private}
	ultraType    = []chat.ConversationType{chat.UltraGroup}
)

// checkConversation refuses a conversation that is none, or not of these types.
func checkConversation(in chat.Conversation, types []chat.ConversationType) error {
	if !slices.Contains(allTypes, in.Type) {
		return chat.Errorf(chat.BadConversationType, "the conversation has type %d, which there is not", in.Type)
	}
	if !slices.Contains(types, in.Type) {
		return chat.Errorf(chat.BadConversationType, "a %s conversation cannot do that", in.Type)
	}
	if err := checkID(chat.BadTarget, "the target of the conversation", in.Target); err != nil {
		return err
	}
	return checkChannel(in.Channel)
}

func checkConversations(all []chat.Conversation, limit int, types []chat.ConversationType) error {
	if err := checkNumber(chat.BadConversations, "conversations", len(all), limit); err != nil {
		return err
	}
	for _, in := range all {
		if err := checkConversation(in, types); err != nil {
			return err
		}
	}
	return nil
}

func checkChannel(channel string) error {
	if utf8.RuneCountInString(channel) > chat.MaxChannelID || strings.Contains(channel, "_") {
		return chat.Errorf(chat.BadChannel, "the channel %.60q is over %d characters or has a _", channel, chat.MaxChannelID)
	}
	return nil
}

// checkID refuses what cannot name anything.
func checkID(code chat.Code, what, id string) error {
	if n := utf8.RuneCountInString(id); n == 0 || n > chat.MaxID {
		return chat.Errorf(code, "%s is %d characters, not 1 to %d", what, n, chat.MaxID)
	}
	return nil
}

func checkIDs[ID ~string](code chat.Code, what string, ids []ID, limit int) error {
	if err := checkNumber(code, what, len(ids), limit); err != nil {
		return err
	}
	for _, id := range ids {
		if err := checkID(code, "one of the "+what, string(id)); err != nil {
			return err
		}
	}
	return nil
}

func checkNumber(code chat.Code, what string, n, limit int) error {
	if n < 1 || n > limit {
		return chat.Errorf(code, "there are %d %s, not 1 to %d", n, what, limit)
	}
	return nil
}

func checkCount(count, limit int) error {
	if count < 1 || count > limit {
		return chat.Errorf(chat.BadCount, "the count is %d, not 1 to %d", count, limit)
	}
	return nil
}

func checkText(code chat.Code, what, text string, least, limit int) error {
	if n := utf8.RuneCountInString(text); n < least || n > limit {
		return chat.Errorf(code, "%s is %d characters, not %d to %d", what, n, least, limit)
	}
	return nil
}

// checkUID refuses what is no messageUId, and returns when the message was sent.
func checkUID(code chat.Code, uid chat.UID) (chat.Tick, error) {
	id, err := uid.ID()
	if err != nil {
		return 0, &chat.Error{Code: code, Reason: "the message cannot be found by its UID", Err: err}
	}
	return id.Tick, nil
}

var pairKey = regexp.MustCompile(`^[A-Za-z0-9_=+-]+$`)
