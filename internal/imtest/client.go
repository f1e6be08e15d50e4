package imtest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// patience is how long a test waits for anything at all: the race detector,
// two cores and a busy machine are no failure.
const patience = 60 * time.Second

// Client is a page of a user, over any number of connections: it keeps what a
// page keeps in localStorage, its cursors and what it was given. It pulls by
// itself and by the rule of its kind. A message given twice or out of order,
// and a frame that no server may send, fail the test.
type Client struct {
	t       testing.TB
	server  Server
	user    chat.UserID
	direct  bool
	manual  bool
	blind   bool
	device  string
	token   string
	version int
	query   url.Values
	buffer  int

	mu       sync.Mutex // guards the following
	changed  chan struct{}
	link     *link
	readers  sync.WaitGroup
	pull     puller
	received []Message
	names    map[chat.UID]struct{}
	last     chat.ID
	own      map[chat.UID]chat.Tick
	statuses []Message
	signals  []Signal
	rooms    map[string]*room
}

// Signal is a s_ntf, s_cmd, s_us, or the dup of a read mark, that a client was
// sent. Room is the target of a read mark.
type Signal struct {
	Topic string
	Type  int32
	Tick  chat.Tick
	Room  string
}

// DialOption changes what a Client is.
type DialOption func(*Client)

// Direct makes the client one of our own SDKs, which gets messages pushed.
func Direct() DialOption {
	return func(c *Client) { c.direct, c.pull = true, &direct{} }
}

// Manual makes a client that pulls only when it is told to.
func Manual() DialOption { return func(c *Client) { c.manual = true } }

// Blind makes a client that looks at nothing but CONNACK and PINGRESP: it may
// have sent anything, so any answer is right.
func Blind() DialOption {
	return func(c *Client) { c.manual, c.blind = true, true }
}

// WithToken connects with a token of the test's making.
func WithToken(token string) DialOption { return func(c *Client) { c.token = token } }

// Version is the protocolVer of the handshake, 3 without it.
func Version(v int) DialOption { return func(c *Client) { c.version = v } }

// Parameter sets a parameter of the WebSocket URL.
func Parameter(name, value string) DialOption {
	return func(c *Client) { c.query.Set(name, value) }
}

// ReadBuffer makes the socket take no more than about n bytes unread.
func ReadBuffer(n int) DialOption { return func(c *Client) { c.buffer = n } }

// NewClient is a client of user that is not connected yet.
func NewClient(t testing.TB, s Server, user chat.UserID, options ...DialOption) *Client {
	t.Helper()
	c := &Client{
		t: t, server: s, user: user, version: 3, device: fmt.Sprintf("page-%d", pages.Add(1)), query: url.Values{},
		token: App{t: t}.Token(user), pull: &official{},
		changed: make(chan struct{}), names: map[chat.UID]struct{}{}, own: map[chat.UID]chat.Tick{}, rooms: map[string]*room{},
	}
	for _, o := range options {
		o(c)
	}
	t.Cleanup(c.Cut)
	return c
}

