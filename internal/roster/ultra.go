package roster

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Channel is what an entry of store.Channels says: of a channel of an ultra
// group, or under the empty key of the group as a whole.
type Channel struct {
	Private bool `json:"private,omitempty"` // only the members of store.UltraChannel see it
	Muted   bool `json:"muted,omitempty"`   // only the excepted may send
	Level   int  `json:"level,omitempty"`   // how loud it is for who has not chosen
}

// Entry is the change that makes the channel so.
func (c Channel) Entry(group, channel string) store.EntrySet {
	value, err := json.Marshal(c)
	if err != nil {
		panic(err) // a struct of these always encodes
	}
	return store.EntrySet{Space: store.Channels, Owner: group, Key: channel, Value: value}
}

// ReadChannel reads what Entry wrote.
func ReadChannel(value []byte) (c Channel, err error) {
	err = json.Unmarshal(value, &c)
	return c, err
}

// trait is something that is true of a channel of an ultra group.
type trait struct {
	channel string // empty for the group as a whole
	kind    traitKind
}

type traitKind uint8

const (
	exists traitKind = iota
	private
	muted
)

// ultra is what the roster remembers of ultra groups. Who is in one is asked
// of the user and not of the group: a group may hold anybody, a user is in few.
type ultra struct {
	in       *cache[chat.UserID, string] // the member lists the user is in, of ultra groups and of their channels
	channels *cache[string, trait]       // by ultra group
}

func newUltra(source Source, n int) ultra {
	return ultra{
		in: newCache(n, func(ctx context.Context, user chat.UserID) ([]string, error) {
			stays, _, err := source.Memberships(ctx, user)
			var lists []string
			for _, s := range stays {
				if s.Left == 0 && ofUltra(s.Group) {
					lists = append(lists, s.Group)
				}
			}
			return lists, err
		}),
		channels: newCache(n, func(ctx context.Context, group string) ([]trait, error) {
			entries, err := source.Entries(ctx, store.EntryRange{Space: store.Channels, Owner: group, Limit: MaxChannels + 1})
			var traits []trait
			for _, e := range entries {
				c, err := ReadChannel(e.Value)
				if err != nil {
					return nil, err
				}
				traits = append(traits, traitsOf(e.Key, c).add...)
			}
			return traits, err
		}),
	}
}

// MaxChannels is how many channels an ultra group may have, the default one
// among them.
const MaxChannels = 50

func ofUltra(list string) bool { return strings.HasPrefix(list, store.UltraGroup("")) }

func traitsOf(channel string, c Channel) edit[trait] {
	e := edit[trait]{add: []trait{{channel, exists}}}
	for kind, is := range map[traitKind]bool{private: c.Private, muted: c.Muted} {
		if is {
			e.add = append(e.add, trait{channel, kind})
		} else {
			e.remove = append(e.remove, trait{channel, kind})
		}
	}
	return e
}

func (u ultra) warm(ctx context.Context, m *chat.Message) error {
	if _, err := u.channels.get(ctx, m.Target); err != nil {
		return err
	}
	for _, user := range m.To {
		if _, err := u.in.get(ctx, user); err != nil {
			return err
		}
	}
	_, err := u.in.get(ctx, m.Sender)
	return err
}

// admit says of m whether its channel is private, and strikes from a
// directional message those who do not see the channel.
func (u ultra) admit(ctx context.Context, m *chat.Message, check Check) error {
	if err := u.exists(ctx, m.Target, m.Channel); err != nil {
		return err
	}
	list, err := u.list(ctx, m.Target, m.Channel)
	if err != nil {
		return err
	}
	m.Flags &^= chat.PrivateChannel
	if list != store.UltraGroup(m.Target) {
		m.Flags |= chat.PrivateChannel
	}
	if check&Member != 0 {
		if _, err := u.audience(ctx, m.Target, m.Channel, m.Sender); err != nil {
			return err
		}
	}
	return narrow(m, func(user chat.UserID) (bool, error) { return u.in.has(ctx, user, list) })
}

// exists is nil when the group and the channel exist.
func (u ultra) exists(ctx context.Context, group, channel string) error {
	is, err := u.channels.has(ctx, group, trait{channel, exists})
	if err != nil || is {
		return err
	}
	if is, err = u.channels.has(ctx, group, trait{"", exists}); err != nil {
		return err
	}
	if !is {
		return chat.Errorf(chat.UltraGroupMissing, "there is no such ultra group")
	}
	return chat.Errorf(chat.ChannelMissing, "the ultra group has no such channel")
}

// list is the member list of those who see a channel.
func (u ultra) list(ctx context.Context, group, channel string) (string, error) {
	is, err := u.channels.has(ctx, group, trait{channel, private})
	if is {
		return store.UltraChannel(group, channel), err
	}
	return store.UltraGroup(group), err
}

// audience is the member list of those who see a channel. It fails unless user
// is among them.
func (u ultra) audience(ctx context.Context, group, channel string, user chat.UserID) (string, error) {
	in, err := u.in.has(ctx, user, store.UltraGroup(group))
	if err != nil {
		return "", err
	}
	if !in {
		return "", chat.Errorf(chat.NotInUltraGroup, "the user is not in the ultra group")
	}
	list, err := u.list(ctx, group, channel)
	if err != nil {
		return "", err
	}
	if in, err = u.in.has(ctx, user, list); err != nil {
		return "", err
	}
	if !in {
		return "", chat.Errorf(chat.NotInChannel, "the channel is private and the user is not in it")
	}
	return list, nil
}

// UltraAudience is the member list (of store.Groups) of those who see a channel
// of an ultra group. It fails with a *chat.Error unless user is among them.
func (r *Roster) UltraAudience(ctx context.Context, group, channel string, user chat.UserID) (list string, err error) {
	if err := r.ultra.exists(ctx, group, channel); err != nil {
		return "", err
	}
	return r.ultra.audience(ctx, group, channel, user)
}

// apply takes note of what a commit changed, and reports whether that was
// something of ultra groups.
func (u ultra) apply(change store.Change) bool {
	switch c := change.(type) {
	case store.GroupJoined:
		return ofUltra(c.Group) && u.each(c.Users, edit[string]{add: []string{c.Group}})
	case store.GroupLeft:
		return ofUltra(c.Group) && u.each(c.Users, edit[string]{remove: []string{c.Group}})
	case store.GroupDismissed:
		if ofUltra(c.Group) {
			u.in.changeAll(edit[string]{remove: []string{c.Group}})
			return true
		}
	case store.EntrySet:
		if c.Space != store.Channels {
			return false
		}
		if channel, err := ReadChannel(c.Value); err == nil {
			u.channels.change(c.Owner, traitsOf(c.Key, channel))
		}
	case store.EntryDeleted:
		if c.Space == store.Channels {
			u.channels.change(c.Owner, edit[trait]{remove: []trait{{c.Key, exists}, {c.Key, private}, {c.Key, muted}}})
		}
	case store.EntriesDeleted:
		if c.Space == store.Channels {
			u.channels.change(c.Owner, edit[trait]{clear: true})
		}
	}
	return false
}

func (u ultra) each(users []chat.UserID, e edit[string]) bool {
	for _, user := range users {
		u.in.change(user, e)
	}
	return true
}
