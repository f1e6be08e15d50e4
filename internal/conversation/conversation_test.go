package conversation_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/conversation"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/internal/writer"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// desk is the lists of an app over a store in memory, with a real writer and a
// clock of the test's.
type desk struct {
	*conversation.Lists
	inbox  *inbox.Inbox
	t      *testing.T
	store  store.Store
	writer *writer.Writer
	clock  atomic.Int64
}

// unheard is a tail that nobody follows.
type unheard struct{}

func (unheard) Publish(context.Context, *store.Batch) error { return nil }

func open(t *testing.T) *desk {
	t.Helper()
	s := storetest.NewModel(store.Options{})
	d := &desk{t: t, store: s}
	d.clock.Store(1_800_000_000_000)
	d.writer = writer.New(s, roster.New(s, roster.Config{}), unheard{}, writer.Config{Now: d.clock.Load})
	d.inbox = inbox.New(s, d.writer, inbox.Config{Now: d.clock.Load})
	d.Lists = conversation.New(s, d.inbox, d.writer)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.writer.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the writer ended with %v", err)
		}
	})
	return d
}

const kept = chat.Persisted | chat.Counted

func message(typ chat.ConversationType, sender chat.UserID, target, content string, flags chat.Flags) *chat.Message {
	up := &pb.UpMessage{Flags: new(wire.UpFlags(flags)), ClassName: new("RC:TxtMsg"), Content: []byte(content)}
	if flags&chat.KeepLatest != 0 {
		up.OptionBits = new(int64(1))
	}
	m, err := wire.NewMessage(typ, sender, target, up)
	if err != nil {
		panic(err)
	}
	return m
}

// send has messages accepted, all in one tick.
func (d *desk) send(messages ...*chat.Message) {
	d.t.Helper()
	for _, err := range d.writer.Send(d.t.Context(), 0, messages...) {
		if err != nil {
			d.t.Fatal(err)
		}
	}
}

func text(sender, target, text string) *chat.Message {
	return message(chat.Private, chat.UserID(sender), target, fmt.Sprintf(`{"content":%q}`, text), kept)
}

func (d *desk) change(changes ...store.Change) chat.Tick {
	d.t.Helper()
	tick, err := d.writer.Change(d.t.Context(), changes...)
	if err != nil {
		d.t.Fatal(err)
	}
	return tick
}

