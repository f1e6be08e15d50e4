package api

import (
	"context"
	"strconv"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
)

// setWhitelists says for users which of their two lists counts: 1 the
// whitelist, 0 the blacklist. The other one is kept.
func setWhitelists(ctx context.Context, a *realm, f *form) (fields, error) {
	users, on := f.users("userId", maxListed), f.needed("whiteSetting", 0, 1) == 1
	if f.err != nil {
		return nil, f.err
	}
	var changes []store.Change
	for _, user := range users {
		changes = append(changes, roster.UseWhitelist(user, on)...)
	}
	_, err := a.Writer.Change(ctx, changes...)
	return nil, err
}

func queryWhitelists(ctx context.Context, a *realm, f *form) (fields, error) {
	users := f.users("userId", maxListed)
	if f.err != nil {
		return nil, f.err
	}
	type setting struct {
		UserID       chat.UserID `json:"userId"`
		WhiteSetting string      `json:"whiteSetting"`
	}
	settings := make([]setting, len(users))
	for i, user := range users {
		on, err := a.Roster.UsesWhitelist(ctx, user)
		if err != nil {
			return nil, err
		}
		settings[i] = setting{user, digit(on)}
	}
	return fields{"users": settings}, nil
}

func digit(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

func addToWhitelist(ctx context.Context, a *realm, f *form) (fields, error) {
	user, others := chat.UserID(f.id("userId")), f.users("whiteUserId", maxListed)
	if f.err != nil {
		return nil, f.err
	}
	listed, err := a.Roster.Whitelist(ctx, user)
	if err != nil {
		return nil, err
	}
	if n := union(listed, others); n > a.cfg.Blacklist {
		return nil, chat.Errorf(chat.BadParameter, "whiteUserId would make it %d users, over %d", n, a.cfg.Blacklist)
	}
	_, err = a.Writer.Change(ctx, roster.Allow(user, others...)...)
	return nil, err
}

func removeFromWhitelist(ctx context.Context, a *realm, f *form) (fields, error) {
	user, others := chat.UserID(f.id("userId")), f.users("whiteUserId", maxListed)
	if f.err != nil {
		return nil, f.err
	}
	_, err := a.Writer.Change(ctx, roster.Disallow(user, others...)...)
	return nil, err
}

// maxPage is how many users or groups one page holds at most.
const maxPage = 1000

// queryWhitelist pages by the place in the list, which is in the order of ids.
func queryWhitelist(ctx context.Context, a *realm, f *form) (fields, error) {
	user := chat.UserID(f.id("userId"))
	size, from := f.number("size", maxPage, 1, maxPage), f.number("pageToken", 0, 0, maxPage*maxPage)
	if f.err != nil {
		return nil, f.err
	}
	listed, err := a.Roster.Whitelist(ctx, user)
	if err != nil {
		return nil, err
	}
	page, next := pageOf(listed, from, size)
	answer := fields{"users": notNull(page)}
	if next > 0 {
		answer["next"] = strconv.FormatInt(next, 10)
	}
	return answer, nil
}

// pageOf cuts a page of size out of list and says where the next one begins,
// 0 when there is none.
func pageOf[T any](list []T, from, size int64) (page []T, next int64) {
	end := min(from+size, int64(len(list)))
	if from >= end {
		return nil, 0
	}
	if end < int64(len(list)) {
		next = end
	}
	return list[from:end], next
}
