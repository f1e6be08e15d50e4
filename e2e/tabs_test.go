package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// tabs opens and connects n tabs of a user in a profile of their own, the
// first of which has the connection. Each hears nothing before all are there.
func (s *server) tabs(t *testing.T, name string, n int, options map[string]any) []*user {
	t.Helper()
	profile := s.open(t, name)
	var all []*user
	for range n {
		tab := profile.tab()
		tab.connectWith(options)
		all = append(all, tab)
	}
	return all
}

// sockets is how many connections tabs have made.
func sockets(tabs ...*user) (n int) {
	for _, tab := range tabs {
		n += tab.opened()
	}
	return n
}

// TestTabsShareOneConnection: the tabs of a user have one connection, each
// hears everything once, and when the tab that has it closes another one goes
// on.
func TestTabsShareOneConnection(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t, "--send-rate", "0")
		bob := s.connect(t, "bob")
		profile := s.open(t, "alice")
		var tabs []*user
		for range 3 {
			tab := profile.tab()
			tab.connect(s.token("alice"))
			tabs = append(tabs, tab)
		}
		if n := sockets(tabs...); n != 1 {
			t.Fatalf("three tabs have made %d connections", n)
		}
		if n := s.metric(`hongyan_connections{app="` + appKey + `"}`); n != "4" {
			t.Errorf("%s sessions, not those of three tabs and of bob", n)
		}
		for i, tab := range tabs {
			tab.say(private("bob"), fmt.Sprintf("from %d", i))
		}
		bob.say(private("alice"), "to all")
		for i, tab := range tabs {
			tab.hears("to all")
			for j := range tabs {
				if j != i {
					tab.hears(fmt.Sprintf("from %d", j))
				}
			}
			if texts := tab.texts(func(message) bool { return true }); len(texts) != 3 {
				t.Errorf("tab %d hears %q", i, texts)
			}
		}

		// The one with the connection closes while the others are sending.
		for i, tab := range tabs[1:] {
			call[any](tab.page, `(to, tab) => {
				window.sending = Promise.all(Array.from({ length: 20 }, (_, n) =>
					RongIMLib.sendMessage(to, new RongIMLib.TextMessage({ content: tab + ' at hand-over ' + n }))))
			}`, private("bob"), fmt.Sprint(i))
		}
		tabs[0].close()
		for i, tab := range tabs[1:] {
			codes := call[[]int](tab.page, "async () => (await sending).map((r) => r.code)")
			if slices.ContainsFunc(codes, func(code int) bool { return code != 0 }) {
				t.Errorf("tab %d: codes %v", i+1, codes)
			}
		}
		if n := sockets(tabs...); n != 2 {
			t.Errorf("after the first tab closed, the tabs have made %d connections, want one more", n)
		}
		bob.say(private("alice"), "after it")
		for _, tab := range tabs[1:] {
			tab.hears("after it")
		}
		for i := range 2 {
			var want []string
			for n := range 20 {
				want = append(want, fmt.Sprintf("%d at hand-over %d", i, n))
			}
			bob.hears(want[19])
			if got := bob.texts(func(m message) bool { return strings.HasPrefix(m.text(), fmt.Sprint(i, " at")) }); !slices.Equal(got, want) {
				t.Errorf("bob hears of tab %d %q", i+1, got)
			}
			other := tabs[2-i]
			if got := other.texts(func(m message) bool { return strings.Contains(m.text(), "at hand-over") }); !slices.Equal(got, want) {
				t.Errorf("the other tab hears of tab %d %q", i+1, got)
			}
		}

		// One that leaves takes nothing from the other.
		tabs[1].leave()
		tabs[2].say(private("bob"), "still here")
		bob.hears("still here")
	})
}

