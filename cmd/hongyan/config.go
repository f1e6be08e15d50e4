package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	kongyaml "github.com/alecthomas/kong-yaml"
	"gopkg.in/yaml.v3"

	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/chatroom"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/internal/receipt"
	"github.com/hongyan-im/hongyan/internal/session"
	"github.com/hongyan-im/hongyan/wire"
)

// configName is the configuration file in the data directory, which is read
// when no other one is named.
const configName = "hongyan.yaml"

// place says where a server keeps its data and its configuration.
type place struct {
	Data   string `default:"./data" env:"HONGYAN_DATA" placeholder:"DIR" help:"Directory that keeps everything. It is made when absent. Default: ${default}."`
	Config string `env:"HONGYAN_CONFIG" placeholder:"FILE" help:"Configuration in YAML: the apps, and any flag of \"serve\" by its name. Default: hongyan.yaml in the data directory, if there is one."`
}

// path is the configuration file, and whether it was named and so must exist.
func (p place) path() (path string, named bool) {
	if p.Config != "" {
		return p.Config, true
	}
	return filepath.Join(p.Data, configName), false
}

// read returns the configuration file, or nothing when there need not be one.
func (p place) read() ([]byte, error) {
	path, named := p.path()
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	return text, nil
}

// fileResolver takes flags from a configuration file. A flag in the
// environment wins over it, as one on the command line does.
type fileResolver struct {
	kong.Resolver
	path string
	keys map[string]any
}

func newFileResolver(path string, text []byte) (*fileResolver, error) {
	r, err := kongyaml.Loader(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f := &fileResolver{Resolver: r, path: path}
	if err := yaml.Unmarshal(text, &f.keys); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Resolve implements kong.Resolver.
func (f *fileResolver) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	// The file is about the server: its keys are not below the command's name.
	return f.Resolver.Resolve(ctx, &kong.Path{App: ctx.Model}, flag)
}

// check refuses keys that are no flag: a misspelt one would go unnoticed.
func (f *fileResolver) check(flags []*kong.Flag) error {
	for key := range f.keys {
		known := func(flag *kong.Flag) bool { return flag.Name == key && key != "config" && key != "help" }
		if !slices.ContainsFunc(flags, known) {
			return fmt.Errorf("%s: there is no setting %q; see \"hongyan serve --help\" for those there are", f.path, key)
		}
	}
	return nil
}

// apps is the list of apps in a configuration file.
type apps []app

// app is one of them.
type app struct {
	Key    string `yaml:"key"`
	Secret string `yaml:"secret"`

	// Strict refuses requests of the Server API that are old or seen before.
	Strict bool `yaml:"strict"`
	// SendRate and SendBurst replace those of the server for this app's users.
	SendRate  *float64 `yaml:"send-rate"`
	SendBurst int      `yaml:"send-burst"`

	// Devices says which devices of a user may be connected at once, and
	// MaxDevices how many in all.
	Devices    policy `yaml:"devices"`
	MaxDevices int    `yaml:"max-devices"`

	// Unread says who counts what is unread.
	Unread session.Counting `yaml:"unread"`
	// How long a token is good for and a message may be recalled, 0 for ever;
	// how long messages are kept for who is offline and resends recognised, 0
	// for 7 days.
	TokenLife     time.Duration `yaml:"token-life"`
	RecallWindow  time.Duration `yaml:"recall-window"`
	OfflineWindow time.Duration `yaml:"offline-window"`
	DedupeWindow  time.Duration `yaml:"dedupe-window"`

	// FileSize, FileQuota and UnsentLife replace those of the server.
	FileSize   *int64         `yaml:"file-size"`
	FileQuota  *int64         `yaml:"file-quota"`
	UnsentLife *time.Duration `yaml:"unsent-life"`

	// RecallBy says who may recall a message, EditWindow how long its sender
	// may edit it, 0 for ever, and Receipts which generation of read receipts
	// there is, 0 for the newest.
	RecallBy   recaller      `yaml:"recall-by"`
	EditWindow time.Duration `yaml:"edit-window"`
	Receipts   receipts      `yaml:"receipts"`

	// Resend says what becomes of what an official client sends again.
	Resend resend `yaml:"resend"`
	// Whitelist makes the whitelist count for users of whom nothing else is
	// said; SkipLists lets a sender ask to pass over either list.
	Whitelist bool `yaml:"whitelist"`
	SkipLists bool `yaml:"skip-lists"`
	// MaxVideo is how long a short video may be, 0 for 2 minutes, below 0 without limit.
	MaxVideo time.Duration `yaml:"max-video"`

	// How the app wants its chatrooms: chatroom.Config has the meanings.
	ManyChatrooms   bool          `yaml:"many-chatrooms"`
	ChatroomMembers int           `yaml:"chatroom-members"`
	ChatroomIdle    time.Duration `yaml:"chatroom-idle"`
	ChatroomBurst   int           `yaml:"chatroom-burst"`
	LowPriority     []string      `yaml:"low-priority"`
}

// recaller says who may recall a message.
type recaller string

const (
	sender recaller = "sender"
	anyone recaller = "anyone" // everybody who sees it
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *recaller) UnmarshalText(text []byte) error {
	if *r = recaller(text); *r != sender && *r != anyone {
		return fmt.Errorf("recall-by: %q is not %s or %s", text, sender, anyone)
	}
	return nil
}

// receipts is a generation of read receipts.
type receipts receipt.Version

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *receipts) UnmarshalText(text []byte) error {
	for _, v := range []receipt.Version{receipt.V1, receipt.V2, receipt.V4, receipt.V5} {
		if strconv.Itoa(int(v)) == string(text) {
			*r = receipts(v)
			return nil
		}
	}
	return fmt.Errorf("receipts: %q is not 1, 2, 4 or 5", text)
}

