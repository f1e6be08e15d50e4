package e2e

import (
	"context"
	"encoding/base64"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var picturesFlag = flag.String("demo.pictures", "", "a folder to write pictures of the chat page into, as docs/demo.png is one")

// window is what somebody looks at the page in.
type window struct {
	name          string
	width, height int64
	phone, dark   bool
	chinese       bool
}

// looksThrough makes the window of p that one.
func (p *person) looksThrough(w window) {
	p.t.Helper()
	if w.phone {
		p.holdsPhone(w.width, w.height)
	} else {
		p.resize(w.width, w.height)
	}
	if !w.dark {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// isPictured writes what p sees into the folder of the flag, if there is one.
func (p *person) isPictured(name string) {
	p.t.Helper()
	if *picturesFlag == "" {
		return
	}
	call[any](p.page, `async () => {
		document.body.style.caretColor = 'transparent' // or it is in one picture and not in the next
		await Promise.all([...document.images].map((img) => img.decode()))
		await Promise.allSettled(document.getAnimations().map((a) => a.finished))
	}`)
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*picturesFlag, name+".png"), shot, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// mustFit fails the test when something is beside the window, cut off at its
// edge, or wider than what it is in.
func (p *person) mustFit() {
	p.t.Helper()
	out := call[[]string](p.page, `() => {
		const out = []
		for (const e of document.querySelectorAll('.hy-chat, .hy-chat *')) {
			if (!e.checkVisibility() || e.closest('.hidden, svg, audio, .drop-hint')) continue
			const { left, right } = e.getBoundingClientRect()
			const name = e.tagName + '.' + e.className
			if (left < -0.5 || right > innerWidth + 0.5) out.push(name + ' goes from ' + left + ' to ' + right)
			const { overflowX, textOverflow } = getComputedStyle(e)
			if (e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && textOverflow !== 'ellipsis' && !e.matches('input') && overflowX !== 'visible') out.push(name + ' scrolls aside')
		}
		return out
	}`)
	for _, text := range out {
		p.t.Errorf("%s", text)
	}
}

// mustShowAll fails the test when the open conversation goes on above or below.
func (p *person) mustShowAll() {
	p.t.Helper()
	call[bool](p.page, "() => Promise.all([...document.images].map((img) => img.decode())).then(() => true)")
	hidden := call[float64](p.page, "() => { const log = document.querySelector('.log'); return log.scrollHeight - log.clientHeight }")
	if hidden > 0 {
		p.t.Errorf("%v pixels of the conversation are out of sight", hidden)
	}
}

// geese is a photo of some, over hills in the evening.
func geese(p *page) []byte {
	p.t.Helper()
	text := call[string](p, `() => {
		const canvas = document.createElement('canvas')
		canvas.width = 960
		canvas.height = 600
		const pen = canvas.getContext('2d')
		const sky = pen.createLinearGradient(0, 0, 0, 600)
		for (const [at, color] of [[0, '#2f4a7a'], [0.45, '#c97b6b'], [0.75, '#f6c177'], [1, '#fbe3b3']]) sky.addColorStop(at, color)
		pen.fillStyle = sky
		pen.fillRect(0, 0, 960, 600)
		pen.fillStyle = '#fff3d6'
		pen.beginPath()
		pen.arc(700, 400, 62, 0, 7)
		pen.fill()
		for (const [height, wave, color] of [[450, 40, '#7d5a6d'], [500, 28, '#4f4259'], [548, 16, '#2c2b3f']]) {
			pen.fillStyle = color
			pen.beginPath()
			pen.moveTo(0, 600)
			for (let x = 0; x <= 960; x += 8) pen.lineTo(x, height + wave * Math.sin(x / (150 + wave) + height))
			pen.lineTo(960, 600)
			pen.fill()
		}
		pen.strokeStyle = '#23202b'
		pen.lineWidth = 4
		pen.lineCap = pen.lineJoin = 'round'
		for (let i = -5; i <= 5; i++) {
			const x = 330 + Math.abs(i) * 44 + i * 10, y = 190 + i * 24, size = 15 + 2 * Math.sin(i * 5)
			pen.beginPath()
			pen.moveTo(x - size, y - size / 2)
			pen.quadraticCurveTo(x - size / 3, y - size / 1.6, x, y)
			pen.quadraticCurveTo(x + size / 3, y - size / 1.6, x + size, y - size / 2)
			pen.stroke()
		}
		return canvas.toDataURL('image/png').split(',')[1]
	}`)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		p.t.Fatal(err)
	}
	return data
}

// TestDemoLooks: an everyday conversation is in sight as a whole, in windows
// of several sizes, both languages, and by day and night.
func TestDemoLooks(t *testing.T) {
	for _, w := range []window{
		{name: "demo", width: 1180, height: 800},
		{name: "demo-desktop-dark", width: 1180, height: 800, dark: true, chinese: true},
		{name: "demo-phone-light", width: 390, height: 844, phone: true},
		{name: "demo-phone", width: 390, height: 844, phone: true, dark: true, chinese: true},
	} {
		t.Run(w.name, func(t *testing.T) {
			s := startServer(t)
			s.settle()
			alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
			bob.looksThrough(window{width: 1180, height: 800})
			say := func(english, chinese string) string {
				if w.chinese {
					return chinese
				}
				return english
			}
			s.says("group", "flock", "alice", say("Good morning, everybody!", "大家早上好！"))
			s.says("group", "tea", "carol", say("The kettle is on", "水开了"))
			s.says("group", "tea", "carol", say("Lemon or milk?", "加柠檬还是加奶？"))
			alice.looksThrough(w)
			if w.chinese {
				alice.click("button", "Menu")
				alice.click("menuitem", "中文")
			}
			bob.meets("Alice")
			bob.says(say("Did you see the geese this morning?", "你看到今天早上的大雁了吗？"))
			bob.chooses("geese.png", geese(bob.page))
			call[bool](bob.page, "() => demo.until(() => document.querySelector('.entry[data-status=sent] .picture img') !== null)")
			alice.untilRow(say("Bob", "阿雁"), say("[Photo]", "[图片]"))
			alice.click("button", say("Bob", "阿雁"))
			alice.untilSees("button", say("Open photo", "查看图片"))
			alice.click("textbox", say("Message Bob", "发消息给阿雁"))
			alice.says(say("I did! A long, long V from one side of the sky to the other.", "看到了！长长的人字形，从天的这头排到那头。"))
			bob.chooses(say("Route of the geese.pdf", "大雁的路线.pdf"), make([]byte, 482_000))
			alice.untilSees("link", say("Route of the geese.pdf", "大雁的路线.pdf"))
			alice.actOn(say("Did you see the geese this morning?", "你看到今天早上的大雁了吗？"), say("Reply", "回复"))
			call[bool](alice.page, "() => demo.until(() => document.querySelector('.quoted') && document.activeElement.matches('.composer textarea'))")
			alice.says(say("Every single one 😀", "一只都没落下 😀"))
			s.says("private", "alice", "carol", say("Tea is ready 🍵", "茶泡好了 🍵"))
			alice.untilMarked(say("Every single one 😀", "一只都没落下 😀"), say("Read", "已读"))
			bob.types("…")
			call[bool](alice.page, "() => demo.until(() => document.querySelector('.head .typing') !== null)")
			alice.mustFit()
			alice.mustShowAll()
			alice.isPictured(w.name)
			if w.phone {
				alice.click("button", say("Back to the conversations", "返回"))
				alice.untilRow(say("Tea break", "茶歇"), say("Lemon or milk?", "加柠檬还是加奶？"))
				alice.mustFit()
				alice.isPictured(w.name + "-list")
			}
		})
	}
}

// says has the app's server send a text for somebody.
func (s *server) says(kind, to, from, text string) {
	s.t.Helper()
	param := map[string]string{"private": "toUserId", "group": "toGroupId"}[kind]
	s.call("/message/"+kind+"/publish.json", map[string][]string{
		"fromUserId": {from}, param: {to}, "objectName": {"RC:TxtMsg"}, "content": {`{"content":"` + text + `"}`},
	})
}

// TestDemoNarrow: on a screen of 320 pixels, and in a window that is zoomed to
// twice the size, nothing is beside the window, whatever people write and are
// called. What is written from right to left begins at the right.
func TestDemoNarrow(t *testing.T) {
	long := strings.Repeat("Donaudampfschifffahrt", 12)
	const arabic, hebrew = "مرحبا بالعالم، كيف حالك اليوم؟", "שלום לכולם (hello) 123."
	for _, w := range []window{
		{name: "narrow", width: 320, height: 640, phone: true},
		{name: "zoomed", width: 590, height: 390},
		{name: "zoomed-wide", width: 760, height: 400, dark: true},
	} {
		t.Run(w.name, func(t *testing.T) {
			s := startServer(t)
			s.settle()
			name := "Wolfeschlegelsteinhausenbergerdorff-" + strings.Repeat("x", 24)
			other, alice := signIn(t, s, name), signIn(t, s, "alice")
			alice.click("button", "New conversation")
			alice.click("button", "New group")
			alice.click("textbox", "Name of the group")
			alice.types("The society of friends of wild geeseeeee")
			alice.click("button", name)
			alice.looksThrough(w)
			alice.mustFit()
			alice.isPictured(w.name + "-dialog")
			alice.click("button", "Create")
			alice.untilSees("heading", "The society")
			other.opens("The society")
			other.says(long)
			other.says(arabic)
			alice.untilReads(arabic)
			alice.click("textbox", "Message")
			alice.says(hebrew)
			alice.actOn(long, "Reply")
			alice.untilSees("button", "Cancel")
			call[bool](alice.page, "() => demo.until(() => document.querySelector('.quoted') && document.activeElement.matches('.composer textarea'))")
			alice.mustFit()
			alice.types(arabic)
			alice.isPictured(w.name + "-reply")
			alice.click("textbox", "Message")
			alice.press("Enter")
			alice.untilShows(shown{Own: true, Text: arabic, Status: "sent"})
			alice.chooses(strings.Repeat("archive-", 20)+".tar.gz", make([]byte, 5000))
			alice.untilSees("link", "Download archive-")
			alice.mustFit()
			alice.isPictured(w.name)
			directions := call[[]string](alice.page, "(texts) => texts.map((text) => getComputedStyle([...document.querySelectorAll('.bubble .text')].find((e) => e.textContent === text)).direction)",
				[]string{long, arabic, hebrew})
			if got := strings.Join(directions, " "); got != "ltr rtl rtl" {
				t.Errorf("the texts go %s", got)
			}
			alice.click("button", "Details")
			alice.untilSees("dialog", "Details")
			alice.mustFit()
			alice.isPictured(w.name + "-details")
			alice.click("button", "Close")
			alice.click("button", "Emoji")
			alice.untilSees("searchbox", "Find an emoji")
			alice.mustFit()
			alice.isPictured(w.name + "-emoji")
			call[bool](alice.page, "() => demo.until(() => document.activeElement.matches('.emoji-picker input'))")
			alice.press("Escape")
			alice.untilGone("searchbox", "Find an emoji")
			alice.click("button", "Search in this conversation")
			alice.click("searchbox", "Search messages")
			alice.types("a")
			alice.mustFit()
			alice.isPictured(w.name + "-search")
			if alice.sees("button", "Back to the conversations") {
				alice.click("button", "Back to the conversations")
				alice.untilSees("button", "New conversation")
			}
			alice.mustFit()
			alice.isPictured(w.name + "-list")
		})
	}
}
