// Package s3test is a storage that speaks as much of the S3 protocol as tests
// of uploads need, and checks every signature by itself.
package s3test

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// What the storage knows of its only user and bucket.
const (
	KeyID  = "test-key"
	Secret = "test-secret/+"
	Bucket = "test-bucket"
)

// Server is a storage in memory. It ends with its test.
type Server struct {
	URL string

	mu      sync.Mutex // guards the following
	objects map[string]*object
	uploads map[string]*upload
	count   int
	down    bool
	seen    []string
}

type object struct {
	data             []byte
	typ, disposition string
	modified         time.Time
}

type upload struct {
	object
	key   string
	parts map[int][]byte
}

// Start runs a storage with an empty bucket.
func Start(t testing.TB) *Server {
	s := &Server{objects: map[string]*object{}, uploads: map[string]*upload{}}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	s.URL = h.URL
	return s
}

// Config is the bucket as the server's configuration names it.
func (s *Server) Config() string {
	return fmt.Sprintf("s3://%s@%s/files?endpoint=%s", url.UserPassword(KeyID, Secret), Bucket, s.URL)
}

// Down makes every request fail, or not any more.
func (s *Server) Down(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// Seen are the requests so far, as method and path, without those that only ask
// for permission.
func (s *Server) Seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// Objects are the names of what is in the bucket.
func (s *Server) Objects() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.objects))
}

type failure struct {
	XMLName xml.Name `xml:"Error"`
	Code    string
	Message string
}

func fail(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, failure{Code: code, Message: message})
}

func answer(w http.ResponseWriter, status int, v any) {
	text, err := xml.Marshal(v)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write(text) // the client has gone
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, PUT, POST, DELETE")
	h.Set("Access-Control-Allow-Headers", "authorization, content-type, content-disposition, x-amz-content-sha256, x-amz-date")
	h.Set("Access-Control-Expose-Headers", "ETag")
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, r.Method+" "+r.URL.Path)
	key, ok := strings.CutPrefix(r.URL.Path, "/"+Bucket+"/")
	switch err := verify(r, body); {
	case s.down:
		fail(w, http.StatusServiceUnavailable, "ServiceUnavailable", "down")
	case err != nil:
		fail(w, http.StatusForbidden, "SignatureDoesNotMatch", err.Error())
	case !ok:
		fail(w, http.StatusNotFound, "NoSuchBucket", r.URL.Path)
	default:
		s.serve(w, r, key, body)
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, key string, body []byte) {
	q := r.URL.Query()
	u := s.uploads[q.Get("uploadId")]
	switch {
	case q.Has("uploads") && r.Method == http.MethodGet:
		s.listUploads(w, q.Get("prefix"))
	case q.Has("uploads"):
		s.begin(w, r, key)
	case q.Has("uploadId") && (u == nil || u.key != key):
		fail(w, http.StatusNotFound, "NoSuchUpload", "no such upload")
	case q.Has("uploadId"):
		s.part(w, r, u, body)
	case r.Method == http.MethodPut:
		s.objects[key] = described(r, body)
		w.Header().Set("ETag", etag(body))
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case s.objects[key] == nil:
		fail(w, http.StatusNotFound, "NoSuchKey", "no such key")
	default:
		s.objects[key].serve(w, r)
	}
}

func described(r *http.Request, data []byte) *object {
	return &object{data: data, typ: r.Header.Get("Content-Type"), disposition: r.Header.Get("Content-Disposition"), modified: time.Now()}
}

func etag(data []byte) string {
	sum := md5.Sum(data)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

func (o *object) serve(w http.ResponseWriter, r *http.Request) {
	h, q := w.Header(), r.URL.Query()
	h.Set("Content-Type", o.typ)
	h.Set("Content-Disposition", o.disposition)
	h.Set("ETag", etag(o.data))
	for _, name := range []string{"Content-Type", "Content-Disposition"} {
		if v := q.Get("response-" + strings.ToLower(name)); v != "" {
			h.Set(name, v)
		}
	}
	http.ServeContent(w, r, "", o.modified, bytes.NewReader(o.data))
}

func (s *Server) begin(w http.ResponseWriter, r *http.Request, key string) {
	s.count++
	id := fmt.Sprintf("upload-%d.~_", s.count)
	s.uploads[id] = &upload{object: *described(r, nil), key: key, parts: map[int][]byte{}}
	type result struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		UploadID string   `xml:"UploadId"`
	}
	answer(w, http.StatusOK, result{UploadID: id})
}

type listedPart struct {
	PartNumber int
	ETag       string
	Size       int
}

func (s *Server) part(w http.ResponseWriter, r *http.Request, u *upload, body []byte) {
	id := r.URL.Query().Get("uploadId")
	switch r.Method {
	case http.MethodPut:
		n, err := strconv.Atoi(r.URL.Query().Get("partNumber"))
		if err != nil {
			fail(w, http.StatusBadRequest, "InvalidArgument", "partNumber")
			return
		}
		u.parts[n] = body
		w.Header().Set("ETag", etag(body))
	case http.MethodGet:
		type result struct {
			XMLName xml.Name `xml:"ListPartsResult"`
			Part    []listedPart
		}
		var list result
		for _, n := range slices.Sorted(maps.Keys(u.parts)) {
			list.Part = append(list.Part, listedPart{n, etag(u.parts[n]), len(u.parts[n])})
		}
		answer(w, http.StatusOK, list)
	case http.MethodDelete:
		delete(s.uploads, id)
		w.WriteHeader(http.StatusNoContent)
	default:
		s.complete(w, id, u, body)
	}
}

