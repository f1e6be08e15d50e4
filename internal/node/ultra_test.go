package node_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// member is a client that hears of ultra groups by its own pulls.
type member struct {
	*imtest.Client
	t      *testing.T
	cursor chat.Tick
	texts  []string
}

// joins makes an ultra group of users.
func joins(n imtest.App, group string, users ...string) {
	n.Post("/ultragroup/create.json", url.Values{"groupId": {group}, "groupName": {group}, "userId": users})
}

func online(t *testing.T, s imtest.Server, user chat.UserID, options ...imtest.DialOption) *member {
	t.Helper()
	m := &member{Client: imtest.Dial(t, s, user, options...), t: t}
	m.back()
	return m
}

// back says that the client is there from now on.
func (m *member) back() {
	m.t.Helper()
	page, through, finished := m.UltraPull(0)
	if len(page) > 0 || !finished || through == 0 {
		m.t.Fatalf("%d messages up to %d, finished %v", len(page), through, finished)
	}
	m.cursor = through
}

// hints counts the signals of a kind.
func (m *member) hints(command int) (n int) {
	for _, s := range m.Signals() {
		if s.Topic == wire.TopicCommand && s.Type == int32(command) {
			n++
		}
	}
	return n
}

// pull takes what there is, until the server says that this is all.
func (m *member) pull() {
	m.t.Helper()
	for finished := false; !finished; {
		var page []imtest.Message
		page, m.cursor, finished = m.UltraPull(m.cursor)
		for _, got := range page {
			m.texts = append(m.texts, got.Text)
		}
	}
}

func (m *member) has(texts ...string) {
	m.t.Helper()
	if !slices.Equal(m.texts, texts) {
		m.t.Errorf("%s has %q, not %q", m.User(), m.texts, texts)
	}
}

// A burst is one hint, and nothing of it is missing or there twice, whether the
// session still has it or the store must be asked.
func TestUltraBurst(t *testing.T) {
	n := imtest.Start(t)
	joins(n.App, "club", "alice", "bob")
	alice, bob := online(t, n, "alice"), online(t, n, "bob")
	early := imtest.Dial(t, n, "bob") // did not say that it is there
	direct := imtest.Dial(t, n, "bob", imtest.Direct())
	var want []string
	for _, count := range []int{3, 300, 1} {
		for range count {
			text := fmt.Sprint(len(want))
			alice.Send(chat.UltraGroup, "club", text, 0)
			want = append(want, text)
		}
		alice.Send(chat.Private, "bob", fmt.Sprintf("after %d", len(want)), 0)
		for _, c := range []*imtest.Client{bob.Client, early, direct} {
			c.AwaitText(fmt.Sprintf("after %d", len(want))) // whatever was hinted at before is here by now
		}
		before := len(bob.texts)
		bob.pull()
		bob.has(want...)
		if got := bob.hints(wire.CommandUltraMessages); got == 0 || before == 0 && got != 1 {
			t.Errorf("%d hints after %d messages", got, len(want))
		}
	}
	alice.pull()
	for _, s := range append(early.Signals(), append(direct.Signals(), alice.Signals()...)...) {
		if s.Topic == wire.TopicCommand && s.Type == wire.CommandUltraMessages {
			t.Errorf("a hint %+v", s)
		}
	}
	if got := direct.Received(); len(got) != 3 {
		t.Errorf("the client of ours was given %+v", got)
	}
}

// A client that comes back with its old cursor gets exactly what its user was
// there for: not what came before joining, nor after leaving.
func TestUltraStays(t *testing.T) {
	n := imtest.Start(t)
	joins(n.App, "club", "alice")
	alice := online(t, n, "alice")
	bob := online(t, n, "bob")
	say := func(text string) { alice.Send(chat.UltraGroup, "club", text, 0) }
	say("before")
	joins(n.App, "club", "bob")
	say("first stay")
	n.Post("/ultragroup/quit.json", url.Values{"groupId": {"club"}, "userId": {"bob"}})
	say("between")
	joins(n.App, "club", "bob")
	say("second stay")
	n.Post("/ultragroup/quit.json", url.Values{"groupId": {"club"}, "userId": {"bob"}})
	say("after")
	begin := bob.cursor
	bob.pull()
	bob.has("first stay", "second stay")
	if err := bob.Connect(); err != nil {
		t.Fatal(err)
	}
	bob.cursor, bob.texts = begin, nil
	bob.pull()
	bob.has("first stay", "second stay")
	if list, finished := bob.UltraChannels(0); len(list) > 0 || !finished {
		t.Errorf("bob, who left, is told of %v", list)
	}
}

