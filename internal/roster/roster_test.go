package roster_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
)

// source is a store whose answers the test writes, and whose reads it counts
// and can hold up.
type source struct {
	members map[string][]chat.UserID
	blocked map[chat.UserID][]chat.UserID
	err     error
	reads   int
	hold    chan struct{} // when not nil, a read waits for it after it looked
}

func (s *source) Group(_ context.Context, id string) (store.Group, error) {
	s.reads++
	members, ok := s.members[id]
	g, err := store.Group{ID: id, Members: slices.Clone(members)}, s.err
	if !ok && err == nil {
		err = store.ErrNotFound
	}
	if s.hold != nil {
		<-s.hold
	}
	return g, err
}

func (s *source) Blacklist(_ context.Context, user chat.UserID) ([]chat.UserID, error) {
	s.reads++
	return s.blocked[user], s.err
}

func (s *source) Memberships(context.Context, chat.UserID) ([]store.Membership, chat.Tick, error) {
	panic("a roster does not ask for the groups of a user")
}

func (s *source) Entry(context.Context, store.Space, string, string) (store.Entry, error) {
	panic("a roster does not ask for one entry")
}

func (s *source) Entries(context.Context, store.EntryRange) ([]store.Entry, error) { return nil, nil }

func users(names ...chat.UserID) []chat.UserID { return names }

func message(typ chat.ConversationType, sender chat.UserID, target string, to ...chat.UserID) *chat.Message {
	return &chat.Message{Type: typ, Sender: sender, Target: target, To: to}
}

func TestAdmit(t *testing.T) {
	s := &source{
		members: map[string][]chat.UserID{"group": users("alice", "bob", "carol")},
		blocked: map[chat.UserID][]chat.UserID{"alice": users("mallory")},
	}
	r := roster.New(s, roster.Config{})
	both := roster.Member | roster.Blacklist
	for name, c := range map[string]struct {
		m     *chat.Message
		check roster.Check
		code  chat.Code
		to    []chat.UserID
	}{
		"a member":                        {message(chat.Group, "alice", "group"), both, chat.OK, nil},
		"who is none":                     {message(chat.Group, "mallory", "group"), both, chat.NotInGroup, nil},
		"who is none and need not be":     {message(chat.Group, "mallory", "group"), 0, chat.OK, nil},
		"to no group":                     {message(chat.Group, "alice", "nowhere"), both, chat.NotInGroup, nil},
		"a stranger in private":           {message(chat.Private, "bob", "alice"), both, chat.OK, nil},
		"who is refused":                  {message(chat.Private, "mallory", "alice"), both, chat.Blacklisted, nil},
		"who is refused by another":       {message(chat.Private, "mallory", "bob"), both, chat.OK, nil},
		"the one who refuses":             {message(chat.Private, "alice", "mallory"), both, chat.OK, nil},
		"who is refused, by the app":      {message(chat.Private, "mallory", "alice"), 0, chat.OK, nil},
		"a system message":                {message(chat.System, "mallory", "alice"), both, chat.OK, nil},
		"a chatroom's":                    {message(chat.Chatroom, "mallory", "room"), both, chat.OK, nil},
		"to some of a group":              {message(chat.Group, "alice", "group", "bob", "mallory", "carol"), both, chat.OK, users("bob", "carol")},
		"to nobody of a group":            {message(chat.Group, "alice", "group", "mallory"), both, chat.OK, users("alice")},
		"to some of a group, by the app":  {message(chat.Group, "system", "group", "bob", "mallory"), 0, chat.OK, users("bob")},
		"to some of no group, by the app": {message(chat.Group, "system", "nowhere", "bob"), 0, chat.OK, users("system")},
	} {
		t.Run(name, func(t *testing.T) {
			err := r.Admit(t.Context(), c.m, c.check)
			if chat.CodeOf(err) != c.code || c.code == chat.OK && !slices.Equal(c.m.To, c.to) {
				t.Errorf("%v, to %v; not %v to %v", err, c.m.To, c.code, c.to)
			}
		})
	}
}

