package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/alecthomas/kong"

	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/internal/session"
)

// ServeCmd runs a server until it is told to stop.
type ServeCmd struct {
	Dev bool `env:"HONGYAN_DEV" help:"For trying out and developing: adds the app ${dev_key} with secret ${dev_secret}, which everybody knows, and a page with two users who chat."`
	place
	Listen         string `env:"HONGYAN_LISTEN" placeholder:"HOST:PORT" help:"Address to listen on; port 0 takes a free one, an empty host every address of this machine. Default: 127.0.0.1:8080, or :443 with --acme-domain."`
	PublicAddress  string `env:"HONGYAN_PUBLIC_ADDRESS" placeholder:"HOST:PORT" help:"Where clients reach this server, if not by the host name under which they asked where to connect. A ws:// or wss:// URL also says which of the two."`
	TrustForwarded bool   `env:"HONGYAN_TRUST_FORWARDED" help:"Believe X-Forwarded-Proto and X-Forwarded-Host, which a proxy in front of this server sets. Without such a proxy, anybody can."`

	SendRate  float64 `default:"5" env:"HONGYAN_SEND_RATE" placeholder:"N" help:"Messages a second that a user may send, over all devices. 0 is no limit. Default: ${default}."`
	SendBurst int     `env:"HONGYAN_SEND_BURST" placeholder:"N" help:"Messages that a user may send at once after a pause. 0, the default, is as many as in one second."`
	FrameRate float64 `env:"HONGYAN_FRAME_RATE" placeholder:"N" help:"Frames of any kind a second that a connection may send; one that sends more is read more slowly. 0, the default, is 10000."`
	MaxFrame  int     `env:"HONGYAN_MAX_FRAME" placeholder:"BYTES" help:"Largest frame that a client may send, in bytes. 0, the default, is 524288."`
	FlagByte  bool    `env:"HONGYAN_FLAG_BYTE" help:"Have official clients speak version 4 of the protocol instead of 3."`

	APIRate         float64 `env:"HONGYAN_API_RATE" placeholder:"N" help:"Calls a second that an app may make to each call of the Server API. 0, the default, is no limit."`
	MaxGroupMembers int     `default:"3000" env:"HONGYAN_MAX_GROUP_MEMBERS" placeholder:"N" help:"Members that a group may have; below 0 is no limit. Default: ${default}."`
	MaxBlacklist    int     `default:"3000" env:"HONGYAN_MAX_BLACKLIST" placeholder:"N" help:"Users that a user's blacklist may hold; below 0 is no limit. Default: ${default}."`

	Files      string           `env:"HONGYAN_FILES" placeholder:"URL" help:"Where to keep files: s3://BUCKET/PREFIX?endpoint=URL. Default: the directory files in the data of each app."`
	FilesURL   string           `env:"HONGYAN_FILES_URL" placeholder:"URL" help:"Where clients reach the files of this server, such as https://files.example.com/files. Default: /files of the host by which they asked where to connect."`
	FileSize   int64            `default:"5368709120" env:"HONGYAN_FILE_SIZE" placeholder:"BYTES" help:"Largest file that a user may upload, in bytes. Default: ${default}."`
	FileSizeOf map[string]int64 `env:"HONGYAN_FILE_SIZE_OF" placeholder:"TYPE=BYTES" help:"The same for files of a type: image, audio, video, file, sight or html. May be given several times."`
	FileQuota  int64            `env:"HONGYAN_FILE_QUOTA" placeholder:"BYTES" help:"How many bytes the files of an app may have together. 0, the default, is no limit."`
	UnsentLife time.Duration    `default:"24h" env:"HONGYAN_UNSENT_LIFE" placeholder:"TIME" help:"How long a file is kept that no message names. Default: ${default}."`

	TLSCert    string   `env:"HONGYAN_TLS_CERT" placeholder:"FILE" help:"Certificate, with its chain, in PEM. With it the server speaks https and wss."`
	TLSKey     string   `env:"HONGYAN_TLS_KEY" placeholder:"FILE" help:"Its key, in PEM."`
	ACMEDomain []string `env:"HONGYAN_ACME_DOMAIN" placeholder:"NAME" help:"Domain name for which to get a certificate from Let's Encrypt, whose terms you accept by this. Port 443 of it must lead here. May be given several times."`
	ACMECache  string   `env:"HONGYAN_ACME_CACHE" placeholder:"DIR" help:"Directory that keeps those certificates. Default: acme in the data directory."`

	IdleTimeout  time.Duration `default:"1m" env:"HONGYAN_IDLE_TIMEOUT" placeholder:"TIME" help:"How long a client may be silent; a living one is not for more than 30s. Default: ${default}."`
	DrainTimeout time.Duration `default:"10s" env:"HONGYAN_DRAIN_TIMEOUT" placeholder:"TIME" help:"How long the server waits, when it is told to stop, for clients to take what is theirs and go elsewhere. Default: ${default}."`

	LogLevel  string `default:"info" enum:"debug,info,warn,error" env:"HONGYAN_LOG_LEVEL" help:"Least important thing to log: ${enum}. Default: ${default}."`
	LogFormat string `default:"text" enum:"text,json" env:"HONGYAN_LOG_FORMAT" help:"How to log, on standard error: ${enum}. Default: ${default}."`

	Apps apps `hidden:"" env:"HONGYAN_APPS"`
}

