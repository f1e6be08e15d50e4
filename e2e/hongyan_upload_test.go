package e2e

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"image/jpeg"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hongyan-im/hongyan/internal/media/s3/s3test"
)

// withOurs tells a story of what our SDK has and the official one has not.
func withOurs(t *testing.T, story func(t *testing.T)) {
	t.Helper()
	beside(t)
	t.Run(hongyan.name, story)
}

// bigFile makes a file of many parts in a page, the same on every page of the
// test, and notes the parts that storage took. Storage is not asked to put them
// together while the page is held.
const bigFile = `(() => {
	const open = XMLHttpRequest.prototype.open
	XMLHttpRequest.prototype.open = function (method, url, ...rest) {
		const part = method === 'PUT' && /partNumber=(\d+)/.exec(url)
		if (part) this.addEventListener('loadend', () => { if (this.status === 200) window.taken.push(Number(part[1])) })
		if (window.held && method === 'POST' && url.includes('uploadId')) this.send = () => {}
		return open.call(this, method, url, ...rest)
	}
	window.bigFile = (size) => {
		const bytes = new Uint8Array(size)
		const words = new Uint32Array(bytes.buffer, 0, size >> 2)
		for (let i = 0; i < words.length; i++) words[i] = Math.imul(i, 2654435761)
		return new File([bytes], 'big.bin', { lastModified: 1700000000000 })
	}
	window.begin = (to, size, options) => {
		window.progress = []
		window.taken = []
		const heard = new Set()
		window.reached = (percent) => new Promise((resolve) => {
			const look = () => { if ((window.progress.at(-1) ?? 0) >= percent) resolve(window.progress.at(-1)) }
			heard.add(look)
			look()
		})
		window.cancelled = new AbortController()
		const hooks = { onProgress: (p) => { window.progress.push(p); for (const look of heard) look() } }
		window.result = RongIMLib.sendFileMessage(to, { file: window.bigFile(size) }, hooks, { signal: window.cancelled.signal })
	}
})()`

// prepareBig makes a page of ours ready to send a big file.
func (u *user) prepareBig() {
	u.t.Helper()
	call[any](u.page, "() => { "+bigFile+" }")
}

// begin begins to send a big file, and returns when percent of it have gone.
func (u *user) begin(to conversation, size, percent int) {
	u.t.Helper()
	call[any](u.page, "(to, size) => { begin(to, size) }", to, size)
	call[int](u.page, "(percent) => reached(percent)", percent)
}

// bigResult is how sending a big file ended.
type bigResult struct {
	Code     int
	Msg      string
	Data     message
	Progress []int
	Taken    []int
}

func (u *user) result() bigResult {
	u.t.Helper()
	return call[bigResult](u.page, "async () => ({ ...(await result), progress, taken })")
}

// bigSize is the size of the file, in bytes; what bigFile makes of it repeats
// after 16 GiB.
var bigSize = flag.Int("upload.size", 64<<20, "bytes of the file of the tests of uploads that break off")