// Dial is a client that is connected.
func Dial(t testing.TB, s Server, user chat.UserID, options ...DialOption) *Client {
	t.Helper()
	c := NewClient(t, s, user, options...)
	if err := c.Connect(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Refused is the status of a CONNACK that is not 0.
type Refused struct{ Status uint8 }

// Error names the status.
func (r *Refused) Error() string { return fmt.Sprintf("refused with CONNACK status %d", r.Status) }

// Connect opens a connection, in the place of the one before, and waits for
// the CONNACK. The error is a *Refused when there is one that refuses.
func (c *Client) Connect() error {
	c.Cut()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	l, err := open(ctx, c.socket(), c.buffer)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.link = l
	c.pull.connected()
	c.mu.Unlock()
	c.readers.Go(func() { c.read(l) })
	c.wait("the CONNACK", func() bool { return l.greeted || l.ended != nil })
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !l.greeted:
		return fmt.Errorf("no CONNACK: %w", l.ended)
	case l.connack.Status != 0:
		return &Refused{l.connack.Status}
	}
	return nil
}

// socket is the URL that the client opens.
func (c *Client) socket() string {
	q := url.Values{
		"appId": {AppKey}, "token": {c.token}, "sdkVer": {"5.38.0"}, "deviceId": {c.device}, "protocolVer": {fmt.Sprint(c.version)},
	}
	if c.direct {
		q.Set("hongyan", "1")
	}
	maps.Copy(q, c.query)
	return "ws" + strings.TrimPrefix(c.server.URL(), "http") + "/websocket?" + q.Encode()
}

// User is whose client it is.
func (c *Client) User() chat.UserID { return c.user }

// Connack is what the server greeted the present connection with.
func (c *Client) Connack() wire.Connack {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.link.connack
}

// Cut closes the socket without a word and returns when nothing of the
// connection is left.
func (c *Client) Cut() {
	c.mu.Lock()
	l := c.link
	c.mu.Unlock()
	if l == nil {
		return
	}
	l.cutting.Store(true)
	_ = l.conn.Close() // what it says does not matter
	c.stop(l, false)
	c.readers.Wait()
}

// StopReading makes the client take nothing more from its socket than what it
// is reading, until ResumeReading or Cut.
func (c *Client) StopReading() { c.stop(c.current(), true) }

// ResumeReading ends StopReading.
func (c *Client) ResumeReading() { c.stop(c.current(), false) }

func (c *Client) stop(l *link, stopped bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l.stopped = stopped
	c.tell()
}

func (c *Client) current() *link {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.link
}

// WriteRaw writes bytes to the socket, past all framing.
func (c *Client) WriteRaw(b []byte) error { return c.current().writeRaw(b) }

// WriteFrame sends a frame of the protocol as one WebSocket message.
func (c *Client) WriteFrame(frame []byte) error { return c.current().write(frame) }

// Sent names a PUBLISH, for Ack to wait for.
type Sent struct {
	link *link
	id   uint16
}

// Ack is what a PUBACK said.
type Ack struct {
	Code chat.Code
	Tick chat.Tick
	UID  chat.UID
}

// Publish sends a PUBLISH and does not wait for its PUBACK. The payload is an
// UpMessage, mostly of Text.
func (c *Client) Publish(topic, target string, payload []byte) Sent {
	c.mu.Lock()
	l := c.link
	id := l.next()
	c.mu.Unlock()
	// A connection that breaks shows in Ack.
	_ = l.write(append(wire.AppendClientPublish(nil, 1, topic, target, id), payload...))
	return Sent{l, id}
}

// SendTopic is how messages to conversations of a type are sent.
var SendTopic = map[chat.ConversationType]string{
	chat.Private: wire.TopicPrivateSend, chat.Group: wire.TopicGroupSend, chat.Chatroom: wire.TopicRoomSend,
	chat.UltraGroup: wire.TopicUltraSend,
}

// Send sends a text and waits for its PUBACK. The clientID 0 is none.
func (c *Client) Send(typ chat.ConversationType, target, text string, clientID int64) Ack {
	c.t.Helper()
	ack, err := c.Ack(c.Publish(SendTopic[typ], target, Text(text, clientID)))
	if err != nil {
		c.t.Fatalf("%s sends %q: %v", c.user, text, err)
	}
	return ack
}

// Ack waits for the PUBACK of s. It fails when the connection ends before.
func (c *Client) Ack(s Sent) (Ack, error) {
	c.t.Helper()
	acked := func() bool { _, ok := s.link.acks[s.id]; return ok }
	c.wait("a PUBACK", func() bool { return acked() || s.link.ended != nil })
	c.mu.Lock()
	defer c.mu.Unlock()
	if acked() {
		return s.link.acks[s.id], nil
	}
	return Ack{}, fmt.Errorf("no PUBACK: %w", s.link.ended)
}

// Query sends a QUERY and waits for its answer. It fails when the connection
// ends before.
func (c *Client) Query(topic, target string, payload []byte) (chat.Code, []byte, error) {
	c.t.Helper()
	c.mu.Lock()
	l := c.link
	id := l.next()
	l.asked[id] = nil
	c.mu.Unlock()
	if err := l.write(append(wire.AppendQuery(nil, topic, target, id), payload...)); err != nil {
		return 0, nil, err
	}
	c.wait("the answer to "+topic, func() bool { return l.asked[id] != nil || l.ended != nil })
	c.mu.Lock()
	defer c.mu.Unlock()
	if a := l.asked[id]; a != nil {
		delete(l.asked, id)
		return a.code, a.payload, nil
	}
	return 0, nil, fmt.Errorf("no answer to %s: %w", topic, l.ended)
}

// History asks for a page of a conversation.
func (c *Client) History(typ chat.ConversationType, target string, time chat.Tick, newer bool, count int) (page []Message, through chat.Tick, more bool) {
	c.t.Helper()
	topic := map[chat.ConversationType]string{
		chat.Private: wire.TopicPrivateHistory, chat.Group: wire.TopicGroupHistory, chat.System: wire.TopicSystemHistory, chat.Chatroom: wire.TopicRoomHistory,
	}[typ]
	order := int32(0)
	if newer {
		order = 1
	}
	q := &pb.HistoryRequest{TargetId: &target, Time: new(int64(time)), Count: new(int32(count)), Order: &order}
	to := string(c.user)
	if typ == chat.Chatroom {
		to = target
	}
	code, payload, err := c.Query(topic, to, must(q.MarshalVT()))
	if err != nil || code != chat.OK {
		c.t.Fatalf("history of %s: code %d, %v", target, code, err)
	}
	var answer pb.HistoryAnswer
	if err := answer.UnmarshalVT(payload); err != nil {
		c.t.Fatalf("history of %s: %v", target, err)
	}
	page, err = c.messages(answer.List)
	if err != nil {
		c.t.Fatalf("history of %s: %v", target, err)
	}
	return page, chat.Tick(answer.GetSyncTime()), answer.GetHasMsg() == 1
}

// Pull asks for what came after two cursors, and does not touch the client's own.
func (c *Client) Pull(received, sent chat.Tick) (page []Message, through chat.Tick, finished bool) {
	c.t.Helper()
	code, payload, err := c.Query(wire.TopicPull, string(c.user), pullRequest(received, sent))
	if err != nil || code != chat.OK {
		c.t.Fatalf("pull of %s: code %d, %v", c.user, code, err)
	}
	var answer pb.DownMessages
	if err := answer.UnmarshalVT(payload); err != nil {
		c.t.Fatalf("pull of %s: %v", c.user, err)
	}
	page, err = c.messages(answer.List)
	if err != nil {
		c.t.Fatalf("pull of %s: %v", c.user, err)
	}
	return page, chat.Tick(answer.GetSyncTime()), answer.GetFinished()
}

func pullRequest(received, sent chat.Tick) []byte {
	q := &pb.PullRequest{
		IsPolling: new(bool), IsPullSend: new(true), SyncTime: new(int64(received)), SendBoxSyncTime: new(int64(sent)),
		BroadcastSyncTime: new(int64(1)), Compressed: new(true),
	}
	return must(q.MarshalVT())
}

func (c *Client) messages(list []*pb.DownMessage) ([]Message, error) {
	page := make([]Message, 0, len(list))
	for _, d := range list {
		m, err := read(d, c.user)
		if err != nil {
			return page, err
		}
		page = append(page, m)
	}
	return page, nil
}

// Received is what the client was given so far, in that order: what an
// official client shows in MESSAGES.
func (c *Client) Received() []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.received)
}

