package roster_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
)

// stage is a roster over a store, changed as the writer does it.
type stage struct {
	t      *testing.T
	store  *storetest.Model
	roster *roster.Roster
	now    int64
}

func newStage(t *testing.T, cfg roster.Config) *stage {
	s := &stage{t: t, store: storetest.NewModel(store.Options{}), now: 1_000_000}
	cfg.Now = func() int64 { return s.now }
	s.roster = roster.New(s.store, cfg)
	s.commit(store.GroupJoined{Group: "group", Users: users("alice", "bob", "carol")}, store.GroupJoined{Group: "other", Users: users("alice", "bob")})
	return s
}

func (s *stage) commit(changes ...store.Change) {
	s.t.Helper()
	last := s.store.Last()
	if err := s.store.Commit(s.t.Context(), &store.Batch{Prev: last, Tick: last + 1, Changes: changes}); err != nil {
		s.t.Fatal(err)
	}
	s.roster.Apply(changes)
}

// again is the same over the same store, as after a restart.
func (s *stage) again() *stage {
	n := *s
	n.roster = roster.New(s.store, roster.Config{Now: func() int64 { return s.now }})
	return &n
}

func (s *stage) may(m *chat.Message, want chat.Code) {
	s.t.Helper()
	if err := s.roster.Admit(s.t.Context(), m, roster.Sender); chat.CodeOf(err) != want {
		s.t.Errorf("%s to %s: %v, not %v", m.Sender, m.Target, err, want)
	}
}

func (s *stage) each(do func(*stage)) {
	s.t.Helper()
	do(s)
	do(s.again())
}

func TestMutedInGroup(t *testing.T) {
	s := newStage(t, roster.Config{})
	in := func(sender chat.UserID, group string) *chat.Message { return message(chat.Group, sender, group) }
	s.may(in("bob", "group"), chat.OK) // the mutes are read before the first
	s.commit(roster.MuteInGroup("group", time.UnixMilli(s.now+60_000), "bob")...)
	s.each(func(s *stage) {
		s.may(in("bob", "group"), chat.MutedInGroup)
		s.may(in("bob", "other"), chat.OK)
		s.may(in("alice", "group"), chat.OK)
		s.may(message(chat.Private, "bob", "alice"), chat.OK)
		receipt := in("bob", "group")
		receipt.ObjectName = "RC:RRRspMsg"
		s.may(receipt, chat.OK)
		if err := s.roster.Admit(t.Context(), in("bob", "group"), roster.Member); err != nil {
			t.Errorf("the app's server: %v", err)
		}
		list, err := s.roster.MutedInGroup(t.Context(), "group")
		if err != nil || len(list) != 1 || list[0].User != "bob" || list[0].Until.UnixMilli() != 1_060_000 {
			t.Errorf("muted: %v, %v", list, err)
		}
	})
	s.now += 60_000
	s.each(func(s *stage) {
		s.may(in("bob", "group"), chat.OK)
		if list, err := s.roster.MutedInGroup(t.Context(), "group"); err != nil || len(list) > 0 {
			t.Errorf("muted afterwards: %v, %v", list, err)
		}
	})

	s.commit(roster.MuteInGroup("", time.Time{}, "bob", "alice")...)
	s.each(func(s *stage) {
		s.may(in("bob", "group"), chat.MutedInGroup)
		s.may(in("bob", "other"), chat.MutedInGroup)
		s.may(in("carol", "group"), chat.OK)
		list, err := s.roster.MutedInGroup(t.Context(), "")
		if err != nil || !slices.Equal(list, []roster.MutedUser{{User: "alice"}, {User: "bob"}}) {
			t.Errorf("muted everywhere: %v, %v", list, err)
		}
	})
	s.commit(roster.UnmuteInGroup("", "bob")...)
	s.commit(roster.UnmuteInGroup("group", "bob")...)
	s.each(func(s *stage) { s.may(in("bob", "group"), chat.OK) })
}

