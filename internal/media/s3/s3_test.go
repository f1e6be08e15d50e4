package s3_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/internal/media"
	"github.com/hongyan-im/hongyan/internal/media/blobtest"
	"github.com/hongyan-im/hongyan/internal/media/s3"
	"github.com/hongyan-im/hongyan/internal/media/s3/s3test"
)

func open(t *testing.T, server *s3test.Server) *s3.S3 {
	t.Helper()
	cfg, err := s3.Parse(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	s, err := s3.Open(cfg, "app")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) media.Blobs { return open(t, s3test.Start(t)) })
}

// A client with a signature of ours uploads to the storage itself, what it was
// signed for and nothing else; and a link of ours reads it.
func TestDirect(t *testing.T) {
	server := s3test.Start(t)
	s := open(t, server)
	n := media.Name{ID: "f~x", Key: "4__RC-2026 a+b (ü).txt"}
	request := func(method, query, key string, signed media.Signature, body string) (int, http.Header) {
		r, err := http.NewRequest(method, s.Target()+"/"+signed.Bucket+"/", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Path, r.URL.RawQuery = r.URL.Path+key, query
		r.Header = http.Header{
			"Authorization": {signed.Authorization}, "X-Amz-Content-Sha256": {signed.SHA256}, "X-Amz-Date": {signed.Date},
			"Content-Type": {"text/plain"}, "Content-Disposition": {"inline; filename=a.txt;"},
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		return res.StatusCode, res.Header
	}
	if status, _ := request("PUT", "", n.Key, s.Sign(n, "", ""), "content"); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	if status, _ := request("PUT", "", "another", s.Sign(n, "", ""), "content"); status != http.StatusForbidden {
		t.Errorf("another key: status %d", status)
	}
	if status, _ := request("DELETE", "", n.Key, s.Sign(n, "", ""), ""); status != http.StatusForbidden {
		t.Errorf("another method: status %d", status)
	}
	if status, _ := request("POST", "uploads", n.Key, s.Sign(n, "POST", "uploads"), ""); status != http.StatusOK {
		t.Errorf("the beginning of an upload in parts: status %d", status)
	}
	stat, err := s.Stat(t.Context(), n)
	if want := (media.Stat{Size: 7, Type: "text/plain", Disposition: "inline; filename=a.txt;"}); err != nil || stat != want {
		t.Errorf("%+v, want %+v: %v", stat, want, err)
	}
	link, err := s.Link(t.Context(), n, time.Minute, "text/x-other", "attachment; filename=b.txt")
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	if err != nil || string(got) != "content" || res.Header.Get("Content-Type") != "text/x-other" || res.Header.Get("Content-Disposition") != "attachment; filename=b.txt" {
		t.Errorf("%q %v, %v", got, res.Header, err)
	}
}

func TestParse(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	c, err := s3.Parse("s3://bucket/some/where?endpoint=http://10.0.0.1:9000&public=https://files.example.com&region=x")
	if err != nil || c.Bucket != "bucket" || c.Prefix != "some/where/" || c.Region != "x" || c.KeyID != "id" || c.Secret != "secret" ||
		c.Endpoint.String() != "http://10.0.0.1:9000" || c.Public.String() != "https://files.example.com" {
		t.Errorf("%+v, %v", c, err)
	}
	for _, text := range []string{
		"", "bucket", "http://bucket?endpoint=http://x", "s3://?endpoint=http://x", "s3://bucket", "s3://bucket?endpoint=x:1", "s3://bucket?endpoint=http://x/y",
		"s3://key@bucket?endpoint=http://x", "s3://bucket?endpoint=http://x&public=no",
	} {
		if _, err := s3.Parse(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
