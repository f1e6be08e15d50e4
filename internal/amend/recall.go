package amend

import (
	"context"
	"encoding/json"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/writer"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// The two object names that only a recall makes: the command that tells
// receivers of it, and the notice that takes the message's place.
const (
	RecallCommand = "RC:RcCmd"
	RecallNotice  = "RC:RcNtf"
)

// Recall asks to take a message back.
type Recall struct {
	Operator     chat.UserID
	Conversation chat.Conversation // as Operator sees it
	UID          chat.UID
	// Trusted recalls any message; otherwise only Operator's own, and only
	// within the recall window.
	Trusted bool
	// Content is the JSON that receivers get as the content of RC:RcCmd. Empty
	// means one made from the fields below.
	Content  []byte
	Admin    bool // receivers are told that an administrator did it
	Delete   bool // receivers shall show nothing in the message's place
	Extra    string
	SentTime int64  // of the message, as its sender knows it
	Origin   uint64 // see chat.Message
}

// content is what RC:RcCmd says.
type content struct {
	ConversationType int    `json:"conversationType"`
	TargetID         string `json:"targetId"`
	ChannelID        string `json:"channelId,omitempty"`
	MessageUID       string `json:"messageUId"`
	SentTime         int64  `json:"sentTime"`
	IsAdmin          bool   `json:"isAdmin"`
	IsDelete         bool   `json:"isDelete"`
	Extra            string `json:"extra,omitempty"`
}

// notice is what stands in the place of a recalled message. Official clients
// build the same when they see the command live.
type notice struct {
	RecallTime       int64  `json:"recallTime"`
	RecallActionTime int64  `json:"recallActionTime"`
	Admin            bool   `json:"admin"`
	Delete           bool   `json:"delete"`
	IsDelete         bool   `json:"isDelete"`
	OperatorID       string `json:"operatorId"`
	Extra            string `json:"extra,omitempty"`
}

// Recall takes a message back: everyone in its conversation is told by a
// RC:RcCmd message, whose id is returned, and from the same tick on the content
// is gone from every read. It fails with chat.RecallMissing when there is no
// such message in the conversation, and with chat.RecallNotYours. Recalling
// what is recalled already does nothing and returns the message's own id.
func (e *Editor) Recall(ctx context.Context, r Recall) (chat.ID, error) {
	m, err := e.find(ctx, r)
	if err != nil {
		return chat.ID{}, err
	}
	if m.ObjectName == RecallNotice {
		return m.ID, nil
	}
	if !r.Trusted && m.Sender != r.Operator {
		return chat.ID{}, chat.Errorf(chat.RecallNotYours, "only the sender may recall a message")
	}
	age := e.cfg.Now() - int64(m.ID.Tick)
	if window := e.cfg.RecallWindow.Milliseconds(); !r.Trusted && window > 0 && age > window {
		return chat.ID{}, chat.Errorf(chat.Blocked, "the message is %d ms old, over the recall window of %d ms", age, window)
	}
	command, err := e.command(r, m)
	if err != nil {
		return chat.ID{}, err
	}
	replacement, err := e.replacement(r, m)
	if err != nil {
		return chat.ID{}, err
	}
	done := make(chan *writer.Request, 1)
	e.writer.Submit(&writer.Request{
		Message: command,
		Check:   noCheck,
		Changes: []store.Change{store.Replaced{Message: replacement}},
		Owner:   owner(func(req *writer.Request) { done <- req }),
	})
	req := <-done
	return req.ID, req.Err
}

type owner func(*writer.Request)

func (o owner) Answer(r *writer.Request) { o(r) }

func (e *Editor) find(ctx context.Context, r Recall) (*chat.Message, error) {
	id, err := r.UID.ID()
	if err != nil {
		return nil, &chat.Error{Code: chat.RecallMissing, Reason: "messageUId: " + err.Error()}
	}
	found, err := e.store.Messages(ctx, []chat.ID{id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || found[0].UID() != r.UID || found[0].Log() != r.Conversation.Log(r.Operator) {
		return nil, chat.Errorf(chat.RecallMissing, "the conversation has no message with this messageUId")
	}
	return found[0], nil
}

// command is the message that tells everyone.
func (e *Editor) command(r Recall, m *chat.Message) (*chat.Message, error) {
	text := r.Content
	if len(text) == 0 {
		var err error
		text, err = json.Marshal(content{
			ConversationType: int(m.Type), TargetID: m.Target, ChannelID: m.Channel, MessageUID: string(r.UID),
			SentTime: int64(m.ID.Tick), IsAdmin: r.Admin, IsDelete: r.Delete, Extra: r.Extra,
		})
		if err != nil {
			return nil, err
		}
	}
	// It goes where the message went, and is not part of history itself.
	command, err := newMessage(r.Operator, r.Conversation, RecallCommand, text, m.Flags&chat.NotToSender)
	if err != nil {
		return nil, err
	}
	command.To, command.Origin = m.To, r.Origin
	return command, nil
}

// replacement is what stands in the message's place. When nothing shall, it
// is kept out of history by not being persisted.
func (e *Editor) replacement(r Recall, m *chat.Message) (*chat.Message, error) {
	text, err := json.Marshal(notice{
		RecallTime: int64(m.ID.Tick), RecallActionTime: e.cfg.Now(), Admin: r.Admin, Delete: r.Delete, IsDelete: r.Delete,
		OperatorID: string(r.Operator), Extra: r.Extra,
	})
	if err != nil {
		return nil, err
	}
	flags := m.Flags & (chat.Persisted | chat.NotToSender)
	if r.Delete {
		flags &^= chat.Persisted
	}
	n, err := newMessage(m.Sender, m.Conversation(), RecallNotice, text, flags)
	if err != nil {
		return nil, err
	}
	n.ID, n.To = m.ID, m.To
	return n, nil
}

func newMessage(sender chat.UserID, to chat.Conversation, objectName string, text []byte, flags chat.Flags) (*chat.Message, error) {
	up := &pb.UpMessage{Flags: new(int32), ClassName: &objectName, Content: text}
	*up.Flags = wire.UpFlags(flags)
	if to.Channel != "" {
		up.BusChannel = &to.Channel
	}
	m, err := wire.NewMessage(to.Type, sender, to.Target, up)
	if err != nil {
		return nil, err
	}
	m.Flags |= flags
	return m, nil
}
