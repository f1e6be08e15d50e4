// Package writer accepts a message once, gives it its tick, makes it durable
// and announces it.
//
// One writer numbers everything of a store. It takes what is waiting, commits
// it as one batch under one tick, tells who asked, and publishes the batch to
// the tail. The next batch gathers meanwhile, so the commit's fsync is shared
// by all who wait, and nobody waits for a window when nothing else is being
// committed. The ack goes before the tail because an official client knows its
// own message by the ack, and must not meet it in a pull before.
//
// # Concurrency
//
// Submit, Send and Change may be called from any goroutine. They wait when
// the queue is full, which is the back-pressure that makes a session stop
// reading its socket.
package writer

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Config bounds the writer. The zero value is ready to use.
type Config struct {
	// Queue is how many requests may wait before Submit waits too. 0 means 16,384.
	Queue int
	// BatchBytes ends a batch that reached this size; no page of a pull splits
	// a batch, so it also bounds pages. 0 means 1 MiB.
	BatchBytes int
	// Now is the clock in milliseconds since 1970. It may stand still or jump:
	// ticks go on growing. nil means the system's.
	Now func() int64
	// Committed, when not nil, is told of each commit: how many messages it
	// held and how long it took.
	Committed func(messages int, took time.Duration)
}

// Store is what the writer needs of a store.
type Store interface {
	store.Committer
	store.Sends
}

// Roster is what the writer asks before it accepts a message.
type Roster interface {
	Admit(ctx context.Context, m *chat.Message, check roster.Check) error
	Apply(changes []store.Change)
}

// Publisher is the writer's end of the tail.
type Publisher interface {
	Publish(ctx context.Context, b *store.Batch) error
}

// Owner is told what became of its requests. Answer is called once for each,
// with the result in ID and Err, one call at a time; it must not block.
type Owner interface{ Answer(*Request) }

// Request asks the writer to accept a message, to make changes, or both in one
// tick; when the message is refused or is a resend, the changes are not made.
// Nobody else may touch a request between Submit and Answer.
type Request struct {
	Message *chat.Message
	Check   roster.Check // what the message's sender has to fulfil
	Changes []store.Change
	Owner   Owner

	// Reference is the caller's own, such as the number of the frame to answer.
	Reference uint16

	// ID is the message's, or for changes the tick with index 0. For a resend
	// it is the ID of the first.
	ID  chat.ID
	Err error // a *chat.Error when the request was refused
}

// answer is an Owner that is a function.
type answer func(*Request)

func (f answer) Answer(r *Request) { f(r) }

// Writer is the one writer of a store.
type Writer struct {
	store  Store
	roster Roster
	tail   Publisher
	cfg    Config

	mu      sync.Mutex // guards the following
	waiting []*Request
	closed  bool
	filled  *sync.Cond // there is something in waiting, or closed
	drained *sync.Cond // there is room in waiting, or closed

	last       chat.Tick
	lastCommit time.Time // on the monotonic clock

	done chan committed
}

// committed is a batch that is durable and the requests to answer.
type committed struct {
	batch    *store.Batch // nil when nothing was stored
	requests []*Request
}

// New is a writer that continues after the last tick of s.
func New(s Store, r Roster, t Publisher, cfg Config) *Writer {
	if cfg.Queue == 0 {
		cfg.Queue = 16_384
	}
	if cfg.BatchBytes == 0 {
		cfg.BatchBytes = 1 << 20
	}
	if cfg.Now == nil {
		cfg.Now = func() int64 { return time.Now().UnixMilli() }
	}
	w := &Writer{store: s, roster: r, tail: t, cfg: cfg, last: s.Last(), done: make(chan committed, 16)}
	w.filled, w.drained = sync.NewCond(&w.mu), sync.NewCond(&w.mu)
	return w
}

// errClosed is what a request gets that came too late.
var errClosed = &chat.Error{Code: chat.ServerUnavailable, Reason: "the server is shutting down"}

