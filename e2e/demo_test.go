package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// demo is the page with two users who chat, as a person operates it.
type demo struct {
	*page
	server *server
}

// demoScript is what the tests ask of the page. Everything waits for a change
// of the document, and only for that.
const demoScript = `window.demo = {
  pane: (who) => document.querySelector('#pane-' + who),
  until: (holds) => new Promise((resolve) => {
    const look = () => { if (holds()) { watch.disconnect(); resolve(true) } }
    const watch = new MutationObserver(look)
    watch.observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
    look()
  }),
  lines: (who) => [...demo.pane(who).querySelectorAll('.entry')].map((line) => ({
    own: line.classList.contains('own'),
    text: line.querySelector('.text').textContent,
    status: line.dataset.status,
  })),
}`

// line is a message as a pane shows it.
type line struct {
	Own    bool   `json:"own"`
	Text   string `json:"text"`
	Status string `json:"status"`
}

// openDemo opens the page and returns when both users are online.
func openDemo(t *testing.T, s *server) *demo {
	t.Helper()
	d := &demo{page: openPage(t, s.url), server: s}
	d.prepare()
	return d
}

// prepare makes a freshly loaded page ready for the test.
func (d *demo) prepare() {
	d.t.Helper()
	call[any](d.page, "() => { "+demoScript+" }")
	for _, who := range []string{"alice", "bob"} {
		d.untilConnection(who, "online")
	}
}

func (d *demo) untilConnection(who, connection string) {
	d.t.Helper()
	call[bool](d.page, "(who, want) => demo.until(() => demo.pane(who).dataset.connection === want)", who, connection)
}

// untilLine waits until who's pane shows text with the status.
func (d *demo) untilLine(who, text, status string) {
	d.t.Helper()
	call[bool](d.page, `(who, text, status) =>
		demo.until(() => demo.lines(who).some((line) => line.text === text && line.status === status))`, who, text, status)
}

func (d *demo) lines(who string) []line {
	d.t.Helper()
	return call[[]line](d.page, "(who) => demo.lines(who)", who)
}

// types presses the keys of text in who's input.
func (d *demo) types(who, text string) {
	d.t.Helper()
	d.do(chromedp.SendKeys(chromedp.CSS("#pane-"+who+" textarea"), text))
}

// says types text and Enter, and waits until the server has it.
func (d *demo) says(who, text string) {
	d.t.Helper()
	d.types(who, text+kb.Enter)
	d.untilLine(who, text, "sent")
}

func (d *demo) click(selector string) {
	d.t.Helper()
	d.do(chromedp.Click(chromedp.CSS(selector)))
}

func (d *demo) do(steps ...chromedp.Action[chromedp.Void]) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		d.t.Fatal(err)
	}
}

// mustAgree requires both panes to show exactly these messages of alice and
// bob, each once, in one order.
func (d *demo) mustAgree(want ...line) {
	d.t.Helper()
	if got := d.lines("alice"); !slices.Equal(got, want) {
		d.t.Errorf("alice sees %v, want %v", got, want)
	}
	for i := range want {
		want[i].Own = !want[i].Own
	}
	if got := d.lines("bob"); !slices.Equal(got, want) {
		d.t.Errorf("bob sees %v, want %v", got, want)
	}
}

func byAlice(text string) line { return line{Own: true, Text: text, Status: "sent"} }
func byBob(text string) line   { return line{Own: false, Text: text, Status: "sent"} }

