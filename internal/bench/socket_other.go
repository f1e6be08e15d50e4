//go:build !linux

package bench

import (
	"errors"
	"net"
	"time"
)

// The generator stands on epoll and /proc. Elsewhere everything compiles and
// the first call says why it does not run.
var errLinux = errors.New("the load generator runs on Linux only")

type poller struct{}

func newPoller() (*poller, error) { return nil, errLinux }

func (*poller) close()                                                     {}
func (*poller) watch(int, int) error                                       { return errLinux }
func (*poller) watchWrites(int, int, bool) error                           { return errLinux }
func (*poller) wait(time.Duration, func(int) error, func(int) error) error { return errLinux }

func openSocket(*net.TCPAddr, string) (int, []byte, error) { return 0, nil, errLinux }
func readSocket(int, []byte) (int, error)                  { return 0, errLinux }
func writeSocket(int, []byte) (int, error)                 { return 0, errLinux }
func closeSocket(int)                                      {}
