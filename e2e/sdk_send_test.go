package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestSDKSendMessage: sendMessage takes two arguments or three, resolves with
// code, data and msg whatever happens, and takes what the page says it takes,
// in the three kinds of conversation that the page is about.
// Shows S001, S003, S004, S005, S006, S007, S010, S011, S085, S100, S103, S104.
func TestSDKSendMessage(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t, "--send-rate", "0")
		s.group("team", "alice", "bob")
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		alice.join("hall", -1)
		bob.join("hall", -1)
		type constants struct{ Private, Group, Chatroom, Success, Text any }
		got := call[constants](alice.page, `() => ({
		private: RongIMLib.ConversationType.PRIVATE, group: RongIMLib.ConversationType.GROUP, chatroom: RongIMLib.ConversationType.CHATROOM,
		success: RongIMLib.ErrorCode.SUCCESS, text: RongIMLib.MessageType.TEXT })`)
		if want := (constants{1.0, 3.0, 4.0, 0.0, "RC:TxtMsg"}); got != want {
			t.Errorf("constants %v, want %v", got, want)
		}
		for kind, to := range map[string]conversation{"private 😀": private("bob"), "group 😀": group("team"), "chatroom 😀": chatroom("hall")} {
			r := call[struct {
				Keys       []string
				IsInstance bool
				Result     sent
			}](alice.page, `async (to, content) => {
			const message = new RongIMLib.TextMessage({ content })
			const result = await RongIMLib.sendMessage(to, message)
			return { keys: Object.keys(result), isInstance: message instanceof RongIMLib.BaseMessage, result }
		}`, to, kind)
			for _, key := range []string{"code", "data", "msg"} {
				if !slices.Contains(r.Keys, key) {
					t.Errorf("%s: the result has %v, not %s", kind, r.Keys, key)
				}
			}
			if r.Result.Code != 0 || r.Result.Data.ID == 0 || !r.IsInstance {
				t.Errorf("%s: %+v", kind, r)
			}
			m := bob.hears(kind) // the very characters
			if m.UID != r.Result.Data.UID || m.ID != r.Result.Data.ID || m.Type != to.Type {
				t.Errorf("bob hears %+v, sent was %+v", m, r.Result.Data)
			}
		}
	})
}

// TestSDKBadArguments: what is not a conversation, a message or an option is
// refused with a code, by resolving, and nothing is sent. Our SDK says in msg
// which argument it is.
// Shows S009, S013, S049.
func TestSDKBadArguments(t *testing.T) { withEach(t, badArguments) }

