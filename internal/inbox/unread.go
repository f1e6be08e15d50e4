package inbox

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
)

// Unread is what a user has not read of a conversation.
type Unread struct {
	Count      int           // at most MaxUnread
	Mentions   int           // those that mention everybody or the user, of the first store.MaxMentioned
	MentionsMe int           // those that name the user, of the same
	First      *chat.Message // the oldest; nil when there is none
	Read       chat.Tick     // up to which the user has read or deleted everything
}

// MaxUnread is how far unread messages of one conversation are counted: who
// never reads a busy group must not cost more with each of its messages.
const MaxUnread = 100_000

// Unread computes from the log what user has not read of a conversation, of
// the ticks larger than after and not larger than until. What the user
// deleted does not count.
func (x *Inbox) Unread(ctx context.Context, user chat.UserID, c chat.Conversation, after, until chat.Tick) (Unread, error) {
	log := c.Log(user)
	gone, err := x.gone(ctx, user, log, after)
	if err != nil {
		return Unread{}, err
	}
	after = max(after, gone.through)
	found, err := x.store.Unread(ctx, store.UnreadRange{User: user, Log: log, After: after, Until: until, Except: gone.ids, Limit: MaxUnread})
	if err != nil {
		return Unread{}, err
	}
	u := Unread{Count: found.Count, Read: max(found.Read, after)}
	if u.Count == 0 {
		return u, nil
	}
	first, err := x.store.Messages(ctx, []chat.ID{found.First})
	if err != nil {
		return Unread{}, err
	}
	if len(first) > 0 {
		u.First = first[0]
	}
	mentioning, err := x.store.Messages(ctx, found.Mentioned)
	for _, m := range mentioning {
		switch mentions(m, user) {
		case mentionAll:
			u.Mentions++
		case mentionSome:
			u.Mentions++
			u.MentionsMe++
		}
	}
	return u, err
}

// Who a message mentions, as mentionedInfo.type says it.
const (
	mentionAll  = 1
	mentionSome = 2
)

// mentions is mentionAll or mentionSome when m mentions user, else 0.
func mentions(m *chat.Message, user chat.UserID) int {
	var content struct {
		MentionedInfo struct {
			Type       int           `json:"type"`
			UserIDList []chat.UserID `json:"userIdList"`
		} `json:"mentionedInfo"`
	}
	if json.Unmarshal(wire.Content(m), &content) != nil {
		return 0
	}
	info := content.MentionedInfo
	if info.Type == mentionAll || info.Type == mentionSome && slices.Contains(info.UserIDList, user) {
		return info.Type
	}
	return 0
}

// MentionType is how m, a message that user received, mentions user: 1 with
// everybody, 2 by name, 0 not at all.
func MentionType(m *chat.Message, user chat.UserID) int {
	if m.Flags&chat.Mentioned == 0 {
		return 0
	}
	return mentions(m, user)
}
