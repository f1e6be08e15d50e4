package e2e

import (
	"encoding/json"
	"slices"
	"testing"
)

// listed is a conversation as the SDK hands it to an application.
type listed struct {
	conversation
	Latest    *message `json:"latestMessage"`
	Unread    int      `json:"unreadMessageCount"`
	Mentions  int      `json:"unreadMentionedCount"`
	Mentioned bool     `json:"hasMentioned"`
	Top       bool     `json:"isTop"`
	TopInTag  bool     `json:"isTopInTag"`
	Level     int      `json:"notificationLevel"`
	Time      int64    `json:"operationTime"`
}

// latest is the text of the latest message, or the type of one without text.
func (l listed) latest() string {
	switch {
	case l.Latest == nil:
		return ""
	case l.Latest.text() != "":
		return l.Latest.text()
	}
	return l.Latest.ObjectName
}

func targets(list []listed) (all []string) {
	for _, l := range list {
		all = append(all, l.Target)
	}
	return all
}

// list asks for the newest conversations.
func (u *user) list(count int) []listed {
	u.t.Helper()
	return do[[]listed](u, "getConversationListByTimestamp", map[string]any{"startTime": 0, "count": count, "order": 0})
}

func (u *user) mustList(want ...string) {
	u.t.Helper()
	if got := targets(u.list(300)); !slices.Equal(got, want) {
		u.t.Errorf("%s lists %q, want %q", u.name, got, want)
	}
}

// until asks a function of the SDK again and again until its data is as wanted.
func (u *user) until(want any, function string, args ...any) {
	u.t.Helper()
	text, err := json.Marshal(want)
	if err != nil {
		u.t.Fatal(err)
	}
	call[any](u.page, `async (want, name, ...args) => {
		for (;;) {
			const result = await RongIMLib[name](...args)
			if (JSON.stringify(result.data) === want) return true
			await new Promise((again) => setTimeout(again, 10))
		}
	}`, append([]any{string(text), function}, args...)...)
}

// unread waits until the SDK counts so many unread messages.
func (u *user) unread(want int, of conversation) {
	u.t.Helper()
	u.until(want, "getUnreadCount", of)
}

// mustUnread requires that it does so now.
func (u *user) mustUnread(want int, of conversation) {
	u.t.Helper()
	if got := do[int](u, "getUnreadCount", of); got != want {
		u.t.Errorf("%s has %d unread of %s, want %d", u.name, got, of.Target, want)
	}
}

// says sends several texts.
func (u *user) says(to conversation, texts ...string) (all []message) {
	u.t.Helper()
	for _, text := range texts {
		all = append(all, u.say(to, text))
	}
	return all
}

// fast are settings of an app whose users may do as much as they like.
func fast(more ...string) []string { return append([]string{"send-rate: 0"}, more...) }

// both runs a test in both modes of counting.
func both(t *testing.T, test func(t *testing.T, s *server, serverUnread bool)) {
	for _, who := range []string{"device", "server"} {
		t.Run("unread="+who, func(t *testing.T) {
			test(t, startWith(t, fast("unread: "+who)), who == "server")
		})
	}
}
