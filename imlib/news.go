package imlib

import (
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// What is no message a client is not sent: a signal tells that there is news
// of a kind, and the client asks for what is newer than the last it was told.

// feed is one kind of news.
type feed struct {
	topic, target string
	question      func() payload
	// take queues what an answer tells and reports whether there is more.
	take func(payload []byte) (more bool, err error)

	cursor chat.Tick // the last tick that was told
	wanted bool      // there is or may be something newer
	asking bool
}

// payload is what encodes itself.
type payload interface{ MarshalVT() ([]byte, error) }

// news are the feeds that are the user's own. Those of a chatroom are its own.
type news struct{ edits, reads, states, tags, unread feed }

// newNews are feeds that begin after a tick.
func (c *Client) newNews(after chat.Tick) *news {
	n := new(news)
	user := string(c.user)
	n.edits = feed{topic: wire.TopicModified, target: user, cursor: after, take: c.takeEdits,
		question: func() payload { return &pb.ModifiedRequest{PullVersion: new(int64(n.edits.cursor))} }}
	n.reads = feed{topic: wire.TopicEventChanges, target: user, cursor: after, take: c.takeReads,
		question: func() payload { return &pb.ChangesRequest{SyncTime: new(int64(n.reads.cursor))} }}
	n.states = feed{topic: wire.TopicConversationStates, target: user, cursor: after, take: c.takeStates,
		question: func() payload { return &pb.ConversationStatesRequest{Time: new(int64(n.states.cursor))} }}
	n.tags = feed{topic: wire.TopicSettings, target: user, cursor: after, take: c.takeTags,
		question: func() payload { return &pb.SettingsRequest{Version: new(int64(n.tags.cursor))} }}
	token := ""
	n.unread = feed{topic: wire.TopicUnread, target: user, cursor: after,
		question: func() payload { return &pb.UnreadRequest{Version: new(int64(n.unread.cursor)), PageToken: &token} },
		take: func(payload []byte) (bool, error) {
			next, some, err := c.takeUnread(payload)
			token = next
			return next != "" && some, err
		}}
	return n
}

func (n *news) all() []*feed { return []*feed{&n.edits, &n.reads, &n.states, &n.tags, &n.unread} }

// commanded is the feed that a signal of this type is about, nil for none.
func (n *news) commanded(command int32) *feed {
	switch command {
	case wire.CommandModified:
		return &n.edits
	case wire.CommandEventChanges:
		return &n.reads
	case wire.CommandStates:
		return &n.states
	case wire.CommandUnread:
		return &n.unread
	}
	return nil
}

// The functions below run with c.mu held.

// connected asks for everything that happened while there was no connection.
func (n *news) connected(c *Client) {
	for _, f := range n.all() {
		c.hearNews(f)
	}
}

func (n *news) interrupted() {
	for _, f := range n.all() {
		f.asking = false
	}
}

// hearNews notes that there is news for f.
func (c *Client) hearNews(f *feed) {
	f.wanted = true
	c.askNews(f)
}

// askNews asks for the news of f, if there is any and room for it.
func (c *Client) askNews(f *feed) {
	if !c.watching || !c.online || !f.wanted || f.asking || !c.hasRoom() {
		return
	}
	f.wanted, f.asking = false, true
	c.query(f.topic, f.target, f.question(), func(a answer) error { return c.newsAnswered(f, a) })
}

func (c *Client) newsAnswered(f *feed, a answer) error {
	f.asking = false
	if a.status != chat.OK {
		// The next signal, or connection, asks again.
		c.options.Log.Warn("asking for news failed", "topic", f.topic, "code", a.status)
		return nil
	}
	more, err := f.take(a.payload)
	if err != nil {
		return malformed(f.topic, err)
	}
	f.wanted = f.wanted || more
	c.askNews(f)
	return nil
}

func (c *Client) takeEdits(b []byte) (more bool, err error) {
	var a pb.ModifiedAnswer
	if err := a.UnmarshalVT(b); err != nil {
		return false, err
	}
	for _, m := range a.Msg {
		if m.Msg != nil {
			c.push(received{event: Edited{c.message(m.Msg)}})
		}
	}
	return c.news.edits.told(a.GetNextVersion(), !a.GetFinished()), nil
}

// told moves the cursor. It returns more, unless asking again would ask the
// same for ever.
func (f *feed) told(through int64, more bool) bool {
	before := f.cursor
	f.cursor = max(f.cursor, chat.Tick(through))
	return more && f.cursor > before
}

func (c *Client) takeReads(b []byte) (more bool, err error) {
	var a pb.EventChanges
	if err := a.UnmarshalVT(b); err != nil {
		return false, err
	}
	for _, change := range a.List {
		if change.GetChangeType() != wire.EventRead || change.GetSubChangeType() != 0 {
			continue
		}
		var e pb.ReadEvent
		if err := e.UnmarshalVT(change.GetEventData()); err != nil {
			return false, err
		}
		c.push(received{event: ReceiptChanged{
			Conversation: chat.Conversation{
				Type: chat.ConversationType(change.GetChannelType()), Target: change.GetBusinessId(), Channel: change.GetSecondaryId(),
			},
			UID: chat.UID(e.GetMsgId()), Total: int(e.GetTotalCount()), Read: int(e.GetReadCount()), Readers: readers(e.GetReadList()),
		}})
	}
	return c.news.reads.told(a.GetSyncTime(), a.GetHasNext()), nil
}

func readers(list []*pb.Reader) (all []Reader) {
	for _, r := range list {
		all = append(all, Reader{chat.UserID(r.GetUserId()), timeOf(r.GetReceiptTime()), r.GetMentioned()})
	}
	return all
}

// timeOf is the time of a tick, the zero time of 0.
func timeOf(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis)
}

