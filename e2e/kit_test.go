package e2e

import (
	_ "embed"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// kit is an SDK that a page loads as RongIMLib.
type kit struct {
	name    string
	modules map[string]string // what the page's imports load
}

// The two SDKs: the official one, which the server is there for, and our own,
// which an app puts in its place by another import.
var (
	official = kit{"official", map[string]string{
		"@rongcloud/engine":     "/node_modules/@rongcloud/engine/index.mjs",
		"@rongcloud/imlib-next": "/node_modules/@rongcloud/imlib-next/index.mjs",
	}}
	hongyan = kit{"hongyan", map[string]string{"@rongcloud/imlib-next": "/dist/imlib.js"}}
)

// withEach runs a story twice: as a user of the official SDK sees it, and as a
// user of ours does.
func withEach(t *testing.T, story func(t *testing.T)) {
	t.Helper()
	beside(t)
	for _, k := range []kit{official, hongyan} {
		t.Run(k.name, story)
	}
}

var kitFlag = flag.String("kit", official.name, "the SDK of stories that are told with one SDK only: official or hongyan")

// kitOf is the SDK of a test: the one with which withEach runs it, elsewhere
// the one of the flag.
func kitOf(t *testing.T) kit {
	if *kitFlag == hongyan.name {
		return hongyan
	}
	for _, name := range strings.Split(t.Name(), "/")[1:] {
		if name == hongyan.name {
			return hongyan
		}
	}
	return official
}

//go:embed testdata/sdk.html
var sdkHTML string

// sdkPage serves the page and the SDK of the test, the official one as npm
// installed it, and returns its address.
func sdkPage(t *testing.T) string {
	t.Helper()
	modules, err := json.Marshal(kitOf(t).modules)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServer(http.Dir(".")))
	mux.Handle("GET /dist/", http.FileServer(http.Dir("../web")))
	mux.HandleFunc("GET /sdk.html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(strings.Replace(sdkHTML, "{{modules}}", string(modules), 1))) // a page that left is no fault
	})
	files := httptest.NewServer(mux)
	t.Cleanup(files.Close)
	return files.URL + "/sdk.html"
}
