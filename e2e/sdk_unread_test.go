package e2e

import "testing"

// read marks a conversation as read on this device, and on the user's others.
func (u *user) read(c conversation, serverUnread bool) {
	u.t.Helper()
	if serverUnread {
		do[any](u, "markRemoteConversationAsRead", c)
		return
	}
	newest := do[listed](u, "getConversation", c)
	do[any](u, "clearMessagesUnreadStatus", c)
	do[any](u, "sendSyncReadStatusMessage", c, newest.Latest.Sent)
}

// TestSDKUnreadDevices: what is unread is the same on two devices, after a
// reload, in a browser that knows nothing, and after reading on one of them.
func TestSDKUnreadDevices(t *testing.T) { withEach(t, sdkUnreadDevices) }

func sdkUnreadDevices(t *testing.T) {
	both(t, func(t *testing.T, s *server, on bool) {
		s.group("team", "alice", "bob", "carol")
		alice := s.connect(t, "alice")
		phone, laptop := s.connect(t, "bob"), s.connect(t, "bob")
		alice.says(private("bob"), "1", "2", "3")
		alice.says(group("team"), "4", "5")
		for _, bob := range []*user{phone, laptop} {
			bob.unread(3, private("alice"))
			bob.unread(2, group("team"))
		}
		phone.reload()
		phone.unread(3, private("alice"))
		phone.unread(2, group("team"))
		phone.until(5, "getTotalUnreadCount")

		phone.read(private("alice"), on)
		laptop.unread(0, private("alice"))
		phone.mustUnread(0, private("alice"))
		sixth := alice.say(private("bob"), "6")
		phone.unread(1, private("alice"))
		laptop.unread(1, private("alice"))

		fresh := s.connect(t, "bob")
		fresh.unread(1, private("alice"))
		fresh.unread(2, group("team"))
		alice.say(private("bob"), "7")
		for _, bob := range []*user{phone, laptop, fresh} {
			bob.hears("7")
			bob.unread(2, private("alice"))
			bob.mustUnread(2, group("team"))
		}
		first := do[struct {
			UID string `json:"messageUId"`
		}](fresh, "getFirstUnreadMessageInfo", private("alice"))
		if first.UID != sixth.UID {
			t.Errorf("the first unread is %s, not %s", first.UID, sixth.UID)
		}
	})
}

// TestSDKUnreadAway: a device that was away learns what was read elsewhere, and
// of nothing that was recalled, as unread.
func TestSDKUnreadAway(t *testing.T) { withEach(t, sdkUnreadAway) }

func sdkUnreadAway(t *testing.T) {
	both(t, func(t *testing.T, s *server, on bool) {
		alice := s.connect(t, "alice")
		phone, laptop := s.connect(t, "bob"), s.connect(t, "bob")
		alice.says(private("bob"), "1", "2", "3")
		phone.unread(3, private("alice"))
		laptop.unread(3, private("alice"))
		laptop.leave()

		phone.read(private("alice"), on)
		alice.says(private("bob"), "4", "5")
		secret := alice.say(private("bob"), "secret")
		phone.unread(3, private("alice"))
		do[any](alice, "recallMessage", private("bob"), map[string]any{"messageUId": secret.UID, "sentTime": secret.Sent})
		phone.unread(2, private("alice"))

		laptop.reload()
		laptop.unread(2, private("alice"))
		alice.say(private("bob"), "6")
		for _, bob := range []*user{phone, laptop} {
			bob.hears("6")
			bob.unread(3, private("alice"))
		}
	})
}

// TestSDKUnreadKinds: what is not counted does not count, a resend counts once,
// and a recalled message no more.
// Shows S175.
func TestSDKUnreadKinds(t *testing.T) { withEach(t, sdkUnreadKinds) }

func sdkUnreadKinds(t *testing.T) {
	both(t, func(t *testing.T, s *server, on bool) {
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		first := alice.send(private("bob"), "TextMessage", map[string]any{"content": "1"}, nil)
		mustBeSent(t, first)
		again := alice.send(private("bob"), "TextMessage", map[string]any{"content": "1"}, map[string]any{"messageId": first.Data.ID})
		if again.Data.UID != first.Data.UID {
			t.Fatalf("the resend is %s, not %s", again.Data.UID, first.Data.UID)
		}
		mustBeSent(t, alice.send(private("bob"), "InformationNotificationMessage", map[string]any{"message": "nothing to count"}, nil))
		mustBeSent(t, alice.send(private("bob"), "TextMessage", map[string]any{"content": "2"}, map[string]any{"disableUpdateLastMessage": true}))
		bob.unread(2, private("alice"))
		fresh := s.connect(t, "bob")
		fresh.unread(2, private("alice"))

		do[any](alice, "recallMessage", private("bob"), map[string]any{"messageUId": first.Data.UID, "sentTime": first.Data.Sent})
		bob.unread(1, private("alice"))
		fresh.unread(1, private("alice"))
		later := s.connect(t, "bob")
		later.unread(1, private("alice"))
		alice.say(private("bob"), "3")
		for _, b := range []*user{bob, fresh, later} {
			b.hears("3")
			b.unread(2, private("alice"))
		}
	})
}

// TestSDKUnreadMentions: mentions of everybody and of oneself are counted, of
// others not, and are gone when they are read.
// Shows S022, S025.
func TestSDKUnreadMentions(t *testing.T) { withEach(t, sdkUnreadMentions) }

