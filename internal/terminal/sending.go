package terminal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// say sends what was written in the open conversation.
func (m *model) say(text string) tea.Cmd {
	c := m.open
	if c == nil {
		m.notice = m.t.noConversation
		return nil
	}
	if c.id.Type == chat.System {
		m.notice = m.t.readOnly
		return nil
	}
	var content imlib.Content = imlib.TextMessage{Content: text}
	if to := m.answering; to != nil {
		content = imlib.Refer(*to, text)
		m.answering = nil
	}
	m.typed = time.Time{} // what is typed next is news again
	l := m.compose(c, content)
	if mentions := mentionsIn(text, c); mentions != nil {
		l.Mentions = mentions
		l.send = append(l.send, imlib.Mention(*mentions))
	}
	return m.append(c, l)
}

// compose makes a message of the user's.
func (m *model) compose(c *conversation, content imlib.Content) line {
	return line{state: waiting, Message: imlib.Message{
		ID: imlib.NewMessageID(), Conversation: c.id, Sender: m.client.User(), Time: m.now(), Content: content, Own: true,
	}}
}

// append puts a message at the end of a conversation, to be sent.
func (m *model) append(c *conversation, l line) tea.Cmd {
	c.lines = append(c.lines, l)
	c.note(l.Message)
	c.offset, c.below, c.chosen = 0, 0, 0
	m.order()
	return m.sendNext(c)
}

// mentionsIn are the names in a text to a group that follow an @.
func mentionsIn(text string, c *conversation) *imlib.Mentions {
	if c.id.Type != chat.Group && c.id.Type != chat.UltraGroup {
		return nil
	}
	var found imlib.Mentions
	known := c.names()
	for _, word := range strings.Fields(text) {
		who, is := strings.CutPrefix(word, "@")
		switch user := chat.UserID(strings.TrimRight(who, ",.:;!?，。：；！？")); {
		case !is:
		case user == "all":
			found.All = true
		case slices.Contains(known, user) && !slices.Contains(found.Users, user):
			found.Users = append(found.Users, user)
		}
	}
	if !found.All && found.Users == nil {
		return nil
	}
	return &found
}

// sendNext sends the first message that waits, unless one is on its way: so
// they arrive in order.
func (m *model) sendNext(c *conversation) tea.Cmd {
	if c.flying() {
		return nil
	}
	for i := range c.lines {
		if l := &c.lines[i]; l.state == waiting {
			l.state, l.why = sending, nil
			return m.send(*l)
		}
	}
	return nil
}

// send makes the function that sends l.
func (m *model) send(l line) tea.Cmd {
	to, id := l.Conversation, l.ID
	options := append(slices.Clone(l.send), imlib.MessageID(id), imlib.BeforeSend(func(as imlib.Message) { m.tell(formed{as}) }))
	ctx, limit := m.ctx, sendFor
	if l.file != "" {
		limit = uploadFor
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		var got imlib.Sent
		var err error
		if l.file == "" {
			got, err = m.client.Send(ctx, to, l.Content, options...)
		} else {
			got, err = m.sendFile(ctx, l, options)
		}
		return sent{to, id, got, err}
	}
}

// sendFile uploads the file of l and sends it.
func (m *model) sendFile(ctx context.Context, l line, options []imlib.SendOption) (imlib.Sent, error) {
	f, err := os.Open(l.file)
	if err != nil {
		return imlib.Sent{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	upload := imlib.Upload{
		Name: filepath.Base(l.file), Body: f, Resume: l.resume,
		Progress: func(p imlib.Progress) { m.tell(uploading{l.Conversation, l.ID, p}) },
	}
	send := m.client.SendFile
	switch strings.ToLower(filepath.Ext(l.file)) {
	case ".jpg", ".jpeg", ".png":
		send = m.client.SendImage
	case ".gif":
		send = m.client.SendGIF
	}
	got, err := send(ctx, l.Conversation, upload, options...)
	if errors.Is(err, chat.NotMedia) { // a picture that is none is a file like any other
		return m.client.SendFile(ctx, l.Conversation, upload, options...)
	}
	return got, err
}

// attach sends a file.
func (m *model) attach(path string) tea.Cmd {
	c := m.open
	if c == nil {
		m.notice = m.t.noConversation
		return nil
	}
	if rest, home := strings.CutPrefix(path, "~/"); home {
		if dir, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(dir, rest)
		}
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		m.notice = err.Error()
		return nil
	case !info.Mode().IsRegular():
		m.notice = path + ": " + os.ErrInvalid.Error()
		return nil
	}
	l := m.compose(c, imlib.FileMessage{Name: filepath.Base(path), Size: info.Size()})
	l.file = path
	return m.append(c, l)
}

// sent takes what became of a message.
func (m *model) sent(msg sent) tea.Cmd {
	c, l := m.known(msg.to), m.lineOf(msg.to, msg.id)
	if l == nil {
		return nil // the chatroom was left
	}
	if msg.err != nil {
		l.state, l.why, l.resume = failed, msg.err, msg.got.Resume
	} else {
		l.state, l.UID, l.Time = arrived, msg.got.UID, msg.got.Time
		l.progress = imlib.Progress{}
		c.note(l.Message)
		m.order()
	}
	return m.sendNext(c)
}

// resend sends a message again that failed.
func (m *model) resend() tea.Cmd {
	c := m.open
	if c == nil {
		return nil
	}
	l := c.chosenLine()
	if l == nil {
		l = c.last(func(l *line) bool { return l.state == failed })
	}
	if l == nil || l.state != failed {
		m.notice = m.t.nothingTo
		return nil
	}
	l.state, c.chosen = waiting, 0
	return m.sendNext(c)
}

// recall takes a message back.
func (m *model) recall() tea.Cmd {
	c := m.open
	if c == nil {
		return nil
	}
	l := c.chosenLine()
	if l == nil {
		l = c.last(func(l *line) bool { return l.Own && l.state == arrived && !l.Recalled() })
	}
	switch {
	case l == nil || l.UID == "" || l.Recalled():
		m.notice = m.t.nothingTo
		return nil
	case !l.Own:
		m.notice = m.t.notRecallable
		return nil
	}
	in, uid := l.Conversation, l.UID
	c.chosen = 0
	return m.ask(func(ctx context.Context) tea.Msg {
		if err := m.client.Recall(ctx, in, uid); err != nil {
			return said{m.t.reason(err)}
		}
		return happened{imlib.Recalled{Conversation: in, UID: uid, By: m.client.User()}}
	})
}

// answer has the next message answer the chosen one, or the newest of another.
func (m *model) answer() {
	c := m.open
	if c == nil {
		return
	}
	l := c.chosenLine()
	if l == nil {
		l = c.last(func(l *line) bool { return !l.Own && !l.Recalled() })
	}
	if l == nil || l.UID == "" || l.Recalled() {
		m.notice = m.t.nothingTo
		return
	}
	message := l.Message
	m.answering, c.chosen = &message, 0
}
