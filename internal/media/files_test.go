package media_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/media/disk"
	"github.com/hongyan-im/hongyan/internal/store"
)

// shelf is a store of entries in memory.
type shelf struct {
	mu      sync.Mutex
	entries map[string]store.Entry
}

func entryKey(owner, key string) string { return owner + "\x00" + key }

func (s *shelf) Entry(_ context.Context, _ store.Space, owner, key string) (store.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.entries[entryKey(owner, key)]
	if !ok {
		return e, store.ErrNotFound
	}
	return e, nil
}

func (s *shelf) Entries(_ context.Context, q store.EntryRange) (list []store.Entry, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range slices.Sorted(maps.Keys(s.entries)) {
		if e := s.entries[k]; e.Owner == q.Owner && e.Key > q.After && len(list) < q.Limit {
			list = append(list, e)
		}
	}
	return list, nil
}

func (s *shelf) Change(_ context.Context, changes ...store.Change) (chat.Tick, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range changes {
		switch c := c.(type) {
		case store.EntrySet:
			s.entries[entryKey(c.Owner, c.Key)] = store.Entry{Space: c.Space, Owner: c.Owner, Key: c.Key, Value: c.Value}
		case store.EntryDeleted:
			delete(s.entries, entryKey(c.Owner, c.Key))
		}
	}
	return 1, nil
}

// world is the files of one app, behind a server, with a clock that stands.
type world struct {
	*media.Files
	t     *testing.T
	url   string
	dir   string
	shelf *shelf
	now   time.Time
}

func newWorld(t *testing.T, limits media.Limits) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), shelf: &shelf{entries: map[string]store.Entry{}}, now: time.Now()}
	w.open(limits)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		media.NewHandler(map[string]*media.Files{"app": w.Files}).ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	w.url = server.URL + media.Path
	return w
}

// open is what a start of the server does.
func (w *world) open(limits media.Limits) {
	w.t.Helper()
	d, err := disk.Open(w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Files, err = media.New(media.Config{
		App: "app", Secret: "a-secret", Limits: limits, Blobs: d, Entries: w.shelf, Writer: w.shelf,
		Metrics: prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return w.now },
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) ticket(user chat.UserID, key string, size int64, request ...string) media.Ticket {
	w.t.Helper()
	r := media.Request{User: user, Type: media.File, Key: key, Size: size}
	if len(request) > 0 {
		r.Method, r.Query = request[0], request[1]
	}
	ticket, err := w.Ticket(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return ticket
}

// answer is what the server said.
type answer struct {
	status int
	http.Header
	body string
}

func (w *world) do(method, url string, header http.Header, body io.Reader) answer {
	w.t.Helper()
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		w.t.Fatal(err)
	}
	maps.Copy(r.Header, header)
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r) // follows nothing
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(text)}
}

func (w *world) get(url string, header http.Header) answer { return w.do("GET", url, header, nil) }

// with sends a request with a ticket, as clients of the minio kind do.
func (w *world) with(t media.Ticket, method, key string, header http.Header, body string) answer {
	w.t.Helper()
	all := http.Header{"Authorization": {t.Authorization}, "X-Amz-Date": {t.Date}, "X-Amz-Content-Sha256": {t.SHA256}}
	maps.Copy(all, header)
	return w.do(method, w.url+"/"+t.Bucket+"/"+key, all, strings.NewReader(body))
}

// put uploads a file in one piece and returns its URL.
func (w *world) put(user chat.UserID, key, contentType, disposition, body string) string {
	w.t.Helper()
	header := http.Header{"Content-Type": {contentType}, "Content-Disposition": {disposition}}
	if a := w.with(w.ticket(user, key, int64(len(body)+1023)/1024*1024), "PUT", key, header, body); a.status != http.StatusOK {
		w.t.Fatalf("PUT: %+v", a)
	}
	return w.mustURL(user, key)
}

