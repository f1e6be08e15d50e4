package terminal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// Client is what the chat needs of an imlib.Client.
type Client interface {
	User() chat.UserID
	Send(ctx context.Context, to chat.Conversation, content imlib.Content, options ...imlib.SendOption) (imlib.Sent, error)
	SendFile(ctx context.Context, to chat.Conversation, u imlib.Upload, options ...imlib.SendOption) (imlib.Sent, error)
	SendImage(ctx context.Context, to chat.Conversation, u imlib.Upload, options ...imlib.SendOption) (imlib.Sent, error)
	SendGIF(ctx context.Context, to chat.Conversation, u imlib.Upload, options ...imlib.SendOption) (imlib.Sent, error)
	Recall(ctx context.Context, in chat.Conversation, uid chat.UID, options ...imlib.RecallOption) error
	Typing(to chat.Conversation, objectName string) error
	History(ctx context.Context, in chat.Conversation, q imlib.HistoryQuery) (imlib.HistoryPage, error)
	ListConversations(ctx context.Context, q imlib.ListQuery) (imlib.ConversationPage, error)
	MarkRead(ctx context.Context, in chat.Conversation, through time.Time) error
	JoinChatroom(ctx context.Context, id string, history int, options ...imlib.ChatroomOption) (imlib.Joined, error)
	QuitChatroom(ctx context.Context, id string, options ...imlib.ChatroomOption) error
}

const (
	pageSize    = 30               // messages of a page of history
	roomHistory = 20               // messages of a chatroom that is entered
	askFor      = 30 * time.Second // an answer of the server is waited for
	sendFor     = time.Minute      // and for a message to be sent; then it failed, and may be sent again
	uploadFor   = time.Hour

	typingEvery = 4 * time.Second // how often others are told that the user types
	typingLasts = 6 * time.Second // and for how long it is shown
)

// model is the state of the program.
type model struct {
	client Client
	ctx    context.Context
	tell   func(tea.Msg) // from a goroutine, to Update
	now    func() time.Time
	t      *texts
	look   *palette

	width, height int
	input         input
	list          []*conversation // the newest first
	open          *conversation   // nil for none
	cursor        int             // of the list
	onList        bool            // keys go to the list
	answering     *imlib.Message  // what the next message answers
	helping       bool
	offline       bool
	ended         error
	notice        string // the last thing to say
	typed         time.Time
	pages         *completion
	first         *chat.Conversation // to open as soon as the list is there
}

// completion goes through what a word may be completed to.
type completion struct {
	from  int // where the word begins
	words []string
	next  int
}

func newModel(ctx context.Context, client Client, t *texts, tell func(tea.Msg)) *model {
	return &model{client: client, ctx: ctx, tell: tell, now: time.Now, t: t, look: newPalette(true), width: 80, height: 24}
}

// What happened, beside keys.
type (
	happened   struct{ imlib.Event }
	clientEnds struct{ why error }
	listed     struct {
		page imlib.ConversationPage
		err  error
	}
	paged struct {
		in   chat.Conversation
		page imlib.HistoryPage
		err  error
	}
	sent struct {
		to  chat.Conversation
		id  int64
		got imlib.Sent
		err error
	}
	formed    struct{ imlib.Message } // a message as it is sent
	uploading struct {
		to       chat.Conversation
		id       int64
		progress imlib.Progress
	}
	entered struct {
		room string
		got  imlib.Joined
		err  error
	}
	said    struct{ text string } // something to say to the user
	seconds struct{}              // time passed
)

// Init asks for what there is.
func (m *model) Init() tea.Cmd { return tea.Batch(m.askList(), m.askTime()) }

func (m *model) askTime() tea.Cmd {
	return func() tea.Msg {
		select {
		case <-time.After(time.Second):
			return seconds{}
		case <-m.ctx.Done():
			return nil
		}
	}
}

func (m *model) askList() tea.Cmd {
	return m.ask(func(ctx context.Context) tea.Msg {
		page, err := m.client.ListConversations(ctx, imlib.ListQuery{})
		return listed{page, err}
	})
}

