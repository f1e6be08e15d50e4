package e2e

import (
	"fmt"
	"slices"
	"testing"
)

// TestDemoServerRestarts ends the server while the page is open, with kill -9
// or as an operator does: what is written in the meantime arrives once, when
// the server is back.
func TestDemoServerRestarts(t *testing.T) {
	t.Run("killed", func(t *testing.T) { restartBehindDemo(t, (*server).kill) })
	t.Run("drained", func(t *testing.T) { restartBehindDemo(t, (*server).stop) })
}

func restartBehindDemo(t *testing.T, end func(*server)) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	for _, p := range []*person{alice, bob} {
		p.expect("WebSocket connection to") // while the server is down
		p.expect("ERR_CONNECTION_REFUSED")
	}
	alice.meets("Bob")
	alice.says("before")
	bob.opens("Alice")
	bob.untilShows(theirs("before"))

	end(s)
	alice.untilSees("alert", "Not connected for")
	want := []shown{mine("before")}
	for i := range 8 { // more than the server takes in a second
		text := fmt.Sprintf("meanwhile %d", i)
		alice.types(text)
		alice.press("Enter")
		alice.untilShows(shown{Own: true, Text: text, Status: "sending"})
		want = append(want, mine(text))
	}
	s.start()
	alice.triesAgain()
	alice.untilShows(mine("meanwhile 7"))
	alice.untilGone("alert", "Not connected for")
	bob.untilShows(theirs("meanwhile 7"))
	alice.mustShow(want...)
	for i := range want {
		want[i].Own = false
	}
	bob.mustShow(want...)
}

// triesAgain has the page connect at once, as the button of its banner does,
// unless it does so by itself just now.
func (p *person) triesAgain() {
	p.t.Helper()
	call[bool](p.page, `() => demo.until(() => {
		const again = demo.find('button', 'Try again')
		again?.click()
		return again !== undefined || document.querySelector('.state').textContent === 'Online'
	})`)
}

// TestDemoNetworkCut: the network goes at the worst moment, when the server
// has a message and its sender does not know; it is there once.
func TestDemoNetworkCut(t *testing.T) {
	s, network := throughProxy(t, nil)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.meets("Bob")
	alice.says("before")
	bob.opens("Alice")
	alice.untilMarked("before", "Read")
	network.fail(func(up bool, frame []byte) fate {
		if up {
			return passCut
		}
		return cut
	})
	alice.types("was it sent?")
	alice.press("Enter")
	alice.untilSees("alert", "Not connected for")
	alice.untilShows(shown{Own: true, Text: "was it sent?", Status: "sending"})
	network.fail(nil)
	alice.triesAgain()
	alice.untilShows(mine("was it sent?"))
	bob.untilShows(theirs("was it sent?"))
	bob.types("once")
	bob.press("Enter")
	alice.untilShows(theirs("once"))
	alice.mustShow(mine("before"), mine("was it sent?"), theirs("once"))
	bob.mustShow(theirs("before"), theirs("was it sent?"), mine("once"))
}

// TestDemoAway has bob away while alice writes, with a draft on his side.
func TestDemoAway(t *testing.T) {
	s := startServer(t)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	bob.meets("Alice")
	bob.says("back soon")
	bob.types("I was about to say")
	alice.untilRow("Bob", "back soon")
	alice.opens("Bob")
	bob.navigate("about:blank")
	alice.says("one")
	alice.says("two")
	bob.navigate(s.url)
	bob.settle()
	bob.untilRow("Alice", "[Draft] I was about to say")
	bob.opens("Alice")
	bob.untilShows(theirs("two"))
	bob.mustShow(mine("back soon"), theirs("one"), theirs("two"))
	bob.press("Enter")
	alice.untilShows(theirs("I was about to say"))
}

// TestDemoResend has the server refuse a message; sending it again makes it
// one message, in the place where it was accepted.
func TestDemoResend(t *testing.T) {
	s := startServer(t)
	s.settle()
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.opens("Tea break")
	bob.opens("Tea break")
	s.call("/group/ban/add.json", map[string][]string{"groupId": {"tea"}})
	alice.types("may I?")
	alice.press("Enter")
	alice.untilSees("alert", "Not sent: you are muted here")
	s.call("/group/ban/rollback.json", map[string][]string{"groupId": {"tea"}})
	bob.says("now you may")
	alice.untilShows(theirs("now you may"))
	alice.click("button", "Send again")
	alice.untilShows(mine("may I?"))
	bob.untilShows(theirs("may I?"))
	if got := alice.entries(); !slices.Equal(got[len(got)-2:], []shown{theirs("now you may"), mine("may I?")}) {
		t.Errorf("alice sees %v", got)
	}
}
