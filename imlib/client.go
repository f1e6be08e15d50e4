package imlib

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

// Client is one connected user. See the package comment for what it promises.
type Client struct {
	options   Options
	device    string
	dir       *dir          // nil without Options.Dir
	kept      *keptMessages // nil without Options.Dir
	navigator navigation
	user      chat.UserID
	pace      *pace

	slots chan struct{} // holds one element per request of the application in the outbox
	wake  chan struct{} // 1 element: the outbox has something to write
	fed   chan struct{} // 1 element: the queue has something to read, or the client ended

	stop    context.CancelCauseFunc
	loop    sync.WaitGroup
	ended   chan struct{} // closed when the client ended; err does not change afterwards
	watched chan struct{} // closed when Events is called

	mu        sync.Mutex // guards the following
	err       error      // why the client ended
	connected time.Time  // when the present or last connection began, by the server's clock
	began     time.Time  // and by this machine's
	online    bool
	caughtUp  bool // on this connection
	outbox    outbox
	inbox     stream
	rooms     map[string]*room
	ultra     *ultra
	news      *news
	queue     []received
	watching  bool       // Events was called, and watched is closed
	missed    int        // events that nobody was told of
	lost      []lostRoom // to be told to the application
	drafts    map[chat.Conversation]string
}

// Connect connects the user whom o.Token names and returns once the server has
// accepted them. It tries each navigator and each server once; the error is a
// *chat.Error when it was a server that refused. The client then lives, over
// any number of connections, until Close; ctx counts for Connect only.
func Connect(ctx context.Context, o Options) (*Client, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	c := &Client{
		options:   o,
		device:    newDeviceID(),
		pace:      newPace(o.Pace),
		navigator: navigation{http: &http.Client{Transport: transport(&o)}},
		slots:     make(chan struct{}, maxUnanswered),
		wake:      make(chan struct{}, 1),
		fed:       make(chan struct{}, 1),
		ended:     make(chan struct{}),
		watched:   make(chan struct{}),
		rooms:     make(map[string]*room),
	}
	if err := c.begin(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// begin is what Connect does with options that are complete.
func (c *Client) begin(ctx context.Context) (err error) {
	if c.options.Dir != "" {
		if c.dir, err = openDir(c.options.Dir); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, c.dir.close())
			}
		}()
		if c.device, err = c.dir.device(); err != nil {
			return err
		}
	}
	s, hello, err := c.dial(ctx, true)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	c.user = chat.UserID(hello.User)
	if err := c.loadCursor(ctx, hello.Time); err != nil {
		return err
	}
	if c.dir != nil {
		if err := c.openKept(); err != nil {
			return err
		}
		c.loop.Go(c.runKept)
	}
	c.accepted(hello)
	ctx, c.stop = context.WithCancelCause(context.WithoutCancel(ctx))
	c.loop.Go(func() { c.run(ctx, s) })
	return nil
}

func (c *Client) loadCursor(ctx context.Context, serverTime int64) error {
	known, err := c.options.Cursors.Load(ctx, c.user)
	cursor := known
	switch {
	case err != nil:
		return err
	case cursor == 0 && c.options.Backlog < 0:
		cursor = chat.Tick(serverTime) - 1 // a message of this very millisecond may be new
	case cursor == 0 && c.options.Backlog > 0:
		cursor = max(0, chat.Tick(serverTime-c.options.Backlog.Milliseconds()))
	}
	since := cursor
	if known == 0 {
		since = chat.Tick(serverTime) - 1
	}
	c.inbox.cursor = cursor
	c.news, c.ultra = c.newNews(since), c.newUltra()
	return nil
}

// User is who is connected.
func (c *Client) User() chat.UserID { return c.user }

// Device names this client among the devices of its user.
func (c *Client) Device() string { return c.device }

// Online reports whether the client is connected now. It may be wrong a moment
// later; ConnectionChanged says when it changes.
func (c *Client) Online() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.online
}

// ServerTime is what time it is at the server, as of the present or last
// connection.
func (c *Client) ServerTime() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.connected.Add(time.Since(c.began))
}