// ask makes a function that may wait for the server.
func (m *model) ask(f func(ctx context.Context) tea.Msg) tea.Cmd {
	ctx, limit := m.ctx, askFor
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return f(ctx)
	}
}

// Update takes what happened and returns what to do.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyPressMsg:
		return m, m.press(msg)
	case tea.PasteMsg:
		m.input.insert(strings.TrimRight(msg.Content, "\n"))
	case happened:
		return m, m.event(msg.Event)
	case clientEnds:
		m.ended = msg.why
	case listed:
		return m, m.listed(msg)
	case paged:
		return m, m.paged(msg)
	case sent:
		return m, m.sent(msg)
	case formed:
		if l := m.lineOf(msg.Conversation, msg.ID); l != nil {
			l.Content, l.JSON = msg.Content, msg.JSON
		}
	case uploading:
		if l := m.lineOf(msg.to, msg.id); l != nil {
			l.progress = msg.progress
		}
	case entered:
		m.entered(msg)
	case said:
		m.notice = msg.text
	case seconds:
		return m, m.askTime() // for who stopped typing
	}
	return m, nil
}

// known is a conversation of the list, nil for none: it may have been left.
func (m *model) known(in chat.Conversation) *conversation {
	for _, c := range m.list {
		if c.id == in {
			return c
		}
	}
	return nil
}

// find is a conversation of the list, which it joins if need be.
func (m *model) find(in chat.Conversation) *conversation {
	if c := m.known(in); c != nil {
		return c
	}
	c := &conversation{id: in, typing: map[chat.UserID]time.Time{}}
	m.list = append(m.list, c)
	return c
}

// lineOf is a message of the user's, nil for none.
func (m *model) lineOf(in chat.Conversation, id int64) *line {
	if c := m.known(in); c != nil {
		return c.byID(id)
	}
	return nil
}

// order sorts the list, and leaves the cursor where it was.
func (m *model) order() {
	var at *conversation
	if m.cursor < len(m.list) {
		at = m.list[m.cursor]
	}
	slices.SortStableFunc(m.list, func(a, b *conversation) int {
		return cmp.Or(b.changed.Compare(a.changed), strings.Compare(a.id.Target, b.id.Target))
	})
	m.cursor = max(0, slices.Index(m.list, at))
}

func (m *model) listed(msg listed) tea.Cmd {
	if msg.err != nil {
		m.notice = m.t.reason(msg.err)
		return nil
	}
	for _, s := range msg.page.Conversations {
		c := m.find(s.Conversation)
		c.unread, c.mentions = s.Unread.Count, s.Unread.Mentions
		if s.Changed.After(c.changed) {
			c.changed, c.latest = s.Changed, s.Latest
		}
	}
	m.order()
	if in := m.first; in != nil {
		m.first = nil
		if in.Type == chat.Chatroom {
			return m.join(in.Target)
		}
		return m.show(m.find(*in))
	}
	if m.open == nil && !m.onList {
		m.onList, m.cursor = len(m.list) > 0, 0
	}
	return nil
}

// show opens a conversation.
func (m *model) show(c *conversation) tea.Cmd {
	if m.open != nil {
		m.open.draft = m.input.String()
	}
	m.open, m.onList, m.answering, m.helping, m.notice = c, false, nil, false, ""
	m.cursor = slices.Index(m.list, c)
	m.input.set(c.draft)
	var page tea.Cmd
	if !c.loaded {
		page = m.askOlder(c)
	}
	return tea.Batch(page, m.markRead(c))
}

// askOlder asks for the page before what is there.
func (m *model) askOlder(c *conversation) tea.Cmd {
	if c.loading || c.loaded && !c.more {
		return nil
	}
	c.loading = true
	in, q := c.id, imlib.HistoryQuery{Count: pageSize, Before: c.older}
	return m.ask(func(ctx context.Context) tea.Msg {
		page, err := m.client.History(ctx, in, q)
		return paged{in, page, err}
	})
}

