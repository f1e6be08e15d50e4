package node_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Who may not send is told why, and nobody is given anything.
func TestWhoMaySend(t *testing.T) {
	n := imtest.Start(t)
	n.Join("group", "alice", "bob")
	n.Post("/user/blacklist/add.json", url.Values{"userId": {"bob"}, "blackUserId": {"mallory"}})
	mallory, bob := imtest.Dial(t, n, "mallory"), imtest.Dial(t, n, "bob")
	for name, c := range map[string]struct {
		topic, target string
		payload       []byte
		code          chat.Code
	}{
		"to who refuses them":       {wire.TopicPrivateSend, "bob", imtest.Text("x", 1), chat.Blacklisted},
		"to a group of others":      {wire.TopicGroupSend, "group", imtest.Text("x", 2), chat.NotInGroup},
		"to no group":               {wire.TopicGroupSend, "nowhere", imtest.Text("x", 3), chat.NotInGroup},
		"to a room they are not in": {wire.TopicRoomSend, "room", imtest.Text("x", 4), chat.NotInChatroom},
		"to a system conversation":  {wire.TopicSystemSend, "bob", imtest.Text("x", 5), chat.SystemReadOnly},
		"to no ultra group":         {wire.TopicUltraSend, "bob", imtest.Text("x", 6), chat.UltraGroupMissing},
		"to nobody":                 {wire.TopicPrivateSend, "", imtest.Text("x", 7), chat.BadParameter},
		"garbage":                   {wire.TopicPrivateSend, "bob", []byte("garbage"), chat.BadMessage},
		"too much":                  {wire.TopicPrivateSend, "bob", imtest.Text(strings.Repeat("x", chat.MaxContent), 8), chat.TooBig},
	} {
		t.Run(name, func(t *testing.T) {
			if ack, err := mallory.Ack(mallory.Publish(c.topic, c.target, c.payload)); err != nil || ack.Code != c.code || ack.UID != "" {
				t.Errorf("%+v, %v, not code %d", ack, err, c.code)
			}
		})
	}
	n.Post("/user/blacklist/remove.json", url.Values{"userId": {"bob"}, "blackUserId": {"mallory"}})
	mallory.Send(chat.Private, "bob", "sorry", 1)
	bob.AwaitText("sorry")
	if got := bob.Received(); len(got) != 1 {
		t.Errorf("bob was given %+v", got)
	}
}

// Typing is shown to who is there, and never again.
func TestStatusMessages(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			n := imtest.Start(t)
			n.Join("group", "alice", "bob")
			alice, bob := imtest.Dial(t, n, "alice", kind...), imtest.Dial(t, n, "bob", kind...)
			typing := &pb.UpMessage{Flags: new(int32), ClassName: new("RC:TypSts"), Content: []byte(`{"typingContentType":"RC:TxtMsg"}`)}
			payload, err := typing.MarshalVT()
			if err != nil {
				t.Fatal(err)
			}
			alice.Send(chat.Group, "group", "hello", 0)
			bob.AwaitText("hello") // he is there, and known to be in the group
			alice.Publish(wire.TopicPrivateStatus, "bob", payload)
			if m := bob.AwaitStatus(0); m.Type != chat.Private || m.Sender != "alice" || m.ObjectName != "RC:TypSts" || m.Content != string(typing.Content) {
				t.Errorf("%+v", m)
			}
			alice.Publish(wire.TopicGroupStatus, "group", payload)
			if m := bob.AwaitStatus(1); m.Type != chat.Group || m.Target != "group" || m.Sender != "alice" {
				t.Errorf("%+v", m)
			}
			alice.Send(chat.Private, "bob", "done", 0)
			bob.AwaitText("done")
			if got := bob.Received(); len(got) != 2 {
				t.Errorf("bob pulls %+v", got)
			}
		})
	}
}

