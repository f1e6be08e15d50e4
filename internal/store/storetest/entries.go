package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

var entryTests = []test{
	{"SetIsThereWithItsTick", func(s *story) {
		s.tellAt(7, set("u", "k", "one"), set("u", "l", ""))
		s.entry("u", "k", "one", 7)
		s.entry("u", "l", "", 7)
		s.noEntry("u", "m")
		s.noEntry("k", "u")
		s.tellAt(9, set("u", "k", "two"))
		s.entry("u", "k", "two", 9)
		s.entry("u", "l", "", 7)
	}},
	{"TheLastChangeOfATickCounts", func(s *story) {
		s.tell(set("u", "k", "one"), set("u", "k", "two"), set("u", "l", "one"), unset("u", "l"), unset("u", "m"), set("u", "m", "one"))
		s.entry("u", "k", "two", 1)
		s.noEntry("u", "l")
		s.entry("u", "m", "one", 1)
		s.tell(store.EntriesDeleted{Space: store.Settings, Owner: "u"}, set("u", "n", "one"))
		s.keys(store.EntryRange{Owner: "u"}, "n")
	}},
	{"DeletedIsGone", func(s *story) {
		s.tell(set("u", "k", "one"), set("u", "l", "one"))
		s.tell(unset("u", "k"), unset("u", "never was"), unset("nobody", "k"))
		s.noEntry("u", "k")
		s.keys(store.EntryRange{Owner: "u"}, "l")
		s.tell(set("u", "k", "two"))
		s.entry("u", "k", "two", 3)
	}},
	{"EntriesDeletedEndsThoseOfOneOwnerInOneSpace", func(s *story) {
		s.tell(set("u", "k", "1"), set("u", "l", "2"), set("u2", "k", "3"), set("", "uk", "4"),
			store.EntrySet{Space: store.Tags, Owner: "u", Key: "k", Value: []byte("5")})
		s.tell(store.EntriesDeleted{Space: store.Settings, Owner: "u"}, store.EntriesDeleted{Space: store.Settings, Owner: "nobody"})
		s.keys(store.EntryRange{Owner: "u"})
		s.keys(store.EntryRange{Owner: "u2"}, "k")
		s.keys(store.EntryRange{}, "uk")
		s.keys(store.EntryRange{Space: store.Tags, Owner: "u"}, "k")
	}},
	{"SpacesAndOwnersAreKeptApart", func(s *story) {
		var parts []any
		for _, space := range []store.Space{store.Settings, store.Receipts, store.Files} {
			for _, owner := range oddOwners {
				parts = append(parts, store.EntrySet{Space: space, Owner: owner, Key: "k", Value: fmt.Append(nil, space, owner)})
			}
		}
		s.tell(parts...)
		for _, space := range []store.Space{store.Settings, store.Receipts, store.Files} {
			for _, owner := range oddOwners {
				s.keys(store.EntryRange{Space: space, Owner: owner}, "k")
				e, err := s.Entry(s.ctx, space, owner, "k")
				s.must(err)
				s.equal("value", string(e.Value), string(fmt.Append(nil, space, owner)))
			}
		}
	}},
	{"AreListedInTheOrderOfTheirKeys", func(s *story) {
		keys := slices.Concat(oddOwners, []string{"10", "2", "é", "鸿雁"})
		slices.Sort(keys)
		var parts []any
		for _, key := range slices.Backward(keys) {
			parts = append(parts, set("u", key, key))
		}
		s.tell(parts...)
		s.keys(store.EntryRange{Owner: "u"}, keys...)
		entries, err := s.Entries(s.ctx, store.EntryRange{Space: store.Settings, Owner: "u", Prefix: "10", Limit: 9})
		s.must(err)
		s.equal("entries", entries, []store.Entry{{Space: store.Settings, Owner: "u", Key: "10", Value: []byte("10"), Tick: 1}})
	}},
	{"PrefixAndAfterBoundThem", func(s *story) {
		s.tell(set("u", "", "1"), set("u", "a", "2"), set("u", "a\x00", "3"), set("u", "ab", "4"), set("u", "ab\xff", "5"), set("u", "b", "6"), set("u", "\xff\xff", "7"))
		s.keys(store.EntryRange{Owner: "u", Prefix: "a"}, "a", "a\x00", "ab", "ab\xff")
		s.keys(store.EntryRange{Owner: "u", Prefix: "ab"}, "ab", "ab\xff")
		s.keys(store.EntryRange{Owner: "u", Prefix: "\xff"}, "\xff\xff")
		s.keys(store.EntryRange{Owner: "u", Prefix: "c"})
		s.keys(store.EntryRange{Owner: "u", After: "a"}, "a\x00", "ab", "ab\xff", "b", "\xff\xff")
		s.keys(store.EntryRange{Owner: "u", After: "aa"}, "ab", "ab\xff", "b", "\xff\xff")
		s.keys(store.EntryRange{Owner: "u", After: "\xff\xff"})
		s.keys(store.EntryRange{Owner: "u", Prefix: "ab", After: "a"}, "ab", "ab\xff")
		s.keys(store.EntryRange{Owner: "u", Prefix: "ab", After: "ab"}, "ab\xff")
		s.keys(store.EntryRange{Owner: "u", Prefix: "a", After: "b"})
	}},
	{"PagesHaveEveryEntryOnce", func(s *story) {
		var keys []string
		var parts []any
		for i := range 100 {
			keys = append(keys, fmt.Sprintf("k%03d", i))
			parts = append(parts, set("u", keys[i], ""))
		}
		s.tell(parts...)
		for _, limit := range []int{1, 7, 99, 100, 101} {
			var got []string
			q := store.EntryRange{Space: store.Settings, Owner: "u", Prefix: "k", Limit: limit}
			for full := true; full; {
				page, err := s.Entries(s.ctx, q)
				s.must(err)
				for _, e := range page {
					got = append(got, e.Key)
					q.After = e.Key
				}
				full = len(page) == limit
			}
			s.equal(fmt.Sprintf("pages of %d", limit), got, keys)
		}
	}},
	{"LongOnesSurvive", func(s *story) {
		owner, key, value := strings.Repeat("o", 1024), strings.Repeat("\xff", 1024), strings.Repeat("v", 1<<16)
		s.tell(set(owner, key, value))
		s.entry(owner, key, value, 1)
		s.keys(store.EntryRange{Owner: owner, Prefix: key}, key)
	}},
	{"TheValueIsTheStoresOwn", func(s *story) {
		value := []byte("one")
		s.tell(store.EntrySet{Space: store.Settings, Owner: "u", Key: "k", Value: value})
		value[0] = 'X'
		s.entry("u", "k", "one", 1)
	}},
}

