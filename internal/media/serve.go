package media

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// get serves a file to whoever knows its URL, and tells an uploader with a
// ticket which parts are here.
func (h *Handler) get(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		h.object(w, r)
		return
	}
	f := h.apps[r.PathValue("app")]
	if f == nil || !isID(r.PathValue("id")) {
		http.NotFound(w, r)
		return
	}
	err := f.serve(w, r, r.PathValue("id"))
	switch {
	case errors.Is(err, ErrNotFound):
		http.NotFound(w, r)
	case err != nil:
		f.cfg.Log.Error("a file cannot be read", "id", r.PathValue("id"), "error", err)
		http.Error(w, "the storage of files failed", status(storage(err)))
	}
}

// linkLife is how long the link into a bucket works that a reader is sent to.
const linkLife = time.Hour

// policy lets nothing in a file run or load anything from elsewhere, also when
// a browser shows it as a page.
const policy = "sandbox; default-src 'none'; img-src 'self' data: blob:; media-src 'self' data: blob:; style-src 'unsafe-inline'; font-src data:"

// serve answers GET and HEAD.
func (f *Files) serve(w http.ResponseWriter, r *http.Request, id string) error {
	known, err := f.file(r.Context(), id)
	if err != nil {
		return err
	}
	if f.direct != nil && r.Method == http.MethodGet && !runs(known.Type) {
		link, err := f.direct.Link(r.Context(), known.name(), linkLife, known.contentType(), known.contentDisposition())
		if err != nil {
			return err
		}
		w.Header().Set("Cache-Control", "private, max-age="+strconv.Itoa(int(linkLife.Seconds()/2)))
		http.Redirect(w, r, link, http.StatusFound)
		return nil
	}
	content, err := f.cfg.Blobs.Open(r.Context(), known.name())
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }() // it was only read
	h := w.Header()
	h.Set("Content-Type", known.contentType())
	h.Set("Content-Disposition", known.contentDisposition())
	h.Set("ETag", known.etag())
	// The content of a URL never changes once it was sent to anybody.
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Referrer-Policy", "no-referrer")
	http.ServeContent(&leaving{w, http.NewResponseController(w), f}, r, "", time.UnixMilli(known.Uploaded), content)
	return nil
}

// leaving is an answer whose client must take it without stalling.
type leaving struct {
	http.ResponseWriter
	control *http.ResponseController
	files   *Files
}

// Write implements io.Writer.
func (l *leaving) Write(p []byte) (written int, err error) {
	for written < len(p) && err == nil {
		// Where deadlines cannot be set there is no connection, but a test.
		_ = l.control.SetWriteDeadline(time.Now().Add(stall))
		var n int
		n, err = l.ResponseWriter.Write(p[written:min(len(p), written+stallBytes)])
		written += n
	}
	l.files.metrics.served.Add(float64(written))
	return written, err
}

// ReadFrom implements io.ReaderFrom: io.Copy takes as much at once as a client
// has to take in time.
func (l *leaving) ReadFrom(r io.Reader) (int64, error) {
	return io.CopyBuffer(writer{l}, r, make([]byte, stallBytes))
}

// writer hides ReadFrom.
type writer struct{ io.Writer }

// describe makes of what a client said about a file what we say about it.
func (f *file) describe() {
	f.Type = mediaType(f.Type)
	disposition, name := readDisposition(f.disposition)
	if f.Name == "" {
		f.Name = name
	}
	if len(f.Name) > maxKey || checkKey(f.Name) != nil {
		f.Name = ""
	}
	switch disposition {
	case "inline":
		f.Inline = true
	case "attachment":
		f.Inline = false
	default:
		f.Inline = f.Type == "text/html"
	}
}

// readDisposition reads a Content-Disposition as official clients write it,
// which is not always one: the file name in it is escaped like a part of a URL.
func readDisposition(header string) (disposition, name string) {
	disposition, rest, _ := strings.Cut(header, ";")
	for _, parameter := range strings.Split(rest, ";") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(parameter), "filename="); ok {
			if plain, err := url.PathUnescape(strings.Trim(v, `"`)); err == nil {
				name = plain
			}
		}
	}
	return strings.ToLower(strings.TrimSpace(disposition)), name
}

// mediaType is the type of a file without parameters, or that of unknown bytes.
func mediaType(header string) string {
	t, _, err := mime.ParseMediaType(header)
	if err != nil || len(t) > 100 || !strings.Contains(t, "/") {
		return unknownType
	}
	return t
}

const unknownType = "application/octet-stream"

// servedTypes are the types beside image, audio and video that are told to a
// browser. It takes no harm from them, or is kept from it by the policy. Of
// others it is told nothing: above all, nothing is ever a script, a style or a
// worker.
var servedTypes = map[string]bool{
	"text/plain": true, "text/html": true, "text/csv": true, "text/markdown": true, "text/vcard": true, "text/calendar": true,
	"application/pdf": true, "application/json": true, "application/zip": true, "application/gzip": true, "application/rtf": true,
	"application/x-7z-compressed": true, "application/x-tar": true, "application/vnd.rar": true, "application/x-rar-compressed": true,
	"application/x-zip-compressed": true, "application/msword": true, "application/epub+zip": true,
	"application/vnd.android.package-archive": true,
}

// contentType is the type as a reader is told.
func (f *file) contentType() string {
	group, _, _ := strings.Cut(f.Type, "/")
	switch {
	case f.Type == "text/plain" || f.Type == "text/csv" || f.Type == "text/markdown":
		return f.Type + "; charset=utf-8"
	case group == "image", group == "audio", group == "video", servedTypes[f.Type],
		strings.HasPrefix(f.Type, "application/vnd.ms-"), strings.HasPrefix(f.Type, "application/vnd.openxmlformats-officedocument."),
		strings.HasPrefix(f.Type, "application/vnd.oasis.opendocument."):
		return f.Type
	}
	return unknownType
}

// runs reports whether a browser might run what is in a file of type t. Such
// files never come from a bucket, which does not send the policy.
func runs(t string) bool {
	return t == "text/html" || t == "application/pdf" || strings.HasSuffix(t, "+xml") || strings.HasSuffix(t, "/xml")
}

// contentDisposition says to show or to save, and under which name.
func (f *file) contentDisposition() string {
	disposition := "attachment"
	if f.Inline {
		disposition = "inline"
	}
	name := f.Name
	if name == "" {
		name = "file" + path.Ext(f.Key)
	}
	if text := mime.FormatMediaType(disposition, map[string]string{"filename": name}); text != "" {
		return text
	}
	return disposition
}
