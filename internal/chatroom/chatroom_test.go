package chatroom

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
	"github.com/hongyan-im/hongyan/internal/writer"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// visitor is a session that writes down what it is told.
type visitor struct {
	user   chat.UserID
	origin uint64

	mu  sync.Mutex // guards log
	log []string
}

func (v *visitor) note(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.log = append(v.log, fmt.Sprintf(format, args...))
}

// told returns what v was told since the last call, without the times of notices.
func (v *visitor) told() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	told := v.log
	v.log = nil
	for i := range told {
		told[i] = noticeTimes.ReplaceAllString(told[i], "")
	}
	return told
}

var noticeTimes = regexp.MustCompile(`,?"(operateT|t)ime":\d+`)

func (v *visitor) User() chat.UserID { return v.user }
func (v *visitor) Origin() uint64    { return v.origin }

func (v *visitor) RoomHint(room string, tick chat.Tick) {
	v.note("hint %s %d", room, tick)
}

func (v *visitor) RoomEntriesHint(room string, tick chat.Tick) {
	v.note("entries %s %d", room, tick)
}

func (v *visitor) RoomGone(room string, tick chat.Tick, why Destruction) {
	v.note("gone %s %d %d", room, tick, why)
}

func (v *visitor) RoomNotice(down []byte) { v.note("notice %s", noticeText(down)) }

func (v *visitor) RoomClosed(room string, _ chat.Tick, down []byte) {
	v.note("closed %s %s", room, noticeText(down))
}

// noticeText is the object name and the content of a notice.
func noticeText(down []byte) string {
	var d pb.DownMessage
	if err := d.UnmarshalVT(down); err != nil {
		return err.Error()
	}
	return d.GetClassName() + " " + string(d.Content)
}

// wants compares what v was told since the last call.
func (v *visitor) wants(t *testing.T, want ...string) {
	t.Helper()
	if told := v.told(); !slices.Equal(told, want) {
		t.Errorf("%s was told %q, not %q", v.user, told, want)
	}
}

// stage is a store with rooms that follow it.
type stage struct {
	*Rooms
	t     *testing.T
	store *storetest.Model
	one   sync.Mutex // held while something happens
}

func newStage(t *testing.T, s Store, model *storetest.Model, cfg Config) *stage {
	t.Helper()
	g := &stage{t: t, store: model}
	g.start(s, cfg)
	return g
}

// start begins with what s keeps.
func (s *stage) start(from Store, cfg Config) {
	s.t.Helper()
	var err error
	if s.Rooms, err = New(s.t.Context(), from, s, s.store.Last(), cfg); err != nil {
		s.t.Fatal(err)
	}
}

// open is a stage where users are in many rooms, without a limit of messages.
func open(t *testing.T) *stage {
	t.Helper()
	return openWith(t, Config{Many: true, Burst: -1})
}

func openWith(t *testing.T, cfg Config) *stage {
	t.Helper()
	model := storetest.NewModel(store.Options{})
	return newStage(t, model, model, cfg)
}

// Submit implements Writer.
func (s *stage) Submit(r *writer.Request) {
	parts := []any{r.Message}
	for _, c := range r.Changes {
		parts = append(parts, c)
	}
	s.happen(parts...)
	r.ID = r.Message.ID
	r.Owner.Answer(r)
}

// Change implements Writer: what is committed is applied at once.
func (s *stage) Change(_ context.Context, changes ...store.Change) (chat.Tick, error) {
	var parts []any
	for _, c := range changes {
		parts = append(parts, c)
	}
	s.happen(parts...)
	return s.store.Last(), nil
}

// happen commits parts, messages and changes, as the next tick.
func (s *stage) happen(parts ...any) {
	s.t.Helper()
	s.one.Lock()
	defer s.one.Unlock()
	b := &store.Batch{Prev: s.store.Last(), Tick: s.store.Last() + 1}
	for _, part := range parts {
		switch part := part.(type) {
		case *chat.Message:
			part.ID = chat.ID{Tick: b.Tick, Index: uint16(len(b.Messages))}
			b.Messages = append(b.Messages, part)
		case store.Change:
			b.Changes = append(b.Changes, part)
		}
	}
	if err := s.store.Commit(context.Background(), b); err != nil {
		s.t.Fatal(err)
	}
	s.Apply(b)
}

