package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
)

// The app's server edits a message in the name of its sender.
func TestEdit(t *testing.T) {
	b := start(t, Config{}, nil)
	b.ok("/group/create.json", "groupId=g&groupName=G&userId=a&userId=b")
	for kind, c := range map[string]struct {
		to   string
		conv chat.Conversation
	}{
		"private": {"&toUserId=b", chat.Conversation{Type: chat.Private, Target: "b"}},
		"group":   {"&toGroupId=g", chat.Conversation{Type: chat.Group, Target: "g"}},
	} {
		uid := b.ok("/message/"+kind+"/publish.json", text+c.to)["messageUID"].(string)
		form := encode("fromUserId", "a", "targetId", c.conv.Target, "msgUID", uid, "content", `{"content":"better"}`)
		b.ok("/message/"+kind+"/modify.json", form)
		log := b.log(c.conv, "a")
		if down := seen(t, log[0], "b"); len(log) != 1 || !strings.Contains(string(down.Content), "better") || down.GetExtStatus()&4 == 0 {
			t.Errorf("%s: the log has %d messages: %v", kind, len(log), down)
		}
		b.refused("/message/"+kind+"/modify.json", form+"&objectName=RC:ImgMsg", 400, 1002, "RC:TxtMsg")
		b.refused("/message/"+kind+"/modify.json", strings.Replace(form, "fromUserId=a", "fromUserId=b", 1), 400, 1002, "")
		b.refused("/message/"+kind+"/modify.json", encode("fromUserId", "a", "targetId", c.conv.Target, "msgUID", uid), 400, 1002, "content is missing")
	}
}

// The app's server sets, deletes and reads key-values of a message.
func TestExpansion(t *testing.T) {
	b := start(t, Config{}, nil)
	uid := b.ok("/message/private/publish.json", text+"&toUserId=b&expansion=true&extraContent="+`{"a":"0"}`)["messageUID"].(string)
	of := encode("msgUID", uid, "userId", "a", "conversationType", "1", "targetId", "b")
	var pairs []string
	for i := range 100 {
		pairs = append(pairs, fmt.Sprintf(`"k%03d":"v"`, i))
	}
	b.ok("/message/expansion/set.json", of+"&extraKeyVal={"+strings.Join(pairs, ",")+"}")
	b.ok("/message/expansion/delete.json", of+`&extraKey=["k000","nothing"]`)
	keys := func(page string) map[string]any {
		t.Helper()
		return b.ok("/message/expansion/query.json", "msgUID="+uid+"&pageNo="+page)["extraContent"].(map[string]any)
	}
	if got := keys("1"); len(got) != 100 || fmt.Sprint(got["a"].(map[string]any)["v"]) != "0" || got["k000"] != nil {
		t.Errorf("%v", got)
	}
	if got := keys("2"); len(got) != 0 {
		t.Errorf("the second page has %v", got)
	}
	notices := b.log(chat.Conversation{Type: chat.Private, Target: "b"}, "a")[1:]
	if len(notices) != 2 || notices[0].ObjectName != "RC:MsgExMsg" || notices[0].Flags&chat.NotToSender == 0 {
		t.Errorf("%v", notices)
	}
	b.refused("/message/expansion/set.json", of+"&extraKeyVal={"+strings.Join(append(pairs, `"x":"v"`), ",")+"}", 400, 1002, "101 keys")
	b.refused("/message/expansion/set.json", of+`&extraKeyVal={"a b":"v"}`, 400, 1002, "a b")
	b.refused("/message/expansion/set.json", of+"&extraKeyVal=none", 400, 1002, "extraKeyVal")
	b.refused("/message/expansion/delete.json", of+"&extraKey=none", 400, 1002, "extraKey")
	b.refused("/message/expansion/set.json", strings.Replace(of, "conversationType=1", "conversationType=4", 1)+`&extraKeyVal={"a":"b"}`, 400, 1002, "conversationType is 4")
	plain := b.ok("/message/private/publish.json", text+"&toUserId=b")["messageUID"].(string)
	b.refused("/message/expansion/set.json", strings.Replace(of, uid, plain, 1)+`&extraKeyVal={"a":"b"}`, 400, 1002, "canIncludeExpansion")
}