// What happens to channels is told to those who see them, also to who asks
// later with an old version.
func TestUltraChannelChanges(t *testing.T) {
	n := imtest.Start(t)
	joins(n.App, "club", "alice", "bob", "carol")
	do := func(what, channel string, more ...string) {
		t.Helper()
		form := url.Values{"groupId": {"club"}, "busChannel": {channel}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		n.Post("/ultragroup/channel/"+what+".json", form)
	}
	alice, bob, carol := online(t, n, "alice"), online(t, n, "bob"), online(t, n, "carol")
	do("create", "secret", "type", "1")
	do("private/users/add", "secret", "userIds", "alice,bob")
	do("type/change", "secret", "type", "0")
	do("type/change", "secret", "type", "1")
	do("private/users/del", "secret", "userIds", "bob")
	do("del", "secret")
	do("create", "news")
	do("del", "news")
	const deleted, private, public, removed = 1, 2, 3, 5
	for _, c := range []struct {
		m    *member
		want []int32
	}{
		{alice, []int32{public, private, removed, deleted, deleted}},
		{bob, []int32{public, private, removed, deleted}},
		{carol, []int32{public, private, deleted}},
	} {
		n.Publish(chat.System, "app", "done", string(c.m.User()))
		c.m.AwaitText("done")
		if got := c.m.hints(wire.CommandMessageChanges); got != 1 {
			t.Errorf("%s: %d hints", c.m.User(), got)
		}
		for _, how := range []string{"live", "after coming back"} {
			list, through, more := c.m.UltraChanges(c.m.cursor)
			var got []int32
			for _, change := range list {
				got = append(got, change.GetSubChangeType())
			}
			if !slices.Equal(got, c.want) || more || through <= c.m.cursor {
				t.Errorf("%s %s: %v up to %d, more %v, want %v", c.m.User(), how, got, through, more, c.want)
			}
			if err := c.m.Connect(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Changes of messages are told to those who see the message, live and to who
// asks later with an old version, and name what a client takes from its counts.
func TestUltraMessageChanges(t *testing.T) {
	n := imtest.Start(t)
	joins(n.App, "club", "alice", "bob", "carol")
	alice, bob, carol := online(t, n, "alice"), online(t, n, "bob"), online(t, n, "carol")
	send := func(up *pb.UpMessage) chat.UID {
		t.Helper()
		payload, err := up.MarshalVT()
		if err != nil {
			t.Fatal(err)
		}
		ack, err := alice.Ack(alice.Publish(wire.TopicUltraSend, "club", payload))
		if err != nil || ack.Code != chat.OK {
			t.Fatalf("%+v, %v", ack, err)
		}
		return ack.UID
	}
	flags := wire.UpFlags(chat.Persisted | chat.Counted | chat.Mentioned)
	toBob := send(&pb.UpMessage{Flags: &flags, ClassName: new("RC:TxtMsg"), Content: []byte(`{"content":"for bob"}`), ToUserIds: []string{"bob"}})
	toAll := send(&pb.UpMessage{Flags: &flags, ClassName: new("RC:TxtMsg"), Content: []byte(`{"content":"for all","mentionedInfo":{"type":1}}`)})

	edit := &pb.ModifyRequest{
		FromUserId: new(""), TargetId: new("club"), Type: new(int32(chat.UltraGroup)), MsgUid: new(string(toBob)), MsgTime: new(int64(0)),
		Content: []byte(`{"content":"better"}`),
	}
	payload, err := edit.MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	if code, _, err := alice.Query(wire.TopicModify, "alice", payload); code != chat.OK || err != nil {
		t.Fatalf("the edit: code %d, %v", code, err)
	}
	n.Post("/message/recall.json", url.Values{
		"fromUserId": {"alice"}, "conversationType": {"10"}, "targetId": {"club"}, "messageUID": {string(toAll)}, "sentTime": {"1"},
	})
	const edited, recalled = 2, 3
	for _, c := range []struct {
		m    *member
		want []string
	}{
		{alice, []string{fmt.Sprint(recalled, toAll, 1)}}, // by the app; her own edit she knows of
		{bob, []string{fmt.Sprint(edited, toBob, 0), fmt.Sprint(recalled, toAll, 1)}},
		{carol, []string{fmt.Sprint(recalled, toAll, 1)}},
	} {
		n.Publish(chat.System, "app", "done", string(c.m.User()))
		c.m.AwaitText("done")
		for _, how := range []string{"live", "after coming back"} {
			list, _, more := c.m.UltraChanges(c.m.cursor)
			var got []string
			for _, change := range list {
				got = append(got, fmt.Sprint(change.GetChangeType(), chat.UID(change.GetMsgUid()), change.GetRemindType()))
			}
			if !slices.Equal(got, c.want) || more {
				t.Errorf("%s %s: %v, more %v, want %v", c.m.User(), how, got, more, c.want)
			}
			if err := c.m.Connect(); err != nil {
				t.Fatal(err)
			}
		}
	}
	bob.pull()
	bob.has("better", "") // what was recalled says nothing any more
}