func (d *desk) list(q conversation.Query) conversation.List {
	d.t.Helper()
	q.Until = d.store.Last()
	list, err := d.List(d.t.Context(), "me", q)
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

func names(list conversation.List) (all []string) {
	for _, item := range list.Items {
		all = append(all, item.Target)
	}
	return all
}

func private(peer string) chat.Conversation {
	return chat.Conversation{Type: chat.Private, Target: peer}
}

func group(id string) chat.Conversation { return chat.Conversation{Type: chat.Group, Target: id} }

// Conversations of one tick are in one page, whatever its size, and no page
// misses or repeats one.
func TestPagesSplitNoTick(t *testing.T) {
	d := open(t)
	d.send(text("a", "me", "x"))
	d.send(text("b", "me", "x"), text("c", "me", "x"), text("d", "me", "x"))
	d.send(text("e", "me", "x"))
	for _, oldest := range []bool{false, true} {
		var pages [][]string
		q := conversation.Query{Count: 2, Oldest: oldest}
		for more := true; more; {
			list := d.list(q)
			page := names(list)
			slices.Sort(page)
			pages, more = append(pages, page), list.More
			q.Start = list.Items[len(list.Items)-1].Time
		}
		want := [][]string{{"b", "c", "d", "e"}, {"a"}}
		if oldest {
			want = [][]string{{"a", "b", "c", "d"}, {"e"}}
		}
		if fmt.Sprint(pages) != fmt.Sprint(want) {
			t.Errorf("oldest %t: %v", oldest, pages)
		}
		q.Start = 0
		pages = nil
		for more := true; more; {
			list := d.list(q)
			page := names(list)
			slices.Sort(page)
			pages, more, q.Token = append(pages, page), list.More, list.Token
		}
		if fmt.Sprint(pages) != fmt.Sprint(want) {
			t.Errorf("oldest %t, by token: %v", oldest, pages)
		}
	}
}

// The list has what the user is in now and has a message of.
func TestWhatIsListed(t *testing.T) {
	d := open(t)
	d.change(store.GroupJoined{Group: "old", Users: []chat.UserID{"me", "a"}}, store.GroupJoined{Group: "left", Users: []chat.UserID{"me", "a"}},
		store.GroupJoined{Group: store.UltraGroup("ultra"), Users: []chat.UserID{"me"}})
	say := func(id string) {
		d.send(message(chat.Group, "a", id, `{}`, kept))
	}
	say("old")
	say("left")
	d.change(store.GroupJoined{Group: "late", Users: []chat.UserID{"a"}})
	say("late")
	d.change(store.GroupJoined{Group: "late", Users: []chat.UserID{"me"}}, store.GroupLeft{Group: "left", Users: []chat.UserID{"me"}})
	d.send(message(chat.System, "news", "me", `{}`, kept))
	d.send(message(chat.Private, "hinter", "me", `{}`, 0)) // nothing that is kept
	d.send(text("me", "sent", "x"))
	if got := names(d.list(conversation.Query{})); !slices.Equal(got, []string{"sent", "news", "old"}) {
		t.Errorf("listed are %q", got)
	}
	say("late")
	channel := message(chat.Group, "a", "old", `{}`, kept)
	channel.Channel = "channel"
	channel.Prepare()
	d.send(channel)
	if got := d.list(conversation.Query{Count: 1}).Items; got[0].Target != "old" || got[0].Channel != "channel" || got[0].Unread.Count != 1 {
		t.Errorf("newest is %+v", got[0])
	}
	if err := d.MarkRead(t.Context(), "me", chat.Conversation{Type: chat.Group, Target: "old", Channel: "channel"}, d.store.Last()); err != nil {
		t.Fatal(err)
	}
	if items, err := d.UnreadOf(t.Context(), "me", []chat.Conversation{group("old")}, d.store.Last()); err != nil || items[0].Unread.Count != 1 {
		t.Errorf("a channel that was read leaves %+v, %v", items, err)
	}
	if err := d.Remove(t.Context(), "me", []chat.Conversation{{Type: chat.Group, Target: "old", Channel: "channel"}}, false, d.store.Last()); err != nil {
		t.Fatal(err)
	}
	if got := names(d.list(conversation.Query{Types: []chat.ConversationType{chat.Group}})); !slices.Equal(got, []string{"late", "old"}) {
		t.Errorf("groups are %q", got)
	}
}

// A message that is not to be the latest moves the conversation up all the same.
func TestLatest(t *testing.T) {
	d := open(t)
	d.send(text("a", "me", "first"))
	for range 30 {
		d.send(message(chat.Private, "a", "me", `{"content":"not this"}`, kept|chat.KeepLatest))
	}
	item := d.list(conversation.Query{}).Items[0]
	if got := string(wire.Content(item.Latest)); got != `{"content":"first"}` {
		t.Errorf("the latest message is %s", got)
	}
	if item.Time != d.store.Last() || item.Unread.Count != 31 {
		t.Errorf("it is of %d and has %d unread", item.Time, item.Unread.Count)
	}
}

// Unread is counted after the newest of mark, join, removal and clearing, up
// to a tick, with what mentions the user.
func TestUnread(t *testing.T) {
	d := open(t)
	d.change(store.GroupJoined{Group: "g", Users: []chat.UserID{"me", "a", "b"}})
	mention := func(typ int, users string) {
		content := fmt.Sprintf(`{"content":"x","mentionedInfo":{"type":%d,"userIdList":[%s]}}`, typ, users)
		d.send(message(chat.Group, "a", "g", content, kept|chat.Mentioned))
	}
	mention(1, "")
	mention(2, `"me","b"`)
	until := d.store.Last()
	mention(2, `"b"`)
	mention(1, `"me"`)
	of := func(until chat.Tick) conversation.Item {
		t.Helper()
		items, err := d.UnreadOf(t.Context(), "me", []chat.Conversation{group("g"), private("nobody")}, until)
		if err != nil || len(items) != 1 {
			t.Fatalf("%d items, %v", len(items), err)
		}
		return items[0]
	}
	if u := of(until).Unread; u.Count != 2 || u.Mentions != 2 || u.MentionsMe != 1 || u.First == nil || inbox.MentionType(u.First, "me") != 1 {
		t.Errorf("%+v", u)
	}
	if u := of(d.store.Last()).Unread; u.Count != 4 || u.Mentions != 3 || u.MentionsMe != 1 {
		t.Errorf("%+v", u)
	}
	if err := d.MarkRead(t.Context(), "me", group("g"), until); err != nil {
		t.Fatal(err)
	}
	if u := of(d.store.Last()).Unread; u.Count != 2 || u.Mentions != 1 || u.Read != until {
		t.Errorf("%+v", u)
	}
	if total, err := d.Total(t.Context(), "me", d.store.Last()); err != nil || total != 2 {
		t.Errorf("%d in all, %v", total, err)
	}
	removed := d.store.Last()
	if err := d.Remove(t.Context(), "me", []chat.Conversation{group("g")}, false, removed); err != nil {
		t.Fatal(err)
	}
	if u := of(d.store.Last()).Unread; u.Count != 0 || u.First != nil || u.Read != removed {
		t.Errorf("%+v", u)
	}
}

// All conversations are told of, page by page.
func TestUnreadPages(t *testing.T) {
	d := open(t)
	const peers = 2*conversation.UnreadPage + 50
	for i := range peers {
		d.send(text(fmt.Sprintf("peer%03d", i), "me", "x"))
	}
	seen, token := map[string]int{}, ""
	for {
		items, next, err := d.Unread(t.Context(), "me", token, d.store.Last())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			seen[item.Target] += item.Unread.Count
		}
		if token = next; token == "" {
			break
		}
	}
	if len(seen) != peers || seen["peer000"] != 1 || seen[fmt.Sprintf("peer%03d", peers-1)] != 1 {
		t.Errorf("%d conversations were told of", len(seen))
	}
}

