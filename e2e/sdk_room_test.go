package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"
)

// roomAnswer is what joining a chatroom resolves with.
type roomAnswer struct {
	Created  int64 `json:"createTime"`
	Joined   int64 `json:"joinTime"`
	Members  int   `json:"memberCount"`
	Muted    bool  `json:"isAllChatroomBanned"`
	MeAll    bool  `json:"isCurrentUserBanned"`
	MeHere   bool  `json:"isCurrentChatroomBanned"`
	MaySpeak bool  `json:"isCurrentChatroomInWhitelist"`
}

// TestSDKChatroomJoin: the answer to a join says all it promises, and who
// joins is greeted with as many of the newest messages as asked for.
func TestSDKChatroomJoin(t *testing.T) { withEach(t, sdkChatroomJoin) }

func sdkChatroomJoin(t *testing.T) {
	s := startWith(t, []string{"chatroom-members: 3", "chatroom-burst: -1"}, "--send-rate", "0")
	alice := s.connect(t, "alice")
	if r := try[any](alice, "joinExistChatRoom", "hall", map[string]any{"count": -1}); r.Code != 23410 {
		t.Errorf("a room that is not there: code %d %s", r.Code, r.Msg)
	}
	alice.join("hall", -1)
	first := do[roomAnswer](alice, "joinExistChatRoom", "hall", map[string]any{"count": -1})
	if first.Created == 0 || first.Joined < first.Created || first.Members != 1 || first.Muted || first.MeAll || first.MeHere || first.MaySpeak {
		t.Errorf("joined %+v", first)
	}
	var said []string
	for i := range 60 {
		said = append(said, fmt.Sprint("line ", i))
		alice.say(chatroom("hall"), said[i])
	}
	s.call("/chatroom/ban/add.json", url.Values{"chatroomId": {"hall"}})
	s.call("/chatroom/user/ban/add.json", url.Values{"userId": {"bob"}, "minute": {"1"}})
	s.call("/chatroom/user/gag/add.json", url.Values{"chatroomId": {"hall"}, "userId": {"bob"}, "minute": {"1"}})
	s.call("/chatroom/user/ban/whitelist/add.json", url.Values{"chatroomId": {"hall"}, "userId": {"bob"}})
	for i, c := range []struct{ count, want int }{{-1, 0}, {0, 10}, {50, 50}} {
		bob := s.connect(t, "bob")
		answer := do[roomAnswer](bob, "joinExistChatRoom", "hall", map[string]any{"count": c.count})
		if answer.Created != first.Created || answer.Members != 2 || !answer.Muted || !answer.MeAll || !answer.MeHere || !answer.MaySpeak {
			t.Errorf("joined %+v", answer)
		}
		last := fmt.Sprint("after ", i)
		s.publish("hall", "RC:TxtMsg", last)
		bob.hears(last)
		want := append(slices.Clone(said[len(said)-c.want:]), last)
		if got := bob.texts(received); !slices.Equal(got, want) {
			t.Errorf("count %d: bob is greeted with %q", c.count, got)
		}
		said = append(said, last)
	}
	carol, dave := s.connect(t, "carol"), s.connect(t, "dave")
	carol.join("hall", -1)
	if r := try[any](dave, "joinChatRoom", "hall", map[string]any{"count": -1}); r.Code != 23411 {
		t.Errorf("a full room: code %d", r.Code)
	}
}

// TestSDKOneChatroom: who joins a room leaves the one before, on all devices,
// and the others are told.
func TestSDKOneChatroom(t *testing.T) { withEach(t, sdkOneChatroom) }

func sdkOneChatroom(t *testing.T) {
	s := startServer(t)
	phone, laptop, bob := s.connect(t, "alice"), s.connect(t, "alice"), s.connect(t, "bob")
	phone.join("hall", -1)
	laptop.join("hall", -1)
	bob.join("hall", -1)
	type sync struct {
		Sync struct {
			Room           string `json:"chatroomId"`
			Status, Reason int
		} `json:"chatroomNotifyMultiLoginSync"`
	}
	event[sync](phone, "CHATROOM", `e.chatroomNotifyMultiLoginSync?.status === 1`)
	laptop.join("kitchen", -1)
	left := event[sync](phone, "CHATROOM", `e.chatroomNotifyMultiLoginSync?.status === 0`)
	if left.Sync.Room != "hall" || left.Sync.Reason != 2 {
		t.Errorf("the phone is told %+v", left)
	}
	for _, u := range []*user{phone, laptop} {
		if got := u.send(chatroom("hall"), "TextMessage", map[string]any{"content": "still here?"}, nil); got.Code != 23406 {
			t.Errorf("speaking in the room before: code %d", got.Code)
		}
	}
	changed := event[members](bob, "CHATROOM", `e.userChange?.users.alice === 0`)
	if changed.Change.Room != "hall" || changed.Change.Members != 1 {
		t.Errorf("bob is told %+v", changed)
	}
}

