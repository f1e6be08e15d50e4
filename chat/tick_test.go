package chat_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hongyan-im/hongyan/chat"
)

func anyID() *rapid.Generator[chat.ID] {
	return rapid.Custom(func(t *rapid.T) chat.ID {
		return chat.ID{
			Tick:  chat.Tick(rapid.Int64Range(0, int64(chat.MaxTick)).Draw(t, "tick")),
			Index: uint16(rapid.IntRange(0, chat.MaxPerTick-1).Draw(t, "index")),
		}
	})
}

func anyLog() *rapid.Generator[chat.Log] {
	return rapid.Custom(func(t *rapid.T) chat.Log {
		c := chat.Conversation{
			Type:   rapid.SampledFrom([]chat.ConversationType{chat.Private, chat.Group, chat.Chatroom, chat.System, chat.UltraGroup}).Draw(t, "type"),
			Target: rapid.StringMatching(`[a-z]{1,5}`).Draw(t, "target"),
		}
		return c.Log(chat.UserID(rapid.StringMatching(`[a-z]{1,5}`).Draw(t, "viewer")))
	})
}

// The two names printed in the vendor's documentation, beside the send times
// printed there: ours are made of the same bits.
func TestPublishedNames(t *testing.T) {
	for name, tick := range map[chat.UID]chat.Tick{
		"BS4O-QEBR-VJM6-9GPP": 1632728573423,
		"CLU2-NFGR-CQ82-O4IS": 1743499753581,
	} {
		id, err := name.ID()
		if err != nil || id.Tick != tick {
			t.Errorf("%s is of %d, %v; not of %d", name, id.Tick, err, tick)
		}
	}
}

// A name tells tick and index, and looks as the protocol's do.
func TestNameRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id, log := anyID().Draw(t, "id"), anyLog().Draw(t, "log")
		uid := chat.NewUID(id, log)
		if got, err := uid.ID(); err != nil || got != id {
			t.Fatalf("%v is named %s, which is %v, %v", id, uid, got, err)
		}
		groups := strings.Split(string(uid), "-")
		if len(uid) != 19 || len(groups) != 4 || strings.Trim(strings.Join(groups, ""), "0123456789ABCDEFGHIJKLMNOPQRSTUV") != "" {
			t.Fatalf("%s does not look like a messageUId", uid)
		}
		if text := chat.AppendUID([]byte("x"), id, log); string(text) != "x"+string(uid) {
			t.Fatalf("appended as %s", text)
		}
	})
}

// Names sort as messages do, whatever conversations they are of.
func TestNamesSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyID().Draw(t, "a"), anyID().Draw(t, "b")
		if rapid.Bool().Draw(t, "same tick") {
			b.Tick = a.Tick
		}
		x, y := chat.NewUID(a, anyLog().Draw(t, "log of a")), chat.NewUID(b, anyLog().Draw(t, "log of b"))
		if a != b && (x < y) != a.Less(b) || a.Less(b) && b.Less(a) || a.Less(a) {
			t.Fatalf("%v is %s, %v is %s", a, x, b, y)
		}
	})
}

func TestBadNames(t *testing.T) {
	good := string(chat.NewUID(chat.ID{Tick: 1 << 41, Index: 7}, chat.Conversation{Type: chat.Group, Target: "g"}.Log("")))
	for _, name := range []string{
		"", "hello", good[:18], good + "0", strings.ReplaceAll(good, "-", "0"), strings.ReplaceAll(good, "-", "+"), strings.Repeat("é", 9) + "x",
		"WWWW-WWWW-WWWW-WWWW", "====-====-====-====", "A\nAA-AAAA-AAAA-AAAA", "aaaa-aaaa-aaaa-aaaa",
	} {
		if id, err := chat.UID(name).ID(); err == nil {
			t.Errorf("%q is %v", name, id)
		}
	}
}

func TestTickIsATime(t *testing.T) {
	at := time.Date(2026, 11, 23, 1, 2, 3, 4e6, time.UTC)
	if tick := chat.Tick(at.UnixMilli()); !tick.Time().Equal(at) {
		t.Errorf("%v", tick.Time())
	}
	if year := chat.MaxTick.Time().UTC().Year(); year != 2109 {
		t.Errorf("ticks end in %d", year)
	}
}

// Both sides of a pair share one log, and no two conversations do.
func TestLog(t *testing.T) {
	of := func(typ chat.ConversationType, viewer chat.UserID, target, channel string) chat.Log {
		return chat.Conversation{Type: typ, Target: target, Channel: channel}.Log(viewer)
	}
	if of(chat.Private, "alice", "bob", "") != of(chat.Private, "bob", "alice", "") {
		t.Error("a pair has two logs")
	}
	logs := []chat.Log{
		of(chat.Private, "alice", "bob", ""), of(chat.System, "alice", "bob", ""), of(chat.Private, "alice", "alice", ""),
		of(chat.Private, "alice", "bob", "c"), of(chat.Private, "a", "bob", "alice"),
		of(chat.Group, "x", "alice", ""), of(chat.Group, "x", "alice", "bob"), of(chat.Chatroom, "x", "alice", ""),
		of(chat.UltraGroup, "x", "alice", "bob"), of(chat.UltraGroup, "x", "alice", ""),
	}
	for i, l := range logs {
		if slices.Index(logs, l) != i {
			t.Errorf("%q is the log of two conversations", l)
		}
	}
	if l := of(chat.Group, "x", "g", ""); l.Type() != chat.Group || chat.Log("").Type() != 0 || of(chat.Group, "y", "g", "") != l {
		t.Errorf("%q is of type %v", l, l.Type())
	}
}
