package node_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/imtest"
	"github.com/hongyan-im/hongyan/wire"
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
	rooms   []string
	clients []*client
	stays   map[string]map[chat.UserID][]*stay // by group
	sends   []*send
	texts   map[string][]*send // what one call of the app's server sent has one text
	recalls map[chat.UID]*send // by the name of what is recalled
	visited []heard            // in rooms that were left again
	open    []attempt          // not known to be answered
}

// forever is after everything.
const forever = 1 << 60

// client is one page of a user.
type client struct {
	*imtest.Client
	direct    bool
	connected bool
	room      string // the one that its user visits
	visiting  bool
	entered   int              // when the visit began, at the latest
	away      map[*send][2]int // how much it had been given, and in the room, when a recall was done that it was not there for
}

// heard is what a client was given in a room.
type heard struct {
	*client
	messages []imtest.Message
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

	recall *send // the send that takes it back
	gone   bool  // and was answered

	of      *send // what this one recalls
	deletes bool  // and leaves nothing in its place
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

// populate makes users with one to three clients, of both kinds, groups, and
// half as many rooms, of which each user visits one.
func (w *world) populate(users, groups int) {
	w.stays, w.texts, w.recalls = map[string]map[chat.UserID][]*stay{}, map[string][]*send{}, map[chat.UID]*send{}
	for i := range max(groups/2, 1) {
		w.rooms = append(w.rooms, fmt.Sprintf("room%d", i))
	}
	for i := range groups {
		g := fmt.Sprintf("group%d", i)
		w.groups = append(w.groups, g)
		w.stays[g] = map[chat.UserID][]*stay{}
	}
	for i := range users {
		user := chat.UserID(fmt.Sprintf("user%d", i))
		w.users = append(w.users, user)
		for range 1 + w.rnd.IntN(3) {
			w.enter(w.newClient(user, w.rooms[i%len(w.rooms)]))
		}
		for _, g := range w.groups {
			if w.chance(50) {
				w.join(g, user)
			}
		}
	}
}

// newClient is one more page of a user, connected.
func (w *world) newClient(user chat.UserID, room string) *client {
	c := &client{direct: w.chance(50), room: room, away: map[*send][2]int{}}
	var kind []imtest.DialOption
	if c.direct {
		kind = append(kind, imtest.Direct())
	}
	c.Client = imtest.NewClient(w.t, w, user, kind...)
	w.clients = append(w.clients, c)
	w.connect(c)
	return c
}

// URL is where the server is now.
func (w *world) URL() string { return w.server().URL() }

// Addr is where the server is now.
func (w *world) Addr() string { return w.server().Addr() }

// step does one thing at random.
func (w *world) step() {
	switch n := w.rnd.IntN(112); {
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
	case n < 97:
		w.recall()
	case n < 103:
		w.visit(pick(w, w.clients))
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
	if c.visiting {
		w.joinRoom(c) // it goes on where it was
	}
}

// visit takes a client into the room of its user, or out of it.
func (w *world) visit(c *client) {
	if !c.connected {
		return
	}
	c.ResumeReading()
	if !c.visiting {
		w.enter(c)
		return
	}
	w.visited = append(w.visited, heard{c, c.ReceivedInRoom(c.room)})
	c.LeaveRoom(c.room)
	c.visiting = false
	for s, n := range c.away {
		c.away[s] = [2]int{n[0], 0}
	}
}

func (w *world) enter(c *client) {
	w.joinRoom(c)
	c.visiting, c.entered = true, w.tick()
}

func (w *world) joinRoom(c *client) {
	if code := c.JoinRoom(c.room, pick(w, []int32{-1, 0, 50}), false); code != chat.OK {
		w.t.Errorf("%s joins %s: code %d", c.User(), c.room, code)
	}
}

func (w *world) cut(c *client) {
	c.Cut()
	c.connected = false
}

// sender is a client that can send, or nil.
func (w *world) sender() *client { return w.anyClient(func(*client) bool { return true }) }

// again is a client that can send s once more, or nil.
func (w *world) again(s *send) *client {
	return w.anyClient(func(c *client) bool { return c.User() == s.from && (s.typ != chat.Chatroom || c.visiting) })
}

func (w *world) anyClient(can func(*client) bool) *client {
	for _, i := range w.rnd.Perm(len(w.clients)) {
		if c := w.clients[i]; c.connected && can(c) {
			return c
		}
	}
	return nil
}

// newSend is a message from a user, who may be in a room.
func (w *world) newSend(from chat.UserID, room string) *send {
	s := &send{
		text: fmt.Sprintf("m%d", len(w.sends)), from: from, typ: chat.Private, target: string(pick(w, w.users)),
		began: w.tick(), ended: forever, by: map[*client]bool{},
	}
	switch n := w.rnd.IntN(100); {
	case n < 50:
		s.typ, s.target = chat.Group, pick(w, w.groups)
	case n < 70 && room != "":
		s.typ, s.target = chat.Chatroom, room
	}
	w.sends = append(w.sends, s)
	return s
}

func (w *world) sendBurst() {
	c := w.sender()
	if c == nil {
		return
	}
	for range 1 + w.rnd.IntN(12) {
		w.try(w.newSendBy(c), c)
	}
}

func (w *world) newSendBy(c *client) *send {
	if c.visiting {
		return w.newSend(c.User(), c.room)
	}
	return w.newSend(c.User(), "")
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
	if c := w.sender(); c != nil {
		w.try(w.newSendBy(c), c)
		w.cut(c)
	}
}

// recall takes a recent message back, from any client of its sender, or tries
// to once more.
func (w *world) recall() {
	recent := w.sends[max(0, len(w.sends)-100):]
	if len(recent) == 0 {
		return
	}
	s := pick(w, recent)
	if s.uid == "" || s.id == 0 {
		return
	}
	c := w.again(s)
	if c == nil {
		return
	}
	r := s.recall
	if r == nil {
		r = &send{
			text: "recall of " + s.text, from: s.from, typ: s.typ, target: s.target, began: w.tick(), ended: forever,
			by: map[*client]bool{}, of: s, deletes: w.chance(30),
		}
		s.recall, w.recalls[s.uid] = r, r
		w.sends = append(w.sends, r)
	}
	r.by[c] = r.by[c] || false
	w.open = append(w.open, attempt{r, c, c.Publish(wire.TopicRecall, string(s.from), recall(w.t, s.typ, s.target, s.uid, r.deletes))})
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
	if c := w.again(s); c != nil {
		w.try(s, c)
	}
}

// publish sends to several conversations in one call of the app's server.
func (w *world) publish() {
	from := pick(w, w.users)
	first := w.newSend(from, pick(w, w.rooms))
	batch, targets := []*send{first}, []string{first.target}
	for range w.rnd.IntN(3) {
		s := w.newSend(from, pick(w, w.rooms))
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
	case s.of != nil:
		w.recalled(a, ack)
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

// recalled notes that a message is gone, and who was not there to be told.
func (w *world) recalled(a attempt, ack imtest.Ack) {
	switch ack.Code {
	case chat.OK:
		a.by[a.c], a.of.gone = true, true
		a.ended = min(a.ended, w.tick())
		for _, c := range w.clients {
			if _, noted := c.away[a.of]; !noted && !c.connected {
				c.away[a.of] = [2]int{len(c.Received()), len(c.ReceivedInRoom(c.room))}
			}
		}
	case chat.ServerUnavailable:
	default:
		w.t.Errorf("%s was answered with code %d", a.text, ack.Code)
	}
}

// member reports whether user must have been, and whether user may have been,
// in the conversation of s when s was committed.
func (w *world) member(s *send, user chat.UserID) (must, may bool) {
	if s.typ == chat.Private {
		in := user == s.from || string(user) == s.target
		return in, in
	}
	if s.typ == chat.Chatroom {
		return false, false // nothing of a room comes in a stream
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

// finish lets everything come to rest and checks it, with one more client of
// each user that begins from nothing.
func (w *world) finish() {
	for _, c := range w.clients {
		w.connect(c)
	}
	w.settle()
	for _, s := range w.sends {
		// Some of those whose fate is unknown are never sent again.
		if c := w.again(s); c != nil && s.uid == "" && s.id != 0 && !s.refused && w.chance(50) {
			w.try(s, c)
		}
	}
	w.settle()
	for i, user := range w.users {
		w.enter(w.newClient(user, w.rooms[i%len(w.rooms)]))
	}
	w.app().Publish(chat.Chatroom, "system", last, w.rooms...)
	w.app().Publish(chat.System, "system", last, texts(w.users)...)
	committed := w.committed()
	for _, c := range w.clients {
		w.check(c, committed)
		w.checkRoom(c, committed)
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
	switch m.ObjectName {
	case "RC:RcCmd":
		var of struct {
			MessageUID chat.UID `json:"messageUId"`
		}
		if err := json.Unmarshal([]byte(m.Content), &of); err != nil {
			w.t.Error(err)
		}
		return w.recalls[of.MessageUID]
	case "RC:RcNtf":
		if r := w.recalls[m.UID]; r != nil {
			return r.of
		}
		return nil
	}
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
		w.note(names, c, w.received(c))
		w.note(names, c, w.inRoom(c))
	}
	for _, h := range w.visited {
		w.note(names, h.client, h.messages)
	}
	for _, s := range w.sends {
		if s.of != nil && s.of.gone && names[s] == "" {
			names[s] = "of a recall that nobody was given"
		}
	}
	return names
}

// note gives names to what c was given.
func (w *world) note(names map[*send]chat.UID, c *client, given []imtest.Message) {
	for _, m := range given {
		s := w.find(m)
		if s == nil || m.Sender != s.from || m.Type != s.typ {
			w.t.Errorf("%s was given %+v, which nobody sent", c.User(), m)
			continue
		}
		if name, ok := names[s]; ok && name != m.UID && s.of == nil { // two recalls at once may be two
			w.t.Errorf("%s is %s to one and %s to another", s.text, name, m.UID)
		}
		names[s] = m.UID
	}
}

// received is what c was given before the last message. A connection that was
// cut may have brought in another one behind that.
func (w *world) received(c *client) []imtest.Message {
	c.AwaitText(last)
	return beforeLast(c.Received())
}

// inRoom is what c was given before the last message in the room it is in.
func (w *world) inRoom(c *client) []imtest.Message {
	if !c.visiting {
		return nil
	}
	c.AwaitInRoom(c.room, last)
	return beforeLast(c.ReceivedInRoom(c.room))
}

func beforeLast(all []imtest.Message) []imtest.Message {
	return all[:slices.IndexFunc(all, func(m imtest.Message) bool { return m.Text == last })]
}

// check compares what c was given with what the model says. The client itself
// saw to it that all of it was new and in order.
func (w *world) check(c *client, committed map[*send]chat.UID) {
	given, noticed := map[*send]bool{}, map[*send]bool{}
	for i, m := range w.received(c) {
		s := w.find(m)
		if given[s] && s.of == nil {
			w.t.Errorf("%s was given %s under two names", c.User(), m.Text)
		}
		given[s] = true
		noticed[s] = noticed[s] || m.ObjectName == "RC:RcNtf"
		if from, away := c.away[s]; away && i >= from[0] && m.Text != "" {
			w.t.Errorf("%s was away when %s was recalled, and was given it", c.User(), s.text)
		}
	}
	for _, s := range w.sends {
		must, may := w.member(s, c.User())
		acked, own := s.by[c]
		if own {
			// Who sent it knows it by the ack. When that was lost, an official
			// client is given the message, and one of ours sends it again.
			must = must && !c.direct && !acked
		}
		if s.recall != nil && s.recall.deletes {
			must = false // who comes later is not told that there was anything
		}
		if s.of != nil && (noticed[s.of] || !given[s.of]) {
			must = must && c.direct // an official client would count the recall as one read
		}
		switch {
		case committed[s] != "" && must && !given[s]:
			w.t.Errorf("%s (direct: %t) was not given %s, from %s to %s, %s", c.User(), c.direct, s.text, s.from, s.target, committed[s])
		case given[s] && !may:
			w.t.Errorf("%s was given %s, from %s to %s, which was not for them", c.User(), s.text, s.from, s.target)
		}
	}
}

// checkRoom does the same for the room that c is in.
func (w *world) checkRoom(c *client, committed map[*send]chat.UID) {
	given := map[*send]bool{}
	for i, m := range w.inRoom(c) {
		s := w.find(m)
		if s.target != c.room {
			w.t.Errorf("%s was given %s in %s", c.User(), s.text, c.room)
		}
		given[s] = true
		if from, away := c.away[s]; away && i >= from[1] && m.Text != "" {
			w.t.Errorf("%s was away when %s was recalled, and was given it in %s", c.User(), s.text, c.room)
		}
	}
	for _, s := range w.sends {
		// What another device of the user said may come or not: that it was
		// another one is not stored.
		must := s.typ == chat.Chatroom && s.target == c.room && s.from != c.User() && c.visiting && c.entered < s.began
		must = must && (s.recall == nil || !s.recall.deletes)
		if must && committed[s] != "" && !given[s] {
			w.t.Errorf("%s, in %s since %d, was not given %s of %d, %s", c.User(), c.room, c.entered, s.text, s.began, committed[s])
		}
	}
}

// checkHistory reads the history of every conversation, by random pages and in
// both directions, as a random user sees it.
func (w *world) checkHistory(committed map[*send]chat.UID) {
	logs := map[chat.Log][]chat.UID{}
	for s, uid := range committed {
		if s.of != nil || s.recall != nil && s.recall.deletes {
			continue
		}
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
		if c.visiting {
			w.sameHistory(c, chat.Chatroom, c.room, logs[chat.Conversation{Type: chat.Chatroom, Target: c.room}.Log("")])
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
		if m.Text == last {
			continue
		}
		s := w.find(m)
		if s == nil || s.of != nil {
			w.t.Errorf("the history of %s and %s has %+v, which nobody sent there", c.User(), target, m)
			continue
		}
		if s.gone && (m.Text != "" || s.recall.deletes) {
			w.t.Errorf("the history of %s and %s has %+v, which was recalled", c.User(), target, m)
		}
		if s.recall != nil && s.recall.deletes {
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
