package imlib_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

// in joins a chatroom without its history.
func (w *watcher) in(room string, options ...imlib.ChatroomOption) imlib.Joined {
	w.t.Helper()
	return must[imlib.Joined](w.t)(w.JoinChatroom(w.t.Context(), room, 0, options...))
}

func TestJoiningAChatroomSaysWhatIsThere(t *testing.T) {
	n := imtest.Start(t, imtest.RoomsTakeAll())
	alice := watch(t, n, "alice")
	_, err := alice.JoinChatroom(t.Context(), "hall", 0, imlib.MustExist())
	refused(t, chat.ChatroomMissing, err)
	if joined := alice.in("hall"); joined.Members != 1 || joined.Created.IsZero() || joined.Joined.Before(joined.Created) || joined.RoomMuted || joined.Muted {
		t.Errorf("joined %+v", joined)
	}
	alice.in("hall", imlib.MustExist())
	for i := range 5 {
		say(t, alice.Client, imlib.Chatroom("hall"), fmt.Sprint(i))
	}
	n.Post("/chatroom/ban/add.json", url.Values{"chatroomId": {"hall"}})
	n.Post("/chatroom/user/ban/add.json", url.Values{"userId": {"bob"}, "minute": {"1"}})
	n.Post("/chatroom/user/gag/add.json", url.Values{"chatroomId": {"hall"}, "userId": {"bob"}, "minute": {"1"}})
	n.Post("/chatroom/user/ban/whitelist/add.json", url.Values{"chatroomId": {"hall"}, "userId": {"bob"}})
	bob := watch(t, n, "bob")
	joined := must[imlib.Joined](t)(bob.JoinChatroom(t.Context(), "hall", 2))
	if joined.Members != 2 || !joined.RoomMuted || !joined.Excepted || !joined.Muted || !joined.MutedEverywhere {
		t.Errorf("bob joined %+v", joined)
	}
	bob.hears("4")
	if got := texts(said(t, bob.Client, imlib.Chatroom("hall"))); !slices.Equal(got, []string{"4", "3", "2", "1", "0"}) {
		t.Errorf("history holds %q", got)
	}
	info := must[imlib.ChatroomInfo](t)(bob.ChatroomInfo(t.Context(), "hall", 20, true))
	if info.Members != 2 || len(info.Named) != 2 || info.Named[0].User != "bob" || info.Named[1].User != "alice" || info.Named[1].Joined.IsZero() {
		t.Errorf("there are %+v", info)
	}
	_, err = bob.ChatroomInfo(t.Context(), "hall", 20, true)
	refused(t, chat.TooFrequent, err)
	_, err = bob.ChatroomInfo(t.Context(), "hall", 21, true)
	refused(t, chat.BadCount, err)
	_, err = bob.JoinChatroom(t.Context(), "hall", 51)
	refused(t, chat.BadCount, err)
	_, err = bob.JoinChatroom(t.Context(), "", 0)
	refused(t, chat.BadTarget, err)
}

func TestWhoComesAndGoesInAChatroom(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := watch(t, n, "alice"), watch(t, n, "bob")
	alice.in("hall")
	bob.in("hall", imlib.ChatroomExtra("with cake"))
	came := until(alice, func(e imlib.ChatroomMembersChanged) bool {
		return slices.Contains(e.Joined, imlib.ChatroomUser{User: "bob", Extra: "with cake"})
	})
	if came.Room != "hall" || came.Members != 2 {
		t.Errorf("alice is told %+v", came)
	}
	ok(t, bob.QuitChatroom(t.Context(), "hall", imlib.ChatroomExtra("bye")))
	left := until(alice, func(e imlib.ChatroomMembersChanged) bool {
		return slices.Contains(e.Left, imlib.ChatroomUser{User: "bob", Extra: "bye"})
	})
	if left.Members != 1 {
		t.Errorf("alice is told %+v", left)
	}
	_, err := bob.Send(t.Context(), imlib.Chatroom("hall"), imlib.TextMessage{Content: "still here?"})
	refused(t, chat.NotInChatroom, err)
}

