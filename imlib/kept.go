package imlib

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
)

const (
	// MaxUnsent and MaxUnsentBytes bound an outbox on disk. Send and Post
	// refuse what is over it.
	MaxUnsent      = 1024
	MaxUnsentBytes = 32 << 20 // of messages as they are sent

	// MaxLife is how long an outbox on disk keeps a message that the server
	// does not take: less than the week in which the server knows a message
	// that it has seen.
	MaxLife time.Duration = 6 * 24 * time.Hour
)

// ErrKept is matched by the error of a Send that did not wait for its answer,
// of a message that is in the outbox on disk: it will be sent, by this client
// or the next one with the same Options.Dir.
var ErrKept = errors.New("the message is kept and will be sent")

// Unsent is a message in the outbox on disk.
type Unsent struct {
	MessageID int64
	To        chat.Conversation
	Content   Content
	Since     time.Time // when Send or Post took it
}

// Outcome is what became of a message in the outbox on disk.
type Outcome struct {
	Unsent
	Sent Sent // what the server said, when Err is nil

	// Err is why the message was given up: a *chat.Error when the server
	// refused it, or matching context.DeadlineExceeded after its life.
	Err error
}

// Life gives a message up that the server has not taken after d, at most
// [MaxLife], which is also the default. It is for clients with Options.Dir;
// without it, a message lives as long as Send's context.
func Life(d time.Duration) SendOption {
	return func(o *outgoing) { o.life = &d }
}

// keptMessages is the outbox on disk. Of each conversation one message at a
// time is with the server, so that their order survives lost answers and
// refusals that pass. Everything is guarded by the client's lock.
type keptMessages struct {
	dir     *dir
	journal *journal
	lines   map[chat.Conversation][]*kept
	seq     uint64
	count   int   // of the messages in lines and over
	bytes   int64 // of their payloads
	over    []*kept

	clock chan struct{} // 1 element: a time to look at changed
	told  chan struct{} // 1 element: over has something
}

// kept is a message of the outbox on disk.
type kept struct {
	entry
	out    *outgoing
	wait   chan result // of the Send that waits, nil for none
	r      *request    // with which it is sent now, nil for none
	again  time.Time   // when to send it again after a refusal that passes
	tries  int
	waited bool // a Send was told the result
	result result
}

