package fanout

import (
	"sync/atomic"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// Change is a session that began or ended. A user is online from the first
// session to the end of the last one.
type Change struct {
	User    chat.UserID
	Device  Device
	Session uint64
	Began   bool      // else it ended
	Devices int       // how many sessions the user has now
	At      time.Time // by the server's clock
}

// Online reports whether the change made its user come online.
func (c *Change) Online() bool { return c.Began && c.Devices == 1 }

// Offline reports whether the change made its user go offline.
func (c *Change) Offline() bool { return c.Devices == 0 }

// MaxChanges is how many changes wait for a watcher to take them.
const MaxChanges = 4096

// Watcher is told of every change of presence in order. The hub does not wait
// for it: what does not fit into its queue is left out and counted, and what
// the watcher must know for certain it asks by Online.
type Watcher struct {
	changes chan Change
	missed  atomic.Uint64
}

// Changes is where the changes come. It is never closed.
func (w *Watcher) Changes() <-chan Change { return w.changes }

// Missed is how many changes were left out because the queue was full.
func (w *Watcher) Missed() uint64 { return w.missed.Load() }

// Watch returns a watcher of all changes from now on. It lives as long as the
// hub.
func (h *Hub) Watch() *Watcher {
	w := &Watcher{changes: make(chan Change, MaxChanges)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers = append(h.watchers, w)
	return w
}

// Online reports whether user has a session here.
func (h *Hub) Online(user chat.UserID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.online[user] != nil
}

// Users is how many users are online here.
func (h *Hub) Users() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.online)
}

// tell tells the watchers that s of p began or ended.
func (h *Hub) tell(p *presence, s Session, began bool) {
	if len(h.watchers) == 0 {
		return
	}
	c := Change{User: p.user, Device: s.Device(), Session: s.ID(), Began: began, Devices: len(p.sessions), At: time.Now()}
	for _, w := range h.watchers {
		select {
		case w.changes <- c:
		default:
			w.missed.Add(1)
		}
	}
}
