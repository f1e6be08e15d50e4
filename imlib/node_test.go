package imlib_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

// These tests are against a real server.

// patience is how long a test waits for anything at all.
const patience = 60 * time.Second

func connect(t testing.TB, n *imtest.Node, user chat.UserID, change ...func(*imlib.Options)) *imlib.Client {
	t.Helper()
	o := imlib.Options{AppKey: imtest.AppKey, Token: n.Token(user), Navigators: []string{n.URL()}}
	for _, f := range change {
		f(&o)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := imlib.Connect(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func send(t testing.TB, c *imlib.Client, to chat.Conversation, content imlib.Content, options ...imlib.SendOption) imlib.Sent {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	sent, err := c.Send(ctx, to, content, options...)
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

// receive reads n messages.
func receive(t testing.TB, c *imlib.Client, n int) (list []imlib.Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for m, err := range c.Messages(ctx) {
		if err != nil {
			t.Fatalf("after %d of %d messages: %v", len(list), n, err)
		}
		if list = append(list, m); len(list) == n {
			break
		}
	}
	return list
}

func text(m imlib.Message) string {
	c, _ := m.Content.(imlib.TextMessage)
	return c.Content
}

// Shows S001, S003, S004, S052.
func TestPrivateConversation(t *testing.T) {
	n := imtest.Start(t)
	alice, phone, bob := connect(t, n, "alice"), connect(t, n, "alice"), connect(t, n, "bob")

	sent := send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "你好 😀", Common: imlib.Common{Extra: "x"}},
		imlib.Expandable(map[string]string{"k": "v"}), imlib.Silent())
	got := receive(t, bob, 1)[0]
	if got.UID != sent.UID || !got.Time.Equal(sent.Time) || got.ID != sent.MessageID || got.Sender != "alice" || got.Own ||
		got.Conversation != imlib.Private("alice") || got.Content != (imlib.TextMessage{Content: "你好 😀", Common: imlib.Common{Extra: "x"}}) ||
		got.Expansion["k"] != "v" || got.Flags != chat.Persisted|chat.Counted|chat.Silent|chat.Expandable {
		t.Errorf("bob received %+v, sent was %+v", got, sent)
	}
	if got := receive(t, phone, 1)[0]; got.UID != sent.UID || !got.Own || got.Sender != "alice" || got.Conversation != imlib.Private("bob") {
		t.Errorf("alice's phone received %+v", got)
	}

	send(t, bob, imlib.Private("alice"), imlib.TextMessage{Content: "hi"})
	if got := receive(t, alice, 1)[0]; text(got) != "hi" { // and not her own
		t.Errorf("alice received %+v", got)
	}
}

// Shows S032, S056.
func TestSameMessageID(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	first := send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "once"}, imlib.MessageID(7))
	if again := send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "once"}, imlib.MessageID(7)); again != first {
		t.Errorf("sent again as %+v, first as %+v", again, first)
	}
	send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: "next"})
	if got := receive(t, bob, 2); text(got[0]) != "once" || text(got[1]) != "next" {
		t.Errorf("bob received %v", got)
	}
}

// Shows S001, S022, S047.
func TestGroupConversation(t *testing.T) {
	n := imtest.Start(t)
	n.Join("g", "alice", "bob", "carol")
	alice, bob, carol := connect(t, n, "alice"), connect(t, n, "bob"), connect(t, n, "carol")
	send(t, alice, imlib.Group("g"), imlib.TextMessage{Content: "bob only"}, imlib.Directed("bob"))
	send(t, alice, imlib.Group("g"), imlib.TextMessage{Content: "you"}, imlib.Mention(imlib.Mentions{Users: []chat.UserID{"carol"}}))
	if got := receive(t, bob, 2); text(got[0]) != "bob only" || !slices.Equal(got[0].To, []chat.UserID{"bob"}) || text(got[1]) != "you" {
		t.Errorf("bob received %+v", got)
	}
	if got := receive(t, carol, 1)[0]; text(got) != "you" || got.Mentions == nil || !slices.Equal(got.Mentions.Users, []chat.UserID{"carol"}) {
		t.Errorf("carol received %+v", got)
	}
	_, err := alice.Send(t.Context(), imlib.Group("elsewhere"), imlib.TextMessage{Content: "let me in"})
	if chat.CodeOf(err) != chat.NotInGroup {
		t.Errorf("sent to a foreign group: %v", err)
	}
}

