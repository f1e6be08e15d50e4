package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hongyan-im/hongyan/internal/auth"
	"github.com/hongyan-im/hongyan/internal/node"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for anything at all.
const patience = 60 * time.Second

// output collects what a command writes.
type output struct {
	mu  sync.Mutex // guards the following
	buf bytes.Buffer
	new chan struct{} // 1 element
}

func newOutput() *output { return &output{new: make(chan struct{}, 1)} }

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.new <- struct{}{}:
	default:
	}
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// await returns what matches once it was written.
func (o *output) await(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	late := time.After(patience)
	for {
		if m := re.FindString(o.String()); m != "" {
			return m
		}
		select {
		case <-o.new:
		case <-late:
			t.Fatalf("no %s in %q", pattern, o)
		}
	}
}

// command is a command that runs.
type command struct {
	out, err *output
	stop     context.CancelFunc // as SIGTERM does
	exit     chan int
	ended    chan struct{}
}

func start(t *testing.T, args ...string) *command {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	c := &command{newOutput(), newOutput(), stop, make(chan int, 1), make(chan struct{})}
	go func() {
		defer close(c.ended)
		c.exit <- run(ctx, args, c.out, c.err)
	}()
	t.Cleanup(func() {
		stop()
		<-c.ended
	})
	return c
}

func (c *command) wait(t *testing.T, want int) {
	t.Helper()
	select {
	case got := <-c.exit:
		if got != want {
			t.Errorf("exits with %d, want %d: %s", got, want, c.err)
		}
	case <-time.After(patience):
		t.Fatalf("does not end: %s %s", c.out, c.err)
	}
}

// do runs a command to its end and returns what it printed.
func do(t *testing.T, want int, args ...string) (out, err string) {
	t.Helper()
	c := start(t, args...)
	c.wait(t, want)
	return c.out.String(), c.err.String()
}

