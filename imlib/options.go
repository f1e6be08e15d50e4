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

	// RefreshToken, if not nil, is asked for a token when there is none, and
	// when the server says that the present one expired or is not valid. An
	// error of it is a connection that could not be opened, so it is asked
	// again after a pause, unless it is a *chat.Error, which ends the client as
	// a server does that refuses the fresh token too. The context ends with
	// the client.
	RefreshToken func(ctx context.Context) (string, error)

	// Navigators are the base URLs of the servers to ask where to connect,
	// such as http://127.0.0.1:8080. They are tried in order.
	Navigators []string

	// Dir, if not empty, is a directory that keeps what must outlive the
	// process: messages that Send and Post took and the server did not answer
	// yet, the name of the device, and how far the user's messages were read,
	// unless Cursors says otherwise. It is made if need be. It is for one user
	// of one app, and one client at a time.
	Dir string

	// OnOutcome, if not nil, is told what became of a message in Dir's outbox
	// for which no Send waits: one of Post, of a Send that gave up waiting, or
	// of a process before this one. A message is struck from the outbox when
	// OnOutcome returns, so after a crash an outcome may be told again. Calls
	// do not overlap.
	OnOutcome func(Outcome)

	// Cursors keeps how far the user's messages were read, so that a program
	// goes on after a restart where it was. Nil keeps it in Dir, or without
	// one in memory only.
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

	// UltraGroups receives what is sent to the user's ultra groups, too, and
	// tells what changes there, from when the client connected on.
	UltraGroups bool

	// Queue is how many received messages wait to be read. 0 is 512. It is
	// exceeded by at most one answer of the server.
	Queue int

	// PingEvery is how often the server is asked for a sign of life. A
	// connection on which nothing came for twice as long is lost, and so is
	// one on which an answer is that late. 0 is 15 seconds.
	PingEvery time.Duration

	// LongestPause is how long the client waits at most before it tries again
	// to connect. It begins with half a second and doubles the pause, of which
	// it waits a random part. 0 is 30 seconds; a second is right for a few
	// clients beside their server, and wrong for thousands.
	LongestPause time.Duration

	// OnStatus, if not nil, is told about the connection, for a program that
	// does not read Events, which say it too. Calls do not overlap
	// and are in order; the client waits for each.
	OnStatus func(Status)

	// OnChatroomLost, if not nil, is told what ChatroomLost says, for a program
	// that does not read Events: about a chatroom that the client was
	// in and is not any more, because it was destroyed or cannot be joined
	// again. It must not wait for an answer of the server: the client waits
	// for it to return before it reads on.
	OnChatroomLost func(room string, reason error)

	// Log gets what a person who looks for a fault wants to know. Nil is silent.
	Log *slog.Logger

	// Dial opens network connections. Nil is a net.Dialer's. In a browser it is
	// not used: there are WebSocket and fetch.
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
	case o.Token == "" && o.RefreshToken == nil:
		return chat.Errorf(chat.TokenIncorrect, "a token is needed to connect")
	case len(o.Navigators) == 0:
		return chat.Errorf(chat.BadParameter, "the address of a server (a navigator) is needed to connect")
	}
	if o.Cursors == nil && o.Dir != "" {
		o.Cursors = FileCursors(o.Dir)
	}
	if o.Cursors == nil {
		o.Cursors = new(memoryCursors)
	}
	if o.PingEvery <= 0 {
		o.PingEvery = 15 * time.Second
	}
	if o.LongestPause <= 0 {
		o.LongestPause = longestPause
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
