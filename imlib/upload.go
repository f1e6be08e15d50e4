package imlib

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"path"
	"strings"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// FileType is a kind of file. A server may have a limit for each.
type FileType int32

// The kinds of files.
const (
	FileImage FileType = 1 // pictures and GIFs
	FileAudio FileType = 2
	FileVideo FileType = 3
	FileOther FileType = 4
	FileSight FileType = 5 // short videos
	FilePage  FileType = 6 // pages of combined messages
)

// Disposition says what a browser does with the URL of a file: S150 to S152.
type Disposition string

// The dispositions. The empty one is Inline for text/html, else Attachment.
const (
	Inline     Disposition = "inline"     // shows it
	Attachment Disposition = "attachment" // saves it
)

// Upload is a file to upload, and what its message says beside it.
type Upload struct {
	Name string // what receivers see, such as report.pdf; "file" when empty

	// Body is what is in the file. One that can seek, such as an *os.File, is
	// read from its beginning, any other from where it stands; an fs.File is
	// either. It is read in parts of 8 MiB, of which one is in memory, so that
	// a part that is lost on the way can be sent again.
	Body io.Reader

	// Size is how many bytes Body has. It is needed only when Body does not
	// tell, and even then nothing but progress needs it: 0 is not known.
	Size int64

	Type        string // media type; empty is what the extension of Name says
	Disposition Disposition

	// Resume goes on with an upload that broke off, also in another process:
	// what [Uploaded] or [Sent] had for it, or Begun was told. Body must be the
	// same file from its beginning. The server keeps what it has of it for a day.
	Resume string
	// Begun, if not nil, is told what Resume is for a file of more than a part,
	// once, before the first part is sent.
	Begun func(resume string)

	// Progress, if not nil, is told how far the upload is: S146. Calls do not
	// overlap. It never goes back, and ends with all.
	Progress func(Progress)

	// Complete, if not nil, is told where the file is before the message is
	// sent. What it returns is sent instead of the usual message, unless that
	// is nil: S147 to S149.
	Complete func(Uploaded) Content

	Common // who sends the message, and what the app adds: S144, S145

	// Duration is how long sound or a video plays. Of sound it is needed only
	// when it is neither WAV nor AAC (ADTS).
	Duration time.Duration

	// Thumbnail is the picture that a message shows, as in [ImageMessage]. It
	// is needed of videos; of images it is made, unless it is here.
	Thumbnail string
	// Thumbnails says how it is made.
	Thumbnails Thumbnails
}

// Progress is how far an upload is.
type Progress struct {
	Done, Total int64 // bytes; Total is 0 while it is not known
}

// Percent is Done of Total in whole percents, 0 while Total is not known.
func (p Progress) Percent() int {
	if p.Total <= 0 {
		return 0
	}
	return int(float64(p.Done) / float64(p.Total) * 100)
}

// Uploaded is a file that was uploaded.
type Uploaded struct {
	URL  string // whoever knows it can read the file
	Name string
	Size int64 // bytes
	Type string

	// What was found out for a message: of images Width, Height in pixels, and
	// the thumbnail with its own; of sound how long and how it is recorded.
	Width, Height                   int
	Thumbnail                       string
	ThumbnailWidth, ThumbnailHeight int
	Duration                        time.Duration
	SampleRate, Channels            int // hertz

	// Resume is for Upload.Resume, also when the upload failed; empty when there
	// is nothing to go on from.
	Resume string
}

// Upload uploads a file that no message names yet, and returns its URL. The
// server deletes it after a day unless a message with the URL is sent: in a
// message of an app's own type, for instance. SendFile and its like upload and
// send in one go.
//
// When ctx ends or the upload fails, Uploaded.Resume goes on with it. The code
// of the error is chat.UploadFailed for what may succeed later,
// chat.FileTooBig, chat.BadDisposition, or chat.NotMedia when there is no Body
// or less of it than Size: S143, S152, S160.
func (c *Client) Upload(ctx context.Context, kind FileType, u Upload) (Uploaded, error) {
	t, err := c.newTransfer(kind, &u)
	if err != nil {
		return Uploaded{}, err
	}
	err = t.run(ctx)
	done := Uploaded{Name: u.Name, Size: t.body.size, Type: u.Type}
	if t.id != "" {
		done.Resume = t.token()
	}
	if err == nil {
		t.progress(t.body.size)
		done.URL, err = t.url(ctx)
	}
	return done, err
}

