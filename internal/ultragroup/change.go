package ultragroup

import (
	"encoding/json"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Kind is what changed.
type Kind int

// The kinds of changes, numbered as on the wire.
const (
	Expanded       Kind = 1 // the expansion of a message
	Edited         Kind = 2 // the content of a message
	Recalled       Kind = 3 // a message was taken back
	ChannelChanged Kind = 4 // something of a channel: see What
)

// What changed of a channel, numbered as on the wire.
type What int

// The changes of a channel.
const (
	Deleted       What = 1
	MadePrivate   What = 2
	MadePublic    What = 3
	Removed       What = 5 // users from a private channel
	MadeInvisible What = 6 // MadePrivate, to who is not in it
)

// The types of channels, numbered as on the wire.
const (
	Public  = 0
	Private = 1
)

// Change is what a hidden message in a channel's log tells.
type Change struct {
	Kind     Kind          `json:"kind"`
	What     What          `json:"what,omitempty"`
	Channel  string        `json:"channel"`
	Type     int           `json:"type,omitempty"`  // of the channel
	Users    []chat.UserID `json:"users,omitempty"` // who was removed
	UID      chat.UID      `json:"uid,omitempty"`   // the message, and when it was sent
	Time     chat.Tick     `json:"time,omitempty"`
	Operator chat.UserID   `json:"operator,omitempty"`
	Admin    bool          `json:"admin,omitempty"`
	Delete   bool          `json:"delete,omitempty"`
	Mentions *Mentions     `json:"mentions,omitempty"` // of the message that was taken back
	Origin   uint64        `json:"origin,omitempty"`   // see chat.Message
}

// Mentions is the mentionedInfo of a message's content.
type Mentions struct {
	Type  int           `json:"type"` // 1 everybody, 2 Users
	Users []chat.UserID `json:"userIdList,omitempty"`
}

// Of is how user is mentioned: by the type, or 0 for not at all.
func (m *Mentions) Of(user chat.UserID) int {
	if m == nil || m.Type == 2 && !slices.Contains(m.Users, user) {
		return 0
	}
	return m.Type
}

// changeName is the object name of a message that tells a change.
const changeName = "HY:UltraChange"

// message is what tells those who see a channel of c.
func (c *Change) message(operator chat.UserID, group, channel string) (*chat.Message, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	m, err := wire.NewMessage(chat.UltraGroup, operator, group, &pb.UpMessage{
		Flags: new(int32(0)), ClassName: new(changeName), Content: text, BusChannel: &channel,
	})
	if err != nil {
		return nil, err
	}
	m.Flags |= chat.Hidden
	m.Origin = c.Origin
	return m, nil
}

// readChange reads what message wrote.
func readChange(m *chat.Message) (c Change, err error) {
	err = json.Unmarshal(wire.Content(m), &c)
	return c, err
}
