package imlib

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
)

// dir is the directory of Options.Dir, locked. It holds these files:
//
//	lock      of the process that uses it
//	device    name of the device
//	outbox    messages that the server has not answered; see journal
//	cursor-…  how far the messages of a user were read; see FileCursors
type dir struct {
	path string
	lock *os.File
}

// openDir makes the directory, if it is not there, and locks it.
func openDir(path string) (*dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the client's directory: %w", err)
	}
	lock, err := lockFile(filepath.Join(path, "lock"))
	if err != nil {
		return nil, fmt.Errorf("another client uses the directory %s, or it cannot be locked: %w", path, err)
	}
	return &dir{path, lock}, nil
}

// close gives the directory free.
func (d *dir) close() error { return d.lock.Close() }

// device is the name that this directory keeps for its device, a new one the
// first time.
func (d *dir) device() (string, error) {
	path := filepath.Join(d.path, "device")
	text, err := os.ReadFile(path)
	if name := strings.TrimSpace(string(text)); err == nil && name != "" {
		return name, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	name := newDeviceID()
	return name, replaceFile(path, []byte(name+"\n"))
}

// FileCursors keeps cursors in a directory, which it makes if need be: a file
// for each user, replaced as a whole and on disk when Save returns. So a
// cursor is the one that was saved last, or after a crash perhaps the one
// before, and never anything else. Several users may share a directory, but
// only one client a user.
//
// Saving waits for the disk, some milliseconds for each tick of messages. A
// program that reads many messages a second keeps the cursor with what it
// writes anyway; see [Cursors].
func FileCursors(directory string) Cursors { return fileCursors(directory) }

type fileCursors string

func (c fileCursors) file(user chat.UserID) string {
	return filepath.Join(string(c), "cursor-"+url.PathEscape(string(user)))
}

func (c fileCursors) Load(_ context.Context, user chat.UserID) (chat.Tick, error) {
	text, err := os.ReadFile(c.file(user))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	cursor, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || cursor < 0 {
		return 0, fmt.Errorf("the cursor in %s is damaged: %q is not a time in milliseconds; without the file, reading begins anew", c.file(user), text)
	}
	return chat.Tick(cursor), nil
}

func (c fileCursors) Save(_ context.Context, user chat.UserID, cursor chat.Tick) error {
	err := replaceFile(c.file(user), fmt.Appendln(nil, int64(cursor)))
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(string(c), 0o700); err == nil {
			err = replaceFile(c.file(user), fmt.Appendln(nil, int64(cursor)))
		}
	}
	return err
}

// replaceFile makes text the content of a file, which is on disk when it
// returns. Whatever happens meanwhile, the file is the old one or the new one.
func replaceFile(path string, text []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return renameFile(path+".new", path)
}

// renameFile gives a file that is on disk another name, which is on disk too
// when it returns.
func renameFile(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	switch runtime.GOOS {
	case "windows", "js", "wasip1", "plan9":
		return nil // a directory cannot be synced there
	}
	d, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