// mustBeBig reads what a message with a big file names, and compares all of it.
func mustBeBig(t *testing.T, m message) {
	t.Helper()
	res, err := http.Get(content[struct{ FileURL string }](t, m).FileURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	buf := make([]byte, 1<<20)
	at := 0
	for err == nil {
		var n int
		n, err = io.ReadFull(res.Body, buf)
		for i := 0; i+4 <= n; i += 4 {
			if word := uint32(at+i) / 4 * 2654435761; uint32(buf[i])|uint32(buf[i+1])<<8|uint32(buf[i+2])<<16|uint32(buf[i+3])<<24 != word {
				t.Fatalf("the file is another one at byte %d", at+i)
			}
		}
		at += n
	}
	if at != *bigSize {
		t.Errorf("the file has %d bytes, want %d", at, *bigSize)
	}
}

// mustEndWell requires that the file arrived, and returns how many parts it has.
func (r bigResult) mustEndWell(t *testing.T) (parts int) {
	t.Helper()
	if r.Code != 0 || !slices.IsSorted(r.Progress) || r.Progress[len(r.Progress)-1] != 100 || len(r.Progress) > 101 {
		t.Fatalf("code %d %s, progress %v", r.Code, r.Msg, r.Progress)
	}
	return (*bigSize + 8<<20 - 1) / (8 << 20)
}

// most is how many percent have to be gone so that, with four parts on their
// way at once, some are there.
const most = 75

// TestUploadResumesAfterCut: an upload whose connection is lost in the middle
// goes on by itself when it is back.
func TestUploadResumesAfterCut(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		l := s.link(t)
		bob, alice := s.connect(t, "bob"), l.connect(s, "alice")
		alice.prepareBig()
		alice.begin(private("bob"), *bigSize, most)
		l.Cut()
		call[any](alice.page, "() => im.untilState('SUSPEND')")
		before := call[int](alice.page, "() => taken.length")
		l.Mend()
		r := alice.result()
		parts := r.mustEndWell(t)
		// What was answered is not sent again; of what was on its way, some may be.
		if n := len(r.Taken); before == 0 || before == n || n < parts-4 || n > parts+4 {
			t.Errorf("of %d parts %d were taken before the connection was lost, and then %v", parts, before, r.Taken)
		}
		mustBeBig(t, throughTo(s, bob.message(r.Data.UID)))
	})
}

// throughTo is a message whose file is read from the server itself.
func throughTo(s *server, m message) message {
	var c map[string]any
	_ = json.Unmarshal(m.Content, &c)
	if u, err := url.Parse(c["fileUrl"].(string)); err == nil {
		u.Host = strings.TrimPrefix(s.url, "http://")
		c["fileUrl"] = u.String()
	}
	m.Content, _ = json.Marshal(c)
	return m
}

// TestUploadResumesAfterReload: an upload that ended with its page goes on when
// the user chooses the same file on the next one.
func TestUploadResumesAfterReload(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		resumeAfterReload(t, alice, bob)
	})
}

// TestUploadResumesInBucket: the same with storage that speaks S3, to which the
// browser uploads.
func TestUploadResumesInBucket(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		bucket := s3test.Start(t)
		s := startServer(t, "--files", bucket.Config())
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		resumeAfterReload(t, alice, bob)
		lists := 0
		for _, seen := range bucket.Seen() {
			if strings.HasPrefix(seen, "GET ") {
				lists++
			}
		}
		if lists < 2 || len(bucket.Objects()) != 2 {
			t.Errorf("the bucket was asked %d times what it has, and has %v", lists, bucket.Objects())
		}
	})
}

func resumeAfterReload(t *testing.T, alice, bob *user) {
	t.Helper()
	alice.prepareBig()
	call[any](alice.page, "() => { window.held = true }")
	alice.begin(private("bob"), *bigSize, most)
	before := call[[]int](alice.page, "() => taken")
	alice.reload()
	alice.prepareBig()
	alice.begin(private("bob"), *bigSize, 1)
	r := alice.result()
	parts := r.mustEndWell(t)
	if n := len(r.Taken); len(before) == 0 || n > parts-len(before) || slices.ContainsFunc(r.Taken, func(part int) bool { return slices.Contains(before, part) }) {
		t.Errorf("of %d parts %v were taken before the page was loaded anew, and then %v", parts, before, r.Taken)
	}
	mustBeBig(t, bob.message(r.Data.UID))

	// Once it is sent, the same file is another upload.
	alice.begin(private("bob"), *bigSize, 100)
	if again := alice.result(); again.Code != 0 || len(again.Taken) != parts {
		t.Errorf("sent again: code %d, %v of %d parts were taken", again.Code, again.Taken, parts)
	}
}