// serve starts a server and returns it with its URL.
func serve(t *testing.T, args ...string) (*command, string) {
	t.Helper()
	c := start(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	return c, c.out.await(t, `http://[0-9.:]+`)
}

func TestConversation(t *testing.T) {
	server, url := serve(t, "--dev", "--data", t.TempDir())
	tail := start(t, "tail", "--user", "bob", "--dev", "--server", url, "-n", "2")
	tail.err.await(t, "connected as bob")
	uid, _ := do(t, exitOK, "send", "--from", "alice", "--to", "bob", "--dev", "--server", url, "你好 😀")
	if !regexp.MustCompile(`^[0-9A-V-]{19}\n$`).MatchString(uid) {
		t.Errorf("send prints %q", uid)
	}
	do(t, exitOK, "send", "--from", "alice", "--to", "bob", "--dev", "--server", url, "two\x1b[31m\n\u202elines")
	tail.wait(t, exitOK)
	for _, want := range []string{"private alice  alice: 你好 😀\n", "private alice  alice: two\uFFFD[31m \uFFFDlines\n"} {
		if !strings.Contains(tail.out.String(), want) {
			t.Errorf("tail prints %q, not %q", tail.out, want)
		}
	}

	out, _ := do(t, exitOK, "tail", "--user", "bob", "--dev", "--server", url, "--since", "1h", "-n", "1", "--json")
	var m tailed
	if err := json.Unmarshal([]byte(out), &m); err != nil || string(m.UID)+"\n" != uid || string(m.Content) != `{"content":"你好 😀"}` {
		t.Errorf("tail --json prints %q, %v", out, err)
	}

	_, text := do(t, exitFailed, "send", "--from", "alice", "--group", "g", "--dev", "--server", url, "x")
	if !strings.Contains(text, "not in the group") {
		t.Errorf("send says %q", text)
	}
	server.stop()
	server.wait(t, exitOK)
}

func TestTailRoomUntilInterrupted(t *testing.T) {
	_, url := serve(t, "--dev", "--data", t.TempDir())
	tail := start(t, "tail", "--user", "bob", "--dev", "--server", url, "--chatroom", "lobby", "-n", "1")
	alice := start(t, "tail", "--user", "alice", "--dev", "--server", url)
	alice.err.await(t, "connected as alice")
	tail.err.await(t, "in chatroom lobby")
	do(t, exitOK, "send", "--from", "alice", "--chatroom", "lobby", "--dev", "--server", url, "hi")
	tail.wait(t, exitOK)
	if !strings.Contains(tail.out.String(), "chatroom lobby  alice: hi\n") {
		t.Errorf("tail prints %q", tail.out)
	}
	alice.stop()
	alice.wait(t, exitOK)
}

func TestServerEndsInGoodOrder(t *testing.T) {
	dir := t.TempDir()
	server, url := serve(t, "--dev", "--data", dir)
	tail := start(t, "tail", "--user", "bob", "--dev", "--server", url)
	tail.err.await(t, "connected as bob")
	server.stop()
	server.wait(t, exitOK)
	tail.err.await(t, "coming back")
	_, _ = serve(t, "--dev", "--data", dir, "--listen", strings.TrimPrefix(url, "http://"))
	tail.err.await(t, `(?s)coming back.*connected as bob`)
}

func TestOwnApp(t *testing.T) {
	dir := t.TempDir()
	server, url := serve(t, "--data", dir)
	first := server.out.String()
	if !strings.Contains(first, "app secret") || strings.Contains(first, node.DevSecret) {
		t.Errorf("the first start prints %q", first)
	}
	do(t, exitOK, "send", "--from", "alice", "--to", "bob", "--data", dir, "--server", url, "hi")
	token, _ := do(t, exitOK, "token", "bob", "--data", dir, "--life", "1h")
	known, err := readApps(place{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	connect := []string{"--server", url, "--app-key", known[0].Key, "--token", strings.TrimSpace(token), "--since", "1h", "-n", "1"}
	out, _ := do(t, exitOK, append([]string{"tail", "--user", "bob"}, connect...)...)
	if !strings.Contains(out, "alice: hi\n") {
		t.Errorf("tail prints %q", out)
	}
	_, text := do(t, exitFailed, append([]string{"tail", "--user", "carol"}, connect...)...)
	if !strings.Contains(text, "the token is that of bob, not of carol") {
		t.Errorf("tail with bob's token says %q", text)
	}
	_, text = do(t, exitFailed, "send", "--from", "alice", "--to", "bob", "--dev", "--server", url, "hi")
	if !strings.Contains(text, "alice cannot connect") {
		t.Errorf("send with the app of dev mode says %q", text)
	}
}

func TestToken(t *testing.T) {
	out, _ := do(t, exitOK, "token", "alice", "--app-key", "my-app", "--app-secret", "my-app-secret", "--life", "1h")
	tokens, err := auth.NewTokens(auth.App{Key: "my-app", Secret: "my-app-secret"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := tokens.Verify(strings.TrimSpace(out), time.Now())
	if left := time.Until(c.Expires); err != nil || c.User != "alice" || left < 59*time.Minute || left > time.Hour+time.Second {
		t.Errorf("the token says %+v, %v", c, err)
	}
}

func TestMistakes(t *testing.T) {
	empty := t.TempDir()
	known := write(t, filepath.Join(t.TempDir(), "dev.yaml"), "apps: [{key: my-app, secret: "+node.DevSecret+"}]\n")
	for _, c := range []struct {
		exit int
		want string
		args string
	}{
		{exitUsage, "expected", ""},
		{exitUsage, "unexpected argument", "dance"},
		{exitUsage, "unknown flag --loud", "serve --loud"},
		{exitUsage, "missing flags", "send hi"},
		{exitUsage, "can't be used together", "send --from a --to b --group c hi"},
		{exitUsage, "expected", "token"},
		{exitFailed, "no app secret is known", "token alice --data " + empty},
		{exitFailed, "no app secret is known", "send --from a --to b hi --data " + empty},
		{exitFailed, "--app-secret is of no use", "token alice --app-secret 12345678"},
		{exitFailed, "--token needs", "tail --user a --token x"},
		{exitFailed, "control character", "token \x01 --dev"},
		{exitFailed, "cannot be read", "token alice --config /nowhere/x.yaml"},
		{exitFailed, "everybody knows", "serve --listen 127.0.0.1:0 --config " + known + " --data " + empty},
		{exitFailed, "cannot start", "serve --dev --listen nowhere:x --data " + empty},
		{exitFailed, "cannot reach http://127.0.0.1:1", "tail --user a --dev --server http://127.0.0.1:1"},
		{exitFailed, "is not the URL of a server", "tail --user a --dev --server ://"},
	} {
		_, text := do(t, c.exit, strings.Fields(c.args)...)
		if !strings.Contains(text, c.want) {
			t.Errorf("hongyan %s says %q, want a word about %q", c.args, text, c.want)
		}
	}
}

func TestHelp(t *testing.T) {
	for _, name := range []string{"", "serve", "token", "send", "tail", "bench", "version"} {
		out, _ := do(t, exitOK, append(strings.Fields(name), "--help")...)
		if !strings.Contains(out, "Usage: hongyan") {
			t.Errorf("hongyan %s --help prints %q", name, out)
		}
	}
	for _, node := range newParser(new(commands), console{}, nil).Model.Children {
		for _, f := range node.Flags {
			if f.Name != "help" && !f.Hidden && !strings.HasSuffix(f.Help, ".") {
				t.Errorf("hongyan %s: --%s has no sentence of help: %q", node.Name, f.Name, f.Help)
			}
		}
	}
	if out, _ := do(t, exitOK, "version"); !strings.HasPrefix(out, "hongyan ") {
		t.Errorf("version prints %q", out)
	}
}
