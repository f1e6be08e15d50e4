package fanout_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/fanout"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

var sessions atomic.Uint64

// listener is a session that writes down what it is told, in words.
type listener struct {
	id     uint64
	user   chat.UserID
	device fanout.Device
	stays  bool // until the end of the test

	mu    sync.Mutex // guards the following
	from  chat.Tick
	ticks []chat.Tick // of what it was offered
	open  int         // messages of the tick that is not sealed yet
	log   []string
}

func listen(user chat.UserID) *listener { return &listener{id: sessions.Add(1), user: user} }

func (l *listener) ID() uint64        { return l.id }
func (l *listener) User() chat.UserID { return l.user }

func (l *listener) Device() fanout.Device { return l.device }

func (l *listener) write(format string, args ...any) {
	l.log = append(l.log, fmt.Sprintf(format, args...))
}

func (l *listener) Attached(tick chat.Tick) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.from = tick
}

func (l *listener) Offer(m *chat.Message, listed []byte) (first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open++
	l.ticks = append(l.ticks, m.ID.Tick)
	var down pb.DownMessages
	// A list alone is no whole answer: it lacks the cursor.
	if err := down.UnmarshalVT(append(slices.Clone(listed), wire.AppendPulled(nil, 1, true)...)); err != nil || len(down.List) != 1 {
		l.write("offered bytes that are not one entry of a list: %v", err)
		return l.open == 1
	}
	d := down.List[0]
	from := map[int32]string{1: "to", 2: "from"}[d.GetDirection()]
	l.write("%s %s%s: %s", from, d.GetGroupId(), d.GetFromUserId(), d.Content)
	return l.open == 1
}

func (l *listener) Seal(tick chat.Tick) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write("end of %d", tick)
	l.open = 0
}

func (l *listener) Status([]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write("status")
}

func (l *listener) Typing(typing []byte) { l.write("typing %s", typing) }

func (l *listener) Changed(tick chat.Tick, change store.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write("%T at %d", change, tick)
}

func (l *listener) Kick(code chat.Code) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write("kicked: %v", code)
}

func (l *listener) Replaced() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write("replaced")
}

// wants compares what the listener was told since the last call.
func (l *listener) wants(t *testing.T, want ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Equal(l.log, want) {
		t.Errorf("%s was told %q, not %q", l.user, l.log, want)
	}
	l.log = nil
}

// stage is a store with a hub that follows it.
type stage struct {
	*fanout.Hub
	t     *testing.T
	store *storetest.Model
	tick  chat.Tick
}

func newStage(t *testing.T) *stage {
	s := storetest.NewModel(store.Options{})
	return &stage{Hub: fanout.New(s, 0, fanout.Devices{}), t: t, store: s}
}

// commit stores messages and changes as the next tick, and returns the batch.
func (s *stage) commit(messages []*chat.Message, changes ...store.Change) *store.Batch {
	s.t.Helper()
	b := &store.Batch{Prev: s.tick, Tick: s.tick + 1, Messages: messages, Changes: changes}
	for i, m := range messages {
		m.ID = chat.ID{Tick: b.Tick, Index: uint16(i)}
	}
	if err := s.store.Commit(context.Background(), b); err != nil {
		s.t.Fatal(err)
	}
	s.tick++
	return b
}

// happen commits a tick and has the hub hear of it.
func (s *stage) happen(messages []*chat.Message, changes ...store.Change) {
	s.t.Helper()
	s.Apply(s.commit(messages, changes...))
}

