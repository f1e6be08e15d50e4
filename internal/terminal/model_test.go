package terminal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// server is a client whose server is the test.
type server struct {
	calls   []string
	page    imlib.ConversationPage
	history []imlib.HistoryPage // of the next questions
	err     error               // of everything that is sent
	sent    int
}

func (s *server) called(format string, args ...any) {
	s.calls = append(s.calls, fmt.Sprintf(format, args...))
}

func (s *server) take() (calls []string) {
	calls, s.calls = s.calls, nil
	return calls
}

func (s *server) User() chat.UserID { return "alice" }

func (s *server) accept(what string, to chat.Conversation) (imlib.Sent, error) {
	s.called("%s to %s", what, name(to))
	if s.err != nil {
		return imlib.Sent{Resume: "here"}, s.err
	}
	s.sent++
	return imlib.Sent{UID: chat.UID(fmt.Sprintf("%03d-sent", s.sent)), Time: noon}, nil
}

func (s *server) Send(_ context.Context, to chat.Conversation, content imlib.Content, options ...imlib.SendOption) (imlib.Sent, error) {
	text := fmt.Sprintf("%T", content)
	switch c := content.(type) {
	case imlib.TextMessage:
		text = c.Content
	case imlib.ReferenceMessage:
		text = fmt.Sprintf("%s (answers %s of %s)", c.Content, c.UID, c.Sender)
	}
	return s.accept(fmt.Sprintf("%q with %d options", text, len(options)), to)
}

func (s *server) SendFile(_ context.Context, to chat.Conversation, u imlib.Upload, _ ...imlib.SendOption) (imlib.Sent, error) {
	u.Progress(imlib.Progress{Done: 1, Total: 2})
	return s.accept("file "+u.Name+" from "+u.Resume, to)
}

func (s *server) SendImage(_ context.Context, to chat.Conversation, u imlib.Upload, _ ...imlib.SendOption) (imlib.Sent, error) {
	return imlib.Sent{}, chat.Errorf(chat.NotMedia, "this is no picture")
}

func (s *server) SendGIF(_ context.Context, to chat.Conversation, u imlib.Upload, _ ...imlib.SendOption) (imlib.Sent, error) {
	return s.accept("GIF "+u.Name, to)
}

func (s *server) Recall(_ context.Context, in chat.Conversation, uid chat.UID, _ ...imlib.RecallOption) error {
	s.called("recall %s in %s", uid, name(in))
	return s.err
}

func (s *server) Typing(to chat.Conversation, object string) error {
	s.called("typing %s to %s", object, name(to))
	return nil
}

func (s *server) History(_ context.Context, in chat.Conversation, q imlib.HistoryQuery) (imlib.HistoryPage, error) {
	s.called("history of %s before %d", name(in), q.Before)
	if len(s.history) == 0 {
		return imlib.HistoryPage{}, nil
	}
	page := s.history[0]
	s.history = s.history[1:]
	return page, nil
}

func (s *server) ListConversations(context.Context, imlib.ListQuery) (imlib.ConversationPage, error) {
	return s.page, s.err
}

func (s *server) MarkRead(_ context.Context, in chat.Conversation, _ time.Time) error {
	s.called("read %s", name(in))
	return nil
}

func (s *server) JoinChatroom(_ context.Context, id string, _ int, _ ...imlib.ChatroomOption) (imlib.Joined, error) {
	s.called("join %s", id)
	return imlib.Joined{Members: 3}, s.err
}

func (s *server) QuitChatroom(_ context.Context, id string, _ ...imlib.ChatroomOption) error {
	s.called("quit %s", id)
	return s.err
}

// noon is when everything happens.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.Local)

// stage is a model that a test plays with.
type stage struct {
	*model
	t      *testing.T
	server *server
	told   []tea.Msg
	held   []tea.Cmd // what is to be done, while hold is set
	hold   bool
	quits  bool
}

func newStage(t *testing.T, language *texts) *stage {
	ctx, end := context.WithCancel(t.Context())
	end() // nothing waits
	s := &stage{t: t, server: new(server)}
	s.model = newModel(ctx, s.server, language, func(msg tea.Msg) { s.told = append(s.told, msg) })
	s.now = func() time.Time { return noon }
	s.do(tea.WindowSizeMsg{Width: 80, Height: 12})
	return s
}

