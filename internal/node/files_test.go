package node_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// ask sends a query that must be answered.
func ask(t *testing.T, c *imtest.Client, topic string, q interface{ MarshalVT() ([]byte, error) }, answer interface{ UnmarshalVT([]byte) error }) {
	t.Helper()
	payload, err := q.MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	code, payload, err := c.Query(topic, string(c.User()), payload)
	if err == nil && code == chat.OK {
		err = answer.UnmarshalVT(payload)
	}
	if err != nil || code != chat.OK {
		t.Fatalf("%s: code %d, %v", topic, code, err)
	}
}

// uploader uploads as clients of the minio kind do.
type uploader struct {
	t *testing.T
	*imtest.Client
	server imtest.Server
	key    string
	size   int64
}

// request is one request, with a ticket of its own.
func (u *uploader) request(ctx context.Context, method, query string, body io.Reader) (*http.Response, error) {
	u.t.Helper()
	kind := pb.FileType(4)
	q := &pb.UploadRequest{Type: &kind, Key: &u.key, Size: new((u.size + 1023) / 1024), HttpMethod: &method, QueryString: &query}
	if query == "" {
		q.HttpMethod = nil
	}
	var ticket pb.UploadAnswer
	ask(u.t, u.Client, wire.TopicUpload, q, &ticket)
	r, err := http.NewRequestWithContext(ctx, method, u.server.URL()+"/files/"+ticket.GetMinioBucketName()+"/"+u.key+"?"+query, body)
	if err != nil {
		u.t.Fatal(err)
	}
	r.Header.Set("Authorization", ticket.GetMinioAuthorization())
	r.Header.Set("Content-Type", "application/x-thing")
	return (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
}

// must makes a request that must succeed and returns what it said.
func (u *uploader) must(method, query string, body io.Reader) (string, http.Header) {
	u.t.Helper()
	res, err := u.request(u.t.Context(), method, query, body)
	if err != nil {
		u.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		u.t.Fatalf("%s %s: %s %s, %v", method, query, res.Status, text, err)
	}
	return string(text), res.Header
}

// url is where the file is read.
func (u *uploader) url() string {
	u.t.Helper()
	kind := pb.FileType(4)
	var answer pb.DownloadAnswer
	ask(u.t, u.Client, wire.TopicDownloadMinio, &pb.DownloadRequest{Type: &kind, Key: &u.key}, &answer)
	return answer.GetDownloadUrl()
}

// sequence is size bytes that nobody has to keep.
func sequence(size int64) io.Reader { return io.LimitReader(new(counting), size) }

// counting gives the numbers from 0, eight bytes each, wherever it is read.
type counting struct{ at int64 }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(uint64(c.at/8) * 0x9e3779b97f4a7c15 >> (8 * (c.at % 8)))
		c.at++
	}
	return len(p), nil
}

func sequencePart(start, size int64) io.Reader {
	return io.LimitReader(&counting{at: start}, size)
}

var errPulled = errors.New("the cable was pulled")

// torn is a body that breaks off.
func torn(r io.Reader, after int64) io.Reader {
	return io.MultiReader(io.LimitReader(r, after), failing{})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errPulled }

var memory = regexp.MustCompile(`(?m)^go_memstats_sys_bytes (\S+)$`)

