package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// pull is all of a user's stream.
func (b *fixture) pull(user chat.UserID) []*chat.Message {
	b.t.Helper()
	page, err := b.store.Pull(context.Background(), store.Pull{User: user, Limit: 1 << 20})
	if err != nil {
		b.t.Fatal(err)
	}
	return page.Messages
}

// log is all of a conversation.
func (b *fixture) log(c chat.Conversation, viewer chat.UserID) []*chat.Message {
	b.t.Helper()
	page, err := b.store.History(context.Background(), store.Range{Log: c.Log(viewer), Viewer: viewer, All: true, Limit: 1 << 20})
	if err != nil {
		b.t.Fatal(err)
	}
	return page.Messages
}

// seen is m as the receiver's SDK decodes it.
func seen(t *testing.T, m *chat.Message, viewer chat.UserID) *pb.DownMessage {
	t.Helper()
	var down pb.DownMessage
	if err := down.UnmarshalVT(wire.AppendMessage(nil, m, viewer)); err != nil {
		t.Fatal(err)
	}
	return &down
}

func encode(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

// named are the messageUIDs of an answer.
func named(t *testing.T, answer map[string]any, target string) (targets, uids []string) {
	t.Helper()
	list, ok := answer["messageUIDs"].([]any)
	if !ok {
		t.Fatalf("messageUIDs is %v", answer["messageUIDs"])
	}
	for _, entry := range list {
		e := entry.(map[string]any)
		targets = append(targets, e[target].(string))
		uids = append(uids, e["messageUID"].(string))
	}
	return targets, uids
}

func TestPrivatePublish(t *testing.T) {
	b := start(t, Config{}, nil)
	answer := b.ok("/message/private/publish.json", encode("fromUserId", "alice", "toUserId", "bob", "toUserId", "carol", "toUserId", "bob",
		"objectName", "RC:TxtMsg", "content", `{"content":"hi"}`, "pushContent", "pc", "pushData", "pd",
		"expansion", "true", "extraContent", `{"k":"v"}`, "busChannel", "ch", "disableUpdateLastMsg", "true",
		"pushExt", `{"title":"T","templateId":"7","forceShowPushContent":1,"pushConfigs":[{"HW":{"channelId":"c"}}]}`))
	targets, uids := named(t, answer, "userId")
	if want := []string{"bob", "carol"}; !slices.Equal(targets, want) {
		t.Fatalf("sent to %v, want %v", targets, want)
	}
	for i, user := range []chat.UserID{"bob", "carol"} {
		got := b.pull(user)
		if len(got) != 1 || string(got[0].UID()) != uids[i] {
			t.Fatalf("%s got %v, want %s", user, got, uids[i])
		}
		down := seen(t, got[0], user)
		if down.GetFromUserId() != "alice" || down.GetType() != 1 || down.GetClassName() != "RC:TxtMsg" || string(down.Content) != `{"content":"hi"}` ||
			down.GetPushContent() != "pc" || down.GetBusChannel() != "ch" || down.GetExtraContent() != `{"k":{"v":"v"}}` ||
			down.GetStatus() != 16|32|1024 || down.GetOptionBits() != 1 || down.GetConfigFlag() != 8 || down.GetMsgId() != uids[i] {
			t.Errorf("%s sees %v", user, down)
		}
		if p := down.GetPushExt(); p.GetTitle() != "T" || p.GetTemplateId() != "7" || p.GetPushConfigs() != `[{"HW":{"channelId":"c"}}]` {
			t.Errorf("pushExt is %v", p)
		}
	}
	if got := b.pull("alice"); len(got) != 0 {
		t.Errorf("the sender got %d messages without isIncludeSender", len(got))
	}
	answer = b.ok("/message/private/publish.json", text+"&toUserId=b&isIncludeSender=1")
	if got := b.pull("a"); len(got) != 1 || string(got[0].UID()) != answer["messageUID"] {
		t.Errorf("the sender got %v, want %v", got, answer["messageUID"])
	}
}

// The same message twice is two messages: the API has no client id.
func TestPublishIsNotARetry(t *testing.T) {
	b := start(t, Config{}, nil)
	for range 2 {
		b.ok("/message/private/publish.json", text+"&toUserId=b")
	}
	if got := b.pull("b"); len(got) != 2 {
		t.Errorf("b got %d messages, want 2", len(got))
	}
}

func TestPublishFlags(t *testing.T) {
	b := start(t, Config{}, nil)
	for params, want := range map[string]int64{
		"":                          16 | 32,
		"&isPersisted=0":            32,
		"&isCounted=0":              16,
		"&isCounted=1&expansion=1":  16 | 32 | 1024,
		"&disablePush=true":         16 | 32 | 512,
		"&isMentioned=1":            16 | 32, // concerns groups
		"&count=3":                  16 | 32, // concerns phones
		"&isPersisted=&isCounted=":  16 | 32,
		"&contentAvailable=1&foo=1": 16 | 32,
	} {
		uid := b.ok("/message/private/publish.json", text+"&toUserId=b"+params)["messageUID"]
		log := b.log(chat.Conversation{Type: chat.Private, Target: "b"}, "a")
		m := log[len(log)-1]
		if got := seen(t, m, "b").GetStatus(); got != want || string(m.UID()) != uid {
			t.Errorf("%q: status is %d, want %d", params, got, want)
		}
	}
}

func TestBlacklistConcernsWhoAsks(t *testing.T) {
	b := start(t, Config{}, nil)
	b.ok("/user/blacklist/add.json", "userId=bob&blackUserId=a")
	to := "&toUserId=bob&toUserId=carol"
	targets, _ := named(t, b.ok("/message/private/publish.json", text+to), "userId")
	if len(targets) != 2 {
		t.Errorf("sent to %v", targets)
	}
	targets, _ = named(t, b.ok("/message/private/publish.json", text+to+"&verifyBlacklist=1"), "userId")
	if !slices.Equal(targets, []string{"carol"}) {
		t.Errorf("with verifyBlacklist sent to %v", targets)
	}
	targets, _ = named(t, b.ok("/message/private/publish.json", text+"&toUserId=bob&verifyBlacklist=1"), "userId")
	if len(targets) != 0 {
		t.Errorf("sent to %v", targets)
	}
}

func TestGroupPublish(t *testing.T) {
	b := start(t, Config{}, nil)
	b.ok("/group/create.json", "groupId=g1&groupName=G&userId=alice&userId=bob")
	b.ok("/group/create.json", "groupId=g2&groupName=G&userId=carol")
	// The sender is in neither group, and the third group does not exist.
	targets, uids := named(t, b.ok("/message/group/publish.json", text+"&toGroupId=g1&toGroupId=g2&toGroupId=g3"), "groupId")
	if !slices.Equal(targets, []string{"g1", "g2", "g3"}) {
		t.Errorf("sent to %v", targets)
	}
	for i, user := range []chat.UserID{"alice", "carol"} {
		if got := b.pull(user); len(got) != 1 || string(got[0].UID()) != uids[i] || seen(t, got[0], user).GetGroupId() != targets[i] {
			t.Errorf("%s got %v", user, got)
		}
	}
}

func TestDirectionalPublish(t *testing.T) {
	b := start(t, Config{}, nil)
	b.ok("/group/create.json", "groupId=g&groupName=G&userId=alice&userId=bob&userId=carol")
	b.ok("/message/group/publish.json", text+"&toGroupId=g&toUserId=bob&toUserId=stranger&expansion=true&disablePush=true&pushExt={")
	for user, want := range map[chat.UserID]int{"alice": 0, "bob": 1, "carol": 0, "stranger": 0} {
		got := b.pull(user)
		if len(got) != want {
			t.Errorf("%s got %d messages, want %d", user, len(got), want)
		}
		if want == 1 && seen(t, got[0], user).GetStatus() != 16|32 {
			t.Errorf("status is %d", seen(t, got[0], user).GetStatus())
		}
	}
	b.refused("/message/group/publish.json", text+"&toGroupId=g&toGroupId=h&toUserId=bob", 400, 1002, "toUserId goes with one toGroupId")
	b.refused("/message/group/publish.json", text+"&toGroupId=g&"+list("toUserId", 301), 400, 1002, "toUserId is there 301 times, over 300")
}

func TestMentions(t *testing.T) {
	b := start(t, Config{}, nil)
	b.ok("/group/create.json", "groupId=g&groupName=G&userId=alice")
	content := `{"content":"<hi>","mentionedInfo":{"type":1}}`
	for mentioned, want := range map[string]string{"1": content, "0": `{"content":"<hi>"}`, "": `{"content":"<hi>"}`} {
		b.ok("/message/group/publish.json", encode("fromUserId", "a", "toGroupId", "g", "objectName", "RC:TxtMsg", "content", content, "isMentioned", mentioned))
		got := b.pull("alice")
		down := seen(t, got[len(got)-1], "alice")
		var a, z any
		if json.Unmarshal(down.Content, &a) != nil || json.Unmarshal([]byte(want), &z) != nil || !reflect.DeepEqual(a, z) {
			t.Errorf("isMentioned=%s: content is %s", mentioned, down.Content)
		}
		if (down.GetStatus()&64 != 0) != (mentioned == "1") {
			t.Errorf("isMentioned=%s: status is %d", mentioned, down.GetStatus())
		}
	}
}

func TestChatroomAndSystemPublish(t *testing.T) {
	b := start(t, Config{}, nil)
	b.ok("/chatroom/create_new.json", "chatroomId=r1")
	targets, uids := named(t, b.ok("/message/chatroom/publish.json", text+"&toChatroomId=r1&toChatroomId=unknown"), "chatroomId")
	got := b.log(chat.Conversation{Type: chat.Chatroom, Target: "r1"}, "")
	if !slices.Equal(targets, []string{"r1", "unknown"}) || len(got) != 1 || string(got[0].UID()) != uids[0] {
		t.Errorf("sent to %v as %v, room has %v", targets, uids, got)
	}
	targets, uids = named(t, b.ok("/message/system/publish.json", text+"&"+list("toUserId", 100)), "userId")
	if len(targets) != 100 {
		t.Errorf("sent to %v", targets)
	}
	if got := b.pull("u99"); len(got) != 1 || string(got[0].UID()) != uids[99] || got[0].Type != chat.System {
		t.Errorf("u99 got %v", got)
	}
}

// One call's messages keep the order of its parameters, a thousand of them too.
func TestManyReceivers(t *testing.T) {
	b := start(t, Config{}, nil)
	targets, uids := named(t, b.ok("/message/private/publish.json", text+"&"+list("toUserId", 1000)), "userId")
	if len(targets) != 1000 || !slices.IsSorted(uids) {
		t.Errorf("%d messages, in order: %t", len(targets), slices.IsSorted(uids))
	}
	for i, user := range targets {
		if got := b.pull(chat.UserID(user)); len(got) != 1 || string(got[0].UID()) != uids[i] {
			t.Fatalf("%s got %v, want %s", user, got, uids[i])
		}
	}
}

// someFail accepts a message unless its target has an error.
type someFail struct {
	Writer
	errs map[string]error
}

func (s someFail) Send(_ context.Context, _ roster.Check, msgs ...*chat.Message) []error {
	errs := make([]error, len(msgs))
	for i, m := range msgs {
		errs[i] = s.errs[m.Target]
		m.ID = chat.ID{Tick: 1_700_000_000_000, Index: uint16(i)}
	}
	return errs
}

// When only some were stored the caller is told which, to send the rest again.
func TestPartialFailureSaysWhatWasAccepted(t *testing.T) {
	b := start(t, Config{}, func(a *App) {
		a.Writer = someFail{errs: map[string]error{
			"bob": &chat.Error{Code: chat.StoreUnavailable, Reason: "secret"}, "dan": chat.Errorf(chat.Blacklisted, "no"),
		}}
	})
	got := b.do(b.request("/message/private/publish.json", text+"&toUserId=alice&toUserId=bob&toUserId=carol&toUserId=dan"))
	b.wantRefusal(got, "partial", 503, 1000, "try again")
	if targets, _ := named(t, got.fields, "userId"); !slices.Equal(targets, []string{"alice", "carol"}) {
		t.Errorf("accepted for %v", targets)
	}
}

func TestPublishParameters(t *testing.T) {
	b := start(t, Config{}, nil)
	big := func(n int) string { return `{"content":"` + strings.Repeat("x", n-14) + `"}` }
	private := func(pairs ...string) string {
		return encode(append([]string{"fromUserId", "a", "toUserId", "b"}, pairs...)...)
	}
	for _, c := range []struct {
		path, form   string
		status, code int
		about        string
	}{
		{"private", "toUserId=b&objectName=x&content={}", 400, 1002, "fromUserId is missing"},
		{"private", text, 400, 1002, "toUserId is missing"},
		{"private", text + "&toUserId=", 400, 1002, "toUserId is missing"},
		{"private", text + "&" + list("toUserId", 1001), 400, 1002, "toUserId is there 1001 times, over 1000"},
		{"private", text + "&toUserId=b&toUserId=" + strings.Repeat("u", 65), 400, 1002, "toUserId is 65 bytes"},
		{"private", private("content", "{}"), 400, 1002, "objectName is missing"},
		{"private", private("objectName", strings.Repeat("o", 33), "content", "{}"), 400, 1002, "objectName is 33 bytes, over 32"},
		{"private", private("objectName", "x"), 400, 1002, "content is missing"},
		{"private", private("objectName", "x", "content", "not JSON"), 400, 1002, "content is not JSON"},
		{"private", private("objectName", "x", "content", big(131073)), 400, 1005, "131072"},
		{"private", text + "&toUserId=b&isPersisted=2", 400, 1002, "isPersisted"},
		{"private", text + "&toUserId=b&isIncludeSender=yes", 400, 1002, "isIncludeSender"},
		{"private", text + "&toUserId=b&verifyBlacklist=2", 400, 1002, "verifyBlacklist"},
		{"private", text + "&toUserId=b&pushExt={", 400, 1002, "pushExt"},
		{"private", text + "&toUserId=b&expansion=1&extraContent=[]", 400, 1002, "extraContent"},
		{"private", text + "&toUserId=b&busChannel=" + strings.Repeat("c", 65), 400, 1002, "busChannel is 65 bytes"},
		{"private", text + "&toUserId=b&pushContent=" + strings.Repeat("p", 8193), 400, 1002, "pushContent is 8193 bytes"},
		{"group", text, 400, 1002, "toGroupId is missing"},
		{"group", text + "&" + list("toGroupId", 4), 400, 1002, "toGroupId is there 4 times, over 3"},
		{"chatroom", text, 400, 1002, "toChatroomId is missing"},
		{"chatroom", text + "&" + list("toChatroomId", 101), 400, 1002, "toChatroomId"},
		{"system", text + "&" + list("toUserId", 101), 400, 1002, "toUserId is there 101 times, over 100"},
	} {
		b.refused("/message/"+c.path+"/publish.json", c.form, c.status, c.code, c.about)
	}
	if b.store.Last() != 0 {
		t.Error("a refused call committed something")
	}
	b.ok("/message/private/publish.json", private("objectName", strings.Repeat("o", 32), "content", big(131072)))
}

func TestTooManyExpansions(t *testing.T) {
	b := start(t, Config{}, nil)
	keys := map[string]string{}
	for i := range 301 {
		keys[fmt.Sprint(i)] = "v"
	}
	extra, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	b.refused("/message/private/publish.json", text+"&toUserId=b&expansion=1&extraContent="+url.QueryEscape(string(extra)), 400, 1002, "301 keys, over 300")
}

func TestRecall(t *testing.T) {
	b := start(t, Config{}, nil)
	b.ok("/group/create.json", "groupId=g&groupName=G&userId=a&userId=b")
	b.ok("/chatroom/create_new.json", "chatroomId=r")
	for _, c := range []struct {
		publish, to string
		typ         chat.ConversationType
		target      string
	}{
		{"private", "&toUserId=b", chat.Private, "b"},
		{"group", "&toGroupId=g", chat.Group, "g"},
		{"chatroom", "&toChatroomId=r", chat.Chatroom, "r"},
		{"system", "&toUserId=b", chat.System, "b"},
	} {
		uid := b.ok("/message/"+c.publish+"/publish.json", text+c.to)["messageUID"].(string)
		recall := encode("fromUserId", "a", "conversationType", fmt.Sprint(int(c.typ)), "targetId", c.target, "messageUID", uid,
			"sentTime", "1700000000000", "isAdmin", "1", "isDelete", "0", "extra", "why", "disablePush", "true")
		b.ok("/message/recall.json", recall)
		b.ok("/message/recall.json", recall) // once more does no harm
		log := b.log(chat.Conversation{Type: c.typ, Target: c.target}, "a")
		if len(log) != 2 || log[0].ObjectName != "RC:RcNtf" || log[1].ObjectName != "RC:RcCmd" {
			t.Fatalf("%s: the log has %d messages: %v", c.publish, len(log), log)
		}
		var command struct {
			MessageUID string `json:"messageUId"`
			IsAdmin    bool   `json:"isAdmin"`
			IsDelete   bool   `json:"isDelete"`
			Extra      string `json:"extra"`
		}
		if err := json.Unmarshal(seen(t, log[1], "b").Content, &command); err != nil {
			t.Fatal(err)
		}
		if command.MessageUID != uid || !command.IsAdmin || command.IsDelete || command.Extra != "why" {
			t.Errorf("%s: the command is %+v", c.publish, command)
		}
	}
}

func TestRecallParameters(t *testing.T) {
	b := start(t, Config{}, nil)
	valid := []string{"fromUserId", "a", "conversationType", "1", "targetId", "b", "messageUID", "5GSB-RPM1-KP8H-9JHF", "sentTime", "1700000000000"}
	b.ok("/message/recall.json", encode(valid...)) // of a message that is not there
	b.ok("/message/recall.json", strings.Replace(encode(valid...), "conversationType=1", "conversationType=2", 1))
	for _, c := range []struct {
		name, value  string
		status, code int
		about        string
	}{
		{"fromUserId", "", 400, 1002, "fromUserId is missing"},
		{"targetId", "", 400, 1002, "targetId is missing"},
		{"conversationType", "", 400, 1002, "conversationType is missing"},
		{"conversationType", "5", 400, 1002, "conversationType is 5, not 1 to 4, 6 or 10"},
		{"conversationType", "256", 400, 1002, "conversationType"},
		{"messageUID", "", 400, 1002, "messageUID"},
		{"messageUID", "nothing", 400, 1002, "messageUID"},
		{"sentTime", "-1", 400, 1002, "sentTime"},
	} {
		pairs := slices.Clone(valid)
		pairs[slices.Index(pairs, c.name)+1] = c.value
		b.refused("/message/recall.json", encode(pairs...), c.status, c.code, c.about)
	}
}
