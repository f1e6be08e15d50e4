package chatroom

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// The object names of notices. PROTOCOL.md#chatroom-notices
const (
	membersNotice = "RC:ChrmMemChange"
	devicesNotice = "RC:ChrmSyncMsg"
	muteNotice    = "RC:ChrmBanMsg"
	blockNotice   = "RC:ChrmBlockMsg"
)

// noticeSender is who notices say they are from.
const noticeSender chat.UserID = "__system__"

// notice is news of a room for one session.
type notice struct {
	to   Session
	down []byte
}

func tellNotices(all []notice) {
	for _, n := range all {
		n.to.RoomNotice(n.down)
	}
}

// encodeNotice returns a notice as clients get it. It is a status message:
// nobody keeps it.
func encodeNotice(objectName, room string, content any) []byte {
	text, err := json.Marshal(content)
	if err != nil {
		return nil
	}
	m, err := wire.NewMessage(chat.Chatroom, noticeSender, room, &pb.UpMessage{
		Flags: new(int32), ClassName: &objectName, Content: text,
	})
	if err != nil {
		return nil
	}
	m.ID.Tick = chat.Tick(time.Now().UnixMilli())
	wire.MarkStatus(m)
	return wire.AppendMessage(nil, m, "")
}

// What a user's other devices are told of one that joined or left.
const (
	deviceLeft, deviceJoined  = 0, 1
	leftByItself, leftByOther = 1, 2
)

func deviceNotice(to Session, room string, status, reason int, now time.Time, extra string) notice {
	return notice{to, encodeNotice(devicesNotice, room, struct {
		Room   string `json:"chatroomId"`
		Status int    `json:"status"`
		Reason int    `json:"reason"`
		Time   int64  `json:"time"`
		Extra  string `json:"extra"`
	}{room, status, reason, now.UnixMilli(), extra})}
}

// otherDevices tells the user's other sessions in o what s did.
func (r *Rooms) otherDevices(s Session, o *room, status, reason int, extra string) (notices []notice) {
	p := r.present[s.User()]
	if p == nil {
		return nil
	}
	for other := range p.sessions {
		if other != s && o.stays[other] != nil {
			notices = append(notices, deviceNotice(other, o.id, status, reason, time.Now(), extra))
		}
	}
	return notices
}

// Who came and went is told at most once a second in a small room, and less
// often in a large one: noticeRate notices a second for all of its members.
const (
	noticeRate  = 1000
	noticeUsers = 100 // named in one notice, the newest ones
)

// news is who came and went since the members were last told.
type news struct {
	users   []change
	waiting bool // there is a deadline for it
}

// change is a user who came or went.
type change struct {
	User   chat.UserID `json:"userId"`
	Status int         `json:"status"` // 1 came, 0 went
	Extra  string      `json:"extra,omitempty"`
}

// cameOrWent notes news for the members of o.
func (r *Rooms) cameOrWent(o *room, user chat.UserID, came bool, extra string) {
	c := change{User: user, Extra: extra}
	if came {
		c.Status = 1
	}
	n := &o.news
	n.users = slices.DeleteFunc(n.users, func(c change) bool { return c.User == user })
	if len(n.users) == noticeUsers {
		n.users = slices.Delete(n.users, 0, 1)
	}
	n.users = append(n.users, c)
	if !n.waiting {
		n.waiting = true
		wait := time.Second * time.Duration(max(1, len(o.order)/noticeRate))
		r.expect(deadline{at: time.Now().Add(wait), kind: newsDue, room: o.id})
	}
}

// announce tells the members of a room who came and went.
func (r *Rooms) announce(id string) {
	r.mu.Lock()
	o := r.rooms[id]
	if o == nil || !o.news.waiting {
		r.mu.Unlock()
		return
	}
	users, count, to := o.news.users, len(o.members), o.sessions()
	o.news = news{}
	r.mu.Unlock()
	down := encodeNotice(membersNotice, id, struct {
		Count int      `json:"memberCount"`
		Users []change `json:"userList"`
	}{count, users})
	for _, s := range to {
		s.RoomNotice(down)
	}
}

// Sentence is what members are told of a rule that was set or dropped.
type Sentence struct {
	Notify bool          // tell everybody in the room
	Life   time.Duration // how long the rule holds; 0 is for ever
	Extra  string
}

type sentence struct {
	Room     string   `json:"chatroomId"`
	Type     int      `json:"operateType"`
	Duration int64    `json:"durationTime"`
	Time     int64    `json:"operateTime"`
	Users    []string `json:"userList"`
	Extra    string   `json:"extra"`
}

// muteTypes are how a notice says that a rule is dropped and set.
var muteTypes = map[Rule][2]int{Muted: {0, 1}, MutedRoom: {2, 3}, Speaker: {4, 5}, MutedEverywhere: {6, 7}}

// Announce tells of a rule that was set, or dropped, for names: the members of
// the room; of one about rooms the members of each; and of one about users of
// the app those users where they are. Blocked users are put out of the room.
func (r *Rooms) Announce(ctx context.Context, rule Rule, room string, names []string, set bool, s Sentence) {
	kind := 0
	if set {
		kind = 1
	}
	say := sentence{Room: room, Duration: s.Life.Milliseconds(), Time: time.Now().UnixMilli(), Users: names, Extra: s.Extra}
	switch {
	case rule == Blocked:
		say.Type = kind
		down := encodeNotice(blockNotice, room, say)
		if set {
			r.evict(ctx, room, names, down, s.Notify)
		} else if s.Notify {
			r.tellRoom(room, down)
		}
	case !s.Notify:
	case rule == MutedEverywhere:
		say.Type = muteTypes[rule][kind]
		r.tellUsers(names, say)
	case rule.ofRooms():
		for _, id := range names {
			say.Room, say.Users, say.Type = id, []string{}, muteTypes[rule][kind]
			r.tellRoom(id, encodeNotice(muteNotice, id, say))
		}
	default:
		say.Type = muteTypes[rule][kind]
		r.tellRoom(room, encodeNotice(muteNotice, room, say))
	}
}

func (r *Rooms) tellRoom(id string, down []byte) {
	r.mu.Lock()
	var to []Session
	if o := r.rooms[id]; o != nil {
		to = o.sessions()
	}
	r.mu.Unlock()
	for _, s := range to {
		s.RoomNotice(down)
	}
}

// tellUsers tells users in each room they are in.
func (r *Rooms) tellUsers(users []string, say sentence) {
	type place struct {
		to   Session
		room string
	}
	var all []place
	r.mu.Lock()
	for _, user := range users {
		if p := r.present[chat.UserID(user)]; p != nil {
			for s, rooms := range p.sessions {
				for _, o := range rooms {
					all = append(all, place{s, o.id})
				}
			}
		}
	}
	r.mu.Unlock()
	for _, p := range all {
		say.Room = p.room
		p.to.RoomNotice(encodeNotice(muteNotice, p.room, say))
	}
}