// taken is the memory that a server took from the system.
func taken(t *testing.T, p *imtest.Process) float64 {
	t.Helper()
	_, text := p.Get("/metrics")
	m := memory.FindStringSubmatch(text)
	if m == nil {
		t.Fatal("the metrics do not tell of memory")
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A big upload whose connection breaks, and whose server is killed, goes on
// where it stopped, and takes little memory.
func TestBrokenUpload(t *testing.T) {
	const size, part = 200 << 20, 16 << 20
	p := imtest.StartProcess(t)
	u := &uploader{t: t, Client: imtest.Dial(t, p, "alice"), server: p, key: "4__RC-big.bin", size: size}
	before := taken(t, p)

	text, _ := u.must("POST", "uploads", nil)
	var begun struct {
		UploadID string `xml:"UploadId"`
	}
	if err := xml.Unmarshal([]byte(text), &begun); err != nil {
		t.Fatal(err)
	}
	upload := "uploadId=" + begun.UploadID
	put := func(n int64, body io.Reader) error {
		res, err := u.request(t.Context(), "PUT", fmt.Sprintf("partNumber=%d&%s", n, upload), body)
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("part %d: %s", n, res.Status)
		}
		return nil
	}
	for n := int64(1); n <= 4; n++ {
		if err := put(n, sequencePart((n-1)*part, part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := put(5, torn(sequencePart(4*part, part), part/2)); !errors.Is(err, errPulled) {
		t.Fatalf("a torn part: %v", err)
	}
	for n := int64(6); n <= 8; n++ { // in any order
		if err := put(n, sequencePart((n-1)*part, part)); err != nil {
			t.Fatal(err)
		}
	}
	grown := taken(t, p) - before
	if grown > 100<<20 {
		t.Errorf("112 MB took %.0f MB of memory", grown/(1<<20))
	}

	// Killed in the middle of a part.
	body, arriving := io.Pipe()
	done := make(chan error)
	go func() { done <- put(9, body) }()
	if _, err := io.Copy(arriving, sequencePart(8*part, part/2)); err != nil {
		t.Fatal(err)
	}
	p.Kill()
	_ = arriving.CloseWithError(errPulled)
	if err := <-done; err == nil {
		t.Fatal("a dead server answers")
	}
	p.Start()
	u.Client = imtest.Dial(t, p, "alice")
	before = taken(t, p)

	type list struct {
		Part []struct {
			PartNumber int64
			ETag       string
			Size       int64
		}
	}
	here := func() (l list) {
		text, _ := u.must("GET", upload, nil)
		if err := xml.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		return l
	}
	has := map[int64]bool{}
	for _, one := range here().Part {
		has[one.PartNumber] = one.Size == part
	}
	if len(has) != 7 || has[5] || has[9] || !has[8] {
		t.Fatalf("after the crash there are parts %v", has)
	}
	for n := int64(1); (n-1)*part < size; n++ {
		if !has[n] {
			if err := put(n, sequencePart((n-1)*part, min(part, size-(n-1)*part))); err != nil {
				t.Fatal(err)
			}
		}
	}
	complete := "<CompleteMultipartUpload>"
	for _, one := range here().Part {
		complete += fmt.Sprintf("<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", one.PartNumber, one.ETag)
	}
	u.must("POST", upload, strings.NewReader(complete+"</CompleteMultipartUpload>"))

	want, got := sha256.New(), sha256.New()
	_, _ = io.Copy(want, sequence(size)) // neither fails
	res, err := http.Get(u.url())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	n, err := io.Copy(got, res.Body)
	if err != nil || n != size || !bytes.Equal(got.Sum(nil), want.Sum(nil)) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if grown := taken(t, p) - before; grown > 100<<20 {
		t.Errorf("the rest of the 200 MB took %.0f MB of memory", grown/(1<<20))
	}
}

// upload uploads a small file and returns its URL.
func (u *uploader) upload(key, content string) string {
	u.t.Helper()
	u.key, u.size = key, int64(len(content))
	u.must("PUT", "", strings.NewReader(content))
	return u.url()
}

func status(t *testing.T, url string) int {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// A file stays when any message names it, from a client or from the app's
// server, sent so or edited, and goes when none does. A restart keeps all of that.
func TestUnsentFilesGo(t *testing.T) {
	dir := t.TempDir()
	short := func(c *node.Config) { c.Files.Limits.UnsentLife = time.Second }
	n := imtest.Start(t, imtest.Data(dir))
	alice := imtest.Dial(t, n, "alice")
	u := &uploader{t: t, Client: alice, server: n}
	sent, linked, told, edited, lost := u.upload("a", "sent"), u.upload("b", "linked"), u.upload("c", "told"), u.upload("d", "edited"), u.upload("e", "lost")

	name, content := "app:card", []byte(`{"picture":"`+sent+`"}`)
	payload, err := (&pb.UpMessage{Flags: new(int32(3)), ClassName: &name, Content: content}).MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	if ack, err := alice.Ack(alice.Publish(wire.TopicPrivateSend, "bob", payload)); err != nil || ack.Code != chat.OK {
		t.Fatalf("%+v, %v", ack, err)
	}
	alice.Send(chat.Private, "bob", "look: "+linked, 0)
	ack := alice.Send(chat.Private, "bob", "no link yet", 0)
	ask(t, alice, wire.TopicModify, &pb.ModifyRequest{
		FromUserId: new("alice"), TargetId: new("bob"), Type: new(int32(chat.Private)), MsgUid: new(string(ack.UID)), MsgTime: new(int64(ack.Tick)),
		Content: []byte(`{"content":"now: ` + edited + `"}`),
	}, new(pb.ModifyAnswer))
	n.Publish(chat.Private, "alice", told, "bob")
	if s := status(t, lost); s != http.StatusOK {
		t.Errorf("it is gone at once: %d", s)
	}
	n.Stop()

	n = imtest.Start(t, imtest.Data(dir), imtest.Listen(n.Addr()), short)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); status(t, lost) != http.StatusNotFound; <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("a file that nobody sent stays")
		}
	}
	for _, url := range []string{sent, linked, told, edited} {
		if s := status(t, url); s != http.StatusOK {
			t.Errorf("%s: %d", url, s)
		}
	}
	if _, metrics := n.Get("/metrics"); !strings.Contains(metrics, `hongyan_files_unsent_deleted_total{app="test-app"} 1`) {
		t.Error("the metrics do not tell of it")
	}
}

// A server that is told to stop does not wait for an upload that takes its time.
func TestStopWhileUploading(t *testing.T) {
	dir := t.TempDir()
	n := imtest.Start(t, imtest.Data(dir), func(c *node.Config) { c.DrainTimeout = 200 * time.Millisecond })
	u := &uploader{t: t, Client: imtest.Dial(t, n, "alice"), server: n, key: "k", size: 1 << 20}
	body, arriving := io.Pipe()
	done := make(chan error)
	go func() {
		_, err := u.request(t.Context(), "PUT", "", body)
		done <- err
	}()
	if _, err := io.Copy(arriving, sequence(100<<10)); err != nil {
		t.Fatal(err)
	}
	writing := filepath.Join(dir, imtest.AppKey, "files", "tmp", "*")
	for begun := []string(nil); len(begun) == 0; { // until the server writes it
		var err error
		if begun, err = filepath.Glob(writing); err != nil {
			t.Fatal(err)
		}
	}
	n.Stop()
	_ = arriving.CloseWithError(errPulled)
	if err := <-done; err == nil {
		t.Error("the upload is answered")
	}
	if left, err := filepath.Glob(writing); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

// Files of one app are not those of another, and not of another path.
func TestFilesOfApps(t *testing.T) {
	n := imtest.Start(t, func(c *node.Config) {
		c.Apps = append(c.Apps, node.App{Key: "other-app", Secret: "other-app-secret"})
	})
	u := &uploader{t: t, Client: imtest.Dial(t, n, "alice"), server: n}
	url := u.upload("k", "content")
	if s := status(t, strings.Replace(url, imtest.AppKey, "other-app", 1)); s != http.StatusNotFound {
		t.Errorf("in the other app: %d", s)
	}
	kind := pb.FileType(4)
	var ticket pb.UploadAnswer
	ask(t, u.Client, wire.TopicUpload, &pb.UploadRequest{Type: &kind, Key: &u.key}, &ticket)
	r, err := http.NewRequest("PUT", n.URL()+"/files/"+strings.Replace(ticket.GetMinioBucketName(), imtest.AppKey, "other-app", 1)+"/k", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", ticket.GetMinioAuthorization())
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("a ticket of another app: %s", res.Status)
	}
	for code, q := range map[chat.Code]*pb.UploadRequest{
		chat.BadParameter: {Type: &kind, Key: new("a/b")},
		chat.FileTooBig:   {Type: &kind, Key: new("k"), Size: new(int64(6 << 20))},
	} {
		payload, err := q.MarshalVT()
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := u.Query(wire.TopicUpload, "alice", payload); got != code || err != nil {
			t.Errorf("code %d, want %d: %v", got, code, err)
		}
	}
	if code, _, _ := u.Query(wire.TopicUpload, "alice", []byte{0xff}); code != chat.BadMessage {
		t.Errorf("nonsense: code %d", code)
	}
	if code, _, _ := u.Query(wire.TopicDownload, "alice", []byte{0xff}); code != chat.BadMessage {
		t.Errorf("nonsense: code %d", code)
	}
}

// Navigation names the host asked by, or the one configured.
func TestWhereFilesAre(t *testing.T) {
	n := imtest.Start(t, func(c *node.Config) { c.Files.URL = "https://files.example.com/files/" })
	u := &uploader{t: t, Client: imtest.Dial(t, n, "alice"), server: n}
	if url := u.upload("k", "content"); !strings.HasPrefix(url, "https://files.example.com/files/"+imtest.AppKey+"/f~") {
		t.Errorf("URL %s", url)
	}
	if _, err := node.New(node.Config{Data: t.TempDir(), Dev: true, Files: node.Files{URL: "files.example.com"}}); err == nil {
		t.Error("a URL that is none is taken")
	}
	if _, err := node.New(node.Config{Data: t.TempDir(), Dev: true, Files: node.Files{Storage: "s3://x"}}); err == nil {
		t.Error("a bucket that is none is taken")
	}
}
