package roster_test

import (
	"slices"
	"testing"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/internal/roster"
	"github.com/hongyan-im/hongyan/internal/store"
	"github.com/hongyan-im/hongyan/internal/store/storetest"
)

// ultraChanges make an ultra group with a public and a private channel.
func ultraChanges() []store.Change {
	return []store.Change{
		roster.Channel{}.Entry("g", ""),
		roster.Channel{}.Entry("g", chat.DefaultChannel),
		roster.Channel{Private: true}.Entry("g", "secret"),
		store.GroupJoined{Group: store.UltraGroup("g"), Users: users("alice", "bob", "carol")},
		store.GroupJoined{Group: store.UltraChannel("g", "secret"), Users: users("alice", "bob")},
	}
}

func ultraMessage(sender chat.UserID, channel string, to ...chat.UserID) *chat.Message {
	return &chat.Message{Type: chat.UltraGroup, Sender: sender, Target: "g", Channel: channel, To: to}
}

// What a roster says of an ultra group is the same whether it reads the store
// or was told of the changes.
func TestAdmitUltra(t *testing.T) {
	model := storetest.NewModel(store.Options{})
	told := roster.New(model, roster.Config{})
	for _, user := range users("alice", "bob", "carol", "mallory") { // so that it has something to keep up to date
		if _, err := told.UltraAudience(t.Context(), "g", chat.DefaultChannel, user); chat.CodeOf(err) != chat.UltraGroupMissing {
			t.Fatal(err)
		}
	}
	if err := model.Commit(t.Context(), &store.Batch{Tick: 1, Changes: ultraChanges()}); err != nil {
		t.Fatal(err)
	}
	told.Apply(ultraChanges())
	for how, r := range map[string]*roster.Roster{"told": told, "reading": roster.New(model, roster.Config{})} {
		for name, c := range map[string]struct {
			m       *chat.Message
			check   roster.Check
			code    chat.Code
			private bool
			to      []chat.UserID
		}{
			"a member":                     {ultraMessage("carol", chat.DefaultChannel), roster.Member, chat.OK, false, nil},
			"who is none":                  {ultraMessage("mallory", chat.DefaultChannel), roster.Member, chat.NotInUltraGroup, false, nil},
			"who is none, by the app":      {ultraMessage("mallory", chat.DefaultChannel), 0, chat.OK, false, nil},
			"in a channel that is not":     {ultraMessage("alice", "nowhere"), roster.Member, chat.ChannelMissing, false, nil},
			"who sees a private channel":   {ultraMessage("alice", "secret"), roster.Member, chat.OK, true, nil},
			"who does not":                 {ultraMessage("carol", "secret"), roster.Member, chat.NotInChannel, true, nil},
			"who does not, by the app":     {ultraMessage("carol", "secret"), 0, chat.OK, true, nil},
			"to some":                      {ultraMessage("alice", chat.DefaultChannel, "bob", "mallory"), roster.Member, chat.OK, false, users("bob")},
			"to some of a private one":     {ultraMessage("alice", "secret", "bob", "carol"), roster.Member, chat.OK, true, users("bob")},
			"to nobody of a private one":   {ultraMessage("alice", "secret", "carol"), roster.Member, chat.OK, true, users("alice")},
			"an outsider in a private one": {ultraMessage("mallory", "secret"), roster.Member, chat.NotInUltraGroup, true, nil},
		} {
			t.Run(how+" "+name, func(t *testing.T) {
				if err := r.Warm(t.Context(), c.m); err != nil {
					t.Fatal(err)
				}
				err := r.Admit(t.Context(), c.m, c.check)
				if chat.CodeOf(err) != c.code {
					t.Errorf("%v, not %v", err, c.code)
				}
				if private := c.m.Flags&chat.PrivateChannel != 0; private != c.private {
					t.Errorf("private %v", private)
				}
				if err == nil && !slices.Equal(c.m.To, c.to) {
					t.Errorf("to %v, not %v", c.m.To, c.to)
				}
			})
		}
	}
}

