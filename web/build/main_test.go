package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// What is embedded must be what the sources make.
func TestDistIsCurrent(t *testing.T) {
	want, err := bundle("..")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join("..", "dist"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := want[e.Name()]; !ok {
			t.Errorf("dist/%s comes from no source; run: go run ./web/build", e.Name())
		}
	}
	for name, content := range want {
		got, err := os.ReadFile(filepath.Join("..", "dist", name))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("dist/%s is out of date; run: go run ./web/build", name)
		}
	}
}

// An application that bundles our package for itself carries what it uses: the
// modules have no side effects, so a bundler leaves the rest out.
func TestTreeShaking(t *testing.T) {
	const app = `import { init, connect, sendTextMessage } from './imlib/src/%s.ts'
init({ appkey: 'a', navigators: ['https://im.example'] })
connect('token').then(() => sendTextMessage({ conversationType: 1, targetId: 'bob' }, { content: 'hi' }))`
	for _, entry := range []string{"core", "index"} {
		used, all := bundled(t, fmt.Sprintf(app, entry)), bundled(t, fmt.Sprintf("export * from './imlib/src/%s.ts'", entry))
		t.Logf("%s: %d bytes with gzip, of %d", entry, used, all)
		if used >= all {
			t.Errorf("%s: an application of three functions carries everything", entry)
		}
		if nothing := bundled(t, fmt.Sprintf("import './imlib/src/%s.ts'", entry)); nothing > 100 {
			t.Errorf("%s: an application that uses nothing carries %d bytes", entry, nothing)
		}
	}
}

// bundled is how many bytes a browser downloads for source, with gzip. The
// source is beside imlib.
func bundled(t *testing.T, source string) int {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	options := api.BuildOptions{
		AbsWorkingDir: root,
		Format:        api.FormatESModule,
		Stdin:         &api.StdinOptions{Contents: source, ResolveDir: root, Sourcefile: "app.js"},
	}
	if err := build(options, files); err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	for _, content := range files {
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return zipped.Len()
}

func TestErrorsNameTheLine(t *testing.T) {
	web := t.TempDir()
	for name, content := range map[string]string{
		"imlib/src/generated/enums.ts": "",
		"imlib/src/index.ts":           "export const ok = 1\n",
		"imlib/src/core.ts":            "export const ok = 1\n",
		"imlib/src/script.ts":          "globalThis.ok = 1\n",
		"demo/src/mount.tsx":           "let broken = \n",
		"demo/chat.css":                "body { color: red }\n",
	} {
		path := filepath.Join(web, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err := bundle(web)
	if err == nil || !bytes.Contains([]byte(err.Error()), []byte("demo/src/mount.tsx:2:0: ")) {
		t.Errorf("got %v, want an error at demo/src/mount.tsx:2:0", err)
	}
}
