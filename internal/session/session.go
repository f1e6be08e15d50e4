// Package session is one live connection of a user: it reads a frame, does
// what the frame asks, and writes what the user is to hear.
//
// # Concurrency
//
// Handle is called by the connection's one reader, one frame at a time, and
// may wait: for the store, or for the writer's queue, which is how a server
// that is busy stops reading. Everything that others call (the hub, the
// chatrooms, the writer's answers) only appends to the connection's queue and
// never waits.
package session

import (
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/chatroom"
	lists "github.com/hongyan-im/hongyan/internal/conversation"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/receipt"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/ultragroup"
	"github.com/hongyan-im/hongyan/internal/writer"
	"github.com/hongyan-im/hongyan/wire"
)

// Conn carries frames to one client. Its methods never wait.
type Conn interface {
	// Send queues a frame, which it copies.
	Send(frame []byte)

	// Ack is Send for a frame that somebody waits for: it is written before
	// those that go to many.
	Ack(frame []byte)

	// Offer queues a frame unless the client has too much to take already; then
	// it reports false, and Session.Drained is called once the client took it all.
	Offer(frame []byte) bool

	// Close ends the connection after what is queued was written, or at once
	// when the client does not take it. The first reason wins.
	Close(reason error)
}

// Writer accepts what a session sends.
type Writer interface{ Submit(*writer.Request) }

// Directory is what the app's server told of users and groups.
type Directory interface {
	store.Users
	store.Groups
}

// Services are what a session asks of the other rooms.
type Services struct {
	Writer    Writer
	Roster    *roster.Roster
	Inbox     *inbox.Inbox
	Editor    *amend.Editor
	Ledger    *receipt.Ledger
	Lists     *lists.Lists
	Hub       *fanout.Hub
	Rooms     *chatroom.Rooms
	Ultra     *ultragroup.Groups
	Files     *media.Files
	Directory Directory

	Blacklists     Blacklists
	BlacklistLimit int // users in one
	Rates          *Rates
	Sending        Sending
	Unread         Counting
	Metrics        *Metrics
	Log            *slog.Logger
}

// Sending is what an app says of what its users send. The zero value is ready
// to use.
type Sending struct {
	Content wire.ContentLimits
	// SkipLists lets a message pass over the receiver's black- or whitelist when
	// its sender asks for that.
	SkipLists bool
	// ResendTwice makes what an official client sends again another message, as
	// the servers do that such clients know. Our own send again by themselves,
	// so for them a resend is the first message always.
	ResendTwice bool
}

// Client is who connected, as the handshake told it.
type Client struct {
	User   chat.UserID
	Device fanout.Device // its ID is new for every page load of a browser
	SDK    string        // the version an official SDK gives
	Direct bool          // one of our own SDKs: gets messages pushed
	Files  string        // the URL under which the client reaches this server's files
}

func (c Client) dialect() wire.Dialect {
	if c.Direct {
		return wire.BitSkips
	}
	return wire.DialectOf(c.SDK)
}

// Session is one live connection.
type Session struct {
	*Services // shared by all sessions of an app
	client    Client
	speaks    wire.Dialect
	id        uint64
	origin    uint64
	conn      Conn
	ctx       context.Context
	sends     *rate.Limiter // nil where there is no limit
	status    *rate.Limiter
	edits     *rate.Limiter
	pace      *rate.Limiter
	infos     infoPace // only the reader touches it
	seen      atomic.Bool
	nextID    atomic.Uint32 // of the frames that the server publishes

	// Of the tick that the hub is offering; only the hub touches it.
	offered []*chat.Message
	ultra   []*chat.Message // those of ultra groups
	listed  [][]byte
	told    told
	news    int // of which kinds

	recalled []chat.Log // where a client of ours is told of a recall

	mu      sync.Mutex // guards the following
	stream  stream
	ofEdits signal
	ofReads signal
	pulled  bool // to the end, since the client connected
	push    push
	online  *ultraStreams // nil until the client says that it is there for ultra groups
	sealed  chat.Tick     // the newest tick that held something of ultra groups
	unread  unreadNews
}

var (
	lastID     atomic.Uint64
	originSeed = maphash.MakeSeed()
)

// New is a session for a connection that was admitted. ctx ends when the
// connection does.
func New(ctx context.Context, conn Conn, client Client, services *Services) *Session {
	s := &Session{Services: services, client: client, speaks: client.dialect(), conn: conn, ctx: ctx, id: lastID.Add(1)}
	s.origin = s.id
	if client.Device.ID != "" {
		// A device that reconnects is still the one that sent its messages.
		s.origin = maphash.String(originSeed, string(client.User)+"\x00"+client.Device.ID) | 1<<63
	}
	s.sends, s.status, s.edits, s.pace = services.Rates.acquire(client.User)
	s.seen.Store(true)
	services.Metrics.Connections.Inc()
	return s
}

// Start makes the session hear what its user is to hear. It fails when the
// store does not answer; then the connection must be closed.
func (s *Session) Start() error { return s.Hub.Attach(s.ctx, s) }

// Closed ends the session after its connection ended.
func (s *Session) Closed() {
	s.Hub.Detach(s)
	s.Rooms.Close(s)
	s.Rates.release(s.client.User)
	s.Metrics.Connections.Dec()
}

// ID is unique in this process.
func (s *Session) ID() uint64 { return s.id }

// Origin names the device, for messages it sent itself.
func (s *Session) Origin() uint64 { return s.origin }

// User is whose session it is.
func (s *Session) User() chat.UserID { return s.client.User }

// Device is what it runs on.
func (s *Session) Device() fanout.Device { return s.client.Device }

