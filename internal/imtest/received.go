package imtest

import (
	"encoding/json"
	"fmt"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Message is a message that a client was given.
type Message struct {
	UID        chat.UID
	ID         chat.ID // read out of UID
	Type       chat.ConversationType
	Target     string // the peer, the group or the room
	Sender     chat.UserID
	ObjectName string
	Text       string // of a RC:TxtMsg
	Content    string
	ClientID   int64
}

// read makes a Message of what viewer was sent.
func read(d *pb.DownMessage, viewer chat.UserID) (Message, error) {
	m := Message{
		UID: chat.UID(d.GetMsgId()), Type: chat.ConversationType(d.GetType()), Target: d.GetGroupId(),
		Sender: chat.UserID(d.GetFromUserId()), ObjectName: d.GetClassName(),
		Content: string(d.GetContent()), ClientID: d.GetClientUniqueId(),
	}
	if m.Type.TwoSided() {
		m.Target = d.GetFromUserId() // the peer, whoever sent
		if d.GetDirection() == 1 {
			m.Sender = viewer
		}
	}
	var text struct{ Content string }
	if err := json.Unmarshal(d.GetContent(), &text); err != nil {
		return m, fmt.Errorf("content: %w", err)
	}
	m.Text = text.Content
	var err error
	if m.ID, err = m.UID.ID(); err != nil {
		return m, err
	}
	if m.ID.Tick != chat.Tick(d.GetDataTime()) {
		return m, fmt.Errorf("message %s has dataTime %d", m.UID, d.GetDataTime())
	}
	return m, nil
}

// content is the JSON of a RC:TxtMsg.
func content(text string) []byte {
	b, err := json.Marshal(map[string]string{"content": text})
	if err != nil {
		panic(err) // a map of texts
	}
	return b
}

// Text is the payload of a PUBLISH that sends a RC:TxtMsg. The clientID 0 is none.
func Text(text string, clientID int64) []byte {
	up := &pb.UpMessage{
		Flags: new(wire.UpFlags(chat.Persisted | chat.Counted)), ClassName: new("RC:TxtMsg"), Content: content(text),
	}
	if clientID != 0 {
		up.ClientUniqueId = &clientID
	}
	return must(up.MarshalVT())
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err) // a payload of our own making
	}
	return b
}
