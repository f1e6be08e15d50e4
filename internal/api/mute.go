package api

import (
	"context"
	"slices"
	"time"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Limits of mutes.
const (
	maxMuted   = 1000   // users of one /user/chat/fb/set
	maxMute    = 43_200 // minutes, 30 days
	maxClosed  = 20     // groups of one call
	mutePage   = 200
	onlyPerson = "PERSON"
)

// person reads a parameter that can say nothing but private conversations.
func (f *form) person() {
	if f.text("type", maxName) != onlyPerson {
		f.fail("type is not %s", onlyPerson)
	}
}

func mutePrivate(ctx context.Context, a *realm, f *form) (fields, error) {
	users, on := f.users("userId", maxMuted), f.needed("state", 0, 1) == 1
	f.person()
	if f.err != nil {
		return nil, f.err
	}
	changes := roster.UnmutePrivate(users...)
	if on {
		changes = roster.MutePrivate(users...)
	}
	_, err := a.Writer.Change(ctx, changes...)
	return nil, err
}

func queryMutedPrivate(ctx context.Context, a *realm, f *form) (fields, error) {
	f.person()
	size, from := f.number("num", 100, 1, mutePage), f.number("offset", 0, 0, 1<<31)
	if f.err != nil {
		return nil, f.err
	}
	muted, err := a.Roster.MutedInPrivate(ctx)
	if err != nil {
		return nil, err
	}
	page, _ := pageOf(muted, from, size)
	users := make([]chat.UserID, len(page))
	for i, m := range page {
		users[i] = m.User
	}
	return fields{"total": len(muted), "users": users}, nil
}

// muteInGroup mutes in all groups when it is told no group, and for ever when
// it is told 0 minutes.
func muteInGroup(ctx context.Context, a *realm, f *form) (fields, error) {
	users, group := f.users("userId", maxListed), f.idIfAny("groupId")
	minutes := f.needed("minute", 0, maxMute)
	if f.err != nil {
		return nil, f.err
	}
	var until time.Time
	if minutes > 0 {
		until = a.cfg.Now().Add(time.Duration(minutes) * time.Minute)
	}
	_, err := a.Writer.Change(ctx, roster.MuteInGroup(group, until, users...)...)
	return nil, err
}

func unmuteInGroup(ctx context.Context, a *realm, f *form) (fields, error) {
	users, group := f.users("userId", maxListed), f.idIfAny("groupId")
	if f.err != nil {
		return nil, f.err
	}
	_, err := a.Writer.Change(ctx, roster.UnmuteInGroup(group, users...)...)
	return nil, err
}

// listMutedInGroup tells times in UTC, and none for a mute without end.
func listMutedInGroup(ctx context.Context, a *realm, f *form) (fields, error) {
	group := f.idIfAny("groupId")
	if f.err != nil {
		return nil, f.err
	}
	muted, err := a.Roster.MutedInGroup(ctx, group)
	if err != nil {
		return nil, err
	}
	type user struct {
		UserID chat.UserID `json:"userId"`
		Time   string      `json:"time"`
	}
	users := make([]user, len(muted))
	for i, m := range muted {
		users[i].UserID = m.User
		if !m.Until.IsZero() {
			users[i].Time = m.Until.UTC().Format(time.DateTime)
		}
	}
	return fields{"users": users}, nil
}

func closeGroups(ctx context.Context, a *realm, f *form) (fields, error) {
	return a.eachGroup(ctx, f, roster.CloseGroup)
}

func openGroups(ctx context.Context, a *realm, f *form) (fields, error) {
	return a.eachGroup(ctx, f, roster.OpenGroup)
}

func (a *realm) eachGroup(ctx context.Context, f *form, change func(group string) []store.Change) (fields, error) {
	groups := f.ids("groupId", maxClosed)
	if f.err != nil {
		return nil, f.err
	}
	var changes []store.Change
	for _, g := range groups {
		changes = append(changes, change(g)...)
	}
	_, err := a.Writer.Change(ctx, changes...)
	return nil, err
}

// queryClosedGroups tells of the groups that it is asked about, or pages
// through those that are closed.
func queryClosedGroups(ctx context.Context, a *realm, f *form) (fields, error) {
	asked := f.idsIfAny("groupId", maxClosed)
	number, size := f.number("page", 1, 1, 1<<31), f.number("size", 50, 1, mutePage)
	if f.err != nil {
		return nil, f.err
	}
	closed, err := a.Roster.ClosedGroups(ctx)
	if err != nil {
		return nil, err
	}
	if len(asked) == 0 {
		asked, _ = pageOf(closed, (number-1)*size, size)
	}
	type group struct {
		GroupID string `json:"groupId"`
		Stat    int    `json:"stat"`
	}
	groups := make([]group, len(asked))
	for i, id := range asked {
		groups[i].GroupID = id
		if _, is := slices.BinarySearch(closed, id); is {
			groups[i].Stat = 1
		}
	}
	return fields{"groupinfo": groups}, nil
}

func exempt(ctx context.Context, a *realm, f *form) (fields, error) {
	return a.exemption(ctx, f, roster.Exempt)
}

func noExempt(ctx context.Context, a *realm, f *form) (fields, error) {
	return a.exemption(ctx, f, roster.NoExempt)
}

func (a *realm) exemption(ctx context.Context, f *form, change func(string, ...chat.UserID) []store.Change) (fields, error) {
	users, group := f.users("userId", maxListed), f.id("groupId")
	if f.err != nil {
		return nil, f.err
	}
	_, err := a.Writer.Change(ctx, change(group, users...)...)
	return nil, err
}

func queryExempt(ctx context.Context, a *realm, f *form) (fields, error) {
	group := f.id("groupId")
	if f.err != nil {
		return nil, f.err
	}
	users, err := a.Roster.Exempt(ctx, group)
	if err != nil {
		return nil, err
	}
	return fields{"userIds": notNull(users)}, nil
}
