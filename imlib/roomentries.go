package imlib

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

// EntryOption is a choice about a change of a chatroom's entries.
type EntryOption func(*entryChoice)

type entryChoice struct {
	force, auto, notify bool
	extra               string
}

// EntryForce changes an entry whoever owns it.
func EntryForce() EntryOption { return func(c *entryChoice) { c.force = true } }

// EntryAutoDelete deletes the entry when this user leaves the chatroom.
func EntryAutoDelete() EntryOption { return func(c *entryChoice) { c.auto = true } }

// EntryNotify tells the room of the change by [ChatroomEntryNotified], too, with
// a text of the app of up to 2,048 characters. It is for one entry.
func EntryNotify(extra string) EntryOption {
	return func(c *entryChoice) { c.notify, c.extra = true, extra }
}

// SetChatroomEntry sets an entry of a chatroom that the client is in, which
// everybody there is told by [ChatroomEntriesChanged], this client too. Who sets
// a key owns it. A key is 1 to 128 of A-Z a-z 0-9 + = - _, a value 1 to 4,096
// characters, and a room has up to 100 keys.
//
// Codes: BadKey, BadValue, BadNotificationExtra, NotInChatroom, EntryNotYours,
// TooManyEntries, EntriesTooFast.
func (c *Client) SetChatroomEntry(ctx context.Context, room, key, value string, options ...EntryOption) error {
	if err := checkText(chat.BadValue, "the value", value, 1, chat.MaxEntryValue); err != nil {
		return err
	}
	return c.changeEntry(ctx, wire.TopicRoomEntrySet, room, key, value, options)
}

// RemoveChatroomEntry removes an entry of a chatroom that the client is in.
//
// Codes: BadKey, BadNotificationExtra, NotInChatroom, EntryMissing,
// EntryNotYours, EntriesTooFast.
func (c *Client) RemoveChatroomEntry(ctx context.Context, room, key string, options ...EntryOption) error {
	return c.changeEntry(ctx, wire.TopicRoomEntryDelete, room, key, "", options)
}

func (c *Client) changeEntry(ctx context.Context, topic, room, key, value string, options []EntryOption) error {
	if err := checkRoom(room); err != nil {
		return err
	}
	if err := checkKey(chat.BadKey, key); err != nil {
		return err
	}
	choice := chosenEntry(options)
	if err := checkText(chat.BadNotificationExtra, "what goes with the notification", choice.extra, 0, maxNotificationExtra); err != nil {
		return err
	}
	q := &pb.RoomEntryChange{Entry: c.entry(key, value, choice)}
	if choice.notify {
		note, err := entryNotification(topic, key, value, choice.extra)
		if err != nil {
			return err
		}
		q.Notify, q.Notification, q.Type = new(true), note, new(int32(chat.Chatroom))
	}
	return c.request(ctx, topic, room, q, nil)
}

func chosenEntry(options []EntryOption) (c entryChoice) {
	for _, option := range options {
		option(&c)
	}
	return c
}

const maxNotificationExtra = 2048

var entryKey = regexp.MustCompile(`^[A-Za-z0-9+=_-]+$`)

func checkKey(code chat.Code, key string) error {
	if len(key) > chat.MaxEntryKey || !entryKey.MatchString(key) {
		return chat.Errorf(code, "the key %.140q is not 1 to %d of A-Z a-z 0-9 + = - _", key, chat.MaxEntryKey)
	}
	return nil
}

// Bits of RoomEntry.status.
const (
	entryAuto  = 1
	entryForce = 2
	entryGone  = 4 // down only
)

func (c *Client) entry(key, value string, choice entryChoice) *pb.RoomEntry {
	status := int32(0)
	if choice.auto {
		status |= entryAuto
	}
	if choice.force {
		status |= entryForce
	}
	return &pb.RoomEntry{Key: &key, Value: &value, Status: &status, Uid: new(string(c.user))}
}

// entryNotice is the content of the message that goes to the room with a change.
type entryNotice struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Extra string `json:"extra,omitempty"`
	Type  int    `json:"type"` // 1 set, 2 removed
}

