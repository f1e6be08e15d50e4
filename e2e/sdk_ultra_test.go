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
