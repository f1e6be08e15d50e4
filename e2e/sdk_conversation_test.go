package e2e

import (
	"fmt"
	"slices"
	"testing"
)

// TestSDKConversationList: the list has the newest conversation first, with its
// latest message, and is the same in a browser that knows nothing.
func TestSDKConversationList(t *testing.T) { withEach(t, sdkConversationList) }

func sdkConversationList(t *testing.T) {
	s := startWith(t, fast())
	s.group("team", "alice", "bob")
	s.group("silent", "bob")
	alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
	alice.say(private("bob"), "hello")
	carol.say(private("bob"), "hi")
	alice.say(group("team"), "all")
	mustBeSent(t, alice.send(private("bob"), "TextMessage", map[string]any{"content": "not for the list"}, map[string]any{"disableUpdateLastMessage": true}))
	bob.hears("not for the list")
	for _, b := range []*user{bob, s.connect(t, "bob")} {
		b.mustList("alice", "team", "carol")
		for i, want := range []string{"hello", "all", "hi"} {
			if l := b.list(10)[i]; l.latest() != want {
				t.Errorf("the latest message of %s is %q, want %q", l.Target, l.latest(), want)
			}
		}
		one := do[listed](b, "getConversation", private("carol"))
		if one.latest() != "hi" {
			t.Errorf("the latest message is %q", one.latest())
		}
	}
	carol.mustList("bob")
	if l := carol.list(1)[0]; l.Latest.Direction != 1 {
		t.Error("what carol sent herself is not shown as her own")
	}
}

// TestSDKConversationListRecalled: a recalled message stays the latest one, as
// recalled.
func TestSDKConversationListRecalled(t *testing.T) {
	s := startWith(t, fast())
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.say(private("bob"), "first")
	m := alice.say(private("bob"), "secret")
	do[any](alice, "recallMessage", private("bob"), map[string]any{"messageUId": m.UID, "sentTime": m.Sent})
	event[any](bob, "MESSAGES", `e.messages.some((m) => m.messageType === "RC:RcCmd")`)
	l := s.connect(t, "bob").list(1)[0]
	if l.latest() != "RC:RcNtf" || l.Latest.UID != m.UID || l.Latest.Sent != m.Sent {
		t.Errorf("the latest message is %s %s of %d", l.latest(), l.Latest.UID, l.Latest.Sent)
	}
}

// TestSDKConversationPages: pages of the list, either way, have each
// conversation once.
func TestSDKConversationPages(t *testing.T) { withEach(t, sdkConversationPages) }

func sdkConversationPages(t *testing.T) {
	s := startWith(t, fast())
	alice := s.connect(t, "alice")
	var newest []string
	for i := range 7 {
		peer := fmt.Sprintf("peer%d", i)
		alice.say(private(peer), "hello")
		newest = append([]string{peer}, newest...)
	}
	pages := func(order int) (all []string) {
		start := int64(0)
		for {
			page := do[[]listed](alice, "getConversationListByTimestamp", map[string]any{"startTime": start, "count": 3, "order": order})
			if len(page) == 0 {
				return all
			}
			all = append(all, targets(page)...)
			start = page[len(page)-1].Time
		}
	}
	if got := pages(0); !slices.Equal(got, newest) {
		t.Errorf("newest first: %q", got)
	}
	slices.Reverse(newest)
	if got := pages(1); !slices.Equal(got, newest) {
		t.Errorf("oldest first: %q", got)
	}
	loaded := call[[]string](alice.page, `async () => {
		const { data: loader } = await RongIMLib.createConversationListLoader({ conversationTypes: [1], order: 0 })
		const all = []
		for (;;) {
			const { code, data } = await loader.load(3)
			if (code !== 0) return ['code ' + code]
			all.push(...data.map((c) => c.targetId))
			if (!loader.hasMore) return all
		}
	}`)
	slices.Reverse(newest)
	if !slices.Equal(loaded, newest) {
		t.Errorf("the loader has %q", loaded)
	}
	one := do[[]listed](alice, "getConversationList", map[string]any{"count": 2, "startTime": 0, "order": 0})
	if got := targets(one); !slices.Equal(got, newest[:2]) {
		t.Errorf("the old call has %q", got)
	}
}

