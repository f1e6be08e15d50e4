package ultragroup

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
)

// Limits of ultra groups.
const (
	MaxGroups = 100 // that one user may be in
)

// CheckChannel returns a *chat.Error unless name can be that of a channel.
func CheckChannel(field, name string) error {
	if n := utf8.RuneCountInString(name); n > chat.MaxChannelID {
		return chat.Errorf(chat.BadParameter, "%s is %d characters, over %d", field, n, chat.MaxChannelID)
	}
	if strings.Contains(name, "_") { // official clients put it between an id and a channel
		return chat.Errorf(chat.BadParameter, "%s holds a _", field)
	}
	return nil
}

// Create makes an ultra group with the default channel, and users members of
// it. One that exists gets the name and the members.
func (g *Groups) Create(ctx context.Context, id, name string, users ...chat.UserID) error {
	lock := g.ofGroup(id)
	lock.Lock()
	_, err := g.channel(ctx, id, "")
	if chat.CodeOf(err) == chat.UltraGroupMissing {
		_, err = g.writer.Change(ctx, roster.Channel{}.Entry(id, ""), roster.Channel{}.Entry(id, chat.DefaultChannel),
			store.GroupJoined{Group: store.UltraGroup(id), Name: name})
	}
	lock.Unlock()
	if err != nil {
		return err
	}
	return g.Join(ctx, id, name, users...)
}

// Join makes users members of an ultra group that exists; a name that is not
// empty replaces the group's.
func (g *Groups) Join(ctx context.Context, id, name string, users ...chat.UserID) error {
	lock := g.ofGroup(id)
	lock.RLock()
	defer lock.RUnlock()
	if _, err := g.channel(ctx, id, ""); err != nil {
		return err
	}
	if len(users) == 0 {
		_, err := g.writer.Change(ctx, store.GroupJoined{Group: store.UltraGroup(id), Name: name})
		return err
	}
	for _, user := range users {
		if err := g.join(ctx, id, name, user); err != nil {
			return err
		}
	}
	return nil
}

func (g *Groups) join(ctx context.Context, id, name string, user chat.UserID) error {
	lock := g.ofUser(user)
	lock.Lock()
	defer lock.Unlock()
	lists, err := g.lists(ctx, user)
	if err != nil {
		return err
	}
	in := 0
	for _, list := range lists {
		if !strings.Contains(list, "\x01") && list != store.UltraGroup(id) {
			in++
		}
	}
	if in >= MaxGroups {
		return chat.Errorf(chat.UltraGroupsFull, "user %s is in %d ultra groups, the most one may be in", user, in)
	}
	_, err = g.writer.Change(ctx, store.GroupJoined{Group: store.UltraGroup(id), Name: name, Users: []chat.UserID{user}})
	return err
}

// lists are the member lists of ultra groups and channels that user is in.
func (g *Groups) lists(ctx context.Context, user chat.UserID) (lists []string, err error) {
	stays, _, err := g.store.Memberships(ctx, user)
	for _, s := range stays {
		if s.Left == 0 && strings.HasPrefix(s.Group, store.UltraGroup("")) {
			lists = append(lists, s.Group)
		}
	}
	return lists, err
}

// Member reports whether user is in the ultra group.
func (g *Groups) Member(ctx context.Context, id string, user chat.UserID) (bool, error) {
	lists, err := g.lists(ctx, user)
	return slices.Contains(lists, store.UltraGroup(id)), err
}

// Quit ends the membership of users in an ultra group and its channels. Who is
// not in it is left alone.
func (g *Groups) Quit(ctx context.Context, id string, users ...chat.UserID) error {
	lock := g.ofGroup(id)
	lock.Lock()
	defer lock.Unlock()
	var changes []store.Change
	for _, user := range users {
		lists, err := g.lists(ctx, user)
		if err != nil {
			return err
		}
		for _, list := range lists {
			if list == store.UltraGroup(id) || strings.HasPrefix(list, store.UltraChannel(id, "")) {
				changes = append(changes, store.GroupLeft{Group: list, Users: []chat.UserID{user}})
			}
		}
	}
	if len(changes) == 0 {
		return nil
	}
	_, err := g.writer.Change(ctx, changes...)
	return err
}

// Dismiss ends an ultra group and its channels. Ending what does not exist is
// no error.
func (g *Groups) Dismiss(ctx context.Context, id string) error {
	lock := g.ofGroup(id)
	lock.Lock()
	defer lock.Unlock()
	channels, err := g.Channels(ctx, id)
	if err != nil {
		return ignore(err, chat.UltraGroupMissing)
	}
	changes := []store.Change{
		store.GroupDismissed{Group: store.UltraGroup(id)}, store.EntriesDeleted{Space: store.Channels, Owner: id}, roster.ForgetUltraMutes(id, ""),
	}
	for _, c := range channels {
		changes = append(changes, store.GroupDismissed{Group: store.UltraChannel(id, c.Name)}, roster.ForgetUltraMutes(id, c.Name))
	}
	_, err = g.writer.Change(ctx, changes...)
	return err
}

