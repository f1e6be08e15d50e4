package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

const (
	dayTicks  = chat.Tick(24 * time.Hour / time.Millisecond)
	weekTicks = 7 * dayTicks
)

var sentTests = []test{
	{"FindsTheMessageOfAKey", func(s *story) {
		s.tell(private("a", "b", "one"), keyed(private("a", "b", "two"), chat.SendKey{1}))
		s.sent(chat.SendKey{1}, chat.ID{Tick: 1, Index: 1})
	}},
	{"SaysWhenThereIsNone", func(s *story) {
		s.notSent(chat.SendKey{1})
		s.tell(keyed(private("a", "b", "one"), chat.SendKey{1}))
		s.notSent(chat.SendKey{2})
		s.notSent(chat.SendKey{15: 1})
	}},
	{"TheZeroKeyIsNeverFound", func(s *story) {
		s.tell(private("a", "b", "one"))
		s.notSent(chat.SendKey{})
	}},
	{"FindsEachOfManyKeys", func(s *story) {
		// More than one filter of a driver that grows its filters.
		key := func(n int) chat.SendKey { return chat.SendKey{byte(n), byte(n >> 8), byte(n >> 16), 1} }
		const ticks, each = 10, 4000
		for i := range ticks {
			var all []*chat.Message
			for j := range each {
				all = append(all, keyed(private("a", "b", ""), key(i*each+j)))
			}
			s.tell(all)
		}
		for n := 0; n < ticks*each; n += 7 {
			s.sent(key(n), chat.ID{Tick: chat.Tick(n/each + 1), Index: uint16(n % each)})
			s.notSent(key(n + 1<<22))
		}
	}},
	{"KeepsAKeyForTheWindow", func(s *story) {
		s.tellAt(dayTicks-1, keyed(private("a", "b", "one"), chat.SendKey{1}))
		s.tellAt(dayTicks, keyed(private("a", "b", "two"), chat.SendKey{2}))
		s.tellAt(dayTicks - 1 + weekTicks)
		s.sent(chat.SendKey{1}, chat.ID{Tick: dayTicks - 1})
		s.sent(chat.SendKey{2}, chat.ID{Tick: dayTicks})
	}},
	{"ForgetsAKeyADayAfterTheWindow", func(s *story) {
		s.tellAt(5, keyed(private("a", "b", "one"), chat.SendKey{1}))
		s.tellAt(5+weekTicks+dayTicks+1, keyed(private("a", "b", "two"), chat.SendKey{2}))
		s.notSent(chat.SendKey{1})
		s.sent(chat.SendKey{2}, chat.ID{Tick: 5 + weekTicks + dayTicks + 1})
		s.pulls("b", "one", "two") // only the key is forgotten
	}},
	{"FindsTheNewestOfAKeyThatCameBack", func(s *story) {
		s.tellAt(5, keyed(private("a", "b", "one"), chat.SendKey{1}))
		s.tellAt(5+2*weekTicks, keyed(private("a", "b", "two"), chat.SendKey{1}))
		s.sent(chat.SendKey{1}, chat.ID{Tick: 5 + 2*weekTicks})
	}},
}

func (s *story) sent(key chat.SendKey, want chat.ID) {
	s.t.Helper()
	id, ok, err := s.Sent(s.ctx, key)
	s.must(err)
	if !ok || id != want {
		s.t.Fatalf("key %x: got %v, %t, want %v", key, id, ok, want)
	}
}

func (s *story) notSent(key chat.SendKey) {
	s.t.Helper()
	id, ok, err := s.Sent(s.ctx, key)
	s.must(err)
	if ok {
		s.t.Fatalf("key %x, which was not sent, found %v", key, id)
	}
}

