package imlib

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// ConversationSummary is a conversation in a list.
type ConversationSummary struct {
	Conversation chat.Conversation
	Latest       *Message  // nil where there is none to show
	Changed      time.Time // when the newest message came
	Unread       Unread
	Top          bool  // the user wants it on top of the list
	Level        Level // LevelNotSet unless the user set it
	Tags         []ConversationTag
}

// Muted reports whether the user wants to be notified of fewer than all
// messages.
func (s *ConversationSummary) Muted() bool { return s.Level > LevelNotSet }

// ListQuery asks for a part of the list of conversations.
type ListQuery struct {
	// Types are private, group and system; none is all of them. The channels of
	// ultra groups have a list of their own, see [Client.UltraChannels].
	Types []chat.ConversationType

	// Before asks for conversations whose newest message is older than that,
	// After for newer ones. At most one may be set; neither is the newest.
	Before, After time.Time

	Count int // how many, 1 to 1,000; 0 is 300
}

const usualList = 300

// ConversationPage is a part of the list of conversations.
type ConversationPage struct {
	// Conversations are newest first, or oldest first where After was asked
	// for. Those whose newest messages came at one time are never split, so
	// they may be more than were asked for.
	Conversations []ConversationSummary

	More bool      // there are more in the direction that was asked for
	Next time.Time // Before or After of the query for them
}

// ListConversations returns a part of the user's list of conversations, which
// the server keeps for all devices: those in which there is a message, without
// what was removed and has had no new message since.
//
// Codes: BadConversationTypes, BadCount, BadTime.
func (c *Client) ListConversations(ctx context.Context, q ListQuery) (ConversationPage, error) {
	set, err := c.settings(ctx)
	if err != nil {
		return ConversationPage{}, err
	}
	return c.list(ctx, q, set)
}

// Conversations yields the user's conversations one by one, as
// [Client.ListConversations] has them, from where q says on. It asks for pages
// of q.Count as the loop goes on, and ends with an error, if there is one.
func (c *Client) Conversations(ctx context.Context, q ListQuery) iter.Seq2[ConversationSummary, error] {
	return func(yield func(ConversationSummary, error) bool) {
		set, err := c.settings(ctx)
		for q := q; err == nil; {
			var page ConversationPage
			if page, err = c.list(ctx, q, set); err != nil {
				break
			}
			for _, s := range page.Conversations {
				if !yield(s, nil) {
					return
				}
			}
			if !page.More {
				return
			}
			if q.After.IsZero() {
				q.Before = page.Next
			} else {
				q.After = page.Next
			}
		}
		yield(ConversationSummary{}, err)
	}
}

func (c *Client) list(ctx context.Context, q ListQuery, set settingsMap) (ConversationPage, error) {
	ask, err := listRequest(q)
	if err != nil {
		return ConversationPage{}, err
	}
	var a pb.ConversationsAnswer
	if err := c.request(ctx, wire.TopicConversations, string(c.user), ask, &a); err != nil {
		return ConversationPage{}, err
	}
	page := ConversationPage{More: !a.GetIsFinished() && len(a.Info) > 0, Next: timeOf(a.GetPullTime())}
	page.Conversations = c.summaries(a.Info, set)
	return page, nil
}

func listRequest(q ListQuery) (*pb.ConversationsRequest, error) {
	if q.Count == 0 {
		q.Count = usualList
	}
	if err := checkCount(q.Count, chat.MaxListed); err != nil {
		return nil, err
	}
	if !q.Before.IsZero() && !q.After.IsZero() {
		return nil, chat.Errorf(chat.BadTime, "the list is asked for before a time or after one")
	}
	r := &pb.ConversationsRequest{Count: new(int32(q.Count)), StartTime: new(millisOf(q.Before)), Order: new(int32(olderFirst))}
	if !q.After.IsZero() {
		r.StartTime, r.Order = new(millisOf(q.After)), new(int32(newerFirst))
	}
	for _, t := range q.Types {
		if !slices.Contains(listedTypes, t) {
			return nil, chat.Errorf(chat.BadConversationTypes, "the list has private, group and system conversations, not those of type %d", t)
		}
		r.ChannelType = append(r.ChannelType, int32(t))
	}
	return r, nil
}