// openKept opens what Options.Dir keeps for the user and has it sent.
func (c *Client) openKept() error {
	who := owner{App: c.options.AppKey, User: c.user}
	j, waiting, torn, err := openJournal(filepath.Join(c.dir.path, "outbox"), who)
	if err != nil {
		return err
	}
	if torn > 0 {
		c.options.Log.Warn("the last write to the outbox was not finished", "bytes", torn)
	}
	b := &keptMessages{
		dir: c.dir, journal: j, lines: map[chat.Conversation][]*kept{},
		clock: make(chan struct{}, 1), told: make(chan struct{}, 1),
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = b
	for _, e := range waiting {
		b.seq = max(b.seq, e.Seq)
		out := &outgoing{to: chat.Conversation{Type: chat.ConversationType(e.Type), Target: e.Target, Channel: e.Channel}}
		if err := out.up.UnmarshalVT(e.Payload); err != nil {
			return errors.Join(fmt.Errorf("the outbox %s: message %d does not decode: %w", j.path, e.Seq, err), j.close())
		}
		flags := out.up.GetFlags()
		out.content = c.options.Types.decode(Kind{
			ObjectName: out.up.GetClassName(),
			Persisted:  flags&wire.UpFlags(chat.Persisted) != 0, Counted: flags&wire.UpFlags(chat.Counted) != 0,
		}, out.up.Content)
		b.count++
		b.bytes += int64(len(e.Payload))
		c.line(&kept{entry: e, out: out})
	}
	return nil
}

// deliver sends a message and returns the answer to it, by way of the disk if
// there is one for it.
func (c *Client) deliver(ctx context.Context, out *outgoing) (answer, error) {
	if c.kept == nil || out.to.Type == chat.Chatroom {
		return c.publish(ctx, sendTopics[out.to.Type], out.to.Target, out)
	}
	k := &kept{out: out, wait: make(chan result, 1)}
	if err := c.keep(ctx, k); err != nil {
		return answer{}, err
	}
	select {
	case r := <-k.wait:
		return r.answer, r.err
	case <-ctx.Done():
	case <-c.ended:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case r := <-k.wait: // it came meanwhile
		return r.answer, r.err
	default:
	}
	k.wait = nil
	if c.err != nil {
		return answer{}, fmt.Errorf("%w: %w", ErrKept, c.err)
	}
	return answer{}, fmt.Errorf("%w: %w", ErrKept, ctx.Err())
}

// Post puts a message into the outbox on disk and returns as soon as it is
// there, connected or not. It is sent as by Send, over restarts of the program
// if need be, in the order of the calls within its conversation; what became
// of it is told to Options.OnOutcome. The id returned names the message there.
//
// Post needs Options.Dir. Status messages and those to chatrooms are not for
// it: they are about now.
func (c *Client) Post(ctx context.Context, to chat.Conversation, content Content, options ...SendOption) (int64, error) {
	out, err := compose(to, content, options)
	if err != nil {
		return 0, err
	}
	switch {
	case c.kept == nil:
		return 0, chat.Errorf(chat.BadParameter, "Post needs Options.Dir")
	case to.Type == chat.Chatroom || out.status:
		return 0, chat.Errorf(chat.UnsupportedType, "a status message, or one to a chatroom, cannot wait; use Send")
	}
	if out.before != nil {
		out.before(out.message(c.user))
	}
	return out.up.GetClientUniqueId(), c.keep(ctx, &kept{out: out})
}

// Unsent lists what is in the outbox on disk, the oldest first.
func (c *Client) Unsent() (list []Unsent) {
	if c.kept == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*kept
	for _, line := range c.kept.lines {
		all = append(all, line...)
	}
	slices.SortFunc(all, func(a, b *kept) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, k := range all {
		list = append(list, k.unsent())
	}
	return list
}

// Discard takes a message out of the outbox on disk and reports whether it was
// there. Nobody is told an outcome of it; a Send that waits for it returns
// context.Canceled. The server may have taken it all the same.
func (c *Client) Discard(messageID int64) bool {
	if c.kept == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, line := range c.kept.lines {
		for _, k := range line {
			if k.out.up.GetClientUniqueId() == messageID {
				c.finishKept(k, result{err: context.Canceled})
				k.waited = true
				return true
			}
		}
	}
	return false
}

func (k *kept) unsent() Unsent {
	return Unsent{
		MessageID: k.out.up.GetClientUniqueId(), To: k.out.to, Content: k.out.content, Since: time.UnixMilli(k.Since),
	}
}

// keep brings k to disk and then into the line of its conversation.
func (c *Client) keep(ctx context.Context, k *kept) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	payload, err := k.out.up.MarshalVT()
	if err != nil {
		return &chat.Error{Code: chat.BadParameter, Reason: "the message does not encode", Err: err}
	}
	life := MaxLife
	if k.out.life != nil {
		life = *k.out.life
	}
	now, to := time.Now(), k.out.to
	k.entry = entry{
		Since: now.UnixMilli(), Until: now.Add(life).UnixMilli(),
		Topic: sendTopics[to.Type], Type: int(to.Type), Target: to.Target, Channel: to.Channel, Payload: payload,
	}
	if err := c.reserve(k); err != nil {
		return err
	}
	err = c.kept.journal.commit([]entry{k.entry}, nil)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case errors.Is(err, ErrClosed):
		return cmp.Or(c.err, err)
	case err != nil:
		c.kept.release(k)
		return fmt.Errorf("the message cannot be kept: %w", err)
	}
	c.line(k)
	return nil
}

// reserve takes room for k.
func (c *Client) reserve(k *kept) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.kept
	switch {
	case c.err != nil:
		return c.err
	case b.count >= MaxUnsent:
		return chat.Errorf(chat.TooFast, "%d messages wait in the outbox, which is its limit", b.count)
	case b.bytes+int64(len(k.Payload)) > MaxUnsentBytes:
		return chat.Errorf(chat.TooFast, "%d bytes of messages wait in the outbox, and %d more are over its limit of %d",
			b.bytes, len(k.Payload), MaxUnsentBytes)
	}
	b.seq++
	k.Seq = b.seq
	b.count++
	b.bytes += int64(len(k.Payload))
	return nil
}

// The methods below run with c.mu held.

func (b *keptMessages) release(k *kept) {
	b.count--
	b.bytes -= int64(len(k.Payload))
}

// line puts k at the end of the line of its conversation.
func (c *Client) line(k *kept) {
	line := append(c.kept.lines[k.out.to], k)
	c.kept.lines[k.out.to] = line
	if len(line) == 1 {
		c.turnKept(k)
	}
	signal(c.kept.clock)
}

// turnKept sends k, which is the first of its line, at the client's pace.
func (c *Client) turnKept(k *kept) {
	if turn := c.pace.take(); turn.After(time.Now()) {
		k.again = turn
		signal(c.kept.clock)
		return
	}
	c.sendKept(k)
}

