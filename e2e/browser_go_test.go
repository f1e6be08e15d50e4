package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGoInBrowser: a program of the Go SDK, compiled for browsers, connects,
// sends, uploads in parts, and
// receives.
func TestGoInBrowser(t *testing.T) {
	s := startServer(t)
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "program.wasm"), "./testdata/gowasm")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := http.NewServeMux()
	pages.Handle("GET /program.wasm", http.FileServer(http.Dir(dir)))
	pages.Handle("GET /wasm_exec.js", http.FileServer(http.Dir(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm"))))
	pages.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><script src="wasm_exec.js"></script>`)
	})
	h := httptest.NewServer(pages)
	t.Cleanup(h.Close)

	bob := s.connect(t, "bob")
	p := openPage(t, h.URL+"/")
	call[any](p, `async (given) => {
		window.given = given
		const go = new Go()
		const { instance } = await WebAssembly.instantiateStreaming(fetch('program.wasm'), go.importObject)
		go.run(instance)
	}`, map[string]string{"key": appKey, "url": s.url, "token": s.token("alice"), "to": "bob"})
	bob.hears("hello from Go")
	got := content[struct{ Name, FileURL string }](t, bob.untilType("RC:FileMsg"))
	if got.Name != "big.txt" {
		t.Errorf("bob hears of %+v", got)
	}
	download(t, got.FileURL, []byte(strings.Repeat("0123456789abcdef", 9<<16)))
	bob.say(private("alice"), "are you there?")
	bob.hears("heard: are you there?")
	bob.say(private("alice"), "bye")
	if result := call[string](p, `async () => {
		while (!window.result) await new Promise((resolve) => setTimeout(resolve, 20))
		return window.result
	}`); result != "done" {
		t.Errorf("the program ended with %s", result)
	}
}
