package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// chunk is how much official clients send in one form of the rcx kind.
const chunk = 10 << 20

// form is an upload by form: of the qiniu kind, in one piece, or of the rcx
// kind, which sends a big file in chunks.
func (h *Handler) form(w http.ResponseWriter, r *http.Request) {
	f, answer, err := h.readForm(w, r)
	if err != nil {
		h.refuseJSON(w, r, f, err)
		return
	}
	answerJSON(w, http.StatusOK, answer)
}

// formAnswer is what uploaders of both kinds read.
type formAnswer struct {
	Key string `json:"key"`
	URL struct {
		Path     string `json:"path"` // after the URL that the form went to, and a slash
		FileName string `json:"file_name"`
	} `json:"rc_url"`
}

// maxField bounds a field of a form beside the file, and maxAround all that is
// around it.
const (
	maxField  = maxTicket
	maxAround = 64 << 10
)

// readForm reads the parts of a form in the order they come.
func (h *Handler) readForm(w http.ResponseWriter, r *http.Request) (f *Files, answer formAnswer, err error) {
	body := arrive(w, r.Body, chunk+maxAround) // until the ticket says more
	r.Body = io.NopCloser(body)
	form, err := r.MultipartReader()
	if err != nil {
		return nil, answer, &chat.Error{Code: chat.BadParameter, Reason: "the body is no multipart form", Err: err}
	}
	var early *earlyFile
	defer func() { early.close() }()
	var ticket claims
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return f, answer, interrupted(err)
		}
		switch name := part.FormName(); {
		case name == "token":
			token, err := io.ReadAll(io.LimitReader(part, maxField))
			if err != nil {
				return f, answer, interrupted(err)
			}
			if f, ticket, err = h.verify(string(token)); err != nil {
				return f, answer, err
			}
			body.left, body.limit = ticket.Max+maxAround, ticket.Max
		case name == "file" && f == nil:
			if early, err = h.spool(r, part); err != nil {
				return nil, answer, err
			}
		case name == "file":
			return f, f.formAnswer(ticket), f.upload(r, ticket, part.Header.Get("Content-Type"), part.FileName(), part)
		}
	}
	if f == nil || early == nil {
		return f, answer, chat.Errorf(chat.BadParameter, "the form has not both, a token and a file")
	}
	return f, f.formAnswer(ticket), f.upload(r, ticket, early.contentType, early.name, early.file)
}

func (f *Files) formAnswer(c claims) formAnswer {
	a := formAnswer{Key: c.Key}
	a.URL.Path, a.URL.FileName = f.path(f.id(chat.UserID(c.Subject), c.Key), "", c.Key), c.Key
	return a
}

// earlyFile is a file that came before the ticket that lets it in, which is
// the order of chunks of the rcx kind.
type earlyFile struct {
	file              *os.File
	contentType, name string
	free              func()
}

func (h *Handler) spool(r *http.Request, part *multipart.Part) (*earlyFile, error) {
	if r.Header.Get("X-File-TransactionId") == "" {
		return nil, chat.Errorf(chat.BadParameter, "the token must come before the file in the form")
	}
	select {
	case h.early <- struct{}{}:
	default:
		return nil, chat.Errorf(chat.TooFrequent, "%d chunks arrive at once, the most there is room for", maxEarly)
	}
	e := &earlyFile{contentType: part.Header.Get("Content-Type"), name: part.FileName(), free: func() { <-h.early }}
	var err error
	if e.file, err = os.CreateTemp("", "hongyan-chunk-"); err != nil {
		e.close()
		return nil, storage(err)
	}
	n, err := io.Copy(e.file, io.LimitReader(part, chunk+1))
	if err == nil && n > chunk {
		err = tooBig(chunk)
	}
	if err == nil {
		_, err = e.file.Seek(0, io.SeekStart)
	}
	if err != nil {
		e.close()
		return nil, interrupted(err)
	}
	return e, nil
}

func (e *earlyFile) close() {
	if e == nil {
		return
	}
	if e.file != nil {
		_ = e.file.Close() // nobody reads it any more
		_ = os.Remove(e.file.Name())
	}
	e.free()
}

