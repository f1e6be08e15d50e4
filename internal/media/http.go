package media

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/hongyan-im/hongyan/chat"
)

// Path is where a Handler expects to be.
const Path = "/files"

// Handler serves the files of all apps. It must see paths that begin with Path.
type Handler struct {
	apps map[string]*Files
	mux  *http.ServeMux
	busy sync.WaitGroup

	// early are the places for parts of forms whose ticket comes after them.
	early chan struct{}
}

// maxEarly is how many of them there are; each is a file of at most a chunk.
const maxEarly = 16

// NewHandler serves the files of apps, by app key. PROTOCOL.md#files
func NewHandler(apps map[string]*Files) *Handler {
	h := &Handler{apps: apps, mux: http.NewServeMux(), early: make(chan struct{}, maxEarly)}
	object := Path + "/{app}/{id}/{name...}"
	h.mux.HandleFunc("POST "+Path, h.form)
	h.mux.HandleFunc("GET "+object, h.get)
	h.mux.HandleFunc("PUT "+object, h.object)
	h.mux.HandleFunc("POST "+object, h.object)
	h.mux.HandleFunc("DELETE "+object, h.object)
	h.mux.HandleFunc("OPTIONS "+Path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	h.mux.HandleFunc("OPTIONS "+object, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return h
}

// ServeHTTP lets pages of any origin in: a ticket, or the URL of a file, is
// the right to do what it says.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.busy.Add(1)
	defer h.busy.Done()
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Expose-Headers", "ETag, Accept-Ranges, Content-Range, Content-Length, Content-Disposition")
	header.Set("X-Content-Type-Options", "nosniff")
	if r.Method == http.MethodOptions {
		header.Set("Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, DELETE, OPTIONS")
		header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Content-Disposition, Range, If-None-Match, If-Range, "+
			"x-amz-content-sha256, x-amz-date, X-File-TransactionId, X-File-Total-Size")
		header.Set("Access-Control-Max-Age", "86400")
	}
	h.mux.ServeHTTP(w, r)
}

// Wait returns when nothing is being uploaded or read any more.
func (h *Handler) Wait() { h.busy.Wait() }

// object is every request of an upload of the minio kind: it names the file in
// its path and has the ticket in a header.
func (h *Handler) object(w http.ResponseWriter, r *http.Request) {
	f, c, err := h.ticket(r)
	if err == nil {
		err = f.object(w, r, c)
	}
	if err != nil {
		h.refuseXML(w, r, f, err)
	}
}

// ticket returns what the ticket of r says, and whose it is.
func (h *Handler) ticket(r *http.Request) (*Files, claims, error) {
	f, c, err := h.verify(r.Header.Get("Authorization"))
	if err != nil {
		return nil, c, err
	}
	if r.PathValue("app") != c.App || r.PathValue("id") != f.id(chat.UserID(c.Subject), c.Key) {
		return f, c, chat.Errorf(chat.NotAuthorized, "the ticket is for another file")
	}
	return f, c, nil
}

// maxTicket bounds what is looked at: key and query may have to be escaped.
const maxTicket = 16 << 10

func (h *Handler) verify(token string) (*Files, claims, error) {
	token = strings.TrimPrefix(token, "Bearer ")
	var c claims
	if len(token) > maxTicket {
		return nil, c, chat.Errorf(chat.NotAuthorized, "the ticket is over %d bytes", maxTicket)
	}
	if _, _, err := jwt.NewParser().ParseUnverified(token, &c); err != nil {
		return nil, c, &chat.Error{Code: chat.NotAuthorized, Reason: "this is no ticket", Err: err}
	}
	f := h.apps[c.App]
	if f == nil {
		return nil, c, chat.Errorf(chat.NotAuthorized, "the ticket is of an app that is not served here")
	}
	c, err := f.verify(token)
	return f, c, err
}

