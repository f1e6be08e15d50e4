package e2e

import "testing"

// TestDemoReloadsUnsent reloads the page while the network is cut: what was
// written is there at once, without a connection, and is sent once when there
// is one again.
func TestDemoReloadsUnsent(t *testing.T) {
	s, network := throughProxy(t, nil)
	alice, bob := signIn(t, s, "alice"), signIn(t, s, "bob")
	alice.expect("WebSocket connection to")
	alice.meets("Bob")
	alice.says("before")
	bob.opens("Alice")
	network.fail(func(bool, []byte) fate { return cut })
	for _, text := range []string{"one", "two"} {
		alice.types(text)
		alice.press("Enter")
		alice.untilShows(shown{Own: true, Text: text, Status: "sending"})
	}
	alice.untilSees("alert", "Not connected for")

	alice.navigate(s.url)
	alice.settle()
	alice.untilRow("Bob", "two")
	alice.opens("Bob")
	alice.untilShows(shown{Own: true, Text: "one", Status: "sending"})
	alice.untilShows(shown{Own: true, Text: "two", Status: "sending"})
	alice.untilSees("alert", "Not connected for")
	alice.click("textbox", "Message Bob")
	alice.types("too early")
	alice.press("Enter")
	alice.untilSees("alert", "What you wrote stays here")
	call[bool](alice.page, "() => demo.until(() => document.querySelector('.composer textarea').value === 'too early')")

	network.fail(nil)
	alice.triesAgain()
	alice.untilShows(mine("two"))
	alice.click("textbox", "Message Bob")
	alice.press("Enter")
	bob.untilShows(theirs("too early"))
	bob.mustShow(theirs("before"), theirs("one"), theirs("two"), theirs("too early"))
	alice.untilShows(mine("too early"))
	alice.mustShow(mine("before"), mine("one"), mine("two"), mine("too early"))
}

// TestDemoForgetsFailed: a message that was refused and deleted stays so over
// a reload, and one that was not deleted is still there.
func TestDemoForgetsFailed(t *testing.T) {
	s := startServer(t)
	s.settle()
	alice := signIn(t, s, "alice")
	alice.opens("Tea break")
	s.call("/group/ban/add.json", map[string][]string{"groupId": {"tea"}})
	for _, text := range []string{"keep", "drop"} {
		alice.types(text)
		alice.press("Enter")
		alice.untilShows(shown{Own: true, Text: text, Status: "failed"})
	}
	alice.actOn("drop", "Delete for me")
	alice.untilSees("paragraph", "keep")
	call[bool](alice.page, "() => demo.until(() => !demo.entries().some((e) => e.text === 'drop'))")
	alice.navigate(s.url)
	alice.settle()
	alice.click("button", "Tea break")
	alice.untilShows(shown{Own: true, Text: "keep", Status: "failed"})
	alice.untilSees("alert", "Not sent: you are muted here")
	alice.untilReads("The kettle is on")
	for _, e := range alice.entries() {
		if e.Text == "drop" {
			t.Error("what was deleted is there again")
		}
	}
}

// TestDemoRoomGone destroys a chatroom that somebody has open.
func TestDemoRoomGone(t *testing.T) {
	s := startServer(t)
	alice := signIn(t, s, "alice")
	alice.meets("The square")
	alice.says("anybody here?")
	s.call("/chatroom/destroy.json", map[string][]string{"chatroomId": {"square"}})
	call[bool](alice.page, "() => demo.until(() => document.querySelector('.notice')?.textContent === 'The chatroom has been closed')")
	alice.untilGone("textbox", "Message The square")
	alice.untilSees("button", "Join")
	if row := alice.row("The square"); row != "" {
		t.Errorf("it is still in the list: %s", row)
	}
}