var messageTests = []test{
	{"InTheOrderAskedFor", func(s *story) {
		s.tell(private("a", "b", "one"), private("a", "b", "two"))
		s.tell(group("a", "g", "three"))
		ids := []chat.ID{{Tick: 2}, {Tick: 1, Index: 1}, {Tick: 1}, {Tick: 2}}
		messages, err := s.Messages(s.ctx, ids)
		s.must(err)
		s.equal("messages", textsOf(store.Page{Messages: messages}), []string{"three", "two", "one", "three"})
	}},
	{"LeavesOutThoseThatDoNotExist", func(s *story) {
		s.tell(private("a", "b", "one"))
		messages, err := s.Messages(s.ctx, []chat.ID{{}, {Tick: 1, Index: 1}, {Tick: 1}, {Tick: 2}, {Tick: chat.MaxTick, Index: 4095}})
		s.must(err)
		s.equal("messages", textsOf(store.Page{Messages: messages}), []string{"one"})
	}},
	{"EveryFieldSurvives", func(s *story) {
		full := &chat.Message{
			Type: chat.Group, Sender: "sender", Target: "group", Channel: "channel", To: []chat.UserID{"x", "y"},
			Flags: chat.Persisted | chat.NotToSender, ObjectName: "RC:TxtMsg", ClientID: -1 << 63,
			Key: chat.SendKey{0, 1, 2, 15: 255}, Origin: 7, Body: []byte{0, 1, 255},
		}
		bare := &chat.Message{Type: chat.UltraGroup, Sender: "s", Target: "t", ClientID: 1<<63 - 1, Flags: 1<<16 - 1}
		s.tell(full, bare)
		messages, err := s.Messages(s.ctx, []chat.ID{full.ID, bare.ID})
		s.must(err)
		if diff := sameMessages(messages, []*chat.Message{full, bare}); diff != "" {
			s.t.Fatal(diff)
		}
	}},
	{"TheOriginIsNotStored", func(s *story) {
		m := private("a", "b", "one")
		m.Origin = 7
		s.tell(m)
		messages, err := s.Messages(s.ctx, []chat.ID{m.ID})
		s.must(err)
		s.equal("origin", messages[0].Origin, uint64(0))
	}},
}