// enter attaches new sessions of users.
func (s *stage) enter(users ...chat.UserID) (all []*listener) {
	s.t.Helper()
	for _, user := range users {
		l := listen(user)
		if err := s.Attach(s.t.Context(), l); err != nil {
			s.t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

func message(typ chat.ConversationType, sender chat.UserID, target, text string) *chat.Message {
	m, err := wire.NewMessage(typ, sender, target, &pb.UpMessage{
		Flags: new(int32), ClassName: new("RC:TxtMsg"), Content: fmt.Appendf(nil, "%q", text),
	})
	if err != nil {
		panic(err)
	}
	return m
}

func all(messages ...*chat.Message) []*chat.Message { return messages }

func TestPrivate(t *testing.T) {
	s := newStage(t)
	l := s.enter("alice", "alice", "bob", "bob", "carol")
	s.happen(all(message(chat.Private, "alice", "bob", "hi"), message(chat.Private, "bob", "alice", "hello")))
	for _, alice := range l[:2] {
		alice.wants(t, `to bob: "hi"`, `from bob: "hello"`, "end of 1")
	}
	for _, bob := range l[2:4] {
		bob.wants(t, `from alice: "hi"`, `to alice: "hello"`, "end of 1")
	}
	l[4].wants(t)
	quiet := message(chat.Private, "alice", "bob", "by the app")
	quiet.Flags |= chat.NotToSender
	s.happen(all(quiet, message(chat.Private, "carol", "carol", "note to self"), message(chat.System, "news", "carol", "extra")))
	l[0].wants(t)
	l[2].wants(t, `from alice: "by the app"`, "end of 2")
	l[4].wants(t, `from carol: "note to self"`, `from news: "extra"`, "end of 2")
}

// Who joins in a tick hears the ticks after it, who leaves in one still hears it.
func TestGroupAtTheTick(t *testing.T) {
	s := newStage(t)
	s.happen(nil, store.GroupJoined{Group: "g", Users: []chat.UserID{"alice", "bob"}})
	l := s.enter("alice", "bob", "carol")
	alice, bob, carol := l[0], l[1], l[2]
	hi := func(n int) []*chat.Message {
		return all(message(chat.Group, "alice", "g", fmt.Sprint(n)))
	}
	s.happen(hi(2), store.GroupJoined{Group: "g", Users: []chat.UserID{"carol", "bob"}}, store.GroupLeft{Group: "g", Users: []chat.UserID{"bob"}})
	s.happen(hi(3))
	s.happen(hi(4), store.GroupDismissed{Group: "g"})
	s.happen(hi(5))
	alice.wants(t, `to galice: "2"`, "end of 2", `to galice: "3"`, "end of 3", `to galice: "4"`, "end of 4")
	bob.wants(t, `from galice: "2"`, "end of 2")
	carol.wants(t, `from galice: "3"`, "end of 3", `from galice: "4"`, "end of 4")
}

func TestDirectional(t *testing.T) {
	s := newStage(t)
	s.happen(nil, store.GroupJoined{Group: "g", Users: []chat.UserID{"alice", "bob", "carol"}})
	l := s.enter("alice", "bob", "carol")
	some := message(chat.Group, "alice", "g", "for bob")
	some.To = []chat.UserID{"bob"}
	s.happen(all(some))
	l[0].wants(t, `to galice: "for bob"`, "end of 2")
	l[1].wants(t, `from galice: "for bob"`, "end of 2")
	l[2].wants(t)
}

// A status message goes to who is there, in no tick, and not to its sender.
func TestStatus(t *testing.T) {
	s := newStage(t)
	s.happen(nil, store.GroupJoined{Group: "g", Users: []chat.UserID{"alice", "bob", "carol"}})
	l := s.enter("alice", "bob", "carol", "dave")
	s.Hub.Status(message(chat.Private, "alice", "bob", "typing"))
	s.Hub.Status(message(chat.Private, "alice", "alice", "typing"))
	s.Hub.Status(message(chat.Private, "alice", "nobody", "typing"))
	s.Hub.Status(message(chat.Group, "alice", "g", "typing"))
	s.Hub.Status(message(chat.Group, "alice", "no group", "typing"))
	some := message(chat.Group, "alice", "g", "typing")
	some.To = []chat.UserID{"bob"}
	s.Hub.Status(some)
	l[0].wants(t)
	l[1].wants(t, "status", "status", "status")
	l[2].wants(t, "status")
	l[3].wants(t)
}

func TestDetachAndKick(t *testing.T) {
	s := newStage(t)
	s.happen(nil, store.GroupJoined{Group: "g", Users: []chat.UserID{"alice", "bob"}})
	l := s.enter("alice", "alice", "bob")
	s.Detach(l[0])
	s.Detach(l[0])
	if !s.Online("alice") || !s.Online("bob") || s.Online("carol") || s.Users() != 2 {
		t.Error("alice and bob are online, carol is not")
	}
	s.happen(all(message(chat.Group, "bob", "g", "hi")))
	l[0].wants(t)
	l[1].wants(t, `from gbob: "hi"`, "end of 2")
	second := s.enter("alice")[0]
	s.Kick("alice", chat.UserBlocked)
	s.Kick("alice", chat.UserBlocked)
	l[1].wants(t, "kicked: user-blocked")
	second.wants(t, "kicked: user-blocked")
	if s.Online("alice") {
		t.Error("alice is online after all her sessions were told to go")
	}
	s.Detach(l[1])
	// What happens while she is away she is not offered, whatever it is.
	s.happen(all(message(chat.Group, "bob", "g", "hello?")), store.GroupLeft{Group: "g", Users: []chat.UserID{"alice"}})
	again := s.enter("alice")[0]
	if again.from != 3 {
		t.Errorf("alice hears what comes after %d, not 3", again.from)
	}
	s.happen(all(message(chat.Group, "bob", "g", "she is gone"), message(chat.Private, "bob", "alice", "still there?")))
	again.wants(t, `from bob: "still there?"`, "end of 4")
}

// The store may be ahead of the hub when a session comes: it is offered what is
// right for each tick all the same.
func TestAttachWhileTheStoreIsAhead(t *testing.T) {
	s := newStage(t)
	s.happen(nil, store.GroupJoined{Group: "left", Users: []chat.UserID{"alice"}}, store.GroupJoined{Group: "stayed", Users: []chat.UserID{"alice"}})
	both := func(text string) []*chat.Message {
		return all(message(chat.Group, "bob", "left", text), message(chat.Group, "bob", "stayed", text), message(chat.Group, "bob", "new", text))
	}
	ahead := []*store.Batch{
		s.commit(both("2"), store.GroupLeft{Group: "left", Users: []chat.UserID{"alice"}}, store.GroupJoined{Group: "new", Users: []chat.UserID{"alice"}}),
		s.commit(both("3"), store.GroupLeft{Group: "new", Users: []chat.UserID{"alice"}}, store.GroupJoined{Group: "left", Users: []chat.UserID{"alice"}}),
		s.commit(both("4")),
	}
	alice := s.enter("alice")[0]
	for _, b := range ahead {
		s.Apply(b)
	}
	alice.wants(t,
		`from leftbob: "2"`, `from stayedbob: "2"`, "end of 2",
		`from stayedbob: "3"`, `from newbob: "3"`, "end of 3",
		`from leftbob: "4"`, `from stayedbob: "4"`, "end of 4")
}

// lagging is a store that once answered before the last tick was committed.
type lagging struct {
	*storetest.Model
	meanwhile func()
}

func (l *lagging) Memberships(ctx context.Context, user chat.UserID) ([]store.Membership, chat.Tick, error) {
	stays, asOf, err := l.Model.Memberships(ctx, user)
	if f := l.meanwhile; f != nil {
		l.meanwhile = nil
		f()
	}
	return stays, asOf, err
}

// An answer that the hub has overtaken is of no use; the store is asked again.
func TestAttachIsOvertaken(t *testing.T) {
	s := newStage(t)
	s.happen(nil)
	slow := &lagging{Model: s.store}
	s.Hub = fanout.New(slow, s.tick, fanout.Devices{})
	slow.meanwhile = func() { s.happen(nil, store.GroupJoined{Group: "g", Users: []chat.UserID{"alice"}}) }
	alice := s.enter("alice")[0]
	s.happen(all(message(chat.Group, "bob", "g", "hi")))
	if alice.from != 2 {
		t.Errorf("alice hears what comes after %d, not 2", alice.from)
	}
	alice.wants(t, `from gbob: "hi"`, "end of 3")

	failing := fanout.New(slow, s.tick, fanout.Devices{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	carol := listen("carol")
	if err := failing.Attach(ctx, carol); err == nil || failing.Online("carol") {
		t.Errorf("carol is attached though her groups are not known: %v", err)
	}
}

// Sessions that come and go while ticks pass are offered exactly what is
// theirs from the tick on that they were told.
func TestComingAndGoing(t *testing.T) {
	s := newStage(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	users := []chat.UserID{"alice", "bob", "carol"}
	member := map[chat.UserID]bool{}
	hears := map[chat.UserID][]chat.Tick{} // the ticks with a group message while a member
	var visitors sync.WaitGroup
	var mu sync.Mutex // guards the following
	var visits []*listener
	for range 3 {
		visitors.Go(func() {
			for range 200 {
				l := listen(users[rand.IntN(len(users))])
				if err := s.Attach(t.Context(), l); err != nil {
					t.Error(err)
				}
				mu.Lock()
				visits = append(visits, l)
				mu.Unlock()
				if l.stays = rand.IntN(3) == 0; !l.stays {
					s.Detach(l)
				}
			}
		})
	}
	for range 1000 {
		user := users[rnd.IntN(len(users))]
		for u, in := range member {
			if in {
				hears[u] = append(hears[u], s.tick+1)
			}
		}
		var change store.Change = store.GroupJoined{Group: "g", Users: []chat.UserID{user}}
		if member[user] {
			change = store.GroupLeft{Group: "g", Users: []chat.UserID{user}}
		}
		member[user] = !member[user]
		s.happen(all(message(chat.Group, "sender", "g", "x")), change)
	}
	visitors.Wait()
	for _, l := range visits {
		want := hears[l.user]
		start, _ := slices.BinarySearch(want, l.from+1)
		n := len(l.ticks)
		if len(want)-start < n || l.stays && len(want)-start != n || !slices.Equal(l.ticks, want[start:start+n]) {
			t.Fatalf("%s, attached after %d, was offered %v", l.user, l.from, l.ticks)
		}
	}
}

func (l *listener) Amended(m *chat.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write("%v is amended", m.ID)
}
