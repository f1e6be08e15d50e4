package e2e

import (
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// sentText sends a text that must be taken.
func (u *user) sentText(to conversation, text string, content, options map[string]any) message {
	u.t.Helper()
	all := map[string]any{"content": text}
	for name, value := range content {
		all[name] = value
	}
	result := u.send(to, "TextMessage", all, options)
	if result.Code != 0 {
		u.t.Fatalf("%s says %q: code %d %s", u.name, text, result.Code, result.Msg)
	}
	return result.Data
}

// mentions is what a content says of whom it mentions.
func (m message) mentions(t *testing.T) any {
	t.Helper()
	content, _ := decoded(t, m.Content).(map[string]any)
	return content["mentionedInfo"]
}

// TestSDKMentions: of one member, of several and of all, told by content or by
// the two older options, with the text for those who are mentioned.
// Shows S020, S021, S022, S023, S025, S045, S046.
func TestSDKMentions(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t, "--send-rate", "0")
		s.group("team", "alice", "bob", "carol")
		alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
		mentioned := map[*user]int{}

		if types := call[[]int](alice.page, "() => [RongIMLib.MentionedType.ALL, RongIMLib.MentionedType.SINGAL]"); !slices.Equal(types, []int{1, 2}) {
			t.Errorf("types %v", types)
		}
		for text, c := range map[string]struct {
			content, options map[string]any
			want             map[string]any
			me               []string // who is mentioned
		}{
			"one": {
				map[string]any{"extra": "x", "mentionedInfo": map[string]any{"type": 2, "userIdList": []string{"bob"}, "mentionedContent": "look, bob"}},
				map[string]any{"isMentioned": true},
				map[string]any{"type": 2.0, "userIdList": []any{"bob"}, "mentionedContent": "look, bob"}, []string{"bob"},
			},
			"two": {
				map[string]any{"mentionedInfo": map[string]any{"type": 2, "userIdList": []string{"bob", "carol"}}},
				map[string]any{"isMentioned": true},
				map[string]any{"type": 2.0, "userIdList": []any{"bob", "carol"}}, []string{"bob", "carol"},
			},
			"all": {
				map[string]any{"mentionedInfo": map[string]any{"type": 1, "mentionedContent": "look, all"}},
				map[string]any{"isMentioned": true},
				map[string]any{"type": 1.0, "mentionedContent": "look, all"}, []string{"bob", "carol"},
			},
			"one, by options": {
				nil, map[string]any{"isMentioned": true, "mentionedType": 2, "mentionedUserIdList": []string{"carol"}},
				map[string]any{"type": 2.0, "userIdList": []any{"carol"}}, []string{"carol"},
			},
			"all, by options": {
				nil, map[string]any{"isMentioned": true, "mentionedType": 1},
				map[string]any{"type": 1.0}, []string{"bob", "carol"},
			},
		} {
			m := alice.sentText(group("team"), text, c.content, c.options)
			for _, u := range []*user{bob, carol} {
				got := u.hears(text)
				if !got.Mentioned || !reflect.DeepEqual(got.mentions(t), any(c.want)) || got.UID != m.UID {
					t.Errorf("%s: %s hears %+v %s", text, u.name, got, got.Content)
				}
				if c.content["extra"] != nil && !strings.Contains(string(got.Content), `"extra":"x"`) {
					t.Errorf("%s: %s", text, got.Content)
				}
				if slices.Contains(c.me, u.name) {
					mentioned[u]++
				}
				if n := do[int](u, "getUnreadMentionedCount", group("team")); n != mentioned[u] {
					t.Errorf("%s: %s is mentioned %d times, want %d", text, u.name, n, mentioned[u])
				}
			}
		}
	})
}