// restart forgets what is in memory.
func (s *stage) restart() { s.start(s.store, s.cfg) }

func (s *stage) join(v *visitor, room string) Joined {
	s.t.Helper()
	j, err := s.Join(s.t.Context(), v, room, "", true)
	if err != nil {
		s.t.Fatal(err)
	}
	return j
}

// pull returns the texts that v gets, and the next cursor.
func (s *stage) pull(v *visitor, room string, after chat.Tick, count int) (texts string, through chat.Tick) {
	s.t.Helper()
	all, through := s.list(v, room, after, count)
	return strings.Join(all, " "), through
}

func (s *stage) list(v *visitor, room string, after chat.Tick, count int) (texts []string, through chat.Tick) {
	s.t.Helper()
	pulled, err := s.Pull(s.t.Context(), nil, v, room, after, count)
	if err != nil {
		s.t.Fatal(err)
	}
	if pulled.Through == 0 {
		s.t.Error("the cursor is 0, which is that of a join")
	}
	var answer pb.RoomMessages
	if err := answer.UnmarshalVT(wire.AppendRoomPulled(pulled.Frame, pulled.Through)); err != nil {
		s.t.Fatal(err)
	}
	if len(answer.List) != pulled.Messages {
		s.t.Errorf("%d messages of %d", len(answer.List), pulled.Messages)
	}
	for _, entry := range answer.List {
		var down pb.DownMessage
		if err := down.UnmarshalVT(entry); err != nil {
			s.t.Fatal(err)
		}
		texts = append(texts, strings.Trim(string(down.Content), `"`))
	}
	return texts, pulled.Through
}

// says is a message from a session to a room; nil is nobody's.
func says(v *visitor, room, text string) *chat.Message {
	sender, origin := chat.UserID("system"), uint64(0)
	if v != nil {
		sender, origin = v.user, v.origin
	}
	m, err := wire.NewMessage(chat.Chatroom, sender, room, &pb.UpMessage{
		Flags: new(wire.UpFlags(chat.Persisted)), ClassName: new("RC:TxtMsg"), Content: fmt.Appendf(nil, "%q", text),
	})
	if err != nil {
		panic(err)
	}
	m.Origin = origin
	return m
}

func visitors() (alice, tablet, bob *visitor) {
	return &visitor{user: "alice", origin: 1}, &visitor{user: "alice", origin: 2}, &visitor{user: "bob", origin: 3}
}

func TestConversation(t *testing.T) {
	s := open(t)
	alice, tablet, bob := visitors()
	for _, v := range []*visitor{alice, tablet, bob} {
		s.join(v, "room")
	}
	alice.wants(t, `notice RC:ChrmSyncMsg {"chatroomId":"room","status":1,"reason":0,"extra":""}`) // her tablet came
	_, cursor := s.pull(bob, "room", 0, 10)
	s.happen(says(alice, "room", "hi"))
	s.happen(says(alice, "room", "anybody?"))
	bob.wants(t, "hint room 2") // and no second one before he pulled
	tablet.wants(t, "hint room 2")
	alice.wants(t)
	got, cursor := s.pull(bob, "room", cursor, 10)
	if got != "hi anybody?" || cursor != 3 {
		t.Errorf("bob pulls %q up to %d", got, cursor)
	}
	if got, _ := s.pull(tablet, "room", 1, 10); got != "hi anybody?" {
		t.Errorf("alice's tablet pulls %q, what her phone said", got)
	}
	s.happen(says(bob, "room", "me"), says(alice, "another room", "not here"))
	bob.wants(t)
	alice.wants(t, "hint room 4")
	if got, _ := s.pull(alice, "room", 1, 10); got != "me" {
		t.Errorf("alice pulls %q", got)
	}
	if got, next := s.pull(bob, "room", cursor, 10); got != "" || next != 4 {
		t.Errorf("bob pulls %q up to %d", got, next)
	}
}

