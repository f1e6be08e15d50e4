package bench

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/hongyan-im/hongyan/wire"
)

// hongyan speaks PROTOCOL.md, as the official SDK does or, with push, as our
// own SDKs do.
type hongyan struct {
	api      serverAPI
	push     bool
	firstID  int64 // clientUniqueId of message 0: new in every run, or the server would take them for resends
	tokens   []string
	sessions []session
}

// session is what a client of Hongyan knows besides its conversations.
type session struct {
	stream
	outbox int64  // the newest of its own messages that a pull returned
	query  uint16 // the newest id of a query

	room stream
	join uint16 // id of the query that asked to be let in
}

// stream is a run of messages that a client follows: those of its user, or of
// its room.
type stream struct {
	cursor  int64 // received up to this tick
	hint    int64 // the newest tick that the server spoke of while a pull was running
	pulling bool
	asked   uint16 // id of that pull
}

// The ids of frames are 16 bits. Publishes have the low half, from 1, and
// queries the high half.
const idSpace = 1 << 15

func newHongyan(api serverAPI, push bool) *hongyan {
	return &hongyan{api: api, push: push, firstID: time.Now().UnixNano()}
}

func (h *hongyan) prepare(ctx context.Context, l *load) error {
	h.sessions = make([]session, len(l.clients))
	h.tokens = make([]string, len(l.clients))
	users := make([]string, len(l.clients))
	for i, c := range l.clients {
		token, err := h.api.token(ctx, c.user)
		if err != nil {
			return err
		}
		h.tokens[i], users[i] = token, c.user
	}
	if l.workload.Members > 0 {
		return h.api.createGroup(ctx, groupName, users)
	}
	return nil
}

func (h *hongyan) path(_ *load, c *client) string {
	path := "/websocket?appId=" + url.QueryEscape(h.api.appKey) + "&token=" + url.QueryEscape(h.tokens[c.index]) +
		"&sdkVer=5.38.0&pid=&deviceId=" + c.user + "&apiVer=bench&protocolVer=3"
	if h.push {
		path += "&hongyan=1"
	}
	return path
}

// begin does nothing: the address was the connect, and the server answers it.
func (*hongyan) begin(*load, *client) {}

func (h *hongyan) ping(l *load, c *client) {
	l.scratch = wire.AppendPingreq(l.scratch[:0])
	l.send(c, l.scratch)
}

// Field numbers of UpMessage, PullRequest, DownMessages, DownMessage and Notify.
const (
	upBits, upName, upContent       = 1, 2, 3
	upConfig, upClientID, upOptions = 9, 10, 22

	pullSync, pullPolling, pullSent, pullOutbox, pullBroadcast = 1, 2, 4, 6, 7

	listMessage, listSync, listFinished, listPrevious = 1, 2, 3, 1000

	downContent, downTime, downUID, downDirection = 5, 6, 9, 10

	notifyType, notifyTime = 1, 2

	roomNothing, roomSync, roomCount = 1, 1, 2
)

func (h *hongyan) publish(l *load, c *client, seq uint32, content []byte) {
	b := wire.AppendClientPublish(l.scratch[:0], 1, sendTopics[c.talk.kind], c.talk.target, uint16(seq%(idSpace-1)+1))
	b = appendNumber(b, upBits, 3) // persisted, counted
	b = appendBytesField(b, upName, "RC:TxtMsg")
	b = appendBytesField(b, upContent, content)
	b = appendNumber(b, upConfig, 2)
	b = appendNumber(b, upClientID, uint64(h.firstID+int64(seq)))
	l.scratch = appendNumber(b, upOptions, 0)
	l.send(c, l.scratch)
}

var sendTopics = [...]string{pair: wire.TopicPrivateSend, group: wire.TopicGroupSend, room: wire.TopicRoomSend}

func appendNumber(b []byte, num protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), v)
}

// pull asks for what came after the cursors.
func (h *hongyan) pull(l *load, c *client) {
	s := &h.sessions[c.index]
	s.pulling, s.asked = true, s.nextQuery()
	outbox := s.outbox
	if h.push {
		outbox = s.cursor // our SDKs have one cursor
	}
	b := wire.AppendQuery(l.scratch[:0], wire.TopicPull, c.user, s.asked)
	b = appendNumber(b, pullSync, uint64(s.cursor))
	b = appendNumber(b, pullPolling, 0)
	b = appendNumber(b, pullSent, 1)
	b = appendNumber(b, pullOutbox, uint64(outbox))
	l.scratch = appendNumber(b, pullBroadcast, 1)
	l.send(c, l.scratch)
	if c.ready {
		l.tally.pulls++
	}
}

