package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// up is the smallest message a client may send, with some changes.
func up(changes ...func(*pb.UpMessage)) *pb.UpMessage {
	m := &pb.UpMessage{Flags: new(int32(3)), ClassName: new("RC:TxtMsg"), Content: []byte(`{"content":"hi"}`)}
	for _, change := range changes {
		change(m)
	}
	return m
}

func encode(t testing.TB, m interface{ MarshalVT() ([]byte, error) }) []byte {
	t.Helper()
	b, err := m.MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// quoted is JSON text of so many bytes.
func quoted(size int) []byte { return []byte(`"` + strings.Repeat("x", size-2) + `"`) }

// Everything a sender gives reaches the receiver, and each flag in its place.
func TestParseMessagePassesOn(t *testing.T) {
	sent := up(func(m *pb.UpMessage) {
		m.Flags = new(int32(1 | 2 | 4 | 32 | 64 | 1<<20))
		m.Content = []byte(`{"content":"hi","mentionedInfo":{"type":1}}`)
		m.PushText, m.AppData = new("push"), new("data")
		m.ToUserIds = []string{"bob", "carol"}
		m.ConfigFlag, m.ClientUniqueId, m.OptionBits = new(int32(-3)), new(int64(1<<52)), new(int64(3))
		m.ExtraContent, m.Metadata = new(`{"k":{"v":"1"}}`), new("meta")
		m.PushExt = &pb.PushExtra{Title: new("title"), PushConfigs: new(`[{"HW":{}}]`)}
		m.BusChannel = new("channel")
		m.ExtMsgData, m.RefData = &pb.ExtMsgData{}, &pb.ReferenceData{}
	})
	m, err := wire.ParseMessage(chat.Group, "alice", "group", encode(t, sent))
	if err != nil {
		t.Fatal(err)
	}
	if m.Type != chat.Group || m.Sender != "alice" || m.Target != "group" || m.Channel != "channel" || m.ObjectName != "RC:TxtMsg" ||
		m.ClientID != 1<<52 || !reflect.DeepEqual(m.To, []chat.UserID{"bob", "carol"}) ||
		m.Flags != chat.Persisted|chat.Counted|chat.Mentioned|chat.Silent|chat.Expandable|chat.KeepLatest {
		t.Errorf("parsed %+v", m)
	}
	m.ID = chat.ID{Tick: 1_800_000_000_000, Index: 7}
	for viewer, direction := range map[chat.UserID]int32{"alice": 1, "bob": 2} {
		var got pb.DownMessage
		if err := got.UnmarshalVT(wire.AppendMessage(nil, m, viewer)); err != nil {
			t.Fatal(err)
		}
		want := &pb.DownMessage{
			FromUserId: new("alice"), Type: new(int32(3)), GroupId: new("group"), ClassName: sent.ClassName, Content: sent.Content,
			DataTime: new(int64(m.ID.Tick)), Status: new(int64(16 | 32 | 64 | 512 | 1024)), MsgId: new(string(m.UID())), Direction: &direction,
			ClientUniqueId: sent.ClientUniqueId, ExtraContent: sent.ExtraContent, PushContent: sent.PushText, PushData: sent.AppData,
			ConfigFlag: sent.ConfigFlag, PushExt: sent.PushExt, BusChannel: sent.BusChannel, ToUserIds: sent.ToUserIds,
			OptionBits: new(int64(1)), // a directional message has no read receipts
			ExtMsgData: sent.ExtMsgData, Metadata: sent.Metadata, RefData: sent.RefData,
		}
		if !proto.Equal(&got, want) {
			t.Errorf("%s is given %v,\nnot %v", viewer, &got, want)
		}
	}
}

// Who looks decides whom a private message is from.
func TestAppendMessageViews(t *testing.T) {
	for name, c := range map[string]struct {
		typ             chat.ConversationType
		target          string
		viewer          chat.UserID
		from, group     string
		direction, kind int32
	}{
		"private, as received": {chat.Private, "bob", "bob", "alice", "", 2, 1},
		"private, as sent":     {chat.Private, "bob", "alice", "bob", "", 1, 1},
		"private, to oneself":  {chat.Private, "alice", "alice", "alice", "", 2, 1},
		"system, as received":  {chat.System, "bob", "bob", "alice", "", 2, 6},
		"group, as received":   {chat.Group, "g", "bob", "alice", "g", 2, 3},
		"group, as sent":       {chat.Group, "g", "alice", "alice", "g", 1, 3},
		"chatroom, as sent":    {chat.Chatroom, "r", "alice", "alice", "r", 1, 4},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := wire.NewMessage(c.typ, "alice", c.target, up())
			if err != nil {
				t.Fatal(err)
			}
			var got pb.DownMessage
			if err := got.UnmarshalVT(wire.AppendMessage(nil, m, c.viewer)); err != nil {
				t.Fatal(err)
			}
			if got.GetFromUserId() != c.from || got.GetGroupId() != c.group || got.GetDirection() != c.direction || got.GetType() != c.kind {
				t.Errorf("%v", &got)
			}
		})
	}
}