// A read mark of nothing is not kept, and ReadSince knows when marks moved.
func TestReadSince(t *testing.T) {
	d := open(t)
	d.send(text("a", "me", "x"))
	d.send(text("b", "me", "x"))
	if err := d.MarkRead(t.Context(), "me", private("nobody"), d.store.Last()); err != nil {
		t.Fatal(err)
	}
	if err := d.MarkRead(t.Context(), "me", private("a"), d.store.Last()); err != nil {
		t.Fatal(err)
	}
	between := d.store.Last()
	if err := d.MarkRead(t.Context(), "me", private("b"), d.store.Last()); err != nil {
		t.Fatal(err)
	}
	for since, want := range map[chat.Tick]int{0: 2, between: 1, d.store.Last(): 0} {
		items, err := d.ReadSince(t.Context(), "me", since, d.store.Last())
		if err != nil || len(items) != want {
			t.Errorf("since %d %d conversations were read, not %d; %v", since, len(items), want, err)
		}
	}
	entries, err := d.store.Entries(t.Context(), store.EntryRange{Space: store.Settings, Owner: "me", Limit: 9})
	if err != nil || len(entries) != 2 {
		t.Errorf("%d entries are kept, %v", len(entries), err)
	}
}

// A removed conversation comes back with what is newer than its removal.
func TestRemove(t *testing.T) {
	d := open(t)
	d.send(text("a", "me", "1"))
	seen := d.store.Last()
	d.send(text("a", "me", "2")) // while the client asks
	if err := d.Remove(t.Context(), "me", []chat.Conversation{private("a"), private("nobody")}, true, seen); err != nil {
		t.Fatal(err)
	}
	list := d.list(conversation.Query{})
	if got := names(list); !slices.Equal(got, []string{"a"}) || list.Items[0].Unread.Count != 1 {
		t.Fatalf("listed are %q", got)
	}
	if err := d.Remove(t.Context(), "me", []chat.Conversation{private("a")}, true, d.store.Last()); err != nil {
		t.Fatal(err)
	}
	if got := names(d.list(conversation.Query{})); len(got) != 0 {
		t.Errorf("listed are %q", got)
	}
	items, err := d.Get(t.Context(), "me", []chat.Conversation{private("a"), private("nobody")}, d.store.Last())
	if err != nil || len(items) != 1 || items[0].Latest != nil {
		t.Errorf("by name there are %+v, %v", items, err)
	}
	for _, n := range []int{0, conversation.MaxRemoved + 1} {
		if err := d.Remove(t.Context(), "me", make([]chat.Conversation, n), false, 1); chat.CodeOf(err) != chat.BadParameter {
			t.Errorf("removing %d: %v", n, err)
		}
	}
}

func state(c chat.Conversation, kind conversation.Kind, value string) conversation.State {
	return conversation.State{Conversation: c, Settings: []conversation.Setting{{Kind: kind, Value: value}}}
}

