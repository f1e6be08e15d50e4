package imlib

import (
	"context"
	"errors"
	"iter"

	"github.com/hongyan-im/hongyan/chat"
)

// received is a message or another event that waits to be read.
type received struct {
	message Message
	event   Event     // nil for a message
	cursor  chat.Tick // after this message the user's cursor is here; 0 if it does not move
	err     error     // why a loop ends
}

// hasRoom reports whether the application can be given more. With c.mu held.
func (c *Client) hasRoom() bool { return len(c.queue) < c.options.Queue }

// Messages yields what the user receives, one at a time, for as long as the
// loop over it runs; see the package comment for order and repetition. Every
// message goes to one loop, so there should be one.
//
// What SDKs tell each other by messages, such as a RecallCommand or a
// TypingStatus, is among them. A program that wants to know what else happens,
// or that shows messages and so what becomes of them, reads [Client.Events]
// instead, where each of those is an event.
//
// The loop ends with an error: the reason for which the client ended, once all
// that was received before is read; ctx's error; that of Cursors.Save; or that
// the messages come through Events. A
// loop that is left by break has had the message it was left in, and another
// call of Messages continues after it.
//
// It is an iterator rather than a callback, because reading is then something
// the application does: it can stop, wait, or give up by break and return, in
// its own goroutine. And it yields an error beside each message, so that the
// end of the stream cannot be mistaken for silence.
func (c *Client) Messages(ctx context.Context) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		for {
			r, err := c.next(ctx, c.popMessage, c.watched)
			if err != nil {
				yield(Message{}, err)
				return
			}
			more := yield(r.message, nil)
			if err := c.save(ctx, r.cursor); err != nil {
				if more {
					yield(Message{}, err)
				}
				return
			}
			if !more {
				return
			}
		}
	}
}

// next waits until pop takes something out of the queue, and returns it. It
// asks pop once more when look is closed.
func (c *Client) next(ctx context.Context, pop func() (received, bool), look <-chan struct{}) (received, error) {
	if c.options.SendOnly {
		return received{}, errors.New("a client with SendOnly receives nothing")
	}
	for {
		if err := ctx.Err(); err != nil {
			return received{}, err
		}
		c.mu.Lock()
		r, ok := pop()
		err := c.err
		c.mu.Unlock()
		switch {
		case ok:
			return r, r.err
		case err != nil:
			return received{}, err
		}
		select {
		case <-c.fed:
		case <-look:
		case <-c.ended:
		case <-ctx.Done():
		}
	}
}

// popMessage takes the first message out of the queue. With c.mu held.
func (c *Client) popMessage() (received, bool) {
	if c.watching {
		return received{err: errEvents}, true
	}
	return c.pop()
}

// pop takes what is first out of the queue, if there is anything. With c.mu held.
func (c *Client) pop() (received, bool) {
	if len(c.queue) == 0 {
		return received{}, false
	}
	r := c.queue[0]
	c.queue[0] = received{} // so that the array does not keep it
	c.queue = c.queue[1:]
	if len(c.queue) > 0 {
		signal(c.fed) // for another loop
	}
	if len(c.queue) == c.options.Queue/2 {
		c.pullAll() // what was let go by when there was no room
	}
	return r, true
}

// save keeps the cursor, even if ctx ended meanwhile: the loop is done with
// the message.
func (c *Client) save(ctx context.Context, cursor chat.Tick) error {
	if cursor == 0 {
		return nil
	}
	return c.options.Cursors.Save(context.WithoutCancel(ctx), c.user, cursor)
}
