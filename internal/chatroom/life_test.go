package chatroom

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

func (s *stage) create(specs ...Spec) {
	s.t.Helper()
	if err := s.Create(s.t.Context(), specs...); err != nil {
		s.t.Fatal(err)
	}
}

// is checks whether a room exists.
func (s *stage) is(room string, want bool) {
	s.t.Helper()
	if _, err := s.store.Room(s.t.Context(), room); (err == nil) != want {
		s.t.Errorf("room %s exists: %v", room, err == nil)
	}
}

// A room ends an hour after the last join, leave or message, with or without
// members, who are told; one that is kept alive does not.
func TestIdleRooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAt(t, Config{Many: true, Burst: -1})
		s.run()
		alice, _, bob := visitors()
		s.create(Spec{ID: "empty"}, Spec{ID: "kept"}, Spec{ID: "long", Lifetime: &Lifetime{Minutes: 120}})
		s.rule(KeptAlive, "", "kept")
		s.join(alice, "silent")
		for _, room := range []string{"spoken", "by the server", "left"} {
			s.join(bob, room)
		}
		s.Leave(t.Context(), bob, "by the server", "")
		after(time.Minute)
		alice.told()

		after(49 * time.Minute)
		s.happen(says(bob, "spoken", "hi"), says(nil, "by the server", "hi"))
		s.Leave(t.Context(), bob, "left", "")
		s.join(alice, "silent") // she was there: nothing happened
		after(9 * time.Minute)
		s.is("empty", true)
		after(time.Minute)
		for _, room := range []string{"empty", "silent"} {
			s.is(room, false)
		}
		for _, room := range []string{"spoken", "by the server", "left", "kept", "long"} {
			s.is(room, true)
		}
		if told := alice.told(); len(told) != 1 || told[0][:len("gone silent")] != "gone silent" || told[0][len(told[0])-2:] != " 3" {
			t.Errorf("alice is told %q", told)
		}
		if s.In(alice, "silent") {
			t.Error("alice is in a room that is gone")
		}
		after(51 * time.Minute)
		for _, room := range []string{"spoken", "by the server", "left"} {
			s.is(room, false)
		}
		after(10 * time.Minute)
		s.is("long", false)
		after(48 * time.Hour)
		s.is("kept", true)
		if err := s.DropRule(t.Context(), KeptAlive, "", []string{"kept"}); err != nil {
			t.Fatal(err)
		}
		after(time.Hour)
		s.is("kept", false)
		if len(s.lives) != 0 || len(s.rooms) != 0 {
			t.Errorf("left are %v, %v", s.lives, s.rooms)
		}
	})
}

// openAt is a stage whose ticks begin now.
func openAt(t *testing.T, cfg Config) *stage {
	t.Helper()
	s := openWith(t, cfg)
	if err := s.store.Commit(t.Context(), &store.Batch{Tick: chat.Tick(time.Now().UnixMilli())}); err != nil {
		t.Fatal(err)
	}
	s.start(s.store, cfg)
	return s
}

// A room of a fixed time ends that long after its creation, whatever happens
// in it and however often the server starts; its end can be moved.
func TestFixedRooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAt(t, Config{Burst: -1})
		stop := s.run()
		_, _, bob := visitors()
		s.create(Spec{ID: "fixed", Lifetime: &Lifetime{Fixed: true, Minutes: 60}},
			Spec{ID: "moved", Lifetime: &Lifetime{Fixed: true, Minutes: 60}}, Spec{ID: "idle"})
		s.join(bob, "fixed")
		after(30 * time.Minute)
		stop()
		s.restart()
		stop = s.run()
		s.join(bob, "fixed")
		s.create(Spec{ID: "moved", Lifetime: &Lifetime{Fixed: true, Minutes: 90}})
		after(29 * time.Minute)
		s.happen(says(bob, "fixed", "hurry"))
		s.is("fixed", true)
		after(time.Minute + time.Second)
		s.is("fixed", false)
		s.is("moved", true)
		s.is("idle", true) // its hour began anew with the start
		i, err := s.Info(t.Context(), "moved")
		if err != nil || i.Lifetime != (Lifetime{Fixed: true, Minutes: 90}) || i.Members != 0 || i.Muted {
			t.Errorf("info %+v, %v", i, err)
		}
		after(30*time.Minute - 2*time.Second)
		s.is("moved", true)
		s.is("idle", true)
		after(2 * time.Second)
		s.is("moved", false)
		s.is("idle", false)
		stop()
	})
}

