package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestDemoOnAPhone: there is room for the list or for a conversation, and the
// way back leads to where one was.
func TestDemoOnAPhone(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	bob.resize(390, 844)
	fits := func() {
		t.Helper()
		if call[bool](bob.page, "() => [...document.querySelectorAll('body, .frame, .pane, .side')].some((e) => e.scrollWidth > innerWidth)") {
			t.Error("the page is wider than the phone")
		}
	}
	alice.meets("Bob")
	alice.says("knock")
	bob.untilRow("Alice", "1 unread")
	if bob.sees("heading", "Your messages") {
		t.Error("the list is not alone")
	}
	fits()
	bob.click("button", "Alice")
	bob.untilReads("knock")
	bob.untilGone("button", "New conversation")
	if got := call[string](bob.page, "() => document.activeElement.textContent"); got != "Alice" {
		t.Errorf("the focus is on %q", got)
	}
	fits()
	bob.click("textbox", "Message Alice")
	bob.says("who is there?")
	bob.click("button", "Back to the conversations")
	bob.untilSees("button", "New conversation")
	call[bool](bob.page, "() => demo.until(() => document.activeElement.matches('.row > .main') && document.activeElement.textContent.includes('who is there?'))")
	fits()
}

func (p *person) resize(width, height int64) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		p.t.Fatal(err)
	}
}

// TestDemoByKeyboard signs in, opens a conversation, writes, picks an Emoji and
// replies without a mouse, and the focus is never lost.
func TestDemoByKeyboard(t *testing.T) {
	s := startServer(t)
	p := visit(t, s, "/")
	p.untilSees("button", "Bob")
	focus := func(name string) {
		t.Helper()
		for range 40 {
			if call[bool](p.page, "(name) => document.activeElement.computedName.includes(name)", name) {
				return
			}
			p.press("Tab")
		}
		t.Fatalf("Tab does not reach %q", name)
	}
	focused := func(selector string) {
		t.Helper()
		call[bool](p.page, "(selector) => demo.until(() => document.activeElement.matches(selector))", selector)
	}
	focus("Bob")
	p.press("Enter")
	p.untilRow("The flock", "Welcome")
	focus("Find a conversation")
	p.press("ArrowDown")
	focused(".row > .main")
	p.press("ArrowDown")
	p.press("ArrowUp")
	p.press("Enter")
	focused(".composer textarea")
	p.says("typed")

	focus("Emoji")
	p.press("Enter")
	p.untilSees("searchbox", "Find an emoji")
	focused(".emoji-picker input")
	p.types("grin")
	p.press("ArrowDown")
	focused(".grid button")
	p.press("Enter")
	focused(".composer textarea")
	call[bool](p.page, "() => demo.until(() => /\\p{Extended_Pictographic}/u.test(document.querySelector('.composer textarea').value))")
	p.press("Enter")
	call[bool](p.page, "() => demo.until(() => demo.entries().length === 3 || demo.entries().filter((e) => e.own).length === 2)")

	call[any](p.page, "() => document.querySelector('.log').focus()")
	p.press("ArrowUp")
	p.press("ArrowUp")
	focused("li.entry")
	p.press("Enter")
	p.untilSees("menu", "Actions")
	focused("[role=menuitem]")
	p.press("Enter") // the first one is to reply
	focused(".composer textarea")
	p.types("and answered")
	p.press("Enter")
	p.untilReads("and answered")
	p.untilSees("button", "typed")
	p.press("Escape")
	focused(".row > .main")

	focus("New conversation")
	p.press("Enter")
	focused("dialog input")
	p.press("Escape")
	p.untilGone("dialog", "New conversation")
	if name := call[string](p.page, "() => document.activeElement.computedName"); name != "New conversation" {
		t.Errorf("after the dialog the focus is on %q", name)
	}
}