// status is the HTTP status of an error.
func status(err error) int {
	if errors.Is(err, ErrNotFound) {
		return http.StatusNotFound
	}
	if errors.Is(err, ErrPart) {
		return http.StatusBadRequest
	}
	switch chat.CodeOf(err) {
	case chat.NotAuthorized:
		return http.StatusForbidden
	case chat.Blocked:
		return http.StatusConflict
	case chat.FileTooBig:
		return http.StatusRequestEntityTooLarge
	case chat.TooFrequent:
		return http.StatusTooManyRequests
	case chat.BadParameter, chat.BadMessage:
		return http.StatusBadRequest
	case chat.StoreUnavailable, chat.ServerUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// s3Codes are what S3 calls a failure.
var s3Codes = map[int]string{
	http.StatusForbidden: "AccessDenied", http.StatusNotFound: "NoSuchUpload", http.StatusConflict: "ObjectAlreadyInActiveTierError",
	http.StatusRequestEntityTooLarge: "EntityTooLarge", http.StatusTooManyRequests: "SlowDown", http.StatusBadRequest: "InvalidRequest",
	http.StatusServiceUnavailable: "ServiceUnavailable", http.StatusInternalServerError: "InternalError",
}

// refuseXML answers as S3 does.
func (h *Handler) refuseXML(w http.ResponseWriter, r *http.Request, f *Files, err error) {
	h.log(r, f, err)
	type failure struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}
	s := status(err)
	answerXML(w, s, failure{Code: s3Codes[s], Message: reason(err)})
}

// refuseJSON answers as uploads by form do.
func (h *Handler) refuseJSON(w http.ResponseWriter, r *http.Request, f *Files, err error) {
	h.log(r, f, err)
	answerJSON(w, status(err), map[string]any{"code": chat.CodeOf(err), "error": reason(err)})
}

// reason is what a client may know of an error.
func reason(err error) string {
	var coded *chat.Error
	switch {
	case errors.As(err, &coded):
		return coded.Reason
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrPart):
		return err.Error()
	}
	return "internal error"
}

func (h *Handler) log(r *http.Request, f *Files, err error) {
	if f == nil {
		return // of no app
	}
	f.metrics.refused(err)
	if status(err) >= http.StatusInternalServerError && r.Context().Err() == nil {
		f.cfg.Log.Error("an upload failed", "error", err)
	}
}

func answerXML(w http.ResponseWriter, status int, v any) {
	body, err := xml.Marshal(v)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	answer(w, status, "application/xml", append([]byte(xml.Header), body...))
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	answer(w, status, "application/json", body)
}

func answer(w http.ResponseWriter, status int, contentType string, body []byte) {
	// An upload may have taken longer than an answer may.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(stall))
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client has gone: nobody is left to tell
}

// stall is how long a client may take for stallBytes of an upload, or of what
// it reads; slower ones are cut off.
const (
	stall      = 30 * time.Second
	stallBytes = 64 << 10
)

// arriving is the body of an upload: it must make progress, and end before max.
type arriving struct {
	r       io.Reader
	control *http.ResponseController
	pending int   // bytes until the client has proved again that it makes progress
	left    int64 // bytes that may still come
	limit   int64
}

func arrive(w http.ResponseWriter, r io.Reader, limit int64) *arriving {
	return &arriving{r: r, control: http.NewResponseController(w), left: limit, limit: limit}
}

// Read implements io.Reader.
func (a *arriving) Read(p []byte) (int, error) {
	if a.pending <= 0 {
		// Where deadlines cannot be set there is no connection, but a test.
		_ = a.control.SetReadDeadline(time.Now().Add(stall))
		a.pending = stallBytes
	}
	n, err := a.r.Read(p)
	a.pending -= n
	a.left -= int64(n)
	if a.left < 0 {
		return 0, tooBig(a.limit)
	}
	return n, err
}

// interrupted is the error of a body that did not arrive: the client's, not ours.
func interrupted(err error) error {
	var coded *chat.Error
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return &chat.Error{Code: chat.BadMessage, Reason: "the upload was interrupted", Err: err}
}

// begin takes one of the user's places for uploads. end gives it back.
func (f *Files) begin(user chat.UserID) (end func(), err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := f.cfg.Limits.Uploads; f.uploading[user] >= n {
		return nil, chat.Errorf(chat.TooFrequent, "the user uploads %d files, the most at once", n)
	}
	f.uploading[user]++
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.uploading[user]--; f.uploading[user] == 0 {
			delete(f.uploading, user)
		}
	}, nil
}

// open makes sure that a ticket's file may be written now.
func (f *Files) open(ctx context.Context, c claims) (n Name, end func(), err error) {
	user := chat.UserID(c.Subject)
	n = Name{ID: f.id(user, c.Key), Key: c.Key}
	if err := f.mayWrite(ctx, n.ID); err != nil {
		return n, nil, err
	}
	end, err = f.begin(user)
	return n, end, err
}
