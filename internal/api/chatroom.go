package api

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/chatroom"
)

const (
	maxRooms       = 100 // chatrooms of one call
	maxRoomMembers = 500 // members in one answer
	maxRoomUsers   = 20  // users of one call
	maxRoomAsked   = 1000
	maxRoomEntries = 20 // entries of one call
	maxRoomMinutes = 43_200
	maxRoomExtra   = 1024 // bytes of extra
)

// Rooms are the chatrooms of an app; one that nobody is in has no members.
type Rooms interface {
	Create(ctx context.Context, rooms ...chatroom.Spec) error
	Destroy(ctx context.Context, rooms ...string) error
	Info(ctx context.Context, room string) (chatroom.Info, error)
	Members(room string, limit int, newestFirst bool) (total int, members []chatroom.Member)
	Has(room string, user chat.UserID) bool

	Rules(ctx context.Context, rule chatroom.Rule, room string) ([]chatroom.Ruled, error)
	SetRule(ctx context.Context, rule chatroom.Rule, room string, names []string, life time.Duration) error
	DropRule(ctx context.Context, rule chatroom.Rule, room string, names []string) error
	Announce(ctx context.Context, rule chatroom.Rule, room string, names []string, set bool, s chatroom.Sentence)

	AllEntries(ctx context.Context, room string) ([]chatroom.Entry, error)
	ChangeEntries(ctx context.Context, room string, owner chat.UserID, changes []chatroom.EntryChange, notice *chat.Message) (chatroom.Changed, error)

	// AdmitServer refuses a message for which its room has no room now.
	AdmitServer(m *chat.Message) error
}

// chatroomEndpoints are the calls about chatrooms.
var chatroomEndpoints = map[string]endpoint{
	"/chatroom/create":      createRooms,
	"/chatroom/create_new":  createRoom,
	"/chatroom/destroy":     destroyRooms,
	"/chatroom/destroy/set": setRoomLifetime,
	"/chatroom/get":         getRoom,
	"/chatroom/query":       queryRooms,
	"/chatroom/user/query":  queryRoom,
	"/chatroom/user/exist":  inRoom,
	"/chatroom/users/exist": areInRoom,

	"/chatroom/entry/set":          setRoomEntry,
	"/chatroom/entry/batch/set":    setRoomEntries,
	"/chatroom/entry/remove":       removeRoomEntry,
	"/chatroom/entry/batch/remove": removeRoomEntries,
	"/chatroom/entry/query":        queryRoomEntries,

	"/chatroom/user/gag/add":      setRoomRule(chatroom.Muted),
	"/chatroom/user/gag/rollback": dropRoomRule(chatroom.Muted),
	"/chatroom/user/gag/list":     listUntil(chatroom.Muted),

	"/chatroom/user/block/add":      setRoomRule(chatroom.Blocked),
	"/chatroom/user/block/rollback": dropRoomRule(chatroom.Blocked),
	"/chatroom/user/block/list":     listUntil(chatroom.Blocked),

	"/chatroom/user/ban/add":    setRoomRule(chatroom.MutedEverywhere),
	"/chatroom/user/ban/remove": dropRoomRule(chatroom.MutedEverywhere),
	"/chatroom/user/ban/query":  listUntil(chatroom.MutedEverywhere),

	"/chatroom/ban/add":      setRoomRule(chatroom.MutedRoom),
	"/chatroom/ban/rollback": dropRoomRule(chatroom.MutedRoom),
	"/chatroom/ban/query":    queryMutedRooms,
	"/chatroom/ban/check":    checkMutedRoom,

	"/chatroom/user/ban/whitelist/add":      setRoomRule(chatroom.Speaker),
	"/chatroom/user/ban/whitelist/rollback": dropRoomRule(chatroom.Speaker),
	"/chatroom/user/ban/whitelist/query":    listNames(chatroom.Speaker, "userIds"),

	"/chatroom/user/whitelist/add":    setRoomRule(chatroom.Protected),
	"/chatroom/user/whitelist/remove": dropRoomRule(chatroom.Protected),
	"/chatroom/user/whitelist/query":  listNames(chatroom.Protected, "users"),

	"/chatroom/whitelist/add":    setRoomRule(chatroom.HighPriority),
	"/chatroom/whitelist/delete": dropRoomRule(chatroom.HighPriority),
	"/chatroom/whitelist/query":  listNames(chatroom.HighPriority, "whitlistMsgType"), // so spelt

	"/chatroom/message/priority/add":    setRoomRule(chatroom.LowPriority),
	"/chatroom/message/priority/remove": dropRoomRule(chatroom.LowPriority),
	"/chatroom/message/priority/query":  listNames(chatroom.LowPriority, "objectNames"),

	"/chatroom/keepalive/add":    setRoomRule(chatroom.KeptAlive),
	"/chatroom/keepalive/remove": dropRoomRule(chatroom.KeptAlive),
	"/chatroom/keepalive/query":  listNames(chatroom.KeptAlive, "chatroomIds"),
}

