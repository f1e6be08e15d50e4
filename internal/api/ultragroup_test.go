package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Each call of a story, and what it answers with.
func TestUltraGroups(t *testing.T) {
	b := start(t, Config{}, nil)
	called := map[string]bool{}
	for _, c := range []struct{ path, form, want string }{
		{"/ultragroup/create", "groupId=g&groupName=Geese&userId=alice", ""},
		{"/ultragroup/create", "groupId=g&groupName=Geese&userId=bob", ""},
		{"/ultragroup/join", "groupId=g&userId=carol", ""},
		{"/ultragroup/refresh", "groupId=g&groupName=Gulls", ""},
		{"/ultragroup/member/exist", "groupId=g&userId=carol", "status:true"},
		{"/ultragroup/member/exist", "groupId=g&userId=dan", "status:false"},

		{"/ultragroup/channel/create", "groupId=g&busChannel=news", ""},
		{"/ultragroup/channel/create", "groupId=g&busChannel=secret&type=1", ""},
		{"/ultragroup/channel/create", "groupId=g&busChannel=secret&type=0", ""},
		{"/ultragroup/channel/get", "groupId=g", "RCDefault 0, news 0, secret 1"},
		{"/ultragroup/channel/get", "groupId=g&page=2&limit=2", "secret 1"},
		{"/ultragroup/channel/get", "groupId=g&page=3&limit=2", ""},
		{"/ultragroup/channel/type/change", "groupId=g&busChannel=news&type=1", ""},
		{"/ultragroup/channel/get", "groupId=g", "RCDefault 0, news 1, secret 1"},
		{"/ultragroup/channel/private/users/add", "groupId=g&busChannel=secret&userIds=alice,bob", ""},
		{"/ultragroup/channel/private/users/get", "groupId=g&busChannel=secret", "users:[alice bob]"},
		{"/ultragroup/channel/private/users/del", "groupId=g&busChannel=secret&userIds=bob,carol", ""},
		{"/ultragroup/channel/private/users/get", "groupId=g&busChannel=secret", "users:[alice]"},

		{"/ultragroup/notdisturb/get", "groupId=g", "busChannel: groupId:g unpushLevel:0"},
		{"/ultragroup/notdisturb/set", "groupId=g&busChannel=news&unpushLevel=5", ""},
		{"/ultragroup/notdisturb/get", "groupId=g&busChannel=news", "busChannel:news groupId:g unpushLevel:5"},
		{"/ultragroup/notdisturb/get", "groupId=g", "busChannel: groupId:g unpushLevel:0"},

		{"/ultragroup/userbanned/add", "groupId=g&userIds=bob,carol", ""},
		{"/ultragroup/userbanned/get", "groupId=g", "users:[map[id:bob] map[id:carol]]"},
		{"/ultragroup/userbanned/get", "groupId=g&busChannel=news", "users:[]"},
		{"/ultragroup/userbanned/del", "groupId=g&userIds=bob", ""},
		{"/ultragroup/userbanned/get", "groupId=g", "users:[map[id:carol]]"},
		{"/ultragroup/globalbanned/get", "groupId=g", "status:false"},
		{"/ultragroup/globalbanned/set", "groupId=g&status=true", ""},
		{"/ultragroup/globalbanned/get", "groupId=g", "status:true"},
		{"/ultragroup/banned/whitelist/add", "groupId=g&userIds=alice", ""},
		{"/ultragroup/banned/whitelist/get", "groupId=g", "users:[map[id:alice]]"},
		{"/ultragroup/banned/whitelist/del", "groupId=g&userIds=alice", ""},
		{"/ultragroup/banned/whitelist/get", "groupId=g", "users:[]"},

		{"/ultragroup/quit", "groupId=g&userId=alice&userId=nobody", ""},
		{"/ultragroup/member/exist", "groupId=g&userId=alice", "status:false"},
		{"/ultragroup/channel/private/users/get", "groupId=g&busChannel=secret", "users:[]"},
		{"/ultragroup/channel/del", "groupId=g&busChannel=secret", ""},
		{"/ultragroup/channel/del", "groupId=g&busChannel=secret", ""},
		{"/ultragroup/channel/get", "groupId=g", "RCDefault 0, news 1"},
		{"/message/ultragroup/publish", text + "&toGroupIds=g&isMentioned=1", "-"},
		{"/message/ultragroup/publish", text + "&toGroupIds=nowhere", "messageUIDs:[]"},
		{"/ultragroup/dis", "groupId=g&userId=bob", ""},
		{"/ultragroup/dis", "groupId=g&userId=bob", ""},
		{"/ultragroup/member/exist", "groupId=g&userId=bob", "status:false"},
	} {
		called[c.path] = true
		answer := b.ok(c.path+".json", c.form)
		delete(answer, "code")
		got := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(answer), "map["), "]")
		if list, ok := answer["channelList"].([]any); ok {
			var channels []string
			for _, l := range list {
				channels = append(channels, fmt.Sprintf("%v %v", l.(map[string]any)["channelId"], l.(map[string]any)["type"]))
			}
			got = strings.Join(channels, ", ")
		}
		if got != c.want && c.want != "-" {
			t.Errorf("%s %s answers %q, want %q", c.path, c.form, got, c.want)
		}
	}
	for path := range ultraEndpoints {
		if !called[path] {
			t.Errorf("%s was not called", path)
		}
	}
}

