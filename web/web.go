// Package web serves the chat page and the browser SDK that the binary carries.
package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed dist
var dist embed.FS

// policy lets the page load what this server serves and connect to chat
// servers, show and upload files at these origins, and nothing else. The page
// has no inline script or style.
func policy(origins []string) string {
	files := strings.Join(append([]string{""}, origins...), " ")
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:" + files + "; media-src 'self' blob:" + files +
		"; connect-src 'self' ws: wss:" + files + "; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// maxForm is the largest token request in bytes.
const maxForm = 4 << 10

var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".map":  "application/json",
}

// A Name is of somebody or something that the page shows. Chinese is left out
// where it is the same.
type Name struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Chinese string `json:"zh,omitempty"`
}

// A Group is one with its members, who joined first at the front.
type Group struct {
	Name
	Members []string `json:"members"`
}

// A Directory is whom and what a user of the page can find.
type Directory struct {
	People []Name  `json:"people"`
	Groups []Group `json:"groups"`
	Rooms  []Name  `json:"rooms"`
}

// An App is what the page asks of the server of its app. Its errors are
// reasons that the page shows.
type App interface {
	// Grant gives user a token of the app.
	Grant(ctx context.Context, user string) (appKey, token string, err error)
	// Directory is what user can find; for an empty user, who could sign in.
	Directory(ctx context.Context, user string) (Directory, error)
	// CreateGroup makes a group; the first of its members is who asks.
	CreateGroup(ctx context.Context, name string, members []string) (id string, err error)
}

// Handler serves the page at / and /demo/, its files and the SDK beside each,
// and what the page asks of app:
//
//	POST /demo/token       user            who the token is of
//	GET  /demo/directory   user            may be empty
//	POST /demo/group       name, member    member once for each
//
// It asks nobody who they are, so it is for development and demonstration only.
// filesAt is the origins at which whoever asks finds files and uploads them.
func Handler(app App, filesAt func(*http.Request) []string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /demo/token", func(w http.ResponseWriter, r *http.Request) { giveToken(w, r, app) })
	mux.HandleFunc("GET /demo/directory", func(w http.ResponseWriter, r *http.Request) { giveDirectory(w, r, app) })
	mux.HandleFunc("POST /demo/group", func(w http.ResponseWriter, r *http.Request) { createGroup(w, r, app) })
	mux.Handle("GET /demo", http.RedirectHandler("/demo/", http.StatusFound))
	for name, content := range files() {
		file := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy(filesAt(r)))
			content.ServeHTTP(w, r)
		})
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

func giveToken(w http.ResponseWriter, r *http.Request, app App) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	user := r.PostFormValue("user")
	if user == "" {
		http.Error(w, "user: missing", http.StatusBadRequest)
		return
	}
	appKey, token, err := app.Grant(r.Context(), user)
	answer(w, grant{AppKey: appKey, UserID: user, Token: token}, err)
}

func giveDirectory(w http.ResponseWriter, r *http.Request, app App) {
	all, err := app.Directory(r.Context(), r.FormValue("user"))
	answer(w, all, err)
}

func createGroup(w http.ResponseWriter, r *http.Request, app App) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	name := r.PostFormValue("name") // which reads the form
	id, err := app.CreateGroup(r.Context(), name, r.PostForm["member"])
	answer(w, map[string]string{"id": id}, err)
}

// answer writes v as JSON, or the reason why there is none.
func answer(w http.ResponseWriter, v any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	// A client that left is no error of ours.
	_ = json.NewEncoder(w).Encode(v)
}
