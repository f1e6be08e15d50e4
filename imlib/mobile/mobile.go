// Package mobile is imlib in types that gomobile can bind: numbers, texts and
// listeners instead of contexts, options and iterators. Android and iOS apps
// use what gomobile makes of it; Go programs use imlib.
//
// Times are in milliseconds since 1970. Conversation types are 1 private, 3
// group, 4 chatroom, 6 system. Calls wait for the server, for as long as
// Config.TimeoutSeconds says, so they do not belong on the thread of a screen.
package mobile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// Config says whom to connect and where to.
type Config struct {
	AppKey    string
	Token     string // from the app's own server
	Navigator string // the URL of a server, such as https://im.example.com

	// Dir keeps what was sent and how far was read, so that both outlive the
	// process: a directory of the app and the user. Empty keeps nothing.
	Dir string

	TimeoutSeconds int // how long a call may take; 0 is 30
}

// Listener is told what happens, one call at a time, from a thread of its own.
type Listener interface {
	// OnMessage is told each message once, in the order of the server. Until it
	// returns no other comes.
	OnMessage(m *Message)
	// OnConnection is told of the connection: 1 connected, 2 lost and coming
	// back by itself, 3 ended for good, with why.
	OnConnection(state int, code int, reason string)
}

// Message is a message as its receiver sees it.
type Message struct {
	UID        string
	ID         int64 // the sender's message id
	Type       int   // of the conversation
	Target     string
	Channel    string
	Sender     string
	Time       int64
	ObjectName string // such as RC:TxtMsg
	Content    string // JSON
	Own        bool   // sent by this user, from another device
	Offline    bool   // sent before the client connected
	Status     bool   // of use now or never, such as that someone types
	Mentioned  bool   // it mentions somebody, by its content
}

// Sent is what the server said to a message.
type Sent struct {
	UID       string
	Time      int64
	MessageID int64
}

// Options are those of a message. The zero value asks for nothing.
type Options struct {
	MessageID  int64 // of a message that is sent again; 0 is none
	MentionAll bool
	Silent     bool
	Receipt    bool
	PushTitle  string
	PushText   string
	mentions   []chat.UserID
}

// Mention addresses a user by @. It may be called for several.
func (o *Options) Mention(user string) { o.mentions = append(o.mentions, chat.UserID(user)) }

func (o *Options) list() (list []imlib.SendOption) {
	if o == nil {
		return nil
	}
	if o.MentionAll || len(o.mentions) > 0 {
		list = append(list, imlib.Mention(imlib.Mentions{All: o.MentionAll, Users: o.mentions}))
	}
	if o.Silent {
		list = append(list, imlib.Silent())
	}
	if o.Receipt {
		list = append(list, imlib.WantReceipt())
	}
	if o.PushTitle != "" || o.PushText != "" {
		list = append(list, imlib.WithPush(imlib.Push{Title: o.PushTitle, Text: o.PushText}))
	}
	return append(list, imlib.MessageID(o.MessageID))
}

// Client is one connected user.
type Client struct {
	client  *imlib.Client
	timeout time.Duration
	stop    context.CancelFunc
	reading sync.WaitGroup
}

// Connect connects a user and tells the listener what happens from then on.
func Connect(c *Config, l Listener) (*Client, error) {
	m := &Client{timeout: time.Duration(cmp.Or(c.TimeoutSeconds, 30)) * time.Second}
	ctx, cancel := m.call()
	defer cancel()
	client, err := imlib.Connect(ctx, imlib.Options{
		AppKey: c.AppKey, Token: c.Token, Navigators: []string{c.Navigator}, Dir: c.Dir,
		OnStatus: func(s imlib.Status) {
			reason := ""
			if s.Err != nil {
				reason = s.Err.Error()
			}
			l.OnConnection(int(s.State), Code(s.Err), reason)
		},
	})
	if err != nil {
		return nil, err
	}
	m.client = client
	ctx, m.stop = context.WithCancel(context.Background())
	m.reading.Go(func() {
		for one, err := range client.Messages(ctx) {
			if err != nil {
				return // OnConnection was told why
			}
			l.OnMessage(received(&one))
		}
	})
	return m, nil
}

// call is for one call.
func (c *Client) call() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), c.timeout)
}

// User is who is connected.
func (c *Client) User() string { return string(c.client.User()) }

// Close ends the connection. It must not be called by the listener.
func (c *Client) Close() {
	c.stop()
	c.reading.Wait()
	c.client.Close()
}

