package imlib

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// Options say whom a client connects, where to, and how. AppKey, Token and
// Navigators are needed; the zero value of every other field is a good choice.
type Options struct {
	AppKey string
	Token  string // names the user; made by the app's own server

	// Navigators are the base URLs of the servers to ask where to connect,
	// such as http://127.0.0.1:8080. They are tried in order.
	Navigators []string

	// Cursors keeps how far the user's messages were read, so that a program
	// goes on after a restart where it was. Nil keeps it in memory only.
	Cursors Cursors

	// Backlog is how far back to begin where Cursors knows nothing. 0 begins
	// with the oldest message that the server still keeps for delivery; less
	// than 0 begins with what is sent from now on.
	Backlog time.Duration

	// SendOnly receives nothing: for a program that only has something to say.
	SendOnly bool

	// Types are the app's own types of messages, see RegisterMessageType. Nil
	// is none: then they are received as Custom.
	Types *MessageTypes

	// Pace is how many messages a second to send at most, so that a loop is
	// never told chat.TooFast: a send waits its turn, and one that is refused
	// all the same, because other devices of the user send too, waits as long
	// as the server says and tries again. Servers allow 5 unless told
	// otherwise. 0 sends at once.
	Pace float64

	// Queue is how many received messages wait to be read. 0 is 512. It is
	// exceeded by at most one answer of the server.
	Queue int

	// OnStatus, if not nil, is told about the connection. Calls do not overlap
	// and are in order; the client waits for each.
	OnStatus func(Status)

	// OnChatroomLost, if not nil, is told about a chatroom that the client was
	// in and is not any more, because it was destroyed or cannot be joined
	// again. It must not wait for an answer of the server: the client waits
	// for it to return before it reads on.
	OnChatroomLost func(room string, reason error)

	// Log gets what a person who looks for a fault wants to know. Nil is silent.
	Log *slog.Logger

	// Dial opens network connections. Nil is a net.Dialer's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Status is what became of the connection.
type Status struct {
	State State
	Err   error // why it is Suspended or Closed
}

// State is a state of the connection.
type State int

// The states of a connection.
const (
	Connected State = iota + 1
	Suspended       // lost; the client is coming back by itself
	Closed          // for good
)

// String is the state in a word.
func (s State) String() string {
	return [...]string{"unknown", "connected", "suspended", "closed"}[s]
}

func (o *Options) complete() error {
	switch {
	case o.AppKey == "":
		return chat.Errorf(chat.BadParameter, "an app key is needed to connect")
	case o.Token == "":
		return chat.Errorf(chat.TokenIncorrect, "a token is needed to connect")
	case len(o.Navigators) == 0:
		return chat.Errorf(chat.BadParameter, "the address of a server (a navigator) is needed to connect")
	}
	if o.Cursors == nil {
		o.Cursors = new(memoryCursors)
	}
	if o.Queue <= 0 {
		o.Queue = 512
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	return nil
}

// newDeviceID names this client among the devices of its user.
func newDeviceID() string { return rand.Text()[:22] }
