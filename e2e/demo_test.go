package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// person is a user of the chat page, who finds things by their roles and names.
type person struct {
	*page
	server *server
}

// demoScript is what the tests ask of the page. Everything waits for what the
// page draws, and looks at each frame: roles and names follow the document late.
const demoScript = `const told = new Set(['alert', 'paragraph']) // which have no name but what they say
window.demo = {
  until: (holds) => new Promise((resolve) => {
    const look = () => { const found = holds(); found ? resolve(found) : requestAnimationFrame(look) }
    look()
  }),
  // aim waits for what find finds and for it to rest, and returns its middle;
  // hit then says whether the mouse came down on it.
  aim: async (find) => {
    const target = await demo.until(find)
    target.scrollIntoView({ block: 'nearest' })
    let last
    const { x, y } = await demo.until(() => {
      const { left, top, width, height } = target.getBoundingClientRect()
      const now = { x: left + width / 2, y: top + height / 2 }
      const rests = last?.x === now.x && last.y === now.y
      last = now
      return rests && now
    })
    demo.hit = false
    const came = (e) => {
      const found = find() || target // which may have been drawn anew
      demo.hit = found.contains(e.target) || e.target.closest('label')?.contains(found) === true
    }
    addEventListener('mousedown', came, { once: true, capture: true })
    return { x, y }
  },
  // What lies on top is looked at first.
  all: () => [...document.querySelectorAll('dialog[open], .float'), document.body].flatMap((root) =>
    [...root.querySelectorAll('a, button, input, textarea, h1, h2, h3, li, nav, main, dialog, section, p, progress, img, video, [role]')]),
  find: (role, name) => demo.all().find((e) =>
    e.computedRole === role && e.checkVisibility({ visibilityProperty: true }) && ((told.has(role) ? e.textContent : e.computedName).includes(name))),
  entries: () => [...document.querySelectorAll('.log .entry')].map((e) => ({
    own: e.classList.contains('own'),
    text: (e.querySelector('.bubble .text, .happened') ?? e.querySelector('.bubble') ?? e).textContent,
    status: e.dataset.status,
  })),
}`

// shown is a message as the open conversation shows it.
type shown struct {
	Own    bool   `json:"own"`
	Text   string `json:"text"`
	Status string `json:"status"`
}

// visit opens the chat page, with somebody in front of it.
func visit(t *testing.T, s *server, path string) *person {
	t.Helper()
	p := &person{page: openPage(t, s.url+path), server: s}
	p.settle()
	return p
}

// settle makes a page that was just loaded ready for the test.
func (p *person) settle() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	focused := emulation.SetFocusEmulationEnabledParams{Enabled: true}
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, focused); err != nil {
		p.t.Fatal(err)
	}
	call[any](p.page, "() => { "+demoScript+" }")
}

// signIn opens the page as one of the people of the demo.
func signIn(t *testing.T, s *server, user string) *person {
	t.Helper()
	p := visit(t, s, "/?as="+user)
	p.untilSees("status", "Online")
	return p
}

// untilSees waits for something with that role and, in its name, that text.
func (p *person) untilSees(role, name string) {
	p.t.Helper()
	if role == "status" {
		call[bool](p.page, "(name) => demo.until(() => document.querySelector('.state')?.textContent === name)", name)
		return
	}
	call[bool](p.page, "(role, name) => demo.until(() => demo.find(role, name) !== undefined)", role, name)
}

func (p *person) untilGone(role, name string) {
	p.t.Helper()
	call[bool](p.page, "(role, name) => demo.until(() => demo.find(role, name) === undefined)", role, name)
}

func (p *person) sees(role, name string) bool {
	p.t.Helper()
	return call[bool](p.page, "(role, name) => demo.find(role, name) !== undefined", role, name)
}

// point is a place in the window.
type point struct{ X, Y float64 }