// resend says what becomes of what an official client sends again.
type resend string

const (
	once  resend = "once"  // it is the first message
	twice resend = "twice" // it is another one
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *resend) UnmarshalText(text []byte) error {
	if *r = resend(text); *r != once && *r != twice {
		return fmt.Errorf("resend: %q is not %s or %s", text, once, twice)
	}
	return nil
}

func (a app) sending() session.Sending {
	return session.Sending{
		Content:   wire.ContentLimits{Video: a.MaxVideo},
		SkipLists: a.SkipLists, ResendTwice: a.Resend == twice,
	}
}

// Decode implements kong.MapperValue for a list out of the file, or its YAML
// out of the environment.
func (a *apps) Decode(ctx *kong.DecodeContext) error {
	token := ctx.Scan.Pop()
	text, ok := token.Value.(string)
	if !ok {
		b, err := yaml.Marshal(token.Value)
		if err != nil {
			return err
		}
		text = string(b)
	}
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	*a = nil // what an earlier source said
	if err := d.Decode((*[]app)(a)); err != nil {
		return fmt.Errorf("apps: %w", err)
	}
	return nil
}

// policy says which devices of a user may be connected at once.
type policy string

// The policies. The newest device makes the older ones go that may not stay.
const (
	many           policy = "many"
	onePerPlatform policy = "one-per-platform"
	one            policy = "one"
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *policy) UnmarshalText(text []byte) error {
	switch *p = policy(text); *p {
	case many, onePerPlatform, one:
		return nil
	}
	return fmt.Errorf("devices: %q is not %s, %s or %s", text, many, onePerPlatform, one)
}

func (a app) devices() fanout.Devices {
	d := fanout.Devices{Total: a.MaxDevices}
	switch a.Devices {
	case onePerPlatform:
		d.PerPlatform = 1
	case one:
		d.Total = 1
	}
	return d
}

// node returns the apps as the server takes them, where limits and files hold
// for those that have none of their own.
func (a apps) node(limits session.Limits, files media.Limits) []node.App {
	var list []node.App
	for _, app := range a {
		n := node.App{
			Key: app.Key, Secret: app.Secret, Strict: auth.Strict{On: app.Strict},
			Devices: app.devices(), Unread: app.Unread, TokenLife: app.TokenLife, RecallWindow: app.RecallWindow,
			RecallAny: app.RecallBy == anyone, EditWindow: app.EditWindow, Receipts: receipt.Version(app.Receipts),
			OfflineWindow: app.OfflineWindow, DedupeWindow: app.DedupeWindow,
			Sending: app.sending(), Whitelist: app.Whitelist,
			Rooms: chatroom.Config{
				Many: app.ManyChatrooms, Members: app.ChatroomMembers, Idle: app.ChatroomIdle,
				Burst: app.ChatroomBurst, LowPriority: app.LowPriority,
			},
		}
		if app.SendRate != nil {
			own := limits
			own.SendRate, own.SendBurst = *app.SendRate, app.SendBurst
			n.Limits = &own
		}
		if app.FileSize != nil || app.FileQuota != nil || app.UnsentLife != nil {
			own := files
			if app.FileSize != nil {
				own.Size = *app.FileSize
			}
			if app.FileQuota != nil {
				own.Quota = *app.FileQuota
			}
			if app.UnsentLife != nil {
				own.UnsentLife = *app.UnsentLife
			}
			n.FileLimits = &own
		}
		list = append(list, n)
	}
	return list
}

// readApps returns the apps in the configuration file.
func readApps(p place) (apps, error) {
	text, err := p.read()
	if err != nil {
		return nil, err
	}
	var file struct {
		Apps []app `yaml:"apps"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		path, _ := p.path()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return file.Apps, nil
}

// find returns the app with this key; if key is empty, the only one.
func (a apps) find(key string) (app, error) {
	switch {
	case key == "" && len(a) == 1:
		return a[0], nil
	case key == "" && len(a) > 1:
		return app{}, errors.New("the configuration has several apps: say which with --app-key")
	}
	for _, app := range a {
		if app.Key == key {
			return app, nil
		}
	}
	return app{}, errors.New("no app secret is known: give --app-key and --app-secret, or the server's --data or --config, or --dev")
}

const firstConfig = `# The configuration of this Hongyan server. "hongyan serve --help" lists what
# else can be in it: any flag, by its name without the dashes.

apps:
  - key: %s
    secret: %s # whoever has it can act as any user: keep it on your servers
`

// createConfig writes a configuration with a new app and returns the app. It
// never replaces a file.
func createConfig(path string) (app, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return app{}, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return app{}, fmt.Errorf("%s names no apps, and a server needs one: add it, or use --dev", path)
	}
	if err != nil {
		return app{}, err
	}
	fresh := auth.Generate()
	_, err = fmt.Fprintf(f, firstConfig, fresh.Key, fresh.Secret)
	return app{Key: fresh.Key, Secret: fresh.Secret}, errors.Join(err, f.Sync(), f.Close())
}
