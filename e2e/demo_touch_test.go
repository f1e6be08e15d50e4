package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// holdsPhone turns the window into the screen of a phone, which has no mouse.
func (p *person) holdsPhone(width, height int64) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	screen := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 2, Mobile: true}
	if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, screen); err != nil {
		p.t.Fatal(err)
	}
	fingers := emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 1}
	if _, err := chromedp.Call(ctx, emulation.SetTouchEmulationEnabled, fingers); err != nil {
		p.t.Fatal(err)
	}
}

// touches puts a finger on what find finds, and moves or keeps it as then
// does, before it is lifted.
func (p *person) touches(find string, args []any, then func(point)) {
	p.t.Helper()
	at := call[point](p.page, "(...args) => demo.aim(() => ("+find+")(...args))", args...)
	p.touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at.X, Y: at.Y})
	then(at)
	p.touch(input.DispatchTouchEventTypeTouchEnd)
}

// taps touches something with that role and name for a moment.
func (p *person) taps(role, name string) {
	p.t.Helper()
	p.touches(named, []any{role, name}, func(point) {})
}

func (p *person) touch(kind input.DispatchTouchEventType, fingers ...*input.TouchPoint) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	event := input.DispatchTouchEventParams{Type: kind, TouchPoints: append([]*input.TouchPoint{}, fingers...)}
	if _, err := chromedp.Call(ctx, input.DispatchTouchEvent, event); err != nil {
		p.t.Fatal(err)
	}
}

// pastes puts what is in the clipboard where the focus is, as Ctrl+V does.
func (p *person) pastes() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	event := input.DispatchKeyEventParams{
		Type: input.DispatchKeyEventTypeKeyDown, Key: "v", Code: "KeyV", WindowsVirtualKeyCode: 'V', Modifiers: 2, Commands: []string{"paste"},
	}
	if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
		p.t.Fatal(err)
	}
}

// TestDemoLongPress: a finger that stays on a message, or on a conversation,
// opens what can be done with it; one that goes on or scrolls does not.
func TestDemoLongPress(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	bob.holdsPhone(390, 844)
	alice.meets("Bob")
	alice.says("press me")
	bob.untilRow("Alice", "press me")
	bob.taps("button", "Alice")
	bob.untilReads("press me")

	untilMenu := func(point) { bob.untilSees("menu", "Actions") }
	bob.touches(bubble, []any{"press me"}, untilMenu)
	bob.untilSees("menuitem", "Reply") // also without the finger
	if selected := call[string](bob.page, "() => String(getSelection())"); selected != "" {
		t.Errorf("%q is selected as well", selected)
	}
	bob.taps("heading", "Alice")
	bob.untilGone("menu", "Actions")

	bob.touches(bubble, []any{"press me"}, func(at point) {
		bob.touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: at.X, Y: at.Y - 60})
		call[any](bob.page, "() => new Promise((resolve) => setTimeout(resolve, 700))") // longer than a long press
	})
	if bob.sees("menu", "Actions") {
		t.Error("scrolling opens the menu")
	}

	bob.touches(bubble, []any{"press me"}, untilMenu)
	bob.taps("menuitem", "Reply")
	call[bool](bob.page, "() => demo.until(() => document.querySelector('.quoted') && document.activeElement.matches('.composer textarea'))")
	bob.types("pressed")
	bob.taps("button", "Send")
	alice.untilReads("pressed")
	alice.untilSees("button", "Alice press me")

	bob.taps("button", "Back to the conversations")
	bob.touches(named, []any{"button", "Alice"}, func(point) { bob.untilSees("menuitem", "Pin to top") })
	bob.taps("menuitem", "Pin to top")
	bob.untilRow("Alice", "pinned")
	if bob.sees("heading", "Alice") {
		t.Error("the conversation has been opened as well")
	}
}

// TestDemoCopy: the text of one message or of several goes into the clipboard,
// also on a page that came without TLS, where there is less of a clipboard.
func TestDemoCopy(t *testing.T) {
	s := startServer(t)
	alice := signIn(t, s, "alice")
	alice.meets("Bob")
	alice.says("first 一 <b>")
	alice.says("second")
	copied := func(want string) {
		t.Helper()
		call[bool](alice.page, "() => demo.until(() => document.querySelector('.notice')?.textContent === 'Copied')")
		call[any](alice.page, "() => document.querySelector('.notice').click()")
		call[bool](alice.page, "() => demo.until(() => !document.querySelector('.notice'))")
		alice.click("textbox", "Message Bob")
		alice.pastes()
		call[bool](alice.page, "(want) => demo.until(() => document.querySelector('.composer textarea').value === want)", want)
		call[any](alice.page, "() => document.querySelector('.composer textarea').select()")
		alice.press("Backspace")
		call[bool](alice.page, "() => demo.until(() => document.querySelector('.composer textarea').value === '')")
	}
	for _, secure := range []bool{true, false} {
		if !secure {
			call[any](alice.page, "() => { Object.defineProperty(navigator, 'clipboard', { value: undefined }) }")
		}
		alice.actOn("first 一 <b>", "Copy")
		copied("first 一 <b>")
		alice.actOn("second", "Copy")
		copied("second")
		alice.actOn("first 一 <b>", "Select")
		call[any](alice.page, "() => { for (const box of document.querySelectorAll('.entry input[type=checkbox]')) if (!box.checked) box.click() }")
		alice.click("button", "Copy")
		alice.click("button", "Cancel")
		copied("first 一 <b>\nsecond")
	}
}
