package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// likeModel commits random batches to a store and to a Model, and wants the
// same answers of both.
func likeModel(t *testing.T, open func(t *testing.T) store.Store) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t)
		defer closeStore(t, s)
		p := pair{T: r, ctx: t.Context(), store: s, model: NewModel(store.Options{})}
		r.Repeat(p.actions())
	})
}

// pair is a store and what it should be.
type pair struct {
	*rapid.T
	ctx   context.Context
	store store.Store
	model *Model
}

func (p *pair) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"commit":  p.commit,
		"pull":    p.pull,
		"walk":    p.walk,
		"history": p.history,
		"merge":   p.merge,
		"rest":    p.rest,
	}
}

var (
	someUser  = rapid.SampledFrom([]chat.UserID{"a", "b", "c", "ab"})
	someUsers = rapid.SliceOfN(someUser, 0, 3)
	someGroup = rapid.SampledFrom([]string{"a", "g", "gg"})
	someType  = rapid.SampledFrom([]chat.ConversationType{chat.Private, chat.Private, chat.Group, chat.Group, chat.Group, chat.Chatroom, chat.System, chat.UltraGroup, chat.UltraGroup})
	someFlags = rapid.SampledFrom([]chat.Flags{normal, normal, normal, 0, chat.Counted, chat.Persisted, normal | chat.NotToSender, chat.NotToSender, normal | chat.Mentioned, chat.Hidden})
	someStep  = rapid.SampledFrom([]chat.Tick{1, 1, 1, 1, 2, 5, 5, 1000, dayTicks, 3 * dayTicks, weekTicks, weekTicks + 1})
	someKey   = rapid.SampledFrom([]chat.SendKey{{}, {1}, {2}, {3}, {15: 1}, {8: 1}})
	someLimit = rapid.SampledFrom([]int{1, 1, 2, 3, 5, 100})
	someSpace = rapid.SampledFrom([]store.Space{store.Settings, store.Receipts})
	someText  = rapid.SampledFrom([]string{"", "a", "a\x00", "ab", "b", "\xff"})
	someMark  = rapid.SampledFrom([]chat.Flags{0, 0, chat.Mentioned, chat.Counted, chat.Counted | chat.Mentioned})
	someBytes = rapid.SampledFrom([]int{0, 0, 1, 10, 100})
)

func someMessage(t *rapid.T) *chat.Message {
	m := &chat.Message{
		Type:     someType.Draw(t, "type"),
		Sender:   someUser.Draw(t, "sender"),
		Flags:    someFlags.Draw(t, "flags"),
		ClientID: rapid.Int64().Draw(t, "client id"),
		Key:      someKey.Draw(t, "key"),
		Body:     rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "body"),
	}
	m.ObjectName = rapid.SampledFrom([]string{"", "RC:TxtMsg"}).Draw(t, "object name")
	m.Channel = rapid.SampledFrom([]string{"", "", "", "a"}).Draw(t, "channel")
	switch m.Type {
	case chat.Group, chat.UltraGroup:
		m.Target = someGroup.Draw(t, "group")
		m.To = rapid.Just([]chat.UserID(nil)).Draw(t, "to")
		if rapid.IntRange(0, 3).Draw(t, "directional") == 0 {
			m.To = someUsers.Draw(t, "to")
		}
	case chat.Chatroom:
		m.Target = someGroup.Draw(t, "room")
	default:
		m.Target = string(someUser.Draw(t, "target"))
		if m.Type.TwoSided() && rapid.IntRange(0, 5).Draw(t, "to oneself") == 0 {
			m.To = []chat.UserID{m.Sender}
		}
	}
	if rapid.Bool().Draw(t, "prepared") {
		m.Prepare()
	}
	return m
}

func (p *pair) someTick(t *rapid.T, name string) chat.Tick {
	last := p.model.Last()
	if len(p.model.messages) > 0 && rapid.Bool().Draw(t, name+" of a message") {
		return rapid.SampledFrom(p.model.messages).Draw(t, name).ID.Tick + chat.Tick(rapid.IntRange(-1, 1).Draw(t, "off by"))
	}
	return rapid.SampledFrom([]chat.Tick{0, 1, last / 2, max(last-1, 0), last, last + 1}).Draw(t, name)
}

func (p *pair) someLog(t *rapid.T) chat.Log { return someMessage(t).Log() }

// someMembers is a group or an ultra group, by the name of its members' list.
func someMembers(t *rapid.T) string {
	id := someGroup.Draw(t, "group")
	if rapid.IntRange(0, 4).Draw(t, "ultra") == 0 {
		return store.UltraGroup(id)
	}
	return id
}