// click waits for something with that role and name and clicks on it.
func (p *person) click(role, name string) {
	p.t.Helper()
	p.clickOn(input.MouseButtonLeft, named, role, name)
}

// Functions of the page that find what to click on.
const (
	named  = "(role, name) => { const e = demo.find(role, name); return e && !e.disabled && e }"
	bubble = "(text) => [...document.querySelectorAll('.log .bubble .text')].find((e) => e.textContent === text)"
)

// clickOn waits for what find finds and clicks on its middle. What moved away
// before the mouse came down is clicked on again, as a person does who missed.
func (p *person) clickOn(button input.MouseButton, find string, args ...any) {
	p.t.Helper()
	for range 20 {
		at := call[point](p.page, "(...args) => demo.aim(() => ("+find+")(...args))", args...)
		p.clickAt(at, button)
		if call[bool](p.page, "() => globalThis.demo?.hit ?? true") {
			return
		}
	}
	p.t.Fatalf("%v does not hold still", args)
}

func (p *person) clickAt(at point, button input.MouseButton) {
	p.t.Helper()
	for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		p.mouse(input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Button: button, ClickCount: 1})
	}
}

func (p *person) mouse(event input.DispatchMouseEventParams) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.Call(ctx, input.DispatchMouseEvent, event); err != nil {
		p.t.Fatal(err)
	}
}

// actOn opens what can be done with the message of that text, and does it.
func (p *person) actOn(text, action string) {
	p.t.Helper()
	p.clickOn(input.MouseButtonRight, bubble, text)
	p.click("menuitem", action)
}

// press presses a key, as a keyboard does: what it does comes with it.
func (p *person) press(key string) {
	p.t.Helper()
	text := map[string]string{"Enter": "\r", " ": " "}[key]
	code := map[string]int64{"Backspace": 8, "Enter": 13, "Tab": 9, "Escape": 27, " ": 32, "ArrowUp": 38, "ArrowDown": 40, "ArrowLeft": 37, "ArrowRight": 39, "Home": 36, "End": 35}[key]
	event := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: text, WindowsVirtualKeyCode: code}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		event.Type = kind
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
			p.t.Fatal(err)
		}
	}
}

// types writes into whatever has the focus.
func (p *person) types(text string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		p.t.Fatal(err)
	}
}

// opens opens a conversation of the list.
func (p *person) opens(title string) {
	p.t.Helper()
	p.click("button", title)
	p.untilSees("heading", title)
	call[bool](p.page, "() => demo.until(() => document.activeElement === document.querySelector('.composer textarea'))")
}

// meets begins a conversation with somebody.
func (p *person) meets(name string) {
	p.t.Helper()
	p.click("button", "New conversation")
	p.untilSees("dialog", "New conversation")
	p.click("button", name)
	p.untilSees("heading", name)
	call[bool](p.page, "() => demo.until(() => document.activeElement === document.querySelector('.composer textarea'))")
}

// says writes text and Enter, and waits until the server has it.
func (p *person) says(text string) {
	p.t.Helper()
	p.types(text)
	p.press("Enter")
	p.untilShows(shown{Own: true, Text: text, Status: "sent"})
}

// untilReads waits for a message that contains text.
func (p *person) untilReads(text string) {
	p.t.Helper()
	call[bool](p.page, "(text) => demo.until(() => demo.entries().some((e) => e.text.includes(text)))", text)
}

func (p *person) untilShows(want shown) {
	p.t.Helper()
	call[bool](p.page, `(want) => demo.until(() =>
		demo.entries().some((e) => e.own === want.own && e.text === want.text && e.status === want.status))`, want)
}

func (p *person) entries() []shown {
	p.t.Helper()
	return call[[]shown](p.page, "() => demo.entries()")
}

// mustShow compares the open conversation with what it should be.
func (p *person) mustShow(want ...shown) {
	p.t.Helper()
	if got := p.entries(); !slices.Equal(got, want) {
		p.t.Errorf("the conversation is\n%v, want\n%v", got, want)
	}
}

