package chatroom

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

func (s *stage) rule(rule Rule, room string, names ...string) {
	s.t.Helper()
	if err := s.SetRule(s.t.Context(), rule, room, names, 0); err != nil {
		s.t.Fatal(err)
	}
}

// may is the code with which v may speak.
func (s *stage) may(v *visitor, room string) chat.Code {
	return chat.CodeOf(s.Admit(v, says(v, room, "hi")))
}

// Rules hold for their time, over a restart, and in the rooms they are about.
func TestMutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAt(t, Config{Many: true, Burst: -1})
		alice, _, bob := visitors()
		for _, room := range []string{"hall", "kitchen"} {
			s.join(alice, room)
			s.join(bob, room)
		}
		want := func(v *visitor, hall, kitchen chat.Code) {
			t.Helper()
			if a, b := s.may(v, "hall"), s.may(v, "kitchen"); a != hall || b != kitchen {
				t.Errorf("%s may speak: %d, %d; want %d, %d", v.user, a, b, hall, kitchen)
			}
		}
		const muted = chat.ChatroomMuted
		want(alice, 0, 0)
		if err := s.SetRule(t.Context(), Muted, "hall", []string{"alice"}, time.Minute); err != nil {
			t.Fatal(err)
		}
		want(alice, muted, 0)
		want(bob, 0, 0)
		s.restart()
		for _, room := range []string{"hall", "kitchen"} {
			s.join(alice, room)
			s.join(bob, room)
		}
		want(alice, muted, 0)
		list, err := s.Rules(t.Context(), Muted, "hall")
		if err != nil || len(list) != 1 || list[0].Name != "alice" || !list[0].Until.Equal(time.Now().Add(time.Minute)) {
			t.Errorf("muted are %+v, %v", list, err)
		}
		after(time.Minute)
		want(alice, 0, 0)
		if list, err := s.Rules(t.Context(), Muted, "hall"); err != nil || len(list) != 0 {
			t.Errorf("muted are %+v, %v", list, err)
		}
		s.rule(MutedRoom, "", "hall")
		s.rule(Speaker, "hall", "alice")
		want(alice, 0, 0)
		want(bob, muted, 0)
		s.rule(MutedEverywhere, "", "alice")
		want(alice, muted, muted)
		if err := s.DropRule(t.Context(), MutedEverywhere, "", []string{"alice"}); err != nil {
			t.Fatal(err)
		}
		want(alice, 0, 0)
		if got := s.may(&visitor{user: "carol"}, "hall"); got != chat.NotInChatroom {
			t.Errorf("carol may speak: %d", got)
		}
	})
}

// A list is bounded, what is over makes room, and there is none of a room that
// is not there.
func TestRuleLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAt(t, Config{})
		s.create(Spec{ID: "room"})
		names := func(from, n int) (list []string) {
			for i := range n {
				list = append(list, fmt.Sprint("name ", from+i))
			}
			return list
		}
		if err := s.SetRule(t.Context(), LowPriority, "", names(0, 20), time.Minute); err != nil {
			t.Fatal(err)
		}
		if err := s.SetRule(t.Context(), LowPriority, "", names(5, 15), time.Hour); err != nil {
			t.Errorf("those that are there: %v", err)
		}
		if err := s.SetRule(t.Context(), LowPriority, "", names(20, 1), 0); chat.CodeOf(err) != chat.BadParameter {
			t.Errorf("one too many: %v", err)
		}
		after(time.Minute)
		if err := s.SetRule(t.Context(), LowPriority, "", names(20, 5), 0); err != nil {
			t.Errorf("in the place of five that are over: %v", err)
		}
		if list, err := s.Rules(t.Context(), LowPriority, ""); err != nil || len(list) != 20 || !list[len(list)-1].Until.After(time.Now()) && !list[1].Until.IsZero() {
			t.Errorf("%+v, %v", list, err)
		}
		for rule, names := range map[Rule][]string{Muted: {"alice"}, MutedRoom: {"room", "none"}, KeptAlive: {"none"}} {
			room := "none"
			if rule.ofApp() {
				room = ""
			}
			if err := s.SetRule(t.Context(), rule, room, names, 0); chat.CodeOf(err) != chat.BadParameter {
				t.Errorf("%s: %v", rule, err)
			}
		}
		for rule := range muteTypes {
			if limits[rule] == 0 {
				t.Errorf("%s has no limit", rule)
			}
		}
		sum := 0
		for rule, n := range limits {
			if !rule.ofApp() {
				sum += n
			}
		}
		if sum > maxRules {
			t.Errorf("the rules of a room are %d, over %d", sum, maxRules)
		}
	})
}

