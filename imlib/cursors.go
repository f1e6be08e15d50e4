package imlib

import (
	"context"
	"sync"

	"github.com/hongyan-im/hongyan/chat"
)

// Cursors keeps how far the messages of users were read. [FileCursors] is one
// on disk, with which a program reads every message once over any number of
// restarts, except that after a crash it reads again what it was reading.
//
// A program whose own state must hold each message exactly once, whatever
// crashes, saves both together. Save is called in the goroutine of the loop
// over Messages, after the body for the last message up to the cursor and
// before the body for the next one. So the body writes into a transaction of
// the program's database, beginning one if none is open, and Save adds the
// cursor and commits it. After a crash both are as of the last commit, and the
// messages since come again. Some messages have no Save of their own, because
// they are sent at the same time as the next one; those of chatrooms and
// status messages have none at all, and belong in no transaction.
type Cursors interface {
	// Load returns the cursor that was saved last for the user, 0 for none.
	Load(ctx context.Context, user chat.UserID) (chat.Tick, error)

	// Save keeps the cursor. The client calls it from Messages, each time the
	// loop over it is done with all messages up to the cursor; cursors only
	// grow. An error ends that loop.
	Save(ctx context.Context, user chat.UserID, cursor chat.Tick) error
}

// memoryCursors forgets with the process.
type memoryCursors struct {
	mu      sync.Mutex // guards the following
	cursors map[chat.UserID]chat.Tick
}

func (c *memoryCursors) Load(_ context.Context, user chat.UserID) (chat.Tick, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cursors[user], nil
}

func (c *memoryCursors) Save(_ context.Context, user chat.UserID, cursor chat.Tick) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cursors == nil {
		c.cursors = make(map[chat.UserID]chat.Tick)
	}
	c.cursors[user] = cursor
	return nil
}
