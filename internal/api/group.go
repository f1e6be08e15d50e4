package api

import (
	"context"
	"errors"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
)

const maxGroupUsers = 1000 // users of one call

// notice is the message that a call may ask to be sent to the group it
// changes, so that everybody who is concerned hears of it. It is nil when none
// is asked for.
func (f *form) notice() *publish {
	if !f.flag("bindNotifyMsg", false) {
		return nil
	}
	p := f.publish(chat.Group, "groupId", 1)
	p.push(f)
	return p
}

// joinGroup makes users members. It creates the group when there is none.
func joinGroup(ctx context.Context, a *realm, f *form) (fields, error) {
	users, id, name := f.users("userId", maxGroupUsers), f.id("groupId"), f.name("groupName")
	notice := f.notice()
	if f.err != nil {
		return nil, f.err
	}
	group, err := a.group(ctx, id)
	if err != nil {
		return nil, err
	}
	n := union(group.Members, users)
	if n > a.cfg.GroupMembers {
		return nil, chat.Errorf(chat.BadParameter, "userId would make it %d members, over %d", n, a.cfg.GroupMembers)
	}
	if _, err := a.Writer.Change(ctx, store.GroupJoined{Group: id, Name: name, Users: users}); err != nil {
		return nil, err
	}
	// After the change, so that those who join hear it.
	said, err := notice.say(ctx, a)
	if err != nil {
		return nil, err
	}
	return a.memberCount(ctx, id, said)
}

func quitGroup(ctx context.Context, a *realm, f *form) (fields, error) {
	users, id := f.users("userId", maxGroupUsers), f.id("groupId")
	return a.leave(ctx, f, id, store.GroupLeft{Group: id, Users: users})
}

// dismissGroup takes the userId that callers send, and anybody's will do: the
// app's server decides who may.
func dismissGroup(ctx context.Context, a *realm, f *form) (fields, error) {
	id := f.id("groupId")
	f.idIfAny("userId")
	changes := append(roster.ForgetMutes(id), store.GroupDismissed{Group: id})
	return a.leave(ctx, f, id, changes...)
}

func (a *realm) leave(ctx context.Context, f *form, group string, changes ...store.Change) (fields, error) {
	notice := f.notice()
	if f.err != nil {
		return nil, f.err
	}
	// Before the change, so that those who leave hear it.
	said, err := notice.say(ctx, a)
	if err != nil {
		return nil, err
	}
	if _, err := a.Writer.Change(ctx, changes...); err != nil {
		return nil, err
	}
	return a.memberCount(ctx, group, said)
}

// refreshGroup gives a group that exists a new name.
func refreshGroup(ctx context.Context, a *realm, f *form) (fields, error) {
	id, name := f.id("groupId"), f.name("groupName")
	if name == "" {
		f.fail("groupName is missing")
	}
	if f.err != nil {
		return nil, f.err
	}
	_, err := a.Store.Group(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return a.memberCount(ctx, id, "")
	}
	if err != nil {
		return nil, err
	}
	if _, err := a.Writer.Change(ctx, store.GroupJoined{Group: id, Name: name}); err != nil {
		return nil, err
	}
	return a.memberCount(ctx, id, "")
}

func queryGroup(ctx context.Context, a *realm, f *form) (fields, error) {
	id := f.id("groupId")
	if f.err != nil {
		return nil, f.err
	}
	group, err := a.group(ctx, id)
	if err != nil {
		return nil, err
	}
	type member struct {
		ID chat.UserID `json:"id"`
	}
	users := make([]member, len(group.Members))
	for i, user := range group.Members {
		users[i].ID = user
	}
	return fields{"users": users}, nil
}

// group returns the group, which has no members when it does not exist.
func (a *realm) group(ctx context.Context, id string) (store.Group, error) {
	group, err := a.Store.Group(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.Group{ID: id}, nil
	}
	return group, err
}

// memberCount is the answer to a change of a group: how many members it has
// now, and the messageUID of what was said about it, if anything was.
func (a *realm) memberCount(ctx context.Context, id string, said chat.UID) (fields, error) {
	group, err := a.group(ctx, id)
	if err != nil {
		return nil, err
	}
	answer := fields{"memberCount": len(group.Members)}
	if said != "" {
		answer["messageUID"] = said
	}
	return answer, nil
}
