package media_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/media/s3"
	"github.com/hongyan-im/hongyan/internal/media/s3/s3test"
	"github.com/hongyan-im/hongyan/internal/store"
)

// inBucket makes w's files those of a bucket.
func (w *world) inBucket(limits media.Limits) *s3test.Server {
	w.t.Helper()
	server := s3test.Start(w.t)
	cfg, err := s3.Parse(server.Config())
	if err != nil {
		w.t.Fatal(err)
	}
	blobs, err := s3.Open(cfg, "app")
	if err != nil {
		w.t.Fatal(err)
	}
	w.Files, err = media.New(media.Config{
		App: "app", Secret: "a-secret", Limits: limits, Blobs: blobs, Entries: w.shelf, Writer: w.shelf,
		Metrics: prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return w.now },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return server
}

// past uploads to the bucket itself.
func (w *world) past(server *s3test.Server, t media.Ticket, key, body string) int {
	w.t.Helper()
	header := http.Header{"Authorization": {t.Authorization}, "X-Amz-Date": {t.Date}, "X-Amz-Content-Sha256": {t.SHA256}, "Content-Type": {"text/html"}}
	return w.do("PUT", server.URL+"/"+t.Bucket+"/"+key, header, strings.NewReader(body)).status
}

// What goes to a bucket past this server is bounded, known and deleted like
// everything else.
func TestBucket(t *testing.T) {
	w := newWorld(t, media.Limits{})
	server := w.inBucket(media.Limits{UnsentLife: time.Hour, Quota: 100_000})

	if _, err := w.URL(t.Context(), w.url, "alice", "k", ""); chat.CodeOf(err) != chat.BadParameter {
		t.Errorf("without a ticket: %v", err)
	}
	ticket := w.ticket("alice", "k", 1024)
	if _, err := w.URL(t.Context(), w.url, "alice", "k", ""); chat.CodeOf(err) != chat.BadParameter {
		t.Errorf("without an upload: %v", err)
	}
	if s := w.past(server, ticket, "k", strings.Repeat("x", 2000)); s != http.StatusOK {
		t.Fatalf("status %d", s)
	}
	if _, err := w.URL(t.Context(), w.url, "alice", "k", ""); chat.CodeOf(err) != chat.FileTooBig || len(server.Objects()) != 0 {
		t.Errorf("over what the ticket says: %v; the bucket has %q", err, server.Objects())
	}

	w.past(server, ticket, "k", "<p>hello")
	url := w.mustURL("alice", "k")
	if a := w.get(url, nil); a.body != "<p>hello" || a.Get("Content-Security-Policy") == "" {
		t.Errorf("a page comes from the server: %+v", a)
	}
	if _, err := w.shelf.Change(t.Context(), media.Sent([]byte(url))...); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Ticket(t.Context(), media.Request{User: "alice", Type: media.File, Key: "k"}); chat.CodeOf(err) != chat.Blocked {
		t.Errorf("a ticket for a file that was sent: %v", err)
	}

	w.past(server, w.ticket("alice", "forgotten", 1024), "forgotten", "nobody asks for the URL of it")
	if a := w.form(w.ticket("alice", "form", 1024), nil, "image/png", "by form"); a.status != http.StatusOK {
		t.Fatalf("%+v", a)
	}
	image := w.mustURL("alice", "form")
	a := w.get(image, nil)
	if a.status != http.StatusFound || !strings.HasPrefix(a.Get("Location"), server.URL) {
		t.Fatalf("an image: %+v", a)
	}
	if got := w.get(a.Get("Location"), nil); got.body != "by form" || got.Get("Content-Type") != "image/png" {
		t.Errorf("%+v", got)
	}
	if a := w.do("HEAD", image, nil, nil); a.status != http.StatusOK || a.Get("Content-Length") != "7" {
		t.Errorf("HEAD: %+v", a)
	}
	server.Down(true)
	if a := w.do("HEAD", image, nil, nil); a.status != http.StatusServiceUnavailable {
		t.Errorf("without storage: %+v", a)
	}
	if err := w.Sweep(t.Context()); err == nil {
		t.Error("a sweep without storage succeeds")
	}
	server.Down(false)

	w.now = w.now.Add(2 * time.Hour)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := server.Objects(); len(left) != 1 || !strings.HasSuffix(left[0], "/k") {
		t.Errorf("the bucket has %q", left)
	}
	if list, err := w.shelf.Entries(t.Context(), store.EntryRange{Owner: "unsent", Limit: 9}); err != nil || len(list) != 0 {
		t.Errorf("unsent: %v, %v", list, err)
	}
	if a := w.get(url, nil); a.body != "<p>hello" {
		t.Errorf("what was sent is gone: %+v", a)
	}
}