// Each way to be wrong is refused, with the code and the field it is about.
func TestParseMessageRefuses(t *testing.T) {
	good := encode(t, up())
	field := func(num protowire.Number, typ protowire.Type, value ...byte) []byte {
		return append(protowire.AppendTag(bytes.Clone(good), num, typ), value...)
	}
	with := func(change func(*pb.UpMessage)) []byte { return encode(t, up(change)) }
	text := func(num protowire.Number, s string) []byte {
		return protowire.AppendString(protowire.AppendTag(bytes.Clone(good), num, protowire.BytesType), s)
	}
	many := make([]string, chat.MaxDirected+1)
	for i := range many {
		many[i] = fmt.Sprint("user", i)
	}
	for name, c := range map[string]struct {
		payload []byte
		code    chat.Code
		reason  string
	}{
		"nothing":                  {nil, chat.BadMessage, "needed"},
		"cut":                      {good[:len(good)-1], chat.BadMessage, "field 3"},
		"a tag of field 0":         {append(bytes.Clone(good), 0), chat.BadMessage, "message"},
		"a tag that does not end":  {append(bytes.Clone(good), 0xff), chat.BadMessage, "message"},
		"an empty object name":     {with(func(m *pb.UpMessage) { m.ClassName = new("") }), chat.BadParameter, "objectName"},
		"a long object name":       {with(func(m *pb.UpMessage) { m.ClassName = new(strings.Repeat("x", 65)) }), chat.BadParameter, "objectName is 65 bytes, over 64"},
		"content too big":          {with(func(m *pb.UpMessage) { m.Content = quoted(chat.MaxContent + 1) }), chat.TooBig, "131073"},
		"content not JSON":         {with(func(m *pb.UpMessage) { m.Content = []byte("hello") }), chat.BadParameter, "content is not JSON"},
		"no content":               {with(func(m *pb.UpMessage) { m.Content = []byte{} }), chat.BadParameter, "content is not JSON"},
		"content not UTF-8":        {with(func(m *pb.UpMessage) { m.Content = []byte("\"\xff\"") }), chat.BadMessage, "field 3 is not UTF-8"},
		"a long pushContent":       {with(func(m *pb.UpMessage) { m.PushText = new(strings.Repeat("x", chat.MaxPushText+1)) }), chat.BadParameter, "pushContent"},
		"a long pushData":          {with(func(m *pb.UpMessage) { m.AppData = new(strings.Repeat("x", chat.MaxPushText+1)) }), chat.BadParameter, "pushData"},
		"a long expansion":         {with(func(m *pb.UpMessage) { m.ExtraContent = new(strings.Repeat("x", wire.MaxExpansion+1)) }), chat.BadParameter, "extraContent"},
		"a long channel":           {with(func(m *pb.UpMessage) { m.BusChannel = new(strings.Repeat("x", 65)) }), chat.BadParameter, "channelId"},
		"too many receivers":       {with(func(m *pb.UpMessage) { m.ToUserIds = many }), chat.BadParameter, "toUserIds names more than 300"},
		"an empty receiver":        {with(func(m *pb.UpMessage) { m.ToUserIds = []string{""} }), chat.BadParameter, "toUserIds"},
		"a receiver with a NUL":    {with(func(m *pb.UpMessage) { m.ToUserIds = []string{"a\x00b"} }), chat.BadParameter, "toUserIds holds a control character"},
		"flags twice":              {field(1, protowire.VarintType, 1), chat.BadMessage, "field 1 is there twice"},
		"content twice":            {text(3, "{}"), chat.BadMessage, "field 3 is there twice"},
		"an unknown field twice":   {append(field(7, protowire.VarintType, 1), field(7, protowire.VarintType, 1)[len(good):]...), chat.BadMessage, "field 7 is there twice"},
		"a number as text":         {text(9, "x"), chat.BadMessage, "field 9 is not a number"},
		"a text as number":         {field(4, protowire.VarintType, 1), chat.BadMessage, "field 4 is not text"},
		"text not UTF-8":           {text(4, "\xff"), chat.BadMessage, "field 4 is not UTF-8"},
		"receivers not UTF-8":      {text(6, "\xff"), chat.BadMessage, "field 6 is not UTF-8"},
		"pushExt that is none":     {text(12, "\xff"), chat.BadMessage, "pushExt"},
		"a reference that is none": {text(25, "\xff"), chat.BadMessage, "refData"},
		"extra data that are none": {text(23, "\xff"), chat.BadMessage, "extMsgData"},
		"a group without an end":   {field(40, protowire.StartGroupType), chat.BadMessage, "field 40"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := wire.ParseMessage(chat.Group, "alice", "group", c.payload)
			if chat.CodeOf(err) != c.code || err == nil || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("%v (%v), not %v because of %q", err, chat.CodeOf(err), c.code, c.reason)
			}
		})
	}
	for name, missing := range map[string]func(*pb.UpMessage){
		"flags":      func(m *pb.UpMessage) { m.Flags = nil },
		"objectName": func(m *pb.UpMessage) { m.ClassName = nil },
		"content":    func(m *pb.UpMessage) { m.Content = nil },
	} {
		if _, err := wire.NewMessage(chat.Group, "alice", "group", up(missing)); chat.CodeOf(err) != chat.BadParameter {
			t.Errorf("without %s: %v", name, err)
		}
	}
	for target, want := range map[string]string{"": "0 bytes", strings.Repeat("x", 65): "65 bytes", "a\nb": "control", "\xff": "UTF-8", "a\x7f": "control"} {
		if _, err := wire.ParseMessage(chat.Private, "alice", target, good); chat.CodeOf(err) != chat.BadParameter || !strings.Contains(err.Error(), want) {
			t.Errorf("to %q: %v", target, err)
		}
	}
}

