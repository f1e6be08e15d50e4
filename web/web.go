// Package web serves the chat page and the browser SDK that the binary carries.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed dist
var dist embed.FS

// policy lets the page load what this server serves and connect to chat
// servers, nothing else. The page has no inline script or style.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// maxForm is the largest token request in bytes.
const maxForm = 4 << 10

var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
}

// Handler serves the page at / and /demo/, its files and imlib.js beside each,
// and POST /demo/token, which gives a token to whoever asks. It is for
// development and demonstration only: issue decides which users there are, and
// its error is the reason that the page shows.
func Handler(issue func(user string) (appKey, token string, err error)) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /demo/token", tokenHandler(issue))
	mux.Handle("GET /demo", http.RedirectHandler("/demo/", http.StatusFound))
	for name, file := range files() {
		mux.Handle("GET /"+name, file)
		mux.Handle("GET /demo/"+name, file)
		if name == "index.html" {
			mux.Handle("GET /{$}", file)
			mux.Handle("GET /demo/{$}", file)
		}
	}
	return mux
}

// A file is one of dist, with what tells its bytes from those of another build.
type file struct {
	contentType, etag string
	content           []byte
}

// files is the content of dist by name. It panics when dist does not read,
// which only a broken build can bring about.
func files() map[string]*file {
	entries, err := fs.ReadDir(dist, "dist")
	if err != nil {
		panic(err)
	}
	all := make(map[string]*file)
	for _, e := range entries {
		content, err := dist.ReadFile("dist/" + e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		all[e.Name()] = &file{
			contentType: contentTypes[path.Ext(e.Name())],
			etag:        `"` + hex.EncodeToString(sum[:8]) + `"`,
			content:     content,
		}
	}
	return all
}

// ServeHTTP makes browsers ask each time whether the file changed, which the
// ETag answers in a few bytes: a new binary never meets an old script.
func (f *file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.content))
}

type grant struct {
	AppKey string `json:"appKey"`
	UserID string `json:"userId"`
	Token  string `json:"token"`
}

func tokenHandler(issue func(user string) (appKey, token string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		user := r.PostFormValue("user")
		if user == "" {
			http.Error(w, "user: missing", http.StatusBadRequest)
			return
		}
		appKey, token, err := issue(user)
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "no-store")
		// A client that left is no error of ours.
		_ = json.NewEncoder(w).Encode(grant{AppKey: appKey, UserID: user, Token: token})
	}
}