// With a room goes all that is kept of it: who creates it again finds it new.
func TestDestroyed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAt(t, Config{Burst: -1})
		alice, _, bob := visitors()
		s.create(Spec{
			ID: "room", Name: "Room", Muted: true, Speakers: []chat.UserID{"alice"},
			Entries: []EntryChange{{Key: "topic", Value: "tea"}}, Owner: "host", Lifetime: &Lifetime{Fixed: true, Minutes: 60},
		})
		if j := s.join(alice, "room"); j.Silence != (Silence{Room: true, Speaker: true}) {
			t.Errorf("joined %+v", j)
		}
		if sh, err := s.Entries(t.Context(), alice, "room", 0); err != nil || len(sh.Entries) != 1 || sh.Entries[0].Owner != "host" || sh.Entries[0].Value != "tea" {
			t.Errorf("entries %+v, %v", sh, err)
		}
		s.rule(Muted, "room", "bob")
		s.rule(KeptAlive, "", "room")
		s.create(Spec{ID: "room"}) // it is there: nothing changes
		if i, err := s.Info(t.Context(), "room"); err != nil || i.Name != "Room" || !i.Lifetime.Fixed || !i.Muted {
			t.Errorf("info %+v, %v", i, err)
		}
		if err := s.Destroy(t.Context(), "room"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Info(t.Context(), "room"); chat.CodeOf(err) != chat.ChatroomMissing {
			t.Errorf("info: %v", err)
		}
		s.restart()
		if j := s.join(bob, "room"); j.Silence != (Silence{}) {
			t.Errorf("joined %+v", j)
		}
		if sh, err := s.Entries(t.Context(), bob, "room", 0); err != nil || len(sh.Entries) != 0 {
			t.Errorf("entries %+v, %v", sh, err)
		}
		if list, err := s.Rules(t.Context(), KeptAlive, ""); err != nil || len(list) != 0 {
			t.Errorf("kept alive %v, %v", list, err)
		}
		if i, err := s.Info(t.Context(), "room"); err != nil || i.Lifetime != (Lifetime{Minutes: 60}) || i.Name != "" || i.Members != 1 {
			t.Errorf("info %+v, %v", i, err)
		}
	})
}

// Rooms that were made before this server kept their lives end like others
// once somebody was in them.
func TestOldRooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAt(t, Config{Burst: -1})
		s.happen(store.RoomCreated{Room: "old"})
		s.restart()
		s.run()
		_, _, bob := visitors()
		s.join(bob, "old")
		after(time.Hour)
		s.is("old", false)
	})
}

// Deadlines come in their order.
func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAt(t, Config{Many: true})
		s.run()
		var ended []string
		minutes := []int64{300, 60, 600, 61, 120}
		for _, m := range minutes {
			s.create(Spec{ID: string(rune('a' + len(ended))), Lifetime: &Lifetime{Fixed: true, Minutes: m}})
			ended = append(ended, string(rune('a'+len(ended))))
		}
		order := []string{}
		for range 601 {
			after(time.Minute)
			for _, id := range ended {
				if _, err := s.store.Room(t.Context(), id); err != nil && !slices.Contains(order, id) {
					order = append(order, id)
				}
			}
		}
		if !slices.Equal(order, []string{"b", "d", "e", "a", "c"}) {
			t.Errorf("rooms end as %v", order)
		}
	})
}
