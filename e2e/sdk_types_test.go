package e2e

import (
	"encoding/json"
	"reflect"
	"testing"
)

// builtin are the message types of the page, with the values of its samples.
// The SDK has a table of its own of which are kept and counted.
var builtin = []struct {
	class, objectName  string
	persisted, counted bool
	content            map[string]any
}{
	{"TextMessage", "RC:TxtMsg", true, true, map[string]any{"content": "😀"}},
	{"ImageMessage", "RC:ImgMsg", true, true, map[string]any{"content": "/9j/4AAQSkZJRgABAgAAZABkAAD", "imageUri": "http://127.0.0.1/i.jpg"}},
	{"FileMessage", "RC:FileMsg", true, true, map[string]any{"name": "报告.pdf", "size": 1000, "type": "pdf", "fileUrl": "http://127.0.0.1/f"}},
	{"HQVoiceMessage", "RC:HQVCMsg", true, true, map[string]any{"remoteUrl": "http://127.0.0.1/v.aac", "duration": 60, "type": "aac"}},
	{"SightMessage", "RC:SightMsg", true, true, map[string]any{"sightUrl": "http://127.0.0.1/s.mp4", "content": "/9j/4AAQ", "duration": 10, "size": 100, "name": "视频名称"}},
	{"GIFMessage", "RC:GIFMsg", true, true, map[string]any{"gifDataSize": 30, "remoteUrl": "http://127.0.0.1/g.gif", "width": 300, "height": 200}},
	{"ReferenceMessage", "RC:ReferenceMsg", true, true, map[string]any{
		"referMsgUserId": "bob", "referMsg": map[string]any{"content": "引用消息文本"}, "referMsgUid": "CLU2-NFGR-CQ82-O4IS",
		"content": "发送的消息内容", "objName": "RC:TxtMsg"}},
	{"LocationMessage", "RC:LBSMsg", true, true, map[string]any{"longitude": 116.4, "latitude": 39.9, "poi": "位置信息", "content": "/9j/4AAQ"}},
	{"RichContentMessage", "RC:ImgTextMsg", true, true, map[string]any{
		"title": "标题", "content": "内容简介", "imageUri": "http://127.0.0.1/i.jpg", "url": "http://127.0.0.1/"}},
	{"InformationNotificationMessage", "RC:InfoNtf", true, false, map[string]any{"message": "提示条消息内容", "extra": "提示条附加信息"}},
	{"CommandMessage", "RC:CmdMsg", false, false, map[string]any{"name": "命令名称", "data": "命令内容"}},
	{"GroupNotificationMessage", "RC:GrpNtf", true, false, map[string]any{
		"operatorUserId": "alice", "operation": "rename", "data": "{}", "message": "消息内容"}},
}

// TestSDKMessageTypes: every built-in type of the page arrives as it was sent,
// and history keeps those that are to be kept.
func TestSDKMessageTypes(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")

	var kept []string
	for _, b := range builtin {
		mustBeSent(t, alice.send(private("bob"), b.class, b.content, nil))
		got := call[message](bob.page, "im.untilType", b.objectName)
		sent, err := json.Marshal(b.content)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(decoded(t, got.Content), decoded(t, sent)) {
			t.Errorf("%s arrives as %s, want %s", b.class, got.Content, sent)
		}
		if got.Persisted != b.persisted || got.Counted != b.counted {
			t.Errorf("%s: persisted %t, counted %t", b.class, got.Persisted, got.Counted)
		}
		if b.persisted {
			kept = append(kept, b.objectName)
		}
	}

	var history []string
	for _, m := range bob.history(private("alice"), 0, 20, 0).List {
		history = append(history, m.ObjectName)
	}
	if !reflect.DeepEqual(history, kept) {
		t.Errorf("history holds %q, want %q", history, kept)
	}
}

// TestSDKCustomType: a type that both sides registered arrives as an instance
// of it would.
func TestSDKCustomType(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, u := range []*user{alice, bob} {
		call[any](u.page, "im.register", "app:order")
	}
	result := call[sent](alice.page, "im.sendRegistered", private("bob"), "app:order", map[string]any{"number": 7})
	if result.Code != 0 {
		t.Fatalf("code %d", result.Code)
	}
	got := call[message](bob.page, "im.untilType", "app:order")
	if string(got.Content) != `{"number":7}` || !got.Persisted || !got.Counted || got.UID != result.Data.UID {
		t.Errorf("bob hears %+v %s", got, got.Content)
	}
}