func (w *world) mustURL(user chat.UserID, key string) string {
	w.t.Helper()
	url, err := w.URL(w.t.Context(), w.url, user, key, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return url
}

// A ticket lets its user write its file, once and soon, and nothing else.
func TestTicket(t *testing.T) {
	w := newWorld(t, media.Limits{})
	ticket := w.ticket("alice", "k", 0)
	other := w.ticket("bob", "k", 0)
	if ticket.Bucket == other.Bucket {
		t.Fatal("two users share a file")
	}
	forged := ticket
	forged.Bucket = other.Bucket
	part := w.ticket("alice", "k", 0, "PUT", "partNumber=1&uploadId=x")
	broken := ticket
	broken.Authorization = ticket.Authorization[:len(ticket.Authorization)-2] + "xx"
	for why, c := range map[string]struct {
		ticket media.Ticket
		method string
	}{
		"the file of another user": {forged, "PUT"},
		"another method":           {ticket, "POST"},
		"to delete":                {ticket, "DELETE"},
		"to list":                  {ticket, "GET"},
		"a part as the file":       {part, "POST"},
		"a broken signature":       {broken, "PUT"},
		"no ticket":                {media.Ticket{Signature: media.Signature{Bucket: ticket.Bucket, Authorization: "x"}}, "PUT"},
	} {
		if a := w.with(c.ticket, c.method, "k", nil, "x"); a.status != http.StatusForbidden || !strings.Contains(a.body, "<Code>AccessDenied</Code>") {
			t.Errorf("%s: %+v", why, a)
		}
	}
	w.now = w.now.Add(2 * time.Hour)
	if a := w.with(ticket, "PUT", "k", nil, "x"); a.status != http.StatusForbidden {
		t.Errorf("an old ticket: %+v", a)
	}
	if _, err := w.URL(t.Context(), w.url, "alice", "k", ""); chat.CodeOf(err) != chat.BadParameter {
		t.Errorf("there is a file: %v", err)
	}
	for why, r := range map[string]media.Request{
		"no key":            {Type: media.File},
		"a long key":        {Type: media.File, Key: strings.Repeat("x", 513)},
		"a way out":         {Type: media.File, Key: "../x"},
		"another slash":     {Type: media.File, Key: `a\b`},
		"a line end":        {Type: media.File, Key: "a\nb"},
		"no UTF-8":          {Type: media.File, Key: "\xff"},
		"no type":           {Key: "k"},
		"an unknown type":   {Type: 7, Key: "k"},
		"another query":     {Type: media.File, Key: "k", Method: "GET", Query: "acl"},
		"another method":    {Type: media.File, Key: "k", Method: "GET"},
		"too long a query":  {Type: media.File, Key: "k", Method: "PUT", Query: "uploadId=" + strings.Repeat("x", 2000)},
		"a query and more":  {Type: media.File, Key: "k", Method: "PUT", Query: "uploadId=x&partNumber=1&x=y"},
		"no query of parts": {Type: media.File, Key: "k", Method: "POST", Query: "%zz"},
	} {
		r.User = "alice"
		if _, err := w.Ticket(t.Context(), r); chat.CodeOf(err) != chat.BadParameter {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// What a reader is told about a file, and that nothing in it can run.
func TestServe(t *testing.T) {
	w := newWorld(t, media.Limits{})
	for i, c := range []struct{ typ, disposition, wantType, wantDisposition string }{
		{"image/png", "attachment; filename=a.png;", "image/png", "attachment; filename=a.png"},
		{"text/html", "inline; filename=%E7%A9%BA%20(1).html;", "text/html", "inline; filename*=utf-8''%E7%A9%BA%20%281%29.html"},
		{"text/html", "", "text/html", "inline; filename=file.ext"},
		{"text/html; charset=utf-16", "attachment", "text/html", "attachment; filename=file.ext"},
		{"text/plain", "", "text/plain; charset=utf-8", "attachment; filename=file.ext"},
		{"text/javascript", "inline", "application/octet-stream", "inline; filename=file.ext"},
		{"application/wasm", "inline", "application/octet-stream", "inline; filename=file.ext"},
		{"text/css", "", "application/octet-stream", "attachment; filename=file.ext"},
		{"multipart/x-mixed-replace; boundary=x", "", "application/octet-stream", "attachment; filename=file.ext"},
		{"nonsense", "nonsense; filename=../../x;", "application/octet-stream", "attachment; filename=file.ext"},
		{"image/svg+xml", "inline", "image/svg+xml", "inline; filename=file.ext"},
		{"", `attachment; filename="a\"b;c"`, "application/octet-stream", "attachment; filename=file.ext"},
	} {
		url := w.put("alice", fmt.Sprint(i, ".ext"), c.typ, c.disposition, "content")
		a := w.get(url, nil)
		if a.status != http.StatusOK || a.body != "content" || a.Get("Content-Type") != c.wantType || a.Get("Content-Disposition") != c.wantDisposition {
			t.Errorf("%+v: %+v", c, a)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*",
			"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "immutable", "Accept-Ranges": "bytes",
		} {
			if !strings.Contains(a.Get(name), want) {
				t.Errorf("%s: %q, want %s", name, a.Get(name), want)
			}
		}
	}
	url := w.put("alice", "k", "text/plain", "", "0123456789")
	if !strings.Contains(url, "/files/app/f~") || len(url) < len(w.url)+32 {
		t.Errorf("URL %s", url)
	}
	whole := w.get(url, nil)
	etag := whole.Get("ETag")
	if !strings.HasPrefix(etag, `"`) {
		t.Errorf("ETag %s", etag)
	}
	for _, c := range []struct {
		header       http.Header
		status       int
		body, ranged string
	}{
		{http.Header{"Range": {"bytes=2-4"}}, 206, "234", "bytes 2-4/10"},
		{http.Header{"Range": {"bytes=-3"}}, 206, "789", "bytes 7-9/10"},
		{http.Header{"Range": {"bytes=8-"}, "If-Range": {etag}}, 206, "89", "bytes 8-9/10"},
		{http.Header{"Range": {"bytes=8-"}, "If-Range": {`"other"`}}, 200, "0123456789", ""},
		{http.Header{"Range": {"bytes=10-"}}, 416, "invalid range: failed to overlap\n", "bytes */10"},
		{http.Header{"If-None-Match": {etag}}, 304, "", ""},
	} {
		if a := w.get(url, c.header); a.status != c.status || a.body != c.body || a.Get("Content-Range") != c.ranged {
			t.Errorf("%v: %+v", c.header, a)
		}
	}
	if a := w.do("HEAD", url, nil, nil); a.status != 200 || a.body != "" || a.Get("Content-Length") != "10" {
		t.Errorf("HEAD: %+v", a)
	}
	for _, other := range []string{strings.Replace(url, "app/", "other/", 1), url[:len(url)-10], strings.Replace(url, "f~", "f~0", 1), w.url + "/app/../k", w.url} {
		if a := w.get(other, nil); a.status < 301 || a.status == 500 || strings.Contains(a.body, "0123") {
			t.Errorf("%s: %+v", other, a)
		}
	}
}

// Pages of any origin may upload and read.
func TestCORS(t *testing.T) {
	w := newWorld(t, media.Limits{})
	for _, url := range []string{w.url, w.url + "/app/id/key"} {
		a := w.do("OPTIONS", url, http.Header{"Origin": {"http://else.where"}, "Access-Control-Request-Method": {"PUT"}}, nil)
		if a.status != http.StatusNoContent || a.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.Get("Access-Control-Allow-Methods"), "PUT") ||
			!strings.Contains(a.Get("Access-Control-Allow-Headers"), "x-amz-date") || !strings.Contains(a.Get("Access-Control-Expose-Headers"), "ETag") {
			t.Errorf("%s: %+v", url, a)
		}
	}
}

// A file is bounded by its ticket and its type, all of them by the quota.
func TestLimits(t *testing.T) {
	w := newWorld(t, media.Limits{Size: 10_000, SizeOf: map[media.Type]int64{media.Image: 100}, Quota: 15_000})
	for _, c := range []struct {
		typ  media.Type
		size int64
		code chat.Code
	}{
		{media.File, 10_000, chat.OK}, {media.File, 10_240, chat.OK}, {media.File, 11 << 10, chat.FileTooBig}, {media.File, -1, chat.FileTooBig},
		{media.Image, 1024, chat.OK}, {media.Image, 2048, chat.FileTooBig},
	} {
		if _, err := w.Ticket(t.Context(), media.Request{User: "alice", Type: c.typ, Key: "k", Size: c.size}); chat.CodeOf(err) != c.code {
			t.Errorf("%+v: %v", c, err)
		}
	}
	tooBig := func(a answer) {
		t.Helper()
		if a.status != http.StatusRequestEntityTooLarge || !strings.Contains(a.body, "over") {
			t.Errorf("%+v", a)
		}
	}
	tooBig(w.with(w.ticket("alice", "a", 1024), "PUT", "a", nil, strings.Repeat("x", 1025)))
	// Also when it does not say how much will come.
	ticket := w.ticket("alice", "a", 1024)
	header := http.Header{"Authorization": {ticket.Authorization}}
	tooBig(w.do("PUT", w.url+"/"+ticket.Bucket+"/a", header, io.MultiReader(strings.NewReader(strings.Repeat("x", 1025)))))
	tooBig(w.form(w.ticket("alice", "a", 1024), nil, "text/plain", strings.Repeat("x", 1025)))
	if _, err := w.URL(t.Context(), w.url, "alice", "a", ""); err == nil {
		t.Error("something of it is there")
	}

	first, second := w.ticket("alice", "b", 9_000), w.ticket("alice", "c", 9_000)
	nine := strings.Repeat("x", 9_000)
	if a := w.with(first, "PUT", "b", nil, nine); a.status != 200 {
		t.Errorf("%+v", a)
	}
	tooBig(w.with(second, "PUT", "c", nil, nine)) // both tickets were within the quota
	if _, err := w.Ticket(t.Context(), media.Request{User: "bob", Type: media.File, Key: "k", Size: 9_000}); chat.CodeOf(err) != chat.FileTooBig {
		t.Errorf("over the quota: %v", err)
	}
	w.open(media.Limits{Quota: 15_000}) // a restart
	if _, err := w.Ticket(t.Context(), media.Request{User: "bob", Type: media.File, Key: "k", Size: 9_000}); chat.CodeOf(err) != chat.FileTooBig {
		t.Errorf("over the quota after a restart: %v", err)
	}
	w.with(w.ticket("alice", "b", 1024), "PUT", "b", nil, "smaller") // in the place of the first
	w.put("alice", "c", "", "", nine)
}

// form uploads by form, as clients of the qiniu kind do.
func (w *world) form(t media.Ticket, header http.Header, contentType, content string) answer {
	w.t.Helper()
	var b bytes.Buffer
	f := multipart.NewWriter(&b)
	field := func(name, value string) {
		if err := f.WriteField(name, value); err != nil {
			w.t.Fatal(err)
		}
	}
	field("token", t.Token)
	field("key", "whatever")
	part, err := f.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="name.txt"`}, "Content-Type": {contentType},
	})
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		w.t.Fatal(err)
	}
	all := http.Header{"Content-Type": {f.FormDataContentType()}}
	maps.Copy(all, header)
	return w.do("POST", w.url, all, &b)
}

func TestForm(t *testing.T) {
	w := newWorld(t, media.Limits{})
	for i, content := range []string{"content", ""} {
		key := fmt.Sprint("k", i)
		a := w.form(w.ticket("alice", key, 1024), nil, "text/plain", content)
		if a.status != http.StatusOK || !strings.Contains(a.body, `"file_name":"`+key+`"`) {
			t.Fatalf("%+v", a)
		}
		got := w.get(w.mustURL("alice", key), nil)
		if got.body != content || got.Get("Content-Disposition") != "attachment; filename=name.txt" {
			t.Errorf("%+v", got)
		}
	}
	if a := w.form(media.Ticket{Token: "x"}, nil, "", "x"); a.status != http.StatusForbidden || !strings.Contains(a.body, `"code":31005`) {
		t.Errorf("without a ticket: %+v", a)
	}
	if a := w.form(w.ticket("alice", "k", 0, "POST", "uploads"), nil, "", "x"); a.status != http.StatusForbidden {
		t.Errorf("with another ticket: %+v", a)
	}
	for _, body := range []string{"", "nonsense", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n", "--b--\r\n"} {
		if a := w.do("POST", w.url, http.Header{"Content-Type": {"multipart/form-data; boundary=b"}}, strings.NewReader(body)); a.status != http.StatusBadRequest {
			t.Errorf("%q: %+v", body, a)
		}
	}
}

// Chunks of the rcx kind make a file when they come in their order.
func TestChunks(t *testing.T) {
	w := newWorld(t, media.Limits{})
	ticket := w.ticket("alice", "k", 20<<20)
	const chunk = 10 << 20
	content := strings.Repeat("0123456789", 1_500_000)
	send := func(transaction string, start, end int) answer {
		return w.form(ticket, http.Header{
			"Range": {fmt.Sprintf("bytes=%d-%d", start, end)}, "X-File-TransactionId": {transaction}, "X-File-Total-Size": {fmt.Sprint(len(content))},
		}, "text/plain", content[start:end])
	}
	if a := send("lost", chunk, chunk+10); a.status != http.StatusNotFound {
		t.Errorf("the second chunk of nothing: %+v", a)
	}
	for _, start := range []int{0, chunk} {
		if a := send("t", start, min(len(content), start+chunk)); a.status != http.StatusOK {
			t.Fatalf("%+v", a)
		}
	}
	if got := w.get(w.mustURL("alice", "k"), nil); got.body != content {
		t.Errorf("%d bytes", len(got.body))
	}
	send("u", 0, chunk)
	if a := send("u", 0, 10); a.status != http.StatusBadRequest {
		t.Errorf("the first chunk twice: %+v", a)
	}
	if a := w.form(ticket, http.Header{"X-File-TransactionId": {"t"}, "Range": {"x"}}, "", "x"); a.status != http.StatusBadRequest {
		t.Errorf("nonsense: %+v", a)
	}
}

// Parts may come in any order and again; the server says which it has.
func TestParts(t *testing.T) {
	w := newWorld(t, media.Limits{})
	var begun struct {
		UploadID string `xml:"UploadId"`
	}
	a := w.with(w.ticket("alice", "k", 4096, "POST", "uploads"), "POST", "k?uploads", nil, "")
	if err := xml.Unmarshal([]byte(a.body), &begun); err != nil || a.status != 200 {
		t.Fatalf("%+v, %v", a, err)
	}
	request := func(method, query, body string) answer {
		if query != "" {
			query += "&"
		}
		query += "uploadId=" + begun.UploadID
		return w.with(w.ticket("alice", "k", 4096, method, query), method, "k?"+query, http.Header{"Content-Type": {"text/plain"}}, body)
	}
	etag := func(a answer) string {
		if a.status != 200 {
			t.Fatalf("%+v", a)
		}
		return a.Get("ETag")
	}
	two := etag(request("PUT", "partNumber=2", "two"))
	etag(request("PUT", "partNumber=1", "wrong"))
	one := etag(request("PUT", "partNumber=1", "one "))
	if a := request("GET", "", ""); a.status != 200 || strings.Count(a.body, "<Part>") != 2 ||
		!strings.Contains(a.body, "<PartNumber>1</PartNumber><ETag>&#34;"+strings.Trim(one, `"`)) || !strings.Contains(a.body, "<Size>3</Size>") {
		t.Errorf("list: %+v", a)
	}
	for _, bad := range []string{"partNumber=0", "partNumber=10001", "partNumber=x"} {
		if a := request("PUT", bad, "x"); a.status != http.StatusBadRequest {
			t.Errorf("%s: %+v", bad, a)
		}
	}
	if a := request("PUT", "partNumber=3", strings.Repeat("x", 4090)); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("more than the ticket is for, in parts: %+v", a)
	}
	complete := func(etags ...string) answer {
		body := "<CompleteMultipartUpload>"
		for i, e := range etags {
			body += fmt.Sprintf("<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, e)
		}
		return request("POST", "", body+"</CompleteMultipartUpload>")
	}
	if a := complete(two, one); a.status != http.StatusBadRequest {
		t.Errorf("wrong ETags: %+v", a)
	}
	if a := complete(); a.status != http.StatusBadRequest {
		t.Errorf("no parts: %+v", a)
	}
	for range 2 { // who was not told that it is done asks again
		if a := complete(one, two); a.status != 200 {
			t.Errorf("%+v", a)
		}
	}
	if got := w.get(w.mustURL("alice", "k"), nil); got.body != "one two" || got.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%+v", got)
	}
	if a := request("PUT", "partNumber=1", "x"); a.status != http.StatusNotFound || !strings.Contains(a.body, "NoSuchUpload") {
		t.Errorf("after the end: %+v", a)
	}
	if a := request("DELETE", "", ""); a.status != http.StatusNoContent {
		t.Errorf("%+v", a)
	}
}

// Files that no message names are deleted, the others stay and do not change.
func TestUnsent(t *testing.T) {
	w := newWorld(t, media.Limits{UnsentLife: time.Hour})
	lost, sent := w.put("alice", "lost", "", "", "lost"), w.put("alice", "sent", "", "", "sent")
	begun := w.with(w.ticket("alice", "begun", 4096, "POST", "uploads"), "POST", "begun", nil, "")
	changes := media.Sent([]byte(`{"text":"f~x f~","url":"` + strings.ReplaceAll(sent, "/", `\/`) + `"}`))
	if len(changes) != 1 {
		t.Fatalf("changes %v", changes)
	}
	if _, err := w.shelf.Change(t.Context(), changes...); err != nil {
		t.Fatal(err)
	}
	sweep := func() {
		t.Helper()
		if err := w.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	status := func(url string, want int) {
		t.Helper()
		if a := w.get(url, nil); a.status != want {
			t.Errorf("%s: %d, want %d", url, a.status, want)
		}
	}
	sweep()
	status(lost, 200)
	if a := w.with(w.ticket("alice", "sent", 1024), "PUT", "sent", nil, "other"); a.status != http.StatusConflict {
		t.Errorf("a file that was sent is changed: %+v", a)
	}
	// Also when its replacement began before it was sent.
	slow, arriving := io.Pipe()
	late := make(chan answer)
	ticket := w.ticket("alice", "late", 1024)
	url := w.put("alice", "late", "", "", "first")
	go func() {
		late <- w.do("PUT", w.url+"/"+ticket.Bucket+"/late", http.Header{"Authorization": {ticket.Authorization}}, slow)
	}()
	if _, err := io.WriteString(arriving, "second"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.shelf.Change(t.Context(), media.Sent([]byte(url))...); err != nil {
		t.Fatal(err)
	}
	_ = arriving.Close()
	if a := <-late; a.status != http.StatusConflict {
		t.Errorf("a file that was sent meanwhile is changed: %+v", a)
	}
	if a := w.get(url, nil); a.body != "first" {
		t.Errorf("the file has %q", a.body)
	}
	w.now = w.now.Add(50 * time.Minute)
	if a := w.with(w.ticket("alice", "lost", 1024), "PUT", "lost", nil, "again"); a.status != 200 {
		t.Errorf("a file that was not sent cannot be replaced: %+v", a)
	}
	w.now = w.now.Add(50 * time.Minute)
	sweep()
	status(lost, 200) // its time began anew
	w.now = w.now.Add(50 * time.Minute)
	w.open(media.Limits{UnsentLife: time.Hour})
	sweep()
	status(lost, 404)
	status(sent, 200)
	files, err := filepath.Glob(filepath.Join(w.dir, "*", "f~*"))
	if err != nil || len(files) != 2 || begun.status != 200 { // the upload in parts was ended as well
		t.Errorf("on disk: %v, %v; the upload began with %d", files, err, begun.status)
	}
}

func TestSentIsBounded(t *testing.T) {
	id := "f~" + strings.Repeat("a0", 16)
	if n := len(media.Sent([]byte(strings.Repeat(id+" ", 1000)))); n != 100 {
		t.Errorf("%d changes", n)
	}
	if n := len(media.Sent([]byte("f~" + strings.Repeat("Z", 32) + strings.Repeat("f~", 9)))); n != 0 {
		t.Errorf("%d changes for what is no id", n)
	}
}

func BenchmarkSent(b *testing.B) {
	content := []byte(`{"content":"` + strings.Repeat("hello there ", 15) + `","extra":"x"}`)
	for b.Loop() {
		if media.Sent(content) != nil {
			b.Fatal("changes")
		}
	}
}

// A user has so many uploads at once and no more; others do not notice.
func TestUploadsAtOnce(t *testing.T) {
	w := newWorld(t, media.Limits{Uploads: 1})
	ticket := w.ticket("alice", "slow", 1024)
	body, arriving := io.Pipe()
	done := make(chan answer)
	go func() {
		done <- w.do("PUT", w.url+"/"+ticket.Bucket+"/slow", http.Header{"Authorization": {ticket.Authorization}}, body)
	}()
	if _, err := io.WriteString(arriving, "begin"); err != nil {
		t.Fatal(err)
	}
	for { // until the server has seen the beginning
		if begun, err := filepath.Glob(filepath.Join(w.dir, "tmp", "*")); err != nil || len(begun) > 0 {
			break
		}
	}
	if a := w.with(w.ticket("alice", "k", 1024), "PUT", "k", nil, "x"); a.status != http.StatusTooManyRequests {
		t.Errorf("%+v", a)
	}
	w.put("bob", "k", "", "", "x")
	_ = arriving.Close()
	if a := <-done; a.status != 200 {
		t.Errorf("%+v", a)
	}
	w.put("alice", "k", "", "", "x")
}

// Storage that fails is said to, and no file is.
func TestStorageFails(t *testing.T) {
	w := newWorld(t, media.Limits{})
	url := w.put("alice", "k", "", "", "x")
	if err := os.RemoveAll(w.dir); err != nil {
		t.Fatal(err)
	}
	if a := w.with(w.ticket("alice", "new", 1024), "PUT", "new", nil, "x"); a.status != http.StatusServiceUnavailable {
		t.Errorf("%+v", a)
	}
	if a := w.form(w.ticket("alice", "new", 1024), nil, "", "x"); a.status != http.StatusServiceUnavailable {
		t.Errorf("%+v", a)
	}
	if _, err := w.URL(t.Context(), w.url, "alice", "new", ""); err == nil {
		t.Error("the file has a URL")
	}
	if a := w.get(url, nil); a.status != http.StatusNotFound {
		t.Errorf("%+v", a)
	}
}

func FuzzSent(f *testing.F) {
	f.Add([]byte("f~" + strings.Repeat("a", 32)))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, c := range media.Sent(content) {
			if d := c.(store.EntryDeleted); !bytes.Contains(content, []byte(d.Key)) || len(d.Key) != 34 {
				t.Errorf("%q is not in %q", d.Key, content)
			}
		}
	})
}
