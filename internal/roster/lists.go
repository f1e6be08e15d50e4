package roster

import (
	"context"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// How a whitelist is kept, in store.Whitelist: the owner is the user whose it
// is, the keys are those whom it holds, and one of two marks, when somebody
// chose which of the lists counts for the user.
const (
	whitelistOn  = chat.UserID("")
	whitelistOff = chat.UserID("\x01")
)

// UseWhitelist says whether a user takes private messages from those in the
// whitelist only, or from all but those in the blacklist.
func UseWhitelist(user chat.UserID, on bool) []store.Change {
	yes, no := whitelistOn, whitelistOff
	if !on {
		yes, no = no, yes
	}
	return append(Allow(user, yes), Disallow(user, no)...)
}

// Allow adds others to the whitelist of user.
func Allow(user chat.UserID, others ...chat.UserID) []store.Change {
	changes := make([]store.Change, len(others))
	for i, other := range others {
		changes[i] = store.EntrySet{Space: store.Whitelist, Owner: string(user), Key: string(other)}
	}
	return changes
}

// Disallow takes others from the whitelist of user.
func Disallow(user chat.UserID, others ...chat.UserID) []store.Change {
	changes := make([]store.Change, len(others))
	for i, other := range others {
		changes[i] = store.EntryDeleted{Space: store.Whitelist, Owner: string(user), Key: string(other)}
	}
	return changes
}

// readWhitelist is the keys of a user's whitelist, marks and all.
func readWhitelist(s store.Entries) func(context.Context, chat.UserID) ([]chat.UserID, error) {
	return func(ctx context.Context, user chat.UserID) (keys []chat.UserID, err error) {
		all := store.EntryRange{Space: store.Whitelist, Owner: string(user)}
		err = eachEntry(ctx, s, all, func(e store.Entry) { keys = append(keys, chat.UserID(e.Key)) })
		return keys, err
	}
}

// Whitelist lists whom a user takes private messages from when UsesWhitelist,
// in byte order.
func (r *Roster) Whitelist(ctx context.Context, user chat.UserID) ([]chat.UserID, error) {
	keys, err := readWhitelist(r.source)(ctx, user)
	users := keys[:0]
	for _, key := range keys {
		if key != whitelistOn && key != whitelistOff {
			users = append(users, key)
		}
	}
	return users, err
}

// UsesWhitelist reports whether it is the whitelist of a user that counts, and
// not the blacklist.
func (r *Roster) UsesWhitelist(ctx context.Context, user chat.UserID) (bool, error) {
	on, err := r.allowed.has(ctx, user, whitelistOn)
	if err != nil || on || !r.whitelist {
		return on, err
	}
	off, err := r.allowed.has(ctx, user, whitelistOff)
	return !off, err
}

// lists checks the list of the receiver that counts.
func (r *Roster) lists(ctx context.Context, m *chat.Message) error {
	receiver := chat.UserID(m.Target)
	white, err := r.UsesWhitelist(ctx, receiver)
	if err != nil || white && receiver == m.Sender {
		return err
	}
	if white {
		in, err := r.allowed.has(ctx, receiver, m.Sender)
		if err == nil && !in {
			err = chat.Errorf(chat.NotWhitelisted, "the receiver's whitelist lacks the sender")
		}
		return err
	}
	refused, err := r.blocks.has(ctx, receiver, m.Sender)
	if err == nil && refused {
		err = chat.Errorf(chat.Blacklisted, "the receiver's blacklist holds the sender")
	}
	return err
}

func (r *Roster) applyWhitelist(change store.Change) {
	switch c := change.(type) {
	case store.EntrySet:
		r.allowed.change(chat.UserID(c.Owner), edit[chat.UserID]{add: []chat.UserID{chat.UserID(c.Key)}})
	case store.EntryDeleted:
		r.allowed.change(chat.UserID(c.Owner), edit[chat.UserID]{remove: []chat.UserID{chat.UserID(c.Key)}})
	case store.EntriesDeleted:
		r.allowed.change(chat.UserID(c.Owner), edit[chat.UserID]{clear: true})
	}
}