// What is just within the limits is taken, and so is what we do not know.
func TestParseMessageTakes(t *testing.T) {
	for name, change := range map[string]func(*pb.UpMessage){
		"content at the limit": func(m *pb.UpMessage) { m.Content = quoted(chat.MaxContent) },
		"any JSON":             func(m *pb.UpMessage) { m.Content = []byte("1e999") },
		"a custom object name": func(m *pb.UpMessage) { m.ClassName = new(strings.Repeat("x", chat.MaxObjectName)) },
		"no channel":           func(m *pb.UpMessage) { m.BusChannel = new("") },
		"old fields":           func(m *pb.UpMessage) { m.DelMsgTime, m.SystemId = new(int64(1)), new("x") },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := wire.NewMessage(chat.Private, "alice", strings.Repeat("é", 32), up(change)); err != nil {
				t.Error(err)
			}
		})
	}
	unknown := protowire.AppendString(protowire.AppendTag(encode(t, up()), 1000, protowire.BytesType), "later")
	if _, err := wire.ParseMessage(chat.Private, "alice", "bob", unknown); err != nil {
		t.Error(err)
	}
}

// A resend has the key of the first; whatever makes another message has another.
func TestKey(t *testing.T) {
	send := func(sender chat.UserID, typ chat.ConversationType, target string, changes ...func(*pb.UpMessage)) chat.SendKey {
		t.Helper()
		m, err := wire.NewMessage(typ, sender, target, up(append([]func(*pb.UpMessage){func(m *pb.UpMessage) { m.ClientUniqueId = new(int64(7)) }}, changes...)...))
		if err != nil {
			t.Fatal(err)
		}
		return m.Key
	}
	first := send("alice", chat.Private, "bob")
	if first == (chat.SendKey{}) || send("alice", chat.Private, "bob") != first {
		t.Error("a resend has another key")
	}
	if again := send("alice", chat.Private, "bob", func(m *pb.UpMessage) { m.PushText = new("new push text") }); again != first {
		t.Error("the push text is part of the key")
	}
	for name, other := range map[string]chat.SendKey{
		"another sender":      send("bob", chat.Private, "alice"),
		"another receiver":    send("alice", chat.Private, "carol"),
		"another type":        send("alice", chat.System, "bob"),
		"another channel":     send("alice", chat.Private, "bob", func(m *pb.UpMessage) { m.BusChannel = new("c") }),
		"another id":          send("alice", chat.Private, "bob", func(m *pb.UpMessage) { m.ClientUniqueId = new(int64(8)) }),
		"a negative id":       send("alice", chat.Private, "bob", func(m *pb.UpMessage) { m.ClientUniqueId = new(int64(-7)) }),
		"another content":     send("alice", chat.Private, "bob", func(m *pb.UpMessage) { m.Content = []byte(`{"content":"ho"}`) }),
		"another object name": send("alice", chat.Private, "bob", func(m *pb.UpMessage) { m.ClassName = new("RC:InfoNtf") }),
	} {
		if other == first {
			t.Errorf("%s has the same key", name)
		}
	}
	if none := send("alice", chat.Private, "bob", func(m *pb.UpMessage) { m.ClientUniqueId = new(int64(0)) }); none != (chat.SendKey{}) {
		t.Error("the id 0 is a key")
	}
}