// TestDemoLanguage follows the browser's language and the user's choice.
func TestDemoLanguage(t *testing.T) {
	s := startServer(t)
	p := signIn(t, s, "alice")
	p.untilSees("button", "The flock")
	p.click("button", "Menu")
	p.click("menuitem", "中文")
	p.untilSees("heading", "阿鸿")
	p.untilSees("button", "雁群")
	p.navigate(s.url)
	p.settle()
	p.untilSees("button", "雁群")
	if got := call[string](p.page, "() => document.querySelector('.hy-chat').lang"); got != "zh" {
		t.Errorf("the choice is forgotten: %q", got)
	}

	chinese := &person{page: openPage(t, "about:blank"), server: s}
	ctx, cancel := context.WithTimeout(chinese.ctx, patience)
	defer cancel()
	_, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
		UserAgent: "a browser", AcceptLanguage: "zh-CN",
	})
	if err != nil {
		t.Fatal(err)
	}
	chinese.navigate(s.url)
	chinese.settle()
	chinese.untilSees("heading", "今天你是谁？")
	chinese.click("button", "阿雁")
	chinese.untilSees("heading", "阿雁")
	chinese.click("button", "雁群")
	chinese.untilSees("textbox", "发消息给雁群")
	chinese.untilReads("欢迎来到鸿雁")
}

// TestDemoDark follows the system, until the user chooses; text stands out
// from what it is on, as WCAG AA asks.
func TestDemoDark(t *testing.T) {
	s := startServer(t)
	p := signIn(t, s, "alice")
	p.opens("The flock")
	p.says("how do I look?")
	background := func() string {
		return call[string](p.page, "() => getComputedStyle(document.querySelector('.side')).backgroundColor")
	}
	light := background()
	mustContrast(t, p)
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if background() == light {
		t.Error("a dark system has a light page")
	}
	mustContrast(t, p)
	p.click("button", "Menu")
	p.click("menuitem", "Appearance: light")
	call[bool](p.page, "(want) => demo.until(() => getComputedStyle(document.querySelector('.side')).backgroundColor === want)", light)
}

// mustContrast measures the texts of the page.
func mustContrast(t *testing.T, p *person) {
	t.Helper()
	poor := call[[]string](p.page, `async () => {
		for (let moving; (moving = document.getAnimations()).length > 0; ) {
			await Promise.allSettled(moving.map((a) => a.finished)) // or cancelled, as by another transition
		}
		const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
		const over = (colors) => {
			canvas.clearRect(0, 0, 1, 1)
			for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1) }
			return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
		}
		const light = (rgb) => {
			const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
			return 0.2126 * r + 0.7152 * g + 0.0722 * b
		}
		const poor = []
		for (const e of document.querySelectorAll('.hy-chat *')) {
			const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== '')
			if (!own || e.closest('.hidden, .avatar') || !e.checkVisibility({ opacityProperty: true })) continue
			const behind = []
			for (let at = e; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor)
			const [a, b] = [light(over(behind)), light(over([...behind, getComputedStyle(e).color]))].sort((x, y) => y - x)
			const contrast = (a + 0.05) / (b + 0.05)
			if (contrast < 4.5) poor.push(e.className + ' "' + e.textContent.slice(0, 30) + '" ' + contrast.toFixed(2))
		}
		return poor
	}`)
	for _, text := range poor {
		t.Errorf("hard to read: %s", text)
	}
}

// TestDemoMount puts the page into a part of another page, with an app's own
// people.
func TestDemoMount(t *testing.T) {
	s := startServer(t)
	bob := signIn(t, s, "bob")
	p := &person{page: openPage(t, s.url+"/healthz"), server: s}
	p.expect("favicon.ico")
	p.resize(800, 600)
	p.settle()
	call[any](p.page, `async () => {
		document.body.innerHTML = '<link rel="stylesheet" href="/chat.css"><aside style="height: 500px; width: 360px"></aside>'
		const { devHost, mount } = await import('/chat.js')
		const host = { ...devHost(location.origin), directory: async () => ({ people: [{ id: 'bob', name: 'Robert' }], groups: [], rooms: [] }) }
		window.counts = []
		window.unmount = mount(document.querySelector('aside'), { host, user: 'alice', language: 'en', theme: 'dark', onUnread: (n) => counts.push(n) })
	}`)
	p.untilSees("heading", "alice")
	p.click("button", "New conversation")
	p.click("button", "Robert")
	p.click("textbox", "Message Robert")
	p.says("from afar")
	bob.untilRow("Alice", "from afar")
	call[any](p.page, "() => { unmount() }")
	if left := call[string](p.page, "() => document.querySelector('aside').innerHTML"); left != "" {
		t.Errorf("it leaves %s", left)
	}
	if n := call[int](p.page, "() => counts.length"); n == 0 {
		t.Error("nobody was told of the number of unread messages")
	}
}