func (s *session) nextQuery() uint16 {
	s.query = idSpace | (s.query+1)&(idSpace-1)
	return s.query
}

// enter asks to be let into the room.
func (h *hongyan) enter(l *load, c *client) {
	s := &h.sessions[c.index]
	s.join = s.nextQuery()
	b := wire.AppendQuery(l.scratch[:0], wire.TopicRoomJoin, roomName, s.join)
	l.scratch = appendNumber(b, roomNothing, 1)
	l.send(c, l.scratch)
}

// pullRoom asks for what came in the room after the cursor, and at first for
// nothing but a cursor.
func (h *hongyan) pullRoom(l *load, c *client) {
	s := &h.sessions[c.index]
	s.room.pulling, s.room.asked = true, s.nextQuery()
	b := wire.AppendQuery(l.scratch[:0], wire.TopicRoomPull, roomName, s.room.asked)
	b = appendNumber(b, roomSync, uint64(s.room.cursor))
	l.scratch = appendNumber(b, roomCount, ^uint64(0)) // -1
	l.send(c, l.scratch)
	if c.ready {
		l.tally.pulls++
	}
}

func (h *hongyan) receive(l *load, c *client, b []byte) error {
	var f wire.ServerFrame
	if err := f.Decode(b, wire.ProtocolVer3); err != nil {
		return err
	}
	switch f.Type {
	case wire.TypeConnack:
		return h.connack(l, c, f.Connack)
	case wire.TypePuback:
		h.puback(l, c, &f)
	case wire.TypePublish:
		return h.signal(l, c, &f)
	case wire.TypeQueryack:
		return h.queryack(l, c, &f)
	case wire.TypeDisconnect:
		return fmt.Errorf("the server sent DISCONNECT %d", f.Status)
	}
	return nil
}

// connack starts a client that has everything up to now: it pulls what little
// there may be, so that it knows where it stands.
func (h *hongyan) connack(l *load, c *client, a wire.Connack) error {
	if a.Status != 0 {
		return fmt.Errorf("the server sent CONNACK %d", a.Status)
	}
	h.sessions[c.index].cursor = a.Time - 1
	h.ping(l, c)
	h.pull(l, c)
	return nil
}

// puback finds the newest message that has the answered id.
func (h *hongyan) puback(l *load, c *client, f *wire.ServerFrame) {
	if c.talk == nil || f.ID == 0 || f.ID >= idSpace {
		l.faults.note(&l.faults.Damaged, "a PUBACK to %s for id %d, which it did not use", c.user, f.ID)
		return
	}
	newest := uint32(len(c.talk.messages) - 1)
	back := (newest + idSpace - 1 - uint32(f.ID-1)%(idSpace-1)) % (idSpace - 1)
	l.acked(c, newest-back, f.UID, int(f.Status))
}

func (h *hongyan) signal(l *load, c *client, f *wire.ServerFrame) error {
	if f.QoS > 0 && !f.Dup {
		l.scratch = wire.AppendClientPuback(l.scratch[:0], f.ID)
		l.send(c, l.scratch)
	}
	switch string(f.Topic) {
	case wire.TopicTick:
		return h.tick(l, c, f.Payload)
	case wire.TopicNotify:
		return h.notify(l, c, f.Payload)
	}
	return nil
}

// notify follows the pull rule of the official SDK: a hint starts a pull,
// unless one is running; then the hint waits for its end.
func (h *hongyan) notify(l *load, c *client, payload []byte) error {
	var kind, hint uint64
	err := eachField(payload, func(num protowire.Number, n uint64, _ []byte) {
		switch num {
		case notifyType:
			kind = n
		case notifyTime:
			hint = n
		}
	})
	if err != nil {
		return err
	}
	switch kind {
	case wire.NotifyMessages:
		h.newer(l, c, int64(hint))
	case wire.NotifyRoom:
		if s := &h.sessions[c.index].room; s.pulling {
			s.hint = max(s.hint, int64(hint))
		} else if s.cursor > 0 { // a hint before the first pull is answered by that
			h.pullRoom(l, c)
		}
	}
	return nil
}

// newer pulls, at once or when the running pull is over, because the server
// spoke of hint.
func (h *hongyan) newer(l *load, c *client, hint int64) {
	s := &h.sessions[c.index]
	if s.pulling {
		s.hint = max(s.hint, hint)
		return
	}
	h.pull(l, c)
}

