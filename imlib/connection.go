package imlib

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

const (
	// patience is how long nothing, or an answer, may not come, in pings.
	patience = 2
	// greetTimeout is how long a server may take to accept a connection.
	greetTimeout = 10 * time.Second
	// pullEvery is how often to look for messages that no signal told us of,
	// counted in pings.
	pullEvery = 12

	// protocolVer is the handshake we ask for.
	protocolVer = wire.ProtocolVer4
)

// What every kind of socket keeps to.
const (
	openTimeout  = 5 * time.Second
	writeTimeout = 10 * time.Second
	maxFrame     = 32 << 20 // bytes: a page of the largest messages fits
)

var errFrame = errors.New("the server sent a frame that is not of this protocol")

// dial opens a connection that the server has accepted, with a fresh token if
// need be. again asks navigation anew.
func (c *Client) dial(ctx context.Context, again bool) (*socket, wire.Connack, error) {
	fresh := c.options.Token == ""
	if fresh {
		token, err := c.options.RefreshToken(ctx)
		if err != nil {
			return nil, wire.Connack{}, fmt.Errorf("there is no fresh token: %w", err)
		}
		c.options.Token = token
	}
	s, hello, err := c.open(ctx, again)
	if !fresh && c.dropToken(err) {
		return c.dial(ctx, true)
	}
	return s, hello, err
}

// dropToken reports whether a fresh token would help against reason, and then
// forgets the one that is of no use.
func (c *Client) dropToken(reason error) bool {
	code := chat.CodeOf(reason)
	if c.options.RefreshToken == nil || code != chat.TokenExpired && code != chat.TokenIncorrect {
		return false
	}
	c.options.Token = "" // only the goroutine that dials looks at it
	return true
}

// open opens a connection that the server has accepted.
func (c *Client) open(ctx context.Context, again bool) (*socket, wire.Connack, error) {
	places, err := c.navigator.addresses(ctx, &c.options, again)
	if err != nil {
		return nil, wire.Connack{}, err
	}
	var errs []error
	for _, p := range places {
		s, err := openSocket(ctx, c.locate(p), &c.options)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		hello, err := greet(ctx, s)
		if err == nil {
			return s, hello, nil
		}
		s.close()
		if chat.CodeOf(err) != chat.ServerUnavailable && refused(err) {
			return nil, wire.Connack{}, err // it does not depend on the place
		}
		errs = append(errs, err)
	}
	return nil, wire.Connack{}, errors.Join(errs...)
}

// locate is the URL of a connection, which is also the request for it.
// PROTOCOL.md#connect
func (c *Client) locate(a address) url.URL {
	u := a.url()
	u.RawQuery = url.Values{
		"appId": {c.options.AppKey}, "token": {c.options.Token}, "sdkVer": {sdkVersion}, "apiVer": {"go"},
		"deviceId": {c.device}, "protocolVer": {fmt.Sprint(protocolVer)}, "hongyan": {"1"},
	}.Encode()
	return u
}

// greet reads the server's first frame, whether we are connected. Its error is
// a *chat.Error when we are not.
func greet(ctx context.Context, s *socket) (wire.Connack, error) {
	within, cancel := context.WithTimeout(ctx, greetTimeout)
	defer cancel()
	unblock := context.AfterFunc(within, s.close)
	defer unblock()
	b, err := s.read()
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return wire.Connack{}, ctx.Err()
	case within.Err() != nil:
		return wire.Connack{}, fmt.Errorf("the server did not say within %s whether it accepts the connection", greetTimeout)
	default:
		return wire.Connack{}, err
	}
	var f wire.ServerFrame
	if err := f.Decode(b, protocolVer); err != nil {
		return wire.Connack{}, fmt.Errorf("%w: %v", errFrame, err)
	}
	if f.Type != wire.TypeConnack {
		return wire.Connack{}, fmt.Errorf("%w: %s instead of connack", errFrame, f.Type)
	}
	return f.Connack, connackError(f.Connack.Status)
}

// serve runs the connection s until it ends and returns the reason.
func (c *Client) serve(ctx context.Context, s *socket) error {
	c.catchUp()
	ctx, end := context.WithCancelCause(ctx)
	var loops sync.WaitGroup
	loops.Go(func() { end(c.readLoop(s)) })
	loops.Go(func() { end(c.writeLoop(ctx, s)) })
	<-ctx.Done()
	s.close() // the one close; unblocks both loops
	loops.Wait()
	return context.Cause(ctx)
}

