package api

import (
	"context"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

const (
	maxRooms       = 100 // chatrooms of one call
	maxRoomMembers = 500 // members in one answer
	maxRoomUsers   = 20  // whiteUserIds
)

// createRooms takes any number of chatroom[id]=name.
func createRooms(ctx context.Context, a *realm, f *form) (fields, error) {
	ids, names := f.named("chatroom", maxRooms)
	if f.err != nil {
		return nil, f.err
	}
	changes := make([]store.Change, len(ids))
	for i, id := range ids {
		changes[i] = store.RoomCreated{Room: id, Name: names[id]}
	}
	_, err := a.Writer.Change(ctx, changes...)
	return nil, err
}

// createRoom creates one chatroom. It lives until it is destroyed, so
// destroyType and destroyTime are checked and change nothing. What would decide
// who may speak or what the room holds is refused, not ignored.
func createRoom(ctx context.Context, a *realm, f *form) (fields, error) {
	id := f.id("chatroomId")
	f.number("destroyType", 0, 0, 1)
	f.number("destroyTime", 60, 60, 10080)
	banned := f.flag("isBan", false)
	f.idsIfAny("whiteUserIds", maxRoomUsers)
	if f.err != nil {
		return nil, f.err
	}
	if banned {
		return nil, chat.Errorf(chat.NotSupported, "isBan is not supported by this server")
	}
	if f.has("entryInfo") {
		return nil, chat.Errorf(chat.NotSupported, "entryInfo is not supported by this server")
	}
	_, err := a.Writer.Change(ctx, store.RoomCreated{Room: id})
	return nil, err
}

func destroyRooms(ctx context.Context, a *realm, f *form) (fields, error) {
	ids := f.ids("chatroomId", maxRooms)
	if f.err != nil {
		return nil, f.err
	}
	changes := make([]store.Change, len(ids))
	for i, id := range ids {
		changes[i] = store.RoomDestroyed{Room: id}
	}
	_, err := a.Writer.Change(ctx, changes...)
	return nil, err
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
