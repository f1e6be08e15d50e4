package imlib

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// ChatroomMembersChanged says who came and went in a chatroom since it was
// last told: at most once a second, and at most 100 users, the newest.
type ChatroomMembersChanged struct {
	Room    string
	Members int // how many there are now
	Joined  []ChatroomUser
	Left    []ChatroomUser
}

// ChatroomUser is a user who came to or left a chatroom.
type ChatroomUser struct {
	User  chat.UserID
	Extra string // what the user said with it
}

// ChatroomEntriesChanged says which entries of a chatroom changed, whoever
// changed them.
type ChatroomEntriesChanged struct {
	Room    string
	All     bool // Set is all there is: forget every other entry
	Set     map[string]string
	Removed []string
}

// ChatroomEntryNotified says that somebody changed an entry of a chatroom and
// asked for everybody to be told, with EntryNotify. ChatroomEntriesChanged tells
// of the same change.
type ChatroomEntryNotified struct {
	Room       string
	Key, Value string
	Removed    bool
	Extra      string
	By         chat.UserID
}

// ChatroomElsewhere says that another device of the user joined or left a
// chatroom that this one is in.
type ChatroomElsewhere struct {
	Room   string
	Joined bool // else left
	Time   time.Time
	Extra  string
}

// ChatroomMuteChanged says that a rule about who may speak in a chatroom was
// set or dropped.
type ChatroomMuteChanged struct {
	Room  string
	Rule  MuteRule
	Set   bool // else dropped
	Users []chat.UserID
	For   time.Duration // how long it holds; 0 is for ever
	Time  time.Time
	Extra string
}

// MuteRule is a rule about who may speak in chatrooms.
type MuteRule int

// The rules about who may speak.
const (
	MuteUsers           MuteRule = iota // Users may not speak in the room
	MuteRoom                            // nobody may speak in the room, but for who is excepted
	MuteExcept                          // Users are excepted from MuteRoom
	MuteUsersEverywhere                 // Users may not speak in any room
)

// ChatroomBlockChanged says that users were put out of a chatroom and may not
// come back for a time, or may come back.
type ChatroomBlockChanged struct {
	Room    string
	Blocked bool // else not any more
	Users   []chat.UserID
	For     time.Duration // 0 is for ever
	Time    time.Time
	Extra   string
}

// ChatroomLost says that the client is not in a chatroom any more, because the
// room was destroyed, the user was put out, or it cannot be joined again.
type ChatroomLost struct {
	Room   string
	Reason error // a *chat.Error
}

// ChatroomRejoined says that the client is in a chatroom again, after the
// connection was lost.
type ChatroomRejoined struct{ Room string }

func (ChatroomMembersChanged) event() {}
func (ChatroomEntriesChanged) event() {}
func (ChatroomEntryNotified) event()  {}
func (ChatroomElsewhere) event()      {}
func (ChatroomMuteChanged) event()    {}
func (ChatroomBlockChanged) event()   {}
func (ChatroomLost) event()           {}
func (ChatroomRejoined) event()       {}

// notices turn what the server tells the sessions in a chatroom, and nobody
// keeps, into events. PROTOCOL.md#chatroom-notices
var notices = map[string]func(c *Client, room string, content []byte) (Event, error){
	"RC:ChrmMemChange": membersNotice,
	"RC:ChrmSyncMsg":   deviceNotice,
	"RC:ChrmBanMsg":    muteNotice,
	"RC:ChrmBlockMsg":  blockNotice,
}

// handleNotice takes a notice, with c.mu held. It reports whether d is one.
func (c *Client) handleNotice(d *pb.DownMessage) bool {
	decode, ok := notices[d.GetClassName()]
	if !ok || d.GetType() != int32(chat.Chatroom) {
		return false
	}
	e, err := decode(c, d.GetGroupId(), d.GetContent())
	switch {
	case err != nil:
		c.options.Log.Warn("a notice does not decode", "room", d.GetGroupId(), "type", d.GetClassName(), "reason", err)
	case e != nil:
		c.happened(e)
	}
	return true
}

