package imlib_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

var (
	worldSeed  = flag.Uint64("world.seed", 0, "seed of the random world; 0 takes a new one")
	worldSteps = flag.Int("world.steps", 300, "steps in a random world")
	worldFor   = flag.Duration("world.for", 0, "how long to go on with new worlds; 0 is one world")
)

// Whatever networks, servers and clients do, what was accepted is received
// once, in order, by everyone who is to receive it, nothing else appears twice,
// and nothing stays in an outbox.
func TestWorld(t *testing.T) {
	seed, end := *worldSeed, time.Now().Add(*worldFor)
	if seed == 0 {
		seed = rand.Uint64()
	}
	for ok := true; ok; seed++ {
		t.Logf("run it again with -world.seed %d", seed)
		playWorld(t, seed)
		ok = time.Now().Before(end) && !t.Failed()
	}
}

// world is a server process, and users who write to each other over bad
// networks and whose programs crash.
type world struct {
	t      *testing.T
	rnd    *rand.Rand
	server *imtest.Process
	users  []*user
	counts map[string]int
}

// user is one user with one program.
type user struct {
	w      *world
	name   chat.UserID
	groups []string
	net    *imtest.Network
	dir    string
	client *imlib.Client
	own    *ledger // nil: the cursor is in dir
	sent   []*posted

	stop    context.CancelFunc // of reading
	reading sync.WaitGroup

	mu      sync.Mutex // guards the following
	got     []imlib.Message
	told    map[int64]imlib.Outcome
	changed chan struct{} // closed at the next change of them
}

// posted is a message that a user's program tried to send.
type posted struct {
	number int // of the world's messages
	to     chat.Conversation
	id     int64
	taken  bool // it was accepted, so it must arrive; else it may
}

func (p *posted) content() imlib.TextMessage {
	return imlib.TextMessage{Content: fmt.Sprint(p.number)}
}

// ledger is a program's own state, which it saves together with the cursor.
type ledger struct {
	u      *user
	cursor chat.Tick
	kept   int // messages of u.got
}

func (l *ledger) Load(context.Context, chat.UserID) (chat.Tick, error) { return l.cursor, nil }

func (l *ledger) Save(_ context.Context, _ chat.UserID, cursor chat.Tick) error {
	l.u.mu.Lock()
	defer l.u.mu.Unlock()
	l.cursor, l.kept = cursor, len(l.u.got)
	return nil
}

func playWorld(t *testing.T, seed uint64) {
	w := &world{t: t, rnd: rand.New(rand.NewPCG(seed, 1)), server: imtest.StartProcess(t), counts: map[string]int{}}
	for i := range 4 {
		u := &user{
			w: w, name: chat.UserID(fmt.Sprint("user", i)), dir: t.TempDir(), net: imtest.NewNetwork(t, seed+uint64(i)),
			told: map[int64]imlib.Outcome{}, changed: make(chan struct{}),
		}
		if i%2 == 0 {
			u.own = &ledger{u: u}
		}
		for g := range 2 {
			if name := fmt.Sprint("group", g); g == 0 || i < 3 {
				w.server.Join(name, u.name)
				u.groups = append(u.groups, name)
			}
		}
		w.users = append(w.users, u)
		u.open()
	}
	for range *worldSteps {
		w.step()
	}
	w.finish()
	t.Logf("%v", w.counts)
}

func (w *world) chance(percent int) bool { return w.rnd.IntN(100) < percent }

func (w *world) step() {
	u := w.users[w.rnd.IntN(len(w.users))]
	kinds := []struct {
		weight int
		name   string
		do     func()
	}{
		{50, "post", u.post}, {12, "send", u.send}, {5, "send again", u.sendAgain},
		{6, "cut", u.net.Cut}, {5, "strand", u.net.Strand}, {5, "release", u.net.Release},
		{6, "bad network", func() { u.net.Set(w.faults()) }}, {4, "good network", func() { u.net.Set(imtest.Faults{}) }},
		{3, "crash", u.crash}, {2, "restart", u.restart},
		{1, "kill the server", func() { w.server.Kill(); w.server.Start() }},
		{1, "restart the server", func() { w.server.Terminate(); w.server.Start() }},
		{6, "wait", func() { time.Sleep(time.Duration(w.rnd.IntN(200)) * time.Millisecond) }},
	}
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	dice := w.rnd.IntN(total)
	for _, k := range kinds {
		if dice -= k.weight; dice < 0 {
			w.counts[k.name]++
			k.do()
			return
		}
	}
}

