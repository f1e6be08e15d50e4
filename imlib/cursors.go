package imlib

import (
	"context"
	"sync"

	"github.com/hongyan-im/hongyan/chat"
)

// Cursors keeps how far the messages of users were read. A program that keeps
// cursors on disk reads every message once over any number of restarts, except
// that after a crash it reads again what it was reading.
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