// upload stores the file of a form, or a chunk of one.
func (f *Files) upload(r *http.Request, c claims, contentType, fileName string, body io.Reader) error {
	if c.Query != "" {
		return chat.Errorf(chat.NotAuthorized, "the ticket is for another request")
	}
	n, end, err := f.open(r.Context(), c)
	if err != nil {
		return err
	}
	defer end()
	done := &file{User: chat.UserID(c.Subject), Key: c.Key, Name: fileName, Type: contentType, id: n.ID}
	if r.Header.Get("X-File-TransactionId") != "" {
		done.Size, err = f.uploadChunk(r, c, n, body)
		if err != nil || done.Size < 0 {
			return err
		}
		return f.finish(r.Context(), done)
	}
	if done.Size, err = f.store(r.Context(), n, &limited{body, c.Max, c.Max}); err != nil {
		return err
	}
	return f.finish(r.Context(), done)
}

// limited fails when there is more than left.
type limited struct {
	r           io.Reader
	left, limit int64
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, tooBig(l.limit)
	}
	return n, err
}

// chunkedUpload is an upload of the rcx kind. It is forgotten by a restart, as
// its clients never go on with one that failed.
type chunkedUpload struct {
	mu     sync.Mutex // a chunk is taken after the other
	upload string
	parts  []Part
	size   int64
	last   time.Time
}

// uploadChunk stores the next chunk and returns the size of the file when it
// is complete, else -1.
func (f *Files) uploadChunk(r *http.Request, c claims, n Name, body io.Reader) (int64, error) {
	start, total, err := chunkOf(r.Header)
	if err != nil {
		return 0, err
	}
	if total > c.Max {
		return 0, tooBig(c.Max)
	}
	u, err := f.chunkedUpload(r, n, start)
	if err != nil {
		return 0, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if start != u.size {
		return 0, chat.Errorf(chat.BadParameter, "Range begins at %d, but %d bytes are here", start, u.size)
	}
	size := min(chunk, total-start)
	p, err := f.storePart(r.Context(), n, u.upload, len(u.parts)+1, io.LimitReader(body, size), size)
	if err != nil {
		return 0, err
	}
	u.parts, u.size = append(u.parts, p), u.size+p.Size
	switch {
	case p.Size != size:
		return 0, chat.Errorf(chat.BadParameter, "the chunk has %d bytes, not %d", p.Size, size)
	case u.size < total:
		return -1, nil
	}
	f.mu.Lock()
	delete(f.chunked, chunkedKey(r, n))
	f.mu.Unlock()
	done, err := f.cfg.Blobs.Complete(context.WithoutCancel(r.Context()), n, u.upload, u.parts)
	return done, storage(err)
}

// chunkOf reads where a chunk begins and how big the whole file is.
func chunkOf(h http.Header) (start, total int64, err error) {
	from, _, _ := strings.Cut(strings.TrimPrefix(h.Get("Range"), "bytes="), "-")
	start, err = strconv.ParseInt(from, 10, 64)
	if err == nil {
		total, err = strconv.ParseInt(h.Get("X-File-Total-Size"), 10, 64)
	}
	if err != nil || start < 0 || start >= total {
		return 0, 0, chat.Errorf(chat.BadParameter, "Range %.40q and X-File-Total-Size %.20q name no chunk", h.Get("Range"), h.Get("X-File-Total-Size"))
	}
	return start, total, nil
}

func chunkedKey(r *http.Request, n Name) string {
	return fmt.Sprintf("%s %.100s", n.ID, r.Header.Get("X-File-TransactionId"))
}

// chunkedUpload finds the upload of a chunk; the first chunk begins it.
func (f *Files) chunkedUpload(r *http.Request, n Name, start int64) (*chunkedUpload, error) {
	key := chunkedKey(r, n)
	f.mu.Lock()
	u := f.chunked[key]
	if u != nil {
		u.last = f.cfg.Now()
	}
	f.mu.Unlock()
	if u != nil {
		return u, nil
	}
	if start != 0 {
		return nil, ErrNotFound
	}
	upload, err := f.cfg.Blobs.Begin(r.Context(), n)
	if err != nil {
		return nil, storage(err)
	}
	u = &chunkedUpload{upload: upload, last: f.cfg.Now()}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.chunked[key] = u
	return u, nil
}

// forgetChunked forgets what got nothing since before.
func (f *Files) forgetChunked(before time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, u := range f.chunked {
		if u.last.Before(before) {
			delete(f.chunked, key)
		}
	}
}