// A hint that the answer overtook is dropped by the client, so it counts no
// longer; one newer than the answer makes the client pull again by itself.
func TestHints(t *testing.T) {
	s := open(t)
	alice, _, bob := visitors()
	s.join(bob, "room")
	s.join(alice, "room")
	for range 3 {
		s.happen(says(alice, "room", "x"))
		bob.wants(t, fmt.Sprint("hint room ", s.store.Last()))
		s.happen(says(alice, "room", "y"))
		bob.wants(t)
		s.pull(bob, "room", s.store.Last()-2, 10)
	}
}

func TestJoinPage(t *testing.T) {
	s := open(t)
	alice, tablet, bob := visitors()
	s.join(alice, "room")
	for i := range 60 {
		s.happen(says(alice, "room", fmt.Sprint(i)))
	}
	s.join(tablet, "room")
	for count, want := range map[int]int{-1: 0, 0: 10, 1: 1, 20: 20, 50: 50, 100: 50} {
		messages, through := s.list(tablet, "room", 0, count)
		if len(messages) != want || through != s.store.Last() {
			t.Errorf("count %d: %d messages up to %d; not %d", count, len(messages), through, want)
		}
		if want > 0 && messages[want-1] != "59" {
			t.Errorf("count %d ends with %q", count, messages[want-1])
		}
	}
	// What she said herself after she joined she knows; what she said before is history.
	s.join(bob, "room")
	s.happen(says(bob, "room", "b1"))
	s.Leave(t.Context(), bob, "room", "")
	s.join(bob, "room")
	s.happen(says(bob, "room", "b2"))
	if got, _ := s.pull(bob, "room", 0, 3); got != "58 59 b1" {
		t.Errorf("bob joins and gets %q", got)
	}
}

// Only those in a room pull from it, and nobody is in a room that is not there.
func TestMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		alice, tablet, bob := visitors()
		if _, err := s.Join(t.Context(), alice, "room", "", false); chat.CodeOf(err) != chat.ChatroomMissing {
			t.Errorf("joining a room that must exist: %v", err)
		}
		if _, err := s.Pull(t.Context(), nil, alice, "room", 0, 1); chat.CodeOf(err) != chat.NotInChatroom {
			t.Errorf("pulling: %v", err)
		}
		if j := s.join(alice, "room"); j.Created != 1 || j.Members != 1 || !j.Joined.Equal(time.Now()) {
			t.Errorf("joined %+v", j)
		}
		first := time.Now()
		time.Sleep(time.Second) // of the bubble
		if j := s.join(alice, "room"); !j.Joined.Equal(first) || j.Members != 1 {
			t.Errorf("joined again %+v", j)
		}
		if j, err := s.Join(t.Context(), bob, "room", "", false); err != nil || j.Created != 1 || j.Members != 2 {
			t.Errorf("joined %+v, %v", j, err)
		}
		s.join(tablet, "room")
		names := func(newestFirst bool, limit int) (names []chat.UserID) {
			total, members := s.Members("room", limit, newestFirst)
			if total != 2 {
				t.Errorf("%d members, not 2", total)
			}
			for _, m := range members {
				names = append(names, m.User)
			}
			return names
		}
		if got := names(false, 9); !slices.Equal(got, []chat.UserID{"alice", "bob"}) {
			t.Errorf("members %v", got)
		}
		if got := names(true, 1); !slices.Equal(got, []chat.UserID{"bob"}) {
			t.Errorf("the newest %v", got)
		}
		s.Leave(t.Context(), alice, "room", "")
		s.Leave(t.Context(), alice, "room", "")
		s.Leave(t.Context(), alice, "no room", "")
		if s.In(alice, "room") || !s.In(tablet, "room") || s.In(tablet, "no room") {
			t.Error("alice left by one session")
		}
		alice.wants(t, `notice RC:ChrmSyncMsg {"chatroomId":"room","status":1,"reason":0,"extra":""}`)
		tablet.wants(t, `notice RC:ChrmSyncMsg {"chatroomId":"room","status":0,"reason":1,"extra":""}`)
		s.happen(says(bob, "room", "hi"))
		alice.wants(t)
		tablet.wants(t, "hint room 2")
		s.happen(store.RoomDestroyed{Room: "room"})
		tablet.wants(t, "gone room 3 0")
		bob.wants(t, "gone room 3 0")
		if s.In(bob, "room") {
			t.Error("bob is in a room that is gone")
		}
		if total, _ := s.Members("room", 9, false); total != 0 {
			t.Errorf("a room that is gone has %d members", total)
		}
	})
}