// Who joins a room leaves the one before, on all devices.
func TestOneChatroomAtATime(t *testing.T) {
	n := imtest.Start(t)
	phone, laptop := watch(t, n, "alice"), watch(t, n, "alice")
	phone.in("hall")
	laptop.in("hall")
	if e := next[imlib.ChatroomElsewhere](phone); e.Room != "hall" || !e.Joined || e.Time.IsZero() {
		t.Errorf("the phone is told %+v", e)
	}
	laptop.in("kitchen")
	for _, w := range []*watcher{phone, laptop} {
		if e := next[imlib.ChatroomLost](w); e.Room != "hall" || chat.CodeOf(e.Reason) != chat.NotInChatroom {
			t.Errorf("told %+v", e)
		}
	}
}

func TestManyChatroomsAtOnce(t *testing.T) {
	n := imtest.Start(t, imtest.ManyRooms())
	var net cutter
	alice, bob := watch(t, n, "alice", func(o *imlib.Options) { o.Dial = net.dial }), watch(t, n, "bob")
	for _, room := range []string{"hall", "kitchen"} {
		alice.in(room)
		bob.in(room)
	}
	net.cut()
	say(t, bob.Client, imlib.Chatroom("hall"), "in the hall")
	say(t, bob.Client, imlib.Chatroom("kitchen"), "in the kitchen")
	heard := map[string]string{}
	for len(heard) < 2 {
		m := next[imlib.Message](alice)
		heard[m.Conversation.Target] = text(m)
	}
	if !maps.Equal(heard, map[string]string{"hall": "in the hall", "kitchen": "in the kitchen"}) {
		t.Errorf("alice hears %v", heard)
	}
}

func TestRulesOfAChatroomAreTold(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := watch(t, n, "alice"), watch(t, n, "bob")
	alice.in("hall")
	bob.in("hall")
	tell := url.Values{"chatroomId": {"hall"}, "userId": {"bob"}, "minute": {"2"}, "needNotify": {"true"}, "extra": {"behave"}}
	n.Post("/chatroom/user/gag/add.json", tell)
	if e := next[imlib.ChatroomMuteChanged](bob); e.Room != "hall" || e.Rule != imlib.MuteUsers || !e.Set || e.For != 2*time.Minute ||
		!slices.Equal(e.Users, []chat.UserID{"bob"}) || e.Extra != "behave" || e.Time.IsZero() {
		t.Errorf("bob is told %+v", e)
	}
	_, err := bob.Send(t.Context(), imlib.Chatroom("hall"), imlib.TextMessage{Content: "but"})
	refused(t, chat.ChatroomMuted, err)
	n.Post("/chatroom/user/gag/rollback.json", tell)
	if e := next[imlib.ChatroomMuteChanged](alice); !e.Set { // the first was of the mute
		t.Errorf("alice is told %+v", e)
	}
	if e := next[imlib.ChatroomMuteChanged](alice); e.Set || e.Rule != imlib.MuteUsers {
		t.Errorf("alice is told %+v", e)
	}
	n.Post("/chatroom/ban/add.json", url.Values{"chatroomId": {"hall"}, "needNotify": {"true"}})
	if e := next[imlib.ChatroomMuteChanged](alice); !e.Set || e.Rule != imlib.MuteRoom || len(e.Users) != 0 {
		t.Errorf("alice is told %+v", e)
	}
	n.Post("/chatroom/user/block/add.json", tell)
	if e := next[imlib.ChatroomBlockChanged](alice); e.Room != "hall" || !e.Blocked || !slices.Equal(e.Users, []chat.UserID{"bob"}) || e.For != 2*time.Minute {
		t.Errorf("alice is told %+v", e)
	}
	if e := next[imlib.ChatroomLost](bob); e.Room != "hall" || chat.CodeOf(e.Reason) != chat.ChatroomBlocked {
		t.Errorf("bob is told %+v", e)
	}
	_, err = bob.JoinChatroom(t.Context(), "hall", 0)
	refused(t, chat.ChatroomBlocked, err)
}