// ignore is nil instead of an error with the code.
func ignore(err error, code chat.Code) error {
	if chat.CodeOf(err) == code {
		return nil
	}
	return err
}

// channel reads a channel, or what holds for the group as a whole when the
// name is empty.
func (g *Groups) channel(ctx context.Context, id, name string) (roster.Channel, error) {
	e, err := g.store.Entry(ctx, store.Channels, id, name)
	switch {
	case errors.Is(err, store.ErrNotFound) && name == "":
		return roster.Channel{}, chat.Errorf(chat.UltraGroupMissing, "there is no such ultra group")
	case errors.Is(err, store.ErrNotFound):
		return roster.Channel{}, chat.Errorf(chat.ChannelMissing, "the ultra group has no such channel")
	case err != nil:
		return roster.Channel{}, err
	}
	return roster.ReadChannel(e.Value)
}

// NamedChannel is a channel of an ultra group.
type NamedChannel struct {
	Name    string
	Changed chat.Tick // when it was made or changed last
	roster.Channel
}

// Channels lists the channels of an ultra group by name.
func (g *Groups) Channels(ctx context.Context, id string) ([]NamedChannel, error) {
	if _, err := g.channel(ctx, id, ""); err != nil {
		return nil, err
	}
	entries, err := g.store.Entries(ctx, store.EntryRange{Space: store.Channels, Owner: id, Limit: roster.MaxChannels + 1})
	if err != nil {
		return nil, err
	}
	var all []NamedChannel
	for _, e := range entries {
		if e.Key == "" {
			continue
		}
		c, err := roster.ReadChannel(e.Value)
		if err != nil {
			return nil, err
		}
		all = append(all, NamedChannel{e.Key, e.Tick, c})
	}
	return all, nil
}

// CreateChannel makes a channel of an ultra group. One that exists stays as it is.
func (g *Groups) CreateChannel(ctx context.Context, id, name string, private bool) error {
	lock := g.ofGroup(id)
	lock.Lock()
	defer lock.Unlock()
	all, err := g.Channels(ctx, id)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(c NamedChannel) bool { return c.Name == name }) {
		return nil
	}
	if len(all) >= roster.MaxChannels {
		return chat.Errorf(chat.ChannelsFull, "the ultra group has %d channels, the most it may have", len(all))
	}
	_, err = g.writer.Change(ctx, roster.Channel{Private: private}.Entry(id, name))
	return err
}

// DeleteChannel ends a channel, and tells those who see it. Ending one that
// does not exist is no error.
func (g *Groups) DeleteChannel(ctx context.Context, id, name string) error {
	if name == chat.DefaultChannel {
		return chat.Errorf(chat.BadParameter, "%s cannot be deleted", name)
	}
	lock := g.ofGroup(id)
	lock.Lock()
	defer lock.Unlock()
	was, err := g.channel(ctx, id, name)
	if err != nil {
		return ignore(err, chat.ChannelMissing)
	}
	return g.tell(id, name, was, Change{What: Deleted, Type: typeOf(was)},
		store.EntryDeleted{Space: store.Channels, Owner: id, Key: name}, store.GroupDismissed{Group: store.UltraChannel(id, name)},
		roster.ForgetUltraMutes(id, name))
}

// ChangeType makes a channel private or public, and tells those who see it.
func (g *Groups) ChangeType(ctx context.Context, id, name string, makePrivate bool) error {
	if name == chat.DefaultChannel {
		return chat.Errorf(chat.BadParameter, "%s is always public", name)
	}
	lock := g.ofGroup(id)
	lock.Lock()
	defer lock.Unlock()
	c, err := g.channel(ctx, id, name)
	if err != nil || c.Private == makePrivate {
		return err
	}
	change := Change{What: MadePublic, Type: Public}
	if makePrivate {
		change = Change{What: MadePrivate, Type: Private}
	}
	c.Private = makePrivate
	return g.tell(id, name, roster.Channel{}, change, c.Entry(id, name))
}

func typeOf(c roster.Channel) int {
	if c.Private {
		return Private
	}
	return Public
}

// tell commits changes of a channel with the message that tells of them: to who
// sees the channel when it is private, and to the whole group otherwise.
func (g *Groups) tell(id, name string, as roster.Channel, c Change, changes ...store.Change) error {
	c.Kind, c.Channel = ChannelChanged, name
	in := chat.DefaultChannel
	if as.Private {
		in = name
	}
	m, err := c.message(chat.UserID(id), id, in)
	if err == nil {
		_, err = g.submit(m, changes...)
	}
	return err
}

