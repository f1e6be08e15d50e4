package imlib_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

// targets are whom conversations are with.
func targets(list []imlib.ConversationSummary) (all []string) {
	for _, s := range list {
		all = append(all, s.Conversation.Target)
	}
	return all
}

// listed is the whole list of a user's conversations.
func listed(t testing.TB, c *imlib.Client, q imlib.ListQuery) (all []imlib.ConversationSummary) {
	t.Helper()
	for s, err := range c.Conversations(t.Context(), q) {
		ok(t, err)
		all = append(all, s)
	}
	return all
}

func TestConversationListIsNewestFirst(t *testing.T) {
	n := imtest.Start(t)
	n.Join("team", "alice", "bob")
	alice, bob, carol := connect(t, n, "alice"), watch(t, n, "bob"), connect(t, n, "carol")
	say(t, alice, imlib.Private("bob"), "hi")
	say(t, carol, imlib.Private("bob"), "hello")
	sent := say(t, alice, imlib.Group("team"), "all of you", imlib.Mention(imlib.Mentions{All: true}))
	bob.hears("all of you")
	list := listed(t, bob.Client, imlib.ListQuery{Count: 1})
	if got := targets(list); !slices.Equal(got, []string{"team", "carol", "alice"}) {
		t.Fatalf("bob has %q", got)
	}
	first := list[0]
	if first.Conversation != imlib.Group("team") || first.Latest == nil || text(*first.Latest) != "all of you" || !first.Changed.Equal(sent.Time) ||
		first.Unread.Count != 1 || first.Unread.Mentions != 1 || first.Unread.First == nil || first.Unread.First.UID != sent.UID {
		t.Errorf("the newest is %+v", first)
	}
	if got := targets(listed(t, bob.Client, imlib.ListQuery{Types: []chat.ConversationType{chat.Private}, After: time.UnixMilli(1)})); !slices.Equal(got, []string{"alice", "carol"}) {
		t.Errorf("oldest first are %q", got)
	}
	page := must[imlib.ConversationPage](t)(bob.ListConversations(t.Context(), imlib.ListQuery{Count: 2}))
	if got := targets(page.Conversations); !slices.Equal(got, []string{"team", "carol"}) || !page.More {
		t.Errorf("a page is %q, more %v", got, page.More)
	}
	page = must[imlib.ConversationPage](t)(bob.ListConversations(t.Context(), imlib.ListQuery{Before: page.Next}))
	if got := targets(page.Conversations); !slices.Equal(got, []string{"alice"}) || page.More {
		t.Errorf("the next page is %q, more %v", got, page.More)
	}
	one := must[imlib.ConversationSummary](t)(bob.Conversation(t.Context(), imlib.Private("alice")))
	if one.Unread.Count != 1 || text(*one.Latest) != "hi" {
		t.Errorf("one is %+v", one)
	}
	_, err := bob.ListConversations(t.Context(), imlib.ListQuery{Count: 1001})
	refused(t, chat.BadCount, err)
	_, err = bob.ListConversations(t.Context(), imlib.ListQuery{Types: []chat.ConversationType{chat.Chatroom}})
	refused(t, chat.BadConversationTypes, err)
	_, err = bob.ConversationsNamed(t.Context())
	refused(t, chat.BadConversations, err)
	_, err = bob.Conversation(t.Context(), imlib.Private(""))
	refused(t, chat.BadTarget, err)
	_, err = bob.Conversation(t.Context(), chat.Conversation{Type: chat.Group, Target: "team", Channel: "a_b"})
	refused(t, chat.BadChannel, err)
}

// Shows S175.
func TestWhatIsReadOnOneDeviceIsReadOnAll(t *testing.T) {
	n := imtest.Start(t)
	n.Join("team", "alice", "bob")
	alice, phone, laptop := connect(t, n, "alice"), watch(t, n, "bob"), watch(t, n, "bob")
	say(t, alice, imlib.Private("bob"), "sent twice", imlib.MessageID(7))
	last := say(t, alice, imlib.Private("bob"), "sent twice", imlib.MessageID(7))
	say(t, alice, imlib.Group("team"), "you", imlib.Mention(imlib.Mentions{Users: []chat.UserID{"bob"}}))
	for _, c := range []*watcher{phone, laptop} {
		c.hears("you")
		total := must[imlib.Unread](t)(c.TotalUnread(t.Context(), false))
		if total.Count != 2 || total.MentionsMe != 1 {
			t.Errorf("unread are %+v", total)
		}
		if got := targets(must[[]imlib.ConversationSummary](t)(c.UnreadConversations(t.Context(), chat.Group))); !slices.Equal(got, []string{"team"}) {
			t.Errorf("unread groups are %q", got)
		}
	}
	ok(t, phone.MarkRead(t.Context(), imlib.Private("alice"), last.Time))
	elsewhere := next[imlib.ReadElsewhere](laptop)
	if elsewhere.Conversation != imlib.Private("alice") || !elsewhere.Through.Equal(last.Time) {
		t.Errorf("the laptop is told %+v", elsewhere)
	}
	changed := until(laptop, func(e imlib.UnreadChanged) bool {
		return e.Conversation == imlib.Private("alice") && e.Unread.Count == 0
	})
	if !changed.Unread.Read.Equal(last.Time) || changed.Unread.First != nil {
		t.Errorf("the laptop is told %+v", changed)
	}
	ok(t, phone.MarkAllRead(t.Context()))
	until(laptop, func(e imlib.UnreadChanged) bool { return e.Conversation == imlib.Group("team") && e.Unread.Count == 0 })
	if total := must[imlib.Unread](t)(laptop.TotalUnread(t.Context(), true)); total.Count != 0 || total.Mentions != 0 {
		t.Errorf("unread are %+v", total)
	}
	refused(t, chat.BadConversationType, phone.MarkRead(t.Context(), imlib.Chatroom("hall"), time.Time{}))
}

