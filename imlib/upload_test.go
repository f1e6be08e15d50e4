package imlib_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/internal/media/s3/s3test"
	"github.com/hongyan-im/hongyan/internal/node"
)

// where runs a test on servers that keep files themselves, and in a bucket.
func where(t *testing.T, story func(t *testing.T, n *imtest.Node)) {
	t.Run("on disk", func(t *testing.T) { story(t, imtest.Start(t)) })
	t.Run("in a bucket", func(t *testing.T) {
		story(t, imtest.Start(t, func(c *node.Config) { c.Files.Storage = s3test.Start(t).Config() }))
	})
}

// download reads a URL as anybody can, and compares.
func download(t *testing.T, url string, want []byte) http.Header {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !bytes.Equal(got, want) {
		t.Errorf("GET %s: %s, %d bytes, want %d, %v", url, res.Status, len(got), len(want), err)
	}
	return res.Header
}

// content is the content of a message, which must be a T.
func content[T any](t *testing.T, m imlib.Message) T {
	t.Helper()
	c, ok := m.Content.(T)
	if !ok {
		t.Fatalf("received %T %s", m.Content, m.JSON)
	}
	return c
}

// alice is who sends, as she wants to be shown, and what her app adds.
var fromAlice = imlib.Common{
	User:  &imlib.User{ID: "alice", Name: "Alice", Portrait: "http://127.0.0.1/a.png", Extra: "x"},
	Extra: `{"any":"thing"}`,
}

func saidByAlice(t *testing.T, m imlib.Message, c imlib.Common) {
	t.Helper()
	if m.User == nil || *m.User != *fromAlice.User || *c.User != *m.User || c.Extra != fromAlice.Extra {
		t.Errorf("said by %+v, %+v", m.User, c)
	}
}

// steps is what was told of progress.
type steps []imlib.Progress

func (s *steps) add(p imlib.Progress) { *s = append(*s, p) }

func (s *steps) check(t *testing.T, size int64) {
	t.Helper()
	var percents []int
	for _, p := range *s {
		percents = append(percents, p.Percent())
	}
	if len(*s) == 0 || (*s)[len(*s)-1] != (imlib.Progress{Done: size, Total: size}) || !slices.IsSorted(percents) ||
		percents[len(percents)-1] != 100 {
		t.Errorf("progress %v, %v", *s, percents)
	}
}

