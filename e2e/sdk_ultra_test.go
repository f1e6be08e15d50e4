package e2e

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func ultraGroup(id, channel string) conversation {
	return conversation{Type: 10, Target: id, Channel: channel}
}

// defaultChannel is the one that the SDK means when it names none.
const defaultChannel = "RCDefault"

// ultra makes an ultra group of users.
func (s *server) ultra(id string, users ...string) {
	s.t.Helper()
	s.call("/ultragroup/create.json", url.Values{"groupId": {id}, "groupName": {id}, "userId": users})
}

// channel makes a channel of an ultra group; with users it is a private one of theirs.
func (s *server) channel(id, name string, users ...string) {
	s.t.Helper()
	form := url.Values{"groupId": {id}, "busChannel": {name}, "type": {"0"}}
	if len(users) == 0 {
		s.call("/ultragroup/channel/create.json", form)
		return
	}
	form.Set("type", "1")
	s.call("/ultragroup/channel/create.json", form)
	s.call("/ultragroup/channel/private/users/add.json", url.Values{"groupId": {id}, "busChannel": {name}, "userIds": {strings.Join(users, ",")}})
}

// connectUltra is connect, and waits until the page hears of ultra groups.
func (s *server) connectUltra(t *testing.T, name string) *user {
	t.Helper()
	u := s.connect(t, name)
	event[any](u, "ULTRA_GROUP_ENABLE", "true")
	return u
}

// ultraConversation is what the SDK tells of a channel.
type ultraConversation struct {
	Target      string   `json:"targetId"`
	Channel     string   `json:"channelId"`
	ChannelType *int     `json:"channelType"`
	Latest      *message `json:"latestMessage"`
	Unread      int      `json:"unreadMessageCount"`
	Mentioned   int      `json:"unreadMentionedCount"`
	MentionedMe int      `json:"unreadMentionedMeCount"`
}

// TestSDKUltraGroup: members write to each other in the default channel and in
// others, and each message is in its channel.
func TestSDKUltraGroup(t *testing.T) {
	s := startServer(t)
	s.ultra("club", "alice", "bob")
	s.channel("club", "news")
	alice, bob := s.connectUltra(t, "alice"), s.connectUltra(t, "bob")

	sent := alice.send(ultraGroup("club", "news"), "TextMessage", rich, richOptions)
	mustBeSent(t, sent)
	checkMessage(t, bob.hears("hello bob, 你好 😀"), message{
		Type: 10, Target: "club", Channel: "news", Sender: "alice", ObjectName: "RC:TxtMsg",
		UID: sent.Data.UID, ID: sent.Before.ID, Sent: sent.Data.Sent, Direction: 2, SentStatus: 30,
		Content: richContent(t, nil), Expansion: map[string]string{"mood": "fine"}, CanIncludeExpansion: true,
		Persisted: true, Counted: true, Silent: true,
	})
	alice.say(ultraGroup("club", ""), "to all")
	if got := bob.hears("to all"); got.Channel != defaultChannel {
		t.Errorf("a message without channel is in %q", got.Channel)
	}
	bob.say(ultraGroup("club", ""), "hello alice")
	alice.hears("hello alice")
	if own := alice.texts(func(m message) bool { return !received(m) }); len(own) > 0 {
		t.Errorf("alice was told what she sent herself: %q", own)
	}
	for channel, want := range map[string][]string{"news": {"hello bob, 你好 😀"}, "": {"to all", "hello alice"}} {
		page := do[struct{ List []message }](bob, "getHistoryMessages", ultraGroup("club", channel), map[string]any{"timestamp": 0, "count": 20})
		var texts []string
		for _, m := range page.List {
			texts = append(texts, m.text())
		}
		if !slices.Equal(texts, want) {
			t.Errorf("the history of %q is %q", channel, texts)
		}
	}
	if r := alice.send(ultraGroup("club", "nowhere"), "TextMessage", rich, nil); r.Code != 24414 {
		t.Errorf("to no channel: %d", r.Code)
	}
	carol := s.connectUltra(t, "carol")
	if r := carol.send(ultraGroup("club", ""), "TextMessage", rich, nil); r.Code != 24406 {
		t.Errorf("from who is not in the group: %d", r.Code)
	}
}

