package imlib_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/internal/node"
	"github.com/hongyan-im/hongyan/internal/session"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What the page promises about sending, told in Go to a real server. The
// numbers are those of e2e/page.tsv.

// tell sends a text, which may be refused.
func tell(t *testing.T, c *imlib.Client, to chat.Conversation, text string, options ...imlib.SendOption) (imlib.Sent, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return c.Send(ctx, to, imlib.TextMessage{Content: text}, options...)
}

// hears reads messages until a text comes, and returns the texts before it, too.
func hears(t *testing.T, c *imlib.Client, last string) (texts []string) {
	t.Helper()
	for len(texts) == 0 || texts[len(texts)-1] != last {
		texts = append(texts, text(receive(t, c, 1)[0]))
	}
	return texts
}

// The sixth message of a second is refused, and told for how long to wait;
// afterwards the next one goes. A client with a pace is never refused.
// Shows S002, S181.
func TestRateAndPace(t *testing.T) {
	n := imtest.Start(t, imtest.SendRate(5))
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	var refused *chat.Error
	sent := 0
	for refused == nil {
		_, err := tell(t, alice, imlib.Private("bob"), fmt.Sprint(sent))
		if err != nil && !errors.As(err, &refused) {
			t.Fatal(err)
		}
		sent++
	}
	if !errors.Is(refused, chat.TooFast) || sent < 6 || refused.RetryAfter <= 0 || refused.RetryAfter > time.Second {
		t.Fatalf("after %d messages: %v, try again after %s", sent, refused, refused.RetryAfter)
	}
	for err := error(refused); err != nil; {
		<-time.After(refused.RetryAfter) // as the server said
		_, err = tell(t, alice, imlib.Private("bob"), "later")
	}
	if got := hears(t, bob, "later"); len(got) != sent {
		t.Errorf("bob hears %q", got)
	}

	// Two devices of one user, each at the pace of the server.
	carol := func(o *imlib.Options) { o.Pace = 5 }
	one, two := connect(t, n, "carol", carol), connect(t, n, "carol", carol)
	var both sync.WaitGroup
	for _, c := range []*imlib.Client{one, two} {
		both.Go(func() {
			for i := range 6 {
				if _, err := tell(t, c, imlib.Private("bob"), fmt.Sprint(i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	receive(t, bob, 12)
}

// Every type arrives as it was sent, with who sent it and what the app adds;
// what is kept and what is counted is a matter of the type.
// Shows S003, S004, S011, S070, S073, S074, S075, S076, S078, S079, S083, S084, S085, S086, S087, S088, S089, S090, S091, S100, S130, S131, S132.
func TestMessageTypes(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	by := imlib.Common{
		User:  &imlib.User{ID: "alice", Name: "Alice 😀", Portrait: "http://127.0.0.1/a.png", Extra: `{"a":1}`, Alias: "al"},
		Extra: `{"b": [1, "<&>"]}`, Audit: &imlib.Audit{Type: imlib.AuditReview, Project: "p", Strategy: "s"},
	}
	said, noted := chat.Persisted|chat.Counted, chat.Persisted
	const none = chat.Flags(0)
	cases := []struct {
		content imlib.Content
		name    string
		flags   chat.Flags
	}{
		{imlib.TextMessage{Content: "你好 😀 <&>", Common: by}, "RC:TxtMsg", said},
		{imlib.ImageMessage{Thumbnail: "/9j/", URL: "http://127.0.0.1/i", ThumbnailWidth: 3, ThumbnailHeight: 4, Common: by}, "RC:ImgMsg", said},
		{imlib.FileMessage{Name: "n", Size: 1 << 40, Type: "pdf", URL: "http://127.0.0.1/f", Common: by}, "RC:FileMsg", said},
		{imlib.HQVoiceMessage{URL: "http://127.0.0.1/v", Duration: 60, Type: "mp3", SampleRate: 16000, Channels: 2, Common: by}, "RC:HQVCMsg", said},
		{imlib.VoiceMessage{Content: "IyFBTVI=", Duration: 3, Common: by}, "RC:VcMsg", said},
		{imlib.SightMessage{URL: "http://127.0.0.1/s", Thumbnail: "/9j/", Duration: 10, Size: 100, Name: "s.mp4", Common: by}, "RC:SightMsg", said},
		{imlib.GIFMessage{Size: 30, URL: "http://127.0.0.1/g", Width: 300, Height: 200, Common: by}, "RC:GIFMsg", said},
		{imlib.ReferenceMessage{Content: "yes", Sender: "bob", Message: json.RawMessage(`{"content":"really?","n":{"m":[1]}}`), UID: "U", ObjectName: "RC:TxtMsg", Common: by}, "RC:ReferenceMsg", said},
		{imlib.LocationMessage{Longitude: 116.397, Latitude: 39.909, Name: "北京", Thumbnail: "/9j/", Common: by}, "RC:LBSMsg", said},
		{imlib.RichContentMessage{Title: "t", Summary: "s", ImageURL: "http://127.0.0.1/i", URL: "http://127.0.0.1", Common: by}, "RC:ImgTextMsg", said},
		{imlib.CombineMessage{URL: "http://127.0.0.1/c", Names: []string{"a"}, Summaries: []string{"hi"}, Type: chat.Group, Common: by}, "RC:CombineMsg", said},
		{imlib.CombineV2Message{Type: chat.Private, Summaries: []string{"hi"}, Names: []string{"a", "b"}, Count: 1, Messages: []imlib.CombinedMessage{
			{Sender: "a", Target: "b", Time: 1, ObjectName: "RC:TxtMsg", Content: json.RawMessage(`{"content":"hi"}`)},
		}, Common: by}, "RC:CombineV2Msg", said},
		{imlib.InformationNotificationMessage{Message: "m", Common: by}, "RC:InfoNtf", noted},
		{imlib.CommandNotification{Name: "n", Data: "d", Common: by}, "RC:CmdNtf", noted},
		{imlib.GroupNotificationMessage{Operator: "o", Operation: "Add", Data: "{}", Message: "m", Common: by}, "RC:GrpNtf", noted},
		{imlib.ContactNotification{Operation: "Request", Source: "a", Target: "b", Message: "m", Common: by}, "RC:ContactNtf", noted},
		{imlib.ProfileNotification{Operation: "o", Data: "d", Common: by}, "RC:ProfileNtf", noted},
		{imlib.CommandMessage{Name: "n", Data: "d", Common: by}, "RC:CmdMsg", none},
	}
	for _, c := range cases {
		sent := send(t, alice, imlib.Private("bob"), c.content)
		m := receive(t, bob, 1)[0]
		if c.content.Kind().ObjectName != c.name || m.UID != sent.UID || m.Flags != c.flags || !reflect.DeepEqual(m.Content, c.content) {
			t.Errorf("%s arrives as %+v %s", c.name, m, m.JSON)
		}
		if m.User == nil || *m.User != *by.User || !strings.Contains(string(m.JSON), `"portrait":"http://127.0.0.1/a.png"`) {
			t.Errorf("%s is by %+v: %s", c.name, m.User, m.JSON)
		}
	}
	total := 0
	for _, c := range cases {
		if c.flags&chat.Persisted != 0 {
			total++
		}
	}
	page, err := bob.History(t.Context(), imlib.Private("alice"), imlib.HistoryQuery{Count: 100})
	if err != nil || len(page.Messages) != total {
		t.Errorf("history has %d messages, want %d: %v", len(page.Messages), total, err)
	}
}

// An app's own type arrives as the struct that was registered, elsewhere and
// when it does not decode as what it is.
// Shows S012, S013.
func TestRegisteredType(t *testing.T) {
	n := imtest.Start(t)
	var types imlib.MessageTypes
	if err := imlib.RegisterMessageType[order](&types); err != nil {
		t.Fatal(err)
	}
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob", func(o *imlib.Options) { o.Types = &types })
	phone := connect(t, n, "bob")
	send(t, alice, imlib.Private("bob"), order{Number: 7, Common: fromAlice})
	m := receive(t, bob, 1)[0]
	if got := content[order](t, m); got.Number != 7 || m.User.Name != "Alice" || m.Flags != chat.Persisted|chat.Counted {
		t.Errorf("bob received %+v", m)
	}
	m = receive(t, phone, 1)[0]
	if got := content[imlib.Custom](t, m); got.ObjectName != "shop:order" || !got.Counted || m.User == nil || m.User.Name != "Alice" {
		t.Errorf("bob's phone received %+v", m)
	}
	send(t, alice, imlib.Private("bob"), imlib.Custom{ObjectName: "shop:order", Persisted: true, JSON: json.RawMessage(`{"number":"seven"}`)})
	if got := content[imlib.Custom](t, receive(t, bob, 1)[0]); string(got.JSON) != `{"number":"seven"}` {
		t.Errorf("bob received %s", got.JSON)
	}

	for what, err := range map[string]error{
		"the protocol's":   imlib.RegisterMessageType[imlib.TextMessage](&types),
		"a second time":    imlib.RegisterMessageType[order](&types),
		"a pointer":        imlib.RegisterMessageType[*order](&types),
		"without a name":   imlib.RegisterMessageType[imlib.Custom](&types),
		"of a longer name": imlib.RegisterMessageType[longName](&types),
	} {
		if !errors.Is(err, chat.BadMessageType) {
			t.Errorf("a type that is %s: %v", what, err)
		}
	}
	if _, err := alice.Send(t.Context(), imlib.Private("bob"), imlib.Custom{ObjectName: "shop:order", JSON: json.RawMessage(`7`)}); !errors.Is(err, chat.BadContent) {
		t.Errorf("what is no message: %v", err)
	}
}

type longName struct{ imlib.Common }

func (longName) Kind() imlib.Kind { return imlib.Kind{ObjectName: strings.Repeat("x", 65)} }

// A mention, of some or of all, is for groups; without the option there is none.
// Shows S020, S021, S022, S023, S024, S025, S044.
func TestMentionsArrive(t *testing.T) {
	n := imtest.Start(t)
	n.Join("g", "alice", "bob", "carol")
	alice, bob, carol := connect(t, n, "alice"), connect(t, n, "bob"), connect(t, n, "carol")
	for text, want := range map[string]imlib.Mentions{
		"one": {Users: []chat.UserID{"bob"}, Text: "look, bob"},
		"two": {Users: []chat.UserID{"bob", "carol"}},
		"all": {All: true, Text: "look, all"},
	} {
		send(t, alice, imlib.Group("g"), imlib.TextMessage{Content: text, Common: imlib.Common{Extra: "x"}}, imlib.Mention(want))
		for _, c := range []*imlib.Client{bob, carol} {
			m := receive(t, c, 1)[0]
			if m.Flags&chat.Mentioned == 0 || m.Mentions == nil || !reflect.DeepEqual(*m.Mentions, want) || m.Content != (imlib.TextMessage{Content: text, Common: imlib.Common{Extra: "x"}}) {
				t.Errorf("%s hears %+v, %+v", c.User(), m, m.Mentions)
			}
		}
	}
	send(t, alice, imlib.Group("g"), imlib.TextMessage{Content: "nobody"})
	if m := receive(t, bob, 1)[0]; m.Mentions != nil || m.Flags&chat.Mentioned != 0 {
		t.Errorf("bob hears %+v", m)
	}
	send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "you"}, imlib.Mention(imlib.Mentions{All: true}))
	if m := receive(t, bob, 1)[0]; m.Mentions != nil || strings.Contains(string(m.JSON), "mentionedInfo") {
		t.Errorf("bob hears %+v %s", m, m.JSON)
	}
}

// Before a message goes, a list may show it; success and failure find its row
// again by the id.
// Shows S007, S008, S026, S027, S028, S029, S034, S055.
func TestBeforeSend(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	var rows []imlib.Message
	show := imlib.BeforeSend(func(m imlib.Message) { rows = append(rows, m) })
	sent := send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "hi", Common: fromAlice}, show, imlib.Silent(), imlib.Expandable(map[string]string{"k": "v"}))
	m := receive(t, bob, 1)[0]
	row := rows[0]
	if len(rows) != 1 || row.ID != sent.MessageID || row.UID != "" || !row.Own || row.Sender != "alice" || row.Conversation != imlib.Private("bob") ||
		row.User.Name != "Alice" || row.Flags != m.Flags || row.Expansion["k"] != "v" || string(row.JSON) != string(m.JSON) || row.Content != m.Content && !reflect.DeepEqual(row.Content, m.Content) {
		t.Errorf("the row is %+v, sent was %+v", row, sent)
	}
	if m.ID != sent.MessageID || m.UID != sent.UID || !m.Time.Equal(sent.Time) {
		t.Errorf("bob received %+v, sent was %+v", m, sent)
	}

	failed, err := tell(t, alice, imlib.Group("elsewhere"), "let me in", show)
	if !errors.Is(err, chat.NotInGroup) || failed.MessageID == 0 || len(rows) != 2 || rows[1].ID != failed.MessageID || failed.UID != "" {
		t.Errorf("%+v, %v; the rows are %+v", failed, err, rows)
	}
	n.Join("elsewhere", "alice", "bob")
	again, err := tell(t, alice, imlib.Group("elsewhere"), "let me in", show, imlib.MessageID(failed.MessageID))
	if err != nil || again.MessageID != failed.MessageID || rows[2].ID != failed.MessageID {
		t.Errorf("%+v, %v", again, err)
	}
	if m := receive(t, bob, 1)[0]; m.UID != again.UID || m.ID != failed.MessageID {
		t.Errorf("bob received %+v", m)
	}
	if _, err := tell(t, alice, imlib.Private(""), "to nobody", show); !errors.Is(err, chat.BadTarget) || len(rows) != 3 {
		t.Errorf("a message that is not right is shown, or sent: %v", err)
	}
}

// What is wrong with an argument is said, with the code of official SDKs.
// Shows S005, S006, S009, S010, S049.
func TestArguments(t *testing.T) {
	n := imtest.Start(t)
	alice := connect(t, n, "alice")
	if chat.Private != 1 || chat.Group != 3 || chat.Chatroom != 4 {
		t.Error("the conversation types are others")
	}
	if _, err := tell(t, alice, imlib.Private("bob"), "hi"); err != nil || chat.CodeOf(err) != 0 {
		t.Errorf("success is %v", err)
	}
	for text, c := range map[string]struct {
		to      chat.Conversation
		options []imlib.SendOption
		code    chat.Code
		says    string
	}{
		"no type":     {chat.Conversation{Target: "bob"}, nil, 34209, "conversation type"},
		"no target":   {imlib.Private(""), nil, 34210, "1 to 64"},
		"long target": {imlib.Group(strings.Repeat("x", 65)), nil, 34210, "65 bytes"},
		"directed":    {imlib.Private("bob"), []imlib.SendOption{imlib.Directed("bob")}, 34296, "directed"},
		"too many":    {imlib.Group("g"), []imlib.SendOption{imlib.Directed(slices.Repeat([]chat.UserID{"bob"}, 301)...)}, 34215, "301 users, over 300"},
		"receipt":     {imlib.Chatroom("r"), []imlib.SendOption{imlib.WantReceipt()}, 35056, "receipts"},
	} {
		if _, err := tell(t, alice, c.to, text, c.options...); !errors.Is(err, c.code) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v (%d)", text, err, chat.CodeOf(err))
		}
	}
	if _, err := tell(t, alice, imlib.Private("bob"), strings.Repeat("x", 131072)); chat.CodeOf(err) != 30016 || !strings.Contains(err.Error(), "131072") {
		t.Errorf("too big: %v", err)
	}
}

// The limits of pictures and durations are told before anything is sent, and
// that of a video is the app's.
// Shows S071, S072, S077, S081, S082.
func TestContentLimits(t *testing.T) {
	n := imtest.Start(t)
	alice := connect(t, n, "alice")
	big := strings.Repeat("A", chat.MaxThumbnail+1)
	for what, c := range map[string]struct {
		content imlib.Content
		code    chat.Code
		says    string
	}{
		"a prefix":              {imlib.ImageMessage{Thumbnail: "data:image/jpeg;base64,AAAA"}, chat.BadParameter, "data:"},
		"a prefix of a film":    {imlib.SightMessage{Thumbnail: "data:image/jpeg;base64,AAAA"}, chat.BadParameter, "data:"},
		"a big picture":         {imlib.ImageMessage{Thumbnail: big}, chat.TooBig, "81920"},
		"a big picture of film": {imlib.SightMessage{Thumbnail: big}, chat.TooBig, "81920"},
		"a long voice":          {imlib.HQVoiceMessage{Duration: 61}, chat.BadParameter, "60 s"},
		"a long film":           {imlib.SightMessage{Duration: 121}, chat.BadParameter, ""}, // by the server
	} {
		if _, err := alice.Send(t.Context(), imlib.Private("bob"), c.content); !errors.Is(err, c.code) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, c := range map[string]imlib.Content{
		"a picture": imlib.ImageMessage{Thumbnail: big[1:]}, "a voice": imlib.HQVoiceMessage{Duration: 60}, "a film": imlib.SightMessage{Duration: 120},
	} {
		if _, err := alice.Send(t.Context(), imlib.Private("bob"), c); err != nil {
			t.Errorf("%s at the limit: %v", what, err)
		}
	}
}

// deaf is a network whose answers get lost while it is told to.
type deaf struct {
	mu    sync.Mutex // guards the following
	lost  bool
	conns []net.Conn
}

func (d *deaf) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conns = append(d.conns, c)
	return &deafConn{c, d}, nil
}

// set loses what comes from now on, or breaks what lost something.
func (d *deaf) set(lost bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lost = lost
	if !lost {
		for _, c := range d.conns {
			_ = c.Close()
		}
		d.conns = nil
	}
}

type deafConn struct {
	net.Conn
	net *deaf
}

func (c *deafConn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		c.net.mu.Lock()
		lost := c.net.lost
		c.net.mu.Unlock()
		if err != nil || !lost {
			return n, err
		}
	}
}