// Submit queues r. Requests of one goroutine are accepted in their order.
func (w *Writer) Submit(r *Request) {
	w.mu.Lock()
	for len(w.waiting) >= w.cfg.Queue && !w.closed {
		w.drained.Wait()
	}
	if w.closed {
		w.mu.Unlock()
		r.Err = errClosed
		r.Owner.Answer(r)
		return
	}
	w.waiting = append(w.waiting, r)
	first := len(w.waiting) == 1
	w.mu.Unlock()
	if first {
		w.filled.Signal()
	}
}

// Send accepts messages in their order and waits for the outcome. errs[i] is
// nil, and msgs[i].ID set, when msgs[i] was accepted now or is a resend of one
// that was.
func (w *Writer) Send(_ context.Context, check roster.Check, msgs ...*chat.Message) (errs []error) {
	errs = make([]error, len(msgs))
	var all sync.WaitGroup
	all.Add(len(msgs))
	for i, m := range msgs {
		w.Submit(&Request{Message: m, Check: check, Owner: answer(func(r *Request) {
			// A resend is answered with the first one's identity.
			errs[i], m.ID = r.Err, r.ID
			all.Done()
		})})
	}
	all.Wait()
	return errs
}

// Change commits changes together and returns their tick.
func (w *Writer) Change(_ context.Context, changes ...store.Change) (chat.Tick, error) {
	done := make(chan *Request, 1)
	w.Submit(&Request{Changes: changes, Owner: answer(func(r *Request) { done <- r })})
	r := <-done
	return r.ID.Tick, r.Err
}

// Run writes until ctx ends; then it refuses new requests, commits those that
// were accepted before, and returns nil. It returns early with the store's
// error when a commit fails: what was not acked by then is not acked at all,
// and the store must be reopened.
func (w *Writer) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, w.close)
	defer stop()
	defer w.close()
	// What was accepted is committed even while the server shuts down.
	commit := context.WithoutCancel(ctx)
	var telling sync.WaitGroup
	telling.Go(func() { w.tell(commit) })
	defer telling.Wait()
	defer close(w.done)

	for {
		taken := w.take()
		if taken == nil {
			return nil
		}
		for len(taken) > 0 {
			n, err := w.write(commit, taken)
			if err != nil {
				w.refuse(taken, err)
				return err
			}
			if taken = taken[n:]; len(taken) > 0 {
				w.rest()
			}
		}
	}
}

func (w *Writer) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.filled.Broadcast()
	w.drained.Broadcast()
}

// take waits until something is waiting and the millisecond of the last
// commit has passed, then takes all of it. It returns nil once the writer is
// closed and nothing is waiting any more.
func (w *Writer) take() []*Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.waiting) == 0 && !w.closed {
		w.filled.Wait()
	}
	if len(w.waiting) > 0 && !w.closed {
		w.mu.Unlock()
		w.rest()
		w.mu.Lock()
	}
	taken := w.waiting
	w.waiting = nil
	w.drained.Broadcast()
	return taken
}

// rest waits until the millisecond of the last commit has passed, so that
// ticks, one a commit, never outrun the clock.
func (w *Writer) rest() {
	if rest := time.Millisecond - time.Since(w.lastCommit); rest > 0 {
		time.Sleep(rest)
	}
}

// refuse answers with err what is left when the store failed.
func (w *Writer) refuse(taken []*Request, err error) {
	w.close()
	w.mu.Lock()
	taken = append(taken, w.waiting...)
	w.waiting = nil
	w.mu.Unlock()
	refusal := &chat.Error{Code: chat.StoreUnavailable, Reason: "the store failed", Err: err}
	for _, r := range taken {
		r.Err = refusal
	}
	w.done <- committed{requests: taken}
}

// write forms one batch from the front of taken, commits it and hands it on to
// be told. It returns how many requests it used.
func (w *Writer) write(ctx context.Context, taken []*Request) (int, error) {
	f := w.form(ctx, taken)
	c := committed{requests: taken[:f.used]}
	if !f.empty() {
		start := time.Now()
		if err := w.store.Commit(ctx, f.batch); err != nil {
			return 0, err
		}
		w.last, w.lastCommit = f.batch.Tick, time.Now()
		if w.cfg.Committed != nil {
			w.cfg.Committed(len(f.batch.Messages), w.lastCommit.Sub(start))
		}
		w.roster.Apply(f.batch.Changes)
		c.batch = f.batch
	}
	w.done <- c
	return f.used, nil
}

