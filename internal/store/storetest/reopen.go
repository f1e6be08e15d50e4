package storetest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Reopen checks that stores keep what they were given. place makes a place for
// a store of default Options, empty at first, and returns what opens it, which
// is called again after each Close.
func Reopen(t *testing.T, place func(t *testing.T) (open func(t *testing.T) store.Store)) {
	t.Run("Reopen", func(t *testing.T) {
		for _, test := range reopenTests {
			t.Run(test.name, func(t *testing.T) {
				r := &reopened{open: place(t)}
				r.story = story{Store: r.open(t), t: t, ctx: t.Context()}
				defer func() { closeStore(t, r.Store) }()
				test.run(r)
			})
		}
		t.Run("AnswersStayTheSame", func(t *testing.T) { likeModelReopened(t, place) })
	})
}

// reopened is a story that goes on after the store was closed.
type reopened struct {
	story
	open func(t *testing.T) store.Store
}

func (r *reopened) again() {
	r.t.Helper()
	r.must(r.Close())
	r.Store = r.open(r.t)
}

var reopenTests = []struct {
	name string
	run  func(r *reopened)
}{
	{"AnEmptyStoreStaysEmpty", func(r *reopened) {
		r.again()
		r.equal("last", r.Last(), chat.Tick(0))
		r.tell(private("a", "b", "1"))
		r.pulls("b", "1")
	}},
	{"LastIsKeptAndGoesOn", func(r *reopened) {
		r.tellAt(10, private("a", "b", "1"))
		r.again()
		r.equal("last", r.Last(), chat.Tick(10))
		r.tellAt(11, private("a", "b", "2"))
		r.again()
		r.equal("last", r.Last(), chat.Tick(11))
		r.pulls("b", "1", "2")
	}},
	{"AnEmptyBatchIsKept", func(r *reopened) {
		r.tellAt(10)
		r.again()
		r.equal("last", r.Last(), chat.Tick(10))
	}},
	{"CommitsGoOnAfterAnError", func(r *reopened) {
		r.tell(private("a", "b", "1"))
		r.refuses(batch(0, 2, private("a", "b", "lost")))
		r.again()
		r.tell(private("a", "b", "2"))
		r.pulls("b", "1", "2")
	}},
	{"EveryFieldIsKept", func(r *reopened) {
		m := &chat.Message{
			Type: chat.Group, Sender: "sender", Target: "group", Channel: "channel", To: []chat.UserID{"x", "y"},
			Flags: chat.Persisted | chat.NotToSender, ObjectName: "RC:TxtMsg", ClientID: 1 << 60,
			Key: chat.SendKey{1, 2, 15: 255}, Body: []byte{0, 1, 255},
		}
		r.tell(m)
		r.again()
		messages, err := r.Messages(r.ctx, []chat.ID{m.ID})
		r.must(err)
		if diff := sameMessages(messages, []*chat.Message{m}); diff != "" {
			r.t.Fatal(diff)
		}
	}},
	{"KeysOfManyDaysAreFoundAtOnce", func(r *reopened) {
		key := func(day, i int) chat.SendKey { return chat.SendKey{byte(day), byte(i), byte(i >> 8), 1} }
		const days, each = 6, 500
		for day := range days {
			var all []*chat.Message
			for i := range each {
				all = append(all, keyed(private("a", "b", ""), key(day, i)))
			}
			r.tellAt(1+chat.Tick(day)*dayTicks, all)
		}
		for range 2 {
			r.again()
			for day := range days {
				for i := range each {
					r.sent(key(day, i), chat.ID{Tick: 1 + chat.Tick(day)*dayTicks, Index: uint16(i)})
				}
				r.notSent(key(day, each))
			}
		}
	}},
	{"EntriesAndLogsAreKept", func(r *reopened) {
		r.tell(set("u", "k", "one"), set("u", "l", "one"), private("a", "b", "1"), private("a", "c", "2"))
		r.tell(set("u", "l", "two"), unset("u", "k"), private("c", "a", "3"), ultra("a", "g", "x", "4"))
		for range 2 {
			r.again()
			r.entry("u", "l", "two", 2)
			r.keys(store.EntryRange{Owner: "u"}, "l")
			r.logs("a", store.LogEnd{Log: privateLog("a", "b"), Tick: 1}, store.LogEnd{Log: privateLog("a", "c"), Tick: 2})
			r.merges(store.Merge{Logs: since(1, privateLog("a", "c"), ultraLog("g", "x")), Limit: 9}, 2, false, "3", "4")
		}
	}},
	{"GroupsThatWereSilentSinceAreRead", func(r *reopened) {
		for i := range 20 {
			r.tell(joined(fmt.Sprint("g", i), "me"))
		}
		r.tell(group("a", "g3", "1"))
		since := r.Last()
		r.again()
		r.pullsSince("me", since)
		r.pullsSince("me", since-1, "1")
		r.tell(group("a", "g4", "2"))
		r.pullsSince("me", since-1, "1", "2")
		r.pullsSince("me", since, "2")
	}},
}

func likeModelReopened(t *testing.T, place func(t *testing.T) (open func(t *testing.T) store.Store)) {
	rapid.Check(t, func(r *rapid.T) {
		open := place(t)
		p := pair{T: r, ctx: t.Context(), store: open(t), model: NewModel(store.Options{})}
		defer func() { closeStore(t, p.store) }()
		actions := p.actions()
		actions["reopen"] = func(r *rapid.T) {
			if err := p.store.Close(); err != nil {
				r.Fatal(err)
			}
			p.store = open(t)
			if p.store.Last() != p.model.Last() {
				r.Fatalf("last is %d, not %d", p.store.Last(), p.model.Last())
			}
		}
		r.Repeat(actions)
	})
}