// TestUploadCancel: an upload that is given up ends at once, sends nothing and
// leaves nothing.
func TestUploadCancel(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		alice.prepareBig()
		alice.expect("ERR_ABORTED")
		alice.begin(private("bob"), *bigSize, 20)
		call[any](alice.page, "() => cancelled.abort()")
		if r := alice.result(); r.Code != 34011 || !strings.Contains(r.Msg, "cancelled") || r.Progress[len(r.Progress)-1] == 100 {
			t.Errorf("code %d %s, progress %v", r.Code, r.Msg, r.Progress)
		}
		alice.say(private("bob"), "never mind")
		bob.hears("never mind")
		if heard := bob.heard(); len(heard) != 1 {
			t.Errorf("bob hears %d messages", len(heard))
		}
		// It begins anew.
		alice.begin(private("bob"), *bigSize, 1)
		r := alice.result()
		if parts := r.mustEndWell(t); len(r.Taken) != parts {
			t.Errorf("what was given up goes on: %v of %d parts were taken", r.Taken, parts)
		}
	})
}

// TestUploadLooksItself: what a message says of its file and nobody told, the
// SDK finds out.
func TestUploadLooksItself(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		film := mp4File(alice.page, 20)
		r := alice.mustUpload("sendSightMessage", private("bob"), film, nil, nil)
		sight := content[struct {
			SightURL, Content, Name string
			Duration, Size          int
		}](t, bob.message(r.Data.UID))
		if sight.Name != film.Name || sight.Size != len(film.Data) || sight.Duration > 2 {
			t.Errorf("a film: %+v", sight)
		}
		first, err := base64.StdEncoding.DecodeString(sight.Content)
		if err != nil {
			t.Fatal(err)
		}
		if picture, err := jpeg.Decode(strings.NewReader(string(first))); err != nil || picture.Bounds().Dx() != 160 {
			t.Errorf("its first picture: %v", err)
		} else if r, g, b, _ := picture.At(80, 80).RGBA(); r == g && g == b {
			t.Error("its first picture has no colour")
		}
		download(t, sight.SightURL, film.Data)

		moving := gifFile(t)
		r = alice.mustUpload("sendGIFMessage", private("bob"), moving, nil, nil)
		if got := content[struct{ Width, Height int }](t, bob.message(r.Data.UID)); got.Width != 120 || got.Height != 80 {
			t.Errorf("a GIF of 120 times 80: %+v", got)
		}

		drawing := localFile{"drawing.svg", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200" fill="red"/></svg>`)}
		r = alice.mustUpload("sendImageMessage", private("bob"), drawing, nil, nil)
		if got := content[struct{ ThumWidth, ThumHeight int }](t, bob.message(r.Data.UID)); got.ThumWidth != 240 || got.ThumHeight != 160 {
			t.Errorf("a drawing of 300 times 200: %+v", got)
		}
	})
}

// TestUploadThumbnailFits: however large a thumbnail is asked for, it fits into
// the message.
func TestUploadThumbnailFits(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		noise := call[string](alice.page, `async () => {
			const canvas = document.createElement('canvas')
			canvas.width = canvas.height = 1500
			const pen = canvas.getContext('2d')
			const image = pen.createImageData(1500, 1500)
			let state = 1
			for (let i = 0; i < image.data.length; i++) image.data[i] = (state = Math.imul(state, 1664525) + 1013904223) >>> 24
			pen.putImageData(image, 0, 0)
			const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9))
			let text = ''
			for (const b of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(b)
			return btoa(text)
		}`)
		data, err := base64.StdEncoding.DecodeString(noise)
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range []int{160, 400, 3000} {
			config := map[string]any{"thumbnailConfig": map[string]any{"maxWidth": side, "maxHeight": side}}
			r := alice.mustUpload("sendImageMessage", private("bob"), localFile{"noise.jpg", "image/jpeg", data}, nil, config)
			got := content[struct{ Content string }](t, bob.message(r.Data.UID))
			thumbnail, err := base64.StdEncoding.DecodeString(got.Content)
			if err != nil || len(got.Content) > 80<<10 {
				t.Fatalf("%d: %d characters, %v", side, len(got.Content), err)
			}
			if _, err := jpeg.Decode(strings.NewReader(string(thumbnail))); err != nil {
				t.Errorf("%d: %v", side, err)
			}
		}
	})
}

