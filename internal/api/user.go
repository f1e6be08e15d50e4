package api

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Limits of what is kept of a user.
const (
	maxNameRunes = 64
	maxName      = 128 // bytes: the older of two documented limits; either is enough
	maxPortrait  = 1024
	maxExpire    = 20     // users of one /user/token/expire
	maxBlock     = 43_200 // minutes, 30 days
	maxListed    = 20     // users of one blacklist call
)

// name returns a display name, empty when it is not there.
func (f *form) name(name string) string {
	v := f.text(name, maxBody)
	if n := utf8.RuneCountInString(v); n > maxNameRunes && len(v) > maxName {
		f.fail("%s is %d characters, over %d", name, n, maxNameRunes)
	}
	return v
}

// profile changes what the form tells of a user; what it leaves out stays.
func (f *form) profile() (user chat.UserID, change func(*store.User)) {
	user = chat.UserID(f.id("userId"))
	name, portrait := f.name("name"), f.text("portraitUri", maxPortrait)
	return user, func(u *store.User) {
		if name != "" {
			u.Name = name
		}
		if portrait != "" {
			u.Portrait = portrait
		}
	}
}

// getToken also keeps the name and the portrait, when it is told any.
func getToken(ctx context.Context, a *realm, f *form) (fields, error) {
	user, change := f.profile()
	if f.err != nil {
		return nil, f.err
	}
	if err := a.changeUser(ctx, user, change); err != nil {
		return nil, err
	}
	token, err := a.Tokens.Issue(user, a.cfg.Now(), a.TokenLife)
	if err != nil {
		return nil, err
	}
	return fields{"userId": user, "token": token}, nil
}

func refreshUser(ctx context.Context, a *realm, f *form) (fields, error) {
	user, change := f.profile()
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.changeUser(ctx, user, change)
}

// expireTokens refuses tokens issued before a time from their next connect on.
// A later call with an earlier time does not bring any back.
func expireTokens(ctx context.Context, a *realm, f *form) (fields, error) {
	users := f.users("userId", maxExpire)
	before := time.UnixMilli(f.needed("time", 1, int64(chat.MaxTick)))
	if f.err != nil {
		return nil, f.err
	}
	for _, user := range users {
		err := a.changeUser(ctx, user, func(u *store.User) {
			if last := before.Add(-time.Millisecond); last.After(u.TokensAfter) {
				u.TokensAfter = last
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// blockUser ends the user's sessions and refuses new ones for a while.
func blockUser(ctx context.Context, a *realm, f *form) (fields, error) {
	user, minutes := chat.UserID(f.id("userId")), f.needed("minute", 1, maxBlock)
	if f.err != nil {
		return nil, f.err
	}
	until := a.cfg.Now().Add(time.Duration(minutes) * time.Minute)
	if err := a.changeUser(ctx, user, func(u *store.User) { u.BlockedUntil = until }); err != nil {
		return nil, err
	}
	// After the commit: a session that begins later finds the block, one that
	// began before is found here.
	a.Presence.Kick(user, chat.UserBlocked)
	return nil, nil
}

func unblockUser(ctx context.Context, a *realm, f *form) (fields, error) {
	user := chat.UserID(f.id("userId"))
	if f.err != nil {
		return nil, f.err
	}
	return nil, a.changeUser(ctx, user, func(u *store.User) { u.BlockedUntil = time.Time{} })
}

// changeUser replaces what is known of a user by what change makes of it.
func (a *realm) changeUser(ctx context.Context, id chat.UserID, change func(*store.User)) error {
	// Two calls for one user must not lose what the other one changes.
	mu := a.users.of(id)
	mu.Lock()
	defer mu.Unlock()
	known, err := a.Store.User(ctx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	user := known
	user.ID = id
	change(&user)
	if sameUser(user, known) {
		return nil
	}
	_, err = a.Writer.Change(ctx, store.UserSaved{User: user})
	return err
}

// sameUser does not look at the id: who is not known has none and is no
// different from one of whom nothing is known.
func sameUser(a, b store.User) bool {
	return a.Name == b.Name && a.Portrait == b.Portrait &&
		a.TokensAfter.Equal(b.TokensAfter) && a.BlockedUntil.Equal(b.BlockedUntil)
}

// stripes are locks that users share by the hash of their id.
type stripes [64]sync.Mutex

var stripeSeed = maphash.MakeSeed()

func (s *stripes) of(id chat.UserID) *sync.Mutex {
	return &s[maphash.String(stripeSeed, string(id))%uint64(len(s))]
}

func addToBlacklist(ctx context.Context, a *realm, f *form) (fields, error) {
	user, others := chat.UserID(f.id("userId")), f.users("blackUserId", maxListed)
	if f.err != nil {
		return nil, f.err
	}
	listed, err := a.Store.Blacklist(ctx, user)
	if err != nil {
		return nil, err
	}
	if n := union(listed, others); n > a.cfg.Blacklist {
		return nil, chat.Errorf(chat.BadParameter, "blackUserId would make it %d users, over %d", n, a.cfg.Blacklist)
	}
	_, err = a.Writer.Change(ctx, store.BlacklistAdded{User: user, Others: others})
	return nil, err
}

func removeFromBlacklist(ctx context.Context, a *realm, f *form) (fields, error) {
	user, others := chat.UserID(f.id("userId")), f.users("blackUserId", maxListed)
	if f.err != nil {
		return nil, f.err
	}
	_, err := a.Writer.Change(ctx, store.BlacklistRemoved{User: user, Others: others})
	return nil, err
}

func queryBlacklist(ctx context.Context, a *realm, f *form) (fields, error) {
	user := chat.UserID(f.id("userId"))
	if f.err != nil {
		return nil, f.err
	}
	listed, err := a.Store.Blacklist(ctx, user)
	if err != nil {
		return nil, err
	}
	return fields{"users": notNull(listed)}, nil
}

// union is how many different users there are in both.
func union(a, b []chat.UserID) int {
	all := make(map[chat.UserID]struct{}, len(a)+len(b))
	for _, list := range [][]chat.UserID{a, b} {
		for _, user := range list {
			all[user] = struct{}{}
		}
	}
	return len(all)
}

// notNull has JSON say [] for an empty list.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
