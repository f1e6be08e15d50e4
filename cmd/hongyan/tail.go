package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// TailCmd prints what a user receives.
type TailCmd struct {
	User     string        `required:"" placeholder:"USER" help:"Whose messages."`
	Since    time.Duration `placeholder:"TIME" help:"Begin this far back, if the server still keeps it. 0, the default, begins now."`
	Count    int           `short:"n" placeholder:"N" help:"End after so many messages. 0, the default, goes on until interrupted."`
	Chatroom []string      `placeholder:"ID" help:"Enter this chatroom too. May be given several times."`
	JSON     bool          `help:"Print each message as a line of JSON."`
	connection
}

// Run prints messages until the client ends or the command is interrupted.
func (t *TailCmd) Run(ctx context.Context, c console) error {
	client, err := t.connect(ctx, t.User, imlib.Options{
		Backlog:  t.backlog(),
		OnStatus: func(s imlib.Status) { tellStatus(c.err, t.User, s) },
		OnChatroomLost: func(room string, reason error) {
			fmt.Fprintf(c.err, "%s is not in chatroom %s any more: %v\n", t.User, room, reason)
		},
	})
	if err != nil {
		return err
	}
	defer client.Close()
	for _, room := range t.Chatroom {
		if _, err := client.JoinChatroom(ctx, room, 0); err != nil {
			return fmt.Errorf("chatroom %s: %w", room, err)
		}
		fmt.Fprintf(c.err, "%s is in chatroom %s\n", t.User, room)
	}
	return t.print(ctx, client, c.out)
}

func (t *TailCmd) backlog() time.Duration {
	if t.Since == 0 {
		return -1
	}
	return t.Since
}

func tellStatus(w io.Writer, user string, s imlib.Status) {
	switch s.State {
	case imlib.Connected:
		fmt.Fprintf(w, "connected as %s\n", user)
	case imlib.Suspended:
		fmt.Fprintf(w, "connection lost, coming back: %v\n", s.Err)
	}
}

func (t *TailCmd) print(ctx context.Context, client *imlib.Client, w io.Writer) error {
	printed := 0
	for m, err := range client.Messages(ctx) {
		if err != nil {
			return err
		}
		if m.Status {
			continue
		}
		if err := t.line(w, m); err != nil {
			return err
		}
		if printed++; printed == t.Count {
			return nil
		}
	}
	return nil
}

func (t *TailCmd) line(w io.Writer, m imlib.Message) error {
	if t.JSON {
		return json.NewEncoder(w).Encode(newTailed(m))
	}
	_, err := fmt.Fprintf(w, "%s  %s %s  %s: %s\n", m.Time.Format(time.DateTime),
		m.Conversation.Type, clean(m.Conversation.Target), clean(string(m.Sender)), clean(say(m)))
	return err
}

// say is what the message says, in a line.
func say(m imlib.Message) string {
	if text, ok := m.Content.(imlib.TextMessage); ok {
		return text.Content
	}
	return m.Content.Kind().ObjectName + " " + string(m.JSON)
}

// clean takes out what would move the cursor of a terminal, change its colours
// or turn the direction of writing: a message must not be able to do that.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return '\uFFFD'
		}
		return r
	}, s)
}

// tailed is a message as --json prints it.
type tailed struct {
	UID        chat.UID        `json:"messageUId"`
	Type       string          `json:"type"`
	Target     string          `json:"target"`
	Sender     chat.UserID     `json:"sender"`
	Time       time.Time       `json:"time"`
	ObjectName string          `json:"objectName"`
	Content    json.RawMessage `json:"content"`
}

func newTailed(m imlib.Message) tailed {
	return tailed{
		UID: m.UID, Type: m.Conversation.Type.String(), Target: m.Conversation.Target, Sender: m.Sender,
		Time: m.Time, ObjectName: m.Content.Kind().ObjectName, Content: m.JSON,
	}
}