// Help is what "hongyan serve --help" says after the usage.
func (*ServeCmd) Help() string {
	return `Every flag can also be set in the environment, under the name in brackets, and in the configuration ` +
		`file. The command line wins over the environment, and that over the file.

The apps that the server serves are in the file only, or as its YAML in $HONGYAN_APPS:

    apps:
      - key: my-app
        secret: a-long-secret
        strict: true        # refuse old and repeated requests of the Server API
        send-rate: 20       # instead of --send-rate
        devices: one-per-platform

A server without --dev that has no configuration makes one, with a new app, and prints the app's secret once.

SIGTERM or SIGINT ends the server in good order, a second one at once.`
}

// BeforeResolve adds the configuration file to what flags are taken from.
func (s *ServeCmd) BeforeResolve(ctx *kong.Context) error {
	var p place
	for _, f := range ctx.Flags() {
		switch f.Name {
		case "data":
			p.Data, _ = ctx.FlagValue(f).(string)
		case "config":
			p.Config, _ = ctx.FlagValue(f).(string)
		}
	}
	text, err := p.read()
	if err != nil {
		return err
	}
	path, _ := p.path()
	file, err := newFileResolver(path, text)
	if err != nil {
		return err
	}
	ctx.AddResolver(file)
	return file.check(ctx.Flags())
}

// Run runs the server.
func (s *ServeCmd) Run(ctx context.Context, c console) error {
	if err := s.needApps(c.out); err != nil {
		return err
	}
	cfg, err := s.config(c.err)
	if err != nil {
		return err
	}
	n, err := node.New(cfg)
	if err != nil {
		return fmt.Errorf("the server cannot start: %w", err)
	}
	s.greet(c.out, n.URL())
	return n.Run(ctx)
}

// needApps makes an app, and a configuration that has it, for a server that is
// started for the first time.
func (s *ServeCmd) needApps(out io.Writer) error {
	if s.Dev || len(s.Apps) > 0 {
		return nil
	}
	path, _ := s.path()
	fresh, err := createConfig(path)
	if err != nil {
		return err
	}
	s.Apps = apps{fresh}
	_, err = fmt.Fprintf(out, "This server has a new app, which is in %s:\n\n    app key     %s\n    app secret  %s\n\n"+
		"The secret is not printed again. Whoever has it can act as any user: keep it on your servers.\n",
		path, fresh.Key, fresh.Secret)
	return err
}

func (s *ServeCmd) config(logs io.Writer) (node.Config, error) {
	files, err := s.files()
	if err != nil {
		return node.Config{}, err
	}
	limits := session.Limits{SendRate: s.SendRate, SendBurst: s.SendBurst, FrameRate: s.FrameRate}
	listen := s.Listen
	if listen == "" && len(s.ACMEDomain) > 0 {
		listen = ":443"
	}
	return node.Config{
		Listen: listen, Data: s.Data, PublicAddress: s.PublicAddress,
		TrustForwarded: s.TrustForwarded, FlagByte: s.FlagByte,
		Apps: s.Apps.node(limits, files.Limits), Dev: s.Dev, Limits: limits, Files: files,
		MaxFrame: s.MaxFrame, IdleTimeout: s.IdleTimeout, DrainTimeout: s.DrainTimeout,
		APIRate: s.APIRate, GroupMembers: s.MaxGroupMembers, Blacklist: s.MaxBlacklist,
		TLSCert: s.TLSCert, TLSKey: s.TLSKey, ACMEDomains: s.ACMEDomain, ACMECache: s.ACMECache,
		Log: newLog(logs, s.LogLevel, s.LogFormat), Version: buildVersion(),
	}, nil
}

// files is where files are kept and how they are bounded.
func (s *ServeCmd) files() (node.Files, error) {
	f := node.Files{Storage: s.Files, URL: s.FilesURL, Limits: media.Limits{
		Size: s.FileSize, SizeOf: map[media.Type]int64{}, Quota: s.FileQuota, UnsentLife: s.UnsentLife,
	}}
	for name, size := range s.FileSizeOf {
		t, ok := media.Types[name]
		if !ok {
			return f, fmt.Errorf("--file-size-of: %q is not image, audio, video, file, sight or html", name)
		}
		f.Limits.SizeOf[t] = size
	}
	return f, nil
}

func newLog(w io.Writer, level, format string) *slog.Logger {
	var o slog.HandlerOptions
	l := new(slog.LevelVar)
	_ = l.UnmarshalText([]byte(level)) // one of the words that kong lets through
	o.Level = l
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, &o))
	}
	return slog.New(slog.NewTextHandler(w, &o))
}

func (s *ServeCmd) greet(out io.Writer, url string) {
	if !s.Dev {
		fmt.Fprintf(out, "Hongyan serves at %s\n", url)
		return
	}
	fmt.Fprintf(out, "Hongyan serves at %s, app key %s, secret %s: for development only.\nOpen %s/ to chat; a second window is somebody else.\n",
		url, node.DevKey, node.DevSecret, url)
}