// Settings are told from a version on, each conversation with what changed.
func TestStates(t *testing.T) {
	d := open(t)
	first, err := d.Set(t.Context(), "me", []conversation.State{state(private("a"), conversation.Top, "1"), state(group("g"), conversation.Level, "-1")})
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.Set(t.Context(), "me", []conversation.State{state(private("a"), conversation.Level, "5")})
	if err != nil {
		t.Fatal(err)
	}
	third, err := d.SetTypeLevel(t.Context(), "me", chat.Group, 4)
	if err != nil {
		t.Fatal(err)
	}
	for since, want := range map[chat.Tick]string{0: "3 groups, a: 1 5, g: -1", first: "3 groups, a: 5", second: "3 groups", third: ""} {
		states, version, err := d.States(t.Context(), "me", since)
		if err != nil || version != third {
			t.Errorf("version %d, not %d, %v", version, third, err)
		}
		var got []string
		for _, s := range states {
			line := s.Target + ":"
			if s.Target == "" {
				line = fmt.Sprintf("%d groups", s.Type)
			} else {
				values := map[conversation.Kind]string{}
				for _, set := range s.Settings {
					values[set.Kind] = set.Value
				}
				for _, kind := range []conversation.Kind{conversation.Top, conversation.Level} {
					if v := values[kind]; v != "" {
						line += " " + v
					}
				}
			}
			got = append(got, line)
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("since %d: %s, want %s", since, text, want)
		}
	}
}

