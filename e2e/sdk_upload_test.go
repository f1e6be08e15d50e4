package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	encoding "encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"math"
	"net/http"
	"slices"
	"testing"
)

// localFile is a file that a user chooses on their disk.
type localFile struct {
	Name string `json:"name"`
	Type string `json:"type"` // as the browser tells the page
	Data []byte `json:"data"`
}

// uploaded is what one of the SDK's upload functions resolved with, and what
// its hooks were told.
type uploaded struct {
	Code     int     `json:"code"`
	Msg      string  `json:"msg"`
	Data     message `json:"data"`
	Progress []int   `json:"progress"`
	Done     *struct {
		URL  string `json:"url"`
		Name string `json:"name"`
		Size int64  `json:"size"`
		Type string `json:"type"`
	} `json:"done"`
}

const uploadFunction = `async (send, to, file, body, options, custom) => {
	const bytes = Uint8Array.from(atob(file.data), (c) => c.charCodeAt(0))
	const progress = []
	let done = null
	const hooks = {
		onProgress: (p) => progress.push(p),
		onComplete: (info) => {
			done = { ...info }
			if (custom) return new im.types[custom]({ url: info.url })
		},
	}
	const given = { ...body, file: new File([bytes], file.name, { type: file.type }) }
	const result = await RongIMLib[send](to, given, hooks, options)
	return { ...result, progress, done }
}`

// upload calls one of the SDK's upload functions. custom is a registered type
// that onComplete makes the message of; empty leaves it to the SDK.
func (u *user) upload(send string, to conversation, f localFile, body, options map[string]any, custom string) uploaded {
	u.t.Helper()
	if options == nil {
		options = map[string]any{}
	}
	return call[uploaded](u.page, uploadFunction, send, to, f, body, options, custom)
}

// mustUpload requires that the upload succeeded and that its hooks were told
// what the page promises.
func (u *user) mustUpload(send string, to conversation, f localFile, body, options map[string]any) uploaded {
	u.t.Helper()
	r := u.upload(send, to, f, body, options, "")
	if r.Code != 0 || r.Done == nil {
		u.t.Fatalf("%s %s: code %d %s", send, f.Name, r.Code, r.Msg)
	}
	if r.Done.Name != f.Name || r.Done.Size != int64(len(f.Data)) {
		u.t.Errorf("onComplete was told %+v", *r.Done)
	}
	if len(r.Progress) == 0 || r.Progress[len(r.Progress)-1] != 100 || !slices.IsSorted(r.Progress) || r.Progress[0] < 0 {
		u.t.Errorf("progress of %s: %v", f.Name, r.Progress)
	}
	return r
}

// download reads a URL as anybody can, and compares.
func download(t *testing.T, url string, want []byte) http.Header {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v", url, res.Status, err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has %d bytes, not the %d that were uploaded", url, len(got), len(want))
	}
	return res.Header
}

// fetch reads a URL from the page of a user, which has another origin.
func (u *user) fetch(url string, want []byte) {
	u.t.Helper()
	text := call[string](u.page, `async (url) => {
		const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
		let text = ''
		for (const b of bytes) text += String.fromCharCode(b)
		return btoa(text)
	}`, url)
	got, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !bytes.Equal(got, want) {
		u.t.Errorf("%s fetches %d bytes, want %d: %v", u.name, len(got), len(want), err)
	}
}

// untilType waits for the first message of a type.
func (u *user) untilType(objectName string) message {
	u.t.Helper()
	return call[message](u.page, "im.untilType", objectName)
}

// content decodes the content of a message.
func content[T any](t *testing.T, m message) T {
	t.Helper()
	var c T
	if err := json.Unmarshal(m.Content, &c); err != nil {
		t.Fatalf("%s: %v in %s", m.ObjectName, err, m.Content)
	}
	return c
}

// picture is a gradient, so that it does not compress to nothing.
func picture(w, h int) *image.Paletted {
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

func pngFile(t *testing.T) localFile {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture(640, 400)); err != nil {
		t.Fatal(err)
	}
	return localFile{"picture.png", "image/png", b.Bytes()}
}

func gifFile(t *testing.T) localFile {
	t.Helper()
	var b bytes.Buffer
	frames := &gif.GIF{Image: []*image.Paletted{picture(120, 80), picture(120, 80)}, Delay: []int{10, 10}}
	if err := gif.EncodeAll(&b, frames); err != nil {
		t.Fatal(err)
	}
	return localFile{"moving.gif", "image/gif", b.Bytes()}
}

