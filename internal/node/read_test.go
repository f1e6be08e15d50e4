package node_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/internal/session"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// message is a payload that can be encoded and decoded.
type message interface {
	MarshalVT() ([]byte, error)
	UnmarshalVT([]byte) error
}

// query sends a query of c's user about themselves and decodes the answer, which
// may be nil when there is none.
func query(t *testing.T, c *imtest.Client, topic string, q, answer message) chat.Code {
	t.Helper()
	return queryOf(t, c, topic, string(c.User()), q, answer)
}

func queryOf(t *testing.T, c *imtest.Client, topic, target string, q, answer message) chat.Code {
	t.Helper()
	payload, err := q.MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	code, body, err := c.Query(topic, target, payload)
	if err == nil && code == chat.OK && answer != nil {
		err = answer.UnmarshalVT(body)
	}
	if err != nil {
		t.Fatalf("%s: %v", topic, err)
	}
	return code
}

// unreadOf asks what is unread since a version and returns it by target.
func unreadOf(t *testing.T, c *imtest.Client, version int64) map[string]int {
	t.Helper()
	var answer pb.UnreadAnswer
	if code := query(t, c, wire.TopicUnread, &pb.UnreadRequest{Version: &version}, &answer); code != chat.OK {
		t.Fatalf("code %d", code)
	}
	counts := map[string]int{}
	for _, s := range answer.Session {
		counts[s.GetTargetId()] = int(s.GetUnread().GetCount())
	}
	return counts
}