// A list entry is right whatever number of bytes its length takes.
func TestAppendListed(t *testing.T) {
	for _, size := range []int{2, 50, 100, 127, 128, 129, 1000, 16200, 16383, 16384, 16500, 131072} {
		m, err := wire.NewMessage(chat.Private, "alice", "bob", up(func(m *pb.UpMessage) { m.Content = quoted(size) }))
		if err != nil {
			t.Fatal(err)
		}
		list := wire.AppendListed(wire.AppendListed([]byte{}, m, "bob"), m, "alice")
		var down pb.DownMessages
		if err := down.UnmarshalVT(wire.AppendPulled(list, 5, true)); err != nil || len(down.List) != 2 {
			t.Fatalf("content of %d bytes: %d entries, %v", size, len(down.List), err)
		}
		if len(down.List[0].Content) != size || down.List[1].GetDirection() != 1 || down.GetSyncTime() != 5 || !down.GetFinished() {
			t.Errorf("content of %d bytes came as %d", size, len(down.List[0].Content))
		}
	}
	// An entry of our own making may be shorter than any message.
	tiny := &chat.Message{Type: chat.Private, Sender: "a", Target: "b"}
	if list := wire.AppendListed(nil, tiny, "b"); int(list[1]) != len(list)-2 {
		t.Errorf("%x", list)
	}
}

// What follows a list says what the SDK needs to go on.
func TestAppendAnswers(t *testing.T) {
	var pushed pb.DownMessages
	if err := pushed.UnmarshalVT(wire.AppendPushed(nil, 5, 9)); err != nil || pushed.GetPreviousTick() != 5 || pushed.GetSyncTime() != 9 || !pushed.GetFinished() {
		t.Errorf("%v, %v", &pushed, err)
	}
	var room pb.RoomMessages
	if err := room.UnmarshalVT(wire.AppendRoomPulled(nil, 9)); err != nil || room.GetSyncTime() != 9 {
		t.Errorf("%v, %v", &room, err)
	}
	var history pb.HistoryAnswer
	if err := history.UnmarshalVT(wire.AppendHistory(nil, 9, true)); err != nil || history.GetSyncTime() != 9 || history.GetHasMsg() != 1 {
		t.Errorf("%v, %v", &history, err)
	}
	var notify pb.Notify
	if err := notify.UnmarshalVT(wire.AppendNotify(nil, wire.NotifyRoom, 9, "room")); err != nil || notify.GetType() != 2 || notify.GetTime() != 9 || notify.GetRoomId() != "room" {
		t.Errorf("%v, %v", &notify, err)
	}
	m, err := wire.NewMessage(chat.Private, "alice", "bob", up())
	if err != nil {
		t.Fatal(err)
	}
	wire.MarkStatus(m)
	var status pb.DownMessage
	if err := status.UnmarshalVT(wire.AppendMessage(nil, m, "bob")); err != nil || status.GetExtStatus() != 64 {
		t.Errorf("%v, %v", &status, err)
	}
}

// Whatever is accepted can be decoded by every receiver and parsed by the
// sender's own rules again.
func FuzzParseMessage(f *testing.F) {
	f.Add(encode(f, up()))
	f.Add(encode(f, up(func(m *pb.UpMessage) {
		m.ClientUniqueId, m.ToUserIds, m.PushExt = new(int64(1)), []string{"bob"}, &pb.PushExtra{Title: new("x")}
		m.BusChannel, m.RefData = new("c"), &pb.ReferenceData{}
	})))
	f.Fuzz(func(t *testing.T, payload []byte) {
		before := bytes.Clone(payload)
		m, err := wire.ParseMessage(chat.Group, "alice", "group", payload)
		if !bytes.Equal(before, payload) {
			t.Fatal("the payload was changed")
		}
		if err != nil {
			if code := chat.CodeOf(err); code != chat.BadMessage && code != chat.BadParameter && code != chat.TooBig {
				t.Fatalf("refused with %v: %v", code, err)
			}
			return
		}
		for _, viewer := range []chat.UserID{"alice", "bob"} {
			var down pb.DownMessage
			if err := down.UnmarshalVT(wire.AppendMessage(nil, m, viewer)); err != nil {
				t.Fatalf("accepted, but it does not decode: %v", err)
			}
			if err := proto.Unmarshal(wire.AppendMessage(nil, m, viewer), new(pb.DownMessage)); err != nil {
				t.Fatalf("accepted, but a strict reader refuses it: %v", err)
			}
			if !json.Valid(down.Content) || down.GetClassName() != m.ObjectName || len(down.ToUserIds) != len(m.To) {
				t.Fatalf("accepted, but changed: %v", &down)
			}
		}
		name, body := strings.Clone(m.ObjectName), bytes.Clone(m.Body)
		for i := range payload {
			payload[i] ^= 0xff
		}
		if m.ObjectName != name || !bytes.Equal(m.Body, body) {
			t.Fatal("the message shares the payload's memory")
		}
	})
}