func TestSettingsAreChecked(t *testing.T) {
	d := open(t)
	for _, s := range [][]conversation.State{
		nil, make([]conversation.State, chat.MaxChanged+1), {{Conversation: private("a")}},
		{state(private("a"), conversation.Top, "2")}, {state(private("a"), conversation.Level, "6")}, {state(private("a"), conversation.Level, "-2")},
		{state(private("a"), conversation.Translate, "x")}, {state(private("a"), conversation.Tags, "1")}, {state(private("a"), 9, "1")},
	} {
		if _, err := d.Set(t.Context(), "me", s); chat.CodeOf(err) != chat.BadParameter {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if _, err := d.SetTypeLevel(t.Context(), "me", chat.Group, 6); chat.CodeOf(err) != chat.BadParameter {
		t.Errorf("a level of 6: %v", err)
	}
	for _, q := range []conversation.Quiet{{}, {Start: "22:00:00"}, {Start: "22:00:00", Minutes: 1441}, {Start: "10 o'clock", Minutes: 5}} {
		if err := d.SetQuiet(t.Context(), "me", q); chat.CodeOf(err) != chat.BadParameter {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func (d *desk) tag(id string, cs ...chat.Conversation) {
	d.t.Helper()
	var all []conversation.Tagging
	for _, c := range cs {
		all = append(all, conversation.Tagging{Conversation: c, Tags: []conversation.Tagged{{Tag: id}}})
	}
	if _, err := d.Tag(d.t.Context(), "me", all); err != nil {
		d.t.Fatal(err)
	}
}

// tagged are the conversations with tag id, as clients are told.
func (d *desk) tagged(id string) (names []string) {
	d.t.Helper()
	states, _, err := d.States(d.t.Context(), "me", 0)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, s := range states {
		for _, set := range s.Settings {
			if slices.ContainsFunc(set.Tags, func(t conversation.Tagged) bool { return t.Tag == id }) {
				names = append(names, s.Target)
			}
		}
	}
	return names
}

func TestTags(t *testing.T) {
	d := open(t)
	tags := func(names ...string) (all []conversation.Tag) {
		for _, n := range names {
			all = append(all, conversation.Tag{ID: n, Name: "name of " + n})
		}
		return all
	}
	if _, err := d.SaveTags(t.Context(), "me", tags("work", "home"), 7); err != nil {
		t.Fatal(err)
	}
	version, err := d.SaveTags(t.Context(), "me", []conversation.Tag{{ID: "home", Name: "Home"}}, 8)
	if err != nil {
		t.Fatal(err)
	}
	got, changed, err := d.Tags(t.Context(), "me")
	want := []conversation.Tag{{ID: "home", Name: "Home", Created: 7}, {ID: "work", Name: "name of work", Created: 7}}
	if err != nil || changed != version || !slices.Equal(got, want) {
		t.Errorf("%+v of %d, %v", got, changed, err)
	}
	d.tag("work", private("a"), private("b"))
	d.tag("home", private("a"))
	if got := d.tagged("work"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("tagged are %q", got)
	}
	before := d.store.Last()
	if _, err := d.Untag(t.Context(), "me", []conversation.Tagging{{Conversation: private("a"), Tags: []conversation.Tagged{{Tag: "home"}}}}); err != nil {
		t.Fatal(err)
	}
	states, _, err := d.States(t.Context(), "me", before)
	if err != nil || len(states) != 1 || len(states[0].Settings) != 1 || !slices.Equal(states[0].Settings[0].Tags, []conversation.Tagged{{Tag: "work"}}) {
		t.Errorf("told is %+v, %v", states, err)
	}
	if _, err := d.DeleteTags(t.Context(), "me", []string{"work"}); err != nil {
		t.Fatal(err)
	}
	if got := d.tagged("work"); len(got) != 0 {
		t.Errorf("tagged are %q", got)
	}
	if got, _, _ := d.Tags(t.Context(), "me"); len(got) != 1 {
		t.Errorf("the tags are %+v", got)
	}
}

func TestTagsAreBounded(t *testing.T) {
	d := open(t)
	var all []conversation.Tag
	for i := range chat.MaxTags {
		all = append(all, conversation.Tag{ID: fmt.Sprint(i), Name: "x"})
	}
	if _, err := d.SaveTags(t.Context(), "me", all, 1); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tag  conversation.Tag
		code chat.Code
	}{
		{conversation.Tag{ID: "more", Name: "x"}, chat.TooManyTags},
		{conversation.Tag{ID: "", Name: "x"}, chat.BadParameter},
		{conversation.Tag{ID: "12345678901", Name: "x"}, chat.BadParameter},
		{conversation.Tag{ID: "a\x00b", Name: "x"}, chat.BadParameter},
		{conversation.Tag{ID: "1", Name: ""}, chat.BadParameter},
		{conversation.Tag{ID: "1", Name: "sixteen letters."}, chat.BadParameter},
		{conversation.Tag{ID: "1", Name: "十五个字的标签名称也可以用啊啊"}, chat.OK},
	} {
		if _, err := d.SaveTags(t.Context(), "me", []conversation.Tag{c.tag}, 1); chat.CodeOf(err) != c.code {
			t.Errorf("%+v: %v", c.tag, err)
		}
	}
	unknown := []conversation.Tagging{{Conversation: private("a"), Tags: []conversation.Tagged{{Tag: "unknown"}}}}
	if _, err := d.Tag(t.Context(), "me", unknown); chat.CodeOf(err) != chat.BadParameter {
		t.Errorf("an unknown tag: %v", err)
	}
	d.tag("1", private("oldest"))
	var cs []chat.Conversation
	for i := range chat.MaxTagged {
		cs = append(cs, private(fmt.Sprint("peer", i)))
	}
	d.tag("1", cs[:500]...)
	d.tag("1", cs[500:]...)
	if got := d.tagged("1"); len(got) != chat.MaxTagged || slices.Contains(got, "oldest") {
		t.Errorf("%d are tagged, the oldest too: %t", len(got), slices.Contains(got, "oldest"))
	}
}

// Those on top in a tag come first, in pages too.
func TestListByTag(t *testing.T) {
	d := open(t)
	for _, peer := range []string{"a", "b", "c", "d", "untagged"} {
		d.send(text(peer, "me", "x"))
	}
	if _, err := d.SaveTags(t.Context(), "me", []conversation.Tag{{ID: "work", Name: "x"}}, 1); err != nil {
		t.Fatal(err)
	}
	d.tag("work", private("a"), private("b"), private("c"), private("d"))
	top := []conversation.Tagging{{Conversation: private("b"), Tags: []conversation.Tagged{{Tag: "work", Top: true}}}}
	if _, err := d.Tag(t.Context(), "me", top); err != nil {
		t.Fatal(err)
	}
	for first, want := range map[bool][]string{true: {"b", "d", "c", "a"}, false: {"d", "c", "b", "a"}} {
		var got []string
		for q, more := (conversation.Query{Tags: []string{"work"}, TopFirst: first, Count: 1}), true; more; {
			list := d.list(q)
			got, more, q.Token = append(got, names(list)...), list.More, list.Token
		}
		if !slices.Equal(got, want) {
			t.Errorf("top first %t: %q", first, got)
		}
	}
}

// A token that is not ours is refused and breaks nothing.
func FuzzToken(f *testing.F) {
	f.Add("AAAAAAAAAAAA")
	f.Add("not base64 !")
	f.Fuzz(func(t *testing.T, token string) {
		s := storetest.NewModel(store.Options{})
		l := conversation.New(s, inbox.New(s, nil, inbox.Config{}), nil)
		_, err := l.List(t.Context(), "me", conversation.Query{Token: token, Until: 1})
		if err != nil && chat.CodeOf(err) != chat.BadParameter {
			t.Error(err)
		}
		if _, _, err := l.Unread(t.Context(), "me", token, 1); err != nil && chat.CodeOf(err) != chat.BadParameter {
			t.Error(err)
		}
	})
}
