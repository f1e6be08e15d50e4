package imlib

import (
	"time"

	"github.com/hongyan-im/hongyan/wire/pb"
)

// Tag is a label that a user puts on conversations.
type Tag struct {
	ID      string
	Name    string
	Created time.Time
}

// ConversationTag is a tag of a conversation.
type ConversationTag struct {
	ID  string
	Top bool // the conversation is on top among those with this tag
}

// decodeTags are all tags of the user, in the order they were made, and their
// version. They are nil when they did not change.
func decodeTags(b []byte) (tags []Tag, version int64, err error) {
	var a pb.SettingsAnswer
	if err := a.UnmarshalVT(b); err != nil {
		return nil, 0, err
	}
	for _, s := range a.Items {
		if s.GetKey() != "Tag" {
			continue
		}
		tags = []Tag{}
		for _, t := range s.Tags {
			tags = append(tags, Tag{t.GetTagId(), t.GetName(), timeOf(t.GetCreatedTime())})
		}
	}
	return tags, a.GetVersion(), nil
}