// What was read while a device was away it is told once it is back.
func TestReadWhileAway(t *testing.T) {
	n := imtest.Start(t)
	var net cutter
	alice, phone := connect(t, n, "alice"), connect(t, n, "bob")
	laptop := watch(t, n, "bob", func(o *imlib.Options) { o.Dial = net.dial })
	say(t, alice, imlib.Private("bob"), "one")
	laptop.hears("one")
	net.cut()
	ok(t, phone.MarkRead(t.Context(), imlib.Private("alice"), time.Time{}))
	until(laptop, func(e imlib.UnreadChanged) bool {
		return e.Conversation == imlib.Private("alice") && e.Unread.Count == 0
	})
}

func TestRemovedConversationComesBackWithAMessage(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), watch(t, n, "bob")
	say(t, alice, imlib.Private("bob"), "one")
	bob.hears("one")
	phone := connect(t, n, "bob")
	ok(t, phone.RemoveConversations(t.Context(), false, imlib.Private("alice")))
	until(bob, func(e imlib.UnreadChanged) bool {
		return e.Conversation == imlib.Private("alice") && e.Unread.Count == 0
	})
	if got := listed(t, bob.Client, imlib.ListQuery{}); len(got) != 0 {
		t.Errorf("bob has %q", targets(got))
	}
	if got := texts(said(t, bob.Client, imlib.Private("alice"))); !slices.Equal(got, []string{"one"}) {
		t.Errorf("history holds %q", got)
	}
	say(t, alice, imlib.Private("bob"), "two")
	bob.hears("two")
	if got := listed(t, bob.Client, imlib.ListQuery{}); len(got) != 1 || got[0].Unread.Count != 1 {
		t.Errorf("bob has %+v", got)
	}
	ok(t, phone.RemoveConversations(t.Context(), true, imlib.Private("alice")))
	if got := said(t, bob.Client, imlib.Private("alice")); len(got) != 0 {
		t.Errorf("history holds %q", texts(got))
	}
	refused(t, chat.BadConversations, phone.RemoveConversations(t.Context(), true))
}

func TestSettingsHoldOnAllDevices(t *testing.T) {
	n := imtest.Start(t)
	n.Join("team", "alice", "bob")
	alice, phone, laptop := connect(t, n, "alice"), watch(t, n, "bob"), watch(t, n, "bob")
	say(t, alice, imlib.Private("bob"), "hello")
	say(t, alice, imlib.Group("team"), "all")
	phone.hears("all")
	laptop.hears("all")
	ok(t, phone.SetTop(t.Context(), true, imlib.Private("alice")))
	ok(t, phone.SetLevel(t.Context(), imlib.LevelNone, imlib.Group("team")))
	ok(t, phone.SetTypeLevel(t.Context(), chat.Private, imlib.LevelMentionsMe))
	until(laptop, func(e imlib.ConversationChanged) bool {
		return e.Conversation == imlib.Private("alice") && e.Top != nil && *e.Top && e.Level == nil
	})
	until(laptop, func(e imlib.ConversationChanged) bool {
		return e.Conversation == imlib.Group("team") && e.Level != nil && *e.Level == imlib.LevelNone
	})
	until(laptop, func(e imlib.TypeLevelChanged) bool { return e.Type == chat.Private && e.Level == imlib.LevelMentionsMe })
	tablet := watch(t, n, "bob")
	tablet.hears("all")
	for _, c := range []*watcher{phone, laptop, tablet} {
		if top := must[[]imlib.ConversationSummary](t)(c.TopConversations(t.Context())); !slices.Equal(targets(top), []string{"alice"}) || !top[0].Top || text(*top[0].Latest) != "hello" {
			t.Errorf("on top are %+v", top)
		}
		if muted := must[[]imlib.ConversationSummary](t)(c.MutedConversations(t.Context())); !slices.Equal(targets(muted), []string{"team"}) || !muted[0].Muted() {
			t.Errorf("muted are %+v", muted)
		}
		if level := must[imlib.Level](t)(c.Level(t.Context(), imlib.Group("team"))); level != imlib.LevelNone {
			t.Errorf("the level is %d", level)
		}
		if level := must[imlib.Level](t)(c.TypeLevel(t.Context(), chat.Private)); level != imlib.LevelMentionsMe {
			t.Errorf("the level of private conversations is %d", level)
		}
		for muted, want := range map[bool]int{false: 1, true: 2} {
			if total := must[imlib.Unread](t)(c.TotalUnread(t.Context(), muted)); total.Count != want {
				t.Errorf("with muted ones %v, %d are unread", muted, total.Count)
			}
		}
	}
	ok(t, laptop.SetTop(t.Context(), false, imlib.Private("alice"), imlib.Group("team")))
	if top := must[[]imlib.ConversationSummary](t)(phone.TopConversations(t.Context())); len(top) != 0 {
		t.Errorf("on top are %q", targets(top))
	}
	refused(t, chat.BadLevel, phone.SetLevel(t.Context(), 9, imlib.Group("team")))
	refused(t, chat.BadConversations, phone.SetTop(t.Context(), true, make([]chat.Conversation, 21)...))
	refused(t, chat.BadConversationType, phone.SetTypeLevel(t.Context(), chat.Chatroom, imlib.LevelNone))
}