// Send sends a message with a content that is a JSON object; options may be
// nil. What is not of a type of the protocol is kept and counted. The error has
// a Code; sent again with MessageID of the same Options, it is one message.
func (c *Client) Send(conversationType int, target, objectName, content string, options *Options) (*Sent, error) {
	ctx, cancel := c.call()
	defer cancel()
	custom := imlib.Custom{ObjectName: objectName, Persisted: true, Counted: true, JSON: json.RawMessage(content)}
	sent, err := c.client.Send(ctx, conversation(conversationType, target), custom, options.list()...)
	if err != nil {
		return nil, err
	}
	return &Sent{string(sent.UID), sent.Time.UnixMilli(), sent.MessageID}, nil
}

// SendText sends a text.
func (c *Client) SendText(conversationType int, target, text string) (*Sent, error) {
	content, err := json.Marshal(imlib.TextMessage{Content: text})
	if err != nil {
		return nil, err
	}
	return c.Send(conversationType, target, imlib.TextMessage{}.Kind().ObjectName, string(content), nil)
}

// SendFile uploads the file at path, however long that takes, and sends it: a
// picture as an image with its thumbnail, or anything as a file..
func (c *Client) SendFile(conversationType int, target, path string, image bool) (*Sent, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it is only read
	send := c.client.SendFile
	if image {
		send = c.client.SendImage
	}
	sent, err := send(context.Background(), conversation(conversationType, target), imlib.Upload{Name: filepath.Base(path), Body: f})
	if err != nil {
		return nil, err
	}
	return &Sent{string(sent.UID), sent.Time.UnixMilli(), sent.MessageID}, nil
}

// Recall takes back a message of this user.
func (c *Client) Recall(conversationType int, target, uid string) error {
	ctx, cancel := c.call()
	defer cancel()
	return c.client.Recall(ctx, conversation(conversationType, target), chat.UID(uid))
}

// Typing tells the others of a conversation that the user writes a text.
func (c *Client) Typing(conversationType int, target string) error {
	return c.client.Typing(conversation(conversationType, target), imlib.TextMessage{}.Kind().ObjectName)
}

// MarkRead marks a conversation as read up to a time.
func (c *Client) MarkRead(conversationType int, target string, through int64) error {
	ctx, cancel := c.call()
	defer cancel()
	return c.client.MarkRead(ctx, conversation(conversationType, target), time.UnixMilli(through))
}

// Page is a part of a conversation, the oldest message first.
type Page struct {
	More   bool  // there is more
	Before int64 // of the History for it
	list   []imlib.Message
}

// Len is how many messages the page has, and At one of them, from 0.
func (p *Page) Len() int { return len(p.list) }

// At is one message, nil when there is none.
func (p *Page) At(i int) *Message {
	if i < 0 || i >= len(p.list) {
		return nil
	}
	return received(&p.list[i])
}

// History returns up to count messages, 1 to 100, before a time; 0 is now.
func (c *Client) History(conversationType int, target string, before int64, count int) (*Page, error) {
	ctx, cancel := c.call()
	defer cancel()
	page, err := c.client.History(ctx, conversation(conversationType, target), imlib.HistoryQuery{Before: chat.Tick(before), Count: count})
	if err != nil {
		return nil, err
	}
	return &Page{page.More, int64(page.Next), page.Messages}, nil
}

// JoinChatroom enters a chatroom, whose messages then come, first its newest up
// to history; QuitChatroom leaves it.
func (c *Client) JoinChatroom(id string, history int) error {
	ctx, cancel := c.call()
	defer cancel()
	_, err := c.client.JoinChatroom(ctx, id, history)
	return err
}

// QuitChatroom leaves a chatroom.
func (c *Client) QuitChatroom(id string) error {
	ctx, cancel := c.call()
	defer cancel()
	return c.client.QuitChatroom(ctx, id)
}

// Code is the code of an error of this package, 0 for none, and -1 for a call
// that took too long.
func Code(err error) int {
	if errors.Is(err, context.DeadlineExceeded) {
		return -1
	}
	return int(chat.CodeOf(err))
}

// Explain says what a code means, in Chinese or in English; empty for a code
// that is not known.
func Explain(code int, chinese bool) string {
	if code < 0 || code > 1<<16-1 {
		return ""
	}
	if chinese {
		return chat.Code(code).Chinese()
	}
	return chat.Code(code).English()
}

func conversation(conversationType int, target string) chat.Conversation {
	if conversationType < 0 || conversationType > 255 {
		conversationType = 0 // which none is
	}
	return chat.Conversation{Type: chat.ConversationType(conversationType), Target: target}
}

func received(m *imlib.Message) *Message {
	return &Message{
		UID: string(m.UID), ID: m.ID, Type: int(m.Conversation.Type), Target: m.Conversation.Target, Channel: m.Conversation.Channel,
		Sender: string(m.Sender), Time: m.Time.UnixMilli(), ObjectName: m.Content.Kind().ObjectName, Content: string(m.JSON),
		Own: m.Own, Offline: m.Offline, Status: m.Status, Mentioned: m.Mentions != nil,
	}
}
