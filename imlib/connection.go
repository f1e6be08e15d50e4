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
	pingEvery = 15 * time.Second
	// answerTimeout is how long a server that reads may take for an answer.
	answerTimeout = 30 * time.Second
	// pullEvery is how often to look for messages that no signal told us of,
	// counted in pings.
	pullEvery = 12

	// protocolVer is the handshake we ask for.
	protocolVer = wire.ProtocolVer4
)

// dial opens a connection that the server has accepted. again asks navigation
// anew.
func (c *Client) dial(ctx context.Context, again bool) (*socket, wire.Connack, error) {
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
	unblock := context.AfterFunc(ctx, s.close)
	defer unblock()
	b, err := s.read()
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
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
	c.begin()
	ctx, end := context.WithCancelCause(ctx)
	var loops sync.WaitGroup
	loops.Go(func() { end(c.readLoop(s)) })
	loops.Go(func() { end(c.writeLoop(ctx, s)) })
	<-ctx.Done()
	s.close() // the one close; unblocks both loops
	loops.Wait()
	return context.Cause(ctx)
}

// begin asks for what came while there was no connection.
func (c *Client) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inbox.suspect()
	c.pull()
	c.news.connected(c)
	for _, r := range c.rooms {
		c.rejoin(r)
	}
	signal(c.wake)
}

// disconnected makes everything unanswered ready for the next connection.
func (c *Client) disconnected() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.online = false
	c.outbox.disconnected()
	c.inbox.interrupted()
	c.news.interrupted()
	for _, r := range c.rooms {
		r.stream.interrupted()
		r.entries.asking = false
	}
}

// writeLoop writes what is in the outbox, and pings.
func (c *Client) writeLoop(ctx context.Context, s *socket) error {
	ping := wire.AppendPingreq(nil)
	if err := s.write(ping); err != nil {
		return err
	}
	every := time.NewTicker(pingEvery)
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
	if c.outbox.overdue(time.Now(), answerTimeout) {
		return fmt.Errorf("the server did not answer for %s", answerTimeout)
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
		return c.handleAnswer(f.ID, answer{status: chat.Code(f.Status), millis: f.SentTime(), uid: chat.UID(f.UID)})
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
// a chatroom that the client is not in.
func (c *Client) streamOf(in chat.Conversation) *stream {
	if in.Type != chat.Chatroom {
		return &c.inbox
	}
	if r := c.rooms[in.Target]; r != nil {
		return &r.stream
	}
	return nil
}