func (s *Server) complete(w http.ResponseWriter, id string, u *upload, body []byte) {
	var q struct{ Part []listedPart }
	if err := xml.Unmarshal(body, &q); err != nil {
		fail(w, http.StatusBadRequest, "MalformedXML", err.Error())
		return
	}
	o := u.object
	for _, p := range q.Part {
		data, ok := u.parts[p.PartNumber]
		if !ok || strings.Trim(p.ETag, `"`) != strings.Trim(etag(data), `"`) {
			fail(w, http.StatusBadRequest, "InvalidPart", strconv.Itoa(p.PartNumber))
			return
		}
		o.data = append(o.data, data...)
	}
	s.objects[u.key] = &o
	delete(s.uploads, id)
	type result struct {
		XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
		Bucket  string
		ETag    string
	}
	answer(w, http.StatusOK, result{Bucket: Bucket, ETag: etag(o.data)})
}

func (s *Server) listUploads(w http.ResponseWriter, prefix string) {
	type listed struct {
		Key       string
		UploadID  string `xml:"UploadId"`
		Initiated time.Time
	}
	type result struct {
		XMLName xml.Name `xml:"ListMultipartUploadsResult"`
		Upload  []listed
	}
	var list result
	for id, u := range s.uploads {
		if strings.HasPrefix(u.key, prefix) {
			list.Upload = append(list.Upload, listed{u.key, id, u.modified})
		}
	}
	answer(w, http.StatusOK, list)
}

// verify checks the signature of a request, in its headers or in its query, as
// AWS describes it (Signature Version 4).
func verify(r *http.Request, body []byte) error {
	q := r.URL.Query()
	var credential, signedHeaders, signature, date, payload string
	if q.Has("X-Amz-Signature") {
		credential, signedHeaders, signature = q.Get("X-Amz-Credential"), q.Get("X-Amz-SignedHeaders"), q.Get("X-Amz-Signature")
		date, payload = q.Get("X-Amz-Date"), "UNSIGNED-PAYLOAD"
		q.Del("X-Amz-Signature")
	} else {
		fields, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
		if !ok {
			return fmt.Errorf("no signature")
		}
		for _, field := range strings.Split(fields, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
			switch name {
			case "Credential":
				credential = value
			case "SignedHeaders":
				signedHeaders = value
			case "Signature":
				signature = value
			}
		}
		date, payload = r.Header.Get("X-Amz-Date"), r.Header.Get("X-Amz-Content-Sha256")
	}
	if err := fresh(q, date); err != nil {
		return err
	}
	if sum := sha256.Sum256(body); payload != "UNSIGNED-PAYLOAD" && payload != hex.EncodeToString(sum[:]) {
		return fmt.Errorf("the body is not the one that was signed")
	}
	id, scope, _ := strings.Cut(credential, "/")
	if id != KeyID || len(date) < 8 || !strings.HasPrefix(scope, date[:8]+"/") {
		return fmt.Errorf("credential %q", credential)
	}
	if !slices.Contains(strings.Split(signedHeaders, ";"), "host") {
		return fmt.Errorf("the host is not signed")
	}
	canonical := strings.Join([]string{
		r.Method, escape(r.URL.Path, true), query(q), headers(r, signedHeaders), signedHeaders, payload,
	}, "\n")
	sum := sha256.Sum256([]byte(canonical))
	key := []byte("AWS4" + Secret)
	for _, part := range strings.Split(scope, "/") {
		key = sign(key, part)
	}
	want := hex.EncodeToString(sign(key, "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"+hex.EncodeToString(sum[:])))
	if want != signature {
		return fmt.Errorf("the signature is not of\n%s", canonical)
	}
	return nil
}

func fresh(q url.Values, date string) error {
	at, err := time.Parse("20060102T150405Z", date)
	if err != nil {
		return err
	}
	life := 15 * time.Minute
	if q.Has("X-Amz-Expires") {
		seconds, err := strconv.Atoi(q.Get("X-Amz-Expires"))
		if err != nil {
			return err
		}
		life = time.Duration(seconds) * time.Second
	}
	if age := time.Since(at); age > life || age < -15*time.Minute {
		return fmt.Errorf("the signature is %v old", age)
	}
	return nil
}

func sign(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func headers(r *http.Request, signed string) string {
	var b strings.Builder
	for _, name := range strings.Split(signed, ";") {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		b.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	return b.String()
}

func query(q url.Values) string {
	var list []string
	for name, values := range q {
		for _, v := range values {
			list = append(list, escape(name, false)+"="+escape(v, false))
		}
	}
	slices.Sort(list)
	return strings.Join(list, "&")
}

// escape escapes everything but unreserved characters and, in a path, slashes.
func escape(s string, path bool) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 || path && c == '/' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
