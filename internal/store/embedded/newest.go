package embedded

import (
	"hash/maphash"
	"sync"

	"github.com/hongyan-im/hongyan/chat"
)

// newestTicks remembers in which tick groups got their newest message, so that
// a pull passes over silent groups without a look at the disk. It holds some
// groups, never all, and forgets those nobody asked for or wrote to.
type newestTicks struct {
	mu        sync.Mutex // guards the following
	noted     chat.Tick  // the newest tick that note was told
	current   map[string]chat.Tick
	past      map[string]chat.Tick // what current was before it was full
	turned    chat.Tick            // noted when that became past
	forgotten chat.Tick            // the newest tick that may be forgotten
}

// newestRoom is how many groups each of the two maps may hold.
const newestRoom = 1 << 16

// note says that groups got a message in tick. It is told of every commit,
// before anyone sees it.
func (n *newestTicks) note(groups []string, tick chat.Tick) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.noted = tick
	for _, group := range groups {
		n.put(group, tick)
	}
}

// learn says that as of the commit of tick asOf the newest message of group
// had tick.
func (n *newestTicks) learn(group string, tick, asOf chat.Tick) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if asOf < n.forgotten {
		return // a later commit may have written to the group and be forgotten
	}
	n.put(group, max(tick, n.current[group], n.past[group]))
}

// of is a tick that no message of group is newer than, if one is known. It may
// be one that the asker does not see yet.
func (n *newestTicks) of(group string) (chat.Tick, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	tick, ok := n.current[group]
	if !ok {
		if tick, ok = n.past[group]; ok {
			n.put(group, tick)
		}
	}
	return tick, ok
}

func (n *newestTicks) put(group string, tick chat.Tick) {
	if n.current == nil || len(n.current) >= newestRoom {
		n.past, n.current = n.current, map[string]chat.Tick{}
		n.turned, n.forgotten = n.noted, n.turned
	}
	n.current[group] = tick
}

// listedLogs remembers logs that are in the list of their users on disk, so
// that not every table names them anew. It holds hashes of some of them.
type listedLogs struct {
	seed          maphash.Seed
	current, past map[uint64]struct{}
}

// listedRoom is how many logs each of the two maps may hold.
const listedRoom = 1 << 16

// note remembers log and reports whether it was remembered already.
func (l *listedLogs) note(log chat.Log) bool {
	if l.current == nil {
		l.seed, l.current = maphash.MakeSeed(), map[uint64]struct{}{}
	}
	hash := maphash.String(l.seed, string(log))
	if _, ok := l.current[hash]; ok {
		return true
	}
	if len(l.current) >= listedRoom {
		l.past, l.current = l.current, map[uint64]struct{}{}
	}
	l.current[hash] = struct{}{}
	_, ok := l.past[hash]
	return ok
}
