package disk_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/media/blobtest"
	"github.com/hongyan-im/hongyan/internal/media/disk"
)

func TestContract(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) media.Blobs {
		d, err := disk.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

// Opening removes what was being written when the process was killed, and
// keeps everything else.
func TestReopen(t *testing.T) {
	dir, name := t.TempDir(), media.Name{ID: "f~x", Key: "k"}
	d, err := disk.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Put(t.Context(), name, strings.NewReader("whole")); err != nil {
		t.Fatal(err)
	}
	upload, err := d.Begin(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.PutPart(t.Context(), name, upload, 1, strings.NewReader("part"), 4); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(dir, "tmp", "half")
	if err := os.WriteFile(half, []byte("ha"), 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err = disk.Open(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("half a file is left: %v", err)
	}
	if f, err := d.Open(t.Context(), name); err != nil {
		t.Error(err)
	} else {
		_ = f.Close()
	}
	if parts, err := d.Parts(t.Context(), name, upload); err != nil || len(parts) != 1 {
		t.Errorf("parts %v, %v", parts, err)
	}
}

// No name leads out of the directory.
func TestNames(t *testing.T) {
	dir := t.TempDir()
	d, err := disk.Open(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", "x", "../x", "a/b", "..", "x\x00y", `a\b`} {
		n := media.Name{ID: id, Key: "../../x"}
		if _, err := d.Put(t.Context(), n, strings.NewReader("x")); err == nil {
			t.Errorf("%q is an id", id)
		}
		if _, err := d.PutPart(t.Context(), media.Name{ID: "f"}, id, 1, strings.NewReader("x"), 1); err == nil {
			t.Errorf("%q is an upload", id)
		}
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("outside: %v, %v", list, err)
	}
}

// A part that is on its way when its upload is ended does not bring it back.
func TestPartAfterTheEnd(t *testing.T) {
	dir, name := t.TempDir(), media.Name{ID: "f~x", Key: "k"}
	d, err := disk.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	upload, err := d.Begin(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	late := readerFunc(func([]byte) (int, error) {
		if err := d.Abort(t.Context(), name, upload); err != nil {
			t.Error(err)
		}
		return 0, io.EOF
	})
	if _, err := d.PutPart(t.Context(), name, upload, 1, late, 0); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("the part: %v", err)
	}
	for _, sub := range []string{"parts", "tmp"} {
		if left, err := os.ReadDir(filepath.Join(dir, sub)); err != nil || len(left) > 0 {
			t.Errorf("%s has %v, %v", sub, left, err)
		}
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
