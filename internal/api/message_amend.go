package api

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/ultragroup"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// discussion is a retired conversation type that official SDKs still name.
// There are no messages of it, so recalling one is as good as done.
const discussion chat.ConversationType = 2

// recall takes back any message: the app's server may.
func recall(ctx context.Context, a *realm, f *form) (fields, error) {
	typ := chat.ConversationType(f.needed("conversationType", 1, math.MaxUint8))
	r := amend.Recall{
		Who:    f.who("fromUserId", "messageUID", typ),
		Admin:  f.flag("isAdmin", false),
		Delete: f.flag("isDelete", false),
		Extra:  f.text("extra", chat.MaxPushText),
		Command: &pb.UpMessage{
			Flags:      new(wire.UpFlags(when(f.flag("disablePush", false), chat.Silent))),
			OptionBits: new(when(f.flag("disableUpdateLastMsg", false), int64(1))),
		},
	}
	f.number("sentTime", 0, 0, math.MaxInt64) // the messageUID says it, too
	switch typ {
	case chat.Private, chat.Group, chat.Chatroom, chat.System, discussion:
	case chat.UltraGroup:
		r.Conversation.Channel = f.channel()
		r.Tell = ultragroup.News(ultragroup.Change{Kind: ultragroup.Recalled, Operator: r.User, Admin: r.Admin, Delete: r.Delete})
	default:
		f.fail("conversationType is %d, not 1 to 4, 6 or 10", typ)
	}
	if f.err != nil {
		return nil, f.err
	}
	if _, err := a.Editor.Recall(ctx, r); chat.CodeOf(err) != chat.RecallMissing {
		return nil, err
	}
	return nil, nil
}

// when is v or, if it does not hold, zero.
func when[T any](holds bool, v T) (zero T) {
	if holds {
		return v
	}
	return zero
}

// who reads whom a change of a message is made for, and which message it is.
func (f *form) who(user, uid string, typ chat.ConversationType) amend.Who {
	w := amend.Who{
		User:         chat.UserID(f.id(user)),
		Conversation: chat.Conversation{Type: typ, Target: f.id("targetId"), Channel: f.idIfAny("busChannel")},
		UID:          chat.UID(f.text(uid, chat.MaxID)),
		Trusted:      true,
	}
	if _, err := w.UID.ID(); err != nil {
		f.fail("%s: %v", uid, err)
	}
	return w
}

func editPrivate(ctx context.Context, a *realm, f *form) (fields, error) {
	return edit(ctx, a, f, chat.Private)
}
func editGroup(ctx context.Context, a *realm, f *form) (fields, error) {
	return edit(ctx, a, f, chat.Group)
}

// edit gives a message another content, in the name of its sender.
func edit(ctx context.Context, a *realm, f *form, typ chat.ConversationType) (fields, error) {
	x := amend.Edit{
		Who: f.who("fromUserId", "msgUID", typ), ObjectName: f.text("objectName", maxObjectName), Content: []byte(f.values.Get("content")),
	}
	if len(x.Content) == 0 {
		f.fail("content is missing")
	}
	if f.err != nil {
		return nil, f.err
	}
	if found, err := a.message(ctx, x.UID); found == nil {
		return nil, err
	}
	_, _, err := a.Editor.Edit(ctx, x)
	return nil, err
}

// message is the message with this name, nil when there is none.
func (a *realm) message(ctx context.Context, uid chat.UID) (*chat.Message, error) {
	id, err := uid.ID()
	if err != nil {
		return nil, err
	}
	found, err := a.Store.Messages(ctx, []chat.ID{id})
	if err != nil || len(found) == 0 || found[0].UID() != uid {
		return nil, err
	}
	return found[0], nil
}

// maxPairs is how many key-values one call may change.
const maxPairs = 100

// expand sets key-values of a message.
func expand(ctx context.Context, a *realm, f *form) (fields, error) {
	x := amend.Expansion{Who: f.expandable(), Silent: !f.flag("isSyncSender", false)}
	if err := json.Unmarshal([]byte(f.values.Get("extraKeyVal")), &x.Put); err != nil {
		f.fail("extraKeyVal is not a JSON object of texts")
	}
	if n := len(x.Put); n == 0 || n > maxPairs {
		f.fail("extraKeyVal has %d keys, not 1 to %d", n, maxPairs)
	}
	return a.expand(ctx, f, x)
}

// unexpand deletes key-values of a message.
func unexpand(ctx context.Context, a *realm, f *form) (fields, error) {
	x := amend.Expansion{Who: f.expandable(), Silent: !f.flag("isSyncSender", false)}
	if err := json.Unmarshal([]byte(f.values.Get("extraKey")), &x.Delete); err != nil {
		f.fail("extraKey is not a JSON list of texts")
	}
	if n := len(x.Delete); n == 0 || n > maxPairs {
		f.fail("extraKey has %d keys, not 1 to %d", n, maxPairs)
	}
	return a.expand(ctx, f, x)
}

func (a *realm) expand(ctx context.Context, f *form, x amend.Expansion) (fields, error) {
	if f.err != nil {
		return nil, f.err
	}
	if _, err := a.Editor.Expand(ctx, x); chat.CodeOf(err) != chat.ExpansionMissing {
		return nil, err
	}
	return nil, nil
}

// expandable reads which message has the expansion.
func (f *form) expandable() amend.Who {
	typ := chat.ConversationType(f.needed("conversationType", 1, math.MaxUint8))
	if typ != chat.Private && typ != chat.Group {
		f.fail("conversationType is %d, not 1 or 3", typ)
	}
	return f.who("userId", "msgUID", typ)
}

// queryExpansion returns a page of 100 key-values of a message.
func queryExpansion(ctx context.Context, a *realm, f *form) (fields, error) {
	uid := chat.UID(f.text("msgUID", chat.MaxID))
	if _, err := uid.ID(); err != nil {
		f.fail("msgUID: %v", err)
	}
	page := int(f.number("pageNo", 1, 1, math.MaxInt32))
	if f.err != nil {
		return nil, f.err
	}
	values := map[string]any{}
	m, err := a.message(ctx, uid)
	if m == nil {
		return fields{"extraContent": values}, err
	}
	pairs, err := amend.ExpansionOf(m)
	if err != nil {
		return nil, err
	}
	for i, key := range slices.Sorted(maps.Keys(pairs)) {
		if i/maxPairs == page-1 {
			values[key] = map[string]any{"v": pairs[key].V, "ts": cmp.Or(pairs[key].TS, int64(m.ID.Tick))}
		}
	}
	return fields{"extraContent": values}, nil
}