// TestSDKConversationRemoved: what was removed comes back with the next
// message, unread from there; removed with its messages it has no past.
func TestSDKConversationRemoved(t *testing.T) { withEach(t, sdkConversationRemoved) }

func sdkConversationRemoved(t *testing.T) {
	s := startWith(t, fast("unread: server"))
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.says(private("bob"), "1", "2")
	bob.say(private("carol"), "hi")
	bob.unread(2, private("alice"))
	do[any](bob, "removeConversation", private("alice"))
	bob.mustList("carol")
	s.connect(t, "bob").mustList("carol")
	alice.say(private("bob"), "3")
	bob.hears("3")
	bob.unread(1, private("alice"))
	bob.mustList("alice", "carol")
	if page := bob.history(private("alice"), 0, 10, 0); len(page.List) != 3 {
		t.Errorf("%d messages are left", len(page.List))
	}
	do[any](bob, "batchDeleteConversations", map[string]any{
		"identifiers": []conversation{private("alice"), private("carol")}, "deleteRemotely": true, "deleteMessages": true})
	bob.mustList()
	if page := bob.history(private("alice"), 0, 10, 0); len(page.List) != 0 {
		t.Errorf("%d messages are left", len(page.List))
	}
	if page := alice.history(private("bob"), 0, 10, 0); len(page.List) != 3 {
		t.Errorf("alice has %d messages left", len(page.List))
	}
}

// TestSDKConversationSettings: what is set on one device holds on the others,
// those that come later too.
func TestSDKConversationSettings(t *testing.T) { withEach(t, sdkConversationSettings) }

func sdkConversationSettings(t *testing.T) {
	s := startWith(t, fast())
	s.group("team", "alice", "bob")
	alice, phone, laptop := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "bob")
	alice.say(private("bob"), "hello")
	alice.say(group("team"), "all")
	laptop.unread(1, group("team"))
	do[any](phone, "setConversationToTop", private("alice"), true)
	do[any](phone, "setConversationNotificationLevel", group("team"), 5)
	do[any](phone, "setConversationTypeNotificationLevel", 1, 2)
	for _, b := range []*user{phone, laptop, s.connect(t, "bob")} {
		b.until(5, "getConversationNotificationLevel", group("team"))
		b.until(2, "getConversationTypeNotificationLevel", 1)
		top := do[[]listed](b, "getTopConversationList")
		if got := targets(top); !slices.Equal(got, []string{"alice"}) || top[0].latest() != "hello" {
			t.Errorf("on top are %+v", top)
		}
		if got := targets(do[[]listed](b, "getBlockedConversationList")); !slices.Equal(got, []string{"team"}) {
			t.Errorf("blocked are %q", got)
		}
		b.until(1, "getTotalUnreadCount", false)
		b.until(2, "getTotalUnreadCount", true)
		if got := targets(do[[]listed](b, "getUnreadConversationList")); len(got) != 2 {
			t.Errorf("unread are %q", got)
		}
	}
	do[any](laptop, "batchSetConversationToTop", []conversation{private("alice"), group("team")}, false)
	do[any](laptop, "batchSetConversationNotificationLevel", []conversation{group("team")}, 0)
	phone.until([]listed{}, "getTopConversationList")
	phone.until([]listed{}, "getBlockedConversationList")
	if r := try[any](phone, "setConversationNotificationLevel", group("team"), 9); r.Code == 0 {
		t.Error("a level of 9 was taken")
	}
}

// TestSDKQuietHours: quiet hours are kept.
func TestSDKQuietHours(t *testing.T) {
	s := startWith(t, fast())
	alice := s.connect(t, "alice")
	quiet := map[string]any{"startTime": "22:00:00", "spanMinutes": 480, "level": 5, "timezone": "Asia/Shanghai"}
	do[any](alice, "setNotificationQuietHoursWithSetting", quiet)
	got := do[map[string]any](s.connect(t, "alice"), "getNotificationQuietHoursSetting")
	if got["startTime"] != "22:00:00" || got["spanMinutes"] != 480.0 || got["level"] != 5.0 || got["timezone"] != "Asia/Shanghai" {
		t.Errorf("the quiet hours are %v", got)
	}
	do[any](alice, "removeNotificationQuietHoursSetting")
	if got := do[map[string]any](alice, "getNotificationQuietHoursSetting"); got["spanMinutes"] != 0.0 {
		t.Errorf("the quiet hours are %v", got)
	}
}