func (w *world) faults() imtest.Faults {
	f := imtest.Faults{Delay: time.Duration(1+w.rnd.IntN(40)) * time.Millisecond}
	switch w.rnd.IntN(5) {
	case 0:
		f.Drop = 10 + w.rnd.IntN(150)
	case 1:
		f.Cut, f.Tear = w.rnd.IntN(60), w.rnd.IntN(60)
	case 2:
		f.Silent = true
	case 3:
		f.Down = true
	}
	return f
}

// open starts the user's program.
func (u *user) open() {
	u.w.t.Helper()
	o := imlib.Options{
		AppKey: imtest.AppKey, Token: u.w.server.Token(u.name), Navigators: []string{u.w.server.URL()},
		Dial: u.net.Dial, Dir: u.dir, Queue: 1 + u.w.rnd.IntN(20),
		PingEvery: 250 * time.Millisecond, LongestPause: 100 * time.Millisecond,
		OnOutcome: func(o imlib.Outcome) {
			u.mu.Lock()
			defer u.mu.Unlock()
			u.told[o.MessageID] = o
			u.tell()
		},
	}
	if u.own != nil {
		o.Cursors = u.own
	}
	ctx, cancel := context.WithTimeout(u.w.t.Context(), patience)
	defer cancel()
	var err error
	for u.client == nil { // on a bad network it takes some attempts
		if u.client, err = imlib.Connect(ctx, o); err == nil {
			break
		}
		if ctx.Err() != nil {
			u.w.t.Fatalf("%s cannot connect: %v", u.name, err)
		}
		u.net.Set(imtest.Faults{})
	}
	reading, stop := context.WithCancel(context.Background())
	u.stop = stop
	client := u.client
	u.reading.Go(func() { u.read(reading, client) })
}

// tell wakes who waits for a change, with u.mu held.
func (u *user) tell() {
	close(u.changed)
	u.changed = make(chan struct{})
}

func (u *user) read(ctx context.Context, client *imlib.Client) {
	for m, err := range client.Messages(ctx) {
		switch {
		case err == nil:
			u.mu.Lock()
			u.got = append(u.got, m)
			u.tell()
			u.mu.Unlock()
		case ctx.Err() == nil && !errors.Is(err, imlib.ErrClosed):
			u.w.t.Errorf("%s reads: %v", u.name, err)
		}
	}
}

// close ends the user's program.
func (u *user) close() {
	u.stop()
	u.reading.Wait()
	u.client.Close()
	u.client = nil
}

func (u *user) restart() {
	u.close()
	u.open()
}

// crash leaves of the user's program what was on disk at some moment.
func (u *user) crash() {
	if u.own == nil {
		u.stop() // a cursor in a file is saved after each message, so it ends between two
		u.reading.Wait()
	}
	u.net.Set(imtest.Faults{Down: true})
	if u.w.chance(50) {
		u.net.Strand() // what is on its way arrives some time later
	} else {
		u.net.Cut()
	}
	after := u.w.t.TempDir()
	for _, name := range []string{"outbox", "device", "cursor-" + string(u.name)} {
		if text, err := os.ReadFile(filepath.Join(u.dir, name)); err == nil {
			if err := os.WriteFile(filepath.Join(after, name), text, 0o600); err != nil {
				u.w.t.Fatal(err)
			}
		}
	}
	u.mu.Lock()
	var cursor chat.Tick
	var kept int
	if u.own != nil {
		cursor, kept = u.own.cursor, u.own.kept
	}
	u.mu.Unlock()
	u.close()
	u.mu.Lock()
	if u.own != nil {
		u.own = &ledger{u, cursor, kept}
		u.got = u.got[:kept]
	}
	u.mu.Unlock()
	u.dir = after
	u.net.Set(imtest.Faults{})
	u.open()
}

// compose makes a message of the user's to somebody.
func (u *user) compose() *posted {
	u.w.counts["messages"]++
	p := &posted{number: u.w.counts["messages"], to: imlib.Group(u.groups[u.w.rnd.IntN(len(u.groups))]), id: imlib.NewMessageID()}
	if u.w.chance(40) {
		peer := u.w.users[u.w.rnd.IntN(len(u.w.users))]
		if peer != u {
			p.to = imlib.Private(peer.name)
		}
	}
	u.sent = append(u.sent, p)
	return p
}

