package bench

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// fakeServer is the least that answers the generator, all in memory. Its hooks
// make it fail: stream sees each message on its way into a user's stream and
// returns what goes there instead; push reports whether a message that is in
// the stream is pushed as well; ack changes what the sender is told.
type fakeServer struct {
	url    string
	stream func(user string, m entry) []entry
	push   func(user string, m entry) bool
	ack    func(m *entry) (answer bool, status uint16)

	mu       sync.Mutex // guards the following
	tick     int64
	sessions map[string]*fakeSession
	streams  map[string][]entry
	groups   map[string][]string
	visitors []string // of the one room
}

// entry is a message in a user's stream.
type entry struct {
	tick    int64
	uid     string
	from    string
	content []byte
}

type fakeSession struct {
	conn     net.Conn
	pushes   bool
	previous int64 // the tick last pushed or pulled
}

func newFakeServer(t *testing.T) *fakeServer {
	s := &fakeServer{
		stream:   func(_ string, m entry) []entry { return []entry{m} },
		push:     func(string, entry) bool { return true },
		ack:      func(*entry) (bool, uint16) { return true, 0 },
		tick:     time.Now().UnixMilli(),
		sessions: map[string]*fakeSession{},
		streams:  map[string][]entry{},
		groups:   map[string][]string{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/user/getToken.json", func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"code": 200, "token": r.FormValue("userId")})
	})
	mux.HandleFunc("/group/create.json", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		s.groups[r.FormValue("groupId")] = r.Form["userId"]
	})
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"durability":"none"}`))
	})
	mux.HandleFunc("/websocket", s.connect)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *fakeServer) connect(w http.ResponseWriter, r *http.Request) {
	conn, _, _, err := ws.UpgradeHTTP(r, w)
	if err != nil {
		return
	}
	defer conn.Close()
	user := r.FormValue("token")
	session := &fakeSession{conn: conn, pushes: r.FormValue("hongyan") == "1"}
	s.mu.Lock()
	session.previous = s.tick
	s.sessions[user] = session
	session.write(wire.AppendConnack(nil, wire.ProtocolVer3, wire.Connack{User: user, Session: "s", Time: s.tick + 1}))
	s.mu.Unlock()
	for {
		b, err := wsutil.ReadClientBinary(conn)
		if err != nil {
			return
		}
		var f wire.ClientFrame
		if err := f.Decode(b); err != nil {
			return
		}
		s.handle(user, session, &f)
	}
}

func (s *fakeSession) write(b []byte) { _ = wsutil.WriteServerBinary(s.conn, b) }

func (s *fakeServer) handle(user string, session *fakeSession, f *wire.ClientFrame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch f.Type {
	case wire.TypePublish:
		s.accept(user, session, f)
	case wire.TypeQuery:
		s.query(user, session, f)
	case wire.TypePingreq:
		session.write(wire.AppendPingresp(nil))
	}
}

func (s *fakeServer) accept(user string, session *fakeSession, f *wire.ClientFrame) {
	var up pb.UpMessage
	if err := up.UnmarshalVT(f.Payload); err != nil {
		return
	}
	s.tick++
	m := entry{tick: s.tick, uid: fmt.Sprintf("UID-%d", s.tick), from: user, content: up.Content}
	named := m
	answer, status := s.ack(&named)
	if answer {
		session.write(wire.AppendPuback(nil, f.ID, status, m.tick, []byte(named.uid)))
	}
	if status != 0 {
		return
	}
	receivers := []string{string(f.Target)}
	switch string(f.Topic) {
	case wire.TopicGroupSend:
		receivers = s.groups[string(f.Target)]
	case wire.TopicRoomSend:
		receivers = s.visitors
	}
	for _, receiver := range receivers {
		if receiver == user {
			continue
		}
		for _, e := range s.stream(receiver, m) {
			s.deliver(receiver, e)
		}
	}
}

// deliver puts m into the stream of user, with a tick of its own, and tells the
// session.
func (s *fakeServer) deliver(user string, m entry) {
	s.tick++
	m.tick = s.tick
	s.streams[user] = append(s.streams[user], m)
	session := s.sessions[user]
	if session == nil || !s.push(user, m) {
		return
	}
	if !session.pushes {
		notify := pb.Notify{Type: new(int32(wire.NotifyMessages)), Time: &m.tick}
		if s.visitors != nil {
			notify.Type, notify.RoomId = new(int32(wire.NotifyRoom)), new(roomName)
		}
		payload, _ := notify.MarshalVT()
		session.write(append(wire.AppendServerPublish(nil, 0, false, 0, wire.TopicNotify, user, 0), payload...))
		return
	}
	previous := int64(0)
	if n := len(s.streams[user]); n > 1 {
		previous = s.streams[user][n-2].tick
	}
	list := pb.DownMessages{List: []*pb.DownMessage{m.down()}, SyncTime: &m.tick, Finished: new(true), PreviousTick: &previous}
	payload, _ := list.MarshalVT()
	session.write(append(wire.AppendServerPublish(nil, 0, false, 0, wire.TopicTick, user, 0), payload...))
}

func (m entry) down() *pb.DownMessage {
	return &pb.DownMessage{
		FromUserId: &m.from, Type: new(int32(1)), ClassName: new("RC:TxtMsg"),
		Content: m.content, DataTime: &m.tick, Status: new(int64(48)), MsgId: &m.uid,
	}
}

// pullPage is small, so that a test sees pulls that are not finished.
const pullPage = 3

func (s *fakeServer) query(user string, session *fakeSession, f *wire.ClientFrame) {
	switch string(f.Topic) {
	case wire.TopicPull:
		s.pull(user, session, f)
	case wire.TopicRoomJoin:
		s.visitors = append(s.visitors, user)
		answer, _ := (&pb.RoomAnswer{Nothing: new(int32(1))}).MarshalVT()
		session.write(append(wire.AppendQueryack(nil, f.ID, 0, 0), answer...))
	case wire.TopicRoomPull:
		s.pullRoom(user, session, f)
	}
}

// pullRoom answers with all of a user's stream: that of a visitor is the room's.
func (s *fakeServer) pullRoom(user string, session *fakeSession, f *wire.ClientFrame) {
	var ask pb.RoomPullRequest
	if err := ask.UnmarshalVT(f.Payload); err != nil {
		return
	}
	answer := pb.RoomMessages{SyncTime: &s.tick}
	for _, e := range s.streams[user] {
		if e.tick > ask.GetSyncTime() {
			m, _ := e.down().MarshalVT()
			answer.List = append(answer.List, m)
		}
	}
	payload, _ := answer.MarshalVT()
	session.write(append(wire.AppendQueryack(nil, f.ID, 0, 0), payload...))
}

func (s *fakeServer) pull(user string, session *fakeSession, f *wire.ClientFrame) {
	var ask pb.PullRequest
	if err := ask.UnmarshalVT(f.Payload); err != nil {
		return
	}
	all := s.streams[user]
	from, _ := slices.BinarySearchFunc(all, ask.GetSyncTime()+1, func(e entry, t int64) int { return int(e.tick - t) })
	page := all[from:min(from+pullPage, len(all))]
	through := max(ask.GetSyncTime(), s.tick)
	finished := from+len(page) == len(all)
	if !finished {
		through = page[len(page)-1].tick
	}
	list := pb.DownMessages{SyncTime: &through, Finished: &finished}
	for _, e := range page {
		list.List = append(list.List, e.down())
	}
	payload, _ := list.MarshalVT()
	session.write(append(wire.AppendQueryack(nil, f.ID, 0, 0), payload...))
}