func (c *Client) takeStates(b []byte) (more bool, err error) {
	var a pb.ConversationStates
	if err := a.UnmarshalVT(b); err != nil {
		return false, err
	}
	after := c.news.states.cursor
	for _, state := range a.State {
		if e := stateChanged(state, after); e != nil {
			c.push(received{event: e})
		}
	}
	return c.news.states.told(a.GetVersion(), false), nil
}

// stateChanged is what changed of a conversation after a tick, nil for nothing.
func stateChanged(p *pb.ConversationState, after chat.Tick) Event {
	s, changed := settingsOf(p, after), ConversationChanged{}
	if p.GetChannelId() == "" {
		if s.level == nil {
			return nil
		}
		return TypeLevelChanged{chat.ConversationType(p.GetType()), *s.level}
	}
	changed.Conversation = chat.Conversation{Type: chat.ConversationType(p.GetType()), Target: p.GetChannelId(), Channel: p.GetBusChannel()}
	changed.Top, changed.Level, changed.Tags = s.top, s.level, s.tags
	if s.top == nil && s.level == nil && s.tags == nil {
		return nil
	}
	return changed
}

func (c *Client) takeTags(b []byte) (more bool, err error) {
	var a pb.SettingsAnswer
	if err := a.UnmarshalVT(b); err != nil {
		return false, err
	}
	if tags := tagsOf(&a); tags != nil {
		c.push(received{event: TagsChanged{tags}})
	}
	return c.news.tags.told(a.GetVersion(), false), nil
}

func (c *Client) takeUnread(b []byte) (token string, some bool, err error) {
	var a pb.UnreadAnswer
	if err := a.UnmarshalVT(b); err != nil {
		return "", false, err
	}
	for _, u := range a.Session {
		c.news.unread.told(u.GetVersion(), false)
		c.push(received{event: UnreadChanged{
			chat.Conversation{Type: chat.ConversationType(u.GetType()), Target: u.GetTargetId(), Channel: u.GetBusChannel()},
			Unread{
				Count: int(u.GetUnread().GetCount()), Mentions: int(u.GetUnread().GetMentionCount()), MentionsMe: int(u.GetUnread().GetMentionMeCount()),
				Read: timeOf(u.GetUnread().GetClearTime()), First: unreadMessage(u.GetUnread().GetFirstUnreadMsg()),
			},
		}})
	}
	return a.GetPageToken(), len(a.Session) > 0, nil
}
