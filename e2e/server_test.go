package e2e

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for anything at all: the race detector,
// two cores and a busy machine are no failure.
const patience = 60 * time.Second

// binary is the server that TestMain builds.
var binary string

// build compiles the server into dir, with the race detector when the tests
// have it, and returns its path.
func build(dir string) (string, error) {
	path := filepath.Join(dir, "hongyan")
	args := []string{"build", "-o", path}
	if raced() {
		args = append(args, "-race")
	}
	out, err := exec.Command("go", append(args, "../cmd/hongyan")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

// raced reports whether the tests were built with -race.
func raced() bool {
	info, _ := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == "-race" {
			return s.Value == "true"
		}
	}
	return false
}

// server is one server process, and after a restart the next one on the same
// address and data.
type server struct {
	t    *testing.T
	url  string // http://127.0.0.1:port
	args []string
	log  *output
	cmd  *exec.Cmd
}

// startServer starts a server on an empty data directory and a free port, and
// returns when it is ready. It is stopped at the end of the test, which fails
// if the server does not stop cleanly or a data race was seen.
func startServer(t *testing.T, flags ...string) *server {
	t.Helper()
	beside(t)
	addr := freeAddress(t)
	s := &server{
		t:    t,
		url:  "http://" + addr,
		args: append([]string{"serve", "--dev", "--listen", addr, "--data", t.TempDir()}, flags...),
		log:  new(output),
	}
	s.start()
	t.Cleanup(s.stop)
	return s
}

// beside lets a test run beside others: each has its own servers and browser
// profiles, and most of what it does is wait.
func beside(t *testing.T) {
	if _, again := parallel.LoadOrStore(t, true); !again {
		t.Parallel()
	}
}

var parallel sync.Map // *testing.T of tests that run beside others

// startWith starts a server whose app has settings of its own: lines of YAML
// such as "recall-window: 2s".
func startWith(t *testing.T, settings []string, flags ...string) *server {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hongyan.yaml")
	text := fmt.Sprintf("apps:\n- key: %s\n  secret: %s\n", appKey, appSecret)
	for _, line := range settings {
		text += "  " + line + "\n"
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return startServer(t, append([]string{"--config", file}, flags...)...)
}

// start runs the process and waits until it is ready.
func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(binary, s.args...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if err := ready(ctx, s.url); err != nil {
		s.t.Fatalf("server is not ready: %v\n%s", err, s.log)
	}
}

// kill ends the process as kill -9 does.
func (s *server) kill() {
	s.t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	_ = s.cmd.Wait() // reports the kill
}

// stop ends the process as an operator does.
func (s *server) stop() {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Errorf("server is gone: %v", err)
	}
	hang := time.AfterFunc(patience, func() { _ = s.cmd.Process.Kill() })
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("server did not stop cleanly: %v", err)
	}
	hang.Stop()
	if strings.Contains(s.log.String(), "DATA RACE") {
		s.t.Error("the server raced")
	}
	if s.t.Failed() {
		s.t.Logf("server log:\n%s", s.log)
	}
}

// ready polls the server's readiness until it is given.
func ready(ctx context.Context, url string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := get(ctx, url+"/readyz")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}

func get(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", url, res.Status)
	}
	return nil
}

// freeAddress is an address that nobody listens on and that nobody else gets
// before the server does: the system gives ports above lastPort to connections
// that are opened, and each port below is given out here once.
func freeAddress(t *testing.T) string {
	t.Helper()
	for {
		port := nextPort.Add(1)
		if port > lastPort {
			t.Fatal("no port is left")
		}
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue // somebody else's
		}
		_ = l.Close()
		return l.Addr().String()
	}
}

const lastPort = 32_000

var nextPort = func() *atomic.Int32 {
	first := new(atomic.Int32)
	first.Store(12_000 + int32(os.Getpid()%90)*200) // so that two runs seldom meet, and no browser refuses a port
	return first
}()

// output collects what a process prints.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// run builds the server, starts the browser and runs the tests.
func run(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "hongyan-e2e-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if binary, err = build(dir); err != nil {
		return 0, err
	}
	stop, err := startBrowser()
	if err != nil {
		return 0, err
	}
	defer stop()
	flag.Parse()
	if !set("test.parallel") {
		if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.NumCPU())); err != nil {
			return 0, err
		}
	}
	return m.Run(), nil
}

// set reports whether the command line has a flag.
func set(name string) (found bool) {
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}
