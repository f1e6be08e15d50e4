package e2e

import (
	_ "embed"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// The two main samples of the page "发送消息", as they stand there.
var (
	//go:embed testdata/page/S020-S026-mention.js
	mentionSample string
	//go:embed testdata/page/S035-resend.js
	resendSample string
)

// TestPageMention runs the page's first sample, an @ message to a group: the
// app gets the message before and after sending, and the member who is named
// sees the mention.
// Shows S020, S021, S026, S027.
func TestPageMention(t *testing.T) { withEach(t, pageMention) }

func pageMention(t *testing.T) {
	s := startServer(t)
	s.group("team", "alice", "zhangsan")
	alice, zhangsan := s.connect(t, "alice"), s.connect(t, "zhangsan")

	alice.runSample(mentionSample, "<目标 Id>", "team", "[zhangsan]", "['zhangsan']")
	after := alice.logged("消息发送成功")
	before := alice.logged("消息发送前的回调")
	if before.ID == 0 || before.ID != after.ID || after.UID == "" {
		t.Errorf("messageId %d before, %d after, messageUId %q", before.ID, after.ID, after.UID)
	}

	got := zhangsan.hears("文本内容")
	if !got.Mentioned || got.UID != after.UID || got.Target != "team" {
		t.Errorf("zhangsan hears %+v", got)
	}
	content, want := decoded(t, got.Content), decoded(t, json.RawMessage(`{
		"content": "文本内容", "extra": "消息中附加信息",
		"mentionedInfo": {"type": 2, "userIdList": ["zhangsan"], "mentionedContent": ""}}`))
	if !reflect.DeepEqual(content, want) {
		t.Errorf("content %v, want %v", content, want)
	}
}

// TestPageResend runs the page's second sample: once as it stands, where
// messageId 0 is no id, and once with the id of a message whose ack was lost.
// The resend is the same message, and nobody hears it twice.
// Shows S032, S035.
func TestPageResend(t *testing.T) { withEach(t, pageResend) }

func pageResend(t *testing.T) {
	s := startServer(t)
	s.group("team", "alice", "bob")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")

	alice.runSample(resendSample, "<目标 Id>", "team")
	first := alice.logged("消息发送成功")
	if first.ID == 0 {
		t.Fatal("messageId 0 was taken as an id")
	}
	id, err := json.Marshal(first.ID)
	if err != nil {
		t.Fatal(err)
	}
	call[any](alice.page, "() => { im.heard.logs.length = 0 }")
	alice.runSample(resendSample, "<目标 Id>", "team", "messageId: 0", "messageId: "+string(id))
	again := alice.logged("消息发送成功")
	if again.UID != first.UID || again.Sent != first.Sent || again.ID != first.ID {
		t.Errorf("the resend is another message: %s at %d, want %s at %d", again.UID, again.Sent, first.UID, first.Sent)
	}

	alice.say(group("team"), "that was all")
	bob.hears("that was all")
	if got := bob.texts(received); len(got) != 2 {
		t.Errorf("bob hears %q, want the text once", got)
	}
}

// runSample runs page code with its placeholders filled: pairs of old and new.
func (u *user) runSample(code string, placeholders ...string) {
	u.t.Helper()
	call[any](u.page, "im.run", strings.NewReplacer(placeholders...).Replace(code))
}

// logged waits until the page logged a line that begins with first and returns
// the message that follows it.
func (u *user) logged(first string) message {
	u.t.Helper()
	args := call[[]json.RawMessage](u.page, "im.untilLogged", first)
	var m message
	if err := json.Unmarshal(args[1], &m); err != nil {
		u.t.Fatal(err)
	}
	return m
}
