package chatroom

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
)

// live runs a test on a stage in whose bubble time passes.
func live(t *testing.T, cfg Config, test func(*testing.T, *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := openWith(t, cfg)
		s.run()
		test(t, s)
	})
}

// run lets time do what it does, until the test ends or stop is called.
func (s *stage) run() (stop func()) {
	ctx, cancel := context.WithCancel(s.t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = s.Run(ctx) })
	stop = func() { cancel(); running.Wait() }
	s.t.Cleanup(stop)
	return stop
}

// after lets time pass.
func after(d time.Duration) {
	time.Sleep(d) // of the bubble
	synctest.Wait()
}

func (s *stage) set(v *visitor, room, key, value string, auto bool) {
	s.t.Helper()
	done, err := s.ChangeEntriesAs(s.t.Context(), v, room, []EntryChange{{Key: key, Value: value, Auto: auto}}, nil)
	if err != nil || len(done.Failed) > 0 {
		s.t.Fatalf("%s sets %s: %v %v", v.user, key, done.Failed, err)
	}
}

// Who loses the connection stays a member for half a minute: who comes back
// by then was never gone, and keeps what goes with a leave.
func TestAway(t *testing.T) {
	live(t, Config{Burst: -1}, func(t *testing.T, s *stage) {
		alice, again, bob := visitors()
		s.join(alice, "room")
		s.join(bob, "room")
		s.set(alice, "room", "seat", "alice", true)
		after(time.Minute)
		s.Entries(t.Context(), bob, "room", 0)
		bob.told()
		there := func(want ...chat.UserID) {
			t.Helper()
			total, members := s.Members("room", 9, false)
			var names []chat.UserID
			for _, m := range members {
				names = append(names, m.User)
			}
			if total != len(want) || !slices.Equal(names, want) {
				t.Errorf("%d members, %v, not %v", total, names, want)
			}
		}
		joined := s.join(alice, "room").Joined
		s.Close(alice)
		after(Away - time.Second)
		there("alice", "bob")
		if j := s.join(again, "room"); !j.Joined.Equal(joined) || j.Members != 2 {
			t.Errorf("alice is back as %+v", j)
		}
		after(time.Minute)
		there("alice", "bob")
		bob.wants(t)
		if list, _ := s.AllEntries(t.Context(), "room"); len(list) != 1 {
			t.Errorf("the entries are %+v", list)
		}

		s.Close(again)
		s.Close(again)
		after(Away - time.Millisecond)
		there("alice", "bob")
		after(time.Millisecond)
		there("bob")
		if list, _ := s.AllEntries(t.Context(), "room"); len(list) != 0 {
			t.Errorf("alice is gone, and left %+v", list)
		}
		after(time.Second)
		bob.wants(t, fmt.Sprint("entries room ", s.store.Last()),
			`notice RC:ChrmMemChange {"memberCount":1,"userList":[{"userId":"alice","status":0}]}`)
	})
}

// A protected user stays a member without a connection, until the user leaves
// or is protected no more.
func TestProtectedStay(t *testing.T) {
	live(t, Config{Burst: -1}, func(t *testing.T, s *stage) {
		alice, again, _ := visitors()
		s.join(alice, "room")
		if err := s.SetRule(t.Context(), Protected, "room", []string{"alice"}, 0); err != nil {
			t.Fatal(err)
		}
		s.Close(alice)
		after(10 * Away)
		if !s.Has("room", "alice") {
			t.Error("alice is gone")
		}
		s.join(again, "room")
		s.Leave(t.Context(), again, "room", "")
		if s.Has("room", "alice") {
			t.Error("alice left and is there")
		}
		s.join(alice, "room")
		s.Close(alice)
		after(2 * Away)
		if err := s.DropRule(t.Context(), Protected, "room", []string{"alice"}); err != nil {
			t.Fatal(err)
		}
		after(0)
		if s.Has("room", "alice") {
			t.Error("alice is protected no more and stays")
		}
	})
}

// What was to go with an owner who was there before a restart goes when the
// owner does not come back.
func TestOwnersAfterRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openWith(t, Config{Burst: -1})
		stop := s.run()
		alice, _, bob := visitors()
		s.join(alice, "room")
		s.join(bob, "room")
		s.set(alice, "room", "hers", "x", true)
		s.set(bob, "room", "his", "x", true)
		s.set(alice, "room", "ours", "x", false)
		stop()
		s.restart()
		s.run()
		s.join(bob, "room")
		after(Away)
		var keys []string
		list, err := s.AllEntries(t.Context(), "room")
		for _, e := range list {
			keys = append(keys, e.Key)
		}
		if err != nil || !slices.Equal(keys, []string{"his", "ours"}) {
			t.Errorf("left are %v, %v", keys, err)
		}
	})
}

