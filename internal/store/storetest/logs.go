package storetest

import (
	"fmt"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

var logTests = []test{
	{"AreThoseOfPairsTheUserIsPartOf", func(s *story) {
		s.tell(joined("g", "a", "b"))
		channel := private("c", "a", "4")
		channel.Channel = "x"
		s.tell(private("a", "b", "1"), private("b", "c", "2"), private("d", "a", "3"), channel)
		s.tell(message(chat.System, "system", "a", "5"), group("a", "g", "6"), group("a", "g", "7", "b"),
			message(chat.Chatroom, "a", "r", "8"), message(chat.UltraGroup, "a", "u", "9"))
		s.logs("a", store.LogEnd{Log: privateLog("a", "b"), Tick: 2},
			store.LogEnd{Log: channel.Log(), Tick: 2},
			store.LogEnd{Log: privateLog("a", "d"), Tick: 2},
			store.LogEnd{Log: chat.Conversation{Type: chat.System, Target: "system"}.Log("a"), Tick: 3})
		s.logs("d", store.LogEnd{Log: privateLog("a", "d"), Tick: 2})
		s.logs("g")
		s.logs("nobody")
	}},
	{"HaveTheTickOfTheNewestMessageOfEitherUser", func(s *story) {
		s.tell(private("a", "b", "1"))
		s.tell(private("b", "a", "2"))
		s.tell(private("a", "c", "3"))
		s.tell(flagged(private("b", "a", "4"), chat.Hidden), private("b", "a", "5"))
		s.tell()
		ab, ac := store.LogEnd{Log: privateLog("a", "b"), Tick: 4}, store.LogEnd{Log: privateLog("a", "c"), Tick: 3}
		s.logs("a", ab, ac)
		s.logs("b", ab)
		s.logs("c", ac)
	}},
	{"OfAUserAloneIsOne", func(s *story) {
		s.tell(private("a", "a", "1"), flagged(private("b", "c", "2"), chat.NotToSender))
		s.logs("a", store.LogEnd{Log: privateLog("a", "a"), Tick: 1})
		s.logs("b", store.LogEnd{Log: privateLog("b", "c"), Tick: 1})
		s.logs("c", store.LogEnd{Log: privateLog("b", "c"), Tick: 1})
	}},
	{"OfOddIdsAreKeptApartAndInByteOrder", func(s *story) {
		var all []*chat.Message
		var want []store.LogEnd
		for _, a := range oddIDs {
			all = append(all, private("me", a, ""), private(a, "other", ""))
			want = append(want, store.LogEnd{Log: privateLog("me", a), Tick: 1})
		}
		s.tell(all)
		slices.SortFunc(want, func(a, b store.LogEnd) int {
			if a.Log < b.Log {
				return -1
			}
			return 1
		})
		s.logs("me", want...)
	}},
}

func (s *story) logs(user chat.UserID, want ...store.LogEnd) {
	s.t.Helper()
	logs, err := s.Logs(s.ctx, user)
	s.must(err)
	s.equal(fmt.Sprintf("logs of %q", user), logs, want)
}

// ultra is a message in a channel of an ultra group, to some of its members or to all.
func ultra(from chat.UserID, id, channel, text string, to ...chat.UserID) *chat.Message {
	m := message(chat.UltraGroup, from, id, text)
	m.Channel, m.To = channel, to
	return m
}

func ultraLog(id, channel string) chat.Log {
	return chat.Conversation{Type: chat.UltraGroup, Target: id, Channel: channel}.Log("")
}

// since makes logs wanted after tick.
func since(tick chat.Tick, logs ...chat.Log) []store.LogSince {
	var all []store.LogSince
	for _, log := range logs {
		all = append(all, store.LogSince{Log: log, After: tick})
	}
	return all
}

var mergeTests = []test{
	{"HasTheMessagesOfAllLogsInOrder", func(s *story) {
		s.tell(ultra("a", "u", "", "1"), ultra("a", "u", "x", "2"), ultra("a", "u", "y", "other"), ultra("b", "v", "x", "other"))
		s.tell(flagged(ultra("b", "u", "x", "3"), 0), group("a", "u", "other"), private("a", "b", "4"))
		s.tell(ultra("a", "u", "", "5"))
		s.merges(store.Merge{Logs: since(0, ultraLog("u", ""), ultraLog("u", "x"), privateLog("a", "b"), ultraLog("no", "one")), Limit: 9},
			3, false, "1", "2", "3", "4", "5")
		s.merges(store.Merge{Limit: 9}, 3, false)
	}},
	{"EachLogIsWantedAfterATickOfItsOwn", func(s *story) {
		for i := range 4 {
			s.tell(ultra("a", "u", "x", fmt.Sprint("x", i+1)), ultra("a", "u", "y", fmt.Sprint("y", i+1)))
		}
		s.merges(store.Merge{Logs: append(since(1, ultraLog("u", "x")), since(3, ultraLog("u", "y"))...), Limit: 9}, 4, false, "x2", "x3", "x4", "y4")
		s.merges(store.Merge{Logs: append(since(4, ultraLog("u", "x")), since(3, ultraLog("u", "y"))...), Limit: 9}, 4, false, "y4")
	}},
	{"LeavesOutWhatTheViewerMayNotSee", func(s *story) {
		s.tell(ultra("a", "u", "", "for all"), ultra("a", "u", "", "for b", "b"), ultra("a", "u", "", "for c", "c"))
		logs := since(0, ultraLog("u", ""))
		s.merges(store.Merge{Logs: logs, Viewer: "a", Limit: 9}, 1, false, "for all", "for b", "for c")
		s.merges(store.Merge{Logs: logs, Viewer: "b", Limit: 9}, 1, false, "for all", "for b")
		s.merges(store.Merge{Logs: logs, Viewer: "d", Limit: 9}, 1, false, "for all")
		s.tell(ultra("a", "u", "", "for c", "c"))
		s.merges(store.Merge{Logs: logs, Viewer: "b", Limit: 2}, 2, false, "for all", "for b") // what b may not see is not more
	}},
	{"NothingBeyondUntil", func(s *story) {
		for i := range 4 {
			s.tell(ultra("a", "u", "", fmt.Sprint(i+1)))
		}
		logs := since(0, ultraLog("u", ""))
		s.merges(store.Merge{Logs: logs, Until: 2, Limit: 9}, 2, false, "1", "2")
		s.merges(store.Merge{Logs: logs, Until: 2, Limit: 1}, 1, true, "1")
		s.merges(store.Merge{Logs: logs, Until: 2, Limit: 2}, 2, false, "1", "2")
		s.merges(store.Merge{Logs: logs, Until: 99, Limit: 9}, 4, false, "1", "2", "3", "4")
		s.merges(store.Merge{Logs: since(3, ultraLog("u", "")), Until: 2, Limit: 9}, 2, false)
	}},
	{"NoPageSplitsATick", func(s *story) {
		const ticks, each = 3, 1000
		logs := since(0, ultraLog("u", ""), ultraLog("u", "x"))
		var want []string
		for i := range ticks {
			var all []*chat.Message
			for j := range each {
				want = append(want, fmt.Sprint(i, j))
				all = append(all, ultra("a", "u", []string{"", "x"}[j%2], want[len(want)-1]))
			}
			s.tell(all)
		}
		for i := range ticks {
			s.merges(store.Merge{Logs: logs, Limit: 20}, chat.Tick(i+1), i < ticks-1, want[i*each:(i+1)*each]...)
			for l := range logs {
				logs[l].After = chat.Tick(i + 1)
			}
		}
	}},
	{"BytesEndAPageAfterTheirTick", func(s *story) {
		for range 3 {
			s.tell(ultra("a", "u", "", "12345"), ultra("a", "u", "x", "67890"))
		}
		logs := since(0, ultraLog("u", ""), ultraLog("u", "x"))
		s.merges(store.Merge{Logs: logs, Limit: 99, Bytes: 1}, 1, true, "12345", "67890")
		s.merges(store.Merge{Logs: logs, Limit: 99, Bytes: 11}, 2, true, "12345", "67890", "12345", "67890")
		s.merges(store.Merge{Logs: logs, Limit: 99, Bytes: 21}, 3, false, "12345", "67890", "12345", "67890", "12345", "67890")
	}},
	{"ManyLogsMostOfThemSilent", func(s *story) {
		var logs []chat.Log
		var first []*chat.Message
		for i := range 200 {
			first = append(first, ultra("a", "u", fmt.Sprint(i), "old"))
			logs = append(logs, ultraLog("u", fmt.Sprint(i)))
		}
		s.tell(first)
		s.merges(store.Merge{Logs: since(1, logs...), Limit: 9}, 1, false)
		s.tell(ultra("a", "u", "150", "1"))
		s.tell(ultra("a", "u", "7", "2"), ultra("a", "u", "150", "3"))
		s.merges(store.Merge{Logs: since(1, logs...), Limit: 9}, 3, false, "1", "2", "3")
		s.merges(store.Merge{Logs: since(2, logs...), Limit: 9}, 3, false, "2", "3")
		s.merges(store.Merge{Logs: since(3, logs...), Limit: 9}, 3, false)
	}},
	{"MembersOfUltraGroupsPullNothingOfThem", func(s *story) {
		s.tell(joined(store.UltraGroup("u"), "a", "b"), joined("u", "b"))
		s.tell(ultra("a", "u", "", "1"), ultra("a", "u", "x", "2"), ultra("a", "u", "", "3", "b"), group("c", "u", "4"))
		s.pulls("a")
		s.pulls("b", "4")
		s.members(store.UltraGroup("u"), "", "a", "b")
		s.stays("b", store.Membership{Group: store.UltraGroup("u"), Joined: 1}, store.Membership{Group: "u", Joined: 1})
		s.shows(store.Range{Log: ultraLog("u", ""), Viewer: "a", Limit: 9}, 2, false, "1", "3")
		s.shows(store.Range{Log: ultraLog("u", "x"), Limit: 9}, 2, false, "2")
		s.unread(2, "b", ultraLog("u", ""), 0)
	}},
}

// merges asks for a page of several logs and checks it.
func (s *story) merges(q store.Merge, through chat.Tick, more bool, texts ...string) {
	s.t.Helper()
	p, err := s.Merge(s.ctx, q)
	s.must(err)
	what := fmt.Sprintf("merge %+v", q)
	s.equal(what, textsOf(p), texts)
	s.equal("through of "+what, p.Through, through)
	s.equal("more of "+what, p.More, more)
}