// The answer to a message gets lost: its receiver has it, its sender does not
// know. Sent again with the id of the first it is one message, for everyone
// and for whoever counts.
// Shows S030, S031, S032, S035, S056, S170, S171, S172, S173.
func TestResend(t *testing.T) {
	n := imtest.Start(t, imtest.Unread(session.ByServer))
	var net deaf
	alice, bob := connect(t, n, "alice", func(o *imlib.Options) { o.Dial = net.dial }), connect(t, n, "bob")
	message, to := imlib.TextMessage{Content: "once"}, imlib.Private("bob")

	net.set(true)
	ctx, giveUp := context.WithCancel(t.Context())
	heard := make(chan imlib.Message)
	go func() {
		heard <- receive(t, bob, 1)[0]
		giveUp()
	}()
	first := make(chan imlib.Sent)
	go func() {
		sent, err := alice.Send(ctx, to, message, imlib.Silent())
		if !errors.Is(err, context.Canceled) || sent.UID != "" {
			t.Errorf("without an answer: %+v, %v", sent, err)
		}
		first <- sent
	}()
	m := <-heard
	lost := <-first
	if lost.MessageID == 0 || m.ID != lost.MessageID {
		t.Fatalf("bob received %+v, sent was %+v", m, lost)
	}

	net.set(false)
	again := send(t, alice, to, message, imlib.Silent(), imlib.MessageID(lost.MessageID))
	if again.MessageID != lost.MessageID || again.UID != m.UID || !again.Time.Equal(m.Time) {
		t.Errorf("sent again it is %+v, bob received %+v", again, m)
	}
	send(t, alice, to, imlib.TextMessage{Content: "next"})
	if got := receive(t, bob, 1)[0]; text(got) != "next" {
		t.Errorf("bob received %+v", got)
	}
	// An id that is 0 is none.
	if none := send(t, alice, to, message, imlib.MessageID(0)); none.MessageID == 0 || none.UID == again.UID {
		t.Errorf("sent with id 0 it is %+v", none)
	}
}

