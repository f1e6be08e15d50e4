package mobile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib/mobile"
	"github.com/hongyan-im/hongyan/internal/imtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ear is a listener whose messages a test reads.
type ear struct {
	t        *testing.T
	messages chan *mobile.Message
	states   chan int
}

func (e *ear) OnMessage(m *mobile.Message)                  { e.messages <- m }
func (e *ear) OnConnection(state int, code int, why string) { e.states <- state }

func (e *ear) hears() *mobile.Message {
	e.t.Helper()
	select {
	case m := <-e.messages:
		return m
	case <-time.After(time.Minute):
		e.t.Fatal("nothing came")
		return nil
	}
}

func connect(t *testing.T, n *imtest.Node, user chat.UserID, dir string) (*mobile.Client, *ear) {
	t.Helper()
	e := &ear{t, make(chan *mobile.Message, 16), make(chan int, 16)}
	c, err := mobile.Connect(&mobile.Config{AppKey: imtest.AppKey, Token: n.Token(user), Navigator: n.URL(), Dir: dir}, e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, e
}

func TestMobile(t *testing.T) {
	n := imtest.Start(t)
	n.Join("team", "alice", "bob")
	alice, heardByAlice := connect(t, n, "alice", t.TempDir())
	bob, heard := connect(t, n, "bob", "")
	if alice.User() != "alice" || <-heardByAlice.states != 1 {
		t.Error("alice is not connected")
	}

	sent, err := alice.SendText(1, "bob", "hi")
	if err != nil {
		t.Fatal(err)
	}
	if m := heard.hears(); m.UID != sent.UID || m.ID != sent.MessageID || m.Time != sent.Time || m.Type != 1 || m.Target != "alice" ||
		m.Sender != "alice" || m.ObjectName != "RC:TxtMsg" || m.Content != `{"content":"hi"}` || m.Own || m.Status {
		t.Errorf("bob hears %+v", m)
	}
	options := &mobile.Options{MessageID: 7, Silent: true, Receipt: true, PushText: "look"}
	options.Mention("bob")
	if _, err := alice.Send(3, "team", "app:card", `{"a":1}`, options); err != nil {
		t.Fatal(err)
	}
	if m := heard.hears(); m.ID != 7 || m.ObjectName != "app:card" || !m.Mentioned || m.Type != 3 || m.Target != "team" {
		t.Errorf("bob hears %+v", m)
	}
	if err := alice.Typing(1, "bob"); err != nil {
		t.Error(err)
	}
	if m := heard.hears(); !m.Status {
		t.Errorf("bob hears %+v", m)
	}

	path := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(path, []byte("notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := alice.SendFile(1, "bob", path, false); err != nil {
		t.Error(err)
	}
	if m := heard.hears(); m.ObjectName != "RC:FileMsg" || !strings.Contains(m.Content, `"name":"notes.txt"`) {
		t.Errorf("bob hears %+v", m)
	}
	if _, err := alice.SendFile(1, "bob", path, true); mobile.Code(err) != 34018 {
		t.Errorf("notes are an image: %v", err)
	}

	page, err := bob.History(1, "alice", 0, 1)
	if err != nil || page.Len() != 1 || !page.More || page.At(0).ObjectName != "RC:FileMsg" || page.At(1) != nil {
		t.Fatalf("%+v, %v", page, err)
	}
	if page, err = bob.History(1, "alice", page.Before, 100); err != nil || page.Len() != 1 || page.At(0).UID != sent.UID {
		t.Errorf("%+v, %v", page, err)
	}
	if err := bob.MarkRead(1, "alice", sent.Time); err != nil {
		t.Error(err)
	}
	if err := alice.Recall(1, "bob", sent.UID); err != nil {
		t.Error(err)
	}
	if m := heard.hears(); m.ObjectName != "RC:RcCmd" {
		t.Errorf("bob hears %+v", m)
	}

	if err := bob.JoinChatroom("lobby", 0); err != nil {
		t.Error(err)
	}
	if err := bob.QuitChatroom("lobby"); err != nil {
		t.Error(err)
	}
}

func TestMobileErrors(t *testing.T) {
	n := imtest.Start(t)
	alice, _ := connect(t, n, "alice", "")
	_, err := alice.SendText(3, "elsewhere", "let me in")
	if mobile.Code(err) != 22406 || mobile.Explain(22406, false) == "" || mobile.Explain(22406, true) == mobile.Explain(22406, false) || mobile.Explain(-1, true) != "" {
		t.Errorf("%v: %q", err, mobile.Explain(22406, true))
	}
	if _, err := alice.SendText(300, "bob", "hi"); mobile.Code(err) != 34209 {
		t.Error(err)
	}
	if mobile.Code(nil) != 0 {
		t.Error("no error has a code")
	}
	if _, err := mobile.Connect(&mobile.Config{AppKey: imtest.AppKey, Token: "nonsense", Navigator: n.URL()}, nil); mobile.Code(err) != 31004 {
		t.Error(err)
	}
}
