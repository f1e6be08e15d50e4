package terminal_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/internal/terminal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for anything at all.
const patience = 60 * time.Second

// screen collects what the program writes to its terminal.
type screen struct {
	mu  sync.Mutex // guards the following
	all bytes.Buffer
	at  int           // what a test waited for is up to here, without escapes
	new chan struct{} // 1 element
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.new <- struct{}{}:
	default:
	}
	return s.all.Write(b)
}

// escapes are what a terminal does not show.
var escapes = regexp.MustCompile(`\x1b(\[[0-9;:?>=$]*[a-zA-Z~]|\][^\x07\x1b]*(\x07|\x1b\\)|[P_][^\x1b]*\x1b\\|[=>78])`)

// await waits until a text is written, after the one before, and returns all
// that was ever written.
func (s *screen) await(t *testing.T, text string) (raw string) {
	t.Helper()
	late := time.After(patience)
	for {
		s.mu.Lock()
		shown := escapes.ReplaceAll(s.all.Bytes(), nil)
		shown = shown[min(s.at, len(shown)):]
		at := bytes.Index(shown, []byte(text))
		if at >= 0 {
			s.at += at + len(text)
			raw = s.all.String()
		}
		s.mu.Unlock()
		if at >= 0 {
			return raw
		}
		select {
		case <-s.new:
		case <-late:
			t.Fatalf("no %q on the screen: %q", text, shown)
		}
	}
}

// program is Run for a user.
type program struct {
	*screen
	t    *testing.T
	keys *io.PipeWriter
	done chan error
}

func run(t *testing.T, client *imlib.Client, change ...func(*terminal.Options)) *program {
	t.Helper()
	in, keys := io.Pipe()
	p := &program{&screen{new: make(chan struct{}, 1)}, t, keys, make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	o := terminal.Options{
		In: in, Out: p.screen, Env: []string{"TERM=xterm-256color", "CLICOLOR_FORCE=1"},
		Width: 80, Height: 24, Open: imlib.Private("bob"),
	}
	for _, f := range change {
		f(&o)
	}
	go func() { p.done <- terminal.Run(ctx, client, o) }()
	t.Cleanup(func() {
		cancel()
		_ = keys.Close()
	})
	return p
}

func (p *program) press(keys string) {
	p.t.Helper()
	if _, err := p.keys.Write([]byte(keys)); err != nil {
		p.t.Fatal(err)
	}
}

func connect(t *testing.T, n *imtest.Node, o imlib.Options) *imlib.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	o.AppKey, o.Navigators = imtest.AppKey, []string{n.URL()}
	c, err := imlib.Connect(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// next waits for an event of a kind.
func next[T imlib.Event](t *testing.T, c *imlib.Client) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for e, err := range c.Events(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if e, is := e.(T); is {
			return e
		}
	}
	panic("events end without an error")
}

// Two people chat, one of them in a terminal.
func TestChat(t *testing.T) {
	dir := t.TempDir()
	n := imtest.Start(t, imtest.Data(dir))
	address := n.Addr()
	bob := connect(t, n, imlib.Options{Token: n.Token("bob")})
	alice := run(t, connect(t, n, imlib.Options{Token: n.Token("alice"), LongestPause: 100 * time.Millisecond}))
	alice.await(t, "beginning")

	alice.press("hello 你好")
	if typing := next[imlib.Typing](t, bob); typing.User != "alice" {
		t.Errorf("bob is told %+v", typing)
	}
	alice.press("\r")
	got := next[imlib.Message](t, bob)
	if got.Content != (imlib.TextMessage{Content: "hello 你好"}) {
		t.Errorf("bob received %+v", got)
	}
	alice.await(t, "✓")

	if err := bob.Typing(imlib.Private("alice"), "RC:TxtMsg"); err != nil {
		t.Error(err)
	}
	alice.await(t, "typing")
	sent, err := bob.Send(t.Context(), imlib.Private("alice"), imlib.TextMessage{Content: "welcome"})
	if err != nil {
		t.Fatal(err)
	}
	alice.await(t, "welcome")
	alice.press("/reply\rthanks\r")
	answer := next[imlib.Message](t, bob)
	if r, is := answer.Content.(imlib.ReferenceMessage); !is || r.UID != sent.UID || r.Content != "thanks" || r.Sender != "bob" {
		t.Errorf("bob received %+v", answer)
	}
	alice.await(t, "thanks")
	alice.await(t, "✓")
	if err := bob.Recall(t.Context(), imlib.Private("alice"), sent.UID); err != nil {
		t.Error(err)
	}
	alice.await(t, "bob took a message back")

	path := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(path, []byte("some notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	alice.press("/file " + path + "\r")
	file := next[imlib.Message](t, bob)
	if f, is := file.Content.(imlib.FileMessage); !is || f.Name != "notes.txt" || f.Size != 10 || f.URL == "" {
		t.Errorf("bob received %+v", file)
	}
	alice.await(t, "notes.txt")
	alice.await(t, "✓")
	alice.press("\x18") // Ctrl+X
	if r := next[imlib.Recalled](t, bob); r.UID != file.UID {
		t.Errorf("alice recalled %+v", r)
	}

	n.Stop()
	alice.await(t, "No connection")
	alice.press("still there?\r")
	imtest.Start(t, imtest.Data(dir), imtest.Listen(address))
	if m := next[imlib.Message](t, bob); m.Content != (imlib.TextMessage{Content: "still there?"}) {
		t.Errorf("bob received %+v", m)
	}
	alice.press("\x03")
	if err := <-alice.done; err != nil {
		t.Error(err)
	}
}

// Colours are used unless that is not wanted.
func TestNoColour(t *testing.T) {
	n := imtest.Start(t)
	client := connect(t, n, imlib.Options{Token: n.Token("alice")})
	colour := regexp.MustCompile(`\x1b\[[0-9;]*[34][0-7]m`)
	for _, without := range []bool{false, true} {
		p := run(t, client, func(o *terminal.Options) { o.NoColour = without })
		p.await(t, "beginning")
		p.press("colourful\r")
		shown := p.await(t, "✓")
		if got := colour.MatchString(shown); got == without {
			t.Errorf("without colours: %t, and yet %q", without, shown)
		}
		p.press("/quit\r")
		if err := <-p.done; err != nil {
			t.Error(err)
		}
		client.Close()
		client = connect(t, n, imlib.Options{Token: n.Token("alice"), Backlog: -1})
	}
}