// The ring forgets whole ticks. Who was away longer gets the rest from the store.
func TestCatchUp(t *testing.T) {
	s := open(t)
	alice, _, bob := visitors()
	s.join(bob, "room")
	_, cursor := s.pull(bob, "room", 0, -1)
	var want []string
	for i := range 40 {
		var tick []any
		for j := range 1 + i%4 {
			text := fmt.Sprintf("%d.%d", i, j)
			want = append(want, text)
			tick = append(tick, says(alice, "room", text))
		}
		s.happen(tick...)
	}
	if o := s.rooms["room"]; len(o.ring) > ringSize || o.floor == 0 {
		t.Errorf("the ring has %d messages above %d", len(o.ring), o.floor)
	}
	for after := cursor; after <= s.store.Last(); after++ {
		got, _ := s.pull(bob, "room", after, 1)
		if tail := strings.Join(want, " "); !strings.HasSuffix(tail, got) || after == cursor && got != tail {
			t.Errorf("after %d bob pulls %q", after, got)
		}
		if n := len(strings.Fields(got)); after < s.store.Last() {
			want = want[len(want)-n:]
			first := strings.SplitN(want[0], ".", 2)
			if first[0] != fmt.Sprint(after-cursor) || first[1] != "0" {
				t.Errorf("after %d the first is %s", after, want[0])
			}
		}
	}
	many := make([]any, 120)
	for i := range many {
		many[i] = says(alice, "room", "together")
	}
	s.happen(many...)
	if messages, _ := s.list(bob, "room", s.store.Last()-1, 1); len(messages) != 120 {
		t.Errorf("a tick of 120 messages is pulled as %d", len(messages))
	}
}

// What a client said itself is not given back to it, also when it was so much
// that it has to be read from the store.
func TestOwnMessagesFromTheStore(t *testing.T) {
	s := open(t)
	alice, _, bob := visitors()
	s.join(alice, "room")
	s.join(bob, "room")
	_, cursor := s.pull(alice, "room", 0, -1)
	for i := range ringSize + 10 {
		s.happen(says(alice, "room", fmt.Sprint(i)))
	}
	s.happen(says(bob, "room", "enough"))
	if got, _ := s.pull(alice, "room", cursor, -1); got != "enough" {
		t.Errorf("alice pulls %q", got)
	}
}

// What was put in the place of a message is what those who join get.
func TestReplaced(t *testing.T) {
	s := open(t)
	alice, tablet, bob := visitors()
	s.join(alice, "room")
	s.happen(says(alice, "room", "rude"))
	said := s.store.Last()
	if got, _ := s.pull(alice, "room", 0, 0); got != "" {
		t.Errorf("alice pulls %q", got)
	}
	s.join(bob, "room")
	if got, _ := s.pull(bob, "room", 0, 0); got != "rude" {
		t.Errorf("bob pulls %q", got)
	}
	instead := says(nil, "room", "taken back")
	instead.ID, instead.Sender = chat.ID{Tick: said}, "alice"
	s.happen(store.Replaced{Message: instead})
	s.join(tablet, "room")
	for _, v := range []*visitor{tablet, bob} {
		if got, _ := s.pull(v, "room", 0, 0); got != "taken back" {
			t.Errorf("%s pulls %q", v.user, got)
		}
	}
	if got, _ := s.pull(alice, "room", said-1, 0); got != "" {
		t.Errorf("alice, who said it, pulls %q", got)
	}
}

