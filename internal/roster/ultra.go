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
	muted    *cache[string, string]      // keys of store.Muted, by owner
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
		muted: newCache(n, func(ctx context.Context, owner string) (keys []string, err error) {
			err = eachEntry(ctx, source, store.EntryRange{Space: store.Muted, Owner: owner}, func(e store.Entry) { keys = append(keys, e.Key) })
			return keys, err
		}),
	}
}

// ultraLog owns the mutes of a channel, or without one of an ultra group.
func ultraLog(group, channel string) string {
	return string(chat.Conversation{Type: chat.UltraGroup, Target: group, Channel: channel}.Log(""))
}

// MuteInUltraGroup makes users unable to send to a channel of an ultra group,
// or to all of it when the channel is "".
func MuteInUltraGroup(group, channel string, users ...chat.UserID) []store.Change {
	return setEnds(ultraLog(group, channel), keys("", users), forever)
}

// UnmuteInUltraGroup ends MuteInUltraGroup.
func UnmuteInUltraGroup(group, channel string, users ...chat.UserID) []store.Change {
	return dropEnds(ultraLog(group, channel), keys("", users))
}

// ExemptInUltraGroup makes users able to send where Channel.Muted says that
// nobody may.
func ExemptInUltraGroup(group string, users ...chat.UserID) []store.Change {
	return setEnds(ultraLog(group, ""), keys(exemptPrefix, users), forever)
}

// NoExemptInUltraGroup ends ExemptInUltraGroup.
func NoExemptInUltraGroup(group string, users ...chat.UserID) []store.Change {
	return dropEnds(ultraLog(group, ""), keys(exemptPrefix, users))
}

// ForgetUltraMutes ends what was muted in a channel, or in an ultra group as a whole.
func ForgetUltraMutes(group, channel string) store.Change {
	return store.EntriesDeleted{Space: store.Muted, Owner: ultraLog(group, channel)}
}

// MutedInUltraGroup lists who may not send to a channel, or to all of an ultra
// group when it is "", by their ids.
func (r *Roster) MutedInUltraGroup(ctx context.Context, group, channel string) (users []chat.UserID, err error) {
	all := store.EntryRange{Space: store.Muted, Owner: ultraLog(group, channel)}
	err = eachEntry(ctx, r.source, all, func(e store.Entry) {
		if !strings.HasPrefix(e.Key, exemptPrefix) {
			users = append(users, chat.UserID(e.Key))
		}
	})
	return users, err
}

// ExemptedInUltraGroup lists who may send where nobody may, by their ids.
func (r *Roster) ExemptedInUltraGroup(ctx context.Context, group string) (users []chat.UserID, err error) {
	all := store.EntryRange{Space: store.Muted, Owner: ultraLog(group, ""), Prefix: exemptPrefix}
	err = eachEntry(ctx, r.source, all, func(e store.Entry) {
		users = append(users, chat.UserID(strings.TrimPrefix(e.Key, exemptPrefix)))
	})
	return users, err
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
	for _, owner := range []string{ultraLog(m.Target, ""), string(m.Log())} {
		if _, err := u.muted.get(ctx, owner); err != nil {
			return err
		}
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
	if check&Mutes != 0 {
		if err := u.speaks(ctx, m); err != nil {
			return err
		}
	}
	return narrow(m, func(user chat.UserID) (bool, error) { return u.in.has(ctx, user, list) })
}

// speaks is nil unless the sender of m is muted there. What an SDK sends by
// itself passes.
func (u ultra) speaks(ctx context.Context, m *chat.Message) error {
	if t := chat.TypeNamed(m.ObjectName); t != nil && t.Service {
		return nil
	}
	exempt, err := u.muted.has(ctx, ultraLog(m.Target, ""), exemptPrefix+string(m.Sender))
	if err != nil {
		return err
	}
	for _, channel := range []string{"", m.Channel} {
		is, err := u.muted.has(ctx, ultraLog(m.Target, channel), string(m.Sender))
		if err != nil {
			return err
		}
		if is {
			return chat.Errorf(chat.UltraGroupMuted, "the sender may not send to %s", groupOr(channel))
		}
		if is, err = u.channels.has(ctx, m.Target, trait{channel, muted}); err != nil {
			return err
		}
		if is && !exempt {
			return chat.Errorf(chat.UltraGroupMuted, "nobody may send to %s but who is exempt", groupOr(channel))
		}
	}
	return nil
}

func groupOr(channel string) string {
	if channel == "" {
		return "the ultra group"
	}
	return "the channel"
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
		if channel, err := ReadChannel(c.Value); c.Space == store.Channels && err == nil {
			u.channels.change(c.Owner, traitsOf(c.Key, channel))
		}
		return c.Space == store.Channels || u.mute(c.Space, c.Owner, edit[string]{add: []string{c.Key}})
	case store.EntryDeleted:
		if c.Space == store.Channels {
			u.channels.change(c.Owner, edit[trait]{remove: []trait{{c.Key, exists}, {c.Key, private}, {c.Key, muted}}})
		}
		return c.Space == store.Channels || u.mute(c.Space, c.Owner, edit[string]{remove: []string{c.Key}})
	case store.EntriesDeleted:
		if c.Space == store.Channels {
			u.channels.change(c.Owner, edit[trait]{clear: true})
		}
		return c.Space == store.Channels || u.mute(c.Space, c.Owner, edit[string]{clear: true})
	}
	return false
}

func (u ultra) mute(space store.Space, owner string, e edit[string]) bool {
	if space != store.Muted || chat.Log(owner).Type() != chat.UltraGroup {
		return false
	}
	u.muted.change(owner, e)
	return true
}

func (u ultra) each(users []chat.UserID, e edit[string]) bool {
	for _, user := range users {
		u.in.change(user, e)
	}
	return true
}