// members is the event of who came and went.
type members struct {
	Change struct {
		Room    string `json:"chatroomId"`
		Members int    `json:"memberCount"`
		Users   []struct {
			User   string `json:"userId"`
			Action int
			Extra  string
		} `json:"userList"`
	} `json:"userChange"`
}

// TestSDKManyChatrooms: where the app allows it, a user is in many rooms.
// Those in a room are told who comes and goes, and who is there.
func TestSDKManyChatrooms(t *testing.T) { withEach(t, sdkManyChatrooms) }

func sdkManyChatrooms(t *testing.T) {
	s := startWith(t, []string{"many-chatrooms: true"})
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, room := range []string{"hall", "kitchen"} {
		alice.join(room, -1)
	}
	do[any](bob, "joinChatRoom", "hall", map[string]any{"count": -1, "extra": "with cake"})
	came := event[members](alice, "CHATROOM", `e.userChange?.users.bob === 1`)
	users := came.Change.Users
	if came.Change.Room != "hall" || came.Change.Members != 2 || users[len(users)-1].Extra != "with cake" {
		t.Errorf("alice is told %+v", came)
	}
	bob.join("kitchen", -1)
	alice.say(chatroom("hall"), "in the hall")
	alice.say(chatroom("kitchen"), "in the kitchen")
	bob.hears("in the hall")
	if m := bob.hears("in the kitchen"); m.Target != "kitchen" {
		t.Errorf("heard in %s", m.Target)
	}
	type info struct {
		Count int `json:"userCount"`
		Users []struct {
			ID   string
			Time int64
		} `json:"userInfos"`
	}
	got := do[info](alice, "getChatRoomInfo", "hall", map[string]any{"count": 20, "order": 2})
	if got.Count != 2 || len(got.Users) != 2 || got.Users[0].ID != "bob" || got.Users[1].ID != "alice" || got.Users[0].Time < got.Users[1].Time {
		t.Errorf("in the hall are %+v", got)
	}
	if r := try[info](alice, "getChatRoomInfo", "kitchen", map[string]any{"count": 1, "order": 1}); r.Code != 20607 {
		t.Errorf("a second question in the same second: code %d", r.Code)
	}
	if got := do[info](bob, "getChatRoomInfo", "hall", map[string]any{"count": 1, "order": 1}); len(got.Users) != 1 || got.Users[0].ID != "alice" {
		t.Errorf("the first in the hall is %+v", got)
	}
	do[any](bob, "quitChatRoom", "hall")
	if went := event[members](alice, "CHATROOM", `e.userChange?.users.bob === 0`); went.Change.Members != 1 {
		t.Errorf("alice is told %+v", went)
	}
}

// TestSDKChatroomHistory: the past of a room is read from either end.
func TestSDKChatroomHistory(t *testing.T) { withEach(t, sdkChatroomHistory) }

func sdkChatroomHistory(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	alice := s.connect(t, "alice")
	alice.join("hall", -1)
	var said []message
	for i := range 5 {
		said = append(said, alice.say(chatroom("hall"), fmt.Sprint(i)))
	}
	page := func(from int64, count, order int) (texts []string, more bool) {
		t.Helper()
		got := do[struct {
			List []message
			More bool `json:"hasMore"`
		}](alice, "getChatroomHistoryMessages", "hall", map[string]any{"timestamp": from, "count": count, "order": order})
		for _, m := range got.List {
			texts = append(texts, m.text())
		}
		return texts, got.More
	}
	if got, more := page(0, 2, 0); !slices.Equal(got, []string{"4", "3"}) || !more {
		t.Errorf("the newest are %q, more %v", got, more)
	}
	if got, more := page(said[3].Sent, 5, 0); !slices.Equal(got, []string{"2", "1", "0"}) || more {
		t.Errorf("before those are %q, more %v", got, more)
	}
	if got, more := page(said[1].Sent, 2, 1); !slices.Equal(got, []string{"2", "3"}) || !more {
		t.Errorf("after the second are %q, more %v", got, more)
	}
}

// TestSDKChatroomReconnect: after a lost connection the SDK is in its room
// again, and hears what it missed once, and nothing twice.
func TestSDKChatroomReconnect(t *testing.T) { withEach(t, sdkChatroomReconnect) }