// After a restart the room is what the store remembers, and messages of the
// asking user among it are known to be told apart from nobody's.
func TestRestart(t *testing.T) {
	s := open(t)
	alice, _, bob := visitors()
	s.join(alice, "room")
	for i := range 3 {
		s.happen(says(alice, "room", fmt.Sprint("a", i)), says(bob, "room", fmt.Sprint("b", i)))
	}
	s.restart()
	if _, err := s.Join(t.Context(), alice, "room", "", false); err != nil {
		t.Fatalf("the room is gone: %v", err)
	}
	if got, _ := s.pull(alice, "room", 0, 4); got != "a1 b1 a2 b2" {
		t.Errorf("a new page gets %q", got)
	}
	if got, _ := s.pull(alice, "room", 2, 10); got != "b1 b2" {
		t.Errorf("the page that was there before gets %q", got)
	}
}

// held is a store whose history waits to be let go.
type held struct {
	*storetest.Model
	asked, answer chan struct{}
	err           error
}

func (h *held) History(ctx context.Context, r store.Range) (store.Page, error) {
	page, err := h.Model.History(ctx, r)
	h.asked <- struct{}{}
	<-h.answer
	return page, errors.Join(err, h.err)
}

// What is said while a room is being loaded is in it, however much it is.
func TestBusyWhileLoading(t *testing.T) {
	for _, busy := range []int{0, 1, 30, 49, 50, 51, 120} {
		t.Run(fmt.Sprint(busy), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				model := storetest.NewModel(store.Options{})
				slow := &held{Model: model, asked: make(chan struct{}), answer: make(chan struct{})}
				s := newStage(t, slow, model, Config{Many: true, Burst: -1})
				alice, tablet, bob := visitors()
				s.happen(store.RoomCreated{Room: "room"})
				var want []string
				say := func() {
					want = append(want, fmt.Sprint(len(want)))
					s.happen(says(bob, "room", want[len(want)-1]))
				}
				for range 70 {
					say()
				}
				joined := make(chan error, 2)
				for _, v := range []*visitor{alice, tablet} {
					go func() { _, err := s.Join(t.Context(), v, "room", "", true); joined <- err }()
				}
				<-slow.asked
				for range busy {
					say()
				}
				slow.answer <- struct{}{}
				for range 2 {
					if err := <-joined; err != nil {
						t.Fatal(err)
					}
				}
				go func() { // pulls that the ring cannot answer
					for {
						select {
						case <-slow.asked:
							slow.answer <- struct{}{}
						case <-t.Context().Done():
							return
						}
					}
				}()
				for after := chat.Tick(1); after <= model.Last(); after++ {
					if got, _ := s.pull(alice, "room", after, 1); got != strings.Join(want[after-1:], " ") {
						t.Errorf("after %d alice pulls %q", after, got)
					}
				}
				if got, _ := s.pull(tablet, "room", 0, 40); got != strings.Join(want[len(want)-40:], " ") {
					t.Errorf("the tablet gets %q", got)
				}
			})
		})
	}
}

// A room that cannot be loaded can be joined when the store is well again.
func TestLoadingFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		model := storetest.NewModel(store.Options{})
		slow := &held{Model: model, asked: make(chan struct{}), answer: make(chan struct{}), err: errors.New("disk")}
		s := newStage(t, slow, model, Config{Many: true, Burst: -1})
		alice, tablet, _ := visitors()
		s.happen(store.RoomCreated{Room: "room"})
		failed := make(chan error, 2)
		for _, v := range []*visitor{alice, tablet} {
			go func() { _, err := s.Join(t.Context(), v, "room", "", true); failed <- err }()
		}
		<-slow.asked
		synctest.Wait() // both wait for one read
		slow.answer <- struct{}{}
		for range 2 {
			if err := <-failed; !errors.Is(err, slow.err) {
				t.Errorf("joined: %v", err)
			}
		}
		slow.err = nil
		go func() { <-slow.asked; slow.answer <- struct{}{} }()
		s.join(alice, "room")
	})
}
