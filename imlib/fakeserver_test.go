package imlib

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"google.golang.org/protobuf/proto"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// fakeServer speaks the server's side of the protocol for one user, alice,
// inside the test: navigation, handshake, sends, pulls, direct push, a
// chatroom, history. It keeps what was sent in a log, as a real server does,
// and does the things that a real one does rarely: it forgets to answer, cuts
// the connection, leaves out a push, pushes twice.
//
// To extend it: a topic is a line in answer; a fault is a field that a test
// sets under mu, or a method that acts on the present connection.
type fakeServer struct {
	t      *testing.T
	listen *pipeListener
	http   *http.Server
	served chan struct{} // closed when http is

	mu          sync.Mutex // guards the following
	tick        chat.Tick
	log         []*pb.DownMessage // alice's stream, in order
	pushedTick  chat.Tick         // the tick before the next one to be pushed
	rooms       map[string][]*pb.DownMessage
	conn        *fakeConn // the newest connection
	accepted    map[int64]*pb.DownMessage
	sends       []*pb.UpMessage // every send received, resends too
	asked       map[string]int  // how often each topic was asked
	navigations int
	connections int
	devices     []string // of the connections
	token       string   // the valid one
	places      []string // that navigation names, the best first
	pageSize    int      // messages after which a page of a pull ends, at a tick

	// Faults.
	navigationStatus []int         // of the next navigations; then 200
	connackStatus    []uint8       // of the next connections; then 0
	ignore           bool          // no answer to a send or a question
	silent           bool          // no answer to a ping either
	mute             int           // so many connections are not greeted
	refuse           chat.Code     // of every send and question
	delay            time.Duration // before an answer to a send
}

const firstTick chat.Tick = 1_800_000_000_000