// Idle reports whether the client was silent since the last call.
func (s *Session) Idle() bool { return !s.seen.Swap(false) }

// The reasons why a session ends, beside those of its connection.
var (
	ErrKicked     = errors.New("kicked")
	ErrReplaced   = errors.New("the device has another connection")
	ErrIdle       = errors.New("no keep-alive from the client")
	ErrDraining   = errors.New("the server is shutting down")
	ErrDisconnect = errors.New("the client disconnected")
)

// Kick ends the session for good. PROTOCOL.md#disconnect
func (s *Session) Kick(code chat.Code) {
	status := uint8(wire.DisconnectError)
	if code == chat.Kicked {
		status = wire.DisconnectKicked
	}
	s.conn.Send(wire.AppendDisconnect(nil, status))
	s.conn.Close(&chat.Error{Code: code, Reason: "kicked", Err: ErrKicked})
}

// Replaced implements fanout.Session. The client is not told: it gave this
// connection up before it opened the other one, and if the two came here in
// the wrong order it connects again, which no kick would let it do.
func (s *Session) Replaced() { s.conn.Close(ErrReplaced) }

// Drain tells the client to connect again, to whichever server navigation
// names then, and ends the session.
func (s *Session) Drain() {
	s.conn.Send(wire.AppendDisconnect(nil, wire.DisconnectElsewhere))
	s.conn.Close(ErrDraining)
}

// Handle does what a frame asks. An error means that the frame was not one a
// client may send: the connection must be closed with it as the reason.
func (s *Session) Handle(frame []byte) error {
	s.seen.Store(true)
	if s.pace != nil {
		if err := s.pace.Wait(s.ctx); err != nil {
			return err
		}
	}
	var f wire.ClientFrame
	if err := f.Decode(frame); err != nil {
		s.Metrics.BadFrames.Inc()
		return err
	}
	switch f.Type {
	case wire.TypePingreq:
		s.conn.Ack(pingresp)
	case wire.TypePublish:
		s.handlePublish(&f)
	case wire.TypeQuery:
		if !s.pullWaiting(&f) && !s.pullRoomWaiting(&f) {
			apart(func() { s.handleQuery(&f) })
		}
	case wire.TypePuback, wire.TypeQuerycon: // nothing we send waits for them
	case wire.TypeDisconnect:
		apart(func() { s.Rooms.LeaveAll(s.ctx, s) })
		return ErrDisconnect
	default:
		s.Metrics.BadFrames.Inc()
		return chat.Errorf(chat.BadMessage, "a client must not send %v", f.Type)
	}
	return nil
}

// apart runs do on a goroutine of its own and waits for it. Reading the store
// takes a deep stack, which an idle connection's reader would keep.
func apart(do func()) {
	done := make(chan any)
	go func() {
		defer func() { done <- recover() }()
		do()
	}()
	if p := <-done; p != nil {
		panic(p) // where the gateway recovers
	}
}

var pingresp = wire.AppendPingresp(nil)

// puback answers a PUBLISH.
func (s *Session) puback(id uint16, code chat.Code, tick chat.Tick, uid []byte) {
	var frame [64]byte
	s.conn.Ack(wire.AppendPuback(frame[:0], id, uint16(code), int64(tick), uid))
}

// refuse answers a PUBLISH that could not be done.
func (s *Session) refuse(f *wire.ClientFrame, err error) {
	s.refuseID(f.ID, err)
}

// mayPublish takes a PUBLISH of f from the rate of messages, or refuses it. A
// client of ours is told when there is room for it. PROTOCOL.md#puback
func (s *Session) mayPublish(f *wire.ClientFrame) bool {
	if s.sends == nil || s.sends.Allow() {
		return true
	}
	err := chat.Errorf(chat.TooFast, "over %v messages a second", s.sends.Limit())
	if !s.client.Direct {
		s.refuse(f, err)
		return false
	}
	s.Metrics.refused(err.Code)
	s.logRefusal(err.Code, err)
	s.puback(f.ID, err.Code, chat.Tick(retryAfter(s.sends).Milliseconds()), nil)
	return false
}

func (s *Session) refuseID(id uint16, err error) {
	code := chat.CodeOf(err)
	s.Metrics.refused(code)
	s.logRefusal(code, err)
	s.puback(id, code, chat.Tick(time.Now().UnixMilli()), nil)
}

// refuseQuery answers a QUERY that could not be done.
func (s *Session) refuseQuery(f *wire.ClientFrame, err error) {
	code := chat.CodeOf(err)
	s.Metrics.refused(code)
	s.logRefusal(code, err)
	s.conn.Send(s.queryack(nil, f.ID, code))
}

func (s *Session) logRefusal(code chat.Code, err error) {
	level := slog.LevelDebug
	if code == chat.Internal || code == chat.StoreUnavailable {
		level = slog.LevelError
	}
	s.Log.Log(s.ctx, level, "refused", "user", s.client.User, "code", uint16(code), "reason", err)
}

// queryack begins the answer to a QUERY; the payload is appended to it.
func (s *Session) queryack(dst []byte, id uint16, code chat.Code) []byte {
	return wire.AppendQueryack(dst, id, int32(time.Now().Unix()), uint16(code))
}

// publish begins a frame that the server sends unasked.
func (s *Session) publish(dst []byte, topic string, tick chat.Tick) []byte {
	id := uint16(s.nextID.Add(1))
	return wire.AppendServerPublish(dst, 0, false, int32(tick/1000), topic, string(s.client.User), id)
}

// notify tells the client that something waits.
func (s *Session) notify(kind int, topic string, tick chat.Tick, room string) {
	var frame [256]byte
	s.conn.Send(wire.AppendNotify(s.publish(frame[:0], topic, tick), kind, tick, room))
}
