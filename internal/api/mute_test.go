package api

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

// answers requires what a call says besides its code.
func (b *fixture) answers(path, form string, want map[string]any) {
	b.t.Helper()
	got := b.ok(path, form)
	for name, value := range want {
		if !reflect.DeepEqual(got[name], value) {
			b.t.Errorf("%s %s: %s is %v, not %v", path, form, name, got[name], value)
		}
	}
}

type jsonList = []any

func TestWhitelist(t *testing.T) {
	b := start(t, Config{Blacklist: 3}, nil)
	setting := func(user, on string) map[string]any {
		return map[string]any{"users": jsonList{map[string]any{"userId": user, "whiteSetting": on}}}
	}
	b.answers("/user/whitesetting/query.json", "userId=alice", setting("alice", "0"))
	b.ok("/user/whitesetting/set.json", "userId=alice&userId=bob&whiteSetting=1")
	b.answers("/user/whitesetting/query.json", "userId=bob", setting("bob", "1"))
	b.answers("/user/whitelist/query.json", "userId=alice", map[string]any{"users": jsonList{}, "next": nil})
	b.ok("/user/whitelist/add.json", "userId=alice&whiteUserId=dave&whiteUserId=bob")
	b.ok("/user/whitelist/add.json", "userId=alice&whiteUserId=carol&whiteUserId=bob")
	b.refused("/user/whitelist/add.json", "userId=alice&whiteUserId=erin", 400, 1002, "whiteUserId would make it 4 users, over 3")
	b.answers("/user/whitelist/query.json", "userId=alice", map[string]any{"users": jsonList{"bob", "carol", "dave"}})
	b.answers("/user/whitelist/query.json", "userId=alice&size=2", map[string]any{"users": jsonList{"bob", "carol"}, "next": "2"})
	b.answers("/user/whitelist/query.json", "userId=alice&size=2&pageToken=2", map[string]any{"users": jsonList{"dave"}, "next": nil})

	message := "&fromUserId=erin&objectName=RC:TxtMsg&content={}"
	if got := b.ok("/message/private/publish.json", "toUserId=alice&verifyBlacklist=1"+message); len(got["messageUIDs"].(jsonList)) != 0 {
		t.Errorf("erin, whom alice's whitelist lacks: %v", got)
	}
	if got := b.ok("/message/private/publish.json", "toUserId=alice"+message); len(got["messageUIDs"].(jsonList)) != 1 {
		t.Errorf("lists do not count here: %v", got)
	}
	b.ok("/user/whitelist/remove.json", "userId=alice&whiteUserId=dave")
	b.answers("/user/whitelist/query.json", "userId=alice", map[string]any{"users": jsonList{"bob", "carol"}})
	b.ok("/user/whitesetting/set.json", "userId=alice&whiteSetting=0")
	b.answers("/user/whitesetting/query.json", "userId=alice", setting("alice", "0"))
	b.answers("/user/whitelist/query.json", "userId=alice", map[string]any{"users": jsonList{"bob", "carol"}})
}

func TestMutes(t *testing.T) {
	now := time.Now()
	b := start(t, Config{Now: func() time.Time { return now }}, nil)
	for i := range 5 {
		b.ok("/user/chat/fb/set.json", fmt.Sprintf("userId=user%d&state=1&type=PERSON", i))
	}
	b.ok("/user/chat/fb/set.json", "userId=user0&state=0&type=PERSON")
	b.answers("/user/chat/fb/querylist.json", "type=PERSON&num=2&offset=1", map[string]any{"total": 4.0, "users": jsonList{"user2", "user3"}})
	b.answers("/user/chat/fb/querylist.json", "type=PERSON&offset=9", map[string]any{"total": 4.0, "users": jsonList{}})

	until := now.Add(10 * time.Minute).UTC().Format(time.DateTime)
	muted := func(user, time string) map[string]any {
		return map[string]any{"users": jsonList{map[string]any{"userId": user, "time": time}}}
	}
	b.ok("/group/user/gag/add.json", "userId=alice&groupId=g&minute=10")
	b.answers("/group/user/gag/list.json", "groupId=g", muted("alice", until))
	b.answers("/group/user/gag/list.json", "groupId=other", map[string]any{"users": jsonList{}})
	b.ok("/group/user/gag/add.json", "userId=bob&minute=0")
	b.answers("/group/user/gag/list.json", "", muted("bob", ""))
	b.ok("/group/user/gag/rollback.json", "userId=bob")
	b.answers("/group/user/gag/list.json", "", map[string]any{"users": jsonList{}})

	b.ok("/group/ban/add.json", "groupId=g&groupId=h&groupId=i")
	b.ok("/group/ban/rollback.json", "groupId=h")
	stat := func(id string, closed float64) any { return map[string]any{"groupId": id, "stat": closed} }
	b.answers("/group/ban/query.json", "groupId=h&groupId=g", map[string]any{"groupinfo": jsonList{stat("h", 0), stat("g", 1)}})
	b.answers("/group/ban/query.json", "", map[string]any{"groupinfo": jsonList{stat("g", 1), stat("i", 1)}})
	b.answers("/group/ban/query.json", "page=2&size=1", map[string]any{"groupinfo": jsonList{stat("i", 1)}})
	b.ok("/group/user/ban/whitelist/add.json", "groupId=g&userId=carol&userId=alice")
	b.ok("/group/user/ban/whitelist/rollback.json", "groupId=g&userId=carol")
	b.answers("/group/user/ban/whitelist/query.json", "groupId=g", map[string]any{"userIds": jsonList{"alice"}})

	b.ok("/group/dismiss.json", "groupId=g&userId=alice")
	b.answers("/group/user/gag/list.json", "groupId=g", map[string]any{"users": jsonList{}})
	b.answers("/group/ban/query.json", "", map[string]any{"groupinfo": jsonList{stat("i", 1)}})
	b.answers("/group/user/ban/whitelist/query.json", "groupId=g", map[string]any{"userIds": jsonList{}})
	for _, c := range []struct{ path, form, about string }{
		{"/user/chat/fb/set", "userId=a&state=1&type=GROUP", "type is not PERSON"},
		{"/user/chat/fb/querylist", "", "type is not PERSON"},
		{"/user/chat/fb/querylist", "type=PERSON&num=201", "num is \"201\", not a number from 1 to 200"},
		{"/group/user/gag/add", "userId=a&groupId=g&minute=43201", "minute"},
		{"/group/ban/add", "", "groupId is missing"},
		{"/user/whitesetting/set", "userId=a&whiteSetting=2", "whiteSetting"},
	} {
		b.refused(c.path+".json", c.form, 400, 1002, c.about)
	}
}

// The field and the limit are in the answer.
func TestContentLimits(t *testing.T) {
	b := start(t, Config{}, nil)
	publish := func(objectName, content string) string {
		return "fromUserId=a&toUserId=b&objectName=" + objectName + "&content=" + content
	}
	b.ok("/message/private/publish.json", publish("RC:SightMsg", `{"duration":120}`))
	b.refused("/message/private/publish.json", publish("RC:SightMsg", `{"duration":121}`), 400, 1002, "content.duration is 121 s, not 0 to 120 s")
	b.refused("/message/private/publish.json", publish("RC:ImgMsg", `{"content":"data:x"}`), 400, 1002, "content.content begins with")
	b.ok("/message/private/publish.json", publish("app:any", `{"content":"data:x"}`))
}
