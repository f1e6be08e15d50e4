package wire_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// of is the smallest message of a type with some content.
func of(name, content string) *pb.UpMessage {
	return up(func(m *pb.UpMessage) { m.ClassName, m.Content = &name, []byte(content) })
}

func parse(t testing.TB, d wire.Dialect, typ chat.ConversationType, m *pb.UpMessage) *chat.Message {
	t.Helper()
	parsed, err := d.ParseMessage(typ, "alice", "target", encode(t, m))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// down is what a receiver of m gets.
func down(t testing.TB, m *chat.Message) *pb.DownMessage {
	t.Helper()
	var got pb.DownMessage
	if err := got.UnmarshalVT(wire.AppendMessage(nil, m, "bob")); err != nil {
		t.Fatal(err)
	}
	return &got
}

// A picture may be 80 KB of bare base64, a voice a minute, a video two, and
// what is over that is refused with the field and the limit.
func TestContentLimits(t *testing.T) {
	picture := func(bytes int) string { return `{"content":"` + strings.Repeat("A", bytes) + `"}` }
	for name, c := range map[string]struct {
		typ, content string
		limits       wire.ContentLimits
		code         chat.Code
		reason       string
	}{
		"a picture":                    {typ: "RC:ImgMsg", content: picture(chat.MaxThumbnail)},
		"no picture":                   {typ: "RC:ImgMsg", content: `{"imageUri":"http://127.0.0.1/"}`},
		"a picture that is null":       {typ: "RC:ImgMsg", content: `{"content":null}`},
		"a picture of another member":  {typ: "RC:ImgMsg", content: `{"user":{"content":"data:image/png;base64,AAAA"},"extra":"data:"}`},
		"a large picture":              {typ: "RC:ImgMsg", content: picture(chat.MaxThumbnail + 1), code: chat.TooBig, reason: "content.content is a picture of 81921 bytes in base64, over 81920"},
		"a large picture of a video":   {typ: "RC:SightMsg", content: picture(100_000), code: chat.TooBig, reason: "over 81920"},
		"a large picture of a place":   {typ: "RC:LBSMsg", content: picture(100_000), code: chat.TooBig, reason: "over 81920"},
		"a large text":                 {typ: "RC:TxtMsg", content: picture(100_000)},
		"a large one of an app's type": {typ: "app:picture", content: picture(100_000)},
		"slashes that are escaped":     {typ: "RC:ImgMsg", content: `{"content":"` + strings.Repeat(`\/`, chat.MaxThumbnail*3/5) + `"}`},
		"too many that are escaped":    {typ: "RC:ImgMsg", content: `{"content":"` + strings.Repeat(`\/`, 45_000) + strings.Repeat("A", 40_000) + `"}`, code: chat.TooBig, reason: "over 81920"},
		"a prefix":                     {typ: "RC:ImgMsg", content: `{"content":"data:image/jpeg;base64,AAAA"}`, code: chat.BadParameter, reason: `content.content begins with "data:"`},
		"a prefix in capitals":         {typ: "RC:ImgMsg", content: `{"content":"DATA:image/jpeg;base64,AAAA"}`, code: chat.BadParameter, reason: "begins with"},
		"a prefix that is escaped":     {typ: "RC:ImgMsg", content: `{"content":"\u0064ata:image/jpeg;base64,AAAA"}`, code: chat.BadParameter, reason: "begins with"},
		"a member that is escaped":     {typ: "RC:ImgMsg", content: `{"c\u006fntent":"data:"}`, code: chat.BadParameter, reason: "begins with"},
		"the second of two":            {typ: "RC:ImgMsg", content: `{"content":"AAAA","content":"data:"}`, code: chat.BadParameter, reason: "begins with"},
		"after others":                 {typ: "RC:ImgMsg", content: ` { "a" : [ {"content":1} , "]" ] , "b" : "\"" , "content" : "data:" } `, code: chat.BadParameter, reason: "begins with"},
		"a picture that is a number":   {typ: "RC:ImgMsg", content: `{"content":1}`, code: chat.BadParameter, reason: "content.content is not text"},
		"no object":                    {typ: "RC:ImgMsg", content: `"data:"`},
		"a list":                       {typ: "RC:ImgMsg", content: `["content","data:"]`},

		"a minute of voice":        {typ: "RC:HQVCMsg", content: `{"duration":60}`},
		"a minute as text":         {typ: "RC:HQVCMsg", content: `{"duration":"60"}`},
		"more than a minute":       {typ: "RC:HQVCMsg", content: `{"duration":60.5}`, code: chat.BadParameter, reason: "content.duration is 60.5 s, not 0 to 60 s"},
		"more than that, as text":  {typ: "RC:HQVCMsg", content: `{"duration":"61"}`, code: chat.BadParameter, reason: "content.duration is 61 s"},
		"more of the older voice":  {typ: "RC:VcMsg", content: `{"duration":61}`, code: chat.BadParameter, reason: "not 0 to 60 s"},
		"less than nothing":        {typ: "RC:HQVCMsg", content: `{"duration":-1}`, code: chat.BadParameter, reason: "content.duration is -1 s"},
		"no number":                {typ: "RC:HQVCMsg", content: `{"duration":"NaN"}`, code: chat.BadParameter, reason: "not a number of seconds"},
		"an object":                {typ: "RC:HQVCMsg", content: `{"duration":{"s":1}}`, code: chat.BadParameter, reason: "not a number of seconds"},
		"two minutes of video":     {typ: "RC:SightMsg", content: `{"content":"AAAA","duration":120}`},
		"more than two minutes":    {typ: "RC:SightMsg", content: `{"content":"AAAA","duration":121}`, code: chat.BadParameter, reason: "content.duration is 121 s, not 0 to 120 s"},
		"as long as the app wants": {typ: "RC:SightMsg", content: `{"duration":300}`, limits: wire.ContentLimits{Video: 5 * time.Minute}},
		"longer than that":         {typ: "RC:SightMsg", content: `{"duration":301}`, limits: wire.ContentLimits{Video: 5 * time.Minute}, code: chat.BadParameter, reason: "not 0 to 300 s"},
		"without a limit":          {typ: "RC:SightMsg", content: `{"duration":1e9}`, limits: wire.ContentLimits{Video: -1}},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.limits.Check(parse(t, wire.Unknown, chat.Private, of(c.typ, c.content)))
			if chat.CodeOf(err) != c.code || err != nil && !strings.Contains(err.Error(), c.reason) {
				t.Errorf("%v: %v, not %v: %s", chat.CodeOf(err), err, c.code, c.reason)
			}
		})
	}
}