// A file goes up and its message arrives, with whatever reads it and whatever
// it is called.
// Shows S140, S141, S142, S143, S144, S145, S146, S147, S149, S153, S154.
func TestUploadFile(t *testing.T) {
	where(t, func(t *testing.T, n *imtest.Node) {
		n.Join("g", "alice", "bob")
		alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
		data := []byte("what is inside")
		onDisk := filepath.Join(t.TempDir(), "notes")
		if err := os.WriteFile(onDisk, data, 0o600); err != nil {
			t.Fatal(err)
		}
		opened, err := os.Open(onDisk)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = opened.Close() }()
		for _, c := range []struct {
			name string
			body io.Reader
			typ  string // what the message says
		}{
			{"things.zip", bytes.NewReader(data), "zip"},
			{"空 file #1?", opened, "bin"},
			{`C:\dir\a.TXT`, iotest.OneByteReader(bytes.NewReader(data)), "TXT"},
			{"", bytes.NewBuffer(data), "bin"},
		} {
			var told steps
			var done imlib.Uploaded
			before := 0
			sent, err := alice.SendFile(t.Context(), imlib.Group("g"), imlib.Upload{
				Name: c.name, Body: c.body, Common: fromAlice, Progress: told.add,
				Complete: func(d imlib.Uploaded) imlib.Content { done = d; return nil },
			}, imlib.Mention(imlib.Mentions{Users: []chat.UserID{"bob"}}), imlib.Silent(), imlib.Expandable(map[string]string{"mood": "fine"}),
				imlib.BeforeSend(func(imlib.Message) { before++ }))
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			m := receive(t, bob, 1)[0]
			got := content[imlib.FileMessage](t, m)
			saidByAlice(t, m, got.Common)
			got.Common = imlib.Common{}
			want := c.name
			if i := strings.LastIndexAny(want, `\`); i >= 0 {
				want = want[i+1:]
			}
			if want == "" {
				want = "file"
			}
			if m.UID != sent.UID || m.ID != sent.MessageID || got.Name != want || got.Size != int64(len(data)) || got.Type != c.typ || got.URL != done.URL || before != 1 {
				t.Errorf("bob received %+v; sent was %+v, uploaded %+v", m, sent, done)
			}
			if m.Mentions == nil || m.Flags&chat.Silent == 0 || m.Expansion["mood"] != "fine" {
				t.Errorf("bob received %+v", m)
			}
			if c.name != `C:\dir\a.TXT` { // whose size nobody knew before
				told.check(t, int64(len(data)))
			}
			download(t, got.URL, data)
		}
	})
}

// What is wrong with an upload is told by a code, and nothing is sent.
// Shows S143, S152, S160.
func TestUploadRefused(t *testing.T) {
	n := imtest.Start(t, func(c *node.Config) { c.Files.Limits.Size = 5000 })
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	words := func() io.Reader { return strings.NewReader("text") }
	for name, c := range map[string]struct {
		send   func(context.Context, chat.Conversation, imlib.Upload, ...imlib.SendOption) (imlib.Sent, error)
		upload imlib.Upload
		code   chat.Code
	}{
		"no file":       {alice.SendFile, imlib.Upload{}, chat.NotMedia},
		"less than all": {alice.SendFile, imlib.Upload{Body: iotest.DataErrReader(words()), Size: 5}, chat.NotMedia},
		"unreadable":    {alice.SendFile, imlib.Upload{Body: iotest.ErrReader(errors.New("gone"))}, chat.NotMedia},
		"disposition":   {alice.SendFile, imlib.Upload{Body: words(), Disposition: "nonsense"}, chat.BadDisposition},
		"resume":        {alice.SendFile, imlib.Upload{Body: words(), Resume: "nonsense"}, chat.BadSendOptions},
		"too big":       {alice.SendFile, imlib.Upload{Body: bytes.NewReader(make([]byte, 10_000))}, chat.FileTooBig},
		"no image":      {alice.SendImage, imlib.Upload{Body: words()}, chat.NotMedia},
		"no GIF":        {alice.SendGIF, imlib.Upload{Body: words()}, chat.NotMedia},
		"no sound":      {alice.SendVoice, imlib.Upload{Body: words()}, chat.UploadFailed},
		"long sound":    {alice.SendVoice, imlib.Upload{Body: words(), Duration: 61 * time.Second}, chat.BadParameter},
		"data: prefix":  {alice.SendSight, imlib.Upload{Body: words(), Thumbnail: "data:image/jpeg;base64,eA=="}, chat.BadParameter},
	} {
		sent, err := c.send(t.Context(), imlib.Private("bob"), c.upload)
		if !errors.Is(err, c.code) || sent.UID != "" {
			t.Errorf("%s: %+v, %v (%d)", name, sent, err, chat.CodeOf(err))
		}
	}
	send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "that was all"})
	if got := receive(t, bob, 1)[0]; text(got) != "that was all" {
		t.Errorf("bob received %+v", got)
	}
}

// gradient is a picture that does not compress to nothing.
func gradient(w, h int) *image.Paletted {
	var palette color.Palette
	for i := range 256 {
		palette = append(palette, color.RGBA{uint8(i), uint8(i * 7), uint8(255 - i), 255})
	}
	m := image.NewPaletted(image.Rect(0, 0, w, h), palette)
	for y := range h {
		for x := range w {
			m.SetColorIndex(x, y, uint8(x*y/3+x))
		}
	}
	return m
}

func pngFile(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, gradient(640, 400)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An image arrives with a thumbnail that the SDK made, a GIF with its sides.
// Shows S156.
func TestUploadPictures(t *testing.T) {
	where(t, func(t *testing.T, n *imtest.Node) {
		alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
		data := pngFile(t)
		for _, c := range []struct {
			options imlib.Thumbnails
			small   image.Point
		}{
			{imlib.Thumbnails{}, image.Pt(160, 160)}, // the middle
			{imlib.Thumbnails{Scale: 2}, image.Pt(160, 100)},
			{imlib.Thumbnails{MaxWidth: 64, MaxHeight: 32, Quality: 0.5, Scale: 4}, image.Pt(51, 32)},
			{imlib.Thumbnails{MaxWidth: 2000, MaxHeight: 2000, Scale: 4}, image.Pt(640, 400)}, // at a quality that fits
		} {
			if _, err := alice.SendImage(t.Context(), imlib.Private("bob"), imlib.Upload{
				Name: "picture.png", Body: bytes.NewReader(data), Thumbnails: c.options, Common: fromAlice,
			}); err != nil {
				t.Fatal(err)
			}
			m := receive(t, bob, 1)[0]
			got := content[imlib.ImageMessage](t, m)
			saidByAlice(t, m, got.Common)
			thumbnail, err := base64.StdEncoding.DecodeString(got.Thumbnail)
			if err != nil {
				t.Fatal(err)
			}
			small, err := jpeg.DecodeConfig(bytes.NewReader(thumbnail))
			if err != nil || small.Width != c.small.X || small.Height != c.small.Y || len(got.Thumbnail) > chat.MaxThumbnail ||
				got.ThumbnailWidth != c.small.X || got.ThumbnailHeight != c.small.Y {
				t.Errorf("%+v makes %d × %d, %d bytes: %v", c.options, small.Width, small.Height, len(got.Thumbnail), err)
			}
			if h := download(t, got.URL, data); h.Get("Content-Type") != "image/png" {
				t.Errorf("type %q", h.Get("Content-Type"))
			}
		}

		var b bytes.Buffer
		if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{gradient(120, 80), gradient(120, 80)}, Delay: []int{10, 10}}); err != nil {
			t.Fatal(err)
		}
		if _, err := alice.SendGIF(t.Context(), imlib.Private("bob"), imlib.Upload{Body: bytes.NewReader(b.Bytes()), Common: fromAlice}); err != nil {
			t.Fatal(err)
		}
		m := receive(t, bob, 1)[0]
		got := content[imlib.GIFMessage](t, m)
		saidByAlice(t, m, got.Common)
		if got.Width != 120 || got.Height != 80 || got.Size != int64(b.Len()) {
			t.Errorf("bob received %+v", got)
		}
		download(t, got.URL, b.Bytes())
	})
}

// wavFile is silence of 2.5 seconds.
func wavFile() []byte {
	const rate = 16_000
	var b bytes.Buffer
	write := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) } // into memory
	size := uint32(2 * rate * 5 / 2)
	b.WriteString("RIFF")
	write(36 + size)
	b.WriteString("WAVEfmt ")
	write([]uint32{16})
	write([]uint16{1, 1})
	write([]uint32{rate, 2 * rate})
	write([]uint16{2, 16})
	b.WriteString("data")
	write(size)
	return append(b.Bytes(), make([]byte, size)...)
}

// aacFile is two seconds of silence: ADTS frames of AAC LC, mono, 44.1 kHz.
func aacFile() []byte {
	silence := []byte{0x00, 0xc8, 0x00, 0x80, 0x23, 0x80}
	size := 7 + len(silence)
	frame := append([]byte{0xff, 0xf1, 0x50, 0x40 | byte(size>>11), byte(size >> 3), byte(size<<5) | 0x1f, 0xfc}, silence...)
	return bytes.Repeat(frame, 90)
}

// A recording arrives with how long it is, a film with what it was given.
// Shows S157, S158.
func TestUploadSound(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	for _, c := range []struct {
		upload imlib.Upload
		data   []byte
		want   imlib.HQVoiceMessage
	}{
		{imlib.Upload{Name: "a.wav"}, wavFile(), imlib.HQVoiceMessage{Duration: 2, Type: "wav", SampleRate: 16_000, Channels: 1}},
		{imlib.Upload{Name: "a.aac"}, aacFile(), imlib.HQVoiceMessage{Duration: 2, SampleRate: 44_100, Channels: 1}},
		{imlib.Upload{Name: "a.mp3", Duration: 60 * time.Second}, []byte("any"), imlib.HQVoiceMessage{Duration: 60, Type: "mp3"}},
	} {
		c.upload.Body, c.upload.Common = bytes.NewReader(c.data), fromAlice
		if _, err := alice.SendVoice(t.Context(), imlib.Private("bob"), c.upload); err != nil {
			t.Fatal(err)
		}
		m := receive(t, bob, 1)[0]
		got := content[imlib.HQVoiceMessage](t, m)
		saidByAlice(t, m, got.Common)
		download(t, got.URL, c.data)
		if got.Common, got.URL = (imlib.Common{}), ""; got != c.want {
			t.Errorf("bob received %+v, want %+v", got, c.want)
		}
	}
	film := []byte("a film")
	if _, err := alice.SendSight(t.Context(), imlib.Private("bob"), imlib.Upload{
		Name: "holiday.mp4", Body: bytes.NewReader(film), Duration: 7900 * time.Millisecond, Thumbnail: "dGh1bWI=", Common: fromAlice,
	}); err != nil {
		t.Fatal(err)
	}
	m := receive(t, bob, 1)[0]
	got := content[imlib.SightMessage](t, m)
	saidByAlice(t, m, got.Common)
	if h := download(t, got.URL, film); h.Get("Content-Type") != "video/mp4" {
		t.Errorf("type %q", h.Get("Content-Type"))
	}
	if got.Common, got.URL = (imlib.Common{}), ""; got != (imlib.SightMessage{Thumbnail: "dGh1bWI=", Duration: 7, Size: 6, Name: "holiday.mp4"}) {
		t.Errorf("bob received %+v", got)
	}
}

// Whoever reads the URL is told to show or to save the file as its sender
// asked, else by its type.
// Shows S150, S151.
func TestUploadDisposition(t *testing.T) {
	where(t, func(t *testing.T, n *imtest.Node) {
		alice := connect(t, n, "alice")
		for _, c := range []struct {
			name  string
			asked imlib.Disposition
			want  string
		}{
			{"page.html", "", "inline"}, {"page.html", imlib.Attachment, "attachment"},
			{"things.zip", "", "attachment"}, {"a b+c (ü) 'x'.zip", imlib.Inline, "inline"},
		} {
			done, err := alice.Upload(t.Context(), imlib.FileOther, imlib.Upload{
				Name: c.name, Body: strings.NewReader("<p>hello"), Disposition: c.asked,
			})
			if err != nil {
				t.Fatal(err)
			}
			h := download(t, done.URL, []byte("<p>hello"))
			got, parameters, err := mime.ParseMediaType(h.Get("Content-Disposition"))
			if err != nil || got != c.want || parameters["filename"] != c.name {
				t.Errorf("%s asked for %q: %q, %v", c.name, c.asked, h.Get("Content-Disposition"), err)
			}
		}
	})
}

// card is an app's own message about a file.
type card struct {
	Picture string `json:"picture"`
	imlib.Common
}

func (card) Kind() imlib.Kind {
	return imlib.Kind{ObjectName: "app:card", Persisted: true, Counted: true}
}

// What Complete returns is sent in the place of the usual message.
// Shows S148.
func TestUploadCustom(t *testing.T) {
	n := imtest.Start(t)
	var types imlib.MessageTypes
	if err := imlib.RegisterMessageType[card](&types); err != nil {
		t.Fatal(err)
	}
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob", func(o *imlib.Options) { o.Types = &types })
	data := pngFile(t)
	if _, err := alice.SendImage(t.Context(), imlib.Private("bob"), imlib.Upload{
		Body: bytes.NewReader(data), Complete: func(d imlib.Uploaded) imlib.Content { return card{Picture: d.URL} },
	}); err != nil {
		t.Fatal(err)
	}
	download(t, content[card](t, receive(t, bob, 1)[0]).Picture, data)
}

// weak is a network on which connections that carry much break when all of
// them together have carried too much.
type weak struct {
	mu   sync.Mutex // guards the following
	left int
	sent int
}

const much = 64 << 10

func (w *weak) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	return &weakConn{Conn: c, net: w}, err
}

type weakConn struct {
	net.Conn
	net  *weak
	sent int
}

func (c *weakConn) Write(p []byte) (int, error) {
	c.net.mu.Lock()
	defer c.net.mu.Unlock()
	if c.sent += len(p); c.sent > much {
		c.net.sent += len(p)
		if c.net.left -= len(p); c.net.left < 0 {
			_ = c.Close()
			return 0, errors.New("the network is weak")
		}
	}
	return c.Conn.Write(p)
}

// A large upload that breaks off goes on where it stopped, in another process:
// only what was missing is sent again, and the message that it is for is one.
func TestUploadResumes(t *testing.T) {
	where(t, func(t *testing.T, n *imtest.Node) {
		bob := connect(t, n, "bob")
		data := make([]byte, 20<<20)
		for i := range data {
			data[i] = byte(uint32(i) * 2654435761 >> 24)
		}
		net := &weak{left: 12 << 20}
		var begun string
		first := connect(t, n, "alice", func(o *imlib.Options) { o.Dial = net.dial })
		upload := imlib.Upload{Name: "big.bin", Body: bytes.NewReader(data), Begun: func(r string) { begun = r }}
		broken, err := first.SendFile(t.Context(), imlib.Private("bob"), upload)
		if !errors.Is(err, chat.UploadFailed) || broken.Resume == "" || broken.Resume != begun || broken.MessageID == 0 {
			t.Fatalf("%+v, %v; begun %s", broken, err, begun)
		}
		first.Close()

		net = &weak{left: 1 << 30}
		second := connect(t, n, "alice", func(o *imlib.Options) { o.Dial = net.dial })
		var told steps
		upload.Body = struct{ io.Reader }{bytes.NewReader(data)} // that cannot seek
		upload.Size, upload.Resume, upload.Progress = int64(len(data)), broken.Resume, told.add
		sent, err := second.SendFile(t.Context(), imlib.Private("bob"), upload, imlib.MessageID(broken.MessageID))
		if err != nil {
			t.Fatal(err)
		}
		told.check(t, int64(len(data)))
		if net.sent > 13<<20 {
			t.Errorf("%d bytes were sent again", net.sent)
		}
		m := receive(t, bob, 1)[0]
		if m.ID != broken.MessageID || m.UID != sent.UID {
			t.Errorf("bob received %+v, sent was %+v", m, sent)
		}
		download(t, content[imlib.FileMessage](t, m).URL, data)

		// Once more, as who did not hear of it: it is there.
		upload.Body = bytes.NewReader(data)
		again, err := second.SendFile(t.Context(), imlib.Private("bob"), upload, imlib.MessageID(broken.MessageID))
		if err != nil || again.UID != sent.UID {
			t.Errorf("again %+v, %v", again, err)
		}
	})
}

// An upload of unknown size in parts, whose context ends in the middle.
func TestUploadCancelled(t *testing.T) {
	n := imtest.Start(t)
	alice := connect(t, n, "alice")
	ctx, cancel := context.WithCancel(t.Context())
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<20) // two parts and no rest
	upload := imlib.Upload{Body: struct{ io.Reader }{bytes.NewReader(data)}, Progress: func(p imlib.Progress) {
		if p.Done > 9<<20 {
			cancel()
		}
	}}
	done, err := alice.Upload(ctx, imlib.FileOther, upload)
	if !errors.Is(err, context.Canceled) || done.Resume == "" {
		t.Fatalf("%+v, %v", done, err)
	}
	upload.Body, upload.Progress = struct{ io.Reader }{bytes.NewReader(data)}, nil
	if done, err = alice.Upload(t.Context(), imlib.FileOther, upload); err != nil || done.Size != int64(len(data)) {
		t.Fatalf("%+v, %v", done, err)
	}
	download(t, done.URL, data)
}

// Where the bucket cannot be reached, a small file goes by the server.
func TestUploadByForm(t *testing.T) {
	bucket := s3test.Start(t)
	n := imtest.Start(t, func(c *node.Config) { c.Files.Storage = bucket.Config() })
	alice := connect(t, n, "alice", func(o *imlib.Options) {
		o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if address == strings.TrimPrefix(bucket.URL, "http://") {
				return nil, errors.New("no way")
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		}
	})
	var told steps
	done, err := alice.Upload(t.Context(), imlib.FileOther, imlib.Upload{Name: "空.txt", Body: strings.NewReader("hi"), Progress: told.add})
	if err != nil {
		t.Fatal(err)
	}
	told.check(t, 2)
	if h := download(t, done.URL, []byte("hi")); !strings.HasPrefix(h.Get("Content-Type"), "text/plain") {
		t.Errorf("headers %v", h)
	}
}