const entryRemoved = 2

func entryNotification(topic, key, value, extra string) (*pb.UpMessage, error) {
	kind := 1
	if topic == wire.TopicRoomEntryDelete {
		kind = entryRemoved
	}
	content, err := encodeJSON(entryNotice{key, value, extra, kind})
	if err != nil {
		return nil, &chat.Error{Code: chat.BadNotificationExtra, Reason: "the notification does not encode to JSON", Err: err}
	}
	return &pb.UpMessage{Flags: new(int32), ClassName: new(entryNotificationType), Content: content}, nil
}

// SetChatroomEntries sets 1 to 10 entries at once. Each is judged by itself:
// where some fail the error has code EntriesFailed, failed says which and why,
// and the others are set. See SetChatroomEntry.
func (c *Client) SetChatroomEntries(ctx context.Context, room string, entries map[string]string, options ...EntryOption) (failed map[string]chat.Code, err error) {
	for _, value := range entries {
		if err := checkText(chat.BadEntries, "a value", value, 1, chat.MaxEntryValue); err != nil {
			return nil, err
		}
	}
	return c.changeEntries(ctx, wire.TopicRoomEntriesSet, room, chat.BadEntries, entries, options)
}

// RemoveChatroomEntries removes 1 to 10 entries at once, as SetChatroomEntries
// sets them.
func (c *Client) RemoveChatroomEntries(ctx context.Context, room string, keys ...string) (failed map[string]chat.Code, err error) {
	entries := make(map[string]string, len(keys))
	for _, key := range keys {
		entries[key] = ""
	}
	return c.changeEntries(ctx, wire.TopicRoomEntriesDelete, room, chat.BadKeys, entries, nil)
}

func (c *Client) changeEntries(ctx context.Context, topic, room string, bad chat.Code, entries map[string]string, options []EntryOption) (map[string]chat.Code, error) {
	if err := checkRoom(room); err != nil {
		return nil, err
	}
	if err := checkNumber(chat.EntriesTooMany, "entries", len(entries), chat.MaxEntriesChanged); err != nil {
		return nil, err
	}
	q, choice := new(pb.RoomEntriesChange), chosenEntry(options)
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if err := checkKey(bad, key); err != nil {
			return nil, err
		}
		q.Entry = append(q.Entry, c.entry(key, entries[key], choice))
	}
	a, err := c.askFor(ctx, wire.TypeQuery, topic, room, q)
	if err != nil && !errors.Is(err, chat.EntriesFailed) {
		return nil, err
	}
	var says pb.RoomEntriesAnswer
	if err := says.UnmarshalVT(a.payload); err != nil {
		return nil, malformed(topic, err)
	}
	failed := make(map[string]chat.Code, len(says.ErrorKeys))
	for _, e := range says.ErrorKeys {
		failed[e.GetKey()] = chat.Code(e.GetErrorCode())
	}
	return failed, err
}

// ChatroomEntries returns all entries of a chatroom, also of one that the client
// is not in.
//
// Codes: BadTarget, ChatroomMissing.
func (c *Client) ChatroomEntries(ctx context.Context, room string) (map[string]string, error) {
	if err := checkRoom(room); err != nil {
		return nil, err
	}
	var a pb.RoomEntries
	if err := c.request(ctx, wire.TopicRoomEntriesPull, room, &pb.RoomEntriesRequest{Timestamp: new(int64)}, &a); err != nil {
		return nil, err
	}
	all := entriesChanged(room, &a).Set
	if all == nil {
		all = map[string]string{}
	}
	return all, nil
}

// ChatroomEntry returns the value of one entry. Its codes are those of
// ChatroomEntries, and EntryMissing and BadKey.
func (c *Client) ChatroomEntry(ctx context.Context, room, key string) (string, error) {
	if err := checkKey(chat.BadKey, key); err != nil {
		return "", err
	}
	all, err := c.ChatroomEntries(ctx, room)
	if err != nil {
		return "", err
	}
	value, there := all[key]
	if !there {
		return "", chat.Errorf(chat.EntryMissing, "the chatroom has no entry %q", key)
	}
	return value, nil
}
