package e2e

import (
	"encoding/json"
	"testing"
)

// user is a person with an SDK in a browser profile of their own:
// one device of that person.
type user struct {
	*page
	name, token string
	server      *server
	home        string // the page that loads the SDK
}

// conversation is what the SDK calls IConversationOption.
type conversation struct {
	Type   int    `json:"conversationType"`
	Target string `json:"targetId"`

	Channel string `json:"channelId,omitempty"`
}

func private(user string) conversation { return conversation{Type: 1, Target: user} }
func group(id string) conversation     { return conversation{Type: 3, Target: id} }
func chatroom(id string) conversation  { return conversation{Type: 4, Target: id} }

// message is a message as the SDK hands it to an application.
type message struct {
	Type                int               `json:"conversationType"`
	Target              string            `json:"targetId"`
	Sender              string            `json:"senderUserId"`
	ObjectName          string            `json:"messageType"`
	UID                 string            `json:"messageUId"`
	ID                  int64             `json:"messageId"`
	Sent                int64             `json:"sentTime"`
	Received            int64             `json:"receivedTime"`
	Direction           int               `json:"messageDirection"` // 1 sent, 2 received
	SentStatus          int               `json:"sentStatus"`
	Content             json.RawMessage   `json:"content"`
	Expansion           map[string]string `json:"expansion"`
	CanIncludeExpansion bool              `json:"canIncludeExpansion"`
	Persisted           bool              `json:"isPersited"`
	Counted             bool              `json:"isCounted"`
	Mentioned           bool              `json:"isMentioned"`
	Status              bool              `json:"isStatusMessage"`
	Offline             bool              `json:"isOffLineMessage"`
	Silent              bool              `json:"disableNotification"`
	Directed            []string          `json:"directedUserIds"`
	Channel             string            `json:"channelId"`
	NeedReceipt         bool              `json:"needReceipt"`
}

// text is the text of a text message.
func (m message) text() string {
	var content struct{ Content string }
	if err := json.Unmarshal(m.Content, &content); err != nil {
		return ""
	}
	return content.Content
}

// sent is what sendMessage resolves with.
type sent struct {
	Code   int     `json:"code"`
	Msg    string  `json:"msg"`
	Data   message `json:"data"`
	Before message `json:"before"` // what onSendBefore was given
}

// open opens a page with the SDK for a user, without connecting. The page has
// another origin than the server.
func (s *server) open(t *testing.T, name string) *user {
	t.Helper()
	home := sdkPage(t)
	u := &user{page: openPage(t, home), name: name, server: s, home: home}
	u.silent = kitOf(t).name == hongyan.name
	return u
}

// connect opens a page with the SDK, connects with a new token and returns when
// the first pull is done.
func (s *server) connect(t *testing.T, name string) *user {
	t.Helper()
	u := s.open(t, name)
	u.connect(s.token(name))
	return u
}

// connect connects with token, which must succeed.
func (u *user) connect(token string) {
	u.t.Helper()
	if code := u.tryConnect(token); code != 0 {
		u.t.Fatalf("%s cannot connect: code %d", u.name, code)
	}
}

// tryConnect connects with token and returns the code that the SDK resolved with.
func (u *user) tryConnect(token string) int {
	u.t.Helper()
	u.token = token
	result := call[struct {
		Code int
		Data struct{ UserID string }
	}](u.page, "im.connect", appKey, u.server.url, token)
	if result.Code == 0 && result.Data.UserID != u.name {
		u.t.Fatalf("connected as %q, want %q", result.Data.UserID, u.name)
	}
	return result.Code
}

// leave closes the connection, as an application does that logs out.
func (u *user) leave() {
	u.t.Helper()
	call[any](u.page, "im.disconnect")
}

// reload loads the page anew in the same profile and connects with the same token.
func (u *user) reload() {
	u.t.Helper()
	u.navigate(u.home)
	u.connect(u.token)
}

// send sends a message of a built-in type and returns how it ended.
func (u *user) send(to conversation, typ string, content, options map[string]any) sent {
	u.t.Helper()
	if options == nil {
		options = map[string]any{}
	}
	return call[sent](u.page, "im.send", to, typ, content, options)
}

// say sends a text, which must be taken, and returns the message.
func (u *user) say(to conversation, text string) message {
	u.t.Helper()
	result := u.send(to, "TextMessage", map[string]any{"content": text}, nil)
	if result.Code != 0 {
		u.t.Fatalf("%s says %q: code %d", u.name, text, result.Code)
	}
	return result.Data
}

// hears waits for the message with text and returns it.
func (u *user) hears(text string) message {
	u.t.Helper()
	return call[message](u.page, "im.untilText", text)
}

// heard is every message so far, in the order of the events.
func (u *user) heard() []message {
	u.t.Helper()
	return call[[]message](u.page, "() => im.heard.messages")
}

// texts are the texts of the messages heard so far that keep holds for.
func (u *user) texts(keep func(message) bool) []string {
	u.t.Helper()
	var texts []string
	for _, m := range u.heard() {
		if keep(m) {
			texts = append(texts, m.text())
		}
	}
	return texts
}

// received holds for messages of others.
func received(m message) bool { return m.Direction == 2 }

// result is what a function of the SDK resolves with.
type result[T any] struct {
	Code int    `json:"code"`
	Msg  string `json:"msg"`
	Data T      `json:"data"`
}

// try calls a function of the SDK that promises a result, by its name.
func try[T any](u *user, function string, args ...any) result[T] {
	u.t.Helper()
	return call[result[T]](u.page, "im.call", append([]any{function}, args...)...)
}

// do calls a function of the SDK, which must succeed, and returns its data.
func do[T any](u *user, function string, args ...any) T {
	u.t.Helper()
	r := try[T](u, function, args...)
	if r.Code != 0 {
		u.t.Fatalf("%s calls %s: code %d %s", u.name, function, r.Code, r.Msg)
	}
	return r.Data
}

// event waits for an event of the SDK, such as "EXPANSION", for which
// condition, an expression of JavaScript about the event e, holds.
func event[T any](u *user, name, condition string) T {
	u.t.Helper()
	return call[T](u.page, "im.untilEvent", name, condition)
}
