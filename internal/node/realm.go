package node

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/api"
	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/chatroom"
	"github.com/hongyan-im/hongyan/internal/conversation"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/gateway"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/receipt"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/session"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/embedded"
	"github.com/hongyan-im/hongyan/internal/tail"
	"github.com/hongyan-im/hongyan/internal/tail/local"
	"github.com/hongyan-im/hongyan/internal/ultragroup"
	"github.com/hongyan-im/hongyan/internal/writer"
)

// realm is everything of one app: its store, the one writer of it, and those
// who follow. Nothing is shared between apps but the sockets.
type realm struct {
	app      App
	tokens   *auth.Tokens
	store    store.Store
	tail     tail.Tail
	writer   *writer.Writer
	hub      *fanout.Hub
	presence *fanout.Watcher
	rooms    *chatroom.Rooms
	ultra    *ultragroup.Groups
	inbox    *inbox.Inbox
	editor   *amend.Editor
	files    *media.Files
	ledger   *receipt.Ledger

	services   session.Services
	signatures *auth.Signatures
}

func openRealm(cfg *Config, app App, metrics prometheus.Registerer) (*realm, error) {
	tokens, err := auth.NewTokens(auth.App{Key: app.Key, Secret: app.Secret})
	if err != nil {
		return nil, err
	}
	commits := newCommitMetrics(metrics)
	s, err := embedded.Open(filepath.Join(cfg.Data, app.Key), embedded.Options{
		Options:  store.Options{DedupeWindow: app.DedupeWindow, OfflineWindow: app.OfflineWindow},
		Logger:   cfg.Log,
		OnCommit: commits.observe,
	})
	if err != nil {
		return nil, err
	}
	r := &realm{app: app, tokens: tokens, store: s, tail: local.New()}
	who := roster.New(s, roster.Config{Whitelist: app.Whitelist, Now: cfg.Now})
	r.writer = writer.New(s, who, r.tail, writer.Config{Now: cfg.Now})
	devices := app.Devices
	devices.Total = cmp.Or(devices.Total, defaultDevices)
	r.hub = fanout.New(s, s.Last(), devices)
	r.presence = r.hub.Watch()
	registerPresence(metrics, r.hub, r.presence)
	rooms := app.Rooms
	rooms.Dropped = newRoomMetrics(metrics).dropped
	if r.rooms, err = chatroom.New(context.Background(), s, r.writer, s.Last(), rooms); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	r.inbox = inbox.New(s, r.writer, inbox.Config{OfflineWindow: app.OfflineWindow, Now: cfg.Now})
	r.ultra = ultragroup.New(s, r.writer, r.inbox, who, r.hub)
	r.editor = amend.New(s, who, r.writer, amend.Config{
		RecallWindow: app.RecallWindow, RecallAny: app.RecallAny, EditWindow: app.EditWindow, Content: app.Sending.Content, Now: cfg.Now,
	})
	r.ledger = receipt.New(s, r.writer, receipt.Config{Version: app.Receipts, Window: app.OfflineWindow, Now: cfg.Now})
	lists := conversation.New(s, r.inbox, r.writer)
	if r.files, err = openFiles(cfg, app, s, r.writer, metrics); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	r.signatures = auth.NewSignatures(auth.App{Key: app.Key, Secret: app.Secret}, app.Strict, time.Now())
	limits := cfg.Limits
	if app.Limits != nil {
		limits = *app.Limits
	}
	if limits.FrameRate == 0 {
		limits.FrameRate = defaultFrameRate
	}
	r.services = session.Services{
		Sending: app.Sending, Writer: r.writer, Roster: who, Inbox: r.inbox, Editor: r.editor, Ledger: r.ledger, Lists: lists, Hub: r.hub, Rooms: r.rooms, Ultra: r.ultra,
		Files: r.files, Directory: s, Blacklists: blacklists{s, r.writer}, BlacklistLimit: cfg.blacklistLimit(),
		Unread: app.Unread, Rates: session.NewRates(limits), Metrics: session.NewMetrics(metrics), Log: cfg.Log.With("app", app.Key),
	}
	return r, nil
}

// blacklists are kept in the store and changed by the writer.
type blacklists struct {
	store.Blacklists
	*writer.Writer
}

// follow offers what is committed to the sessions, until ctx ends.
func (r *realm) follow(ctx context.Context) error {
	return r.tail.Follow(ctx, func(b *store.Batch) {
		r.hub.Apply(b)
		r.rooms.Apply(b)
	})
}

// watch logs who comes and goes, until ctx ends.
func (r *realm) watch(ctx context.Context) error {
	log := r.services.Log
	for {
		select {
		case c := <-r.presence.Changes():
			log.Debug("presence", "user", c.User, "began", c.Began, "devices", c.Devices, "platform", c.Device.Platform, "session", c.Session)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// admit says whose token it is, if its holder may connect now.
func (r *realm) admit(ctx context.Context, token string) (chat.UserID, error) {
	now := time.Now()
	claims, err := r.tokens.Verify(token, now)
	if err != nil {
		return "", err
	}
	user, err := r.store.User(ctx, claims.User)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	return claims.User, auth.Admit(claims, user, now)
}

func (r *realm) gatewayApp() gateway.App {
	return gateway.App{Admit: r.admit, Services: &r.services}
}

func (r *realm) apiApp() api.App {
	return api.App{
		Key: r.app.Key, Signatures: r.signatures, Tokens: r.tokens, TokenLife: r.app.TokenLife,
		Roster: r.services.Roster, Content: r.app.Sending.Content,
		Store: r.store, Writer: r.writer, Editor: r.editor, Rooms: r.rooms, Ultra: r.ultra, Presence: r.hub,
	}
}