func TestTypingHistoryAndRecall(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	if err := alice.Typing(imlib.Private("bob"), "RC:TxtMsg"); err != nil {
		t.Error(err)
	}
	if got := receive(t, bob, 1)[0]; !got.Status || got.Content != (imlib.TypingStatus{ObjectName: "RC:TxtMsg"}) {
		t.Errorf("bob received %+v", got)
	}
	var sent []imlib.Sent
	for i := range 5 {
		sent = append(sent, send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: fmt.Sprint(i)}))
	}
	receive(t, bob, 5)
	page, err := bob.History(t.Context(), imlib.Private("alice"), imlib.HistoryQuery{Count: 2})
	if err != nil || len(page.Messages) != 2 || !page.More || text(page.Messages[0]) != "3" || text(page.Messages[1]) != "4" {
		t.Errorf("the newest are %+v, %v", page, err)
	}
	page, err = alice.History(t.Context(), imlib.Private("bob"), imlib.HistoryQuery{Before: page.Next, Count: 100})
	if err != nil || len(page.Messages) != 3 || page.More || text(page.Messages[0]) != "0" || !page.Messages[0].Own {
		t.Errorf("before them are %+v, %v", page, err)
	}
	if err := alice.Recall(t.Context(), imlib.Private("bob"), sent[4].UID); err != nil {
		t.Error(err)
	}
	got := receive(t, bob, 1)[0]
	if c, ok := got.Content.(imlib.RecallCommand); !ok || c.UID != sent[4].UID {
		t.Errorf("bob received %+v", got)
	}
	if err := bob.Recall(t.Context(), imlib.Private("alice"), sent[3].UID); chat.CodeOf(err) != chat.RecallNotYours {
		t.Errorf("bob recalled alice's message: %v", err)
	}
}

// Shows S001.
func TestChatroomOnNode(t *testing.T) {
	n := imtest.Start(t)
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	if _, err := alice.Send(t.Context(), imlib.Chatroom("lobby"), imlib.TextMessage{Content: "hi"}); chat.CodeOf(err) != chat.NotInChatroom {
		t.Errorf("sent to a room without being in it: %v", err)
	}
	if _, err := alice.JoinChatroom(t.Context(), "lobby", 0); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		send(t, alice, imlib.Chatroom("lobby"), imlib.TextMessage{Content: fmt.Sprint(i)})
	}
	joined, err := bob.JoinChatroom(t.Context(), "lobby", 2)
	if err != nil || joined.Members != 2 {
		t.Errorf("joined %+v, %v", joined, err)
	}
	send(t, alice, imlib.Chatroom("lobby"), imlib.TextMessage{Content: "5"})
	// The room may have been a message behind the acks when bob joined: then
	// his two newest ones are older, and what is missing follows.
	got := receive(t, bob, 3)
	for text(got[len(got)-1]) != "5" {
		got = append(got, receive(t, bob, 1)...)
	}
	for i, m := range got {
		if text(m) != fmt.Sprint(6-len(got)+i) || m.Conversation != imlib.Chatroom("lobby") || m.Sender != "alice" {
			t.Errorf("bob received %+v", m)
		}
	}
	if err := bob.QuitChatroom(t.Context(), "lobby"); err != nil {
		t.Error(err)
	}
	lost := make(chan error, 1)
	carol := connect(t, n, "carol", func(o *imlib.Options) { o.OnChatroomLost = func(_ string, err error) { lost <- err } })
	if _, err := carol.JoinChatroom(t.Context(), "lobby", 0); err != nil {
		t.Fatal(err)
	}
	n.Post("/chatroom/destroy.json", url.Values{"chatroomId": {"lobby"}})
	select {
	case err := <-lost:
		if chat.CodeOf(err) != chat.ChatroomMissing {
			t.Errorf("carol was told: %v", err)
		}
	case <-time.After(patience):
		t.Error("carol was not told that the room is gone")
	}
}

func TestRefusedByNode(t *testing.T) {
	n := imtest.Start(t)
	for name, c := range map[string]struct {
		token string
		code  chat.Code
	}{
		"nonsense": {"nonsense", chat.TokenIncorrect},
		"foreign":  {n.TokenFor(imtest.AppKey, "another secret", "alice", time.Now(), 0), chat.TokenIncorrect},
		"expired":  {n.TokenFor(imtest.AppKey, imtest.AppSecret, "alice", time.Now().Add(-time.Hour), time.Minute), chat.TokenExpired},
	} {
		_, err := imlib.Connect(t.Context(), imlib.Options{AppKey: imtest.AppKey, Token: c.token, Navigators: []string{n.URL()}})
		if chat.CodeOf(err) != c.code {
			t.Errorf("%s token: %v", name, err)
		}
	}
}

