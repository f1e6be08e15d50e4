package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

var errorTests = []test{
	{"ASingleThingThatIsMissingIsErrNotFound", func(s *story) {
		_, err := s.Group(s.ctx, "g")
		s.equal("group", err, store.ErrNotFound)
		_, err = s.Room(s.ctx, "r")
		s.equal("room", err, store.ErrNotFound)
		_, err = s.User(s.ctx, "u")
		s.equal("user", err, store.ErrNotFound)
		s.noEntry("u", "k")
	}},
	{"AListOfNothingIsEmpty", func(s *story) {
		s.tell()
		s.pulls("nobody")
		s.logs("nobody")
		s.keys(store.EntryRange{Owner: "nobody"})
		s.merges(store.Merge{Logs: since(0, ultraLog("u", "")), Limit: 1}, 1, false)
		s.shows(store.Range{Log: groupLog("g"), Limit: 1}, 1, false)
		stays, asOf, err := s.Memberships(s.ctx, "nobody")
		s.must(err)
		s.equal("stays", len(stays), 0)
		s.equal("asOf", asOf, chat.Tick(1))
		others, err := s.Blacklist(s.ctx, "nobody")
		s.must(err)
		s.equal("blacklist", len(others), 0)
		s.unread(0, "nobody", groupLog("g"), 0)
		messages, err := s.Messages(s.ctx, nil)
		s.must(err)
		s.equal("messages", len(messages), 0)
	}},
	{"ACancelledContextEndsAReadWithItsError", func(s *story) {
		s.tell(private("a", "b", "hello"), joined("g", "a"), set("a", "k", "v"))
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		for name, err := range everyRead(ctx, s.Store) {
			if !errors.Is(err, context.Canceled) {
				s.t.Errorf("%s: %v", name, err)
			}
		}
	}},
	{"AClosedStoreIsUnavailable", func(s *story) {
		s.tell(private("a", "b", "hello"))
		s.must(s.Close())
		for name, err := range everyRead(s.ctx, s.Store) {
			if chat.CodeOf(err) != chat.StoreUnavailable {
				s.t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.Commit(s.ctx, batch(1, 2)); chat.CodeOf(err) != chat.StoreUnavailable {
			s.t.Errorf("Commit: %v", err)
		}
	}},
}

// everyRead is the error of every read of s, by its name.
func everyRead(ctx context.Context, s store.Store) map[string]error {
	errs := map[string]error{}
	_, _, errs["Sent"] = s.Sent(ctx, chat.SendKey{1})
	_, errs["Messages"] = s.Messages(ctx, []chat.ID{{Tick: 1}})
	_, errs["Pull"] = s.Pull(ctx, store.Pull{User: "b", Limit: 1})
	_, errs["Logs"] = s.Logs(ctx, "b")
	_, errs["Merge"] = s.Merge(ctx, store.Merge{Logs: since(0, privateLog("a", "b")), Limit: 1})
	_, errs["History"] = s.History(ctx, store.Range{Log: privateLog("a", "b"), Limit: 1})
	_, errs["ReadThrough"] = s.ReadThrough(ctx, "b", privateLog("a", "b"))
	_, errs["Unread"] = s.Unread(ctx, store.UnreadRange{User: "b", Log: privateLog("a", "b")})
	_, errs["Group"] = s.Group(ctx, "g")
	_, _, errs["Memberships"] = s.Memberships(ctx, "a")
	_, errs["Blacklist"] = s.Blacklist(ctx, "a")
	_, errs["Room"] = s.Room(ctx, "r")
	_, errs["User"] = s.User(ctx, "a")
	_, errs["Entry"] = s.Entry(ctx, store.Settings, "a", "k")
	_, errs["Entries"] = s.Entries(ctx, store.EntryRange{Space: store.Settings, Owner: "a", Limit: 1})
	return errs
}

var commitTests = []test{
	{"LastIsZeroForAnEmptyStore", func(s *story) {
		s.equal("last", s.Last(), chat.Tick(0))
	}},
	{"LastIsTheNewestTick", func(s *story) {
		s.tellAt(7)
		s.equal("last", s.Last(), chat.Tick(7))
		s.tellAt(1<<41, private("a", "b", "hello"))
		s.equal("last", s.Last(), chat.Tick(1<<41))
	}},
	{"TheLargestTickIsATick", func(s *story) {
		s.tellAt(chat.MaxTick, private("a", "b", "hello"))
		s.pulls("b", "hello")
		s.shows(store.Range{Log: privateLog("a", "b"), Backward: true, Limit: 9}, 1, false, "hello")
	}},
	{"PrevMustBeLast", func(s *story) {
		s.tellAt(5)
		s.refuses(batch(4, 6, private("a", "b", "lost")))
		s.equal("last", s.Last(), chat.Tick(5))
		s.pulls("b")
	}},
	{"TickMustBeLarger", func(s *story) {
		s.tellAt(5)
		s.refuses(batch(5, 5, private("a", "b", "lost")))
		s.equal("last", s.Last(), chat.Tick(5))
		s.pulls("b")
	}},
	{"AfterAnErrorEveryCommitFails", func(s *story) {
		s.tellAt(5)
		s.refuses(batch(4, 6))
		s.refuses(batch(5, 6, private("a", "b", "lost")))
		s.pulls("b")
	}},
	{"AnEndedContextStoresNothing", func(s *story) {
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		if err := s.Commit(ctx, batch(0, 1, private("a", "b", "lost"))); err == nil {
			s.t.Fatal("commit with an ended context succeeded")
		}
		s.equal("last", s.Last(), chat.Tick(0))
		s.pulls("b")
	}},
	{"MessagesComeBeforeChanges", func(s *story) {
		s.tell(joined("g", "old"))
		s.tell(group("old", "g", "hello"), joined("g", "new"), left("g", "old"))
		s.pulls("new")
		s.pulls("old", "hello")
	}},
	{"ChangesTakeEffectInOrder", func(s *story) {
		s.tell(
			joined("g", "a", "b"), left("g", "a"),
			store.RoomCreated{Room: "r", Name: "one"}, store.RoomDestroyed{Room: "r"}, store.RoomCreated{Room: "r", Name: "two"},
			store.BlacklistAdded{User: "a", Others: []chat.UserID{"b"}}, store.BlacklistRemoved{User: "a", Others: []chat.UserID{"b"}},
			store.UserSaved{User: store.User{ID: "u", Name: "one"}}, store.UserSaved{User: store.User{ID: "u", Name: "two"}},
		)
		s.members("g", "", "b")
		room, err := s.Room(s.ctx, "r")
		s.must(err)
		s.equal("room", room.Name, "two")
		s.refused("a")
		user, err := s.User(s.ctx, "u")
		s.must(err)
		s.equal("user", user.Name, "two")
	}},
	{"AFullTickIsStoredInOrder", func(s *story) {
		var all []*chat.Message
		var texts []string
		for i := range chat.MaxPerTick {
			texts = append(texts, fmt.Sprint(i))
			all = append(all, private("a", "b", texts[i]))
		}
		s.tell(all)
		s.pulls("b", texts...)
	}},
	{"MoreThanATickHoldsIsRefused", func(s *story) {
		s.refuses(batch(0, 1, tooMany()))
		s.pulls("b")
	}},
	{"LargeBodiesSurvive", func(s *story) {
		body := strings.Repeat("鸿雁", 1<<15)
		s.tell(private("a", "b", body), private("a", "b", ""))
		s.pulls("b", body, "")
	}},
	{"VisibleWholeOrNotAtAll", visibleWholeOrNotAtAll},
}

// tooMany is one message more than a tick holds.
func tooMany() []*chat.Message {
	all := make([]*chat.Message, chat.MaxPerTick+1)
	for i := range all {
		all[i] = private("a", "b", "one of too many")
	}
	return all
}

// refuses commits a batch that must fail.
func (s *story) refuses(b *store.Batch) {
	s.t.Helper()
	if err := s.Commit(s.ctx, b); chat.CodeOf(err) != chat.StoreUnavailable {
		s.t.Fatalf("commit of %d after %d: %v", b.Tick, b.Prev, err)
	}
}

// visibleWholeOrNotAtAll commits batches, each of which says its tick in many
// places, while readers check that they never see half of one.
func visibleWholeOrNotAtAll(s *story) {
	const batches, each, readers = 60, 7, 4
	done := make(chan struct{})
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					if err := seesWholeTicks(s.ctx, s.Store, each); err != nil {
						s.t.Error(err)
						return
					}
				}
			}
		})
	}
	for range batches {
		tick := s.Last() + 1
		var parts []any
		for i := range each {
			parts = append(parts, private("a", "b", fmt.Sprint(tick, i)))
		}
		for _, from := range []chat.UserID{"z", "y", "x"} {
			parts = append(parts, private(from, "c", fmt.Sprint(tick)))
		}
		s.tell(append(parts,
			store.UserSaved{User: store.User{ID: "a", Name: fmt.Sprint(tick)}},
			store.MarkedRead{User: "b", Log: privateLog("a", "b"), Through: tick},
			set("u", fmt.Sprintf("%08d", tick), fmt.Sprint(tick)), set("u", "last", fmt.Sprint(tick)),
			store.GroupJoined{Group: "g", Name: fmt.Sprint(tick), Users: []chat.UserID{chat.UserID(fmt.Sprint(tick))}},
		)...)
	}
	close(done)
	all.Wait()
	if !s.t.Failed() {
		s.must(seesWholeTicks(s.ctx, s.Store, each))
	}
}

