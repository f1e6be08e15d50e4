package imlib

import (
	"bytes"
	"encoding/json"

	"github.com/hongyan-im/hongyan/chat"
)

// Content is what a message says: a struct that encodes to a JSON object. The
// types of this package are the usual ones. An app adds its own with a struct
// that has this method and embeds [Common]; it receives them as that struct
// when [RegisterMessageType] was told of it, else as Custom.
type Content interface {
	// Kind is the same for every value of a type.
	Kind() Kind
}

// Kind is a type of message.
type Kind struct {
	ObjectName string // such as RC:TxtMsg; an app's own start with its own prefix
	Persisted  bool   // kept in history and delivered to whoever is offline
	Counted    bool   // adds one to the receivers' unread count
}

// Custom is a message of any type, its content as JSON. What is received with
// an object name that this package does not know is Custom.
type Custom struct {
	ObjectName string
	Persisted  bool
	Counted    bool
	JSON       json.RawMessage // an object
}

// Kind returns what the fields say.
func (c Custom) Kind() Kind { return Kind{c.ObjectName, c.Persisted, c.Counted} }

// MarshalJSON returns JSON.
func (c Custom) MarshalJSON() ([]byte, error) { return c.JSON, nil }

// Mentions are the users a message addresses by @.
type Mentions struct {
	All   bool          // everyone in the group
	Users []chat.UserID // or these
	Text  string        // what to show in a push notification, instead of the usual text
}

// mentionedInfo is Mentions as it is in the content of a message.
type mentionedInfo struct {
	Type  int           `json:"type"`
	Users []chat.UserID `json:"userIdList,omitempty"`
	Text  string        `json:"mentionedContent,omitempty"`
}

const (
	mentionAll  = 1
	mentionSome = 2
)

func (m *Mentions) encode() mentionedInfo {
	if m.All {
		return mentionedInfo{Type: mentionAll, Text: m.Text}
	}
	return mentionedInfo{Type: mentionSome, Users: m.Users, Text: m.Text}
}

func decodeMentions(text []byte) *Mentions {
	var c struct {
		Info *mentionedInfo `json:"mentionedInfo"`
	}
	if json.Unmarshal(text, &c) != nil || c.Info == nil {
		return nil
	}
	return &Mentions{All: c.Info.Type == mentionAll, Users: c.Info.Users, Text: c.Info.Text}
}

// encodeContent is the content as JSON text, with the mentions in it.
func encodeContent(c Content, m *Mentions) ([]byte, error) {
	name := c.Kind().ObjectName
	text, err := encodeJSON(c)
	if err != nil {
		return nil, &chat.Error{Code: chat.BadContent, Reason: name + " does not encode to JSON", Err: err}
	}
	if len(text) < 2 || text[0] != '{' {
		return nil, chat.Errorf(chat.BadContent, "the content of %s is not a JSON object", name)
	}
	if m == nil {
		return text, nil
	}
	info, err := encodeJSON(m.encode())
	if err != nil {
		return nil, &chat.Error{Code: chat.BadContent, Reason: "the mentions do not encode to JSON", Err: err}
	}
	text = text[:len(text)-1]
	if len(text) > 1 {
		text = append(text, ',')
	}
	text = append(text, `"mentionedInfo":`...)
	return append(append(text, info...), '}'), nil
}

// encodeJSON is json.Marshal that leaves <, > and & alone: content is not HTML.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