// TestSDKUltraUnread: what a member has not read is counted by channel, with
// mentions, also after being away; reading it on one page is known to the other.
func TestSDKUltraUnread(t *testing.T) {
	s := startServer(t)
	s.ultra("club", "alice", "bob", "carol")
	s.channel("club", "news")
	alice := s.connectUltra(t, "alice")
	mention := func(typ int, users ...string) map[string]any {
		return map[string]any{"content": "look", "mentionedInfo": map[string]any{"type": typ, "userIdList": users, "mentionedContent": ""}}
	}
	say := func(channel string, content map[string]any) message {
		sent := alice.send(ultraGroup("club", channel), "TextMessage", content, map[string]any{"isMentioned": content["mentionedInfo"] != nil})
		mustBeSent(t, sent)
		return sent.Data
	}
	first := say("news", map[string]any{"content": "one"})
	say("", map[string]any{"content": "two"})
	all, you := say("news", mention(1)), say("news", mention(2, "bob"))
	say("news", mention(2, "carol"))

	bob := s.connectUltra(t, "bob")
	if heard := bob.texts(received); len(heard) > 0 {
		t.Errorf("bob, who was away, hears %q", heard)
	}
	list := do[[]ultraConversation](bob, "getUltraGroupList")
	if len(list) != 2 || list[0].Channel != "news" || list[1].Channel != defaultChannel {
		t.Fatalf("the list is %+v", list)
	}
	news := list[0]
	if news.Unread != 4 || news.Mentioned != 2 || news.MentionedMe != 1 || news.Latest == nil || news.Latest.text() != "look" || list[1].Unread != 1 {
		t.Errorf("the list is %+v", list)
	}
	wantFirst := do[struct {
		UID  string `json:"messageUId"`
		Sent int64  `json:"sentTime"`
	}](bob, "getUltraGroupFirstUnreadMessageTimestamp", map[string]any{"targetId": "club", "channelId": "news"})
	if wantFirst.UID != first.UID || wantFirst.Sent != first.Sent {
		t.Errorf("the first unread is %+v, not %s of %d", wantFirst, first.UID, first.Sent)
	}
	for function, want := range map[string]int{"getUltraGroupUnreadCountByTargetId": 5, "getUltraGroupUnreadMentionedCountByTargetId": 2} {
		if got := do[int](bob, function, "club"); got != want {
			t.Errorf("%s is %d, not %d", function, got, want)
		}
	}
	type digest struct {
		UID  string `json:"messageUId"`
		Sent int64  `json:"sentTime"`
		Name string `json:"messageType"`
		How  int    `json:"mentionedType"`
	}
	mentions := func(since int64) []digest {
		return do[[]digest](bob, "getUltraGroupUnreadMentionedMessages", map[string]any{"targetId": "club", "channelId": "news", "sentTime": since, "count": 10})
	}
	want := []digest{{all.UID, all.Sent, "RC:TxtMsg", 1}, {you.UID, you.Sent, "RC:TxtMsg", 2}}
	if got := mentions(0); !slices.Equal(got, want) {
		t.Errorf("mentions %+v, not %+v", got, want)
	}
	if got := mentions(all.Sent); !slices.Equal(got, want[1:]) {
		t.Errorf("later mentions %+v, not %+v", got, want[1:])
	}

	alice.say(ultraGroup("club", "news"), "three")
	bob.hears("three")
	if got := do[int](bob, "getUnreadCount", ultraGroup("club", "news")); got != 5 {
		t.Errorf("%d unread, not 5", got)
	}
	other := s.connectUltra(t, "bob")
	do[any](bob, "clearMessagesUnreadStatus", ultraGroup("club", "news"))
	event[any](other, "CONVERSATION", `e.conversationList.some((c) => c.conversation.channelId === "news" && c.conversation.unreadMessageCount === 0)`)
	if got := mentions(0); len(got) > 0 {
		t.Errorf("mentions %+v after reading", got)
	}
	later := s.connectUltra(t, "bob")
	type info struct {
		Channel   string `json:"channelId"`
		Unread    int    `json:"unreadMessageCount"`
		Mentioned int    `json:"mentionedCount"`
	}
	for _, i := range do[[]info](later, "getUltraGroupUnreadInfoList", []string{"club"}) {
		if want := map[string]info{"news": {"news", 0, 0}, defaultChannel: {defaultChannel, 1, 0}}[i.Channel]; i != want {
			t.Errorf("%+v, not %+v", i, want)
		}
	}
}