// catchUp asks for what came while there was no connection.
func (c *Client) catchUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inbox.suspect()
	c.pull()
	c.news.connected(c)
	c.enterUltra()
	for _, r := range c.rooms {
		c.rejoin(r)
	}
	signal(c.wake)
}

// disconnected makes everything unanswered ready for the next connection.
func (c *Client) disconnected() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.online, c.caughtUp = false, false
	c.outbox.disconnected()
	c.inbox.interrupted()
	c.news.interrupted()
	c.leaveUltra()
	for _, r := range c.rooms {
		r.stream.interrupted()
		r.entries.asking, r.there = false, false
	}
}

// writeLoop writes what is in the outbox, and pings.
func (c *Client) writeLoop(ctx context.Context, s *socket) error {
	ping := wire.AppendPingreq(nil)
	if err := s.write(ping); err != nil {
		return err
	}
	every := time.NewTicker(c.options.PingEvery)
	defer every.Stop()
	for pings := 1; ; {
		if err := c.writeOutbox(s); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.wake:
		case <-every.C:
			if err := c.check(pings%pullEvery == 0); err != nil {
				return err
			}
			if err := s.write(ping); err != nil {
				return err
			}
			pings++
		}
	}
}

func (c *Client) writeOutbox(s *socket) error {
	var frames [][]byte
	for {
		frames = c.nextFrames(frames[:0])
		if len(frames) == 0 {
			return nil
		}
		if err := s.write(frames...); err != nil {
			return err
		}
	}
}

// maxGather is how many frames are written at once.
const maxGather = 32

func (c *Client) nextFrames(frames [][]byte) [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	for now := time.Now(); len(frames) < maxGather; {
		f, ok := c.outbox.next(nil, now)
		if !ok {
			break
		}
		frames = append(frames, f)
	}
	return frames
}

// check is the regular look at a quiet connection. It fails when an answer is
// overdue: another connection may get it.
func (c *Client) check(suspect bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if limit := patience * c.options.PingEvery; c.outbox.overdue(time.Now(), limit) {
		return fmt.Errorf("the server did not answer for %s", limit)
	}
	if suspect {
		c.inbox.suspect()
	}
	c.pullAll() // one that failed is tried again
	return nil
}

// readLoop handles what the server sends.
func (c *Client) readLoop(s *socket) error {
	var f wire.ServerFrame
	for {
		b, err := s.read()
		if err != nil {
			return err
		}
		if err := f.Decode(b, protocolVer); err != nil {
			return fmt.Errorf("%w: %v", errFrame, err)
		}
		if err := c.handle(s, &f); err != nil {
			return err
		}
		c.tellLost()
	}
}

func (c *Client) handle(s *socket, f *wire.ServerFrame) error {
	switch f.Type {
	case wire.TypePublish:
		return c.handlePublish(s, f)
	case wire.TypePuback:
		return c.handleAnswer(f.ID, answer{status: chat.Code(f.Status), millis: f.SentTime(), uid: chat.UID(f.UID), retry: f.RetryAfter()})
	case wire.TypeQueryack:
		if f.QoS > 0 {
			if err := s.write(wire.AppendQuerycon(nil, f.ID)); err != nil {
				return err
			}
		}
		return c.handleAnswer(f.ID, answer{status: chat.Code(f.Status), payload: f.Payload})
	case wire.TypeDisconnect:
		return disconnectError(f.Status)
	case wire.TypePingresp:
		return nil
	}
	return fmt.Errorf("%w: a second %s", errFrame, f.Type)
}

// handleAnswer hands an answer to whoever asked. An answer to a request that
// was given up is nobody's.
func (c *Client) handleAnswer(id uint16, a answer) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.outbox.answered(id)
	if r == nil {
		return nil
	}
	return c.finish(r, a)
}

// finish ends r, which the outbox has let go, with c.mu held.
func (c *Client) finish(r *request, a answer) error {
	if r.send != nil && a.status == chat.OK && !c.options.SendOnly {
		if s := c.streamOf(r.send.to); s != nil {
			s.sent(a.uid)
		}
		c.pullAll()
	}
	if r.done == nil {
		return nil
	}
	return r.done(a)
}

// streamOf is the stream in which messages of this conversation come, nil for
// a chatroom that the client is not in and for ultra groups that it does not
// listen to.
func (c *Client) streamOf(in chat.Conversation) *stream {
	switch in.Type {
	case chat.UltraGroup:
		if !c.options.UltraGroups {
			return nil
		}
		return &c.ultra.messages
	case chat.Private, chat.Group, chat.System:
		return &c.inbox
	}
	if r := c.rooms[in.Target]; r != nil {
		return &r.stream
	}
	return nil
}
