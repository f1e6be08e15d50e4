package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// photo is a PNG of some size, made here.
func photo(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			img.Set(x, y, color.RGBA{uint8(x * 255 / width), uint8(y * 255 / height), 160, 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// chooses gives files to the page as the browser's dialog does.
func (p *person) chooses(name string, content []byte) {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.SetUploadFiles(chromedp.CSS(".composer input[type=file]"), []string{path})); err != nil {
		p.t.Fatal(err)
	}
}

// TestDemoPicture: a photo is sent, shown small, and looked at.
func TestDemoPicture(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.meets("Bob")
	alice.chooses("geese.png", photo(t, 640, 400))
	call[bool](alice.page, "() => demo.until(() => document.querySelector('.entry[data-status=sent] .picture img') !== null)")
	bob.untilRow("Alice", "[Photo]")
	bob.opens("Alice")
	size := call[[]int](bob.page, `async () => {
		const img = await demo.until(() => document.querySelector('.picture img'))
		await img.decode()
		return [img.naturalWidth, img.naturalHeight]
	}`)
	if size[0] == 0 || size[0] > 320 {
		t.Errorf("the thumbnail is %v", size)
	}
	bob.click("button", "Open photo")
	full := call[[]int](bob.page, `async () => {
		const img = await demo.until(() => document.querySelector('dialog img'))
		await img.decode()
		return [img.naturalWidth, img.naturalHeight]
	}`)
	if full[0] != 640 || full[1] != 400 {
		t.Errorf("the photo is %v", full)
	}
	bob.press("Escape")
	call[bool](bob.page, "() => demo.until(() => !document.querySelector('dialog'))")
}

// TestDemoPasteAndDrop: files come by the clipboard and by the mouse as well.
func TestDemoPasteAndDrop(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.meets("Bob")
	encoded := base64.StdEncoding.EncodeToString(photo(t, 64, 64))
	call[any](alice.page, `(encoded) => {
		const carries = (name, type, bytes) => {
			const data = new DataTransfer()
			data.items.add(new File([bytes], name, { type }))
			return data
		}
		const png = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0))
		document.querySelector('textarea').dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: carries('p.png', 'image/png', png) }))
		const dataTransfer = carries('notes.txt', 'text/plain', 'the north wind')
		document.querySelector('.log').dispatchEvent(new DragEvent('dragover', { bubbles: true, cancelable: true, dataTransfer }))
		document.querySelector('.log').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }))
	}`, encoded)
	bob.untilRow("Alice", "[")
	bob.opens("Alice")
	bob.untilSees("link", "Download notes.txt")
	bob.untilSees("button", "Open photo")
	text := call[string](bob.page, "async () => (await fetch(document.querySelector('a.file').href)).text()")
	if text != "the north wind" {
		t.Errorf("the file says %q", text)
	}
}

// TestDemoVoice: what the microphone hears is sent, and played.
func TestDemoVoice(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.meets("Bob")
	alice.click("button", "Record a voice message")
	call[bool](alice.page, "() => demo.until(() => document.querySelector('[role=timer]')?.textContent === 'Recording 0:01')")
	alice.click("button", "Send the recording")
	bob.untilRow("Alice", "[Voice message]")
	bob.opens("Alice")
	bob.click("button", "Play")
	bob.untilSees("button", "Pause")

	alice.click("button", "Record a voice message")
	alice.click("button", "Discard the recording")
	alice.untilSees("textbox", "Message Bob")
	if n := len(alice.entries()); n != 1 {
		t.Errorf("alice has sent %d messages", n)
	}
}

// TestDemoStopsUpload: a file that is on its way is taken back.
func TestDemoStopsUpload(t *testing.T) {
	s := startServer(t)
	alice := signIn(t, s, "alice")
	alice.meets("Bob")
	alice.chooses("large.bin", make([]byte, 64<<20))
	alice.click("button", "Cancel")
	call[bool](alice.page, "() => demo.until(() => demo.entries().length === 0)")
}
