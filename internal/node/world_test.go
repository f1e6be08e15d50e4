package node_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

// world is a server with users who do at random what users do, and a simple
// model of what each of their clients has to be given.
//
// The model has a time of its own: it counts what the world did. A message was
// committed at some moment between began and ended, a membership began and
// ended at some moment between two others. What overlaps may have happened in
// either order, and the model then allows both.
type world struct {
	t      testing.TB
	rnd    *rand.Rand
	server func() imtest.Server
	app    func() imtest.App
	crash  func() // ends the server, and starts it again on the same address and data

	now     int
	users   []chat.UserID
	groups  []string
	clients []*client
	stays   map[string]map[chat.UserID][]*stay // by group
	sends   []*send
	texts   map[string][]*send // what one call of the app's server sent has one text
	open    []attempt          // not known to be answered
}

// forever is after everything.
const forever = 1 << 60

// client is one page of a user.
type client struct {
	*imtest.Client
	direct    bool
	connected bool
}

// stay is a membership. It began between two moments and ended between two others.
type stay struct{ joining, joined, leaving, left int }

// send is one message that somebody sent, once or several times.
type send struct {
	text         string
	from         chat.UserID
	typ          chat.ConversationType
	target       string
	id           int64 // the clientUniqueId; 0 when the app's server sent it
	began, ended int
	by           map[*client]bool // who sent it: whether one was acked there
	uid          chat.UID         // of its ack
	refused      bool
}

// attempt is a send on its way.
type attempt struct {
	*send
	c    *client
	sent imtest.Sent
}

func (w *world) tick() int { w.now++; return w.now }

func (w *world) chance(percent int) bool { return w.rnd.IntN(100) < percent }

func pick[T any](w *world, from []T) T { return from[w.rnd.IntN(len(from))] }

// populate makes users with one to three clients, of both kinds, and groups.
func (w *world) populate(users, groups int) {
	w.stays, w.texts = map[string]map[chat.UserID][]*stay{}, map[string][]*send{}
	for i := range groups {
		g := fmt.Sprintf("group%d", i)
		w.groups = append(w.groups, g)
		w.stays[g] = map[chat.UserID][]*stay{}
	}
	for i := range users {
		user := chat.UserID(fmt.Sprintf("user%d", i))
		w.users = append(w.users, user)
		for range 1 + w.rnd.IntN(3) {
			c := &client{direct: w.chance(50)}
			var kind []imtest.DialOption
			if c.direct {
				kind = append(kind, imtest.Direct())
			}
			c.Client = imtest.NewClient(w.t, w, user, kind...)
			w.clients = append(w.clients, c)
			w.connect(c)
		}
		for _, g := range w.groups {
			if w.chance(50) {
				w.join(g, user)
			}
		}
	}
}

// URL is where the server is now.
func (w *world) URL() string { return w.server().URL() }

// Addr is where the server is now.
func (w *world) Addr() string { return w.server().Addr() }

// step does one thing at random.
func (w *world) step() {
	switch n := w.rnd.IntN(100); {
	case n < 50:
		w.sendBurst()
	case n < 54:
		w.cutAfterSend()
	case n < 58:
		w.cut(pick(w, w.clients))
	case n < 68:
		w.connect(pick(w, w.clients))
	case n < 76:
		w.resend()
	case n < 80:
		w.join(pick(w, w.groups), pick(w, w.users))
	case n < 84:
		w.leave(pick(w, w.groups), pick(w, w.users))
	case n < 88:
		w.publish()
	case n < 91:
		if c := pick(w, w.clients); c.connected {
			c.StopReading()
		}
	default:
		w.settle()
	}
}

func (w *world) connect(c *client) {
	if c.connected {
		return
	}
	if err := c.Connect(); err != nil {
		w.t.Fatalf("%s: %v", c.User(), err)
	}
	c.connected = true
}

func (w *world) cut(c *client) {
	c.Cut()
	c.connected = false
}

// sender is a client that can send, or nil.
func (w *world) sender(of chat.UserID) *client {
	for _, i := range w.rnd.Perm(len(w.clients)) {
		if c := w.clients[i]; c.connected && (of == "" || c.User() == of) {
			return c
		}
	}
	return nil
}

func (w *world) newSend(from chat.UserID) *send {
	s := &send{
		text: fmt.Sprintf("m%d", len(w.sends)), from: from, typ: chat.Private, target: string(pick(w, w.users)),
		began: w.tick(), ended: forever, by: map[*client]bool{},
	}
	if w.chance(60) {
		s.typ, s.target = chat.Group, pick(w, w.groups)
	}
	w.sends = append(w.sends, s)
	return s
}

func (w *world) sendBurst() {
	c := w.sender("")
	if c == nil {
		return
	}
	for range 1 + w.rnd.IntN(12) {
		w.try(w.newSend(c.User()), c)
	}
}

func (w *world) try(s *send, c *client) {
	if s.id == 0 {
		s.id = int64(len(w.sends))
		w.texts[s.text] = []*send{s}
	}
	s.by[c] = s.by[c] || false
	w.open = append(w.open, attempt{s, c, c.Publish(imtest.SendTopic[s.typ], s.target, imtest.Text(s.text, s.id))})
}