// TestSDKUltraPrivate: only its members see a private channel, and all hear what
// becomes of it.
func TestSDKUltraPrivate(t *testing.T) {
	s := startServer(t)
	s.ultra("club", "alice", "bob", "carol")
	s.channel("club", "secret", "alice", "bob")
	alice, bob, carol := s.connectUltra(t, "alice"), s.connectUltra(t, "bob"), s.connectUltra(t, "carol")
	secret := ultraGroup("club", "secret")

	alice.say(secret, "for two")
	alice.say(ultraGroup("club", ""), "for all")
	bob.hears("for two")
	carol.hears("for all")
	if got := carol.texts(received); !slices.Equal(got, []string{"for all"}) {
		t.Errorf("carol hears %q", got)
	}
	if list := do[[]ultraConversation](bob, "getUltraGroupList", map[string]any{"targetId": "club", "channelType": 1}); len(list) != 1 || list[0].Channel != "secret" {
		t.Errorf("private channels of bob: %+v", list)
	}
	if r := carol.send(secret, "TextMessage", rich, nil); r.Code != 24416 {
		t.Errorf("carol sends: code %d", r.Code)
	}
	if r := try[any](carol, "getHistoryMessages", secret, map[string]any{"timestamp": 0, "count": 20}); r.Code != 24416 {
		t.Errorf("carol reads: code %d", r.Code)
	}
	for _, c := range do[[]ultraConversation](s.connectUltra(t, "carol"), "getUltraGroupList") {
		if c.Channel == "secret" {
			t.Error("carol is told of the channel")
		}
	}

	form := url.Values{"groupId": {"club"}, "busChannel": {"secret"}}
	with := func(name, value string) url.Values {
		return url.Values{"groupId": form["groupId"], "busChannel": form["busChannel"], name: {value}}
	}
	s.call("/ultragroup/channel/type/change.json", with("type", "0"))
	event[any](carol, "ULTRA_GROUP_CHANNEL_TYPE_CHANGE", `e.some((c) => c.channelId === "secret" && c.changeType === 3 && c.channelType === 0)`)
	bob.say(secret, "for all again")
	carol.hears("for all again")
	s.call("/ultragroup/channel/type/change.json", with("type", "1"))
	event[any](carol, "ULTRA_GROUP_CHANNEL_TYPE_CHANGE", `e.some((c) => c.channelId === "secret" && c.changeType === 6)`)
	event[any](alice, "ULTRA_GROUP_CHANNEL_TYPE_CHANGE", `e.some((c) => c.channelId === "secret" && c.changeType === 2)`)
	s.call("/ultragroup/channel/private/users/del.json", with("userIds", "bob"))
	for _, u := range []*user{alice, bob} {
		event[any](u, "ULTRA_GROUP_CHANNEL_USER_KICKED", `e.some((c) => c.channelId === "secret" && c.userId === "bob")`)
	}
	if r := bob.send(secret, "TextMessage", rich, nil); r.Code != 24416 {
		t.Errorf("bob sends: code %d", r.Code)
	}
	s.channel("club", "news")
	for _, channel := range []string{"secret", "news"} {
		s.call("/ultragroup/channel/del.json", url.Values{"groupId": {"club"}, "busChannel": {channel}})
		event[any](alice, "ULTRA_GROUP_CHANNEL_DELETE", `e.some((c) => c.channelId === "`+channel+`")`)
	}
	event[any](carol, "ULTRA_GROUP_CHANNEL_DELETE", `e.some((c) => c.channelId === "news")`)
	if told := call[bool](carol.page, `() => im.heard.events.some((e) => e.name.includes("DELETE") && e.event.some((c) => c.channelId === "secret"))`); told {
		t.Error("carol is told of the end of a channel that she does not see")
	}
}

// TestSDKUltraDirectional: who is not named never sees a directional message:
// not live, not on coming back, not in history.
//
// Shows S047, S048.
func TestSDKUltraDirectional(t *testing.T) {
	s := startServer(t)
	s.ultra("club", "alice", "bob", "carol")
	alice, bob, carol := s.connectUltra(t, "alice"), s.connectUltra(t, "bob"), s.connectUltra(t, "carol")
	club := ultraGroup("club", "")
	text := map[string]any{"content": "for bob"}
	mustBeSent(t, alice.send(club, "TextMessage", text, map[string]any{"directionalUserIdList": []string{"bob", "mallory"}}))
	if got := bob.hears("for bob"); !slices.Equal(got.Directed, []string{"bob", "mallory"}) {
		t.Errorf("directed to %q", got.Directed)
	}
	history := func(u *user) (texts []string) {
		page := do[struct{ List []message }](u, "getHistoryMessages", club, map[string]any{"timestamp": 0, "count": 20})
		for _, m := range page.List {
			texts = append(texts, m.text())
		}
		return texts
	}
	if got := history(carol); len(got) > 0 {
		t.Errorf("carol reads %q", got)
	}
	if got := history(bob); !slices.Equal(got, []string{"for bob"}) {
		t.Errorf("bob reads %q", got)
	}
	if list := do[[]ultraConversation](s.connectUltra(t, "carol"), "getUltraGroupList"); len(list) > 0 {
		t.Errorf("carol, back again, is told of %+v", list)
	}
	alice.say(club, "for all")
	carol.hears("for all")
	if got := carol.texts(received); !slices.Equal(got, []string{"for all"}) {
		t.Errorf("carol hears %q", got)
	}
}