// up is a message of a client that is not kept.
func up(t *testing.T, objectName, content string) []byte {
	t.Helper()
	payload, err := (&pb.UpMessage{Flags: new(int32), ClassName: &objectName, Content: []byte(content)}).MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func mark(t *testing.T, typ chat.ConversationType, target string, through chat.Tick) []byte {
	t.Helper()
	payload, err := (&pb.ReadMark{Type: new(int32(typ)), ChannelId: &target, MsgTime: new(int64(through))}).MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func must(t *testing.T, c *imtest.Client, topic, target string, payload []byte) imtest.Ack {
	t.Helper()
	ack, err := c.Ack(c.Publish(topic, target, payload))
	if err != nil || ack.Code != chat.OK {
		t.Fatalf("%s: %+v, %v", topic, ack, err)
	}
	return ack
}

// A read mark reaches the user's other devices, also one that was away, and
// nobody else.
func TestReadMarksReachDevices(t *testing.T) {
	n := imtest.Start(t)
	alice, phone, laptop := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob"), imtest.Dial(t, n, "bob")
	away := imtest.Dial(t, n, "bob")
	sent := alice.Send(chat.Private, "bob", "hello", 1)
	for _, c := range []*imtest.Client{phone, laptop, away} {
		c.AwaitText("hello")
	}
	away.Cut()
	must(t, phone, wire.TopicReadTime, "bob", mark(t, chat.Private, "alice", sent.Tick))
	isMark := func(s imtest.Signal) bool {
		return s == imtest.Signal{Topic: wire.TopicReadTime, Type: int32(chat.Private), Tick: sent.Tick, Room: "alice"}
	}
	isUnread := func(s imtest.Signal) bool { return s.Topic == wire.TopicCommand && s.Type == wire.CommandUnread }
	laptop.AwaitSignal("the mark of the phone", isMark)
	laptop.AwaitSignal("the news of what is unread", isUnread)
	phone.AwaitSignal("the news of what is unread", isUnread)
	if got := unreadOf(t, laptop, 1); len(got) != 1 || got["alice"] != 0 {
		t.Errorf("unread is %v", got)
	}
	if got := unreadOf(t, laptop, 1); len(got) != 0 {
		t.Errorf("it is told twice: %v", got)
	}
	if slices.ContainsFunc(phone.Signals(), isMark) {
		t.Error("the phone is told of its own mark")
	}
	if err := away.Connect(); err != nil {
		t.Fatal(err)
	}
	away.AwaitSignal("the mark that it missed", isMark)
	alice.Send(chat.Private, "bob", "again", 2)
	laptop.AwaitText("again")
	if slices.ContainsFunc(alice.Signals(), func(s imtest.Signal) bool { return isMark(s) || isUnread(s) && s.Tick >= sent.Tick }) {
		t.Errorf("alice is told of bob's mark: %v", alice.Signals())
	}
}

// What a user tells their own devices goes nowhere else, and no rule of the
// peer's keeps it back.
func TestReadSyncIsTheSendersOwn(t *testing.T) {
	n := imtest.Start(t)
	bob, phone, laptop := imtest.Dial(t, n, "bob"), imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "alice")
	sent := bob.Send(chat.Private, "alice", "hello", 1)
	n.Publish(chat.System, "news", "something", "alice")
	system := laptop.AwaitText("something")
	n.Post("/user/blacklist/add.json", url.Values{"userId": {"bob"}, "blackUserId": {"alice"}})
	if got := unreadOf(t, phone, 0); got["bob"] != 1 || got["news"] != 1 {
		t.Fatalf("unread is %v", got)
	}
	must(t, phone, wire.TopicPrivateSend, "bob", up(t, "RC:SRSMsg", fmt.Sprintf(`{"lastMessageSendTime":%d}`, sent.Tick)))
	must(t, phone, wire.TopicSystemSend, "news", up(t, "RC:SRSMsg", fmt.Sprintf(`{"lastMessageSendTime":%d}`, system.ID.Tick)))
	laptop.Await("the news that the system's message was read", func(m imtest.Message) bool {
		return m.ObjectName == "RC:SRSMsg" && m.Type == chat.System
	})
	if got := unreadOf(t, phone, 0); got["bob"] != 0 || got["news"] != 0 {
		t.Errorf("unread is %v", got)
	}
	n.Post("/user/blacklist/remove.json", url.Values{"userId": {"bob"}, "blackUserId": {"alice"}})
	phone.Send(chat.Private, "bob", "the end", 2)
	bob.AwaitText("the end")
	if got := bob.Received(); len(got) != 1 {
		t.Errorf("bob was given %+v", got)
	}
}

// A receipt to the peer moves the reader's own mark. A time of the future
// reads what there is, and no more.
func TestReceiptsMoveTheMark(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob")
	alice.Send(chat.Private, "bob", "1", 1)
	second := alice.Send(chat.Private, "bob", "2", 2)
	bob.AwaitText("2")
	receipt := fmt.Sprintf(`{"messageUId":%q,"lastMessageSendTime":%d,"type":1}`, second.UID, int64(chat.MaxTick))
	must(t, bob, wire.TopicPrivateSend, "alice", up(t, "RC:ReadNtf", receipt))
	alice.Await("the receipt", func(m imtest.Message) bool { return m.ObjectName == "RC:ReadNtf" })
	alice.Send(chat.Private, "bob", "3", 3)
	bob.AwaitText("3")
	if got := unreadOf(t, bob, 0); got["alice"] != 1 {
		t.Errorf("unread is %v", got)
	}
}

// Where the server counts, a recall is news about what is unread.
func TestRecallIsNewsOfUnread(t *testing.T) {
	for _, who := range []session.Counting{session.ByServer, session.ByDevice} {
		n := imtest.Start(t, imtest.Unread(who))
		alice, bob := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob")
		bob.AwaitText(first(alice))
		unreadOf(t, bob, 0)
		before := len(bob.Signals())
		recall := alice.Send(chat.Private, "bob", "secret", 2)
		bob.AwaitText("secret")
		content := fmt.Sprintf(`{"conversationType":1,"targetId":"bob","messageUId":%q,"sentTime":%d}`, recall.UID, recall.Tick)
		must(t, alice, wire.TopicRecall, "alice", up(t, "RC:RcCmd", content))
		bob.Await("the command", func(m imtest.Message) bool { return m.ObjectName == "RC:RcCmd" })
		isNews := func(s imtest.Signal) bool { return s.Topic == wire.TopicCommand && s.Type == wire.CommandUnread }
		if who == session.ByServer {
			bob.AwaitSignal("the news", func(s imtest.Signal) bool { return isNews(s) && s.Tick > recall.Tick })
			if got := unreadOf(t, bob, 1); got["alice"] != 1 {
				t.Errorf("unread is %v", got)
			}
		} else if slices.ContainsFunc(bob.Signals()[before:], isNews) {
			t.Error("a client that counts by itself is told what it may know better")
		}
	}
}

func first(alice *imtest.Client) string {
	alice.Send(chat.Private, "bob", "first", 1)
	return "first"
}

// A device that counts by itself and was away is given the command of a recall
// only when it had the message.
func TestCommandsOfWhatNobodyHad(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob")
	had := alice.Send(chat.Private, "bob", "had", 1)
	bob.AwaitText("had")
	bob.Cut()
	missed := alice.Send(chat.Private, "bob", "missed", 2)
	for _, m := range []imtest.Ack{had, missed} {
		content := fmt.Sprintf(`{"conversationType":1,"targetId":"bob","messageUId":%q,"sentTime":%d}`, m.UID, m.Tick)
		must(t, alice, wire.TopicRecall, "alice", up(t, "RC:RcCmd", content))
	}
	if err := bob.Connect(); err != nil {
		t.Fatal(err)
	}
	alice.Send(chat.Private, "bob", "end", 3)
	bob.AwaitText("end")
	var commands, notices int
	for _, m := range bob.Received() {
		switch m.ObjectName {
		case "RC:RcCmd":
			commands++
		case "RC:RcNtf":
			notices++
		}
	}
	if commands != 1 || notices != 1 {
		t.Errorf("%d commands and %d notices", commands, notices)
	}
}

// Many changes of one tick are one signal, and a client that counts nothing is
// told of none.
func TestOneSignalATick(t *testing.T) {
	n := imtest.Start(t)
	alice, other := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "alice")
	change := &pb.StatesChangeRequest{Version: new(int64)}
	for i := range 20 {
		change.State = append(change.State, &pb.ConversationState{
			Type: new(int32(1)), ChannelId: new(fmt.Sprint("peer", i)),
			StateItem: []*pb.StateItem{{SessionStateType: new(pb.StateKind_STATE_TOP), Value: new("1")}, {SessionStateType: new(pb.StateKind_STATE_SILENT), Value: new("5")}},
		})
	}
	var answer pb.StatesChangeAnswer
	if code := query(t, alice, wire.TopicStatesChange, change, &answer); code != chat.OK {
		t.Fatalf("code %d", code)
	}
	isStates := func(s imtest.Signal) bool {
		return s.Topic == wire.TopicCommand && s.Type == wire.CommandStates && int64(s.Tick) == answer.GetVersion()
	}
	for _, c := range []*imtest.Client{alice, other} {
		c.AwaitSignal("the change", isStates)
		var states pb.ConversationStates
		if code := query(t, c, wire.TopicConversationStates, &pb.ConversationStatesRequest{Time: new(int64)}, &states); code != chat.OK {
			t.Fatalf("code %d", code)
		}
		if len(states.State) != 20 || states.GetVersion() != answer.GetVersion() || states.State[0].GetTime() != answer.GetVersion() {
			t.Errorf("%d states of version %d, not %d", len(states.State), states.GetVersion(), answer.GetVersion())
		}
		if got := len(slices.DeleteFunc(c.Signals(), func(s imtest.Signal) bool { return !isStates(s) })); got != 1 {
			t.Errorf("%d signals", got)
		}
	}
}