// tell answers the requests' owners and publishes their batch, beside the
// next commit.
func (w *Writer) tell(ctx context.Context) {
	for c := range w.done {
		for _, r := range c.requests {
			r.Owner.Answer(r)
		}
		if c.batch != nil {
			_ = w.tail.Publish(ctx, c.batch) // fails only when ctx ends, and this one does not
		}
	}
}

// forming is a batch on its way.
type forming struct {
	batch *store.Batch
	used  int
	bytes int
	ruled bool                     // a change of this batch decides who may send what
	keys  map[chat.SendKey]chat.ID // sends of this batch
}

func (f *forming) empty() bool { return len(f.batch.Messages)+len(f.batch.Changes) == 0 }

// form takes requests from the front of taken for as long as they fit into
// one tick: all messages before all changes, within the bounds of a batch.
func (w *Writer) form(ctx context.Context, taken []*Request) *forming {
	tick := max(w.last+1, chat.Tick(w.cfg.Now()))
	f := &forming{
		batch: &store.Batch{Prev: w.last, Tick: tick, Messages: make([]*chat.Message, 0, min(len(taken), chat.MaxPerTick))},
		keys:  make(map[chat.SendKey]chat.ID, min(len(taken), chat.MaxPerTick)),
	}
	for _, r := range taken {
		if r.Message != nil && f.full(w.cfg.BatchBytes) {
			break
		}
		f.used++
		if r.Message != nil && !w.place(ctx, f, r) {
			continue
		}
		if r.Message == nil {
			r.ID = chat.ID{Tick: tick}
		}
		f.batch.Changes = append(f.batch.Changes, r.Changes...)
		f.ruled = f.ruled || slices.ContainsFunc(r.Changes, rules)
	}
	return f
}

// rules reports whether change decides who may send or receive what. The
// others, of which read marks are many, must not cut batches short.
func rules(change store.Change) bool {
	switch c := change.(type) {
	case store.MarkedRead, store.Replaced, store.UserSaved:
		return false
	case store.EntrySet:
		return c.Space.Rules()
	case store.EntryDeleted:
		return c.Space.Rules()
	case store.EntriesDeleted:
		return c.Space.Rules()
	}
	return true
}

// full reports whether a message has to wait for the next tick: for want of
// room, or because it has to meet its conversation as a change left it.
func (f *forming) full(maxBytes int) bool {
	return f.ruled || len(f.batch.Messages) == chat.MaxPerTick || f.bytes >= maxBytes
}

// place puts the message of r into the batch and reports whether it did: it
// does not when the message is refused or is a resend of one that is stored.
func (w *Writer) place(ctx context.Context, f *forming, r *Request) bool {
	m := r.Message
	if m.Key != (chat.SendKey{}) {
		first, known, err := w.sent(ctx, f, m.Key)
		if err != nil {
			r.Err = refusal(err)
			return false
		}
		if known {
			r.ID = first
			return false
		}
	}
	if err := w.roster.Admit(ctx, m, r.Check); err != nil {
		r.Err = refusal(err)
		return false
	}
	r.ID = chat.ID{Tick: f.batch.Tick, Index: uint16(len(f.batch.Messages))}
	m.ID = r.ID
	f.batch.Messages = append(f.batch.Messages, m)
	f.bytes += len(m.Body)
	if m.Key != (chat.SendKey{}) {
		f.keys[m.Key] = r.ID
	}
	return true
}

func (w *Writer) sent(ctx context.Context, f *forming, key chat.SendKey) (chat.ID, bool, error) {
	if id, ok := f.keys[key]; ok {
		return id, true, nil
	}
	return w.store.Sent(ctx, key)
}

// refusal makes sure that an error for a client carries a code.
func refusal(err error) error {
	var coded *chat.Error
	if errors.As(err, &coded) {
		return coded
	}
	return &chat.Error{Code: chat.CodeOf(err), Err: err}
}
