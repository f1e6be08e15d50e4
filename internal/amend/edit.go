package amend

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
)

// EditNews is the object name of what tells sessions of an edit.
const EditNews = "HY:Edit"

// edited is the content of EditNews.
type edited struct {
	UID chat.UID `json:"uid"`
	By  string   `json:"by"` // the device that did it and needs not be told
}

// Edit asks to give a message another content.
type Edit struct {
	Who
	ObjectName string // empty, or what the message has: an edit does not change it
	Content    []byte
}

// Edit replaces the content of a message and returns the message and the tick
// from which on every read shows it so. It fails with chat.EditUnsupported
// when there is no such message in the conversation or it is not one to edit,
// with chat.Blocked when it is not the user's own, with chat.EditTooLate, and
// with what a message with this content would be refused with.
func (e *Editor) Edit(ctx context.Context, x Edit) (*chat.Message, chat.Tick, error) {
	defer e.lock(x.UID)()
	m, err := e.find(ctx, x.Who, chat.EditUnsupported)
	if err != nil {
		return nil, 0, err
	}
	if err := e.mayEdit(ctx, x, m); err != nil {
		return nil, 0, err
	}
	n, err := wire.Edited(m, x.Content, e.cfg.Now())
	if err == nil {
		err = e.cfg.Content.Check(n)
	}
	if err != nil {
		return nil, 0, err
	}
	news, err := x.news(m)
	if err != nil {
		return nil, 0, err
	}
	id, err := e.commit(news[0], noCheck, n)
	for _, more := range news[1:] {
		if err == nil {
			_, err = e.commit(more, noCheck, nil)
		}
	}
	return n, id.Tick, err
}

func (e *Editor) mayEdit(ctx context.Context, x Edit, m *chat.Message) error {
	switch m.Type {
	case chat.Private, chat.Group, chat.UltraGroup:
	default:
		return chat.Errorf(chat.EditUnsupported, "messages of a %s conversation are not edited", m.Type)
	}
	age, window := e.cfg.Now()-int64(m.ID.Tick), e.cfg.EditWindow.Milliseconds()
	switch {
	case gone(m):
		return chat.Errorf(chat.EditUnsupported, "the message was recalled")
	case m.Flags&chat.Persisted == 0:
		return chat.Errorf(chat.EditUnsupported, "the message is not kept, so it cannot be edited")
	case x.ObjectName != "" && x.ObjectName != m.ObjectName:
		return chat.Errorf(chat.EditUnsupported, "the message is a %s and an edit does not change that", m.ObjectName)
	case m.Sender != x.User:
		return chat.Errorf(chat.Blocked, "only the sender may edit a message")
	case !x.Trusted && window > 0 && age > window && m.Type != chat.UltraGroup:
		return chat.Errorf(chat.EditTooLate, "the message is %d ms old, over the edit window of %d ms", age, window)
	case x.Trusted:
		return nil
	}
	again := *m // an edit says something new, so whoever may not speak may not edit
	again.To = slices.Clone(m.To)
	return e.roster.Admit(ctx, &again, roster.Sender)
}

// news are the messages that tell sessions of the edit of m, one at least.
func (x *Edit) news(m *chat.Message) ([]*chat.Message, error) {
	if x.Tell != nil {
		n, err := x.Tell(m)
		return []*chat.Message{n}, err
	}
	logs := []chat.Conversation{chat.GroupEditNews(m.Target)}
	if m.Type == chat.Private {
		logs = []chat.Conversation{chat.EditNews(chat.UserID(m.Target)), chat.EditNews(m.Sender)}
	}
	var news []*chat.Message
	for _, log := range logs {
		n, err := newMessage(m.Sender, log, EditNews, edited{UID: m.UID(), By: strconv.FormatUint(x.Origin, 36)}, chat.Hidden)
		if err != nil {
			return nil, err
		}
		n.To, n.Origin = m.To, x.Origin
		news = append(news, n)
	}
	return news, nil
}

// Edits is a page of what was edited, each message once, as it is now.
type Edits struct {
	Messages []*chat.Message
	Through  chat.Tick // every edit up to it is in the page
	More     bool
}

// maxEdits is how many edits are read for a page.
const maxEdits = 100

// Edits returns what was edited in the user's private conversations and
// present groups after one tick and until another, without what the device
// origin did itself.
func (e *Editor) Edits(ctx context.Context, user chat.UserID, origin uint64, after, until chat.Tick) (Edits, error) {
	logs := []store.LogSince{{Log: chat.EditNews(user).Log(""), After: after}}
	stays, _, err := e.store.Memberships(ctx, user)
	if err != nil {
		return Edits{}, err
	}
	for _, s := range stays {
		if s.Left == 0 {
			logs = append(logs, store.LogSince{Log: chat.GroupEditNews(s.Group).Log(""), After: max(after, s.Joined)})
		}
	}
	page, err := e.store.Merge(ctx, store.Merge{Logs: logs, Viewer: user, Until: until, Limit: maxEdits})
	if err != nil {
		return Edits{}, err
	}
	ids := newsOf(page.Messages, strconv.FormatUint(origin, 36))
	found, err := e.store.Messages(ctx, ids)
	if err != nil {
		return Edits{}, err
	}
	found = slices.DeleteFunc(found, gone)
	return Edits{Messages: found, Through: max(page.Through, after), More: page.More}, nil
}

// newsOf lists the messages that news are about, each where it was edited
// last, without those that one device edited.
func newsOf(news []*chat.Message, device string) []chat.ID {
	var ids []chat.ID
	for _, m := range news {
		var says edited
		if json.Unmarshal(wire.Content(m), &says) != nil || says.By == device {
			continue
		}
		id, err := says.UID.ID()
		if err != nil {
			continue
		}
		ids = slices.DeleteFunc(ids, func(known chat.ID) bool { return known == id })
		ids = append(ids, id)
	}
	return ids
}