// After the first read the roster knows by itself, from what is committed.
func TestApply(t *testing.T) {
	s := &source{
		members: map[string][]chat.UserID{"group": users("alice")},
		blocked: map[chat.UserID][]chat.UserID{"alice": users("mallory")},
	}
	r := roster.New(s, roster.Config{})
	in := func(user chat.UserID) bool {
		in, err := r.IsMember(t.Context(), "group", user)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	refused := func(sender chat.UserID) bool {
		return chat.CodeOf(r.Admit(t.Context(), message(chat.Private, sender, "alice"), roster.Blacklist)) == chat.Blacklisted
	}
	if !in("alice") || in("bob") || !refused("mallory") || refused("bob") {
		t.Fatal("the first answers are wrong")
	}
	reads := s.reads
	r.Apply([]store.Change{
		store.GroupJoined{Group: "group", Users: users("bob", "carol")},
		store.GroupLeft{Group: "group", Users: users("alice", "carol")},
		store.GroupJoined{Group: "another", Users: users("alice")},
		store.BlacklistAdded{User: "alice", Others: users("bob")},
		store.BlacklistRemoved{User: "alice", Others: users("mallory")},
		store.MarkedRead{User: "alice"},
	})
	if in("alice") || !in("bob") || in("carol") || refused("mallory") || !refused("bob") {
		t.Error("the changes were not made, in their order")
	}
	r.Apply([]store.Change{store.GroupDismissed{Group: "group"}, store.GroupJoined{Group: "group", Users: users("dave")}})
	if in("bob") || !in("dave") {
		t.Error("the group was not dismissed, or not made again")
	}
	if s.reads != reads {
		t.Errorf("the store was read %d times more", s.reads-reads)
	}
}

// Changes that are committed while a group is being read are in the answer,
// whether or not the read saw them.
func TestChangesDuringARead(t *testing.T) {
	for _, seen := range []bool{false, true} {
		t.Run(fmt.Sprint("seen ", seen), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &source{members: map[string][]chat.UserID{"group": users("alice", "bob")}, hold: make(chan struct{})}
				if seen {
					s.members["group"] = users("bob", "dave")
				}
				r := roster.New(s, roster.Config{})
				warm := make(chan error, 10)
				for range cap(warm) {
					go func() { warm <- r.Warm(t.Context(), message(chat.Group, "alice", "group")) }()
				}
				synctest.Wait()
				r.Apply([]store.Change{
					store.GroupLeft{Group: "group", Users: users("alice")},
					store.GroupJoined{Group: "group", Users: users("carol", "dave")},
					store.GroupLeft{Group: "group", Users: users("carol")},
				})
				close(s.hold)
				for range cap(warm) {
					if err := <-warm; err != nil {
						t.Fatal(err)
					}
				}
				if s.reads != 1 {
					t.Errorf("the group was read %d times by those who waited together", s.reads)
				}
				for user, want := range map[chat.UserID]bool{"alice": false, "bob": true, "carol": false, "dave": true} {
					if in, err := r.IsMember(t.Context(), "group", user); err != nil || in != want {
						t.Errorf("%s is a member: %v, %v", user, in, err)
					}
				}
			})
		})
	}
}

// A read that fails is tried again, and one who stops waiting spoils it for
// nobody.
func TestReadsThatFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{members: map[string][]chat.UserID{"group": users("alice")}, hold: make(chan struct{}), err: errors.New("disk")}
		r := roster.New(s, roster.Config{})
		m := message(chat.Group, "alice", "group")
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { first <- r.Warm(t.Context(), m) }()
		synctest.Wait()
		ctx, leave := context.WithCancel(t.Context())
		go func() { second <- r.Warm(ctx, m) }()
		synctest.Wait()
		leave()
		if err := <-second; !errors.Is(err, context.Canceled) {
			t.Errorf("who stopped waiting got %v", err)
		}
		close(s.hold)
		if err := <-first; !errors.Is(err, s.err) {
			t.Errorf("who waited got %v", err)
		}
		s.err = nil
		if err := r.Admit(t.Context(), m, roster.Member); err != nil {
			t.Errorf("the next one got %v", err)
		}
	})
}

// What is forgotten is read again, and is then as it was changed.
func TestForgotten(t *testing.T) {
	s := &source{members: map[string][]chat.UserID{}}
	r := roster.New(s, roster.Config{Remembered: 10})
	for round := range 3 {
		for i := range 50 {
			group := fmt.Sprint("group", i)
			user := chat.UserID(fmt.Sprint("user", round))
			// As the writer does: committed first, then applied.
			s.members[group] = append(s.members[group], user)
			r.Apply([]store.Change{store.GroupJoined{Group: group, Users: users(user)}})
			if in, err := r.IsMember(t.Context(), group, user); err != nil || !in {
				t.Fatalf("%s in %s: %v, %v", user, group, in, err)
			}
		}
	}
	if s.reads < 100 {
		t.Errorf("50 groups were read %d times, though 10 are remembered", s.reads)
	}
}
