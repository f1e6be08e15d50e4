package amend

import (
	"context"
	"encoding/json"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
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
	Who
	Admin  bool // receivers are told that an administrator did it
	Delete bool // receivers shall show nothing in the message's place
	Extra  string
	// Command is what else the RC:RcCmd says to receivers: how to notify them,
	// who the user is. May be nil.
	Command *pb.UpMessage
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

// Recall takes a message back: everyone who got it is told by a RC:RcCmd
// message, whose id is returned, and from the same tick on the content is gone
// from every read. It fails with chat.RecallMissing when there is no such
// message in the conversation, with chat.RecallNotYours, and with chat.Blocked
// when it is too late. Recalling what is recalled already does nothing and
// returns the message's own id.
func (e *Editor) Recall(ctx context.Context, r Recall) (chat.ID, error) {
	defer e.lock(r.UID)()
	m, err := e.find(ctx, r.Who, chat.RecallMissing)
	if err != nil {
		return chat.ID{}, err
	}
	if gone(m) {
		return m.ID, nil
	}
	check, err := e.mayRecall(ctx, r, m)
	if err != nil {
		return chat.ID{}, err
	}
	command, err := r.command(m)
	if err != nil {
		return chat.ID{}, err
	}
	replacement, err := e.replacement(r, m)
	if err != nil {
		return chat.ID{}, err
	}
	return e.commit(command, check, replacement)
}

// mayRecall returns what the command has to pass.
func (e *Editor) mayRecall(ctx context.Context, r Recall, m *chat.Message) (roster.Check, error) {
	if r.Trusted {
		return noCheck, nil
	}
	if age, window := e.cfg.Now()-int64(m.ID.Tick), e.cfg.RecallWindow.Milliseconds(); window > 0 && age > window {
		return 0, chat.Errorf(chat.Blocked, "the message is %d ms old, over the recall window of %d ms", age, window)
	}
	if m.Sender == r.User {
		return noCheck, nil
	}
	if !e.cfg.RecallAny {
		return 0, chat.Errorf(chat.RecallNotYours, "only the sender may recall a message")
	}
	if sees, err := e.received(ctx, r.User, m); err != nil || !sees {
		return 0, or(err, chat.Errorf(chat.RecallMissing, "the conversation has no message with this messageUId"))
	}
	return roster.Member, nil
}

// or is err, or instead when there is none.
func or(err, instead error) error {
	if err != nil {
		return err
	}
	return instead
}

// command is the message that tells everyone. What it says of the recall is
// what the server knows, whatever the client said.
func (r *Recall) command(m *chat.Message) (*chat.Message, error) {
	if r.Tell != nil {
		return r.Tell(m)
	}
	says, asked := map[string]any{}, r.Command
	if asked == nil {
		asked = new(pb.UpMessage)
	}
	if len(asked.Content) > 0 {
		if err := json.Unmarshal(asked.Content, &says); err != nil || says == nil {
			return nil, &chat.Error{Code: chat.BadParameter, Reason: "content is not that of a recall", Err: err}
		}
	}
	says["conversationType"], says["targetId"], says["channelId"] = m.Type, r.Conversation.Target, r.Conversation.Channel
	says["messageUId"], says["sentTime"] = m.UID(), m.ID.Tick
	says["isAdmin"], says["isDelete"] = r.Admin, r.Delete
	if r.Extra != "" {
		says["extra"] = r.Extra
	}
	if m.Sender != r.User {
		says["originalFromUserId"] = m.Sender // clients count unread by it
	}
	text, err := json.Marshal(says)
	if err != nil {
		return nil, err
	}
	up := &pb.UpMessage{
		Flags: new(asked.GetFlags() & wire.UpFlags(chat.Silent)), ClassName: new(RecallCommand), Content: text,
		PushText: asked.PushText, AppData: asked.AppData, PushExt: asked.PushExt, ConfigFlag: asked.ConfigFlag, OptionBits: asked.OptionBits,
	}
	if r.Conversation.Channel != "" {
		up.BusChannel = &r.Conversation.Channel
	}
	command, err := wire.NewMessage(m.Type, r.User, r.Conversation.Target, up)
	if err != nil {
		return nil, err
	}
	// It goes where the message went, and is not part of history itself.
	command.Flags |= m.Flags & chat.NotToSender
	command.To, command.Origin = among(m, r.User), r.Origin
	return command, nil
}

// among is to whom a message about m goes that user sends: to those who see m.
func among(m *chat.Message, user chat.UserID) []chat.UserID {
	if len(m.To) == 0 || m.Sender == user {
		return m.To
	}
	return append([]chat.UserID{m.Sender}, m.To...)
}

// replacement is what stands in the message's place. When nothing shall, it is
// hidden from everyone.
func (e *Editor) replacement(r Recall, m *chat.Message) (*chat.Message, error) {
	flags := m.Flags & (chat.Persisted | chat.NotToSender | chat.PrivateChannel)
	if r.Delete {
		flags = m.Flags&chat.NotToSender | chat.Hidden
	}
	n, err := newMessage(m.Sender, m.Conversation(), RecallNotice, notice{
		RecallTime: int64(m.ID.Tick), RecallActionTime: e.cfg.Now(), Admin: r.Admin, Delete: r.Delete, IsDelete: r.Delete,
		OperatorID: string(r.User), Extra: r.Extra,
	}, flags)
	if err != nil {
		return nil, err
	}
	n.ID, n.To = m.ID, m.To
	return n, nil
}