// oddOwners are owners that a driver could confuse.
var oddOwners = []string{"", "\x00", "\x00\x00", "a", "a\x00", "a\x00k", "ak", "\xff", "\xff\xff", strings.Repeat("\xff", 255), strings.Repeat("\x00", 256)}

func set(owner, key, value string) store.EntrySet {
	return store.EntrySet{Space: store.Settings, Owner: owner, Key: key, Value: []byte(value)}
}

func unset(owner, key string) store.EntryDeleted {
	return store.EntryDeleted{Space: store.Settings, Owner: owner, Key: key}
}

// entry checks an entry of the settings.
func (s *story) entry(owner, key, value string, tick chat.Tick) {
	s.t.Helper()
	e, err := s.Entry(s.ctx, store.Settings, owner, key)
	s.must(err)
	s.equal("value", string(e.Value), value)
	e.Value = nil
	s.equal("entry", e, store.Entry{Space: store.Settings, Owner: owner, Key: key, Tick: tick})
}

func (s *story) noEntry(owner, key string) {
	s.t.Helper()
	_, err := s.Entry(s.ctx, store.Settings, owner, key)
	s.equal(fmt.Sprintf("entry %q of %q", key, owner), err, store.ErrNotFound)
}

// keys checks which entries a range has, of the settings unless it says otherwise.
func (s *story) keys(q store.EntryRange, want ...string) {
	s.t.Helper()
	if q.Space == 0 {
		q.Space = store.Settings
	}
	q.Limit = 1000
	entries, err := s.Entries(s.ctx, q)
	s.must(err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Key)
	}
	s.equal(fmt.Sprintf("keys of %+v", q), got, want)
}