func sdkChatroomReconnect(t *testing.T) {
	s, p := throughProxy(t, nil)
	alice := s.connect(t, "alice")
	alice.expect("WebSocket connection to")
	alice.expect("ERR_CONNECTION_REFUSED")
	alice.join("hall", 10)
	s.publish("hall", "RC:TxtMsg", "before")
	alice.hears("before")
	s.kill()
	s.start()
	s.publish("hall", "RC:TxtMsg", "missed")
	alice.hears("missed")
	back := event[struct {
		Room struct {
			ID    string `json:"chatroomId"`
			Count int
			roomAnswer
		} `json:"rejoinedRoom"`
	}](alice, "CHATROOM", `e.rejoinedRoom`)
	if r := back.Room; r.ID != "hall" || r.Count != 10 || r.Members != 1 || r.Created == 0 || r.Joined == 0 {
		t.Errorf("joined again %+v", back)
	}
	alice.say(chatroom("hall"), "here I am")
	s.publish("hall", "RC:TxtMsg", "after")
	alice.hears("after")
	if got := alice.texts(received); !slices.Equal(got, []string{"before", "missed", "after"}) {
		t.Errorf("alice hears %q", got)
	}
	// A room that is gone meanwhile is not joined again.
	away := make(chan struct{})
	isAway := sync.OnceFunc(func() { close(away) })
	p.fail(func(bool, []byte) fate { isAway(); return cut })
	s.publish("hall", "RC:TxtMsg", "unheard") // which cuts the connection at the latest
	<-away
	s.call("/chatroom/destroy.json", url.Values{"chatroomId": {"hall"}})
	p.fail(nil)
	event[any](alice, "CHATROOM", `e.rejoinedRoom?.errorCode === 23410`)
}

// TestSDKChatroomEnds: those in a room are told that it is gone and why: its
// time was over, or the app's server ended it.
func TestSDKChatroomEnds(t *testing.T) {
	s := startWith(t, []string{"chatroom-idle: 2s", "many-chatrooms: true"})
	alice := s.connect(t, "alice")
	s.call("/chatroom/create_new.json", url.Values{"chatroomId": {"kept"}})
	s.call("/chatroom/keepalive/add.json", url.Values{"chatroomId": {"kept"}})
	s.call("/chatroom/create_new.json", url.Values{"chatroomId": {"fixed"}, "destroyType": {"1"}, "destroyTime": {"60"}})
	for _, room := range []string{"idle", "kept", "fixed"} {
		alice.join(room, -1)
	}
	type end struct {
		Room string `json:"chatroomDestroyed"`
		Why  int    `json:"chatroomDestroyedType"`
	}
	if got := event[end](alice, "CHATROOM", `e.chatroomDestroyed === "idle"`); got.Why != 3 {
		t.Errorf("the idle room ends with type %d", got.Why)
	}
	for _, room := range []string{"kept", "fixed"} {
		s.publish(room, "RC:TxtMsg", "in "+room)
		alice.hears("in " + room)
	}
	s.call("/chatroom/destroy.json", url.Values{"chatroomId": {"kept"}})
	if got := event[end](alice, "CHATROOM", `e.chatroomDestroyed === "kept"`); got.Why != 0 {
		t.Errorf("the destroyed room ends with type %d", got.Why)
	}
	if got := alice.send(chatroom("kept"), "TextMessage", map[string]any{"content": "anybody?"}, nil); got.Code != 23406 {
		t.Errorf("speaking in a room that is gone: code %d", got.Code)
	}
}

// banned is the event of who may not speak.
type banned struct {
	Ban struct {
		Room     string   `json:"chatroomId"`
		Type     int      `json:"banType"`
		Duration int64    `json:"durationTime"`
		Time     int64    `json:"operateTime"`
		Users    []string `json:"userIdList"`
		Extra    string
	} `json:"chatroomNotifyBan"`
}

// TestSDKChatroomMutes: who was muted in the room, in all rooms, or with the
// room, is refused and the room is told.
func TestSDKChatroomMutes(t *testing.T) { withEach(t, sdkChatroomMutes) }