// createRooms takes up to 100 chatroom[id]=name.
func createRooms(ctx context.Context, a *realm, f *form) (fields, error) {
	ids, names := f.named("chatroom", maxRooms)
	if f.err != nil {
		return nil, f.err
	}
	rooms := make([]chatroom.Spec, len(ids))
	for i, id := range ids {
		rooms[i] = chatroom.Spec{ID: id, Name: names[id]}
	}
	return nil, a.Rooms.Create(ctx, rooms...)
}

// lifetime reads how long a chatroom lives: of destroyType 0 without anything
// happening, of destroyType 1 from its creation.
func (f *form) lifetime() *chatroom.Lifetime {
	l := &chatroom.Lifetime{Fixed: f.number("destroyType", 0, 0, 1) == 1, Minutes: f.number("destroyTime", 0, 60, 10080)}
	if l.Fixed {
		l.Minutes = cmp.Or(l.Minutes, 60)
	}
	return l
}

// createRoom creates one chatroom with all that may be said of it.
func createRoom(ctx context.Context, a *realm, f *form) (fields, error) {
	room := chatroom.Spec{ID: f.id("chatroomId")}
	if f.has("destroyType") || f.has("destroyTime") {
		room.Lifetime = f.lifetime()
	}
	room.Muted = f.flag("isBan", false)
	for _, user := range f.idsIfAny("whiteUserIds", maxRoomUsers) {
		room.Speakers = append(room.Speakers, chat.UserID(user))
	}
	if f.has("entryInfo") {
		room.Owner, room.Entries = chat.UserID(f.id("entryOwnerId")), f.entries(false)
	}
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Rooms.Create(ctx, room)
}

// setRoomLifetime changes how long a chatroom lives.
func setRoomLifetime(ctx context.Context, a *realm, f *form) (fields, error) {
	room := chatroom.Spec{ID: f.id("chatroomId"), Lifetime: f.lifetime()}
	if f.err != nil {
		return nil, f.err
	}
	if _, err := a.room(ctx, room.ID); err != nil {
		return nil, err
	}
	return nil, a.Rooms.Create(ctx, room)
}

func destroyRooms(ctx context.Context, a *realm, f *form) (fields, error) {
	ids := f.ids("chatroomId", maxRooms)
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Rooms.Destroy(ctx, ids...)
}

// room returns a chatroom that has to exist.
func (a *realm) room(ctx context.Context, id string) (chatroom.Info, error) {
	i, err := a.Rooms.Info(ctx, id)
	if chat.CodeOf(err) == chat.ChatroomMissing {
		return i, chat.Errorf(chat.BadParameter, "chatroomId %.80q is no chatroom", id)
	}
	return i, err
}