func mine(text string) shown   { return shown{Own: true, Text: text, Status: "sent"} }
func theirs(text string) shown { return shown{Own: false, Text: text, Status: "sent"} }

// row is what the list says of a conversation.
func (p *person) row(title string) string {
	p.t.Helper()
	return call[string](p.page, `(title) => demo.all().find((e) => e.matches('.row > .main') && e.querySelector('.title').textContent === title)?.textContent ?? ''`, title)
}

// untilRow waits until the list says text of a conversation.
func (p *person) untilRow(title, text string) {
	p.t.Helper()
	call[bool](p.page, `(title, text) => demo.until(() => [...document.querySelectorAll('.row > .main')].some((e) =>
		e.querySelector('.title').textContent === title && e.textContent.includes(text)))`, title, text)
}

// untilRead waits until the mark of an own message says text.
func (p *person) untilMarked(message, text string) {
	p.t.Helper()
	call[bool](p.page, `(message, text) => demo.until(() => [...document.querySelectorAll('.own .bubble')].some((e) =>
		e.querySelector('.text')?.textContent === message && e.querySelector('.mark').textContent.includes(text)))`, message, text)
}

// TestDemoSignIn: anybody of the demo, or anybody at all, signs in, stays so
// over a reload, and signs out.
func TestDemoSignIn(t *testing.T) {
	s := startServer(t)
	p := visit(t, s, "/")
	p.click("button", "Carol")
	p.untilSees("heading", "Carol")
	p.untilRow("Tea break", "The kettle is on")
	p.untilRow("The flock", "Welcome to Hongyan")

	p.navigate(s.url + "/demo/")
	p.settle()
	p.untilSees("heading", "Carol")
	p.click("button", "Menu")
	p.click("menuitem", "Sign out")
	p.untilSees("heading", "Who are you today?")

	p.click("textbox", "Or type a name")
	p.types("尹新")
	p.press("Enter")
	p.untilSees("heading", "尹新")
	p.untilSees("button", "The flock")
	if p.sees("button", "Tea break") {
		t.Error("a newcomer is in a group of others")
	}
	p.navigate(s.url + "/?as=")
	p.settle()
	p.untilSees("heading", "Who are you today?")
}

// TestDemoTwoPeopleTalk: a conversation with everything that is seen of it on
// the other side.
func TestDemoTwoPeopleTalk(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.meets("Bob")
	alice.says("hello bob, 你好 😀")
	alice.says("are you there?")
	bob.untilRow("Alice", "2 unread")
	bob.untilRow("Alice", "are you there?")
	call[bool](bob.page, "() => demo.until(() => document.title.startsWith('('))")

	bob.opens("Alice")
	bob.mustShow(theirs("hello bob, 你好 😀"), theirs("are you there?"))
	alice.untilMarked("are you there?", "Read")
	call[bool](bob.page, "() => demo.until(() => ![...document.querySelectorAll('.row.open .badge')].length)")

	bob.types("h")
	alice.untilSees("paragraph", "Bob is typing…")
	bob.types("i <b>alice</b>")
	bob.press("Enter")
	alice.untilShows(theirs("hi <b>alice</b>"))
	alice.untilSees("paragraph", "Direct message")
	alice.mustShow(mine("hello bob, 你好 😀"), mine("are you there?"), theirs("hi <b>alice</b>"))
	bob.untilMarked("hi <b>alice</b>", "Read")

	bob.navigate(s.url)
	bob.settle()
	bob.opens("Alice")
	bob.untilReads("hi <b>alice</b>")
	bob.mustShow(theirs("hello bob, 你好 😀"), theirs("are you there?"), mine("hi <b>alice</b>"))
	bob.untilMarked("hi <b>alice</b>", "Read")
}

