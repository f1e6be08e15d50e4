package imlib

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Every message type of the page, as an official client writes it.
var contents = []struct {
	content Content
	text    string
}{
	{TextMessage{Content: "a < b & c 😀", Common: Common{Extra: "x"}}, `{"content":"a < b & c 😀","extra":"x"}`},
	{TextMessage{Content: "hi", Common: Common{User: &User{ID: "a", Name: "Alice", Portrait: "http://p", Extra: "e"}}},
		`{"content":"hi","user":{"id":"a","name":"Alice","portraitUri":"http://p","portrait":"http://p","extra":"e"}}`},
	{ImageMessage{Thumbnail: "/9j/", URL: "http://i"}, `{"content":"/9j/","imageUri":"http://i"}`},
	{FileMessage{Name: "f", Size: 1000, Type: "pdf", URL: "http://f"}, `{"name":"f","size":1000,"type":"pdf","fileUrl":"http://f"}`},
	{HQVoiceMessage{URL: "http://v", Duration: 60}, `{"remoteUrl":"http://v","duration":60}`},
	{SightMessage{URL: "http://s", Thumbnail: "/9j/", Duration: 10, Size: 100, Name: "n"},
		`{"sightUrl":"http://s","content":"/9j/","duration":10,"size":100,"name":"n"}`},
	{GIFMessage{Size: 30, URL: "http://g", Width: 300, Height: 200}, `{"gifDataSize":30,"remoteUrl":"http://g","width":300,"height":200}`},
	{ReferenceMessage{Content: "yes", Sender: "bob", Message: json.RawMessage(`{"content":"?"}`), UID: "U", ObjectName: "RC:TxtMsg"},
		`{"content":"yes","referMsgUserId":"bob","referMsg":{"content":"?"},"referMsgUid":"U","objName":"RC:TxtMsg"}`},
	{LocationMessage{Longitude: 116.4, Latitude: 39.9, Name: "here", Thumbnail: "x"},
		`{"longitude":116.4,"latitude":39.9,"poi":"here","content":"x"}`},
	{RichContentMessage{Title: "t", Summary: "s", ImageURL: "http://i", URL: "http://u"},
		`{"title":"t","content":"s","imageUri":"http://i","url":"http://u"}`},
	{InformationNotificationMessage{Message: "m", Common: Common{Extra: "e"}}, `{"message":"m","extra":"e"}`},
	{CommandMessage{Name: "n", Data: "d"}, `{"name":"n","data":"d"}`},
	{GroupNotificationMessage{Operator: "a", Operation: "Add", Data: "d", Message: "m"},
		`{"operatorUserId":"a","operation":"Add","data":"d","message":"m"}`},
	{TypingStatus{ObjectName: "RC:TxtMsg"}, `{"typingContentType":"RC:TxtMsg"}`},
	{Custom{ObjectName: "app:order", Persisted: true, Counted: true, JSON: json.RawMessage(`{"n":1}`)}, `{"n":1}`},
}

func TestContents(t *testing.T) {
	for _, c := range contents {
		t.Run(c.content.Kind().ObjectName, func(t *testing.T) {
			text, err := encodeContent(c.content, nil)
			if err != nil || string(text) != c.text {
				t.Errorf("encodes to %s, %v", text, err)
			}
			if got := (*MessageTypes)(nil).decode(c.content.Kind(), text); !reflect.DeepEqual(got, c.content) {
				t.Errorf("comes back as %+v", got)
			}
		})
	}
}

