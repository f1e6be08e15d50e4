package session

import (
	"fmt"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// News are taken once, and too many of them are news of everything.
func TestUnreadNews(t *testing.T) {
	var n unreadNews
	n.add("a", 3)
	n.add("b", 2)
	n.add("a", 4)
	if all, logs, tick := n.take(); all || len(logs) != 2 || tick != 4 {
		t.Errorf("all %t, %d logs, tick %d", all, len(logs), tick)
	}
	if all, logs, _ := n.take(); all || len(logs) != 0 {
		t.Errorf("again: all %t, %d logs", all, len(logs))
	}
	for i := range maxNews + 2 {
		n.add(chat.Log(fmt.Sprint(i)), 5)
	}
	if all, logs, tick := n.take(); !all || len(logs) != 0 || tick != 5 {
		t.Errorf("too many: all %t, %d logs, tick %d", all, len(logs), tick)
	}
}

// A session knows its own marks once, the newest of them.
func TestOwnMarks(t *testing.T) {
	mark := func(through chat.Tick) store.MarkedRead {
		return store.MarkedRead{User: "alice", Log: "log", Through: through}
	}
	var n unreadNews
	for i := range maxMarks + 1 {
		n.made(mark(chat.Tick(i)))
	}
	for through, want := range map[chat.Tick]bool{0: false, 1: true, maxMarks: true, maxMarks + 1: false} {
		if n.own(mark(through)) != want {
			t.Errorf("the mark through %d is its own: %t", through, !want)
		}
	}
	if n.own(mark(1)) {
		t.Error("a mark is its own twice")
	}
}

func TestCountingIsNamed(t *testing.T) {
	for name, want := range map[string]Counting{"device": ByDevice, "server": ByServer, "realtime": Realtime} {
		var c Counting
		if err := c.UnmarshalText([]byte(name)); err != nil || c != want {
			t.Errorf("%s is %q, %v", name, c, err)
		}
	}
	if err := new(Counting).UnmarshalText([]byte("nobody")); err == nil {
		t.Error("nobody counts")
	}
}