func badArguments(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	const text, toBob, toTeam = `new RongIMLib.TextMessage({ content: 'x' })`, `{ conversationType: 1, targetId: 'bob' }`, `{ conversationType: 3, targetId: 'team' }`
	for _, c := range []struct {
		arguments string
		code      int
		names     string // the argument
	}{
		{`undefined, ` + text, 34225, "conversation"},
		{`{ conversationType: 1 }, ` + text, 34210, "targetId"},
		{`{ conversationType: 1, targetId: '' }, ` + text, 34210, "targetId"},
		{`{ conversationType: 1, targetId: 'x'.repeat(65) }, ` + text, 34210, "targetId"},
		{`{ conversationType: 1, targetId: 'bob', channelId: 'a_b' }, ` + text, 34211, "channelId"},
		{`{ targetId: 'bob' }, ` + text, 34209, "conversationType"},
		{`{ conversationType: 99, targetId: 'bob' }, ` + text, 34209, "conversationType"},
		{toBob + `, { messageType: 'RC:TxtMsg' }`, 34205, "message.content"},
		{toBob + `, new RongIMLib.BaseMessage('app:unknown', 'hi')`, 34205, "message.content"},
		{toBob + `, { content: {} }`, 35024, "message.messageType"},
		{toBob + `, new RongIMLib.BaseMessage('RC:StreamMsg', {})`, 30017, ""},
		{toBob + `, new RongIMLib.TextMessage({ content: 'x'.repeat(131072) })`, 30016, "message.content"},
		{toBob + `, ` + text + `, { messageId: '1' }`, 34204, "messageId"},
		{toBob + `, ` + text + `, { disableNotification: 1 }`, 35037, "disableNotification"},
		{toBob + `, ` + text + `, { pushContent: 1 }`, 35030, "pushContent"},
		{toBob + `, ` + text + `, { pushData: 1 }`, 35050, "pushData"},
		{toBob + `, ` + text + `, { pushConfig: 'x' }`, 35049, "pushConfig"},
		{toBob + `, ` + text + `, { isVoipPush: 'x' }`, 35047, "isVoipPush"},
		{toBob + `, ` + text + `, { canIncludeExpansion: 'x' }`, 35036, "canIncludeExpansion"},
		{toBob + `, ` + text + `, { canIncludeExpansion: true, expansion: {} }`, 34010, "expansion"},
		{toBob + `, ` + text + `, { canIncludeExpansion: true, expansion: { 'a b': '1' } }`, 34220, "expansion"},
		{toBob + `, ` + text + `, { canIncludeExpansion: true, expansion: { a: 1 } }`, 34220, "expansion.a"},
		{toBob + `, ` + text + `, { canIncludeExpansion: true, expansion: { a: 'x'.repeat(4097) } }`, 34010, "expansion.a"},
		{toBob + `, ` + text + `, { disableUpdateLastMessage: 1 }`, 35054, "disableUpdateLastMessage"},
		{toBob + `, ` + text + `, { directionalUserIdList: ['carol'] }`, 34296, "directionalUserIdList"},
		{toTeam + `, ` + text + `, { directionalUserIdList: [''] }`, 34215, "directionalUserIdList"},
		{toTeam + `, ` + text + `, { isMentioned: 1 }`, 35046, "isMentioned"},
		{toTeam + `, ` + text + `, { isMentioned: true }`, 35048, "mentionedInfo.type"},
		{toTeam + `, ` + text + `, { isMentioned: true, mentionedType: 2 }`, 34215, "mentionedInfo.userIdList"},
		{toTeam + `, ` + text + `, { quoteInfo: { messageUId: '' } }`, 33404, "quoteInfo.messageUId"},
		{`{ conversationType: 6, targetId: 'bob' }, ` + text, 20109, ""},
	} {
		got := call[result[any]](alice.page, "() => RongIMLib.sendMessage("+c.arguments+")")
		if got.Code != c.code {
			t.Errorf("sendMessage(%s): code %d %s, want %d", c.arguments, got.Code, got.Msg, c.code)
		}
		if kitOf(t).name == hongyan.name && !strings.Contains(got.Msg, c.names) {
			t.Errorf("sendMessage(%s): %q does not name %s", c.arguments, got.Msg, c.names)
		}
	}
	alice.say(private("bob"), "that was all")
	bob.hears("that was all")
	if got := bob.heard(); len(got) != 1 {
		t.Errorf("bob has %+v", got)
	}
}

// TestSDKBefore: onSendBefore is called once, before anything is sent, with the
// message as a list shows it.
// Shows S026, S055.
func TestSDKBefore(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		got := call[struct {
			Calls  int
			Before message
			Heard  bool // before it resolved
			Result sent
		}](alice.page, `async (to) => {
		const seen = { calls: 0 }
		let resolved = false
		const options = { onSendBefore: (m) => { seen.calls++; seen.before = structuredClone(m); seen.heard = !resolved } }
		seen.result = await RongIMLib.sendMessage(to, new RongIMLib.TextMessage({ content: 'hi' }), options)
		resolved = true
		return seen
	}`, private("bob"))
		b := got.Before
		if got.Calls != 1 || !got.Heard || b.ID == 0 || b.text() != "hi" || b.Target != "bob" || b.SentStatus != 10 || b.UID != "" {
			t.Errorf("before: %+v", got)
		}
		if got.Result.Data.ID != b.ID || got.Result.Data.SentStatus != 30 || bob.hears("hi").ID != b.ID {
			t.Errorf("after: %+v", got.Result)
		}
	})
}