func (c *Client) summaries(list []*pb.ConversationInfo, set settingsMap) (all []ConversationSummary) {
	for _, info := range list {
		all = append(all, c.summary(info, set))
	}
	return all
}

func (c *Client) summary(info *pb.ConversationInfo, set settingsMap) ConversationSummary {
	s := ConversationSummary{
		Conversation: chat.Conversation{Type: chat.ConversationType(info.GetType()), Target: info.GetUserId(), Channel: info.GetBusChannel()},
		Changed:      timeOf(info.GetVersionTime()),
		Unread: Unread{
			Count: int(info.GetUnreadCount()), Mentions: int(info.GetRemindCount()), MentionsMe: int(info.GetRemindMeCount()),
			Read: timeOf(info.GetReadMsgTime()), First: unreadMessage(info.GetMsgInfo()),
		},
	}
	if info.Msg != nil {
		s.Latest = new(c.message(info.Msg))
	}
	own := set[s.Conversation]
	s.Top, s.Tags = own.top != nil && *own.top, own.tags
	if own.level != nil {
		s.Level = *own.level
	}
	return s
}

// settingsMap is every setting of the user's conversations. The conversation
// of a type's settings has no target.
type settingsMap map[chat.Conversation]settings

func (c *Client) settings(ctx context.Context) (settingsMap, error) {
	var a pb.ConversationStates
	err := c.request(ctx, wire.TopicConversationStates, string(c.user), &pb.ConversationStatesRequest{Time: new(int64)}, &a)
	set := make(settingsMap, len(a.State))
	for _, p := range a.State {
		in := chat.Conversation{Type: chat.ConversationType(p.GetType()), Target: p.GetChannelId(), Channel: p.GetBusChannel()}
		set[in] = settingsOf(p, 0)
	}
	return set, err
}

// ConversationsNamed returns 1 to 100 conversations as the list has them, also
// those that were removed from it.
func (c *Client) ConversationsNamed(ctx context.Context, all ...chat.Conversation) ([]ConversationSummary, error) {
	if err := checkConversations(all, chat.MaxNamed, listedTypes); err != nil {
		return nil, err
	}
	set, err := c.settings(ctx)
	if err != nil {
		return nil, err
	}
	return c.summariesOf(ctx, all, set)
}

// Conversation returns one conversation as the list has it. One in which
// there is nothing yet is empty.
func (c *Client) Conversation(ctx context.Context, in chat.Conversation) (ConversationSummary, error) {
	list, err := c.ConversationsNamed(ctx, in)
	if err != nil || len(list) == 0 {
		return ConversationSummary{Conversation: in}, err
	}
	return list[0], nil
}

func (c *Client) summariesOf(ctx context.Context, all []chat.Conversation, set settingsMap) (list []ConversationSummary, err error) {
	for part := range slices.Chunk(all, chat.MaxNamed) {
		var a pb.ConversationsAnswer
		if err := c.request(ctx, wire.TopicConversationsBatch, string(c.user), named(part), &a); err != nil {
			return nil, err
		}
		list = append(list, c.summaries(a.Info, set)...)
	}
	return list, nil
}

func named(all []chat.Conversation) *pb.ConversationBatch {
	b := new(pb.ConversationBatch)
	for _, in := range all {
		ref := &pb.ConversationRef{ConversationId: &in.Target, ConversationType: new(int32(in.Type))}
		if in.Channel != "" {
			ref.BusChannel = &in.Channel
		}
		b.Relation = append(b.Relation, ref)
	}
	return b
}

// TopConversations returns the conversations that the user wants on top, the
// one that changed last first.
func (c *Client) TopConversations(ctx context.Context) ([]ConversationSummary, error) {
	return c.having(ctx, func(s settings) bool { return s.top != nil && *s.top })
}

// MutedConversations returns the conversations of whose messages the user does
// not want to be notified, or not of all, the one that changed last first.
func (c *Client) MutedConversations(ctx context.Context) ([]ConversationSummary, error) {
	return c.having(ctx, func(s settings) bool { return s.level != nil && *s.level > LevelNotSet })
}

