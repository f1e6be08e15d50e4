package terminal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// press does what a key does.
func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	m.notice = ""
	key := k.Keystroke()
	if key != "tab" {
		m.pages = nil
	}
	switch key {
	case "ctrl+c", "ctrl+q":
		return tea.Quit
	case "ctrl+n":
		return m.step(1)
	case "ctrl+p":
		return m.step(-1)
	case "tab":
		return m.tab()
	case "esc":
		m.escape()
		return nil
	case "f1":
		m.helping = !m.helping
		return nil
	}
	if m.helping {
		m.helping = false
	}
	if m.onList && m.pressOnList(key) {
		if key == "enter" && m.cursor < len(m.list) {
			return m.show(m.list[m.cursor])
		}
		return nil
	}
	if c := m.open; c != nil {
		if cmd, is := m.pressOnMessages(c, key); is {
			return cmd
		}
	}
	if key == "enter" {
		return m.enter()
	}
	return m.write(k, key)
}

// pressOnList moves in the list.
func (m *model) pressOnList(key string) bool {
	switch key {
	case "up":
		m.cursor = max(0, m.cursor-1)
	case "down":
		m.cursor = max(0, min(len(m.list)-1, m.cursor+1))
	case "enter":
		return len(m.input.text) == 0
	default:
		return false
	}
	return true
}

// pressOnMessages moves among messages and acts on the chosen one.
func (m *model) pressOnMessages(c *conversation, key string) (cmd tea.Cmd, is bool) {
	page := max(1, m.room()-1)
	switch key {
	case "up":
		c.chosen = min(c.chosen+1, len(c.lines))
		m.reveal(c)
		if c.chosen == len(c.lines) {
			return m.askOlder(c), true
		}
	case "down":
		c.chosen = max(c.chosen-1, 0)
		m.reveal(c)
	case "pgup":
		most := len(m.rowsOf(c, c.offset+page+m.room()))
		c.offset = max(0, min(c.offset+page, most-m.room()))
		return m.older(c), true
	case "pgdown":
		m.scrollTo(c, c.offset-page)
	case "end":
		if len(m.input.text) > 0 && c.offset == 0 {
			return nil, false
		}
		c.chosen = 0
		m.scrollTo(c, 0)
	case "ctrl+r":
		m.answer()
	case "ctrl+x":
		return m.recall(), true
	case "ctrl+s":
		return m.resend(), true
	default:
		return nil, false
	}
	return nil, true
}

// older asks for older messages when the oldest come into sight.
func (m *model) older(c *conversation) tea.Cmd {
	if want := c.offset + 2*m.room(); c.more && len(m.rowsOf(c, want)) < want {
		return m.askOlder(c)
	}
	return nil
}

func (m *model) scrollTo(c *conversation, offset int) {
	c.offset = max(0, offset)
	if c.offset == 0 {
		c.below = 0
	}
}

// reveal scrolls to where the chosen message is seen.
func (m *model) reveal(c *conversation) {
	below := 0
	for i := len(c.lines) - 1; i > len(c.lines)-c.chosen; i-- {
		below += len(m.rowsOfLine(c, &c.lines[i], before(c.lines, i)))
	}
	l := c.chosenLine()
	if l == nil {
		m.scrollTo(c, 0)
		return
	}
	height := len(m.rowsOfLine(c, l, before(c.lines, len(c.lines)-c.chosen)))
	switch {
	case below < c.offset:
		m.scrollTo(c, below)
	case below+height > c.offset+m.room():
		m.scrollTo(c, below+height-m.room())
	}
}

func (m *model) escape() {
	switch {
	case m.helping:
		m.helping = false
	case m.answering != nil:
		m.answering = nil
	case m.open != nil && m.open.chosen > 0:
		m.open.chosen = 0
		m.scrollTo(m.open, 0)
	default:
		m.onList = !m.onList && len(m.list) > 0
	}
}

// step opens the next conversation of the list.
func (m *model) step(by int) tea.Cmd {
	if len(m.list) == 0 {
		return nil
	}
	at := slices.Index(m.list, m.open)
	if at < 0 && by > 0 {
		at = -1
	}
	return m.show(m.list[(at+by+len(m.list))%len(m.list)])
}

// write takes a key that is text, or moves in it.
func (m *model) write(k tea.KeyPressMsg, key string) tea.Cmd {
	if m.input.key(key) {
		return nil
	}
	if k.Text == "" {
		return nil
	}
	m.onList = m.onList && m.open == nil
	m.input.insert(k.Text)
	return m.tellTyping()
}

