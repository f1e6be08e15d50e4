package media

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
)

// object does what a request of the minio kind asks. The ticket says which
// request it is for; the URL's own query is not looked at, because a key may
// have a ? or # in it, which official clients do not escape.
func (f *Files) object(w http.ResponseWriter, r *http.Request, c claims) error {
	q, err := url.ParseQuery(c.Query)
	if err != nil || (c.Method != "" && c.Method != r.Method) || (c.Method == "" && r.Method != http.MethodPut) {
		return chat.Errorf(chat.NotAuthorized, "the ticket is for another request")
	}
	n, end, err := f.open(r.Context(), c)
	if err != nil {
		return err
	}
	defer end()
	o := object{Files: f, w: w, r: r, claims: c, name: n, upload: q.Get("uploadId")}
	switch {
	case q.Has("uploads"):
		return o.start()
	case q.Has("partNumber"):
		number, err := strconv.Atoi(q.Get("partNumber"))
		if err != nil || number < 1 || number > MaxParts {
			return chat.Errorf(chat.BadParameter, "partNumber is not 1 to %d", MaxParts)
		}
		return o.part(number)
	case o.upload == "":
		return o.put()
	case r.Method == http.MethodPost:
		return o.complete()
	case r.Method == http.MethodGet:
		return o.list()
	default:
		return o.abort()
	}
}

// object is one request of the minio kind.
type object struct {
	*Files
	w      http.ResponseWriter
	r      *http.Request
	claims claims
	name   Name
	upload string
}

// body is what arrives, at most limit bytes of it.
func (o *object) body(limit int64) (io.Reader, error) {
	if o.r.ContentLength > limit {
		return nil, tooBig(limit) // before it is sent in vain
	}
	return arrive(o.w, o.r.Body, limit), nil
}

// described is the file as the headers of the request tell of it.
func (o *object) described(size int64) *file {
	return &file{
		User: chat.UserID(o.claims.Subject), Key: o.name.Key, Type: o.r.Header.Get("Content-Type"), Size: size,
		id: o.name.ID, disposition: o.r.Header.Get("Content-Disposition"),
	}
}

// put stores a file that comes in one piece.
func (o *object) put() error {
	body, err := o.body(o.claims.Max)
	if err != nil {
		return err
	}
	size, err := o.store(o.r.Context(), o.name, body)
	if err != nil {
		return err
	}
	done := o.described(size)
	if err := o.finish(o.r.Context(), done); err != nil {
		return err
	}
	o.w.Header().Set("ETag", done.etag())
	o.w.WriteHeader(http.StatusOK)
	return nil
}

// store puts what arrives into storage, and tells the client's failures from
// those of the storage.
func (f *Files) store(ctx context.Context, n Name, body io.Reader) (int64, error) {
	// It may have been sent while it was being replaced.
	watched := &watched{r: body, end: func() error { return f.mayWrite(ctx, n.ID) }}
	size, err := f.cfg.Blobs.Put(ctx, n, watched)
	return size, watched.blame(err)
}