func TestQuietHours(t *testing.T) {
	n := imtest.Start(t)
	alice := connect(t, n, "alice")
	quiet := imlib.QuietHours{Start: "22:00:00", Minutes: 480, Level: imlib.LevelNone, Timezone: "Asia/Shanghai"}
	ok(t, alice.SetQuietHours(t.Context(), quiet))
	phone := connect(t, n, "alice")
	if got := must[*imlib.QuietHours](t)(phone.QuietHours(t.Context())); got == nil || *got != quiet {
		t.Errorf("the quiet hours are %+v", got)
	}
	ok(t, phone.EndQuietHours(t.Context()))
	if got := must[*imlib.QuietHours](t)(alice.QuietHours(t.Context())); got != nil {
		t.Errorf("the quiet hours are %+v", got)
	}
	refused(t, chat.BadTimeOfDay, alice.SetQuietHours(t.Context(), imlib.QuietHours{Start: "25:00:00", Minutes: 1}))
	refused(t, chat.BadSpan, alice.SetQuietHours(t.Context(), imlib.QuietHours{Start: "22:00:00", Minutes: 1440}))
	refused(t, chat.BadLevel, alice.SetQuietHours(t.Context(), imlib.QuietHours{Start: "22:00:00", Minutes: 1, Level: 2}))
}

func TestDrafts(t *testing.T) {
	alice := connect(t, imtest.Start(t), "alice")
	ok(t, alice.SetDraft(imlib.Private("bob"), "Dear b"))
	ok(t, alice.SetDraft(imlib.Chatroom("hall"), "Hi"))
	ok(t, alice.SetDraft(imlib.Chatroom("hall"), ""))
	if bob, hall := alice.Draft(imlib.Private("bob")), alice.Draft(imlib.Chatroom("hall")); bob != "Dear b" || hall != "" {
		t.Errorf("the drafts are %q and %q", bob, hall)
	}
	refused(t, chat.BadTarget, alice.SetDraft(imlib.Private(""), "x"))
}

