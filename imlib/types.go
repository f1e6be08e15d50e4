package imlib

import (
	"encoding/json"

	"github.com/hongyan-im/hongyan/chat"
)

// The types of messages that this package knows. Names and members are those
// of the official SDKs, so that every client shows them. Each may say who sent
// it and carry what the app likes (Common). All are kept and counted as unread
// unless their comment says otherwise, and are at most 131,072 bytes as JSON.

// Common is what every message may carry besides its own members: S130, S131, S132.
type Common struct {
	User  *User  `json:"user,omitempty"`  // the sender, as the receiver should show them
	Extra string `json:"extra,omitempty"` // for the app; Hongyan does not read it
	Audit *Audit `json:"audit,omitempty"` // how the app's moderation treats the message
}

// sender is a method so that whatever embeds Common has it.
func (c Common) sender() *User { return c.User }

// User is how a sender wants to be shown.
type User struct {
	ID       string
	Name     string
	Portrait string // URL
	Extra    string
	Alias    string // a name that only the receiver's app gives
}

// userJSON is User on the wire, where the portrait has two names: clients read
// either.
type userJSON struct {
	ID          string `json:"id,omitempty"`
	Name        string `json:"name,omitempty"`
	PortraitURI string `json:"portraitUri,omitempty"`
	Portrait    string `json:"portrait,omitempty"`
	Extra       string `json:"extra,omitempty"`
	Alias       string `json:"alias,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (u User) MarshalJSON() ([]byte, error) {
	return encodeJSON(userJSON{u.ID, u.Name, u.Portrait, u.Portrait, u.Extra, u.Alias})
}

// UnmarshalJSON implements json.Unmarshaler.
func (u *User) UnmarshalJSON(text []byte) error {
	var j userJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*u = User{j.ID, j.Name, j.PortraitURI, j.Extra, j.Alias}
	if u.Portrait == "" {
		u.Portrait = j.Portrait
	}
	return nil
}

// Audit is for the moderation of an app that has one; Hongyan hands it on.
type Audit struct {
	Type     AuditType `json:"auditType"`
	Project  string    `json:"project,omitempty"`
	Strategy string    `json:"strategy,omitempty"`
}

// AuditType says whether a message is to be looked at.
type AuditType int

// Whether a message is to be looked at.
const (
	AuditSkip   AuditType = 0
	AuditReview AuditType = 1
)

// TextMessage is text, in which Emoji are as they are: S070.
type TextMessage struct {
	Content string `json:"content"`
	Common
}

// ImageMessage is a picture that was uploaded; [Client.SendImage] uploads it
// and makes the thumbnail: S071 to S074.
type ImageMessage struct {
	// Thumbnail is a JPEG in base64 without a data: prefix, 80 KB at most and
	// better 10; its longer side should be 240 pixels or less.
	Thumbnail       string `json:"content"`
	URL             string `json:"imageUri"`
	ThumbnailWidth  int    `json:"thumWidth,omitempty"` // pixels
	ThumbnailHeight int    `json:"thumHeight,omitempty"`
	Common
}

// FileMessage is a file that was uploaded; [Client.SendFile] uploads it: S075.
type FileMessage struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes
	Type string `json:"type"` // the extension of its name, such as zip
	URL  string `json:"fileUrl"`
	Common
}

// HQVoiceMessage is a recording that was uploaded; [Client.SendVoice] uploads
// it and finds out how long it is: S076 to S078.
type HQVoiceMessage struct {
	URL        string `json:"remoteUrl"`
	Duration   int    `json:"duration"`       // seconds, 0 to 60
	Type       string `json:"type,omitempty"` // its encoding; empty is aac, which all phones play
	SampleRate int    `json:"sampleRate,omitempty"`
	Channels   int    `json:"numberOfChannels,omitempty"`
	Common
}

// VoiceMessage is a recording inside a message, as clients of long ago sent it.
type VoiceMessage struct {
	Content  string `json:"content"`  // AMR in base64
	Duration int    `json:"duration"` // seconds, 0 to 60
	Common
}

// SightMessage is a short video that was uploaded, H.264 and AAC for phones;
// [Client.SendSight] uploads it: S079 to S082.
type SightMessage struct {
	URL       string `json:"sightUrl"`
	Thumbnail string `json:"content"`  // as in ImageMessage
	Duration  int    `json:"duration"` // seconds, 0 to 120, or what the app says
	Size      int64  `json:"size"`     // bytes
	Name      string `json:"name"`
	Common
}

// GIFMessage is a GIF that was uploaded; [Client.SendGIF] uploads it: S083.
type GIFMessage struct {
	Size   int64  `json:"gifDataSize"` // bytes
	URL    string `json:"remoteUrl"`
	Width  int    `json:"width"` // pixels
	Height int    `json:"height"`
	Common
}

// ReferenceMessage answers a message and shows it: S084. [Refer] makes one.
type ReferenceMessage struct {
	Content    string          `json:"content"`
	Sender     chat.UserID     `json:"referMsgUserId"`
	Message    json.RawMessage `json:"referMsg"` // its content
	UID        chat.UID        `json:"referMsgUid,omitempty"`
	ObjectName string          `json:"objName"` // of the message that is answered
	Common
}

// LocationMessage is a place on the map: S086.
type LocationMessage struct {
	Longitude float64 `json:"longitude"` // degrees
	Latitude  float64 `json:"latitude"`
	Name      string  `json:"poi"`
	Thumbnail string  `json:"content"` // as in ImageMessage
	Common
}

// RichContentMessage is a link with a title, a summary and a picture: S087.
type RichContentMessage struct {
	Title    string `json:"title"`
	Summary  string `json:"content"`
	ImageURL string `json:"imageUri"`
	URL      string `json:"url"`
	Common
}

// CombineMessage is several messages as one, which are in a page of HTML.
type CombineMessage struct {
	URL       string                `json:"remoteUrl"`
	Names     []string              `json:"nameList"`    // who speaks, of the first 4 messages
	Summaries []string              `json:"summaryList"` // what they say
	Type      chat.ConversationType `json:"conversationType"`
	Common
}

// CombineV2Message is several messages as one. [Client.Combine] makes it.
type CombineV2Message struct {
	Type      chat.ConversationType `json:"conversationType"` // of the conversation they are from
	Summaries []string              `json:"summaryList"`      // of the first 3
	Names     []string              `json:"nameList"`         // both users, or the group
	Count     int                   `json:"msgNum"`
	Messages  []CombinedMessage     `json:"msgList,omitempty"` // unless they take over 120 KB of JSON
	FileKey   string                `json:"jsonMsgKey,omitempty"`
	URL       string                `json:"remoteUrl,omitempty"` // of a file that is that JSON
	Common
}

// CombinedMessage is one of the messages in a CombineV2Message.
type CombinedMessage struct {
	Sender     chat.UserID     `json:"fromUserId"`
	Target     string          `json:"targetId"`
	Time       int64           `json:"timestamp"` // when it was sent, in milliseconds
	ObjectName string          `json:"objectName"`
	Content    json.RawMessage `json:"content"`
}

// StreamMessage is text of which more is coming. Only the app's server sends it.
type StreamMessage struct {
	Content    string `json:"content"`
	Type       string `json:"type,omitempty"` // such as text or markdown
	Complete   bool   `json:"complete"`
	Reason     int    `json:"completeReason,omitempty"`
	StopReason int    `json:"stopReason,omitempty"`
	Common
}

// InformationNotificationMessage is a line of grey text between messages. It
// is kept and not counted: S088.
type InformationNotificationMessage struct {
	Message string `json:"message"`
	Common
}

// CommandMessage tells the receiver's app to do something. It is neither shown
// nor kept: S089.
type CommandMessage struct {
	Name string `json:"name"`
	Data string `json:"data"`
	Common
}

// CommandNotification is a CommandMessage that is kept, and not counted.
type CommandNotification struct {
	Name string `json:"name"`
	Data string `json:"data"`
	Common
}

// GroupNotificationMessage says what happened in a group. It is kept and not
// counted: S090.
type GroupNotificationMessage struct {
	Operator  chat.UserID `json:"operatorUserId"`
	Operation string      `json:"operation"` // such as Add, Quit, Kicked, Rename, Bulletin
	Data      string      `json:"data"`      // JSON, as the operation wants it
	Message   string      `json:"message"`
	Common
}

// ContactNotification says that somebody wants to be a friend, or became one.
// It is kept and not counted.
type ContactNotification struct {
	Operation string      `json:"operation"` // such as Request, AcceptResponse, RejectResponse
	Source    chat.UserID `json:"sourceUserId"`
	Target    chat.UserID `json:"targetUserId"`
	Message   string      `json:"message"`
	Common
}

// ProfileNotification says that somebody changed how they are shown. It is
// kept and not counted.
type ProfileNotification struct {
	Operation string `json:"operation"`
	Data      string `json:"data"`
	Common
}

// TypingStatus says that the sender is writing a message: S165 to S167. Send
// it with [Client.Typing].
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

// RecallNotification stands in history in the place of a message that was
// recalled.
type RecallNotification struct {
	Operator   chat.UserID `json:"operatorId"`
	Sent       int64       `json:"recallTime"`       // when the message was sent, in milliseconds
	RecalledAt int64       `json:"recallActionTime"` // when it was recalled
	Admin      bool        `json:"admin"`
	Common
}

// The kinds of the types above, by the shared table.

func (TextMessage) Kind() Kind                    { return kindOf("RC:TxtMsg") }
func (ImageMessage) Kind() Kind                   { return kindOf("RC:ImgMsg") }
func (FileMessage) Kind() Kind                    { return kindOf("RC:FileMsg") }
func (HQVoiceMessage) Kind() Kind                 { return kindOf("RC:HQVCMsg") }
func (VoiceMessage) Kind() Kind                   { return kindOf("RC:VcMsg") }
func (SightMessage) Kind() Kind                   { return kindOf("RC:SightMsg") }
func (GIFMessage) Kind() Kind                     { return kindOf("RC:GIFMsg") }
func (ReferenceMessage) Kind() Kind               { return kindOf("RC:ReferenceMsg") }
func (LocationMessage) Kind() Kind                { return kindOf("RC:LBSMsg") }
func (RichContentMessage) Kind() Kind             { return kindOf("RC:ImgTextMsg") }
func (CombineMessage) Kind() Kind                 { return kindOf("RC:CombineMsg") }
func (CombineV2Message) Kind() Kind               { return kindOf("RC:CombineV2Msg") }
func (StreamMessage) Kind() Kind                  { return kindOf("RC:StreamMsg") }
func (InformationNotificationMessage) Kind() Kind { return kindOf("RC:InfoNtf") }
func (CommandMessage) Kind() Kind                 { return kindOf("RC:CmdMsg") }
func (CommandNotification) Kind() Kind            { return kindOf("RC:CmdNtf") }
func (GroupNotificationMessage) Kind() Kind       { return kindOf("RC:GrpNtf") }
func (ContactNotification) Kind() Kind            { return kindOf("RC:ContactNtf") }
func (ProfileNotification) Kind() Kind            { return kindOf("RC:ProfileNtf") }
func (TypingStatus) Kind() Kind                   { return kindOf("RC:TypSts") }
func (RecallCommand) Kind() Kind                  { return kindOf("RC:RcCmd") }
func (RecallNotification) Kind() Kind             { return kindOf("RC:RcNtf") }

// kindOf is the kind of a type of the protocol.
func kindOf(objectName string) Kind {
	t := chat.TypeNamed(objectName)
	return Kind{objectName, t.Flags&chat.Persisted != 0, t.Flags&chat.Counted != 0}
}

// Refer is an answer to m that shows it.
func Refer(m Message, text string) ReferenceMessage {
	return ReferenceMessage{
		Content: text, Sender: m.Sender, Message: json.RawMessage(m.JSON), UID: m.UID, ObjectName: m.Content.Kind().ObjectName,
	}
}