// TestSDKNoMention: without isMentioned a message mentions nobody, whatever its
// content says; and in a private conversation or a chatroom nobody can be
// mentioned.
// Shows S024, S044.
func TestSDKNoMention(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.group("team", "alice", "bob")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.join("hall", -1)
	bob.join("hall", -1)
	info := map[string]any{"extra": "stays", "mentionedInfo": map[string]any{"type": 2, "userIdList": []string{"bob"}}}
	for text, c := range map[string]struct {
		to      conversation
		options map[string]any
	}{
		"in the group, without the option": {group("team"), nil},
		"in private":                       {private("bob"), map[string]any{"isMentioned": true}},
		"in private, by options":           {private("bob"), map[string]any{"isMentioned": true, "mentionedType": 1}},
		"in a chatroom":                    {chatroom("hall"), map[string]any{"isMentioned": true}},
	} {
		alice.sentText(c.to, text, info, c.options)
		got := bob.hears(text)
		if got.Mentioned || got.mentions(t) != nil || !strings.Contains(string(got.Content), `"extra":"stays"`) {
			t.Errorf("%s: bob hears %+v %s", text, got, got.Content)
		}
	}
	nobody := alice.send(group("team"), "TextMessage", map[string]any{"content": "hey"}, map[string]any{"isMentioned": true})
	if nobody.Code == 0 {
		t.Error("a mention of nobody was sent")
	}
}

// TestSDKDirectionalIsForFew: a directional message is for those it names: the
// others have it neither live, nor after they were away, nor in history.
// Shows S047, S049.
func TestSDKDirectionalIsForFew(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.group("team", "alice", "bob", "carol", "dave")
	alice, bob, carol, dave := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol"), s.connect(t, "dave")
	dave.leave()
	few := map[string]any{"directionalUserIdList": []string{"bob", "mallory"}}
	m := alice.sentText(group("team"), "for bob", nil, few)
	alice.sentText(group("team"), "for all", nil, nil)
	if got := bob.hears("for bob"); got.UID != m.UID {
		t.Errorf("bob hears %+v", got)
	}
	carol.hears("for all")
	dave.reload()
	dave.hears("for all")
	for _, u := range []*user{carol, dave} {
		if got := u.texts(received); !slices.Equal(got, []string{"for all"}) {
			t.Errorf("%s hears %q", u.name, got)
		}
		if got := u.pages(group("team"), 0, 20, 0); !slices.Equal(got, []string{"for all"}) {
			t.Errorf("%s finds %q", u.name, got)
		}
	}
	if got := alice.send(private("bob"), "TextMessage", map[string]any{"content": "no"}, few); got.Code != 34296 {
		t.Errorf("directional in private: code %d", got.Code)
	}
}

// direct is a client of the protocol that looks at what the SDK does not show.
func (s *server) direct(t *testing.T, name string) *imtest.Client {
	t.Helper()
	return imtest.Dial(t, place{s.url}, chat.UserID(name), imtest.WithToken(s.token(name)), imtest.Parameter("appId", appKey), imtest.Manual())
}

// place is a server as imtest takes it.
type place struct{ url string }

func (p place) URL() string  { return p.url }
func (p place) Addr() string { return strings.TrimPrefix(p.url, "http://") }

// stored is every message in the stream of c, as the server keeps it.
func stored(t *testing.T, c *imtest.Client) []*pb.DownMessage {
	t.Helper()
	ask, err := (&pb.PullRequest{SyncTime: new(int64(0)), IsPullSend: new(false), SendBoxSyncTime: new(int64(0)), IsPolling: new(false)}).MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	code, payload, err := c.Query(wire.TopicPull, string(c.User()), ask)
	if err != nil || code != chat.OK {
		t.Fatalf("pull: %v, %v", code, err)
	}
	var page pb.DownMessages
	if err := page.UnmarshalVT(payload); err != nil {
		t.Fatal(err)
	}
	return page.List
}