// TestDemoTwoPeopleChat types on the page as a person does.
func TestDemoTwoPeopleChat(t *testing.T) {
	d := openDemo(t, startServer(t))

	d.says("alice", "hello bob, 你好 😀")
	d.untilLine("bob", "hello bob, 你好 😀", "sent")

	d.types("bob", "hi")
	call[bool](d.page, "() => demo.until(() => demo.pane('alice').querySelector('.typing').textContent === 'Bob is typing')")
	d.types("bob", " <b>alice</b>"+kb.Enter)
	d.untilLine("bob", "hi <b>alice</b>", "sent")
	d.untilLine("alice", "hi <b>alice</b>", "sent")
	call[bool](d.page, "() => demo.until(() => demo.pane('alice').querySelector('.typing').textContent === '')")

	d.mustAgree(byAlice("hello bob, 你好 😀"), byBob("hi <b>alice</b>"))
}

// TestDemoServerRestarts ends the server while the page is open, with kill -9
// or as an operator does: what is written in the meantime arrives once, when
// the server is back.
func TestDemoServerRestarts(t *testing.T) {
	t.Run("killed", func(t *testing.T) { restartBehindDemo(t, (*server).kill) })
	t.Run("drained", func(t *testing.T) { restartBehindDemo(t, (*server).stop) })
}

func restartBehindDemo(t *testing.T, end func(*server)) {
	s := startServer(t)
	d := openDemo(t, s)
	d.expect("WebSocket connection to") // while the server is down
	d.expect("ERR_CONNECTION_REFUSED")
	d.says("alice", "before")
	d.untilLine("bob", "before", "sent")

	end(s)
	d.untilConnection("alice", "reconnecting")
	want := []line{byAlice("before")}
	for i := range 8 { // more than the server takes in a second
		text := fmt.Sprintf("meanwhile %d", i)
		d.types("alice", text+kb.Enter)
		d.untilLine("alice", text, "sending")
		want = append(want, byAlice(text))
	}
	s.start()
	d.untilConnection("alice", "online")
	d.untilConnection("bob", "online")
	d.untilLine("alice", "meanwhile 7", "sent")
	d.untilLine("bob", "meanwhile 7", "sent")
	d.mustAgree(want...)
}

// TestDemoOffline has bob away while alice writes, and loads the page anew.
func TestDemoOffline(t *testing.T) {
	d := openDemo(t, startServer(t))
	d.says("bob", "back soon")
	d.untilLine("alice", "back soon", "sent")
	d.click("#pane-bob .switch")
	d.untilConnection("bob", "offline")
	d.says("alice", "one")
	d.says("alice", "two")
	if got := len(d.lines("bob")); got != 1 {
		t.Fatalf("bob is offline and sees %d messages", got)
	}
	d.click("#pane-bob .switch")
	d.untilLine("bob", "two", "sent")
	want := []line{byBob("back soon"), byAlice("one"), byAlice("two")}
	d.mustAgree(slices.Clone(want)...)

	d.navigate(d.server.url + "/demo/")
	d.prepare()
	d.untilLine("alice", "two", "sent")
	d.untilLine("bob", "two", "sent")
	d.mustAgree(want...)
}

// TestDemoResend has the server refuse a message; sending it again makes it
// one message, in the place where it was accepted.
func TestDemoResend(t *testing.T) {
	d := openDemo(t, startServer(t, "--send-rate", "1"))
	call[any](d.page, `() => {
		const input = demo.pane('alice').querySelector('textarea')
		for (const text of ['first', 'refused']) { // faster than keys are
			input.value = text
			input.form.requestSubmit()
		}
	}`)
	d.untilLine("alice", "first", "sent")
	d.untilLine("alice", "refused", "notSent")
	call[bool](d.page, `async () => {
		const resend = [...demo.pane('alice').querySelectorAll('.resend')].at(-1)
		const settled = () => demo.lines('alice').at(-1).status !== 'sending'
		while (demo.lines('alice').at(-1).status !== 'sent') {
			resend.click() // the server refuses until its second is over
			await demo.until(settled)
		}
		return true
	}`)
	d.untilLine("bob", "refused", "sent")
	d.mustAgree(byAlice("first"), byAlice("refused"))
}