// Err is why the client ended, nil while it lives.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Close ends the connection, forgets what was received and not read, and
// returns when every goroutine of the client has ended. Every call under way
// returns ErrClosed. Close may be called more than once, but not from OnStatus,
// OnOutcome or OnChatroomLost, which it waits for.
func (c *Client) Close() {
	c.stop(ErrClosed)
	c.loop.Wait()
}

// run keeps the client connected, from s on, until a reason comes up not to.
func (c *Client) run(ctx context.Context, s *socket) {
	var again retry
	c.tell(Status{State: Connected})
	for s != nil {
		began := time.Now()
		err := c.serve(ctx, s)
		c.disconnected()
		s = c.reconnect(ctx, &again, err, time.Since(began))
	}
	c.tell(Status{State: Closed, Err: c.Err()})
}

// reconnect returns the next connection, after one that lived this long and
// ended for this reason. It returns nil when the client has ended instead.
func (c *Client) reconnect(ctx context.Context, again *retry, reason error, lived time.Duration) *socket {
	if c.dropToken(reason) {
		reason = fmt.Errorf("%v", reason) // with a fresh token it is worth another try
	}
	for told := false; ; {
		next := again.after(reason, lived)
		if next.final || ctx.Err() != nil {
			if ctx.Err() != nil {
				reason = context.Cause(ctx)
			}
			c.end(reason)
			return nil
		}
		if !told {
			told = true
			c.changed(Status{State: Suspended, Err: reason})
		}
		pause := jitter(min(next.pause, c.options.LongestPause))
		c.options.Log.Info("connection lost", "reason", reason, "pause", pause)
		if sleep(ctx, pause) != nil {
			continue // and end
		}
		s, hello, err := c.dial(ctx, next.navigate)
		if err == nil {
			c.accepted(hello)
			c.changed(Status{State: Connected})
			return s
		}
		reason, lived = err, 0
	}
}

// accepted notes that the server has accepted a connection.
func (c *Client) accepted(hello wire.Connack) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.connected, c.began = time.UnixMilli(hello.Time), time.Now()
	c.online = true
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// end makes the client one that ended for this reason.
func (c *Client) end(reason error) {
	c.mu.Lock()
	c.err = reason
	if errors.Is(reason, ErrClosed) {
		c.queue = nil
	}
	c.mu.Unlock()
	close(c.ended)
}

// changed tells that the connection is lost, or there again.
func (c *Client) changed(s Status) {
	c.tell(s)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.happened(ConnectionChanged{s})
}

func (c *Client) tell(s Status) {
	if c.options.OnStatus != nil {
		c.options.OnStatus(s)
	}
}

type result struct {
	answer answer
	err    error
}

// ask sends r and returns the answer, after r.done had it. It waits for a
// connection if there is none, and for room in the outbox.
func (c *Client) ask(ctx context.Context, r *request) (answer, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return answer{}, ctx.Err()
	case <-c.ended:
		return answer{}, c.Err()
	}
	got := make(chan result, 1)
	first := r.done
	r.done = func(a answer) (err error) {
		a.payload = bytes.Clone(a.payload)
		if first != nil {
			err = first(a)
		}
		got <- result{a, err}
		return err
	}
	if err := c.enqueue(r); err != nil {
		return answer{}, err
	}
	select {
	case g := <-got:
		return g.answer, g.err
	case <-ctx.Done():
	case <-c.ended:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outbox.remove(r)
	select {
	case g := <-got: // it came meanwhile
		return g.answer, g.err
	default:
	}
	if c.err != nil {
		return answer{}, c.err
	}
	return answer{}, ctx.Err()
}

func (c *Client) enqueue(r *request) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	c.outbox.add(r)
	signal(c.wake)
	return nil
}

// enqueueStatus is enqueue for what is of use now or never.
func (c *Client) enqueueStatus(r *request) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil && c.online && len(c.outbox.waiting) < maxUnanswered {
		c.outbox.add(r)
		signal(c.wake)
	}
	return c.err
}

// signal wakes whoever waits on a channel of one element.
func signal(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default: // a signal is pending
	}
}
