package imlib_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

// club makes an ultra group of alice, bob and carol, with a public channel
// "news" and a private one, "secret", of alice and bob.
func club(t testing.TB) *imtest.Node {
	t.Helper()
	n := imtest.Start(t)
	n.Post("/ultragroup/create.json", url.Values{"groupId": {"club"}, "groupName": {"club"}, "userId": {"alice", "bob", "carol"}})
	n.Post("/ultragroup/channel/create.json", url.Values{"groupId": {"club"}, "busChannel": {"news"}, "type": {"0"}})
	n.Post("/ultragroup/channel/create.json", url.Values{"groupId": {"club"}, "busChannel": {"secret"}, "type": {"1"}})
	n.Post("/ultragroup/channel/private/users/add.json", url.Values{"groupId": {"club"}, "busChannel": {"secret"}, "userIds": {"alice,bob"}})
	return n
}

// watchClub is watch for who is told of ultra groups, and is there before it
// returns.
func watchClub(t testing.TB, n *imtest.Node, user chat.UserID, change ...func(*imlib.Options)) *watcher {
	t.Helper()
	w := watch(t, n, user, append(change, func(o *imlib.Options) { o.UltraGroups = true })...)
	_, err := w.UltraChannels(t.Context(), "") // the client asks in order, so it is there when this is answered
	ok(t, err)
	return w
}

var (
	plaza  = imlib.UltraGroup("club", "")
	news   = imlib.UltraGroup("club", "news")
	secret = imlib.UltraGroup("club", "secret")
)

func TestUltraGroupMessagesAreInTheirChannels(t *testing.T) {
	n := club(t)
	var net cutter
	alice, bob := watchClub(t, n, "alice"), watchClub(t, n, "bob", func(o *imlib.Options) { o.Dial = net.dial })
	sent := say(t, alice.Client, news, "read all about it")
	if m := bob.hears("read all about it"); m.UID != sent.UID || m.Conversation != news || m.Sender != "alice" || m.Own {
		t.Errorf("bob receives %+v", m)
	}
	say(t, alice.Client, plaza, "to all")
	if m := bob.hears("to all"); m.Conversation != plaza {
		t.Errorf("bob receives %+v", m)
	}
	net.cut()
	say(t, alice.Client, news, "while bob is away")
	bob.hears("while bob is away")
	say(t, bob.Client, plaza, "hello alice")
	alice.hears("hello alice")
	for in, want := range map[chat.Conversation][]string{news: {"while bob is away", "read all about it"}, plaza: {"hello alice", "to all"}} {
		if got := texts(said(t, bob.Client, in)); !slices.Equal(got, want) {
			t.Errorf("history holds %q", got)
		}
	}
	_, err := alice.Send(t.Context(), imlib.UltraGroup("club", "nowhere"), imlib.TextMessage{Content: "x"})
	refused(t, chat.ChannelMissing, err)
	_, err = connect(t, n, "dave").Send(t.Context(), plaza, imlib.TextMessage{Content: "x"})
	refused(t, chat.NotInUltraGroup, err)
}

// What came while nobody was connected is summed up by channel.
func TestUltraGroupUnread(t *testing.T) {
	n := club(t)
	alice, tablet := connect(t, n, "alice"), watchClub(t, n, "bob")
	first := say(t, alice, news, "one")
	say(t, alice, plaza, "two")
	all := say(t, alice, news, "look", imlib.Mention(imlib.Mentions{All: true}))
	you := say(t, alice, news, "you", imlib.Mention(imlib.Mentions{Users: []chat.UserID{"bob"}}))
	say(t, alice, secret, "for two")
	tablet.hears("for two")
	phone, laptop := watchClub(t, n, "bob"), watchClub(t, n, "bob")
	list := must[[]imlib.UltraChannel](t)(phone.UltraChannels(t.Context(), "club"))
	if len(list) != 3 || list[0].Conversation != secret || list[1].Conversation != news || list[2].Conversation != plaza || !list[0].Private || list[1].Private {
		t.Fatalf("the channels are %+v", list)
	}
	if u := list[1].Unread; u.Count != 3 || u.Mentions != 2 || u.MentionsMe != 1 || u.First == nil || u.First.UID != first.UID || text(*list[1].Latest) != "you" {
		t.Errorf("of the news: %+v", list[1])
	}
	mentions := must[[]imlib.UnreadMessage](t)(phone.UltraMentions(t.Context(), news, time.Time{}, 10))
	if len(mentions) != 2 || mentions[0].UID != all.UID || !mentions[0].MentionsAll || mentions[1].UID != you.UID || !mentions[1].MentionsMe {
		t.Errorf("mentions are %+v", mentions)
	}
	if mentions := must[[]imlib.UnreadMessage](t)(phone.UltraMentions(t.Context(), news, all.Time, 10)); len(mentions) != 1 {
		t.Errorf("later mentions are %+v", mentions)
	}
	ok(t, phone.MarkRead(t.Context(), news, time.Time{}))
	if e := next[imlib.ReadElsewhere](laptop); e.Conversation != news || e.Through.Before(you.Time) {
		t.Errorf("the laptop is told %+v", e)
	}
	ok(t, phone.SetLevel(t.Context(), imlib.LevelNone, news))
	until(laptop, func(e imlib.ConversationChanged) bool { return e.Conversation == news && *e.Level == imlib.LevelNone })
	for _, c := range must[[]imlib.UltraChannel](t)(laptop.UltraChannels(t.Context(), "club")) {
		if c.Conversation == news && (c.Unread.Count != 0 || !c.Muted()) {
			t.Errorf("of the news: %+v", c)
		}
	}
	_, err := phone.UltraMentions(t.Context(), news, time.Time{}, 51)
	refused(t, chat.BadCount, err)
	_, err = phone.UltraMentions(t.Context(), imlib.Group("x"), time.Time{}, 1)
	refused(t, chat.BadConversationType, err)
}

