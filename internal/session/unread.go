package session

import (
	"encoding/json"
	"fmt"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	lists "github.com/hongyan-im/hongyan/internal/conversation"
	"github.com/hongyan-im/hongyan/internal/inbox"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/writer"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// Counting says who counts what is unread for the users of official clients.
// What they are told in navigation has to be the same.
type Counting string

// Who counts.
const (
	ByDevice Counting = ""         // each client by itself; the server corrects it where it cannot know
	ByServer Counting = "server"   // the server, whenever something happened that a client cannot count
	Realtime Counting = "realtime" // the server, when an app asks; clients keep no list
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Counting) UnmarshalText(text []byte) error {
	switch *c = Counting(text); *c {
	case "device":
		*c = ByDevice
	case ByServer, Realtime:
	default:
		return fmt.Errorf("unread: %q is not device, %s or %s", text, ByServer, Realtime)
	}
	return nil
}

// unreadNews is what a client is to be told of what is unread when it asks
// (pullSe): the conversations in which something happened that it cannot count
// by itself.
type unreadNews struct {
	all  bool
	logs map[chat.Log]struct{}
	tick chat.Tick // the newest of what happened

	asked bool               // the client asked since it connected
	marks []store.MarkedRead // that this session made and the hub has not told it of

	// Of the pulls since the connection began. PROTOCOL.md#unread
	pulling bool                 // the first have begun,
	cursor  chat.Tick            // here,
	pulled  bool                 // and are finished
	notices map[chat.ID]struct{} // recalled messages that were answered as such, before their commands
}

// Bounds of what a session keeps of it. Over maxNews the client is told of
// all conversations; a notice over maxNotices is forgotten, which costs a
// client that counts by itself one unread message.
const (
	maxNews    = 100
	maxMarks   = 16
	maxNotices = 4096
)

func (n *unreadNews) add(log chat.Log, tick chat.Tick) {
	n.tick = max(n.tick, tick)
	if n.all {
		return
	}
	if n.logs == nil {
		n.logs = map[chat.Log]struct{}{}
	}
	n.logs[log] = struct{}{}
	if len(n.logs) > maxNews {
		n.all, n.logs = true, nil
	}
}

// take returns what there is to tell and begins anew.
func (n *unreadNews) take() (all bool, logs map[chat.Log]struct{}, tick chat.Tick) {
	all, logs, tick = n.all, n.logs, n.tick
	n.all, n.logs = false, nil
	return all, logs, tick
}

// own reports whether this session made mark, which it then forgets.
func (n *unreadNews) own(mark store.MarkedRead) bool {
	for i, m := range n.marks {
		if m == mark {
			n.marks = append(n.marks[:i], n.marks[i+1:]...)
			return true
		}
	}
	return false
}

func (n *unreadNews) made(mark store.MarkedRead) {
	if len(n.marks) == maxMarks {
		n.marks = n.marks[1:]
	}
	n.marks = append(n.marks, mark)
}

// told are the ticks of the last signals, so that many changes of one tick are
// one signal. Only the hub touches it.
type told struct{ states, settings, unread chat.Tick }

// Changed implements fanout.Session. It is called with the tick not applied
// yet: what the client asks then must reach up to it. PROTOCOL.md#unread
func (s *Session) Changed(tick chat.Tick, change store.Change) {
	switch c := change.(type) {
	case store.MarkedRead:
		s.mu.Lock()
		own := s.unread.own(c)
		s.mu.Unlock()
		if !own {
			s.tellRead(c.Log.Conversation(s.client.User), c.Through)
		}
		if c.Log.Type() != chat.UltraGroup {
			s.tellUnread(c.Log, tick)
		}
	case store.EntrySet:
		s.changedEntry(tick, c.Space, c.Key)
	case store.EntryDeleted:
		s.changedEntry(tick, c.Space, c.Key)
	}
}

func (s *Session) changedEntry(tick chat.Tick, space store.Space, key string) {
	switch space {
	case store.Settings:
		if log, hidden := lists.HiddenLog(key); hidden {
			s.tellUnread(log, tick)
		} else if lists.IsState(key) {
			s.tellStates(tick)
		}
	case store.Preferences:
		if lists.IsTypeLevel(key) {
			s.tellStates(tick)
		} else if lists.IsTags(key) {
			s.tellSettings(tick)
		}
	case store.Deleted:
		if log, ok := inbox.DeletedLog(key); ok {
			s.tellUnread(log, tick)
		}
	}
}

func (s *Session) tellStates(tick chat.Tick) {
	if s.told.states != tick {
		s.told.states = tick
		s.notify(wire.CommandStates, wire.TopicCommand, tick, "")
	}
}

func (s *Session) tellSettings(tick chat.Tick) {
	if s.told.settings == tick {
		return
	}
	s.told.settings = tick
	version := int64(tick)
	s.signal(wire.TopicSettingsNtf, false, tick, &pb.SettingsNotify{Version: &version, Reserve: new(bool)})
}

// tellUnread has the client ask what is unread of log.
func (s *Session) tellUnread(log chat.Log, tick chat.Tick) {
	if s.Unread == Realtime {
		return
	}
	s.mu.Lock()
	s.unread.add(log, tick)
	s.mu.Unlock()
	if s.told.unread != tick {
		s.told.unread = tick
		s.notify(wire.CommandUnread, wire.TopicCommand, tick, "")
	}
}

// tellRead tells the client that another device of its user read a
// conversation, as that device itself would.
func (s *Session) tellRead(c chat.Conversation, through chat.Tick) {
	typ, target, time := int32(c.Type), c.Target, int64(through)
	mark := &pb.ReadMark{Type: &typ, MsgTime: &time, ChannelId: &target}
	if c.Channel != "" {
		mark.BusChannel = &c.Channel
	}
	topic := wire.TopicReadTime
	if c.Type == chat.UltraGroup {
		topic = wire.TopicUltraReadTime
	}
	s.signal(topic, true, through, mark)
}

// signal publishes a payload to the client. dup says that another device of
// the user did what it tells.
func (s *Session) signal(topic string, dup bool, tick chat.Tick, p payload) {
	body, err := p.MarshalVT()
	if err != nil {
		s.Log.ErrorContext(s.ctx, "a signal does not encode", "topic", topic, "error", err)
		return
	}
	id := uint16(s.nextID.Add(1))
	if dup {
		id = dupID
	}
	frame := wire.AppendServerPublish(nil, 0, dup, int32(tick/1000), topic, string(s.client.User), id)
	s.conn.Send(append(frame, body...))
	if dup {
		s.conn.Send(wire.AppendPuback(nil, dupID, 0, int64(tick), nil))
	}
}

// dupID is the id of a PUBLISH with dup, which an official client keeps until
// the PUBACK with its id comes. No frame of a client has it.
const dupID = 0

// The messages by which a client says what its user has read.
const (
	readSync    = "RC:SRSMsg"  // to the user's own devices
	readReceipt = "RC:ReadNtf" // to the peer
)

// markRead makes r move the read cursor of its sender when its message says
// that something was read. PROTOCOL.md#read-marks
func (s *Session) markRead(r *writer.Request) {
	m := r.Message
	sync := m.ObjectName == readSync
	if !sync && (m.ObjectName != readReceipt || m.Type != chat.Private) {
		return
	}
	if sync {
		// It is nobody else's business, so no rule of the peer's can refuse it.
		m.To, r.Check = []chat.UserID{m.Sender}, roster.Member
	}
	var content struct {
		Time int64 `json:"lastMessageSendTime"`
	}
	if json.Unmarshal(wire.Content(m), &content) != nil || m.Type == chat.Chatroom {
		return
	}
	through := min(chat.Tick(content.Time), s.Hub.Tick())
	s.mu.Lock()
	defer s.mu.Unlock()
	if sync && s.Unread == ByServer {
		// The client marks all that it has, by a clock that may be behind ours.
		through = max(through, s.stream.answered)
	}
	if through <= 0 {
		return
	}
	r.Changes = append(r.Changes, lists.Read(m.Sender, m.Log(), through)...)
	s.unread.made(store.MarkedRead{User: m.Sender, Log: m.Log(), Through: through})
}

// uncounted leaves out of a pull's messages the commands of recalls whose
// messages the client never had but as recalled: a client that counts by
// itself would take one off what is unread for each.
func (s *Session) uncounted(messages []*chat.Message) []*chat.Message {
	recall := false
	for _, m := range messages {
		recall = recall || m.ObjectName == amend.RecallNotice || m.ObjectName == amend.RecallCommand
	}
	if !recall {
		return messages
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Unread != ByDevice || s.unread.cursor == 0 {
		return messages // the client is told how many are unread
	}
	kept := messages[:0:0]
	for _, m := range messages {
		switch m.ObjectName {
		case amend.RecallNotice:
			if m.Sender == s.client.User {
				break // it may have it by its ack, and counts no message of its own
			}
			if s.unread.notices == nil {
				s.unread.notices = map[chat.ID]struct{}{}
			}
			if len(s.unread.notices) < maxNotices {
				s.unread.notices[m.ID] = struct{}{}
			}
		case amend.RecallCommand:
			id := recalled(m)
			if _, noticed := s.unread.notices[id]; noticed {
				delete(s.unread.notices, id)
				continue
			}
		}
		kept = append(kept, m)
	}
	return kept
}

// recalled is the message that a command takes back.
func recalled(command *chat.Message) chat.ID {
	var content recallContent
	if json.Unmarshal(wire.Content(command), &content) != nil {
		return chat.ID{}
	}
	id, err := chat.UID(content.MessageUID).ID()
	if err != nil {
		return chat.ID{}
	}
	return id
}

// caughtUp is called after the last of the first pulls, which began at cursor:
// a client that counts by itself learns what it could not count. That is
// everything when it knew nothing, and else what other devices read while it
// was away.
func (s *Session) caughtUp(cursor chat.Tick) {
	if s.Unread != ByDevice {
		return // it asked before it pulled
	}
	until := s.reached()
	if cursor == 0 {
		s.mu.Lock()
		s.unread.all, s.unread.tick = true, max(s.unread.tick, until)
		s.mu.Unlock()
		s.notify(wire.CommandUnread, wire.TopicCommand, until, "")
		return
	}
	items, err := s.Lists.ReadSince(s.ctx, s.client.User, cursor, until)
	if err != nil {
		s.logRefusal(chat.CodeOf(err), err)
		return
	}
	for _, item := range items {
		s.tellRead(item.Conversation, item.Unread.Read)
		s.mu.Lock()
		s.unread.add(item.Log(s.client.User), until)
		s.mu.Unlock()
	}
	if len(items) > 0 {
		s.notify(wire.CommandUnread, wire.TopicCommand, until, "")
	}
}