// Await waits until the client was given a message of which is reports true.
func (c *Client) Await(what string, is func(Message) bool) Message {
	c.t.Helper()
	var found Message
	c.wait(what, func() bool {
		i := slices.IndexFunc(c.received, is)
		if i >= 0 {
			found = c.received[i]
		}
		return i >= 0
	})
	return found
}

// AwaitText waits until the client was given a text message.
func (c *Client) AwaitText(text string) Message {
	c.t.Helper()
	return c.Await(fmt.Sprintf("the text %.60q", text), func(m Message) bool { return m.Text == text })
}

// AwaitStatus waits for the nth status message, 0 being the first.
func (c *Client) AwaitStatus(nth int) Message {
	c.t.Helper()
	c.wait("a status message", func() bool { return len(c.statuses) > nth })
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.statuses[nth]
}

// AwaitSignal waits for a signal of which is reports true.
func (c *Client) AwaitSignal(what string, is func(Signal) bool) {
	c.t.Helper()
	c.wait(what, func() bool { return slices.ContainsFunc(c.signals, is) })
}

// Signals is every s_ntf and s_cmd that the client was sent so far.
func (c *Client) Signals() []Signal {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.signals)
}

// Ping sends a PINGREQ and waits for its answer.
func (c *Client) Ping() error {
	c.t.Helper()
	c.mu.Lock()
	l := c.link
	answered := l.pongs
	c.mu.Unlock()
	if err := l.write(wire.AppendPingreq(nil)); err != nil {
		return err
	}
	c.wait("a PINGRESP", func() bool { return l.pongs > answered || l.ended != nil })
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.pongs > answered {
		return nil
	}
	return l.ended
}

// Ended waits until the server closed the connection, and returns the status
// of the DISCONNECT that came before, 0 when there was none.
func (c *Client) Ended() (disconnect uint16) {
	c.t.Helper()
	c.wait("the end of the connection", func() bool { return c.link.ended != nil })
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.link.disconnect
}

// wait returns once is reports true. It is called with c.mu held, after each
// frame and at the end of a connection.
func (c *Client) wait(what string, is func() bool) {
	c.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		c.mu.Lock()
		ok, changed := is(), c.changed
		c.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-deadline.C:
			c.mu.Lock()
			defer c.mu.Unlock()
			c.t.Fatalf("%s (%s) waited in vain for %s; it has %d messages, the last is %v, its puller is %+v, its connection ended with %v",
				c.user, c.device, what, len(c.received), c.last, c.pull, c.link.ended)
		}
	}
}

// tell wakes those who wait. The caller holds c.mu.
func (c *Client) tell() {
	close(c.changed)
	c.changed = make(chan struct{})
}

var errCut = errors.New("the test cut the connection")

var trusting = &tls.Config{InsecureSkipVerify: true} // a test's own certificate