// A status message is for who is online.
// Shows S040, S166, S167.
func TestStatusMessage(t *testing.T) {
	n := imtest.Start(t)
	n.Join("g", "alice", "bob", "carol")
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	for _, to := range []chat.Conversation{imlib.Private("bob"), imlib.Group("g")} {
		if sent, err := tell(t, alice, to, "now", imlib.AsStatus()); err != nil || sent.UID != "" || sent.MessageID == 0 {
			t.Errorf("sent %+v, %v", sent, err)
		}
		if m := receive(t, bob, 1)[0]; !m.Status || text(m) != "now" || m.Flags != 0 {
			t.Errorf("bob received %+v", m)
		}
		if err := alice.Typing(to, "RC:ImgMsg"); err != nil {
			t.Error(err)
		}
		send(t, alice, to, imlib.TextMessage{Content: "kept"})
		if got := receive(t, bob, 2); got[0].Content != (imlib.TypingStatus{ObjectName: "RC:ImgMsg"}) || text(got[1]) != "kept" {
			t.Errorf("bob received %+v", got)
		}
	}
	if got := hears(t, connect(t, n, "carol"), "kept"); !slices.Equal(got, []string{"kept"}) {
		t.Errorf("carol, who was away, hears %q", got)
	}
	page, err := bob.History(t.Context(), imlib.Private("alice"), imlib.HistoryQuery{})
	if err != nil || len(page.Messages) != 1 {
		t.Errorf("history has %+v, %v", page.Messages, err)
	}
}

