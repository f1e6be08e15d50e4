package main

import (
	"fmt"
	"time"

	"github.com/hongyan-im/hongyan/wire"
)

// TokenCmd prints a token. It asks no server: the app's secret is enough.
type TokenCmd struct {
	User string        `arg:"" help:"Id of the user."`
	Life time.Duration `placeholder:"TIME" help:"How long the token is good for. 0, the default, is for ever."`
	identity
}

// Run prints the token.
func (t *TokenCmd) Run(c console) error {
	if err := wire.CheckID("the user's id", t.User); err != nil {
		return err
	}
	_, token, err := t.issue(t.User, t.Life)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.out, token)
	return err
}
