package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// TestSDKOffline: what is sent while nobody listens is there after a reload,
// marked as offline, once.
func TestSDKOffline(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t)
		s.group("team", "alice", "bob")
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		alice.say(private("bob"), "before")
		bob.hears("before")
		bob.leave()

		alice.say(private("bob"), "while away")
		alice.say(group("team"), "in the group")
		bob.reload()
		if got := bob.texts(received); !slices.Equal(got, []string{"while away", "in the group"}) {
			t.Errorf("bob hears %q", got)
		}
		for _, m := range bob.heard() {
			if !m.Offline {
				t.Errorf("%q is not marked as offline", m.text())
			}
		}
		alice.say(private("bob"), "after")
		if bob.hears("after").Offline {
			t.Error("a live message is marked as offline")
		}
	})
}

// TestSDKDevices: two devices of one user see what the other one sends and
// what both receive.
func TestSDKDevices(t *testing.T) {
	s := startServer(t)
	phone, laptop, bob := s.connect(t, "alice"), s.connect(t, "alice"), s.connect(t, "bob")
	result := phone.say(private("bob"), "from the phone")
	bob.hears("from the phone")

	own := laptop.hears("from the phone")
	if received(own) || own.Sender != "alice" || own.Target != "bob" || own.UID != result.UID || own.ID != result.ID {
		t.Errorf("the laptop hears %+v, want alice's own", own)
	}
	bob.say(private("alice"), "to both")
	phone.hears("to both")
	laptop.hears("to both")
	all := func(message) bool { return true }
	if got := phone.texts(all); !slices.Equal(got, []string{"to both"}) {
		t.Errorf("the phone hears %q", got)
	}
	if got := laptop.texts(all); !slices.Equal(got, []string{"from the phone", "to both"}) {
		t.Errorf("the laptop hears %q", got)
	}
}

// TestSDKRecall: a recall reaches the receiver and the sender's other device,
// and the history holds a notice in the message's place.
func TestSDKRecall(t *testing.T) {
	s := startServer(t)
	alice, tablet, bob := s.connect(t, "alice"), s.connect(t, "alice"), s.connect(t, "bob")
	secret := alice.say(private("bob"), "forget this")
	bob.hears("forget this")

	result := call[sent](alice.page, "im.recall", private("bob"), map[string]any{"messageUId": secret.UID, "sentTime": secret.Sent})
	if result.Code != 0 {
		t.Fatalf("recall: code %d", result.Code)
	}
	for _, u := range []*user{bob, tablet} {
		var of struct{ MessageUID string }
		command := call[message](u.page, "im.untilType", "RC:RcCmd")
		if err := json.Unmarshal(command.Content, &of); err != nil || of.MessageUID != secret.UID {
			t.Errorf("recalled %q, want %q (%v)", of.MessageUID, secret.UID, err)
		}
	}
	page := bob.history(private("alice"), 0, 20, 0)
	if len(page.List) != 1 {
		t.Fatalf("history holds %d messages, want a notice in the place of one", len(page.List))
	}
	var says struct {
		RecallTime int64
		OperatorID string
	}
	notice := page.List[0]
	err := json.Unmarshal(notice.Content, &says)
	if notice.ObjectName != "RC:RcNtf" || notice.UID != secret.UID || says.OperatorID != "alice" || says.RecallTime != secret.Sent {
		t.Errorf("history holds %s %s %s (%v)", notice.ObjectName, notice.UID, notice.Content, err)
	}
}

// historyPage is what getHistoryMessages resolves with.
type historyPage struct {
	List    []message `json:"list"`
	HasMore bool      `json:"hasMore"`
}

// history asks for count messages of a conversation older (order 0) or newer
// (order 1) than timestamp.
func (u *user) history(of conversation, timestamp int64, count, order int) historyPage {
	u.t.Helper()
	result := call[struct {
		Code int
		Data historyPage
	}](u.page, "im.history", of, timestamp, count, order)
	if result.Code != 0 {
		u.t.Fatalf("history: code %d", result.Code)
	}
	return result.Data
}

// TestSDKHistory: pages in both directions neither miss nor repeat.
func TestSDKHistory(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t, "--send-rate", "0")
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		var want []string
		for i := range 25 {
			text := fmt.Sprint("line ", i)
			want = append(want, text)
			alice.say(private("bob"), text)
		}

		if got := bob.pages(private("alice"), 0, 7, 0); !slices.Equal(got, want) {
			t.Errorf("backward %q", got)
		}
		if got := bob.pages(private("alice"), 1, 7, 1); !slices.Equal(got, want) {
			t.Errorf("forward %q", got)
		}
	})
}

// pages reads the history of a conversation from timestamp to its end, count
// messages at a time, backward (order 0) or forward (order 1), and returns the
// texts in the order they were sent in.
func (u *user) pages(of conversation, timestamp int64, count, order int) (texts []string) {
	u.t.Helper()
	for {
		page := u.history(of, timestamp, count, order)
		oldestFirst := textsOf(page.List) // in both directions, as the SDK turns it
		if order == 0 {
			texts = append(oldestFirst, texts...)
		} else {
			texts = append(texts, oldestFirst...)
		}
		if !page.HasMore {
			return texts
		}
		if len(page.List) == 0 {
			u.t.Fatal("an empty page promises more")
		}
		edge := page.List[0]
		if order == 1 {
			edge = page.List[len(page.List)-1]
		}
		if edge.Sent == timestamp {
			u.t.Fatalf("the page at %d leads to itself", timestamp)
		}
		timestamp = edge.Sent
	}
}

func textsOf(list []message) []string {
	var texts []string
	for _, m := range list {
		texts = append(texts, m.text())
	}
	return texts
}
