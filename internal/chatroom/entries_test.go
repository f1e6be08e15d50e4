package chatroom

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// reader is a client's copy of the entries of a room.
type reader struct {
	v      *visitor
	cursor chat.Tick
	has    map[string]string
}

// pull brings the copy up to date, as official clients do.
func (r *reader) pull(s *stage, room string) (full bool) {
	s.t.Helper()
	sh, err := s.Entries(s.t.Context(), r.v, room, r.cursor)
	if err != nil {
		s.t.Fatal(err)
	}
	if sh.Through < r.cursor || sh.Through == 0 {
		s.t.Errorf("the cursor goes from %d to %d", r.cursor, sh.Through)
	}
	r.cursor = sh.Through
	if sh.Full {
		clear(r.has)
	}
	for _, e := range sh.Entries {
		if e.Deleted {
			delete(r.has, e.Key)
		} else {
			r.has[e.Key] = e.Value
		}
	}
	return sh.Full
}

// Whatever is set and deleted, whenever a client asks, and whenever the server
// starts anew, its copy is the room's.
func TestEntriesSync(t *testing.T) {
	for seed := range uint64(5) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			s := openAt(t, Config{Burst: -1})
			alice, _, bob := visitors()
			s.join(alice, "room")
			s.join(bob, "room")
			r := &reader{v: bob, has: map[string]string{}}
			want := map[string]string{}
			for i := range 400 {
				switch key := fmt.Sprint("key-", random.IntN(120)); random.IntN(10) {
				case 0:
					r.pull(s, "room")
					if !maps.Equal(r.has, want) {
						t.Fatalf("seed %d, step %d: bob has %v, not %v", seed, i, r.has, want)
					}
				case 1, 2, 3:
					done, err := s.ChangeEntries(t.Context(), "room", "alice", []EntryChange{{Key: key, Delete: true}}, nil)
					if _, there := want[key]; err != nil || there != (done.Failed[key] == nil) {
						t.Fatalf("deleting %s: %v, %v", key, done.Failed, err)
					}
					delete(want, key)
				case 4:
					if random.IntN(10) == 0 {
						s.restart()
						s.join(bob, "room")
					}
				default:
					done, err := s.ChangeEntries(t.Context(), "room", "alice", []EntryChange{{Key: key, Value: fmt.Sprint(i)}}, nil)
					_, there := want[key]
					if full := len(want) == chat.MaxRoomEntries && !there; err != nil || full != (chat.CodeOf(done.Failed[key]) == chat.TooManyEntries) {
						t.Fatalf("setting %s: %v, %v", key, done.Failed, err)
					}
					if done.Failed[key] == nil {
						want[key] = fmt.Sprint(i)
					}
				}
			}
		})
	}
}