// TestDemoGroup: somebody is mentioned by completion, and sees it in the list;
// the sender sees how many have read it.
func TestDemoGroup(t *testing.T) {
	s := startServer(t)
	alice, bob, carol := signIn(t, s, "alice"), signIn(t, s, "bob"), signIn(t, s, "carol")
	alice.opens("Tea break")
	alice.types("Come here @c")
	alice.untilSees("option", "Carol")
	alice.press("Enter")
	alice.types("please")
	alice.press("Enter")
	alice.untilShows(mine("Come here @Carol please"))
	carol.untilRow("Tea break", "[@you]")
	bob.untilRow("Tea break", "Come here @Carol please")
	if row := bob.row("Tea break"); strings.Contains(row, "[@you]") {
		t.Errorf("bob's list says %q", row)
	}
	carol.opens("Tea break")
	alice.untilMarked("Come here @Carol please", "Read by 1 of 2")
	bob.opens("Tea break")
	alice.untilMarked("Come here @Carol please", "Read by all")
	if row := carol.row("Tea break"); strings.Contains(row, "[@you]") {
		t.Errorf("carol has read it, and her list says %q", row)
	}
}

// TestDemoNewGroup: a group is made on the page, and its members hear of it.
func TestDemoNewGroup(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.click("button", "New conversation")
	alice.click("button", "New group")
	alice.click("textbox", "Name of the group")
	alice.types("Chess")
	alice.click("button", "Bob")
	alice.click("button", "Erin")
	alice.click("button", "Create")
	alice.click("textbox", "Message Chess")
	alice.says("white begins")
	bob.untilRow("Chess", "Alice: white begins")
	bob.opens("Chess")
	bob.untilReads("Alice made the group “Chess”")
	bob.click("button", "Details")
	bob.untilSees("heading", "3 members")
	bob.click("button", "Erin")
	bob.untilSees("heading", "Erin")
}

// TestDemoChangesMessages: reply, edit, recall and deletion.
func TestDemoChangesMessages(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.meets("Bob")
	alice.says("frist")
	alice.says("second")
	bob.opens("Alice")

	bob.actOn("frist", "Reply")
	bob.untilReads("frist")
	bob.types("a typo")
	bob.press("Enter")
	alice.untilReads("a typo")
	alice.untilSees("button", "Alice frist")

	alice.actOn("frist", "Edit")
	call[bool](alice.page, "() => demo.until(() => document.querySelector('.composer textarea').value === 'frist')")
	call[any](alice.page, "() => document.querySelector('.composer textarea').select()")
	alice.types("first")
	alice.press("Enter")
	bob.untilShows(theirs("first"))
	call[bool](bob.page, "() => demo.until(() => document.querySelector('.entry .meta').textContent.includes('edited'))")

	alice.actOn("second", "Recall")
	bob.untilReads("Alice recalled a message")
	alice.untilReads("You recalled a message")
	alice.click("button", "Edit again")
	call[bool](alice.page, "() => demo.until(() => document.querySelector('.composer textarea').value === 'second')")

	bob.actOn("first", "Delete for me")
	call[bool](bob.page, "() => demo.until(() => !demo.entries().some((e) => e.text === 'first'))")
	bob.navigate(s.url)
	bob.settle()
	bob.opens("Alice")
	bob.untilReads("a typo")
	if got := bob.entries(); len(got) != 2 || got[0].Text != "Alice recalled a message" {
		t.Errorf("after a reload bob sees %v", got)
	}
}