// A directed message is for those it names, in groups and ultra groups.
// Shows S047, S048.
func TestDirected(t *testing.T) {
	n := imtest.Start(t)
	n.Join("g", "alice", "bob", "carol", "dave")
	alice, bob, carol := connect(t, n, "alice"), connect(t, n, "bob"), connect(t, n, "carol")
	send(t, alice, imlib.Group("g"), imlib.TextMessage{Content: "few"}, imlib.Directed("bob", "mallory"))
	send(t, alice, imlib.Group("g"), imlib.TextMessage{Content: "all"})
	for c, want := range map[*imlib.Client][]string{bob: {"few", "all"}, carol: {"all"}, connect(t, n, "dave"): {"all"}} {
		if got := hears(t, c, "all"); !slices.Equal(got, want) {
			t.Errorf("%s hears %q, want %q", c.User(), got, want)
		}
		page, err := c.History(t.Context(), imlib.Group("g"), imlib.HistoryQuery{})
		if err != nil || len(page.Messages) != len(want) {
			t.Errorf("%s finds %+v, %v", c.User(), page.Messages, err)
		}
	}

	n.Post("/ultragroup/create.json", url.Values{"groupId": {"u"}, "groupName": {"u"}, "userId": {"alice"}})
	n.Post("/ultragroup/join.json", url.Values{"groupId": {"u"}, "userId": {"bob"}})
	n.Post("/ultragroup/join.json", url.Values{"groupId": {"u"}, "userId": {"carol"}})
	send(t, alice, imlib.UltraGroup("u", ""), imlib.TextMessage{Content: "few"}, imlib.Directed("bob"))
	send(t, alice, imlib.UltraGroup("u", ""), imlib.TextMessage{Content: "all"})
	for c, want := range map[*imlib.Client]int{bob: 2, carol: 1} {
		page := found(t, c, imlib.UltraGroup("u", ""), "all")
		if len(page) != want {
			t.Errorf("%s finds %+v", c.User(), page)
		}
	}
}