func TestEntriesOfAChatroomAreShared(t *testing.T) {
	n := imtest.Start(t)
	var net cutter
	alice, bob, carol := watch(t, n, "alice"), watch(t, n, "bob", func(o *imlib.Options) { o.Dial = net.dial }), watch(t, n, "carol")
	alice.in("hall")
	bob.in("hall")
	next[imlib.ChatroomEntriesChanged](bob) // all there are: none
	set := func(key, value string) func(imlib.ChatroomEntriesChanged) bool {
		return func(e imlib.ChatroomEntriesChanged) bool { return e.Room == "hall" && e.Set[key] == value }
	}
	ok(t, alice.SetChatroomEntry(t.Context(), "hall", "song", "Für Elise 🎹", imlib.EntryNotify("loud")))
	until(alice, set("song", "Für Elise 🎹"))
	until(bob, set("song", "Für Elise 🎹"))
	ok(t, alice.SetChatroomEntry(t.Context(), "hall", "song", "Bagatelle", imlib.EntryNotify("soft")))
	want := imlib.ChatroomEntryNotified{Room: "hall", Key: "song", Value: "Bagatelle", Extra: "soft", By: "alice"}
	until(bob, func(e imlib.ChatroomEntryNotified) bool { return e == want })
	if got := must[string](t)(carol.ChatroomEntry(t.Context(), "hall", "song")); got != "Bagatelle" {
		t.Errorf("carol, who is not in the room, reads %q", got)
	}
	refused(t, chat.NotInChatroom, carol.SetChatroomEntry(t.Context(), "hall", "x", "y"))
	refused(t, chat.EntryNotYours, bob.SetChatroomEntry(t.Context(), "hall", "song", "mine"))
	refused(t, chat.EntryNotYours, bob.RemoveChatroomEntry(t.Context(), "hall", "song"))

	net.cut()
	ok(t, alice.SetChatroomEntry(t.Context(), "hall", "light", "off"))
	until(bob, set("light", "off")) // once he is back
	ok(t, bob.SetChatroomEntry(t.Context(), "hall", "song", "Bolero", imlib.EntryForce(), imlib.EntryAutoDelete()))
	until(alice, set("song", "Bolero"))
	ok(t, alice.RemoveChatroomEntry(t.Context(), "hall", "light"))
	until(bob, func(e imlib.ChatroomEntriesChanged) bool { return slices.Contains(e.Removed, "light") })
	ok(t, bob.QuitChatroom(t.Context(), "hall"))
	until(alice, func(e imlib.ChatroomEntriesChanged) bool { return slices.Contains(e.Removed, "song") })
	if got := must[map[string]string](t)(alice.ChatroomEntries(t.Context(), "hall")); len(got) != 0 {
		t.Errorf("there are %v", got)
	}
	refused(t, chat.EntryMissing, alice.RemoveChatroomEntry(t.Context(), "hall", "song"))
	_, err := alice.ChatroomEntry(t.Context(), "hall", "song")
	refused(t, chat.EntryMissing, err)
	refused(t, chat.BadKey, alice.SetChatroomEntry(t.Context(), "hall", "no spaces", "x"))
	refused(t, chat.BadValue, alice.SetChatroomEntry(t.Context(), "hall", "x", ""))
	refused(t, chat.BadNotificationExtra, alice.SetChatroomEntry(t.Context(), "hall", "x", "y", imlib.EntryNotify(string(make([]byte, 2049)))))
}

// Of several keys each is judged by itself.
func TestSeveralEntriesAtOnce(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := watch(t, n, "alice"), watch(t, n, "bob")
	alice.in("hall")
	bob.in("hall")
	failed, err := alice.SetChatroomEntries(t.Context(), "hall", map[string]string{"a": "1", "b": "2"})
	if err != nil || len(failed) != 0 {
		t.Errorf("failed are %v, %v", failed, err)
	}
	failed, err = bob.SetChatroomEntries(t.Context(), "hall", map[string]string{"b": "mine", "c": "3"})
	refused(t, chat.EntriesFailed, err)
	if !maps.Equal(failed, map[string]chat.Code{"b": chat.EntryNotYours}) {
		t.Errorf("failed are %v", failed)
	}
	failed, err = bob.RemoveChatroomEntries(t.Context(), "hall", "c", "a", "z")
	refused(t, chat.EntriesFailed, err)
	if !maps.Equal(failed, map[string]chat.Code{"a": chat.EntryNotYours, "z": chat.EntryMissing}) {
		t.Errorf("failed are %v", failed)
	}
	if got := must[map[string]string](t)(bob.ChatroomEntries(t.Context(), "hall")); !maps.Equal(got, map[string]string{"a": "1", "b": "2"}) {
		t.Errorf("there are %v", got)
	}
	_, err = bob.SetChatroomEntries(t.Context(), "hall", nil)
	refused(t, chat.EntriesTooMany, err)
	_, err = bob.RemoveChatroomEntries(t.Context(), "hall", "no spaces")
	refused(t, chat.BadKeys, err)
}