func sdkChatroomMutes(t *testing.T) {
	s := startServer(t, "--send-rate", "0")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.join("hall", -1)
	bob.join("hall", -1)
	says := func(u *user, want int) {
		t.Helper()
		if got := u.send(chatroom("hall"), "TextMessage", map[string]any{"content": "may I?"}, nil); got.Code != want {
			t.Errorf("%s speaks: code %d, want %d", u.name, got.Code, want)
		}
	}
	told := func(kind int, users ...string) {
		t.Helper()
		got := event[banned](alice, "CHATROOM", fmt.Sprintf(`e.chatroomNotifyBan?.banType === %d`, kind)).Ban
		if got.Room != "hall" || !slices.Equal(got.Users, users) || got.Time == 0 || got.Extra != "be nice" {
			t.Errorf("alice is told %+v", got)
		}
	}
	notify := func(form url.Values) url.Values {
		form.Set("needNotify", "true")
		form.Set("extra", "be nice")
		return form
	}
	hall := func(users ...string) url.Values { return notify(url.Values{"chatroomId": {"hall"}, "userId": users}) }
	forAMinute := func(form url.Values) url.Values {
		form.Set("minute", "1")
		return form
	}
	says(bob, 0)
	s.call("/chatroom/user/gag/add.json", forAMinute(hall("bob")))
	says(bob, 23408)
	says(alice, 0)
	told(1, "bob")
	s.call("/chatroom/user/gag/rollback.json", hall("bob"))
	says(bob, 0)
	told(0, "bob")

	s.call("/chatroom/ban/add.json", hall())
	told(3)
	says(alice, 23408)
	s.call("/chatroom/user/ban/whitelist/add.json", hall("alice"))
	told(5, "alice")
	says(alice, 0)
	says(bob, 23408)
	s.call("/chatroom/user/ban/whitelist/rollback.json", hall("alice"))
	told(4, "alice")
	says(alice, 23408)
	s.call("/chatroom/ban/rollback.json", hall())
	told(2)
	says(bob, 0)

	s.call("/chatroom/user/ban/add.json", notify(url.Values{"userId": {"alice"}, "minute": {"1"}}))
	told(7, "alice")
	says(alice, 23408)
	says(bob, 0)
	s.call("/chatroom/user/ban/remove.json", notify(url.Values{"userId": {"alice"}}))
	told(6, "alice")
	says(alice, 0)
}

// TestSDKChatroomBlock: who is blocked is put out and told, and may not come
// back, not even after a restart, until it is taken back.
func TestSDKChatroomBlock(t *testing.T) { withEach(t, sdkChatroomBlock) }

func sdkChatroomBlock(t *testing.T) {
	s := startServer(t)
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	for _, u := range []*user{alice, bob} {
		u.expect("WebSocket connection to")
		u.expect("ERR_CONNECTION_REFUSED")
		u.join("hall", -1)
	}
	type block struct {
		Block struct {
			Room     string   `json:"chatroomId"`
			Type     int      `json:"operateType"`
			Duration int64    `json:"durationTime"`
			Users    []string `json:"userIdList"`
			Extra    string
		} `json:"chatroomNotifyBlock"`
	}
	s.call("/chatroom/user/block/add.json", url.Values{
		"chatroomId": {"hall"}, "userId": {"bob"}, "minute": {"2"}, "needNotify": {"1"}, "extra": {"spam"},
	})
	for _, u := range []*user{alice, bob} {
		got := event[block](u, "CHATROOM", `e.chatroomNotifyBlock`).Block
		if got.Room != "hall" || got.Type != 1 || got.Duration != 120_000 || !slices.Equal(got.Users, []string{"bob"}) || got.Extra != "spam" {
			t.Errorf("%s is told %+v", u.name, got)
		}
	}
	if got := bob.send(chatroom("hall"), "TextMessage", map[string]any{"content": "why?"}, nil); got.Code != 23406 {
		t.Errorf("bob speaks: code %d", got.Code)
	}
	s.kill()
	s.start()
	call[any](alice.page, "im.untilRejoined", "hall")
	bob.comesBack()
	if r := try[any](bob, "joinExistChatRoom", "hall", map[string]any{"count": -1}); r.Code != 23409 {
		t.Errorf("bob joins: code %d", r.Code)
	}
	s.call("/chatroom/user/block/rollback.json", url.Values{"chatroomId": {"hall"}, "userId": {"bob"}, "needNotify": {"1"}})
	event[block](alice, "CHATROOM", `e.chatroomNotifyBlock?.operateType === 0`)
	bob.join("hall", -1)
}

