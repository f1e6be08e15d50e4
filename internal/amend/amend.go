// Package amend changes messages that were sent: it takes them back, gives
// them another content, or expands them.
//
// # Concurrency
//
// Everything may be called from any goroutine. Changes of one message happen
// one after the other, each on what the one before it left.
package amend

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/writer"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Config bounds what may be changed. The zero value is ready to use.
type Config struct {
	// RecallWindow is how long after its sending a user may recall a message.
	// 0 means for ever.
	RecallWindow time.Duration
	// RecallAny lets everybody who sees a message recall it, not only its sender.
	RecallAny bool
	// EditWindow is how long after its sending a user may edit a message. 0
	// means for ever.
	EditWindow time.Duration
	// Content is what contents of official types are held to.
	Content wire.ContentLimits
	// Now is the clock in milliseconds since 1970; nil means the system's.
	Now func() int64
}

// Store is what an editor reads.
type Store interface {
	store.Sends
	store.History
	store.Groups
}

// Writer is how an editor changes what it reads.
type Writer interface{ Submit(*writer.Request) }

// Roster is what an editor asks whether a user may speak.
type Roster interface {
	Admit(ctx context.Context, m *chat.Message, check roster.Check) error
}

// Editor changes the messages of an app.
type Editor struct {
	store  Store
	roster Roster
	writer Writer
	cfg    Config
	locks  [256]sync.Mutex // one for all messages whose ids fall on it
	seed   maphash.Seed
}

// New is an editor of the messages in s that writes through w.
func New(s Store, r Roster, w Writer, cfg Config) *Editor {
	if cfg.Now == nil {
		cfg.Now = func() int64 { return time.Now().UnixMilli() }
	}
	return &Editor{store: s, roster: r, writer: w, cfg: cfg, seed: maphash.MakeSeed()}
}

// Who is who asks for a change of which message.
type Who struct {
	User         chat.UserID
	Conversation chat.Conversation // as User sees it
	UID          chat.UID
	// Trusted is the app's own server, which may change what User could not.
	Trusted bool
	Origin  uint64 // see chat.Message
	// Tell makes, of the message as it is, what tells of the change in an ultra
	// group, whose sessions hear of changes in their own way. Nil elsewhere.
	Tell func(*chat.Message) (*chat.Message, error)
}

// lock makes the caller the only one to change the message with this name.
func (e *Editor) lock(uid chat.UID) (unlock func()) {
	l := &e.locks[maphash.String(e.seed, string(uid))%uint64(len(e.locks))]
	l.Lock()
	return l.Unlock
}

// find returns the message, or an error with code when there is none that the
// user sees.
func (e *Editor) find(ctx context.Context, w Who, code chat.Code) (*chat.Message, error) {
	id, err := w.UID.ID()
	if err != nil {
		return nil, &chat.Error{Code: code, Reason: "messageUId: " + err.Error()}
	}
	found, err := e.store.Messages(ctx, []chat.ID{id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || found[0].UID() != w.UID || found[0].Log() != w.Conversation.Log(w.User) ||
		!w.Trusted && !found[0].VisibleTo(w.User) {
		return nil, chat.Errorf(code, "the conversation has no message with this messageUId")
	}
	return found[0], nil
}

// gone reports whether m was recalled.
func gone(m *chat.Message) bool { return m.ObjectName == RecallNotice }

// received reports whether user got m when it was sent, or sent it: of a group,
// a user sees what came since joining.
func (e *Editor) received(ctx context.Context, user chat.UserID, m *chat.Message) (bool, error) {
	if m.Type != chat.Group || m.Sender == user {
		return true, nil
	}
	stays, _, err := e.store.Memberships(ctx, user)
	if err != nil {
		return false, err
	}
	for _, s := range stays {
		if s.Group == m.Target && s.Joined < m.ID.Tick && s.Left == 0 {
			return true, nil
		}
	}
	return false, nil
}

// commit puts a message and a replacement into one tick. What is returned is
// durable and seen by every reader.
func (e *Editor) commit(message *chat.Message, check roster.Check, replacement *chat.Message) (chat.ID, error) {
	done := make(answer, 1)
	request := &writer.Request{Message: message, Check: check, Owner: done}
	if replacement != nil {
		request.Changes = append(media.Sent(replacement.Body), store.Replaced{Message: replacement})
	}
	e.writer.Submit(request)
	r := <-done
	return r.ID, r.Err
}

// answer is an owner that waits.
type answer chan *writer.Request

func (a answer) Answer(r *writer.Request) { a <- r }

// noCheck: whoever could send a message may change it, also after having left
// the conversation.
const noCheck = roster.Check(0)

// newMessage makes a message of ours.
func newMessage(sender chat.UserID, to chat.Conversation, objectName string, content any, flags chat.Flags) (*chat.Message, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	up := &pb.UpMessage{Flags: new(wire.UpFlags(flags)), ClassName: &objectName, Content: text}
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
