package e2e

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hongyan-im/hongyan/internal/auth"
)

// TestSDKConnect: the unmodified SDK connects from a page of another origin
// after one change, its navigators; with both versions of the handshake.
func TestSDKConnect(t *testing.T) {
	for _, c := range []struct {
		asks  string // in the URL of the WebSocket
		flags []string
	}{
		{"protocolVer=3", nil},
		{"protocolVer=4", []string{"--flag-byte"}},
	} {
		t.Run(c.asks, func(t *testing.T) {
			s := startServer(t, c.flags...)
			alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
			alice.mustAsk(c.asks)
			alice.say(private("bob"), "hello")
			bob.hears("hello")
		})
	}
}

// mustAsk requires that the page opened its WebSocket with part in the URL.
func (p *page) mustAsk(part string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.sockets) == 0 || !strings.Contains(p.sockets[0], part) {
		p.t.Errorf("sockets %q, want %s", p.sockets, part)
	}
}

// TestSDKTokens: a token that the server does not take ends connect() with the
// code that says why.
func TestSDKTokens(t *testing.T) {
	s := startServer(t)
	hourAgo := time.Now().Add(-time.Hour)
	for _, c := range []struct {
		why   string
		token string
		code  int
	}{
		{"no token at all", "no token at all", 31004},
		{"of another app", tokenOf(t, auth.App{Key: "another-app", Secret: "another-secret"}, time.Now()), 31004},
		{"with another secret", tokenOf(t, auth.App{Key: appKey, Secret: "another-secret"}, time.Now()), 31004},
		{"expired", tokenOf(t, auth.App{Key: appKey, Secret: appSecret}, hourAgo), 31020},
	} {
		t.Run(c.why, func(t *testing.T) {
			if code := s.open(t, "alice").tryConnect(c.token); code != c.code {
				t.Errorf("code %d, want %d", code, c.code)
			}
		})
	}
}

// tokenOf is a token of alice that app issued, good for a minute.
func tokenOf(t *testing.T, app auth.App, issued time.Time) string {
	t.Helper()
	tokens, err := auth.NewTokens(app)
	if err != nil {
		t.Fatal(err)
	}
	token, err := tokens.Issue("alice", issued, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestSDKForeignHosts: the SDK asks a host of its vendor at every start, which
// the browser does not resolve; nothing else is asked for, and nothing answers.
func TestSDKForeignHosts(t *testing.T) {
	s := startServer(t)
	alice := s.connect(t, "alice")
	alice.say(private("bob"), "hello")
	alice.mu.Lock()
	defer alice.mu.Unlock()
	for _, u := range alice.foreign {
		t.Logf("asked for, not answered: %s", u)
		if !strings.HasSuffix(u, "/v1/config") {
			t.Errorf("unknown foreign request %s", u)
		}
	}
}

// rich is a text with everything a text can carry.
var rich = map[string]any{
	"content": "hello bob, 你好 😀",
	"extra":   `{"not":"ours to read"}`,
	"user":    map[string]any{"id": "alice", "name": "Alice", "portraitUri": "http://127.0.0.1/a.png", "extra": "x"},
}

// richOptions are send options whose effect the receiver sees.
var richOptions = map[string]any{
	"canIncludeExpansion": true,
	"expansion":           map[string]any{"mood": "fine"},
	"disableNotification": true,
}

// TestSDKPrivate: a private text arrives with every field intact, both ways.
// Shows S001, S041, S052, S172.
func TestSDKPrivate(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")

		result := alice.send(private("bob"), "TextMessage", rich, richOptions)
		mustBeSent(t, result)
		got := bob.hears("hello bob, 你好 😀")
		checkMessage(t, got, message{
			Type: 1, Target: "alice", Sender: "alice", ObjectName: "RC:TxtMsg",
			UID: result.Data.UID, ID: result.Before.ID, Sent: result.Data.Sent,
			Direction: 2, SentStatus: 30,
			Content:   richContent(t, nil),
			Expansion: map[string]string{"mood": "fine"}, CanIncludeExpansion: true,
			Persisted: true, Counted: true, Silent: true,
		})

		bob.say(private("alice"), "hello alice")
		if back := alice.hears("hello alice"); back.Sender != "bob" || back.Target != "bob" {
			t.Errorf("from %s in %s, want bob in bob", back.Sender, back.Target)
		}
		if own := alice.texts(func(m message) bool { return !received(m) }); len(own) > 0 {
			t.Errorf("alice was told what she sent herself: %q", own)
		}
	})
}