func newFakeServer(t *testing.T) *fakeServer {
	s := &fakeServer{
		t: t, listen: newPipeListener(), served: make(chan struct{}), tick: firstTick, pageSize: 20,
		token: "token", places: []string{"server:80"},
		rooms: map[string][]*pb.DownMessage{}, accepted: map[int64]*pb.DownMessage{}, asked: map[string]int{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v2/navi.json", s.navigate)
	mux.HandleFunc("GET /websocket", s.serve)
	s.http = &http.Server{Handler: mux}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(s.listen) // until close
	}()
	return s
}

// close ends the server and every connection.
func (s *fakeServer) close() {
	_ = s.http.Close()
	s.cut()
	<-s.served
}

// connect makes a client of s, which the test need not close.
func (s *fakeServer) connect(change func(*Options)) (*Client, error) {
	o := Options{AppKey: "app", Token: "token", Navigators: []string{"http://navigator"}, Dial: s.listen.dial}
	if change != nil {
		change(&o)
	}
	return Connect(context.Background(), o)
}

func (s *fakeServer) mustConnect(change func(*Options)) *Client {
	s.t.Helper()
	c, err := s.connect(change)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// set changes fields of s.
func (s *fakeServer) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// askedFor is how often a topic was asked or published.
func (s *fakeServer) askedFor(topic string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[topic]
}

func (s *fakeServer) navigate(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.navigations++
	status, token := next(&s.navigationStatus, http.StatusOK), s.token
	var addresses []any
	for i, place := range s.places {
		addresses = append(addresses, map[string]any{"addr": place, "protocol": 5, "weight": len(s.places) - i})
	}
	s.mu.Unlock()
	if r.Header.Get("RC-Appkey") != "app" || r.FormValue("token") != token {
		s.t.Errorf("navigation with app key %q and token %q", r.Header.Get("RC-Appkey"), r.FormValue("token"))
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": status, "serverAddr": addresses})
}

func next[T any](queue *[]T, otherwise T) T {
	if len(*queue) == 0 {
		return otherwise
	}
	first := (*queue)[0]
	*queue = (*queue)[1:]
	return first
}

// fakeConn is a connection as the server sees it.
type fakeConn struct {
	net.Conn
	mu sync.Mutex // one frame at a time
}

func (c *fakeConn) send(frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = wsutil.WriteServerBinary(c.Conn, frame) // a client that went away is not the server's concern
}

func (s *fakeServer) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	token := s.token
	s.devices = append(s.devices, r.FormValue("deviceId"))
	s.mu.Unlock()
	if r.FormValue("hongyan") != "1" || r.FormValue("appId") != "app" || r.FormValue("token") != token {
		s.t.Errorf("connect with %s", r.URL.RawQuery)
	}
	raw, _, _, err := ws.UpgradeHTTP(r, w)
	if err != nil {
		s.t.Error(err)
		return
	}
	conn := &fakeConn{Conn: raw}
	s.mu.Lock()
	s.connections++
	if s.mute > 0 {
		s.mute--
		s.mu.Unlock()
		s.read(conn)
		return
	}
	hello := wire.Connack{Status: next(&s.connackStatus, 0), User: "alice", Session: "s", Time: int64(s.tick)}
	if hello.Status == 0 {
		s.conn, s.pushedTick = conn, s.tick
	}
	s.mu.Unlock()
	conn.send(wire.AppendConnack(nil, wire.ProtocolVer4, hello))
	s.read(conn)
}

func (s *fakeServer) read(conn *fakeConn) {
	defer conn.Close()
	for {
		b, err := wsutil.ReadClientBinary(conn)
		if err != nil {
			return
		}
		var f wire.ClientFrame
		if err := f.Decode(b); err != nil {
			s.t.Error(err)
			return
		}
		switch f.Type {
		case wire.TypePingreq:
			s.mu.Lock()
			silent := s.silent
			s.mu.Unlock()
			if !silent {
				conn.send(wire.AppendPingresp(nil))
			}
		case wire.TypePublish:
			s.publish(conn, &f)
		case wire.TypeQuery:
			s.query(conn, &f)
		}
	}
}

// publish stores a send, unless it is a resend, and answers it.
func (s *fakeServer) publish(conn *fakeConn, f *wire.ClientFrame) {
	var up pb.UpMessage
	if err := up.UnmarshalVT(f.Payload); err != nil {
		s.t.Error(err)
		return
	}
	s.mu.Lock()
	s.sends = append(s.sends, &up)
	s.asked[string(f.Topic)]++
	d, status, ignore, delay := s.accepted[up.GetClientUniqueId()], s.refuse, s.ignore, s.delay
	if d == nil && status == 0 {
		d = s.accept(string(f.Topic), string(f.Target), &up)
	}
	s.mu.Unlock()
	if ignore || string(f.Topic) == wire.TopicPrivateStatus {
		return
	}
	time.Sleep(delay) // inside a synctest bubble
	conn.send(wire.AppendPuback(nil, f.ID, uint16(status), d.GetDataTime(), []byte(d.GetMsgId())))
}

// accept stores what alice sent, with s.mu held.
func (s *fakeServer) accept(topic, target string, up *pb.UpMessage) *pb.DownMessage {
	s.tick++
	d := message(s.tick, target, string(up.Content))
	d.ClassName, d.ClientUniqueId, d.Direction = up.ClassName, up.ClientUniqueId, proto.Int32(1)
	switch topic {
	case wire.TopicRoomSend:
		d.Type, d.GroupId = proto.Int32(int32(chat.Chatroom)), proto.String(target)
		d.FromUserId = proto.String("alice")
		s.rooms[target] = append(s.rooms[target], d)
	case wire.TopicPrivateStatus:
		return d
	default:
		s.log = append(s.log, d)
	}
	s.accepted[up.GetClientUniqueId()] = d
	return d
}

func (s *fakeServer) query(conn *fakeConn, f *wire.ClientFrame) {
	s.mu.Lock()
	s.asked[string(f.Topic)]++
	status, ignore := s.refuse, s.ignore
	var answer []byte
	if status == 0 {
		answer = s.answer(string(f.Topic), string(f.Target), f.Payload)
	}
	s.mu.Unlock()
	if !ignore {
		conn.send(append(wire.AppendQueryack(nil, f.ID, 0, uint16(status)), answer...))
	}
}

func (s *fakeServer) answer(topic, target string, payload []byte) []byte {
	switch topic {
	case wire.TopicPull:
		return s.pull(payload)
	case wire.TopicRoomJoin, wire.TopicRoomRejoin:
		return s.encode(&pb.RoomAnswer{Nothing: proto.Int32(0), JoinTime: proto.Int64(int64(s.tick)), MemberCount: proto.Int32(2)})
	case wire.TopicRoomPull:
		return s.pullRoom(target, payload)
	case wire.TopicPrivateHistory:
		return s.history(payload)
	}
	return nil
}

func (s *fakeServer) encode(m interface{ MarshalVT() ([]byte, error) }) []byte {
	b, err := m.MarshalVT()
	if err != nil {
		s.t.Error(err)
	}
	return b
}

// pull answers with whole ticks after the cursor.
func (s *fakeServer) pull(payload []byte) []byte {
	var q pb.PullRequest
	if err := q.UnmarshalVT(payload); err != nil {
		s.t.Error(err)
	}
	if q.GetSyncTime() != q.GetSendBoxSyncTime() || !q.GetIsPullSend() {
		s.t.Errorf("pull asks %v", &q)
	}
	p := &pb.DownMessages{SyncTime: proto.Int64(max(int64(s.tick), q.GetSyncTime())), Finished: proto.Bool(true)}
	for _, d := range s.log {
		if d.GetDataTime() <= q.GetSyncTime() {
			continue
		}
		if n := len(p.List); n >= s.pageSize && p.List[n-1].GetDataTime() != d.GetDataTime() {
			p.SyncTime, p.Finished = p.List[n-1].DataTime, proto.Bool(false)
			break
		}
		p.List = append(p.List, d)
	}
	return s.encode(p)
}

func (s *fakeServer) pullRoom(room string, payload []byte) []byte {
	var q pb.RoomPullRequest
	if err := q.UnmarshalVT(payload); err != nil {
		s.t.Error(err)
	}
	p := &pb.RoomMessages{SyncTime: proto.Int64(max(int64(s.tick), q.GetSyncTime()))}
	for _, d := range s.rooms[room] {
		if d.GetDataTime() > q.GetSyncTime() {
			p.List = append(p.List, s.encode(d))
		}
	}
	p.List = p.List[max(0, len(p.List)-int(q.GetCount())):]
	return s.encode(p)
}

func (s *fakeServer) history(payload []byte) []byte {
	var q pb.HistoryRequest
	if err := q.UnmarshalVT(payload); err != nil {
		s.t.Error(err)
	}
	h := &pb.HistoryAnswer{SyncTime: proto.Int64(0), HasMsg: proto.Int32(0)}
	for i := range s.log {
		d := s.log[len(s.log)-1-i]
		wanted := d.GetDataTime() < q.GetTime()
		if q.GetOrder() == newerFirst {
			d = s.log[i]
			wanted = d.GetDataTime() > q.GetTime()
		}
		switch {
		case !wanted || d.GetFromUserId() != q.GetTargetId():
		case len(h.List) == int(q.GetCount()):
			h.HasMsg = proto.Int32(1)
		default:
			h.List = append(h.List, d)
			h.SyncTime = d.DataTime
		}
	}
	return s.encode(h)
}

// message is one from bob, or whoever, to alice.
func message(tick chat.Tick, from, content string) *pb.DownMessage {
	log := chat.Conversation{Type: chat.Private, Target: "alice"}.Log(chat.UserID(from))
	return &pb.DownMessage{
		FromUserId: proto.String(from), Type: proto.Int32(int32(chat.Private)), ClassName: proto.String("RC:TxtMsg"),
		Content: []byte(content), DataTime: proto.Int64(int64(tick)), Status: proto.Int64(16 | 32),
		MsgId: proto.String(string(chat.NewUID(chat.ID{Tick: tick}, log))),
	}
}

func textFrom(tick chat.Tick, from string, n int) *pb.DownMessage {
	return message(tick, from, fmt.Sprintf(`{"content":"%d"}`, n))
}

// store adds a tick with these messages to alice's stream without telling her.
func (s *fakeServer) store(messages ...*pb.DownMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(messages)
}

func (s *fakeServer) add(messages []*pb.DownMessage) {
	s.tick++
	for i, m := range messages {
		id := chat.ID{Tick: s.tick, Index: uint16(i)}
		m.DataTime = proto.Int64(int64(s.tick))
		m.MsgId = proto.String(string(chat.NewUID(id, chat.Log(rune(m.GetType())))))
	}
	s.log = append(s.log, messages...)
}

// push adds a tick and pushes it, if alice is connected.
func (s *fakeServer) push(messages ...*pb.DownMessage) {
	s.mu.Lock()
	s.add(messages)
	frame := s.tickFrame(s.pushedTick, messages)
	s.pushedTick = s.tick
	conn := s.conn
	s.mu.Unlock()
	if conn != nil {
		conn.send(frame)
	}
}

// pushAgain repeats the newest tick that holds messages.
func (s *fakeServer) pushAgain(messages ...*pb.DownMessage) {
	s.mu.Lock()
	frame := s.tickFrame(chat.Tick(messages[0].GetDataTime())-1, messages)
	conn := s.conn
	s.mu.Unlock()
	conn.send(frame)
}

func (s *fakeServer) tickFrame(previous chat.Tick, messages []*pb.DownMessage) []byte {
	return append(wire.AppendServerPublish(nil, 0, false, 0, wire.TopicTick, "alice", 1), s.encode(&pb.DownMessages{
		List: messages, SyncTime: messages[0].DataTime, Finished: proto.Bool(true), PreviousTick: proto.Int64(int64(previous)),
	})...)
}

// notify sends a signal.
func (s *fakeServer) notify(topic string, n *pb.Notify) {
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	conn.send(append(wire.AppendServerPublish(nil, 0, false, 0, topic, "alice", 1), s.encode(n)...))
}

// sendStatus sends a status message.
func (s *fakeServer) sendStatus(d *pb.DownMessage) {
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	conn.send(append(wire.AppendServerPublish(nil, 0, false, 0, wire.TopicMessage, "alice", 1), s.encode(d)...))
}

// storeRoom adds a message of bob's to a chatroom without telling anyone.
func (s *fakeServer) storeRoom(room string, n int) (tick int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick++
	d := textFrom(s.tick, "bob", n)
	d.Type, d.GroupId = proto.Int32(int32(chat.Chatroom)), proto.String(room)
	s.rooms[room] = append(s.rooms[room], d)
	return int64(s.tick)
}

// disconnect sends a DISCONNECT.
func (s *fakeServer) disconnect(status uint8) {
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	conn.send(wire.AppendDisconnect(nil, status))
}

// cut closes the connection, as a broken network does.
func (s *fakeServer) cut() {
	s.mu.Lock()
	conn := s.conn
	s.conn = nil
	s.mu.Unlock()
	if conn != nil {
		_ = conn.Close()
	}
}

// pipeListener listens inside the process, so that a test may run in a
// synctest bubble, where time is the test's.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

var errNobody = errors.New("nobody listens")

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, errNobody
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }
