package e2e

import (
	"net/url"
	"slices"
	"testing"
	"time"
)

// names are the targets of a list, in order of their names.
func names(list []listed) []string { return slices.Sorted(slices.Values(targets(list))) }

// TestSDKListsAndTotals: the less usual forms of asking for conversations and
// for what is unread in them, and of changing them, agree with the usual ones.
func TestSDKListsAndTotals(t *testing.T) {
	s := startServer(t)
	s.group("team", "alice", "bob")
	bob, alice := s.connect(t, "bob"), s.connect(t, "alice")
	bob.say(private("alice"), "hello")
	alice.hears("hello")
	mention := map[string]any{"type": 2, "userIdList": []string{"alice"}, "mentionedContent": ""}
	mustBeSent(t, bob.send(group("team"), "TextMessage", map[string]any{"content": "look", "mentionedInfo": mention}, map[string]any{"isMentioned": true}))
	alice.hears("look")

	types := []int{1, 3}
	if got := names(do[[]listed](alice, "getAllConversationList")); !slices.Equal(got, []string{"bob", "team"}) {
		t.Errorf("all are %q", got)
	}
	private1 := map[string]any{"conversationTypes": []int{1}, "count": 20, "timestamp": 0}
	if got := names(do[[]listed](alice, "getConversationsIncludingRobots", private1)); len(got) > 0 {
		t.Errorf("with robots, of which there are none: %q", got)
	}
	asked := map[string]any{"conversationTypes": types, "count": 20, "timestamp": 0}
	if got := names(do[[]listed](alice, "getUnreadMentionMeConversationList", asked)); !slices.Equal(got, []string{"team"}) {
		t.Errorf("mentioned in %q", got)
	}
	for _, c := range []struct {
		function string
		level    int
		want     int
	}{
		{"getTotalUnreadCountByLevels", 0, 2}, {"getTotalUnreadCountByLevels", 1, 0}, {"getTotalUnreadMentionedCountByLevels", 0, 1},
	} {
		if got := do[int](alice, c.function, types, []int{c.level}); got != c.want {
			t.Errorf("%s of level %d: %d, want %d", c.function, c.level, got, c.want)
		}
	}

	do[any](alice, "setConversationNotificationStatus", private("bob"), 1)
	if got := do[int](alice, "getConversationNotificationStatus", private("bob")); got != 1 {
		t.Errorf("the status is %d, want 1", got)
	}
	if got := do[int](alice, "getTotalUnreadCountByLevels", types, []int{1}); got != 1 {
		t.Errorf("unread of what is muted: %d, want 1", got)
	}
	do[any](alice, "batchSetConversationTranslateStrategy", []conversation{private("bob")}, 1)
	if got := do[struct{ TranslateStrategy int }](alice, "getConversation", private("bob")); got.TranslateStrategy != 1 {
		t.Errorf("%+v, want translateStrategy 1", got)
	}
	do[any](alice, "batchRemoveConversation", []conversation{group("team")})
	if got := names(do[[]listed](alice, "getAllConversationList")); !slices.Equal(got, []string{"bob"}) {
		t.Errorf("after removing the group all are %q", got)
	}
	if r := call[result[[]listed]](alice.page, "() => RongIMLib.electronExtension.getConversationList(0, 20, '')"); !slices.Equal(names(r.Data), []string{"bob"}) {
		t.Errorf("the form of Electron answers %d, %+v", r.Code, r.Data)
	}
	if r := call[result[[]listed]](alice.page, "() => RongIMLib.electronExtension.getAllConversationList('')"); !slices.Equal(names(r.Data), []string{"bob"}) {
		t.Errorf("the other form of Electron answers %d, %+v", r.Code, r.Data)
	}
	page := do[struct{ List []message }](alice, "getRemoteHistoryMessages", private("bob"))
	if len(page.List) != 1 || page.List[0].text() != "hello" {
		t.Errorf("the history is %+v", page.List)
	}
}

// TestSDKConversationsFromTag: several conversations lose a tag in one call.
func TestSDKConversationsFromTag(t *testing.T) {
	s := startServer(t)
	bob, alice := s.connect(t, "bob"), s.connect(t, "alice")
	bob.say(private("alice"), "hello")
	alice.hears("hello")
	alice.say(private("carol"), "hello carol")
	both := []conversation{private("bob"), private("carol")}
	do[any](alice, "addTag", map[string]any{"tagId": "work", "tagName": "work"})
	do[any](alice, "addConversationsToTag", "work", both)
	if got := names(do[[]listed](alice, "getConversationsFromTagByPage", "work", 20, 0)); !slices.Equal(got, []string{"bob", "carol"}) {
		t.Fatalf("tagged are %q", got)
	}
	do[any](alice, "removeConversationsFromTag", "work", both)
	if got := names(do[[]listed](alice, "getConversationsFromTagByPage", "work", 20, 0)); len(got) > 0 {
		t.Errorf("still tagged are %q", got)
	}
}