// A type of the protocol says itself whether its messages are persisted and
// counted, unless the server or the app's server sends them.
func TestFlagsOfTypes(t *testing.T) {
	const both = chat.Persisted | chat.Counted
	for _, c := range []struct {
		typ     string
		said    int32
		dialect wire.Dialect
		want    chat.Flags
	}{
		{"RC:TxtMsg", 0, wire.BitKeeps, both},
		{"RC:TypSts", 3, wire.BitKeeps, 0},
		{"RC:CmdMsg", 3, wire.BitSkips, 0},
		{"RC:InfoNtf", 3, wire.Unknown, chat.Persisted},
		{"app:order", 0, wire.BitKeeps, 0},
		{"app:order", 1, wire.BitKeeps, chat.Persisted},
		{"app:order", 3, wire.BitKeeps, both},
		{"RC:TxtMsg", 0, wire.Trusted, 0},
		{"RC:CmdMsg", 3, wire.Trusted, both},
	} {
		u := of(c.typ, `{}`)
		u.Flags = &c.said
		m := parse(t, c.dialect, chat.Private, u)
		if m.Flags != c.want {
			t.Errorf("%s sent with %d by dialect %d has the flags %b, not %b", c.typ, c.said, c.dialect, m.Flags, c.want)
		}
		if got := down(t, m).GetStatus(); got != int64(m.Flags&both)<<4 {
			t.Errorf("%s: status %d for flags %b", c.typ, got, m.Flags)
		}
	}
	seen := map[string]bool{}
	for _, typ := range chat.MessageTypes {
		if seen[typ.Name] || typ.Name == "" || typ.Flags&^both != 0 || (typ.Status || typ.Service) && typ.Flags != 0 {
			t.Errorf("%+v", typ)
		}
		seen[typ.Name] = true
	}
}

// A mention needs a group and says whom it mentions; elsewhere nothing is left
// of it, and everything else stays as it was.
func TestMentions(t *testing.T) {
	const info = `"mentionedInfo":{"type":2,"userIdList":["bob"]}`
	for _, c := range []struct {
		typ           chat.ConversationType
		flags         int32
		content, want string
		mentioned     bool
	}{
		{chat.Group, 7, `{"content":"hi",` + info + `}`, `{"content":"hi",` + info + `}`, true},
		{chat.UltraGroup, 7, `{` + info + `}`, `{` + info + `}`, true},
		{chat.Group, 7, `{"content":"hi"}`, `{"content":"hi"}`, false},
		{chat.Group, 7, `{"mentionedInfo":null}`, `{"mentionedInfo":null}`, false},
		{chat.Group, 7, `{"a":{` + info + `}}`, `{"a":{` + info + `}}`, false},
		{chat.Group, 3, `{` + info + `}`, `{` + info + `}`, false},
		{chat.Private, 3, `{` + info + `}`, `{` + info + `}`, false},
		{chat.Private, 7, `{` + info + `}`, `{}`, false},
		{chat.Private, 7, `{ "b" : 1.0 , ` + info + ` , "a" : "é" }`, `{ "b" : 1.0 , "a" : "é" }`, false},
		{chat.Private, 7, `{` + info + ` , "a":1}`, `{ "a":1}`, false},
		{chat.Private, 7, `{"a":1,` + info + `}`, `{"a":1}`, false},
		{chat.Chatroom, 7, `{` + info + `,` + info + `,"a":[1,2]}`, `{"a":[1,2]}`, false},
		{chat.Private, 7, `["mentionedInfo"]`, `["mentionedInfo"]`, false},
	} {
		u := of("RC:TxtMsg", c.content)
		u.Flags = &c.flags
		m := parse(t, wire.Unknown, c.typ, u)
		got := down(t, m)
		if string(got.GetContent()) != c.want || (m.Flags&chat.Mentioned != 0) != c.mentioned || (got.GetStatus()&64 != 0) != c.mentioned {
			t.Errorf("%s in a %v conversation becomes %s, flags %b", c.content, c.typ, got.GetContent(), m.Flags)
		}
	}
}