// Admit makes members of an ultra group members of one of its channels, whether
// it is private or not.
func (g *Groups) Admit(ctx context.Context, id, name string, users ...chat.UserID) error {
	lock := g.ofGroup(id)
	lock.Lock()
	defer lock.Unlock()
	if _, err := g.channel(ctx, id, name); err != nil {
		return err
	}
	for _, user := range users {
		if in, err := g.Member(ctx, id, user); err != nil {
			return err
		} else if !in {
			return chat.Errorf(chat.NotInUltraGroup, "user %s is not in the ultra group", user)
		}
	}
	_, err := g.writer.Change(ctx, store.GroupJoined{Group: store.UltraChannel(id, name), Users: users})
	return err
}

// Remove takes users out of a channel. Of a private one, they and the others in
// it are told.
func (g *Groups) Remove(ctx context.Context, id, name string, users ...chat.UserID) error {
	lock := g.ofGroup(id)
	lock.Lock()
	defer lock.Unlock()
	c, err := g.channel(ctx, id, name)
	if err != nil {
		return err
	}
	var in []chat.UserID
	for _, user := range users {
		lists, err := g.lists(ctx, user)
		if err != nil {
			return err
		}
		if slices.Contains(lists, store.UltraChannel(id, name)) {
			in = append(in, user)
		}
	}
	left := store.GroupLeft{Group: store.UltraChannel(id, name), Users: in}
	switch {
	case len(in) == 0:
		return nil
	case c.Private:
		return g.tell(id, name, c, Change{What: Removed, Type: Private, Users: in}, left)
	}
	_, err = g.writer.Change(ctx, left)
	return err
}

// Members lists the members of a channel in byte order.
func (g *Groups) Members(ctx context.Context, id, name string) ([]chat.UserID, error) {
	if _, err := g.channel(ctx, id, name); err != nil {
		return nil, err
	}
	list, err := g.store.Group(ctx, store.UltraChannel(id, name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return list.Members, err
}

// Level is the default notification level of a channel, or of the whole group
// when the name is empty.
func (g *Groups) Level(ctx context.Context, id, name string) (int, error) {
	c, err := g.channel(ctx, id, name)
	return c.Level, err
}

// levels are the notification levels: of every message, not chosen, of what
// mentions the user or everybody, the user, everybody, and of none.
var levels = []int{-1, 0, 1, 2, 4, 5}

// SetLevel changes it.
func (g *Groups) SetLevel(ctx context.Context, id, name string, level int) error {
	if !slices.Contains(levels, level) {
		return chat.Errorf(chat.BadParameter, "unpushLevel is %d, not one of %v", level, levels)
	}
	return g.change(ctx, id, name, func(c *roster.Channel) { c.Level = level })
}

func (g *Groups) change(ctx context.Context, id, name string, to func(*roster.Channel)) error {
	lock := g.ofGroup(id)
	lock.Lock()
	defer lock.Unlock()
	c, err := g.channel(ctx, id, name)
	if err != nil {
		return err
	}
	was := c
	if to(&c); c == was {
		return nil
	}
	_, err = g.writer.Change(ctx, c.Entry(id, name))
	return err
}

// Close makes everybody unable to send to a channel, or to the whole group when
// the name is empty, who is not exempt, or able again.
func (g *Groups) Close(ctx context.Context, id, name string, closed bool) error {
	return g.change(ctx, id, name, func(c *roster.Channel) { c.Muted = closed })
}

// Closed reports whether Close is in force.
func (g *Groups) Closed(ctx context.Context, id, name string) (bool, error) {
	c, err := g.channel(ctx, id, name)
	return c.Muted, err
}

// Mute makes users unable to send to a channel, or to the whole group when the
// name is empty, or able again.
func (g *Groups) Mute(ctx context.Context, id, name string, mute bool, users ...chat.UserID) error {
	if mute {
		return g.rule(ctx, id, name, roster.MuteInUltraGroup(id, name, users...))
	}
	return g.rule(ctx, id, name, roster.UnmuteInUltraGroup(id, name, users...))
}

// Exempt makes users able to send to what is closed, or not any more.
func (g *Groups) Exempt(ctx context.Context, id string, exempt bool, users ...chat.UserID) error {
	if exempt {
		return g.rule(ctx, id, "", roster.ExemptInUltraGroup(id, users...))
	}
	return g.rule(ctx, id, "", roster.NoExemptInUltraGroup(id, users...))
}

// rule commits changes to a channel that exists.
func (g *Groups) rule(ctx context.Context, id, name string, changes []store.Change) error {
	lock := g.ofGroup(id)
	lock.RLock()
	defer lock.RUnlock()
	if _, err := g.channel(ctx, id, name); err != nil {
		return err
	}
	_, err := g.writer.Change(ctx, changes...)
	return err
}