// seesWholeTicks checks every read against the promise that what Last said
// before it is in it, and that each tick is in it with all of its messages.
func seesWholeTicks(ctx context.Context, s store.Store, each int) error {
	last := s.Last()
	if last == 0 {
		return nil
	}
	stream, err := s.Pull(ctx, store.Pull{User: "b", Limit: 1 << 20})
	if err != nil {
		return err
	}
	if n := len(stream.Messages); stream.Through < last || n != each*int(stream.Through) {
		return fmt.Errorf("after tick %d a pull through %d has %d messages", last, stream.Through, n)
	}
	log, err := s.History(ctx, store.Range{Log: privateLog("a", "b"), After: last - 1, Limit: 1 << 20})
	if err != nil {
		return err
	}
	if n := len(log.Messages); log.Through < last || n != each*int(log.Through-last+1) {
		return fmt.Errorf("after tick %d history through %d has %d messages", last, log.Through, n)
	}
	unread, err := s.Unread(ctx, store.UnreadRange{User: "b", Log: privateLog("a", "b")})
	if err != nil {
		return err
	}
	if unread.Count != 0 {
		return fmt.Errorf("%d messages are visible without the read mark of their tick", unread.Count)
	}
	g, err := s.Group(ctx, "g")
	if err != nil {
		return err
	}
	if fmt.Sprint(len(g.Members)) != g.Name {
		return fmt.Errorf("a group of tick %s has %d members", g.Name, len(g.Members))
	}
	var seen chat.Tick
	user, err := s.User(ctx, "a")
	if err != nil {
		return err
	}
	if _, err := fmt.Sscan(user.Name, &seen); err != nil || seen < last {
		return fmt.Errorf("after tick %d a user is of tick %q", last, user.Name)
	}
	if err := seesWholeEntries(ctx, s, last); err != nil {
		return err
	}
	logs, err := s.Logs(ctx, "c")
	if err != nil {
		return err
	}
	if len(logs) != 3 || logs[0].Tick < last || logs[1].Tick != logs[0].Tick || logs[2].Tick != logs[0].Tick {
		return fmt.Errorf("after tick %d the logs of its receiver are %v", last, logs)
	}
	stays, asOf, err := s.Memberships(ctx, chat.UserID(fmt.Sprint(last)))
	if err != nil {
		return err
	}
	if asOf < last || len(stays) != 1 || stays[0].Joined != last {
		return fmt.Errorf("after tick %d its member has stays %v as of %d", last, stays, asOf)
	}
	return nil
}

// seesWholeEntries checks that a list of entries is of one tick, last or later.
func seesWholeEntries(ctx context.Context, s store.Store, last chat.Tick) error {
	entries, err := s.Entries(ctx, store.EntryRange{Space: store.Settings, Owner: "u", Limit: 1 << 20})
	if err != nil {
		return err
	}
	n := len(entries) - 1 // one for each tick, then the one that says the last
	if n < int(last) || string(entries[n].Value) != fmt.Sprint(n) || entries[n].Tick != chat.Tick(n) {
		return fmt.Errorf("after tick %d there are entries of %d ticks, the last of which is %s", last, n, entries[max(n, 0)].Value)
	}
	return nil
}