const pushConfig = `{
	"pushTitle": "title", "pushContent": "text", "pushData": "data",
	"iOSConfig": {"threadId": "thread", "apnsCollapseId": "collapse", "category": "category",
		"richMediaUri": "http://127.0.0.1/ios.png", "interruptionLevel": "time-sensitive"},
	"androidConfig": {"notificationId": "notification", "channelIdMi": "mi",
		"channelIdHW": "hw", "categoryHW": "IM", "importanceHW": "NORMAL", "imageUrlHW": "http://127.0.0.1/hw.png",
		"channelIdOPPO": "oppo", "typeVivo": "1", "categoryVivo": "TODO",
		"googleConfig": {"collapseKey": "key", "imageUrl": "http://127.0.0.1/fcm.png", "priority": "high"},
		"importanceHonor": "LOW", "imageUrlHonor": "http://127.0.0.1/honor.png"},
	"harmonyOSConfig": {"image": "https://127.0.0.1/ohos.png", "category": "IM"},
	"disablePushTitle": true, "forceShowDetailContent": true, "templateId": "template"
}`

// TestSDKPushIsKept: whatever a sender says about how devices are to be told
// is kept with the message as it was given, and comes down with it. pushConfig
// goes before the older options.
// Shows S041, S042, S043, S050, S054, S060, S061, S062, S063, S064, S065, S066, S067.
func TestSDKPushIsKept(t *testing.T) { withEach(t, pushIsKept) }

func pushIsKept(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	var config map[string]any
	if err := json.Unmarshal([]byte(pushConfig), &config); err != nil {
		t.Fatal(err)
	}
	plain := alice.sentText(private("bob"), "plain", nil, map[string]any{"pushContent": "older text", "pushData": "older data"})
	full := alice.sentText(private("bob"), "full", nil, map[string]any{
		"pushContent": "older text", "pushData": "older data", "pushConfig": config, "isVoipPush": true, "disableNotification": true,
	})

	byUID := map[string]*pb.DownMessage{}
	for _, m := range stored(t, s.direct(t, "bob")) {
		byUID[m.GetMsgId()] = m
	}
	if m := byUID[plain.UID]; m.GetPushContent() != "older text" || m.GetPushData() != "older data" || m.GetPushExt() != nil || m.GetStatus()&512 != 0 {
		t.Errorf("plain is kept as %v", m)
	}
	m := byUID[full.UID]
	const voip, noTitle, details = 1, 4, 8
	if m.GetPushContent() != "text" || m.GetPushData() != "data" || m.GetConfigFlag() != voip|noTitle|details || m.GetStatus()&512 == 0 {
		t.Errorf("full is kept as %v", m)
	}
	ext := m.GetPushExt()
	if ext.GetTitle() != "title" || ext.GetPushId() != "notification" || ext.GetTemplateId() != "template" {
		t.Errorf("pushExt %v", ext)
	}
	want := decoded(t, json.RawMessage(`[
		{"HW": {"channelId": "hw", "importance": "NORMAL", "image": "http://127.0.0.1/hw.png", "category": "IM"}},
		{"MI": {"channelId": "mi"}}, {"OPPO": {"channelId": "oppo"}}, {"VIVO": {"classification": "1", "category": "TODO"}},
		{"APNS": {"thread-id": "thread", "apns-collapse-id": "collapse", "category": "category",
			"richMediaUri": "http://127.0.0.1/ios.png", "interruption-level": "time-sensitive"}},
		{"FCM": {"collapse_key": "key", "imageUrl": "http://127.0.0.1/fcm.png", "priority": "high"}},
		{"HONOR": {"importance": "LOW", "image": "http://127.0.0.1/honor.png"}},
		{"OHOS": {"category": "IM", "image": "https://127.0.0.1/ohos.png"}}]`))
	if got := decoded(t, json.RawMessage(ext.GetPushConfigs())); !reflect.DeepEqual(got, want) {
		t.Errorf("pushConfigs\n %s, want\n %v", ext.GetPushConfigs(), want)
	}

	// The receiver's SDK makes the same pushConfig of it, but for pushData,
	// which the official one does not read.
	if got := bob.hears("full"); !got.Silent {
		t.Errorf("bob hears %+v", got)
	}
	got := call[map[string]any](bob.page, "() => im.heard.messages.find((m) => m.content.content === 'full').pushConfig")
	if kitOf(t).name == official.name {
		config["pushData"] = ""
	}
	for name, value := range config {
		if !reflect.DeepEqual(got[name], value) {
			t.Errorf("%s arrives as %v, want %v", name, got[name], value)
		}
	}
}

