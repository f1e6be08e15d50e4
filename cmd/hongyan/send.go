package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// SendCmd sends a message and prints its name.
type SendCmd struct {
	From     string        `required:"" placeholder:"USER" help:"Who sends."`
	To       string        `xor:"to" required:"" placeholder:"USER" help:"The user who receives."`
	Group    string        `xor:"to" required:"" placeholder:"ID" help:"Or the group."`
	Chatroom string        `xor:"to" required:"" placeholder:"ID" help:"Or the chatroom, which is entered for it."`
	Text     string        `arg:"" help:"What to say."`
	Timeout  time.Duration `default:"10s" placeholder:"TIME" help:"How long to wait for the server, to connect and for its answer. Default: ${default}."`
	connection
}

// Run sends the message.
func (s *SendCmd) Run(ctx context.Context, c console) error {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	client, err := s.connect(ctx, s.From, imlib.Options{SendOnly: true})
	if err != nil {
		return err
	}
	defer client.Close()
	sent, err := s.send(ctx, client)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the message was not acknowledged within %s", s.Timeout)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.out, sent.UID)
	return err
}

func (s *SendCmd) send(ctx context.Context, client *imlib.Client) (imlib.Sent, error) {
	to := s.conversation()
	if to.Type == chat.Chatroom {
		if _, err := client.JoinChatroom(ctx, s.Chatroom, 0); err != nil {
			return imlib.Sent{}, err
		}
	}
	return client.Send(ctx, to, imlib.TextMessage{Content: s.Text})
}

func (s *SendCmd) conversation() chat.Conversation {
	switch {
	case s.Group != "":
		return imlib.Group(s.Group)
	case s.Chatroom != "":
		return imlib.Chatroom(s.Chatroom)
	}
	return imlib.Private(chat.UserID(s.To))
}
