package api

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/chatroom"
)

func (b *fixture) members(group string) string {
	b.t.Helper()
	users, ok := b.ok("/group/user/query.json", "groupId="+group)["users"].([]any)
	if !ok {
		b.t.Fatal("users is not a list")
	}
	var ids []string
	for _, u := range users {
		ids = append(ids, u.(map[string]any)["id"].(string))
	}
	return strings.Join(ids, " ")
}

func TestGroups(t *testing.T) {
	b := start(t, Config{}, nil)
	for _, c := range []struct {
		path, form string
		count      float64
		members    string
	}{
		{"/group/create", "groupId=g&groupName=Geese&userId=alice&userId=bob", 2, "alice bob"},
		{"/group/create", "groupId=g&groupName=Geese&userId=bob&userId=carol&userId=carol", 3, "alice bob carol"},
		{"/group/join", "groupId=g&userId=dan", 4, "alice bob carol dan"},
		{"/group/quit", "groupId=g&userId=alice&userId=nobody", 3, "bob carol dan"},
		{"/group/refresh", "groupId=g&groupName=Gulls", 3, "bob carol dan"},
		{"/group/dismiss", "groupId=g&userId=bob", 0, ""},
		{"/group/dismiss", "groupId=g&userId=bob", 0, ""},
		{"/group/quit", "groupId=g&userId=bob", 0, ""},
		{"/group/refresh", "groupId=g&groupName=Gone", 0, ""},
	} {
		if got := b.ok(c.path+".json", c.form)["memberCount"]; got != c.count {
			t.Errorf("%s %s: memberCount is %v, want %v", c.path, c.form, got, c.count)
		}
		if got := b.members("g"); got != c.members {
			t.Errorf("%s %s: members are %q, want %q", c.path, c.form, got, c.members)
		}
	}
	if _, err := b.store.Group(t.Context(), "g"); err == nil {
		t.Error("refreshing a group that is not there made it")
	}
}

func TestGroupSize(t *testing.T) {
	b := start(t, Config{GroupMembers: 3}, nil)
	b.ok("/group/create.json", "groupId=g&groupName=G&userId=a&userId=b")
	b.refused("/group/join.json", "groupId=g&userId=c&userId=d", 400, 1002, "4 members, over 3")
	b.ok("/group/join.json", "groupId=g&userId=b&userId=c")
	unbounded := start(t, Config{GroupMembers: -1}, nil)
	for i := range 4 {
		unbounded.ok("/group/join.json", fmt.Sprintf("groupId=g&userId=x%d&%s", i, list("userId", 999)))
	}
}

// A notice goes to those who join, and to those who leave.
func TestGroupNotice(t *testing.T) {
	b := start(t, Config{}, nil)
	notice := "&bindNotifyMsg=1&fromUserId=admin&objectName=RC:GrpNtf&content=" + url.QueryEscape(`{"message":"hi"}`)
	for _, path := range []string{"/group/create", "/group/quit", "/group/join", "/group/dismiss"} {
		uid, _ := b.ok(path+".json", "groupId=g&userId=alice"+notice)["messageUID"].(string)
		pulled := b.pull("alice")
		if len(pulled) == 0 || string(pulled[len(pulled)-1].UID()) != uid {
			t.Errorf("%s: alice did not get the notice %q", path, uid)
		}
	}
	b.refused("/group/join.json", "groupId=g&userId=bob&bindNotifyMsg=1", 400, 1002, "fromUserId is missing")
	if got := b.members("g"); got != "" {
		t.Errorf("a refused call made %s members", got)
	}
}

func TestGroupParameters(t *testing.T) {
	b := start(t, Config{}, nil)
	for _, c := range []struct{ path, form, about string }{
		{"/group/create", "groupId=g&groupName=n", "userId is missing"},
		{"/group/create", "userId=a&groupName=n", "groupId is missing"},
		{"/group/create", "userId=a&groupId=" + strings.Repeat("g", 65), "groupId is 65 bytes, not 1 to 64"},
		{"/group/create", "userId=a&groupId=g&groupName=" + strings.Repeat("n", 129), "groupName is 129 characters"},
		{"/group/create", "groupId=g&groupName=n&" + list("userId", 1001), "userId is there 1001 times, over 1000"},
		{"/group/join", "groupId=g&userId=a%0a", "userId holds a control character"},
		{"/group/quit", "groupId=g", "userId is missing"},
		{"/group/quit", "userId=a", "groupId is missing"},
		{"/group/dismiss", "userId=a", "groupId is missing"},
		{"/group/dismiss", "groupId=g&userId=%ff", "userId is not UTF-8"},
		{"/group/refresh", "groupId=g", "groupName is missing"},
		{"/group/user/query", "", "groupId is missing"},
		{"/group/join", "groupId=g&userId=a&bindNotifyMsg=2", "bindNotifyMsg is \"2\", not 0, 1, false or true"},
	} {
		b.refused(c.path+".json", c.form, 400, 1002, c.about)
	}
}

func TestChatrooms(t *testing.T) {
	b := start(t, Config{}, nil)
	exists := func(id, name string) {
		t.Helper()
		room, err := b.store.Room(t.Context(), id)
		if err != nil || room.Name != name {
			t.Errorf("room %s: %+v %v, want the name %q", id, room, err, name)
		}
	}
	b.ok("/chatroom/create.json", "chatroom[r1]=One&chatroom[r2]=Two")
	exists("r1", "One")
	exists("r2", "Two")
	b.ok("/chatroom/create_new.json", "chatroomId=r3&destroyType=1&destroyTime=10080&isBan=false&whiteUserIds=a&entryOwnerId=a")
	exists("r3", "")
	b.ok("/chatroom/destroy.json", "chatroomId=r1&chatroomId=r3&chatroomId=unknown")
	for _, id := range []string{"r1", "r3"} {
		if _, err := b.store.Room(t.Context(), id); err == nil {
			t.Errorf("room %s is still there", id)
		}
	}
	exists("r2", "Two")
}