// TestSDKForward: what was received is sent on with the content it has.
// Shows S180.
func TestSDKForward(t *testing.T) {
	s := startServer(t)
	alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
	alice.sentText(private("bob"), "pass it on", map[string]any{"extra": "x"}, nil)
	got := bob.hears("pass it on")
	var content map[string]any
	if err := json.Unmarshal(got.Content, &content); err != nil {
		t.Fatal(err)
	}
	mustBeSent(t, bob.send(private("carol"), "TextMessage", content, nil))
	if m := carol.hears("pass it on"); string(m.Content) != string(got.Content) || m.Sender != "bob" || m.UID == got.UID {
		t.Errorf("carol hears %+v %s", m, m.Content)
	}
}

// TestSDKManyReceivers: a loop that keeps to five a second is never told to
// slow down; and the app's server sends to many in one call.
// Shows S181, S182, S183.
func TestSDKManyReceivers(t *testing.T) {
	s := startServer(t)
	s.group("one", "alice", "bob")
	s.group("two", "alice", "bob")
	alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
	bob.join("hall", -1)
	carol.join("yard", -1)
	codes := call[[]int](alice.page, `async (to) => {
		const codes = []
		for (const targetId of to) {
			const pace = new Promise((resolve) => setTimeout(resolve, 200))
			const message = new RongIMLib.TextMessage({ content: 'to each' })
			codes.push((await RongIMLib.sendMessage({ conversationType: 1, targetId }, message)).code)
			await pace
		}
		return codes
	}`, []string{"bob", "carol", "dave", "erin", "frank", "grace", "heidi"})
	if !slices.Equal(codes, make([]int, 7)) {
		t.Errorf("codes %v", codes)
	}
	for path, to := range map[string]url.Values{
		"/message/private/publish.json":  {"toUserId": {"bob", "carol"}},
		"/message/group/publish.json":    {"toGroupId": {"one", "two"}},
		"/message/chatroom/publish.json": {"toChatroomId": {"hall", "yard"}},
	} {
		to.Set("fromUserId", "shop")
		to.Set("objectName", "RC:TxtMsg")
		to.Set("content", `{"content":"`+path+`"}`)
		if uids, _ := s.call(path, to)["messageUIDs"].([]any); len(uids) != 2 {
			t.Errorf("%s names %v", path, uids)
		}
	}
	for u, want := range map[*user]int{bob: 5, carol: 3} { // carol is in no group
		call[any](u.page, "im.untilEvent", "MESSAGES", fmt.Sprintf("im.heard.messages.length >= %d", want))
		if got := u.texts(received); len(got) != want {
			t.Errorf("%s has %q", u.name, got)
		}
	}
}

// TestSDKTypingLeavesNothing: who was away hears nothing of who typed, and no
// history or count knows of it.
// Shows S167.
func TestSDKTypingLeavesNothing(t *testing.T) {
	s := startServer(t)
	s.group("team", "alice", "bob")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	bob.leave()
	for _, to := range []conversation{private("bob"), group("team")} {
		call[any](alice.page, "im.type", to, "RC:TxtMsg")
	}
	alice.say(private("bob"), "typed")
	bob.reload()
	bob.hears("typed")
	if typing := call[[]any](bob.page, "() => im.heard.typing"); len(typing) > 0 || len(bob.heard()) != 1 {
		t.Errorf("bob hears %v and %+v", typing, bob.heard())
	}
	if n := do[int](bob, "getTotalUnreadCount"); n != 1 {
		t.Errorf("bob has %d unread messages", n)
	}
	if got := bob.pages(group("team"), 0, 20, 0); len(got) > 0 {
		t.Errorf("the group's history holds %q", got)
	}
}
