package imtest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/internal/chatroom"
	"github.com/hongyan-im/hongyan/internal/node"
)

// boundless takes any number of messages in a room at once.
var boundless = chatroom.Config{Burst: -1}

// serverEnv is set in a process of the test binary that is to be a server.
const serverEnv = "HONGYAN_IMTEST_SERVER"

// order is what such a process is told, as JSON in serverEnv.
type order struct{ Listen, Data string }

// IsServer reports whether this process of the test binary is to be a server,
// and not to test.
func IsServer() bool {
	_, ok := os.LookupEnv(serverEnv)
	return ok
}

// Main is the TestMain of a package whose tests use StartProcess: the test
// binary is also the server.
func Main(m *testing.M) int {
	text, ok := os.LookupEnv(serverEnv)
	if !ok {
		return m.Run()
	}
	if err := serve(text); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// serve runs a node as the command does, until SIGTERM.
func serve(text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go orphaned()
	n, err := node.New(node.Config{
		Listen: o.Listen, Data: o.Data, Apps: []node.App{{Key: AppKey, Secret: AppSecret, Rooms: boundless}},
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return err
	}
	fmt.Println(n.Addr())
	return n.Run(ctx)
}

// orphaned ends the process when the test that started it is gone: nothing is
// ever written to its standard input.
func orphaned() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(1)
}

// Process is a server in a process of its own, and after a restart the next
// one on the same address and data.
type Process struct {
	App
	t     testing.TB
	order order
	cmd   *exec.Cmd
	stdin io.Closer
}

// StartProcess runs a server on a free loopback port. The process is stopped
// at the end of the test, which fails when it does not end well.
func StartProcess(t testing.TB) *Process {
	t.Helper()
	p := &Process{t: t, order: order{Listen: "127.0.0.1:0", Data: t.TempDir()}}
	p.Start()
	t.Cleanup(func() {
		if p.cmd != nil {
			p.Terminate()
		}
	})
	return p
}

// URL is where the server is reached.
func (p *Process) URL() string { return p.url }

// Addr is the address it listens on, the same after every restart.
func (p *Process) Addr() string { return p.order.Listen }

// Start runs the process and returns once it listens.
func (p *Process) Start() {
	p.t.Helper()
	text, err := json.Marshal(p.order)
	if err != nil {
		p.t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), serverEnv+"="+string(text))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.cmd, p.stdin = cmd, stdin
	var addr string
	if _, err := fmt.Fscanln(bufio.NewReader(stdout), &addr); err != nil {
		p.t.Fatalf("the server says no address: %v", err)
	}
	p.order.Listen = addr
	p.App = App{t: p.t, url: "http://" + addr}
}

// Kill ends the process as kill -9 does.
func (p *Process) Kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait() // reports the kill
	_ = p.stdin.Close()
	p.cmd = nil
}

// Terminate ends the process as an operator does, and waits for it to exit
// with 0.
func (p *Process) Terminate() {
	p.t.Helper()
	p.Signal(syscall.SIGTERM)
	p.Exited()
}

// Signal sends the process a signal.
func (p *Process) Signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// Exited waits until the process ended by itself, which it must do with 0.
func (p *Process) Exited() {
	p.t.Helper()
	cmd := p.cmd
	hang := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer hang.Stop()
	if err := cmd.Wait(); err != nil {
		p.t.Errorf("the server did not end well: %v", err)
	}
	_ = p.stdin.Close()
	p.cmd = nil
}