// Who leaves, a channel that changes, and a group that ends.
func TestUltraChanges(t *testing.T) {
	model := storetest.NewModel(store.Options{})
	if err := model.Commit(t.Context(), &store.Batch{Tick: 1, Changes: ultraChanges()}); err != nil {
		t.Fatal(err)
	}
	r := roster.New(model, roster.Config{})
	may := func(user chat.UserID, channel string, want chat.Code) {
		t.Helper()
		if _, err := r.UltraAudience(t.Context(), "g", channel, user); chat.CodeOf(err) != want {
			t.Errorf("%s in %s: %v, not %v", user, channel, err, want)
		}
	}
	may("bob", "secret", chat.OK)
	may("carol", "secret", chat.NotInChannel)
	r.Apply([]store.Change{store.GroupLeft{Group: store.UltraChannel("g", "secret"), Users: users("bob")}})
	may("bob", "secret", chat.NotInChannel)
	r.Apply([]store.Change{roster.Channel{}.Entry("g", "secret")})
	may("carol", "secret", chat.OK)
	r.Apply([]store.Change{store.EntryDeleted{Space: store.Channels, Owner: "g", Key: "secret"}})
	may("carol", "secret", chat.ChannelMissing)
	r.Apply([]store.Change{store.GroupDismissed{Group: store.UltraGroup("g")}})
	may("carol", chat.DefaultChannel, chat.NotInUltraGroup)
	r.Apply([]store.Change{store.EntriesDeleted{Space: store.Channels, Owner: "g"}})
	may("carol", chat.DefaultChannel, chat.UltraGroupMissing)
}

// Who is muted in a channel or everywhere, what is closed, and who is exempt.
func TestUltraMutes(t *testing.T) {
	rules := slices.Concat(ultraChanges(), roster.MuteInUltraGroup("g", "", "carol"), roster.MuteInUltraGroup("g", "secret", "bob"),
		[]store.Change{roster.Channel{Private: true, Muted: true}.Entry("g", "secret")}, roster.ExemptInUltraGroup("g", "alice", "bob"))
	model := storetest.NewModel(store.Options{})
	if err := model.Commit(t.Context(), &store.Batch{Tick: 1, Changes: rules}); err != nil {
		t.Fatal(err)
	}
	r := roster.New(model, roster.Config{})
	may := func(user chat.UserID, channel string, want chat.Code) {
		t.Helper()
		m := ultraMessage(user, channel)
		if err := r.Admit(t.Context(), m, roster.Sender); chat.CodeOf(err) != want {
			t.Errorf("%s in %s: %v, not %v", user, channel, err, want)
		}
		if err := r.Admit(t.Context(), m, 0); err != nil {
			t.Errorf("%s in %s, by the app: %v", user, channel, err)
		}
	}
	apply := func(changes ...store.Change) {
		t.Helper()
		if err := model.Commit(t.Context(), &store.Batch{Prev: model.Last(), Tick: model.Last() + 1, Changes: changes}); err != nil {
			t.Fatal(err)
		}
		r.Apply(changes)
	}
	may("carol", chat.DefaultChannel, chat.UltraGroupMuted)
	may("bob", chat.DefaultChannel, chat.OK)
	may("bob", "secret", chat.UltraGroupMuted)
	may("alice", "secret", chat.OK)
	apply(roster.NoExemptInUltraGroup("g", "alice")...)
	may("alice", "secret", chat.UltraGroupMuted)
	apply(roster.UnmuteInUltraGroup("g", "", "carol")...)
	may("carol", chat.DefaultChannel, chat.OK)
	apply(roster.UnmuteInUltraGroup("g", "secret", "bob")...)
	may("bob", "secret", chat.OK)
	apply(roster.Channel{Muted: true}.Entry("g", ""))
	may("carol", chat.DefaultChannel, chat.UltraGroupMuted)
	may("bob", chat.DefaultChannel, chat.OK)
	if users, err := r.ExemptedInUltraGroup(t.Context(), "g"); err != nil || !slices.Equal(users, []chat.UserID{"bob"}) {
		t.Errorf("%v are exempt, %v", users, err)
	}
	apply(roster.MuteInUltraGroup("g", "", "carol")...)
	if users, err := r.MutedInUltraGroup(t.Context(), "g", ""); err != nil || !slices.Equal(users, []chat.UserID{"carol"}) {
		t.Errorf("%v are muted, %v", users, err)
	}
	apply(roster.ForgetUltraMutes("g", ""), roster.Channel{}.Entry("g", ""))
	may("carol", chat.DefaultChannel, chat.OK)
}