// wavFile is a tone of 2.5 seconds.
func wavFile() localFile {
	const rate, seconds = 16_000, 2.5
	var b bytes.Buffer
	samples := make([]int16, int(rate*seconds))
	for i := range samples {
		samples[i] = int16(8000 * math.Sin(2*math.Pi*440*float64(i)/rate))
	}
	size := uint32(2 * len(samples))
	b.WriteString("RIFF")
	write := func(v any) { _ = encoding.Write(&b, encoding.LittleEndian, v) } // into memory
	write(36 + size)
	b.WriteString("WAVEfmt ")
	write([]uint32{16})
	write([]uint16{1, 1})
	write([]uint32{rate, 2 * rate})
	write([]uint16{2, 16})
	b.WriteString("data")
	write(size)
	write(samples)
	return localFile{"tone.wav", "audio/wav", b.Bytes()}
}

// mp3File is two seconds of silence: frames of MPEG 1 layer III at 128 kbit/s
// and 44.1 kHz in which every coefficient is zero.
func mp3File() localFile {
	frame := append([]byte{0xff, 0xfb, 0x90, 0xc0}, make([]byte, 413)...)
	return localFile{"silence.mp3", "audio/mpeg", bytes.Repeat(frame, 80)}
}

// aacFile is two seconds of silence: ADTS frames of AAC LC, mono, 44.1 kHz.
func aacFile() localFile {
	silence := []byte{0x00, 0xc8, 0x00, 0x80, 0x23, 0x80}
	size := 7 + len(silence)
	frame := append([]byte{0xff, 0xf1, 0x50, 0x40 | byte(size>>11), byte(size >> 3), byte(size<<5) | 0x1f, 0xfc}, silence...)
	return localFile{"silence.aac", "audio/aac", bytes.Repeat(frame, 90)}
}

func zipFile(t *testing.T) localFile {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("inside.txt")
	if err == nil {
		_, err = io.WriteString(w, "what is inside")
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return localFile{"things.zip", "application/zip", b.Bytes()}
}

func htmlFile() localFile {
	return localFile{"page.html", "text/html", []byte("<!doctype html><title>a page</title><p>hello")}
}

// mp4File is a video that the browser of u records of a canvas.
func mp4File(u *user) localFile {
	u.t.Helper()
	text := call[string](u.page, `async () => {
		const canvas = document.createElement('canvas')
		canvas.width = canvas.height = 64
		const pen = canvas.getContext('2d')
		const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/mp4' })
		const parts = []
		recorder.ondataavailable = (e) => parts.push(e.data)
		const stopped = new Promise((resolve) => (recorder.onstop = resolve))
		recorder.start()
		for (let i = 0; i < 20; i++) {
			pen.fillStyle = 'hsl(' + i * 18 + ' 80% 50%)'
			pen.fillRect(0, 0, 64, 64)
			await new Promise((resolve) => setTimeout(resolve, 25))
		}
		recorder.stop()
		await stopped
		let text = ''
		for (const b of new Uint8Array(await new Blob(parts).arrayBuffer())) text += String.fromCharCode(b)
		return btoa(text)
	}`)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !bytes.Contains(data[:min(len(data), 32)], []byte("ftyp")) {
		u.t.Fatalf("no MP4 of %d bytes: %v", len(data), err)
	}
	return localFile{"film.mp4", "video/mp4", data}
}

// about is who sends, and what the app adds, in every upload.
var about = map[string]any{
	"user": map[string]any{"id": "alice", "name": "Alice", "portraitUri": "http://127.0.0.1/a.png", "extra": "x"}, "extra": `{"any":"thing"}`,
}

// said is what a media message says beside its file.
type said struct {
	User struct {
		ID, Name, PortraitURI, Extra string
	}
	Extra string
}

func (s said) check(t *testing.T) {
	t.Helper()
	if s.User.ID != "alice" || s.User.Name != "Alice" || s.User.PortraitURI != "http://127.0.0.1/a.png" || s.User.Extra != "x" || s.Extra != `{"any":"thing"}` {
		t.Errorf("about the sender: %+v", s)
	}
}

// TestSDKUploadFile: a file arrives as a message whose URL has the bytes.
// Shows S140, S141, S142, S143, S144, S145, S146, S147, S149, S154, S155.
func TestSDKUploadFile(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, f := range []localFile{zipFile(t), htmlFile(), {"空 file #1?", "", []byte("no type at all")}, {"empty.txt", "text/plain", nil}} {
		t.Run(f.Name, func(t *testing.T) {
			r := alice.mustUpload("sendFileMessage", private("bob"), f, about, nil)
			got := event[struct{ Messages []message }](bob, "MESSAGES", `e.messages[0].messageUId === "`+r.Data.UID+`"`).Messages[0]
			c := content[struct {
				Name, Type, FileURL string
				Size                int
				said
			}](t, got)
			if got.ObjectName != "RC:FileMsg" || c.Name != f.Name || c.Size != len(f.Data) || c.FileURL != r.Done.URL {
				t.Errorf("bob hears %s %+v; onComplete was told %s", got.ObjectName, c, r.Done.URL)
			}
			c.check(t)
			download(t, c.FileURL, f.Data)
			bob.fetch(c.FileURL, f.Data)
		})
	}
}