func (p *pair) someChange(t *rapid.T) store.Change {
	switch rapid.IntRange(0, 16).Draw(t, "change") {
	case 0, 1, 2:
		return store.GroupJoined{Group: someMembers(t), Name: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "name"), Users: someUsers.Draw(t, "users")}
	case 3, 4:
		return store.GroupLeft{Group: someMembers(t), Users: someUsers.Draw(t, "users")}
	case 5:
		return store.GroupDismissed{Group: someMembers(t)}
	case 6:
		return store.BlacklistAdded{User: someUser.Draw(t, "user"), Others: someUsers.Draw(t, "others")}
	case 7:
		return store.BlacklistRemoved{User: someUser.Draw(t, "user"), Others: someUsers.Draw(t, "others")}
	case 8:
		return store.MarkedRead{User: someUser.Draw(t, "user"), Log: p.someLog(t), Through: p.someTick(t, "through")}
	case 9:
		m := someMessage(t)
		m.ID = chat.ID{Tick: max(p.someTick(t, "tick"), 1), Index: uint16(rapid.IntRange(0, 3).Draw(t, "index"))}
		return store.Replaced{Message: m}
	case 10:
		room := someGroup.Draw(t, "room")
		if rapid.Bool().Draw(t, "destroy") {
			return store.RoomDestroyed{Room: room}
		}
		return store.RoomCreated{Room: room, Name: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "name")}
	case 11, 12, 13:
		return store.EntrySet{
			Space: someSpace.Draw(t, "space"), Owner: someText.Draw(t, "owner"), Key: someText.Draw(t, "key"),
			Value: rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "value"),
		}
	case 14:
		return store.EntryDeleted{Space: someSpace.Draw(t, "space"), Owner: someText.Draw(t, "owner"), Key: someText.Draw(t, "key")}
	case 15:
		return store.EntriesDeleted{Space: someSpace.Draw(t, "space"), Owner: someText.Draw(t, "owner")}
	}
	return store.UserSaved{User: store.User{ID: someUser.Draw(t, "user"), Name: rapid.String().Draw(t, "name")}}
}

func (p *pair) commit(t *rapid.T) {
	var parts []any
	for range rapid.IntRange(0, 6).Draw(t, "messages") {
		parts = append(parts, someMessage(t))
	}
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		parts = append(parts, p.someChange(t))
	}
	last := p.model.Last()
	b := batch(last, last+someStep.Draw(t, "step"), parts...)
	if err := p.model.Commit(p.ctx, b); err != nil {
		t.Fatal(err)
	}
	if err := p.store.Commit(p.ctx, b); err != nil {
		t.Fatal(err)
	}
	if p.store.Last() != b.Tick {
		t.Fatalf("last is %d after the commit of %d", p.store.Last(), b.Tick)
	}
}

func (p *pair) pull(t *rapid.T) {
	p.comparePull(t, store.Pull{
		User:     someUser.Draw(t, "user"),
		Received: p.someTick(t, "received"),
		Sent:     p.someTick(t, "sent"),
		Until:    p.someTick(t, "until"),
		Limit:    someLimit.Draw(t, "limit"),
		Bytes:    someBytes.Draw(t, "bytes"),
	})
}

// walk pulls page after page.
func (p *pair) walk(t *rapid.T) {
	q := store.Pull{User: someUser.Draw(t, "user"), Limit: someLimit.Draw(t, "limit"), Bytes: someBytes.Draw(t, "bytes")}
	for more := true; more; {
		page := p.comparePull(t, q)
		more, q.Received, q.Sent = page.More, page.Through, page.Through
	}
}

