package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// flashing is a GIF that is red and blue in turn, without end.
func flashing(t *testing.T) []byte {
	t.Helper()
	turns := &gif.GIF{}
	for _, c := range []color.Color{color.RGBA{R: 255, A: 255}, color.RGBA{B: 255, A: 255}} {
		turns.Image = append(turns.Image, image.NewPaletted(image.Rect(0, 0, 120, 80), color.Palette{c}))
		turns.Delay = append(turns.Delay, 20)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, turns); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mustFlash watches the screen at what the selector finds until it has been
// red and blue.
func (p *person) mustFlash(selector string) {
	p.t.Helper()
	at := call[point](p.page, `async (selector) => {
		const img = await demo.until(() => document.querySelector(selector))
		await img.decode()
		return demo.aim(() => img)
	}`, selector)
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for red, blue := false, false; !red || !blue; {
		shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			p.t.Fatalf("it is red: %t, it is blue: %t: %v", red, blue, err)
		}
		screen, err := png.Decode(bytes.NewReader(shot))
		if err != nil {
			p.t.Fatal(err)
		}
		r, g, b, _ := screen.At(int(at.X), int(at.Y)).RGBA()
		red = red || r > 0xf000 && g < 0x1000 && b < 0x1000
		blue = blue || b > 0xf000 && g < 0x1000 && r < 0x1000
	}
}

// TestDemoGIF: what moves at the sender's moves at the receiver's, in the
// conversation and when it is looked at.
func TestDemoGIF(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.meets("Bob")
	sent := flashing(t)
	alice.chooses("flashing.gif", sent)
	alice.mustFlash(".entry[data-status=sent] .picture img")
	bob.untilRow("Alice", "[GIF]")
	bob.opens("Alice")
	bob.mustFlash(".picture img")
	bob.click("button", "Open photo")
	bob.mustFlash("dialog img")
	got := call[string](bob.page, `async () => {
		const bytes = new Uint8Array(await (await fetch(document.querySelector('dialog img').src)).arrayBuffer())
		return btoa(String.fromCharCode(...bytes))
	}`)
	if got != base64.StdEncoding.EncodeToString(sent) {
		t.Errorf("%d bytes were sent, others are shown", len(sent))
	}
}

// slowly has what p sends take its time.
func (p *person) slowly(bytesPerSecond float64) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	slow := &network.Conditions{DownloadThroughput: -1, UploadThroughput: bytesPerSecond}
	params := network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{slow}}
	if _, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, params); err != nil {
		p.t.Fatal(err)
	}
}

// TestDemoVideo: the sender sees how much is on its way; the receiver sees the
// first picture and how long it takes, and plays it.
func TestDemoVideo(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.meets("Bob")
	film := mp4File(alice.page, 80)
	call[any](alice.page, `() => {
		window.percents = []
		new MutationObserver(() => {
			const at = document.querySelector('.entry .progress progress')?.value
			if (at !== undefined && at !== percents.at(-1)) percents.push(at)
		}).observe(document.querySelector('.log'), { subtree: true, childList: true, attributes: true })
	}`)
	alice.slowly(float64(len(film.Data)))
	alice.chooses(film.Name, film.Data)
	call[bool](alice.page, "() => demo.until(() => document.querySelector('.entry[data-status=sending] .picture video')?.videoWidth === 64)")
	call[bool](alice.page, "() => demo.until(() => document.querySelector('.entry[data-status=sent] .picture img') !== null)")
	percents := call[[]float64](alice.page, "() => percents")
	between := 0
	for i, percent := range percents {
		if i > 0 && percent < percents[i-1] {
			t.Errorf("the progress goes back: %v", percents)
		}
		if percent > 0 && percent < 100 {
			between++
		}
	}
	if between == 0 {
		t.Errorf("alice sees %v percent, nothing on the way", percents)
	}

	bob.untilRow("Alice", "[Video]")
	bob.opens("Alice")
	poster := call[struct {
		Width  int
		Length string
	}](bob.page, `async () => {
		const img = await demo.until(() => document.querySelector('.picture img'))
		await img.decode()
		return { width: img.naturalWidth, length: document.querySelector('.picture .play').textContent }
	}`)
	if poster.Width != 160 || poster.Length < "0:01" || poster.Length > "0:30" {
		t.Errorf("the poster is %+v", poster)
	}
	bob.click("button", "Play "+film.Name)
	played := call[[]float64](bob.page, `async () => {
		const video = await demo.until(() => document.querySelector('dialog video'))
		await demo.until(() => video.ended)
		return [video.currentTime, video.videoWidth]
	}`)
	if played[0] < 1 || played[1] != 64 {
		t.Errorf("it ended after %.1f seconds, %v wide", played[0], played[1])
	}
	got := call[string](bob.page, `async () => {
		const bytes = new Uint8Array(await (await fetch(document.querySelector('dialog video').src)).arrayBuffer())
		return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))
	}`)
	if got != base64.StdEncoding.EncodeToString(film.Data) {
		t.Error("it is another film")
	}
}