func TestTagsLabelConversations(t *testing.T) {
	n := imtest.Start(t)
	n.Join("team", "alice", "bob")
	alice, phone, laptop := connect(t, n, "alice"), connect(t, n, "bob"), watch(t, n, "bob")
	say(t, alice, imlib.Private("bob"), "hello")
	say(t, alice, imlib.Group("team"), "all")
	laptop.hears("all")
	ok(t, phone.CreateTag(t.Context(), "work", "At work"))
	until(laptop, func(e imlib.TagsChanged) bool { return len(e.Tags) == 1 && e.Tags[0].Name == "At work" })
	ok(t, phone.RenameTag(t.Context(), "work", "Office"))
	until(laptop, func(e imlib.TagsChanged) bool { return len(e.Tags) == 1 && e.Tags[0].Name == "Office" })
	ok(t, phone.TagConversations(t.Context(), "work", imlib.Private("alice"), imlib.Group("team")))
	until(laptop, func(e imlib.ConversationChanged) bool {
		return e.Conversation == imlib.Group("team") && slices.Equal(e.Tags, []imlib.ConversationTag{{ID: "work"}})
	})
	tagged := func(c *imlib.Client) (all []imlib.ConversationSummary) {
		t.Helper()
		for s, err := range c.TaggedConversations(t.Context(), "work") {
			ok(t, err)
			all = append(all, s)
		}
		return all
	}
	if got := targets(tagged(laptop.Client)); !slices.Equal(got, []string{"team", "alice"}) {
		t.Errorf("tagged are %q", got)
	}
	ok(t, phone.SetTopInTag(t.Context(), "work", imlib.Private("alice"), true))
	if got := tagged(laptop.Client); !slices.Equal(targets(got), []string{"alice", "team"}) || !slices.Equal(got[0].Tags, []imlib.ConversationTag{{ID: "work", Top: true}}) {
		t.Errorf("tagged are %+v", got)
	}
	ok(t, phone.SetLevel(t.Context(), imlib.LevelNone, imlib.Group("team")))
	for muted, want := range map[bool]int{false: 1, true: 2} {
		if got := must[imlib.Unread](t)(laptop.UnreadInTag(t.Context(), "work", muted)); got.Count != want {
			t.Errorf("with muted ones %v, %d are unread", muted, got.Count)
		}
	}
	ok(t, phone.UntagConversations(t.Context(), "work", imlib.Group("team")))
	if got := must[[]imlib.ConversationTag](t)(laptop.TagsOf(t.Context(), imlib.Group("team"))); len(got) != 0 {
		t.Errorf("the group has %+v", got)
	}
	ok(t, phone.RemoveTags(t.Context(), imlib.Private("alice"), "work"))
	if got := tagged(laptop.Client); len(got) != 0 {
		t.Errorf("tagged are %+v", got)
	}
	refused(t, chat.TagExists, phone.CreateTag(t.Context(), "work", "again"))
	ok(t, phone.DeleteTag(t.Context(), "work"))
	until(laptop, func(e imlib.TagsChanged) bool { return len(e.Tags) == 0 })
	if got := must[[]imlib.Tag](t)(laptop.Tags(t.Context())); len(got) != 0 {
		t.Errorf("the tags are %+v", got)
	}
	refused(t, chat.TagMissing, phone.RenameTag(t.Context(), "work", "x"))
	refused(t, chat.TagMissing, phone.DeleteTag(t.Context(), "work"))
	refused(t, chat.BadTag, phone.CreateTag(t.Context(), "elevenchars", "x"))
	refused(t, chat.BadTagName, phone.CreateTag(t.Context(), "x", ""))
	for i := range 20 {
		ok(t, phone.CreateTag(t.Context(), string(rune('a'+i)), "x"))
	}
	refused(t, chat.TooManyTags, phone.CreateTag(t.Context(), "z", "x"))
}

// What takes messages away takes them from what is unread, on every device.
func TestUnreadWithoutWhatIsGone(t *testing.T) {
	n := imtest.Start(t)
	alice, phone, laptop := connect(t, n, "alice"), connect(t, n, "bob"), watch(t, n, "bob")
	var sent []imlib.Sent
	for _, content := range []string{"one", "two", "three"} {
		sent = append(sent, say(t, alice, imlib.Private("bob"), content))
	}
	left := func(count int) {
		t.Helper()
		until(laptop, func(e imlib.UnreadChanged) bool {
			return e.Conversation == imlib.Private("alice") && e.Unread.Count == count
		})
	}
	ok(t, alice.Recall(t.Context(), imlib.Private("bob"), sent[1].UID))
	left(2)
	ok(t, phone.Delete(t.Context(), imlib.Private("alice"), sent[0].UID))
	left(1)
	ok(t, phone.ClearHistory(t.Context(), imlib.Private("alice"), time.Time{}))
	left(0)
}

// Official SDKs tell the user's other devices by a message what was read. It is
// no message to a program, which is told once.
func TestReadSyncOfOtherSDKs(t *testing.T) {
	n := imtest.Start(t)
	alice, phone, laptop := connect(t, n, "alice"), connect(t, n, "bob"), watch(t, n, "bob")
	sent := say(t, alice, imlib.Private("bob"), "one")
	laptop.hears("one")
	send(t, phone, imlib.Private("alice"), imlib.Custom{
		ObjectName: "RC:SRSMsg", JSON: fmt.Appendf(nil, `{"lastMessageSendTime":%d}`, sent.Time.UnixMilli()),
	})
	say(t, alice, imlib.Private("bob"), "two")
	reads := 0
	until(laptop, func(e imlib.Event) bool {
		switch e := e.(type) {
		case imlib.ReadElsewhere:
			if reads++; e.Conversation != imlib.Private("alice") || !e.Through.Equal(sent.Time) {
				t.Errorf("the laptop is told %+v", e)
			}
		case imlib.Message:
			if text(e) != "two" {
				t.Errorf("the laptop receives %+v", e)
			}
			return true
		}
		return false
	})
	if reads != 1 {
		t.Errorf("the laptop is told %d times", reads)
	}
}
