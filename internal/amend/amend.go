// Package amend changes messages that were sent.
package amend

import (
	"time"

	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/writer"
)

// Config bounds what may be changed. The zero value is ready to use.
type Config struct {
	// RecallWindow is how long after its sending a user may recall a message.
	// 0 means for ever.
	RecallWindow time.Duration
	// Now is the clock in milliseconds since 1970; nil means the system's.
	Now func() int64
}

// Writer is how an editor changes what it reads.
type Writer interface{ Submit(*writer.Request) }

// Editor changes the messages of an app.
type Editor struct {
	store  store.Sends
	writer Writer
	cfg    Config
}

// New is an editor of the messages in s that writes through w.
func New(s store.Sends, w Writer, cfg Config) *Editor {
	if cfg.Now == nil {
		cfg.Now = func() int64 { return time.Now().UnixMilli() }
	}
	return &Editor{store: s, writer: w, cfg: cfg}
}

// noCheck: whoever could send a message may take it back, also after having
// left the conversation.
const noCheck = roster.Check(0)
