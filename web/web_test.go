package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// app knows alice and bob, and no mallory.
type app struct{}

func (app) Grant(_ context.Context, user string) (appKey, token string, err error) {
	if user == "mallory" {
		return "", "", errors.New("user: not here")
	}
	return "key", "token of " + user, nil
}

func (app) Directory(_ context.Context, user string) (Directory, error) {
	if user == "mallory" {
		return Directory{}, errors.New("user: not here")
	}
	return Directory{People: []Name{{ID: user, Name: "Alice", Chinese: "阿鸿"}}, Groups: []Group{{Name{ID: "g", Name: "G"}, []string{"bob"}}}}, nil
}

func (app) CreateGroup(_ context.Context, name string, members []string) (string, error) {
	if len(members) == 0 {
		return "", errors.New("member: nobody")
	}
	return name + " of " + strings.Join(members, " and "), nil
}

func serve(t *testing.T, r *http.Request) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	filesAt := func(*http.Request) []string { return []string{"https://files.example"} }
	Handler(app{}, filesAt).ServeHTTP(w, r)
	return w.Result()
}

func get(t *testing.T, path string) *http.Response {
	t.Helper()
	return serve(t, httptest.NewRequest(http.MethodGet, path, nil))
}

func postForm(t *testing.T, form string) *http.Response {
	t.Helper()
	return postTo(t, "/demo/token", form)
}

func postTo(t *testing.T, path, form string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return serve(t, r)
}

func TestFilesHaveTheirTypes(t *testing.T) {
	for path, want := range map[string]string{
		"/":              "text/html; charset=utf-8",
		"/demo/":         "text/html; charset=utf-8",
		"/index.html":    "text/html; charset=utf-8",
		"/page.js":       "text/javascript; charset=utf-8",
		"/demo/chat.js":  "text/javascript; charset=utf-8",
		"/imlib.js":      "text/javascript; charset=utf-8",
		"/RongIMLib.js":  "text/javascript; charset=utf-8",
		"/imlib.js.map":  "application/json",
		"/chat.css":      "text/css; charset=utf-8",
		"/demo/page.css": "text/css; charset=utf-8",
	} {
		res := get(t, path)
		if got := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || got != want {
			t.Errorf("%s: %s %q, want %q", path, res.Status, got, want)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: browsers may guess another type", path)
		}
	}
}

func TestEveryFileIsServed(t *testing.T) {
	for name, f := range files() {
		if f.contentType == "" {
			t.Errorf("%s has no content type", name)
		}
		if res := get(t, "/"+name); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", name, res.Status)
		}
	}
}

func TestNothingElseIsServed(t *testing.T) {
	for _, path := range []string{"/no", "/dist/chat.js", "/demo", "/demo/token", "/web.go", "/demo/x/chat.css"} {
		if res := get(t, path); res.StatusCode == http.StatusOK {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}

// The page must not be able to load or send anything elsewhere than where files are, and must not
// need what the policy forbids.
func TestPolicy(t *testing.T) {
	got := get(t, "/").Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "connect-src 'self' ws: wss: https://files.example;", "img-src 'self' data: blob: https://files.example;", "media-src 'self' blob: https://files.example;", "frame-ancestors 'none'"} {
		if !strings.Contains(got, want) {
			t.Errorf("the policy lacks %q: %s", want, got)
		}
	}
	page := string(files()["index.html"].content)
	for _, banned := range []string{"<style", " style=", "http://", "https://", " onclick", "<script>"} {
		if strings.Contains(strings.ReplaceAll(page, "xmlns='http://www.w3.org/2000/svg'", ""), banned) {
			t.Errorf("the page has %q", banned)
		}
	}
}

func TestUnchangedFilesAreNotSentAgain(t *testing.T) {
	first := get(t, "/chat.js")
	etag := first.Header.Get("ETag")
	if etag == "" || first.Header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("ETag %q, Cache-Control %q", etag, first.Header.Get("Cache-Control"))
	}
	r := httptest.NewRequest(http.MethodGet, "/chat.js", nil)
	r.Header.Set("If-None-Match", etag)
	if res := serve(t, r); res.StatusCode != http.StatusNotModified {
		t.Errorf("%s, want 304", res.Status)
	}
	if other := get(t, "/chat.css").Header.Get("ETag"); other == etag {
		t.Error("two files have one ETag")
	}
}

func TestToken(t *testing.T) {
	res := postForm(t, url.Values{"user": {"alice"}}.Encode())
	var got map[string]string
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got["appKey"] != "key" || got["userId"] != "alice" || got["token"] != "token of alice" || len(got) != 3 {
		t.Errorf("got %v", got)
	}
	if res.Header.Get("Content-Type") != "application/json" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", res.Header)
	}
}

func TestTokenIsRefused(t *testing.T) {
	for form, want := range map[string]int{
		"":                                     http.StatusBadRequest,
		"user=":                                http.StatusBadRequest,
		"user=mallory":                         http.StatusForbidden,
		"user=" + strings.Repeat("a", maxForm): http.StatusBadRequest,
	} {
		if res := postForm(t, form); res.StatusCode != want {
			t.Errorf("%.20s: %s, want %d", form, res.Status, want)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/demo/token?user=alice", nil)
	if res := serve(t, r); res.StatusCode == http.StatusOK {
		t.Error("a link gets a token")
	}
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

func TestDirectory(t *testing.T) {
	const want = `{"people":[{"id":"alice","name":"Alice","zh":"阿鸿"}],"groups":[{"id":"g","name":"G","members":["bob"]}],"rooms":null}`
	if got := body(t, get(t, "/demo/directory?user=alice")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if res := get(t, "/demo/directory?user=mallory"); res.StatusCode != http.StatusForbidden {
		t.Error(res.Status)
	}
}

func TestCreateGroup(t *testing.T) {
	res := postTo(t, "/demo/group", url.Values{"name": {"tea"}, "member": {"alice", "bob"}}.Encode())
	if got := body(t, res); got != `{"id":"tea of alice and bob"}` {
		t.Errorf("got %s", got)
	}
	if res := postTo(t, "/demo/group", "name=tea"); res.StatusCode != http.StatusForbidden {
		t.Error(res.Status)
	}
}