func TestClosedGroup(t *testing.T) {
	s := newStage(t, roster.Config{})
	in := func(sender chat.UserID) *chat.Message { return message(chat.Group, sender, "group") }
	s.commit(slices.Concat(roster.CloseGroup("group"), roster.Exempt("group", "alice", "carol"), roster.MuteInGroup("group", time.Time{}, "carol"))...)
	s.each(func(s *stage) {
		s.may(in("alice"), chat.OK)
		s.may(in("bob"), chat.MutedInGroup)
		s.may(in("carol"), chat.MutedInGroup) // exempt of the one is not of the other
		s.may(message(chat.Group, "bob", "other"), chat.OK)
		groups, err := s.roster.ClosedGroups(t.Context())
		if err != nil || !slices.Equal(groups, []string{"group"}) {
			t.Errorf("closed: %v, %v", groups, err)
		}
		exempt, err := s.roster.Exempt(t.Context(), "group")
		if err != nil || !slices.Equal(exempt, users("alice", "carol")) {
			t.Errorf("exempt: %v, %v", exempt, err)
		}
		if list, err := s.roster.MutedInGroup(t.Context(), "group"); err != nil || len(list) != 1 {
			t.Errorf("muted: %v, %v", list, err)
		}
	})
	s.commit(roster.NoExempt("group", "alice")...)
	s.each(func(s *stage) { s.may(in("alice"), chat.MutedInGroup) })
	s.commit(roster.OpenGroup("group")...)
	s.each(func(s *stage) {
		s.may(in("bob"), chat.OK)
		s.may(in("carol"), chat.MutedInGroup)
		if groups, err := s.roster.ClosedGroups(t.Context()); err != nil || len(groups) > 0 {
			t.Errorf("closed: %v, %v", groups, err)
		}
	})
	s.commit(roster.ForgetMutes("group")...)
	s.each(func(s *stage) { s.may(in("carol"), chat.OK) })
}

func TestMutedInPrivate(t *testing.T) {
	s := newStage(t, roster.Config{})
	var many []chat.UserID
	for i := range 2500 { // more than a page of entries
		many = append(many, chat.UserID(fmt.Sprintf("user%04d", i)))
	}
	s.commit(roster.MutePrivate(many...)...)
	s.each(func(s *stage) {
		s.may(message(chat.Private, "user0000", "alice"), chat.MutedInPrivate)
		s.may(message(chat.Private, "user2499", "alice"), chat.MutedInPrivate)
		s.may(message(chat.Private, "alice", "user0000"), chat.OK)
		list, err := s.roster.MutedInPrivate(t.Context())
		if err != nil || len(list) != len(many) || list[7].User != many[7] {
			t.Errorf("%d are muted, %v", len(list), err)
		}
	})
	s.commit(roster.UnmutePrivate("user0000")...)
	s.each(func(s *stage) { s.may(message(chat.Private, "user0000", "alice"), chat.OK) })
}

func TestWhitelist(t *testing.T) {
	to := func(sender, receiver chat.UserID) *chat.Message {
		return message(chat.Private, sender, string(receiver))
	}
	s := newStage(t, roster.Config{})
	s.commit(store.BlacklistAdded{User: "alice", Others: users("bob")})
	s.commit(roster.Allow("alice", "bob")...)
	s.each(func(s *stage) {
		s.may(to("bob", "alice"), chat.Blacklisted) // her whitelist does not count
		s.may(to("carol", "alice"), chat.OK)
	})
	s.commit(roster.UseWhitelist("alice", true)...)
	s.each(func(s *stage) {
		s.may(to("bob", "alice"), chat.OK) // and now her blacklist does not
		s.may(to("carol", "alice"), chat.NotWhitelisted)
		s.may(to("alice", "alice"), chat.OK)
		s.may(to("alice", "carol"), chat.OK)
		list, err := s.roster.Whitelist(t.Context(), "alice")
		if err != nil || !slices.Equal(list, users("bob")) {
			t.Errorf("whitelist: %v, %v", list, err)
		}
	})
	s.commit(roster.Disallow("alice", "bob")...)
	s.each(func(s *stage) { s.may(to("bob", "alice"), chat.NotWhitelisted) })
	s.commit(roster.UseWhitelist("alice", false)...)
	s.each(func(s *stage) {
		s.may(to("bob", "alice"), chat.Blacklisted)
		if on, err := s.roster.UsesWhitelist(t.Context(), "alice"); err != nil || on {
			t.Errorf("uses: %t, %v", on, err)
		}
	})

	s = newStage(t, roster.Config{Whitelist: true})
	s.may(to("bob", "alice"), chat.NotWhitelisted)
	s.commit(roster.UseWhitelist("alice", false)...)
	s.may(to("bob", "alice"), chat.OK)
	s.may(to("alice", "bob"), chat.NotWhitelisted)
}

// A message where nobody is muted is checked without an allocation.
func TestAdmitDoesNotAllocate(t *testing.T) {
	s := newStage(t, roster.Config{})
	s.commit(roster.MuteInGroup("other", time.Time{}, "bob")...)
	for _, m := range []*chat.Message{message(chat.Group, "alice", "group"), message(chat.Group, "alice", "other"), message(chat.Private, "alice", "bob")} {
		m.Prepare()
		n := testing.AllocsPerRun(100, func() {
			if err := s.roster.Admit(t.Context(), m, roster.Sender); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%v: %v allocations", m.Conversation(), n)
		}
	}
}