// Clients of 5.7 remove a conversation by the frame's target.
func TestRemoveByTarget(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob")
	alice.Send(chat.Private, "bob", "hello", 1)
	bob.AwaitText("hello")
	list := func() int {
		var answer pb.ConversationsAnswer
		if code := query(t, bob, wire.TopicConversations, &pb.ConversationsRequest{Count: new(int32(10))}, &answer); code != chat.OK {
			t.Fatalf("code %d", code)
		}
		return len(answer.Info)
	}
	if got := list(); got != 1 {
		t.Fatalf("%d conversations", got)
	}
	if code := queryOf(t, bob, wire.TopicConversationDelete, "alice", &pb.ConversationsRequest{Type: new(int32(1))}, nil); code != chat.OK {
		t.Fatalf("code %d", code)
	}
	if got := list(); got != 0 {
		t.Errorf("%d conversations", got)
	}
}

// Whoever changes too much too fast is told so, and may still send.
func TestChangesAreLimited(t *testing.T) {
	n := imtest.Start(t, imtest.SendRate(2))
	alice := imtest.Dial(t, n, "alice")
	clean := &pb.ClearRequest{TargetId: new("bob"), DataTime: new(int64)}
	codes := map[chat.Code]bool{}
	for range 2*session.ChangesPerSend + 10 {
		codes[query(t, alice, wire.TopicPrivateClear, clean, nil)] = true
	}
	if !codes[chat.OK] || !codes[chat.TooFrequent] {
		t.Errorf("codes %v", codes)
	}
	if ack := alice.Send(chat.Private, "bob", "hello", 1); ack.Code != chat.OK {
		t.Errorf("%+v", ack)
	}
}