// having are the conversations with settings of which is reports true.
func (c *Client) having(ctx context.Context, is func(settings) bool) ([]ConversationSummary, error) {
	set, err := c.settings(ctx)
	if err != nil {
		return nil, err
	}
	var all []chat.Conversation
	for in, s := range set {
		if slices.Contains(listedTypes, in.Type) && in.Target != "" && is(s) {
			all = append(all, in)
		}
	}
	list, err := c.summariesOf(ctx, all, set)
	slices.SortFunc(list, func(a, b ConversationSummary) int { return b.Changed.Compare(a.Changed) })
	return list, err
}

// UnreadConversations returns the conversations that hold unread messages, the
// one that changed last first. Types are those of [ListQuery].
func (c *Client) UnreadConversations(ctx context.Context, types ...chat.ConversationType) (unread []ConversationSummary, err error) {
	for s, err := range c.Conversations(ctx, ListQuery{Types: types, Count: chat.MaxListed}) {
		if err != nil {
			return nil, err
		}
		if s.Unread.Count > 0 {
			unread = append(unread, s)
		}
	}
	return unread, nil
}

// TotalUnread sums up what is unread in all conversations of these types
// (none is all of [ListQuery]): how many messages, how many of them mention the
// user or everybody, and how many name the user. Conversations that the user
// muted count only if muted is true.
func (c *Client) TotalUnread(ctx context.Context, muted bool, types ...chat.ConversationType) (total Unread, err error) {
	list, err := c.UnreadConversations(ctx, types...)
	for _, s := range list {
		if muted || !s.Muted() {
			total.add(s.Unread)
		}
	}
	return total, err
}

// MarkRead marks a conversation as read up to a time, that too, on all devices:
// up to now when the time is zero. A read mark moves forward only. Of an ultra
// group it is one channel's, or without one the default channel's.
//
// Codes: TooFrequent, NotInUltraGroup, ChannelMissing, NotInChannel.
func (c *Client) MarkRead(ctx context.Context, in chat.Conversation, through time.Time) error {
	if err := checkConversation(in, keptTypes); err != nil {
		return err
	}
	if through.IsZero() {
		through = farFuture
	}
	mark := &pb.ReadMark{Type: new(int32(in.Type)), MsgTime: new(through.UnixMilli()), ChannelId: &in.Target}
	if in.Channel != "" {
		mark.BusChannel = &in.Channel
	}
	topic := wire.TopicReadTime
	if in.Type == chat.UltraGroup {
		topic = wire.TopicUltraReadTime
	}
	return c.report(ctx, topic, string(c.user), mark)
}

// farFuture is a time after everything; the server takes what is read by then
// for what there is now.
var farFuture = time.UnixMilli(int64(chat.MaxTick))

// MarkAllRead marks every conversation of the list as read. It is a change for
// each that holds unread messages, of which a user may make 50 a second, and
// waits when they are more.
func (c *Client) MarkAllRead(ctx context.Context) error {
	list, err := c.UnreadConversations(ctx)
	for _, s := range list {
		err = c.MarkRead(ctx, s.Conversation, time.Time{})
		for chat.CodeOf(err) == chat.TooFrequent {
			if err = sleep(ctx, time.Second); err == nil {
				err = c.MarkRead(ctx, s.Conversation, time.Time{})
			}
		}
		if err != nil {
			return err
		}
	}
	return err
}

// RemoveConversations takes 1 to 100 conversations from the user's list, on all
// devices, until a new message comes. Nothing in them counts as unread any
// more. Their messages stay in history, unless clear deletes them.
func (c *Client) RemoveConversations(ctx context.Context, clear bool, all ...chat.Conversation) error {
	if err := checkConversations(all, chat.MaxNamed, listedTypes); err != nil {
		return err
	}
	q := named(all)
	q.CleanMsg = &clear
	return c.request(ctx, wire.TopicConversationsDelete, string(c.user), q, nil)
}