// tellTyping tells the others that the user writes, now and then.
func (m *model) tellTyping() tea.Cmd {
	c, now := m.open, m.now()
	if c == nil || m.offline || strings.HasPrefix(m.input.String(), "/") || now.Sub(m.typed) < typingEvery ||
		c.id.Type != chat.Private && c.id.Type != chat.Group {
		return nil
	}
	m.typed = now
	in := c.id
	return func() tea.Msg {
		_ = m.client.Typing(in, imlib.TextMessage{}.Kind().ObjectName) // it is of no consequence
		return nil
	}
}

// enter takes the line that was written.
func (m *model) enter() tea.Cmd {
	text := strings.TrimSpace(m.input.String())
	if text == "" {
		return nil
	}
	command, is := strings.CutPrefix(text, "/")
	if is && !strings.HasPrefix(command, "/") {
		m.input.set("")
		return m.command(text)
	}
	if m.open == nil || m.open.id.Type == chat.System {
		m.notice = m.t.noConversation
		if m.open != nil {
			m.notice = m.t.readOnly
		}
		return nil // what was written stays
	}
	m.input.set("")
	if is {
		text = command
	}
	return m.say(text)
}

// commands are what may follow a slash, with an example of what goes with it.
var commands = []struct{ name, example string }{
	{"/to", "bob"}, {"/group", "team"}, {"/join", "lobby"}, {"/leave", ""}, {"/file", "~/report.pdf"}, {"/reply", ""},
	{"/recall", ""}, {"/resend", ""}, {"/help", ""}, {"/quit", ""},
}

// command does what a line with a slash says.
func (m *model) command(text string) tea.Cmd {
	verb, argument, _ := strings.Cut(text, " ")
	argument = strings.TrimSpace(argument)
	for _, c := range commands {
		if c.name == verb && c.example != "" && argument == "" {
			m.notice = fmt.Sprintf(m.t.needs, verb, verb+" "+c.example)
			return nil
		}
	}
	switch verb {
	case "/to":
		return m.show(m.find(imlib.Private(chat.UserID(argument))))
	case "/group":
		return m.show(m.find(imlib.Group(argument)))
	case "/join":
		return m.join(argument)
	case "/leave":
		return m.leave()
	case "/file":
		return m.attach(argument)
	case "/reply":
		m.answer()
	case "/recall":
		return m.recall()
	case "/resend":
		return m.resend()
	case "/help":
		m.helping = true
	case "/quit":
		return tea.Quit
	default:
		m.notice = fmt.Sprintf(m.t.unknown, verb)
	}
	return nil
}

func (m *model) join(room string) tea.Cmd {
	c := m.find(imlib.Chatroom(room))
	c.loaded = true // its newest messages come when it is entered
	return tea.Batch(m.show(c), m.ask(func(ctx context.Context) tea.Msg {
		got, err := m.client.JoinChatroom(ctx, room, roomHistory)
		return entered{room, got, err}
	}))
}

func (m *model) leave() tea.Cmd {
	c := m.open
	if c == nil || c.id.Type != chat.Chatroom {
		m.notice = m.t.nothingTo
		return nil
	}
	m.list = slices.DeleteFunc(m.list, func(other *conversation) bool { return other == c })
	m.open, m.cursor, m.onList = nil, 0, len(m.list) > 0
	room := c.id.Target
	return m.ask(func(ctx context.Context) tea.Msg {
		if err := m.client.QuitChatroom(ctx, room); err != nil {
			return said{m.t.reason(err)}
		}
		return said{fmt.Sprintf(m.t.left, name(c.id))}
	})
}

// tab completes a word, or goes to the list and back.
func (m *model) tab() tea.Cmd {
	if m.pages == nil {
		word := m.input.word()
		words := m.completions(word)
		if len(words) == 0 {
			m.onList = !m.onList && len(m.list) > 0
			return nil
		}
		m.pages = &completion{from: m.input.at - len([]rune(word)), words: words}
	}
	p := m.pages
	m.input.cut(p.from, m.input.at)
	m.input.insert(p.words[p.next%len(p.words)] + " ")
	p.next++
	return nil
}

// completions are what a word may become.
func (m *model) completions(word string) (words []string) {
	if len(word) == 0 {
		return nil
	}
	all := []string{}
	if strings.HasPrefix(word, "/") && len([]rune(word)) == m.input.at {
		for _, c := range commands {
			all = append(all, c.name)
		}
	}
	if c := m.open; c != nil && strings.HasPrefix(word, "@") && (c.id.Type == chat.Group || c.id.Type == chat.UltraGroup) {
		for _, user := range c.names() {
			all = append(all, "@"+string(user))
		}
		all = append(all, "@all")
	}
	for _, w := range all {
		if strings.HasPrefix(w, word) {
			words = append(words, w)
		}
	}
	return words
}
