package main

import (
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/chatroom"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/internal/receipt"
	"github.com/hongyan-im/hongyan/internal/session"
	"github.com/hongyan-im/hongyan/wire"
)

// parse returns what the arguments make of the commands.
func parse(t *testing.T, args ...string) (*commands, error) {
	t.Helper()
	c := new(commands)
	_, err := newParser(c, console{io.Discard, io.Discard}, func(int) {}).Parse(args)
	return c, err
}

func mustParse(t *testing.T, args ...string) *commands {
	t.Helper()
	c, err := parse(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// write writes a file and returns its path.
func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrecedence(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "x.yaml"), "listen: file:1\nsend-rate: 0\nlog-level: debug\nacme-domain: [a.example, b.example]\n")
	s := mustParse(t, "serve").Serve
	if s.Listen != "" || s.SendRate != 5 || s.LogLevel != "info" || s.Data != "./data" || s.DrainTimeout != 10*time.Second {
		t.Errorf("by default %+v", s)
	}
	s = mustParse(t, "serve", "--config", file).Serve
	if s.Listen != "file:1" || s.SendRate != 0 || s.LogLevel != "debug" || len(s.ACMEDomain) != 2 {
		t.Errorf("with a file %+v", s)
	}
	t.Setenv("HONGYAN_LISTEN", "env:1")
	t.Setenv("HONGYAN_SEND_RATE", "7")
	s = mustParse(t, "serve", "--config", file).Serve
	if s.Listen != "env:1" || s.SendRate != 7 || s.LogLevel != "debug" {
		t.Errorf("with a file and the environment %+v", s)
	}
	s = mustParse(t, "serve", "--config", file, "--listen", "flag:1", "--log-level", "warn").Serve
	if s.Listen != "flag:1" || s.SendRate != 7 || s.LogLevel != "warn" {
		t.Errorf("with a file, the environment and flags %+v", s)
	}
}

func TestConfigIsFound(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, configName), "listen: in-data:1\n")
	other := write(t, filepath.Join(dir, "other.yaml"), "listen: other:1\n")
	if s := mustParse(t, "serve", "--data", dir).Serve; s.Listen != "in-data:1" {
		t.Errorf("in the data directory: %s", s.Listen)
	}
	if s := mustParse(t, "serve", "--data", dir, "--config", other).Serve; s.Listen != "other:1" {
		t.Errorf("named: %s", s.Listen)
	}
	t.Setenv("HONGYAN_DATA", dir)
	if s := mustParse(t, "serve").Serve; s.Listen != "in-data:1" || s.Data != dir {
		t.Errorf("data directory in the environment: %s in %s", s.Listen, s.Data)
	}
	t.Setenv("HONGYAN_CONFIG", other)
	if s := mustParse(t, "serve").Serve; s.Listen != "other:1" {
		t.Errorf("file in the environment: %s", s.Listen)
	}
}

func TestConfigIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"lisen: x\n":                          `there is no setting "lisen"`,
		"config: x\n":                         `there is no setting "config"`,
		"send-rate: many\n":                   "--send-rate",
		"log-level: loud\n":                   "--log-level",
		"listen: [\n":                         "x.yaml",
		"apps: none\n":                        "apps",
		"apps: [{key: a, secret: b, x: 1}]\n": "field x not found",
		"apps: [{key: a, devices: two}]\n":    `"two" is not many, one-per-platform or one`,
		"apps: [{key: a, recall-by: me}]\n":   `"me" is not sender or anyone`,
		"apps: [{key: a, receipts: 3}]\n":     `"3" is not 1, 2, 4 or 5`,
	} {
		file := write(t, filepath.Join(t.TempDir(), "x.yaml"), text)
		if _, err := parse(t, "serve", "--config", file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want a word about %s", text, err, want)
		}
	}
	if _, err := parse(t, "serve", "--config", filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a file that is not there is no reason to stop")
	}
}

