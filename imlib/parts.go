package imlib

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// How a file gets to the server, or to the bucket that it names.
// PROTOCOL.md#files

// storage is where files go.
type storage struct {
	objects string // a URL that takes uploads of the minio kind
	form    string // one that takes forms, when the other one fails
}

// decodeStorage reads them from the answer of a navigator. What is not there is
// empty, and matters only to who uploads.
func decodeStorage(navigation []byte) *storage {
	var a struct {
		Choices string `json:"ossConfig"`
	}
	var choices []map[string]string
	if json.Unmarshal(navigation, &a) != nil || json.Unmarshal([]byte(a.Choices), &choices) != nil {
		return new(storage)
	}
	slices.SortStableFunc(choices, func(a, b map[string]string) int { return cmp.Compare(a["p"], b["p"]) })
	p := new(storage)
	for _, c := range choices {
		p.objects = strings.TrimSuffix(cmp.Or(p.objects, c["minio"]), "/")
		p.form = cmp.Or(p.form, c["qiniu"])
	}
	return p
}

const (
	// tries is how often a request is made before it has failed.
	tries = 3
	// stalled is how long a request may make no progress at all.
	stalled   = 30 * time.Second
	maxAnswer = 1 << 20 // bytes of what the storage says
)

// errNoUpload says that the server knows no such upload in parts, or that its
// file was sent already.
var errNoUpload = errors.New("there is no such upload under way")

// whole uploads the file in one piece.
func (t *transfer) whole(ctx context.Context, content []byte) error {
	_, err := t.request(ctx, http.MethodPut, "", content, 0)
	if form := t.storage().form; errors.Is(err, chat.UploadFailed) && form != "" && ctx.Err() == nil {
		if t.form(ctx, form, content) == nil {
			return nil
		}
	}
	return err
}

func (t *transfer) storage() *storage {
	if p := t.client.navigator.storage.Load(); p != nil {
		return p
	}
	return new(storage)
}

// begin begins an upload in parts.
func (t *transfer) begin(ctx context.Context) error {
	text, err := t.request(ctx, http.MethodPost, "uploads", nil, 0)
	if err != nil {
		return err
	}
	var begun struct {
		ID string `xml:"UploadId"`
	}
	if err := xml.Unmarshal(text, &begun); err != nil || begun.ID == "" {
		return &chat.Error{Code: chat.UploadFailed, Reason: "the storage did not begin the upload", Err: err}
	}
	t.id = begun.ID
	if t.upload.Begun != nil {
		t.upload.Begun(t.token())
	}
	return nil
}

type listedPart struct {
	Number int    `xml:"PartNumber"`
	ETag   string `xml:"ETag"`
	Size   int64  `xml:"Size,omitempty"`
}

// goOn sends the parts that are missing. Where the upload is known no more, it
// was completed, and the answer was lost, or it begins once more.
func (t *transfer) goOn(ctx context.Context) error {
	text, err := t.request(ctx, http.MethodGet, t.query(), nil, 0)
	if errors.Is(err, errNoUpload) {
		if _, err := t.url(ctx); err == nil {
			return nil
		}
		t.id = ""
		return t.run(ctx)
	}
	if err != nil {
		return err
	}
	var list struct {
		Parts []listedPart `xml:"Part"`
	}
	if err := xml.Unmarshal(text, &list); err != nil {
		return &chat.Error{Code: chat.UploadFailed, Reason: "the storage did not say what it has", Err: err}
	}
	here := make(map[int]listedPart, len(list.Parts))
	for _, p := range list.Parts {
		here[p.Number] = p
	}
	return t.parts(ctx, here, nil)
}

func (t *transfer) query() string { return "uploadId=" + url.QueryEscape(t.id) }

// parts sends the parts that are not here yet, of which the first may have been
// read, and makes the file of all.
func (t *transfer) parts(ctx context.Context, here map[int]listedPart, first []byte) error {
	var all []listedPart
	for number, last := 1, false; !last; number++ {
		p, have := here[number]
		var err error
		if have && first == nil && t.complete(p, number) {
			last = t.body.at+p.Size >= t.body.size
			if err = t.body.skip(p.Size); err == nil {
				t.progress(t.body.at)
			}
		} else {
			p, last, err = t.sendPart(ctx, number, first)
			first = nil
		}
		if err != nil {
			return err
		}
		if p.ETag != "" {
			all = append(all, p)
		}
	}
	type completion struct {
		XMLName xml.Name     `xml:"CompleteMultipartUpload"`
		Parts   []listedPart `xml:"Part"`
	}
	for i := range all {
		all[i].Size = 0
	}
	text, err := xml.Marshal(completion{Parts: all})
	if err != nil {
		return err
	}
	_, err = t.request(ctx, http.MethodPost, t.query(), text, t.body.size)
	return err
}

// complete reports whether a part that the server has is all of the part.
func (t *transfer) complete(p listedPart, number int) bool {
	return t.body.size >= 0 && p.Size == min(t.part, t.body.size-int64(number-1)*t.part)
}

