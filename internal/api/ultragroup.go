package api

import (
	"context"
	"math"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/ultragroup"
)

// Ultra are the ultra groups of an app.
type Ultra interface {
	Create(ctx context.Context, id, name string, users ...chat.UserID) error
	Join(ctx context.Context, id, name string, users ...chat.UserID) error
	Quit(ctx context.Context, id string, users ...chat.UserID) error
	Dismiss(ctx context.Context, id string) error
	Member(ctx context.Context, id string, user chat.UserID) (bool, error)

	Channels(ctx context.Context, id string) ([]ultragroup.NamedChannel, error)
	CreateChannel(ctx context.Context, id, name string, private bool) error
	DeleteChannel(ctx context.Context, id, name string) error
	ChangeType(ctx context.Context, id, name string, private bool) error
	Admit(ctx context.Context, id, name string, users ...chat.UserID) error
	Remove(ctx context.Context, id, name string, users ...chat.UserID) error
	Members(ctx context.Context, id, name string) ([]chat.UserID, error)

	Level(ctx context.Context, id, name string) (int, error)
	SetLevel(ctx context.Context, id, name string, level int) error

	Mute(ctx context.Context, id, name string, mute bool, users ...chat.UserID) error
	Close(ctx context.Context, id, name string, closed bool) error
	Closed(ctx context.Context, id, name string) (bool, error)
	Exempt(ctx context.Context, id string, exempt bool, users ...chat.UserID) error
}

// ultraEndpoints are the calls about ultra groups, without their .json.
var ultraEndpoints = map[string]endpoint{
	"/ultragroup/create":       createUltra,
	"/ultragroup/join":         joinUltra,
	"/ultragroup/quit":         quitUltra,
	"/ultragroup/dis":          dismissUltra,
	"/ultragroup/refresh":      refreshUltra,
	"/ultragroup/member/exist": memberOfUltra,

	"/ultragroup/channel/create":            createChannel,
	"/ultragroup/channel/del":               deleteChannel,
	"/ultragroup/channel/get":               listChannels,
	"/ultragroup/channel/type/change":       changeChannel,
	"/ultragroup/channel/private/users/add": admitToChannel,
	"/ultragroup/channel/private/users/del": removeFromChannel,
	"/ultragroup/channel/private/users/get": listChannelUsers,

	"/ultragroup/notdisturb/set": setUltraLevel,
	"/ultragroup/notdisturb/get": getUltraLevel,

	"/ultragroup/userbanned/add":       func(ctx context.Context, a *realm, f *form) (fields, error) { return a.muteInUltra(ctx, f, true) },
	"/ultragroup/userbanned/del":       func(ctx context.Context, a *realm, f *form) (fields, error) { return a.muteInUltra(ctx, f, false) },
	"/ultragroup/userbanned/get":       listMutedInUltra,
	"/ultragroup/globalbanned/set":     closeUltra,
	"/ultragroup/globalbanned/get":     closedUltra,
	"/ultragroup/banned/whitelist/add": func(ctx context.Context, a *realm, f *form) (fields, error) { return a.exemptInUltra(ctx, f, true) },
	"/ultragroup/banned/whitelist/del": func(ctx context.Context, a *realm, f *form) (fields, error) { return a.exemptInUltra(ctx, f, false) },
	"/ultragroup/banned/whitelist/get": listExemptInUltra,

	"/message/ultragroup/publish": publishUltra,
}

// Limits of the calls about ultra groups.
const (
	maxUltraUsers = 100 // users of one call that joins, quits or changes a channel
	maxUltraRules = 20  // users of one call that mutes
	maxUltraPage  = 100 // of what one call lists
)

func createUltra(ctx context.Context, a *realm, f *form) (fields, error) {
	users, id, name := f.users("userId", maxUltraUsers), f.id("groupId"), f.name("groupName")
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.Create(ctx, id, name, users...)
}

func joinUltra(ctx context.Context, a *realm, f *form) (fields, error) {
	users, id, name := f.users("userId", maxUltraUsers), f.id("groupId"), f.name("groupName")
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.Join(ctx, id, name, users...)
}

func quitUltra(ctx context.Context, a *realm, f *form) (fields, error) {
	users, id := f.users("userId", maxUltraUsers), f.id("groupId")
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.Quit(ctx, id, users...)
}

// dismissUltra takes anybody's userId, as dismissGroup does.
func dismissUltra(ctx context.Context, a *realm, f *form) (fields, error) {
	id := f.id("groupId")
	f.idIfAny("userId")
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.Dismiss(ctx, id)
}

func refreshUltra(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name := f.id("groupId"), f.name("groupName")
	if name == "" {
		f.fail("groupName is missing")
	}
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.Join(ctx, id, name)
}

func memberOfUltra(ctx context.Context, a *realm, f *form) (fields, error) {
	id, user := f.id("groupId"), chat.UserID(f.id("userId"))
	if f.err != nil {
		return nil, f.err
	}
	in, err := a.Ultra.Member(ctx, id, user)
	return fields{"status": in}, err
}

// channel reads the name of a channel; an empty one is the default channel.
func (f *form) channel() string {
	name := f.idIfAny("busChannel")
	if err := ultragroup.CheckChannel("busChannel", name); err != nil && f.err == nil {
		f.err = err
	}
	if name == "" {
		return chat.DefaultChannel
	}
	return name
}

// channelIfAny is channel for calls that without one are about the whole group.
func (f *form) channelIfAny() string {
	if !f.has("busChannel") {
		return ""
	}
	return f.channel()
}

// needChannel is channel for calls that are about one that has been made.
func (f *form) needChannel() string {
	if !f.has("busChannel") {
		f.fail("busChannel is missing")
	}
	return f.channel()
}

