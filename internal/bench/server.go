package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Server is a server process that the bench started.
type Server struct {
	cmd    *exec.Cmd
	log    *os.File
	exited chan struct{} // closed when the process is gone
	ended  error         // how, after that
}

// StartServer starts name with args and returns once it answers at base. What
// it writes goes to the file logName.
func StartServer(ctx context.Context, base, logName, name string, args ...string) (*Server, error) {
	log, err := os.Create(logName)
	if err != nil {
		return nil, err
	}
	s := &Server{cmd: exec.Command(name, args...), log: log, exited: make(chan struct{})}
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		_ = log.Close()
		return nil, err
	}
	go func() {
		s.ended = s.cmd.Wait()
		close(s.exited)
	}()
	if err := s.answers(ctx, base); err != nil {
		s.Stop()
		return nil, fmt.Errorf("start %s: %w (its output is in %s)", name, err, logName)
	}
	return s, nil
}

// PID is the process id.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// answers waits until the server answers at base: a minute at most, for a large
// store takes a while to open.
func (s *Server) answers(ctx context.Context, base string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/healthz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			return nil
		}
		select {
		case <-s.exited:
			return errors.Join(errors.New("it ended at once"), s.ended)
		case <-ctx.Done():
			return ctx.Err()
		case <-retry.C:
		}
	}
}

// Stop ends the server: politely, and after ten seconds by force.
func (s *Server) Stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.exited
	}
	_ = s.log.Close()
}

// FreeAddress is a loopback address that nobody listens on.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