// do lets something happen, and all that follows.
func (s *stage) do(msg tea.Msg) {
	s.t.Helper()
	_, cmd := s.Update(msg)
	s.run(cmd)
}

func (s *stage) run(cmd tea.Cmd) {
	s.t.Helper()
	if cmd == nil {
		return
	}
	if s.hold {
		s.held = append(s.held, cmd)
		return
	}
	msg := cmd()
	for _, m := range s.told {
		s.told = s.told[1:]
		s.do(m)
	}
	switch msg := msg.(type) {
	case nil:
	case tea.QuitMsg:
		s.quits = true
	case tea.BatchMsg:
		for _, c := range msg {
			s.run(c)
		}
	default:
		s.do(msg)
	}
}

// release does what was held.
func (s *stage) release() {
	s.t.Helper()
	held := s.held
	s.held, s.hold = nil, false
	for _, c := range held {
		s.run(c)
	}
}

// keys presses keys by their names, and writes everything else.
func (s *stage) keys(all ...string) {
	s.t.Helper()
	codes := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "tab": {Code: tea.KeyTab}, "esc": {Code: tea.KeyEscape}, "up": {Code: tea.KeyUp},
		"down": {Code: tea.KeyDown}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "end": {Code: tea.KeyEnd},
		"left": {Code: tea.KeyLeft}, "backspace": {Code: tea.KeyBackspace}, "home": {Code: tea.KeyHome},
	}
	for _, k := range all {
		if code, is := codes[k]; is {
			s.do(code)
		} else if letter, is := strings.CutPrefix(k, "ctrl+"); is {
			s.do(tea.KeyPressMsg{Code: rune(letter[0]), Mod: tea.ModCtrl})
		} else {
			for _, r := range k {
				s.do(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
		}
	}
}

// shot is what is on the screen.
func (s *stage) shot() string {
	s.t.Helper()
	rows, x, y := s.screen()
	if len(rows) != s.height && s.height >= leastHigh && s.width >= leastWidth {
		s.t.Errorf("%d rows on a screen of %d", len(rows), s.height)
	}
	if y >= 0 && (x >= s.width || y >= s.height) {
		s.t.Errorf("the cursor is at %d, %d of %d, %d", x, y, s.width, s.height)
	}
	for i, row := range rows {
		if w := lipgloss.Width(row); w > s.width {
			s.t.Errorf("row %d is %d columns wide, over %d: %q", i, w, s.width, row)
		}
		rows[i] = strings.TrimRight(strip(row), " ")
	}
	return strings.Join(rows, "\n")
}

func (s *stage) sees(want ...string) {
	s.t.Helper()
	for _, w := range want {
		if got := s.shot(); !strings.Contains(got, w) {
			s.t.Errorf("no %q in\n%s", w, got)
		}
	}
}

func (s *stage) looks(want string) {
	s.t.Helper()
	if got := s.shot(); got != strings.Trim(want, "\n") {
		s.t.Errorf("looks like\n%s\nnot like%s", got, want)
	}
}

func (s *stage) called(want ...string) {
	s.t.Helper()
	if got := s.server.take(); !slices.Equal(got, want) {
		s.t.Errorf("did %q, want %q", got, want)
	}
}

// says is a message that comes.
func (s *stage) says(in chat.Conversation, from chat.UserID, n int, text string, change ...func(*imlib.Message)) imlib.Message {
	m := imlib.Message{
		UID: chat.UID(fmt.Sprintf("%03d-%s", n, from)), Conversation: in, Sender: from, Time: noon.Add(time.Duration(n) * time.Minute),
		Content: imlib.TextMessage{Content: text}, Flags: chat.Persisted | chat.Counted,
	}
	for _, f := range change {
		f(&m)
	}
	return m
}

func (s *stage) comes(in chat.Conversation, from chat.UserID, n int, text string, change ...func(*imlib.Message)) {
	s.t.Helper()
	s.do(happened{s.says(in, from, n, text, change...)})
}

func TestConversation(t *testing.T) {
	s := newStage(t, &english)
	bob, team := imlib.Private("bob"), imlib.Group("team")
	latest := s.says(team, "carol", 0, "meet at six")
	s.server.page.Conversations = []imlib.ConversationSummary{
		{Conversation: team, Changed: noon.Add(-time.Hour), Latest: &latest, Unread: imlib.Unread{Count: 2, Mentions: 1}},
	}
	s.server.history = []imlib.HistoryPage{{Messages: []imlib.Message{s.says(bob, "bob", 1, "are you there?")}}}
	s.run(s.Init())
	s.keys("/to bob", "enter")
	s.called("history of bob before 0")
	s.keys("yes, 我在", "enter")
	s.called("typing RC:TxtMsg to bob", `"yes, 我在" with 2 options to bob`)
	s.do(happened{imlib.Typing{Conversation: bob, User: "bob"}})
	s.looks(`
 bob                                                                  (2) alice
 bob                      │ This is the beginning.
  bob is typing…          │ -- Wednesday, 4 March 2026 --
 #team                 @2 │ 12:01 bob: are you there?
  carol: meet at six      │ 12:00 you: yes, 我在 ✓
                          │
                          │
                          │
                          │
                          │
bob is typing…
>`)
	s.now = func() time.Time { return noon.Add(typingLasts) }
	if strings.Contains(s.shot(), "typing") {
		t.Errorf("bob types for ever:\n%s", s.shot())
	}
	s.keys("tab", "down", "enter")
	s.called("history of #team before 0", "read #team")
	s.sees(" #team                    │", "alice")
	if strings.Contains(s.shot(), "@2") {
		t.Errorf("what was read is unread:\n%s", s.shot())
	}
}

func TestNarrowAndChinese(t *testing.T) {
	s := newStage(t, textsFor("zh_CN.UTF-8"))
	s.do(tea.WindowSizeMsg{Width: 36, Height: 9})
	s.comes(imlib.Private("bob"), "bob", 1, "这是一条很长的消息，要分成好几行来显示，看看是不是对齐。")
	s.looks(`
 会话                     (1) alice
 bob                              1
  这是一条很长的消息，要分成好几行




↑↓ 选择 · Enter 打开 · Tab 返回 · /h
>`)
	s.keys("enter")
	s.looks(`
 bob                          alice
没有更早的消息了。
-- 2026-03-04 --
bob: 这是一条很长的消息，要分成好几
    行来显示，看看是不是对齐。


Enter 发送 · Tab 会话列表 · ↑ 选择消
>`)
}

// Whatever is on the screen, it fits.
func TestEverythingFits(t *testing.T) {
	texts := []string{"hi", strings.Repeat("长", 200), strings.Repeat("x", 300), "a\nb\n\nc", "👨‍👩‍👧 é \x1b[31mred\u202e", strings.Repeat("many words ", 30), ""}
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		s := newStage(t, []*language{&english, &chinese}[seed%2])
		s.hold = seed%3 == 0
		s.do(tea.WindowSizeMsg{Width: rnd.IntN(120), Height: rnd.IntN(40)})
		for i := range 60 {
			in := []chat.Conversation{imlib.Private("bob"), imlib.Group(strings.Repeat("组", 30)), imlib.Chatroom("r")}[rnd.IntN(3)]
			switch rnd.IntN(8) {
			case 0, 1, 2:
				s.comes(in, chat.UserID([]string{"bob", "名字很长的用户名字很长的用户", "c"}[rnd.IntN(3)]), i, texts[rnd.IntN(len(texts))])
			case 3:
				s.keys(texts[rnd.IntN(len(texts))], "enter")
			case 4:
				s.run(s.show(s.find(in)))
			case 5:
				s.keys([]string{"up", "up", "down", "pgup", "pgdown", "tab", "esc", "end", "ctrl+r", "ctrl+n"}[rnd.IntN(10)])
			case 6:
				s.do(happened{imlib.ConnectionChanged{Status: imlib.Status{State: imlib.State(1 + rnd.IntN(2))}}})
			case 7:
				s.server.err = []error{nil, errors.New(strings.Repeat("wrong ", 30))}[rnd.IntN(2)]
			}
			if s.shot(); t.Failed() {
				t.Fatalf("seed %d, step %d, %dx%d", seed, i, s.width, s.height)
			}
		}
	}
}