// sendPart sends the next part, unless the file ended right before it.
func (t *transfer) sendPart(ctx context.Context, number int, content []byte) (p listedPart, last bool, err error) {
	start := t.body.at - int64(len(content))
	if content == nil {
		if content, last, err = t.body.read(t.part); err != nil || len(content) == 0 {
			return p, true, err
		}
	}
	p = listedPart{Number: number}
	p.ETag, err = t.etag(ctx, fmt.Sprintf("partNumber=%d&%s", number, t.query()), content, start)
	return p, last, err
}

// etag makes a request that is answered with the name of what was sent.
func (t *transfer) etag(ctx context.Context, query string, content []byte, start int64) (string, error) {
	text, err := t.request(ctx, http.MethodPut, query, content, start)
	return string(text), err
}

// request makes a request of the upload, more than once where that may help,
// and returns what it was answered: of PUT the ETag. start is where content
// stands in the file.
func (t *transfer) request(ctx context.Context, method, query string, content []byte, start int64) ([]byte, error) {
	for try := 1; ; try++ {
		ticket, err := t.ticket(ctx, method, query)
		if err != nil {
			return nil, err
		}
		target := t.storage().objects + "/" + ticket.GetMinioBucketName() + "/" + t.key
		if query != "" {
			target += "?" + query
		}
		header := http.Header{
			"Authorization": {ticket.GetMinioAuthorization()}, "X-Amz-Content-Sha256": {ticket.GetMinioContentSha256()},
			"X-Amz-Date": {ticket.GetMinioDate()}, "Content-Type": {t.upload.Type},
			"Content-Disposition": {string(t.upload.Disposition) + "; filename=" + url.PathEscape(t.upload.Name) + ";"},
		}
		text, again, err := t.do(ctx, method, target, header, content, start)
		if err == nil || !again || try == tries || ctx.Err() != nil {
			return text, err
		}
		t.client.options.Log.Info("a request of an upload failed", "error", err)
		if err := sleep(ctx, jitter(time.Duration(try)*time.Second)); err != nil {
			return nil, err
		}
	}
}

// do makes one request and says whether another one may do better.
func (t *transfer) do(ctx context.Context, method, target string, header http.Header, content []byte, start int64) (text []byte, again bool, err error) {
	stop, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := time.AfterFunc(stalled, func() { cancel(fmt.Errorf("nothing moved for %s", stalled)) })
	defer idle.Stop()
	sent := &moving{Reader: bytes.NewReader(content), moved: func(n int64) {
		idle.Reset(stalled)
		if method == http.MethodPut {
			t.progress(start + n)
		}
	}}
	defer sent.end()
	r, err := http.NewRequestWithContext(stop, method, target, io.NopCloser(sent))
	if err != nil {
		return nil, false, &chat.Error{Code: chat.UploadFailed, Reason: "the server names no place to upload to", Err: err}
	}
	r.ContentLength, r.Header = int64(len(content)), header
	if len(content) == 0 {
		r.Body = http.NoBody
	}
	resp, err := t.client.navigator.http.Do(r)
	if err == nil {
		defer resp.Body.Close() // nothing is left to learn from its error
		text, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		return nil, true, &chat.Error{Code: chat.UploadFailed, Reason: "the upload broke off", Err: cmp.Or(context.Cause(stop), err)}
	}
	if resp.StatusCode == http.StatusOK && method == http.MethodPut {
		sent.end()
		t.progress(start + int64(len(content)))
		return []byte(resp.Header.Get("ETag")), false, nil
	}
	again, err = storageError(resp.StatusCode, text)
	return text, again, err
}

// storageError is what an answer says went wrong.
func storageError(status int, text []byte) (again bool, err error) {
	if status == http.StatusOK || status == http.StatusNoContent {
		return false, nil
	}
	var why struct{ Code, Message string }
	_ = xml.Unmarshal(text, &why) // else the status is all there is to say
	failed := chat.Errorf(chat.UploadFailed, "the storage refused with status %d %s %s", status, why.Code, why.Message)
	switch {
	case status == http.StatusNotFound, status == http.StatusConflict:
		failed.Err = errNoUpload
	case status == http.StatusRequestEntityTooLarge:
		failed.Code = chat.FileTooBig
	}
	return status >= 500 || status == http.StatusTooManyRequests, failed
}

// moving tells how much of it was read, until end: whoever sends a request may
// read on after it was answered.
type moving struct {
	io.Reader
	moved func(int64)

	mu   sync.Mutex // guards the following
	n    int64
	over bool
}

// Read implements io.Reader.
func (m *moving) Read(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.Reader.Read(p)
	if m.n += int64(n); !m.over {
		m.moved(m.n)
	}
	return n, err
}

func (m *moving) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.over = true
}

// form uploads the file as a form, which is the server's own way when a bucket
// cannot be reached.
func (t *transfer) form(ctx context.Context, place string, content []byte) error {
	ticket, err := t.ticket(ctx, "", "")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part := textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", t.upload.Name)}, "Content-Type": {t.upload.Type},
	}
	err = errors.Join(w.WriteField("token", ticket.GetToken()), w.WriteField("key", t.key))
	file, failed := w.CreatePart(part)
	if err = errors.Join(err, failed); err == nil {
		_, err = file.Write(content)
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		return err
	}
	_, _, err = t.do(ctx, http.MethodPost, place, http.Header{"Content-Type": {w.FormDataContentType()}}, b.Bytes(), 0)
	return err
}
