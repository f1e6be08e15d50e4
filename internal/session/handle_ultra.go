package session

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/ultragroup"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What a client asks and tells about ultra groups.
var (
	ultraQueries = handlers{
		wire.TopicUltraPull:          (*Session).handleUltraPull,
		wire.TopicUltraConversations: (*Session).handleUltraConversations,
		wire.TopicMessageChanges:     (*Session).handleUltraChanges,
		wire.TopicUltraHistory:       func(s *Session, f *wire.ClientFrame) { s.handleHistory(f, chat.UltraGroup) },
		wire.TopicUltraMentions:      (*Session).handleUltraMentions,
		wire.TopicUltraExpand:        (*Session).handleUltraExpansion,
		wire.TopicUltraLevel:         (*Session).handleUltraLevel,
		wire.TopicUltraLevelChange:   (*Session).handleUltraLevelChange,
	}
	ultraPublishes = handlers{
		wire.TopicUltraSend:     func(s *Session, f *wire.ClientFrame) { s.handleSend(f, chat.UltraGroup) },
		wire.TopicUltraTyping:   (*Session).handleUltraTyping,
		wire.TopicUltraReadTime: (*Session).handleReadMark,
	}
)

// ultraStreams are what a client hears of its user's ultra groups. Each has a
// cursor and hints of its own.
type ultraStreams [2]stream

const (
	ultraMessages = iota
	ultraChanges  // to messages and channels
)

// ultraCommand is the hint of each stream.
var ultraCommand = [2]int{wire.CommandUltraMessages, wire.CommandMessageChanges}

// goOnline begins the streams of ultra groups and returns after which tick.
func (s *Session) goOnline() chat.Tick {
	tick := s.Hub.Tick()
	s.mu.Lock()
	defer s.mu.Unlock()
	tick = max(tick, s.sealed) // what was offered until now is forgotten
	s.online = &ultraStreams{}
	for i := range s.online {
		s.online[i].start(tick)
		s.online[i].answered = tick
	}
	return tick
}

// sealUltra hints at what a tick held of ultra groups, once the client said
// that it is there for them.
func (s *Session) sealUltra(tick chat.Tick) {
	var parts [2][]*chat.Message
	for _, m := range s.ultra {
		kind := ultraMessages
		if m.Flags&chat.Hidden != 0 {
			kind = ultraChanges
		}
		parts[kind] = append(parts[kind], m)
	}
	clear(s.ultra)
	s.ultra = s.ultra[:0]
	own := func(m *chat.Message) bool { return m.Origin == s.origin }
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sealed = tick
	if s.online == nil {
		return
	}
	for kind, messages := range parts {
		if st := &s.online[kind]; len(messages) > 0 && st.add(tick, messages, own) {
			s.notify(ultraCommand[kind], wire.TopicCommand, st.latest, "")
		}
	}
}

// pullUltra is the part of a stream of the user's ultra groups after cursor:
// from what waits, or as read says.
func (s *Session) pullUltra(kind int, cursor chat.Tick, read func(context.Context, chat.UserID, ultragroup.Since) (store.Page, error)) (store.Page, error) {
	through := s.Hub.Tick()
	s.mu.Lock()
	// As far as any hint, which goes out before the hub's tick moves: a client
	// that got less would not ask again. But no further, since what the hub is
	// offering now may not be here.
	through = max(through, s.sealed)
	if s.online != nil {
		if messages, complete := s.online[kind].take(cursor, through); complete {
			s.mu.Unlock()
			return store.Page{Messages: messages, Through: through}, nil
		}
	}
	s.mu.Unlock()
	page, err := read(s.ctx, s.client.User, ultragroup.Since{After: cursor, Until: through, Limit: pageMessages, Bytes: maxPageBytes})
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.online != nil {
			s.online[kind].refuse()
		}
	}
	return page, err
}

// sendUltra sends the answer to a pull, and hints again at what came meanwhile.
func (s *Session) sendUltra(kind int, frame []byte, through chat.Tick) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn.Send(frame) // under the lock, so that no hint for what it holds goes after it
	if s.online == nil {
		return
	}
	if st := &s.online[kind]; st.answer(through) {
		s.notify(ultraCommand[kind], wire.TopicCommand, st.latest, "")
	}
}

// handleUltraPull answers with the messages of the user's ultra groups since
// the cursor. The cursor 0 says that the client is there from now on; what was
// before is summed up by handleUltraConversations. PROTOCOL.md#ultra-groups
func (s *Session) handleUltraPull(f *wire.ClientFrame) {
	var q pb.UltraPullRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	cursor := chat.Tick(max(0, q.GetSyncTime()))
	page := store.Page{}
	if cursor == 0 {
		page.Through = s.goOnline()
	} else {
		var err error
		if page, err = s.pullUltra(ultraMessages, cursor, s.Ultra.Messages); err != nil {
			s.refuseQuery(f, err)
			return
		}
	}
	buffer := frames.Get().(*[]byte)
	frame := s.appendList(s.queryack(*buffer, f.ID, chat.OK), page.Messages)
	frame = wire.AppendPulled(frame, page.Through, !page.More)
	s.sendUltra(ultraMessages, frame, page.Through)
	s.Metrics.PullSize.Observe(float64(len(page.Messages)))
	recycle(buffer, frame)
}

