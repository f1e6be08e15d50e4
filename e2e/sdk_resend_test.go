package e2e

import (
	"testing"
)

// attempt sends a text that is to fail, and returns how it failed, with the
// message that the application marks by its messageId.
func (u *user) attempt(to conversation, text string) sent {
	u.t.Helper()
	got := u.send(to, "TextMessage", map[string]any{"content": text}, nil)
	if got.Code == 0 {
		u.t.Fatalf("%q was sent", text)
	}
	if got.Before.ID == 0 || got.Data.ID != got.Before.ID || got.Before.SentStatus != 10 || got.Data.SentStatus != 20 {
		u.t.Errorf("%q: %+v before, %+v after", text, got.Before, got.Data)
	}
	return got
}

// again sends a text with the messageId of an earlier attempt, until it is taken.
func (u *user) again(to conversation, text string, id int64) message {
	u.t.Helper()
	return call[message](u.page, `async (to, text, messageId) => {
		for (;;) {
			const result = await RongIMLib.sendMessage(to, new RongIMLib.TextMessage({ content: text }), { messageId })
			if (result.code === RongIMLib.ErrorCode.SUCCESS) return result.data
			await im.untilOnline()
		}
	}`, to, text, id)
}

// copies are the messages with a text that u was given.
func (u *user) copies(text string) (copies []message) {
	u.t.Helper()
	for _, m := range u.heard() {
		if received(m) && m.text() == text {
			copies = append(copies, m)
		}
	}
	return copies
}

// mustHaveOnce requires that bob got text as one message with one name, counts
// it once, and that one recall takes it back.
func mustHaveOnce(t *testing.T, alice, bob *user, text string, attempt sent, acked message) {
	t.Helper()
	if acked.ID != attempt.Before.ID {
		t.Errorf("%q has messageId %d, and %d when it is sent again", text, attempt.Before.ID, acked.ID)
	}
	alice.say(private("bob"), "after "+text)
	bob.hears("after " + text)
	got := bob.copies(text)
	if len(got) != 1 || got[0].UID != acked.UID || got[0].ID != attempt.Before.ID || got[0].Sender != "alice" || got[0].Sent != acked.Sent {
		t.Fatalf("bob has %q as %+v, acked was %+v", text, got, acked)
	}
	if n := do[int](bob, "getUnreadCount", private("alice")); n != 2 {
		t.Errorf("bob has %d unread messages after %q and another one", n, text)
	}
	do[any](bob, "clearMessagesUnreadStatus", private("alice"))
	do[any](alice, "recallMessage", private("bob"), map[string]any{"messageUId": acked.UID, "sentTime": acked.Sent})
	for _, m := range bob.history(private("alice"), 0, 20, 0).List {
		if m.text() == text {
			t.Errorf("%q is still there after its recall", text)
		}
	}
}

// TestSDKResend cuts the connection before, in the middle of and after a send.
// The application is told that it failed and sends again with the messageId
// that it was given, as the page says. Each time it is one message: heard once,
// counted once, taken back by one recall.
// Shows S008, S027, S028, S029, S031, S032, S034, S056, S171, S172, S173, S174, S175.
func TestSDKResend(t *testing.T) {
	s, p := throughProxy(t, nil)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, c := range []struct {
		text    string
		fault   fault
		arrived bool // the message did, only its ack was lost
	}{
		{"cut before it was sent", once(sending, cut), false},
		{"cut in the middle of it", once(sending, tear), false},
		{"cut before its ack", once(acking, cut), true},
		{"sent again after its ack", once(acking, passCut), true},
	} {
		p.fail(c.fault)
		if c.text == "sent again after its ack" {
			// Nothing failed, but an application cannot be kept from it.
			m := alice.say(private("bob"), c.text)
			mustHaveOnce(t, alice, bob, c.text, sent{Before: m}, alice.again(private("bob"), c.text, m.ID))
			continue
		}
		failed := alice.attempt(private("bob"), c.text)
		if c.arrived {
			bob.hears(c.text)
		} else if got := bob.copies(c.text); len(got) > 0 {
			t.Errorf("bob has %+v, which did not reach the server", got)
		}
		mustHaveOnce(t, alice, bob, c.text, failed, alice.again(private("bob"), c.text, failed.Before.ID))
	}
}

// TestSDKResendAfterSilence has the server's acks get lost, and everything it
// says for half a minute: the sender's client gives up after 30 s, though the
// receiver has the message. Sent again, it is the same one.
// Shows S030, S170.
func TestSDKResendAfterSilence(t *testing.T) {
	t.Run("no ack", func(t *testing.T) {
		beside(t)
		silence(t, func(up bool, frame []byte) fate {
			if acking(up, frame) {
				return drop
			}
			return pass
		})
	})
	t.Run("no word", func(t *testing.T) {
		beside(t)
		silence(t, func(up bool, _ []byte) fate {
			if !up {
				return drop
			}
			return pass
		})
	})
}

// silence is the story of both: bob does not sit behind the proxy's faults.
func silence(t *testing.T, f fault) {
	s, p := throughProxy(t, nil)
	alice := s.connect(t, "alice")
	p.fail(f)
	failed := alice.attempt(private("bob"), "hello?")
	p.fail(nil)
	bob := s.connect(t, "bob")
	first := bob.hears("hello?")
	acked := alice.again(private("bob"), "hello?", failed.Before.ID)
	if acked.UID != first.UID {
		t.Errorf("bob has %s, acked was %s", first.UID, acked.UID)
	}
	mustHaveOnce(t, alice, bob, "hello?", failed, acked)
}

// TestSDKResendTwice: in an app that wants it so, what is sent again is another
// message, with the same sender and messageId, by which an application can
// tell: two names, two unread, and a recall takes back only one.
// Shows S033.
func TestSDKResendTwice(t *testing.T) {
	s, p := throughProxy(t, []string{"resend: twice"})
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	p.fail(once(acking, cut))
	failed := alice.attempt(private("bob"), "twice")
	bob.hears("twice")
	acked := alice.again(private("bob"), "twice", failed.Before.ID)
	alice.say(private("bob"), "after")
	bob.hears("after")
	got := bob.copies("twice")
	if len(got) != 2 || got[0].UID == got[1].UID || got[1].UID != acked.UID {
		t.Fatalf("bob has %+v", got)
	}
	for _, m := range got {
		if m.ID != failed.Before.ID || m.Sender != "alice" {
			t.Errorf("bob has %+v, sent with messageId %d", m, failed.Before.ID)
		}
	}
	if n := do[int](bob, "getUnreadCount", private("alice")); n != 3 {
		t.Errorf("bob has %d unread messages, want 3", n)
	}
	do[any](alice, "recallMessage", private("bob"), map[string]any{"messageUId": acked.UID, "sentTime": acked.Sent})
	left := 0
	for _, m := range bob.history(private("alice"), 0, 20, 0).List {
		if m.text() == "twice" {
			left++
		}
	}
	if left != 1 {
		t.Errorf("%d are left after the recall of one", left)
	}
}