// TestDemoListActions: pinned conversations come first, muted ones do not
// count, removed ones are gone; other devices of the user see the same.
func TestDemoListActions(t *testing.T) {
	s := startServer(t)
	bob, again := signIn(t, s, "bob"), signIn(t, s, "bob")
	alice := signIn(t, s, "alice")
	act := func(title, action string) {
		bob.clickOn(input.MouseButtonRight, named, "button", title)
		bob.click("menuitem", action)
	}
	first := func(p *person, title string) {
		p.t.Helper()
		call[bool](p.page, "(title) => demo.until(() => document.querySelector('.row .title').textContent === title)", title)
	}
	alice.opens("The flock")
	alice.says("the newest")
	first(bob, "The flock")
	act("Tea break", "Pin to top")
	first(bob, "Tea break")
	first(again, "Tea break")
	act("The flock", "Mute")
	again.untilRow("The flock", "muted")
	act("Tea break", "Remove from list")
	first(bob, "The flock")
	if row := bob.row("Tea break"); row != "" {
		t.Errorf("it is still there: %s", row)
	}
}

// TestDemoRoom: a chatroom is joined, talked in, counted and left.
func TestDemoRoom(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.meets("The square")
	alice.untilReads("Welcome to the square")
	alice.untilSees("paragraph", "1 here")
	bob.meets("The square")
	bob.untilSees("paragraph", "2 here")
	bob.says("hello, everybody")
	alice.untilShows(theirs("hello, everybody"))
	bob.click("button", "Details")
	bob.click("button", "Leave the room")
	bob.untilSees("button", "Join")
	bob.click("button", "Join")
	bob.untilSees("textbox", "Message The square")
	bob.click("textbox", "Message The square")
	bob.untilReads("hello, everybody")
	bob.says("back again")
	alice.untilShows(theirs("back again"))
}

// TestDemoForward: messages go to other conversations, one by one and as one.
func TestDemoForward(t *testing.T) {
	s := startServer(t)
	alice, bob, carol := signIn(t, s, "alice"), signIn(t, s, "bob"), signIn(t, s, "carol")
	alice.meets("Bob")
	alice.says("one")
	alice.says("two")
	alice.actOn("one", "Forward")
	alice.click("button", "Carol")
	alice.click("button", "Tea break")
	call[any](alice.page, "() => [...document.querySelectorAll('dialog footer button')].at(-1).focus()")
	alice.press("Enter")
	carol.untilRow("Alice", "one")
	bob.untilRow("Tea break", "Alice: one")

	alice.actOn("one", "Select")
	alice.click("checkbox", "Select") // the first one is chosen already: this takes it back
	alice.untilSees("status", "Online")
	call[any](alice.page, "() => { for (const box of document.querySelectorAll('.entry input[type=checkbox]')) if (!box.checked) box.click() }")
	alice.click("button", "Forward")
	alice.click("button", "Carol")
	alice.click("button", "Combined")
	carol.untilRow("Alice", "[Chat history]")
	carol.opens("Alice")
	carol.click("button", "2 messages")
	carol.untilSees("dialog", "Chat history")
	if got := call[[]string](carol.page, "() => [...document.querySelectorAll('.lines li')].map((e) => e.textContent)"); !slices.Equal(got, []string{"Aliceone", "Alicetwo"}) {
		t.Errorf("the history is %v", got)
	}
}

// TestDemoForwardLong: a history that is too long for a message is in a file,
// which the page reads when it is opened.
func TestDemoForwardLong(t *testing.T) {
	s := startServer(t)
	alice, carol := signIn(t, s, "alice"), signIn(t, s, "carol")
	for _, text := range []string{"begin", strings.Repeat("long ", 14<<10), strings.Repeat("longer ", 10<<10)} {
		content, err := json.Marshal(map[string]string{"content": text})
		if err != nil {
			t.Fatal(err)
		}
		s.call("/message/private/publish.json", url.Values{
			"fromUserId": {"bob"}, "toUserId": {"alice"}, "objectName": {"RC:TxtMsg"}, "content": {string(content)},
		})
	}
	alice.untilRow("Bob", "longer")
	alice.opens("Bob")
	alice.actOn("begin", "Select")
	call[any](alice.page, "() => { for (const box of document.querySelectorAll('.entry input[type=checkbox]')) if (!box.checked) box.click() }")
	alice.click("button", "Forward")
	alice.click("button", "Carol")
	alice.click("button", "Combined")
	carol.untilRow("Alice", "[Chat history]")
	carol.opens("Alice")
	carol.click("button", "3 messages")
	call[bool](carol.page, `(want) => demo.until(() =>
		[...document.querySelectorAll('.lines li')].map((e) => e.textContent.slice(0, 12)).join() === want)`, "Bobbegin,Boblong long,Boblonger lo")
}