// handleUltraChanges answers with what changed of messages and channels since
// the cursor, without what the client did itself.
func (s *Session) handleUltraChanges(f *wire.ClientFrame) {
	var q pb.ChangesRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	page, err := s.pullUltra(ultraChanges, chat.Tick(max(0, q.GetSyncTime())), s.Ultra.Changes)
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	answer := &pb.MessageChanges{SyncTime: new(int64(page.Through)), HasNext: &page.More}
	for _, m := range page.Messages {
		c, err := s.Ultra.ReadChange(s.ctx, s.client.User, m)
		if err != nil {
			s.refuseQuery(f, err)
			return
		}
		if c.Origin == 0 || c.Origin != s.origin {
			answer.List = append(answer.List, s.messageChanges(m, c)...)
		}
	}
	body, err := answer.MarshalVT()
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.sendUltra(ultraChanges, append(s.queryack(nil, f.ID, chat.OK), body...), page.Through)
}

// messageChanges are the entries of an answer that tell c: one, or one for
// each user who was removed.
func (s *Session) messageChanges(m *chat.Message, c ultragroup.Change) (list []*pb.MessageChange) {
	operators := c.Users
	if len(operators) == 0 {
		operators = []chat.UserID{c.Operator}
	}
	for _, operator := range operators {
		p := &pb.MessageChange{
			TargetId: &m.Target, Type: new(int32(m.Type)), Time: new(int64(m.ID.Tick)), ChangeType: new(int32(c.Kind)),
			MsgUid: new(string(c.UID)), MsgTime: new(int64(c.Time)), BusChannel: &c.Channel,
			IsAdmin: &c.Admin, IsDel: &c.Delete, OperatorId: new(string(operator)),
		}
		if c.Kind == ultragroup.ChannelChanged {
			p.SubChangeType, p.BusChannelType = new(int32(c.What)), new(int32(c.Type))
		}
		if remind := c.Mentions.Of(s.client.User); remind != 0 {
			p.RemindType = new(int32(remind))
		}
		list = append(list, p)
	}
	return list
}

// handleUltraConversations lists the channels of the user's ultra groups in
// which there are messages: the newest one, and what is unread. It says how
// that was when the client went online, for what came since is pulled.
func (s *Session) handleUltraConversations(f *wire.ClientFrame) {
	var q pb.UltraConversationsRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	list, more, err := s.Ultra.Conversations(s.ctx, s.client.User, chat.Tick(max(0, q.GetSyncTime())), s.wentOnline())
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	finished := !more
	answer := &pb.ConversationsAnswer{IsFinished: &finished}
	for _, c := range list {
		info := &pb.ConversationInfo{
			Type: new(int32(chat.UltraGroup)), UserId: &c.Target, BusChannel: &c.Channel, BusChannelType: new(int32(c.Type)),
			Msg: s.down(c.Latest), VersionTime: new(int64(c.Latest.ID.Tick)), ReadMsgTime: new(int64(c.Read)),
			UnreadCount: new(int64(c.Count)), RemindCount: new(int64(c.Mentions)), RemindMeCount: new(int32(c.MentionsMe)),
		}
		if c.First != nil {
			info.MsgInfo = s.unreadMessage(c.First)
		}
		answer.Info = append(answer.Info, info)
	}
	s.send(f, answer)
}

// wentOnline is how far a client that has just gone online was told of nothing.
func (s *Session) wentOnline() chat.Tick {
	tick := s.Hub.Tick()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.online != nil {
		return s.online[ultraMessages].answered
	}
	return max(tick, s.sealed)
}

// down is the message as the user gets it.
func (s *Session) down(m *chat.Message) *pb.DownMessage {
	d := new(pb.DownMessage)
	if err := d.UnmarshalVT(wire.AppendMessage(nil, m, s.client.User)); err != nil {
		return nil // what was accepted decodes
	}
	return d
}

func (s *Session) unreadMessage(m *chat.Message) *pb.UnreadMessage {
	u := &pb.UnreadMessage{MsgId: new(string(m.UID())), MsgTime: new(int64(m.ID.Tick)), ClassName: &m.ObjectName}
	if remind := inbox.MentionType(m, s.client.User); remind != 0 {
		u.RemindType = new(int32(remind))
	}
	return u
}

// handleUltraMentions names the messages that mention the user and are unread.
func (s *Session) handleUltraMentions(f *wire.ClientFrame) {
	var q pb.MentionsRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	c, err := ultraConversation(q.GetGroupId(), q.GetBusChannel())
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	found, err := s.Ultra.Mentions(s.ctx, s.client.User, c, chat.Tick(q.GetMsgTime()), s.reached(), int(q.GetSize()))
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	answer := &pb.MentionsAnswer{}
	for _, m := range found {
		answer.MsgInfo = append(answer.MsgInfo, s.unreadMessage(m))
	}
	s.send(f, answer)
}