var historyTests = []test{
	{"IsInOrderOrItsReverse", func(s *story) {
		s.tell(group("a", "g", "one"), private("a", "b", "other"), group("b", "g", "two"))
		s.tell(group("a", "g", "three"))
		s.shows(store.Range{Log: groupLog("g"), Limit: 9}, 2, false, "one", "two", "three")
		s.shows(store.Range{Log: groupLog("g"), Limit: 9, Backward: true}, 1, false, "three", "two", "one")
	}},
	{"NoPageSplitsATick", func(s *story) {
		const ticks, each, limit = 3, 1000, 20
		var want []string
		for i := range ticks {
			var all []*chat.Message
			for j := range each {
				want = append(want, fmt.Sprint(i, j))
				all = append(all, group("a", "g", want[len(want)-1]))
			}
			s.tell(all)
		}
		q := store.Range{Log: groupLog("g"), Limit: limit}
		for tick := range ticks {
			s.shows(q, chat.Tick(tick+1), tick < ticks-1, want[tick*each:(tick+1)*each]...)
			q.After = chat.Tick(tick + 1)
		}
		slices.Reverse(want)
		q = store.Range{Log: groupLog("g"), Limit: limit, Backward: true}
		for page := range ticks {
			s.shows(q, chat.Tick(ticks-page), page < ticks-1, want[page*each:(page+1)*each]...)
			q.Before = chat.Tick(ticks - page)
		}
	}},
	{"AfterAndBeforeAreNotInIt", func(s *story) {
		for _, text := range []string{"1", "2", "3", "4", "5"} {
			s.tell(group("a", "g", text))
		}
		s.tell()
		q := store.Range{Log: groupLog("g"), After: 2, Before: 5, Limit: 9}
		s.shows(q, 4, false, "3", "4")
		q.Backward = true
		s.shows(q, 3, false, "4", "3")
		s.shows(store.Range{Log: groupLog("g"), After: 2, Before: 3, Limit: 9}, 2, false)
		s.shows(store.Range{Log: groupLog("g"), After: 4, Limit: 9}, 6, false, "5")
		s.shows(store.Range{Log: groupLog("g"), Before: 2, Limit: 9, Backward: true}, 1, false, "1")
	}},
	{"BeforeMayLieAheadOfLast", func(s *story) {
		s.tell(group("a", "g", "1"))
		s.shows(store.Range{Log: groupLog("g"), Before: 100, Limit: 9}, 1, false, "1")
		s.shows(store.Range{Log: groupLog("g"), Before: 100, Limit: 9, Backward: true}, 1, false, "1")
	}},
	{"ThroughIsTheTickOfTheLastMessageWhenThereIsMore", func(s *story) {
		s.tellAt(10, group("a", "g", "1"))
		s.tellAt(20, group("a", "g", "2"))
		s.tellAt(30, group("a", "g", "3"))
		s.tellAt(40)
		q := store.Range{Log: groupLog("g"), Limit: 2}
		s.shows(q, 20, true, "1", "2")
		q.Backward = true
		s.shows(q, 20, true, "3", "2")
		q.Limit = 3
		s.shows(q, 1, false, "3", "2", "1")
	}},
	{"LeavesOutWhatIsNotPersistedUnlessAll", func(s *story) {
		s.tell(group("a", "g", "1"))
		s.tell(flagged(group("a", "g", "2"), chat.Counted))
		s.tell(group("a", "g", "3"))
		s.shows(store.Range{Log: groupLog("g"), Limit: 1}, 1, true, "1")
		s.shows(store.Range{Log: groupLog("g"), Limit: 2}, 3, false, "1", "3")
		s.shows(store.Range{Log: groupLog("g"), Limit: 2, All: true}, 2, true, "1", "2")
		s.shows(store.Range{Log: groupLog("g"), After: 1, Before: 3, Limit: 2}, 2, false)
	}},
	{"LeavesOutWhatIsExcepted", func(s *story) {
		for _, text := range []string{"1", "2", "3", "4"} {
			s.tell(group("a", "g", text))
		}
		q := store.Range{Log: groupLog("g"), Limit: 1, Backward: true, Except: []chat.ID{{Tick: 3}, {Tick: 4}}}
		s.shows(q, 2, true, "2")
		q.Before = 2
		s.shows(q, 1, false, "1")
	}},
	{"FlagsLeaveOutMessagesThatHaveNotAllOfThem", func(s *story) {
		s.tell(group("a", "g", "1"), flagged(group("a", "g", "2"), normal|chat.Mentioned), flagged(group("a", "g", "3"), chat.Persisted|chat.Mentioned))
		s.tell(flagged(group("a", "g", "4"), chat.Counted|chat.Mentioned), group("a", "g", "5"))
		s.tell(flagged(group("a", "g", "6", "b"), normal|chat.Mentioned|chat.Silent))
		q := store.Range{Log: groupLog("g"), Flags: chat.Mentioned, Limit: 9}
		s.shows(q, 3, false, "2", "3", "6")
		q.Viewer = "c"
		s.shows(q, 3, false, "2", "3")
		q.All = true
		s.shows(q, 3, false, "2", "3", "4")
		q.Limit = 2
		s.shows(q, 1, true, "2", "3")
		q.Flags = chat.Mentioned | chat.Counted
		s.shows(q, 3, false, "2", "4")
		q.Viewer, q.Backward, q.Limit = "", true, 1
		s.shows(q, 3, true, "6")
	}},
	{"LeavesOutWhatTheViewerMayNotSee", func(s *story) {
		s.tell(group("a", "g", "for all"), group("a", "g", "for b", "b"))
		s.tell(group("a", "g", "for c", "c"))
		q := store.Range{Log: groupLog("g"), Limit: 9}
		s.shows(q, 2, false, "for all", "for b", "for c")
		q.Viewer = "a"
		s.shows(q, 2, false, "for all", "for b", "for c")
		q.Viewer = "b"
		s.shows(q, 2, false, "for all", "for b")
		q.Viewer = "c"
		s.shows(q, 2, false, "for all", "for c")
		q.Viewer, q.Limit = "b", 2
		s.shows(q, 2, false, "for all", "for b") // what b may not see is not more
	}},
	{"BothUsersShareAPrivateLog", func(s *story) {
		s.tell(private("a", "b", "1"), private("b", "a", "2"), private("a", "c", "other"), private("a", "a", "self"))
		s.shows(store.Range{Log: privateLog("a", "b"), Limit: 9}, 1, false, "1", "2")
		s.shows(store.Range{Log: privateLog("b", "a"), Limit: 9}, 1, false, "1", "2")
		s.shows(store.Range{Log: privateLog("a", "a"), Limit: 9}, 1, false, "self")
	}},
	{"AChannelIsALogOfItsOwn", func(s *story) {
		plain, channel := group("a", "g", "plain"), group("a", "g", "channel")
		channel.Channel = "c"
		s.tell(plain, channel)
		s.shows(store.Range{Log: plain.Log(), Limit: 9}, 1, false, "plain")
		s.shows(store.Range{Log: channel.Log(), Limit: 9}, 1, false, "channel")
	}},
	{"ChatroomsHaveIt", func(s *story) {
		m := message(chat.Chatroom, "a", "r", "hello")
		s.tell(m)
		s.tell(store.RoomDestroyed{Room: "r"})
		s.shows(store.Range{Log: m.Log(), Limit: 9}, 2, false, "hello")
	}},
}