// cutAfterSend cuts the connection while the ack may be on its way.
func (w *world) cutAfterSend() {
	if c := w.sender(""); c != nil {
		w.try(w.newSend(c.User()), c)
		w.cut(c)
	}
}

// resend sends a recent message once more, from any client of its sender.
func (w *world) resend() {
	recent := w.sends[max(0, len(w.sends)-50):]
	if len(recent) == 0 {
		return
	}
	s := pick(w, recent)
	if s.id == 0 || s.refused {
		return
	}
	if c := w.sender(s.from); c != nil {
		w.try(s, c)
	}
}

// publish sends to several conversations in one call of the app's server.
func (w *world) publish() {
	from := pick(w, w.users)
	first := w.newSend(from)
	batch, targets := []*send{first}, []string{first.target}
	for range w.rnd.IntN(3) {
		s := w.newSend(from)
		if s.typ != first.typ || slices.Contains(targets, s.target) {
			w.sends = w.sends[:len(w.sends)-1]
			continue
		}
		batch, targets = append(batch, s), append(targets, s.target)
	}
	uids := w.app().Publish(first.typ, from, first.text, targets...)
	if len(uids) != len(batch) {
		w.t.Fatalf("%d messages of %d were accepted", len(uids), len(batch))
	}
	for i, s := range batch {
		s.text, s.uid, s.ended = first.text, uids[i], w.tick()
		w.texts[s.text] = append(w.texts[s.text], s)
	}
}

func (w *world) join(group string, user chat.UserID) {
	stays := w.stays[group][user]
	if n := len(stays); n > 0 && stays[n-1].left == forever {
		return
	}
	s := &stay{joining: w.tick(), leaving: forever, left: forever}
	w.app().Join(group, user)
	s.joined = w.tick()
	w.stays[group][user] = append(stays, s)
}

func (w *world) leave(group string, user chat.UserID) {
	stays := w.stays[group][user]
	if n := len(stays); n > 0 && stays[n-1].left == forever {
		stays[n-1].leaving = w.tick()
		w.app().Leave(group, user)
		stays[n-1].left = w.tick()
	}
}

// settle waits for the outcome of everything that is on its way.
func (w *world) settle() {
	for _, c := range w.clients {
		if c.connected {
			c.ResumeReading()
		}
	}
	for _, a := range w.open {
		ack, err := a.c.Ack(a.sent)
		if err != nil {
			continue // nobody knows
		}
		w.acked(a, ack)
	}
	w.open = nil
}

func (w *world) acked(a attempt, ack imtest.Ack) {
	s := a.send
	switch {
	case ack.Code == chat.NotInGroup && s.typ == chat.Group:
		if must, _ := w.member(s, s.from); must && s.uid == "" {
			w.t.Errorf("%s was in %s and could not send %s", s.from, s.target, s.text)
		}
		s.refused = true
	case ack.Code == chat.ServerUnavailable: // it shuts down: as if there was no ack
	case ack.Code != chat.OK:
		w.t.Errorf("%s was acked with code %d", s.text, ack.Code)
	case s.uid != "" && s.uid != ack.UID:
		w.t.Errorf("%s was acked as %s, and again as %s", s.text, s.uid, ack.UID)
	default:
		if id, err := ack.UID.ID(); err != nil || id.Tick != ack.Tick {
			w.t.Errorf("%s was acked as %s at %d: %v", s.text, ack.UID, ack.Tick, err)
		}
		s.uid = ack.UID
		s.ended = min(s.ended, w.tick())
		s.by[a.c] = true
		if _, may := w.member(s, s.from); !may && s.typ == chat.Group {
			w.t.Errorf("%s was not in %s and could send %s", s.from, s.target, s.text)
		}
	}
}

// member reports whether user must have been, and whether user may have been,
// in the conversation of s when s was committed.
func (w *world) member(s *send, user chat.UserID) (must, may bool) {
	if s.typ == chat.Private {
		in := user == s.from || string(user) == s.target
		return in, in
	}
	for _, stay := range w.stays[s.target][user] {
		must = must || stay.joined < s.began && s.ended < stay.leaving
		may = may || stay.joining < s.ended && s.began < stay.left
	}
	return must, may
}

// restart crashes the server and brings most clients back.
func (w *world) restart() {
	w.crash()
	for _, c := range w.clients {
		w.cut(c)
	}
	w.settle()
	for _, c := range w.clients {
		if w.chance(70) {
			w.connect(c)
		}
	}
}

// finish lets everything come to rest and checks it.
func (w *world) finish() {
	for _, c := range w.clients {
		w.connect(c)
	}
	w.settle()
	for _, s := range w.sends {
		// Some of those whose fate is unknown are never sent again.
		if s.uid == "" && s.id != 0 && !s.refused && w.chance(50) {
			w.try(s, w.sender(s.from))
		}
	}
	w.settle()
	w.app().Publish(chat.System, "system", last, texts(w.users)...)
	committed := w.committed()
	for _, c := range w.clients {
		w.check(c, committed)
	}
	w.checkHistory(committed)
}