// The server restarts in the middle of a conversation: both come back, and
// neither side misses or repeats a message.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	n := imtest.Start(t, imtest.Data(dir))
	address := n.Addr()
	alice, bob := connect(t, n, "alice"), connect(t, n, "bob")
	for i := range 30 {
		if i%10 == 5 {
			n.Stop()
			n = imtest.Start(t, imtest.Data(dir), imtest.Listen(address))
		}
		send(t, alice, imlib.Private("bob"), imlib.TextMessage{Content: fmt.Sprint("a", i)})
		send(t, bob, imlib.Private("alice"), imlib.TextMessage{Content: fmt.Sprint("b", i)})
	}
	for c, prefix := range map[*imlib.Client]string{alice: "b", bob: "a"} {
		for i, m := range receive(t, c, 30) {
			if text(m) != fmt.Sprint(prefix, i) {
				t.Errorf("message %d is %s", i, text(m))
			}
		}
	}
}

// cutter opens connections and cuts them all when told to.
type cutter struct {
	mu    sync.Mutex // guards the following
	conns []net.Conn
}

func (c *cutter) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.conns = append(c.conns, conn)
	}
	return conn, err
}

func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		_ = conn.Close()
	}
	c.conns = nil
}

// Everybody writes to one group over connections that are cut again and again:
// everybody receives everything of the others once, in one order.
func TestOneOrderOverBadConnections(t *testing.T) {
	const users, each, cuts = 4, 100, 4
	n := imtest.Start(t)
	var net cutter
	var clients []*imlib.Client
	for u := range users {
		user := chat.UserID(fmt.Sprint("user", u))
		n.Join("g", user)
		clients = append(clients, connect(t, n, user, func(o *imlib.Options) { o.Dial, o.Queue = net.dial, 16 }))
	}
	received := make([][]imlib.Message, users)
	var all sync.WaitGroup
	for u, c := range clients {
		all.Go(func() {
			for i := range each {
				if i%(each*users/cuts) == u {
					net.cut()
				}
				send(t, c, imlib.Group("g"), imlib.TextMessage{Content: fmt.Sprint(u, "/", i)})
			}
		})
		all.Go(func() { received[u] = receive(t, c, each*(users-1)) })
	}
	all.Wait()
	for u, list := range received {
		for i, m := range list {
			if i > 0 && m.UID <= list[i-1].UID {
				t.Errorf("user %d received %s after %s", u, m.UID, list[i-1].UID)
			}
			if m.Sender == clients[u].User() {
				t.Errorf("user %d received their own %s", u, text(m))
			}
		}
		next := make([]int, users)
		for _, m := range list {
			var from, i int
			if _, err := fmt.Sscanf(text(m), "%d/%d", &from, &i); err != nil || i != next[from] {
				t.Errorf("user %d received %s, want %d of user %d: %v", u, text(m), next[from], from, err)
			}
			next[from] = i + 1
		}
	}
	for u, c := range clients {
		c.Close()
		if err := c.Err(); !errors.Is(err, imlib.ErrClosed) {
			t.Errorf("user %d ended with %v", u, err)
		}
	}
}

// BenchmarkSend is one client that waits for each answer.
func BenchmarkSend(b *testing.B) {
	n := imtest.Start(b)
	alice := connect(b, n, "alice", func(o *imlib.Options) { o.SendOnly = true })
	for b.Loop() {
		send(b, alice, imlib.Private("bob"), imlib.TextMessage{Content: "a text of a usual length, more or less"})
	}
}

// BenchmarkReceive is one client that reads what many send at the same time.
func BenchmarkReceive(b *testing.B) {
	n := imtest.Start(b)
	bob := connect(b, n, "bob")
	alice := connect(b, n, "alice", func(o *imlib.Options) { o.SendOnly = true })
	var all sync.WaitGroup
	const senders = 64
	for s := range senders {
		all.Go(func() {
			for i := s; i < b.N; i += senders {
				send(b, alice, imlib.Private("bob"), imlib.TextMessage{Content: "a text of a usual length, more or less"})
			}
		})
	}
	receive(b, bob, b.N)
	all.Wait()
}
