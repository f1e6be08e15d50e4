//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package imlib

import "os"

// lockFile opens a file. There are no locks here, so it is the application
// that sees to it that a directory has one client.
func lockFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
