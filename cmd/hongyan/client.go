package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/node"
)

// identity says of which app a user is, and how to prove it.
type identity struct {
	Dev       bool   `env:"HONGYAN_DEV" help:"Be a user of the app of \"hongyan serve --dev\": nothing else is needed."`
	AppKey    string `env:"HONGYAN_APP_KEY" placeholder:"KEY" help:"App key. Default: that of the only app in the server's configuration."`
	AppSecret string `env:"HONGYAN_APP_SECRET" placeholder:"SECRET" help:"App secret, to make a token with. Default: the one in the server's configuration."`
	place
}

// app is the app, with its secret.
func (i identity) app() (app, error) {
	switch {
	case i.AppSecret != "" && i.AppKey == "":
		return app{}, errors.New("--app-secret is of no use without --app-key")
	case i.AppSecret != "":
		return app{Key: i.AppKey, Secret: i.AppSecret}, nil
	case i.Dev:
		return app{Key: node.DevKey, Secret: node.DevSecret}, nil
	}
	known, err := readApps(i.place)
	if err != nil {
		return app{}, err
	}
	return known.find(i.AppKey)
}

// issue makes a token for user.
func (i identity) issue(user string, life time.Duration) (appKey, token string, err error) {
	a, err := i.app()
	if err != nil {
		return "", "", err
	}
	of := auth.App{Key: a.Key, Secret: a.Secret}
	if err := of.Validate(); err != nil {
		return "", "", err
	}
	tokens, err := auth.NewTokens(of)
	if err != nil {
		return "", "", err
	}
	token, err = tokens.Issue(chat.UserID(user), time.Now(), life)
	return a.Key, token, err
}

// connection says where to connect, and as whom.
type connection struct {
	Server string `default:"http://127.0.0.1:8080" env:"HONGYAN_SERVER" placeholder:"URL" help:"Server to connect to. Default: ${default}."`
	Token  string `env:"HONGYAN_TOKEN" placeholder:"TOKEN" help:"Token of the user, which goes with --app-key. Default: one is made with the app's secret."`
	identity
}

// tokenLife is enough for a command that somebody watches.
const tokenLife = 24 * time.Hour

// connect connects user. o has what the command wants beside that.
func (n connection) connect(ctx context.Context, user string, o imlib.Options) (*imlib.Client, error) {
	appKey, token := n.AppKey, n.Token
	switch {
	case token != "" && appKey == "" && n.Dev:
		appKey = node.DevKey
	case token != "" && appKey == "":
		return nil, errors.New("--token needs the --app-key that it is for")
	case token == "":
		var err error
		if appKey, token, err = n.issue(user, tokenLife); err != nil {
			return nil, err
		}
	}
	o.AppKey, o.Token, o.Navigators = appKey, token, []string{n.Server}
	client, err := imlib.Connect(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("%s cannot connect: %w", user, err)
	}
	if client.User() != chat.UserID(user) {
		client.Close()
		return nil, fmt.Errorf("the token is that of %s, not of %s", client.User(), user)
	}
	return client, nil
}
