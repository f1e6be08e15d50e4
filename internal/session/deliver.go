package session

import (
	"sync"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/amend"
	"github.com/hongyan-im/hongyan/internal/receipt"
	"github.com/hongyan-im/hongyan/wire"
)

// Attached implements fanout.Session.
func (s *Session) Attached(tick chat.Tick) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stream.start(tick)
	s.push.previous = tick
}

// Offer implements fanout.Session.
func (s *Session) Offer(m *chat.Message, listed []byte) (first bool) {
	if m.Type == chat.News {
		return s.offerNews(m)
	}
	first = s.offeredNothing()
	switch {
	case m.Type == chat.UltraGroup:
		s.ultra = append(s.ultra, m)
	case !s.client.Direct:
		s.offered = append(s.offered, m)
	case m.Origin == s.origin:
		return false // the ack said it all
	default:
		s.listed = append(s.listed, listed)
		if m.ObjectName == amend.RecallCommand {
			s.recalled = append(s.recalled, m.Log())
		}
	}
	return first
}

// offeredNothing reports whether the session was offered nothing of the tick yet.
func (s *Session) offeredNothing() bool {
	return len(s.offered)+len(s.listed)+len(s.ultra) == 0 && s.news == 0
}

// offerNews notes what there is news of.
func (s *Session) offerNews(m *chat.Message) (first bool) {
	if m.Origin == s.origin {
		return false
	}
	first = s.offeredNothing()
	switch m.ObjectName {
	case amend.EditNews:
		s.news |= newsOfEdits
	case receipt.ReadNews:
		s.news |= newsOfReads
	default:
		return false
	}
	return first
}

// What a tick has news of.
const (
	newsOfEdits = 1 << iota
	newsOfReads
)

// Seal implements fanout.Session.
func (s *Session) Seal(tick chat.Tick) {
	if len(s.listed) > 0 {
		s.sealPushed(tick)
	}
	if s.news != 0 {
		s.sealNews(tick)
	}
	if !s.client.Direct {
		s.sealOffered(tick)
	}
	if len(s.ultra) > 0 {
		s.sealUltra(tick)
	}
}

// sealOffered hints at what an official client is to pull.
func (s *Session) sealOffered(tick chat.Tick) {
	s.mu.Lock()
	hint := s.stream.add(tick, s.offered, func(m *chat.Message) bool { return m.Origin == s.origin })
	latest := s.stream.latest
	s.mu.Unlock()
	if s.Unread == ByServer {
		for _, m := range s.offered {
			if m.ObjectName == amend.RecallCommand {
				s.tellUnread(m.Log(), tick)
			}
		}
	}
	clear(s.offered)
	s.offered = s.offered[:0]
	if hint {
		s.notify(wire.NotifyMessages, wire.TopicNotify, latest, "")
	}
}

// sealNews signals what the tick has news of.
func (s *Session) sealNews(tick chat.Tick) {
	s.mu.Lock()
	edits := s.news&newsOfEdits != 0 && s.ofEdits.add(tick)
	reads := s.news&newsOfReads != 0 && s.ofReads.add(tick)
	s.mu.Unlock()
	s.news = 0
	if edits {
		s.notify(wire.CommandModified, wire.TopicCommand, tick, "")
	}
	if reads {
		s.notify(wire.CommandEventChanges, wire.TopicCommand, tick, "")
	}
}

// Amended implements fanout.Session.
func (s *Session) Amended(m *chat.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stream.replace(m)
}

// frames are buffers to put a frame together in.
var frames = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// maxKept is the largest buffer that goes back into frames.
const maxKept = 64 << 10

func recycle(b *[]byte, frame []byte) {
	if cap(frame) <= maxKept {
		*b = frame[:0]
		frames.Put(b)
	}
}

// sealPushed sends the tick as one frame. When the client is too slow it is
// not sent: the next frame's previous tick will not fit the client's cursor,
// and once the queue is empty a signal tells the client to pull.
func (s *Session) sealPushed(tick chat.Tick) {
	buffer := frames.Get().(*[]byte)
	frame := s.publish(*buffer, wire.TopicTick, tick)
	for i, listed := range s.listed {
		frame = append(frame, listed...)
		s.listed[i] = nil
	}
	s.mu.Lock()
	frame = wire.AppendPushed(frame, s.push.previous, tick)
	s.push.previous = tick
	if s.conn.Offer(frame) {
		s.Metrics.Pushed.Add(float64(len(s.listed)))
	} else {
		s.push.behind = true
		s.Metrics.Behind.Inc()
	}
	s.mu.Unlock()
	s.listed = s.listed[:0]
	recycle(buffer, frame)
	for _, log := range s.recalled {
		s.tellUnread(log, tick) // which a client of ours does not count
	}
	s.recalled = s.recalled[:0]
}

// Drained is called by the connection when the client has taken everything
// after an Offer was refused.
func (s *Session) Drained() {
	s.mu.Lock()
	behind, tick := s.push.behind, s.push.previous
	s.push.behind = false
	s.mu.Unlock()
	if behind {
		s.notify(wire.NotifyMessages, wire.TopicNotify, tick, "")
	}
}

// Status implements fanout.Session. A client too slow for status messages
// misses them: they mean nothing a moment later.
func (s *Session) Status(down []byte) {
	var space [512]byte
	if !s.conn.Offer(append(s.publish(space[:0], wire.TopicMessage, chat.Tick(time.Now().UnixMilli())), down...)) {
		s.Metrics.StatusDropped.Inc()
	}
}