type language = texts

func TestSendingIsInOrderAndMayBeRepeated(t *testing.T) {
	s := newStage(t, &english)
	s.keys("/to bob", "enter")
	s.server.take()
	s.hold = true
	s.keys("one", "enter", "two", "enter")
	s.sees("you: one sending…", "you: two waiting…")
	s.server.err = errors.New("the line is dead")
	s.release()
	s.sees("you: one", "not sent (Ctrl+S sends it again): the line")
	s.server.take()
	s.server.err = nil
	s.keys("ctrl+s") // the last that failed
	s.called(`"two" with 2 options to bob`)
	s.keys("/resend", "enter")
	s.called(`"one" with 2 options to bob`)
	s.sees("you: one ✓", "you: two ✓")
	s.keys("ctrl+s")
	s.sees("There is nothing to do that with.")
}

func TestFiles(t *testing.T) {
	s := newStage(t, &english)
	dir := t.TempDir()
	for _, f := range []string{"report.pdf", "photo.png", "cat.gif"} {
		if err := os.WriteFile(filepath.Join(dir, f), make([]byte, 1536), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.keys("/file "+dir+"/report.pdf", "enter")
	s.sees("No conversation is open.")
	s.keys("/to bob", "enter")
	s.server.take()
	s.keys("/file "+dir+"/none", "enter")
	s.sees("no such file")
	s.keys("/file "+dir, "enter", "/file", "enter")
	s.sees("/file needs something after it, such as /file ~/report.pdf.")
	s.server.err = errors.New("broken off")
	s.keys("/file "+dir+"/report.pdf", "enter")
	s.called("file report.pdf from  to bob")
	s.sees("[file] report.pdf 1.5 KB", "broken off")
	s.server.err = nil
	s.hold = true
	s.keys("ctrl+s")
	s.do(uploading{imlib.Private("bob"), s.open.lines[0].ID, imlib.Progress{Done: 1, Total: 2}})
	s.sees("[==========          ]  50%")
	s.release()
	s.called("file report.pdf from here to bob")
	s.keys("/file "+dir+"/cat.gif", "enter", "/file "+dir+"/photo.png", "enter")
	s.called("GIF cat.gif to bob", "file photo.png from  to bob")
	s.sees("cat.gif 1.5 KB ✓", "photo.png 1.5 KB ✓")
	s.comes(imlib.Private("bob"), "bob", 1, "", func(m *imlib.Message) {
		m.Content = imlib.FileMessage{Name: "plan.txt", Size: 3 << 20, URL: "http://h/f/plan.txt"}
	})
	s.comes(imlib.Private("bob"), "bob", 2, "", func(m *imlib.Message) { m.Content = imlib.ImageMessage{URL: "http://h/i.jpg"} })
	s.sees("[file] plan.txt 3.0 MB\n", " http://h/f/plan.txt\n", "[image] http://h/i.jpg")
}

func TestHistoryIsPaged(t *testing.T) {
	s := newStage(t, &english)
	bob := imlib.Private("bob")
	page := func(from, to int, more bool) (p imlib.HistoryPage) {
		for n := from; n <= to; n++ {
			p.Messages = append(p.Messages, s.says(bob, "bob", n, fmt.Sprint("message ", n)))
		}
		p.More, p.Next = more, chat.Tick(from)
		return p
	}
	s.server.history = []imlib.HistoryPage{page(41, 60, true), page(21, 40, true), page(1, 20, false)}
	s.keys("/to bob", "enter")
	s.called("history of bob before 0")
	s.sees("message 60")
	s.keys("pgup")
	s.called("history of bob before 41")
	s.sees("message 51", "message 44")
	s.comes(bob, "bob", 61, "news")
	s.called("read bob")
	s.sees("message 51", "message 44", "1 new below (End)")
	for range 6 {
		s.keys("pgup")
	}
	s.called("history of bob before 21")
	s.sees("This is the beginning.", "message 1\n")
	s.keys("pgup", "pgup", "pgdown")
	s.sees("message 9\n")
	s.keys("end")
	s.sees("news")
	s.called()
}

func TestChosenMessage(t *testing.T) {
	s := newStage(t, &english)
	team := imlib.Group("team")
	s.keys("/group team", "enter")
	s.comes(team, "bob", 1, "who can help?")
	s.comes(team, "carol", 2, "me")
	s.server.take()
	s.keys("up", "up", "ctrl+r")
	s.sees("Answer to bob: who can help? (Esc gives up)")
	s.keys("I can", "enter")
	s.called("typing RC:TxtMsg to #team", `"I can (answers 001-bob of bob)" with 2 options to #team`)
	s.sees("you: | bob: ", "I can ✓")
	s.keys("/recall", "enter")
	s.called("recall 001-sent in #team")
	s.sees("You took a message back")
	s.keys("up", "up", "up", "ctrl+x")
	s.called()
	s.sees("Only messages of yours can be taken back.")
	s.do(happened{imlib.Recalled{Conversation: team, UID: "002-carol", By: "carol"}})
	s.sees("carol took a message back")
	s.keys("esc", "/reply", "enter", "esc")
	if s.answering != nil {
		t.Error("Esc does not give up an answer")
	}
	edited := s.says(team, "bob", 1, "who can help me?")
	edited.Edited = noon
	s.do(happened{imlib.Edited{Message: edited}})
	s.sees("who can help me? (edited)")
}

func TestMentions(t *testing.T) {
	s := newStage(t, &english)
	team := imlib.Group("team")
	s.comes(team, "carol", 1, "@alice look", func(m *imlib.Message) { m.Mentions = &imlib.Mentions{Users: []chat.UserID{"alice"}} })
	s.comes(team, "bob", 2, "hi")
	s.sees("@2")
	s.keys("enter")
	s.server.take()
	s.keys("@", "tab", "tab", "and @al", "tab", "!")
	if got := s.input.String(); got != "@carol and @all !" {
		t.Errorf("completed to %q", got)
	}
	s.keys("enter")
	s.called("typing RC:TxtMsg to #team", `"@carol and @all !" with 3 options to #team`)
	last := s.open.lines[len(s.open.lines)-1]
	if m := last.Mentions; m == nil || !m.All || !slices.Equal(m.Users, []chat.UserID{"carol"}) {
		t.Errorf("mentions %+v", m)
	}
	s.keys("/gr", "tab", "x", "enter")
	s.called("history of #x before 0")
}

func TestConnection(t *testing.T) {
	s := newStage(t, &english)
	s.do(happened{imlib.ConnectionChanged{Status: imlib.Status{State: imlib.Suspended}}})
	s.sees("No connection: trying again.")
	s.keys("/to bob", "enter", "hi", "enter")
	s.called("history of bob before 0", `"hi" with 2 options to bob`) // and nobody is told of typing
	s.do(happened{imlib.ConnectionChanged{Status: imlib.Status{State: imlib.Connected}}})
	if strings.Contains(s.shot(), "No connection") {
		t.Errorf("still without a connection:\n%s", s.shot())
	}
	s.do(clientEnds{chat.Errorf(chat.Kicked, "logged in elsewhere")})
	s.sees("The connection ended: logged in elsewhere. Ctrl+C quits.")
	s.keys("ctrl+c")
	if !s.quits {
		t.Error("Ctrl+C does not quit")
	}
}

func TestChatroom(t *testing.T) {
	s := newStage(t, &english)
	s.keys("/leave", "enter")
	s.sees("There is nothing to do that with.")
	s.keys("/join lobby", "enter")
	s.called("join lobby")
	s.sees("~lobby", "You are in ~lobby; there are 3.")
	s.comes(imlib.Chatroom("lobby"), "bob", 1, "welcome")
	s.sees("bob: welcome")
	s.called()
	s.do(happened{imlib.ChatroomLost{Room: "lobby", Reason: chat.Errorf(chat.ChatroomMissing, "it was destroyed")}})
	s.sees("You are not in ~lobby any more: it was destroyed.")
	s.hold = true
	s.keys("on my way out", "enter", "/leave", "enter")
	s.release()
	s.called(`"on my way out" with 2 options to ~lobby`, "quit lobby")
	s.sees("You left ~lobby.", "Choose a conversation")
	if len(s.list) != 0 {
		t.Errorf("the list has %v", s.list)
	}
}

func TestCommands(t *testing.T) {
	s := newStage(t, &english)
	s.do(tea.WindowSizeMsg{Width: 80, Height: 24})
	s.keys("/dance", "enter")
	s.sees("There is no /dance. /help says what there is.")
	s.keys("hello", "enter")
	s.sees("No conversation is open.", "> hello")
	s.keys("ctrl+u", "/help", "enter")
	s.sees("/file PATH    send a file")
	s.keys("esc", "/to bob", "enter", "//etc is a directory", "enter")
	s.sees("you: /etc is a directory ✓")
	s.comes(chat.Conversation{Type: chat.System, Target: "news"}, "news", 1, "an update")
	s.keys("tab", "home", "up", "enter", "x", "enter")
	s.sees("Nobody can write here.", "> x")
	s.keys("ctrl+p", "draft", "ctrl+n", "ctrl+n")
	s.sees("> draft")
	s.keys("ctrl+u", "/quit", "enter")
	if !s.quits {
		t.Error("/quit does not quit")
	}
}

// A message cannot do anything to the terminal.
func TestMessagesAreHarmless(t *testing.T) {
	s := newStage(t, &english)
	s.comes(imlib.Private("b\x1b]0;x\x07ob"), "b\x1b[2Job", 1, "\x1b[31mred\x9b\u202eevil\a\tend")
	s.keys("enter")
	rows, _, _ := s.screen()
	for _, r := range strip(strings.Join(rows, "")) {
		if r < ' ' || r == 0x9b || r == 0x7f || r == '\u202e' {
			t.Errorf("%q is on the screen:\n%s", r, s.shot())
		}
	}
}

func TestInput(t *testing.T) {
	var i input
	i.insert("你好 wörld\n!")
	if i.String() != "你好 wörld !" {
		t.Errorf("is %q", i.String())
	}
	for _, c := range []struct{ key, text, view string }{
		{"left", "你好 wörld !", "rld |!"}, {"backspace", "你好 wörld!", "örld|!"}, {"ctrl+w", "你好 !", "好 |!"}, {"home", "你好 !", "|你好 "},
		{"right", "你好 !", "你|好 "}, {"delete", "你 !", "你| !"}, {"ctrl+k", "你", "你|"}, {"ctrl+h", "", "|"}, {"ctrl+h", "", "|"},
	} {
		if !i.key(c.key) {
			t.Errorf("%s does nothing", c.key)
		}
		text, cursor := i.view(5)
		at := 0
		for n := 0; n < cursor; at++ {
			n += width([]rune(text)[at])
		}
		shown := string([]rune(text)[:at]) + "|" + string([]rune(text)[at:])
		if i.String() != c.text || shown != c.view || lipgloss.Width(text) > 5 {
			t.Errorf("after %s it is %q and shows %q, want %q and %q", c.key, i.String(), shown, c.text, c.view)
		}
	}
	i.set("e\u0301x")
	i.key("left")
	i.key("left")
	if i.at != 0 {
		t.Errorf("the cursor is inside a letter with its accent, at %d", i.at)
	}
	if i.key("enter") {
		t.Error("enter is for who owns the line")
	}
}

func TestLocale(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want *texts
	}{
		{map[string]string{"LANG": "zh_CN.UTF-8"}, &chinese}, {map[string]string{"LANG": "en_US.UTF-8"}, &english}, {nil, &english},
		{map[string]string{"LANG": "zh_TW", "LC_ALL": "C"}, &english}, {map[string]string{"LANG": "C", "LC_MESSAGES": "zh_HK"}, &chinese},
	} {
		if got := textsFor(Locale(func(name string) string { return c.env[name] })); got != c.want {
			t.Errorf("%v has the wrong language", c.env)
		}
	}
}
