// Package disk keeps files in a directory.
//
//	<dir>/<two characters of the id>/<id>            a file
//	<dir>/parts/<id>/<upload>/<number>.<etag>        a part of an upload
//	<dir>/tmp/                                       what is being written; emptied by Open
//
// Names on disk are made of ids and of our own numbers, never of a client's
// keys. Everything is written to tmp, synced, and renamed to where it is seen.
package disk

import (
	"cmp"
	"context"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-im/hongyan/internal/media"
)

// Disk implements media.Blobs.
type Disk struct{ dir string }

// Open uses a directory, which it makes when absent.
func Open(dir string) (*Disk, error) {
	d := &Disk{dir: dir}
	if err := os.RemoveAll(d.tmp()); err != nil {
		return nil, err
	}
	for _, sub := range []string{d.tmp(), filepath.Join(dir, "parts")} {
		if err := os.MkdirAll(sub, 0o700); err != nil {
			return nil, err
		}
	}
	return d, syncDir(dir)
}

func (d *Disk) tmp() string { return filepath.Join(d.dir, "tmp") }

func (d *Disk) file(n media.Name) (string, error) {
	if !plain(n.ID) || len(n.ID) < 2 {
		return "", fmt.Errorf("%q is no id", n.ID)
	}
	return filepath.Join(d.dir, n.ID[len(n.ID)-2:], n.ID), nil
}

func (d *Disk) upload(n media.Name, upload string) (string, error) {
	if !plain(n.ID) || !plain(upload) {
		return "", media.ErrNotFound
	}
	return filepath.Join(d.dir, "parts", n.ID, upload), nil
}

// plain reports whether s can be a name in a directory of ours.
func plain(s string) bool {
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '~') {
			return false
		}
	}
	return s != ""
}

// Put implements media.Blobs.
func (d *Disk) Put(_ context.Context, n media.Name, r io.Reader) (int64, error) {
	path, err := d.file(n)
	if err != nil {
		return 0, err
	}
	tmp, size, err := d.write(r)
	if err != nil {
		return 0, err
	}
	return size, publish(tmp, path)
}

// write writes what r has to a file of its own, which is durable but for its
// name.
func (d *Disk) write(r io.Reader) (path string, size int64, err error) {
	f, err := os.CreateTemp(d.tmp(), "")
	if err != nil {
		return "", 0, err
	}
	size, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", 0, errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), size, nil
}

// publish gives a file that was written its name, durably.
func publish(tmp, path string) error {
	if err := makeDir(filepath.Dir(path)); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return place(tmp, path)
}

// place is publish in a directory that is there.
func place(tmp, path string) error {
	if err := os.Rename(tmp, path); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return syncDir(filepath.Dir(path))
}

// makeDir makes a directory and the one above it, durably.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	above := filepath.Dir(dir)
	return errors.Join(syncDir(above), syncDir(filepath.Dir(above)))
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open implements media.Blobs.
func (d *Disk) Open(_ context.Context, n media.Name) (io.ReadSeekCloser, error) {
	path, err := d.file(n)
	if err != nil {
		return nil, media.ErrNotFound
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, missing(err)
	}
	return f, nil
}

func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return media.ErrNotFound
	}
	return err
}

// Delete implements media.Blobs.
func (d *Disk) Delete(_ context.Context, n media.Name) error {
	path, err := d.file(n)
	if err != nil {
		return err
	}
	return gone(os.Remove(path))
}

// gone is err, unless it says that there was nothing.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Begin implements media.Blobs.
func (d *Disk) Begin(_ context.Context, n media.Name) (string, error) {
	upload := rand.Text()
	path, err := d.upload(n, upload)
	if err != nil {
		return "", err
	}
	return upload, makeDir(path)
}