func TestChatroomMembers(t *testing.T) {
	b := start(t, Config{}, nil)
	at := time.Date(2022, 9, 25, 16, 12, 38, 0, time.FixedZone("", 8*3600))
	for i := range 600 {
		b.rooms.members["r"] = append(b.rooms.members["r"], chatroom.Member{User: chat.UserID(fmt.Sprintf("u%d", i%10)), Joined: at.Add(time.Duration(i) * time.Second)})
	}
	got := b.ok("/chatroom/user/query.json", "chatroomId=r&count=2&order=1")
	want := map[string]any{"code": 200.0, "total": 600.0, "users": []any{
		map[string]any{"id": "u0", "time": "2022-09-25 08:12:38"},
		map[string]any{"id": "u1", "time": "2022-09-25 08:12:39"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	got = b.ok("/chatroom/user/query.json", "chatroomId=r&count=501&order=2")
	if users := got["users"].([]any); len(users) != 500 || users[0].(map[string]any)["id"] != "u9" {
		t.Errorf("%d users, the first is %v", len(users), users[0])
	}
	got = b.ok("/chatroom/user/query.json", "chatroomId=unknown&count=2&order=1")
	if got["total"] != 0.0 || len(got["users"].([]any)) != 0 {
		t.Errorf("an unknown room: %v", got)
	}
}

func TestChatroomParameters(t *testing.T) {
	b := start(t, Config{}, nil)
	for _, c := range []struct {
		path, form   string
		status, code int
		about        string
	}{
		{"/chatroom/create", "", 400, 1002, "chatroom[id] is missing"},
		{"/chatroom/create", "chatroom[]=x", 400, 1002, "chatroom[id] is missing"},
		{"/chatroom/create", "chatroom[" + strings.Repeat("r", 65) + "]=x", 400, 1002, "chatroom is 65 bytes"},
		{"/chatroom/create_new", "", 400, 1002, "chatroomId is missing"},
		{"/chatroom/create_new", "chatroomId=r&destroyType=2", 400, 1002, "destroyType"},
		{"/chatroom/create_new", "chatroomId=r&destroyTime=59", 400, 1002, "destroyTime is \"59\", not a number from 60 to 10080"},
		{"/chatroom/create_new", "chatroomId=r&destroyTime=10081", 400, 1002, "destroyTime"},
		{"/chatroom/create_new", "chatroomId=r&" + list("whiteUserIds", 21), 400, 1002, "whiteUserIds"},
		{"/chatroom/create_new", "chatroomId=r&entryOwnerId=a&entryInfo={}", 400, 1002, "entryInfo has 0 keys, not 1 to 20"},
		{"/chatroom/create_new", `chatroomId=r&entryInfo={"k":"v"}`, 400, 1002, "entryOwnerId is missing"},
		{"/chatroom/create_new", `chatroomId=r&entryOwnerId=a&entryInfo={"k k":"v"}`, 400, 1002, "key \"k k\" has other characters"},
		{"/chatroom/destroy/set", "chatroomId=none", 400, 1002, "chatroomId \"none\" is no chatroom"},
		{"/chatroom/get", "chatroomId=none", 400, 1002, "chatroomId \"none\" is no chatroom"},
		{"/chatroom/user/gag/add", "chatroomId=none&userId=a&minute=1", 400, 1002, "chatroomId \"none\" is no chatroom"},
		{"/chatroom/user/gag/add", "chatroomId=r&userId=a", 400, 1002, "minute is missing"},
		{"/chatroom/user/gag/add", "chatroomId=r&userId=a&minute=43201", 400, 1002, "minute"},
		{"/chatroom/user/block/add", "chatroomId=r&minute=1&" + list("userId", 21), 400, 1002, "userId is there 21 times, over 20"},
		{"/chatroom/keepalive/add", "chatroomId=none", 400, 1002, "chatroomId \"none\" is no chatroom"},
		{"/chatroom/message/priority/add", list("objectName", 21), 400, 1002, "objectName is there 21 times, over 20"},
		{"/chatroom/entry/set", "chatroomId=none&userId=a&key=k&value=v", 400, 1002, "chatroomId \"none\" is no chatroom"},
		{"/chatroom/entry/set", "chatroomId=r&userId=a&value=v", 400, 1002, "key is missing"},
		{"/chatroom/entry/batch/remove", "chatroomId=r&entryOwnerId=a&entryKeys=k", 400, 1002, "entryKeys is not a JSON list"},
		{"/chatroom/destroy", "", 400, 1002, "chatroomId is missing"},
		{"/chatroom/destroy", list("chatroomId", 101), 400, 1002, "chatroomId is there 101 times, over 100"},
		{"/chatroom/user/query", "count=1&order=1", 400, 1002, "chatroomId is missing"},
		{"/chatroom/user/query", "chatroomId=r&count=0&order=1", 400, 1002, "count"},
		{"/chatroom/user/query", "chatroomId=r&count=1&order=3", 400, 1002, "order"},
	} {
		b.refused(c.path+".json", c.form, c.status, c.code, c.about)
	}
}