// TestSDKUltraTyping: the others who see a channel are told who types there.
func TestSDKUltraTyping(t *testing.T) {
	s := startServer(t)
	s.ultra("club", "alice", "bob", "carol")
	s.channel("club", "secret", "alice", "bob")
	alice, bob, carol := s.connectUltra(t, "alice"), s.connectUltra(t, "bob"), s.connectUltra(t, "carol")
	do[any](alice, "sendUltraGroupTypingStatus", ultraGroup("club", "secret"))
	event[any](bob, "OPERATE_STATUS", `e.info.some((i) => i.targetId === "club" && i.channelId === "secret" && i.userId === "alice")`)
	do[any](alice, "sendUltraGroupTypingStatus", ultraGroup("club", ""))
	event[any](carol, "OPERATE_STATUS", `e.info.some((i) => i.channelId === "RCDefault" && i.userId === "alice")`)
	if told := call[bool](carol.page, `() => JSON.stringify(im.heard.events).includes("secret")`); told {
		t.Error("carol is told who types in a channel that she does not see")
	}
}

// TestSDKUltraLevel: a group and its channels have default notification levels.
func TestSDKUltraLevel(t *testing.T) {
	s := startServer(t)
	s.ultra("club", "alice", "bob")
	alice, bob := s.connectUltra(t, "alice"), s.connectUltra(t, "bob")
	whole, channel := map[string]any{"targetId": "club"}, map[string]any{"targetId": "club", "channelId": defaultChannel}
	do[any](alice, "setUltraGroupDefaultNotificationLevel", whole, 5)
	do[any](alice, "setUltraGroupDefaultNotificationLevel", channel, 1)
	if w, c := do[int](bob, "getUltraGroupDefaultNotificationLevel", whole), do[int](bob, "getUltraGroupDefaultNotificationLevel", channel); w != 5 || c != 1 {
		t.Errorf("levels %d and %d", w, c)
	}
	carol := s.connectUltra(t, "carol")
	if r := try[any](carol, "setUltraGroupDefaultNotificationLevel", whole, 0); r.Code != 24406 {
		t.Errorf("of who is not in the group: code %d", r.Code)
	}
}

// TestSDKUltraDelete: a user deletes and clears copies of their own.
func TestSDKUltraDelete(t *testing.T) {
	s := startServer(t)
	s.ultra("club", "alice", "bob")
	alice, bob := s.connectUltra(t, "alice"), s.connectUltra(t, "bob")
	club := ultraGroup("club", "")
	alice.say(club, "one")
	alice.say(club, "two")
	alice.say(club, "three")
	last := bob.hears("three")
	history := func(u *user) (texts []string) {
		page := do[struct{ List []message }](u, "getHistoryMessages", club, map[string]any{"timestamp": 0, "count": 20})
		for _, m := range page.List {
			texts = append(texts, m.text())
		}
		return texts
	}
	do[any](bob, "deleteMessages", club, []map[string]any{{"messageUId": last.UID, "sentTime": last.Sent, "messageDirection": 2}})
	if got := history(bob); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("bob reads %q", got)
	}
	list := do[[]ultraConversation](s.connectUltra(t, "bob"), "getUltraGroupList")
	if len(list) != 1 || list[0].Latest.text() != "two" || list[0].Unread != 2 {
		t.Errorf("coming back, bob finds %+v", list)
	}
	do[any](bob, "clearHistoryMessages", club, last.Sent)
	if got := history(bob); len(got) > 0 {
		t.Errorf("bob reads %q", got)
	}
	if got := history(alice); len(got) != 3 {
		t.Errorf("alice reads %q", got)
	}
}

// TestSDKUltraBlocked: a channel is made quiet, and listed among those that are.
func TestSDKUltraBlocked(t *testing.T) {
	s := startServer(t)
	s.ultra("club", "alice", "bob")
	s.channel("club", "news")
	alice, bob := s.connectUltra(t, "alice"), s.connectUltra(t, "bob")
	alice.say(ultraGroup("club", "news"), "loud")
	bob.hears("loud")
	do[any](bob, "setConversationNotificationLevel", ultraGroup("club", "news"), 5)
	list := do[[]ultraConversation](bob, "getBlockUltraGroupList")
	if len(list) != 1 || list[0].Channel != "news" {
		t.Errorf("quiet are %+v", list)
	}
	tablet := s.connectUltra(t, "bob")
	event[any](tablet, "CONVERSATION", `e.conversationList.some((c) => c.conversation.channelId === "news" && c.conversation.notificationLevel === 5)`)
}