// recall is the payload that takes a message back.
func recall(t testing.TB, typ chat.ConversationType, target string, uid chat.UID, deleted bool) []byte {
	t.Helper()
	content, err := json.Marshal(map[string]any{"conversationType": typ, "targetId": target, "messageUId": uid, "isDelete": deleted, "isAdmin": false})
	if err != nil {
		t.Fatal(err)
	}
	up := &pb.UpMessage{Flags: new(int32(1)), ClassName: new("RC:RcCmd"), Content: content}
	payload, err := up.MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func TestRecall(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob", imtest.Direct())
	tablet := imtest.Dial(t, n, "alice")
	said := alice.Send(chat.Private, "bob", "secret", 1)
	bob.AwaitText("secret")
	if ack, err := bob.Ack(bob.Publish(wire.TopicRecall, "bob", recall(t, chat.Private, "alice", said.UID, false))); err != nil || ack.Code != chat.RecallNotYours {
		t.Errorf("bob recalls what alice said: %+v, %v", ack, err)
	}
	for range 2 {
		ack, err := alice.Ack(alice.Publish(wire.TopicRecall, "alice", recall(t, chat.Private, "bob", said.UID, false)))
		if err != nil || ack.Code != chat.OK {
			t.Fatalf("%+v, %v", ack, err)
		}
	}
	is := func(m imtest.Message) bool { return m.ObjectName == "RC:RcCmd" }
	bob.Await("the command", is)
	tablet.Await("the command", is)
	page, _, _ := bob.History(chat.Private, "alice", 0, false, 20)
	if len(page) != 1 || page[0].UID != said.UID || page[0].ObjectName != "RC:RcNtf" {
		t.Errorf("history has %+v", page)
	}
	late := imtest.Dial(t, n, "bob")
	late.Await("the command", is)
	for _, m := range late.Received() {
		if m.Text == "secret" {
			t.Error("a device that comes later is given what was taken back")
		}
	}
}

// A room's newest messages greet who joins, its members hear each other, and
// after a crash they go on where they were.
func TestChatroom(t *testing.T) {
	p := imtest.StartProcess(t)
	alice, bob := imtest.Dial(t, p, "alice"), imtest.Dial(t, p, "bob", imtest.Direct())
	if code := alice.JoinRoom("room", -1, true); code != chat.ChatroomMissing {
		t.Errorf("a room that must exist is joined with code %d", code)
	}
	if code := alice.JoinRoom("room", -1, false); code != chat.OK {
		t.Fatalf("code %d", code)
	}
	for i := range 60 {
		alice.Send(chat.Chatroom, "room", fmt.Sprint(i), int64(i+1))
	}
	bob.JoinRoom("room", 3, true)
	if got := bob.AwaitInRoom("room", "59"); !slices.Equal(got, []string{"57", "58", "59"}) {
		t.Errorf("bob is greeted with %q", got)
	}
	bob.Send(chat.Chatroom, "room", "hi", 0)
	if got := alice.AwaitInRoom("room", "hi"); !slices.Equal(got, []string{"hi"}) {
		t.Errorf("alice hears %q", got)
	}

	p.Kill()
	p.Start()
	for _, c := range []*imtest.Client{alice, bob} {
		if err := c.Connect(); err != nil {
			t.Fatal(err)
		}
	}
	alice.JoinRoom("room", -1, true)
	if ack := bob.Send(chat.Chatroom, "room", "not yet", 0); ack.Code != chat.NotInChatroom {
		t.Errorf("bob is in the room after a crash: code %d", ack.Code)
	}
	alice.Send(chat.Chatroom, "room", "still here?", 0)
	bob.JoinRoom("room", 3, true)
	if got := bob.AwaitInRoom("room", "still here?"); !slices.Equal(got, []string{"57", "58", "59", "still here?"}) {
		t.Errorf("bob was given %q", got)
	}
	bob.Send(chat.Chatroom, "room", "yes", 0)
	if got := alice.AwaitInRoom("room", "yes"); !slices.Equal(got, []string{"hi", "yes"}) {
		t.Errorf("alice was given %q", got)
	}
	p.Post("/chatroom/destroy.json", url.Values{"chatroomId": {"room"}})
	bob.AwaitSignal("the end of the room", func(s imtest.Signal) bool {
		return s.Topic == wire.TopicCommand && s.Type == wire.CommandRoomDestroyed && s.Room == "room"
	})
	if ack := bob.Send(chat.Chatroom, "room", "gone", 0); ack.Code != chat.NotInChatroom {
		t.Errorf("bob is in a room that is gone: code %d", ack.Code)
	}
}

// The questions of an official client right after it connected have answers it
// can decode, and none that it would choke on.
func TestBootstrapQueries(t *testing.T) {
	n := imtest.Start(t)
	alice := imtest.Dial(t, n, "alice")
	encode := func(m interface{ MarshalVT() ([]byte, error) }) []byte {
		b, err := m.MarshalVT()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for topic, c := range map[string]struct {
		request []byte
		answer  interface{ UnmarshalVT([]byte) error }
	}{
		wire.TopicBots:               {nil, new(pb.BotsAnswer)},
		wire.TopicEventChanges:       {encode(&pb.ChangesRequest{SyncTime: new(int64(5))}), new(pb.EventChanges)},
		wire.TopicSettings:           {encode(&pb.SettingsRequest{Version: new(int64(5))}), new(pb.SettingsAnswer)},
		wire.TopicConversationStates: {encode(&pb.ConversationStatesRequest{Time: new(int64(5))}), new(pb.ConversationStates)},
		wire.TopicModified:           {encode(&pb.ModifiedRequest{PullVersion: new(int64(5))}), new(pb.ModifiedAnswer)},
	} {
		code, payload, err := alice.Query(topic, "alice", c.request)
		if err != nil || code != chat.OK {
			t.Errorf("%s: code %d, %v", topic, code, err)
		}
		if err := c.answer.UnmarshalVT(payload); err != nil {
			t.Errorf("%s: %v", topic, err)
		}
		if code, _, err := alice.Query(topic, "alice", []byte{0xff}); err != nil || code != chat.BadMessage {
			t.Errorf("%s with garbage: code %d, %v", topic, code, err)
		}
	}
	if code, _, err := alice.Query("pullNonsense", "alice", nil); err != nil || code != chat.NotSupported {
		t.Errorf("an unknown topic: code %d, %v", code, err)
	}
}