// Who is blocked is out, with what goes with a leave; the others are told when
// that is wanted.
func TestBlock(t *testing.T) {
	live(t, Config{Burst: -1, Idle: 24 * time.Hour}, func(t *testing.T, s *stage) {
		alice, tablet, bob := visitors()
		for _, v := range []*visitor{alice, tablet, bob} {
			s.join(v, "room")
		}
		s.set(alice, "room", "seat", "alice", true)
		s.Entries(t.Context(), bob, "room", 0)
		after(time.Second)
		for _, v := range []*visitor{alice, tablet, bob} {
			v.told()
		}
		block := func(notify bool, users ...string) {
			t.Helper()
			if err := s.SetRule(t.Context(), Blocked, "room", users, time.Hour); err != nil {
				t.Fatal(err)
			}
			s.Announce(t.Context(), Blocked, "room", users, true, Sentence{Life: time.Hour, Notify: notify, Extra: "x"})
		}
		block(true, "alice", "carol")
		notice := `RC:ChrmBlockMsg {"chatroomId":"room","operateType":1,"durationTime":3600000,"userList":["alice","carol"],"extra":"x"}`
		alice.wants(t, "closed room "+notice)
		tablet.wants(t, "closed room "+notice)
		bob.wants(t, "notice "+notice, fmt.Sprint("entries room ", s.store.Last()))
		if s.Has("room", "alice") || s.In(tablet, "room") {
			t.Error("alice is there")
		}
		if _, err := s.Join(t.Context(), alice, "room", "", true); chat.CodeOf(err) != chat.ChatroomBlocked {
			t.Errorf("alice joins: %v", err)
		}
		after(time.Second)
		bob.wants(t, `notice RC:ChrmMemChange {"memberCount":1,"userList":[{"userId":"alice","status":0}]}`)
		after(time.Hour)
		s.join(alice, "room")
		bob.told()
		block(false, "bob")
		bob.wants(t, `closed room RC:ChrmBlockMsg {"chatroomId":"room","operateType":1,"durationTime":3600000,"userList":["bob"],"extra":"x"}`)
		if err := s.DropRule(t.Context(), Blocked, "room", []string{"bob"}); err != nil {
			t.Fatal(err)
		}
		s.join(bob, "room")
	})
}

// A room takes 40 messages in 200 ms: 20 of any kind, 20 that are not low, and
// 20 more from who or what is protected. The rest is refused and counted.
func TestBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dropped := map[string]int{}
		s := openAt(t, Config{LowPriority: []string{"app:like"}, Dropped: func(p string) { dropped[p]++ }})
		alice, _, bob := visitors()
		s.join(alice, "room")
		s.join(bob, "room")
		s.rule(Protected, "room", "bob")
		s.rule(HighPriority, "", "app:gift")
		s.rule(LowPriority, "", "app:wow")
		taken := func(v *visitor, name string, n int) (taken int) {
			for range n {
				m := says(v, "room", "x")
				m.ObjectName = name
				if err := s.Admit(v, m); err == nil {
					taken++
				} else if chat.CodeOf(err) != chat.TooFast {
					t.Error(err)
				}
			}
			return taken
		}
		for range 2 {
			got := []int{
				taken(alice, "app:like", 15), taken(alice, "app:wow", 15), // all that is shared
				taken(alice, "app:text", 30),                             // what is reserved
				taken(alice, "app:gift", 10), taken(bob, "app:text", 15), // what is protected
			}
			if !slices.Equal(got, []int{15, 5, 20, 10, 10}) {
				t.Errorf("taken are %v", got)
			}
			if err := s.AdmitServer(says(nil, "room", "x")); chat.CodeOf(err) != chat.TooFast {
				t.Errorf("the server: %v", err)
			}
			after(window - time.Millisecond)
			if taken(alice, "app:text", 1) != 0 {
				t.Error("the window is over too early")
			}
			after(time.Millisecond)
		}
		if taken(alice, "app:text", 50) != 40 {
			t.Error("a room of one kind takes another number")
		}
		if err := s.AdmitServer(says(nil, "nobody's room", "x")); err != nil {
			t.Errorf("a room that nobody is in: %v", err)
		}
		if dropped["low"] != 20 || dropped["high"] != 2*(10+1+1)+10 || dropped["protected"] != 10 {
			t.Errorf("dropped %v", dropped)
		}
	})
}

// Every rule that members may be told of has its notice.
func TestMuteNotices(t *testing.T) {
	s := openWith(t, Config{})
	alice, _, _ := visitors()
	s.join(alice, "room")
	for _, c := range []struct {
		rule  Rule
		room  string
		names []string
		set   bool
		want  string
	}{
		{Muted, "room", []string{"bob"}, true, `{"chatroomId":"room","operateType":1,"durationTime":60000,"userList":["bob"],"extra":""}`},
		{Muted, "room", []string{"bob"}, false, `{"chatroomId":"room","operateType":0,"durationTime":60000,"userList":["bob"],"extra":""}`},
		{MutedRoom, "", []string{"room", "another"}, true, `{"chatroomId":"room","operateType":3,"durationTime":60000,"userList":[],"extra":""}`},
		{MutedRoom, "", []string{"room"}, false, `{"chatroomId":"room","operateType":2,"durationTime":60000,"userList":[],"extra":""}`},
		{Speaker, "room", []string{"bob"}, true, `{"chatroomId":"room","operateType":5,"durationTime":60000,"userList":["bob"],"extra":""}`},
		{MutedEverywhere, "", []string{"alice"}, true, `{"chatroomId":"room","operateType":7,"durationTime":60000,"userList":["alice"],"extra":""}`},
	} {
		say := Sentence{Life: time.Minute}
		s.Announce(t.Context(), c.rule, c.room, c.names, c.set, say)
		alice.wants(t)
		say.Notify = true
		s.Announce(t.Context(), c.rule, c.room, c.names, c.set, say)
		alice.wants(t, "notice RC:ChrmBanMsg "+c.want)
	}
}
