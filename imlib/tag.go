package imlib

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
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

// Tags returns all tags of the user.
func (c *Client) Tags(ctx context.Context) ([]Tag, error) {
	var a pb.SettingsAnswer
	err := c.request(ctx, wire.TopicSettings, string(c.user), &pb.SettingsRequest{Version: new(int64)}, &a)
	return tagsOf(&a), err
}

// CreateTag makes a tag: at most 20, with an id of 1 to 10 characters and a name
// of 1 to 15.
//
// Codes: BadTag, BadTagName, TagExists, TooManyTags.
func (c *Client) CreateTag(ctx context.Context, id, name string) error {
	if there, err := c.hasTag(ctx, id); err != nil {
		return err
	} else if there {
		return chat.Errorf(chat.TagExists, "there is a tag %q already", id)
	}
	return c.saveTag(ctx, id, name)
}

// RenameTag gives a tag another name.
//
// Codes: BadTag, BadTagName, TagMissing.
func (c *Client) RenameTag(ctx context.Context, id, name string) error {
	if err := c.mustHaveTag(ctx, id); err != nil {
		return err
	}
	return c.saveTag(ctx, id, name)
}

// DeleteTag deletes a tag; no conversation has it any more.
//
// Codes: BadTag, TagMissing.
func (c *Client) DeleteTag(ctx context.Context, id string) error {
	if err := c.mustHaveTag(ctx, id); err != nil {
		return err
	}
	q := &pb.TagsChange{Version: new(int64), Tags: []*pb.Tag{{TagId: &id}}, IgnoreVersion: new(true)}
	return c.request(ctx, wire.TopicTagsDelete, string(c.user), q, new(pb.SettingsChangeAnswer))
}

func (c *Client) saveTag(ctx context.Context, id, name string) error {
	if err := checkText(chat.BadTagName, "the name of a tag", name, 1, chat.MaxTagName); err != nil {
		return err
	}
	q := &pb.TagsChange{Version: new(int64), Tags: []*pb.Tag{{TagId: &id, Name: &name}}, IgnoreVersion: new(true)}
	return c.request(ctx, wire.TopicTagsSave, string(c.user), q, new(pb.SettingsChangeAnswer))
}

func checkTag(id string) error {
	return checkText(chat.BadTag, "the id of a tag", id, 1, chat.MaxTagID)
}

func (c *Client) hasTag(ctx context.Context, id string) (bool, error) {
	if err := checkTag(id); err != nil {
		return false, err
	}
	tags, err := c.Tags(ctx)
	return slices.ContainsFunc(tags, func(t Tag) bool { return t.ID == id }), err
}

func (c *Client) mustHaveTag(ctx context.Context, id string) error {
	there, err := c.hasTag(ctx, id)
	if err == nil && !there {
		err = chat.Errorf(chat.TagMissing, "there is no tag %q", id)
	}
	return err
}

// TagConversations gives conversations a tag. A tag has 1,000 conversations at
// most: the one that has it longest gives way.
func (c *Client) TagConversations(ctx context.Context, tag string, all ...chat.Conversation) error {
	return c.changeTags(ctx, wire.TopicTag, []string{tag}, false, all)
}

// UntagConversations takes a tag from 1 to 1,000 conversations.
func (c *Client) UntagConversations(ctx context.Context, tag string, all ...chat.Conversation) error {
	return c.changeTags(ctx, wire.TopicUntag, []string{tag}, false, all)
}

// RemoveTags takes tags from a conversation.
func (c *Client) RemoveTags(ctx context.Context, in chat.Conversation, tags ...string) error {
	return c.changeTags(ctx, wire.TopicUntag, tags, false, []chat.Conversation{in})
}

// SetTopInTag puts a conversation on top among those with a tag, which it gets
// if it lacks it, or not any more.
func (c *Client) SetTopInTag(ctx context.Context, tag string, in chat.Conversation, top bool) error {
	return c.changeTags(ctx, wire.TopicTag, []string{tag}, top, []chat.Conversation{in})
}

func (c *Client) changeTags(ctx context.Context, topic string, tags []string, top bool, all []chat.Conversation) error {
	if err := checkConversations(all, chat.MaxTagged, listedTypes); err != nil {
		return err
	}
	item := &pb.StateItem{SessionStateType: pb.StateKind_STATE_TAGS.Enum(), Value: new(string)}
	for _, id := range tags {
		if err := checkTag(id); err != nil {
			return err
		}
		item.Tags = append(item.Tags, &pb.Tag{TagId: &id, IsTop: &top})
	}
	q := &pb.StatesChangeRequest{Version: new(int64), IgnoreVersion: new(true)}
	for _, in := range all {
		q.State = append(q.State, stateOf(in, item))
	}
	return c.request(ctx, topic, string(c.user), q, new(pb.StatesChangeAnswer))
}

// TagsOf returns the tags of a conversation.
func (c *Client) TagsOf(ctx context.Context, in chat.Conversation) ([]ConversationTag, error) {
	if err := checkConversation(in, listedTypes); err != nil {
		return nil, err
	}
	set, err := c.settings(ctx)
	return set[in].tags, err
}

// TaggedConversations yields the conversations with a tag, those on top in it
// first, and else the one that changed last. It asks for them in pages as the
// loop goes on, and ends with an error, if there is one.
func (c *Client) TaggedConversations(ctx context.Context, tag string) iter.Seq2[ConversationSummary, error] {
	return func(yield func(ConversationSummary, error) bool) {
		err := checkTag(tag)
		var set settingsMap
		if err == nil {
			set, err = c.settings(ctx)
		}
		q := &pb.ConversationsFilter{Count: new(int32(usualList)), Tags: []string{tag}, IsTagTop: new(true), PageToken: new("")}
		for err == nil {
			var a pb.ConversationsAnswer
			if err = c.request(ctx, wire.TopicConversationsFilter, string(c.user), q, &a); err != nil {
				break
			}
			for _, s := range c.summaries(a.Info, set) {
				if !yield(s, nil) {
					return
				}
			}
			if a.GetIsFinished() || len(a.Info) == 0 {
				return
			}
			q.PageToken = a.PageToken
		}
		yield(ConversationSummary{}, err)
	}
}

// UnreadInTag sums up what is unread in the conversations with a tag, those
// that the user muted only if muted is true. See TotalUnread.
func (c *Client) UnreadInTag(ctx context.Context, tag string, muted bool) (total Unread, err error) {
	for s, err := range c.TaggedConversations(ctx, tag) {
		if err != nil {
			return Unread{}, err
		}
		if muted || !s.Muted() {
			total.add(s.Unread)
		}
	}
	return total, nil
}

// tagsOf are all tags of the user, nil when they did not change.
func tagsOf(a *pb.SettingsAnswer) (tags []Tag) {
	for _, s := range a.Items {
		if s.GetKey() != "Tag" {
			continue
		}
		tags = []Tag{}
		for _, t := range s.Tags {
			tags = append(tags, Tag{t.GetTagId(), t.GetName(), timeOf(t.GetCreatedTime())})
		}
	}
	return tags
}