// tells has a change of a message told to those who see its channel, when it is
// one of an ultra group.
func (s *Session) tells(w amend.Who, change ultragroup.Change) amend.Who {
	if w.Conversation.Type == chat.UltraGroup {
		change.Operator, change.Origin = w.User, s.origin
		w.Tell = ultragroup.News(change)
	}
	return w
}

// handleUltraExpansion changes the expansion of a message. It is a write like
// a message, and shares the rate of messages.
func (s *Session) handleUltraExpansion(f *wire.ClientFrame) {
	if s.sends != nil && !s.sends.Allow() {
		s.refuseQuery(f, chat.Errorf(chat.TooFast, "over %v messages a second", s.sends.Limit()))
		return
	}
	var q pb.ModifyRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	var content struct {
		Put    map[string]string `json:"put"`
		Delete []string          `json:"del"`
		Clear  int               `json:"clear"`
	}
	if err := json.Unmarshal(q.GetContent(), &content); err != nil {
		s.refuseQuery(f, chat.Errorf(chat.ExpansionFormat, `content is not JSON {"put":{…}}, {"del":[…]} or {"clear":1}`))
		return
	}
	pairs := amend.Pairs{Put: content.Put, Delete: content.Delete, Clear: content.Clear == 1}
	c, err := ultraConversation(string(f.Target), q.GetBusChannel())
	if err == nil {
		_, err = s.Editor.Expand(s.ctx, amend.Expansion{Who: s.tells(s.who(c, q.GetMsgUid()), ultragroup.Change{Kind: ultragroup.Expanded}), Pairs: pairs})
	}
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.Metrics.Expanded.Inc()
	s.conn.Send(s.queryack(nil, f.ID, chat.OK))
}

// handleUltraLevel answers with how loud a channel, or the whole ultra group,
// is for who has not chosen.
func (s *Session) handleUltraLevel(f *wire.ClientFrame) {
	var q pb.GroupLevelRequest
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	group, channel := string(f.Target), q.GetBusChannel()
	level, err := 0, s.seesUltra(group, channel)
	if err == nil {
		level, err = s.Ultra.Level(s.ctx, group, channel)
	}
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.send(f, &pb.GroupLevelAnswer{GroupId: &group, BusChannel: q.BusChannel, UnpushLevel: new(int32(level))})
}

// handleUltraLevelChange changes it, for everybody.
func (s *Session) handleUltraLevelChange(f *wire.ClientFrame) {
	var q pb.GroupLevelChange
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuseQuery(f, undecodable(err))
		return
	}
	group, channel := string(f.Target), q.GetBusChannel()
	err := s.seesUltra(group, channel)
	if err == nil {
		err = s.Ultra.SetLevel(s.ctx, group, channel, int(q.GetUnpushLevel()))
	}
	if err != nil {
		s.refuseQuery(f, err)
		return
	}
	s.conn.Send(s.queryack(nil, f.ID, chat.OK))
}

// seesUltra is nil when the user sees a channel, or is in the ultra group when
// there is none.
func (s *Session) seesUltra(group, channel string) error {
	c, err := ultraConversation(group, channel)
	if err == nil {
		_, err = s.Roster.UltraAudience(s.ctx, group, c.Channel, s.client.User)
	}
	return err
}

// handleUltraTyping tells the others who see a channel that the user is typing.
func (s *Session) handleUltraTyping(f *wire.ClientFrame) {
	var q pb.TypingStatus
	if err := q.UnmarshalVT(f.Payload); err != nil {
		s.refuse(f, undecodable(err))
		return
	}
	if s.status != nil && !s.status.Allow() {
		s.refuse(f, chat.Errorf(chat.TooFrequent, "over %v typing reports a second", s.status.Limit()))
		return
	}
	c, err := ultraConversation(string(f.Target), q.GetBusChannel())
	if err == nil {
		err = s.Ultra.Typing(s.ctx, s.client.User, c, q.GetOpType(), now())
	}
	if err != nil {
		s.refuse(f, err)
		return
	}
	s.puback(f.ID, chat.OK, now(), nil)
}

// Typing implements fanout.Session. A client too slow for it misses it.
func (s *Session) Typing(typing []byte) {
	var space [512]byte
	if !s.conn.Offer(append(s.publish(space[:0], wire.TopicUltraTypingTo, now()), typing...)) {
		s.Metrics.StatusDropped.Inc()
	}
}

func now() chat.Tick { return chat.Tick(time.Now().UnixMilli()) }

// ultraConversation reads a channel of an ultra group that a client names.
func ultraConversation(group, channel string) (chat.Conversation, error) {
	return conversation(int32(chat.UltraGroup), group, channel)
}
