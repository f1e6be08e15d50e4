// Package blobtest is the contract of media.Blobs as tests.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/internal/media"
)

var name = media.Name{ID: "f~0123456789abcdefghijklmnopqrstuv", Key: `4__RC-a "key" + 100% ünd.ext`}

// Run tests storage that open makes, empty, for each case.
func Run(t *testing.T, open func(t *testing.T) media.Blobs) {
	for what, test := range map[string]func(*testing.T, media.Blobs){
		"what is put can be read anywhere":                put,
		"a file that does not arrive leaves nothing":      broken,
		"what does not exist":                             absent,
		"parts make a file":                               parts,
		"a part can be sent again":                        again,
		"a part that is missing or another makes no file": wrong,
		"uploads that got nothing for long are ended":     sweep,
	} {
		t.Run(what, func(t *testing.T) { test(t, open(t)) })
	}
}

func put(t *testing.T, b media.Blobs) {
	for _, content := range []string{"first", "", strings.Repeat("again ", 100_000)} {
		if n, err := b.Put(t.Context(), name, strings.NewReader(content)); err != nil || n != int64(len(content)) {
			t.Fatalf("%d bytes put: %d, %v", len(content), n, err)
		}
		mustHave(t, b, content)
	}
	f, err := b.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil || end != 600_000 {
		t.Errorf("the end is at %d, %v", end, err)
	}
	at, err := f.Seek(599_997, io.SeekStart)
	rest, readErr := io.ReadAll(f)
	if err != nil || readErr != nil || at != 599_997 || string(rest) != "in " {
		t.Errorf("at %d: %q, %v, %v", at, rest, err, readErr)
	}
	if err := errors.Join(b.Delete(t.Context(), name), b.Delete(t.Context(), name)); err != nil {
		t.Errorf("delete: %v", err)
	}
	mustLack(t, b)
}

func mustHave(t *testing.T, b media.Blobs, content string) {
	t.Helper()
	f, err := b.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	got, err := io.ReadAll(f)
	if err != nil || string(got) != content {
		t.Errorf("%d bytes, want %d: %v", len(got), len(content), err)
	}
}

func mustLack(t *testing.T, b media.Blobs) {
	t.Helper()
	if f, err := b.Open(t.Context(), name); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("there is %v, %v", f, err)
	}
}

var errBroken = errors.New("the connection broke")

// breaking fails after some bytes.
func breaking(n int) io.Reader {
	return io.MultiReader(strings.NewReader(strings.Repeat("x", n)), readerFunc(func([]byte) (int, error) { return 0, errBroken }))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func broken(t *testing.T, b media.Blobs) {
	if _, err := b.Put(t.Context(), name, breaking(100_000)); !errors.Is(err, errBroken) {
		t.Errorf("a broken file: %v", err)
	}
	mustLack(t, b)
	if _, err := b.Put(t.Context(), name, strings.NewReader("whole")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Put(t.Context(), name, breaking(10)); !errors.Is(err, errBroken) {
		t.Errorf("a broken file: %v", err)
	}
	mustHave(t, b, "whole")
}

func absent(t *testing.T, b media.Blobs) {
	mustLack(t, b)
	ctx, no := t.Context(), "NOSUCHUPLOAD"
	if _, err := b.PutPart(ctx, name, no, 1, strings.NewReader("x"), 1); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("PutPart: %v", err)
	}
	if _, err := b.Parts(ctx, name, no); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("Parts: %v", err)
	}
	if _, err := b.Complete(ctx, name, no, []media.Part{{Number: 1}}); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("Complete: %v", err)
	}
	if err := b.Abort(ctx, name, no); err != nil {
		t.Errorf("Abort: %v", err)
	}
}

func begin(t *testing.T, b media.Blobs) string {
	t.Helper()
	upload, err := b.Begin(t.Context(), name)
	if err != nil || upload == "" || len(upload) > 256 {
		t.Fatalf("upload %q, %v", upload, err)
	}
	return upload
}

func putPart(t *testing.T, b media.Blobs, upload string, number int, content []byte) media.Part {
	t.Helper()
	p, err := b.PutPart(t.Context(), name, upload, number, bytes.NewReader(content), int64(len(content)))
	if err != nil || p.Number != number || p.Size != int64(len(content)) || p.ETag == "" || strings.Contains(p.ETag, `"`) {
		t.Fatalf("part %+v, %v", p, err)
	}
	return p
}

func parts(t *testing.T, b media.Blobs) {
	upload, other := begin(t, b), begin(t, b)
	var want []byte
	var list []media.Part
	for n, number := range []int{1, 2, 3, 11} {
		content := bytes.Repeat([]byte{byte('a' + n)}, 6<<20+n)
		want = append(want, content...)
		list = append(list, putPart(t, b, upload, number, content))
	}
	putPart(t, b, other, 1, []byte("of another upload"))
	got, err := b.Parts(t.Context(), name, upload)
	if err != nil || !slices.Equal(got, list) {
		t.Errorf("parts %+v, want %+v: %v", got, list, err)
	}
	mustLack(t, b)
	if n, err := b.Complete(t.Context(), name, upload, list); err != nil || n != int64(len(want)) {
		t.Fatalf("completed %d, %v", n, err)
	}
	mustHave(t, b, string(want))
	if _, err := b.Parts(t.Context(), name, upload); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("the upload lives on: %v", err)
	}
	if err := b.Abort(t.Context(), name, other); err != nil {
		t.Error(err)
	}
	if _, err := b.Parts(t.Context(), name, other); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("the other upload lives on: %v", err)
	}
}

func again(t *testing.T, b media.Blobs) {
	upload := begin(t, b)
	first := putPart(t, b, upload, 1, []byte("first"))
	if same := putPart(t, b, upload, 1, []byte("first")); same != first {
		t.Errorf("the same part is %+v, was %+v", same, first)
	}
	second := putPart(t, b, upload, 1, []byte("second"))
	got, err := b.Parts(t.Context(), name, upload)
	if err != nil || !slices.Equal(got, []media.Part{second}) {
		t.Errorf("parts %+v, want %+v: %v", got, second, err)
	}
	if _, err := b.Complete(t.Context(), name, upload, []media.Part{second}); err != nil {
		t.Fatal(err)
	}
	mustHave(t, b, "second")
}

func wrong(t *testing.T, b media.Blobs) {
	upload := begin(t, b)
	p := putPart(t, b, upload, 1, []byte("part"))
	for _, list := range [][]media.Part{{p, {Number: 2, ETag: p.ETag}}, {{Number: 1, ETag: "0123456789abcdef0123456789abcdef"}}} {
		if _, err := b.Complete(t.Context(), name, upload, list); !errors.Is(err, media.ErrPart) {
			t.Errorf("%+v: %v", list, err)
		}
		mustLack(t, b)
	}
	if _, err := b.Complete(t.Context(), name, upload, []media.Part{p}); err != nil {
		t.Errorf("it cannot be completed after that: %v", err)
	}
}

func sweep(t *testing.T, b media.Blobs) {
	upload := begin(t, b)
	putPart(t, b, upload, 1, []byte("part"))
	sweepAt := func(at time.Time) {
		t.Helper()
		if err := b.Sweep(context.Background(), at); err != nil {
			t.Fatal(err)
		}
	}
	sweepAt(time.Now().Add(-time.Minute))
	if _, err := b.Parts(t.Context(), name, upload); err != nil {
		t.Errorf("an upload that goes on was ended: %v", err)
	}
	sweepAt(time.Now().Add(time.Minute))
	if _, err := b.Parts(t.Context(), name, upload); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("the upload lives on: %v", err)
	}
}
