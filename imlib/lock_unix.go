//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package imlib

import (
	"errors"
	"os"
	"syscall"
)

// lockFile opens a file that nobody else can lock until it is closed, which
// the end of the process does too.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
