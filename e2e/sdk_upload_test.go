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
	"image/jpeg"
	"image/png"
	"io"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/internal/media/s3/s3test"
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

// mp4File is a video that the browser of p records of a canvas, of so many
// pictures of 25 milliseconds at least.
func mp4File(p *page, pictures int) localFile {
	p.t.Helper()
	text := call[string](p, `async (pictures) => {
		const canvas = document.createElement('canvas')
		canvas.width = canvas.height = 64
		const pen = canvas.getContext('2d')
		const record = async () => {
			const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/mp4' })
			const parts = []
			recorder.ondataavailable = (e) => parts.push(e.data)
			const stopped = new Promise((resolve) => (recorder.onstop = resolve))
			recorder.start()
			for (let i = 0; i < pictures; i++) {
				pen.fillStyle = 'hsl(' + i * 18 + ' 80% 50%)'
				pen.fillRect(0, 0, 64, 64)
				await new Promise((resolve) => setTimeout(resolve, 25))
			}
			recorder.stop()
			await stopped
			return new Blob(parts).arrayBuffer()
		}
		let film
		do film = await record() // a browser with much to do shows no picture in that time
		while (film.byteLength === 0)
		let text = ''
		for (const b of new Uint8Array(film)) text += String.fromCharCode(b)
		return btoa(text)
	}`, pictures)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !bytes.Contains(data[:min(len(data), 32)], []byte("ftyp")) {
		p.t.Fatalf("no MP4 of %d bytes: %v", len(data), err)
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
func TestSDKUploadFile(t *testing.T) { withEach(t, sdkUploadFile) }

func sdkUploadFile(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, f := range []localFile{zipFile(t), htmlFile(), {"空 file #1?", "", []byte("no type at all")}} {
		t.Run(f.Name, func(t *testing.T) {
			r := alice.mustUpload("sendFileMessage", private("bob"), f, about, nil)
			got := bob.message(r.Data.UID)
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

// TestSDKUploadImage: an image arrives with a thumbnail that the SDK made.
// Shows S156.
func TestSDKUploadImage(t *testing.T) { withEach(t, sdkUploadImage) }

func sdkUploadImage(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	f := pngFile(t)
	type imageContent struct {
		Content, ImageURI     string
		ThumWidth, ThumHeight int
		said
	}
	for _, c := range []struct {
		name    string
		options map[string]any
		most    int // side of the thumbnail
	}{
		{"by default", nil, 160},
		{"as asked", map[string]any{"thumbnailConfig": map[string]any{"maxHeight": 40, "maxWidth": 40, "quality": 0.5, "scale": 2}}, 64},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := alice.mustUpload("sendImageMessage", private("bob"), f, about, c.options)
			got := content[imageContent](t, bob.message(r.Data.UID))
			if got.ImageURI != r.Done.URL || got.ThumWidth == 0 || got.ThumHeight == 0 {
				t.Errorf("bob hears %+v", got)
			}
			got.check(t)
			thumbnail, err := base64.StdEncoding.DecodeString(got.Content)
			if err != nil {
				t.Fatalf("the thumbnail: %v", err)
			}
			small, err := jpeg.Decode(bytes.NewReader(thumbnail))
			if err != nil || small.Bounds().Dx() > c.most || small.Bounds().Dy() > c.most {
				t.Errorf("the thumbnail: %v, %v", small.Bounds(), err)
			}
			download(t, got.ImageURI, f.Data)
			shown := call[[]int](bob.page, `async (url) => {
				const img = new Image()
				img.src = url
				await img.decode()
				return [img.naturalWidth, img.naturalHeight]
			}`, got.ImageURI)
			if !slices.Equal(shown, []int{640, 400}) {
				t.Errorf("bob's page shows %v", shown)
			}
		})
	}
}

// TestSDKUploadGIF: a GIF arrives as it is.
func TestSDKUploadGIF(t *testing.T) { withEach(t, sdkUploadGIF) }

func sdkUploadGIF(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	f := gifFile(t)
	r := alice.mustUpload("sendGIFMessage", private("bob"), f, about, nil)
	m := bob.message(r.Data.UID)
	got := content[struct {
		RemoteURL                  string
		GIFDataSize, Width, Height int
		said
	}](t, m)
	if m.ObjectName != "RC:GIFMsg" || got.RemoteURL != r.Done.URL || got.GIFDataSize != len(f.Data) || got.Width == 0 || got.Height == 0 {
		t.Errorf("bob hears %s %+v", m.ObjectName, got)
	}
	got.check(t)
	if h := download(t, got.RemoteURL, f.Data); h.Get("Content-Type") != "image/gif" {
		t.Errorf("type %q", h.Get("Content-Type"))
	}
}

// TestSDKUploadVoice: what the browser can decode arrives with its duration,
// and what it cannot decode is no voice message.
// Shows S157, S160.
func TestSDKUploadVoice(t *testing.T) { withEach(t, sdkUploadVoice) }

func sdkUploadVoice(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, c := range []struct {
		file     localFile
		duration int
	}{{wavFile(), 2}, {mp3File(), 2}, {aacFile(), 2}} {
		t.Run(c.file.Type, func(t *testing.T) {
			r := alice.mustUpload("sendHQVoiceMessage", private("bob"), c.file, about, nil)
			m := bob.message(r.Data.UID)
			got := content[struct {
				RemoteURL                              string
				Duration, SampleRate, NumberOfChannels int
				said
			}](t, m)
			if m.ObjectName != "RC:HQVCMsg" || got.RemoteURL != r.Done.URL || got.Duration != c.duration || got.SampleRate == 0 || got.NumberOfChannels == 0 {
				t.Errorf("bob hears %s %+v", m.ObjectName, got)
			}
			got.check(t)
			download(t, got.RemoteURL, c.file.Data)
		})
	}
	alice.expect("Unable to decode audio data")
	noise := localFile{"noise.mp3", "audio/mpeg", []byte("this is no sound")}
	if r := alice.upload("sendHQVoiceMessage", private("bob"), noise, nil, nil, ""); r.Code != 34011 {
		t.Errorf("noise is sent with code %d", r.Code)
	}
	alice.say(private("bob"), "after it")
	bob.hears("after it")
	if heard := bob.heard(); len(heard) != 4 {
		t.Errorf("bob hears %d messages, want 4", len(heard))
	}
}

// TestSDKUploadSight: a short film arrives and plays.
// Shows S158, S159.
func TestSDKUploadSight(t *testing.T) { withEach(t, sdkUploadSight) }

func sdkUploadSight(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	f := mp4File(alice.page, 20)
	body := map[string]any{"duration": 7, "thumbnail": "dGh1bWI=", "name": "holiday.mp4"}
	maps.Copy(body, about)
	r := alice.mustUpload("sendSightMessage", private("bob"), f, body, nil)
	m := bob.message(r.Data.UID)
	got := content[struct {
		SightURL, Content, Name string
		Duration, Size          int
		said
	}](t, m)
	if m.ObjectName != "RC:SightMsg" || got.SightURL != r.Done.URL || got.Content != "dGh1bWI=" || got.Name != "holiday.mp4" || got.Duration != 7 || got.Size != len(f.Data) {
		t.Errorf("bob hears %s %+v", m.ObjectName, got)
	}
	got.check(t)
	download(t, got.SightURL, f.Data)
	played := call[bool](bob.page, `async (url) => {
		const video = document.createElement('video')
		video.muted = true
		video.src = url
		await new Promise((resolve, reject) => {
			video.onended = resolve
			video.onerror = () => reject(video.error)
			video.play().catch(reject)
		})
		return video.videoWidth === 64
	}`, got.SightURL)
	if !played {
		t.Error("bob's page plays another film")
	}
}

// TestSDKUploadDisposition: whoever reads the URL is told to show or to save
// the file as its sender asked, else by its type.
// Shows S150, S151, S152.
func TestSDKUploadDisposition(t *testing.T) { withEach(t, sdkUploadDisposition) }

func sdkUploadDisposition(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	for _, c := range []struct {
		file        localFile
		disposition string
		want        string
	}{
		{htmlFile(), "", "inline"},
		{htmlFile(), "attachment", "attachment"},
		{zipFile(t), "", "attachment"},
		{zipFile(t), "inline", "inline"},
		{pngFile(t), "", "attachment"},
	} {
		options := map[string]any{}
		if c.disposition != "" {
			options["contentDisposition"] = c.disposition
		}
		r := alice.mustUpload("sendFileMessage", private("bob"), c.file, nil, options)
		h := download(t, r.Done.URL, c.file.Data)
		if got, want := h.Get("Content-Disposition"), c.want+"; filename="+c.file.Name; got != want {
			t.Errorf("%s, asked for %q: %q, want %q", c.file.Name, c.disposition, got, want)
		}
	}
	alice.expect("contentDisposition")
	r := alice.upload("sendFileMessage", private("bob"), zipFile(t), nil, map[string]any{"contentDisposition": "nonsense"}, "")
	if r.Code != 35031 || r.Done != nil { // the code of a wrong option; upload has one of its own
		t.Errorf("nonsense is taken: %+v", r)
	}
	code := call[int](alice.page, `async () => {
		const file = new File(['x'], 'x.zip')
		return (await RongIMLib.upload({ fileType: 4, file, contentDisposition: 'nonsense' })).code
	}`)
	if code != 35032 {
		t.Errorf("upload with nonsense: code %d, want 35032", code)
	}
}

// TestSDKUploadOptions: an upload takes all options of a message.
// Shows S153.
func TestSDKUploadOptions(t *testing.T) { withEach(t, sdkUploadOptions) }

func sdkUploadOptions(t *testing.T) {
	s := startServer(t)
	s.group("team", "alice", "bob")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	f := zipFile(t)
	body := map[string]any{"mentionedInfo": map[string]any{"type": 2, "userIdList": []string{"bob"}, "mentionedContent": "look"}}
	r := alice.mustUpload("sendFileMessage", group("team"), f, body, map[string]any{
		"isMentioned": true, "disableNotification": true, "canIncludeExpansion": true, "expansion": map[string]any{"mood": "fine"},
		"pushConfig": map[string]any{"pushTitle": "a file"},
	})
	m := bob.message(r.Data.UID)
	if m.Type != 3 || m.Target != "team" || !m.Mentioned || !m.Silent || !m.CanIncludeExpansion || m.Expansion["mood"] != "fine" {
		t.Errorf("bob hears %+v", m)
	}
}

// TestSDKUploadCustom: what onComplete returns is sent in the place of the
// SDK's own message, and its file is as safe.
// Shows S148.
func TestSDKUploadCustom(t *testing.T) { withEach(t, sdkUploadCustom) }

func sdkUploadCustom(t *testing.T) {
	s := startServer(t, "--unsent-life", "1s")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, u := range []*user{alice, bob} {
		call[bool](u.page, "(type) => im.register(type)", "app:card")
	}
	f := pngFile(t)
	r := alice.upload("sendImageMessage", private("bob"), f, nil, nil, "app:card")
	if r.Code != 0 {
		t.Fatalf("code %d %s", r.Code, r.Msg)
	}
	got := content[struct{ URL string }](t, bob.untilType("app:card"))
	if got.URL != r.Done.URL {
		t.Errorf("bob hears of %q", got.URL)
	}
	// A file that nobody sent goes, this one stays.
	lost := call[string](alice.page, `async (data) => {
		const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0))
		const r = await RongIMLib.upload({ fileType: 4, file: new File([bytes], 'lost.png', { type: 'image/png' }) })
		return r.data.downloadUrl
	}`, f.Data)
	download(t, lost, f.Data)
	until404(t, lost)
	download(t, got.URL, f.Data)
}

// until404 waits until a file is deleted.
func until404(t *testing.T, url string) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusNotFound {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is there for ever", url)
		}
	}
}

// TestSDKUploadFails: an upload that the server does not take ends with a code,
// and no message is sent.
// Shows S160.
func TestSDKUploadFails(t *testing.T) { withEach(t, sdkUploadFails) }

func sdkUploadFails(t *testing.T) {
	s := startServer(t, "--file-size", "2000", "--file-size-of", "image=500000", "--file-quota", "600000")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	file := func(size int) localFile { return localFile{"a.bin", "", bytes.Repeat([]byte("x"), size)} }
	for _, c := range []struct {
		why  string
		send string
		file localFile
		code int
	}{
		{"too big", "sendFileMessage", file(10_000), 26106},
		{"of another type", "sendFileMessage", file(2000), 0},
		{"over the quota", "sendImageMessage", localFile{"big.png", "image/png", append(pngFile(t).Data, make([]byte, 480_000-len(pngFile(t).Data))...)}, 0},
		{"over the quota", "sendImageMessage", localFile{"big.png", "image/png", append(pngFile(t).Data, make([]byte, 480_000-len(pngFile(t).Data))...)}, 26106},
	} {
		if r := alice.upload(c.send, private("bob"), c.file, nil, nil, ""); r.Code != c.code {
			t.Errorf("%s: code %d %s, want %d", c.why, r.Code, r.Msg, c.code)
		}
	}
	alice.say(private("bob"), "that was all")
	bob.hears("that was all")
	if n := len(bob.heard()); n != 3 {
		t.Errorf("bob hears %d messages, want 3", n)
	}
	// The storage is gone: the file cannot be written.
	alice.expect("503")
	if err := os.RemoveAll(filepath.Join(s.data(), appKey, "files")); err != nil {
		t.Fatal(err)
	}
	if r := alice.upload("sendFileMessage", private("bob"), file(100), nil, nil, ""); r.Code != 34011 || r.Done != nil {
		t.Errorf("without storage: %+v", r)
	}
}

// TestSDKUploadInParts: a big file goes in parts, and arrives as one.
func TestSDKUploadInParts(t *testing.T) { withEach(t, sdkUploadInParts) }

func sdkUploadInParts(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	const size = 25<<20 + 12345
	r := call[uploaded](alice.page, `async (to, size) => {
		const bytes = new Uint8Array(size)
		for (let i = 0; i < size; i++) bytes[i] = Math.imul(i, 2654435761) >>> 24
		const progress = []
		const file = new File([bytes], 'big.bin', { type: 'application/x-thing' })
		const result = await RongIMLib.sendFileMessage(to, { file }, { onProgress: (p) => progress.push(p) }, { contentDisposition: 'inline' })
		return { ...result, progress }
	}`, private("bob"), size)
	if r.Code != 0 || !slices.IsSorted(r.Progress) || r.Progress[len(r.Progress)-1] != 100 {
		t.Fatalf("code %d %s, progress %v", r.Code, r.Msg, r.Progress)
	}
	want := make([]byte, size)
	for i := range want {
		want[i] = byte(uint32(i) * 2654435761 >> 24)
	}
	got := content[struct{ FileURL string }](t, bob.message(r.Data.UID))
	h := download(t, got.FileURL, want)
	if h.Get("Content-Disposition") != "inline; filename=big.bin" || h.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("headers %v", h)
	}
	part, err := http.NewRequest(http.MethodGet, got.FileURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	part.Header.Set("Range", "bytes=20000000-20000099")
	res, err := http.DefaultClient.Do(part)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	some, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusPartialContent || !bytes.Equal(some, want[20000000:20000100]) {
		t.Errorf("a range: %s, %d bytes, %v", res.Status, len(some), err)
	}
}

// TestSDKUploadDomain: an app that names the place to upload to itself is
// served as well, with small files and big ones.
func TestSDKUploadDomain(t *testing.T) { withEach(t, sdkUploadDomain) }

func sdkUploadDomain(t *testing.T) {
	s := startServer(t)
	bob := s.connect(t, "bob")
	alice := s.open(t, "alice")
	call[any](alice.page, `async (appkey, url, token) => {
		RongIMLib.init({ appkey, navigators: [url], uploadDomain: url + '/files' })
		await RongIMLib.connect(token)
	}`, appKey, s.url, s.token("alice"))
	for _, size := range []int{1000, 21 << 20} {
		r := call[uploaded](alice.page, `async (to, size) => RongIMLib.sendFileMessage(to, { file: new File([new Uint8Array(size)], 'zeros.bin') })`, private("bob"), size)
		if r.Code != 0 {
			t.Fatalf("%d bytes: code %d %s", size, r.Code, r.Msg)
		}
		got := content[struct{ FileURL string }](t, bob.message(r.Data.UID))
		download(t, got.FileURL, make([]byte, size))
	}
}

// TestSDKUploadByForm: where the first place to upload to does not answer, the
// SDK goes on with the form.
func TestSDKUploadByForm(t *testing.T) { withEach(t, sdkUploadByForm) }

func sdkUploadByForm(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.expect("net::ERR_FAILED")
	call[any](alice.page, `() => {
		const send = XMLHttpRequest.prototype.open
		XMLHttpRequest.prototype.open = function (method, url, ...rest) {
			return send.call(this, method, method === 'PUT' ? 'http://localhost:1/' : url, ...rest)
		}
	}`)
	alice.expect("net::ERR")
	for _, f := range []localFile{htmlFile(), zipFile(t)} {
		r := alice.upload("sendFileMessage", private("bob"), f, nil, nil, "")
		if r.Code != 0 {
			t.Fatalf("code %d %s", r.Code, r.Msg)
		}
		got := content[struct{ FileURL string }](t, bob.message(r.Data.UID))
		h := download(t, got.FileURL, f.Data)
		if inline := strings.HasPrefix(h.Get("Content-Disposition"), "inline"); inline != (f.Type == "text/html") {
			t.Errorf("%s: %q", f.Name, h.Get("Content-Disposition"))
		}
	}
}

// TestSDKUploadRunsNothing: a page that somebody sent is shown, and nothing in
// it runs.
func TestSDKUploadRunsNothing(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	var asked atomic.Int32
	spy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page" { // the same page from a server that does not care
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, spyPage("http://"+r.Host))
			return
		}
		asked.Add(1)
	}))
	t.Cleanup(spy.Close)
	page := localFile{"evil.html", "text/html", []byte(spyPage(spy.URL))}
	drawing := localFile{"evil.svg", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("` + spy.URL + `/svg")</script></svg>`)}
	script := localFile{"evil.js", "text/javascript", []byte(`fetch("` + spy.URL + `/js")`)}
	show := func(url string) {
		call[any](alice.page, `async (url) => {
			const frame = document.createElement('iframe')
			const loaded = new Promise((resolve) => (frame.onload = resolve))
			frame.src = url
			document.body.append(frame)
			await loaded
			frame.remove()
		}`, url)
	}
	show(spy.URL + "/page")
	if asked.Load() == 0 {
		t.Fatal("the page does not even run where it may")
	}
	asked.Store(0)
	alice.expect("sandboxed")
	alice.expect("Content Security Policy")
	alice.expect("Refused to")
	for _, f := range []localFile{page, drawing} {
		show(alice.mustUpload("sendFileMessage", private("bob"), f, nil, map[string]any{"contentDisposition": "inline"}).Done.URL)
	}
	alice.expect("MIME type")
	alice.expect("net::ERR_BLOCKED")
	refused := call[bool](alice.page, `(url) => new Promise((resolve) => {
		const script = document.createElement('script')
		script.onload = () => resolve(false)
		script.onerror = () => resolve(true)
		script.src = url
		document.body.append(script)
	})`, alice.mustUpload("sendFileMessage", private("bob"), script, nil, map[string]any{"contentDisposition": "inline"}).Done.URL)
	if !refused || asked.Load() > 0 {
		t.Errorf("the script was refused: %v; files asked %d times", refused, asked.Load())
	}
}

func spyPage(url string) string {
	return `<!doctype html><title>evil</title><img src="` + url + `/img"><script>fetch("` + url + `/script")</script><p onclick="1">hello`
}

// TestSDKFileTokens: the functions below the uploads give what a page needs to
// upload by itself.
func TestSDKFileTokens(t *testing.T) { withEach(t, sdkFileTokens) }

func sdkFileTokens(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	token := do[struct {
		Deadline                            int64
		Token, FileName, Qiniu, OSSConfig   string
		MinioAuthorization, MinioBucketName string
	}](alice, "getFileToken", 4, "notes.txt")
	if token.Token == "" || token.FileName == "" || token.Qiniu != s.url+"/files" || !strings.Contains(token.OSSConfig, `"minio":"`+s.url+`/files"`) ||
		token.Deadline < time.Now().Unix() || token.MinioAuthorization == "" || token.MinioBucketName == "" {
		t.Errorf("getFileToken: %+v", token)
	}
	if r := try[any](alice, "getFileUrl", 4, token.FileName, "notes.txt", nil, 1); r.Code == 0 {
		t.Error("a file that was never uploaded has a URL")
	}
	code := call[int](alice.page, `async (url, token, key) => {
		const form = new FormData()
		form.set('token', token)
		form.set('key', key)
		form.set('file', new File(['by hand'], 'notes.txt', { type: 'text/plain' }))
		return (await fetch(url, { method: 'POST', body: form })).status
	}`, token.Qiniu, token.Token, token.FileName)
	if code != http.StatusOK {
		t.Fatalf("the form is answered %d", code)
	}
	for method := 1; method <= 5; method++ {
		got := do[struct{ DownloadURL string }](alice, "getFileUrl", 4, token.FileName, "notes.txt", nil, method)
		if h := download(t, got.DownloadURL, []byte("by hand")); h.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("method %d: %v", method, h)
		}
	}
}

// data is the directory that keeps the server's data.
func (s *server) data() string { return s.args[slices.Index(s.args, "--data")+1] }

// message waits for the message with a UID.
func (u *user) message(uid string) message {
	u.t.Helper()
	return event[struct{ Messages []message }](u, "MESSAGES", `e.messages[0].messageUId === "`+uid+`"`).Messages[0]
}

// TestSDKUploadToBucket: with storage that speaks S3 the browser uploads to it
// and reads from it, and only pages come from the server.
func TestSDKUploadToBucket(t *testing.T) { withEach(t, sdkUploadToBucket) }

func sdkUploadToBucket(t *testing.T) {
	bucket := s3test.Start(t)
	s := startServer(t, "--files", bucket.Config(), "--file-size-of", "file=15000000")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, c := range []struct {
		send        string
		file        localFile
		disposition string
	}{
		{"sendImageMessage", pngFile(t), "inline"},
		{"sendFileMessage", zipFile(t), ""},
		{"sendFileMessage", htmlFile(), ""},
		{"sendFileMessage", localFile{"a b+c (ü) 'x'.thing", "", []byte("with a difficult name")}, ""},
		{"sendFileMessage", localFile{"big.bin", "", bytes.Repeat([]byte("0123456789"), 1_200_000)}, "inline"},
	} {
		options := map[string]any{}
		if c.disposition != "" {
			options["contentDisposition"] = c.disposition
		}
		r := alice.upload(c.send, private("bob"), c.file, nil, options, "")
		if r.Code != 0 {
			t.Fatalf("%s: code %d %s", c.file.Name, r.Code, r.Msg)
		}
		m := bob.message(r.Data.UID)
		got := content[struct{ FileURL, ImageURI string }](t, m)
		url := got.FileURL + got.ImageURI
		h := download(t, url, c.file.Data)
		page := c.file.Type == "text/html"
		want := "attachment"
		if page || c.disposition != "" {
			want = "inline"
		}
		if !strings.HasPrefix(h.Get("Content-Disposition"), want+"; filename") {
			t.Errorf("%s: %q", c.file.Name, h.Get("Content-Disposition"))
		}
		if ours := h.Get("Content-Security-Policy") != ""; ours != page {
			t.Errorf("%s: policy %q", c.file.Name, h.Get("Content-Security-Policy"))
		}
		if len(c.file.Data) < 1<<20 {
			bob.fetch(url, c.file.Data)
		}
	}
	seen := strings.Join(bucket.Seen(), "\n")
	for _, want := range []string{"PUT /" + s3test.Bucket + "/files/" + appKey + "/f~", "POST /" + s3test.Bucket, "GET /" + s3test.Bucket} {
		if !strings.Contains(seen, want) {
			t.Errorf("the bucket was not asked %s, but\n%s", want, seen)
		}
	}
	if n := len(bucket.Objects()); n != 5 {
		t.Errorf("the bucket has %q", bucket.Objects())
	}

	alice.expect("503")
	bucket.Down(true)
	if r := alice.upload("sendFileMessage", private("bob"), zipFile(t), nil, nil, ""); r.Code != 34011 {
		t.Errorf("without a bucket: code %d", r.Code)
	}
}