// found asks for history until it has a text, which it may not have at once
// after another user was told that it was sent.
func found(t *testing.T, c *imlib.Client, in chat.Conversation, last string) []imlib.Message {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(patience); ; <-again.C {
		page, err := c.History(t.Context(), in, imlib.HistoryQuery{})
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("%s finds %+v, %v", c.User(), page.Messages, err)
		}
		if slices.ContainsFunc(page.Messages, func(m imlib.Message) bool { return text(m) == last }) {
			return page.Messages
		}
	}
}

// stored is every message in the user's stream, as the server keeps it.
func stored(t *testing.T, n *imtest.Node, user chat.UserID) (list []*pb.DownMessage) {
	t.Helper()
	c := imtest.Dial(t, n, user, imtest.Manual())
	ask, err := (&pb.PullRequest{SyncTime: new(int64(0)), IsPullSend: new(false), SendBoxSyncTime: new(int64(0)), IsPolling: new(false)}).MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	code, payload, err := c.Query(wire.TopicPull, string(user), ask)
	var page pb.DownMessages
	if err == nil && code == chat.OK {
		err = page.UnmarshalVT(payload)
	}
	if err != nil || code != chat.OK {
		t.Fatalf("pull: %v, %v", code, err)
	}
	return page.List
}

// Whatever a sender says about how devices are to be told is kept as official
// SDKs write it, for whatever tells them; and so are the other options.
// Shows S041, S042, S043, S050, S060, S061, S062, S063, S064, S065, S066, S067.
func TestPush(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	quoted := send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "plain"})
	first := receive(t, bob, 1)[0]
	send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "full"}, imlib.Silent(), imlib.KeepLatest(), imlib.WantReceipt(), imlib.Quoting(first), imlib.WithPush(imlib.Push{
		Title: "title", Text: "text", Data: "data", Template: "template", VoIP: true, NoTitle: true, ShowDetails: true,
		IOS: &imlib.IOSPush{ThreadID: "thread", CollapseID: "collapse", Category: "category", RichMediaURL: "http://127.0.0.1/ios.png", InterruptionLevel: "time-sensitive"},
		Android: &imlib.AndroidPush{
			NotificationID: "notification", MiChannel: "mi", HuaweiChannel: "hw", HuaweiCategory: "IM", HuaweiImage: "http://127.0.0.1/hw.png",
			OPPOChannel: "oppo", VivoType: "1", VivoCategory: "TODO", HonorImportance: "LOW", HonorImage: "http://127.0.0.1/honor.png",
			Google: imlib.GooglePush{CollapseKey: "key", ImageURL: "http://127.0.0.1/fcm.png", Priority: "high"},
		},
		Harmony: &imlib.HarmonyPush{Image: "https://127.0.0.1/ohos.png", Category: "IM"},
	}))
	if m := receive(t, bob, 1)[0]; m.Flags != chat.Persisted|chat.Counted|chat.Silent|chat.KeepLatest|chat.Receipt || m.Quote == nil ||
		*m.Quote != (imlib.Quote{UID: quoted.UID, Sender: "alice", ObjectName: "RC:TxtMsg"}) {
		t.Errorf("bob received %+v", m)
	}
	kept := stored(t, n, "bob")
	if m := kept[0]; m.PushContent != nil || m.PushExt != nil || m.GetConfigFlag() != 0 {
		t.Errorf("plain is kept as %v", m)
	}
	m := kept[1]
	ext := m.GetPushExt()
	const voip, noTitle, details = 1, 4, 8
	if m.GetPushContent() != "text" || m.GetPushData() != "data" || m.GetConfigFlag() != voip|noTitle|details || m.GetStatus()&512 == 0 ||
		ext.GetTitle() != "title" || ext.GetPushId() != "notification" || ext.GetTemplateId() != "template" {
		t.Errorf("full is kept as %v", m)
	}
	var got, want any
	const vendors = `[
		{"HW": {"channelId": "hw", "importance": "NORMAL", "image": "http://127.0.0.1/hw.png", "category": "IM"}},
		{"MI": {"channelId": "mi"}}, {"OPPO": {"channelId": "oppo"}}, {"VIVO": {"classification": "1", "category": "TODO"}},
		{"APNS": {"thread-id": "thread", "apns-collapse-id": "collapse", "category": "category",
			"richMediaUri": "http://127.0.0.1/ios.png", "interruption-level": "time-sensitive"}},
		{"FCM": {"collapse_key": "key", "imageUrl": "http://127.0.0.1/fcm.png", "priority": "high"}},
		{"HONOR": {"importance": "LOW", "image": "http://127.0.0.1/honor.png"}},
		{"OHOS": {"category": "IM", "image": "https://127.0.0.1/ohos.png"}}]`
	if err := errors.Join(json.Unmarshal([]byte(ext.GetPushConfigs()), &got), json.Unmarshal([]byte(vendors), &want)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("pushConfigs %s: %v", ext.GetPushConfigs(), err)
	}
}