// Whoever sent it, a set bit 2 of configFlag means in a stored message that
// its sender asked to pass over the receiver's lists.
func TestSkipLists(t *testing.T) {
	for _, c := range []struct {
		version string
		flag    *int32
		skips   bool
		kept    int32
	}{
		{"5.7.3", new(int32(0)), false, 0},
		{"5.7.3", new(int32(2)), true, 2},
		{"4.10.0", new(int32(3)), true, 3},
		{"5.38.0", new(int32(2)), false, 0},
		{"5.38.0", new(int32(0)), true, 2},
		{"5.38.0", new(int32(13)), true, 15},
		{"5.38.0", nil, false, 0},
		{"6.0.1", new(int32(0)), true, 2},
		{"5.20.0", new(int32(2)), false, 0}, // nobody knows what it means
		{"5.20.0", new(int32(1)), false, 1},
		{"", new(int32(2)), false, 0},
		{"latest", new(int32(0)), false, 0},
	} {
		u := of("RC:TxtMsg", `{}`)
		u.ConfigFlag = c.flag
		m := parse(t, wire.DialectOf(c.version), chat.Private, u)
		if skips := m.Flags&chat.SkipLists != 0; skips != c.skips || down(t, m).GetConfigFlag() != c.kept {
			t.Errorf("version %q, configFlag %v: skips %t, kept as %d", c.version, c.flag, skips, down(t, m).GetConfigFlag())
		}
	}
	u := of("RC:TxtMsg", `{}`)
	u.ConfigFlag = new(int32(2))
	if m := parse(t, wire.Trusted, chat.Private, u); m.Flags&chat.SkipLists == 0 {
		t.Error("what the app's server asks is not kept")
	}
}

// What has no limits costs nothing to check, and a picture is not copied.
func TestCheckDoesNotAllocate(t *testing.T) {
	picture := `{"imageUri":"http://127.0.0.1/","content":"` + strings.Repeat("A", chat.MaxThumbnail) + `"}`
	for _, m := range []*chat.Message{
		parse(t, wire.Unknown, chat.Private, of("RC:TxtMsg", `{"content":"hi"}`)),
		parse(t, wire.Unknown, chat.Private, of("app:order", `{"content":"hi"}`)),
		parse(t, wire.Unknown, chat.Private, of("RC:ImgMsg", picture)),
	} {
		n := testing.AllocsPerRun(100, func() {
			if err := (wire.ContentLimits{}).Check(m); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("checking %s allocates %v times", m.ObjectName, n)
		}
	}
}

// FuzzContent checks what the limits and mentions find in a content against
// what the standard library finds.
func FuzzContent(f *testing.F) {
	for _, s := range []string{
		`{"content":"data:","duration":61}`, `{"a":{"b":[1,"]}",{}]},"mentionedInfo":{"type":1},"duration":"1e400"}`,
		`[{"mentionedInfo":1}]`, `{"mentioned\u0049nfo" : [] }`, `"\"{"`, ` { } `, `{"duration":-0.5,"\\":"\\\""}`, `null`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		var limits wire.ContentLimits
		for _, typ := range []string{"RC:SightMsg", "RC:HQVCMsg"} {
			m, err := wire.ParseMessage(chat.Private, "alice", "bob", encode(t, up(func(m *pb.UpMessage) {
				m.ClassName, m.Content, m.Flags = &typ, content, new(int32(7))
			})))
			if err != nil {
				return
			}
			_ = limits.Check(m)
		}
		var want map[string]any
		if json.Unmarshal(content, &want) != nil || want == nil {
			want = nil
		}
		delete(want, "mentionedInfo")
		left := wire.WithoutMention(content)
		if !json.Valid(left) {
			t.Fatalf("%q became %q", content, left)
		}
		var got map[string]any
		if want != nil && (json.Unmarshal(left, &got) != nil || !reflect.DeepEqual(got, want)) {
			t.Fatalf("%q became %q", content, left)
		}
		if want == nil && string(left) != string(content) {
			t.Fatalf("%q became %q", content, left)
		}
	})
}