func membersNotice(_ *Client, room string, content []byte) (Event, error) {
	var says struct {
		Members int `json:"memberCount"`
		Users   []struct {
			User   chat.UserID `json:"userId"`
			Status int         `json:"status"` // 1 joined, 0 left
			Extra  string      `json:"extra"`
		} `json:"userList"`
	}
	err := json.Unmarshal(content, &says)
	e := ChatroomMembersChanged{Room: room, Members: says.Members}
	for _, u := range says.Users {
		if u.Status == 1 {
			e.Joined = append(e.Joined, ChatroomUser{u.User, u.Extra})
		} else {
			e.Left = append(e.Left, ChatroomUser{u.User, u.Extra})
		}
	}
	return e, err
}

// leftByOther is why a device left a room: the user joined another one.
const leftByOther = 2

func deviceNotice(c *Client, room string, content []byte) (Event, error) {
	var says struct {
		Status int    `json:"status"` // 1 joined, 0 left
		Reason int    `json:"reason"`
		Time   int64  `json:"time"`
		Extra  string `json:"extra"`
	}
	if err := json.Unmarshal(content, &says); err != nil {
		return nil, err
	}
	if says.Status == 0 && says.Reason == leftByOther {
		c.loseRoom(room, chat.Errorf(chat.NotInChatroom, "another device of the user joined another chatroom"))
		return nil, nil
	}
	return ChatroomElsewhere{room, says.Status == 1, timeOf(says.Time), says.Extra}, nil
}

// sentence is what notices of rules say. Times are in milliseconds.
type sentence struct {
	Type     int           `json:"operateType"`
	Duration int64         `json:"durationTime"`
	Time     int64         `json:"operateTime"`
	Users    []chat.UserID `json:"userList"`
	Extra    string        `json:"extra"`
}

func (s *sentence) life() time.Duration { return time.Duration(s.Duration) * time.Millisecond }

func muteNotice(_ *Client, room string, content []byte) (Event, error) {
	var says sentence
	err := json.Unmarshal(content, &says)
	// Of the two numbers of a rule the larger sets it.
	rule, set := MuteRule(says.Type/2), says.Type%2 == 1
	return ChatroomMuteChanged{room, rule, set, says.Users, says.life(), timeOf(says.Time), says.Extra}, err
}

func blockNotice(c *Client, room string, content []byte) (Event, error) {
	var says sentence
	if err := json.Unmarshal(content, &says); err != nil {
		return nil, err
	}
	blocked := says.Type == 1
	if blocked && slices.Contains(says.Users, c.user) {
		c.loseRoom(room, chat.Errorf(chat.ChatroomBlocked, "the user was put out of the chatroom"))
	}
	return ChatroomBlockChanged{room, blocked, says.Users, says.life(), timeOf(says.Time), says.Extra}, nil
}

// entriesFeed is the news of a chatroom's entries.
func (c *Client) entriesFeed(r *room) feed {
	f := feed{topic: wire.TopicRoomEntriesPull, target: r.id}
	f.question = func() payload { return &pb.RoomEntriesRequest{Timestamp: new(int64(r.entries.cursor))} }
	f.take = func(b []byte) (bool, error) {
		var a pb.RoomEntries
		if err := a.UnmarshalVT(b); err != nil {
			return false, err
		}
		if e := entriesChanged(r.id, &a); c.rooms[r.id] == r && (e.All || len(e.Set)+len(e.Removed) > 0) {
			c.push(received{event: e})
		}
		return r.entries.told(a.GetSyncTime(), false), nil
	}
	return f
}

func entriesChanged(room string, a *pb.RoomEntries) ChatroomEntriesChanged {
	e := ChatroomEntriesChanged{Room: room, All: a.GetFullUpdate()}
	for _, entry := range a.Entries {
		if entry.GetStatus()&entryGone != 0 {
			e.Removed = append(e.Removed, entry.GetKey())
			continue
		}
		if e.Set == nil {
			e.Set = make(map[string]string)
		}
		e.Set[entry.GetKey()] = entry.GetValue()
	}
	return e
}