func getRoom(ctx context.Context, a *realm, f *form) (fields, error) {
	id := f.id("chatroomId")
	if f.err != nil {
		return nil, f.err
	}
	i, err := a.room(ctx, id)
	if err != nil {
		return nil, err
	}
	return fields{
		"chatroomId": i.ID, "chatroomName": i.Name, "createTime": int64(i.Created), "memberCount": i.Members,
		"destroyType": number(i.Lifetime.Fixed), "destroyTime": i.Lifetime.Minutes, "ban": i.Muted,
	}, nil
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// queryRooms returns those of the chatrooms that exist. Times are in UTC.
func queryRooms(ctx context.Context, a *realm, f *form) (fields, error) {
	ids := f.ids("chatroomId", maxRoomUsers)
	if f.err != nil {
		return nil, f.err
	}
	type room struct {
		ID   string `json:"chrmId"`
		Name string `json:"name"`
		Time string `json:"time"`
	}
	rooms := []room{}
	for _, id := range ids {
		i, err := a.Rooms.Info(ctx, id)
		switch {
		case err == nil:
			rooms = append(rooms, room{i.ID, i.Name, time.UnixMilli(int64(i.Created)).UTC().Format(time.DateTime)})
		case chat.CodeOf(err) != chat.ChatroomMissing:
			return nil, err
		}
	}
	return fields{"chatRooms": rooms}, nil
}

// queryRoom returns who is in a chatroom. Times are in UTC.
func queryRoom(_ context.Context, a *realm, f *form) (fields, error) {
	id := f.id("chatroomId")
	// Who asks for more than there can be gets what there can be.
	count := min(f.number("count", maxRoomMembers, 1, 1<<31), maxRoomMembers)
	newestFirst := f.number("order", 1, 1, 2) == 2
	if f.err != nil {
		return nil, f.err
	}
	total, members := a.Rooms.Members(id, int(count), newestFirst)
	type member struct {
		ID   chat.UserID `json:"id"`
		Time string      `json:"time"`
	}
	users := make([]member, len(members))
	for i, m := range members {
		users[i] = member{m.User, m.Joined.UTC().Format(time.DateTime)}
	}
	return fields{"total": total, "users": users}, nil
}

func inRoom(_ context.Context, a *realm, f *form) (fields, error) {
	id, user := f.id("chatroomId"), chat.UserID(f.id("userId"))
	if f.err != nil {
		return nil, f.err
	}
	return fields{"isInChrm": a.Rooms.Has(id, user)}, nil
}

func areInRoom(_ context.Context, a *realm, f *form) (fields, error) {
	id, users := f.id("chatroomId"), f.users("userId", maxRoomAsked)
	if f.err != nil {
		return nil, f.err
	}
	type answer struct {
		User chat.UserID `json:"userId"`
		In   int         `json:"isInChrm"`
	}
	list := make([]answer, len(users))
	for i, user := range users {
		list[i] = answer{user, number(a.Rooms.Has(id, user))}
	}
	return fields{"result": list}, nil
}

// ruled reads whom or what a rule is about: the room, if it is a rule of one,
// and the names under it.
func (f *form) ruled(rule chatroom.Rule) (room string, names []string) {
	switch rule {
	case chatroom.MutedRoom, chatroom.KeptAlive:
		return "", f.ids("chatroomId", maxRoomUsers)
	case chatroom.LowPriority:
		return "", f.ids("objectName", maxRoomUsers)
	case chatroom.HighPriority:
		return "", f.ids("objectnames", maxRoomUsers)
	case chatroom.MutedEverywhere:
		return "", f.ids("userId", maxRoomUsers)
	}
	return f.id("chatroomId"), f.ids("userId", maxRoomUsers)
}

// sentence reads who is told of a rule.
func (f *form) sentence() chatroom.Sentence {
	return chatroom.Sentence{Notify: f.flag("needNotify", false), Extra: f.text("extra", maxRoomExtra)}
}

// setRoomRule puts names under a rule: those about users for minutes, except
// for who may do more than others.
func setRoomRule(rule chatroom.Rule) endpoint {
	return func(ctx context.Context, a *realm, f *form) (fields, error) {
		room, names := f.ruled(rule)
		said := f.sentence()
		switch rule {
		case chatroom.Muted, chatroom.Blocked, chatroom.MutedEverywhere:
			said.Life = time.Duration(f.needed("minute", 1, maxRoomMinutes)) * time.Minute
		}
		if f.err != nil {
			return nil, f.err
		}
		if err := a.Rooms.SetRule(ctx, rule, room, names, said.Life); err != nil {
			return nil, err
		}
		a.Rooms.Announce(ctx, rule, room, names, true, said)
		return nil, nil
	}
}

func dropRoomRule(rule chatroom.Rule) endpoint {
	return func(ctx context.Context, a *realm, f *form) (fields, error) {
		room, names := f.ruled(rule)
		said := f.sentence()
		if f.err != nil {
			return nil, f.err
		}
		if err := a.Rooms.DropRule(ctx, rule, room, names); err != nil {
			return nil, err
		}
		a.Rooms.Announce(ctx, rule, room, names, false, said)
		return nil, nil
	}
}

// ofRoom reads the chatroom that a rule is of, if it is of one.
func (f *form) ofRoom(rule chatroom.Rule) string {
	switch rule {
	case chatroom.Muted, chatroom.Blocked, chatroom.Speaker, chatroom.Protected:
		return f.id("chatroomId")
	}
	return ""
}

// listUntil lists the users under a rule and until when they are, in UTC.
func listUntil(rule chatroom.Rule) endpoint {
	return func(ctx context.Context, a *realm, f *form) (fields, error) {
		room := f.ofRoom(rule)
		if f.err != nil {
			return nil, f.err
		}
		list, err := a.Rooms.Rules(ctx, rule, room)
		if err != nil {
			return nil, err
		}
		type user struct {
			Time string `json:"time"`
			ID   string `json:"userId"`
		}
		users := make([]user, len(list))
		for i, u := range list {
			users[i] = user{u.Until.UTC().Format(time.DateTime), u.Name}
		}
		return fields{"users": users}, nil
	}
}

// listNames lists the names under a rule in a field of the answer.
func listNames(rule chatroom.Rule, field string) endpoint {
	return func(ctx context.Context, a *realm, f *form) (fields, error) {
		room := f.ofRoom(rule)
		if f.err != nil {
			return nil, f.err
		}
		names, err := a.names(ctx, rule, room)
		return fields{field: names}, err
	}
}

func (a *realm) names(ctx context.Context, rule chatroom.Rule, room string) ([]string, error) {
	list, err := a.Rooms.Rules(ctx, rule, room)
	names := make([]string, len(list))
	for i, n := range list {
		names[i] = n.Name
	}
	return names, err
}

func queryMutedRooms(ctx context.Context, a *realm, f *form) (fields, error) {
	size, page := f.number("size", 50, 1, 1000), f.number("page", 1, 1, 1<<20)
	if f.err != nil {
		return nil, f.err
	}
	names, err := a.names(ctx, chatroom.MutedRoom, "")
	first := min(int((page-1)*size), len(names))
	return fields{"chatroomIds": names[first:min(first+int(size), len(names))]}, err
}

func checkMutedRoom(ctx context.Context, a *realm, f *form) (fields, error) {
	id := f.id("chatroomId")
	if f.err != nil {
		return nil, f.err
	}
	names, err := a.names(ctx, chatroom.MutedRoom, "")
	return fields{"status": number(slices.Contains(names, id))}, err
}

// entries reads entryInfo, a JSON object of keys and values.
func (f *form) entries(auto bool) []chatroom.EntryChange {
	var values map[string]string
	if err := json.Unmarshal([]byte(f.values.Get("entryInfo")), &values); err != nil {
		f.fail("entryInfo is not a JSON object of texts")
		return nil
	}
	if len(values) == 0 || len(values) > maxRoomEntries {
		f.fail("entryInfo has %d keys, not 1 to %d", len(values), maxRoomEntries)
	}
	var list []chatroom.EntryChange
	for key, value := range values {
		list = append(list, chatroom.EntryChange{Key: key, Value: value, Auto: auto, Force: true})
	}
	return list
}

// key returns the key of an entry, which has to be there.
func (f *form) key() string {
	if !f.has("key") {
		f.fail("key is missing")
	}
	return f.values.Get("key")
}

func setRoomEntry(ctx context.Context, a *realm, f *form) (fields, error) {
	return a.changeEntries(ctx, f, "userId", []chatroom.EntryChange{{
		Key: f.key(), Value: f.values.Get("value"), Auto: f.flag("autoDelete", false), Force: true,
	}})
}

func setRoomEntries(ctx context.Context, a *realm, f *form) (fields, error) {
	return a.changeEntries(ctx, f, "entryOwnerId", f.entries(f.flag("autoDelete", false)))
}

func removeRoomEntry(ctx context.Context, a *realm, f *form) (fields, error) {
	return a.changeEntries(ctx, f, "userId", []chatroom.EntryChange{{Key: f.key(), Delete: true, Force: true}})
}

func removeRoomEntries(ctx context.Context, a *realm, f *form) (fields, error) {
	var keys []string
	if err := json.Unmarshal([]byte(f.values.Get("entryKeys")), &keys); err != nil || len(keys) == 0 || len(keys) > maxRoomEntries {
		f.fail("entryKeys is not a JSON list of 1 to %d texts", maxRoomEntries)
	}
	list := make([]chatroom.EntryChange, len(keys))
	for i, key := range keys {
		list[i] = chatroom.EntryChange{Key: key, Delete: true, Force: true}
	}
	return a.changeEntries(ctx, f, "entryOwnerId", list)
}

// changeEntries changes entries whoever owns them; those that are set belong
// to the user in the parameter owner. What is not there is deleted already.
func (a *realm) changeEntries(ctx context.Context, f *form, owner string, changes []chatroom.EntryChange) (fields, error) {
	room, user := f.id("chatroomId"), chat.UserID(f.id(owner))
	notice := a.entryNotice(f, room, user)
	if f.err != nil {
		return nil, f.err
	}
	done, err := a.Rooms.ChangeEntries(ctx, room, user, changes, notice)
	if chat.CodeOf(err) == chat.ChatroomMissing {
		err = chat.Errorf(chat.BadParameter, "chatroomId %.80q is no chatroom", room)
	}
	for _, failed := range done.Failed {
		if err == nil && chat.CodeOf(failed) != chat.EntryMissing {
			err = failed
		}
	}
	return nil, err
}

// entryNotice is the message to the chatroom that a change of an entry may
// bring along: content, of objectName or RC:chrmKVNotiMsg.
func (a *realm) entryNotice(f *form, room string, user chat.UserID) *chat.Message {
	if !f.has("content") || f.err != nil {
		return nil
	}
	p := publish{typ: chat.Chatroom, sender: user, targets: []string{room}}
	p.up.ClassName = new(cmp.Or(f.text("objectName", maxObjectName), chatroom.EntryNotice))
	p.up.Content = []byte(f.values.Get("content"))
	msgs, err := p.messages(a.Content)
	if err != nil {
		f.err = err
		return nil
	}
	return msgs[0]
}

// queryRoomEntries returns the entries of a chatroom, or those of the keys.
func queryRoomEntries(ctx context.Context, a *realm, f *form) (fields, error) {
	id, keys := f.id("chatroomId"), f.values["keys"]
	if len(keys) > chat.MaxRoomEntries {
		f.fail("keys is there %d times, over %d", len(keys), chat.MaxRoomEntries)
	}
	if f.err != nil {
		return nil, f.err
	}
	entries, err := a.Rooms.AllEntries(ctx, id)
	if err != nil {
		return nil, err
	}
	type entry struct {
		Key        string      `json:"key"`
		Value      string      `json:"value"`
		User       chat.UserID `json:"userId"`
		AutoDelete string      `json:"autoDelete"`
		Time       string      `json:"lastSetTime"`
	}
	list := []entry{}
	for _, e := range entries {
		if len(keys) == 0 || slices.Contains(keys, e.Key) {
			list = append(list, entry{e.Key, e.Value, e.Owner, strconv.Itoa(number(e.Auto)), strconv.FormatInt(int64(e.Tick), 10)})
		}
	}
	return fields{"keys": list}, nil
}

// publishChatroom also asks each room whether it has room for the message.
// Where it has none, the caller may send it again.
func publishChatroom(ctx context.Context, a *realm, f *form) (fields, error) {
	p := f.publish(chat.Chatroom, "toChatroomId", maxRooms)
	if f.err != nil {
		return nil, f.err
	}
	var full error
	p.targets = slices.DeleteFunc(p.targets, func(room string) bool {
		err := a.Rooms.AdmitServer(&chat.Message{Target: room, Sender: p.sender, ObjectName: p.up.GetClassName()})
		if err != nil {
			full = err
		}
		return err != nil
	})
	if len(p.targets) == 0 {
		return nil, full
	}
	answer, err := p.send(ctx, a, nil)
	if err == nil {
		err = full
	}
	return answer, err
}
