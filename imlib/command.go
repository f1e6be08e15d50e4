package imlib

import (
	"encoding/json"
	"time"

	"github.com/hongyan-im/hongyan/chat"
)

// The messages by which SDKs tell each other things.
const (
	typingType         = "RC:TypSts"
	recallType         = "RC:RcCmd"
	expansionType      = "RC:MsgExMsg"
	readType           = "RC:ReadNtf"
	readSyncType       = "RC:SRSMsg"
	receiptRequestType = "RC:RRReqMsg"
	receiptAnswerType  = "RC:RRRspMsg"
	readStateType      = "RC:RSMsg"

	entryNotificationType = "RC:chrmKVNotiMsg"
)

// eventOf is the event that a message means: itself, unless it is one by which
// SDKs tell each other things. It is nil when it means nothing to this user.
func (c *Client) eventOf(m *Message) Event {
	decode, ok := commands[m.Content.Kind().ObjectName]
	if !ok {
		return *m
	}
	e, err := decode(c, m)
	if err != nil {
		c.options.Log.Warn("a message does not decode", "uid", m.UID, "sender", m.Sender, "reason", err)
		return nil
	}
	return e
}

// commands turn the messages of SDKs into events. An error is a sender's
// mistake.
var commands = map[string]func(*Client, *Message) (Event, error){
	typingType:         typingEvent,
	recallType:         recallEvent,
	expansionType:      expansionEvent,
	readType:           readEvent,
	readSyncType:       func(*Client, *Message) (Event, error) { return nil, nil }, // ReadElsewhere says it
	receiptRequestType: receiptRequestEvent,
	receiptAnswerType:  receiptAnswerEvent,
	readStateType:      readStateEvent,

	entryNotificationType: entryNotifiedEvent,
}

func typingEvent(_ *Client, m *Message) (Event, error) {
	var says TypingStatus
	err := json.Unmarshal(m.JSON, &says)
	return Typing{m.Conversation, m.Sender, says.ObjectName}, err
}

func recallEvent(_ *Client, m *Message) (Event, error) {
	var says struct {
		RecallCommand
		Sender chat.UserID `json:"originalFromUserId"`
	}
	if err := json.Unmarshal(m.JSON, &says); err != nil {
		return nil, err
	}
	return Recalled{
		Conversation: m.Conversation, UID: says.UID, Time: time.UnixMilli(says.Time), Sender: says.Sender, By: m.Sender,
		Admin: says.Admin, Delete: says.Delete, User: says.User, Extra: says.Extra,
	}, nil
}

// expansionChange is the content of the message that changes an expansion.
type expansionChange struct {
	UID    chat.UID          `json:"mid"`
	Put    map[string]string `json:"put,omitempty"`
	Delete []string          `json:"del,omitempty"`
	Clear  bool              `json:"clear,omitempty"`
}

func expansionEvent(_ *Client, m *Message) (Event, error) {
	var says expansionChange
	err := json.Unmarshal(m.JSON, &says)
	return ExpansionChanged{m.Conversation, says.UID, m.Sender, says.Clear, says.Put, says.Delete}, err
}

// readNotice is the content of the message that tells a peer of a read mark.
type readNotice struct {
	UID     chat.UID `json:"messageUId"`
	Through int64    `json:"lastMessageSendTime"`
	Type    int      `json:"type"` // 1, as official clients have it
}

func readEvent(_ *Client, m *Message) (Event, error) {
	if m.Own {
		return nil, nil // ReadElsewhere says it
	}
	var says readNotice
	err := json.Unmarshal(m.JSON, &says)
	return PeerRead{m.Conversation, says.UID, time.UnixMilli(says.Through)}, err
}

func receiptRequestEvent(_ *Client, m *Message) (Event, error) {
	if m.Own {
		return nil, nil
	}
	var says receiptRequest
	err := json.Unmarshal(m.JSON, &says)
	return ReceiptRequested{m.Conversation, says.UID, m.Sender}, err
}

// receiptRequest and receiptAnswer are the contents of the messages by which
// members of a group ask and say who has read a message.
type (
	receiptRequest struct {
		UID chat.UID `json:"messageUId"`
	}
	receiptAnswer struct {
		UIDs map[chat.UserID][]chat.UID `json:"receiptMessageDic"` // by sender
	}
)

func receiptAnswerEvent(c *Client, m *Message) (Event, error) {
	var says receiptAnswer
	if err := json.Unmarshal(m.JSON, &says); err != nil {
		return nil, err
	}
	if m.Own || len(says.UIDs[c.user]) == 0 {
		return nil, nil // of another's messages
	}
	return GroupRead{m.Conversation, says.UIDs[c.user], m.Sender}, nil
}

// readStateEvent is a receipt of the fourth generation: of a private
// conversation up to when it was read, of a group's message how many did.
func readStateEvent(_ *Client, m *Message) (Event, error) {
	var says struct {
		UID     chat.UID `json:"msgId"`
		Total   int      `json:"tmn"`
		Read    int      `json:"rrn"`
		Through int64    `json:"endMsgTime"`
	}
	if err := json.Unmarshal(m.JSON, &says); err != nil {
		return nil, err
	}
	if m.Conversation.Type == chat.Private {
		return PeerRead{Conversation: m.Conversation, Through: time.UnixMilli(says.Through)}, nil
	}
	return ReceiptChanged{Conversation: m.Conversation, UID: says.UID, Total: says.Total, Read: says.Read}, nil
}

func entryNotifiedEvent(_ *Client, m *Message) (Event, error) {
	var says entryNotice
	err := json.Unmarshal(m.JSON, &says)
	return ChatroomEntryNotified{m.Conversation.Target, says.Key, says.Value, says.Type == entryRemoved, says.Extra, m.Sender}, err
}