// TestDemoEarlierMessages turns back the pages of a conversation.
func TestDemoEarlierMessages(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	d := openDemo(t, s)
	const total = 70
	// One after the other, because a page never splits what was accepted at once.
	call[any](d.page, `async (total) => {
		const input = demo.pane('alice').querySelector('textarea')
		for (let i = 0; i < total; i++) {
			input.value = 'letter ' + i
			input.form.requestSubmit()
			await demo.until(() => demo.lines('alice').filter((line) => line.status === 'sent').length > i)
		}
	}`, total)
	last := fmt.Sprintf("letter %d", total-1)
	d.untilLine("bob", last, "sent")

	d.navigate(s.url)
	d.prepare()
	d.untilLine("alice", last, "sent")
	for _, shown := range []int{30, 60, total} {
		if got := len(d.lines("alice")); got != shown {
			t.Fatalf("alice sees %d messages, want %d", got, shown)
		}
		if shown == total {
			break
		}
		d.click("#pane-alice .earlier")
		call[bool](d.page, "(before) => demo.until(() => demo.lines('alice').length > before)", shown)
	}
	var want []line
	for i := range total {
		want = append(want, byAlice(fmt.Sprintf("letter %d", i)))
	}
	if got := d.lines("alice"); !slices.Equal(got, want) {
		t.Errorf("alice sees %v", got)
	}
	if !call[bool](d.page, "() => demo.pane('alice').querySelector('.earlier').hidden") {
		t.Error("there is nothing earlier, and a button for it")
	}
}

// TestDemoOnAPhone has room for one pane, chosen by tabs with the number of
// what is unread.
func TestDemoOnAPhone(t *testing.T) {
	d := openDemo(t, startServer(t))
	d.do(chromedp.EmulateViewport(390, 844))
	d.says("alice", "knock")
	call[bool](d.page, "() => demo.until(() => document.querySelector('#tab-bob .badge').textContent === '1')")
	visible := func(who string) bool {
		return call[bool](d.page, "(who) => demo.pane(who).checkVisibility()", who)
	}
	if !visible("alice") || visible("bob") {
		t.Error("alice's pane is not the only one")
	}
	d.do(chromedp.Focus(chromedp.CSS("#tab-alice")), chromedp.KeyEvent(kb.ArrowRight))
	if visible("alice") || !visible("bob") {
		t.Error("the arrow key does not choose bob's pane")
	}
	if !call[bool](d.page, "() => document.querySelector('#tab-bob .badge').hidden") {
		t.Error("what was read is still unread")
	}
	if call[bool](d.page, "() => document.documentElement.scrollWidth > innerWidth") {
		t.Error("the page is wider than the phone")
	}
	d.says("bob", "who is there")
	d.mustAgree(byAlice("knock"), byBob("who is there"))
}

// TestDemoLanguage follows the browser's language and the button.
func TestDemoLanguage(t *testing.T) {
	s := startServer(t)
	d := openDemo(t, s)
	name := func() string {
		return call[string](d.page, "() => demo.pane('alice').querySelector('.name').textContent")
	}
	if got := name(); got != "Alice" {
		t.Errorf("alice is called %q in English", got)
	}
	d.click("#language")
	if got := name(); got != "阿鸿" {
		t.Errorf("alice is called %q after the switch", got)
	}
	d.navigate(s.url)
	d.prepare()
	if got := name(); got != "阿鸿" {
		t.Errorf("the choice is forgotten: alice is called %q", got)
	}

	chinese := openPage(t, "about:blank")
	ctx, cancel := context.WithTimeout(chinese.ctx, patience)
	defer cancel()
	_, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
		UserAgent: "a browser", AcceptLanguage: "zh-CN",
	})
	if err != nil {
		t.Fatal(err)
	}
	chinese.navigate(s.url)
	if got := call[string](chinese, "() => document.documentElement.lang"); got != "zh" {
		t.Errorf("the page speaks %q to a Chinese browser", got)
	}
}
