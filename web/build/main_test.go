package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
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

func TestErrorsNameTheLine(t *testing.T) {
	web := t.TempDir()
	for name, content := range map[string]string{
		"imlib/src/index.ts":  "export const ok = 1\n",
		"imlib/src/core.ts":   "export const ok = 1\n",
		"imlib/src/script.ts": "globalThis.ok = 1\n",
		"demo/src/main.ts":    "let broken = \n",
		"demo/style.css":      "body { color: red }\n",
		"demo/index.html":     "<!doctype html>\n",
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
	if err == nil || !bytes.Contains([]byte(err.Error()), []byte("demo/src/main.ts:2:0: ")) {
		t.Errorf("got %v, want an error at demo/src/main.ts:2:0", err)
	}
}