func TestUltraGroupLimits(t *testing.T) {
	b := start(t, Config{}, nil)
	b.ok("/ultragroup/create.json", "groupId=g&userId=alice")
	for i := range 49 {
		b.ok("/ultragroup/channel/create.json", fmt.Sprintf("groupId=g&busChannel=c%d", i))
	}
	for i := range 99 {
		b.ok("/ultragroup/create.json", fmt.Sprintf("groupId=g%d&userId=alice", i))
	}
	long := strings.Repeat("c", 21)
	for _, c := range []struct {
		path, form string
		code       int
		about      string
	}{
		{"/ultragroup/channel/create", "groupId=g&busChannel=more", int(chat.ChannelsFull), "50"},
		{"/ultragroup/join", "groupId=none&userId=bob", int(chat.UltraGroupMissing), ""},
		{"/ultragroup/create", "groupId=more&userId=alice", int(chat.UltraGroupsFull), "100"},
		{"/ultragroup/channel/create", "groupId=g&busChannel=" + long, 1002, "over 20"},
		{"/ultragroup/channel/create", "groupId=g&busChannel=a_b", 1002, "_"},
		{"/ultragroup/channel/create", "groupId=g", 1002, "busChannel"},
		{"/ultragroup/channel/create", "groupId=none&busChannel=c", int(chat.UltraGroupMissing), ""},
		{"/ultragroup/channel/del", "groupId=g&busChannel=RCDefault", 1002, "RCDefault"},
		{"/ultragroup/channel/type/change", "groupId=g&busChannel=RCDefault&type=1", 1002, "RCDefault"},
		{"/ultragroup/channel/type/change", "groupId=g&busChannel=none&type=1", int(chat.ChannelMissing), ""},
		{"/ultragroup/channel/private/users/add", "groupId=g&busChannel=c1&userIds=bob", int(chat.NotInUltraGroup), "bob"},
		{"/ultragroup/channel/private/users/add", "groupId=g&busChannel=c1&userIds=" + strings.Repeat("bob,", 101), 1002, "over 100"},
		{"/ultragroup/notdisturb/set", "groupId=g&unpushLevel=3", 1002, "unpushLevel"},
		{"/ultragroup/globalbanned/set", "groupId=g", 1002, "status"},
		{"/ultragroup/channel/get", "groupId=g&limit=101", 1002, "100"},
		{"/message/ultragroup/publish", text + "&toGroupIds=g&toGroupIds=g1&toUserIds=alice", 1002, "toUserIds"},
	} {
		b.refused(c.path+".json", c.form, 400, c.code, c.about)
	}
}

// A message of the app goes to a channel, and is a JSON object as well as a form.
func TestUltraPublish(t *testing.T) {
	b := start(t, Config{}, nil)
	b.ok("/ultragroup/create.json", "groupId=g&userId=alice&userId=bob")
	b.ok("/ultragroup/channel/create.json", "groupId=g&busChannel=news")
	r := b.request("/message/ultragroup/publish.json", `{"fromUserId":"app","objectName":"RC:TxtMsg","content":"{\"content\":\"hi\",\"mentionedInfo\":{\"type\":1}}",
		"toGroupIds":["g"],"busChannel":"news","toUserIds":["bob","nobody"],"isMentioned":1,"pushExt":null}`)
	r.Header.Set("Content-Type", "application/json")
	if got := b.do(r); got.status != http.StatusOK || got.fields["messageUID"] == nil {
		t.Fatalf("%d %v", got.status, got.fields)
	}
	page, err := b.store.History(t.Context(), store.Range{
		Log: chat.Conversation{Type: chat.UltraGroup, Target: "g", Channel: "news"}.Log(""), Limit: 10,
	})
	if err != nil || len(page.Messages) != 1 {
		t.Fatalf("%d messages, %v", len(page.Messages), err)
	}
	if m := page.Messages[0]; fmt.Sprint(m.To) != "[bob]" || m.Flags&chat.Mentioned == 0 || m.Sender != "app" {
		t.Errorf("%+v", m)
	}
	r = b.request("/message/ultragroup/publish.json", `["no object"]`)
	r.Header.Set("Content-Type", "application/json")
	b.wantRefusal(b.do(r), "a list", 400, 1002, "JSON object")
}
