package main

import (
	"context"
	"errors"
	"os"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/terminal"
)

// ChatCmd is a chat in the terminal.
type ChatCmd struct {
	As    string `required:"" placeholder:"USER" help:"Who you are."`
	To    string `xor:"to" placeholder:"USER" help:"Open the chat with this user."`
	Group string `xor:"to" placeholder:"ID" help:"Or the one in this group."`
	Join  string `xor:"to" placeholder:"ROOM" help:"Or enter this chatroom."`
	connection
}

// Help is what --help says beside the flags.
func (*ChatCmd) Help() string {
	return `It speaks Chinese or English, as LANG says, and without colours where NO_COLOR is set. /help in it lists what can be done.

Without --app-key, --token or a server's configuration at hand it is a user of the app of "hongyan serve --dev".`
}

// Run chats until the user quits.
func (c *ChatCmd) Run(ctx context.Context, to console) error {
	out, is := to.out.(*os.File)
	if !is {
		return errors.New("a chat needs a terminal")
	}
	if c.Token == "" && c.AppKey == "" && c.AppSecret == "" {
		if _, err := c.app(); err != nil {
			c.Dev = true
		}
	}
	client, err := c.connect(ctx, c.As, imlib.Options{Backlog: -1})
	if err != nil {
		return err
	}
	defer client.Close()
	return terminal.Run(ctx, client, terminal.Options{Out: out, Locale: terminal.Locale(os.Getenv), NoColour: os.Getenv("NO_COLOR") != "", Open: c.open()})
}

// open is the conversation to begin with.
func (c *ChatCmd) open() chat.Conversation {
	switch {
	case c.To != "":
		return imlib.Private(chat.UserID(c.To))
	case c.Group != "":
		return imlib.Group(c.Group)
	case c.Join != "":
		return imlib.Chatroom(c.Join)
	}
	return chat.Conversation{}
}