func TestApps(t *testing.T) {
	const text = `
apps:
  - {key: a, secret: secret-a}
  - {key: b, secret: secret-b, strict: true, send-rate: 0, token-life: 48h, recall-window: 2m, unread: server, offline-window: 24h, dedupe-window: 1h}
  - {key: c, secret: secret-c, send-rate: 20, send-burst: 30, resend: once, devices: one-per-platform, max-devices: -1}
  - {key: d, secret: secret-d, devices: one, many-chatrooms: true, chatroom-members: 9, chatroom-idle: 24h, chatroom-burst: -1, low-priority: ["app:like"], recall-by: anyone, edit-window: 90s, receipts: 4}
  - {key: e, secret: secret-e, resend: twice, whitelist: true, skip-lists: true, max-video: 5m}
  - {key: f, secret: secret-f, file-size: 7, unsent-life: 2h}
`
	limits := session.Limits{SendRate: 5, SendBurst: 9}
	want := []node.App{
		{Key: "a", Secret: "secret-a"},
		{Key: "b", Secret: "secret-b", Strict: auth.Strict{On: true}, Limits: &session.Limits{}, TokenLife: 48 * time.Hour,
			RecallWindow: 2 * time.Minute, Unread: session.ByServer, OfflineWindow: 24 * time.Hour, DedupeWindow: time.Hour},
		{Key: "c", Secret: "secret-c", Limits: &session.Limits{SendRate: 20, SendBurst: 30},
			Devices: fanout.Devices{Total: -1, PerPlatform: 1}},
		{Key: "d", Secret: "secret-d", Devices: fanout.Devices{Total: 1},
			RecallAny: true, EditWindow: 90 * time.Second, Receipts: receipt.V4,
			Rooms: chatroom.Config{Many: true, Members: 9, Idle: 24 * time.Hour, Burst: -1, LowPriority: []string{"app:like"}}},
		{Key: "e", Secret: "secret-e", Whitelist: true,
			Sending: session.Sending{Content: wire.ContentLimits{Video: 5 * time.Minute}, SkipLists: true, ResendTwice: true}},
		{Key: "f", Secret: "secret-f", FileLimits: &media.Limits{Size: 7, Quota: 8, UnsentLife: 2 * time.Hour}},
	}
	file := write(t, filepath.Join(t.TempDir(), "x.yaml"), text)
	if got := mustParse(t, "serve", "--config", file).Serve.Apps.node(limits, media.Limits{Size: 6, Quota: 8, UnsentLife: time.Hour}); !reflect.DeepEqual(got, want) {
		t.Errorf("the file has %+v, want %+v", got, want)
	}
	t.Setenv("HONGYAN_APPS", "[{key: d, secret: secret-d}]")
	got := mustParse(t, "serve", "--config", file).Serve.Apps
	if !reflect.DeepEqual(got, apps{{Key: "d", Secret: "secret-d"}}) {
		t.Errorf("the environment has %+v", got)
	}
}

func TestFindApp(t *testing.T) {
	one, two := apps{{Key: "a"}}, apps{{Key: "a"}, {Key: "b"}}
	for _, c := range []struct {
		apps apps
		key  string
		want string
	}{{one, "", "a"}, {two, "b", "b"}, {one, "a", "a"}, {two, "", ""}, {two, "c", ""}, {nil, "", ""}, {nil, "a", ""}} {
		got, err := c.apps.find(c.key)
		if got.Key != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%v with key %q: %v, %v", c.apps, c.key, got, err)
		}
	}
}

func TestFirstStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	var out strings.Builder
	s := mustParse(t, "serve", "--data", dir).Serve
	if err := s.needApps(&out); err != nil {
		t.Fatal(err)
	}
	fresh := s.Apps[0]
	if err := (auth.App{Key: fresh.Key, Secret: fresh.Secret}).Validate(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), fresh.Secret) || !strings.Contains(out.String(), fresh.Key) {
		t.Errorf("does not print the app: %s", &out)
	}
	if info, err := os.Stat(filepath.Join(dir, configName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}

	again := mustParse(t, "serve", "--data", dir).Serve
	out.Reset()
	if err := again.needApps(&out); err != nil || !reflect.DeepEqual(again.Apps, s.Apps) || out.Len() > 0 {
		t.Errorf("the second start has %v, %v and prints %q", again.Apps, err, &out)
	}
}

func TestFirstStartReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	path := write(t, filepath.Join(dir, configName), "listen: x:1\n")
	s := mustParse(t, "serve", "--data", dir).Serve
	if err := s.needApps(io.Discard); err == nil {
		t.Error("starts without an app")
	}
	if text, _ := os.ReadFile(path); string(text) != "listen: x:1\n" {
		t.Errorf("the file is now %q", text)
	}
}

func TestFileSettings(t *testing.T) {
	serve := mustParse(t, "serve", "--file-size-of", "image=10", "--file-size-of", "sight=20", "--file-quota", "30", "--files-url", "https://x/files").Serve
	got, err := serve.files()
	want := node.Files{URL: "https://x/files", Limits: media.Limits{
		Size: 5 << 30, SizeOf: map[media.Type]int64{media.Image: 10, media.Sight: 20}, Quota: 30, UnsentLife: 24 * time.Hour,
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	file := write(t, filepath.Join(t.TempDir(), "x.yaml"), "file-size-of: {image: 10}\n")
	if got, err := mustParse(t, "serve", "--config", file).Serve.files(); err != nil || got.Limits.SizeOf[media.Image] != 10 {
		t.Errorf("from the file: %+v, %v", got, err)
	}
	serve = mustParse(t, "serve", "--file-size-of", "picture=10").Serve
	if _, err := serve.files(); err == nil || !strings.Contains(err.Error(), "picture") {
		t.Errorf("an unknown type: %v", err)
	}
}