// list is a DownMessages, taken apart as far as a client needs it.
type list struct {
	sync, previous int64
	finished       bool
}

func (t *list) header(b []byte) error {
	return eachField(b, func(num protowire.Number, n uint64, _ []byte) {
		switch num {
		case listSync:
			t.sync = int64(n)
		case listFinished:
			t.finished = n != 0
		case listPrevious:
			t.previous = int64(n)
		}
	})
}

// tick is one push to our own SDKs. It is applied when it follows the cursor,
// dropped when it does not reach beyond it, and means a gap otherwise.
func (h *hongyan) tick(l *load, c *client, payload []byte) error {
	var t list
	if err := t.header(payload); err != nil {
		return err
	}
	s := &h.sessions[c.index]
	switch {
	case t.sync <= s.cursor:
		return nil
	case t.previous > s.cursor:
		h.newer(l, c, t.sync)
		return nil
	}
	err := h.messages(l, c, payload, 0)
	s.cursor = t.sync
	return err
}

func (h *hongyan) queryack(l *load, c *client, f *wire.ServerFrame) error {
	s := &h.sessions[c.index]
	if f.QoS > 0 {
		l.scratch = wire.AppendQuerycon(l.scratch[:0], f.ID)
		l.send(c, l.scratch)
	}
	if f.Status != 0 {
		return fmt.Errorf("query %d was refused with status %d", f.ID, f.Status)
	}
	switch {
	case s.pulling && f.ID == s.asked:
		return h.pulled(l, c, f.Payload)
	case s.room.pulling && f.ID == s.room.asked:
		return h.roomPulled(l, c, f.Payload)
	case f.ID == s.join && s.join != 0:
		s.join = 0
		h.pullRoom(l, c)
		return nil
	}
	return fmt.Errorf("a QUERYACK for id %d, which waits for none", f.ID)
}

func (h *hongyan) pulled(l *load, c *client, payload []byte) error {
	var t list
	if err := t.header(payload); err != nil {
		return err
	}
	s := &h.sessions[c.index]
	s.pulling = false
	known := int64(0)
	if h.push {
		known = s.cursor // pushes may have come since the pull was sent
	} else if t.sync < s.cursor {
		return fmt.Errorf("a pull from %d was answered with syncTime %d", s.cursor, t.sync)
	}
	if err := h.messages(l, c, payload, known); err != nil {
		return err
	}
	s.cursor = max(s.cursor, t.sync)
	again := !t.finished || s.hint > s.cursor && (h.push || s.hint > s.outbox)
	s.hint = 0
	switch {
	case again:
		h.pull(l, c)
	case l.workload.Visitors > 0 && !c.ready:
		h.enter(l, c)
	default:
		l.ready(c)
	}
	return nil
}

func (h *hongyan) roomPulled(l *load, c *client, payload []byte) error {
	var t list
	if err := t.header(payload); err != nil {
		return err
	}
	s := &h.sessions[c.index].room
	if t.sync < s.cursor || t.sync == 0 {
		return fmt.Errorf("a pull of the room from %d was answered with syncTime %d", s.cursor, t.sync)
	}
	if err := h.messages(l, c, payload, s.cursor); err != nil {
		return err
	}
	s.pulling, s.cursor = false, t.sync
	again := s.hint > s.cursor
	s.hint = 0
	if again {
		h.pullRoom(l, c)
	}
	l.ready(c)
	return nil
}

// messages hands over those of payload that are newer than known. What a client
// gets before it is ready is not of this load.
func (h *hongyan) messages(l *load, c *client, payload []byte, known int64) error {
	var failed error
	err := eachField(payload, func(num protowire.Number, _ uint64, m []byte) {
		if num == listMessage && failed == nil {
			failed = h.message(l, c, m, known)
		}
	})
	if err != nil {
		return err
	}
	return failed
}

func (h *hongyan) message(l *load, c *client, b []byte, known int64) error {
	var content, uid []byte
	var time int64
	own := false
	err := eachField(b, func(num protowire.Number, n uint64, v []byte) {
		switch num {
		case downContent:
			content = v
		case downTime:
			time = int64(n)
		case downUID:
			uid = v
		case downDirection:
			own = n == 1
		}
	})
	if err != nil {
		return err
	}
	if own {
		h.sessions[c.index].outbox = max(h.sessions[c.index].outbox, time)
	}
	if c.ready && time > known {
		l.delivered(c, content, uid)
	}
	return nil
}