// SetTop puts 1 to 20 conversations on top of the list, or not any more, on all
// devices.
func (c *Client) SetTop(ctx context.Context, top bool, all ...chat.Conversation) error {
	value := "0"
	if top {
		value = "1"
	}
	return c.set(ctx, pb.StateKind_STATE_TOP, value, all)
}

// SetLevel sets of which messages of 1 to 20 conversations the user wants to be
// notified, on all devices. Of an ultra group it is for a channel, or without
// one for the whole group.
//
// Codes: BadLevel, BadConversations, TooFrequent, and BadParameter over 10,000
// conversations with a level.
func (c *Client) SetLevel(ctx context.Context, level Level, all ...chat.Conversation) error {
	if err := level.check(); err != nil {
		return err
	}
	return c.set(ctx, pb.StateKind_STATE_SILENT, strconv.Itoa(int(level)), all)
}

func (c *Client) set(ctx context.Context, kind pb.StateKind, value string, all []chat.Conversation) error {
	if err := checkConversations(all, chat.MaxChanged, keptTypes); err != nil {
		return err
	}
	q := &pb.StatesChangeRequest{Version: new(int64), IgnoreVersion: new(true)}
	for _, in := range all {
		q.State = append(q.State, stateOf(in, &pb.StateItem{SessionStateType: &kind, Value: &value}))
	}
	return c.request(ctx, wire.TopicStatesChange, string(c.user), q, new(pb.StatesChangeAnswer))
}

func stateOf(in chat.Conversation, item *pb.StateItem) *pb.ConversationState {
	state := &pb.ConversationState{Type: new(int32(in.Type)), ChannelId: &in.Target, StateItem: []*pb.StateItem{item}}
	if in.Channel != "" {
		state.BusChannel = &in.Channel
	}
	return state
}

// Level returns the level of a conversation that the user set, else
// LevelNotSet.
func (c *Client) Level(ctx context.Context, in chat.Conversation) (Level, error) {
	if err := checkConversation(in, keptTypes); err != nil {
		return 0, err
	}
	return c.levelOf(ctx, in)
}

func (c *Client) levelOf(ctx context.Context, in chat.Conversation) (Level, error) {
	set, err := c.settings(ctx)
	if level := set[in].level; err == nil && level != nil {
		return *level, nil
	}
	return LevelNotSet, err
}

// SetTypeLevel sets of which messages the user wants to be notified in the
// conversations of a type, where nothing is set for the conversation itself.
func (c *Client) SetTypeLevel(ctx context.Context, t chat.ConversationType, level Level) error {
	if err := checkType(t); err != nil {
		return err
	}
	if err := level.check(); err != nil {
		return err
	}
	q := &pb.TypeLevelRequest{Type: new(int32(t)), Version: new(int64), UnpushLevel: new(int32(level)), IgnoreVersion: new(true)}
	return c.request(ctx, wire.TopicTypeLevel, string(c.user), q, new(pb.TypeLevelAnswer))
}

// TypeLevel returns the level of a type that the user set, else LevelNotSet.
func (c *Client) TypeLevel(ctx context.Context, t chat.ConversationType) (Level, error) {
	if err := checkType(t); err != nil {
		return 0, err
	}
	return c.levelOf(ctx, chat.Conversation{Type: t})
}

func checkType(t chat.ConversationType) error {
	if !slices.Contains(keptTypes, t) {
		return chat.Errorf(chat.BadConversationType, "conversations of type %d have no level", t)
	}
	return nil
}

// QuietHours are when, each day, the user does not want to be disturbed.
type QuietHours struct {
	Start    string // HH:MM:SS
	Minutes  int    // how long, 1 to 1,439
	Level    Level  // of what to be notified meanwhile: LevelNotSet, LevelMentions or LevelNone
	Timezone string // of Start, such as Asia/Shanghai; empty is UTC
}