func (u *user) post() {
	p := u.compose()
	_, err := u.client.Post(u.w.t.Context(), p.to, p.content(), imlib.MessageID(p.id))
	if err != nil {
		u.w.t.Errorf("%s posts: %v", u.name, err)
	}
	p.taken = true
}

func (u *user) send() { u.sendNow(u.compose()) }

// sendNow sends and does not wait for long.
func (u *user) sendNow(p *posted) {
	ctx, cancel := context.WithTimeout(u.w.t.Context(), time.Duration(u.w.rnd.IntN(100))*time.Millisecond)
	defer cancel()
	_, err := u.client.Send(ctx, p.to, p.content(), imlib.MessageID(p.id))
	switch {
	case err == nil, errors.Is(err, imlib.ErrKept):
		p.taken = true
	case !errors.Is(err, context.DeadlineExceeded): // before it was taken
		u.w.t.Errorf("%s sends: %v", u.name, err)
	}
}

// sendAgain sends once more what was taken before.
func (u *user) sendAgain() {
	if len(u.sent) > 0 {
		if p := u.sent[u.w.rnd.IntN(len(u.sent))]; p.taken {
			u.sendNow(p)
		}
	}
}

// finish ends all faults, waits until everything has arrived, and looks.
func (w *world) finish() {
	for _, u := range w.users {
		u.net.Set(imtest.Faults{})
		u.net.Release()
	}
	end := time.After(patience)
	for _, u := range w.users {
		for missing := u.missing(); missing != ""; missing = u.missing() {
			u.mu.Lock()
			changed := u.changed
			u.mu.Unlock()
			select {
			case <-changed:
			case <-time.After(100 * time.Millisecond): // an outbox empties without a word
			case <-end:
				w.t.Fatalf("%s misses %s", u.name, missing)
			}
		}
	}
	for _, u := range w.users {
		u.check()
		u.close()
		for id, o := range u.told {
			if o.Err != nil {
				w.t.Errorf("%s: message %d was given up: %v", u.name, id, o.Err)
			}
		}
	}
}

// expected are the messages that the user may receive, by number.
func (u *user) expected() map[string]*posted {
	all := map[string]*posted{}
	for _, from := range u.w.users {
		for _, p := range from.sent {
			mine := p.to == imlib.Private(u.name) || p.to.Type == chat.Group && slices.Contains(u.groups, p.to.Target)
			if from != u && mine {
				all[fmt.Sprint(p.number)] = p
			}
		}
	}
	return all
}

// missing says what the user has not received and not got rid of yet.
func (u *user) missing() string {
	if unsent := u.client.Unsent(); len(unsent) > 0 {
		return fmt.Sprintf("the answers to %d messages, such as %+v", len(unsent), unsent[0])
	}
	for _, from := range u.w.users {
		if len(from.client.Unsent()) > 0 {
			return fmt.Sprintf("what %s has not sent", from.name)
		}
	}
	want := u.expected()
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, m := range u.got {
		delete(want, text(m))
	}
	maps.DeleteFunc(want, func(_ string, p *posted) bool { return !p.taken })
	for number, p := range want {
		return fmt.Sprintf("%d messages, such as %s to %v", len(want), number, p.to)
	}
	return ""
}

// check compares what the user received with what was sent.
func (u *user) check() {
	u.mu.Lock()
	defer u.mu.Unlock()
	want, numbers := u.expected(), map[string]bool{}
	last := map[chat.Conversation]map[chat.UserID]int{}
	for i, m := range u.got {
		if i > 0 && m.UID <= u.got[i-1].UID {
			u.w.t.Errorf("%s received %s (%s) after %s (%s)", u.name, m.UID, text(m), u.got[i-1].UID, text(u.got[i-1]))
		}
		if m.Own {
			continue // what the program sent before it was started anew
		}
		p := want[text(m)]
		if p == nil || numbers[text(m)] || m.ID != p.id {
			u.w.t.Errorf("%s received %s from %s, which is not for them or came twice", u.name, text(m), m.Sender)
			continue
		}
		numbers[text(m)] = true
		if last[m.Conversation] == nil {
			last[m.Conversation] = map[chat.UserID]int{}
		}
		if before := last[m.Conversation][m.Sender]; before > p.number {
			u.w.t.Errorf("%s received %d of %s after %d", u.name, p.number, m.Sender, before)
		}
		last[m.Conversation][m.Sender] = p.number
	}
}
