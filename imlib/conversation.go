package imlib

import (
	"strconv"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Level is which messages of a conversation a user wants to be notified of.
type Level int

// The levels.
const (
	LevelAll         Level = -1 // of every message
	LevelNotSet      Level = 0  // as the level of the conversation's type says, or else of every message
	LevelMentions    Level = 1  // of messages that mention the user or everybody
	LevelMentionsMe  Level = 2  // of messages that mention the user
	LevelMentionsAll Level = 4  // of messages that mention everybody
	LevelNone        Level = 5  // of none: the conversation is muted
)

// Unread is what a user has not read of a conversation.
type Unread struct {
	Count      int       // messages that are unread
	Mentions   int       // of those, that mention the user or everybody
	MentionsMe int       // of those, that name the user
	Read       time.Time // everything up to here was read; zero is nothing
	First      *UnreadMessage
}

// UnreadMessage names the oldest unread message of a conversation, or one that
// mentions the user.
type UnreadMessage struct {
	UID        chat.UID
	Time       time.Time
	ObjectName string
}

func unreadMessage(p *pb.UnreadMessage) *UnreadMessage {
	if p == nil {
		return nil
	}
	return &UnreadMessage{chat.UID(p.GetMsgId()), timeOf(p.GetMsgTime()), p.GetClassName()}
}

// settings are those of a conversation; what is nil is not set.
type settings struct {
	top   *bool
	level *Level
	tags  []ConversationTag
}

// settingsOf are the settings in p that changed after a tick.
func settingsOf(p *pb.ConversationState, after chat.Tick) (s settings) {
	for _, item := range p.GetStateItem() {
		if chat.Tick(item.GetTime()) <= after {
			continue
		}
		n, _ := strconv.Atoi(item.GetValue()) // the value of tags is empty
		switch item.GetSessionStateType() {
		case pb.StateKind_STATE_TOP:
			s.top = new(n != 0)
		case pb.StateKind_STATE_SILENT:
			s.level = new(Level(n))
		case pb.StateKind_STATE_TAGS:
			s.tags = []ConversationTag{}
			for _, t := range item.GetTags() {
				s.tags = append(s.tags, ConversationTag{t.GetTagId(), t.GetIsTop()})
			}
		}
	}
	return s
}