// TestSDKLists: the lists of a receiver count whatever the sender asks, unless
// the app trusts its clients; then isFilerWhiteBlacklist passes over them.
// Shows S053.
func TestSDKLists(t *testing.T) {
	withEach(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			settings []string
			asked    int // the code for who asks to pass over the blacklist
			white    int // and over the whitelist
		}{
			"as it comes":    {nil, 405, 407},
			"clients' trust": {[]string{"skip-lists: true"}, 0, 0},
		} {
			t.Run(name, func(t *testing.T) {
				s := startWith(t, c.settings)
				s.call("/user/blacklist/add.json", url.Values{"userId": {"bob"}, "blackUserId": {"alice"}})
				s.call("/user/whitesetting/set.json", url.Values{"userId": {"carol"}, "whiteSetting": {"1"}})
				s.call("/user/whitelist/add.json", url.Values{"userId": {"carol"}, "whiteUserId": {"bob"}})
				alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
				text := map[string]any{"content": "may I?"}
				for _, try := range []struct {
					who  *user
					to   string
					skip any
					code int
				}{
					{alice, "bob", nil, 405}, {alice, "bob", false, 405}, {alice, "bob", true, c.asked},
					{alice, "carol", nil, 407}, {alice, "carol", true, c.white}, {bob, "carol", nil, 0},
				} {
					options := map[string]any{}
					if try.skip != nil {
						options["isFilerWhiteBlacklist"] = try.skip
					}
					if got := try.who.send(private(try.to), "TextMessage", text, options); got.Code != try.code {
						t.Errorf("%s to %s, asking %v: code %d, want %d", try.who.name, try.to, try.skip, got.Code, try.code)
					}
				}
				if kept := stored(t, s.direct(t, "bob")); c.asked == 0 && (len(kept) != 1 || kept[0].GetConfigFlag()&2 == 0) {
					t.Errorf("bob's stream holds %v", kept)
				}
			})
		}
	})
}

// TestSDKMuted: who is muted is told so by the code, and reaches nobody.
func TestSDKMuted(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	s.group("team", "alice", "bob")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	says := func(to conversation, text string, code int) {
		t.Helper()
		if got := alice.send(to, "TextMessage", map[string]any{"content": text}, nil); got.Code != code {
			t.Errorf("%s: code %d, want %d", text, got.Code, code)
		}
	}
	s.call("/user/chat/fb/set.json", url.Values{"userId": {"alice"}, "state": {"1"}, "type": {"PERSON"}})
	says(private("bob"), "muted in private", 20106)
	s.call("/user/chat/fb/set.json", url.Values{"userId": {"alice"}, "state": {"0"}, "type": {"PERSON"}})
	s.call("/group/user/gag/add.json", url.Values{"userId": {"alice"}, "groupId": {"team"}, "minute": {"10"}})
	says(group("team"), "muted in the group", 22408)
	s.call("/group/user/gag/rollback.json", url.Values{"userId": {"alice"}, "groupId": {"team"}})
	s.call("/group/ban/add.json", url.Values{"groupId": {"team"}})
	says(group("team"), "all are muted", 22408)
	s.call("/group/user/ban/whitelist/add.json", url.Values{"userId": {"alice"}, "groupId": {"team"}})
	says(group("team"), "but alice", 0)
	says(private("bob"), "and not in private", 0)
	bob.hears("and not in private")
	if got := bob.texts(received); !slices.Equal(got, []string{"but alice", "and not in private"}) {
		t.Errorf("bob hears %q", got)
	}
}

// TestSDKKeepsLatest: a message that is not to become the latest one of its
// conversation says so to its receivers.
func TestSDKKeepsLatest(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.sentText(private("bob"), "by the way", nil, map[string]any{"disableUpdateLastMessage": true})
	alice.sentText(private("bob"), "hello", nil, nil)
	bob.hears("hello")
	got := call[[]bool](bob.page, "() => im.heard.messages.map((m) => !!m.disableUpdateLastMessage)")
	if !slices.Equal(got, []bool{true, false}) {
		t.Errorf("not to become the latest: %v", got)
	}
}