// The receiver's lists count, unless the app trusts its clients and one asks to
// pass over them.
// Shows S053.
func TestSkipLists(t *testing.T) {
	for _, trusts := range []bool{false, true} {
		n := imtest.Start(t, func(c *node.Config) { c.Apps[0].Sending.SkipLists = trusts })
		n.Post("/user/blacklist/add.json", url.Values{"userId": {"bob"}, "blackUserId": {"alice"}})
		alice := connect(t, n, "alice")
		if _, err := tell(t, alice, imlib.Private("bob"), "may I?"); !errors.Is(err, chat.Blacklisted) {
			t.Errorf("not asked: %v", err)
		}
		if _, err := tell(t, alice, imlib.Private("bob"), "may I?", imlib.SkipLists()); errors.Is(err, chat.Blacklisted) == trusts {
			t.Errorf("trusted %v: %v", trusts, err)
		}
	}
}

// What was received is sent on, one by one or as one, and says no more who was
// mentioned and how its sender wants to be shown.
// Shows S180, S181.
func TestForward(t *testing.T) {
	n := imtest.Start(t, imtest.SendRate(5))
	n.Join("g", "alice", "bob")
	n.Join("h", "bob", "carol")
	alice, bob, carol := connect(t, n, "alice", func(o *imlib.Options) { o.Pace = 5 }), connect(t, n, "bob"), connect(t, n, "carol")
	send(t, alice, imlib.Group("g"), imlib.TextMessage{Content: "pass it on", Common: fromAlice}, imlib.Mention(imlib.Mentions{All: true}))
	send(t, alice, imlib.Group("g"), imlib.FileMessage{Name: "f", Type: "bin", URL: "http://127.0.0.1/f"})
	send(t, alice, imlib.Group("g"), imlib.GroupNotificationMessage{Operation: "Rename"})
	got := receive(t, bob, 3)

	var deliveries []imlib.Delivery
	for d := range bob.Forward(t.Context(), got, []chat.Conversation{imlib.Private("carol"), imlib.Group("h"), imlib.Group("elsewhere")}) {
		deliveries = append(deliveries, d)
	}
	for i, want := range []chat.Code{0, 0, chat.BadContent, 0, 0, chat.BadContent, chat.NotInGroup, chat.NotInGroup, chat.BadContent} {
		if d := deliveries[i]; d.Number != i+1 || d.Of != 9 || chat.CodeOf(d.Err) != want || (want == 0) != (d.Sent.UID != "") {
			t.Errorf("%+v, want %d", d, want)
		}
	}
	for _, to := range []chat.Conversation{imlib.Private("bob"), imlib.Group("h")} {
		list := receive(t, carol, 2)
		if list[0].Conversation != to || list[0].Sender != "bob" || list[0].User != nil || list[0].Mentions != nil || string(list[0].JSON) != `{"content":"pass it on","extra":"{\"any\":\"thing\"}"}` {
			t.Errorf("carol hears %+v %s", list[0], list[0].JSON)
		}
		if !reflect.DeepEqual(list[1].Content, got[1].Content) {
			t.Errorf("carol hears %+v", list[1])
		}
	}

	one, err := bob.Combine(t.Context(), got[:2])
	if err != nil {
		t.Fatal(err)
	}
	for d := range bob.Broadcast(t.Context(), []chat.Conversation{imlib.Private("carol")}, one) {
		if d.Err != nil {
			t.Error(d.Err)
		}
	}
	combined := content[imlib.CombineV2Message](t, receive(t, carol, 1)[0])
	if combined.Count != 2 || combined.Type != chat.Group || !slices.Equal(combined.Names, []string{"g"}) ||
		!slices.Equal(combined.Summaries, []string{"Alice: pass it on", "alice: [file] f"}) || len(combined.Messages) != 2 ||
		combined.Messages[0].Sender != "alice" || combined.Messages[0].Time != got[0].Time.UnixMilli() || string(combined.Messages[1].Content) != string(got[1].JSON) {
		t.Errorf("carol hears %+v", combined)
	}
	for _, wrong := range [][]imlib.Message{nil, slices.Repeat(got[:1], 101), got, {got[0], receiveOne(t, alice, bob)}} {
		if _, err := bob.Combine(t.Context(), wrong); err == nil {
			t.Errorf("%d messages are combined", len(wrong))
		}
	}
}