// watched remembers how reading failed, and fails at the end when end does.
type watched struct {
	r   io.Reader
	end func() error // may be nil
	err error
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if errors.Is(err, io.EOF) && w.end != nil {
		if refused := w.end(); refused != nil {
			err = refused
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// blame is the client's failure when there was one, else that of the storage.
func (w *watched) blame(err error) error {
	if err != nil && w.err != nil {
		return interrupted(w.err)
	}
	return storage(err)
}

type startAnswer struct {
	XMLName     xml.Name `xml:"InitiateMultipartUploadResult"`
	Bucket, Key string
	UploadID    string `xml:"UploadId"`
}

// start begins an upload in parts.
func (o *object) start() error {
	upload, err := o.cfg.Blobs.Begin(o.r.Context(), o.name)
	if err != nil {
		return storage(err)
	}
	answerXML(o.w, http.StatusOK, startAnswer{Bucket: o.claims.App + "/" + o.name.ID, Key: o.name.Key, UploadID: upload})
	return nil
}

// part stores one part.
func (o *object) part(number int) error {
	left, err := o.room(number)
	if err != nil {
		return err
	}
	body, err := o.body(left)
	if err != nil {
		return err
	}
	p, err := o.storePart(o.r.Context(), o.name, o.upload, number, body, o.r.ContentLength)
	if err != nil {
		return err
	}
	o.w.Header().Set("ETag", `"`+p.ETag+`"`)
	o.w.WriteHeader(http.StatusOK)
	return nil
}

func (f *Files) storePart(ctx context.Context, n Name, upload string, number int, body io.Reader, size int64) (Part, error) {
	watched := &watched{r: body}
	p, err := f.cfg.Blobs.PutPart(ctx, n, upload, number, watched, size)
	return p, watched.blame(err)
}

// room is how many bytes a part may have beside the others.
func (o *object) room(number int) (int64, error) {
	parts, err := o.cfg.Blobs.Parts(o.r.Context(), o.name, o.upload)
	left := o.claims.Max
	for _, p := range parts {
		if p.Number != number {
			left -= p.Size
		}
	}
	return left, storage(err)
}

type completeRequest struct {
	Parts []struct {
		PartNumber int
		ETag       string
	} `xml:"Part"`
}

type completeAnswer struct {
	XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
	Key     string
	ETag    string
}

// maxComplete bounds the list of parts.
const maxComplete = 2 << 20

// complete makes the file of its parts. Who was not told that it is done may
// ask again.
func (o *object) complete() error {
	text, err := io.ReadAll(arrive(o.w, o.r.Body, maxComplete))
	if err != nil {
		return interrupted(err)
	}
	var q completeRequest
	if err := xml.Unmarshal(text, &q); err != nil || len(q.Parts) == 0 {
		return &chat.Error{Code: chat.BadParameter, Reason: "the body is no CompleteMultipartUpload with parts", Err: err}
	}
	parts := make([]Part, len(q.Parts))
	for i, p := range q.Parts {
		parts[i] = Part{Number: p.PartNumber, ETag: strings.Trim(p.ETag, `"`)}
	}
	if !slices.IsSortedFunc(parts, func(a, b Part) int { return cmp.Compare(a.Number, b.Number) }) {
		return chat.Errorf(chat.BadParameter, "the parts are not in the order of their numbers")
	}
	ctx := context.WithoutCancel(o.r.Context()) // half of it is of no use
	size, err := o.cfg.Blobs.Complete(ctx, o.name, o.upload, parts)
	if errors.Is(err, ErrNotFound) {
		done, err := o.file(ctx, o.name.ID)
		if err != nil {
			return err
		}
		answerXML(o.w, http.StatusOK, completeAnswer{Key: o.name.Key, ETag: done.etag()})
		return nil
	}
	if errors.Is(err, ErrPart) {
		return err
	}
	if err != nil {
		return storage(err)
	}
	done := o.described(size)
	if err := o.finish(ctx, done); err != nil {
		return err
	}
	answerXML(o.w, http.StatusOK, completeAnswer{Key: o.name.Key, ETag: done.etag()})
	return nil
}

type listAnswer struct {
	XMLName     xml.Name `xml:"ListPartsResult"`
	UploadID    string   `xml:"UploadId"`
	IsTruncated bool
	Parts       []listedPart `xml:"Part"`
}

type listedPart struct {
	PartNumber int
	ETag       string
	Size       int64
}

// list tells which parts are here, so that a broken upload goes on from them.
func (o *object) list() error {
	parts, err := o.cfg.Blobs.Parts(o.r.Context(), o.name, o.upload)
	if err != nil {
		return storage(err)
	}
	answer := listAnswer{UploadID: o.upload}
	for _, p := range parts {
		answer.Parts = append(answer.Parts, listedPart{PartNumber: p.Number, ETag: `"` + p.ETag + `"`, Size: p.Size})
	}
	answerXML(o.w, http.StatusOK, answer)
	return nil
}

func (o *object) abort() error {
	if err := o.cfg.Blobs.Abort(o.r.Context(), o.name, o.upload); err != nil {
		return storage(err)
	}
	o.w.WriteHeader(http.StatusNoContent)
	return nil
}