// sendKept sends k, which is the first of its line.
func (c *Client) sendKept(k *kept) {
	k.again = time.Time{}
	k.r = &request{kind: wire.TypePublish, topic: k.Topic, target: k.Target, payload: k.Payload, send: k.out, done: func(a answer) error {
		k.r = nil
		c.answeredKept(k, a)
		return nil
	}}
	c.outbox.add(k.r)
	signal(c.wake)
}

func (c *Client) answeredKept(k *kept, a answer) {
	switch a.status {
	case chat.OK:
		c.finishKept(k, result{answer: a})
	case chat.TooFast, chat.StoreUnavailable, chat.ServerUnavailable: // it passes
		k.again = time.Now().Add(cmp.Or(a.retry, usualRetry) + jitter(min(pause(k.tries), c.options.LongestPause)))
		k.tries++
		signal(c.kept.clock)
	default:
		c.finishKept(k, result{answer: a, err: a.refused("the server refused the message")})
	}
}

// finishKept takes k out of its line.
func (c *Client) finishKept(k *kept, r result) {
	b := c.kept
	if k.r != nil {
		c.outbox.remove(k.r)
		k.r = nil
	}
	line := slices.DeleteFunc(b.lines[k.out.to], func(other *kept) bool { return other == k })
	b.lines[k.out.to] = line
	if len(line) == 0 {
		delete(b.lines, k.out.to)
	} else if first := line[0]; first.r == nil && first.again.IsZero() {
		c.turnKept(first)
	}
	k.result = r
	if k.wait != nil {
		k.wait <- r
		k.waited = true
	}
	b.over = append(b.over, k)
	signal(b.told)
}

// settleKept reports whether m is in the outbox on disk. The server has it, so
// it is sent.
func (c *Client) settleKept(m *Message) bool {
	if c.kept == nil {
		return false
	}
	for _, k := range c.kept.lines[m.Conversation] {
		if k.out.is(m) {
			c.finishKept(k, result{answer: answer{uid: m.UID, millis: m.Time.UnixMilli()}})
			return true
		}
	}
	return false
}

// The methods above run with c.mu held, those below are goroutines of a client
// that keeps messages on disk.

// runKept runs until the client has ended, and closes what openKept opened.
func (c *Client) runKept() {
	var loops sync.WaitGroup
	loops.Go(c.keepTime)
	loops.Go(c.tellOutcomes)
	loops.Wait()
	if err := errors.Join(c.kept.journal.close(), c.dir.close()); err != nil {
		c.options.Log.Warn("the outbox does not close well", "error", err)
	}
}

// keepTime gives up what is too old, and sends again what was refused for a
// passing reason.
func (c *Client) keepTime() {
	for {
		timer := time.NewTimer(c.lookAtTimes(time.Now()))
		select {
		case <-timer.C:
		case <-c.kept.clock:
		case <-c.ended:
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// lookAtTimes does what is due, and returns when to look again.
func (c *Client) lookAtTimes(now time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := now.Add(time.Hour)
	for _, line := range c.kept.lines {
		for _, k := range slices.Clone(line) {
			until := time.UnixMilli(k.Until)
			switch {
			case !until.After(now):
				life := time.Duration(k.Until-k.Since) * time.Millisecond
				c.finishKept(k, result{err: fmt.Errorf("the server did not take the message within %s: %w", life, context.DeadlineExceeded)})
				continue
			case !k.again.IsZero() && !k.again.After(now):
				c.sendKept(k)
			case !k.again.IsZero() && k.again.Before(next):
				next = k.again
			}
			if until.Before(next) {
				next = until
			}
		}
	}
	return next.Sub(now)
}

// tellOutcomes tells what became of messages, and strikes them from the disk.
func (c *Client) tellOutcomes() {
	for last := false; ; {
		for c.tellOver() {
		}
		if last {
			return
		}
		select {
		case <-c.kept.told:
		case <-c.ended:
			last = true
		}
	}
}

func (c *Client) tellOver() bool {
	c.mu.Lock()
	over := c.kept.over
	c.kept.over = nil
	c.mu.Unlock()
	var done []uint64
	for _, k := range over {
		if !k.waited && c.options.OnOutcome != nil {
			c.options.OnOutcome(k.outcome())
		}
		done = append(done, k.Seq)
	}
	if len(over) == 0 {
		return false
	}
	if err := c.kept.journal.commit(nil, done); err != nil {
		// The server knows them if they are sent once more.
		c.options.Log.Warn("the outbox cannot be written", "error", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range over {
		c.kept.release(k)
	}
	return true
}

func (k *kept) outcome() Outcome {
	o := Outcome{Unsent: k.unsent(), Err: k.result.err}
	o.Sent.MessageID = o.MessageID
	if o.Err == nil {
		o.Sent.UID, o.Sent.Time = k.result.answer.uid, time.UnixMilli(k.result.answer.millis)
	}
	return o
}
