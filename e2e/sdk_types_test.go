package e2e

import (
	"encoding/json"
	"reflect"
	"strings"
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

// everybody is what every message may say of its sender, and beside itself.
var everybody = map[string]any{
	"user":  map[string]any{"id": "alice", "name": "Alice", "portraitUri": "http://127.0.0.1/a.png", "extra": "{\"a\": 1}"},
	"extra": "{ \"not\" : \"ours to read\" }",
}

// TestSDKUserAndExtra: each built-in type takes user and extra, and they
// arrive as they were given; the SDK adds a second name for the portrait.
// Shows S130, S131, S132.
func TestSDKUserAndExtra(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t, "--send-rate", "0")
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
		for _, b := range builtin {
			content := map[string]any{}
			for _, from := range []map[string]any{b.content, everybody} {
				for name, value := range from {
					content[name] = value
				}
			}
			mustBeSent(t, alice.send(private("bob"), b.class, content, nil))
			got := call[message](bob.page, "im.untilType", b.objectName)
			arrived, _ := decoded(t, got.Content).(map[string]any)
			user := map[string]any{"portrait": "http://127.0.0.1/a.png"}
			for name, value := range everybody["user"].(map[string]any) {
				user[name] = value
			}
			if arrived["extra"] != everybody["extra"] || !reflect.DeepEqual(arrived["user"], any(user)) {
				t.Errorf("%s arrives as %s", b.class, got.Content)
			}
		}
	})
}

// TestSDKContentLimits: a picture over 80 KB or with a prefix, a voice over a
// minute and a video over two are refused, and reach nobody; an app may allow
// longer videos. What is an app's own has no limits.
// Shows S071, S072, S077, S081, S082.
func TestSDKContentLimits(t *testing.T) {
	withEach(t, func(t *testing.T) {
		const kilobyte = 1 << 10
		picture := func(bytes int) string { return strings.Repeat("A", bytes) }
		const jpeg = "data:image/jpeg;base64,/9j/4AAQ"
		s := startServer(t, "--send-rate", "0")
		short := s.connect(t, "alice")
		long := startWith(t, []string{"max-video: 5m"}, "--send-rate", "0").connect(t, "alice")
		for _, c := range []struct {
			alice   *user
			class   string
			content map[string]any
			code    int
		}{
			{short, "ImageMessage", map[string]any{"content": picture(80 * kilobyte), "imageUri": "x"}, 0},
			{short, "ImageMessage", map[string]any{"content": picture(80*kilobyte + 1), "imageUri": "x"}, 20115},
			{short, "ImageMessage", map[string]any{"content": jpeg, "imageUri": "x"}, 26010},
			{short, "SightMessage", map[string]any{"content": picture(80*kilobyte + 1), "sightUrl": "x", "duration": 1, "size": 1, "name": "n"}, 20115},
			{short, "SightMessage", map[string]any{"content": jpeg, "sightUrl": "x", "duration": 1, "size": 1, "name": "n"}, 26010},
			{short, "LocationMessage", map[string]any{"content": jpeg, "latitude": 1, "longitude": 1, "poi": "p"}, 26010},
			{short, "HQVoiceMessage", map[string]any{"remoteUrl": "x", "duration": 60}, 0},
			{short, "HQVoiceMessage", map[string]any{"remoteUrl": "x", "duration": 61}, 26010},
			{short, "SightMessage", map[string]any{"content": "/9j/", "sightUrl": "x", "duration": 120, "size": 1, "name": "n"}, 0},
			{short, "SightMessage", map[string]any{"content": "/9j/", "sightUrl": "x", "duration": 121, "size": 1, "name": "n"}, 26010},
			{long, "SightMessage", map[string]any{"content": "/9j/", "sightUrl": "x", "duration": 300, "size": 1, "name": "n"}, 0},
			{long, "SightMessage", map[string]any{"content": "/9j/", "sightUrl": "x", "duration": 301, "size": 1, "name": "n"}, 26010},
		} {
			if got := c.alice.send(private("bob"), c.class, c.content, nil); got.Code != c.code {
				t.Errorf("%s with %.80q: code %d, want %d", c.class, c.content, got.Code, c.code)
			}
		}
		bob := s.connect(t, "bob")
		short.say(private("bob"), "that was all")
		bob.hears("that was all")
		if got := bob.heard(); len(got) != 4 {
			t.Errorf("bob has %d messages, want the 3 that were taken and the last", len(got))
		}
	})
}

// TestSDKUntouched: the content of a type that the server does not know comes
// out as it went in, byte for byte, whatever is in it.
// Shows S012.
func TestSDKUntouched(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, u := range []*user{alice, bob} {
		call[any](u.page, "im.register", "app:any")
	}
	content := map[string]any{
		"z": 1.5e300, "a": []any{nil, true, "\u2028 </script> \\u0000 \U0001f600"}, "content": "data:not ours", "duration": -1,
		"mentionedInfo2": map[string]any{"": ""}, "\"": "'",
	}
	result := call[sent](alice.page, "im.sendRegistered", private("bob"), "app:any", content)
	if result.Code != 0 {
		t.Fatalf("code %d", result.Code)
	}
	got := call[message](bob.page, "im.untilType", "app:any")
	if !reflect.DeepEqual(decoded(t, got.Content), decoded(t, result.Data.Content)) {
		t.Errorf("%s arrives as %s", result.Data.Content, got.Content)
	}
	text := call[string](alice.page, "(content) => JSON.stringify(content)", content)
	kept := stored(t, s.direct(t, "bob"))
	if len(kept) != 1 || string(kept[0].GetContent()) != text {
		t.Errorf("%s is kept as %v", text, kept)
	}
}

// TestSDKMessageTypes: every built-in type of the page arrives as it was sent,
// and history keeps those that are to be kept.
// Shows S070, S073, S074, S075, S076, S079, S083, S084, S086, S087, S088, S089, S090, S091.
func TestSDKMessageTypes(t *testing.T) {
	withEach(t, func(t *testing.T) {
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
	})
}

// TestSDKCustomType: a type that both sides registered arrives as an instance
// of it would.
// Shows S012.
func TestSDKCustomType(t *testing.T) {
	withEach(t, func(t *testing.T) {
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
	})
}

// TestSDKVoiceEncoding: a voice may be in any encoding, or say none, which
// means aac; the server leaves it at that.
// Shows S076, S078.
func TestSDKVoiceEncoding(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, content := range []map[string]any{{"remoteUrl": "x", "duration": 3}, {"remoteUrl": "x", "duration": 3, "type": "mp3"}} {
		m := alice.send(private("bob"), "HQVoiceMessage", content, nil)
		mustBeSent(t, m)
		got := call[message](bob.page, `(uid) => im.untilMessage(uid)`, m.Data.UID)
		var arrived map[string]any
		if err := json.Unmarshal(got.Content, &arrived); err != nil || arrived["type"] != content["type"] {
			t.Errorf("%v arrives as %s", content, got.Content)
		}
	}
}