// TestTabsAreDevices: what a user does in one tab the others are told, as other
// devices are, once; and each tab is in chatrooms by itself.
func TestTabsAreDevices(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t, "--send-rate", "0")
		bob := s.connect(t, "bob")
		tabs := s.tabs(t, "alice", 3, nil)
		for from, tab := range tabs {
			others := slices.Delete(slices.Clone(tabs), from, from+1)
			level := []int{1, 2, 4}[from]
			name := func(what string) string { return fmt.Sprintf("%s %d", what, from) }
			said := tab.say(private("bob"), name("said"))
			heard := bob.hears(name("said"))
			bob.say(private("alice"), name("for all"))
			for _, u := range tabs {
				u.hears(name("for all"))
				u.until(1, "getUnreadCount", private("bob"))
			}

			do[any](tab, "clearMessagesUnreadStatus", private("bob"))
			do[any](tab, "setConversationToTop", private("bob"), from%2 == 0)
			do[any](tab, "setConversationNotificationLevel", private("bob"), level)
			do[any](tab, "addTag", map[string]any{"tagId": fmt.Sprint(from), "tagName": name("tag")})
			do[any](tab, "addConversationsToTag", fmt.Sprint(from), []conversation{private("bob")})
			do[any](tab, "modifyMessageWithParams", map[string]any{
				"conversation": private("bob"), "messageUId": said.UID, "messageContent": map[string]any{"content": name("edited")},
			})
			expandable := tab.expandable(private("bob"), name("expandable"), map[string]string{"mood": "fine"})
			do[any](tab, "updateMessageExpansion", map[string]any{"mood": name("good")}, expandable)
			recalled := tab.say(private("bob"), name("recalled"))
			do[any](tab, "recallMessage", private("bob"), map[string]any{"messageUId": recalled.UID, "sentTime": recalled.Sent})
			do[any](bob, "sendReadReceiptMessage", "alice", heard.UID, heard.Sent)
			do[any](bob, "sendTypingStatusMessage", private("alice"), "RC:TxtMsg")

			for _, u := range others {
				event[any](u, "SYNC_READ_STATUS", `e.targetId === 'bob'`)
				event[any](u, "CONVERSATION", fmt.Sprintf(`e.conversationList.some((c) => c.updatedItems.isTop?.val === %t)`, from%2 == 0))
				event[any](u, "CONVERSATION", fmt.Sprintf(`e.conversationList.some((c) => c.updatedItems.notificationLevel?.val === %d)`, level))
				event[any](u, "CONVERSATION_TAG", "true")
				event[any](u, "MESSAGE_MODIFIED", fmt.Sprintf(`e.some((m) => m.content.content === %q)`, name("edited")))
				event[any](u, "EXPANSION", fmt.Sprintf(`e.updatedExpansion?.expansion.mood === %q`, name("good")))
				event[any](u, "MESSAGES", fmt.Sprintf(`e.messages.some((m) => m.messageType === 'RC:RcCmd' && m.content.messageUId === %q)`, recalled.UID))
			}
			for _, u := range tabs {
				u.until(0, "getUnreadCount", private("bob"))
				u.until(level, "getConversationNotificationLevel", private("bob"))
				event[any](u, "READ_RECEIPT_RECEIVED", fmt.Sprintf(`e.messageUId === %q`, heard.UID))
				event[any](u, "TYPING_STATUS", `e.status.some((s) => s.list.some((user) => user.userId === 'bob'))`)
			}
		}

		// Leaving a chatroom in one tab takes no other along.
		for _, u := range append(tabs, bob) {
			do[any](u, "joinChatRoom", "hall", map[string]any{"count": -1})
		}
		do[any](tabs[0], "quitChatRoom", "hall")
		do[any](tabs[1], "setChatRoomEntry", "hall", map[string]any{"key": "song", "value": "Bolero"})
		bob.say(chatroom("hall"), "to the hall")
		for _, u := range tabs[1:] {
			u.hears("to the hall")
			u.updated("song", "Bolero", 1)
		}
		tabs[2].say(chatroom("hall"), "from the hall")
		tabs[1].hears("from the hall")
		for i, u := range tabs {
			got := u.texts(func(m message) bool { return m.Type == 4 })
			if want := [][]string{nil, {"to the hall", "from the hall"}, {"to the hall"}}[i]; !slices.Equal(got, want) {
				t.Errorf("tab %d hears %q in the hall", i, got)
			}
			seen := map[string]bool{}
			for _, m := range u.heard() {
				if seen[m.UID] {
					t.Errorf("tab %d hears %s twice", i, m.UID)
				}
				seen[m.UID] = true
			}
		}
		if n := sockets(tabs...); n != 1 {
			t.Errorf("the tabs have made %d connections", n)
		}
	})
}

// TestTabsOutliveTheirOwner: when the tab that has the connection crashes,
// stands still or is frozen, the others go on by another one.
func TestTabsOutliveTheirOwner(t *testing.T) {
	for name, fail := range map[string]func(t *testing.T, owner *user, others []*user){
		"crashed": func(_ *testing.T, owner *user, _ []*user) {
			// It does not live to answer.
			go func() { _, _ = chromedp.Call(owner.ctx, cdppage.Crash, cdp.Empty{}) }()
		},
		"frozen": func(t *testing.T, owner *user, _ []*user) {
			state := cdppage.SetWebLifecycleStateParams{State: cdppage.SetWebLifecycleStateStateFrozen}
			if _, err := chromedp.Call(owner.ctx, cdppage.SetWebLifecycleState, state); err != nil {
				t.Fatal(err)
			}
		},
		"busy for ever": func(_ *testing.T, owner *user, others []*user) {
			call[any](owner.page, "() => { setTimeout(() => { for (;;); }) }")
			call[any](others[0].page, "() => { dispatchEvent(new Event('online')) }") // a reason to doubt
		},
	} {
		t.Run(name, func(t *testing.T) {
			withOurs(t, func(t *testing.T) {
				s := startServer(t)
				bob := s.connect(t, "bob")
				tabs := s.tabs(t, "alice", 3, nil)
				owner, others := tabs[0], tabs[1:]
				fail(t, owner, others)
				for _, u := range others {
					call[any](u.page, "() => im.until(() => im.heard.states.filter((s) => s === 'CONNECTED').length === 2)")
				}
				bob.say(private("alice"), "who is there?")
				for i, u := range others {
					u.hears("who is there?")
					u.say(private("bob"), fmt.Sprintf("tab %d", i+1))
					bob.hears(fmt.Sprintf("tab %d", i+1))
				}
				if n := sockets(others...); n != 1 {
					t.Errorf("the others have made %d connections", n)
				}
			})
		})
	}
}