// receiveOne is a message of another conversation.
func receiveOne(t *testing.T, from, to *imlib.Client) imlib.Message {
	t.Helper()
	send(t, from, imlib.Private(to.User()), imlib.TextMessage{Content: "elsewhere"})
	return receive(t, to, 1)[0]
}

// Many long messages as one are in a file.
func TestCombineInFile(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	for range 2 {
		send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: strings.Repeat("x", 100_000)})
	}
	got := receive(t, bob, 2)
	one, err := bob.Combine(t.Context(), got)
	if err != nil || one.URL == "" || one.FileKey == "" || one.Messages != nil || one.Count != 2 || len(one.Summaries[0]) > 200 ||
		!slices.Equal(one.Names, []string{"bob", "alice"}) {
		t.Fatalf("%+v, %v", one, err)
	}
	want, err := json.Marshal([]imlib.CombinedMessage{
		{Sender: "alice", Target: "alice", Time: got[0].Time.UnixMilli(), ObjectName: "RC:TxtMsg", Content: got[0].JSON},
		{Sender: "alice", Target: "alice", Time: got[1].Time.UnixMilli(), ObjectName: "RC:TxtMsg", Content: got[1].JSON},
	})
	if err != nil {
		t.Fatal(err)
	}
	download(t, one.URL, want)
}

