// Package node wires the rooms into one running server.
package node

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/internal/api"
	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/chatroom"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/receipt"
	"github.com/hongyan-im/hongyan/internal/session"
)

// The app of a server in dev mode. Everybody knows its secret, so no other
// server takes it.
const (
	DevKey    = "hongyan-dev"
	DevSecret = "hongyan-dev-secret"
)

// Config is everything that a node can be told. Data and at least one app are
// needed, unless Dev gives the app.
type Config struct {
	// Listen is the address to listen on, host:port. Empty means 127.0.0.1:8080;
	// port 0 takes a free one.
	Listen string
	// Data is the directory that keeps everything. It is made when absent.
	Data string
	// PublicAddress is where clients reach this node: "host:port", or a ws://
	// or wss:// URL. Empty means the host they asked navigation by.
	PublicAddress string
	// TrustForwarded believes X-Forwarded-Proto and X-Forwarded-Host.
	TrustForwarded bool
	// FlagByte has official clients speak protocol version 4 instead of 3.
	FlagByte bool

	Apps []App
	// Dev adds the app of DevKey, unless Apps has it with settings of its own,
	// and the page with two users who chat.
	Dev bool

	// Limits hold for every app that has none of its own. In both, a FrameRate
	// of 0 means 10,000 frames a second.
	Limits session.Limits
	// Files says where files are kept and bounds them, for every app that has
	// no limits of its own.
	Files Files
	// MaxFrame is the largest frame a client may send, in bytes. 0 means 512 KiB.
	MaxFrame int
	// IdleTimeout ends the session of a client that is silent. 0 means a minute.
	IdleTimeout time.Duration

	// APIRate is how many calls a second each app may make to each call of the
	// Server API. 0 is no limit.
	APIRate float64
	// GroupMembers and Blacklist bound how many users are in one group and in
	// one user's blacklist. 0 means 3,000; below 0 is no limit.
	GroupMembers, Blacklist int

	// TLSCert and TLSKey are files; with both the node speaks https and wss.
	TLSCert, TLSKey string
	// ACMEDomains get their certificates from an ACME authority, which are
	// kept in ACMECache. Empty ACMECache means the directory acme in Data.
	ACMEDomains []string
	ACMECache   string

	// DrainTimeout is how long a node that was told to stop waits for its
	// clients to take what is theirs and go. 0 means 10 seconds.
	DrainTimeout time.Duration

	// Now is the clock that gives ticks, in milliseconds since 1970. nil means
	// the system's; tests forge it.
	Now func() int64

	Log     *slog.Logger // nil means slog.Default()
	Version string       // told by /healthz
}

// App is one app that the node serves.
type App struct {
	Key, Secret string
	// Strict refuses requests of the Server API that are old or were seen before.
	Strict auth.Strict
	// Limits replace those of the node, when not nil.
	Limits *session.Limits
	// Devices says how many devices of a user may be connected at once. A Total
	// of 0 means 100, below 0 is no limit; a PerPlatform of 0 is no limit.
	Devices fanout.Devices
	// FileLimits replace those of the node, when not nil.
	FileLimits *media.Limits
	// TokenLife is how long a token is good for. 0 is for ever.
	TokenLife time.Duration
	// RecallWindow is how long after its sending a user may recall a message. 0 is for ever.
	RecallWindow time.Duration
	// Unread says who counts what is unread. Empty means session.ByDevice.
	Unread session.Counting
	// RecallAny lets everybody who sees a message recall it, not only its sender.
	RecallAny bool
	// EditWindow is how long after its sending a user may edit a message. 0 is for ever.
	EditWindow time.Duration
	// Receipts is the generation of read receipts. 0 is the fifth.
	Receipts receipt.Version
	// OfflineWindow is how long messages are kept for who is offline, and
	// DedupeWindow how long a resend is known as one. 0 means 7 days.
	OfflineWindow, DedupeWindow time.Duration
	// Sending says what its users may send.
	Sending session.Sending
	// Whitelist makes the whitelist count, and not the blacklist, for every user
	// for whom the app's server does not say which.
	Whitelist bool
	// Rooms are how the app wants its chatrooms.
	Rooms chatroom.Config
}

// counting says who counts what is unread in the app with key.
func (c *Config) counting(key string) session.Counting {
	for _, a := range c.Apps {
		if a.Key == key {
			return a.Unread
		}
	}
	return session.ByDevice
}

// Files is where files are kept, and what users may upload.
type Files struct {
	// Storage is a bucket as s3.Parse reads it. Empty means the directory
	// files in the directory of each app.
	Storage string
	// URL is where clients reach the files of this node, with the path /files.
	// Empty means under the host they asked navigation by.
	URL string

	Limits media.Limits
}

// validate fills in what is zero and refuses what cannot be.
func (c *Config) validate() error {
	if c.Listen == "" {
		c.Listen = "127.0.0.1:8080"
	}
	if c.DrainTimeout == 0 {
		c.DrainTimeout = 10 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Data == "" {
		return errors.New("data: a directory is needed")
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("tls: a certificate and a key are needed, not one of them")
	}
	if c.Dev && !slices.ContainsFunc(c.Apps, func(a App) bool { return a.Key == DevKey }) {
		c.Apps = append([]App{{Key: DevKey, Secret: DevSecret}}, c.Apps...)
	}
	if err := c.Files.validate(); err != nil {
		return err
	}
	return c.validateApps()
}

// blacklistLimit is how many users a user's blacklist may hold.
func (c *Config) blacklistLimit() int {
	if c.Blacklist < 0 {
		return math.MaxInt
	}
	return cmp.Or(c.Blacklist, 3000)
}

func (c *Config) api() api.Config {
	return api.Config{Rate: c.APIRate, GroupMembers: c.GroupMembers, Blacklist: c.Blacklist, Log: c.Log}
}

// defaultDevices is far more than anybody uses, and bounds what one message to
// one user costs.
const defaultDevices = 100

// defaultFrameRate leaves room for an official client that pulls after every
// commit of a busy group, and stops a flood.
const defaultFrameRate = 10_000

func (c *Config) validateApps() error {
	if len(c.Apps) == 0 {
		return errors.New("apps: at least one is needed")
	}
	seen := map[string]bool{}
	for _, a := range c.Apps {
		if err := (auth.App{Key: a.Key, Secret: a.Secret}).Validate(); err != nil {
			return err
		}
		if !c.Dev && (a.Key == DevKey || a.Secret == DevSecret) {
			return fmt.Errorf("app %s: the key or secret of dev mode, which everybody knows", a.Key)
		}
		if a.Rooms.Idle < 0 || a.Rooms.Members < 0 {
			return fmt.Errorf("app %s: chatroom-idle and chatroom-members are not below 0", a.Key)
		}
		if n := len(a.Rooms.LowPriority); n > 20 {
			return fmt.Errorf("app %s: low-priority has %d names, over 20", a.Key, n)
		}
		if seen[a.Key] {
			return fmt.Errorf("app %s: is there twice", a.Key)
		}
		seen[a.Key] = true
	}
	return nil
}
