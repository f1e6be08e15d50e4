// Package ultragroup keeps the ultra groups of an app: groups without bound,
// divided into channels.
//
// The members of an ultra group are a member list of the store, under
// store.UltraGroup; those of a channel are one under store.UltraChannel, which
// decides who sees the channel while it is private. Each channel has a log of
// its own. What changes, of a message or of a channel, is told by a message
// that is chat.Hidden in such a log, so that it reaches whoever sees the log,
// in order and once.
//
// # Concurrency
//
// Everything may be called from any goroutine.
package ultragroup

import (
	"context"
	"hash/maphash"
	"sync"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/writer"
)

// Store is what ultra groups are read from.
type Store interface {
	store.Sends
	store.History
	store.Reads
	store.Groups
	store.Entries
}

// Writer is how ultra groups change.
type Writer interface {
	Submit(*writer.Request)
	Change(ctx context.Context, changes ...store.Change) (chat.Tick, error)
}

// Inbox says what a user sees and has not read of a conversation.
type Inbox interface {
	Begin(ctx context.Context, user chat.UserID, c chat.Conversation) (chat.Tick, error)
	HistorySince(ctx context.Context, user chat.UserID, begin chat.Tick, q inbox.Query) (store.Page, error)
	Unread(ctx context.Context, user chat.UserID, c chat.Conversation, after, until chat.Tick) (inbox.Unread, error)
}

// Roster says who sees a channel.
type Roster interface {
	UltraAudience(ctx context.Context, group, channel string, user chat.UserID) (list string, err error)
}

// Hub tells those who are online who is typing.
type Hub interface {
	Typing(list string, who chat.UserID, typing []byte)
}

// Groups are the ultra groups of an app.
type Groups struct {
	store  Store
	writer Writer
	inbox  Inbox
	roster Roster
	hub    Hub

	// A change that depends on what a group or a user is in excludes others
	// that would change that. Of a group, joining and leaving share.
	groups [64]sync.RWMutex
	users  [64]sync.Mutex
	seed   maphash.Seed
}

// New are the ultra groups in s.
func New(s Store, w Writer, i Inbox, r Roster, h Hub) *Groups {
	return &Groups{store: s, writer: w, inbox: i, roster: r, hub: h, seed: maphash.MakeSeed()}
}

func (g *Groups) ofGroup(id string) *sync.RWMutex {
	return &g.groups[maphash.String(g.seed, id)%uint64(len(g.groups))]
}

func (g *Groups) ofUser(id chat.UserID) *sync.Mutex {
	return &g.users[maphash.String(g.seed, string(id))%uint64(len(g.users))]
}

// submit has the writer commit a message, with no rules but that its channel
// exists, and changes in the same tick.
func (g *Groups) submit(m *chat.Message, changes ...store.Change) (chat.ID, error) {
	done := make(chan *writer.Request, 1)
	g.writer.Submit(&writer.Request{Message: m, Check: roster.Check(0), Changes: changes, Owner: owner(func(r *writer.Request) { done <- r })})
	r := <-done
	return r.ID, r.Err
}

type owner func(*writer.Request)

func (o owner) Answer(r *writer.Request) { o(r) }
