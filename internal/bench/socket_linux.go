package bench

import (
	"fmt"
	"net"
	"strings"
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
// sent right behind its answer is in rest. The socket does not block any more.
func openSocket(addr *net.TCPAddr, path string) (fd int, rest []byte, err error) {
	fd, err = connect(addr)
	if err != nil {
		return 0, nil, fmt.Errorf("connect to %s: %w", addr, err)
	}
	if rest, err = upgrade(fd, addr, path); err != nil {
		closeSocket(fd)
		return 0, nil, fmt.Errorf("WebSocket at %s: %w", addr, err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		closeSocket(fd)
		return 0, nil, err
	}
	return fd, rest, nil
}

func connect(addr *net.TCPAddr) (int, error) {
	family, sockaddr := syscall.AF_INET6, syscall.Sockaddr(nil)
	if ip4 := addr.IP.To4(); ip4 != nil {
		family, sockaddr = syscall.AF_INET, &syscall.SockaddrInet4{Port: addr.Port, Addr: [4]byte(ip4)}
	} else {
		sockaddr = &syscall.SockaddrInet6{Port: addr.Port, Addr: [16]byte(addr.IP.To16())}
	}
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	// A server that does not answer must not hold the load for ever.
	patience := syscall.NsecToTimeval(int64(10 * time.Second))
	_ = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &patience)
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	if err := syscall.Connect(fd, sockaddr); err != nil {
		closeSocket(fd)
		return 0, err
	}
	return fd, nil
}

func upgrade(fd int, addr *net.TCPAddr, path string) (rest []byte, err error) {
	request := "GET " + path + " HTTP/1.1\r\nHost: " + addr.String() + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	if _, err := syscall.Write(fd, []byte(request)); err != nil {
		return nil, err
	}
	var answer []byte
	for buf := make([]byte, 2048); ; {
		n, err := syscall.Read(fd, buf)
		if n <= 0 {
			return nil, fmt.Errorf("no answer to the upgrade: %w", readError(n, err))
		}
		answer = append(answer, buf[:n]...)
		head, rest, whole := strings.Cut(string(answer), "\r\n\r\n")
		if !whole {
			continue
		}
		if !strings.HasPrefix(head, "HTTP/1.1 101 ") {
			status, _, _ := strings.Cut(head, "\r\n")
			return nil, fmt.Errorf("the server answered %q %.200s", status, rest)
		}
		return []byte(rest), nil
	}
}

func readError(n int, err error) error {
	if n == 0 && err == nil {
		return net.ErrClosed
	}
	return err
}

// readSocket reads what is there; n is 0 when nothing is.
func readSocket(fd int, b []byte) (n int, err error) {
	n, err = syscall.Read(fd, b)
	if err == syscall.EAGAIN || err == syscall.EINTR {
		return 0, nil
	}
	if n <= 0 {
		return 0, readError(n, err)
	}
	return n, nil
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