// SetQuietHours sets the user's quiet hours.
//
// Codes: BadTimeOfDay, BadSpan, BadLevel.
func (c *Client) SetQuietHours(ctx context.Context, q QuietHours) error {
	if _, err := time.Parse(time.TimeOnly, q.Start); err != nil {
		return &chat.Error{Code: chat.BadTimeOfDay, Reason: "the start is not HH:MM:SS", Err: err}
	}
	if q.Minutes < 1 || q.Minutes >= 24*60 {
		return chat.Errorf(chat.BadSpan, "the quiet hours are %d minutes, not 1 to %d", q.Minutes, 24*60-1)
	}
	if !slices.Contains([]Level{LevelNotSet, LevelMentions, LevelNone}, q.Level) {
		return chat.Errorf(chat.BadLevel, "the level of quiet hours is %d, not %d, %d or %d", q.Level, LevelNotSet, LevelMentions, LevelNone)
	}
	return c.request(ctx, wire.TopicQuietHoursSet, string(c.user), &pb.QuietHours{
		StartTime: &q.Start, SpanMinutes: new(int32(q.Minutes)), Level: new(int32(q.Level)), Timezone: &q.Timezone,
	}, nil)
}

// QuietHours returns the user's quiet hours, nil where there are none.
func (c *Client) QuietHours(ctx context.Context) (*QuietHours, error) {
	var a pb.QuietHoursAnswer
	err := c.request(ctx, wire.TopicQuietHours, string(c.user), &pb.QuietHoursRequest{Nothing: new(int32)}, &a)
	if err != nil || a.GetIsQuiet() == 0 {
		return nil, err
	}
	return &QuietHours{a.GetStartTime(), int(a.GetSpanMinutes()), Level(a.GetLevel()), a.GetTimezone()}, nil
}

// EndQuietHours ends the user's quiet hours; that there are none is no error.
func (c *Client) EndQuietHours(ctx context.Context) error {
	return c.request(ctx, wire.TopicQuietHoursEnd, string(c.user), &pb.QuietHoursRequest{Nothing: new(int32)}, nil)
}

// maxDrafts is how many drafts a client keeps.
const maxDrafts = 10_000

// SetDraft keeps a text that was begun for a conversation, as long as the client
// lives and for this client only; an empty one is forgotten. Of the 10,001st
// conversation with one it says BadParameter.
func (c *Client) SetDraft(in chat.Conversation, draft string) error {
	if err := checkConversation(in, allTypes); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if draft == "" {
		delete(c.drafts, in)
		return nil
	}
	if _, there := c.drafts[in]; !there && len(c.drafts) == maxDrafts {
		return chat.Errorf(chat.BadParameter, "there are %d drafts already", maxDrafts)
	}
	if c.drafts == nil {
		c.drafts = make(map[chat.Conversation]string)
	}
	c.drafts[in] = draft
	return nil
}

// Draft returns the draft of a conversation, empty where there is none.
func (c *Client) Draft(in chat.Conversation) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drafts[in]
}

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

func (l Level) check() error {
	if !slices.Contains([]Level{LevelAll, LevelNotSet, LevelMentions, LevelMentionsMe, LevelMentionsAll, LevelNone}, l) {
		return chat.Errorf(chat.BadLevel, "there is no level %d", l)
	}
	return nil
}

// Unread is what a user has not read of a conversation.
type Unread struct {
	Count      int       // messages that are unread
	Mentions   int       // of those, that mention the user or everybody
	MentionsMe int       // of those, that name the user
	Read       time.Time // everything up to here was read; zero is nothing
	First      *UnreadMessage
}

func (u *Unread) add(v Unread) {
	u.Count += v.Count
	u.Mentions += v.Mentions
	u.MentionsMe += v.MentionsMe
}

// UnreadMessage names the oldest unread message of a conversation, or one that
// mentions the user.
type UnreadMessage struct {
	UID         chat.UID
	Time        time.Time
	ObjectName  string
	MentionsAll bool // it mentions everybody
	MentionsMe  bool // it names the user
}

func unreadMessage(p *pb.UnreadMessage) *UnreadMessage {
	if p == nil {
		return nil
	}
	how := int(p.GetRemindType())
	return &UnreadMessage{chat.UID(p.GetMsgId()), timeOf(p.GetMsgTime()), p.GetClassName(), how == mentionAll, how == mentionSome}
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