// settle has the server make what the page opens on.
func (s *server) settle() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if err := get(ctx, s.url+"/demo/directory"); err != nil {
		s.t.Fatal(err)
	}
}

// letter is a message of alice's to the group Tea break.
func (s *server) letter(i int) {
	s.t.Helper()
	s.call("/message/group/publish.json", url.Values{
		"fromUserId": {"alice"}, "toGroupId": {"tea"}, "objectName": {"RC:TxtMsg"}, "content": {fmt.Sprintf(`{"content":"letter %d."}`, i)},
	})
}

// bobReturns is bob with the group open, who had all the letters on an earlier
// visit, so that this one reads them page by page.
func bobReturns(t *testing.T, s *server, last string) *person {
	t.Helper()
	bob := signIn(t, s, "bob")
	bob.untilRow("Tea break", last)
	bob.opens("Tea break")
	bob.untilShows(theirs(last))
	bob.navigate(s.url)
	bob.settle()
	bob.opens("Tea break")
	bob.untilShows(theirs(last))
	return bob
}

// TestDemoFindsMessages: what was said long ago is found, and few of the
// messages are in the document.
func TestDemoFindsMessages(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.settle()
	const total = 400
	for i := range total {
		s.letter(i)
	}
	last := fmt.Sprintf("letter %d.", total-1)
	bob := bobReturns(t, s, last)
	bob.click("button", "Search in this conversation")
	bob.click("searchbox", "Search messages")
	bob.types("letter 3.")
	bob.untilSees("button", "Search earlier messages")
	call[bool](bob.page, `async () => {
		for (;;) {
			const next = await demo.until(() => document.querySelector('.log mark') ?? document.querySelector('.search .link:not(:disabled)'))
			if (next.matches('mark')) return true
			next.click() // which does nothing while a page is on its way
			await new Promise(requestAnimationFrame)
		}
	}`)
	inSight := call[bool](bob.page, `() => demo.until(() => {
		const { top, bottom } = document.querySelector('.log mark').getBoundingClientRect()
		return top > 0 && bottom < innerHeight
	})`)
	if !inSight {
		t.Error("what was found is out of sight")
	}
	if n := len(bob.entries()); n > 200 {
		t.Errorf("%d messages are in the document", n)
	}
}

// TestDemoKeepsThePlace: earlier messages come while one reads upwards, and
// what one looks at stays where it is; new ones wait below.
func TestDemoKeepsThePlace(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.settle()
	for i := range 120 {
		s.letter(i)
	}
	bob := bobReturns(t, s, "letter 119.")
	// The topmost message that is in sight moves by as much as the wheel.
	moved := call[float64](bob.page, `async () => {
		const log = document.querySelector('.log')
		const known = demo.entries().length
		const first = document.querySelector('.entry')
		log.scrollTop = 1
		await demo.until(() => demo.entries().length > known)
		await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
		return first.getBoundingClientRect().top - log.getBoundingClientRect().top
	}`)
	if moved < -200 || moved > 200 {
		t.Errorf("what was looked at is %.0f pixels away", moved)
	}
	s.letter(120)
	bob.untilSees("button", "Jump to the newest message")
	call[bool](bob.page, "() => demo.until(() => document.querySelector('.to-end').textContent === '1 new')")
	bob.click("button", "Jump to the newest message")
	bob.untilShows(theirs("letter 120."))
	bob.untilGone("button", "Jump to the newest message")
}