var readTests = []test{
	{"ReadThroughIsZeroWhenNeverMarked", func(s *story) {
		s.tell(private("a", "b", "1"))
		s.readThrough(0, "b", privateLog("a", "b"))
	}},
	{"MarkedReadMovesForwardOnly", func(s *story) {
		log := privateLog("a", "b")
		s.tell(store.MarkedRead{User: "b", Log: log, Through: 5})
		s.tell(store.MarkedRead{User: "b", Log: log, Through: 3})
		s.readThrough(5, "b", log)
		s.tell(store.MarkedRead{User: "b", Log: log, Through: 6}, store.MarkedRead{User: "b", Log: log, Through: 4})
		s.readThrough(6, "b", log)
		s.readThrough(0, "a", log)
		s.readThrough(0, "b", groupLog("b"))
	}},
	{"UnreadCountsWhatOthersSentAfterTheMark", func(s *story) {
		log := privateLog("a", "b")
		s.tell(private("a", "b", "1"), private("a", "b", "2"), private("b", "a", "own"))
		s.tell(private("a", "b", "3"), private("a", "c", "other"))
		s.unread(3, "b", log, 0)
		s.unread(1, "a", log, 0)
		s.unread(1, "b", log, 1)
		s.unread(0, "b", log, 2)
		s.tell(store.MarkedRead{User: "b", Log: log, Through: 1})
		s.unread(1, "b", log, 0)
		s.unread(0, "b", log, 2)
		s.unread(0, "b", log, 100)
		s.tell(store.MarkedRead{User: "b", Log: log, Through: 100}, private("a", "b", "4"))
		s.unread(0, "b", log, 0)
	}},
	{"UnreadLeavesOutWhatIsNotCounted", func(s *story) {
		s.tell(flagged(group("a", "g", "1"), chat.Persisted), flagged(group("a", "g", "2"), chat.Counted))
		s.unread(1, "b", groupLog("g"), 0)
	}},
	{"UnreadLeavesOutWhatTheUserMayNotSee", func(s *story) {
		s.tell(group("a", "g", "1", "b"), group("a", "g", "2", "c", "b"), group("a", "g", "3", "c"))
		s.unread(2, "b", groupLog("g"), 0)
		s.unread(2, "c", groupLog("g"), 0)
		s.unread(0, "a", groupLog("g"), 0)
	}},
	{"UnreadNamesTheFirstAndTheMentions", func(s *story) {
		s.tell(group("a", "g", "1"), flagged(group("a", "g", "2"), chat.Counted|chat.Mentioned), group("b", "g", "own"))
		s.tell(flagged(group("a", "g", "3"), chat.Counted|chat.Mentioned), flagged(group("a", "g", "4"), chat.Mentioned))
		q := store.UnreadRange{User: "b", Log: groupLog("g")}
		s.leaves(q, store.Unread{Count: 3, First: chat.ID{Tick: 1}, Mentioned: []chat.ID{{Tick: 1, Index: 1}, {Tick: 2}}})
		q.Limit = 2
		s.leaves(q, store.Unread{Count: 2, First: chat.ID{Tick: 1}, Mentioned: []chat.ID{{Tick: 1, Index: 1}}})
		q.Limit, q.Until = 0, 1
		s.leaves(q, store.Unread{Count: 2, First: chat.ID{Tick: 1}, Mentioned: []chat.ID{{Tick: 1, Index: 1}}})
		q.Except = []chat.ID{{Tick: 1}, {Tick: 2}}
		s.leaves(q, store.Unread{Count: 1, First: chat.ID{Tick: 1, Index: 1}, Mentioned: []chat.ID{{Tick: 1, Index: 1}}})
		s.tell(store.MarkedRead{User: "b", Log: groupLog("g"), Through: 2})
		s.leaves(q, store.Unread{Read: 2})
	}},
}

func (s *story) leaves(q store.UnreadRange, want store.Unread) {
	s.t.Helper()
	u, err := s.Unread(s.ctx, q)
	s.must(err)
	s.equal(fmt.Sprintf("unread %+v", q), fmt.Sprint(u), fmt.Sprint(want))
}