// TestSDKChatroomOverload: a room that has too much at once takes what is
// important first, and tells the senders of the rest; what it took is heard.
func TestSDKChatroomOverload(t *testing.T) {
	s := startWith(t, []string{"chatroom-burst: 10", "low-priority: ['app:like']"}, "--send-rate", "0")
	alice, bob := s.connect(t, "alice"), s.connect(t, "bob")
	alice.join("hall", -1)
	bob.join("hall", -1)
	s.call("/chatroom/message/priority/add.json", url.Values{"objectName": {"RC:TxtMsg"}})
	codes := call[[]int](alice.page, "im.burst", chatroom("hall"), 200)
	refused := 0
	for i, code := range codes {
		switch code {
		case 0:
			bob.hears(fmt.Sprint("burst ", i))
		case 20604:
			refused++
		default:
			t.Errorf("message %d: code %d", i, code)
		}
	}
	if refused == 0 || codes[0] != 0 {
		t.Fatalf("%d of %d were refused", refused, len(codes))
	}
	if got := len(bob.texts(received)); got != len(codes)-refused {
		t.Errorf("bob hears %d of %d", got, len(codes)-refused)
	}
	if got := s.metric(`hongyan_chatroom_drops_total{app="` + appKey + `",priority="low"}`); got != fmt.Sprint(refused) {
		t.Errorf("counted %s drops, not %d", got, refused)
	}
}

// comesBack waits until u is connected for the second time.
func (u *user) comesBack() {
	u.t.Helper()
	event[any](u, "CONNECTED", `im.heard.states.filter((s) => s === "CONNECTED").length === 2 || null`)
}

// publish says something in a room as the app's server.
func (s *server) publish(room, objectName, text string) {
	s.t.Helper()
	s.call("/message/chatroom/publish.json", url.Values{
		"fromUserId": {"host"}, "toChatroomId": {room}, "objectName": {objectName}, "content": {fmt.Sprintf(`{"content":%q}`, text)},
	})
}

// TestSDKChatroom: those in a room hear each other, once, with every field
// intact; who has not joined may not speak; who comes late gets the newest.
// Shows S001.
func TestSDKChatroom(t *testing.T) {
	withEach(t, func(t *testing.T) {
		s := startServer(t)
		alice, bob, carol := s.connect(t, "alice"), s.connect(t, "bob"), s.connect(t, "carol")
		alice.join("hall", 10)
		bob.join("hall", -1)

		result := alice.send(chatroom("hall"), "TextMessage", rich, nil)
		mustBeSent(t, result)
		checkMessage(t, bob.hears("hello bob, 你好 😀"), message{
			Type: 4, Target: "hall", Sender: "alice", ObjectName: "RC:TxtMsg",
			UID: result.Data.UID, ID: result.Before.ID, Sent: result.Data.Sent,
			Direction: 2, SentStatus: 30,
			Content:   richContent(t, nil),
			Persisted: true, Counted: true,
		})
		bob.say(chatroom("hall"), "hello hall")
		alice.hears("hello hall")
		if got := alice.texts(func(message) bool { return true }); !slices.Equal(got, []string{"hello hall"}) {
			t.Errorf("alice hears %q", got)
		}

		if got := carol.send(chatroom("hall"), "TextMessage", map[string]any{"content": "let me in"}, nil); got.Code != 23406 {
			t.Errorf("who has not joined: code %d, want 23406", got.Code)
		}
		carol.join("hall", 1)
		carol.hears("hello hall")
		if got := carol.texts(received); !slices.Equal(got, []string{"hello hall"}) {
			t.Errorf("carol, who asked for the newest one, hears %q", got)
		}
	})
}

// TestSDKChatroomDevices: what one device says in a room, the user's other
// device in that room hears, once.
func TestSDKChatroomDevices(t *testing.T) {
	s := startServer(t)
	phone, laptop, bob := s.connect(t, "alice"), s.connect(t, "alice"), s.connect(t, "bob")
	for _, u := range []*user{phone, laptop, bob} {
		u.join("hall", 10)
	}
	phone.say(chatroom("hall"), "from the phone")
	if own := laptop.hears("from the phone"); received(own) || own.Sender != "alice" {
		t.Errorf("direction %d from %s, want alice's own", own.Direction, own.Sender)
	}
	bob.say(chatroom("hall"), "seen")
	phone.hears("seen")
	laptop.hears("seen")
	all := func(message) bool { return true }
	if got := laptop.texts(all); !slices.Equal(got, []string{"from the phone", "seen"}) {
		t.Errorf("the laptop hears %q", got)
	}
	if got := phone.texts(all); !slices.Equal(got, []string{"seen"}) {
		t.Errorf("the phone hears %q", got)
	}
}

// join joins a chatroom and asks for its newest messages.
func (u *user) join(room string, newest int) {
	u.t.Helper()
	result := call[struct {
		Code int
		Msg  string
	}](u.page, "im.joinRoom", room, newest)
	if result.Code != 0 {
		u.t.Fatalf("%s joins %s: code %d %s", u.name, room, result.Code, result.Msg)
	}
}