// PutPart implements media.Blobs.
func (d *Disk) PutPart(ctx context.Context, n media.Name, upload string, number int, r io.Reader, _ int64) (media.Part, error) {
	earlier, err := d.Parts(ctx, n, upload)
	if err != nil {
		return media.Part{}, err
	}
	dir, err := d.upload(n, upload)
	if err != nil {
		return media.Part{}, err
	}
	sum := md5.New() // what S3 says of a part: it finds accidents, and proves nothing
	tmp, size, err := d.write(io.TeeReader(r, sum))
	if err != nil {
		return media.Part{}, err
	}
	p := media.Part{Number: number, ETag: hex.EncodeToString(sum.Sum(nil)), Size: size}
	// The upload may have been ended meanwhile, which a part must not undo.
	if err := place(tmp, filepath.Join(dir, partName(p))); err != nil {
		return media.Part{}, missing(err)
	}
	for _, e := range earlier {
		if e.Number == number && e.ETag != p.ETag {
			return p, gone(os.Remove(filepath.Join(dir, partName(e))))
		}
	}
	return p, nil
}

func partName(p media.Part) string { return fmt.Sprintf("%05d.%s", p.Number, p.ETag) }

// Parts implements media.Blobs.
func (d *Disk) Parts(_ context.Context, n media.Name, upload string) ([]media.Part, error) {
	dir, err := d.upload(n, upload)
	if err != nil {
		return nil, err
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, missing(err)
	}
	parts := make([]media.Part, 0, len(list))
	for _, entry := range list {
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // replaced meanwhile
		}
		if err != nil {
			return nil, err
		}
		number, etag, _ := strings.Cut(entry.Name(), ".")
		at, err := strconv.Atoi(number)
		if err != nil {
			continue // not ours
		}
		p := media.Part{Number: at, ETag: etag, Size: info.Size()}
		if last := len(parts) - 1; last >= 0 && parts[last].Number == at {
			continue // killed between a part and the removal of the one before it: either will do
		}
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b media.Part) int { return cmp.Compare(a.Number, b.Number) })
	return parts, nil
}

// Complete implements media.Blobs.
func (d *Disk) Complete(_ context.Context, n media.Name, upload string, parts []media.Part) (int64, error) {
	dir, err := d.upload(n, upload)
	if err != nil {
		return 0, err
	}
	if _, err := os.Stat(dir); err != nil {
		return 0, missing(err)
	}
	path, err := d.file(n)
	if err != nil {
		return 0, err
	}
	tmp, size, err := d.join(dir, parts)
	if err != nil {
		return 0, err
	}
	if err := publish(tmp, path); err != nil {
		return 0, err
	}
	return size, d.end(n, dir)
}

// join writes the parts one after the other into a file of their own. The
// system copies from file to file, or shares the blocks where it can.
func (d *Disk) join(dir string, parts []media.Part) (path string, size int64, err error) {
	f, err := os.CreateTemp(d.tmp(), "")
	if err != nil {
		return "", 0, err
	}
	for _, p := range parts {
		var n int64
		if n, err = appendFile(f, filepath.Join(dir, partName(p))); err != nil {
			break
		}
		size += n
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", 0, errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), size, nil
}

func appendFile(to *os.File, path string) (int64, error) {
	from, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, media.ErrPart
	}
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(to, from)
	return n, errors.Join(err, from.Close())
}

// Abort implements media.Blobs.
func (d *Disk) Abort(_ context.Context, n media.Name, upload string) error {
	if dir, err := d.upload(n, upload); err == nil {
		return d.end(n, dir)
	}
	return nil // there is no such upload
}

// end removes an upload, and its file's directory when it was the last one. It
// goes at once, so that parts which are on their way find no place any more.
func (d *Disk) end(n media.Name, dir string) error {
	trash := filepath.Join(d.tmp(), filepath.Base(dir))
	err := gone(os.Rename(dir, trash))
	if err == nil {
		err = os.RemoveAll(trash)
	}
	_ = os.Remove(filepath.Join(d.dir, "parts", n.ID)) // fails while there are others
	return err
}

// Sweep implements media.Blobs.
func (d *Disk) Sweep(_ context.Context, before time.Time) error {
	uploads, err := filepath.Glob(filepath.Join(d.dir, "parts", "*", "*"))
	if err != nil {
		return err
	}
	for _, dir := range uploads {
		info, err := os.Stat(dir)
		if err != nil || info.ModTime().After(before) {
			continue // gone by itself, or in use: a directory changes with each part
		}
		if err := d.end(media.Name{ID: filepath.Base(filepath.Dir(dir))}, dir); err != nil {
			return err
		}
	}
	return nil
}