// What cannot be is refused, with a code that says why.
func TestConversationRequestsAreChecked(t *testing.T) {
	n := imtest.Start(t)
	alice := imtest.Dial(t, n, "alice")
	relation := make([]*pb.ConversationRef, 101)
	input := make([]*pb.ClearRequest, 21)
	for i := range relation {
		relation[i] = &pb.ConversationRef{ConversationId: new("bob"), ConversationType: new(int32(1))}
	}
	for i := range input {
		input[i] = &pb.ClearRequest{TargetId: new("bob"), DataTime: new(int64), ConversationType: new(int32(1))}
	}
	for name, c := range map[string]struct {
		topic string
		q     message
		code  chat.Code
	}{
		"too many conversations to remove": {wire.TopicConversationsDelete, &pb.ConversationBatch{Relation: relation}, chat.BadParameter},
		"too many conversations by name":   {wire.TopicConversationsBatch, &pb.ConversationBatch{Relation: relation}, chat.BadParameter},
		"too many conversations to clear":  {wire.TopicClearBatch, &pb.ClearBatchRequest{Input: input}, chat.BadParameter},
		"nothing to delete":                {wire.TopicDelete, &pb.DeleteRequest{Type: new(int32(1)), ConversationId: new("bob")}, chat.BadParameter},
		"a type that is none":              {wire.TopicDelete, &pb.DeleteRequest{Type: new(int32(99)), ConversationId: new("bob")}, chat.UnsupportedType},
		"messages of a group of others":    {wire.TopicMessages, &pb.MessagesRequest{Type: new(int32(3)), TargetId: new("group")}, chat.NotInGroup},
		"a token of nobody":                {wire.TopicUnread, &pb.UnreadRequest{PageToken: new("!")}, chat.BadParameter},
		"a page of nobody":                 {wire.TopicConversationsFilter, &pb.ConversationsFilter{PageToken: new("!")}, chat.BadParameter},
		"a level of a room":                {wire.TopicTypeLevel, &pb.TypeLevelRequest{Type: new(int32(4)), Version: new(int64), UnpushLevel: new(int32)}, chat.UnsupportedType},
		"a tag that is none": {wire.TopicTag, &pb.StatesChangeRequest{Version: new(int64), State: []*pb.ConversationState{{
			Type: new(int32(1)), ChannelId: new("bob"),
			StateItem: []*pb.StateItem{{SessionStateType: new(pb.StateKind_STATE_TAGS), Value: new(""), Tags: []*pb.Tag{{TagId: new("none")}}}},
		}}}, chat.BadParameter},
	} {
		if code := query(t, alice, c.topic, c.q, nil); code != c.code {
			t.Errorf("%s: code %d, not %d", name, code, c.code)
		}
	}
}

// A client of ours has its messages pushed and is told of everything else as
// an official client is.
func TestOurClientsAreTold(t *testing.T) {
	n := imtest.Start(t)
	joins(n.App, "club", "alice", "bob")
	alice, phone, laptop := imtest.Dial(t, n, "alice"), imtest.Dial(t, n, "bob", imtest.Direct()), imtest.Dial(t, n, "bob", imtest.Direct())
	command := func(kind int, after chat.Tick) func(imtest.Signal) bool {
		return func(s imtest.Signal) bool {
			return s.Topic == wire.TopicCommand && s.Type == int32(kind) && s.Tick > after
		}
	}
	sent := alice.Send(chat.Private, "bob", "first", 1)
	laptop.AwaitText("first")

	must(t, phone, wire.TopicReadTime, "bob", mark(t, chat.Private, "alice", sent.Tick))
	laptop.AwaitSignal("the mark of the phone", func(s imtest.Signal) bool {
		return s == imtest.Signal{Topic: wire.TopicReadTime, Type: int32(chat.Private), Tick: sent.Tick, Room: "alice"}
	})
	laptop.AwaitSignal("the news of what is unread", command(wire.CommandUnread, sent.Tick))

	edits := func() (list []*pb.Modified) {
		var answer pb.ModifiedAnswer
		if code := query(t, laptop, wire.TopicModified, &pb.ModifiedRequest{PullVersion: new(int64(sent.Tick))}, &answer); code != chat.OK {
			t.Fatalf("code %d", code)
		}
		return answer.Msg
	}
	edits() // as a client does that connected
	edit := &pb.ModifyRequest{FromUserId: new("alice"), Type: new(int32(chat.Private)), TargetId: new("bob"), MsgUid: new(string(sent.UID)), MsgTime: new(int64(sent.Tick)), Content: []byte(`{"content":"edited"}`)}
	if code := query(t, alice, wire.TopicModify, edit, new(pb.ModifyAnswer)); code != chat.OK {
		t.Fatalf("code %d", code)
	}
	laptop.AwaitSignal("the edit", command(wire.CommandModified, sent.Tick))
	if got := edits(); len(got) != 1 || string(got[0].Msg.GetContent()) != `{"content":"edited"}` {
		t.Errorf("the edits are %v", got)
	}

	second := alice.Send(chat.Private, "bob", "second", 2)
	recall := fmt.Sprintf(`{"conversationType":1,"targetId":"bob","messageUId":%q,"sentTime":%d}`, second.UID, second.Tick)
	must(t, alice, wire.TopicRecall, "alice", up(t, "RC:RcCmd", recall))
	laptop.AwaitSignal("the recall, of which a message less is unread", command(wire.CommandUnread, second.Tick))

	laptop.UltraPull(0) // it is there
	ultra := alice.Send(chat.UltraGroup, "club", "to all", 3)
	laptop.AwaitSignal("the message to the ultra group", command(wire.CommandUltraMessages, second.Tick))
	if page, _, _ := laptop.UltraPull(ultra.Tick - 1); len(page) != 1 || page[0].Text != "to all" {
		t.Errorf("the ultra group holds %v", page)
	}
	if got := laptop.Received(); len(got) != 3 {
		t.Errorf("the laptop was pushed %v", got)
	}
}