func (s *story) readThrough(want chat.Tick, user chat.UserID, log chat.Log) {
	s.t.Helper()
	through, err := s.ReadThrough(s.ctx, user, log)
	s.must(err)
	s.equal("read through", through, want)
}

var replacedTests = []test{
	{"IsGoneFromEveryRead", func(s *story) {
		s.tell(joined("g", "a", "b"))
		old := keyed(group("a", "g", "secret"), chat.SendKey{1})
		s.tell(private("a", "b", "other"), old)
		renewed := keyed(group("a", "g", "recalled"), old.Key)
		renewed.ID, renewed.ObjectName = old.ID, "RC:RcNtf"
		s.tell(store.Replaced{Message: renewed})
		s.pulls("b", "other", "recalled")
		s.shows(store.Range{Log: groupLog("g"), Limit: 9}, 3, false, "recalled")
		messages, err := s.Messages(s.ctx, []chat.ID{old.ID})
		s.must(err)
		if diff := sameMessages(messages, []*chat.Message{renewed}); diff != "" {
			s.t.Fatal(diff)
		}
		s.sent(chat.SendKey{1}, old.ID) // the send was made all the same
	}},
	{"TakesItsNewFlags", func(s *story) {
		old, other := group("a", "g", "old"), group("a", "g", "other")
		s.tell(other, old)
		s.unread(2, "b", groupLog("g"), 0)
		renewed := flagged(group("a", "g", "new"), chat.Persisted)
		renewed.ID = old.ID
		s.tell(store.Replaced{Message: renewed})
		s.unread(1, "b", groupLog("g"), 0)
		mentioning := flagged(group("a", "g", "new"), chat.Persisted|chat.Mentioned)
		mentioning.ID = old.ID
		s.tell(store.Replaced{Message: mentioning})
		s.shows(store.Range{Log: groupLog("g"), Flags: chat.Mentioned, Limit: 9}, 3, false, "new")
		hidden := flagged(group("a", "g", "hidden"), 0)
		hidden.ID = old.ID
		s.tell(store.Replaced{Message: hidden})
		s.shows(store.Range{Log: groupLog("g"), Limit: 9}, 4, false, "other")
		s.shows(store.Range{Log: groupLog("g"), Limit: 9, All: true}, 4, false, "other", "hidden")
		s.shows(store.Range{Log: groupLog("g"), Flags: chat.Mentioned, Limit: 9, All: true}, 4, false)
	}},
	{"StaysWhereItWas", func(s *story) {
		old := keyed(flagged(group("a", "g", "old", "b"), normal|chat.NotToSender), chat.SendKey{1})
		s.tell(old)
		moved := keyed(private("x", "y", "new"), chat.SendKey{2})
		moved.ID, moved.Channel = old.ID, "c"
		s.tell(store.Replaced{Message: moved})
		s.pulls("y")
		s.pulls("a")
		s.pulls("b", "new")
		messages, err := s.Messages(s.ctx, []chat.ID{old.ID})
		s.must(err)
		s.sent(chat.SendKey{1}, old.ID)
		s.notSent(chat.SendKey{2})
		want := keyed(flagged(group("a", "g", "new", "b"), normal|chat.NotToSender), chat.SendKey{1})
		want.ID = old.ID
		if diff := sameMessages(messages, []*chat.Message{want}); diff != "" {
			s.t.Fatal(diff)
		}
	}},
	{"WorksInTheTickOfTheMessage", func(s *story) {
		old := private("a", "b", "secret")
		renewed := flagged(private("a", "b", "recalled"), chat.Persisted)
		renewed.ID = chat.ID{Tick: 1, Index: 1}
		s.tell(private("a", "b", "other"), old, store.Replaced{Message: renewed})
		s.pulls("b", "other", "recalled")
		s.unread(1, "b", privateLog("a", "b"), 0)
		s.equal("the text of the caller's message", string(old.Body), "secret")
	}},
	{"DoesNothingWithoutTheMessage", func(s *story) {
		s.tell(private("a", "b", "1"))
		m := private("a", "b", "2")
		m.ID = chat.ID{Tick: 1, Index: 1}
		s.tell(store.Replaced{Message: m})
		s.pulls("b", "1")
		messages, err := s.Messages(s.ctx, []chat.ID{m.ID})
		s.must(err)
		s.equal("messages", len(messages), 0)
	}},
}
