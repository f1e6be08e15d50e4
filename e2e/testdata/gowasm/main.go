//go:build js

// Command gowasm is a program of the Go SDK in a browser: it sends a text and a
// file, and then answers texts until one is "bye".
package main

import (
	"context"
	"strings"
	"syscall/js"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

func main() {
	result := "done"
	if err := run(); err != nil {
		result = err.Error()
	}
	js.Global().Set("result", result)
}

func run() error {
	ctx := context.Background()
	given := js.Global().Get("given")
	c, err := imlib.Connect(ctx, imlib.Options{
		AppKey: given.Get("key").String(), Token: given.Get("token").String(), Navigators: []string{given.Get("url").String()},
	})
	if err != nil {
		return err
	}
	defer c.Close()
	to := imlib.Private(chat.UserID(given.Get("to").String()))
	if _, err := c.Send(ctx, to, imlib.TextMessage{Content: "hello from Go"}); err != nil {
		return err
	}
	file := imlib.Upload{Name: "big.txt", Body: strings.NewReader(strings.Repeat("0123456789abcdef", 9<<16))}
	if _, err := c.SendFile(ctx, to, file); err != nil {
		return err
	}
	for m, err := range c.Messages(ctx) {
		if err != nil {
			return err
		}
		text, _ := m.Content.(imlib.TextMessage)
		if text.Content == "bye" {
			return nil
		}
		if _, err := c.Send(ctx, m.Conversation, imlib.TextMessage{Content: "heard: " + text.Content}); err != nil {
			return err
		}
	}
	return nil
}