func (p *pair) comparePull(t *rapid.T, q store.Pull) store.Page {
	want, err := p.model.Pull(p.ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.store.Pull(p.ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	comparePages(t, q, got, want)
	return got
}

func comparePages(t *rapid.T, q any, got, want store.Page) {
	if diff := sameMessages(got.Messages, want.Messages); diff != "" {
		t.Fatalf("%+v: %s", q, diff)
	}
	if got.Through != want.Through || got.More != want.More {
		t.Fatalf("%+v: through %d more %t, not %d %t", q, got.Through, got.More, want.Through, want.More)
	}
}

func (p *pair) history(t *rapid.T) {
	q := store.Range{
		Log:      p.someLog(t),
		After:    p.someTick(t, "after"),
		Before:   p.someTick(t, "before"),
		Backward: rapid.Bool().Draw(t, "backward"),
		Limit:    someLimit.Draw(t, "limit"),
		Bytes:    someBytes.Draw(t, "bytes"),
		All:      rapid.Bool().Draw(t, "all"),
		Except:   p.someIDs(t),
		Flags:    someMark.Draw(t, "flags"),
	}
	if rapid.Bool().Draw(t, "with viewer") {
		q.Viewer = someUser.Draw(t, "viewer")
	}
	want, err := p.model.History(p.ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.store.History(p.ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	comparePages(t, q, got, want)
}

// someIDs are ids of the first messages of some ticks, in order.
func (p *pair) someIDs(t *rapid.T) []chat.ID {
	var ids []chat.ID
	for range rapid.IntRange(0, 2).Draw(t, "how many ids") {
		ids = append(ids, chat.ID{Tick: p.someTick(t, "of an id")})
	}
	slices.SortFunc(ids, func(a, b chat.ID) int { return int(a.Tick - b.Tick) })
	return ids
}

func (p *pair) merge(t *rapid.T) {
	q := store.Merge{
		Viewer: someUser.Draw(t, "viewer"),
		Until:  p.someTick(t, "until"),
		Limit:  someLimit.Draw(t, "limit"),
		Bytes:  someBytes.Draw(t, "bytes"),
	}
	logs := rapid.SliceOfNDistinct(rapid.Custom(p.someLog), 0, 6, rapid.ID[chat.Log]).Draw(t, "logs")
	for _, log := range logs {
		q.Logs = append(q.Logs, store.LogSince{Log: log, After: p.someTick(t, "after")})
	}
	for more := true; more; {
		want, err := p.model.Merge(p.ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.store.Merge(p.ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		comparePages(t, q, got, want)
		more = got.More
		for i := range q.Logs {
			q.Logs[i].After = max(q.Logs[i].After, got.Through)
		}
	}
}

// rest compares the reads of single things.
func (p *pair) rest(t *rapid.T) {
	user, log := someUser.Draw(t, "user"), p.someLog(t)
	unread := store.UnreadRange{User: user, Log: log, After: p.someTick(t, "after"), Until: p.someTick(t, "until"), Except: p.someIDs(t),
		Limit: rapid.SampledFrom([]int{0, 0, 1, 3}).Draw(t, "most unread")}
	id, members := someGroup.Draw(t, "room"), someMembers(t)
	space, owner, key := someSpace.Draw(t, "space"), someText.Draw(t, "owner"), someText.Draw(t, "key")
	entries := store.EntryRange{Space: space, Owner: owner, Prefix: someText.Draw(t, "prefix"), After: someText.Draw(t, "after key"), Limit: someLimit.Draw(t, "limit")}
	ask := func(s store.Store) []string {
		var answers []string
		say := func(what string, answer ...any) { answers = append(answers, what+" "+fmt.Sprintln(answer...)) }
		u, err := s.Unread(p.ctx, unread)
		say("unread", u, err)
		through, err := s.ReadThrough(p.ctx, user, log)
		say("read through", through, err)
		logs, err := s.Logs(p.ctx, user)
		say("logs", logs, err)
		e, err := s.Entry(p.ctx, space, owner, key)
		say("entry", e, err)
		all, err := s.Entries(p.ctx, entries)
		say("entries", all, err)
		g, err := s.Group(p.ctx, members)
		say("group", g, err)
		stays, asOf, err := s.Memberships(p.ctx, user)
		say("stays", stays, asOf, err)
		ends, err := s.GroupLogs(p.ctx, id)
		say("logs of the group", ends, err)
		others, err := s.Blacklist(p.ctx, user)
		say("blacklist", others, err)
		room, err := s.Room(p.ctx, id)
		say("room", room, err)
		known, err := s.User(p.ctx, user)
		say("user", known, err)
		return answers
	}
	if got, want := ask(p.store), ask(p.model); !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	p.compareSent(t, someKey.Draw(t, "key"))
}

// compareSent allows what the contract allows: a key may be found for a day
// longer than the window.
func (p *pair) compareSent(t *rapid.T, key chat.SendKey) {
	want, wanted, err := p.model.Sent(p.ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	got, found, err := p.store.Sent(p.ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	late := found && !wanted && got == p.model.sent[key] && got.Tick >= p.model.Last()-weekTicks-dayTicks
	if !late && (found != wanted || got != want) {
		t.Fatalf("key %x: %v %t, not %v %t", key, got, found, want, wanted)
	}
}