// last is the text that ends what is checked.
const last = "the last one"

func texts(users []chat.UserID) (texts []string) {
	for _, u := range users {
		texts = append(texts, string(u))
	}
	return texts
}

// find is the send that m is, nil when nobody sent it.
func (w *world) find(m imtest.Message) *send {
	for _, s := range w.texts[m.Text] {
		if s.id == m.ClientID && (s.id != 0 || s.uid == m.UID) {
			return s
		}
	}
	return nil
}

// committed waits until every client was given the last message, and returns
// the name of each message that was acked, or given to anybody before the last.
func (w *world) committed() map[*send]chat.UID {
	names := map[*send]chat.UID{}
	for _, s := range w.sends {
		if s.uid != "" {
			names[s] = s.uid
		}
	}
	for _, c := range w.clients {
		for _, m := range w.received(c) {
			s := w.find(m)
			if s == nil || m.Sender != s.from || m.Type != s.typ {
				w.t.Errorf("%s was given %+v, which nobody sent", c.User(), m)
				continue
			}
			if name, ok := names[s]; ok && name != m.UID {
				w.t.Errorf("%s is %s to one and %s to another", s.text, name, m.UID)
			}
			names[s] = m.UID
		}
	}
	return names
}

// received is what c was given before the last message. A connection that was
// cut may have brought in another one behind that.
func (w *world) received(c *client) []imtest.Message {
	c.AwaitText(last)
	all := c.Received()
	return all[:slices.IndexFunc(all, func(m imtest.Message) bool { return m.Text == last })]
}

// check compares what c was given with what the model says. The client itself
// saw to it that all of it was new and in order.
func (w *world) check(c *client, committed map[*send]chat.UID) {
	given := map[*send]bool{}
	for _, m := range w.received(c) {
		s := w.find(m)
		if given[s] {
			w.t.Errorf("%s was given %s under two names", c.User(), m.Text)
		}
		given[s] = true
	}
	for _, s := range w.sends {
		must, may := w.member(s, c.User())
		acked, own := s.by[c]
		if own {
			// Who sent it knows it by the ack. When that was lost, an official
			// client is given the message, and one of ours sends it again.
			must = must && !c.direct && !acked
		}
		switch {
		case committed[s] != "" && must && !given[s]:
			w.t.Errorf("%s (%+v) was not given %s, from %s to %s, %s", c.User(), c, s.text, s.from, s.target, committed[s])
		case given[s] && !may:
			w.t.Errorf("%s was given %s, from %s to %s, which was not for them", c.User(), s.text, s.from, s.target)
		}
	}
}

// checkHistory reads the history of every conversation, by random pages and in
// both directions, as a random user sees it.
func (w *world) checkHistory(committed map[*send]chat.UID) {
	logs := map[chat.Log][]chat.UID{}
	for s, uid := range committed {
		log := chat.Conversation{Type: s.typ, Target: s.target}.Log(s.from)
		logs[log] = append(logs[log], uid)
	}
	for _, c := range w.clients {
		for _, peer := range w.users {
			log := chat.Conversation{Type: chat.Private, Target: string(peer)}.Log(c.User())
			w.sameHistory(c, chat.Private, string(peer), logs[log])
		}
		for _, g := range w.groups {
			stays := w.stays[g][c.User()]
			if n := len(stays); n > 0 && stays[n-1].left == forever {
				w.sameHistory(c, chat.Group, g, logs[chat.Conversation{Type: chat.Group, Target: g}.Log("")])
			}
		}
	}
}

func (w *world) sameHistory(c *client, typ chat.ConversationType, target string, want []chat.UID) {
	slices.Sort(want)
	newer := w.chance(50)
	messages := history(c.Client, typ, target, newer, 1+w.rnd.IntN(20))
	if !newer {
		slices.Reverse(messages)
	}
	end := c.AwaitText(last).ID.Tick
	var got []chat.UID
	for _, m := range messages {
		s := w.find(m)
		if s == nil {
			w.t.Errorf("the history of %s and %s has %+v, which nobody sent", c.User(), target, m)
			continue
		}
		// What was sent by somebody who was cut off may be known to nobody, when
		// it was a note to self.
		if m.ID.Tick < end && (s.uid != "" || slices.Contains(want, m.UID)) {
			got = append(got, m.UID)
		}
	}
	if typ == chat.Group {
		// From the join on, which the history of the others does not tell.
		want = want[max(0, len(want)-len(got)):]
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("%s reads the history of %s as %v, it is %v", c.User(), target, got, want)
	}
}

// history reads all of a conversation page by page.
func history(c *imtest.Client, typ chat.ConversationType, target string, newer bool, count int) (all []imtest.Message) {
	var at chat.Tick
	for {
		page, through, more := c.History(typ, target, at, newer, count)
		all = append(all, page...)
		if !more {
			return all
		}
		at = through
	}
}