// TestSDKGroup: a group text with a mention arrives at every member with every
// field intact, and the members answer.
// Shows S001, S022.
func TestSDKGroup(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t)
		s.group("team", "alice", "bob", "carol")
		alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")

		mention := map[string]any{"type": 2, "userIdList": []string{"bob"}, "mentionedContent": "look"}
		content := map[string]any{"mentionedInfo": mention}
		for k, v := range rich {
			content[k] = v
		}
		options := map[string]any{"isMentioned": true}
		for k, v := range richOptions {
			options[k] = v
		}
		result := alice.send(group("team"), "TextMessage", content, options)
		mustBeSent(t, result)
		for _, member := range []*user{bob, carol} {
			checkMessage(t, member.hears("hello bob, 你好 😀"), message{
				Type: 3, Target: "team", Sender: "alice", ObjectName: "RC:TxtMsg",
				UID: result.Data.UID, ID: result.Before.ID, Sent: result.Data.Sent,
				Direction: 2, SentStatus: 30,
				Content:   richContent(t, mention),
				Expansion: map[string]string{"mood": "fine"}, CanIncludeExpansion: true,
				Persisted: true, Counted: true, Mentioned: true, Silent: true,
			})
		}

		bob.say(group("team"), "hello team")
		alice.hears("hello team")
		carol.hears("hello team")
	})
}

// TestSDKDirectional: a directional group message reaches the named members only.
// Shows S047.
func TestSDKDirectional(t *testing.T) { withEach(t, sdkDirectional) }

func sdkDirectional(t *testing.T) {
	s := startServer(t)
	s.group("team", "alice", "bob", "carol")
	alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")

	text := map[string]any{"content": "for bob"}
	mustBeSent(t, alice.send(group("team"), "TextMessage", text, map[string]any{"directionalUserIdList": []string{"bob"}}))
	alice.say(group("team"), "for all")
	if got := bob.hears("for bob"); !slices.Equal(got.Directed, []string{"bob"}) {
		t.Errorf("directed to %q, want bob", got.Directed)
	}
	carol.hears("for all")
	if got := carol.texts(received); !slices.Equal(got, []string{"for all"}) {
		t.Errorf("carol hears %q", got)
	}
}

// TestSDKStatus: a status message reaches who is there, also an app that does
// not know its type, and nobody later.
// Shows S040.
func TestSDKStatus(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob := s.connect(t, "alice"), s.connect(t, "bob")

		call[any](alice.page, "im.sendStatus", private("bob"), "app:wave", map[string]any{"content": "just now"})
		if got := bob.hears("just now"); !got.Status || got.ObjectName != "app:wave" || got.Target != "alice" {
			t.Errorf("bob hears %+v", got)
		}
		later := s.connect(t, "bob")
		alice.say(private("bob"), "kept")
		later.hears("kept")
		if got := later.texts(received); !slices.Equal(got, []string{"kept"}) {
			t.Errorf("bob's second device hears %q", got)
		}
	})
}

// TestSDKTyping: the other side is told who types what.
// Shows S165, S166.
func TestSDKTyping(t *testing.T) { withEach(t, sdkTyping) }

func sdkTyping(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	call[any](alice.page, "im.type", private("bob"), "RC:TxtMsg")
	got := call[struct {
		ConversationType int
		TargetID         string
		List             []struct{ UserID, MessageType string }
	}](bob.page, "im.untilTyping")
	if got.ConversationType != 1 || got.TargetID != "alice" || got.List[0].UserID != "alice" || got.List[0].MessageType != "RC:TxtMsg" {
		t.Errorf("typing %+v", got)
	}
}

// mustBeSent requires that sendMessage resolved as the page promises.
func mustBeSent(t *testing.T, s sent) {
	t.Helper()
	switch {
	case s.Code != 0:
		t.Fatalf("code %d %s, want 0", s.Code, s.Msg)
	case s.Data.UID == "" || s.Data.Sent == 0:
		t.Errorf("messageUId %q, sentTime %d", s.Data.UID, s.Data.Sent)
	case s.Before.ID == 0 || s.Data.ID != s.Before.ID:
		t.Errorf("messageId %d before, %d after", s.Before.ID, s.Data.ID)
	}
}

// richContent is the content of rich as the receiver gets it: the SDK adds a
// second name for the portrait.
func richContent(t *testing.T, mention map[string]any) json.RawMessage {
	t.Helper()
	content := map[string]any{
		"content": rich["content"],
		"extra":   rich["extra"],
		"user": map[string]any{
			"id": "alice", "name": "Alice", "extra": "x",
			"portraitUri": "http://127.0.0.1/a.png", "portrait": "http://127.0.0.1/a.png",
		},
	}
	if mention != nil {
		content["mentionedInfo"] = mention
	}
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// checkMessage compares got with want, except for when it was received.
func checkMessage(t *testing.T, got, want message) {
	t.Helper()
	if got.Received == 0 {
		t.Error("no receivedTime")
	}
	got.Received = 0
	if !reflect.DeepEqual(decoded(t, got.Content), decoded(t, want.Content)) {
		t.Errorf("content\n %s, want\n %s", got.Content, want.Content)
	}
	got.Content, want.Content = nil, nil
	if len(got.Directed) == 0 {
		got.Directed = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("message\n %+v, want\n %+v", got, want)
	}
}

func decoded(t *testing.T, text json.RawMessage) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}