func (m *model) paged(msg paged) tea.Cmd {
	c := m.known(msg.in)
	if c == nil {
		return nil
	}
	if msg.err != nil {
		c.loading = false
		m.notice = m.t.reason(msg.err)
		return nil
	}
	c.take(msg.page)
	return m.fill()
}

// fill asks for older messages while there is room to show them.
func (m *model) fill() tea.Cmd {
	c := m.open
	if c == nil || !c.more || c.loading || m.helping {
		return nil
	}
	if rows := m.rowsOf(c, c.offset+m.room()); len(rows) >= c.offset+m.room() {
		return nil
	}
	return m.askOlder(c)
}

// markRead tells the user's devices that the conversation was read.
func (m *model) markRead(c *conversation) tea.Cmd {
	if c.unread == 0 && c.mentions == 0 || c.latest == nil || c.id.Type == chat.Chatroom {
		return nil
	}
	c.unread, c.mentions = 0, 0
	if !c.latest.Time.After(c.marked) {
		return nil // what is unread is still to come
	}
	c.marked = c.latest.Time
	in, through := c.id, c.latest.Time
	return m.ask(func(ctx context.Context) tea.Msg {
		if err := m.client.MarkRead(ctx, in, through); err != nil {
			return said{m.t.reason(err)}
		}
		return nil
	})
}

// event takes what happened to the user.
func (m *model) event(e imlib.Event) tea.Cmd {
	switch e := e.(type) {
	case imlib.Message:
		return m.received(e)
	case imlib.Typing:
		if c := m.known(e.Conversation); c != nil && e.User != m.client.User() {
			c.typing[e.User] = m.now().Add(typingLasts)
		}
	case imlib.Recalled:
		m.recalled(e)
	case imlib.Edited:
		if c := m.known(e.Message.Conversation); c != nil {
			if l := c.byUID(e.Message.UID); l != nil {
				l.Message = e.Message
			}
		}
	case imlib.UnreadChanged:
		if c := m.known(e.Conversation); c != nil {
			c.unread, c.mentions = e.Unread.Count, e.Unread.Mentions
			if c == m.open {
				return m.markRead(c)
			}
		}
	case imlib.ChatroomLost:
		m.notice = fmt.Sprintf(m.t.lost, name(imlib.Chatroom(e.Room)), m.t.reason(e.Reason))
	case imlib.ConnectionChanged:
		back := m.offline && e.State == imlib.Connected
		m.offline = e.State == imlib.Suspended
		if back {
			return m.askList()
		}
	}
	return nil
}

func (m *model) received(msg imlib.Message) tea.Cmd {
	if msg.Status {
		return nil
	}
	c := m.find(msg.Conversation)
	delete(c.typing, msg.Sender)
	if !c.add(msg) {
		return nil
	}
	m.order()
	if m.open == nil && len(m.list) == 1 && len(m.input.text) == 0 {
		m.onList = true
	}
	shown := c == m.open
	if !msg.Own && msg.Flags&chat.Counted != 0 {
		c.unread++
		if msg.Mentions != nil && (msg.Mentions.All || slices.Contains(msg.Mentions.Users, m.client.User())) {
			c.mentions++
		}
	}
	if shown && c.offset > 0 {
		c.below++
		c.offset += len(m.rowsOfLine(c, c.byUID(msg.UID), nil))
	}
	if shown {
		return m.markRead(c)
	}
	return nil
}

func (m *model) recalled(e imlib.Recalled) {
	c := m.known(e.Conversation)
	if c == nil {
		return
	}
	if l := c.byUID(e.UID); l != nil {
		l.Content = imlib.RecallNotification{Operator: e.By, Admin: e.Admin}
	}
	if c.latest != nil && c.latest.UID == e.UID {
		c.latest.Content = imlib.RecallNotification{Operator: e.By, Admin: e.Admin}
	}
}

func (m *model) entered(msg entered) {
	in := imlib.Chatroom(msg.room)
	if msg.err != nil {
		m.notice = m.t.reason(msg.err)
		return
	}
	m.notice = fmt.Sprintf(m.t.joined, name(in), msg.got.Members)
}