// listed returns 1 to limit user ids, in one parameter with commas between
// them or in several.
func (f *form) listed(name string, limit int) []chat.UserID {
	var ids []string
	for _, v := range f.values[name] {
		ids = append(ids, strings.Split(v, ",")...)
	}
	f.values[name] = ids
	return f.users(name, limit)
}

// page returns the part of all that the parameter page, counted from 1, and
// the one called size ask for.
func page[T any](f *form, size string, all func() ([]T, error)) ([]T, error) {
	number, n := int(f.number("page", 1, 1, math.MaxInt32)), int(f.number(size, 20, 1, maxUltraPage))
	if f.err != nil {
		return nil, f.err
	}
	list, err := all()
	from := min((number-1)*n, len(list))
	return list[from:min(from+n, len(list))], err
}

func createChannel(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name, kind := f.id("groupId"), f.needChannel(), f.number("type", ultragroup.Public, ultragroup.Public, ultragroup.Private)
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.CreateChannel(ctx, id, name, kind == ultragroup.Private)
}

func deleteChannel(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name := f.id("groupId"), f.needChannel()
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.DeleteChannel(ctx, id, name)
}

func listChannels(ctx context.Context, a *realm, f *form) (fields, error) {
	id := f.id("groupId")
	all, err := page(f, "limit", func() ([]ultragroup.NamedChannel, error) { return a.Ultra.Channels(ctx, id) })
	if err != nil {
		return nil, err
	}
	type channel struct {
		ID   string `json:"channelId"`
		Made string `json:"createTime"`
		Type int    `json:"type"`
	}
	list := make([]channel, len(all))
	for i, c := range all {
		list[i] = channel{ID: c.Name, Made: c.Changed.Time().UTC().Format("2006-01-02 15:04:05")}
		if c.Private {
			list[i].Type = ultragroup.Private
		}
	}
	return fields{"channelList": list}, nil
}

func changeChannel(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name, kind := f.id("groupId"), f.needChannel(), f.needed("type", ultragroup.Public, ultragroup.Private)
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.ChangeType(ctx, id, name, kind == ultragroup.Private)
}

func admitToChannel(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name, users := f.id("groupId"), f.needChannel(), f.listed("userIds", maxUltraUsers)
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.Admit(ctx, id, name, users...)
}

func removeFromChannel(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name, users := f.id("groupId"), f.needChannel(), f.listed("userIds", maxUltraUsers)
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.Remove(ctx, id, name, users...)
}

func listChannelUsers(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name := f.id("groupId"), f.needChannel()
	users, err := page(f, "pageSize", func() ([]chat.UserID, error) { return a.Ultra.Members(ctx, id, name) })
	if err != nil {
		return nil, err
	}
	return fields{"users": append([]chat.UserID{}, users...)}, nil
}

func setUltraLevel(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name, level := f.id("groupId"), f.channelIfAny(), f.needed("unpushLevel", -1, 5)
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.SetLevel(ctx, id, name, int(level))
}

func getUltraLevel(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name := f.id("groupId"), f.channelIfAny()
	if f.err != nil {
		return nil, f.err
	}
	level, err := a.Ultra.Level(ctx, id, name)
	return fields{"groupId": id, "busChannel": name, "unpushLevel": level}, err
}

func (a *realm) muteInUltra(ctx context.Context, f *form, mute bool) (fields, error) {
	id, name, users := f.id("groupId"), f.channelIfAny(), f.listed("userIds", maxUltraRules)
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.Mute(ctx, id, name, mute, users...)
}

func listMutedInUltra(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name := f.id("groupId"), f.channelIfAny()
	return ids(page(f, "pageSize", func() ([]chat.UserID, error) { return a.Roster.MutedInUltraGroup(ctx, id, name) }))
}

// ids is an answer that lists users.
func ids(users []chat.UserID, err error) (fields, error) {
	type user struct {
		ID chat.UserID `json:"id"`
	}
	list := make([]user, len(users))
	for i, u := range users {
		list[i].ID = u
	}
	return fields{"users": list}, err
}

func closeUltra(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name, closed := f.id("groupId"), f.channelIfAny(), f.flag("status", false)
	if !f.has("status") {
		f.fail("status is missing")
	}
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.Close(ctx, id, name, closed)
}

func closedUltra(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name := f.id("groupId"), f.channelIfAny()
	if f.err != nil {
		return nil, f.err
	}
	closed, err := a.Ultra.Closed(ctx, id, name)
	return fields{"status": closed}, err
}

func (a *realm) exemptInUltra(ctx context.Context, f *form, exempt bool) (fields, error) {
	id, users := f.id("groupId"), f.listed("userIds", maxUltraRules)
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.Ultra.Exempt(ctx, id, exempt, users...)
}

func listExemptInUltra(ctx context.Context, a *realm, f *form) (fields, error) {
	id := f.id("groupId")
	return ids(page(f, "pageSize", func() ([]chat.UserID, error) { return a.Roster.ExemptedInUltraGroup(ctx, id) }))
}

// publishUltra also sends directional messages, to some who see one channel.
func publishUltra(ctx context.Context, a *realm, f *form) (fields, error) {
	p := f.publish(chat.UltraGroup, "toGroupIds", maxGroups)
	f.channel()
	p.up.ToUserIds = f.idsIfAny("toUserIds", chat.MaxDirected)
	directional := len(p.up.ToUserIds) > 0
	if directional && len(p.targets) > 1 {
		f.fail("toUserIds goes with one toGroupIds, not %d", len(p.targets))
	}
	p.expansion(f)
	p.push(f)
	p.mention(f.flag("isMentioned", false))
	if !f.flag("unreadCountFlag", true) {
		p.flags &^= chat.Counted
	}
	return p.send(ctx, a, f.err)
}
