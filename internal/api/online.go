package api

import (
	"context"

	"github.com/hongyan-im/hongyan/chat"
)

// checkOnline says whether a user has a live session at this moment.
func checkOnline(_ context.Context, a *realm, f *form) (fields, error) {
	user := chat.UserID(f.id("userId"))
	if f.err != nil {
		return nil, f.err
	}
	status := "0"
	if a.Presence.Online(user) {
		status = "1"
	}
	return fields{"status": status}, nil
}
