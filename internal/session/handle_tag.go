package session

import (
	"context"

	"github.com/hongyan-im/hongyan/chat"
	lists "github.com/hongyan-im/hongyan/internal/conversation"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What a client asks and tells about how its user keeps conversations:
// settings, tags and quiet hours. PROTOCOL.md#settings
var tagQueries = handlers{
	wire.TopicConversationStates: (*Session).handleStates,
	wire.TopicStatesChange:       (*Session).handleStatesChange,
	wire.TopicTypeLevel:          (*Session).handleTypeLevel,
	wire.TopicSettings:           (*Session).handleSettings,
	wire.TopicTagsSave:           (*Session).handleTagsSave,
	wire.TopicTagsDelete:         (*Session).handleTagsDelete,
	wire.TopicTag:                func(s *Session, f *wire.ClientFrame) { s.handleTagging(f, s.Lists.Tag) },
	wire.TopicUntag:              func(s *Session, f *wire.ClientFrame) { s.handleTagging(f, s.Lists.Untag) },
	wire.TopicQuietHours:         (*Session).handleQuietHours,
	wire.TopicQuietHoursSet:      (*Session).handleQuietHoursSet,
	wire.TopicQuietHoursEnd:      (*Session).handleQuietHoursEnd,
}

// handleStates answers with the settings that changed since the client's
// version. The client's next version is the newest of them.
func (s *Session) handleStates(f *wire.ClientFrame) {
	var q pb.ConversationStatesRequest
	s.ask(f, &q, func() (payload, error) {
		states, version, err := s.Lists.States(s.ctx, s.client.User, chat.Tick(max(0, q.GetTime())))
		newest := max(q.GetTime(), int64(version))
		answer := &pb.ConversationStates{Version: &newest}
		for _, state := range states {
			answer.State = append(answer.State, stateOf(state))
		}
		return answer, err
	})
}

func stateOf(state lists.State) *pb.ConversationState {
	typ, target, time := int32(state.Type), state.Target, int64(state.Time)
	p := &pb.ConversationState{Type: &typ, ChannelId: &target, Time: &time, BusChannel: &state.Channel}
	for _, set := range state.Settings {
		kind, value, changed := pb.StateKind(set.Kind), set.Value, int64(set.Time)
		item := &pb.StateItem{SessionStateType: &kind, Value: &value, Time: &changed}
		for _, t := range set.Tags {
			item.Tags = append(item.Tags, &pb.Tag{TagId: &t.Tag, IsTop: &t.Top})
		}
		p.StateItem = append(p.StateItem, item)
	}
	return p
}

// changedStates answers a change of settings. The client is not to take the
// version as its own, because another device's change may lie before it; the
// signal has it ask.
func changedStates(version chat.Tick) payload {
	v := int64(version)
	return &pb.StatesChangeAnswer{Version: &v, UpdateVersion: new(bool)}
}

func (s *Session) handleStatesChange(f *wire.ClientFrame) {
	var q pb.StatesChangeRequest
	s.change(f, &q, func() (payload, error) {
		var states []lists.State
		for _, p := range q.GetState() {
			c, err := conversation(p.GetType(), p.GetChannelId(), p.GetBusChannel())
			if err != nil {
				return nil, err
			}
			state := lists.State{Conversation: c}
			for _, item := range p.GetStateItem() {
				state.Settings = append(state.Settings, lists.Setting{Kind: lists.Kind(item.GetSessionStateType()), Value: item.GetValue()})
			}
			states = append(states, state)
		}
		tick, err := s.Lists.Set(s.ctx, s.client.User, states)
		return changedStates(tick), err
	})
}

func (s *Session) handleTypeLevel(f *wire.ClientFrame) {
	var q pb.TypeLevelRequest
	s.change(f, &q, func() (payload, error) {
		typ := chat.ConversationType(q.GetType())
		switch typ {
		case chat.Private, chat.Group, chat.System, chat.UltraGroup:
		default:
			return nil, chat.Errorf(chat.UnsupportedType, "conversationType %d is not supported", typ)
		}
		tick, err := s.Lists.SetTypeLevel(s.ctx, s.client.User, typ, int(q.GetUnpushLevel()))
		v := int64(tick)
		return &pb.TypeLevelAnswer{Version: &v, UpdateVersion: new(bool)}, err
	})
}

// handleTagging gives or takes tags. It decodes as a change of states does.
func (s *Session) handleTagging(f *wire.ClientFrame, do func(context.Context, chat.UserID, []lists.Tagging) (chat.Tick, error)) {
	var q pb.StatesChangeRequest
	s.change(f, &q, func() (payload, error) {
		var all []lists.Tagging
		for _, p := range q.GetState() {
			c, err := conversation(p.GetType(), p.GetChannelId(), p.GetBusChannel())
			if err != nil {
				return nil, err
			}
			t := lists.Tagging{Conversation: c}
			for _, item := range p.GetStateItem() {
				for _, tag := range item.GetTags() {
					t.Tags = append(t.Tags, lists.Tagged{Tag: tag.GetTagId(), Top: tag.GetIsTop()})
				}
			}
			all = append(all, t)
		}
		tick, err := do(s.ctx, s.client.User, all)
		return changedStates(tick), err
	})
}

// tagsKey is the name under which a client keeps its user's tags.
const tagsKey = "Tag"

// handleSettings answers with what changed of the user since the client's
// version: its tags, all of them.
func (s *Session) handleSettings(f *wire.ClientFrame) {
	var q pb.SettingsRequest
	s.ask(f, &q, func() (payload, error) {
		tags, changed, err := s.Lists.Tags(s.ctx, s.client.User)
		version := max(q.GetVersion(), int64(changed))
		answer := &pb.SettingsAnswer{Version: &version}
		if int64(changed) > q.GetVersion() {
			user, key := string(s.client.User), tagsKey
			setting := &pb.Setting{TargetId: &user, Type: new(int32), Key: &key, Value: []byte{}, Version: &version, Status: new(int32)}
			for _, t := range tags {
				created := int64(t.Created)
				setting.Tags = append(setting.Tags, &pb.Tag{TagId: &t.ID, Name: &t.Name, CreatedTime: &created})
			}
			answer.Items = append(answer.Items, setting)
		}
		return answer, err
	})
}

func changedSettings(version chat.Tick) payload {
	v := int64(version)
	return &pb.SettingsChangeAnswer{Version: &v, Reserve: new(bool), UpdateVersion: new(bool)}
}

func (s *Session) handleTagsSave(f *wire.ClientFrame) {
	var q pb.TagsChange
	s.change(f, &q, func() (payload, error) {
		var tags []lists.Tag
		for _, t := range q.GetTags() {
			tags = append(tags, lists.Tag{ID: t.GetTagId(), Name: t.GetName()})
		}
		tick, err := s.Lists.SaveTags(s.ctx, s.client.User, tags, s.Hub.Tick())
		return changedSettings(tick), err
	})
}

func (s *Session) handleTagsDelete(f *wire.ClientFrame) {
	var q pb.TagsChange
	s.change(f, &q, func() (payload, error) {
		var ids []string
		for _, t := range q.GetTags() {
			ids = append(ids, t.GetTagId())
		}
		tick, err := s.Lists.DeleteTags(s.ctx, s.client.User, ids)
		return changedSettings(tick), err
	})
}

func (s *Session) handleQuietHours(f *wire.ClientFrame) {
	var q pb.QuietHoursRequest
	s.ask(f, &q, func() (payload, error) {
		quiet, any, err := s.Lists.Quiet(s.ctx, s.client.User)
		if err != nil || !any {
			return &pb.QuietHoursAnswer{IsQuiet: new(int32)}, err
		}
		is, minutes, level := int32(1), int32(quiet.Minutes), int32(quiet.Level)
		return &pb.QuietHoursAnswer{IsQuiet: &is, StartTime: &quiet.Start, SpanMinutes: &minutes, Level: &level, Timezone: &quiet.Timezone}, nil
	})
}

func (s *Session) handleQuietHoursSet(f *wire.ClientFrame) {
	var q pb.QuietHours
	s.change(f, &q, func() (payload, error) {
		return nil, s.Lists.SetQuiet(s.ctx, s.client.User, lists.Quiet{
			Start: q.GetStartTime(), Minutes: int(q.GetSpanMinutes()), Level: int(q.GetLevel()), Timezone: q.GetTimezone(),
		})
	})
}

func (s *Session) handleQuietHoursEnd(f *wire.ClientFrame) {
	var q pb.QuietHoursRequest
	s.change(f, &q, func() (payload, error) { return nil, s.Lists.EndQuiet(s.ctx, s.client.User) })
}
