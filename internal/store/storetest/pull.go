package storetest

import (
	"fmt"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

var pullTests = []test{
	{"HasWhatTheUserReceivedAndSentOldestFirst", func(s *story) {
		s.tell(joined("g", "a", "b"))
		s.tell(private("a", "b", "1"), private("c", "d", "other"), private("b", "a", "2"))
		s.tell(message(chat.System, "system", "b", "3"), group("a", "g", "4"), group("b", "g", "5"))
		s.tell(private("c", "b", "6"), group("a", "other", "other"))
		s.pulls("b", "1", "2", "3", "4", "5", "6")
		s.pulls("a", "1", "2", "4", "5")
		s.pulls("system", "3")
		s.pulls("nobody")
	}},
	{"NoPageSplitsATick", func(s *story) {
		const ticks, each, limit = 3, 1000, 20
		s.tell(joined("g", "a", "b"))
		var want []string
		for i := range ticks {
			var all []*chat.Message
			for j := range each {
				want = append(want, fmt.Sprint(i, j))
				m := private("a", "b", want[len(want)-1])
				if j%2 == 0 {
					m = group("a", "g", want[len(want)-1])
				}
				all = append(all, m)
			}
			s.tell(all)
		}
		q := store.Pull{User: "b", Limit: limit}
		for i := range ticks {
			p := s.pull(q)
			s.equal("page", textsOf(p), want[i*each:(i+1)*each])
			s.equal("more", p.More, i < ticks-1)
			s.equal("through", p.Through, chat.Tick(i+2))
			q.Received, q.Sent = p.Through, p.Through
		}
	}},
	{"BytesEndAPageAfterTheirTick", func(s *story) {
		for range 3 {
			s.tell(private("a", "b", "12345"), private("a", "b", "67890"))
		}
		for _, c := range []struct{ bytes, ticks int }{{0, 3}, {1, 1}, {10, 1}, {11, 2}, {20, 2}, {21, 3}, {99, 3}} {
			p := s.pull(store.Pull{User: "b", Limit: 99, Bytes: c.bytes})
			s.equal(fmt.Sprint("messages for ", c.bytes), len(p.Messages), 2*c.ticks)
			s.equal("more", p.More, c.ticks < 3)
			log, err := s.History(s.ctx, store.Range{Log: privateLog("a", "b"), Backward: true, Limit: 99, Bytes: c.bytes})
			s.must(err)
			s.equal(fmt.Sprint("history for ", c.bytes), len(log.Messages), 2*c.ticks)
			s.equal("more history", log.More, c.ticks < 3)
		}
	}},
	{"PagesHaveEveryMessageOnce", func(s *story) {
		var groups []string
		for i := range 12 {
			groups = append(groups, fmt.Sprint("g", i))
			s.tell(joined(groups[i], "me", "other"))
		}
		var want []string
		for i := range 300 {
			text := fmt.Sprint(i)
			want = append(want, text)
			m := group("other", groups[i*i%len(groups)], text)
			switch i % 5 {
			case 0:
				m = private("other", "me", text)
			case 1:
				m = private("me", "other", text)
			}
			s.tell(m)
		}
		for _, limit := range []int{1, 2, 7, 299, 300, 301} {
			var got []string
			q := store.Pull{User: "me", Limit: limit}
			for more := true; more; {
				p := s.pull(q)
				if p.More && len(p.Messages) != limit { // one message a tick here
					s.t.Fatalf("a page of limit %d has %d messages and says more", limit, len(p.Messages))
				}
				got = append(got, textsOf(p)...)
				more, q.Received, q.Sent = p.More, p.Through, p.Through
			}
			s.equal(fmt.Sprintf("pages of %d", limit), got, want)
			s.equal("the end", q.Received, s.Last())
		}
	}},
	{"MoreMeansAWantedMessage", func(s *story) {
		s.tell(joined("g", "a"))
		s.tell(private("a", "b", "1"))
		s.tell(private("a", "b", "2"))
		s.tell(private("b", "a", "own"))
		s.tell(group("a", "g", "not b's"))
		p := s.pull(store.Pull{User: "b", Sent: 100, Limit: 2})
		s.equal("page", textsOf(p), []string{"1", "2"})
		s.equal("more", p.More, false)
		s.equal("through", p.Through, chat.Tick(5))
		p = s.pull(store.Pull{User: "b", Sent: 3, Limit: 2})
		s.equal("page", textsOf(p), []string{"1", "2"})
		s.equal("more", p.More, true)
		s.equal("through", p.Through, chat.Tick(3))
	}},
	{"ThroughIsTheEndWhenThereIsNoMore", func(s *story) {
		s.tellAt(10, private("a", "b", "1"))
		s.tellAt(20)
		p := s.pull(store.Pull{User: "b", Limit: 1})
		s.equal("through", p.Through, chat.Tick(20))
		s.equal("more", p.More, false)
		p = s.pull(store.Pull{User: "b", Received: 15, Sent: 15, Until: 17, Limit: 1})
		s.equal("through", p.Through, chat.Tick(17))
		s.equal("messages", len(p.Messages), 0)
	}},
	{"NothingBeyondUntil", func(s *story) {
		s.tell(joined("g", "a", "b"))
		for i := range 6 {
			s.tell(private("a", "b", fmt.Sprint("p", i)), group("a", "g", fmt.Sprint("g", i)))
		}
		p := s.pull(store.Pull{User: "b", Until: 3, Limit: 100})
		s.equal("page", textsOf(p), []string{"p0", "g0", "p1", "g1"})
		s.equal("through", p.Through, chat.Tick(3))
		s.equal("more", p.More, false)
	}},
	{"UntilIsNeverBeyondLast", func(s *story) {
		s.tell(private("a", "b", "1"))
		p := s.pull(store.Pull{User: "b", Until: 100, Limit: 9})
		s.equal("through", p.Through, chat.Tick(1)) // what comes at 2 is not in the page
	}},
	{"OwnAndReceivedHaveCursorsOfTheirOwn", func(s *story) {
		s.tell(joined("g", "a", "b"))
		s.tell(private("a", "b", "in 2"), private("b", "a", "own 2"), group("a", "g", "group in 2"), group("b", "g", "group own 2"))
		s.tell(private("a", "b", "in 3"), private("b", "a", "own 3"), group("a", "g", "group in 3"), group("b", "g", "group own 3"))
		p := s.pull(store.Pull{User: "b", Received: 3, Sent: 2, Limit: 9})
		s.equal("own only", textsOf(p), []string{"own 3", "group own 3"})
		p = s.pull(store.Pull{User: "b", Received: 2, Sent: 3, Limit: 9})
		s.equal("received only", textsOf(p), []string{"in 3", "group in 3"})
		p = s.pull(store.Pull{User: "b", Received: 2, Sent: 1, Limit: 9})
		s.equal("both", textsOf(p), []string{"own 2", "group own 2", "in 3", "own 3", "group in 3", "group own 3"})
	}},
	{"AMessageToOneselfIsThereOnceAsReceived", func(s *story) {
		s.tell(private("a", "a", "1"))
		s.pulls("a", "1")
		s.equal("as own", len(s.pull(store.Pull{User: "a", Received: 1, Limit: 9}).Messages), 0)
		s.equal("as received", len(s.pull(store.Pull{User: "a", Sent: 1, Limit: 9}).Messages), 1)
	}},
	{"NotToSenderIsNotInTheSendersStream", func(s *story) {
		s.tell(joined("g", "a", "b"))
		s.tell(
			flagged(private("a", "b", "1"), normal|chat.NotToSender),
			flagged(group("a", "g", "2"), normal|chat.NotToSender),
			flagged(group("a", "g", "3", "b"), normal|chat.NotToSender),
			flagged(private("a", "a", "4"), normal|chat.NotToSender))
		s.pulls("a")
		s.pulls("b", "1", "2", "3")
		s.shows(store.Range{Log: privateLog("a", "b"), Viewer: "a", Limit: 9}, 2, false, "1")
	}},
	{"GroupMessagesOfOnesStays", func(s *story) {
		s.tell(joined("g", "a"), joined("other", "a"))
		s.tell(group("a", "g", "before b"))
		s.tell(group("a", "g", "with b's join"), joined("g", "b"))
		s.tell(group("a", "g", "1"), group("a", "other", "other"))
		s.tell(group("a", "g", "2"), left("g", "b"))
		s.tell(group("a", "g", "while b is away"))
		s.tell(joined("g", "b"))
		s.tell(group("a", "g", "3"))
		s.tell(group("a", "g", "4"), store.GroupDismissed{Group: "g"})
		s.tell(group("a", "g", "after the end"))
		s.pulls("b", "1", "2", "3", "4")
		s.pullsSince("b", 4, "2", "3", "4")
		s.pullsSince("b", 5, "3", "4")
	}},
	{"LeavingAndJoiningInOneTickLosesNothing", func(s *story) {
		s.tell(joined("g", "b"))
		s.tell(group("a", "g", "1"), left("g", "b"), joined("g", "b"))
		s.tell(group("a", "g", "2"))
		s.pulls("b", "1", "2")
	}},
	{"WhatIsForTheSenderAloneDoesNotReachThePeer", func(s *story) {
		note := private("a", "b", "note")
		note.To = []chat.UserID{"a"}
		s.tell(note, private("a", "b", "text"))
		s.pulls("a", "note", "text")
		s.pulls("b", "text")
		s.shows(store.Range{Log: privateLog("a", "b"), Viewer: "b", Limit: 9}, 1, false, "text")
		s.unread(1, "b", privateLog("a", "b"), 0)
	}},
	{"DirectionalMessagesComeByInboxOnly", func(s *story) {
		s.tell(joined("g", "a", "b", "c"))
		s.tell(group("a", "g", "for all"), group("a", "g", "for b", "b"), group("a", "g", "for a and b", "a", "b", "b"))
		s.pulls("b", "for all", "for b", "for a and b")
		s.pulls("c", "for all")
		s.pulls("a", "for all", "for b", "for a and b")
	}},
	{"ChatroomMessagesAreNotInIt", func(s *story) {
		s.tell(message(chat.Chatroom, "a", "r", "1"))
		s.pulls("a")
		s.pulls("r")
	}},
	{"ManyGroupsMostOfThemSilent", func(s *story) {
		var ids []string
		for i := range 200 {
			ids = append(ids, fmt.Sprint("g", i))
			s.tell(joined(ids[i], "me"))
		}
		s.tell(group("a", ids[5], "old"), group("a", ids[150], "old"))
		since := s.Last()
		s.pullsSince("me", since)
		s.tell(group("a", ids[150], "1"))
		s.tell(group("a", ids[7], "2"), group("a", ids[150], "3"))
		s.pullsSince("me", since, "1", "2", "3")
		s.pullsSince("me", since+1, "2", "3")
		s.pullsSince("me", since+2)
	}},
	{"StaysOutsideTheOfflineWindowEnd", func(s *story) {
		s.tell(joined("g", "b"))
		s.tell(group("a", "g", "1"), left("g", "b"))
		s.tellAt(2 + weekTicks)
		s.pulls("b", "1")
		s.tellAt(3 + weekTicks)
		s.pulls("b")
	}},
}

var groupTests = []test{
	{"JoiningMakesTheGroup", func(s *story) {
		s.tell(store.GroupJoined{Group: "g", Name: "name", Users: []chat.UserID{"b", "c", "a"}})
		s.members("g", "name", "a", "b", "c")
		s.tell(joined("empty"))
		s.members("empty", "")
	}},
	{"AMemberStaysOneWithTheOldJoined", func(s *story) {
		s.tell(joined("g", "a"))
		s.tell(joined("g", "a", "b"))
		s.stays("a", store.Membership{Group: "g", Joined: 1})
		s.stays("b", store.Membership{Group: "g", Joined: 2})
	}},
	{"AnEmptyNameKeepsTheOldOne", func(s *story) {
		s.tell(store.GroupJoined{Group: "g", Name: "one", Users: []chat.UserID{"a"}})
		s.tell(joined("g", "b"))
		s.members("g", "one", "a", "b")
		s.tell(store.GroupJoined{Group: "g", Name: "two"})
		s.members("g", "two", "a", "b")
	}},
	{"LeavingEndsTheStay", func(s *story) {
		s.tell(joined("g", "a", "b"))
		s.tell(left("g", "a", "nobody"), left("other", "b"))
		s.members("g", "", "b")
		s.stays("a", store.Membership{Group: "g", Joined: 1, Left: 2})
		s.stays("b", store.Membership{Group: "g", Joined: 1})
		s.stays("nobody")
		s.tell(left("g", "a"))
		s.stays("a", store.Membership{Group: "g", Joined: 1, Left: 2})
	}},
	{"TheLastToLeaveLeavesAnEmptyGroup", func(s *story) {
		s.tell(joined("g", "a"))
		s.tell(left("g", "a"))
		s.members("g", "")
	}},
	{"DismissingEndsEveryStayAndTheGroup", func(s *story) {
		s.tell(joined("g", "a", "b"), joined("g2", "a"))
		s.tell(group("a", "g", "1"))
		s.tell(store.GroupDismissed{Group: "g"}, store.GroupDismissed{Group: "never was"})
		_, err := s.Group(s.ctx, "g")
		s.equal("group", err, store.ErrNotFound)
		s.stays("a", store.Membership{Group: "g", Joined: 1, Left: 3}, store.Membership{Group: "g2", Joined: 1})
		s.shows(store.Range{Log: groupLog("g"), Limit: 9}, 3, false, "1")
		s.tell(store.GroupJoined{Group: "g", Users: []chat.UserID{"b"}})
		s.members("g", "", "b")
	}},
	{"StaysAreOrderedByGroupThenJoined", func(s *story) {
		s.tell(joined("b", "u"), joined("a", "u"), joined("ab", "u"), joined("B", "u"))
		s.tell(left("a", "u"))
		s.tell(joined("a", "u"))
		s.stays("u",
			store.Membership{Group: "B", Joined: 1},
			store.Membership{Group: "a", Joined: 1, Left: 2},
			store.Membership{Group: "a", Joined: 3},
			store.Membership{Group: "ab", Joined: 1},
			store.Membership{Group: "b", Joined: 1})
	}},
	{"AStayWithinOneTickLeavesNoTrace", func(s *story) {
		s.tell(joined("g", "a", "b"), left("g", "a"))
		s.stays("a")
		s.tell(joined("g", "a"), left("g", "a"), joined("g", "a"))
		s.stays("a", store.Membership{Group: "g", Joined: 2})
	}},
	{"EndedStaysAreReportedForTheOfflineWindow", func(s *story) {
		s.tell(joined("g", "a"), joined("h", "a"))
		s.tell(left("g", "a"))
		s.tellAt(2 + weekTicks)
		s.stays("a", store.Membership{Group: "g", Joined: 1, Left: 2}, store.Membership{Group: "h", Joined: 1})
		s.tellAt(3 + weekTicks)
		s.stays("a", store.Membership{Group: "h", Joined: 1})
		s.tell(joined("i", "a"))
		s.stays("a", store.Membership{Group: "h", Joined: 1}, store.Membership{Group: "i", Joined: 4 + weekTicks})
	}},
	{"AsOfIsTheNewestTick", func(s *story) {
		s.tell(joined("g", "a"))
		s.tell()
		_, asOf, err := s.Memberships(s.ctx, "a")
		s.must(err)
		s.equal("asOf", asOf, chat.Tick(2))
	}},
}

func (s *story) members(id, name string, users ...chat.UserID) {
	s.t.Helper()
	g, err := s.Group(s.ctx, id)
	s.must(err)
	s.equal("id", g.ID, id)
	s.equal("name", g.Name, name)
	s.equal("members", g.Members, users)
}

func (s *story) stays(user chat.UserID, want ...store.Membership) {
	s.t.Helper()
	stays, _, err := s.Memberships(s.ctx, user)
	s.must(err)
	s.equal(fmt.Sprintf("stays of %q", user), stays, want)
}

var blacklistTests = []test{
	{"InByteOrder", func(s *story) {
		s.tell(store.BlacklistAdded{User: "a", Others: []chat.UserID{"b", "é", "B", "ab", "b"}})
		s.refused("a", "B", "ab", "b", "é")
		s.refused("b")
	}},
	{"RemovingWhoIsNotInItDoesNothing", func(s *story) {
		s.tell(store.BlacklistAdded{User: "a", Others: []chat.UserID{"b", "c"}})
		s.tell(store.BlacklistRemoved{User: "a", Others: []chat.UserID{"b", "x"}}, store.BlacklistRemoved{User: "b", Others: []chat.UserID{"c"}})
		s.refused("a", "c")
	}},
}

func (s *story) refused(user chat.UserID, want ...chat.UserID) {
	s.t.Helper()
	others, err := s.Blacklist(s.ctx, user)
	s.must(err)
	s.equal(fmt.Sprintf("blacklist of %q", user), others, want)
}

var roomTests = []test{
	{"CreatedAndDestroyed", func(s *story) {
		s.tellAt(5, store.RoomCreated{Room: "r", Name: "one"})
		room, err := s.Room(s.ctx, "r")
		s.must(err)
		s.equal("room", room, store.Room{ID: "r", Name: "one", Created: 5})
		s.tell(store.RoomDestroyed{Room: "r"}, store.RoomDestroyed{Room: "never was"})
		_, err = s.Room(s.ctx, "r")
		s.equal("room", err, store.ErrNotFound)
	}},
	{"AnExistingOneGetsTheName", func(s *story) {
		s.tell(store.RoomCreated{Room: "r", Name: "one"})
		s.tell(store.RoomCreated{Room: "r", Name: "two"})
		room, err := s.Room(s.ctx, "r")
		s.must(err)
		s.equal("room", room, store.Room{ID: "r", Name: "two", Created: 1})
	}},
}

var userTests = []test{
	{"SavedIsReplacedWhole", func(s *story) {
		full := store.User{
			ID: "u", Name: "name", Portrait: "https://example.com/p.png",
			TokensAfter:  chat.Tick(1_700_000_000_123).Time().UTC(),
			BlockedUntil: chat.Tick(1_800_000_000_456).Time().UTC(),
		}
		s.tell(store.UserSaved{User: full})
		user, err := s.User(s.ctx, "u")
		s.must(err)
		s.equal("user", user, full)
		s.tell(store.UserSaved{User: store.User{ID: "u"}})
		user, err = s.User(s.ctx, "u")
		s.must(err)
		s.equal("user", user, store.User{ID: "u"})
		s.equal("TokensAfter is zero", user.TokensAfter.IsZero(), true)
	}},
}

// oddIDs are ids that a driver could confuse or put in another order. They are
// in byte order.
var oddIDs = func() []chat.UserID {
	ids := []chat.UserID{
		" ", "  ", "%", "'", "''", "*", "-1", "/", "0", "00", "10", "2", "A", "B", "Z", "\\", "\\x00", "_",
		"a", "a ", "a\u0301", "aa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "b", "ß", "á", "é", "ﬀ", "鸿雁", "\U0001F986", "\U0010FFFF",
	}
	slices.Sort(ids)
	return ids
}()

var idTests = []test{
	{"AreKeptApartAndInByteOrder", func(s *story) {
		backward := slices.Clone(oddIDs)
		slices.Reverse(backward)
		s.tell(joined("g", backward...), store.BlacklistAdded{User: "me", Others: backward})
		s.members("g", "", oddIDs...)
		s.refused("me", oddIDs...)

		var parts []any
		var want []store.Membership
		for _, id := range backward {
			parts = append(parts, joined(string(id), "me"), store.UserSaved{User: store.User{ID: id, Name: string(id)}})
		}
		tick := s.tell(parts...)
		for _, id := range oddIDs {
			want = append(want, store.Membership{Group: string(id), Joined: tick})
			user, err := s.User(s.ctx, id)
			s.must(err)
			s.equal("user", user, store.User{ID: id, Name: string(id)})
		}
		s.stays("me", want...)
	}},
	{"HaveStreamsAndLogsOfTheirOwn", func(s *story) {
		for _, a := range oddIDs {
			var all []*chat.Message
			for _, b := range oddIDs {
				all = append(all, private(a, b, string(a)+"→"+string(b)))
			}
			s.tell(all)
		}
		for _, me := range oddIDs {
			var want []string
			for _, a := range oddIDs {
				for _, b := range oddIDs {
					if a == me || b == me {
						want = append(want, string(a)+"→"+string(b))
					}
				}
			}
			s.pulls(me, want...)
			for _, other := range oddIDs {
				n := 1
				if me == other {
					n = 0
				}
				s.unread(n, me, privateLog(me, other), 0)
			}
		}
	}},
	{"OfChannelsAreNotOfPairs", func(s *story) {
		// Logs that are prefixes of each other, or hold the same parts.
		var logs []*chat.Message
		for _, c := range []chat.Conversation{
			{Type: chat.Group, Target: "a"},
			{Type: chat.Group, Target: "a", Channel: "b"},
			{Type: chat.Group, Target: "ab"},
			{Type: chat.UltraGroup, Target: "a", Channel: "b"},
			{Type: chat.Private, Target: "a"},
			{Type: chat.Private, Target: "b"},
			{Type: chat.Private, Target: "a", Channel: "b"},
			{Type: chat.System, Target: "a"},
		} {
			m := message(c.Type, "a", c.Target, fmt.Sprint(len(logs)))
			m.Channel = c.Channel
			logs = append(logs, m)
		}
		s.tell(logs)
		for _, m := range logs {
			s.shows(store.Range{Log: m.Log(), Limit: 9}, 1, false, string(m.Body))
		}
	}},
}