// A client is hinted at changes once until it asks, gets what changed only,
// and everything when what was deleted is not known any more.
func TestEntriesHints(t *testing.T) {
	s := open(t)
	alice, _, bob := visitors()
	s.join(alice, "room")
	s.join(bob, "room")
	r := &reader{v: bob, has: map[string]string{}}
	if !r.pull(s, "room") {
		t.Error("the first answer is not all there is")
	}
	s.set(alice, "room", "a", "1", false)
	s.set(alice, "room", "b", "1", false)
	hint := fmt.Sprint("entries room ", s.store.Last()-1)
	bob.wants(t, hint)
	alice.wants(t, hint)
	if r.pull(s, "room") || !maps.Equal(r.has, map[string]string{"a": "1", "b": "1"}) {
		t.Errorf("bob has %v", r.has)
	}
	if sh, err := s.Entries(t.Context(), bob, "room", r.cursor); err != nil || len(sh.Entries) != 0 || sh.Full {
		t.Errorf("nothing changed: %+v, %v", sh, err)
	}
	s.set(alice, "room", "a", "2", false)
	bob.wants(t, fmt.Sprint("entries room ", s.store.Last()))
	sh, err := s.Entries(t.Context(), bob, "room", r.cursor)
	if err != nil || len(sh.Entries) != 1 || sh.Entries[0] != (Entry{Key: "a", Value: "2", Owner: "alice", Tick: s.store.Last()}) {
		t.Errorf("one changed: %+v, %v", sh, err)
	}
	r.pull(s, "room")
	for i := range maxDeleted + 1 {
		key := fmt.Sprint("k", i)
		for _, c := range []EntryChange{{Key: key}, {Key: key, Delete: true}} {
			if _, err := s.ChangeEntries(t.Context(), "room", "alice", []EntryChange{c}, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !r.pull(s, "room") || !maps.Equal(r.has, map[string]string{"a": "2", "b": "1"}) {
		t.Errorf("bob has %v", r.has)
	}
	outsider := &reader{v: &visitor{user: "carol"}, has: map[string]string{}}
	if !outsider.pull(s, "room") || !maps.Equal(outsider.has, r.has) {
		t.Errorf("who is outside has %v", outsider.has)
	}
	if _, err := s.Entries(t.Context(), outsider.v, "no room", 0); chat.CodeOf(err) != chat.ChatroomMissing {
		t.Errorf("entries of no room: %v", err)
	}
}

// A client that was to delete several keys and could not delete one that is
// there gets everything again.
func TestEntriesForgotten(t *testing.T) {
	s := open(t)
	alice, _, bob := visitors()
	s.join(alice, "room")
	s.join(bob, "room")
	s.set(alice, "room", "hers", "x", false)
	s.set(bob, "room", "his", "x", false)
	r := &reader{v: bob, has: map[string]string{}}
	r.pull(s, "room")
	bob.told()
	done, err := s.ChangeEntriesAs(t.Context(), bob, "room", []EntryChange{{Key: "hers", Delete: true}, {Key: "his", Delete: true}}, nil)
	if err != nil || len(done.Failed) != 1 || chat.CodeOf(done.Failed["hers"]) != chat.EntryNotYours {
		t.Fatalf("%v, %v", done.Failed, err)
	}
	delete(r.has, "hers") // as official clients do
	hint := fmt.Sprint("entries room ", s.store.Last())
	bob.wants(t, hint, hint)
	if !r.pull(s, "room") || !maps.Equal(r.has, map[string]string{"hers": "x"}) || r.pull(s, "room") {
		t.Errorf("bob has %v", r.has)
	}
}

// Of many who set a key at once one owns it; the others are told so.
func TestEntryRace(t *testing.T) {
	s := open(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	won := map[string][]chat.UserID{}
	for i := range 10 {
		v := &visitor{user: chat.UserID(fmt.Sprint("u", i)), origin: uint64(i + 1)}
		s.join(v, "room")
		all.Go(func() {
			for k := range 9 {
				key := fmt.Sprint("k", k)
				done, err := s.ChangeEntriesAs(t.Context(), v, "room", []EntryChange{{Key: key, Value: string(v.user)}}, nil)
				switch {
				case err != nil:
					t.Error(err)
				case done.Failed[key] == nil:
					mu.Lock()
					won[key] = append(won[key], v.user)
					mu.Unlock()
				case chat.CodeOf(done.Failed[key]) != chat.EntryNotYours:
					t.Error(done.Failed[key])
				}
			}
		})
	}
	all.Wait()
	list, err := s.AllEntries(t.Context(), "room")
	if err != nil || len(list) != 9 {
		t.Fatalf("%v, %v", list, err)
	}
	for _, e := range list {
		if !slices.Equal(won[e.Key], []chat.UserID{e.Owner}) || e.Value != string(e.Owner) {
			t.Errorf("%+v was won by %v", e, won[e.Key])
		}
	}
}

// What a key and a value may be, and how often members may change them.
func TestEntryLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAt(t, Config{})
		alice, _, bob := visitors()
		s.join(alice, "room")
		s.join(bob, "room")
		set := func(c EntryChange) chat.Code {
			done, err := s.ChangeEntriesAs(t.Context(), alice, "room", []EntryChange{c}, nil)
			if err == nil {
				err = done.Failed[c.Key]
			}
			return chat.CodeOf(err)
		}
		for key, want := range map[string]chat.Code{
			"": chat.ChatroomParameter, "a b": chat.ChatroomParameter, "钥匙": chat.ChatroomParameter, "a\x00b": chat.ChatroomParameter,
			strings.Repeat("k", 129): chat.ChatroomParameter, strings.Repeat("k", 128): chat.OK, "AZaz09+=-_": chat.OK,
		} {
			if got := set(EntryChange{Key: key, Value: "v"}); got != want {
				t.Errorf("key %q: code %d, not %d", key, got, want)
			}
		}
		for value, want := range map[string]chat.Code{
			"": chat.OK, strings.Repeat("值", 4096): chat.OK, strings.Repeat("v", 4097): chat.ChatroomParameter, "\xff": chat.ChatroomParameter,
		} {
			if got := set(EntryChange{Key: "k", Value: value}); got != want {
				t.Errorf("a value of %d bytes: code %d, not %d", len(value), got, want)
			}
		}
		after(time.Second)
		for i := range entryRate {
			if got := set(EntryChange{Key: "k", Value: fmt.Sprint(i)}); got != chat.OK {
				t.Fatalf("change %d: code %d", i, got)
			}
		}
		if got := set(EntryChange{Key: "k", Value: "x"}); got != chat.EntriesTooFast {
			t.Errorf("one too many: code %d", got)
		}
		after(time.Second)
		if got := set(EntryChange{Key: "k", Value: "x"}); got != chat.OK {
			t.Errorf("a second later: code %d", got)
		}
		if _, err := s.ChangeEntriesAs(t.Context(), &visitor{user: "carol"}, "room", []EntryChange{{Key: "k"}}, nil); chat.CodeOf(err) != chat.NotInChatroom {
			t.Errorf("carol is not there: %v", err)
		}
		if _, err := s.ChangeEntries(t.Context(), "no room", "carol", []EntryChange{{Key: "k"}}, nil); chat.CodeOf(err) != chat.ChatroomMissing {
			t.Errorf("the room is not there: %v", err)
		}
	})
}

// A change and the message about it are one: the room hears it, and nothing
// when nothing changed.
func TestEntryNotice(t *testing.T) {
	s := open(t)
	alice, _, bob := visitors()
	s.join(alice, "room")
	s.join(bob, "room")
	cursor := s.store.Last()
	for range 2 {
		if _, err := s.ChangeEntriesAs(t.Context(), alice, "room", []EntryChange{{Key: "k", Value: "v"}}, says(alice, "room", "set")); err != nil {
			t.Fatal(err)
		}
		done, err := s.ChangeEntriesAs(t.Context(), bob, "room", []EntryChange{{Key: "k", Value: "v"}}, says(bob, "room", "mine"))
		if err != nil || len(done.Failed) != 1 {
			t.Fatal(done, err)
		}
	}
	if got, _ := s.pull(bob, "room", cursor, 0); got != "set set" {
		t.Errorf("bob hears %q", got)
	}
	if got, _ := s.pull(alice, "room", cursor, 0); got != "" {
		t.Errorf("alice hears %q", got)
	}
	bob.wants(t, fmt.Sprint("hint room ", cursor+1), fmt.Sprint("entries room ", cursor+1))
}
