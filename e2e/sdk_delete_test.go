package e2e

import (
	"slices"
	"testing"
)

// textsIn are the texts of a conversation's history, oldest first.
func (u *user) textsIn(c conversation) (texts []string) {
	u.t.Helper()
	for _, m := range u.history(c, 0, 100, 0).List {
		texts = append(texts, m.text())
	}
	return texts
}

// TestSDKDelete: who deletes messages deletes their own copies, on all devices:
// from history, the list, by name, and from what a new device is given.
func TestSDKDelete(t *testing.T) { withEach(t, sdkDelete) }

func sdkDelete(t *testing.T) {
	s := startWith(t, fast())
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	sent := alice.says(private("bob"), "1", "2", "3")
	bob.hears("3")
	do[any](bob, "deleteMessages", private("alice"), []map[string]any{deletion(sent[0]), deletion(sent[2])})
	if got := bob.textsIn(private("alice")); !slices.Equal(got, []string{"2"}) {
		t.Errorf("bob reads %q", got)
	}
	if got := bob.list(1)[0].latest(); got != "2" {
		t.Errorf("the latest message is %q", got)
	}
	fresh := s.connect(t, "bob")
	if got := fresh.texts(received); !slices.Equal(got, []string{"2"}) {
		t.Errorf("a new device is given %q", got)
	}
	fresh.unread(1, private("alice"))
	named := do[[]struct {
		Code    int      `json:"code"`
		UID     string   `json:"messageUId"`
		Message *message `json:"message"`
	}](fresh, "getMessagesByUIds", map[string]any{"conversationIdentifier": private("alice"), "messageUIds": []string{sent[1].UID, sent[2].UID}})
	if len(named) != 2 || named[0].Message == nil || named[0].Message.text() != "2" || named[1].Message != nil {
		t.Errorf("by name there are %+v", named)
	}
	if got := alice.textsIn(private("bob")); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("alice reads %q", got)
	}
}

// TestSDKClearHistory: clearing reaches up to a time, that too.
func TestSDKClearHistory(t *testing.T) { withEach(t, sdkClearHistory) }

func sdkClearHistory(t *testing.T) {
	s := startWith(t, fast())
	s.group("team", "alice", "bob")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	sent := alice.says(group("team"), "1", "2", "3")
	alice.says(private("bob"), "4", "5")
	bob.hears("5")
	do[any](bob, "clearHistoryMessages", group("team"), sent[1].Sent)
	if got := bob.textsIn(group("team")); !slices.Equal(got, []string{"3"}) {
		t.Errorf("bob reads %q", got)
	}
	fresh := s.connect(t, "bob")
	if got := fresh.texts(received); !slices.Equal(got, []string{"3", "4", "5"}) {
		t.Errorf("a new device is given %q", got)
	}
	batch := []map[string]any{
		{"conversationType": 1, "targetId": "alice", "timestamp": 0},
		{"conversationType": 3, "targetId": "team", "timestamp": sent[2].Sent},
	}
	do[any](bob, "batchClearRemoteHistoryMessages", batch, true)
	for _, c := range []conversation{private("alice"), group("team")} {
		if got := bob.textsIn(c); len(got) != 0 {
			t.Errorf("of %s bob reads %q", c.Target, got)
		}
	}
	// The conversation stays in the list, without a message.
	if l := bob.list(2); len(l) != 2 || l[0].Latest != nil {
		t.Errorf("the list is %+v", l)
	}
	if got := alice.textsIn(group("team")); len(got) != 3 {
		t.Errorf("alice reads %q", got)
	}
}

// TestSDKHistoryBothWays: a cursor that goes through the history, from either
// end, meets every message once.
func TestSDKHistoryBothWays(t *testing.T) {
	s := startWith(t, fast())
	alice := s.connect(t, "alice")
	var want []string
	for i := range 23 {
		want = append(want, string(rune('a'+i)))
	}
	sent := alice.says(private("bob"), want...)
	do[any](alice, "deleteMessages", private("bob"), []map[string]any{
		{"messageUId": sent[10].UID, "sentTime": sent[10].Sent, "messageDirection": 1},
		{"messageUId": sent[11].UID, "sentTime": sent[11].Sent, "messageDirection": 1},
	})
	want = slices.Delete(want, 10, 12)
	for order := range 2 {
		var got []string
		for time, more := int64(0), true; more; {
			page := alice.history(private("bob"), time, 4, order)
			var texts []string
			for _, m := range page.List {
				texts = append(texts, m.text())
			}
			if len(page.List) == 0 {
				t.Fatalf("order %d: an empty page after %q", order, got)
			}
			if more = page.HasMore; order == 0 {
				got, time = append(texts, got...), page.List[0].Sent
			} else {
				got, time = append(got, texts...), page.List[len(page.List)-1].Sent
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("order %d: %q", order, got)
		}
	}
}