// TestUploadChecksArguments: what cannot be sent is refused before anything
// goes to the server, with the code of the official SDK and the argument's name.
func TestUploadChecksArguments(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		alice := s.connect(t, "alice")
		for _, c := range []struct {
			call string
			code int
			name string
		}{
			{`sendFileMessage(to, {})`, 34018, "file"},
			{`sendFileMessage(to)`, 34018, "msgBody"},
			{`sendFileMessage(to, { file: new Blob(['x']) })`, 34018, "file"},
			{`sendImageMessage(to, { file: text })`, 34018, "image/"},
			{`sendHQVoiceMessage(to, { file: text })`, 34018, "audio/"},
			{`sendFileMessage({ conversationType: 99, targetId: 'bob' }, { file: text })`, 34209, "conversationType"},
			{`sendFileMessage({ conversationType: 1, targetId: '' }, { file: text })`, 34210, "targetId"},
			{`sendFileMessage(to, { file: text }, {}, { contentDisposition: 'open' })`, 35031, "contentDisposition"},
			{`sendImageMessage(to, { file: text }, {}, { thumbnailConfig: { maxWidth: '9' } })`, 35031, "maxWidth"},
			{`sendImageMessage(to, { file: new File(['x'], 'x.png', { type: 'image/png' }) })`, 34011, "x.png"},
			{`sendSightMessage(to, { file: text })`, 34011, "x.txt"},
			{`upload({ fileType: 4, file: text, contentDisposition: 'open' })`, 35032, "contentDisposition"},
			{`upload({ fileType: 9, file: text })`, 34207, "fileType"},
			{`getFileToken(0)`, 34207, "fileType"},
			{`getFileUrl(4, 'nobody-uploaded-it')`, 26010, ""},
		} {
			r := call[result[any]](alice.page, "() => { const to = { conversationType: 1, targetId: 'bob' }, text = new File(['x'], 'x.txt', { type: 'text/plain' }); return RongIMLib."+c.call+" }")
			if r.Code != c.code || !strings.Contains(r.Msg, c.name) {
				t.Errorf("%s: %d %s, want %d with %q", c.call, r.Code, r.Msg, c.code, c.name)
			}
		}
		alice.leave()
		if r := call[result[any]](alice.page, "() => RongIMLib.sendFileMessage({ conversationType: 1, targetId: 'bob' }, { file: new File(['x'], 'x.txt') })"); r.Code != 30002 {
			t.Errorf("without a connection: %d %s", r.Code, r.Msg)
		}
	})
}

// TestUploadHookPromise: onComplete may take its time, and is the last moment
// to give up.
func TestUploadHookPromise(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		r := call[result[message]](alice.page, `(to) => RongIMLib.sendFileMessage(to, { file: new File(['x'], 'x.txt') }, {
			onComplete: async ({ url }) => {
				const there = await (await fetch(url)).text()
				return new RongIMLib.TextMessage({ content: url + ' has ' + there })
			},
		})`, private("bob"))
		if r.Code != 0 {
			t.Fatalf("code %d %s", r.Code, r.Msg)
		}
		if got := bob.message(r.Data.UID); got.ObjectName != "RC:TxtMsg" || !strings.HasSuffix(got.text(), "x.txt has x") {
			t.Errorf("bob hears %s %q", got.ObjectName, got.text())
		}
		given := call[result[any]](alice.page, `(to) => {
			const end = new AbortController()
			const hooks = { onComplete: () => end.abort() }
			return RongIMLib.sendFileMessage(to, { file: new File(['x'], 'x.txt') }, hooks, { signal: end.signal })
		}`, private("bob"))
		alice.say(private("bob"), "that was all")
		bob.hears("that was all")
		if n := len(bob.heard()); given.Code != 34011 || n != 2 {
			t.Errorf("given up with code %d; bob hears %d messages", given.Code, n)
		}
	})
}
