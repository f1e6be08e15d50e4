package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// recall takes a message back and returns the code.
func (u *user) recall(of conversation, m message, options map[string]any) int {
	u.t.Helper()
	asked := map[string]any{"messageUId": m.UID, "sentTime": m.Sent}
	for k, v := range options {
		asked[k] = v
	}
	return try[any](u, "recallMessage", of, asked).Code
}

// mustRecall takes a message back.
func (u *user) mustRecall(of conversation, m message, options map[string]any) {
	u.t.Helper()
	if code := u.recall(of, m, options); code != 0 {
		u.t.Fatalf("%s recalls: code %d", u.name, code)
	}
}

// command is what a RC:RcCmd says.
type command struct {
	UID    string         `json:"messageUId"`
	Admin  bool           `json:"isAdmin"`
	Delete bool           `json:"isDelete"`
	Extra  string         `json:"extra"`
	User   map[string]any `json:"user"`
	Origin string         `json:"originalFromUserId"`
}

// recalled waits until the user hears that the message with a messageUId was
// taken back.
func (u *user) recalled(uid string) (message, command) {
	u.t.Helper()
	m := call[message](u.page, `uid => im.until(() => im.heard.messages.find(m => m.messageType === 'RC:RcCmd' && m.content.messageUId === uid))`, uid)
	var says command
	if err := json.Unmarshal(m.Content, &says); err != nil {
		u.t.Fatal(err)
	}
	return m, says
}

// objectNames are the types of the messages of a list.
func objectNames(list []message) []string {
	names := []string{}
	for _, m := range list {
		names = append(names, m.ObjectName)
	}
	return names
}

// TestSDKRecallOptions: what the recall of a message says reaches whoever got
// the message, and nothing of it is left in history.
func TestSDKRecallOptions(t *testing.T) { withEach(t, sdkRecallOptions) }

func sdkRecallOptions(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.group("team", "alice", "bob", "carol")
	alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
	for _, u := range []*user{alice, bob, carol} {
		u.join("hall", -1)
	}

	m := alice.say(group("team"), "in the group")
	bob.hears("in the group")
	alice.mustRecall(group("team"), m, map[string]any{
		"isAdmin": true, "extra": "oops", "user": map[string]any{"id": "alice", "name": "Alice"}, "disableUpdateLastMessage": true,
		"pushConfig": map[string]any{"pushContent": "taken back"}, "disableNotification": true,
	})
	told, says := bob.recalled(m.UID)
	if !says.Admin || says.Delete || says.Extra != "oops" || says.User["name"] != "Alice" || told.Sender != "alice" || !told.Silent {
		t.Errorf("bob is told %+v by %+v", says, told)
	}
	carol.recalled(m.UID)
	if got := objectNames(bob.history(group("team"), 0, 20, 0).List); !slices.Equal(got, []string{"RC:RcNtf"}) {
		t.Errorf("history holds %q", got)
	}

	deleted := alice.say(group("team"), "no trace")
	bob.hears("no trace")
	alice.mustRecall(group("team"), deleted, map[string]any{"isDelete": true})
	if _, says := bob.recalled(deleted.UID); !says.Delete {
		t.Errorf("bob is told %+v", says)
	}
	if got := objectNames(bob.history(group("team"), 0, 20, 0).List); !slices.Equal(got, []string{"RC:RcNtf"}) {
		t.Errorf("history holds %q", got)
	}

	directed := alice.send(group("team"), "TextMessage", map[string]any{"content": "for bob"}, map[string]any{"directionalUserIdList": []string{"bob"}})
	bob.hears("for bob")
	alice.mustRecall(group("team"), directed.Data, map[string]any{"directionalUserIdList": []string{"bob"}})
	bob.recalled(directed.Data.UID)

	shout := alice.say(chatroom("hall"), "in the hall")
	bob.hears("in the hall")
	alice.mustRecall(chatroom("hall"), shout, nil)
	bob.recalled(shout.UID)
	dave := s.connect(t, "dave")
	dave.join("hall", 20)
	alice.say(chatroom("hall"), "and on")
	dave.hears("and on")
	if got := dave.texts(received); slices.Contains(got, "in the hall") {
		t.Errorf("dave hears %q", got)
	}

	alice.say(group("team"), "the end")
	carol.hears("the end")
	for _, m := range carol.heard() {
		if m.UID == directed.Data.UID || m.ObjectName == "RC:RcCmd" && string(m.Content) != "" && func() bool {
			var c command
			return json.Unmarshal(m.Content, &c) == nil && c.UID == directed.Data.UID
		}() {
			t.Errorf("carol hears of what was not for her: %s", m.Content)
		}
	}
}