// TestTabsOfTheChatPage: two windows of the chat page in one browser share a
// connection, and show the same.
func TestTabsOfTheChatPage(t *testing.T) {
	s := startServer(t)
	bob, first := signIn(t, s, "bob"), signIn(t, s, "alice")
	second := &person{page: (&user{page: first.page, home: s.url + "/?as=alice"}).tab().page, server: s}
	second.settle()
	second.untilSees("status", "Online")
	if n := first.opened() + second.opened(); n != 1 {
		t.Errorf("the windows have made %d connections", n)
	}
	first.meets("Bob")
	first.says("from one window")
	second.untilRow("Bob", "from one window")
	bob.opens("Alice")
	bob.says("to both")
	first.untilShows(theirs("to both"))
	second.untilRow("Bob", "to both")
}

// TestTabsAfterACut: tabs whose network was cut come back together.
func TestTabsAfterACut(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startServer(t)
		l := s.link(t)
		there := *s
		there.url = "http://" + l.at.Addr().String()
		bob, tabs := s.connect(t, "bob"), there.tabs(t, "alice", 2, nil)
		for _, u := range tabs {
			u.expect("WebSocket connection to")
			u.expect("ERR_")
		}
		l.Cut()
		for _, u := range tabs {
			call[any](u.page, "im.untilState", "SUSPEND")
		}
		bob.say(private("alice"), "meanwhile")
		l.Mend()
		for _, u := range tabs {
			u.hears("meanwhile")
		}
		tabs[0].say(private("bob"), "back")
		tabs[1].hears("back")
		if n := s.metric(`hongyan_connections{app="` + appKey + `"}`); n != "3" {
			t.Errorf("%s sessions, not those of two tabs and of bob", n)
		}
	})
}

// TestTabsAlone: tabs have connections of their own where the application
// wants that, and where the browser has nothing to share by, or forbids it.
func TestTabsAlone(t *testing.T) {
	for name, c := range map[string]struct {
		lacks   string // code of the page that is run first
		options map[string]any
	}{
		"told to":             {"() => {}", map[string]any{"tabs": false}},
		"no BroadcastChannel": {"() => { delete globalThis.BroadcastChannel }", nil},
		"no Web Locks":        {"() => { Object.defineProperty(navigator, 'locks', { value: undefined }) }", nil},
		"Web Locks forbidden": {"() => { navigator.locks.request = () => Promise.reject(new DOMException('denied', 'SecurityError')) }", nil},
	} {
		t.Run(name, func(t *testing.T) {
			withOurs(t, func(t *testing.T) {
				s := startServer(t)
				bob, profile := s.connect(t, "bob"), s.open(t, "alice")
				tabs := []*user{profile.tab(), profile.tab()}
				for _, u := range tabs {
					u.expect("SecurityError") // the outbox asks for locks, too
					call[any](u.page, c.lacks)
					u.connectWith(c.options)
					if n := u.opened(); n != 1 {
						t.Errorf("a tab has made %d connections", n)
					}
				}
				bob.say(private("alice"), "to both")
				tabs[0].say(private("bob"), "from one")
				tabs[0].hears("to both")
				tabs[1].hears("to both")
				tabs[1].hears("from one")
			})
		})
	}
}

// TestTabsAreOneDevice: where a user may have one device on each platform, tabs
// that share a connection do not drive each other out. Another browser does.
func TestTabsAreOneDevice(t *testing.T) {
	withOurs(t, func(t *testing.T) {
		s := startWith(t, []string{"devices: one-per-platform"})
		bob, tabs := s.connect(t, "bob"), s.tabs(t, "alice", 2, nil)
		bob.say(private("alice"), "to both")
		for _, u := range tabs {
			u.hears("to both")
		}
		other := s.connect(t, "alice")
		for _, u := range tabs {
			if code := event[int](u, "DISCONNECT", "true"); code != 31010 {
				t.Errorf("told %d, want 31010", code)
			}
		}
		bob.say(private("alice"), "to one")
		other.hears("to one")
	})
}
