package bench

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

// poller tells which sockets can be read or written.
type poller struct {
	fd     int
	events [256]syscall.EpollEvent
}

func newPoller() (*poller, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	return &poller{fd: fd}, nil
}

func (p *poller) close() { _ = syscall.Close(p.fd) }

// watch makes wait report fd as index.
func (p *poller) watch(fd, index int) error {
	return syscall.EpollCtl(p.fd, syscall.EPOLL_CTL_ADD, fd,
		&syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(index)})
}

// watchWrites makes wait report also when fd can be written, or no longer.
func (p *poller) watchWrites(fd, index int, on bool) error {
	var events uint32 = syscall.EPOLLIN
	if on {
		events |= syscall.EPOLLOUT
	}
	return syscall.EpollCtl(p.fd, syscall.EPOLL_CTL_MOD, fd, &syscall.EpollEvent{Events: events, Fd: int32(index)})
}

// wait calls read and write for the sockets that are ready, waiting for the
// first of them up to timeout. The first error ends it.
func (p *poller) wait(timeout time.Duration, read, write func(index int) error) error {
	n, err := syscall.EpollWait(p.fd, p.events[:], int(timeout.Milliseconds()))
	if err != nil && err != syscall.EINTR {
		return fmt.Errorf("epoll: %w", err)
	}
	for i := range max(n, 0) {
		e := &p.events[i]
		if e.Events&syscall.EPOLLOUT != 0 {
			if err := write(int(e.Fd)); err != nil {
				return err
			}
		}
		if e.Events&^syscall.EPOLLOUT != 0 {
			if err := read(int(e.Fd)); err != nil {
				return err
			}
		}
	}
	return nil
}

// openSocket connects to addr and asks for a WebSocket at path. What the server
// sent right behind its answer is in rest. The socket does not block.
func openSocket(addr *net.TCPAddr, path string) (fd int, rest []byte, err error) {
	conn, err := net.DialTCP("tcp", nil, addr)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = conn.Close() }() // what is returned is another name of the same socket
	if rest, err = upgrade(conn, path); err != nil {
		return 0, nil, fmt.Errorf("WebSocket at %s: %w", addr, err)
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, nil, err
	}
	if ctlErr := raw.Control(func(own uintptr) { fd, err = syscall.Dup(int(own)) }); ctlErr != nil {
		return 0, nil, ctlErr
	}
	syscall.CloseOnExec(fd)
	return fd, rest, err
}

// upgrade makes conn a WebSocket. A server that does not answer must not hold
// the load for ever.
func upgrade(conn *net.TCPConn, path string) (rest []byte, err error) {
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return nil, err
	}
	request := "GET " + path + " HTTP/1.1\r\nHost: " + conn.RemoteAddr().String() +
		"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	if _, err := conn.Write([]byte(request)); err != nil {
		return nil, err
	}
	var answer []byte
	for buf := make([]byte, 2048); ; {
		n, err := conn.Read(buf)
		if err != nil {
			return nil, fmt.Errorf("no answer to the upgrade: %w", err)
		}
		answer = append(answer, buf[:n]...)
		head, rest, whole := bytes.Cut(answer, []byte("\r\n\r\n"))
		if !whole {
			continue
		}
		if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
			status, _, _ := bytes.Cut(head, []byte("\r\n"))
			return nil, fmt.Errorf("the server answered %q %.200s", status, rest)
		}
		return rest, nil
	}
}

// readSocket reads what is there; n is 0 when nothing is.
func readSocket(fd int, b []byte) (n int, err error) {
	n, err = syscall.Read(fd, b)
	if err == syscall.EAGAIN || err == syscall.EINTR {
		return 0, nil
	}
	if n == 0 && err == nil {
		return 0, io.EOF
	}
	return max(n, 0), err
}

// writeSocket writes as much of b as the socket takes.
func writeSocket(fd int, b []byte) (n int, err error) {
	n, err = syscall.Write(fd, b)
	if err == syscall.EAGAIN || err == syscall.EINTR {
		return 0, nil
	}
	return max(n, 0), err
}

func closeSocket(fd int) { _ = syscall.Close(fd) }