// TestSDKUltraTotals: what is unread in all ultra groups together.
func TestSDKUltraTotals(t *testing.T) {
	s := startServer(t)
	for _, id := range []string{"world", "sports"} {
		s.call("/ultragroup/create.json", url.Values{"userId": {"alice"}, "groupId": {id}, "groupName": {id}})
		s.call("/ultragroup/join.json", url.Values{"userId": {"bob"}, "groupId": {id}})
	}
	bob := s.connect(t, "bob")
	mention := map[string]any{"type": 2, "userIdList": []string{"alice"}, "mentionedContent": ""}
	ultra := func(id string) conversation { return conversation{Type: 10, Target: id, Channel: "RCDefault"} }
	mustBeSent(t, bob.send(ultra("world"), "TextMessage", map[string]any{"content": "one"}, nil))
	mustBeSent(t, bob.send(ultra("sports"), "TextMessage", map[string]any{"content": "two", "mentionedInfo": mention}, map[string]any{"isMentioned": true}))
	alice := s.connect(t, "alice")
	alice.fires("ULTRA_GROUP_ENABLE")
	if got := do[int](alice, "getAllUltraGroupUnreadCount"); got != 2 {
		t.Errorf("unread %d, want 2", got)
	}
	if got := do[int](alice, "getAllUltraGroupUnreadMentionedCount"); got != 1 {
		t.Errorf("unread mentions %d, want 1", got)
	}
}

// TestSDKRefreshReference: what a message that answers another one shows of
// that one is asked for anew.
func TestSDKRefreshReference(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	first := alice.say(private("bob"), "the question")
	second := alice.say(private("bob"), "the answer")
	got := call[[]struct{ MessageUID string }](alice.page, `(asked, answer) => new Promise((resolve) => RongIMLib.refreshReferenceMessageWithParams({
		conversationIdentifier: { conversationType: 1, targetId: 'bob' },
		messageUIds: [answer], messageInfoMap: { [answer]: asked },
		localMessageBlock() {}, remoteMessageBlock: resolve,
	}))`, first.UID, second.UID)
	if len(got) != 1 || got[0].MessageUID != second.UID {
		t.Errorf("told of %+v, want what %s answers", got, second.UID)
	}
}

// TestSDKNoRobots: there are no robots here, which is an answer and no refusal.
func TestSDKNoRobots(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	alice.fires("ROBOTS_SYNCED")
	if robots := do[[]any](alice, "getAllRobots"); len(robots) > 0 {
		t.Errorf("robots %v", robots)
	}
	if robot := do[any](alice, "getRobotById", "robot"); robot != nil {
		t.Errorf("a robot %v", robot)
	}
}

// fires waits for events of the SDK, whatever they carry.
func (u *user) fires(events ...string) {
	u.t.Helper()
	call[any](u.page, `async (names) => {
		const { Events } = RongIMLib
		const fired = (name) => im.heard.events.some((e) => e.name === Events[name])
		while (!names.every(fired)) await new Promise((resolve) => setTimeout(resolve, 10))
		return true
	}`, events)
}

// TestSDKSynced: after connecting the SDK tells that it has what the server
// keeps of the user.
func TestSDKSynced(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	alice.fires("CONNECTING", "CONNECTED", "PULL_OFFLINE_MESSAGE_FINISHED", "USER_SETTINGS_SYNCED", "CONVERSATIONS_SETTINGS_SYNCED",
		"MESSAGE_MODIFIED_SYNC_COMPLETED", "ROBOTS_SYNCED", "ULTRA_GROUP_ENABLE")
}

// TestSDKTagsOnTwoDevices: what one device does to the tags the other is told.
func TestSDKTagsOnTwoDevices(t *testing.T) {
	s := startServer(t)
	bob, phone, tab := s.connect(t, "bob"), s.connect(t, "alice"), s.connect(t, "alice")
	bob.say(private("alice"), "hello")
	phone.hears("hello")
	do[any](phone, "addTag", map[string]any{"tagId": "work", "tagName": "work"})
	tab.fires("TAG")
	do[any](phone, "addConversationsToTag", "work", []conversation{private("bob")})
	tab.fires("CONVERSATION_TAG")
	if got := names(do[[]listed](tab, "getConversationsFromTagByPage", "work", 20, 0)); !slices.Equal(got, []string{"bob"}) {
		t.Errorf("on the other device tagged are %q", got)
	}
}

// TestSDKUnreadSynced: where the server counts what is unread, the SDK tells
// when it knows that.
func TestSDKUnreadSynced(t *testing.T) {
	s := startWith(t, []string{"unread: server"})
	s.connect(t, "alice").fires("SYNC_SERVER_SAVE_UNREAD_COMPLETED")
}

// TestSDKDownloadAuth: a link of a message needs nothing more to be opened.
func TestSDKDownloadAuth(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	r := try[struct{ Deadline int64 }](alice, "getDownloadAuth", s.url+"/files/x")
	if r.Code != 0 || r.Data.Deadline <= time.Now().Unix() {
		t.Errorf("code %d %s, good until %d", r.Code, r.Msg, r.Data.Deadline)
	}
}