func sdkUnreadMentions(t *testing.T) {
	both(t, func(t *testing.T, s *server, on bool) {
		s.group("team", "alice", "bob", "carol")
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		mention := func(text string, typ int, users ...string) {
			t.Helper()
			content := map[string]any{"content": text, "mentionedInfo": map[string]any{"type": typ, "userIdList": users, "mentionedContent": ""}}
			mustBeSent(t, alice.send(group("team"), "TextMessage", content, map[string]any{"isMentioned": true}))
		}
		mention("all", 1)
		mention("bob", 2, "bob")
		mention("carol", 2, "carol")
		alice.say(group("team"), "nobody")
		fresh := s.connect(t, "bob")
		for _, b := range []*user{bob, fresh} {
			b.unread(4, group("team"))
			b.until(2, "getUnreadMentionedCount", group("team"))
			b.until(2, "getAllUnreadMentionedCount")
			l := do[listed](b, "getConversation", group("team"))
			if !l.Mentioned || l.Mentions != 2 {
				t.Errorf("mentioned %t, %d times", l.Mentioned, l.Mentions)
			}
		}
		bob.read(group("team"), on)
		fresh.unread(0, group("team"))
		fresh.until(0, "getUnreadMentionedCount", group("team"))
	})
}

// TestSDKUnreadDeleted: where the server counts, what is deleted or cleared is
// unread no more, on every device.
func TestSDKUnreadDeleted(t *testing.T) {
	s := startWith(t, fast("unread: server"))
	alice, phone, laptop := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "bob")
	sent := alice.says(private("bob"), "1", "2", "3", "4")
	laptop.unread(4, private("alice"))
	do[any](phone, "deleteMessages", private("alice"), []map[string]any{deletion(sent[1])})
	phone.unread(3, private("alice"))
	laptop.unread(3, private("alice"))
	do[any](laptop, "clearHistoryMessages", private("alice"), sent[2].Sent)
	phone.unread(1, private("alice"))
	laptop.unread(1, private("alice"))
}

// deletion names a message that its receiver deletes.
func deletion(m message) map[string]any {
	return map[string]any{"messageUId": m.UID, "sentTime": m.Sent, "messageDirection": 2}
}

// TestSDKReadReceiptReads: who tells the sender that a message was read has
// read it, on all devices.
func TestSDKReadReceiptReads(t *testing.T) {
	s := startWith(t, fast("unread: server"))
	alice, phone, laptop := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "bob")
	sent := alice.says(private("bob"), "1", "2", "3")
	laptop.unread(3, private("alice"))
	do[any](phone, "sendReadReceiptMessage", "alice", sent[1].UID, sent[1].Sent)
	laptop.unread(1, private("alice"))
	phone.unread(1, private("alice"))
}

// TestSDKSyncReadStatus: a device that reads tells the user's others, and its
// app is told when they do.
func TestSDKSyncReadStatus(t *testing.T) { withEach(t, sdkSyncReadStatus) }

func sdkSyncReadStatus(t *testing.T) {
	s := startWith(t, fast())
	alice, phone, laptop := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "bob")
	sent := alice.says(private("bob"), "1", "2", "3")
	laptop.unread(3, private("alice"))
	do[any](phone, "sendSyncReadStatusMessage", private("alice"), sent[1].Sent)
	told := event[struct {
		conversation
		Time int64 `json:"timestamp"`
	}](laptop, "SYNC_READ_STATUS", "true")
	if told.conversation != private("alice") || told.Time != sent[1].Sent {
		t.Errorf("the laptop is told %+v, not %d", told, sent[1].Sent)
	}
	// The third came after what was read.
	laptop.unread(1, private("alice"))
	phone.unread(1, private("alice"))
	do[any](phone, "clearAllMessagesUnreadStatus")
	phone.mustUnread(0, private("alice"))
}

// TestSDKRealtimeConversations: an app that keeps no list asks each time.
func TestSDKRealtimeConversations(t *testing.T) {
	s := startWith(t, fast("unread: realtime"))
	s.group("team", "alice", "bob")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.says(private("bob"), "1", "2")
	alice.say(group("team"), "3")
	bob.until(3, "getRealtimeConTotalUnreadCount")
	list := do[[]listed](bob, "getRealtimeConversations", map[string]any{"startTime": 0, "count": 10, "order": 0})
	if got := targets(list); len(got) != 2 || got[0] != "team" || got[1] != "alice" {
		t.Fatalf("the list has %q", got)
	}
	if list[0].Unread != 1 || list[1].Unread != 2 || list[1].latest() != "2" {
		t.Errorf("the list is %+v", list)
	}
	do[any](bob, "clearRealtimeConUnreadCount", private("alice"))
	bob.until(1, "getRealtimeConTotalUnreadCount")
	counts := do[[]struct {
		Target string `json:"targetId"`
		Count  int    `json:"unreadCount"`
	}](bob, "getRealtimeConUnreadCounts", []conversation{private("alice"), group("team")})
	for _, c := range counts {
		if want := map[string]int{"alice": 0, "team": 1}[c.Target]; c.Count != want {
			t.Errorf("%d unread of %s, want %d", c.Count, c.Target, want)
		}
	}
	do[any](bob, "removeRealtimeConversations", []conversation{group("team")})
	list = do[[]listed](bob, "getRealtimeConversations", map[string]any{"startTime": 0, "count": 10, "order": 0})
	if got := targets(list); len(got) != 1 || got[0] != "alice" {
		t.Errorf("the list has %q", got)
	}
}
