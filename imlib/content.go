package imlib

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/hongyan-im/hongyan/chat"
)

// Content is what a message says: a struct that encodes to a JSON object. The
// types of this package are the usual ones; an app adds its own with a struct
// that has this method, and receives it as Custom.
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

// Common is what every message may carry besides its own fields.
type Common struct {
	User  *User  `json:"user,omitempty"`  // the sender, as the receiver should show them
	Extra string `json:"extra,omitempty"` // for the app; Hongyan does not read it
}

// User is how a sender wants to be shown.
type User struct {
	ID       string `json:"id,omitempty"`
	Name     string `json:"name,omitempty"`
	Portrait string `json:"portraitUri,omitempty"` // URL
	Extra    string `json:"extra,omitempty"`
}

// TextMessage is text. Emoji are in it as they are.
type TextMessage struct {
	Content string `json:"content"`
	Common
}

// ImageMessage is a picture that was uploaded before.
type ImageMessage struct {
	Thumbnail string `json:"content"` // JPEG in base64 without a data: prefix, 80 KB at most
	URL       string `json:"imageUri"`
	Common
}

// FileMessage is a file that was uploaded before.
type FileMessage struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes
	Type string `json:"type"`
	URL  string `json:"fileUrl"`
	Common
}

// HQVoiceMessage is a recording that was uploaded before.
type HQVoiceMessage struct {
	URL      string `json:"remoteUrl"`
	Duration int    `json:"duration"` // seconds, 60 at most
	Type     string `json:"type,omitempty"`
	Common
}

// SightMessage is a short video that was uploaded before.
type SightMessage struct {
	URL       string `json:"sightUrl"`
	Thumbnail string `json:"content"`  // JPEG in base64 without a data: prefix
	Duration  int    `json:"duration"` // seconds
	Size      int64  `json:"size"`     // bytes
	Name      string `json:"name"`
	Common
}

// GIFMessage is a GIF that was uploaded before.
type GIFMessage struct {
	Size   int64  `json:"gifDataSize"` // bytes
	URL    string `json:"remoteUrl"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Common
}

// ReferenceMessage answers a message and shows it.
type ReferenceMessage struct {
	Content    string          `json:"content"`
	Sender     chat.UserID     `json:"referMsgUserId"`
	Message    json.RawMessage `json:"referMsg"` // its content
	UID        chat.UID        `json:"referMsgUid,omitempty"`
	ObjectName string          `json:"objName"`
	Common
}

// LocationMessage is a place on the map.
type LocationMessage struct {
	Longitude float64 `json:"longitude"`
	Latitude  float64 `json:"latitude"`
	Name      string  `json:"poi"`
	Thumbnail string  `json:"content"` // picture in base64 without a data: prefix
	Common
}

// RichContentMessage is a link with a title, a summary and a picture.
type RichContentMessage struct {
	Title    string `json:"title"`
	Summary  string `json:"content"`
	ImageURL string `json:"imageUri"`
	URL      string `json:"url"`
	Common
}

// InformationNotificationMessage is a line of grey text between messages.
type InformationNotificationMessage struct {
	Message string `json:"message"`
	Common
}

// CommandMessage tells the receiver's app to do something. It is neither shown nor kept.
type CommandMessage struct {
	Name string `json:"name"`
	Data string `json:"data"`
	Common
}

// GroupNotificationMessage says what happened in a group.
type GroupNotificationMessage struct {
	Operator  chat.UserID `json:"operatorUserId"`
	Operation string      `json:"operation"`
	Data      string      `json:"data"`
	Message   string      `json:"message"`
	Common
}

// TypingStatus says that the sender is writing a message. Send it with
// [Client.Typing].
type TypingStatus struct {
	ObjectName string `json:"typingContentType"` // of the message being written
}

// RecallCommand says that a message was recalled. Send it with [Client.Recall].
type RecallCommand struct {
	Type    chat.ConversationType `json:"conversationType"`
	Target  string                `json:"targetId"`
	Channel string                `json:"channelId,omitempty"`
	UID     chat.UID              `json:"messageUId"` // the recalled message
	Time    int64                 `json:"sentTime"`   // when that was sent, in milliseconds
	Admin   bool                  `json:"isAdmin,omitempty"`
	Delete  bool                  `json:"isDelete,omitempty"` // leave no trace of it
	Common
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

// The kinds of the built-in types; the flags are those of the official clients.

func (TextMessage) Kind() Kind                    { return Kind{"RC:TxtMsg", true, true} }
func (ImageMessage) Kind() Kind                   { return Kind{"RC:ImgMsg", true, true} }
func (FileMessage) Kind() Kind                    { return Kind{"RC:FileMsg", true, true} }
func (HQVoiceMessage) Kind() Kind                 { return Kind{"RC:HQVCMsg", true, true} }
func (SightMessage) Kind() Kind                   { return Kind{"RC:SightMsg", true, true} }
func (GIFMessage) Kind() Kind                     { return Kind{"RC:GIFMsg", true, true} }
func (ReferenceMessage) Kind() Kind               { return Kind{"RC:ReferenceMsg", true, true} }
func (LocationMessage) Kind() Kind                { return Kind{"RC:LBSMsg", true, true} }
func (RichContentMessage) Kind() Kind             { return Kind{"RC:ImgTextMsg", true, true} }
func (InformationNotificationMessage) Kind() Kind { return Kind{"RC:InfoNtf", true, false} }
func (CommandMessage) Kind() Kind                 { return Kind{"RC:CmdMsg", false, false} }
func (GroupNotificationMessage) Kind() Kind       { return Kind{"RC:GrpNtf", true, false} }
func (TypingStatus) Kind() Kind                   { return Kind{"RC:TypSts", false, false} }
func (RecallCommand) Kind() Kind                  { return Kind{"RC:RcCmd", true, false} }

// builtIn has the type of each object name that is decoded for the application.
var builtIn = func() map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for _, c := range []Content{
		TextMessage{}, ImageMessage{}, FileMessage{}, HQVoiceMessage{}, SightMessage{}, GIFMessage{}, ReferenceMessage{},
		LocationMessage{}, RichContentMessage{}, InformationNotificationMessage{}, CommandMessage{},
		GroupNotificationMessage{}, TypingStatus{}, RecallCommand{},
	} {
		types[c.Kind().ObjectName] = reflect.TypeOf(c)
	}
	return types
}()

// decodeContent never fails: a sender's mistake must not stop the receiver, so
// what does not fit its type is Custom.
func decodeContent(k Kind, text []byte) Content {
	if t, ok := builtIn[k.ObjectName]; ok {
		v := reflect.New(t)
		if json.Unmarshal(text, v.Interface()) == nil {
			return v.Elem().Interface().(Content)
		}
	}
	return Custom{ObjectName: k.ObjectName, Persisted: k.Persisted, Counted: k.Counted, JSON: text}
}

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
		return nil, &chat.Error{Code: chat.BadParameter, Reason: name + " does not encode to JSON", Err: err}
	}
	if len(text) < 2 || text[0] != '{' {
		return nil, chat.Errorf(chat.BadParameter, "the content of %s is not a JSON object", name)
	}
	if m == nil {
		return text, nil
	}
	info, err := encodeJSON(m.encode())
	if err != nil {
		return nil, &chat.Error{Code: chat.BadParameter, Reason: "the mentions do not encode to JSON", Err: err}
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