// TestSDKUltraAmend: an edit, a changed expansion and a recall are told to those
// who see the channel, and to nobody else, and every read shows them.
func TestSDKUltraAmend(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.ultra("club", "alice", "bob", "carol")
	s.channel("club", "secret", "alice", "bob")
	alice, bob, carol := s.connectUltra(t, "alice"), s.connectUltra(t, "bob"), s.connectUltra(t, "carol")
	secret := ultraGroup("club", "secret")

	sent := alice.send(secret, "TextMessage", map[string]any{"content": "before"}, map[string]any{"canIncludeExpansion": true})
	mustBeSent(t, sent)
	m := sent.Data
	got := bob.hears("before")

	do[any](bob, "updateExpansionForUltraGroupMessage", map[string]string{"a": "1", "b": "2"}, got)
	event[any](alice, "ULTRA_GROUP_MESSAGE_EXPANSION_UPDATED", `e.some((m) => m.channelId === "secret" && m.expansion.a === "1" && m.expansion.b === "2")`)
	do[any](alice, "removeExpansionForUltraGroupMessage", []string{"a"}, m)
	event[any](bob, "ULTRA_GROUP_MESSAGE_EXPANSION_UPDATED", `e.some((m) => !m.expansion.a && m.expansion.b === "2")`)
	do[any](alice, "removeAllExpansionForUltraGroupMessage", m)
	event[any](bob, "ULTRA_GROUP_MESSAGE_EXPANSION_UPDATED", `e.some((m) => !m.expansion || Object.keys(m.expansion).length === 0)`)

	do[any](alice, "modifyMessage", map[string]any{"content": "after"}, m)
	event[any](bob, "ULTRA_GROUP_MESSAGE_MODIFIED", `e.some((m) => m.channelId === "secret" && m.content.content === "after" && m.isModifyMessage)`)
	byUID := do[map[string]message](bob, "getUltraGroupMessageListByMessageUId", secret, []map[string]any{{"messageUId": m.UID, "sendTime": m.Sent, "channelId": "secret"}})
	if byUID[m.UID].text() != "after" {
		t.Errorf("by its name the message is %+v", byUID)
	}
	if r := try[any](bob, "modifyMessage", map[string]any{"content": "mine"}, got); r.Code == 0 {
		t.Error("bob edits what alice sent")
	}

	later := alice.say(secret, "gone soon")
	bob.hears("gone soon")
	if n := do[int](bob, "getUnreadCount", secret); n != 2 {
		t.Errorf("%d unread before the recall", n)
	}
	recalled := do[message](alice, "recallMessage", secret, map[string]any{"messageUId": later.UID, "sentTime": later.Sent})
	if recalled.ObjectName != "RC:RcCmd" {
		t.Errorf("the recall is %+v", recalled)
	}
	event[any](bob, "ULTRA_GROUP_MESSAGE_RECALLED", `e.some((m) => m.channelId === "secret" && m.content.messageUId === "`+later.UID+`")`)
	if n := do[int](bob, "getUnreadCount", secret); n != 1 {
		t.Errorf("%d unread after the recall", n)
	}
	page := do[struct{ List []message }](bob, "getHistoryMessages", secret, map[string]any{"timestamp": 0, "count": 20})
	if len(page.List) != 2 || page.List[0].text() != "after" || page.List[1].ObjectName != "RC:RcNtf" {
		t.Errorf("history is %+v", page.List)
	}
	tablet := s.connectUltra(t, "bob")
	list := do[[]ultraConversation](tablet, "getUltraGroupList")
	if len(list) != 1 || list[0].Latest == nil || list[0].Latest.ObjectName != "RC:RcNtf" || list[0].Unread != 1 {
		t.Errorf("coming back, bob finds %+v", list)
	}

	alice.say(ultraGroup("club", ""), "for all")
	carol.hears("for all")
	if told := call[bool](carol.page, `() => im.heard.events.some((e) => /ULTRA_GROUP_MESSAGE|MODIFIED/.test(e.name) && e.event?.length > 0)`); told {
		t.Error("carol is told of changes in a channel that she does not see")
	}
	if own := call[bool](alice.page, `() => im.heard.events.some((e) => /RECALLED|MODIFIED/.test(e.name) && e.event?.length > 0)`); own {
		t.Error("alice is told of what she did herself")
	}
}