// Who joins a room leaves the one before, with what goes by that; where many
// are allowed, there is a limit.
func TestOneRoom(t *testing.T) {
	live(t, Config{Burst: -1}, func(t *testing.T, s *stage) {
		alice, tablet, bob := visitors()
		for _, v := range []*visitor{alice, tablet, bob} {
			s.join(v, "hall")
		}
		s.set(alice, "hall", "seat", "alice", true)
		after(time.Minute)
		s.Entries(t.Context(), bob, "hall", 0)
		for _, v := range []*visitor{alice, tablet, bob} {
			v.told()
		}
		s.join(alice, "kitchen")
		if s.In(alice, "hall") || s.In(tablet, "hall") || !s.In(alice, "kitchen") || s.Has("hall", "alice") {
			t.Error("alice is in both rooms")
		}
		alice.wants(t)
		tablet.wants(t, `notice RC:ChrmSyncMsg {"chatroomId":"hall","status":0,"reason":2,"extra":""}`)
		after(time.Second)
		bob.wants(t, fmt.Sprint("entries hall ", s.store.Last()), `notice RC:ChrmMemChange {"memberCount":1,"userList":[{"userId":"alice","status":0}]}`)
	})
	live(t, Config{Many: true}, func(t *testing.T, s *stage) {
		alice, tablet, _ := visitors()
		for i := range MaxRooms {
			s.join(alice, fmt.Sprint("room ", i))
		}
		if _, err := s.Join(t.Context(), alice, "one more", "", true); chat.CodeOf(err) != chat.TooFrequent {
			t.Errorf("joined: %v", err)
		}
		s.join(alice, "room 0")
		s.join(tablet, "one more")
		s.LeaveAll(t.Context(), alice)
		if s.Has("room 0", "alice") || s.Has("room 99", "alice") || !s.Has("one more", "alice") {
			t.Error("alice left wrongly")
		}
		s.join(alice, "one more")
	})
}

func TestFullRoom(t *testing.T) {
	live(t, Config{Members: 1}, func(t *testing.T, s *stage) {
		alice, tablet, bob := visitors()
		s.join(alice, "room")
		s.join(tablet, "room")
		if _, err := s.Join(t.Context(), bob, "room", "", true); chat.CodeOf(err) != chat.ChatroomFull {
			t.Errorf("bob joins: %v", err)
		}
		s.Close(alice)
		s.Close(tablet)
		if _, err := s.Join(t.Context(), bob, "room", "", true); chat.CodeOf(err) != chat.ChatroomFull {
			t.Errorf("bob joins while alice may come back: %v", err)
		}
		s.join(tablet, "room")
		s.Leave(t.Context(), tablet, "room", "")
		s.join(bob, "room")
	})
}

// Members are told of a crowd in one notice a second, which names the newest;
// in a large room less often.
func TestCrowd(t *testing.T) {
	live(t, Config{}, func(t *testing.T, s *stage) {
		first := &visitor{user: "first"}
		s.join(first, "room")
		after(time.Second)
		first.wants(t, `notice RC:ChrmMemChange {"memberCount":1,"userList":[{"userId":"first","status":1}]}`)
		crowd := make([]*visitor, 150)
		for i := range crowd {
			crowd[i] = &visitor{user: chat.UserID(fmt.Sprint("u", i)), origin: uint64(i + 1)}
			s.join(crowd[i], "room")
		}
		s.Leave(t.Context(), crowd[149], "room", "bye")
		after(time.Second)
		told := first.told()
		if len(told) != 1 || strings.Count(told[0], "userId") != noticeUsers ||
			!strings.Contains(told[0], `{"memberCount":150,"userList":[{"userId":"u50","status":1}`) ||
			!strings.HasSuffix(told[0], `{"userId":"u149","status":0,"extra":"bye"}]}`) {
			t.Errorf("the first is told %q", told)
		}
		for i := range 2 * noticeRate {
			s.join(&visitor{user: chat.UserID(fmt.Sprint("v", i)), origin: uint64(i + 1000)}, "room")
		}
		after(2 * time.Second)
		first.told()
		s.join(crowd[149], "room")
		after(2*time.Second - time.Millisecond)
		first.wants(t)
		after(time.Millisecond)
		if told := first.told(); len(told) != 1 {
			t.Errorf("the first is told %q", told)
		}
	})
}

// Sessions come, go, speak and lose their connections at once, and the room is
// what they left.
func TestManyAtOnce(t *testing.T) {
	model := storetest.NewModel(store.Options{})
	s := newStage(t, model, model, Config{Many: true, Burst: -1})
	s.run()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			v := &quiet{visitor: visitor{user: chat.UserID(fmt.Sprint("u", i%10)), origin: uint64(i + 1)}}
			for j := range 30 {
				if _, err := s.Join(t.Context(), v, "room", "", true); err != nil {
					t.Error(err)
				}
				key := fmt.Sprint("key-", j%5)
				if _, err := s.ChangeEntriesAs(t.Context(), v, "room", []EntryChange{{Key: key, Value: "x", Force: true, Auto: true}}, nil); err != nil && chat.CodeOf(err) != chat.EntriesTooFast {
					t.Error(err)
				}
				s.happen(says(&v.visitor, "room", "hi"))
				if _, err := s.Pull(t.Context(), nil, v, "room", 1, 10); err != nil {
					t.Error(err)
				}
				if j%3 == 0 {
					s.Close(v)
				} else {
					s.Leave(t.Context(), v, "room", "")
				}
			}
			_, _ = s.Join(t.Context(), v, "room", "", true)
			s.Leave(t.Context(), v, "room", "")
		})
	}
	all.Wait()
	if total, _ := s.Members("room", 100, false); total != 0 || len(s.rooms) != 0 || len(s.present) != 0 {
		t.Errorf("%d members, %d rooms, %d present", total, len(s.rooms), len(s.present))
	}
	if list, err := s.AllEntries(t.Context(), "room"); err != nil || len(list) != 0 {
		t.Errorf("left are %v, %v", list, err)
	}
}

// quiet is a visitor who listens to nothing.
type quiet struct{ visitor }

func (*quiet) RoomHint(string, chat.Tick)           {}
func (*quiet) RoomEntriesHint(string, chat.Tick)    {}
func (*quiet) RoomNotice([]byte)                    {}
func (*quiet) RoomClosed(string, chat.Tick, []byte) {}