// A message to many, from the SDK in a loop that the server's rate does not
// break, and from the app's server in one call.
// Shows S181, S182, S183.
func TestBroadcast(t *testing.T) {
	n := imtest.Start(t, imtest.SendRate(20))
	n.Join("one", "alice", "bob")
	n.Join("two", "alice", "bob")
	alice, bob, carol := connect(t, n, "alice"), connect(t, n, "bob"), connect(t, n, "carol")
	to := []chat.Conversation{imlib.Private("bob"), imlib.Private(""), imlib.Group("elsewhere")}
	for range 30 {
		to = append(to, imlib.Private("carol"))
	}
	codes := map[chat.Code]int{}
	for d := range alice.Broadcast(t.Context(), to, imlib.TextMessage{Content: "to each"}) {
		codes[chat.CodeOf(d.Err)]++
	}
	if codes[chat.OK] != 31 || codes[chat.BadTarget] != 1 || codes[chat.NotInGroup] != 1 {
		t.Errorf("the codes are %v", codes)
	}
	receive(t, bob, 1)
	receive(t, carol, 30)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var errs []error
	for d := range alice.Broadcast(ctx, to[:3], imlib.TextMessage{Content: "not to all"}) {
		errs = append(errs, d.Err)
		cancel()
	}
	if len(errs) != 3 || errs[0] != nil || !errors.Is(errs[1], context.Canceled) || !errors.Is(errs[2], context.Canceled) {
		t.Errorf("a loop that was cancelled: %v", errs)
	}
	for range alice.Broadcast(t.Context(), to, imlib.TextMessage{Content: "to the first"}) {
		break
	}
	n.Publish(chat.Private, "alice", "to persons", "bob", "carol")
	n.Publish(chat.Group, "alice", "to groups", "one", "two")
	if got := hears(t, bob, "to persons"); !slices.Equal(got, []string{"not to all", "to the first", "to persons"}) {
		t.Errorf("bob hears %q", got)
	}
	for _, m := range receive(t, bob, 2) {
		if text(m) != "to groups" || m.Conversation.Type != chat.Group {
			t.Errorf("bob hears %+v", m)
		}
	}
	if got := hears(t, carol, "to persons"); len(got) != 1 {
		t.Errorf("carol hears %q", got)
	}
}