func TestUltraGroupMessagesChange(t *testing.T) {
	n := club(t)
	var net cutter
	alice, bob, carol := watchClub(t, n, "alice"), watchClub(t, n, "bob", func(o *imlib.Options) { o.Dial = net.dial }), watchClub(t, n, "carol")
	sent := say(t, alice.Client, secret, "before", imlib.Expandable(nil))
	bob.hears("before")
	ok(t, bob.UpdateExpansion(t.Context(), secret, sent.UID, map[string]string{"a": "1", "b": "2"}))
	if e := next[imlib.ExpansionChanged](alice); e.UID != sent.UID || e.Conversation != secret || !maps.Equal(e.Put, map[string]string{"a": "1", "b": "2"}) {
		t.Errorf("alice is told %+v", e)
	}
	ok(t, alice.RemoveExpansion(t.Context(), secret, sent.UID, "a"))
	until(bob, func(e imlib.ExpansionChanged) bool { return e.Clear && maps.Equal(e.Put, map[string]string{"b": "2"}) })
	ok(t, alice.ClearExpansion(t.Context(), secret, sent.UID))
	until(bob, func(e imlib.ExpansionChanged) bool { return e.Clear && len(e.Put) == 0 })
	net.cut()
	must[imlib.Message](t)(alice.Edit(t.Context(), secret, sent.UID, imlib.TextMessage{Content: "after"}))
	if e := next[imlib.Edited](bob); text(e.Message) != "after" || e.Message.UID != sent.UID || e.Message.Conversation != secret {
		t.Errorf("bob is told %+v", e)
	}
	ok(t, alice.Recall(t.Context(), secret, sent.UID, imlib.RecallAsAdmin()))
	if e := next[imlib.Recalled](bob); e.UID != sent.UID || e.Conversation != secret || e.By != "alice" || !e.Admin || !e.Time.Equal(sent.Time) {
		t.Errorf("bob is told %+v", e)
	}
	say(t, alice.Client, plaza, "the end")
	until(carol, func(e imlib.Event) bool {
		switch e := e.(type) {
		case imlib.Edited, imlib.Recalled, imlib.ExpansionChanged:
			t.Errorf("carol is told of what she does not see: %+v", e)
		case imlib.Message:
			return text(e) == "the end"
		}
		return false
	})
}

func TestUltraGroupChannelsChange(t *testing.T) {
	n := club(t)
	alice, bob, carol := watchClub(t, n, "alice"), watchClub(t, n, "bob"), watchClub(t, n, "carol")
	becomes := func(w *watcher, change imlib.ChannelChange, user chat.UserID) {
		t.Helper()
		until(w, func(e imlib.UltraChannelChanged) bool {
			return e.Conversation == secret && e.Change == change && e.User == user
		})
	}
	with := func(pairs ...string) url.Values {
		form := url.Values{"groupId": {"club"}, "busChannel": {"secret"}}
		for _, pair := range pairs {
			k, v, _ := strings.Cut(pair, "=")
			form.Set(k, v)
		}
		return form
	}
	n.Post("/ultragroup/channel/type/change.json", with("type=0"))
	becomes(carol, imlib.ChannelPublic, "")
	n.Post("/ultragroup/channel/type/change.json", with("type=1"))
	becomes(carol, imlib.ChannelHidden, "")
	becomes(alice, imlib.ChannelPrivate, "")
	n.Post("/ultragroup/channel/private/users/del.json", with("userIds=bob"))
	becomes(alice, imlib.ChannelUserRemoved, "bob")
	becomes(bob, imlib.ChannelUserRemoved, "bob")
	_, err := bob.Send(t.Context(), secret, imlib.TextMessage{Content: "x"})
	refused(t, chat.NotInChannel, err)
	n.Post("/ultragroup/channel/del.json", with())
	becomes(alice, imlib.ChannelDeleted, "")
}

func TestUltraGroupTyping(t *testing.T) {
	n := club(t)
	alice, bob, carol := watchClub(t, n, "alice"), watchClub(t, n, "bob"), watchClub(t, n, "carol")
	ok(t, alice.Typing(secret, "RC:TxtMsg"))
	if e := next[imlib.Typing](bob); e.Conversation != secret || e.User != "alice" {
		t.Errorf("bob is told %+v", e)
	}
	ok(t, alice.Typing(plaza, "RC:TxtMsg"))
	if e := next[imlib.Typing](carol); e.Conversation != plaza {
		t.Errorf("carol is told %+v", e)
	}
}

func TestUltraGroupLevels(t *testing.T) {
	n := club(t)
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	ok(t, alice.SetUltraLevel(t.Context(), "club", "", imlib.LevelNone))
	ok(t, alice.SetUltraLevel(t.Context(), "club", "news", imlib.LevelMentions))
	for channel, want := range map[string]imlib.Level{"": imlib.LevelNone, "news": imlib.LevelMentions} {
		if got := must[imlib.Level](t)(bob.UltraLevel(t.Context(), "club", channel)); got != want {
			t.Errorf("the level of %q is %d", channel, got)
		}
	}
	refused(t, chat.BadLevel, alice.SetUltraLevel(t.Context(), "club", "", 3))
	refused(t, chat.BadTarget, alice.SetUltraLevel(t.Context(), "", "", imlib.LevelNone))
	refused(t, chat.NotInUltraGroup, connect(t, n, "dave").SetUltraLevel(t.Context(), "club", "", imlib.LevelNone))
}