// A message that is not what its type says must not stop the receiver.
func TestStrangeContentIsCustom(t *testing.T) {
	k := Kind{ObjectName: "RC:TxtMsg", Persisted: true}
	for _, text := range []string{`{"content":7}`, `[]`, `nonsense`, ``} {
		want := Custom{ObjectName: "RC:TxtMsg", Persisted: true, JSON: json.RawMessage(text)}
		if got := (*MessageTypes)(nil).decode(k, []byte(text)); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

func TestMentions(t *testing.T) {
	for _, c := range []struct {
		content Content
		m       Mentions
		text    string
	}{
		{TextMessage{Content: "hi"}, Mentions{Users: []chat.UserID{"a", "b"}, Text: "you"},
			`{"content":"hi","mentionedInfo":{"type":2,"userIdList":["a","b"],"mentionedContent":"you"}}`},
		{TextMessage{Content: "hi"}, Mentions{All: true}, `{"content":"hi","mentionedInfo":{"type":1}}`},
		{Custom{ObjectName: "app:x", JSON: json.RawMessage(`{}`)}, Mentions{All: true}, `{"mentionedInfo":{"type":1}}`},
	} {
		text, err := encodeContent(c.content, &c.m)
		if err != nil || string(text) != c.text {
			t.Errorf("encodes to %s, %v", text, err)
		}
		if got := decodeMentions(text); !reflect.DeepEqual(got, &c.m) {
			t.Errorf("comes back as %+v", got)
		}
	}
	if decodeMentions([]byte(`{"content":"hi"}`)) != nil || decodeMentions([]byte(`[`)) != nil {
		t.Error("mentions where there are none")
	}
}

func TestCompose(t *testing.T) {
	out, err := compose(chat.Conversation{Type: chat.Group, Target: "g", Channel: "c"}, TextMessage{Content: "hi"}, []SendOption{
		Mention(Mentions{All: true}), Directed("a", "b"), Silent(), KeepLatest(), MessageID(7),
		Expandable(map[string]string{"k": "v"}), WithPush(Push{Title: "t", Text: "x", Data: "d", Template: "id"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &pb.UpMessage{
		Flags: proto.Int32(1 | 2 | 4 | 32 | 64), ClassName: proto.String("RC:TxtMsg"),
		Content:  []byte(`{"content":"hi","mentionedInfo":{"type":1}}`),
		PushText: proto.String("x"), AppData: proto.String("d"), ToUserIds: []string{"a", "b"},
		ClientUniqueId: proto.Int64(7), ExtraContent: proto.String(`{"k":{"v":"v"}}`),
		PushExt:    &pb.PushExtra{Title: proto.String("t"), TemplateId: proto.String("id")},
		BusChannel: proto.String("c"), OptionBits: proto.Int64(1), ConfigFlag: proto.Int32(0),
	}
	if !proto.Equal(&out.up, want) {
		t.Errorf("composed %v, want %v", &out.up, want)
	}
}

func TestComposeRefuses(t *testing.T) {
	big := TextMessage{Content: strings.Repeat("x", 131072)}
	for name, c := range map[string]struct {
		to      chat.Conversation
		content Content
		options []SendOption
		code    chat.Code
	}{
		"too big":            {Private("bob"), big, nil, chat.ContentTooBig},
		"no target":          {Private(""), TextMessage{}, nil, chat.BadTarget},
		"directed to one":    {Private("bob"), TextMessage{}, []SendOption{Directed("a")}, chat.NotDirectable},
		"directed to many":   {Group("g"), TextMessage{}, []SendOption{Directed(make([]chat.UserID, 301)...)}, chat.BadUsers},
		"not JSON":           {Private("bob"), Custom{ObjectName: "x", JSON: json.RawMessage(`{`)}, nil, chat.BadContent},
		"no content at all":  {Private("bob"), Custom{ObjectName: "x"}, nil, chat.BadContent},
		"not an object":      {Private("bob"), Custom{ObjectName: "x", JSON: json.RawMessage(`[]`)}, nil, chat.BadContent},
		"not even encodable": {Private("bob"), LocationMessage{Latitude: math.NaN()}, nil, chat.BadContent},
		"nothing":            {Private("bob"), nil, nil, chat.BadContent},
		"no such type":       {chat.Conversation{Type: 2, Target: "x"}, TextMessage{}, nil, chat.BadConversationType},
		"system":             {chat.Conversation{Type: chat.System, Target: "x"}, TextMessage{}, nil, chat.SystemReadOnly},
		"bad channel":        {UltraGroup("g", "a\x01"), TextMessage{}, nil, chat.BadChannel},
		"no object name":     {Private("bob"), Custom{JSON: json.RawMessage(`{}`)}, nil, chat.BadMessageType},
		"a stream":           {Private("bob"), StreamMessage{}, nil, chat.NotSendable},
		"status in a room":   {Chatroom("r"), TextMessage{}, []SendOption{AsStatus()}, chat.BadConversationType},
		"nobody mentioned":   {Group("g"), TextMessage{}, []SendOption{Mention(Mentions{})}, chat.BadUsers},
		"receipt in a room":  {Chatroom("r"), TextMessage{}, []SendOption{WantReceipt()}, chat.ReceiptUnwanted},
		"receipt of command": {Private("bob"), CommandMessage{}, []SendOption{WantReceipt()}, chat.ReceiptUnwanted},
		"receipt of few":     {Group("g"), TextMessage{}, []SendOption{WantReceipt(), Directed("a")}, chat.ReceiptUnwanted},
		"receipt of status":  {Group("g"), TextMessage{}, []SendOption{WantReceipt(), AsStatus()}, chat.ReceiptUnwanted},
		"latest in channel":  {UltraGroup("g", ""), TextMessage{}, []SendOption{KeepLatest()}, chat.KeepLatestElsewhere},
		"quote of nothing":   {Private("bob"), TextMessage{}, []SendOption{Quoting(Message{Content: TextMessage{}})}, chat.BadQuote},
		"expansion's key":    {Private("bob"), TextMessage{}, []SendOption{Expandable(map[string]string{"a b": ""})}, chat.BadExpansion},
		"expansion's value":  {Private("bob"), TextMessage{}, []SendOption{Expandable(map[string]string{"a": strings.Repeat("x", 4097)})}, chat.ExpansionLimit},
		"long push":          {Private("bob"), TextMessage{}, []SendOption{WithPush(Push{Text: strings.Repeat("x", 8193)})}, chat.BadPush},
		"thumbnail's prefix": {Private("bob"), ImageMessage{Thumbnail: "data:image/jpeg;base64,xx"}, nil, chat.BadParameter},
		"big thumbnail":      {Private("bob"), SightMessage{Thumbnail: strings.Repeat("x", 81921)}, nil, chat.TooBig},
		"long voice":         {Private("bob"), HQVoiceMessage{Duration: 61}, nil, chat.BadParameter},
	} {
		_, err := compose(c.to, c.content, c.options)
		if chat.CodeOf(err) != c.code || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := compose(Private("bob"), SightMessage{Duration: 600}, nil); err != nil {
		t.Errorf("a long video, which an app may allow: %v", err)
	}
}

func TestDecodeMessage(t *testing.T) {
	d := &pb.DownMessage{
		FromUserId: proto.String("bob"), GroupId: proto.String("g"), Type: proto.Int32(3), BusChannel: proto.String("c"),
		ClassName: proto.String("RC:TxtMsg"), Content: []byte(`{"content":"hi","mentionedInfo":{"type":1}}`),
		DataTime: proto.Int64(1_800_000_000_123), Status: proto.Int64(16 | 32 | 64 | 512 | 1024), MsgId: proto.String("U"),
		ClientUniqueId: proto.Int64(7), ExtraContent: proto.String(`{"k":{"v":"w"}}`), ToUserIds: []string{"alice"},
		OptionBits: proto.Int64(3),
	}
	m := decodeMessage(d, "alice", nil)
	all := chat.Persisted | chat.Counted | chat.Mentioned | chat.Silent | chat.Expandable | chat.KeepLatest | chat.Receipt
	if m.UID != "U" || m.ID != 7 || m.Sender != "bob" || m.Own || m.Time.UnixMilli() != 1_800_000_000_123 || m.Flags != all ||
		m.Conversation != (chat.Conversation{Type: chat.Group, Target: "g", Channel: "c"}) || m.Content != (TextMessage{Content: "hi"}) {
		t.Errorf("decoded %+v", m)
	}
	if !m.Mentions.All || m.Expansion["k"] != "w" || !slices.Equal(m.To, []chat.UserID{"alice"}) {
		t.Errorf("decoded %+v", m)
	}
	if decodeExpansion("nonsense") != nil {
		t.Error("an expansion out of nonsense")
	}
}