// TestSDKRecallAway: who was away when a message was sent and taken back is
// given the notice in its place, or nothing, and counts nothing unread.
func TestSDKRecallAway(t *testing.T) { withEach(t, sdkRecallAway) }

func sdkRecallAway(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	way := s.link(t)
	alice, bob := s.connect(t, "alice"), way.connect(s, "bob")
	way.Cut()
	call[any](bob.page, "im.untilState", "SUSPEND")
	m, trace := alice.say(private("bob"), "secret"), alice.say(private("bob"), "no trace")
	alice.mustRecall(private("bob"), m, nil)
	alice.mustRecall(private("bob"), trace, map[string]any{"isDelete": true})
	alice.say(private("bob"), "not secret")
	way.Mend()
	bob.hears("not secret")
	var got []string
	for _, m := range bob.heard() {
		if kitOf(t).name == hongyan.name && m.ObjectName == "RC:RcCmd" && strings.Contains(string(m.Content), string(trace.UID)) {
			continue // ours is told, since another tab of the user may have had it
		}
		got = append(got, m.ObjectName+" "+m.text())
	}
	if want := []string{"RC:RcNtf ", "RC:TxtMsg not secret"}; !slices.Equal(got, want) {
		t.Fatalf("bob hears %q, not %q", got, want)
	}
	if bob.heard()[0].UID != m.UID {
		t.Errorf("the notice is %+v", bob.heard()[0])
	}
	if n := do[int](bob, "getUnreadCount", private("alice")); n != 1 {
		t.Errorf("%d unread", n)
	}
}

// TestSDKRecallUnread: a message that is taken back before it was read is not
// counted any more.
// Shows S174.
func TestSDKRecallUnread(t *testing.T) { withEach(t, sdkRecallUnread) }

func sdkRecallUnread(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	unread := func() int { return do[int](bob, "getUnreadCount", private("alice")) }
	first := alice.send(private("bob"), "TextMessage", map[string]any{"content": "once"}, nil)
	bob.hears("once")
	// The ack was lost, as far as alice knows: she sends it again.
	again := alice.send(private("bob"), "TextMessage", map[string]any{"content": "once"}, map[string]any{"messageId": first.Before.ID})
	if again.Data.UID != first.Data.UID {
		t.Errorf("two messages, %s and %s", first.Data.UID, again.Data.UID)
	}
	alice.say(private("bob"), "twice")
	bob.hears("twice")
	if n := unread(); n != 2 {
		t.Errorf("%d unread", n)
	}
	alice.mustRecall(private("bob"), again.Data, nil)
	bob.recalled(first.Data.UID)
	if n := unread(); n != 1 {
		t.Errorf("after the recall %d unread", n)
	}
	alice.mustRecall(private("bob"), first.Data, nil) // which is done already
	list := bob.history(private("alice"), 0, 20, 0).List
	if got := objectNames(list); !slices.Equal(got, []string{"RC:RcNtf", "RC:TxtMsg"}) {
		t.Errorf("history holds %q", got)
	}
}

// TestSDKRecallRefused: who may not recall, and when.
func TestSDKRecallRefused(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	m := alice.say(private("bob"), "mine")
	bob.hears("mine")
	if code := bob.recall(private("alice"), m, nil); code != 25107 {
		t.Errorf("another's: code %d", code)
	}
	if code := alice.recall(group("team"), m, nil); code != 25101 {
		t.Errorf("elsewhere: code %d", code)
	}
	late := startWith(t, []string{"recall-window: 1ms"})
	alice = late.connect(t, "alice")
	m = alice.say(private("bob"), "for ever")
	if code := alice.recall(private("bob"), m, nil); code != 20605 {
		t.Errorf("too late: code %d", code)
	}
}

// TestSDKRecallByAnyone: an app may let everybody who sees a message recall it.
func TestSDKRecallByAnyone(t *testing.T) {
	s := startWith(t, []string{"recall-by: anyone"}, "--send-rate", "0")
	s.group("team", "alice", "bob")
	alice, bob, dave := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "dave")
	m := alice.say(group("team"), "hers")
	bob.hears("hers")
	if code := dave.recall(group("team"), m, nil); code != 25101 {
		t.Errorf("by one who is not in the group: code %d", code)
	}
	bob.mustRecall(group("team"), m, nil)
	if told, says := alice.recalled(m.UID); told.Sender != "bob" || says.Origin != "alice" {
		t.Errorf("alice is told %+v by %s", says, told.Sender)
	}
}
