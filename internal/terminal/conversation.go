package terminal

import (
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// maxLines is how many messages of a conversation are kept; older ones are
// asked for again.
const maxLines = 1000

// conversation is one of the list.
type conversation struct {
	id       chat.Conversation
	changed  time.Time // when the newest message came
	latest   *imlib.Message
	unread   int
	mentions int
	marked   time.Time                 // up to where it was marked as read
	typing   map[chat.UserID]time.Time // who types, until when

	lines   []line // the oldest first
	older   chat.Tick
	more    bool // there are older ones
	loading bool
	loaded  bool // the newest page is there
	draft   string
	offset  int // how many rows are below what is shown
	below   int // how many messages came there since
	chosen  int // the chosen message counted from the newest; 0 is none
}

// line is a message of a conversation.
type line struct {
	imlib.Message
	state    state
	why      error              // it failed
	send     []imlib.SendOption // beside MessageID; of one that this program sends
	file     string             // to upload; empty is a message without a file
	resume   string
	progress imlib.Progress
}

// state is how far a message is.
type state int

const (
	arrived state = iota // the server has it
	waiting              // behind another one
	sending
	failed
)

// chosenLine is the message that the user chose, nil for none.
func (c *conversation) chosenLine() *line {
	if c.chosen < 1 || c.chosen > len(c.lines) {
		return nil
	}
	return &c.lines[len(c.lines)-c.chosen]
}

// last is the newest message for which is holds, nil for none.
func (c *conversation) last(is func(*line) bool) *line {
	for i := range slices.Backward(c.lines) {
		if is(&c.lines[i]) {
			return &c.lines[i]
		}
	}
	return nil
}

func (c *conversation) byUID(uid chat.UID) *line {
	return c.last(func(l *line) bool { return uid != "" && l.UID == uid })
}

func (c *conversation) byID(id int64) *line {
	return c.last(func(l *line) bool { return l.Own && l.ID == id })
}

// add takes a message that came, in its place. It reports whether it is new.
func (c *conversation) add(m imlib.Message) bool {
	if c.byUID(m.UID) != nil || m.Own && m.ID != 0 && c.byID(m.ID) != nil {
		return false
	}
	at := len(c.lines)
	for at > 0 && (c.lines[at-1].state != arrived || c.lines[at-1].UID > m.UID) {
		at--
	}
	c.lines = slices.Insert(c.lines, at, line{Message: m})
	if c.chosen > len(c.lines)-1-at {
		c.chosen++ // it stays the same message
	}
	c.note(m)
	if c.offset == 0 && c.chosen == 0 && len(c.lines) > maxLines {
		c.lines = slices.Delete(c.lines, 0, len(c.lines)-maxLines)
		c.more, c.older = true, chat.Tick(c.lines[0].Time.UnixMilli())
	}
	return true
}

// note keeps the newest message for the list.
func (c *conversation) note(m imlib.Message) {
	if !m.Time.Before(c.changed) {
		c.changed, c.latest = m.Time, &m
	}
}

// take adds a page of older messages, or the newest.
func (c *conversation) take(page imlib.HistoryPage) {
	c.loading, c.loaded = false, true
	c.more, c.older = page.More && page.Next > 0, page.Next
	var before []line
	for _, m := range page.Messages {
		if c.byUID(m.UID) == nil && (m.ID == 0 || !m.Own || c.byID(m.ID) == nil) {
			before = append(before, line{Message: m})
			c.note(m)
		}
	}
	c.lines = append(before, c.lines...)
}

// flying reports whether a message is on its way.
func (c *conversation) flying() bool {
	return c.last(func(l *line) bool { return l.state == sending }) != nil
}

// typists are who types now.
func (c *conversation) typists(now time.Time) (who []chat.UserID) {
	for user, until := range c.typing {
		if until.After(now) {
			who = append(who, user)
		}
	}
	slices.Sort(who)
	return who
}

// names are the others who said something, the newest first.
func (c *conversation) names() (names []chat.UserID) {
	for i := range slices.Backward(c.lines) {
		if l := &c.lines[i]; !l.Own && !slices.Contains(names, l.Sender) {
			names = append(names, l.Sender)
		}
	}
	return names
}

// name is how a conversation is called.
func name(in chat.Conversation) string {
	mark := map[chat.ConversationType]string{chat.Group: "#", chat.Chatroom: "~", chat.System: "*", chat.UltraGroup: "##"}[in.Type]
	text := mark + plain(in.Target)
	if in.Channel != "" {
		text += "/" + plain(in.Channel)
	}
	return text
}