// transfer is an upload under way.
type transfer struct {
	client *Client
	kind   FileType
	upload *Upload
	body   *body
	key    string
	id     string // of the upload in parts; empty when it is in one piece
	part   int64  // bytes of each
	told   Progress
}

const (
	partSize = 8 << 20
	// maxParts is how many parts a list of a server names at once, so that they
	// need no pages; parts of larger files are larger.
	maxParts = 1000
)

func (c *Client) newTransfer(kind FileType, u *Upload) (*transfer, error) {
	if u.Body == nil {
		return nil, chat.Errorf(chat.NotMedia, "there is no file to upload: Body is nil")
	}
	switch u.Disposition {
	case "", Inline, Attachment:
	default:
		return nil, chat.Errorf(chat.BadDisposition, "the disposition is %q, not %s or %s", u.Disposition, Inline, Attachment)
	}
	b, err := openBody(u.Body, u.Size)
	if err != nil {
		return nil, &chat.Error{Code: chat.NotMedia, Reason: "the file cannot be read", Err: err}
	}
	u.Name = cmp.Or(path.Base(strings.ReplaceAll(u.Name, `\`, "/")), "file")
	if u.Name == "." || u.Name == "/" {
		u.Name = "file"
	}
	u.Type = cmp.Or(u.Type, mime.TypeByExtension(path.Ext(u.Name)), "application/octet-stream")
	if u.Disposition == "" {
		u.Disposition = Attachment
		if strings.HasPrefix(u.Type, "text/html") {
			u.Disposition = Inline
		}
	}
	t := &transfer{client: c, kind: kind, upload: u, body: b, key: rand.Text(), part: partSize}
	t.part = max(t.part, (b.size+maxParts-1)/maxParts)
	if u.Resume == "" {
		return t, nil
	}
	return t, t.resume(u.Resume)
}

// token is what is needed to go on.
type token struct {
	Key, ID    string
	Part, Size int64
}

func (t *transfer) token() string {
	text, err := json.Marshal(token{t.key, t.id, t.part, t.body.size})
	if err != nil {
		panic(err) // text and numbers encode
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func (t *transfer) resume(text string) error {
	var k token
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &k)
	}
	switch {
	case err != nil || k.Key == "" || k.ID == "" || k.Part < 1:
		return &chat.Error{Code: chat.BadSendOptions, Reason: "Resume is not of an upload that broke off", Err: err}
	case k.Size != t.body.size:
		return chat.Errorf(chat.BadSendOptions, "Resume is of a file of %d bytes, and this one has %d", k.Size, t.body.size)
	case k.Part > max(partSize, (k.Size+maxParts-1)/maxParts):
		return chat.Errorf(chat.BadSendOptions, "Resume has parts of %d bytes", k.Part)
	}
	t.key, t.id, t.part = k.Key, k.ID, k.Part
	return nil
}

// run uploads the file.
func (t *transfer) run(ctx context.Context) error {
	if t.id != "" {
		return t.goOn(ctx)
	}
	first, last, err := t.body.read(t.part)
	if err != nil {
		return err
	}
	if last {
		return t.whole(ctx, first)
	}
	if err := t.begin(ctx); err != nil {
		return err
	}
	return t.parts(ctx, map[int]listedPart{}, first)
}

func (t *transfer) progress(done int64) {
	p := Progress{done, max(0, t.body.size)}
	if t.upload.Progress == nil || done < t.told.Done || p == t.told {
		return
	}
	t.told = p
	t.upload.Progress(p)
}

// ticket is the right to make one request of the upload.
func (t *transfer) ticket(ctx context.Context, method, query string) (*pb.UploadAnswer, error) {
	kind := pb.FileType(t.kind)
	q := &pb.UploadRequest{Type: &kind, Key: &t.key, HttpMethod: &method, QueryString: &query}
	if t.body.size > 0 {
		kib := (t.body.size + 1023) / 1024
		q.Size = &kib
	}
	if query == "" {
		q.HttpMethod = nil // a ticket for the whole file
	}
	var a pb.UploadAnswer
	err := t.client.answer(ctx, wire.TopicUpload, q, &a)
	return &a, err
}

// url asks where the file is read.
func (t *transfer) url(ctx context.Context) (string, error) {
	kind := pb.FileType(t.kind)
	var a pb.DownloadAnswer
	err := t.client.answer(ctx, wire.TopicDownloadMinio, &pb.DownloadRequest{Type: &kind, Key: &t.key, FileName: &t.upload.Name}, &a)
	return a.GetDownloadUrl(), err
}

// answer asks the server a question about the user, which it must answer.
func (c *Client) answer(ctx context.Context, topic string, q interface{ MarshalVT() ([]byte, error) }, into interface{ UnmarshalVT([]byte) error }) error {
	payload, err := q.MarshalVT()
	if err != nil {
		return &chat.Error{Code: chat.BadParameter, Reason: "the question does not encode", Err: err}
	}
	a, err := c.ask(ctx, &request{kind: wire.TypeQuery, topic: topic, target: string(c.user), payload: payload})
	if err != nil {
		return err
	}
	if a.status != chat.OK {
		return refusal(a.status, "the server refused")
	}
	if err := into.UnmarshalVT(a.payload); err != nil {
		return malformed(topic, err)
	}
	return nil
}

// body is a file, read part by part from its beginning.
type body struct {
	r    io.Reader
	size int64 // below 0 is not known
	at   int64
}

// openBody finds out how large the file is. A stated size of 0 is none.
func openBody(r io.Reader, stated int64) (*body, error) {
	b := &body{r: r, size: -1}
	switch f := r.(type) {
	case io.Seeker:
		size, err := f.Seek(0, io.SeekEnd)
		if err != nil {
			return nil, err
		}
		b.size = size
		_, err = f.Seek(0, io.SeekStart)
		return b, err
	case interface{ Len() int }:
		b.size = int64(f.Len())
	case fs.File:
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		b.size = info.Size()
	}
	if stated > 0 {
		b.size = stated
	}
	return b, nil
}

// read returns the next n bytes, and whether they are the last.
func (b *body) read(n int64) (part []byte, last bool, err error) {
	if b.size >= 0 {
		n = min(n, b.size-b.at)
	}
	part = make([]byte, n)
	got, err := io.ReadFull(b.r, part)
	b.at += int64(got)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		if b.size < 0 {
			b.size = b.at // now it is known
		}
		err = nil
	}
	switch {
	case err != nil:
		return nil, false, &chat.Error{Code: chat.NotMedia, Reason: "the file cannot be read", Err: err}
	case b.size >= 0 && int64(got) < n && b.at < b.size:
		return nil, false, chat.Errorf(chat.NotMedia, "the file ended after %d of %d bytes", b.at, b.size)
	}
	return part[:got], b.size >= 0 && b.at >= b.size, nil
}

// skip passes n bytes, which the server has.
func (b *body) skip(n int64) error {
	if b.size >= 0 {
		n = min(n, b.size-b.at)
	}
	b.at += n
	var err error
	if s, ok := b.r.(io.Seeker); ok {
		_, err = s.Seek(b.at, io.SeekStart)
	} else {
		_, err = io.CopyN(io.Discard, b.r, n)
	}
	if err != nil {
		return &chat.Error{Code: chat.NotMedia, Reason: fmt.Sprintf("the file cannot be read from byte %d on", b.at), Err: err}
	}
	return nil
}
